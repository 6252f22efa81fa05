"""HM Land Registry, Price Paid Data: sales of property in England and Wales.

One record is one sale. It becomes

| statement | part | locator |
|---|---|---|
| transaction | `x` | id in capitals, without braces; then ` C` for a change, ` D` for a deletion |
| address of the property | `u` | the same |

Two forms. *Native* (pp-complete, pp-2019, pp-monthly-update): no header, {id} in braces, `2019-04-11 00:00`,
PAON before SAON, and a status (A adds, C changes, D deletes a record). *Report builder* (ppd_data): with a
header, sometimes without a line end after it, or without a header; no braces, plain dates, SAON before PAON,
no status.

A series: the files of all periods are in force together, and the latest record of a transaction id counts. A
year and the complete file are one period each, and a newer file replaces the older; every monthly update is a
period. Files of the report builder are distinguished by name, so two areas must not both be named
ppd_data.csv.

An address names one unit by the same method as titles; SAON 2 of a flat is flat 2. Land and lists of units
have no unit. Category B is anything but a standard sale of a dwelling: repossessions, buy-to-let known from
the mortgage, transfers to companies, and everything of type O. The declaration is at the end.
"""

import re

import polars as pl

from transforms.formats.file_names import DAY, day_in_name
from transforms.formats.gb_hmlr import YES_NO, expand_units
from transforms.formats.plain_units import is_house_in_street, plain_unit
from transforms.model.parsing import coded, parsed, record_ids, reject_rows, statement, statement_id
from transforms.model.register import (
    Delimited,
    Edition,
    Parsed,
    PublicPage,
    Recognised,
    Register,
    Shape,
    SourceField,
)
from transforms.model.source import Source
from transforms.model.statements import ADDRESS_STATEMENT, TRANSACTION_STATEMENT
from transforms.values.addresses import ADDRESS, address_id, unit_key
from transforms.values.addresses.postcodes import uk_postcode

GB_PPD = "GB-PPD"
EDITION_DIGITS = 8  # of the edition, before the 32 of the transaction, in a statement id
REPORT_COLUMNS = (
    "unique_id",
    "price_paid",
    "deed_date",
    "postcode",
    "property_type",
    "new_build",
    "estate_type",
    "saon",
    "paon",
    "street",
    "locality",
    "town",
    "district",
    "county",
    "transaction_category",
    "linked_data_uri",
)
# The native form has no header; the names are the report builder's. Source: the publisher's explanation of
# column headings.
NATIVE_COLUMNS = (*REPORT_COLUMNS[:7], "paon", "saon", *REPORT_COLUMNS[9:15], "record_status")

PROPERTY_TYPES = {"D": "detached", "S": "semi_detached", "T": "terraced", "F": "flat", "O": "other"}
TENURE_CODES = {"F": "freehold", "L": "leasehold", "U": "unknown"}
CATEGORIES = {"A": "standard", "B": "additional"}
STATUSES = {"A": "added", "C": "changed", "D": "deleted"}

FIELDS: tuple[SourceField, ...] = (
    SourceField("unique_id", mandatory=True),
    SourceField("price_paid", "money", mandatory=True),
    SourceField("deed_date", "date", date_format="%Y-%m-%d 00:00|%Y-%m-%d", mandatory=True),
    SourceField("postcode"),
    SourceField("property_type", "category", known=tuple(PROPERTY_TYPES)),
    SourceField("new_build", "category", known=tuple(YES_NO)),
    SourceField("estate_type", "category", known=tuple(TENURE_CODES)),
    SourceField("paon"),
    SourceField("saon"),
    SourceField("street"),
    SourceField("locality"),
    SourceField("town"),
    SourceField("district"),
    SourceField("county"),
    SourceField("transaction_category", "category", known=tuple(CATEGORIES)),
    SourceField("record_status", "category", known=tuple(STATUSES), required=False),
    SourceField("linked_data_uri", ignored="the id as a link", required=False),
)

# --- recognition -------------------------------------------------------------------------------------------

_ID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_NAME = re.compile(
    r"^(pp-complete|pp-\d{4}|pp-monthly-update|ppd_data)(?:-part(\d))?\b.*\.(?:csv|txt|zip)$", re.IGNORECASE
)
_RECORD = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*"?\{?%b\}?"?,"?\d+"?,"?\d{4}-\d{2}-\d{2}(?: 00:00)?"?,' % _ID.encode()
)
_HEADER = re.compile(rb'(?:\xef\xbb\xbf)?\s*"?unique_id"?,"?price_paid"?,"?deed_date"?,')
PARTS = 2  # a year may come in two files


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the publisher's file names, or by a first line that is a record or header of either form.

    A year in a name is a dataset, not a date.
    """
    name = _NAME.match(file_name)
    if name is None and not (_RECORD.match(head) or _HEADER.match(head)):
        return None
    dataset = (
        name[1].lower()
        if name and name[1].lower() != "ppd_data"
        else DAY.sub("", file_name.rsplit(".", 1)[0]).strip(" -_")
    )
    part = int(name[2]) if name and name[2] else 0
    dated = day_in_name(file_name)
    return (
        Recognised(dataset or "ppd_data", dated, part, PARTS)
        if part
        else Recognised(dataset or "ppd_data", dated)
    )


# --- parsing ----------------------------------------------------------------------------------------------


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Transaction and address statements of one batch. A record with a malformed id is rejected, because its
    columns may be shifted.
    """
    is_id = frame["unique_id"].str.contains(rf"^\{{?{_ID}\}}?$")
    sales = _located(frame.filter(is_id), edition).with_columns(
        uk_postcode(pl.col("postcode")).alias("a_postcode")
    )
    tables = {
        "transaction_statement": _transactions(sales, edition),
        "address_statement": _addresses(sales, edition),
    }
    return parsed(sales, tables, rejected=reject_rows(frame.filter(~is_id), "not_an_id", "unique_id"))


def _located(frame: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Add `record` and `record_id`. A transaction id already is hexadecimal and unique, so only the edition
    is hashed.

    A monthly file may add a record and change it: each has its own statement.
    """
    marked = pl.col("record_status").is_in(["C", "D"]).fill_null(False)
    change = pl.when(marked).then(pl.col("record_status"))
    stem = record_ids(pl.Series([""]), edition).item()[:EDITION_DIGITS]
    with_id = frame.with_columns(pl.col("unique_id").str.strip_chars("{}").str.to_uppercase().alias("id"))
    digits = pl.col("id").str.replace_all("-", "", literal=True).str.to_lowercase()
    return with_id.with_columns(
        pl.concat_str("id", change, separator=" ", ignore_nulls=True).alias("record"),
        pl.concat_str(pl.lit(stem), digits, change.str.to_lowercase(), ignore_nulls=True).alias("record_id"),
    )


def _transactions(sales: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        sales,
        TRANSACTION_STATEMENT,
        edition,
        "x",
        transaction_id=pl.concat_str(pl.lit(f"{GB_PPD}-"), "id"),
        price_gbp=pl.col("price_paid"),
        transferred_on=pl.col("deed_date"),
        property_type=coded("property_type", PROPERTY_TYPES, "unknown"),
        is_new_build=pl.col("new_build").replace_strict(YES_NO, default=None, return_dtype=pl.Boolean),
        tenure=coded("estate_type", TENURE_CODES, "unknown"),
        category=coded("transaction_category", CATEGORIES, "unknown"),
        record_status=pl.when(pl.col("record_status").is_not_null()).then(
            coded("record_status", STATUSES, "unknown")
        ),
        **{
            name: pl.col(name)
            for name in ("paon", "saon", "street", "locality", "town", "district", "county")
        },
        postcode=pl.coalesce("a_postcode", "postcode"),
    )


# --- the address ------------------------------------------------------------------------------------------


def _addresses(sales: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """One for each sale; land and lists of units have no unit."""
    sales = sales.with_columns(_first_line().alias("line"), pl.lit("gb").alias("a_country"))
    stated = sales.with_columns(
        pl.concat_str("line", "locality", "town", "postcode", separator=", ", ignore_nulls=True)
        .replace("", None)
        .alias("a_address_text"),
        _unit_keys(
            sales.with_columns(_with_flat_word().alias("saon")).with_columns(_first_line().alias("line"))
        ).alias("a_unit_key"),
    ).filter(pl.col("a_address_text").is_not_null())
    keyed = stated.with_columns(
        address_id(pl.col("a_unit_key")).alias("a_address_id"),
        pl.col("town").alias("a_locality"),
        *(pl.lit(None).alias(f"a_{name}") for name in ("care_of", "po_box")),
    )
    return statement(
        keyed,
        ADDRESS_STATEMENT,
        edition,
        "u",
        of_statement_id=statement_id("x"),
        role=pl.lit("property"),
        **ADDRESS,
    )


# The same flat may be SAON 2 in one sale and SAON FLAT 2 in the next.
_NUMBER_ALONE = r"^[1-9][0-9]{0,3}[A-Z]?$"


def _with_flat_word() -> pl.Expr:
    """SAON, with FLAT before a bare number if the property is a flat; elsewhere it may number anything."""
    is_alone = (pl.col("property_type") == "F") & pl.col("saon").str.contains(_NUMBER_ALONE)
    return pl.when(is_alone).then(pl.concat_str(pl.lit("FLAT "), "saon")).otherwise("saon")


def _unit_keys(sales: pl.DataFrame) -> pl.Series:
    """The unit of each sale, in order of the sales; null if the address is not a single unit.

    Plain addresses are composed from their parts; all others go through `unit_key`.
    """
    plain, rest = _split(
        sales,
        pl.col("a_postcode").is_not_null()
        & is_house_in_street(pl.col("paon"), pl.col("street"), pl.col("saon")),
    )
    units, others = _split(
        rest.with_columns(plain_unit(pl.col("paon"), pl.col("street"), pl.col("saon")).alias("unit")),
        pl.col("unit").is_not_null() & pl.col("a_postcode").is_not_null(),
    )
    keys = pl.concat(
        [
            plain.select(
                "record_no",
                pl.concat_str("a_postcode", pl.lit("|"), "paon", pl.lit(" "), "street").alias("key"),
            ),
            units.select("record_no", pl.concat_str("a_postcode", pl.lit("|"), "unit").alias("key")),
            others.select("record_no", _general_key()),
        ]
    ).sort("record_no")
    none = keys["record_no"].is_in(_without_one_unit(sales).implode())
    return keys["key"].set(none, None) if none.any() else keys["key"]


def _split(frame: pl.DataFrame, condition: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    mask = frame.select(condition.alias("mask"))["mask"]
    return frame.filter(mask), frame.filter(~mask)


def _general_key() -> pl.Expr:
    lines = pl.concat_str("line", "locality", separator=", ", ignore_nulls=True).replace("", None)
    return unit_key(
        lines, postcode=pl.col("a_postcode"), locality=pl.col("town"), country=pl.col("a_country")
    ).alias("key")


def _first_line() -> pl.Expr:
    """`FLAT 2, 10 HIGH STREET`; a house with a name but no number is followed by a comma."""
    numbered = pl.col("paon").str.contains(r"[0-9][A-Z]?$") & pl.col("street").is_not_null()
    house = (
        pl.when(numbered)
        .then(pl.concat_str("paon", pl.lit(" "), "street"))
        .otherwise(pl.concat_str("paon", "street", separator=", ", ignore_nulls=True))
    )
    return pl.concat_str("saon", house.replace("", None), separator=", ", ignore_nulls=True).replace("", None)


# Addresses that may be land or several units; those of type O are checked as well.
_DOUBTFUL = r"\b(?:AND|LAND|PARTS? OF|TO [0-9])\b|&|[0-9][A-Z]?\s*[,/]\s*[0-9]|\((?:EVEN|ODD|INC)"


def _without_one_unit(sales: pl.DataFrame) -> pl.Series:
    """record_no of sales whose address is land or lists several units, by `expand_units` as for titles."""
    doubtful = sales.filter(
        pl.any_horizontal(pl.col("paon", "saon").str.contains(_DOUBTFUL)).fill_null(False)
        | (pl.col("property_type") == "O")
    )
    units = expand_units(doubtful, "line", "postcode").group_by("record_no").len()
    counted = doubtful.select("record_no").join(units, on="record_no", how="left", maintain_order="left")
    return counted.filter(pl.col("len").fill_null(0) != 1)["record_no"]


REGISTER = Register(
    name="gb_hmlr_price_paid",
    title="Price Paid Data",
    publisher="HM Land Registry",
    territory="gb",
    url="https://www.gov.uk/government/statistical-data-sets/price-paid-data-downloads",
    licence=(
        "Open Government Licence v3.0 (addresses: Royal Mail and Ordnance Survey, for personal and "
        "non-commercial use, and for information on prices)"
    ),
    cadence="monthly",
    overdue_days=75,
    kind="series",
    identifier_scheme=GB_PPD,
    expected_rows="30,000,000 in pp-complete (2025); 100,000 in a monthly update",
    description=(
        "Sales of property in England and Wales since 1995: price, day, address, kind of property, "
        "tenure, new build, category."
    ),
    roles=("prices",),
    public_page=PublicPage(
        "(?P<sale>[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12})",
        "https://landregistry.data.gov.uk/data/ppi/transaction/{sale}/current",
    ),
    source=Source(
        "http://prod1.publicdata.landregistry.gov.uk.s3-website-eu-west-1.amazonaws.com/pp-complete.csv",
        more=(
            "http://prod1.publicdata.landregistry.gov.uk.s3-website-eu-west-1.amazonaws.com/"
            "pp-monthly-update-new-version.csv",
        ),
    ),
    reader=Delimited(
        shapes=(
            Shape(NATIVE_COLUMNS, r'"?\{[0-9A-Fa-f]{8}-'),
            Shape(REPORT_COLUMNS, r'"?[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-'),
        )
    ),
    fields=FIELDS,
    tables=(TRANSACTION_STATEMENT, ADDRESS_STATEMENT),
    recognise=recognise,
    parse=parse,
    edition_field="deed_date",
    whole_period=r"pp-complete|pp-\d{4}",
)
