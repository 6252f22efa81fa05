"""Statements of BODS that are broken or cannot be."""

import gzip
import json
from collections.abc import Callable, Mapping

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest import lake
from flows.night.night import Night, new_night, run_stage
from flows.night.steps import STAGES
from tests import landings
from tests.conftest import Tier
from tests.flows import bods_statements as bods
from tests.flows.bods_statements import BAD as BAD_STATEMENTS
from tests.flows.bods_statements import BODS
from tests.flows.ingest.bad_nights import LATIN_1, edition_of, night_on, rejects_of, zipped
from tests.flows.structures import by_record
from tests.landings import CANARY, mart, text
from tests.reliability.few_indicators import few
from transforms.model.indicator import indicators


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
    facts = edition_of(bad_statements, BODS).facts
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
    "half.bods.jsonl.zip": (lambda: zipped(bods.lines(_sound()))[:-200], "bad_archive"),
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
    return night_on(folder, landing)


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
    return night_on(folder, landing)


@pytest.mark.nightly  # on every commit test_bods.py rejects them, without a night
@pytest.mark.parametrize("kind", BODS_REJECTING)
def test_a_broken_statement_is_rejected_and_what_refers_to_it_is_named(
    kind: str, broken_statements: Night
) -> None:
    at = PLACES[kind]
    assert (BODS, BODS_REJECTING[kind][1], at + 1) in rejects_of(broken_statements)
    named = (
        pl.read_parquet(broken_statements.table("finding")).filter(code="missing_party")["value"].to_list()
    )
    assert f"record-{at + 3}" in named and f"record-{at + 6}" not in named


@pytest.mark.nightly
def test_broken_statements_leave_their_neighbours_and_every_record_is_counted(
    broken_statements: Night, others_load: Callable[[Night, str], None]
) -> None:
    facts, broken = edition_of(broken_statements, BODS).facts, len(BODS_REJECTING)
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, len(rejects_of(broken_statements))) == (
        360,
        360 - broken,
        broken,
        broken,
    )
    assert broken_statements.exit_code == 0 and facts.completeness == "complete"
    others_load(broken_statements, BODS)
