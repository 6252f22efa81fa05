"""Who is owned or controlled by designated parties, by the rule of each regime of financial sanctions.

A *designated* set S is given. An entity is added to it while
- the regimes that count together (OFAC, EU): what S has of its shares, counted once, is at least half. A cascade, not a product: who is added counts whole;
- the regime that counts each designated party alone (UK): what one of them has with everything of its own chain is more than half;
- where control counts (EU, UK): somebody in the set (of the same chain) certainly controls it.
CERTAIN rests on minima, POSSIBLE on the maxima that are declared. Shares and rights to surplus assets are matrices of their own; each decides by itself,
and votes decide through control. Overlapping interests count once as in `graphs.control.coalitions`. Joint holders are certainly in a set when all of them are, and
possibly when one is.

Sources: OFAC, Revised Guidance on Entities Owned by Persons Whose Property Is Blocked (2014) and FAQ 401; Council of the EU, best practices on restrictive
measures, "ownership" and "control"; OFSI, UK Financial Sanctions Guidance, "ownership and control". Method: a least fixpoint from the designated parties
outwards; each round looks at the entities that a party added in the last one holds. Only weak components with a designated party are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from graphs.arrays.edges import (
    Arcs,
    Bools,
    Bytes,
    Csr,
    Floats,
    Ints,
    Parties,
    ascending,
    grouped,
    neighbours,
    numbered,
    parties,
    run_starts,
)
from graphs.arrays.tables import Frames, named, per_cent, stream, words
from graphs.control.coalitions import Columns, Runs, columns, least, most
from graphs.ownership.interests import BASES, Interests, interests, share_arcs
from graphs.ownership.intervals import UNITS, Holdings, prepare
from transforms.model.views import CASCADE_REGIMES, CASCADE_SETS, CASCADE_WAYS, CONTROL_VERDICTS

OWNERSHIP_BASES = ("shares", "surplus_assets")
HALF = UNITS // 2
WITNESS_INTERESTS = 100  # own: interests of a proof that are listed, the nearest first
BY_OWNERSHIP, BY_CONTROL = range(2)  # positions in CASCADE_WAYS


@dataclass(frozen=True)
class Regime:
    """`joint`: all designated parties count together. `at_least`: half is enough. `by_control`: certain control counts too."""

    name: str
    joint: bool
    at_least: bool
    by_control: bool


REGIMES: tuple[Regime, ...] = (
    Regime("EU", joint=True, at_least=True, by_control=True),
    Regime("OFAC", joint=True, at_least=True, by_control=False),
    Regime("UK", joint=False, at_least=False, by_control=True),
)


def build(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    marks: pl.DataFrame,
    closure: pl.LazyFrame,
    control: pl.LazyFrame,
) -> Frames:
    """`graph_cascade`, a frame in its declared schema and key order.

    edges, nodes: as `graphs.build.build` takes them. marks: mark, party_id; those of CASCADE_SETS count. closure, control: `graph_edge` and
    `graph_control` of the same night. Of the set `with_candidates` a subject and regime is listed only where the first set gives less.
    """
    sets = _sets(marks)
    part = _part(edges, nodes, closure, control, _all_ids(sets))
    found = (
        [_listed(part, sets[name], number) for number, name in enumerate(CASCADE_SETS)]
        if part.known.ids.len()
        else []
    )
    yield from _table(part, _stronger(_Rows.of(found)))


def _all_ids(sets: dict[str, pl.Series]) -> pl.Series:
    return pl.concat([pl.Series([], dtype=pl.String), *sets.values()]).unique().sort()


def _sets(marks: pl.DataFrame) -> dict[str, pl.Series]:
    """Ids of each designated set; the second holds the first."""
    own = {name: marks.filter(pl.col("mark") == name)["party_id"].unique().sort() for name in CASCADE_SETS}
    first, second = CASCADE_SETS
    return {first: own[first], second: pl.concat([own[first], own[second]]).unique().sort()}


# --- the part of the graph that matters -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Part:
    """Weak components with a designated party. `holdings`, `of`: of each ownership basis. `into`, `held`: their arcs by subject and by holder.

    `controls`: whom each party certainly controls. `members`, `groups_of`: (group, member) and (member, group). `interests_of`: by subject, the position
    in `found` of its interests. `interest_ids` of these.
    """

    known: Parties
    found: Interests
    holdings: tuple[Holdings, ...]
    of: tuple[Columns, ...]
    into: tuple[Csr, ...]
    held: tuple[Csr, ...]
    controls: Csr
    members: Csr
    groups_of: Csr
    interests_of: Csr
    interest_ids: pl.Series


def _part(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    closure: pl.LazyFrame,
    control: pl.LazyFrame,
    designated: pl.Series,
) -> _Part:
    among = pl.any_horizontal(pl.col(end).is_in(designated.implode()) for end in ("party_id", "subject_id"))
    touched = closure.filter(among).select("component_no").unique().collect()["component_no"].sort()
    pairs = (
        closure.filter(pl.col("component_no").is_in(touched.implode()))
        .select("party_id", "subject_id")
        .collect()
    )
    ids = pl.concat([pairs["party_id"], pairs["subject_id"]]).unique().sort()
    known_nodes = nodes.filter(pl.col("party_id").is_in(ids.implode())).sort("party_id")
    known = parties(known_nodes)
    mine = (
        edges.filter(pl.col("subject_id").is_in(ids.implode()))
        .collect()
        .sort("statement_id", "interest_id", "basis")
    )
    found, _ = interests(mine.lazy(), known, known_nodes["cannot_be_owned"].to_numpy())
    holdings = tuple(_holdings(found, basis) for basis in OWNERSHIP_BASES)
    sure = control.filter(
        (pl.col("verdict") == "CERTAIN")
        & (pl.col("kind") == "control")
        & pl.col("subject_id").is_in(ids.implode())
    ).collect()
    groups = _group_members(found.n, holdings)
    order = np.argsort(found.held, kind="stable")
    return _Part(
        known,
        found,
        holdings,
        tuple(columns(one) for one in holdings),
        tuple(_by_subject(found.n, one) for one in holdings),
        tuple(_by_holder(found.n, one) for one in holdings),
        _pairs(found.n, numbered(sure, known, "party_id"), numbered(sure, known, "subject_id")),
        groups.holders(),
        groups.held(),
        grouped(found.n, found.held[order], order),
        mine["interest_id"].gather(pl.Series(values=found.row)),
    )


def _holdings(found: Interests, basis: str) -> Holdings:
    arcs = share_arcs(found, basis)
    return prepare(arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags)


def _group_members(n: int, holdings: Iterable[Holdings]) -> Arcs:
    """(member, group) of all bases, distinct."""
    pairs = [(one.members.src, one.members.dst) for one in holdings]
    src, dst = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    keys = ascending(src * max(n, 1) + dst)
    return Arcs(n, keys // max(n, 1), keys % max(n, 1))


def _by_subject(n: int, holdings: Holdings) -> Csr:
    """Numbers of the interests in each subject, without those in itself."""
    arc = np.flatnonzero(holdings.src != holdings.dst)
    order = np.argsort(holdings.dst[arc], kind="stable")
    return grouped(n, holdings.dst[arc][order], arc[order])


def _by_holder(n: int, holdings: Holdings) -> Csr:
    """Subjects of each holder, without itself."""
    other = holdings.src != holdings.dst
    return grouped(n, holdings.src[other], holdings.dst[other])


def _pairs(n: int, src: Ints, dst: Ints) -> Csr:
    order = np.lexsort((dst, src))
    return grouped(n, src[order], dst[order])


# --- the fixpoint ---------------------------------------------------------------------------------------------------


class _Member(NamedTuple):
    """Nodes of designated sets, sorted by key: `key` is chain * n + node; `round` when it was added, 0 for the designated."""

    key: Ints
    round: Ints

    def has(self, keys: Ints) -> Bools:
        at = np.minimum(np.searchsorted(self.key, keys), max(len(self.key) - 1, 0))
        return self.key[at] == keys if len(self.key) else np.zeros(len(keys), np.bool_)

    def with_new(self, keys: Ints, number: int) -> _Member:
        key = np.concatenate((self.key, keys))
        order = np.argsort(key, kind="stable")
        return _Member(key[order], np.concatenate((self.round, np.full(len(keys), number, np.int64)))[order])


def _grown(part: _Part, regime: Regime, designated: Ints, *, certain: bool) -> _Member:
    """Each chain from its designated parties outwards. Chain 0 has them all where they count together; else each has a chain of its own number."""
    n = part.found.n
    chain = (
        np.zeros(len(designated), np.int64) if regime.joint else np.arange(len(designated), dtype=np.int64)
    )
    frontier = np.sort(chain * n + designated)
    member = _Member(frontier, np.zeros(len(frontier), np.int64))
    number = 0
    while len(frontier):
        number += 1
        chains, node = np.divmod(frontier, n)
        new = [_controlled(part, chains, node)] if regime.by_control else []
        new.append(_joint(part, member, chains, node, certain=certain))
        new += [
            _owned(part, k, regime, member, _below(part.held[k], chains, node, n), certain=certain)
            for k in range(len(OWNERSHIP_BASES))
        ]
        frontier = ascending(np.concatenate(new))
        frontier = frontier[~member.has(frontier)]
        member = member.with_new(frontier, number)
    return member


def _below(csr: Csr, chains: Ints, node: Ints, n: int) -> Ints:
    run, below = neighbours(csr, node)
    return ascending(chains[run] * n + below)


def _controlled(part: _Part, chains: Ints, node: Ints) -> Ints:
    return _below(part.controls, chains, node, part.found.n)


def _joint(part: _Part, member: _Member, chains: Ints, node: Ints, *, certain: bool) -> Ints:
    """Joint groups of which all members are in the chain; possibly, one is enough."""
    n = part.found.n
    keys = _below(part.groups_of, chains, node, n)
    if not certain or not len(keys):
        return keys
    of, group = np.divmod(keys, n)
    run, other = neighbours(part.members, group)
    inside = np.bincount(run[member.has(of[run] * n + other)], minlength=len(keys))
    everybody: Bools = inside == np.diff(part.members.indptr)[group]
    return keys[everybody]


def _owned(part: _Part, k: int, regime: Regime, member: _Member, keys: Ints, *, certain: bool) -> Ints:
    """Of these (chain, subject), those of which the chain has enough on basis `k`."""
    keys = keys[~member.has(keys)]
    at, share, is_open = _share(part, k, member, keys, certain=certain)
    found: Ints = keys[at[_is_enough(regime, share, is_open, certain=certain)]]
    return found


def _is_enough(regime: Regime, share: Ints, is_open: Bools, *, certain: bool) -> Bools:
    """An open lower bound of half is more than half; an open upper bound of half is less."""
    half = is_open | regime.at_least if certain else ~is_open & regime.at_least
    return np.asarray((share > HALF) | ((share == HALF) & half), np.bool_)


def _share(part: _Part, k: int, member: _Member, keys: Ints, *, certain: bool) -> tuple[Ints, Ints, Bools]:
    """What the chain has of the subject of each key that it has anything of: position in `keys`, UNITS at least (or at most), and whether the bound is open.

    At most: the sum of maxima, and no more than what others certainly leave.
    """
    n, holdings, of = part.found.n, part.holdings[k], part.of[k]
    chains, subject = np.divmod(keys, n)
    row, arc = neighbours(part.into[k], subject)
    mine = member.has(chains[row] * n + holdings.src[arc])
    row_of_mine, arc_of_mine = row[mine], arc[mine]
    begin = run_starts(row_of_mine)
    at = row_of_mine[begin]
    if not len(at):
        return at, at, at > 0
    sets = Runs(
        begin, np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(row_of_mine)))), arc_of_mine
    )
    every = np.ones(len(arc_of_mine), np.bool_)
    if certain:
        low, low_open = least(of, sets, every)
        return at, np.minimum(low, UNITS), low_open
    total, left = most(of, sets, every, subject[at])
    total_open = np.logical_or.reduceat(holdings.high_open[arc_of_mine], begin)
    others = np.bincount(row[~mine & holdings.low_open[arc]], minlength=len(keys))[at] > 0
    room = UNITS - left
    return (
        at,
        np.minimum(total, room),
        np.where(total < room, total_open, np.where(total > room, others, total_open | others)),
    )


# --- rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows to list, arrays of one length. `share` float64, parts of the whole, NaN where control alone decides. `sources`, `witness`: lists of each row."""

    subject: Ints
    regime: Bytes
    set: Bytes
    possible: Bytes
    way: Bytes
    share: Floats
    depth: Ints
    sources: list[list[int]]
    witness: list[list[int]]

    @staticmethod
    def of(parts: Sequence[_Rows]) -> _Rows:
        none = np.zeros(0, np.int64)
        empty = _Rows(
            none,
            none.astype(np.uint8),
            none.astype(np.uint8),
            none.astype(np.uint8),
            none.astype(np.uint8),
            none.astype(np.float64),
            none,
            [],
            [],
        )
        every = [empty, *parts]
        subject, depth = (
            np.concatenate([getattr(part, name) for part in every]) for name in ("subject", "depth")
        )
        regime, of_set, possible, way = (
            np.concatenate([getattr(part, name) for part in every])
            for name in ("regime", "set", "possible", "way")
        )
        share = np.concatenate([part.share for part in every])
        return _Rows(
            subject,
            regime,
            of_set,
            possible,
            way,
            share,
            depth,
            [one for part in every for one in part.sources],
            [one for part in every for one in part.witness],
        )

    def taken(self, which: Ints) -> _Rows:
        regime, of_set, possible, way = (
            getattr(self, name)[which] for name in ("regime", "set", "possible", "way")
        )
        return _Rows(
            self.subject[which],
            regime,
            of_set,
            possible,
            way,
            self.share[which],
            self.depth[which],
            [self.sources[i] for i in which],
            [self.witness[i] for i in which],
        )


def _listed(part: _Part, ids: pl.Series, set_no: int) -> _Rows:
    """Rows of one designated set under every regime."""
    designated = np.flatnonzero(part.known.ids.is_in(ids.implode()).to_numpy()).astype(np.int64)
    found = []
    for number, regime in enumerate(REGIMES):
        sure = _grown(part, regime, designated, certain=True)
        may = _grown(part, regime, designated, certain=False)
        found.append(_of_regime(part, (number, regime, set_no), designated, sure, may))
    return _Rows.of(found)


def _of_regime(
    part: _Part, what: tuple[int, Regime, int], designated: Ints, sure: _Member, may: _Member
) -> _Rows:
    """One row for each entity added: certain where any chain certainly has it; of several chains the smallest."""
    number, _, set_no = what
    n = part.found.n
    certain_key, certain_round = _added(part, sure, designated)
    possible_key, possible_round = _added(part, may, designated)
    left = ~np.isin(possible_key % n, certain_key % n)
    certain = _one_each(part, (number, set_no, 0), sure, designated, (certain_key, certain_round))
    possible = _one_each(
        part, (number, set_no, 1), may, designated, (possible_key[left], possible_round[left])
    )
    return _Rows.of((certain, possible))


def _added(part: _Part, member: _Member, designated: Ints) -> tuple[Ints, Ints]:
    """Keys and rounds of the legal entities and arrangements added."""
    node = member.key % part.found.n
    entity = np.zeros(part.found.n, np.bool_)
    entity[: part.found.parties] = part.known.of_kind("legal_entity") | part.known.of_kind("arrangement")
    entity[designated] = False
    return member.key[entity[node]], member.round[entity[node]]


def _one_each(
    part: _Part, what: tuple[int, int, int], member: _Member, designated: Ints, added: tuple[Ints, Ints]
) -> _Rows:
    """One key for each subject (the smallest chain), with its share and its proof."""
    number, set_no, possible = what
    n, (key, depth) = part.found.n, added
    order = np.lexsort((key // n, key % n))
    key, depth = key[order], depth[order]
    first = run_starts(key % n)
    key, depth = key[first], depth[first]
    share, enough = _best_share(part, REGIMES[number], member, key, certain=not possible)
    proofs = _Proofs(part, member, frozenset(designated.tolist()))
    proved = [proofs.of(int(one), by_control=not bool(owned)) for one, owned in zip(key, enough, strict=True)]
    rows = len(key)
    return _Rows(
        key % n,
        np.full(rows, number, np.uint8),
        np.full(rows, set_no, np.uint8),
        np.full(rows, possible, np.uint8),
        np.where(enough, BY_OWNERSHIP, BY_CONTROL).astype(np.uint8),
        np.where(enough, share, np.nan),
        depth,
        [one[0] for one in proved],
        [one[1] for one in proved],
    )


def _best_share(
    part: _Part, regime: Regime, member: _Member, key: Ints, *, certain: bool
) -> tuple[Floats, Bools]:
    """The larger share of the bases, and whether it is enough by itself."""
    best, enough = np.zeros(len(key)), np.zeros(len(key), np.bool_)
    for k in range(len(OWNERSHIP_BASES)):
        at, share, is_open = _share(part, k, member, key, certain=certain)
        best[at] = np.maximum(best[at], share / UNITS)
        enough[at] |= _is_enough(regime, share, is_open, certain=certain)
    return best, enough


@dataclass(frozen=True, eq=False)
class _Proofs:
    """Proofs of one regime and set; what is directly above a node of a chain is looked up once."""

    part: _Part
    member: _Member
    designated: frozenset[int]
    _above: dict[tuple[int, int, bool], list[tuple[int, int]]] = field(default_factory=dict)

    def of(self, key: int, *, by_control: bool) -> tuple[list[int], list[int]]:
        """Designated parties that the proof reaches, and the interests from them down to the subject: nearest first, at most WITNESS_INTERESTS."""
        chain, subject = divmod(key, self.part.found.n)
        seen, waiting = {subject}, [subject]
        sources: list[int] = []
        witness: list[int] = []
        while waiting and len(witness) < WITNESS_INTERESTS:
            above: list[int] = []
            for one, holder in (
                pair for node in waiting for pair in self._into(chain, node, by_control=by_control)
            ):
                witness.append(one)
                if holder not in seen:
                    seen.add(holder)
                    (sources if holder in self.designated else above).append(holder)
            waiting = sorted(above)
        return sorted(sources), witness[:WITNESS_INTERESTS]

    def _into(self, chain: int, node: int, *, by_control: bool) -> list[tuple[int, int]]:
        known = self._above.get((chain, node, by_control))
        if known is None:
            known = self._above[chain, node, by_control] = self._interests_into(
                chain, node, by_control=by_control
            )
        return known

    def _interests_into(self, chain: int, node: int, *, by_control: bool) -> list[tuple[int, int]]:
        """(interest, holder) in the node, of holders in the chain; of ownership bases alone where these decide and there are any."""
        found, of = self.part.found, self.part.interests_of
        rows = of.indices[of.indptr[node] : of.indptr[node + 1]]
        rows = rows[self.member.has(chain * found.n + found.holder[rows]) & (found.holder[rows] != node)]
        owned = rows[np.isin(found.basis[rows], [BASES.index(basis) for basis in OWNERSHIP_BASES])]
        chosen = np.sort(rows if by_control or not len(owned) else owned)
        return list(zip(chosen.tolist(), found.holder[chosen].tolist(), strict=True))


def _stronger(rows: _Rows) -> _Rows:
    """Of the second set only what is not there, or only possible, of the first."""
    if not len(rows.subject):
        return rows
    key = rows.subject * len(REGIMES) + rows.regime
    strength = np.full(int(key.max()) + 1, 2, np.int64)
    first = rows.set == 0
    strength[key[first]] = rows.possible[first]
    keep = np.flatnonzero(first | (rows.possible < strength[key]))
    order = np.lexsort((rows.set[keep], rows.regime[keep], rows.subject[keep]))
    return rows.taken(keep[order])


def _table(part: _Part, rows: _Rows) -> Frames:
    def make(at: slice) -> Iterable[pl.Series | Ints]:
        yield named(part.known, rows.subject[at])
        yield words(rows.regime[at], CASCADE_REGIMES)
        yield words(rows.set[at], CASCADE_SETS)
        yield words(rows.possible[at], CONTROL_VERDICTS)
        yield words(rows.way[at], CASCADE_WAYS)
        yield per_cent(np.where(rows.possible[at] == 0, rows.share[at], np.nan), up=False)
        yield per_cent(np.where(rows.possible[at] == 1, rows.share[at], np.nan), up=True)
        yield rows.depth[at]
        yield pl.Series(
            [[part.known.ids[i] for i in one] for one in rows.sources[at]], dtype=pl.List(pl.String)
        )
        yield pl.Series([_interest_ids(part, one) for one in rows.witness[at]], dtype=pl.List(pl.String))

    return stream("graph_cascade", len(rows.subject), make)


def _interest_ids(part: _Part, witness: Sequence[int]) -> list[str]:
    """Ids of the interests; a holder without one (basis closure) has none to give."""
    return [one for i in witness if (one := part.interest_ids[i]) is not None]
