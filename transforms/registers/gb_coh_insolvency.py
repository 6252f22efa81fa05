"""Companies House: cases of insolvency, from its API (`/company/{number}/insolvency`).

One answer is one record, with the cases of one company: in a file named after its number, or as a line of the
streaming API, which names the company. It becomes

| statement | part | locator |
|---|---|---|
| insolvency | `c-1` …, one for each case | `/company/<number>/insolvency` |

A case has several dates; its first day is the earliest of the dates in BEGINNINGS. An answer of the API does
not name the company, so the file must keep the name under which it was fetched: `01234567.json`.
Practitioners are natural persons, and nothing about them is kept. The declaration is at the end.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name, name_without_day
from transforms.formats.gb_coh import LICENCE
from transforms.model.parsing import (
    coded,
    finding_rows,
    inner,
    items,
    joined,
    located,
    parsed,
    rejections,
    statement,
    without,
)
from transforms.model.register import (
    Edition,
    JsonLines,
    Parsed,
    PublicPage,
    Recognised,
    Register,
    SourceField,
)
from transforms.model.source import Source
from transforms.model.statements import INSOLVENCY_STATEMENT
from transforms.values.identifiers import GB_COH

NUMBER = r"[A-Z0-9]{8}"
# Source: api-enumerations of Companies House, insolvency_case_type. Cases under foreign law may be any kind.
KINDS = {
    "compulsory-liquidation": "compulsory_liquidation",
    "creditors-voluntary-liquidation": "creditors_voluntary_liquidation",
    "members-voluntary-liquidation": "members_voluntary_liquidation",
    "in-administration": "administration",
    "administration-order": "administration",
    "corporate-voluntary-arrangement": "voluntary_arrangement",
    "corporate-voluntary-arrangement-moratorium": "moratorium",
    "moratorium": "moratorium",
    "administrative-receiver": "administrative_receivership",
    "receiver-manager": "receivership",
    "receivership": "receivership",
    "foreign-insolvency": "unknown",
}
# Source: the same, insolvency_case_date_type. The other dates are those of an end or an intended end.
BEGINNINGS = (
    "petitioned-on",
    "ordered-to-wind-up-on",
    "wound-up-on",
    "administration-started-on",
    "voluntary-arrangement-started-on",
    "moratorium-started-on",
    "instrumented-on",
)
# Native list → its name, once in the case and once as an item.
CASES = {
    "cases.type": "kind",
    "cases.number": "case_no",
    "cases.dates.type": "types",
    "cases.dates.date": "days",
}
DATES = {"types": "type", "days": "text"}
FIELDS: tuple[SourceField, ...] = (
    SourceField("resource_id", required=False),
    *(SourceField(name, "texts", required=False) for name in CASES),
    *(
        SourceField(name, "texts", why, required=False)
        for name, why in {
            "cases.practitioners": "natural persons",
            "cases.notes": "free text, which may name a person",
            "cases.links": "the charge that a receiver acts for",
            "status": "the state of the company, which its own register has",
        }.items()
    ),
    *(
        SourceField(name, ignored=why, required=False)
        for name, why in {
            "etag": "changes with every answer",
            "links": "the address of the answer",
            "resource_kind": "the kind of the stream",
            "resource_uri": "the number is used",
            "event": "place in the stream",
        }.items()
    ),
)
_OF_STREAM = re.compile(rb'"resource_kind"\s*:\s*"company-insolvency"')
_CASE = re.compile(rb'"type"\s*:\s*"(?:%b)"' % "|".join(KINDS).encode())
_COMPANY = re.compile(rb'"resource_id"\s*:\s*"([A-Z0-9]{8})"')
_FILE = re.compile(rf"^(?:insolvency-)?({NUMBER})\.json$", re.IGNORECASE)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the kind of the stream, or by cases of a known kind. A file about one company is a dataset of its
    own; one about several is named after the file.
    """
    is_answer = b'"cases"' in head and b'"dates"' in head and _CASE.search(head)
    if not _OF_STREAM.search(head) and not is_answer:
        return None
    companies = {number.decode() for number in _COMPANY.findall(head)}
    if not companies and (named := _FILE.search(file_name)):
        companies = {named[1].upper()}
    dataset = f"insolvency-{min(companies).lower()}" if len(companies) == 1 else name_without_day(file_name)
    return Recognised(dataset, day_in_name(file_name))


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Insolvency statements of one batch. An answer without cases is ignored as `no_case`."""
    of_file = re.fullmatch(f"INSOLVENCY-({NUMBER})", edition.dataset.upper())
    number = pl.coalesce("resource_id", pl.lit(of_file[1] if of_file else None, pl.String))
    numbered = frame.with_columns(number.alias("company_number"))
    cases = items(numbered, CASES, ("record_no",), "nth")
    lists = cases.with_columns(inner("types"), inner("days"))
    day = pl.col("text").str.to_date("%Y-%m-%d", strict=False)
    dates = items(lists, DATES, ("record_no", "nth"), "place").with_columns(day.alias("day"))
    is_no_day = pl.col("day").is_null() & pl.col("text").is_not_null()
    has_no_day = pl.col("record_no").is_in(dates.filter(is_no_day)["record_no"].to_list())
    rejected = rejections(
        numbered,
        [
            (~number.str.contains(f"^{NUMBER}$").fill_null(False), "not_an_id", "resource_id"),
            (has_no_day, "impossible_date", "cases.dates.date"),
        ],
    )
    rest = without(numbered, rejected)
    ignored = without(rest, cases).select("record_no", pl.lit("no_case").alias("reason"))
    good = located(without(rest, ignored), pl.format("/company/{}/insolvency", "company_number"), edition)
    begins = dates.filter(pl.col("type").is_in(BEGINNINGS))
    each = (
        good.select("record", "record_id", "record_no", "company_number")
        .join(cases, on="record_no", how="inner", maintain_order="left_right")
        .join(
            begins.group_by("record_no", "nth").agg(pl.col("day").min()), on=["record_no", "nth"], how="left"
        )
        .sort("record_no", "nth")
    )
    unknown = each.filter(pl.col("kind").is_not_null() & ~pl.col("kind").is_in(list(KINDS)))
    return parsed(
        good,
        {INSOLVENCY_STATEMENT.name: _cases(each, edition)},
        rejected=rejected,
        ignored=ignored,
        findings=[finding_rows(unknown, "unknown_category", "cases.type", pl.col("kind"))],
    )


def _cases(each: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    nth = pl.col("nth").cast(pl.String)
    return statement(
        each,
        INSOLVENCY_STATEMENT,
        edition,
        joined("c", nth),
        company_scheme=pl.lit(GB_COH),
        company_number=pl.col("company_number"),
        case_no=pl.coalesce("case_no", nth),
        kind=coded("kind", KINDS, "unknown"),
        kind_native=pl.col("kind"),
        began_on=pl.col("day"),
    )


REGISTER = Register(
    name="gb_coh_insolvency",
    title="Insolvency cases of companies",
    publisher="Companies House",
    territory="gb",
    url="https://developer-specs.company-information.service.gov.uk/companies-house-public-data-api/reference/insolvency",
    licence=LICENCE,
    cadence="on request",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="as many as were asked for",
    description="Which companies are or were insolvent, the kind of each case, and when it began.",
    roles=("insolvency",),
    public_page=PublicPage(
        "/company/(?P<number>[A-Z0-9]{8})/insolvency.*",
        "https://find-and-update.company-information.service.gov.uk/company/{number}/insolvency",
    ),
    source=Source(
        "https://api.company-information.service.gov.uk/company/{number}/insolvency",
        key="companies-house",
        requests_a_minute=120,
    ),
    reader=JsonLines(packages=True, inner_lists=("cases.dates",), within="data"),
    fields=FIELDS,
    tables=(INSOLVENCY_STATEMENT,),
    recognise=recognise,
    parse=parse,
)
