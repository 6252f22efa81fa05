"""The patterns by their definitions, in loops over rows: what `graphs.money` must find, and nothing else.

A row is (payer, payee, day, paid, paid_in, received, received_in, paid_eur, received_eur), with None for an
unknown value in euro. Rows are in order of their days. Rows of a pattern are named by their position.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

import networkx as nx
import numpy as np

from graphs.money.bundles import UNKNOWN, Bundles
from graphs.money.windows import KINDS, ROLES, FoundPatterns


class Row(NamedTuple):
    payer: int
    payee: int
    day: int
    paid: int
    paid_in: int = 0
    received: int = 0
    received_in: int = 0
    paid_eur: int | None = None
    received_eur: int | None = None


def euro(payer: int, payee: int, day: int, cents: int) -> Row:
    return Row(payer, payee, day, cents, 0, cents, 0, cents, cents)


def bundles(rows: Sequence[Row]) -> Bundles:
    columns = zip(*rows, strict=True) if rows else ((),) * 9
    return Bundles(*(np.array([UNKNOWN if v is None else v for v in column], np.int64) for column in columns))


def patterns(result: FoundPatterns) -> "set[Pattern]":
    """Kind of each pattern, and role and row of each member by position."""
    members = result.members
    rows: dict[int, list[tuple[str, int]]] = {}
    for pattern, role, row in zip(
        members.pattern.tolist(), members.role.tolist(), members.bundle.tolist(), strict=True
    ):
        rows.setdefault(pattern, []).append((ROLES[role], row))
    assert sorted(rows) == list(range(len(result.kind)))
    return {(KINDS[kind], tuple(rows[k])) for k, kind in enumerate(result.kind.tolist())}


def drawn(seed: int) -> list[Row]:
    """A small random temporal graph: few parties, so that patterns are common; often two currencies, of which
    one may lack rates.
    """
    draw = np.random.default_rng(seed)
    parties, n = int(draw.integers(2, 8)), int(draw.integers(2, 26))
    currencies = int(draw.choice([1, 1, 2]))
    sums = draw.choice([40, 76, 80, 81, 95, 100, 104, 105, 106, 130], n)
    rows = []
    for day, cents in zip(np.sort(draw.integers(0, draw.choice([6, 25, 60]), n)).tolist(), sums, strict=True):
        payer, payee = draw.choice(parties, 2, replace=False).tolist()
        paid_in, received_in = draw.integers(0, currencies, 2).tolist()
        paid = int(cents) * (3 if paid_in else 1)
        received = int(cents) * (3 if received_in else 1)
        known = draw.random() < 0.8
        in_euro = int(cents) if known else None
        rows.append(Row(payer, payee, day, paid, paid_in, received, received_in, in_euro, in_euro))
    return rows


type Pattern = tuple[str, tuple[tuple[str, int], ...]]


def stacked(graphs: Sequence[Sequence[Row]]) -> tuple[list[Row], list[list[int]]]:
    """Graphs beside each other, 10 parties each, and where the rows of each are."""
    rows = [
        (row.day, number, k, row._replace(payer=row.payer + 10 * number, payee=row.payee + 10 * number))
        for number, graph in enumerate(graphs)
        for k, row in enumerate(graph)
    ]
    rows.sort(key=lambda item: item[:3])
    places: list[list[int]] = [[] for _ in graphs]
    for place, (_, number, _, _) in enumerate(rows):
        places[number].append(place)
    return [item[3] for item in rows], places


def together(expected: Iterable[Iterable[Pattern]], places: Sequence[Sequence[int]]) -> set[Pattern]:
    """The patterns of each graph, with their rows in the stack."""
    return {
        (kind, tuple((role, rows[k]) for role, k in hops))
        for patterns_found, rows in zip(expected, places, strict=True)
        for kind, hops in patterns_found
    }


def per_cent(before: Row, after: Row, low: float, high: float | None = None) -> bool:
    arrived, paid = before.received, after.paid
    if before.received_in != after.paid_in:
        if before.received_eur is None or after.paid_eur is None:
            return False
        arrived, paid = before.received_eur, after.paid_eur
    return paid * 100 >= arrived * low and (high is None or paid * 100 <= arrived * high)


# --- cycles -----------------------------------------------------------------------------------------------


def rings(rows: Sequence[Row], hops_max: int) -> Iterator[tuple[int, ...]]:
    """All rings of rows whatever their days and amounts, each once: from networkx's `simple_cycles`."""
    graph = nx.DiGraph()
    for k, row in enumerate(rows):
        graph.add_edge(row.payer, row.payee)
        graph.edges[row.payer, row.payee].setdefault("rows", []).append(k)
    for cycle in nx.simple_cycles(graph, length_bound=hops_max):
        hops = pairwise([*cycle, cycle[0]])
        yield from product(*(graph.edges[payer, payee]["rows"] for payer, payee in hops))


def cycles(rows: Sequence[Row], *, days: int, keep: float, over: float, hops_max: int = 6) -> set[Pattern]:
    patterns_found = set()
    for ring in rings(rows, hops_max):
        dates = [rows[k].day for k in ring]
        if max(dates) - min(dates) > days:
            continue
        fits = [per_cent(rows[a], rows[b], keep, over) for a, b in pairwise((*ring, ring[0]))]
        if fits.count(False) > 1:
            continue
        start = (fits.index(False) + 1) % len(ring) if False in fits else ring.index(min(ring))
        hops = ring[start:] + ring[:start]
        in_order = all(rows[a].day < rows[b].day for a, b in pairwise(hops))
        if len(hops) > 2 or in_order:
            kind = "windowed" if not in_order else "return" if len(hops) == 2 else "ordered"
            patterns_found.add((kind, tuple(("hop", k) for k in hops)))
    return patterns_found


# --- round trips ------------------------------------------------------------------------------------------


def round_trips(
    rows: Sequence[Row], group: Sequence[int], *, days: int, share: float, amount: int
) -> dict[int, tuple[int, int]]:
    """By first payment the day of the earliest return, and the fewest hops on that day."""
    trips: dict[int, tuple[int, int]] = {}

    def go_on(path: tuple[int, ...]) -> None:
        last, first = rows[path[-1]], rows[path[0]]
        for k, row in enumerate(rows):
            if row.payer != last.payee or not last.day < row.day <= first.day + days:
                continue
            if not per_cent(first, row, share) or (len(path) == 1 and row.payee == first.payer):
                continue
            if group[row.payee] == group[first.payer]:
                trips[path[0]] = min(trips.get(path[0], (row.day, 99)), (row.day, len(path) + 1))
            elif row.payee not in {rows[j].payee for j in path}:
                go_on((*path, k))

    for k, row in enumerate(rows):
        leaves = group[row.payer] >= 0 and group[row.payer] != group[row.payee]
        if leaves and row.paid_eur is not None and row.paid_eur >= amount:
            go_on((k,))
    return trips


# --- windows ----------------------------------------------------------------------------------------------


def largest(
    windows: Iterable[tuple[int, int, frozenset[tuple[str, int]]]], days: int
) -> set[tuple[tuple[str, int], ...]]:
    """Of windows (size, first day, members) those that overlap none that is larger, or as large and
    earlier.
    """
    kept: list[tuple[int, frozenset[tuple[str, int]]]] = []
    for _, first, inside in sorted(windows, key=lambda window: (-window[0], window[1])):
        if all(abs(first - other) > days for other, _ in kept):
            kept.append((first, inside))
    return {tuple(sorted(inside, key=lambda member: member[1])) for _, inside in kept}


def total(values: Iterable[tuple[int, int, int | None]]) -> list[int] | None:
    """Amounts (amount, currency, euro) in their one currency, or in euro; None if that is unknown."""
    values = list(values)
    if len({currency for _, currency, _ in values}) <= 1:
        return [amount for amount, _, _ in values]
    return None if any(eur is None for _, _, eur in values) else [eur or 0 for _, _, eur in values]


def arrived(row: Row) -> tuple[int, int, int | None]:
    return row.received, row.received_in, row.received_eur


def left(row: Row) -> tuple[int, int, int | None]:
    return row.paid, row.paid_in, row.paid_eur


# --- scatter-gather, gather-scatter -----------------------------------------------------------------------


def scatter_gather(rows: Sequence[Row], *, n: int, days: int, share: float) -> set[Pattern]:
    patterns_found: set[Pattern] = set()
    parties = {row.payer for row in rows} | {row.payee for row in rows}
    for source, sink in product(parties, parties):
        if source == sink:
            continue
        legs = [
            (to, on)
            for to, on in product(range(len(rows)), repeat=2)
            if rows[to].payer == source
            and rows[on].payee == sink
            and rows[to].payee == rows[on].payer
            and rows[to].day < rows[on].day <= rows[to].day + days
        ]
        if len({rows[to].payee for to, _ in legs}) < n:
            continue
        ends = [arrived(rows[to]) for to, _ in legs] + [left(rows[on]) for _, on in legs]
        in_euro = total(ends) != [amount for amount, _, _ in ends]
        if in_euro:
            legs = [(a, b) for a, b in legs if None not in (rows[a].received_eur, rows[b].paid_eur)]
        windows = []
        for first in {rows[to].day for to, _ in legs}:
            inside = [(a, b) for a, b in legs if rows[a].day >= first and rows[b].day <= first + days]
            surplus = {}
            for party in {rows[a].payee for a, _ in inside}:
                to = {a for a, _ in inside if rows[a].payee == party}
                on = {b for _, b in inside if rows[b].payer == party}
                paid = sum((rows[a].received_eur or 0) if in_euro else rows[a].received for a in to)
                passed = sum((rows[b].paid_eur or 0) if in_euro else rows[b].paid for b in on)
                surplus[party] = 100 * min(passed, paid) - share * paid
            best = sorted(surplus, key=lambda party: (-surplus[party], party))
            fitting = [k for k in range(1, len(best) + 1) if sum(surplus[p] for p in best[:k]) >= 0]
            chosen = best[: max(fitting, default=0)]
            kept = [(a, b) for a, b in inside if rows[a].payee in chosen]
            if len(chosen) >= n and min(rows[a].day for a, _ in kept) == first:
                members = {("out", a) for a, _ in kept} | {("in", b) for _, b in kept}
                windows.append((len(chosen), first, frozenset(members)))
        patterns_found |= {("scatter_gather", members) for members in largest(windows, days)}
    return patterns_found


def gather_scatter(rows: Sequence[Row], *, n: int, days: int, share: float) -> set[Pattern]:
    patterns_found: set[Pattern] = set()
    for middle in {row.payee for row in rows}:
        windows = []
        for first in {row.day for row in rows if row.payee == middle}:
            near = [k for k, row in enumerate(rows) if first <= row.day <= first + days]
            ins = [k for k in near if rows[k].payee == middle]
            sources = {rows[k].payer for k in ins}
            days_of = sorted(min(rows[k].day for k in ins if rows[k].payer == s) for s in sources)
            if len(days_of) < n:
                continue
            outs = [
                k
                for k in near
                if rows[k].payer == middle and rows[k].day > days_of[n - 1] and rows[k].payee not in sources
            ]
            ins = [k for k in ins if any(rows[j].day > rows[k].day for j in outs)]
            sums = total([arrived(rows[k]) for k in ins] + [left(rows[k]) for k in outs])
            size = len({rows[k].payer for k in ins}) + len({rows[k].payee for k in outs})
            if len({rows[k].payee for k in outs}) < n or sums is None:
                continue
            if sum(sums[len(ins) :]) * 100 >= sum(sums[: len(ins)]) * share:
                members = {("in", k) for k in ins} | {("out", k) for k in outs}
                windows.append((size, first, frozenset(members)))
        patterns_found |= {("gather_scatter", members) for members in largest(windows, days)}
    return patterns_found


# --- fans, pass-through -----------------------------------------------------------------------------------


def fans(
    rows: Sequence[Row], counts: Sequence[bool], *, n: int, days: int, quiet: int, windows_min: int
) -> set[Pattern]:
    patterns_found: set[Pattern] = set()
    for kind, role, centre, other in (("fan_out", "out", 0, 1), ("fan_in", "in", 1, 0)):
        for party in {row[centre] for row in rows}:
            own = [k for k, row in enumerate(rows) if row[centre] == party and counts[k]]

            def is_new(k: int, own: list[int] = own, other: int = other) -> bool:
                ends = {rows[k].payer, rows[k].payee}
                return not any(
                    {row.payer, row.payee} == ends and 0 < rows[k].day - row.day <= quiet for row in rows
                ) and not any(
                    rows[j][other] == rows[k][other] and rows[j].day == rows[k].day for j in own if j < k
                )

            new = [k for k in own if is_new(k)]

            def inside(first: int, new: list[int] = new) -> list[int]:
                return [k for k in new if first <= rows[k].day <= first + days]

            windows = []
            for first in {rows[k].day for k in new}:
                begins = range(first - days - 1, rows[own[0]].day - 1, -days - 1)
                before = [len(inside(begin)) for begin in begins]
                low, high = np.quantile(before or [0], [0.25, 0.75])
                fence = high + 3 * (high - low) if len(before) >= windows_min else -1
                size = len(inside(first))
                if size >= n and size > fence:
                    windows.append((size, first, frozenset((role, k) for k in inside(first))))
            patterns_found |= {(kind, members) for members in largest(windows, days)}
    return patterns_found


def pass_through(rows: Sequence[Row], *, times: int, days: int) -> set[Pattern]:
    patterns_found: set[Pattern] = set()
    for party in {row.payee for row in rows}:
        ins: list[int] = []
        used: list[int] = []
        for k in (k for k, row in enumerate(rows) if row.payee == party):
            outs = [
                j
                for j, row in enumerate(rows)
                if row.payer == party
                and row.payee != rows[k].payer
                and 0 <= row.day - rows[k].day <= days
                and j not in used
            ]
            single = [j for j in outs if per_cent(rows[k], rows[j], 90, 100)][:1]
            sums = total([arrived(rows[k])] + [left(rows[j]) for j in outs])
            if not single and not (sums and 90 * sums[0] <= 100 * sum(sums[1:]) <= 100 * sums[0]):
                continue
            ins.append(k)
            used += single or outs
        if len(ins) >= times:
            members = [("in", k) for k in ins] + [("out", k) for k in used]
            patterns_found.add(("pass_through", tuple(sorted(members, key=lambda member: member[1]))))
    return patterns_found
