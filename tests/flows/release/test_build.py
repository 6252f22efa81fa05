"""Building a release: what it holds, what is refused, reading it back, and older versions of DuckDB."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.release import build as build_module
from flows.release import database, store
from flows.release.content import TableContent, content_sha256
from tests.flows.old_duckdb import OLD_DUCKDB
from tests.flows.release.published import flip_byte, rows
from tests.flows.release_tables import FACTS, SMALL, build, frame, new_home, publish_one, write_tables
from transforms.errors import ReleaseBlocked, RunFailed
from transforms.model.indicator import Indicator, indicators
from transforms.model.macros import MACROS
from transforms.model.sql import INDICATOR_MACROS
from transforms.model.statements import DUCKDB_TYPES, Column, Table
from transforms.model.views import ABOUT, COMPANY, FACT_VIEWS, RELEASE_TABLES

STORED = {name: table for name, table in RELEASE_TABLES.items() if name not in ABOUT}


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


def after_closing(monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None], database: Path) -> None:
    """Have `damage` done to the database between its last write and the reading back."""
    detach = warehouse.detach_release

    def detach_and_damage(connection: warehouse.Connection) -> None:
        detach(connection)
        damage(database)

    monkeypatch.setattr(warehouse, "detach_release", detach_and_damage)


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
