"""`build`: schemas, order, errors, and graphs at the size that registers have."""

import numpy as np
import polars as pl
import pytest

from graphs.arrays.edges import distinct
from graphs.build import build, solve
from graphs.structure.cycles import LONGEST_STEPS, cyclic_sets, shortest_cycles
from graphs.structure.further import TABLES as FURTHER
from tests.graphs.helpers import (
    MARK_SCHEMA,
    Case,
    Edge,
    built,
    case,
    collected,
    drawn,
    edges_of,
    frames,
    held,
    nodes_of,
)
from transforms.errors import DeclarationError, RunFailed
from transforms.model.views import GRAPH_TABLES


def reached(
    edges: list[Edge], marks: dict[str, tuple[str, ...]] | None = None, **kinds: str
) -> dict[tuple[str, str], tuple[str, int, int, bool]]:
    """nearest_id, depth, n, all_tops by (subject, mark)."""
    return {row[:2]: row[2:] for row in built([case(edges, marks, **kinds)])["graph_reach"].rows()}


def test_tables_have_the_declared_schema_and_order() -> None:
    tables = built([drawn(seed) for seed in range(80)])
    assert set(tables) == {name for name in GRAPH_TABLES if name.startswith("graph_")} - set(FURTHER) - {
        "graph_cascade"
    }
    for name, table in ((name, GRAPH_TABLES[name]) for name in tables):
        frame = tables[name]
        assert dict(frame.schema) == table.schema, name
        assert frame.height > 0, name
        assert not [
            column.name for column in table if not column.nullable and frame[column.name].null_count()
        ], name
        assert frame.equals(frame.sort(table.key)), name
        assert not frame.select(table.key).is_duplicated().any(), name


@pytest.mark.nightly
def test_tables_do_not_depend_on_the_order_of_rows() -> None:
    cases = [drawn(seed) for seed in range(200, 320)]
    first = built(cases)
    for shuffle in (1, 2):
        again = built(cases, shuffle)
        for name in first:  # of interests that prove the same, the first row is the witness
            expected, reordered = (tables[name].drop("witness", strict=False) for tables in (first, again))
            assert expected.equals(reordered), f"{name}, shuffle {shuffle}"


def test_buckets_of_components_are_together_the_whole() -> None:
    cases = [drawn(seed) for seed in range(320, 400)]

    def solved(some: list[Case]) -> dict[str, pl.DataFrame]:
        edges, nodes, marks = frames(some)
        nodes = nodes.with_columns(component_no=pl.col("party_id").str.head(5).cast(pl.Int64))
        return collected(solve(edges.collect(), nodes, marks, ["offshore"]))

    parts = [solved(cases[at : at + 27]) for at in range(0, len(cases), 27)]
    for name, whole in solved(cases).items():
        together = pl.concat([part[name] for part in parts]).sort(GRAPH_TABLES[name].key)
        assert whole.height > 0 or name == "graph_group_part", name
        assert whole.equals(together), name


def test_tables_come_in_frames_of_some_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    edges, nodes, marks = frames([drawn(seed) for seed in range(320, 330)])
    whole = collected(solve(edges.collect(), nodes, marks, ["offshore"]))
    monkeypatch.setattr("graphs.arrays.tables.ROWS_AT_ONCE", 50)
    in_frames = {name: list(each) for name, each in solve(edges.collect(), nodes, marks, ["offshore"])}
    assert all(pl.concat(each).equals(whole[name]) for name, each in in_frames.items())
    listed = [each.height + int(each["witness"].list.len().sum()) for each in in_frames["graph_ubo"]]
    assert len(listed) > 5
    assert max(listed) <= 50


def test_no_edges_give_empty_tables() -> None:
    empty = built([])
    assert all(
        frame.height == 0 and dict(frame.schema) == GRAPH_TABLES[name].schema for name, frame in empty.items()
    )


def test_nearest_is_by_steps_then_by_id_and_never_the_subject() -> None:
    reasons = reached(
        [held("B", "A"), held("C", "A"), held("D", "B"), held("A", "D")], {"offshore": ("A", "C", "D")}
    )
    assert reasons["A", "offshore"] == ("C", 1, 2, True)
    assert reasons["D", "offshore"] == ("A", 1, 2, True)
    assert reasons["B", "offshore"] == ("D", 1, 3, True)
    assert ("C", "offshore") not in reasons


def test_all_tops_wants_every_top_marked() -> None:
    """A's tops are P1 and the company B; C's only top is the set of D and E, marked by one of them."""
    reasons = reached(
        [held("P1", "A"), held("B", "A"), held("D", "C"), held("E", "D"), held("D", "E")],
        {"offshore": ("E",)},
    )
    assert reasons["A", "natural_person"] == ("P1", 1, 1, False)
    assert reasons["A", "legal_entity"] == ("B", 1, 1, False)
    assert reasons["C", "offshore"] == ("E", 2, 1, True)


def test_a_top_that_names_nobody_is_an_unmarked_top() -> None:
    reasons = reached(
        [held("P1", "A"), held("U", "A", basis="influence"), held("S", "B", basis="votes")],
        U="unspecified",
        S="protected",
    )
    assert reasons["A", "natural_person"] == ("P1", 1, 1, False)
    assert reasons["B", "protected_party"] == ("S", 1, 1, True)


def test_persons_are_never_subjects_and_arrangements_are() -> None:
    reasons = reached([held("P1", "T", basis="influence"), held("T", "A", 100)], T="arrangement")
    assert set(reasons) == {("T", "natural_person"), ("A", "natural_person")}


def test_an_unknown_basis_is_not_in_the_closure() -> None:
    assert reached([held("P1", "A", basis="unknown")]) == {}


def test_an_arrangement_may_stand_on_a_cycle_but_does_not_make_one() -> None:
    alone = built([case([held("A", "T"), held("T", "A")], T="arrangement")])
    assert alone["graph_scc"].height == 0
    both = built([case([held("A", "T"), held("T", "B"), held("B", "A")], T="arrangement")])
    assert both["graph_scc"].rows() == [("A", "A", 2, False), ("B", "A", 2, False)]
    assert both["graph_cycle"].filter(pl.col("subject_id") == "B").select(
        "position", "party_id", "held_id"
    ).rows() == [
        (1, "B", "A"),
        (2, "A", "T"),
        (3, "T", "B"),
    ]


def test_a_company_that_holds_itself_is_its_own_cycle() -> None:
    tables = built(
        [
            case(
                [
                    held("A", "A", 10, statement="s2"),
                    held("A", "A", 10, basis="votes", statement="s1"),
                    held("P1", "A", 90),
                ]
            )
        ]
    )
    assert tables["graph_scc"].rows() == [("A", "A", 1, True)]
    assert tables["graph_cycle"].rows() == [("A", 1, "A", "A", "s1")]
    assert tables["graph_reach"].rows() == [("A", "natural_person", "P1", 1, 1, True)]


@pytest.mark.parametrize("column", ["party_id", "subject_id"])
def test_an_edge_to_a_party_that_is_not_a_node_is_refused_without_naming_it(column: str) -> None:
    edges, nodes, marks = frames([case([held("P1", "A", 60)])])
    with pytest.raises(RunFailed, match=rf"1 rows have a {column} that is not among the nodes") as raised:
        collected(build(edges.with_columns(pl.lit("Z").alias(column)), nodes, marks))
    assert "Z" not in str(raised.value)


def test_a_party_that_stands_twice_is_refused() -> None:
    edges, nodes, marks = frames([case([held("P1", "A", 60)])])
    with pytest.raises(RunFailed, match="1 rows repeat a party_id"):
        collected(build(edges, pl.concat([nodes, nodes.head(1)]), marks))


def test_an_unknown_kind_is_refused() -> None:
    edges, nodes, marks = frames([case([held("P1", "A", 60)], A="charity")])
    with pytest.raises(RunFailed, match="1 parties have a kind outside"):
        collected(build(edges, nodes, marks))


def test_a_mark_may_not_take_a_built_in_name() -> None:
    with pytest.raises(DeclarationError, match="mark natural_person is built in"):
        built([case([held("P1", "A", 60)], {"natural_person": ("A",)})])


def test_a_marked_party_without_interests_reaches_nobody() -> None:
    assert ("A", "offshore") not in reached([held("P1", "A", 60)], {"offshore": ("elsewhere",)})


def wide(holders: list[str], subjects: list[str], share: int) -> pl.LazyFrame:
    """Exact interests, one a row."""
    frame = pl.DataFrame({"party_id": holders, "subject_id": subjects}).with_row_index("at")
    statement = pl.format("s{}", "at").alias("statement_id")
    shares = [pl.lit(share).cast(pl.Decimal(12, 9)).alias(name) for name in ("share_min", "share_max")]
    return edges_of(
        frame.select("party_id", "subject_id", statement, pl.lit("shares").alias("basis"), *shares)
    )


def companies(ids: list[str], persons: list[str]) -> pl.DataFrame:
    return nodes_of(
        pl.DataFrame(
            {"party_id": [*ids, *persons], "kind": ["legal_entity"] * len(ids) + ["person"] * len(persons)}
        )
    )


def test_a_hub_of_100_000_companies() -> None:
    ids = [f"A{k:06d}" for k in range(100_000)]
    tables = collected(
        build(wide(["P"] * len(ids), ids, 100), companies(ids, ["P"]), pl.DataFrame(schema=MARK_SCHEMA))
    )
    assert tables["graph_reach"].select(
        pl.len(), pl.col("n").sum(), pl.col("depth").sum(), pl.col("all_tops").all()
    ).row(0) == (
        100_000,
        100_000,
        100_000,
        True,
    )
    assert tables["graph_integrated"].select(pl.len(), pl.col("share_min").min()).row(0) == (100_000, 100)


@pytest.mark.nightly
def test_a_chain_of_10_000() -> None:
    """Every entity above counts, the nearest is one step up, and the person is at the top of all."""
    ids = [f"A{k:05d}" for k in range(10_000)]
    tables = collected(
        build(wide(["P", *ids[:-1]], ids, 100), companies(ids, ["P"]), pl.DataFrame(schema=MARK_SCHEMA))
    )
    persons = tables["graph_reach"].filter(mark="natural_person")
    entities = tables["graph_reach"].filter(mark="legal_entity")
    assert persons.get_column("depth").to_list() == list(range(1, 10_001))
    assert persons.select(pl.col("all_tops").all(), pl.col("n").max()).row(0) == (True, 1)
    assert entities.get_column("n").to_list() == list(range(1, 10_000))
    assert entities.select(pl.col("depth").max(), pl.col("all_tops").any()).row(0) == (1, False)
    assert tables["graph_integrated"].select(pl.len(), pl.col("party_id").n_unique()).row(0) == (10_000, 1)


def test_a_large_ring_gives_one_cycle_in_full() -> None:
    """A ring longer than LONGEST_STEPS is proven once: n cycles of n steps would be quadratic."""
    n = LONGEST_STEPS + 1
    for size, expected in ((n, n), (n - 1, (n - 1) ** 2)):
        arcs = distinct(size, np.arange(size), np.roll(np.arange(size), -1))
        label = np.zeros(size, np.int64)
        cycles = shortest_cycles(arcs, label, cyclic_sets(arcs, label, np.ones(size, np.bool_)))
        assert len(cycles.subject) == expected
        assert cycles.holder[:size].tolist() == list(range(size))
