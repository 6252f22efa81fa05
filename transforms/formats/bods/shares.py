"""Shares of interests: as the standard states them, and as UK natures of control imply them."""

from functools import cache

import polars as pl

from transforms.formats import gb_coh

SHARE_KEYS = ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
UNITS = 10**9  # of one per cent: shares have nine decimals
WHOLE = 100 * UNITS
NUMBER = r"^(\d{1,3})(?:\.(\d*))?$"
FLAG = r"^(?:true|false)$"  # before 0.4 exclusiveMinimum and exclusiveMaximum were booleans


def with_share(interests: pl.DataFrame) -> pl.DataFrame:
    """Add low, high (Int64, in UNITS), low_open, high_open (Boolean), share_fault and share_native.

    interests: the SHARE_KEYS and `share` (a value where an object is expected) as text. If nothing is stated,
    low and high are null; if only one bound is stated, the other is 0 or 100. Beyond nine decimals a lower
    bound is rounded down, an upper one up, and an exact share to the nearest. share_fault is impossible_share
    for a number below 0, above 100 or malformed, and share_conflict for an exact share outside its band or
    for an empty band. Low and high are then null, and share_native holds the stated text.
    """
    numbered = interests.with_columns(
        *(_units(key, up=key.endswith("aximum")).alias(f"n_{key}") for key in SHARE_KEYS),
        *(
            (pl.lit(key.startswith("exclusive")) & pl.col(key).str.contains(FLAG).fill_null(False)).alias(
                f"is_flag_{key}"
            )
            for key in SHARE_KEYS
        ),
    )
    bad = pl.any_horizontal(
        pl.col(key).is_not_null() & pl.col(f"n_{key}").is_null() & ~pl.col(f"is_flag_{key}")
        for key in SHARE_KEYS
    )
    bounded = numbered.with_columns((bad | pl.col("share").is_not_null()).alias("is_bad")).with_columns(
        *_bound("low", "Minimum"), *_bound("high", "Maximum")
    )
    return _checked_shares(bounded)


def _units(key: str, *, up: bool) -> pl.Expr:
    """A percentage in UNITS; null if it is malformed or outside 0 to 100."""
    text = pl.col(key)
    digits = pl.concat_str(text.str.extract(NUMBER, 2).fill_null(""), pl.lit("0" * 10))
    down = text.str.extract(NUMBER, 1).cast(pl.Int64) * UNITS + digits.str.head(9).cast(pl.Int64)
    beyond = digits.str.slice(9)
    more = (
        beyond.str.contains(r"^[5-9]")
        if key == "exact"
        else beyond.str.contains("[1-9]")
        if up
        else pl.lit(False)
    )
    return pl.when(down < WHOLE).then(down + more.cast(pl.Int64)).when(down == WHOLE).then(down)


def _bound(name: str, key: str) -> tuple[pl.Expr, pl.Expr]:
    """The tighter of the inclusive and the exclusive bound, and whether it is open."""
    inclusive, exclusive = pl.col(f"n_{key.lower()}"), pl.col(f"n_exclusive{key}")
    tighter = pl.max_horizontal if name == "low" else pl.min_horizontal
    bound = tighter(inclusive, exclusive)
    flagged = pl.col(f"is_flag_exclusive{key}") & (pl.col(f"exclusive{key}") == "true")
    return bound.alias(name), ((exclusive == bound) | (flagged & inclusive.is_not_null())).fill_null(
        False
    ).alias(f"{name}_open")


def _checked_shares(bounded: pl.DataFrame) -> pl.DataFrame:
    """Add share_fault and share_native; final low and high."""
    exact, low, high = pl.col("n_exact"), pl.col("low"), pl.col("high")
    above = low.is_null() | (exact > low) | ((exact == low) & ~pl.col("low_open"))
    below = high.is_null() | (exact < high) | ((exact == high) & ~pl.col("high_open"))
    empty = (low > high) | ((low == high) & (pl.col("low_open") | pl.col("high_open")))
    conflict = pl.when(exact.is_not_null()).then(~(above & below)).otherwise(empty.fill_null(False))
    fault = (
        pl.when("is_bad")
        .then(pl.lit("impossible_share"))
        .when(conflict.fill_null(False))
        .then(pl.lit("share_conflict"))
    )
    judged = bounded.with_columns(fault.alias("share_fault")).with_columns(
        pl.when(pl.col("share_fault").is_not_null()).then(_as_stated()).alias("share_native")
    )
    usable = pl.col("share_fault").is_null()
    stated = exact.is_not_null() | low.is_not_null() | high.is_not_null()
    banded = usable & exact.is_null()
    return judged.with_columns(
        pl.when(usable & stated).then(pl.coalesce(exact, low, pl.lit(0))).alias("low"),
        pl.when(usable & stated).then(pl.coalesce(exact, high, pl.lit(WHOLE))).alias("high"),
        (banded & pl.col("low_open")).alias("low_open"),
        (banded & pl.col("high_open")).alias("high_open"),
    )


def _as_stated() -> pl.Expr:
    """`minimum 60, maximum 40`. Text that is neither a number nor a flag may be personal and is not shown."""
    showable = r"^(?:[-+0-9.eE]{1,24}|true|false)$"
    parts = (
        pl.when(pl.col(key).str.contains(showable))
        .then(pl.format(f"{key} {{}}", key))
        .when(pl.col(key).is_not_null())
        .then(pl.lit(f"{key} (no number)"))
        for key in (*SHARE_KEYS, "share")
    )
    return pl.concat_str(*parts, separator=", ", ignore_nulls=True)


def per_cent(units: pl.Expr) -> pl.Expr:
    """UNITS as DECIMAL(12,9) per cent."""
    padded = units.cast(pl.String).str.zfill(12)
    return pl.concat_str(padded.str.head(3), pl.lit("."), padded.str.tail(9)).cast(pl.Decimal(12, 9))


# --- UK natures of control --------------------------------------------------------------------------------

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
    """Natures of control: NATURE_COLUMNS (bounds in UNITS) and interest_type."""
    starts = gb_coh.regime_starts()
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
    """Add NATURE_COLUMNS: the UK nature of control of each interest, null if none in its `details` matches.

    interests: record_no, position, type, details, and the columns of `with_share`. `details` lists the
    natures of the whole record. A nature matches an interest of its type if its band contains the stated one.
    The first interest of a type and band takes the first matching nature, the second the second.
    """
    listed = interests.filter(pl.col("details").str.contains(CODE_IN_DETAILS))
    known = (
        listed.select(
            "record_no",
            "position",
            "type",
            "low",
            "high",
            pl.col("details").str.extract_all(CODE_IN_DETAILS).alias("nature"),
        )
        .with_columns(pl.int_ranges(0, pl.col("nature").list.len()).alias("code_no"))
        .explode("nature", "code_no")
        .join(_natures(), on="nature", how="inner", maintain_order="left")
    )
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
