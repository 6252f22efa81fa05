"""What a case page shows about money between its parties: the picture, and the same as text."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from flows.facts.case.payments import payments
from flows.facts.case.surroundings import Surroundings
from flows.facts.party import money
from flows.facts.rows import Row, as_int
from graphs.drawing.money import Payment, draw_money
from transforms.language import translated
from transforms.model.sql import Connection
from transforms.reports import money as money_text

PAYMENTS_MAX = 40  # (own) on a picture; more do not fit a screen
SUMS_MAX = 40  # (own) lines of the table


def money_shown(connection: Connection, near: Surroundings, names: Mapping[str, str]) -> Mapping[str, object]:
    """`money` (sums by party, counterparty and year), `more_money_n`, and what `_payments` gives."""
    ids = {member.id for member in near.members if member.kind == "legal_entity"}
    ids |= {*near.proprietors, *near.payers}
    sums = money(connection, sorted(ids))
    return {
        "money": sums[:SUMS_MAX],
        "more_money_n": len(sums[SUMS_MAX:]),
        **_payments(connection, ids, names),
    }


def _payments(connection: Connection, ids: Iterable[str], names: Mapping[str, str]) -> Mapping[str, object]:
    """`money_picture` (None without a payment), `payments` (a sentence each) and `more_payments_n`. Where
    there are too many, the largest of public bodies stay.
    """
    rows = payments(connection, ids)
    shown = _most_telling(rows)
    known = {**names}
    for row in shown:
        for end in ("payer", "payee"):
            known.setdefault(str(row[f"{end}_id"]), str(row[f"{end}_name"] or row[f"{end}_id"]))
    drawn = [
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
        "money_picture": draw_money(drawn, known) if drawn else None,
        "payments": [_sentence(row, known) for row in shown],
        "more_payments_n": len(rows) - len(shown),
    }


def _most_telling(rows: Sequence[Row]) -> list[Row]:
    """At most PAYMENTS_MAX rows, in their order."""
    amounts = [-Decimal(str(row["amount"])) for row in rows]
    ranked = sorted(range(len(rows)), key=lambda n: (not rows[n]["is_within"], amounts[n], n))
    return [rows[n] for n in sorted(ranked[:PAYMENTS_MAX])]


def _sentence(row: Row, names: Mapping[str, str]) -> Mapping[str, object]:
    lines_n = as_int(row["lines_n"])
    more = f" {translated('and %(n)s more', n=lines_n - 1)}" if lines_n > 1 else ""
    return {
        "day": row["flowed_on"],
        "payer": names[str(row["payer_id"])],
        "payee": names[str(row["payee_id"])],
        "sum": f"{money_text(Decimal(str(row['amount'])))} {row['currency']}",
        "kind": row["kind"],
        "record": f"{row['register']}, {row['record']}{more}",
    }
