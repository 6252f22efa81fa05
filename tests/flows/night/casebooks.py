"""Cases of a few flags and ties, as a night builds them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import duckdb

from graphs.cases.build import Casebook, open_cases
from transforms.marts import create_fact_views
from transforms.model.statements import DUCKDB_TYPES
from transforms.model.views import RELEASE_TABLES

AS_OF = date(2026, 6, 1)
Rows = Mapping[str, Sequence[Mapping[str, object]]]

# Code → (lane, base rate). Invented: the stage knows no indicator.
INDICATORS = {
    "AAA-010": ("act", 0.01),
    "AAA-020": ("act", 0.1),
    "BBB-010": ("act", 0.001),
    "CCC-010": ("look", 0.5),
    "DDD-010": ("data", 0.0001),
    "EEE-010": ("look", 0.5),
    "SSS-010": ("stop", 0.5),
}


def flag(
    subject: str, code: str = "AAA-010", kind: str = "legal_entity", day: int = 0, **more: object
) -> dict[str, object]:
    lane, _ = INDICATORS[code]
    return {
        "flag_id": f"f-{subject}-{code}",
        "indicator": code,
        "family": code[:3],
        "lane": lane,
        "weak": lane == "look",
        "subject_id": subject,
        "subject_type": kind,
        "subject_name": f"{subject} name",
        "state": "flagged",
        "first_seen_on": AS_OF + timedelta(days=day),
        **more,
    }


def owns(party: str, subject: str, share: str | None = "60", basis: str = "shares") -> dict[str, object]:
    low = Decimal(share) if share is not None else None
    return {
        "component_no": 1,
        "party_id": party,
        "subject_id": subject,
        "basis": basis,
        "share_min": low,
        "share_max": low,
        "statement_id": f"s-{party}-{subject}",
    }


def night(rows: Rows) -> Casebook:
    """The stage on the tables given, all others empty.

    Entities, titles and persons of flags and links are known; a name that begins with P is a person.
    """
    made = {name: list(given) for name, given in rows.items()}
    made["indicator"] = [
        *made.get("indicator", ()),
        *(
            {"code": code, "title": f"Title {code}", "lane": lane, "base_rate": rate}
            for code, (lane, rate) in INDICATORS.items()
        ),
    ]
    ids = {
        str(row[column])
        for name, columns in ENDS.items()
        for row in made.get(name, ())
        for column in columns
        if row.get(column) is not None
    }
    made.setdefault("entity", []).extend(
        {"entity_id": one, "name": f"{one} name", "is_listed": False}
        for one in sorted(ids)
        if one[0] in "ABCDEHX"
    )
    made.setdefault("person", []).extend(
        {"person_id": one, "full_name": "Ada Canary"} for one in sorted(ids) if one[0] == "P"
    )
    made.setdefault("title", []).extend(
        {"title_id": one, "address_text": f"{one} name"} for one in sorted(ids) if one[0] == "T"
    )
    connection = empty_tables()
    connection.execute("begin")
    try:
        for table, row in ((table, row) for table, given in made.items() for row in given):
            names = ", ".join(f'"{name}"' for name in row)
            connection.execute(
                f'insert into "{table}" ({names}) values ({", ".join("?" * len(row))})', list(row.values())
            )
        return open_cases(connection, AS_OF)
    finally:
        connection.execute("rollback")


@cache
def empty_tables() -> duckdb.DuckDBPyConnection:
    """Every table and fact view of a release, once for all tests: each takes back what it filled in."""
    connection = duckdb.connect()
    for table in RELEASE_TABLES.values():
        columns = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.dtype]}' for column in table)
        connection.execute(f'create table "{table.name}" ({columns})')
    create_fact_views(connection, RELEASE_TABLES)
    return connection


ENDS = {
    "flag": ("subject_id",),
    "graph_edge": ("party_id", "subject_id"),
    "proprietorship": ("party_id", "title_id"),
    "company": ("company_id",),
    "title_address": ("title_id",),
}
