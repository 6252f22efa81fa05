"""Releases: built aside, read back, renamed into place, and made current by one symlink.

`releases/<id>/` holds `undertow.duckdb`, `manifest.json` and, once it has been current, an empty `published`. Nothing
writes to a database after its release has its name. A kill at any instant leaves `current` on a whole release: the
flip is one rename of a symlink, and everything before it happens where no reader looks. What a kill leaves behind,
`clean_leftovers` removes. Everything here that writes expects the caller to hold the lock of the home (`flows.home.lock`).

Readers: resolve `current` first and open what it points to (`current_release`, `open_current`). A connection then
stays with its release, and a new one sees the newest.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import structlog

from flows.home import durable, warehouse
from flows.home.settings import RELEASE_FILE_MODE, RELEASES_KEPT, Home
from flows.home.warehouse import AREA_DATABASE, RELEASE_DATABASE, Connection, identifier, literal
from flows.journal import ledger
from flows.journal.chain import Body, Head, canonical, following
from flows.release.alarms import Alarm, Damage
from flows.release.content import TableContent, content_sha256, table_content
from transforms.errors import ReleaseBlocked, RunFailed, UndertowError, UsageError, as_typed
from transforms.model import area_views
from transforms.model.macros import MACROS, Macro
from transforms.model.statements import DUCKDB_TYPES, Column, Table
from transforms.model.views import ABOUT, RELEASE_TABLES

log = structlog.get_logger()

MANIFEST = "manifest.json"
PUBLISHED = "published"
RELEASE_FOLDER_MODE = 0o750
RELEASE_NAME = re.compile(r"^(\d{6,})-[0-9a-f]{12}$")
OPEN_TRIES = 10

# Table macros of a release, by name.
RELEASE_MACROS: Mapping[str, Macro] = {macro.name: macro for macro in MACROS}

# What a Parquet column may be where the declaration says otherwise: nothing is lost in the cast, or it fails.
WIDENED: Mapping[str, frozenset[str]] = {
    "BIGINT": frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}),
    "DOUBLE": frozenset({"FLOAT"}),
}
PRIVACY_ORDER = ("open", "entity", "personal")


@dataclass(frozen=True)
class ReleaseFacts:
    """What a release says about itself in `v_release` and `v_run`. Times are UTC. `known_at` None: every edition held was used.

    `changes`, `aliases`, `case_aliases`: rows of RESOLUTION_CHANGE, PARTY_ALIAS and CASE_ALIAS.
    """

    as_of: date
    code_version: str
    synthetic: bool
    run_id: str
    started_at: datetime
    built_at: datetime
    engine: str
    known_at: date | None = None
    alarms: tuple[Alarm, ...] = ()
    changes: tuple[tuple[object, ...], ...] = ()
    aliases: tuple[tuple[object, ...], ...] = ()
    case_aliases: tuple[tuple[object, ...], ...] = ()


@dataclass(frozen=True)
class Release:
    """A published release, from its manifest. `rows_n`: rows of all its tables, those about itself left out."""

    release_id: str
    folder: Path
    as_of: date
    built_at: datetime
    rows_n: int
    content_sha256: str
    synthetic: bool
    is_current: bool


@dataclass(frozen=True)
class _Contents:
    """What a release holds: table name → content. `about`: the tables about the release itself, outside its hash.

    `entry`, `head`: its entry for the ledger, and the head that this will make. `area`: what area.duckdb holds; None where the tables it counts are not there.
    """

    sequence: int
    tables: Mapping[str, TableContent]
    about: Mapping[str, TableContent]
    entry: Body
    head: Head
    area: Mapping[str, TableContent] | None = None

    @property
    def sha256(self) -> str:
        return content_sha256(self.tables)

    @property
    def release_id(self) -> str:
        return f"{self.sequence:06d}-{self.sha256[:12]}"


@dataclass(frozen=True)
class _Next:
    """Where the next release stands: its number, and the ledger's head before it."""

    sequence: int
    head: Head


# --- building -------------------------------------------------------------------------------------------------------


def build_release(
    home: Home,
    work: Path,
    tables: Mapping[str, Path],
    facts: ReleaseFacts,
    *,
    declared: Mapping[str, Table] = RELEASE_TABLES,
) -> Path:
    """Build a release in `work/release` and read all of it back. Returns that folder, for `publish`.

    `tables`: table name → Parquet file, one for each declared table but those about the release itself. Columns and
    types must be those declared. Rows are stored in key order. `declared` is for tests with few tables.
    Raises ReleaseBlocked (a null where none is declared, a key that is not unique), RunFailed (a table or column is
    missing or of another type, the disk failed, what was read back is not what was written).
    """
    stored = {name: table for name, table in declared.items() if name not in ABOUT}
    _same_tables(stored, tables)
    folder = work / "release"
    with _disk_errors("building the release"), warehouse.safe_errors(f"building the release in {folder}"):
        _settle(home)
        folder.mkdir(mode=RELEASE_FOLDER_MODE, parents=True)
        contents = _write_database(
            work,
            folder / RELEASE_DATABASE,
            tables,
            declared,
            after=_Next(_next_sequence(home), ledger.head(home)),
            facts=facts,
        )
        _read_back(folder, declared, contents)
        manifest = _manifest(home, folder / RELEASE_DATABASE, contents, facts)
        durable.write_bytes_durably(
            folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode()
        )
    return folder


def _same_tables(stored: Mapping[str, Table], tables: Mapping[str, Path]) -> None:
    if missing := [name for name in stored if name not in tables]:
        raise RunFailed(
            f"release: no Parquet file was given for table {missing[0]}, which is declared; write it, with no rows if there are none"
        )
    if unknown := [name for name in tables if name not in stored]:
        raise RunFailed(
            f"release: table {unknown[0]} is not declared in transforms.model.views, or is filled here; do not pass it"
        )


def _write_database(
    work: Path,
    database: Path,
    tables: Mapping[str, Path],
    declared: Mapping[str, Table],
    *,
    after: _Next,
    facts: ReleaseFacts,
) -> _Contents:
    """Fill and close the file; says what each table from Parquet holds, and so the release's id."""
    connection = warehouse.connect(work, read_paths=list(tables.values()))
    try:
        warehouse.attach_release(connection, database)
        stored = {
            name: _store(connection, declared[name], warehouse.parquet_source([path]), database)
            for name, path in sorted(tables.items())
        }
        contents = _Contents(after.sequence, stored, {}, {}, after.head)
        if set(area_views.READS) <= set(stored):
            contents = replace(
                contents, area=_write_area(connection, database.with_name(AREA_DATABASE), contents, facts)
            )
            connection.execute("use release")
        contents = _with_entry(connection, contents, facts)
        about = {
            name: _store_rows(connection, declared[name], rows, database)
            for name, rows in _about_rows(contents, facts, declared).items()
        }
        _describe(connection, declared, _macros(declared))
        warehouse.detach_release(connection)
    finally:
        connection.close()
    return replace(contents, about=about)


def _with_entry(connection: Connection, contents: _Contents, facts: ReleaseFacts) -> _Contents:
    """With the ledger's entry on it: functions of what it holds and of what was asked, and of no clock."""
    asked = {
        "as_of": facts.as_of.isoformat(),
        "known_at": facts.known_at.isoformat() if facts.known_at else None,
        "synthetic": facts.synthetic,
    }
    made = {
        "kind": "release",
        "release_id": contents.release_id,
        "content_sha256": contents.sha256,
        **asked,
        "code_version": facts.code_version,
        "tables": {name: content.rows_n for name, content in contents.tables.items()},
        "editions": _rows(connection, EDITIONS_SQL) if "edition" in contents.tables else [],
        "rules": {str(row["code"]): str(row["rule_sha256"]) for row in _rows(connection, RULES_SQL)}
        if "indicator" in contents.tables
        else {},
    }
    if contents.area is not None:
        made["area_sha256"] = content_sha256(_counts(contents.area))
    return replace(contents, entry=made, head=following(contents.head, made)[0])


def _counts(area: Mapping[str, TableContent]) -> dict[str, TableContent]:
    """Without the tables about the release itself: the rest is a function of its content."""
    return {name: content for name, content in area.items() if name in area_views.COUNTS}


def _write_area(
    connection: Connection, database: Path, contents: _Contents, facts: ReleaseFacts
) -> dict[str, TableContent]:
    """Fill and close area.duckdb from the tables just stored. The counts themselves are only ever in a temporary table."""
    warehouse.attach_release(connection, database, alias="area")
    connection.execute(f"create temp table cell as {area_views.cells_sql('release')}")
    connection.execute(
        "create temp table indicator_title as select code as kind, title from release.indicator"
    )
    found = {
        name: _store(connection, table, area_views.COUNT_SQL[name], database)
        for name, table in area_views.COUNTS.items()
    }
    about: dict[str, list[tuple[object, ...]]] = {
        "area_release": [
            (contents.release_id, facts.as_of, facts.code_version, facts.synthetic, area_views.CELL_MIN)
        ],
        "dictionary": [row for table in area_views.AREA_TABLES.values() for row in _dictionary_rows(table)],
    }
    found |= {
        name: _store_rows(connection, area_views.AREA_TABLES[name], rows, database)
        for name, rows in about.items()
    }
    _describe(connection, area_views.AREA_TABLES, {})
    connection.execute("drop table temp.cell; drop table temp.indicator_title")
    warehouse.detach_release(connection, alias="area")
    return found


EDITIONS_SQL = "select register, dataset, edition, status, file_sha256 from edition order by all"
RULES_SQL = "select code, rule_sha256 from indicator order by code"


def _rows(connection: Connection, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = connection.sql(sql).to_arrow_table().to_pylist()
    return found


def _store_rows(
    connection: Connection, table: Table, rows: list[tuple[object, ...]], database: Path
) -> TableContent:
    connection.register("given_rows", pl.DataFrame(rows, schema=table.schema, orient="row").to_arrow())
    content = _store(connection, table, "select * from given_rows", database)
    connection.unregister("given_rows")
    return content


def _store(connection: Connection, table: Table, source: str, database: Path) -> TableContent:
    """Create a table as declared, with the rows of `source` in key order, and say what it holds. `database`: its file, for errors that name none."""
    _same_columns(table, warehouse.column_types(connection, source))
    columns = ", ".join(f"{identifier(column.name)} {DUCKDB_TYPES[column.dtype]}" for column in table)
    casts = ", ".join(
        f"cast({identifier(column.name)} as {DUCKDB_TYPES[column.dtype]}) as {identifier(column.name)}"
        for column in table
    )
    with warehouse.safe_errors(f"release table {table.name} in {database}"):
        connection.execute(f"create table {identifier(table.name)} ({columns})")
        connection.execute(
            f"insert into {identifier(table.name)} select {casts} from ({source}) order by {warehouse.total_order(table.names, table.key)}"
        )
    content = _content(connection, table)
    _no_stray_nulls(table, content)
    _unique_key(connection, table)
    return content


def _same_columns(table: Table, found: Mapping[str, str]) -> None:
    """Raise RunFailed unless `found` (column → DuckDB type) are the declared columns. Their order does not matter."""
    for column in table:
        wanted, given = DUCKDB_TYPES[column.dtype], found.get(column.name, "")
        if not given:
            raise RunFailed(
                f"release table {table.name}: the Parquet file has no column {column.name}; add it to the query that writes it"
            )
        if given != wanted and given not in WIDENED.get(wanted, ()):
            raise RunFailed(
                f"release table {table.name}: column {column.name} is {given} and declared {wanted}; cast it in the query that writes it"
            )
    if extra := [name for name in found if name not in table]:
        raise RunFailed(
            f"release table {table.name}: column {extra[0]} is not declared; declare it in transforms.model.views or leave it out"
        )


def _no_stray_nulls(table: Table, content: TableContent) -> None:
    for column in table:
        if not column.nullable and content.nulls[column.name]:
            raise ReleaseBlocked(
                f"release table {table.name}: column {column.name} is null in {content.nulls[column.name]} of {content.rows_n} rows and declares no null meaning"
            )


def _unique_key(connection: Connection, table: Table) -> None:
    key = ", ".join(map(identifier, table.key))
    repeated = connection.execute(
        f"select count(*) from (select 1 from {identifier(table.name)} group by {key} having count(*) > 1)"
    ).fetchall()[0][0]
    if repeated:
        raise ReleaseBlocked(
            f"release table {table.name}: {repeated} values of its key ({', '.join(table.key)}) stand more than once"
        )


def _content(connection: Connection, table: Table) -> TableContent:
    """Hash the rows as stored, which is key order."""
    batches = warehouse.stream(
        connection,
        f"select {', '.join(map(identifier, table.names))} from {identifier(table.name)}",
        where=f"release table {table.name}",
    )
    return table_content(table.name, table.schema, (pl.DataFrame(pl.from_arrow(batch)) for batch in batches))


def next_place(home: Home) -> tuple[int, str]:
    """Where the next release stands: its number, and the ledger's head before it. A release built for another place cannot be published."""
    _settle(home)
    return _next_sequence(home), ledger.head(home).hash


def _next_sequence(home: Home) -> int:
    """One more than the highest in the folder; the newest release is never pruned, so numbers never come back."""
    return 1 + max((_sequence(path.name.lstrip(".")) for path in _children(home.releases)), default=0)


def _sequence(release_id: str) -> int:
    """The number a release's name begins with; 0 for a name that is none."""
    matched = RELEASE_NAME.match(release_id)
    return int(matched[1]) if matched else 0


# --- what the release says about itself -----------------------------------------------------------------------------


def _about_rows(
    contents: _Contents, facts: ReleaseFacts, declared: Mapping[str, Table]
) -> Mapping[str, list[tuple[object, ...]]]:
    rows: dict[str, list[tuple[object, ...]]] = {
        "release": [
            (
                contents.release_id,
                facts.as_of,
                facts.known_at,
                contents.sha256,
                facts.code_version,
                facts.synthetic,
                contents.head.hash,
            )
        ],
        "alarm": [astuple(alarm) for alarm in facts.alarms],
        "resolution_change": list(facts.changes),
        "party_alias": list(facts.aliases),
        "case_alias": list(facts.case_aliases),
        "run": [(facts.run_id, _utc(facts.started_at), _utc(facts.built_at), facts.engine)],
        "dictionary": [
            *(row for table in declared.values() for row in _dictionary_rows(table)),
            *(row for macro in _macros(declared) for row in _macro_rows(macro)),
        ],
    }
    return {name: rows[name] for name in rows if name in declared}


def _utc(moment: datetime) -> datetime:
    """Without a time zone, as columns hold it; a moment without one is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _dictionary_rows(table: Table) -> Iterator[tuple[object, ...]]:
    """view, column, type, unit, description, privacy; for the view itself the strictest privacy of its columns."""
    privacy = max((column.privacy for column in table), key=PRIVACY_ORDER.index)
    yield table.view, "", "VIEW", "", table.description, privacy
    for column in table:
        yield (
            table.view,
            column.name,
            DUCKDB_TYPES[column.dtype],
            column.unit,
            _meaning(column),
            column.privacy,
        )


def _macros(declared: Mapping[str, Table]) -> list[Macro]:
    """Those whose tables are all there."""
    return [macro for macro in RELEASE_MACROS.values() if set(macro.reads) <= set(declared)]


def _macro_rows(macro: Macro) -> Iterator[tuple[object, ...]]:
    """As for a view. The name stands where a view's does; its call and arguments are in the description."""
    privacy = max((column.privacy for column in macro.columns), key=PRIVACY_ORDER.index)
    yield macro.name, "", "MACRO", "", macro.meaning, privacy
    for column in macro.columns:
        yield (
            macro.name,
            column.name,
            DUCKDB_TYPES[column.dtype],
            column.unit,
            _meaning(column),
            column.privacy,
        )


def _meaning(column: Column) -> str:
    """Description, closed vocabulary, and what a null means."""
    values = f" One of: {', '.join(column.values)}." if column.values else ""
    return f"{column.description}{values} {f'Null: {column.null}.' if column.null else 'Never null.'}"


def comment(column: Column) -> str:
    """The COMMENT of a column: its meaning and its unit."""
    return f"{_meaning(column)} Unit: {column.unit}." if column.unit else _meaning(column)


def _describe(connection: Connection, declared: Mapping[str, Table], macros: Iterable[Macro]) -> None:
    """Create the views and macros, and comment every view, column and macro."""
    connection.execute("begin")
    for table in declared.values():
        connection.execute(
            f"create view {identifier(table.view)} as select {', '.join(map(identifier, table.names))} from {identifier(table.name)}"
        )
        connection.execute(f"comment on view {identifier(table.view)} is {literal(table.description)}")
        for column in table:
            connection.execute(
                f"comment on column {identifier(table.view)}.{identifier(column.name)} is {literal(comment(column))}"
            )
    for macro in macros:
        connection.execute(macro.statement)
        connection.execute(f"comment on macro table {identifier(macro.name)} is {literal(macro.meaning)}")
    connection.execute("commit")


# --- reading back, manifest -----------------------------------------------------------------------------------------


def _read_back(folder: Path, declared: Mapping[str, Table], written: _Contents) -> None:
    """Read every column of every table from the closed file. Raises RunFailed where it is not what was written."""
    names = sorted(path.name for path in folder.iterdir())
    if names != sorted([RELEASE_DATABASE, *([AREA_DATABASE] if written.area is not None else [])]):
        raise RunFailed(
            f"release: {', '.join(names)} where only its databases were expected; a write-ahead log means that one was not closed"
        )
    _database_reads(
        folder, RELEASE_DATABASE, declared, {**written.tables, **written.about}, _macros(declared)
    )
    if written.area is not None:
        _database_reads(folder, AREA_DATABASE, area_views.AREA_TABLES, written.area, [])


def _database_reads(
    folder: Path,
    name: str,
    declared: Mapping[str, Table],
    expected: Mapping[str, TableContent],
    macros: Iterable[Macro],
) -> None:
    connection = warehouse.open_release(folder, name=name)
    try:
        for stored, table in declared.items():
            if (found := _content(connection, table)) != expected[stored]:
                raise RunFailed(
                    f"release table {stored}: {found.rows_n} rows read back, {expected[stored].rows_n} written, or with other values; check the disk and run again"
                )
            _view_reads(connection, table)
        for macro in macros:
            _macro_answers(connection, macro)
    finally:
        connection.close()


def _view_reads(connection: Connection, table: Table) -> None:
    types = warehouse.column_types(connection, f"select * from {identifier(table.view)}")
    if types != {column.name: DUCKDB_TYPES[column.dtype] for column in table}:
        raise RunFailed(
            f"release view {table.view}: its columns are not those declared; run again, and report it if it happens twice"
        )


def _macro_answers(connection: Connection, macro: Macro) -> None:
    types = warehouse.column_types(
        connection, f"select * from {macro.name}({', '.join(chr(39) * 2 for _ in macro.arguments)})"
    )
    if types != {column.name: DUCKDB_TYPES[column.dtype] for column in macro.columns}:
        raise RunFailed(
            f"release macro {macro.name}: its columns are not those declared in transforms.model.macros; correct the one or the other"
        )


def _manifest(home: Home, database: Path, contents: _Contents, facts: ReleaseFacts) -> dict[str, object]:
    previous = _linked(home)
    known = previous is not None and _may_be_named(previous)
    stated = {
        "release_id": contents.release_id,
        "as_of": facts.as_of.isoformat(),
        "known_at": facts.known_at.isoformat() if facts.known_at else None,
        "synthetic": facts.synthetic,
        "code_version": facts.code_version,
        "run_id": facts.run_id,
        "started_at": _utc(facts.started_at).isoformat(),
        "built_at": _utc(facts.built_at).isoformat(),
        "engine": facts.engine,
        "content_sha256": contents.sha256,
        "database": _database_facts(database),
        "area": {
            **_database_facts(database.with_name(AREA_DATABASE)),
            "content_sha256": contents.entry["area_sha256"],
        }
        if contents.area is not None
        else None,
        "tables": {name: content.rows_n for name, content in sorted(contents.tables.items())},
        "previous": {"release_id": previous.name, "manifest_sha256": _file_sha256(previous / MANIFEST)}
        if previous and known
        else None,
        "ledger": ledger.stated(contents.entry, contents.head),
    }
    return {**stated, "seal": _seal(stated)}


def _seal(manifest: Mapping[str, object]) -> str:
    """SHA-256 of the canonical manifest without its seal: a changed manifest is found before a later one names its hash."""
    return hashlib.sha256(
        canonical({name: value for name, value in manifest.items() if name != "seal"})
    ).hexdigest()


def _database_facts(database: Path) -> dict[str, object]:
    return {"name": database.name, "sha256": _file_sha256(database), "bytes": database.stat().st_size}


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_manifest(release: Path) -> dict[str, object]:
    try:
        manifest = json.loads((release / MANIFEST).read_bytes())
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise RunFailed(
            f"release {release.name}: {MANIFEST} is not a manifest; run `undertow rollback`, or restore the folder from a backup"
        )
    return manifest


def _is_sealed(manifest: Mapping[str, object]) -> bool:
    """As it was written. One of an earlier version has no seal."""
    try:
        return "seal" not in manifest or manifest["seal"] == _seal(manifest)
    except TypeError:  # a float, which no manifest has
        return False


def _may_be_named(release: Path) -> bool:
    """A later manifest names the hash of none that was changed: it would vouch for it."""
    try:
        manifest = _read_manifest(release)
    except (FileNotFoundError, RunFailed):
        return False
    return manifest.get("release_id") == release.name and _is_sealed(manifest)


def verify(release: Path) -> None:
    """Compare a release's databases with its manifest. Raises RunFailed where one is missing or has other bytes, or the manifest was changed."""
    with _disk_errors(f"release {release.name}"):
        manifest = _read_manifest(release)
        for key in ("database", "area"):
            _verify_database(release, manifest.get(key), is_needed=key == "database")
    if not _is_sealed(manifest):
        raise RunFailed(
            f"release {release.name}: {MANIFEST} was changed after it was written; run `undertow rollback`, or restore the folder from a backup"
        )


def _verify_database(release: Path, stated: object, *, is_needed: bool) -> None:
    if stated is None and not is_needed:
        return
    expected = (
        {name: stated.get(name) for name in ("name", "sha256", "bytes")}
        if isinstance(stated, dict)
        else {"name": RELEASE_DATABASE}
    )
    name = expected["name"] if expected["name"] in (RELEASE_DATABASE, AREA_DATABASE) else RELEASE_DATABASE
    if _database_facts(release / str(name)) != expected:
        raise RunFailed(
            f"release {release.name}: {name} has other bytes than its manifest says; run `undertow rollback`, or restore the folder from a backup"
        )


# --- publishing -----------------------------------------------------------------------------------------------------


def publish(home: Home, built: Path, *, report: Path | None = None) -> str:
    """Make a built release the current one and return its id. Keeps RELEASES_KEPT, and whatever `current` points to.

    `report`: the folder of its pages, which go to `reports/<id>` before the flip, so that no release is in force without them.
    Raises RunFailed, and the release in force stays. What fails after the flip is logged: the new one is in force, and the next run makes up for it.
    """
    verify(built)
    manifest = _read_manifest(built)
    release_id, (entry, head) = str(manifest["release_id"]), _entry_to_add(home, manifest)
    with _disk_errors(f"publishing release {release_id}"):
        for path in built.iterdir():
            path.chmod(RELEASE_FILE_MODE)
        built.chmod(RELEASE_FOLDER_MODE)
        durable.replace_durably(built, home.releases / release_id)
        if report is not None:
            durable.replace_durably(report, home.reports / release_id)
        with _said_once_in_force(home, release_id):
            _flip(home, release_id, entry, head)
            _prune(home)
    return release_id


def is_in_force(home: Home, release_id: str) -> bool:
    return _linked(home) == home.releases / release_id


@contextmanager
def _said_once_in_force(home: Home, release_id: str) -> Iterator[None]:
    """What fails once `current` points to the release is logged; before that it is raised."""
    try:
        yield
    except (OSError, RunFailed) as error:
        if not is_in_force(home, release_id):
            raise
        log.error(
            "published",
            release=release_id,
            message=f"release {release_id} is in force; the next run does what is left of its publication: {_said(error)}",
        )


def _said(error: OSError | RunFailed) -> str:
    return (
        str(error)
        if isinstance(error, RunFailed)
        else f"{error.filename or 'the disk'}: {error.strerror} (errno {error.errno})"
    )


def _entry_to_add(home: Home, manifest: Mapping[str, object]) -> tuple[Body, Head]:
    ledger.make_ready(home)
    promised = ledger.promised(manifest)
    if promised is None or following(ledger.head(home), promised[0])[0] != promised[1]:
        raise RunFailed(
            f"release {manifest['release_id']}: the ledger has changed since it was built, so its entry does not follow; run again"
        )
    return promised


def _flip(home: Home, release_id: str, entry: Body, promised: Head | None = None) -> None:
    """Move `current`, enter that into the ledger, and mark both releases: one without the mark that is not current has never been in force."""
    if (current := _linked(home)) is not None and current.is_dir():
        _mark_published(current)
    durable.symlink_durably(home.current, f"{home.releases.name}/{release_id}")
    ledger.add(home, entry, promised)
    _mark_published(home.releases / release_id)


def _settle(home: Home, *, is_left: bool = False) -> None:
    """What a kill between the flip and the mark left undone: the entry in the ledger, and the mark.

    is_left: the release in force is about to be left, so that nothing about its manifest may stand in the way.
    """
    current = _linked(home)
    if current is not None and current.is_dir():
        marked = (current / PUBLISHED).exists()
        if (manifest := _manifest_to_settle(current, is_left=is_left)) is not None:
            ledger.settle(home, current, manifest, is_marked=marked)
        _mark_published(current)
    ledger.make_ready(home)


def _manifest_to_settle(current: Path, *, is_left: bool) -> Mapping[str, object] | None:
    """None where there is none, or what is there is no manifest: then no entry can be made of it, and no night is to stop for it."""
    try:
        manifest = _read_manifest(current)
        ledger.promised(manifest)
    except FileNotFoundError:
        return None
    except (RunFailed, KeyError, TypeError, ValueError):
        why = "is not a manifest"
    except OSError as error:
        if not is_left:
            raise
        why = f"{error.strerror} (errno {error.errno})"
    else:
        return manifest
    log.warning(
        "release in force",
        release=current.name,
        message=f"{MANIFEST}: {why}; the ledger is not compared with it",
    )
    return None


def _damage(home: Home) -> Damage | None:
    """A release in force that is not as it was published is said, and stops no night: the next release takes its place, and `undertow rollback` does at once."""
    current = _linked(home)
    if current is None:
        return None
    try:
        if not current.is_dir():
            raise RunFailed(
                f"release {current.name}: its folder is not there; run `undertow rollback`, or restore it from a backup"
            )
        verify(current)
    except RunFailed as error:
        log.warning(
            "release in force",
            release=current.name,
            message=f"{error}; this run goes on and publishes the release after it",
        )
        what = str(error).removeprefix(f"release {current.name}: ").split("; ")[0]
        return Damage(current.name, what.replace(f"{home.root}/", ""))
    return None


def _mark_published(release: Path) -> None:
    if not (release / PUBLISHED).exists():
        durable.write_bytes_durably(release / PUBLISHED, b"", mode=RELEASE_FILE_MODE)


def _prune(home: Home) -> None:
    """Releases beyond those kept, and the pages of releases that are not there: they name persons, and no release tells of them any more."""
    published, current = _published(home), _linked(home)
    _remove(path for path in published[:-RELEASES_KEPT] if path != current)
    for pages in _children(home.reports):
        if RELEASE_NAME.match(pages.name) and not (home.releases / pages.name).exists():
            _discard(pages)


def _remove(releases: Iterable[Path]) -> None:
    """Hide a release with one rename, then delete it: a kill leaves a hidden folder, never half a release."""
    for release in releases:
        hidden = release.with_name(f".{release.name}")
        release.rename(hidden)
        shutil.rmtree(hidden)


def remove(home: Home, folders: Iterable[Path]) -> None:
    """Remove releases, but for the one in force. Call with the lock held."""
    current = _linked(home)
    with _disk_errors("removing releases"):
        _remove(folder for folder in folders if folder != current)


def clean_leftovers(home: Home, *, keeping: Path | None = None) -> Damage | None:
    """Remove what killed runs left: work folders but `keeping`, releases that were never current, half-removed ones, temporary names.

    Gives what is wrong with the release in force. Call with the lock held and before this run makes its work folder. Raises RunFailed.
    """
    with _disk_errors("cleaning up after an earlier run"):
        for path in _children(home.work):
            if path != keeping:
                _discard(path)
        for path in _children(home.releases):
            if path.name.startswith("."):
                _discard(path)
        _settle(home)
        damage = _damage(home)
        published = _published(home)
        for path in _children(home.releases):
            if RELEASE_NAME.match(path.name) and path not in published:
                _discard(
                    home.reports / path.name
                )  # before the release, which is what tells that these pages are of none
                _remove([path])
        _discard(home.current.with_name(f".{home.current.name}.part"))
        _prune(home)
    return damage


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


# --- releases -------------------------------------------------------------------------------------------------------


def releases(home: Home, *, readable: bool = False) -> tuple[Release, ...]:
    """Every published release, oldest first. Raises RunFailed where a manifest cannot be read; `readable`: such a release is told and left out."""
    current = _linked(home)
    found = []
    for folder in _published(home):
        try:
            found.append(_release(folder, _read_manifest(folder), folder == current))
        except FileNotFoundError:
            continue  # pruned by a run while this was reading
        except RunFailed as error:
            if not readable:
                raise
            log.warning("releases", release=folder.name, message=str(error))
    return tuple(found)


def _release(folder: Path, manifest: Mapping[str, object], is_current: bool) -> Release:
    tables = manifest["tables"]
    return Release(
        release_id=folder.name,
        folder=folder,
        as_of=date.fromisoformat(str(manifest["as_of"])),
        built_at=datetime.fromisoformat(str(manifest["built_at"])).replace(tzinfo=UTC),
        rows_n=sum(tables.values()) if isinstance(tables, dict) else 0,
        content_sha256=str(manifest["content_sha256"]),
        synthetic=bool(manifest["synthetic"]),
        is_current=is_current,
    )


def current_release(home: Home) -> Path:
    """The folder of the release in force, resolved. Raises UsageError where there is none."""
    current = _linked(home)
    if current is None:
        raise UsageError(
            f"{home.root}: no release has been published here; run `undertow run --landing DIR`, or `undertow demo`"
        )
    if not current.is_dir():
        raise UsageError(
            f"{home.root}: current points to release {current.name}, which is not there; run `undertow rollback --to ID` (see `undertow releases`)"
        )
    return current


def current_bytes(home: Home) -> int:
    """Bytes of the database in force; 0 where there is none."""
    current = _linked(home)
    database = current / RELEASE_DATABASE if current is not None else None
    return database.stat().st_size if database is not None and database.is_file() else 0


def open_current(home: Home) -> Connection:
    """A read-only connection to the release in force. Tries again where that was pruned between finding and opening it."""
    for _ in range(OPEN_TRIES):
        release = current_release(home)
        try:
            return warehouse.open_release(release)
        except UsageError:
            if release == _linked(home):
                raise
    return warehouse.open_release(current_release(home))


def open_before(home: Home, known_at: date | None) -> Connection:
    """The release that the next one is compared with: the one in force; for a night on every edition held (`known_at` None) the newest such up to it.

    A release of an earlier date knows of less: what is not in it is not gone. Raises UsageError where none is in force.
    """
    current = current_release(home)
    if known_at is None:
        up_to_it = [
            folder for folder in published_folders(home) if _sequence(folder.name) <= _sequence(current.name)
        ]
        for folder in reversed(up_to_it):
            with suppress(UndertowError):  # damaged, or pruned
                if manifest_of(folder).get("known_at") is None:
                    return warehouse.open_release(folder)
    return open_current(home)


def rollback(home: Home, to: str | None = None) -> str:
    """Make the release before the current one, or the one named, current. Returns its id.

    Raises UsageError where there is none, RunFailed where its bytes are not those of its manifest (`current` stays). What fails after the flip is logged.
    """
    target = _target(home, to)
    verify(target)
    with _disk_errors(f"rolling back to release {target.name}"):
        _settle(home, is_left=True)
        with _said_once_in_force(home, target.name):
            _flip(home, target.name, {"kind": "rollback", "release_id": target.name})
    return target.name


def _target(home: Home, to: str | None) -> Path:
    published = _published(home)
    if to is not None:
        named = [path for path in published if path.name == to]
        if not named:
            raise UsageError(
                f"release {as_typed(to)} is not among those kept; `undertow releases` lists them"
            )
        return named[0]
    current = _linked(home)
    earlier = [
        path for path in published if current is not None and _sequence(path.name) < _sequence(current.name)
    ]
    if not earlier:
        raise UsageError("there is no earlier release to go back to; `undertow releases` lists those kept")
    return earlier[-1]


def _published(home: Home) -> list[Path]:
    """Folders of the releases that are or have been current, oldest first."""
    current = _linked(home)
    found = [
        path
        for path in _children(home.releases)
        if RELEASE_NAME.match(path.name) and (path == current or (path / PUBLISHED).exists())
    ]
    return sorted(found, key=lambda path: _sequence(path.name))


def published_folders(home: Home) -> tuple[Path, ...]:
    """Folders of the releases that are or have been current, oldest first, whatever state they are in."""
    return tuple(_published(home))


def manifest_of(release: Path) -> dict[str, object]:
    """The manifest in a release's folder. Raises RunFailed where it is none."""
    with _disk_errors(f"release {release.name}"):
        return _read_manifest(release)


def manifest_sha256(release: Path) -> str:
    """Of the file, as the next release's manifest names it."""
    return _file_sha256(release / MANIFEST)


def linked(home: Home) -> Path | None:
    """What `current` points to, there or not; None where there is no link."""
    return _linked(home)


def _linked(home: Home) -> Path | None:
    """What `current` points to, there or not; None where there is no link."""
    try:
        return home.releases / home.current.readlink().name
    except FileNotFoundError:
        return None


@contextmanager
def _disk_errors(what: str) -> Iterator[None]:
    """Turn an OSError into one line with the path and what the system says."""
    try:
        yield
    except OSError as error:
        raise RunFailed(f"{what}: {_said(error)}; put that right and run again") from None
