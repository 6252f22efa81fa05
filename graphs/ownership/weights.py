"""The figures of subjects, given those of their holders: sums of minima and of maxima, for many cells at
once.

A cell is the sum of weight times `h` over its terms, at most the whole (`graphs.ownership.columns` defines
cells and terms). The weights are chosen for each cell:

- minima: only one option of each cluster of overlapping arcs counts, the one with the largest sum. If all
  holders of a subject are declared, the part that the minima leave open belongs to some of them. What the
  holders in which the row has no share cannot take is *forced* on the others, first on the one in which the
  row has the smallest share (`with_forced`).
- maxima: each arc into a subject has at least its minimum, and all together have at most the whole. So the
  terms share the `capacity` that the minima leave, first the holder in which the row has the largest share (a
  fractional knapsack). This is the largest figure over all shares inside the intervals, because the shares of
  different subjects are chosen independently (robust Markov chains: Iyengar 2005; Nilim and El Ghaoui 2005).
  An overlapping arc may add nothing to another, so its minimum counts as 0 here.
- a joint group: the member in which the row has the largest share, because each member is recorded with the
  whole interest.
"""

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, marked, ordering, run_firsts, run_starts, spread
from graphs.arrays.units import UNITS
from graphs.ownership.columns import PLAIN, ArcOptions, Bits, Cells, Columns, Figures, Mode


def figures(columns: Columns, cells: Cells, terms: Figures) -> Figures:
    """The figures of cells from those of their terms."""
    plain_weight = minima(columns, cells, terms.plain)
    plain = total(cells, plain_weight, terms.plain)
    weight, forced, least = plain_weight, None, plain
    if cells.mode & Mode.FORCED or not np.array_equal(terms.plain, terms.least):
        weight, forced = with_forced(columns, cells, minima(columns, cells, terms.least), terms.least)
        least = np.maximum(total(cells, weight, terms.least), plain)
    most_weight, binding = maxima(columns, cells, terms.most)
    most = np.maximum(total(cells, most_weight, terms.most), least)
    if not (columns.bits[cells.arc] | terms.bits).any():
        return Figures(least, most, plain, np.zeros(len(least), np.uint8))
    counted = weight * terms.least > 0, most_weight * terms.most > 0
    bits = low_bits(columns, cells, counted[0], terms.bits, forced) | high_bits(
        columns, cells, terms, counted[1], binding
    )
    return Figures(least, most, plain, bits | declared_bits(columns, cells, terms))


def total(cells: Cells, weight: Ints, h: Floats) -> Floats:
    """Weighted sums, at most 1: float64[cells]."""
    terms = weight / UNITS * h
    return np.minimum(terms if len(cells.begin) == len(terms) else np.add.reduceat(terms, cells.begin), 1)


def minima(columns: Columns, cells: Cells, h: Floats, *, joint_least: bool = False) -> Ints:
    """Weights of minima, in UNITS: int64[terms]. `joint_least`: a joint group counts the member with the
    smallest figure instead of the largest; then there must be a term for each member.
    """
    weight = columns.low[cells.arc]
    if cells.mode & (Mode.ONE_OF | Mode.JOINT):
        value = weight / UNITS * h
        if joint_least:
            value = np.where(columns.mode[cells.arc] & Mode.JOINT, -value, value)
        _keep_one(columns, cells, weight, value, Mode.ONE_OF | Mode.JOINT)
    if cells.mode & Mode.LOW_OPTION:
        _keep_options(
            cells, columns.low_options, weight, h, np.flatnonzero(columns.mode[cells.arc] & Mode.LOW_OPTION)
        )
    return weight


def with_forced(columns: Columns, cells: Cells, weight: Ints, h: Floats) -> tuple[Ints, Bools | None]:
    """Weights of minima plus what is forced, in UNITS: int64[terms]; and the cells where something is forced,
    bool[cells], or None if there are none.
    """
    if not cells.mode & Mode.FORCED:
        return weight, None
    extra = np.where(
        columns.mode[cells.arc] & Mode.FORCED, columns.high[cells.arc] - columns.base[cells.arc], 0
    )
    beside = columns.extras[cells.column] - np.add.reduceat(extra, cells.begin)
    is_forced = (columns.mode[cells.arc[cells.begin]] & Mode.FORCED) != 0
    amount = np.where(is_forced, np.where(is_forced, columns.capacity[cells.column], 0) - beside, 0)
    some = amount > 0
    term = np.flatnonzero(some[cells.cell])
    term = term[ordering(h[term], cells.cell[term])]
    weight[term] += _shared_out(cells.cell[term], extra[term], amount)
    return weight, some


def _keep_one(columns: Columns, cells: Cells, weight: Ints, value: Floats, mode: int) -> None:
    """Set to 0 the weights of all terms of a cell in one cluster, except the first with the largest
    `value`.
    """
    term = np.flatnonzero(columns.mode[cells.arc] & mode)
    cell, cluster, value = cells.cell[term], columns.cluster[cells.arc[term]], value[term]
    new = run_firsts(cell, cluster)
    number = np.cumsum(new) - 1
    largest = np.flatnonzero(value == np.maximum.reduceat(value, np.flatnonzero(new))[number])
    kept = largest[run_starts(number[largest])]
    weight[term[~marked(len(term), kept)]] = 0


def _keep_options(cells: Cells, options: ArcOptions, weight: Ints, h: Floats, term: Ints) -> None:
    """Set to 0 the weights of all terms of a cluster, except those of the first option with the largest
    sum.
    """
    arc = cells.arc[term]
    run, at = spread(options.begin[arc], options.begin[arc + 1] - options.begin[arc])
    row, option = term[run], options.option[at]
    order = ordering(option, cells.cell[row])
    row, option = row[order], option[order]
    cell, cluster = cells.cell[row], options.cluster[option]
    new = run_firsts(cell, option)
    begin, number = np.flatnonzero(new), np.cumsum(new) - 1
    sums = np.add.reduceat(weight[row] / UNITS * h[row], begin)
    first = run_firsts(cell[begin], cluster[begin])
    group_begin, group = np.flatnonzero(first), np.cumsum(first) - 1
    best = np.flatnonzero(sums == np.maximum.reduceat(sums, group_begin)[group])
    chosen = marked(len(begin), best[run_starts(group[best])])
    kept = marked(len(weight), row[chosen[number]])
    weight[term[~kept[term]]] = 0


def _shared_out(cell: Ints, extra: Ints, amount: Ints) -> Ints:
    """What each term takes of its cell's amount, in the order given and at most its `extra`: int64[terms].
    Terms are sorted by cell. Exact as long as all `extra` add up to less than 90 million wholes.
    """
    before = np.cumsum(extra) - extra
    begin = run_starts(cell)
    before -= np.repeat(before[begin], np.diff(begin, append=len(cell)))
    return np.clip(amount[cell] - before, 0, extra)


def maxima(columns: Columns, cells: Cells, h: Floats) -> tuple[Ints, Bools | None]:
    """Weights of maxima, in UNITS: int64[terms]; and the cells whose capacity binds, bool[cells], or None if
    none does.

    """
    weight = columns.high[cells.arc]
    if cells.mode & Mode.JOINT:
        _keep_one(columns, cells, weight, h, Mode.JOINT)
    if cells.mode & Mode.HIGH_OPTION:
        _keep_options(
            cells, columns.high_options, weight, h, np.flatnonzero(columns.mode[cells.arc] & Mode.HIGH_OPTION)
        )
    if not cells.mode & Mode.MAY_BIND:
        return weight, None
    extra = np.where(h > 0, weight - columns.base[cells.arc], 0)
    binding = np.add.reduceat(extra, cells.begin) > columns.capacity[cells.column]
    term = np.flatnonzero(binding[cells.cell])
    term = term[ordering(-h[term], cells.cell[term])]
    amount = np.where(binding, columns.capacity[cells.column], 0)
    weight[term] = columns.base[cells.arc[term]] + _shared_out(cells.cell[term], extra[term], amount)
    nothing = np.flatnonzero((h <= 0) & (columns.capacity[cells.column] != PLAIN)[cells.cell])
    # A term with h = 0 takes no capacity, so the weights stay within the whole if h changes later.
    weight[nothing] = columns.base[cells.arc[nothing]]
    return weight, binding


def low_bits(columns: Columns, cells: Cells, counted: Bools, term_bits: Bytes, forced: Bools | None) -> Bytes:
    """MIN_OPEN if a counted term has it: uint8[cells]. If something is forced, an exclusive minimum of an arc
    adds nothing.
    """
    bits = columns.bits[cells.arc]
    if forced is not None:
        inside = forced[cells.cell]
        bits = np.where(inside, 0, bits)
        counted = counted & (~inside | (columns.low[cells.arc] > 0))
    return _any(cells, np.where(counted, (bits | term_bits) & Bits.MIN_OPEN, 0))


def high_bits(columns: Columns, cells: Cells, terms: Figures, counted: Bools, binding: Bools | None) -> Bytes:
    """DECLARED_OPEN if the share is certainly less than the sum: a term is open, no capacity binds, and the
    sum is not limited to the whole.
    """
    bits = ((columns.bits[cells.arc] | terms.bits) & Bits.DECLARED_OPEN).astype(np.uint8)
    if cells.mode & Mode.HIGH_OPTION:
        counted = counted & ((columns.mode[cells.arc] & Mode.HIGH_OPTION) == 0)
    of_cell = _any(cells, np.where(counted, bits, 0))
    if cells.mode & Mode.JOINT:  # a member with the largest figure and a bound that is not open reaches it
        joint = (columns.mode[cells.arc] & Mode.JOINT) != 0
        largest = np.maximum.reduceat(terms.most, cells.begin)[cells.cell]
        of_cell[cells.cell[joint & (terms.most == largest) & (bits == 0)]] = 0
    if binding is not None:
        of_cell[binding] = 0
    if of_cell.any():
        whole = np.add.reduceat(columns.high[cells.arc] / UNITS * terms.most, cells.begin) > 1
        of_cell[whole & (columns.mode[cells.arc[cells.begin]] & Mode.JOINT == 0)] = 0
    return of_cell


def declared_bits(columns: Columns, cells: Cells, terms: Figures) -> Bytes:
    """AS_DECLARED if a term with it contributes, even if another term of the same size is counted:
    uint8[cells].
    """
    given = (columns.high[cells.arc] > 0) & (terms.most > 0)
    return _any(cells, np.where(given, (columns.bits[cells.arc] | terms.bits) & Bits.AS_DECLARED, 0))


def _any(cells: Cells, bits: Bytes) -> Bytes:
    return np.bitwise_or.reduceat(bits.astype(np.uint8), cells.begin)
