"""The witness of each beneficial owner: the interests that prove its verdict, in order from the person downward.

Most rows of a national register are proved by one interest of the person in the subject itself; these are looked up all at once. What is left is
proved on the part of the graph above its subjects (`graphs.verdicts.excerpt`): ownership by chains (`graphs.structure.chains`), control and blocks by majorities
(`graphs.control.majorities`). Under regimes with the same verdict by the same route the witness is the same; it is made for the strictest of them.

What is proved: CERTAIN by minima, POSSIBLE by maxima: by what the interests named give, whatever else is declared. UNDECLARED and EXCLUDED have
the declared chain with the largest maximum, which proves that there is ownership and not that there is no more. In sets that are solved by rounds
(`Solved.iterated`) a maximum may be wider than what any interests give; a POSSIBLE that rests on that has all walks for a witness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
import numpy.typing as npt

from graphs.arrays.edges import Bools, Bytes, Ints, ascending, ordering, spread, starts
from graphs.arrays.tables import units
from graphs.control import majorities
from graphs.control.control import CONTROL, INFLUENCE, Controlled
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import NO_GROUP, SHARE_BASES, Interests, share_arcs
from graphs.ownership.intervals import UNITS, Flags
from graphs.structure import chains
from graphs.verdicts.beneficial_owners import (
    REGIMES,
    Owners,
    Route,
    Verdict,
    reached_by_least,
    reached_by_most,
)
from graphs.verdicts.excerpt import Columns, Excerpt, Stated, Steps, stated

QUERIES_AT_ONCE = 1_000_000  # own: some 100 MB of working arrays
NONE = -1
_STRICTEST_FIRST = sorted(
    range(len(REGIMES)), key=lambda number: (-REGIMES[number].threshold_units, REGIMES[number].inclusive)
)
_THRESHOLD = np.array([regime.threshold_units for regime in REGIMES], np.int64)
_INCLUSIVE = np.array([regime.inclusive for regime in REGIMES], np.bool_)

type Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Witness:
    """Proof k is `interest[begin[k]:begin[k + 1]]`, each once: `begin` int64[proofs + 1], `interest` int32, positions in `Interests`.

    `of` int32[regimes, pairs of the owners]: the proof of each, NONE where the pair does not stand under the regime.
    """

    of: Numbers
    begin: Ints
    interest: Numbers


def witness(
    owners: Owners, found: Interests, solved: Mapping[str, Solved], controlled: Controlled
) -> Witness:
    """Interests that prove each row of `owners`, which come from `solved` and `controlled`, and these from `found`.

    A witness may be cut: to the 500 steps nearest to the subject where a chain is longer (the rest stands with the holder where it is cut), and to the
    100 interests that contribute most where several chains are needed together.
    """
    queries = _Queries.of(owners)
    single = np.full(len(queries.pair), NONE, np.int32)
    for basis in range(len(SHARE_BASES)):
        _direct_ownership(single, queries, found, basis)
    _direct_control(single, queries, found, controlled)
    rest = np.flatnonzero(single == NONE)
    steps = _longer(rest, queries.taken(rest), found, solved=solved, controlled=controlled)
    return _laid_out(queries.proof, single, *_lists(len(single), steps))


def as_declared(proofs: Witness, found: Interests) -> Bools:
    """Rows whose witness has an interest of unknown reach: bool[regimes, pairs]."""
    unknown = np.append(0, np.cumsum((found.flags[proofs.interest] & Flags.UNKNOWN_REACH) != 0))
    of_proof = np.append(unknown[proofs.begin[1:]] > unknown[proofs.begin[:-1]], False)  # the last is of NONE
    return np.asarray(of_proof[proofs.of], np.bool_)


@dataclass(frozen=True, eq=False)
class _Queries:
    """Distinct proofs, each of a row that asks for it, of the strictest regime: `regime` uint8, `pair` int32. `proof` int32[regimes, pairs], NONE for no row."""

    owners: Owners
    regime: Bytes
    pair: Numbers
    proof: Numbers

    @classmethod
    def of(cls, owners: Owners) -> _Queries:
        """Rows of one pair under different regimes ask for the same proof where route, X and what the verdict rests on agree."""
        proof = np.full(owners.route.shape, NONE, np.int32)
        made: list[Numbers] = []
        total = 0
        for k, regime in enumerate(_STRICTEST_FIRST):
            there, same = owners.route[regime] != Route.NONE, proof[regime]
            for other in _STRICTEST_FIRST[:k]:
                agrees = np.flatnonzero(there & (same == NONE) & _alike(owners, regime, other))
                same[agrees] = proof[other, agrees]
            new = np.flatnonzero(there & (same == NONE)).astype(np.int32)
            same[new] = np.arange(total, total + len(new))
            made.append(new)
            total += len(new)
        return cls(
            owners,
            np.repeat(np.array(_STRICTEST_FIRST, np.uint8), [len(new) for new in made]),
            np.concatenate(made),
            proof,
        )

    def route(self) -> Bytes:
        return self.owners.route[self.regime, self.pair]

    def taken(self, which: Ints) -> _Rows:
        owners, regime, pair = self.owners, self.regime[which], self.pair[which]
        subject, party, through = (
            column.astype(np.int64)
            for column in (owners.subject[pair], owners.party[pair], owners.through[regime, pair])
        )
        return _Rows(
            owners,
            pair,
            regime,
            subject,
            party,
            through,
            owners.route[regime, pair],
            owners.verdict[regime, pair],
        )


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows that ask for a proof: arrays of one length, as in `OwnerRows`."""

    owners: Owners
    pair: Numbers
    regime: Bytes
    subject: Ints
    party: Ints
    through: Ints
    route: Bytes
    verdict: Bytes

    def at(self, which: Ints | Bools) -> _Rows:
        return _Rows(self.owners, *(getattr(self, field.name)[which] for field in fields(self)[1:]))


def _alike(owners: Owners, first: int, second: int) -> Bools:
    """Where two regimes have the same route, X and class of verdict: those of ownership that is not POSSIBLE rest on the same chain. bool[pairs]."""
    verdicts = (np.minimum(owners.verdict[regime], Verdict.UNDECLARED) for regime in (first, second))
    return np.asarray(
        np.equal(*verdicts)
        & (owners.route[first] == owners.route[second])
        & (owners.through[first] == owners.through[second]),
        np.bool_,
    )


# --- one interest ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Direct:
    """Interests of some basis by (held, holder), each pair once: `key`, ascending; of parallel ones the one with the smallest minimum, the largest maximum."""

    n: int
    key: Ints
    by_low: Ints
    by_high: Ints

    @classmethod
    def of(cls, found: Interests, at: Ints) -> _Direct:
        key = found.held[at] * found.n + found.holder[at]
        order = ordering(found.holder[at], found.held[at])
        at, key = at[order], key[order]
        first = np.append(True, key[1:] != key[:-1])[: len(key)]
        if first.all():
            return cls(found.n, key, at, at)
        figures = stated(found, at)
        by_low, by_high = (at[ordering(at, bound, key)][first] for bound in (figures.low, -figures.high))
        return cls(found.n, key[first], by_low, by_high)

    def find(self, subject: Ints, party: Ints) -> Ints:
        """Place of each pair, NONE where there is none."""
        if not len(self.key):
            return np.full(len(subject), NONE, np.int64)
        key = subject * self.n + party
        place = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return np.where(self.key[place] == key, place, NONE)


def _minima(found: Interests, at: Ints) -> npt.NDArray[np.float64]:
    """Sum of the minima stated of each subject, float64[nodes]: joint holders and parallel interests each, so at least what is counted."""
    return np.bincount(found.held[at], weights=stated(found, at).low, minlength=found.n)


def _most(figures: Stated, others: npt.NDArray[np.float64]) -> Ints:
    """The most that each interest can be beside the minima of the others; as stated where these exceed the whole."""
    left = np.maximum(UNITS - others, 0)
    return np.where(left < figures.low, figures.high, np.minimum(figures.high, left)).astype(np.int64)


def _direct_ownership(single: Numbers, queries: _Queries, found: Interests, basis: int) -> None:
    """Put in the person's own interest where it is enough: reaches the threshold by itself, or is all that is declared (UNDECLARED, EXCLUDED)."""
    mine = np.flatnonzero(queries.route() == Route.OWNERSHIP + basis)
    at = np.flatnonzero(found.of_basis(SHARE_BASES[basis]))
    if not len(mine) or not len(at):
        return
    table, minima = _Direct.of(found, at), _minima(found, at)
    for part in np.split(mine, np.arange(QUERIES_AT_ONCE, len(mine), QUERIES_AT_ONCE)):
        rows = queries.taken(part)
        place = table.find(rows.subject, rows.party)
        known = place != NONE
        own = table.by_low[place[known]], table.by_high[place[known]]
        single[part[known]] = _enough(rows.at(known), found, own, minima)


def _enough(rows: _Rows, found: Interests, own: tuple[Ints, Ints], minima: npt.NDArray[np.float64]) -> Ints:
    """The interest that proves each row alone, NONE where it does not; `own`: the person's, that with the smallest minimum and the largest maximum."""
    by_low, by_high = own
    threshold, inclusive, verdict = _THRESHOLD[rows.regime], _INCLUSIVE[rows.regime], rows.verdict
    low, high = stated(found, by_low), stated(found, by_high)
    most = _most(high, minima[found.held[by_high]] - high.low)
    certain = reached_by_least(low.low, low.low_open, threshold, inclusive)
    possible = reached_by_most(most, high.high_open & (most == high.high), threshold, inclusive)
    whole = most >= units(rows.owners.figure("share_max_declared", rows.regime, rows.pair), up=True)
    proves = np.select([verdict == Verdict.CERTAIN, verdict == Verdict.POSSIBLE], [certain, possible], whole)
    return np.where(proves, np.where(verdict == Verdict.CERTAIN, by_low, by_high), NONE)


def _direct_control(single: Numbers, queries: _Queries, found: Interests, controlled: Controlled) -> None:
    """Put in the party's own right over the board, majority of the votes, or influence where that alone is control of the kind given."""
    mine = np.flatnonzero(queries.route() == Route.CONTROL)
    if not len(mine):
        return
    votes = np.flatnonzero(majorities.voting(found))
    tables = [
        _Direct.of(found, at)
        for at in (
            np.flatnonzero(found.of_basis("board")),
            votes,
            np.flatnonzero(found.of_basis("influence")),
        )
    ]
    minima, pairs = _minima(found, votes), controlled.controller * found.n + controlled.subject
    for part in np.split(mine, np.arange(QUERIES_AT_ONCE, len(mine), QUERIES_AT_ONCE)):
        rows = queries.taken(part)
        at = np.searchsorted(pairs, rows.party * found.n + rows.subject)
        certain, kind = controlled.certain[at], controlled.kind[at]
        board, vote, influence = (table.find(rows.subject, rows.party) for table in tables)
        by_least, by_most = _majority(found, tables[1], vote, minima)
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
    found: Interests, table: _Direct, place: Ints, minima: npt.NDArray[np.float64]
) -> tuple[Bools, Bools]:
    """Where an interest is a majority by itself, certainly and possibly; False for NONE. What an entity holds of itself is not asked: it only helps."""
    by_least, by_most = np.zeros(len(place), np.bool_), np.zeros(len(place), np.bool_)
    known = np.flatnonzero(place != NONE)
    low, high = stated(found, table.by_low[place[known]]), stated(found, table.by_high[place[known]])
    at = table.by_low[place[known]]
    alone = (found.group[at] == NO_GROUP) & (
        ((found.flags[at] & Flags.INDIRECT) == 0) | (low.low == UNITS)
    )  # what else counts, `control_arcs` knows
    by_least[known] = alone & ((2 * low.low > UNITS) | ((2 * low.low == UNITS) & low.low_open))
    by_most[known] = 2 * _most(high, minima[found.held[table.by_high[place[known]]]] - high.low) > UNITS
    return by_least, by_most


# --- several interests ----------------------------------------------------------------------------------------------


def _longer(
    rest: Ints, rows: _Rows, found: Interests, *, solved: Mapping[str, Solved], controlled: Controlled
) -> Steps:
    """Proofs on the part of the graph above the subjects; `rest` numbers the proofs."""
    if not len(rest):
        return Steps.joined(())
    part = Excerpt.above(found, ascending(np.concatenate((rows.subject, _jointly_held(found, rows)))))
    asked = _Rest(
        rest,
        part.local(rows.party),
        part.local(rows.subject),
        part.local(np.maximum(rows.through, 0)),
        rows.route,
        rows.verdict,
        rows.regime.astype(np.int64),
    )
    parts = [_owned(part, basis, solved, asked) for basis in SHARE_BASES if basis in solved]
    blocks, held = _blocks(part, controlled, asked)
    by_itself, through = (
        np.flatnonzero(asked.route == Route.CONTROL),
        np.flatnonzero(asked.route >= Route.THROUGH),
    )
    controls = (
        majorities.Asked(asked.query[by_itself], asked.party[by_itself], asked.subject[by_itself]),
        majorities.Asked(asked.query[through], asked.through[through], asked.subject[through]),
        held,
    )
    joined = majorities.Asked(
        *(
            np.concatenate([getattr(each, name) for each in controls])
            for name in ("query", "party", "subject")
        )
    )
    return Steps.joined(
        (
            *parts,
            blocks,
            majorities.control(part, controlled, joined) if len(joined.query) else Steps.joined(()),
        )
    )


def _jointly_held(found: Interests, rows: _Rows) -> Ints:
    """Subjects of joint interests of those who control: members of a group control together also what is not below its interest."""
    rows = rows.at(rows.route >= Route.CONTROL)
    who = np.zeros(found.n, np.bool_)
    who[rows.party] = True
    who[np.maximum(rows.through, 0)] |= rows.through >= 0
    return found.held[np.flatnonzero((found.group != NO_GROUP) & who[found.holder])]


@dataclass(frozen=True, eq=False)
class _Rest:
    """Proofs to be made, arrays of one length; `party`, `subject`, `through` (X) are nodes of the excerpt, the others as in `Owners`."""

    query: Ints
    party: Ints
    subject: Ints
    through: Ints
    route: Bytes
    verdict: Bytes
    regime: Ints


def _owned(part: Excerpt, basis: str, solved: Mapping[str, Solved], asked: _Rest) -> Steps:
    """Ownership of the subjects, and of X of art. 54 b), on one basis."""
    b = SHARE_BASES.index(basis)
    itself, through = asked.route == Route.OWNERSHIP + b, asked.route == Route.THROUGH + b
    of = np.where(through, asked.through, asked.subject)
    regime = np.where(asked.verdict <= Verdict.POSSIBLE, asked.regime, chains.NO_TEST)
    parts = []
    for least in (True, False):
        rows = np.flatnonzero((itself | through) & ((asked.verdict == Verdict.CERTAIN) == least))
        if len(rows):
            wanted = chains.Asked(asked.query[rows], asked.party[rows], of[rows], regime[rows])
            parts.append(chains.ownership(part, basis, solved[basis], wanted, least=least))
    return Steps.joined(parts)


def _blocks(part: Excerpt, controlled: Controlled, asked: _Rest) -> tuple[Steps, majorities.Asked]:
    """The direct interests of blocks, and control of their holders."""
    none = np.zeros(0, np.int64)
    steps, held = Steps.joined(()), majorities.Asked(none, none, none)
    for b, basis in enumerate(SHARE_BASES):
        rows = np.flatnonzero(asked.route == Route.BLOCK + b)
        if not len(rows):
            continue
        columns = Columns.of(
            part, np.flatnonzero(part.found.of_basis(basis)), partial(share_arcs, basis=basis)
        )
        certain = asked.verdict[rows] == Verdict.CERTAIN
        wanted = majorities.AskedBlock(
            asked.query[rows], asked.party[rows], asked.subject[rows], certain, asked.regime[rows]
        )
        more, controls = majorities.blocks(part, columns, controlled, wanted)
        steps = Steps.joined((steps, more))
        held = majorities.Asked(
            *(
                np.concatenate((getattr(held, name), getattr(controls, name)))
                for name in ("query", "party", "subject")
            )
        )
    return steps, held


# --- layout ---------------------------------------------------------------------------------------------------------


def _lists(queries_n: int, steps: Steps) -> tuple[Ints, Ints]:
    """Interests of each proof in order, each at its first place: (begin int64[queries + 1], interest)."""
    order = ordering(steps.interest, steps.rank, steps.phase, steps.query)
    query, interest = steps.query[order], steps.interest[order]
    again = ordering(np.arange(len(query)), interest, query)
    first = np.append(
        True, (query[again[1:]] != query[again[:-1]]) | (interest[again[1:]] != interest[again[:-1]])
    )[: len(query)]
    kept = np.sort(again[first])
    return starts(queries_n, query[kept]), interest[kept]


def _laid_out(proof: Numbers, single: Numbers, begin: Ints, interest: Ints) -> Witness:
    """All proofs in one: those of one interest, and those of the lists."""
    alone = single != NONE
    offsets = np.zeros(len(single) + 1, np.int64)
    np.cumsum(np.where(alone, 1, np.diff(begin)), out=offsets[1:])
    out = np.empty(int(offsets[-1]), np.int32)
    out[offsets[:-1][alone]] = single[alone]
    query = np.flatnonzero(~alone)
    run, place = spread(begin[query], begin[query + 1] - begin[query])
    out[offsets[query][run] + place - begin[query][run]] = interest[place]
    return Witness(proof, offsets, out)
