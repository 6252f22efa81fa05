"""Companies House: disqualified directors, from its API (`/disqualified-officers/natural/{id}`, and
`corporate`) or its stream.

One object is one natural person or legal entity, in a file of its own or on a line. It becomes

| statement | part | locator |
|---|---|---|
| person or entity | `p` | `links.self` and the person number |
| disqualification, `disqualified` | `d-1` …, one for each order or undertaking | |
| disqualification, `permitted` | `c-1-1` …, one for each company of each permission to act | |

These are data on criminal offences: they are read only in a home with a purpose that allows
disqualifications. The register can only be searched by name, so an edition never has all of it. Only year and
month of birth are kept. Nationality, addresses, the court and the reason are not read. The declaration is at
the end.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name, name_without_day
from transforms.formats.gb_coh import LICENCE
from transforms.formats.gb_coh.officers import PERSON_DIGITS
from transforms.model.parsing import (
    inner,
    items,
    joined,
    located,
    other_entities,
    parsed,
    rejections,
    statement,
    statement_id,
    without,
)
from transforms.model.register import Edition, JsonLines, Parsed, Recognised, Register, SourceField
from transforms.model.statements import (
    DISQUALIFICATION_STATEMENT,
    ENTITY_STATEMENT,
    PERSON_STATEMENT,
)
from transforms.values.identifiers import GB_COH

SELF = r"^/disqualified-officers/(?:natural|corporate)/[\w-]+$"
NATURAL, CORPORATE = "natural-disqualification", "corporate-disqualification"
PERSON_NUMBER = rf"^(\d{{{PERSON_DIGITS}}})\d{{4}}$"
FROM, UNTIL = "disqualifications.disqualified_from", "disqualifications.disqualified_until"
GRANTED, EXPIRES, COMPANIES = (
    f"permissions_to_act.{name}" for name in ("granted_on", "expires_on", "company_names")
)
IGNORED = {
    "etag": "changes with every answer",
    "honours": "not part of a name",
    "nationality": "refused attribute",
    "company_number": "an unchecked number of any country",
    "country_of_registration": "not used by any indicator",
    "event": "place in the stream",
    "resource_id": "the same as in links.self",
    "resource_kind": "the kind of the stream",
    "resource_uri": "the same as in links.self",
    **dict.fromkeys(
        (
            "disqualifications.address",
            "disqualifications.case_identifier",
            "disqualifications.company_names",
            "disqualifications.court_name",
            "disqualifications.disqualification_type",
            "disqualifications.heard_on",
            "disqualifications.last_variation",
            "disqualifications.reason",
            "disqualifications.undertaken_on",
            "permissions_to_act.court_name",
            "permissions_to_act.purpose",
        ),
        "details of an offence; the disqualification itself is enough",
    ),
}
FIELDS: tuple[SourceField, ...] = (
    SourceField("links.self", mandatory=True),
    SourceField("kind", "category", mandatory=True, known=(NATURAL, CORPORATE)),
    *(
        SourceField(name, required=False)
        for name in ("person_number", "title", "forename", "other_forenames", "surname", "name")
    ),
    SourceField("date_of_birth", "date", date_format="%Y-%m-%d", required=False),
    *(SourceField(name, "texts", required=False) for name in (FROM, UNTIL, GRANTED, EXPIRES, COMPANIES)),
    *(
        SourceField(name, "texts" if "." in name else "text", ignored=why, required=False)
        for name, why in IGNORED.items()
    ),
)
_HEAD = re.compile(rb'"kind"\s*:\s*"(?:natural|corporate)-disqualification"')


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the kind of an answer. Each file is a dataset of its own, named after the file."""
    return Recognised(name_without_day(file_name), day_in_name(file_name)) if _HEAD.search(head) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Statements of one batch. Rejects, besides those of `conform`: unknown_kind, not_an_id, impossible_date
    (a day in a list).
    """
    bans = _items(frame, {FROM: "from", UNTIL: "until"})
    permissions = _items(frame, {GRANTED: "from", EXPIRES: "until", COMPANIES: "companies"})
    faulty = pl.concat([each.filter("has_no_day")["record_no"] for each in (bans, permissions)])
    rejected = rejections(
        frame,
        [
            (~pl.col("kind").is_in([NATURAL, CORPORATE]), "unknown_kind", "kind"),
            (~pl.col("links.self").str.contains(SELF), "not_an_id", "links.self"),
            (pl.col("record_no").is_in(faulty.implode()), "impossible_date", "disqualifications"),
        ],
    )
    locator = pl.concat_str("links.self", "person_number", separator="/", ignore_nulls=True)
    good = located(without(frame, rejected), locator, edition)
    is_body = pl.col("kind") == CORPORATE
    each = permissions.with_columns(inner("companies").alias("company_name")).explode("company_name")
    nth_company = (pl.int_range(pl.len()).over("record_no", "nth") + 1).cast(pl.String)
    tables = {
        PERSON_STATEMENT.name: _persons(good.filter(~is_body), edition),
        ENTITY_STATEMENT.name: other_entities(good.filter(is_body), edition, name=pl.col("name")),
        DISQUALIFICATION_STATEMENT.name: pl.concat(
            [
                _bans(good, bans.with_columns(joined("d", _NTH).alias("part")), "disqualified", edition),
                _bans(
                    good,
                    each.with_columns(joined("c", _NTH, nth_company).alias("part")),
                    "permitted",
                    edition,
                ),
            ]
        ),
    }
    return parsed(good, tables, rejected=rejected)


_NTH = pl.col("nth").cast(pl.String)


def _items(frame: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """One row for each object of a list, with its position `nth` and its dates."""
    days = {name: pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in ("from", "until")}
    faults = (pl.col(name).is_not_null() & day.is_null() for name, day in days.items())
    return items(frame, columns, ("record_no",), "nth").with_columns(
        pl.any_horizontal(faults).alias("has_no_day"),
        *(day.alias(f"{name}_on") for name, day in days.items()),
    )


def _persons(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    names = ("title", "forename", "other_forenames", "surname")
    return statement(
        good,
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=pl.concat_str(names, separator=" ", ignore_nulls=True).replace("", None),
        name_title=pl.col("title"),
        forename=pl.col("forename"),
        middle_names=pl.col("other_forenames"),
        surname=pl.col("surname"),
        birth_year=pl.col("date_of_birth").dt.year(),
        birth_month=pl.col("date_of_birth").dt.month(),
    )


def _bans(good: pl.DataFrame, each: pl.DataFrame, kind: str, edition: Edition) -> pl.DataFrame:
    """Disqualification statements of one kind. Permissions without a company are left out."""
    named = each if kind == "disqualified" else each.filter(pl.col("company_name").is_not_null())
    return statement(
        good.join(named, on="record_no", how="inner", maintain_order="left_right"),
        DISQUALIFICATION_STATEMENT,
        edition,
        pl.col("part"),
        party_statement_id=statement_id("p"),
        party_kind=pl.when(pl.col("kind") == CORPORATE).then(pl.lit("entity")).otherwise(pl.lit("person")),
        person_number=pl.col("person_number").str.extract(PERSON_NUMBER, 1),
        kind=pl.lit(kind),
        company_name=pl.col("company_name") if kind == "permitted" else pl.lit(None),
        valid_from=pl.col("from_on"),
        valid_to=pl.col("until_on"),
    )


REGISTER = Register(
    name="gb_coh_disqualified",
    title="Disqualified directors",
    publisher="Companies House",
    territory="gb",
    url="https://developer-specs.company-information.service.gov.uk/companies-house-public-data-api/reference/officer-disqualifications",
    licence=LICENCE,
    cadence="on request",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="as many as were asked for",
    description="Who may not be a director of a UK company, until when, and for which companies they may. "
    "Read only for a purpose that allows disqualifications.",
    roles=("disqualifications",),
    reader=JsonLines(
        packages=True,
        within="data",
        object_lists=("disqualifications", "permissions_to_act"),
        inner_lists=(COMPANIES,),
    ),
    fields=FIELDS,
    tables=(PERSON_STATEMENT, ENTITY_STATEMENT, DISQUALIFICATION_STATEMENT),
    recognise=recognise,
    parse=parse,
    on_request=True,
    allowed_by="disqualifications",
)
