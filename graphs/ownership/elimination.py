"""Solving x = b + x A for shares A without subtraction, so that no digits cancel.

Elimination after Grassmann, Taksar and Heyman 1985 (error bound: O'Cinneide 1993): each pivot is the sum of
what leaves a node, so every figure keeps about 13 digits even where a set of companies holds nearly all of
itself.
"""

import numpy as np
from scipy.linalg import solve_triangular

from graphs.arrays.edges import Bools, Floats, Ints

BLOCK = 64  # columns eliminated, or rows multiplied, at once


def sums_by_key(key: Ints, values: Floats | Ints, size: int) -> Floats:
    """Sums of values by key, in their order: float64[size]."""
    return np.bincount(key, weights=values, minlength=size).astype(np.float64)


def inverse_without_subtraction(share: Floats, leak: Floats) -> Floats:
    """(I - share)^-1 for `share` float64[m, m], not negative, where column j and `leak[j]` add up to 1.

    BLOCK columns at a time. Where nothing leaves a part of the set there is no inverse; the rows of its
    members are then near 0 instead of 1 or more on the diagonal.
    """
    work, leak, m = share.copy(), leak.copy(), len(leak)
    pivot = np.zeros(m)
    for first in range(0, m, BLOCK):
        last = min(first + BLOCK, m)
        for k in range(first, last):
            pivot[k] = leak[k] + work[k + 1 :, k].sum()
            work[k + 1 :, k] *= 1 / pivot[k] if pivot[k] > 0 else 0
            work[k + 1 :, k + 1 : last] += np.outer(work[k + 1 :, k], work[k, k + 1 : last])
            leak[k + 1 : last] += _ratio(leak[k], pivot[k]) * work[k, k + 1 : last]
        for k in range(first, last):
            work[k + 1 : last, last:] += np.outer(work[k + 1 : last, k], work[k, last:])
        leak[last:] += _ratio(leak[first:last], pivot[first:last]) @ work[first:last, last:]
        work[last:, last:] += work[last:, first:last] @ work[first:last, last:]
    if m <= BLOCK:
        return _multiplied(work, pivot)
    pivot = np.where(pivot > 0, pivot, np.inf)
    forward = solve_triangular(np.eye(m) - np.tril(work, -1), np.eye(m), lower=True, unit_diagonal=True)
    return np.asarray(
        solve_triangular(np.diag(np.minimum(pivot, 1e300)) - np.triu(work, 1), forward), np.float64
    )


def _multiplied(work: Floats, pivot: Floats) -> Floats:
    """The inverse from its factors, row by row."""
    found = np.eye(len(pivot))
    for k in range(1, len(pivot)):
        found[k] += work[k, :k] @ found[:k]
    for k in range(len(pivot) - 1, -1, -1):
        found[k] = (found[k] + work[k, k + 1 :] @ found[k + 1 :]) / pivot[k] if pivot[k] > 0 else 0
    return found


def _ratio(part: Floats, whole: Floats) -> Floats:
    """0 where nothing leaves."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def solve_by_elimination(share: Floats, leak: Floats, incoming: Floats) -> tuple[Floats, Bools]:
    """x = incoming (I - share)^-1 for each row, float64[rows, m]; and the rows where nothing leaves some
    part, bool[rows].

    `share` float64[rows, m, m] is overwritten; `leak`, `incoming` float64[rows, m].
    """
    rows, m = leak.shape
    leak, x, pivot = leak.copy(), incoming.copy(), np.zeros((rows, m))
    for k in range(m):
        pivot[:, k] = leak[:, k] + share[:, k + 1 :, k].sum(axis=1)
        share[:, k + 1 :, k] = _ratio(
            share[:, k + 1 :, k], np.broadcast_to(pivot[:, k, None], (rows, m - k - 1)).copy()
        )
        leak[:, k + 1 :] += _ratio(leak[:, k], pivot[:, k])[:, None] * share[:, k, k + 1 :]
        share[:, k + 1 :, k + 1 :] += share[:, k + 1 :, k, None] * share[:, None, k, k + 1 :]
    for j in range(m):
        x[:, j] = _ratio(x[:, j] + (x[:, :j] * share[:, :j, j]).sum(axis=1), pivot[:, j])
    for k in range(m - 2, -1, -1):
        x[:, k] += (x[:, k + 1 :] * share[:, k + 1 :, k]).sum(axis=1)
    return x, np.asarray((pivot <= 0).any(axis=1), np.bool_)


def times_inverse(rows: Floats, inverse: Floats) -> Floats:
    """rows @ inverse, in blocks of one shape, so that a row's figures do not depend on the rows beside it."""
    if len(inverse) <= BLOCK:
        found = np.zeros((len(rows), len(inverse)))
        for k in range(len(inverse)):
            found += rows[:, k, None] * inverse[k]
        return found
    padded = np.zeros((-(-len(rows) // BLOCK) * BLOCK, len(inverse)))
    padded[: len(rows)] = rows
    return np.concatenate(
        [padded[first : first + BLOCK] @ inverse for first in range(0, len(padded), BLOCK)]
    )[: len(rows)]
