"""A register that is put out every day: who came within a month keeps the id of the first night."""

from pathlib import Path

from flows.home.settings import Home
from tests.landings import (
    COMPANIES,
    PSC,
    company_number,
    company_row,
    file_name,
    file_of,
    land_files,
    mart,
    psc_record,
    resolved_night,
    totals,
)
from transforms.model.views import RESOLUTION


def _owner(index: int) -> bytes:
    address = f"/company/{company_number(index)}/persons-with-significant-control/individual/zed{index}"
    birth = {"month": 1 + index, "year": 1960}
    return psc_record(index, notified_on="2026-06-09", date_of_birth=birth, links={"self": address})


def _ids(home: Home, landing: Path, day: str, owners: list[int]) -> set[str]:
    """The ids of natural persons in a night on that day's snapshot."""
    records = [_owner(index) for index in owners]
    companies = file_of(COMPANIES, [company_row(index) for index in range(8)])
    snapshot = file_of(PSC, [*records, totals(len(records))])
    land_files(landing, {file_name(COMPANIES, "2026-06-01"): companies, file_name(PSC, day): snapshot})
    ids = mart(resolved_night(home, landing), RESOLUTION.name)["party_id"]
    return set(ids.filter(ids.str.starts_with("UT-P-")))


def test_who_came_within_a_month_keeps_the_id(tmp_path: Path) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    before = _ids(home, landing, "2026-06-02", [1])
    came = _ids(home, landing, "2026-06-10", [1, 2])
    assert len(came) == 2 and before < came
    assert _ids(home, landing, "2026-06-11", [1, 2]) == came
    assert _ids(home, landing, "2026-07-01", [1, 2]) == came
