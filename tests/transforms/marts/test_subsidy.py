"""Subsidies: an applicant without a number is the company that alone had that name then."""

from pathlib import Path

from flows.home.settings import Home
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night
from tests.register_cases import CASES, native_file

AMSTERDAM = native_file(CASES / "nl_amsterdam_subsidies" / "typical")


def _named(index: int, name: str, dissolved: str = "", founded: str = "01/03/2015") -> bytes:
    given = {"CompanyName": name, "IncorporationDate": founded, "DissolutionDate": dissolved}
    return company_row(index, given)


def test_a_name_is_not_that_of_a_company_that_had_ended(tmp_path: Path) -> None:
    header, dashes, *_ = AMSTERDAM.read_text(encoding="utf-8-sig").splitlines()
    names = ("Zed Twice Ltd", "Zed Gone Ltd", "Zed Ended Ltd", "Zed Not Yet Ltd")
    row = [
        f"SB;SBA-{nth};{name};Regeling;Zorg;Zed;Opvang;Eenmalig;9.00;8.00;NULL;2024"
        for nth, name in enumerate(names)
    ]
    rows = [
        _named(0, "ZED TWICE LTD", dissolved="31/12/2023"),
        _named(1, "ZED TWICE LTD", founded="31/12/2024"),
        _named(2, "ZED GONE LTD", dissolved="31/12/2023"),
        _named(3, "ZED ENDED LTD", dissolved="01/01/2024"),
        _named(4, "ZED NOT YET LTD", founded="01/01/2025"),
    ]
    text = "\n".join([header, dashes, *row])
    files = {file_name(COMPANIES): file_of(COMPANIES, rows), AMSTERDAM.name: text.encode()}
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    known = mart(night, "subsidy").sort("record")["payee_id"].to_list()
    assert known == ["GB-COH-09000002", None, "GB-COH-09000004", None]


def test_granted_0_is_a_refusal_though_0_is_settled_too(tmp_path: Path) -> None:
    header, dashes, *_ = AMSTERDAM.read_text(encoding="utf-8-sig").splitlines()
    states = {
        ("8.00", "NULL"): "granted",
        ("8.00", "7.00"): "settled",
        ("8.00", "0.00"): "settled",  # taken back
        ("0.00", "NULL"): "refused",
        ("0.00", "0.00"): "refused",  # a third of Amsterdam's refusals
        ("0.00", "7.00"): "settled",
        ("NULL", "NULL"): "asked",
    }
    row = [
        f"SB;SBA-{nth};Zed Twice Ltd;Regeling;Zorg;Zed;Opvang;Eenmalig;9.00;{granted};{settled};2024"
        for nth, (granted, settled) in enumerate(states)
    ]
    files = {
        file_name(COMPANIES): file_of(COMPANIES, [_named(0, "ZED TWICE LTD")]),
        AMSTERDAM.name: "\n".join([header, dashes, *row]).encode(),
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    assert mart(night, "subsidy").sort("record")["state"].to_list() == list(states.values())
