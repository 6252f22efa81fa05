"""Mixed ownership and control (Regulation (EU) 2024/1624, article 54 (b)): a person owns enough of an entity
X, and X controls the subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Ints, marked, ordering, run_starts, spread
from graphs.arrays.units import units
from graphs.control.blocks import Blocks
from graphs.control.control import Controlled
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import SHARE_BASES
from graphs.verdicts.regimes import REGIMES, Verdict, reached


@dataclass(frozen=True, eq=False)
class KeyedPairs:
    """Pairs that may become rows. `key` int64: subject * nodes + party, ascending; `at` int64: position in
    the arrays that the pair comes from.
    """

    key: Ints
    at: Ints

    def within(self, first: int, last: int) -> slice:
        begin, end = np.searchsorted(self.key, (first, last + 1))
        return slice(int(begin), int(end))


@dataclass(frozen=True, eq=False)
class Wanted:
    """Which parties may be owners (`person`) and which may be owned (`subject`): bool[nodes] each."""

    person: Bools
    subject: Bools

    def pairs(self, holder: Ints, subject: Ints) -> KeyedPairs:
        at = np.flatnonzero(self.both(holder, subject))
        key = subject[at] * len(self.person) + holder[at]
        order = np.argsort(key)
        return KeyedPairs(key[order], at[order])

    def by_basis(self, results: Mapping[str, Solved] | Mapping[str, Blocks]) -> dict[int, KeyedPairs]:
        """The pairs of each basis present, by its position in SHARE_BASES."""
        return {
            b: self.pairs(results[basis].holder, results[basis].subject)
            for b, basis in enumerate(SHARE_BASES)
            if basis in results
        }

    def both(self, holder: Ints, subject: Ints) -> Bools:
        return np.asarray(_at(self.person, holder) & _at(self.subject, subject), np.bool_)


def _at(marks: Bools, nodes: Ints) -> Bools:
    """`marks` at these nodes; False for group nodes, which are numbered after the parties."""
    return np.asarray(marks[np.minimum(nodes, len(marks) - 1)] & (nodes < len(marks)), np.bool_)


@dataclass(frozen=True, eq=False)
class Through:
    """Article 54 (b): pairs by `key`, ascending, as in `KeyedPairs`. `best` int64[pairs, regimes]: the
    smallest (verdict * nodes + X) * bases + basis, which is the strongest verdict; `nothing` if there is
    none.
    """

    key: Ints
    best: Ints
    nothing: int


def pairs_through(
    solved: Mapping[str, Solved], controlled: Controlled, wanted: Wanted, at_once: int
) -> Through:
    """Joins the pairs (p, X) whose share possibly reaches the threshold with the subjects y that X controls.
    For each (p, y) the strongest verdict, by the smallest X. `at_once`: rows of the join in memory at a time.
    """
    n, bases = len(wanted.person), len(SHARE_BASES)
    nothing = Verdict.NONE * n * bases
    may = _at(wanted.subject, controlled.controller) & _at(wanted.subject, controlled.subject)
    controller, subject, sure = controlled.controller[may], controlled.subject[may], controlled.certain[may]
    person, entity, rank = _reaching(solved, controller, wanted)
    begin = np.searchsorted(controller, entity)
    count = np.searchsorted(controller, entity, side="right") - begin
    parts = [Through(np.zeros(0, np.int64), np.zeros((0, len(REGIMES)), np.int64), nothing)]
    for part in np.split(np.arange(len(person)), np.flatnonzero(np.diff(np.cumsum(count) // at_once)) + 1):
        run, position = spread(begin[part], count[part])
        run = part[run]
        verdict, basis = rank[run] // bases, rank[run] % bases
        verdict = np.maximum(verdict, np.where(sure[position], Verdict.CERTAIN, Verdict.POSSIBLE)[:, None])
        best = np.where(
            verdict < Verdict.UNDECLARED, (verdict * n + entity[run, None]) * bases + basis, nothing
        )
        parts.append(_strongest(subject[position] * n + person[run], best, nothing))
    return _strongest(
        np.concatenate([part.key for part in parts]), np.concatenate([part.best for part in parts]), nothing
    )


def _reaching(solved: Mapping[str, Solved], controller: Ints, wanted: Wanted) -> tuple[Ints, Ints, Ints]:
    """Persons p and controlling entities X of which p's ownership possibly reaches a threshold, and for each
    regime the smallest verdict * bases + basis: int64[pairs], int64[pairs], int64[pairs, regimes].
    """
    n, bases = len(wanted.person), len(SHARE_BASES)
    controls = marked(n, controller)
    keys, ranks = [np.zeros(0, np.int64)], [np.zeros((0, len(REGIMES)), np.int64)]
    for b, name in enumerate(SHARE_BASES):
        if name not in solved:
            continue
        pairs = solved[name]
        at = np.flatnonzero(wanted.both(pairs.holder, pairs.subject) & _at(controls, pairs.subject))
        shares = Shares.from_solved(pairs, at, at)
        verdict = np.column_stack([shares.verdict(regime) for regime in range(len(REGIMES))]).astype(np.int64)
        may = (verdict < Verdict.UNDECLARED).any(axis=1)
        keys.append((pairs.holder[at] * n + pairs.subject[at])[may])
        ranks.append((verdict * bases + b)[may])
    best = _strongest(np.concatenate(keys), np.concatenate(ranks), Verdict.NONE * bases)
    return best.key // n, best.key % n, best.best


def _strongest(key: Ints, best: Ints, nothing: int) -> Through:
    """The distinct keys, each with its smallest figures. Keys with nothing under every regime are left
    out.
    """
    keep = np.flatnonzero((best < nothing).any(axis=1))
    order = keep[ordering(key[keep])]
    key = key[order]
    begin = run_starts(key)
    return Through(
        key[begin], np.minimum.reduceat(best[order], begin, axis=0) if len(begin) else best[:0], nothing
    )


@dataclass(frozen=True, eq=False)
class Shares:
    """Integrated ownership on one basis, for the pairs at the positions `place`; `at`: positions in `source`.
    `least`, `declared`, `most` int64 in UNITS, rounded as published.
    """

    source: Solved
    place: Ints
    at: Ints
    least: Ints
    declared: Ints
    most: Ints
    min_open: Bools
    declared_open: Bools

    @classmethod
    def from_solved(cls, source: Solved, place: Ints, at: Ints) -> Shares:
        least = units(source.share_min[at], up=False)
        declared, most = (
            units(share[at], up=True) for share in (source.share_max_declared, source.share_max)
        )
        return cls(
            source,
            place,
            at,
            least,
            declared,
            most,
            source.min_open[at].astype(np.bool_),
            source.declared_open[at].astype(np.bool_),
        )

    def verdict(self, regime: int) -> Bytes:
        """Verdict of each share under a regime, a position in REGIMES: uint8[pairs]."""
        holds = (
            reached(regime, self.least, self.min_open, least=True),
            reached(regime, self.declared, self.declared_open, least=False),
            reached(regime, self.most, np.False_, least=False),
        )
        return np.select(
            holds,
            [np.uint8(verdict) for verdict in (Verdict.CERTAIN, Verdict.POSSIBLE, Verdict.UNDECLARED)],
            np.uint8(Verdict.EXCLUDED),
        )
