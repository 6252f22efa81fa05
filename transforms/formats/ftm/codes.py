"""Kinds of record, topics and statuses, from the vocabularies."""

from collections.abc import Iterable

import polars as pl

from transforms.values.names import collapsed
from transforms.values.vocabulary import lookup, vocabulary

PARTIES = ("person", "entity")
IGNORED, UNKNOWN = "ignored", "unknown"
# Classes of listings for which a Sanction record gives the act and the dates.
LISTS = ("sanction", "debarment", "regulatory")


def record_type(schema: pl.Expr) -> pl.Expr:
    """person, entity, ownership, directorship, control, occupancy, position, sanction, address, ignored;
    unknown for an unlisted schema.
    """
    return schema.replace_strict(
        lookup("ftm_schemas", "schema", "record_type"), default=UNKNOWN, return_dtype=pl.String
    )


def entity_type(schema: pl.Expr) -> pl.Expr:
    return schema.replace_strict(
        lookup("ftm_schemas", "schema", "entity_type"), default=None, return_dtype=pl.String
    )


def topics() -> dict[str, str]:
    return lookup("ftm_topics", "topic", "listing_class")


def listing_class(topic: pl.Expr) -> pl.Expr:
    """Class of a topic; `other` for an unlisted one."""
    return topic.replace_strict(topics(), default="other", return_dtype=pl.String)


def statuses() -> dict[str, str]:
    return lookup("ftm_statuses", "status", "meaning")


def status_word(status: pl.Expr) -> pl.Expr:
    return collapsed(status.str.to_lowercase())


def has_status(statuses_of_record: pl.Expr, meaning: str) -> pl.Expr:
    """Whether the known statuses in a list all mean `meaning` (current, ended)."""
    known = (
        statuses_of_record.list.eval(
            status_word(pl.element()).replace_strict(statuses(), default="unknown", return_dtype=pl.String)
        )
        .list.unique()
        .list.eval(pl.element().filter(pl.element() != "unknown"))
    )
    return ((known.list.len() == 1) & (known.list.first() == meaning)).fill_null(False)


def class_of_sanction(party_topics: pl.Expr) -> pl.Expr:
    """Class of a Sanction record, from the topics of its party (a list).

    It is the one class of LISTS that the topics have. If they have none, it is crime if they have that, else
    `sanction`, after the schema. If they have several, it is `other`, because the record does not say which
    one it belongs to.
    """
    classes = party_topics.list.eval(listing_class(pl.element())).list.unique()
    named = classes.list.eval(pl.element().filter(pl.element().is_in(list(LISTS))))
    named_n = named.list.len().fill_null(0)
    unlisted = (
        pl.when(classes.list.contains("crime").fill_null(False))
        .then(pl.lit("crime"))
        .otherwise(pl.lit("sanction"))
    )
    return (
        pl.when(named_n == 0)
        .then(unlisted)
        .when(named_n == 1)
        .then(named.list.first())
        .otherwise(pl.lit("other"))
    )


def ignored_properties() -> Iterable[tuple[str, str]]:
    """(property, reason) of the properties of the standard that are not read."""
    return vocabulary("ftm_properties").select("property", "reason").iter_rows()
