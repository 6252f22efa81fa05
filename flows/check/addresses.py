"""Match an address: by its unit, then by its postcode and building, then by its street and place.

The unit is that of the release (`transforms.values.addresses`). Everything except the unit and the postcode
gives candidates. By street and place, a unit, or a title without a unit, is a candidate if its text has the
number, every word of the street, and a word of the place or the first half of the postcode.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import polars as pl

from flows.check.input import Question
from flows.facts.certainty import AddressSearch, Match
from flows.facts.party import UnitColumn, units
from flows.facts.rows import light_frame
from flows.home.warehouse import literal
from flows.release.lookups import NOT_ASCII
from transforms.language import translated, translated_n
from transforms.model.sql import Connection, read_sql
from transforms.values.addresses import with_address
from transforms.values.addresses.number_words import words_of
from transforms.values.addresses.postcodes import (
    UK_POSTCODE_SPACED,
    dutch_postcode_in,
    postcode,
    uk_postcode_in,
)
from transforms.values.names import folded

BY_POSTCODE = AddressSearch("this address, by its postcode")


def match_addresses(
    connection: Connection, questions: Sequence[Question]
) -> tuple[dict[int, list[Match]], dict[int, AddressSearch]]:
    """Row → matches, and row → how the address was searched."""
    if not questions:
        return {}, {}
    keyed = _keyed_questions(questions)
    matches = _same_unit(connection, keyed)
    rest = keyed.filter(~pl.col("row").is_in(list(matches)))
    of_postcode = _of_postcode(connection, rest)
    in_building = [row for row, hits in of_postcode.items() if len(hits) > 1]
    of_street, searches = match_streets(connection, rest.filter(~pl.col("row").is_in(in_building)))
    for hits in (of_postcode, of_street):
        for row, others in hits.items():
            matches.setdefault(row, []).extend(others)
    return matches, {row: searches.get(row, BY_POSTCODE) for row in keyed["row"]}


def _keyed_questions(questions: Sequence[Question]) -> pl.DataFrame:
    """row, line, a_address_id, a_unit_key, a_postcode. A postcode alone has no unit."""
    rows = pl.DataFrame(
        [(question.row, question.address or None, question.postcode or None) for question in questions],
        schema={"row": pl.Int64, "line": pl.String, "code": pl.String},
        orient="row",
    )
    british = pl.coalesce(postcode(pl.col("code"), pl.lit("gb")), uk_postcode_in(pl.col("line")))
    return _with_unit(rows, pl.coalesce(british, *map(dutch_postcode_in, (pl.col("code"), pl.col("line")))))


def _with_unit(rows: pl.DataFrame, code: pl.Expr) -> pl.DataFrame:
    country = pl.when(dutch_postcode_in(code).is_not_null()).then(pl.lit("nl"))
    return with_address(rows, lines=[pl.col("line")], country=country, postcode_text=code)


def _units(connection: Connection, column: UnitColumn, values: pl.Series) -> pl.DataFrame:
    """postcode, address_id, address_text of the units that have one of these values."""
    query = f"select postcode, address_id, address_text from ({units(column)}) order by address_id"
    return light_frame(connection, query, ids=values.drop_nulls().unique().sort().to_list())


def _same_unit(connection: Connection, keyed: pl.DataFrame) -> dict[int, list[Match]]:
    units_found = _units(connection, "address_id", keyed["a_address_id"])
    known = dict(units_found.select("address_id", "address_text").iter_rows())
    why = translated("the same unit: postcode, number and street")
    return {
        row: [Match(unit, "address", known[unit], "exact_address", why)]
        for row, unit in keyed.select("row", "a_address_id").iter_rows()
        if unit in known
    }


# --- of the same postcode -----------------------------------------------------------------------------------


def _of_postcode(connection: Connection, keyed: pl.DataFrame) -> dict[int, list[Match]]:
    """The postcode, and units of the same building, of addresses whose unit is not known."""
    units_found = _units(connection, "postcode", keyed["a_postcode"]).rename({"address_text": "line"})
    known = _with_unit(units_found, pl.col("postcode")).select("postcode", "address_id", "line", "a_unit_key")
    by_postcode = known.rows_by_key("postcode")
    matches: dict[int, list[Match]] = {}
    for row, key, code in keyed.select("row", "a_unit_key", "a_postcode").iter_rows():
        if code in by_postcode:
            why = _postcode_words(len(by_postcode[code]), has_unit=key is not None)
            of_postcode = Match(code, "postcode", code, "postcode", why)
            matches[row] = [of_postcode, *_same_building(key, by_postcode[code])]
    return matches


def _postcode_words(units_n: int, *, has_unit: bool) -> str:
    if not has_unit:
        return translated_n(
            "%(n)s unit of this postcode is known; no unit was given",
            "%(n)s units of this postcode are known; no unit was given",
            units_n,
        )
    return translated_n(
        "%(n)s unit of this postcode is known, and it is not the one given",
        "%(n)s units of this postcode are known, and the one given is not among them",
        units_n,
    )


def _same_building(key: str | None, known: Iterable[tuple[str, str, str | None]]) -> list[Match]:
    """`known`: address_id, text and unit key of the units of the postcode."""
    if key is None:
        return []
    # A key has the postcode first, then the parts of the unit.
    given = frozenset(key.split("|")[1:])
    words = [
        (unit, text, _building_words(given, frozenset(other.split("|")[1:])))
        for unit, text, other in known
        if other is not None
    ]
    return [Match(unit, "address", text, "same_building", why) for unit, text, why in words if why]


def _building_words(given: frozenset[str], known: frozenset[str]) -> str:
    """How two units of a postcode are of one building; "" where they are not."""
    if any(map(_is_building, given & known)):
        if known < given:
            return translated("the building of the unit given")
        return translated("a unit of the building given") if given < known else ""
    for house, other in product(map(_house, given), map(_house, known)):
        if house and other and _is_same_house(house, other):
            return translated("it is %(known)s, and %(given)s was given", known=other.text, given=house.text)
    return ""


def _is_building(piece: str) -> bool:
    first, *rest = piece.split(" ")
    return bool(rest or len(first) > 1) and first not in words_of("designator")


class House(NamedTuple):
    """A house number, or a range of them, in a street."""

    text: str
    first: int
    last: int
    letter: str
    street: str


_HOUSE = re.compile(
    r"^(?P<text>(?P<first>\d{1,5})(?P<letter>[A-Z]?)(?:-(?P<last>\d{1,5})[A-Z]?)?) (?P<street>\D.*)$"
)


def _house(piece: str) -> House | None:
    if (parts := _HOUSE.match(piece)) is None:
        return None
    first = int(parts["first"])
    return House(parts["text"], first, int(parts["last"] or first), parts["letter"], parts["street"])


def _is_same_house(house: House, other: House) -> bool:
    """Whether one number is in the range of the other, on its side of the street, or differs by a letter."""
    if house.street != other.street or (house.letter and other.letter):
        return False
    if (house.first, house.last) == (other.first, other.last):
        return house.letter != other.letter
    narrow, wide = sorted((house, other), key=lambda one: one.last - one.first)
    step = 1 if (wide.last - wide.first) % 2 else 2
    return narrow.first == narrow.last and narrow.first in range(wide.first, wide.last + 1, step)


# --- by street and place ------------------------------------------------------------------------------------


STREETS_MAX = 20  # (own) addresses of one check: each is a search of its own
BY_BOTH = AddressSearch("this address, by its postcode, and by its number, street and place")
BY_STREET = AddressSearch("this address, by its number, street and place, because no postcode was given")
UNREAD = AddressSearch(
    "This address was not searched: a search needs a postcode, or a street and place, "
    "and neither can be read from it",
    is_done=False,
)
TOO_MANY = AddressSearch(
    "This address was not searched: no postcode was given, and a check searches "
    f"{STREETS_MAX} addresses at most by street and place; add the postcode",
    is_done=False,
)
# Ends of street names beside those of the vocabulary. (own)
STREET_ENDS = frozenset(
    [
        *("SQUARE", "WAY", "PLACE", "COURT", "HILL", "ROW", "WALK", "PARADE", "MEWS", "PARK", "YARD"),
        *("QUAY", "WHARF", "GREEN", "VIEW", "RISE"),
    ]
)
# Words that do not tell one place from another. (own)
_NO_PLACE = frozenset(
    [
        *("THE", "AND", "UPON", "NEAR", "OFF", "LAND", "BUILDINGS", "ADJOINING", "BEING", "BEHIND"),
        *("FRONTING", "ENGLAND", "WALES", "SCOTLAND", "UNITED", "KINGDOM", "GREAT", "BRITAIN"),
        *("NORTH", "SOUTH", "EAST", "WEST", "LTD", "LIMITED", "PLC", "LLP"),
    ]
)
_NUMBER = re.compile(r"[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)?")
_STORED_WORD = re.compile(r"[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)?|[A-Z]{3,}")  # that `address_word` has
_WORD_OR_COMMA = re.compile(r"[^\W_]+(?:-[0-9][^\W_]*)?|[,;()\n]")


@dataclass(frozen=True)
class Spot:
    """The numbers and words up to the end of the street, the words after it, and the outward code."""

    street: frozenset[str]
    places: frozenset[str]
    outward: str

    def nearness(self, words: frozenset[str]) -> int:
        """How many words of the place, and the outward code, a text has; 0 where it is of another street."""
        is_numbered = any(map(_NUMBER.fullmatch, self.street))
        if not self.street <= words or not (is_numbered or not any(map(_NUMBER.fullmatch, words))):
            return 0
        return len(self.places & words) + (self.outward in words)


def match_streets(
    connection: Connection, keyed: pl.DataFrame
) -> tuple[dict[int, list[Match]], dict[int, AddressSearch]]:
    """Row → matches, and row → how the address was searched, if not by its postcode alone.

    `keyed`: row, line, a_postcode.
    """
    lines = keyed.drop_nulls("line").select("row", folded(pl.col("line")), "a_postcode")
    spots = {row: _spot(capitals, code or "") for row, capitals, code in lines.iter_rows()}
    searchable = {row: spot for row, spot in spots.items() if spot.street and (spot.places or spot.outward)}
    streets = dict(list(searchable.items())[:STREETS_MAX])
    searches = dict.fromkeys(keyed.filter(pl.col("a_postcode").is_null())["row"], UNREAD)
    searches |= {row: TOO_MANY for row, spot in searchable.items() if not spot.outward}
    searches |= {row: BY_BOTH if spot.outward else BY_STREET for row, spot in streets.items()}
    by_spot = {given: _of_street(connection, given) for given in dict.fromkeys(streets.values())}
    return {row: by_spot[given] for row, given in streets.items() if by_spot[given]}, searches


def _of_street(connection: Connection, given: Spot) -> list[Match]:
    query = read_sql(__package__, "address_texts", not_ascii=literal(NOT_ASCII))
    words = sorted(filter(_STORED_WORD.fullmatch, given.street))
    texts = light_frame(connection, query, words=words)
    whole = pl.concat_str("address_text", "postcode", separator=" ", ignore_nulls=True)
    matches: list[Match] = []
    for text in texts.with_columns(capitals=folded(whole)).iter_rows(named=True):
        if nearness := given.nearness(frozenset(_words(text["capitals"]))):
            subject, kind, shown = text["subject_id"], text["subject_type"], text["address_text"]
            why = _why(given, is_title=kind == "title")
            matches.append(Match(subject, kind, shown, "similar_address", why, nearness=nearness))
    return matches


def _why(given: Spot, *, is_title: bool) -> str:
    is_numbered = any(map(_NUMBER.fullmatch, given.street))
    agreement = translated("number, street and place agree" if is_numbered else "street and place agree")
    if is_title:
        return f"{agreement} {translated('with the text of this title, which has no postcode')}"
    code = translated("the postcode is another one" if given.outward else "no postcode was given")
    return f"{agreement}; {code}"


def _spot(capitals: str, code: str) -> Spot:
    """The street ends at its last word in the vocabulary; else, as in Dutch, at the number behind its name;
    else at the first comma after a name.
    """
    words = _words(re.sub(rf"\b{UK_POSTCODE_SPACED}\b", " ", capitals))
    last_words = STREET_ENDS | words_of("street").keys()
    ends = [n for n, word in enumerate(words) if n and word in last_words]
    names = [word.isalpha() and word not in words_of("designator") for word in words]
    numbers = [n for n, word in enumerate(words) if n and names[n - 1] and _NUMBER.fullmatch(word)]
    commas = [n for n, word in enumerate(words) if n and word == "," and words[n - 1].isalpha()]
    end = next(iter((*ends, *numbers, *commas)), len(words))
    street = {word for word in words[: end + 1] if _NUMBER.fullmatch(word) or len(word) > 2}
    places = {word for word in words[end + 1 :] if word.isalpha() and len(word) > 2}
    return Spot(frozenset(street - _NO_PLACE), frozenset(places - _NO_PLACE), code.partition(" ")[0])


def _words(capitals: str) -> Sequence[str]:
    """Words in full, without apostrophes, and `,` where a piece ends."""
    plain = re.sub(r"['’`´.]", "", capitals).replace("&", " AND ")
    anywhere, last = words_of("anywhere"), words_of("last")
    whole = [anywhere.get(word, word) for word in _WORD_OR_COMMA.findall(plain)]
    return [last.get(word, word) for word in whole]
