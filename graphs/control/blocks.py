"""Blocks: what a party holds in a subject together with everything it controls (Regulation (EU) 2024/1624,
article 54 (a)).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Csr, Ints, ascending, grouped, neighbours, run_starts
from graphs.arrays.units import UNITS
from graphs.control.coalitions import CoalitionArcs, coalition_arcs, least, most
from graphs.control.control import Controlled
from graphs.control.graph import CERTAIN, POSSIBLE
from graphs.control.pairs import Pairs, runs_of_sets
from graphs.control.sets import AT_ONCE
from graphs.ownership.intervals import Holdings


class Blocks(NamedTuple):
    """Blocks sorted by (holder, subject): arrays of one length.

    `holder`, `subject` int64; `low`, `high` int64 in UNITS; `low_open` bool: the block is certainly more than
    `low`.
    """

    holder: Ints
    subject: Ints
    low: Ints
    high: Ints
    low_open: Bools


def blocks(holdings: Holdings, controlled: Controlled) -> Blocks:
    """The interests in a subject of a party and of what it controls, added up.

    `holdings`: of any basis, with the node numbers of `controlled`. `low`: the minima of the party and of
    what it certainly controls, alone or jointly, counted once. `high`: the maxima of the party and of
    everything it possibly controls, influence included, but not more than others certainly leave. The
    interest of joint holders counts in `low` if each of them is the party or certainly controlled by it, and
    in `high` if at least one is the party or possibly controlled by it.

    A pair is listed only if the party possibly controls another holder of the subject. Interests of an entity
    in itself are left out.
    """
    arc = np.flatnonzero(holdings.src != holdings.dst)
    held, member_of = grouped(holdings.n, holdings.src[arc], arc), holdings.members.held()
    coalitions = coalition_arcs(holdings)
    holds = np.diff(held.indptr) + np.diff(member_of.indptr)
    useful = np.flatnonzero(controlled.subject < holdings.n)
    useful = useful[holds[controlled.subject[useful]] > 0]
    controller, subject = controlled.controller[useful], controlled.subject[useful]
    level = np.where(controlled.certain[useful], CERTAIN, POSSIBLE).astype(np.uint8)
    number = np.cumsum(holds[subject]) // AT_ONCE
    number = number[np.searchsorted(controller, controller)]  # the pairs of a party stay together
    pairs = Pairs(controller, subject, level)
    parts = [
        _blocks_of(holdings, coalitions, held, _holders(holdings, member_of, pairs.at(rows)))
        for rows in np.split(np.arange(len(useful)), run_starts(number)[1:])
    ]
    return Blocks(*(np.concatenate(part) for part in zip(*parts, strict=True)))


@dataclass(frozen=True, eq=False)
class _Holders:
    """Holders whose interests are in a party's block: the party itself, what it possibly controls (`level`:
    how strongly), and joint groups with such a member. Arrays of one length.

    `other` bool: the holder is not the party, or is a group with another member that the party possibly
    controls.
    """

    party: Ints
    node: Ints
    level: Bytes
    other: Bools


def _holders(holdings: Holdings, member_of: Csr, pairs: Pairs) -> _Holders:
    """`pairs`: all pairs of some parties, sorted by party. A group is certain if each member is the party or
    certainly controlled by it.
    """
    own = ascending(pairs.party)
    own = own[own < holdings.n]  # the others hold nothing on this basis
    party, node = np.concatenate((pairs.party, own)), np.concatenate((pairs.subject, own))
    level = np.concatenate((pairs.level, np.full(len(own), CERTAIN, np.uint8)))
    other = np.arange(len(party)) < len(pairs.party)
    run, group = neighbours(member_of, node)
    key = party[run] * holdings.n + group
    order = np.argsort(key)
    run, begin = run[order], run_starts(key[order])
    of_group, group = np.divmod(key[order][begin], holdings.n)
    sure = (
        np.add.reduceat((level[run] == CERTAIN).astype(np.int64), begin)
        == np.bincount(holdings.members.dst, minlength=holdings.n)[group]
    )
    return _Holders(
        np.concatenate((party, of_group)),
        np.concatenate((node, group)),
        np.concatenate((level, np.where(sure, CERTAIN, POSSIBLE).astype(np.uint8))),
        np.concatenate((other, np.logical_or.reduceat(other[run], begin))),
    )


def _blocks_of(holdings: Holdings, coalitions: CoalitionArcs, held: Csr, holders: _Holders) -> Blocks:
    """The blocks of some parties. `holders`: all holders of these blocks."""
    run, arc = neighbours(held, holders.node)
    key = holders.party[run] * holdings.n + holdings.dst[arc]
    order = np.argsort(key)
    key, run, arc = key[order], run[order], arc[order]
    begin = run_starts(key)
    party, subject = np.divmod(key[begin], max(holdings.n, 1))
    kept = np.logical_or.reduceat(holders.other[run], begin) & (party != subject)
    sets = runs_of_sets(begin, arc)
    low, low_open = least(coalitions, sets, holders.level[run] == CERTAIN)
    total, left = most(coalitions, sets, np.ones(len(arc), np.bool_), subject)
    low = np.minimum(low, UNITS)
    high = np.maximum(np.minimum(total, UNITS - left), low)
    return Blocks(party[kept], subject[kept], low[kept], high[kept], low_open[kept])
