"""Entities and persons of a BODS file, their official numbers and their addresses."""

import polars as pl

from transforms.formats import gb_coh
from transforms.formats.bods import values
from transforms.model.parsing import NO_TEXTS, other_entities, statement, statement_id, written_addresses
from transforms.model.register import Edition
from transforms.model.statements import (
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    PERSON_STATEMENT,
)
from transforms.values.identifiers import (
    GB_COH,
    is_dummy_number,
    is_scheme_filler,
    lei,
    normalise_gb_coh,
    tidy_number,
)
from transforms.values.names import collapsed
from transforms.values.vocabulary import lookup

ADDRESS_KEYS = ("type", "address", "postCode", "country", "country.name", "country.code")
NAME_KEYS = ("type", "fullName", "familyName", "givenName", "patronymicName")
LEI = "XI-LEI"
# Lists of public bodies whose codes are words or letters. Source: org-id.guide.
SCHEMES_OF_LETTERS = ("GB-GOR", "GB-GOV", "GB-LAE", "GB-LANI", "GB-LAS", "GB-NHS", "GB-PLA")
INTERNATIONAL = "XI"  # prefix of international schemes in org-id.guide


def entities(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    described = _with_form_class(entities).join(
        entity_numbers(entities), on="record_no", how="left", maintain_order="left"
    )
    detail = {
        name: pl.col(f"recordDetails.{name}")
        for name in ("name", "foundingDate", "dissolutionDate", "entityType.subtype", "entityType.details")
    }
    is_dissolved = detail["dissolutionDate"].is_not_null()
    return statement(
        described,
        ENTITY_STATEMENT,
        edition,
        "p",
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.col("scheme"),
        identifier=pl.col("number"),
        identifier_native=pl.col("native"),
        name=detail["name"],
        former_names=NO_TEXTS,
        legal_form=pl.concat_str(
            detail["entityType.subtype"], detail["entityType.details"], separator=": ", ignore_nulls=True
        ).replace("", None),
        legal_form_class=pl.col("legal_form_class"),
        status=pl.when(is_dissolved).then(pl.lit("dissolved")).otherwise(pl.lit("unknown")),
        incorporated_on=values.day(detail["foundingDate"]),
        dissolved_on=values.day(detail["dissolutionDate"]),
        industry_codes=NO_TEXTS,
        is_listed=pl.col("recordDetails.publicListing.hasPublicListing").replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
        ),
        **_entity_kind(),
        **_entity_place(),
    )


def _entity_kind() -> dict[str, pl.Expr]:
    """Columns entity_type and role."""
    entity_type = pl.col("recordDetails.entityType.type")
    known_type = pl.when(entity_type.is_in(values.KNOWN_ENTITY_TYPES)).then(entity_type)
    role = (
        pl.when(entity_type == "arrangement")
        .then(pl.lit("arrangement"))
        .when("is_subject")
        .then(pl.lit("subject"))
        .otherwise(pl.lit("owner"))
    )
    return {"entity_type": known_type.otherwise(pl.lit("unknownEntity")), "role": role}


def _entity_place() -> dict[str, pl.Expr]:
    """Columns jurisdiction and subdivision. `incorporatedInJurisdiction` is the key before version 0.4."""
    code, name = (
        pl.coalesce(
            *(f"recordDetails.{key}.{part}" for key in ("incorporatedInJurisdiction", "jurisdiction"))
        )
        for part in ("code", "name")
    )
    return {"jurisdiction": values.place_code(code, name), "subdivision": values.subdivision_code(code)}


def _with_form_class(entities: pl.DataFrame) -> pl.DataFrame:
    """Add legal_form_class."""
    return entities.with_columns(
        gb_coh.classified(entities["recordDetails.entityType.details"])["legal_form_class"]
    )


def numbers_beside(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Usable numbers other than the identifying one, such as a LEI beside a company number."""
    stated = _further_numbers(entities).join(
        entities.select("record_no", "record", "record_id"), on="record_no", how="left", maintain_order="left"
    )
    return statement(
        stated,
        IDENTIFIER_STATEMENT,
        edition,
        pl.concat_str(pl.lit("k"), "place"),
        of_statement_id=statement_id("p"),
        scheme=pl.col("scheme"),
        number=pl.col("number"),
        number_native=pl.col("native"),
        country=pl.col("country"),
    )


def missing_parties(related: pl.DataFrame, edition: Edition) -> list[pl.DataFrame]:
    """Entities for records that are referenced but missing, under their own recordId, so that a later edition
    with the record means the same party.
    """
    return [
        other_entities(
            related.filter(f"makes_{name}").select(
                "record_no", pl.col(name).alias("record"), pl.col(f"{name}_record_id").alias("record_id")
            ),
            edition,
            role=pl.lit(role),
        )
        for name, role in (("subject", "subject"), ("party", "owner"))
    ]


def unnamed_subjects(related: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return other_entities(related.filter(pl.col("subject").is_null()), edition, "s", role=pl.lit("subject"))


def persons(persons: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Person statements, with the first legal name, else the first name, and year and month of birth."""
    best = (
        values.items(persons, "recordDetails.names", NAME_KEYS, ("record_no",))
        .sort("record_no", (pl.col("type") != "legal").fill_null(True), "position")
        .unique("record_no", keep="first", maintain_order=True)
    )
    person_type = pl.col("recordDetails.personType")
    birth = pl.col("recordDetails.birthDate")
    return statement(
        persons.join(best.drop("position", "type"), on="record_no", how="left", maintain_order="left"),
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.when(person_type.is_in(values.KNOWN_PERSON_TYPES))
        .then(person_type)
        .otherwise(pl.lit("unknownPerson")),
        full_name=pl.col("fullName"),
        forename=pl.col("givenName"),
        middle_names=pl.col("patronymicName"),
        surname=pl.col("familyName"),
        birth_year=values.birth(birth).str.head(4).cast(pl.Int64),
        birth_month=values.birth(birth).str.slice(5, 2).replace("", None).cast(pl.Int64),
    )


def addresses_of(records: pl.DataFrame) -> pl.DataFrame:
    """One row for each address, with its role: null for a type that is not loaded, service if no type is
    given.
    """
    stated = values.items(
        records, "recordDetails.addresses", ADDRESS_KEYS, ("record_no", "record", "record_id")
    )
    roles = lookup("bods_addresses", "code", "role")
    role = pl.col("type").fill_null("service").replace_strict(roles, default=None, return_dtype=pl.String)
    return stated.with_columns(role.alias("role"))


def addresses(stated: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return written_addresses(
        stated.filter(pl.col("role").is_not_null()),
        edition,
        pl.lit("a") + pl.col("position").cast(pl.String),
        of_statement_id=statement_id("p"),
        role=pl.col("role"),
        lines=[pl.col("address")],
        country=values.place_code(pl.col("country.code"), pl.coalesce("country.name", "country")),
        country_text=pl.coalesce("country.name", "country", "country.code"),
        postcode_text=pl.col("postCode"),
    )


# --- official numbers --------------------------------------------------------------------------------------


def entity_numbers(entities: pl.DataFrame) -> pl.DataFrame:
    """record_no, scheme, number, native: the number that identifies each entity.

    Order of preference: `GB-COH` by its number rules, other org-id schemes by name, `XI-LEI`, and last a UK
    number that is a common filler and needed padding. A short number of a foreign register is accepted,
    because its scheme says which register that is. An entity without a usable number has no row.
    """
    return _ranked_numbers(entities).unique("record_no", keep="first", maintain_order=True)


def _further_numbers(entities: pl.DataFrame) -> pl.DataFrame:
    """Usable numbers other than the identifying one.

    Columns of `entity_numbers`, country (of the register; null for XI-LEI) and place (from 0).
    """
    placed = (
        _ranked_numbers(entities)
        .unique(["record_no", "scheme", "number"], keep="first", maintain_order=True)
        .with_columns((pl.int_range(pl.len()).over("record_no") - 1).alias("place"))
    )
    prefix = pl.col("scheme").str.head(2)
    return placed.filter(pl.col("place") >= 0).with_columns(
        pl.when(prefix != INTERNATIONAL).then(prefix.str.to_lowercase()).alias("country")
    )


def _ranked_numbers(entities: pl.DataFrame) -> pl.DataFrame:
    """record_no, scheme, number, native of every usable number, the preferred one of each entity first."""
    stated = values.items(
        _with_form_class(entities),
        "recordDetails.identifiers",
        ("scheme", "id"),
        ("record_no", "legal_form_class"),
    )
    upper = collapsed(pl.col("id").str.to_uppercase())
    # Dots and blanks in a number do not matter. Letters of other scripts do, so they stay.
    tidy = pl.when(upper.str.contains(r"^[ -~]*$")).then(tidy_number(pl.col("id"))).otherwise(upper)
    is_of_letters = pl.col("scheme").is_in(SCHEMES_OF_LETTERS)
    usable = (
        pl.when(pl.col("scheme") == GB_COH)
        .then(normalise_gb_coh(pl.col("id"), pl.col("legal_form_class")))
        .when(pl.col("scheme") == LEI)
        .then(lei(pl.col("id")))
        .when(
            pl.col("scheme").str.contains(r"^[A-Z]{2}-[A-Z0-9_]+$")
            & ~is_scheme_filler(pl.col("id"), is_of_letters)
        )
        .then(tidy)
    )
    known = stated.with_columns(usable.alias("number"), tidy.alias("tidy")).filter(
        pl.col("number").is_not_null()
    )
    is_uk, is_typed = pl.col("scheme") == GB_COH, is_dummy_number(pl.col("number"))
    rank = (
        pl.when(is_uk & is_typed & (pl.col("tidy") != pl.col("number")))
        .then(4)
        .when(pl.col("scheme") == LEI)
        .then(3)
        .when(~is_uk)
        .then(2)
        .when(is_typed)
        .then(1)
        .otherwise(0)
    )
    return (
        known.with_columns(rank.alias("rank"))
        .sort("record_no", "rank", "scheme", "number", "id")
        .select("record_no", "scheme", "number", pl.col("id").alias("native"))
    )
