"""GLEIF: why the holder of a legal entity identifier (LEI) reports no parent that consolidates it.

One record is one exception, for the direct or the ultimate parent in accounting. It becomes

| statement | part | locator |
|---|---|---|
| group, without a party | `g` | LEI and category |

It states why no accounting parent is reported: the owners are natural persons, there is no known owner, the
parent does not consolidate, has no LEI, or may not be made public. It is not a declaration about beneficial
owners, and is not read as one. The declaration is at the end.
Source: Reporting Exceptions Format 2.1,
https://www.gleif.org/en/about-lei/common-data-file-format/reporting-exceptions-format.
"""

import polars as pl

from transforms.formats.bods.parties import LEI
from transforms.formats.gleif.files import LICENCE, Path, Product, other_forms, recogniser, source
from transforms.model.parsing import coded, located, parsed, rejections, statement, without
from transforms.model.register import Delimited, Edition, Parsed, Register, SourceField
from transforms.model.statements import GROUP_STATEMENT
from transforms.values.identifiers import lei

PLACES = 5  # columns in the CSV file for a value that may repeat
CATEGORY, REASON, REFERENCE = "Exception.Category", "Exception.Reason", "Exception.Reference"
PRODUCT = Product(
    "repex",
    ("LEI", CATEGORY),
    "ReportingExceptionData.ReportingExceptions.Exception",
    keys=("LEI", "ExceptionCategory"),
)
KINDS = {
    "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT": "consolidated_directly",
    "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT": "consolidated_ultimately",
}
REASONS = {
    "NATURAL_PERSONS": "natural_persons",
    "NO_KNOWN_PERSON": "nobody",
    "NON_CONSOLIDATING": "not_consolidating",
    "NO_LEI": "without_lei",
    "NON_PUBLIC": "not_public",
    "BINDING_LEGAL_COMMITMENTS": "not_public",
    "LEGAL_OBSTACLES": "not_public",
    "DISCLOSURE_DETRIMENTAL": "not_public",
    "DETRIMENT_NOT_EXCLUDED": "not_public",
    "CONSENT_NOT_OBTAINED": "not_public",
}
TEXT = "free text, or a reference to a document"
FIELDS = (
    SourceField("LEI", mandatory=True),
    SourceField(CATEGORY, "category", mandatory=True, known=tuple(KINDS)),
    SourceField(f"{REASON}.1", "category", mandatory=True, known=tuple(REASONS)),
    *(SourceField(f"{REASON}.{n}", required=False) for n in range(2, PLACES + 1)),
    *(SourceField(f"{REFERENCE}.{n}", ignored=TEXT, required=False) for n in range(1, PLACES + 1)),
)
PATHS = (
    Path("LEI"),
    Path("ExceptionCategory", CATEGORY),
    Path("ExceptionReason", f"{REASON}.{{n}}", "ExceptionReason"),
)
ELEMENTS = {
    "ExceptionReference": TEXT,
    "NextVersion": "when the exception is replaced",
    "Extension": "about the publication",
}


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects: wrong_check_digits, unknown_kind (of parent)."""
    tidy = frame.with_columns(lei(pl.col("LEI")).alias("subject"))
    rejected = rejections(
        tidy,
        [
            (pl.col("subject").is_null(), "wrong_check_digits", "LEI"),
            (~pl.col(CATEGORY).is_in(KINDS), "unknown_kind", CATEGORY),
        ],
    )
    good = located(without(tidy, rejected), pl.concat_str("subject", CATEGORY, separator="/"), edition)
    reasons = pl.concat_str((f"{REASON}.{n}" for n in range(1, PLACES + 1)), separator=" ", ignore_nulls=True)
    groups = statement(
        good,
        GROUP_STATEMENT,
        edition,
        "g",
        subject_lei=pl.col("subject"),
        group_kind=coded(CATEGORY, KINDS),
        no_parent_reason=coded(f"{REASON}.1", REASONS, "other"),
        reason_native=reasons,
        is_ceased=pl.lit(False),
    )
    return parsed(good, {GROUP_STATEMENT.name: groups}, rejected=rejected)


REGISTER = Register(
    name="gleif_exceptions",
    title="Why holders of legal entity identifiers report no parent",
    publisher="Global Legal Entity Identifier Foundation",
    territory="world",
    url="https://www.gleif.org/en/lei-data/gleif-golden-copy",
    licence=LICENCE,
    cadence="daily",
    kind="snapshot",
    identifier_scheme=LEI,
    expected_rows="6,289,463 (2026-08-10)",
    overdue_days=4,
    description="The reason that an entity gives for reporting no parent that consolidates it.",
    partial_roles=("groups",),
    source=source(PRODUCT, on_request=True),
    reader=Delimited(),
    other_forms=other_forms(PRODUCT, PATHS, ELEMENTS, {}, PLACES),
    fields=FIELDS,
    tables=(GROUP_STATEMENT,),
    recognise=recogniser(PRODUCT),
    parse=parse,
)
