"""Pass-through: a party that passes on what it receives.

A sum received is passed on if 90 to 100 per cent of it is paid to others than its payer, on the same day or
within `days` after: by one payment (the earliest that fits), otherwise by all payments of those days
together. A payment passes on one sum only; sums are processed in order of day. A party that passed on at
least `times` sums is a pass-through.

Example: 1,000 comes in on Monday and 950 leaves on Wednesday to another party: with `days` 5, the sum is
passed on.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphs.arrays.edges import Bools, Ints, Numbers, Rows, run_starts, spread, starts, summed
from graphs.money.bundles import UNKNOWN, Bundles
from graphs.money.windows import (
    KINDS,
    ROLES,
    WORK_MAX,
    Dense,
    FoundPatterns,
    by_party,
    chunks,
    compared,
    members,
)

LEAST, MOST = 90, 100  # own: per cent


@dataclass(frozen=True)
class Bounds:
    """`times`: number of sums passed on; `days` until they have left."""

    times: int
    days: int
    work_max: int = WORK_MAX


@dataclass(frozen=True, eq=False)
class _Sums(Rows):
    """Bundles received, by party and day. The party's payments in its days begin at `begin` in `outs`, and
    are `count`.
    """

    bundle: Ints
    begin: Ints
    count: Ints


def pass_through(bundles: Bundles, held: Bools, bounds: Bounds) -> FoundPatterns:
    """The pass-throughs among the parties where `held`, bool[parties], is true: those whose payments are all
    known.
    """
    outgoing, incoming = by_party(bundles.payer, bundles.day), by_party(bundles.payee, bundles.day)
    own = incoming.order[held[bundles.payee[incoming.order]]].astype(np.int64)
    party, day = bundles.payee[own].astype(np.int64), bundles.day[own].astype(np.int64)
    begin, count = outgoing.between(party, day, day + bounds.days)
    wide = count > bounds.work_max
    dense = Dense(party[wide], day[wide], day[wide] + bounds.days, count[wide])
    sums = _Sums(own, begin, np.where(wide, 0, count))
    sums = sums.at(_may_pass(bundles, outgoing.order, sums))
    parts: list[tuple[Ints, Ints, int]] = []
    done, without_rate = 0, 0
    for rows in chunks(sums.count, group=bundles.payee[sums.bundle]):
        some = sums.at(rows)
        ways = _ways(bundles, outgoing.order, some)
        without_rate += ways.without_rate
        party = bundles.payee[some.bundle]
        for a, b in pairwise([*run_starts(party).tolist(), len(party)]):
            ins, outs = (
                _passed(bundles, some.bundle, ways, range(a, b)) if b - a >= bounds.times else ([], [])
            )
            if len(ins) >= max(bounds.times, 1):
                rows_of = (("in", np.array(ins)), ("out", np.array(outs)))
                parts += [(np.full(len(rows), done), rows, ROLES.index(role)) for role, rows in rows_of]
                done += 1
    kind = np.full(done, KINDS.index("pass_through"))
    return FoundPatterns(kind, members(parts), dense.once(), without_rate)


def _may_pass(bundles: Bundles, outs: Numbers, sums: _Sums) -> Bools:
    """False for sums that are certainly not passed on, because too little left in their days: bool[sums]."""
    may = np.zeros(len(sums.bundle), np.bool_)
    for rows in chunks(sums.count):
        run, place = spread(sums.begin[rows], sums.count[rows])
        came, left = sums.bundle[rows][run], outs[place]
        other = bundles.received_in[came] != bundles.paid_in[left]
        n = rows.stop - rows.start
        total = summed(n, run[~other], bundles.paid[left[~other]])
        enough = (total * 100 >= bundles.received[sums.bundle[rows]] * LEAST) & (sums.count[rows] > 0)
        may[rows] = enough | (summed(n, run, other) > 0)
    return may


@dataclass(frozen=True)
class _Ways:
    """Payments that may pass on a sum: those of sum k are `out[begin[k]:begin[k + 1]]`, and none is paid to
    its payer. `fits`: the payment alone is 90 to 100 per cent of the sum.
    """

    begin: list[int]
    out: list[int]
    fits: list[bool]
    without_rate: int


def _ways(bundles: Bundles, outs: Numbers, sums: _Sums) -> _Ways:
    run, place = spread(sums.begin, sums.count)
    out = outs[place].astype(np.int64)
    other = bundles.payee[out] != bundles.payer[sums.bundle[run]]
    run, out = run[other], out[other]
    fits, without_rate = compared(bundles.arrived, sums.bundle[run], bundles.left, out, (LEAST, MOST))
    return _Ways(starts(len(sums.bundle), run).tolist(), out.tolist(), fits.tolist(), without_rate)


def _passed(bundles: Bundles, came: Ints, ways: _Ways, sums: range) -> tuple[list[int], list[int]]:
    """The bundles of one party that are passed on, and the payments that pass them on. `sums`: positions in
    `came`.
    """
    ins: list[int] = []
    used: dict[int, None] = {}
    for k in sums:
        open_ways = [j for j in range(ways.begin[k], ways.begin[k + 1]) if ways.out[j] not in used]
        outs = [ways.out[j] for j in open_ways if ways.fits[j]][:1]
        if not outs:
            outs = [ways.out[j] for j in open_ways]
            if len(outs) < 2 or not _together(bundles, int(came[k]), np.array(outs)):
                continue
        ins.append(int(came[k]))
        used |= dict.fromkeys(outs)
    return ins, list(used)


def _together(bundles: Bundles, came: int, outs: Ints) -> bool:
    """Whether these payments together are 90 to 100 per cent of what came in."""
    arrived, paid = bundles.received[came], bundles.paid[outs]
    if (bundles.paid_in[outs] != bundles.received_in[came]).any():
        arrived, paid = bundles.received_eur[came], bundles.paid_eur[outs]
        if arrived == UNKNOWN or (paid == UNKNOWN).any():
            return False
    return bool(arrived * LEAST <= paid.sum() * 100 <= arrived * MOST)
