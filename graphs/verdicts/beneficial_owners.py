"""Beneficial owners by Regulation (EU) 2024/1624, articles 52 to 54: from ownership and control to verdicts, on arrays; and why nobody was found.

Three routes lead to a verdict, for each regime's threshold t:
- ownership (art. 52): integrated ownership of shares, votes or surplus assets reaches t;
- control (art. 53);
- mixed (art. 54): a) what the person controls has, together with the person, direct interests that reach t (a *block*); b) the person's
  integrated ownership of an entity X reaches t, and X controls the subject (*through* X).
The strongest verdict counts (CERTAIN, POSSIBLE, UNDECLARED, EXCLUDED), and of routes with the same verdict the one that stands first above.

Verdicts are taken on the published figures: minima rounded down and maxima up to 1 / UNITS. So a verdict never contradicts the figures beside it.

Example at AMLR: P controls A and B by 60 % each, A and B hold 15 % of Z each. P owns 18 %, which is below 25; the block is 30 %: CERTAIN, mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
import numpy.typing as npt

from graphs.arrays.components import Condensation, levels
from graphs.arrays.edges import Arcs, Bools, Bytes, Floats, Ints, ascending, neighbours, ordering, spread
from graphs.arrays.tables import units
from graphs.control.control import Blocks, Controlled
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import SHARE_BASES
from graphs.ownership.intervals import UNITS
from transforms.model.views import NONE_FOUND_REASONS

PAIRS_AT_ONCE = 1_000_000  # own: some 150 MB of working arrays
JOINED_AT_ONCE = 4_000_000  # own: rows of the join of art. 54 b) held at a time, some 200 MB
NO_REASON = 255
NOBODY = -1  # Owners.through

type Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Regime:
    """A threshold in UNITS, and whether holding exactly that is enough."""

    name: str
    threshold_units: int
    inclusive: bool

    def reached_by_least(self, units: Ints, is_open: Bools) -> Bools:
        return reached_by_least(units, is_open, self.threshold_units, self.inclusive)

    def reached_by_most(self, units: Ints, is_open: Bools) -> Bools:
        return reached_by_most(units, is_open, self.threshold_units, self.inclusive)


def reached_by_least(units: Ints, is_open: Bools, threshold: int | Ints, inclusive: bool | Bools) -> Bools:
    """True where a least share reaches the threshold. `is_open`: the figure itself is not included, more is held."""
    return np.asarray((units > threshold) | ((units == threshold) & (inclusive | is_open)), np.bool_)


def reached_by_most(units: Ints, is_open: Bools, threshold: int | Ints, inclusive: bool | Bools) -> Bools:
    """True where a largest share reaches the threshold. `is_open`: the figure itself is not included, less is held."""
    return np.asarray((units > threshold) | ((units == threshold) & inclusive & ~is_open), np.bool_)


REGIMES: tuple[Regime, ...] = (
    Regime("AMLR", UNITS // 4, True),  # Regulation (EU) 2024/1624, art. 52(1)
    Regime("UK", UNITS // 4, False),  # Companies Act 2006, Sch. 1A
    Regime("STRICT", UNITS * 15 // 100, True),  # Regulation (EU) 2024/1624, art. 52(2)
)


class Verdict(IntEnum):
    """Positions in OWNER_VERDICTS, the strongest first."""

    CERTAIN = 0
    POSSIBLE = 1
    UNDECLARED = 2
    EXCLUDED = 3
    NONE = 4  # no such route; in no row of `Owners`


class Basis(IntEnum):
    """Positions in OWNER_BASES."""

    OWNERSHIP = 0
    CONTROL = 1
    MIXED = 2


class Route(IntEnum):
    """Where a verdict comes from. OWNERSHIP, BLOCK and THROUGH count on by the position of the basis in SHARE_BASES."""

    OWNERSHIP = 0
    CONTROL = 3
    BLOCK = 4
    THROUGH = 7
    NONE = 10


_BASIS_OF_ROUTE = np.repeat(
    np.array([Basis.OWNERSHIP, Basis.CONTROL, Basis.MIXED], np.uint8), (3, 1, 7)
)  # the last is of NONE


@dataclass(frozen=True, eq=False)
class Owners:
    """Natural persons and what may be theirs: each pair once, sorted by (subject, party), with a row of arrays for each regime.

    A pair with a mixed route only stands under the regimes whose threshold that reaches (`route` NONE under the others), every other pair under all.
    By pair: `subject`, `party` int32. By regime and pair: `verdict` uint8 position in OWNER_VERDICTS; `route` uint8 (Route, plus the basis);
    `through` int32: X of a THROUGH route, else NOBODY; `as_declared` bool: the ownership that the verdict rests on rests on interests of unknown reach
    (for control and blocks see `graphs.verdicts.witness.as_declared`); `share` int32: integrated ownership on the basis that gives the strongest verdict, of several
    the largest shares: pair of `solved` * bases + basis, NOBODY where no ownership is declared.
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
        """`name` of Solved, parts of the whole, NaN where no ownership is declared."""
        share = self.share[regime, pair]
        found = np.full(len(share), np.nan)
        for b, basis in enumerate(SHARE_BASES):
            mine = np.flatnonzero((share >= 0) & (share % len(SHARE_BASES) == b))
            if len(mine):
                found[mine] = getattr(self.solved[basis], name)[share[mine] // len(SHARE_BASES)]
        return found


@dataclass(frozen=True, eq=False)
class OwnerRows:
    """Pairs under the regimes that they stand under, sorted by (subject, regime, party): arrays of one length.

    `pair` int64 position in `Owners`; `subject`, `party` int64; `regime` uint8 position in REGIMES. `share_min`, `share_max_declared`, `share_max` float64,
    parts of the whole, NaN where no ownership is declared. `verdict`, `basis` uint8 positions in OWNER_VERDICTS and OWNER_BASES. `as_declared`, `route`,
    `through` as in `Owners`.
    """

    pair: Ints
    subject: Ints
    party: Ints
    regime: Bytes
    share_min: Floats
    share_max_declared: Floats
    share_max: Floats
    verdict: Bytes
    basis: Bytes
    as_declared: Bools
    route: Bytes
    through: Numbers


def rows_of(owners: Owners, pairs: slice) -> OwnerRows:
    """The rows of some pairs: all of their subjects, so that the order is of all."""
    regime, pair = np.nonzero(owners.route[:, pairs] != Route.NONE)
    order = ordering(pair, regime, owners.subject[pairs][pair])
    regime, pair = regime[order].astype(np.uint8), pair[order] + (pairs.start or 0)
    least, declared, most = (
        owners.figure(name, regime, pair) for name in ("share_min", "share_max_declared", "share_max")
    )
    route = owners.route[regime, pair]
    return OwnerRows(
        pair,
        owners.subject[pair].astype(np.int64),
        owners.party[pair].astype(np.int64),
        regime,
        least,
        declared,
        most,
        owners.verdict[regime, pair],
        _BASIS_OF_ROUTE[route],
        owners.as_declared[regime, pair],
        route,
        owners.through[regime, pair],
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
    """Every natural person with a declared ownership, possible control or a mixed route, of every subject allowed, under every regime.

    `solved`, `blocks` by basis (keys of SHARE_BASES; one may be missing). `person` bool[nodes]: natural persons of known identity; `subject_allowed`
    bool[nodes]: legal entities and arrangements. Only these can be X of art. 54 b).
    Cost: sorts of the pairs, and the join of art. 54 b), of which `joined_at_once` rows are held at a time.
    """
    n = len(person)
    wanted = _Wanted(person, subject_allowed)
    owned = {
        b: wanted.pairs(solved[basis].holder, solved[basis].subject)
        for b, basis in enumerate(SHARE_BASES)
        if basis in solved
    }
    controls = wanted.pairs(controlled.controller, controlled.subject)
    held = {
        b: wanted.pairs(blocks[basis].holder, blocks[basis].subject)
        for b, basis in enumerate(SHARE_BASES)
        if basis in blocks
    }
    through = _through(solved, controlled, wanted, joined_at_once)
    key = ascending(
        np.concatenate([*(pairs.key for pairs in (*owned.values(), controls, *held.values())), through.key])
    )
    out = _empty(key, n, solved)
    for part in _by_subject(key, n, pairs_at_once):
        pairs = _Part(key[part], n)
        shares = {b: _Shares.of(solved[SHARE_BASES[b]], *pairs.found(owned[b])) for b in owned}
        others = [
            pairs.control(controls, controlled),
            *(pairs.blocks(held[b], blocks[SHARE_BASES[b]], b) for b in held),
            pairs.through(through, solved),
        ]
        for number, regime in enumerate(REGIMES):
            _fill(out, number, part, _judged(regime, number, pairs, shares, others))
    return out


# --- pairs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs that may become rows, by key subject * nodes + party, ascending; `at`: where each is in the arrays that it comes from."""

    key: Ints
    at: Ints

    def within(self, first: int, last: int) -> slice:
        begin, end = np.searchsorted(self.key, (first, last + 1))
        return slice(int(begin), int(end))


@dataclass(frozen=True, eq=False)
class _Wanted:
    person: Bools
    subject: Bools

    def pairs(self, holder: Ints, subject: Ints) -> _Pairs:
        at = np.flatnonzero(self.both(holder, subject))
        key = subject[at] * len(self.person) + holder[at]
        order = np.argsort(key)
        return _Pairs(key[order], at[order])

    def both(self, holder: Ints, subject: Ints) -> Bools:
        return np.asarray(_at(self.person, holder) & _at(self.subject, subject), np.bool_)


def _at(marks: Bools, nodes: Ints) -> Bools:
    """Marks of nodes; False for group nodes, which are numbered after the parties."""
    return np.asarray(marks[np.minimum(nodes, len(marks) - 1)] & (nodes < len(marks)), np.bool_)


def _by_subject(key: Ints, n: int, at_once: int) -> Iterator[slice]:
    """Runs of about `at_once` pairs that divide no subject."""
    begin = 0
    while begin < len(key):
        last = int(key[min(begin + at_once, len(key)) - 1]) // n
        end = int(np.searchsorted(key, (last + 1) * n))
        yield slice(begin, end)
        begin = end


@dataclass(frozen=True, eq=False)
class _Through:
    """Art. 54 b): for pairs by `key`, ascending, and each regime the strongest (verdict * nodes + X) * bases + basis: int64[pairs, regimes]."""

    key: Ints
    best: Ints
    nothing: int


@dataclass(frozen=True, eq=False)
class _Offers:
    """A route other than ownership: for the pairs `place` a verdict, the route's code, X, and where the shares are `as_declared`.

    One row of `verdict`, `route`, `through`, `as_declared` for each regime.
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

    def __len__(self) -> int:
        return len(self.key)

    def found(self, pairs: _Pairs) -> tuple[Ints, Ints]:
        """Of other pairs those that are here: their places here and in the arrays that they come from."""
        inside = pairs.within(int(self.key[0]), int(self.key[-1]))
        return np.searchsorted(self.key, pairs.key[inside]), pairs.at[inside]

    def control(self, pairs: _Pairs, controlled: Controlled) -> _Offers:
        place, at = self.found(pairs)
        verdict = np.where(controlled.certain[at], Verdict.CERTAIN, Verdict.POSSIBLE)
        return _offers(place, np.tile(verdict, (len(REGIMES), 1)), Route.CONTROL)

    def blocks(self, pairs: _Pairs, blocks: Blocks, basis: int) -> _Offers:
        place, at = self.found(pairs)
        low, high, low_open = blocks.low[at], blocks.high[at], blocks.low_open[at]
        verdicts = [
            _verdict(
                regime.reached_by_least(low, low_open),
                regime.reached_by_most(high, np.zeros(len(at), np.bool_)),
            )
            for regime in REGIMES
        ]
        return _offers(place, np.stack(verdicts), Route.BLOCK + basis)

    def through(self, through: _Through, solved: Mapping[str, Solved]) -> _Offers:
        inside = _Pairs(through.key, through.key).within(int(self.key[0]), int(self.key[-1]))
        place, best = np.searchsorted(self.key, through.key[inside]), through.best[inside].T
        basis, rest = best % len(SHARE_BASES), best // len(SHARE_BASES)
        verdict, entity = np.where(best < through.nothing, rest // self.n, Verdict.NONE), rest % self.n
        as_declared = np.zeros(best.shape, np.bool_)
        for b, name in enumerate(SHARE_BASES):
            regime, row = np.nonzero((basis == b) & (verdict < Verdict.NONE))
            if len(row):
                found = solved[name]
                at = _lookup(found.holder, found.subject, self.party[place[row]], entity[regime, row])
                as_declared[regime, row] = found.as_declared[at]
        return _Offers(
            place,
            verdict.astype(np.uint8),
            (Route.THROUGH + basis).astype(np.uint8),
            entity.astype(np.int32),
            as_declared,
        )


def _lookup(holder: Ints, subject: Ints, p: Ints, j: Ints) -> Ints:
    """Where each pair (p, j), which is there, stands in pairs sorted by (holder, subject)."""
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


def _verdict(certain: Bools, possible: Bools) -> Bytes:
    return np.where(certain, Verdict.CERTAIN, np.where(possible, Verdict.POSSIBLE, Verdict.NONE)).astype(
        np.uint8
    )


# --- art. 54 b) -----------------------------------------------------------------------------------------------------


def _through(solved: Mapping[str, Solved], controlled: Controlled, wanted: _Wanted, at_once: int) -> _Through:
    """The join of pairs (p, X), of which the threshold may be reached, with what X controls; of each (p, y) the strongest, by the smallest X."""
    n, bases = len(wanted.person), len(SHARE_BASES)
    nothing = Verdict.NONE * n * bases
    may = _at(wanted.subject, controlled.controller) & _at(wanted.subject, controlled.subject)
    controller, subject, sure = controlled.controller[may], controlled.subject[may], controlled.certain[may]
    person, entity, rank = _reaching(solved, controller, wanted)
    begin = np.searchsorted(controller, entity)
    count = np.searchsorted(controller, entity, side="right") - begin
    found = [_Through(np.zeros(0, np.int64), np.zeros((0, len(REGIMES)), np.int64), nothing)]
    for part in np.split(np.arange(len(person)), np.flatnonzero(np.diff(np.cumsum(count) // at_once)) + 1):
        run, position = spread(begin[part], count[part])
        run = part[run]
        verdict, basis = rank[run] // bases, rank[run] % bases
        verdict = np.maximum(verdict, np.where(sure[position], Verdict.CERTAIN, Verdict.POSSIBLE)[:, None])
        best = np.where(
            verdict < Verdict.UNDECLARED, (verdict * n + entity[run, None]) * bases + basis, nothing
        )
        found.append(_strongest(subject[position] * n + person[run], best, nothing))
    return _strongest(
        np.concatenate([part.key for part in found]), np.concatenate([part.best for part in found]), nothing
    )


def _reaching(solved: Mapping[str, Solved], controller: Ints, wanted: _Wanted) -> tuple[Ints, Ints, Ints]:
    """Persons p and controlling entities X of which p's ownership may reach a threshold; for each regime verdict * bases + basis: int64[pairs, regimes]."""
    n, bases = len(wanted.person), len(SHARE_BASES)
    controls = np.zeros(n, np.bool_)
    controls[controller] = True
    keys, ranks = [np.zeros(0, np.int64)], [np.zeros((0, len(REGIMES)), np.int64)]
    for b, name in enumerate(SHARE_BASES):
        if name not in solved:
            continue
        pairs = solved[name]
        at = np.flatnonzero(wanted.both(pairs.holder, pairs.subject) & _at(controls, pairs.subject))
        shares = _Shares.of(pairs, at, at)
        verdict = np.column_stack([shares.verdict(regime) for regime in REGIMES]).astype(np.int64)
        may = (verdict < Verdict.UNDECLARED).any(axis=1)
        keys.append((pairs.holder[at] * n + pairs.subject[at])[may])
        ranks.append((verdict * bases + b)[may])
    best = _strongest(np.concatenate(keys), np.concatenate(ranks), Verdict.NONE * bases)
    return best.key // n, best.key % n, best.best


def _strongest(key: Ints, best: Ints, nothing: int) -> _Through:
    """Each key once, with its smallest figures; keys without any are left out."""
    keep = np.flatnonzero((best < nothing).any(axis=1))
    order = keep[ordering(key[keep])]
    key = key[order]
    begin = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    return _Through(
        key[begin], np.minimum.reduceat(best[order], begin, axis=0) if len(begin) else best[:0], nothing
    )


# --- verdicts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Shares:
    """Integrated ownership on one basis for the pairs `place`; `at`: where it is in `source`. Figures in UNITS as published."""

    source: Solved
    place: Ints
    at: Ints
    least: Ints
    declared: Ints
    most: Ints
    min_open: Bools
    declared_open: Bools

    @classmethod
    def of(cls, source: Solved, place: Ints, at: Ints) -> _Shares:
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

    def verdict(self, regime: Regime) -> Bytes:
        closed = np.zeros(len(self.at), np.bool_)
        reached = (
            regime.reached_by_least(self.least, self.min_open),
            regime.reached_by_most(self.declared, self.declared_open),
            regime.reached_by_most(self.most, closed),
        )
        return np.select(
            reached,
            [np.uint8(verdict) for verdict in (Verdict.CERTAIN, Verdict.POSSIBLE, Verdict.UNDECLARED)],
            np.uint8(Verdict.EXCLUDED),
        )


@dataclass(frozen=True, eq=False)
class _Judged:
    """The pairs of a part under one regime; names as in `Owners`."""

    verdict: Bytes
    route: Bytes
    through: Numbers
    as_declared: Bools
    share: Numbers


def _judged(
    regime: Regime, number: int, pairs: _Part, shares: Mapping[int, _Shares], others: list[_Offers]
) -> _Judged:
    """Ownership on its best basis, and where another route gives a stronger verdict, that."""
    m = len(pairs)
    found = _Judged(
        np.full(m, Verdict.NONE, np.uint8),
        np.full(m, Route.NONE, np.uint8),
        np.full(m, NOBODY, np.int32),
        np.zeros(m, np.bool_),
        np.full(m, NOBODY, np.int32),
    )
    strongest = [np.full(m, -1, np.int64) for _ in range(3)]
    for b, of_basis in shares.items():
        _take_shares(found, strongest, of_basis, b, of_basis.verdict(regime))
    for offer in others:
        better = np.flatnonzero(offer.verdict[number] < found.verdict[offer.place])
        place = offer.place[better]
        for name in ("verdict", "route", "through", "as_declared"):
            getattr(found, name)[place] = getattr(offer, name)[number, better]
    return found


def _take_shares(found: _Judged, strongest: list[Ints], shares: _Shares, basis: int, verdict: Bytes) -> None:
    """Put in the shares of one basis where they are better than those there: by verdict, then by the least, declared and possible share."""
    place, figures = shares.place, (shares.least, shares.declared, shares.most)
    better, tied = verdict < found.verdict[place], verdict == found.verdict[place]
    for mine, theirs in zip(figures, strongest, strict=True):
        better |= tied & (mine > theirs[place])
        tied &= mine == theirs[place]
    chosen = np.flatnonzero(better)
    place, at = place[chosen], shares.at[chosen]
    for mine, theirs in zip(figures, strongest, strict=True):
        theirs[place] = mine[chosen]
    found.verdict[place], found.route[place], found.as_declared[place] = (
        verdict[chosen],
        Route.OWNERSHIP + basis,
        shares.source.as_declared[at],
    )
    found.share[place] = at * len(SHARE_BASES) + basis


def _empty(key: Ints, n: int, solved: Mapping[str, Solved]) -> Owners:
    """The pairs, with room for what is said of them."""
    shape = len(REGIMES), len(key)
    verdict, route = (np.empty(shape, np.uint8) for _ in range(2))
    through, share = (np.empty(shape, np.int32) for _ in range(2))
    return Owners(
        (key // n).astype(np.int32),
        (key % n).astype(np.int32),
        verdict,
        route,
        through,
        np.empty(shape, np.bool_),
        share,
        solved,
    )


def _fill(out: Owners, regime: int, pairs: slice, judged: _Judged) -> None:
    for name, column in vars(judged).items():
        getattr(out, name)[regime, pairs] = column


# --- nobody found ---------------------------------------------------------------------------------------------------


class Facts(IntFlag):
    """What is known of a party, bits of an integer."""

    LISTED = 1
    STATE = 2
    EXEMPT = 4
    PROTECTED = 8  # a person whose identity is protected
    UNDISCLOSED = 16  # a statement that somebody is not disclosed, or an unspecified party
    ARRANGEMENT = 32
    PERSON = 64  # a natural person of known identity
    NOT_HELD = 128  # an entity of which no register held has an entry
    BELOW_THRESHOLD = 256  # a statement that nobody reaches the threshold


# In order of precedence. On facts of an entity itself or of anybody above it ...
_OF_CLOSURE: tuple[tuple[str, Facts], ...] = (
    ("listed", Facts.LISTED),
    ("state", Facts.STATE),
    ("exempt", Facts.EXEMPT),
    ("protected", Facts.PROTECTED),
    ("undisclosed", Facts.UNDISCLOSED),
    ("trust", Facts.ARRANGEMENT),
    ("below_threshold", Facts.PERSON | Facts.BELOW_THRESHOLD),
)
# ... and on where the search ends.
_OF_TOPS = ("cycle", "foreign_register_not_held")
_NOTHING = "nothing_declared"
_PRECEDENCE = (*(name for name, _ in _OF_CLOSURE), *_OF_TOPS, _NOTHING)


def none_found(closure: Arcs, sets: Condensation, facts: npt.NDArray[np.integer], found: Bools) -> Bytes:
    """Why nobody was found: uint8[nodes], position in NONE_FOUND_REASONS; NO_REASON where `found`.

    `sets` is the condensation of `closure`; `facts` integer[nodes], bits of Facts; `found` bool[nodes] is True for entities with a CERTAIN or POSSIBLE owner under
    the regime asked for, and for nodes that are not to be given a reason.

    The first reason that holds of the entity itself or of anybody above it is given. First those by which the law ends the search (listed, state,
    exempt): no owner has to be declared behind them, so nothing below explains more. Then what hides a person: protected by law, undisclosed, behind an
    arrangement; each comes before below_threshold, as the hidden person may be the owner, and saying that known persons hold too little would claim a completeness
    that nobody has. Then below_threshold: persons are known, or a statement says that nobody reaches it. Last where the search ends without a person: in a
    set of entities that hold each other (known, and evidence), at an entity of which no register is held, or with nothing declared.
    A reason is what stands in the way of a result, not a finding: 1 per cent held by a listed entity gives `listed` too.
    Linear: one pass from the tops down, a level of the condensation at a time.
    """
    reason = _own_reasons(closure, sets, facts)
    rank = np.full(sets.arcs.n, len(_PRECEDENCE) - 1, np.uint8)
    np.minimum.at(rank, sets.label, reason)
    held = sets.arcs.held()
    for level in levels(sets.arcs):
        run, below = neighbours(held, level)
        np.minimum.at(rank, below, rank[level[run]])
    codes = np.array([NONE_FOUND_REASONS.index(name) for name in _PRECEDENCE], np.uint8)
    return np.where(found, np.uint8(NO_REASON), codes[rank[sets.label]])


def _own_reasons(closure: Arcs, sets: Condensation, facts: npt.NDArray[np.integer]) -> Bytes:
    """Position in _PRECEDENCE of the first reason that each node gives by itself."""
    top = sets.sources()[sets.label]
    cyclic = np.bincount(sets.label, minlength=sets.arcs.n)[sets.label] > 1
    cyclic[closure.src[closure.src == closure.dst]] = True
    holds = [
        *((facts & int(bits)) != 0 for _, bits in _OF_CLOSURE),
        top & cyclic,
        top & ((facts & int(Facts.NOT_HELD)) != 0),
    ]
    return np.select(
        holds, [np.uint8(rank) for rank in range(len(holds))], np.uint8(len(_PRECEDENCE) - 1)
    ).astype(np.uint8)
