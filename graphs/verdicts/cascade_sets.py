"""How designated sets grow: a least fixpoint from the designated parties outwards, by the rule of each
sanctions regime (see `graphs.verdicts.cascade`). Computed on the weak components with a designated party.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from graphs.arrays.edges import (
    Bools,
    Csr,
    Ints,
    Parties,
    Rows,
    ascending,
    distinct,
    grouped,
    grouped_by,
    is_in,
    neighbours,
    numbered,
    parties,
    run_starts,
)
from graphs.arrays.units import UNITS
from graphs.control.coalitions import CoalitionArcs, coalition_arcs, least, most
from graphs.control.graph import own_shares
from graphs.control.pairs import runs_of_sets
from graphs.ownership.interests import Interests, interests, share_arcs
from graphs.ownership.intervals import Holdings, prepare

OWNERSHIP_BASES = ("shares", "surplus_assets")


@dataclass(frozen=True, eq=False)
class CascadePart:
    """The weak components with a designated party. By ownership basis: `holdings`, `coalitions`; `own`: what
    each node holds in itself, as in `own_shares`; `into`: arcs by subject; `held`: subjects by holder.

    `controls`: what each party certainly controls alone. `members`: by joint group; `groups_of`: joint groups
    by member. `controllers`: who certainly controls each subject, alone or jointly; `controls_of`: the same
    by controller. `interests_of`: by subject, positions in `network`; `interest_ids`: the id at each
    position.
    """

    known: Parties
    network: Interests
    holdings: tuple[Holdings, ...]
    coalitions: tuple[CoalitionArcs, ...]
    own: tuple[tuple[Ints, Ints, Bools], ...]
    into: tuple[Csr, ...]
    held: tuple[Csr, ...]
    controls: Csr
    members: Csr
    groups_of: Csr
    controllers: Csr
    controls_of: Csr
    interests_of: Csr
    interest_ids: pl.Series


def cascade_part(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    closure: pl.LazyFrame,
    control: pl.LazyFrame,
    designated: pl.Series,
) -> CascadePart:
    """The weak components with a party of `designated` (ids). Other arguments: as in `cascade.build`."""
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
    network, _ = interests(mine.lazy(), known, known_nodes["cannot_be_owned"].to_numpy())
    holdings = tuple(prepare(*share_arcs(network, basis)) for basis in OWNERSHIP_BASES)
    sure = control.filter(
        (pl.col("verdict") == "CERTAIN") & pl.col("subject_id").is_in(ids.implode())
    ).collect()
    alone, controlled_by = (
        distinct(network.n, *(numbered(pairs, known, end) for end in ("party_id", "subject_id")))
        for pairs in (sure.filter(kind="control"), sure)
    )
    members = [(each.members.src, each.members.dst) for each in holdings]
    groups = distinct(network.n, *(np.concatenate(ends) for ends in zip(*members, strict=True)))
    return CascadePart(
        known,
        network,
        holdings,
        tuple(coalition_arcs(each) for each in holdings),
        tuple(own_shares(each) for each in holdings),
        tuple(_by_subject(network.n, each) for each in holdings),
        tuple(_by_holder(network.n, each) for each in holdings),
        alone.held(),
        groups.holders(),
        groups.held(),
        controlled_by.holders(),
        controlled_by.held(),
        grouped_by(network.n, network.held, np.arange(len(network.held))),
        mine["interest_id"].gather(pl.Series(values=network.row)),
    )


def _by_subject(n: int, holdings: Holdings) -> Csr:
    """Numbers of the interests in each subject, without those in itself."""
    arc = np.flatnonzero(holdings.src != holdings.dst)
    return grouped_by(n, holdings.dst[arc], arc)


def _by_holder(n: int, holdings: Holdings) -> Csr:
    """Subjects of each holder, without the holder itself."""
    other = holdings.src != holdings.dst
    return grouped(n, holdings.src[other], holdings.dst[other])


@dataclass(frozen=True)
class SanctionRegime:
    """The rule of a regime. `joint`: all designated parties are aggregated; otherwise each counts alone, with
    all that it holds jointly. `at_least`: exactly half is enough. `by_control`: certain control counts too.
    """

    name: str
    joint: bool
    at_least: bool
    by_control: bool


SANCTION_REGIMES: tuple[SanctionRegime, ...] = (
    SanctionRegime("EU", joint=True, at_least=True, by_control=True),
    SanctionRegime("OFAC", joint=True, at_least=True, by_control=False),
    SanctionRegime("UK", joint=False, at_least=False, by_control=True),
)


@dataclass(frozen=True, eq=False)
class Members(Rows):
    """Nodes of designated sets, sorted by key. `key` int64: chain * n + node; `round` int64: the round that
    added the node, 0 for designated parties.
    """

    key: Ints
    round: Ints

    def has(self, keys: Ints) -> Bools:
        return is_in(self.key, keys)

    def with_new(self, keys: Ints, number: int) -> Members:
        key = np.concatenate((self.key, keys))
        order = np.argsort(key, kind="stable")
        return Members(key[order], np.concatenate((self.round, np.full(len(keys), number, np.int64)))[order])


def designated_set(part: CascadePart, regime: SanctionRegime, designated: Ints, *, certain: bool) -> Members:
    """The members of each chain, grown from its designated parties (int64 nodes). If they are aggregated,
    chain 0 has all of them; otherwise each has a chain of its own. `certain`: on minima instead of maxima.
    """
    n, all_hold = part.network.n, certain and regime.joint
    chain = (
        np.zeros(len(designated), np.int64) if regime.joint else np.arange(len(designated), dtype=np.int64)
    )
    frontier = np.sort(chain * n + designated)
    member = Members(frontier, np.zeros(len(frontier), np.int64))
    number = 0
    while len(frontier):
        number += 1
        chains, node = np.divmod(frontier, n)
        new = [_joint(part.groups_of, part.members, member, chains, node, all_hold=all_hold)]
        if regime.by_control:
            new.append(_below(part.controls, chains, node, n))
            new.append(_joint(part.controls_of, part.controllers, member, chains, node, all_hold=all_hold))
        new += [
            _owned(part, k, regime, member, _below(part.held[k], chains, node, n), certain=certain)
            for k in range(len(OWNERSHIP_BASES))
        ]
        frontier = ascending(np.concatenate(new))
        frontier = frontier[~member.has(frontier)]
        member = member.with_new(frontier, number)
    return member


def controlled(part: CascadePart, regime: SanctionRegime, member: Members) -> Ints:
    """Keys of what a member of each chain certainly controls alone; none if control does not count."""
    keys = member.key if regime.by_control else member.key[:0]
    return _below(part.controls, *np.divmod(keys, part.network.n), part.network.n)


def _below(csr: Csr, chains: Ints, node: Ints, n: int) -> Ints:
    run, below = neighbours(csr, node)
    return ascending(chains[run] * n + below)


def _joint(held: Csr, holders: Csr, member: Members, chains: Ints, node: Ints, *, all_hold: bool) -> Ints:
    """Keys of what the nodes hold with others: joint groups of which they are members, or what they certainly
    control jointly. `all_hold`: only if all holders are in the chain.
    """
    keys = _below(held, chains, node, held.n)
    if not all_hold or not len(keys):
        return keys
    chain, joint = np.divmod(keys, held.n)
    run, other = neighbours(holders, joint)
    inside = np.bincount(run[member.has(chain[run] * held.n + other)], minlength=len(keys))
    return np.asarray(keys[inside == np.diff(holders.indptr)[joint]])


def _owned(
    part: CascadePart, k: int, regime: SanctionRegime, member: Members, keys: Ints, *, certain: bool
) -> Ints:
    """Of these keys (chain, subject), those in which the chain has enough on basis `k`."""
    keys = keys[~member.has(keys)]
    at, share, whole, is_open = share_of_chain(part, k, member, keys, certain=certain)
    return np.asarray(keys[at[is_enough(regime, share, whole, is_open, certain=certain)]])


def is_enough(regime: SanctionRegime, share: Ints, whole: Ints, is_open: Bools, *, certain: bool) -> Bools:
    """True if a share of a whole, both in UNITS, is enough: bool[shares]. An open minimum of half is more
    than half; an open maximum of half is less.
    """
    half = is_open | regime.at_least if certain else ~is_open & regime.at_least
    return np.asarray((2 * share > whole) | ((2 * share == whole) & half), np.bool_)


def share_of_chain(
    part: CascadePart, k: int, member: Members, keys: Ints, *, certain: bool
) -> tuple[Ints, Ints, Ints, Bools]:
    """What the chain of each key has in its subject, for keys where it has an interest: position in `keys`;
    minimum (`certain`) or maximum in UNITS; the whole that it is a share of, which is what the subject does
    not hold itself; and whether the bound is open.

    The maximum is the sum of maxima, but not more than others certainly leave.
    """
    n, holdings, coalitions = part.network.n, part.holdings[k], part.coalitions[k]
    own_low, own_high, own_open = part.own[k]
    chains, subject = np.divmod(keys, n)
    row, arc = neighbours(part.into[k], subject)
    mine = member.has(chains[row] * n + holdings.src[arc])
    row_of_mine, arc_of_mine = row[mine], arc[mine]
    begin = run_starts(row_of_mine)
    at = row_of_mine[begin]
    if not len(at):
        return at, at, at, at > 0
    sets = runs_of_sets(begin, arc_of_mine)
    every = np.ones(len(arc_of_mine), np.bool_)
    if certain:
        low, low_open = least(coalitions, sets, every)
        whole = np.maximum(UNITS - own_low[subject[at]], 1)
        return at, np.minimum(low, whole), whole, low_open | own_open[subject[at]]
    total, left = most(coalitions, sets, every, subject[at])
    total_open = np.logical_or.reduceat(holdings.high_open[arc_of_mine], begin)
    others = np.bincount(row[~mine & holdings.low_open[arc]], minlength=len(keys))[at] > 0
    others |= own_open[subject[at]]
    room = np.maximum(UNITS - own_low[subject[at]] - left, 0)
    share = np.minimum(total, room)
    return (
        at,
        share,
        np.maximum(np.maximum(UNITS - own_high[subject[at]], share), 1),
        np.where(total < room, total_open, np.where(total > room, others, total_open | others)),
    )
