"""Companies House: charges, from its API (`/company/{number}/charges`) or its stream.

One object is one charge: in JSON lines, in an array, or under `items` in an answer of the API. It becomes

| statement | part | locator |
|---|---|---|
| charge | `c1` …, one for each person entitled | `links.self`: /company/01234567/charges/… |

The lender is a name without a number, and since 2013 no amount is stated. A charge is security, not a flow of
money. The particulars may name the title; where they name several, none is taken. A lender's name is kept
only where it cannot be that of a natural person. The declaration is at the end.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name
from transforms.model.parsing import coded, joined, located, parsed, rejections, statement, without
from transforms.model.register import Edition, JsonLines, Parsed, Recognised, Register, SourceField
from transforms.model.statements import CHARGE_STATEMENT
from transforms.values.identifiers import GB_COH
from transforms.values.payees import payee_kind

SELF = r"^/company/([A-Z0-9]{8})/charges/([^/?]+)"
TITLE_NUMBER = r"(?i)title (?:number|no\.?)s?:? *([A-Z]{1,4}\d{1,7})\b"
STATUSES = {
    "outstanding": "outstanding",
    "part-satisfied": "part_satisfied",
    "fully-satisfied": "satisfied",
    "satisfied": "satisfied",
}
IGNORED = {
    "etag": "changes with every answer",
    "id": "the same as in links.self",
    "charge_number": "the company's own count",
    "classification": "kind of paper",
    "assets_ceased_released": "not used by any indicator yet",
    "acquired_on": "not used by any indicator yet",
    "delivered_on": "day of the filing",
    "resolved_on": "not used by any indicator yet",
    "covering_instrument_date": "not used by any indicator yet",
    "secured_details": "free text",
    "scottish_alterations": "not used by any indicator yet",
    "more_than_four_persons_entitled": "the register names four at most",
    "transactions": "filings about the charge",
    "insolvency_cases": "a register of its own",
    "charge_code": "the same as in links.self of later charges",
}
FIELDS: tuple[SourceField, ...] = (
    SourceField("links.self", mandatory=True),
    SourceField("status", "category", known=tuple(STATUSES), required=False),
    SourceField("created_on", "date", date_format="%Y-%m-%d", required=False),
    SourceField("satisfied_on", "date", date_format="%Y-%m-%d", required=False),
    SourceField("particulars.description", required=False),
    SourceField("particulars.type", ignored="kind of the description", required=False),
    *(
        SourceField(f"particulars.{name}", ignored="not used by any indicator yet", required=False)
        for name in (
            "contains_floating_charge",
            "contains_fixed_charge",
            "floating_charge_covers_all",
            "contains_negative_pledge",
            "chargor_acting_as_bare_trustee",
        )
    ),
    SourceField("persons_entitled.name", "texts", required=False),
    *(SourceField(name, ignored=reason, required=False) for name, reason in IGNORED.items()),
)
_HEAD = re.compile(rb'"self"\s*:\s*"/company/[A-Z0-9]{8}/charges/')


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the link of a charge to itself."""
    return Recognised("charges", day_in_name(file_name)) if _HEAD.search(head) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Charge statements of one batch."""
    link = pl.col("links.self")
    rejected = rejections(frame, [(~link.str.contains(SELF), "not_an_id", "links.self")])
    good = located(without(frame, rejected), link, edition)
    lenders = (
        good.with_columns(
            pl.col("persons_entitled.name").list.len().fill_null(0).alias("n"),
            pl.when(pl.col("persons_entitled.name").list.len() > 0)
            .then(pl.col("persons_entitled.name"))
            .otherwise(pl.lit([None], dtype=pl.List(pl.String)))
            .alias("lender"),
        )
        .explode("lender")
        .with_columns(pl.int_range(1, pl.len() + 1).over("record_no").alias("position"))
    )
    kind = payee_kind(pl.col("lender"))
    titles = pl.col("particulars.description").str.extract_all(TITLE_NUMBER)
    charges = statement(
        lenders,
        CHARGE_STATEMENT,
        edition,
        joined("c", pl.col("position").cast(pl.String)),
        charge_id=joined(GB_COH, link.str.extract(SELF, 1), link.str.extract(SELF, 2)),
        borrower_scheme=pl.lit(GB_COH),
        borrower_number=link.str.extract(SELF, 1),
        position=pl.col("position"),
        lender_kind=kind,
        lender_name=pl.when(kind.is_in(["company", "public", "conduit"])).then(pl.col("lender")),
        title_number=pl.when(titles.list.len() == 1).then(
            pl.col("particulars.description").str.extract(TITLE_NUMBER, 1).str.to_uppercase()
        ),
        status=coded("status", STATUSES, "unknown"),
        created_on=pl.col("created_on"),
        satisfied_on=pl.col("satisfied_on"),
    )
    return parsed(good, {CHARGE_STATEMENT.name: charges}, rejected=rejected)


REGISTER = Register(
    name="gb_coh_charges",
    title="Charges over companies' property",
    publisher="Companies House",
    territory="gb",
    url="https://developer-specs.company-information.service.gov.uk/companies-house-public-data-api/reference/charges",
    licence="Open Government Licence v3.0",
    cadence="on request",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="as many as were asked for",
    description="Who lent a company money against security, and over which title.",
    partial_roles=("charges",),
    reader=JsonLines(packages=True, array_at="items", object_lists=("persons_entitled",)),
    fields=FIELDS,
    tables=(CHARGE_STATEMENT,),
    recognise=recognise,
    parse=parse,
)
