"""Small registers for the tests of beneficial owners and witnesses: by hand with letters, or from a seed; and
the whole computation on them.

Letters P to T are natural persons, all others legal entities. Nothing here is of a real register.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import Bools, Bytes, Floats, Ints, distinct, ordering
from graphs.control.blocks import Blocks, blocks
from graphs.control.control import Controlled, control
from graphs.ownership.integrated import Solved, solve
from graphs.ownership.interests import BASES, NO_GROUP, SHARE_BASES, Interests, control_arcs, share_arcs
from graphs.ownership.intervals import Flags, prepare
from graphs.verdicts.beneficial_owners import ListedRows, Owners, owners
from graphs.verdicts.regimes import BASIS_OF_ROUTE, REGIMES, Route
from transforms.model.views import OWNER_BASES, OWNER_VERDICTS

PERSONS = "PQRST"
FLOOR = 1e-4


@dataclass(frozen=True)
class Row:
    """One interest, in per cent; `joint`: label of its joint group."""

    holder: str
    held: str
    low: float = float("nan")
    high: float = float("nan")
    basis: str = "shares"
    bits: int = 0
    joint: str = ""


def row(
    holder: str,
    held: str,
    low: float | None = None,
    high: float | None = None,
    basis: str = "shares",
    *,
    bits: int = 0,
    joint: str = "",
) -> Row:
    """`high` is `low` where it is not given; without any, the interest has no figures."""
    return Row(
        holder,
        held,
        float("nan") if low is None else low,
        (float("nan") if low is None else low) if high is None else high,
        basis,
        int(bits),
        joint,
    )


@dataclass(frozen=True, eq=False)
class Case:
    """Interests with their parties' names, `person` and `entity` bool[parties]."""

    network: Interests
    names: tuple[str, ...]
    person: Bools
    entity: Bools

    def number(self, name: str) -> int:
        return self.names.index(name)


def case(given: Sequence[Row]) -> Case:
    names = tuple(sorted({each.holder for each in given} | {each.held for each in given}))
    person = np.array([name[0] in PERSONS for name in names])
    number = {name: k for k, name in enumerate(names)}
    holder, held = (
        np.array([number[getattr(each, end)] for each in given], np.int64) for end in ("holder", "held")
    )
    basis = np.array([BASES.index(each.basis) for each in given], np.uint8)
    low, high = (np.array([getattr(each, bound) / 100 for each in given]) for bound in ("low", "high"))
    flags = np.array(
        [each.bits | (Flags.HOLDER_IS_PERSON if person[number[each.holder]] else 0) for each in given],
        np.uint8,
    )
    labels = sorted(
        {(each.joint, each.held, each.basis) for each in given if each.joint and _holders(given, each) > 1}
    )
    group = np.array(
        [
            len(names) + labels.index(key)
            if (key := (each.joint, each.held, each.basis)) in labels
            else NO_GROUP
            for each in given
        ],
        np.int64,
    )
    return Case(
        _interests(
            len(names) + len(labels),
            len(names),
            (holder, held),
            (low, high),
            basis=basis,
            flags=flags,
            group=group,
        ),
        names,
        person,
        ~person,
    )


def _holders(rows: Sequence[Row], each: Row) -> int:
    return len(
        {
            other.holder
            for other in rows
            if (other.joint, other.held, other.basis) == (each.joint, each.held, each.basis)
        }
    )


type Pair[T: np.generic] = tuple[np.ndarray[tuple[int], np.dtype[T]], np.ndarray[tuple[int], np.dtype[T]]]


def _interests(
    n: int,
    parties: int,
    ends: Pair[np.int64],
    bounds: Pair[np.float64],
    *,
    basis: Bytes,
    flags: Bytes,
    group: Ints,
) -> Interests:
    closure = distinct(parties, *ends)
    label = weak_labels(parties, closure.src, closure.dst)
    return Interests(n, parties, np.arange(len(group)), *ends, basis, *bounds, flags, group, closure, label)


@dataclass(frozen=True, eq=False)
class OwnerRows(ListedRows):
    """Rows by (subject, regime, party), with their figures: parts of the whole, NaN where no ownership is
    declared; `basis`: position in OWNER_BASES.
    """

    share_min: Floats
    share_max_declared: Floats
    share_max: Floats
    min_open: Floats
    declared_open: Floats
    basis: Bytes
    as_declared: Bools


def rows_of(pairs: Owners) -> OwnerRows:
    regime, pair = np.nonzero(pairs.route != Route.NONE)
    order = ordering(pair, regime, pairs.subject[pair])
    rows = ListedRows.from_owners(pairs, regime[order].astype(np.uint8), pair[order])
    figures = (
        pairs.figure(name, rows.regime, rows.pair)
        for name in ("share_min", "share_max_declared", "share_max", "min_open", "declared_open")
    )
    as_declared = pairs.as_declared[rows.regime, rows.pair]
    return OwnerRows(*vars(rows).values(), *figures, BASIS_OF_ROUTE[rows.route], as_declared)


@dataclass(frozen=True, eq=False)
class Results:
    solved: dict[str, Solved]
    controlled: Controlled
    blocks: dict[str, Blocks]
    pairs: Owners
    owners: OwnerRows


def results(network: Interests, person: Bools, entity: Bools) -> Results:
    arcs = {basis: share_arcs(network, basis) for basis in SHARE_BASES}
    solved = {
        basis: solve(each.src, each.dst, each.low, each.high, each.flags, floor=FLOOR)
        for basis, each in arcs.items()
    }
    votes = control_arcs(network)
    controlled = control(votes.src, votes.dst, votes.low, votes.high, votes.flags)
    of_blocks = {
        basis: blocks(prepare(each.src, each.dst, each.low, each.high, each.flags), controlled)
        for basis, each in arcs.items()
    }
    pairs = owners(solved, controlled, of_blocks, person=person, subject_allowed=entity)
    return Results(solved, controlled, of_blocks, pairs, rows_of(pairs))


def results_of(case: Case) -> Results:
    return results(case.network, case.person, case.entity)


def place(case: Case, rows: OwnerRows, subject: str, party: str, regime: str) -> int:
    """Number of one row."""
    names = [each.name for each in REGIMES]
    at = np.flatnonzero(
        (rows.subject == case.number(subject))
        & (rows.party == case.number(party))
        & (rows.regime == names.index(regime))
    )
    assert len(at) == 1, f"{len(at)} rows for {party} of {subject} at {regime}"
    return int(at[0])


def verdict(case: Case, rows: OwnerRows, subject: str, party: str, regime: str) -> tuple[str, str]:
    at = place(case, rows, subject, party, regime)
    return OWNER_VERDICTS[rows.verdict[at]], OWNER_BASES[rows.basis[at]]


def taken(whole: Interests, some: Iterable[Ints]) -> tuple[Interests, Ints]:
    """Some of the interests alone, each selection as a register of its own, one after another: node k of
    selection i is `start[i] + k` (group nodes behind all).

    An interest says that all holders of its subject are declared only where all of them are in the selection
    too.
    """
    selections = list(some)
    size = whole.parties
    which = np.repeat(np.arange(len(selections)), [len(each) for each in selections])
    at = np.concatenate([np.zeros(0, np.int64), *selections])
    start = np.arange(len(selections)) * size
    figures = np.isin(whole.basis, [BASES.index(basis) for basis in SHARE_BASES])
    column = whole.held * len(BASES) + whole.basis
    in_column = np.bincount(column[figures], minlength=size * len(BASES))
    kept = np.zeros((len(selections), size * len(BASES)), np.int64)
    np.add.at(kept, (which, column[at]), 1)
    complete = kept[which, column[at]] == in_column[column[at]]
    flags = np.where(complete, whole.flags[at], whole.flags[at] & ~np.uint8(Flags.SUBJECT_COMPLETE)).astype(
        np.uint8
    )
    parties = size * len(selections)
    groups = whole.n - size
    group = np.where(whole.group[at] == NO_GROUP, NO_GROUP, parties + which * groups + whole.group[at] - size)
    n = parties + groups * len(selections)
    ends = whole.holder[at] + start[which], whole.held[at] + start[which]
    network = _interests(
        n, parties, ends, (whole.low[at], whole.high[at]), basis=whole.basis[at], flags=flags, group=group
    )
    return replace(network, group=_without_single(network)), start


def _without_single(network: Interests) -> Ints:
    """Groups of which one holder is left are none."""
    pairs = np.unique(np.column_stack((network.group, network.holder)), axis=0)
    members = np.bincount(pairs[pairs[:, 0] >= 0, 0], minlength=network.n)
    return np.where((network.group >= 0) & (members[network.group] > 1), network.group, NO_GROUP)


def drawn(seed: int) -> Case:
    """A random register: up to 4 persons and 7 entities, cycles, all bases, bands, joint groups, reach,
    complete subjects, repeated interests, missing shares.
    """
    draw = np.random.default_rng(seed)
    persons = list(PERSONS[: draw.integers(1, 5)])
    entities = list("ABCDEFG"[: draw.integers(2, 8)])
    rows: list[Row] = []
    for subject in entities:
        for basis, likely in (("shares", 0.9), ("votes", 0.35), ("surplus_assets", 0.1)):
            if draw.random() < likely:
                rows += _column(draw, persons, entities, subject, basis)
        for basis in ("board", "influence"):
            if draw.random() < 0.12:
                rows.append(row(str(draw.choice(persons + entities)), subject, basis=basis))
    return case(
        [each for each in rows if each.holder != each.held or each.basis in SHARE_BASES]
        or [row("P", "A", 30)]
    )


def _column(
    draw: np.random.Generator, persons: list[str], entities: list[str], subject: str, basis: str
) -> list[Row]:
    parties = persons + entities
    holders = draw.choice(parties, size=min(len(parties), int(draw.integers(1, 5))), replace=False).tolist()
    weight = draw.dirichlet(np.full(len(holders), 1.0)) * draw.choice((100, 100, 80, 50))
    shares = np.round(weight) if draw.random() < 0.5 else np.round(weight, 3)
    bits = Flags.SUBJECT_COMPLETE if draw.random() < 0.25 and np.isclose(shares.sum(), 100) else 0
    reach = draw.choice((0, 0, 0, int(Flags.UNKNOWN_REACH), int(Flags.INDIRECT)))
    joint = holders[:2] if len(holders) > 2 and draw.random() < 0.25 else []
    rows = []
    for holder, share in zip(holders, shares.tolist(), strict=True):
        figure = float(shares[holders.index(joint[0])]) if holder in joint else share
        low, high, edges = _band(draw, figure)
        rows.append(
            row(
                holder,
                subject,
                low,
                high,
                basis,
                bits=int(bits | reach | edges),
                joint="j" if holder in joint else "",
            )
        )
        if draw.random() < 0.1:
            rows.append(
                replace(rows[-1], low=max(0.0, low - 5), bits=rows[-1].bits & ~int(Flags.LOW_EXCLUSIVE))
            )
    return rows


def _band(draw: np.random.Generator, share: float) -> tuple[float, float, int]:
    kind = draw.integers(0, 5)
    if kind == 0:
        return share, share, 0
    if kind == 1:
        return 0.0, 100.0, 0
    if kind == 2 and share > 25:
        low = 75.0 if share >= 75 else 50.0 if share > 50 else 25.0
        edges = {
            75.0: 0,
            50.0: int(Flags.LOW_EXCLUSIVE | Flags.HIGH_EXCLUSIVE),
            25.0: int(Flags.LOW_EXCLUSIVE),
        }
        return low, low + 25, edges[low]
    return (
        max(0.0, round(share - draw.uniform(0, 20), 2)),
        min(100.0, round(share + draw.uniform(0, 20), 2)),
        0,
    )
