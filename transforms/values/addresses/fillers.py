"""Recognise fillers in the fields of an address, and care-of addresses, in polars and in SQL by the same
lists.
"""

import polars as pl

from transforms.values.fillers import any_of, fillers

# The patterns below match a whole text in capitals in which each run of other characters (`_NO_WORD`) is one
# space. With `_NO_WORD` inside the patterns a match would take a hundred times as long.
_NO_WORD = r"[^\pL\pN]+"
_FILLERS = rf" ?(?:(?:{any_of(fillers('address'), ' ?')}|XX+|0+) ?)*"
# Only in the lines of an address: also words that may be a town or a box, and numbers too long for a house,
# such as the number of the company.
_LINE_FILLERS = (
    rf" ?(?:(?:{any_of(fillers('line') + fillers('address'), ' ?')}|XX+|0+|[A-Z]{{0,2}}[0-9]{{5,}}) ?)*"
)
# In a field for the name of a house, where Same and Home are names. Some words that persons have as names are
# fillers here.
_PERSONS_ONLY = ("NIL", "NA", "GIVEN", "MISSING", "GEHEIM", "IDEM", "NIHIL")
_HOUSE_FILLERS = rf" ?(?:(?:{any_of((*fillers('address', 'no'), *_PERSONS_ONLY), ' ?')}|XX+|0+) ?)*"

# "Care of" in an address as written, in capitals.
CARE_OF = r"\bC\s*/\s*O\b|\bCARE OF\b"


def unless_filler(capitals: pl.Expr) -> pl.Expr:
    """The text, given in capitals; null where it is a filler."""
    return pl.when(~_in_words(capitals).str.contains(rf"^{_FILLERS}$")).then(capitals)


def only_fills_lines(capitals: pl.Expr) -> pl.Expr:
    """Whether address lines, given in capitals, consist of fillers. Null stays null."""
    return _in_words(capitals).str.contains(rf"^{_LINE_FILLERS}$")


def _in_words(capitals: pl.Expr) -> pl.Expr:
    return capitals.str.replace_all(_NO_WORD, " ")


def is_house_name(name: pl.Expr) -> pl.Expr:
    """Whether a text in capitals, from a field for the name of a house, is a name: HOME and THE GROVE are,
    UNKNOWN is not. Null stays null.
    """
    return ~_in_words(name).str.contains(rf"^{_HOUSE_FILLERS}$")


def only_fills_sql(text: str) -> str:
    """SQL condition: whether an address is a filler. No filler has a digit above 0, so that is tested
    first.
    """
    words = f"regexp_replace(upper({text}), '{_NO_WORD}', ' ', 'g')"
    return (
        f"case when regexp_matches({text}, '[1-9]') then false"
        f" else regexp_full_match({words}, '{_FILLERS}') end"
    )


def in_care_sql(care_of: str, text: str) -> str:
    """SQL condition: whether an address is in care of somebody. care_of: the field for that person's name."""
    is_filled = f"case when coalesce({care_of}, '') = '' then false else not {only_fills_sql(care_of)} end"
    return f"({is_filled} or regexp_matches(upper({text}), '{CARE_OF}'))"
