"""Proprietors in BRK, and the addresses in a record."""

import polars as pl

from transforms.formats.brk.fields import ABROAD, BOX, HOME, LEGAL, PERSON, PLACES, SEATS, each
from transforms.formats.kvk import SOLE_TRADER, UNKNOWN, classified
from transforms.model.parsing import finding_rows, located, other_entities, statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import ADDRESS_STATEMENT, PROPRIETORSHIP_STATEMENT
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.countries import country_code
from transforms.values.identifiers import NL_BRK, NL_KVK, NL_RSIN, nl_bag, nl_kvk, nl_rsin, org_id
from transforms.values.payees import payee_kind


def persons_in(objects: pl.DataFrame) -> pl.DataFrame:
    """The legal persons in each record, with legal_form_class and entity_type."""
    stated = each(objects, PERSON, LEGAL).with_columns(*classified(pl.col("form")))
    return stated.unique(["record_no", "person"], keep="first", maintain_order=True)


def without_traders(held: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The holders, with person null if it is a natural person's business (Eenmanszaak)."""
    traders = persons.filter(legal_form_class=SOLE_TRADER).select("record_no", "person", is_trader=True)
    return held.join(traders, on=["record_no", "person"], how="left", maintain_order="left").with_columns(
        pl.when(pl.col("is_trader").is_null()).then(pl.col("person")).alias("person")
    )


def places_in(good: pl.DataFrame) -> pl.DataFrame:
    """Each address in a record, with the columns of an address statement, its country and BAG number."""
    columns = {name: pl.String for fields in PLACES.values() for name in fields.values()}
    schema = pl.DataFrame(schema={"record_no": pl.Int64, **columns})
    stated = pl.concat(
        [schema, *(each(good, kind, fields) for kind, fields in PLACES.items())],
        how="diagonal",
    ).unique(["record_no", "place"], keep="first", maintain_order=True)
    house = _in_words("house", "letter", "addition")
    country = pl.when(pl.col("land").is_null()).then(pl.lit("nl")).otherwise(country_code(pl.col("land")))
    return with_address(
        stated.with_columns(country.alias("country")),
        lines=[_in_words("street", house)],
        locality=pl.coalesce("own_town", "town"),
        region=pl.col("region"),
        country=pl.col("country"),
        country_text=pl.col("land"),
        postcode_text=pl.col("postcode"),
        po_box=pl.concat_str(pl.lit("Postbus "), pl.col("box")),
    )


def _in_words(*parts: str | pl.Expr) -> pl.Expr:
    return pl.concat_str(*parts, separator=" ", ignore_nulls=True).replace("", None)


def parties(held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Legal persons that hold a right, with the locator of the holder; the title's locator is in title_record
    and title_record_id.

    A name is kept if the legal form is known, or if the name shows that it is a company's or a public body's.
    """
    numbered = held.sort("record_no", "position").with_columns(
        pl.col("record").alias("title_record"),
        pl.col("record_id").alias("title_record_id"),
        nl_kvk(pl.col("kvk")).alias("kvk_number"),
        nl_rsin(pl.col("rsin")).alias("rsin_number"),
        payee_kind(pl.col("stated_name")).alias("name_kind"),
    )
    is_named = (pl.col("legal_form_class") != UNKNOWN) | pl.col("name_kind").is_in(["company", "public"])
    record = pl.format("{} tenaamstelling {}", "title_record", "position")
    return (
        located(numbered, record, edition)
        .with_columns(
            pl.when(is_named).then(pl.col("stated_name")).alias("name"),
            pl.concat_str(pl.lit("p"), "position").alias("part"),
        )
        .with_columns(statement_id(pl.col("part")).alias("party_statement_id"))
    )


def entities(party: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return other_entities(
        party,
        edition,
        pl.col("part"),
        role=pl.lit("proprietor"),
        identifier_scheme=pl.when(pl.col("kvk_number").is_not_null())
        .then(pl.lit(NL_KVK))
        .when(pl.col("rsin_number").is_not_null())
        .then(pl.lit(NL_RSIN)),
        identifier=pl.coalesce("kvk_number", "rsin_number"),
        identifier_native=pl.coalesce("kvk", "rsin"),
        entity_type=pl.col("entity_type"),
        name=pl.col("name"),
        jurisdiction=pl.when(~pl.col("legal_form_class").is_in(["overseas_company", UNKNOWN])).then(
            pl.lit("nl")
        ),
        legal_form=pl.col("form"),
        legal_form_class=pl.col("legal_form_class"),
    )


def proprietorships(party: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Proprietorships, with the locator of the title, because the title's record names its proprietors."""
    of_title = party.with_columns(record=pl.col("title_record"), record_id=pl.col("title_record_id"))
    return statement(
        of_title,
        PROPRIETORSHIP_STATEMENT,
        edition,
        pl.concat_str(pl.lit("s"), "position"),
        title_id=pl.col("title_id"),
        title_statement_id=pl.col("title_statement_id"),
        party_statement_id=pl.col("party_statement_id"),
        position=pl.col("position"),
        category=pl.col("right_native"),
        added_on=pl.col("acquired_on"),
        right_kind=pl.col("right_kind"),
        right_id=org_id(NL_BRK, pl.col("right")),
        burdens_right_id=org_id(NL_BRK, pl.col("burdens")),
        share_numerator=pl.col("numerator"),
        share_denominator=pl.col("denominator"),
        joint_share_id=org_id(NL_BRK, pl.col("joint")),
        deed_id=org_id(NL_BRK, pl.col("deed")),
        deed_sum_eur=pl.col("sum_eur"),
    )


def seats(party: pl.DataFrame, places: pl.DataFrame, edition: Edition) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Address statements of the named proprietors, and findings about countries."""
    named = party.filter(pl.col("name").is_not_null())
    kinds = {"woonlocatie": (HOME, ABROAD), "postlocatie": (HOME, ABROAD, BOX)}
    at = pl.concat(
        named.select(
            "record_no",
            "record",
            "record_id",
            "party_statement_id",
            pl.concat_str("part", pl.lit(f"a{nth}")).alias("address_part"),
            pl.coalesce(f"{seat} {kind}" for kind in kinds[seat]).alias("place"),
        )
        for nth, seat in enumerate(SEATS, start=1)
    )
    placed = at.join(places, on=["record_no", "place"], how="inner", maintain_order="left").filter(
        pl.col("a_address_text").is_not_null()
    )
    statements = statement(
        placed,
        ADDRESS_STATEMENT,
        edition,
        pl.col("address_part"),
        of_statement_id=pl.col("party_statement_id"),
        role=pl.lit("proprietor"),
        designation_id=nl_bag(pl.col("designation")),
        **ADDRESS,
    )
    unknown = placed.filter(pl.col("country").is_null())
    return statements, finding_rows(unknown, "unknown_country", f"{ABROAD}.land", pl.lit("not shown"))
