"""HM Land Registry, OCOD: titles in England and Wales registered to companies from outside the United
Kingdom.

One record is one title with up to four proprietors; `transforms/formats/gb_hmlr_titles.py` lists its
statements. The columns are CCOD's 35 and four times `Country Incorporated`, the proprietor's jurisdiction.

A number belongs to the register of the country of incorporation: it stays as written and is not a UK company
number, with two exceptions: the number of a proprietor whose country is the United Kingdom, and a number that
begins with OE, which only the UK's register of overseas entities issues (eight characters, without padding).
The land registry does not check the numbers, so resolution requires the names to agree.

An unlisted country is a finding and gives no jurisdiction; the record is loaded. A file of a month's changes
(OCOD_COU) is read together with the last full file and the files of changes in between
(`transforms/formats/gb_hmlr_changes.py`). A file without the country columns is reported and not loaded,
because it does not say which register the numbers belong to.
"""

import re

import polars as pl

from transforms.formats.file_names import header_columns
from transforms.formats.gb_hmlr import MONTHS, TRAILER, UPDATES, country_column, declared_totals, files_of_api
from transforms.formats.gb_hmlr_changes import CHANGES
from transforms.formats.gb_hmlr_titles import (
    LICENCE,
    TABLES,
    change_only,
    ownership_fields,
    parse_titles,
    recognised,
    uk_number,
)
from transforms.model.parsing import finding_rows
from transforms.model.register import Delimited, Edition, Parsed, Recognised, Register
from transforms.model.source import Source
from transforms.values.countries import country_code
from transforms.values.identifiers import GB_HMLR, normalise_gb_coh, tidy_number

PRODUCT = "OCOD"
FIELDS = ownership_fields(with_country=True)
UK = "gb"
OVERSEAS_ENTITY = r"^OE[0-9]{6}$"  # the UK's register of overseas entities


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the publisher's file name, which has the edition's month; else by the 39 columns of the header,
    without a date.
    """
    return recognised(PRODUCT, FIELDS, file_name, head)


def declined(file_name: str, head: bytes) -> str:
    if reason := change_only(PRODUCT, FIELDS, file_name, head):
        return reason
    if re.match(rf"^{PRODUCT}_", file_name, re.IGNORECASE) and "Title Number" in header_columns(head):
        return (
            f"{PRODUCT} file without the columns {country_column(1)} to (4): the register of its "
            f"numbers is unknown; put {PRODUCT}_FULL as published here"
        )
    return ""


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Title, address, proprietorship and proprietor statements of one batch.

    An unknown country is a finding.
    """
    return parse_titles(
        frame, edition, lambda position: pl.col(country_column(position)), _identified, _findings
    )


def _identified(party: pl.DataFrame) -> pl.DataFrame:
    tidy = tidy_number(pl.col("number"))
    placed = party.with_columns(country_code(pl.col("country")).alias("jurisdiction"))
    overseas_entity = pl.when(tidy.str.contains(OVERSEAS_ENTITY)).then(normalise_gb_coh(pl.col("number")))
    return placed.with_columns(
        pl.when(pl.col("jurisdiction") == UK).then(uk_number()).otherwise(overseas_entity).alias("identifier")
    )


def _findings(party: pl.DataFrame, position: int) -> pl.DataFrame:
    unknown = pl.col("country").is_not_null() & pl.col("jurisdiction").is_null()
    return finding_rows(party.filter(unknown), "unknown_country", country_column(position), pl.col("country"))


REGISTER = Register(
    name="gb_hmlr_ocod",
    title="Overseas companies that own property in England and Wales (OCOD)",
    publisher="HM Land Registry",
    territory="gb",
    url="https://use-land-property-data.service.gov.uk/datasets/ocod",
    licence=LICENCE,
    cadence="monthly",
    overdue_days=45,
    kind="snapshot",
    identifier_scheme=GB_HMLR,
    expected_rows="95,000 (2024)",
    description=(
        "Titles owned by companies from abroad, with country of incorporation, tenure, address, price "
        "paid and the day they were added."
    ),
    roles=(),
    partial_roles=("titles",),
    source=Source(
        "https://use-land-property-data.service.gov.uk/api/v1/datasets/ocod",
        offers=files_of_api("OCOD"),
        key="hm-land-registry",
        signed_at="result.download_url",
        numbered=MONTHS,
        updates=UPDATES,
        size_band=(0.1, 10.0),  # of files of changes; a month may bring a mass transfer
    ),
    reader=Delimited(trailer=TRAILER),
    fields=FIELDS,
    tables=TABLES,
    recognise=recognise,
    parse=parse,
    declared_totals=declared_totals,
    declined=declined,
    index=CHANGES,
    monthly_updates=True,
)
