"""Court measures (bankruptcy, moratorium) over a business, in KVK's HR Dataservice. Persons appointed by the
court, and insolvencies of natural persons, are left out.
"""

from collections.abc import Mapping

import polars as pl

from transforms.formats.kvk import day
from transforms.formats.kvk_officers import OfOwner
from transforms.model.parsing import coded, finding_rows, items, joined, statement
from transforms.model.register import Edition
from transforms.model.statements import INSOLVENCY_STATEMENT
from transforms.values.identifiers import NL_KVK

MEASURE = "bijzondereRechtstoestand"
WORDS, BEGAN_ON = "soort.omschrijving", "registratie.datumAanvang"
KINDS: Mapping[str, str] = {
    "faillissement": "bankruptcy",
    "surseance van betaling": "suspension_of_payments",
}


def measures(records: pl.DataFrame, edition: Edition, owner: str) -> OfOwner:
    """Insolvency statements about one kind of owner, and findings about unknown measures."""
    columns = {f"{owner}.{MEASURE}.{WORDS}": "words", f"{owner}.{MEASURE}.{BEGAN_ON}": "began"}
    each = items(records, columns, ("record", "record_id", "record_no", "number"), "nth")
    nth = pl.col("nth").cast(pl.String)
    kind = pl.col("words").str.to_lowercase()
    stated = statement(
        each,
        INSOLVENCY_STATEMENT,
        edition,
        joined("c", nth),
        company_scheme=pl.lit(NL_KVK),
        company_number=pl.col("number"),
        case_no=nth,
        kind=coded(kind, KINDS, "unknown"),
        kind_native=pl.col("words"),
        began_on=day("began"),
    )
    unknown = each.filter(kind.is_not_null() & ~kind.is_in(list(KINDS)))
    findings = finding_rows(unknown, "unknown_category", f"{owner}.{MEASURE}.{WORDS}", pl.col("words"))
    return OfOwner({INSOLVENCY_STATEMENT.name: [stated]}, findings)
