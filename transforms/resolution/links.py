"""The mart `resolution_link`: pairs of records that were weighed as one party, what came of each, and the
weights that say why.

A pair of persons stands for the ways in which two parties-to-be are written, and is told by the earliest
record of each. What people judged and a limit refused is here too, for entities as well; of those there are
no weights. Of companies without a usable number, the pairs that a name joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from transforms.model.views import RESOLUTION_LINK
from transforms.resolution.clusters import Clusters
from transforms.resolution.persons.model import COMPARISONS, is_frequency_weighed

SIDES = ("register", "record", "other_register", "other_record")
SCORE_OF_JUDGED = 1.0
EVIDENCE = "evidence"  # the step of a pair of companies, which are not weighed
KEY = "key"  # that step of two persons whose name, month of birth and address are equal
PARTS = "|"  # between comparison, level and bits of a step


def person_links(
    pairs: pl.DataFrame, persons: pl.DataFrame, clusters: Clusters, alike: Sequence[tuple[int, int]] = ()
) -> pl.DataFrame:
    """RESOLUTION_LINK rows of every pair weighed (`persons.person_pairs`), of every judgement refused, and of
    those written alike that limits were asked of (`alike`).
    """
    refusals = [(min(left, right), max(left, right), reason) for left, right, reason in clusters.refused]
    reasons = pl.DataFrame(
        refusals, schema={"low": pl.Int64, "high": pl.Int64, "reason": pl.String}, orient="row"
    )
    reasons = reasons.unique(["low", "high"], keep="first", maintain_order=True)
    known = pl.DataFrame(
        list(clusters.first_of_each().items()), schema={"anchor": pl.Int64, "person": pl.Int64}, orient="row"
    )
    weighed = pairs.with_columns(
        pl.min_horizontal("left_anchor", "right_anchor").alias("low"),
        pl.max_horizontal("left_anchor", "right_anchor").alias("high"),
        steps(),
    )
    weighed = weighed.select(
        "left_id",
        "right_id",
        "low",
        "high",
        pl.col("probability").alias("score"),
        pl.col("weight").alias("weight_bits"),
        "steps",
    )
    written_alike = pl.DataFrame(
        alike, schema={"low": pl.Int64, "high": pl.Int64}, orient="row"
    ).with_columns(pl.lit([f"{EVIDENCE}{PARTS}{KEY}{PARTS}0"]).alias("steps"))
    judged = (
        reasons.select("low", "high")
        .join(written_alike, on=["low", "high"], how="anti")
        .with_columns(pl.lit([], dtype=pl.List(pl.String)).alias("steps"))
    )
    unweighed = (
        pl.concat([written_alike, judged])
        .join(weighed, on=["low", "high"], how="anti")
        .select(
            pl.col("low").alias("left_id"),
            pl.col("high").alias("right_id"),
            "low",
            "high",
            pl.lit(SCORE_OF_JUDGED).alias("score"),
            pl.lit(None, dtype=pl.Float64).alias("weight_bits"),
            "steps",
        )
    )
    every = pl.concat([weighed, unweighed]).join(
        reasons, on=["low", "high"], how="left", maintain_order="left"
    )
    for end in ("low", "high"):
        every = (
            every.join(known, left_on=end, right_on="anchor", how="left", maintain_order="left")
            .with_columns(pl.coalesce("person", end).alias(end))
            .drop("person")
        )
    is_joined = pl.col("low") == pl.col("high")
    outcome = (
        pl.when(is_joined)
        .then(pl.lit("joined"))
        .when(pl.col("reason").is_not_null())
        .then(pl.lit("refused"))
        .otherwise(pl.lit("candidate"))
    )
    told = every.with_columns(outcome.alias("outcome"), pl.when(~is_joined).then("reason").alias("reason"))
    where = persons.select(pl.col("row_no").cast(pl.Int64), "register", "record")
    sided = told.join(where, left_on="left_id", right_on="row_no", how="left", maintain_order="left").join(
        where.rename({"register": "other_register", "record": "other_record"}),
        left_on="right_id",
        right_on="row_no",
        how="left",
        maintain_order="left",
    )
    return once(sided)


def refused_links(refused: Iterable[tuple[str, str, str]], rows: pl.DataFrame) -> pl.DataFrame:
    """RESOLUTION_LINK rows of judgements on entities that a limit refused: (statement_id, other statement_id,
    reason); `rows` of RESOLUTION.
    """
    found = pl.DataFrame(
        list(refused), schema={"one": pl.String, "two": pl.String, "reason": pl.String}, orient="row"
    )
    where = rows.join(
        pl.concat([found["one"], found["two"]]).to_frame("statement_id").unique(),
        on="statement_id",
        how="semi",
    ).select("statement_id", "register", "record")
    sided = found.join(where, left_on="one", right_on="statement_id", how="inner").join(
        where.rename({"register": "other_register", "record": "other_record"}),
        left_on="two",
        right_on="statement_id",
        how="inner",
    )
    return once(
        sided.with_columns(
            pl.lit("refused").alias("outcome"),
            pl.lit(SCORE_OF_JUDGED).alias("score"),
            pl.lit(None, dtype=pl.Float64).alias("weight_bits"),
            pl.lit([], dtype=pl.List(pl.String)).alias("steps"),
        )
    )


def company_links(pairs: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """RESOLUTION_LINK rows of companies that a name joined, or might join (`companies.PAIR`); `rows` of
    RESOLUTION. What agrees is the only step.
    """
    ends = pl.concat([pairs["statement_id"], pairs["other_statement_id"]]).to_frame("statement_id").unique()
    where = rows.join(ends, on="statement_id", how="semi").select(
        "statement_id", "register", "record", "party_id"
    )
    others = where.select(pl.all().name.prefix("other_"))
    sided = pairs.join(where, on="statement_id", how="inner").join(
        others, on="other_statement_id", how="inner"
    )
    is_joined = pl.col("party_id") == pl.col("other_party_id")
    return once(
        sided.with_columns(
            pl.when(is_joined).then(pl.lit("joined")).otherwise(pl.lit("candidate")).alias("outcome"),
            pl.lit(None, dtype=pl.String).alias("reason"),
            pl.lit(None, dtype=pl.Float64).alias("weight_bits"),
            pl.concat_list(pl.format(f"{EVIDENCE}{PARTS}{{}}{PARTS}0", "evidence")).alias("steps"),
        )
    )


def once(sided: pl.DataFrame) -> pl.DataFrame:
    """One row for each two records, the smaller first, by the strongest of their pairs.

    Two editions of one record are no pair.
    """
    is_after = (pl.col("register") > pl.col("other_register")) | (
        (pl.col("register") == pl.col("other_register")) & (pl.col("record") > pl.col("other_record"))
    )
    other = ("other_register", "other_record", "register", "record")
    ordered = sided.with_columns(
        pl.when(is_after).then(pl.col(there)).otherwise(pl.col(here)).alias(here)
        for here, there in zip(SIDES, other, strict=True)
    )
    apart = ordered.filter(
        (pl.col("register") != pl.col("other_register")) | (pl.col("record") != pl.col("other_record"))
    )
    strongest = apart.sort(
        *SIDES, "score", "weight_bits", "steps", descending=[False] * 4 + [True, True, False], nulls_last=True
    )
    return RESOLUTION_LINK.conformed(strongest.unique(SIDES, keep="first", maintain_order=True))


def steps() -> pl.Expr:
    """`comparison|level|bits` of the prior and of each comparison, as a list; the bits sum to the weight."""
    bits = {
        name: pl.sum_horizontal(f"mw_{name}", *([f"mw_tf_adj_{name}"] if is_frequency_weighed(name) else []))
        for name in COMPARISONS
    }
    prior = pl.col("weight") - pl.sum_horizontal(*bits.values())
    said = [
        pl.format("prior||{}", prior.round(2)),
        *(pl.format("{}|{}|{}", pl.lit(name), _level(name), of.round(2)) for name, of in bits.items()),
    ]
    return pl.concat_list(said).alias("steps")


def _level(comparison: str) -> pl.Expr:
    names = [level.name for level in COMPARISONS[comparison][1]]
    return pl.col(f"gamma_{comparison}").replace_strict(
        {-1: "missing", **{len(names) - 1 - n: name for n, name in enumerate(names)}}, return_dtype=pl.String
    )
