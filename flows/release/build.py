"""Build a release in the work folder and read all of it back. Readers still see the current release."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from flows.home import warehouse
from flows.home.settings import Home
from flows.journal import ledger, reviews
from flows.journal.entries import Body, Head, following
from flows.release import base, manifests, store
from flows.release.alarms import Alarm
from flows.release.content import TableContent, content_sha256
from flows.release.database import (
    Recall,
    Row,
    count_now,
    describe,
    dictionary_rows,
    macros_of,
    read_back,
    store_rows,
    store_table,
)
from flows.release.recovery import settle
from transforms.errors import RunFailed
from transforms.model import area_views
from transforms.model.statements import Table
from transforms.model.views import ABOUT, RELEASE_TABLES

RELEASE_FOLDER_MODE = 0o750
EDITIONS_SQL = "select register, dataset, edition, status, file_sha256 from edition order by all"
RULES_SQL = "select code, rule_sha256 from indicator order by code"


@dataclass(frozen=True)
class ReleaseFacts:
    """What a release says about itself in `v_release` and `v_run`. Times are UTC.

    `known_at` None: every edition held was used. `authority`, `contact`: None where the home's settings do
    not say. `about`: rows of those tables about the release itself that are not made from these facts, by
    name of the table. `previous_release_id`: the release that parties and cases are compared with, None if
    there is none. `made_by`: code and settings; only a release made by the same is
    copied. `areas`: the requested areas, which decide which cases open.
    """

    as_of: date
    code_version: str
    synthetic: bool
    run_id: str
    started_at: datetime
    built_at: datetime
    engine: str
    known_at: date | None = None
    authority: str | None = None
    contact: str | None = None
    alarms: tuple[Alarm, ...] = ()
    about: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    previous_release_id: str | None = None
    made_by: str = ""
    areas: tuple[str, ...] = ()

    @property
    def identity(self) -> dict[str, object]:
        """What the manifest and the ledger both record."""
        return {
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "synthetic": self.synthetic,
            "code_version": self.code_version,
        }


@dataclass(frozen=True)
class _Contents:
    """What the release holds: table name → content.

    `about`: the tables about the release itself, outside its hash.

    `area`: the tables of area.duckdb; none if the tables that it counts are missing. `entry`, `head`: the
    release's ledger entry, and the resulting head. `begun`: the copy that it started from.
    """

    sequence: int
    head: Head
    tables: Mapping[str, TableContent]
    about: Mapping[str, TableContent]
    area: Mapping[str, TableContent]
    entry: Body
    begun: base.Base

    @property
    def sha256(self) -> str:
        return content_sha256(self.tables)

    @property
    def release_id(self) -> str:
        return f"{self.sequence:06d}-{self.sha256[:12]}"

    @property
    def area_sha256(self) -> str:
        """Covers only the counts: the other tables of area.duckdb are about the release itself."""
        return content_sha256(
            {name: content for name, content in self.area.items() if name in area_views.COUNTS}
        )


def build_release(
    home: Home,
    work: Path,
    tables: Mapping[str, Path],
    facts: ReleaseFacts,
    *,
    declared: Mapping[str, Table] = RELEASE_TABLES,
    recall: Recall = count_now,
    known: Mapping[str, TableContent] | None = None,
) -> Path:
    """Build a release in `work/release` and read all of it back. Returns that folder, for `publish`.

    `tables`: table name → Parquet file, for each declared table but those about the release itself. Columns
    and types are those declared. Rows are stored in key order. `declared` is for tests with few tables.
    `recall` as in `store_table`. `known`: what tables will hold, if that is known from last time; tables that
    are the same in the release in force stay in a copy of it. Raises ReleaseBlocked (a null where none is
    declared, a key that is not unique) or RunFailed (a table or column is missing or has another type, the
    disk failed, or what is read back differs from what was written).
    """
    if different := sorted({name for name in declared if name not in ABOUT} ^ set(tables)):
        raise RunFailed(
            f"release: table {different[0]} is either declared and has no Parquet file, or has one and is "
            "not declared; write a file for each declared table, with no rows if there are none"
        )
    folder = work / "release"
    action = f"building the release in {folder}"
    with manifests.disk_errors(action), warehouse.safe_errors(action):
        sequence, head = next_place(home)
        folder.mkdir(mode=RELEASE_FOLDER_MODE, parents=True)
        database = folder / warehouse.RELEASE_DATABASE
        begun = base.begin(store.current_target(home), database, known or {}, facts.made_by)
        in_place = {name: content for name, content in (known or {}).items() if name in begun.kept}
        contents = _Contents(sequence, head, in_place, {}, {}, {}, begun)
        contents = _write_databases(folder, tables, declared, contents, facts, recall=recall)
        _check_files(folder, contents)
        written = {name: table for name, table in declared.items() if name not in begun.kept}
        read_back(folder, warehouse.RELEASE_DATABASE, written, {**contents.tables, **contents.about})
        if contents.area:
            read_back(folder, warehouse.AREA_DATABASE, area_views.AREA_TABLES, contents.area)
        manifests.write(folder, _manifest(home, folder, contents, facts))
    return folder


def next_place(home: Home) -> tuple[int, Head]:
    """The next release's number, and the ledger's head before it.

    A release built for another place in the sequence is not published.
    """
    settle(home)
    return store.next_sequence(home), ledger.head(home)


def _check_files(folder: Path, contents: _Contents) -> None:
    names = {path.name for path in folder.iterdir()}
    if names != {warehouse.RELEASE_DATABASE, *([warehouse.AREA_DATABASE] if contents.area else [])}:
        raise RunFailed(
            f"release: {', '.join(sorted(names))} where only databases are expected; a write-ahead log means "
            "that a database was not closed"
        )


def _write_databases(
    folder: Path,
    tables: Mapping[str, Path],
    declared: Mapping[str, Table],
    contents: _Contents,
    facts: ReleaseFacts,
    *,
    recall: Recall,
) -> _Contents:
    """Fill and close the databases. `contents`: what the file already holds."""
    database, kept = folder / warehouse.RELEASE_DATABASE, contents.begun.kept
    with warehouse.connect(folder.parent, read_paths=list(tables.values())) as connection:
        warehouse.attach_release(connection, database)
        base.clear(connection, kept)
        stored = {
            name: store_table(connection, declared[name], warehouse.parquet_source([path]), database, recall)
            for name, path in sorted(tables.items())
            if name not in kept
        }
        contents = replace(contents, tables={**contents.tables, **stored})
        if set(area_views.READS) <= set(contents.tables):
            area = _write_area(connection, folder / warehouse.AREA_DATABASE, contents.release_id, facts)
            contents = replace(contents, area=area)
            connection.execute("use release")
        entry = _ledger_entry(connection, contents, facts)
        contents = replace(contents, entry=entry, head=following(contents.head, entry)[0])
        about = {
            name: store_rows(connection, declared[name], rows, database)
            for name, rows in _about_rows(contents, facts, declared).items()
            if name in declared
        }
        describe(connection, declared, macros_of(declared), kept)
        warehouse.detach_release(connection)
    return replace(contents, about=about)


def _write_area(
    connection: warehouse.Connection, database: Path, release_id: str, facts: ReleaseFacts
) -> dict[str, TableContent]:
    """Fill and close area.duckdb from the tables just stored. Exact counts are in a temporary table only."""
    warehouse.attach_release(connection, database, alias="area")
    connection.execute(f"create temp table cell as {area_views.cells_sql('release')}")
    connection.execute(
        "create temp table indicator_title as select code as kind, title from release.indicator"
    )
    stored = {
        name: store_table(connection, table, area_views.COUNT_SQL[name], database)
        for name, table in area_views.COUNTS.items()
    }
    release = (release_id, facts.as_of, facts.code_version, facts.synthetic, area_views.CELL_MIN)
    about: dict[str, list[Row]] = {
        "area_release": [release],
        "dictionary": dictionary_rows(area_views.AREA_TABLES, ()),
    }
    for name, rows in about.items():
        stored[name] = store_rows(connection, area_views.AREA_TABLES[name], rows, database)
    describe(connection, area_views.AREA_TABLES, ())
    connection.execute("drop table temp.cell; drop table temp.indicator_title")
    warehouse.detach_release(connection, alias="area")
    return stored


# --- what the release says about itself ---------------------------------------------------------------------


def _ledger_entry(connection: warehouse.Connection, contents: _Contents, facts: ReleaseFacts) -> Body:
    """Depends on what the release holds and on the request, and on no clock."""
    entry: dict[str, object] = {
        "kind": "release",
        "release_id": contents.release_id,
        "content_sha256": contents.sha256,
        **facts.identity,
        "tables": {name: content.rows_n for name, content in contents.tables.items()},
        "editions": [],
        "rules": {},
    }
    if "edition" in contents.tables:
        entry["editions"] = connection.sql(EDITIONS_SQL).to_arrow_table().to_pylist()
    if "indicator" in contents.tables:
        entry["rules"] = dict(connection.sql(RULES_SQL).fetchall())
    if contents.area:
        entry["area_sha256"] = contents.area_sha256
    return entry


def _about_rows(
    contents: _Contents, facts: ReleaseFacts, declared: Mapping[str, Table]
) -> dict[str, list[Row]]:
    release = (
        contents.release_id,
        facts.as_of,
        facts.known_at,
        contents.sha256,
        facts.code_version,
        facts.synthetic,
        facts.previous_release_id,
        contents.head.hash,
        facts.authority,
        facts.contact,
    )
    return {
        **{name: list(facts.about.get(name, ())) for name in ABOUT},
        "release": [release],
        "alarm": [astuple(alarm) for alarm in facts.alarms],
        "run": [(facts.run_id, _utc(facts.started_at), _utc(facts.built_at), facts.engine)],
        "dictionary": dictionary_rows(declared, macros_of(declared)),
    }


def _utc(moment: datetime) -> datetime:
    """Without a time zone, as columns hold it; a moment without one is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _manifest(home: Home, folder: Path, contents: _Contents, facts: ReleaseFacts) -> dict[str, object]:
    current, reviewed = store.current_target(home), reviews.head(home)
    area = None
    if contents.area:
        area = {
            **manifests.database_facts(folder / warehouse.AREA_DATABASE),
            "content_sha256": contents.area_sha256,
        }
    return {
        "release_id": contents.release_id,
        **facts.identity,
        "run_id": facts.run_id,
        "started_at": _utc(facts.started_at).isoformat(),
        "built_at": _utc(facts.built_at).isoformat(),
        "engine": facts.engine,
        "areas": list(facts.areas),
        "content_sha256": contents.sha256,
        "database": manifests.database_facts(folder / warehouse.RELEASE_DATABASE),
        "area": area,
        "tables": {name: content.rows_n for name, content in sorted(contents.tables.items())},
        "base": contents.begun.facts(contents.tables, facts.made_by),
        "previous": manifests.reference(current) if current is not None else None,
        "ledger": ledger.stated(contents.entry, contents.head),
        "review": {"n": reviewed.n, "head": reviewed.hash} if reviewed else None,
    }
