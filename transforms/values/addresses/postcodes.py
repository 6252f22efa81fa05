"""British and other postcodes, in the form in which they are stored."""

import polars as pl

from transforms.values.addresses.fillers import unless_filler
from transforms.values.addresses.low_countries import local_postcode
from transforms.values.names import collapsed

# A postcode of the UK, Jersey, Guernsey or Man without its space. Source: BS 7666; GIR 0AA, which is no
# longer used, is left out.
UK_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}"
UK_POSTCODE_SPACED = r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}"
INWARD_CHARS = 3


def uk_postcode(text: pl.Expr) -> pl.Expr:
    """A UK postcode in capitals with one space before its last three characters; null for any other text."""
    compact = text.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "").str.extract(rf"^({UK_POSTCODE})$", 1)
    return _spaced(compact)


def uk_postcode_in(address: pl.Expr) -> pl.Expr:
    """The last UK postcode in the text of an address, with its space; null if there is none."""
    last = address.str.to_uppercase().str.extract(
        rf"^(?:.*[^0-9A-Z])?({UK_POSTCODE_SPACED})(?:[^0-9A-Z].*)?$", 1
    )
    return _spaced(last.str.replace_all(" ", ""))


def _spaced(compact: pl.Expr) -> pl.Expr:
    return pl.concat_str(compact.str.head(-INWARD_CHARS), pl.lit(" "), compact.str.tail(INWARD_CHARS))


def postcode(text: pl.Expr, country: pl.Expr) -> pl.Expr:
    """The postcode to store: a UK one with its space; a foreign one in capitals, if `country` (an ISO code)
    is known and is not gb; else null."""
    foreign = pl.when(country != "gb").then(text).str.to_uppercase()
    return pl.coalesce(local_postcode(text, country), uk_postcode(text), unless_filler(collapsed(foreign)))
