"""Official numbers as org-ids, by the rules of org-id.guide and of the registers.

Three questions are kept apart. `normalise_gb_coh` asks whether a number that *somebody states* (a land title,
an owner declared to a register) may be used as a UK company number; when in doubt it may not, and it is null.
`is_anybodys` asks whether a usable number is one that somebody types who has none (02345678, 1, a year):
companies have such numbers, so it counts where a company register that is held gives it that name
(`resolution`), and is none everywhere else. `registry_gb_coh` only tidies the number of a company register's
*own* record, which is never refused for its value.

Source of prefixes: `vocabulary/gb_company_prefixes.csv`. A register reports a prefix that is not there.
"""

from __future__ import annotations

import polars as pl

from transforms.values.fillers import any_of, fillers
from transforms.values.names import for_some, staged
from transforms.values.vocabulary import lookup, vocabulary

GB_COH = "GB-COH"
# org-id.guide has no scheme for numbers of value added tax; the number begins with its country's prefix
VAT = "VAT"
NUMBER_CHARS = 8  # every UK company number, prefix included
# Prefixes that are not the country's code, as the European Commission's VIES has them; Northern Ireland has
# two for one number.
VAT_PREFIXES = {"gr": "EL"}
VAT_COUNTRIES = {"EL": "gr", "XI": "gb"}
VAT_DIGITS_MIN = 6  # (own) fewer are no number that tells a company
NO_PREFIX = "none"  # how the list of prefixes calls digits only
# Classes whose digits-only numbers may be padded to eight. Everything else (societies, councils, unknown) is
# not padded.
PADDED_CLASSES = ("company", "guarantee_company", "plc", "llp")

PREFIXES: dict[str, str] = lookup("gb_company_prefixes", "prefix", "legal_form_class")
PREFIX_TERRITORIES: dict[str, str] = lookup("gb_company_prefixes", "prefix", "territory")
PLACEHOLDERS: tuple[str, ...] = tuple(vocabulary("gb_number_placeholders")["value"])
# (own) Runs of digits that somebody types who has no number, from any of them on; and one digit again and
# again. The shorter ones begin or end with 1.
_UP, _DOWN = "1234567890", "9876543210"
_RUNS = (
    *(_UP[:length] for length in range(3, 11)),
    *(_UP[start : start + length] for start in range(1, 6) for length in range(5, 11 - start)),
    *(_DOWN[start : start + length] for start in range(10) for length in range(4, 11 - start)),
    *(f"{digit}{{3,}}" for digit in range(1, 10)),
)
_OF_SIX = "|".join(
    [*(run for run in _RUNS if len(run) == 6 and run.isdigit()), *(str(digit) * 6 for digit in range(1, 10))]
)
_FILLS = rf"^(?:{any_of(fillers('number'), '')}|X+|0+)+$|^[A-Z]{{0,2}}0+$|^(?:{any_of(fillers('number'), '')}|X+)[1-9]0{{0,3}}$"
_SHORT = "^[A-Z]{1,2}[1-9]0{0,3}$"  # a prefix of the UK with a low number that is not written in full
_LOW = r"0*[1-9]0{0,3}|0*[1-9][0-9]"  # 1 to 99, 100, 1000
_YEAR = r"(?:0{4})?(?:19|20)[0-9]{2}"  # (own) padded to a UK number it has eight digits
# What is typed where there is no number. The UK's own register has it too: 00000006, 02345678, SC345678.
ANYBODYS = rf"^(?:0*(?:{'|'.join(_RUNS)})|[A-Z]{{2}}(?:{_OF_SIX})|{_YEAR}|{_LOW})$"
# (own) Of any register, beside PLACEHOLDERS: counted up or down, and one digit seven times or more.
TEST_NUMBERS = rf"^(?:1234567|123456789|0?1234567890|0123456789|9876543210?|{'|'.join(f'{digit}{{7,}}' for digit in range(10))})$"
_DATE = (
    r"^\s*(?:[0-3]?[0-9][-./][01]?[0-9][-./](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[-./][01]?[0-9][-./][0-3]?[0-9](?:[ "
    r"T].*)?)\s*$"
)
LEI_CHARS, LEI_REMAINDER = 20, 1  # ISO 17442: 18 letters and digits, two check digits; by ISO 7064 MOD 97-10
_LETTERS = {chr(ord("A") + place): str(10 + place) for place in range(26)}
_LETTER_PREFIXES = tuple(prefix for prefix in PREFIXES if prefix not in (NO_PREFIX, "R0"))
SOCIETY_PREFIXES = tuple(
    prefix for prefix, legal_form_class in PREFIXES.items() if legal_form_class == "society"
)
_PADDED_PREFIXES = tuple(prefix for prefix in _LETTER_PREFIXES if prefix not in SOCIETY_PREFIXES)
# A known prefix and a body that may end in letters (SL00123A, IP21143R, RS007CUS); a society's also shorter.
_COMPLETE = rf"^(?:(?:{'|'.join(_PADDED_PREFIXES)})[0-9][0-9A-Z]{{5}}|(?:{'|'.join(SOCIETY_PREFIXES)})[0-9]{{1,6}}[A-Z]{{0,3}})$"
_IRISH_TOO_LONG = r"^R[1-9]"  # R and seven digits always begins R0


def tidy_number(number: pl.Expr) -> pl.Expr:
    """Capitals and digits only, so that `sc 12.345` is `SC12345`; null where nothing is left.

    A spreadsheet's trailing `.0` is taken off first, because it is no digit of the number.
    """
    return for_some(_tidied, number, where=lambda one: ~one.str.contains("^[0-9A-Z]+$"))


def _tidied(number: pl.Expr) -> pl.Expr:
    kept = (
        number.str.strip_chars()
        .str.replace(r"^(\d+)\.0+$", "$1")
        .str.to_uppercase()
        .str.replace_all(r"[^0-9A-Z]", "")
    )
    return kept.replace("", None)


def says_number(tidy: pl.Expr, digits_min: int) -> pl.Expr:
    """True where a tidy number may tell a company: that many digits after leading zeros, of two kinds at
    least, and neither a run of them nor a placeholder. Null stays null.
    """
    digits = tidy.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
    is_round = digits.str.contains("^[1-9]0{0,3}$")
    enough = (
        (digits.str.len_chars() >= digits_min)
        & (digits.str.extract_all(".").list.n_unique() >= 2)
        & ~is_round
    )
    return (
        enough
        & ~digits.str.contains(rf"^(?:{'|'.join(_RUNS)})$")
        & ~tidy.str.contains(rf"{_FILLS}|{_SHORT}")
        & ~tidy.str.contains(ANYBODYS)
    )


def lei(text: pl.Expr) -> pl.Expr:
    """A LEI in capitals, without blanks and hyphens; null where its check digits (ISO 7064 MOD 97-10) do
    not say that it is one.
    """
    tidy = tidy_number(text)
    digits = (
        pl.when(tidy.str.contains(rf"^[A-Z0-9]{{{LEI_CHARS - 2}}}[0-9]{{2}}$"))
        .then(tidy)
        .str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    )
    remainder = pl.lit(0, dtype=pl.Int64)
    for start in range(0, 2 * LEI_CHARS, 8):
        part = digits.str.slice(start, 8)
        shift = pl.lit(10, dtype=pl.Int64).pow(part.str.len_chars())
        remainder = (remainder * shift + part.replace("", "0").cast(pl.Int64, strict=False)) % 97
    return pl.when(remainder == LEI_REMAINDER).then(tidy)


def vat_number(number: pl.Expr, country: pl.Expr) -> pl.Expr:
    """A VAT number as its country's prefix and the rest of it, capitals and digits only; null for a
    placeholder, and where nothing tells the country.

    A prefix that is written goes before `country` (the ISO code of the party's own): a company may be
    registered for the tax elsewhere.
    Check digits are not looked at: a number alone joins nobody.
    """
    return staged(_vat_numbers, number=number, country=country)


def _vat_numbers(stated: pl.DataFrame) -> pl.Series:
    """Columns number, country; the VAT numbers."""
    codes = [code.upper() for code in set(lookup("countries", "key", "code").values())]
    tidy = stated.select(tidy_number(pl.col("number")).alias("tidy"), "country")
    own = pl.col("country").replace(VAT_PREFIXES).str.to_uppercase()
    first = pl.col("tidy").str.slice(0, 2)
    written = pl.when(
        first.is_in([*codes, *VAT_COUNTRIES]) & (pl.col("tidy").str.len_chars() > VAT_DIGITS_MIN)
    ).then(first)
    cut = tidy.with_columns(
        pl.coalesce(written.replace("GR", "EL").replace("XI", "GB"), own).alias("prefix"),
        written.is_not_null().alias("is_written"),
    )
    body = pl.when("is_written").then(pl.col("tidy").str.slice(2)).otherwise("tidy")
    return cut.select(
        pl.when(says_number(body, VAT_DIGITS_MIN)).then(pl.concat_str("prefix", body)).alias("vat")
    )["vat"]


def vat_country(vat: pl.Expr) -> pl.Expr:
    """ISO code of the country whose prefix the number has."""
    prefix = vat.str.slice(0, 2)
    return prefix.replace_strict(VAT_COUNTRIES, default=prefix.str.to_lowercase(), return_dtype=pl.String)


def is_placeholder(number: pl.Expr) -> pl.Expr:
    """True for a blank, zeros only, words that fill a field (`vocabulary/fillers.csv`), listed test numbers,
    runs of digits, padded or after a prefix too, 1 to 99, 100, a year and a date. Never null.

    Of *stated* numbers: a real company may have one, and then its register says so and the name joins others
    to it."""
    tidy = tidy_number(number)
    return _fills(tidy) | (
        is_anybodys(tidy) | tidy.str.contains(_SHORT) | number.str.contains(_DATE)
    ).fill_null(False)


def fills_scheme(number: pl.Expr, is_of_letters: pl.Expr) -> pl.Expr:
    """Whether a number under a scheme of org-id.guide (other than GB-COH, XI-LEI) is none: what is listed,
    zeros, words, a date, a test number, a single digit, and letters alone unless `is_of_letters`. Never null.

    The scheme says whose the number is, and its registers begin at one and have numbers like a year or a run:
    2001 and 345678 are companies."""
    tidy = tidy_number(number)
    too_short = ~is_of_letters & ((tidy.str.count_matches("[0-9]") < 2) | tidy.str.contains("^0*[1-9]$"))
    return _fills(tidy) | (
        too_short | tidy.str.contains(TEST_NUMBERS) | number.str.contains(_DATE)
    ).fill_null(False)


def is_anybodys(tidy: pl.Expr) -> pl.Expr:
    """Whether a tidy number is one that anybody writes who has none: a run of digits, 1 to 99, 100, 1000,
    with zeros or a prefix before it or not, a year. Null stays null.
    """
    return tidy.str.contains(ANYBODYS)


def is_beyond_gb_coh(tidy: pl.Expr, highest_first_digit: str | None) -> pl.Expr:
    """Whether a tidy number of digits alone is one that Companies House has not issued yet. Null stays null.

    Companies House issues its eight-digit numbers in ascending order, so a number that begins with a higher
    digit than every number held (`highest_first_digit`) is not issued yet. With None, where no number is
    held, only a number of more than eight digits is beyond."""
    first_digit = tidy.str.zfill(NUMBER_CHARS).str.head(1)
    is_longer = tidy.str.len_chars() > NUMBER_CHARS
    return tidy.str.contains("^[0-9]+$") & (is_longer | (first_digit > (highest_first_digit or "9")))


def _fills(tidy: pl.Expr) -> pl.Expr:
    """Whether a tidy number is none, whoever has it: a blank, zeros, words, and the listed test numbers
    (12345678). Never null.
    """
    return (
        tidy.is_null()
        | tidy.str.contains(_FILLS).fill_null(False)
        | tidy.is_in(PLACEHOLDERS).fill_null(False)
    )


def gb_coh_prefix(number: pl.Expr) -> pl.Expr:
    """Letters that begin the number (`R0` for the old Northern Irish ones), `none` for digits only, null
    where it has no such shape.
    """
    tidy = tidy_number(number)
    letters = tidy.str.extract(r"^([A-Z]{1,2})[A-Z]*[0-9]", 1)
    return (
        pl.when(tidy.str.contains(r"^[0-9]+$"))
        .then(pl.lit(NO_PREFIX))
        .when(letters == "R")
        .then(pl.lit("R0"))
        .otherwise(letters)
    )


def gb_coh_territory(number: pl.Expr) -> pl.Expr:
    """england_wales, scotland, northern_ireland, uk (one of the three) or overseas, by the prefix; null
    for an unknown one.
    """
    return gb_coh_prefix(number).replace_strict(PREFIX_TERRITORIES, default=None, return_dtype=pl.String)


def normalise_gb_coh(number: pl.Expr, legal_form_class: pl.Expr | None = None) -> pl.Expr:
    """A stated number as a UK company number of eight characters, or null where the rules do not allow its
    use.

    `legal_form_class`: class of the party that states it (LEGAL_FORM_CLASSES), per row; without it the caller
    vouches that the parties are companies or LLPs. Digits are padded to eight for PADDED_CLASSES only; a
    letter prefix is padded after it. A society's number is never padded: with a prefix it stays as written
    (IP21143R), with digits or a suffix letter alone (7724, 30521R) it is null, also where somebody padded it
    (00007724). Eight digits that cannot be a padded society number (over five digits long) need no padding
    and are taken for any class. A number that is `is_anybodys` is given, and is for its reader to confirm; a
    listed test number, zeros, words and a date are null."""
    vouched = pl.lit(PADDED_CLASSES[0]) if legal_form_class is None else legal_form_class
    return staged(_normalised, number=number, legal_form_class=vouched)


def _normalised(stated: pl.DataFrame) -> pl.Series:
    """Columns number, legal_form_class; the usable numbers."""
    tidied = stated.select("number", "legal_form_class", tidy_number(pl.col("number")).alias("tidy"))
    candidates = tidied.select("number", "tidy", _candidate().alias("candidate"))
    is_date = pl.col("number").str.contains(_DATE).fill_null(False)
    usable = (
        ~is_date
        & ~_fills(pl.col("tidy"))
        & ~_fills(pl.col("candidate"))
        & ~pl.col("tidy").str.contains(_SHORT).fill_null(False)
        & ~pl.col("candidate").str.contains(_IRISH_TOO_LONG)
    )
    return candidates.select(pl.when(usable).then(pl.col("candidate")).alias("number"))["number"]


def _candidate() -> pl.Expr:
    tidy = pl.col("tidy")
    return (
        pl.when(pl.col("legal_form_class").is_in(PADDED_CLASSES) & tidy.str.contains(r"^[0-9]{1,8}$"))
        .then(tidy.str.zfill(NUMBER_CHARS))
        .when(tidy.str.contains(r"^[0-9]{8}$") & ~tidy.str.starts_with("000"))
        .then(tidy)
        .when(tidy.str.contains(rf"^(?:{'|'.join(_PADDED_PREFIXES)})[0-9]{{1,6}}$"))
        .then(_padded_after(tidy, 2))
        .when(tidy.str.contains(r"^R[0-9]{1,7}$"))
        .then(_padded_after(tidy, 1))
        .when(tidy.str.contains(_COMPLETE))
        .then(tidy)
    )


def _padded_after(tidy: pl.Expr, prefix_chars: int) -> pl.Expr:
    return pl.concat_str(
        tidy.str.slice(0, prefix_chars), tidy.str.slice(prefix_chars).str.zfill(NUMBER_CHARS - prefix_chars)
    )


def registry_gb_coh(number: pl.Expr) -> pl.Expr:
    """The number of Companies House's own record: tidied, padded where it lost its zeros, otherwise as it
    stands. Null for a blank only.
    """
    return for_some(
        _as_registered, tidy_number(number), where=lambda tidy: tidy.str.len_bytes() < NUMBER_CHARS
    )


def _as_registered(tidy: pl.Expr) -> pl.Expr:
    return (
        pl.when(tidy.str.contains(r"^[0-9]{1,7}$"))
        .then(tidy.str.zfill(NUMBER_CHARS))
        .when(tidy.str.contains(r"^[A-Z]{2}[0-9]{1,5}$") & ~tidy.str.slice(0, 2).is_in(SOCIETY_PREFIXES))
        .then(_padded_after(tidy, 2))
        .otherwise(tidy)
    )


def org_id(scheme: str | pl.Expr, number: pl.Expr) -> pl.Expr:
    """`<scheme>-<number>` as on org-id.guide; null where either is null."""
    return pl.concat_str(pl.lit(scheme) if isinstance(scheme, str) else scheme, pl.lit("-"), number)
