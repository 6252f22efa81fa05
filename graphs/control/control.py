"""DOC"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, neighbours
from graphs.control.graph import CERTAIN, NEVER, POSSIBLE, ControlGraph, graph_of
from graphs.control.pairs import FoundPairs, Pairs, Votes
from graphs.control.sweep import find_pairs
from graphs.control.votes import decided_pairs
from graphs.ownership.intervals import prepare

PAIRS_LISTED = 1_000_000  # own: a chain of 10,000 wholly owned companies has 50 million pairs


ULTIMATE_PAIRS = 20_000_000  # own: 200 MB; a chain of 10,000 with a person beside each link that may have more than half has 50 million


CONTROL, JOINT, INFLUENCE = range(3)  # Controlled.kind


@dataclass(frozen=True, eq=False)
class Controlled:
    """Pairs in which control is at least possible, sorted by (controller, subject), each once and never of one party: arrays of one length.

    `controller`, `subject` int64; `certain` bool; `kind` uint8: CONTROL, JOINT (with the joint holders of a group), INFLUENCE (never certain). Of several
    the certain is given before the possible, then in this order. No group node is in a pair.
    `tops_only`: int64 nodes, ascending, of components with more than `pairs_listed` pairs; only some of their pairs are listed (see the module).
    """

    controller: Ints
    subject: Ints
    certain: Bools
    kind: Bytes
    tops_only: Ints


def control(
    src: Ints, dst: Ints, low: Floats, high: Floats, flags: Bytes, *, pairs_listed: int = PAIRS_LISTED
) -> Controlled:
    """Control by votes (shares, for subjects whose votes are not known), Flags.BOARD, Flags.INFLUENCE and joint groups.

    Arrays of one length, sorted by (src, dst), as `graphs.ownership.intervals.prepare` takes them; arcs of CLOSURE_ONLY tell who is above
    whom. `pairs_listed`: of a weak component with more pairs, those of joint groups included, only some are listed. Never raises.
    """
    graph = graph_of(src, dst, flags, prepare(src, dst, low, high, flags))
    found = FoundPairs(graph, pairs_listed)
    find_pairs(graph, found, np.ones(graph.n, np.uint8), np.ones(graph.n, np.bool_))
    listed = [found.pairs()]
    many = ~found.open(np.arange(graph.n))
    if many.any():
        listed += _restricted(graph, many)
    return _named(graph, Pairs.joined(listed), np.flatnonzero(many & ~graph.group))


def _restricted(graph: ControlGraph, many: Bools) -> list[Pairs]:
    """The pairs that are listed of components (bool[n]: their nodes) with too many: see the module."""
    direct = _direct(graph, np.flatnonzero(many))
    least_level = np.ones(graph.n, np.uint8)
    least_level[direct.subject] = CERTAIN
    least_level[direct.subject[direct.level == CERTAIN]] = NEVER
    run, member = neighbours(graph.members, groups := np.flatnonzero(graph.group))
    least_level[groups] = NEVER
    np.minimum.at(least_level, groups[run], least_level[member])
    found = FoundPairs(graph, ULTIMATE_PAIRS)
    find_pairs(graph, found, least_level, many)
    listed = [found.pairs(), direct, _direct_of_members(graph, direct)]
    many = many & ~found.open(np.arange(graph.n))
    if many.any():
        found = FoundPairs(graph, np.iinfo(np.int64).max)
        find_pairs(graph, found, np.maximum(least_level, np.uint8(CERTAIN)), many)
        listed.append(found.pairs())
    return listed


def _direct(graph: ControlGraph, nodes: Ints) -> Pairs:
    """Pairs that a holder's own interests decide."""
    run, arc = neighbours(graph.into, nodes)
    run, arc = run[graph.passes[arc]], arc[graph.passes[arc]]
    votes = Votes(graph.src[arc], nodes[run], arc, np.full(len(arc), CERTAIN, np.uint8))
    return decided_pairs(graph, votes, np.ones(graph.n, np.uint8))


def _direct_of_members(graph: ControlGraph, direct: Pairs) -> Pairs:
    """What a joint group's interest decides, for each member: it may be its own, so that is possible."""
    of_group = direct.at(graph.group[direct.party])
    run, member = neighbours(graph.members, of_group.party)
    return Pairs(member, of_group.subject[run], np.minimum(of_group.level[run], np.uint8(POSSIBLE)))


# Of several verdicts on a pair the highest: index of kind and certainty. By level, of the party itself and of a group it is a member of.
_VERDICTS = ((INFLUENCE, False), (JOINT, False), (CONTROL, False), (JOINT, True), (CONTROL, True))


_ALONE, _JOINTLY = np.array((0, 0, 2, 4)), np.array((0, 0, 1, 3))


def _named(graph: ControlGraph, pairs: Pairs, tops_only: Ints) -> Controlled:
    """Pairs of parties; those of joint groups as their members'."""
    pairs = pairs.at(~graph.group[pairs.subject])
    joint = graph.group[pairs.party]
    alone, jointly = pairs.at(~joint), pairs.at(joint)
    jointly = jointly.at(~_are_members(graph, jointly))
    run, member = neighbours(graph.members, jointly.party)
    party, subject = (
        np.concatenate((alone.party, member)),
        np.concatenate((alone.subject, jointly.subject[run])),
    )
    verdict = np.concatenate((_ALONE[alone.level], _JOINTLY[jointly.level[run]]))
    key = np.sort((party * graph.n + subject) * len(_VERDICTS) + verdict)
    pair, verdict = np.divmod(key, len(_VERDICTS))
    last = np.append(pair[1:] != pair[:-1], True)[: len(pair)]
    party, subject = np.divmod(pair[last], max(graph.n, 1))
    other = party != subject
    kind, certain = (np.array([row[k] for row in _VERDICTS])[verdict[last][other]] for k in (0, 1))
    return Controlled(
        party[other], subject[other], certain.astype(np.bool_), kind.astype(np.uint8), tops_only
    )


def _are_members(graph: ControlGraph, pairs: Pairs) -> Bools:
    """True where the subject is a member of the joint group: it is in the group's row from the start."""
    run, member = neighbours(graph.members, pairs.party)
    found = np.zeros(len(pairs.party), np.bool_)
    found[run[member == pairs.subject[run]]] = True
    return found
