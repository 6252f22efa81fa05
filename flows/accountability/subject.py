"""A natural person as this home holds them, for a purge and a disclosure, and what a purge would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import structlog

from flows.accountability.search import count_in_bytes, encoded_forms, files_below, is_readable
from flows.home import warehouse
from flows.home.processes import command_folder
from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.parse import UNPACKED_BYTES_MAX
from flows.ingest.suppression import PERSON
from flows.release import store
from flows.review import attachments
from transforms.errors import BlockedEdition, RunFailed, UsageError
from transforms.model.sql import read_sql
from transforms.readers import archives
from transforms.resolution.judgements import PERSON_PREFIX

log = structlog.get_logger()

NAME_WORDS_MIN = 2  # a name of one word stands everywhere
RESOLUTION_SQL = read_sql("flows.accountability", "records_of_person")


@dataclass(frozen=True)
class Subject:
    """A natural person in this home: `records` (register, locator) in all editions held, `names` as written
    there.
    """

    party_id: str
    records: tuple[tuple[str, str], ...]
    names: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """What is searched for: the id, the locators and the names."""
        return tuple(dict.fromkeys((self.party_id, *(record for _, record in self.records), *self.names)))


@dataclass(frozen=True)
class Plan:
    """What a purge would do, for the operator to confirm. `landed`: files in the landing folder and the
    archive that name the person. `unread_n`: files kept with cases that no search can read.
    """

    subject: Subject
    editions_n: int
    releases: tuple[str, ...]
    landed: tuple[str, ...]
    unread_n: int


def find(home: Home, what: str) -> Subject:
    """The person with a party id or `REGISTER:RECORD`. Raises UsageError if there is none, or it is not a
    natural person.

    Every release kept is searched, so a killed purge can be repeated after a night has applied its list.
    """
    party_id, register, record = (
        (what, "", "") if what.startswith(PERSON_PREFIX) else ("", *what.partition(":")[::2])
    )
    if not party_id and not record:
        raise UsageError(
            "give the id of a natural person (UT-P-…) or REGISTER:RECORD, as in v_resolution; "
            "this is about natural persons only"
        )
    published = [
        row
        for folder in reversed(store.published_folders(home))
        for row in _published_as(folder, party_id, register, record)
    ]
    named = person_statements(
        home, [(known, locator) for _, known, locator, _ in published] or [(register, record)]
    )
    records = {(known, locator) for _, known, locator, _ in published} | set(
        zip(named["register"].to_list(), named["record"].to_list(), strict=True)
    )
    if not records:
        raise UsageError(
            "no natural person held here has this id or record; "
            "`undertow sql` on v_resolution gives party ids, registers and records"
        )
    names = {
        *_names(named),
        *(" ".join(name.split()) for *_, name in published if name and len(name.split()) >= NAME_WORDS_MIN),
    }
    return Subject(published[0][0] if published else party_id, tuple(sorted(records)), tuple(sorted(names)))


def _published_as(
    release: Path, party_id: str, register: str, record: str
) -> list[tuple[str, str, str, str]]:
    """(party id, register, record, name) in one release; none in a damaged one, which the purge removes if
    the person's name stands in it.
    """
    try:
        opened = warehouse.open_release(release)
    except RunFailed as fault:
        log.warning("not searched", message=str(fault))
        return []
    with opened as connection:
        rows = connection.execute(
            RESOLUTION_SQL, {"party": party_id, "register": register, "record": record}
        ).fetchall()
    return [(str(row[0]), str(row[1]), str(row[2]), str(row[3] or "")) for row in rows]


def person_statements(home: Home, records: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Person statements of these records in every edition of the lake, whatever its status."""
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
    """Every form of the name: whole, and its parts in the orders that registers and lists use."""
    hits: list[str] = []
    if persons.is_empty():
        return ()
    for row in persons.select("full_name", "forename", "middle_names", "surname").unique().rows():
        whole, first, middle, last = (" ".join(text.split()) if text else "" for text in row)
        hits += [
            whole,
            f"{first} {last}",
            f"{first} {middle} {last}",
            f"{last}, {first}",
            f"{last}, {first} {middle}",
            f"{last} {first}",
        ]
    return tuple(
        sorted({" ".join(name.split()).strip(", ") for name in hits if len(name.split()) >= NAME_WORDS_MIN})
    )


def _names_person(home: Home, path: Path, forms: Sequence[bytes]) -> bool:
    """Whether one of the forms stands in a file, or in what is packed in it."""
    if not archives.is_archive(path):
        return count_in_bytes(path, forms) > 0
    with command_folder(home) as folder:
        try:
            members = archives.unpack(path, Path(folder), bytes_max=UNPACKED_BYTES_MAX)
        except BlockedEdition:  # damaged, or of a kind that is read only as a stream
            return count_in_bytes(path, forms) > 0
        return any(count_in_bytes(member, forms) for member in members)


def plan(home: Home, what: str) -> Plan:
    """What a purge would do. Changes nothing."""
    subject = find(home, what)
    editions = [
        facts
        for facts in lake.manifests(home)
        if any(register == facts.register for register, _ in subject.records)
    ]
    forms = [form for term in subject.terms for form in encoded_forms(term)]
    naming = [path for path in files_below([home.landing, home.archive]) if _names_person(home, path, forms)]
    return Plan(
        subject,
        len(editions),
        tuple(folder.name for folder in store.published_folders(home)),
        tuple(str(path.relative_to(home.root)) for path in naming),
        sum(not is_readable(path) for path in files_below([home.state / attachments.FOLDER])),
    )
