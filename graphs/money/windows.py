"""What a party paid or was paid between two days, the comparison of amounts, and the choice among overlapping
windows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from graphs.arrays.edges import Bools, Ints, Numbers, Rows, ordering, run_firsts, run_starts, starts
from graphs.money.bundles import UNKNOWN, Amounts
from transforms.model.views import FLOW_PATTERN, FLOW_PATTERN_MEMBER

# own: payments or paths searched for one start. If there are more, the party is listed as too dense.
WORK_MAX = 20_000
CHUNK = 250_000  # own: rows of working arrays at a time; they fit a processor's cache
_PARTY = np.int64(1 << 32)  # factor of the party in keys of party and day

KINDS, ROLES = FLOW_PATTERN["kind"].values, FLOW_PATTERN_MEMBER["role"].values


@dataclass(frozen=True, eq=False)
class Members(Rows):
    """Bundles of patterns, sorted by pattern and position: int64 arrays of one length. Patterns are numbered
    from 0, positions from 1; `role` is a position in ROLES.
    """

    pattern: Ints
    position: Ints
    bundle: Ints
    role: Ints


@dataclass(frozen=True, eq=False)
class Dense(Rows):
    """Parties around which there is too much to search: patterns in which they pay or are paid from
    `first_day` to `last_day` may be missing. `size`: at least how much there was to search for one start.
    int64 arrays of one length.
    """

    party: Ints
    first_day: Ints
    last_day: Ints
    size: Ints

    def once(self) -> "Dense":
        """One row for each party, in order of party: the whole period, and the largest size."""
        order = ordering(self.party)
        party, begin = np.unique(self.party[order], return_index=True)
        return Dense(
            party,
            np.minimum.reduceat(self.first_day[order], begin),
            np.maximum.reduceat(self.last_day[order], begin),
            np.maximum.reduceat(self.size[order], begin),
        )


@dataclass(frozen=True, eq=False)
class FoundPatterns:
    """Patterns: `kind` int64[patterns] is a position in KINDS. `without_rate`: the number of comparisons left
    out because no exchange rate is held.
    """

    kind: Ints
    members: Members
    dense: Dense = field(default_factory=lambda: Dense.joined(()))
    without_rate: int = 0


@dataclass(frozen=True, eq=False)
class ByParty:
    """Bundles sorted by one of their parties and by day. `order` int32[bundles]: their numbers; `keys`
    int64[bundles]: party and day, ascending.
    """

    order: Numbers
    keys: Ints

    def between(self, party: Ints, first_day: Ints, last_day: Ints) -> tuple[Ints, Ints]:
        """Where the bundles of each party from `first_day` up to and including `last_day` begin in `order`,
        and how many there are: int64 each.
        """
        last = party * _PARTY + last_day
        begin = np.searchsorted(self.keys, party * _PARTY + first_day)
        count = np.zeros(len(party), np.int64)
        some = np.flatnonzero(begin < len(self.keys))
        some = some[self.keys[begin[some]] <= last[some]]
        count[some] = np.searchsorted(self.keys, last[some], side="right") - begin[some]
        return begin, count


def by_party(party: Ints, day: Ints, rows: Ints | Numbers | None = None) -> ByParty:
    """Bundles by party and day. `day` is ascending. `rows`: numbers of the bundles to include, ascending;
    None for all.
    """
    some = np.arange(len(party), dtype=np.int32) if rows is None else rows.astype(np.int32)
    own = party[some]
    order = some[grouped_rows(own)]
    count = np.bincount(own)
    return ByParty(order, np.repeat(np.arange(len(count)) * _PARTY, count) + day[order])


def grouped_rows(key: Ints | Numbers) -> Numbers:
    """Row numbers sorted by key, ascending within a key: scipy's counting sort, eight times as fast as
    `argsort`.
    """
    n = int(key.max(initial=-1)) + 1
    cells = (np.ones(len(key), np.int8), key.astype(np.int32), np.arange(len(key) + 1))
    return np.asarray(csr_array(cells, shape=(len(key), n)).tocsc().indices, np.int32)


def chunks(count: Ints, most: int = CHUNK, group: Ints | None = None) -> Iterator[slice]:
    """Slices of consecutive rows whose counts add up to about `most`. Rows of one group, which must be next
    to each other, stay together.
    """
    number = (np.cumsum(count) - count) // most
    if group is not None:
        new = run_firsts(group)
        number = number[new][np.cumsum(new) - 1]
    yield from (slice(a, b) for a, b in pairwise([*run_starts(number).tolist(), len(count)]))


def compared(
    arrived: Amounts,
    before: Ints | Numbers,
    left: Amounts,
    after: Ints | Numbers,
    bounds: tuple[float, float | None],
) -> tuple[Bools, int]:
    """True where the amount that left (rows `after` of `left`) is within `bounds`, per cent, of the amount
    that arrived (rows `before` of `arrived`): bool[pairs]. And the number of pairs that could not be
    compared, because no rate is held.

    Amounts in the same currency are compared in it, others in euro. The upper bound may be None.
    """
    low, high = bounds
    came, paid = arrived.value[before], left.value[after]
    without_rate = 0
    other = np.flatnonzero(arrived.currency[before] != left.currency[after])
    if len(other):
        came[other], paid[other] = arrived.in_euro[before[other]], left.in_euro[after[other]]
        unknown = other[(came[other] == UNKNOWN) | (paid[other] == UNKNOWN)]
        came[unknown], paid[unknown], without_rate = 1, -1, len(unknown)
    paid *= 100
    holds: Bools = paid >= came * low
    if high is not None:
        holds &= paid <= came * high
    return holds, without_rate


def disjoint(owner: Ints, first_day: Ints, last_day: Ints, size: Ints) -> Ints:
    """Positions, ascending, of windows of which no two of one owner overlap. Of those that do, the largest is
    chosen, then the earliest.
    """
    chosen: list[int] = []
    taken: list[tuple[int, int]] = []
    order = ordering(first_day, -size, owner)
    columns = (column[order].tolist() for column in (owner, first_day, last_day))
    current = None
    for row, row_owner, first, last in zip(order.tolist(), *columns, strict=True):
        if row_owner != current:
            taken, current = [], row_owner
        if all(last < a or first > b for a, b in taken):
            taken.append((first, last))
            chosen.append(row)
    return np.sort(np.array(chosen, np.int64))


def members(parts: list[tuple[Ints, Ints, int]]) -> Members:
    """Members from parts (pattern, bundle, role). Within a pattern they are in order of bundle number."""
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), 0), *parts]
    pattern, bundle = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    role = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    order = ordering(bundle, pattern)
    pattern, bundle, role = pattern[order], bundle[order], role[order]
    begin = starts(int(pattern.max(initial=-1)) + 1, pattern)
    return Members(pattern, np.arange(len(pattern)) - begin[pattern] + 1, bundle, role)
