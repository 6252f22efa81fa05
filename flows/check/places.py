"""What a check means by an address: its unit, else what is of the same building, postcode, or street and place.

The unit is the release's own (`transforms.values.addresses`). Where it is not there, units of the same postcode are compared by their pieces: the building of a
flat, a house number with or without a letter, one of several numbers. Without a postcode that helps, number, street and place are compared with the texts
of units, and of titles that have none. All but the unit and the postcode are candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from flows.check.input import Asked
from flows.facts.certainty import AddressSearch, Match
from flows.facts.party import units
from flows.home.warehouse import literal
from transforms.model.sql import Connection, frame
from transforms.values.addresses import with_address
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED, postcode, uk_postcode_in
from transforms.values.names import folded
from transforms.values.vocabulary import vocabulary

STREETS_MAX = (
    20  # (own) addresses of one check that are looked for by their street: each reads the texts of all units
)
UNITS_SQL = f"select address_id, address_text from ({units('address_id in (select unnest($ids))')}) order by address_id"
UNITS_OF_POSTCODES_SQL = f"select postcode, address_id, address_text from ({units('postcode in (select unnest($postcodes))')}) order by address_id"
BY_POSTCODE = AddressSearch("this address, by its postcode")
BY_BOTH = AddressSearch("this address, by its postcode, and by its number, street and place")
BY_STREET = AddressSearch("this address, by its number, street and place, because no postcode was given")
UNREAD = AddressSearch(
    "This address was not searched: an address is searched by its postcode, or by its street and place, and none of them can be read from what was given",
    is_done=False,
)
TOO_MANY = AddressSearch(
    f"This address was not searched: no postcode was given, and a check searches {STREETS_MAX} addresses at most by street and place; add the postcode",
    is_done=False,
)


def by_address(
    connection: Connection, asked: Sequence[Asked]
) -> tuple[dict[int, list[Match]], dict[int, AddressSearch]]:
    """Row → matches, and row → how the address was looked for."""
    if not asked:
        return {}, {}
    keyed = _units(asked)
    found = _exact(connection, keyed)
    rest = keyed.filter(~pl.col("row").is_in(list(found)))
    for row, matches in _of_postcode(connection, rest).items():
        found.setdefault(row, []).extend(matches)
    seen = {
        row
        for row, matches in found.items()
        if any(match.certainty in ("exact_address", "same_building") for match in matches)
    }
    streets, ways = _streets(rest.filter(~pl.col("row").is_in(list(seen))))
    for row, matches in _of_streets(connection, streets).items():
        found.setdefault(row, []).extend(matches)
    return found, {row: ways.get(row, BY_POSTCODE) for row in keyed["row"]}


def _units(asked: Sequence[Asked]) -> pl.DataFrame:
    """row, line, a_address_id, a_unit_key, a_postcode. A postcode alone has no unit."""
    rows = pl.DataFrame(
        {
            "row": [one.row for one in asked],
            "line": [one.address or None for one in asked],
            "code": [one.postcode or None for one in asked],
        },
        schema={"row": pl.Int64, "line": pl.String, "code": pl.String},
    )
    return _keyed(rows, pl.coalesce(postcode(pl.col("code"), pl.lit("gb")), uk_postcode_in(pl.col("line"))))


def _keyed(rows: pl.DataFrame, code: pl.Expr) -> pl.DataFrame:
    return with_address(
        rows, lines=[pl.col("line")], country=pl.lit(None, dtype=pl.String), postcode_text=code
    )


def _exact(connection: Connection, keyed: pl.DataFrame) -> dict[int, list[Match]]:
    known = dict(
        frame(
            connection, UNITS_SQL, {"ids": keyed["a_address_id"].drop_nulls().unique().sort().to_list()}
        ).iter_rows()
    )
    why = "the same unit: postcode, number and street"
    return {
        row: [Match(unit, "address", known[unit], "exact_address", why)]
        for row, unit in keyed.select("row", "a_address_id").iter_rows()
        if unit in known
    }


# --- of the same postcode -------------------------------------------------------------------------------------------


def _of_postcode(connection: Connection, keyed: pl.DataFrame) -> dict[int, list[Match]]:
    """The postcode, and units of the same building, of addresses whose unit is not there."""
    listed = frame(
        connection,
        UNITS_OF_POSTCODES_SQL,
        {"postcodes": keyed["a_postcode"].drop_nulls().unique().sort().to_list()},
    )
    known = _keyed(listed.rename({"address_text": "line"}), pl.col("postcode"))
    by_postcode = {
        str(code[0]): of_code.select("address_id", "line", "a_unit_key").rows()
        for code, of_code in known.group_by("postcode", maintain_order=True)
    }
    found: dict[int, list[Match]] = {}
    for row, key, code in keyed.select("row", "a_unit_key", "a_postcode").iter_rows():
        if code in by_postcode:
            there = by_postcode[code]
            found[row] = [
                Match(
                    code, "postcode", code, "postcode", _said_of_postcode(len(there), is_unit=key is not None)
                ),
                *_same_building(key, there),
            ]
    return found


def _said_of_postcode(units_n: int, *, is_unit: bool) -> str:
    known = (
        "1 unit of this postcode is known" if units_n == 1 else f"{units_n} units of this postcode are known"
    )
    if not is_unit:
        return f"{known}; no unit was given"
    return (
        f"{known}, and it is not the one given"
        if units_n == 1
        else f"{known}, and the one given is not among them"
    )


def _same_building(key: str | None, known: Iterable[tuple[str, str, str | None]]) -> list[Match]:
    """`known`: address_id, text, unit key."""
    if key is None:
        return []
    pieces = frozenset(key.split("|")[1:])
    said = [
        (unit, text, _how(pieces, frozenset(other.split("|")[1:])))
        for unit, text, other in known
        if other is not None
    ]
    return [Match(unit, "address", text, "same_building", why) for unit, text, why in said if why]


def _how(asked: frozenset[str], known: frozenset[str]) -> str:
    """In which way two different units of a postcode are of one building; "" where they are not."""
    if any(map(_is_building, asked & known)):
        if known < asked:
            return "the building of the unit given"
        if asked < known:
            return "a unit of the building given"
        return ""  # another flat of it
    for one in filter(None, map(_house, asked)):
        for other in filter(None, map(_house, known)):
            if one.street == other.street and (how := _how_numbers(one, other)):
                return how
    return ""


def _is_building(piece: str) -> bool:
    first, *rest = piece.split(" ")
    return bool(rest or len(first) > 1) and first not in _words_of_kind("designator")


@dataclass(frozen=True)
class _House:
    first: int
    letter: str
    last: int
    street: str

    @property
    def number(self) -> str:
        return f"{self.first}{self.letter}" if self.first == self.last else f"{self.first}-{self.last}"

    def holds(self, other: _House) -> bool:
        """Whether a single number is one of these: all of them, or those of one side of the street."""
        step = 1 if (self.last - self.first) % 2 else 2
        return (
            self.first < self.last
            and other.first == other.last
            and other.first in range(self.first, self.last + 1, step)
        )


_HOUSE = re.compile(
    r"^(?P<first>[0-9]{1,5})(?P<letter>[A-Z]?)(?:-(?P<last>[0-9]{1,5})[A-Z]?)? (?P<street>\D.*)$"
)


def _house(piece: str) -> _House | None:
    found = _HOUSE.match(piece)
    return (
        _House(int(found["first"]), found["letter"], int(found["last"] or found["first"]), found["street"])
        if found
        else None
    )


def _how_numbers(asked: _House, known: _House) -> str:
    if known.holds(asked):
        return f"{asked.number} is one of {known.number}"
    if asked.holds(known):
        return f"it is one of {asked.number}, which was given"
    if asked.first == known.first and asked.last == known.last and bool(asked.letter) != bool(known.letter):
        return f"it is {known.number}, and {asked.number} was given"
    return ""


# --- of the same street and place -----------------------------------------------------------------------------------

# Ends of streets beside those of the vocabulary, where an address is written without commas. (own)
STREET_ENDS = (
    "SQUARE",
    "WAY",
    "PLACE",
    "COURT",
    "HILL",
    "ROW",
    "WALK",
    "PARADE",
    "MEWS",
    "PARK",
    "YARD",
    "QUAY",
    "WHARF",
    "GREEN",
    "VIEW",
    "RISE",
)
# What stands before a street in a description of land, and is no part of its name.
_BEFORE_STREET = frozenset(
    (
        "AT",
        "OF",
        "ON",
        "TO",
        "IN",
        "OFF",
        "NEAR",
        "THE",
        "AND",
        "ADJOINING",
        "BEING",
        "BEHIND",
        "FRONTING",
        "LAND",
        "BUILDINGS",
    )
)
# What follows a place and says nothing of it.
_NO_PLACE = frozenset(
    (
        "THE",
        "AND",
        "UPON",
        "NEAR",
        "ENGLAND",
        "WALES",
        "SCOTLAND",
        "UNITED",
        "KINGDOM",
        "GREAT",
        "BRITAIN",
        "NORTH",
        "SOUTH",
        "EAST",
        "WEST",
        "LTD",
        "LIMITED",
        "PLC",
        "LLP",
    )
)
_NUMBER = r"[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)?"


@dataclass(frozen=True)
class _Spot:
    """Of an address in words: house number ("" for none), street, and the words after it. `outward`: of its postcode."""

    number: str
    street: str
    places: frozenset[str]
    outward: str = ""

    def agrees(self, other: _Spot) -> bool:
        same_place = bool(self.places & other.places) or (
            bool(self.outward) and self.outward == other.outward
        )
        return (self.number, self.street) == (other.number, other.street) and same_place


@cache
def _words_of_kind(kind: str) -> frozenset[str]:
    return frozenset(vocabulary("address_words").filter(pl.col("kind") == kind)["word"])


@cache
def _canonical(kind: str) -> dict[str, str]:
    return dict(
        vocabulary("address_words").filter(pl.col("kind") == kind).select("word", "canonical").iter_rows()
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Number and street up to its end, number and street up to a comma, street without a number."""
    ends = "|".join(sorted({*_words_of_kind("street"), *STREET_ENDS}, key=len, reverse=True))
    numbered = rf"(?:^| )(?P<number>{_NUMBER}) (?:\| )?"
    return (
        re.compile(rf"{numbered}(?P<street>[^ 0-9|]+(?: [^ 0-9|]+)*? (?:{ends}))(?P<rest> .*)$"),
        re.compile(rf"{numbered}(?P<street>[^ 0-9|]+(?: [^ 0-9|]+)*)(?P<rest> \| .*)$"),
        re.compile(rf"^(?P<number>)(?P<street>[^0-9]*? (?:{ends}))(?P<rest> .*)$"),
    )


def _spot(capitals: str, code: str | None) -> _Spot | None:
    """Of an address in capitals without accents; None where no street can be told."""
    text = _in_words(capitals)
    for pattern in _patterns():
        found = pattern.search(text)
        if found and (street := found["street"] if found["number"] else _named_street(found["street"])):
            places = frozenset(
                word for word in re.findall(r"[^\W\d_]{3,}", found["rest"]) if word not in _NO_PLACE
            )
            return _Spot(
                found["number"],
                street,
                places - {*_words_of_kind("street"), *STREET_ENDS},
                code.split(" ")[0] if code else "",
            )
    return None


def _in_words(capitals: str) -> str:
    """Words between single blanks, ` | ` for commas, abbreviations spelled out; without postcode, apostrophes and the number of a flat."""
    plain = re.sub(r"['’`´.]", "", re.sub(rf"\b{UK_POSTCODE_SPACED}\b", " ", capitals)).replace("&", " AND ")
    pieces = [re.findall(r"[^\W_]+(?:-[0-9][^\W_]*)?", piece) for piece in re.split(r"[,;()\n]", plain)]
    spelled = " | ".join(" ".join(_spelled(words)) for words in pieces if words)
    designators = "|".join(_words_of_kind("designator"))
    return (
        re.sub(
            rf"(?:^|(?<= ))(?:{designators}) (?:[A-Z]?[0-9]+[A-Z]?|[A-Z])(?: \|)?(?= )", "", spelled
        ).strip()
        + " | "
    )


def _spelled(words: Sequence[str]) -> list[str]:
    anywhere, last = _canonical("anywhere"), _canonical("last")
    told = [anywhere.get(word, word) for word in words]
    if len(told) > 1:
        told[-1] = last.get(told[-1], told[-1])
    # Within a piece ST after a name is a street, after a number or at the beginning a saint.
    return [
        "STREET" if word == "ST" and n > 0 and told[n - 1].isalpha() and len(told) > n + 1 else word
        for n, word in enumerate(told)
    ]


def _named_street(before: str) -> str:
    """The name of a street at the end of a description of land."""
    words = before.rsplit("|", maxsplit=1)[-1].split()
    start = max((n + 1 for n, word in enumerate(words) if word in _BEFORE_STREET), default=0)
    return " ".join(words[start:]) if len(words) - start > 1 else ""


def _streets(keyed: pl.DataFrame) -> tuple[dict[int, _Spot], dict[int, AddressSearch]]:
    """Row → number, street and place that can be looked for; row → how it was searched, where not by the postcode alone."""
    read = keyed.filter(pl.col("line").is_not_null()).with_columns(folded(pl.col("line")).alias("capitals"))
    spots = {
        row: spot
        for row, text, code in read.select("row", "capitals", "a_postcode").iter_rows()
        if (spot := _spot(text, code)) is not None
    }
    told = {row: spot for row, spot in spots.items() if spot.places or spot.outward}
    streets = dict(list(told.items())[:STREETS_MAX])
    ways = dict.fromkeys(keyed.filter(pl.col("a_postcode").is_null())["row"], UNREAD)
    ways |= {row: TOO_MANY for row, spot in told.items() if row not in streets and not spot.outward}
    return streets, ways | {row: BY_BOTH if spot.outward else BY_STREET for row, spot in streets.items()}


TEXTS_SQL = """
select subject_id, subject_type, postcode, min(address_text) as address_text from (
    select address_id as subject_id, 'address' as subject_type, postcode, address_text from v_address where {condition}
    union all
    select address_id, 'address', postcode, address_text from v_property where address_id is not null and {condition}
    union all
    select address_id, 'address', postcode, address_text from v_transaction where property_id is null and address_id is not null and {condition}
    union all
    select title_id, 'title', null, address_text from v_title where title_id not in (select title_id from v_title_address) and {condition}
)
group by subject_id, subject_type, postcode
order by subject_id
"""


def _of_streets(connection: Connection, streets: dict[int, _Spot]) -> dict[int, list[Match]]:
    if not streets:
        return {}
    texts = frame(
        connection,
        TEXTS_SQL.format(condition=" or ".join(map(_may_be_there, dict.fromkeys(streets.values())))),
    )
    known: dict[tuple[str, str], list[tuple[str, str, str, _Spot]]] = {}
    for identifier, kind, code, text, capitals in texts.with_columns(
        folded(pl.col("address_text")).alias("capitals")
    ).iter_rows():
        if (spot := _spot(capitals, code)) is not None:
            known.setdefault((spot.number, spot.street), []).append((identifier, kind, text, spot))
    found: dict[int, list[Match]] = {}
    for row, asked in streets.items():
        for identifier, kind, text, spot in known.get((asked.number, asked.street), []):
            if asked.agrees(spot):
                found.setdefault(row, []).append(_on_the_street(identifier, kind, text, asked, spot))
    return found


def _on_the_street(identifier: str, kind: str, text: str, asked: _Spot, known: _Spot) -> Match:
    what = "number, street and place agree" if asked.number else "street and place agree"
    nearness = len(asked.places & known.places) + bool(asked.outward and asked.outward == known.outward)
    if kind == "title":
        why = f"{what} with the text of this title, which has no postcode"
        return Match(identifier, "title", text, "similar_address", why, nearness=nearness)
    how = "the postcode is another one" if asked.outward else "no postcode was given"
    return Match(identifier, "address", text, "similar_address", f"{what}; {how}", nearness=nearness)


_PLAIN = "translate(upper(address_text), '.''`', '')"


def _may_be_there(spot: _Spot) -> str:
    """SQL that is true for every text of this number and street, and of a place or outward code of it; texts with other letters than ASCII are let through."""
    rewritten = {
        *_canonical("anywhere").values(),
        *_canonical("last").values(),
        *_words_of_kind("street"),
        "AND",
    }
    words = [
        word
        for word in (spot.number, *spot.street.split(" "))
        if word and word not in rewritten and word.isascii()
    ]
    places = [
        f"contains({_PLAIN}, {literal(word)})" for word in sorted(spot.places) if word not in rewritten
    ] or ["true"]
    outward = [f"contains({_PLAIN}, {literal(spot.outward)})"] if spot.outward else []
    every = " and ".join(
        [*(f"contains({_PLAIN}, {literal(word)})" for word in words), f"({' or '.join([*places, *outward])})"]
    )
    return f"({every} or strlen(address_text) <> length(address_text))"
