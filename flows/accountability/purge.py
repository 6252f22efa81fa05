"""`undertow purge`: take a natural person out of a home by building everything anew without them, and prove it.

Nothing is deleted from within a file, where the bytes would stay: the records of the person become protected ones in every edition held
(`flows.ingest.suppression`), a release is built from those under the ordinary gates and published, releases and reports that hold the person are removed, and
then every byte of the home but the landing folder is searched, and every value that a database or Parquet file decodes to.
The landing folder holds the publishers' own files: those that still name the person are listed, for the operator to replace or remove.
Killed at any point, the list of purged persons stands: the next run applies it, and `undertow purge` can be run again.
"""

from __future__ import annotations

import html
import json
import mmap
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import markupsafe
import numpy as np
import polars as pl

from flows.home import warehouse
from flows.home.settings import Home
from flows.ingest import lake, suppression
from flows.ingest.suppression import PERSON
from flows.journal import audit, judgements, ledger
from flows.night.night import Counts, Night, Stage, new_night, run_stage
from flows.night.runner import release_stays, safe_errors, work_session
from flows.night.stages.editions import choose_editions, raise_alarms
from flows.night.steps import STAGES
from flows.release import manifests, party_log, recovery, store
from transforms.errors import RunFailed, UndertowError, UsageError
from transforms.model.sql import frame

DATABASES = {".duckdb"}
PERSON_PREFIX = "UT-P-"
# The stages after those that read files.
REBUILT = tuple(stage for stage in STAGES if stage.name not in ("landing", "lake"))
NAME_WORDS_MIN = 2  # a name of one word would be found everywhere
PAIRS_MAX = 3  # (own) pairs of bytes that tell where to look
PIECE_BYTES = 4 << 20  # of a file, looked through at once
IN_WORD = r"[\w'’-]"  # of a regular expression


@dataclass(frozen=True)
class Subject:
    """A natural person as this home holds them: `records` (register, locator) of all editions held, `names` as written there."""

    party_id: str
    records: tuple[tuple[str, str], ...]
    names: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """What is searched for: the id, the locators, and the names, each whole."""
        return tuple(dict.fromkeys((self.party_id, *(record for _, record in self.records), *self.names)))


@dataclass(frozen=True)
class Plan:
    """What a purge would do, for the operator to agree to."""

    subject: Subject
    editions_n: int
    releases: tuple[str, ...]
    landed: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """`hits`: file → times a term was found. `files_n`, `values_n`, `bytes_n`: what was searched."""

    files_n: int
    bytes_n: int
    values_n: int
    hits: dict[str, int]


@dataclass
class _Search:
    """A running search."""

    terms: tuple[str, ...]
    borne: tuple[str, ...] = ()
    files_n: int = 0
    bytes_n: int = 0
    values_n: int = 0
    hits: dict[str, int] = field(default_factory=dict)


# --- who ------------------------------------------------------------------------------------------------------------


def find(home: Home, what: str) -> Subject:
    """The person behind a party id, or `REGISTER:RECORD`. Raises UsageError where there is none, and for what is no natural person.

    Every release kept is asked, so that a purge that was killed can be run again after a night has applied its list.
    """
    party_id, register, record = (
        (what, "", "") if what.startswith(PERSON_PREFIX) else ("", *what.partition(":")[::2])
    )
    if not party_id and not record:
        raise UsageError(
            "give the id of a natural person (UT-P-…) or REGISTER:RECORD, as v_resolution has them; a legal entity is not purged"
        )
    published = [
        row
        for folder in reversed(store.published_folders(home))
        for row in _published_as(folder, party_id, register, record)
    ]
    named = _persons(home, [(known, locator) for _, known, locator, _ in published] or [(register, record)])
    records = {(known, locator) for _, known, locator, _ in published} | set(
        zip(named["register"].to_list(), named["record"].to_list(), strict=True)
    )
    if not records:
        raise UsageError(
            "no record of a natural person held here is that; `undertow sql` on v_resolution gives party ids, registers and records"
        )
    names = {
        *_names(named),
        *(" ".join(name.split()) for *_, name in published if name and len(name.split()) >= NAME_WORDS_MIN),
    }
    return Subject(published[0][0] if published else party_id, tuple(sorted(records)), tuple(sorted(names)))


RESOLUTION_SQL = """
select distinct r.party_id, r.register, r.record, p.full_name from v_resolution r left join v_person p on p.person_id = r.party_id
where starts_with(r.party_id, 'UT-P-') and not starts_with(r.record, 'suppressed-') and (r.party_id = $party or r.party_id in
    (select party_id from v_resolution where register = $register and record = $record)) order by all
"""


def _published_as(
    release: Path, party_id: str, register: str, record: str
) -> list[tuple[str, str, str, str]]:
    """(party id, register, record, name) in one release."""
    connection = warehouse.open_release(release)
    try:
        rows = connection.execute(
            RESOLUTION_SQL, {"party": party_id, "register": register, "record": record}
        ).fetchall()
    finally:
        connection.close()
    return [(str(row[0]), str(row[1]), str(row[2]), str(row[3] or "")) for row in rows]


def _persons(home: Home, records: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Person statements of these records in every edition in the lake, whatever became of it."""
    wanted = pl.LazyFrame(list(records), schema={"register": pl.String, "record": pl.String}, orient="row")
    paths = [
        path for facts in lake.manifests(home) if (path := lake.table_path(home, PERSON, facts)).exists()
    ]
    frames = [
        pl.scan_parquet(path, hive_partitioning=False)
        .join(wanted, on=["register", "record"], how="semi")
        .collect()
        for path in paths
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"register": pl.String, "record": pl.String})


def _names(persons: pl.DataFrame) -> tuple[str, ...]:
    """Every way the records write the name: whole, and its parts in the orders that registers and lists use."""
    found: list[str] = []
    if persons.is_empty():
        return ()
    for row in persons.select("full_name", "forename", "middle_names", "surname").unique().rows():
        whole, first, middle, last = (" ".join(text.split()) if text else "" for text in row)
        found += [
            whole,
            f"{first} {last}",
            f"{first} {middle} {last}",
            f"{last}, {first}",
            f"{last}, {first} {middle}",
            f"{last} {first}",
        ]
    return tuple(
        sorted({" ".join(name.split()).strip(", ") for name in found if len(name.split()) >= NAME_WORDS_MIN})
    )


def plan(home: Home, what: str) -> Plan:
    """What would be done. Nothing is changed."""
    subject = find(home, what)
    editions = [
        facts
        for facts in lake.manifests(home)
        if any(register == facts.register for register, _ in subject.records)
    ]
    return Plan(
        subject,
        len(editions),
        tuple(folder.name for folder in store.published_folders(home)),
        tuple(_landed(home, subject)),
    )


def _landed(home: Home, subject: Subject) -> Iterator[str]:
    """Files of the landing folder that name the person. Only their names are told."""
    for path in _files([home.landing]):
        if _in_bytes(path, [form for term in subject.terms for form in _forms(term)]):
            yield str(path.relative_to(home.root))


# --- doing it -------------------------------------------------------------------------------------------------------


def purge(home: Home, planned: Plan, *, purpose: str) -> tuple[str, Proof]:
    """Carry it out: (release published, proof). Raises what a night raises; RunFailed where something of the person is left.

    Every error says which release is in force, and what is left to do. The audit log and the ledger have the keyed hash of the party only.
    """
    subject, held = planned.subject, manifests.of_release(store.current_release(home))
    as_of, known_at = _dates_asked(held)
    night = new_night(home, home.landing, as_of=as_of, known_at=known_at, synthetic=bool(held["synthetic"]))
    todo = ""
    try:
        with (
            work_session(home, "purge", night.work, consequence=lambda: _in_force(night)) as session,
            safe_errors("purge", lambda: _in_force(night)),
        ):
            night.damage = session.damage
            audit.record(
                home,
                "purge",
                purpose=purpose,
                asked=[subject.party_id or subject.records[0][1]],
                shown=(),
                release=str(held["release_id"]),
            )
            suppression.add(home, subject.records, subject.names)
            todo = "Releases kept may still hold the person, whom later ones leave out: run `undertow purge` again, which removes those"
            terms, borne = _carry_out(night, subject)
        todo = "What held the person is removed, but not proved to be: search the home for the name"
        with safe_errors("search", lambda: _in_force(night)):
            proof = search(home, terms, borne)
    except UndertowError as error:
        if not todo:
            raise
        raise type(error)(_told(str(error), _in_force(night), todo)) from None
    if proof.hits:
        raise RunFailed(
            _told(
                f"purge: something of the person is still in {', '.join(sorted(proof.hits))}",
                _in_force(night),
                "Remove these files, or report this line",
            )
        )
    return night.release_id, proof


def _in_force(night: Night) -> str:
    return (
        f"release {night.release_id}, made without the person, is in force"
        if night.release_id
        else release_stays()
    )


def _told(error: str, standing: str, todo: str) -> str:
    return f"{error}. {todo}" if standing.casefold() in error.casefold() else f"{error}; {standing}. {todo}"


def _carry_out(night: Night, subject: Subject) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Everything but the proof; gives the terms to search for and those to pass over. Releases are removed last: by them the person is found again."""
    home = night.home
    judgements.forget_notes(home, subject.records, subject.terms)
    _rebuild(night)
    party_log.forget(home, [subject.party_id])
    terms, borne = _own_terms(home, subject)
    held = _releases_holding(home, night.release_id, terms, borne)
    _remove_reports(home, night.release_id, {folder.name for folder in held}, terms, borne)
    _compact(home)
    whom = audit.keyed(audit.subject_key(home), subject.party_id or subject.records[0][1])
    ledger.add(
        home,
        {
            "kind": "purge",
            "subject": whom,
            "records_n": len(subject.records),
            "releases": [folder.name for folder in held],
        },
    )
    recovery.remove(home, held)
    return terms, borne


def _rebuild(night: Night) -> None:
    for stage in (Stage("lake", _suppress), *REBUILT):
        with safe_errors(stage.name, lambda: _in_force(night)):
            run_stage(stage, night)


def _suppress(night: Night) -> Counts:
    rewritten_n = suppression.catch_up(night.home, night.work)
    night.blocked = _refused(night)
    choose_editions(night)
    raise_alarms(night)
    return {"editions": rewritten_n}


def _dates_asked(held: Mapping[str, object]) -> tuple[date | None, date | None]:
    """The dates of facts and of knowledge that a release was asked for, by its manifest; none where every edition was to count."""
    known_at = held.get("known_at")
    return (
        (None, None)
        if known_at is None
        else (date.fromisoformat(str(held["as_of"])), date.fromisoformat(str(known_at)))
    )


def _refused(night: Night) -> tuple[lake.EditionFacts, ...]:
    """What the release in force says of deliveries that were refused, which no file is read again for: without it they would be forgotten until the next night.

    Their records stand in no table of the new release, so none are counted. An extract is in the lake, and is judged there.
    """
    with closing(store.open_current(night.home)) as release:
        editions = frame(release, "from v_edition where status = 'blocked' and blocked_code <> 'extract'")
    none = dict.fromkeys(("rows_in", "rows_loaded", "rows_rejected", "rows_ignored", "rows_suppressed"), 0)
    facts = [
        {
            **row,
            **none,
            "label": row["edition"],
            "key": "",
            "ignored_reasons": (),
            "synthetic": night.synthetic,
            "declared_rows": None,
        }
        for row in editions.iter_rows(named=True)
    ]
    return tuple(
        lake.EditionFacts(**{name: value for name, value in row.items() if name in lake.FACTS})
        for row in facts
    )


def _own_terms(home: Home, subject: Subject) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms that are this person's alone, and longer words that other records bear and that begin or end as one of the names does.

    A name that another record bears, alone or among other words ("John Smith Limited"), stays there, and says nothing of this person.
    "John Smithson" is no such record: his name is passed over, and "John Smith" is searched for.
    """
    borne = {
        found
        for facts in lake.manifests(home)
        for texts in _texts(home, facts)
        for found in _borne(texts, subject.names)
    }
    shared = {_fold(text) for text in borne}
    terms = tuple(term for term in subject.terms if term and _fold(term) not in shared)
    return terms, tuple(sorted(text for text in borne if any(_fold(term) in _fold(text) for term in terms)))


def _borne(texts: pl.Series, names: Sequence[str]) -> Iterator[str]:
    """What stands in the texts where one of the names does, to the ends of its first and last word: as it is written, and folded."""
    if not names:
        return
    wanted = [_fold(name) for name in names]
    patterns = [
        re.compile(rf"{IN_WORD}*{re.escape(name)}{IN_WORD}*", re.IGNORECASE)
        for name in dict.fromkeys((*names, *wanted))
    ]
    found = texts.filter(_folded(texts).str.contains_any(wanted))
    for text in (*(" ".join(text.split()) for text in found), *_folded(found)):
        for pattern in patterns:
            yield from pattern.findall(text)


def _texts(home: Home, facts: lake.EditionFacts) -> Iterator[pl.Series]:
    for table, column in (
        ("person_statement", "full_name"),
        ("entity_statement", "name"),
        ("name_statement", "name"),
        ("address_statement", "address_text"),
    ):
        path = lake.table_path(home, table, facts)
        if path.exists():
            yield pl.scan_parquet(path).select(column).drop_nulls().unique().collect()[column]


def _releases_holding(home: Home, current: str, terms: tuple[str, ...], borne: tuple[str, ...]) -> list[Path]:
    """Releases that hold the person; the newest release is never among them, or the proof fails."""
    return [
        folder
        for folder in store.published_folders(home)
        if folder.name != current and search_in(home, [folder], terms, borne).hits
    ]


def _remove_reports(
    home: Home, current: str, held: Set[str], terms: tuple[str, ...], borne: tuple[str, ...]
) -> None:
    """Reports that hold the person, and those of the releases that do."""
    for report in sorted(home.reports.iterdir()):
        if report.name != current and (report.name in held or search_in(home, [report], terms, borne).hits):
            shutil.rmtree(report) if report.is_dir() else report.unlink()


def _compact(home: Home) -> None:
    """Folders of work that a night leaves to the next one."""
    for path in sorted(home.work.iterdir()):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


# --- the proof ------------------------------------------------------------------------------------------------------


def search(home: Home, terms: Iterable[str], borne: Iterable[str] = ()) -> Proof:
    """Search every file of the home but the landing folder: its bytes in UTF-8 and UTF-16, and what Parquet files and databases decode to.

    `borne`: texts that other records bear; a term within one of them is not counted.
    """
    return search_in(
        home, [path for path in sorted(home.root.iterdir()) if path != home.landing], terms, borne
    )


def search_in(home: Home, roots: Sequence[Path], terms: Iterable[str], borne: Iterable[str] = ()) -> Proof:
    found = _Search(tuple(terms), tuple(borne))
    forms, passed_over = (
        [form for text in texts for form in _forms(text)] for texts in (found.terms, found.borne)
    )
    for path in _files(roots):
        found.files_n += 1
        found.bytes_n += path.stat().st_size
        hits_n = _in_bytes(path, forms, passed_over) + sum(
            _in_values(frame, found) for frame in _decoded(path)
        )
        if hits_n:
            found.hits[str(path.relative_to(home.root))] = hits_n
    return Proof(found.files_n, found.bytes_n, found.values_n, found.hits)


def _files(roots: Sequence[Path]) -> Iterator[Path]:
    for root in roots:
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def _forms(term: str) -> Iterator[bytes]:
    """A term as a file may hold it: as it is, as JSON (also a JSON text within one) and HTML escape it, in UTF-8 and both UTF-16."""
    as_json = json.dumps(term)[1:-1]
    as_quarantined = json.dumps(term.encode("utf-8", "surrogatepass").decode("latin-1"))[
        1:-1
    ]  # the bytes of a rejected record, one character each
    as_html = (
        html.escape(term),
        str(markupsafe.escape(term)),
    )  # Jinja writes &#39; where Python writes &#x27;
    for text in dict.fromkeys(
        (term, as_json, json.dumps(as_json)[1:-1], as_quarantined, *as_html, term.replace("/", "\\/"))
    ):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text.encode(encoding, "surrogatepass")


def _in_bytes(path: Path, forms: Sequence[bytes], passed_over: Sequence[bytes] = ()) -> int:
    """Times that any of the forms stands in a file, in any case of ASCII letters, but not within one that is passed over."""
    if path.stat().st_size == 0 or not forms:
        return 0
    pattern = re.compile(rb"(%s)|%s" % (_any_of(passed_over) or rb"(?!)", _any_of(forms)), re.IGNORECASE)
    hits_n, end = 0, 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for place in _places(data, [*forms, *passed_over]):
            if place >= end and (match := pattern.match(data, place)):
                hits_n, end = hits_n + (match.lastindex is None), match.end()
    return hits_n


def _places(data: mmap.mmap, forms: Sequence[bytes]) -> Iterator[int]:
    """Where one of the forms may begin, in order: where pairs of bytes stand with which forms begin. Matching everywhere takes many times as long.

    A form has two bytes at least.
    """
    pairs_n = min(PAIRS_MAX, *(len(form) // 2 for form in forms))
    begins = np.zeros((pairs_n, 1 << 16), np.bool_)
    for form in forms:
        for pair in range(pairs_n):
            begins[pair, int.from_bytes(form.lower()[2 * pair : 2 * pair + 2], "little")] = True
    for start in range(0, len(data) - 2 * pairs_n + 1, PIECE_BYTES):
        letters = np.frombuffer(data[start : start + PIECE_BYTES + 2 * pairs_n - 1].lower(), np.uint8).astype(
            np.uint16
        )
        pairs, places_n = letters[:-1] | letters[1:] << 8, len(letters) - 2 * pairs_n + 1
        may_begin = np.logical_and.reduce(
            [begins[pair][pairs[2 * pair : 2 * pair + places_n]] for pair in range(pairs_n)]
        )
        yield from (np.flatnonzero(may_begin) + start).tolist()


def _any_of(forms: Sequence[bytes]) -> bytes:
    """A pattern of the longest form that is there."""
    return b"|".join(re.escape(form) for form in sorted(set(forms), key=len, reverse=True))


def _in_values(frame: pl.DataFrame, found: _Search) -> int:
    """Values of a frame's texts that hold a term, in any case and spacing."""
    hits_n = 0
    terms, borne = ([_fold(text) for text in texts] for texts in (found.terms, found.borne))
    for column in frame.columns:
        values = frame[column].drop_nulls()
        found.values_n += values.len()
        texts = _folded(values.unique())
        if borne:
            texts = texts.str.replace_many(borne, [" "] * len(borne))
        hits_n += int(texts.str.contains_any(terms).sum()) if terms else 0
    return hits_n


# Small letters of which one has no capital and the other two forms.
FOLDED = {"ß": "ss", "ς": "σ"}


def _folded(texts: pl.Series) -> pl.Series:
    """Texts of one spacing, in small letters. Terms and values are folded by this alone, so that both are folded alike."""
    return (
        texts.str.to_lowercase()
        .str.replace_many(list(FOLDED), list(FOLDED.values()))
        .str.replace_all(r"\s+", " ")
    )


def _fold(text: str) -> str:
    return str(_folded(pl.Series([text]))[0]).strip()


def _decoded(path: Path) -> Iterator[pl.DataFrame]:
    """The texts in a Parquet file or database, as frames of text columns."""
    if path.suffix == ".parquet":
        yield _texts_of(pl.read_parquet(path, memory_map=False, hive_partitioning=False))
    elif path.suffix in DATABASES:
        connection = warehouse.open_release(path.parent, name=path.name)
        try:
            for (table,) in connection.execute(
                "select table_name from duckdb_tables() where not internal order by all"
            ).fetchall():
                for batch in warehouse.stream(
                    connection, f"select * from {warehouse.identifier(table)}", where=path.name
                ):
                    yield _texts_of(pl.DataFrame(pl.from_arrow(batch)))
        finally:
            connection.close()


def _texts_of(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [
        pl.col(name).list.join("\n") for name, dtype in frame.schema.items() if dtype == pl.List(pl.String)
    ]
    texts = frame.with_columns(lists)
    return texts.select(name for name, dtype in texts.schema.items() if dtype == pl.String)
