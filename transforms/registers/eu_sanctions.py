"""Consolidated list of persons, groups and entities under financial sanctions of the European Union, as XML
of the Commission's Financial Sanctions Files (version 1.1).

One `sanctionEntity` is one record and one party. All its values are in attributes.

| in the record | becomes | part |
|---|---|---|
| the record itself | person or entity, its listing | `p`, `l` |
| `nameAlias` | the first strong alias is the party's name; each other alias is a further name | `n0` … |
| `address` of an entity | an address | `a0` … |
| `identification` of the kind `regnumber` of an entity | a registration number | `k0` … |

Particulars:

- The listing holds from the day of designation, else from the date of the first act named.
- A date of birth may be only a year, or a year and a month.
- Never read: citizenship, place of birth, sex, offices, passports and other numbers of persons, and remarks.
- The edition's date is the day on which the file was generated, stated in its first element.

The declaration is at the end.
Source: https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions
and the schema of version 1.1 beside the file.
"""

import re
from datetime import date

import polars as pl

from transforms.model.parsing import (
    coded,
    items,
    located,
    other_entities,
    parsed,
    rejections,
    statement,
    statement_id,
    without,
    written_addresses,
)
from transforms.model.register import Edition, Parsed, Recognised, Register, SourceField, XmlRecords
from transforms.model.source import Source
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    IDENTIFIER_STATEMENT,
    LISTING_STATEMENT,
    NAME_STATEMENT,
    PERSON_STATEMENT,
)
from transforms.values.identifiers import is_placeholder, tidy_number

OF_RECORD = ("record_no", "record", "record_id")
LIST = "European Union, consolidated list of financial sanctions"
KINDS = {"P": "person", "E": "entity"}
REFUSED = "refused attribute"
FREE_TEXT = "free text, which may name other persons"
OF_AN_ACT = "the act's programme and day are enough"
ID, KIND = "@euReferenceNumber", "subjectType@classificationCode"
NAME, BIRTH, ADDRESS_AT, NUMBER, ACT = "nameAlias", "birthdate", "address", "identification", "regulation"
NAME_KEYS = ("wholeName", "firstName", "middleName", "lastName", "strong")
BIRTH_KEYS = ("birthdate", "year", "monthOfYear")
ADDRESS_KEYS = ("street", "poBox", "city", "zipCode", "region", "countryIso2Code")
NUMBER_KEYS = ("identificationTypeCode", "number", "countryIso2Code")
ACT_KEYS = ("programme", "publicationDate")
IGNORED = {
    "remark": FREE_TEXT,
    f"{ACT}.publicationUrl": OF_AN_ACT,
    f"{NAME}.regulationSummary": OF_AN_ACT,
    f"{NAME}.remark": FREE_TEXT,
    "citizenship": REFUSED,
    f"{BIRTH}.regulationSummary": OF_AN_ACT,
    f"{BIRTH}.remark": FREE_TEXT,
    f"{ADDRESS_AT}.regulationSummary": OF_AN_ACT,
    f"{ADDRESS_AT}.remark": FREE_TEXT,
    f"{NUMBER}.regulationSummary": OF_AN_ACT,
    f"{NUMBER}.remark": FREE_TEXT,
}
FIELDS = (
    SourceField(ID, mandatory=True),
    SourceField("@designationDate", "date", date_format="%Y-%m-%d", required=False),
    SourceField(KIND, "category", known=tuple(KINDS), mandatory=True),
    *(
        SourceField(f"{element}@{key}", "texts", required=False)
        for element, keys in (
            (NAME, NAME_KEYS),
            (BIRTH, BIRTH_KEYS),
            (ADDRESS_AT, ADDRESS_KEYS),
            (NUMBER, NUMBER_KEYS),
            (ACT, ACT_KEYS),
        )
        for key in keys
    ),
    *(SourceField(name, ignored=why, required=False) for name, why in IGNORED.items()),
)
_EXPORT = re.compile(
    rb'<(?:\w+:)?export\s[^>]*?http://eu\.europa\.ec/fpi/fsd/export[^>]*?generationDate="(\d{4})-(\d\d)-(\d\d)'
)


def recognise(_file_name: str, head: bytes) -> Recognised | None:
    """By its first element, which states the day on which the file was generated."""
    match = _EXPORT.search(head)
    return Recognised("eu-sanctions", date(*map(int, match.groups()))) if match else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects: unknown_kind, missing_value (a party without a name)."""
    has_name = pl.col(f"{NAME}@wholeName").list.eval(pl.element().str.strip_chars() != "").list.any()
    rejected = rejections(
        frame,
        [
            (~pl.col(KIND).is_in(list(KINDS)), "unknown_kind", KIND),
            (~has_name.fill_null(False), "missing_value", f"{NAME}@wholeName"),
        ],
    )
    good = located(without(frame, rejected), pl.col(ID), edition)
    named = good.join(_main_names(good), on="record_no", how="left", maintain_order="left")
    persons, entities = (named.filter(pl.col(KIND) == kind) for kind in KINDS)
    tables = {
        PERSON_STATEMENT.name: _persons(persons, edition),
        ENTITY_STATEMENT.name: other_entities(entities, edition, name=pl.col("wholeName")),
        LISTING_STATEMENT.name: _listings(good, edition),
        NAME_STATEMENT.name: _names(good, edition),
        ADDRESS_STATEMENT.name: _addresses(entities, edition),
        IDENTIFIER_STATEMENT.name: _numbers(entities, edition),
    }
    return parsed(good, tables, rejected=rejected)


def _each(rows: pl.DataFrame, element: str, keys: tuple[str, ...]) -> pl.DataFrame:
    """One row for each `element`: its attributes `keys`, with empty ones null, and place, from 0."""
    each = items(rows, {f"{element}@{key}": key for key in keys}, OF_RECORD, "place")
    return each.with_columns(pl.col("place") - 1, pl.col(keys).str.strip_chars().replace("", None))


def _in_order_of_names(rows: pl.DataFrame) -> pl.DataFrame:
    """The distinct names of each party, the strong ones first."""
    each = _each(rows, NAME, NAME_KEYS).filter(pl.col("wholeName").is_not_null())
    ordered = each.sort("record_no", pl.col("strong") == "false", "place")
    return ordered.unique(("record_no", "wholeName"), keep="first", maintain_order=True)


def _main_names(rows: pl.DataFrame) -> pl.DataFrame:
    first = _in_order_of_names(rows).unique("record_no", keep="first", maintain_order=True)
    return first.select("record_no", *NAME_KEYS[:-1])


def _persons(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    stated = _each(rows, BIRTH, BIRTH_KEYS).select("record_no", _birth().alias("birth"))
    births = stated.drop_nulls().group_by("record_no").agg(pl.col("birth").unique(maintain_order=True))
    first, further = pl.col("birth").list.first(), pl.col("birth").list.slice(1)
    return statement(
        rows.join(births, on="record_no", how="left", maintain_order="left"),
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=pl.col("wholeName"),
        forename=pl.col("firstName"),
        middle_names=pl.col("middleName"),
        surname=pl.col("lastName"),
        birth_year=first.str.head(4).cast(pl.Int64),
        birth_month=first.str.slice(5, 2).replace("", None).cast(pl.Int64),
        further_births=pl.when(further.list.len() > 0).then(further.list.sort()),
    )


def _birth() -> pl.Expr:
    """`1975` or `1975-03`; null if no year is stated."""
    month = pl.when(pl.col("monthOfYear").cast(pl.Int64, strict=False).is_between(1, 12)).then(
        pl.concat_str(pl.lit("-"), pl.col("monthOfYear").str.zfill(2))
    )
    year = pl.col("year").str.extract(r"^((?:18|19|20)\d{2})$", 1)
    by_parts = pl.when(year.is_not_null()).then(pl.concat_str(year, month, ignore_nulls=True))
    return pl.coalesce(pl.col("birthdate").str.extract(r"^(\d{4}-\d{2})-\d{2}$", 1), by_parts)


def _listings(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    acts = pl.col(f"{ACT}@programme").list.unique().list.sort()
    days = pl.col(f"{ACT}@publicationDate").list.eval(pl.element().str.to_date("%Y-%m-%d", strict=False))
    return statement(
        rows,
        LISTING_STATEMENT,
        edition,
        "l",
        party_statement_id=statement_id("p"),
        party_kind=coded(KIND, KINDS),
        list_name=pl.lit(LIST),
        topic=pl.lit("sanction"),
        listing_class=pl.lit("sanction"),
        programme=acts.list.drop_nulls().list.join(", ").replace("", None),
        valid_from=pl.coalesce("@designationDate", days.list.min()),
        is_ceased=pl.lit(False),
    )


def _names(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    ordered = _in_order_of_names(rows)
    is_first = pl.col("record_no").is_first_distinct()
    kind = (
        pl.when(is_first)
        .then(pl.lit("name"))
        .when(pl.col("strong") == "false")
        .then(pl.lit("weak_alias"))
        .otherwise(pl.lit("alias"))
    )
    return statement(
        ordered,
        NAME_STATEMENT,
        edition,
        pl.format("n{}", "place"),
        of_statement_id=statement_id("p"),
        name=pl.col("wholeName"),
        name_kind=kind,
    )


def _addresses(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return written_addresses(
        _each(rows, ADDRESS_AT, ADDRESS_KEYS),
        edition,
        pl.format("a{}", "place"),
        of_statement_id=statement_id("p"),
        role=pl.lit("service"),
        lines=[pl.col("street"), pl.col("poBox"), pl.col("region")],
        locality=pl.col("city"),
        country=_country(),
        postcode_text=pl.col("zipCode"),
    )


def _numbers(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    each = _each(rows, NUMBER, NUMBER_KEYS).with_columns(_country().alias("country"))
    is_usable = (
        (pl.col("identificationTypeCode") == "regnumber")
        & pl.col("country").is_not_null()
        & ~is_placeholder(pl.col("number"))
    )
    return statement(
        each.filter(is_usable),
        IDENTIFIER_STATEMENT,
        edition,
        pl.format("k{}", "place"),
        of_statement_id=statement_id("p"),
        number=tidy_number(pl.col("number")),
        number_native=pl.col("number"),
        country=pl.col("country"),
    )


def _country() -> pl.Expr:
    """ISO 3166-1 code in lower case; null for `00`, which means unknown."""
    return pl.col("countryIso2Code").str.extract(r"^([A-Za-z]{2})$", 1).str.to_lowercase()


REGISTER = Register(
    name="eu_sanctions",
    title="Financial sanctions of the European Union",
    publisher="European Commission, Directorate-General for Financial Stability",
    territory="world",
    url="https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions",
    licence="Commission's reuse policy (Decision 2011/833/EU), source to be named",
    cadence="at each change, several times a month",
    kind="snapshot",
    identifier_scheme="",
    expected_rows="about 5,900 parties (own, from reports of others who read it in 2026)",
    overdue_days=31,
    description="Persons, groups and entities whose assets are frozen by regulations of the Council.",
    partial_roles=("lists",),
    source=Source(
        "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw",
        names=("eu-sanctions.xml",),
        as_page=True,
    ),
    reader=XmlRecords("export.sanctionEntity", lists=(NAME, BIRTH, ADDRESS_AT, NUMBER, ACT)),
    fields=FIELDS,
    tables=(
        PERSON_STATEMENT,
        ENTITY_STATEMENT,
        LISTING_STATEMENT,
        NAME_STATEMENT,
        ADDRESS_STATEMENT,
        IDENTIFIER_STATEMENT,
    ),
    recognise=recognise,
    parse=parse,
)
