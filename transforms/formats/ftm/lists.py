"""Listings: topics of a party, Sanction records, and offices."""

from __future__ import annotations

import polars as pl

from transforms.formats.ftm import codes
from transforms.formats.ftm.numbers import OF_PARTY
from transforms.formats.ftm.periods import place_on_list
from transforms.formats.ftm.values import first, native, texts
from transforms.model.parsing import record_ids, statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import LISTING_STATEMENT


def topics(parties: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One row for each topic of each party."""
    office = pl.col(native("position")).list.join("; ").replace("", None)
    told = parties.with_columns(
        _lists(edition).alias("lists"),
        pl.when(pl.col("record_type") == "person").then(office).alias("office_stated"),
    )
    return texts(told, native("topics"), (*OF_PARTY, "record_type", "lists", "office_stated"))


def listed_by_topic(topics: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    of_class = codes.listing_class(pl.col("text"))
    return statement(
        topics,
        LISTING_STATEMENT,
        edition,
        pl.lit("t") + pl.col("position").cast(pl.String),
        party_statement_id=statement_id("p"),
        party_kind=pl.col("record_type"),
        list_name=pl.col("lists"),
        topic=pl.col("text"),
        listing_class=of_class,
        position=pl.when(of_class == "pep").then("office_stated"),
        is_ceased=pl.lit(False),
    )


def _each_party(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One row for each party at the first end: first_ref, first_kind, topics_of_party, party_statement, and
    part (`l`, `l1` …).
    """
    parties = ["first_refs", "first_kinds", "party_topics", "n"]
    each = links.with_columns(pl.int_ranges(0, pl.col("first_refs").list.len()).alias("n")).explode(parties)
    renamed = each.rename(
        {"first_refs": "first_ref", "first_kinds": "first_kind", "party_topics": "topics_of_party"}
    )
    return renamed.with_columns(
        pl.concat_str(record_ids(renamed["first_ref"], edition), pl.lit("-p")).alias("party_statement"),
        pl.when(pl.col("n") > 0).then(pl.concat_str(pl.lit("l"), "n")).otherwise(pl.lit("l")).alias("part"),
    )


def _lists(edition: Edition) -> pl.Expr:
    return pl.col("datasets").list.sort().list.join(", ").replace("", None).fill_null(edition.dataset)


def listed_by_sanction(sanctions: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    act = pl.concat_str(
        first(native("program")), first(native("programId")), separator=" ", ignore_nulls=True
    ).replace("", None)
    return statement(
        _each_party(sanctions, edition),
        LISTING_STATEMENT,
        edition,
        pl.col("part"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("first_kind"),
        list_name=pl.coalesce(first(native("authority")), _lists(edition)),
        topic=pl.lit("Sanction"),
        listing_class=codes.class_of_sanction(pl.col("topics_of_party")),
        programme=act,
        **place_on_list(),
    )


def offices(occupancies: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Of persons only: an office that a legal entity is said to hold is no person's."""
    each = _each_party(occupancies, edition).filter(pl.col("first_kind") == "person")
    return statement(
        each,
        LISTING_STATEMENT,
        edition,
        pl.col("part"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.lit("person"),
        list_name=_lists(edition),
        topic=pl.lit("Occupancy"),
        listing_class=pl.lit("pep"),
        position=pl.col("office"),
        **place_on_list(),
    )
