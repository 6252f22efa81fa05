"""The owners of a case's parties as statements of the Beneficial Ownership Data Standard (BODS), version 0.4.

Each query returns the records of one type; its columns are those of recordDetails. The standard does not
cover titles and payments. Format: https://standard.openownership.org/en/0.4.0/
"""

import hashlib
import json

from flows.exports.around_case import around_case
from flows.facts.rows import Row, query_rows, release_row
from transforms.model.sql import Connection, read_sql

QUERIES = ("bods_entities", "bods_persons", "bods_relationships")
VERSION = "0.4"


def case_bods(connection: Connection, case_id: str) -> bytes:
    """A JSON array of statements. Raises UsageError if the release does not have the case."""
    ids, release = around_case(connection, case_id), release_row(connection)
    queries = [read_sql(__package__, name) for name in QUERIES]
    rows = [row for query in queries for row in query_rows(connection, query, ids=ids)]
    statements = [_statement(row, release) for row in rows]
    return f"{json.dumps(statements, ensure_ascii=False, default=str, indent=1)}\n".encode()


def _statement(row: Row, release: Row) -> object:
    """A statement. Its `declarationSubject` is the subject of a relationship, otherwise the record itself."""
    details = {name: value for name, value in row.items() if name not in ("id", "kind", "publisher")}
    if unspecified := details.pop("unspecified", None):
        details["interestedParty"] = unspecified
    record = f"{release['content_sha256']} {row['id']}"
    return _without_nulls(
        {
            "statementId": hashlib.sha256(record.encode()).hexdigest(),
            "declarationSubject": row.get("subject", row["id"]),
            "statementDate": release["as_of"],
            "recordId": row["id"],
            "recordType": row["kind"],
            "recordStatus": "new",
            "recordDetails": {"isComponent": False, **details},
            "publicationDetails": {
                "publicationDate": release["as_of"],
                "bodsVersion": VERSION,
                "publisher": {"name": "Undertow"},
            },
            "source": {"type": ["officialRegister"], "description": row.get("publisher")},
        }
    )


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        kept = {name: _without_nulls(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (None, {}, [])}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
