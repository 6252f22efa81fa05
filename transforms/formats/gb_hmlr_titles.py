"""Recognition and statements of HM Land Registry's ownership files (CCOD, OCOD).

One record is one title with up to four proprietors. It becomes

| statement | part | locator |
|---|---|---|
| title | `t` | title number |
| address of the property, one for each unit | `u1` … | title number |
| proprietorship, one for each proprietor | `s1` … `s4` | title number |
| entity (role proprietor) | `p1` … `p4` | title number and `proprietor <position>` |
| addresses of a proprietor | `p1a1` … `p4a3` | as the entity |

The locator of a record that a file of changes deleted ends in the day of deletion. The two registers
interpret a proprietor's number differently, so each passes its own `Identified`.
"""

import re
from collections.abc import Callable, Sequence

import polars as pl

from transforms.formats import gb_hmlr_changes
from transforms.formats.file_names import day_in_name, header_columns
from transforms.formats.gb_hmlr import (
    DATE_FORMAT,
    PROPRIETORS_N,
    TENURE_CODES,
    YES_NO,
    expand_units,
    last_pieces,
    proprietor_columns,
    proprietor_fields,
    town,
    without_postcode,
)
from transforms.model.parsing import coded, located, other_entities, parsed, statement, statement_id
from transforms.model.register import Edition, Parsed, Recognised, SourceField
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    PROPRIETORSHIP_STATEMENT,
    TITLE_STATEMENT,
    Table,
)
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.addresses.postcodes import uk_postcode
from transforms.values.countries import country_code, country_part
from transforms.values.identifiers import GB_COH, GB_HMLR, normalise_gb_coh, org_id
from transforms.values.vocabulary import lookup

SOCIETY = "society"
CORPORATE_BODIES = ("Corporate Body",)
TABLES: tuple[Table, ...] = (TITLE_STATEMENT, ENTITY_STATEMENT, PROPRIETORSHIP_STATEMENT, ADDRESS_STATEMENT)
LICENCE = "HM Land Registry CCOD/OCOD licence (free, to be signed; onward supply restricted)"

CATEGORY_TYPES = lookup("gb_hmlr_proprietorship_categories", "category", "entity_type")
CATEGORY_CLASSES = lookup("gb_hmlr_proprietorship_categories", "category", "legal_form_class")
CATEGORY_SCHEMES = lookup("gb_hmlr_proprietorship_categories", "category", "scheme")

# Takes proprietors with name, number, category, scheme, legal_form_class and country; adds `identifier` (a UK
# company number or null) and `jurisdiction`.
Identified = Callable[[pl.DataFrame], pl.DataFrame]
# Returns the stated country of incorporation of the proprietor at a position.
Country = Callable[[int], pl.Expr]
# Returns findings about the proprietors at a position, in FINDING_SCHEMA.
Findings = Callable[[pl.DataFrame, int], pl.DataFrame]


def ownership_fields(*, with_country: bool) -> tuple[SourceField, ...]:
    """The 35 columns of the file in order, or 39 with the countries of incorporation, and two more of a file
    of changes.
    """
    proprietors = (
        proprietor_fields(position, tuple(CATEGORY_TYPES), with_country=with_country)
        for position in range(1, PROPRIETORS_N + 1)
    )
    return (
        SourceField("Title Number", mandatory=True),
        SourceField("Tenure", "category", known=tuple(TENURE_CODES)),
        SourceField("Property Address"),
        SourceField("District"),
        SourceField("County"),
        SourceField("Region"),
        SourceField("Postcode"),
        SourceField("Multiple Address Indicator", "category", known=tuple(YES_NO)),
        SourceField("Price Paid", "money"),
        *(field for fields in proprietors for field in fields),
        SourceField("Date Proprietor Added", "date", date_format=DATE_FORMAT),
        SourceField("Additional Proprietor Indicator", "category", known=tuple(YES_NO)),
        *gb_hmlr_changes.FIELDS,
    )


# --- recognition ------------------------------------------------------------------------------------------

OTHER_PRODUCT = {"CCOD": "OCOD", "OCOD": "CCOD"}
_FILE = r"^{}_(FULL|COU)_\d{{4}}_\d{{2}}\.(?:csv|zip)$"


def recognised(product: str, fields: Sequence[SourceField], file_name: str, head: bytes) -> Recognised | None:
    """By the publisher's file name, which has the edition's month; else by exactly the columns of a full
    file, without a date.

    product: CCOD or OCOD. A file named after the other product is not recognised, nor is a file of changes
    under any other name, because its month is not known.
    """
    if named := re.match(_FILE.format(product), file_name, re.IGNORECASE):
        first, is_update = day_in_name(file_name.replace("_", "-")), named[1].upper() == "COU"
        if first is None:
            return None if is_update else Recognised(product.lower(), None)
        number = 12 * first.year + first.month  # the months are the extracts, numbered without a gap
        return Recognised(product.lower(), first, extract=number, is_update=is_update)
    if re.match(rf"^(?:{product}_COU|{OTHER_PRODUCT[product]})_", file_name, re.IGNORECASE):
        return None
    has_columns = header_columns(head) == {field.name for field in fields if field.required}
    return Recognised(product.lower(), None) if has_columns else None


def change_only(product: str, fields: Sequence[SourceField], file_name: str, head: bytes) -> str:
    """Why a file of changes without a month is not loaded; "" for any other file."""
    own_columns = header_columns(head) == {field.name for field in fields}
    if not (own_columns or re.match(rf"^{product}_COU_", file_name, re.IGNORECASE)):
        return ""
    return (
        f"{product} file of changes without its month; name it as its publisher does, "
        f"{product}_COU_<year>_<month>.csv"
    )


# --- parsing ----------------------------------------------------------------------------------------------


def parse_titles(
    frame: pl.DataFrame, edition: Edition, country: Country, identified: Identified, findings: Findings
) -> Parsed:
    """Title, address, proprietorship and proprietor statements of one batch. Rejects: unknown_change, and a
    title deleted without a day. Ignores records that a later file of changes replaces: changed_later.
    """
    good, rejected, ignored = gb_hmlr_changes.judged(frame, edition)
    taken_away = pl.format("{} taken away {}", "Title Number", "removed_on")
    titles = located(good, pl.coalesce(taken_away, "Title Number"), edition).with_columns(
        statement_id("t").alias("title_statement_id"),
        org_id(GB_HMLR, pl.col("Title Number")).alias("title_id"),
    )
    units = expand_units(titles, "Property Address", "Postcode")
    parties = [
        identified(_party(titles, position, country(position), edition))
        for position in range(1, PROPRIETORS_N + 1)
    ]
    tables = {
        "title_statement": _titles(titles, units, edition),
        "entity_statement": pl.concat(
            [_entities(party, position, edition) for position, party in enumerate(parties, start=1)]
        ),
        "proprietorship_statement": pl.concat(
            [_proprietorships(party, position, edition) for position, party in enumerate(parties, start=1)]
        ),
        "address_statement": pl.concat(
            [_property_addresses(titles, units, edition), _party_addresses(parties, edition)]
        ),
    }
    return parsed(
        titles,
        tables,
        rejected=rejected,
        ignored=ignored,
        findings=[findings(party, position) for position, party in enumerate(parties, start=1)],
    )


def _titles(titles: pl.DataFrame, units: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    counted = titles.join(
        units.group_by("record_no").agg(pl.len().alias("units_n")),
        on="record_no",
        how="left",
        maintain_order="left",
    )
    return statement(
        counted,
        TITLE_STATEMENT,
        edition,
        "t",
        title_id=pl.col("title_id"),
        tenure=coded("Tenure", TENURE_CODES, "unknown"),
        address_text=pl.col("Property Address"),
        district=pl.col("District"),
        county=pl.col("County"),
        region=pl.col("Region"),
        postcode=pl.coalesce(uk_postcode(pl.col("Postcode")), "Postcode"),
        units_n=pl.col("units_n"),
        multiple_addresses=_yes_no("Multiple Address Indicator"),
        price_paid_gbp=pl.col("Price Paid"),
        additional_proprietors=_yes_no("Additional Proprietor Indicator"),
        removed_on=pl.col("removed_on"),
    )


def _yes_no(field: str) -> pl.Expr:
    return pl.col(field).replace_strict(YES_NO, default=None, return_dtype=pl.Boolean)


def _property_addresses(titles: pl.DataFrame, units: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Address statements, one for each unit. The locality has town and district, because several towns may
    have one name.
    """
    placed = titles.select(
        "record_no",
        "record",
        "record_id",
        "title_statement_id",
        "District",
        town(pl.col("Property Address")).alias("town"),
    )
    listed = units.join(placed, on="record_no", how="left", maintain_order="left")
    addressed = with_address(
        listed,
        lines=[pl.col("unit_text")],
        locality=pl.concat_str("town", "District", separator=" ", ignore_nulls=True),
        country=pl.lit("gb"),
        postcode_text=pl.col("unit_postcode"),
    ).with_columns(pl.col("town").alias("a_locality"), _with_own_postcode().alias("a_address_text"))
    return statement(
        addressed,
        ADDRESS_STATEMENT,
        edition,
        pl.concat_str(pl.lit("u"), pl.col("position").cast(pl.String)),
        of_statement_id=pl.col("title_statement_id"),
        role=pl.lit("property"),
        **ADDRESS,
    )


def _with_own_postcode() -> pl.Expr:
    """The unit's line, with the postcode of its group if it was split off."""
    missing = pl.col("unit_postcode").is_not_null() & ~pl.col("unit_text").str.contains(
        pl.col("unit_postcode"), literal=True
    )
    return (
        pl.when(missing)
        .then(pl.concat_str("unit_text", pl.lit(" "), "unit_postcode"))
        .otherwise(pl.col("unit_text"))
    )


# --- proprietors ------------------------------------------------------------------------------------------


def _party(titles: pl.DataFrame, position: int, country: pl.Expr, edition: Edition) -> pl.DataFrame:
    """The titles with a proprietor at `position`, with that proprietor's locator; the title's locator is in
    title_record and title_record_id.
    """
    name, number, category, addresses = proprietor_columns(position)
    rows = titles.filter(pl.col(name).is_not_null()).select(
        "record_no",
        "title_id",
        "title_statement_id",
        pl.col("record").alias("title_record"),
        pl.col("record_id").alias("title_record_id"),
        pl.col("Date Proprietor Added").alias("added_on"),
        "removed_on",
        pl.col(name).alias("name"),
        pl.col(number).alias("number"),
        pl.col(category).alias("category"),
        country.alias("country"),
        *(pl.col(address).alias(f"address_{index}") for index, address in enumerate(addresses, start=1)),
    )
    return located(
        rows, pl.concat_str("title_record", pl.lit(f" proprietor {position}")), edition
    ).with_columns(
        coded("category", CATEGORY_CLASSES, "unknown").alias("legal_form_class"),
        coded("category", CATEGORY_SCHEMES).alias("scheme"),
    )


def uk_number() -> pl.Expr:
    """The number of a UK body as a UK company number, or null, depending on its category.

    A corporate body may still be a company (a C.I.C. is): its number counts if it needs no padding.
    """
    is_body = pl.col("category").is_in(CORPORATE_BODIES).fill_null(False)
    usable = (pl.col("scheme") == GB_COH) | (pl.col("legal_form_class") == SOCIETY) | is_body
    return pl.when(usable).then(normalise_gb_coh(pl.col("number"), pl.col("legal_form_class")))


def _entities(party: pl.DataFrame, position: int, edition: Edition) -> pl.DataFrame:
    return other_entities(
        party,
        edition,
        f"p{position}",
        role=pl.lit("proprietor"),
        identifier_scheme=pl.when(pl.col("identifier").is_not_null()).then(pl.lit(GB_COH)),
        identifier=pl.col("identifier"),
        identifier_native=pl.col("number"),
        entity_type=coded("category", CATEGORY_TYPES, "unknownEntity"),
        name=pl.col("name"),
        jurisdiction=pl.col("jurisdiction"),
        subdivision=country_part(pl.col("country"), pl.col("jurisdiction")),
        legal_form=pl.col("category"),
        legal_form_class=pl.col("legal_form_class"),
    )


def _proprietorships(party: pl.DataFrame, position: int, edition: Edition) -> pl.DataFrame:
    """Proprietorships, with the locator of the title, because the title's record names its proprietors."""
    of_title = party.with_columns(statement_id(f"p{position}").alias("party_statement_id")).with_columns(
        pl.col("title_record").alias("record"), pl.col("title_record_id").alias("record_id")
    )
    return statement(
        of_title,
        PROPRIETORSHIP_STATEMENT,
        edition,
        f"s{position}",
        title_id=pl.col("title_id"),
        title_statement_id=pl.col("title_statement_id"),
        party_statement_id=pl.col("party_statement_id"),
        position=pl.lit(position),
        category=pl.col("category"),
        added_on=pl.col("added_on"),
        removed_on=pl.col("removed_on"),
    )


# Some addresses are followed by the capacity of a trustee or trader, which may contain numbers.
_CAPACITY = (
    r"(?i),?\s*\(?\b(?:as|being)\b (?:the )?(?:trustees?|executors?|nominees?|general partners?)\b.*$"
    r"|,?\s*trading as\b.*$"
)


def _party_addresses(parties: list[pl.DataFrame], edition: Edition) -> pl.DataFrame:
    """All addresses of the first proprietors, then of the second ones, and so on.

    Each distinct text is parsed once, because the owner of many titles repeats one address.
    """
    stated = pl.concat(
        [_stated_addresses(party, position) for position, party in enumerate(parties, start=1)]
    )
    addressed = stated.join(
        _parsed_addresses(stated.select("written").unique()), on="written", how="left", maintain_order="left"
    )
    return statement(
        addressed,
        ADDRESS_STATEMENT,
        edition,
        pl.col("part"),
        of_statement_id=pl.col("party_statement_id"),
        role=pl.lit("proprietor"),
        **ADDRESS,
    )


def _parsed_addresses(stated: pl.DataFrame) -> pl.DataFrame:
    """Add ADDRESS for each text in column `written`."""
    placed = (
        stated.with_columns(pl.col("written").str.replace(_CAPACITY, "").alias("line"))
        .with_columns(without_postcode(pl.col("line")).alias("bare"))
        .with_columns(
            country_code(last_pieces(pl.col("bare"), 1)).alias("country"),
            last_pieces(pl.col("bare"), 2).alias("place"),
        )
    )
    # Which piece of the line is the town is unknown, so the place is used for the unit key only.
    return with_address(
        placed, lines=[pl.col("line")], locality=pl.col("place"), country=pl.col("country")
    ).with_columns(
        pl.col("written").alias("a_address_text"), pl.lit(None, dtype=pl.String).alias("a_locality")
    )


def _stated_addresses(party: pl.DataFrame, position: int) -> pl.DataFrame:
    """One row for each address: `written`, with the part of its statement and its party."""
    columns = [column for column in party.columns if column.startswith("address_")]
    whose = party.select(
        "record_no", "record", "record_id", statement_id(f"p{position}").alias("party_statement_id"), *columns
    )
    return (
        whose.unpivot(
            columns, index=["record_no", "record", "record_id", "party_statement_id"], value_name="written"
        )
        .filter(pl.col("written").is_not_null())
        .sort("record_no", "variable")
        .with_columns(pl.col("variable").str.replace("address_", f"p{position}a").alias("part"))
    )
