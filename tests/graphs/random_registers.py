"""Random registers from a seed, with the exact shares that the register does not show.

A `Register` is a hidden matrix (who directly holds what) and what is declared of it: intervals around the
hidden shares, some holders left out. Shares are whole numbers of `UNITS`, so that a share on a boundary is on
it. Nodes are numbered from 0 in each register and are a mix of persons, legal entities and joint group nodes
in random order; `stacked` puts many registers into one call of the code under test.

From `graphs` only the contract of the arrays is used: `Flags` and the types.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Floats, Ints
from graphs.ownership.intervals import Flags

UNITS = 10**11
QUARTER, HALF = UNITS // 4, UNITS // 2
MISSING = -1  # a bound that the register does not give

type Bounds = tuple[int, int, int]  # low and high in UNITS, bits of exclusivity


@dataclass(frozen=True)
class Interest:
    """A row of a register: bounds in UNITS or MISSING, `bits` of `Flags` but those of the holder's kind and
    of completeness.
    """

    holder: int
    subject: int
    low: int
    high: int
    bits: int = 0

    @property
    def has_interval(self) -> bool:
        return not self.bits & (Flags.MEMBER | Flags.CLOSURE_ONLY)


@dataclass(frozen=True, eq=False)
class Register:
    """`truth` int64[n, n]: units of the column's entity that the row holds directly, joint groups as rows.
    Nothing is random in here any more.

    `rights`: (holder, subject) by which the subject is truly controlled by other means than shares.
    `complete`: subjects flagged as having all their holders declared. `all_shown`: no interest is left out
    (persons that nobody names may hold the rest of an entity all the same).
    """

    seed: int
    persons: frozenset[int]
    truth: Ints
    interests: tuple[Interest, ...]
    members: tuple[tuple[int, int], ...] = ()
    rights: frozenset[tuple[int, int]] = frozenset()
    complete: frozenset[int] = frozenset()
    all_shown: bool = True

    @property
    def n(self) -> int:
        return len(self.truth)

    @property
    def groups(self) -> frozenset[int]:
        return frozenset(group for _, group in self.members)

    @property
    def entities(self) -> tuple[int, ...]:
        return tuple(node for node in range(self.n) if node not in self.persons | self.groups)


@dataclass(frozen=True, eq=False)
class Stack:
    """Registers as the arrays of one call. `start` int64[registers + 1]: first node of each."""

    registers: tuple[Register, ...]
    start: Ints
    src: Ints
    dst: Ints
    low: Floats
    high: Floats
    flags: Bytes

    @property
    def arrays(self) -> tuple[Ints, Ints, Floats, Floats, Bytes]:
        return self.src, self.dst, self.low, self.high, self.flags


def stacked(registers: Iterable[Register], shuffle: int | None = None) -> Stack:
    """One after another. Rows sorted by (src, dst); parallel ones in an order that depends on `shuffle`."""
    registers = tuple(registers)
    start = np.concatenate(
        (np.zeros(1, np.int64), np.cumsum([register.n for register in registers], dtype=np.int64))
    )
    rows = [
        row
        for first, register in zip(start.tolist(), registers, strict=False)
        for row in _rows(register, first)
    ]
    if shuffle is not None:
        rows = [rows[k] for k in np.random.default_rng(shuffle).permutation(len(rows)).tolist()]
    rows.sort(key=lambda row: row[:2])
    src, dst, flags = (np.array([row[column] for row in rows], np.int64) for column in (0, 1, 4))
    low, high = (np.array([row[column] for row in rows], np.float64) for column in (2, 3))
    return Stack(registers, start, src, dst, low, high, flags.astype(np.uint8))


def _rows(register: Register, first: int) -> Iterable[tuple[int, int, float, float, int]]:
    for interest in register.interests:
        flags = int(interest.bits) | (Flags.HOLDER_IS_PERSON if interest.holder in register.persons else 0)
        flags |= Flags.SUBJECT_COMPLETE if interest.subject in register.complete else 0
        low, high = (
            float("nan") if bound == MISSING else bound / UNITS for bound in (interest.low, interest.high)
        )
        yield first + interest.holder, first + interest.subject, low, high, int(flags)


def relabelled(register: Register, seed: int) -> tuple[Register, Ints]:
    """The same register with its nodes numbered otherwise, and the new number of each node."""
    new = np.random.default_rng(seed).permutation(register.n)
    truth = np.zeros_like(register.truth)
    truth[np.ix_(new, new)] = register.truth

    def moved(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        return [(int(new[a]), int(new[b])) for a, b in pairs]

    interests = tuple(
        Interest(int(new[i.holder]), int(new[i.subject]), i.low, i.high, i.bits) for i in register.interests
    )
    persons, complete = (
        frozenset(int(new[node]) for node in nodes) for nodes in (register.persons, register.complete)
    )
    rest = (tuple(moved(register.members)), frozenset(moved(register.rights)), complete, register.all_shown)
    return Register(register.seed, persons, truth, interests, *rest), new.astype(np.int64)


# --- hidden shares ----------------------------------------------------------------------------------------


def hidden(
    draw: np.random.Generator, *, closed: bool = False, own: bool = True, whole: float = 0.8
) -> tuple[frozenset[int], Ints]:
    """Persons and direct shares: two to seven entities with cycles, hubs and (`own`) self-holdings; a column
    is full with probability `whole`.

    `closed`: two or three entities hold all of each other; otherwise every entity is in the end owned by
    someone outside all cycles.
    """
    n_entities, n_persons = int(draw.integers(2, 8)), int(draw.integers(1, 5))
    nodes = draw.permutation(n_entities + n_persons)
    entities, persons = nodes[:n_entities], nodes[n_entities:]
    truth = np.zeros((len(nodes), len(nodes)), np.int64)
    hub = int(draw.choice(nodes)) if draw.random() < 0.4 else None
    step = int(draw.choice((1, UNITS // 20, UNITS // 8, UNITS // 40)))
    for entity in entities:
        holders = _holders(draw, nodes, int(entity), hub, own)
        total = UNITS if draw.random() < whole else int(draw.integers(0, UNITS // step + 1)) * step
        truth[holders, entity] = cut(draw, total, len(holders), step)
    if closed:
        ring = entities[: int(draw.integers(2, 4))]
        for entity in ring:
            truth[:, entity] = 0
            truth[ring, entity] = cut(draw, UNITS, len(ring), step)
    return frozenset(persons.tolist()), truth if closed else _leaking(draw, truth, persons)


def arcs(matrix: Ints | Bools) -> list[tuple[int, int]]:
    """(row, column) of all that is not 0."""
    rows, columns = np.nonzero(matrix)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _holders(draw: np.random.Generator, nodes: Ints, entity: int, hub: int | None, own: bool) -> Ints:
    others = nodes[nodes != entity]
    holders = draw.choice(others, min(len(others), int(draw.choice((1, 1, 2, 2, 3, 4, 5)))), replace=False)
    extra = [hub] if hub is not None and hub != entity and draw.random() < 0.7 else []
    itself = [entity] if own and draw.random() < 0.12 else []
    return np.unique(np.concatenate((holders, np.array(extra + itself, np.int64))))


def cut(draw: np.random.Generator, total: int, parts: int, step: int) -> Ints:
    """`total` units in random parts that are multiples of `step` (the last takes what is left); some may be
    0.
    """
    weights = draw.dirichlet(np.full(parts, float(draw.choice((0.4, 1.0, 3.0)))))
    shares = (weights * total / step).astype(np.int64) * step
    shares[-1] += total - shares.sum()
    return np.asarray(draw.permutation(shares), np.int64)


def _leaking(draw: np.random.Generator, truth: Ints, persons: Ints) -> Ints:
    """A person gets half of the largest holding in one entity of every closed set."""
    while len(stuck := _stuck(truth, persons)):
        entity = int(draw.choice(stuck))
        largest, person = int(truth[:, entity].argmax()), int(draw.choice(persons))
        truth[person, entity] += truth[largest, entity] // 2
        truth[largest, entity] -= truth[largest, entity] // 2
    return truth


def _stuck(truth: Ints, persons: Ints) -> Ints:
    """Entities that are wholly owned by nobody outside their own cycles."""
    owned = truth.sum(axis=0) < UNITS
    owned[persons] = True
    for _ in range(len(truth)):
        owned |= (truth[owned] > 0).any(axis=0)
    return np.flatnonzero(~owned)


def with_group(
    draw: np.random.Generator, persons: frozenset[int], truth: Ints
) -> tuple[Ints, tuple[tuple[int, int], ...]]:
    """One holder's holdings become those of a joint group of two or three others, in at most three entities;
    not where a member could then own itself.
    """
    n = len(truth)
    members = draw.choice(n, min(n, int(draw.integers(2, 4))), replace=False)
    if draw.random() < 0.6 and len(persons) >= 2:
        members = np.array(sorted(persons))[:2]
    grown = np.zeros((n + 1, n + 1), np.int64)
    grown[:n, :n] = truth
    holder = int(draw.choice(np.flatnonzero(truth.any(axis=1))))
    for entity in np.flatnonzero(truth[holder])[:3]:
        if entity not in members and entity != holder:
            grown[n, entity], grown[holder, entity] = grown[holder, entity], 0
    through = [
        grown + UNITS * np.outer(np.arange(n + 1) == member, np.arange(n + 1) == n) for member in members
    ]
    if not grown[n].any() or any(len(_stuck(matrix, np.array(sorted(persons)))) for matrix in through):
        return truth, ()
    return grown, tuple((int(member), n) for member in members)


# --- what is declared -------------------------------------------------------------------------------------


def exactly(_: np.random.Generator, units: int) -> Bounds:
    return units, units, 0


def uk_band(_: np.random.Generator, units: int) -> Bounds:
    """(25, 50], (50, 75), [75, 100]; what is not above 25 as (0, 25], which the register itself does not
    show.
    """
    if units >= 3 * QUARTER:
        return 3 * QUARTER, UNITS, 0
    if units > HALF:
        return HALF, 3 * QUARTER, Flags.LOW_EXCLUSIVE | Flags.HIGH_EXCLUSIVE
    return (QUARTER, HALF, Flags.LOW_EXCLUSIVE) if units > QUARTER else (0, QUARTER, Flags.LOW_EXCLUSIVE)


def quarters(draw: np.random.Generator, units: int) -> Bounds:
    """Inclusive bands; a share on a boundary is in either."""
    below = units // QUARTER - int(
        units % QUARTER == 0 and (units == UNITS or (units > 0 and draw.random() < 0.5))
    )
    return below * QUARTER, (below + 1) * QUARTER, 0


def any_band(draw: np.random.Generator, units: int) -> Bounds:
    """Any interval around the share, narrow or wide; a bound that is not the share may be exclusive."""
    width = float(draw.choice((0.05, 0.3, 1.0)))
    low, high = int(units * (1 - width * draw.random())), units + int((UNITS - units) * width * draw.random())
    open_low, open_high = low < units and draw.random() < 0.5, high > units and draw.random() < 0.5
    return low, high, (Flags.LOW_EXCLUSIVE if open_low else 0) | (Flags.HIGH_EXCLUSIVE if open_high else 0)


def unknown(_: np.random.Generator, __: int) -> Bounds:
    return MISSING, MISSING, 0


STYLES = {
    "uk": (uk_band,),
    "inclusive": (quarters,),
    "any": (any_band,),
    "mixed": (uk_band, quarters, any_band, exactly, unknown),
}


def declared(
    draw: np.random.Generator, truth: Ints, style: str, *, left_out: bool
) -> tuple[tuple[Interest, ...], frozenset[int]]:
    """Intervals around the hidden shares, and the subjects flagged complete.

    `left_out`: of the holders at or below 25 % four in five are not shown, and of the others one in ten.
    """
    interests, complete = [], []
    for subject in range(len(truth)):
        holders = np.flatnonzero(truth[:, subject]).tolist()
        shown = [
            h
            for h in holders
            if not left_out or draw.random() < (0.2 if truth[h, subject] <= QUARTER else 0.9)
        ]
        interests += [
            interest
            for h in shown
            for interest in _statements(draw, h, subject, int(truth[h, subject]), style)
        ]
        if shown == holders and truth[:, subject].sum() == UNITS and draw.random() < 0.6:
            complete.append(subject)
    return tuple(interests), frozenset(complete)


def _statements(
    draw: np.random.Generator, holder: int, subject: int, units: int, style: str
) -> Iterable[Interest]:
    """One interest, now and then stated twice."""
    bands = STYLES[style]
    for _ in range(1 + int(draw.random() < 0.08)):
        yield Interest(holder, subject, *bands[int(draw.integers(len(bands)))](draw, units))


def exact_register(seed: int) -> Register:
    """All shares as they are, one in ten stated twice, some of 0; one register in six may have sets that hold
    all of each other.
    """
    draw = np.random.default_rng((1, seed))
    persons, truth = hidden(draw, closed=seed % 6 == 0)
    interests = [
        Interest(h, s, int(truth[h, s]), int(truth[h, s]))
        for h, s in arcs(truth)
        for _ in range(1 + int(draw.random() < 0.1))
    ]
    entities = sorted(set(range(len(truth))) - persons)
    nothing = [
        (int(draw.integers(len(truth))), int(draw.choice(entities))) for _ in range(int(draw.integers(0, 2)))
    ]
    interests += [Interest(h, s, 0, 0) for h, s in nothing if not truth[h, s]]
    return Register(seed, persons, truth, tuple(interests))


def banded_register(seed: int, *, left_out: bool, style: str | None = None, groups: bool = True) -> Register:
    """Bands of all styles in turn; one in five with a joint group."""
    draw = np.random.default_rng((2, seed, int(left_out)))
    persons, truth = hidden(draw)
    members: tuple[tuple[int, int], ...] = ()
    if groups and draw.random() < 0.2:
        truth, members = with_group(draw, persons, truth)
    interests, complete = declared(
        draw, truth, style or sorted(STYLES)[seed % len(STYLES)], left_out=left_out
    )
    complete |= frozenset(group for _, group in members) if not left_out else frozenset()
    joined = tuple(Interest(member, group, 0, 0, Flags.MEMBER) for member, group in members)
    return Register(seed, persons, truth, interests + joined, members, frozenset(), complete, not left_out)


def voting_register(seed: int, *, left_out: bool, style: str | None = None) -> Register:
    """Votes, rights to appoint the board, and influence of which half is control in truth. `style` None:
    exact.
    """
    draw = np.random.default_rng((3, seed, int(left_out)))
    persons, truth = hidden(draw)
    members: tuple[tuple[int, int], ...] = ()
    if draw.random() < 0.3:
        truth, members = with_group(draw, persons, truth)
    register = Register(seed, persons, truth, (), members)
    if style is None:
        interests, complete = (
            tuple(Interest(h, s, int(truth[h, s]), int(truth[h, s])) for h, s in arcs(truth)),
            frozenset[int](),
        )
    else:
        interests, complete = declared(draw, truth, style, left_out=left_out)
    board, influence = (_rights(draw, register, bits) for bits in (Flags.BOARD, Flags.INFLUENCE))
    true = frozenset((i.holder, i.subject) for i in board) | frozenset(
        (i.holder, i.subject) for i in influence if draw.random() < 0.5
    )
    joined = tuple(Interest(member, group, 0, 0, Flags.MEMBER) for member, group in members)
    return Register(
        seed, persons, truth, interests + board + influence + joined, members, true, complete, not left_out
    )


def _rights(draw: np.random.Generator, register: Register, bits: int) -> tuple[Interest, ...]:
    pairs = [(h, s) for s in register.entities for h in range(register.n) if h != s and draw.random() < 0.04]
    return tuple(Interest(h, s, 0, 0, int(bits)) for h, s in pairs)


# --- the register of the United Kingdom -------------------------------------------------------------------


def majority_held(truth: Ints, members: Sequence[tuple[int, int]], start: Iterable[int]) -> frozenset[int]:
    """What the nodes `start` hold by majorities, chain by chain, with the joint groups all of whose members
    are among them. Start included.
    """
    held, members_of = set(start), {group: {m for m, g in members if g == group} for _, group in members}
    while True:
        new = {group for group, its in members_of.items() if its <= held} | set(
            np.flatnonzero(2 * truth[sorted(held)].sum(axis=0) > UNITS).tolist()
        )
        if new <= held:
            return frozenset(held)
        held |= new


def uk_shares(truth: Ints, members: Sequence[tuple[int, int]]) -> Ints:
    """Direct or indirect holdings as the Companies Act 2006, Sch. 1A counts them: what is held through a
    majority-held entity in full. int64[n, n].
    """
    return np.array(
        [truth[sorted(majority_held(truth, members, [node]))].sum(axis=0) for node in range(len(truth))],
        np.int64,
    )


def uk_register(seed: int, *, wholly: bool) -> Register:
    """All holdings above 25 %, direct or indirect; some of the direct ones are known to be direct and shown
    without what is indirect.

    `wholly`: whoever holds a majority holds all, so that counting in full is the same as multiplying.
    """
    draw = np.random.default_rng((4, seed, int(wholly)))
    while True:
        persons, truth = hidden(draw, own=False, whole=1.0)
        truth = _wholly(draw, truth, persons) if wholly else truth
        truth, members = with_group(draw, persons, truth) if draw.random() < 0.25 else (truth, ())
        if not wholly or _majorities_are_all(truth, members):
            break
    shares = uk_shares(truth, members)
    interests = []
    for holder, subject in arcs(shares > QUARTER):
        if holder != subject and subject not in {group for _, group in members}:
            direct = truth[holder, subject] > QUARTER and draw.random() < 0.3
            bounds = uk_band(draw, int((truth if direct else shares)[holder, subject]))
            interests.append(
                Interest(holder, subject, *bounds[:2], bounds[2] | (0 if direct else Flags.UNKNOWN_REACH))
            )
    joined = tuple(Interest(member, group, 0, 0, Flags.MEMBER) for member, group in members)
    return Register(seed, persons, truth, tuple(interests) + joined, members, all_shown=False)


def _wholly(draw: np.random.Generator, truth: Ints, persons: frozenset[int]) -> Ints:
    """Every majority becomes the whole; then closed sets are opened again by giving an entity to a person."""
    for subject in np.flatnonzero((truth > HALF).any(axis=0)):
        holder = int(truth[:, subject].argmax())
        truth[:, subject] = 0
        truth[holder, subject] = UNITS
    return _leaking(draw, truth, np.array(sorted(persons)))


def _majorities_are_all(truth: Ints, members: Sequence[tuple[int, int]]) -> bool:
    """True if whoever holds a majority, alone or through what it so holds, holds all."""
    for node in range(len(truth)):
        held = sorted(majority_held(truth, members, [node]))
        sums = truth[held].sum(axis=0)
        if ((2 * sums > UNITS) & (sums < UNITS)).any():
            return False
    return True
