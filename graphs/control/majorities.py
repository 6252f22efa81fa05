"""Witnesses of control and of blocks: the interests that make each majority, recursively up to the party that controls.

What a party controls is derived once more, in rounds from the party downward as `graphs.control.control` defines it, but only to know what rests on what: a
majority may be made only of what was controlled in an earlier round, so no proof rests on itself. Of the holders that are controlled by
then the largest are taken until they are enough. The verdicts themselves are those of `graphs.control.control`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Bytes,
    Csr,
    Ints,
    ascending,
    grouped,
    neighbours,
    ordering,
    spread,
    starts,
)
from graphs.control.control import CONTROL, INFLUENCE, JOINT, Controlled
from graphs.ownership.interests import NO_GROUP, Interests, control_arcs
from graphs.ownership.intervals import UNITS, Choices
from graphs.verdicts.beneficial_owners import REGIMES, reached_by_least, reached_by_most
from graphs.verdicts.excerpt import LONGEST, Columns, Entries, Excerpt, PairSet, Steps, chosen, is_in

RIGHT = UNITS + 1  # a right over the board or influence: enough by itself, and before any interval
CONTROL_PHASE, BLOCK_PHASE = 1, 2  # after what is owned (0)
PROOFS_AT_ONCE = 250_000  # own: some 300 MB of working arrays


@dataclass(frozen=True)
class _Mode:
    """How control is derived: on minima or on maxima, from a party or from all members of a joint group of it, by influence too."""

    certain: bool
    joint: bool
    influence: bool


_MODES = (
    _Mode(True, False, False),
    _Mode(True, True, False),
    _Mode(False, False, False),
    _Mode(False, True, False),
    _Mode(False, False, True),
    _Mode(False, True, True),
)


@dataclass(frozen=True, eq=False)
class Asked:
    """Control to be proved: int64 arrays of one length. `party`, `subject` are nodes of the excerpt."""

    query: Ints
    party: Ints
    subject: Ints


@dataclass(frozen=True, eq=False)
class AskedBlock:
    """Blocks to be proved, arrays of one length. `least` bool: on minima; `regime` int64: the threshold to reach."""

    query: Ints
    party: Ints
    subject: Ints
    least: Bools
    regime: Ints

    def at(self, which: Ints | Bools) -> AskedBlock:
        return AskedBlock(
            self.query[which], self.party[which], self.subject[which], self.least[which], self.regime[which]
        )


def voting(found: Interests) -> Bools:
    """Interests that count as votes: votes, and shares of subjects of which no votes are known."""
    votes = found.of_basis("votes")
    known = np.zeros(found.n, np.bool_)
    known[found.held[votes]] = True
    return np.asarray(votes | (found.of_basis("shares") & ~known[found.held]), np.bool_)


def control(part: Excerpt, controlled: Controlled, asked: Asked) -> Steps:
    """Interests that prove control: votes that make a majority, a right over the board, or influence. Chains of more than LONGEST rounds: the nearest to the subject.

    Where a majority cannot be derived, as in components of which not all pairs are listed, the party's own interests in the subject.
    """
    pairs = PairSet.of(part, controlled.controller, controlled.subject)
    certain, kind = controlled.certain[pairs.at], controlled.kind[pairs.at]
    pair = pairs.find(asked.party, asked.subject)
    units = _Units.of_votes(part)
    parts, proved = [], np.zeros(len(pair), np.bool_)
    for mode in _MODES:
        rows = np.flatnonzero((pair >= 0) & ~proved & _asks_for(mode, certain[pair], kind[pair]))
        rows = rows[ordering(asked.party[rows])]  # the proofs of one party are made together
        allowed = pairs.kept(_allowed(mode, certain, kind)) if len(rows) else pairs
        for begin in range(0, len(rows), PROOFS_AT_ONCE):
            some = rows[begin : begin + PROOFS_AT_ONCE]
            steps, done = _control_of(part, units, allowed, mode, _asked_at(asked, some))
            parts.append(steps)
            proved[some] = done
    parts.append(_own_interests(part, _asked_at(asked, ~proved)))
    return Steps.joined(parts)


def _asks_for(mode: _Mode, certain: Bools, kind: Bytes) -> Bools:
    """Pairs to be proved in a mode; influence may be a party's own or that of a group."""
    kinds = kind == INFLUENCE if mode.influence else kind == (JOINT if mode.joint else CONTROL)
    return np.asarray((certain == mode.certain) & kinds, np.bool_)


def _allowed(mode: _Mode, certain: Bools, kind: Bytes) -> Bools:
    """Pairs that a proof in this mode may rest on."""
    alone = kind == CONTROL if not mode.joint and mode.certain else kind != INFLUENCE
    return np.asarray(certain & alone if mode.certain else alone | mode.influence, np.bool_)


def blocks(part: Excerpt, columns: Columns, controlled: Controlled, asked: AskedBlock) -> tuple[Steps, Asked]:
    """The direct interests of blocks on the basis of `columns`, and control of their holders, which is still to be proved.

    The largest interests are taken until the threshold is reached; all of them where some may be part of each other.
    """
    units = _Units.of_interests(part, columns)
    found = PairSet.of(part, controlled.controller, controlled.subject)
    parts, controls = [], []
    for least in (True, False):
        pairs = found.kept(controlled.certain[found.at] if least else np.ones(len(found.key), np.bool_))
        rows = asked.at(asked.least if least else ~asked.least)
        row, entry, _ = units.entries.met(pairs, rows.party, rows.subject)
        steps, wanted = _block_steps(
            part, units, rows, _block(units, rows, row, entry, least=least), least=least
        )
        parts.append(steps)
        controls.append(wanted)
    joined = Asked(
        *(
            np.concatenate([getattr(each, name) for each in controls])
            for name in ("query", "party", "subject")
        )
    )
    return Steps.joined(parts), joined


def _asked_at(asked: Asked, which: Ints | Bools) -> Asked:
    return Asked(asked.query[which], asked.party[which], asked.subject[which])


def _own_interests(part: Excerpt, asked: Asked) -> Steps:
    found = part.found
    rights = voting(found) | found.of_basis("board") | found.of_basis("influence")
    at = np.flatnonzero(rights)
    at = at[ordering(at, found.holder[at], found.held[at])]
    entries = Entries.sorted(found.n, found.held[at], found.holder[at])
    nothing = PairSet(found.n, at[:0], np.zeros(found.n + 1, np.int64), at[:0])
    row, entry, _ = entries.met(nothing, asked.party, asked.subject)
    phase = np.full(len(row), CONTROL_PHASE)
    return Steps(asked.query[row], phase, np.zeros(len(row), np.int64), part.at[at[entry]])


# --- what counts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Units:
    """What counts as one: an interest, prepared, of a holder or of joint holders; a right over the board, influence (after the intervals).

    By unit: `held` int64; `low`, `high` int64 in UNITS, RIGHT for rights; `low_open`; `plain` the minimum as stated; `holders_n`; `influence` bool.
    By entry (unit, holder), sorted by (held, holder): `entries`, `unit`, `interest_low`, `interest_high` (here; of parallel ones that which
    sets the bound), `also_high` (of joint holders who state different shares that with the largest).
    By node: `own_low`, `own_high`, what it certainly and possibly holds of itself, `own_plain` certainly as stated,
    `own_open` certainly more; `clustered` bool[n]: some interests may be part of each other.
    `cluster` int64[units], -1 for none.
    """

    columns: Columns
    held: Ints
    low: Ints
    high: Ints
    low_open: Bools
    plain: Ints
    holders_n: Ints
    influence: Bools
    entries: Entries
    unit: Ints
    interest_low: Ints
    interest_high: Ints
    also_high: Ints
    own_low: Ints
    own_high: Ints
    own_plain: Ints
    own_open: Bools
    cluster: Ints
    clustered: Bools

    @classmethod
    def of_votes(cls, part: Excerpt) -> _Units:
        found = part.found
        columns = Columns.of(part, np.flatnonzero(voting(found)), control_arcs)
        board, influence = (
            np.flatnonzero(found.of_basis("board")),
            np.flatnonzero(found.of_basis("influence")),
        )
        return cls._of(part, columns, np.concatenate((board, influence)), len(board))

    @classmethod
    def of_interests(cls, part: Excerpt, columns: Columns) -> _Units:
        return cls._of(part, columns, np.zeros(0, np.int64), 0)

    @classmethod
    def _of(cls, part: Excerpt, columns: Columns, rights: Ints, board_n: int) -> _Units:
        found, holdings, n = part.found, columns.holdings, part.found.n
        intervals_n, none = len(holdings.src), np.zeros(len(rights), np.int64)
        holder = found.holder[columns.mine]
        by_low, by_high = (
            chosen(columns, np.zeros(len(holder), np.int64), (columns.arc, holder), least=least)
            for least in (True, False)
        )
        unit = np.concatenate((columns.arc[by_low], intervals_n + np.arange(len(rights))))
        held = np.concatenate((holdings.dst, found.held[rights]))
        of_entry = np.concatenate((holder[by_low], found.holder[rights]))
        order = ordering(unit, of_entry, held[unit])
        own = _own(columns, n)
        cluster = np.concatenate((_clusters(holdings.low_choices, intervals_n), none - 1))
        clustered = np.zeros(n, np.bool_)
        clustered[
            np.concatenate((holdings.dst[holdings.low_choices.arc], holdings.dst[holdings.high_choices.arc]))
        ] = True
        return cls(
            columns,
            held,
            np.concatenate((holdings.low, none + RIGHT)),
            np.concatenate((holdings.high, none + RIGHT)),
            np.concatenate((holdings.low_open, none > 0)),
            np.concatenate((columns.low, none + RIGHT)),
            np.bincount(unit, minlength=len(held)),
            np.arange(len(held)) >= intervals_n + board_n,
            Entries.sorted(n, held[unit[order]], of_entry[order]),
            unit[order],
            np.concatenate((columns.mine[by_low], rights))[order],
            np.concatenate((columns.mine[by_high], rights))[order],
            np.concatenate((columns.of_high[by_high], rights))[order],
            *own,
            cluster,
            clustered,
        )

    @cached_property
    def holder(self) -> Ints:
        return np.asarray(self.entries.key % max(self.entries.n, 1), np.int64)

    @cached_property
    def by_unit(self) -> Csr:
        order = ordering(self.unit)
        return grouped(len(self.held), self.unit[order], order)

    @property
    def intervals_n(self) -> int:
        return len(self.columns.holdings.src)


def _own(columns: Columns, n: int) -> tuple[Ints, Ints, Ints, Bools]:
    """What each node holds of itself: certainly and directly, at most, certainly as stated; and whether it certainly holds more."""
    holdings = columns.holdings
    mine = np.flatnonzero(holdings.src == holdings.dst)
    direct = mine[~holdings.unknown_reach[mine] & ~holdings.indirect[mine]]
    low, high, plain = (np.zeros(n, np.int64) for _ in range(3))
    low[holdings.dst[direct]], plain[holdings.dst[direct]] = holdings.low[direct], columns.low[direct]
    np.maximum.at(high, holdings.dst[mine], holdings.high[mine])
    is_open = np.zeros(n, np.bool_)
    is_open[holdings.dst[direct[holdings.low_open[direct]]]] = True
    return low, high, plain, is_open


def _clusters(choices: Choices, arcs_n: int) -> Ints:
    """Cluster of each arc, -1 for none."""
    cluster = np.full(arcs_n, -1, np.int64)
    cluster[choices.arc] = choices.cluster
    return cluster


# --- control --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Agents:
    """Who controls: a party, or the members of a joint group. `states`: pairs (agent, node) that may be derived; `start`: pairs (agent, node) it starts from."""

    states: PairSet
    start: PairSet

    @classmethod
    def of(cls, pairs: PairSet, party: Ints, groups: tuple[Ints, Ints] | None) -> _Agents:
        """Agent k controls what `party[k]` controls, from party[k] or from the members of its group: `groups` (agent, member), sorted."""
        count = pairs.begin[party + 1] - pairs.begin[party]
        agent, position = spread(pairs.begin[party], count)
        n = pairs.n
        key = agent * n + pairs.key[position] % max(n, 1)
        first = np.arange(len(party)) * n + party if groups is None else groups[0] * n + groups[1]
        key = key[~is_in(first, key)]
        return cls(
            *(PairSet(n, each, starts(len(party), each // max(n, 1)), each[:0]) for each in (key, first))
        )


def _control_of(
    part: Excerpt, units: _Units, pairs: PairSet, mode: _Mode, asked: Asked
) -> tuple[Steps, Bools]:
    """Proofs of one mode, and which of those asked for have one."""
    if mode.joint:
        row, party, groups, group = _joint_agents(units, asked)
    else:
        party = ascending(asked.party)
        row, groups, group = np.arange(len(asked.party)), None, None
    agents = _Agents.of(pairs, party, groups)
    agent = np.arange(len(row)) if groups is not None else np.searchsorted(party, asked.party)
    derived = _derived(units, agents, mode)
    state = agents.states.find(agent, asked.subject[row])
    found = np.flatnonzero(
        (state >= 0) & (derived.rank[state] >= 0)
        if len(agents.states.key)
        else np.zeros(len(state), np.bool_)
    )
    _, first = np.unique(row[found], return_index=True)
    found = found[first]
    done = np.zeros(len(asked.query), np.bool_)
    done[row[found]] = True
    steps = _traced(part, units, agents, derived, query=asked.query[row[found]], state=state[found])
    return steps if group is None else Steps.joined(
        (steps, _joint_interests(part, asked.query[row[found]], group[found]))
    ), done


def _joint_interests(part: Excerpt, query: Ints, group: Ints) -> Steps:
    """What makes the holders joint, before all else."""
    at = np.flatnonzero(part.found.group != NO_GROUP)
    at = at[ordering(part.found.group[at])]
    run, interest = neighbours(grouped(part.found.n, part.found.group[at], at), group)
    return Steps(query[run], np.full(len(run), CONTROL_PHASE), np.full(len(run), -1), part.at[interest])


def _joint_agents(units: _Units, asked: Asked) -> tuple[Ints, Ints, tuple[Ints, Ints], Ints]:
    """One agent for each query and each joint group of its party: row of `asked`, party; (agent, member) sorted; group."""
    members = units.columns.holdings.members
    row, group = neighbours(members.held(), np.minimum(asked.party, members.n - 1))
    inside = asked.party[row] < members.n
    row, group = row[inside], group[inside]
    agent, member = neighbours(members.holders(), group)
    order = ordering(member, agent)
    return row, asked.party[row], (agent[order], member[order]), group


@dataclass(frozen=True, eq=False)
class _Derived:
    """`rank` int64[states]: round in which each was derived, -1 if it was not; `loose` bool[states]: with interests that may be part of each other added up.

    Available when it was, arrays of one length: `state`, `unit`, `entry` (that made the unit available).
    """

    sums: _Sums
    rank: Ints
    loose: Bools
    state: Ints
    unit: Ints
    entry: Ints


class _Sums:
    """Units available to each state, summed as they come; of interests that may be part of each other the largest, once."""

    def __init__(self, units: _Units, states: PairSet, *, certain: bool) -> None:
        self.units, self.states, self.certain = units, states, certain
        self.sum, self.open = np.zeros(len(states.key), np.int64), np.zeros(len(states.key), np.int64)
        self.all = np.zeros(len(states.key), np.int64)
        self.best: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.count: Counter[tuple[int, int]] = Counter()

    def weight(self, unit: Ints) -> Ints:
        return (self.units.low if self.certain else self.units.high)[unit]

    def complete(self, agent: Ints, unit: Ints) -> Bools:
        """True where a unit becomes available by one more holder: with the last one (certain), with the first (possible)."""
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
        """Votes cast of each state's node, of which more than half is needed."""
        node = self.states.key[state] % self.states.n
        return UNITS - (self.units.own_low if self.certain else self.units.own_high)[node]

    def enough(self, state: Ints, *, loose: bool) -> Bools:
        total = (self.all if loose else self.sum)[state]
        return _majority(total, (self.open[state] > 0) | self.cast_open(state), self.cast(state))

    def cast_open(self, state: Ints) -> Bools:
        """Fewer votes than `cast` are."""
        return np.asarray(
            self.certain & self.units.own_open[self.states.key[state] % self.states.n], np.bool_
        )


def _majority(total: Ints, is_open: Bools, cast: Ints) -> Bools:
    return np.asarray((2 * total > cast) | ((2 * total == cast) & is_open), np.bool_)


def _derived(units: _Units, agents: _Agents, mode: _Mode) -> _Derived:
    """Rounds from each agent's start downward. When nothing more comes, once more with interests that may be part of each other added up."""
    states, n = agents.states, agents.states.n
    by_holder = ordering(units.holder)
    held = grouped(n, units.holder[by_holder], by_holder)
    sums = _Sums(units, states, certain=mode.certain)
    rank, loose = np.full(len(states.key), -1, np.int64), np.zeros(len(states.key), np.bool_)
    agent, node = agents.start.key // max(n, 1), agents.start.key % max(n, 1)
    found, step, adding = [(node[:0],) * 3], 0, False
    while len(agent):
        run, entry = neighbours(held, node)
        new = _available(units, sums, rank, agent[run], entry, influence=mode.influence)
        sums.add(new[0], new[1])
        found.append(new)
        candidates = ascending(new[0])
        derived = candidates[sums.enough(candidates, loose=adding)]
        if not len(derived) and not adding and sums.certain:
            adding = True
            candidates = np.flatnonzero((rank < 0) & (sums.all > sums.sum))
            derived = candidates[sums.enough(candidates, loose=True)]
        rank[derived], loose[derived] = step, adding
        agent, node, step = states.key[derived] // n, states.key[derived] % n, step + 1
    return _Derived(sums, rank, loose, *(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _available(
    units: _Units, sums: _Sums, rank: Ints, agent: Ints, entry: Ints, *, influence: bool
) -> tuple[Ints, Ints, Ints]:
    """Of entries of which the holder is controlled now those that make a unit available to a state that is not derived: state, unit, entry."""
    unit = units.unit[entry]
    own = (unit < units.intervals_n) & (units.holder[entry] == units.held[unit])
    state = sums.states.find(agent, units.held[unit])
    use = ~own & (state >= 0) & (influence | ~units.influence[unit])
    use[use] = rank[state[use]] < 0
    use[use] = sums.complete(agent[use], unit[use])
    return state[use], unit[use], entry[use]


@dataclass(frozen=True, eq=False)
class _Made:
    """What each state's majority is made of, by state: `unit`, `entry`; runs from `begin`.

    bool[states]: `raised`, it rests on what others hold at most; `of_cast`, it is one of the votes cast only, without what the entity holds of itself.
    """

    unit: Ints
    entry: Ints
    begin: Ints
    raised: Bools
    of_cast: Bools


def _made(units: _Units, agents: _Agents, derived: _Derived) -> _Made:
    """The largest available until there are enough."""
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
    clustered = units.clustered[agents.states.key[state] % max(agents.states.n, 1)] & (
        unit < units.intervals_n
    )
    keep = (derived.rank[state] >= 0) & (~reached | derived.loose[state] | clustered)
    state, unit, entry = state[keep], unit[keep], entry[keep]
    every = np.arange(len(derived.rank))
    total, plain, is_open = (
        _added(state, figure[unit], len(every))
        for figure in (units.low if sums.certain else units.high, units.plain, units.low_open)
    )
    node = agents.states.key % max(agents.states.n, 1)
    raised = sums.certain & ~_majority(
        plain, (is_open > 0) | units.own_open[node], UNITS - units.own_plain[node]
    )
    of_cast = ~_majority(
        plain if sums.certain else total, (is_open > 0) & sums.certain, np.full(len(every), UNITS)
    )
    return _Made(unit, entry, starts(len(every), state), np.asarray(raised, np.bool_), of_cast)


def _added(at: Ints, values: Ints | Bools, n: int) -> Ints:
    sums = np.zeros(n, np.int64)
    np.add.at(sums, at, values.astype(np.int64))
    return sums


def _traced(
    part: Excerpt, units: _Units, agents: _Agents, derived: _Derived, *, query: Ints, state: Ints
) -> Steps:
    """The interests of each state and of all that it rests on, those of earlier rounds first."""
    made, m, n = _made(units, agents, derived), max(len(derived.rank), 1), max(agents.states.n, 1)
    certain = derived.sums.certain
    interests = (units.interest_low,) if certain else (units.interest_high, units.also_high)
    row = np.arange(len(query))
    seen = np.sort(row * m + state)
    parts = [(row[:0],) * 3]
    for _ in range(LONGEST):
        run, entry = _entries(units, made, state, certain=certain)
        parts.extend((row[run], derived.rank[state[run]], interest[entry]) for interest in interests)
        node = agents.states.key[state] % n
        for rests, interests_of in (
            (made.raised, units.columns.all_of),
            (made.of_cast, units.columns.own_of),
        ):
            some = np.flatnonzero(rests[state])
            which, others = interests_of(node[some])
            parts.append((row[some[which]], derived.rank[state[some[which]]], others))
        key = _rests_on(agents, row[run], state[run], units.holder[entry], m)
        key = key[~is_in(seen, key)]
        row, state = key // m, key % m
        if not len(row):
            break
        seen = np.sort(np.concatenate((seen, key)))
    owner, rank, interest = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Steps(query[owner], np.full(len(owner), CONTROL_PHASE), rank, part.at[interest])


def _entries(units: _Units, made: _Made, state: Ints, *, certain: bool) -> tuple[Ints, Ints]:
    """(position in `state`, entry) of what each majority is made of. A joint interest is certain by all its holders."""
    run, place = spread(made.begin[state], made.begin[state + 1] - made.begin[state])
    if not certain:
        return run, made.entry[place]
    of_unit, entry = neighbours(units.by_unit, made.unit[place])
    return run[of_unit], entry


def _rests_on(agents: _Agents, row: Ints, state: Ints, holder: Ints, m: int) -> Ints:
    """Keys row * m + state of the holders that are controlled and no start, each once."""
    agent = agents.states.key[state] // max(agents.states.n, 1)
    onward = np.where(agents.start.find(agent, holder) < 0, agents.states.find(agent, holder), -1)
    return ascending((row * m + onward)[onward >= 0])


# --- blocks ---------------------------------------------------------------------------------------------------------


def _block(
    units: _Units, asked: AskedBlock, row: Ints, entry: Ints, *, least: bool
) -> tuple[Ints, Ints, Bools]:
    """Of entries of blocks those taken: row of `asked`, entry; and rows where the minimum rests on what others hold at most."""
    m = len(units.held)
    order = ordering(units.unit[entry], row)
    row, entry = row[order], entry[order]
    key = row * m + units.unit[entry]
    begin = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    count = np.diff(np.append(begin, len(key)))
    owner, unit = key[begin] // m if m else key[begin], key[begin] % m if m else key[begin]
    weight, is_open = (units.low, units.low_open) if least else (units.high, np.zeros(m, np.bool_))
    ready = np.flatnonzero(
        (units.held[unit] != units.holder[entry[begin]])
        & (~np.bool_(least) | (count == units.holders_n[unit]))
    )
    ready = ready[ordering(unit[ready], -weight[unit[ready]], owner[ready])]
    at = starts(len(asked.query), owner[ready])[owner[ready]]
    before, opened = (
        np.cumsum(weight[unit[ready]]) - weight[unit[ready]],
        np.cumsum(is_open[unit[ready]]) - is_open[unit[ready]],
    )
    reached = _reached(asked.regime[owner[ready]], before - before[at], opened > opened[at], least=least)
    ready = ready[~reached | units.clustered[units.held[unit[ready]]]]
    plain, plain_open = np.zeros(len(asked.query), np.int64), np.zeros(len(asked.query), np.bool_)
    np.add.at(plain, owner[ready], units.plain[unit[ready]])
    plain_open[owner[ready][units.low_open[unit[ready]]]] = True
    run, place = spread(begin[ready], count[ready])
    return (
        owner[ready][run],
        entry[place],
        np.asarray(least & ~_reached(asked.regime, plain, plain_open, least=True), np.bool_),
    )


def _reached(regime: Ints, total: Ints, is_open: Bools, *, least: bool) -> Bools:
    threshold, inclusive = (
        np.array([getattr(each, name) for each in REGIMES])[regime]
        for name in ("threshold_units", "inclusive")
    )
    return (reached_by_least if least else reached_by_most)(total, is_open, threshold, inclusive)


def _block_steps(
    part: Excerpt, units: _Units, asked: AskedBlock, taken: tuple[Ints, Ints, Bools], *, least: bool
) -> tuple[Steps, Asked]:
    """The interests taken, and control by the party of those of their holders that it is not itself."""
    row, entry, raised = taken
    interests = [
        each[entry] for each in ((units.interest_low,) if least else (units.interest_high, units.also_high))
    ]
    rests = np.flatnonzero(raised)
    run, others = units.columns.all_of(asked.subject[rests])
    owner, interest = (
        np.concatenate((*(row for _ in interests), rests[run])),
        np.concatenate((*interests, others)),
    )
    key = row * units.entries.n + units.holder[entry]
    key = ascending(key[units.holder[entry] != asked.party[row]])
    row, holder = (key // units.entries.n, key % units.entries.n) if len(key) else (key, key)
    steps = Steps(
        asked.query[owner],
        np.full(len(owner), BLOCK_PHASE),
        np.zeros(len(owner), np.int64),
        part.at[interest],
    )
    return steps, Asked(asked.query[row], asked.party[row], holder)
