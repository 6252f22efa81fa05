"""The marts of an authority's own files: permits with their parties and premises, and planned payments."""

from datetime import date

import polars as pl
import pytest

from flows.home.settings import Home
from flows.night.night import Night
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night

PERMITS = (
    "authority,country,permit,state,applied_on,decided_on,premises,postcode,town,applicant_name,"
    "applicant_number,financier_name,lessor_name"
)
LEDGER = "authority,country,currency,line,status,paid_on,amount,payee_name,payee_number"
FORMER = {"PreviousName_1.CompanyName": "ZED OLD LIMITED", "PreviousName_1.CONDATE": "01/02/2026"}


PERMIT_ROWS = (
    "Zed,gb,P1,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Any,9000001,Zedton Trader 1 Ltd,J Doe",
    'Zed,gb,P2,refused,2026-05-01,2026-05-09,"1, HIGH ST",zt12ab,Zedton,Zed Old Limited,,REDACTED,Zed BV',
    "Zed,gb,S1,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Finch Foods Ltd,9000001,,",
    "Zed,gb,S2,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Trader (Zedton) Ltd,9000001,,",
    "Zed,gb,S3,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Finch Foods Ltd,9000099,,",
)
LEDGER_LINES = (
    "Zed,gb,GBP,1,paid,2026-05-20,10.00,Zedton Trader 0 Limited,",
    "Zed,gb,GBP,2,planned,2026-05-20,10.00,Zedton Trader 0 Limited,",
    "Zed,gb,GBP,3,planned,2026-05-21,10.00,Zedton Trader 0 Limited,",
    "Other,gb,GBP,4,planned,2026-05-01,10.00,Zedton Trader 0 Limited,",
    "Zed,gb,GBP,5,paid,2062-05-20,10.00,Zedton Trader 0 Limited,",
    "Third,gb,GBP,6,paid,2026-05-20,10.00,Jane Example,9000002",
    "Third,gb,GBP,7,paid,2026-05-20,10.00,Jane Example,",
)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = tmp_path_factory.mktemp("own")
    files = {
        file_name(COMPANIES): file_of(COMPANIES, [company_row(0), company_row(1, FORMER), company_row(2)]),
        "permits.csv": "\n".join((PERMITS, *PERMIT_ROWS)).encode(),
        "ledger-2026-05.csv": "\n".join((LEDGER, *LEDGER_LINES)).encode(),
    }
    landed = land_files(folder / "landing", files)
    return resolved_night(Home(folder / "home"), landed, date(2026, 6, 1))


def permits(night: Night, first_letter: str) -> pl.DataFrame:
    return mart(night, "permit").filter(pl.col("permit").str.starts_with(first_letter)).sort("permit")


def test_parties_of_a_permit_are_known_by_number_or_full_name(night: Night) -> None:
    known = permits(night, "P")
    assert known.select("applicant_id", "applicant_kind", "applicant_name").rows() == [
        ("GB-COH-09000001", "company", None),
        ("GB-COH-09000002", "company", "Zed Old Limited"),
    ]
    assert known.select("financier_id", "financier_kind", "lessor_id", "lessor_kind").rows() == [
        ("GB-COH-09000002", "company", None, "unclassified"),
        (None, "unnamed", None, "company"),
    ]
    assert known["premises_id"].n_unique() == 1  # however the address is written
    assert known["manager_kind"].null_count() == 2


def test_a_number_beside_the_name_of_another_company_is_a_slip(night: Night) -> None:
    assert permits(night, "S")["applicant_id"].to_list() == [None, "GB-COH-09000001", "GB-COH-09000099"]


def test_premises_are_addresses_and_seats_of_applicants_are_kept(night: Night) -> None:
    """Not that of the third company, which applied for nothing."""
    premises = mart(night, "permit")["premises_id"]
    assert premises.is_in(mart(night, "address")["address_id"].implode()).all() and premises.len() == 5
    companies = mart(night, "company").filter(
        pl.col("company_id").is_in(["GB-COH-09000001", "GB-COH-09000002"])
    )
    seats = [frame.select("company_id", "address_id") for frame in (mart(night, "seat_held"), companies)]
    assert seats[0].sort("company_id").rows() == seats[1].sort("company_id").rows() != []


def test_a_planned_payment_counts_until_its_day_is_booked(night: Night) -> None:
    counted = mart(night, "flow").filter(pl.col("record") <= "5").sort("record").select("record", "status")
    assert counted.rows() == [("1", "paid"), ("3", "planned"), ("4", "planned"), ("5", "paid")]
    assert mart(night, "flow_repeat").select("record", "reason").rows() == [("2", "booked")]


def test_a_payee_with_a_company_number_has_the_name_of_its_register(night: Night) -> None:
    """The name in the line may be a director's."""
    flows = mart(night, "flow").filter(pl.col("record") > "5").sort("record")
    assert flows.select("payee_id", "payee_kind", "payee_name").rows() == [
        ("GB-COH-09000002", "company", "ZEDTON TRADER 1 LIMITED"),
        (None, "unclassified", None),
    ]
