"""Bundles: what is in one, and what a credit does."""

import numpy as np

from graphs.money.bundles import UNKNOWN, Flows, bundled

# payer, payee, day, kind, paid; all in euro.
type Line = tuple[int, int, int, int, int]


def flows(*lines: Line, eur_unknown: tuple[int, ...] = ()) -> Flows:
    payer, payee, day, kind, paid = (np.array(column, np.int64) for column in zip(*lines, strict=True))
    zero, eur = np.zeros(len(lines), np.int64), paid.copy()
    eur[list(eur_unknown)] = UNKNOWN
    return Flows(payer, payee, day, kind, paid, zero, paid, zero, eur, eur)


def sums(*lines: Line) -> tuple[list[tuple[int, ...]], list[int]]:
    bundles, number = bundled(flows(*lines))
    columns = (bundles.payer, bundles.payee, bundles.day, bundles.paid)
    return list(zip(*(column.tolist() for column in columns), strict=True)), number.tolist()


def test_a_bundle_is_what_was_paid_on_a_day_in_one_kind() -> None:
    assert sums((0, 1, 9, 0, 5), (0, 1, 3, 0, 10), (0, 1, 3, 0, 7), (0, 1, 3, 1, 2), (1, 0, 3, 0, 4)) == (
        [(0, 1, 3, 17), (0, 1, 3, 2), (1, 0, 3, 4), (0, 1, 9, 5)],
        [3, 0, 0, 1, 2],
    )


def test_credits_are_netted_on_their_day() -> None:
    assert sums((0, 1, 3, 0, 10), (0, 1, 3, 0, -4), (2, 1, 3, 0, 5), (2, 1, 3, 0, -8)) == (
        [(0, 1, 3, 6)],
        [0, 0, -1, -1],
    )


def test_an_equal_credit_cancels_the_latest_payment_within_sixty_days() -> None:
    pays = [(0, 1, 3, 0, 10), (0, 1, 8, 0, 10)]
    assert sums(*pays, (0, 1, 68, 0, -10))[1] == [0, -1, -1]
    assert sums(*pays, (0, 1, 69, 0, -10))[1] == [0, 1, -1]
    assert sums(*pays, (0, 1, 60, 0, -10), (0, 1, 61, 0, -10))[1] == [-1, -1, -1, -1]
    assert sums((0, 1, 2, 0, -10), *pays)[1] == [-1, 0, 1]  # before what it would cancel
    assert sums(*pays, (0, 2, 10, 0, -10), (0, 1, 10, 0, -9))[1] == [0, 1, -1, -1]


def test_a_payment_to_oneself_is_in_none() -> None:
    assert sums((4, 4, 3, 0, 10)) == ([], [-1])


def test_euro_of_a_bundle_is_unknown_where_that_of_one_payment_is() -> None:
    lines = ((0, 1, 3, 0, 10), (0, 1, 3, 0, 7), (0, 1, 4, 0, 2))
    assert bundled(flows(*lines, eur_unknown=(1,)))[0].paid_eur.tolist() == [UNKNOWN, 2]
