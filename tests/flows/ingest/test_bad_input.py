"""Bad input, each kind tried on each register: refused or rejected, never repaired; the other registers still
load.

On every one: rows in = loaded + rejected + ignored, and no message names a person.
"""

import csv
import gzip
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from errno import ENOSPC
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.editions import EditionInUse
from flows.night.night import Night, new_night, run_stage
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from flows.night.steps import STAGES
from flows.night.tables import open_tables
from quality.town.land import overseas_titles
from tests import landings
from tests.conftest import Tier
from tests.flows import bods_statements as bods
from tests.flows.bods_statements import BAD as BAD_STATEMENTS
from tests.flows.bods_statements import BODS
from tests.flows.structures import by_record
from tests.landings import (
    CANARY,
    COMPANIES,
    PSC,
    RECORDS,
    REGISTERS,
    TITLES,
    changed,
    file_name,
    lines,
    mart,
    text,
)
from tests.reliability.few_indicators import few
from tests.sale_rows import PRICES, sale_row
from transforms.errors import RunFailed
from transforms.model.indicator import indicators
from transforms.model.register import registers
from transforms.registers.gb_hmlr_price_paid import REPORT_COLUMNS

LATIN_1 = "é".encode("latin-1")


@cache
def _sound_home() -> tuple[TemporaryDirectory[str], Home]:
    """A home whose lake has the sound files of `landings.write`, made once: their gates take most of a
    night's time.
    """
    folder = TemporaryDirectory()
    night = _night(Path(folder.name), landings.write(Path(folder.name) / "landing"), from_scratch=True)
    assert [facts.rows_loaded for facts in night.editions.with_status("in_force")] == [RECORDS] * len(
        REGISTERS
    )
    return folder, night.home


def _night(tmp_path: Path, landing: Path, *, from_scratch: bool = False) -> Night:
    """The first two stages on a new home.

    What is sound in the landing was read by an earlier night, unless `from_scratch`.
    """
    home = Home(tmp_path / "home")
    home.prepare()
    for register in () if from_scratch else REGISTERS:
        file = landing / file_name(register)
        if file.exists() and file.read_bytes() == text(lines(register)):
            for folder in (
                *_sound_home()[1].lake.glob(f"*/register={register}"),
                _sound_home()[1].lake / "manifests" / register,
            ):
                shutil.copytree(folder, home.lake / folder.relative_to(_sound_home()[1].lake))
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
        output = "".join(capsys.readouterr()) + "".join(
            edition.facts.blocked_message or "" for edition in night.editions.all
        )
        assert CANARY.split()[1] not in output

    yield check


# --- the file as a whole: it blocks its register ------------------------------------------------------------


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
    night = _night(
        tmp_path,
        landings.write(tmp_path / "landing", {register: make(register)}),
        from_scratch=kind == "truncated",
    )
    edition = _edition(night, register)
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
    night = _night(tmp_path, landing)
    edition = _edition(night, PSC)
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
    night = _night(tmp_path, landing)
    facts = _edition(night, register).facts
    assert (_edition(night, register).status, facts.blocked_code) == ("blocked", "bad_archive")
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
    night = _night(tmp_path, landing)
    assert night.exit_code == 0
    others_load(night, "")


# --- one record: it is rejected, its neighbours are not -----------------------------------------------------

BAD = 7  # index of the record that is broken


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


def _place(number: int) -> int:
    """Index of the record that the kind of this number breaks: each has sound neighbours."""
    return BAD - 4 + 4 * number


def _with_each(rows: list[bytes], first: int, changes: Iterable[Callable[[bytes], bytes]]) -> bytes:
    """A file of these lines, of which each change has broken one.

    `first`: index of the first record's line.
    """
    broken = list(rows)
    for number, change in enumerate(changes):
        at = first + _place(number)
        broken[at] = change(rows[at])
        assert broken[at] != rows[at], number
    return text(broken)


@pytest.mark.sample(1)
@pytest.mark.parametrize("register", REGISTERS)
def test_bad_records_are_rejected_and_their_neighbours_load(
    register: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    contents = _with_each(
        lines(register),
        landings.first_record(register),
        [make(register) for make, _codes in REJECTING.values()],
    )
    night = _night(tmp_path, landings.write(tmp_path / "landing", {register: contents}))
    facts = _edition(night, register).facts
    assert (facts.rows_loaded, facts.rows_rejected) == (RECORDS - len(REJECTING), len(REJECTING))
    rejected = {record_no: code for where, code, record_no in _rejects(night) if where == register}
    expected = {
        _place(number) + 1: codes[register] for number, (_make, codes) in enumerate(REJECTING.values())
    }
    half = _place(list(REJECTING).index("broken line")) + 1
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
    night = _night(
        tmp_path,
        landings.write(
            tmp_path / "landing", {register: changed(register, BAD, lambda row: row + b"\n" + row)}
        ),
    )
    facts = _edition(night, register).facts
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
    night = _night(
        tmp_path,
        landings.write(
            tmp_path / "landing",
            {register: changed(register, BAD, lambda row: row + b"\n" + row.replace(*changes[register]))},
        ),
    )
    facts = _edition(night, register).facts
    assert (facts.rows_loaded, facts.rows_rejected) == (RECORDS, 1)
    assert _rejects(night) == [(register, "duplicate_key", BAD + 2)]
    table = {
        COMPANIES: "entity_statement",
        PSC: "relationship_statement",
        TITLES: "proprietorship_statement",
    }[register]
    column = {COMPANIES: "incorporated_on", PSC: "valid_from", TITLES: "added_on"}[register]
    kept = pl.read_parquet(lake.table_path(night.home, table, facts)).filter(pl.col("record_no") == BAD + 1)
    assert kept[column].dt.day().to_list()[:1] == [1]
    others_load(night, register)


# --- totals that disagree: an extract -----------------------------------------------------------------------


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("register", "total"),
    [(PSC, landings.totals(RECORDS + 5)), (TITLES, f"Row Count:,{RECORDS + 5}".encode())],
)
def test_a_total_that_disagrees_makes_an_extract(
    register: str, total: bytes, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    night = _night(
        tmp_path, landings.write(tmp_path / "landing", {register: text([*lines(register)[:-1], total])})
    )
    edition = _edition(night, register)
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
    night = _night(tmp_path, landing)
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
    night = _night(tmp_path, landings.write(tmp_path / "landing", {COMPANIES: text(lines(COMPANIES)[:-5])}))
    facts = _edition(night, COMPANIES).facts
    assert (facts.completeness, facts.completeness_reason, facts.rows_loaded) == (
        "complete",
        "no total published",
        RECORDS - 5,
    )


# --- what is kept of a rejected record ----------------------------------------------------------------------


def test_the_quarantine_keeps_the_raw_record_for_its_owner_only(tmp_path: Path) -> None:
    night = _night(
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
    night = _night(tmp_path, landings.write(tmp_path / "landing", contents))
    findings = pl.read_parquet(night.table("finding"))
    assert set(findings.select("register", "code").unique().iter_rows()) == {
        (COMPANIES, "unknown_category"),
        (PSC, "unknown_category"),
        (PSC, "unknown_field"),
    }
    assert [facts.rows_loaded for facts in night.editions.with_status("in_force")] == [RECORDS] * 3


# --- BODS: statements that cannot be, through a whole night -------------------------------------------------


@pytest.fixture(scope="module")
def bad_statements(tmp_path_factory: pytest.TempPathFactory, tier: Tier) -> Night:
    """Every stage, gates included, up to a release; with the indicators that read owners and roles.

    40 sound relationships and one of each kind of bad ones.
    """
    folder = tmp_path_factory.mktemp("bad statements")
    (folder / "landing").mkdir()
    (folder / "landing" / bods.FILE).write_bytes(bods.lines(bods.bad_statements()))
    home = Home(folder / "home")
    home.prepare()
    night = new_night(home, folder / "landing")
    night.work.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        few(patch, tier, *(code for code in indicators() if code.startswith(("OWN", "DEC", "ROL"))))
        for stage in STAGES:
            run_stage(stage, night)
    return night


def _record_no(record: str) -> int:
    return next(number for number, one in enumerate(bods.bad_statements(), 1) if one["recordId"] == record)


def _single[T](rows: list[T]) -> T | None:
    assert len(rows) <= 1, rows
    return rows[0] if rows else None


@pytest.mark.nightly
@pytest.mark.parametrize("key", BAD_STATEMENTS)
def test_a_statement_that_cannot_be_is_kept_named_and_out_of_the_arithmetic(
    key: str, bad_statements: Night
) -> None:
    """`v_reject` or OWN-100 or a finding says which, down to the record; the figure is read as expected or
    not at all.
    """
    bad, record = BAD_STATEMENTS[key], f"rel-{key}"
    position = _record_no(record)
    rejected = mart(bad_statements, "reject").filter(record_no=position)
    assert rejected["code"].to_list() == ([bad.reject] if bad.reject else [])
    assert all(locator.startswith(f"record {position} at byte ") for locator in rejected["locator"])
    findings = mart(bad_statements, "finding")
    unknown_kind = findings.filter(
        pl.col("code") == "unknown_category"
    )  # a kind is counted, not placed: its text may be anything
    named = (
        findings.filter(value=f"record-{position}")["code"].to_list()
        if bad.finding != "unknown_category"
        else unknown_kind["code"].to_list()
    )
    assert named == ([bad.finding] if bad.finding else [])
    resolution = mart(bad_statements, "resolution")
    ids = dict(resolution.select("record", "party_id").rows())
    statements = pl.read_parquet(
        lake.table_files(bad_statements.home, "interest_statement", bad_statements.editions.usable)[0]
    ).filter(record=record)
    if bad.reject:
        assert statements.height == 0
        return
    row = statements.row(0, named=True)
    assert ((row["share_min"], row["share_max"]), row["share_fault"]) == (bad.share, bad.fault)
    assert (row["share_native"] is None) == (bad.fault is None)
    assert mart(bad_statements, "interest").filter(interest_id=row["statement_id"])["party_id"].to_list() == [
        ids[f"per-{key}" if f"per-{key}" in ids else "gone" if key == "no-party" else "ent-itself"]
    ]
    owner = _single(
        by_record(bad_statements, "graph_ubo")
        .filter(regime="AMLR", party_id=f"per-{key}")
        .select("verdict", "basis")
        .rows()
    )
    assert owner == bad.owner
    subject = ids.get(f"ent-{key}")
    flag = _single(
        mart(bad_statements, "flag")
        .filter(indicator="OWN-100", subject_id=subject, state="flagged")
        .to_dicts()
    )
    assert (flag["subtype"] if flag else None) == bad.own_100
    if flag:
        proof = mart(bad_statements, "evidence").filter(flag_id=flag["flag_id"])
        assert set(proof["register"]) == {BODS} and record in set(proof["record"])
        told_values = {value for value in proof.filter(record=record)["value"] if value is not None}
        assert not bad.fault or {bad.fault, row["share_native"]} <= told_values
        assert bad.own_100 != "dates_reversed" or {"2025-06-01", "2024-06-01"} <= told_values


def test_bad_statements_are_counted_and_leave_no_figure_that_is_none(bad_statements: Night) -> None:
    """Rows add up, the night publishes, no result is NaN or outside 0 to 100, and no name is told."""
    facts = _edition(bad_statements, BODS).facts
    rejected = sum(1 for bad in BAD_STATEMENTS.values() if bad.reject)
    assert (facts.rows_in, facts.rows_rejected, facts.rows_ignored) == (
        len(bods.bad_statements()),
        rejected,
        0,
    )
    assert facts.rows_add_up and bad_statements.exit_code == 0 and bad_statements.home.current.exists()
    for name in ("interest", "graph_integrated", "graph_ubo", "graph_contradiction", "graph_edge", "flag"):
        table = mart(bad_statements, name)
        assert not any(
            table[column].is_nan().any() for column, dtype in table.schema.items() if dtype.is_float()
        ), name
        shares = [column for column, dtype in table.schema.items() if isinstance(dtype, pl.Decimal)]
        assert all(table[column].drop_nulls().is_between(0, 100).all() for column in shares), name
    for name in ("reject", "finding", "gate", "flag", "evidence"):
        assert CANARY not in mart(bad_statements, name).write_csv(), name


@pytest.mark.nightly
def test_a_sound_statement_among_bad_ones_is_as_ever(bad_statements: Night) -> None:
    owner_rows = by_record(bad_statements, "graph_ubo").filter(
        pl.col("subject_id").str.contains(r"^ent-\d+$"), regime="AMLR"
    )
    assert owner_rows.select("verdict", "share_min", "share_max_declared").unique().rows() == [
        ("CERTAIN", 60, 60)
    ]
    assert owner_rows.height == 40


# --- BODS: files that are broken ----------------------------------------------------------------------------

Statements = list[Mapping[str, object]]


def _sound() -> Statements:
    return list(bods.SOUND)


def _halved(contents: bytes) -> bytes:
    return contents[: len(contents) // 2]


def _earlier() -> Statements:
    return [
        {
            "statementID": "1",
            "statementType": "entityStatement",
            "entityType": "registeredEntity",
            "name": "ZEDTON LIMITED",
        }
    ]


def _zipped(contents: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(bods.FILE, contents)
    return packed.getvalue()


# File name → its bytes, and why it is refused.
BODS_BLOCKING: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "empty.bods.jsonl": (lambda: b"", "empty_file"),
    "blank.bods.jsonl": (lambda: b"\n \n", "empty_file"),
    "empty-package.bods.json": (lambda: b"[]", "empty_file"),
    "half-a-package.bods.json": (lambda: _halved(bods.package(_sound())), "truncated"),
    "cut-in-the-last-line.bods.jsonl": (lambda: bods.lines(_sound())[:-60], "truncated"),
    "package-without-its-end.bods.json": (lambda: bods.package(_sound())[:-2], "truncated"),
    "two-packages.bods.json": (lambda: bods.package(_sound()) + bods.package(_sound()), "broken_package"),
    "a-comma-too-many.bods.json": (
        lambda: bods.package(_sound()).replace(b" },\n {", b" },,\n {", 1),
        "broken_package",
    ),
    "an-object-of-50-mb.bods.json": (
        lambda: bods.package([*_sound(), {**bods.entity("long"), "x": "y" * (50 << 20)}]),
        "broken_package",
    ),
    "version-0-2-after-0-4.bods.json": (lambda: bods.package([*_sound(), *_earlier()]), "bods_version"),
    "no-statement.bods.jsonl": (lambda: bods.lines({"a": n} for n in range(40)), "gate"),
    "no-record-type.bods.jsonl": (
        lambda: bods.lines({**one, "recordType": None} for one in _sound()),
        "gate",
    ),
    "half.bods.jsonl.zip": (lambda: _zipped(bods.lines(_sound()))[:-200], "bad_archive"),
    "half.bods.jsonl.gz": (lambda: gzip.compress(bods.lines(_sound()))[:-200], "bad_archive"),
}


@pytest.fixture(scope="module")
def broken_files(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """All of them in one landing, with a sound file and the other registers."""
    folder = tmp_path_factory.mktemp("broken files")
    landing = landings.write(folder / "landing")
    for name, (make, _code) in BODS_BLOCKING.items():
        (landing / name).write_bytes(make())
    (landing / "sound.bods.jsonl").write_bytes(bods.lines(_sound()))
    return _night(folder, landing)


@pytest.mark.parametrize("name", BODS_BLOCKING)
def test_a_broken_bods_file_is_blocked_and_says_why(name: str, broken_files: Night) -> None:
    facts = _single(
        [edition.facts for edition in broken_files.editions.all if edition.facts.file_name == name]
    )
    assert facts is not None and facts.blocked_code == BODS_BLOCKING[name][1]
    message = facts.blocked_message or ""
    assert BODS in message and name in message


def test_broken_bods_files_block_nothing_else(
    broken_files: Night, others_load: Callable[[Night, str], None]
) -> None:
    statuses = [
        (edition.status, edition.facts.file_name)
        for edition in broken_files.editions.all
        if edition.facts.register == BODS
    ]
    assert sorted(statuses) == sorted(
        [*(("blocked", name) for name in BODS_BLOCKING), ("in_force", "sound.bods.jsonl")]
    )
    assert broken_files.exit_code == 5
    others_load(broken_files, BODS)


# --- BODS: one statement that is broken ---------------------------------------------------------------------


def _deep(levels: int) -> bytes:
    return b'{"recordDetails": ' + b'{"a": ' * levels + b"1" + b"}" * levels + b"}"


def _raw(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda row: row.replace(old, new, 1)


def _with(**keys: object) -> Callable[[bytes], bytes]:
    return lambda row: json.dumps({**json.loads(row), **keys}).encode()


# A change of an entity's line, and why it is then rejected.
BODS_REJECTING: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "invalid UTF-8": (_raw(b"ZEDTON", b"Z" + LATIN_1), "invalid_utf8"),
    "NUL": (_raw(b"ZEDTON", b"Z\x00DTON"), "nul_byte"),
    "NUL, escaped": (_raw(b"ZEDTON", b"Z\\u0000DTON"), "nul_byte"),
    "half a line": (lambda row: row[: len(row) // 2], "broken_json"),
    "stray quote": (_raw(b"ZEDTON ", b'ZED"TON '), "broken_json"),
    "a key twice": (_raw(b'"recordType"', b'"recordId": "other", "recordType"'), "broken_json"),
    "NaN, which is no JSON": (_raw(b'"statementDate"', b'"x": NaN, "statementDate"'), "broken_json"),
    "65 levels deep": (lambda _row: _deep(65), "too_deep"),
    "100,000 levels deep": (lambda _row: _deep(100_000), "too_deep"),
    "a list for an object": (_raw(b'{"entityType"', b'[{"entityType"'), "broken_json"),
    "no object at all": (lambda _row: b'["recordId"]', "broken_json"),
    "a line of 50 MB": (_raw(b"ZEDTON", b"z " * (25 << 20)), "too_long"),
    "details that are a text": (_with(recordDetails="none"), "wrong_type"),
    "a recordId that is a list": (_with(recordId=["a"]), "wrong_type"),
    "no recordId": (_with(recordId=" "), "missing_value"),
    "an unknown recordType": (_with(recordType="holding"), "unknown_kind"),
}
PLACES = {kind: 6 * index for index, kind in enumerate(BODS_REJECTING)}  # of its entity among 360 statements


@pytest.fixture(scope="module")
def broken_statements(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """All of them in one file of sound statements, and the other registers."""
    folder = tmp_path_factory.mktemp("broken statements")
    rows = bods.lines(
        one
        for n in range(120)
        for one in (bods.entity(f"{n}"), bods.person(f"{n}"), bods.related(f"{n}", bods.held(exact=60)))
    ).splitlines()
    for kind, (change, _code) in BODS_REJECTING.items():
        before = rows[PLACES[kind]]
        rows[PLACES[kind]] = change(before)
        assert rows[PLACES[kind]] != before, kind
    landing = landings.write(folder / "landing")
    (landing / bods.FILE).write_bytes(text(rows))
    return _night(folder, landing)


@pytest.mark.nightly  # on every commit test_bods.py rejects them, without a night
@pytest.mark.parametrize("kind", BODS_REJECTING)
def test_a_broken_statement_is_rejected_and_what_refers_to_it_is_named(
    kind: str, broken_statements: Night
) -> None:
    at = PLACES[kind]
    assert (BODS, BODS_REJECTING[kind][1], at + 1) in _rejects(broken_statements)
    named = (
        pl.read_parquet(broken_statements.table("finding")).filter(code="missing_party")["value"].to_list()
    )
    assert f"record-{at + 3}" in named and f"record-{at + 6}" not in named


@pytest.mark.nightly
def test_broken_statements_leave_their_neighbours_and_every_record_is_counted(
    broken_statements: Night, others_load: Callable[[Night, str], None]
) -> None:
    facts, broken = _edition(broken_statements, BODS).facts, len(BODS_REJECTING)
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, len(_rejects(broken_statements))) == (
        360,
        360 - broken,
        broken,
        broken,
    )
    assert broken_statements.exit_code == 0 and facts.completeness == "complete"
    others_load(broken_statements, BODS)


# --- titles from abroad: CCOD's format with four columns more -----------------------------------------------

OCOD, OCOD_FILE = "gb_hmlr_ocod", "OCOD_FULL_2026_06.csv"


def _overseas_lines() -> list[bytes]:
    """The lines of a valid OCOD file: CCOD's, with the country of incorporation after each category."""
    _header, *rows, trailer = lines(TITLES)
    columns = overseas_titles.COLUMNS
    category = columns.index("Proprietorship Category (1)")
    places = [n for n, column in enumerate(columns) if column.startswith("Country Incorporated")]

    def widened(row: bytes) -> bytes:
        [values] = csv.reader([row.decode()])
        for place in places:
            values.insert(place, "JERSEY" if place == category + 1 else "")
        return ",".join(f'"{value}"' if "," in value else value for value in values).encode()

    return [",".join(columns).encode(), *(widened(row) for row in rows), trailer]


def _overseas_night(tmp_path: Path, contents: bytes) -> Night:
    landing = landings.write(tmp_path / "landing")
    (landing / OCOD_FILE).write_bytes(contents)
    return _night(tmp_path, landing)


def test_a_valid_file_of_titles_from_abroad_loads(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    night = _overseas_night(tmp_path, text(_overseas_lines()))
    facts = _edition(night, OCOD).facts
    assert (facts.rows_loaded, facts.rows_rejected, facts.rows_ignored, facts.completeness) == (
        RECORDS,
        0,
        1,
        "complete",
    )
    assert night.exit_code == 0
    others_load(night, "")


OVERSEAS_BLOCKING: dict[str, tuple[Callable[[], bytes], str]] = {
    "without its countries": (lambda: text(lines(TITLES)), "missing_column"),
    "truncated": (lambda: text(_overseas_lines()[:-1])[:-60], "truncated"),
}


@pytest.mark.parametrize("kind", OVERSEAS_BLOCKING)
def test_a_bad_file_of_titles_from_abroad_blocks_itself_only(
    kind: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    make, code = OVERSEAS_BLOCKING[kind]
    night = _overseas_night(tmp_path, make())
    edition = _edition(night, OCOD)
    assert (edition.status, edition.facts.blocked_code) == ("blocked", code)
    assert OCOD in (edition.facts.blocked_message or "") and OCOD_FILE in (
        edition.facts.blocked_message or ""
    )
    assert night.exit_code == 5
    others_load(night, OCOD)


# Two of 40 at a time: more would not pass the gate.
OVERSEAS_REJECTING: tuple[tuple[Callable[[bytes], bytes], str], ...] = (
    (lambda row: row.replace(b"Mill", b"M" + LATIN_1 + b"ll", 1), "invalid_utf8"),
    (lambda row: row.replace(b"ZEDTON TRADER", b'ZEDTON "TRADER', 1), "quote_in_field"),
    (lambda row: row.replace(b"Mill", b"M\x00ll", 1), "nul_byte"),
    (lambda row: row.replace(b"01-02-2018", b"31/02/2018", 1), "impossible_date"),
    (lambda row: row[: len(row) // 2], "wrong_columns"),
    (lambda row: re.sub(rb"ZEDTON TRADER [0-9]+ LIMITED", b"", row, count=1), "missing_value"),
)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "first",
    range(0, len(OVERSEAS_REJECTING), 2),
    ids=lambda n: "-".join(code for _, code in OVERSEAS_REJECTING[n : n + 2]),
)
def test_bad_titles_from_abroad_are_rejected_and_their_neighbours_load(
    first: int, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    rows, expected = _overseas_lines(), []
    for place, (make, code) in zip((BAD, BAD + 5), OVERSEAS_REJECTING[first : first + 2], strict=True):
        before, rows[1 + place] = rows[1 + place], make(rows[1 + place])
        assert rows[1 + place] != before
        expected.append((OCOD, code, place + 1))
    night = _overseas_night(tmp_path, text(rows))
    facts = _edition(night, OCOD).facts
    assert (facts.rows_loaded, facts.rows_rejected, facts.completeness) == (RECORDS - 2, 2, "complete")
    assert sorted(_rejects(night)) == sorted(expected)
    others_load(night, OCOD)


def test_titles_from_abroad_with_another_total_and_an_unknown_country(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    """A total that disagrees makes an extract; a country that is not on the list is loud, and shown by its
    length only.
    """
    rows = [row.replace(b"JERSEY", b"ATLANTIS") for row in _overseas_lines()[:-1]]
    night = _overseas_night(tmp_path, text([*rows, b"Row Count:,41"]))
    edition = _edition(night, OCOD)
    assert (edition.status, edition.facts.completeness, edition.facts.declared_rows) == (
        "in_force",
        "extract",
        RECORDS + 1,
    )
    findings = pl.read_parquet(night.table("finding")).filter(register=OCOD)
    assert findings.select("code", "field", "value", "rows_n").rows() == [
        ("unknown_country", "Country Incorporated (1)", "8 characters, not shown", RECORDS)
    ]
    assert edition.facts.rows_loaded == RECORDS
    others_load(night, OCOD)


# --- price paid: no header, so nothing but its records says what a file is ----------------------------------

SALES = [sale_row(index, paon=str(index + 1)) for index in range(RECORDS)]
REPORT_HEADER = ",".join(REPORT_COLUMNS).encode()


def _sales_changed(change: Callable[[bytes], bytes]) -> bytes:
    return text([*SALES[:BAD], change(SALES[BAD]), *SALES[BAD + 1 :]])


# File name → its bytes, and why it is refused.
BROKEN_SALES: dict[str, tuple[str, bytes, str]] = {
    "empty": ("pp-2018.csv", b"", "empty_file"),
    "header only": ("ppd_data.csv", REPORT_HEADER + b"\n", "empty_file"),
    "column renamed": (
        "ppd_data.csv",
        REPORT_HEADER.replace(b"deed_date", b"date_of_deed") + b"\n" + SALES[0] + b"\n",
        "missing_column",
    ),
    "no sales in it": ("pp-2018.csv", b"price,day\n1,2018-01-02\n", "missing_column"),
    "cut": ("pp-2018.csv", text(SALES)[:-60], "truncated"),
    "cut zip": ("pp-2018.zip", _zipped(text(SALES))[:-60], "bad_archive"),
    "half a year": ("pp-2018-part2.csv", text(SALES), "missing_part"),
}


@pytest.mark.parametrize("kind", BROKEN_SALES)
def test_a_broken_price_file_blocks_its_register_only(
    kind: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    name, contents, code = BROKEN_SALES[kind]
    landing = landings.write(tmp_path / "landing")
    (landing / name).write_bytes(contents)
    night = _night(tmp_path, landing)
    edition = _edition(night, PRICES)
    assert (edition.status, edition.facts.blocked_code, night.exit_code) == ("blocked", code, 5)
    assert (PRICES if code == "missing_part" else name) in (edition.facts.blocked_message or "")
    others_load(night, PRICES)


REJECTED_SALES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "invalid UTF-8": (lambda row: row.replace(b"MILL", b"M" + LATIN_1 + b"LL", 1), "invalid_utf8"),
    "stray quote": (lambda row: row.replace(b"MILL LANE", b'MILL" LANE', 1), "text_after_quote"),
    "NUL": (lambda row: row.replace(b"MILL", b"M\x00LL", 1), "nul_byte"),
    "31 February": (lambda row: row.replace(b"2018-05-04", b"2018-02-31", 1), "impossible_date"),
    "no day": (lambda row: row.replace(b"2018-05-04 00:00", b"", 1), "missing_value"),
    "no price": (lambda row: re.sub(rb'"\d{6}"', b'""', row, count=1), "missing_value"),
    "another id": (lambda row: row.replace(b"{22222222-", b"{2222-", 1), "not_an_id"),
    "broken line": (lambda row: row[: len(row) // 2] + b'"', "wrong_columns"),
}


def test_bad_sales_are_rejected_and_their_neighbours_load(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    landing = landings.write(tmp_path / "landing")
    (landing / "pp-2018.csv").write_bytes(
        _with_each(SALES, 0, [change for change, _code in REJECTED_SALES.values()])
    )
    night = _night(tmp_path, landing)
    facts, bad = _edition(night, PRICES).facts, len(REJECTED_SALES)
    assert (facts.label, facts.rows_in, facts.rows_loaded, facts.rows_rejected) == (
        "2018-05-04",
        RECORDS,
        RECORDS - bad,
        bad,
    )
    assert sorted(_rejects(night)) == sorted(
        (PRICES, code, _place(number) + 1) for number, (_change, code) in enumerate(REJECTED_SALES.values())
    )
    others_load(night, PRICES)


def test_a_sale_given_twice_is_ignored_or_rejected(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    landing = landings.write(tmp_path / "landing")
    other = SALES[BAD].replace(b'"MILL LANE"', b'"HIGH STREET"')
    (landing / "pp-2018.csv").write_bytes(_sales_changed(lambda row: row + b"\n" + row + b"\n" + other))
    night = _night(tmp_path, landing)
    facts = _edition(night, PRICES).facts
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, facts.rows_ignored) == (
        RECORDS + 2,
        RECORDS,
        1,
        1,
    )
    assert _rejects(night) == [(PRICES, "duplicate_key", BAD + 3)]
    others_load(night, PRICES)


# --- FollowTheMoney -----------------------------------------------------------------------------------------

FTM = "ftm_entities"


def _listed(number: int, **properties: object) -> bytes:
    statements = {
        "name": [f"{CANARY} {number}"],
        "birthDate": ["1970-05-01"],
        "topics": ["sanction"],
        "address": ["4 Mill Lane, Zedton ZT1 3DB"],
        **properties,
    }
    return json.dumps(
        {
            "id": f"zed-{number}",
            "schema": "Person",
            "properties": statements,
            "datasets": ["zed_lists"],
            "last_seen": "2026-05-31T04:00:00",
        }
    ).encode()


def _with_list(tmp_path: Path, contents: bytes, name: str = "entities.ftm.json") -> Night:
    landing = landings.write(tmp_path / "landing")
    (landing / name).write_bytes(contents)
    return _night(tmp_path, landing)


FTM_BLOCKING: Mapping[str, tuple[bytes, str, str]] = {
    "empty": (b"", "entities.ftm.json", "empty_file"),
    "truncated": (text([_listed(n) for n in range(RECORDS)])[:-70], "entities.ftm.json", "truncated"),
    "operations": (b'{"op":"ADD","entity":' + _listed(0) + b"}\n", "entities.delta.json", "ftm_delta"),
    "nothing but what is ignored": (
        b'{"id":"a","schema":"Vessel","properties":{"name":["Zed Star"]}}\n',
        "zed.ftm.json",
        "gate",
    ),
    "references to nobody": (
        text([b'{"id":"r%d","schema":"Ownership","properties":{"owner":["a"]}}' % n for n in range(RECORDS)]),
        "zed.ftm.json",
        "gate",
    ),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("kind", FTM_BLOCKING)
def test_a_bad_list_blocks_itself_only(
    kind: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    contents, name, code = FTM_BLOCKING[kind]
    night = _with_list(tmp_path, contents, name)
    edition = _edition(night, FTM)
    assert (edition.status, edition.facts.blocked_code, night.exit_code) == ("blocked", code, 5)
    message = edition.facts.blocked_message or ""
    assert FTM in message and name in message
    assert ("correct the register's module" in message) == (code == "gate")
    others_load(night, "")


FTM_REJECTING: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "invalid UTF-8": (lambda row: row.replace(b"Mill", b"M" + LATIN_1 + b"ll", 1), "invalid_utf8"),
    "NUL": (lambda row: row.replace(b"Mill", b"M\x00ll", 1), "nul_byte"),
    "an escaped NUL": (lambda row: row.replace(b"Mill", b"M\\u0000ll", 1), "nul_byte"),
    "stray quote": (lambda row: row.replace(b"Mill", b'M"ll', 1), "broken_json"),
    "half a line": (lambda row: row[: len(row) // 2], "broken_json"),
    "a key twice": (lambda row: row.replace(b'"topics"', b'"name": ["x"], "topics"', 1), "broken_json"),
    "an object for a text": (
        lambda row: row.replace(b'["sanction"]', b'[{"id": "sanction"}]', 1),
        "wrong_type",
    ),
    "no id": (
        lambda row: re.sub(rb'"id": ("zed-\d+")', rb'"referents": [\1]', row, count=1),
        "missing_value",
    ),
}


@pytest.mark.nightly
def test_bad_records_of_a_list_are_rejected_and_their_neighbours_load(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    rows = [_listed(n) for n in range(RECORDS)]
    night = _with_list(tmp_path, _with_each(rows, 0, [change for change, _code in FTM_REJECTING.values()]))
    facts, bad = _edition(night, FTM).facts, len(FTM_REJECTING)
    assert (
        facts.rows_loaded,
        facts.rows_rejected,
        facts.edition_date.isoformat() if facts.edition_date else "",
    ) == (RECORDS - bad, bad, "2026-05-31")
    assert sorted(_rejects(night)) == sorted(
        (FTM, code, _place(number) + 1) for number, (_change, code) in enumerate(FTM_REJECTING.values())
    )
    others_load(night, "")


@pytest.mark.nightly
def test_repeats_unknown_schemas_and_topics_of_a_list_are_counted(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    rows = [_listed(n) for n in range(RECORDS)]
    further = [
        rows[3],
        _listed(4, topics=["debarment"]),
        b'{"id":"u","schema":"Frobnication","properties":{}}',
        _listed(90, topics=["brand.new"]),
    ]
    night = _with_list(tmp_path, text([*rows, *further]))
    facts = _edition(night, FTM).facts
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, facts.rows_ignored) == (
        RECORDS + 4,
        RECORDS + 1,
        1,
        2,
    )
    assert _rejects(night) == [(FTM, "duplicate_key", RECORDS + 2)]
    findings = pl.read_parquet(night.table("finding")).filter(register=FTM)
    assert sorted(findings.select("field", "value", "rows_n").rows()) == [
        ("properties.topics", "brand.new", 1),
        ("schema", "schema.frobnication", 1),
    ]
    listed = pl.read_parquet(lake.table_path(night.home, "listing_statement", facts))
    assert listed.group_by("listing_class").len().sort("listing_class").rows() == [
        ("other", 1),
        ("sanction", RECORDS),
    ]
    others_load(night, "")


# --- gates run beside the parsing of what follows -----------------------------------------------------------


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
        _night(tmp_path, landings.write(tmp_path / "landing", {}), from_scratch=True)
    assert lake.manifests(Home(tmp_path / "home")) == ()
