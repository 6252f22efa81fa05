"""What a set of holders has together of a subject: at least, at most, and what is certainly left to all
others.

Of interests that may be part of each other, a sum of minima counts one option of each cluster: the one that
gives most among the chosen interests. Self-holdings never count. All sums are of whole UNITS.

What others certainly have (`left`): of a cluster without a chosen interest its best option; of a cluster with
some, what stands beside them in an option that has all of them, as only that is certainly no part of theirs;
nothing if no option has all. So it never grows when more interests are chosen.
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
    """Interests ready to be summed. Arcs are numbered as in the holdings; `widened` may add arcs without an
    interval after them.

    Per arc: `low`, `high` int64 in UNITS and `low_open` bool (nothing for self-holdings); `left` int64: the
    minimum where it counts for what others have (nothing in contradictory subjects); `cluster` int64, -1 for
    none. `options`: those of each arc, ascending. Per option: `cluster_of`, and `sum` of `left`. `best`
    int64[clusters] of these. Per node: `total` int64[n], what all holders have counted once, of `left`.
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
        """With more arcs behind the others, of which only this minimum counts, and never for what others
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
    """Chosen interests, one run for each set of holders and subject: run k is `arc[begin[k]:begin[k + 1]]`;
    no run is empty. `run`: the run of each arc.
    """

    begin: Ints
    run: Ints
    arc: Ints


def coalition_arcs(holdings: Holdings) -> CoalitionArcs:
    """The interests of some holdings, without self-holdings."""
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
    """What the `chosen` arcs (bool[arcs of the sets]) give at least, per run; and whether it is certainly
    exceeded.
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
        best = np.maximum.reduceat(
            strength, options.cluster_begin
        )  # twice the sum, and one if open: the larger is the stronger
        np.add.at(total, options.run, best // 2)
        total_open[options.run[best % 2 == 1]] = True
    return total, total_open


def most(coalitions: CoalitionArcs, sets: Runs, chosen: Bools, subject: Ints) -> tuple[Ints, Ints]:
    """Per run, of `subject`: the sum of maxima of the `chosen` arcs, and what others certainly have. Neither
    is cut to the whole.
    """
    chosen = chosen & (coalitions.high[sets.arc] > 0)  # an interest of nothing is no part of another
    total = np.add.reduceat(np.where(chosen, coalitions.high[sets.arc], 0), sets.begin)
    free = chosen & (coalitions.cluster[sets.arc] < 0)
    left = coalitions.total[subject] - np.add.reduceat(
        np.where(free, coalitions.left[sets.arc], 0), sets.begin
    )
    at = np.flatnonzero(chosen & ~free)
    if len(at):
        options = _by_option(coalitions, sets, at)
        key = sets.run[at] * len(coalitions.best) + coalitions.cluster[sets.arc[at]]
        size = np.diff(np.append(run_starts(sorted_key := np.sort(key)), len(sorted_key)))
        in_option = np.diff(np.append(options.begin, len(options.arc)))
        has_all = in_option == np.repeat(size, np.diff(np.append(options.cluster_begin, len(options.begin))))
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
    """Arcs by (run, option), an arc once for each of its options. `begin`, `option`: of each (run, option);
    `cluster_begin` in these, `run`: of each (run, cluster).
    """

    arc: Ints
    begin: Ints
    option: Ints
    cluster_begin: Ints
    run: Ints


def _by_option(coalitions: CoalitionArcs, sets: Runs, at: Ints) -> _ByOption:
    """The clustered arcs at the places `at` of the sets."""
    row, option = neighbours(coalitions.options, sets.arc[at])
    run = sets.run[at][row]
    order = ordering(option, run)
    run, option, arc = run[order], option[order], sets.arc[at][row[order]]
    begin = run_starts(run * len(coalitions.cluster_of) + option)
    run, option = run[begin], option[begin]
    cluster_begin = run_starts(run * len(coalitions.best) + coalitions.cluster_of[option])
    return _ByOption(arc, begin, option, cluster_begin, run[cluster_begin])


def _of_options(choices: Choices, left: Ints) -> tuple[Ints, Ints, Ints]:
    """Cluster and sum of each option, best of each cluster."""
    begin = run_starts(choices.option)
    cluster_of, sums = choices.cluster[begin], np.add.reduceat(left[choices.arc], begin)
    return cluster_of, sums, np.maximum.reduceat(sums, starts(choices.clusters, cluster_of)[:-1])
