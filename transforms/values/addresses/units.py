"""Addresses → unit keys: cut the text into pieces, choose those that identify the unit, add the place.

Method (own): capitals without accents and punctuation; words in the spelling of
`vocabulary/address_words.csv`; cut at commas, after the number of a unit and before a house number; keep the
pieces with a number (with the first name, if there is no house number), else the first piece; sort them; put
the postcode, or else town and country, before them. If there is a PO box, it alone is the unit. A care-of
name is left out. Numbers in words become digits. Different flats, house numbers and letters stay different.

`vocabulary/address_vocabulary.csv` lists the addresses of agents and mail forwarders."""

from collections.abc import Sequence
from functools import cache

import polars as pl

from transforms.values.addresses.choosing import chosen_pieces, joined_pieces, pieces_of, with_street
from transforms.values.addresses.cutting import (
    box_in_words,
    box_number,
    cut_into_pieces,
    is_street_alone,
    unless_street_or_filler,
    with_box,
)
from transforms.values.addresses.islands import island_units, may_be_on_island
from transforms.values.addresses.low_countries import COUNTRIES, local_postcode_in, local_units
from transforms.values.addresses.postcodes import (
    UK_POSTCODE_SPACED,
    only_fills_lines,
    postcode,
    uk_postcode_in,
    unless_filler,
)
from transforms.values.names import folded, for_each_distinct, staged, words_only
from transforms.values.text_hashes import text_hashes
from transforms.values.vocabulary import lookup, vocabulary

ADDRESS_ID_BYTES = 8
ADDRESS_ID_PREFIX = "UT-A-"
_NATIONS = ("ENGLAND", "SCOTLAND", "WALES", "NORTHERN IRELAND", "UNITED KINGDOM", "GREAT BRITAIN", "UK", "GB")
_COLUMNS = ["address_text", "care_of", "po_box", "locality", "country", "postcode", "unit_key", "address_id"]

# The columns that `with_address` adds, as expressions for `statement(…, **ADDRESS)`.
ADDRESS: dict[str, pl.Expr] = {name: pl.col(f"a_{name}") for name in _COLUMNS}


def unit_key(
    lines: pl.Expr, *, postcode: pl.Expr, locality: pl.Expr, country: pl.Expr, po_box: pl.Expr | None = None
) -> pl.Expr:
    """The unit key of an address; null where it states too little.

    lines: the address with commas between its pieces; town, postcode and country may be left out. postcode:
    as `postcode()` returns it. country: ISO code. po_box: its number, with or without the words PO Box."""
    box = pl.lit(None, dtype=pl.String) if po_box is None else po_box
    return staged(_unit_keys, lines=lines, postcode=postcode, locality=locality, country=country, po_box=box)


def address_id(unit_key: pl.Expr) -> pl.Expr:
    """`UT-A-` and 16 hexadecimal digits (BLAKE2b of the unit_key); null if the key is null."""
    return unit_key.map_batches(
        lambda keys: ADDRESS_ID_PREFIX + text_hashes(keys, ADDRESS_ID_BYTES),
        return_dtype=pl.String,
        is_elementwise=True,
    )


def with_address(
    frame: pl.DataFrame,
    *,
    lines: Sequence[pl.Expr],
    locality: pl.Expr | None = None,
    region: pl.Expr | None = None,
    country: pl.Expr | None = None,
    country_text: pl.Expr | None = None,
    postcode_text: pl.Expr | None = None,
    care_of: pl.Expr | None = None,
    po_box: pl.Expr | None = None,
) -> pl.DataFrame:
    """Add the columns of an address statement as `a_<column>`; `ADDRESS` holds them for `statement(…,
    **ADDRESS)`.

    lines: premises and street lines in order, or one line for the whole address. country: ISO code in lower
    case. country_text: the country as written, for address_text. postcode_text: the postcode as written; if
    it is not a postcode, the last UK postcode in `lines` is used. `a_address_text` is null if the record has
    no address."""
    fields = {
        "a_care_of": care_of,
        "a_po_box": po_box,
        "a_locality": locality,
        "a_country": country,
        "a_postcode_text": postcode_text,
    }
    blank = pl.lit(None, dtype=pl.String)
    stated = frame.with_columns(
        _in_one_text(lines).alias("a_lines"),
        *((blank if field is None else field).alias(name) for name, field in fields.items()),
    )
    written = [box_in_words(pl.col("a_po_box")), *lines, locality, region, country_text, postcode_text]
    coded = stated.with_columns(
        postcode(pl.col("a_postcode_text"), pl.col("a_country")).alias("a_postcode")
    ).with_columns(
        pl.coalesce(
            "a_postcode",
            local_postcode_in(pl.col("a_lines"), pl.col("a_country")),
            uk_postcode_in(pl.when(pl.col("a_postcode").is_null()).then("a_lines")),
        ).alias("a_postcode"),
        _in_one_text([field for field in written if field is not None]).alias("a_address_text"),
    )
    parts = {name: pl.col(f"a_{name}") for name in ("postcode", "locality", "country", "po_box")}
    return (
        coded.with_columns(unit_key(pl.col("a_lines"), **parts).alias("a_unit_key"))
        .with_columns(address_id(pl.col("a_unit_key")).alias("a_address_id"))
        .drop("a_lines", "a_postcode_text")
    )


def _in_one_text(fields: Sequence[pl.Expr]) -> pl.Expr:
    return pl.concat_str(fields, separator=", ", ignore_nulls=True).replace("", None)


def _unit_keys(stated: pl.DataFrame) -> pl.Series:
    """The unit keys of a frame with the columns lines, postcode, locality, country and po_box. Each distinct
    text is cut once.
    """
    town = for_each_distinct(lambda place: unless_filler(words_only(place)), pl.col("locality"))
    stated = stated.with_columns(box_number().alias("po_box"), town.alias("town")).with_row_index("row")
    texts = stated.with_columns(with_box(pl.col("lines"), pl.col("po_box")).alias("text"))
    units = _units(texts.select("text").unique())
    with_units = texts.join(units, on="text", how="left", nulls_equal=True, maintain_order="left")
    general = _without_streets(with_street(with_units.with_columns(_unless_place().alias("unit")))).select(
        "row", pl.concat_str(_place(), pl.lit("|"), pl.col("unit")).alias("unit_key")
    )
    # local_key is null if the method does not cover the address, blank if the address states no unit.
    local = pl.concat(
        [general.clear().select("row", pl.col("unit_key").alias("local_key"))]
        + [
            some.select("row", keys_of(some).alias("local_key"))
            for some, keys_of in (
                (stated.filter(pl.col("country").is_in(COUNTRIES)), local_units),
                (stated.filter(may_be_on_island(stated)), island_units),
            )
            if some.height
        ]
    )
    return (
        general.join(local, on="row", how="left", maintain_order="left")
        .select(pl.coalesce("local_key", "unit_key").replace("", None).alias("unit_key"))
        .to_series()
    )


def _units(texts: pl.DataFrame) -> pl.DataFrame:
    """The texts (column text) with a column `unit`, null if the text states none."""
    not_fillers = texts.select(pl.when(~only_fills_lines(folded(pl.col("text")))).then("text")).to_series()
    pieces = pieces_of(cut_into_pieces(not_fillers))
    units = joined_pieces(chosen_pieces(pieces), texts.height).str.replace_all("[=_]", " ")
    return texts.with_columns(units.alias("unit")).with_columns(
        unless_street_or_filler(pl.col("unit")).alias("unit")
    )


def _unless_place() -> pl.Expr:
    """Column unit; null where it is only the town or a country."""
    countries = [*lookup("countries", "key", "code"), *_NATIONS]
    is_place = (pl.col("unit") == pl.col("town")).fill_null(False) | pl.col("unit").is_in(countries)
    return pl.when(~(is_place & ~pl.col("unit").str.contains("[0-9|]"))).then("unit")


def _without_streets(keyed: pl.DataFrame) -> pl.DataFrame:
    """The frame, with unit null if there is no postcode and the unit is only streets without a number."""
    are_streets = (
        pl.when(pl.col("postcode").is_null())
        .then("unit")
        .str.split("|")
        .list.eval(is_street_alone(pl.element()))
        .list.all()
    )
    return keyed.with_columns(pl.when(~are_streets.fill_null(False)).then("unit").alias("unit"))


def _place() -> pl.Expr:
    """The postcode (abroad with the country); without a postcode, town and country."""
    postcode = pl.col("postcode")
    country = pl.when(~postcode.str.contains(rf"^{UK_POSTCODE_SPACED}$").fill_null(False)).then("country")
    place = pl.coalesce(postcode, "town")
    return pl.when(place.is_not_null()).then(pl.concat_str(place, country, separator="|", ignore_nulls=True))


_HOUSES_MAX = 20  # (own) house numbers that one building may have, on one side of a street
_PLACE_OF_KEY = r"^[^|]*(\|[a-z]{2})?"  # the part of a unit key before the unit


@cache
def address_class_list() -> pl.DataFrame:
    """address_id, address_class, unit_key of the listed addresses, found by the same method as any address.

    Also each single house number of an address with several: tenants of 71-75 also write 71.
    """
    listed = vocabulary("address_vocabulary")
    keyed = with_address(
        listed,
        lines=[pl.col("lines")],
        locality=pl.col("locality"),
        country=pl.col("country"),
        postcode_text=pl.col("postcode"),
        po_box=pl.col("po_box"),
    ).select("address_class", pl.col("a_unit_key").alias("unit_key"))
    return (
        pl.concat([keyed, _single_houses(keyed)])
        .unique("unit_key", keep="first", maintain_order=True)
        .select(address_id(pl.col("unit_key")).alias("address_id"), "address_class", "unit_key")
    )


def _single_houses(listed: pl.DataFrame) -> pl.DataFrame:
    """address_class, unit_key of each house in a range: 71, 73 and 75 for `PLACE|71-75 STREET`, since one
    side of a street has every second number.
    """
    range_of_houses = r"^(?<place>[^|]+)\|(?<first>[0-9]+)-(?<last>[0-9]+) (?<street>[^|]+)$"
    parts = listed.with_columns(pl.col("unit_key").str.extract_groups(range_of_houses).alias("part"))
    return (
        parts.unnest("part")
        .with_columns(
            pl.int_ranges(pl.col("first").cast(pl.Int64), pl.col("last").cast(pl.Int64) + 1, 2).alias("house")
        )
        .filter(pl.col("house").list.len().is_between(2, _HOUSES_MAX))
        .explode("house")
        .select("address_class", pl.format("{}|{} {}", "place", "house", "street").alias("unit_key"))
    )


def in_unit_sql(unit: str, listed: str) -> str:
    """SQL condition: whether the unit key `unit` is the `listed` one or a part of it, such as a suite in an
    agent's building.
    """
    place, listed_place = (f"regexp_extract({key}, '{_PLACE_OF_KEY}')" for key in (unit, listed))
    listed_unit = f"substr({listed}, length({listed_place}) + 1)"
    return f"({place} = {listed_place} and contains({unit} || '|', {listed_unit} || '|'))"
