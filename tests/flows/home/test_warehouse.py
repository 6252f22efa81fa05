"""Connections are confined, errors carry no rows, Parquet bytes depend on rows alone."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.release import store
from tests.flows.release_tables import frame, new_home, publish_one
from transforms.errors import RunFailed, UsageError
from transforms.model.views import COMPANY, GATE_VIEW

CANARY = "Wilhelmina Canary"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = new_home(tmp_path_factory.mktemp("warehouse") / "home")
    publish_one(home, "run-1")
    return store.current_release(home)


# --- working connections ----------------------------------------------------------------------------------


def test_working_connection_sees_work_and_the_named_paths_only(tmp_path: Path) -> None:
    inside, named, other = tmp_path / "work", tmp_path / "named", tmp_path / "other"
    for folder in (inside, named, other):
        folder.mkdir()
        (folder / "a.csv").write_text("n\n1\n")
        (folder / "b.csv").write_text("n\n2\n")
    (inside / "link").symlink_to(other)
    connection = warehouse.connect(inside, read_paths=[named, other / "b.csv"])
    for path in (inside / "a.csv", named / "a.csv", other / "b.csv"):
        assert connection.execute(f"select count(*) from read_csv('{path}')").fetchall() == [(1,)]
    for path in (other / "a.csv", inside / ".." / "other" / "a.csv", inside / "link" / "a.csv"):
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"select * from read_csv('{path}')")
    with pytest.raises(duckdb.PermissionException):
        connection.execute(f"copy (select 1) to '{other / 'c.csv'}'")
    with pytest.raises(duckdb.PermissionException):
        connection.execute(f"attach '{other / 'c.duckdb'}'")


def test_working_connection_settings_are_set_and_locked(tmp_path: Path) -> None:
    connection = warehouse.connect(tmp_path / "work", threads=1, memory_limit="200MB")
    settings = dict(connection.execute("select name, value from duckdb_settings()").fetchall())
    assert settings["threads"] == "1"
    assert settings["memory_limit"] == "190.7 MiB"
    assert settings["temp_directory"] == str((tmp_path / "work" / "spill").resolve())
    assert settings["preserve_insertion_order"] == "true"
    assert settings["enable_external_access"] == "false"
    assert settings["TimeZone"] == "UTC"
    for statement in (
        "set threads = 8",
        "set memory_limit = '1GB'",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
    ):
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            connection.execute(statement)


def test_freed_memory_goes_back_to_the_system(tmp_path: Path, release: Path) -> None:
    for connection in (warehouse.connect(tmp_path / "work"), warehouse.open_release(release)):
        settings = dict(
            connection.execute(
                "select name, value from duckdb_settings() where name like 'allocator%'"
            ).fetchall()
        )
        assert settings["allocator_background_threads"] == "true"
        assert settings["allocator_flush_threshold"] == "16MB"


def test_release_skips_what_cannot_hold_one_of_hundreds_of_ids(release: Path) -> None:
    setting = "select current_setting('dynamic_or_filter_threshold')"
    with warehouse.open_release(release) as connection:
        assert connection.execute(setting).fetchone() == (500,)


def test_default_memory_limit_is_a_share_of_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse.memory_bytes.cache_clear()
    monkeypatch.setattr(warehouse, "_group_limits", lambda: iter([1000 * 1000 * 1000, 10**15]))
    assert warehouse._memory_limit() == "500000000B"
    warehouse.memory_bytes.cache_clear()
    monkeypatch.setattr(warehouse, "_group_limits", lambda: iter([10**15]))
    assert 0 < int(warehouse._memory_limit().removesuffix("B")) < 10**15 * warehouse.MEMORY_SHARE
    warehouse.memory_bytes.cache_clear()


def test_database_in_work_is_kept_between_connections(tmp_path: Path) -> None:
    with warehouse.connect(tmp_path, database=tmp_path / "night.duckdb") as connection:
        connection.execute("create table t as select 7 as n")
    with warehouse.connect(tmp_path, database=tmp_path / "night.duckdb") as connection:
        assert connection.execute("select n from t").fetchall() == [(7,)]


# --- the analyst's connection -----------------------------------------------------------------------------

ESCAPES = (
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_json('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_parquet('{folder}/../*/undertow.parquet')",
    "select * from parquet_metadata('{folder}/x.parquet')",
    "select * from sniff_csv('/etc/passwd')",
    "select * from glob('/etc/*')",
    "select * from read_csv('http://localhost:9/a.csv')",
    "select * from caller_frame",
    "copy company to '{folder}/out.csv'",
    "copy (select 1) to '{folder}/out.parquet' (format parquet)",
    "copy company from '/etc/passwd'",
    "export database '{folder}/out'",
    "import database '{folder}'",
    "attach '{folder}/other.duckdb' as other",
    "attach '{folder}/undertow.duckdb' as again (read_write)",
    "create table stolen as select 1",
    "create view v_stolen as select 1",
    "insert into company select * from company",
    "update company set name = 'x'",
    "delete from company",
    "drop table company",
    "alter table company add column x int",
    "comment on table company is 'x'",
    "install httpfs",
    "load httpfs",
    "load '{folder}/evil.duckdb_extension'",
    "create persistent secret s (type s3)",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set temp_directory = '{folder}'",
    "set python_enable_replacements = true",
    "set allowed_directories = ['/']",
    "pragma enable_profiling = 'json'",
    "set profiling_output = '{folder}/profile.json'",
    "set log_query_path = '{folder}/log.sql'",
    "call enable_logging(storage = 'file', storage_path = '{folder}')",
    "explain analyze delete from company",
    # More ways out: what the process knows, other homes and releases, several statements, statements within
    # statements.
    "select * from read_text('/proc/self/environ')",
    "select * from read_text('{folder}/../../state/nights.jsonl')",
    "select * from read_blob('{folder}/../../secrets/id.key')",
    "select * from read_text('{folder}/manifest.json')",
    "select * from glob('{folder}/../../**')",
    "select getenv('HOME')",
    "attach '{folder}/../000001-000000000000/undertow.duckdb' as other (read_only)",
    "select * from '{folder}/undertow.duckdb'",
    "select * from read_csv_auto('{folder}/manifest.json')",
    "select * from read_ndjson('{folder}/manifest.json')",
    "select * from 'file:///etc/passwd'",
    "select * from 'https://127.0.0.1:9/a.parquet'",
    "select * from 's3://bucket/a.parquet'",
    "select /* from */ * from /* x */ read_text(/**/'/etc/passwd')",
    "select 1; copy (select 1) to '{folder}/out.csv'",
    "select 1; -- a comment\nattach '{folder}/x.duckdb'",
    "copy (select 1) to '/dev/stdout'",
    "prepare p as copy (select 1) to '{folder}/out.csv'; execute p",
    "select * from query($$copy (select 1) to '{folder}/out.csv'$$)",
    "select * from sqlite_scan('/etc/passwd', 't')",
    "force install httpfs from 'http://127.0.0.1:9'",
    "create or replace macro v_company() as table select 1",
    "create persistent secret s (type http, bearer_token 'x')",
    "reset enable_external_access",
    "set global threads = 64",
    "pragma database_size; select * from read_text('/etc/passwd')",
    "with a as materialized (select * from read_text('/etc/passwd')) from a",
    "select (select content from read_text('/etc/passwd'))",
    "from v_company where name in (select content from read_text('/etc/passwd'))",
    "describe select * from read_csv('/etc/passwd')",
    "summarize select * from read_csv('/etc/passwd')",
    "explain analyze select * from read_text('/etc/passwd')",
    "load '/usr/lib/libc.so.6'",
    "call pragma_storage_info('/etc/passwd')",
)


@pytest.mark.sample(7)
@pytest.mark.reliability("R30")
@pytest.mark.parametrize("probe", ESCAPES)
def test_analyst_cannot_leave_or_change_the_release(release: Path, probe: str) -> None:
    caller_frame = pl.DataFrame({"secret": [1]})  # what a replacement scan would find
    before = sorted((path.name, path.stat().st_mtime_ns) for path in release.iterdir())
    with warehouse.open_release(release) as connection, pytest.raises(duckdb.Error):
        connection.execute(probe.format(folder=release)).fetchall()
    with pytest.raises(UsageError):
        warehouse.query(release, probe.format(folder=release))
    assert caller_frame.height == 1
    assert sorted((path.name, path.stat().st_mtime_ns) for path in release.iterdir()) == before


@pytest.mark.reliability("R30")
def test_no_probe_stands_there_twice(figure: Callable[[str], None]) -> None:
    assert len(set(ESCAPES)) == len(ESCAPES) >= 25
    figure(
        f"{len(ESCAPES)} escape probes, each a test of its own: blocked on the analyst's connection and "
        f"in `undertow sql`, the release as it was"
    )


def test_two_release_connections_in_one_process(release: Path) -> None:
    with warehouse.open_release(release) as first, warehouse.open_release(release) as second:
        assert (
            first.execute("select count(*) from v_company").fetchall()
            == second.execute("select count(*) from v_company").fetchall()
            == [(5,)]
        )


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 as n",
        "from v_run",
        "with a as (select 1) from a",
        "describe v_company",
        "show tables",
        "summarize v_flag",
        "explain select 1",
    ],
)
def test_query_answers(release: Path, sql: str) -> None:
    assert warehouse.query(release, sql).num_rows > 0


def test_query_gives_an_interval_as_text(release: Path) -> None:
    rows = warehouse.query(release, "select age(date '2026-03-01', date '2024-01-31') as age, 1 as n")
    assert rows.to_pylist() == [{"age": "2 years 1 month 1 day", "n": 1}]


@pytest.mark.parametrize(
    "sql",
    ["", "select 1; select 2", "pragma version", "create temp table t as select 1", "begin", "checkpoint"],
)
def test_query_takes_one_reading_statement(release: Path, sql: str) -> None:
    with pytest.raises(UsageError, match="one SELECT"):
        warehouse.query(release, sql)


def test_query_error_keeps_the_analysts_own_mistake(release: Path) -> None:
    with pytest.raises(UsageError, match="Table with name v_compny does not exist"):
        warehouse.query(release, "select * from v_compny")
    with pytest.raises(UsageError, match=r'column "sentence" not found(.|\n)*`from v_dictionary` lists'):
        warehouse.query(release, "select sentence from v_flag")


def test_no_release_in_the_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no release here"):
        warehouse.open_release(tmp_path)


def test_broken_database_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / warehouse.RELEASE_DATABASE).write_bytes(b"not a database at all" * 1000)
    with pytest.raises(RunFailed, match="undertow rollback"):
        warehouse.open_release(tmp_path)


# --- errors -----------------------------------------------------------------------------------------------

VALUE_ERRORS = (
    f"select cast('{CANARY}' as integer)",
    f"select cast('{CANARY}' as date)",
    f"select strptime('{CANARY}', '%Y')",
    f"select error('{CANARY}')",
    f"select json_extract('{CANARY}', '$')",
    f"select cast(v as struct(a int)) from (values ('{CANARY}')) t(v)",
)


@pytest.mark.parametrize("sql", VALUE_ERRORS)
def test_errors_about_a_value_do_not_show_it(tmp_path: Path, sql: str) -> None:
    connection = warehouse.connect(tmp_path)
    with pytest.raises(duckdb.Error, match=CANARY):
        connection.execute(sql).fetchall()  # the raw error does
    with pytest.raises(RunFailed) as caught:
        write_parquet(connection, f"select * from ({sql}) t(value)", tmp_path / "flag.parquet", ["value"])
    assert CANARY not in str(caught.value)
    assert "writing flag.parquet" in str(caught.value)
    assert caught.value.__suppress_context__


def test_malformed_csv_does_not_show_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'n,name\n1,a\n2,"{CANARY}"x,y\n')
    connection = warehouse.connect(tmp_path)
    with pytest.raises(RunFailed) as caught, warehouse.safe_errors("reading a.csv"):
        connection.execute(
            f"select * from read_csv('{tmp_path / 'a.csv'}', columns = {{'n': 'int', 'name': 'text'}}, "
            f"header = true, auto_detect = false)"
        ).fetchall()
    assert CANARY not in str(caught.value)


def test_errors_about_the_query_keep_their_message(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match=r"writing flag\.parquet: Binder Error.*no_such_column"):
        write_parquet(
            warehouse.connect(tmp_path), "select no_such_column as n", tmp_path / "flag.parquet", ["n"]
        )


# --- Parquet ----------------------------------------------------------------------------------------------


def test_parquet_view_reads_columns_from_rows_not_from_folder_names(tmp_path: Path) -> None:
    paths = []
    for edition in ("2026-10-01", "sha-0123456789ab"):
        folder = tmp_path / "register=x" / f"edition={edition}"
        folder.mkdir(parents=True)
        paths.append(folder / "a.parquet")
        pl.DataFrame({"register": ["gb_coh_companies"], "edition": [edition]}).write_parquet(paths[-1])
    connection = warehouse.connect(tmp_path)
    warehouse.parquet_view(connection, "company", paths)
    assert connection.execute("select register, edition from company order by all").fetchall() == [
        ("gb_coh_companies", "2026-10-01"),
        ("gb_coh_companies", "sha-0123456789ab"),
    ]


def test_parquet_view_of_an_earlier_version_has_the_columns_of_today(tmp_path: Path) -> None:
    now = frame(COMPANY, 2)
    now.write_parquet(tmp_path / "a.parquet")
    now.head(1).drop("name").write_parquet(tmp_path / "b.parquet")
    for names, rows in (("ba", [(1,), (2,)]), ("b", [(1,)])):
        connection = warehouse.connect(tmp_path)
        warehouse.parquet_view(
            connection, "company", [tmp_path / f"{name}.parquet" for name in names], table=COMPANY
        )
        assert tuple(warehouse.column_types(connection, "select * from company")) == COMPANY.names
        assert (
            connection.execute("select count(*) from company group by name is null order by all").fetchall()
            == rows
        )


@pytest.mark.parametrize(("held_bytes", "kind"), [(0, "VIEW"), (100, "VIEW"), (10_000, "BASE TABLE")])
def test_parquet_files_that_are_small_are_held_in_memory_with_the_same_rows(
    tmp_path: Path, held_bytes: int, kind: str
) -> None:
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for first, path in enumerate(paths):
        pl.DataFrame({"number": [first * 10 + n for n in (3, 1, 2)]}).write_parquet(path)
    connection = warehouse.connect(tmp_path)
    warehouse.parquet_view(connection, "numbers", paths, held_bytes=held_bytes)
    assert connection.sql("from numbers").fetchall() == [(3,), (1,), (2,), (13,), (11,), (12,)]
    assert connection.sql(
        "select table_type from information_schema.tables where table_name = 'numbers'"
    ).fetchall() == [(kind,)]


@pytest.mark.parametrize("kept_bytes", [0, 3, 400])
def test_a_file_cut_short_is_named_with_what_to_do(tmp_path: Path, kept_bytes: int) -> None:
    path = tmp_path / "a.parquet"
    frame(COMPANY, 200).write_parquet(path)
    os.truncate(path, kept_bytes)
    connection = warehouse.connect(tmp_path)
    with pytest.raises(RunFailed, match=r"a\.parquet: is damaged: .* restore it .* or remove it"):
        warehouse.parquet_view(connection, "company", [path], table=COMPANY)


def test_parquet_view_without_files_has_the_declared_columns(tmp_path: Path) -> None:
    connection = warehouse.connect(tmp_path)
    warehouse.parquet_view(connection, "gate", [], table=GATE_VIEW)
    assert tuple(warehouse.column_types(connection, "select * from gate")) == GATE_VIEW.names
    assert connection.execute("select count(*) from gate").fetchall() == [(0,)]
    with pytest.raises(RunFailed, match="give files, or a declared table"):
        warehouse.parquet_view(connection, "gate", [])


def test_quotes_in_names_and_paths_are_text(tmp_path: Path) -> None:
    folder = tmp_path / "o'neill"
    folder.mkdir()
    frame(COMPANY, 3).write_parquet(folder / "it's.parquet")
    connection = warehouse.connect(folder)
    warehouse.parquet_view(connection, 'odd "name"', [folder / "it's.parquet"])
    assert connection.execute('select count(*) from "odd ""name"""').fetchall() == [(3,)]
    assert write_parquet(connection, 'from "odd ""name"""', folder / "it's too.parquet", ["company_id"]) == 3
