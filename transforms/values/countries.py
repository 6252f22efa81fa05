"""Country names as registers write them → ISO 3166-1 alpha-2 codes in lower case.

The list is `vocabulary/countries.csv`. A name that is not in it has no code; the finding `unknown_country`
reports it. The nations of the United Kingdom are `gb`; Alderney and Sark belong to Guernsey (`gg`)."""

import polars as pl

from transforms.values.names import collapsed, folded, for_each_distinct
from transforms.values.vocabulary import lookup

_WHOLE = "UNITED STATES OF AMERICA|UNITED STATES|USA|US|CANADA|AUSTRALIA"
_AROUND_PART = (rf"^(?:(?:{_WHOLE}) )?(?:(?:STATE|PROVINCE) OF )?", rf" (?:{_WHOLE})$")


def country_key(name: pl.Expr) -> pl.Expr:
    """A country name in the spelling of the list: capitals, no accents, no punctuation, & as AND, no leading
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
    """ISO 3166-1 alpha-2 code of a country name, in lower case; null if the list does not have the name."""
    codes = lookup("countries", "key", "code")
    return for_each_distinct(
        lambda names: country_key(names).replace_strict(codes, default=None, return_dtype=pl.String), name
    )


def country_name(code: str, language: str) -> str:
    """Name in `en` or `nl` of a country, or of a part of one with a company register of its own, by its ISO
    code in any case; the code itself if the list `country_names` does not have it.
    """
    return lookup("country_names", "code", language).get(code.lower(), code)


def country_part(name: pl.Expr, country: pl.Expr) -> pl.Expr:
    """ISO 3166-2 code, in lower case, of the state, province or territory `name` (`Delaware`, `State of
    Delaware, USA`) of `country` (its code); null if it is none.

    Covers countries whose parts keep the company registers: `vocabulary/country_parts.csv`.
    """
    code = (
        country_key(name)
        .str.replace(_AROUND_PART[0], "")
        .str.replace(_AROUND_PART[1], "")
        .replace_strict(lookup("country_parts", "key", "code"), default=None, return_dtype=pl.String)
    )
    return pl.when(code.str.head(2) == country).then(code)
