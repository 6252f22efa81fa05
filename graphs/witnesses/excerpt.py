"""The part of the graph above some subjects, numbered from 0, and the parts of witnesses.

Everything that the figures of a subject depend on is above it in the closure, so
`graphs.ownership.intervals.prepare` gives the same result here as on the whole graph. *Here* means with the
numbers of the excerpt, *outside* with those of the whole graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Bytes,
    Csr,
    Ints,
    Numbers,
    Rows,
    ascending,
    find,
    grouped_by,
    neighbours,
    ordering,
    reachable,
    run_starts,
    spread,
    starts,
)
from graphs.arrays.units import UNITS
from graphs.ownership.interests import NO_GROUP, ArcArrays, Interests
from graphs.ownership.intervals import Bounds, Flags, Holdings, in_units, prepare

# own: interests of a witness that needs several chains, and co-holders listed if completeness is part of the
# proof
MOST = 100
LONGEST = 500  # own, as for cycles: without a limit, a chain of 10,000 would give 50 million interests


@dataclass(frozen=True, eq=False)
class Steps(Rows):
    """Interests of witnesses. `query`: the proof they belong to; `phase`, then `rank`: their order, from the
    person downward. Arrays of one length.
    """

    query: Ints | Numbers
    phase: Ints | Numbers
    rank: Ints | Numbers
    interest: Ints | Numbers

    def once(self) -> Steps:
        """Sorted by query and order; each interest of a query only at its first place: int32 arrays."""
        order = ordering(self.interest, self.rank, self.phase, self.query)
        query, interest = self.query[order], self.interest[order]
        again = ordering(interest, query)
        kept = order[np.sort(again[run_starts(query[again], interest[again])])]
        return Steps(*(column[kept].astype(np.int32) for column in vars(self).values()))


@dataclass(frozen=True, eq=False)
class ControlQueries(Rows):
    """Control to be proved: int64 arrays of one length. `query`: number of the proof; `party`, `subject`:
    nodes here.
    """

    query: Ints
    party: Ints
    subject: Ints


@dataclass(frozen=True, eq=False)
class ShareQueries(ControlQueries):
    """A share to be proved. `regime` int64: the regime whose threshold the proof must reach, or NO_TEST."""

    regime: Ints


@dataclass(frozen=True, eq=False)
class BlockQueries(ShareQueries):
    """A block to be proved. `least` bool: by minima instead of maxima."""

    least: Bools


def stated(network: Interests, at: Ints) -> Bounds:
    """Bounds of the interests `at`, in UNITS; those of [0, 1] if they are not usable, as in `prepare`."""
    return in_units(network.low[at], network.high[at], network.flags[at])


@dataclass(frozen=True, eq=False)
class Excerpt:
    """`network`: the interests above the subjects, with nodes numbered from 0; `at`: their numbers outside;
    `nodes`: the numbers of the nodes outside, ascending.
    """

    network: Interests
    at: Ints
    nodes: Ints
    number: Numbers  # int32[nodes outside]: numbers here, -1 for other nodes

    @classmethod
    def above(cls, network: Interests, subjects: Ints) -> Excerpt:
        """The excerpt with these subjects (int64 nodes outside) and everything above them."""
        up = reachable(network.closure.holders(), subjects)
        at = np.flatnonzero(up[network.held])
        groups = network.group[at]
        parties = np.flatnonzero(up)
        nodes = np.concatenate((parties, ascending(groups[groups != NO_GROUP])))
        number = np.full(network.n, -1, np.int32)
        number[nodes] = np.arange(len(nodes))
        return cls(_renumbered(network, at, number, len(parties), len(nodes)), at, nodes, number)

    def local(self, outside: Ints) -> Ints:
        """Numbers here of nodes outside: int64, -1 for nodes that are not here."""
        return self.number[outside].astype(np.int64)


def _renumbered(network: Interests, at: Ints, number: Numbers, parties: int, n: int) -> Interests:
    inside = number[network.closure.dst] >= 0
    closure = Arcs(
        parties,
        number[network.closure.src[inside]].astype(np.int64),
        number[network.closure.dst[inside]].astype(np.int64),
    )
    group = network.group[at]
    return Interests(
        n,
        parties,
        network.row[at],
        number[network.holder[at]].astype(np.int64),
        number[network.held[at]].astype(np.int64),
        network.basis[at],
        network.low[at],
        network.high[at],
        network.flags[at],
        np.where(group == NO_GROUP, NO_GROUP, number[group]).astype(np.int64),
        closure,
        weak_labels(parties, closure.src, closure.dst),
    )


# --- pairs ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class PairSet:
    """Pairs (holder, subject) of nodes here, sorted: `key` = holder * n + subject; those of holder p are in
    [begin[p], begin[p + 1]). `at`: their numbers outside.
    """

    n: int
    key: Ints
    begin: Ints
    at: Ints

    @classmethod
    def from_excerpt(cls, part: Excerpt, holder: Ints, subject: Ints) -> PairSet:
        """The pairs outside, sorted by (holder, subject), that have both ends here."""
        at = np.flatnonzero((part.number[holder] >= 0) & (part.number[subject] >= 0))
        n = part.network.n
        first, second = part.local(holder[at]), part.local(subject[at])
        return cls(n, first * n + second, starts(n, first), at)

    def kept(self, which: Bools) -> PairSet:
        return PairSet(self.n, self.key[which], starts(self.n, self.key[which] // self.n), self.at[which])

    def find(self, holder: Ints, subject: Ints) -> Ints:
        """Number of each pair, -1 if it does not exist."""
        return find(self.key, holder * self.n + subject)


@dataclass(frozen=True, eq=False)
class Entries:
    """Holders of nodes here, sorted by (held, holder): `key` = held * n + holder; those of node j are in
    [begin[j], begin[j + 1]).
    """

    n: int
    key: Ints
    begin: Ints

    @classmethod
    def sorted(cls, n: int, held: Ints, holder: Ints) -> Entries:
        return cls(n, held * n + holder, starts(n, held))

    def met(self, pairs: PairSet, party: Ints, held: Ints) -> tuple[Ints, Ints, Ints]:
        """For each row (party, held) the entries whose holder is the party or has a pair with it: row, entry,
        pair (-1 for the party itself).

        Goes through the shorter list, the holders of `held` or the pairs of the party, so that neither a
        subject nor a party with 100,000 of them makes the work quadratic.
        """
        holders, holdings = (
            self.begin[held + 1] - self.begin[held],
            pairs.begin[party + 1] - pairs.begin[party],
        )
        few = holders <= holdings + 1
        by_holder, by_pair = np.flatnonzero(few), np.flatnonzero(~few)
        parts = (self._of_held(pairs, party, held, by_holder), self._of_party(pairs, party, held, by_pair))
        row, entry, pair = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return row, entry, pair

    def _of_held(self, pairs: PairSet, party: Ints, held: Ints, rows: Ints) -> tuple[Ints, Ints, Ints]:
        begin = self.begin[held[rows]]
        run, entry = spread(begin, self.begin[held[rows] + 1] - begin)
        row, holder = rows[run], self.key[entry] % self.n
        pair, own = pairs.find(party[row], holder), holder == party[row]
        kept = own | (pair >= 0)
        return row[kept], entry[kept], np.where(own, -1, pair)[kept]

    def _of_party(self, pairs: PairSet, party: Ints, held: Ints, rows: Ints) -> tuple[Ints, Ints, Ints]:
        begin = pairs.begin[party[rows]]
        run, pair = spread(begin, pairs.begin[party[rows] + 1] - begin)
        row = np.concatenate((rows, rows[run]))
        holder = np.concatenate((party[rows], pairs.key[pair] % self.n))
        pair = np.concatenate((np.full(len(rows), -1, np.int64), pair))
        key = held[row] * self.n + holder
        first = np.searchsorted(self.key, key)
        run, entry = spread(first, np.searchsorted(self.key, key, side="right") - first)
        return row[run], entry, pair[run]


# --- interests of a basis ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class StatedArcs:
    """The interests of one basis and the holdings prepared from them. `mine`: numbers of these interests
    here; `arc`: the arc of each in the holdings; `figures`: their bounds as stated.

    `low`, `high` int64[arcs], in UNITS: the widest stated interval of the arc, before tightening. `of_high`:
    for each of `mine` the interest that sets the maximum of its arc; if joint holders state different shares
    it may be that of another. `into`: interests by subject; `own`: interests of subjects in themselves;
    `by_arc`: interests by arc.
    """

    holdings: Holdings
    mine: Ints
    arc: Ints
    figures: Bounds
    low: Ints
    high: Ints
    of_high: Ints
    into: Csr
    own: Csr
    by_arc: Csr

    @classmethod
    def from_excerpt(cls, part: Excerpt, mine: Ints, arcs: Callable[[Interests], ArcArrays]) -> StatedArcs:
        """The interests `mine` (numbers here), with the holdings prepared from the arcs that `arcs` makes of
        the network.
        """
        network = part.network
        arrays = arcs(network)
        holdings = prepare(*arrays)
        source = np.where(network.group[mine] == NO_GROUP, network.holder[mine], network.group[mine])
        arc = _arc_of(holdings, source, network.held[mine], network.flags[mine])
        figures = stated(network, mine)
        low, high = _widest(arrays, holdings)
        of_high = _setters(arc, mine, figures.high, high)
        own = mine[network.holder[mine] == network.held[mine]]
        return cls(
            holdings,
            mine,
            arc,
            figures,
            low,
            high,
            of_high,
            grouped_by(network.n, network.held[mine], mine),
            grouped_by(network.n, network.held[own], own),
            grouped_by(len(high), arc, mine),
        )

    def all_of(self, held: Ints) -> tuple[Ints, Ints]:
        """(position in `held`, interest) of every interest in these subjects, except those with more than
        MOST interests.
        """
        few = np.flatnonzero(np.diff(self.into.indptr)[held] <= MOST)
        run, interest = neighbours(self.into, held[few])
        return few[run], interest


def _arc_of(holdings: Holdings, src: Ints, dst: Ints, flags: Bytes) -> Ints:
    """The arc of each interest in the holdings."""
    arcs = (holdings.src * holdings.n + holdings.dst) * 2 + holdings.indirect
    wanted = (src * holdings.n + dst) * 2 + ((flags & Flags.INDIRECT) != 0)
    return np.asarray(np.searchsorted(arcs, wanted), np.int64)


def _setters(arc: Ints, mine: Ints, figure: Ints, high: Ints) -> Ints:
    """For each interest the one that sets the maximum of its arc; the interest itself if it does."""
    sets = np.flatnonzero(figure == high[arc])
    first = np.full(len(high), len(mine))
    np.minimum.at(first, arc[sets], sets)
    return np.where(figure == high[arc], mine, mine[np.minimum(first[arc], max(len(mine) - 1, 0))])


def _widest(arrays: ArcArrays, holdings: Holdings) -> tuple[Ints, Ints]:
    """Bounds of each arc before preparation, in UNITS: the widest of several intervals."""
    given = np.flatnonzero((arrays.flags & (Flags.MEMBER | Flags.CLOSURE_ONLY)) == 0)
    arc = _arc_of(holdings, arrays.src[given], arrays.dst[given], arrays.flags[given])
    figures = in_units(arrays.low[given], arrays.high[given], arrays.flags[given])
    low, high = np.full(len(holdings.src), UNITS), np.zeros(len(holdings.src), np.int64)
    np.minimum.at(low, arc, figures.low)
    np.maximum.at(high, arc, figures.high)
    return low, high


def chosen(columns: StatedArcs, group: Ints, keys: tuple[Ints, ...], *, least: bool) -> Ints:
    """Positions in `columns.mine` of the interest that represents each distinct tuple of `keys`, in order of
    the keys: the one with the largest `group`, then the one that sets the bound.

    Of parallel interests that is the one with the smallest minimum (`least`) or the largest maximum.
    """
    bound = columns.figures.low if least else -columns.figures.high
    order = ordering(columns.mine, bound, -group, *reversed(keys))
    return order[run_starts(*(key[order] for key in keys))]
