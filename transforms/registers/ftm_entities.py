"""FollowTheMoney entities as OpenSanctions and Aleph publish them: watch lists, offices and ownership, one
JSON object on each line.

| schema | becomes |
|---|---|
| Person | person_statement `p`, names `n0` …, addresses `a0` …, a listing `t0` … for each topic |
| Company, Organization, LegalEntity, PublicBody | entity_statement `p`, numbers `k0` …, otherwise as Person |
| Ownership, Control, Directorship | relationship `r`, interest `r-i0`: shares, influence, board seat |
| Occupancy | listing `l` of class pep, with the office of its Position |
| Sanction | listing `l`, in the class of its party's topics (`formats.ftm.codes.class_of_sanction`) |
| Address | an address `a0` … of each party that refers to it; ignored if no party does |
| Position | read with its Occupancies, ignored itself |
| others | ignored for the reason in `vocabulary/ftm_schemas.csv`; an unknown schema is a finding |

Sanctions, offices, debarments and crimes have separate classes (`vocabulary/ftm_topics.csv`). A topic that is
not in that list has class other, and is a finding. A collection without parties of some kind is still
complete: a party that it does not name is not on the list.

Dates may be a year, or a year and month: a start is then its first day, an end the first day after it. Of
several birth dates, the one that most of the record's dates support comes first; the others are stored beside
it. If a merged record has several starts and ends, the earliest start counts, and the latest end once there
is an end for each start. An office without its own end date ends with its term, unless its status says that
it is current. A status that means "ended" (`vocabulary/ftm_statuses.csv`) ends a record without an end date
on an unknown day; an unlisted status is a finding and has no effect. A link to a missing record, or to a
record that is not a party, is ignored (`missing_party`, `no_party`) and reported by a finding. A Sanction or
Occupancy of several parties becomes one for each. An ownership link with several parties at one end is
rejected (`several_parties`), because it does not say who holds the share. The `country` of a natural person
is never read; that of an entity is.

Lists in the standard have no order, so all stated countries count: each number is combined with each country,
and if the United Kingdom is among the countries, each number is tried as a UK company number.

The dataset is named after the file or its folder (`sanctions/entities.ftm.json`), never after its records
(`formats.ftm.files.dataset`).

Files of changes (`entities.delta.json`: ADD, MOD, DEL) are blocked: `ftm_delta`. Files with nested entities
(`targets.nested.json`) are reported as not read, with the file to fetch instead. Never read: the refused
attributes, listed in `vocabulary/ftm_properties.csv`. Source: https://followthemoney.tech/explorer/ and
https://www.opensanctions.org/docs/bulk/json/, and formats.ftm. The declaration is at the end.
"""

import polars as pl

from transforms.formats.file_names import day_in_name
from transforms.formats.ftm import codes, files, findings, links, parties, references
from transforms.formats.ftm.numbers import numbers_beside
from transforms.formats.ftm.values import native
from transforms.model.parsing import located, parsed, without
from transforms.model.register import (
    Edition,
    FieldKind,
    Index,
    JsonLines,
    Parsed,
    PublicPage,
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


def _optional(name: str, kind: FieldKind = "text", ignored: str = "") -> SourceField:
    """An optional field: a record may lack any key."""
    return SourceField(name, kind, ignored, required=False)


FIELDS = (
    _optional("op"),  # of a change, not of an entity
    _optional("id"),
    _optional("schema"),
    _optional("caption"),
    _optional("datasets", "texts"),
    _optional("last_seen", ignored=DATED),
    _optional("last_change", ignored=DATED),
    _optional("first_seen", ignored=DATED),
    _optional("entity", ignored="what a change applies to; a file of changes is blocked"),
    _optional("referents", "texts", "ids that the publisher merged into this one"),
    _optional("target", "boolean", "the topics and Sanction records say what a record is listed for"),
    _optional("updated_at", ignored=DATED),
    _optional("created_at", ignored=DATED),
    _optional("origin", "texts", "how the publisher obtained the record"),
    _optional("collection_id", ignored="the publisher's own collection"),
    *(_optional(native(name), "texts") for name in READ),
    *(_optional(native(name), "texts", reason) for name, reason in codes.ignored_properties()),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the keys of an entity in the content; by the name if the content is not another register's."""
    if not files.is_ftm(file_name, head):
        return None
    return Recognised(
        files.dataset(file_name, head), day_in_name(file_name), contains=files.lists_named(head)
    )


def declined(file_name: str, head: bytes) -> str:
    if files.is_nested(file_name, head):
        return (
            "nested entities (targets.nested.json): links and their parties are not separate records; "
            "put the publisher's entities.ftm.json here"
        )
    return ""


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the table in the module's docstring).

    frame: BATCH_COLUMNS and FIELDS as typed by `conform`. If `edition.index` is None, the batch is the whole
    edition. Rejects: missing_value (id, schema, an end of a link), several_parties. Findings:
    unknown_category (schema, topics, status), and by record missing_party, no_party, person_as_subject,
    office_of_no_person, impossible_share, share_conflict, unreadable_share, several_bands, impossible_date,
    several_classes. Raises BlockedEdition: ftm_delta.
    """
    references.refuse_operations(frame)
    index = references.settled(references.kept(frame)) if edition.index is None else edition.index
    typed = references.typed(frame)
    rejected = references.rejected(typed)
    judged = without(typed, rejected).join(index, on="record_no", how="left", maintain_order="left")
    ignored = judged.filter(pl.col("fate").is_not_null())
    records = located(judged.filter(pl.col("fate").is_null()), pl.col("id"), edition)
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
    all_findings = (
        *findings.categories(judged, records, topics),
        *findings.by_record(judged, records, held, persons),
    )
    why_ignored = ignored.select("record_no", _why_ignored())
    return parsed(records, tables, rejected=rejected, ignored=why_ignored, findings=all_findings)


def _why_ignored() -> pl.Expr:
    """`schema.<name>` for ignored schemas, so that each is counted by name."""
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
    expected_rows="1,565 (a list of office holders of 2024-03-14); about 4,000,000 for all of OpenSanctions",
    description=(
        "Parties on watch lists, with separate classes for sanctions, offices, debarments and crimes, and "
        "ownership links between them."
    ),
    roles=("lists",),
    # The ids that OpenSanctions makes itself; those of other publishers have no page that is known here.
    public_page=PublicPage(
        "(?P<entity>NK-[A-Za-z0-9]{8,40})", "https://www.opensanctions.org/entities/{entity}/"
    ),
    partial_roles=("companies", "owners"),
    source=Source(
        "https://data.opensanctions.org/datasets/latest/index.json", offers=files.index_offers("sanctions")
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
    index=Index(references.kept, references.settled),
)
