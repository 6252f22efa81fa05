"""Values of a FollowTheMoney record: lists of texts, partial dates, countries, names, percentages."""

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
    return (
        sized.with_columns(pl.int_ranges(0, pl.col("text").list.len()).alias("position"))
        .explode("position", "text")
        .with_columns(pl.col("text").str.strip_chars().replace("", None))
        .filter(pl.col("text").is_not_null())
        .unique([*keep, "text"], keep="first", maintain_order=True)
    )


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


PER_CENT_MAX = 100
_SHARE = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
NUMBER, BAND = rf"^(-?{_SHARE})$", rf"^({_SHARE})-({_SHARE})$"
DASHES = r"[\u{2010}-\u{2015}\u{2212}]"


def _bare(text: pl.Expr) -> pl.Expr:
    """A percentage without % and blanks, with plain hyphens and decimal points."""
    return (
        text.str.replace_all(r"[%\s]", "")
        .str.replace_all(DASHES, "-")
        .str.replace_all(r"\b([0-9]{1,3}),([0-9]+)\b", "$1.$2")
    )


def _canonical(number: pl.Expr) -> pl.Expr:
    """One spelling for equal numbers: 51, 51.0 and 051; .5 and 0.5."""
    whole = number.str.replace(r"^(-?)0*([0-9])", "$1$2").str.replace(r"^(-?)\.", "${1}0.")
    return (
        pl.when(whole.str.contains(".", literal=True))
        .then(whole.str.strip_chars_end("0").str.strip_chars_end("."))
        .otherwise(whole)
    )


def shares(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Shares of the records with percentages in the list `name`, as text for `bods.shares.with_share`.

    Columns: record_no; exact, or minimum and maximum; stated (everything readable); reading: share_conflict,
    unreadable_share (one value is neither number nor band, so nothing is known), several_bands, or null.

    Bands are `25-50`, `75–100%`, `50 – 75 %`, with inclusive bounds, as nothing says otherwise. Several bands
    are no contradiction: OpenSanctions writes one for each nature of control, of shares and of votes, into
    one list that does not say which is which, so the widest range counts. A number beside bands must be
    within them. Several numbers, and a band with reversed bounds, are contradictions.
    """
    stated = _stated_shares(frame, name)
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
    judged = stated.with_columns(reading.alias("reading"))
    is_faulty = pl.col("is_impossible") | pl.col("reading").eq_missing("share_conflict")
    is_known = ~is_faulty & ~pl.col("is_unreadable")
    return judged.select(
        "record_no",
        "stated",
        "reading",
        pl.when(is_faulty).then("stated").when(is_known & (bands_n == 0)).then(number).alias("exact"),
        *(pl.when(is_known).then(bound).alias(bound) for bound in ("minimum", "maximum")),
    )


def _stated_shares(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """For each record: numbers (sorted text), bands_n, minimum and maximum of the bands, stated,
    is_unreadable, is_impossible, is_reversed."""
    bare = texts(frame, name, ("record_no",)).select("record_no", _bare(pl.col("text")).alias("bare"))
    bounds = (
        pl.coalesce(pl.col("bare").str.extract(NUMBER, 1), pl.col("bare").str.extract(BAND, group))
        for group in (1, 2)
    )
    valued = (
        bare.select(
            "record_no",
            *(_canonical(bound).alias(key) for key, bound in zip(("low", "high"), bounds, strict=True)),
        )
        .unique()
        .with_columns(
            pl.col("low").cast(pl.Float64).alias("least"), pl.col("high").cast(pl.Float64).alias("most")
        )
        .sort("record_no", "least", "most")
    )
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
