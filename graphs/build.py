"""DOC"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
import polars as pl

from graphs.arrays.components import parts
from graphs.arrays.edges import Ints, ordering, parties
from graphs.control.control import Controlled, control
from graphs.control.tables import control_group_table, control_table
from graphs.ownership.integrated import FLOOR, Solved, solve
from graphs.ownership.interests import SHARE_BASES, ArcArrays, control_arcs, interests, share_arcs
from graphs.ownership.tables import contradiction_table, integrated_table
from graphs.structure.closure_edges import closure_edges
from graphs.structure.tables import Tables, mark_carriers, shape_tables
from graphs.witnesses.tables import NODE_LISTS, Results, owner_table

BIN_ARCS = 2_000_000  # own: some 500 MB of working arrays


type Run = Callable[[Callable[[ArcArrays], object], Iterable[ArcArrays]], Iterable[object]]


def build(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    marks: pl.DataFrame,
    *,
    floor: float = FLOOR,
    bin_arcs: int = BIN_ARCS,
    run: Run = map,
) -> Tables:
    """The tables of GRAPH_TABLES, one after another: name, and a stream of frames in its declared schema, ordered by its key; whatever the order of the
    input rows (where several interests prove the same, the first row among them is the witness). Take each stream before the next table: what
    a table is made of is let go when the one after it is asked for.

    edges: party_id (holder), subject_id (held), interest_id (null where the register states a holder and no interest), statement_id, basis, reach,
    joint_group (null for none), share_min, share_max (DECIMAL(12,9) per cent, null where not stated or the basis has none), share_min_exclusive,
    share_max_exclusive, is_complete (all holders of the subject on this basis are declared): the interests open at the date. Parallel interests and
    interests in oneself occur. A basis outside `graphs.ownership.interests.BASES` is left out.
    nodes: party_id, kind (a word of `graphs.arrays.edges.KINDS`), is_foreign, cannot_be_owned (a natural person of known identity, a state), and the keys of FACTS
    (booleans): every party once.
    marks: mark, party_id: parties that indicators mark. BUILT_IN_MARKS and FOREIGN_MARK are added here. A marked party without an interest reaches nobody.
    `floor`: integrated shares of which the declared maximum is below it are not listed, as a part of the whole. `bin_arcs`: weak components are worked on
    in bins of about so many arcs. `run`: what maps a function over the bins; a process pool's `map`, for one.

    Raises RunFailed where an end of an edge is not among the nodes or a party stands twice, DeclarationError where a mark has the name of a built-in one.
    """
    nodes = nodes.sort("party_id")
    known = parties(nodes)
    found, owned_persons = interests(edges, known, nodes.get_column("cannot_be_owned").to_numpy())
    yield from shape_tables(edges, found, known, mark_carriers(marks, nodes, known), bin_arcs)
    yield "graph_edge", closure_edges(edges, found, known)
    bins_of = _Bins(found.n, bin_arcs, run)
    solved = {
        basis: bins_of.over(partial(_solved, floor=floor), share_arcs(found, basis), ("holder", "subject"))
        for basis in SHARE_BASES
    }
    yield "graph_integrated", integrated_table(solved, known)
    yield "graph_contradiction", contradiction_table(edges, found, solved, owned_persons)
    controlled = bins_of.over(_controlled, control_arcs(found), ("controller", "subject"))
    yield "graph_control", control_table(controlled, known)
    yield "graph_control_group", control_group_table(controlled, found.n, known)
    yield "graph_ubo", owner_table(edges, nodes, known, Results(found, solved, controlled))


def _solved(arcs: ArcArrays, *, floor: float) -> Solved:
    return solve(arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags, floor=floor)


def _controlled(arcs: ArcArrays) -> Controlled:
    return control(arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags)


@dataclass(frozen=True)
class _Bins:
    """How a function of arcs is mapped over bins of weak components: `n` nodes, about `arcs` arcs a bin, by `run`."""

    n: int
    arcs: int
    run: Run

    def over[T: (Solved, Controlled)](
        self, function: Callable[[ArcArrays], T], arcs: ArcArrays, key: tuple[str, str]
    ) -> T:
        """One result for all bins, with the numbers of `arcs`, sorted by `key`."""
        taken: list[Ints] = []

        def inside() -> Iterator[ArcArrays]:
            for nodes, rows, local in parts(self.n, arcs.src, arcs.dst, self.arcs):
                taken.append(nodes)
                yield ArcArrays(
                    local[arcs.src[rows]],
                    local[arcs.dst[rows]],
                    arcs.low[rows],
                    arcs.high[rows],
                    arcs.flags[rows],
                )

        results = list(self.run(function, inside()))
        if not results:
            none = np.zeros(0)
            return function(
                ArcArrays(none.astype(np.int64), none.astype(np.int64), none, none, none.astype(np.uint8))
            )
        return _placed(results, taken, key)  # type: ignore[return-value, type-var]  # `run` is typed for any result


def _placed[T: (Solved, Controlled)](results: Sequence[T], taken: Sequence[Ints], key: tuple[str, str]) -> T:
    """Results of bins with outside numbers: arrays of pairs joined and sorted by `key`, lists of nodes sorted."""
    first = results[0]
    joined: dict[str, np.ndarray] = {}
    for field in fields(first):
        columns = [getattr(result, field.name) for result in results]
        if field.name in key or not _is_of_pairs(field.name):
            columns = [nodes[column] for nodes, column in zip(taken, columns, strict=True)]
        joined[field.name] = np.concatenate(columns)
    order = ordering(joined[key[0]] * (int(joined[key[1]].max(initial=0)) + 1) + joined[key[1]])
    return replace(
        first,
        **{
            name: column[order] if name in key or _is_of_pairs(name) else np.sort(column)
            for name, column in joined.items()
        },
    )


def _is_of_pairs(name: str) -> bool:
    return name not in NODE_LISTS
