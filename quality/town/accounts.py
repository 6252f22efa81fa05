"""Statements of account that planted companies handed over, as one camt.053 file, and rates of exchange. The
town's own companies hand over none.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from quality.town.parts.dates import EDITION
from quality.town.parts.native import template
from quality.town.plant import Company, Planted

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
BANK = "ZEDB100100"  # an invented bank and branch, as an IBAN of the United Kingdom has them


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
