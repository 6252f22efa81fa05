"""`undertow audit verify`: the chains, the heads that stand elsewhere, and the bytes and rows of every release.

Nothing is repaired here. What a kill leaves and the next run puts right by itself is a note; everything else is a fault.
What cannot be found: whoever may write to the whole home and knows this format can write all of it anew. Then the heads at the foot of
reports that have left the house, and copies of manifests, no longer agree: compare them with `undertow audit verify --json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import polars as pl

from flows.home import warehouse
from flows.home.settings import Home
from flows.home.warehouse import AREA_DATABASE, RELEASE_DATABASE, identifier
from flows.journal import audit, chain, judgement_log, ledger
from flows.journal.chain import Walk
from flows.journal.entries import Body, Chain, Head
from flows.release import manifests, store
from flows.release.content import content_sha256, table_content
from transforms.errors import UndertowError
from transforms.model import area_views
from transforms.model.statements import DUCKDB_TYPES, POLARS_TYPES
from transforms.model.views import ABOUT

EXIT_SOUND = 0
EXIT_FAULTS = 3
Kind = Literal["fault", "note"]
HASHED_ANEW_BYTES_MAX: Final = (
    4 << 30
)  # (own) of one database: every value of it is read, in about 12 processor seconds per GB
ABOUT_ITSELF: Final = frozenset({*ABOUT, *area_views.AREA_TABLES}) - frozenset(area_views.COUNTS)
COLUMNS_SQL: Final = """
select table_name, column_name, data_type from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name)
where not duckdb_tables.internal order by table_name, column_index
"""
POLARS_TYPE_OF: Final = {name: POLARS_TYPES[dtype] for dtype, name in DUCKDB_TYPES.items()}

RESTORE = "compare with a backup, keep the file as it is, and find out who could write to it"
NEXT_RUN = "nothing to do: the next run, rollback or entry puts it right"


@dataclass(frozen=True)
class Finding:
    """One thing found. `where`: file within the home; `line`: from 1, or 0 where it is not about a line. `is_entered`: a run found it too, and the chain says so for ever."""

    kind: Kind
    where: str
    line: int
    what: str
    todo: str
    is_entered: bool = False


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what was found."""

    ledger: Head
    audit: Head
    releases_n: int
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.kind == "fault")

    @property
    def exit_code(self) -> int:
        return EXIT_FAULTS if self.faults else EXIT_SOUND


def verify(home: Home) -> Verified:
    """Look at everything. Raises RunFailed where a file cannot be read."""
    heads = _wanted_heads(home)
    ledger_walk, ledger_found = _walked(home, ledger.log(home), set(heads.values()))
    audit_walk, audit_found = _walked(home, audit.log(home), set())
    _, judgements_found = _walked(home, judgement_log.log(home), set())
    findings = [
        *ledger_found.findings,
        *audit_found.findings,
        *judgements_found.findings,
        *_releases(home, heads, ledger_found),
    ]
    return Verified(ledger_walk.head, audit_walk.head, len(heads), tuple(findings))


# --- chains ---------------------------------------------------------------------------------------------------------


@dataclass
class _Seen:
    """What a walk over a chain met: findings, the entries at those of the wanted heads that are there, and what the ledger says."""

    findings: list[Finding]
    heads: dict[Head, Body]
    in_force: str | None = None


def _walked(home: Home, log: Chain, wanted: set[Head]) -> tuple[Walk, _Seen]:
    walk, seen = Walk(log.origin), _Seen([], {})
    where, stated = str(log.path.relative_to(home.root)), chain.stated_head(log)
    looked_for = {(head.n, head.hash) for head in (*wanted, stated or log.origin)}
    for entry in chain.walk(log, walk):
        if (entry.n, entry.hash) in looked_for:
            seen.heads[Head(entry.n, entry.hash)] = entry.body
        if chain.is_gap(entry.body):
            seen.findings.append(
                Finding(
                    "fault",
                    where,
                    entry.line_no,
                    _gap(log, chain.expected(entry.body)),
                    RESTORE,
                    is_entered=True,
                )
            )
        elif entry.body.get("kind") in ("release", "rollback"):
            seen.in_force = str(entry.body["release_id"])
    seen.findings += [Finding("fault", where, fault.line_no, fault.what, RESTORE) for fault in walk.faults]
    seen.findings += [Finding("note", where, note.line_no, note.what, NEXT_RUN) for note in walk.notes]
    seen.findings += _head_findings(log, where, walk.head, stated, is_held=stated in seen.heads)
    return walk, seen


def _head_findings(
    log: Chain, where: str, reached: Head, stated: Head | None, *, is_held: bool
) -> Iterator[Finding]:
    """The file `<name>.head` against the chain: entries newer than it are what a kill leaves, a longer chain than there is was cut."""
    if reached == (stated or log.origin):
        return
    if is_held or (stated is None and reached.n == 1):
        yield Finding(
            "note",
            where,
            0,
            f"entry {reached.n} is not in {log.head_path.name} yet: a kill came between the two",
            NEXT_RUN,
        )
    else:
        told = (
            f"{log.head_path.name} tells of {stated.n} entries"
            if stated and stated.n >= 0
            else f"{log.head_path.name} is missing or is no head"
        )
        yield Finding(
            "fault",
            where,
            0,
            f"{told} and the chain ends with entry {reached.n}: its end was cut off, or one of the two was changed",
            RESTORE,
        )


def _gap(log: Chain, expected: Head | None) -> str:
    what = "audit log" if log.name == audit.AUDIT else log.name
    if expected is None or expected.n < 0:
        return f"a run found that the {what} did not have its {log.head_path.name}, which says where it ends, or that this was no head"
    return f"a run found that the {what} did not hold entry {expected.n} ({expected.hash[:12]}…), which it had held"


# --- releases -------------------------------------------------------------------------------------------------------


def _wanted_heads(home: Home) -> dict[Path, Head]:
    """Folder of each release kept → the head in its manifest; a head of no entries where it has none."""
    found = {}
    for folder in store.published_folders(home):
        try:
            promised = ledger.promised(manifests.of_release(folder))
        except (UndertowError, OSError, ValueError, KeyError, TypeError):
            promised = None
        found[folder] = promised[1] if promised else Head(0, "")
    return found


def _releases(home: Home, heads: dict[Path, Head], seen: _Seen) -> Iterator[Finding]:
    current = store.current_target(home)
    for folder, head in heads.items():
        where = str(folder.relative_to(home.root))
        faults = list(_bytes_of(folder, where))
        yield from faults
        if head.n == 0:
            yield Finding(
                "note",
                where,
                0,
                "its manifest names no entry of the ledger: it was made by an earlier version",
                "nothing to do",
            )
        elif head not in seen.heads:
            yield _missing(folder, where, head, is_current=folder == current)
        elif not faults:
            yield from _of_entry(folder, where, seen.heads[head])
    yield from _chained(home, list(heads))
    if (
        current is not None
        and seen.in_force not in (None, current.name)
        and heads.get(current, Head(0, "")) in seen.heads
    ):
        yield Finding(
            "fault",
            "current",
            0,
            f"it points to {current.name}, and by the ledger {seen.in_force} is in force: a rollback was cut short, or the link was moved",
            "`undertow rollback --to ID` makes the one that is meant current; the next run enters what is",
        )


def _bytes_of(folder: Path, where: str) -> Iterator[Finding]:
    try:
        manifests.verify(folder)
        if str(manifests.of_release(folder)["release_id"]) != folder.name:
            yield Finding("fault", where, 0, "its manifest is that of another release", RESTORE)
    except UndertowError as error:
        yield Finding("fault", where, 0, str(error).removeprefix(f"release {folder.name}: "), RESTORE)


def _of_entry(folder: Path, where: str, entry: Body) -> Iterator[Finding]:
    """The manifest, and what is in the databases, against the ledger's entry: a manifest that was changed with its database vouches for nothing."""
    try:
        manifest = manifests.of_release(folder)
        stated, area = ledger.promised(manifest), manifest.get("area")
        area_sha256 = area.get("content_sha256") if isinstance(area, dict) else None
        told = [folder.name, manifest.get("content_sha256"), manifest.get("tables"), area_sha256]
        if (
            stated is None
            or stated[0] != entry
            or told != [entry.get(name) for name in ("release_id", "content_sha256", "tables", "area_sha256")]
        ):
            yield Finding(
                "fault",
                where,
                0,
                "its manifest says something else than the entry of the ledger that it names",
                RESTORE,
            )
        else:
            yield from _contents(folder, where, entry)
    except UndertowError as error:
        yield Finding("fault", where, 0, str(error).removeprefix(f"release {folder.name}: "), RESTORE)


def _contents(folder: Path, where: str, entry: Body) -> Iterator[Finding]:
    for name, sha256 in (
        (RELEASE_DATABASE, entry.get("content_sha256")),
        (AREA_DATABASE, entry.get("area_sha256")),
    ):
        if sha256 is None:
            continue  # no area.duckdb is part of this release
        if (size_bytes := (folder / name).stat().st_size) > HASHED_ANEW_BYTES_MAX:
            yield Finding(
                "note",
                where,
                0,
                f"{name} has {size_bytes >> 20} MB: its bytes were compared with its manifest, its rows not with the ledger",
                "nothing to do",
            )
        elif _content(folder, name) != sha256:
            yield Finding("fault", where, 0, f"{name} holds other rows than the ledger says", RESTORE)


def _content(folder: Path, name: str) -> str | None:
    """The content hash by the tables that are in the database now, which may be of an earlier version; None where a type is one that no release has."""
    connection = warehouse.open_release(folder, name=name)
    try:
        schemas: dict[str, dict[str, pl.DataType]] = {}
        for table, column, dtype in connection.execute(COLUMNS_SQL).fetchall():
            if table not in ABOUT_ITSELF:
                schemas.setdefault(table, {})[column] = POLARS_TYPE_OF[dtype]
        return content_sha256(
            {
                table: table_content(table, schema, _batches(connection, table, schema))
                for table, schema in schemas.items()
            }
        )
    except KeyError:
        return None
    finally:
        connection.close()


def _batches(connection: warehouse.Connection, table: str, columns: Iterable[str]) -> Iterator[pl.DataFrame]:
    sql = f"select {', '.join(map(identifier, columns))} from {identifier(table)}"
    return (
        pl.DataFrame(pl.from_arrow(batch))
        for batch in warehouse.stream(connection, sql, where=f"release table {table}")
    )


def _missing(folder: Path, where: str, head: Head, *, is_current: bool) -> Finding:
    if is_current and not (folder / store.PUBLISHED).exists():
        return Finding(
            "note",
            where,
            0,
            f"it is in force and the ledger has not its entry {head.n} yet: a kill came between the two",
            NEXT_RUN,
        )
    return Finding(
        "fault",
        where,
        0,
        f"its manifest names entry {head.n} of the ledger ({head.hash[:12]}…), which is not there: the ledger was cut or changed",
        RESTORE,
    )


def _chained(home: Home, folders: list[Path]) -> Iterator[Finding]:
    """Each manifest names the hash of the manifest before it, where that release is still kept."""
    for folder in folders:
        try:
            previous = manifests.of_release(folder).get("previous")
        except (UndertowError, OSError):
            continue
        named = home.releases / str(previous["release_id"]) if isinstance(previous, dict) else None
        if (
            named in folders
            and isinstance(previous, dict)
            and manifests.file_sha256(named / manifests.MANIFEST) != previous["manifest_sha256"]
        ):
            yield Finding(
                "fault",
                str(named.relative_to(home.root)),
                0,
                f"its manifest has another hash than release {folder.name} says",
                RESTORE,
            )
