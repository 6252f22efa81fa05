"""Bad input, each kind tried on each register: refused or rejected, never repaired; the other registers still load.

On every one: rows in = loaded + rejected + ignored, and no message names a person.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from flows import lake
from flows.editions import EditionInUse
from flows.settings import Home
from flows.stages import Night, fill_lake, land, new_night
from tests import landings
from tests.landings import CANARY, COMPANIES, PSC, RECORDS, REGISTERS, TITLES, changed, file_name, lines, text

LATIN_1 = "é".encode("latin-1")


def _night(tmp_path: Path, landing: Path) -> Night:
    """The first two stages on a new home."""
    home = Home(tmp_path / "home")
    home.prepare()
    night = new_night(home, landing)
    night.work.mkdir(parents=True)
    land(night)
    fill_lake(night)
    return night


def _edition(night: Night, register: str) -> EditionInUse:
    return next(edition for edition in night.editions.all if edition.facts.register == register)


def _rejects(night: Night) -> list[tuple[str, str, int]]:
    frame = pl.read_parquet(night.table("reject"))
    assert CANARY not in frame.write_csv()
    return [(row["register"], row["code"], row["record_no"]) for row in frame.iter_rows(named=True)]


@pytest.fixture
def others_load(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[Night, str], None]]:
    """Check what holds after every kind of bad input."""

    def check(night: Night, bad: str) -> None:
        for edition in night.editions.all:
            assert edition.facts.rows_add_up, edition.facts
        for register in REGISTERS:
            if register != bad:
                assert _edition(night, register).status == "in_force"
                assert _edition(night, register).facts.rows_loaded == RECORDS
        said = "".join(capsys.readouterr()) + "".join(edition.facts.blocked_message or "" for edition in night.editions.all)
        assert CANARY.split()[1] not in said

    yield check


# --- the file as a whole: it blocks its register --------------------------------------------------------------------


def _without_column(register: str) -> bytes:
    if register == PSC:  # JSON has no header: a key missing everywhere leaves no record that could be placed
        return text([row.replace(b'"kind"', b'"sort"') for row in lines(register)])
    column = {COMPANIES: b"RegAddress.PostTown", TITLES: b"Tenure"}[register]
    rows = lines(register)
    return text([rows[0].replace(column, b"Renamed"), *rows[1:]])


def _truncated(register: str) -> bytes:
    whole = text(lines(register, RECORDS))
    last = text(lines(register, RECORDS)[-1:])
    return whole[: len(whole) - len(last) - 60]


BLOCKING: dict[str, tuple[Callable[[str], bytes], dict[str, str]]] = {
    "missing column": (_without_column, {COMPANIES: "missing_column", PSC: "gate", TITLES: "missing_column"}),
    "empty file": (lambda _register: b"", dict.fromkeys(REGISTERS, "empty_file")),
    "truncated": (_truncated, dict.fromkeys(REGISTERS, "truncated")),
}


@pytest.mark.parametrize("register", REGISTERS)
@pytest.mark.parametrize("kind", BLOCKING)
def test_a_bad_file_blocks_its_register_only(kind: str, register: str, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    make, codes = BLOCKING[kind]
    night = _night(tmp_path, landings.write(tmp_path / "landing", {register: make(register)}))
    edition = _edition(night, register)
    assert (edition.status, edition.facts.blocked_code) == ("blocked", codes[register])
    assert register in (edition.facts.blocked_message or "") and file_name(register) in (edition.facts.blocked_message or "")
    assert night.exit_code == 5
    others_load(night, register)


@pytest.mark.parametrize("register", REGISTERS)
def test_a_truncated_zip_blocks_its_register_only(register: str, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    landing = landings.write(tmp_path / "landing")
    plain = landing / file_name(register)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    plain.unlink()
    plain.with_suffix(".zip").write_bytes(packed.getvalue()[:-200])
    night = _night(tmp_path, landing)
    assert (_edition(night, register).status, _edition(night, register).facts.blocked_code) == ("blocked", "bad_archive")
    assert night.exit_code == 5
    others_load(night, register)


@pytest.mark.parametrize("register", REGISTERS)
def test_a_whole_zip_loads(register: str, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    landing = landings.write(tmp_path / "landing")
    plain = landing / file_name(register)
    with zipfile.ZipFile(plain.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    plain.unlink()
    night = _night(tmp_path, landing)
    assert night.exit_code == 0
    others_load(night, "")


# --- one record: it is rejected, its neighbours are not -------------------------------------------------------------

BAD = 7  # index of the record that is broken


def _stray_quote(register: str) -> Callable[[bytes], bytes]:
    if register == PSC:
        return lambda row: row.replace(b'"Mr ', b'"M"r ', 1)
    if register == COMPANIES:
        return lambda row: row.replace(b" TRADER ", b' TRA"DER ', 1)
    return lambda row: row.replace(b"ZEDTON TRADER", b'ZEDTON "TRADER', 1)


def _impossible_date(register: str) -> Callable[[bytes], bytes]:
    good, bad = {COMPANIES: (b"01/03/2015", b"31/02/2015"), PSC: (b"2016-07-01", b"2016-02-31"), TITLES: (b"01-02-2018", b"31-02-2018")}[register]
    return lambda row: row.replace(good, bad, 1)


REJECTING: dict[str, tuple[Callable[[str], Callable[[bytes], bytes]], dict[str, str]]] = {
    "invalid UTF-8": (lambda register: lambda row: row.replace(b"Mill" if register != COMPANIES else b"HIGH", b"M" + LATIN_1 + b"ll", 1), dict.fromkeys(REGISTERS, "invalid_utf8")),
    "stray quote": (_stray_quote, {COMPANIES: "text_after_quote", PSC: "broken_json", TITLES: "quote_in_field"}),
    "NUL": (lambda register: lambda row: row.replace(b"Mill" if register != COMPANIES else b"HIGH", b"M\x00ll", 1), dict.fromkeys(REGISTERS, "nul_byte")),
    "31 February": (_impossible_date, dict.fromkeys(REGISTERS, "impossible_date")),
    "broken line": (lambda _register: lambda row: row[: len(row) // 2], {COMPANIES: "wrong_columns", PSC: "broken_json", TITLES: "wrong_columns"}),
}  # fmt: skip


@pytest.mark.parametrize("register", REGISTERS)
@pytest.mark.parametrize("kind", REJECTING)
def test_a_bad_record_is_rejected_and_its_neighbours_load(kind: str, register: str, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    make, codes = REJECTING[kind]
    before = changed(register, BAD, lambda row: row)
    contents = changed(register, BAD, make(register))
    assert contents != before
    night = _night(tmp_path, landings.write(tmp_path / "landing", {register: contents}))
    facts = _edition(night, register).facts
    assert (facts.rows_loaded, facts.rows_rejected) == (RECORDS - 1, 1)
    [(where, code, record_no)] = _rejects(night)
    assert where == register and record_no == BAD + 1
    assert code in {codes[register], "unclosed_quote"} if kind == "broken line" else code == codes[register]
    assert facts.completeness == "complete"  # a rejected record is not an absent one
    others_load(night, register)


@pytest.mark.parametrize("register", REGISTERS)
def test_an_exact_duplicate_is_ignored(register: str, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    night = _night(tmp_path, landings.write(tmp_path / "landing", {register: changed(register, BAD, lambda row: row + b"\n" + row)}))
    facts = _edition(night, register).facts
    furniture = 0 if register == COMPANIES else 1
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, facts.rows_ignored) == (RECORDS + 1 + furniture, RECORDS, 0, 1 + furniture)
    others_load(night, register)


@pytest.mark.parametrize("register", REGISTERS)
def test_the_same_key_with_other_content_is_rejected_and_the_first_stays(register: str, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    other = _impossible_date(register)(b"")  # only to name the same places as the dates do
    assert other == b""
    changes = {COMPANIES: (b"01/03/2015", b"02/03/2015"), PSC: (b"2016-07-01", b"2016-07-02"), TITLES: (b"01-02-2018", b"02-02-2018")}
    night = _night(
        tmp_path, landings.write(tmp_path / "landing", {register: changed(register, BAD, lambda row: row + b"\n" + row.replace(*changes[register]))})
    )
    facts = _edition(night, register).facts
    assert (facts.rows_loaded, facts.rows_rejected) == (RECORDS, 1)
    assert _rejects(night) == [(register, "duplicate_key", BAD + 2)]
    table = {COMPANIES: "entity_statement", PSC: "relationship_statement", TITLES: "proprietorship_statement"}[register]
    column = {COMPANIES: "incorporated_on", PSC: "valid_from", TITLES: "added_on"}[register]
    kept = pl.read_parquet(lake.table_path(night.home, table, facts)).filter(pl.col("record_no") == BAD + 1)
    assert kept[column].dt.day().to_list()[:1] == [1]
    others_load(night, register)


# --- totals that disagree: an extract -------------------------------------------------------------------------------


@pytest.mark.parametrize(("register", "total"), [(PSC, landings.totals(RECORDS + 5)), (TITLES, f"Row Count:,{RECORDS + 5}".encode())])
def test_a_total_that_disagrees_makes_an_extract(register: str, total: bytes, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    night = _night(tmp_path, landings.write(tmp_path / "landing", {register: text([*lines(register)[:-1], total])}))
    edition = _edition(night, register)
    assert (edition.status, edition.facts.completeness, edition.facts.declared_rows) == ("in_force", "extract", RECORDS + 5)
    assert night.exit_code == 0
    others_load(night, register)


def test_an_extract_does_not_replace_a_complete_edition(tmp_path: Path) -> None:
    landing = landings.write(tmp_path / "landing")
    extract = text([*lines(PSC)[:-1], landings.totals(RECORDS + 5)])
    (landing / file_name(PSC, "2026-07-01")).write_bytes(extract)
    night = _night(tmp_path, landing)
    found = {edition.facts.label: (edition.status, edition.facts.blocked_code) for edition in night.editions.all if edition.facts.register == PSC}
    assert found == {"2026-06-01": ("in_force", None), "2026-07-01": ("blocked", "extract")}
    assert night.exit_code == 5


def test_companies_publish_no_total(tmp_path: Path) -> None:
    """The one register of the three without trailer or totals: a short file of it cannot be told, and the reason says so."""
    night = _night(tmp_path, landings.write(tmp_path / "landing", {COMPANIES: text(lines(COMPANIES)[:-5])}))
    facts = _edition(night, COMPANIES).facts
    assert (facts.completeness, facts.completeness_reason, facts.rows_loaded) == ("complete", "no total published", RECORDS - 5)


# --- what is kept of a rejected record ------------------------------------------------------------------------------


def test_the_quarantine_keeps_the_raw_record_for_its_owner_only(tmp_path: Path) -> None:
    night = _night(tmp_path, landings.write(tmp_path / "landing", {TITLES: changed(TITLES, BAD, _impossible_date(TITLES))}))
    [path] = [path for path in (night.home.quarantine / TITLES).glob("*.jsonl") if path.stat().st_size]
    assert path.stat().st_mode & 0o777 == 0o600
    assert night.home.quarantine.stat().st_mode & 0o777 == 0o700
    assert '"code": "impossible_date"' in path.read_text() and "31-02-2018" in path.read_text()


def test_unreadable_categories_and_keys_are_loud(tmp_path: Path) -> None:
    contents = {
        COMPANIES: changed(COMPANIES, BAD, lambda row: row.replace(b'"Active"', b'"Dancing"')),
        PSC: changed(PSC, BAD, lambda row: row.replace(b"ownership-of-shares-75-to-100-percent", b"ownership-of-everything").replace(b'"etag"', b'"novelty"')),
    }
    night = _night(tmp_path, landings.write(tmp_path / "landing", contents))
    found = pl.read_parquet(night.table("finding"))
    assert set(found.select("register", "code").unique().iter_rows()) == {(COMPANIES, "unknown_category"), (PSC, "unknown_category"), (PSC, "unknown_field")}
    assert [facts.rows_loaded for facts in night.editions.with_status("in_force")] == [RECORDS] * 3
