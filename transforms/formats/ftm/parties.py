"""Persons and entities of a FollowTheMoney file: their names, birth dates and addresses."""

import polars as pl

from transforms.formats.bods.values import birth, day
from transforms.formats.ftm import codes
from transforms.formats.ftm.numbers import OF_PARTY, numbered
from transforms.formats.ftm.values import code, first, label, native, only, texts
from transforms.model.parsing import NO_TEXTS, record_ids, statement, statement_id, written_addresses
from transforms.model.register import Edition
from transforms.model.statements import (
    ENTITY_STATEMENT,
    NAME_STATEMENT,
    PERSON_STATEMENT,
)

NAME_KINDS = {
    "caption_list": "name",
    "name": "name",
    "alias": "alias",
    "weakAlias": "weak_alias",
    "abbreviation": "weak_alias",
    "previousName": "previous_name",
}


def names(parties: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Every name of every party, including the one in its own statement. A name with several kinds has the
    first one in the order of NAME_KINDS.
    """
    own = parties.with_columns(pl.concat_list(label()).list.drop_nulls().alias(native("caption_list")))
    once = (
        pl.concat(
            [
                texts(own, native(name), OF_PARTY).with_columns(
                    pl.lit(kind).alias("name_kind"), pl.lit(n).alias("rank")
                )
                for n, (name, kind) in enumerate(NAME_KINDS.items())
            ]
        )
        .sort("record_no", "rank", "position")
        .unique(["record_no", "text"], keep="first", maintain_order=True)
    )
    return statement(
        once,
        NAME_STATEMENT,
        edition,
        pl.lit("n") + pl.int_range(pl.len()).over("record_no").cast(pl.String),
        of_statement_id=statement_id("p"),
        name=pl.col("text"),
        name_kind=pl.col("name_kind"),
    )


def births(persons: pl.DataFrame) -> pl.DataFrame:
    """Add birth (`1978` or `1978-08`) and further_births.

    The birth date that most of the stated dates support comes first, then the more exact, then the earlier.
    `1978` beside a month of 1978 does not count separately.
    """
    counted = (
        texts(persons, native("birthDate"), ("record_no",))
        .select("record_no", birth(pl.col("text")).alias("birth"))
        .drop_nulls()
        .group_by("record_no", "birth")
        .agg(pl.len().alias("n"))
        .with_columns(pl.col("birth").str.head(4).alias("year"))
    )
    exact = (
        counted.filter(pl.col("birth").str.len_chars() > 4)
        .select("record_no", "year")
        .unique()
        .with_columns(pl.lit(True).alias("has_month"))
    )
    each = (
        counted.join(exact, on=("record_no", "year"), how="left")
        .filter((pl.col("birth").str.len_chars() > 4) | pl.col("has_month").is_null())
        .sort(
            "record_no",
            pl.col("n"),
            pl.col("birth").str.len_chars(),
            "birth",
            descending=[False, True, True, False],
        )
        .group_by("record_no", maintain_order=True)
        .agg("birth")
    )
    further = pl.col("birth").list.slice(1)
    best = each.select(
        "record_no",
        pl.col("birth").list.first(),
        pl.when(further.list.len() > 0).then(further).alias("further_births"),
    )
    return persons.join(best, on="record_no", how="left", maintain_order="left")


def persons(persons: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Persons. Parts of a name are stored if there is one of each; several may be in different scripts."""
    middle = pl.concat_str(
        only(native("secondName")), only(native("middleName")), separator=" ", ignore_nulls=True
    ).replace("", None)
    whole = only(native("firstName")).is_not_null() & only(native("lastName")).is_not_null()
    parts = pl.concat_str(
        first(native("firstName")), middle, first(native("lastName")), separator=" ", ignore_nulls=True
    ).replace("", None)
    return statement(
        persons,
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=pl.coalesce(label(), parts),
        name_title=only(native("title")),
        forename=pl.when(whole).then(only(native("firstName"))),
        middle_names=pl.when(whole).then(middle),
        surname=pl.when(whole).then(only(native("lastName"))),
        birth_year=pl.col("birth").str.head(4).cast(pl.Int64),
        birth_month=pl.col("birth").str.slice(5, 2).replace("", None).cast(pl.Int64),
        further_births=pl.col("further_births"),
    )


def entities(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    ended = first(native("dissolutionDate"))
    return statement(
        numbered(entities),
        ENTITY_STATEMENT,
        edition,
        "p",
        role=pl.when("is_subject").then(pl.lit("subject")).otherwise(pl.lit("owner")),
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.col("scheme"),
        identifier=pl.col("number"),
        identifier_native=pl.col("native"),
        entity_type=codes.entity_type(pl.col("schema")),
        name=label(),
        former_names=pl.col(native("previousName")).fill_null(NO_TEXTS),
        jurisdiction=pl.col("jurisdiction"),
        subdivision=pl.col("subdivision"),
        legal_form=first(native("legalForm")),
        legal_form_class=pl.lit("unknown"),
        status=pl.when(ended.is_not_null()).then(pl.lit("dissolved")).otherwise(pl.lit("unknown")),
        incorporated_on=day(first(native("incorporationDate"))),
        dissolved_on=day(ended),
        industry_codes=NO_TEXTS,
    )


def addresses_of_parties(parties: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One-line addresses in the parties' own records."""
    return written_addresses(
        texts(parties, native("address"), OF_PARTY),
        edition,
        pl.format("a{}", "position"),
        of_statement_id=statement_id("p"),
        role=pl.lit("service"),
        lines=[pl.col("text")],
    )


def addresses_of_records(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Address records, once for each party that refers to them: by their lines, else by the full text."""
    each = records.with_columns(pl.int_ranges(0, pl.col("referrers").list.len()).alias("n")).explode(
        "n", "referrers"
    )
    split = first(native("street")).is_not_null()
    whole = pl.when(~split).then(first(native("full")))
    return written_addresses(
        each.with_columns(record_ids(each["referrers"], edition).alias("party_record_id")),
        edition,
        pl.format("a{}", "n"),
        of_statement_id=pl.col("party_record_id") + "-p",
        role=pl.lit("service"),
        lines=[whole, first(native("street")), first(native("street2"))],
        locality=pl.when(whole.is_null()).then(first(native("city"))),
        region=pl.when(whole.is_null()).then(pl.coalesce(first(native("region")), first(native("state")))),
        country=code(first(native("country"))),
        postcode_text=first(native("postalCode")),
        po_box=first(native("postOfficeBox")),
    )
