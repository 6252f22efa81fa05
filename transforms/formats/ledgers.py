"""An authority's own files: how ledgers and spreadsheets write days, amounts and parties."""

import polars as pl

from transforms.formats.file_names import day_in_name, month_in_name, slug, slugs
from transforms.model.parsing import FIRST_DAY
from transforms.model.register import Recognised
from transforms.values.identifiers import BE_KBO, GB_COH, NL_KVK, be_kbo, nl_kvk, normalise_gb_coh
from transforms.values.names import for_each_distinct, for_some
from transforms.values.payees import NAMED_KINDS, payee_kind

# Pattern of a date → its format. Tried in this order; a year of two digits is never read as one of four.
_DATES = {
    r"^\d{4}-\d{1,2}-\d{1,2}": "%Y-%m-%d",
    r"^\d{4}/\d{1,2}/\d{1,2}": "%Y/%m/%d",
    r"^\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",
    r"^\d{1,2}/\d{1,2}/\d{2}\b": "%d/%m/%y",
    r"^\d{1,2}-\d{1,2}-\d{4}": "%d-%m-%Y",
    r"^\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
    r"^\d{1,2}\.\d{1,2}\.\d{2}\b": "%d.%m.%y",
    r"^\d{1,2}-[A-Za-z]{3}-\d{4}": "%d-%b-%Y",
    r"^\d{1,2}-[A-Za-z]{3}-\d{2}\b": "%d-%b-%y",
    r"^\d{1,2} [A-Za-z]{3} \d{4}": "%d %b %Y",
    r"^\d{1,2} [A-Za-z]{4,9} \d{4}": "%d %B %Y",
}
_PLAIN = r"^-?\d{1,15}(?:\.\d{1,2})?$"
_CONTINENTAL = r"^-?(?:\d{1,3}(?:\.\d{3})+|\d+),\d{1,2}$"


def recognised(file_name: str) -> Recognised:
    """Dataset and date of a file by its name and the day or month in it."""
    return Recognised(slug(file_name.rsplit(".", 1)[0]), day_in_name(file_name) or month_in_name(file_name))


def dataset_in(path: str, otherwise: str) -> str:
    """The name of the file's folder, else `otherwise`."""
    return slug(path.rpartition("/")[0].rpartition("/")[2] or otherwise)


def day_of(text: pl.Expr) -> pl.Expr:
    """A day in one of the styles that ledgers use, without the time; null for any other text."""
    return for_each_distinct(_iso_day, text).str.to_date("%Y-%m-%d", strict=False)


def _iso_day(text: pl.Expr) -> pl.Expr:
    days = (
        text.str.extract(rf"({pattern})").str.to_date(format_, strict=False)
        for pattern, format_ in _DATES.items()
    )
    day = pl.coalesce(*days)
    return pl.when(day >= FIRST_DAY).then(day).dt.to_string("%Y-%m-%d")


def amount_of(text: pl.Expr) -> pl.Expr:
    """An amount, rounded to cents; null if it is not an amount. Currency signs, blanks and thousands
    separators are ignored. Brackets or a trailing minus make it negative; the Dutch `,-` stands for `,00`.
    """
    plain = for_some(_plain, text, where=lambda stated: ~stated.str.contains(_PLAIN))
    return plain.cast(pl.Decimal(18, 2), strict=False)


def _plain(text: pl.Expr) -> pl.Expr:
    """The amount as digits with a decimal point; null if it is not an amount."""
    bare = text.str.replace_all(r"[£€\s]|GBP|EUR", "").str.replace(r",[-–]+(\)?)$", ",00${1}")
    less = bare.str.contains(r"^\(.*\)$|-$|^-")
    digits = bare.str.replace_all(r"[()\-+]", "")
    pointed = (
        pl.when(digits.str.contains(_CONTINENTAL))
        .then(digits.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .otherwise(digits.str.replace_all(",", "", literal=True))
    )
    number = (
        pl.when(pointed.str.contains(r"^\d{1,15}(?:\.\d+)?$|^\.\d+$"))
        .then(pointed)
        .cast(pl.Decimal(38, 10), strict=False)
        .round(2)
        .cast(pl.Decimal(18, 2), strict=False)
    )
    return pl.when(less).then(-number).otherwise(number).cast(pl.String)


def body_id(name: pl.Expr) -> pl.Expr:
    """`body:` and the name of a public body in lower-case letters and digits."""
    return pl.lit("body:") + for_each_distinct(slugs, name).str.replace_all("-", "_")


def numbered(frame: pl.DataFrame, role: str, *, vat: str = "") -> pl.DataFrame:
    """Add `<role>_scheme` and `<role>_id`: the party's number (from column `<role>_number`) in the register
    of the record's country. vat: column with a VAT number; a Belgian one contains the enterprise number.
    """
    number, country = pl.col(f"{role}_number"), pl.col("country")
    kbo: pl.Expr = pl.when(country == "be").then(be_kbo(number))
    if vat:
        tidy = pl.col(vat).str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
        kbo = pl.coalesce(
            kbo,
            be_kbo(tidy.str.extract(r"^BE(\d{9,10})$", 1)),
            pl.when(country == "be").then(be_kbo(tidy.str.extract(r"^(\d{9,10})$", 1))),
        )
    schemes = {
        GB_COH: pl.when(country == "gb").then(normalise_gb_coh(number, pl.lit("company"))),
        NL_KVK: pl.when(country == "nl").then(nl_kvk(number)),
        BE_KBO: kbo,
    }
    return frame.with_columns(
        pl.coalesce(
            pl.when(known.is_not_null()).then(pl.lit(scheme)) for scheme, known in schemes.items()
        ).alias(f"{role}_scheme"),
        pl.coalesce(*schemes.values()).alias(f"{role}_id"),
    )


def party(role: str) -> dict[str, pl.Expr]:
    """Kind, name and number of a party for a statement: `<role>_kind` … from the columns `<role>_name` and
    those of `numbered`. The name is kept only if it cannot be that of a natural person.

    No natural person has a UK company number, while sole traders have numbers in other registers. So a party
    with a UK number is a company, and its name is taken from the register, because the name in the line may
    be a director's. A number of at most five digits does not count: it may be the authority's own.
    """
    name, scheme, number = (pl.col(f"{role}_{what}") for what in ("name", "scheme", "id"))
    by_name = payee_kind(name)
    is_company = (by_name == "unclassified") & (scheme == GB_COH) & ~number.str.starts_with("000")
    kind = pl.when(is_company).then(pl.lit("company")).otherwise(by_name)
    return {
        f"{role}_kind": kind,
        f"{role}_name": pl.when(by_name.is_in(NAMED_KINDS)).then(name),
        f"{role}_scheme": scheme,
        f"{role}_number": number,
    }
