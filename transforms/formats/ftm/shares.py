"""Percentages of an Ownership record, in the forms that publishers use."""

import polars as pl

from transforms.formats.ftm.values import texts

PER_CENT_MAX = 100
_SHARE = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
NUMBER, BAND = rf"^(-?{_SHARE})$", rf"^({_SHARE})-({_SHARE})$"
DASHES = r"[\u{2010}-\u{2015}\u{2212}]"


def _bare(text: pl.Expr) -> pl.Expr:
    """A percentage without % and blanks, with plain hyphens and decimal points."""
    plain = text.str.replace_all(r"[%\s]", "").str.replace_all(DASHES, "-")
    return plain.str.replace_all(r"\b([0-9]{1,3}),([0-9]+)\b", "$1.$2")


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
