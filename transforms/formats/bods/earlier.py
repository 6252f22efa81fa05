"""BODS before 0.4 (0.1, 0.2, 0.3): the same facts under other keys and codes.

| before 0.4 | here |
|---|---|
| `statementID`; no record ids | `statementId` and `recordId` |
| `statementType` | `recordType` |
| `replacesStatements` | the replaced statement is an `older_version`; references to it mean the new one |
| keys of an entity, a person or a relationship beside those of the statement | under `recordDetails` |
| codes with hyphens, `interestLevel` | the codes of 0.4, `directOrIndirect` |

Source: https://standard.openownership.org/en/0.3.0/ and earlier (schema and code lists).
"""

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.formats.bods.parties import ADDRESS_KEYS, NAME_KEYS
from transforms.formats.bods.shares import SHARE_KEYS
from transforms.model.layout import OtherForm
from transforms.model.register import BATCH_COLUMNS, JsonLines, SourceField
from transforms.values.vocabulary import vocabulary

BEGINS = rb'(?s)(?!.*"recordType"\s*:).*"statementID"\s*:'
RECORD_TYPES = {
    "entityStatement": "entity",
    "personStatement": "person",
    "ownershipOrControlStatement": "relationship",
}
# Interest types whose code is another word in 0.4.
RENAMED_INTERESTS = {
    "influence-or-control": "otherInfluenceOrControl",
    "influenceOrControl": "otherInfluenceOrControl",
    "other-influence-or-control-of-trust": "otherInfluenceOrControl",
    "settlor-of-trust": "settlor",
    "trustee-of-trust": "trustee",
    "protector-of-trust": "protector",
    "beneficiary-of-trust": "beneficiaryOfLegalArrangement",
    "rights-to-surplus-assets": "rightsToSurplusAssetsOnDissolution",
}
# Earlier key → key of 0.4, for keys of the statement and for keys that 0.4 has in `recordDetails`.
OF_STATEMENT = {
    "statementDate": "statementDate",
    "publicationDetails.publicationDate": "publicationDetails.publicationDate",
    "publicationDetails.publisher.name": "publicationDetails.publisher.name",
}
OF_DETAILS = {
    "entityType": "entityType.type",
    "unspecifiedEntityDetails.reason": "unspecifiedEntityDetails.reason",
    "name": "name",
    "incorporatedInJurisdiction.name": "jurisdiction.name",
    "incorporatedInJurisdiction.code": "jurisdiction.code",
    "jurisdiction.name": "incorporatedInJurisdiction.name",
    "jurisdiction.code": "incorporatedInJurisdiction.code",
    "foundingDate": "foundingDate",
    "dissolutionDate": "dissolutionDate",
    "publicListing.hasPublicListing": "publicListing.hasPublicListing",
    "personType": "personType",
    "unspecifiedPersonDetails.reason": "unspecifiedPersonDetails.reason",
    "birthDate": "birthDate",
    "subject.describedByEntityStatement": "subject.describedByEntityStatement",
    "interestedParty.describedByEntityStatement": "interestedParty.describedByEntityStatement",
    "interestedParty.describedByPersonStatement": "interestedParty.describedByPersonStatement",
    "interestedParty.unspecified.reason": "interestedParty.unspecified.reason",
}
REASONS = (
    "unspecifiedEntityDetails.reason",
    "unspecifiedPersonDetails.reason",
    "interestedParty.unspecified.reason",
)
LISTS = (
    "identifiers.scheme",
    "identifiers.id",
    *(f"addresses.{key}" for key in ADDRESS_KEYS),
    *(f"names.{key}" for key in NAME_KEYS),
    "interests.details",
    "interests.startDate",
    "interests.endDate",
    *(f"interests.share.{key}" for key in SHARE_KEYS),
)
IGNORED: Mapping[str, str] = {
    "isComponent": "components are statements of their own, which are loaded",
    "componentStatementIDs": "components are statements of their own, which are loaded",
    "alternateNames": "the model has former names only, and these may be current",
    "entitySubtype": "the type is enough",
    "publicationDetails.bodsVersion": "versions before 0.4 have the same keys",
    "publicationDetails.license": "the licence is checked before a publisher is added",
    "publicationDetails.publisher.url": "the publisher's name is enough",
    "identifiers.schemeName": "a scheme without a code cannot be joined on",
    "identifiers.uri": "the number is used for joins, not its URI",
    "uri": "a statement is identified by its id",
    "missingInfoReason": "free text, which may name a person",
    "nationalities": "refused attribute",
    "placeOfBirth": "refused attribute",
    "placeOfResidence": "refused attribute",
    "taxResidencies": "refused attribute",
    "hasPepStatus": "positions come from dedicated registers",
    "pepStatusDetails": "positions come from dedicated registers",
    "politicalExposure": "positions come from dedicated registers",
    "deathDate": "no column of the model holds it",
    "interests.beneficialOwnershipOrControl": "the publisher's conclusion",
    "annotations": "free text, which may name a person",
    "source": "where the publisher got it, possibly from a person",
}


def _fields() -> tuple[SourceField, ...]:
    texts = ("statementID", "statementType", *OF_STATEMENT, *OF_DETAILS)
    lists = (
        "replacesStatements",
        "interests.type",
        "interests.directOrIndirect",
        "interests.interestLevel",
        *LISTS,
    )
    return (
        *(SourceField(name, required=False) for name in texts),
        *(SourceField(name, "texts", required=False) for name in lists),
        *(SourceField(name, ignored=reason, required=False) for name, reason in IGNORED.items()),
    )


def form(later: Sequence[SourceField]) -> OtherForm:
    """The form of files before 0.4, in the fields of 0.4 (`later`). Fields that they lack are null."""

    def spread(frame: pl.DataFrame) -> pl.DataFrame:
        columns = _in_columns(frame)
        absent = (field for field in later if not field.ignored and field.name not in columns.columns)
        empty = {"texts": pl.lit(None, pl.List(pl.String()))}
        return columns.with_columns(
            empty.get(field.kind, pl.lit(None, pl.String)).alias(field.name) for field in absent
        )

    return OtherForm(BEGINS, JsonLines(packages=True), _fields(), spread)


def _in_columns(frame: pl.DataFrame) -> pl.DataFrame:
    reasons = _by_hyphens(vocabulary("bods_reasons")["code"].to_list())
    interests = _by_hyphens(vocabulary("bods_interests")["code"].to_list()) | RENAMED_INTERESTS
    reached = pl.coalesce("interests.directOrIndirect", "interests.interestLevel")
    return frame.select(
        *BATCH_COLUMNS,
        pl.col("statementID").alias("statementId"),
        pl.col("statementID").alias("recordId"),
        pl.col("statementType").replace(RECORD_TYPES).alias("recordType"),
        "replacesStatements",
        *(pl.col(name).alias(new) for name, new in OF_STATEMENT.items()),
        *(
            (pl.col(name).replace(reasons) if name in REASONS else pl.col(name)).alias(f"recordDetails.{new}")
            for name, new in OF_DETAILS.items()
        ),
        pl.col("interests.type")
        .list.eval(pl.element().replace(interests))
        .alias("recordDetails.interests.type"),
        reached.alias("recordDetails.interests.directOrIndirect"),
        *(pl.col(name).alias(f"recordDetails.{name}") for name in LISTS),
    )


def _by_hyphens(codes: list[str]) -> dict[str, str]:
    """Codes as they were written before 0.4 (`no-beneficial-owners`) → the codes of 0.4."""
    written = pl.Series(codes).str.replace_all("([A-Z])", "-$1").str.to_lowercase()
    return dict(zip(written.to_list(), codes, strict=True))
