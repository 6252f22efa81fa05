"""The table macros of a built release: what they answer, against networkx on random graphs, on hubs, chains
and cycles, and in the oldest DuckDB.
"""

import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import networkx as nx
import polars as pl
import pytest

from flows.home import warehouse
from flows.release import build
from tests.flows.old_duckdb import OLD_DUCKDB
from tests.flows.release_tables import FACTS, frame, known_if_empty, new_home
from transforms.model.macros import MACROS, Macro
from transforms.model.statements import DUCKDB_TYPES, Table
from transforms.model.views import (
    ABOUT,
    BENEFICIAL_OWNER,
    CONTROL,
    CONTROL_GROUP,
    EDGE,
    ENTITY,
    INTEGRATED,
    INTEREST,
    PERSON,
    RELEASE_TABLES,
)
from transforms.values.identifiers import tidy_number

READ: Mapping[str, Table] = {
    **{name: table for name, table in RELEASE_TABLES.items() if name not in ABOUT},
    EDGE.name: EDGE,
}
DECLARED: Mapping[str, Table] = {**READ, **ABOUT}
CHAIN = 3_000
Pairs = Sequence[tuple[str, str]]  # holder, held


def rows_of(table: Table, given: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Rows with invented values in the columns not given."""
    invented = frame(table, len(given)).to_dicts()
    return pl.DataFrame(
        [{**one, **row} for one, row in zip(invented, given, strict=True)], schema=table.schema
    )


def edges(pairs: Pairs) -> pl.DataFrame:
    """A row of graph_edge for each pair, with the weak components of the pairs."""
    linked = nx.Graph(list(pairs))
    number = {
        node: no
        for no, nodes in enumerate(sorted(nx.connected_components(linked), key=min))
        for node in nodes
    }
    return rows_of(
        EDGE,
        [
            {
                "component_no": number[held],
                "subject_id": held,
                "party_id": holder,
                "interest_id": f"i-{holder}-{held}",
                "statement_id": f"s-{holder}-{held}",
                "basis": "shares",
                "share_min": Decimal(25),
                "share_max": Decimal(50),
            }
            for holder, held in sorted(set(pairs))
        ],
    )


def parties(pairs: Pairs) -> dict[str, pl.DataFrame]:
    """Ids beginning with P are persons, with Q protected ones, with T arrangements."""
    ids = sorted({party for pair in pairs for party in pair})
    persons = [
        {
            "person_id": name,
            "full_name": None if name[0] == "Q" else f"name of {name}",
            "person_type": "anonymousPerson" if name[0] == "Q" else "knownPerson",
        }
        for name in ids
        if name[0] in "PQ"
    ]
    entities = [
        {
            "entity_id": name,
            "name": f"name of {name}",
            "entity_type": "arrangement" if name[0] == "T" else "registeredEntity",
        }
        for name in ids
        if name[0] not in "PQ"
    ]
    return {"person": rows_of(PERSON, persons), "entity": rows_of(ENTITY, entities)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of all that is asked below, of parties with different ids; the other tables are empty."""
    folder = tmp_path_factory.mktemp("built")
    every = [pair for pairs in (*WALKS.values(), SHAPES, SHORT) for pair in pairs]
    named = parties([*every, *NAMED])
    tables = {
        "graph_edge": edges(every),
        "person": named["person"],
        "entity": pl.concat([named["entity"], rows_of(ENTITY, NUMBERED)]),
        "proprietorship": rows_of(RELEASE_TABLES["proprietorship"], HELD),
        "role_held": rows_of(RELEASE_TABLES["role_held"], HOME),
        **looked_up(),
    }
    home = new_home(folder / "home")
    paths = {}
    for name, table in READ.items():
        paths[name] = folder / f"{name}.parquet"
        tables.get(name, table.empty()).write_parquet(paths[name])
    known = known_if_empty(tables)
    return build.build_release(home, home.work / "run", paths, FACTS, declared=DECLARED, recall=known)


def ask(built: Path, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in warehouse.query(built, sql).to_pylist()]


# --- the manual ---------------------------------------------------------------------------------------------


@pytest.mark.sample(4)
@pytest.mark.parametrize("macro", MACROS, ids=lambda macro: macro.name)
def test_a_macro_answers_with_the_declared_columns_and_is_described(built: Path, macro: Macro) -> None:
    nobody = ", ".join("'GB-COH-00000000'" for _ in macro.arguments)
    with warehouse.open_release(built) as connection:
        shown = connection.sql(f"from {macro.name}({nobody})")
        assert dict(zip(shown.columns, map(str, shown.types), strict=True)) == {
            column.name: DUCKDB_TYPES[column.dtype] for column in macro.columns
        }
        assert shown.fetchall() == []
    assert ask(
        built, f"select distinct comment from duckdb_functions() where function_name = '{macro.name}'"
    ) == [(macro.meaning,)]
    described = ask(built, f"""select "column", type from v_dictionary where "view" = '{macro.name}'""")
    assert dict(described) == {
        "": "MACRO",
        **{column.name: DUCKDB_TYPES[column.dtype] for column in macro.columns},
    }  # type: ignore[arg-type]  # pairs of text


def test_a_release_without_a_table_has_no_macro_that_reads_it(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    paths = {}
    for name in ("entity", "person", "graph_integrated"):
        paths[name] = tmp_path / f"{name}.parquet"
        READ[name].empty().write_parquet(paths[name])
    built = build.build_release(
        home, home.work / "run", paths, FACTS, declared={**{name: READ[name] for name in paths}, **ABOUT}
    )
    assert ask(
        built, "select distinct function_name from duckdb_functions() where not internal order by all"
    ) == [("close_links",), ("owned_by",), ("rows_of",)]


NUMBERS = ("ip 123.0", "SP 20.1", "7.0", None, None)
NAMES = ("Elm 12 Ltd", "O'Elm 71234", "Café 72.234, 1234567", None, "Зед")
HELD = [
    {
        "statement_id": f"s{no}",
        "party_id": f"UT-E-{no}",
        "title_id": f"t{no % 2}",
        "number_native": number,
        "proprietor_name": name,
    }
    for no, (number, name) in enumerate(zip(NUMBERS, NAMES, strict=True))
]
NUMBERED = [{"entity_id": name, "name": "Elm"} for name in ("GB-COH-00000007", "DE-HRB-B 12/34", "UT-E-1")]
HOME = [{"territory": "gb", "role": "companies", "identifier_scheme": "GB-COH"}]


def test_rows_are_found_by_what_they_are_looked_up_by(built: Path) -> None:
    def matching(source: str, *ids: str) -> list[tuple[object, ...]]:
        table, column = (
            source.split(".", maxsplit=1)[0],
            "entity_id" if source.startswith("entity") else "party_id",
        )
        rows = f"from rows_of('{source}', {list(ids)})"
        return ask(built, f"select {column} from {table} where rowid in ({rows}) order by all")

    assert matching("proprietorship.title_id", "t1") == [("UT-E-1",), ("UT-E-3",)]
    assert matching("proprietorship.party_id", "UT-E-0", "UT-E-3", "nobody") == [("UT-E-0",), ("UT-E-3",)]
    assert matching("proprietorship.party_id", "nobody") == matching("proprietorship.party_id") == []
    for number in NUMBERS[:3]:
        tidy = pl.select(tidy_number(pl.lit(number))).item()
        assert matching("proprietorship.number_native", tidy) == [(f"UT-E-{NUMBERS.index(number)}",)]
    assert matching("entity.entity_id", "UT-E-1", "GB-COH-0000000") == [("UT-E-1",)]
    others = "not starts_with(coalesce(plain, ''), 'NAME OF ')"
    assert ask(built, f"select party_id, source, plain from name_of where {others} order by all") == [
        *((name, "current", "ELM") for name in ("DE-HRB-B 12/34", "GB-COH-00000007")),
        ("UT-E-0", "title", "ELM 12 LTD"),
        ("UT-E-1", "current", "ELM"),
        ("UT-E-1", "title", "OELM 71234"),
        ("UT-E-2", "title", "CAFE 72234, 1234567"),
        ("UT-E-4", "title", None),
    ]
    assert matching("name_of.number", "71234", "72234") == [("UT-E-1",), ("UT-E-2",)]
    assert matching("entity.foreign_number", "B1234", "00000007") == [("DE-HRB-B 12/34",)]


# --- walking ------------------------------------------------------------------------------------------------


def shortest_up(pairs: Pairs, start: str) -> dict[str, int]:
    """Party above → fewest steps."""
    upward = nx.DiGraph([(held, holder) for holder, held in pairs])
    steps_to = dict(nx.single_source_shortest_path_length(upward, start)) if start in upward else {}
    return {party: steps for party, steps in steps_to.items() if party != start}


def random_pairs(seed: int) -> Pairs:
    """Cycles, interests in oneself, hubs and several holders; some entities stand alone."""
    draw = random.Random(seed)
    entities = [f"E{no}" for no in range(draw.randrange(2, 25))]
    holders = [*entities, *(f"{draw.choice('PQ')}{no}" for no in range(10)), "T1"]
    return [(draw.choice(holders), draw.choice([*entities, "T1"])) for _ in range(draw.randrange(1, 60))]


# Twenty random graphs side by side; the seed ends each id.
WALKS: Mapping[int, Pairs] = {
    seed: [(f"{holder}-{seed}", f"{held}-{seed}") for holder, held in random_pairs(seed)]
    for seed in range(20)
}


@pytest.mark.sample(2)
@pytest.mark.parametrize("seed", WALKS)
def test_closure_is_all_above_with_fewest_steps(built: Path, seed: int) -> None:
    kinds = {"E": "legal_entity", "T": "arrangement", "P": "person", "Q": "protected"}
    for start in sorted({party for pair in WALKS[seed] for party in pair})[:8]:
        expected = {
            (party, None if party[0] == "Q" else f"name of {party}", kinds[party[0]], steps)
            for party, steps in shortest_up(WALKS[seed], start).items()
        }
        rows = ask(built, f"from closure('{start}')")
        assert set(rows) == expected and len(rows) == len(expected), f"seed {seed}, {start}"


@pytest.mark.sample(1)
@pytest.mark.parametrize("seed", WALKS)
def test_path_is_a_shortest_chain_of_edges(built: Path, seed: int) -> None:
    pairs, parties_of = set(WALKS[seed]), sorted({party for pair in WALKS[seed] for party in pair})
    draw = random.Random(seed)
    for _ in range(6):
        holder, held = draw.choice(parties_of), draw.choice(parties_of)
        rows = ask(built, f"from path('{holder}', '{held}')")
        steps = shortest_up(WALKS[seed], held).get(holder, 0)
        where = f"seed {seed}, {holder} to {held}: {rows}"
        assert [row[0] for row in rows] == list(range(1, steps + 1)), where
        chain = [(str(row[1]), str(row[3])) for row in rows]
        assert set(chain) <= pairs and all(one[1] == two[0] for one, two in pairwise(chain)), where
        assert not chain or (chain[0][0], chain[-1][1]) == (holder, held), where
        assert [row[5] for row in rows] == [f"i-{one}-{two}" for one, two in chain], where


SHORT = [("P1-s", "E1-s"), ("E1-s", "E2-s"), ("E2-s", "E1-s"), ("E1-s", "E3-s"), ("E2-s", "E3-s")]


def test_a_path_says_whose_interests_and_what_proves_them(built: Path) -> None:
    share = (Decimal("25.000000000"), Decimal("50.000000000"))
    names = ("P1-s", "name of P1-s", "E1-s", "name of E1-s", "E3-s", "name of E3-s")
    assert ask(built, "from path('P1-s', 'E3-s')") == [
        (1, *names[:4], "i-P1-s-E1-s", "s-P1-s-E1-s", "shares", *share),
        (2, *names[2:], "i-E1-s-E3-s", "s-E1-s-E3-s", "shares", *share),
    ]
    assert ask(built, "from path('E1-s', 'E1-s')") == ask(built, "from path('E3-s', 'P1-s')") == []


# A long chain ending in a cycle of two, a hub, an entity with many holders, and a holder of itself.
SHAPES = [
    *((f"E{no + 1}", f"E{no}") for no in range(CHAIN)),
    (f"E{CHAIN - 1}", f"E{CHAIN}"),
    *(("H", f"D{no}") for no in range(5_000)),
    ("P1", "H"),
    *((f"F{no}", "G") for no in range(5_000)),
    ("S", "S"),
    ("P2", "S"),
]


@pytest.mark.nightly
@pytest.mark.parametrize("start", ["E0", f"E{CHAIN}", "D7", "H", "G", "S", "P1", "nobody"])
def test_long_chains_hubs_and_cycles_end(built: Path, start: str) -> None:
    depths = dict(ask(built, f"select party_id, depth from closure('{start}')"))
    assert depths == shortest_up(SHAPES, start)


def test_the_path_of_a_long_chain_has_every_step(built: Path) -> None:
    rows = ask(built, f"select position, party_id, held_id from path('E{CHAIN}', 'E0')")
    assert rows == [(no + 1, f"E{CHAIN - no}", f"E{CHAIN - no - 1}") for no in range(CHAIN)]


# --- looking up ---------------------------------------------------------------------------------------------

SHARES = ("share_min", "share_max_declared", "share_max_declared_exclusive")


def integrated(*rows: tuple[str, str, str, int, int, bool]) -> pl.DataFrame:
    """holder, held, basis, least, declared maximum, whether the maximum is exclusive."""
    return rows_of(
        INTEGRATED,
        [
            {
                "party_id": p,
                "subject_id": s,
                "basis": b,
                **dict(zip(SHARES, (Decimal(low), Decimal(high), open_), strict=True)),
            }
            for p, s, b, low, high, open_ in rows
        ],
    )


NAMED = [("P1", "A"), ("P2", "B"), ("H", "C"), ("Q1", "D"), ("E", "F"), ("G", "K")]


def looked_up() -> dict[str, pl.DataFrame]:
    owner = {
        "share_min": Decimal(75),
        "share_max_declared": Decimal(100),
        "share_max": Decimal(100),
        "reason": None,
        "is_as_declared": True,
    }
    ubo: list[Mapping[str, object]] = [
        {
            **owner,
            "subject_id": "A",
            "party_id": "P1",
            "regime": "AMLR",
            "verdict": "CERTAIN",
            "basis": "ownership",
            "witness": ["i1", "i2", "i3"],
        },
        {
            **owner,
            "subject_id": "A",
            "party_id": "P1",
            "regime": "UK",
            "verdict": "POSSIBLE",
            "basis": "control",
            "witness": ["i3"],
        },
        {
            **owner,
            "subject_id": "B",
            "party_id": None,
            "regime": "UK",
            "verdict": "NONE_FOUND",
            "basis": None,
            "witness": [],
            "reason": "listed",
            "share_min": None,
            "share_max": None,
            "share_max_declared": None,
        },
    ]
    control = [
        ("P1", "A", "CERTAIN", "control"),
        ("H", "A", "CERTAIN", "control"),
        ("Q1", "A", "POSSIBLE", "influence"),
        ("P1", "H", "CERTAIN", "control"),
    ]
    held = integrated(
        ("A", "B", "shares", 20, 30, False),
        ("A", "B", "votes", 0, 10, False),
        ("A", "C", "shares", 10, 20, False),
        ("A", "D", "shares", 10, 20, True),
        ("A", "E", "surplus_assets", 90, 90, False),
        ("H", "A", "votes", 25, 50, False),
        ("H", "F", "shares", 20, 20, False),
        ("H", "G", "shares", 5, 25, False),
        ("H", "A", "shares", 5, 15, False),
        ("P1", "A", "shares", 19, 25, False),
        ("P1", "F", "shares", 50, 75, False),
        ("P2", "A", "shares", 1, 19, False),
        ("P2", "K", "shares", 75, 75, False),
        ("A", "A", "shares", 50, 50, False),
    )
    return {
        "graph_ubo": rows_of(BENEFICIAL_OWNER, ubo),
        "graph_control": rows_of(CONTROL, [dict(zip(CONTROL.names, row, strict=True)) for row in control]),
        "graph_control_group": rows_of(
            CONTROL_GROUP,
            [{"control_group_id": "CG-1", "subject_id": s, "controller_id": "P1"} for s in ("A", "H")],
        ),
        "interest": rows_of(
            INTEREST,
            [
                {"interest_id": i, "statement_id": s}
                for i, s in (("i1", "s1"), ("i2", "s1"), ("i3", "s3"), ("i4", "s4"))
            ],
        ),
        "graph_integrated": held,
    }


def test_ubo_names_the_owner_and_counts_the_records_of_the_witness(built: Path) -> None:
    columns = (
        "regime, party_id, name, share_min, share_max_declared, verdict, basis, reason, witness, records_n"
    )
    whole = (Decimal("75.000000000"), Decimal("100.000000000"))
    assert ask(built, f"select {columns} from ubo('A')") == [
        ("AMLR", "P1", "name of P1", *whole, "CERTAIN", "ownership", None, ["i1", "i2", "i3"], 2),
        ("UK", "P1", "name of P1", *whole, "POSSIBLE", "control", None, ["i3"], 1),
    ]
    assert ask(built, f"select {columns} from ubo('B')") == [
        ("UK", None, None, None, None, "NONE_FOUND", None, "listed", [], 0)
    ]
    assert ask(built, "from ubo('P1')") == []


def test_control_of_names_controllers_and_the_group_that_one_heads(built: Path) -> None:
    assert ask(built, "from control_of('A')") == [
        ("H", "name of H", "CERTAIN", "control", None),
        ("P1", "name of P1", "CERTAIN", "control", "CG-1"),
        ("Q1", None, "POSSIBLE", "influence", None),
    ]


def test_owned_by_lists_every_basis(built: Path) -> None:
    rows = ask(
        built, "select subject_id, name, basis, share_min from owned_by('A') where subject_id in ('B', 'E')"
    )
    assert rows == [
        ("B", "name of B", "shares", Decimal(20)),
        ("B", "name of B", "votes", Decimal(0)),
        ("E", "name of E", "surplus_assets", Decimal(90)),
    ]


def test_close_links_are_of_twenty_per_cent_either_way_or_through_a_common_holder(built: Path) -> None:
    """Not D (less than 20), E (surplus assets), P2 and K (19 is not 20), nor A itself."""
    assert ask(built, "select other_id, via, verdict from close_links('A')") == [
        ("B", None, "CERTAIN"),
        ("C", None, "POSSIBLE"),
        ("F", "H", "CERTAIN"),
        ("F", "P1", "POSSIBLE"),
        ("G", "H", "POSSIBLE"),
        ("H", None, "CERTAIN"),
        ("P1", None, "POSSIBLE"),
    ]
    assert ask(built, "select name from close_links('F') where other_id = 'P1'") == [("name of P1",)]


# --- the oldest DuckDB --------------------------------------------------------------------------------------

ASK_ALL = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
answers = [
    [list(map(str, row)) for row in connection.execute(sql).fetchall()] for sql in sys.argv[2:]
]
print(json.dumps([duckdb.__version__, *answers]))
"""


def asked_of_old(python: Path, built: Path, questions: Sequence[str]) -> list[object]:
    done = subprocess.run(
        [str(python), "-c", ASK_ALL, str(built / warehouse.RELEASE_DATABASE), *questions],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    version, *answers = json.loads(done.stdout)
    assert version == OLD_DUCKDB
    return list(answers)


@pytest.mark.nightly
def test_the_oldest_duckdb_answers_the_same(built: Path, old_duckdb: Path) -> None:
    names = sorted({party for pair in WALKS[3] for party in pair})
    looked_up = ["ubo('A')", "ubo('B')", "control_of('A')", "owned_by('A')", "close_links('A')"]
    walked = [
        *(f"closure('{name}') order by all" for name in names[:6]),
        *(f"path('{name}', '{names[0]}')" for name in names[:6]),
    ]
    for questions in ([f"from {one}" for one in some] for some in (looked_up, walked)):
        mine = [[list(map(str, row)) for row in ask(built, sql)] for sql in questions]
        assert asked_of_old(old_duckdb, built, questions) == mine
        assert any(mine)
