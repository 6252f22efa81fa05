"""Releases: what they hold, that they are read back, kept, rolled back to, and whole after any kill or disk
error.
"""

import errno
import hashlib
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from flows.home import durable, logs, warehouse
from flows.home.settings import RELEASES_KEPT, Home
from flows.journal import chain, ledger
from flows.journal.entries import Head
from flows.release import build as build_module
from flows.release import database, manifests, publish, recovery, store
from flows.release.content import TableContent, content_sha256
from flows.release.verification import verify
from tests.flows import faults
from tests.flows.demo import Demo
from tests.flows.old_duckdb import OLD_DUCKDB
from tests.flows.release_tables import FACTS, SMALL, build, frame, new_home, publish_one, write_tables
from transforms.errors import ReleaseBlocked, RunFailed, UsageError
from transforms.model.indicator import Indicator, indicators
from transforms.model.macros import MACROS
from transforms.model.sql import INDICATOR_MACROS
from transforms.model.statements import DUCKDB_TYPES, Column, Table
from transforms.model.views import ABOUT, COMPANY, CYCLE, FACT_VIEWS, FINDING_VIEW, RELEASE_TABLES

ROOT = Path(__file__).parents[3]
STORED = {name: table for name, table in RELEASE_TABLES.items() if name not in ABOUT}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture(scope="module")
def home_of_two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, tuple[str, str]]:
    """A home with two releases, and their ids; for copies."""
    made = new_home(tmp_path_factory.mktemp("two") / "home")
    return made, (publish_one(made, "run-1", seed=1), publish_one(made, "run-2", seed=2))


@pytest.fixture
def two(home: Home, home_of_two: tuple[Home, tuple[str, str]]) -> tuple[str, str]:
    """Two releases in this test's home, the second in force: their ids."""
    made, ids = home_of_two
    shutil.copytree(made.root, home.root, symlinks=True, dirs_exist_ok=True)
    return ids


@pytest.fixture(scope="module")
def whole_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One release with every declared table; its work, lake and landing are gone."""
    home = new_home(tmp_path_factory.mktemp("publish") / "home")
    publish_one(home, "run-1", rows_n=7, declared=RELEASE_TABLES)
    for folder in (home.work, home.lake, home.landing, home.state):
        shutil.rmtree(folder)
    return home


@pytest.fixture(scope="module")
def whole(whole_home: Home) -> Path:
    return store.current_release(whole_home)


def rows(release: Path, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in warehouse.query(release, sql).to_pylist()]


# --- what a release holds -----------------------------------------------------------------------------------


@pytest.mark.sample(10)
@pytest.mark.parametrize("name", STORED)
def test_view_shows_the_rows_with_the_declared_types(whole: Path, name: str) -> None:
    table = STORED[name]
    with warehouse.open_release(whole) as connection:
        shown = connection.sql(f"select * from {table.view}")
        assert dict(zip(shown.columns, map(str, shown.types), strict=True)) == {
            column.name: DUCKDB_TYPES[column.dtype] for column in table
        }
        assert pl.DataFrame(pl.from_arrow(shown.to_arrow_table())).equals(
            frame(table, 7).sort(table.key, nulls_last=True)
        )


def test_every_view_and_column_is_described(whole: Path) -> None:
    """COMMENT and v_dictionary for all of them, and for nothing else but the macros, which have tests of
    their own.
    """
    declared = {
        (table.view, name) for table in (*RELEASE_TABLES.values(), *FACT_VIEWS) for name in ("", *table.names)
    }
    macros = {(name, "") for name in INDICATOR_MACROS} | {
        (macro.name, name)
        for macro in MACROS
        if set(macro.reads) <= set(RELEASE_TABLES)
        for name in ("", *(column.name for column in macro.columns))
    }
    commented = set(
        rows(whole, "select view_name, '' from duckdb_views where not internal and comment <> ''")
    )
    commented |= set(
        rows(
            whole,
            "select table_name, column_name from duckdb_columns where table_name in (select view_name from "
            "duckdb_views where not internal) and comment <> ''",
        )
    )
    assert commented == declared
    assert set(rows(whole, 'select "view", "column" from v_dictionary')) == declared | macros
    assert (
        rows(
            whole,
            "select * from v_dictionary where description = '' or type = '' or privacy not in ('open', "
            "'entity', 'personal')",
        )
        == []
    )


def test_comment_says_meaning_values_null_and_unit(whole: Path) -> None:
    comments = dict(
        rows(whole, "select column_name, comment from duckdb_columns where table_name = 'v_company'")
    )
    assert (
        comments["dissolved_on"]
        == "Day of dissolution as stated. Null: not dissolved, or not stated. Unit: day."
    )
    assert comments["company_id"] == "org-id: scheme and number. Never null."
    assert str(comments["status"]).startswith("Status in this project's classes. One of: active, insolvent,")
    assert rows(
        whole,
        "select type, unit, privacy from v_dictionary "
        """where "view" = 'v_integrated_ownership' and "column" = 'share_min'""",
    ) == [("DECIMAL(12,9)", "per cent", "entity")]
    assert rows(
        whole, """select type, privacy from v_dictionary where "view" = 'v_person' and "column" = ''"""
    ) == [("VIEW", "personal")]


def test_release_says_what_it_is(whole: Path) -> None:
    manifest = json.loads((whole / "manifest.json").read_text())
    content = manifest["content_sha256"]
    assert rows(whole, "select * from v_release") == [
        (
            f"000001-{content[:12]}",
            date(2026, 11, 1),
            None,
            content,
            "0.1.0",
            True,
            None,  # no release before
            manifest["ledger"]["head"],
            "Zedton",
            "corrections@zedton.example",
        )
    ]
    assert rows(whole, "select * from v_run") == [
        ("run-1", datetime(2026, 11, 2, 1, 0), datetime(2026, 11, 2, 1, 5), "plain")
    ]
    assert whole.name == manifest["release_id"] == f"000001-{content[:12]}"
    assert manifest["tables"] == dict.fromkeys(STORED, 7)
    assert manifest["database"]["bytes"] == (whole / "undertow.duckdb").stat().st_size
    assert manifest["previous"] is None


def test_times_are_utc_whatever_their_zone(home: Home) -> None:
    amsterdam = timezone(timedelta(hours=2))
    built = build(
        home,
        "run-1",
        facts=replace(
            FACTS,
            started_at=datetime(2026, 7, 1, 3, 0, tzinfo=amsterdam),
            built_at=datetime(2026, 7, 1, 1, 5),
        ),
    )
    assert rows(built, "select started_at, built_at from v_run") == [
        (datetime(2026, 7, 1, 1, 0), datetime(2026, 7, 1, 1, 5))
    ]


def test_files_are_read_only_and_alone(whole: Path) -> None:
    assert sorted(path.name for path in whole.iterdir()) == [
        "area.duckdb",
        "manifest.json",
        "published",
        "undertow.duckdb",
    ]
    for path in whole.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert stat.S_IMODE(whole.stat().st_mode) == 0o750


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.parametrize(
    ("command", "works"),
    [
        ("cat undertow.duckdb > /dev/null", True),
        ("echo x >> undertow.duckdb", False),
        ("rm -f undertow.duckdb", False),
        ("mv manifest.json m", False),
        ("touch new", False),
    ],
)
def test_group_reads_and_cannot_write(whole: Path, command: str, works: bool) -> None:
    """As an analyst: another user, in the group of the release."""
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=whole,
        user=65534,
        group=whole.stat().st_gid,
        extra_groups=[],
        capture_output=True,
        check=False,
    )
    assert (done.returncode == 0) == works


# --- refusals of the build ----------------------------------------------------------------------------------


def damaged(
    column: str, values: list[object], dtype: pl.DataType | None = None
) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda rows: rows.with_columns(pl.Series(column, values, dtype=dtype or rows.schema[column]))


REFUSED: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], type[Exception], str]] = {
    "missing column": (
        lambda rows: rows.drop("name"),
        RunFailed,
        "table company: the Parquet file has no column name",
    ),
    "column too many": (
        lambda rows: rows.with_columns(extra=1),
        RunFailed,
        "table company: column extra is not declared",
    ),
    "float for a date": (
        damaged("dissolved_on", [1.5] * 5, pl.Float64()),
        RunFailed,
        "column dissolved_on is DOUBLE and declared DATE",
    ),
    "float for an integer": (
        damaged("charges_n", [1.0] * 5, pl.Float64()),
        RunFailed,
        "column charges_n is DOUBLE and declared BIGINT",
    ),
    "null in the key": (
        damaged("company_id", ["a", "b", None, "d", "e"]),
        ReleaseBlocked,
        "column company_id is null in 1 of 5 rows",
    ),
    "null elsewhere": (
        damaged("is_active", [None] * 5),
        ReleaseBlocked,
        "column is_active is null in 5 of 5 rows",
    ),
    "key twice": (
        damaged("company_id", ["a", "b", "a", "d", "a"]),
        ReleaseBlocked,
        r"1 values of its key \(company_id\) appear more than once",
    ),
}


@pytest.mark.sample(3)
@pytest.mark.parametrize("case", REFUSED)
def test_rows_that_break_the_declaration_are_refused(home: Home, two: tuple[str, str], case: str) -> None:
    damage, error, message = REFUSED[case]
    tables = write_tables(home.work / "run-3" / "tables", declared=SMALL)
    damage(pl.read_parquet(tables["company"])).write_parquet(tables["company"])
    with pytest.raises(error, match=message):
        build_module.build_release(home, home.work / "run-3", tables, FACTS, declared=SMALL)
    assert store.current_release(home).name == two[1]


def test_narrow_numbers_are_widened(home: Home) -> None:
    tables = write_tables(home.work / "run" / "tables", declared=SMALL)
    damaged("charges_n", [1, 2, 3, 4, 5], pl.Int32())(pl.read_parquet(tables["company"])).write_parquet(
        tables["company"]
    )
    built = build_module.build_release(home, home.work / "run", tables, FACTS, declared=SMALL)
    assert rows(built, "select sum(charges_n)::int from v_company") == [(15,)]


def test_every_declared_table_must_be_given_and_no_other(home: Home) -> None:
    tables = write_tables(home.work / "run" / "tables", declared=SMALL)
    with pytest.raises(RunFailed, match="table flag is either declared and has no Parquet file"):
        build_module.build_release(
            home, home.work / "run", {"company": tables["company"]}, FACTS, declared=SMALL
        )
    with pytest.raises(RunFailed, match=r"table release is either .* or has one and is not declared"):
        build_module.build_release(
            home, home.work / "run", {**tables, "release": tables["flag"]}, FACTS, declared=SMALL
        )


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(SMALL, id="few"),
        pytest.param(RELEASE_TABLES, id="all", marks=pytest.mark.nightly),
    ],
)
def test_empty_tables_make_a_release(home: Home, declared: Mapping[str, Table]) -> None:
    release_id = publish_one(home, "run", rows_n=0, declared=declared)
    assert rows(home.releases / release_id, "select count(*)::int from v_flag") == [(0,)]


# --- reading back -------------------------------------------------------------------------------------------


def after_closing(monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None], database: Path) -> None:
    """Have `damage` done to the database between its last write and the reading back."""
    detach = warehouse.detach_release

    def detach_and_damage(connection: warehouse.Connection) -> None:
        detach(connection)
        damage(database)

    monkeypatch.setattr(warehouse, "detach_release", detach_and_damage)


def flip_byte(offset: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 0xFF]))

    return flip


def statement(sql: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute(sql)

    return change


def test_what_is_known_of_a_table_is_not_counted_and_must_be_what_is_read_back(home: Home) -> None:
    known: dict[str, TableContent] = {}

    def recall(name: str, count: Callable[[], TableContent]) -> TableContent:
        if name not in known:
            known[name] = count()
        return known[name]

    tables = write_tables(home.work / "tables", declared=SMALL)
    first, second = (
        build_module.build_release(home, home.work / run, tables, FACTS, declared=SMALL, recall=recall)
        for run in ("first", "second")
    )
    assert set(known) == set(tables)
    assert [json.loads((one / "manifest.json").read_text())["content_sha256"] for one in (first, second)] == [
        content_sha256(known)
    ] * 2
    known["company"] = replace(known["company"], rows_n=1)
    with pytest.raises(RunFailed, match="table company: 5 rows read back, 1 written"):
        build_module.build_release(home, home.work / "third", tables, FACTS, declared=SMALL, recall=recall)


@pytest.mark.nightly
def test_any_flipped_byte_is_found_or_changes_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """16 places over the file: reading back refuses it, or the byte stands in no block that is in use."""
    size = (build(home, "whole", rows_n=2000) / "undertow.duckdb").stat().st_size
    undisturbed = json.loads((home.work / "whole" / "release" / "manifest.json").read_text())[
        "content_sha256"
    ]
    found_n = 0
    for case, offset in enumerate(range(4096 + 100, size, size // 16)):
        after_closing(
            monkeypatch, flip_byte(offset), home.work / f"run-{case}" / "release" / "undertow.duckdb"
        )
        try:
            built = build(home, f"run-{case}", rows_n=2000)
        except RunFailed as error:
            found_n += 1
            assert "\n" not in str(error)
        else:
            assert json.loads((built / "manifest.json").read_text())["content_sha256"] == undisturbed
        monkeypatch.undo()
    assert found_n >= 8


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "delete from company where company_id = (select max(company_id) from company)",
            "table company: 4 rows read back, 5 written",
        ),
        (
            "update flag set value = 17 where flag_id = (select min(flag_id) from flag)",
            "table flag: 5 rows read back, 5 written, or with other values",
        ),
        (
            "update company set name = null where name = (select max(name) from company)",
            "table company: 5 rows read back, 5 written, or with other values",
        ),
        (
            "create or replace view v_flag as select flag_id from flag",
            "Referenced column .* not found",
        ),
        ("drop table flag cascade", "Table with name flag does not exist"),
        (
            "update release set synthetic = synthetic; insert into release select * from release",
            "table release: 2 rows read back, 1 written",
        ),
    ],
)
def test_changed_content_is_found(
    home: Home, monkeypatch: pytest.MonkeyPatch, sql: str, message: str
) -> None:
    after_closing(monkeypatch, statement(sql), home.work / "run" / "release" / "undertow.duckdb")
    with pytest.raises(RunFailed, match=message):
        build(home, "run")


def test_write_ahead_log_is_found(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    after_closing(
        monkeypatch,
        lambda path: path.with_name(path.name + ".wal").write_bytes(b"x") and None,
        home.work / "run" / "release" / "undertow.duckdb",
    )
    with pytest.raises(RunFailed, match=r"undertow\.duckdb\.wal.*was not closed"):
        build(home, "run")


# --- the content hash ---------------------------------------------------------------------------------------


def content_of(
    home: Home,
    run: str,
    tables: dict[str, Path],
    *,
    facts: build_module.ReleaseFacts = FACTS,
    declared: Mapping[str, Table] = SMALL,
) -> str:
    built = build_module.build_release(home, home.work / run, tables, facts, declared=declared)
    return str(json.loads((built / "manifest.json").read_text())["content_sha256"])


@pytest.mark.nightly
def test_content_hash_depends_on_rows_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads 1, 2, 4; rows and columns in another order; another run at another time.

    More rows than one row group.
    """
    declared = {"graph_cycle": CYCLE, **SMALL}
    cycles = pl.concat([frame(CYCLE, 1000)] * 130).with_columns(
        subject_id=pl.int_range(130_000).cast(pl.String)
    )
    seen = set()
    for threads in (1, 2, 4):
        monkeypatch.setattr(warehouse, "processors", lambda threads=threads: threads)
        tables = write_tables(home.work / f"run-{threads}" / "tables", 50, declared=declared, shuffle=threads)
        cycles.sample(fraction=1, shuffle=True, seed=threads).write_parquet(tables["graph_cycle"])
        pl.read_parquet(tables["flag"]).select(reversed(SMALL["flag"].names)).write_parquet(tables["flag"])
        facts = replace(
            FACTS,
            run_id=f"run-{threads}",
            built_at=datetime(2026, 12, threads, tzinfo=UTC),
            engine="prefect" if threads == 2 else "plain",
        )
        seen.add(content_of(home, f"run-{threads}", tables, facts=facts, declared=declared))
    assert len(seen) == 1


CELLS: list[tuple[str, Callable[[pl.Expr], pl.Expr]]] = [
    ("name", lambda column: column.fill_null("") + "x"),
    ("former_names", lambda column: pl.concat_list(column, pl.lit("x"))),
    ("is_active", lambda column: ~column),
    ("charges_n", lambda column: column.fill_null(0) + 1),
    ("dissolved_on", lambda column: column.fill_null(date(2020, 1, 1)) + timedelta(days=1)),
    ("name", lambda column: pl.when(column.is_null()).then(pl.lit("")).otherwise(column)),
]


@pytest.mark.sample(2)
@pytest.mark.parametrize("case", range(len(CELLS)))
def test_one_cell_changes_the_content_hash(home: Home, case: int) -> None:
    column, change = CELLS[case]
    tables = write_tables(home.work / "a" / "tables", 20, declared=SMALL)
    before = content_of(home, "a", tables)
    company = pl.read_parquet(tables["company"]).with_row_index("row")
    row = int(company.filter(pl.col("name").is_null())["row"][0])
    company.with_columns(
        pl.when(pl.col("row") == row).then(change(pl.col(column))).otherwise(pl.col(column)).alias(column)
    ).drop("row").write_parquet(tables["company"])
    assert content_of(home, "b", tables) != before


def hash_of(schema: Mapping[str, pl.DataType], rows: pl.DataFrame, batch_rows: int) -> str:
    with duckdb.connect() as connection:
        batches = connection.from_arrow(rows.to_arrow()).to_arrow_reader(batch_rows)
        return database.table_content("t", schema, batches).sha256


def test_values_cannot_move_between_rows_or_columns_unseen() -> None:
    """Texts and lists are hashed with their lengths: 'ab','c' is not 'a','bc', and [[x],[]] not [[],[x]]."""
    schema = {"a": pl.String(), "b": pl.String(), "l": pl.List(pl.String())}
    frames = [
        pl.DataFrame({"a": a, "b": b, "l": lists}, schema=schema)
        for a, b, lists in (
            (["ab", "c"], ["d", "e"], [["x"], []]),
            (["a", "bc"], ["d", "e"], [["x"], []]),
            (["d", "e"], ["ab", "c"], [["x"], []]),
            (["ab", "c"], ["d", "e"], [[], ["x"]]),
            (["ab", "c"], ["d", "e"], [["x"], None]),
            (["ab", "c"], ["d", "e"], [[None], []]),
            (["ab", None], ["d", "e"], [["x"], []]),
        )
    ]
    hashes = {hash_of(schema, frame, 2) for frame in frames}
    assert len(hashes) == len(frames)
    assert len({hash_of(schema, frames[0], rows_n) for rows_n in (1, 2, 3)}) == 1


def test_a_hash_is_that_of_each_value_in_turn_wherever_it_stands_in_memory() -> None:
    """What a published release promises: lengths (−1 and 0 for null), then values, of each column."""
    texts, numbers = ["out", "ab", None, "", "é", "out"], [0, 1, None, -3, 4, 0]
    schema = {"t": pl.String(), "n": pl.Int64()}
    batch = pa.record_batch({"t": pa.array(texts, pa.string()), "n": pa.array(numbers, pa.int64())})
    lengths = [[-1 if text is None else len(text.encode()) for text in texts[1:5]], [1, 0, 1, 1]]
    values = ["".join(text or "" for text in texts[1:5]).encode(), struct.pack("<4q", 1, 0, -3, 4)]
    total = hashlib.sha256(b"t\n4\n")
    for column, dtype, length, value in zip(schema, schema.values(), lengths, values, strict=True):
        total.update(f"{column}\t{dtype}\n".encode())
        total.update(hashlib.sha256(struct.pack("<4q", *length)).digest() + hashlib.sha256(value).digest())
    for rows_n in (1, 2, 4):
        parts = (batch.slice(start, rows_n) for start in range(1, 5, rows_n))
        assert database.table_content("t", schema, parts).sha256 == total.hexdigest()


def test_floats_that_are_equal_hash_equal() -> None:
    schema = {"f": pl.Float64(), "d": pl.Decimal(12, 9)}
    zero, minus_zero, one = (
        pl.DataFrame({"f": [value], "d": [Decimal("33.333333333")]}, schema=schema)
        for value in (0.0, -0.0, 1.0)
    )
    first, second, third = (hash_of(schema, each, 1) for each in (zero, minus_zero, one))
    assert first == second != third


def test_key_with_nulls_still_gives_one_order(home: Home) -> None:
    declared = {"finding": FINDING_VIEW, **{name: ABOUT[name] for name in ("release", "run")}}
    finding = frame(FINDING_VIEW, 40).with_columns(value=pl.lit(None, dtype=pl.String))
    seen = set()
    for seed in (1, 2):
        tables = write_tables(home.work / f"{seed}" / "tables", declared=declared)
        finding.sample(fraction=1, shuffle=True, seed=seed).write_parquet(tables["finding"])
        built = build_module.build_release(home, home.work / f"{seed}", tables, FACTS, declared=declared)
        seen.add(json.loads((built / "manifest.json").read_text())["content_sha256"])
    assert len(seen) == 1


# --- publishing, keeping, rolling back ----------------------------------------------------------------------


def test_a_night_writes_its_tables_in_the_order_in_which_a_release_stores_them(demo: Demo) -> None:
    """So none is sorted again for each release."""
    steps = {
        path.parent.name: json.loads(path.read_text()) for path in demo.home.kept.glob("release-*/*.json")
    }
    contents = {name: json.loads(step["counts"]["content"]) for name, step in steps.items()}
    assert contents["release-graph_ubo"]["nulls"]["party_id"] > 0  # the hardest: its key has nulls
    assert [name for name, content in contents.items() if not content["in_order"]] == []


def test_pages_are_there_before_the_release_is_in_force(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    built, pages = build(home, "run"), home.work / "run" / "report"
    pages.mkdir()
    (pages / "night.html").write_text("a page")
    release_id = json.loads((built / "manifest.json").read_text())["release_id"]

    def flip(_home: Home, flipped: str, *_entry: object) -> None:
        assert (home.reports / flipped / "night.html").read_text() == "a page"
        raise OSError(errno.EIO, os.strerror(errno.EIO), "current")

    monkeypatch.setattr(publish, "make_current", flip)
    with pytest.raises(RunFailed, match="current"):
        publish.publish(home, built, report=pages)
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert list(home.reports.iterdir()) == []
    assert publish.publish(home, build(home, "again")) == release_id


@pytest.mark.sample(1)
@pytest.mark.parametrize("fails", ["ledger.add", "mark_published", "prune"])
def test_what_fails_after_the_flip_is_told_and_the_release_is_in_force(
    home: Home,
    two: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fails: str,
) -> None:
    def full(*arguments: object) -> None:
        if arguments != (home.releases / two[1],):  # the release before is marked once more, before the flip
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "state/ledger.jsonl")

    logs.configure(quiet=True)
    built = build(home, "run-3", seed=3)
    monkeypatch.setattr(f"flows.release.publish.{fails}", full)
    release_id = publish.publish(home, built)
    assert store.current_release(home).name == release_id
    stderr = capsys.readouterr().err
    assert (
        f"release {release_id} is in force" in stderr
        and "state/ledger.jsonl: No space left on device (errno 28)" in stderr
    )
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert (
        ledger.in_force(home) == release_id
        and (home.releases / release_id / "published").exists()
        and verify(home).faults == ()
    )


@pytest.mark.parametrize("fails", ["ledger.add", "mark_published"])
def test_what_fails_after_a_rollback_has_flipped_is_told_and_the_next_run_makes_up_for_it(
    home: Home,
    two: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fails: str,
) -> None:
    first, second = two
    logs.configure(quiet=True)

    def full(*_: object) -> None:
        if store.is_current(home, first):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "state/ledger.jsonl")

    monkeypatch.setattr(f"flows.release.publish.{fails}", full)
    assert publish.rollback(home) == first
    stderr = capsys.readouterr().err
    assert (
        f"release {first} is in force" in stderr
        and "state/ledger.jsonl: No space left on device (errno 28)" in stderr
    )
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert (
        ledger.in_force(home) == first
        and verify(home).faults == ()
        and publish.rollback(home, second) == second
    )


def test_current_is_a_relative_link_that_survives_a_move(
    home: Home, two: tuple[str, str], tmp_path: Path
) -> None:
    assert str(home.current.readlink()) == f"releases/{two[1]}"
    home.root.rename(tmp_path / "moved")
    assert rows(store.current_release(Home(tmp_path / "moved")), "select release_id from v_release") == [
        (two[1],)
    ]


@pytest.mark.nightly
def test_seven_releases_stay_and_numbers_go_on(home: Home) -> None:
    published = []
    for n in range(RELEASES_KEPT + 3):
        published.append(publish_one(home, f"run-{n}", seed=n))
        (home.reports / published[-1]).mkdir()
    (home.reports / "notes").mkdir()
    assert [int(release_id[:6]) for release_id in published] == list(range(1, RELEASES_KEPT + 4))
    listed = store.releases(home)
    assert [release.release_id for release in listed] == published[-RELEASES_KEPT:]
    assert [release.is_current for release in listed] == [False] * (RELEASES_KEPT - 1) + [True]
    assert sorted(path.name for path in home.releases.iterdir()) == published[-RELEASES_KEPT:]
    assert sorted(path.name for path in home.reports.iterdir()) == [
        *published[-RELEASES_KEPT:],
        "notes",
    ]  # pages go with their release
    assert {(release.as_of, release.built_at, release.rows_n, release.synthetic) for release in listed} == {
        (FACTS.as_of, FACTS.built_at, 10, True)
    }


def test_manifests_are_chained(home: Home, two: tuple[str, str]) -> None:
    first, second = two
    previous = json.loads((home.releases / second / "manifest.json").read_text())["previous"]
    assert previous == {
        "release_id": first,
        "manifest_sha256": durable.file_sha256(home.releases / first / "manifest.json"),
    }


def test_rollback_goes_back_one_by_one_or_to_the_one_named(home: Home, two: tuple[str, str]) -> None:
    first, second, third = *two, publish_one(home, "run-3", seed=3)
    assert publish.rollback(home) == second
    assert rows(store.current_release(home), "select release_id from v_release") == [(second,)]
    assert publish.rollback(home) == first
    with pytest.raises(UsageError, match="no earlier release"):
        publish.rollback(home)
    assert publish.rollback(home, to=third) == third
    assert store.current_release(home).name == third
    with pytest.raises(UsageError, match="000009-aaaaaaaaaaaa is not among those kept"):
        publish.rollback(home, to="000009-aaaaaaaaaaaa")
    recovery.clean_leftovers(home)
    assert [release.release_id for release in store.releases(home)] == [first, second, third]


@pytest.mark.nightly
def test_release_after_a_rollback_gets_a_new_number_and_the_one_in_force_is_never_pruned(home: Home) -> None:
    published = [publish_one(home, f"run-{n}", seed=n) for n in range(RELEASES_KEPT)]
    publish.rollback(home, to=published[0])
    built = build(home, "next")
    assert json.loads((built / "manifest.json").read_text())["previous"]["release_id"] == published[0]
    recovery.prune(home)
    assert store.current_release(home).name == published[0]
    assert publish.publish(home, built).startswith(f"{RELEASES_KEPT + 1:06d}-")


@pytest.mark.nightly
def test_current_release_older_than_seven_is_kept(home: Home) -> None:
    published = [publish_one(home, f"run-{n}", seed=n) for n in range(RELEASES_KEPT)]
    extra = home.releases / "000008-aaaaaaaaaaaa"
    shutil.copytree(home.releases / published[-1], extra)
    publish.rollback(home, to=published[0])
    recovery.clean_leftovers(home)
    assert store.current_release(home).name == published[0]
    assert extra in [release.folder for release in store.releases(home)]


@pytest.mark.parametrize("damage", ["byte", "cut", "gone", "manifest", "no manifest"])
def test_changed_release_is_not_rolled_back_to(home: Home, two: tuple[str, str], damage: str) -> None:
    first, second = two
    database, manifest = home.releases / first / "undertow.duckdb", home.releases / first / "manifest.json"
    database.chmod(0o640)
    manifest.chmod(0o640)
    match damage:
        case "byte":
            flip_byte(20_000)(database)
        case "cut":
            os.truncate(database, database.stat().st_size - 1)
        case "gone":
            database.unlink()
        case "manifest":
            manifest.write_text("{")
        case _:
            manifest.unlink()
    with pytest.raises(RunFailed, match=first):
        manifests.verify(home.releases / first)
    with pytest.raises(RunFailed, match=first):
        publish.rollback(home)
    assert store.current_release(home).name == second


DAMAGED_MANIFESTS = {
    "empty": "",
    "half": '{"release_id": "0',
    "list": "[]",
    "no head": '{"ledger": {"n": 2}}',
    "no number": '{"ledger": {"entry": {}, "n": "x", "head": ""}}',
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("damage", DAMAGED_MANIFESTS)
@pytest.mark.parametrize("is_marked", [True, False])
def test_damaged_manifest_of_the_release_in_force_blocks_no_way_out(
    home: Home, two: tuple[str, str], damage: str, is_marked: bool
) -> None:
    """The next night and a rollback both go on, and `audit verify` names the release until it is gone."""
    first, second = two
    (home.releases / second / "manifest.json").unlink()
    (home.releases / second / "manifest.json").write_text(DAMAGED_MANIFESTS[damage])
    if not is_marked:
        (home.releases / second / "published").unlink()
    with capture_logs() as log_entries:
        recovery.clean_leftovers(home)
    assert {(line["log_level"], line["release"]) for line in log_entries} == {("warning", second)}
    third = publish_one(home, "run-3", seed=3)
    assert (
        json.loads((home.releases / third / "manifest.json").read_text())["previous"] is None
    )  # a later manifest does not vouch for it
    assert {one.where for one in verify(home).faults} == {f"releases/{second}"}
    publish.rollback(home, to=first)
    shutil.rmtree(home.releases / second)
    assert (verify(home).faults, ledger.in_force(home)) == ((), first)


@pytest.mark.parametrize("damage", DAMAGED_MANIFESTS)
def test_rollback_leaves_a_release_with_a_damaged_manifest(
    home: Home, two: tuple[str, str], damage: str
) -> None:
    first, second = two
    (home.releases / second / "manifest.json").unlink()
    (home.releases / second / "manifest.json").write_text(DAMAGED_MANIFESTS[damage])
    assert publish.rollback(home) == first
    assert ledger.in_force(home) == first


def test_a_damaged_manifest_hides_no_other_release_from_the_list(home: Home, two: tuple[str, str]) -> None:
    """`rollback --to` needs their ids."""
    first, second = two
    (home.releases / second / "manifest.json").unlink()
    (home.releases / second / "manifest.json").write_text("{")
    with capture_logs() as log_entries:
        assert [release.release_id for release in store.releases(home, readable=True)] == [first]
    assert [line["release"] for line in log_entries] == [second]
    with pytest.raises(RunFailed, match="is not a manifest"):
        store.releases(home)


def test_rollback_leaves_a_release_whose_manifest_cannot_be_read(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    read = manifests.read

    def failing(release: Path) -> dict[str, object]:
        if release.name == second:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(release))
        return read(release)

    monkeypatch.setattr(manifests, "read", failing)
    with pytest.raises(RunFailed, match=r"errno 5"):
        recovery.clean_leftovers(home)
    assert publish.rollback(home) == first


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("change", "message", "is_named"),
    [
        ("a byte", "undertow.duckdb has other bytes than its manifest says; run `undertow rollback`", True),
        ("no database", "undertow.duckdb: No such file or directory (errno 2)", True),
        ("the manifest", "manifest.json was changed after it was written; run `undertow rollback`", False),
        ("a float", "manifest.json was changed after it was written; run `undertow rollback`", False),
        ("no manifest", "manifest.json: No such file or directory (errno 2)", False),
    ],
)
def test_next_run_says_that_the_release_in_force_was_changed(
    home: Home, two: tuple[str, str], change: str, message: str, is_named: bool
) -> None:
    """And goes on; a manifest that was changed is not vouched for by the next."""
    _, second = two
    with capture_logs() as log_entries:
        recovery.clean_leftovers(home)
    assert log_entries == []
    database, manifest = home.releases / second / "undertow.duckdb", home.releases / second / "manifest.json"
    written = manifest.read_text()
    match change:
        case "a byte":
            database.chmod(0o640)
            flip_byte(20_000)(database)
        case "no database":
            database.unlink()
        case _:
            manifest.unlink()
    if change in ("the manifest", "a float"):
        manifest.write_text(written.replace('"plain"', '"other"' if change == "the manifest" else "1.5"))
    with capture_logs() as log_entries:
        recovery.clean_leftovers(home)
    assert [(line["log_level"], line["release"], message in line["message"]) for line in log_entries] == [
        ("warning", second, True)
    ]
    third = publish_one(home, "run-3", seed=3)
    assert (
        json.loads((home.releases / third / "manifest.json").read_text())["previous"] is not None
    ) == is_named


def test_build_that_changed_is_not_published(home: Home, two: tuple[str, str]) -> None:
    built = build(home, "run-3", seed=3)
    flip_byte(20_000)(built / "undertow.duckdb")
    with pytest.raises(RunFailed, match="other bytes than its manifest says"):
        publish.publish(home, built)
    assert store.current_release(home).name == two[1]


def test_home_without_a_release(home: Home) -> None:
    for ask in (store.current_release, store.open_current):
        with pytest.raises(UsageError, match="no release has been published here"):
            ask(home)
    assert store.releases(home) == ()
    recovery.clean_leftovers(home)


def test_current_that_points_nowhere(home: Home) -> None:
    release_id = publish_one(home, "run-1")
    shutil.rmtree(home.releases / release_id)
    with pytest.raises(UsageError, match=f"current points to release {release_id}, which does not exist"):
        store.open_current(home)
    assert publish_one(home, "run-2") == release_id  # and the next night is not stopped by it


def test_open_current_tries_again_where_the_release_was_pruned_meanwhile(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    releases = iter([home.releases / "000000-000000000000", home.releases / second])
    monkeypatch.setattr(store, "current_release", lambda _home: next(releases))
    with store.open_current(home) as connection:
        assert connection.execute("select release_id from v_release").fetchall() == [(second,)]
    assert first != second


def test_the_release_before_is_the_newest_up_to_the_one_in_force_that_was_made_of_every_edition(
    home: Home,
) -> None:
    """A night of an earlier date in between knows of less, and is compared with by no later one."""
    every, limited = FACTS, replace(FACTS, known_at=date(2026, 5, 1))
    made = [
        publish.publish(home, build(home, f"run-{n}", seed=n, facts=facts))
        for n, facts in enumerate((every, limited, limited))
    ]

    def before(known_at: date | None) -> str:
        with store.open_before(home, known_at) as connection:
            return str(connection.execute("select release_id from v_release").fetchall()[0][0])

    assert (before(None), before(date(2026, 5, 1))) == (made[0], made[2])
    newest = publish.publish(home, build(home, "run-3", seed=3, facts=every))
    assert before(None) == newest
    publish.rollback(home, made[1])
    assert before(None) == made[0]  # what was rolled back from is not compared with
    shutil.rmtree(home.releases / made[0])
    assert before(None) == made[1]  # nor one that is gone


@pytest.mark.nightly
@pytest.mark.reliability("R4")
def test_session_stays_with_its_release_and_a_new_one_sees_the_new_one(
    home: Home, figure: Callable[[str], None]
) -> None:
    """Ten times, in one process, with all earlier sessions open; also after their release was pruned."""
    sessions = []
    for n in range(10):
        release_id = publish_one(home, f"run-{n}", rows_n=n + 1, seed=n)
        sessions.append((store.open_current(home), release_id, n + 1))
        for connection, opened, companies_n in sessions:
            assert connection.execute(
                "select release_id, (select count(*) from v_company) from v_release"
            ).fetchall() == [(opened, companies_n)]
    assert not (home.releases / sessions[0][1]).exists()
    for connection, _, _ in sessions:
        connection.close()
    figure(
        f"{len(sessions)} sessions over {len(sessions)} publishes: each kept its release, each new one saw "
        f"the new release"
    )


# --- kills and disk errors ----------------------------------------------------------------------------------


def torn_write(monkeypatch: pytest.MonkeyPatch, kept: int, *, kind: str) -> None:
    """The next entry of that kind in the ledger is cut short after so many bytes (from its end, where
    negative), as by a full disk.
    """
    write_all = chain._write_all

    def write_some(descriptor: int, data: bytes) -> None:
        if f'"kind":"{kind}"'.encode() not in data:
            return write_all(descriptor, data)
        write_all(descriptor, data[:kept])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(chain, "_write_all", write_some)


@pytest.mark.sample(1)
@pytest.mark.parametrize("kept", [1, 40, 300, -2, -1])
@pytest.mark.parametrize("is_after_purge", [False, True])
def test_ledger_line_cut_short_is_put_right_by_the_next_run(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, kept: int, is_after_purge: bool
) -> None:
    """Of a release, also where that of a purge was cut short before: sound for `audit verify`, with the head
    that the manifest states.
    """
    if is_after_purge:
        torn_write(monkeypatch, 60, kind="purge")
        with pytest.raises(RunFailed, match="No space left"):
            ledger.add(home, {"kind": "purge", "subject": "h:" + "0" * 32, "records_n": 1, "releases": 1})
        monkeypatch.undo()
    torn_write(monkeypatch, kept, kind="release")
    with capture_logs() as log_entries:
        third = publish_one(home, "run-3", seed=3)
    monkeypatch.undo()
    assert (
        ledger.in_force(home) == two[1] != third == store.current_release(home).name
        and "No space left" in log_entries[-1]["message"]
    )
    assert verify(home).faults == ()
    recovery.clean_leftovers(home)
    fourth = publish_one(home, "run-4", seed=4)
    check = verify(home)
    assert (check.faults, check.releases_n, ledger.in_force(home)) == ((), 4, fourth)
    kinds = [
        entry.body["kind"] for entry in chain.walk(ledger.log(home), chain.Walk(ledger.log(home).origin))
    ]
    assert kinds == ["release", "release", *(["torn"] if is_after_purge else []), "release", "release"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("kept", [1, 20, 60, -1])
def test_rollback_that_was_cut_short_is_entered_by_the_next_run(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    first, _ = two
    torn_write(monkeypatch, kept, kind="rollback")
    assert publish.rollback(home) == first and ledger.in_force(home) != first
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert (verify(home).findings, ledger.in_force(home)) == ((), first)


def test_release_whose_head_is_not_the_one_that_was_promised_is_told(home: Home) -> None:
    with pytest.raises(RunFailed, match="has another hash than the manifest of its release states"):
        ledger.add(home, {"kind": "release", "release_id": "1"}, Head(1, "0" * 64))


def test_leftovers_of_a_killed_run_are_removed(home: Home, two: tuple[str, str]) -> None:
    first, second = two
    publish.rollback(home)
    shutil.copytree(home.releases / first, home.releases / "000003-aaaaaaaaaaaa")
    (home.releases / "000003-aaaaaaaaaaaa" / "published").unlink()  # renamed, never current
    shutil.copytree(home.releases / first, home.releases / ".000000-bbbbbbbbbbbb")  # half pruned
    (home.root / ".current.part").symlink_to("releases/x")
    build(home, "run-3")
    (home.work / "stray").write_text("")
    for release_id in (first, "000003-aaaaaaaaaaaa"):
        (home.reports / release_id).mkdir()
    recovery.clean_leftovers(home)
    assert [path.name for path in home.reports.iterdir()] == [
        first
    ]  # pages of a release that was never in force go with it
    assert list(home.work.iterdir()) == []
    assert sorted(path.name for path in home.releases.iterdir()) == [first, second]
    assert not (home.root / ".current.part").is_symlink()
    assert store.current_release(home).name == first


@pytest.mark.parametrize(
    ("how", "every"),
    [
        ("kill", 15),
        pytest.param("full", 1, marks=pytest.mark.nightly),
        pytest.param("kill", 3, marks=pytest.mark.nightly),
        pytest.param("error", 3, marks=pytest.mark.nightly),
        *(pytest.param(how, 1, marks=pytest.mark.nightly) for how in ("kill", "error", "delay")),
    ],
)
def test_release_in_force_is_whole_after_every_fault(tmp_path: Path, how: str, every: int) -> None:
    """A process that builds and publishes is stopped at each of its calls to the disk in turn, or every third
    one, until it gets through.

    kill: kill −9 before the call. error: the call fails (no space). delay: kill −9 after a random time,
    inside DuckDB too. full: writes beyond a size fail, inside DuckDB too. Each time `current` resolves to the
    old release or the new one, its bytes are those of its manifest, and cleaning leaves nothing else (the
    checks are in faults.py).
    """
    for seed in (0, 1):
        write_tables(tmp_path / f"tables-{seed}", faults.ROWS_N, seed=seed, declared=faults.DECLARED)
    done = subprocess.run(
        [sys.executable, faults.__file__, str(tmp_path), how, str(every)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    if how in ("kill", "error"):
        assert outcomes.pop()["calls_n"] == len(outcomes) > 30 // every  # the last one got through
    assert all(outcome["problems"] == [] for outcome in outcomes), outcomes
    stopped = [outcome for outcome in outcomes if not outcome["finished"]]
    assert len(stopped) >= {"kill": 30, "error": 25, "delay": 6, "full": 3}[how] // every
    if how in ("kill", "error"):
        assert {outcome["current"] for outcome in stopped} == ({"old", "new"} if how == "kill" else {"old"})
    if how == "error":  # after the flip it is told, and no failure
        assert {outcome["current"] for outcome in outcomes if outcome["finished"]} == {"new"}
    if how in ("error", "full"):
        for outcome in stopped:
            assert outcome["exit_code"] == 4
            assert "\n" not in outcome["message"]
            assert how == "full" or (
                os.strerror(errno.ENOSPC) in outcome["message"] and str(tmp_path) in outcome["message"]
            )


# --- other versions of DuckDB -------------------------------------------------------------------------------

READ_EVERYTHING = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
def rows(sql):
    return connection.execute(sql).fetchall()
tables = [row[0] for row in rows("select table_name from duckdb_tables() where not internal")]
views = [row[0] for row in rows("select view_name from duckdb_views() where not internal")]
rows_n = {name: len(rows(f'select * from "{name}"')) for name in tables + views}
uncommented = rows(
    "select count(*) from duckdb_columns() where comment is null "
    "and table_name in (select view_name from duckdb_views() where not internal and comment is not null)"
)[0][0]
shares = str(rows("select sum(share_min) from v_interest")[0][0])
print(json.dumps(
    {"version": duckdb.__version__, "rows": rows_n, "uncommented": uncommented, "shares": shares}
))
"""


@pytest.mark.reliability("R7")
def test_older_duckdb_reads_everything(whole: Path, old_duckdb: Path, figure: Callable[[str], None]) -> None:
    done = subprocess.run(
        [str(old_duckdb), "-c", READ_EVERYTHING, str(whole / "undertow.duckdb")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["version"] == OLD_DUCKDB
    assert {name: answer["rows"][name] for name in STORED} == dict.fromkeys(STORED, 7)
    assert {table.view: answer["rows"][table.view] for table in STORED.values()} == {
        table.view: 7 for table in STORED.values()
    }
    assert answer["uncommented"] == 0
    assert answer["shares"] == str(rows(whole, "select sum(share_min) from v_interest")[0][0])
    figure(
        f"DuckDB {OLD_DUCKDB} and {duckdb.__version__} read every row of {len(answer['rows'])} tables and "
        f"views"
    )


# --- declarations -------------------------------------------------------------------------------------------


def test_comment_text() -> None:
    column = Column("gap_days", "integer", "Days between.", null="one end is unknown", unit="day", values=())
    assert database.comment(column) == "Days between. Null: one end is unknown. Unit: day."


def test_names_that_are_keywords_work(home: Home) -> None:
    table = Table(
        "order",
        "A table named as a keyword.",
        (Column("select", "text", "It's quoted."), Column("from", "integer", 'So is "this".')),
        ("select",),
    )
    declared = {"order": table, "release": ABOUT["release"], "run": ABOUT["run"]}
    built = build(home, "run", declared=declared)
    assert rows(built, 'select count(*)::int from v_order where "select" is not null') == [(5,)]
    assert rows(
        built, "select comment from duckdb_columns where table_name = 'v_order' order by column_index"
    ) == [
        ("It's quoted. Never null.",),
        ('So is "this". Never null.',),
    ]
    assert COMPANY.view == "v_company"


@pytest.mark.sample(5)
@pytest.mark.parametrize("indicator", indicators().values(), ids=lambda indicator: indicator.code)
def test_the_queries_of_an_indicator_run_on_a_release(whole: Path, indicator: Indicator) -> None:
    for query in (indicator.states, indicator.evidence):
        prepared = indicator.with_values(query, date(2026, 6, 1))
        assert "$" not in prepared
        rows(whole, f"select count(*) from ({prepared})")
