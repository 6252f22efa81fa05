"""Round trips: money that leaves a control group and returns to it through parties outside.

A round trip begins with a payment of at least `amount` by a member to a party outside. Every hop is on a
later day than the one before, at most `days` after the first, and at least `share` per cent of the first. All
parties between are outside. The last hop is paid to a member, which may be the first payer; but two hops back
to the payer itself are a return, see `graphs.money.cycles`. For each first payment the earliest return is
listed, and of equally early ones the one with fewest hops.

Method: the earliest day on which the money can be at each party, hop by hop, for many first payments at a
time (earliest arrival in a temporal graph, Wu et al. 2014). So the number of hops needs no limit.

Source: layering, as described by the FATF.
"""

from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import Ints, Rows, ascending, find, ordering, run_firsts, spread
from graphs.money.bundles import UNKNOWN, Bundles
from graphs.money.windows import (
    KINDS,
    WORK_MAX,
    ByParty,
    Dense,
    FoundPatterns,
    Members,
    by_party,
    chunks,
    compared,
)


@dataclass(frozen=True)
class Bounds:
    """`days` from the first to the last hop; `share`: per cent of the first hop; `amount`: the least first
    hop, in hundredths of a euro.
    """

    days: int
    share: float
    amount: int
    work_max: int = WORK_MAX


@dataclass(frozen=True, eq=False)
class _Arrivals(Rows):
    """Arrivals of money at a party: `first`, the first payment; `bundle`, the payment that brought it;
    `before`, the number of the arrival before, -1 for the first payment.
    """

    first: Ints
    bundle: Ints
    before: Ints


def round_trips(bundles: Bundles, group: Ints, bounds: Bounds) -> FoundPatterns:
    """The earliest return of each payment that leaves a control group. `group` int64[parties]: control group
    of each party, -1 for none.

    A payment whose amount in euro is unknown begins no round trip and is counted in `without_rate`.
    """
    leaves = (group[bundles.payer] >= 0) & (group[bundles.payer] != group[bundles.payee])
    without_rate = int((leaves & (bundles.paid_eur == UNKNOWN)).sum())
    first = np.flatnonzero(leaves & (bundles.paid_eur >= bounds.amount))
    outgoing = by_party(bundles.payer, bundles.day)
    _, count = outgoing.between(
        bundles.payee[first], bundles.day[first] + 1, bundles.day[first] + bounds.days
    )
    paths: list[Ints] = []
    cut: list[Dense] = []
    for rows in chunks(count, 500_000):
        trips, dense, unknown = _returns(bundles, group, outgoing, first[rows], bounds)
        paths += trips
        cut.append(dense)
        without_rate += unknown
    lengths = np.array([len(path) for path in paths], np.int64)
    pattern, place = spread(np.zeros(len(paths), np.int64), lengths)
    hops = np.concatenate([np.zeros(0, np.int64), *paths])
    kind = np.full(len(paths), KINDS.index("round_trip"))
    members = Members(pattern, place + 1, hops, np.zeros(len(hops), np.int64))
    return FoundPatterns(kind, members, Dense.joined(cut).once(), without_rate)


def _returns(
    bundles: Bundles, group: Ints, outgoing: ByParty, first: Ints, bounds: Bounds
) -> tuple[list[Ints], Dense, int]:
    """The hops of the earliest return of some first payments, the dense parties, and the number of
    comparisons without a rate.
    """
    frontier = _Arrivals(first, first, np.full(len(first), -1))
    arrivals = [frontier]
    known, known_day = _state(bundles, frontier), bundles.day[first].astype(np.int64)
    # By first payment: a return must be earlier than this day.
    home_day = bundles.day.astype(np.int64) + bounds.days + 1
    home: dict[int, tuple[int, int]] = {}  # last hop of the earliest return, and the arrival before it
    done, without_rate = 0, 0
    cut: list[Dense] = []
    while len(frontier.first):
        steps, dense, unknown = _onward(
            bundles, outgoing, frontier, done=done, home_day=home_day, bounds=bounds
        )
        cut.append(dense)
        without_rate += unknown
        if not done:  # leave out two hops back to the payer itself
            steps = steps.at(bundles.payee[steps.bundle] != bundles.payer[steps.first])
        is_home = group[bundles.payee[steps.bundle]] == group[bundles.payer[steps.first]]
        back = steps.at(is_home)
        back = back.at(ordering(back.bundle, back.first))
        for start, last, before in zip(*(column.tolist() for column in vars(back).values()), strict=True):
            if bundles.day[last] < home_day[start]:
                home_day[start], home[start] = bundles.day[last], (last, before)
        done += len(frontier.first)
        frontier, known, known_day = _improving(bundles, steps.at(~is_home), known, known_day)
        arrivals.append(frontier)
    return _hops(_Arrivals.joined(arrivals), home), Dense.joined(cut), without_rate


def _onward(
    bundles: Bundles, outgoing: ByParty, frontier: _Arrivals, *, done: int, home_day: Ints, bounds: Bounds
) -> tuple[_Arrivals, Dense, int]:
    """All payments that can follow the arrivals of the frontier, the first of which has the number `done`. A
    first payment with more than `work_max` of them gets none, and its payer is listed as dense.
    """
    party, day = bundles.payee[frontier.bundle], bundles.day[frontier.bundle]
    begin, count = outgoing.between(party, day + 1, home_day[frontier.first] - 1)
    number = find(starts := ascending(frontier.first), frontier.first)
    total = np.bincount(number, weights=count, minlength=len(starts)).astype(np.int64)
    wide = total > bounds.work_max
    first_day = bundles.day[starts[wide]].astype(np.int64)
    payer = bundles.payer[starts[wide]].astype(np.int64)
    dense = Dense(payer, first_day, first_day + bounds.days, total[wide])
    home_day[starts[wide]] = 0  # its other branches end here too
    run, place = spread(begin, np.where(wide[number], 0, count))
    first, new = frontier.first[run], outgoing.order[place].astype(np.int64)
    holds, unknown = compared(bundles.arrived, first, bundles.left, new, (bounds.share, None))
    return _Arrivals(first[holds], new[holds], run[holds] + done), dense, unknown


def _improving(
    bundles: Bundles, steps: _Arrivals, known: Ints, known_day: Ints
) -> tuple[_Arrivals, Ints, Ints]:
    """The steps that bring money to a party earlier than any before; and the updated earliest days: `known`,
    ascending numbers of `_state`, and `known_day` of each.
    """
    state = _state(bundles, steps)
    order = ordering(steps.bundle, state)
    order = order[run_firsts(state[order])]
    steps, state, day = steps.at(order), state[order], bundles.day[steps.bundle[order]].astype(np.int64)
    place = find(known, state)
    earlier = (place < 0) | (day < known_day[place])
    states, days = np.append(known, state[earlier]), np.append(known_day, day[earlier])
    order = ordering(days, states)
    order = order[run_firsts(states[order])]
    return steps.at(earlier), states[order], days[order]


def _state(bundles: Bundles, arrivals: _Arrivals) -> Ints:
    """A number for each pair of a first payment and the party reached."""
    return arrivals.first * np.int64(bundles.parties_n) + bundles.payee[arrivals.bundle]


def _hops(arrivals: _Arrivals, home: dict[int, tuple[int, int]]) -> list[Ints]:
    """The bundles of each return, from first to last."""
    paths = []
    for last, arrival in home.values():
        path, place = [last], arrival
        while place >= 0:
            path.append(int(arrivals.bundle[place]))
            place = int(arrivals.before[place])
        paths.append(np.array(path[::-1], np.int64))
    return paths
