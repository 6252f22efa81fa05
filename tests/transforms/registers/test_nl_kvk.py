"""KVK: no row of a natural person's business, and the ids of addresses; files of a public client's tests."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest.landing import look
from flows.night.stages.resolve import resolve_parties
from tests.landings import lake_night, land_files, mart, resolved_night
from tests.register_cases import CASES, assert_declared, cases, native_file, run
from transforms.model.register import registers

SHARED = Path(__file__).resolve().parents[4] / "shared" / "registers" / "nl"
REAL = SHARED / "kvk_api"
PERSON = "Invented Person"
ANSWERS = CASES / "nl_kvk_dataservice" / "answers"


@pytest.mark.parametrize("name", ["nl_kvk_basisprofiel", "nl_kvk_vestigingsprofiel", "nl_kvk_dataservice"])
def test_nothing_of_a_natural_persons_business_becomes_a_row(name: str) -> None:
    register = registers()[name]
    (path,) = (native_file(case) for case in cases(register) if case.name in ("lines", "answers"))
    text = path.read_text(encoding="utf-8")
    outcome = run(register, path)
    assert set(outcome.ignored["reason"]) == {"natural_person"}
    rows = str([table.to_dicts() for table in outcome.parsed.tables.values()])
    for word in (PERSON, "Dorpsstraat", "90012311"):
        assert word in text and word not in rows, word


@pytest.mark.parametrize(
    ("name", "file", "roles"),
    [
        ("nl_kvk_basisprofiel", "test_input_basisprofiel.json", {"service": "NL-BAG-0402010000000001"}),
        (
            "nl_kvk_vestigingsprofiel",
            "test_input_vestigingsprofielen.json",
            # Its RSIN fails the check, so that it may be a natural person's.
            {},
        ),
    ],
)
def test_answers_of_a_public_client_are_read(name: str, file: str, roles: dict[str, str]) -> None:
    path = REAL / file
    if not path.is_file():
        pytest.skip(f"{file} is not in ../shared/registers/nl/kvk_api: no real answer was read")
    outcome = run(registers()[name], path)
    assert (outcome.records_n, outcome.parsed.records.height, outcome.rejected.height) == (1, 1, 0)
    assert outcome.findings.height == 0
    places = outcome.parsed.tables["address_statement"].select("role", "object_id").rows()
    assert dict(places) == roles


def test_only_who_holds_an_office_that_is_kept_is_named() -> None:
    """Proxies, keepers of books, and whom a court appoints are in the file and in no row."""
    text = native_file(ANSWERS).read_text(encoding="utf-8")
    tables = run(registers()["nl_kvk_dataservice"], native_file(ANSWERS)).parsed.tables
    rows = str([table.to_dicts() for table in tables.values()])
    left_out = ("Proxyman", "Quill", "Curatora", "Invented Person", "999999990", "Dorpsstraat", "Steigerpad")
    assert [word for word in left_out if word not in text] == []
    assert [word for word in left_out if word in rows] == []
    owned = tables["interest_statement"].filter(basis="shares")
    assert owned.select("native_code", "interest_type").rows() == [("08", "shareholding")]
    states = dict(tables["entity_statement"].filter(role="subject").select("identifier", "status").rows())
    assert (states["90012325"], states["00112233"]) == ("insolvent", "dissolving")


def test_a_seat_on_the_board_is_an_office_and_neither_a_share_nor_control(tmp_path: Path) -> None:
    """A sole shareholder and partners hold no office, and of nobody's absence anything follows."""
    path = native_file(ANSWERS)
    landing = land_files(tmp_path / "landing", {path.name: path.read_bytes()})
    night = resolved_night(Home(tmp_path / "home"), landing, date(2026, 6, 1))
    offices = mart(night, "officer").sort("from_on")
    assert offices.select("company_id", "role", "native_code", "from_on", "to_on", "is_open").rows() == [
        ("NL-KVK-90012304", "boardMember", "02", date(2019, 1, 1), None, True),
        ("NL-KVK-90012304", "boardMember", "02", date(2020, 2, 1), date(2025, 3, 1), False),
        ("NL-KVK-90012304", "boardMember", "02", date(2021, 1, 1), None, True),
    ]
    [person, entity, foreign] = offices.select("party_kind", "party_id").rows()
    assert person[0] == "person" and entity == ("entity", "NL-KVK-90012376") and foreign[0] == "entity"
    gaps = dict(mart(night, "role_held").filter(territory="nl").select("role", "gap").rows())
    assert (gaps["officers"], gaps["owners"]) == ("not_published:officers", "not_published:owners")


def test_two_answers_about_a_registration_are_told_apart_by_the_day_that_they_state(tmp_path: Path) -> None:
    answer = native_file(ANSWERS).read_bytes().splitlines()[1]
    files = {"90012304.xml": answer, "again/90012304.xml": answer.replace(b'"20260601', b'"20261130')}
    landing = look(land_files(tmp_path, files), registers())
    assert [(edition.dataset, edition.label) for edition in landing.editions] == [
        ("inschrijving-90012304", "2026-06-01"),
        ("inschrijving-90012304", "2026-11-30"),
    ]
    assert not any(file.blocked for edition in landing.editions for file in edition.files)


@pytest.mark.parametrize("files_n", [1, pytest.param(None, marks=pytest.mark.nightly)])
def test_messages_of_the_publishers_test_set_are_read(files_n: int | None) -> None:
    paths = sorted((SHARED / "hr_dataservice").rglob("*.xml"))[:files_n]
    if not paths:
        pytest.skip("../shared/registers/nl/hr_dataservice is not there: no real message was read")
    register = registers()["nl_kvk_dataservice"]
    records_n = 0
    for path in paths:
        outcome = run(register, path)
        assert outcome.parsed.records.height + outcome.ignored.height == outcome.records_n == 1, path.name
        assert outcome.findings.height == 0, path.name
        assert_declared(register, outcome.parsed)
        records_n += 1
    assert records_n == len(paths)


def _board(*held: tuple[str, str]) -> bytes:
    """The first answer of the case, with a board of these (forename, code of the function)."""
    answer = native_file(ANSWERS).read_text(encoding="utf-8").splitlines()[1]
    start, end = answer.index("<heeft><best"), answer.rindex("</heeft>") + len("</heeft>")
    seat = answer[start : answer.index("</heeft>", start) + len("</heeft>")]
    seats = [
        re.sub("Zelda", forename, seat).replace("<code>02</code>", f"<code>{code}</code>")
        for forename, code in held
    ]
    return "\n".join(['<?xml version="1.0"?>', answer[:start] + "".join(seats) + answer[end:]]).encode()


def test_who_holds_an_office_stays_one_person_when_others_come_and_go(tmp_path: Path) -> None:
    """In the next answer others stand in their places. Who holds two functions is one person."""
    files = {
        "inschrijving 90012304 2026-05-01.xml": _board(("Zelda", "02"), ("Otto", "02"), ("Zelda", "08")),
        "inschrijving 90012304 2026-06-01.xml": _board(("Otto", "02"), ("Petra", "02")),
    }
    home = Home(tmp_path / "home")
    night = lake_night(home, land_files(tmp_path / "landing", files))
    resolve_parties(night)
    paths = sorted(home.lake.rglob("person_statement/**/*.parquet"))
    named = pl.concat(pl.read_parquet(path, columns=["statement_id", "forename", "record"]) for path in paths)
    persons = mart(night, "resolution").join(named, on="statement_id", how="inner")
    assert sorted(persons["forename"]) == ["Otto", "Otto", "Petra", "Zelda"]
    one_each = persons.select("forename", "party_id", "record").unique()
    assert (one_each.height, one_each["party_id"].n_unique(), one_each["record"].n_unique()) == (3, 3, 3)
