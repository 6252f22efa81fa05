"""What the linkage of persons keeps from night to night, so that only what changed is compared again.

Kept in a database that flows attach (`memory`, its name): the hashes of every profile, which forenames many have, and every pair that was compared, with the
level of each comparison and how often its values occur. Hashes of names tell no name, but a list of names finds them out: it is kept as the lake is. It
is a help and no source: where there is none, or one of another model, everything is compared, and the same pairs are found.

A profile is known by a hash of what it states and of whose it is. Compared again are those that were not there, and those for which something else has
changed: a block of theirs has become too large to be used, or small enough, or their forename is now one that many have, or is no longer.
How often values occur follows from what came and went, and every pair is weighed anew with it (`person_weights`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import Any

import polars as pl

from transforms.model.sql import Connection
from transforms.resolution.persons.blocks import (
    COMPARED,
    FORENAMES_SQL,
    HASHED,
    IDENTITY,
    PROFILE,
    SIDE_SQL,
    STATED,
    STATED_SQL,
    TOLD_SQL,
    USED_SQL,
    VALUES,
    each_sql,
    forenames,
    hashed_sql,
    often_sql,
)
from transforms.resolution.persons.model import BLOCK_MAX, BLOCKS
from transforms.resolution.persons.weights import COUNTED, KEPT, LEVELS_SQL, met_sql

FORMAT = (
    1  # to be raised where what a hash or a level is made of changes elsewhere than in what `stamp` reads
)
TABLES = ("person_row", "person_forename_n", "person_often", "person_kept", "person_value_n")
CHANGED_SHARE_MAX = 0.3  # (own) where more profiles than this came or went, nothing is gained by what is kept
KEY_SQL = f"hash({', '.join([IDENTITY, *(name for name in PROFILE if name not in ('unique_id', 'anchor_no')), *STATED])})"
NUMBER_SQL = "unique_id::ubigint"  # what a profile is known by where nothing is kept
FORENAME = VALUES.index("forename")


@dataclass(frozen=True)
class Change:
    """What is to be compared. rows, often: names of the tables of all profiles in hashes, and of the forenames that many have. is_whole: everything is."""

    rows: str
    often: str
    is_whole: bool


def changed(connection: Connection, memory: str | None, model: Mapping[str, Any]) -> Change:
    """Find what is to be compared, from `person_stated`.

    Writes `person_now` (key, unique_id, anchor_no) and `person_member` (place, value, unique_id, anchor_no): the blocks that are looked at and who is in
    them; unless everything is compared, `person_touched` (key), whose pairs are found again, and `person_stale`, with those who are gone.
    """
    connection.execute(
        f"create or replace temp table person_now as select {NUMBER_SQL if memory is None else KEY_SQL} as key, unique_id, anchor_no from person_stated"
    )
    if (
        memory is not None
        and _opened(connection, memory, stamp(connection, model))
        and _found_changes(connection, memory)
    ):
        return _some(connection, memory)
    return _all(connection, memory)


def keep(connection: Connection, memory: str | None, change: Change) -> tuple[str, str]:
    """Tables of all pairs (KEPT) and of how often their values occur (place in VALUES, value, n).

    The pairs of `person_met`, and those that the memory has of two who are not stale. The memory has them all for the next night.
    """
    if memory is None:
        connection.execute(f"create or replace temp table person_value_n as {_value_counts_sql(change.rows)}")
        return "person_met", "person_value_n"
    kept, counts = f"{memory}.person_kept", f"{memory}.person_value_n"
    if change.is_whole:
        connection.execute(f"create or replace table {kept} as select {', '.join(KEPT)} from person_met")
        connection.execute(f"create or replace table {counts} as {_value_counts_sql(change.rows)}")
    else:
        connection.execute(
            f"delete from {kept} where key_l in (select key from person_stale) or key_r in (select key from person_stale)"
        )
        connection.execute(f"insert into {kept} by name from person_met")
        connection.execute(f"create or replace table {counts} as {_recounted_sql(counts, change.rows)}")
    connection.execute(f"update {memory}.about set is_whole = true")
    return kept, counts


def _value_counts_sql(rows: str, but: str = "") -> str:
    """place, value, n of the values that pairs of `person_met` have, `but` those of another table."""
    unknown = f"anti join {but} using (place, value)" if but else ""
    met = " union ".join(
        f"select {VALUES.index(name)}::tinyint as place, {name}_{side} as value from person_met"
        for name, side in COUNTED
    )
    counted = " union all ".join(
        f"select {place}::tinyint as place, {name}_value as value, count(*) as n from {rows} where {name}_value in ({_values_sql('asked', place)}) group by all"
        for place, name in enumerate(VALUES)
    )
    return f"with asked as materialized (select * from ({met}) {unknown}) {counted}"


def _recounted_sql(counts: str, rows: str) -> str:
    return f"""
        select place, value, n + coalesce(change_n, 0) as n from {counts} left join person_delta using (place, value)
        where n + coalesce(change_n, 0) > 0
        union all select * from ({_value_counts_sql(rows, but=counts)})"""


# --- a memory -------------------------------------------------------------------------------------------------------


def stamp(connection: Connection, model: Mapping[str, Any]) -> str:
    """What decides the levels of a pair beside its two profiles, in one hash."""
    ((version,),) = connection.sql("select version()").fetchall()
    lists = hashlib.sha256(forenames().write_ndjson().encode()).hexdigest()
    conditions = [
        [level["sql_condition"] for level in one["comparison_levels"]] for one in model["comparisons"]
    ]
    texts = [
        KEY_SQL,
        STATED_SQL,
        TOLD_SQL,
        hashed_sql(),
        USED_SQL,
        SIDE_SQL,
        LEVELS_SQL,
        met_sql("person_predicted"),
        model["blocking_rules_to_generate_predictions"],
    ]
    said = [
        FORMAT,
        version,
        pl.__version__,
        installed("splink"),
        BLOCK_MAX,
        dict(BLOCKS),
        COMPARED,
        texts,
        lists,
        conditions,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _opened(connection: Connection, memory: str, wanted: str) -> bool:
    """Whether it can be used. From here on it cannot, until `keep` has written the last of it: a night that is killed leaves no half of one."""
    held = {
        name
        for (name,) in connection.sql(
            f"select table_name from duckdb_tables() where database_name = '{memory}'"
        ).fetchall()
    }
    is_usable = held >= {"about", *TABLES} and connection.sql(
        f"select stamp, is_whole from {memory}.about"
    ).fetchall() == [(wanted, True)]
    connection.execute(
        f"create or replace table {memory}.about as select '{wanted}' as stamp, false as is_whole"
    )
    return is_usable


def _all(connection: Connection, memory: str | None) -> Change:
    key = NUMBER_SQL if memory is None else KEY_SQL
    connection.execute(
        f"create or replace temp table person_all as select {key} as key, unique_id, anchor_no, {hashed_sql()} from person_stated"
    )
    connection.execute(
        f"create or replace temp table person_member as {each_sql(BLOCKS, 'person_all', 'unique_id', 'anchor_no')}"
    )
    connection.execute(
        f"create or replace temp table person_forename_n as {FORENAMES_SQL.format(rows='person_all')}"
    )
    connection.execute(
        f"create or replace temp table person_often as {_often_now_sql(connection, 'person_forename_n')}"
    )
    if memory is None:
        return Change("person_all", "person_often", is_whole=True)
    for statement in (
        f"create or replace table {memory}.person_row as select key, {', '.join(HASHED)} from person_all",
        f"create or replace table {memory}.person_forename_n as from person_forename_n",
        f"create or replace table {memory}.person_often as from person_often",
        "drop table person_all",
    ):
        connection.execute(statement)
    return Change(f"{memory}.person_row", "person_often", is_whole=True)


def _often_now_sql(connection: Connection, counts: str) -> str:
    ((records_n,),) = connection.sql("select count(*) from person_now").fetchall()
    return often_sql(counts, records_n)


# --- what changed ---------------------------------------------------------------------------------------------------


def _found_changes(connection: Connection, memory: str) -> bool:
    """Write `person_new` and `person_gone`: profiles that came, and rows of those that went. Whether they are few."""
    for statement in (  # both sides in one join, of nothing but keys: each of two would cost as much
        f"""create or replace temp table person_changed as
            select n.key as new_key, n.unique_id, r.key as gone_key from person_now n full join (select key from {memory}.person_row) r on n.key = r.key
            where n.key is null or r.key is null""",
        "create or replace temp table person_new as select new_key as key, unique_id from person_changed where new_key is not null",
        f"create or replace temp table person_gone as select * from {memory}.person_row where key in (select gone_key from person_changed)",
    ):
        connection.execute(statement)
    ((kept_n, changed_n),) = connection.sql(
        f"select (select count(*) from {memory}.person_row), (select count(*) from person_new) + (select count(*) from person_gone)"
    ).fetchall()
    return bool(changed_n <= CHANGED_SHARE_MAX * kept_n)


def _some(connection: Connection, memory: str) -> Change:
    rows, counts, often = (f"{memory}.{name}" for name in ("person_row", "person_forename_n", "person_often"))
    for statement in (
        f"create or replace temp table person_fresh as select key, {hashed_sql()} from person_stated join person_new using (unique_id)",
        f"create or replace temp table person_delta as {_delta_sql(f'{name}_value' for name in VALUES)}",
        f"create or replace temp table person_moved as {_delta_sql(BLOCKS)}",
        f"create or replace temp table person_crossing as {_crossing_sql(rows)}",
        f"delete from {rows} where key in (select key from person_gone)",
        f"insert into {rows} select key, {', '.join(HASHED)} from person_fresh",
        f"create or replace temp table person_counted as {_forenames_sql(counts)}",
        f"create or replace table {counts} as from person_counted",
        f"create or replace temp table person_often_now as {_often_now_sql(connection, 'person_counted')}",
        f"create or replace temp table person_turned as (from person_often_now except from {often}) union (from {often} except from person_often_now)",
        f"create or replace table {often} as from person_often_now",
    ):
        connection.execute(statement)
    connection.execute(f"create or replace temp table person_touched as {_touched_sql(connection, rows)}")
    connection.execute(
        "create or replace temp table person_stale as select key from person_gone union select key from person_touched"
    )
    connection.execute(f"create or replace temp table person_member as {_members_sql(rows)}")
    return Change(rows, often, is_whole=False)


def _delta_sql(columns: Iterable[str]) -> str:
    """place, value, change_n: by how much each value occurs more often than on the night before."""
    names = tuple(columns)
    came, went = (
        f"select place, value, {one} as one from ({each_sql(names, rows)})"
        for rows, one in (("person_fresh", 1), ("person_gone", -1))
    )
    return f"select place, value, sum(one)::int as change_n from ({came} union all {went}) group by all having sum(one) <> 0"


def _crossing_sql(rows: str) -> str:
    """place, value: blocks that are used no longer, or from now on, because of how many are in them. `rows`: of the night before."""
    counts = " union all ".join(
        f"select {place}::tinyint as place, {name} as value, count(*) as n from {rows} where {name} in ({_values_sql('person_moved', place)}) group by all"
        for place, name in enumerate(BLOCKS)
    )
    return f"select place, value from person_moved join ({counts}) using (place, value) where (n > {BLOCK_MAX}) <> (n + change_n > {BLOCK_MAX})"


def _values_sql(table: str, place: int) -> str:
    return f"select value from {table} where place = {place}"


def _forenames_sql(counts: str) -> str:
    changes = f"select value, change_n from person_delta where place = {FORENAME}"
    return f"select forename_value, sum(n)::bigint as n from (from {counts} union all {changes}) group by all having sum(n) > 0"


def _touched_sql(connection: Connection, rows: str) -> str:
    """key of the profiles that are compared again."""
    crossed = [
        place
        for (place,) in connection.sql("select distinct place from person_crossing order by place").fetchall()
    ]
    found = [
        f"select key from {rows} where {tuple(BLOCKS)[place]} in ({_values_sql('person_crossing', place)})"
        for place in crossed
    ]
    turned = f"select key from {rows} where forename_value in (select forename_value from person_turned)"
    return " union ".join(["select key from person_fresh", turned, *found])


def _members_sql(rows: str) -> str:
    """place, value, unique_id, anchor_no: who is in a block of somebody who is compared again."""
    others = f"(select * from {rows} semi join (select key from person_touched anti join person_fresh using (key)) using (key))"
    looked = f"{each_sql(BLOCKS, 'person_fresh')} union {each_sql(BLOCKS, others)}"
    members = " union all ".join(
        f"select {place}::tinyint as place, {name} as value, key from {rows} where {name} in ({_values_sql('looked', place)})"
        for place, name in enumerate(BLOCKS)
    )
    return f"with looked as materialized ({looked}) select place, value, unique_id, anchor_no from ({members}) join person_now using (key)"
