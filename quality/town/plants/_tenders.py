"""What plants of tenders share: a process for each case, and the verdict on it."""

from collections.abc import Callable, Sequence
from typing import Any

from quality.town.plant import Planted, Truth
from quality.town.tenders import award, bid, firm, process

WON_AT = 200_000


def judged(made: Callable[..., dict[str, str]], cases: Sequence[tuple[Any, ...]]) -> Planted:
    """made: the process of a case, from its number and its facts. A case ends with its verdict."""
    rows = [made(nth, *case[:-2]) for nth, case in enumerate(cases)]
    truth = [Truth(row["ocid"], *case[-2:]) for row, case in zip(rows, cases, strict=True)]
    return Planted(tenders=rows, truth=truth)


def second_price(key: str, nth: int, gbp: int, criteria: str, status: str) -> dict[str, str]:
    """The winner's bid at WON_AT and another one. criteria: how bids are judged; status: of the other bid."""
    winner, other = firm(nth), firm(nth + 11)
    bids = [bid([winner], WON_AT), bid([other], gbp, status)]
    return process(f"{key}{nth}", bids, [award([winner], WON_AT)], bidders_n=2, criteria=criteria)
