"""Statements of bank accounts, whatever the format: the account's own tables, with every line as a flow."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import polars as pl

from transforms.model.parsing import joined, located, parsed, rejections, statement, without
from transforms.model.register import Edition, Parsed
from transforms.model.statements import ACCOUNT_STATEMENT, FLOW_STATEMENT
from transforms.values.accounts import account_id
from transforms.values.payees import NAMED_KINDS, payee_kind

# ISO 20022 external purpose codes and families of bank transactions → kind of flow; any other is a transfer.
KINDS = {
    "RENT": "rent",
    "TAXS": "fee",
    "VATX": "fee",
    "WHLD": "fee",
    "CHRG": "fee",
    "FEES": "fee",
    "COMM": "fee",
}

OWN_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "own_number": pl.String,
    "own_currency": pl.String,
    "own_bank": pl.String,
    "own_holder": pl.String,
    "own_opening": pl.Decimal(18, 2),
    "own_closing": pl.Decimal(18, 2),
    "own_first_on": pl.Date,
    "own_last_on": pl.Date,
}
LINE_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "record_no": pl.Int64,
    "position": pl.Int64,
    "is_out": pl.Boolean,
    "amount": pl.Decimal(18, 2),
    "day": pl.Date,
    "name": pl.String,
    "number": pl.String,
    "foreign": pl.Decimal(18, 2),
    "foreign_currency": pl.String,
    "code": pl.String,
    "reference": pl.String,
}


@dataclass(frozen=True)
class Line:
    """A line of a statement. `amount`: in the account's currency, negative if it reverses an earlier line.
    `is_out`: the holder pays. `foreign`, `foreign_currency`: what the other side paid or received before an
    exchange.
    """

    is_out: bool
    amount: Decimal
    day: date | None
    name: str | None = None
    number: str | None = None
    foreign: Decimal | None = None
    foreign_currency: str | None = None
    code: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class BankStatement:
    """A statement of one account. Balances are None if not stated."""

    number: str
    currency: str
    lines: Sequence[Line]
    bank: str | None = None
    holder: str | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    first_on: date | None = None
    last_on: date | None = None

    def fault(self) -> str:
        """Why the statement is rejected: `missing_value`, `impossible_date`, `does_not_add_up`; "" if it is
        not."""
        if not (self.number and self.currency):
            return "missing_value"
        if any(line.day is None for line in self.lines):
            return "impossible_date"
        moved = sum((-line.amount if line.is_out else line.amount for line in self.lines), Decimal())
        if self.opening is not None and self.closing is not None and self.opening + moved != self.closing:
            return "does_not_add_up"
        return ""


def decimal_of(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def day_of(text: str | None) -> date | None:
    """The day of an ISO date or time."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def parsed_statements(
    frame: pl.DataFrame,
    stated: Mapping[int, tuple[str, BankStatement]],
    edition: Edition,
    *,
    field: str,
    unreadable: str = "",
) -> Parsed:
    """Account and flow statements of one batch. Rejects: the faults of `BankStatement.fault`.

    stated: record_no → reference and bank statement. Any other record is rejected with the code `unreadable`.
    """
    codes = {
        number: stated[number][1].fault() if number in stated else unreadable for number in frame["record_no"]
    }
    code = pl.col("record_no").replace_strict(codes, return_dtype=pl.String)
    rejected = rejections(frame, [(code == each, each, field) for each in sorted({*codes.values()} - {""})])
    kept = {number: each for number, each in stated.items() if not codes[number]}
    good = _located_by_account(without(frame, rejected), kept, edition)
    statements = {number: each for number, (_, each) in kept.items()}
    return parsed(good, _tables(good, statements, edition), rejected=rejected)


def _located_by_account(
    frame: pl.DataFrame, stated: Mapping[int, tuple[str, BankStatement]], edition: Edition
) -> pl.DataFrame:
    """The records, located by reference and account, because banks number the statements of each account."""
    own = pl.DataFrame(
        [(number, reference, each.number, each.bank) for number, (reference, each) in stated.items()],
        schema={"record_no": pl.Int64, "reference": pl.String, "number": pl.String, "bank": pl.String},
        orient="row",
    )
    account = account_id(pl.col("number"), edition.account_key, bank=pl.col("bank"))
    locators = own.select("record_no", joined(pl.col("reference"), account.fill_null("")).alias("locator"))
    known = frame.join(locators, on="record_no", how="inner", maintain_order="left")
    return located(known, pl.col("locator"), edition)


def _tables(
    records: pl.DataFrame, statements: Mapping[int, BankStatement], edition: Edition
) -> dict[str, pl.DataFrame]:
    """Account and flow statements. statements: record_no → its bank statement."""
    rows = [
        {
            "record_no": record_no,
            **{f"own_{key}": value for key, value in asdict(stated).items() if key != "lines"},
            "lines_n": len(stated.lines),
        }
        for record_no, stated in statements.items()
    ]
    own = pl.DataFrame(rows, schema={"record_no": pl.Int64, **OWN_SCHEMA, "lines_n": pl.Int64})
    accounts = records.join(own, on="record_no", how="inner", maintain_order="left").with_columns(
        account_id(pl.col("own_number"), edition.account_key, bank=pl.col("own_bank")).alias("own_account"),
        payee_kind(pl.col("own_holder")).alias("own_kind"),
    )
    return {
        ACCOUNT_STATEMENT.name: _accounts(accounts, edition),
        FLOW_STATEMENT.name: _flows(accounts, statements, edition),
    }


def _name(kind: str, name: str) -> pl.Expr:
    return pl.when(pl.col(kind).is_in(NAMED_KINDS)).then(pl.col(name))


def _accounts(accounts: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        accounts,
        ACCOUNT_STATEMENT,
        edition,
        "a",
        account_id=pl.col("own_account"),
        holder_kind=pl.col("own_kind"),
        holder_name=_name("own_kind", "own_holder"),
        currency=pl.col("own_currency"),
        opening=pl.col("own_opening"),
        closing=pl.col("own_closing"),
        first_on=pl.col("own_first_on"),
        last_on=pl.col("own_last_on"),
        lines_n=pl.col("lines_n"),
    )


def _flows(accounts: pl.DataFrame, statements: Mapping[int, BankStatement], edition: Edition) -> pl.DataFrame:
    lines = [
        {"record_no": record_no, "position": position, **asdict(line)}
        for record_no, stated in statements.items()
        for position, line in enumerate(stated.lines, start=1)
    ]
    flows = accounts.join(
        pl.DataFrame(lines, schema=LINE_SCHEMA), on="record_no", how="inner", maintain_order="left"
    ).with_columns(
        account_id(pl.col("number"), edition.account_key).alias("other_account"),
        payee_kind(pl.col("name")).alias("other_kind"),
    )
    is_out, is_exchanged = pl.col("is_out"), pl.col("foreign").is_not_null()

    def side(own: pl.Expr, other: pl.Expr, *, pays: bool) -> pl.Expr:
        return pl.when(is_out if pays else ~is_out).then(own).otherwise(other)

    own = (pl.col("own_kind"), _name("own_kind", "own_holder"), pl.col("own_account"))
    other = (pl.col("other_kind"), _name("other_kind", "name"), pl.col("other_account"))
    paid_abroad = is_exchanged & ~is_out
    return statement(
        flows,
        FLOW_STATEMENT,
        edition,
        joined("f", pl.col("position").cast(pl.String)),
        kind=pl.col("code").replace_strict(KINDS, default="transfer", return_dtype=pl.String),
        status=pl.lit("paid"),
        payer_kind=side(own[0], other[0], pays=True),
        payer_name=side(own[1], other[1], pays=True),
        payer_account=side(own[2], other[2], pays=True),
        payee_kind=side(own[0], other[0], pays=False),
        payee_name=side(own[1], other[1], pays=False),
        payee_account=side(own[2], other[2], pays=False),
        stated_by=pl.when(is_out).then(pl.lit("payer")).otherwise(pl.lit("payee")),
        amount=pl.when(paid_abroad).then(pl.col("foreign")).otherwise(pl.col("amount")),
        currency=pl.when(paid_abroad).then(pl.col("foreign_currency")).otherwise(pl.col("own_currency")),
        received=pl.when(paid_abroad).then(pl.col("amount")).when(is_exchanged).then(pl.col("foreign")),
        received_currency=pl.when(paid_abroad)
        .then(pl.col("own_currency"))
        .when(is_exchanged)
        .then(pl.col("foreign_currency")),
        flowed_on=pl.col("day"),
        purpose=pl.col("code"),
        reference=pl.col("reference"),
    )
