"""Judgements, `state/judgements.jsonl`: who judged of which two records that they are of one party, of two, or that it cannot be told.

Append-only and chained (`flows.journal.chain`), so that what was decided, by whom and on whose purpose stays; a later judgement on the same pair takes the
place of an earlier one. A body holds `at` (UTC), `by` (a role or initials), `uid` and `user` as the audit log has them, `purpose`, `verdict`, `pair` (two of
register and keyed hash of the record's locator, in order) and, where there is one, `note`: its keyed hash. A place on a title may be sold: of such a record `names`
has a keyed hash of the name judged too, at the same place as in `pair`, and another name there makes another pair. A judgement from before `names` were kept
is on whoever had the place in the newest edition up to the day of the judgement.

A locator of a natural person's record is personal, and nothing can be taken out of a chain: so it stands there as a hash under `secrets/subjects.key`,
which the night finds again among the records it holds. A note is free text: it stands apart, in `state/judgement-notes/<n>.txt`, and `undertow purge`
removes it. A record that was purged has another locator, and its judgements lead nowhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import polars as pl

from flows.accountability.purposes import TEXT_PATTERN
from flows.home.durable import write_bytes_durably
from flows.home.settings import STATE_DIRECTORY_MODE, Home
from flows.journal import audit, chain
from flows.journal.chain import Head
from flows.journal.judgement_log import log
from transforms.errors import RunFailed, UsageError
from transforms.model.sql import Connection, frame
from transforms.resolution.judgements import NAMED, PLACE, VERDICTS, none_judged, place_key

NOTES = "judgement-notes"
HASH_DIGITS = 32
BY_PATTERN = re.compile(r"^[\w .-]{1,40}$")
NOTE_CHARS_MAX = 1_000
BOTH = "it and judgements.head from a backup, or move both aside, keep them, and judge again"

type Locator = tuple[str, str]  # register, and record or its keyed hash


@dataclass(frozen=True)
class Judgement:
    """One judgement as the chain has it. `pair`: two of (register, hash), in order. `names`: hashes of the names of those that are places on titles."""

    n: int
    pair: tuple[Locator, Locator]
    verdict: str
    by: str
    at: str
    names: tuple[str | None, str | None] = (None, None)


def note_path(home: Home, n: int) -> Path:
    return home.state / NOTES / f"{n}.txt"


# --- judging --------------------------------------------------------------------------------------------------------


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
    """Add a judgement on two records (register, locator); it is on the disk when this returns. Raises UsageError, and RunFailed where it cannot be written.

    `names`: of a record that is a place on a title, the key of the name there (`place_key`).
    """
    look_at(one, other, verdict, by, note)
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
    made = chain.append(log(home), body)
    if note:
        _keep_note(home, made.n, note)
    return made


def look_at(one: Locator, other: Locator, verdict: str, by: str, note: str | None) -> None:
    """Raise UsageError for what is no judgement."""
    if verdict not in VERDICTS:
        raise UsageError(f"a verdict is one of {', '.join(VERDICTS)}")
    if one == other:
        raise UsageError("a judgement is about two records, and these are one; give REGISTER RECORD of each")
    if not BY_PATTERN.match(by.strip()):
        raise UsageError(
            "--by: give a role or initials, of letters, digits, spaces, dots and hyphens, 40 at most"
        )
    if note is not None and (len(note) > NOTE_CHARS_MAX or not re.match(TEXT_PATTERN, note)):
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
            f"{path}: {error.strerror}; the judgement is written down, its note is not. {chain.CANNOT_WRITE}"
        ) from None


def hashed(key: bytes, register: str, record: str) -> str:
    """32 hex digits of SHA-256 over the key, the register and the locator; what SQL makes of them too (`HASHED_SQL`)."""
    return hashlib.sha256(f"{key.hex()}\n{register}\n{record}".encode("utf-8", "surrogatepass")).hexdigest()[
        :HASH_DIGITS
    ]


def _name_hash(key: bytes, end: Locator, name: str | None) -> str | None:
    """Of the name key of a place; None of what is none."""
    return None if name is None else hashed(key, end[0], f"{end[1]}\n{name}")


# --- reading --------------------------------------------------------------------------------------------------------


def every(home: Home) -> tuple[Judgement, ...]:
    """All judgements, oldest first. Raises RunFailed where the chain is broken: a night that left some out would join what was kept apart."""
    stated, walk = (
        chain.stated_head(log(home)),
        chain.Walk(log(home).origin),
    )  # the head first: a judgement may come in between
    entries = tuple(chain.walk(log(home), walk))
    is_held = stated in {
        None if len(entries) <= 1 else walk.head,
        *(chain.Head(entry.n, entry.hash) for entry in entries),
    }
    gaps = [
        chain.Fault("judgements that stood before it are gone", entry.line_no)
        for entry in entries
        if chain.is_gap(entry.body)
    ]
    cut = (
        []
        if is_held
        else [chain.Fault(f"{log(home).head_path.name} does not agree with it: its end was cut off")]
    )
    if faults := [*walk.faults, *gaps, *cut]:
        line = f", line {faults[0].line_no}" if faults[0].line_no else ""
        raise RunFailed(
            f"{log(home).path}{line}: {faults[0].what}; see `undertow audit verify`, then restore {BOTH}"
        )
    return tuple(map(_read, entries))


def _read(entry: chain.Entry) -> Judgement:
    body = entry.body
    one, other = [
        (str(register), str(digest)) for register, digest in cast("list[list[str]]", body["pair"])
    ]  # as `judge` wrote it
    name, other_name = cast("list[str | None]", body.get("names", [None, None]))
    return Judgement(
        entry.n, (one, other), str(body["verdict"]), str(body["by"]), str(body["at"]), (name, other_name)
    )


@dataclass(frozen=True)
class Known:
    """What was judged, for those who look pairs up. `by_pair`: judgements of each pair of locators, oldest first."""

    key: bytes
    by_pair: Mapping[tuple[Locator, Locator], tuple[Judgement, ...]]

    def ends(self, one: Locator, other: Locator) -> tuple[Locator, Locator]:
        """The pair as the chain has it."""
        first, second = sorted((end[0], hashed(self.key, *end)) for end in (one, other))
        return first, second

    def on(self, one: Locator, other: Locator, names: Mapping[Locator, str | None]) -> Judgement | None:
        """The last judgement on two records. `names`: keys of the names at places on titles; where none is known, any judged there will do."""
        ends = sorted(
            ((end[0], hashed(self.key, *end)), _name_hash(self.key, end, names.get(end)))
            for end in (one, other)
        )
        pair, now = (ends[0][0], ends[1][0]), (ends[0][1], ends[1][1])
        fitting = [
            said
            for said in self.by_pair.get(pair, ())
            if all(None in both or both[0] == both[1] for both in zip(said.names, now, strict=True))
        ]
        return fitting[-1] if fitting else None


def known(home: Home) -> Known:
    by_pair: dict[tuple[Locator, Locator], list[Judgement]] = {}
    for one in every(home):
        by_pair.setdefault(one.pair, []).append(one)
    return Known(
        audit.subject_key(home) if by_pair else b"", {pair: tuple(said) for pair, said in by_pair.items()}
    )


# `hashed` of the columns {of}register and {of}record, with $key.
HASHED_SQL = f"substr(sha256(concat_ws(chr(10), $key, {{of}}register, {{of}}record)), 1, {HASH_DIGITS})"
FOUND_SQL = f"""
with named as (
    select distinct s.register, s.record from person_statement s join edition_in_use e using (register, dataset, edition)
    where s.register in (select register from judged_hash)
    union
    select distinct s.register, s.record from entity_statement s join edition_in_use e using (register, dataset, edition)
    where s.register in (select register from judged_hash)
)
select n.register, n.record, h.hash
from named n join judged_hash h on h.register = n.register and h.hash = {HASHED_SQL.format(of="n.")}
order by all
"""


# Whoever had each place on a title that was judged, edition after edition.
PLACES_SQL = f"""
select distinct s.register, s.record, s.role, s.name, e.edition_order
from entity_statement s join edition_in_use e using (register, dataset, edition)
semi join judged_record using (register, record)
where s.role = '{PLACE}' order by all
"""
type Place = list[tuple[str, str]]  # edition's day, name key; in order


def of_records(connection: Connection, home: Home) -> pl.DataFrame:
    """NAMED rows of those in force whose records are both held. `connection`: with the statement tables and `edition_in_use`."""
    said = every(home)
    if not said:
        return none_judged()
    ends, key = sorted({end for one in said for end in one.pair}), audit.subject_key(home)
    connection.register(
        "judged_hash",
        pl.DataFrame(ends, schema={"register": pl.String, "hash": pl.String}, orient="row").to_arrow(),
    )
    records = {
        (register, digest): (register, record)
        for register, record, digest in frame(connection, FOUND_SQL, {"key": key.hex()}).iter_rows()
    }
    places = _places(connection, list(records.values()))
    last = {}
    for one in said:
        if all(end in records for end in one.pair):
            sides = [
                (*records[end], _judged_name(key, records[end], name, one.at, places))
                for end, name in zip(one.pair, one.names, strict=True)
            ]
            last[tuple(sides)] = one
    rows = [
        (one.n, *sides[0][:2], *sides[1][:2], one.verdict, sides[0][2], sides[1][2])
        for sides, one in last.items()
    ]
    return pl.DataFrame(rows, schema=NAMED, orient="row").sort("n")


def _places(connection: Connection, records: list[Locator]) -> dict[Locator, Place]:
    connection.register(
        "judged_record",
        pl.DataFrame(records, schema={"register": pl.String, "record": pl.String}, orient="row").to_arrow(),
    )
    found: dict[Locator, Place] = {}
    for register, record, day, name in (
        frame(connection, PLACES_SQL)
        .select("register", "record", "edition_order", place_key(pl.col("role"), pl.col("name")))
        .iter_rows()
    ):
        found.setdefault((register, record), []).append((day, name))
    return found


def _judged_name(
    key: bytes, record: Locator, digest: str | None, at: str, places: Mapping[Locator, Place]
) -> str | None:
    """The name key that was judged at a place; None of what is no place, and where that name is in no edition held."""
    held = places.get(record, [])
    if digest is not None:
        return next((name for _, name in held if _name_hash(key, record, name) == digest), None)
    return next((name for day, name in reversed(held) if day <= at), None)


def forget_notes(home: Home, records: Iterable[Locator], terms: Iterable[str]) -> int:
    """Remove the notes of judgements on these records, and those in which a term stands; how many. For `undertow purge`."""
    if not (home.state / NOTES).is_dir():
        return 0
    key, folded = (
        audit.subject_key(home),
        [" ".join(term.split()).casefold() for term in terms if term.strip()],
    )
    theirs = {(register, hashed(key, register, record)) for register, record in records}
    about = {one.n for one in every(home) if not theirs.isdisjoint(one.pair)}
    gone = [
        path
        for path in sorted((home.state / NOTES).glob("*.txt"))
        if int(path.stem) in about or _names(path, folded)
    ]
    for path in gone:
        path.unlink()
    return len(gone)


def _names(path: Path, folded: Iterable[str]) -> bool:
    text = " ".join(path.read_text(encoding="utf-8").split()).casefold()
    return any(term in text for term in folded)
