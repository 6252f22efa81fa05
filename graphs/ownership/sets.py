"""Ownership inside strongly connected sets: for each row that reaches a set, its figures of all members at
once.

Where no choice has to be made, x = b (I - A)^-1, with b what comes in from outside
(`graphs.ownership.elimination`); the paths of a member do not pass through itself, so its row is N[p, j] /
N[p, p]. Otherwise policies, then iteration (`graphs.ownership.fixpoints`). Minima and maxima are solved
apart.
"""

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Floats
from graphs.arrays.units import UNITS
from graphs.ownership.blocks import Block, Incoming, Lines, block_cells, lines_of
from graphs.ownership.columns import Bits, Columns, Figures, Mode
from graphs.ownership.elimination import sums_by_key, times_inverse
from graphs.ownership.fixpoints import forced_figures, least_figures, most_figures
from graphs.ownership.weights import low_bits, minima, with_forced

TERMS_AT_ONCE = 1_000_000  # own: some 100 MB


def solved(columns: Columns, block: Block, incoming: Incoming) -> tuple[Figures, bool]:
    """Figures of every (row, member), row by row: arrays of rows · m, the row's own figure (1) included; and
    whether any of them is an iterate.
    """
    at_once = max(1, TERMS_AT_ONCE // max(len(block.arcs), block.m**2 if block.by_policy else 1))
    parts = [
        _solved(columns, block, incoming.rows(first, first + at_once))
        for first in range(0, len(incoming.pinned), at_once)
    ]
    return Figures.joined(part for part, _ in parts), any(iterated for _, iterated in parts)


def persons_total(columns: Columns, block: Block, total_of: Floats, person: Bools) -> Floats:
    """What natural persons certainly own of each member: float64[m]. `total_of`: the same of all nodes
    outside; `person` bool[nodes].

    Takes the same number of rounds as minima, so that what others certainly own, their difference, is sound
    too.
    """
    if block.low_inverse is not None:
        outside = np.where(block.source < 0, total_of[columns.src[block.arcs]], 0)
        incoming = sums_by_key(block.target, columns.low[block.arcs] / UNITS * outside, block.m)
        return np.asarray(np.minimum(times_inverse(incoming[None, :], block.low_inverse)[0], 1))
    lines = Lines(
        block,
        columns,
        np.where(block.source < 0, total_of[columns.src[block.arcs]], 0)[None, :],
        np.array([-1]),
    )
    owned = person[block.members][None, :]
    x = np.where(owned, 1.0, 0.0)
    for _ in range(block.rounds):
        before, x = (
            x,
            np.where(
                owned, 1.0, lines.mapped(x, lambda cells, h: minima(columns, cells, h, joint_least=True))
            ),
        )
        if np.array_equal(before, x):
            break
    return np.asarray(x[0])


def _solved(columns: Columns, block: Block, incoming: Incoming) -> tuple[Figures, bool]:
    terms = incoming.figures
    plain, iterated = least_figures(lines_of(columns, block, incoming, terms.plain))
    least = plain
    if block.mode & Mode.FORCED or not np.array_equal(terms.plain, terms.least):
        least, more = forced_figures(lines_of(columns, block, incoming, terms.least), plain)
        iterated |= more
    if (
        block.high_inverse is block.low_inverse
        and block.low_inverse is not None
        and np.array_equal(terms.least, terms.most)
        and least is plain
    ):
        most = least
    else:
        most, more = most_figures(lines_of(columns, block, incoming, terms.most))
        most, iterated = np.maximum(most, least), iterated | more
    bits = _bits(columns, block, incoming, least, most)
    return Figures(least.ravel(), most.ravel(), plain.ravel(), bits), iterated


def _bits(columns: Columns, block: Block, incoming: Incoming, least: Floats, most: Floats) -> Bytes:
    """Bits of every cell, passed on inside the set until nothing changes. DECLARED_OPEN only where maxima are
    linear.
    """
    rows, m = least.shape
    from_outside = int(np.bitwise_or.reduce(incoming.figures.bits)) if len(incoming.row) else 0
    if not (from_outside | int(np.bitwise_or.reduce(columns.bits[block.arcs]))):
        return np.zeros(rows * m, np.uint8)
    cells = block_cells(block, rows)
    h_least, h_most = (
        lines_of(columns, block, incoming, own).terms(x).ravel()
        for own, x in ((incoming.figures.least, least), (incoming.figures.most, most))
    )
    weight, forced = with_forced(columns, cells, minima(columns, cells, h_least), h_least)
    counted, held = weight * h_least > 0, columns.high[cells.arc] * h_most > 0
    passes = Bits.AS_DECLARED if block.high_inverse is None else Bits.AS_DECLARED | Bits.DECLARED_OPEN
    passed = np.where(held, np.uint8(passes), np.uint8(0))
    term = np.zeros(len(cells.arc), np.uint8)
    term[incoming.row * len(block.arcs) + incoming.arc] = incoming.figures.bits
    inside = np.flatnonzero(np.tile(block.source >= 0, rows))
    holder = (np.repeat(np.arange(rows), len(block.arcs)) * m + np.tile(block.source, rows))[inside]
    pin = np.flatnonzero(incoming.pinned >= 0)
    bits = np.zeros(rows * m, np.uint8)
    while True:
        term[inside] = bits[holder]
        found = low_bits(columns, cells, counted, term, forced) | np.bitwise_or.reduceat(
            (columns.bits[cells.arc] | term) & passed, cells.begin
        )
        found[pin * m + incoming.pinned[pin]] = 0
        if np.array_equal(found, bits):
            return bits
        bits = found
