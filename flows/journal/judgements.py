"""Judgements, `state/judgements.jsonl`: whether two records are one party, two parties or undecided, and who
judged so.

Append-only and chained (`flows.journal.chain`); a later judgement on a pair replaces an earlier one. A body
holds `at` (UTC), `by` (a role or initials), `uid` and `user` as in the audit log, `purpose`, `verdict`,
`pair` (two of register and keyed hash of the record's locator, in order) and, if there is one, the keyed hash
of the `note`. A place on a title may be sold, so for such a record `names` holds a keyed hash of the name
judged there, and another name makes another pair. Judgements older than `names` apply to the holder in the
newest edition up to the day of the judgement.

A person's locator is personal and nothing can be removed from a chain, so it is stored as a hash under
`secrets/subjects.key`, which a night finds again among its records. Notes are free text and kept apart, in
`state/judgement-notes/<n>.txt`, where `undertow purge` can delete them.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import polars as pl

from flows.home.authority import ONE_LINE
from flows.home.durable import write_bytes_durably
from flows.home.settings import STATE_DIRECTORY_MODE, Home
from flows.journal import audit, chain
from flows.journal.audit import judgement_log as log
from flows.journal.entries import Entry, Head
from transforms.errors import RunFailed, UsageError
from transforms.model.sql import Connection, frame
from transforms.resolution.judgements import JUDGEMENT, PLACE, VERDICTS, none_judged, place_key

NOTES = "judgement-notes"
HASH_DIGITS = 32
BY_PATTERN = re.compile(r"^[\w .-]{1,40}$")
NOTE_CHARS_MAX = 1_000

type Locator = tuple[str, str]  # register, and the record's locator or its keyed hash


@dataclass(frozen=True)
class Judgement:
    """One judgement as the chain has it.

    pair: two of (register, hash), in order. names: hashes of the names at those that are places on titles.
    """

    n: int
    pair: tuple[Locator, Locator]
    verdict: str
    by: str
    at: str
    names: tuple[str | None, str | None] = (None, None)


def note_path(home: Home, n: int) -> Path:
    return home.state / NOTES / f"{n}.txt"


# --- judging ----------------------------------------------------------------------------------------------


def judge(
    home: Home,
    one: Locator,
    other: Locator,
    verdict: str,
    *,
    by: str,
    purpose: str,
    note: str | None = None,
    names: Mapping[Locator, str | None] | None = None,
) -> Head:
    """Add a judgement on two records; it is on the disk when this returns.

    `names`: for a record that is a place on a title, the key of the name there (`place_key`).
    Raises UsageError for an invalid judgement, RunFailed if it cannot be written.
    """
    validate(one, other, verdict, by, note)
    key = audit.subject_key(home)
    ends = sorted(
        (end[0], hashed(key, *end), _name_hash(key, end, (names or {}).get(end)) or "")
        for end in (one, other)
    )
    pair, named = [[register, digest] for register, digest, _ in ends], [name or None for _, _, name in ends]
    body = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        **audit.who(),
        "by": by.strip(),
        "purpose": purpose,
        "verdict": verdict,
        "pair": pair,
        **({"names": named} if any(named) else {}),
        **({"note": audit.keyed(key, note)} if note else {}),
    }
    written = chain.append(log(home), body)
    if note:
        _keep_note(home, written.n, note)
    return written


def validate(one: Locator, other: Locator, verdict: str, by: str, note: str | None) -> None:
    """Raise UsageError for an invalid judgement."""
    if verdict not in VERDICTS:
        raise UsageError(f"a verdict is one of {', '.join(VERDICTS)}")
    if one == other:
        raise UsageError(
            "a judgement is about two records, and both are the same; give REGISTER RECORD of each"
        )
    if not BY_PATTERN.match(by.strip()):
        raise UsageError(
            "--by: give a role or initials, of letters, digits, spaces, dots and hyphens, 40 at most"
        )
    if note is not None and (len(note) > NOTE_CHARS_MAX or not re.match(ONE_LINE, note)):
        raise UsageError(
            f"--note: give one line of at most {NOTE_CHARS_MAX} characters, without control characters"
        )


def _keep_note(home: Home, n: int, note: str) -> None:
    path = note_path(home, n)
    try:
        path.parent.mkdir(mode=STATE_DIRECTORY_MODE, exist_ok=True)
        write_bytes_durably(path, note.encode(), mode=chain.FILE_MODE)
    except OSError as error:
        raise RunFailed(
            f"{path}: {error.strerror}; the judgement is recorded, its note is not. {chain.CANNOT_WRITE}"
        ) from None


def hashed(key: bytes, register: str, record: str) -> str:
    """32 hex digits of SHA-256 over the key, the register and the locator, as `HASHED_SQL` computes them
    too.
    """
    text = f"{key.hex()}\n{register}\n{record}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]


def _name_hash(key: bytes, end: Locator, name: str | None) -> str | None:
    """Hash of the name key at a place; None for a record that is not a place."""
    return None if name is None else hashed(key, end[0], f"{end[1]}\n{name}")


# --- reading ----------------------------------------------------------------------------------------------


def every(home: Home) -> tuple[Judgement, ...]:
    """All judgements, oldest first.

    Raises RunFailed if the chain is broken: a night without some of them would join what was kept apart.
    """
    stated = chain.stated_head(log(home))  # before the walk: a judgement may be added in between
    walk = chain.Walk(log(home).origin)
    entries = tuple(chain.walk(log(home), walk))
    is_held = stated in {
        None if len(entries) <= 1 else walk.head,
        *(Head(entry.n, entry.hash) for entry in entries),
    }
    gaps = [
        chain.Fault("judgements before this line are missing", entry.line_no)
        for entry in entries
        if chain.is_gap(entry.body)
    ]
    cut = [] if is_held else [chain.Fault(f"its end was cut off, because {log(home).head_path.name} differs")]
    if faults := [*walk.faults, *gaps, *cut]:
        line = f", line {faults[0].line_no}" if faults[0].line_no else ""
        raise RunFailed(
            f"{log(home).path}{line}: {faults[0].what}; see `undertow audit verify`, then restore it and "
            "judgements.head from a backup, or move both aside and judge again"
        )
    return tuple(map(_judgement, entries))


def _judgement(entry: Entry) -> Judgement:
    body = entry.body
    pairs = cast("list[list[str]]", body["pair"])
    first, second = [(str(register), str(digest)) for register, digest in pairs]
    name, other_name = cast("list[str | None]", body.get("names", [None, None]))
    verdict, by, at = (str(body[key]) for key in ("verdict", "by", "at"))
    return Judgement(entry.n, (first, second), verdict, by, at, (name, other_name))


@dataclass(frozen=True)
class Known:
    """All judgements, for looking pairs up. `by_pair`: judgements on each pair of locators, oldest first."""

    key: bytes
    by_pair: Mapping[tuple[Locator, Locator], tuple[Judgement, ...]]

    def ends(self, one: Locator, other: Locator) -> tuple[Locator, Locator]:
        """The pair in the form of the chain."""
        first, second = sorted((end[0], hashed(self.key, *end)) for end in (one, other))
        return first, second

    def on(self, one: Locator, other: Locator, names: Mapping[Locator, str | None]) -> Judgement | None:
        """The last judgement on two records.

        `names`: keys of the names at places on titles; if none is known, a judgement on any name there
        counts."""
        ends = sorted(
            ((end[0], hashed(self.key, *end)), _name_hash(self.key, end, names.get(end)))
            for end in (one, other)
        )
        pair, names_now = (ends[0][0], ends[1][0]), (ends[0][1], ends[1][1])
        matching = [
            judgement
            for judgement in self.by_pair.get(pair, ())
            if all(
                None in both or both[0] == both[1] for both in zip(judgement.names, names_now, strict=True)
            )
        ]
        return matching[-1] if matching else None


def known(home: Home) -> Known:
    by_pair: dict[tuple[Locator, Locator], list[Judgement]] = {}
    for judgement in every(home):
        by_pair.setdefault(judgement.pair, []).append(judgement)
    key = audit.subject_key(home) if by_pair else b""
    return Known(key, {pair: tuple(judgements) for pair, judgements in by_pair.items()})


# The same hash as `hashed` makes, of the columns `register` and `record`, with $key.
HASHED_SQL = f"substr(sha256(concat_ws(chr(10), $key, {{alias}}register, {{alias}}record)), 1, {HASH_DIGITS})"
JUDGED_RECORDS_SQL = f"""
with named as (
    select distinct s.register, s.record
    from person_statement s join edition_in_use e using (register, dataset, edition)
    where s.register in (select register from judged_hash)
    union
    select distinct s.register, s.record
    from entity_statement s join edition_in_use e using (register, dataset, edition)
    where s.register in (select register from judged_hash)
)
select n.register, n.record, h.hash
from named n join judged_hash h on h.register = n.register and h.hash = {HASHED_SQL.format(alias="n.")}
order by all
"""
# Who stood at each judged place on a title, edition by edition.
PLACES_SQL = f"""
select distinct s.register, s.record, s.role, s.name, e.edition_order
from entity_statement s join edition_in_use e using (register, dataset, edition)
semi join judged_record using (register, record)
where s.role = '{PLACE}' order by all
"""
type Place = list[tuple[str, str]]  # edition's day, name key; in order


def judged_records(connection: Connection, home: Home) -> pl.DataFrame:
    """JUDGEMENT rows of the judgements in force whose records are both held.

    `connection`: has the statement tables and `edition_in_use`.
    """
    judgements = every(home)
    if not judgements:
        return none_judged()
    key = audit.subject_key(home)
    records = _records(connection, key, sorted({end for judgement in judgements for end in judgement.pair}))
    places = _places(connection, list(records.values()))
    last: dict[tuple[tuple[str, str, str | None], ...], Judgement] = {}
    for judgement in judgements:
        if all(end in records for end in judgement.pair):
            sides = tuple(
                (*records[end], _judged_name(key, records[end], name, judgement.at, places))
                for end, name in zip(judgement.pair, judgement.names, strict=True)
            )
            last[sides] = judgement
    rows = [
        (judgement.n, *first[:2], *second[:2], judgement.verdict, first[2], second[2])
        for (first, second), judgement in last.items()
    ]
    return pl.DataFrame(rows, schema=JUDGEMENT, orient="row").sort("n")


def _records(connection: Connection, key: bytes, ends: list[Locator]) -> dict[Locator, Locator]:
    """Register and hash → register and locator, of the judged records that are held."""
    hashes = pl.DataFrame(ends, schema={"register": pl.String, "hash": pl.String}, orient="row")
    connection.register("judged_hash", hashes.to_arrow())
    rows = frame(connection, JUDGED_RECORDS_SQL, {"key": key.hex()}).iter_rows()
    return {(register, digest): (register, record) for register, record, digest in rows}


def _places(connection: Connection, records: list[Locator]) -> dict[Locator, Place]:
    judged = pl.DataFrame(records, schema={"register": pl.String, "record": pl.String}, orient="row")
    connection.register("judged_record", judged.to_arrow())
    rows = frame(connection, PLACES_SQL).select(
        "register", "record", "edition_order", place_key(pl.col("role"), pl.col("name"))
    )
    return dict(rows.rows_by_key(["register", "record"]))


def _judged_name(
    key: bytes, record: Locator, digest: str | None, at: str, places: Mapping[Locator, Place]
) -> str | None:
    """The name key judged at a place; None for other records, and if no edition held has that name."""
    held = places.get(record, [])
    if digest is not None:
        return next((name for _, name in held if _name_hash(key, record, name) == digest), None)
    return next((name for day, name in reversed(held) if day <= at), None)


def notes_naming(home: Home, records: Iterable[Locator], terms: Iterable[str]) -> list[Path]:
    """The files of notes on these records, and of those that contain a term."""
    if not (home.state / NOTES).is_dir():
        return []
    key = audit.subject_key(home)
    folded = [" ".join(term.split()).casefold() for term in terms if term.strip()]
    hashes = {(register, hashed(key, register, record)) for register, record in records}
    about = {judgement.n for judgement in every(home) if not hashes.isdisjoint(judgement.pair)}
    return [
        path
        for path in sorted((home.state / NOTES).glob("*.txt"))
        if int(path.stem) in about or _contains(path, folded)
    ]


def _contains(path: Path, folded: Iterable[str]) -> bool:
    text = " ".join(path.read_text(encoding="utf-8").split()).casefold()
    return any(term in text for term in folded)
