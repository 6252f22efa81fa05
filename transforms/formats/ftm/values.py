"""Values of a FollowTheMoney record: lists of texts, partial dates, countries, the name to show."""

from collections.abc import Iterable

import polars as pl

from transforms.values.countries import country_code

COUNTRY_OR_PART = r"^([A-Za-z]{2})(?:-[A-Za-z0-9]+)?$"


def native(name: str) -> str:
    """Name of the native field of a property."""
    return f"properties.{name}"


def texts(frame: pl.DataFrame, name: str, keep: Iterable[str]) -> pl.DataFrame:
    """One row for each text of the list `name`: columns `keep`, `position` (from 0) and `text`, without
    blanks and repeats."""
    sized = frame.select(*keep, pl.col(name).alias("text")).filter(pl.col("text").list.len() > 0)
    each = sized.with_columns(pl.int_ranges(0, pl.col("text").list.len()).alias("position")).explode(
        "position", "text"
    )
    tidy = each.with_columns(pl.col("text").str.strip_chars().replace("", None)).filter(
        pl.col("text").is_not_null()
    )
    return tidy.unique([*keep, "text"], keep="first", maintain_order=True)


def first(name: str) -> pl.Expr:
    """First text of a list, stripped; null if there is none."""
    return pl.col(name).list.first().str.strip_chars().replace("", None)


def only(name: str) -> pl.Expr:
    """The only text of a list; null if there is none or several, which may be in different scripts."""
    return pl.when(pl.col(name).list.len() == 1).then(first(name))


PARTIAL = r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:$|[T ])"


def first_day(text: pl.Expr) -> pl.Expr:
    """First day of a date, a year and month, or a year; null for anything else."""
    year, month, day = (text.str.extract(PARTIAL, group) for group in (1, 2, 3))
    return pl.concat_str(
        year, pl.lit("-"), month.fill_null("01"), pl.lit("-"), day.fill_null("01")
    ).str.to_date("%Y-%m-%d", strict=False)


def day_after(text: pl.Expr) -> pl.Expr:
    """Day by which something has ended: the day itself, or the first day after a month or year; null for
    anything else.
    """
    has_month, has_day = (text.str.extract(PARTIAL, group).is_not_null() for group in (2, 3))
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
    """ISO code of a country, from a code or a name."""
    return pl.coalesce(text.str.extract(COUNTRY_OR_PART, 1).str.to_lowercase(), country_code(text))


def label() -> pl.Expr:
    """The publisher's caption if it is one of the names, else the first name, else the caption."""
    named = pl.col(native("name"))
    return (
        pl.when(named.list.contains(pl.col("caption")))
        .then("caption")
        .otherwise(pl.coalesce(first(native("name")), "caption"))
    )
