"""Who controls whom, certainly and possibly, by votes, rights over the board and influence.

A party controls an entity if it, together with everything it controls, has more than half of the votes cast
(Ceri, Gottlob and Tanca 1990; the company control of Banca d'Italia): a least fixpoint for each party. On
intervals there are three, each a part of the next:
- certain: on minima, counted once; or by a right over the board. An entity's votes in itself are not cast;
- possible: on maxima, at most what others certainly leave; or by a right over the board;
- by influence: the same, with significant influence counted as control. What is only here has kind
  `influence` and is never certain.

Exactly half is control only if a bound is exclusive. Let v be the votes of a set of holders, o those of
others, s those of the entity itself, each within its bounds, and v + o + s at most the whole W. Then v > (W -
s) / 2 is possible if and only if 2·v_max > W - s_max, 2·o_min < W - s_min and v_max > o_min; these are
tested.

Joint holders (a group node) control together what their common interest controls. A set of parties given in
advance is such a node with members and no interest: it controls what all of them control together.

A fixpoint concerns one party only, so any party may be left out. In weak components with too many pairs only
these are listed:
- all pairs of the ultimate parties: those that nobody's own interests (of one holder, direct and indirect)
  can possibly make controlled;
- the certain pairs of parties that nobody's own interests certainly make controlled;
- what a party's own interests decide by themselves.
If the pairs of the ultimate parties are more than ULTIMATE_PAIRS, only their certain ones.

Order of work: strongly connected sets are condensed and done a level at a time from the tops down; what a
party controls of a level depends on levels above it only. Inside sets, each round takes up the pairs that a
pair found in the last round may change. Cost: each arc once for every party that may control its holder.
"""

from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import strong_labels
from graphs.arrays.edges import Bools, Bytes, Floats, Ints, distinct, marked, neighbours
from graphs.control.graph import CERTAIN, NEVER, POSSIBLE, ControlGraph, graph_of
from graphs.control.pairs import FoundPairs, Pairs, Votes, decided_pairs
from graphs.control.sets import find_pairs
from graphs.ownership.intervals import prepare

PAIRS_LISTED = 1_000_000  # own: a chain of 10,000 wholly owned companies has 50 million pairs
# own: 200 MB; a chain of 10,000 with a person beside each link who may have more than half has 50 million
ULTIMATE_PAIRS = 20_000_000
CONTROL, JOINT, INFLUENCE = range(3)  # Controlled.kind


@dataclass(frozen=True, eq=False)
class Controlled:
    """Pairs with possible control, sorted by (controller, subject), each once, never of one party with
    itself; arrays of one length.

    `controller`, `subject` int64; `certain` bool; `kind` uint8: CONTROL, JOINT (with the joint holders of a
    group), INFLUENCE (never certain). Of several the certain one is listed before a possible one, then in
    this order. No group node is in a pair.
    `tops_only`: int64 nodes, ascending, of components with more than `pairs_listed` pairs, of which only some
    are listed (see the module).
    """

    controller: Ints
    subject: Ints
    certain: Bools
    kind: Bytes
    tops_only: Ints


def control(
    src: Ints, dst: Ints, low: Floats, high: Floats, flags: Bytes, *, pairs_listed: int = PAIRS_LISTED
) -> Controlled:
    """Control by votes (shares, for subjects whose votes are not known), Flags.BOARD, Flags.INFLUENCE and
    joint groups.

    Arrays of one length, sorted by (src, dst), as `graphs.ownership.intervals.prepare` takes them; arcs of
    CLOSURE_ONLY tell who is above whom. `pairs_listed`: of a weak component with more pairs, those of joint
    groups included, only some are listed. Never raises.
    """
    graph = graph_of(src, dst, flags, prepare(src, dst, low, high, flags))
    store = FoundPairs(graph, pairs_listed)
    find_pairs(graph, store, np.ones(graph.n, np.uint8), np.ones(graph.n, np.bool_))
    listed = [store.pairs()]
    many = ~store.open(np.arange(graph.n))
    if many.any():
        listed += _restricted(graph, many)
    return _named(graph, Pairs.joined(listed), np.flatnonzero(many & ~graph.group))


def _restricted(graph: ControlGraph, many: Bools) -> list[Pairs]:
    """The pairs that are listed of components with too many pairs (see the module). `many` bool[n]: the nodes
    of these components.
    """
    direct = _direct(graph, np.flatnonzero(many))
    least_level = np.ones(graph.n, np.uint8)
    least_level[direct.subject] = CERTAIN
    least_level[direct.subject[direct.level == CERTAIN]] = NEVER
    run, member = neighbours(graph.members, groups := np.flatnonzero(graph.group))
    least_level[groups] = NEVER
    np.minimum.at(least_level, groups[run], least_level[member])
    store = FoundPairs(graph, ULTIMATE_PAIRS)
    find_pairs(graph, store, least_level, many)
    listed = [store.pairs(), direct, _direct_of_members(graph, direct)]
    many = many & ~store.open(np.arange(graph.n))
    if many.any():
        store = FoundPairs(graph, np.iinfo(np.int64).max)
        find_pairs(graph, store, np.maximum(least_level, np.uint8(CERTAIN)), many)
        listed.append(store.pairs())
    return listed


def _direct(graph: ControlGraph, nodes: Ints) -> Pairs:
    """Pairs that a holder's own interests decide."""
    run, arc = neighbours(graph.into, nodes)
    run, arc = run[graph.passes[arc]], arc[graph.passes[arc]]
    votes = Votes(graph.src[arc], nodes[run], arc, np.full(len(arc), CERTAIN, np.uint8))
    return decided_pairs(graph, votes, np.ones(graph.n, np.uint8))


def _direct_of_members(graph: ControlGraph, direct: Pairs) -> Pairs:
    """What a joint group's interest decides, for each member: the interest may be the member's own, so
    control is possible.
    """
    of_group = direct.at(graph.group[direct.party])
    run, member = neighbours(graph.members, of_group.party)
    return Pairs(member, of_group.subject[run], np.minimum(of_group.level[run], np.uint8(POSSIBLE)))


# Kind and certainty, the weakest first: of several verdicts on a pair the last one counts. Below, the
# position of each level, for the
# party itself and for a group that it is a member of.
_VERDICTS = ((INFLUENCE, False), (JOINT, False), (CONTROL, False), (JOINT, True), (CONTROL, True))
_ALONE, _JOINTLY = np.array((0, 0, 2, 4)), np.array((0, 0, 1, 3))


def _named(graph: ControlGraph, pairs: Pairs, tops_only: Ints) -> Controlled:
    """Pairs of parties; those of joint groups as pairs of their members."""
    pairs = pairs.at(~graph.group[pairs.subject])
    joint = graph.group[pairs.party]
    alone, jointly = pairs.at(~joint), pairs.at(joint)
    run, member = neighbours(graph.members, jointly.party)
    itself = run[member == jointly.subject[run]]  # members are in the group's row from the start
    jointly = jointly.at(~marked(len(jointly.party), itself))
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


def ultimate(controlled: Controlled, n: int) -> tuple[Ints, Ints]:
    """Control groups: (controller, subject), int64 arrays sorted by both, of `n` nodes.

    The controller certainly controls the subject, alone (kind control), and nobody certainly controls the
    controller alone. Of parties that control each other, and that nobody else controls, the one with the
    smallest number stands for all; the others are in its group.
    """
    sure = controlled.certain & (controlled.kind == CONTROL)
    controller, subject = controlled.controller[sure], controlled.subject[sure]
    label = strong_labels(n, controller, subject)
    smallest = np.full(n, n, np.int64)
    np.minimum.at(smallest, label, np.arange(n))
    below = marked(n, label[subject[label[controller] != label[subject]]])
    top = ~below[label[controller]]
    pairs = distinct(n, smallest[label[controller[top]]], subject[top])
    other = pairs.src != pairs.dst
    return pairs.src[other], pairs.dst[other]
