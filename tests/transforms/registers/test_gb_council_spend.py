"""A file with its days in American order is refused; one such day among British ones is rejected."""

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
    with pytest.raises(BlockedEdition, match="record 2 has its date as MM/DD/YYYY"):
        run(REGISTER, spending(tmp_path, "04/05/2024", "04/20/2024"))


def test_one_american_day_is_rejected(tmp_path: Path) -> None:
    made = run(REGISTER, spending(tmp_path, "04/05/2024", "04/20/2024", "20/04/2024"))
    assert made.rejected.select("record_no", "code").rows() == [(2, "impossible_date")]
    days = made.parsed.tables["flow_statement"]["flowed_on"]
    assert [str(day) for day in days] == ["2024-05-04", "2024-04-20"]
