"""Links between parties (Ownership, Control, Directorship) and listings (topics, Sanction, Occupancy)."""

import polars as pl

from transforms.formats.bods.shares import per_cent, with_share
from transforms.formats.ftm import codes
from transforms.formats.ftm.numbers import OF_PARTY
from transforms.formats.ftm.references import ENDS
from transforms.formats.ftm.values import day_after, first, first_day, native, shares, texts
from transforms.model.parsing import record_ids, statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import INTEREST_STATEMENT, LISTING_STATEMENT, RELATIONSHIP_STATEMENT

INTERESTS = {
    "ownership": ("shareholding", "shares"),
    "control": ("otherInfluenceOrControl", "influence"),
    "directorship": ("boardMember", "unknown"),
}

# --- links between parties ---------------------------------------------------------------------------------


def links(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Links of all types with the statements of both ends, the period, and the share: low, high, low_open,
    high_open, share_fault (`bods.shares.with_share`); stated, reading (`ftm.values.shares`).
    """
    linked = records.filter(pl.col("record_type").is_in([*ENDS]))
    owned = shares(linked.filter(pl.col("record_type") == "ownership"), native("percentage"))
    prepared = linked.join(owned, on="record_no", how="left", maintain_order="left").with_columns(
        pl.concat_str(record_ids(linked["first_refs"].list.first(), edition), pl.lit("-p")).alias(
            "party_statement"
        ),
        pl.concat_str(record_ids(linked["second_ref"], edition), pl.lit("-p")).alias("subject_statement"),
        pl.col("first_kinds").list.first().alias("first_kind"),
        *(
            pl.lit(None, dtype=pl.String).alias(key)
            for key in ("exclusiveMinimum", "exclusiveMaximum", "share")
        ),
        is_over().alias("is_ceased"),
    )
    contradicts = pl.col("reading").eq_missing("share_conflict")
    return with_share(prepared).with_columns(
        pl.when(contradicts).then("reading").otherwise("share_fault").alias("share_fault")
    )


def relationships(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        links,
        RELATIONSHIP_STATEMENT,
        edition,
        "r",
        subject_statement_id=pl.col("subject_statement"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("first_kind"),
        is_ceased=pl.col("is_ceased"),
        is_left_censored=pl.lit(False),
        **period(),
    )


def interests(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Interests of the links. The standard does not say whether a percentage includes indirect holdings, so
    the reach is unknown.
    """
    kinds, bases = ({name: pair[k] for name, pair in INTERESTS.items()} for k in (0, 1))
    return statement(
        links,
        INTEREST_STATEMENT,
        edition,
        "r-i0",
        relationship_statement_id=statement_id("r"),
        interest_type=pl.col("record_type").replace_strict(kinds, return_dtype=pl.String),
        native_code=pl.col("schema"),
        basis=pl.col("record_type").replace_strict(bases, return_dtype=pl.String),
        reach=pl.lit("unknown"),
        share_min=per_cent(pl.col("low")),
        share_max=per_cent(pl.col("high")),
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
        share_fault=pl.col("share_fault"),
        share_native=pl.when(pl.col("share_fault").is_not_null()).then("stated"),
    )


# --- listings ---------------------------------------------------------------------------------------------


def topics(parties: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One row for each topic of each party: `text`, with its lists and the stated office."""
    office = pl.col(native("position")).list.join("; ").replace("", None)
    listed = parties.with_columns(
        _lists(edition).alias("lists"),
        pl.when(pl.col("record_type") == "person").then(office).alias("office_stated"),
    )
    return texts(listed, native("topics"), (*OF_PARTY, "record_type", "lists", "office_stated"))


def listed_by_topic(topics: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    topic_class = codes.listing_class(pl.col("text"))
    return statement(
        topics,
        LISTING_STATEMENT,
        edition,
        pl.lit("t") + pl.col("position").cast(pl.String),
        party_statement_id=statement_id("p"),
        party_kind=pl.col("record_type"),
        list_name=pl.col("lists"),
        topic=pl.col("text"),
        listing_class=topic_class,
        position=pl.when(topic_class == "pep").then("office_stated"),
        is_ceased=pl.lit(False),
    )


def _each_party(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One row for each party at the first end: first_ref, first_kind, topics_of_party, party_statement and
    part (`l`, `l1` …)."""
    parties = ["first_refs", "first_kinds", "party_topics", "n"]
    renamed = (
        links.with_columns(pl.int_ranges(0, pl.col("first_refs").list.len()).alias("n"))
        .explode(parties)
        .rename({"first_refs": "first_ref", "first_kinds": "first_kind", "party_topics": "topics_of_party"})
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
    """Offices of natural persons; an office of a legal entity is left out."""
    return statement(
        _each_party(occupancies, edition).filter(pl.col("first_kind") == "person"),
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


# --- periods ----------------------------------------------------------------------------------------------


def _dates(*names: str) -> pl.Expr:
    """The values of the first of these properties that has any."""
    return pl.coalesce(
        *(pl.when(pl.col(native(name)).list.len() > 0).then(native(name)) for name in names[:-1]),
        native(names[-1]),
    )


def _end_texts() -> pl.Expr:
    """The stated ends. The end of a fixed term counts if there is no end date of its own, unless the status
    says that the office is current.
    """
    own = pl.col(native("endDate"))
    return (
        pl.when((own.list.len() > 0).fill_null(False) | codes.has_status(pl.col(native("status")), "current"))
        .then(own)
        .otherwise(native("periodEnd"))
    )


def _has_ended() -> pl.Expr:
    """Whether there is an end for each start, and at least one."""
    ends = _end_texts().list.n_unique().fill_null(0)
    return (ends > 0) & (ends >= _dates("startDate", "periodStart").list.n_unique().fill_null(0))


def is_over() -> pl.Expr:
    """Whether a link has ended, by a date or by its status."""
    return _has_ended() | codes.has_status(pl.col(native("status")), "ended")


def period() -> dict[str, pl.Expr]:
    starts = _dates("startDate", "periodStart", "date").list.eval(first_day(pl.element())).list.min()
    ends = _end_texts().list.eval(day_after(pl.element())).list.max()
    return {"valid_from": starts, "valid_to": pl.when(_has_ended()).then(ends)}


def place_on_list() -> dict[str, pl.Expr]:
    """Columns for the period of a listing, and whether it has ended on an unknown day."""
    held = period()
    return {
        **held,
        "is_ceased": codes.has_status(pl.col(native("status")), "ended") & held["valid_to"].is_null(),
    }
