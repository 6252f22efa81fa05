"""Witnesses of control and of blocks: the interests that make each majority, up to the controlling party.

`derivation` derives again what a party controls, in rounds, to know what each majority rests on. The verdicts
themselves come from `graphs.control.control`.
"""

from collections.abc import Iterator

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Bytes,
    Ints,
    ascending,
    grouped_by,
    marked,
    neighbours,
    ordering,
    run_starts,
    spread,
    starts,
    summed,
)
from graphs.control.control import CONTROL, INFLUENCE, JOINT, Controlled
from graphs.ownership.interests import NO_GROUP, voting
from graphs.verdicts.regimes import reached
from graphs.witnesses.derivation import BLOCK_PHASE, CONTROL_PHASE, Agents, Mode, derive_states, trace_steps
from graphs.witnesses.excerpt import (
    BlockQueries,
    ControlQueries,
    Entries,
    Excerpt,
    PairSet,
    StatedArcs,
    Steps,
)
from graphs.witnesses.majority_units import VotingUnits

PROOFS_AT_ONCE = 250_000  # own: some 300 MB of working arrays
_MODES = (
    Mode(True, False, False),
    Mode(True, True, False, apart=True),
    Mode(True, True, False),
    Mode(False, False, False),
    Mode(False, True, False),
    Mode(False, False, True),
    Mode(False, True, True),
)


def control_steps(part: Excerpt, controlled: Controlled, queries: ControlQueries) -> Iterator[Steps]:
    """Interests that prove control, some queries at a time: votes that make a majority, a right over the
    board, or influence. Of chains of more than LONGEST rounds, those nearest to the subject.

    If no majority can be derived, for example in components of which not all pairs are listed, the proof is
    the party's own interests in the subject.
    """
    pairs = PairSet.from_excerpt(part, controlled.controller, controlled.subject)
    certain, kind = controlled.certain[pairs.at], controlled.kind[pairs.at]
    pair = pairs.find(queries.party, queries.subject)
    units = VotingUnits.from_votes(part)
    proved = np.zeros(len(pair), np.bool_)
    for mode in _MODES:
        rows = np.flatnonzero((pair >= 0) & ~proved & _asks_for(mode, certain[pair], kind[pair]))
        rows = rows[ordering(queries.party[rows])]  # the proofs of a party are made together
        allowed = pairs.kept(_allowed(mode, certain, kind)) if len(rows) else pairs
        for begin in range(0, len(rows), PROOFS_AT_ONCE):
            some = rows[begin : begin + PROOFS_AT_ONCE]
            steps, done = _control_of(part, units, allowed, mode, queries.at(some))
            yield steps
            proved[some] = done
    yield _own_interests(part, queries.at(~proved))


def _asks_for(mode: Mode, certain: Bools, kind: Bytes) -> Bools:
    """True for pairs to be proved in this mode: bool[pairs]. Influence may be a party's own or that of a
    joint group.
    """
    kinds = kind == INFLUENCE if mode.influence else kind == (JOINT if mode.joint else CONTROL)
    return np.asarray((certain == mode.certain) & kinds, np.bool_)


def _allowed(mode: Mode, certain: Bools, kind: Bytes) -> Bools:
    """True for pairs that a proof in this mode may rest on: bool[pairs]."""
    alone = kind == CONTROL if not mode.joint and mode.certain else kind != INFLUENCE
    return np.asarray(certain & alone if mode.certain else alone | mode.influence, np.bool_)


def block_steps(
    part: Excerpt, columns: StatedArcs, controlled: Controlled, queries: BlockQueries
) -> tuple[Steps, ControlQueries]:
    """The direct interests of blocks on the basis of `columns`, and the control of their holders, which
    remains to be proved.

    The largest interests are taken until the threshold is reached, or all of them if some may be part of each
    other.
    """
    units = VotingUnits.from_columns(part, columns, np.zeros(0, np.int64), 0)
    controlled_pairs = PairSet.from_excerpt(part, controlled.controller, controlled.subject)
    parts, controls = [], []
    for least in (True, False):
        pairs = controlled_pairs.kept(
            controlled.certain[controlled_pairs.at] if least else np.ones(len(controlled_pairs.key), np.bool_)
        )
        rows = queries.at(queries.least if least else ~queries.least)
        row, entry, _ = units.entries.met(pairs, rows.party, rows.subject)
        steps, wanted = _block_steps(
            part, units, rows, _block(units, rows, row, entry, least=least), least=least
        )
        parts.append(steps)
        controls.append(wanted)
    return Steps.joined(parts), ControlQueries.joined(controls)


def _own_interests(part: Excerpt, queries: ControlQueries) -> Steps:
    network = part.network
    at = np.flatnonzero(voting(network) | network.of_basis("board") | network.of_basis("influence"))
    at = at[ordering(at, network.holder[at], network.held[at])]
    entries = Entries.sorted(network.n, network.held[at], network.holder[at])
    nothing = PairSet(network.n, at[:0], np.zeros(network.n + 1, np.int64), at[:0])
    row, entry, _ = entries.met(nothing, queries.party, queries.subject)
    phase = np.full(len(row), CONTROL_PHASE)
    return Steps(queries.query[row], phase, np.zeros(len(row), np.int64), part.at[at[entry]])


def _control_of(
    part: Excerpt, units: VotingUnits, pairs: PairSet, mode: Mode, queries: ControlQueries
) -> tuple[Steps, Bools]:
    """Proofs in one mode, and which queries have one: bool[queries]."""
    if mode.joint:
        row, party, groups, group = _joint_agents(units, queries)
    else:
        party = ascending(queries.party)
        row, groups, group = np.arange(len(queries.party)), None, None
    agents = Agents.from_pairs(pairs, party, groups, group if mode.apart else None)
    agent = np.arange(len(row)) if groups is not None else np.searchsorted(party, queries.party)
    derived = derive_states(units, agents, mode)
    state = agents.states.find(agent, queries.subject[row])
    proved = np.flatnonzero(
        (state >= 0) & (derived.rank[state] >= 0)
        if len(agents.states.key)
        else np.zeros(len(state), np.bool_)
    )
    _, first = np.unique(row[proved], return_index=True)
    proved = proved[first]
    done = marked(len(queries.query), row[proved])
    steps = trace_steps(part, units, agents, derived, query=queries.query[row[proved]], state=state[proved])
    return steps if group is None else Steps.joined(
        (steps, _joint_interests(part, queries.query[row[proved]], group[proved]))
    ), done


def _joint_interests(part: Excerpt, query: Ints, group: Ints) -> Steps:
    """The joint interests themselves, placed before all others."""
    at = np.flatnonzero(part.network.group != NO_GROUP)
    run, interest = neighbours(grouped_by(part.network.n, part.network.group[at], at), group)
    return Steps(query[run], np.full(len(run), CONTROL_PHASE), np.full(len(run), -1), part.at[interest])


def _joint_agents(units: VotingUnits, queries: ControlQueries) -> tuple[Ints, Ints, tuple[Ints, Ints], Ints]:
    """One agent for each query and joint group of its party: row of `queries`, party, (agent, member) sorted,
    and group.
    """
    members = units.columns.holdings.members
    row, group = neighbours(members.held(), np.minimum(queries.party, members.n - 1))
    inside = queries.party[row] < members.n
    row, group = row[inside], group[inside]
    agent, member = neighbours(members.holders(), group)
    order = ordering(member, agent)
    return row, queries.party[row], (agent[order], member[order]), group


def _block(
    units: VotingUnits, queries: BlockQueries, row: Ints, entry: Ints, *, least: bool
) -> tuple[Ints, Ints, Bools]:
    """The entries taken for blocks: row of `queries`, entry; and the queries whose minimum rests on the
    maxima of others, bool[queries].
    """
    m = len(units.held)
    order = ordering(units.unit[entry], row)
    row, entry = row[order], entry[order]
    key = row * m + units.unit[entry]
    begin = run_starts(key)
    count = np.diff(begin, append=len(key))
    owner, unit = np.divmod(key[begin], m)
    weight, is_open = (units.low, units.low_open) if least else (units.high, np.zeros(m, np.bool_))
    ready = np.flatnonzero(
        (units.held[unit] != units.holder[entry[begin]])
        & (~np.bool_(least) | (count == units.holders_n[unit]))
    )
    ready = ready[ordering(unit[ready], -weight[unit[ready]], owner[ready])]
    at = starts(len(queries.query), owner[ready])[owner[ready]]
    before, opened = (
        np.cumsum(weight[unit[ready]]) - weight[unit[ready]],
        np.cumsum(is_open[unit[ready]]) - is_open[unit[ready]],
    )
    enough = reached(queries.regime[owner[ready]], before - before[at], opened > opened[at], least=least)
    ready = ready[~enough | units.clustered[units.held[unit[ready]]]]
    plain = summed(len(queries.query), owner[ready], units.plain[unit[ready]])
    plain_open = marked(len(queries.query), owner[ready][units.low_open[unit[ready]]])
    run, place = spread(begin[ready], count[ready])
    return (
        owner[ready][run],
        entry[place],
        np.asarray(least & ~reached(queries.regime, plain, plain_open, least=True), np.bool_),
    )


def _block_steps(
    part: Excerpt, units: VotingUnits, queries: BlockQueries, taken: tuple[Ints, Ints, Bools], *, least: bool
) -> tuple[Steps, ControlQueries]:
    """The interests taken, and the party's control of their other holders."""
    row, entry, raised = taken
    interests = [
        each[entry] for each in ((units.interest_low,) if least else (units.interest_high, units.also_high))
    ]
    rests = np.flatnonzero(raised)
    run, others = units.columns.all_of(queries.subject[rests])
    owner, interest = (
        np.concatenate((*(row for _ in interests), rests[run])),
        np.concatenate((*interests, others)),
    )
    key = row * units.entries.n + units.holder[entry]
    key = ascending(key[units.holder[entry] != queries.party[row]])
    row, holder = np.divmod(key, units.entries.n)
    steps = Steps(
        queries.query[owner],
        np.full(len(owner), BLOCK_PHASE),
        np.zeros(len(owner), np.int64),
        part.at[interest],
    )
    return steps, ControlQueries(queries.query[row], queries.party[row], holder)
