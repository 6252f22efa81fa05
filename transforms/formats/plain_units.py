"""Units of addresses with separate fields for number and street: a fast path for plain addresses.

`transforms.values.addresses.unit_key` parses any text with some forty regular expressions. Most price records
have a house number and a street spelled in full, and their unit is composed of the two: `ZT1 2AB|10 HIGH
STREET`, with a flat `ZT1 2AB|10 HIGH STREET|FLAT 2`; a house with a name only is its name. `plain_unit`
returns this if `unit_key` would return the same, and null if it might not. Only a house with the name of a
street or of a filler (The Grove, Home) has a unit here alone, because its field shows that it is a house.
"""

from functools import cache

import polars as pl

from transforms.values.addresses.choosing import parts_of_houses
from transforms.values.addresses.number_words import FIRST_WORDS
from transforms.values.addresses.postcodes import is_house_name
from transforms.values.vocabulary import vocabulary

_WORDS = r"[A-Z]{2,}(?: [A-Z]{2,})*"  # a single letter may belong to a flat, a digit to a number
_NUMBER = r"[1-9][0-9]{0,3}[A-Z]?"
_HOUSE = rf"^(?:{_WORDS}, )?({_NUMBER})$"
_FLAT = rf"^(?:FLAT|APARTMENT) ({_NUMBER})$"
_SPELLED = rf"^(?:{'|'.join(FIRST_WORDS)})\b"  # may be a house number
_COMPASS = "NORTH|SOUTH|EAST|WEST"
_OTHERS = (
    "FLAT",
    "FLATS",
    "FLOOR",
    "BASEMENT",
    "ANNEX",
    "ANNEXE",
    "PENTHOUSE",
    "CAREOF",
    "CARE OF",
    "PO BOX",
    "POBOX",
    "NO",
)


@cache
def _not_plain() -> str:
    """Words that `unit_key` rewrites, splits at or counts as a number: abbreviations, and words that end the
    name of a street or building before its end.
    """
    words = vocabulary("address_words")
    short = words.filter(pl.col("word") != pl.col("canonical"))
    anywhere = "|".join([*short.filter(pl.col("kind") == "anywhere")["word"], *_OTHERS, *parts_of_houses()])
    last = "|".join(short.filter(pl.col("kind") == "last")["word"])
    ends = "|".join(words.filter(pl.col("kind").is_in(["street", "building"]))["word"].unique().sort())
    return rf"\b(?:{anywhere})\b|\b(?:{last})(?: (?:{_COMPASS}))?$|\b(?:{ends}) "


def plain_unit(paon: pl.Expr, street: pl.Expr, saon: pl.Expr) -> pl.Expr:
    """The unit without its postcode, in capitals, as in `unit_key` after the bar; null if it is not plain.

    paon: house number, house name, or a name and a number after a comma. saon: flat, or null.
    """
    road, name, number = _plain(street), _plain(paon), paon.str.extract(_HOUSE, 1)
    other = paon.str.contains(",", literal=True) & paon.str.contains(_not_plain())
    house = pl.when(~other).then(pl.concat_str(number, pl.lit(" "), road))
    flat = pl.concat_str(pl.lit("FLAT "), saon.str.extract(_FLAT, 1))
    named = pl.when(road.is_not_null() & is_house_name(name) & ~name.str.contains(_SPELLED)).then(name)
    # Pieces are sorted: a number comes before FLAT, a name before or after it.
    with_flat = (
        pl.when(named < "FLAT")
        .then(pl.concat_str(named, pl.lit("|"), flat))
        .otherwise(pl.concat_str(flat, pl.lit("|"), named))
    )
    return (
        pl.when(saon.is_null())
        .then(pl.coalesce(house, named))
        .otherwise(pl.coalesce(pl.concat_str(house, pl.lit("|"), flat), with_flat))
    )


def is_house_in_street(paon: pl.Expr, street: pl.Expr, saon: pl.Expr) -> pl.Expr:
    """Whether the unit is just the number and the street, with a blank between them: true for most rows, and
    cheap to check.
    """
    plain = street.str.contains(rf"^{_WORDS}$") & ~street.str.contains(_not_plain())
    return (saon.is_null() & paon.str.contains(rf"^{_NUMBER}$") & plain).fill_null(False)


def _plain(words: pl.Expr) -> pl.Expr:
    name = words.str.replace_all("'", "", literal=True)
    return pl.when(name.str.contains(rf"^{_WORDS}$") & ~name.str.contains(_not_plain())).then(name)
