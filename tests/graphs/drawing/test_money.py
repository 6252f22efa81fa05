"""The money picture: an arrow runs from the payer's lane to the payee's, in order of time."""

import re
from datetime import date
from decimal import Decimal

from graphs.drawing.labels import CHARACTER
from graphs.drawing.money import COLUMN, WIDTH_MAX, WIDTH_MIN, Payment, draw_money

NAMES = {"a": "A Limited", "b": "B with a name that is far too long for one line of a lane Limited", "c": "C"}


def payment(day: int, payer: str, payee: str, amount: int, currency: str = "GBP") -> Payment:
    return Payment(date(2026, 1, day), payer, payee, Decimal(amount), currency)


PAYMENTS = [
    payment(1, "a", "b", 100),
    payment(2, "b", "c", 50),
    payment(2, "c", "a", 1),
    payment(3, "a", "c", 7, "EUR"),
]
PICTURE = draw_money(PAYMENTS, NAMES)
HEIGHTS = {lane.party_id: lane.y for lane in PICTURE.lanes}


def test_arrows_run_from_payer_to_payee_in_order_of_time() -> None:
    assert [arrow.payment for arrow in PICTURE.arrows] == PAYMENTS
    assert {b.x - a.x for a, b in zip(PICTURE.arrows, PICTURE.arrows[1:], strict=False)} == {COLUMN}
    for arrow in PICTURE.arrows:
        start = re.match(rf"M{arrow.x} (\d+) ", arrow.path)
        point = re.search(rf"L{arrow.x} (\d+) Z$", arrow.head)
        assert start and int(start[1]) == HEIGHTS[arrow.payment.payer_id]
        assert point and int(point[1]) == HEIGHTS[arrow.payment.payee_id]


def test_width_is_the_sum_within_its_currency() -> None:
    assert [arrow.width for arrow in PICTURE.arrows] == [WIDTH_MAX, WIDTH_MAX // 2, WIDTH_MIN, WIDTH_MAX]


def test_sums_have_their_currency_where_there_are_several() -> None:
    assert [arrow.label for arrow in PICTURE.arrows] == ["100 GBP", "50 GBP", "1 GBP", "7 EUR"]
    assert [arrow.label for arrow in draw_money(PAYMENTS[:2], NAMES).arrows] == ["100", "50"]


def test_the_sum_of_the_last_payment_is_within_the_picture() -> None:
    picture = draw_money([payment(1, "a", "b", 123_456_789)], NAMES)
    arrow = picture.arrows[-1]
    assert arrow.label == "123,456,789"
    assert arrow.x + arrow.width // 2 + 4 + CHARACTER * len(arrow.label) < picture.width


def test_every_lane_and_arrow_is_within_the_picture() -> None:
    assert len(PICTURE.lanes) == 3 and all(len(lane.lines) <= 2 for lane in PICTURE.lanes)
    numbers = [int(n) for arrow in PICTURE.arrows for n in re.findall(r"\d+", arrow.path + arrow.head)]
    assert max(numbers) < max(PICTURE.width, PICTURE.height) and PICTURE.arrows[-1].x < PICTURE.width
    assert max(HEIGHTS.values()) < PICTURE.height
