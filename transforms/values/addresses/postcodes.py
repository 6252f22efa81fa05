"""British and other postcodes, in the form in which they are stored; and fillers and care-of addresses, which
polars and SQL recognise by the same lists.
"""

import polars as pl

from transforms.values.addresses.low_countries import local_postcode
from transforms.values.names import any_of, collapsed, fillers, for_some

# The patterns below match a whole text in capitals in which each run of other characters (`_NO_WORD`) is one
# space. With `_NO_WORD` inside the patterns a match would take a hundred times as long.
_NO_WORD = r"[^\pL\pN]+"
_FILLERS = rf" ?(?:(?:{any_of(fillers('address'), ' ?')}|XX+|0+) ?)*"
# In the lines of an address, fillers are also words that may be a town or a box, and numbers too long for a
# house, such as a company number.
_LINE_FILLERS = (
    rf" ?(?:(?:{any_of(fillers('line') + fillers('address'), ' ?')}|XX+|0+|[A-Z]{{0,2}}[0-9]{{5,}}) ?)*"
)
# In a field for the name of a house, where Same and Home are names. Some words that are names of persons are
# fillers here.
_PERSONS_ONLY = ("NIL", "NA", "GIVEN", "MISSING", "GEHEIM", "IDEM", "NIHIL")
_HOUSE_FILLERS = rf" ?(?:(?:{any_of((*fillers('address', 'no'), *_PERSONS_ONLY), ' ?')}|XX+|0+) ?)*"

# "Care of" in an address as written, in capitals.
CARE_OF = r"\bC\s*/\s*O\b|\bCARE OF\b"


def unless_filler(capitals: pl.Expr) -> pl.Expr:
    """The text; null if it is a filler. capitals: the text in capitals."""
    return pl.when(~_in_words(capitals).str.contains(rf"^{_FILLERS}$")).then(capitals)


def only_fills_lines(capitals: pl.Expr) -> pl.Expr:
    """Whether address lines, given in capitals, consist of fillers. Null stays null.

    Most addresses are decided quickly: no filler has a digit above 0, except numbers of five digits or more.
    """
    in_words = for_some(_in_words, capitals, where=lambda text: text.str.contains("^[^1-9]*$|[0-9]{5}"))
    return in_words.str.contains(rf"^{_LINE_FILLERS}$")


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
        f" else regexp_matches({words}, '^{_FILLERS}$') end"
    )


def in_care_sql(care_of: str, text: str) -> str:
    """SQL condition: whether an address is in care of somebody. care_of: the field for that person's name."""
    is_filled = f"case when coalesce({care_of}, '') = '' then false else not {only_fills_sql(care_of)} end"
    return f"({is_filled} or regexp_matches(upper({text}), '{CARE_OF}'))"


# A postcode of the UK, Jersey, Guernsey or Man without its space. Source: BS 7666; GIR 0AA, which is no
# longer used, is left out.
UK_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}"
UK_POSTCODE_SPACED = r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}"
INWARD_CHARS = 3
# A Dutch postcode in an address: after a comma or at the start, or anywhere if it has no space.
DUTCH_POSTCODE = r"(?:^|, *)([1-9][0-9]{3} [A-Z]{2})\b|\b([1-9][0-9]{3}[A-Z]{2})\b"
_FORM = r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}$"


def uk_postcode(text: pl.Expr) -> pl.Expr:
    """A UK postcode in capitals with one space before its last three characters; null for any other text."""
    return for_some(_in_form, text, where=lambda texts: ~texts.str.contains(_FORM))  # nearly all are in form


def _in_form(text: pl.Expr) -> pl.Expr:
    compact = text.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "").str.extract(rf"^({UK_POSTCODE})$", 1)
    return _spaced(compact)


def uk_postcode_in(address: pl.Expr) -> pl.Expr:
    """The last UK postcode in the text of an address, with its space; null if there is none."""
    last = address.str.to_uppercase().str.extract(
        rf"^(?:.*[^0-9A-Z])?({UK_POSTCODE_SPACED})(?:[^0-9A-Z].*)?$", 1
    )
    return _spaced(last.str.replace_all(" ", ""))


def dutch_postcode_in(address: pl.Expr) -> pl.Expr:
    """The first Dutch postcode in a text; null if there is none."""
    capitals = address.str.to_uppercase()
    return pl.coalesce(capitals.str.extract(DUTCH_POSTCODE, group) for group in (1, 2))


def _spaced(compact: pl.Expr) -> pl.Expr:
    return pl.concat_str(compact.str.head(-INWARD_CHARS), pl.lit(" "), compact.str.tail(INWARD_CHARS))


def postcode(text: pl.Expr, country: pl.Expr) -> pl.Expr:
    """The postcode to store: a UK one with its space; a foreign one in capitals, if `country` (an ISO code)
    is known and is not gb; else null."""
    foreign = pl.when(country != "gb").then(text).str.to_uppercase()
    stated = for_some(lambda texts: unless_filler(collapsed(texts)), foreign, where=pl.Expr.is_not_null)
    return pl.coalesce(local_postcode(text, country), uk_postcode(text), stated)
