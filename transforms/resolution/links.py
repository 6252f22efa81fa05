"""The mart `resolution_link`: pairs of records that were compared, the outcome of each, and why.

A pair of persons stands for the spellings of two parties-to-be, and is shown by the earliest record of each.
Judgements that a limit refused are included, for persons and entities, without weights. For companies without
a usable number, the pairs are those that were joined by name.
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from transforms.model.sql import Connection, read_sql
from transforms.resolution.batches import append
from transforms.resolution.clusters import Refusal
from transforms.resolution.judgements import Link
from transforms.resolution.persons.model import COMPARISONS, is_frequency_weighed

LOW = pl.min_horizontal("left_anchor", "right_anchor").alias("low")
HIGH = pl.max_horizontal("left_anchor", "right_anchor").alias("high")
PAIRS_AT_ONCE = 200_000
SCORE_OF_JUDGED = 1.0  # the highest score, for pairs that have no weight
EVIDENCE = "evidence"  # the only step of a pair of companies, which have no weights
KEY = "key"  # level of that step for two persons with equal name, month of birth and address
PARTS = "|"  # between comparison, level and bits of a step


def write_person_links(
    connection: Connection,
    pairs: pl.DataFrame,
    person_of: Mapping[int, int],
    refused: Iterable[Refusal],
    alike: Sequence[Link] = (),
) -> None:
    """Write `person_link` (RESOLUTION_LINK): every weighed pair (`linkage.person_pairs`), every refused
    judgement, and `alike`. Reads `person_record`.

    `person_of`: anchor → anchor of its person, for those that are joined. `alike`: pairs of anchors that
    share a key and were clustered within the limits.
    """
    refusals = [(min(left, right), max(left, right), reason) for left, right, reason in refused]
    schema = {"low": pl.Int64, "high": pl.Int64, "reason": pl.String}
    reasons = pl.DataFrame(refusals, schema=schema, orient="row").unique(
        ["low", "high"], keep="first", maintain_order=True
    )
    unweighed = _unweighed(alike, reasons).join(pairs.select(LOW, HIGH), on=["low", "high"], how="anti")
    is_joined = pl.col("low").replace(person_of) == pl.col("high").replace(person_of)
    outcome = pl.when(is_joined).then(pl.lit("joined")).when(pl.col("reason").is_not_null())
    for number, every in enumerate((unweighed, *map(_weighed, pairs.iter_slices(PAIRS_AT_ONCE)))):
        judged = every.join(reasons, on=["low", "high"], how="left").select(
            "one",
            "other",
            outcome.then(pl.lit("refused")).otherwise(pl.lit("candidate")).alias("outcome"),
            pl.when(~is_joined).then("reason").alias("reason"),
            "score",
            "weight_bits",
            "steps",
        )
        append(connection, "person_pair", judged, first=not number)
    _write_links(connection, "person", records="person_record", number="row_no", party="null")


def _weighed(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        LOW,
        HIGH,
        pl.col("left_id").alias("one"),
        pl.col("right_id").alias("other"),
        pl.col("probability").alias("score"),
        pl.col("weight").alias("weight_bits"),
        steps(),
    )


def _unweighed(alike: Sequence[Link], reasons: pl.DataFrame) -> pl.DataFrame:
    """Pairs of persons without a weight: those that share a key, and those that a limit refused."""
    written_alike = pl.DataFrame(alike, schema={"low": pl.Int64, "high": pl.Int64}, orient="row")
    judged = reasons.select("low", "high").join(written_alike, on=["low", "high"], how="anti")
    both = pl.concat(
        [
            written_alike.with_columns(pl.lit([f"{EVIDENCE}{PARTS}{KEY}{PARTS}0"]).alias("steps")),
            judged.with_columns(pl.lit([], dtype=pl.List(pl.String)).alias("steps")),
        ]
    )
    return both.with_columns(
        pl.col("low").alias("one"),
        pl.col("high").alias("other"),
        pl.lit(SCORE_OF_JUDGED).alias("score"),
        pl.lit(None, dtype=pl.Float64).alias("weight_bits"),
    )


def write_entity_links(connection: Connection, refused: Iterable[tuple[str, str, str]]) -> None:
    """Write `entity_link` (RESOLUTION_LINK): companies that were joined by name or may be one, and `refused`.

    Reads `company_pair` (`companies.joining.with_companies`) and `resolved`. `refused`: (statement_id, other
    statement_id, reason) of judgements on entities that a limit refused.
    """
    schema = {"one": pl.String, "other": pl.String, "reason": pl.String}
    append(connection, "refused_pair", pl.DataFrame(list(refused), schema=schema, orient="row"), first=True)
    parts = {"evidence": EVIDENCE, "score": str(SCORE_OF_JUDGED)}
    connection.execute(read_sql(__package__, "entity_pair", **parts))
    _write_links(connection, "entity", records="resolved", number="statement_id", party="party_id")


def _write_links(connection: Connection, kind: str, **parts: str) -> None:
    connection.execute(read_sql(__package__, "links", kind=kind, **parts))


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
