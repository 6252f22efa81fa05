"""Reference answers for ownership and control, from the definitions and for small registers only. Shares no
code with `graphs`.

- exact shares: dense inverse of I - A, batched; sets that hold all of each other by networkx;
- joint groups: policy iteration over which member of a group a holder is best served by;
- bands without overlaps: the extremes over *all* matrices inside the intervals whose columns sum to at most
  the whole (to the whole, where complete), as one linear programme: from the subject, mass flows up to
  holders, a_kj is the part of j's mass that goes to k, and what arrives at p is p's share. (The variables are
  y_j, the mass through j, and f_kj = a_kj y_j; l y <= f <= u y. This is the flow form of a Markov decision
  process.)
- control: the set fixpoint as it is defined in `graphs.control.control`;
- the United Kingdom's reach: what a declared minimum may at most mean (`most_favourable`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from graphs.arrays.edges import Bools, Floats, Ints
from graphs.ownership.intervals import Flags
from tests.graphs.random_registers import MISSING, UNITS, Register, arcs, majority_held

CERTAIN, POSSIBLE, UNDECLARED, EXCLUDED = range(4)

type Pair = tuple[int, int]


# --- exact shares -----------------------------------------------------------------------------------------


def closed_members(truth: Ints) -> frozenset[int]:
    """Members of strongly connected sets that hold the whole of every member."""
    graph: nx.DiGraph[int] = nx.DiGraph(arcs(truth))
    sets = [sorted(component) for component in nx.strongly_connected_components(graph)]
    return frozenset(
        node
        for members in sets
        for node in members
        if (truth[np.ix_(members, members)].sum(axis=0) == UNITS).all()
    )


def opened(truth: Ints) -> Ints:
    """The matrix in which members of closed sets have no holder."""
    out = truth.copy()
    out[:, sorted(closed_members(truth))] = 0
    return out


def integrated(truths: Sequence[Ints], size: int) -> Floats:
    """O of every register, float64[registers, size, size], 1 on the diagonal: N[i, j] / N[i, i]. No groups,
    no closed sets.
    """
    padded = np.zeros((len(truths), size, size))
    for k, truth in enumerate(truths):
        padded[k, : len(truth), : len(truth)] = truth / UNITS
    inverse = np.linalg.inv(np.eye(size) - padded)
    return np.asarray(inverse / np.einsum("kii->ki", inverse)[:, :, None], np.float64)


def integrated_with_groups(register: Register) -> Floats:
    """O[n, n] where every member of a group is shown with all that the group holds: x_g = max over members of
    x_m.
    """
    out = np.zeros((register.n, register.n))
    for row in range(register.n):
        choice, better = dict[int, int](), {group: member for member, group in register.members}
        while better != choice:
            choice = better
            out[row] = _shares(register, row, choice)
            better = _better(register, choice, out[row])
    return out


def _better(register: Register, choice: Mapping[int, int], share: Floats) -> dict[int, int]:
    """Each group's member of whom the row holds most; the old one unless another is better by more than
    rounding.
    """
    best = dict(choice)
    for member, group in register.members:
        if share[member] > share[best[group]] + 1e-12:
            best[group] = member
    return best


def _shares(register: Register, row: int, choice: Mapping[int, int]) -> Floats:
    """x of one holder for one choice of members: x = x A with x[row] = 1."""
    matrix = register.truth / UNITS
    for group, member in choice.items():
        matrix[member, group] = 1
    matrix[:, row] = 0
    start = np.zeros(register.n)
    start[row] = 1
    return np.asarray(np.linalg.solve(np.eye(register.n) - matrix.T, start), np.float64)


def most_favourable(register: Register) -> Floats:
    """The most that UK declarations can mean, float64[n, n]: x_i = max(sum of x_h over direct holders, max of
    x_k over all k that hold i by majorities).

    What p holds through its own majorities it holds in full, and so does every entity between. Joint groups
    as above. Iterated upwards from O.
    """
    n, share = register.n, register.truth / UNITS
    held = np.array(
        [
            np.isin(np.arange(n), sorted(majority_held(register.truth, register.members, [k])))
            for k in range(n)
        ]
    )
    part = np.zeros((n, n), bool)
    for member, group in register.members:
        part[member, group] = True
    above = held | part
    new = values = integrated_with_groups(register)
    for _ in range(1_000):
        through = np.where(above[None], values[:, :, None], 0).max(axis=1)
        new = np.maximum(np.minimum(values @ share, 1), through)
        np.fill_diagonal(new, 1)
        if np.abs(new - values).max() < 1e-14:
            break
        values = new
    return np.asarray(new, np.float64)


# --- bands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """One holder's interval in one subject, in UNITS; the bits are True where the bound itself is not
    included.
    """

    low: int
    high: int
    low_open: bool
    high_open: bool


NOTHING = Band(0, 0, False, False)


def bands(register: Register) -> dict[Pair, Band]:
    """Every (holder, subject) with an interval once: the widest of its statements, untightened. A missing
    bound is 0 to the whole.
    """
    stated: dict[Pair, list[Band]] = {}
    for interest in register.interests:
        if interest.has_interval:
            usable = MISSING not in (interest.low, interest.high)
            low, high = (interest.low, interest.high) if usable else (0, UNITS)
            bits = (
                bool(interest.bits & bit) and usable for bit in (Flags.LOW_EXCLUSIVE, Flags.HIGH_EXCLUSIVE)
            )
            stated.setdefault((interest.holder, interest.subject), []).append(Band(low, high, *bits))
    return {pair: _around(several) for pair, several in stated.items()}


def _around(several: Sequence[Band]) -> Band:
    low, high = min(band.low for band in several), max(band.high for band in several)
    low_open = all(band.low_open for band in several if band.low == low)
    return Band(low, high, low_open, all(band.high_open for band in several if band.high == high))


def tightened(register: Register) -> dict[Pair, Band]:
    """The fixpoint of `graphs.ownership.intervals.prepare` where no two interests overlap: in turn, one bound
    at a time, until nothing changes.
    """
    bounds = bands(register)
    while True:
        before = dict(bounds)
        for holder, subject in list(bounds):
            others = [band for (h, s), band in bounds.items() if s == subject and h != holder]
            bounds[holder, subject] = _tighter(bounds[holder, subject], others, subject in register.complete)
        if bounds == before:
            return bounds


def _tighter(band: Band, others: Sequence[Band], complete: bool) -> Band:
    room, room_open = UNITS - sum(other.low for other in others), any(other.low_open for other in others)
    high, high_open = min((band.high, not band.high_open), (room, not room_open))
    band = Band(band.low, high, band.low_open, not high_open)
    if not complete:
        return band
    rest, rest_open = UNITS - sum(other.high for other in others), any(other.high_open for other in others)
    low, low_open = max((band.low, band.low_open), (rest, rest_open))
    return Band(low, band.high, low_open, band.high_open)


@dataclass(frozen=True, eq=False)
class Extremes:
    """Least and most of each holder's share in each subject over all matrices inside the intervals:
    float64[n, n], 0 where there is no chain of interests.
    """

    least: Floats
    most: Floats


def extremes(registers: Sequence[Register]) -> list[Extremes]:
    """By linear programming, all pairs of all registers in two programmes. No groups, no overlaps."""
    programme = _Programme()
    wanted = [(k, *pair) for k, register in enumerate(registers) for pair in _chains(register)]
    targets = [programme.add(registers[k], holder, subject) for k, holder, subject in wanted]
    out = [Extremes(np.eye(register.n), np.eye(register.n)) for register in registers]
    least, most = programme.solve(targets, 1.0), programme.solve(targets, -1.0)
    for (k, holder, subject), low, high in zip(wanted, least, most, strict=True):
        out[k].least[holder, subject], out[k].most[holder, subject] = low, high
    return out


def _chains(register: Register) -> list[Pair]:
    """Pairs with a chain of interests of which none is certainly nothing."""
    graph: nx.DiGraph[int] = nx.DiGraph([pair for pair, band in bands(register).items() if band.high > 0])
    return [
        (holder, subject)
        for holder in sorted(graph)
        for subject in sorted(nx.descendants(graph, holder) - {holder})
    ]


class _Programme:
    """Blocks of one linear programme: rows `A x <= b` and `E x = e`, variables not negative."""

    def __init__(self) -> None:
        self.variables, self.bounded, self.equal = 0, 0, 0
        self.less: list[tuple[int, int, float]] = []
        self.same: list[tuple[int, int, float]] = []
        self.right: list[float] = []

    def add(self, register: Register, holder: int, subject: int) -> int:
        """Mass 1 starts at `subject` and stops at `holder`. Returns the variable that counts what arrives
        there.
        """
        mass = {node: self.variables + node for node in range(register.n)}
        self.variables += register.n
        inside = [(pair, band) for pair, band in bands(register).items() if pair[1] != holder]
        flow = {pair: self.variables + k for k, (pair, _) in enumerate(inside)}
        self.variables += len(inside)
        for pair, band in inside:
            self._at_most([(flow[pair], 1.0), (mass[pair[1]], -band.high / UNITS)])
            self._at_most([(flow[pair], -1.0), (mass[pair[1]], band.low / UNITS)])
        for node in range(register.n):
            out = [(variable, 1.0) for (_, s), variable in flow.items() if s == node]
            balance = [*out, (mass[node], -1.0)]
            (self._exactly if node in register.complete and out else self._at_most)(balance)
            self._exactly(
                [(mass[node], 1.0), *((variable, -1.0) for (h, _), variable in flow.items() if h == node)],
                float(node == subject),
            )
        return mass[holder]

    def _at_most(self, terms: Iterable[tuple[int, float]]) -> None:
        self.less += [(self.bounded, variable, factor) for variable, factor in terms]
        self.bounded += 1

    def _exactly(self, terms: Iterable[tuple[int, float]], right: float = 0.0) -> None:
        self.same += [(self.equal, variable, factor) for variable, factor in terms]
        self.right.append(right)
        self.equal += 1

    def solve(self, targets: Sequence[int], sign: float) -> list[float]:
        """The blocks are independent, so the best sum of all targets is the best of each."""
        cost = np.zeros(self.variables)
        cost[list(targets)] = sign
        less, same = (
            coo_array(
                ([f for *_, f in rows], ([r for r, *_ in rows], [c for _, c, _ in rows])),
                shape=(count, self.variables),
            ).tocsr()
            for rows, count in ((self.less, self.bounded), (self.same, self.equal))
        )
        optimum = linprog(
            cost, A_ub=less, b_ub=np.zeros(self.bounded), A_eq=same, b_eq=np.array(self.right), method="highs"
        )  # type: ignore[call-overload]
        assert optimum.status == 0, optimum.message
        return [float(optimum.x[target]) for target in targets]


# --- verdicts ---------------------------------------------------------------------------------------------


def reaches(share: Floats, threshold: float, inclusive: bool) -> Bools:
    """True where a true share reaches the threshold. Shares within 1e-12 of it lie on it: they are sums of
    products of a few round figures.
    """
    on = np.abs(share - threshold) <= 1e-12
    return np.asarray(np.where(on, inclusive, share > threshold), np.bool_)


def in_units(share: Floats, *, up: bool) -> Floats:
    """Published: rounded outwards to a unit, unless within 1e-13 relative of one."""
    units = share * UNITS
    near = np.rint(units)
    return np.where(
        np.abs(units - near) <= 1e-13 * np.abs(units), near, np.ceil(units) if up else np.floor(units)
    )


def verdicts(
    bounds: tuple[Floats, Floats, Floats],
    min_open: Bools,
    declared_open: Bools,
    threshold: float,
    inclusive: bool,
) -> Ints:
    """CERTAIN, POSSIBLE, UNDECLARED or EXCLUDED for each pair: int64. `bounds`: share_min,
    share_max_declared, share_max.
    """
    at = round(threshold * UNITS)
    low, declared, most = (
        in_units(bound, up=up) for bound, up in zip(bounds, (False, True, True), strict=True)
    )
    certain = (low > at) | ((low == at) & (inclusive | min_open))
    possible = (declared > at) | ((declared == at) & (inclusive & ~declared_open))
    undeclared = (most > at) | ((most == at) & inclusive)
    return np.select([certain, possible, undeclared], [CERTAIN, POSSIBLE, UNDECLARED], EXCLUDED).astype(
        np.int64
    )


# --- control ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Votes:
    """Who may cast how much: of the three fixpoints each takes what it needs. `low`, `high` by (holder,
    subject).
    """

    register: Register
    arcs: Mapping[Pair, Band]
    board: frozenset[Pair]
    influence: frozenset[Pair]

    @classmethod
    def from_register(cls, register: Register) -> Votes:
        rights = (
            frozenset((i.holder, i.subject) for i in register.interests if Flags(i.bits) & kind == kind)
            for kind in (Flags.BOARD, Flags.INFLUENCE)
        )
        return cls(register, tightened(register), *rights)


def truly_controlled(
    register: Register, start: Iterable[int], *, rights: frozenset[Pair] | None = None
) -> frozenset[int]:
    """S = start; add y while what S holds of y is more than half of what can be cast. A group's votes count
    where all its members are in S.
    """
    rights = register.rights if rights is None else rights
    own = np.diag(register.truth)
    held = set(start)
    while True:
        cast = register.truth[sorted(held)].sum(axis=0) - np.where(
            np.isin(np.arange(register.n), sorted(held)), own, 0
        )
        new = (
            set(np.flatnonzero(2 * cast > UNITS - own).tolist())
            | {s for h, s in rights if h in held}
            | _whole_groups(register, held)
        )
        if new <= held:
            return frozenset(held)
        held |= new


def _whole_groups(register: Register, held: set[int]) -> set[int]:
    return {group for group in register.groups if {m for m, g in register.members if g == group} <= held}


def certainly_controlled(votes: Votes, start: Iterable[int]) -> frozenset[int]:
    """The same on minima: more than half of what is cast, or half and one of the minima is exclusive, also
    that of what y holds in itself.
    """
    held = set(start)
    while True:
        new = {s for h, s in votes.board if h in held} | _whole_groups(votes.register, held)
        for y in votes.register.entities:
            mine = [band for (h, s), band in votes.arcs.items() if s == y and h in held - {y}]
            own = votes.arcs.get((y, y), NOTHING)
            excess = 2 * sum(band.low for band in mine) - (UNITS - own.low)
            if mine and (excess > 0 or (excess == 0 and any(band.low_open for band in [own, *mine]))):
                new.add(y)
        if new <= held:
            return frozenset(held)
        held |= new


def possibly_controlled(votes: Votes, start: Iterable[int], *, influence: bool) -> frozenset[int]:
    """The same on what they may hold at most, beside what others certainly hold. One member of a group
    suffices.
    """
    held = set(start)
    while True:
        new = {s for h, s in votes.board | (votes.influence if influence else frozenset()) if h in held}
        new |= {group for member, group in votes.register.members if member in held}
        new |= {y for y in votes.register.entities if _may_exceed_half(votes, held, y)}
        if new <= held:
            return frozenset(held)
        held |= new


def _may_exceed_half(votes: Votes, held: set[int], y: int) -> bool:
    mine = sum(band.high for (h, s), band in votes.arcs.items() if s == y and h in held and h != y)
    others = sum(band.low for (h, s), band in votes.arcs.items() if s == y and h not in held and h != y)
    own = votes.arcs.get((y, y), NOTHING)
    return any(
        2 * min(mine, UNITS - others - cast) > UNITS - cast
        for cast in (own.low, own.high, min(own.high, max(own.low, UNITS - others - mine)))
    )
