"""What a set of holders has in a subject together: at least, at most, and what others certainly have.

Interests that may be part of each other form clusters (`graphs.ownership.choices`). A sum of minima counts
one option of each cluster: the one with the largest sum over the chosen interests. Interests of an entity in
itself never count. All sums are in whole UNITS.

What others certainly have (`left`) is computed by cluster. If no interest of the cluster is chosen, it is the
best option. Otherwise it is the rest of an option that has all chosen interests, because only that rest is
certainly not part of them; it is nothing if no option has them all. So `left` never grows when more interests
are chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Csr,
    Ints,
    grouped,
    neighbours,
    ordering,
    placed,
    run_starts,
    starts,
    summed,
)
from graphs.ownership.choices import Choices
from graphs.ownership.intervals import Holdings


@dataclass(frozen=True, eq=False)
class CoalitionArcs:
    """Interests prepared for summing. Arcs are numbered as in the holdings; `widened` may add arcs without an
    interval after these.

    Per arc: `low`, `high` int64 in UNITS and `low_open` bool (0 and False for an interest in itself); `left`
    int64: the minimum that counts towards what others have (0 in contradictory subjects); `cluster` int64, -1
    for none. `options`: the options of each arc, ascending.
    Per option: `cluster_of`, and `sum` of `left`, int64. Per cluster: `best` int64, the largest of these
    sums. Per node: `total` int64[n], the sum of `left` of all holders, counted once.
    """

    low: Ints
    high: Ints
    low_open: Bools
    left: Ints
    cluster: Ints
    options: Csr
    cluster_of: Ints
    sum: Ints
    best: Ints
    total: Ints

    def widened(self, low: Ints) -> CoalitionArcs:
        """With more arcs after the others. Only their minimum `low` counts, and never towards what others
        have.
        """
        more = len(low)
        none = np.zeros(more, np.int64)
        options = Csr(
            np.append(self.options.indptr, np.full(more, self.options.indptr[-1])), self.options.indices
        )
        return CoalitionArcs(
            np.append(self.low, low),
            np.append(self.high, none),
            np.append(self.low_open, none > 0),
            np.append(self.left, none),
            np.append(self.cluster, none - 1),
            options,
            self.cluster_of,
            self.sum,
            self.best,
            self.total,
        )


@dataclass(frozen=True, eq=False)
class Runs:
    """Chosen interests, one run for each pair of a set of holders and a subject: run k is
    `arc[begin[k]:begin[k + 1]]`. No run is empty. `run`: the run of each arc.
    """

    begin: Ints
    run: Ints
    arc: Ints


def coalition_arcs(holdings: Holdings) -> CoalitionArcs:
    """The interests of some holdings, prepared for summing. Those of an entity in itself count as nothing."""
    other = holdings.src != holdings.dst
    low, high, low_open = (
        np.where(other, holdings.low, 0),
        np.where(other, holdings.high, 0),
        other & holdings.low_open,
    )
    left = np.where(holdings.contradictory[holdings.dst], 0, low)
    choices = holdings.low_choices
    cluster = placed(len(low), choices.arc, choices.cluster)
    order = ordering(choices.option, choices.arc)
    options = grouped(len(low), choices.arc[order], choices.option[order])
    cluster_of, sums, best = _of_options(choices, left)
    total = summed(holdings.n, holdings.dst, np.where(cluster < 0, left, 0))
    np.add.at(total, holdings.dst[choices.arc[run_starts(choices.cluster)]], best)
    return CoalitionArcs(low, high, low_open, left, cluster, options, cluster_of, sums, best, total)


def least(coalitions: CoalitionArcs, sets: Runs, chosen: Bools) -> tuple[Ints, Bools]:
    """The minimum of the `chosen` arcs (bool[arcs of the sets]) together, in UNITS, and whether they
    certainly have more: int64[runs], bool[runs].
    """
    free = chosen & (coalitions.cluster[sets.arc] < 0)
    total = np.add.reduceat(np.where(free, coalitions.low[sets.arc], 0), sets.begin)
    total_open = np.logical_or.reduceat(free & coalitions.low_open[sets.arc], sets.begin)
    at = np.flatnonzero(chosen & ~free)
    if len(at):
        options = _by_option(coalitions, sets, at)
        strength = 2 * np.add.reduceat(coalitions.low[options.arc], options.begin) + np.logical_or.reduceat(
            coalitions.low_open[options.arc], options.begin
        )
        # Twice the sum, plus one if open, so that the larger number is the stronger minimum.
        best = np.maximum.reduceat(strength, options.cluster_begin)
        np.add.at(total, options.run, best // 2)
        total_open[options.run[best % 2 == 1]] = True
    return total, total_open


def most(coalitions: CoalitionArcs, sets: Runs, chosen: Bools, subject: Ints) -> tuple[Ints, Ints]:
    """The sum of the maxima of the `chosen` arcs, and what others certainly have in `subject`: int64[runs]
    each, in UNITS. Neither is limited to the whole.
    """
    chosen = chosen & (coalitions.high[sets.arc] > 0)  # an empty interest is not part of another
    total = np.add.reduceat(np.where(chosen, coalitions.high[sets.arc], 0), sets.begin)
    free = chosen & (coalitions.cluster[sets.arc] < 0)
    left = coalitions.total[subject] - np.add.reduceat(
        np.where(free, coalitions.left[sets.arc], 0), sets.begin
    )
    at = np.flatnonzero(chosen & ~free)
    if len(at):
        options = _by_option(coalitions, sets, at)
        key = sets.run[at] * len(coalitions.best) + coalitions.cluster[sets.arc[at]]
        size = np.unique(key, return_counts=True)[1]
        in_option = np.diff(options.begin, append=len(options.arc))
        has_all = in_option == np.repeat(size, np.diff(options.cluster_begin, append=len(options.begin)))
        beside = np.where(
            has_all,
            coalitions.sum[options.option] - np.add.reduceat(coalitions.left[options.arc], options.begin),
            0,
        )
        np.add.at(
            left,
            options.run,
            np.maximum.reduceat(beside, options.cluster_begin)
            - coalitions.best[coalitions.cluster_of[options.option[options.cluster_begin]]],
        )
    return total, left


@dataclass(frozen=True, eq=False)
class _ByOption:
    """Arcs sorted by (run, option); an arc occurs once for each of its options. For each (run, option):
    `begin`, its first arc, and `option`. For each (run, cluster): `cluster_begin`, its first (run, option),
    and `run`.
    """

    arc: Ints
    begin: Ints
    option: Ints
    cluster_begin: Ints
    run: Ints


def _by_option(coalitions: CoalitionArcs, sets: Runs, at: Ints) -> _ByOption:
    """The arcs at the positions `at` of `sets`, which are all in clusters."""
    row, option = neighbours(coalitions.options, sets.arc[at])
    run = sets.run[at][row]
    order = ordering(option, run)
    run, option, arc = run[order], option[order], sets.arc[at][row[order]]
    begin = run_starts(run * len(coalitions.cluster_of) + option)
    run, option = run[begin], option[begin]
    cluster_begin = run_starts(run * len(coalitions.best) + coalitions.cluster_of[option])
    return _ByOption(arc, begin, option, cluster_begin, run[cluster_begin])


def _of_options(choices: Choices, left: Ints) -> tuple[Ints, Ints, Ints]:
    """The cluster and the sum of each option, and the largest sum of each cluster."""
    begin = run_starts(choices.option)
    cluster_of, sums = choices.cluster[begin], np.add.reduceat(left[choices.arc], begin)
    return cluster_of, sums, np.maximum.reduceat(sums, starts(choices.clusters, cluster_of)[:-1])
