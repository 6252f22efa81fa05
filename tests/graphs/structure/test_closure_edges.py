"""The closure as a table: which interest stands for a pair, by a slow second computation, whatever the order
of the rows.
"""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

import networkx as nx
import numpy as np
import polars as pl
import pytest

from graphs.arrays.edges import parties
from graphs.ownership.interests import BASES, interests
from graphs.structure.tables import closure_edges
from transforms.model.views import EDGE

KINDS = {"E": "legal_entity", "P": "person", "T": "arrangement"}
IDS = [f"{letter}{number}" for letter, n in (("E", 9), ("P", 4), ("T", 2)) for number in range(n)]
SCHEMA = {
    "party_id": pl.String(),
    "subject_id": pl.String(),
    "interest_id": pl.String(),
    "statement_id": pl.String(),
    "basis": pl.String(),
    "reach": pl.String(),
    "joint_group": pl.String(),
    "share_min": pl.Decimal(12, 9),
    "share_max": pl.Decimal(12, 9),
    "share_min_exclusive": pl.Boolean(),
    "share_max_exclusive": pl.Boolean(),
    "is_complete": pl.Boolean(),
}
Row = Mapping[str, object]


def invented(seed: int, n: int) -> list[Row]:
    """Parallel and repeated interests, holders without a right, interests in oneself, shares that cannot be,
    an unknown basis; some of a person.
    """
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in range(n):
        basis = draw.choice((*BASES, "shares", "shares", "unknown"))
        share = (
            draw.choice((None, Decimal(-5), Decimal(0), Decimal(25), Decimal(50), Decimal(120)))
            if basis in ("shares", "votes", "surplus_assets")
            else None
        )
        rows.append(
            {
                "party_id": draw.choice(IDS),
                "subject_id": draw.choice(IDS),
                "interest_id": None if basis == "closure" else f"i{number}",
                "statement_id": f"s{number % 7}",
                "basis": basis,
                "reach": "direct",
                "joint_group": None,
                "share_min": share,
                "share_max": share,
                "share_min_exclusive": False,
                "share_max_exclusive": False,
                "is_complete": False,
            }
        )
    return rows


def built(rows: Sequence[Row]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=SCHEMA)
    known = parties(pl.DataFrame({"party_id": IDS, "kind": [KINDS[name[0]] for name in IDS]}))
    network, _ = interests(frame.lazy(), known, np.asarray(known.of_kind("person")))
    return pl.concat(list(closure_edges(frame.lazy(), network, known, network.component)))


def rank(row: Row) -> tuple[object, ...]:
    share = row["share_min"]
    least = max(Decimal(0), min(Decimal(100), share)) if isinstance(share, Decimal) else None
    return (
        row["basis"] == "closure",
        least is None,
        -(least or 0),
        BASES.index(str(row["basis"])),
        row["interest_id"] or "~",
        row["statement_id"],
    )


@pytest.mark.sample(20)
@pytest.mark.parametrize("seed", range(40))
def test_the_interest_that_stands_for_each_pair(seed: int) -> None:
    rows = invented(seed, random.Random(seed).randrange(0, 70))
    best: dict[tuple[object, object], Row] = {}
    for row in sorted(
        (row for row in rows if row["basis"] in BASES and str(row["subject_id"])[0] != "P"),
        key=rank,
        reverse=True,
    ):
        best[row["subject_id"], row["party_id"]] = row
    edges = built(rows)
    assert edges.schema == EDGE.schema and edges.equals(edges.sort(EDGE.key)), f"seed {seed}"
    expected = {
        (
            subject,
            party,
            row["interest_id"],
            row["statement_id"],
            None if row["basis"] == "closure" else row["basis"],
            row["share_min"],
            row["share_max"],
        )
        for (subject, party), row in best.items()
    }
    assert set(edges.drop("component_no").rows()) == expected and edges.height == len(expected), (
        f"seed {seed}"
    )


@pytest.mark.sample(20)
@pytest.mark.parametrize("seed", range(40))
def test_a_component_is_all_that_is_linked(seed: int) -> None:
    edges = built(invented(seed, 12))
    net: nx.Graph[str] = nx.Graph(list(edges.select("subject_id", "party_id").iter_rows()))
    linked = {frozenset(nodes) for nodes in nx.connected_components(net)}
    grouped = edges.group_by("component_no").agg(pl.col("subject_id"), pl.col("party_id"))
    assert {frozenset([*subjects, *holders]) for _, subjects, holders in grouped.iter_rows()} == linked, (
        f"seed {seed}"
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    rows = invented(seed, 60)
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert built(shuffled).equals(built(rows)), f"seed {seed}"
