"""Verdicts that a single interest of the party in the subject proves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.arrays.edges import Bools, Bytes, Ints, Numbers, find, ordering, run_firsts
from graphs.arrays.units import UNITS, units
from graphs.control.control import CONTROL, INFLUENCE, Controlled
from graphs.ownership.interests import NO_GROUP, SHARE_BASES, Interests, voting
from graphs.ownership.intervals import Bounds, Flags
from graphs.verdicts.beneficial_owners import ListedRows, Owners
from graphs.verdicts.regimes import REGIMES, Route, Verdict, reached
from graphs.witnesses.excerpt import stated

QUERIES_AT_ONCE = 1_000_000  # own: some 100 MB of working arrays
NONE = -1
_STRICTEST_FIRST = sorted(
    range(len(REGIMES)), key=lambda number: (-REGIMES[number].threshold_units, REGIMES[number].inclusive)
)


@dataclass(frozen=True, eq=False)
class Queries:
    """The distinct proofs needed, each with its strictest regime: `regime` uint8, `pair` int32. `proof`
    int32[regimes, pairs]: the proof of each row, NONE without a row.
    """

    owners: Owners
    regime: Bytes
    pair: Numbers
    proof: Numbers

    @classmethod
    def from_owners(cls, owners: Owners) -> Queries:
        """Rows of a pair under different regimes share a proof if they have the same route, the same X and
        verdicts that rest on the same interests.
        """
        proof = np.full(owners.route.shape, NONE, np.int32)
        parts: list[Numbers] = []
        total = 0
        for k, regime in enumerate(_STRICTEST_FIRST):
            there, same = owners.route[regime] != Route.NONE, proof[regime]
            for other in _STRICTEST_FIRST[:k]:
                agrees = np.flatnonzero(there & (same == NONE) & _alike(owners, regime, other))
                same[agrees] = proof[other, agrees]
            new = np.flatnonzero(there & (same == NONE)).astype(np.int32)
            same[new] = np.arange(total, total + len(new))
            parts.append(new)
            total += len(new)
        return cls(
            owners,
            np.repeat(np.array(_STRICTEST_FIRST, np.uint8), [len(new) for new in parts]),
            np.concatenate(parts),
            proof,
        )

    def route(self) -> Bytes:
        return self.owners.route[self.regime, self.pair]

    def taken(self, which: Ints) -> ListedRows:
        return ListedRows.from_owners(self.owners, self.regime[which], self.pair[which].astype(np.int64))


def _alike(owners: Owners, first: int, second: int) -> Bools:
    """True if two regimes have the same route, X and verdict: bool[pairs]. UNDECLARED and EXCLUDED count as
    the same, because both rest on the same chain.
    """
    verdicts = (np.minimum(owners.verdict[regime], Verdict.UNDECLARED) for regime in (first, second))
    return np.asarray(
        np.equal(*verdicts)
        & (owners.route[first] == owners.route[second])
        & (owners.through[first] == owners.through[second]),
        np.bool_,
    )


@dataclass(frozen=True, eq=False)
class _Direct:
    """Interests by distinct (held, holder): `key`, ascending. Of parallel interests, `by_low` is the one with
    the smallest minimum, `by_high` the one with the largest maximum.
    """

    n: int
    key: Ints
    by_low: Ints
    by_high: Ints

    @classmethod
    def from_interests(cls, network: Interests, at: Ints) -> _Direct:
        key = network.held[at] * network.n + network.holder[at]
        order = ordering(network.holder[at], network.held[at])
        at, key = at[order], key[order]
        first = run_firsts(key)
        if first.all():
            return cls(network.n, key, at, at)
        figures = stated(network, at)
        by_low, by_high = (at[ordering(at, bound, key)][first] for bound in (figures.low, -figures.high))
        return cls(network.n, key[first], by_low, by_high)

    def find(self, subject: Ints, party: Ints) -> Ints:
        """Position of each pair, NONE if it has no interest."""
        return find(self.key, subject * self.n + party)


def _minima(network: Interests, at: Ints) -> npt.NDArray[np.float64]:
    """Sum of the stated minima of each subject, in UNITS: float64[nodes]. Joint holders and parallel
    interests are all added, so this is at least what counts.
    """
    return np.bincount(network.held[at], weights=stated(network, at).low, minlength=network.n)


def _most(figures: Bounds, others: npt.NDArray[np.float64]) -> Ints:
    """The most that each interest can be beside the minima of the others, in UNITS; the stated maximum if
    these exceed the whole.
    """
    left = np.maximum(UNITS - others, 0)
    return np.where(left < figures.low, figures.high, np.minimum(figures.high, left)).astype(np.int64)


def prove_ownership(single: Numbers, queries: Queries, network: Interests, basis: int) -> None:
    """Fill in the person's own interest if it is a proof: it reaches the threshold by itself, or is all that
    is declared (UNDECLARED, EXCLUDED). `single` int32[queries]; `basis`: position in SHARE_BASES.
    """
    mine = np.flatnonzero(queries.route() == Route.OWNERSHIP + basis)
    at = np.flatnonzero(network.of_basis(SHARE_BASES[basis]))
    if not len(mine) or not len(at):
        return
    table, minima = _Direct.from_interests(network, at), _minima(network, at)
    for part in np.split(mine, np.arange(QUERIES_AT_ONCE, len(mine), QUERIES_AT_ONCE)):
        rows = queries.taken(part)
        place = table.find(rows.subject, rows.party)
        known = place != NONE
        own = table.by_low[place[known]], table.by_high[place[known]]
        single[part[known]] = _enough(queries.owners, rows.at(known), network, own, minima)


def _enough(
    owners: Owners,
    rows: ListedRows,
    network: Interests,
    own: tuple[Ints, Ints],
    minima: npt.NDArray[np.float64],
) -> Ints:
    """The interest that proves each row alone, NONE if there is none. `own`: the person's interests with the
    smallest minimum and with the largest maximum.
    """
    by_low, by_high = own
    verdict = rows.verdict
    low, high = stated(network, by_low), stated(network, by_high)
    most = _most(high, minima[network.held[by_high]] - high.low)
    certain = reached(rows.regime, low.low, low.low_open, least=True)
    possible = reached(rows.regime, most, high.high_open & (most == high.high), least=False)
    whole = most >= units(owners.figure("share_max_declared", rows.regime, rows.pair), up=True)
    proves = np.select([verdict == Verdict.CERTAIN, verdict == Verdict.POSSIBLE], [certain, possible], whole)
    return np.where(proves, np.where(verdict == Verdict.CERTAIN, by_low, by_high), NONE)


def prove_control(single: Numbers, queries: Queries, network: Interests, controlled: Controlled) -> None:
    """Fill in the party's own right over the board, majority of the votes, or influence if it alone proves
    control of the listed kind. `single` int32[queries].
    """
    mine = np.flatnonzero(queries.route() == Route.CONTROL)
    if not len(mine):
        return
    votes = np.flatnonzero(voting(network))
    tables = [
        _Direct.from_interests(network, at)
        for at in (
            np.flatnonzero(network.of_basis("board")),
            votes,
            np.flatnonzero(network.of_basis("influence")),
        )
    ]
    minima, pairs = _minima(network, votes), controlled.controller * network.n + controlled.subject
    for part in np.split(mine, np.arange(QUERIES_AT_ONCE, len(mine), QUERIES_AT_ONCE)):
        rows = queries.taken(part)
        at = np.searchsorted(pairs, rows.party * network.n + rows.subject)
        certain, kind = controlled.certain[at], controlled.kind[at]
        board, vote, influence = (table.find(rows.subject, rows.party) for table in tables)
        by_least, by_most = _majority(network, tables[1], vote, minima)
        options = (
            (certain & (kind == CONTROL) & (board != NONE), tables[0].by_low, board),
            (certain & (kind == CONTROL) & by_least, tables[1].by_low, vote),
            (~certain & (kind == CONTROL) & by_most, tables[1].by_high, vote),
            ((kind == INFLUENCE) & (influence != NONE), tables[2].by_low, influence),
        )
        for holds, interests, place in options:
            use = np.flatnonzero(holds & (single[part] == NONE))
            single[part[use]] = interests[place[use]]


def _majority(
    network: Interests, table: _Direct, place: Ints, minima: npt.NDArray[np.float64]
) -> tuple[Bools, Bools]:
    """True if an interest is a majority by itself, certainly and possibly; False for NONE. What an entity
    holds in itself is left out, because counting it can only help.
    """
    by_least, by_most = np.zeros(len(place), np.bool_), np.zeros(len(place), np.bool_)
    known = np.flatnonzero(place != NONE)
    low, high = stated(network, table.by_low[place[known]]), stated(network, table.by_high[place[known]])
    at = table.by_low[place[known]]
    # See `control_arcs` for indirect interests.
    alone = (network.group[at] == NO_GROUP) & (
        ((network.flags[at] & Flags.INDIRECT) == 0) | (low.low == UNITS)
    )
    by_least[known] = alone & ((2 * low.low > UNITS) | ((2 * low.low == UNITS) & low.low_open))
    by_most[known] = 2 * _most(high, minima[network.held[table.by_high[place[known]]]] - high.low) > UNITS
    return by_least, by_most
