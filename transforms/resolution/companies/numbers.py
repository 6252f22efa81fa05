"""Stated numbers that are not under a known scheme, in the form in which their country's register writes
them, for comparison. Row-local.

| country | written | compared as |
|---|---|---|
| be | `0403.170.701`, `BE0403170701`, `403170701` | ten digits (Crossroads Bank for Enterprises) |
| nl | `KvK 34012345`, `04012345`, `4012345` | eight digits (Chamber of Commerce) |
| de | `HRB 128456`, `HRB128456 B`, `HRB 128.456` | part of the register and digits |
| gb | `62758518` | no number, if Companies House has not issued it yet (`is_beyond_gb_coh`) |
| other | `B 48.291`, `048291` | capitals and digits, without leading zeros |

A filler is not a number, nor is a text without a digit (ONBEKEND, INCONNU). In Germany each court has its own
series from 1, and records rarely name the court. The number is only used together with an equal name, and two
companies with the same name and number at two courts are not expected.
"""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.values.identifiers import is_beyond_gb_coh, is_placeholder, tidy_number

BE_DIGITS, NL_DIGITS = 10, 8
# Numbers that lost their leading zeros are padded. Letters around the digits are a prefix or name the
# register.
BE_NUMBER = r"^[A-Z]*([0-9]{9,10})[A-Z]*$"
NL_NUMBER = r"^[A-Z]*([0-9]{5,8})(?:0000)?[A-Z]*$"  # four more zeros: formerly the number of its main seat
# Parts of the German registers: of companies (A, B), cooperatives, partnerships and associations.
DE_NUMBER = r"\b(HR *[AB]|GN *R|GS *R|PR|VR)[^A-Z0-9]*0*([0-9]+)"


def highest_first_digit(connection: Connection) -> str | None:
    """Highest first digit of the UK company numbers of eight digits that are held; None if there are none."""
    digit: str | None = frame(connection, read_sql(__package__, "highest_first_digit")).item()
    return digit


def national_number(native: pl.Expr, country: pl.Expr, highest_digit: str | None) -> pl.Expr:
    """The number for comparison; null if none is stated. `highest_digit`: from `highest_first_digit`."""
    tidy, text = tidy_number(native), _in_one(native)
    read = (
        pl.when(country == "be")
        .then(tidy.str.extract(BE_NUMBER).str.zfill(BE_DIGITS))
        .when(country == "nl")
        .then(tidy.str.extract(NL_NUMBER).str.zfill(NL_DIGITS))
        .when(country == "de")
        .then(text.str.extract(DE_NUMBER, 1).str.replace_all(" ", "") + text.str.extract(DE_NUMBER, 2))
    )
    number = pl.coalesce(read, tidy.str.strip_chars_start("0"))
    is_beyond = (country == "gb") & is_beyond_gb_coh(number, highest_digit)
    says = (
        tidy.str.contains("[0-9]")
        & ~is_placeholder(native)
        & ~is_placeholder(number)
        & ~is_beyond.fill_null(False)
    )
    return pl.when(says).then(number)


def _in_one(native: pl.Expr) -> pl.Expr:
    """Capitals, without dots, commas and blanks within a number: `HRB 12.345` and `HRB 12 345` become HRB
    12345. Digits that follow the number become part of it, and then match nothing.
    """
    text = native.str.to_uppercase()
    for _ in range(2):  # matches do not overlap, so `1 2 3` needs two passes
        text = text.str.replace_all(r"([0-9])[.'’ ]+([0-9])", "$1$2")
    return text.str.replace_all(r"([0-9]),([0-9]{3})\b", "$1$2")
