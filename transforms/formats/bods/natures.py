"""The UK natures of control that Open Ownership writes into an interest's `details`."""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.formats import gb_coh
from transforms.formats.bods.shares import UNITS

CODE_IN_DETAILS = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+"
NATURE_COLUMNS = (
    "nature",
    "nature_basis",
    "nature_low",
    "nature_high",
    "nature_low_open",
    "nature_high_open",
    "via",
    "regime_start",
)


@cache
def _natures() -> pl.DataFrame:
    """Natures of control:

    NATURE_COLUMNS (bounds in UNITS, the day the register's regime began) and interest_type.
    """
    starts = dict(gb_coh.kinds().select("regime", "regime_start").drop_nulls().unique().iter_rows())
    start = pl.when(pl.col("form") == "overseas_entity").then(starts["roe"]).otherwise(starts["psc"])
    return gb_coh.natures().select(
        pl.col("code").alias("nature"),
        pl.col("basis").alias("nature_basis"),
        "interest_type",
        (pl.col("share_min").cast(pl.Float64) * UNITS).cast(pl.Int64).alias("nature_low"),
        (pl.col("share_max").cast(pl.Float64) * UNITS).cast(pl.Int64).alias("nature_high"),
        pl.col("share_min_exclusive").alias("nature_low_open"),
        pl.col("share_max_exclusive").alias("nature_high_open"),
        "via",
        start.alias("regime_start"),
    )


def with_natures(interests: pl.DataFrame) -> pl.DataFrame:
    """Add NATURE_COLUMNS: the UK nature of control that each interest is, null where its `details` name none
    that fits.

    interests: record_no, position, type, details, and `with_share`'s columns. `details` lists the natures of
    the whole record, so one fits where it is of the interest's type and its band holds the stated one. The
    first interest of a type and band takes the first such nature, the second the second.
    """
    listed = interests.filter(pl.col("details").str.contains(CODE_IN_DETAILS))
    codes = listed.select(
        "record_no",
        "position",
        "type",
        "low",
        "high",
        pl.col("details").str.extract_all(CODE_IN_DETAILS).alias("nature"),
    )
    each = codes.with_columns(pl.int_ranges(0, pl.col("nature").list.len()).alias("code_no")).explode(
        "nature", "code_no"
    )
    known = each.join(_natures(), on="nature", how="inner", maintain_order="left")
    same = ((pl.col("low") == pl.col("nature_low")) & (pl.col("high") == pl.col("nature_high"))).fill_null(
        pl.col("low").is_null()
    )
    holds = ((pl.col("low") >= pl.col("nature_low")) & (pl.col("high") <= pl.col("nature_high"))).fill_null(
        True
    )
    fitting = known.filter((pl.col("interest_type") == pl.col("type")) & holds).with_columns(
        (~same).alias("is_wider")
    )
    one_interest, alike = ("record_no", "position"), ("record_no", "type", "low", "high")
    ranked = fitting.sort("record_no", "position", "is_wider", "code_no", maintain_order=True).with_columns(
        pl.int_range(pl.len()).over(one_interest).alias("choice"),
        pl.len().over(one_interest).alias("choices_n"),
        (pl.col("position").rank("dense").over(alike) - 1).alias("turn"),
    )
    chosen = ranked.filter(pl.col("choice") == pl.min_horizontal(pl.col("turn"), pl.col("choices_n") - 1))
    return interests.join(
        chosen.select(*one_interest, *NATURE_COLUMNS), on=one_interest, how="left", maintain_order="left"
    )
