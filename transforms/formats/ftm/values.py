"""Values of a record: lists of texts, dates that may be partial, countries, the name to show."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from transforms.values.countries import country_code

COUNTRY_OR_PART = r"^([A-Za-z]{2})(?:-[A-Za-z0-9]+)?$"


def native(name: str) -> str:
    """The native field of a property."""
    return f"properties.{name}"


def texts(frame: pl.DataFrame, name: str, keep: Iterable[str]) -> pl.DataFrame:
    """One row for each text of the list `name`: columns `keep`, `position` (from 0) and `text`; blanks and
    repeats are left out.
    """
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
    """When something has ended by: the day itself; of a year and month, or a year, the first day after it;
    null for anything else.
    """
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


def code(text: pl.Expr) -> pl.Expr:
    """ISO code of a country that is a code already or a name."""
    return pl.coalesce(text.str.extract(COUNTRY_OR_PART, 1).str.to_lowercase(), country_code(text))


def label() -> pl.Expr:
    """The publisher's caption, where it is one of the names; else the first name; else the caption all the
    same.
    """
    named = pl.col(native("name"))
    return (
        pl.when(named.list.contains(pl.col("caption")))
        .then("caption")
        .otherwise(pl.coalesce(first(native("name")), "caption"))
    )
