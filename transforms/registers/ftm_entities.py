"""FollowTheMoney entities as OpenSanctions and Aleph write them: watch lists, offices, and who owns whom, one JSON object a line.

| schema | becomes |
|---|---|
| Person | person_statement `p`, names `n0` …, addresses `a0` …, a listing `t0` … for each topic |
| Company, Organization, LegalEntity, PublicBody | entity_statement `p`, names, further numbers `k0` …, addresses, a listing for each topic |
| Ownership, Control, Directorship | relationship `r` with one interest `r-i0`: shares (exact, a band or not stated), influence, a seat on the board |
| Occupancy | listing `l` of class pep, with the office of its Position |
| Sanction | listing `l`, in the class that its party's topics name (`formats.ftm.class_of_sanction`) |
| Address | an address `a0` … of each party that refers to it; of nobody: ignored |
| Position | read with its Occupancies, ignored itself |
| others | ignored for the reason in `vocabulary/ftm_schemas.csv`; a schema that is not there is ignored and named by a finding |

Sanctions, offices, debarments and crimes keep their classes apart (`vocabulary/ftm_topics.csv`); a topic that is not there is class other, and a finding.
A collection without parties of a kind is none the less whole: what a list does not name is not on it. Dates may be a year, or a year and month: a start
is then its first day, an end the first day after it. Of several birth dates the one that most of the record's dates support comes first; the others stand beside it.
Where a record has several starts and ends (a publisher merged several), the earliest start counts, and the latest end once there is one for each start.
An office without an end of its own ends with its term, unless its status says that it goes on. A status that says that something has ended
(`vocabulary/ftm_statuses.csv`) ends it on an unknown day where no end is told; one that is not in that list is a finding, and says nothing.
A link to a record that is not there, or to a thing that is no party, is ignored (`missing_party`, `no_party`) and named by a finding. A Sanction or
Occupancy of several parties is one of each; a link of ownership that names several at one end is rejected (`several_parties`): whose the share is, it does
not say. The `country` of a natural person is never read; that of an entity is.

A list of the standard has no order. Every stated country counts: a number is given with each of them, and where one is the United Kingdom, each number is tried as
one of its register, however many countries and numbers there are.

The data set is told by the file's name, or by its folder (`sanctions/entities.ftm.json`), never by its records (`formats.ftm.dataset`).

Operations on an earlier state (`entities.delta.json`: ADD, MOD, DEL) are not this register's form: the file is blocked (`ftm_delta`). Entities inside others
(`targets.nested.json`) are not either: the file is named as not read, and which one to fetch.
Never read: the refused attributes, by name, in `vocabulary/ftm_properties.csv`.
Source: https://followthemoney.tech/explorer/ and https://www.opensanctions.org/docs/bulk/json/, and formats.ftm.
"""

from __future__ import annotations

import polars as pl

from transforms.errors import BlockedEdition
from transforms.formats import bods, ftm
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
    LISTING_STATEMENT,
    NAME_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.countries import country_code
from transforms.values.identifiers import (
    GB_COH,
    VAT,
    is_anybodys,
    is_placeholder,
    lei,
    normalise_gb_coh,
    tidy_number,
    vat_country,
    vat_number,
)

# --- declaration ----------------------------------------------------------------------------------------------------

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
NAME_KINDS = {
    "caption_list": "name",
    "name": "name",
    "alias": "alias",
    "weakAlias": "weak_alias",
    "abbreviation": "weak_alias",
    "previousName": "previous_name",
}
# Property → scheme, country (null: that of the entity).
NUMBERS: dict[str, tuple[str | None, str | None]] = {
    "registrationNumber": (None, None),
    "leiCode": (ftm.LEI, None),
    "ogrnCode": (None, "ru"),
    "innCode": (None, "ru"),
    "uscCode": (None, "cn"),
    "vatCode": (VAT, None),
}
# Kind of link → properties that name its two ends: the holder, and what is held.
ENDS = {
    "ownership": ("owner", "asset"),
    "control": ("controller", "controlled"),
    "directorship": ("director", "organization"),
}
INTERESTS = {
    "ownership": ("shareholding", "shares"),
    "control": ("otherInfluenceOrControl", "influence"),
    "directorship": ("boardMember", "unknown"),
}
LOST = ("missing_party", "no_party", "person_as_subject", "office_of_no_person")
NO_TEXTS = pl.lit([], dtype=pl.List(pl.String))
NAMED_RECORDS_MAX = 200  # records that one kind of finding names in a batch; the rest are counted


def _p(name: str) -> str:
    return f"properties.{name}"


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
    *(_of(_p(name), "texts") for name in READ),
    *(_of(_p(name), "texts", reason) for name, reason in ftm.ignored_properties()),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """An entity's keys in the content, whatever the name; or the name, where the content is no other register's."""
    if not ftm.is_ftm(file_name, head):
        return None
    return Recognised(
        ftm.dataset(file_name, head), bods.day_in_name(file_name), contains=ftm.lists_named(head)
    )


def declined(file_name: str, head: bytes) -> str:
    if ftm.is_nested(file_name, head):
        return "nested entities (targets.nested.json): links and their ends are no records of their own there; put the publisher's entities.ftm.json here"
    return ""


# --- what is wrong with a whole record --------------------------------------------------------------------------------


def _refuse_operations(frame: pl.DataFrame) -> None:
    operations = frame.filter(pl.col("op").is_not_null() & pl.col("schema").is_null())
    if operations.height:
        raise BlockedEdition(
            "ftm_delta",
            f"register ftm_entities: record {operations['record_no'][0]} is an operation (ADD, MOD, DEL) on an earlier state; "
            "fetch the publisher's entities.ftm.json, which is whole",
        )


def _end(record_type: str, which: int) -> pl.Expr:
    """The ids that a record of this type names at one end."""
    ends = {**ENDS, "occupancy": ("holder", "post"), "sanction": ("entity", "entity")}
    return pl.col(_p(ends[record_type][which]))


def _ends(which: int) -> pl.Expr:
    """The ids that a link names at its first (0) or second (1) end, whatever its type; null where it is no link."""
    chosen = pl.lit(None, dtype=pl.List(pl.String))
    for record_type in (*ENDS, "occupancy", "sanction"):
        if not (which and record_type == "sanction"):
            chosen = (
                pl.when(pl.col("record_type") == record_type).then(_end(record_type, which)).otherwise(chosen)
            )
    return chosen


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Add record_type, and the ends `first_end`, `second_end` of links."""
    typed = frame.with_columns(ftm.record_type(pl.col("schema")).alias("record_type"))
    return typed.with_columns(_ends(0).alias("first_end"), _ends(1).alias("second_end"))


def _rejected(typed: pl.DataFrame) -> pl.DataFrame:
    """REJECT_SCHEMA, one row a record: the first fault in this order."""
    linked, held = (
        pl.col("record_type").is_in([*ENDS, "occupancy", "sanction"]),
        pl.col("record_type").is_in([*ENDS]),
    )
    several = pl.any_horizontal(pl.col(end).list.n_unique() > 1 for end in ("first_end", "second_end"))
    faults = (
        (pl.col("id").is_null(), "missing_value", "id"),
        (pl.col("schema").is_null(), "missing_value", "schema"),
        (linked & (pl.col("first_end").list.len().fill_null(0) == 0), "missing_value", "properties"),
        (held & (pl.col("second_end").list.len().fill_null(0) == 0), "missing_value", "properties"),
        (held & several, "several_parties", "properties"),
    )
    rows = pl.concat(
        [reject_rows(typed.filter(mask.fill_null(False)), code, field) for mask, code, field in faults]
    )
    return rows.unique("record_no", keep="first", maintain_order=True).sort("record_no")


def _without(frame: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.join(rejected.select("record_no"), on="record_no", how="anti", maintain_order="left")
        if rejected.height
        else frame
    )


# --- the index: what a record must know of the others -----------------------------------------------------------------


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    """Of each record: its id, what it is, whom it refers to, and what those who refer to it need of it: topics, the office's name."""
    _refuse_operations(frame)
    typed = _typed(frame)
    records = _without(typed, _rejected(typed))
    office = pl.when(pl.col("record_type") == "position").then(pl.coalesce(ftm.first(_p("name")), "caption"))
    is_party = pl.col("record_type").is_in(ftm.PARTIES)
    return records.select(
        "record_no",
        pl.col("id").alias("key"),
        "record_type",
        pl.col("first_end").list.unique().list.sort().alias("first_refs"),
        ftm.first("second_end").alias("second_ref"),
        pl.when(is_party).then(_p("topics")).alias("topics"),
        office.alias("office"),
        pl.when(is_party).then(_p("addressEntity")).alias("addresses"),
        ((pl.col("record_type") == "address") & ~_has_address()).alias("is_blank"),
    )


def _settled(kept: pl.DataFrame) -> pl.DataFrame:
    """One row a record: record_no, fate (null: kept); of a link the parties at its first end, as lists of one length: first_refs (their ids), first_kinds
    (person, entity), party_topics (lists); second_ref and second_kind; office; is_subject (something refers to it as what is held); referrers (of an
    address: ids of the parties that refer to it). A kind is null where there is no such record, and other where it is no party.
    """
    known = kept.unique("key", keep="first", maintain_order=True)
    kinds = known.select(
        "key",
        pl.when(pl.col("record_type").is_in(ftm.PARTIES))
        .then("record_type")
        .otherwise(pl.lit("other"))
        .alias("kind"),
    )
    of_second = known.select(pl.col("key").alias("second_ref"), pl.col("office").alias("post"))
    subjects = (
        kept.filter(pl.col("record_type").is_in([*ENDS]))
        .select(pl.col("second_ref").alias("key"), pl.lit(True).alias("is_subject"))
        .unique()
    )
    judged = (
        kept.select("record_no", "key", "record_type", "second_ref", "is_blank")
        .join(_first_parties(kept, known, kinds), on="record_no", how="left", maintain_order="left")
        .join(
            kinds.rename({"key": "second_ref", "kind": "second_kind"}),
            on="second_ref",
            how="left",
            maintain_order="left",
        )
        .join(of_second, on="second_ref", how="left", maintain_order="left")
        .join(subjects, on="key", how="left", maintain_order="left")
        .join(_referrers(known), on="key", how="left", maintain_order="left")
    )
    return judged.select(
        "record_no",
        _fate().alias("fate"),
        "first_refs",
        "first_kinds",
        "party_topics",
        "second_ref",
        "second_kind",
        pl.col("post").alias("office"),
        pl.col("is_subject").fill_null(False),
        "referrers",
    )


def _first_parties(kept: pl.DataFrame, known: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """record_no; first_refs, first_kinds, party_topics of the parties at the first end; found_other: a record there is no party."""
    each = (
        kept.filter(pl.col("first_refs").list.len() > 0)
        .select("record_no", pl.col("first_refs").alias("key"))
        .explode("key")
    )
    told = each.join(kinds, on="key", how="left", maintain_order="left").join(
        known.select("key", "topics"), on="key", how="left", maintain_order="left"
    )
    is_party = pl.col("kind").is_in(ftm.PARTIES).fill_null(False)
    return told.group_by("record_no", maintain_order=True).agg(
        pl.col("key").filter(is_party).alias("first_refs"),
        pl.col("kind").filter(is_party).alias("first_kinds"),
        pl.col("topics").filter(is_party).alias("party_topics"),
        (pl.col("kind") == "other").any().alias("found_other"),
        (pl.col("kind") == "person").any().alias("found_person"),
    )


def _referrers(known: pl.DataFrame) -> pl.DataFrame:
    """key of each address record, referrers: parties that refer to it, in the order of their ids."""
    each = (
        known.filter(pl.col("addresses").list.len() > 0)
        .select(pl.col("key").alias("party"), pl.col("addresses").alias("key"))
        .explode("key")
        .unique()
    )
    return (
        each.sort("key", "party").group_by("key", maintain_order=True).agg(pl.col("party").alias("referrers"))
    )


def _fate() -> pl.Expr:
    """Why a record becomes no statement; null where it becomes one."""
    kind, nobody = pl.col("record_type"), pl.col("first_refs").list.len().fill_null(0) == 0
    linked, held = kind.is_in([*ENDS, "occupancy", "sanction"]), kind.is_in([*ENDS])
    fates = {
        "unknown_schema": kind == ftm.UNKNOWN,
        "ignored_schema": kind == ftm.IGNORED,
        "read_with_its_occupancies": kind == "position",
        "address_of_nobody": (kind == "address") & (pl.col("referrers").is_null() | pl.col("is_blank")),
        "no_party": (linked & nobody & pl.col("found_other")) | (held & (pl.col("second_kind") == "other")),
        "missing_party": (linked & nobody) | (held & pl.col("second_kind").is_null()),
        "person_as_subject": held & (pl.col("second_kind") == "person"),
        "office_of_no_person": (kind == "occupancy") & ~pl.col("found_person"),
    }
    fate = pl.lit(None, dtype=pl.String)
    for name, is_so in reversed(fates.items()):
        fate = pl.when(is_so.fill_null(False)).then(pl.lit(name)).otherwise(fate)
    return fate


# --- parse ----------------------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Map conformed records to statements (see the module's table).

    frame: BATCH_COLUMNS and FIELDS as `conform` types them. `edition.index` None: this batch is the whole edition.
    Rejects: missing_value (no id, no schema, an end of a link), several_parties. Findings: unknown_category (schema, topics, status), and by record
    missing_party, no_party, person_as_subject, office_of_no_person, impossible_share, share_conflict, unreadable_share, several_bands, impossible_date, several_classes.
    Raises BlockedEdition: ftm_delta.
    """
    _refuse_operations(frame)
    index = _settled(_kept(frame)) if edition.index is None else edition.index
    typed = _typed(frame)
    rejected = _rejected(typed)
    fated = _without(typed, rejected).join(index, on="record_no", how="left", maintain_order="left")
    ignored = fated.filter(pl.col("fate").is_not_null())
    records = located(fated.filter(pl.col("fate").is_null()), pl.col("id"), edition)
    by_type = {
        name: records.filter(pl.col("record_type") == name)
        for name in (*ftm.PARTIES, "occupancy", "sanction", "address")
    }
    parties, persons = records.filter(pl.col("record_type").is_in(ftm.PARTIES)), _births(by_type["person"])
    links = _links(records, edition)
    topics = _topics(parties, edition)
    tables = {
        "name_statement": _names(parties, edition),
        "entity_statement": _entities(by_type["entity"], edition),
        "person_statement": _persons(persons, edition),
        "relationship_statement": _relationships(links, edition),
        "interest_statement": _interests(links, edition),
        "address_statement": pl.concat(
            [_addresses_of_parties(parties, edition), _addresses_of_records(by_type["address"], edition)]
        ),
        "listing_statement": pl.concat(
            [
                _listed_by_topic(topics, edition),
                _listed_by_sanction(by_type["sanction"], edition),
                _offices(by_type["occupancy"], edition),
            ]
        ),
        "identifier_statement": _numbers_beside(by_type["entity"], edition),
    }
    found = (*_categories(fated, records, topics), *_by_record(fated, records, links, persons))
    return parsed(
        records,
        tables,
        rejected=rejected,
        ignored=ignored.select("record_no", _why_ignored()),
        findings=found,
    )


def _why_ignored() -> pl.Expr:
    """`schema.<name>` for kinds that are ignored by name, so that each is counted."""
    by_name = pl.concat_str(pl.lit("schema."), pl.col("schema").str.to_lowercase())
    return pl.when(pl.col("fate") == "ignored_schema").then(by_name).otherwise("fate").alias("reason")


# --- parties --------------------------------------------------------------------------------------------------------

OF_PARTY = ("record_no", "record", "record_id")


def _label() -> pl.Expr:
    """The publisher's caption, where it is one of the names; else the first name; else the caption all the same."""
    named = pl.col(_p("name"))
    return (
        pl.when(named.list.contains(pl.col("caption")))
        .then("caption")
        .otherwise(pl.coalesce(ftm.first(_p("name")), "caption"))
    )


def _names(parties: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Every name of every party, that of its own statement among them, each once, under its first kind in the order of NAME_KINDS."""
    own = parties.with_columns(pl.concat_list(_label()).list.drop_nulls().alias(_p("caption_list")))
    each = pl.concat(
        [
            ftm.texts(own, _p(name), OF_PARTY).with_columns(
                pl.lit(kind).alias("name_kind"), pl.lit(n).alias("rank")
            )
            for n, (name, kind) in enumerate(NAME_KINDS.items())
        ]
    )
    once = each.sort("record_no", "rank", "position").unique(
        ["record_no", "text"], keep="first", maintain_order=True
    )
    part = pl.lit("n") + pl.int_range(pl.len()).over("record_no").cast(pl.String)
    return statement(
        once,
        NAME_STATEMENT,
        edition,
        part,
        of_statement_id=statement_id("p"),
        name=pl.col("text"),
        name_kind=pl.col("name_kind"),
    )


def _births(persons: pl.DataFrame) -> pl.DataFrame:
    """Add birth (`1978` or `1978-08`) and further_births. The one that most of the dates support, then the most exact, then the earliest.

    `1978` beside a month of 1978 is no date of its own.
    """
    stated = (
        ftm.texts(persons, _p("birthDate"), ("record_no",))
        .select("record_no", ftm.birth(pl.col("text")).alias("birth"))
        .drop_nulls()
    )
    counted = (
        stated.group_by("record_no", "birth")
        .agg(pl.len().alias("n"))
        .with_columns(pl.col("birth").str.head(4).alias("year"))
    )
    exact = (
        counted.filter(pl.col("birth").str.len_chars() > 4)
        .select("record_no", "year")
        .unique()
        .with_columns(pl.lit(True).alias("has_month"))
    )
    apart = counted.join(exact, on=("record_no", "year"), how="left").filter(
        (pl.col("birth").str.len_chars() > 4) | pl.col("has_month").is_null()
    )
    ranked = apart.sort(
        "record_no",
        pl.col("n"),
        pl.col("birth").str.len_chars(),
        "birth",
        descending=[False, True, True, False],
    )
    each = ranked.group_by("record_no", maintain_order=True).agg("birth")
    further = pl.col("birth").list.slice(1)
    best = each.select(
        "record_no",
        pl.col("birth").list.first(),
        pl.when(further.list.len() > 0).then(further).alias("further_births"),
    )
    return persons.join(best, on="record_no", how="left", maintain_order="left")


def _persons(persons: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Parts of the name only where there is one of each: several may be of several scripts."""
    middle = pl.concat_str(
        ftm.only(_p("secondName")), ftm.only(_p("middleName")), separator=" ", ignore_nulls=True
    ).replace("", None)
    whole = ftm.only(_p("firstName")).is_not_null() & ftm.only(_p("lastName")).is_not_null()
    parts = pl.concat_str(
        ftm.first(_p("firstName")), middle, ftm.first(_p("lastName")), separator=" ", ignore_nulls=True
    ).replace("", None)
    return statement(
        persons,
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=pl.coalesce(_label(), parts),
        name_title=ftm.only(_p("title")),
        forename=pl.when(whole).then(ftm.only(_p("firstName"))),
        middle_names=pl.when(whole).then(middle),
        surname=pl.when(whole).then(ftm.only(_p("lastName"))),
        birth_year=pl.col("birth").str.head(4).cast(pl.Int64),
        birth_month=pl.col("birth").str.slice(5, 2).replace("", None).cast(pl.Int64),
        further_births=pl.col("further_births"),
    )


COUNTRIES = ("jurisdiction", "mainCountry", "country")  # what is stated by an earlier one goes first
UK = "gb"


def _code(text: pl.Expr) -> pl.Expr:
    """ISO code of a country that is a code already or a name."""
    return pl.coalesce(
        text.str.extract(r"^([A-Za-z]{2})(?:-[A-Za-z0-9]+)?$", 1).str.to_lowercase(), country_code(text)
    )


def _places(entities: pl.DataFrame) -> pl.DataFrame:
    """record_no, countries (every stated one, sorted), jurisdiction, subdivision. Lists of the standard have no order, so none is looked at: of several countries of
    one property it is the United Kingdom, because its register is held and can tell, else the first by code.
    """
    each = pl.concat(
        [
            ftm.texts(entities, _p(name), ("record_no",)).select(
                "record_no",
                pl.lit(rank).alias("rank"),
                _code(pl.col("text")).alias("code"),
                bods.subdivision_code(pl.col("text")).alias("part"),
            )
            for rank, name in enumerate(COUNTRIES)
        ]
    ).filter(pl.col("code").is_not_null())
    countries = each.group_by("record_no").agg(pl.col("code").unique().sort().alias("countries"))
    first = each.filter(pl.col("rank") == pl.col("rank").min().over("record_no")).with_columns(
        (pl.col("code") != UK).alias("is_other")
    )
    best = (
        first.sort("record_no", "is_other", "code")
        .group_by("record_no", maintain_order=True)
        .agg(pl.col("code").first().alias("jurisdiction"))
    )
    parts = (
        first.join(best, left_on=("record_no", "code"), right_on=("record_no", "jurisdiction"), how="semi")
        .group_by("record_no")
        .agg(pl.col("part").unique())
    )
    known = parts.select(
        "record_no",
        pl.when(pl.col("part").list.len() == 1).then(pl.col("part").list.first()).alias("subdivision"),
    )
    return countries.join(best, on="record_no", how="left").join(known, on="record_no", how="left")


def _vouched() -> pl.Expr:
    """Class of entity for which a number of the United Kingdom's may be padded."""
    return (
        pl.when(pl.col("schema") == "Company")
        .then(pl.lit("company"))
        .otherwise(pl.lit("unknown"))
        .alias("vouched")
    )


def _stated_numbers(placed: pl.DataFrame) -> pl.DataFrame:
    """record_no, uk and uk_native (the number of the United Kingdom's register, as it writes it and as the record does), lei, stated. All numbers are
    tried; of several that fit it is one that anybody writes last, one that is written whole before one that is padded, then the first in order. A padded one that anybody writes
    gives way to a LEI.
    """
    told = placed.with_columns(
        _vouched(), pl.col("countries").list.contains(UK).fill_null(False).alias("is_uk")
    )
    numbers = ftm.texts(told, _p("registrationNumber"), ("record_no", "vouched", "is_uk")).with_columns(
        tidy_number(pl.col("text")).alias("tidy")
    )
    fitting = (
        numbers.filter("is_uk")
        .with_columns(normalise_gb_coh(pl.col("text"), pl.col("vouched")).alias("uk"))
        .filter(pl.col("uk").is_not_null())
    )
    fitting = fitting.with_columns(
        (pl.col("tidy") != pl.col("uk")).alias("is_padded"), is_anybodys(pl.col("uk")).alias("is_anybodys")
    )
    whole_first = fitting.sort("record_no", "is_anybodys", "is_padded", "uk", "text")
    leis = ftm.texts(placed, _p("leiCode"), ("record_no",)).with_columns(lei(pl.col("text")).alias("lei"))
    found = (
        whole_first.group_by("record_no", maintain_order=True).agg(
            pl.col("uk").first(),
            pl.col("text").first().alias("uk_native"),
            pl.col("is_anybodys", "is_padded").first(),
        ),
        leis.group_by("record_no").agg(pl.col("lei").min()),
        numbers.with_columns(is_placeholder(pl.col("text")).alias("is_empty"))
        .sort("record_no", "is_empty", "tidy", "text")
        .group_by("record_no", maintain_order=True)
        .agg(pl.col("text").first().alias("stated")),
    )
    result = placed.select("record_no")
    for one in found:
        result = result.join(one, on="record_no", how="left", maintain_order="left")
    return result


def _numbered(entities: pl.DataFrame) -> pl.DataFrame:
    """Add countries, jurisdiction, subdivision, and scheme, number, native: the number that each is known by. Of the United Kingdom's register where any stated
    country is that one, else a LEI, else none.
    """
    placed = entities.join(_places(entities), on="record_no", how="left", maintain_order="left")
    tried = placed.join(_stated_numbers(placed), on="record_no", how="left", maintain_order="left")
    is_lei = pl.col("lei").is_not_null()
    is_uk = pl.col("uk").is_not_null() & ~(is_lei & pl.col("is_anybodys") & pl.col("is_padded")).fill_null(
        False
    )
    return tried.with_columns(
        pl.when(is_uk).then(pl.lit(GB_COH)).when(is_lei).then(pl.lit(ftm.LEI)).alias("scheme"),
        pl.when(is_uk).then("uk").otherwise("lei").alias("number"),
        pl.when(is_uk).then("uk_native").when(is_lei).then("lei").otherwise("stated").alias("native"),
    )


def _entities(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    ended = ftm.first(_p("dissolutionDate"))
    return statement(
        _numbered(entities),
        ENTITY_STATEMENT,
        edition,
        "p",
        role=pl.when("is_subject").then(pl.lit("subject")).otherwise(pl.lit("owner")),
        is_registry_entry=pl.lit(False),
        identifier_scheme=pl.col("scheme"),
        identifier=pl.col("number"),
        identifier_native=pl.col("native"),
        entity_type=ftm.entity_type(pl.col("schema")),
        name=_label(),
        former_names=pl.col(_p("previousName")).fill_null(NO_TEXTS),
        jurisdiction=pl.col("jurisdiction"),
        subdivision=pl.col("subdivision"),
        legal_form=ftm.first(_p("legalForm")),
        legal_form_class=pl.lit("unknown"),
        status=pl.when(ended.is_not_null()).then(pl.lit("dissolved")).otherwise(pl.lit("unknown")),
        incorporated_on=bods.day(ftm.first(_p("incorporationDate"))),
        dissolved_on=bods.day(ended),
        industry_codes=NO_TEXTS,
    )


def _numbers_beside(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Numbers of every country that the entity states, or of the one country whose register gives them; without the one that it is known by where it is known.
    Placeholders are left out.
    """
    keep = (*OF_PARTY, "vouched", "countries", "jurisdiction", "scheme", "number")
    numbered = _numbered(entities).with_columns(_vouched())
    each = pl.concat(
        [
            ftm.texts(numbered, _p(name), keep).with_columns(
                pl.lit(scheme, dtype=pl.String).alias("of_scheme"),
                pl.lit(rank).alias("rank"),
                pl.lit([country] if country else None, dtype=pl.List(pl.String))
                .fill_null(pl.col("countries"))
                .alias("country"),
            )
            for rank, (name, (scheme, country)) in enumerate(NUMBERS.items())
        ]
    ).explode("country")
    is_vat, is_stated = (pl.col("of_scheme") == VAT).fill_null(False), pl.col("rank") == 0
    uk = pl.when(is_stated & (pl.col("country") == UK)).then(
        normalise_gb_coh(pl.col("text"), pl.col("vouched"))
    )
    tidied = each.with_columns(
        pl.when(is_vat)
        .then(vat_number(pl.col("text"), pl.col("country")))
        .otherwise(pl.coalesce(uk, tidy_number(pl.col("text"))))
        .alias("tidy"),
        pl.when(uk.is_not_null()).then(pl.lit(GB_COH)).otherwise("of_scheme").alias("of_scheme"),
    )
    placed = tidied.with_columns(
        pl.when(is_vat).then(vat_country(pl.col("tidy"))).otherwise("country").alias("country")
    )
    # One that is no number of the United Kingdom's register is none of an entity that has one.
    is_known = (pl.col("tidy") == pl.col("number")) & pl.col("country").eq_missing(pl.col("jurisdiction"))
    misfit = (
        (pl.col("scheme") == GB_COH) & is_stated & (pl.col("country") == UK) & pl.col("of_scheme").is_null()
    )
    usable = pl.col("tidy").is_not_null() & ~pl.col("tidy").str.contains("^[A-Z]*0*$")
    further = placed.filter(usable & ~is_known.fill_null(False) & ~misfit.fill_null(False))
    once = further.sort("record_no", "rank", "tidy", "country", "text").unique(
        ["record_no", "tidy", "country"], keep="first", maintain_order=True
    )
    part = pl.lit("k") + pl.int_range(pl.len()).over("record_no").cast(pl.String)
    return statement(
        once,
        IDENTIFIER_STATEMENT,
        edition,
        part,
        of_statement_id=statement_id("p"),
        scheme=pl.col("of_scheme"),
        number=pl.col("tidy"),
        number_native=pl.col("text"),
        country=pl.col("country"),
    )


# --- lists ----------------------------------------------------------------------------------------------------------


def _dates(*names: str) -> pl.Expr:
    """The texts of the first of these properties that has any."""
    chosen = pl.col(_p(names[-1]))
    for name in reversed(names[:-1]):
        chosen = pl.when(pl.col(_p(name)).list.len() > 0).then(_p(name)).otherwise(chosen)
    return chosen


def _ends_told() -> pl.Expr:
    """Texts of the ends. The end of a fixed term counts where the holder's own is not told, and no status says that the office goes on."""
    own = pl.col(_p("endDate"))
    return (
        pl.when((own.list.len() > 0).fill_null(False) | ftm.says(pl.col(_p("status")), "current"))
        .then(own)
        .otherwise(_p("periodEnd"))
    )


def _has_ended() -> pl.Expr:
    """There is an end, and one for each start."""
    ends = _ends_told().list.n_unique().fill_null(0)
    return (ends > 0) & (ends >= _dates("startDate", "periodStart").list.n_unique().fill_null(0))


def _is_over() -> pl.Expr:
    """It has ended: on a day that is told, or by its status."""
    return _has_ended() | ftm.says(pl.col(_p("status")), "ended")


def _period() -> dict[str, pl.Expr]:
    starts = _dates("startDate", "periodStart", "date").list.eval(ftm.first_day(pl.element())).list.min()
    ends = _ends_told().list.eval(ftm.day_after(pl.element())).list.max()
    return {"valid_from": starts, "valid_to": pl.when(_has_ended()).then(ends)}


def _place_on_list() -> dict[str, pl.Expr]:
    """Of a listing: the period, and whether it has ended on a day that is not told."""
    period = _period()
    return {**period, "is_ceased": ftm.says(pl.col(_p("status")), "ended") & period["valid_to"].is_null()}


def _topics(parties: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One row for each topic of each party."""
    office = pl.col(_p("position")).list.join("; ").replace("", None)
    told = parties.with_columns(
        _lists(edition).alias("lists"),
        pl.when(pl.col("record_type") == "person").then(office).alias("office_told"),
    )
    return ftm.texts(told, _p("topics"), (*OF_PARTY, "record_type", "lists", "office_told"))


def _listed_by_topic(topics: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    of_class = ftm.listing_class(pl.col("text"))
    return statement(
        topics,
        LISTING_STATEMENT,
        edition,
        pl.lit("t") + pl.col("position").cast(pl.String),
        party_statement_id=statement_id("p"),
        party_kind=pl.col("record_type"),
        list_name=pl.col("lists"),
        topic=pl.col("text"),
        listing_class=of_class,
        position=pl.when(of_class == "pep").then("office_told"),
        is_ceased=pl.lit(False),
    )


def _each_party(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One row for each party at the first end: first_ref, first_kind, topics_of_party, party_statement, and part (`l`, `l1` …)."""
    parties = ["first_refs", "first_kinds", "party_topics", "n"]
    each = links.with_columns(pl.int_ranges(0, pl.col("first_refs").list.len()).alias("n")).explode(parties)
    renamed = each.rename(
        {"first_refs": "first_ref", "first_kinds": "first_kind", "party_topics": "topics_of_party"}
    )
    return renamed.with_columns(
        pl.concat_str(record_ids(renamed["first_ref"], edition), pl.lit("-p")).alias("party_statement"),
        pl.when(pl.col("n") > 0).then(pl.concat_str(pl.lit("l"), "n")).otherwise(pl.lit("l")).alias("part"),
    )


def _lists(edition: Edition) -> pl.Expr:
    return pl.col("datasets").list.sort().list.join(", ").replace("", None).fill_null(edition.dataset)


def _listed_by_sanction(sanctions: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    act = pl.concat_str(
        ftm.first(_p("program")), ftm.first(_p("programId")), separator=" ", ignore_nulls=True
    ).replace("", None)
    return statement(
        _each_party(sanctions, edition),
        LISTING_STATEMENT,
        edition,
        pl.col("part"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("first_kind"),
        list_name=pl.coalesce(ftm.first(_p("authority")), _lists(edition)),
        topic=pl.lit("Sanction"),
        listing_class=ftm.class_of_sanction(pl.col("topics_of_party")),
        programme=act,
        **_place_on_list(),
    )


def _offices(occupancies: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Of persons only: an office that a legal entity is said to hold is no person's."""
    each = _each_party(occupancies, edition).filter(pl.col("first_kind") == "person")
    return statement(
        each,
        LISTING_STATEMENT,
        edition,
        pl.col("part"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.lit("person"),
        list_name=_lists(edition),
        topic=pl.lit("Occupancy"),
        listing_class=pl.lit("pep"),
        position=pl.col("office"),
        **_place_on_list(),
    )


# --- who holds whom -------------------------------------------------------------------------------------------------


def _links(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Links of all types with both ends' statements, the period, and the share: low, high, low_open, high_open, share_fault (`formats.bods.with_share`);
    stated, reading (`formats.ftm.shares`).
    """
    linked = records.filter(pl.col("record_type").is_in([*ENDS]))
    owned = ftm.shares(linked.filter(pl.col("record_type") == "ownership"), _p("percentage"))
    prepared = linked.join(owned, on="record_no", how="left", maintain_order="left").with_columns(
        pl.concat_str(record_ids(linked["first_refs"].list.first(), edition), pl.lit("-p")).alias(
            "party_statement"
        ),
        pl.concat_str(record_ids(linked["second_ref"], edition), pl.lit("-p")).alias("subject_statement"),
        pl.col("first_kinds").list.first().alias("first_kind"),
        *(
            pl.lit(None, dtype=pl.String).alias(key)
            for key in ("exclusiveMinimum", "exclusiveMaximum", "share")
        ),
        _is_over().alias("is_ceased"),
    )
    contradicts = pl.col("reading").eq_missing("share_conflict")
    return bods.with_share(prepared).with_columns(
        pl.when(contradicts).then("reading").otherwise("share_fault").alias("share_fault")
    )


def _relationships(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        links,
        RELATIONSHIP_STATEMENT,
        edition,
        "r",
        subject_statement_id=pl.col("subject_statement"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("first_kind"),
        is_ceased=pl.col("is_ceased"),
        is_left_censored=pl.lit(False),
        **_period(),
    )


def _interests(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """The standard does not say whether what is held through others is in a percentage: the reach is not known."""
    kinds, bases = ({name: pair[k] for name, pair in INTERESTS.items()} for k in (0, 1))
    return statement(
        links,
        INTEREST_STATEMENT,
        edition,
        "r-i0",
        relationship_statement_id=statement_id("r"),
        interest_type=pl.col("record_type").replace_strict(kinds, return_dtype=pl.String),
        native_code=pl.col("schema"),
        basis=pl.col("record_type").replace_strict(bases, return_dtype=pl.String),
        reach=pl.lit("unknown"),
        share_min=bods.per_cent(pl.col("low")),
        share_max=bods.per_cent(pl.col("high")),
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
        share_fault=pl.col("share_fault"),
        share_native=pl.when(pl.col("share_fault").is_not_null()).then("stated"),
    )


# --- addresses ------------------------------------------------------------------------------------------------------

ADDRESS_TEXTS = ("full", "street", "street2", "city", "postalCode", "region", "state", "postOfficeBox")


def _has_address() -> pl.Expr:
    return pl.any_horizontal(ftm.first(_p(name)).is_not_null() for name in ADDRESS_TEXTS)


def _addresses_of_parties(parties: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Addresses on one line, as the party's own record gives them."""
    each = with_address(ftm.texts(parties, _p("address"), OF_PARTY), lines=[pl.col("text")])
    part = pl.lit("a") + pl.col("position").cast(pl.String)
    return statement(
        each,
        ADDRESS_STATEMENT,
        edition,
        part,
        of_statement_id=statement_id("p"),
        role=pl.lit("service"),
        **ADDRESS,
    )


def _addresses_of_records(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Address records, once for each party that refers to them. Lines where there are any, else the whole text."""
    each = records.with_columns(pl.int_ranges(0, pl.col("referrers").list.len()).alias("n")).explode(
        "n", "referrers"
    )
    split = ftm.first(_p("street")).is_not_null()
    country = ftm.first(_p("country"))
    whole = pl.when(~split).then(ftm.first(_p("full")))
    addressed = with_address(
        each.with_columns(record_ids(each["referrers"], edition).alias("party_record_id")),
        lines=[whole, ftm.first(_p("street")), ftm.first(_p("street2"))],
        locality=pl.when(whole.is_null()).then(ftm.first(_p("city"))),
        region=pl.when(whole.is_null()).then(pl.coalesce(ftm.first(_p("region")), ftm.first(_p("state")))),
        country=_code(country),
        postcode_text=ftm.first(_p("postalCode")),
        po_box=ftm.first(_p("postOfficeBox")),
    )
    part = pl.lit("a") + pl.col("n").cast(pl.String)
    return statement(
        addressed,
        ADDRESS_STATEMENT,
        edition,
        part,
        of_statement_id=pl.col("party_record_id") + "-p",
        role=pl.lit("service"),
        **ADDRESS,
    )


# --- findings -------------------------------------------------------------------------------------------------------


def _categories(fated: pl.DataFrame, records: pl.DataFrame, topics: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    of_time = records.filter(pl.col("record_type").is_in([*ENDS, "occupancy", "sanction"]))
    statuses = ftm.texts(of_time, _p("status"), ("record_no",)).with_columns(
        ftm.status_word(pl.col("text")).alias("text")
    )
    unknown = fated.filter(pl.col("fate") == "unknown_schema")
    return (
        finding_rows(
            unknown,
            "unknown_category",
            "schema",
            pl.concat_str(pl.lit("schema."), pl.col("schema").str.to_lowercase()),
        ),
        finding_rows(
            topics.filter(~pl.col("text").is_in([*ftm.topics()])),
            "unknown_category",
            _p("topics"),
            pl.col("text"),
        ),
        finding_rows(
            statuses.filter(~pl.col("text").is_in([*ftm.statuses()])),
            "unknown_category",
            _p("status"),
            pl.col("text"),
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


def _by_record(
    fated: pl.DataFrame, records: pl.DataFrame, links: pl.DataFrame, persons: pl.DataFrame
) -> tuple[pl.DataFrame, ...]:
    sanctions = records.filter(pl.col("record_type") == "sanction").explode("party_topics")
    several = sanctions.filter(ftm.class_of_sanction(pl.col("party_topics")) == "other")
    births = ftm.texts(persons, _p("birthDate"), ("record_no",)).filter(
        ~pl.col("text").str.contains(ftm.BIRTH)
    )
    return (
        *(_named(fated.filter(pl.col("fate") == fate), fate, "properties") for fate in LOST),
        *(
            _named(links.filter(pl.col("share_fault") == fault), fault, _p("percentage"))
            for fault in ("impossible_share", "share_conflict")
        ),
        *(
            _named(links.filter(pl.col("reading") == reading), reading, _p("percentage"))
            for reading in ("unreadable_share", "several_bands")
        ),
        *(
            _named(records.filter(ftm.is_no_date(ftm.first(_p(name)))), "impossible_date", _p(name))
            for name in ("startDate", "endDate", "periodStart", "periodEnd")
        ),
        _named(births, "impossible_date", _p("birthDate")),
        _named(several, "several_classes", _p("topics")),
    )


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
    description="Parties on watch lists: sanctions, offices, debarments and crimes, each kept apart; and links of ownership among them.",
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
    dataset_of=ftm.dataset,
    index=Index(_kept, _settled),
)
