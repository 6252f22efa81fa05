"""The releases of a home: which are published, which one is current, and how to open one.

A reader resolves `current` first and opens what it points to (`current_release`, `open_current`). Its
connection stays with that release; a new connection sees the newest.
"""

import errno
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from flows.home import disk, warehouse
from flows.home.settings import Home
from flows.release import manifests
from transforms.errors import RunFailed, UndertowError, UsageError
from transforms.model.statements import Table

PUBLISHED = "published"
DATA_DOCS = "data_docs"  # a folder of pages in the release, outside its content hash
RELEASE_NAME = re.compile(r"^(\d{6,})-[0-9a-f]{12}$")
OPEN_TRIES = 10


@dataclass(frozen=True)
class Release:
    """A published release, from its manifest.

    `rows_n`: rows of its tables, without those about the release itself.
    """

    release_id: str
    folder: Path
    as_of: date
    built_at: datetime
    rows_n: int
    content_sha256: str
    synthetic: bool
    is_current: bool


def releases(home: Home, *, readable: bool = False) -> tuple[Release, ...]:
    """Every published release, oldest first.

    Raises RunFailed where a manifest cannot be read. `readable`: such a release is logged and left out.
    """
    current = current_target(home)
    listed = []
    for folder in published_folders(home):
        try:
            listed.append(_release(folder, manifests.read(folder), folder == current))
        except FileNotFoundError:
            continue  # pruned by a run meanwhile
        except RunFailed as error:
            if not readable:
                raise
            import structlog  # slow to import, and a check needs none

            structlog.get_logger().warning("releases", release=folder.name, message=str(error))
    return tuple(listed)


def _release(folder: Path, manifest: dict[str, object], is_current: bool) -> Release:
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


def is_real(home: Home) -> bool:
    """True if the home has a published release that is not synthetic."""
    return any(not release.synthetic for release in releases(home))


def published_folders(home: Home) -> tuple[Path, ...]:
    """Folders of the releases that are or have been current, oldest first, whatever their state."""
    current = current_target(home)
    folders = (
        path
        for path in children(home.releases)
        if RELEASE_NAME.match(path.name) and (path == current or (path / PUBLISHED).exists())
    )
    return tuple(sorted(folders, key=lambda path: sequence(path.name)))


def sequence(release_id: str) -> int:
    """The number at the start of a release's id; 0 for a text that is not an id."""
    matched = RELEASE_NAME.match(release_id)
    return int(matched[1]) if matched else 0


def next_sequence(home: Home) -> int:
    """One more than the highest in the folder.

    The newest release is never pruned, so no number is used twice.
    """
    return 1 + max((sequence(path.name.lstrip(".")) for path in children(home.releases)), default=0)


# --- the current release ------------------------------------------------------------------------------------


def current_target(home: Home) -> Path | None:
    """What `current` points to, whether it exists or not; None if there is no link.

    Raises RunFailed if something other than a link has its name, as in a home that was copied without its
    links.
    """
    try:
        return home.releases / home.current.readlink().name
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise RunFailed(
            f"{home.current}: is a folder or a file and not the link to a release; "
            "`undertow doctor` says how to put it right"
        ) from None


def is_current(home: Home, release_id: str) -> bool:
    return current_target(home) == home.releases / release_id


def rows_in_force(home: Home, query: str) -> list[dict[str, object]]:
    """Rows of a query on the release in force; none without a release, or where it lacks a view, as one of an
    earlier version may.
    """
    try:
        rows: list[dict[str, object]] = warehouse.query(current_release(home), query).to_pylist()
    except (UndertowError, OSError):
        return []
    return rows


def current_release(home: Home) -> Path:
    """The folder of the current release, resolved. Raises UsageError if there is none."""
    current = current_target(home)
    if current is None and (published := published_folders(home)):
        raise UsageError(without_link(home, published[-1].name))
    if current is None:
        raise UsageError(
            f"{home.root}: no release has been published here; "
            "run `undertow run --landing DIR`, or `undertow demo`"
        )
    if not current.is_dir():
        raise UsageError(
            f"{home.root}: current points to release {current.name}, which does not exist; "
            "run `undertow rollback --to ID` (see `undertow releases`)"
        )
    return current


def without_link(home: Home, newest: str) -> str:
    """What to say where releases were published and the link `current` is missing."""
    return (
        f"{home.root}: the link {home.current.name} to the release in force is missing; "
        f"run `undertow rollback --to {newest}`, or another of `undertow releases`"
    )


def data_docs(release: Path) -> Path | None:
    """The index of a release's Data Docs; None in a release of an earlier version."""
    index = release / DATA_DOCS / "index.html"
    return index if index.is_file() else None


def current_bytes(home: Home) -> int:
    """Bytes of the current database; 0 if there is none."""
    database = home.current / warehouse.RELEASE_DATABASE
    return database.stat().st_size if database.is_file() else 0


def open_current(home: Home) -> warehouse.Connection:
    """A read-only connection to the current release.

    Retries if it is pruned between finding and opening it.
    """
    for _ in range(OPEN_TRIES):
        release = current_release(home)
        try:
            return warehouse.open_release(release)
        except UsageError:
            if release == current_target(home):
                raise
    return warehouse.open_release(current_release(home))


def open_before(home: Home, known_at: date | None) -> warehouse.Connection:
    """The release with which the next one is compared. Raises UsageError if none is current.

    For a run with a `known_at` date it is the current release. For a run on all editions (None) it is the
    newest release up to the current one that also used all of them: a release for an earlier date knows less,
    and nothing has gone because of that.
    """
    current = current_release(home)
    if known_at is None:
        for folder in reversed(published_folders(home)):
            with suppress(UndertowError):  # damaged, or pruned
                is_later = sequence(folder.name) > sequence(current.name)
                if not is_later and manifests.of_release(folder).get("known_at") is None:
                    return warehouse.open_release(folder)
    return open_current(home)


# --- files --------------------------------------------------------------------------------------------------


def children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def discard(path: Path) -> None:
    """Remove a file or a folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# --- tables of the release before ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """Columns of a table, and the rows that meet a condition in SQL."""

    table: Table
    columns: tuple[str, ...]
    where: str = "true"


def write_before(
    home: Home, known_at: date | None, folder: Path, parts: Mapping[str, Part]
) -> tuple[str, dict[str, Path]] | None:
    """The id of the previous release (`open_before`), and a Parquet file for each part by its name.

    None if there is no such release. A column that a release of an earlier version lacks is null; if it lacks
    a whole view, the part has no rows.
    """
    try:
        release = open_before(home, known_at)
    except UndertowError:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with release:
        paths = {name: _write(release, part, folder / f"{name}.parquet") for name, part in parts.items()}
        return release_id(release), paths


def release_id(release: warehouse.Connection) -> str:
    return str(release.execute("select release_id from v_release").fetchall()[0][0])


def _write(release: warehouse.Connection, part: Part, path: Path) -> Path:
    """In bounded memory."""
    import pyarrow as pa  # slow to import, and no question to a release writes a file
    from pyarrow.parquet import ParquetWriter

    view = part.table.view
    schema: pa.Schema = part.table.empty().select(part.columns).to_arrow().schema
    rows = release.execute("select column_name from duckdb_columns() where table_name = ?", [view]).fetchall()
    held = {name for (name,) in rows}
    columns = (name if name in held else f"null as {name}" for name in part.columns)
    query = f"select {', '.join(columns)} from {view} where {part.where}"
    with disk.naming(path), ParquetWriter(path, schema) as writer:
        for batch in warehouse.stream(release, query, where=view) if held else ():
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    return path
