"""Persons whose records differ: pairs from blocks, weighed by Splink with shipped settings (`person_model`), and what follows from the weights.

Input is a table `person_profile` on the connection (PROFILE): one row for each way in which the records of a party-to-be (`anchor_no`) state a person.
A pair merges at MERGE_MIN and only with evidence beside the name and month (`person_rules`): first name, last name and month of birth alone never do,
whatever their weight. What weighs CANDIDATE_MIN or more and does not merge is a candidate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from math import log2
from typing import Any, cast

import polars as pl

from transforms.model.sql import Connection, frame
from transforms.resolution.clusters import SIZE_MAX, Clusters, Facts
from transforms.resolution.judgements import Judged
from transforms.resolution.persons.blocks import SIDE_SQL, compare, state
from transforms.resolution.persons.memory import Change, changed, keep
from transforms.resolution.persons.model import (
    COMPARISONS,
    EXPECTED_FREQUENCY,
    FREQUENCY_RECORDS,
    PRIOR_RECORDS_MIN,
    SETTINGS,
)
from transforms.resolution.persons.rules import MERGE_MIN, merges_in_registers
from transforms.resolution.persons.weights import GAMMAS, level_weights, met_sql, totals, weighed_sql

__all__ = [
    "MERGE_MIN",
    "best_candidates",
    "clustered",
    "linker",
    "merged",
    "person_pairs",
    "prepare",
    "settings",
    "waterfall",
]

CANDIDATE_MIN = 0.5  # (own) below it a pair is not worth a look
CLUSTER_MAX = SIZE_MAX  # parties-to-be in one person
PAIR = {
    "left_id": pl.Int64,
    "right_id": pl.Int64,
    "left_anchor": pl.Int64,
    "right_anchor": pl.Int64,
    "probability": pl.Float64,
    "weight": pl.Float64,
    "expected_n": pl.Float64,
    "merges": pl.Boolean,
}


def settings() -> dict[str, Any]:
    """The settings as shipped, in Splink's form."""
    text = (
        files("transforms")
        .joinpath("resolution", "persons", "settings", SETTINGS)
        .read_text(encoding="utf-8")
    )
    return cast("dict[str, Any]", json.loads(text))


def person_pairs(
    connection: Connection,
    model: Mapping[str, Any] | None = None,
    rule: pl.Expr | None = None,
    memory: str | None = None,
) -> pl.DataFrame:
    """PAIR, gamma_… and mw_… (weights in bits) of each comparison; one row for each pair at CANDIDATE_MIN or above, in order of its ids.

    Reads `person_profile` (`person_blocks.PROFILE`, and of STATED what there is); writes tables of its own. Same rows in, same rows out, with any number of
    threads, and with or without a memory.
    `model`, `rule`: other settings than those shipped, and another rule of what merges than the registers'. `memory`: name of the database that keeps what was
    compared (`person_memory`).
    """
    given = settings() if model is None else model
    state(connection)
    change = changed(connection, memory, given)
    compare(connection, change.often)
    _meet(connection, given, change)
    pairs, counts = keep(connection, memory, change)
    judged = _candidates(connection, pairs, counts, given, change.rows).with_columns(
        (merges_in_registers() if rule is None else rule).alias("merges")
    )
    details = [pl.col(name).cast(kind) for name, kind in _details().items()]
    return judged.select(*(pl.col(name).cast(kind) for name, kind in PAIR.items()), *details).sort(
        "left_id", "right_id"
    )


def _details() -> dict[str, pl.DataType]:
    weighed = [
        name for name, (_, levels) in COMPARISONS.items() if any(level.frequency_of for level in levels)
    ]
    bits = [*(f"mw_{name}" for name in COMPARISONS), *(f"mw_tf_adj_{name}" for name in weighed)]
    return {**{f"gamma_{name}": pl.Int8() for name in COMPARISONS}, **dict.fromkeys(bits, pl.Float64())}


def _meet(connection: Connection, model: Mapping[str, Any], change: Change) -> None:
    """`person_met` (KEPT): the pairs of `person_compared`, at the levels that Splink finds, but for those of two whom nothing has touched."""
    connection.execute(
        f"create or replace temp table person_predicted as {_predicted_sql(connection, model)}"
    )
    ends = (
        "select unique_id_l as unique_id from person_predicted union select unique_id_r from person_predicted"
    )
    connection.execute(
        f"create or replace temp table person_side as select * from ({SIDE_SQL}) semi join ({ends}) using (unique_id) join person_now using (unique_id)"
    )
    touched = (
        ""
        if change.is_whole
        else "where key_l in (select key from person_touched) or key_r in (select key from person_touched)"
    )
    connection.execute(
        f"create or replace temp table person_met as select * from ({met_sql('person_predicted')}) {touched}"
    )


def _predicted_sql(connection: Connection, model: Mapping[str, Any]) -> str:
    """Every pair of a block, with the level of each comparison. The weights that Splink gives it are of no frequency, and are not used."""
    columns = ("unique_id_l", "unique_id_r", *GAMMAS)
    ((blocked_n,),) = connection.sql("select count(*) from person_compared").fetchall()
    if blocked_n == 0:  # nobody shares a key with anybody: Splink's start is spared
        return f"select {', '.join(f'null::bigint as {name}' for name in columns)} where false"
    found = _splink(connection, _without_frequencies(model))[0].inference.predict(threshold_match_weight=None)
    return f"select {', '.join(columns)} from {found.physical_name}"


def _without_frequencies(model: Mapping[str, Any]) -> dict[str, Any]:
    levels = [
        [
            {name: said for name, said in level.items() if not name.startswith("tf_")}
            for level in one["comparison_levels"]
        ]
        for one in model["comparisons"]
    ]
    comparisons = [
        {**one, "comparison_levels": said} for one, said in zip(model["comparisons"], levels, strict=True)
    ]
    return {**model, "comparisons": comparisons, "retain_intermediate_calculation_columns": False}


def _candidates(
    connection: Connection, pairs: str, counts: str, model: Mapping[str, Any], rows: str
) -> pl.DataFrame:
    """The pairs that weigh enough, by tonight's ids, and all that a rule asks of them."""
    of = totals(connection, rows)
    levels = level_weights(connection, pairs, model)
    connection.register("person_level", levels.drop("^(gamma|mw)_.*$").to_arrow())
    first = ", ".join(
        f"if(l.unique_id < r.unique_id, {name}_l, {name}_r) as {name}" for name in ("born", "is_whole_name")
    )
    found = frame(
        connection,
        f"""
        with month as (select born, count(*) as month_n from {rows} where born is not null group by born),
        weighed as ({weighed_sql(pairs, counts, model, of, log2(CANDIDATE_MIN / (1 - CANDIDATE_MIN)))}),
        placed as (
            select w.*, {first}, l.unique_id as left_id, r.unique_id as right_id, l.anchor_no as left_anchor, r.anchor_no as right_anchor
            from weighed w join person_now l on l.key = key_l join person_now r on r.key = key_r
            where l.anchor_no <> r.anchor_no
        )
        select placed.*, month_n * names_share as expected_n from placed left join month using (born)""",
    )
    is_in_order = pl.col("left_id") < pl.col("right_id")
    sides = [
        pl.when(is_in_order).then(f"{one}_{of_one}").otherwise(f"{other}_{of_one}").alias(f"{one}_{of_one}")
        for of_one in ("id", "anchor")
        for one, other in (("left", "right"), ("right", "left"))
    ]
    probability = (1 / (1 + 2.0 ** -pl.col("weight"))).round(6).alias("probability")
    return found.with_columns(*sides, probability, pl.col("weight").round(4)).join(
        levels, on="levels", how="left"
    )


# --- settings that are trained, and Splink's own weights ------------------------------------------------------------


def prepare(connection: Connection) -> None:
    """`person_compared` of every profile, with a key for each block, null where no other party-to-be has it, or more than BLOCK_MAX profiles share it."""
    state(connection)
    compare(connection, changed(connection, None, settings()).often, every=True)


def linker(connection: Connection, model: Mapping[str, Any] | None = None) -> Any:
    """Splink's linker over `person_compared`, with frequencies and, where the settings name none, the prior for as many records as there are.

    `model`: other settings than those shipped.
    """
    ((records,),) = connection.sql("select count(*) from person_compared").fetchall()
    prior = {"probability_two_random_records_match": 1 / max(records, PRIOR_RECORDS_MIN)}
    made, api = _splink(connection, {**prior, **(settings() if model is None else model)})
    for column, expected in EXPECTED_FREQUENCY.items():
        connection.execute(
            f"create or replace temp table person_tf_{column} as {_frequencies(column, expected)}"
        )
        made.table_management.register_term_frequency_lookup(api.register(f"person_tf_{column}"), column)
    return made


def _splink(connection: Connection, model: Mapping[str, Any]) -> tuple[Any, Any]:
    """Splink's linker over `person_compared`, and its view of the connection."""
    from splink import DuckDBAPI, Linker  # about a second; only the resolve stage pays it

    api = DuckDBAPI(connection=cast("Any", connection))
    # What it says of its settings is for who writes them: ours are shipped, and to check them takes as long as to compare a thousand pairs.
    return Linker(api.register("person_compared"), dict(model), log_level=None, validate_settings=False), api


def _frequencies(column: str, expected: float) -> str:
    share = f"(count(*) + {FREQUENCY_RECORDS * expected}) / (sum(count(*)) over () + {FREQUENCY_RECORDS})"
    return f"select {column}, {share} as tf_{column} from person_compared where {column} is not null group by {column}"


# --- what follows ---------------------------------------------------------------------------------------------------


def merged(pairs: pl.DataFrame, births: Mapping[int, int] | None = None) -> dict[int, int]:
    """anchor_no → anchor_no of its person's earliest record, for anchors that merge with another (`clustered`).

    `births`: anchor_no → month of birth as year × 12 + month.
    """
    return clustered(
        pairs, {anchor: Facts(months=frozenset({month})) for anchor, month in (births or {}).items()}
    ).first_of_each()


def clustered(
    pairs: pl.DataFrame,
    facts: Mapping[int, Facts],
    judged: Judged | None = None,
    alike: Sequence[tuple[int, int]] = (),
) -> Clusters:
    """Clusters of anchors that merge: what was judged first, then those written alike (`alike`), then the pairs that weigh most, within the limits of `clusters`."""
    given, ends = judged or Judged(), ("left_anchor", "right_anchor")
    strongest = pairs.filter("merges").sort("weight", *ends, descending=[True, False, False]).select(*ends)
    is_alone = _is_alone(strongest, [*facts, *given.members, *(end for link in alike for end in link)])
    alone = strongest.filter(is_alone).with_columns(pl.min_horizontal(*ends).alias("least"))
    least_of = {
        member: least
        for end in ends
        for member, least in zip(alone[end].to_list(), alone["least"].to_list(), strict=True)
    }
    linked = strongest.filter(~is_alone)
    direct = {(min(pair), max(pair)) for pair in linked.iter_rows()} if facts else set()
    clusters = Clusters(facts, given.negative, direct, CLUSTER_MAX, least_of)
    for left, right in given.positive:
        clusters.join(left, right, is_judged=True)
    for left, right in (*alike, *linked.iter_rows()):
        clusters.join(left, right)
    return clusters


def _is_alone(links: pl.DataFrame, limited: Sequence[int]) -> pl.Series:
    """Whether neither end of a link is in another one, or among `limited`."""
    ends = pl.concat([links[name] for name in links.columns])
    is_free = ends.is_unique() & ~ends.is_in(pl.Series(limited, dtype=pl.Int64).implode())
    return is_free[: links.height] & is_free[links.height :]


def best_candidates(pairs: pl.DataFrame, person_of: Mapping[int, int]) -> pl.DataFrame:
    """anchor_no, other_no, probability: for each person the likeliest other one, by their smallest anchors. Of equal ones the earliest."""
    ends = ("left_anchor", "right_anchor")
    known = pl.DataFrame(
        {"anchor": list(person_of), "person": list(person_of.values())},
        schema={"anchor": pl.Int64, "person": pl.Int64},
    )
    found = pairs.select(*ends, "probability")
    for end in ends:
        found = (
            found.join(known, left_on=end, right_on="anchor", how="left")
            .with_columns(pl.coalesce("person", end).alias(end))
            .drop("person")
        )
    apart = found.filter(pl.col(ends[0]) != pl.col(ends[1]))
    both = pl.concat(
        [
            apart.select(pl.col(one).alias("anchor_no"), pl.col(two).alias("other_no"), "probability")
            for one, two in (ends, ends[::-1])
        ]
    )
    return both.sort("anchor_no", "probability", "other_no", descending=[False, True, False]).unique(
        "anchor_no", keep="first", maintain_order=True
    )


def waterfall(pair: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """(comparison, level, bits) of one row of `person_pairs`: the prior first, then what each comparison adds; the bits sum to `weight`.

    The bits of a level include how rare the value is that is equal.
    """
    steps = [
        (
            name,
            _level_name(name, pair[f"gamma_{name}"]),
            pair[f"mw_{name}"] + (pair.get(f"mw_tf_adj_{name}") or 0.0),
        )
        for name in COMPARISONS
    ]
    return [("prior", "", pair["weight"] - sum(bits for _, _, bits in steps)), *steps]


def _level_name(comparison: str, value: int) -> str:
    levels = COMPARISONS[comparison][1]
    return "missing" if value < 0 else levels[len(levels) - 1 - value].name
