"""The tables of the network's shape: `graph_network`, `graph_scc`, `graph_cycle`, `graph_reach`, and the
closure itself, `graph_edge`: one row for each pair of holder and held, by weak component, with the interest
that represents it.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import polars as pl

from graphs.arrays.components import Condensation, condense, levels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Ints,
    Parties,
    ordering,
    placed,
    run_firsts,
    run_starts,
)
from graphs.arrays.reach import Reach, reach
from graphs.arrays.tables import Column, Frames, column, named, picked, stream
from graphs.ownership.interests import BASES, Interests
from graphs.structure.cycles import Cycles, Sets, cyclic_sets, shortest_cycles
from transforms.errors import DeclarationError

BUILT_IN_MARKS: Mapping[str, str] = {
    "natural_person": "person",
    "protected_party": "protected",
    "legal_entity": "legal_entity",
}


FOREIGN_MARK = "foreign_entity"
EVERY_PARTY = "~party"  # counts all parties above; last in order, and not a mark of `graph_reach`


def shape_tables(
    edges: pl.LazyFrame,
    network: Interests,
    known: Parties,
    marks: tuple[pl.Series, list[Bools]],
) -> Iterator[tuple[str, Frames]]:
    """The tables that need only the closure. `marks`: see `mark_carriers`. Their data is dropped before
    shares are computed.
    """
    names, marked = marks
    sets, cycles, reached, shape = _shapes(network.closure, known, names, marked)
    yield "graph_network", _network(shape, known)
    yield "graph_scc", _sets(sets, known)
    yield "graph_cycle", _cycles(cycles, edges, network, known)
    yield "graph_reach", _reach(reached, names, known)


def mark_carriers(marks: pl.DataFrame, nodes: pl.DataFrame, known: Parties) -> tuple[pl.Series, list[Bools]]:
    """Names of all marks, ascending, and for each its carriers: bool[parties]. The last one is EVERY_PARTY.
    Raises DeclarationError if one of `marks` has a built-in name.
    """
    built_in = {*BUILT_IN_MARKS, FOREIGN_MARK}
    if taken := sorted(set(marks.get_column("mark").unique()) & built_in):
        raise DeclarationError(f"mark {taken[0]} is built in; give the indicator's mark another name")
    carried = carriers(marks, known)
    carried |= {mark: known.of_kind(kind) for mark, kind in BUILT_IN_MARKS.items()}
    carried[FOREIGN_MARK] = known.of_kind("legal_entity") & nodes.get_column("is_foreign").to_numpy()
    carried[EVERY_PARTY] = np.ones(len(known), np.bool_)
    names = sorted(carried)
    return pl.Series(names, dtype=pl.String), [carried[name] for name in names]


def carriers(marks: pl.DataFrame, known: Parties) -> dict[str, Bools]:
    """Carriers by mark: bool[parties]. `marks`: mark, party_id."""
    return {
        str(mark): known.ids.is_in(group.get_column("party_id").implode()).to_numpy()
        for (mark,), group in marks.group_by("mark")
    }


def _shapes(
    arcs: Arcs, known: Parties, names: pl.Series, marked: list[Bools]
) -> tuple[Sets, Cycles, Reach, tuple[Ints, ...]]:
    sets = condense(arcs)
    legal_entity = known.of_kind("legal_entity")
    cyclic = cyclic_sets(arcs, sets.label, legal_entity)
    subjects = np.flatnonzero(legal_entity | known.of_kind("arrangement"))
    reached = reach(arcs, sets, np.column_stack(marked), subjects)
    cycles = shortest_cycles(arcs, sets.label, cyclic)
    shape = _shape(reached, sets, names.to_list())
    return cyclic, cycles, reached.at(reached.mark != len(marked) - 1), shape


def _shape(reached: Reach, sets: Condensation, names: list[str]) -> tuple[Ints, ...]:
    """The network above each legal entity and arrangement with a holder: subject, ascending; length of the
    longest path; number of parties and of legal entities above; the nearest foreign entity and its distance,
    -1 for none.
    """
    depth = levels(sets.arcs).of_node()[sets.label]
    every, entities, foreign = (
        reached.mark == names.index(name) for name in (EVERY_PARTY, "legal_entity", FOREIGN_MARK)
    )
    subject = reached.subject[every]
    entities_n, nearest, steps = (
        placed(len(sets.label), reached.subject[rows], values[rows])[subject]
        for rows, values in (
            (entities, reached.n),
            (foreign, reached.nearest),
            (foreign, reached.depth),
        )
    )
    return subject, depth[subject], reached.n[every], np.maximum(entities_n, 0), nearest, steps


def _network(shape: tuple[Ints, ...], known: Parties) -> Frames:
    subject, depth, parties, entities, foreign, steps = shape

    def make(rows: slice) -> Iterable[Column]:
        yield named(known, subject[rows])
        yield from (depth[rows], parties[rows], entities[rows])
        yield named(known, foreign[rows])
        yield pl.Series(values=steps[rows]).replace(-1, None)

    return stream("graph_network", len(subject), make)


def _sets(sets: Sets, known: Parties) -> Frames:
    def make(rows: slice) -> Iterable[Column]:
        yield from (known.names(numbers[rows]) for numbers in (sets.subject, sets.set_id))
        yield from (sets.size[rows], sets.holds_itself[rows])

    return stream("graph_scc", len(sets.subject), make)


def _cycles(cycles: Cycles, edges: pl.LazyFrame, network: Interests, known: Parties) -> Frames:
    """Rows of graph_cycle: the steps, each with the smallest statement_id between its two parties."""
    steps = pl.DataFrame(
        {"subject": cycles.subject, "position": cycles.position, "holder": cycles.holder, "held": cycles.held}
    ).sort("subject", "position")
    pairs = steps.select("holder", "held").unique()
    proof = (
        pl.DataFrame({"holder": network.holder, "held": network.held, "row": network.row})
        .join(pairs, on=("holder", "held"), how="semi")
        .sort("row")
    )
    proof = proof.with_columns(picked(edges, ["statement_id"], proof.get_column("row").to_numpy()))
    steps = steps.join(
        proof.group_by("holder", "held").agg(pl.col("statement_id").min()),
        on=("holder", "held"),
        how="left",
        maintain_order="left",
    )

    def make(rows: slice) -> Iterable[pl.Series]:
        part = steps[rows]
        subject, first, second = (
            known.names(part.get_column(name).to_numpy()) for name in ("subject", "holder", "held")
        )
        return subject, part.get_column("position"), first, second, part.get_column("statement_id")

    return stream("graph_cycle", steps.height, make)


def _reach(reach: Reach, names: pl.Series, known: Parties) -> Frames:
    def make(rows: slice) -> Iterable[Column]:
        yield known.names(reach.subject[rows])
        yield names.gather(pl.Series(values=reach.mark[rows], dtype=pl.Int64))
        yield known.names(reach.nearest[rows])
        yield from (reach.depth[rows], reach.n[rows], reach.all_tops[rows])

    return stream("graph_reach", len(reach.subject), make)


NO_SHARE = 2.0  # ranks after every share
NO_RIGHT = 3.0  # ranks last


def closure_edges(edges: pl.LazyFrame, network: Interests, known: Parties, component_no: Ints) -> Frames:
    """Frames of `transforms.model.views.EDGE` in key order. `edges`: the rows that `network` was made from
    (see `graphs.build.build`), in the same order. `component_no` int64[parties].

    Several interests of a pair are represented by one: a stated right before a holder without one, then the
    largest minimum, then the basis that is first in BASES, then the smallest id.
    """
    at = stand_for_pairs(network, edges)
    at = at[ordering(component_no[network.held[at]])]
    row = pl.Series(values=network.row[at], dtype=pl.Int64)
    values = {
        name: column(edges, name).gather(row)
        for name in ("interest_id", "statement_id", "share_min", "share_max")
    }
    bases = pl.Series([*BASES[:-1], None], dtype=pl.String)  # the last, closure, is not a right

    def make(rows: slice) -> Iterable[pl.Series | Ints]:
        pick = at[rows]
        yield component_no[network.held[pick]]
        yield from (known.names(ends[pick]) for ends in (network.held, network.holder))
        yield from (values[name][rows] for name in ("interest_id", "statement_id"))
        yield bases.gather(pl.Series(values=network.basis[pick].astype(np.int64)))
        yield from (values[name][rows] for name in ("share_min", "share_max"))

    return stream("graph_edge", len(at), make)


def stand_for_pairs(network: Interests, edges: pl.LazyFrame) -> Ints:
    """Position of the interest that represents each pair, in order of (held, holder): int64[pairs]."""
    pair = network.held * network.parties + network.holder
    share = np.where(np.isnan(network.low), NO_SHARE, 1.0 - np.clip(network.low, 0.0, 1.0))
    share[network.basis == BASES.index("closure")] = NO_RIGHT
    order = ordering(network.holder, network.held)
    for rank in (share, network.basis):
        begin = run_starts(pair[order])
        least = np.minimum.reduceat(rank[order], begin)
        order = order[rank[order] == np.repeat(least, np.diff(begin, append=len(order)))]
    return _smallest_ids(pair, order, network.row, edges)


def _smallest_ids(pair: Ints, order: Ints, row: Ints, edges: pl.LazyFrame) -> Ints:
    """One interest of each pair in `order`. Ids are text, so only those of pairs with several interests are
    read.
    """
    ordered_pair = pair[order]
    several = ~run_firsts(ordered_pair)
    several[:-1] |= several[1:].copy()
    if not several.any():
        return order
    places, ids = pl.Series(values=row[order[several]]), ("interest_id", "statement_id")
    smallest = (
        pl.DataFrame({"pair": ordered_pair[several], "at": order[several]})
        .with_columns(column(edges, name).gather(places) for name in ids)
        .sort("pair", *ids, nulls_last=True)
        .unique("pair", keep="first", maintain_order=True)
        .get_column("at")
        .to_numpy()
    )
    at = np.concatenate((order[~several], smallest))
    return at[ordering(pair[at])]
