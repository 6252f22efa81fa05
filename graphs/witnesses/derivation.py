"""Control derived in rounds from a party downward, to find the interests on which each majority rests.

A majority may use only holders controlled in an earlier round, so no proof rests on itself. Of the interests
available by then, the largest are taken until they are a majority.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Ints,
    ascending,
    grouped_by,
    is_in,
    neighbours,
    ordering,
    spread,
    starts,
    summed,
)
from graphs.arrays.units import UNITS
from graphs.witnesses.excerpt import LONGEST, Excerpt, PairSet, Steps
from graphs.witnesses.majority_units import VotingUnits

CONTROL_PHASE, BLOCK_PHASE = 1, 2  # Steps.phase; 0 is ownership


@dataclass(frozen=True)
class Mode:
    """How control is derived. `certain`: by minima instead of maxima; `joint`: from all members of a joint
    group instead of one party; `influence`: influence counts; `apart`: what a member holds alone does not
    count in the first round.
    """

    certain: bool
    joint: bool
    influence: bool
    apart: bool = False


@dataclass(frozen=True, eq=False)
class Agents:
    """Controllers: each is a party, or the members of a joint group. `states`: pairs (agent, node) that may
    be derived; `start`: pairs (agent, node) to start from; `group`: the joint group whose interest alone
    counts in the first round, None for all interests.
    """

    states: PairSet
    start: PairSet
    group: Ints | None

    @classmethod
    def from_pairs(
        cls, pairs: PairSet, party: Ints, groups: tuple[Ints, Ints] | None, group: Ints | None
    ) -> Agents:
        """Agent k may control what `party[k]` controls. It starts from `party[k]` or from the members of its
        group: `groups` (agent, member), sorted.
        """
        agent, position = spread(pairs.begin[party], pairs.begin[party + 1] - pairs.begin[party])
        n = pairs.n
        key = agent * n + pairs.key[position] % n
        first = np.arange(len(party)) * n + party if groups is None else groups[0] * n + groups[1]
        key = key[~is_in(first, key)]
        states, start = (PairSet(n, each, starts(len(party), each // n), each[:0]) for each in (key, first))
        return cls(states, start, group)


@dataclass(frozen=True, eq=False)
class _Derived:
    """`rank` int64[states]: the round in which each was derived, -1 if it was not; `loose` bool[states]:
    derived only by adding up interests that may be part of each other.

    The units available to each state, in order of rounds, arrays of one length: `state`, `unit`, and `entry`,
    which made the unit available.
    """

    sums: _Sums
    rank: Ints
    loose: Bools
    state: Ints
    unit: Ints
    entry: Ints


class _Sums:
    """Sums of the units available to each state, updated as units become available. Of interests that may be
    part of each other, the largest counts.
    """

    def __init__(self, units: VotingUnits, states: PairSet, *, certain: bool) -> None:
        self.units, self.states, self.certain = units, states, certain
        self.sum, self.open = np.zeros(len(states.key), np.int64), np.zeros(len(states.key), np.int64)
        self.all = np.zeros(len(states.key), np.int64)
        self.best: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.count: Counter[tuple[int, int]] = Counter()

    def weight(self, unit: Ints) -> Ints:
        return (self.units.low if self.certain else self.units.high)[unit]

    def complete(self, agent: Ints, unit: Ints) -> Bools:
        """True if one more holder makes a unit available: the last holder if certain, the first if
        possible.
        """
        ready = np.ones(len(unit), np.bool_)
        needed = self.units.holders_n[unit]
        for place in np.flatnonzero(needed > 1).tolist():
            key = int(agent[place]), int(unit[place])
            self.count[key] += 1
            ready[place] = self.count[key] == (needed[place] if self.certain else 1)
        return ready

    def add(self, state: Ints, unit: Ints) -> None:
        weight, cluster = self.weight(unit), self.units.cluster[unit]
        np.add.at(self.all, state, weight)
        if self.certain:
            np.add.at(self.open, state, self.units.low_open[unit].astype(np.int64))
            weight = weight.copy()
            for place in np.flatnonzero(cluster >= 0).tolist():
                key = int(state[place]), int(cluster[place])
                more = max(int(weight[place]) - self.best[key], 0)
                self.best[key] += more
                weight[place] = more
        np.add.at(self.sum, state, weight)

    def cast(self, state: Ints) -> Ints:
        """The votes cast in each state's node, in UNITS. More than half of them are needed."""
        node = self.states.key[state] % self.states.n
        return UNITS - (self.units.own_low if self.certain else self.units.own_high)[node]

    def enough(self, state: Ints, *, loose: bool) -> Bools:
        total = (self.all if loose else self.sum)[state]
        return _majority(total, (self.open[state] > 0) | self.cast_open(state), self.cast(state))

    def cast_open(self, state: Ints) -> Bools:
        """True if fewer votes than `cast` are cast: bool[states]."""
        return np.asarray(
            self.certain & self.units.own_open[self.states.key[state] % self.states.n], np.bool_
        )


def _majority(total: Ints, is_open: Bools, cast: Ints) -> Bools:
    return np.asarray((2 * total > cast) | ((2 * total == cast) & is_open), np.bool_)


def derive_states(units: VotingUnits, agents: Agents, mode: Mode) -> _Derived:
    """Rounds from each agent's start downward. When nothing more is derived, interests that may be part of
    each other are added up, and the rounds go on.
    """
    states, n = agents.states, agents.states.n
    held = grouped_by(n, units.holder, np.arange(len(units.holder)))
    sums = _Sums(units, states, certain=mode.certain)
    rank, loose = np.full(len(states.key), -1, np.int64), np.zeros(len(states.key), np.bool_)
    agent, node = np.divmod(agents.start.key, n)
    parts, step, adding = [(node[:0],) * 3], 0, False
    while len(agent):
        run, entry = neighbours(held, node)
        if step == 0 and agents.group is not None:
            together = units.held_by(entry) == agents.group[agent[run]]
            run, entry = run[together], entry[together]
        new = _available(units, sums, rank, agent[run], entry, influence=mode.influence)
        sums.add(new[0], new[1])
        parts.append(new)
        candidates = ascending(new[0])
        derived = candidates[sums.enough(candidates, loose=adding)]
        if not len(derived) and not adding and sums.certain:
            adding = True
            candidates = np.flatnonzero((rank < 0) & (sums.all > sums.sum))
            derived = candidates[sums.enough(candidates, loose=True)]
        rank[derived], loose[derived] = step, adding
        agent, node = np.divmod(states.key[derived], n)
        step += 1
    return _Derived(sums, rank, loose, *(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _available(
    units: VotingUnits, sums: _Sums, rank: Ints, agent: Ints, entry: Ints, *, influence: bool
) -> tuple[Ints, Ints, Ints]:
    """The entries, of holders controlled in this round, that make a unit available to a state not yet
    derived: state, unit, entry.
    """
    unit = units.unit[entry]
    own = (unit < units.intervals_n) & (units.holder[entry] == units.held[unit])
    state = sums.states.find(agent, units.held[unit])
    use = ~own & (state >= 0) & (influence | ~units.influence[unit])
    use[use] = rank[state[use]] < 0
    use[use] = sums.complete(agent[use], unit[use])
    return state[use], unit[use], entry[use]


@dataclass(frozen=True, eq=False)
class _Made:
    """The units that make each state's majority: `unit`, `entry`; those of state k are in [begin[k], begin[k
    + 1]).

    bool[states]: `raised`: the majority rests on the maxima of other holders; `of_cast`: it is a majority
    only of the votes cast, without those that the entity holds in itself.
    """

    unit: Ints
    entry: Ints
    begin: Ints
    raised: Bools
    of_cast: Bools


def _made(units: VotingUnits, agents: Agents, derived: _Derived) -> _Made:
    """The largest units available, until they are a majority."""
    sums = derived.sums
    weight = sums.weight(derived.unit)
    order = ordering(derived.unit, -weight, derived.state)
    state, unit, entry, weight = (
        derived.state[order],
        derived.unit[order],
        derived.entry[order],
        weight[order],
    )
    begin = starts(len(derived.rank), state)
    before = np.cumsum(weight) - weight
    opened = np.cumsum(units.low_open[unit]) - units.low_open[unit]
    first = begin[state]
    reached = _majority(
        before - before[first],
        (opened > opened[first]) & sums.certain | sums.cast_open(state),
        sums.cast(state),
    )
    clustered = units.clustered[agents.states.key[state] % agents.states.n] & (unit < units.intervals_n)
    keep = (derived.rank[state] >= 0) & (~reached | derived.loose[state] | clustered)
    state, unit, entry = state[keep], unit[keep], entry[keep]
    states_n = len(derived.rank)
    total, plain, is_open = (
        summed(states_n, state, figure[unit])
        for figure in (units.low if sums.certain else units.high, units.plain, units.low_open)
    )
    node = agents.states.key % agents.states.n
    raised = sums.certain & ~_majority(
        plain, (is_open > 0) | units.own_open[node], UNITS - units.own_plain[node]
    )
    of_cast = ~_majority(
        plain if sums.certain else total, (is_open > 0) & sums.certain, np.full(states_n, UNITS)
    )
    return _Made(unit, entry, starts(states_n, state), np.asarray(raised, np.bool_), of_cast)


def trace_steps(
    part: Excerpt, units: VotingUnits, agents: Agents, derived: _Derived, *, query: Ints, state: Ints
) -> Steps:
    """The interests of each state and of all states that it rests on, those of earlier rounds first."""
    sources, m, n = _made(units, agents, derived), len(derived.rank), agents.states.n
    certain = derived.sums.certain
    interests = (units.interest_low,) if certain else (units.interest_high, units.also_high)
    row = np.arange(len(query))
    seen = np.sort(row * m + state)
    parts = [(row[:0],) * 3]
    for _ in range(LONGEST):
        run, entry = _entries(units, sources, state, certain=certain)
        parts.extend((row[run], derived.rank[state[run]], interest[entry]) for interest in interests)
        node = agents.states.key[state] % n
        for rests, interests_of in (
            (sources.raised, units.columns.all_of),
            (sources.of_cast, partial(neighbours, units.columns.own)),
        ):
            some = np.flatnonzero(rests[state])
            which, others = interests_of(node[some])
            parts.append((row[some[which]], derived.rank[state[some[which]]], others))
        key = _rests_on(agents, row[run], state[run], units.holder[entry], m)
        key = key[~is_in(seen, key)]
        row, state = np.divmod(key, m)
        if not len(row):
            break
        seen = np.sort(np.concatenate((seen, key)))
    owner, rank, interest = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Steps(query[owner], np.full(len(owner), CONTROL_PHASE), rank, part.at[interest])


def _entries(units: VotingUnits, sources: _Made, state: Ints, *, certain: bool) -> tuple[Ints, Ints]:
    """(position in `state`, entry) of the units of each majority. If certain, a joint interest has the
    entries of all its holders.
    """
    run, place = spread(sources.begin[state], sources.begin[state + 1] - sources.begin[state])
    if not certain:
        return run, sources.entry[place]
    of_unit, entry = neighbours(units.by_unit, sources.unit[place])
    return run[of_unit], entry


def _rests_on(agents: Agents, row: Ints, state: Ints, holder: Ints, m: int) -> Ints:
    """Distinct keys row * m + state of the holders that are controlled but not a start."""
    agent = agents.states.key[state] // agents.states.n
    onward = np.where(agents.start.find(agent, holder) < 0, agents.states.find(agent, holder), -1)
    return ascending((row * m + onward)[onward >= 0])
