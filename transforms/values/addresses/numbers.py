"""Numbers in words that are a unit's or a house's: `UNIT ONE HUNDRED A`, `ONE NEW STREET`; and those that are a street's own: Seven Sisters Road."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from transforms.values.addresses.words import alternatives, words_of
from transforms.values.names import rewritten
from transforms.values.spelled_numbers import FIRST_WORDS, RUN, in_digits


def has_spelled_number(text: pl.Expr) -> pl.Expr:
    return text.str.contains_any([f" {word} " for word in FIRST_WORDS])


def with_unit_numbers(text: pl.Expr) -> pl.Expr:
    """`UNIT ONE HUNDRED A` as UNIT 100A; what is no number stays in words."""
    return rewritten(text, lambda one: re.sub(_spelled_unit(), _unit_in_digits, one))


@cache
def _spelled_unit() -> re.Pattern[str]:
    units = "|".join(word for word in words_of("designator") if word != "FLOOR")  # 51ST FLOOR ONE NEW STREET
    return re.compile(rf"(?<= )({units}|(?<=\| )FLOOR) ({RUN})(?: ([A-Z]))?(?= )")


def _unit_in_digits(found: re.Match[str]) -> str:
    number = in_digits(found[2])
    return f"| {found[1]}={found[2]} |" if number is None else f"{found[1]} {number}{found[3] or ''}"


# (own) What a street has so many of, in its name: Seven Sisters Road, One Tree Lane, Six Mile Bottom Road.
_COUNTED = r"\b(?:ACRE|ASH|BELL|BRIDGE|BUTT|COLT|DIAL|ELM|FIELD|FOOT|GATE|HILL|HUNDRED|KING|MILE|OAK|PENCE|POUND|STAR|TREE|WAY|WELL)S?\b(?! ?$)|^[A-Z]+[^S ]S\b"
# Beside the streets of the vocabulary, where a number before them is a house's.
_SQUARE = "CIRCUS|EMBANKMENT|ESPLANADE|MEWS|PARADE|PLACE|PLAZA|QUAY|ROW|SQUARE|WALK|WAY"


def with_house_numbers(text: pl.Expr) -> pl.Expr:
    """`| ONE NEW STREET |` as `| 1 NEW STREET |`, where no house number is told in digits and no house's name stands before it: that has the number of its street behind it."""
    return rewritten(
        text,
        lambda one: one if re.search(r"\| [0-9]", one) else re.sub(_spelled_house(), _house_in_digits, one),
    )


@cache
def _spelled_house() -> re.Pattern[str]:
    """Its number, a letter, and the street, which has a name."""
    ends = f"{alternatives('street')}|{_SQUARE}"
    return re.compile(
        rf"(?<=\| )(?:NO )?({RUN})(?: ([A-H]))?(?: \|)? ((?!(?:AND|OF) )(?:[^|0-9= ]+ )+?(?:{ends}))(?= )"
    )


def _house_in_digits(found: re.Match[str]) -> str:
    number, street = in_digits(found[1]), found[3]
    names_before = re.sub(r"[^ |]+=[^ |]+|\|", " ", found.string[: found.start()]).strip()
    if number is None or names_before or re.search(_COUNTED, street):
        return found[0]
    return f"{number}{found[2] or ''} {street}"
