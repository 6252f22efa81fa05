"""`undertow audit verify`: the chains, the heads that are stated elsewhere, and the bytes and rows of every
release.

Nothing is repaired here. If a kill left something that the next run completes, that is a note; everything
else is a fault. Anyone who may write to the whole home and knows its format can rewrite all of it unnoticed;
only heads kept outside (at the foot of reports, in copies of manifests) then disagree. Compare those with
`undertow audit verify --json`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from flows.home import progress, warehouse
from flows.home.durable import file_sha256
from flows.home.settings import Home
from flows.journal import audit, chain, ledger, measures, review_chain, reviews
from flows.journal.entries import Body, Chain, Head
from flows.release import manifests, store
from flows.release.content import content_sha256
from flows.release.database import content_of
from flows.release.lookups import LOOKED_UP, NAMES, ROW_OF
from transforms.errors import UndertowError
from transforms.model import area_views
from transforms.model.sql import read_sql
from transforms.model.statements import DUCKDB_TYPES, POLARS_TYPES
from transforms.model.views import ABOUT

EXIT_SOUND = 0
EXIT_FAULTS = 3
Kind = Literal["fault", "note"]
# (own) For a database whose rows are hashed again: every value is read, about 12 processor seconds per GB.
REHASHED_BYTES_MAX: Final = 4 << 30
ABOUT_ITSELF: Final = frozenset({*ABOUT, *NAMES, ROW_OF, LOOKED_UP, *area_views.AREA_TABLES}) - frozenset(
    area_views.COUNTS
)
POLARS_TYPE_OF: Final = {name: POLARS_TYPES[dtype] for dtype, name in DUCKDB_TYPES.items()}
NO_HEAD: Final = Head(0, "")

RESTORE = "compare with a backup, keep the file as it is, and find out who could write to it"
NEXT_RUN = "nothing to do: the next run, rollback or entry completes it"
NOTHING = "nothing to do"


@dataclass(frozen=True)
class Finding:
    """A fault or a note.

    `where`: file within the home. `line`: from 1, or 0 if it is not about a line. `is_entered`: a run found
    it too, and recorded it in the chain.
    """

    kind: Kind
    where: str
    line: int
    what: str
    todo: str
    is_entered: bool = False


def _fault(where: str, what: str, todo: str = RESTORE, line: int = 0) -> Finding:
    return Finding("fault", where, line, what, todo)


def _note(where: str, what: str, todo: str = NEXT_RUN, line: int = 0) -> Finding:
    return Finding("note", where, line, what, todo)


@dataclass(frozen=True)
class Verified:
    """What was verified, and the findings."""

    ledger: Head
    audit: Head
    review: Head
    releases_n: int
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.kind == "fault")

    @property
    def exit_code(self) -> int:
        return EXIT_FAULTS if self.faults else EXIT_SOUND


def verify(home: Home) -> Verified:
    """Verify everything. Raises RunFailed if a file cannot be read."""
    held = {folder: _manifest(folder) for folder in store.published_folders(home)}
    heads = {folder: _stated_head(manifest) for folder, manifest in held.items()}
    in_ledger = _walk(home, ledger.log(home), set(heads.values()))
    in_audit = _walk(home, audit.log(home), set())
    in_judgements = _walk(home, audit.judgement_log(home), set())
    in_measures = _walk(home, measures.log(home), set())
    in_reviews = review_chain.verify(home)
    findings = [
        *in_ledger.findings,
        *in_audit.findings,
        *in_judgements.findings,
        *in_measures.findings,
        *_reviews(home, in_reviews, held),
        *_releases(home, heads, in_ledger),
        *_manifest_chain(home, held),
    ]
    return Verified(in_ledger.head, in_audit.head, in_reviews.last, len(heads), tuple(findings))


# --- chains -------------------------------------------------------------------------------------------------


@dataclass
class _Walked:
    """A verified chain: last head, findings, the entries at the wanted heads, and the release in force."""

    head: Head
    findings: list[Finding]
    entries: dict[Head, Body]
    in_force: str | None = None


def _walk(home: Home, log: Chain, wanted: set[Head]) -> _Walked:
    walk, walked = chain.Walk(log.origin), _Walked(log.origin, [], {})
    where, stated = str(log.path.relative_to(home.root)), chain.stated_head(log)
    wanted = {*wanted, stated or log.origin}
    for entry in chain.walk(log, walk):
        if (head := Head(entry.n, entry.hash)) in wanted:
            walked.entries[head] = entry.body
        if chain.is_gap(entry.body):
            gap = _gap(log, chain.expected(entry.body))
            walked.findings.append(Finding("fault", where, entry.line_no, gap, RESTORE, is_entered=True))
        elif entry.body.get("kind") in ("release", "rollback"):
            walked.in_force = str(entry.body["release_id"])
    walked.head = walk.head
    walked.findings += [_fault(where, fault.what, line=fault.line_no) for fault in walk.faults]
    walked.findings += [_note(where, note.what, line=note.line_no) for note in walk.notes]
    walked.findings += _head_findings(log, where, walk.head, stated, is_held=stated in walked.entries)
    return walked


def _head_findings(
    log: Chain, where: str, last: Head, stated: Head | None, *, is_held: bool
) -> Iterator[Finding]:
    """The file `<name>.head` against the chain.

    A kill leaves entries that are newer than the file. A file that states more entries than there are means
    that the chain was truncated.
    """
    if last == (stated or log.origin):
        return
    if is_held or (stated is None and last.n == 1):
        yield _note(where, f"entry {last.n} is not in {log.head_path.name} yet: a kill came between the two")
        return
    states = f"states {stated.n} entries" if stated and stated.n >= 0 else "is missing or is no head"
    yield _fault(
        where,
        f"{log.head_path.name} {states} and the chain ends with entry {last.n}: its end was cut off, or one "
        "of the two was changed",
    )


def _gap(log: Chain, expected: Head | None) -> str:
    name = "audit log" if log.name == audit.AUDIT else log.name
    if expected is None or expected.n < 0:
        return f"a run found that the {name} did not have its {log.head_path.name}, or that this was no head"
    return f"a run found that the {name} did not hold entry {expected.n} ({expected.hash[:12]}…) any more"


def _reviews(
    home: Home, verified: review_chain.Verified, held: Mapping[Path, Mapping[str, Any]]
) -> Iterator[Finding]:
    """Faults of the review store, and heads in manifests that it does not have."""
    where = str(reviews.path(home).relative_to(home.root))
    for fault in verified.faults:
        yield _fault(where, f"event {fault.line_no}: {fault.what}")
    known = [{"n": head.n, "head": head.hash} for head in verified.heads]
    for folder, manifest in held.items():
        stated = manifest.get("review")
        if stated is not None and stated not in known:
            yield _fault(where, f"it does not hold the event that the manifest of {folder.name} names")


# --- releases -----------------------------------------------------------------------------------------------


def _manifest(folder: Path) -> Mapping[str, Any]:
    """Empty where it cannot be read, which is reported for that release."""
    try:
        return manifests.of_release(folder)
    except UndertowError:
        return {}


def _stated_head(manifest: Mapping[str, Any]) -> Head:
    """The head in a release's manifest; NO_HEAD if it has none."""
    try:
        promised = ledger.promised(manifest)
    except (ValueError, KeyError, TypeError):
        promised = None
    return promised[1] if promised else NO_HEAD


def _releases(home: Home, heads: dict[Path, Head], walked: _Walked) -> Iterator[Finding]:
    current = store.current_target(home)
    for folder, head in progress.steps("releases", heads.items(), len(heads)):
        where = str(folder.relative_to(home.root))
        faults = list(_file_faults(folder, where))
        yield from faults
        if head == NO_HEAD:
            earlier = "its manifest names no entry of the ledger: it was made by an earlier version"
            yield _note(where, earlier, NOTHING)
        elif head not in walked.entries:
            yield _missing_entry(folder, where, head, is_current=folder == current)
        elif not faults:
            yield from _entry_findings(folder, where, walked.entries[head])
    if (in_force := current.name if current else walked.in_force) and current not in heads:
        yield _fault(
            "current",
            f"release {in_force} is in force, and its folder or the link to it is gone",
            "restore a backup, or `undertow rollback --to ID`; find out who could remove it",
        )
    is_entered = current is not None and heads.get(current, NO_HEAD) in walked.entries
    if current is not None and is_entered and walked.in_force not in (None, current.name):
        yield _fault(
            "current",
            f"it points to {current.name}, and by the ledger {walked.in_force} is in force: a rollback was "
            "cut short, or the link was moved",
            "`undertow rollback --to ID` makes the intended one current; the next run enters what is",
        )


def _file_faults(folder: Path, where: str) -> Iterator[Finding]:
    try:
        manifests.verify(folder)
        if str(manifests.of_release(folder)["release_id"]) != folder.name:
            yield _fault(where, "its manifest is that of another release")
    except UndertowError as error:
        yield _fault(where, str(error).removeprefix(f"release {folder.name}: "))


def _entry_findings(folder: Path, where: str, entry: Body) -> Iterator[Finding]:
    """Manifest and databases against the ledger's entry.

    A manifest changed with its database proves nothing.
    """
    try:
        manifest = manifests.of_release(folder)
        promised, area = ledger.promised(manifest), manifest.get("area")
        stated = {
            "release_id": folder.name,
            "content_sha256": manifest.get("content_sha256"),
            "tables": manifest.get("tables"),
            "area_sha256": area.get("content_sha256") if isinstance(area, dict) else None,
        }
        is_same = promised is not None and promised[0] == entry
        if not is_same or any(entry.get(name) != value for name, value in stated.items()):
            yield _fault(where, "its manifest says something else than the entry of the ledger that it names")
        else:
            yield from _row_findings(folder, where, warehouse.RELEASE_DATABASE, entry.get("content_sha256"))
            yield from _row_findings(folder, where, warehouse.AREA_DATABASE, entry.get("area_sha256"))
    except UndertowError as error:
        yield _fault(where, str(error).removeprefix(f"release {folder.name}: "))


def _row_findings(folder: Path, where: str, name: str, sha256: object) -> Iterator[Finding]:
    """`sha256` None: the release has no such database."""
    if sha256 is None:
        return
    if (size_bytes := (folder / name).stat().st_size) > REHASHED_BYTES_MAX:
        unread = "its bytes were compared with its manifest, its rows not with the ledger"
        yield _note(where, f"{name} has {size_bytes >> 20} MB: {unread}", NOTHING)
    elif _content_sha256(folder, name) != sha256:
        yield _fault(where, f"{name} holds other rows than the ledger says")


def _content_sha256(folder: Path, name: str) -> str | None:
    """Hash of the tables that the database has, which may be of an earlier version; None for a type that no
    release has.
    """
    with warehouse.open_release(folder, name=name) as connection:
        schemas: dict[str, dict[str, pl.DataType]] = {}
        for table, column, dtype in connection.execute(
            read_sql("flows.release.sql", "database_columns")
        ).fetchall():
            if table not in ABOUT_ITSELF:
                if dtype not in POLARS_TYPE_OF:
                    return None
                schemas.setdefault(table, {})[column] = POLARS_TYPE_OF[dtype]
        contents = {
            table: content_of(connection, table, schema, warehouse.identifier(table))
            for table, schema in schemas.items()
        }
    return content_sha256(contents)


def _missing_entry(folder: Path, where: str, head: Head, *, is_current: bool) -> Finding:
    if is_current and not (folder / store.PUBLISHED).exists():
        return _note(
            where,
            f"it is in force and the ledger has not its entry {head.n} yet: a kill came between the two",
        )
    return _fault(
        where,
        f"its manifest names entry {head.n} of the ledger ({head.hash[:12]}…), which is not there: the "
        "ledger was cut or changed",
    )


def _manifest_chain(home: Home, held: Mapping[Path, Mapping[str, Any]]) -> Iterator[Finding]:
    """Each manifest names the hash of the one before it, if that release is still kept."""
    for folder, manifest in held.items():
        if isinstance(previous := manifest.get("previous"), dict):
            named = home.releases / str(previous["release_id"])
            if held.get(named) and file_sha256(named / manifests.MANIFEST) != previous["manifest_sha256"]:
                where = str(named.relative_to(home.root))
                yield _fault(where, f"its manifest has another hash than release {folder.name} says")
