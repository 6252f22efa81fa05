"""DOC"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, run_starts
from graphs.arrays.tables import Frames, named, stream, words
from graphs.arrays.units import UNITS, per_cent
from graphs.ownership.interests import BASES
from graphs.verdicts.cascade_part import OWNERSHIP_BASES, CascadePart, cascade_part
from graphs.verdicts.cascade_sets import (
    SANCTION_REGIMES,
    Members,
    SanctionRegime,
    designated_set,
    is_enough,
    share_of_chain,
)
from transforms.model.views import CASCADE_REGIMES, CASCADE_SETS, CASCADE_WAYS, CONTROL_VERDICTS

WITNESS_INTERESTS = 100  # own: interests of a proof that are listed, the nearest first


BY_OWNERSHIP, BY_CONTROL = range(2)  # positions in CASCADE_WAYS


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
    part = cascade_part(edges, nodes, closure, control, _all_ids(sets))
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


def _listed(part: CascadePart, ids: pl.Series, set_no: int) -> _Rows:
    """Rows of one designated set under every regime."""
    designated = np.flatnonzero(part.known.ids.is_in(ids.implode()).to_numpy()).astype(np.int64)
    found = []
    for number, regime in enumerate(SANCTION_REGIMES):
        sure = designated_set(part, regime, designated, certain=True)
        may = designated_set(part, regime, designated, certain=False)
        found.append(_of_regime(part, (number, regime, set_no), designated, sure, may))
    return _Rows.of(found)


def _of_regime(
    part: CascadePart, what: tuple[int, SanctionRegime, int], designated: Ints, sure: Members, may: Members
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


def _added(part: CascadePart, member: Members, designated: Ints) -> tuple[Ints, Ints]:
    """Keys and rounds of the legal entities and arrangements added."""
    node = member.key % part.found.n
    entity = np.zeros(part.found.n, np.bool_)
    entity[: part.found.parties] = part.known.of_kind("legal_entity") | part.known.of_kind("arrangement")
    entity[designated] = False
    return member.key[entity[node]], member.round[entity[node]]


def _one_each(
    part: CascadePart, what: tuple[int, int, int], member: Members, designated: Ints, added: tuple[Ints, Ints]
) -> _Rows:
    """One key for each subject (the smallest chain), with its share and its proof."""
    number, set_no, possible = what
    n, (key, depth) = part.found.n, added
    order = np.lexsort((key // n, key % n))
    key, depth = key[order], depth[order]
    first = run_starts(key % n)
    key, depth = key[first], depth[first]
    share, enough = _best_share(part, SANCTION_REGIMES[number], member, key, certain=not possible)
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
    part: CascadePart, regime: SanctionRegime, member: Members, key: Ints, *, certain: bool
) -> tuple[Floats, Bools]:
    """The larger share of the bases, and whether it is enough by itself."""
    best, enough = np.zeros(len(key)), np.zeros(len(key), np.bool_)
    for k in range(len(OWNERSHIP_BASES)):
        at, share, is_open = share_of_chain(part, k, member, key, certain=certain)
        best[at] = np.maximum(best[at], share / UNITS)
        enough[at] |= is_enough(regime, share, is_open, certain=certain)
    return best, enough


@dataclass(frozen=True, eq=False)
class _Proofs:
    """Proofs of one regime and set; what is directly above a node of a chain is looked up once."""

    part: CascadePart
    member: Members
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
    key = rows.subject * len(SANCTION_REGIMES) + rows.regime
    strength = np.full(int(key.max()) + 1, 2, np.int64)
    first = rows.set == 0
    strength[key[first]] = rows.possible[first]
    keep = np.flatnonzero(first | (rows.possible < strength[key]))
    order = np.lexsort((rows.set[keep], rows.regime[keep], rows.subject[keep]))
    return rows.taken(keep[order])


def _table(part: CascadePart, rows: _Rows) -> Frames:
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


def _interest_ids(part: CascadePart, witness: Sequence[int]) -> list[str]:
    """Ids of the interests; a holder without one (basis closure) has none to give."""
    return [one for i in witness if (one := part.interest_ids[i]) is not None]
