"""Entities and persons of a BODS file, their numbers and addresses."""

from __future__ import annotations

import polars as pl

from transforms.formats.bods import values
from transforms.formats.bods.numbers import further_numbers
from transforms.formats.bods.references import entity_numbers, form_class, formed
from transforms.formats.gb_coh.arrangements import NO_TEXTS, nameless_entities
from transforms.model.parsing import statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    PERSON_STATEMENT,
)
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.vocabulary import lookup

ADDRESS_KEYS = ("type", "address", "postCode", "country", "country.name", "country.code")
NAME_KEYS = ("type", "fullName", "familyName", "givenName", "patronymicName")


def entities(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    of = {
        name: pl.col(f"recordDetails.{name}")
        for name in ("name", "foundingDate", "dissolutionDate", "entityType.subtype", "entityType.details")
    }
    entity_type = pl.col("recordDetails.entityType.type")
    known_type = (
        pl.when(entity_type.is_in(values.KNOWN_ENTITY_TYPES))
        .then(entity_type)
        .otherwise(pl.lit("unknownEntity"))
    )
    code, place = (
        pl.coalesce(
            *(f"recordDetails.{key}.{part}" for key in ("incorporatedInJurisdiction", "jurisdiction"))
        )
        for part in ("code", "name")
    )
    numbered = entities.join(
        entity_numbers(entities), on="record_no", how="left", maintain_order="left"
    ).with_columns(form_class(entities).alias("legal_form_class"))
    role = (
        pl.when(entity_type == "arrangement")
        .then(pl.lit("arrangement"))
        .when("is_subject")
        .then(pl.lit("subject"))
        .otherwise(pl.lit("owner"))
    )
    return statement(
        numbered,
        ENTITY_STATEMENT,
        edition,
        "p",
        role=role,
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.col("scheme"),
        identifier=pl.col("number"),
        identifier_native=pl.col("native"),
        entity_type=known_type,
        name=of["name"],
        former_names=NO_TEXTS,
        jurisdiction=values.place_code(code, place),
        subdivision=values.subdivision_code(code),
        legal_form=pl.concat_str(
            of["entityType.subtype"], of["entityType.details"], separator=": ", ignore_nulls=True
        ).replace("", None),
        legal_form_class=pl.col("legal_form_class"),
        status=pl.when(of["dissolutionDate"].is_not_null())
        .then(pl.lit("dissolved"))
        .otherwise(pl.lit("unknown")),
        incorporated_on=values.day(of["foundingDate"]),
        dissolved_on=values.day(of["dissolutionDate"]),
        industry_codes=NO_TEXTS,
        is_listed=pl.col("recordDetails.publicListing.hasPublicListing").replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
        ),
    )


def numbers_beside(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Usable numbers beside the one that the entity is known by, such as a LEI beside a company number."""
    further = further_numbers(formed(entities), pl.col("legal_form_class"))
    stated = further.join(
        entities.select("record_no", "record", "record_id"), on="record_no", how="left", maintain_order="left"
    )
    part = pl.concat_str(pl.lit("k"), "place")
    return statement(
        stated,
        IDENTIFIER_STATEMENT,
        edition,
        part,
        of_statement_id=statement_id("p"),
        scheme=pl.col("scheme"),
        number=pl.col("number"),
        number_native=pl.col("native"),
        country=pl.col("country"),
    )


def made(related: pl.DataFrame, edition: Edition) -> list[pl.DataFrame]:
    """Records that are referred to and missing, under their own recordId.

    A later edition that has the record then speaks of the same party.
    """
    columns = ("record_no", *(f"{name}_record_id" for name in ("subject", "party")), "subject", "party")
    made = []
    for name, role in (("subject", "subject"), ("party", "owner")):
        rows = (
            related.filter(f"makes_{name}")
            .select(columns)
            .rename({f"{name}_record_id": "record_id", name: "record"})
        )
        made.append(nameless_entities(rows, edition, "p", role, "unknownEntity"))
    return made


def unnamed_subjects(related: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return nameless_entities(
        related.filter(pl.col("subject").is_null()), edition, "s", "subject", "unknownEntity"
    )


def persons(persons: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """The first legal name, else the first one. Of the birth date, year and month."""
    names = values.items(persons, "recordDetails.names", NAME_KEYS, ("record_no",))
    best = names.sort("record_no", (pl.col("type") != "legal").fill_null(True), "position").unique(
        "record_no", keep="first", maintain_order=True
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
    """One row an address, with its role: null for a type that is not kept, service for an address without a
    type.
    """
    stated = values.items(
        records, "recordDetails.addresses", ADDRESS_KEYS, ("record_no", "record", "record_id")
    )
    roles = lookup("bods_addresses", "code", "role")
    role = pl.col("type").fill_null("service").replace_strict(roles, default=None, return_dtype=pl.String)
    return stated.with_columns(role.alias("role"))


def addresses(stated: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    country = pl.coalesce("country.name", "country", "country.code")
    addressed = with_address(
        stated.filter(pl.col("role").is_not_null()),
        lines=[pl.col("address")],
        country=values.place_code(pl.col("country.code"), pl.coalesce("country.name", "country")),
        country_text=country,
        postcode_text=pl.col("postCode"),
    )
    written = addressed.filter(pl.col("a_address_text").is_not_null())
    part = pl.lit("a") + pl.col("position").cast(pl.String)
    return statement(
        written,
        ADDRESS_STATEMENT,
        edition,
        part,
        of_statement_id=statement_id("p"),
        role=pl.col("role"),
        **ADDRESS,
    )
