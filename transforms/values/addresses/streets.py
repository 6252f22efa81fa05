"""Tell streets from houses by the last words of their names: `ROSE COTTAGE MILL LANE` is a house and its
street, `COTTAGE LANE` is a street."""

import re
from functools import cache

import polars as pl

from transforms.values.addresses.number_words import COMPASS, alternatives, words_of
from transforms.values.addresses.postcodes import only_fills_lines
from transforms.values.names import for_some

_STREET_WORDS_MAX = 3  # (own) in the name of a street
# (own) First words of streets abroad; last words of streets there; last words of houses there.
NAME_BEHIND = "AVENIDA|AVENUE|BOULEVARD|CALLE|CHAUSSEE|ROUTE|RUA|RUE|ULICA|VIA|VIALE"
_STREET_ABROAD = rf"^(?:{NAME_BEHIND}) |(?:GASSE|GRACHT|LAAN|STEENWEG|STRAAT|STRASSE)$"
_HOUSE_ABROAD = (
    r"(?:BUILDINGS?|CENTER|CENTRE|CHAMBERS|COTTAGES?|COURT|FARM|HALL|HOUSE|LODGE|MANOR|PLAZA|TOWERS?"
    r"|VILLAS?)$"
)


def is_street_alone(piece: pl.Expr) -> pl.Expr:
    """Whether a piece in capitals is a street without a number: LONDON ROAD, RUE HAUTE. Null stays null.

    A house with its street (ROSE COTTAGE MILL LANE) is not.
    """
    street = rf"^[^0-9|=]*(?:{alternatives('street')})(?: (?:{'|'.join(COMPASS)}))?$"
    after_house = rf"^.+ (?:{alternatives('house', 'house_or_street')}) .+ "
    ends = piece.str.contains(street) & ~piece.str.contains(after_house)
    abroad = (
        piece.str.contains(r"^[^0-9|=]+$")
        & piece.str.contains(_STREET_ABROAD)
        & ~piece.str.contains(_HOUSE_ABROAD)
    )
    return ends | abroad


def unless_street_or_filler(unit: pl.Expr) -> pl.Expr:
    """The unit; null where it is a filler or a street without a number.

    A street of many words stays, because its first words may name a house.
    """
    has_many_words = unit.str.contains(rf"^(?:[^ ]+ ){{{_STREET_WORDS_MAX},}}") & ~unit.str.starts_with(
        "LAND "
    )
    is_unit = (unit != "") & ~only_fills_lines(unit) & ~(is_street_alone(unit) & ~has_many_words)
    return pl.when(is_unit).then(unit)


def with_house_cut_off(text: pl.Expr) -> pl.Expr:
    """Cut `| ZED COTTAGE MILL LANE |` into a house and its street. `| MILL COTTAGE LANE |` is a street."""
    ends = {*words_of("house"), *words_of("house_or_street")} - {*words_of("building")}
    return for_some(
        lambda texts: texts.map_elements(
            lambda words: _house_before_street().sub(r"\1| ", words), return_dtype=pl.String
        ),
        text,
        where=lambda any_text: any_text.str.contains_any([f" {word} " for word in sorted(ends)]),
    )


@cache
def _house_before_street() -> re.Pattern[str]:
    """The name of a house up to its last word, before a street of two words.

    ZED COTTAGE MILL LANE is cut after COTTAGE; OLD MILL COTTAGE LANE is not cut. A street of more words is
    not looked for, since its first words may belong to the house: ZED HALL STABLES MILL LANE."""
    house = alternatives("house", "house_or_street")
    street = rf"[^|0-9= ]+[ _](?:{alternatives('street')})[ _]"
    return re.compile(
        rf"(?<=\| )([^|0-9=]+ (?:{house}) )(?!(?:{alternatives('house')}) )(?={street}(?!(?:{house}) ))"
    )
