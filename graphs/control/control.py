"""Who controls whom, certainly and possibly, by votes, rights over the board and influence.

A party controls an entity if it, together with everything it controls, has more than half of the votes cast
(Ceri, Gottlob and Tanca 1990; the company control of Banca d'Italia): a least fixpoint for each party. With
intervals there are three, each contained in the next:
- certain: by minima, counted once, or by a right over the board. An entity's votes in itself are not cast;
- possible: by maxima, limited to what others certainly leave, or by a right over the board;
- by influence: as possible, with significant influence counted as control. Pairs found only here have kind
  `influence` and are never certain.

Exactly half gives control only if a bound is exclusive. Let v be the votes of a set of holders, o those of
others, s those of the entity itself, each within its bounds, and v + o + s at most the whole W. Then v > (W -
s) / 2 is possible if and only if 2·v_max > W - s_max, 2·o_min < W - s_min and v_max > o_min. These three
conditions are tested.

Joint holders (a group node) together control what their joint interest controls. A given set of parties is a
group node with members and no interest: it controls what the members control together.

The fixpoint of a party does not depend on those of others, so any party may be left out. Of weak components
with too many pairs only these are listed:
- all pairs of the ultimate parties, over which no single holder's own interests give possible control;
- the certain pairs of parties over which no single holder's own interests give certain control;
- the pairs that a party's own interests decide without those of others.
If the ultimate parties have more than ULTIMATE_PAIRS pairs, only their certain ones are listed.

Order of work: the graph is condensed and processed level by level from the tops down, because what a party
controls in a level depends only on the levels above. Inside a strongly connected set, each round decides
again only the pairs that may change because of a pair found in the previous round. Cost: each arc once for
every party that may control its holder.
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
    """Pairs with possible control, distinct and sorted by (controller, subject); arrays of one length. No
    party is paired with itself, and no pair has a group node.

    `controller`, `subject` int64; `certain` bool; `kind` uint8: CONTROL, JOINT (with the joint holders of a
    group), INFLUENCE (never certain). If a pair is found in several ways, certain goes before possible, and
    then the kinds in this order.
    `tops_only` int64, ascending: the nodes of components with more than `pairs_listed` pairs, of which only
    some are listed (see the module).
    """

    controller: Ints
    subject: Ints
    certain: Bools
    kind: Bytes
    tops_only: Ints


def control(
    src: Ints, dst: Ints, low: Floats, high: Floats, flags: Bytes, *, pairs_listed: int = PAIRS_LISTED
) -> Controlled:
    """Control by votes (or by shares, for subjects whose votes are not known), by the rights Flags.BOARD and
    Flags.INFLUENCE, and by joint groups.

    Arrays of one length, sorted by (src, dst), as for `graphs.ownership.intervals.prepare`. Arcs with
    CLOSURE_ONLY only say who is above whom. `pairs_listed`: of a weak component with more pairs, including
    those of joint groups, only some are listed. Never raises.

    Example: P holds 60 per cent of the votes of A and 30 of B, and A holds 25 of B. P controls A, and with
    A's 25 per cent also B.
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
    """The listed pairs of components with too many pairs (see the module). `many` bool[n]: the nodes of these
    components.
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
    """Pairs that a holder's own interests decide without those of others."""
    run, arc = neighbours(graph.into, nodes)
    run, arc = run[graph.passes[arc]], arc[graph.passes[arc]]
    votes = Votes(graph.src[arc], nodes[run], arc, np.full(len(arc), CERTAIN, np.uint8))
    return decided_pairs(graph, votes, np.ones(graph.n, np.uint8))


def _direct_of_members(graph: ControlGraph, direct: Pairs) -> Pairs:
    """For each member of a joint group, what the group's interest decides. The interest may be the member's
    own, so control is possible.
    """
    of_group = direct.at(graph.group[direct.party])
    run, member = neighbours(graph.members, of_group.party)
    return Pairs(member, of_group.subject[run], np.minimum(of_group.level[run], np.uint8(POSSIBLE)))


# (kind, certain), weakest first: the last of several verdicts on a pair counts. _ALONE and _JOINTLY give the
# position of each level, for the party itself and for a group of which it is a member.
_VERDICTS = ((INFLUENCE, False), (JOINT, False), (CONTROL, False), (JOINT, True), (CONTROL, True))
_ALONE, _JOINTLY = np.array((0, 0, 2, 4)), np.array((0, 0, 1, 3))


def _named(graph: ControlGraph, pairs: Pairs, tops_only: Ints) -> Controlled:
    """Pairs of parties. Pairs of a joint group become pairs of its members."""
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
    """Control groups among `n` nodes: (controller, subject), int64 arrays sorted by both.

    The controller certainly controls the subject alone (kind CONTROL), and nobody certainly controls the
    controller alone. Of parties that control each other and that nobody else controls, the one with the
    smallest number is the controller, and the others are in its group.
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
