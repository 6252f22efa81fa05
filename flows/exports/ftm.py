"""A case as FollowTheMoney entities, for Aleph and for FollowTheMoney's own exporters (Neo4j, GEXF, CSV).

Each query returns entities of the vocabulary: `id`, `schema`, and a column for each property. Vocabulary:
https://followthemoney.tech/explorer/schemata/
"""

import json
import re
from collections.abc import Iterator, Mapping

from flows.exports.around_case import around_case
from flows.facts.case.payments import ONE_PAYMENT, PUBLIC_BODY, payments
from flows.facts.rows import query_rows
from transforms.model.sql import Connection, read_sql

QUERIES = ("ftm_parties", "ftm_titles", "ftm_interests", "ftm_proprietors")
# Properties that hold an id.
LINKS = (
    *("owner", "asset", "controller", "controlled", "director", "organization"),
    *("payer", "beneficiary"),
)
_NOT_IN_ID = re.compile("[^0-9A-Za-z.-]+")


def case_ftm(connection: Connection, case_id: str) -> bytes:
    """One JSON object per line. Raises UsageError if the release does not have the case."""
    ids = around_case(connection, case_id)
    queries = [read_sql(__package__, name) for name in QUERIES]
    entities = [row for query in queries for row in query_rows(connection, query, ids=ids)]
    lines = map(_entity, [*entities, *_payments(connection, ids)])
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()


def _payments(connection: Connection, ids: list[str]) -> Iterator[Mapping[str, object]]:
    """Payments between the parties and of public bodies to them, and entities for payers and payees that are
    not among the parties.
    """
    known = set(ids)
    for row in payments(connection, ids):
        for end in ("payer", "payee"):
            party = str(row[f"{end}_id"])
            if party not in known:
                known.add(party)
                schema = "PublicBody" if party.startswith(PUBLIC_BODY) else "LegalEntity"
                yield {"id": party, "schema": schema, "name": row[f"{end}_name"] or party}
        yield {
            "id": "-".join(["payment", *(str(row[name]) for name in ONE_PAYMENT)]),
            "schema": "Payment",
            "payer": row["payer_id"],
            "beneficiary": row["payee_id"],
            "amount": row["amount"],
            "currency": row["currency"],
            "date": row["flowed_on"],
            "purpose": row["kind"],
            "recordId": row["record"],
        }


def _entity(row: Mapping[str, object]) -> dict[str, object]:
    """A row as an entity. Properties are lists of texts; those without a value are left out."""
    properties: dict[str, list[str]] = {}
    for name, value in row.items():
        values = value if isinstance(value, list) else [value]
        texts = [_id(str(each)) if name in LINKS else str(each) for each in values if each is not None]
        if texts and name not in ("id", "schema"):
            properties[name] = texts
    return {"id": _id(str(row["id"])), "schema": row["schema"], "properties": properties}


def _id(text: str) -> str:
    """The text as an id of FollowTheMoney, which has only letters, digits, points and hyphens."""
    return _NOT_IN_ID.sub("-", text)
