"""Statements in the Beneficial Ownership Data Standard 0.4, from any publisher: a JSON array, one object, or JSON lines.

One statement is one record of the file. Statements of one `recordId` are versions of one record: the newest `statementDate`
holds (then the later in the file), the others are ignored as `older_version`, an identical repeat as `duplicate`.

| record | becomes |
|---|---|
| entity | entity_statement `p`, further numbers `k0`, `k1` …, addresses `a0`, `a1` … |
| person | person_statement `p`, addresses |
| relationship | a relationship for each period of its interests (`r`, `r2` …), an interest for each of them (`r-i0`, `r-i1` …) |
| nature "as trust", "as firm" … in `details` | an unnamed arrangement between the two, as in gb_coh_psc (`t`, `f` …, `t-h`, `t-r`) |
| interested party given as a reason; unknownPerson | relationship of party_kind unspecified, with the reason |
| anonymous person or entity, unknown entity | the party itself; the relationship carries the reason |
| a record that is referred to and is not there | entity_statement `p` under that recordId, unknownEntity without a name; finding `missing_party` |
| subject given as a reason | an unknownEntity `s` of the relationship itself |
| relationship whose subject is a natural person | rejected, `person_as_subject`: nobody can hold a person |

Subjects are always named by their entity statement, so their numbers go through resolution with name agreement as others do.
Periods: an interest holds from startDate to endDate; a closed record without an endDate ends on its statementDate; an end that is
stated and cannot be read ended on an unknown day. Dates in the wrong order and shares that cannot be are kept, and named by OWN-100 and a
finding (`record-<number of the record>`); the share is then unknown (`share_fault`, `share_native`), and the relationship has ended. A share, a
vote or a right to assets without a figure is kept as unknown: finding `missing_share`.

Never read: nationalities, place of birth, residence and tax residence (refused attributes), persons' identifiers, political exposure.
Versions of the standard before 0.4 (`statementID`, `statementType`) block the file: `bods_version`.
Source: https://standard.openownership.org/en/0.4.0/ (schema and code lists), and formats.bods.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.errors import BlockedEdition
from transforms.formats import bods, gb_coh
from transforms.model.parsing import (
    finding_rows,
    located,
    parsed,
    record_ids,
    reject_rows,
    statement,
    statement_id,
)
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
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.identifiers import GB_COH
from transforms.values.vocabulary import lookup

RECORD_TYPES = ("entity", "person", "relationship")
REFERENCES = ("subject", "interestedParty")
NAMED_RECORDS_MAX = 200  # records that one kind of finding names in a batch; the rest are counted
SHARE_BASES = ("shares", "votes", "surplus_assets")
NO_TEXTS = pl.lit([], dtype=pl.List(pl.String))

# --- declaration ----------------------------------------------------------------------------------------------------

REFUSED = "refused attribute"
FREE_TEXT = "free text, which may name a person"
OF_THE_DECLARATION = "groups statements of one declaration; each is read for itself"
COMPONENT = "components of an indirect relationship are records of their own, and stay; the model has no column that ties them"
NO_COLUMN = "no column of the model holds it"
ADDRESS_KEYS = ("type", "address", "postCode", "country", "country.name", "country.code")
NAME_KEYS = ("type", "fullName", "familyName", "givenName", "patronymicName")
INTEREST_KEYS = ("type", "directOrIndirect", "details", "startDate", "endDate", "share")


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
    _of("publicationDetails.bodsVersion", "category", known=("0.4",)),
    _of("publicationDetails.publisher.name"),
    _of("publicationDetails.publisher.url", ignored="the publisher's name is enough"),
    _of("publicationDetails.publisher.uri", ignored="the publisher's name is enough"),
    _of("publicationDetails.license", ignored="the licence is looked at before a publisher is landed"),
    _details("isComponent", ignored=COMPONENT),
    _details("componentRecords", "texts", ignored=COMPONENT),
    # entities
    _details("entityType.type", "category", known=bods.KNOWN_ENTITY_TYPES),
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
    _details("personType", "category", known=bods.KNOWN_PERSON_TYPES),
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
    *(_details(f"interests.share.{key}", "texts") for key in bods.SHARE_KEYS),
    _details(
        "interests.beneficialOwnershipOrControl",
        "texts",
        ignored="what the publisher concludes; beneficial owners are computed here",
    ),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """A statement's keys in the content, whatever the name; or the name, where the content is no other register's."""
    return (
        Recognised(bods.dataset(file_name, head), bods.day_in_name(file_name))
        if bods.is_bods(file_name, head)
        else None
    )


# --- what is wrong with a whole record --------------------------------------------------------------------------------


def _refuse_earlier_versions(frame: pl.DataFrame) -> None:
    earlier = frame.filter(
        (pl.col("statementID").is_not_null() | pl.col("statementType").is_not_null())
        & pl.col("recordType").is_null()
    )
    if earlier.height:
        raise BlockedEdition(
            "bods_version",
            f"register bods: record {earlier['record_no'][0]} is a statement of a version of the standard before 0.4 (keys statementID, statementType); "
            "ask the publisher for 0.4, or convert the file",
        )


def _stated(name: str) -> pl.Expr:
    """Whether a relationship says anything in place of its subject or interested party."""
    keys = (
        "",
        ".describedByEntityStatement",
        ".describedByPersonStatement",
        ".reason",
        ".unspecifiedReason",
        ".unspecified.reason",
    )
    return pl.any_horizontal(pl.col(f"recordDetails.{name}{key}").is_not_null() for key in keys)


def _rejected(frame: pl.DataFrame) -> pl.DataFrame:
    """REJECT_SCHEMA, one row a record: the first fault in this order."""
    related = pl.col("recordType") == "relationship"
    faults = (
        (pl.col("recordType").is_null(), "missing_value", "recordType"),
        (~pl.col("recordType").is_in(RECORD_TYPES), "unknown_kind", "recordType"),
        (pl.col("recordId").is_null(), "missing_value", "recordId"),
        *((related & ~_stated(name), "missing_value", f"recordDetails.{name}") for name in REFERENCES),
    )
    rows = pl.concat(
        [reject_rows(frame.filter(mask.fill_null(False)), code, field) for mask, code, field in faults]
    )
    return rows.unique("record_no", keep="first", maintain_order=True).sort("record_no")


def _without(frame: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.join(rejected.select("record_no"), on="record_no", how="anti", maintain_order="left")
        if rejected.height
        else frame
    )


# --- the index: what a statement must know of the others ----------------------------------------------------------------


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    """Of each record: its key, its version, what it is, and whom it refers to (by recordId, or by statementId as before 0.4)."""
    _refuse_earlier_versions(frame)
    records = _without(frame, _rejected(frame))
    numbered = records.join(_entity_numbers(records), on="record_no", how="left", maintain_order="left")
    own_reason = pl.coalesce(
        "recordDetails.unspecifiedPersonDetails.reason", "recordDetails.unspecifiedEntityDetails.reason"
    )
    return numbered.select(
        "record_no",
        "content_hash",
        pl.col("recordId").alias("key"),
        pl.col("statementId").alias("statement_key"),
        pl.col("statementDate").alias("dated"),
        pl.col("recordType").alias("kind"),
        pl.coalesce("recordDetails.personType", "recordDetails.entityType.type").alias("subkind"),
        own_reason.alias("reason"),
        pl.concat_str("scheme", pl.lit("-"), "number").alias("org_id"),
        *(
            _reference(name).alias(alias)
            for name, alias in zip(REFERENCES, ("subject", "party"), strict=True)
        ),
    )


def _reference(name: str) -> pl.Expr:
    return pl.coalesce(
        f"recordDetails.{name}",
        f"recordDetails.{name}.describedByEntityStatement",
        f"recordDetails.{name}.describedByPersonStatement",
    )


def _settled(kept: pl.DataFrame) -> pl.DataFrame:
    """One row a record: record_no, fate (null: kept), and for a relationship what its references are.

    subject, party: recordId referred to (null: none). subject_org_id. subject_is_missing, party_is_missing. party_kind: entity, person
    or unspecified. party_subkind, party_reason: of the record referred to. makes_subject, makes_party: this relationship is the first
    kept one that refers to that missing record. is_subject: something refers to this record as its subject. repeats_statement: another
    record of other content has the same statementId.
    """
    judged = kept.with_columns(_fate(kept).alias("fate"))
    current = judged.filter(pl.col("fate").is_null())
    related = _referring(current.filter(pl.col("kind") == "relationship"), current, kept)
    of_persons = related.filter(pl.col("subject_kind") == "person").select(
        "record_no", pl.lit("person_as_subject").alias("refusal")
    )
    made = _made_once(related.join(of_persons, on="record_no", how="anti"))
    subjects = (
        related.select(pl.col("subject").alias("key"), pl.lit(True).alias("is_subject")).drop_nulls().unique()
    )
    return (
        judged.select("record_no", "key", "fate", _repeats_statement(kept))
        .join(of_persons, on="record_no", how="left", maintain_order="left")
        .with_columns(pl.coalesce("fate", "refusal").alias("fate"))
        .join(related.drop("subject_kind"), on="record_no", how="left", maintain_order="left")
        .join(made, on="record_no", how="left", maintain_order="left")
        .join(subjects, on="key", how="left", maintain_order="left")
        .with_columns(
            pl.col(
                "makes_subject", "makes_party", "is_subject", "subject_is_missing", "party_is_missing"
            ).fill_null(False)
        )
        .drop("key", "refusal")
    )


def _fate(kept: pl.DataFrame) -> pl.Series:
    """duplicate, older_version or null. Dates are compared as the texts they are: ISO dates and times sort so."""
    repeat = kept.select(
        "record_no",
        "key",
        pl.col("dated").fill_null(""),
        (~pl.struct("key", "content_hash").is_first_distinct()).alias("is_repeat"),
    )
    newest = (
        repeat.filter(~pl.col("is_repeat"))
        .sort("dated", "record_no")
        .unique("key", keep="last", maintain_order=True)
    )
    holds = pl.col("record_no").is_in(newest["record_no"].implode())
    fate = pl.when("is_repeat").then(pl.lit("duplicate")).when(~holds).then(pl.lit("older_version"))
    return repeat.select(fate.alias("fate"))["fate"]


def _repeats_statement(kept: pl.DataFrame) -> pl.Series:
    several = pl.col("content_hash").n_unique().over("statement_key") > 1
    return kept.select((pl.col("statement_key").is_not_null() & several).alias("repeats_statement"))[
        "repeats_statement"
    ]


def _referring(related: pl.DataFrame, current: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """record_no and the columns of `_settled` about references, with subject_kind. A reference that is no recordId may be a statementId."""
    parties = current.filter(pl.col("kind") != "relationship").select(
        "key", "kind", "subkind", "reason", "org_id"
    )
    by_statement = (
        kept.select(pl.col("statement_key").alias("named"), pl.col("key").alias("via"))
        .drop_nulls()
        .unique("named", keep="last", maintain_order=True)
    )
    found = related.select("record_no", "subject", "party")
    for name in ("subject", "party"):
        known = parties.select("key", pl.lit(True).alias("is_key"))
        looked_up = found.join(known, left_on=name, right_on="key", how="left", maintain_order="left").join(
            by_statement, left_on=name, right_on="named", how="left", maintain_order="left"
        )
        resolved = looked_up.with_columns(
            pl.when(pl.col("is_key").is_null()).then(pl.coalesce("via", name)).otherwise(name).alias(name)
        ).drop("is_key", "via")
        of = parties.select(
            "key",
            *(pl.col(column).alias(f"{name}_{column}") for column in ("kind", "subkind", "reason", "org_id")),
        )
        found = resolved.join(of, left_on=name, right_on="key", how="left", maintain_order="left")
    nobody = pl.col("party").is_null() | (pl.col("party_subkind") == "unknownPerson").fill_null(False)
    return found.select(
        "record_no",
        "subject",
        "subject_org_id",
        "subject_kind",
        "party",
        "party_subkind",
        "party_reason",
        (pl.col("subject").is_not_null() & pl.col("subject_kind").is_null()).alias("subject_is_missing"),
        (pl.col("party").is_not_null() & pl.col("party_kind").is_null()).alias("party_is_missing"),
        pl.when(nobody)
        .then(pl.lit("unspecified"))
        .otherwise(pl.col("party_kind").fill_null("entity"))
        .alias("party_kind"),
    )


def _made_once(related: pl.DataFrame) -> pl.DataFrame:
    """record_no, makes_subject, makes_party: which relationship stands for each missing record. The earliest, as its subject before its party."""
    wanted = pl.concat(
        [
            related.filter(f"{name}_is_missing").select(
                "record_no", pl.col(name).alias("key"), pl.lit(name).alias("as")
            )
            for name in ("subject", "party")
        ]
    )
    first = wanted.sort("record_no", pl.col("as") == "party", "key").unique(
        "key", keep="first", maintain_order=True
    )
    return first.group_by("record_no", maintain_order=True).agg(
        (pl.col("as") == "subject").any().alias("makes_subject"),
        (pl.col("as") == "party").any().alias("makes_party"),
    )


# --- parse ----------------------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the module's table).

    frame: BATCH_COLUMNS and FIELDS as `conform` types them. `edition.index` None: this batch is the whole edition.
    Rejects: missing_value (no recordType, no recordId, nothing in place of a subject or an interested party), unknown_kind, person_as_subject.
    Findings: unknown_category (interest types, directOrIndirect, address types, reasons), other_publisher, and by record
    impossible_share, share_conflict, missing_share, impossible_date, partial_date, dates_reversed, missing_party, unspecified_subject, repeated_statement_id.
    Raises BlockedEdition: bods_version.
    """
    _refuse_earlier_versions(frame)
    index = _settled(_kept(frame)) if edition.index is None else edition.index
    rejected = _rejected(frame)
    fated = _without(frame, rejected).join(index, on="record_no", how="left", maintain_order="left")
    of_persons = pl.col("fate").eq_missing(pl.lit("person_as_subject"))
    rejected = pl.concat(
        [rejected, reject_rows(fated.filter(of_persons), "person_as_subject", "recordDetails.subject")]
    ).sort("record_no")
    ignored = fated.filter(pl.col("fate").is_not_null() & ~of_persons)
    records = located(fated.filter(pl.col("fate").is_null()), pl.col("recordId"), edition)
    related = _related(records, edition)
    interests = _interests_of(related)
    periods = _periods(related, interests)
    through = _through(interests)
    entities = records.filter(pl.col("recordType") == "entity")
    persons = records.filter(pl.col("recordType") == "person")
    stated = _addresses_of(records)
    tables = {
        "entity_statement": pl.concat(
            [
                _entities(entities, edition),
                *_made(related, edition),
                _unnamed_subjects(related, edition),
                _arrangements(through, edition),
            ]
        ),
        "person_statement": _persons(persons, edition),
        "relationship_statement": pl.concat([_relationships(periods, edition), *_chains(through, edition)]),
        "interest_statement": pl.concat(
            [_interests(interests, edition), _holder_interests(through, edition)]
        ),
        "address_statement": _addresses(stated, edition),
        "identifier_statement": _numbers_beside(entities, edition),
    }
    found = (
        *_categories(interests, stated, related, entities, persons),
        *_dated_faults(interests, entities, persons),
        *_by_record(fated, related, interests),
        _other_publishers(records, edition),
    )
    return parsed(
        records,
        tables,
        rejected=rejected,
        ignored=ignored.select("record_no", pl.col("fate").alias("reason")),
        findings=found,
    )


# --- parties --------------------------------------------------------------------------------------------------------


def _form(entities: pl.DataFrame) -> pl.Series:
    return gb_coh.classified(entities["recordDetails.entityType.details"])["legal_form_class"]


def _entity_numbers(records: pl.DataFrame) -> pl.DataFrame:
    return bods.numbers(_formed(records.filter(pl.col("recordType") == "entity")), pl.col("legal_form_class"))


def _formed(entities: pl.DataFrame) -> pl.DataFrame:
    return entities.with_columns(_form(entities).alias("legal_form_class"))


def _numbers_beside(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Usable numbers that the entity is not known by: a LEI beside a company number is how one leads to the other."""
    further = bods.further_numbers(_formed(entities), pl.col("legal_form_class"))
    told = further.join(
        entities.select("record_no", "record", "record_id"), on="record_no", how="left", maintain_order="left"
    )
    part = pl.lit("k") + pl.col("place").cast(pl.String)
    return statement(
        told,
        IDENTIFIER_STATEMENT,
        edition,
        part,
        of_statement_id=statement_id("p"),
        scheme=pl.col("scheme"),
        number=pl.col("number"),
        number_native=pl.col("native"),
        country=pl.col("country"),
    )


def _entities(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    of = {
        name: pl.col(f"recordDetails.{name}")
        for name in ("name", "foundingDate", "dissolutionDate", "entityType.subtype", "entityType.details")
    }
    entity_type = pl.col("recordDetails.entityType.type")
    known_type = (
        pl.when(entity_type.is_in(bods.KNOWN_ENTITY_TYPES))
        .then(entity_type)
        .otherwise(pl.lit("unknownEntity"))
    )
    code, place = (
        pl.coalesce(
            *(f"recordDetails.{key}.{part}" for key in ("incorporatedInJurisdiction", "jurisdiction"))
        )
        for part in ("code", "name")
    )
    numbered = entities.join(
        _entity_numbers(entities), on="record_no", how="left", maintain_order="left"
    ).with_columns(_form(entities).alias("legal_form_class"))
    role = (
        pl.when(entity_type == "arrangement")
        .then(pl.lit("arrangement"))
        .when("is_subject")
        .then(pl.lit("subject"))
        .otherwise(pl.lit("owner"))
    )
    return statement(
        numbered,
        ENTITY_STATEMENT,
        edition,
        "p",
        role=role,
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.col("scheme"),
        identifier=pl.col("number"),
        identifier_native=pl.col("native"),
        entity_type=known_type,
        name=of["name"],
        former_names=NO_TEXTS,
        jurisdiction=bods.place_code(code, place),
        subdivision=bods.subdivision_code(code),
        legal_form=pl.concat_str(
            of["entityType.subtype"], of["entityType.details"], separator=": ", ignore_nulls=True
        ).replace("", None),
        legal_form_class=pl.col("legal_form_class"),
        status=pl.when(of["dissolutionDate"].is_not_null())
        .then(pl.lit("dissolved"))
        .otherwise(pl.lit("unknown")),
        incorporated_on=bods.day(of["foundingDate"]),
        dissolved_on=bods.day(of["dissolutionDate"]),
        industry_codes=NO_TEXTS,
        is_listed=pl.col("recordDetails.publicListing.hasPublicListing").replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
        ),
    )


def _nameless(
    rows: pl.DataFrame, edition: Edition, part: str | pl.Expr, role: str | pl.Expr, entity_type: str | pl.Expr
) -> pl.DataFrame:
    """Entities of which nothing is told but that they are there."""
    return statement(
        rows,
        ENTITY_STATEMENT,
        edition,
        part,
        role=pl.lit(role) if isinstance(role, str) else role,
        is_registry_entry=pl.lit(False),
        entity_type=pl.lit(entity_type) if isinstance(entity_type, str) else entity_type,
        former_names=NO_TEXTS,
        legal_form_class=pl.lit("unknown"),
        status=pl.lit("unknown"),
        industry_codes=NO_TEXTS,
    )


def _made(related: pl.DataFrame, edition: Edition) -> list[pl.DataFrame]:
    """Records that are referred to and are not there, under their own recordId: should a later edition have them, they are the same party."""
    columns = ("record_no", *(f"{name}_record_id" for name in ("subject", "party")), "subject", "party")
    made = []
    for name, role in (("subject", "subject"), ("party", "owner")):
        rows = (
            related.filter(f"makes_{name}")
            .select(columns)
            .rename({f"{name}_record_id": "record_id", name: "record"})
        )
        made.append(_nameless(rows, edition, "p", role, "unknownEntity"))
    return made


def _unnamed_subjects(related: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return _nameless(related.filter(pl.col("subject").is_null()), edition, "s", "subject", "unknownEntity")


def _persons(persons: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """The first legal name, else the first one. Of the birth date, year and month."""
    names = bods.items(persons, "recordDetails.names", NAME_KEYS, ("record_no",))
    best = names.sort("record_no", (pl.col("type") != "legal").fill_null(True), "position").unique(
        "record_no", keep="first", maintain_order=True
    )
    person_type = pl.col("recordDetails.personType")
    birth = pl.col("recordDetails.birthDate")
    return statement(
        persons.join(best.drop("position", "type"), on="record_no", how="left", maintain_order="left"),
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.when(person_type.is_in(bods.KNOWN_PERSON_TYPES))
        .then(person_type)
        .otherwise(pl.lit("unknownPerson")),
        full_name=pl.col("fullName"),
        forename=pl.col("givenName"),
        middle_names=pl.col("patronymicName"),
        surname=pl.col("familyName"),
        birth_year=_birth(birth).str.head(4).cast(pl.Int64),
        birth_month=_birth(birth).str.slice(5, 2).replace("", None).cast(pl.Int64),
    )


def _birth(text: pl.Expr) -> pl.Expr:
    """`1978` or `1978-08` of a birth date in any of the standard's three forms; null for anything else."""
    whole = r"^[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-\d{2}(?:T.*)?)?)?$"
    return pl.when(text.str.contains(whole)).then(text.str.head(7))


# --- relationships ----------------------------------------------------------------------------------------------------


def _related(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Relationships with what is referred to: subject_statement, party_statement (null: nobody), why nobody or nobody's name is given."""
    related = records.filter(pl.col("recordType") == "relationship")
    located_both = related.with_columns(
        record_ids(related["subject"], edition).alias("subject_record_id"),
        record_ids(related["party"], edition).alias("party_record_id"),
    )
    inline = pl.coalesce(
        *(
            f"recordDetails.interestedParty.{key}"
            for key in ("reason", "unspecifiedReason", "unspecified.reason")
        )
    )
    nameless = (
        pl.col("party_subkind")
        .is_in(("anonymousPerson", "unknownPerson", "anonymousEntity", "unknownEntity"))
        .fill_null(False)
    )
    nobody = pl.col("party_kind") == "unspecified"
    told = (
        pl.when(pl.col("party").is_null())
        .then(inline)
        .when(nameless)
        .then(pl.coalesce("party_reason", "party_subkind"))
    )
    known_reason = (
        pl.when(told.is_in(bods.reason_codes())).then(told).when(told.is_not_null()).then(pl.lit("unknown"))
    )
    withheld = (
        pl.when(pl.col("party_subkind").str.starts_with("anonymous"))
        .then(pl.lit("protected"))
        .otherwise(pl.lit("undisclosed"))
    )
    return located_both.with_columns(
        pl.coalesce(pl.col("subject_record_id") + "-p", pl.col("record_id") + "-s").alias(
            "subject_statement"
        ),
        pl.when(~nobody).then(pl.col("party_record_id") + "-p").alias("party_statement"),
        told.alias("told"),
        bods.reason(known_reason).alias("unspecified_reason"),
        pl.when(nobody)
        .then(bods.reason_class(known_reason))
        .when(told.is_not_null())
        .then(withheld)
        .alias("declaration_class"),
        pl.coalesce("subject_org_id", "subject", "record").alias("subject_key"),
        (pl.col("recordStatus") == "closed").fill_null(False).alias("is_closed"),
        bods.day(pl.col("statementDate")).alias("stated_on"),
    )


RELATED = (
    "record_no",
    "record",
    "record_id",
    "subject_statement",
    "party_statement",
    "party_kind",
    "told",
    "unspecified_reason",
    "declaration_class",
    "subject_key",
    "is_closed",
    "stated_on",
)


def _interests_of(related: pl.DataFrame) -> pl.DataFrame:
    """One row an interest: what it is, its share, its period, and which of the relationship's statements carries it."""
    keys = (*INTEREST_KEYS, *(f"share.{key}" for key in bods.SHARE_KEYS))
    each = bods.items(related, "recordDetails.interests", keys, RELATED).rename(
        {f"share.{key}": key for key in bods.SHARE_KEYS}
    )
    shared = bods.with_natures(bods.with_share(each))
    dated = shared.with_columns(
        bods.day(pl.col("startDate")).alias("valid_from"), bods.day(pl.col("endDate")).alias("ends_on")
    )
    reversed_ = (pl.col("ends_on") < pl.col("valid_from")).fill_null(False)
    closed_on = pl.when(
        pl.col("is_closed")
        & pl.col("endDate").is_null()
        & (pl.col("stated_on") >= pl.col("valid_from")).fill_null(True)
    ).then("stated_on")
    timed = dated.with_columns(
        reversed_.alias("is_reversed"),
        pl.coalesce("ends_on", closed_on).alias("valid_to"),
        (pl.col("endDate").is_not_null() | pl.col("is_closed")).alias("is_ceased"),
        (pl.col("valid_from") == pl.col("regime_start")).fill_null(False).alias("is_left_censored"),
    )
    period = ("record_no", "valid_from", "valid_to", "is_ceased")
    first = timed.with_columns(
        pl.col("position").min().over(period).alias("first_position"),
        pl.col("is_left_censored").any().over(period),
    )
    return first.with_columns(
        pl.col("first_position").rank("dense").over("record_no").cast(pl.Int64).alias("period_no")
    ).with_columns(
        pl.when(pl.col("period_no") > 1)
        .then(pl.col("period_no").cast(pl.String))
        .otherwise(pl.lit(""))
        .alias("suffix"),
        pl.when(pl.col("party_kind") != "unspecified").then(_of_via("part")).alias("via_part"),
    )


PERIOD_COLUMNS = ("valid_from", "valid_to", "is_ceased", "is_left_censored")
PERIOD = {name: pl.col(name) for name in PERIOD_COLUMNS}


def _periods(related: pl.DataFrame, interests: pl.DataFrame) -> pl.DataFrame:
    """RELATED, suffix and PERIOD_COLUMNS: one row for each period of each relationship; one without interests has one, closed on its day."""
    held = interests.select(*RELATED, "suffix", *PERIOD_COLUMNS).unique(
        ["record_no", "suffix"], keep="first", maintain_order=True
    )
    bare = related.join(held.select("record_no"), on="record_no", how="anti", maintain_order="left").select(
        *RELATED,
        pl.lit("").alias("suffix"),
        pl.lit(None, dtype=pl.Date).alias("valid_from"),
        pl.when("is_closed").then("stated_on").alias("valid_to"),
        pl.col("is_closed").alias("is_ceased"),
        pl.lit(False).alias("is_left_censored"),
    )
    return pl.concat([held, bare]).sort("record_no", "suffix")


def _relationships(periods: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        periods,
        RELATIONSHIP_STATEMENT,
        edition,
        pl.lit("r") + pl.col("suffix"),
        subject_statement_id=pl.col("subject_statement"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("party_kind"),
        unspecified_reason=pl.col("unspecified_reason"),
        declaration_code=pl.col("told"),
        declaration_class=pl.col("declaration_class"),
        **PERIOD,
    )


# --- interests, and the arrangements that natures of control imply ------------------------------------------------------


def _of_via(attribute: str) -> pl.Expr:
    found = {name: getattr(via, attribute) for name, via in gb_coh.VIAS.items()}
    return pl.col("via").replace_strict(found, default=None, return_dtype=pl.String)


def _part(*words: str | pl.Expr) -> pl.Expr:
    return pl.concat_str(*(pl.lit(word) if isinstance(word, str) else word for word in words), separator="-")


def _basis() -> pl.Expr:
    """A right to appoint at most half of the board is influence, not the right to appoint a majority."""
    plain = bods.basis(pl.col("type"))
    minority = (plain == "board") & (pl.col("high") <= bods.WHOLE // 2).fill_null(False)
    return pl.coalesce("nature_basis", pl.when(minority).then(pl.lit("influence")).otherwise(plain))


def _interests(interests: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """A band that the registrar's nature gives replaces the same band as the publisher writes it, which lost its exclusivity."""
    is_nature, exact = pl.col("nature").is_not_null(), pl.col("exact").is_not_null()
    same = (pl.col("low") == pl.col("nature_low")) & (pl.col("high") == pl.col("nature_high"))
    by_nature = (
        is_nature & ~exact & pl.col("share_fault").is_null() & (same | pl.col("low").is_null())
    ).fill_null(False)
    share = {
        name: pl.when(by_nature).then(f"nature_{name}").otherwise(name)
        for name in ("low", "high", "low_open", "high_open")
    }
    reach = (
        pl.when(~is_nature & pl.col("directOrIndirect").is_in(bods.KNOWN_REACHES))
        .then("directOrIndirect")
        .otherwise(pl.lit("unknown"))
    )
    own = pl.lit("r") + pl.col("suffix")
    part = pl.when(pl.col("via_part").is_not_null()).then(_part(pl.col("via_part"), own)).otherwise(own)
    return statement(
        interests,
        INTEREST_STATEMENT,
        edition,
        _part(part, pl.lit("i") + pl.col("position").cast(pl.String)),
        relationship_statement_id=_part(pl.col("record_id"), part),
        interest_type=pl.col("type").fill_null(gb_coh.UNKNOWN_INTEREST_TYPE),
        native_code=pl.coalesce(
            pl.col("nature"), bods.relation_code(pl.col("details")), pl.col("type"), pl.lit(bods.UNSTATED)
        ),
        basis=_basis(),
        reach=reach,
        joint_group=pl.concat_str(
            "subject_key", pl.when(_of_via("joint") != "").then(_of_via("joint")), separator="/"
        ),
        share_min=bods.per_cent(share["low"]),
        share_max=bods.per_cent(share["high"]),
        share_min_exclusive=share["low_open"].fill_null(False),
        share_max_exclusive=share["high_open"].fill_null(False),
        share_fault=pl.col("share_fault"),
        share_native=pl.col("share_native"),
    )


def _through(interests: pl.DataFrame) -> pl.DataFrame:
    """One row for each arrangement and period of a record, with the first nature that speaks of it."""
    return interests.filter(pl.col("via_part").is_not_null()).unique(
        ["record_id", "via", "suffix"], keep="first", maintain_order=True
    )


def _arrangements(through: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    once = through.unique(["record_id", "via"], keep="first", maintain_order=True)
    return _nameless(once, edition, pl.col("via_part"), "arrangement", _of_via("entity_type"))


def _chains(through: pl.DataFrame, edition: Edition) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Holder to arrangement, and arrangement to subject."""
    arrangement = _part(pl.col("record_id"), pl.col("via_part"))
    to_arrangement = statement(
        through,
        RELATIONSHIP_STATEMENT,
        edition,
        _part(pl.col("via_part"), "h") + pl.col("suffix"),
        subject_statement_id=arrangement,
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("party_kind"),
        **PERIOD,
    )
    to_subject = statement(
        through,
        RELATIONSHIP_STATEMENT,
        edition,
        _part(pl.col("via_part"), "r") + pl.col("suffix"),
        subject_statement_id=pl.col("subject_statement"),
        party_statement_id=arrangement,
        party_kind=pl.lit("entity"),
        **PERIOD,
    )
    return to_arrangement, to_subject


def _holder_interests(through: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """The party's influence over an arrangement, or trusteeship of it. Never a share."""
    part = _part(pl.col("via_part"), "h") + pl.col("suffix")
    return statement(
        through,
        INTEREST_STATEMENT,
        edition,
        _part(part, "i0"),
        relationship_statement_id=_part(pl.col("record_id"), part),
        interest_type=_of_via("holder_interest_type"),
        native_code=pl.col("nature"),
        basis=_of_via("holder_basis"),
        reach=pl.lit("unknown"),
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
    )


# --- addresses ------------------------------------------------------------------------------------------------------


def _addresses_of(records: pl.DataFrame) -> pl.DataFrame:
    """One row an address, with its role: null where its type is one that is not kept. Without a type, one where the party is reached."""
    stated = bods.items(
        records, "recordDetails.addresses", ADDRESS_KEYS, ("record_no", "record", "record_id")
    )
    roles = lookup("bods_addresses", "code", "role")
    role = pl.col("type").fill_null("service").replace_strict(roles, default=None, return_dtype=pl.String)
    return stated.with_columns(role.alias("role"))


def _addresses(stated: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    country = pl.coalesce("country.name", "country", "country.code")
    addressed = with_address(
        stated.filter(pl.col("role").is_not_null()),
        lines=[pl.col("address")],
        country=bods.place_code(pl.col("country.code"), pl.coalesce("country.name", "country")),
        country_text=country,
        postcode_text=pl.col("postCode"),
    )
    written = addressed.filter(pl.col("a_address_text").is_not_null())
    part = pl.lit("a") + pl.col("position").cast(pl.String)
    return statement(
        written,
        ADDRESS_STATEMENT,
        edition,
        part,
        of_statement_id=statement_id("p"),
        role=pl.col("role"),
        **ADDRESS,
    )


# --- findings -------------------------------------------------------------------------------------------------------


def _unlisted(rows: pl.DataFrame, column: str, known: Sequence[str], field: str) -> pl.DataFrame:
    return finding_rows(
        rows.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known)),
        "unknown_category",
        field,
        pl.col(column),
    )


def _categories(
    interests: pl.DataFrame,
    stated: pl.DataFrame,
    related: pl.DataFrame,
    entities: pl.DataFrame,
    persons: pl.DataFrame,
) -> tuple[pl.DataFrame, ...]:
    reasons = bods.reason_codes()
    inline = related.filter(pl.col("party").is_null())
    return (
        _unlisted(interests, "type", bods.interest_types(), "recordDetails.interests.type"),
        _unlisted(
            interests, "directOrIndirect", bods.KNOWN_REACHES, "recordDetails.interests.directOrIndirect"
        ),
        _unlisted(stated, "type", bods.address_types(), "recordDetails.addresses.type"),
        _unlisted(inline, "told", reasons, "recordDetails.interestedParty.reason"),
        *(
            _unlisted(rows, f"recordDetails.{name}.reason", reasons, f"recordDetails.{name}.reason")
            for rows, name in (
                (entities, "unspecifiedEntityDetails"),
                (persons, "unspecifiedPersonDetails"),
                (related, "subject"),
            )
        ),
    )


def _named(rows: pl.DataFrame, code: str, field: str) -> pl.DataFrame:
    """A finding for each record, by its number; beyond NAMED_RECORDS_MAX they are counted together."""
    once = rows.select("record_no").unique().sort("record_no").with_row_index("nth")
    name = (
        pl.when(pl.col("nth") < NAMED_RECORDS_MAX)
        .then(pl.format("record-{}", "record_no"))
        .otherwise(pl.lit("further-records"))
    )
    return finding_rows(once, code, field, name)


def _dated_faults(
    interests: pl.DataFrame, entities: pl.DataFrame, persons: pl.DataFrame
) -> list[pl.DataFrame]:
    found = []
    dated = ((interests, "startDate", "interests.startDate"), (interests, "endDate", "interests.endDate"))
    founded = ((entities, f"recordDetails.{name}", name) for name in ("foundingDate", "dissolutionDate"))
    for rows, column, field in (*dated, *founded):
        fault = rows.select("record_no", bods.date_fault(pl.col(column)).alias("fault"))
        found += [
            _named(fault.filter(pl.col("fault") == code), code, f"recordDetails.{field}")
            for code in ("partial_date", "impossible_date")
        ]
    birth = pl.col("recordDetails.birthDate")
    return [
        *found,
        _named(
            persons.filter(birth.is_not_null() & _birth(birth).is_null()),
            "impossible_date",
            "recordDetails.birthDate",
        ),
    ]


def _by_record(
    fated: pl.DataFrame, related: pl.DataFrame, interests: pl.DataFrame
) -> tuple[pl.DataFrame, ...]:
    return (
        *(
            _named(interests.filter(pl.col("share_fault") == code), code, "recordDetails.interests.share")
            for code in ("impossible_share", "share_conflict")
        ),
        _named(interests.filter(_has_no_share()), "missing_share", "recordDetails.interests.share"),
        _named(interests.filter("is_reversed"), "dates_reversed", "recordDetails.interests.endDate"),
        *(
            _named(related.filter(f"{name}_is_missing"), "missing_party", f"recordDetails.{key}")
            for name, key in zip(("subject", "party"), REFERENCES, strict=True)
        ),
        _named(related.filter(pl.col("subject").is_null()), "unspecified_subject", "recordDetails.subject"),
        _named(fated.filter("repeats_statement"), "repeated_statement_id", "statementId"),
    )


def _has_no_share() -> pl.Expr:
    """Somebody holds shares, votes or a right to assets, and neither the share nor a nature of control says how much."""
    unknown = pl.col("low").is_null() & pl.col("share_fault").is_null() & pl.col("nature_low").is_null()
    return unknown & _basis().is_in(SHARE_BASES) & (pl.col("party_kind") != "unspecified")


def _other_publishers(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Statements of another publisher than the one that the data set is named after. A name is never the finding's value."""
    publisher = pl.col("publicationDetails.publisher.name")
    names = records.select(publisher.drop_nulls().unique()).to_series().to_list()
    others = [name for name in names if bods.slug(name) != bods.publisher_of(edition.dataset)]
    return finding_rows(
        records.filter(publisher.is_in(others)),
        "other_publisher",
        "publicationDetails.publisher.name",
        pl.lit("other-publisher"),
    )


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
    description="Entities, persons and who holds or controls what, as statements in the standard's own form, exact shares and bands.",
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
    index=Index(_kept, _settled),
)
