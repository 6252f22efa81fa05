"""Small graphs for the tests of `graphs`: made by hand or from a seed. Ids are invented."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import networkx as nx
import polars as pl

from graphs.build import build
from graphs.witnesses.tables import FACTS

EDGE_SCHEMA = {
    "party_id": pl.String,
    "subject_id": pl.String,
    "statement_id": pl.String,
    "basis": pl.String,
    "share_min": pl.Decimal(12, 9),
    "share_max": pl.Decimal(12, 9),
}
NODE_SCHEMA = {"party_id": pl.String, "kind": pl.String}
MARK_SCHEMA = {"mark": pl.String, "party_id": pl.String}
STEP = Decimal("0.000000001")

type Edge = tuple[str, str, str, str, Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Case:
    """One graph: edges as rows, kinds by party, carriers by mark."""

    edges: tuple[Edge, ...]
    kinds: dict[str, str]
    marks: dict[str, tuple[str, ...]]


def frames(
    cases: Iterable[Case], shuffled: int | None = None
) -> tuple[pl.LazyFrame, pl.DataFrame, pl.DataFrame]:
    """Edges, nodes and marks of some graphs together; rows in another order for each `shuffled`."""
    cases = list(cases)
    edges = [edge for case in cases for edge in case.edges]
    ties = nx.Graph(edge[:2] for edge in edges if edge[3] != "unknown")
    number = {party: at for at, linked in enumerate(nx.connected_components(ties)) for party in linked}
    nodes = [(party, kind, number.get(party, -1)) for case in cases for party, kind in case.kinds.items()]
    marks = [(mark, party) for case in cases for mark, carriers in case.marks.items() for party in carriers]
    if shuffled is not None:
        for rows in (edges, nodes, marks):
            random.Random(shuffled).shuffle(cast(list[object], rows))
    return (
        edges_of(pl.DataFrame(edges, schema=EDGE_SCHEMA, orient="row")),
        nodes_of(pl.DataFrame(nodes, schema=NODE_SCHEMA | {"component_no": pl.Int64}, orient="row")),
        marks_of(marks),
    )


def edges_of(plain: pl.DataFrame) -> pl.LazyFrame:
    """Rows of EDGE_SCHEMA as `build` takes them: direct, not joint, bounds included, nothing complete;
    columns that are there stay.
    """
    added = {
        "interest_id": pl.concat_str("statement_id", pl.lit("-"), "basis"),
        "reach": pl.lit("direct"),
        "joint_group": pl.lit(None, pl.String),
        "share_min_exclusive": pl.lit(False),
        "share_max_exclusive": pl.lit(False),
        "is_complete": pl.lit(False),
    }
    return plain.lazy().with_columns(
        **{name: value for name, value in added.items() if name not in plain.columns}
    )


def nodes_of(plain: pl.DataFrame) -> pl.DataFrame:
    """Rows of NODE_SCHEMA as `build` takes them: at home, in one component, and nothing known of them;
    columns that are there stay.
    """
    known = {"component_no": pl.lit(0), "cannot_be_owned": pl.col("kind") == "person"}
    added = known | {name: pl.lit(False) for name in ("is_foreign", *FACTS)}
    return plain.with_columns(**{name: value for name, value in added.items() if name not in plain.columns})


def marks_of(rows: Sequence[object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=MARK_SCHEMA, orient="row")


def built(cases: Iterable[Case], shuffled: int | None = None) -> dict[str, pl.DataFrame]:
    """The tables of `build`, whole."""
    return collected(build(*frames(cases, shuffled)))


def collected(tables: Iterable[tuple[str, Iterable[pl.DataFrame]]]) -> dict[str, pl.DataFrame]:
    return {name: pl.concat(frames_of_table) for name, frames_of_table in tables}


def held(
    party: str,
    subject: str,
    share: float | str | Decimal | None = None,
    basis: str = "shares",
    statement: str = "",
) -> Edge:
    """An exact interest, or one without a share."""
    per_cent = None if share is None else Decimal(str(share))
    return party, subject, statement or f"s-{party}-{subject}-{basis}", basis, per_cent, per_cent


def case(edges: Sequence[Edge], marks: dict[str, tuple[str, ...]] | None = None, **kinds: str) -> Case:
    """A graph in which ids that begin with P are persons and all others legal entities, unless `kinds` says
    otherwise.
    """
    parties = sorted({edge[0] for edge in edges} | {edge[1] for edge in edges})
    return Case(
        tuple(edges),
        {party: kinds.get(party, "person" if party.startswith("P") else "legal_entity") for party in parties},
        marks or {},
    )


def drawn(seed: int) -> Case:
    """A random graph of 2 to 14 parties with cycles, hubs, self-holdings, parallel interests, closed sets,
    and shares that are mostly exact.
    """
    draw = random.Random(seed)
    n = draw.randint(2, 14)
    letters = draw.sample("ABCDEFGHIJKLMNOPQRSTUVWXYZ", n)
    parties = [f"{seed:05d}-{letter}" for letter in letters]
    weights = {"legal_entity": 6, "arrangement": 1, "person": 3, "protected": 1, "unspecified": 1}
    kinds = {party: draw.choices(list(weights), list(weights.values()))[0] for party in parties}
    subjects = [party for party in parties if kinds[party] in {"legal_entity", "arrangement"}]
    edges: list[Edge] = []
    for subject in subjects:
        for basis in ("shares", "votes"):
            edges.extend(
                _holdings(draw, parties, subject, basis, made=len(edges), exact=draw.random() < 0.97)
            )
        for basis in ("board", "influence", "surplus_assets", "unknown"):
            if draw.random() < 0.12:
                edges.append(
                    (
                        draw.choice(parties),
                        subject,
                        f"r{draw.randint(0, 99):02d}-{len(edges)}",
                        basis,
                        None,
                        None,
                    )
                )
    marks = {mark: tuple(draw.sample(parties, draw.randint(0, n))) for mark in ("offshore", "sanctioned")}
    return Case(tuple(edges), kinds, marks)


def _holdings(
    draw: random.Random, parties: list[str], subject: str, basis: str, *, made: int, exact: bool
) -> list[Edge]:
    """Holders of one subject in one basis: together the whole, less, or (rarely) more; some stated twice."""
    holders = draw.sample(parties, min(len(parties), draw.choice((0, 0, 1, 1, 1, 2, 2, 3, 4))))
    whole = draw.choices((100, draw.uniform(0, 100), 101), (60, 38, 2))[0]
    cuts = sorted(draw.uniform(0, whole) for _ in holders[1:])
    bounds = [Decimal(str(cut)).quantize(STEP) for cut in (0, *cuts, whole)]
    edges: list[Edge] = []
    if not holders:
        return edges
    for holder, low, high in zip(holders, bounds[:-1], bounds[1:], strict=True):
        share = high - low
        for copy in range(draw.choice((1, 1, 1, 2))):
            stated = share if copy == 0 or draw.random() < 0.5 else (share / 2).quantize(STEP)
            top = stated if exact else min(Decimal(100), stated + 1)
            edges.append(
                (holder, subject, f"r{draw.randint(0, 99):02d}-{made + len(edges)}", basis, stated, top)
            )
    return edges
