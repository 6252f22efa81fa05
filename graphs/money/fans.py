"""Fans: a party that pays, or is paid by, many parties with which it had no dealings before.

A counterparty is new on a day if the party neither paid it nor was paid by it in the `quiet` days before.
Payments that are not part of a pattern, such as rent, are dealings too. A fan is a window of `days` with at
least `n` new counterparties and more than the party's fence: Q3 + 3·IQR of the counts in its earlier windows
(Tukey's outer fence). These windows adjoin each other, from the day before the window back to the party's
first payment. With fewer than `windows_min` of them the fence does not apply. Of windows that overlap, the
one with most counterparties counts, then the earliest. Payments in and out are counted separately.

Source: the fan patterns of AMLSim; Tukey 1977 for the fence.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from graphs.arrays.edges import Bools, Floats, Ints, ordering, run_firsts, spread
from graphs.money.bundles import Bundles
from graphs.money.windows import KINDS, ROLES, ByParty, FoundPatterns, by_party, chunks, disjoint, members

WINDOWS_MIN = 20


@dataclass(frozen=True)
class Bounds:
    """`n` new counterparties, `days` from the first to the last of them, `quiet` days without dealings
    before.
    """

    n: int
    days: int
    quiet: int = 180
    windows_min: int = WINDOWS_MIN


def fans(bundles: Bundles, bounds: Bounds, counts: Bools) -> FoundPatterns:
    """The fans of all parties, out and in, among the bundles where `counts`, bool[bundles], is true."""
    new = np.flatnonzero(new_counterparty(bundles, bounds.quiet, counts))
    own = np.flatnonzero(counts)
    parts: list[tuple[Ints, Ints, int]] = []
    kinds: list[Ints] = []
    done = 0
    for kind, role, centre in (("fan_out", "out", bundles.payer), ("fan_in", "in", bundles.payee)):
        events = by_party(centre, bundles.day, new)
        held_from = np.zeros(int(centre.max(initial=-1)) + 1, np.int64)
        held_from[centre[own][::-1]] = bundles.day[own][::-1]  # days are ascending, so the first one remains
        begin, size = _fans_of(centre, bundles.day, events, held_from, bounds)
        fan, place = spread(begin, size)
        parts.append((fan + done, events.order[place].astype(np.int64), ROLES.index(role)))
        kinds.append(np.full(len(begin), KINDS.index(kind)))
        done += len(begin)
    return FoundPatterns(np.concatenate(kinds), members(parts))


def new_counterparty(bundles: Bundles, quiet: int, counts: Bools) -> Bools:
    """True for the first bundle between two parties on a day, in each direction, if neither paid the other in
    the `quiet` days before: bool[bundles]. Only bundles where `counts` is true.
    """
    low, high = np.minimum(bundles.payer, bundles.payee), np.maximum(bundles.payer, bundles.payee)
    pair = low * np.int64(bundles.parties_n) + high
    order = ordering(~counts, bundles.payer, bundles.day, pair)
    pair, day, payer = pair[order], bundles.day[order].astype(np.int64), bundles.payer[order]
    first_of_day = run_firsts(pair, day)
    run = np.cumsum(first_of_day) - 1
    begin = np.flatnonzero(first_of_day)
    is_new = np.ones(len(begin), np.bool_)
    is_new[1:] = (pair[begin[1:]] != pair[begin[:-1]]) | (day[begin[1:]] - day[begin[:-1]] > quiet)
    new = np.zeros(len(pair), np.bool_)
    new[order] = is_new[run] & run_firsts(run, payer) & counts[order]
    return new


def _fans_of(centre: Ints, day: Ints, events: ByParty, held_from: Ints, bounds: Bounds) -> tuple[Ints, Ints]:
    """Where each fan begins in `events`, the payments with new counterparties, and its size. `held_from`: the
    first day of each party.
    """
    party, first = centre[events.order].astype(np.int64), day[events.order].astype(np.int64)
    begin, size = events.between(party, first, first + bounds.days)
    at = np.flatnonzero((size >= bounds.n) & (begin == np.arange(len(begin))))
    fence = _fences(events, party[at], first[at], held_from, bounds)
    at = at[size[at] > fence]
    at = at[disjoint(party[at], first[at], first[at] + bounds.days, size[at])]
    return begin[at], size[at]


def _fences(events: ByParty, party: Ints, first: Ints, held_from: Ints, bounds: Bounds) -> Floats:
    """Fence of each window, which begins on the day `first`: float64[windows], -1 if it does not apply."""
    length = bounds.days + 1
    windows_n = (first - held_from[party]) // length
    fence = np.full(len(party), -1.0)
    fenced = np.flatnonzero(windows_n >= bounds.windows_min)
    for rows in chunks(windows_n[fenced]):
        at = fenced[rows]
        run, back = spread(np.ones(len(at), np.int64), windows_n[at])
        begin = first[at][run] - back * length
        _, count = events.between(party[at][run], begin, begin + bounds.days)
        low, high = (pl.col("count").quantile(part, "linear") for part in (0.25, 0.75))
        counts = pl.DataFrame({"run": run, "count": count}).group_by("run", maintain_order=True)
        fence[at] = counts.agg(fence=high + 3 * (high - low))["fence"].to_numpy()
    return fence
