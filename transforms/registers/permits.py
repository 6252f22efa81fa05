"""Permits of an authority for premises: who applied, who financed it, and what was decided.

An authority's own file, read through a mapping in its home (`transforms.model.mapping`), or one that has the
columns below. One record is one permit, or a later decision about it. It becomes

| statement | part | locator |
|---|---|---|
| permit | `p`, and a hash of the record | the permit's number; else the record's |
| address | `a`, and the same hash | the same |

Parties are known by their number in the trade register of the country, else by their name with its legal
form. A name that may be that of a natural person is used to find the kind of party, and not kept. The
declaration is at the end.
"""

import polars as pl

from transforms.formats.ledgers import body_id, dataset_in, numbered, party, recognised
from transforms.model.parsing import (
    joined,
    located,
    parsed,
    rejections,
    statement,
    statement_id,
    without,
    written_addresses,
)
from transforms.model.register import Delimited, Edition, Parsed, Recognised, Register, SourceField
from transforms.model.statements import ADDRESS_STATEMENT, PERMIT_PARTIES, PERMIT_STATEMENT, PERMIT_STATES
from transforms.readers.delimited_layout import has_header

COUNTRIES = ("gb", "nl", "be")
FIELDS: tuple[SourceField, ...] = (
    SourceField("authority", mandatory=True),
    SourceField("country", "category", known=COUNTRIES),
    SourceField("currency", ignored="no amount is stated", required=False),
    SourceField("permit", required=False),
    SourceField("kind", required=False),
    SourceField("state", "category", known=PERMIT_STATES, mandatory=True),
    SourceField("applied_on", "date", date_format="%Y-%m-%d", required=False),
    SourceField("decided_on", "date", date_format="%Y-%m-%d", required=False),
    SourceField("premises", mandatory=True),
    SourceField("house_number", required=False),
    SourceField("house_addition", required=False),
    SourceField("postcode", required=False),
    SourceField("town", required=False),
    *(
        SourceField(f"{role}_{what}", required=False)
        for role in PERMIT_PARTIES
        for what in ("name", "number")
    ),
    SourceField("lessor_in_refusal", "boolean", required=False),
)


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the columns that every such file has."""
    return recognised(file_name) if has_header(REGISTER, head) else None


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Permit statements of one batch, and the addresses of the premises."""
    rejected = rejections(
        frame,
        [
            (~pl.col("state").is_in(PERMIT_STATES), "unknown_state", "state"),
            (~pl.col("country").is_in(COUNTRIES), "unknown_country", "country"),
        ],
    )
    good = located(
        without(frame, rejected), pl.coalesce("permit", pl.col("record_no").cast(pl.String)), edition
    )
    for role in PERMIT_PARTIES:
        good = numbered(good, role)
    parties = {name: value for role in PERMIT_PARTIES for name, value in party(role).items()}
    for role in PERMIT_PARTIES:
        is_stated = pl.any_horizontal(pl.col(f"{role}_{what}").is_not_null() for what in ("name", "number"))
        if role != "applicant":
            parties[f"{role}_kind"] = pl.when(is_stated).then(parties[f"{role}_kind"])
    permits = statement(
        good,
        PERMIT_STATEMENT,
        edition,
        joined("p", pl.col("content_hash").cast(pl.String)),
        permit=pl.col("permit"),
        authority_id=body_id(pl.col("authority")),
        permit_kind=pl.col("kind"),
        state=pl.col("state"),
        applied_on=pl.col("applied_on"),
        decided_on=pl.col("decided_on"),
        lessor_in_refusal=pl.col("lessor_in_refusal"),
        **parties,
    )
    return parsed(
        # Several records may be about one permit.
        good.with_columns(record=joined(pl.col("record"), pl.col("content_hash").cast(pl.String))),
        {PERMIT_STATEMENT.name: permits, ADDRESS_STATEMENT.name: _premises(good, edition)},
        rejected=rejected,
    )


def _premises(good: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    house = pl.concat_str("house_number", "house_addition", separator=" ", ignore_nulls=True)
    words = pl.when(pl.col("country") == "gb").then(pl.concat_list(house, "premises"))
    line = words.otherwise(pl.concat_list("premises", house)).list.drop_nulls().list.join(" ")
    part = pl.col("content_hash").cast(pl.String)
    return written_addresses(
        good,
        edition,
        joined("a", part),
        of_statement_id=statement_id(joined("p", part)),
        role=pl.lit("premises"),
        lines=[line.str.strip_chars()],
        locality=pl.col("town"),
        country=pl.col("country"),
        postcode_text=pl.col("postcode"),
    )


REGISTER = Register(
    name="permits",
    title="Permits of the authority",
    publisher="the authority itself",
    territory="world",
    url="https://wetten.overheid.nl/BWBR0013798/",
    licence="the authority's own file",
    cadence="as the authority exports it",
    kind="snapshot",
    identifier_scheme="",
    expected_rows="as many as the authority decides on",
    description="Who applied for a permit for premises, who financed it, and what was decided.",
    partial_roles=("permits",),
    reader=Delimited(),
    fields=FIELDS,
    tables=(PERMIT_STATEMENT, ADDRESS_STATEMENT),
    recognise=recognise,
    dataset_of=lambda path, _head: dataset_in(path, "permits"),
    parse=parse,
)
