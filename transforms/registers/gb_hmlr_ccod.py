"""HM Land Registry, CCOD: titles in England and Wales registered to UK companies and other UK corporate
bodies.

One record is one title with up to four proprietors; `transforms/formats/gb_hmlr_titles.py` lists its
statements.

The land registry does not check company numbers, so resolution requires the names to agree. By category:
companies and LLPs give a GB-COH number by the number rules; societies and corporate bodies only one that
needs no padding; local authorities none. A file of a month's changes (CCOD_COU) is read together with the
last full file and the files of changes in between (`transforms/formats/gb_hmlr_changes.py`)."""

from functools import partial

import polars as pl

from transforms.formats.gb_hmlr import (
    MONTHS,
    TRAILER,
    UPDATES,
    declared_totals,
    files_of_api,
    proprietor_columns,
)
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
from transforms.values.identifiers import GB_COH, GB_HMLR, PREFIX_TERRITORIES, gb_coh_prefix, gb_coh_territory

PRODUCT = "CCOD"
FIELDS = ownership_fields(with_country=False)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the publisher's file name, which has the edition's month; else by the 35 columns of the header,
    without a date.
    """
    return recognised(PRODUCT, FIELDS, file_name, head)


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Title, address, proprietorship and proprietor statements of one batch.

    An unknown number prefix is a finding.
    """
    return parse_titles(frame, edition, lambda _: pl.lit(None, dtype=pl.String), _identified, _findings)


def _identified(party: pl.DataFrame) -> pl.DataFrame:
    """Add identifier and jurisdiction. The product has UK bodies only, except those whose number has an
    overseas prefix.
    """
    numbered = party.with_columns(uk_number().alias("identifier"))
    overseas = (gb_coh_territory(pl.col("identifier")) == "overseas").fill_null(False)
    return numbered.with_columns(pl.when(~overseas).then(pl.lit("gb")).alias("jurisdiction"))


def _findings(party: pl.DataFrame, position: int) -> pl.DataFrame:
    """Unlisted number prefixes in categories that have company numbers."""
    prefixed = party.with_columns(gb_coh_prefix(pl.col("number")).alias("prefix"))
    unknown = (pl.col("scheme") == GB_COH) & ~pl.col("prefix").is_in(list(PREFIX_TERRITORIES))
    return finding_rows(
        prefixed.filter(unknown), "unknown_prefix", proprietor_columns(position)[1], pl.col("prefix")
    )


REGISTER = Register(
    name="gb_hmlr_ccod",
    title="UK companies that own property in England and Wales (CCOD)",
    publisher="HM Land Registry",
    territory="gb",
    url="https://use-land-property-data.service.gov.uk/datasets/ccod",
    licence=LICENCE,
    cadence="monthly",
    overdue_days=45,
    kind="snapshot",
    identifier_scheme=GB_HMLR,
    expected_rows="3,200,000 (2024)",
    description=(
        "Titles owned by UK companies, with tenure, address, price paid, up to four proprietors and the "
        "day they were added."
    ),
    roles=("titles",),
    source=Source(
        "https://use-land-property-data.service.gov.uk/api/v1/datasets/ccod",
        offers=files_of_api("CCOD"),
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
    declined=partial(change_only, PRODUCT, FIELDS),
    index=CHANGES,
    monthly_updates=True,
)
