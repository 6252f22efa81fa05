"""Beneficial owners by Regulation (EU) 2024/1624, articles 52 to 54: from ownership and control to verdicts,
on arrays.

Three routes lead to a verdict, for the threshold t of each regime:
- ownership (art. 52): integrated ownership of shares, votes or surplus assets reaches t;
- control (art. 53);
- mixed (art. 54): (a) the direct interests of the person and of the entities it controls together reach t (a
  *block*); (b) the person's integrated ownership of an entity X reaches t, and X controls the subject
  (*through* X).

The strongest verdict counts (CERTAIN, POSSIBLE, UNDECLARED, EXCLUDED), and of routes with the same verdict
the first in this list.

Verdicts are taken on the published figures, minima rounded down and maxima rounded up to 1 / UNITS, so a
verdict never contradicts the figures beside it.

Example under AMLR: P controls A and B with 60 % each, and A and B each hold 15 % of Z. P owns 18 % of Z,
which is less than 25 %. The block is 30 %, so P is a beneficial owner: CERTAIN, mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, Numbers, Rows, ascending, spread
from graphs.control.blocks import Blocks
from graphs.control.control import Controlled
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import SHARE_BASES
from graphs.verdicts.mixed import KeyedPairs, Shares, Through, Wanted, pairs_through
from graphs.verdicts.regimes import REGIMES, Route, Verdict, reached

PAIRS_AT_ONCE = 1_000_000  # own: some 150 MB of working arrays
JOINED_AT_ONCE = 4_000_000  # own: rows of the join of art. 54 (b) in memory at a time; some 200 MB
NOBODY = -1  # Owners.through


@dataclass(frozen=True, eq=False)
class Owners:
    """Verdicts on natural persons: distinct pairs, sorted by (subject, party), with a verdict for each
    regime.

    A pair with only a mixed route is listed under the regimes whose threshold that route reaches (`route` is
    NONE under the others), every other pair under all regimes.
    Per pair: `subject`, `party` int32. Per regime and pair: `verdict` uint8: position in OWNER_VERDICTS;
    `route` uint8: Route, plus the basis; `through` int32: X of a THROUGH route, otherwise NOBODY;
    `as_declared` bool: the verdict rests on ownership with interests of unknown reach (for control and blocks
    see `graphs.witnesses.witness.as_declared`); `share` int32: the integrated ownership on the basis with the
    strongest verdict and then the largest shares, as (position in `solved`) * bases + basis; NOBODY if no
    ownership is declared.
    """

    subject: Numbers
    party: Numbers
    verdict: Bytes
    route: Bytes
    through: Numbers
    as_declared: Bools
    share: Numbers
    solved: Mapping[str, Solved]

    def figure(self, name: str, regime: Ints | Bytes | int, pair: Ints | Numbers | slice) -> Floats:
        """Column `name` of Solved for these pairs under a regime: float64, fractions of the whole; NaN if no
        ownership is declared.
        """
        share = self.share[regime, pair]
        values = np.full(len(share), np.nan)
        for b, basis in enumerate(SHARE_BASES):
            mine = np.flatnonzero((share >= 0) & (share % len(SHARE_BASES) == b))
            if len(mine):
                values[mine] = getattr(self.solved[basis], name)[share[mine] // len(SHARE_BASES)]
        return values


@dataclass(frozen=True, eq=False)
class ListedRows(Rows):
    """Pairs with the regime that lists them: arrays of one length.

    `pair` int64: position in `Owners`; `regime` uint8: position in REGIMES; `subject`, `party` int64;
    `through`, `route`, `verdict` as in `Owners`.
    """

    pair: Ints
    regime: Bytes
    subject: Ints
    party: Ints
    through: Numbers | Ints
    route: Bytes
    verdict: Bytes

    @classmethod
    def from_owners(cls, owners: Owners, regime: Bytes, pair: Ints) -> ListedRows:
        return cls(
            pair,
            regime,
            owners.subject[pair].astype(np.int64),
            owners.party[pair].astype(np.int64),
            owners.through[regime, pair],
            owners.route[regime, pair],
            owners.verdict[regime, pair],
        )


def owners(
    solved: Mapping[str, Solved],
    controlled: Controlled,
    blocks: Mapping[str, Blocks],
    *,
    person: Bools,
    subject_allowed: Bools,
    pairs_at_once: int = PAIRS_AT_ONCE,
    joined_at_once: int = JOINED_AT_ONCE,
) -> Owners:
    """Verdicts on every natural person with declared ownership of, possible control of, or a mixed route to
    an allowed subject, under every regime.

    `solved`, `blocks`: by basis (keys of SHARE_BASES; bases may be missing). `person` bool[nodes]: natural
    persons of known identity; `subject_allowed` bool[nodes]: legal entities and arrangements. Only these can
    be X of art. 54 (b).
    Cost: sorts of the pairs, and the join of art. 54 (b), of which `joined_at_once` rows are in memory at a
    time.
    """
    n = len(person)
    wanted = Wanted(person, subject_allowed)
    owned = wanted.by_basis(solved)
    controls = wanted.pairs(controlled.controller, controlled.subject)
    held = wanted.by_basis(blocks)
    through = pairs_through(solved, controlled, wanted, joined_at_once)
    key = ascending(
        np.concatenate([*(pairs.key for pairs in (*owned.values(), controls, *held.values())), through.key])
    )
    out = _without_verdicts(key, n, solved)
    for part in _by_subject(key, n, pairs_at_once):
        pairs = _Part(key[part], n)
        shares = {b: Shares.from_solved(solved[SHARE_BASES[b]], *pairs.places_of(owned[b])) for b in owned}
        others = [
            pairs.control(controls, controlled),
            *(pairs.blocks(held[b], blocks[SHARE_BASES[b]], b) for b in held),
            pairs.through(through, solved),
        ]
        for regime in range(len(REGIMES)):
            _judge({name: getattr(out, name)[regime, part] for name in JUDGED}, regime, shares, others)
    return out


def _without_verdicts(key: Ints, n: int, solved: Mapping[str, Solved]) -> Owners:
    """The pairs, without a verdict under any regime."""
    shape = len(REGIMES), len(key)
    return Owners(
        (key // n).astype(np.int32),
        (key % n).astype(np.int32),
        np.full(shape, Verdict.NONE, np.uint8),
        np.full(shape, Route.NONE, np.uint8),
        np.full(shape, NOBODY, np.int32),
        np.zeros(shape, np.bool_),
        np.full(shape, NOBODY, np.int32),
        solved,
    )


def _by_subject(key: Ints, n: int, at_once: int) -> Iterator[slice]:
    """Runs of about `at_once` pairs. The pairs of a subject stay together."""
    begin = 0
    while begin < len(key):
        last = int(key[min(begin + at_once, len(key)) - 1]) // n
        end = int(np.searchsorted(key, (last + 1) * n))
        yield slice(begin, end)
        begin = end


@dataclass(frozen=True, eq=False)
class _Offers:
    """A route other than ownership, for the pairs at the positions `place`. `verdict`, `route`, `through` and
    `as_declared`, as in `Owners`, have one row for each regime.
    """

    place: Ints
    verdict: Bytes
    route: Bytes
    through: Numbers
    as_declared: Bools


class _Part:
    """The pairs of some subjects."""

    def __init__(self, key: Ints, n: int) -> None:
        self.key, self.n = key, n
        self.party = key % n

    def places_of(self, pairs: KeyedPairs) -> tuple[Ints, Ints]:
        """Of `pairs` those in this part: their positions here, and in the arrays that they come from."""
        inside = pairs.within(int(self.key[0]), int(self.key[-1]))
        return np.searchsorted(self.key, pairs.key[inside]), pairs.at[inside]

    def control(self, pairs: KeyedPairs, controlled: Controlled) -> _Offers:
        place, at = self.places_of(pairs)
        verdict = np.where(controlled.certain[at], Verdict.CERTAIN, Verdict.POSSIBLE)
        return _offers(place, np.tile(verdict, (len(REGIMES), 1)), Route.CONTROL)

    def blocks(self, pairs: KeyedPairs, blocks: Blocks, basis: int) -> _Offers:
        place, at = self.places_of(pairs)
        low, high, low_open = blocks.low[at], blocks.high[at], blocks.low_open[at]
        verdicts = [
            np.select(
                (reached(regime, low, low_open, least=True), reached(regime, high, np.False_, least=False)),
                (Verdict.CERTAIN, Verdict.POSSIBLE),
                Verdict.NONE,
            )
            for regime in range(len(REGIMES))
        ]
        return _offers(place, np.stack(verdicts), Route.BLOCK + basis)

    def through(self, through: Through, solved: Mapping[str, Solved]) -> _Offers:
        inside = KeyedPairs(through.key, through.key).within(int(self.key[0]), int(self.key[-1]))
        place, best = np.searchsorted(self.key, through.key[inside]), through.best[inside].T
        basis, rest = best % len(SHARE_BASES), best // len(SHARE_BASES)
        verdict, entity = np.where(best < through.nothing, rest // self.n, Verdict.NONE), rest % self.n
        as_declared = np.zeros(best.shape, np.bool_)
        for b, name in enumerate(SHARE_BASES):
            regime, row = np.nonzero((basis == b) & (verdict < Verdict.NONE))
            if len(row):
                pairs = solved[name]
                at = _lookup(pairs.holder, pairs.subject, self.party[place[row]], entity[regime, row])
                as_declared[regime, row] = pairs.as_declared[at]
        return _Offers(
            place,
            verdict.astype(np.uint8),
            (Route.THROUGH + basis).astype(np.uint8),
            entity.astype(np.int32),
            as_declared,
        )


def _lookup(holder: Ints, subject: Ints, p: Ints, j: Ints) -> Ints:
    """Position of each pair (p, j) among pairs sorted by (holder, subject). Every pair must exist."""
    wanted = ascending(p)
    begin, end = np.searchsorted(holder, wanted), np.searchsorted(holder, wanted, side="right")
    _, position = spread(begin, end - begin)
    n = int(max(subject.max(initial=0), j.max(initial=0))) + 1
    return np.asarray(
        position[np.searchsorted(holder[position] * n + subject[position], p * n + j)], np.int64
    )


def _offers(place: Ints, verdict: npt.NDArray[np.integer], route: int) -> _Offers:
    shape = verdict.shape
    return _Offers(
        place,
        verdict.astype(np.uint8),
        np.full(shape, route, np.uint8),
        np.full(shape, NOBODY, np.int32),
        np.zeros(shape, np.bool_),
    )


JUDGED = ("verdict", "route", "through", "as_declared", "share")  # fields of `Owners` that `_judge` fills in
# These fields for some pairs under one regime, as views of the arrays.
type Judged = Mapping[str, npt.NDArray[np.integer | np.bool_]]


def _judge(judged: Judged, regime: int, shares: Mapping[int, Shares], others: list[_Offers]) -> None:
    """Fill in ownership on its best basis and, if another route gives a stronger verdict, that route."""
    strongest = [np.full(len(judged["verdict"]), -1, np.int64) for _ in range(3)]
    for b, of_basis in shares.items():
        _take_shares(judged, strongest, of_basis, b, of_basis.verdict(regime))
    for offer in others:
        better = np.flatnonzero(offer.verdict[regime] < judged["verdict"][offer.place])
        place = offer.place[better]
        for name in ("verdict", "route", "through", "as_declared"):
            judged[name][place] = getattr(offer, name)[regime, better]


def _take_shares(judged: Judged, strongest: list[Ints], shares: Shares, basis: int, verdict: Bytes) -> None:
    """Fill in the shares of one basis where they are better than those present: by verdict, then by minimum,
    declared maximum and possible maximum.
    """
    place, figures = shares.place, (shares.least, shares.declared, shares.most)
    better, tied = verdict < judged["verdict"][place], verdict == judged["verdict"][place]
    for mine, theirs in zip(figures, strongest, strict=True):
        better |= tied & (mine > theirs[place])
        tied &= mine == theirs[place]
    chosen = np.flatnonzero(better)
    place, at = place[chosen], shares.at[chosen]
    for mine, theirs in zip(figures, strongest, strict=True):
        theirs[place] = mine[chosen]
    judged["verdict"][place], judged["route"][place] = verdict[chosen], Route.OWNERSHIP + basis
    judged["as_declared"][place] = shares.source.as_declared[at]
    judged["share"][place] = at * len(SHARE_BASES) + basis
