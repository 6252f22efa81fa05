"""Streets and houses, by how their names end: `ROSE COTTAGE MILL LANE` is a house and its street, `COTTAGE LANE` is a street."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from transforms.values.addresses.told import only_fills_lines
from transforms.values.addresses.words import COMPASS, alternatives
from transforms.values.names import for_some, rewritten

_STREET_WORDS_MAX = 3  # (own) of a street that has a postcode beside it
_NAMES_OF_HOUSES = (
    "ANNEX",
    "ANNEXE",
    "BARN",
    "BUILDING",
    "BUILDINGS",
    "BUNGALOW",
    "CENTRE",
    "CHAMBERS",
    "COMPLEX",
    "COTTAGE",
    "COTTAGES",
    "FARM",
    "FARMHOUSE",
    "HALL",
    "HOUSE",
    "LODGE",
    "MANOR",
    "MILL",
    "PLAZA",
    "RECTORY",
    "TOWER",
    "TOWERS",
    "VICARAGE",
    "VILLA",
)
_HOUSE_NAMED = "|".join(_NAMES_OF_HOUSES)
_BEFORE_STREET = rf"^.+ (?:{_HOUSE_NAMED}) .+ "
# (own) A house in one word, by how it ends, before a street that many villages have.
_ENDS_OF_WORDS = (
    "BANK",
    "COT",
    "COTT",
    "CREST",
    "CROFT",
    "DENE",
    "HAVEN",
    "HOLME",
    "LANDS",
    "LEA",
    "NOOK",
    "VIEW",
)
_HOUSE_IN_A_WORD = f"[A-Z]{{3,}}(?:{'|'.join(_ENDS_OF_WORDS)}) "
_HOUSE_ENDS = (
    *(f" {word}" for word in _NAMES_OF_HOUSES if word not in ("BUILDINGS", "HOUSE")),
    *_ENDS_OF_WORDS,
)  # but after these two all is cut
_VILLAGE_STREET = "(?:CHAPEL|CHURCH|MILL|SCHOOL|STATION) (?:LANE|ROAD|STREET)"
TOWN_STREET = r" LE STREET$"  # Chester-le-Street
HOUSE_LIKE_STREET = r"^THE [A-Z]+$"  # The Grove, The Gardens: of two streets that stand beside each other no other is surely a house
NAME_BEHIND = "AVENIDA|AVENUE|BOULEVARD|CALLE|CHAUSSEE|ROUTE|RUA|RUE|ULICA|VIA|VIALE"  # (own) words that a street's name stands behind abroad
_STREET_FIRST = rf"^(?:{NAME_BEHIND}) "
_STREET_WORD = r"(?:GASSE|GRACHT|LAAN|STEENWEG|STRAAT|STRASSE)$"  # (own) and ends
_HOUSE_LAST = r"(?:BUILDINGS?|CENTER|CENTRE|CHAMBERS|COTTAGES?|COURT|FARM|HALL|HOUSE|LODGE|MANOR|PLAZA|TOWERS?|VILLAS?)$"


def is_street_alone(piece: pl.Expr) -> pl.Expr:
    """Whether a piece in capitals is a street without a number: LONDON ROAD, RUE HAUTE. With a house before it, as in ROSE COTTAGE MILL LANE, it is none. Null stays null."""
    ends = piece.str.contains(
        rf"^[^0-9|=]*(?:{alternatives('street')})(?: (?:{'|'.join(COMPASS)}))?$"
    ) & ~piece.str.contains(_BEFORE_STREET)
    abroad = (
        piece.str.contains(r"^[^0-9|=]+$")
        & piece.str.contains(rf"{_STREET_FIRST}|{_STREET_WORD}")
        & ~piece.str.contains(_HOUSE_LAST)
    )
    return ends | abroad


def telling(unit: pl.Expr) -> pl.Expr:
    """Null where a unit is none: it only fills the field, or is a street without a number. Of many words, the first may be a house's, and a postcode tells which."""
    is_many = unit.str.contains(rf"^(?:[^ ]+ ){{{_STREET_WORDS_MAX},}}") & ~unit.str.starts_with("LAND ")
    return pl.when((unit != "") & ~only_fills_lines(unit) & ~(is_street_alone(unit) & ~is_many)).then(unit)


def may_have_street(text: pl.Expr) -> pl.Expr:
    """Cheap, to spare the others an expression: a word that may end a house's name."""
    return text.str.contains_any([f"{word} " for word in _HOUSE_ENDS])


def with_street_cut_off(text: pl.Expr) -> pl.Expr:
    return for_some(
        _house_and_street,
        text,
        where=lambda one: one.str.contains(
            rf"\| [^|0-9=]+(?:{'|'.join(_HOUSE_ENDS)}) [^|0-9=]+[ _](?:{alternatives('street')})[ _]"
        ),
    )


def _house_and_street(text: pl.Expr) -> pl.Expr:
    """`| ZED COTTAGE MILL LANE |` is a house and its street. `| MILL COTTAGE LANE |` is a street."""
    return rewritten(
        text, lambda one: re.sub(_house_in_a_word(), r"\1| ", re.sub(_house_before_street(), r"\1| ", one))
    )


@cache
def _house_before_street() -> re.Pattern[str]:
    """The last word of a house's name has a street of two words behind it: not COTTAGE LANE behind OLD MILL, but MILL LANE behind ZED COTTAGE. Of more words, some may be the house's: ZED HALL STABLES MILL LANE."""
    no_street = "|".join(
        word
        for word in _NAMES_OF_HOUSES
        if word not in ("FARM", "HALL", "MANOR", "MILL", "RECTORY", "TOWER", "VICARAGE")
    )
    return re.compile(
        rf"(?<=\| )([^|0-9=]+ (?:{_HOUSE_NAMED}) )(?!(?:{no_street}) )(?=[^|0-9= ]+[ _](?:{alternatives('street')})[ _](?!(?:{_HOUSE_NAMED}) ))"
    )


@cache
def _house_in_a_word() -> re.Pattern[str]:
    return re.compile(rf"(?<=\| )({_HOUSE_IN_A_WORD})(?={_VILLAGE_STREET} \|)")
