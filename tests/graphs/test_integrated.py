"""Exact shares: the cases of the ownership arithmetic by hand, and the edges of `solve`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from graphs.integrated import LARGEST_SET, Flags, Solved, inverse_without_subtraction, solve
from graphs.night import build

from .helpers import Edge, case, frames, held

type Row = tuple[str, str, str, str, str]


def owned(edges: list[Edge], **kinds: str) -> dict[str, tuple[str, str, str]]:
    """share_min, share_max_declared, share_max by "holder subject", of one basis."""
    rows = build(*frames([case(edges, **kinds)]))["graph_integrated"].rows()
    assert len({row[2] for row in rows}) <= 1
    return {f"{row[0]} {row[1]}": (plain(row[3]), plain(row[4]), plain(row[5])) for row in rows}


def plain(share: Decimal) -> str:
    return f"{share.normalize():f}"


def exact(*shares: str) -> tuple[str, str, str]:
    return shares * 3 if len(shares) == 1 else (shares[0], shares[0], shares[1])


def arrays(rows: list[tuple[int, int, float, float]], persons: set[int] | None = None, **limits: float) -> Solved:
    src, dst, low, high = (np.array(column) for column in zip(*sorted(rows), strict=True))
    flags = np.array([Flags.HOLDER_IS_PERSON if node in (persons or set()) else 0 for node in src.tolist()], np.uint8)
    return solve(src.astype(np.int64), dst.astype(np.int64), low.astype(float), high.astype(float), flags, **limits)


def test_case_1_mutual_holdings() -> None:
    found = owned([held("P1", "A", 60), held("B", "A", 40), held("P2", "B", 50), held("A", "B", 50)])
    assert found == {
        "P1 A": exact("75"), "P1 B": exact("37.5"), "P2 A": exact("25"), "P2 B": exact("62.5"), "A B": exact("50"), "B A": exact("40"),
    }  # fmt: skip


def test_case_5_true_figures() -> None:
    """10 % and all of what holds 30 %: 40 %. What is not declared of Z may be P's, but it may not be X's without being P's: both may reach 100."""
    found = owned([held("P", "Z", 10), held("P", "X", 100), held("X", "Z", 30)])
    assert found == {"P X": exact("100"), "P Z": exact("40", "100"), "X Z": exact("30", "90")}


def test_most_possible_leaves_to_others_what_they_certainly_own() -> None:
    """Nobody is declared for the other 30 % of Y; Q's 20 % are Q's."""
    found = owned([held("P", "Y", 50), held("Q", "Y", 20)], Q="person")
    assert found == {"P Y": exact("50", "80"), "Q Y": exact("20", "50")}


def test_an_ultimate_company_is_never_subtracted() -> None:
    """X without a declared owner holds 80 % of Y, P holds 10 %: P may reach 90 and more through X."""
    found = owned([held("X", "Y", 80), held("P", "Y", 10)])
    assert found == {"P Y": exact("10", "100"), "X Y": exact("80", "90")}


def test_a_protected_holder_may_be_anybody() -> None:
    """The whole is declared, but half of it by someone unnamed."""
    found = owned([held("S", "Y", 50), held("P", "Y", 50)], S="protected")
    assert found == {"P Y": exact("50", "100"), "S Y": exact("50")}


def test_treasury_shares_are_a_cycle_of_one() -> None:
    """20 % held by itself: P's 60 of the other 80 are three quarters."""
    found = owned([held("A", "A", 20), held("P", "A", 60), held("Q", "A", 20), held("A", "B", 100)], Q="person")
    assert found == {"P A": exact("75"), "Q A": exact("25"), "A B": exact("100"), "P B": exact("75"), "Q B": exact("25")}


def test_a_closed_loop_has_no_owner_and_still_owns() -> None:
    """A and B hold all of each other; the members are treated as having no owner, and what A holds beside it is A's."""
    assert owned([held("A", "B", 100), held("B", "A", 100), held("A", "C", 25)]) == {"A C": exact("25", "100")}
    solved = arrays([(0, 1, 1, 1), (1, 0, 1, 1), (0, 2, 0.25, 0.25)])
    assert solved.closed.tolist() == [0, 1]
    assert np.isfinite(solved.share_max).all()


def test_a_company_that_holds_all_of_itself_is_closed() -> None:
    solved = arrays([(0, 0, 1, 1), (0, 1, 1, 1)])
    assert (solved.closed.tolist(), solved.holder.tolist(), solved.share_min.tolist()) == ([0], [0], [1.0])


def test_a_loop_with_an_outside_share_is_not_closed() -> None:
    found = owned([held("A", "B", 100), held("B", "A", 99), held("P", "A", 1)])
    assert found == {"P A": exact("100"), "P B": exact("100"), "A B": exact("100"), "B A": exact("99")}


def test_nearly_closed_loops_keep_their_digits() -> None:
    """Members hold all but the last decimal of each other: inversion in floating point would lose five of the digits."""
    all_but = "99.999999999"
    found = owned([held("A", "B", all_but), held("B", "A", all_but), held("P", "A", "0.000000001"), held("Q", "B", "0.000000001")], Q="person")
    share = Fraction(99_999_999_999, 10**11)
    truth = (1 - share) / (1 - share * share) * 100
    for pair, expected in (("P A", truth), ("Q B", truth), ("P B", 100 - truth), ("Q A", 100 - truth)):
        low, declared, most = map(Fraction, found[pair])
        assert low <= expected <= declared <= most
        assert declared - low <= Fraction(1, 10**9)


def test_elimination_without_subtraction_against_fractions() -> None:
    draw = np.random.default_rng(11)
    for seed in range(30):
        m = int(draw.integers(2, 7))
        units = draw.integers(0, 10**6, (m, m))
        leak = draw.integers(0, 3, m)
        leak[0] = 1
        total = units.sum(axis=0) + leak
        truth = inverse_of_fractions([[int(i == j) - Fraction(int(units[i, j]), int(total[j])) for j in range(m)] for i in range(m)])
        found = inverse_without_subtraction(units / total, leak / total)
        error = max(abs(Fraction(float(found[i, j])) / truth[i][j] - 1) for i in range(m) for j in range(m))
        assert error < Fraction(1, 10**13), f"graph {seed}: {float(error)}"


def inverse_of_fractions(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss and Jordan, exactly."""
    m = len(matrix)
    rows = [[*row, *(Fraction(int(i == j)) for j in range(m))] for i, row in enumerate(matrix)]
    for k in range(m):
        at = next(i for i in range(k, m) if rows[i][k] != 0)
        rows[k], rows[at] = rows[at], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        rows = [row if i == k else [a - row[k] * b for a, b in zip(row, rows[k], strict=True)] for i, row in enumerate(rows)]
    return [row[m:] for row in rows]


def test_bounds_are_rounded_outwards_where_nine_decimals_do_not_suffice() -> None:
    """A third of a third, to nine decimals: 11.111111110888… per cent."""
    found = owned([held("P", "A", "33.333333333"), held("A", "B", "33.333333333")])
    assert found["P B"][:2] == ("11.11111111", "11.111111111")


def test_parallel_interests_of_one_basis_count_once_with_the_largest() -> None:
    edges = [held("P", "A", 30, statement="s1"), held("P", "A", 40, statement="s2"), held("P", "A", 40, statement="s3"), held("Q", "A", 60)]
    assert owned(edges, Q="person") == {"P A": exact("40"), "Q A": exact("60")}


def test_votes_and_shares_are_never_added() -> None:
    rows = build(*frames([case([held("P", "A", 60), held("P", "A", 30, basis="votes"), held("A", "B", 50, basis="votes")])]))["graph_integrated"].rows()
    assert [(row[0], row[1], row[2], plain(row[3])) for row in rows] == [
        ("A", "B", "votes", "50"), ("P", "A", "shares", "60"), ("P", "A", "votes", "30"), ("P", "B", "votes", "15"),
    ]  # fmt: skip


def test_a_component_with_a_band_is_left_out_and_its_neighbour_is_not() -> None:
    band: Edge = ("P1", "A", "s9", "shares", Decimal(25), Decimal(50))
    assert owned([band, held("A", "B", 100), held("P2", "C", 100)]) == {"P2 C": exact("100")}
    solved = arrays([(0, 1, 0.25, 0.5), (1, 2, 1, 1), (3, 4, 1, 1), (5, 6, float("nan"), float("nan"))])
    assert (solved.banded.tolist(), solved.holder.tolist()) == ([0, 1, 2, 5, 6], [3])


def test_more_than_the_whole_leaves_the_component_out() -> None:
    solved = arrays([(0, 1, 0.6, 0.6), (2, 1, 0.5, 0.5), (3, 4, 1, 1)])
    assert (solved.over.tolist(), solved.holder.tolist()) == ([0, 1, 2], [3])


def test_ten_tenths_are_the_whole_and_not_more() -> None:
    assert len(arrays([(k, 10, 0.1, 0.1) for k in range(10)]).over) == 0


def test_nothing_below_the_floor_is_listed_but_it_is_passed_on() -> None:
    """0 owns 0.009 % of each of 1 to 4, which own a quarter of 5 each: 0.009 % of 5, still below; with 0.01 % it is at the floor and listed."""
    below = arrays([*((0, k, 0.00009, 0.00009) for k in (1, 2, 3, 4)), *((k, 5, 0.25, 0.25) for k in (1, 2, 3, 4))])
    assert 0 not in below.holder
    at = arrays([*((0, k, 0.0001, 0.0001) for k in (1, 2, 3, 4)), *((k, 5, 0.25, 0.25) for k in (1, 2, 3, 4))])
    assert at.subject[at.holder == 0].tolist() == [1, 2, 3, 4, 5]
    small = arrays(
        [*((0, k, 0.00009, 0.00009) for k in (1, 2)), *((k, 3, 1 / 2, 1 / 2) for k in (1, 2)), (0, 3, 0, 0), (0, 4, 0.00009, 0.00009), (4, 4, 0.2, 0.2)]
    )
    assert small.subject[small.holder == 0].tolist() == [4]


def test_zero_shares_hold_nothing() -> None:
    solved = arrays([(0, 1, 0, 0), (1, 0, 0, 0)])
    assert (len(solved.holder), len(solved.closed)) == (0, 0)


def test_holders_are_done_in_parts_with_the_same_figures() -> None:
    draw = np.random.default_rng(5)
    rows = [(int(a), int(b), 0.13, 0.13) for b in range(1, 60) for a in draw.choice(60, 5, replace=False)]
    whole, parts = arrays(rows), arrays(rows, pairs_at_once=40)
    assert len(whole.holder) > 1_000
    assert (whole.holder == parts.holder).all() and (whole.share_min == parts.share_min).all() and (whole.share_max == parts.share_max).all()


def test_a_long_chain_lists_its_top_only() -> None:
    """50 million pairs otherwise."""
    n = 10_000
    solved = arrays([(k, k + 1, 1, 1) for k in range(n)], persons={0})
    assert (len(solved.tops_only), len(solved.holder), set(solved.holder.tolist()), set(solved.share_min.tolist())) == (n + 1, n, {0}, {1.0})


def test_a_set_too_large_to_invert_is_named_and_left_out() -> None:
    n = LARGEST_SET + 1
    solved = arrays([*((k, (k + 1) % n, 0.5, 0.5) for k in range(n)), (n, n + 1, 1, 1)])
    assert (solved.too_large.tolist(), solved.holder.tolist()) == (list(range(n)), [n])


def test_no_input_gives_no_pairs() -> None:
    none = np.zeros(0)
    solved = solve(none.astype(np.int64), none.astype(np.int64), none, none, none.astype(np.uint8))
    assert (len(solved.holder), len(solved.closed)) == (0, 0)


@pytest.mark.parametrize("seed", range(20))
def test_components_solved_apart_or_together_agree(seed: int) -> None:
    """Any executor may take one component at a time."""
    draw = np.random.default_rng(seed)
    parts = [[(int(a) + 10 * k, int(b) + 10 * k, 0.21, 0.21) for b in range(8) for a in draw.choice(8, 3, replace=False)] for k in range(4)]
    together = arrays([row for part in parts for row in part])
    apart = [arrays(part) for part in parts]
    for name in ("holder", "subject", "share_min", "share_max_declared", "share_max"):
        assert (getattr(together, name) == np.concatenate([getattr(part, name) for part in apart])).all(), f"seed {seed}: {name}"
