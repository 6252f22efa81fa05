"""Time of `graphs.night.build` on a graph like a country's, beside networkx.

    python tests/benchmarks/graphs_build.py [ARCS] [SEED]

The graph: many small trees, few hubs, couples who hold several companies together, and 0.02 % of the interests in cycles. networkx does the strong and weak
components only, and no ancestors, so the ratio flatters it. Prints seconds, peak memory and the ratio; checks nothing (the tests do).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import networkx as nx
import numpy as np
import polars as pl

from graphs.night import build

HUB_COMPANIES = 20_000
CYCLE_SHARE = 0.0002


def graph(arcs: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """edges, nodes, marks. Companies are numbered from 0, persons after them; a company is held by companies before it, so only added arcs close cycles."""
    draw = np.random.default_rng(seed)
    companies = int(arcs / 1.35)
    first = _first_holders(draw, companies)
    joint = draw.choice(companies, int(0.35 * companies), replace=False)
    second = np.where(draw.random(len(joint)) < 0.9, companies + draw.integers(0, companies, len(joint)), np.maximum(joint - 1, 0))
    back = draw.choice(np.flatnonzero(first < companies), max(1, int(CYCLE_SHARE * arcs / 2)), replace=False)
    src = np.concatenate((first, second, back))
    dst = np.concatenate((np.arange(companies), joint, first[back]))
    exact = draw.random(len(src)) < 0.5
    ids = np.array([f"C-{k:08d}" for k in range(companies)] + [f"P-{k:08d}" for k in range(companies)])
    share = pl.Series(np.where(exact, 40, 25)).cast(pl.Decimal(12, 9))
    most = pl.Series(np.where(exact, 40, 50)).cast(pl.Decimal(12, 9))
    edges = pl.DataFrame({
        "party_id": ids[src], "subject_id": ids[dst], "statement_id": [f"s{k}" for k in range(len(src))],
        "basis": pl.Series(["shares"]).new_from_index(0, len(src)), "share_min": share, "share_max": most,
    })  # fmt: skip
    nodes = pl.DataFrame({"party_id": ids, "kind": ["legal_entity"] * companies + ["person"] * companies})
    marks = pl.DataFrame(
        {"mark": pl.Series(["offshore"]).new_from_index(0, companies // 100), "party_id": ids[draw.choice(companies, companies // 100, replace=False)]}
    )
    return edges, nodes, marks


def _first_holders(draw: np.random.Generator, companies: int) -> np.ndarray:
    """A person for most, the company just before or a hub for the others."""
    number = np.arange(companies)
    holder = companies + draw.integers(0, companies, companies)
    corporate = draw.random(companies) < 0.15
    holder[corporate] = np.maximum(number - draw.integers(1, 4, companies), 0)[corporate]
    hubs = draw.choice(companies, 3, replace=False)
    for hub in hubs:
        held = draw.choice(companies, min(HUB_COMPANIES, companies // 10), replace=False)
        holder[held[held > hub]] = hub
    holder[0] = companies
    return holder


def networkx_baseline(edges: pl.DataFrame) -> None:
    net: nx.DiGraph[str] = nx.DiGraph()
    net.add_edges_from(edges.select("party_id", "subject_id").iter_rows())
    sum(1 for _ in nx.strongly_connected_components(net))
    sum(1 for _ in nx.weakly_connected_components(net))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(arcs: int = 1_000_000, seed: int = 1) -> None:
    edges, nodes, marks = graph(arcs, seed)
    tables = {}
    ours = seconds(lambda: tables.update(build(edges, nodes, marks)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    theirs = seconds(lambda: networkx_baseline(edges))
    print(f"{edges.height:,} interests, {nodes.height:,} parties, seed {seed}")
    print("rows: " + ", ".join(f"{name} {frame.height:,}" for name, frame in tables.items()))
    print(f"build {ours:.1f} s, peak {peak:,.0f} MB; networkx components only {theirs:.1f} s; ratio networkx/build {theirs / ours:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
