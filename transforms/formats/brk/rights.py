"""Who holds which right in an object, with which exact share and by which deed.

A right is registered to each of its holders with a share. Several may hold one joint share together; it
counts once. A right may burden another one, as leasehold burdens the ownership of the ground.
"""

from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from transforms.formats.brk.fields import (
    DEED_PART,
    DEEDS,
    FILED,
    HELD,
    HOLDING,
    JOINT,
    JOINTLY,
    PARTS,
    RIGHT,
    RIGHTS_HELD,
    each,
)
from transforms.model.parsing import inner

# Beginning of a right's name → kind. Any other is `other`, such as the right to lay cables and pipes.
KINDS: Mapping[str, str] = {
    "opstal nuts": "other",
    "opstalrecht nuts": "other",
    "eigendom": "ownership",
    "erfpacht": "leasehold",
    "opstal": "superficies",
    "vruchtgebruik": "usufruct",
    "gebruik en bewoning": "use_and_habitation",
}
SHARE = r"^[1-9]\d{0,17}$"
EURO = "EUR"


def holders(frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each holder of a right, in the record's order.

    record_no, position from 1, holding, person (null for a natural person), right, right_native, right_kind,
    burdens (the first right that this one burdens), is_ground (ownership under a leasehold), joint (id of a
    joint share), numerator and denominator as written, deed, acquired_on, sum_eur (of the deed, for
    everything that it covers).
    """
    joint = each(frame, JOINT, JOINTLY).unique(["record_no", "joint"], maintain_order=True)
    held = (
        each(frame, HOLDING, HELD)
        .with_columns(pl.int_range(1, pl.len() + 1).over("record_no").alias("position"))
        .join(rights(frame), on=["record_no", "right"], how="left", maintain_order="left")
        .join(joint, on=["record_no", "joint"], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(f"own_{part}", f"joint_{part}").alias(part) for part in ("numerator", "denominator")
        )
    )
    return held.join(
        _first_deeds(held, frame), on=["record_no", "position"], how="left", maintain_order="left"
    )


def rights(frame: pl.DataFrame) -> pl.DataFrame:
    """record_no, right, right_native, right_kind, burdens, is_ground: the rights in each record."""
    beginning = pl.col("right_native").str.to_lowercase().str.extract(rf"^({'|'.join(KINDS)})", 1)
    stated = (
        each(frame, RIGHT, RIGHTS_HELD)
        .with_columns(beginning.replace_strict(KINDS, default="other").alias("right_kind"))
        .unique(["record_no", "right"], keep="first", maintain_order=True)
    )
    pairs = (
        stated.select("record_no", pl.col("right").alias("burdens"), inner("burdened_by").alias("right"))
        .explode("right")
        .filter(pl.col("right").is_not_null())
    )
    first = pairs.group_by("record_no", "right").agg(pl.col("burdens").min())
    leased = stated.filter(right_kind="leasehold").select("record_no", "right")
    ground = (
        pairs.join(leased, on=["record_no", "right"], how="semi")
        .select("record_no", pl.col("burdens").alias("right"), pl.lit(True).alias("is_ground"))
        .unique()
    )
    on = ["record_no", "right"]
    return (
        stated.drop("burdened_by")
        .join(first, on=on, how="left", maintain_order="left")
        .join(ground, on=on, how="left", maintain_order="left")
        .with_columns(pl.col("is_ground").fill_null(False))
    )


def _first_deeds(held: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """record_no, position, deed, acquired_on, sum_eur: the first deed of each registration."""
    named = (
        held.select("record_no", "position", inner("deeds").alias("deed"))
        .explode("deed")
        .filter(pl.col("deed").is_not_null())
    )
    filed = pl.concat(each(frame, deed, FILED) for deed in DEEDS)
    day = pl.coalesce("offered", "signed").str.to_date("%Y-%m-%d", strict=False)
    days = (
        filed.select("record_no", day.alias("acquired_on"), inner("deeds").alias("deed"))
        .explode("deed")
        .group_by("record_no", "deed")
        .agg(pl.col("acquired_on").min())
    )
    money = pl.col("sum").cast(pl.Decimal(18, 2), strict=False)
    sums = each(frame, DEED_PART, PARTS).select(
        "record_no", "deed", pl.when((pl.col("currency") == EURO) & (money > 0)).then(money).alias("sum_eur")
    )
    return (
        named.join(days, on=["record_no", "deed"], how="left")
        .join(
            sums.unique(["record_no", "deed"], keep="first", maintain_order=True),
            on=["record_no", "deed"],
            how="left",
        )
        .sort("record_no", "position", "acquired_on", "deed", nulls_last=True)
        .unique(["record_no", "position"], keep="first", maintain_order=True)
    )


def is_no_share() -> pl.Expr:
    """Whether a holder's share is stated but is not a fraction of two positive whole numbers."""
    parts = [pl.col(part).str.contains(SHARE) for part in ("numerator", "denominator")]
    is_stated = pl.any_horizontal(pl.col(part).is_not_null() for part in ("numerator", "denominator"))
    return is_stated & ~pl.all_horizontal(part.fill_null(False) for part in parts)


def not_whole(held: pl.DataFrame) -> list[int]:
    """Records with a right whose holders' shares are all stated and do not add up to 1."""
    once = held.with_columns(pl.coalesce("joint", "holding").alias("share")).unique(
        ["record_no", "right", "share"], maintain_order=True
    )
    each_right = once.group_by("record_no", "right").agg("numerator", "denominator")
    return [
        number
        for number, _, numerators, denominators in each_right.iter_rows()
        if None not in numerators
        and sum(Fraction(int(n), int(d)) for n, d in zip(numerators, denominators, strict=True)) != 1
    ]


def is_main() -> pl.Expr:
    """Whether a holder is a legal person with a right other than the ground under a leasehold, or cables."""
    has_more = (pl.col("right_kind") != "other") & ~pl.col("is_ground")
    return pl.col("person").is_not_null() & has_more.fill_null(False)
