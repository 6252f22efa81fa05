"""Merging, counting and tightening: worked cases by hand, and seeded random columns and registers
with known shares inside the intervals.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from graphs.arrays.edges import Bytes, Floats, Ints
from graphs.arrays.units import UNITS
from graphs.ownership.choices import Choices
from graphs.ownership.intervals import Flags, Holdings, prepare

PERSON, LOW_OPEN, HIGH_OPEN, UNKNOWN, INDIRECT, COMPLETE, MEMBER, CLOSURE = (int(flag) for flag in Flags)
COLUMNS = 400
REGISTERS = 400

type Row = tuple[int, int, float, float, int]  # holder, subject, low and high in per cent, flags
type Interval = tuple[float, float, bool, bool]  # low and high in per cent, whether they are open


def prepared(rows: Iterable[Row]) -> Holdings:
    return prepare(*arrays(rows))


def arrays(rows: Iterable[Row]) -> tuple[Ints, Ints, Floats, Floats, Bytes]:
    table = sorted(rows, key=lambda row: row[:2])
    src, dst, flags = (np.array([row[k] for row in table], np.int64) for k in (0, 1, 4))
    low, high = (np.array([row[k] for row in table], np.float64) / 100 for k in (2, 3))
    return src, dst, low, high, flags.astype(np.uint8)


def again(held: Holdings, full: set[int]) -> Holdings:
    """`prepare` of what it gave. `full`: subjects all of whose holders are declared."""
    flags = (
        np.where(held.low_open, LOW_OPEN, 0)
        | np.where(held.high_open, HIGH_OPEN, 0)
        | np.where(held.person[held.src], PERSON, 0)
        | np.where(held.unknown_reach, UNKNOWN, 0)
        | np.where(held.indirect, INDIRECT, 0)
    )
    src, dst = np.concatenate((held.src, held.closure.src)), np.concatenate((held.dst, held.closure.dst))
    is_member = np.isin(
        held.closure.src * held.n + held.closure.dst, held.members.src * held.n + held.members.dst
    )
    flags = np.concatenate(
        (flags, np.where(is_member, MEMBER, CLOSURE) | np.where(held.person[held.closure.src], PERSON, 0))
    )
    flags |= np.where(np.isin(dst, sorted(full)), COMPLETE, 0)
    bounds = [
        np.concatenate((bound / UNITS, np.full(len(held.closure.src), np.nan)))
        for bound in (held.low, held.high)
    ]
    order = np.lexsort((dst, src))
    return prepare(src[order], dst[order], bounds[0][order], bounds[1][order], flags[order].astype(np.uint8))


def interval(held: Holdings, src: int, dst: int, indirect: bool = False) -> Interval:
    [at] = np.flatnonzero((held.src == src) & (held.dst == dst) & (held.indirect == indirect)).tolist()
    return (
        held.low[at] * 100 / UNITS,
        held.high[at] * 100 / UNITS,
        bool(held.low_open[at]),
        bool(held.high_open[at]),
    )


def per_cent(held: Holdings, node: int) -> tuple[float, bool]:
    """Minima counted once, and whether one of them is exclusive."""
    return held.counted[node] * 100 / UNITS, bool(held.counted_open[node])


def options(rows: Choices, held: Holdings) -> list[list[set[tuple[int, int]]]]:
    """(holder, subject) of each arc of each option, by cluster."""
    by_cluster: list[dict[int, set[tuple[int, int]]]] = [{} for _ in range(rows.clusters)]
    for arc, cluster, option in zip(
        rows.arc.tolist(), rows.cluster.tolist(), rows.option.tolist(), strict=True
    ):
        by_cluster[cluster].setdefault(option, set()).add((int(held.src[arc]), int(held.dst[arc])))
    return [list(cluster.values()) for cluster in by_cluster]


# --- worked cases -----------------------------------------------------------------------------------------

P, X, Y, Q = range(4)


def test_case_2_bands_alone_stay() -> None:
    held = prepared([(P, X, 75, 100, PERSON), (X, Y, 50, 75, LOW_OPEN | HIGH_OPEN)])
    assert interval(held, P, X) == (75, 100, False, False)
    assert interval(held, X, Y) == (50, 75, True, True)
    assert (held.person.tolist(), held.complete.tolist(), held.contradictory.tolist()) == (
        [True, False, False],
        [True, False, False],
        [False] * 3,
    )
    assert (held.counted.tolist(), held.counted_open.tolist()) == (
        [0, 75 * UNITS // 100, UNITS // 2],
        [False, False, True],
    )


def test_case_3_a_band_is_tightened_to_a_point() -> None:
    held = prepared([(P, X, 25, 50, PERSON), (X, Y, 25, 50, 0), (Q, Y, 75, 100, PERSON)])
    assert interval(held, X, Y) == (25, 25, False, False)
    assert interval(held, Q, Y) == (75, 75, False, False)
    assert interval(held, P, X) == (25, 50, False, False)
    assert held.complete.tolist() == [True, False, True, True]  # of Y the whole is counted, of X a quarter
    assert not held.contradictory.any()


def test_case_3_in_the_uks_wording_is_a_contradiction() -> None:
    held = prepared([(P, X, 25, 50, PERSON), (X, Y, 25, 50, LOW_OPEN), (Q, Y, 75, 100, PERSON)])
    assert held.contradictory.tolist() == [False, False, True, False]
    assert interval(held, X, Y) == (25, 50, True, False)
    assert interval(held, Q, Y) == (75, 100, False, False)
    assert (per_cent(held, Y), held.complete[Y]) == ((100, True), False)


def test_case_4_direct_interests_count_both() -> None:
    held = prepared([(P, X, 75, 100, PERSON), (P, Y, 25, 50, PERSON), (X, Y, 25, 50, 0)])
    assert (per_cent(held, Y), held.low_choices.clusters) == ((50, False), 0)
    assert interval(held, X, Y) == (25, 50, False, False)


def test_case_4b_of_unknown_reach_they_count_once() -> None:
    held = prepared(
        [
            (P, X, 75, 100, PERSON | UNKNOWN),
            (P, Y, 25, 50, PERSON | UNKNOWN | LOW_OPEN),
            (X, Y, 25, 50, UNKNOWN | LOW_OPEN),
        ]
    )
    assert per_cent(held, Y) == (25, True)
    assert options(held.low_choices, held) == [[{(P, Y)}, {(X, Y)}]]
    assert held.high_choices.clusters == 0


def test_case_5_the_larger_of_two_minima_counts() -> None:
    held = prepared(
        [
            (P, X, 75, 100, UNKNOWN),
            (P, Y, 50, 75, UNKNOWN | LOW_OPEN),
            (X, Y, 25, 50, UNKNOWN | LOW_OPEN),
            (Q, Y, 25, 50, UNKNOWN | LOW_OPEN),
        ]
    )
    assert per_cent(held, Y) == (75, True)
    assert interval(held, Q, Y) == (25, 50, True, True)  # beside more than 50
    assert interval(held, P, Y) == (50, 75, True, True)  # beside Q's more than 25, not X's
    assert interval(held, X, Y) == (25, 50, True, False)  # P's may be X's


# --- what counts once -------------------------------------------------------------------------------------


def test_a_joint_group_counts_once() -> None:
    """0 and 1 hold 50 to 75 of 3 jointly (group node 2), 4 more than 25."""
    rows = [
        (0, 2, 0, 0, MEMBER | PERSON),
        (1, 2, 0, 0, MEMBER | PERSON),
        (2, 3, 50, 75, UNKNOWN | LOW_OPEN),
        (4, 3, 25, 50, PERSON | UNKNOWN | LOW_OPEN),
    ]
    held = prepared(rows)
    assert per_cent(held, 3) == (75, True)
    assert interval(held, 4, 3) == (25, 50, True, True)
    assert (held.group.tolist(), held.members.src.tolist(), held.members.dst.tolist()) == (
        [False, False, True, False, False],
        [0, 1],
        [2, 2],
    )
    assert (held.person.tolist(), held.src.tolist(), held.closure.src.tolist()) == (
        [True, True, False, False, True],
        [2, 4],
        [0, 1, 2, 4],
    )


def test_a_member_above_a_co_holder_overlaps_by_its_group() -> None:
    """Member 1 of group 2 holds company 5, which holds 3 too; then it is the company that holds the group's
    member.
    """
    joint = [(0, 2, 0, 0, MEMBER), (1, 2, 0, 0, MEMBER), (2, 3, 50, 75, UNKNOWN), (5, 3, 25, 50, 0)]
    assert options((held := prepared([*joint, (1, 5, 25, 50, 0)])).low_choices, held) == [
        [{(2, 3)}, {(5, 3)}]
    ]
    assert prepared([*joint, (5, 1, 25, 50, 0)]).low_choices.clusters == 0
    reaching = [
        (src, dst, low, high, flags | UNKNOWN if src == 5 else flags) for src, dst, low, high, flags in joint
    ]
    assert (
        prepared([*reaching, (5, 1, 25, 50, 0)]).low_choices.clusters == 1
    )  # down to the group by the member arc


def test_a_members_own_interest_overlaps_with_its_groups_if_its_reach_is_unknown() -> None:
    rows = [(0, 2, 0, 0, MEMBER), (1, 2, 0, 0, MEMBER), (2, 3, 25, 50, 0)]
    assert prepared([*rows, (0, 3, 25, 50, UNKNOWN)]).low_choices.clusters == 1
    assert prepared([*rows, (0, 3, 25, 50, 0)]).low_choices.clusters == 0


def test_indirect_beside_its_chain() -> None:
    """30 indirectly, said beside the chain it is held through: of minima and of maxima the larger counts; a
    person's own adds up.
    """
    held = prepared(
        [
            (P, X, 100, 100, PERSON),
            (P, Y, 30, 30, PERSON | INDIRECT),
            (P, Y, 10, 10, PERSON),
            (X, Y, 30, 40, 0),
            (Q, Y, 20, 30, PERSON),
        ]
    )
    assert per_cent(held, Y) == (60, False)
    for rows in (held.low_choices, held.high_choices):
        assert options(rows, held) == [[{(P, Y)}, {(X, Y)}]]
        assert held.indirect[rows.arc].tolist() == [True, False]
    assert interval(held, X, Y) == (30, 40, False, False)


def test_unknown_and_indirect_of_one_holder_count_once() -> None:
    held = prepared([(P, Y, 25, 50, UNKNOWN), (P, Y, 30, 30, INDIRECT)])
    assert (per_cent(held, Y), held.low_choices.clusters, held.high_choices.clusters) == ((30, False), 1, 0)
    assert prepared([(P, Y, 25, 50, 0), (P, Y, 30, 30, INDIRECT)]).counted[Y] == 55 * UNITS // 100


def test_unknown_reach_above_a_co_holder_through_a_role() -> None:
    """An arc without an interval makes the closure too; above is not below."""
    held = prepared([(P, Y, 25, 50, UNKNOWN), (X, Y, 25, 50, 0), (P, X, 0, 0, CLOSURE)])
    assert (held.low_choices.clusters, held.src.tolist(), len(held.closure.src)) == (1, [P, X], 3)
    assert (
        prepared([(P, Y, 25, 50, UNKNOWN), (X, Y, 25, 50, 0), (X, P, 0, 0, CLOSURE)]).low_choices.clusters
        == 0
    )


def test_unknown_reach_above_a_co_holder_through_the_subject() -> None:
    """The subject holds its other holder."""
    assert prepared([(P, Y, 25, 50, UNKNOWN), (X, Y, 25, 50, 0), (Y, X, 10, 10, 0)]).low_choices.clusters == 1


def test_a_self_holding_counts_in_the_column() -> None:
    held = prepared([(Y, Y, 10, 10, 0), (P, Y, 75, 100, PERSON)])
    assert (per_cent(held, Y), interval(held, P, Y)) == ((85, False), (75, 90, False, False))
    full = prepared([(Y, Y, 10, 10, COMPLETE), (P, Y, 50, 100, PERSON | COMPLETE)])
    assert (interval(full, P, Y), per_cent(full, Y), full.complete[Y]) == (
        (90, 90, False, False),
        (100, False),
        True,
    )


# --- merging ----------------------------------------------------------------------------------------------


def test_parallel_arcs_become_the_widest_interval() -> None:
    held = prepared(
        [
            (P, Y, 25, 50, LOW_OPEN),
            (P, Y, 25, 75, HIGH_OPEN),
            (P, Y, 30, 75, HIGH_OPEN | UNKNOWN),
            (P, Y, 5, 10, INDIRECT),
        ]
    )
    assert interval(held, P, Y) == (25, 75, False, True)
    assert interval(held, P, Y, indirect=True) == (5, 10, False, False)
    assert (held.unknown_reach.tolist(), len(held.closure.src)) == ([True, False], 1)
    assert interval(
        prepared([(P, Y, 25, 50, LOW_OPEN), (P, Y, 25, 30, LOW_OPEN), (P, Y, 40, 50, HIGH_OPEN)]), P, Y
    ) == (25, 50, True, False)


@pytest.mark.parametrize(
    ("low", "high", "flags"),
    [
        (float("nan"), 50, 0),
        (25, float("nan"), 0),
        (-1, 50, 0),
        (25, 101, 0),
        (50, 25, 0),
        (25, 25, LOW_OPEN),
        (25, 25, HIGH_OPEN),
        (float("-inf"), float("inf"), 0),
        (25, 1e300, HIGH_OPEN),
        (25, 25 + 1e-10, LOW_OPEN),
    ],
)
def test_impossible_bounds_are_not_used(low: float, high: float, flags: int) -> None:
    held = prepared([(P, Y, low, high, flags), (Q, Y, 60, 70, 0)])
    assert interval(held, P, Y) == (0, 40, False, False)
    assert not held.contradictory.any()


def test_bounds_are_read_to_the_unit() -> None:
    held = prepared(
        [
            (P, Y, 75, 75, 0),
            (Q, Y, 25 + 1e-9, 25 + 1e-9, 0),
            (P, X, 75, 75, 0),
            (Q, X, 25 + 4e-10, 25 + 4e-10, 0),
        ]
    )
    assert held.contradictory.tolist() == [False, False, True, False]
    assert (held.counted[Y], held.complete[X]) == (UNITS + 1, True)


def test_nothing() -> None:
    held = prepared([])
    assert (
        held.n,
        len(held.src),
        len(held.person),
        held.low_choices.clusters,
        held.high_choices.clusters,
    ) == (0, 0, 0, 0, 0)
    assert prepared([(0, 1, 0, 0, CLOSURE)]).counted.tolist() == [0, 0]
    assert prepared([(0, 1, 0, 0, MEMBER)]).group.tolist() == [False, True]


# --- completeness and contradiction -----------------------------------------------------------------------


def test_complete_by_flag_on_every_arc_or_by_sum() -> None:
    rows = [(P, X, 25, 50, COMPLETE), (Q, X, 25, 50, COMPLETE), (P, Y, 25, 50, COMPLETE), (Q, Y, 25, 50, 0)]
    assert prepared(rows).complete.tolist() == [False, True, False, False]
    assert prepared([(P, Y, 60, 60, 0), (Q, Y, 40, 40, 0)]).complete.tolist() == [False, False, True, False]
    assert prepared([(P, Y, 60, 60, COMPLETE), (P, Y, 60, 60, 0)]).complete[Y] == np.False_


def test_a_group_is_complete_where_its_members_are_a_full_list() -> None:
    rows = [(0, 2, 0, 0, MEMBER), (1, 2, 0, 0, MEMBER), (2, 3, 60, 60, 0), (4, 3, 40, 40, 0)]
    assert prepared(rows).complete.tolist() == [False, False, False, True, False]
    assert prepared([(*row[:4], row[4] | COMPLETE) for row in rows]).complete.tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert prepared([(*row[:4], row[4] | (0 if row[4] else COMPLETE)) for row in rows]).complete.tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_minima_rise_where_all_holders_are_declared() -> None:
    held = prepared([(P, Y, 0, 30, COMPLETE | HIGH_OPEN), (Q, Y, 0, 100, COMPLETE), (X, Y, 10, 20, COMPLETE)])
    assert interval(held, Q, Y) == (50, 90, True, False)
    assert interval(held, P, Y) == (0, 30, False, True)
    assert per_cent(held, Y) == (60, True)


@pytest.mark.parametrize(
    ("rows", "contradictory"),
    [
        ([(P, Y, 60, 70, 0), (Q, Y, 50, 60, 0)], True),
        ([(P, Y, 50, 70, 0), (Q, Y, 50, 60, 0)], False),
        ([(P, Y, 50, 70, 0), (Q, Y, 50, 60, LOW_OPEN)], True),
        ([(P, Y, 50, 70, 0), (Q, Y, 50, 60, 0), (X, Y, 0, 10, LOW_OPEN)], True),
        ([(P, Y, 10, 40, COMPLETE), (Q, Y, 10, 40, COMPLETE)], True),
        ([(P, Y, 10, 40, COMPLETE), (Q, Y, 10, 60, COMPLETE)], False),
        ([(P, Y, 10, 40, COMPLETE | HIGH_OPEN), (Q, Y, 10, 60, COMPLETE)], True),
        ([(P, Y, 10, 40, COMPLETE), (Q, Y, 10, 40, 0)], False),
    ],
)
def test_contradictions(rows: list[Row], contradictory: bool) -> None:
    held = prepared(rows)
    assert held.contradictory.tolist() == [False, False, contradictory, False][: held.n]
    if contradictory:
        assert [interval(held, row[0], Y) for row in rows] == [
            (row[2], row[3], bool(row[4] & LOW_OPEN), bool(row[4] & HIGH_OPEN)) for row in rows
        ]
        assert not held.complete[Y]


# --- random columns with known shares ---------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """Intervals of one subject in units around known shares that sum to at most the whole."""

    share: list[int]
    low: list[int]
    high: list[int]
    low_open: list[bool]
    high_open: list[bool]
    full: bool

    def __len__(self) -> int:
        return len(self.share)


def drawn_column(seed: int) -> Column:
    draw = random.Random(seed)
    holders, full = draw.randint(1, 7), draw.random() < 0.5
    grid = UNITS // draw.choice((4, 20, 1000))  # coarse ones meet bounds exactly
    cuts = sorted(draw.randrange(0, UNITS + grid, grid) for _ in range(holders if not full else holders - 1))
    share = [b - a for a, b in pairwise([0, *cuts, *([UNITS] if full else [])])]
    low, high, low_open, high_open = [], [], [], []
    for value in share:
        low.append(max(0, value - draw.choice((0, 1, 2, 5)) * grid * draw.randint(0, 1)))
        high.append(min(UNITS, value + draw.choice((0, 1, 2, 5)) * grid * draw.randint(0, 1)))
        low_open.append(low[-1] < value and draw.random() < 0.5)
        high_open.append(high[-1] > value and draw.random() < 0.5)
    return Column(share, low, high, low_open, high_open, full)


def columns() -> tuple[list[Column], Holdings]:
    """All columns as subjects 0 …, each holder a person of its own; prepared together."""
    drawn = [drawn_column(seed) for seed in range(COLUMNS)]
    rows: list[Row] = []
    for subject, column in enumerate(drawn):
        for k in range(len(column)):
            flags = (
                PERSON
                | LOW_OPEN * column.low_open[k]
                | HIGH_OPEN * column.high_open[k]
                | COMPLETE * column.full
            )
            rows.append(
                (
                    COLUMNS + subject * 10 + k,
                    subject,
                    column.low[k] * 100 / UNITS,
                    column.high[k] * 100 / UNITS,
                    flags,
                )
            )
    return drawn, prepared(rows)


def test_known_shares_stay_inside_and_bounds_are_the_narrowest() -> None:
    """Narrowest: a linear programme finds nothing beyond; whether a bound is open: by looking for shares that
    attain it.
    """
    drawn, held = columns()
    first = np.searchsorted(held.src, np.arange(COLUMNS) * 10 + COLUMNS)
    assert not held.contradictory.any()
    tightened = 0
    for seed, column in enumerate(drawn):
        for k in range(len(column)):
            at = int(first[seed]) + k
            low, high = int(held.low[at]), int(held.high[at])
            assert low <= column.share[k] <= high, f"seed {seed}"
            assert low < column.share[k] or not held.low_open[at], f"seed {seed}"
            assert high > column.share[k] or not held.high_open[at], f"seed {seed}"
            assert held.low_open[at] != attained(column, k, low), f"seed {seed}, holder {k}, low"
            assert held.high_open[at] != attained(column, k, high), f"seed {seed}, holder {k}, high"
            tightened += (low, high) != (column.low[k], column.high[k])
    extremes = [extreme(drawn, sign) for sign in (1, -1)]
    np.testing.assert_allclose(
        np.column_stack(extremes), np.column_stack((held.low, held.high)) / UNITS, rtol=0, atol=1e-9
    )
    assert tightened > COLUMNS / 2


def attained(column: Column, k: int, value: int) -> bool:
    """Holder k can have exactly this, all others something inside their intervals."""
    others = [i for i in range(len(column)) if i != k]
    least, most, rest = sum(column.low[i] for i in others), sum(column.high[i] for i in others), UNITS - value
    own = (
        (column.low[k], not column.low_open[k]) <= (value, True)
        if value > column.low[k]
        else value == column.low[k] and not column.low_open[k]
    )
    below = value < column.high[k] or (value == column.high[k] and not column.high_open[k])
    room = least < rest or (least == rest and not any(column.low_open[i] for i in others))
    filled = not column.full or most > rest or (most == rest and not any(column.high_open[i] for i in others))
    return own and below and room and filled


def extreme(drawn: list[Column], sign: int) -> Floats:
    """Smallest (sign 1) or largest (-1) share of every holder, one holder of each column at a time, by linear
    programmes over all columns together.
    """
    size = [len(column) for column in drawn]
    begin = np.cumsum([0, *size])
    rows = np.repeat(np.arange(len(drawn)), size)
    sums = np.zeros((len(drawn), begin[-1]))
    sums[rows, np.arange(begin[-1])] = 1
    full = np.array([column.full for column in drawn])
    bounds = [
        (low / UNITS, high / UNITS)
        for column in drawn
        for low, high in zip(column.low, column.high, strict=True)
    ]
    largest = np.zeros(int(begin[-1]))
    for k in range(max(size)):
        which = begin[:-1][np.array(size) > k] + k
        aim = np.zeros(int(begin[-1]))
        aim[which] = sign
        ones = np.ones(len(drawn))
        solved = linprog(
            aim,
            A_ub=sums[~full],
            b_ub=ones[~full],
            A_eq=sums[full],
            b_eq=ones[full],
            bounds=bounds,
            method="highs",
        )
        assert solved.success and solved.x is not None, solved.message
        largest[which] = solved.x[which]
    return largest


# --- random registers -------------------------------------------------------------------------------------


def drawn_register(seed: int) -> tuple[list[Row], set[int]]:
    """Anything at all: bands, points, impossible bounds, all flags, parallel arcs, cycles, groups; and
    subjects all of whose holders are declared.
    """
    draw = random.Random(seed)
    n = draw.randint(4, 12)
    full = {node for node in range(n) if draw.random() < 0.4}
    tick = draw.choice((25, 5, 1))
    rows: list[Row] = []
    for _ in range(draw.randint(2, 4 * n)):
        src, dst = draw.randrange(n), draw.randrange(2, draw.choice((3, n)))
        low, high = sorted((draw.randrange(0, 60, tick), draw.randrange(0, 130, tick)))
        flags = (
            sum(draw.choice((0, 0, flag)) for flag in (LOW_OPEN, HIGH_OPEN))
            + draw.choice((0, UNKNOWN))
            + draw.choice((0, 0, 0, INDIRECT))
        )
        rows.append((src, dst, low, high, flags | COMPLETE * (dst in full) | PERSON * (src < 2)))
    joint = draw.randrange(2, n)
    rows += [(draw.randrange(n), n, 0, 0, MEMBER) for _ in range(2)] + [
        (n, joint, 25, 50, UNKNOWN | COMPLETE * (joint in full))
    ]
    return rows + [(draw.randrange(n), draw.randrange(2, n), 0, 0, CLOSURE) for _ in range(2)], full


@pytest.mark.nightly
def test_a_second_prepare_changes_nothing() -> None:
    tightened = contradictory = clusters = 0
    for seed in range(REGISTERS):
        rows, full = drawn_register(seed)
        held = prepared(rows)
        second = again(held, full)
        for name, value in vars(held).items():
            if not isinstance(value, np.ndarray):
                continue
            assert np.array_equal(getattr(second, name), value), f"seed {seed}: {name}"
        for mine, theirs in (
            (held.low_choices, second.low_choices),
            (held.high_choices, second.high_choices),
        ):
            assert np.array_equal(mine.arc, theirs.arc) and np.array_equal(mine.option, theirs.option), (
                f"seed {seed}"
            )
        tightened += bool((held.high < UNITS // 2).any())
        contradictory += bool(held.contradictory.any())
        clusters += held.low_choices.clusters > 0
    assert (tightened > 100, 50 < contradictory < REGISTERS - 50, clusters > 200) == (True, True, True), (
        tightened,
        contradictory,
        clusters,
    )


def test_the_greedy_sets_of_a_large_cluster_go_by_raised_minima() -> None:
    """Ten indirect interests of persons, of which one has the largest minimum as given, beside those of three
    companies, whose minima rise to 21 each.
    """
    rows: list[Row] = [
        (k, 13, 6 * (k == 0), 10 if k == 0 else 1, INDIRECT | PERSON | COMPLETE) for k in range(10)
    ]
    rows += [(k, 13, 5, 30, COMPLETE) for k in range(10, 13)]
    held = prepared(rows)
    assert (per_cent(held, 13), held.low_choices.clusters, held.high_choices.clusters) == ((63, False), 1, 0)
    assert interval(held, 12, 13) == (21, 30, False, False)
    second = again(held, {13})
    assert all(
        np.array_equal(getattr(second, name), getattr(held, name)) for name in ("low", "high", "counted")
    )
    assert np.array_equal(second.low_choices.arc, held.low_choices.arc)


@pytest.mark.nightly
def test_the_form_is_as_declared() -> None:
    for seed in range(REGISTERS):
        rows, _ = drawn_register(seed)
        held = prepared(rows)
        key = (held.src * held.n + held.dst) * 2 + held.indirect
        assert (np.diff(key) > 0).all(), f"seed {seed}"
        assert ((held.low >= 0) & (held.low <= held.high) & (held.high <= UNITS)).all(), f"seed {seed}"
        consistent = ~held.contradictory[held.dst]
        assert not (consistent & (held.low == held.high) & (held.low_open | held.high_open)).any(), (
            f"seed {seed}"
        )
        assert not (held.complete & held.contradictory & ~held.person).any(), f"seed {seed}"
        assert {(src, dst) for src, dst, *_ in rows} == set(
            zip(held.closure.src.tolist(), held.closure.dst.tolist(), strict=True)
        ), f"seed {seed}"
        for choices in (held.low_choices, held.high_choices):
            order = list(
                zip(choices.cluster.tolist(), choices.option.tolist(), choices.arc.tolist(), strict=True)
            )
            assert order == sorted(set(order)), f"seed {seed}"
            assert (
                len(set(zip(choices.cluster.tolist(), held.dst[choices.arc].tolist(), strict=True)))
                == choices.clusters
            ), f"seed {seed}"
        assert not held.contradictory[np.setdiff1d(np.arange(held.n), held.dst)].any(), f"seed {seed}"


@pytest.mark.nightly
def test_counted_is_the_best_choice_of_options() -> None:
    """Against every combination of options, column by column."""
    for seed in range(REGISTERS):
        held = prepared(drawn_register(seed)[0])
        rows = held.low_choices
        free = np.setdiff1d(np.arange(len(held.src)), rows.arc)
        for node in range(held.n):
            arcs = free[held.dst[free] == node]
            best = [(int(held.low[arcs].sum()), bool(held.low_open[arcs].any()))]
            for cluster in np.unique(rows.cluster[held.dst[rows.arc] == node]).tolist():
                options = [
                    rows.arc[rows.option == option]
                    for option in np.unique(rows.option[rows.cluster == cluster])
                ]
                best.append(
                    max((int(held.low[arcs].sum()), bool(held.low_open[arcs].any())) for arcs in options)
                )
            expected = sum(value for value, _ in best), any(is_open for _, is_open in best)
            assert (held.counted[node], bool(held.counted_open[node])) == expected, (
                f"seed {seed}, node {node}"
            )


# --- a register that states what is held directly or indirectly -------------------------------------------


@dataclass(frozen=True)
class Stated:
    """A register of a known world: rows, and what each (holder, subject, indirect) truly is, in units."""

    rows: list[Row]
    true: dict[tuple[int, int, bool], int]


def drawn_world(seed: int) -> Stated:
    """Direct shares among 3 persons and some companies, in cycles. Each holder of each company is stated in
    one of three ways: what it holds together with all that it controls by majorities (reach unknown); that
    beside its own direct share (indirect); or its direct share. Small ones are left out at random.
    """
    draw = random.Random(seed)
    n = draw.randint(5, 9)
    direct = np.zeros((n, n), np.int64)
    full = {j for j in range(3, n) if draw.random() < 0.3}
    for j in range(3, n):
        holders = draw.sample([k for k in range(n) if k != j], draw.randint(1, min(4, n - 1)))
        whole = UNITS if j in full else draw.randrange(UNITS // 2, UNITS)
        cuts = sorted(draw.randrange(whole) for _ in holders[1:])
        direct[holders, j] = np.diff([0, *cuts, whole])
    rows, true = [], {}
    for p in range(n):
        controlled = controlled_by(p, direct)
        for j in range(3, n):
            through = int(direct[[k for k in controlled if k != p], j].sum()) if p != j else 0
            own = int(direct[p, j])
            way = draw.choice(("unknown", "both", "direct"))
            stated = (
                [(own + through, UNKNOWN)]
                if way == "unknown"
                else [(own, 0), (through, INDIRECT)]
                if way == "both"
                else [(own, 0)]
            )
            if own + through > UNITS // 2:
                stated = [(own + through, UNKNOWN)]  # so that who controls is above in the closure
            for value, flags in stated:
                if value and (j in full or value > UNITS // 4 or draw.random() < 0.5):
                    grid = UNITS // 4
                    low, high = (value - 1) // grid * grid, -(-value // grid) * grid
                    true[p, j, bool(flags & INDIRECT)] = value
                    rows.append(
                        (
                            p,
                            j,
                            low * 100 / UNITS,
                            high * 100 / UNITS,
                            flags | LOW_OPEN | COMPLETE * (j in full) | PERSON * (p < 3),
                        )
                    )
    return Stated(rows, true)


def controlled_by(p: int, direct: Ints) -> set[int]:
    """p and all it controls by majorities."""
    reached = {p}
    while new := {k for k in range(len(direct)) if direct[sorted(reached), k].sum() * 2 > UNITS} - reached:
        reached |= new
    return reached


def test_a_register_of_a_known_world_is_no_contradiction_and_nothing_true_is_excluded() -> None:
    """The true shares stay inside, and those of no option add up to more than the whole."""
    clusters = 0
    for seed in range(REGISTERS):
        world = drawn_world(seed)
        held = prepared(world.rows)
        assert not held.contradictory.any(), f"seed {seed}"
        keys = list(zip(held.src.tolist(), held.dst.tolist(), held.indirect.tolist(), strict=True))
        true = np.array([world.true[key] for key in keys], np.int64)
        assert ((held.low <= true) & (true <= held.high)).all(), f"seed {seed}"
        assert not ((held.low == true) & held.low_open | (held.high == true) & held.high_open).any(), (
            f"seed {seed}"
        )
        free = np.setdiff1d(np.arange(len(true)), held.low_choices.arc)
        for option in range(int(held.low_choices.option.max(initial=-1)) + 1):
            arcs = held.low_choices.arc[held.low_choices.option == option]
            beside = free[held.dst[free] == held.dst[arcs[0]]]
            assert true[arcs].sum() + true[beside].sum() <= UNITS, f"seed {seed}"
        clusters += held.low_choices.clusters
    assert clusters > REGISTERS


def test_a_quarter_of_a_million_subjects_without_overlaps() -> None:
    """Two or three holders each."""
    draw = np.random.default_rng(1)
    n = 250_000
    src, dst = (
        np.concatenate((draw.integers(0, n, n), draw.integers(0, n, n))),
        np.tile(np.arange(n, 2 * n), 2),
    )
    order = np.lexsort((dst, src))
    flags = np.full(2 * n, PERSON | UNKNOWN, np.uint8)
    held = prepare(src[order], dst[order], np.full(2 * n, 0.25), np.full(2 * n, 0.5), flags)
    assert held.low_choices.clusters == 0
