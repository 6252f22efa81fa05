"""A bad file blocks its register, a bad record is rejected, and their neighbours load."""

import io
import zipfile
from collections.abc import Callable
from contextlib import closing
from errno import ENOSPC
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest import lake
from flows.night.night import Night
from flows.night.tables import open_tables
from tests import landings
from tests.flows.ingest.bad_nights import BAD, LATIN_1, edition_of, night_on, place_of, rejects_of, with_each
from tests.landings import COMPANIES, PSC, RECORDS, REGISTERS, TITLES, changed, file_name, lines, text
from transforms.errors import RunFailed
from transforms.model.register import registers


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


@pytest.mark.sample(1)
@pytest.mark.parametrize("register", REGISTERS)
@pytest.mark.parametrize("kind", BLOCKING)
def test_a_bad_file_blocks_its_register_only(
    kind: str, register: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    make, codes = BLOCKING[kind]
    night = night_on(
        tmp_path,
        landings.write(tmp_path / "landing", {register: make(register)}),
        from_scratch=kind == "truncated",
    )
    edition = edition_of(night, register)
    assert (edition.status, edition.facts.blocked_code) == ("blocked", codes[register])
    assert register in (edition.facts.blocked_message or "") and file_name(register) in (
        edition.facts.blocked_message or ""
    )
    assert night.exit_code == 5
    others_load(night, register)


def test_an_edition_of_a_day_to_come_is_blocked_and_those_after_it_count(tmp_path: Path) -> None:
    """A year that somebody mistyped would make every later edition an older one."""
    landing = landings.write(tmp_path / "landing")
    (landing / file_name(PSC)).rename(landing / file_name(PSC, "2062-06-01"))
    night = night_on(tmp_path, landing)
    edition = edition_of(night, PSC)
    assert (edition.facts.label, edition.status, edition.facts.blocked_code) == (
        "2062-06-01",
        "blocked",
        "future_date",
    )
    assert night.as_of.year < 2062 and night.exit_code == 5


@pytest.mark.parametrize("register", REGISTERS)
def test_a_truncated_zip_blocks_its_register_only(
    register: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    landing = landings.write(tmp_path / "landing")
    plain = landing / file_name(register)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    plain.unlink()
    plain.with_suffix(".zip").write_bytes(packed.getvalue()[:-200])
    night = night_on(tmp_path, landing)
    facts = edition_of(night, register).facts
    assert (edition_of(night, register).status, facts.blocked_code) == ("blocked", "bad_archive")
    assert f"register {register}: archive {plain.stem}.zip: " in (facts.blocked_message or "")
    assert night.exit_code == 5
    others_load(night, register)


@pytest.mark.sample(1)
@pytest.mark.parametrize("register", REGISTERS)
def test_a_whole_zip_loads(register: str, tmp_path: Path, others_load: Callable[[Night, str], None]) -> None:
    landing = landings.write(tmp_path / "landing")
    plain = landing / file_name(register)
    with zipfile.ZipFile(plain.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    plain.unlink()
    night = night_on(tmp_path, landing)
    assert night.exit_code == 0
    others_load(night, "")


def _stray_quote(register: str) -> Callable[[bytes], bytes]:
    if register == PSC:
        return lambda row: row.replace(b'"Mr ', b'"M"r ', 1)
    if register == COMPANIES:
        return lambda row: row.replace(b" TRADER ", b' TRA"DER ', 1)
    return lambda row: row.replace(b"ZEDTON TRADER", b'ZEDTON "TRADER', 1)


def _impossible_date(register: str) -> Callable[[bytes], bytes]:
    good, bad = {
        COMPANIES: (b"01/03/2015", b"31/02/2015"),
        PSC: (b"2016-07-01", b"2016-02-31"),
        TITLES: (b"01-02-2018", b"31-02-2018"),
    }[register]
    return lambda row: row.replace(good, bad, 1)


REJECTING: dict[str, tuple[Callable[[str], Callable[[bytes], bytes]], dict[str, str]]] = {
    "invalid UTF-8": (
        lambda register: (
            lambda row: row.replace(b"Mill" if register != COMPANIES else b"HIGH", b"M" + LATIN_1 + b"ll", 1)
        ),
        dict.fromkeys(REGISTERS, "invalid_utf8"),
    ),
    "stray quote": (
        _stray_quote,
        {COMPANIES: "text_after_quote", PSC: "broken_json", TITLES: "quote_in_field"},
    ),
    "NUL": (
        lambda register: (
            lambda row: row.replace(b"Mill" if register != COMPANIES else b"HIGH", b"M\x00ll", 1)
        ),
        dict.fromkeys(REGISTERS, "nul_byte"),
    ),
    "31 February": (_impossible_date, dict.fromkeys(REGISTERS, "impossible_date")),
    "broken line": (
        lambda _register: lambda row: row[: len(row) // 2],
        {COMPANIES: "wrong_columns", PSC: "broken_json", TITLES: "wrong_columns"},
    ),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("register", REGISTERS)
def test_bad_records_are_rejected_and_their_neighbours_load(
    register: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    contents = with_each(
        lines(register),
        landings.first_record(register),
        [make(register) for make, _codes in REJECTING.values()],
    )
    night = night_on(tmp_path, landings.write(tmp_path / "landing", {register: contents}))
    facts = edition_of(night, register).facts
    assert (facts.rows_loaded, facts.rows_rejected) == (RECORDS - len(REJECTING), len(REJECTING))
    rejected = {record_no: code for where, code, record_no in rejects_of(night) if where == register}
    expected = {
        place_of(number) + 1: codes[register] for number, (_make, codes) in enumerate(REJECTING.values())
    }
    half = place_of(list(REJECTING).index("broken line")) + 1
    assert rejected[half] in {expected[half], "unclosed_quote"}
    assert rejected | {half: ""} == expected | {half: ""}
    kept = pl.read_parquet(lake.table_path(night.home, registers()[register].tables[0].name, facts))[
        "record_no"
    ]
    assert set(kept) == set(range(1, RECORDS + 1)) - set(expected)
    assert facts.completeness == "complete"  # a rejected record is not an absent one
    others_load(night, register)


@pytest.mark.nightly
@pytest.mark.parametrize("register", REGISTERS)
def test_an_exact_duplicate_is_ignored(
    register: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    night = night_on(
        tmp_path,
        landings.write(
            tmp_path / "landing", {register: changed(register, BAD, lambda row: row + b"\n" + row)}
        ),
    )
    facts = edition_of(night, register).facts
    furniture = 0 if register == COMPANIES else 1
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, facts.rows_ignored) == (
        RECORDS + 1 + furniture,
        RECORDS,
        0,
        1 + furniture,
    )
    of_furniture = {PSC: ("totals: 1",), TITLES: ("trailer: 1",)}.get(register, ())
    assert facts.ignored_reasons == ("duplicate: 1", *of_furniture)
    others_load(night, register)


@pytest.mark.sample(1)
@pytest.mark.parametrize("register", REGISTERS)
def test_the_same_key_with_other_content_is_rejected_and_the_first_stays(
    register: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    other = _impossible_date(register)(b"")  # only to name the same places as the dates do
    assert other == b""
    changes = {
        COMPANIES: (b"01/03/2015", b"02/03/2015"),
        PSC: (b"2016-07-01", b"2016-07-02"),
        TITLES: (b"01-02-2018", b"02-02-2018"),
    }
    night = night_on(
        tmp_path,
        landings.write(
            tmp_path / "landing",
            {register: changed(register, BAD, lambda row: row + b"\n" + row.replace(*changes[register]))},
        ),
    )
    facts = edition_of(night, register).facts
    assert (facts.rows_loaded, facts.rows_rejected) == (RECORDS, 1)
    assert rejects_of(night) == [(register, "duplicate_key", BAD + 2)]
    table = {
        COMPANIES: "entity_statement",
        PSC: "relationship_statement",
        TITLES: "proprietorship_statement",
    }[register]
    column = {COMPANIES: "incorporated_on", PSC: "valid_from", TITLES: "added_on"}[register]
    kept = pl.read_parquet(lake.table_path(night.home, table, facts)).filter(pl.col("record_no") == BAD + 1)
    assert kept[column].dt.day().to_list()[:1] == [1]
    others_load(night, register)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("register", "total"),
    [(PSC, landings.totals(RECORDS + 5)), (TITLES, f"Row Count:,{RECORDS + 5}".encode())],
)
def test_a_total_that_disagrees_makes_an_extract(
    register: str, total: bytes, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    night = night_on(
        tmp_path, landings.write(tmp_path / "landing", {register: text([*lines(register)[:-1], total])})
    )
    edition = edition_of(night, register)
    assert (edition.status, edition.facts.completeness, edition.facts.declared_rows) == (
        "in_force",
        "extract",
        RECORDS + 5,
    )
    assert night.exit_code == 0
    others_load(night, register)


@pytest.mark.nightly
def test_an_extract_does_not_replace_a_complete_edition(tmp_path: Path) -> None:
    landing = landings.write(tmp_path / "landing")
    extract = text([*lines(PSC)[:-1], landings.totals(RECORDS + 5)])
    (landing / file_name(PSC, "2026-07-01")).write_bytes(extract)
    night = night_on(tmp_path, landing)
    statuses = {
        edition.facts.label: (edition.status, edition.facts.blocked_code)
        for edition in night.editions.all
        if edition.facts.register == PSC
    }
    assert statuses == {"2026-06-01": ("in_force", None), "2026-07-01": ("blocked", "extract")}
    assert night.exit_code == 5


def test_companies_publish_no_total(tmp_path: Path) -> None:
    """The one register of the three without trailer or totals: a short file of it cannot be told, and the
    reason says so.
    """
    night = night_on(tmp_path, landings.write(tmp_path / "landing", {COMPANIES: text(lines(COMPANIES)[:-5])}))
    facts = edition_of(night, COMPANIES).facts
    assert (facts.completeness, facts.completeness_reason, facts.rows_loaded) == (
        "complete",
        "no total published",
        RECORDS - 5,
    )


def test_the_quarantine_keeps_the_raw_record_for_its_owner_only(tmp_path: Path) -> None:
    night = night_on(
        tmp_path,
        landings.write(tmp_path / "landing", {TITLES: changed(TITLES, BAD, _impossible_date(TITLES))}),
    )
    [path] = [path for path in (night.home.quarantine / TITLES).glob("*.jsonl") if path.stat().st_size]
    assert path.stat().st_mode & 0o777 == 0o600
    assert night.home.quarantine.stat().st_mode & 0o777 == 0o700
    assert '"code": "impossible_date"' in path.read_text() and "31-02-2018" in path.read_text()


@pytest.mark.nightly
def test_unreadable_categories_and_keys_are_loud(tmp_path: Path) -> None:
    contents = {
        COMPANIES: changed(COMPANIES, BAD, lambda row: row.replace(b'"Active"', b'"Dancing"')),
        PSC: changed(
            PSC,
            BAD,
            lambda row: row.replace(
                b"ownership-of-shares-75-to-100-percent", b"ownership-of-everything"
            ).replace(b'"etag"', b'"novelty"'),
        ),
    }
    night = night_on(tmp_path, landings.write(tmp_path / "landing", contents))
    findings = pl.read_parquet(night.table("finding"))
    assert set(findings.select("register", "code").unique().iter_rows()) == {
        (COMPANIES, "unknown_category"),
        (PSC, "unknown_category"),
        (PSC, "unknown_field"),
    }
    assert [facts.rows_loaded for facts in night.editions.with_status("in_force")] == [RECORDS] * 3


def test_a_file_gone_from_the_lake_is_no_table_without_rows(tmp_path: Path) -> None:
    landing, home = landings.write(tmp_path / "landing"), Home(tmp_path / "home")
    night = landings.lake_night(home, landing)
    [facts] = [facts for facts in night.editions.usable if facts.register == COMPANIES]
    lake.table_path(home, "entity_statement", facts).unlink()
    with pytest.raises(
        RunFailed, match=f"{COMPANIES} {facts.label}: .*is missing; restore it from a backup, or remove"
    ):
        open_tables(night, ())
    lake.manifest_path(home, facts).unlink()
    with closing(open_tables(landings.lake_night(home, landing), ())) as connection:
        assert connection.execute(
            "select count(*) from entity_statement where register = ?", [COMPANIES]
        ).fetchone() == (RECORDS,)


def test_a_failure_to_admit_an_edition_ends_the_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> lake.EditionFacts:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(lake, "admit", full)
    with pytest.raises(OSError, match="No space left"):
        night_on(tmp_path, landings.write(tmp_path / "landing", {}), from_scratch=True)
    assert lake.manifests(Home(tmp_path / "home")) == ()
