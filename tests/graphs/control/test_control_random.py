"""Control in random graphs: the definition, computed plainly, gives the same."""

import random
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import groupby, pairwise

import numpy as np
import pytest

from graphs.arrays.units import UNITS
from graphs.control.blocks import blocks
from graphs.control.control import CONTROL, INFLUENCE, JOINT, Controlled, control, ultimate
from graphs.ownership.interests import ArcArrays
from graphs.ownership.intervals import Flags, prepare
from tests.graphs.control.arcs import BOTH_OPEN, OPEN, UNKNOWN, Arc, Arrays, Verdicts, arrays, verdicts

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Plain:
    """Holdings as plain values. Interests by subject: (number, holder, low, high, low_open) as Fractions of
    the whole.
    """

    interests: dict[int, list[tuple[int, int, Fraction, Fraction, bool]]]
    own: dict[int, tuple[Fraction, Fraction, bool]]
    clusters: dict[int, list[set[int]]]
    cluster_of: dict[int, int]
    board: set[tuple[int, int]]
    influence: set[tuple[int, int]]
    members: dict[int, set[int]]
    contradictory: set[int]
    nodes: set[int]


def plain(arrs: Arrays) -> Plain:
    holdings = prepare(*arrs)
    interests: dict[int, list[tuple[int, int, Fraction, Fraction, bool]]] = {}
    own: dict[int, tuple[Fraction, Fraction, bool]] = {}
    for k, (a, b) in enumerate(zip(holdings.src.tolist(), holdings.dst.tolist(), strict=True)):
        low, high = (Fraction(int(column[k]), UNITS) for column in (holdings.low, holdings.high))
        if a != b:
            interests.setdefault(b, []).append((k, a, low, high, bool(holdings.low_open[k])))
            continue
        direct = not (holdings.unknown_reach[k] or holdings.indirect[k] or k in holdings.low_choices.arc)
        old = own.get(b, (Fraction(0), Fraction(0), False))
        own[b] = (
            low if direct else old[0],
            max(old[1], high),
            bool(holdings.low_open[k]) if direct else old[2],
        )
    choices = holdings.low_choices
    rows = list(zip(choices.cluster.tolist(), choices.option.tolist(), choices.arc.tolist(), strict=True))
    clusters = {
        c: [{row[2] for row in part_rows} for _, part_rows in groupby(list(part), key=lambda row: row[1])]
        for c, part in groupby(rows, key=lambda row: row[0])
    }
    arcs = list(zip(*(column.tolist() for column in (arrs[0], arrs[1], arrs[4])), strict=True))
    of_right = {
        flag: {(a, b) for a, b, f in arcs if f & flag == flag and not f & Flags.MEMBER and a != b}
        for flag in (Flags.BOARD, Flags.INFLUENCE)
    }
    joint: dict[int, set[int]] = {}
    for m, g in zip(holdings.members.src.tolist(), holdings.members.dst.tolist(), strict=True):
        joint.setdefault(g, set()).add(m)
    return Plain(
        interests,
        own,
        clusters,
        {row[2]: row[0] for row in rows},
        of_right[Flags.BOARD],
        of_right[Flags.INFLUENCE],
        joint,
        set(np.flatnonzero(holdings.contradictory).tolist()),
        {node for arc in arcs for node in arc[:2]},
    )


def at_least(graph: Plain, subject: int, holders: set[int]) -> tuple[Fraction, bool]:
    """Minima of the holders, counted once, and whether it is certainly exceeded."""
    mine = {
        k: (low, opened)
        for k, holder, low, _, opened in graph.interests.get(subject, [])
        if holder in holders
    }
    free = [value for k, value in mine.items() if k not in graph.cluster_of]
    total, opened = sum((low for low, _ in free), Fraction(0)), any(value[1] for value in free)
    for cluster in {graph.cluster_of[k] for k in mine if k in graph.cluster_of}:
        best = max(
            (
                sum((mine[k][0] for k in option & mine.keys()), Fraction(0)),
                any(mine[k][1] for k in option & mine.keys()),
            )
            for option in graph.clusters[cluster]
        )
        total, opened = total + best[0], opened or best[1]
    return total, opened


def others_have(graph: Plain, subject: int, holders: set[int]) -> Fraction:
    """Minima of all others that are certainly no part of what the holders have."""
    if subject in graph.contradictory:
        return Fraction(0)
    interests = graph.interests.get(subject, [])
    low = {k: value for k, _, value, _, _ in interests}
    mine = {k for k, holder, _, high, _ in interests if holder in holders and high > 0}
    total = sum(
        (value for k, value in low.items() if k not in mine and k not in graph.cluster_of), Fraction(0)
    )
    for cluster in {graph.cluster_of[k] for k in low if k in graph.cluster_of}:
        inside = {k for k in mine if graph.cluster_of.get(k) == cluster}
        beside = [
            sum((low[k] for k in option - inside if k in low), Fraction(0))
            for option in graph.clusters[cluster]
            if inside <= option
        ]
        total += max(beside, default=Fraction(0))
    return total


def most_of_cast(graph: Plain, subject: int, holders: set[int]) -> bool:
    """Whether the holders may have more than half of the votes cast: tried at every own share where the
    answer can change.
    """
    high = sum(
        (h for _, holder, _, h, _ in graph.interests.get(subject, []) if holder in holders), Fraction(0)
    )
    left = others_have(graph, subject, holders)
    low_own, high_own, _ = graph.own.get(subject, (Fraction(0), Fraction(0), False))
    if subject in graph.contradictory:
        low_own = Fraction(0)
    corners = sorted(
        {
            low_own,
            high_own,
            *(s for s in (1 - 2 * high, 1 - high - left, 1 - 2 * left) if low_own < s < high_own),
        }
    )
    tried = corners + [(a + b) / 2 for a, b in pairwise(corners)]
    return any(min(high, 1 - s - left) > HALF * (1 - s) for s in tried)


def fixpoint(graph: Plain, start: set[int], bound: str) -> set[int]:
    """What the parties in `start` control together: `bound` certain, possible or influence. They are left
    out.
    """
    reached = set(start)
    below: set[int] = (
        graph.interests.keys() | {b for _, b in graph.board | graph.influence} | graph.members.keys()
    )
    while new := {node for node in below - reached if _next(graph, node, reached, bound)}:
        reached |= new
    return reached - start


def _next(graph: Plain, node: int, reached: set[int], bound: str) -> bool:
    if node in graph.members:
        joined = graph.members[node] & reached
        return bool(joined) if bound != "certain" else joined == graph.members[node]
    if any(
        (z, node) in graph.board or (bound == "influence" and (z, node) in graph.influence) for z in reached
    ):
        return True
    low, opened = at_least(graph, node, reached)
    own_low, _, own_open = graph.own.get(node, (Fraction(0), Fraction(0), False))
    if 2 * low > 1 - own_low or (2 * low == 1 - own_low and (opened or own_open)):
        return True
    return bound != "certain" and most_of_cast(graph, node, reached)


def expected(graph: Plain) -> Verdicts:
    """All pairs, from the definition."""
    rank: dict[tuple[int, int], int] = {}
    order = ((False, INFLUENCE), (False, JOINT), (False, CONTROL), (True, JOINT), (True, CONTROL))
    for party in graph.nodes:
        holds_jointly = party in graph.members and any(
            holder == party for held in graph.interests.values() for _, holder, *_ in held
        )
        for bound, alone, jointly in (("influence", 0, 0), ("possible", 2, 1), ("certain", 4, 3)):
            start = {party} if holds_jointly else {party} | graph.members.get(party, set())
            for subject in (
                fixpoint(graph, start, bound) - graph.members.keys() - graph.members.get(party, set())
            ):
                for controller in graph.members.get(party, {party}):
                    verdict = jointly if party in graph.members else alone
                    rank[controller, subject] = max(verdict, rank.get((controller, subject), 0))
    return {pair: order[verdict] for pair, verdict in rank.items()}


def drawn(seed: int) -> Arrays:
    """2 to 9 parties and some joint groups; every kind of arc; exact shares, bands and unknown ones; some
    subjects of more than the whole.
    """
    draw = random.Random(seed)
    n = draw.randint(2, 9)
    groups = range(n, n + draw.choice((0, 0, 1, 2)))
    arcs: list[Arc] = [
        (member, group, np.nan, np.nan, int(Flags.MEMBER))
        for group in groups
        for member in draw.sample(range(n), draw.randint(1, min(3, n)))
    ]
    reach = draw.choice((0, 0.5))
    for subject in range(n):
        holders = draw.sample(
            [*range(n), *groups], draw.choice((0, 1, 1, 2, 2, 3, min(5, n))) if n > 2 else 1
        )
        left = 100
        for holder in holders:
            share = draw.choice((draw.randint(0, left), draw.randint(0, left), left // 2, min(left, 50)))
            left -= share if draw.random() < 0.95 else 0
            flags = (
                draw.choice((0, int(UNKNOWN), int(UNKNOWN), int(Flags.INDIRECT)))
                if draw.random() < reach
                else 0
            )
            arcs.append(_banded(draw, holder, subject, share, flags))
        if draw.random() < 0.25:
            arcs.append(
                (
                    draw.randrange(n),
                    subject,
                    np.nan,
                    np.nan,
                    int(draw.choice((Flags.BOARD, Flags.INFLUENCE, Flags.INFLUENCE, Flags.CLOSURE_ONLY))),
                )
            )
    return arrays(arcs)


def _banded(draw: random.Random, holder: int, subject: int, share: int, flags: int) -> Arc:
    if draw.random() < 0.35:
        return holder, subject, share / 100, share / 100, flags
    if draw.random() < 0.05:
        return holder, subject, np.nan, np.nan, flags
    low, high = (
        draw.choice((0, share, share // 25 * 25, max(0, share - draw.randint(1, 20)))),
        draw.choice((100, share, min(100, share + draw.randint(1, 30)), 50)),
    )
    low, high = min(low, share), max(high, share)
    if low < high:
        flags |= int(draw.choice((0, OPEN, Flags.HIGH_EXCLUSIVE, BOTH_OPEN)))
    return holder, subject, low / 100, high / 100, flags


GRAPHS = 400


@cache
def answers() -> list[tuple[int, Arrays, Verdicts]]:
    return [(seed, arcs, expected(plain(arcs))) for seed, arcs in enumerate(map(drawn, range(GRAPHS)))]


@cache
def found_of(seed: int) -> Controlled:
    """What `control` gives of the graph, in one bin and with all its pairs."""
    return control(*answers()[seed][1])


@pytest.mark.nightly
def test_random_graphs_against_the_definition() -> None:
    kinds: dict[tuple[bool, int], int] = {}
    for seed, _, wanted in answers():
        computed = found_of(seed)
        assert verdicts(computed) == wanted, f"seed {seed}"
        key = computed.controller * 100 + computed.subject
        assert (np.diff(key) > 0).all() and len(computed.tops_only) == 0, f"seed {seed}"
        for verdict in wanted.values():
            kinds[verdict] = kinds.get(verdict, 0) + 1
    assert (
        min(
            kinds.get((certain, kind), 0)
            for certain, kind in (
                (True, CONTROL),
                (True, JOINT),
                (False, CONTROL),
                (False, JOINT),
                (False, INFLUENCE),
            )
        )
        > 20
    ), kinds


@pytest.mark.nightly
def test_graphs_do_not_touch_each_other() -> None:
    """All graphs in one call, numbered one after another."""
    wanted: Verdicts = {}
    parts, n = [], 0
    for _, arcs, of_graph in answers()[:200]:
        parts.append((arcs[0] + n, arcs[1] + n, *arcs[2:]))
        wanted |= {(a + n, b + n): verdict for (a, b), verdict in of_graph.items()}
        n += int(max(arcs[0].max(), arcs[1].max())) + 1 if len(arcs[0]) else 0
    together = ArcArrays(*(np.concatenate([part[k] for part in parts]) for k in range(5)))
    assert verdicts(control(*together)) == wanted


@pytest.mark.nightly
def test_small_steps_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Votes and slots in the smallest portions."""
    before = [blocks(prepare(*arcs), found_of(seed)) for seed, arcs, _ in answers()[:200]]
    for name in ("sets.AT_ONCE", "blocks.AT_ONCE", "sets.SLOTS_AT_ONCE"):
        monkeypatch.setattr(f"graphs.control.{name}", 1)
    for (seed, arcs, wanted), block in zip(answers()[:200], before, strict=True):
        controlled = control(*arcs)
        assert verdicts(controlled) == wanted, f"seed {seed}"
        assert all(
            np.array_equal(a, b) for a, b in zip(block, blocks(prepare(*arcs), controlled), strict=True)
        ), f"seed {seed}"


@pytest.mark.nightly
def test_restricted_components_list_what_they_should() -> None:
    """With no pairs allowed: rows are those of the ultimate parties, what is certain of the uncontrolled, and
    direct pairs; none is stronger than it is.
    """
    for seed, arcs, wanted in answers():
        controlled = control(*arcs, pairs_listed=0)
        listed = verdicts(controlled)
        nodes = set(np.concatenate(arcs[:2]).tolist()) if wanted else set()
        groups = set(arcs[1][(arcs[4] & Flags.MEMBER) != 0].tolist())
        assert not wanted or set(controlled.tops_only.tolist()) <= nodes - groups, f"seed {seed}"
        strength = ((False, INFLUENCE), (False, JOINT), (False, CONTROL), (True, JOINT), (True, CONTROL))
        assert all(
            strength.index(verdict) <= strength.index(wanted[pair]) for pair, verdict in listed.items()
        ), f"seed {seed}"
        if set(controlled.tops_only.tolist()) != nodes - groups:
            continue  # several components, some without pairs
        direct = alone(plain(arcs))
        ultimate_ones = nodes - {subject for _, subject in direct}
        uncontrolled = nodes - {subject for pair, subject in direct if direct[pair, subject] == "certain"}
        for pair, verdict in wanted.items():
            if pair[0] in ultimate_ones or (pair[0] in uncontrolled and verdict == (True, CONTROL)):
                assert listed.get(pair) == verdict, f"seed {seed}, pair {pair}"
        assert {pair for pair in direct if not groups & set(pair)} <= listed.keys(), f"seed {seed}"


def alone(graph: Plain) -> dict[tuple[int, int], str]:
    """Pairs that a holder's own interests decide, and how strongly."""
    levels = {}
    pairs = (
        {(holder, subject) for subject, held in graph.interests.items() for _, holder, *_ in held}
        | graph.board
        | graph.influence
    )
    for holder, subject in pairs:
        for bound in ("influence", "possible", "certain"):
            if _next(graph, subject, {holder}, bound):
                levels[holder, subject] = bound
    return levels


def hidden(seed: int) -> tuple[Arrays, Arrays, int]:
    """True votes and what is declared of them, in bands; and how many parties there are.

    In half of the graphs the reach is unknown: declared is what a party has itself and through what it
    controls (Companies Act 2006, Schedule 1A).
    """
    draw = random.Random(seed)
    n = draw.randint(3, 9)
    truth: list[Arc] = []
    for subject in range(n):
        holders = draw.sample(range(n), draw.randint(0, min(4, n)))
        cuts = sorted(draw.sample(range(1, 100), len(holders)))
        shares = [b - a for a, b in zip([0, *cuts], cuts, strict=False)]
        truth.extend(
            (holder, subject, share / 100, share / 100, 0)
            for holder, share in zip(holders, shares, strict=True)
        )
    groups = [] if seed % 2 else [n]
    truth.extend(
        (member, n, np.nan, np.nan, int(Flags.MEMBER)) for _ in groups for member in draw.sample(range(n), 2)
    )
    if groups:
        subject = draw.randrange(n)
        room = 100 - round(sum(low for _, held, low, _, _ in truth if held == subject) * 100)
        truth.append((n, subject, room / 100, room / 100, 0))
    if draw.random() < 0.5:
        truth.append((draw.randrange(n), draw.randrange(n), np.nan, np.nan, int(Flags.BOARD)))
    unknown = bool(seed % 2)
    controls = expected(plain(arrays(truth))) if unknown else {}
    return arrays(truth), arrays(_declared(draw, truth, controls, unknown=unknown)), n


def _declared(draw: random.Random, truth: list[Arc], controls: Verdicts, *, unknown: bool) -> list[Arc]:
    declared: list[Arc] = []
    uk = draw.random() < 0.5
    for holder, subject, low, _, flags in truth:
        if flags:
            declared.append((holder, subject, np.nan, np.nan, flags))
            continue
        through = sum(
            other[2]
            for other in truth
            if other[1] == subject != other[0] and not other[4] and (holder, other[0]) in controls
        )
        share = round((low + (through if holder != subject else 0)) * 100)
        a, b, opened = (
            (share, share, 0)
            if draw.random() < 0.2
            else uk_band(share)
            if uk
            else (max(0, share - draw.randint(0, 20)), min(100, share + draw.randint(0, 20)), 0)
        )
        declared.append((holder, subject, a / 100, b / 100, opened | (int(UNKNOWN) if unknown else 0)))
    return declared


def uk_band(share: int) -> tuple[int, int, int]:
    bands = ((0, 25, 0), (25, 50, int(OPEN)), (50, 75, int(BOTH_OPEN)), (75, 100, 0))
    return bands[0 if share <= 25 else 1 if share <= 50 else 2 if share < 75 else 3]


@pytest.mark.nightly
def test_hidden_votes_never_contradict_a_verdict() -> None:
    """CERTAIN is never wrong, nor is a pair that is not listed; and the draw has enough of each verdict."""
    count = {True: 0, False: 0}
    for seed in range(500):
        truth, declared, _ = hidden(seed)
        real = expected(plain(truth))
        held = {pair: verdict for pair, verdict in real.items() if verdict[0]}
        computed = verdicts(control(*declared))
        for pair, (certain, kind) in computed.items():
            count[certain] += 1
            if certain:
                assert pair in held and (kind == JOINT or held[pair][1] == CONTROL), (
                    f"seed {seed}, pair {pair}"
                )
        assert held.keys() <= computed.keys(), f"seed {seed}"
    assert min(count.values()) > 250, count


def test_exact_votes_leave_nothing_possible() -> None:
    """Where all votes are exact, direct and of single holders, what is possible is certain, but for
    influence.
    """
    for seed in range(300):
        draw = random.Random(seed)
        n = draw.randint(2, 9)
        arcs: list[Arc] = []
        for subject in range(n):
            holders = draw.sample(range(n), draw.randint(0, min(4, n)))
            cuts = sorted(draw.sample(range(1, 101), len(holders)))
            arcs.extend(
                (z, subject, (b - a) / 100, (b - a) / 100, 0)
                for z, a, b in zip(holders, [0, *cuts], cuts, strict=False)
            )
            if draw.random() < 0.2:
                arcs.append(
                    (
                        draw.randrange(n),
                        subject,
                        np.nan,
                        np.nan,
                        int(draw.choice((Flags.BOARD, Flags.INFLUENCE))),
                    )
                )
        controlled = control(*arrays(arcs))
        assert np.array_equal(controlled.certain, controlled.kind != INFLUENCE), f"seed {seed}"


def expected_blocks(
    graph: Plain, computed: Verdicts
) -> dict[tuple[int, int], tuple[Fraction, Fraction, bool]]:
    rows = {}
    for party in {pair[0] for pair in computed}:
        sure = {party} | {b for (a, b), (certain, _) in computed.items() if a == party and certain}
        maybe = {party} | {b for a, b in computed if a == party}
        groups = {g: graph.members[g] for g in graph.members}
        low_set = sure | {g for g, joined in groups.items() if joined <= sure}
        high_set = maybe | {g for g, joined in groups.items() if joined & maybe}
        others = (maybe - {party}) | {g for g, joined in groups.items() if joined & maybe - {party}}
        for subject, interests in graph.interests.items():
            if subject == party or not any(holder in others for _, holder, *_ in interests):
                continue
            low, opened = at_least(graph, subject, low_set)
            high = min(
                1 - others_have(graph, subject, high_set),
                sum((h for _, z, _, h, _ in interests if z in high_set), Fraction(0)),
            )
            rows[party, subject] = (
                min(low, Fraction(1)),
                max(min(high, Fraction(1)), min(low, Fraction(1))),
                opened,
            )
    return rows


@pytest.mark.nightly
def test_random_blocks_against_the_definition() -> None:
    """Blocks of the votes that control is computed from."""
    rows = 0
    for seed, arcs, wanted in answers():
        holdings = prepare(*arcs)
        computed_blocks = blocks(holdings, found_of(seed))
        mine = {
            (p, y): (Fraction(low, UNITS), Fraction(high, UNITS), opened)
            for p, y, low, high, opened in zip(*(column.tolist() for column in computed_blocks), strict=True)
        }
        assert mine == expected_blocks(plain(arcs), wanted), f"seed {seed}"
        rows += len(mine)
    assert rows > 500


@pytest.mark.nightly
def test_groups_of_random_graphs() -> None:
    """Everyone certainly controlled alone is in a group; a head is the smallest of those above whom nobody
    is.
    """
    for seed, _, wanted in answers():
        sure = {pair for pair, verdict in wanted.items() if verdict == (True, CONTROL)}
        computed = set(zip(*(column.tolist() for column in ultimate(found_of(seed), 60)), strict=True))
        above = {b: {a for a, c in sure if c == b} for _, b in sure}
        heads = {a for a, _ in sure if all((a, c) in sure and a < c for c in above.get(a, set()))}
        assert computed == {(a, b) for a, b in sure if a in heads}, f"seed {seed}"
