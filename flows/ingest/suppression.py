"""The suppression list of purged natural persons, who never return in a release, whatever file names them
again.

`state/suppression.json` holds only keyed hashes (HMAC-SHA-256 under `secrets/subjects.key`): of the records
(register and locator) that named the person, and of the names in them. Such a record becomes like a
register's own protected record: it shows that there is a person, so that no company is flagged for naming
nobody, and nothing says who. Name, births, addresses, aliases, listings and the locator are removed; the
interests stay, under an anonymous person. Rows still add up: the record stays loaded, and `rows_suppressed`
in `v_edition` counts it. Every run applies the list to what it reads, and to every edition in the lake that
was read under another list.

The list names records. A new record of the same person has its own locator and is not on it: a name and a
month of birth do not prove that two persons are one. Run `undertow purge` again for that record.
"""

import hashlib
import hmac
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from flows.home.durable import replace_durably, write_bytes_durably
from flows.home.settings import Home
from flows.ingest import lake
from flows.journal import audit
from transforms.errors import RunFailed
from transforms.model.statements import STATEMENT_TABLES

LIST_FILE = "suppression.json"
SUPPRESSED = "suppressed"  # prefix of the hash that replaces a locator or statement id
HASH_DIGITS = 24
PERSON = "person_statement"
# These rows of a suppressed person are removed altogether; by the column that names their statement.
DROPPED: Mapping[str, str] = {
    "address_statement": "of_statement_id",
    "name_statement": "of_statement_id",
    "identifier_statement": "of_statement_id",
    "listing_statement": "party_statement_id",
    "disqualification_statement": "party_statement_id",
}
KEPT_OF_PERSON = (
    "statement_id",
    "register",
    "dataset",
    "edition",
    "file_sha256",
    "record",
    "record_no",
    "person_type",
    "further_births",
)
PROTECTED_REASON = "interestedPartyExemptFromDisclosure"
CELL = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,\t;"]+)')


@dataclass(frozen=True)
class Suppression:
    """The list, with its key. `id` is "" if nobody is on it."""

    key: bytes
    hashes: frozenset[str]

    @property
    def id(self) -> str:
        return hashlib.sha256("\n".join(sorted(self.hashes)).encode()).hexdigest()[:16] if self.hashes else ""

    def record(self, register: str, record: str) -> str:
        return _hash(self.key, f"record\n{register}\n{record}")

    def name(self, name: str) -> str:
        return _hash(self.key, "name\n" + " ".join(name.casefold().split()))

    def replaced(self, text: str) -> str:
        """What replaces a locator or statement id: the same in every edition, and meaningless without the
        key.
        """
        return f"{SUPPRESSED}-{_hash(self.key, f'in place of{chr(10)}{text}')}"


def _hash(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:HASH_DIGITS]


def load(home: Home) -> Suppression | None:
    """The list; None if nobody is on it.

    Raises RunFailed if it cannot be read: a run without it would bring people back.
    """
    path = home.state / LIST_FILE
    try:
        hashes = json.loads(path.read_bytes())["hashes"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise RunFailed(
            f"{path}: cannot be read, so it is not known who must not come back; restore it from a backup"
        ) from None
    if not (home.secrets / audit.KEY_FILE).exists():
        raise RunFailed(
            f"{home.secrets / audit.KEY_FILE}: is missing, and {path} is useless without it; restore it from "
            f"a backup"
        )
    return Suppression(audit.subject_key(home), frozenset(map(str, hashes))) if hashes else None


def add(home: Home, records: Iterable[tuple[str, str]], names: Iterable[str]) -> Suppression:
    """Put a person's records (register, locator) and names on the list, which only grows."""
    known = load(home) or Suppression(audit.subject_key(home), frozenset())
    added = [*(known.record(register, record) for register, record in records), *map(known.name, names)]
    hashes = known.hashes | set(added)
    text = json.dumps({"hashes": sorted(hashes)}, indent=0)
    write_bytes_durably(home.state / LIST_FILE, text.encode(), mode=0o600)
    return replace(known, hashes=hashes)


# --- applying -----------------------------------------------------------------------------------------------


def applied(ingested: lake.Ingested, suppression: Suppression | None) -> lake.Ingested:
    """Apply the list to an edition just read, before any of it is in the lake."""
    if suppression is None:
        return ingested
    paths = {name: ingested.folder / f"{name}.parquet" for name in STATEMENT_TABLES}
    facts = _rewritten(paths, ingested.quarantine, ingested.facts, suppression, ingested.folder)
    return replace(ingested, facts=facts)


def catch_up(home: Home, work: Path) -> int:
    """Apply the list to every edition in the lake that was read under another one; returns how many.

    Call with the lock held. Tables are replaced one by one, the persons last and then the manifest: after a
    kill the next call repeats all of it. The kept tables of the last night are removed first, because they
    came from the original records.
    """
    suppression = load(home)
    if suppression is None:
        return 0
    behind = [facts for facts in lake.manifests(home) if facts.suppression != suppression.id]
    if behind:
        shutil.rmtree(home.kept, ignore_errors=True)
    aside = work / "suppression"
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    for facts in behind:
        paths = {name: lake.table_path(home, name, facts) for name in STATEMENT_TABLES}
        quarantine = lake.quarantine_path(home, facts)
        lake.write_manifest(home, _rewritten(paths, quarantine, facts, suppression, aside))
    shutil.rmtree(aside)
    return len(behind)


def _rewritten(
    tables: Mapping[str, Path],
    quarantine: Path,
    facts: lake.EditionFacts,
    suppression: Suppression,
    aside: Path,
) -> lake.EditionFacts:
    """Rewrite the edition's files that change, each in the folder `aside` first. Returns its facts."""
    paths = {name: path for name, path in tables.items() if path.exists()}
    for path, frames in _changed_tables(paths, facts, suppression):
        new = aside / f"{path.stem}.suppressed"
        _write_like(path, new, frames)
        replace_durably(new, path)
    _scrub(quarantine, suppression)
    suppressed_n = 0
    if PERSON in paths:
        is_suppressed = pl.col("record").str.starts_with(f"{SUPPRESSED}-")
        persons = pl.scan_parquet(paths[PERSON]).filter(is_suppressed)
        suppressed_n = int(persons.select(pl.col("record_no").n_unique()).collect().item())
    return replace(facts, suppression=suppression.id, rows_suppressed=suppressed_n)


def _parts(path: Path, *columns: str) -> Iterator[pl.DataFrame]:
    """A table as it was written, a batch of records at a time: a country's does not fit in memory."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield pl.DataFrame(file.read_row_group(number, columns=[*columns] or None))


def _write_like(path: Path, target: Path, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames with the columns of the table in `path`."""
    schema = pq.read_schema(path)
    with pq.ParquetWriter(target, schema, compression=lake.COMPRESSION) as writer:
        for frame in frames:
            writer.write_table(frame.to_arrow().cast(schema))


def _changed_tables(
    paths: Mapping[str, Path], facts: lake.EditionFacts, suppression: Suppression
) -> Iterator[tuple[Path, Iterator[pl.DataFrame]]]:
    """(path, new rows) of every table that changes; the persons last: they show which others change."""
    if PERSON not in paths:
        return
    records: set[str] = set()
    gone: list[str] = []
    for part in _parts(paths[PERSON], "record", "statement_id"):
        listed = {
            record
            for record in part["record"].unique().to_list()
            if suppression.record(facts.register, record) in suppression.hashes
        }
        records |= listed
        gone += part.filter(pl.col("record").is_in(list(listed)))["statement_id"].to_list()
    if not records:
        return
    for name in sorted(paths, key=lambda name: name == PERSON):
        yield paths[name], (_without(name, part, records, gone, suppression) for part in _parts(paths[name]))


def _without(
    name: str, frame: pl.DataFrame, records: set[str], gone: list[str], suppression: Suppression
) -> pl.DataFrame:
    """A table without the persons of `records`, whose statements are `gone`."""
    if name in DROPPED:
        frame = frame.filter(~pl.col(DROPPED[name]).is_in(gone))
    if name == "relationship_statement":
        theirs = pl.col("party_statement_id").is_in(gone).fill_null(False)
        protected = {
            "unspecified_reason": PROTECTED_REASON,
            "declaration_code": SUPPRESSED,
            "declaration_class": "protected",
        }
        frame = frame.with_columns(
            pl.when(theirs).then(pl.lit(value)).otherwise(column).alias(column)
            for column, value in protected.items()
        )
    if name == PERSON:
        frame = _anonymous(frame, gone)
    return _renamed(frame, records, {_stem(text) for text in gone}, suppression)


def _anonymous(persons: pl.DataFrame, gone: list[str]) -> pl.DataFrame:
    theirs = pl.col("statement_id").is_in(gone)
    blank = [
        pl.when(~theirs).then(pl.col(name)).alias(name)
        for name in persons.columns
        if name not in KEPT_OF_PERSON
    ]
    births = (
        pl.when(theirs)
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise("further_births")
        .alias("further_births")
    )
    return persons.with_columns(
        *blank,
        births,
        pl.when(theirs).then(pl.lit("anonymousPerson")).otherwise("person_type").alias("person_type"),
    )


def _stem(statement_id: str) -> str:
    """What the ids of a record's statements share: a hash of its locator, which anybody with the locator can
    compute.
    """
    return statement_id.rpartition("-")[0]


def _renamed(
    frame: pl.DataFrame, records: set[str], stems: set[str], suppression: Suppression
) -> pl.DataFrame:
    """Replace the locators of the records, and the ids of their statements wherever they are used."""
    for column in (name for name in frame.columns if name.endswith("statement_id")):
        values = [
            text for text in frame[column].unique().to_list() if text is not None and _stem(text) in stems
        ]
        frame = frame.with_columns(
            pl.col(column).replace(
                {text: f"{suppression.replaced(_stem(text))}-{text.rpartition('-')[2]}" for text in values}
            )
        )
    locators = {record: suppression.replaced(record) for record in records}
    return frame.with_columns(pl.col("record").replace(locators))


def _scrub(quarantine: Path, suppression: Suppression) -> None:
    """Remove the bytes of rejected records that contain a locator or a name on the list; the rejection
    stays.
    """
    if not quarantine.exists():
        return
    lines = [json.loads(line) for line in quarantine.read_text(encoding="utf-8").splitlines()]
    kept = [
        {**line, "raw": ""} if _names(str(line["raw"]), str(line["register"]), suppression) else line
        for line in lines
    ]
    if kept != lines:
        write_bytes_durably(
            quarantine, "".join(json.dumps(line) + "\n" for line in kept).encode(), mode=0o600
        )


def _unescaped(text: str) -> str:
    """The text of a quoted cell: unescaped in JSON, as written in CSV."""
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text.strip()


def _names(raw: str, register: str, suppression: Suppression) -> bool:
    text = raw.encode("latin-1").decode("utf-8", "replace")
    cells = {_unescaped(quoted) if quoted else plain.strip() for quoted, plain in CELL.findall(text)}
    return any(
        hashed in suppression.hashes
        for cell in cells
        for hashed in (suppression.record(register, cell), suppression.name(cell))
    )
