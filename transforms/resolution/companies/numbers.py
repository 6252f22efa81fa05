"""What is compared of a number that a record states and that no scheme has read: the number as its country's
register writes it. Row-local.

| country | written | compared as |
|---|---|---|
| be | `0403.170.701`, `BE0403170701`, `403170701` | ten digits (Crossroads Bank for Enterprises) |
| nl | `KvK 34012345`, `04012345`, `4012345` | eight digits (Chamber of Commerce) |
| de | `HRB 128456`, `HRB128456 B`, `HRB 128.456` | part of the register and digits |
| gb | `62758518` | no number, if Companies House has not issued it yet (`is_beyond_gb_coh`) |
| other | `B 48.291`, `048291` | capitals and digits, leading zeros off |

A filler is no number, nor is a text without a digit (ONBEKEND, INCONNU). In Germany each court numbers for
itself, from one up, and hardly anybody says which: a number counts beside an equal name, and two companies of
one name and one number at two courts are not expected.
"""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.values.identifiers import is_beyond_gb_coh, is_placeholder, tidy_number

BE_DIGITS, NL_DIGITS = 10, 8
# Leading zeros are lost, so fewer digits are padded; letters around them are a prefix, or name the register.
BE_NUMBER = r"^[A-Z]*([0-9]{9,10})[A-Z]*$"
NL_NUMBER = r"^[A-Z]*([0-9]{5,8})(?:0000)?[A-Z]*$"  # of the company itself; its seat had four zeros more
# Parts of the German registers: of companies (A, B), cooperatives, partnerships and associations.
DE_NUMBER = r"\b(HR *[AB]|GN *R|GS *R|PR|VR)[^A-Z0-9]*0*([0-9]+)"


def highest_first_digit(connection: Connection) -> str | None:
    """Highest first digit of the UK company numbers of eight digits held; None where none is."""
    digit: str | None = frame(connection, read_sql(__package__, "highest_first_digit")).item()
    return digit


def national_number(native: pl.Expr, country: pl.Expr, highest_digit: str | None) -> pl.Expr:
    """The number for comparison; null where none is stated. `highest_digit`: of `highest_first_digit`."""
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
    """Capitals, each number in one: `HRB 12.345` and `HRB 12 345` are HRB 12345. What stands behind the
    number is then a part of it, and joins nothing.
    """
    text = native.str.to_uppercase()
    for _ in range(2):  # each match takes both digits; of three single ones the second begins the next
        text = text.str.replace_all(r"([0-9])[.'’ ]+([0-9])", "$1$2")
    return text.str.replace_all(r"([0-9]),([0-9]{3})\b", "$1$2")
