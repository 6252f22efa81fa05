"""The mart `resolution_link`: pairs of records that were compared as one party, what came of each, and why.

A pair of persons stands for the ways in which two parties-to-be are written, and is shown by the earliest
record of each. What people judged and a limit refused is here too, also for entities; of those there are no
weights. Of companies without a usable number, the pairs that a name joined.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from transforms.model.sql import Connection, frame
from transforms.model.views import RESOLUTION_LINK
from transforms.resolution.clusters import Refusal
from transforms.resolution.judgements import Link
from transforms.resolution.persons.model import COMPARISONS, is_frequency_weighed

SIDES = ("register", "record", "other_register", "other_record")
LOW = pl.min_horizontal("left_anchor", "right_anchor").alias("low")
HIGH = pl.max_horizontal("left_anchor", "right_anchor").alias("high")
PAIRS_AT_ONCE = 200_000
SCORE_OF_JUDGED = 1.0
EVIDENCE = "evidence"  # the step of a pair of companies, which are not weighed
KEY = "key"  # that step of two persons whose name, month of birth and address are equal
RECORDS_SQL = """
select statement_id, register, record, party_id
from resolved
semi join wanted_statement using (statement_id)
"""
PARTS = "|"  # between comparison, level and bits of a step


def person_links(
    pairs: pl.DataFrame,
    records: pl.DataFrame,
    person_of: Mapping[int, int],
    refused: Iterable[Refusal],
    alike: Sequence[Link] = (),
) -> Iterator[pl.DataFrame]:
    """RESOLUTION_LINK rows of every pair weighed (`linkage.person_pairs`), of every judgement refused, and of
    `alike`; about PAIRS_AT_ONCE at a time, all of two records together.

    `records`: row_no, register, record of their ends. `person_of`: anchor → anchor of its person, of those
    that are joined. `alike`: pairs of anchors that a key joins, where limits were asked.
    """
    refusals = [(min(left, right), max(left, right), reason) for left, right, reason in refused]
    schema = {"low": pl.Int64, "high": pl.Int64, "reason": pl.String}
    reasons = pl.DataFrame(refusals, schema=schema, orient="row").unique(
        ["low", "high"], keep="first", maintain_order=True
    )
    unweighed = _unweighed(alike, reasons).join(pairs.select(LOW, HIGH), on=["low", "high"], how="anti")
    parts_n = pairs.height // PAIRS_AT_ONCE + 1
    part_of = records.select("row_no", (pl.struct("register", "record").hash() % parts_n).alias("part"))
    parts, unweighed_parts = (_parts(each, part_of, parts_n) for each in (pairs, unweighed))
    is_joined = pl.col("low").replace(person_of) == pl.col("high").replace(person_of)
    outcome = pl.when(is_joined).then(pl.lit("joined")).when(pl.col("reason").is_not_null())
    for part in range(parts_n):
        weighed = pairs.filter(parts == part).select(
            "left_id",
            "right_id",
            LOW,
            HIGH,
            pl.col("probability").alias("score"),
            pl.col("weight").alias("weight_bits"),
            steps(),
        )
        every = pl.concat([weighed, unweighed.filter(unweighed_parts == part).select(weighed.columns)])
        judged = every.join(reasons, on=["low", "high"], how="left", maintain_order="left").with_columns(
            outcome.then(pl.lit("refused")).otherwise(pl.lit("candidate")).alias("outcome"),
            pl.when(~is_joined).then("reason").alias("reason"),
        )
        yield once(_with_records(judged, records, ("left_id", "right_id"), "row_no"))


def _parts(pairs: pl.DataFrame, part_of: pl.DataFrame, parts_n: int) -> pl.Series:
    """Part of each pair, the same for all pairs of two records. `part_of`: row_no, part."""
    ends = pairs.select("left_id", "right_id")
    for end in ends.columns:
        ends = ends.join(
            part_of, left_on=end, right_on="row_no", how="left", maintain_order="left", suffix="_2"
        )
    return ends.select(((pl.col("part") + pl.col("part_2")) % parts_n).alias("part"))["part"]


def _unweighed(alike: Sequence[Link], reasons: pl.DataFrame) -> pl.DataFrame:
    """Pairs of persons without a weight: those that a key joins, and those that a limit refused."""
    written_alike = pl.DataFrame(alike, schema={"low": pl.Int64, "high": pl.Int64}, orient="row")
    judged = reasons.select("low", "high").join(written_alike, on=["low", "high"], how="anti")
    both = pl.concat(
        [
            written_alike.with_columns(pl.lit([f"{EVIDENCE}{PARTS}{KEY}{PARTS}0"]).alias("steps")),
            judged.with_columns(pl.lit([], dtype=pl.List(pl.String)).alias("steps")),
        ]
    )
    return both.with_columns(
        pl.col("low").alias("left_id"),
        pl.col("high").alias("right_id"),
        pl.lit(SCORE_OF_JUDGED).alias("score"),
        pl.lit(None, dtype=pl.Float64).alias("weight_bits"),
    )


def _with_records(
    pairs: pl.DataFrame, records: pl.DataFrame, ends: tuple[str, str], number: str
) -> pl.DataFrame:
    """`pairs` with SIDES: register and record of both ends, of `records` by `number`.

    Pairs without both are dropped.
    """
    others = records.select(pl.all().exclude(number).name.prefix("other_"), pl.col(number))
    one, other = ends
    return pairs.join(records, left_on=one, right_on=number, how="inner", maintain_order="left").join(
        others, left_on=other, right_on=number, how="inner", maintain_order="left"
    )


def refused_links(connection: Connection, refused: Iterable[tuple[str, str, str]]) -> pl.DataFrame:
    """RESOLUTION_LINK rows of judgements on entities that a limit refused. Reads `resolved`.

    `refused`: (statement_id, other statement_id, reason).
    """
    schema = {"one": pl.String, "two": pl.String, "reason": pl.String}
    pairs = pl.DataFrame(list(refused), schema=schema, orient="row").with_columns(
        pl.lit("refused").alias("outcome"),
        pl.lit(SCORE_OF_JUDGED).alias("score"),
        pl.lit(None, dtype=pl.Float64).alias("weight_bits"),
        pl.lit([], dtype=pl.List(pl.String)).alias("steps"),
    )
    records = _records(connection, pairs["one"], pairs["two"]).drop("party_id")
    return once(_with_records(pairs, records, ("one", "two"), "statement_id"))


def company_links(connection: Connection, pairs: pl.DataFrame) -> pl.DataFrame:
    """RESOLUTION_LINK rows of companies that a name joined, or might join. Reads `resolved`.

    `pairs`: `companies.matching.PAIR`. What agrees is the only step.
    """
    records = _records(connection, pairs["statement_id"], pairs["other_statement_id"])
    sided = _with_records(pairs, records, ("statement_id", "other_statement_id"), "statement_id")
    is_joined = pl.col("party_id") == pl.col("other_party_id")
    return once(
        sided.with_columns(
            pl.when(is_joined).then(pl.lit("joined")).otherwise(pl.lit("candidate")).alias("outcome"),
            pl.lit(None, dtype=pl.String).alias("reason"),
            pl.lit(None, dtype=pl.Float64).alias("weight_bits"),
            pl.concat_list(pl.format(f"{EVIDENCE}{PARTS}{{}}{PARTS}0", "evidence")).alias("steps"),
        )
    )


def _records(connection: Connection, *statement_ids: pl.Series) -> pl.DataFrame:
    """statement_id, register, record, party_id of these statements."""
    wanted = pl.concat([ids.alias("statement_id") for ids in statement_ids]).to_frame().unique()
    connection.register("wanted_statement", wanted.to_arrow())
    return frame(connection, RECORDS_SQL)


def once(sided: pl.DataFrame) -> pl.DataFrame:
    """One row for each two records, the smaller first, by their strongest pair.

    Two editions of a record are no pair.
    """
    is_after = (pl.col("register") > pl.col("other_register")) | (
        (pl.col("register") == pl.col("other_register")) & (pl.col("record") > pl.col("other_record"))
    )
    other = ("other_register", "other_record", "register", "record")
    ordered = sided.with_columns(
        pl.when(is_after).then(pl.col(there)).otherwise(pl.col(here)).alias(here)
        for here, there in zip(SIDES, other, strict=True)
    )
    strongest = ordered.filter(
        (pl.col("register") != pl.col("other_register")) | (pl.col("record") != pl.col("other_record"))
    ).sort(
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
    texts = [
        pl.format("prior||{}", prior.round(2)),
        *(
            pl.format("{}|{}|{}", pl.lit(name), _level(name), weight.round(2))
            for name, weight in bits.items()
        ),
    ]
    return pl.concat_list(texts).alias("steps")


def _level(comparison: str) -> pl.Expr:
    names = [level.name for level in COMPARISONS[comparison][1]]
    return pl.col(f"gamma_{comparison}").replace_strict(
        {-1: "missing", **{len(names) - 1 - n: name for n, name in enumerate(names)}}, return_dtype=pl.String
    )
