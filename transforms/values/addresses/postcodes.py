"""Postcodes: the British form, and what is stored of others."""

from __future__ import annotations

import polars as pl

from transforms.values.addresses.fillers import unless_filler
from transforms.values.addresses.low_countries import local_postcode
from transforms.values.names import collapsed, for_some

# A UK postcode (and those of Jersey, Guernsey and Man, which share its form), without its space.
# Source: BS 7666 form; GIR 0AA is history and left out.
UK_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}"
UK_POSTCODE_SPACED = r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}"
_WELL_WRITTEN = r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}$"
INWARD_CHARS = 3


def uk_postcode(text: pl.Expr) -> pl.Expr:
    """A UK postcode in capitals with one space before its last three characters; null where the text is
    none.
    """
    return for_some(_rewritten_postcode, text, where=lambda one: ~one.str.contains(_WELL_WRITTEN))


def _rewritten_postcode(text: pl.Expr) -> pl.Expr:
    compact = text.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "").str.extract(rf"^({UK_POSTCODE})$", 1)
    return _spaced(compact)


def uk_postcode_in(address: pl.Expr) -> pl.Expr:
    """The last UK postcode that stands in an address, spaced; null where there is none. `(TR10 8LA)` and
    `TR10 8LA` alike.
    """
    return for_some(_last_postcode, address, where=pl.Expr.is_not_null)


def _last_postcode(text: pl.Expr) -> pl.Expr:
    found = text.str.to_uppercase().str.extract(
        rf"^(?:.*[^0-9A-Z])?({UK_POSTCODE_SPACED})(?:[^0-9A-Z].*)?$", 1
    )
    return _spaced(found.str.replace_all(" ", ""))


def _spaced(compact: pl.Expr) -> pl.Expr:
    return pl.concat_str(compact.str.head(-INWARD_CHARS), pl.lit(" "), compact.str.tail(INWARD_CHARS))


def postcode(text: pl.Expr, country: pl.Expr) -> pl.Expr:
    """The postcode to store: a UK one spaced; a foreign one in capitals, where `country` (a code) is known
    and is not gb; else null.
    """
    foreign = for_some(_foreign_postcode, pl.when(country != "gb").then(text), where=pl.Expr.is_not_null)
    return pl.coalesce(local_postcode(text, country), uk_postcode(text), foreign)


def _foreign_postcode(text: pl.Expr) -> pl.Expr:
    return unless_filler(collapsed(text.str.to_uppercase()))
