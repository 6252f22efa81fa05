"""Messages about what municipalities say that premises are worth: which counts, and nothing of people."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flows.home.settings import Home
from flows.ingest import parse
from tests.landings import land_files, mart, resolved_night
from tests.native_files import landed
from tests.register_cases import assert_declared, cases, native_file, run
from transforms.errors import BlockedEdition
from transforms.model.register import registers
from transforms.registers.nl_woz import declined

REGISTER = registers()["nl_woz"]
REAL = Path(__file__).resolve().parents[4] / "shared" / "registers" / "nl" / "woz"
MESSAGES, PLAIN = (native_file(case) for case in sorted(cases(REGISTER), key=lambda case: case.name))


def test_nothing_of_a_person_becomes_a_row() -> None:
    text = MESSAGES.read_text(encoding="utf-8")
    tables = run(REGISTER, MESSAGES).parsed.tables
    rows = str([table.to_dicts() for table in tables.values()])
    for word in ("Zedson", "999999990", "1970"):
        assert word in text and word not in rows


def test_a_message_is_dated_by_itself_and_is_a_data_set_of_its_own(tmp_path: Path) -> None:
    edition = landed(tmp_path / "landing", PLAIN.name, PLAIN.read_bytes())
    assert (edition.dataset, edition.label) == (
        "message-00000000-0000-0000-0000-000000000009",
        "2026-05-30",
    )
    facts = parse.ingest(edition, tmp_path / "work", "key").facts
    assert (facts.rows_in, facts.rows_loaded, facts.completeness) == (1, 1, "extract")
    cut = landed(tmp_path / "cut", PLAIN.name, PLAIN.read_bytes()[:-30])
    with pytest.raises(BlockedEdition, match="not well-formed"):
        parse.ingest(cut, tmp_path / "cut work", "key")


def test_the_value_entered_last_is_that_of_the_seats_address(tmp_path: Path) -> None:
    """Of two values for one day the later counts, another year's stays; elsewhere none is shown."""
    (seats,) = (case for case in cases(registers()["nl_kvk_basisprofiel"]) if case.name == "lines")
    paths = (MESSAGES, PLAIN, native_file(seats))
    landing = land_files(tmp_path / "landing", {path.name: path.read_bytes() for path in paths})
    night = resolved_night(Home(tmp_path / "home"), landing, date(2026, 6, 1))
    shown = mart(night, "valuation").sort("valued_on")
    assert shown.select("object_number", "valued_on", "value_eur", "designation_id").rows() == [
        ("099900000012", date(2024, 1, 1), Decimal("1100000.00"), "NL-BAG-0999200000000012"),
        ("099900000012", date(2025, 1, 1), Decimal("990000.00"), "NL-BAG-0999200000000012"),
    ]


def test_messages_of_a_public_loader_are_read(tmp_path: Path) -> None:
    """None of these three states a value: alone each is left aside, before an invented one it is ignored."""
    paths = sorted(REAL.glob("*.xml"))
    if not paths:
        pytest.skip("../shared/registers/nl/woz is not there: no real message was read")
    for path in paths:
        raw = path.read_bytes()
        assert "not about a value" in declined("", raw)
        several = tmp_path / f"{path.stem} 2026-06-01.xml"
        several.write_bytes(raw.rstrip() + b"\n" + (MESSAGES if b"Envelope" in raw else PLAIN).read_bytes())
        outcome = run(REGISTER, several)
        invented = run(REGISTER, MESSAGES if b"Envelope" in raw else PLAIN)
        assert outcome.records_n == invented.records_n + 1
        assert outcome.ignored.row(0) == (1, "no_value")
        assert outcome.findings.height == invented.findings.height, path.name
        assert outcome.rejected.height == invented.rejected.height
        assert_declared(REGISTER, outcome.parsed)
