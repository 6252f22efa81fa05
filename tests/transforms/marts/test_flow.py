"""Who was paid: by number, by the exact full name on that day, or nobody for certain."""

from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night

NAMES = {
    0: ("ZED CARE LIMITED", {}),
    1: ("ZED TWICE LIMITED", {}),
    2: ("THE ZED TWICE LTD", {}),
    3: ("ZED LATER LIMITED", {"IncorporationDate": "10/05/2026"}),
    4: ("ZED NEW NAME LIMITED", {"PreviousName_1.CompanyName": "ZED & OLD NAME LIMITED"}),
    5: ("ZED MILLS PLC", {}),
}
SPEND = """\
Payment Date,Supplier,Net Amount,Company Number,Supplier ID
01/05/2026,Zed Care Ltd.,100.00,,1
02/05/2026,ZED CARE,100.00,,2
03/05/2026,Zed Twice Limited,100.00,,3
09/05/2026,Zed Later Limited,100.00,,4
10/05/2026,Zed Later Limited,100.00,,4
04/05/2026,Zed and Old Name Ltd,100.00,,5
05/05/2026,Zed Mills Limited,100.00,,6
06/05/2026,Somebody Else Limited,-40.00,9000001,7
07/05/2026,REDACTED,60.00,,8
08/05/2026,Zed Centre for Care Ltd,10.00,9000001,9
08/05/2026,Old-Name Zed Ltd,10.00,9000005,9
"""
NUMBER = "GB-COH-0900000"


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, object]]:
    """The lines by their place in SPEND, from 1."""
    folder = tmp_path_factory.mktemp("flow")
    companies = [
        company_row(index, {"CompanyName": name, **further}) for index, (name, further) in NAMES.items()
    ]
    files = {
        file_name(COMPANIES): file_of(COMPANIES, companies),
        "zed/spend 2026-05.csv": SPEND.encode(),
    }
    night = resolved_night(Home(folder / "home"), land_files(folder / "landing", files))
    return {int(str(row["record"])): row for row in mart(night, "flow").iter_rows(named=True)}


@pytest.mark.parametrize(
    ("line", "payee_id", "method"),
    [
        (1, f"{NUMBER}1", "full_name"),
        (2, None, None),  # no legal form
        (3, None, None),  # two companies have the name
        (4, None, None),  # paid before it was founded
        (5, f"{NUMBER}4", "full_name"),
        (6, f"{NUMBER}5", "full_name"),  # an earlier name
        (7, None, None),  # another legal form
        (8, None, None),  # another company's number
        (10, f"{NUMBER}1", "number"),
        (11, f"{NUMBER}5", "number"),
        (9, None, None),
    ],
)
def test_a_payee_is_known_or_nobody(
    lines: dict[int, dict[str, object]], line: int, payee_id: str | None, method: str | None
) -> None:
    assert (lines[line]["payee_id"], lines[line]["method"]) == (payee_id, method)


def test_a_name_means_the_company_that_had_it_on_that_day(tmp_path: Path) -> None:
    """A former name counts for a year more, unless another company has it by then."""

    def renamed(former: str, day: str, **further: str) -> dict[str, str]:
        return {"PreviousName_1.CompanyName": former, "PreviousName_1.CONDATE": day, **further}

    companies = [
        ("ZED GARAGES HOLDINGS LIMITED", renamed("ZED GARAGES LIMITED", "01/03/2019")),
        ("ZED GARAGES LIMITED", renamed("ZED FILLING LIMITED", "01/06/2019")),
        ("ZED KESTREL LIMITED", renamed("ZED HAWK LIMITED", "10/02/2020")),
    ]
    rows = [company_row(n, {"CompanyName": name, **more}) for n, (name, more) in enumerate(companies)]
    paid = {
        ("28/02/2019", "ZED GARAGES LIMITED"): f"{NUMBER}1",
        ("31/05/2019", "ZED GARAGES LIMITED"): f"{NUMBER}1",
        ("01/06/2019", "ZED GARAGES LIMITED"): None,  # the day of the change
        ("02/06/2019", "ZED GARAGES LIMITED"): f"{NUMBER}2",
        ("01/06/2020", "ZED FILLING LIMITED"): f"{NUMBER}2",
        ("02/06/2020", "ZED FILLING LIMITED"): None,
        ("09/02/2020", "ZED KESTREL LIMITED"): None,
        ("09/02/2020", "ZED HAWK LIMITED"): f"{NUMBER}3",
        ("10/02/2020", "ZED KESTREL LIMITED"): f"{NUMBER}3",
    }
    lines = [f"{day},{name},100.00,,{n}" for n, (day, name) in enumerate(paid)]
    files = {
        file_name(COMPANIES): file_of(COMPANIES, rows),
        "zed/spend 2026-05.csv": "\n".join([SPEND.splitlines()[0], *lines]).encode(),
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    payees = mart(night, "flow").sort(pl.col("record").cast(int))["payee_id"].to_list()
    assert dict(zip(paid, payees, strict=True)) == paid


def test_nothing_is_lost_and_no_name_that_may_be_a_persons_is_kept(
    lines: dict[int, dict[str, object]],
) -> None:
    assert sum(float(str(row["amount"])) for row in lines.values()) == 740
    assert {row["payer_id"] for row in lines.values()} == {"body:zed"}
    kinds = {line: row["payee_kind"] for line, row in lines.items()}
    assert (kinds[2], kinds[9]) == ("unclassified", "unnamed")
    assert lines[2]["payee_name"] is None and lines[9]["payee_name"] is None


def test_a_line_that_files_of_two_periods_hold_counts_once(tmp_path: Path) -> None:
    """As where each goes on from the beginning of the year. Equal lines of one file are several payments."""
    header, first, second, *_ = SPEND.splitlines(keepends=True)
    may, june = header + first + first + second, header + second + first + first + first
    files = {"zed/spend 2026-05.csv": may.encode(), "zed/spend 2026-06.csv": june.encode()}
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    counted = mart(night, "flow").group_by("edition", "amount").len().sort("edition").rows()
    assert counted == [("2026-05-01", 100, 3), ("2026-06-01", 100, 1)]
