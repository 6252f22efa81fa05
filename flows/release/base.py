"""Start the next release as a copy of the release in force: tables with the same content stay in the copy.

The manifest has the content hash of each table. New tables use the space of dropped ones, so the file grows
no larger than the largest release. Until then the dropped bytes stay in the file, where no query reaches
them. After RELEASES_KEPT - 1 copies in a row a release is therefore written from nothing; a file then holds
nothing that the releases kept beside it do not hold.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from flows.home.settings import RELEASES_KEPT
from flows.home.warehouse import RELEASE_DATABASE, Connection, identifier
from flows.release import manifests
from flows.release.content import TableContent
from flows.release.lookups import NAMES, ROW_OF, ROW_OF_BEFORE

VIEWS_SQL = "select view_name from duckdb_views() where database_name = 'release' and not internal"
MACROS_SQL = """
    select distinct if(function_type = 'table_macro', 'macro table', 'macro'), function_name
    from duckdb_functions()
    where database_name = 'release' and not internal
"""
TABLES_SQL = "select table_name from duckdb_tables() where database_name = 'release'"


class Base(NamedTuple):
    """`kept`: tables and lookups that stay in the copy. `copy_no`: the number of copies in a row, including
    this one; 0 if nothing was copied.
    """

    kept: frozenset[str] = frozenset()
    copy_no: int = 0

    def facts(self, tables: Mapping[str, TableContent], made_by: str) -> dict[str, object]:
        """What the manifest records for the next release. `tables`: what this one holds. `made_by` as in
        `begin`.
        """
        contents = {name: content.sha256 for name, content in tables.items()}
        return {"copy_no": self.copy_no, "made_by": made_by, "tables": contents}


def begin(release: Path | None, database: Path, known: Mapping[str, TableContent], made_by: str) -> Base:
    """Copy the database of a release to `database`. Nothing is copied if fewer than half of the rows would
    stay, if the last releases were all copies, or if the release was made by other code, differs from its
    manifest or has lost its database.

    `known`: table → what it will hold. `made_by`: what makes this release. Raises OSError.
    """
    manifest = manifests.sound(release) if release is not None and known else {}
    before, rows_n = manifest.get("base"), manifest.get("tables")
    if release is None or not isinstance(before, dict) or not isinstance(rows_n, dict):
        return Base()
    held = contents(manifest)
    kept = {name for name, content in known.items() if held.get(name) == content.sha256}
    is_most = sum(rows_n[name] for name in kept) * 2 >= sum(rows_n.values())
    copy_no = before["copy_no"] + 1
    if before["made_by"] != made_by or not is_most or copy_no == RELEASES_KEPT:
        return Base()
    try:
        shutil.copyfile(release / RELEASE_DATABASE, database)
    except FileNotFoundError:  # the night says so in an alarm
        return Base()
    if manifests.database_facts(database) != manifest["database"]:
        database.unlink()
        return Base()
    for name, reads in NAMES.items():
        if kept.issuperset(reads):
            kept.add(name)
    return Base(frozenset(kept), copy_no)


def contents(manifest: Mapping[str, object]) -> Mapping[str, str]:
    """Table → content hash of a release; empty if an earlier version made it."""
    before = manifest.get("base")
    return before["tables"] if isinstance(before, dict) else {}


def clear(connection: Connection, kept: frozenset[str]) -> None:
    """Drop everything in the copy except the tables `kept`. The rows of `row_of` stay as ROW_OF_BEFORE."""
    for (name,) in connection.execute(VIEWS_SQL).fetchall():
        connection.execute(f"drop view {identifier(name)}")
    for kind, name in connection.execute(MACROS_SQL).fetchall():
        connection.execute(f"drop {kind} {identifier(name)}")
    for (name,) in connection.execute(TABLES_SQL).fetchall():
        if name == ROW_OF:
            connection.execute(f"alter table {ROW_OF} rename to {ROW_OF_BEFORE}")
        elif name not in kept:
            connection.execute(f"drop table {identifier(name)}")
    connection.execute("checkpoint release")  # what was dropped is free space from here on
