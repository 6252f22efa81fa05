"""Statements in the Beneficial Ownership Data Standard 0.4, from any publisher: a JSON array, one object,
JSON lines.

One statement is one record of the file. Statements of one `recordId` are versions of one record: the newest
`statementDate` holds (then the later in the file), the others are ignored as `older_version`, an identical
repeat as `duplicate`.

| record | becomes |
|---|---|
| entity | entity_statement `p`, further numbers `k0`, `k1` …, addresses `a0`, `a1` … |
| person | person_statement `p`, addresses |
| relationship | a relationship for each period of its interests (`r`, `r2` …), its interests (`r-i0` …) |
| nature "as trust", "as firm" … in `details` | an unnamed arrangement between the two, as in gb_coh_psc |
| interested party given as a reason; unknownPerson | relationship of party_kind unspecified, with reason |
| anonymous person or entity, unknown entity | the party itself; the relationship carries the reason |
| a record that is referred to and missing | unknownEntity `p` under that recordId; finding `missing_party` |
| subject given as a reason | an unknownEntity `s` of the relationship itself |
| relationship whose subject is a natural person | rejected, `person_as_subject`: nobody can hold a person |

Subjects are always named by their entity statement, so their numbers go through resolution with name
agreement as others do. Periods: an interest holds from startDate to endDate; a closed record without an
endDate ends on its statementDate; an end that is stated and cannot be read ended on an unknown day. Dates in
the wrong order and shares that cannot be are kept, and named by OWN-100 and a finding (`record-<number of the
record>`); the share is then unknown (`share_fault`, `share_native`), and the relationship has ended. A share,
a vote or a right to assets without a figure is kept as unknown: finding `missing_share`.

Never read: nationalities, place of birth, residence and tax residence (refused attributes), persons'
identifiers, political exposure. Versions of the standard before 0.4 (`statementID`, `statementType`) block
the file: `bods_version`. Source: https://standard.openownership.org/en/0.4.0/ (schema and code lists), and
formats.bods.
"""

from __future__ import annotations

import polars as pl

from transforms.formats.bods import findings, parties, references, relationships, values
from transforms.formats.bods.files import dataset, is_bods
from transforms.formats.bods.parties import ADDRESS_KEYS, NAME_KEYS
from transforms.formats.bods.references import REFERENCES, kept, refuse_earlier_versions, settled
from transforms.formats.bods.relationships import INTEREST_KEYS
from transforms.formats.bods.shares import SHARE_KEYS
from transforms.formats.file_names import day_in_name
from transforms.formats.gb_coh.arrangements import arrangements
from transforms.model.parsing import located, parsed, reject_rows, without
from transforms.model.register import (
    Edition,
    FieldKind,
    Index,
    JsonLines,
    Parsed,
    Recognised,
    Register,
    SourceField,
)
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    INTEREST_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.identifiers import GB_COH

REFUSED = "refused attribute"
FREE_TEXT = "free text, which may name a person"
OF_THE_DECLARATION = "groups statements of one declaration; each is read for itself"
COMPONENT = (
    "components of an indirect relationship are records of their own, and stay; the model has no column "
    "that ties them"
)
NO_COLUMN = "no column of the model holds it"


def _of(name: str, kind: FieldKind = "text", ignored: str = "", known: tuple[str, ...] = ()) -> SourceField:
    """Any statement may lack any key."""
    return SourceField(name, kind, ignored, required=False, known=known)


def _details(
    name: str, kind: FieldKind = "text", ignored: str = "", known: tuple[str, ...] = ()
) -> SourceField:
    return _of(f"recordDetails.{name}", kind, ignored, known)


def _unspecified(name: str) -> tuple[SourceField, ...]:
    """A reason in place of a party, in the standard's key and in two that are met."""
    return (
        _details(f"{name}.reason"),
        _details(f"{name}.unspecifiedReason"),
        _details(f"{name}.description", ignored=FREE_TEXT),
        _details(f"{name}.unspecified.reason"),
        _details(f"{name}.unspecified.description", ignored=FREE_TEXT),
    )


FIELDS = (
    _of("statementId"),
    _of("statementDate"),
    _of("recordId"),
    _of("recordType"),
    _of("recordStatus", "category", known=("new", "updated", "closed")),
    _of("statementID"),
    _of("statementType"),
    _of("declaration", ignored=OF_THE_DECLARATION),
    _of("declarationSubject", ignored=OF_THE_DECLARATION),
    _of("annotations", ignored=FREE_TEXT),
    _of(
        "source",
        ignored="who told the publisher, persons among them; the edition's publisher is the source here",
    ),
    _of("publicationDetails.publicationDate"),
    _of(
        "publicationDetails.bodsVersion",
        "category",
        ignored="another version than those known is reported; the keys tell one before 0.4",
        known=("0.4",),
    ),
    _of("publicationDetails.publisher.name"),
    _of("publicationDetails.publisher.url", ignored="the publisher's name is enough"),
    _of("publicationDetails.publisher.uri", ignored="the publisher's name is enough"),
    _of("publicationDetails.license", ignored="the licence is looked at before a publisher is landed"),
    _details("isComponent", ignored=COMPONENT),
    _details("componentRecords", "texts", ignored=COMPONENT),
    # entities
    _details("entityType.type", "category", known=values.KNOWN_ENTITY_TYPES),
    _details("entityType.subtype"),
    _details("entityType.details"),
    _details("unspecifiedEntityDetails.reason"),
    _details("unspecifiedEntityDetails.description", ignored=FREE_TEXT),
    _details("name"),
    _details("alternateNames", "texts", ignored="the model has former names, which these need not be"),
    _details("jurisdiction.name"),
    _details("jurisdiction.code"),
    _details("incorporatedInJurisdiction.name"),
    _details("incorporatedInJurisdiction.code"),
    _details("identifiers.scheme", "texts"),
    _details("identifiers.id", "texts"),
    _details("identifiers.schemeName", "texts", ignored="a scheme without its code cannot be joined on"),
    _details("identifiers.uri", "texts", ignored="a number is joined on, not its address"),
    _details("uri", ignored="a record is known by its recordId"),
    _details("foundingDate"),
    _details("dissolutionDate"),
    _details("formedByStatute", ignored=NO_COLUMN),
    _details("publicListing.hasPublicListing", "category", known=("true", "false")),
    _details("publicListing.companyFilingsURLs", ignored="that it is listed is enough"),
    _details("publicListing.securitiesListings", ignored="that it is listed is enough"),
    *(_details(f"addresses.{key}", "texts") for key in ADDRESS_KEYS),
    # persons
    _details("personType", "category", known=values.KNOWN_PERSON_TYPES),
    _details("unspecifiedPersonDetails.reason"),
    _details("unspecifiedPersonDetails.description", ignored=FREE_TEXT),
    *(_details(f"names.{key}", "texts") for key in NAME_KEYS),
    _details("birthDate"),
    _details("deathDate", ignored=NO_COLUMN),
    _details("nationalities", "texts", ignored=REFUSED),
    _details("placeOfBirth", ignored=REFUSED),
    _details("placeOfResidence", ignored=REFUSED),
    _details("taxResidencies", "texts", ignored=REFUSED),
    _details(
        "politicalExposure",
        ignored="positions come from registers of their own, not from what a company says of its owner",
    ),
    # relationships
    *(
        field
        for name in REFERENCES
        for field in (
            _details(name),
            _details(f"{name}.describedByEntityStatement"),
            _details(f"{name}.describedByPersonStatement"),
        )
    ),
    *(field for name in REFERENCES for field in _unspecified(name)),
    *(_details(f"interests.{key}", "texts") for key in INTEREST_KEYS),
    *(_details(f"interests.share.{key}", "texts") for key in SHARE_KEYS),
    _details(
        "interests.beneficialOwnershipOrControl",
        "texts",
        ignored="what the publisher concludes; beneficial owners are computed here",
    ),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """A statement's keys in the content, whatever the name; or the name, where the content is no other
    register's.
    """
    return Recognised(dataset(file_name, head), day_in_name(file_name)) if is_bods(file_name, head) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the module's table).

    frame: BATCH_COLUMNS and FIELDS as `conform` types them. `edition.index` None: this batch is the whole
    edition. Rejects: missing_value (no recordType, no recordId, nothing in place of a subject or an
    interested party), unknown_kind, person_as_subject. Findings: unknown_category (interest types,
    directOrIndirect, address types, reasons), other_publisher, and by record impossible_share,
    share_conflict, missing_share, impossible_date, partial_date, dates_reversed, missing_party,
    unspecified_subject, repeated_statement_id. Raises BlockedEdition: bods_version.
    """
    refuse_earlier_versions(frame)
    index = settled(kept(frame)) if edition.index is None else edition.index
    rejected = references.rejected(frame)
    fated = without(frame, rejected).join(index, on="record_no", how="left", maintain_order="left")
    of_persons = pl.col("fate").eq_missing(pl.lit("person_as_subject"))
    rejected = pl.concat(
        [rejected, reject_rows(fated.filter(of_persons), "person_as_subject", "recordDetails.subject")]
    ).sort("record_no")
    ignored = fated.filter(pl.col("fate").is_not_null() & ~of_persons)
    records = located(fated.filter(pl.col("fate").is_null()), pl.col("recordId"), edition)
    related = relationships.related(records, edition)
    interests = relationships.interests_of(related)
    periods = relationships.periods(related, interests)
    implied = arrangements(interests, edition)
    entities = records.filter(pl.col("recordType") == "entity")
    persons = records.filter(pl.col("recordType") == "person")
    addresses = parties.addresses_of(records)
    entity_statements = (
        parties.entities(entities, edition),
        *parties.made(related, edition),
        parties.unnamed_subjects(related, edition),
        implied["entity_statement"],
    )
    relationship_statements = relationships.relationships(periods, edition)
    interest_statements = relationships.interests(interests, edition)
    tables = {
        "entity_statement": pl.concat(entity_statements),
        "person_statement": parties.persons(persons, edition),
        "relationship_statement": pl.concat([relationship_statements, implied["relationship_statement"]]),
        "interest_statement": pl.concat([interest_statements, implied["interest_statement"]]),
        "address_statement": parties.addresses(addresses, edition),
        "identifier_statement": parties.numbers_beside(entities, edition),
    }
    found = (
        *findings.categories(interests, addresses, related, entities, persons),
        *findings.dated_faults(interests, entities, persons),
        *findings.by_record(fated, related, interests),
        findings.other_publishers(records, edition),
    )
    why_ignored = ignored.select("record_no", pl.col("fate").alias("reason"))
    return parsed(records, tables, rejected=rejected, ignored=why_ignored, findings=found)


REGISTER = Register(
    name="bods",
    title="Beneficial ownership statements (BODS 0.4)",
    publisher="any publisher of the Beneficial Ownership Data Standard",
    territory="world",
    url="https://standard.openownership.org/en/0.4.0/",
    licence="each publisher's own, stated in publicationDetails.license",
    cadence="each publisher's own",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="750 (extract about the United Kingdom of 2025-03-05); some 18,000,000 for the whole of it",
    description="Entities, persons and who holds or controls what, as statements in the standard's own form, "
    "exact "
    "shares and bands.",
    reader=JsonLines(packages=True),
    fields=FIELDS,
    tables=(
        ENTITY_STATEMENT,
        RELATIONSHIP_STATEMENT,
        PERSON_STATEMENT,
        INTEREST_STATEMENT,
        ADDRESS_STATEMENT,
        IDENTIFIER_STATEMENT,
    ),
    recognise=recognise,
    parse=parse,
    edition_field="publicationDetails.publicationDate",
    index=Index(kept, settled),
)
