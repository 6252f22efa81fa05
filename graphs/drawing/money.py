"""The money picture of a case: lanes are parties, arrows are payments in order of time, and their width shows
the amount.

Time runs to the right, with one column per payment; its day is above the column and its amount beside the
arrow. The distance between columns says nothing about the time between payments. All coordinates are CSS
pixels, whole numbers from 0.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from graphs.drawing.labels import CHARACTER
from transforms.reports import money, plain

MARGIN, TOP = 12, 34  # TOP: room for the days
NAME_WIDTH, NAME_CHARACTERS, NAME_LINES = 230, 30, 2
LANE, COLUMN = 54, 84
WIDTH_MIN, WIDTH_MAX = 2, 12  # of an arrow
HEAD = 9  # length of its head


@dataclass(frozen=True)
class Payment:
    """A payment. `amount`: in `currency`, above 0."""

    day: date
    payer_id: str
    payee_id: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Lane:
    """A party: the height `y` of its line, and its name as lines of text (x, y, text)."""

    party_id: str
    y: int
    lines: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Arrow:
    """A drawn payment. `path` and `head`, the arrow head, are SVG path data. `label`: the amount, with its
    currency if the picture has several; `label_y`: its height.
    """

    payment: Payment
    x: int
    width: int
    path: str
    head: str
    label: str
    label_y: int


@dataclass(frozen=True)
class MoneyPicture:
    """A drawn picture of payments. `width`, `height` in CSS pixels."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]


def draw_money(payments: Sequence[Payment], names: Mapping[str, str]) -> MoneyPicture:
    """The picture of payments, which are in order of time. `names`: the name of every party by its id.

    Lanes are in the order in which parties first pay or are paid.
    """
    parties = list(dict.fromkeys(end for each in payments for end in (each.payer_id, each.payee_id)))
    lanes = tuple(_lane(party, TOP + LANE // 2 + LANE * n, names[party]) for n, party in enumerate(parties))
    heights = {lane.party_id: lane.y for lane in lanes}
    most: dict[str, Decimal] = {}
    for each in payments:
        most[each.currency] = max(each.amount, most.get(each.currency, Decimal()))
    units = {currency: f" {currency}" if len(most) > 1 else "" for currency in most}
    arrows = tuple(
        _arrow(
            each,
            NAME_WIDTH + COLUMN // 2 + COLUMN * n,
            heights,
            most[each.currency],
            f"{money(each.amount, 0)}{units[each.currency]}",
        )
        for n, each in enumerate(payments)
    )
    ends = [arrow.x + arrow.width // 2 + 4 + round(CHARACTER * len(arrow.label)) for arrow in arrows]
    width = max([NAME_WIDTH + COLUMN * len(arrows), *ends]) + MARGIN
    return MoneyPicture(width, TOP + LANE * len(lanes) + MARGIN, lanes, arrows)


def _lane(party_id: str, y: int, name: str) -> Lane:
    lines = textwrap.wrap(plain(name), NAME_CHARACTERS, max_lines=NAME_LINES, placeholder=" …") or [party_id]
    first = y + 4 - 7 * (len(lines) - 1)
    return Lane(party_id, y, tuple((MARGIN, first + 14 * n, line) for n, line in enumerate(lines)))


def _arrow(payment: Payment, x: int, heights: Mapping[str, int], most: Decimal, label: str) -> Arrow:
    start, end = heights[payment.payer_id], heights[payment.payee_id]
    down = 1 if end > start else -1
    width = max(WIDTH_MIN, round(WIDTH_MAX * payment.amount / most))
    half = width // 2 + 4
    return Arrow(
        payment,
        x,
        width,
        f"M{x} {start} L{x} {end - down * HEAD}",
        f"M{x - half} {end - down * HEAD} L{x + half} {end - down * HEAD} L{x} {end} Z",
        label,
        (start + end) // 2 + 4 if abs(end - start) == LANE else start + down * LANE // 2 + 4,
    )
