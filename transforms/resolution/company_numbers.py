"""What is compared of a number that a record states and that no scheme has read: the number as its country's register writes it. Row-local.

| country | written | compared as |
|---|---|---|
| be | `0403.170.701`, `BE0403170701`, `403170701` | ten digits (Crossroads Bank for Enterprises) |
| nl | `KvK 34012345`, `04012345`, `4012345` | eight digits (Chamber of Commerce) |
| de | `HRB 128456`, `HRB128456 B` | the part of the commercial register and its digits, without the court |
| other | `B 48.291`, `048291` | capitals and digits, leading zeros off |

A filler is no number, nor is a text without a digit (ONBEKEND, INCONNU).
"""

from __future__ import annotations

import polars as pl

from transforms.identifiers import is_placeholder, tidy_number

BE_DIGITS, NL_DIGITS = 10, 8
# Leading zeros are lost, so fewer digits are padded; letters around them are a prefix, or name the register.
BE_NUMBER = r"^[A-Z]*([0-9]{9,10})[A-Z]*$"
NL_NUMBER = r"^[A-Z]*([0-9]{5,8})(?:0000)?[A-Z]*$"  # of the company itself; its seat had four zeros more
# Parts of the German registers: of companies (A, B), cooperatives, partnerships and associations.
DE_NUMBER = r"\b(HR *[AB]|GN *R|GS *R|PR|VR)[^A-Z0-9]*0*([0-9]+)"


def national_number(native: pl.Expr, country: pl.Expr) -> pl.Expr:
    """The number for comparison; null where none is stated."""
    tidy, text = tidy_number(native), native.str.to_uppercase()
    read = (
        pl.when(country == "be").then(tidy.str.extract(BE_NUMBER).str.zfill(BE_DIGITS))
        .when(country == "nl").then(tidy.str.extract(NL_NUMBER).str.zfill(NL_DIGITS))
        .when(country == "de").then(text.str.extract(DE_NUMBER, 1).str.replace_all(" ", "") + text.str.extract(DE_NUMBER, 2))
    )  # fmt: skip
    number = pl.coalesce(read, tidy.str.strip_chars_start("0"))
    says = tidy.str.contains("[0-9]") & ~is_placeholder(native) & ~is_placeholder(number)
    return pl.when(says).then(number)
