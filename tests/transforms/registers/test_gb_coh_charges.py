"""What the details of a charge say: amounts in pounds, and titles, in the words that companies use."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import run
from transforms.registers.gb_coh_charges import REGISTER


def charges(folder: Path, **described: str) -> pl.DataFrame:
    """The statements of one charge. described: field → its description."""
    charge = {
        "links": {"self": "/company/09000002/charges/zz1"},
        **{field: {"description": text} for field, text in described.items()},
    }
    path = folder / "charges.jsonl"
    path.write_text(json.dumps(charge) + "\n", encoding="utf-8")
    return run(REGISTER, path).parsed.tables["charge_statement"]


@pytest.mark.parametrize(
    ("details", "amount"),
    [
        ("£250,000.00 and all other monies due", "250000.00"),
        ("£500, and interest", "500.00"),
        ("GBP 500", "500.00"),
        ("£1.5 million and interest", "1500000.00"),
        ("£1.255 MILLION", "1255000.00"),
        ("£250 thousand", "250000.00"),
        ("£2m", "2000000.00"),
        ("£1.5x", None),
        ("All monies due, £500 at least", None),
    ],
)
def test_the_amount_that_the_details_begin_with(tmp_path: Path, details: str, amount: str | None) -> None:
    made = charges(tmp_path, secured_details=details)
    assert made["amount_secured"].cast(pl.String).to_list() == [amount]
    assert made["currency"].to_list() == ["GBP" if amount else None]


@pytest.mark.parametrize(
    ("particulars", "titles"),
    [
        ("Land with title number ZX1 and flat 10 High Street", ["ZX1"]),
        ("Title number(s) ZX123456", ["ZX123456"]),
        ("Title nos. ZX123456 and ZX123457", ["ZX123456", "ZX123457"]),
        ("TITLE NUMBER: ZX 123456", ["ZX123456"]),
        ("Title numbers: ZX1, ZX2 & ZX3", ["ZX1", "ZX2", "ZX3"]),
        ("F/H 1 & 3 high street zedton t/n zx 12345 & zx 12346.", ["ZX12345", "ZX12346"]),
        ("L/H 2 High Street. T/no. ZX123456.", ["ZX123456"]),
        ("The title to the land", [None]),
        ("Title number 268479", ["268479"]),
        ("t/n 268479 and 12 High Street", ["268479"]),
        ("title number(s) ZX123456, 268479 and K1234", ["ZX123456", "268479", "K1234"]),
        ("title nos. 268479, and 268480 & sgl 12345", ["268479", "268480", "SGL12345"]),
        ("Title no.SGL123456, title no.(s): ZX1", ["SGL123456", "ZX1"]),
        ("The title no 12 High Street", [None]),
        ("Title number 1234567", [None]),
        ("268479 High Street", [None]),
    ],
)
def test_titles_that_the_particulars_name(tmp_path: Path, particulars: str, titles: list[str | None]) -> None:
    made = charges(tmp_path, particulars=particulars)
    assert made["title_id"].to_list() == [title and f"GB-HMLR-{title}" for title in titles]
