"""FollowTheMoney: which file is one, its kinds of record, its topics, its partial dates and its shares.

Code lists are `vocabulary/ftm_schemas.csv`, `ftm_topics.csv`, `ftm_statuses.csv` and `ftm_properties.csv`. Source: the standard's schema,
https://followthemoney.tech/explorer/, and the bulk data of OpenSanctions, https://www.opensanctions.org/docs/bulk/.

A record is `{"id", "schema", "properties": {name: [texts]}, "datasets": […], …}`, one a line. Links between parties (Ownership, Directorship,
Occupancy …) are records of their own that name the ids of both ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import orjson
import polars as pl

from transforms.formats import bods
from transforms.values.names import collapsed
from transforms.values.vocabulary import lookup, vocabulary

LEI = "XI-LEI"
SLUG_CHARS = 60

# --- which file is it -----------------------------------------------------------------------------------------------

NAME = re.compile(r"\.ftm\.(?:jsonl?|ndjson|ijson)(?:\.gz|\.zip)?$")  # a broken archive keeps its own name
SCHEMA = re.compile(rb'"schema"\s*:\s*"[A-Z][A-Za-z]+"')
PROPERTIES = re.compile(rb'"properties"\s*:\s*\{')
OPERATION = re.compile(rb'^\s*\{\s*"op"\s*:\s*"(?:ADD|MOD|DEL)"')
OTHERS = re.compile(
    rb'^\s*+(?:\[\s*+)?\{\s*+(?:"company_number"\s*:|"LEI|"records?"\s*:)|"statementI[dD]"\s*:'
)
# An entity in a list, as targets.nested.json has them inside properties; its key `schema` comes before any list or object of its own.
NESTED = re.compile(rb'\[\s*+\{(?:[^][{}"]|"(?:[^"\\]|\\.)*+")*?"schema"\s*+:\s*+"[A-Z]')
NESTED_NAME = re.compile(r"\bnested\.json(?:\.gz|\.zip)?$")
DELTA = "delta"


def is_ftm(file_name: str, head: bytes) -> bool:
    """By content: the keys of an entity, or of an operation on one. By name only where the content is no other register's."""
    if OTHERS.search(head) or is_nested(file_name, head):
        return False
    if is_delta(head) or (SCHEMA.search(head) and PROPERTIES.search(head)):
        return True
    return NAME.search(file_name.lower()) is not None


def is_nested(file_name: str, head: bytes) -> bool:
    """Entities written into the properties of others, in place of their ids, in half of the records or more of the head: the same record stands in several, and what nothing refers to in none."""
    if not (SCHEMA.search(head) and PROPERTIES.search(head)):
        return False
    records = head.splitlines()
    return NESTED_NAME.search(file_name.lower()) is not None or 2 * sum(
        NESTED.search(record) is not None for record in records
    ) >= len(records)


def is_delta(head: bytes) -> bool:
    """Operations (ADD, MOD, DEL) on an earlier state, in place of the entities themselves."""
    return OPERATION.search(head) is not None


LIST_NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
GENERIC = (
    "",
    "entities",
    "latest",
)  # what names no list: OpenSanctions' files are all called entities.ftm.json, in a folder of the list's name
# Digits only, a date with a time, a version of OpenSanctions' (`20261127123045-abc`): a day or a run, and no list.
VERSION = re.compile(
    r"[\d._ -]+|\d{4}-?\d{2}-?\d{2}[t_ -]?\d{2}[:.-]?\d{2}(?:[:.-]?\d{2})?z?(?:[-_][a-z0-9]+)?"
)
EXTENSION = re.compile(r"[.](?:ftm|jsonl?|ndjson|ijson|gz|zip|txt)(?=[.]|$)")
NO_NAME = re.compile(
    r"(?<!\d)(?:19|20)\d{2}-?\d{2}(?:-?\d{2})?(?!\d)|\s*\(\d+\)$|\bdelta$"
)  # a date, a browser's number of a copy, what kind of file it is


def dataset(path: str, head: bytes) -> str:
    """The data set that the name of a file says, without date; where that is generic or a version, the nearest folder that says one; `entities` where none does.

    path: below the landing folder, or the name alone. Never the content: which lists the first records name changes from day to day, and what is one data set
    would be two, both in force.
    """
    names = (_stem(part) for part in reversed(Path(path).parts))
    named = bods.slug(next((name for name in names if name not in GENERIC), GENERIC[1]))
    return f"{named}-{DELTA}" if is_delta(head) else named


def lists_named(head: bytes) -> tuple[str, ...]:
    """What the data sets that the first records name would be called: some of the lists in the file. A text without the form of such a name is none, as it may be anything."""
    return tuple(
        sorted(
            {
                bods.slug(name)
                for line in head.splitlines()
                for name in _datasets(line) or ()
                if LIST_NAME.fullmatch(name)
            }
        )
    )


def _stem(file_name: str) -> str:
    """The name without extensions and date; blank where it is nothing but a version."""
    plain = EXTENSION.sub("", file_name.lower())
    named = NO_NAME.sub("", plain).strip(" ._-")
    return "" if VERSION.fullmatch(plain) or VERSION.fullmatch(named) else named


def _datasets(line: bytes) -> list[str] | None:
    """Of one line; null where it is no whole record (the head ends within one)."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    named = record.get("datasets") if isinstance(record, dict) else None
    return (
        sorted(set(named))
        if isinstance(named, list) and named and all(isinstance(name, str) for name in named)
        else []
    )


# --- kinds of record and topics ---------------------------------------------------------------------------------------

PARTIES = ("person", "entity")
IGNORED, UNKNOWN = "ignored", "unknown"
LISTS = (
    "sanction",
    "debarment",
    "regulatory",
)  # classes of which a Sanction record tells the act and the dates


@cache
def record_types() -> dict[str, str]:
    return lookup("ftm_schemas", "schema", "record_type")


def record_type(schema: pl.Expr) -> pl.Expr:
    """person, entity, ownership, directorship, control, occupancy, position, sanction, address, ignored; unknown for a schema that the list does not have."""
    return schema.replace_strict(record_types(), default=UNKNOWN, return_dtype=pl.String)


def entity_type(schema: pl.Expr) -> pl.Expr:
    return schema.replace_strict(
        lookup("ftm_schemas", "schema", "entity_type"), default=None, return_dtype=pl.String
    )


@cache
def topics() -> dict[str, str]:
    return lookup("ftm_topics", "topic", "listing_class")


def listing_class(topic: pl.Expr) -> pl.Expr:
    """Class of a topic; `other` for one that the list does not have."""
    return topic.replace_strict(topics(), default="other", return_dtype=pl.String)


@cache
def statuses() -> dict[str, str]:
    return lookup("ftm_statuses", "status", "meaning")


def status_word(status: pl.Expr) -> pl.Expr:
    return collapsed(status.str.to_lowercase())


def says(statuses_of_record: pl.Expr, meaning: str) -> pl.Expr:
    """Whether a list of statuses says `meaning` (current, ended), and nothing else that is known."""
    told = statuses_of_record.list.eval(
        status_word(pl.element()).replace_strict(statuses(), default="unknown", return_dtype=pl.String)
    ).list.unique()
    known = told.list.eval(pl.element().filter(pl.element() != "unknown"))
    return ((known.list.len() == 1) & (known.list.first() == meaning)).fill_null(False)


def class_of_sanction(party_topics: pl.Expr) -> pl.Expr:
    """Class of a Sanction record, by the topics of its party (a list): the one of LISTS that they name; where they name none, crime if they name
    that, else `sanction`, which is what the schema says; `other` where they name several, because the record does not say which it belongs to."""
    classes = party_topics.list.eval(listing_class(pl.element())).list.unique()
    named = classes.list.eval(pl.element().filter(pl.element().is_in(list(LISTS))))
    how_many = named.list.len().fill_null(0)
    unlisted = (
        pl.when(classes.list.contains("crime").fill_null(False))
        .then(pl.lit("crime"))
        .otherwise(pl.lit("sanction"))
    )
    return (
        pl.when(how_many == 0)
        .then(unlisted)
        .when(how_many == 1)
        .then(named.list.first())
        .otherwise(pl.lit("other"))
    )


def ignored_properties() -> Iterable[tuple[str, str]]:
    """(property, reason) of the standard's properties from which nothing is read."""
    return vocabulary("ftm_properties").select("property", "reason").iter_rows()


# --- texts, dates ---------------------------------------------------------------------------------------------


def texts(frame: pl.DataFrame, name: str, keep: Iterable[str]) -> pl.DataFrame:
    """One row for each text of the list `name`: columns `keep`, `position` (from 0) and `text`; blanks and repeats are left out."""
    sized = frame.select(*keep, pl.col(name).alias("text")).filter(pl.col("text").list.len() > 0)
    each = sized.with_columns(pl.int_ranges(0, pl.col("text").list.len()).alias("position")).explode(
        "position", "text"
    )
    tidy = each.with_columns(pl.col("text").str.strip_chars().replace("", None)).filter(
        pl.col("text").is_not_null()
    )
    return tidy.unique([*keep, "text"], keep="first", maintain_order=True)


def first(name: str) -> pl.Expr:
    """First text of a list, without blanks around it; null for none."""
    return pl.col(name).list.first().str.strip_chars().replace("", None)


def only(name: str) -> pl.Expr:
    """The one text of a list; null for none, and for several, which may be of several scripts."""
    return pl.when(pl.col(name).list.len() == 1).then(first(name))


PARTIAL = r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:$|[T ])"


def first_day(text: pl.Expr) -> pl.Expr:
    """First day of a date, a year and month, or a year; null for anything else."""
    year, month, day = (text.str.extract(PARTIAL, group) for group in (1, 2, 3))
    return pl.concat_str(
        year, pl.lit("-"), month.fill_null("01"), pl.lit("-"), day.fill_null("01")
    ).str.to_date("%Y-%m-%d", strict=False)


def day_after(text: pl.Expr) -> pl.Expr:
    """When something has ended by: the day itself; of a year and month, or a year, the first day after it; null for anything else."""
    has_day, has_month = (
        text.str.extract(PARTIAL, 3).is_not_null(),
        text.str.extract(PARTIAL, 2).is_not_null(),
    )
    start = first_day(text)
    return (
        pl.when(has_day)
        .then(start)
        .when(has_month)
        .then(start.dt.offset_by("1mo"))
        .otherwise(start.dt.offset_by("1y"))
    )


def is_no_date(text: pl.Expr) -> pl.Expr:
    return text.is_not_null() & first_day(text).is_null()


BIRTH = r"^[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-\d{2}(?:T.*)?)?)?$"


def birth(text: pl.Expr) -> pl.Expr:
    """`1978` or `1978-08` of a birth date; null for anything else."""
    return pl.when(text.str.contains(BIRTH)).then(text.str.head(7))


# --- shares -----------------------------------------------------------------------------------------------------------

PER_CENT_MAX = 100
_SHARE = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
NUMBER, BAND = rf"^(-?{_SHARE})$", rf"^({_SHARE})-({_SHARE})$"
DASHES = r"[\u{2010}-\u{2015}\u{2212}]"


def _bare(text: pl.Expr) -> pl.Expr:
    """A percentage without sign and blanks, with plain hyphens and decimal points."""
    plain = text.str.replace_all(r"[%\s]", "").str.replace_all(DASHES, "-")
    return plain.str.replace_all(r"\b([0-9]{1,3}),([0-9]+)\b", "$1.$2")


def _canonical(number: pl.Expr) -> pl.Expr:
    """Equal numbers as equal texts: 51, 51.0 and 051; .5 and 0.5."""
    whole = number.str.replace(r"^(-?)0*([0-9])", "$1$2").str.replace(r"^(-?)\.", "${1}0.")
    return (
        pl.when(whole.str.contains(".", literal=True))
        .then(whole.str.strip_chars_end("0").str.strip_chars_end("."))
        .otherwise(whole)
    )


def shares(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """record_no of each record with percentages in the list `name`, and what they say, as texts that `bods.with_share` takes: exact, or minimum and maximum;
    stated (all that can be read); reading: share_conflict, unreadable_share (one is no number and no band: nothing is known), several_bands, or null.

    Bands are `25-50`, `75–100%`, `50 – 75 %`. Bounds are inclusive, as nothing says otherwise. Several bands of one record are no contradiction: OpenSanctions
    writes one for each nature of control, of shares and of votes, into one list, and nothing tells which is of what. Whatever they are of, it is within the
    widest. A number beside bands has to be within them. Several numbers, and a band from more to less, contradict themselves.
    """
    told = _read_shares(frame, name)
    numbers_n, bands_n, number = (
        pl.col("numbers").list.len(),
        pl.col("bands_n"),
        pl.col("numbers").list.first(),
    )
    within = number.cast(pl.Float64).is_between(
        pl.col("minimum").cast(pl.Float64), pl.col("maximum").cast(pl.Float64)
    )
    conflict = (numbers_n > 1) | pl.col("is_reversed") | ((numbers_n > 0) & (bands_n > 0) & ~within)
    reading = (
        pl.when("is_impossible")
        .then(None)
        .when("is_unreadable")
        .then(pl.lit("unreadable_share"))
        .when(conflict.fill_null(False))
        .then(pl.lit("share_conflict"))
        .when(numbers_n + bands_n > 1)
        .then(pl.lit("several_bands"))
    )
    judged = told.with_columns(reading.alias("reading"))
    is_faulty = pl.col("is_impossible") | pl.col("reading").eq_missing("share_conflict")
    is_known = ~is_faulty & ~pl.col("is_unreadable")
    return judged.select(
        "record_no",
        "stated",
        "reading",
        pl.when(is_faulty).then("stated").when(is_known & (bands_n == 0)).then(number).alias("exact"),
        *(pl.when(is_known).then(bound).alias(bound) for bound in ("minimum", "maximum")),
    )


def _read_shares(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Of each record: numbers (texts, in order), bands_n, minimum and maximum of the bands, stated, is_unreadable, is_impossible, is_reversed."""
    bare = texts(frame, name, ("record_no",)).select("record_no", _bare(pl.col("text")).alias("bare"))
    bounds = (
        pl.coalesce(pl.col("bare").str.extract(NUMBER, 1), pl.col("bare").str.extract(BAND, group))
        for group in (1, 2)
    )
    each = bare.select(
        "record_no",
        *(_canonical(bound).alias(key) for key, bound in zip(("low", "high"), bounds, strict=True)),
    ).unique()
    valued = each.with_columns(
        pl.col("low").cast(pl.Float64).alias("least"), pl.col("high").cast(pl.Float64).alias("most")
    ).sort("record_no", "least", "most")
    is_number = pl.col("low") == pl.col("high")
    stated = pl.when(is_number).then("low").otherwise(pl.concat_str("low", pl.lit("-"), "high"))
    return valued.group_by("record_no", maintain_order=True).agg(
        pl.col("low").is_null().any().alias("is_unreadable"),
        ((pl.col("least") < 0) | (pl.col("most") > PER_CENT_MAX)).any().alias("is_impossible"),
        (pl.col("least") > pl.col("most")).any().alias("is_reversed"),
        pl.col("low").filter(is_number).alias("numbers"),
        (~is_number).sum().alias("bands_n"),
        pl.col("low").filter(~is_number).first().alias("minimum"),
        pl.col("high").filter(~is_number).sort_by(pl.col("most").filter(~is_number)).last().alias("maximum"),
        stated.str.join(" and ").alias("stated"),
    )
