"""Statements of account that planted companies handed over, as one camt.053 file, and rates of exchange. The
town's own companies hand over none. Plants of patterns of money are transfers among firms that each have an
owner of their own (`pattern`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from quality.evaluation import PATTERN_OF
from quality.town.parts.dates import EDITION
from quality.town.parts.native import template
from quality.town.plant import Company, Draw, Expected, Planted, Truth, part

COLUMNS = ("holder", "holder_name", "day", "is_out", "gbp", "other", "other_name", "purpose")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>ZED</MsgId><CreDtTm>2026-06-01T06:00:00</CreDtTm></GrpHdr>\n"
)
FOOT = "</BkToCstmrStmt></Document>\n"
RATE_COLUMNS = ("Date", "USD", "JPY", "GBP")
FIRST_YEAR = 2023
USD, JPY, GBP = "1.10", "160", "0.85"
SINCE, BEGIN = date(2012, 5, 7), date(2025, 2, 3)  # of firms, and of the transfers among them
BANK = "ZEDB100100"  # an invented bank and branch, as an IBAN of the United Kingdom has them


# Payer and payee by their number in the plant, days from BEGIN, pounds.
type Payment = tuple[int, int, int, str]


def iban(account: str) -> str:
    """The IBAN of an account with eight characters, with its check digits (ISO 7064, MOD 97-10)."""
    number = "".join(str(int(sign, 36)) for sign in f"{BANK}{account}GB00")
    return f"GB{98 - int(number) % 97:02}{BANK}{account}"


def transfer(
    payer: Company, payee: Company, day: date, gbp: str, *, purpose: str = "", held: Sequence[Company] = ()
) -> list[dict[str, str]]:
    """Its lines, on the statements of the parties that handed them over. held: both, unless one is named.
    purpose: an ISO 20022 code (RENT, SALA …).
    """
    return [
        dict(
            zip(
                COLUMNS,
                (
                    iban(holder.number),
                    holder.name,
                    day.isoformat(),
                    "1" if holder is payer else "",
                    gbp,
                    iban(other.number),
                    other.name,
                    purpose,
                ),
                strict=True,
            )
        )
        for holder, other in ((payer, payee), (payee, payer))
        if not held or holder in held
    ]


@part
def pattern(
    draw: Draw,
    payments: Sequence[Payment],
    *verdict: *tuple[Expected, str],
    companies: Sequence[Company] = (),
    owners: Sequence[dict[str, str]] = (),
    purpose: str = "",
    unheld: Sequence[int] = (),
) -> Planted:
    """Transfers among firms, and what is expected of the pattern that begins with the first one.

    companies, owners: of the firms, where they are not drawn. purpose: of the last payment. unheld: firms
    that handed over no statement.
    """
    parties = companies or [
        draw.company(SINCE) for _ in range(1 + max(max(payer, payee) for payer, payee, *_ in payments))
    ]
    held = [party for number, party in enumerate(parties) if number not in unheld]
    lines = [
        line
        for number, (payer, payee, days, gbp) in enumerate(payments, start=1)
        for line in transfer(
            parties[payer],
            parties[payee],
            BEGIN + timedelta(days=days),
            gbp,
            purpose=purpose if number == len(payments) else "",
            held=held,
        )
    ]
    truth = [Truth(f"{PATTERN_OF}{parties[0].id}", *verdict)]
    return Planted(parties, owners or [draw.owned(party) for party in parties], truth=truth, accounts=lines)


def statements(planted: Planted) -> list[dict[str, str]]:
    """A row of XML for each holder."""
    lines = sorted(planted.accounts, key=lambda line: [*line.values()])
    return [
        {"line": _statement(holder, list(own))}
        for holder, own in groupby(lines, key=lambda line: line["holder"])
    ]


def _statement(holder: str, lines: Sequence[Mapping[str, str]]) -> str:
    closing = sum(Decimal(line["gbp"]) * (-1 if line["is_out"] else 1) for line in lines)
    return template(__package__, "statement").render(holder=holder, lines=lines, closing=closing)


def rates(planted: Planted) -> list[dict[str, str]]:
    """Reference rates of the European Central Bank, one a month, the newest first: without them pounds do not
    compare with euro. A town without statements of account has none.
    """
    if not planted.accounts:
        return []
    months = (date(year, month, 1) for year in range(FIRST_YEAR, EDITION.year + 1) for month in range(1, 13))
    days = [day.isoformat() for day in months if day <= EDITION]
    return [dict(zip(RATE_COLUMNS, (day, USD, JPY, GBP), strict=True)) for day in reversed(days)]
