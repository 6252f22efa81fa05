"""What only fills the field of an address, and who is written to in whose care: in expressions and in SQL, by the same lists."""

from __future__ import annotations

import polars as pl

from transforms.values.fillers import any_of, fillers

# Texts that fill an address, or a part of one, in which there is nothing to say: a regular expression of the whole text in capitals, with `_NO_WORD` as one
# blank. Spelled out between the words of each filler, it takes a hundred times as long, to be read and to be found.
_NO_WORD = r"[^\pL\pN]+"
_FILLERS = rf" ?(?:(?:{any_of(fillers('address'), ' ?')}|XX+|0+) ?)*"
# The same of the lines alone: also words that are a town's or a box's elsewhere, and numbers too long for a house, such as the company's own.
_LINE_FILLERS = (
    rf" ?(?:(?:{any_of(fillers('line') + fillers('address'), ' ?')}|XX+|0+|[A-Z]{{0,2}}[0-9]{{5,}}) ?)*"
)
# The same of a house's name that has a field of its own, with the street in another: Same and Home are names there. Words that are persons' names are no houses'.
_PERSONS_ONLY = ("NIL", "NA", "GIVEN", "MISSING", "GEHEIM", "IDEM", "NIHIL")
_HOUSE_FILLERS = rf" ?(?:(?:{any_of((*fillers('address', 'no'), *_PERSONS_ONLY), ' ?')}|XX+|0+) ?)*"

# "Care of" in an address as written, in capitals: it is the address of somebody else.
CARE_OF = r"\bC\s*/\s*O\b|\bCARE OF\b"


def unless_filler(capitals: pl.Expr) -> pl.Expr:
    """Null where a text in capitals only fills its field."""
    return pl.when(~_in_words(capitals).str.contains(rf"^{_FILLERS}$")).then(capitals)


def only_fills_lines(capitals: pl.Expr) -> pl.Expr:
    """Whether lines in capitals say nothing. Null stays null."""
    return _in_words(capitals).str.contains(rf"^{_LINE_FILLERS}$")


def _in_words(capitals: pl.Expr) -> pl.Expr:
    return capitals.str.replace_all(_NO_WORD, " ")


def is_house_name(name: pl.Expr) -> pl.Expr:
    """Whether a name in capitals, which stands in the place of a house's, is one: UNKNOWN is not, HOME and THE GROVE are. Null stays null."""
    return ~_in_words(name).str.contains(rf"^{_HOUSE_FILLERS}$")


def only_fills_sql(text: str) -> str:
    """SQL: whether an address only fills its field. No filler has a digit above 0, and to look for one is a hundred times as fast."""
    return f"case when regexp_matches({text}, '[1-9]') then false else regexp_full_match(regexp_replace(upper({text}), '{_NO_WORD}', ' ', 'g'), '{_FILLERS}') end"


def in_care_sql(care_of: str, text: str) -> str:
    """SQL: whether an address is somebody else's, to whose care the letters go. `care_of`: the field for it, which may be filled with nothing."""
    is_filled = (
        f"case when coalesce({care_of}, '') = '' then false else not {only_fills_sql(care_of)} end"  # few are
    )
    return f"({is_filled} or regexp_matches(upper({text}), '{CARE_OF}'))"
