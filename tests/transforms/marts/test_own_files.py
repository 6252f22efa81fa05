"""The marts of an authority's own files: permits with their parties and premises, and planned payments."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flows.home.settings import Home
from flows.night.night import Night
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night

PERMITS = (
    "authority,country,permit,state,applied_on,decided_on,premises,postcode,town,applicant_name,"
    "applicant_number,financier_name,lessor_name"
)
LEDGER = "authority,country,currency,line,status,paid_on,amount,payee_name"
FORMER = {"PreviousName_1.CompanyName": "ZED OLD LIMITED", "PreviousName_1.CONDATE": "01/02/2026"}


def night_of(folder: Path, files: Mapping[str, str]) -> Night:
    rows = [company_row(0), company_row(1, FORMER), company_row(2)]
    given = {file_name(COMPANIES): file_of(COMPANIES, rows)}
    landed = land_files(
        folder / "landing", {**given, **{name: text.encode() for name, text in files.items()}}
    )
    return resolved_night(Home(folder / "home"), landed, date(2026, 6, 1))


def test_parties_of_a_permit_are_known_by_number_or_full_name(tmp_path: Path) -> None:
    rows = (
        "Zed,gb,P1,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Any,9000001,Zedton Trader 1 Ltd,J Doe",
        'Zed,gb,P2,refused,2026-05-01,2026-05-09,"1, HIGH ST",zt12ab,Zedton,Zed Old Limited,,REDACTED,Zed BV',
    )
    permits = mart(night_of(tmp_path, {"permits.csv": "\n".join((PERMITS, *rows))}), "permit").sort("permit")
    assert permits.select("applicant_id", "applicant_kind", "applicant_name").rows() == [
        ("GB-COH-09000001", "company", None),
        ("GB-COH-09000002", "company", "Zed Old Limited"),
    ]
    assert permits.select("financier_id", "financier_kind", "lessor_id", "lessor_kind").rows() == [
        ("GB-COH-09000002", "company", None, "unclassified"),
        (None, "unnamed", None, "company"),
    ]
    assert permits["premises_id"].n_unique() == 1  # however the address is written
    assert permits["manager_kind"].null_count() == 2


def test_a_number_beside_the_name_of_another_company_is_a_slip(tmp_path: Path) -> None:
    rows = (
        "Zed,gb,P1,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Finch Foods Ltd,9000001,,",
        "Zed,gb,P2,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Trader (Zedton) Ltd,9000001,,",
        "Zed,gb,P3,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Finch Foods Ltd,9000099,,",
    )
    permits = mart(night_of(tmp_path, {"permits.csv": "\n".join((PERMITS, *rows))}), "permit").sort("permit")
    assert permits["applicant_id"].to_list() == [None, "GB-COH-09000001", "GB-COH-09000099"]


def test_premises_are_addresses_and_seats_of_applicants_are_kept(tmp_path: Path) -> None:
    row = "Zed,gb,P1,applied,2026-05-01,,1 High Street,ZT1 2AB,Zedton,Anybody,9000001,,"
    night = night_of(tmp_path, {"permits.csv": f"{PERMITS}\n{row}\n"})
    [permit] = mart(night, "permit").to_dicts()
    assert permit["premises_id"] in mart(night, "address")["address_id"].to_list()
    companies = mart(night, "company").filter(company_id="GB-COH-09000001")
    assert (
        mart(night, "seat_held").select("company_id", "address_id").rows()
        == companies.select("company_id", "address_id").rows()
    )


def test_a_planned_payment_counts_until_its_day_is_booked(tmp_path: Path) -> None:
    lines = (
        "Zed,gb,GBP,1,paid,2026-05-20,10.00,Zedton Trader 0 Limited",
        "Zed,gb,GBP,2,planned,2026-05-20,10.00,Zedton Trader 0 Limited",
        "Zed,gb,GBP,3,planned,2026-05-21,10.00,Zedton Trader 0 Limited",
        "Other,gb,GBP,4,planned,2026-05-01,10.00,Zedton Trader 0 Limited",
        "Zed,gb,GBP,5,paid,2062-05-20,10.00,Zedton Trader 0 Limited",
    )
    night = night_of(tmp_path, {"ledger-2026-05.csv": "\n".join((LEDGER, *lines))})
    assert mart(night, "flow").sort("record").select("record", "status").rows() == [
        ("1", "paid"),
        ("3", "planned"),
        ("4", "planned"),
        ("5", "paid"),
    ]
    assert mart(night, "flow_repeat").select("record", "reason").rows() == [("2", "booked")]


def test_a_payee_with_a_company_number_has_the_name_of_its_register(tmp_path: Path) -> None:
    """The name in the line may be a director's."""
    lines = (
        "Zed,gb,GBP,1,paid,2026-05-20,10.00,Jane Example,9000002",
        "Zed,gb,GBP,2,paid,2026-05-20,10.00,Jane Example,",
    )
    ledger = "\n".join((f"{LEDGER},payee_number", *lines))
    flows = mart(night_of(tmp_path, {"ledger-2026-05.csv": ledger}), "flow").sort("record")
    assert flows.select("payee_id", "payee_kind", "payee_name").rows() == [
        ("GB-COH-09000002", "company", "ZEDTON TRADER 1 LIMITED"),
        (None, "unclassified", None),
    ]
