"""What a party paid or was paid between two days, comparison of amounts, and the choice among windows that
overlap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from graphs.arrays.edges import Bools, Ints, Numbers, Rows, ordering, run_firsts, run_starts, starts
from graphs.money.bundles import UNKNOWN, Amounts
from transforms.model.views import FLOW_PATTERN, FLOW_PATTERN_MEMBER

# (own) Payments or paths that are looked at for one start. Beyond it the party is named as too dense.
WORK_MAX = 20_000
CHUNK = 250_000  # (own) rows of working arrays at a time: few enough for a processor's cache
_PARTY = np.int64(1 << 32)  # a party's place in keys of party and day

KINDS, ROLES = FLOW_PATTERN["kind"].values, FLOW_PATTERN_MEMBER["role"].values


@dataclass(frozen=True, eq=False)
class Members(Rows):
    """Bundles of patterns, sorted by pattern and position: int64 arrays of one length. Patterns are numbered
    from 0, positions from 1; `role` is a place in ROLES.
    """

    pattern: Ints
    position: Ints
    bundle: Ints
    role: Ints


@dataclass(frozen=True, eq=False)
class Dense(Rows):
    """Parties around which there is too much to look at: patterns may be missing in which they pay or are
    paid from `first_day` to `last_day`. `size`: how much there was for one start, at least. int64 arrays of
    one length.
    """

    party: Ints
    first_day: Ints
    last_day: Ints
    size: Ints

    def once(self) -> "Dense":
        """One row for each party, in their order."""
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
    """Patterns: `kind` int64[patterns] is a place in KINDS. `without_rate`: comparisons that no rate of the
    two currencies allowed.
    """

    kind: Ints
    members: Members
    dense: Dense = field(default_factory=lambda: Dense.joined(()))
    without_rate: int = 0


@dataclass(frozen=True, eq=False)
class ByParty:
    """Bundles by one of their parties and day: `order` int32[bundles] are their numbers, `keys` sorted."""

    order: Numbers
    keys: Ints

    def between(self, party: Ints, first_day: Ints, last_day: Ints) -> tuple[Ints, Ints]:
        """Where the bundles of each party between two days, both included, begin in `order`, and how many
        they are.
        """
        last = party * _PARTY + last_day
        begin = np.searchsorted(self.keys, party * _PARTY + first_day)
        count = np.zeros(len(party), np.int64)
        some = np.flatnonzero(begin < len(self.keys))
        some = some[self.keys[begin[some]] <= last[some]]
        count[some] = np.searchsorted(self.keys, last[some], side="right") - begin[some]
        return begin, count


def by_party(party: Ints, day: Ints, rows: Ints | Numbers | None = None) -> ByParty:
    """Bundles, whose days ascend, by party and day; of `rows`, which ascend, if they are given."""
    some = np.arange(len(party), dtype=np.int32) if rows is None else rows.astype(np.int32)
    own = party[some]
    order = some[grouped_rows(own)]
    count = np.bincount(own)
    return ByParty(order, np.repeat(np.arange(len(count)) * _PARTY, count) + day[order])


def grouped_rows(key: Ints | Numbers) -> Numbers:
    """The rows of each key, ascending: scipy's counting sort, eight times as fast as `argsort`."""
    n = int(key.max(initial=-1)) + 1
    cells = (np.ones(len(key), np.int8), key.astype(np.int32), np.arange(len(key) + 1))
    return np.asarray(csr_array(cells, shape=(len(key), n)).tocsc().indices, np.int32)


def chunks(count: Ints, most: int = CHUNK, group: Ints | None = None) -> Iterator[slice]:
    """Consecutive rows whose counts are together about `most`; rows of one group, which are neighbours, stay
    together.
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
    """Where what left at the rows `after` is at least and at most so many per cent of what arrived at the
    rows `before`; and how many pairs no rate allowed to compare.

    Amounts are compared in their one currency, else both in euro.
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
    """Windows of which no two of one owner overlap: of those that do, the largest, then the earliest. Their
    positions, ascending.
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
    """Members of patterns from (pattern, bundle, role) of each part, by bundle number within a pattern."""
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), 0), *parts]
    pattern, bundle = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    role = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    order = ordering(bundle, pattern)
    pattern, bundle, role = pattern[order], bundle[order], role[order]
    begin = starts(int(pattern.max(initial=-1)) + 1, pattern)
    return Members(pattern, np.arange(len(pattern)) - begin[pattern] + 1, bundle, role)
