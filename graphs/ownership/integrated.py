"""DOC"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, ascending, ordering
from graphs.ownership.columns import Bits, room
from graphs.ownership.deep import Deep
from graphs.ownership.flat import AT_FLOOR, Graph, Pairs, flat_pairs, graph_of
from graphs.ownership.intervals import Holdings, prepare
from graphs.ownership.sweep import SubjectCells, sweep_down

FLOOR = 1e-4  # own: 0.01 per cent; smaller holdings are not listed


PAIRS_LISTED = 1_000_000  # own: a chain of 10,000 wholly owned companies has 50 million pairs


PAIRS_AT_ONCE = 2_000_000  # own: some 300 MB of working arrays


@dataclass(frozen=True, eq=False)
class Solved:
    """Pairs with at least the floor, sorted by (holder, subject), as parts of the whole, 0 to 1; and lists of nodes.

    `holder`, `subject` int64[pairs]; `share_min`, `share_max_declared`, `share_max` float64[pairs], in ascending order for every pair. bool[pairs]:
    `min_open`: the share is certainly more than `share_min`; `declared_open`: what is declared is certainly less than `share_max_declared`;
    `as_declared`: a bound rests on an interest of unknown reach.
    Node lists, int64, ascending:
    `closed`: members of sets that certainly hold all of each other; they are treated as having no owner.
    `contradictory`: subjects of which more than the whole is certainly held; sums stop at the whole.
    `iterated`: members of sets where a bound is the last of some rounds, not a solution; it is sound and may be wider.
    `tops_only`: nodes of components with more than PAIRS_LISTED pairs: only holders that have no holder themselves are listed.
    """

    holder: Ints
    subject: Ints
    share_min: Floats
    share_max_declared: Floats
    share_max: Floats
    min_open: Bools
    declared_open: Bools
    as_declared: Bools
    closed: Ints
    contradictory: Ints
    iterated: Ints
    tops_only: Ints


def solve(
    src: Ints,
    dst: Ints,
    low: Floats,
    high: Floats,
    flags: Bytes,
    *,
    floor: float = FLOOR,
    pairs_listed: int = PAIRS_LISTED,
    pairs_at_once: int = PAIRS_AT_ONCE,
    sharp: bool = True,
) -> Solved:
    """Integrated ownership of all components. Arrays of one length, sorted by (src, dst): src holds dst; see `graphs.ownership.intervals.prepare`.

    Pairs of which the declared maximum is below `floor` are not listed. `sharp`: use that shares of one subject add up to at most the whole, and to
    exactly the whole where its holders are complete; without it maxima and minima are only added up. Joint group nodes are neither holders nor subjects.
    """
    nodes = None
    if int(max(src.max(initial=-1), dst.max(initial=-1))) > 4 * len(src) + 1_000:
        nodes = ascending(np.concatenate((src, dst)))
        src, dst = np.searchsorted(nodes, src), np.searchsorted(nodes, dst)
    found = solve_holdings(
        prepare(src, dst, low, high, flags),
        floor=floor,
        pairs_listed=pairs_listed,
        pairs_at_once=pairs_at_once,
        sharp=sharp,
    )
    if nodes is None:
        return found
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    return Solved(
        **{name: nodes[value] if value.dtype == np.int64 else value for name, value in values.items()}
    )


def solve_holdings(
    holdings: Holdings,
    *,
    floor: float = FLOOR,
    pairs_listed: int = PAIRS_LISTED,
    pairs_at_once: int = PAIRS_AT_ONCE,
    sharp: bool = True,
) -> Solved:
    """The same of interests that are prepared already."""
    order = ordering(holdings.dst)
    graph = graph_of(holdings, room(holdings, order, sharp=sharp), order)
    listing = _Listing.empty()
    listing.add(*flat_pairs(graph, floor))
    deep = Deep.of(graph, pairs_listed, pairs_at_once)
    for part in deep.bins():
        for rows in deep.chunks(part, pairs_at_once):
            listing.add(*_listed(graph, deep, sweep_down(deep, part, rows), floor))
    closed, iterated, tops = (
        deep.part.nodes[which] for which in (deep.closed, deep.iterated, deep.tops_only)
    )
    return listing.solved(
        closed=closed, contradictory=np.flatnonzero(holdings.contradictory), iterated=iterated, tops_only=tops
    )


def _listed(graph: Graph, deep: Deep, cells: SubjectCells, floor: float) -> Pairs:
    """Pairs of swept cells at or above the floor; flat subjects are listed already."""
    nodes, holdings = deep.part.nodes, graph.holdings
    shown = graph.deep[nodes] & ~holdings.group[nodes]
    keep = np.flatnonzero(
        shown[cells.column] & (cells.row != cells.column) & (cells.figures.most >= floor * (1 - AT_FLOOR))
    )
    column, row, found = cells.column[keep], cells.row[keep], cells.figures.at(keep)
    person = deep.person[row]
    others, own = (np.where(person, deep.persons[at], deep.direct[at]) for at in (column, row))
    possible = np.clip(1 - others + own * found.plain, found.most, 1)
    possible = np.where(graph.incomplete[nodes[column]], possible, found.most)
    return nodes[row], nodes[column], found.least, found.most, possible, found.bits


@dataclass(frozen=True, eq=False)
class _Listing:
    """Pairs so far, column by column."""

    parts: tuple[list[npt.NDArray[np.generic]], ...]

    @classmethod
    def empty(cls) -> _Listing:
        return cls(
            tuple(
                [np.zeros(0, dtype)]
                for dtype in (np.int32, np.int32, np.float64, np.float64, np.float64, np.uint8)
            )
        )

    def add(self, *pairs: *Pairs) -> None:
        for part, values in zip(self.parts, pairs, strict=True):
            part.append(values.astype(part[0].dtype, copy=False))

    def _taken(self, k: int, order: Ints) -> npt.NDArray[np.generic]:
        """One column in `order`; its parts are let go."""
        values = np.concatenate(self.parts[k])
        self.parts[k].clear()
        return values[order]

    def solved(self, *, closed: Ints, contradictory: Ints, iterated: Ints, tops_only: Ints) -> Solved:
        order = ordering(*(np.concatenate(self.parts[k]) for k in (1, 0)))
        holder, subject = (self._taken(k, order).astype(np.int64) for k in (0, 1))
        least, declared, most = (np.asarray(self._taken(k, order), np.float64) for k in (2, 3, 4))
        bits = np.asarray(self._taken(5, order), np.uint8)
        min_open, declared_open, as_declared = (
            (bits & bit) != 0 for bit in (Bits.MIN_OPEN, Bits.DECLARED_OPEN, Bits.AS_DECLARED)
        )
        return Solved(
            holder,
            subject,
            least,
            declared,
            most,
            min_open,
            declared_open,
            as_declared,
            closed=closed,
            contradictory=contradictory,
            iterated=iterated,
            tops_only=tops_only,
        )
