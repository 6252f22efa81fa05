"""Scatter-gather: one source pays several parties, and each later pays the same sink. Gather-scatter: several
sources pay one party, the middle, which later pays several sinks.

- Scatter-gather: within `days`, a source pays at least `n` parties between. Each pays the sink on a later day
  than it was paid. At least `share` per cent of what the source paid them arrives at the sink. What counts is
  the source's payments to a party before that party's last payment to the sink, and the party's payments to
  the sink after the source's first, but not more than the party was paid. If the share is too small with all
  parties, those that pass on least are left out. Source and sink are different parties.
- Gather-scatter: within `days`, at least `n` sources pay a middle. After the day on which `n` sources have
  paid, the middle pays at least `n` sinks that are not among the sources. These payments are at least `share`
  per cent of what the sources paid before the last of them.

A window begins with a payment by the source, or to the middle. Of windows of one source and sink (or of one
middle) that overlap, the one with most parties counts, then the earliest.

Source: the scatter-gather and gather-scatter patterns of AMLSim and AMLworld.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Ints,
    Rows,
    is_in,
    marked,
    ordering,
    placed,
    run_firsts,
    run_starts,
    spread,
    starts,
    summed,
)
from graphs.money.bundles import UNKNOWN, Bundles
from graphs.money.windows import (
    KINDS,
    ROLES,
    WORK_MAX,
    ByParty,
    Dense,
    FoundPatterns,
    Members,
    by_party,
    chunks,
    disjoint,
    members,
)


@dataclass(frozen=True)
class Bounds:
    """`n` parties on each side, `days` from the first payment to the last, `share`: per cent that arrives."""

    n: int
    days: int
    share: float
    work_max: int = WORK_MAX


# --- scatter-gather ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Legs(Rows):
    """A payment of a source to a party between (`to`) and a later one of that party to a sink (`on`)."""

    to: Ints
    on: Ints


def scatter_gather(bundles: Bundles, bounds: Bounds) -> FoundPatterns:
    """All scatter-gathers within the bounds."""
    outgoing, incoming = by_party(bundles.payer, bundles.day), by_party(bundles.payee, bundles.day)
    to = outgoing.order[_busy(outgoing, bounds)[outgoing.order]].astype(np.int64)
    is_gathered = _busy(incoming, bounds)
    payee, day = bundles.payee[to].astype(np.int64), bundles.day[to].astype(np.int64)
    begin, count = outgoing.between(payee, day + 1, day + bounds.days)
    wide = count > bounds.work_max
    dense = Dense(payee[wide], day[wide], day[wide] + bounds.days, count[wide])
    count[wide] = 0
    patterns: list[_Legs] = []
    without_rate = 0
    for rows in chunks(count, group=bundles.payer[to]):
        run, place = spread(begin[rows], count[rows])
        legs = _Legs(to[rows][run], outgoing.order[place].astype(np.int64))
        legs = legs.at(is_gathered[legs.on] & (bundles.payee[legs.on] != bundles.payer[legs.to]))
        for pair in _pairs(bundles, legs, bounds):
            more, unknown = _scattered(bundles, pair, bounds)
            patterns += more
            without_rate += unknown
    parts = [
        (np.full(len(rows), number), rows, ROLES.index(role))
        for number, legs in enumerate(patterns)
        for role, rows in (("out", np.unique(legs.to)), ("in", np.unique(legs.on)))
    ]
    kind = np.full(len(patterns), KINDS.index("scatter_gather"))
    return FoundPatterns(kind, members(parts), dense.once(), without_rate)


def _busy(index: ByParty, bounds: Bounds) -> Bools:
    """True for bundles of a party that has at least `n` within `days` before or after: bool[bundles]."""
    party, day = index.keys >> 32, index.keys & 0xFFFFFFFF
    _, count = index.between(party, day - bounds.days, day + bounds.days)
    return marked(len(index.order), index.order[count >= bounds.n])


def _pairs(bundles: Bundles, legs: _Legs, bounds: Bounds) -> list[_Legs]:
    """The legs of each source and sink with at least `n` parties between them and at least `n` legs in one
    window.
    """
    pair = bundles.payer[legs.to] * np.int64(bundles.parties_n) + bundles.payee[legs.on]
    order = ordering(bundles.payee[legs.to], pair)
    pair, legs = pair[order], legs.at(order)
    begin = run_starts(pair)
    number = np.cumsum(run_firsts(pair)) - 1
    enough = _distinct(len(begin), number, bundles.payee[legs.to]) >= bounds.n
    legs, number = legs.at(enough[number]), number[enough[number]]
    order = ordering(bundles.day[legs.to], number)
    legs, number = legs.at(order), number[order]
    # A window has n legs if the n-th leg from its first is of the same pair and within the days.
    nth = np.arange(len(number)) + bounds.n - 1
    inside = np.flatnonzero(nth < len(number))
    day, nth = bundles.day[legs.to], nth[inside]
    near = (number[nth] == number[inside]) & (day[nth] - day[inside] <= bounds.days)
    wanted = marked(len(begin), number[inside[near]])
    legs, number = legs.at(wanted[number]), number[wanted[number]]
    return [legs.at(slice(a, b)) for a, b in pairwise([*run_starts(number).tolist(), len(number)])]


def _scattered(bundles: Bundles, legs: _Legs, bounds: Bounds) -> tuple[list[_Legs], int]:
    """The scatter-gathers of one source and sink, and the number of legs left out because no rate is held."""
    paid, passed, unknown = _in_one_currency(bundles, legs)
    legs, paid, passed = legs.at(~unknown), paid[~unknown], passed[~unknown]
    first, last = bundles.day[legs.to], bundles.day[legs.on]
    windows: list[tuple[int, int, _Legs]] = []
    for day in np.unique(first).tolist():
        inside = np.flatnonzero((first >= day) & (last <= day + bounds.days))
        if len(inside) < bounds.n:
            continue
        chosen = _passing_on(bundles, legs.at(inside), paid[inside], passed[inside], bounds)
        parties_n = len(np.unique(bundles.payee[chosen.to]))
        if parties_n >= bounds.n and bundles.day[chosen.to].min() == day:
            windows.append((parties_n, day, chosen))
    size, begin = (np.array([window[k] for window in windows], np.int64) for k in (0, 1))
    chosen_at = disjoint(np.zeros(len(size), np.int64), begin, begin + bounds.days, size)
    return [windows[k][2] for k in chosen_at.tolist()], int(unknown.sum())


def _passing_on(bundles: Bundles, legs: _Legs, paid: Ints, passed: Ints, bounds: Bounds) -> _Legs:
    """The legs through as many parties as keep the share; those that pass on most are taken first."""
    between, number = np.unique(bundles.payee[legs.to], return_inverse=True)
    sums = []
    for rows, value in ((legs.to, paid), (legs.on, passed)):
        _, once = np.unique(rows, return_index=True)
        sums.append(summed(len(between), number[once], value[once]))
    surplus = 100 * np.minimum(*sums) - bounds.share * sums[0]
    order = ordering(between, -surplus)
    fits = np.flatnonzero(np.cumsum(surplus[order]) >= 0)
    kept = order[: int(fits[-1]) + 1 if len(fits) else 0]
    return legs.at(np.isin(number, kept))


def _in_one_currency(bundles: Bundles, legs: _Legs) -> tuple[Ints, Ints, Bools]:
    """What the party between receives and pays in each leg, in the currency of all legs or otherwise in euro;
    and the legs where that is unknown, bool[legs].
    """
    currencies = np.concatenate((bundles.received_in[legs.to], bundles.paid_in[legs.on]))
    if (currencies == currencies[:1]).all():
        return bundles.received[legs.to], bundles.paid[legs.on], np.zeros(len(legs.to), np.bool_)
    paid, passed = bundles.received_eur[legs.to], bundles.paid_eur[legs.on]
    return paid, passed, (paid == UNKNOWN) | (passed == UNKNOWN)


# --- gather-scatter ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Windows(Rows):
    """Windows of a middle: `first`, the first day; `begin`, `count`: where the payments it received in the
    window are among all it received.
    """

    middle: Ints
    first: Ints
    begin: Ints
    count: Ints


@dataclass(frozen=True, eq=False)
class _Inside(Rows):
    """Bundles in a window, sorted by window and day."""

    window: Ints
    bundle: Ints


def gather_scatter(bundles: Bundles, bounds: Bounds) -> FoundPatterns:
    """All gather-scatters within the bounds."""
    outgoing, incoming = by_party(bundles.payer, bundles.day), by_party(bundles.payee, bundles.day)
    first = np.flatnonzero(run_firsts(incoming.keys))
    middle, day = incoming.keys[first] >> 32, incoming.keys[first] & 0xFFFFFFFF
    begin, ins_n = incoming.between(middle, day, day + bounds.days)
    _, outs_n = outgoing.between(middle, day + 1, day + bounds.days)
    wide = ins_n + outs_n > bounds.work_max
    dense = Dense(middle[wide], day[wide], day[wide] + bounds.days, (ins_n + outs_n)[wide])
    some = (ins_n >= bounds.n) & (outs_n >= bounds.n) & ~wide
    windows = _Windows(middle, day, begin, ins_n).at(some)
    candidates: list[tuple[_Windows, Ints, _Inside, _Inside]] = []
    without_rate = 0
    for rows in chunks((ins_n + outs_n)[some]):
        ins, outs = _ins_and_outs(bundles, incoming, outgoing, windows.at(rows), bounds)
        size, unknown = _sizes(bundles, ins, outs, rows.stop - rows.start, bounds)
        candidates.append((windows.at(rows), size, ins, outs))
        without_rate += unknown
    return FoundPatterns(*_largest(candidates, bounds.days), dense.once(), without_rate)


def _ins_and_outs(
    bundles: Bundles, incoming: ByParty, outgoing: ByParty, windows: _Windows, bounds: Bounds
) -> tuple[_Inside, _Inside]:
    """For each window: the payments to the middle before its last payment that counts, and the payments by
    the middle that count.
    """
    n, parties_n = len(windows.middle), np.int64(bundles.parties_n)
    window, place = spread(windows.begin, windows.count)
    ins = _Inside(window, incoming.order[place].astype(np.int64))
    source = window * parties_n + bundles.payer[ins.bundle]
    order = ordering(source)
    source, by_source = source[order], ins.at(order)
    new = run_firsts(source)
    firsts = by_source.at(new)
    firsts = firsts.at(ordering(bundles.day[firsts.bundle], firsts.window))
    begin = starts(n, firsts.window)
    enough = np.diff(begin) >= bounds.n
    after = windows.first + bounds.days  # no payment counts if there are too few sources
    after[enough] = bundles.day[firsts.bundle[begin[:-1][enough] + bounds.n - 1]]
    window, place = spread(*outgoing.between(windows.middle, after + 1, windows.first + bounds.days))
    outs = _Inside(window, outgoing.order[place].astype(np.int64))
    outs = outs.at(~is_in(source[new], window * parties_n + bundles.payee[outs.bundle]))
    last = np.full(n, -1)
    np.maximum.at(last, outs.window, bundles.day[outs.bundle].astype(np.int64))
    return ins.at(bundles.day[ins.bundle] < last[ins.window]), outs


def _sizes(bundles: Bundles, ins: _Inside, outs: _Inside, n: int, bounds: Bounds) -> tuple[Ints, int]:
    """The number of sources and sinks of each of `n` windows: int64[n], 0 if it is no gather-scatter; and how
    many windows could not be compared for want of a rate.
    """
    sources = _distinct(n, ins.window, bundles.payer[ins.bundle])
    sinks = _distinct(n, outs.window, bundles.payee[outs.bundle])
    size = np.where((sources >= bounds.n) & (sinks >= bounds.n), sources + sinks, 0)
    window = np.append(ins.window, outs.window)
    currency = np.append(bundles.received_in[ins.bundle], bundles.paid_in[outs.bundle])
    low, high = np.full(n, np.iinfo(np.int64).max), np.full(n, -1)
    np.minimum.at(low, window, currency)
    np.maximum.at(high, window, currency)
    mixed = high > low
    in_euro = np.append(bundles.received_eur[ins.bundle], bundles.paid_eur[outs.bundle])
    unknown = mixed & (summed(n, window, in_euro == UNKNOWN) > 0)
    received = np.where(mixed[ins.window], bundles.received_eur[ins.bundle], bundles.received[ins.bundle])
    paid = np.where(mixed[outs.window], bundles.paid_eur[outs.bundle], bundles.paid[outs.bundle])
    passed_on = summed(n, outs.window, paid) * 100 >= summed(n, ins.window, received) * bounds.share
    return np.where(passed_on & ~unknown, size, 0), int((unknown & (size > 0)).sum())


def _distinct(n: int, window: Ints, party: Ints) -> Ints:
    """The number of distinct parties in each window: int64[n]."""
    order = ordering(party, window)
    return np.bincount(window[order][run_firsts(window[order], party[order])], minlength=n)


def _largest(candidates: list[tuple[_Windows, Ints, _Inside, _Inside]], days: int) -> tuple[Ints, Members]:
    """Kinds and members of the patterns of the windows that count."""
    windows, size = _Windows.joined(part[0] for part in candidates), [part[1] for part in candidates]
    total = np.concatenate([np.zeros(0, np.int64), *size])
    some = np.flatnonzero(total)
    chosen = some[
        disjoint(windows.middle[some], windows.first[some], windows.first[some] + days, total[some])
    ]
    number = placed(len(total), chosen)
    parts: list[tuple[Ints, Ints, int]] = []
    done = 0
    for part in candidates:
        for role, inside in (("in", part[2]), ("out", part[3])):
            pattern = number[done + inside.window]
            parts.append((pattern[pattern >= 0], inside.bundle[pattern >= 0], ROLES.index(role)))
        done += len(part[1])
    return np.full(len(chosen), KINDS.index("gather_scatter")), members(parts)
