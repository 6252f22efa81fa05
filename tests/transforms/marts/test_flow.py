"""Who was paid: by number, by the exact full name on that day, or nobody for certain."""

import polars as pl
import pytest

from flows.home.settings import Home
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night


def _renamed(former: str, day: str) -> dict[str, str]:
    return {"PreviousName_1.CompanyName": former, "PreviousName_1.CONDATE": day}


NAMES = {
    0: ("ZED CARE LIMITED", {}),
    1: ("ZED TWICE LIMITED", {}),
    2: ("THE ZED TWICE LTD", {}),
    3: ("ZED LATER LIMITED", {"IncorporationDate": "10/05/2026"}),
    4: ("ZED NEW NAME LIMITED", {"PreviousName_1.CompanyName": "ZED & OLD NAME LIMITED"}),
    5: ("ZED MILLS PLC", {}),
    6: ("ZED GARAGES HOLDINGS LIMITED", _renamed("ZED GARAGES LIMITED", "01/03/2019")),
    7: ("ZED GARAGES LIMITED", _renamed("ZED FILLING LIMITED", "01/06/2019")),
    8: ("ZED KESTREL LIMITED", _renamed("ZED HAWK LIMITED", "10/02/2020")),
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


# Day and name of a payment of another body -> whose name it was.
ON_THAT_DAY = {
    ("28/02/2019", "ZED GARAGES LIMITED"): f"{NUMBER}7",
    ("31/05/2019", "ZED GARAGES LIMITED"): f"{NUMBER}7",
    ("01/06/2019", "ZED GARAGES LIMITED"): None,  # the day of the change
    ("02/06/2019", "ZED GARAGES LIMITED"): f"{NUMBER}8",
    ("01/06/2020", "ZED FILLING LIMITED"): f"{NUMBER}8",
    ("02/06/2020", "ZED FILLING LIMITED"): None,
    ("09/02/2020", "ZED KESTREL LIMITED"): None,
    ("09/02/2020", "ZED HAWK LIMITED"): f"{NUMBER}9",
    ("10/02/2020", "ZED KESTREL LIMITED"): f"{NUMBER}9",
}


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """The lines of each body, in the order of its file."""
    folder = tmp_path_factory.mktemp("flow")
    companies = [
        company_row(index, {"CompanyName": name, **further}) for index, (name, further) in NAMES.items()
    ]
    header, first, second, *_ = SPEND.splitlines(keepends=True)
    on_days = "".join(f"{day},{name},100.00,,{n}\n" for n, (day, name) in enumerate(ON_THAT_DAY))
    spend = {
        "zed/spend 2026-05": SPEND,
        "days/spend 2026-05": header + on_days,
        "periods/spend 2026-05": header + first + first + second,
        "periods/spend 2026-06": header + second + first + first + first,
    }
    files = {
        file_name(COMPANIES): file_of(COMPANIES, companies),
        **{f"{name}.csv": lines.encode() for name, lines in spend.items()},
    }
    night = resolved_night(Home(folder / "home"), land_files(folder / "landing", files))
    every = mart(night, "flow").sort("edition", pl.col("record").cast(int))
    return {str(body): lines for (body,), lines in every.group_by("payer_id", maintain_order=True)}


@pytest.fixture(scope="module")
def lines(flows: dict[str, pl.DataFrame]) -> dict[int, dict[str, object]]:
    """The lines by their place in SPEND, from 1."""
    return {int(str(row["record"])): row for row in flows["body:zed"].iter_rows(named=True)}


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


def test_a_name_means_the_company_that_had_it_on_that_day(flows: dict[str, pl.DataFrame]) -> None:
    """A former name counts for a year more, unless another company has it by then."""
    payees = flows["body:days"]["payee_id"].to_list()
    assert dict(zip(ON_THAT_DAY, payees, strict=True)) == ON_THAT_DAY


def test_nothing_is_lost_and_no_name_that_may_be_a_persons_is_kept(
    flows: dict[str, pl.DataFrame], lines: dict[int, dict[str, object]]
) -> None:
    assert flows.keys() == {"body:zed", "body:days", "body:periods"}
    assert sum(float(str(row["amount"])) for row in lines.values()) == 740
    kinds = {line: row["payee_kind"] for line, row in lines.items()}
    assert (kinds[2], kinds[9]) == ("unclassified", "unnamed")
    assert lines[2]["payee_name"] is None and lines[9]["payee_name"] is None


def test_a_line_that_files_of_two_periods_hold_counts_once(flows: dict[str, pl.DataFrame]) -> None:
    """As where each goes on from the beginning of the year. Equal lines of one file are several payments."""
    counted = flows["body:periods"].group_by("edition", "amount").len().sort("edition").rows()
    assert counted == [("2026-05-01", 100, 3), ("2026-06-01", 100, 1)]
