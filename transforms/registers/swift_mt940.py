"""Banks: statements of account in SWIFT's MT940, in the forms of Dutch, German and other banks.

One record is one message, from its `:20:` on. It becomes

| statement | part | locator |
|---|---|---|
| account | `a` | `:20:`, `:28C:`, days of both balances, opening balance, id of the account |
| flow | `f1` …, one for each line | the same |

Read with the library mt-940. The other side is taken from field 86 if that has codes for it (`/IBAN/`,
`/CNTP/`, `?31`, `REK:`), or ABN AMRO's words (`IBAN:`, `NAAM:`); else its account from the second line of
field 61, where Rabobank writes it, or from the reference there, where ASN Bank and SNS do, with the name
below it. The kind of flow follows from the purpose code (`/PURP//CD/`). A returned payment (`/RTRN/`, a
German bank's code for it, or `NRTI` in field 61) is a negative line in the payment's direction, and so is a
reversal. The remittance text is left out, because it may name persons. A message whose lines do not add up
from its opening to its closing balance is rejected. Read only for a purpose that allows transfers. The
declaration is at the end.
"""

import logging
import re
from datetime import date
from decimal import Decimal

import mt940
import polars as pl

from transforms.formats.bank_statements import BankStatement, Line, parsed_statements
from transforms.model.register import (
    WORLD,
    Edition,
    Parsed,
    Recognised,
    Register,
    SourceField,
    TextBlocks,
)
from transforms.model.statements import ACCOUNT_STATEMENT, FLOW_STATEMENT
from transforms.values.accounts import iban_of, is_iban

# The library logs each line that it cannot read, with account numbers and names.
logging.getLogger("mt940").setLevel(logging.CRITICAL)

TEXT = "message"
FIELDS = (SourceField(TEXT),)
_IBAN = r"[A-Z]{2}\d{2}\w{11,30}"
# Codes before the other side's account and name: of Dutch banks, the `?` fields of German banks, and the last
# line of Knab (`REK: NL…/NAAM: …`).
_OF_KNAB = (rf"\bREK: ?({_IBAN})/NAAM:", rf"\bREK: ?{_IBAN}/NAAM:(.+)")
_ACCOUNTS = (r"/CNTP/([^/]+)/", r"/IBAN/([^/]+)/", r"\?31([^?]+)", r"\?38([^?]+)", _OF_KNAB[0])
_NAMES = (r"/CNTP/[^/]*/[^/]*/([^/]+)/", r"/NAME/([^/]+)", r"\?32([^?]+)", _OF_KNAB[1])
_PURPOSE = r"/PURP//?CD/([A-Z]{4})\b"  # ISO 20022 external purpose code
# ABN AMRO's words instead of codes, after the kind of payment (`SEPA OVERBOEKING`). They follow each other
# without a blank where one fills its column.
_NEXT_WORD = r"/?\s*(?:IBAN:|BIC:|NAAM:|OMSCHRIJVING:|KENMERK:|MACHTIGING:|INCASSANT:|BETALINGSKENM|$)"
_WORDED_IBAN = rf"(?i)^SEPA .*?IBAN:\s*(\w+?)\s*{_NEXT_WORD}"
_WORDED_NAME = rf"(?i)^SEPA .*?NAAM:\s*(.+?)\s*{_NEXT_WORD}"
# A returned payment: the code of Dutch banks before the reason; German banks' codes of returned and refunded
# direct debits and of returned transfers (DFÜ-Abkommen, Anlage 3: Geschäftsvorfallcodes).
RETURNED = re.compile(r"/RTRN/|^(?:108|109|159|160|181|184)\?")
RETURNED_ITEM = "NRTI"  # SWIFT's code in field 61
ABN_AMRO = "ABN AMRO BANK NV"  # its reference of every statement
LINE_CHARS = 65  # of a line of field 86 (SWIFT, MT940: 6*65x)
NAME_CHARS = 27  # of the German field `?32` (DFÜ-Abkommen, Anlage 3, chapter 8: MT940)
# Field 61 of ASN Bank and SNS: an IBAN, which SWIFT's reference of 16 characters has no room for.
_IBAN_AS_REFERENCE = re.compile(
    rf"^:61:\d{{6,10}}R?[CD][A-Z]?[\d,]+[A-Z][A-Z0-9]{{3}}{_IBAN}\s*$", re.MULTILINE
)
_HEAD = re.compile(rb"^:20:.*\r?\n(?::21:.*\r?\n)?:25:", re.MULTILINE)


def recognise(_file_name: str, head: bytes) -> Recognised | None:
    """By the first fields of a message."""
    return Recognised("statements", None) if _HEAD.search(head) and b":60" in head else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Account and flow statements of one batch."""
    messages = {number: _message(text) for number, text in frame.select("record_no", TEXT).iter_rows()}
    stated = {number: message for number, message in messages.items() if message}
    return parsed_statements(frame, stated, edition, field=TEXT, unreadable="not_mt940")


def _message(text: str) -> tuple[str, BankStatement] | None:
    """The reference and the statement of a message; None if the library cannot read it."""
    # Without the library's step that renames the `?` fields of German banks and drops field 86.
    transactions = mt940.models.Transactions(
        processors={"post_transaction_details": []},
        tags={61: mt940.tags.StatementASNB()} if _IBAN_AS_REFERENCE.search(text) else {},
    )
    try:
        transactions.parse(text)
    except (ValueError, RuntimeError, AttributeError, KeyError, IndexError):
        return None
    data = transactions.data
    opening = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    closing = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    currency = str(opening.amount.currency) if opening else ""
    number = str(data.get("account_identification") or "").strip().removesuffix(currency).strip()
    statement = BankStatement(
        number=_as_iban(number, str(data.get("transaction_reference") or "")),
        currency=currency,
        opening=opening.amount.amount if opening else None,
        closing=closing.amount.amount if closing else None,
        first_on=opening.date if opening else None,
        last_on=closing.date if closing else None,
        lines=[_line(each.data) for each in transactions if each.data.get("amount") is not None],
    )
    # Some banks give every statement of an account the same reference and number.
    named = (data.get(name) for name in ("transaction_reference", "statement_number", "sequence_number"))
    balances = (statement.first_on, statement.last_on, statement.opening)
    return "-".join(str(part or "") for part in (*named, *balances)), statement


def _as_iban(number: str, reference: str) -> str:
    """The statement's own account as an IBAN, by which other statements name it; else the number as written.
    German banks write `bank code/account`, ABN AMRO the account only, others also `BIC/IBAN`.
    """
    bank, _, account = number.rpartition("/")
    if re.fullmatch(r"\d{8}", bank) and re.fullmatch(r"\d{1,10}", account):
        return iban_of("DE", bank + account.zfill(10))
    if reference == ABN_AMRO and re.fullmatch(r"\d{9,10}", number):
        return iban_of("NL", "ABNA" + number.zfill(10))
    return _iban(account) or number


def _line(data: dict[str, object]) -> Line:
    """The line of a transaction. C and D are credit and debit; RC, RD and a returned payment reverse one."""
    status = str(data["status"])
    amount = abs(getattr(data["amount"], "amount", Decimal()))
    details = _unwrapped(str(data.get("transaction_details") or ""))
    is_reversal = status.startswith("R")
    is_returned = not is_reversal and bool(RETURNED.search(details) or data.get("id") == RETURNED_ITEM)
    day = data.get("entry_date") or data.get("date")  # the library's own kind of date
    below = str(data.get("extra_details") or "").strip()
    iban_as_reference = _iban(str(data.get("customer_reference") or ""))
    return Line(
        is_out=status.endswith("D") is not is_returned,
        amount=-amount if is_reversal or is_returned else amount,
        day=date(day.year, day.month, day.day) if isinstance(day, date) else None,
        name=_first((*_NAMES, _WORDED_NAME), details) or (below if iban_as_reference else None),
        number=_first(_ACCOUNTS, details)
        or _iban(_first((_WORDED_IBAN,), details) or "")
        or iban_as_reference
        or _iban(below),
        code=_first((_PURPOSE,), details),
        reference=str(data.get("bank_reference") or "") or None,
    )


def _iban(text: str) -> str | None:
    """The text, if it is only an IBAN."""
    return text if text.isascii() and text.isalnum() and is_iban(text) else None


def _unwrapped(details: str) -> str:
    """Field 86 as one line. The library strips the ends of lines, so a line that is not full ended in a
    blank. The German field `?33` continues the name in `?32`.
    """
    lines = (line if len(line) == LINE_CHARS else f"{line} " for line in details.splitlines())
    name_continued = re.sub(rf"(\?32[^?]{{{NAME_CHARS}}}) ?\?33", r"\1", "".join(lines))
    return name_continued.replace("?33", " ")


def _first(patterns: tuple[str, ...], text: str) -> str | None:
    matches = (re.search(pattern, text) for pattern in patterns)
    return next((match[1].strip() for match in matches if match and match[1].strip()), None)


REGISTER = Register(
    name="swift_mt940",
    title="Statements of account (MT940)",
    publisher="the account's bank",
    territory=WORLD,
    url="https://www.swift.com/standards",
    licence="none: handed over in a case with a legal basis",
    cadence="on request",
    kind="series",
    identifier_scheme="IBAN",
    expected_rows="as many as were handed over",
    description="Every line of an account, with the other side's account where the bank marks it.",
    allowed_by="transfers",
    partial_roles=("transfers",),
    reader=TextBlocks(begins=r"^:20:", field=TEXT),
    fields=FIELDS,
    tables=(ACCOUNT_STATEMENT, FLOW_STATEMENT),
    recognise=recognise,
    parse=parse,
)
