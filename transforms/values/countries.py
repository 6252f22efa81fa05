"""Country names as registers write them, to ISO 3166-1 alpha-2 codes in lower case.

The list is `vocabulary/countries.csv`. A name that is not in it has no code: nothing is guessed, and
`unknown_country` says which it was. The nations of the United Kingdom are `gb`; Alderney and Sark belong to
Guernsey (`gg`)."""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.values.names import collapsed, folded, for_each_distinct
from transforms.values.vocabulary import lookup

_WHOLE = "UNITED STATES OF AMERICA|UNITED STATES|USA|US|CANADA|AUSTRALIA"
_AROUND_PART = (rf"^(?:(?:{_WHOLE}) )?(?:(?:STATE|PROVINCE) OF )?", rf" (?:{_WHOLE})$")


def country_key(name: pl.Expr) -> pl.Expr:
    """A country name as the list spells it: capitals, no accents, no punctuation, & as AND, no leading
    THE. Null stays null.
    """
    plain = (
        folded(name)
        .str.replace_all("&", " AND ")
        .str.replace_all(r"[.'’`]", "")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
    )
    return collapsed(plain.str.strip_chars().str.replace(r"^THE ", ""))


def country_code(name: pl.Expr) -> pl.Expr:
    """ISO 3166-1 alpha-2 code, lower case, of a country name; null for a blank and for a name that is not
    in the list.
    """
    return for_each_distinct(_country_code, name)


def _country_code(name: pl.Expr) -> pl.Expr:
    return country_key(name).replace_strict(*_list(), default=None, return_dtype=pl.String)


@cache
def _list() -> tuple[pl.Series, pl.Series]:
    """Keys and codes. Columns, because a dictionary is made to columns each time that it is used."""
    codes = lookup("countries", "key", "code")
    return pl.Series(list(codes)), pl.Series(list(codes.values()))


def country_part(name: pl.Expr, country: pl.Expr) -> pl.Expr:
    """ISO 3166-2 code, lower case, of the state, province or territory that `name` is of `country` (its
    code): `Delaware`, `State of Delaware, USA`. Else null.

    Only of countries whose parts keep the company registers: `vocabulary/country_parts.csv`.
    """
    bare = country_key(name).str.replace(_AROUND_PART[0], "").str.replace(_AROUND_PART[1], "")
    code = bare.replace_strict(lookup("country_parts", "key", "code"), default=None, return_dtype=pl.String)
    return pl.when(code.str.head(2) == country).then(code)
