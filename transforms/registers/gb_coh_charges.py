"""Companies House: charges, from its API (`/company/{number}/charges`).

One object is one charge, in JSON lines, in an array, or under `items` in an answer of the API. It becomes

| statement | part | locator |
|---|---|---|
| charge | `c-1` …, one for each person entitled, and `c-1-2` … for further titles | `links.self` |

The lender is a name without a number. Since April 2013 no amount is stated; earlier, the details may begin
with an amount in pounds. A charge is security, not a flow of money. The particulars may name titles. A
lender's name is kept only if it cannot be that of a natural person. The declaration is at the end.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name, name_without_day
from transforms.formats.gb_coh import LICENCE
from transforms.model.parsing import coded, items, joined, located, parsed, rejections, statement, without
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
from transforms.model.statements import CHARGE_STATEMENT
from transforms.values.identifiers import GB_COH, GB_HMLR, org_id
from transforms.values.payees import NAMED_KINDS, payee_kind

SELF = r"^/company/([A-Z0-9]{8})/charges/([^/?]+)"
# "title number ZX1", "title nos: ZX1, ZX2 and ZX3", "title number(s) ZX 123456", "t/n zx 12345 & zx 12346".
# Old titles in London have no letters: "title numbers ZX123456, 268479 and ZX2".
_TITLES_ARE = r"(?i)\b(?:title (?:number|no)|t/no?)(?:\.?(?:\(s\)|s\b))?\.?:? *"
_TITLE = r"(?:[A-Z]{1,4}(?:\d{1,7}| \d{5,7})|\d{4,6})\b"
TITLES = rf"{_TITLES_ARE}{_TITLE}(?:(?:,|,? and|,? &) *{_TITLE})*"
# "£1,000.00 and all other monies", "£1.5 million". Anything else, such as "£1.5x", is not an amount.
AMOUNT = (
    r"(?i)^(?:£|GBP) ?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?: ?(k|thousand|m|million|bn|billion))?"
    r"(?:[.,]?(?:\s|$)|[;:()/–-])"
)
MULTIPLES = {
    "k": 1_000,
    "thousand": 1_000,
    "m": 1_000_000,
    "million": 1_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
}
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
    "scottish_alterations": "not used by any indicator yet",
    "more_than_four_persons_entitled": "the register names at most four",
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
    SourceField("secured_details.description", required=False),
    SourceField("secured_details.type", ignored="kind of the description", required=False),
    SourceField("persons_entitled.name", "texts", required=False),
    *(SourceField(name, ignored=reason, required=False) for name, reason in IGNORED.items()),
)
_COMPANY = re.compile(rb"/company/([A-Z0-9]{8})/charges/")
_HEAD = re.compile(rb'"self"\s*:\s*"/company/[A-Z0-9]{8}/charges/')


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the link of a charge to itself."""
    return Recognised("charges", day_in_name(file_name)) if _HEAD.search(head) else None


def dataset_of(path: str, head: bytes) -> str:
    """The dataset: a file about one company is a dataset of its own; one about several is named after the
    file.
    """
    companies = {number.decode() for number in _COMPANY.findall(head)}
    return f"charges-{min(companies).lower()}" if len(companies) == 1 else name_without_day(path)


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Charge statements of one batch."""
    link = pl.col("links.self")
    rejected = rejections(frame, [(~link.str.contains(SELF), "not_an_id", "links.self")])
    good = located(without(frame, rejected), link, edition)
    lenders = items(good, {"persons_entitled.name": "lender"}, good.columns, "position", at_least=1)
    titles = (
        pl.col("particulars.description")
        .str.extract_all(TITLES)
        .list.eval(_each_title(pl.element()).explode())
        .list.unique(maintain_order=True)
    )
    each = items(
        lenders.with_columns(titles.alias("titles")),
        {"titles": "title"},
        lenders.columns,
        "title_position",
        at_least=1,
    )
    kind = payee_kind(pl.col("lender"))
    amount = _amount(pl.col("secured_details.description"))
    further = pl.when(pl.col("title_position") > 1).then(joined("", pl.col("title_position").cast(pl.String)))
    charges = statement(
        each,
        CHARGE_STATEMENT,
        edition,
        pl.concat_str(pl.lit("c-"), pl.col("position"), further.fill_null("")),
        charge_id=joined(GB_COH, link.str.extract(SELF, 1), link.str.extract(SELF, 2)),
        kind=pl.lit("charge"),
        borrower_scheme=pl.lit(GB_COH),
        borrower_number=link.str.extract(SELF, 1),
        position=pl.col("position"),
        lender_kind=kind,
        lender_name=pl.when(kind.is_in(NAMED_KINDS)).then(pl.col("lender")),
        title_id=org_id(GB_HMLR, pl.col("title")),
        title_position=pl.col("title_position"),
        titles_n=pl.col("title_position_n"),
        status=coded("status", STATUSES, "unknown"),
        amount_secured=amount,
        currency=pl.when(amount.is_not_null()).then(pl.lit("GBP")),
        created_on=pl.col("created_on"),
        satisfied_on=pl.col("satisfied_on"),
    )
    return parsed(good, {CHARGE_STATEMENT.name: charges}, rejected=rejected)


def _each_title(titles: pl.Expr) -> pl.Expr:
    """The titles in a text that TITLES matches, without blanks."""
    bare = titles.str.replace(_TITLES_ARE, "").str.to_uppercase().str.replace_all(r"\bAND\b", ",")
    return bare.str.replace_all(" ", "").str.extract_all("[A-Z0-9]+")


def _amount(details: pl.Expr) -> pl.Expr:
    """The amount in pounds at the beginning of the details; null if they begin with anything else."""
    number = details.str.extract(AMOUNT, 1).str.replace_all(",", "").cast(pl.Decimal(30, 6), strict=False)
    multiple = details.str.extract(AMOUNT, 2).str.to_lowercase().replace_strict(MULTIPLES, default=1)
    return (number * multiple).cast(pl.Decimal(18, 2), strict=False)


REGISTER = Register(
    name="gb_coh_charges",
    title="Charges over companies' property",
    publisher="Companies House",
    territory="gb",
    url="https://developer-specs.company-information.service.gov.uk/companies-house-public-data-api/reference/charges",
    licence=LICENCE,
    cadence="on request",
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="as many as were asked for",
    description="Who lent a company money against security, and over which title.",
    partial_roles=("charges",),
    public_page=PublicPage(
        "/company/(?P<number>[A-Z0-9]{8})/charges.*",
        "https://find-and-update.company-information.service.gov.uk/company/{number}/charges",
    ),
    source=Source(
        "https://api.company-information.service.gov.uk/company/{number}/charges?items_per_page=100",
        key="companies-house",
        requests_a_minute=120,
        total="total_count",
    ),
    reader=JsonLines(packages=True, array_at=("items",), object_lists=("persons_entitled",)),
    fields=FIELDS,
    tables=(CHARGE_STATEMENT,),
    recognise=recognise,
    dataset_of=dataset_of,
    parse=parse,
)
