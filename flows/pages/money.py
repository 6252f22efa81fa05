"""What a case page shows of money between its parties: the picture, and the same in words."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal

from flows.facts import case
from flows.facts.case.surroundings import Surroundings
from flows.facts.party import money
from flows.facts.rows import Row, as_int, rows_about
from graphs.drawing.money import Payment, draw_money
from transforms.model.sql import Connection, read_sql

PAYMENTS_MAX = 40  # (own) on a picture; more do not fit a screen
SUMS_MAX = 40  # (own) lines of the table
PUBLIC_BODY = "body:"


def money_shown(connection: Connection, near: Surroundings, names: Mapping[str, str]) -> Mapping[str, object]:
    """`money` (sums by party, counterparty and year), `more_money_n`, and what `_payments` gives."""
    ids = {member.id for member in near.members if member.kind == "legal_entity"} | {*near.proprietors}
    sums = money(connection, sorted(ids))
    return {
        "money": sums[:SUMS_MAX],
        "more_money_n": len(sums[SUMS_MAX:]),
        **_payments(connection, ids, names),
    }


def _payments(connection: Connection, ids: Iterable[str], names: Mapping[str, str]) -> Mapping[str, object]:
    """`money_picture` (None without a payment), `payments` (a sentence each) and `more_payments_n`.

    Payments between the parties, of public bodies to them, and of others through whom money went from one of
    the parties to another. Where there are too many, the largest of public bodies stay.
    """
    parties: set[object] = {*ids}
    rows = rows_about(connection, read_sql(case.__name__, "payments"), ids, "id")
    paid = {row["payee_id"] for row in rows if row["payer_id"] in parties and not row["is_apart"]}
    payers = {row["payer_id"] for row in rows if row["payee_id"] in parties and not row["is_apart"]}
    inside = parties | (paid & payers)
    told = [
        row
        for n, row in enumerate(rows)
        if ({row["payer_id"], row["payee_id"]} <= inside and (n == 0 or not _is_same(row, rows[n - 1])))
        or (row["payee_id"] in parties and str(row["payer_id"]).startswith(PUBLIC_BODY))
    ]
    shown = _most_telling(told, inside)
    known = {**names}
    for row in shown:
        for end in ("payer", "payee"):
            known.setdefault(str(row[f"{end}_id"]), str(row[f"{end}_name"] or row[f"{end}_id"]))
    payments = [
        Payment(
            date.fromisoformat(str(row["flowed_on"])),
            str(row["payer_id"]),
            str(row["payee_id"]),
            Decimal(str(row["amount"])),
            str(row["currency"]),
        )
        for row in shown
    ]
    return {
        "money_picture": draw_money(payments, known) if payments else None,
        "payments": [_sentence(row, known) for row in shown],
        "more_payments_n": len(told) - len(shown),
    }


def _is_same(row: Row, other: Row) -> bool:
    """Whether it is one payment between two parties asked about."""
    return {**row, "id": ""} == {**other, "id": ""}


def _most_telling(rows: Sequence[Row], parties: Set[object]) -> list[Row]:
    """At most PAYMENTS_MAX rows, in their order."""
    amounts = [-Decimal(str(row["amount"])) for row in rows]
    ranked = sorted(range(len(rows)), key=lambda n: (rows[n]["payer_id"] not in parties, amounts[n], n))
    return [rows[n] for n in sorted(ranked[:PAYMENTS_MAX])]


def _sentence(row: Row, names: Mapping[str, str]) -> Mapping[str, object]:
    lines_n = as_int(row["lines_n"])
    return {
        "day": row["flowed_on"],
        "payer": names[str(row["payer_id"])],
        "payee": names[str(row["payee_id"])],
        "sum": f"{Decimal(str(row['amount'])):,.2f} {row['currency']}",
        "kind": row["kind"],
        "record": f"{row['register']}, {row['record']}" + (f" and {lines_n - 1} more" if lines_n > 1 else ""),
    }
