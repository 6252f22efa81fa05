"""Companies House, BasicCompanyData: every entity on the register, with its registered office.

One record is one entity. It becomes an entity statement (part `e`); if it states an address, an address
statement (part `a`); and a name statement (part `n-<position>`) for each former name with the day on which it
was given up. The locator is the company number.

Particulars of the fields:

- `Liquidation` may be compulsory or voluntary: the class is `liquidation`.
- `IncorporationDate` of an overseas entity or company (prefixes OE, FC, SF, NF, BR) is the day it was
  registered in the UK: it becomes `registered_on`, and `incorporated_on` is null.
- `Other company type` covers many forms: the prefix of the number decides.
- Some names contain HTML references, in capitals too: `A&AMP;A DESIGN`, `ZED&#039;S ART`. Complete references
  are decoded; a bare `&` stays.

The declaration is at the end.
"""

import re

import polars as pl

from transforms.formats.file_names import day_in_name, header_columns
from transforms.formats.gb_coh import LICENCE
from transforms.model.parsing import (
    NO_TEXTS,
    coded,
    finding_rows,
    joined,
    located,
    parsed,
    statement,
    statement_id,
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
from transforms.model.source import Source, linked
from transforms.model.statements import ADDRESS_STATEMENT, ENTITY_STATEMENT, NAME_STATEMENT
from transforms.values.countries import country_code
from transforms.values.html_references import decoded
from transforms.values.identifiers import GB_COH, PREFIX_TERRITORIES, PREFIXES, gb_coh_prefix, registry_gb_coh
from transforms.values.vocabulary import lookup

DATASET = "companies"
DATE_FORMAT = "%d/%m/%Y"
FORMER_NAMES_N = 10
SIC_N = 4
BY_PREFIX = "by_prefix"  # class of a category that covers several forms
OVERSEAS = "overseas"

CATEGORIES = lookup("gb_company_categories", "category", "legal_form_class")
ENTITY_TYPES = lookup("gb_company_categories", "category", "entity_type")
STATUSES = lookup("gb_company_statuses", "status", "status_class")
ACCOUNTS_CATEGORIES = lookup("gb_accounts_categories", "category", "meaning")


def _date(name: str, ignored: str = "") -> SourceField:
    return SourceField(name, "date", date_format=DATE_FORMAT, ignored=ignored)


def _former_name(position: int) -> tuple[SourceField, SourceField]:
    return _date(f"PreviousName_{position}.CONDATE"), SourceField(f"PreviousName_{position}.CompanyName")


_NO_COLUMN = "no canonical column, and no indicator needs it"
FIELDS = (
    SourceField("CompanyName"),
    SourceField("CompanyNumber", mandatory=True),
    SourceField("RegAddress.CareOf"),
    SourceField("RegAddress.POBox"),
    SourceField("RegAddress.AddressLine1"),
    SourceField("RegAddress.AddressLine2"),
    SourceField("RegAddress.PostTown"),
    SourceField("RegAddress.County"),
    SourceField("RegAddress.Country"),
    SourceField("RegAddress.PostCode"),
    SourceField("CompanyCategory", "category", known=tuple(CATEGORIES)),
    SourceField("CompanyStatus", "category", known=tuple(STATUSES)),
    SourceField("CountryOfOrigin"),
    _date("DissolutionDate"),
    _date("IncorporationDate"),
    SourceField(
        "Accounts.AccountRefDay",
        "integer",
        ignored="part of the accounting reference date; the due date is used",
    ),
    SourceField(
        "Accounts.AccountRefMonth",
        "integer",
        ignored="part of the accounting reference date; the due date is used",
    ),
    _date("Accounts.NextDueDate"),
    _date("Accounts.LastMadeUpDate"),
    SourceField("Accounts.AccountCategory", "category", known=tuple(ACCOUNTS_CATEGORIES)),
    _date(
        "Returns.NextDueDate",
        ignored="annual returns ended on 30 June 2016; confirmation statements replaced them",
    ),
    _date(
        "Returns.LastMadeUpDate",
        ignored="annual returns ended on 30 June 2016; confirmation statements replaced them",
    ),
    SourceField("Mortgages.NumMortCharges", "integer"),
    SourceField("Mortgages.NumMortOutstanding", "integer"),
    SourceField("Mortgages.NumMortPartSatisfied", "integer", ignored=_NO_COLUMN),
    SourceField("Mortgages.NumMortSatisfied", "integer", ignored=_NO_COLUMN),
    *(SourceField(f"SICCode.SicText_{position}") for position in range(1, SIC_N + 1)),
    SourceField("LimitedPartnerships.NumGenPartners", "integer", ignored=_NO_COLUMN),
    SourceField("LimitedPartnerships.NumLimPartners", "integer", ignored=_NO_COLUMN),
    SourceField("URI", ignored="the company number in another form"),
    *(field for position in range(1, FORMER_NAMES_N + 1) for field in _former_name(position)),
    _date("ConfStmtNextDueDate"),
    _date("ConfStmtLastMadeUpDate", ignored=_NO_COLUMN),
)

NAMES = (
    "CompanyName",
    *(f"PreviousName_{position}.CompanyName" for position in range(1, FORMER_NAMES_N + 1)),
)

# --- recognition -------------------------------------------------------------------------------------------

_NAME = re.compile(
    r"^BasicCompanyData(?:AsOneFile)?-\d{4}-\d{2}-\d{2}(?:-part(\d+)_(\d+))?\.(?:csv|zip)$",
    re.IGNORECASE,
)
_TELLING_COLUMNS = {
    "CompanyName",
    "CompanyNumber",
    "RegAddress.CareOf",
    "CompanyCategory",
    "CountryOfOrigin",
    "ConfStmtNextDueDate",
}


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the publisher's file name, with its date and part numbers; else by the header, without a date."""
    if match := _NAME.match(file_name):
        return Recognised(DATASET, day_in_name(file_name), int(match[1] or 1), int(match[2] or 1))
    columns = header_columns(head)
    return Recognised(DATASET, None) if columns >= _TELLING_COLUMNS else None


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Entity and registered-office statements of one batch. Unknown prefixes and countries are findings."""
    numbered = frame.with_columns(
        *(decoded(pl.col(name)).alias(name) for name in NAMES),
        registry_gb_coh(pl.col("CompanyNumber")).alias("number"),
        gb_coh_prefix(pl.col("CompanyNumber")).alias("prefix"),
        country_code(pl.col("CountryOfOrigin")).alias("origin"),
        country_code(pl.col("RegAddress.Country")).alias("address_country"),
    ).with_columns(
        coded("prefix", PREFIX_TERRITORIES).alias("territory"),
        coded("prefix", PREFIXES).alias("prefix_class"),
    )
    records = located(numbered, pl.coalesce("number", "CompanyNumber"), edition)
    former = _former_names(records)
    lists = former.group_by("record_no", maintain_order=True).agg(
        pl.col("name").alias("former_names"), pl.col("given_up_on").max().alias("named_on")
    )
    named = records.join(lists, on="record_no", how="left", maintain_order="left")
    tables = {
        "entity_statement": _entities(named, edition),
        "name_statement": _dated_names(former, edition),
        "address_statement": _addresses(records, edition),
    }
    return parsed(records, tables, findings=_findings(records))


def _entities(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    overseas = (pl.col("territory") == OVERSEAS).fill_null(
        pl.col("legal_form_class").is_in(("overseas_entity", "overseas_company"))
    )
    typed = records.with_columns(_legal_form_class().alias("legal_form_class")).with_columns(
        overseas.alias("is_overseas")
    )
    return statement(
        typed,
        ENTITY_STATEMENT,
        edition,
        "e",
        role=pl.lit("subject"),
        is_registry_entry=pl.lit(True),
        identifier_scheme=pl.when(pl.col("number").is_not_null()).then(pl.lit(GB_COH)),
        identifier=pl.col("number"),
        identifier_native=pl.col("CompanyNumber"),
        entity_type=coded("CompanyCategory", ENTITY_TYPES, "unknownEntity"),
        name=pl.col("CompanyName"),
        former_names=pl.col("former_names").fill_null(NO_TEXTS),
        named_on=pl.col("named_on"),
        jurisdiction=pl.when(pl.col("is_overseas") | pl.col("territory").is_null())
        .then(pl.col("origin"))
        .otherwise(pl.lit("gb")),
        legal_form=pl.col("CompanyCategory"),
        legal_form_class=pl.col("legal_form_class"),
        status=coded("CompanyStatus", STATUSES, "unknown"),
        status_native=pl.col("CompanyStatus"),
        incorporated_on=pl.when(~pl.col("is_overseas")).then(pl.col("IncorporationDate")),
        registered_on=pl.when(pl.col("is_overseas")).then(pl.col("IncorporationDate")),
        dissolved_on=pl.col("DissolutionDate"),
        industry_codes=_industry_codes(),
        accounts_category=pl.col("Accounts.AccountCategory"),
        accounts_made_up_to=pl.col("Accounts.LastMadeUpDate"),
        accounts_due_on=pl.col("Accounts.NextDueDate"),
        confirmation_due_on=pl.col("ConfStmtNextDueDate"),
        charges_n=pl.col("Mortgages.NumMortCharges"),
        charges_outstanding_n=pl.col("Mortgages.NumMortOutstanding"),
    )


def _legal_form_class() -> pl.Expr:
    """By category, or by the number's prefix if the category covers several forms; else `unknown`."""
    by_category = coded("CompanyCategory", CATEGORIES)
    return (
        pl.when(by_category == BY_PREFIX)
        .then(pl.col("prefix_class"))
        .otherwise(by_category)
        .fill_null("unknown")
    )


def _industry_codes() -> pl.Expr:
    """The digits before the description; `None Supplied` has none."""
    codes = [
        pl.col(f"SICCode.SicText_{position}").str.extract(r"^([0-9]{4,5})(?:[^0-9]|$)", 1)
        for position in range(1, SIC_N + 1)
    ]
    # Many times faster than dropping the nulls from a list of the columns.
    return pl.concat_str(codes, separator=" ", ignore_nulls=True).str.extract_all("[0-9]+")


def _former_names(records: pl.DataFrame) -> pl.DataFrame:
    """record_no, record, record_id, position, name, given_up_on of each former name, newest first."""
    positions = range(1, FORMER_NAMES_N + 1)
    names = [pl.col(f"PreviousName_{position}.CompanyName") for position in positions]
    renamed = records.filter(pl.any_horizontal(name.is_not_null() for name in names))
    each = [
        renamed.select(
            "record_no",
            "record",
            "record_id",
            pl.lit(position).alias("position"),
            name.alias("name"),
            pl.col(f"PreviousName_{position}.CONDATE").alias("given_up_on"),
        )
        for position, name in zip(positions, names, strict=True)
    ]
    return (
        pl.concat(each)
        .filter(pl.col("name").is_not_null())
        .sort("record_no", "given_up_on", "position", descending=[False, True, False], nulls_last=True)
    )


def _dated_names(former: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """The former names whose end is known; each begins where the one before it ended."""
    begun = former.with_columns(pl.col("given_up_on").shift(-1).over("record_no").alias("taken_on"))
    return statement(
        begun.filter(pl.col("given_up_on").is_not_null()),
        NAME_STATEMENT,
        edition,
        joined("n", pl.col("position")),
        of_statement_id=statement_id("e"),
        name=pl.col("name"),
        name_kind=pl.lit("previous_name"),
        valid_from=pl.col("taken_on"),
        valid_to=pl.col("given_up_on"),
    )


def _addresses(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return written_addresses(
        records,
        edition,
        "a",
        of_statement_id=statement_id("e"),
        role=pl.lit("registered"),
        care_of=pl.col("RegAddress.CareOf"),
        po_box=pl.col("RegAddress.POBox"),
        lines=[pl.col("RegAddress.AddressLine1"), pl.col("RegAddress.AddressLine2")],
        locality=pl.col("RegAddress.PostTown"),
        region=pl.col("RegAddress.County"),
        country=pl.col("address_country"),
        country_text=pl.col("RegAddress.Country"),
        postcode_text=pl.col("RegAddress.PostCode"),
    )


def _findings(records: pl.DataFrame) -> list[pl.DataFrame]:
    unknown_prefix = pl.col("prefix").is_not_null() & pl.col("prefix_class").is_null()
    unknown_origin = pl.col("CountryOfOrigin").is_not_null() & pl.col("origin").is_null()
    unknown_country = pl.col("RegAddress.Country").is_not_null() & pl.col("address_country").is_null()
    # The country of an address is free text, so the finding counts unknown ones without showing them.
    return [
        finding_rows(records.filter(unknown_prefix), "unknown_prefix", "CompanyNumber", pl.col("prefix")),
        finding_rows(
            records.filter(unknown_origin), "unknown_country", "CountryOfOrigin", pl.col("CountryOfOrigin")
        ),
        finding_rows(
            records.filter(unknown_country),
            "unknown_country",
            "RegAddress.Country",
            pl.lit("free text, not shown"),
        ),
    ]


REGISTER = Register(
    name="gb_coh_companies",
    title="Free Company Data Product (BasicCompanyData)",
    publisher="Companies House",
    territory="gb",
    url="https://download.companieshouse.gov.uk/en_output.html",
    licence=LICENCE,
    cadence="monthly",
    overdue_days=45,
    kind="snapshot",
    identifier_scheme=GB_COH,
    expected_rows="5,700,000 (2026)",
    description=(
        "Every entity on the UK company register: name, number, form, status, registered office, "
        "industry, due dates, charges, former names."
    ),
    roles=("companies",),
    public_page=PublicPage(
        "(?P<number>[A-Z0-9]{8})",
        "https://find-and-update.company-information.service.gov.uk/company/{number}",
    ),
    source=Source(
        "https://download.companieshouse.gov.uk/en_output.html",
        offers=linked(r"BasicCompanyDataAsOneFile-(?P<date>\d{4}-\d{2}-\d{2})\.zip"),
        kept_days=31,
    ),
    reader=Delimited(),
    fields=FIELDS,
    tables=(ENTITY_STATEMENT, NAME_STATEMENT, ADDRESS_STATEMENT),
    recognise=recognise,
    parse=parse,
)
