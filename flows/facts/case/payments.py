"""Payments around a case, in order of time."""

from collections.abc import Iterable, Sequence

from flows.facts.rows import Row, rows_about
from transforms.model.sql import Connection, read_sql

ONE_PAYMENT = ("flowed_on", "payer_id", "payee_id", "kind", "currency")
PUBLIC_BODY = "body:"  # prefix of the id of a public body


def payments(connection: Connection, ids: Iterable[str]) -> Sequence[Row]:
    """Payments between the parties, payments of public bodies to them, and payments to and from others
    through whom money went from one party to another. Rows of `payments.sql`, with `is_within`: False for
    payments of a public body.
    """
    parties: set[object] = {*ids}
    rows = rows_about(connection, read_sql(__package__, "payments"), sorted(map(str, parties)), "id")
    once = {tuple(row[name] for name in ONE_PAYMENT): row for row in rows}
    apart = {end for row in rows for end in (row["payer_apart"], row["payee_apart"])}
    paid = {row["payee_id"] for row in rows if row["payer_id"] in parties}
    payers = {row["payer_id"] for row in rows if row["payee_id"] in parties}
    inside = parties | ((paid & payers) - apart)
    return [
        {**row, "is_within": row["payer_id"] in inside}
        for row in once.values()
        if (row["payee_id"] in inside and row["payer_id"] in inside)
        or (row["payee_id"] in parties and str(row["payer_id"]).startswith(PUBLIC_BODY))
    ]
