"""GLEIF: which entity consolidates, manages or has as a branch which holder of a legal entity identifier.

One record is one relationship. It becomes

| statement | part | locator |
|---|---|---|
| group | `g` | both LEIs and the type of the relationship |

Consolidation is an accounting relation: a parent includes the entity in its accounts. It is not a share or a
vote, and neither is the management of a fund, so none of it is in the ownership graph (`v_group_relation`
shows it). A relationship holds for its RELATIONSHIP_PERIOD; ACCOUNTING_PERIOD and DOCUMENT_FILING_PERIOD say
which documents prove it. An inactive relationship without an end ended on an unknown day. A record whose node
is not an LEI, or has wrong check digits, is rejected. Annulled and duplicate records are ignored.

Source: RR-CDF 2.1, https://www.gleif.org/en/about-lei/common-data-file-format/relationship-record-cdf-format.
The declaration is at the end.
"""

import polars as pl

from transforms.formats.bods.parties import LEI
from transforms.formats.bods.values import day
from transforms.formats.gleif.files import (
    LICENCE,
    Path,
    Product,
    other_forms,
    recogniser,
    source,
)
from transforms.model.parsing import coded, located, parsed, rejections, statement, without
from transforms.model.register import Delimited, Edition, Parsed, Register, SourceField
from transforms.model.statements import GROUP_STATEMENT
from transforms.values.identifiers import lei

START, END, TYPE = (
    "Relationship.StartNode.NodeID",
    "Relationship.EndNode.NodeID",
    "Relationship.RelationshipType",
)
PRODUCT = Product(
    "rr",
    (START, TYPE),
    "RelationshipData.RelationshipRecords.RelationshipRecord",
    keys=("Relationship", "StartNode"),
)
PLACES = 5  # columns in the CSV file for a value that may repeat
KINDS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "consolidated_directly",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "consolidated_ultimately",
    "IS_FUND-MANAGED_BY": "managed_by",
    "IS_SUBFUND_OF": "subfund_of",
    "IS_FEEDER_TO": "feeder_to",
    "IS_INTERNATIONAL_BRANCH_OF": "branch_of",
}
NOTHING_SAID = {"ANNULLED": "annulled", "DUPLICATE": "duplicate_relationship"}
STATUS, REGISTRATION = "Relationship.RelationshipStatus", "Registration.RegistrationStatus"
NODE_TYPES = tuple(f"Relationship.{end}Node.NodeIDType" for end in ("Start", "End"))
NO_TYPE = "a node that is not an LEI fails the check digits"
PERIOD = "Relationship.Period.{n}"
HELD = "RELATIONSHIP_PERIOD"
OF_REGISTRATION = "about the registration of the relationship, not about the entities"
OF_ACCOUNTS = "the accounting standard, or the share of the figures, which is not a share of the entity"
IGNORED = {
    **{
        f"Relationship.Qualifiers.{n}.{part}": OF_ACCOUNTS
        for n in range(1, PLACES + 1)
        for part in ("QualifierDimension", "QualifierCategory")
    },
    **{
        f"Relationship.Quantifiers.{n}.{part}": OF_ACCOUNTS
        for n in range(1, PLACES + 1)
        for part in ("MeasurementMethod", "QuantifierAmount", "QuantifierUnits")
    },
}
REGISTRATIONS = tuple(
    f"Registration.{part}"
    for part in (
        "InitialRegistrationDate",
        "LastUpdateDate",
        "NextRenewalDate",
        "ManagingLOU",
        "ValidationSources",
        "ValidationDocuments",
        "ValidationReference",
    )
)
FIELDS = (
    SourceField(START, mandatory=True),
    SourceField(END, mandatory=True),
    SourceField(TYPE, "category", mandatory=True, known=tuple(KINDS)),
    *(SourceField(name, ignored=NO_TYPE, required=False) for name in NODE_TYPES),
    SourceField(STATUS, "category", required=False, known=("ACTIVE", "INACTIVE")),
    SourceField(
        REGISTRATION,
        "category",
        required=False,
        known=(
            *("PUBLISHED", "LAPSED", "RETIRED", "TRANSFERRED", "PENDING_VALIDATION", "PENDING_TRANSFER"),
            *("PENDING_ARCHIVAL", *NOTHING_SAID),
        ),
    ),
    *(
        SourceField(f"{PERIOD.format(n=n)}.{part}", required=False)
        for n in range(1, PLACES + 1)
        for part in ("startDate", "endDate", "periodType")
    ),
    *(SourceField(name, ignored=why, required=False) for name, why in IGNORED.items()),
    *(SourceField(name, ignored=OF_REGISTRATION, required=False) for name in REGISTRATIONS),
)
PERIODS = "Relationship.RelationshipPeriods.RelationshipPeriod"
PATHS = (
    *(Path(name) for name in (START, END, TYPE, STATUS, REGISTRATION)),
    *(Path(name, ignored=NO_TYPE) for name in NODE_TYPES),
    Path(f"{PERIODS}.StartDate", f"{PERIOD}.startDate", PERIODS),
    Path(f"{PERIODS}.EndDate", f"{PERIOD}.endDate", PERIODS),
    Path(f"{PERIODS}.PeriodType", f"{PERIOD}.periodType", PERIODS),
)
ELEMENTS = {
    "Relationship.RelationshipQualifiers": OF_ACCOUNTS,
    "Relationship.RelationshipQuantifiers": OF_ACCOUNTS,
    **dict.fromkeys(REGISTRATIONS, OF_REGISTRATION),
    "Extension": OF_REGISTRATION,
}


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects: wrong_check_digits, unknown_kind (of relationship)."""
    tidy = frame.with_columns(lei(pl.col(START)).alias("subject"), lei(pl.col(END)).alias("party"))
    rejected = rejections(
        tidy,
        [
            (pl.col("subject").is_null(), "wrong_check_digits", START),
            (pl.col("party").is_null(), "wrong_check_digits", END),
            (~pl.col(TYPE).is_in(KINDS), "unknown_kind", TYPE),
        ],
    )
    rest = without(tidy, rejected).with_columns(coded(REGISTRATION, NOTHING_SAID).alias("reason"))
    ignored = rest.filter(pl.col("reason").is_not_null())
    locator = pl.concat_str("subject", TYPE, "party", separator="/")
    good = located(without(rest, ignored), locator, edition)
    groups = statement(
        good,
        GROUP_STATEMENT,
        edition,
        "g",
        subject_lei=pl.col("subject"),
        party_lei=pl.col("party"),
        group_kind=coded(TYPE, KINDS),
        valid_from=_of_period("startDate"),
        valid_to=_of_period("endDate"),
        is_ceased=(pl.col(STATUS) == "INACTIVE").fill_null(False) | _of_period("endDate").is_not_null(),
    )
    return parsed(
        good, {GROUP_STATEMENT.name: groups}, rejected=rejected, ignored=ignored.select("record_no", "reason")
    )


def _of_period(part: str) -> pl.Expr:
    """The day (start or end: `part`) of the first period in which the relationship holds."""
    return pl.coalesce(
        pl.when(pl.col(f"{PERIOD.format(n=n)}.periodType") == HELD).then(
            day(pl.col(f"{PERIOD.format(n=n)}.{part}"))
        )
        for n in range(1, PLACES + 1)
    )


REGISTER = Register(
    name="gleif_relationships",
    title="Relationships of holders of legal entity identifiers",
    publisher="Global Legal Entity Identifier Foundation",
    territory="world",
    url="https://www.gleif.org/en/lei-data/gleif-golden-copy",
    licence=LICENCE,
    cadence="daily",
    kind="snapshot",
    identifier_scheme=LEI,
    expected_rows="484,003 (2026-08-10)",
    overdue_days=4,
    description="Which entity consolidates, manages or has as a branch which other, as holders of an LEI "
    "report. Not a statement about ownership.",
    partial_roles=("groups",),
    source=source(PRODUCT),
    reader=Delimited(),
    other_forms=other_forms(PRODUCT, PATHS, ELEMENTS, {}, PLACES),
    fields=FIELDS,
    tables=(GROUP_STATEMENT,),
    recognise=recogniser(PRODUCT),
    parse=parse,
)
