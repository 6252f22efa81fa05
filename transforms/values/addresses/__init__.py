"""Addresses to building units. Row-local: nothing is looked up, no gazetteer, no coordinates.

A unit is what a seat can be counted at: a flat, an office, a house number, a PO box, a named building. `with_address`
brings the spellings of one unit to one `unit_key`, whichever way a register splits the address over its columns:

    FLAT 2, 10 HIGH ST / AB1 2CD        →  AB1 2CD|10 HIGH STREET|FLAT 2
    2 pieces "Flat 2" and "10 High Street", "ab12cd"  →  the same

Method (own): capitals without accents and punctuation; words by `vocabulary/address_words.csv`; cut at commas, after a
unit's number and before a house number; pieces with a number are kept (with the first name, where there is no house
number), else the first piece; sorted; after the postcode, else after town and country. A PO box is a unit whatever
stands beside it. A care-of name is no part of a unit. A number in words is read. Different flats, house numbers and letters stay different.
How a text is cut is in `pieces`, what a street's name and a house's end with in `streets`, numbers in words in `numbers`.
Addresses in the Netherlands and Belgium go by `low_countries`, those on the islands of `vocabulary/address_islands.csv` by the island (`islands`):

    Mock Chambers, Wickhams Cay II / Road Town        →  TORTOLA|vg|MOCK CHAMBERS
    Mock Chambers Wickham's Cay 2, Road Town / Tortola, VG1110  →  the same
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import polars as pl

from transforms.model.text_hashes import text_hashes
from transforms.values.addresses.buildings import streets_in, with_street
from transforms.values.addresses.islands import island_units, may_be_on_island
from transforms.values.addresses.low_countries import COUNTRIES, local_postcode_in, local_units
from transforms.values.addresses.pieces import (
    box_in_words,
    chosen_pieces,
    in_pieces,
    joined_pieces,
    parts_of_houses,
    pieces_of,
    stated_box,
    with_box,
)
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED, postcode, uk_postcode_in
from transforms.values.addresses.streets import (
    HOUSE_LIKE_STREET,
    NAME_BEHIND,
    TOWN_STREET,
    is_street_alone,
    telling,
)
from transforms.values.addresses.told import only_fills_lines, unless_filler
from transforms.values.addresses.words import COMPASS, alternatives
from transforms.values.names import collapsed, folded, for_each_distinct, for_some, spread, staged
from transforms.values.vocabulary import lookup, vocabulary

ADDRESS_ID_BYTES = 8
ADDRESS_ID_PREFIX = "UT-A-"
_NATIONS = ("ENGLAND", "SCOTLAND", "WALES", "NORTHERN IRELAND", "UNITED KINGDOM", "GREAT BRITAIN", "UK", "GB")

# What `with_address` adds, as expressions to give to `statement`.
ADDRESS: dict[str, pl.Expr] = {
    name: pl.col(f"a_{name}")
    for name in (
        "address_text",
        "care_of",
        "po_box",
        "locality",
        "country",
        "postcode",
        "unit_key",
        "address_id",
    )
}


def unit_key(
    lines: pl.Expr, *, postcode: pl.Expr, locality: pl.Expr, country: pl.Expr, po_box: pl.Expr | None = None
) -> pl.Expr:
    """The unit of an address, or null where too little is stated to tell one.

    `lines`: the address without town, postcode and country (more does no harm), pieces separated by commas.
    `postcode`: as `postcode()` gives it. `country`: ISO code. `po_box`: its number, with or without the words.
    """
    box = pl.lit(None, dtype=pl.String) if po_box is None else po_box
    return staged(_unit_keys, lines=lines, postcode=postcode, locality=locality, country=country, po_box=box)


def address_id(unit_key: pl.Expr) -> pl.Expr:
    """`UT-A-` and 16 hexadecimal digits (blake2b of the unit_key); null where the key is null."""
    return unit_key.map_batches(_hashed, return_dtype=pl.String, is_elementwise=True)


def _hashed(keys: pl.Series) -> pl.Series:
    return ADDRESS_ID_PREFIX + text_hashes(keys, ADDRESS_ID_BYTES)


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
    """Add the columns of an address statement as `a_<column>`; `ADDRESS` names them for `statement(…, **ADDRESS)`.

    lines: premises and street lines in order (one line for a whole address is fine). country: ISO code, lower case.
    country_text: the country as written, for address_text. postcode_text: the postcode as written; where it is none, the
    last UK postcode in `lines` counts. `a_address_text` is null where the record gives no address at all.
    """
    blank = pl.lit(None, dtype=pl.String)
    given = frame.with_columns(
        pl.concat_str(lines, separator=", ", ignore_nulls=True).replace("", None).alias("a_lines"),
        (care_of if care_of is not None else blank).alias("a_care_of"),
        (po_box if po_box is not None else blank).alias("a_po_box"),
        (locality if locality is not None else blank).alias("a_locality"),
        (country if country is not None else blank).alias("a_country"),
        (postcode_text if postcode_text is not None else blank).alias("a_postcode_text"),
    )
    written = [
        one
        for one in (box_in_words(pl.col("a_po_box")), *lines, locality, region, country_text, postcode_text)
        if one is not None
    ]
    coded = given.with_columns(
        postcode(pl.col("a_postcode_text"), pl.col("a_country")).alias("a_postcode")
    ).with_columns(
        pl.coalesce(
            "a_postcode",
            local_postcode_in(pl.col("a_lines"), pl.col("a_country")),
            uk_postcode_in(pl.when(pl.col("a_postcode").is_null()).then("a_lines")),
        ).alias("a_postcode"),
        pl.concat_str(written, separator=", ", ignore_nulls=True).replace("", None).alias("a_address_text"),
    )
    keyed = coded.with_columns(
        unit_key(
            pl.col("a_lines"),
            postcode=pl.col("a_postcode"),
            locality=pl.col("a_locality"),
            country=pl.col("a_country"),
            po_box=pl.col("a_po_box"),
        ).alias("a_unit_key")
    )
    return keyed.with_columns(address_id(pl.col("a_unit_key")).alias("a_address_id")).drop(
        "a_lines", "a_postcode_text"
    )


def _unit_keys(stated: pl.DataFrame) -> pl.Series:
    """Columns lines, postcode, locality, country, po_box; the unit keys. Each distinct text is cut up once, and a plain one not at all."""
    written = stated.with_columns(stated_box().alias("po_box")).with_row_index("row")
    stated = written.with_columns(_town().alias("locality"))
    texts = stated.with_columns(with_box(pl.col("lines"), pl.col("po_box")).alias("text"))
    distinct = texts.select("text").unique().with_columns(folded(pl.col("text")).alias("capitals"))
    tried = distinct.with_columns(_plain_unit(pl.col("capitals")).alias("unit")).drop("capitals")
    plain = tried.filter(pl.col("unit").is_not_null())
    rest = tried.filter(pl.col("unit").is_null()).select("text")
    units = pl.concat([plain, _units(rest)]) if rest.height else plain
    found = texts.join(units, on="text", how="left", nulls_equal=True, maintain_order="left")
    keyed = _without_streets(with_street(found.with_columns(_unless_place(found, written))))
    general = keyed.select(pl.concat_str(_place(), pl.lit("|"), pl.col("unit")).alias("unit_key"))["unit_key"]
    own = pl.concat(
        [
            _keyed(stated, stated["country"].is_in(COUNTRIES), _local_units),
            _keyed(written, may_be_on_island(written), island_units),
        ]
    )
    if own.is_empty():
        return general
    both = general.to_frame().with_row_index("row").join(own, on="row", how="left", maintain_order="left")
    return both.select(pl.coalesce("own_key", "unit_key").replace("", None).alias("unit_key"))["unit_key"]


def _unless_place(found: pl.DataFrame, written: pl.DataFrame) -> pl.Series:
    """unit: null where it is no more than the town, as it is stated in `written`, or a country. Columns text, unit, postcode.

    With a British postcode and a street beside it, Georgia is a house.
    """
    units = found["unit"]
    is_named = units.str.contains(r"^[^0-9|]+$").fill_null(False)
    if not is_named.any():
        return units
    town = written.filter(is_named).select(
        collapsed(folded(pl.col("locality")).str.replace_all(r"[^\p{L}\p{N}]+", " "))
    )["locality"]
    named = found.filter(is_named)
    is_town = (named["unit"] == town).fill_null(False)
    is_country = named["unit"].is_in(list(lookup("countries", "key", "code")))
    is_nation = named["unit"].is_in(_NATIONS)
    if is_country.any():
        some = named.filter(is_country)
        in_street = some.join(
            streets_in(some.select("text").unique()), on="text", how="left", maintain_order="left"
        )
        is_house = in_street.select(
            pl.col("street").is_not_null() & pl.col("postcode").str.contains(rf"^{UK_POSTCODE_SPACED}$")
        ).to_series()
        is_country = is_country & (
            is_nation | ~spread(is_house.fill_null(False), is_country).fill_null(False)
        )
    return units.set(spread(is_town | is_country, is_named).fill_null(False), None)


def _without_streets(keyed: pl.DataFrame) -> pl.DataFrame:
    """unit: null where it is a street without a number and without a postcode, or several of them."""
    is_open = keyed["postcode"].is_null()
    units = keyed.filter(is_open)["unit"]
    has_house = pl.col("piece").str.contains(HOUSE_LIKE_STREET).any() & (pl.len() > 1)
    streets = (
        pieces_of(units)
        .group_by("of")
        .agg((is_street_alone(pl.col("piece")).all() & ~has_house).alias("is_street"))
        .filter("is_street")["of"]
    )
    is_street = spread(
        pl.select(pl.int_range(units.len(), dtype=pl.UInt32).alias("of"))["of"].is_in(streets.implode()),
        is_open,
    )
    return keyed.with_columns(keyed["unit"].set(is_street.fill_null(False), None))


def _local_units(stated: pl.DataFrame) -> pl.Series:
    """`local_units`, blank where the lines only fill the field and there is no box."""
    is_filled = stated.select(
        (pl.col("po_box").is_null() & only_fills_lines(folded(pl.col("lines")))).fill_null(False)
    ).to_series()
    return local_units(stated).set(is_filled, "")


def _keyed(
    stated: pl.DataFrame, where: pl.Series, units: Callable[[pl.DataFrame], pl.Series]
) -> pl.DataFrame:
    """row, own_key of those rows that have a method of their own: null where it does not know the address, blank where that tells no unit."""
    some = stated.filter(where)
    return (
        some.select("row", units(some).alias("own_key"))
        if some.height
        else pl.DataFrame(schema={"row": pl.UInt32, "own_key": pl.String})
    )


# --- plain texts: most are a house number and a street spelled in full, and the unit is the two as they stand ----------

_PLAIN_WORDS = r"[A-Z]{2,}(?: [A-Z]{2,})*"  # a single letter may be a flat's, a digit a number's
_PLAIN_NUMBER = r"[1-9][0-9]{0,3}[A-Z]?"
_PLAIN_PLACE = rf"(?:, {_PLAIN_WORDS})*(?:,? \(?{UK_POSTCODE_SPACED}\)?)?$"
_HOUSE_IN_STREET = rf"^(?:{_PLAIN_WORDS}, )?({_PLAIN_NUMBER}),? ({_PLAIN_WORDS}){_PLAIN_PLACE}"
_HOUSE_ALONE = rf"^{_PLAIN_NUMBER},? {_PLAIN_WORDS}$"  # the unit but for a comma
_FLAT_IN_STREET = (
    rf"^(FLAT|UNIT|SUITE) ({_PLAIN_NUMBER}),? ({_PLAIN_NUMBER}),? ({_PLAIN_WORDS}){_PLAIN_PLACE}"
)
_NOT_PLAIN = (
    "FLATS",
    "FLOOR",
    "BASEMENT",
    "ANNEX",
    "ANNEXE",
    "PENTHOUSE",
    "CAREOF",
    "CARE OF",
    "BOX",
    "POBOX",
    "NO",
)


def _plain_unit(capitals: pl.Expr) -> pl.Expr:
    """The unit that `_units` would give, of a folded text; null wherever it might give another: forty regular expressions saved."""
    as_it_stands = ~capitals.str.contains(_changed())
    house = pl.when(
        as_it_stands & capitals.str.contains(_HOUSE_IN_STREET) & ~capitals.str.contains("FLAT", literal=True)
    ).then(capitals)
    flat = pl.when(
        as_it_stands
        & capitals.str.contains(_FLAT_IN_STREET)
        & ~capitals.str.slice(1).str.contains("FLAT", literal=True)
    ).then(capitals)
    house_alone = for_some(
        lambda text: text.str.replace(_HOUSE_IN_STREET, "$1 $2"),
        house,
        where=lambda text: ~text.str.contains(_HOUSE_ALONE),
    )
    return pl.coalesce(
        house_alone.str.replace(",", "", literal=True),
        for_some(
            lambda text: text.str.replace(_FLAT_IN_STREET, "$3 $4|$1 $2"), flat, where=pl.Expr.is_not_null
        ),
    )


@cache
def _changed() -> str:
    """What `_units` writes in another way, counts as a number, or cuts: abbreviations, and the end of a street before the end of its piece."""
    short = vocabulary("address_words").filter(pl.col("word") != pl.col("canonical"))
    anywhere = "|".join(
        [*short.filter(pl.col("kind") == "anywhere")["word"], *_NOT_PLAIN, *parts_of_houses()]
    )
    last = "|".join(short.filter(pl.col("kind") == "last")["word"])
    compass = "|".join(COMPASS)
    edge = r"(?-u:\b)"
    return rf"[0-9][A-Z]?,? (?:{NAME_BEHIND}),|{edge}(?:{anywhere}){edge}|{edge}(?:{last})(?: (?:{compass}))?(?:,| \(?[A-Z]{{1,2}}[0-9]|$)|[0-9][A-Z]?,? [A-Z]+(?: [A-Z]+)*? (?:{alternatives('street')}) [A-Z]+(?:[ ,]|$)"


def _units(texts: pl.DataFrame) -> pl.DataFrame:
    """Column text; with `unit`, null where the text tells none."""
    whole = in_pieces(
        texts.with_columns(pl.when(~only_fills_lines(folded(pl.col("text")))).then("text").alias("cut"))
    ).with_columns(pl.col("cut").str.strip_chars(" |").alias("whole"))
    is_cut = (
        whole["whole"].str.contains("|", literal=True).fill_null(False)
    )  # one piece, as most texts are, is the unit
    pieces = pieces_of(whole.filter(is_cut)["whole"])
    chosen = joined_pieces(chosen_pieces(pieces), int(is_cut.sum()))
    is_house = spread(_is_before_street(chosen, pieces), is_cut).fill_null(False)
    unit = pl.coalesce(spread(chosen, is_cut), "whole").str.replace_all("[=_]", " ")
    return whole.with_columns(unit.alias("unit")).select(
        "text", pl.when(is_house).then("unit").otherwise(telling(pl.col("unit"))).alias("unit")
    )


def _is_before_street(chosen: pl.Series, pieces: pl.DataFrame) -> pl.Series:
    """Whether a unit that looks like a street is a house: another street stands beside it in its text. `pieces` as `pieces_of` gives them."""
    every = chosen.alias("unit").to_frame().with_row_index("of")
    streets = (
        every.filter(is_street_alone(pl.col("unit").str.replace_all("_", " ")))
        .join(pieces, on="of")
        .with_columns(pl.col("piece").str.replace_all("_", " "))
    )
    several = (
        streets.filter(is_street_alone(pl.col("piece")) & ~pl.col("piece").str.contains(TOWN_STREET))
        .group_by("of")
        .agg(pl.col("piece").n_unique().alias("n"))
    )
    return every["of"].is_in(several.filter(pl.col("n") > 1)["of"].implode()) & chosen.str.contains(
        HOUSE_LIKE_STREET
    )


def _town() -> pl.Expr:
    """The locality in capitals where a unit needs it, without a postcode; null where it only fills its field."""
    needed = pl.when(pl.col("postcode").is_null()).then("locality")
    return for_each_distinct(
        lambda place: unless_filler(collapsed(folded(place).str.replace_all(r"[^\p{L}\p{N}]+", " "))), needed
    )


def _place() -> pl.Expr:
    """The postcode; abroad with the country; without one, town and country."""
    postcode, town = pl.col("postcode"), pl.col("locality")
    uk = postcode.str.contains(rf"^{UK_POSTCODE_SPACED}$")
    return (
        pl.when(uk)
        .then(postcode)
        .when(postcode.is_not_null())
        .then(pl.concat_str(postcode, pl.col("country"), separator="|", ignore_nulls=True))
        .when(town.is_not_null())
        .then(pl.concat_str(town, pl.col("country"), separator="|", ignore_nulls=True))
    )


# --- known addresses ------------------------------------------------------------------------------------------------

_HOUSES_MAX = 20  # (own) house numbers of one side of a street that one building may have
_PLACE_OF_KEY = r"^[^|]*(\|[a-z]{2})?"  # what `_place` gives


@cache
def address_class_list() -> pl.DataFrame:
    """address_id, address_class, unit_key: the units of `vocabulary/address_vocabulary.csv`, by the same method as every address.

    After them the single house numbers of those that have several: who has a desk at 71-75 writes 71 too.
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
    units = pl.concat([keyed, _single_houses(keyed)]).unique("unit_key", keep="first", maintain_order=True)
    return units.select(address_id(pl.col("unit_key")).alias("address_id"), "address_class", "unit_key")


def _single_houses(listed: pl.DataFrame) -> pl.DataFrame:
    """address_class, unit_key: of `PLACE|71-75 STREET` those of 71, 73 and 75, which are on one side of the street."""
    parts = listed.with_columns(
        pl.col("unit_key")
        .str.extract_groups(r"^(?<place>[^|]+)\|(?<first>[0-9]+)-(?<last>[0-9]+) (?<street>[^|]+)$")
        .alias("of")
    ).unnest("of")
    houses = parts.with_columns(
        pl.int_ranges(pl.col("first").cast(pl.Int64), pl.col("last").cast(pl.Int64) + 1, 2).alias("house")
    )
    few = houses.filter(pl.col("house").list.len().is_between(2, _HOUSES_MAX)).explode("house")
    return few.select("address_class", pl.format("{}|{} {}", "place", "house", "street").alias("unit_key"))


def in_unit_sql(unit: str, listed: str) -> str:
    """SQL: whether a unit is the `listed` one or a part of it, such as a suite of an agent's building. Both are unit keys."""
    place, listed_place = (f"regexp_extract({key}, '{_PLACE_OF_KEY}')" for key in (unit, listed))
    return f"({place} = {listed_place} and contains({unit} || '|', substr({listed}, length({listed_place}) + 1) || '|'))"
