"""Tables made from the finished closure: longest chains of legal entities, chains that avoid certain holders,
and parts of control groups.

The cost is linear in the arcs of the closure. That of `graph_group_part` is linear in the graph above each
large group.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphs.arrays.components import Condensation, condense, levels, weak_labels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Csr,
    Ints,
    Parties,
    ascending,
    distinct,
    grouped,
    marked,
    neighbours,
    numbered,
    parties,
    reachable,
    run_starts,
)
from graphs.arrays.reach import nearest
from graphs.arrays.tables import Column, Frames, named, stream
from graphs.structure.tables import carriers

TABLES = ("graph_layers", "graph_chain", "graph_group_part")
BLOCKS = "_blocks"  # suffix of the companion of a barred mark
NONE = -1
PARTS_FROM = 50  # own: half of n of ROL-010, which does not need the parts of smaller groups


def build(
    closure: pl.LazyFrame,
    nodes: pl.DataFrame,
    marks: pl.DataFrame,
    groups: pl.DataFrame,
    barred: Iterable[str],
) -> Iterator[tuple[str, Frames]]:
    """The tables TABLES one by one: the name, and a stream of frames in the declared schema and key order.

    closure: subject_id (held), party_id (holder): the pairs of graph_edge, in any order. nodes: party_id,
    kind, as in `graphs.build.build`. marks: mark, party_id. barred: marks `x` whose companion `x_blocks`
    marks holders that a chain may not pass. groups: control_group_id, subject_id, controller_id: the rows of
    graph_control_group.

    Raises RunFailed if an end of a pair is not among the nodes.
    """
    known = parties(nodes)
    held, holder = (
        numbered(closure.select(name).collect(), known, name) for name in ("subject_id", "party_id")
    )
    arcs = distinct(len(known), holder, held)
    sets = condense(arcs)
    entity = known.of_kind("legal_entity")
    subjects = np.flatnonzero(entity | known.of_kind("arrangement"))
    yield "graph_layers", _layers_table(layers(arcs, sets, entity), subjects, known)
    yield "graph_chain", _chain_table(arcs, sets, _barred(marks, barred, known), subjects, known)
    yield "graph_group_part", _parts_table(arcs, groups, known)


# --- layers of legal entities -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Layers:
    """The longest chain above each node: int64[nodes] each. `count`: legal entities on the chain. Its first
    step: `holder` holds `via`, a member of the node's set; NONE without a chain.
    """

    count: Ints
    via: Ints
    holder: Ints


def layers(arcs: Arcs, sets: Condensation, entity: Bools) -> Layers:
    """The longest chain above every node, by the number of legal entities on it, in the condensation.
    `entity` bool[nodes]: legal entities.

    A strongly connected set is one step and counts once if it has a legal entity. The node's own set does not
    count. Of equally long chains, the one through the smallest holder.
    """
    weight = marked(sets.arcs.n, sets.label[entity]).astype(np.int64)
    best = _longest(sets.arcs, weight)
    above, below = sets.label[arcs.src], sets.label[arcs.dst]
    on = np.flatnonzero((above != below) & (best[above] + weight[above] == best[below]))
    src, dst = arcs.src[on], arcs.dst[on]
    own = np.full(arcs.n, arcs.n, np.int64)
    np.minimum.at(own, dst, src)
    of_set = np.full(sets.arcs.n, arcs.n * arcs.n, np.int64)
    np.minimum.at(of_set, sets.label[dst], src * arcs.n + dst)
    whole = of_set[sets.label]
    has_own, has_any = own < arcs.n, whole < arcs.n * arcs.n
    via = np.where(has_own, np.arange(arcs.n), np.where(has_any, whole % max(arcs.n, 1), NONE))
    return Layers(
        best[sets.label], via, np.where(has_own, own, np.where(has_any, whole // max(arcs.n, 1), NONE))
    )


def _longest(arcs: Arcs, weight: Ints) -> Ints:
    """Largest sum of weights on a path to each node of an acyclic graph, without the node itself:
    int64[nodes]. Visits each arc once.
    """
    best = np.zeros(arcs.n, np.int64)
    level = levels(arcs).of_node() if arcs.n else best
    order = np.argsort(level[arcs.dst], kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(level[arcs.dst]))):
        np.maximum.at(best, arcs.dst[rows], best[arcs.src[rows]] + weight[arcs.src[rows]])
    return best


def _layers_table(layers: Layers, subjects: Ints, known: Parties) -> Frames:
    rows_of = subjects[layers.count[subjects] > 0]

    def make(rows: slice) -> Iterable[Column]:
        pick = rows_of[rows]
        yield named(known, pick)
        yield layers.count[pick]
        yield named(known, layers.via[pick])
        yield named(known, layers.holder[pick])

    return stream("graph_layers", len(rows_of), make)


# --- chains that avoid certain holders --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Chains:
    """The nearest marked party above each node on chains that pass no blocked holder, its distance in arcs
    (NONE for none), and whether every chain has one.
    """

    party: Ints
    depth: Ints
    every: Bools


def chains(arcs: Arcs, sets: Condensation, marked: Bools, blocked: Bools) -> Chains:
    """The chains above each node, up to blocked holders. `marked`, `blocked` bool[nodes].

    Neither a blocked holder nor anything above it counts. `every`: all chains from the node to a top or to a
    blocked holder have a marked party on them. A chain to a top set with a marked member has one.
    """
    open_arcs = ~blocked[arcs.src]
    party, depth = nearest(grouped(arcs.n, arcs.src[open_arcs], arcs.dst[open_arcs]), marked & ~blocked)
    weight = np.bincount(sets.label[marked & ~blocked], minlength=sets.arcs.n)
    start = np.flatnonzero((sets.sources() & (weight == 0))[sets.label] | blocked)
    passing = ~(marked & ~blocked)[arcs.src]
    clean = _reached_from(grouped(arcs.n, arcs.src[passing], arcs.dst[passing]), start)
    return Chains(party, depth, ~clean)


def _reached_from(held: Csr, start: Ints) -> Bools:
    """True for nodes reached from `start` by at least one arc: bool[nodes]."""
    _, below = neighbours(held, np.flatnonzero(reachable(held, start)))
    return marked(held.n, below)


def _barred(marks: pl.DataFrame, names: Iterable[str], known: Parties) -> dict[str, tuple[Bools, Bools]]:
    """The carriers of each of these marks and of its companion: bool[nodes] each, by name, ascending. A mark
    may be without carriers.
    """
    carried, nobody = carriers(marks, known), np.zeros(len(known), np.bool_)
    return {name: (carried.get(name, nobody), carried.get(name + BLOCKS, nobody)) for name in sorted(names)}


def _chain_table(
    arcs: Arcs, sets: Condensation, barred: dict[str, tuple[Bools, Bools]], subjects: Ints, known: Parties
) -> Frames:
    """Rows of the barred marks, in order of subject and mark."""
    all_chains = [chains(arcs, sets, marked, blocked) for marked, blocked in barred.values()]
    rows = [subjects[each.depth[subjects] != NONE] for each in all_chains]
    none = np.zeros(0, np.int64)
    subject, mark = (
        np.concatenate([none, *rows]),
        np.repeat(np.arange(len(all_chains)), [len(part) for part in rows]),
    )
    party, depth, every = (
        np.concatenate(
            [none, *(getattr(each, column)[part] for each, part in zip(all_chains, rows, strict=True))]
        )
        for column in ("party", "depth", "every")
    )
    order = np.lexsort((mark, subject))
    names = pl.Series(list(barred), dtype=pl.String)

    def make(run: slice) -> Iterable[Column]:
        pick = order[run]
        yield named(known, subject[pick])
        yield names.gather(pl.Series(values=mark[pick], dtype=pl.Int64))
        yield named(known, party[pick])
        yield from (depth[pick], every[pick].astype(np.bool_))

    return stream("graph_chain", len(order), make)


# --- control groups without their controllers -------------------------------------------------------------


def group_part(holders: Csr, members: Ints, controller: int, seen: Bools) -> Ints:
    """For each of `members` (ascending) the smallest member that it is connected to without `controller`:
    int64[members].

    Two members are connected if a third party holds both or one holds the other, at any distance, or through
    other members so connected. Holders above the controller, and links through it, do not count. `seen`
    bool[nodes]: working array, all False before and after the call.
    """
    seen[controller] = True
    seen[members] = True
    reached, frontier = [members], members
    while len(frontier):
        _, above = neighbours(holders, frontier)
        frontier = ascending(above[~seen[above]])
        seen[frontier] = True
        reached.append(frontier)
    nodes = ascending(np.concatenate(reached))
    run, above = neighbours(holders, nodes)
    inside = above != controller
    label = weak_labels(len(nodes), np.searchsorted(nodes, above[inside]), run[inside])
    seen[nodes] = False
    seen[controller] = False
    at = label[np.searchsorted(nodes, members)]
    smallest = np.full(len(nodes), holders.n, np.int64)
    np.minimum.at(smallest, at, members)
    return smallest[at]


def _parts_table(arcs: Arcs, groups: pl.DataFrame, known: Parties) -> Frames:
    is_large = pl.len().over("control_group_id") >= PARTS_FROM
    rows = groups.filter(is_large).sort("control_group_id", "subject_id")
    subject, controller = (numbered(rows, known, name) for name in ("subject_id", "controller_id"))
    holders, seen = arcs.holders(), np.zeros(arcs.n, np.bool_)
    begin = run_starts(controller)
    pieces = [
        group_part(holders, run, int(controller[at]), seen)
        for run, at in zip(np.split(subject, begin[1:]), begin, strict=False)
    ]
    part = np.concatenate([subject[:0], *pieces])

    def make(run: slice) -> Iterable[Column]:
        yield rows.get_column("control_group_id")[run]
        yield rows.get_column("subject_id")[run]
        yield named(known, part[run])

    return stream("graph_group_part", rows.height, make)
