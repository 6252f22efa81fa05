"""What is compared of a number that a record states and that no scheme has read: the number as its country's register writes it. Row-local.

| country | written | compared as |
|---|---|---|
| be | `0403.170.701`, `BE0403170701`, `403170701` | ten digits (Crossroads Bank for Enterprises) |
| nl | `KvK 34012345`, `04012345`, `4012345` | eight digits (Chamber of Commerce) |
| de | `HRB 128456`, `HRB128456 B` | the part of the commercial register and its digits; the court is told beside it |
| other | `B 48.291`, `048291` | capitals and digits, leading zeros off |

A filler is no number, nor is a text without a digit (ONBEKEND, INCONNU). In Germany each court numbers for itself, from one up: HRB 128456 of Berlin and HRB 128456
of Munich are two companies.
"""

from __future__ import annotations

import polars as pl

from transforms.identifiers import is_placeholder, tidy_number
from transforms.names import folded

BE_DIGITS, NL_DIGITS = 10, 8
# Leading zeros are lost, so fewer digits are padded; letters around them are a prefix, or name the register.
BE_NUMBER = r"^[A-Z]*([0-9]{9,10})[A-Z]*$"
NL_NUMBER = r"^[A-Z]*([0-9]{5,8})(?:0000)?[A-Z]*$"  # of the company itself; its seat had four zeros more
# Parts of the German registers: of companies (A, B), cooperatives, partnerships and associations.
DE_NUMBER = r"\b(HR *[AB]|GN *R|GS *R|PR|VR)[^A-Z0-9]*0*([0-9]+)"
# Letters behind the number where a court has taken in others: B is Charlottenburg's own, which is Berlin's only one.
DE_LETTERS = r"\b(?:HR *[AB]|GN *R|GS *R|PR|VR)[^A-Z0-9]*[0-9]+ *([A-Z]{1,2})\b"
PER_COURT = ("de",)  # countries whose courts number for themselves
# (own) Words of a register's name that tell no court.
NO_COURT = (
    "AMTSGERICHT", "AG", "REGISTERGERICHT", "HANDELSREGISTER", "GENOSSENSCHAFTSREGISTER", "UNTERNEHMENSREGISTER", "GERICHT", "REGISTER", "REGISTRY", "REGISTRAR",
    "REGISTERED", "REGISTRATION", "COMMERCIAL", "TRADE", "COMPANY", "COMPANIES", "HOUSE", "LOCAL", "DISTRICT", "MUNICIPAL", "COUNTY", "COURT", "COURTS", "LAW",
    "THE", "OF", "AT", "IN", "AND", "FOR", "DES", "DER", "DEM", "DIE", "DAS", "BEIM", "BEI", "VON", "AM", "AN", "MAIN", "HR", "HRA", "HRB", "GNR", "GSR", "PR", "VR",
    "NO", "NR", "NUMBER", "GERMAN", "GERMANY", "DEUTSCHLAND", "FEDERAL", "REPUBLIC", "BUNDESREPUBLIK", "GMBH", "KG", "UG",
)  # fmt: skip
# (own) Courts under another name.
COURTS = {
    "B": "BERLIN",
    "CHARLOTTENBURG": "BERLIN",
    "MUNICH": "MUNCHEN",
    "COLOGNE": "KOLN",
    "NUREMBERG": "NURNBERG",
    "HANOVER": "HANNOVER",
    "BRUNSWICK": "BRAUNSCHWEIG",
}


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


def register_court(register: pl.Expr, native: pl.Expr, country: pl.Expr) -> pl.Expr:
    """The court whose number it is: words of its name in alphabetical order; null where none is told, and where a country has one register.

    `register`: the register's name as stated, `native`: the number as stated, which may name the court too.
    """
    number = native.str.to_uppercase()
    words = pl.coalesce(
        _court_words(register), _court_words(number.str.replace(DE_NUMBER, " ")), number.str.extract(DE_LETTERS).replace("AG", None).replace(COURTS)
    )
    return pl.when(country.is_in(PER_COURT)).then(words)


def _court_words(text: pl.Expr) -> pl.Expr:
    """Umlauts are spelled in two ways, and stand here as the letter without its dots."""
    plain = folded(text).str.replace_all(r"([AOU])E", "$1").str.extract_all(r"[A-Z]{3,}")
    none = [word.replace("AE", "A").replace("OE", "O").replace("UE", "U") for word in NO_COURT]
    told = plain.list.eval(pl.element().filter(~pl.element().is_in(none)).replace(COURTS)).list.unique().list.sort().list.join(" ")
    return told.replace("", None)
