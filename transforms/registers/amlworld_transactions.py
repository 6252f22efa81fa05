"""AMLworld: transfers between bank accounts of an invented economy, to test patterns against labels.

A file of IBM's generator, for instance `HI-Small_Trans.csv`. One record is one transfer, and the file has all
flows of every account. A record becomes

| statement | part | locator |
|---|---|---|
| flow | `f` | the number of the record in its file, from 1 |

The laundering label is not loaded: `undertow evaluate --flows` reads it from the file itself. The declaration
is at the end.
"""

import polars as pl

from transforms.formats.ledgers import day_of
from transforms.model.parsing import coded, located, parsed, rejections, statement, without
from transforms.model.register import WORLD, Delimited, Edition, Parsed, Recognised, Register, SourceField
from transforms.model.statements import FLOW_STATEMENT
from transforms.values.accounts import account_id

HEADER = b"Timestamp,From Bank,Account,To Bank,Account,Amount Received,"
# The generator's names → ISO 4217 codes (XBT, for Bitcoin, is not in the standard).
CURRENCIES = {
    "US Dollar": "USD",
    "Euro": "EUR",
    "UK Pound": "GBP",
    "Swiss Franc": "CHF",
    "Yen": "JPY",
    "Yuan": "CNY",
    "Rupee": "INR",
    "Ruble": "RUB",
    "Shekel": "ILS",
    "Saudi Riyal": "SAR",
    "Brazil Real": "BRL",
    "Mexican Peso": "MXN",
    "Canadian Dollar": "CAD",
    "Australian Dollar": "AUD",
    "Bitcoin": "XBT",
}
FIELDS: tuple[SourceField, ...] = (
    SourceField("Timestamp", mandatory=True),
    SourceField("From Bank", mandatory=True),
    SourceField("Account", mandatory=True),
    SourceField("To Bank", mandatory=True),
    SourceField("Account (2)", mandatory=True),
    SourceField("Amount Received", "text", mandatory=True),
    SourceField("Receiving Currency", "category", known=tuple(CURRENCIES)),
    SourceField("Amount Paid", "text", mandatory=True),
    SourceField("Payment Currency", "category", known=tuple(CURRENCIES)),
    SourceField("Payment Format"),
    SourceField("Is Laundering", ignored="the label, for evaluation only"),
)


def recognise(_file_name: str, head: bytes) -> Recognised | None:
    """By its header."""
    return Recognised("amlworld", None) if head.removeprefix(b"\xef\xbb\xbf").startswith(HEADER) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Flow statements of one batch."""
    typed = frame.with_columns(
        day_of(pl.col("Timestamp")).alias("day"),
        *(
            pl.col(name).cast(pl.Decimal(38, 6), strict=False).round(2).cast(pl.Decimal(18, 2), strict=False)
            for name in ("Amount Received", "Amount Paid")
        ),
        coded("Payment Currency", CURRENCIES).alias("paid_in"),
        coded("Receiving Currency", CURRENCIES).alias("received_in"),
    )
    rejected = rejections(
        typed,
        [
            (pl.col("day").is_null(), "impossible_date", "Timestamp"),
            (pl.col("Amount Paid").is_null(), "not_a_number", "Amount Paid"),
            (pl.col("Amount Received").is_null(), "not_a_number", "Amount Received"),
            (pl.col("paid_in").is_null(), "unknown_currency", "Payment Currency"),
            (pl.col("received_in").is_null(), "unknown_currency", "Receiving Currency"),
        ],
    )
    good = located(without(typed, rejected), pl.col("record_no").cast(pl.String), edition)
    is_exchanged = pl.col("paid_in") != pl.col("received_in")
    flows = statement(
        good,
        FLOW_STATEMENT,
        edition,
        "f",
        kind=pl.lit("transfer"),
        status=pl.lit("paid"),
        payer_kind=pl.lit("unnamed"),
        payer_account=account_id(pl.col("Account"), edition.account_key, bank=pl.col("From Bank")),
        payee_kind=pl.lit("unnamed"),
        payee_account=account_id(pl.col("Account (2)"), edition.account_key, bank=pl.col("To Bank")),
        amount=pl.col("Amount Paid"),
        currency=pl.col("paid_in"),
        received=pl.when(is_exchanged).then(pl.col("Amount Received")),
        received_currency=pl.when(is_exchanged).then(pl.col("received_in")),
        flowed_on=pl.col("day"),
        purpose=pl.col("Payment Format"),
    )
    return parsed(good, {FLOW_STATEMENT.name: flows}, rejected=rejected)


REGISTER = Register(
    name="amlworld_transactions",
    title="AMLworld: invented transfers with labels",
    publisher="IBM Research",
    territory=WORLD,
    url="https://github.com/IBM/AML-Data",
    licence="Community Data License Agreement, Sharing, 1.0",
    cadence="none",
    kind="snapshot",
    identifier_scheme="AMLWORLD",
    expected_rows="5,078,345 (HI-Small)",
    description="Transfers between accounts of an invented economy, to test money patterns.",
    allowed_by="transfers",
    roles=("transfers",),
    reader=Delimited(),
    fields=FIELDS,
    tables=(FLOW_STATEMENT,),
    recognise=recognise,
    parse=parse,
)
