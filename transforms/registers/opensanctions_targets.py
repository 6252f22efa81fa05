"""Targets of a list of OpenSanctions in its simple form (`targets.simple.csv`): a row is one target.

If `entities.ftm.json` of the same list is available, use that instead: it also has topics, dates and links.

| row | becomes | part |
|---|---|---|
| Person | person, names `n0` …, a listing | `p`, `l` |
| Company, Organization, LegalEntity, PublicBody | the same; numbers, addresses | `k0` …, `a0` … |
| any other schema | ignored (`no_party`) | |

The locator is the id. Aliases, countries, addresses, numbers and dates of birth are lists, separated by
semicolons; a value with a quotation mark or a semicolon is in quotation marks. The form has no topics: a
target with a programme or a text about sanctions has class sanction, any other has class other. If several
countries are stated, an entity has no jurisdiction, and each number is combined with each country. Countries,
addresses and numbers of persons are not read. The list is named after the file or its folder, as in
`ftm_entities`.

The declaration is at the end. Source: https://www.opensanctions.org/docs/bulk/csv/.
"""

import re

import polars as pl

from transforms.formats.bods.values import birth
from transforms.formats.file_names import day_in_name
from transforms.formats.ftm import codes, files
from transforms.formats.ftm.values import code
from transforms.model.parsing import (
    finding_rows,
    located,
    other_entities,
    parsed,
    rejections,
    statement,
    statement_id,
    without,
    written_addresses,
)
from transforms.model.register import (
    Delimited,
    Edition,
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
    LISTING_STATEMENT,
    NAME_STATEMENT,
    PERSON_STATEMENT,
)
from transforms.readers.delimited_layout import has_header
from transforms.values.identifiers import is_placeholder, tidy_number

IN_LIST = r'"(?:[^"]|"")*"|[^;]+'  # a value of a field that is a list
CONTACT = "contact details, which no indicator needs"
FIELDS = (
    SourceField("id", mandatory=True),
    SourceField("schema", mandatory=True),
    SourceField("name"),
    SourceField("aliases"),
    SourceField("birth_date"),
    SourceField("countries"),
    SourceField("addresses"),
    SourceField("identifiers"),
    SourceField("sanctions"),
    SourceField("phones", ignored=CONTACT),
    SourceField("emails", ignored=CONTACT),
    SourceField("program_ids", required=False),
    SourceField("dataset"),
    SourceField("first_seen", ignored="when OpenSanctions first saw it, which is not when it was listed"),
    SourceField("last_seen"),
    SourceField("last_change", ignored="dates the record, not the listing"),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By its columns."""
    if not has_header(REGISTER, head):
        return None
    return Recognised(dataset(file_name, head), day_in_name(file_name))


def dataset(path: str, head: bytes) -> str:
    """The list's name, from the file's name or its folder."""
    return files.dataset(re.sub(r"[-_.]?targets\.simple\.csv", ".json", path, flags=re.IGNORECASE), head)


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects: missing_value (a name). Finding: unknown_category (schema)."""
    kind = codes.record_type(pl.col("schema"))
    rejected = rejections(frame, [(pl.col("name").is_null(), "missing_value", "name")])
    typed = without(frame, rejected).with_columns(kind.alias("kind"))
    is_party = pl.col("kind").is_in(codes.PARTIES)
    ignored = typed.filter(~is_party).select("record_no", pl.lit("no_party").alias("reason"))
    unknown = typed.filter(pl.col("kind") == codes.UNKNOWN)
    good = located(typed.filter(is_party), pl.col("id"), edition)
    entities = good.filter(pl.col("kind") == "entity")
    tables = {
        PERSON_STATEMENT.name: _persons(good.filter(pl.col("kind") == "person"), edition),
        ENTITY_STATEMENT.name: _entities(entities, edition),
        NAME_STATEMENT.name: _names(good, edition),
        IDENTIFIER_STATEMENT.name: _numbers(entities, edition),
        ADDRESS_STATEMENT.name: _addresses(entities, edition),
        LISTING_STATEMENT.name: _listings(good, edition),
    }
    findings = [finding_rows(unknown, "unknown_category", "schema", pl.col("schema"))]
    return parsed(good, tables, rejected=rejected, ignored=ignored, findings=findings)


def _listed(name: str) -> pl.Expr:
    """The distinct values of a list field."""
    quoted = pl.element().str.extract(r'^"(.*)"$', 1).str.replace_all('""', '"', literal=True)
    values = (
        pl.col(name).str.extract_all(IN_LIST).list.eval(pl.coalesce(quoted, pl.element()).str.strip_chars())
    )
    return values.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)


def _each(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row for each value of a list field: `text`, and `place` from 0."""
    each = rows.with_columns(_listed(name).alias("text")).explode("text").filter(pl.col("text").is_not_null())
    return each.with_columns(pl.int_range(pl.len()).over("record_no").alias("place"))


def _persons(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    births = (
        _listed("birth_date")
        .list.eval(birth(pl.element()))
        .list.drop_nulls()
        .list.unique(maintain_order=True)
    )
    first, further = births.list.first(), births.list.slice(1)
    return statement(
        rows,
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=pl.col("name"),
        birth_year=first.str.head(4).cast(pl.Int64),
        birth_month=first.str.slice(5, 2).replace("", None).cast(pl.Int64),
        further_births=pl.when(further.list.len() > 0).then(further),
    )


def _country() -> pl.Expr:
    """The country if exactly one is stated, else null."""
    countries = _listed("countries")
    return pl.when(countries.list.len() == 1).then(code(countries.list.first()))


def _entities(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return other_entities(
        rows,
        edition,
        identifier_native=_listed("identifiers").list.first(),
        entity_type=codes.entity_type(pl.col("schema")),
        name=pl.col("name"),
        jurisdiction=_country(),
    )


def _names(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    own = rows.with_columns(pl.col("name").alias("text"), pl.lit("name").alias("kind_of_name"))
    others = _each(rows, "aliases").filter(pl.col("text") != pl.col("name"))
    every = pl.concat([own, others.drop("place").with_columns(pl.lit("alias").alias("kind_of_name"))])
    placed = every.with_columns(pl.int_range(pl.len()).over("record_no").alias("place"))
    return statement(
        placed,
        NAME_STATEMENT,
        edition,
        pl.format("n{}", "place"),
        of_statement_id=statement_id("p"),
        name=pl.col("text"),
        name_kind=pl.col("kind_of_name"),
    )


def _numbers(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Identifier statements: each number in each stated country. The form states neither kind nor
    register."""
    each = (
        _each(rows, "identifiers")
        .with_columns(_listed("countries").alias("country"))
        .explode("country")
        .with_columns(
            code(pl.col("country")).alias("country"), pl.int_range(pl.len()).over("record_no").alias("place")
        )
    )
    return statement(
        each.filter(~is_placeholder(pl.col("text")) & pl.col("country").is_not_null()),
        IDENTIFIER_STATEMENT,
        edition,
        pl.format("k{}", "place"),
        of_statement_id=statement_id("p"),
        number=tidy_number(pl.col("text")),
        number_native=pl.col("text"),
        country=pl.col("country"),
    )


def _addresses(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return written_addresses(
        _each(rows, "addresses"),
        edition,
        pl.format("a{}", "place"),
        of_statement_id=statement_id("p"),
        role=pl.lit("service"),
        lines=[pl.col("text")],
    )


def _listings(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    text = pl.col("sanctions").str.strip_chars('" ').replace("", None)
    programme = pl.col("program_ids").replace("", None)
    is_sanction = text.is_not_null() | programme.is_not_null()
    return statement(
        rows,
        LISTING_STATEMENT,
        edition,
        "l",
        party_statement_id=statement_id("p"),
        party_kind=pl.col("kind"),
        list_name=pl.col("dataset").fill_null(edition.dataset),
        topic=pl.lit("target"),
        listing_class=pl.when(is_sanction).then(pl.lit("sanction")).otherwise(pl.lit("other")),
        programme=programme,
        is_ceased=pl.lit(False),
    )


REGISTER = Register(
    name="opensanctions_targets",
    title="Targets of OpenSanctions, in the simple form",
    publisher="OpenSanctions",
    territory="world",
    url="https://www.opensanctions.org/datasets/",
    licence="CC BY-NC 4.0, or a licence for business use",
    cadence="daily",
    kind="snapshot",
    identifier_scheme="",
    expected_rows="5,600 (war and sanctions, 2026-03-13); each list has its own",
    description="Targets of a watch list, without topics, dates and links. The list's entities say more.",
    partial_roles=("lists",),
    source=Source(
        "https://data.opensanctions.org/datasets/latest/sanctions/targets.simple.csv",
        names=("sanctions.targets.simple.csv",),
        on_request=True,
    ),
    reader=Delimited(),
    fields=FIELDS,
    tables=(
        PERSON_STATEMENT,
        ENTITY_STATEMENT,
        NAME_STATEMENT,
        IDENTIFIER_STATEMENT,
        ADDRESS_STATEMENT,
        LISTING_STATEMENT,
    ),
    recognise=recognise,
    parse=parse,
    dataset_of=dataset,
    edition_field="last_seen",
    public_page=PublicPage(
        "(?P<entity>NK-[A-Za-z0-9]{8,40})", "https://www.opensanctions.org/entities/{entity}/"
    ),
)
