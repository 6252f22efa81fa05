"""Who controls whom, certainly and possibly, by votes, rights over the board and influence.

A party controls what it, with everything it controls, has more than half of the votes cast of, and so on (Ceri, Gottlob and Tanca 1990; Banca d'Italia's
company control): a least fixpoint for each party. On intervals there are three, each a part of the next:
- certain: on minima, counted once; or by a right over the board. An entity's votes in itself are not cast;
- possible: on maxima, at most what others certainly leave; or by a right over the board;
- by influence: the same where significant influence counts as control. What is only here is of kind `influence`, and never certain.
Exactly half is control only where a bound is exclusive. With votes v of a set of holders, others' o and the entity's own s within their bounds and v + o + s
at most the whole W, v > (W - s) / 2 can be if and only if 2·v_max > W - s_max, 2·o_min < W - s_min and v_max > o_min; so these are asked.

Joint holders (a group node) control together what their common interest controls. A given set of parties is such a node with members and no interest:
it controls what all of them control together.

A fixpoint concerns one party only, so any may be left out: in weak components with many pairs only these are listed
- all of parties that nobody's own interests (of one holder, direct and indirect) can possibly make controlled: the ultimate ones;
- what is certain, of parties that nobody's own interests certainly make controlled;
- what a party's own interests decide by themselves.
Where those of the ultimate ones are more than ULTIMATE_PAIRS, only what is certain of them.

Order of work: strongly connected sets are condensed and taken a level at a time from the tops down; what a party controls of a level rests on levels above
it only. Inside sets each round takes up the pairs that a pair found in the last one may change. Cost: each arc once for every party that may control its
holder. Weak components are worked on in bins, which changes no result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from graphs.arrays.components import levels, parts, strong_labels, weak_labels
from graphs.arrays.edges import (
    Bools,
    Bytes,
    Csr,
    Floats,
    Ints,
    ascending,
    distinct,
    grouped,
    marked,
    neighbours,
    ordering,
    run_starts,
    spread,
    starts,
)
from graphs.control.coalitions import Columns, Runs, columns, least, most
from graphs.ownership.intervals import UNITS, Flags, Holdings, prepare

PAIRS_LISTED = 1_000_000  # own: a chain of 10,000 wholly owned companies has 50 million pairs
ULTIMATE_PAIRS = 20_000_000  # own: 200 MB; a chain of 10,000 with a person beside each link that may have more than half has 50 million
BIN_ARCS = 1_000_000  # own: some 300 MB of working arrays
AT_ONCE = 2_000_000  # own: votes looked at together, 100 MB; those of one entity are never divided
SLOTS_AT_ONCE = 16_000_000  # own: pairs (party, member) of strongly connected sets, a byte each; at least one party at a time

CONTROL, JOINT, INFLUENCE = range(3)  # Controlled.kind
_BY_INFLUENCE, _POSSIBLE, _CERTAIN, _NEVER = range(
    1, 5
)  # how strongly a pair is found; an arc that cannot decide by itself has 0


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


class Blocks(NamedTuple):
    """What a party has in a subject together with all it controls, sorted by (holder, subject): arrays of one length.

    `holder`, `subject` int64; `low`, `high` int64 in UNITS; `low_open` bool: low is certainly exceeded.
    """

    holder: Ints
    subject: Ints
    low: Ints
    high: Ints
    low_open: Bools


def control(
    src: Ints,
    dst: Ints,
    low: Floats,
    high: Floats,
    flags: Bytes,
    *,
    pairs_listed: int = PAIRS_LISTED,
    bin_arcs: int = BIN_ARCS,
) -> Controlled:
    """Control from votes (of subjects whose votes are not known, shares), Flags.BOARD, Flags.INFLUENCE and joint groups.

    Arrays of one length, sorted by (src, dst), as `graphs.ownership.intervals.prepare` takes them; arcs of CLOSURE_ONLY tell who is above whom. `pairs_listed`: of a
    weak component with more pairs, those of joint groups too, only some are listed. `bin_arcs`: arcs worked on together, about. Neither can raise.
    """
    found = []
    for nodes, rows, local in parts(
        int(max(src.max(initial=-1), dst.max(initial=-1))) + 1, src, dst, bin_arcs
    ):
        part = _of_bin(
            local[src[rows]], local[dst[rows]], low[rows], high[rows], flags[rows], pairs_listed=pairs_listed
        )
        found.append(
            Controlled(
                nodes[part.controller], nodes[part.subject], part.certain, part.kind, nodes[part.tops_only]
            )
        )
    return _joined(found)


def ultimate(controlled: Controlled, n: int) -> tuple[Ints, Ints]:
    """Control groups: (controller, subject), int64 arrays sorted by both, of `n` nodes.

    The controller certainly controls the subject, alone (kind control), and is certainly controlled alone by nobody. Of parties that control each other
    and whom nobody else controls the one with the smallest number stands for all, and the others are in its group.
    """
    sure = controlled.certain & (controlled.kind == CONTROL)
    controller, subject = controlled.controller[sure], controlled.subject[sure]
    label = strong_labels(n, controller, subject)
    smallest = np.full(n, n, np.int64)
    np.minimum.at(smallest, label, np.arange(n))
    below = marked(n, label[subject[label[controller] != label[subject]]])
    top = ~below[label[controller]]
    head = smallest[label[controller[top]]]
    pairs = distinct(n, head, subject[top])
    other = pairs.src != pairs.dst
    return pairs.src[other], pairs.dst[other]


def blocks(holdings: Holdings, controlled: Controlled) -> Blocks:
    """Interests in a subject of what a party controls and its own, together (Regulation (EU) 2024/1624, article 54 a).

    `holdings` of any basis, with the node numbers of `controlled`. `low`: minima of the party and of what it certainly controls, alone or jointly, counted
    once. `high`: maxima of all that it possibly controls, influence included, at most what others certainly leave. Joint holders' interest is counted in
    `low` where all of them are the party or certainly controlled by it, in `high` where one is. Listed are pairs where the party possibly controls another
    holder of the subject; an entity's interests in itself are left out.
    """
    of, held, member_of = columns(holdings), _held_arcs(holdings), holdings.members.held()
    holds = np.diff(held.indptr) + np.diff(member_of.indptr)
    useful = np.flatnonzero(controlled.subject < holdings.n)
    useful = useful[holds[controlled.subject[useful]] > 0]
    controller, subject = controlled.controller[useful], controlled.subject[useful]
    level = np.where(controlled.certain[useful], _CERTAIN, _POSSIBLE).astype(np.uint8)
    number = np.cumsum(holds[subject]) // AT_ONCE
    number = number[np.searchsorted(controller, controller)]  # no party is divided
    none = np.zeros(0, np.int64)
    found = [Blocks(none, none, none, none, none > 0)]
    for rows in np.split(np.arange(len(useful)), run_starts(number)[1:]):
        found.append(
            _blocks_of(
                holdings,
                of,
                held,
                _holders(holdings, member_of, _Pairs(controller[rows], subject[rows], level[rows])),
            )
        )
    return Blocks(*(np.concatenate(part) for part in zip(*found, strict=True)))


# --- blocks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Holders:
    """Whose interests a party's block has: itself, what it may control (`level`), joint groups with one of these. Arrays of one length.

    `other` bool: it is another than the party, or a group with another member that the party may control.
    """

    party: Ints
    node: Ints
    level: Bytes
    other: Bools


def _held_arcs(holdings: Holdings) -> Csr:
    """Numbers of the interests by holder, without self-holdings."""
    arc = np.flatnonzero(holdings.src != holdings.dst)
    return grouped(holdings.n, holdings.src[arc], arc)


def _holders(holdings: Holdings, member_of: Csr, pairs: _Pairs) -> _Holders:
    """`pairs`: all of some parties, sorted by party. A group is certain where all members are the party or certainly controlled."""
    own = ascending(pairs.party)
    own = own[own < holdings.n]  # others hold nothing on this basis
    party, node = np.concatenate((pairs.party, own)), np.concatenate((pairs.subject, own))
    level = np.concatenate((pairs.level, np.full(len(own), _CERTAIN, np.uint8)))
    other = np.arange(len(party)) < len(pairs.party)
    run, group = neighbours(member_of, node)
    key = party[run] * holdings.n + group
    order = np.argsort(key)
    run, begin = run[order], run_starts(key[order])
    if not len(begin):
        return _Holders(party, node, level, other)
    of_group, group = np.divmod(key[order][begin], holdings.n)
    sure = (
        np.add.reduceat((level[run] == _CERTAIN).astype(np.int64), begin)
        == np.bincount(holdings.members.dst, minlength=holdings.n)[group]
    )
    return _Holders(
        np.concatenate((party, of_group)),
        np.concatenate((node, group)),
        np.concatenate((level, np.where(sure, _CERTAIN, _POSSIBLE).astype(np.uint8))),
        np.concatenate((other, np.logical_or.reduceat(other[run], begin))),
    )


def _blocks_of(holdings: Holdings, of: Columns, held: Csr, holders: _Holders) -> Blocks:
    """`blocks` of some parties, of whom these are all holders."""
    run, arc = neighbours(held, holders.node)
    key = holders.party[run] * holdings.n + holdings.dst[arc]
    order = np.argsort(key)
    key, run, arc = key[order], run[order], arc[order]
    begin = run_starts(key)
    party, subject = np.divmod(key[begin], max(holdings.n, 1))
    if not len(party):
        return Blocks(party, subject, party, party, party > 0)
    kept = np.logical_or.reduceat(holders.other[run], begin) & (party != subject)
    sets = _runs_of(begin, arc)
    low, low_open = least(of, sets, holders.level[run] == _CERTAIN)
    total, left = most(of, sets, np.ones(len(arc), np.bool_), subject)
    low = np.minimum(low, UNITS)
    high = np.maximum(np.minimum(total, UNITS - left), low)
    return Blocks(party[kept], subject[kept], low[kept], high[kept], low_open[kept])


# --- the graph of a bin ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Graph:
    """Arcs that may give control, and what a subject asks of them.

    Per arc: `src`, `dst` int64; `cap` uint8, how strongly it decides by itself where its holder is certainly controlled (0: an interval, which is summed);
    `passes` bool: control of the holder counts too (else only the holder's own row). `of`: their intervals.
    `into`: arcs by subject. `label` int64[n]: strongly connected set of each node; `inner`, `inner_below`: of these sets' own arcs, by subject the arc, by
    holder the subject. `in_sets`: members of sets of two and more, those of set s from `first[s]` to `first[s + 1]`; `place` int64[n] in its set, -1 for others.
    Per node: twice the votes certainly held must exceed `need`, or reach it where one bound or `need_open` is exclusive; `cast_least`, `cast_most`: votes not
    held by the entity itself. All in UNITS. `members`: of each group node. `group` bool[n]. `ends`: of all arcs of the closure.
    """

    n: int
    src: Ints
    dst: Ints
    cap: Bytes
    passes: Bools
    of: Columns
    into: Csr
    label: Ints
    in_sets: Ints
    first: Ints
    place: Ints
    inner: Csr
    inner_below: Csr
    need: Ints
    need_open: Bools
    cast_least: Ints
    cast_most: Ints
    members: Csr
    group: Bools
    ends: tuple[Ints, Ints]


def _graph(src: Ints, dst: Ints, flags: Bytes, holdings: Holdings) -> _Graph:
    """Arcs: of the holdings; then rights; members to their group; given sets to their members, so that these are in the set's row from the start.

    Joint holders act together in what they hold together, and in nothing else: what one of them has of its own is not in their group's row.
    """
    n, members = holdings.n, holdings.members
    given = np.flatnonzero(~np.isin(members.dst, holdings.src))
    rights = (flags & Flags.MEMBER) == 0
    board = np.flatnonzero(rights & ((flags & Flags.BOARD) == Flags.BOARD) & (src != dst))
    influence = np.flatnonzero(rights & ((flags & Flags.INFLUENCE) == Flags.INFLUENCE) & (src != dst))
    by_right = np.concatenate((board, influence))
    sizes = np.array((len(holdings.src), len(board), len(influence), len(members.src), len(given)))
    all_src = np.concatenate((holdings.src, src[by_right], members.src, members.dst[given]))
    all_dst = np.concatenate((holdings.dst, dst[by_right], members.dst, members.src[given]))
    cap = np.repeat(np.array((0, _CERTAIN, _BY_INFLUENCE, _POSSIBLE, _CERTAIN), np.uint8), sizes)
    passes = np.arange(len(all_src)) < sizes[:-1].sum()
    of, own = columns(holdings), _own(holdings)
    useful = np.append(_useful(holdings, of, own.high), np.ones(int(sizes[1:].sum()), np.bool_))
    leads = np.flatnonzero(useful & passes)
    label = strong_labels(n, all_src[leads], all_dst[leads])
    inside = leads[label[all_src[leads]] == label[all_dst[leads]]]
    by_holder = inside[ordering(all_src[inside])]
    count = np.bincount(members.dst, minlength=n)
    behind = np.repeat(
        (0, 1, 0), (len(by_right), len(members.src), len(given))
    )  # all members make a group controlled
    return _Graph(
        n,
        all_src,
        all_dst,
        cap,
        passes,
        of.widened(behind),
        _by_subject(n, all_dst, np.flatnonzero(useful)),
        label,
        *_sets(label),
        _by_subject(n, all_dst, inside),
        grouped(n, all_src[by_holder], all_dst[by_holder]),
        need=np.where(holdings.group, 2 * count - 1, UNITS - own.low),
        need_open=own.low_open,
        cast_least=UNITS - own.high,
        cast_most=np.where(holdings.contradictory, UNITS, UNITS - own.low),
        members=members.holders(),
        group=holdings.group,
        ends=(src, dst),
    )


@dataclass(frozen=True, eq=False)
class _Own:
    """What each node holds of itself, int64[n] in UNITS: at least, directly and as no part of another's; at most, in any way. `low_open` bool[n]."""

    low: Ints
    high: Ints
    low_open: Bools


def _own(holdings: Holdings) -> _Own:
    mine = np.flatnonzero(holdings.src == holdings.dst)
    alone = ~holdings.unknown_reach & ~holdings.indirect  # votes held through others are theirs to cast
    alone[holdings.low_choices.arc] = False
    direct = mine[alone[mine]]
    low, high = np.zeros(holdings.n, np.int64), np.zeros(holdings.n, np.int64)
    low[holdings.dst[direct]] = holdings.low[direct]
    np.maximum.at(high, holdings.dst[mine], holdings.high[mine])
    return _Own(low, high, marked(holdings.n, holdings.dst[direct[holdings.low_open[direct]]]))


def _useful(holdings: Holdings, of: Columns, own_high: Ints) -> Bools:
    """Interests in subjects that all holders together may control, without self-holdings and those of nothing: bool[interests]."""
    together = np.zeros(holdings.n, np.int64)
    np.add.at(together, holdings.dst, of.high)
    enough = 2 * together > UNITS - own_high
    return np.asarray(enough[holdings.dst] & (of.high > 0), np.bool_)


def _sets(label: Ints) -> tuple[Ints, Ints, Ints]:
    """Members of sets of two and more by set, where those of each set begin, and each node's place in its set (-1: alone)."""
    size = np.bincount(label)
    nodes = np.flatnonzero(size[label] > 1)
    nodes = nodes[ordering(label[nodes])]
    first = starts(len(size), label[nodes])
    place = np.full(len(label), -1, np.int64)
    place[nodes] = np.arange(len(nodes)) - first[label[nodes]]
    return nodes, first, place


def _by_subject(n: int, dst: Ints, arcs: Ints) -> Csr:
    """Numbers of the arcs by subject."""
    order = arcs[ordering(dst[arcs])]
    return grouped(n, dst[order], order)


# --- pairs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Pairs:
    """A party, or a joint group, and what it may control, how strongly: `party`, `subject` int64, `level` uint8; arrays of one length."""

    party: Ints
    subject: Ints
    level: Bytes

    @classmethod
    def joined(cls, some: list[_Pairs]) -> _Pairs:
        none = np.zeros(0, np.int64)
        rows = [cls(none, none, none.astype(np.uint8)), *some]
        return cls(*(np.concatenate([getattr(row, field.name) for row in rows]) for field in fields(cls)))

    def taken(self, which: Ints | Bools) -> _Pairs:
        return _Pairs(self.party[which], self.subject[which], self.level[which])


@dataclass(frozen=True, eq=False)
class _Votes:
    """Arcs whose holder is the party, or may be controlled by it (`level`): arrays of one length. `subject` is that of the arc."""

    party: Ints
    subject: Ints
    arc: Ints
    level: Bytes

    def taken(self, which: Ints | Bools) -> _Votes:
        return _Votes(self.party[which], self.subject[which], self.arc[which], self.level[which])


class _Found:
    """Pairs found so far, by subject, each subject's once; and whether a weak component has more than `limit`."""

    def __init__(self, graph: _Graph, limit: int) -> None:
        self.graph, self.limit = graph, limit
        self.begin, self.count = np.zeros(graph.n, np.int64), np.zeros(graph.n, np.int64)
        self.party, self.level, self.used = np.zeros(1024, np.int64), np.zeros(1024, np.uint8), 0
        self.total, self.of_subject = 0, np.zeros(graph.n, np.int64)
        self.component: Ints | None = None  # told apart once all together have more than `limit`
        self.of_component = np.zeros(0, np.int64)

    def put(self, pairs: _Pairs) -> None:
        """Pairs sorted by subject; none of these subjects has any yet."""
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
        """Note that pairs with these subjects are found."""
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
        """Nodes of components that have not too many pairs."""
        if self.component is None:
            return np.ones(len(nodes), np.bool_)
        return np.asarray(self.of_component[self.component[nodes]] <= self.limit, np.bool_)

    def pairs(self) -> _Pairs:
        """All of components that have not too many."""
        nodes = np.flatnonzero(self.count)
        nodes = nodes[self.open(nodes)]
        run, position = spread(self.begin[nodes], self.count[nodes])
        return _Pairs(self.party[position], nodes[run], self.level[position])


def _of_bin(
    src: Ints, dst: Ints, low: Floats, high: Floats, flags: Bytes, *, pairs_listed: int
) -> Controlled:
    """`control` for some whole weak components."""
    graph = _graph(src, dst, flags, prepare(src, dst, low, high, flags))
    found = _Found(graph, pairs_listed)
    _sweep(graph, found, np.ones(graph.n, np.uint8), np.ones(graph.n, np.bool_))
    listed = [found.pairs()]
    many = ~found.open(np.arange(graph.n))
    if many.any():
        listed += _restricted(graph, many)
    return _named(graph, _Pairs.joined(listed), np.flatnonzero(many & ~graph.group))


def _sweep(graph: _Graph, found: _Found, least_level: Bytes, wanted: Bools) -> None:
    """Find the pairs whose subject is `wanted` (bool[n], of whole components), from the tops down.

    `least_level` uint8[n]: of each party only pairs of this level or more are found, which does not change these; _NEVER: none.
    """
    for nodes in _in_order(graph, wanted):
        nodes_open = nodes[found.open(nodes)]
        of_sets = graph.place[nodes_open] >= 0
        for arcs in _batches(graph, found, nodes_open[~of_sets]):
            votes = _votes(graph, found, arcs[found.open(graph.dst[arcs])], least_level)
            pairs = _decided(graph, votes, least_level)
            found.put(pairs)
            found.counted(pairs.subject)
        _sweep_sets(graph, found, least_level, nodes_open[of_sets])


def _in_order(graph: _Graph, wanted: Bools) -> Iterator[Ints]:
    """Nodes that are held, by level of the condensation."""
    size = int(graph.label.max(initial=-1)) + 1
    arcs = graph.into.indices[graph.passes[graph.into.indices]]
    above, below = graph.label[graph.src[arcs]], graph.label[graph.dst[arcs]]
    between = above != below
    level = levels(distinct(size, above[between], below[between])).of_node()[graph.label]
    nodes = np.flatnonzero(wanted & (np.diff(graph.into.indptr) > 0))
    nodes = nodes[ordering(level[nodes])]
    return (some for some in np.split(nodes, run_starts(level[nodes])[1:]) if len(some))


def _batches(graph: _Graph, found: _Found, nodes: Ints) -> Iterator[Ints]:
    """The arcs into `nodes`, those into one together, in runs of about AT_ONCE votes."""
    run, arcs = neighbours(graph.into, nodes)
    votes = np.cumsum(found.count[graph.src[arcs]] + 1)
    if not len(arcs) or votes[-1] <= AT_ONCE:
        return iter([arcs] if len(arcs) else [])
    number = votes[np.searchsorted(run, run)] // AT_ONCE  # by the first arc into each node
    return iter(np.split(arcs, run_starts(number)[1:]))


def _votes(graph: _Graph, found: _Found, arcs: Ints, least_level: Bytes) -> _Votes:
    """Every arc for its holder, and for every party that may control its holder, as far as that is found."""
    holder, subject = graph.src[arcs], graph.dst[arcs]
    own = np.flatnonzero(least_level[holder] < _NEVER)
    vote, position = spread(found.begin[holder], np.where(graph.passes[arcs], found.count[holder], 0))
    return _Votes(
        np.concatenate((holder[own], found.party[position])),
        np.concatenate((subject[own], subject[vote])),
        np.concatenate((arcs[own], arcs[vote])),
        np.concatenate((np.full(len(own), _CERTAIN, np.uint8), found.level[position])),
    )


def _decided(graph: _Graph, votes: _Votes, least_level: Bytes) -> _Pairs:
    """Pairs that these votes decide, sorted by (subject, party). A party's votes in itself decide nothing."""
    key = votes.subject * graph.n + votes.party
    order = np.argsort(key)
    key = key[order]
    begin = run_starts(key)
    subject, party = np.divmod(key[begin], graph.n)
    level = _levels(graph, _runs_of(begin, votes.arc[order]), votes.level[order], subject)
    kept = (level > 0) & (level >= least_level[party]) & (subject != party)
    return _Pairs(party[kept], subject[kept], level[kept])


def _runs_of(begin: Ints, arc: Ints) -> Runs:
    return Runs(begin, np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(arc)))), arc)


def _levels(graph: _Graph, sets: Runs, level: Bytes, subject: Ints) -> Bytes:
    """How strongly the holders of each run control its `subject`. `level`: how strongly each holder is itself controlled."""
    if not len(subject):
        return np.zeros(0, np.uint8)
    decided = np.maximum.reduceat(np.minimum(level, graph.cap[sets.arc]), sets.begin)
    low, low_open = least(graph.of, sets, level == _CERTAIN)
    need = graph.need[subject]
    certain = (2 * low > need) | ((2 * low == need) & (low_open | graph.need_open[subject]))
    possible = _may_exceed(graph, sets, level >= _POSSIBLE, subject)
    by_influence = (
        _may_exceed(graph, sets, level >= _BY_INFLUENCE, subject)
        if (level == _BY_INFLUENCE).any()
        else possible
    )
    return np.maximum(
        decided,
        np.select((certain, possible, by_influence), (_CERTAIN, _POSSIBLE, _BY_INFLUENCE), 0).astype(
            np.uint8
        ),
    )


def _may_exceed(graph: _Graph, sets: Runs, chosen: Bools, subject: Ints) -> Bools:
    """True where the chosen holders may have more than half of the votes cast."""
    total, left = most(graph.of, sets, chosen, subject)
    return np.asarray(
        (2 * total > graph.cast_least[subject]) & (2 * left < graph.cast_most[subject]) & (total > left),
        np.bool_,
    )


# --- inside strongly connected sets ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Slots:
    """Rows (set, party), and a slot for each member of the set in each row: those of row r begin at `begin[r]`, int64[rows + 1].

    `party`, `of` int64[rows] (the set), sorted by (of, party).
    """

    begin: Ints
    party: Ints
    of: Ints

    def at(self, graph: _Graph, row: Ints, node: Ints) -> Ints:
        """Slot of the node in the row."""
        return self.begin[row] + graph.place[node]

    def row(self, graph: _Graph, of: Ints, party: Ints) -> Ints:
        """The row of each (set, party), -1 where there is none."""
        key, keys = of * graph.n + party, self.of * graph.n + self.party
        at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        return np.where(keys[at] == key, at, -1)

    def ends(self, graph: _Graph, slot: Ints) -> tuple[Ints, Ints]:
        """Row and node of each slot."""
        row = np.searchsorted(self.begin, slot, side="right") - 1
        return row, graph.in_sets[graph.first[self.of[row]] + slot - self.begin[row]]


def _sweep_sets(graph: _Graph, found: _Found, least_level: Bytes, nodes: Ints) -> None:
    """Find the pairs of the members of some whole sets (`nodes`)."""
    if not len(nodes):
        return
    arcs = neighbours(graph.into, nodes)[1]
    inner = graph.passes[arcs] & (graph.label[graph.src[arcs]] == graph.label[graph.dst[arcs]])
    outer = _votes(graph, found, arcs[~inner], least_level)
    pairs = [
        _in_sets(graph, found, outer, slots, least_level)
        for slots in _slots(graph, outer, nodes, least_level)
    ]
    all_pairs = _Pairs.joined(pairs)
    found.put(all_pairs.taken(ordering(all_pairs.subject)))


def _slots(graph: _Graph, outer: _Votes, nodes: Ints, least_level: Bytes) -> Iterator[_Slots]:
    """Rows of the members (`nodes`) and of all who may control from outside, in runs of about SLOTS_AT_ONCE slots."""
    inside = nodes[least_level[nodes] < _NEVER]
    key = ascending(
        np.concatenate(
            (graph.label[inside] * graph.n + inside, graph.label[outer.subject] * graph.n + outer.party)
        )
    )
    of, party = np.divmod(key, graph.n)
    size = graph.first[of + 1] - graph.first[of]
    number = np.cumsum(size) // SLOTS_AT_ONCE
    for rows in np.split(np.arange(len(key)), run_starts(number)[1:]):
        if len(rows):
            yield _Slots(np.append(0, np.cumsum(size[rows])), party[rows], of[rows])


def _in_sets(graph: _Graph, found: _Found, outer: _Votes, slots: _Slots, least_level: Bytes) -> _Pairs:
    """Pairs of some rows: rounds in which only what may have changed is asked again, until nothing changes."""
    level = np.zeros(int(slots.begin[-1]), np.uint8)
    row = slots.row(graph, graph.label[outer.subject], outer.party)
    outer, row = outer.taken(row >= 0), row[row >= 0]
    slot = slots.at(graph, row, outer.subject)
    order = ordering(slot)
    outer, slot = outer.taken(order), slot[order]
    own_row = np.flatnonzero(graph.label[slots.party] == slots.of)
    own = slots.at(graph, own_row, slots.party[own_row])
    level[own] = _CERTAIN
    asked = ascending(np.concatenate((slot, _below(graph, slots, own))))
    asked = asked[found.open(slots.ends(graph, asked)[1])]
    while len(asked):
        asked = asked[level[asked] < _CERTAIN]
        new = _asked_levels(graph, slots, level, asked, outer=outer, outer_slot=slot)
        row, node = slots.ends(graph, asked)
        raised = (new > level[asked]) & (new >= least_level[slots.party[row]])
        found.counted(node[raised & (level[asked] == 0)])
        level[asked[raised]] = new[raised]
        asked = _below(graph, slots, asked[raised & found.open(node)])
    level[own] = 0
    pairs = np.flatnonzero(level)
    row, node = slots.ends(graph, pairs)
    return _Pairs(slots.party[row], node, level[pairs])


def _below(graph: _Graph, slots: _Slots, slot: Ints) -> Ints:
    """Slots of what the nodes of these slots hold in their set, in the same row: ascending, each once."""
    row, node = slots.ends(graph, slot)
    at, below = neighbours(graph.inner_below, node)
    return ascending(slots.at(graph, row[at], below))


def _asked_levels(
    graph: _Graph, slots: _Slots, level: Bytes, asked: Ints, *, outer: _Votes, outer_slot: Ints
) -> Bytes:
    """What the slots `asked` have at the levels reached so far: by arcs inside the set, and by those from outside (sorted by slot)."""
    row, node = slots.ends(graph, asked)
    at, arc = neighbours(graph.inner, node)
    reached = level[slots.at(graph, row[at], graph.src[arc])]
    at, arc, reached = at[reached > 0], arc[reached > 0], reached[reached > 0]
    begin = np.searchsorted(outer_slot, asked)
    of, position = spread(begin, np.searchsorted(outer_slot, asked, side="right") - begin)
    at, arc, reached = (
        np.concatenate((at, of)),
        np.concatenate((arc, outer.arc[position])),
        np.concatenate((reached, outer.level[position])),
    )
    order = ordering(at)
    at = at[order]
    first = run_starts(at)
    levels_ = np.zeros(len(asked), np.uint8)
    levels_[at[first]] = _levels(graph, _runs_of(first, arc[order]), reached[order], node[at[first]])
    return levels_


# --- components with many pairs -------------------------------------------------------------------------------------


def _restricted(graph: _Graph, many: Bools) -> list[_Pairs]:
    """The pairs that are listed of components (bool[n]: their nodes) with too many: see the module."""
    direct = _direct(graph, np.flatnonzero(many))
    least_level = np.ones(graph.n, np.uint8)
    least_level[direct.subject] = _CERTAIN
    least_level[direct.subject[direct.level == _CERTAIN]] = _NEVER
    run, member = neighbours(graph.members, groups := np.flatnonzero(graph.group))
    least_level[groups] = _NEVER
    np.minimum.at(least_level, groups[run], least_level[member])
    found = _Found(graph, ULTIMATE_PAIRS)
    _sweep(graph, found, least_level, many)
    listed = [found.pairs(), direct, _direct_of_members(graph, direct)]
    many = many & ~found.open(np.arange(graph.n))
    if many.any():
        found = _Found(graph, np.iinfo(np.int64).max)
        _sweep(graph, found, np.maximum(least_level, np.uint8(_CERTAIN)), many)
        listed.append(found.pairs())
    return listed


def _direct(graph: _Graph, nodes: Ints) -> _Pairs:
    """Pairs that a holder's own interests decide."""
    run, arc = neighbours(graph.into, nodes)
    run, arc = run[graph.passes[arc]], arc[graph.passes[arc]]
    votes = _Votes(graph.src[arc], nodes[run], arc, np.full(len(arc), _CERTAIN, np.uint8))
    return _decided(graph, votes, np.ones(graph.n, np.uint8))


def _direct_of_members(graph: _Graph, direct: _Pairs) -> _Pairs:
    """What a joint group's interest decides, for each member: it may be its own, so that is possible."""
    of_group = direct.taken(graph.group[direct.party])
    run, member = neighbours(graph.members, of_group.party)
    return _Pairs(member, of_group.subject[run], np.minimum(of_group.level[run], np.uint8(_POSSIBLE)))


# --- what is given out ----------------------------------------------------------------------------------------------

# Of several verdicts on a pair the highest: index of kind and certainty. By level, of the party itself and of a group it is a member of.
_VERDICTS = ((INFLUENCE, False), (JOINT, False), (CONTROL, False), (JOINT, True), (CONTROL, True))
_ALONE, _JOINTLY = np.array((0, 0, 2, 4)), np.array((0, 0, 1, 3))


def _named(graph: _Graph, pairs: _Pairs, tops_only: Ints) -> Controlled:
    """Pairs of parties; those of joint groups as their members'."""
    pairs = pairs.taken(~graph.group[pairs.subject])
    joint = graph.group[pairs.party]
    alone, jointly = pairs.taken(~joint), pairs.taken(joint)
    jointly = jointly.taken(~_are_members(graph, jointly))
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


def _are_members(graph: _Graph, pairs: _Pairs) -> Bools:
    """True where the subject is a member of the joint group: it is in the group's row from the start."""
    run, member = neighbours(graph.members, pairs.party)
    found = np.zeros(len(pairs.party), np.bool_)
    found[run[member == pairs.subject[run]]] = True
    return found


def _joined(found: list[Controlled]) -> Controlled:
    none = np.zeros(0, np.int64)
    rows = [Controlled(none, none, none > 0, none.astype(np.uint8), none), *found]
    columns_ = {
        field.name: np.concatenate([getattr(row, field.name) for row in rows]) for field in fields(Controlled)
    }
    key = columns_["controller"] * (int(columns_["subject"].max(initial=-1)) + 1) + columns_["subject"]
    order = np.argsort(key) if (key[1:] < key[:-1]).any() else slice(None)
    pairs = {name: column[order] for name, column in columns_.items() if name != "tops_only"}
    return Controlled(**pairs, tops_only=np.sort(columns_["tops_only"]))
