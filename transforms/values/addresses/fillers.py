"""Texts that only fill the field of an address, and addresses in care of somebody: as expressions and as
SQL, by the same lists.
"""

from __future__ import annotations

import polars as pl

from transforms.values.fillers import any_of, fillers

# A filler is a regular expression of the whole text in capitals, in which every run of other characters
# (`_NO_WORD`) is one blank. Writing `_NO_WORD` between the words of each filler instead would take a hundred
# times as long.
_NO_WORD = r"[^\pL\pN]+"
_FILLERS = rf" ?(?:(?:{any_of(fillers('address'), ' ?')}|XX+|0+) ?)*"
# Of the lines alone also: words that elsewhere are a town's or a box's, and numbers too long for a house,
# such as the company's own.
_LINE_FILLERS = (
    rf" ?(?:(?:{any_of(fillers('line') + fillers('address'), ' ?')}|XX+|0+|[A-Z]{{0,2}}[0-9]{{5,}}) ?)*"
)
# Of a house's name that has a field of its own, where Same and Home are names; persons' names are no houses'.
_PERSONS_ONLY = ("NIL", "NA", "GIVEN", "MISSING", "GEHEIM", "IDEM", "NIHIL")
_HOUSE_FILLERS = rf" ?(?:(?:{any_of((*fillers('address', 'no'), *_PERSONS_ONLY), ' ?')}|XX+|0+) ?)*"

# "Care of" in an address as written, in capitals.
CARE_OF = r"\bC\s*/\s*O\b|\bCARE OF\b"


def unless_filler(capitals: pl.Expr) -> pl.Expr:
    """Null where a text in capitals only fills its field."""
    return pl.when(~_in_words(capitals).str.contains(rf"^{_FILLERS}$")).then(capitals)


def only_fills_lines(capitals: pl.Expr) -> pl.Expr:
    """Whether lines in capitals state nothing. Null stays null."""
    return _in_words(capitals).str.contains(rf"^{_LINE_FILLERS}$")


def _in_words(capitals: pl.Expr) -> pl.Expr:
    return capitals.str.replace_all(_NO_WORD, " ")


def is_house_name(name: pl.Expr) -> pl.Expr:
    """Whether a text in capitals, from the field of a house's name, is a name: UNKNOWN is not, HOME and THE
    GROVE are.

    Null stays null.
    """
    return ~_in_words(name).str.contains(rf"^{_HOUSE_FILLERS}$")


def only_fills_sql(text: str) -> str:
    """SQL: whether an address only fills its field. No filler has a digit above 0, which is quick to look
    for.
    """
    words = f"regexp_replace(upper({text}), '{_NO_WORD}', ' ', 'g')"
    return (
        f"case when regexp_matches({text}, '[1-9]') then false"
        f" else regexp_full_match({words}, '{_FILLERS}') end"
    )


def in_care_sql(care_of: str, text: str) -> str:
    """SQL: whether an address is somebody else's, who receives the letters. `care_of`: the field for that
    name.
    """
    is_filled = f"case when coalesce({care_of}, '') = '' then false else not {only_fills_sql(care_of)} end"
    return f"({is_filled} or regexp_matches(upper({text}), '{CARE_OF}'))"
