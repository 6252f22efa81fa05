"""Pairs of a party and what it may control, and the store of those found so far."""

from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import Bools, Bytes, Ints, Rows, run_starts, spread
from graphs.control.graph import ControlGraph


@dataclass(frozen=True, eq=False)
class Pairs(Rows):
    """A party or a joint group, what it may control, and how strongly: `party`, `subject` int64, `level`
    uint8.
    """

    party: Ints
    subject: Ints
    level: Bytes


@dataclass(frozen=True, eq=False)
class Votes(Rows):
    """Arcs whose holder is the party, or may be controlled by it (`level`). `subject` is that of the arc."""

    party: Ints
    subject: Ints
    arc: Ints
    level: Bytes


class FoundPairs:
    """Pairs found so far, by subject, each subject's once; and whether a weak component has more than
    `limit`.
    """

    def __init__(self, graph: ControlGraph, limit: int) -> None:
        self.graph, self.limit = graph, limit
        self.begin, self.count = np.zeros(graph.n, np.int64), np.zeros(graph.n, np.int64)
        self.party, self.level, self.used = np.zeros(1024, np.int64), np.zeros(1024, np.uint8), 0
        self.total, self.of_subject = 0, np.zeros(graph.n, np.int64)
        self.component: Ints | None = None  # told apart once all together have more than `limit`
        self.of_component = np.zeros(0, np.int64)

    def put(self, pairs: Pairs) -> None:
        """Add pairs, which are sorted by subject; none of these subjects has any yet."""
        end = self.used + len(pairs.party)
        if end > len(self.party):
            room = max(end, 2 * self.used)
            self.party, self.level = np.resize(self.party, room), np.resize(self.level, room)
        self.party[self.used : end], self.level[self.used : end] = pairs.party, pairs.level
        begin = run_starts(pairs.subject)
        subject = pairs.subject[begin]
        self.begin[subject], self.count[subject] = (
            self.used + begin,
            np.diff(np.append(begin, len(pairs.subject))),
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
