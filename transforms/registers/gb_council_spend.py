"""Councils in the United Kingdom: their spending with suppliers, month by month.

Published under the Local Government Transparency Code 2015, by each council with its own columns, encoding
and date style. One record is one line of spending. It becomes

| statement | part | locator |
|---|---|---|
| flow | `f`, and a hash of the record | the transaction number; else the record's number |

Columns are found by the Code's names and by other names that councils use. If several columns fit one field,
the first in the field's list is used (day of payment before day of invoice, net before gross). A file is
recognised by its header, which may follow some title lines, and not by its name. The council is the one that
most records name, else the folder. A series: months add up, and a newer file of a council and month replaces
the older.

Rows with only a total, or with nothing, are ignored. A file with dates as 04/20/2024 is refused. Text that is
not UTF-8 is read as Windows-1252. A supplier's name is kept only if it cannot be that of a natural person
(`transforms.values.payees`). About half of the lines name a company. The declaration is at the end.
"""

import csv
from collections import Counter

import polars as pl

from transforms.errors import BlockedEdition
from transforms.formats.file_names import month_in_name, slug
from transforms.formats.ledgers import amount_of, day_of
from transforms.model.parsing import joined, located, parsed, reject_rows, statement, without
from transforms.model.register import (
    Delimited,
    Edition,
    Parsed,
    Recognised,
    Register,
    SourceField,
)
from transforms.model.statements import FLOW_STATEMENT
from transforms.readers.delimited_layout import declared_names, has_header
from transforms.values.identifiers import GB_COH, normalise_gb_coh
from transforms.values.payees import NAMED_KINDS, payee_kind
from transforms.values.vocabulary import vocabulary

LINES_BEFORE_HEADER_MAX = 10
SLASHED = r"^(\d{1,2})/(\d{1,2})/\d{2}"


def _field(name: str, *, required: bool = False) -> SourceField:
    """A field with the other names that councils use for it (`vocabulary/spend_columns.csv`)."""
    columns = vocabulary("spend_columns").filter(pl.col("field") == name)["column"]
    return SourceField(name, required=required, also=tuple(columns))


FIELDS: tuple[SourceField, ...] = (
    _field("date", required=True),
    _field("amount", required=True),
    _field("supplier name", required=True),
    *map(
        _field,
        (
            "body name",
            "transaction number",
            "invoice number",
            "supplier id",
            "company number",
            "vat number",
            "expense area",
            "expense type",
        ),
    ),
)

# --- recognition ------------------------------------------------------------------------------------------

_REQUIRED = {field.name for field in FIELDS if field.required}


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By a header with a day, an amount and a supplier. No other register has all three."""
    if not has_header(REGISTER, head):
        return None
    return Recognised(slug(file_name.rsplit(".", 1)[0]), month_in_name(file_name))


def dataset_of(path: str, head: bytes) -> str:
    """The council named by most of the first records, else the name of the folder."""
    text = head.decode("utf-8-sig", errors="replace")
    header: tuple[str, ...] = ()
    bodies: Counter[str] = Counter()
    for cells in csv.reader(text.splitlines()[:-1]):
        if not header:
            names = declared_names(FIELDS, [cell.strip() for cell in cells])
            header = names if {*names} >= _REQUIRED else ()
        elif "body name" in header and len(cells) == len(header):
            bodies[cells[header.index("body name")].strip()] += 1
    del bodies[""]
    folder = path.replace("\\", "/").rpartition("/")[0].rpartition("/")[2]
    named = bodies.most_common(1)[0][0] if bodies else folder or path.rsplit(".", 1)[0]
    return slug(named).replace("-", "_")


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Flow statements of one batch."""
    texts = frame.with_columns(
        pl.when(pl.col(field.name).str.to_uppercase() != "NULL").then(pl.col(field.name)).alias(field.name)
        for field in FIELDS
    )
    nothing = pl.col("supplier name").is_null() & pl.col("date").is_null()
    title = pl.col("date").str.to_lowercase().is_in(["date", "total", "totals", "grand total"])
    is_total = nothing | pl.col("supplier name").str.contains(r"(?i)^(?:grand )?totals?:?$") | title
    typed = texts.with_columns(
        is_total.fill_null(False).alias("is_total"),
        day_of(pl.col("date")).alias("day"),
        amount_of(pl.col("amount")).alias("sum"),
    )
    lines = typed.filter(~pl.col("is_total"))
    _refuse_american_days(lines)
    rejected = pl.concat(
        [
            reject_rows(lines.filter(pl.col("day").is_null()), "impossible_date", "date"),
            reject_rows(
                lines.filter(pl.col("day").is_not_null() & pl.col("sum").is_null()), "not_a_number", "amount"
            ),
        ]
    ).sort("record_no")
    good = located(
        without(lines, rejected),
        pl.coalesce(pl.col("transaction number"), pl.col("record_no").cast(pl.String)),
        edition,
    )
    # A payment may be split over several lines with one transaction number. Equal lines count once.
    return parsed(
        good.with_columns(record=joined(pl.col("record"), pl.col("content_hash").cast(pl.String))),
        {FLOW_STATEMENT.name: _flows(good, edition)},
        rejected=rejected,
        ignored=_ignored(typed.filter(pl.col("is_total"))),
    )


def _refuse_american_days(lines: pl.DataFrame) -> None:
    """Raise BlockedEdition if dates are MM/DD/YYYY: 04/20/2024 occurs, but no 20/04/2024. Otherwise
    04/05/2024 would be read as the wrong day.
    """
    parts = [pl.col("date").str.extract(SLASHED, group).cast(pl.Int64) for group in (1, 2)]
    first, second = (lines.select(part.alias("part"))["part"] for part in parts)
    is_american = first.is_between(1, 12) & second.is_between(13, 31)
    if is_american.any() and not (first > 12).any():
        record_no = lines.filter(is_american)["record_no"][0]
        raise BlockedEdition(
            "date_style",
            f"gb_council_spend: record {record_no} has a date that can only be MM/DD/YYYY, and no record has "
            "one that can only be DD/MM/YYYY; write the file's dates as YYYY-MM-DD, and land it again",
        )


def _ignored(rows: pl.DataFrame) -> pl.DataFrame:
    reason = pl.when(pl.col("amount").is_null()).then(pl.lit("empty_row")).otherwise(pl.lit("total_row"))
    return rows.select("record_no", reason.alias("reason"))


def _flows(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    kind = payee_kind(pl.col("supplier name"))
    number = normalise_gb_coh(pl.col("company number"), pl.lit("company"))
    redacted = pl.col("invoice number").str.contains(r"(?i)redacted|withheld")
    return statement(
        good,
        FLOW_STATEMENT,
        edition,
        joined("f", pl.col("content_hash").cast(pl.String)),
        kind=pl.lit("payment"),
        status=pl.lit("paid"),
        payer_id=pl.lit(f"body:{edition.dataset}"),
        payer_kind=pl.lit("public"),
        payer_name=pl.col("body name"),
        payee_kind=kind,
        payee_name=pl.when(kind.is_in(NAMED_KINDS)).then(pl.col("supplier name")),
        payee_scheme=pl.when(number.is_not_null()).then(pl.lit(GB_COH)),
        payee_number=number,
        payee_vat=pl.col("vat number").str.replace_all(r"[^0-9A-Za-z]", "").str.to_uppercase(),
        payee_ref=pl.col("supplier id"),
        amount=pl.col("sum"),
        currency=pl.lit("GBP"),
        flowed_on=pl.col("day"),
        invoice=pl.when(redacted.fill_null(False).not_()).then(pl.col("invoice number")),
        purpose=pl.col("expense type"),
        category=pl.col("expense area"),
    )


REGISTER = Register(
    name="gb_council_spend",
    title="Spending of councils with suppliers",
    publisher="each council",
    territory="gb",
    url="https://www.gov.uk/government/publications/local-government-transparency-code-2015",
    licence="Open Government Licence 3.0, which does not cover personal data",
    cadence="monthly",
    kind="series",
    identifier_scheme=GB_COH,
    expected_rows="10,000 a month of a county council (Devon 2024)",
    description="Each payment over 500 pounds: day, supplier, amount and purpose.",
    roles=("payments",),
    reader=Delimited(lines_before_header_max=LINES_BEFORE_HEADER_MAX, fallback_encoding="cp1252"),
    fields=FIELDS,
    tables=(FLOW_STATEMENT,),
    recognise=recognise,
    dataset_of=dataset_of,
    parse=parse,
)
