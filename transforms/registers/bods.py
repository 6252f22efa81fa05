"""Beneficial Ownership Data Standard 0.4, from any publisher: a JSON array, one object, or JSON lines.

One statement is one record of the file. Statements with the same `recordId` are versions of one record: the
newest `statementDate` counts (then the later in the file). Older versions are ignored as `older_version`,
identical repeats as `duplicate`.

| record | becomes |
|---|---|
| entity | entity_statement `p`, further numbers `k0`, `k1` …, addresses `a0`, `a1` … |
| person | person_statement `p`, addresses |
| relationship | a relationship for each period of its interests (`r`, `r2` …), its interests (`r-i0` …) |
| nature "as trust", "as firm" … in `details` | an unnamed arrangement between the two, as in gb_coh_psc |
| interested party given as a reason; unknownPerson | relationship of party_kind unspecified, with reason |
| anonymous person or entity, unknown entity | the party itself; the relationship carries the reason |
| a referenced record that is missing | unknownEntity `p` under that recordId; finding `missing_party` |
| subject given as a reason | an unknownEntity `s` of the relationship itself |
| relationship whose subject is a natural person | rejected, `person_as_subject`: nobody can own a person |

A subject is always referenced by its entity statement, so resolution checks its number against its name as
for any other entity. An interest holds from startDate to endDate. A closed record without an endDate ends on
its statementDate; an end date that cannot be parsed means that the interest ended on an unknown day. Records
with dates in the wrong order or impossible shares are kept and reported by OWN-100 and by a finding
(`record-<number of the record>`). The share is then unknown (`share_fault`, `share_native`) and a
relationship with reversed dates has ended. Shares, votes or rights to assets without a figure are kept as
unknown, with the finding `missing_share`.

Never read: nationalities, place of birth, residence and tax residence (refused attributes), persons'
identifiers, political exposure. Files in versions 0.1 to 0.3 are read too (`formats.bods.earlier`); one that
mixes them with 0.4 is blocked: `bods_version`. Source: https://standard.openownership.org/en/0.4.0/ (schema
and code lists), and formats.bods. The declaration is at the end.
"""

import polars as pl

from transforms.formats.bods import earlier, findings, parties, references, relationships, values
from transforms.formats.bods.files import dataset, is_bods, page_offers
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
from transforms.model.source import Source
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
OF_THE_DECLARATION = "groups statements of one declaration; each statement is parsed alone"
COMPONENT = (
    "components of an indirect relationship are separate records, which are loaded; the model has no column "
    "that links them"
)
NO_COLUMN = "no column of the model holds it"


def _optional(
    name: str, kind: FieldKind = "text", ignored: str = "", known: tuple[str, ...] = ()
) -> SourceField:
    """An optional field: any statement may lack any key."""
    return SourceField(name, kind, ignored, required=False, known=known)


def _details(
    name: str, kind: FieldKind = "text", ignored: str = "", known: tuple[str, ...] = ()
) -> SourceField:
    return _optional(f"recordDetails.{name}", kind, ignored, known)


def _unspecified(name: str) -> tuple[SourceField, ...]:
    """A reason in place of a party, under the standard's key and two other keys in use."""
    return (
        _details(f"{name}.reason"),
        _details(f"{name}.unspecifiedReason"),
        _details(f"{name}.description", ignored=FREE_TEXT),
        _details(f"{name}.unspecified.reason"),
        _details(f"{name}.unspecified.description", ignored=FREE_TEXT),
    )


FIELDS = (
    _optional("statementId"),
    _optional("statementDate"),
    _optional("recordId"),
    _optional("recordType"),
    _optional("recordStatus", "category", known=("new", "updated", "closed")),
    _optional("statementID"),
    _optional("statementType"),
    _optional("replacesStatements", "texts"),
    _optional("declaration", ignored=OF_THE_DECLARATION),
    _optional("declarationSubject", ignored=OF_THE_DECLARATION),
    _optional("annotations", ignored=FREE_TEXT),
    _optional(
        "source",
        ignored="the publisher's source, possibly a person; the source here is the publisher",
    ),
    _optional("publicationDetails.publicationDate"),
    _optional(
        "publicationDetails.bodsVersion",
        "category",
        ignored="an unknown version is reported; versions before 0.4 are recognised by their keys",
        known=("0.4",),
    ),
    _optional("publicationDetails.publisher.name"),
    _optional("publicationDetails.publisher.url", ignored="the publisher's name is enough"),
    _optional("publicationDetails.publisher.uri", ignored="the publisher's name is enough"),
    _optional("publicationDetails.license", ignored="the licence is checked before a publisher is added"),
    _details("isComponent", ignored=COMPONENT),
    _details("componentRecords", "texts", ignored=COMPONENT),
    # entities
    _details("entityType.type", "category", known=values.KNOWN_ENTITY_TYPES),
    _details("entityType.subtype"),
    _details("entityType.details"),
    _details("unspecifiedEntityDetails.reason"),
    _details("unspecifiedEntityDetails.description", ignored=FREE_TEXT),
    _details("name"),
    _details("alternateNames", "texts", ignored="the model has former names only, and these may be current"),
    _details("jurisdiction.name"),
    _details("jurisdiction.code"),
    _details("incorporatedInJurisdiction.name"),
    _details("incorporatedInJurisdiction.code"),
    _details("identifiers.scheme", "texts"),
    _details("identifiers.id", "texts"),
    _details("identifiers.schemeName", "texts", ignored="a scheme without a code cannot be joined on"),
    _details("identifiers.uri", "texts", ignored="the number is used for joins, not its URI"),
    _details("uri", ignored="a record is identified by its recordId"),
    _details("foundingDate"),
    _details("dissolutionDate"),
    _details("formedByStatute", ignored=NO_COLUMN),
    _details("publicListing.hasPublicListing", "category", known=("true", "false")),
    _details("publicListing.companyFilingsURLs", ignored="whether it is listed is enough"),
    _details("publicListing.securitiesListings", ignored="whether it is listed is enough"),
    *(_details(f"addresses.{key}", "texts") for key in parties.ADDRESS_KEYS),
    # persons
    _details("personType", "category", known=values.KNOWN_PERSON_TYPES),
    _details("unspecifiedPersonDetails.reason"),
    _details("unspecifiedPersonDetails.description", ignored=FREE_TEXT),
    *(_details(f"names.{key}", "texts") for key in parties.NAME_KEYS),
    _details("birthDate"),
    _details("deathDate", ignored=NO_COLUMN),
    _details("nationalities", "texts", ignored=REFUSED),
    _details("placeOfBirth", ignored=REFUSED),
    _details("placeOfResidence", ignored=REFUSED),
    _details("taxResidencies", "texts", ignored=REFUSED),
    _details(
        "politicalExposure",
        ignored="positions come from dedicated registers, not from what a company says of its owner",
    ),
    # relationships
    *(
        field
        for name in references.REFERENCES
        for field in (
            _details(name),
            _details(f"{name}.describedByEntityStatement"),
            _details(f"{name}.describedByPersonStatement"),
        )
    ),
    *(field for name in references.REFERENCES for field in _unspecified(name)),
    *(_details(f"interests.{key}", "texts") for key in relationships.INTEREST_KEYS),
    *(_details(f"interests.share.{key}", "texts") for key in SHARE_KEYS),
    _details(
        "interests.beneficialOwnershipOrControl",
        "texts",
        ignored="the publisher's conclusion; beneficial owners are computed here",
    ),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the keys of a statement in the content; by name if the content is not another register's."""
    return Recognised(dataset(file_name, head), day_in_name(file_name)) if is_bods(file_name, head) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the table in the module's docstring).

    frame: BATCH_COLUMNS and FIELDS as typed by `conform`. If `edition.index` is None, the batch is the whole
    edition. Rejects: missing_value (recordType, recordId, subject or interested party), unknown_kind,
    person_as_subject. Findings: unknown_category (interest types, directOrIndirect, address types, reasons),
    other_publisher, and by record impossible_share, share_conflict, missing_share, impossible_date,
    partial_date, dates_reversed, missing_party, unspecified_subject, repeated_statement_id. Raises
    BlockedEdition: bods_version.
    """
    references.refuse_earlier_versions(frame)
    index = references.settled(references.kept(frame)) if edition.index is None else edition.index
    malformed = references.rejected(frame)
    judged = without(frame, malformed).join(index, on="record_no", how="left", maintain_order="left")
    has_person_as_subject = pl.col("fate").eq_missing(pl.lit("person_as_subject"))
    owned_persons = reject_rows(
        judged.filter(has_person_as_subject), "person_as_subject", "recordDetails.subject"
    )
    ignored = judged.filter(pl.col("fate").is_not_null() & ~has_person_as_subject)
    records = located(judged.filter(pl.col("fate").is_null()), pl.col("recordId"), edition)
    related = relationships.related(records, edition)
    interests = relationships.interests_of(related)
    return parsed(
        records,
        _tables(records, related, interests, edition),
        rejected=pl.concat([malformed, owned_persons]).sort("record_no"),
        ignored=ignored.select("record_no", pl.col("fate").alias("reason")),
        findings=(
            *findings.categories(interests, parties.addresses_of(records), related, records),
            *findings.dated_faults(interests, records),
            *findings.by_record(judged, related, interests),
            findings.other_publishers(records, edition),
        ),
    )


def _tables(
    records: pl.DataFrame, related: pl.DataFrame, interests: pl.DataFrame, edition: Edition
) -> dict[str, pl.DataFrame]:
    """Statements by table. `related` and `interests` as in `formats.bods.relationships`."""
    entities = records.filter(pl.col("recordType") == "entity")
    persons = records.filter(pl.col("recordType") == "person")
    periods = relationships.periods(related, interests)
    implied = arrangements(interests, edition)
    entity_statements = (
        parties.entities(entities, edition),
        *parties.missing_parties(related, edition),
        parties.unnamed_subjects(related, edition),
        implied["entity_statement"],
    )
    relationship_statements = relationships.relationships(periods, edition)
    interest_statements = relationships.interests(interests, edition)
    return {
        "entity_statement": pl.concat(entity_statements),
        "person_statement": parties.persons(persons, edition),
        "relationship_statement": pl.concat([relationship_statements, implied["relationship_statement"]]),
        "interest_statement": pl.concat([interest_statements, implied["interest_statement"]]),
        "address_statement": parties.addresses(parties.addresses_of(records), edition),
        "identifier_statement": parties.numbers_beside(entities, edition),
    }


REGISTER = Register(
    name="bods",
    title="Beneficial ownership statements (BODS 0.1 to 0.4)",
    publisher="any publisher of the Beneficial Ownership Data Standard",
    territory="world",
    url="https://standard.openownership.org/en/0.4.0/",
    licence="each publisher's own, stated in publicationDetails.license",
    cadence="each publisher's own",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="750 (extract about the United Kingdom of 2025-03-05); about 18,000,000 in total",
    description="Entities, persons and who owns or controls what, as statements of the standard, with exact "
    "shares and bands.",
    roles=(),
    partial_roles=("companies", "owners"),
    source=Source(
        "https://bods-data.openownership.org/source/uk_version_0_4/",
        offers=page_offers("uk.bods.json.zip"),
        on_request=True,
    ),
    reader=JsonLines(packages=True),
    other_forms=(earlier.form(FIELDS),),
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
    index=Index(references.kept, references.settled),
)
