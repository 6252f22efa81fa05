"""A credit cancels the payment of the same sum to the same supplier that is nearest before it."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from flows.home.settings import Home
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night
from transforms.marts import CANCEL_DAYS

SEED, LINES, FIRST = 20261128, 1_500, date(2025, 1, 6)


class Line(NamedTuple):
    """Place in the file from 1, day, supplier, pounds."""

    place: int
    day: date
    supplier: str
    gbp: int


SUPPLIERS = ("Zed Care Ltd", "Zed Mills Plc", "Zed Roofs Ltd", "REDACTED", "")


def _lines() -> list[Line]:
    """Few suppliers, sums and days, so that nearly every line has others like it."""
    chance = random.Random(SEED)
    return [
        Line(
            place,
            FIRST + timedelta(days=chance.randrange(300)),
            chance.choice(SUPPLIERS),
            chance.choice((100, 250, 400)) * chance.choice((1, 1, -1)),
        )
        for place in range(1, LINES + 1)
    ]


def _by_hand(lines: Sequence[Line], order: dict[int, str]) -> dict[int, int]:
    """Credit → payment: each credit in turn takes the nearest payment before it that is still there."""
    taken: dict[int, int] = {}
    for credit in sorted(lines, key=lambda line: (line.day, line.gbp < 0, order[line.place])):
        if credit.gbp > 0 or credit.supplier in ("REDACTED", ""):
            continue
        before = [
            line
            for line in lines
            if line.gbp == -credit.gbp
            and line.supplier == credit.supplier
            and 0 <= (credit.day - line.day).days <= CANCEL_DAYS
            and line.place not in taken.values()
        ]
        if before:
            taken[credit.place] = max(before, key=lambda line: (line.day, order[line.place])).place
    return taken


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, object]]:
    """The rows of the mart by their place in the file."""
    folder: Path = tmp_path_factory.mktemp("cancelled")
    spend = "Payment Date,Supplier,Net Amount\n" + "".join(
        f"{line.day:%d/%m/%Y},{line.supplier},{line.gbp}.00\n" for line in _lines()
    )
    files = {
        file_name(COMPANIES): file_of(COMPANIES, [company_row(0, {"CompanyName": "ZED CARE LIMITED"})]),
        "zed/spend 2025.csv": spend.encode(),
    }
    night = resolved_night(Home(folder / "home"), land_files(folder / "landing", files))
    return {int(str(row["record"])): row for row in mart(night, "flow").iter_rows(named=True)}


def test_credits_and_payments_are_matched_as_by_hand(rows: dict[int, dict[str, object]]) -> None:
    order = {place: str(row["flow_id"]) for place, row in rows.items()}
    expected = _by_hand(_lines(), order)
    places = {identifier: place for place, identifier in order.items()}
    cancelled = {
        place: places[str(row["cancels"])] for place, row in rows.items() if row["cancels"] is not None
    }
    assert cancelled == expected and len(cancelled) > 200, SEED
    back = {
        places[str(row["cancelled_by"])]: place
        for place, row in rows.items()
        if row["cancelled_by"] is not None
    }
    assert back == expected


def test_nobody_in_particular_cancels_nothing(rows: dict[int, dict[str, object]]) -> None:
    nobody = [row for row in rows.values() if row["payee_name"] is None]
    assert nobody and {(row["cancels"], row["cancelled_by"]) for row in nobody} == {(None, None)}
