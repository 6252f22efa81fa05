"""A file with its days in American order is refused; one such day among British ones is rejected. Which
of two columns counts.
"""

from pathlib import Path

import pytest

from tests.register_cases import run
from transforms.errors import BlockedEdition
from transforms.registers.gb_council_spend import REGISTER


def spending(folder: Path, *days: str) -> Path:
    path = folder / "zed.csv"
    lines = (f"{day},600,Zedton Care Ltd,{number}" for number, day in enumerate(days))
    path.write_text("\n".join(["Date,Amount,Supplier Name,Transaction Number", *lines]) + "\n")
    return path


def test_a_file_in_american_order_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlockedEdition, match="record 2 has a date that can only be MM/DD/YYYY"):
        run(REGISTER, spending(tmp_path, "04/05/2024", "04/20/2024"))


def test_one_american_day_is_rejected(tmp_path: Path) -> None:
    made = run(REGISTER, spending(tmp_path, "04/05/2024", "04/20/2024", "20/04/2024"))
    assert made.rejected.select("record_no", "code").rows() == [(2, "impossible_date")]
    days = made.parsed.tables["flow_statement"]["flowed_on"]
    assert [str(day) for day in days] == ["2024-05-04", "2024-04-20"]


@pytest.mark.parametrize(
    ("header", "values"),
    [
        (
            "Invoice Date,Payment Date,Gross Amount,Net Amount,Supplier",
            "01/04/2024,30/04/2024,120,100,ZED LTD",
        ),
        ("Supplier,Total Amount,Amount,Invoice Date,Date", "ZED LTD,120,100,01/04/2024,30/04/2024"),
        (
            "Invoice Date,Date Posted,Gross Amount,Amount exc VAT,Paid To",
            "01/04/2024,30/04/2024,120,100,ZED LTD",
        ),
    ],
)
def test_of_two_columns_that_may_be_meant_the_day_of_payment_and_the_net_amount_count(
    tmp_path: Path, header: str, values: str
) -> None:
    path = tmp_path / "zed.csv"
    path.write_text(f"{header}\n{values}\n")
    (flow,) = run(REGISTER, path).parsed.tables["flow_statement"].select("flowed_on", "amount").rows()
    assert [str(value) for value in flow] == ["2024-04-30", "100.00"]
