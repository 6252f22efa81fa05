"""Banks: statements of account in ISO 20022, camt.053 versions 02 to 08.

One record is one statement of one account. It becomes

| statement | part | locator |
|---|---|---|
| account | `a` | the statement's own id, and the id of the account |
| flow | `f1` …, one for each line | the same |

An entry with several transactions gives one line for each if they add up to the entry, else one line without
a counterparty. A returned payment (`RtrInf`) is a negative line in the payment's direction, and so is a
reversal. Entries that are not booked are left out, and so are remittance texts, because they may name
persons. A statement whose lines do not add up from its opening to its closing balance is rejected. Read only
for a purpose that allows transfers. The declaration is at the end.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

import orjson
import polars as pl

from transforms.formats.bank_statements import (
    BankStatement,
    Line,
    day_of,
    decimal_of,
    parsed_statements,
)
from transforms.model.register import (
    WORLD,
    Edition,
    Parsed,
    Recognised,
    Register,
    SourceField,
    XmlRecords,
)
from transforms.model.statements import ACCOUNT_STATEMENT, FLOW_STATEMENT

VERSIONS = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.0[2-8]\b")
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_ENTRY = (
    "Amt",
    "Amt@Ccy",
    "CdtDbtInd",
    "RvslInd",
    "Sts",
    "Sts.Cd",
    "BookgDt.Dt",
    "BookgDt.DtTm",
    "ValDt.Dt",
    "AcctSvcrRef",
    "BkTxCd.Domn.Fmly.SubFmlyCd",
)
_DETAILS = "NtryDtls.TxDtls"
# Parties stand directly below the role up to version 06, below `Pty` from 08.
_TRANSACTION = (
    *(
        f"{_DETAILS}.{name}"
        for name in (
            "Amt",
            "Amt@Ccy",
            "AmtDtls.TxAmt.Amt",
            "AmtDtls.TxAmt.Amt@Ccy",
            "AmtDtls.InstdAmt.Amt",
            "AmtDtls.InstdAmt.Amt@Ccy",
            "Purp.Cd",
            "RtrInf.Rsn.Cd",
            "RtrInf.Rsn.Prtry",
        )
    ),
    *(
        f"{_DETAILS}.RltdPties.{role}{path}"
        for role in ("Dbtr", "Cdtr")
        for path in (".Nm", ".Pty.Nm", "Acct.Id.IBAN", "Acct.Id.Othr.Id")
    ),
)
_BALANCE = ("Tp.CdOrPrtry.Cd", "Amt", "Amt@Ccy", "CdtDbtInd", "Dt.Dt", "Dt.DtTm")
IGNORED = {
    "ElctrncSeqNb": "the bank's own count",
    "LglSeqNb": "the bank's own count",
    "StmtPgntn": "page of the statement",
    "CreDtTm": "when it was written",
    "FrToDt": "the balances have dates",
    "CpyDplctInd": "mark of a copy",
    "RptgSrc": "the bank's own system",
    "RltdAcct": "another account of the bank",
    "Intrst": "conditions of the account",
    "TxsSummry": "sums of the lines",
    "AddtlStmtInf": "free text",
    "Acct.Tp": "kind of account",
    "Acct.Nm": "the holder's own name for it",
    "Acct.Ownr.PstlAdr": "address",
    "Acct.Ownr.Id": "not used by any indicator yet",
    "Acct.Svcr.FinInstnId.Nm": "name of the bank",
    "Acct.Svcr.FinInstnId.PstlAdr": "address of the bank",
    "Acct.Svcr.FinInstnId.Othr": "other number of the bank",
}
IGNORED_BELOW = {
    "Bal.CdtLine": "credit line",
    "Bal.Avlbty": "when the money can be used",
    "Ntry.NtryRef": "place of the entry",
    "Ntry.ValDt.DtTm": "time of value",
    "Ntry.BkTxCd.Domn.Cd": "group of bank transactions",
    "Ntry.BkTxCd.Domn.Fmly.Cd": "family of bank transactions",
    "Ntry.BkTxCd.Prtry": "the bank's own code",
    "Ntry.AddtlNtryInf": "free text, which may name persons",
    "Ntry.AmtDtls": "the amount before exchange, as in its transactions",
    "Ntry.NtryDtls.Btch": "sum of a batch",
    f"Ntry.{_DETAILS}.Refs": "references of the payer",
    f"Ntry.{_DETAILS}.RmtInf": "free text, which may name persons",
    f"Ntry.{_DETAILS}.AddtlTxInf": "free text",
    f"Ntry.{_DETAILS}.RltdAgts": "banks of the parties",
    f"Ntry.{_DETAILS}.RltdDts": "other days",
    f"Ntry.{_DETAILS}.BkTxCd": "as of the entry",
    f"Ntry.{_DETAILS}.CdtDbtInd": "as of the entry",
    f"Ntry.{_DETAILS}.RtrInf.AddtlInf": "free text",
    f"Ntry.{_DETAILS}.RtrInf.Orgtr": "who sent it back",
    f"Ntry.{_DETAILS}.RtrInf.OrgnlBkTxCd": "code of the returned payment",
}
FIELDS: tuple[SourceField, ...] = (
    SourceField("Id", mandatory=True),
    *(
        SourceField(name, required=False)
        for name in (
            "Acct.Id.IBAN",
            "Acct.Id.Othr.Id",
            "Acct.Ccy",
            "Acct.Ownr.Nm",
            "Acct.Svcr.FinInstnId.BIC",
            "Acct.Svcr.FinInstnId.BICFI",
        )
    ),
    *(SourceField(f"Bal.{name}", "texts", required=False) for name in _BALANCE),
    *(SourceField(f"Ntry.{name}", "texts", required=False) for name in (*_ENTRY, *_TRANSACTION)),
    *(SourceField(name, ignored=reason, required=False) for name, reason in IGNORED.items()),
    *(SourceField(name, "texts", ignored=reason, required=False) for name, reason in IGNORED_BELOW.items()),
)

USED = [field.name for field in FIELDS if not field.ignored]

type Row = Mapping[str, str | None]


def recognise(_file_name: str, head: bytes) -> Recognised | None:
    """By the namespace of the message, versions 02 to 08."""
    return Recognised("statements", None) if VERSIONS.search(head) else None


def declined(_file_name: str, head: bytes) -> str:
    """Why another message of the same family is not read."""
    message = re.search(rb"urn:iso:std:iso:20022:tech:xsd:(camt\.05\d\.001\.\d\d)", head)
    return f"{message[1].decode()}: camt.053 is read in versions 02 to 08" if message else ""


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Account and flow statements of one batch."""
    rows = frame.select("record_no", *USED).iter_rows(named=True)
    stated = {row["record_no"]: (row["Id"], _statement(row)) for row in rows}
    return parsed_statements(frame, stated, edition, field="Ntry")


def _statement(row: Mapping[str, object]) -> BankStatement:
    balances = list(_elements(row, "Bal", _BALANCE))
    opening = next((balance for balance in balances if balance["Tp.CdOrPrtry.Cd"] in OPENING), {})
    closing = next((balance for balance in balances if balance["Tp.CdOrPrtry.Cd"] in CLOSING), {})
    currency = str(row["Acct.Ccy"] or closing.get("Amt@Ccy") or opening.get("Amt@Ccy") or "")
    entries = _elements(row, "Ntry", (*_ENTRY, *_TRANSACTION))
    return BankStatement(
        number=str(row["Acct.Id.IBAN"] or row["Acct.Id.Othr.Id"] or ""),
        currency=currency,
        bank=_text(row["Acct.Svcr.FinInstnId.BICFI"] or row["Acct.Svcr.FinInstnId.BIC"]),
        holder=_text(row["Acct.Ownr.Nm"]),
        opening=_signed(opening),
        closing=_signed(closing),
        first_on=day_of(opening.get("Dt.Dt") or opening.get("Dt.DtTm")),
        last_on=day_of(closing.get("Dt.Dt") or closing.get("Dt.DtTm")),
        lines=[
            line
            for entry in entries
            if "BOOK" in (entry["Sts"], entry["Sts.Cd"])
            for line in _lines(entry, currency, row["Acct.Id.IBAN"])
        ],
    )


def _elements(row: Mapping[str, object], path: str, names: tuple[str, ...]) -> Iterator[Row]:
    """The elements at a path, each with its fields by name."""
    columns = [row[f"{path}.{name}"] for name in names]
    lists = [column for column in columns if isinstance(column, list)]
    for place in range(len(lists[0]) if lists else 0):
        yield {
            name: column[place] if isinstance(column, list) else None
            for name, column in zip(names, columns, strict=True)
        }


def _transactions(entry: Row) -> list[Row]:
    """The transactions of an entry, each with its fields by name."""
    columns = {name: orjson.loads(entry[name] or "[]") for name in _TRANSACTION}
    count = max(map(len, columns.values()))
    return [
        {name: values[place] if values else None for name, values in columns.items()}
        for place in range(count)
    ]


def _lines(entry: Row, currency: str, own: object) -> list[Line]:
    """A line for each transaction, else one for the entry. own: IBAN of the account."""
    amount = decimal_of(entry["Amt"]) or Decimal()
    transactions = _transactions(entry)
    stated = [_amount(each, currency) for each in transactions]
    amounts = [amount] if len(transactions) == 1 else [each for each in stated if each is not None]
    if len(amounts) != len(transactions) or sum(amounts) != amount:
        return [_line(entry, {}, amount, currency, own)]
    return [_line(entry, each, part, currency, own) for each, part in zip(transactions, amounts, strict=True)]


def _amount(transaction: Row, currency: str) -> Decimal | None:
    """The amount of a transaction in the account's currency; None if only stated in another currency."""
    paths = (f"{_DETAILS}.AmtDtls.TxAmt.Amt", f"{_DETAILS}.Amt", f"{_DETAILS}.AmtDtls.InstdAmt.Amt")
    own = (transaction[path] for path in paths if transaction[f"{path}@Ccy"] in (None, currency))
    return next((decimal_of(text) for text in own if text), None)


def _line(entry: Row, transaction: Row, amount: Decimal, currency: str, own: object) -> Line:
    """The line of a transaction. A reversal or returned payment cancels an earlier line in the other
    direction. It has the same parties as the earlier line, or with some banks the two swapped.
    """

    def stated(path: str) -> str | None:
        return transaction.get(path)

    is_returned = stated(f"{_DETAILS}.RtrInf.Rsn.Cd") or stated(f"{_DETAILS}.RtrInf.Rsn.Prtry")
    is_reversal = entry["RvslInd"] in ("true", "1") or bool(is_returned)
    is_out = (entry["CdtDbtInd"] == "DBIT") is not is_reversal
    other, holder = (
        f"{_DETAILS}.RltdPties.{role}" for role in (("Cdtr", "Dbtr") if is_out else ("Dbtr", "Cdtr"))
    )
    if own and stated(f"{other}Acct.Id.IBAN") == own:
        other = holder
    foreign_currency = stated(f"{_DETAILS}.AmtDtls.InstdAmt.Amt@Ccy")
    is_exchanged = foreign_currency is not None and foreign_currency != currency
    foreign = decimal_of(stated(f"{_DETAILS}.AmtDtls.InstdAmt.Amt")) if is_exchanged else None
    sign = -1 if is_reversal else 1
    return Line(
        is_out=is_out,
        amount=sign * amount,
        day=day_of(entry["BookgDt.Dt"] or entry["BookgDt.DtTm"] or entry["ValDt.Dt"]),
        name=stated(f"{other}.Nm") or stated(f"{other}.Pty.Nm"),
        number=stated(f"{other}Acct.Id.IBAN") or stated(f"{other}Acct.Id.Othr.Id"),
        foreign=None if foreign is None else sign * foreign,
        foreign_currency=foreign_currency if is_exchanged else None,
        code=stated(f"{_DETAILS}.Purp.Cd") or entry["BkTxCd.Domn.Fmly.SubFmlyCd"],
        reference=entry["AcctSvcrRef"],
    )


def _signed(balance: Row) -> Decimal | None:
    amount = decimal_of(balance.get("Amt"))
    return -amount if amount is not None and balance.get("CdtDbtInd") == "DBIT" else amount


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


REGISTER = Register(
    name="iso20022_camt053",
    title="Statements of account (camt.053)",
    publisher="the account's bank",
    territory=WORLD,
    url="https://www.iso20022.org/iso-20022-message-definitions",
    licence="none: handed over in a case with a legal basis",
    cadence="on request",
    kind="series",
    identifier_scheme="IBAN",
    expected_rows="as many as were handed over",
    description="Every line of an account, with the other side's account.",
    allowed_by="transfers",
    partial_roles=("transfers",),
    reader=XmlRecords(
        "Document.BkToCstmrStmt.Stmt", lists=("Bal", "Ntry", "Ntry.NtryDtls", f"Ntry.{_DETAILS}")
    ),
    fields=FIELDS,
    tables=(ACCOUNT_STATEMENT, FLOW_STATEMENT),
    recognise=recognise,
    declined=declined,
    parse=parse,
)
