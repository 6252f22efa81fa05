"""What the records of a pair state, read from the lake, side by side."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import getpid

import polars as pl

from flows.home import warehouse
from flows.home.settings import Home
from flows.home.warehouse import Connection
from flows.ingest import lake
from flows.journal.judgements import Locator
from transforms.model.sql import frame, read_sql
from transforms.model.statements import STATEMENT_TABLES
from transforms.resolution.judgements import place_key

HOLDINGS_SHOWN = 5
TABLES = ("person_statement", "entity_statement", "address_statement", "relationship_statement")
STATED_SQL = read_sql("flows.review", "stated")
NAMES_SQL = (
    "select entity_id, name from v_entity where entity_id in (select unnest($ids)) and name is not null"
)


@dataclass(frozen=True)
class Stated:
    """What a record states, by field, in the order in which it is shown. `place`: of a place on a title, the
    key of the name there.
    """

    locator: Locator
    fields: Mapping[str, str] = field(default_factory=dict)
    place: str | None = None


@contextmanager
def records_of(home: Home, release: Connection) -> Iterator[Connection]:
    """A connection to the statements of the editions that the release in force was made of."""
    work = home.work / f"resolve-{getpid()}"
    used = {
        (str(row[0]), str(row[1]))
        for row in release.execute(
            "select register, edition from v_edition where status in ('in_force', 'history')"
        ).fetchall()
    }
    editions = [facts for facts in lake.manifests(home) if (facts.register, facts.label) in used]
    connection = warehouse.connect(work, read_paths=[home.lake])
    try:
        for name in TABLES:
            warehouse.parquet_view(
                connection, name, lake.table_files(home, name, editions), table=STATEMENT_TABLES[name]
            )
        yield connection
    finally:
        connection.close()
        shutil.rmtree(work, ignore_errors=True)


def stated(records: Connection, release: Connection, locators: Iterable[Locator]) -> dict[Locator, Stated]:
    """What each record states in its newest edition. A record that is not held any more states nothing."""
    wanted = sorted(set(locators))
    records.register(
        "wanted",
        pl.DataFrame(wanted, schema={"register": pl.String, "record": pl.String}, orient="row").to_arrow(),
    )
    rows = list(
        frame(records, STATED_SQL)
        .with_columns(place_key(pl.col("role").cast(pl.String), pl.col("name")))
        .iter_rows(named=True)
    )
    subjects = sorted({subject for row in rows for subject in row["subjects"] or ()})
    names = dict(frame(release, NAMES_SQL, {"ids": subjects}).iter_rows())
    found = {
        (row["register"], row["record"]): Stated(
            (row["register"], row["record"]), _fields(row, names), row["name_key"]
        )
        for row in rows
    }
    return {one: found.get(one, Stated(one)) for one in wanted}


def places(said: Mapping[Locator, Stated]) -> dict[Locator, str | None]:
    """Keys of the names of those that are places on titles."""
    return {end: one.place for end, one in said.items()}


def _fields(row: Mapping[str, object], names: Mapping[str, str]) -> dict[str, str]:
    subjects: list[str] = row["subjects"] or []  # type: ignore[assignment]  # a list of texts
    more = [f"and {len(subjects) - HOLDINGS_SHOWN} more"] if len(subjects) > HOLDINGS_SHOWN else []
    birth = "-".join(
        f"{int(str(part)):02d}" for part in (row["birth_year"], row["birth_month"]) if part is not None
    )
    said = {
        "register": row["register"],
        "record": row["record"],
        "edition": row["edition"],
        "kind": row["kind"],
        "name": row["name"],
        "born": birth,
        "number": row["number"],
        "jurisdiction": row["jurisdiction"],
        "address": row["address"],
        "holds": "; ".join([names.get(subject, subject) for subject in subjects[:HOLDINGS_SHOWN]] + more),
    }
    return {name: str(value or "") for name, value in said.items()}
