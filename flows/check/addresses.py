"""Match an address: its unit; else its postcode and what is in the same building; else its street and place.

The unit is that of the release (`transforms.values.addresses`). All but the unit and the postcode are
candidates.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import polars as pl

from flows.check.input import Question
from flows.check.streets import address_words, match_streets
from flows.facts.certainty import AddressSearch, Match
from flows.facts.party import units
from transforms.model.sql import Connection, frame
from transforms.values.addresses import with_address
from transforms.values.addresses.postcodes import postcode, uk_postcode_in

UNITS_SQL = f"""
select postcode, address_id, address_text
from ({units("{condition}")})
order by address_id
"""
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
    in_building = [row for row, found in of_postcode.items() if len(found) > 1]
    of_street, searches = match_streets(connection, rest.filter(~pl.col("row").is_in(in_building)))
    for found in (of_postcode, of_street):
        for row, others in found.items():
            matches.setdefault(row, []).extend(others)
    return matches, {row: searches.get(row, BY_POSTCODE) for row in keyed["row"]}


def _keyed_questions(questions: Sequence[Question]) -> pl.DataFrame:
    """row, line, a_address_id, a_unit_key, a_postcode. A postcode alone has no unit."""
    rows = pl.DataFrame(
        [(question.row, question.address or None, question.postcode or None) for question in questions],
        schema={"row": pl.Int64, "line": pl.String, "code": pl.String},
        orient="row",
    )
    code = pl.coalesce(postcode(pl.col("code"), pl.lit("gb")), uk_postcode_in(pl.col("line")))
    return _with_unit(rows, code)


def _with_unit(rows: pl.DataFrame, code: pl.Expr) -> pl.DataFrame:
    country = pl.lit(None, dtype=pl.String)
    return with_address(rows, lines=[pl.col("line")], country=country, postcode_text=code)


def _units(connection: Connection, column: str, values: pl.Series) -> pl.DataFrame:
    """postcode, address_id, address_text of the units that have one of these values."""
    query = UNITS_SQL.replace("{condition}", f"{column} in (select unnest($values))")
    return frame(connection, query, {"values": values.drop_nulls().unique().sort().to_list()})


def _same_unit(connection: Connection, keyed: pl.DataFrame) -> dict[int, list[Match]]:
    units_found = _units(connection, "address_id", keyed["a_address_id"])
    known = dict(units_found.select("address_id", "address_text").iter_rows())
    why = "the same unit: postcode, number and street"
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
    is_one = units_n == 1
    known = f"{units_n} {'unit of this postcode is' if is_one else 'units of this postcode are'} known"
    if not has_unit:
        return f"{known}; no unit was given"
    return f"{known}, and {'it is not the one given' if is_one else 'the one given is not among them'}"


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
            return "the building of the unit given"
        return "a unit of the building given" if given < known else ""
    for house, other in product(map(_house, given), map(_house, known)):
        if house and other and _is_same_house(house, other):
            return f"it is {other.text}, and {house.text} was given"
    return ""


def _is_building(piece: str) -> bool:
    first, *rest = piece.split(" ")
    return bool(rest or len(first) > 1) and first not in address_words("designator")


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
