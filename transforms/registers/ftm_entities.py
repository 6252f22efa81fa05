"""FollowTheMoney entities as OpenSanctions and Aleph write them: watch lists, offices, and who owns whom, one
JSON object a line.

| schema | becomes |
|---|---|
| Person | person_statement `p`, names `n0` …, addresses `a0` …, a listing `t0` … for each topic |
| Company, Organization, LegalEntity, PublicBody | entity_statement `p`, numbers `k0` …, otherwise as Person |
| Ownership, Control, Directorship | relationship `r`, interest `r-i0`: shares, influence, board seat |
| Occupancy | listing `l` of class pep, with the office of its Position |
| Sanction | listing `l`, in the class that its party's topics name (`formats.ftm.class_of_sanction`) |
| Address | an address `a0` … of each party that refers to it; of nobody: ignored |
| Position | read with its Occupancies, ignored itself |
| others | ignored for the reason in `vocabulary/ftm_schemas.csv`; an unknown schema is a finding |

Sanctions, offices, debarments and crimes keep their classes apart (`vocabulary/ftm_topics.csv`); a topic that
is not there is class other, and a finding. A collection without parties of a kind is none the less whole:
what a list does not name is not on it. Dates may be a year, or a year and month: a start is then its first
day, an end the first day after it. Of several birth dates the one that most of the record's dates support
comes first; the others stand beside it. Where a record has several starts and ends (a publisher merged
several), the earliest start counts, and the latest end once there is one for each start. An office without an
end of its own ends with its term, unless its status says that it goes on. A status that says that something
has ended (`vocabulary/ftm_statuses.csv`) ends it on an unknown day where no end is told; one that is not in
that list is a finding, and says nothing. A link to a record that is not there, or to a thing that is no
party, is ignored (`missing_party`, `no_party`) and named by a finding. A Sanction or Occupancy of several
parties is one of each; a link of ownership that names several at one end is rejected (`several_parties`):
whose the share is, it does not say. The `country` of a natural person is never read; that of an entity is.

A list of the standard has no order. Every stated country counts: a number is given with each of them, and
where one is the United Kingdom, each number is tried as one of its register, however many countries and
numbers there are.

The data set is told by the file's name, or by its folder (`sanctions/entities.ftm.json`), never by its
records (`formats.ftm.dataset`).

Operations on an earlier state (`entities.delta.json`: ADD, MOD, DEL) are not this register's form: the file
is blocked (`ftm_delta`). Entities inside others (`targets.nested.json`) are not either: the file is named as
not read, and which one to fetch. Never read: the refused attributes, by name, in
`vocabulary/ftm_properties.csv`. Source: https://followthemoney.tech/explorer/ and
https://www.opensanctions.org/docs/bulk/json/, and formats.ftm.
"""

from __future__ import annotations

import polars as pl

from transforms.formats.file_names import day_in_name
from transforms.formats.ftm import codes, files, findings, links, parties, references
from transforms.formats.ftm.numbers import numbers_beside
from transforms.formats.ftm.references import kept, refuse_operations, settled
from transforms.formats.ftm.values import native
from transforms.model.parsing import located, parsed, without
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
    LISTING_STATEMENT,
    NAME_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.identifiers import GB_COH

DATED = "dates the edition, or nothing"
# Properties that are read, in the order of the standard's schemas.
READ = (
    "name",
    "alias",
    "weakAlias",
    "abbreviation",
    "previousName",
    "topics",
    "address",
    "addressEntity",
    "program",
    "programId",
    "title",
    "firstName",
    "secondName",
    "middleName",
    "lastName",
    "birthDate",
    "position",
    "country",
    "mainCountry",
    "jurisdiction",
    "legalForm",
    "incorporationDate",
    "dissolutionDate",
    "registrationNumber",
    "innCode",
    "ogrnCode",
    "leiCode",
    "uscCode",
    "vatCode",
    "owner",
    "asset",
    "percentage",
    "director",
    "organization",
    "controller",
    "controlled",
    "holder",
    "post",
    "entity",
    "authority",
    "startDate",
    "endDate",
    "date",
    "periodStart",
    "periodEnd",
    "status",
    "full",
    "street",
    "street2",
    "city",
    "postalCode",
    "region",
    "state",
    "postOfficeBox",
)


def _of(name: str, kind: FieldKind = "text", ignored: str = "", *, mandatory: bool = False) -> SourceField:
    """Any record may lack any key but its id and schema."""
    return SourceField(name, kind, ignored, required=False, mandatory=mandatory)


FIELDS = (
    _of("op"),  # of an operation, not of an entity
    _of("id"),
    _of("schema"),
    _of("caption"),
    _of("datasets", "texts"),
    _of("last_seen", ignored=DATED),
    _of("last_change", ignored=DATED),
    _of("first_seen", ignored=DATED),
    _of("entity", ignored="what an operation is on; a file of operations is refused"),
    _of("referents", "texts", "ids that the publisher merged into this one"),
    _of("target", "boolean", "the topics and Sanction records say what a record is listed for"),
    _of("updated_at", ignored=DATED),
    _of("created_at", ignored=DATED),
    _of("origin", "texts", "how the publisher came by the record"),
    _of("collection_id", ignored="the publisher's own place for it"),
    *(_of(native(name), "texts") for name in READ),
    *(_of(native(name), "texts", reason) for name, reason in codes.ignored_properties()),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """An entity's keys in the content, whatever the name; or the name, where the content is no other
    register's.
    """
    if not files.is_ftm(file_name, head):
        return None
    return Recognised(
        files.dataset(file_name, head), day_in_name(file_name), contains=files.lists_named(head)
    )


def declined(file_name: str, head: bytes) -> str:
    if files.is_nested(file_name, head):
        return (
            "nested entities (targets.nested.json): links and their ends are no records of their own "
            "there; put the publisher's entities.ftm.json here"
        )
    return ""


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the module's table).

    frame: BATCH_COLUMNS and FIELDS as `conform` types them. `edition.index` None: this batch is the whole
    edition. Rejects: missing_value (no id, no schema, an end of a link), several_parties. Findings:
    unknown_category (schema, topics, status), and by record missing_party, no_party, person_as_subject,
    office_of_no_person, impossible_share, share_conflict, unreadable_share, several_bands, impossible_date,
    several_classes. Raises BlockedEdition: ftm_delta.
    """
    refuse_operations(frame)
    index = settled(kept(frame)) if edition.index is None else edition.index
    typed = references.typed(frame)
    rejected = references.rejected(typed)
    fated = without(typed, rejected).join(index, on="record_no", how="left", maintain_order="left")
    ignored = fated.filter(pl.col("fate").is_not_null())
    records = located(fated.filter(pl.col("fate").is_null()), pl.col("id"), edition)
    by_type = {
        name: records.filter(pl.col("record_type") == name)
        for name in (*codes.PARTIES, "occupancy", "sanction", "address")
    }
    every_party = records.filter(pl.col("record_type").is_in(codes.PARTIES))
    persons = parties.births(by_type["person"])
    held = links.links(records, edition)
    topics = links.topics(every_party, edition)
    addresses = (
        parties.addresses_of_parties(every_party, edition),
        parties.addresses_of_records(by_type["address"], edition),
    )
    listings = (
        links.listed_by_topic(topics, edition),
        links.listed_by_sanction(by_type["sanction"], edition),
        links.offices(by_type["occupancy"], edition),
    )
    tables = {
        "name_statement": parties.names(every_party, edition),
        "entity_statement": parties.entities(by_type["entity"], edition),
        "person_statement": parties.persons(persons, edition),
        "relationship_statement": links.relationships(held, edition),
        "interest_statement": links.interests(held, edition),
        "address_statement": pl.concat(addresses),
        "listing_statement": pl.concat(listings),
        "identifier_statement": numbers_beside(by_type["entity"], edition),
    }
    found = (
        *findings.categories(fated, records, topics),
        *findings.by_record(fated, records, held, persons),
    )
    why_ignored = ignored.select("record_no", _why_ignored())
    return parsed(records, tables, rejected=rejected, ignored=why_ignored, findings=found)


def _why_ignored() -> pl.Expr:
    """`schema.<name>` for kinds that are ignored by name, so that each is counted."""
    by_name = pl.concat_str(pl.lit("schema."), pl.col("schema").str.to_lowercase())
    return pl.when(pl.col("fate") == "ignored_schema").then(by_name).otherwise("fate").alias("reason")


REGISTER = Register(
    name="ftm_entities",
    title="FollowTheMoney entities",
    publisher="any publisher of FollowTheMoney data, OpenSanctions and Aleph among them",
    territory="world",
    url="https://www.opensanctions.org/datasets/",
    licence="each publisher's own; OpenSanctions: CC BY-NC 4.0, or a licence for business use",
    cadence="each publisher's own; OpenSanctions: daily",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="1,565 (a list of office holders of 2024-03-14); some 4,000,000 for all of OpenSanctions",
    description=(
        "Parties on watch lists: sanctions, offices, debarments and crimes, each kept apart; and links of "
        "ownership among them."
    ),
    reader=JsonLines(lone_texts=True),
    fields=FIELDS,
    tables=(
        NAME_STATEMENT,
        ENTITY_STATEMENT,
        PERSON_STATEMENT,
        RELATIONSHIP_STATEMENT,
        INTEREST_STATEMENT,
        ADDRESS_STATEMENT,
        LISTING_STATEMENT,
        IDENTIFIER_STATEMENT,
    ),
    recognise=recognise,
    parse=parse,
    edition_field="last_seen",
    declined=declined,
    dataset_of=files.dataset,
    index=Index(kept, settled),
)
