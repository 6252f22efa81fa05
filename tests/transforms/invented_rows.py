"""Resolution of a few invented statements, without files: what no parser writes today, or only at length."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from flows.home import warehouse
from tests.transforms.values.test_placeholders import REGISTER, company, person
from transforms.model.sql import Connection, frame
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import RESOLUTION, RESOLUTION_LINK
from transforms.resolution.judgements import JUDGEMENT, none_judged
from transforms.resolution.resolve import resolve_judged
from transforms.values.addresses import address_class_list, with_address

type Row = dict[str, Any]
type Record = tuple[Row, Row]  # a statement and its address
ADDRESS = ("address_text", "care_of", "po_box", "locality", "country", "postcode", "unit_key", "address_id")
KEY = b"a key of these tests"
ONE_EDITION = (("zed", "2026-06-01", "in_force"),)


class Resolved(NamedTuple):
    """Rows in the schema of RESOLUTION, and of RESOLUTION_LINK."""

    rows: pl.DataFrame
    links: pl.DataFrame


def with_rows(connection: Connection, key: bytes, judgements: pl.DataFrame) -> Resolved:
    resolve_judged(connection, key, judgements)
    return Resolved(
        *(
            table.conformed(frame(connection, f"select * from {name} order by {', '.join(table.key)}"))
            for name, table in (("resolved", RESOLUTION), ("resolved_link", RESOLUTION_LINK))
        )
    )


def entity(
    n: int,
    name: str,
    number: str | None,
    lines: str,
    *,
    country: str,
    postcode: str | None = None,
    **fields: object,
) -> Record:
    stated, place = company(n, name, number, lines, postcode=postcode, country=country)
    return {**stated, **fields}, place


def human(
    n: int,
    forename: str,
    surname: str,
    birth: tuple[int, int],
    lines: str,
    *,
    postcode: str = "ZT1 2AB",
    **fields: object,
) -> Record:
    stated, place = person(n, (forename, surname), birth, lines, postcode=postcode)
    return {**stated, **fields}, place


def judged(*judgements: tuple[str, str, str]) -> pl.DataFrame:
    """Judgements on two records of the register `zed`."""
    return pl.DataFrame(
        [
            (n, "zed", one, "zed", other, verdict, None, None)
            for n, (one, other, verdict) in enumerate(judgements)
        ],
        schema=JUDGEMENT,
        orient="row",
    )


def resolved(
    records: Sequence[Record],
    *,
    judgements: pl.DataFrame | None = None,
    editions: Sequence[tuple[str, str, str]] = ONE_EDITION,
    registers: Sequence[str] = ("zed",),
) -> Resolved:
    """`editions`: data set, day, status, of each register."""
    with tempfile.TemporaryDirectory(prefix="undertow-rows-") as folder:
        connection = warehouse.connect(Path(folder))
        try:
            _load(connection, records, editions, registers)
            return with_rows(connection, KEY, none_judged() if judgements is None else judgements)
        finally:
            connection.close()


def parties(resolution: Resolved, *, edition: str | None = None) -> dict[str, set[str]]:
    """Party → its records."""
    rows = resolution.rows if edition is None else resolution.rows.filter(edition=edition)
    records_of: dict[str, set[str]] = {}
    for party, record in rows.select("party_id", "record").iter_rows():
        records_of.setdefault(party, set()).add(record)
    return records_of


def together(resolution: Resolved) -> list[list[str]]:
    """Records of one party, where it has several."""
    return sorted(sorted(records) for records in parties(resolution).values() if len(records) > 1)


def _load(
    connection: Connection,
    records: Sequence[Record],
    editions: Sequence[tuple[str, str, str]],
    registers: Sequence[str],
) -> None:
    rows = [
        {
            "register": register,
            "dataset": dataset,
            "edition": day,
            "status": status,
            "completeness": "complete",
            "edition_order": day,
        }
        for register in registers
        for dataset, day, status in editions
    ]
    connection.register(
        "edition_in_use",
        pl.DataFrame(rows).with_columns(pl.col("edition").str.to_date().alias("edition_date")).to_arrow(),
    )
    connection.register("address_class_list", address_class_list().to_arrow())
    places = pl.DataFrame([place for _, place in records], infer_schema_length=None).with_columns(
        pl.col("postcode_text").cast(pl.String)
    )
    placed = with_address(
        places, lines=[pl.col("lines")], country=pl.col("of_country"), postcode_text=pl.col("postcode_text")
    ).rename({f"a_{name}": name for name in ADDRESS})
    addresses = placed.with_columns(
        pl.lit("service").alias("role"), *(pl.lit(value).alias(name) for name, value in REGISTER.items())
    ).with_columns(pl.col("of_statement_id").alias("statement_id"), pl.col("of_statement_id").alias("record"))
    given = {
        "address_statement": addresses.filter(pl.col("address_text").is_not_null()),
        "entity_statement": pl.DataFrame(
            [one for one, _ in records if "entity_type" in one], infer_schema_length=None
        ),
        "person_statement": pl.DataFrame(
            [one for one, _ in records if "person_type" in one], infer_schema_length=None
        ),
    }
    for name, table in STATEMENT_TABLES.items():
        frame = given.get(name, pl.DataFrame())
        known = frame.select(
            pl.col(column).cast(table.schema[column]) for column in frame.columns if column in table
        )
        connection.register(name, pl.concat([table.empty(), known], how="diagonal").to_arrow())
