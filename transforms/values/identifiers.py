"""Official numbers → org-ids, by the rules of org-id.guide and of the registers.

Three functions answer three questions:

- `normalise_gb_coh`: may a number that somebody states (on a land title, as an owner) be used as a UK company
  number? If in doubt, the result is null.
- `is_dummy_number`: does a number look like a made-up one, typed by people who have none (02345678, 1, a
  year)? Some companies have such a number, so it counts only if a company register gives it to a company of
  that name (`resolution`).
- `registry_gb_coh`: what is the number in a company register's own record? It is tidied, never rejected.

Source of prefixes: `vocabulary/gb_company_prefixes.csv`. A register reports a prefix that is not listed.
"""

import polars as pl

from transforms.values.names import any_of, fillers, for_some, staged
from transforms.values.vocabulary import lookup, vocabulary

GB_COH = "GB-COH"
# org-id.guide has no scheme for VAT numbers. They begin with the prefix of their country.
VAT = "VAT"
BE_KBO = "BE-BCE_KBO"
KBO_DIGITS = 10
NL_RSIN = "NL-RSIN"
RSIN_DIGITS = 9
# org-id.guide has no scheme for land; these name the registry: HM Land Registry, Kadaster.
GB_HMLR = "GB-HMLR"
NL_BRK = "NL-BRK"
NL_KVK = "NL-KVK"
# org-id.guide has no scheme for branches. KVK gives each branch a number of 12 digits.
NL_BRANCH = "NL-KVK-VESTIGING"
NL_BAG = "NL-BAG"
BAG_DIGITS = 16
_BAG_NUMBER = r"^\d{4}(?:01|02|03|20|30|10)\d{10}$"  # municipality, kind of object, number
KVK_DIGITS, KVK_DIGITS_MIN = 8, 6  # a number with fewer digits lost more than leading zeros
NUMBER_CHARS = 8  # every UK company number, prefix included
# Prefixes that differ from the country's code, from the European Commission's VIES. A Northern Irish number
# may have GB or XI.
VAT_PREFIXES = {"gr": "EL"}
VAT_COUNTRIES = {"EL": "gr", "XI": "gb"}
VAT_DIGITS_MIN = 6  # (own) fewer digits do not identify a company
NO_PREFIX = "none"  # in the list of prefixes: digits only
# Classes whose digits-only numbers may be padded to eight. Others (societies, councils, unknown) are not.
PADDED_CLASSES = ("company", "guarantee_company", "plc", "llp")

PREFIXES: dict[str, str] = lookup("gb_company_prefixes", "prefix", "legal_form_class")
PREFIX_TERRITORIES: dict[str, str] = lookup("gb_company_prefixes", "prefix", "territory")
PLACEHOLDERS: tuple[str, ...] = tuple(vocabulary("gb_number_placeholders")["value"])
# (own) Made-up numbers: consecutive digits from any start, or one digit repeated. Short runs begin or end
# with 1.
_UP, _DOWN = "1234567890", "9876543210"
_RUNS = (
    *(_UP[:length] for length in range(3, 11)),
    *(_UP[start : start + length] for start in range(1, 6) for length in range(5, 11 - start)),
    *(_DOWN[start : start + length] for start in range(10) for length in range(4, 11 - start)),
    *(f"{digit}{{3,}}" for digit in range(1, 10)),
)
_RUNS_OF_SIX = "|".join(
    [*(run for run in _RUNS if len(run) == 6 and run.isdigit()), *(str(digit) * 6 for digit in range(1, 10))]
)
_FILLER = rf"{any_of(fillers('number'), '')}|X+"
_ONLY_FILLERS = rf"^(?:{_FILLER}|0+)+$|^[A-Z]{{0,2}}0+$|^(?:{_FILLER})[1-9]0{{0,3}}$"
_SHORT = "^[A-Z]{1,2}[1-9]0{0,3}$"  # a UK prefix and a low number that is not padded
_LOW = r"0*[1-9]0{0,3}|0*[1-9][0-9]"  # 1 to 99, 100, 1000
_YEAR = r"(?:0{4})?(?:19|20)[0-9]{2}"  # (own) also padded to eight digits
# Typed by people who have no number. Some are real numbers in the UK register: 00000006, 02345678, SC345678.
DUMMY_NUMBERS = rf"^(?:0*(?:{'|'.join(_RUNS)})|[A-Z]{{2}}(?:{_RUNS_OF_SIX})|{_YEAR}|{_LOW})$"
# (own) Test numbers in any register, besides PLACEHOLDERS: digits counted up or down, and one digit seven
# times or more.
_REPEATED = "|".join(f"{digit}{{7,}}" for digit in range(10))
TEST_NUMBERS = rf"^(?:1234567|123456789|0?1234567890|0123456789|9876543210?|{_REPEATED})$"
_DATE = (
    r"^\s*(?:[0-3]?[0-9][-./][01]?[0-9][-./](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}[-./][01]?[0-9][-./][0-3]?[0-9](?:[ T].*)?)\s*$"
)
LEI_CHARS, LEI_REMAINDER = 20, 1  # ISO 17442: 18 characters, two check digits; ISO 7064 MOD 97-10
_LETTERS = {chr(ord("A") + place): str(10 + place) for place in range(26)}
_LETTER_PREFIXES = tuple(prefix for prefix in PREFIXES if prefix not in (NO_PREFIX, "R0"))
SOCIETY_PREFIXES = tuple(prefix for prefix, class_ in PREFIXES.items() if class_ == "society")
_PADDED_PREFIXES = tuple(prefix for prefix in _LETTER_PREFIXES if prefix not in SOCIETY_PREFIXES)
# A known prefix and a body that may end in letters (SL00123A, IP21143R, RS007CUS). A society's may be
# shorter.
_COMPLETE = (
    rf"^(?:(?:{'|'.join(_PADDED_PREFIXES)})[0-9][0-9A-Z]{{5}}"
    rf"|(?:{'|'.join(SOCIETY_PREFIXES)})[0-9]{{1,6}}[A-Z]{{0,3}})$"
)
_WRONG_IRISH = r"^R[1-9]"  # R and seven digits always begin with R0


def tidy_number(number: pl.Expr) -> pl.Expr:
    """The number in capitals and digits only, so that `sc 12.345` is `SC12345`; null if nothing is left.

    A trailing `.0`, which spreadsheets add, is removed first.
    """
    return for_some(_tidied, number, where=lambda text: ~text.str.contains("^[0-9A-Z]+$"))


def _tidied(number: pl.Expr) -> pl.Expr:
    return (
        number.str.strip_chars()
        .str.replace(r"^(\d+)\.0+$", "$1")
        .str.to_uppercase()
        .str.replace_all(r"[^0-9A-Z]", "")
        .replace("", None)
    )


def can_identify(tidy: pl.Expr, digits_min: int) -> pl.Expr:
    """Whether a tidy number can identify a company: at least `digits_min` digits after leading zeros, at
    least two different ones, and neither a run nor a placeholder. Null stays null."""
    digits = tidy.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
    enough = (
        (digits.str.len_chars() >= digits_min)
        & (digits.str.extract_all(".").list.n_unique() >= 2)
        & ~digits.str.contains("^[1-9]0{0,3}$")
    )
    return (
        enough
        & ~digits.str.contains(rf"^(?:{'|'.join(_RUNS)})$")
        & ~tidy.str.contains(rf"{_ONLY_FILLERS}|{_SHORT}")
        & ~tidy.str.contains(DUMMY_NUMBERS)
    )


def lei(text: pl.Expr) -> pl.Expr:
    """An LEI in capitals, without blanks and hyphens; null if its check digits (ISO 7064 MOD 97-10) are
    wrong.
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
    """A VAT number with its country's prefix, in capitals and digits; null for a placeholder or an unknown
    country.

    A prefix in the number takes precedence over `country` (the party's ISO code), because a company may be
    registered for VAT in another country. Check digits are not tested, because records are not joined on a
    VAT number alone.
    """
    return staged(_vat_numbers, number=number, country=country)


def _vat_numbers(stated: pl.DataFrame) -> pl.Series:
    """The VAT numbers of a frame with the columns number and country."""
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
        pl.when(can_identify(body, VAT_DIGITS_MIN)).then(pl.concat_str("prefix", body)).alias("vat")
    )["vat"]


def vat_country(vat: pl.Expr) -> pl.Expr:
    """ISO code of the country to which the prefix of the number belongs."""
    prefix = vat.str.slice(0, 2)
    return prefix.replace_strict(VAT_COUNTRIES, default=prefix.str.to_lowercase(), return_dtype=pl.String)


def is_placeholder(number: pl.Expr) -> pl.Expr:
    """True for a blank, zeros, fillers (`vocabulary/fillers.csv`), listed test numbers, runs of digits (also
    padded or after a prefix), 1 to 99, 100, a year and a date. Never null.

    For stated numbers only. A real company may have such a number: its own register states it, and other
    records are joined to the company by name."""
    tidy = tidy_number(number)
    return _is_filler(tidy) | (
        is_dummy_number(tidy) | tidy.str.contains(_SHORT) | number.str.contains(_DATE)
    ).fill_null(False)


def is_scheme_filler(number: pl.Expr, may_be_letters: pl.Expr) -> pl.Expr:
    """Whether a number under a scheme of org-id.guide (other than GB-COH and XI-LEI) is a filler: a listed
    number, zeros, words, a date, a test number, a single digit, or letters alone unless `may_be_letters`.
    Never null.

    A year or a run of digits is accepted: the scheme names the register, and registers have such numbers
    (2001 and 345678 are companies)."""
    tidy = tidy_number(number)
    too_short = ~may_be_letters & ((tidy.str.count_matches("[0-9]") < 2) | tidy.str.contains("^0*[1-9]$"))
    return _is_filler(tidy) | (
        too_short | tidy.str.contains(TEST_NUMBERS) | number.str.contains(_DATE)
    ).fill_null(False)


def is_dummy_number(tidy: pl.Expr) -> pl.Expr:
    """Whether a tidy number looks made up: a run of digits, 1 to 99, 100, 1000 (also after zeros or a
    prefix), or a year. Null stays null.
    """
    return tidy.str.contains(DUMMY_NUMBERS)


def is_beyond_gb_coh(tidy: pl.Expr, highest_first_digit: str | None) -> pl.Expr:
    """Whether Companies House has not yet issued this tidy number of digits only. Null stays null.

    Companies House issues eight-digit numbers in ascending order, so a number whose first digit is higher
    than that of every number held (`highest_first_digit`) is not issued yet. With None (no number is held)
    only a number of more than eight digits counts as not issued."""
    first_digit = tidy.str.zfill(NUMBER_CHARS).str.head(1)
    return tidy.str.contains("^[0-9]+$") & (
        (tidy.str.len_chars() > NUMBER_CHARS) | (first_digit > (highest_first_digit or "9"))
    )


def _is_filler(tidy: pl.Expr) -> pl.Expr:
    """Whether a tidy number is a blank, zeros, words or a listed test number (12345678). Never null."""
    return (tidy.str.contains(_ONLY_FILLERS) | tidy.is_in(PLACEHOLDERS)).fill_null(True)


def gb_coh_prefix(number: pl.Expr) -> pl.Expr:
    """The letters that begin the number (`R0` for old Northern Irish ones), `none` for digits only, null for
    any other form.
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
    """england_wales, scotland, northern_ireland, uk (any of the three) or overseas, by the prefix of the
    number; null for an unknown prefix.
    """
    return gb_coh_prefix(number).replace_strict(PREFIX_TERRITORIES, default=None, return_dtype=pl.String)


def normalise_gb_coh(number: pl.Expr, legal_form_class: pl.Expr | None = None) -> pl.Expr:
    """A stated number as a UK company number of eight characters; null if it may not be used.

    legal_form_class: class of the party that states the number (LEGAL_FORM_CLASSES), per row. Without it the
    caller guarantees that the parties are companies or LLPs.

    - Digits only: padded to eight for PADDED_CLASSES. Eight digits that cannot be a padded society number
      (more than five digits after the zeros) are accepted for any class.
    - Letter prefix: the digits after it are padded.
    - Society: never padded. With a prefix it stays as written (IP21143R); without one it is null (7724,
      30521R), even if somebody padded it (00007724).
    - Listed test numbers, zeros, words and dates: null. A number that `is_dummy_number` is returned, and the
      caller has to confirm it."""
    assumed = pl.lit(PADDED_CLASSES[0]) if legal_form_class is None else legal_form_class
    return staged(_normalised, number=number, legal_form_class=assumed)


def _normalised(stated: pl.DataFrame) -> pl.Series:
    """The usable numbers of a frame with the columns number and legal_form_class."""
    candidates = stated.select(
        "number", "legal_form_class", tidy_number(pl.col("number")).alias("tidy")
    ).select("number", "tidy", _candidate().alias("candidate"))
    is_date = pl.col("number").str.contains(_DATE).fill_null(False)
    usable = (
        ~is_date
        & ~_is_filler(pl.col("tidy"))
        & ~_is_filler(pl.col("candidate"))
        & ~pl.col("tidy").str.contains(_SHORT).fill_null(False)
        & ~pl.col("candidate").str.contains(_WRONG_IRISH)
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


def be_kbo(number: pl.Expr) -> pl.Expr:
    """A stated number as a Belgian enterprise number of ten digits, without dots; null if its check digits
    (97 minus the first eight digits modulo 97) are wrong. A lost leading zero is restored.
    """
    digits = number.str.replace_all(r"[^0-9]", "").str.zfill(KBO_DIGITS)
    return pl.when(digits.str.contains("^[01]")).then(kbo_checked(digits))


def kbo_checked(digits: pl.Expr) -> pl.Expr:
    """The ten digits of an enterprise, establishment or branch; null if its check digits are wrong."""
    whole = pl.when(digits.str.contains(r"^[0-9]{10}$")).then(digits)
    rest = 97 - whole.str.slice(0, 8).cast(pl.Int64) % 97
    return pl.when(rest == whole.str.slice(8).cast(pl.Int64)).then(whole)


def nl_rsin(number: pl.Expr) -> pl.Expr:
    """A stated number as a Dutch RSIN of nine digits; null if the weighted sum of its digits (9, 8, … 2, and
    -1 for the last) is not a multiple of 11. Lost leading zeros are restored.
    """
    digits = number.str.replace_all(r"[^0-9]", "").str.zfill(RSIN_DIGITS)
    whole = pl.when(digits.str.contains(r"^\d{9}$") & (digits != "0" * RSIN_DIGITS)).then(digits)
    weights = (*range(RSIN_DIGITS, 1, -1), -1)
    weighted = [whole.str.slice(place, 1).cast(pl.Int64) * weight for place, weight in enumerate(weights)]
    return pl.when(pl.sum_horizontal(weighted) % 11 == 0).then(whole)


def nl_kvk(number: pl.Expr) -> pl.Expr:
    """A stated number as a number of the Dutch trade register, of eight digits; null for any other text or a
    placeholder. Lost leading zeros are restored.
    """
    tidy = tidy_number(number)
    is_one = tidy.str.contains(rf"^\d{{{KVK_DIGITS_MIN},{KVK_DIGITS}}}$") & ~is_placeholder(tidy)
    return pl.when(is_one).then(tidy.str.zfill(KVK_DIGITS))


def registry_nl_kvk(number: pl.Expr) -> pl.Expr:
    """The number in KVK's own record, of eight digits; null for any other text."""
    return pl.when(number.str.contains(rf"^\d{{{KVK_DIGITS_MIN},{KVK_DIGITS}}}$")).then(
        number.str.zfill(KVK_DIGITS)
    )


def nl_bag(number: pl.Expr) -> pl.Expr:
    """`NL-BAG-` and the 16 digits of an object in the Dutch register of addresses and buildings; null for any
    other text. A lost leading zero is restored.

    Source: Catalogus BAG 2018, 7.2: digits 5 and 6 say the kind (01 home or office, 02 berth, 03 pitch,
    10 building, 20 address, 30 street).
    """
    whole = number.str.zfill(BAG_DIGITS)
    return org_id(NL_BAG, pl.when(whole.str.contains(_BAG_NUMBER)).then(whole))


def registry_gb_coh(number: pl.Expr) -> pl.Expr:
    """The number in Companies House's own record: tidied, with lost leading zeros restored. Null only for a
    blank.
    """
    tidy = tidy_number(number)
    return (
        pl.when(tidy.str.contains(r"^[0-9]{1,7}$"))
        .then(tidy.str.zfill(NUMBER_CHARS))
        .when(tidy.str.contains(r"^[A-Z]{2}[0-9]{1,5}$") & ~tidy.str.slice(0, 2).is_in(SOCIETY_PREFIXES))
        .then(_padded_after(tidy, 2))
        .otherwise(tidy)
    )


def org_id(scheme: str | pl.Expr, number: pl.Expr) -> pl.Expr:
    """`<scheme>-<number>` as on org-id.guide; null if either is null."""
    return pl.concat_str(pl.lit(scheme) if isinstance(scheme, str) else scheme, pl.lit("-"), number)
