"""City of Amsterdam: its register of subsidies (openbaar subsidieregister).

One record is one application. It becomes

| statement | part | locator |
|---|---|---|
| subsidy | `g` | DOSSIERNUMMER |

The amounts asked for, granted and settled are three columns; 0 granted is a refusal. The register has no
company numbers, so an applicant is known by name, and `(Particulier)` means any natural person. The file is
an export of SQL Server: separated by commas or semicolons, with a line of dashes under the header and the
number of rows at the end. The date is in the file's name. The declaration is at the end.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name
from transforms.formats.ledgers import amount_of
from transforms.model.parsing import located, parsed, rejections, statement, without
from transforms.model.register import Delimited, Edition, Parsed, Recognised, Register, SourceField
from transforms.model.source import Source
from transforms.model.statements import SUBSIDY_STATEMENT
from transforms.values.payees import NAMED_KINDS, payee_kind

FUNDER = "body:gemeente_amsterdam"
AMOUNTS = {"BEDRAG_AANGEVRAAGD": "asked", "BEDRAG_VERLEEND": "granted", "BEDRAG_VASTGESTELD": "settled"}
FIELDS: tuple[SourceField, ...] = (
    SourceField("TABLE_NAME", ignored="name of the publisher's table"),
    SourceField("DOSSIERNUMMER", mandatory=True),
    SourceField("AANVRAGER"),
    SourceField("REGELINGNAAM"),
    SourceField("BELEIDSTERREIN"),
    SourceField("ORGANISATIEONDERDEEL", ignored="part of the city's own organisation"),
    SourceField("PROJECT_NAAM"),
    SourceField(
        "TYPE_PERIODICITEIT",
        "category",
        known=("Eenmalig", "Periodiek"),
        ignored="once or every year; not used by any indicator yet",
    ),
    *(SourceField(name) for name in AMOUNTS),
    SourceField("SUBSIDIEJAAR", "integer"),
    SourceField("DATUM_OVERZICHT", ignored="day of the export", required=False),
)
TRAILER = r"^(?:-{5,}[-;,]*|[;,]+|\(\d+ rows affected\)[;,]*)\s*$"
_TOTAL = re.compile(rb"^\((\d+) rows affected\)")


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By its header."""
    first_line = head.split(b"\n", 1)[0]
    if not all(name.encode() in first_line for name in ("DOSSIERNUMMER", "AANVRAGER", *AMOUNTS)):
        return None
    return Recognised("subsidies", day_in_name(file_name))


def declared_totals(raw: bytes) -> int | None:
    match = _TOTAL.match(raw)
    return int(match[1]) if match else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Subsidy statements of one batch."""
    typed = frame.with_columns(
        amount_of(pl.when(pl.col(column) != "NULL").then(pl.col(column))).alias(meaning)
        for column, meaning in AMOUNTS.items()
    )
    faults = [
        (
            pl.col(column).is_not_null() & (pl.col(column) != "NULL") & pl.col(meaning).is_null(),
            "not_a_number",
            column,
        )
        for column, meaning in AMOUNTS.items()
    ]
    rejected = rejections(typed, faults)
    good = located(without(typed, rejected), pl.col("DOSSIERNUMMER"), edition)
    is_person = pl.col("AANVRAGER").str.to_lowercase() == "(particulier)"
    kind = pl.when(is_person).then(pl.lit("unnamed")).otherwise(payee_kind(pl.col("AANVRAGER")))
    is_kept = kind.is_in(NAMED_KINDS)
    subsidies = statement(
        good,
        SUBSIDY_STATEMENT,
        edition,
        "g",
        funder_id=pl.lit(FUNDER),
        payee_kind=kind,
        payee_name=pl.when(is_kept).then(pl.col("AANVRAGER")),
        scheme=pl.col("REGELINGNAAM"),
        purpose=pl.when(is_kept).then(pl.col("PROJECT_NAAM")),
        category=pl.col("BELEIDSTERREIN"),
        asked=pl.col("asked"),
        granted=pl.col("granted"),
        settled=pl.col("settled"),
        currency=pl.lit("EUR"),
        first_year=pl.col("SUBSIDIEJAAR"),
        last_year=pl.col("SUBSIDIEJAAR"),
    )
    return parsed(good, {SUBSIDY_STATEMENT.name: subsidies}, rejected=rejected)


REGISTER = Register(
    name="nl_amsterdam_subsidies",
    title="Subsidies of the City of Amsterdam",
    publisher="Gemeente Amsterdam",
    territory="nl",
    url="https://data.amsterdam.nl/",
    licence="Creative Commons Zero 1.0",
    cadence="weekly",
    kind="snapshot",
    identifier_scheme="",
    expected_rows="18,235 (2020)",
    description="Each application: applicant, regulation, project, and amounts asked, granted and settled.",
    partial_roles=("subsidies",),
    source=Source(
        "https://api.data.amsterdam.nl/dcatd/datasets/yvlbMxqPKn1ULw/purls/1", names=("subsidies.csv",)
    ),
    reader=Delimited(trailer=TRAILER, also_separators=(";",), fallback_encoding="cp1252"),
    fields=FIELDS,
    tables=(SUBSIDY_STATEMENT,),
    recognise=recognise,
    parse=parse,
    declared_totals=declared_totals,
)
