"""Who may not be a director: read for a purpose only, and one person with the officer of that number."""

import json
from datetime import date
from pathlib import Path

import pytest

from flows.night.night import new_night
from flows.night.stages.editions import check_allowed
from tests.landings import (
    COMPANIES,
    PURPOSE,
    company_row,
    file_name,
    file_of,
    home_with,
    land_files,
    mart,
    resolved_night,
)
from tests.native_files import OFFICERS_HEAD, appointment_line
from transforms.errors import BlockedEdition
from transforms.model.register import registers

ENTRY = {
    "kind": "natural-disqualification",
    "links": {"self": "/disqualified-officers/natural/zz1"},
    "person_number": "900000000007",
    "forename": "Zed",
    "surname": "ZEDMANN",
    "date_of_birth": "1970-05-12",
    "disqualifications": [{"disqualified_from": "2024-02-01", "disqualified_until": "2031-01-31"}],
}


def _landing(folder: Path) -> Path:
    lines = [appointment_line(number) for number in (0, 2)]  # the second is a legal entity
    officers = b"\n".join((OFFICERS_HEAD, *lines, b"9999999900000002", b""))
    return land_files(
        folder,
        {
            file_name(COMPANIES, "2026-06-01"): file_of(COMPANIES, [company_row(0), company_row(2)]),
            "Prod216_4257_ew_1.dat": officers,
            "zz1-2026-06-01.json": json.dumps(ENTRY).encode(),
        },
    )


@pytest.mark.parametrize(("allows", "is_allowed"), [("", False), ('allows = ["disqualifications"]\n', True)])
def test_disqualifications_are_read_for_a_purpose_that_allows_them_only(
    tmp_path: Path, allows: str, is_allowed: bool
) -> None:
    night = new_night(home_with(tmp_path / "home", PURPOSE + allows), tmp_path, as_of=date(2026, 6, 1))
    register = registers()["gb_coh_disqualified"]
    if is_allowed:
        check_allowed(night, register)
        return
    with pytest.raises(BlockedEdition, match="--allows disqualifications") as blocked:
        check_allowed(night, register)
    assert blocked.value.code == "no_purpose"


def test_the_officer_of_that_number_is_one_person_with_the_one_disqualified(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", f'{PURPOSE}allows = ["disqualifications"]\n')
    night = resolved_night(home, _landing(tmp_path / "landing"))
    (entry,) = mart(night, "disqualification").iter_rows(named=True)
    seats = dict(mart(night, "officer").select("company_id", "party_id").rows())
    assert [party == entry["party_id"] for _, party in sorted(seats.items())] == [True, False]
