"""Addresses to building units. Row-local: nothing is looked up, no gazetteer, no coordinates.

A unit is what a seat can be counted at: a flat, an office, a house number, a PO box, a named building. `with_address`
brings the spellings of one unit to one `unit_key`, whichever way a register splits the address over its columns:

    FLAT 2, 10 HIGH ST / AB1 2CD        →  AB1 2CD|10 HIGH STREET|FLAT 2
    2 pieces "Flat 2" and "10 High Street", "ab12cd"  →  the same

Method (own): capitals without accents and punctuation; words by `vocabulary/address_words.csv`; cut at commas, after a
unit's number and before a house number; pieces with a number are kept (with the first name, where there is no house
number), else the first piece; sorted; after the postcode, else after town and country. A PO box is a unit whatever
stands beside it. A care-of name is no part of a unit. A number in words is read. Different flats, house numbers and letters stay different.
Addresses in the Netherlands and Belgium go by `addresses_low_countries`, those on the islands of `vocabulary/address_islands.csv` by the island:

    Mock Chambers, Wickhams Cay II / Road Town        →  TORTOLA|vg|MOCK CHAMBERS
    Mock Chambers Wickham's Cay 2, Road Town / Tortola, VG1110  →  the same
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from transforms.addresses_low_countries import COUNTRIES, local_postcode, local_postcode_in, local_units
from transforms.fillers import any_of, fillers
from transforms.names import collapsed, folded, for_each_distinct, for_some, spread, staged
from transforms.spelled_numbers import FIRST_WORDS, RUN, in_digits
from transforms.text_hashes import text_hashes
from transforms.vocabulary import lookup, vocabulary

# A UK postcode (and those of Jersey, Guernsey and Man, which share its form), without its space.
# Source: BS 7666 form; GIR 0AA is history and left out.
UK_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}"
UK_POSTCODE_SPACED = r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}"
_WELL_WRITTEN = r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}$"
INWARD_CHARS = 3
ADDRESS_ID_BYTES = 8
ADDRESS_ID_PREFIX = "UT-A-"

# Texts that fill an address, or a part of one, in which there is nothing to say: a regular expression of the whole text in capitals, with `_NO_WORD` as one
# blank. Spelled out between the words of each filler, it takes a hundred times as long, to be read and to be found.
_NO_WORD = r"[^\pL\pN]+"
_FILLERS = rf" ?(?:(?:{any_of(fillers('address'), ' ?')}|XX+|0+) ?)*"
# The same of the lines alone: also words that are a town's or a box's elsewhere, and numbers too long for a house, such as the company's own.
_LINE_FILLERS = rf" ?(?:(?:{any_of(fillers('line') + fillers('address'), ' ?')}|XX+|0+|[A-Z]{{0,2}}[0-9]{{5,}}) ?)*"
# The same of a house's name that has a field of its own, with the street in another: Same and Home are names there. Words that are persons' names are no houses'.
_PERSONS_ONLY = ("NIL", "NA", "GIVEN", "MISSING", "GEHEIM", "IDEM", "NIHIL")
_HOUSE_FILLERS = rf" ?(?:(?:{any_of((*fillers('address', 'no'), *_PERSONS_ONLY), ' ?')}|XX+|0+) ?)*"

# "Care of" in an address as written, in capitals: it is the address of somebody else.
CARE_OF = r"\bC\s*/\s*O\b|\bCARE OF\b"

# What `with_address` adds, as expressions to give to `statement`.
ADDRESS: dict[str, pl.Expr] = {
    name: pl.col(f"a_{name}") for name in ("address_text", "care_of", "po_box", "locality", "country", "postcode", "unit_key", "address_id")
}


def uk_postcode(text: pl.Expr) -> pl.Expr:
    """A UK postcode in capitals with one space before its last three characters; null where the text is none."""
    return for_some(_rewritten_postcode, text, where=lambda one: ~one.str.contains(_WELL_WRITTEN))


def _rewritten_postcode(text: pl.Expr) -> pl.Expr:
    compact = text.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "").str.extract(rf"^({UK_POSTCODE})$", 1)
    return _spaced(compact)


def uk_postcode_in(address: pl.Expr) -> pl.Expr:
    """The last UK postcode that stands in an address, spaced; null where there is none. `(TR10 8LA)` and `TR10 8LA` alike."""
    return for_some(_last_postcode, address, where=pl.Expr.is_not_null)


def _last_postcode(text: pl.Expr) -> pl.Expr:
    found = text.str.to_uppercase().str.extract(rf"^(?:.*[^0-9A-Z])?({UK_POSTCODE_SPACED})(?:[^0-9A-Z].*)?$", 1)
    return _spaced(found.str.replace_all(" ", ""))


def _spaced(compact: pl.Expr) -> pl.Expr:
    return pl.concat_str(compact.str.head(-INWARD_CHARS), pl.lit(" "), compact.str.tail(INWARD_CHARS))


def postcode(text: pl.Expr, country: pl.Expr) -> pl.Expr:
    """The postcode to store: a UK one spaced; a foreign one in capitals, where `country` (a code) is known and is not gb; else null."""
    foreign = for_some(_foreign_postcode, pl.when(country != "gb").then(text), where=pl.Expr.is_not_null)
    return pl.coalesce(local_postcode(text, country), uk_postcode(text), foreign)


def _foreign_postcode(text: pl.Expr) -> pl.Expr:
    return _told(collapsed(text.str.to_uppercase()))


def _told(capitals: pl.Expr) -> pl.Expr:
    """Null where a text in capitals only fills its field."""
    return pl.when(~_in_words(capitals).str.contains(rf"^{_FILLERS}$")).then(capitals)


def _only_fills_lines(capitals: pl.Expr) -> pl.Expr:
    """Whether lines in capitals say nothing. Null stays null."""
    return _in_words(capitals).str.contains(rf"^{_LINE_FILLERS}$")


def _in_words(capitals: pl.Expr) -> pl.Expr:
    return capitals.str.replace_all(_NO_WORD, " ")


def unit_key(lines: pl.Expr, *, postcode: pl.Expr, locality: pl.Expr, country: pl.Expr, po_box: pl.Expr | None = None) -> pl.Expr:
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
    written = [one for one in (_box_in_words(pl.col("a_po_box")), *lines, locality, region, country_text, postcode_text) if one is not None]
    coded = given.with_columns(postcode(pl.col("a_postcode_text"), pl.col("a_country")).alias("a_postcode")).with_columns(
        pl.coalesce(
            "a_postcode", local_postcode_in(pl.col("a_lines"), pl.col("a_country")), uk_postcode_in(pl.when(pl.col("a_postcode").is_null()).then("a_lines"))
        ).alias("a_postcode"),
        pl.concat_str(written, separator=", ", ignore_nulls=True).replace("", None).alias("a_address_text"),
    )
    keyed = coded.with_columns(
        unit_key(pl.col("a_lines"), postcode=pl.col("a_postcode"), locality=pl.col("a_locality"), country=pl.col("a_country"), po_box=pl.col("a_po_box")).alias(
            "a_unit_key"
        )
    )
    return keyed.with_columns(address_id(pl.col("a_unit_key")).alias("a_address_id")).drop("a_lines", "a_postcode_text")


# --- the unit -------------------------------------------------------------------------------------------------------

_COMPASS = ("NORTH", "SOUTH", "EAST", "WEST")
_HOUSE_NUMBER = r"[0-9]+[A-Z]?(?:[-+][0-9]+[A-Z]?)*"
_UNIT_NUMBER = rf"(?:[A-Z]?{_HOUSE_NUMBER}|[A-Z])"


@cache
def _words(kind: str) -> dict[str, str]:
    rows = vocabulary("address_words").filter(pl.col("kind") == kind)
    return dict(rows.select("word", "canonical").iter_rows())


def _alternatives(kind: str) -> str:
    return "|".join(sorted(_words(kind), key=len, reverse=True))


def _unit_keys(stated: pl.DataFrame) -> pl.Series:
    """Columns lines, postcode, locality, country, po_box; the unit keys. Each distinct text is cut up once, and a plain one not at all."""
    written = stated.with_columns(_box_number().alias("po_box")).with_row_index("row")
    stated = written.with_columns(_town().alias("locality"))
    texts = stated.with_columns(_with_box(pl.col("lines"), pl.col("po_box")).alias("text"))
    distinct = texts.select("text").unique().with_columns(folded(pl.col("text")).alias("capitals"))
    tried = distinct.with_columns(_plain_unit(pl.col("capitals")).alias("unit")).drop("capitals")
    plain = tried.filter(pl.col("unit").is_not_null())
    rest = tried.filter(pl.col("unit").is_null()).select("text")
    units = pl.concat([plain, _units(rest)]) if rest.height else plain
    found = texts.join(units, on="text", how="left", nulls_equal=True, maintain_order="left")
    keyed = _without_streets(_with_street(found.with_columns(_unless_place(found, written))))
    general = keyed.select(pl.concat_str(_place(), pl.lit("|"), pl.col("unit")).alias("unit_key"))["unit_key"]
    own = pl.concat([_keyed(stated, stated["country"].is_in(COUNTRIES), _local_units), _keyed(written, _may_be_on_island(written), _island_units)])
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
    town = written.filter(is_named).select(collapsed(folded(pl.col("locality")).str.replace_all(r"[^\p{L}\p{N}]+", " ")))["locality"]
    named = found.filter(is_named)
    is_town = (named["unit"] == town).fill_null(False)
    is_country = named["unit"].is_in(list(lookup("countries", "key", "code")))
    is_nation = named["unit"].is_in(_NATIONS)
    if is_country.any():
        some = named.filter(is_country)
        in_street = some.join(_streets(some.select("text").unique()), on="text", how="left", maintain_order="left")
        is_house = in_street.select(pl.col("street").is_not_null() & pl.col("postcode").str.contains(rf"^{UK_POSTCODE_SPACED}$")).to_series()
        is_country = is_country & (is_nation | ~spread(is_house.fill_null(False), is_country).fill_null(False))
    return units.set(spread(is_town | is_country, is_named).fill_null(False), None)


_NATIONS = ("ENGLAND", "SCOTLAND", "WALES", "NORTHERN IRELAND", "UNITED KINGDOM", "GREAT BRITAIN", "UK", "GB")

# Buildings that a town has one of by its name, and words that do not make a name one.
_BUILDING_NAMED = "BUILDINGS?|CENTRE|CHAMBERS|COMPLEX|HOUSE|PLAZA|TOWERS?"
_NO_NAME = (
    "THE", "OF", "AND", "OLD", "NEW", "GREAT", "LITTLE", "UPPER", "LOWER", "TOP", "HIGH", "LONG", "NORTH", "SOUTH", "EAST", "WEST", "FIRST", "MAIN", "CENTRAL", "CENTRE", "MILL", "CHURCH", "CHAPEL", "SCHOOL", "STATION",
    "ROSE", "IVY", "MANOR", "FARM", "GARDEN", "PARK", "LODGE", "HALL", "COACH", "GATE", "GRANGE", "GREEN", "WHITE", "RED", "BLACK", "BLUE", "BROWN", "GREY", "OAK", "ELM", "ASH", "LIME", "YEW", "HOLLY", "CEDAR",
    "BEECH", "PALM", "BRIDGE", "RIVER", "LAKE", "SEA", "BEACH", "HILL", "VALLEY", "WOOD", "FIELD", "COURT", "TOWN", "CITY", "VILLAGE", "MARKET", "BANK", "POST", "OFFICE", "BUSINESS", "TRADE", "TRADING",
    "COMMERCE", "COMMERCIAL", "SHOPPING", "MEDICAL", "HEALTH", "COMMUNITY", "CIVIC", "SPORTS", "LEISURE", "ENTERPRISE", "INNOVATION", "TECHNOLOGY", "CONFERENCE", "GOVERNMENT", "FINANCIAL", "CORPORATE", "INDUSTRIAL",
    "ADMINISTRATION", "FACTORY", "GUEST", "HARBOUR", "HEAD", "HOTEL", "JAMES", "NATIONAL", "REGENT", "RESIDENTIAL", "ST", "SAINT", "TRUST", "UNIVERSITY", "WAREHOUSE",
    "INTERNATIONAL", "KING", "KINGS", "QUEEN", "QUEENS", "CROWN", "ROYAL", "VICTORIA", "ALBERT", "UNION",
)  # fmt: skip


def _with_street(keyed: pl.DataFrame) -> pl.DataFrame:
    """With the street, where there is no postcode to tell The Cottage in one from that in another. Columns text, unit, postcode, locality, country.

    Outside Britain, where few addresses have one, a building with a name of its own is the same with its street and without. Where no country is stated, the town
    decides: one that has the name of a British district may be that.
    """
    told = rf"(?:^|\|)(?:POBOX |[^|]*[0-9][^|]*(?:{_alternatives('street')})(?: (?:{'|'.join(_COMPASS)}))?(?:\||$))"
    is_open = keyed.select((pl.col("postcode").is_null() & pl.col("locality").is_not_null() & ~pl.col("unit").str.contains(told)).fill_null(False)).to_series()
    if not is_open.any():
        return keyed
    some = keyed.filter(is_open)
    streets = some.join(_streets(some.select("text").unique()), on="text", how="left", maintain_order="left").with_row_index("of")
    is_abroad = streets.select(pl.coalesce(pl.col("country") != "gb", ~pl.col("locality").is_in(_british_districts()))).to_series()
    is_alone = _is_distinctive(streets["unit"]) & is_abroad
    is_house = pl.format("|{}|", "unit").str.contains(pl.format("|{}|", "street"), literal=True)
    beside = pl.when(is_house).then("next_street").otherwise("street")
    pieces = pl.concat([_pieces(streets["unit"]), streets.filter(~is_alone).select("of", beside.alias("piece")).drop_nulls()])
    return keyed.with_columns(keyed["unit"].zip_with(~is_open, spread(_joined(pieces, streets.height), is_open)))


@cache
def _british_districts() -> tuple[str, ...]:
    return ("LONDON", *vocabulary("areas")["area_name"].unique().sort())


def _without_streets(keyed: pl.DataFrame) -> pl.DataFrame:
    """unit: null where it is a street without a number and without a postcode, or several of them."""
    is_open = keyed["postcode"].is_null()
    units = keyed.filter(is_open)["unit"]
    has_house = pl.col("piece").str.contains(_HOUSE_LIKE_STREET).any() & (pl.len() > 1)
    streets = _pieces(units).group_by("of").agg((is_street_alone(pl.col("piece")).all() & ~has_house).alias("is_street")).filter("is_street")["of"]
    is_street = spread(pl.select(pl.int_range(units.len(), dtype=pl.UInt32).alias("of"))["of"].is_in(streets.implode()), is_open)
    return keyed.with_columns(keyed["unit"].set(is_street.fill_null(False), None))


def _is_distinctive(units: pl.Series) -> pl.Series:
    """Whether a unit has a building with a name that is more than the words that any may have."""
    building = _pieces(units).filter(pl.col("piece").str.contains(rf"^[^0-9]+ (?:{_BUILDING_NAMED})$"))
    rest = pl.col("piece").str.replace_all(rf"(?-u:\b)(?:{'|'.join(_NO_NAME)}|{_BUILDING_NAMED})(?-u:\b)", " ")
    named = building.filter(rest.str.contains(r"\pL{2}"))["of"]
    return pl.select(pl.int_range(units.len(), dtype=pl.UInt32).alias("of"))["of"].is_in(named.implode())


def _local_units(stated: pl.DataFrame) -> pl.Series:
    """`local_units`, blank where the lines only fill the field and there is no box."""
    is_filled = stated.select((pl.col("po_box").is_null() & _only_fills_lines(folded(pl.col("lines")))).fill_null(False)).to_series()
    return local_units(stated).set(is_filled, "")


def _keyed(stated: pl.DataFrame, where: pl.Series, units: Callable[[pl.DataFrame], pl.Series]) -> pl.DataFrame:
    """row, own_key of those rows that have a method of their own: null where it does not know the address, blank where that tells no unit."""
    some = stated.filter(where)
    return some.select("row", units(some).alias("own_key")) if some.height else pl.DataFrame(schema={"row": pl.UInt32, "own_key": pl.String})


# --- plain texts: most are a house number and a street spelled in full, and the unit is the two as they stand ----------

_PLAIN_WORDS = r"[A-Z]{2,}(?: [A-Z]{2,})*"  # a single letter may be a flat's, a digit a number's
_PLAIN_NUMBER = r"[1-9][0-9]{0,3}[A-Z]?"
_PLAIN_PLACE = rf"(?:, {_PLAIN_WORDS})*(?:,? \(?{UK_POSTCODE_SPACED}\)?)?$"
_HOUSE_IN_STREET = rf"^(?:{_PLAIN_WORDS}, )?({_PLAIN_NUMBER}),? ({_PLAIN_WORDS}){_PLAIN_PLACE}"
_HOUSE_ALONE = rf"^{_PLAIN_NUMBER},? {_PLAIN_WORDS}$"  # the unit but for a comma
_FLAT_IN_STREET = rf"^(FLAT|UNIT|SUITE) ({_PLAIN_NUMBER}),? ({_PLAIN_NUMBER}),? ({_PLAIN_WORDS}){_PLAIN_PLACE}"
_NOT_PLAIN = ("FLATS", "FLOOR", "BASEMENT", "ANNEX", "ANNEXE", "PENTHOUSE", "CAREOF", "CARE OF", "BOX", "POBOX", "NO")


def _plain_unit(capitals: pl.Expr) -> pl.Expr:
    """The unit that `_units` would give, of a folded text; null wherever it might give another: forty regular expressions saved."""
    as_it_stands = ~capitals.str.contains(_changed())
    house = pl.when(as_it_stands & capitals.str.contains(_HOUSE_IN_STREET) & ~capitals.str.contains("FLAT", literal=True)).then(capitals)
    flat = pl.when(as_it_stands & capitals.str.contains(_FLAT_IN_STREET) & ~capitals.str.slice(1).str.contains("FLAT", literal=True)).then(capitals)
    house_alone = for_some(lambda text: text.str.replace(_HOUSE_IN_STREET, "$1 $2"), house, where=lambda text: ~text.str.contains(_HOUSE_ALONE))
    return pl.coalesce(
        house_alone.str.replace(",", "", literal=True), for_some(lambda text: text.str.replace(_FLAT_IN_STREET, "$3 $4|$1 $2"), flat, where=pl.Expr.is_not_null)
    )


@cache
def _changed() -> str:
    """What `_units` writes in another way, counts as a number, or cuts: abbreviations, and the end of a street before the end of its piece."""
    short = vocabulary("address_words").filter(pl.col("word") != pl.col("canonical"))
    anywhere = "|".join([*short.filter(pl.col("kind") == "anywhere")["word"], *_NOT_PLAIN, *parts_of_houses()])
    last = "|".join(short.filter(pl.col("kind") == "last")["word"])
    compass = "|".join(_COMPASS)
    edge = r"(?-u:\b)"
    return rf"{edge}(?:{anywhere}){edge}|{edge}(?:{last})(?: (?:{compass}))?(?:,| \(?[A-Z]{{1,2}}[0-9]|$)|[0-9][A-Z]?,? [A-Z]+(?: [A-Z]+)*? (?:{_alternatives('street')}) [A-Z]+(?:[ ,]|$)"


def _units(texts: pl.DataFrame) -> pl.DataFrame:
    """Column text; with `unit`, null where the text tells none."""
    whole = _in_pieces(texts.with_columns(pl.when(~_only_fills_lines(folded(pl.col("text")))).then("text").alias("cut"))).with_columns(
        pl.col("cut").str.strip_chars(" |").alias("whole")
    )
    is_cut = whole["whole"].str.contains("|", literal=True).fill_null(False)  # one piece, as most texts are, is the unit
    pieces = _pieces(whole.filter(is_cut)["whole"])
    chosen = _joined(_chosen(pieces), int(is_cut.sum()))
    is_house = spread(_is_before_street(chosen, pieces), is_cut).fill_null(False)
    unit = pl.coalesce(spread(chosen, is_cut), "whole").str.replace_all("[=_]", " ")
    return whole.with_columns(unit.alias("unit")).select("text", pl.when(is_house).then("unit").otherwise(_telling(pl.col("unit"))).alias("unit"))


def _is_before_street(chosen: pl.Series, pieces: pl.DataFrame) -> pl.Series:
    """Whether a unit that looks like a street is a house: another street stands beside it in its text. `pieces` as `_pieces` gives them."""
    every = chosen.alias("unit").to_frame().with_row_index("of")
    streets = (
        every.filter(is_street_alone(pl.col("unit").str.replace_all("_", " "))).join(pieces, on="of").with_columns(pl.col("piece").str.replace_all("_", " "))
    )
    several = (
        streets.filter(is_street_alone(pl.col("piece")) & ~pl.col("piece").str.contains(_TOWN_STREET)).group_by("of").agg(pl.col("piece").n_unique().alias("n"))
    )
    return every["of"].is_in(several.filter(pl.col("n") > 1)["of"].implode()) & chosen.str.contains(_HOUSE_LIKE_STREET)


def _in_pieces(texts: pl.DataFrame) -> pl.DataFrame:
    """Column cut: a text; the same, cut into pieces by `|`."""
    cut = texts
    for step in _steps():
        cut = cut.with_columns(step)
    return cut


def _telling(unit: pl.Expr) -> pl.Expr:
    """Null where a unit is none: it only fills the field, or is a street without a number. Of many words, the first may be a house's, and a postcode tells which."""
    is_many = unit.str.contains(rf"^(?:[^ ]+ ){{{_STREET_WORDS_MAX},}}") & ~unit.str.starts_with("LAND ")
    return pl.when((unit != "") & ~_only_fills_lines(unit) & ~(is_street_alone(unit) & ~is_many)).then(unit)


_STREET_WORDS_MAX = 3  # (own) of a street that has a postcode beside it
_NAMES_OF_HOUSES = (
    "ANNEX", "ANNEXE", "BARN", "BUILDING", "BUILDINGS", "BUNGALOW", "CENTRE", "CHAMBERS", "COMPLEX", "COTTAGE", "COTTAGES", "FARM", "FARMHOUSE", "HALL", "HOUSE", "LODGE", "MANOR", "MILL", "PLAZA", "RECTORY",
    "TOWER", "TOWERS", "VICARAGE", "VILLA",
)  # fmt: skip
_HOUSE_NAMED = "|".join(_NAMES_OF_HOUSES)
_BEFORE_STREET = rf"^.+ (?:{_HOUSE_NAMED}) .+ "
# (own) A house in one word, by how it ends, before a street that many villages have.
_ENDS_OF_WORDS = ("BANK", "COT", "COTT", "CREST", "CROFT", "DENE", "HAVEN", "HOLME", "LANDS", "LEA", "NOOK", "VIEW")
_HOUSE_IN_A_WORD = f"[A-Z]{{3,}}(?:{'|'.join(_ENDS_OF_WORDS)}) "
_HOUSE_ENDS = (*(f" {word}" for word in _NAMES_OF_HOUSES if word not in ("BUILDINGS", "HOUSE")), *_ENDS_OF_WORDS)  # but after these two all is cut
_VILLAGE_STREET = "(?:CHAPEL|CHURCH|MILL|SCHOOL|STATION) (?:LANE|ROAD|STREET)"
_TOWN_STREET = r" LE STREET$"  # Chester-le-Street
_HOUSE_LIKE_STREET = r"^THE [A-Z]+$"  # The Grove, The Gardens: of two streets that stand beside each other no other is surely a house
_STREET_FIRST = r"^(?:AVENIDA|AVENUE|BOULEVARD|CALLE|CHAUSSEE|ROUTE|RUA|RUE|ULICA|VIA|VIALE) "  # (own) how a street begins abroad
_STREET_WORD = r"(?:GASSE|GRACHT|LAAN|STEENWEG|STRAAT|STRASSE)$"  # (own) and ends
_HOUSE_LAST = r"(?:BUILDINGS?|CENTER|CENTRE|CHAMBERS|COTTAGES?|COURT|FARM|HALL|HOUSE|LODGE|MANOR|PLAZA|TOWERS?|VILLAS?)$"


def is_street_alone(piece: pl.Expr) -> pl.Expr:
    """Whether a piece in capitals is a street without a number: LONDON ROAD, RUE HAUTE. With a house before it, as in ROSE COTTAGE MILL LANE, it is none. Null stays null."""
    ends = piece.str.contains(rf"^[^0-9|=]*(?:{_alternatives('street')})(?: (?:{'|'.join(_COMPASS)}))?$") & ~piece.str.contains(_BEFORE_STREET)
    abroad = piece.str.contains(r"^[^0-9|=]+$") & piece.str.contains(rf"{_STREET_FIRST}|{_STREET_WORD}") & ~piece.str.contains(_HOUSE_LAST)
    return ends | abroad


def is_house_name(name: pl.Expr) -> pl.Expr:
    """Whether a name in capitals, which stands in the place of a house's, is one: UNKNOWN is not, HOME and THE GROVE are. Null stays null."""
    return ~_in_words(name).str.contains(rf"^{_HOUSE_FILLERS}$")


def _streets(texts: pl.DataFrame) -> pl.DataFrame:
    """Column text; with `street`, the first piece that is one and has no number, and `next_street`, the second: where the first is the house."""
    cut = _in_pieces(texts.with_columns(pl.col("text").alias("cut")))["cut"].str.replace_all("_", " ")
    alone = _pieces(cut).filter(is_street_alone(pl.col("piece"))).unique(maintain_order=True)
    streets = alone.group_by("of").agg(pl.col("piece").first().alias("street"), pl.col("piece").get(1, null_on_oob=True).alias("next_street"))
    return texts.with_row_index("of").join(streets, on="of", how="left", maintain_order="left").select("text", "street", "next_street")


def _box_in_words(box: pl.Expr) -> pl.Expr:
    """As it is read: a column for boxes mostly has the bare number, which would look like a house's. A number of zeros says nothing, and stays as it is."""
    is_bare = box.str.contains(r"^\s*[A-Za-z]?[ -]?[0-9]*[1-9][0-9]*\s*$")
    return pl.when(is_bare).then(pl.concat_str(pl.lit("PO Box "), box.str.strip_chars())).otherwise(box)


@cache
def _steps() -> tuple[pl.Expr, ...]:
    """From a text to its pieces, each on the last one's `cut`. Made once: of few texts, to write the expressions down takes longer than the work."""
    return tuple(step(pl.col("cut")).alias("cut") for step in (_cleaned, _without_postcode, _canonical_words, _without_care_of, _cut))


def _box_number() -> pl.Expr:
    """A PO box without its words; null where it says nothing (`N/A`, `PO Box 0`): a box stands for the whole address."""
    return for_some(_number_of_box, pl.col("po_box"), where=pl.Expr.is_not_null)


def _number_of_box(po_box: pl.Expr) -> pl.Expr:
    number = folded(po_box).str.replace_all(r"[^0-9A-Z ]", " ").str.replace(r"^\s*(?:P\s*O\s*)?(?:BOX)?\s*(?:NO )?", "")
    return _told(number.str.strip_chars())


def _with_box(lines: pl.Expr, box_number: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.concat_str(pl.lit("PO BOX "), box_number), lines, separator=", ", ignore_nulls=True)


def _cleaned(text: pl.Expr) -> pl.Expr:
    """Capitals, `|` at commas and at both ends, two blanks around every word, numbers as 10-12 and 12A."""
    plain = (
        folded(text)
        .str.replace_all(CARE_OF, " CAREOF ")
        .str.replace_all(r"\bP\.?\s*O\.?\s*BOX\b", " POBOX ")
        .str.replace_all(r"( POBOX +[A-Z])[ -]*([0-9])", "$1$2")
        .str.replace_all(r"[.'’`´\"]", "")
        .str.replace_all("&", " AND ", literal=True)
        .str.replace_all(r"([0-9][A-Z]?)\s*[-–/]\s*([0-9])", "$1-$2")
        .str.replace_all(r"[,;\n]", " | ")
        .str.replace_all(r"[^\p{L}\p{N}|-]+|(?:^|\s)-|-(?:\s|$)", " ")
        .str.replace_all(r"([^0-9A-Z])-|([^0-9])-([^0-9])", "$1$2 $3")
        .str.replace_all(r"((?:^|[\s,])[0-9]+) ([A-H])(\s)", "$1$2$3")
    )
    return for_some(_with_its_number, _blanks(pl.concat_str(pl.lit(" | "), plain, pl.lit(" | "))), where=_has_bare_box).str.replace_all(" ", "  ", literal=True)


def _has_bare_box(text: pl.Expr) -> pl.Expr:
    return text.str.contains(" POBOX | ", literal=True)


def _with_its_number(text: pl.Expr) -> pl.Expr:
    """`PO Box, 22644`: a number alone in the next piece is the box's."""
    return text.str.replace_all(r" POBOX (?:\| )+([A-Z]{0,2}[0-9]*[1-9][0-9]*) \|", " POBOX $1 |")


def _blanks(text: pl.Expr) -> pl.Expr:
    """Runs of blanks to one. No other white space is left when this is called."""
    return text.str.replace_all(" {2,}", " ")


def _without_postcode(text: pl.Expr) -> pl.Expr:
    """Postcodes and London postal districts are not numbers of a unit."""
    districts = r"\|  (?:LONDON  )?(?:EC|WC|[ENSW]|N[WE]|S[EW])[0-9]{1,2}[A-Z]?  \|"
    return (
        text.str.replace_all(r"  ([A-Z]{1,2}[0-9][A-Z0-9]?  [0-9][ABD-HJLNP-UW-Z]{2})  ", "  |  ")
        .str.replace_all(rf"  {UK_POSTCODE}  ", "  |  ")
        .str.replace_all(districts, "|  |")
    )


def _canonical_words(text: pl.Expr) -> pl.Expr:
    """Whole words only: a word has two blanks of its own on either side of it, so that neighbours do not share one."""
    anywhere, last, floors = _words("anywhere"), _words("last"), _words("floor")
    marked = text.str.replace_many([f" {word} " for word in anywhere], [f" {word} " for word in anywhere.values()])
    marked = marked.str.replace_many([f" {word}  |" for word in last], [f" {word}  |" for word in last.values()])
    pairs = [(short, word, point) for short, word in last.items() for point in _COMPASS]
    marked = marked.str.replace_many([f" {short}  {point}  |" for short, _, point in pairs], [f" {word}  {point}  |" for _, word, point in pairs])
    spaced = {word.replace(" ", "  "): number for word, number in floors.items()}
    for before, after in (("", "  FLOOR"), ("", "  FL"), ("FLOOR  ", "")):
        marked = marked.str.replace_many([f" {before}{word}{after} " for word in spaced], [f" FLOOR  {number} " for number in spaced.values()], leftmost=True)
    single = _blanks(marked.str.replace_all("  ", " ", literal=True))
    single = for_some(_with_unit_numbers, single, where=_has_spelled_number).str.replace_all(r" ([0-9]+[A-Z]?) TO ([0-9]+[A-Z]? )", " $1-$2")
    return single.str.replace_all(r" NO ([0-9])", " $1").str.replace_all(r"([0-9][A-Z]?) AND ([0-9])", "$1+$2")


def _has_spelled_number(text: pl.Expr) -> pl.Expr:
    return text.str.contains_any([f" {word} " for word in FIRST_WORDS])


def _with_unit_numbers(text: pl.Expr) -> pl.Expr:
    """`UNIT ONE HUNDRED A` as UNIT 100A; what is no number stays in words."""
    return _rewritten(text, lambda one: re.sub(_spelled_unit(), _unit_in_digits, one))


@cache
def _spelled_unit() -> re.Pattern[str]:
    units = "|".join(word for word in _words("designator") if word != "FLOOR")  # 51ST FLOOR ONE NEW STREET
    return re.compile(rf"(?<= )({units}|(?<=\| )FLOOR) ({RUN})(?: ([A-Z]))?(?= )")


def _unit_in_digits(found: re.Match[str]) -> str:
    number = in_digits(found[2])
    return f"| {found[1]}={found[2]} |" if number is None else f"{found[1]} {number}{found[3] or ''}"


# (own) What a street has so many of, in its name: Seven Sisters Road, One Tree Lane, Six Mile Bottom Road.
_COUNTED = r"\b(?:ACRE|ASH|BELL|BRIDGE|BUTT|COLT|DIAL|ELM|FIELD|FOOT|GATE|HILL|HUNDRED|KING|MILE|OAK|PENCE|POUND|STAR|TREE|WAY|WELL)S?\b(?! ?$)|^[A-Z]+[^S ]S\b"
# Beside the streets of the vocabulary, where a number before them is a house's.
_SQUARE = "CIRCUS|EMBANKMENT|ESPLANADE|MEWS|PARADE|PLACE|PLAZA|QUAY|ROW|SQUARE|WALK|WAY"


def _with_house_numbers(text: pl.Expr) -> pl.Expr:
    """`| ONE NEW STREET |` as `| 1 NEW STREET |`, where no house number is told in digits and no house's name stands before it: that has the number of its street behind it."""
    return _rewritten(text, lambda one: one if re.search(r"\| [0-9]", one) else re.sub(_spelled_house(), _house_in_digits, one))


@cache
def _spelled_house() -> re.Pattern[str]:
    """Its number, a letter, and the street, which has a name."""
    ends = f"{_alternatives('street')}|{_SQUARE}"
    return re.compile(rf"(?<=\| )(?:NO )?({RUN})(?: ([A-H]))?(?: \|)? ((?!(?:AND|OF) )(?:[^|0-9= ]+ )+?(?:{ends}))(?= )")


def _house_in_digits(found: re.Match[str]) -> str:
    number, street = in_digits(found[1]), found[3]
    names_before = re.sub(r"[^ |]+=[^ |]+|\|", " ", found.string[: found.start()]).strip()
    if number is None or names_before or re.search(_COUNTED, street):
        return found[0]
    return f"{number}{found[2] or ''} {street}"


def _without_care_of(text: pl.Expr) -> pl.Expr:
    """A care-of name ends with its legal form, at a number, or at a comma; alone on its line it is all there is, and stays."""
    named = pl.when(text.str.contains(" CAREOF ", literal=True)).then(text)
    without = (
        named.str.replace_all(r"\| CAREOF [^|]*? (?:LTD|LIMITED|LLP|PLC|AND CO) ", "| ")
        .str.replace_all(r"\| CAREOF [^|0-9]*([0-9])", "| $1")
        .str.replace_all(r"\| CAREOF [^|0-9]*(\| [^| ])", "$1")
        .str.replace_all(" CAREOF ", " ", literal=True)
    )
    return pl.coalesce(without, text)


def _cut(text: pl.Expr) -> pl.Expr:
    """Cut after a unit's number, before a house number, after a building's name and after a street's end."""
    streets = _alternatives("street")
    numbered = (
        text.str.replace_all(rf"\b({_alternatives('designator')}) ({_UNIT_NUMBER})\b", "| $1=$2 |")
        .str.replace_all(rf" ((?:{_HOUSE_NUMBER}) [^0-9|])", " | $1")
        .str.replace_all(rf"\| ({_HOUSE_NUMBER}) (?:\| )+([^0-9|=]+ \|)", "| $1 $2")
    )
    ended = (
        for_some(_with_house_numbers, numbered, where=_has_spelled_number)
        .str.replace_all(rf" ({streets}) ({streets}|{'|'.join(_COMPASS)}) ", " ${1}_${2} ")
        .str.replace_all(rf"(\| [0-9][^| ]* [^| ]+(?: [^| ]+)*? (?:{streets})(?:_[A-Z]+)?) ([^|])", "$1 | $2")
        .str.replace_all(rf"(\| [^|0-9=]+ (?:{_alternatives('building')})) ([^|])", "$1 | $2")
        .str.replace_all(r"(\| [^|0-9=]+ COMPLEX) ([^|0-9=]+\|)", "$1 | $2")
    )
    return for_some(_with_street_cut_off, ended, where=_may_have_street)


def _may_have_street(text: pl.Expr) -> pl.Expr:
    """Cheap, to spare the others an expression: a word that may end a house's name."""
    return text.str.contains_any([f"{word} " for word in _HOUSE_ENDS])


def _with_street_cut_off(text: pl.Expr) -> pl.Expr:
    return for_some(
        _house_and_street, text, where=lambda one: one.str.contains(rf"\| [^|0-9=]+(?:{'|'.join(_HOUSE_ENDS)}) [^|0-9=]+[ _](?:{_alternatives('street')})[ _]")
    )


def _house_and_street(text: pl.Expr) -> pl.Expr:
    """`| ZED COTTAGE MILL LANE |` is a house and its street. `| MILL COTTAGE LANE |` is a street."""
    return _rewritten(text, lambda one: re.sub(_house_in_a_word(), r"\1| ", re.sub(_house_before_street(), r"\1| ", one)))


@cache
def _house_before_street() -> re.Pattern[str]:
    """The last word of a house's name has a street of two words behind it: not COTTAGE LANE behind OLD MILL, but MILL LANE behind ZED COTTAGE. Of more words, some may be the house's: ZED HALL STABLES MILL LANE."""
    no_street = "|".join(word for word in _NAMES_OF_HOUSES if word not in ("FARM", "HALL", "MANOR", "MILL", "RECTORY", "TOWER", "VICARAGE"))
    return re.compile(rf"(?<=\| )([^|0-9=]+ (?:{_HOUSE_NAMED}) )(?!(?:{no_street}) )(?=[^|0-9= ]+[ _](?:{_alternatives('street')})[ _](?!(?:{_HOUSE_NAMED}) ))")


@cache
def _house_in_a_word() -> re.Pattern[str]:
    return re.compile(rf"(?<=\| )({_HOUSE_IN_A_WORD})(?={_VILLAGE_STREET} \|)")


def _rewritten(text: pl.Expr, rule: Callable[[str], str]) -> pl.Expr:
    """By a rule of Python, whose expressions look ahead. For few texts."""
    return text.map_batches(lambda texts: pl.Series([rule(one) for one in texts], dtype=pl.String), return_dtype=pl.String, is_elementwise=True)


def _pieces(texts: pl.Series) -> pl.DataFrame:
    """of, piece: the pieces of each text, in their order; `of` counts the texts from 0.

    Rows and not lists: of a list, polars asks for every text by itself whether its pieces are wanted.
    """
    split = texts.alias("piece").to_frame().with_row_index("of").with_columns(pl.col("piece").str.split("|")).explode("piece")
    return split.with_columns(pl.col("piece").str.strip_chars()).filter(pl.col("piece") != "")


def _joined(pieces: pl.DataFrame, texts_n: int) -> pl.Series:
    """The pieces of each text, each once, in their alphabetical order, with `|` between them; blank where there is none."""
    listed = pieces.unique().sort("of", "piece").group_by("of", maintain_order=True).agg(pl.col("piece").str.join("|"))
    every = pl.select(pl.int_range(texts_n, dtype=pl.UInt32).alias("of"))
    return every.join(listed, on="of", how="left", maintain_order="left")["piece"].fill_null("")


# Pieces without a number that are a part of the house they stand beside, or ground at it, and so are no name of the house.
_POSITION = r"^(?:AT |THE |TO |GROUND )*(?:ABOVE|BEHIND|FRONT|LEFT|OVER|REAR|RIGHT)(?: OF)?(?: THE)?$"
_LAND = r"^(?:AMENITY )?LAND(?: (?:ADJ|ADJACENT|ADJOINING|AND|AT|BEHIND|BEING|BETWEEN|EAST|LYING|NEAR|NORTH|OFF|ON|OPPOSITE|REAR|SOUTH|TO|WEST)\b.*)?$|^PART(?: OF)?$"
_PART_OF_HOUSE = (
    rf"{_POSITION}|{_LAND}|\b(?:MAISONETTE|MEZZANINE|WING|[BFGLST]FF|[LU]GFF?)\b|"
    r"^(?:(?:FRONT|GARDEN|LOWER|OLD|REAR|THE|TOP|UPPER) )*(?:ATTIC|CELLAR|COACH HOUSE|GARAGE|LODGE|LOFT|LOWER|SHOP|STUDIO|UPPER)$"
)
# What may be a village after the house's piece, where it does not say of what it is a part: Over, Wing, Shop.
_VILLAGE = r"^(?:(?:LOWER|OLD|THE|UPPER) )*(?:LAND|LODGE|LOFT|OVER|SHOP)$|^WING$"
# Words of these.
_PARTS_OF_HOUSES = (
    "MAISONETTE", "MEZZANINE", "WING", "BFF", "FFF", "GFF", "LFF", "SFF", "TFF", "LGF", "LGFF", "UGF", "UGFF", "ATTIC", "CELLAR", "COACH HOUSE", "GARAGE", "LODGE", "LOFT", "LOWER", "SHOP", "STUDIO",
    "UPPER", "ABOVE", "BEHIND", "FRONT", "LEFT", "OVER", "REAR", "RIGHT", "LAND", "PART", "FL",
)  # fmt: skip


def parts_of_houses() -> tuple[str, ...]:
    """Regular expressions of words: a text is plain where it has none of them. The last is a unit with its number in words."""
    return (*_PARTS_OF_HOUSES, rf"(?:{_alternatives('designator')}) (?:{'|'.join(FIRST_WORDS)})")


def _chosen(pieces: pl.DataFrame) -> pl.DataFrame:
    """A PO box alone; else the pieces with a number, with the house's parts, or the first name if there is no house number; else the first name. A filler is no name.

    of, piece: as `_pieces` gives them.
    """
    piece, of_text = pl.col("piece"), pl.col("of")
    told = pieces.with_columns(
        is_box=piece.str.starts_with("POBOX="),
        is_numbered=piece.str.contains(r"[0-9=]|\b(?:FLAT|BASEMENT|ANNEXE?|PENTHOUSE)\b"),
        is_part=piece.str.contains(_PART_OF_HOUSE),
        is_position=piece.str.contains(_POSITION),
        has_house_number=piece.str.contains(r"^[0-9]").any().over(of_text),
        has_box=piece.str.starts_with("POBOX=").any().over(of_text),
    ).with_columns(is_name=~pl.col("is_numbered") & ~pl.col("is_position") & ~_only_fills_lines(piece))
    told = _without_villages(told)
    is_first_box = pl.col("is_box") & (pl.col("is_box").cum_sum().over(of_text) == 1)
    is_first_name = pl.col("is_name") & (pl.col("is_name").cum_sum().over(of_text) == 1)
    beside_number, beside_none = pl.col("is_part"), pl.col("is_position") | is_first_name
    in_house = pl.col("is_numbered") | pl.when("has_house_number").then(beside_number).otherwise(beside_none)
    return told.filter(pl.when("has_box").then(is_first_box).otherwise(in_house)).select("of", "piece")


def _without_villages(told: pl.DataFrame) -> pl.DataFrame:
    """Without the pieces behind the house's that are rather its village than a part of it."""
    may_be = told.select(pl.col("is_part") & pl.col("piece").str.contains(_VILLAGE)).to_series()
    if not may_be.any():
        return told
    is_house = pl.when("has_house_number").then(pl.col("piece").str.contains(r"^[0-9]")).otherwise("is_name")
    return told.filter(~(may_be & told.select((is_house.cum_sum().over("of") - is_house.cast(pl.UInt32)) > 0).to_series()))


def _town() -> pl.Expr:
    """The locality in capitals where a unit needs it, without a postcode; null where it only fills its field."""
    needed = pl.when(pl.col("postcode").is_null()).then("locality")
    return for_each_distinct(lambda place: _told(collapsed(folded(place).str.replace_all(r"[^\p{L}\p{N}]+", " "))), needed)


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


# --- islands: one building is written with its town, its island or both, and with a district or a postcode that a whole town has ---------

_BUILDING_ENDS = "BUILDING|CHAMBERS|HALL|HOUSE|MALL|PLAZA|TOWER"  # what follows on the same line is a street, a floor or another building
_DISTRICT_NUMBER = "(?:[0-9]{1,2}|L?I{1,3}|I I)"  # WICKHAMS CAY 2, II, 11
_COMPANY = r"\| [^|0-9]* (?:LTD|LIMITED) (?:\| )?"
_IN_CARE_OF_A_BUILDING = rf" CAREOF ([^|]* (?:CENTRE|POBOX [0-9]+|{_BUILDING_ENDS}) )"  # which is where it is


@dataclass(frozen=True)
class _Island:
    """How an island is written, as regular expressions of words with a blank or a comma between them.

    name: in the key. end: the end of an address that is on it. own: names of no other place. places: names and postcodes. districts: parts of its towns.
    """

    name: str
    country: str
    end: str
    own: str
    places: str
    districts: str


@cache
def _islands() -> tuple[_Island, ...]:
    listed = vocabulary("address_islands")
    return tuple(_island(listed.filter(country=country), country) for country in listed["country"].unique(maintain_order=True))


def _island(listed: pl.DataFrame, country: str) -> _Island:
    def spelled(*kinds: str) -> list[str]:
        return listed.filter(pl.col("kind").is_in(kinds))["name"].to_list()

    def any_of(names: Sequence[str]) -> str:
        return "|".join(name.replace(" ", "[ |]+") for name in sorted(names, key=len, reverse=True)) or r"[^\s\S]"

    name, names = spelled("island")[0], spelled("island", "town", "shared_town")
    places = rf"{any_of(names)}|{country.upper()} ?[0-9](?:[ -]?[0-9]){{2,5}}"  # VG1110, KY1-1104
    end = "|".join([any_of([key for key, code in lookup("countries", "key", "code").items() if code == country]), places])
    return _Island(name, country, rf" (?:{end})(?:[ |]+(?:{end}))*[ |]*$", any_of(spelled("island", "town")), places, any_of(spelled("district")))


def _may_be_on_island(written: pl.DataFrame) -> pl.Series:
    """Few are, and they cost: the country is one of theirs or not known, there is no British postcode, and the name of one is somewhere, as it is mostly written."""
    names = [*vocabulary("address_islands").filter(pl.col("kind").is_in(["island", "town", "shared_town"]))["name"], "MAHÉ", "GHUT"]
    is_british = pl.col("postcode").str.contains(rf"^{UK_POSTCODE_SPACED}$").fill_null(False)
    is_abroad = (pl.col("country").is_null() | pl.col("country").is_in([island.country for island in _islands()])) & ~is_british
    is_open = written.select(is_abroad).to_series()
    is_named = pl.any_horizontal(pl.col(column).str.to_uppercase().str.contains_any(names) for column in ("lines", "locality"))
    return spread(written.filter(is_open).select(is_named.fill_null(False)).to_series(), is_open).fill_null(False)


@cache
def _buildings_of_boxes() -> dict[str, str]:
    """Listed buildings on islands that have one PO box → the box: it is the agent's, who is written to at either."""
    listed = vocabulary("address_vocabulary").filter(pl.col("po_box").is_not_null() & (pl.col("country") != "gb").fill_null(True))
    few = listed.filter(pl.col("po_box").n_unique().over("lines") == 1)
    return dict(few.select(folded(pl.col("lines")), "po_box").iter_rows())


def _island_units(written: pl.DataFrame) -> pl.Series:
    """unit_key of addresses on a listed island; null for those of elsewhere, blank for those that tell no more than a district or a floor.

    The island stands for its towns, postcodes and districts. A company's name is no part of a unit, but where nothing else is told.
    In steps, each on few rows: of few texts, to make the expressions ready takes longer than the work.
    """
    lines = _with_box(pl.concat_str("lines", "locality", separator=", ", ignore_nulls=True), pl.col("po_box"))
    words = written.select("country", lines.alias("text"))
    for step in (_cleaned, _canonical_words, _where_care_is_taken, _without_care_of):
        words = words.with_columns(step(pl.col("text")).alias("text"))
    keys = pl.Series("unit_key", [None], dtype=pl.String).new_from_index(0, words.height)
    for island in _islands():
        is_here = _is_on(island, words)
        if is_here.any():
            keys = keys.zip_with(~is_here, spread(_units_on(island, words.filter(is_here)["text"]), is_here))
    return keys


def _where_care_is_taken(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_IN_CARE_OF_A_BUILDING, " $1")


def _is_on(island: _Island, words: pl.DataFrame) -> pl.Series:
    """Whether the end of a text in words is on the island. Never null."""
    ended = words.select("country", pl.col("text").str.extract(f"({island.end})", 1).alias("end"))
    is_of_country, is_named = pl.col("country") == island.country, pl.col("end").str.contains(rf"[ |](?:{island.own})[ |]")
    is_here = (is_named | is_of_country & pl.col("end").str.contains(rf"[ |](?:{island.places})[ |]")).fill_null(False)
    return ended.select(is_here & is_of_country.fill_null(True)).to_series()


def _units_on(island: _Island, texts: pl.Series) -> pl.Series:
    """unit_key of texts in words that end on the island; blank where nothing is told."""
    bare = texts.to_frame("text")
    for step in (
        pl.col("text").str.replace(island.end, " | "),
        pl.col("text").str.replace_all(rf"(?: (?:{island.places}))+ \|", " |"),
        pl.col("text").str.replace_all(rf" (?:{island.districts})(?: {_DISTRICT_NUMBER})? ", " | "),
        pl.col("text").str.replace_all(rf"(\| [^|0-9=]+ (?:{_BUILDING_ENDS})) (\pL{{2}})", "$1 | $2"),
    ):
        bare = bare.with_columns(step.alias("text"))
    units = _told_units(bare.select(pl.col("text").str.replace_all(_COMPANY, "| ")))
    if units.has_nulls():
        units = units.zip_with(units.is_not_null(), _told_units(bare))
    return (f"{island.name}|{island.country}|" + units).fill_null("")


def _told_units(bare: pl.DataFrame) -> pl.Series:
    """Null where only a floor or a suite is told, which are anywhere. A number without a street is none of a house."""
    cut = bare.select(_with_known_box(pl.col("text")).alias("text")).select(_cut(pl.col("text")).alias("text"))["text"]
    chosen = _chosen(_pieces(cut).filter(~pl.col("piece").str.contains(r"^[0-9]+$")))
    told = chosen.filter(pl.col("piece").str.contains(r"^POBOX=|^[^=]*\pL{2}[^=]*$").any().over("of"))
    return _joined(told, cut.len()).to_frame("unit").select(_telling(pl.col("unit").str.replace_all("[=_]", " "))).to_series()


def _with_known_box(text: pl.Expr) -> pl.Expr:
    named = text
    for building, box in _buildings_of_boxes().items():
        named = named.str.replace(rf"\| {building} \|", f"| POBOX {box} |")
    return pl.when(text.str.contains(" POBOX ", literal=True)).then(text).otherwise(named)


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
        listed, lines=[pl.col("lines")], locality=pl.col("locality"), country=pl.col("country"), postcode_text=pl.col("postcode"), po_box=pl.col("po_box")
    ).select("address_class", pl.col("a_unit_key").alias("unit_key"))
    units = pl.concat([keyed, _single_houses(keyed)]).unique("unit_key", keep="first", maintain_order=True)
    return units.select(address_id(pl.col("unit_key")).alias("address_id"), "address_class", "unit_key")


def _single_houses(listed: pl.DataFrame) -> pl.DataFrame:
    """address_class, unit_key: of `PLACE|71-75 STREET` those of 71, 73 and 75, which are on one side of the street."""
    parts = listed.with_columns(
        pl.col("unit_key").str.extract_groups(r"^(?<place>[^|]+)\|(?<first>[0-9]+)-(?<last>[0-9]+) (?<street>[^|]+)$").alias("of")
    ).unnest("of")
    houses = parts.with_columns(pl.int_ranges(pl.col("first").cast(pl.Int64), pl.col("last").cast(pl.Int64) + 1, 2).alias("house"))
    few = houses.filter(pl.col("house").list.len().is_between(2, _HOUSES_MAX)).explode("house")
    return few.select("address_class", pl.format("{}|{} {}", "place", "house", "street").alias("unit_key"))


def only_fills_sql(text: str) -> str:
    """SQL: whether an address only fills its field. No filler has a digit above 0, and to look for one is a hundred times as fast."""
    return (
        f"case when regexp_matches({text}, '[1-9]') then false else regexp_full_match(regexp_replace(upper({text}), '{_NO_WORD}', ' ', 'g'), '{_FILLERS}') end"
    )


def in_care_sql(care_of: str, text: str) -> str:
    """SQL: whether an address is somebody else's, to whose care the letters go. `care_of`: the field for it, which may be filled with nothing."""
    is_filled = f"case when coalesce({care_of}, '') = '' then false else not {only_fills_sql(care_of)} end"  # few are
    return f"({is_filled} or regexp_matches(upper({text}), '{CARE_OF}'))"


def in_unit_sql(unit: str, listed: str) -> str:
    """SQL: whether a unit is the `listed` one or a part of it, such as a suite of an agent's building. Both are unit keys."""
    place, listed_place = (f"regexp_extract({key}, '{_PLACE_OF_KEY}')" for key in (unit, listed))
    return f"({place} = {listed_place} and contains({unit} || '|', substr({listed}, length({listed_place}) + 1) || '|'))"
