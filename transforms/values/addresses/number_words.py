"""Words in addresses by kind (`vocabulary/address_words.csv`), and numbers in words.

Converts numbers of units and houses in English words to digits: `UNIT ONE`, `TWENTY ONE NEW STREET`.

A run of number words is converted as a whole or not at all: ONE HUNDRED AND FIVE stays in words, because a
part of it would be another number. A number in the name of a street stays too: Seven Sisters Road."""

import re
from functools import cache

import polars as pl

from transforms.values.vocabulary import vocabulary

COMPASS = ("NORTH", "SOUTH", "EAST", "WEST")


@cache
def words_of(kind: str) -> dict[str, str]:
    """Words of a kind → their canonical spelling."""
    rows = vocabulary("address_words").filter(pl.col("kind") == kind)
    return dict(rows.select("word", "canonical").iter_rows())


def alternatives(*kinds: str) -> str:
    """A regular expression that matches any word of these kinds, the longest first."""
    return "|".join(sorted([word for kind in kinds for word in words_of(kind)], key=len, reverse=True))


_ONES = ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"]
_TEENS = [
    "TEN",
    "ELEVEN",
    "TWELVE",
    "THIRTEEN",
    "FOURTEEN",
    "FIFTEEN",
    "SIXTEEN",
    "SEVENTEEN",
    "EIGHTEEN",
    "NINETEEN",
]
_TENS = ["TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY"]
_NUMBERS = {word: number for number, word in enumerate([*_ONES, *_TEENS], start=1)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
FIRST_WORDS = tuple(_NUMBERS)
_FIRST = "|".join(sorted(FIRST_WORDS, key=len, reverse=True))
# A whole run, with single spaces: a first word and all words that continue the number.
_RUN = rf"(?:{_FIRST})(?: (?:{_FIRST}|HUNDRED|POINT|(?:AND|TO) (?:{_FIRST}))\b)*"
# (own) What numbers count in names of streets: Seven Sisters Road, One Tree Lane, Six Mile Bottom Road.
_COUNTED = (
    r"\b(?:ACRE|ASH|BELL|BRIDGE|BUTT|COLT|DIAL|ELM|FIELD|FOOT|GATE|HILL|HUNDRED|KING|MILE|OAK|PENCE|POUND|STAR|TREE"
    r"|WAY|WELL)S?\b(?! ?$)|^[A-Z]+[^S ]S\b"
)
# Last words of streets before which a number is a house number, besides the streets of the vocabulary.
_SQUARE = "CIRCUS|EMBANKMENT|ESPLANADE|MEWS|PARADE|PLACE|PLAZA|QUAY|ROW|SQUARE|WALK|WAY"


def in_digits(run: str) -> str | None:
    """`TWENTY ONE` as 21; None where the words are not a number below 100."""
    match run.split():
        case [word] if word in _NUMBERS:
            return str(_NUMBERS[word])
        case [ten, one] if ten in _TENS and one in _ONES:
            return str(_NUMBERS[ten] + _NUMBERS[one])
        case _:
            return None


def has_number_word(text: pl.Expr) -> pl.Expr:
    return text.str.contains_any([f" {word} " for word in FIRST_WORDS])


def with_unit_numbers(text: pl.Expr) -> pl.Expr:
    """`UNIT ONE A` as UNIT 1A. Words that are not a number below 100 stay, with a `=` between unit and
    number.
    """
    return text.map_elements(
        lambda words: _spelled_unit().sub(_unit_in_digits, words), return_dtype=pl.String
    )


@cache
def _spelled_unit() -> re.Pattern[str]:
    units = "|".join(word for word in words_of("designator") if word != "FLOOR")  # 51ST FLOOR ONE NEW STREET
    return re.compile(rf"(?<= )({units}) ({_RUN})(?: ([A-Z]))?(?= )")


def _unit_in_digits(match: re.Match[str]) -> str:
    number = in_digits(match[2])
    return f"| {match[1]}={match[2]} |" if number is None else f"{match[1]} {number}{match[3] or ''}"


def with_house_numbers(text: pl.Expr) -> pl.Expr:
    """`| ONE NEW STREET |` as `| 1 NEW STREET |`, unless the text has a house number in digits or the name of
    a house before it.
    """
    without_digits = pl.when(~text.str.contains(r"\| [0-9]")).then(text)
    converted = without_digits.map_elements(
        lambda words: _spelled_house().sub(_house_in_digits, words), return_dtype=pl.String
    )
    return pl.coalesce(converted, text)


@cache
def _spelled_house() -> re.Pattern[str]:
    """The number in words (group 1) and the street after it (group 2)."""
    ends = f"{alternatives('street')}|{_SQUARE}"
    return re.compile(rf"(?<=\| )(?:NO )?({_RUN})(?: \|)? ((?!(?:AND|OF) )(?:[^|0-9= ]+ )+?(?:{ends}))(?= )")


def _house_in_digits(match: re.Match[str]) -> str:
    number, street = in_digits(match[1]), match[2]
    names_before = re.sub(r"[^ |]+=[^ |]+|\|", " ", match.string[: match.start()]).strip()
    if number is None or names_before or re.search(_COUNTED, street):
        return match[0]
    return f"{number} {street}"
