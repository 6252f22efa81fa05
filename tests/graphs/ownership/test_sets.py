"""The inverse without subtraction, and bounds inside strongly connected sets against every corner of the
intervals.
"""

from fractions import Fraction
from itertools import permutations, product

import numpy as np
import numpy.typing as npt
import pytest

from graphs.ownership.blocks import BLOCK, inverse_without_subtraction
from graphs.ownership.integrated import solve
from graphs.ownership.intervals import Flags

type Floats = npt.NDArray[np.float64]

ENTITIES, PERSONS = (0, 1, 2), (3, 4)


def test_elimination_without_subtraction_against_fractions() -> None:
    draw = np.random.default_rng(11)
    for seed in range(30):
        m = int(draw.integers(2, 7))
        units = draw.integers(0, 10**6, (m, m))
        leak = draw.integers(0, 3, m)
        leak[0] = 1
        total = units.sum(axis=0) + leak
        truth = inverse_of_fractions(
            [[int(i == j) - Fraction(int(units[i, j]), int(total[j])) for j in range(m)] for i in range(m)]
        )
        inverse = inverse_without_subtraction(units / total, leak / total)
        error = max(abs(Fraction(float(inverse[i, j])) / truth[i][j] - 1) for i in range(m) for j in range(m))
        assert error < Fraction(1, 10**13), f"graph {seed}: {float(error)}"


def test_elimination_in_blocks_against_dense_algebra() -> None:
    draw = np.random.default_rng(12)
    for m in (BLOCK, BLOCK + 1, 3 * BLOCK - 1):
        share = draw.random((m, m)) * (draw.random((m, m)) < 0.1)
        leak = 0.01 + draw.random(m)
        total = share.sum(axis=0) + leak
        inverse = inverse_without_subtraction(share / total, leak / total)
        assert np.allclose(inverse, np.linalg.inv(np.eye(m) - share / total), rtol=1e-11, atol=0), m


def inverse_of_fractions(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss and Jordan, exactly."""
    m = len(matrix)
    rows = [[*row, *(Fraction(int(i == j)) for j in range(m))] for i, row in enumerate(matrix)]
    for k in range(m):
        at = next(i for i in range(k, m) if rows[i][k] != 0)
        rows[k], rows[at] = rows[at], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        rows = [
            row if i == k else [a - row[k] * b for a, b in zip(row, rows[k], strict=True)]
            for i, row in enumerate(rows)
        ]
    return [row[m:] for row in rows]


def corners(low: Floats, high: Floats, *, complete: bool) -> list[Floats]:
    """Columns of shares inside the intervals, together at most the whole (exactly, if complete), one of which
    is best for any weights.
    """
    points = [] if complete else [low]
    holders = np.flatnonzero(high > low).tolist()
    for order in permutations(holders):
        column, left = low.copy(), 1 - low.sum()
        for holder in order:
            more = min(high[holder] - low[holder], left)
            column[holder] += more
            left -= more
        if not complete or left < 1e-12:
            points.append(column)
    return list({tuple(column.round(12)): column for column in points}.values())


def drawn(draw: np.random.Generator) -> tuple[Floats, Floats, list[bool]]:
    """Intervals of three entities that hold each other and are held by two persons; at most four holders
    each.
    """
    low, high, complete = np.zeros((5, 5)), np.zeros((5, 5)), []
    for entity in ENTITIES:
        holders = draw.choice(
            [node for node in range(5) if node != entity or draw.random() < 0.3], 3, replace=False
        )
        share = draw.dirichlet(np.ones(4))[:3]
        low[holders, entity] = np.floor(share * draw.random(3) * 100) / 100
        high[holders, entity] = np.minimum(0.9, np.ceil((share + 0.4 * draw.random(3)) * 100) / 100)
        complete.append(bool(draw.random() < 0.4 and high[:, entity].sum() > 1.05))
    return low, high, complete


def test_bounds_are_those_of_the_best_and_the_worst_corner() -> None:
    """Sharp bounds inside a set are attained: no sound bound on these intervals is narrower."""
    compared, plain_wider = 0, 0
    for seed in range(60):
        low, high, complete = drawn(np.random.default_rng(seed))
        least, most = extremes(low, high, complete)
        src, dst = np.nonzero(high)
        flags = np.where(src >= PERSONS[0], int(Flags.HOLDER_IS_PERSON), 0) | np.where(
            np.array(complete)[dst], int(Flags.SUBJECT_COMPLETE), 0
        )
        arrays = (src, dst, low[src, dst], high[src, dst], flags.astype(np.uint8))
        sharp, plain = solve(*arrays, floor=0), solve(*arrays, floor=0, sharp=False)
        pair = (sharp.holder, sharp.subject)
        assert np.abs(sharp.share_min - least[pair]).max() < 1e-9, f"seed {seed}"
        assert np.abs(sharp.share_max_declared - most[pair]).max() < 1e-6, f"seed {seed}"
        compared += len(sharp.holder)
        plain_wider += int((plain.share_max_declared > sharp.share_max_declared + 1e-6).sum())
    assert compared > 400
    assert plain_wider > 100, f"{plain_wider} of {compared} pairs"


def extremes(low: Floats, high: Floats, complete: list[bool]) -> tuple[Floats, Floats]:
    """Least and largest integrated share over all corners, by dense algebra."""
    columns = [corners(low[:, entity], high[:, entity], complete=complete[entity]) for entity in ENTITIES]
    matrices = np.array([np.column_stack((*chosen, np.zeros((5, 2)))) for chosen in product(*columns)])
    inside = matrices[:, :3, :3]
    open_ones = np.abs(np.linalg.eigvals(inside)).max(axis=1) < 1 - 1e-6
    full = np.linalg.inv(np.eye(5) - matrices[open_ones])
    own = np.diagonal(full, axis1=1, axis2=2)[:, :, None]
    return (full / own).min(axis=0), (full / own).max(axis=0)


@pytest.mark.nightly
def test_a_set_of_bands_too_large_to_solve_is_bounded_all_the_same() -> None:
    """A ring of 200 with a chord and a person at each, bands of 20 to 50: more than policies are tried for.
    Every iterate is sound.
    """
    draw, m = np.random.default_rng(3), 200
    ring, chord = np.roll(np.arange(m), 1), draw.permutation(m)
    src, dst = np.concatenate((ring, chord, m + np.arange(m))), np.tile(np.arange(m), 3)
    key = np.unique(src * 1_000 + dst)
    src, dst = key // 1_000, key % 1_000
    flags = np.where(src >= m, int(Flags.HOLDER_IS_PERSON), 0).astype(np.uint8)
    solution = solve(src, dst, np.full(len(src), 0.2), np.full(len(src), 0.5), flags)
    assert solution.iterated.tolist() == list(range(m))
    for seed in range(10):
        extra = np.random.default_rng(seed).random(len(src)) * 0.3
        room, wanted = 1 - 0.2 * np.bincount(dst), np.bincount(dst, weights=extra)
        share = np.zeros((2 * m, 2 * m))
        share[src, dst] = 0.2 + extra * np.minimum(1, room / wanted)[dst]
        inverse = np.linalg.inv(np.eye(2 * m) - share)
        owned = (inverse / np.diagonal(inverse)[:, None])[solution.holder, solution.subject]
        assert (solution.share_min <= owned + 1e-12).all(), f"seed {seed}"
        assert (owned <= solution.share_max_declared + 1e-12).all(), f"seed {seed}"
