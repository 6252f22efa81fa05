"""Creditor ledger of an authority: payments made and planned.

An authority's own file, read through a mapping in its home (`transforms.model.mapping`), or one that has the
columns below. One record is one line. It becomes

| statement | part | locator |
|---|---|---|
| flow | `f`, and a hash of the record | the line's number; else the record's |

A series: files of different months add up, except planned payments, for which the newest file counts. Lines
of natural persons (by name or by the ledger's own class) are kept without name, number, account and purpose.
Accounts are kept only as ids hashed with the home's key. A Belgian VAT number gives the enterprise number.
The declaration is at the end.
"""

import polars as pl

from transforms.formats.ledgers import body_id, dataset_in, numbered, party, recognised
from transforms.model.parsing import joined, located, parsed, rejections, statement, without
from transforms.model.register import Delimited, Edition, Parsed, Recognised, Register, SourceField
from transforms.model.statements import ACCOUNT_NOTES, FLOW_STATEMENT, FLOW_STATUSES
from transforms.readers.delimited_layout import has_header
from transforms.values.accounts import account_id
from transforms.values.payees import NAMED_KINDS

COUNTRIES = ("gb", "nl", "be")
# A Dutch blocked account (g-rekening), for the wage tax of a supplier: the account number begins with 99.
BLOCKED_ACCOUNT = r"^NL\d{2}[A-Z]{4}099"
CLASSES = ("public", "conduit", "person", "company")
FIELDS: tuple[SourceField, ...] = (
    SourceField("authority", mandatory=True),
    SourceField("country", "category", known=COUNTRIES),
    SourceField("currency", mandatory=True),
    SourceField("line", required=False),
    SourceField("status", "category", known=FLOW_STATUSES, required=False),
    SourceField("paid_on", "date", date_format="%Y-%m-%d", mandatory=True),
    SourceField("amount", "money", mandatory=True),
    SourceField("payee_name"),
    SourceField("payee_class", "category", known=CLASSES, required=False),
    SourceField("payee_ref", required=False),
    SourceField("payee_number", required=False),
    SourceField("payee_vat", required=False),
    SourceField("account", required=False),
    SourceField("account_note", "category", known=ACCOUNT_NOTES, required=False),
    SourceField("invoice", required=False),
    SourceField("purpose", required=False),
    SourceField("category", required=False),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the columns that every such file has."""
    return recognised(file_name) if has_header(REGISTER, head) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Flow statements of one batch."""
    rejected = rejections(
        frame,
        [
            (~pl.col("status").is_in(FLOW_STATUSES), "unknown_status", "status"),
            (~pl.col("country").is_in(COUNTRIES), "unknown_country", "country"),
        ],
    )
    good = numbered(
        located(without(frame, rejected), pl.coalesce("line", pl.col("record_no").cast(pl.String)), edition),
        "payee",
        vat="payee_vat",
    )
    # Lines with the same number are separate lines, unless they are equal.
    return parsed(
        good.with_columns(record=joined(pl.col("record"), pl.col("content_hash").cast(pl.String))),
        {FLOW_STATEMENT.name: _flows(good, edition)},
        rejected=rejected,
    )


def _flows(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    stated = party("payee")
    is_told = pl.col("payee_class").is_in(["public", "conduit"])
    kind = (
        pl.when(is_told)
        .then("payee_class")
        .when(pl.col("payee_class") == "person")
        .then(pl.lit("unclassified"))
        .otherwise(stated["payee_kind"])
    )
    is_kept = kind.is_in(NAMED_KINDS)
    has_number = (pl.col("payee_class") != "person").fill_null(True)
    iban = pl.col("account").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    note = (
        pl.when(iban.str.contains(BLOCKED_ACCOUNT))
        .then(pl.lit("blocked"))
        .when(pl.col("account_note").is_in(ACCOUNT_NOTES))
        .then("account_note")
    )
    return statement(
        good,
        FLOW_STATEMENT,
        edition,
        joined("f", pl.col("content_hash").cast(pl.String)),
        kind=pl.lit("payment"),
        status=pl.coalesce("status", pl.lit("paid")),
        payer_id=body_id(pl.col("authority")),
        payer_kind=pl.lit("public"),
        payer_name=pl.col("authority"),
        payee_kind=kind,
        payee_name=pl.when(is_told).then("payee_name").when(is_kept).then(stated["payee_name"]),
        payee_scheme=pl.when(has_number).then(stated["payee_scheme"]),
        payee_number=pl.when(has_number).then(stated["payee_number"]),
        payee_vat=pl.when(is_kept).then(
            pl.col("payee_vat").str.replace_all(r"[^0-9A-Za-z]", "").str.to_uppercase()
        ),
        payee_ref=pl.when(is_kept).then("payee_ref"),
        payee_account=account_id(pl.when(is_kept).then("account"), edition.account_key),
        account_note=pl.when(is_kept & pl.col("account").is_not_null()).then(note),
        amount=pl.col("amount"),
        currency=pl.col("currency"),
        flowed_on=pl.col("paid_on"),
        invoice=pl.when(is_kept).then("invoice"),
        purpose=pl.when(is_kept).then("purpose"),
        category=pl.col("category"),
    )


REGISTER = Register(
    name="ledger",
    title="Creditor ledger of the authority",
    publisher="the authority itself",
    territory="world",
    url="https://www.gov.uk/government/collections/national-fraud-initiative",
    licence="the authority's own file",
    cadence="as the authority exports it",
    kind="series",
    whole_period=r".*-planned",
    identifier_scheme="",
    expected_rows="20,000 a month of a county council (Devon 2024)",
    description="Each payment, made or planned: day, payee, amount, invoice and purpose.",
    partial_roles=("payments", "ledger"),
    reader=Delimited(),
    fields=FIELDS,
    tables=(FLOW_STATEMENT,),
    recognise=recognise,
    dataset_of=lambda path, _head: dataset_in(path, "ledger"),
    parse=parse,
)
