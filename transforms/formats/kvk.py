"""What KVK's APIs on a business or a branch have in common: dates, legal forms, names and addresses.

A record about a natural person's business (Eenmanszaak) is ignored. If the legal form is not known, no name
or address is kept. Addresses that KVK shields are never kept.
"""

import re
from collections.abc import Sequence

import polars as pl

from transforms.formats.file_names import name_without_day
from transforms.model.parsing import (
    NATURAL_PERSON,
    Fault,
    finding_rows,
    items,
    joined,
    statement,
    statement_id,
)
from transforms.model.register import Edition, SourceField
from transforms.model.statements import ADDRESS_STATEMENT, IDENTIFIER_STATEMENT, NAME_STATEMENT
from transforms.values.addresses import ADDRESS, with_address
from transforms.values.countries import country_code
from transforms.values.identifiers import NL_BRANCH, NL_RSIN, nl_bag, nl_rsin
from transforms.values.names import folded
from transforms.values.vocabulary import lookup

SOLE_TRADER, UNKNOWN = "sole_trader", "unknown"
FORMS = lookup("nl_legal_forms", "form", "legal_form_class")
ENTITY_TYPES = lookup("nl_legal_forms", "form", "entity_type")
VISITED, LETTERS = "bezoekadres", "correspondentieadres"
ROLES = {VISITED: "registered", LETTERS: "service"}  # of the addresses of a business
BRANCH = r"^\d{12}$"
OF_RECORD = ("record_no", "record", "record_id")
REGISTERED = re.compile(rb'"materieleRegistratie"\s*:')
_NUMBERS = re.compile(rb'"kvkNummer"\s*:\s*"?(\d{6,8})\b')
IN_ADDRESS = (
    "type",
    "indAfgeschermd",
    "straatnaam",
    "huisnummer",
    "huisletter",
    "huisnummerToevoeging",
    "aanduidingBijHuisnummer",
    "toevoegingAdres",
    "postbusnummer",
    "postcode",
    "plaats",
    "straatHuisnummer",
    "postcodeWoonplaats",
    "regio",
    "land",
    "geoData.addresseerbaarObjectId",
    "geoData.nummerAanduidingId",
)
_PLACES = ("gpsLatitude", "gpsLongitude", "rijksdriehoekX", "rijksdriehoekY", "rijksdriehoekZ")


# --- declaration ------------------------------------------------------------------------------------------


def ignored_fields(prefix: str, fields: dict[str, str]) -> tuple[SourceField, ...]:
    return tuple(SourceField(f"{prefix}{name}", ignored=why, required=False) for name, why in fields.items())


def address_fields(path: str) -> tuple[SourceField, ...]:
    """The fields of a list of addresses."""
    return (
        *(SourceField(f"{path}.{name}", "texts", required=False) for name in IN_ADDRESS),
        SourceField(f"{path}.volledigAdres", "texts", "the same address in one line", required=False),
        *(
            SourceField(f"{path}.geoData.{name}", "texts", "no coordinates are kept", required=False)
            for name in _PLACES
        ),
    )


def dataset_of(kind: str, path: str, head: bytes) -> str:
    """The dataset: an answer about one business is a dataset of its own; a file about several is named after
    the file.
    """
    numbers = {number.decode().zfill(8) for number in _NUMBERS.findall(head)}
    return f"{kind}-{min(numbers)}" if len(numbers) == 1 else name_without_day(path)


# --- values -----------------------------------------------------------------------------------------------


def day(name: str) -> pl.Expr:
    """The day of a date yyyymmdd; null if its month or day is unknown (00)."""
    return pl.col(name).str.to_date("%Y%m%d", strict=False)


def impossible_dates(names: Sequence[str]) -> list[Fault]:
    """Faults for dates that are neither a day nor have unknown parts (20190000, 20190300, 00000000)."""
    partial = r"^(?:0{8}|(?:1[5-9]|20)\d{2}(?:0{4}|(?:0[1-9]|1[0-2])00))$"
    return [
        (
            pl.col(name).is_not_null() & day(name).is_null() & ~pl.col(name).str.contains(partial),
            "impossible_date",
            name,
        )
        for name in names
    ]


def classified(form: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """legal_form_class and entity_type of a legal form as KVK writes it."""
    key = folded(form).str.to_lowercase().str.replace_all("[^a-z]", "")
    return (
        key.replace_strict(FORMS, default=UNKNOWN, return_dtype=pl.String).alias("legal_form_class"),
        key.replace_strict(ENTITY_TYPES, default="unknownEntity", return_dtype=pl.String).alias(
            "entity_type"
        ),
    )


def of_natural_persons(records: pl.DataFrame, is_person: pl.Expr) -> pl.DataFrame:
    """The ignored records: (record_no, reason)."""
    return records.filter(is_person).select("record_no", pl.lit(NATURAL_PERSON).alias("reason"))


def if_form_is_known(value: pl.Expr) -> pl.Expr:
    """The value; null if the legal form is not known, because the business may be a natural person's."""
    return pl.when(pl.col("legal_form_class") != UNKNOWN).then(value)


# --- statements -------------------------------------------------------------------------------------------


def trade_names(
    records: pl.DataFrame, edition: Edition, beside: pl.Expr, path: str = "handelsnamen"
) -> pl.DataFrame:
    """A name statement for each trade name except `beside`, in KVK's order (field `volgorde`)."""
    columns = {f"{path}.naam": "trade_name", f"{path}.volgorde": "place"}
    known = records.filter(pl.col("legal_form_class") != UNKNOWN).with_columns(beside.alias("beside"))
    each = (
        items(known, columns, (*OF_RECORD, "beside"), "nth")
        .filter(pl.col("trade_name").is_not_null() & pl.col("trade_name").ne_missing(pl.col("beside")))
        .sort("record_no", pl.col("place").cast(pl.Int64, strict=False), "trade_name", nulls_last=True)
        .unique(["record_no", "trade_name"], keep="first", maintain_order=True)
        .with_columns(pl.int_range(1, pl.len() + 1).over("record_no").cast(pl.String).alias("nth"))
    )
    return statement(
        each,
        NAME_STATEMENT,
        edition,
        joined("n", pl.col("nth")),
        of_statement_id=statement_id("e"),
        name=pl.col("trade_name"),
        name_kind=pl.lit("alias"),
    )


def numbers_beside(records: pl.DataFrame, edition: Edition, rsin: str, branch: str) -> pl.DataFrame:
    """Identifier statements `i-rsin` and `i-branch`, if the fields `rsin` and `branch` have a usable
    number."""
    number = pl.when(pl.col(branch).str.contains(BRANCH)).then(pl.col(branch))
    each = [
        statement(
            records.with_columns(usable.alias("further")).filter(pl.col("further").is_not_null()),
            IDENTIFIER_STATEMENT,
            edition,
            part,
            of_statement_id=statement_id("e"),
            scheme=pl.lit(scheme),
            number=pl.col("further"),
            number_native=pl.col(native),
            country=pl.lit("nl"),
        )
        for part, scheme, native, usable in (
            ("i-rsin", NL_RSIN, rsin, nl_rsin(pl.col(rsin))),
            ("i-branch", NL_BRANCH, branch, number),
        )
    ]
    return pl.concat(each)


def addresses(
    records: pl.DataFrame, edition: Edition, path: str, roles: dict[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Address statements of the list at `path`, the first of each kind, and findings about countries.

    roles: KVK's kind of address → role. Shielded addresses are left out, and all addresses if the legal form
    is not known.
    """
    columns = {f"{path}.{name}": name for name in IN_ADDRESS}
    known = records.filter(pl.col("legal_form_class") != UNKNOWN)
    each = (
        items(known, columns, OF_RECORD, "nth")
        .filter(pl.col("type").is_in(list(roles)))
        .unique(["record_no", "type"], keep="first", maintain_order=True)
    )
    return address_statements(each, edition, f"{path}.land", roles)


def address_statements(
    each: pl.DataFrame, edition: Edition, country_field: str, roles: dict[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """As `addresses`, for rows with record_no, record, record_id and the columns IN_ADDRESS."""
    country = pl.when(pl.col("land").is_null()).then(pl.lit("nl")).otherwise(country_code(pl.col("land")))
    shown = each.filter(pl.col("indAfgeschermd") == "Nee").with_columns(country.alias("country"))
    statements = statement(
        _placed(shown).filter(pl.col("a_address_text").is_not_null()),
        ADDRESS_STATEMENT,
        edition,
        pl.when(pl.col("type") == VISITED).then(pl.lit("a")).otherwise(pl.lit("a-2")),
        of_statement_id=statement_id("e"),
        role=pl.col("type").replace_strict(roles, return_dtype=pl.String),
        object_id=nl_bag(pl.col("geoData.addresseerbaarObjectId")),
        designation_id=nl_bag(pl.col("geoData.nummerAanduidingId")),
        **ADDRESS,
    )
    unknown = shown.filter(pl.col("country").is_null())
    return statements, finding_rows(unknown, "unknown_country", country_field, pl.lit("not shown"))


def _placed(each: pl.DataFrame) -> pl.DataFrame:
    """The addresses with the columns of a statement. Abroad, street and town are one line each."""
    house = _in_words("huisnummer", "huisletter", "huisnummerToevoeging")
    street = _in_words("straatnaam", "aanduidingBijHuisnummer", house)
    return with_address(
        each,
        lines=[pl.coalesce(street, _filled("straatHuisnummer")), _filled("toevoegingAdres")],
        locality=pl.coalesce(_filled("plaats"), _filled("postcodeWoonplaats")),
        region=_filled("regio"),
        country=pl.col("country"),
        country_text=pl.when(pl.col("country").ne_missing("nl")).then(_filled("land")),
        postcode_text=_filled("postcode"),
        po_box=pl.concat_str(pl.lit("Postbus "), _filled("postbusnummer")),
    )


def _in_words(*parts: str | pl.Expr) -> pl.Expr:
    words = [_filled(part) if isinstance(part, str) else part for part in parts]
    return pl.concat_str(words, separator=" ", ignore_nulls=True).replace("", None)


def _filled(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)
