"""Persons and entities with significant control: who they are, their interests and their addresses."""

from datetime import date

import polars as pl

from transforms.formats import gb_coh
from transforms.formats.gb_coh.arrangements import PERIOD, of_via
from transforms.model.parsing import joined, other_entities, statement, statement_id, written_addresses
from transforms.model.register import Edition
from transforms.model.statements import (
    INTEREST_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.countries import country_code, country_part
from transforms.values.identifiers import GB_COH, normalise_gb_coh

ADDRESS_KEYS = (
    "care_of",
    "care_of_name",
    "po_box",
    "premises",
    "address_line_1",
    "address_line_2",
    "locality",
    "region",
    "country",
    "postal_code",
)
# Key of an address, part of its statement's id, role. The publisher calls the first one the service address,
# also for companies.
ADDRESSES = (("address", "a-p", "service"), ("principal_office_address", "a-p2", "principal"))
# BODS 0.4, for a person whose particulars are restricted.
PROTECTED_REASON = "interestedPartyExemptFromDisclosure"
NATURES = "data.natures_of_control"
VERIFICATION = "data.identity_verification_details.appointment_verification"
NEVER = date(9999, 12, 31)  # how the publisher writes a verification that has not ended
SHARE = ("share_min", "share_max", "share_min_exclusive", "share_max_exclusive")


def persons(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Natural persons; a protected one is an anonymousPerson."""
    element = {
        name: pl.col(f"data.name_elements.{name}")
        for name in ("title", "forename", "middle_name", "other_forenames", "surname")
    }
    middle = pl.coalesce(element["middle_name"], element["other_forenames"])
    put_together = pl.concat_str(
        element["title"], element["forename"], middle, element["surname"], separator=" ", ignore_nulls=True
    )
    return statement(
        records.filter(pl.col("party_kind") == "person"),
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.when(pl.col("record_type") == "super_secure")
        .then(pl.lit("anonymousPerson"))
        .otherwise(pl.lit("knownPerson")),
        full_name=pl.coalesce(pl.col("data.name"), pl.when(put_together != "").then(put_together)),
        name_title=element["title"],
        forename=element["forename"],
        middle_names=middle,
        surname=element["surname"],
        birth_year=pl.col("data.date_of_birth.year"),
        birth_month=pl.col("data.date_of_birth.month"),
    )


def owners(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Corporate entities and legal persons. Resolution checks later whether a number and a name agree."""
    stated = {name: pl.col(f"data.identification.{name}") for name in ("registration_number", "legal_form")}
    owners = records.filter(pl.col("party_kind") == "entity")
    form = gb_coh.classified(owners["data.identification.legal_form"]).rename(
        {"entity_type": "form_entity_type"}
    )
    number = normalise_gb_coh(stated["registration_number"], pl.col("legal_form_class"))
    described = (
        owners.hstack(form)
        .hstack(_homes(owners))
        .with_columns(pl.when("in_uk").then(number).alias("identifier"))
    )
    return other_entities(
        described,
        edition,
        identifier_scheme=pl.when(pl.col("identifier").is_not_null()).then(pl.lit(GB_COH)),
        identifier=pl.col("identifier"),
        identifier_native=stated["registration_number"],
        identifier_register=pl.when(~pl.col("in_uk").fill_null(False)).then(
            pl.col("data.identification.place_registered")
        ),
        entity_type=pl.coalesce("form_entity_type", "entity_type"),
        name=pl.col("data.name"),
        jurisdiction=pl.col("jurisdiction"),
        subdivision=pl.col("subdivision"),
        legal_form=stated["legal_form"],
        legal_form_class=pl.col("legal_form_class"),
    )


def _homes(owners: pl.DataFrame) -> pl.DataFrame:
    """in_uk, jurisdiction and subdivision of each owner, by the description of its register.

    Descriptions repeat, so each distinct one is classified once.
    """
    names = [
        f"data.identification.{name}"
        for name in ("country_registered", "place_registered", "legal_authority")
    ]
    stated = owners.select(names)
    distinct = stated.unique().with_columns(gb_coh.is_in_uk_register(*map(pl.col, names)).alias("in_uk"))
    home = pl.when(pl.col("in_uk")).then(pl.lit("gb"))
    parted = distinct.with_columns(
        pl.coalesce(home, *map(country_code, map(pl.col, names))).alias("jurisdiction")
    ).with_columns(
        pl.coalesce(country_part(pl.col(name), pl.col("jurisdiction")) for name in names).alias("subdivision")
    )
    return stated.join(parted, on=names, how="left", nulls_equal=True, maintain_order="left").select(
        "in_uk", "jurisdiction", "subdivision"
    )


def party_relationships(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Relationships of the parties to the companies, with the verification of identity for this role; for a
    protected person, with the reason.
    """
    protected = pl.col("record_type") == "super_secure"
    verified_until = pl.col(f"{VERIFICATION}_end_on")
    return statement(
        records.filter(pl.col("party_kind") != "unspecified"),
        RELATIONSHIP_STATEMENT,
        edition,
        "r",
        subject_id=pl.col("subject_id"),
        party_statement_id=statement_id("p"),
        party_kind=pl.col("party_kind"),
        unspecified_reason=pl.when(protected).then(pl.lit(PROTECTED_REASON)),
        declaration_code=pl.when(protected).then(pl.coalesce("data.description", "data.kind")),
        declaration_class=pl.when(protected).then(pl.lit("protected")),
        verification_due_on=pl.col(f"{VERIFICATION}_statement_due_on"),
        verified_on=pl.col(f"{VERIFICATION}_start_on"),
        verification_ended_on=pl.when(verified_until != NEVER).then(verified_until),
        **PERIOD,
    )


def addresses(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Addresses of persons and entities, ordered by key; a record without an address has no row."""
    part_of = {name: pl.col(name) for name in ADDRESS_KEYS}
    return written_addresses(
        pl.concat([_stated_addresses(records, key, part, role) for key, part, role in ADDRESSES]),
        edition,
        pl.col("part"),
        of_statement_id=statement_id("p"),
        role=pl.col("role"),
        lines=[part_of["premises"], part_of["address_line_1"], part_of["address_line_2"]],
        locality=part_of["locality"],
        region=part_of["region"],
        country=country_code(part_of["country"]),
        country_text=part_of["country"],
        postcode_text=part_of["postal_code"],
        care_of=pl.coalesce(part_of["care_of"], part_of["care_of_name"]),
        po_box=part_of["po_box"],
    )


def _stated_addresses(records: pl.DataFrame, key: str, part: str, role: str) -> pl.DataFrame:
    """ADDRESS_KEYS under `data.<key>`, with the part and the role of the address statement."""
    texts = [pl.col(f"data.{key}.{name}").alias(name) for name in ADDRESS_KEYS]
    return records.filter(
        pl.any_horizontal(text.is_not_null() for text in texts) & (pl.col("party_kind") != "unspecified")
    ).select(
        "record_id", "record", "record_no", *texts, pl.lit(part).alias("part"), pl.lit(role).alias("role")
    )


# --- interests ----------------------------------------------------------------------------------------------


def natures_held(records: pl.DataFrame) -> pl.DataFrame:
    """One row for each nature of control: its position in the record, its code, its meaning and its holder.

    Columns as `arrangements` takes them, and relationship_part. An unlisted code has basis unknown, no share
    and is_known false.
    """
    listed = records.filter(
        (pl.col("party_kind") != "unspecified") & (pl.col(NATURES).list.len() > 0)
    ).select("record_id", "record", "record_no", "subject_id", "party_kind", *PERIOD, NATURES)
    coded = (
        listed.with_columns(pl.int_ranges(0, pl.col(NATURES).list.len()).alias("position"))
        .explode(NATURES, "position")
        .with_columns(pl.col(NATURES).str.strip_chars().alias("native_code"))
        .filter(pl.col("native_code") != "")
        .join(gb_coh.natures(), left_on="native_code", right_on="code", how="left", maintain_order="left")
    )
    return coded.with_columns(
        pl.col("basis").is_not_null().alias("is_known"),
        pl.col("basis").fill_null("unknown"),
        pl.col("interest_type").fill_null(gb_coh.UNKNOWN_INTEREST_TYPE),
        pl.col("share_min_exclusive", "share_max_exclusive").fill_null(False),
        joined(of_via("part"), "r").fill_null("r").alias("relationship_part"),
        statement_id("p").alias("party_statement"),
        pl.lit(None, dtype=pl.String).alias("subject_statement"),
        pl.lit("").alias("suffix"),
    )


def interests(held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Interests in the subject, held by the party itself or by an arrangement."""
    joint = pl.when(of_via("joint") != "").then(of_via("joint"))
    return statement(
        held,
        INTEREST_STATEMENT,
        edition,
        joined(pl.col("relationship_part"), pl.concat_str(pl.lit("i"), pl.col("position"))),
        relationship_statement_id=statement_id(pl.col("relationship_part")),
        interest_type=pl.col("interest_type"),
        native_code=pl.col("native_code"),
        basis=pl.col("basis"),
        reach=pl.lit("unknown"),
        joint_group=pl.concat_str(pl.col("subject_id"), joint, separator="/"),
        **{name: pl.col(name) for name in SHARE},
    )
