"""The UK Sanctions List: rows of one designation are one party, wherever they stand in the file."""

from datetime import date
from pathlib import Path

from flows.ingest import parse
from tests import native_files, register_cases
from transforms.registers.gb_fcdo_sanctions import REGISTER, recognise

CASE = register_cases.native_file(register_cases.CASES / "gb_fcdo_sanctions" / "typical")


def test_the_first_line_dates_the_list() -> None:
    head = CASE.read_bytes()
    assert recognise("any.csv", head) == recognise("any.csv", b"\xef\xbb\xbf" + head)
    recognised = recognise("any.csv", head)
    assert recognised is not None and recognised.edition_date == date(2026, 10, 8)
    assert recognise("any.csv", b"Unique ID,Name 6\n1,Zed\n") is None


def test_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    report, header, *rows = CASE.read_bytes().splitlines(keepends=True)
    parties = []
    for place, order in enumerate((rows, rows[::-1])):
        folder = tmp_path / str(place)
        landed = native_files.landed(folder / "landing", CASE.name, b"".join([report, header, *order]))
        read = parse.ingest(landed, folder / "work", "key")
        facts = read.facts
        assert facts.rows_in == facts.rows_loaded + facts.rows_rejected + facts.rows_ignored == 11
        made = native_files.statements(read)
        names = made["name_statement"].select("name", "name_kind").unique().sort("name").rows()
        listed = made["listing_statement"].select("record", "list_name", "valid_from").sort("record").rows()
        parties.append((names, listed, made["person_statement"]["full_name"].to_list()))
    assert parties[0] == parties[1]


def test_what_is_refused_of_a_person_is_in_no_table() -> None:
    made = register_cases.run(REGISTER, CASE)
    text = "".join(table.write_json() for table in made.parsed.tables.values())
    assert not any(word in text for word in ("Canary", "9 Home Lane", '"P1"'))
    assert made.parsed.tables["person_statement"]["birth_year"].to_list() == [1975]
