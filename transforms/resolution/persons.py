"""Persons whose records differ: pairs from blocks, weighed by Splink with shipped settings (`person_model`), and what follows from the weights.

Input is a table `person_profile` on the connection (PROFILE): one row for each way in which the records of a party-to-be (`anchor_no`) state a person.
A pair merges at MERGE_MIN and only with evidence beside the name and month (`person_rules`): first name, last name and month of birth alone never do,
whatever their weight. What weighs CANDIDATE_MIN or more and does not merge is a candidate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, cast

import polars as pl

from transforms.resolution.clusters import SIZE_MAX, Clusters, Facts
from transforms.resolution.judgements import Judged
from transforms.resolution.person_features import is_whole_name, middle_is_word
from transforms.resolution.person_model import (
    BLOCK_MAX,
    BLOCKS,
    COMPARISONS,
    EXPECTED_FREQUENCY,
    FREQUENCY_RECORDS,
    PRIOR_RECORDS_MIN,
    SETTINGS,
)
from transforms.resolution.person_rules import MERGE_MIN, merges_in_registers
from transforms.sql import Connection, frame
from transforms.vocabulary import vocabulary

__all__ = ["MERGE_MIN", "best_candidates", "block_sizes", "clustered", "linker", "merged", "person_pairs", "prepare", "settings", "waterfall"]

CANDIDATE_MIN = 0.5  # (own) below it a pair is not worth a look
CLUSTER_MAX = SIZE_MAX  # parties-to-be in one person
PROFILE = (
    "unique_id", "anchor_no", "forename", "middle", "surname", "forename_key", "surname_key", "words", "birth_year", "birth_month", "address", "postcode",
    "partners",
)  # fmt: skip
# What few records state: a profile may leave these columns out.
STATED: Mapping[str, str] = {"birth_day": "tinyint", "street": "text", "number_kind": "text", "number": "text", "occupation": "text"}
PAIR = {
    "left_id": pl.Int64, "right_id": pl.Int64, "left_anchor": pl.Int64, "right_anchor": pl.Int64, "probability": pl.Float64, "weight": pl.Float64,
    "expected_n": pl.Float64, "merges": pl.Boolean,
}  # fmt: skip


def settings() -> dict[str, Any]:
    """The settings as shipped, in Splink's form."""
    text = files("transforms").joinpath("resolution", "settings", SETTINGS).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def person_pairs(connection: Connection, model: Mapping[str, Any] | None = None, rule: pl.Expr | None = None) -> pl.DataFrame:
    """PAIR, gamma_… and mw_… (weights in bits) of each comparison; one row for each pair at CANDIDATE_MIN or above, in order of its ids.

    Reads `person_profile` (PROFILE, and of STATED what there is); writes tables of its own. Same rows in, same rows out, with any number of threads.
    `model`, `rule`: other settings than those shipped, and another rule of what merges than the registers'.
    """
    prepare(connection)
    ((blocked,),) = connection.sql(f"select count(*) from person_compared where {' or '.join(f'{key} is not null' for key in BLOCKS)}").fetchall()
    if blocked == 0:  # nobody shares a key with anybody: Splink's start is spared
        return pl.DataFrame(schema={**PAIR, **_details()})
    predicted = linker(connection, model).inference.predict(threshold_match_probability=CANDIDATE_MIN)
    connection.execute(f"create or replace temp table person_pair as select * from {predicted.physical_name}")
    pairs = frame(connection, PAIRS_SQL.format(details=", ".join(f"p.{name}" for name in _details())))
    details = [pl.col(name).cast(kind) for name, kind in _details().items()]
    named = pairs.with_columns(middle_is_word().alias("middle_is_word"), is_whole_name().alias("is_whole_name"))
    judged = named.with_columns(pl.col("probability").round(6), pl.col("weight").round(4)).with_columns(
        (merges_in_registers() if rule is None else rule).alias("merges")
    )
    return judged.select(*(pl.col(name).cast(kind) for name, kind in PAIR.items()), *details).sort("left_id", "right_id")


def _details() -> dict[str, pl.DataType]:
    weighed = [name for name, (_, levels) in COMPARISONS.items() if any(level.frequency_of for level in levels)]
    bits = [*(f"mw_{name}" for name in COMPARISONS), *(f"mw_tf_adj_{name}" for name in weighed)]
    return {**{f"gamma_{name}": pl.Int8() for name in COMPARISONS}, **dict.fromkeys(bits, pl.Float64())}


def prepare(connection: Connection) -> None:
    """`person_compared`: profiles with a key for each block, null where no other party-to-be has it, or more than BLOCK_MAX profiles share it."""
    known = {name for (name,) in connection.sql("select column_name from (describe person_profile)").fetchall()}
    stated = ", ".join(f"{name if name in known else 'null'}::{kind} as {name}" for name, kind in STATED.items())
    connection.register("person_forename", _forenames().to_arrow())
    connection.execute(f"create or replace temp table person_often as {OFTEN_SQL}")
    connection.execute(f"create or replace temp view person_told as {TOLD_SQL.format(columns=', '.join(PROFILE), stated=stated)}")
    connection.execute(f"create or replace temp table person_key as {keys_sql('person_told')}")
    connection.execute(f"create or replace temp table person_used as {USED_SQL}")
    wide = ", ".join(f"max(key) filter (block = {n}) as {name}" for n, name in enumerate(BLOCKS))
    connection.execute(f"""
        create or replace temp table person_compared as
        select {", ".join(COMPARED)}, {", ".join(BLOCKS)}
        from person_told left join (select unique_id, {wide} from person_key semi join person_used using (block, key) group by unique_id) using (unique_id)""")


def keys_sql(told: str) -> str:
    """unique_id, anchor_no, block (its place in BLOCKS), key of each row of `told`, in each block that it has a key for."""
    keys = ", ".join(f"case when ({sql}) is not null then hash({sql}) end" for sql in BLOCKS.values())
    each = f"select unique_id, anchor_no, unnest(range({len(BLOCKS)}))::tinyint as block, unnest([{keys}]) as key from {told}"
    return f"select * from ({each}) where key is not null"


# Keys are counted apart from the profiles: a window carries every column of its rows.
USED_SQL = f"""
select block, key from person_key group by all having count(*) between 2 and {BLOCK_MAX} and min(anchor_no) <> max(anchor_no)
"""


# A forename that many records have is a name of its own in any script, whether the list has it or not; a slip of the pen is rarer.
NAME_RECORDS_MIN, NAME_SHARE_MIN = 20, 1e-5  # (own) in a town, and in a country
OFTEN_SQL = f"""
select forename from person_profile where forename is not null
group by forename having count(*) >= greatest({NAME_RECORDS_MIN}, {NAME_SHARE_MIN} * (select count(*) from person_profile))
"""
# district: the outward part of a British postcode. short_forms: what a forename is shortened to.
TOLD_SQL = """
select p.*, f.short_forms, coalesce(f.is_forename, false) or coalesce(p.forename in (select forename from person_often), false) as is_forename,
       case when birth_day is not null and birth_month is not null then printf('%04d%02d%02d', birth_year, birth_month, birth_day) end as birth_date,
       case when contains(postcode, ' ') then split_part(postcode, ' ', 1) end as district
from (select {columns}, {stated} from person_profile) p left join person_forename f using (forename)
"""
COMPARED = (*PROFILE, *STATED, "short_forms", "is_forename", "birth_date", "district")


def _forenames() -> pl.DataFrame:
    """forename, short_forms, is_forename of the two lists of forenames."""
    short = vocabulary("short_forenames").group_by("forename").agg(pl.col("short_form").sort().alias("short_forms"))
    named = vocabulary("forenames").select("forename", pl.lit(True).alias("is_forename"))
    return named.join(short, on="forename", how="full", coalesce=True).sort("forename")


def block_sizes(connection: Connection) -> pl.DataFrame:
    """block, keys_n, records_n, pairs_n, largest_n, over_n (records in blocks above BLOCK_MAX), of what `prepare` read, as if no block were bounded."""
    counted = " union all ".join(
        f"select '{key}' as block, count(*) as n from person_told where ({sql}) is not null group by {sql} having count(*) > 1" for key, sql in BLOCKS.items()
    )
    figures = "count(*) as keys_n, sum(n)::bigint as records_n, sum(n * (n - 1) // 2)::bigint as pairs_n, max(n) as largest_n"
    over = f"coalesce(sum(n) filter (n > {BLOCK_MAX}), 0)::bigint as over_n"
    return frame(connection, f"select block, {figures}, {over} from ({counted}) group by block order by block")


def linker(connection: Connection, model: Mapping[str, Any] | None = None) -> Any:
    """Splink's linker over `person_compared`, with frequencies and, where the settings name none, the prior for as many records as there are.

    `model`: other settings than those shipped.
    """
    from splink import DuckDBAPI, Linker  # about a second; only the resolve stage pays it

    api = DuckDBAPI(connection=cast("Any", connection))
    ((records,),) = connection.sql("select count(*) from person_compared").fetchall()
    prior = {"probability_two_random_records_match": 1 / max(records, PRIOR_RECORDS_MIN)}
    made = Linker(api.register("person_compared"), {**prior, **(settings() if model is None else model)}, log_level=None)
    for column, expected in EXPECTED_FREQUENCY.items():
        connection.execute(f"create or replace temp table person_tf_{column} as {_frequencies(column, expected)}")
        made.table_management.register_term_frequency_lookup(api.register(f"person_tf_{column}"), column)
    return made


def _frequencies(column: str, expected: float) -> str:
    share = f"(count(*) + {FREQUENCY_RECORDS * expected}) / (sum(count(*)) over () + {FREQUENCY_RECORDS})"
    return f"select {column}, {share} as tf_{column} from person_compared where {column} is not null group by {column}"


# How many records of this full name and month of birth chance would bring, if names and months were independent.
PAIRS_SQL = """
with month as (select birth_year, birth_month, count(*) as n from person_compared where birth_month is not null group by all),
of_all as (select count(*)::double as n from person_compared)
select {details},
       p.unique_id_l as left_id, p.unique_id_r as right_id, p.anchor_no_l as left_anchor, p.anchor_no_r as right_anchor,
       p.match_probability as probability, p.match_weight as weight,
       m.n * greatest(p.tf_forename_l, p.tf_forename_r) * greatest(p.tf_middle_l, p.tf_middle_r) * greatest(p.tf_surname_l, p.tf_surname_r) as expected_n,
       c.forename, c.middle, c.surname
from person_pair p
join person_compared c on c.unique_id = p.unique_id_l
left join month m using (birth_year, birth_month)
"""


# --- what follows ---------------------------------------------------------------------------------------------------


def merged(pairs: pl.DataFrame, births: Mapping[int, int] | None = None) -> dict[int, int]:
    """anchor_no → anchor_no of its person's earliest record, for anchors that merge with another (`clustered`).

    `births`: anchor_no → month of birth as year × 12 + month.
    """
    return clustered(pairs, {anchor: Facts(months=frozenset({month})) for anchor, month in (births or {}).items()}).first_of_each()


def clustered(pairs: pl.DataFrame, facts: Mapping[int, Facts], judged: Judged | None = None) -> Clusters:
    """Clusters of anchors that merge: what was judged first, then the pairs that weigh most, within the limits of `clusters`."""
    given, ends = judged or Judged(), ("left_anchor", "right_anchor")
    strongest = pairs.filter("merges").sort("weight", *ends, descending=[True, False, False]).select(*ends)
    direct = {(min(pair), max(pair)) for pair in strongest.iter_rows()} if facts else set()
    clusters = Clusters(facts, given.negative, direct, CLUSTER_MAX)
    for left, right in given.positive:
        clusters.join(left, right, is_judged=True)
    for left, right in strongest.iter_rows():
        clusters.join(left, right)
    return clusters


def best_candidates(pairs: pl.DataFrame, person_of: Mapping[int, int]) -> pl.DataFrame:
    """anchor_no, other_no, probability: for each person the likeliest other one, by their smallest anchors. Of equal ones the earliest."""
    ends = ("left_anchor", "right_anchor")
    known = pl.DataFrame({"anchor": list(person_of), "person": list(person_of.values())}, schema={"anchor": pl.Int64, "person": pl.Int64})
    found = pairs.select(*ends, "probability")
    for end in ends:
        found = found.join(known, left_on=end, right_on="anchor", how="left").with_columns(pl.coalesce("person", end).alias(end)).drop("person")
    apart = found.filter(pl.col(ends[0]) != pl.col(ends[1]))
    both = pl.concat([apart.select(pl.col(one).alias("anchor_no"), pl.col(two).alias("other_no"), "probability") for one, two in (ends, ends[::-1])])
    return both.sort("anchor_no", "probability", "other_no", descending=[False, True, False]).unique("anchor_no", keep="first", maintain_order=True)


def waterfall(pair: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """(comparison, level, bits) of one row of `person_pairs`: the prior first, then what each comparison adds; the bits sum to `weight`.

    The bits of a level include how rare the value is that is equal.
    """
    steps = [(name, _level_name(name, pair[f"gamma_{name}"]), pair[f"mw_{name}"] + (pair.get(f"mw_tf_adj_{name}") or 0.0)) for name in COMPARISONS]
    return [("prior", "", pair["weight"] - sum(bits for _, _, bits in steps)), *steps]


def _level_name(comparison: str, value: int) -> str:
    levels = COMPARISONS[comparison][1]
    return "missing" if value < 0 else levels[len(levels) - 1 - value].name
