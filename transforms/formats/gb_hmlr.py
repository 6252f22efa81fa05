"""Columns, trailer and multi-unit addresses of HM Land Registry's ownership files (CCOD, OCOD).

`gb_hmlr_titles` turns their records into statements.

The publisher's multiple-address indicator is N for many addresses that list units, so `expand_units` parses
the address itself. It follows the register's usual wording: numbers in lists, `(even)`, `(inclusive)`, one
postcode in brackets after each group, and land described by what it adjoins.
"""

import re
from collections.abc import Iterator
from datetime import date

import orjson
import polars as pl

from transforms.model.register import SourceField
from transforms.model.source import Finder, Offer
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED, uk_postcode

PROPRIETORS_N = 4
ADDRESSES_N = 3  # addresses for service of one proprietor
# The files have dashes; the publisher's specification and some exports have slashes.
DATE_FORMAT = "%d-%m-%Y|%d/%m/%Y"
TRAILER = r'^"?Row Count:'
TENURE_CODES = {"Freehold": "freehold", "Leasehold": "leasehold"}
YES_NO = {"Y": True, "N": False}


def proprietor_columns(position: int) -> tuple[str, str, str, tuple[str, ...]]:
    """Native names of a proprietor's name, number, category and addresses."""
    addresses = tuple(f"Proprietor ({position}) Address ({number})" for number in range(1, ADDRESSES_N + 1))
    return (
        f"Proprietor Name ({position})",
        f"Company Registration No. ({position})",
        f"Proprietorship Category ({position})",
        addresses,
    )


def country_column(position: int) -> str:
    """Native name of a proprietor's country of incorporation (OCOD only)."""
    return f"Country Incorporated ({position})"


def proprietor_fields(
    position: int, categories: tuple[str, ...], *, with_country: bool = False
) -> tuple[SourceField, ...]:
    """Fields of one proprietor. The first one's name is mandatory, because every title has a proprietor."""
    name, number, category, addresses = proprietor_columns(position)
    return (
        SourceField(name, mandatory=position == 1),
        SourceField(number),
        SourceField(category, "category", known=categories),
        *((SourceField(country_column(position)),) if with_country else ()),
        *(SourceField(address) for address in addresses),
    )


TOTAL_DIGITS_MAX = 12  # (own) a longer number is not a count of records


def declared_totals(raw: bytes) -> int | None:
    """The total of a trailer line (`Row Count:,386`); None if it has no number of at most TOTAL_DIGITS_MAX
    digits.
    """
    digits = re.sub(rb"[^0-9]", b"", raw.split(b":", 1)[-1])
    return int(digits) if 0 < len(digits) <= TOTAL_DIGITS_MAX else None


# --- units of a property address --------------------------------------------------------------------------

# Not a unit: land described by what it adjoins, or something without an address of its own.
_NO_UNIT = (
    r"(?i)^\W*(?:(?:all|the|those|that|an?|part of|parts of|piece of|parcel of|plots? of|amenity"
    r"|site of|freehold|leasehold|being|former|strip of) )*"
    r"(?:land(?:\b[^'’\w]|$)|air ?space|mines?\b|minerals?\b|(?:an? )?(?:electricity |electric "
    r")?sub[- ]?stations?\b|gas governor|open spaces?\b|verges?\b"
    r"|roads?\b|roadways?\b|footpaths?\b|driveways?\b|access ?ways?\b|properties in\b|(?:garages?"
    r"|parking spaces?|car ports?|car parks?) (?:at|on|in|to|lying)\b"
    r"|parking spaces?\b[^0-9]*$|roof ?space)"
    r"|\b(?:lying (?:to|on)|adjoining|adjacent to|forming part of|sides? of|at the (?:back|rear|front"
    r"|side) of|to the (?:back|rear|front|north|south|east|west)\w*(?: \w+)? of)\b"
    r"|\b(?:electricity )?sub[- ]?station(?: site)?\b"
)
# Addresses that may list several units; any other address is one unit.
_MAY_LIST = (
    r"(?i)\band\b|&|\((?:even|odd|incl)|[0-9][a-z]?\s*[,/]\s*[0-9]|\bto [0-9]"
    rf"|{UK_POSTCODE_SPACED}.*{UK_POSTCODE_SPACED}"
)

_DESIGNATOR = (
    r"(?:flat|apartment|unit|plot|suite|office|room|shop|garage|block|studio|workshop|car port|parking "
    r"space|bay|house|maisonette|bungalow)"
)
_NUMBER = r"[0-9]+[a-z]?(?![0-9a-z])"
_MARK = r"\s*\((?:evens?|odds?|incl?(?:usive|\.)?|consecutive)[^)]*\)"
_ITEM = rf"{_NUMBER}(?:\s*(?:-|–|to)\s*{_NUMBER})?(?:{_MARK})?"
_COMMA = r"\s*[,/]\s*"
_AND = r"\s*,?\s*(?:and\b|&)\s*,?\s*"
_LIST = rf"{_ITEM}(?:{_COMMA}{_ITEM})*(?:{_AND}{_ITEM})?"
_LETTERS = rf"[a-z][0-9]*(?:{_COMMA}[a-z][0-9]*)*{_AND}[a-z][0-9]*(?=\s*,)"
_I = re.IGNORECASE
_GROUP = re.compile(
    (
        r"\s*(?P<before>[^0-9,]*?[^0-9,\s]\s*,\s*)?(?:(?P<word>(?:[a-z]+ floor "
        rf")?{_DESIGNATOR})(?P<plural>s?)\s+(?P<ids>{_LIST}|{_LETTERS})"
        rf"|(?P<numbers>{_LIST})(?=\s*,?\s*[a-z]))"
    ),
    _I,
)
_WORD_AT_HOUSE = re.compile(rf"\s*,\s*{_LIST}(?=\s+[a-z])", _I)
_HOUSE_IN_LIST = re.compile(rf"\s*,\s*{_NUMBER}(?:\s*(?:-|–|to)\s*{_NUMBER})?$", _I)
_NEXT_GROUP = re.compile(rf"\s*,?\s+(?:and|&)\s+(?=(?:{_DESIGNATOR}s?\s+)?[0-9])", _I)
_ACCESSORY = re.compile(
    r"(?i),?\s+(?:and|with)\s+(?:an?\s+|the\s+)?(?:garages?|(?:car )?parking spaces?|stores?|storage"
    r"|car ports?|sheds?|gardens?|land|bin stores?|outbuildings?)\b[^,(&]*"
)
_BRACKETED = re.compile(rf"\(?\s*\b({UK_POSTCODE_SPACED})\b\s*\)?")
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|–|to)\s*({_NUMBER})\s*(\(.*\))?", _I)
_RANGE_MAX = 500  # (own) numbers in one range; a longer range is not expanded


def listed_units(address: str, postcode: str | None) -> list[tuple[str, str | None]]:
    """Units of an address that is not land, in order: each unit's one-line address and postcode.

    `postcode` is used if the address has none of its own.
    """
    return [
        (text, own or postcode)
        for part, own in _by_postcode(_ACCESSORY.sub("", address))
        for text in _units_in(part)
    ]


def _by_postcode(address: str) -> Iterator[tuple[str, str | None]]:
    """Groups of units, each ended by its postcode; text after the last postcode counts if it has a number."""
    pieces = _BRACKETED.split(address)
    for text, own in zip(pieces[0::2], [*pieces[1::2], None], strict=True):
        trimmed = re.sub(r"(?i)^[\s,;.]*(?:and\b|&)?[\s,]*|[\s,;.]+$", "", text)
        if trimmed and (own is not None or len(pieces) == 1 or re.search("[0-9]", trimmed)):
            yield trimmed, own


def _units_in(part: str) -> list[str]:
    """Unit addresses of one group; the group itself if it lists nothing."""
    group = _GROUP.match(part)
    if group is None:
        return [part]
    if group["word"] is None:
        here, beyond = _rest(part, group.end("numbers"))
        items = _numbers(group["numbers"])
        prefix = group["before"] if len(items) == 1 and group["before"] else ""
        return [f"{prefix}{item} {here.lstrip(' ,')}" for item in items] + [
            unit for other in beyond for unit in _units_in(other)
        ]
    ids, end = _designated(group)
    here, beyond = _rest(part, end)
    before = group["before"] or ""
    others = [unit for other in beyond for unit in _units_in(other)]
    street = here.lstrip(" ,")
    if not street and others and others[-1].startswith(group["word"]):
        street = others[-1].partition(", ")[2]  # `Flat 1 and Flat 2, 10 High Street`
    return [f"{before}{group['word']} {item}, {street}" for item in ids] + others


def _designated(group: re.Match[str]) -> tuple[list[str], int]:
    """Numbers after `Flat` or `Units`, and their end in the text.

    In `Flat 2, 10 High Street` the number is 2: after a singular word, a comma does not continue a list. In
    `Flats 1 to 6, 25 High Street` the last number is the house's, as no `and` comes before it.
    """
    listed = group["ids"]
    if re.search(r"(?i)\band\b|&", listed):
        return _numbers(listed), group.end("ids")
    if group["plural"]:
        is_before_street = re.match(r"(?i)\s+[a-z]", group.string[group.end("ids") :])
        house = _HOUSE_IN_LIST.search(listed) if is_before_street else None
        units = listed[: house.start()] if house else listed
        return _numbers(units), group.start("ids") + len(units)
    first = re.match(rf"{_ITEM}|\S+", listed, _I)
    assert first is not None
    return _numbers(first.group()), group.start("ids") + first.end()


def _rest(part: str, end: int) -> tuple[str, list[str]]:
    """The text between the numbers and the next group, and the next groups."""
    house = _WORD_AT_HOUSE.match(part, end)
    kept = house.end() if house else end
    here, *beyond = _NEXT_GROUP.split(part[kept:], maxsplit=1)
    return part[end:kept] + here, beyond


def _numbers(listed: str) -> list[str]:
    items = re.split(rf"{_AND}|{_COMMA}", listed, flags=_I)
    return [number for item in items if item.strip() for number in _range(item.strip())]


def _range(item: str) -> list[str]:
    match = _RANGE.fullmatch(item)
    if match is None:
        return [item]
    low, high, mark = match.groups()
    unmarked = f"{low}-{high}"
    if not mark or not (low.isdigit() and high.isdigit()) or not 0 <= int(high) - int(low) <= _RANGE_MAX:
        return [unmarked]
    step = 2 if re.match(r"\((?:even|odd)", mark, _I) else 1
    return [str(number) for number in range(int(low), int(high) + 1, step)]


def expand_units(titles: pl.DataFrame, address: str, postcode: str) -> pl.DataFrame:
    """One row for each unit: record_no, position (from 1), unit_text, unit_postcode. Land has no row.

    titles: record_no and the native columns named by `address` and `postcode`. The latter is used if the
    address has no postcode of its own. Most addresses are one unit and stay as they are. A range such as
    `40-41 Calver Close` may be one building, so it is expanded only with (even), (odd) or (inclusive).
    """
    stated = titles.select(
        "record_no", pl.col(address).alias("unit_text"), uk_postcode(pl.col(postcode)).alias("unit_postcode")
    ).filter(pl.col("unit_text").is_not_null() & ~pl.col("unit_text").str.contains(_NO_UNIT))
    may_list = pl.col("unit_text").str.contains(_MAY_LIST)
    several = stated.filter(may_list)
    whole = stated.filter(~may_list).with_columns(pl.lit(1, dtype=pl.Int64).alias("position"))
    columns = ("record_no", "position", "unit_text", "unit_postcode")
    return pl.concat([whole.select(columns), _listed(several).select(columns)]).sort("record_no", "position")


def _listed(stated: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (record_no, position, *unit)
        for record_no, text, own in stated.iter_rows()
        for position, unit in enumerate(listed_units(text, own), start=1)
    ]
    schema = {"record_no": pl.Int64, "position": pl.Int64, "unit_text": pl.String, "unit_postcode": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(uk_postcode(pl.col("unit_postcode")))


def town(address: pl.Expr) -> pl.Expr:
    """The last comma-separated piece of a one-line address without its postcode."""
    return last_pieces(without_postcode(address), 1)


def without_postcode(address: pl.Expr) -> pl.Expr:
    """A one-line address without its postcode, and without an accessory garage or garden."""
    return (
        address.str.replace_all(_ACCESSORY.pattern, "")
        .str.replace_all(rf"\(?\s*{UK_POSTCODE_SPACED}\s*\)?", "")
        .str.strip_chars(" ,.")
    )


def last_pieces(bare: pl.Expr, pieces_n: int) -> pl.Expr:
    """The last comma-separated pieces of a one-line address."""
    return bare.str.extract(rf"([^,]+(?:,[^,]+){{0,{pieces_n - 1}}})$", 1).str.strip_chars()


MONTHS = r"^(?:CCOD|OCOD)_(?:FULL|COU)_(?P<year>\d{4})_(?P<month>\d{2})\.zip$"
UPDATES = r"_COU_"


def files_of_api(product: str) -> Finder:
    """Finds the full files and the files of changes in the list of the publisher's API, whose addresses
    answer with a signed address. product: CCOD or OCOD, with which the names begin.
    """

    def offers(body: bytes, address: str) -> list[Offer]:
        resources = orjson.loads(body).get("result", {}).get("resources", [])
        names = {str(resource.get("file_name")) for resource in resources}
        matches = [match for name in sorted(names) if (match := re.match(MONTHS, name))]
        return [
            Offer(f"{address}/{match[0]}", match[0], date(int(match["year"]), int(match["month"]), 1))
            for match in matches
            if match[0].startswith(product)
        ]

    return offers
