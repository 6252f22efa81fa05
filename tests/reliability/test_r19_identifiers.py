"""R19: nothing is joined on a placeholder or on a number that everybody states, and no zero or prefix is
lost; through resolution and marts.
"""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.night.stages.resolve import resolve_parties
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_row,
    corporate_owner,
    file_name,
    file_of,
    lake_night,
    land_files,
    mart,
    resolved_night,
    title_row,
)
from tests.native_files import FORMS, FTM, OCOD, ftm_record
from tests.reliability.broken_rows import _joined as joined

pytestmark = pytest.mark.reliability("R19")

PLACEHOLDERS = (
    "",
    "0",
    "00",
    "00000000",
    "N/A",
    "n/a",
    "NA",
    "NONE",
    "None",
    "UNKNOWN",
    "unknown",
    "Not known",
    "TBC",
    "-",
    "---",
    "X",
    "XXXXXXXX",
    "12345678",
    "SC000000",
    "OE000000",
    " ",
)
SHARED, SHARED_BY = "05551237", 1_000


@pytest.mark.nightly
def test_no_join_on_a_placeholder_in_any_register(tmp_path: Path, figure: Callable[[str], None]) -> None:
    """Two parties of each placeholder, of other names, in four registers; and a company whose own name is
    that of all.
    """
    names = [f"{letter}{number} ZEDTON LTD" for letter in "PQ" for number in range(len(PLACEHOLDERS))]
    stated = [*PLACEHOLDERS, *PLACEHOLDERS]
    titles = [
        title_row(n, **{"Proprietor_Name_(1)": name, "Company_Registration_No._(1)": value})
        for n, (name, value) in enumerate(zip(names, stated, strict=True))
    ]
    owners = [
        corporate_owner(n, name, value, f"o{n}")
        for n, (name, value) in enumerate(zip(names, stated, strict=True))
    ]
    listed = [
        ftm_record(f"zed-{n}", "Company", name=[name], jurisdiction=["gb"], registrationNumber=[value])
        for n, (name, value) in enumerate(zip(names, stated, strict=True))
    ]
    overseas = [
        row.replace(f",{9000001 + n},".encode(), f",{value},".encode())
        for n, (row, value) in enumerate(zip(FORMS["ocod"].rows(len(stated)), stated, strict=True))
    ]
    files = {
        file_name(COMPANIES): file_of(COMPANIES, [company_row(n) for n in range(len(stated))]),
        file_name(TITLES): file_of(TITLES, titles),
        file_name(PSC): file_of(PSC, owners),
        "zed-2026-06-01.ftm.json": joined(listed),
        "OCOD_FULL_2026_06.csv": FORMS["ocod"].file(overseas),
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    resolution = mart(night, "resolution").filter(
        pl.col("register").is_in([TITLES, PSC, FTM, OCOD]) & (pl.col("method") != "name_birth_address")
    )
    assert resolution.height == 4 * len(stated)
    assert set(resolution["method"]) == {"record"}
    assert resolution["candidate_id"].null_count() == resolution.height
    assert resolution["party_id"].n_unique() == resolution.height
    entities = mart(night, "entity")["entity_id"]
    assert not [
        entity
        for entity in entities
        if entity.rsplit("-", 1)[-1].strip("0") in ("", "NA", "NONE", "UNKNOWN", "SC", "OE")
    ]
    figure(f"{len(PLACEHOLDERS)} placeholders stated twice in four registers: 0 joins, 0 candidates")


@pytest.mark.nightly
def test_a_number_that_a_thousand_names_state_is_nobodys(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """Also where the names are nearly alike, as those of a series are; and the company that has the number
    keeps it.
    """
    alike = [
        title_row(
            n,
            **{
                "Proprietor_Name_(1)": f"ZEDTON TRADER {n} LIMITED",
                "Company_Registration_No._(1)": SHARED.lstrip("0"),
            },
        )
        for n in range(SHARED_BY)
    ]
    for is_held in (False, True):
        held = {"CompanyName": "ZEDTON TRADER 7 LIMITED", "CompanyNumber": SHARED} if is_held else {}
        files = {
            file_name(COMPANIES): file_of(COMPANIES, [company_row(SHARED_BY + 1, held)]),
            file_name(TITLES): file_of(TITLES, alike),
        }
        night = lake_night(
            Home(tmp_path / f"home {is_held}"), land_files(tmp_path / f"landing {is_held}", files)
        )
        counts = resolve_parties(night)
        claims = mart(night, "resolution").filter(pl.col("register") == TITLES)
        joined_to_it = claims.filter(pl.col("party_id") == f"GB-COH-{SHARED}")
        assert joined_to_it["method"].to_list() == (["identifier_and_name"] if is_held else [])
        others = claims.filter(pl.col("party_id") != f"GB-COH-{SHARED}")
        assert set(others["candidate_id"]) == {f"GB-COH-{SHARED}"} and set(others["method"]) == {"record"}
        assert others["party_id"].n_unique() == others.height == SHARED_BY - is_held
        assert counts["numbers_shared"] == 1
    figure(
        f"one number stated by {SHARED_BY} names: 0 joined unless the register names them, the number "
        f"reported"
    )


NUMBERS = {
    "00000006": ("6", "00000006"),
    "00445790": ("445790", "00445790", "445790.0"),
    "SC012345": ("SC12345", "sc 12345", "SC012345"),
    "NI000042": ("NI42", "NI000042"),
    "OC301234": ("OC301234",),
    "SO300001": ("SO300001",),
    "R0000123": ("R123", "R0000123"),
    "LP000987": ("LP987", "LP000987"),
}


@pytest.mark.nightly
def test_zeros_and_prefixes_are_kept_in_every_register(tmp_path: Path, figure: Callable[[str], None]) -> None:
    companies = [
        company_row(n, {"CompanyName": f"{number} ZEDTON LIMITED", "CompanyNumber": number})
        for n, number in enumerate(NUMBERS)
    ]
    stated = [(number, written) for number, ways in NUMBERS.items() for written in ways]
    titles = [
        title_row(
            n, **{"Proprietor_Name_(1)": f"{number} ZEDTON LTD", "Company_Registration_No._(1)": written}
        )
        for n, (number, written) in enumerate(stated)
    ]
    owners = [
        corporate_owner(n, f"{number} ZEDTON LTD", written, f"o{n}")
        for n, (number, written) in enumerate(stated)
    ]
    files = {
        file_name(COMPANIES): file_of(COMPANIES, companies),
        file_name(TITLES): file_of(TITLES, titles),
        file_name(PSC): file_of(PSC, owners),
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    resolution = mart(night, "resolution")
    own = resolution.filter(register=COMPANIES)
    assert sorted(own["party_id"]) == sorted(f"GB-COH-{number}" for number in NUMBERS)
    for register in (TITLES, PSC):
        claims = resolution.filter(pl.col("register") == register).sort("record")
        assert sorted(claims["party_id"]) == sorted(f"GB-COH-{number}" for number, _ in stated), register
        assert set(claims["method"]) == {"identifier_and_name"}
    figure(
        f"{len(stated)} ways to write {len(NUMBERS)} numbers, in three registers: 0 zeros or prefixes lost"
    )
