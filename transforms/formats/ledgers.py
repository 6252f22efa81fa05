"""Days and amounts as ledgers and spreadsheets write them."""

import polars as pl

from transforms.values.names import for_each_distinct, for_some

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
_CONTINENTAL = r"^-?\d{1,3}(?:\.\d{3})*,\d{1,2}$"


def day_of(text: pl.Expr) -> pl.Expr:
    """A day in one of the styles that ledgers use, the time of day left out; null where it is none."""
    return for_each_distinct(_iso_day, text).str.to_date("%Y-%m-%d", strict=False)


def _iso_day(text: pl.Expr) -> pl.Expr:
    days = (
        text.str.extract(rf"({pattern})").str.to_date(format_, strict=False)
        for pattern, format_ in _DATES.items()
    )
    return pl.coalesce(*days).dt.to_string("%Y-%m-%d")


def amount_of(text: pl.Expr) -> pl.Expr:
    """An amount, rounded to cents: without currency signs, blanks and marks of thousands; brackets or a minus
    behind it make it negative; null where it is none.
    """
    plain = for_some(_plain, text, where=lambda stated: ~stated.str.contains(_PLAIN))
    return plain.cast(pl.Decimal(18, 2), strict=False)


def _plain(text: pl.Expr) -> pl.Expr:
    """The amount as digits with a point before two decimals; null where it is none."""
    bare = text.str.replace_all(r"[£€\s]|GBP|EUR", "")
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
