"""Pairs of a party and what it possibly controls, and the store of those found so far."""

from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import Bools, Bytes, Ints, Rows, run_starts, spread
from graphs.control.coalitions import Runs, least, most
from graphs.control.graph import BY_INFLUENCE, CERTAIN, NEVER, POSSIBLE, ControlGraph


@dataclass(frozen=True, eq=False)
class Pairs(Rows):
    """A party or joint group, what it possibly controls, and how strongly: `party`, `subject` int64, `level`
    uint8.
    """

    party: Ints
    subject: Ints
    level: Bytes


@dataclass(frozen=True, eq=False)
class Votes(Rows):
    """Arcs whose holder is the party or is possibly controlled by it (`level`: how strongly). `subject` is
    that of the arc.
    """

    party: Ints
    subject: Ints
    arc: Ints
    level: Bytes


class FoundPairs:
    """Pairs found so far, by subject, and which weak components have more than `limit`."""

    def __init__(self, graph: ControlGraph, limit: int) -> None:
        self.graph, self.limit = graph, limit
        self.begin, self.count = np.zeros(graph.n, np.int64), np.zeros(graph.n, np.int64)
        self.party, self.level, self.used = np.zeros(1024, np.int64), np.zeros(1024, np.uint8), 0
        self.total, self.of_subject = 0, np.zeros(graph.n, np.int64)
        self.component: Ints | None = None  # known once all together have more than `limit` pairs
        self.of_component = np.zeros(0, np.int64)

    def put(self, pairs: Pairs) -> None:
        """Add pairs, sorted by subject. None of these subjects may have pairs yet."""
        end = self.used + len(pairs.party)
        if end > len(self.party):
            room = max(end, 2 * self.used)
            self.party, self.level = np.resize(self.party, room), np.resize(self.level, room)
        self.party[self.used : end], self.level[self.used : end] = pairs.party, pairs.level
        begin = run_starts(pairs.subject)
        subject = pairs.subject[begin]
        self.begin[subject], self.count[subject] = (
            self.used + begin,
            np.diff(begin, append=len(pairs.subject)),
        )
        self.used = end

    def counted(self, subject: Ints) -> None:
        """Count pairs with these subjects."""
        self.total += len(subject)
        if self.component is not None:
            np.add.at(self.of_component, self.component[subject], 1)
            return
        np.add.at(self.of_subject, subject, 1)
        if self.total > self.limit:
            self.component = weak_labels(self.graph.n, *self.graph.ends)
            self.of_component = np.zeros(int(self.component.max()) + 1, np.int64)
            np.add.at(self.of_component, self.component, self.of_subject)

    def open(self, nodes: Ints) -> Bools:
        """Nodes of components that do not have too many pairs: bool[nodes]."""
        if self.component is None:
            return np.ones(len(nodes), np.bool_)
        return np.asarray(self.of_component[self.component[nodes]] <= self.limit, np.bool_)

    def pairs(self) -> Pairs:
        """All pairs of components that do not have too many."""
        nodes = np.flatnonzero(self.count)
        nodes = nodes[self.open(nodes)]
        run, position = spread(self.begin[nodes], self.count[nodes])
        return Pairs(self.party[position], nodes[run], self.level[position])


def votes_into(graph: ControlGraph, store: FoundPairs, arcs: Ints, least_level: Bytes) -> Votes:
    """Each arc, for its holder and for every party found so far that possibly controls its holder."""
    holder, subject = graph.src[arcs], graph.dst[arcs]
    own = np.flatnonzero(least_level[holder] < NEVER)
    vote, position = spread(store.begin[holder], np.where(graph.passes[arcs], store.count[holder], 0))
    return Votes(
        np.concatenate((holder[own], store.party[position])),
        np.concatenate((subject[own], subject[vote])),
        np.concatenate((arcs[own], arcs[vote])),
        np.concatenate((np.full(len(own), CERTAIN, np.uint8), store.level[position])),
    )


def decided_pairs(graph: ControlGraph, votes: Votes, least_level: Bytes) -> Pairs:
    """Pairs that these votes decide, sorted by (subject, party). A party's votes in itself do not count."""
    key = votes.subject * graph.n + votes.party
    order = np.argsort(key)
    key = key[order]
    begin = run_starts(key)
    subject, party = np.divmod(key[begin], graph.n)
    level = decided_levels(graph, runs_of_sets(begin, votes.arc[order]), votes.level[order], subject)
    kept = (level > 0) & (level >= least_level[party]) & (subject != party)
    return Pairs(party[kept], subject[kept], level[kept])


def runs_of_sets(begin: Ints, arc: Ints) -> Runs:
    """The runs of `arc` that begin at `begin`."""
    return Runs(begin, np.repeat(np.arange(len(begin)), np.diff(begin, append=len(arc))), arc)


def decided_levels(graph: ControlGraph, sets: Runs, level: Bytes, subject: Ints) -> Bytes:
    """How strongly the holders of each run control its `subject`: uint8[runs]. `level`: how strongly each
    holder is controlled.
    """
    decided = np.maximum.reduceat(np.minimum(level, graph.cap[sets.arc]), sets.begin)
    low, low_open = least(graph.coalitions, sets, level == CERTAIN)
    need = graph.need[subject]
    certain = (2 * low > need) | ((2 * low == need) & (low_open | graph.need_open[subject]))
    possible = _may_exceed(graph, sets, level >= POSSIBLE, subject)
    by_influence = (
        _may_exceed(graph, sets, level >= BY_INFLUENCE, subject)
        if (level == BY_INFLUENCE).any()
        else possible
    )
    return np.maximum(
        decided,
        np.select((certain, possible, by_influence), (CERTAIN, POSSIBLE, BY_INFLUENCE), 0).astype(np.uint8),
    )


def _may_exceed(graph: ControlGraph, sets: Runs, chosen: Bools, subject: Ints) -> Bools:
    """True where the chosen holders possibly have more than half of the votes cast: bool[runs]."""
    total, left = most(graph.coalitions, sets, chosen, subject)
    return np.asarray(
        (2 * total > graph.cast_least[subject]) & (2 * left < graph.cast_most[subject]) & (total > left),
        np.bool_,
    )
