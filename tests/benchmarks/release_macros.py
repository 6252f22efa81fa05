"""Time of every table macro on a release of the size of a country, beside a bare scan of the ids it looks
through.

    python tests/benchmarks/release_macros.py [ENTITIES] [THREADS] [FILE]

ENTITIES defaults to 6.1 million; persons, relationships and interests keep their proportion to it (5.2, 6.5
and 14 million). In it: one chain of 10,000, one hub of 100,000 (held together by one company), one entity
with 20,000 holders that are held themselves, one cycle, and one tangle of 100,000 entities most of which are
above each other. Rows are invented and the results (integrated ownership, control, beneficial owners) are
those of direct interests, plus the hub's and the chain's owner: the macros read them, they do not compute
them. FILE is made where it does not exist and kept; without it a temporary one is removed. Prints seconds;
checks nothing (the tests do)."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from flows.home import warehouse
from flows.release.database import describe, macros_of
from graphs.arrays.edges import Ints
from transforms.model.statements import DUCKDB_TYPES, Table
from transforms.model.views import EDGE, RELEASE_TABLES

ENTITIES = 6_100_000
CHAIN, HUB, FUNNEL, TANGLE = 10_000, 100_000, 20_000, 100_000
SEED = 7
ROUNDS = 3


@dataclass(frozen=True)
class Country:
    """Companies are numbered from 0, persons after them. `holder`, `held`: one relationship each. Named:
    companies with a part of their own.
    """

    companies: int
    persons: int
    holder: Ints
    held: Ints
    named: dict[str, int]


def country(companies: int, seed: int) -> Country:
    draw = np.random.default_rng(seed)
    persons = int(companies * 5.2 / 6.1)
    scale = min(1.0, companies / ENTITIES)
    chain, hub, funnel, tangle = (max(10, int(n * scale)) for n in (CHAIN, HUB, FUNNEL, TANGLE))
    at, parts, named = 0, list[tuple[Ints, Ints]](), dict[str, int]()

    def person(n: int) -> Ints:
        return companies + draw.integers(0, persons, n)

    links = np.arange(at, at + chain - 1)
    parts += [(links + 1, links), (person(1), np.array([at + chain - 1]))]
    named |= {"chain": at, "chain_middle": at + chain // 2, "chain_top": at + chain - 1}
    at += chain
    parts += [
        (np.full(hub, at), np.arange(at + 1, at + 1 + hub)),
        (np.array([at + hub + 1]), np.array([at])),
        (person(1), np.array([at + hub + 1])),
    ]
    named |= {"hub": at, "held_by_hub": at + 1}
    at += hub + 2
    parts += [
        (np.arange(at + 1, at + 1 + funnel), np.full(funnel, at)),
        (person(funnel), np.arange(at + 1, at + 1 + funnel)),
    ]
    named |= {"funnel": at}
    at += funnel + 1
    ring = np.arange(at, at + 3)
    parts += [(ring, np.roll(ring, 1)), (person(3), ring)]
    named |= {"cycle": at, "cycle_next": at + 1}
    at += 3
    web = np.arange(at, at + tangle)
    parts += [(at + draw.integers(0, tangle, tangle), web) for _ in range(2)]
    named |= {"tangle": at, "tangle_other": at + 1}
    at += tangle
    rest = np.arange(at, companies)
    first = np.where(
        draw.random(len(rest)) < 0.12,
        np.maximum(rest - draw.integers(1, 4, len(rest)), at),
        person(len(rest)),
    )
    first[0] = companies
    others = draw.choice(
        rest,
        max(0, int(companies * 6.5 / 6.1) - sum(len(holder) for holder, _ in parts) - len(rest)),
        replace=True,
    )
    parts += [(first, rest), (person(len(others)), others)]
    named |= {"ordinary": companies - 5}
    pairs = np.unique(
        np.concatenate([p[0] for p in parts]) * (companies + persons) + np.concatenate([p[1] for p in parts])
    )
    return Country(companies, persons, pairs // (companies + persons), pairs % (companies + persons), named)


def components(graph: Country) -> Ints:
    """Weak component of each relationship."""
    n = graph.companies + graph.persons
    label = connected_components(
        coo_array((np.ones(len(graph.holder), np.int8), (graph.holder, graph.held)), shape=(n, n)),
        directed=True,
        connection="weak",
    )[1]
    return label[graph.held].astype(np.int64)


# --- the file -------------------------------------------------------------------------------------

IDS = """
create macro entity_id(n) as 'GB-COH-' || lpad(cast((n * 37000037) % 100000000 as varchar), 8, '0');
create macro party_id(n, companies) as case when n < companies
    then entity_id(n) else 'UT-P-' || substr(md5(cast(n as varchar)), 1, 20) end;
create macro relationship_id(n) as substr(md5('r' || cast(n as varchar)), 1, 24) || '-r';
create macro low(n) as (case hash(n) % 10 when 0 then 25 when 1 then 50 when 2
    then 50 else 75 end)::decimal(12, 9);
create macro high(n) as (case hash(n) % 10 when 0 then 50 when 1 then 75 when 2
    then 75 else 100 end)::decimal(12, 9);
"""
FILLED: dict[str, str] = {
    "entity": """select entity_id(n) as entity_id, 'ZEDTON TRADER ' || n || ' LIMITED' as name,
        'registeredEntity' as entity_type, 'gb' as jurisdiction,
        'Private Limited Company' as legal_form, true as in_register, false as is_listed, 2 as statements_n,
            substr(md5('e' || n), 1, 24) || '-e' as statement_id from range($companies) r(n)""",
    "person": """select party_id(n, $companies) as person_id, 'knownPerson' as person_type,
        'Invented Person ' || n as full_name, 1970 as birth_year, 5 as birth_month,
        1 as statements_n, substr(md5('p' || n), 1, 24) || '-p' as statement_id from range($companies,
            $companies + $persons) r(n)""",
    "interest": """select substr(md5('r' || no), 1, 24) || '-i' || b.n as interest_id,
        relationship_id(no) as statement_id, entity_id(held) as subject_id,
        party_id(holder, $companies) as party_id, 'shareholding' as interest_type,
            'ownership-of-shares-75-to-100-percent' as native_code, b.basis, 'unknown' as reach,
        null as joint_group, case when b.n < 2 then low(no) end as share_min, case when b.n < 2
            then high(no) end as share_max, b.n < 2 as share_min_exclusive,
        false as share_max_exclusive, date '2019-05-01' + (no % 2000)::int as valid_from, null as valid_to,
            true as is_open
        from given, (values (0, 'shares'), (1, 'votes'), (2, 'board')) b(n, basis)
            where b.n < 2 or no % 6 = 0""",
    "graph_edge": """select component as component_no, entity_id(held) as subject_id, party_id(holder,
        $companies) as party_id, substr(md5('r' || no), 1, 24) || '-i0' as interest_id,
        relationship_id(no) as statement_id, 'shares' as basis, low(no) as share_min, high(no) as share_max
            from given""",
    "graph_integrated": """select party_id(holder, $companies) as party_id, entity_id(held) as subject_id,
        b.basis, low(no) as share_min, high(no) as share_max_declared,
        100.0 as share_max, true as share_min_exclusive, false as share_max_declared_exclusive,
            true as is_as_declared from owns, (values ('shares'), ('votes')) b(basis)""",
    "graph_control": """select party_id(holder, $companies) as party_id, entity_id(held) as subject_id,
        'CERTAIN' as verdict, 'control' as kind from owns where low(no) >= 50""",
    "graph_control_group": """select 'CG-' || substr(md5('g' || holder), 1, 16) as control_group_id,
        entity_id(held) as subject_id, party_id(holder, $companies) as controller_id
        from owns where low(no) >= 50 and holder >= $companies""",
    "graph_ubo": """select entity_id(held) as subject_id, party_id(holder, $companies) as party_id, t.regime,
        low(no) as share_min, high(no) as share_max_declared,
        100.0 as share_max, true as share_min_exclusive, false as share_max_declared_exclusive,
        'CERTAIN' as verdict, 'ownership' as basis, [substr(md5('r' || no), 1,
            24) || '-i0', substr(md5('r' || no), 1, 24) || '-i1'] as witness, null as reason,
        true as is_as_declared from owns, (values ('AMLR'), ('UK'), ('STRICT')) t(regime)
            where holder >= $companies""",
}
FILLED_TABLES = {name: {**RELEASE_TABLES, EDGE.name: EDGE}[name] for name in FILLED}
# The direct ones, and the owner of the hub's holder and of the chain with all below.
OWNS = """
create table owns as select no, holder, held from given
union all select 100000000 + held, (select holder from given where held = (select holder from given
    where held = $hub)), held from given where holder = $hub
union all select 200000000 + n, (select holder from given where held = $chain_top), n from range($chain,
    $chain_top) r(n)
"""


def build(database: Path, graph: Country) -> None:
    """A file with views and macros as a release has them, of the tables that the macros read."""
    work = database.parent / "work"
    connection = warehouse.connect(work, read_paths=[database.parent])
    given = pl.DataFrame(
        {
            "no": np.arange(len(graph.held)),
            "holder": graph.holder,
            "held": graph.held,
            "component": components(graph),
        }
    )
    connection.register("given_frame", given.to_arrow())
    connection.execute("create temp table given as from given_frame")
    for statement in [one for one in IDS.split(";\n") if one.strip()]:
        connection.execute(statement.replace("create macro", "create temp macro"))
    connection.execute(_filled(OWNS.replace("create table", "create temp table"), graph))
    warehouse.attach_release(connection, database)
    for table in FILLED_TABLES.values():
        start = time.perf_counter()
        _store(connection, table, _filled(FILLED[table.name], graph))
        rows = connection.execute(f"select count(*) from {table.name}").fetchall()[0][0]
        print(f"  {table.name:24} {rows:12,} rows {time.perf_counter() - start:8.1f} s", file=sys.stderr)
    describe(connection, FILLED_TABLES, macros_of(FILLED_TABLES))
    warehouse.detach_release(connection)
    connection.close()


def _filled(sql: str, graph: Country) -> str:
    values = {**graph.named, "companies": graph.companies, "persons": graph.persons}
    for name in sorted(values, key=len, reverse=True):
        sql = sql.replace(f"${name}", str(values[name]))
    return sql


def _store(connection: warehouse.Connection, table: Table, source: str) -> None:
    columns = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.dtype]}' for column in table)
    given = {str(row[0]) for row in connection.execute(f"describe {source}").fetchall()}
    names = ", ".join(
        f'"{column.name}"' for column in table if column.name in given or not column.nullable
    )  # what may be null is left so
    connection.execute(f"create table {table.name} ({columns})")
    connection.execute(
        f"insert into {table.name} ({names}) select {names} from ({source}) order by {', '.join(table.key)}"
    )


# --- the questions --------------------------------------------------------------------------------


def questions(graph: Country) -> Iterator[tuple[str, str]]:
    """What is asked → SQL."""
    companies = graph.named
    ids = {name: entity_id(number) for name, number in companies.items()}
    for macro in macros_of(FILLED_TABLES):
        if len(macro.arguments) == 1:
            yield from (
                (f"{macro.name} {name}", f"select * from {macro.name}('{ids[name]}')")
                for name in ids
                if name not in ("cycle_next", "tangle_other")
            )
            yield f"{macro.name} nobody", f"select * from {macro.name}('GB-COH-nobody')"
    for holder, held in (
        ("chain_top", "chain"),
        ("chain_top", "chain_middle"),
        ("hub", "held_by_hub"),
        ("cycle", "cycle_next"),
        ("tangle", "tangle_other"),
        ("ordinary", "hub"),
        ("chain", "chain_top"),
    ):
        yield f"path {holder} {held}", f"select * from path('{ids[holder]}', '{ids[held]}')"


def entity_id(number: int) -> str:
    return f"GB-COH-{number * 37000037 % 100000000:08d}"


def seconds(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, int]:
    """Median of ROUNDS, and how many rows it gave."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        rows_n = connection.sql(sql).to_arrow_table().num_rows
        times.append(time.perf_counter() - start)
    return sorted(times)[ROUNDS // 2], rows_n


def main(entities: str = str(ENTITIES), threads: str = "2", file: str = "") -> None:
    graph = country(int(entities), SEED)
    with TemporaryDirectory() as folder:
        database = Path(file or Path(folder) / warehouse.RELEASE_DATABASE)
        if not database.exists():
            build(database, graph)
        print(f"{database.stat().st_size / 1e9:.2f} GB, {threads} threads", file=sys.stderr)
        connection = duckdb.connect(str(database), read_only=True, config={"threads": int(threads)})
        floor, _ = seconds(connection, "select count(*) from interest where subject_id like '%nobody'")
        print(f"a scan of the interests' subjects for one id: {floor:.3f} s")
        for what, sql in questions(graph):
            took, rows_n = seconds(connection, sql)
            print(f"{what:30} {took:8.3f} s {rows_n:10,} rows{'   OVER' if took > 1 else ''}")


if __name__ == "__main__":
    main(*sys.argv[1:])
