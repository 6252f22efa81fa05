"""Days and amounts as ledgers and spreadsheets write them."""

import polars as pl

# Pattern of a date → its format. Tried in this order; a year of two digits is never read as one of four.
_DATES = {
    r"^\d{4}-\d{1,2}-\d{1,2}": "%Y-%m-%d",
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
_CONTINENTAL = r"^-?\d{1,3}(?:\.\d{3})*,\d{1,2}$"


def day_of(text: pl.Expr) -> pl.Expr:
    """A day in one of the styles that ledgers use, the time of day left out; null where it is none."""
    return pl.coalesce(
        text.str.extract(rf"({pattern})").str.to_date(format_, strict=False)
        for pattern, format_ in _DATES.items()
    )


def amount_of(text: pl.Expr) -> pl.Expr:
    """An amount, rounded to cents: without currency signs, blanks and marks of thousands; brackets or a minus
    behind it make it negative; null where it is none.
    """
    bare = text.str.replace_all(r"[£€\s]|GBP|EUR", "")
    less = bare.str.contains(r"^\(.*\)$|-$|^-")
    digits = bare.str.replace_all(r"[()\-+]", "")
    plain = (
        pl.when(digits.str.contains(_CONTINENTAL) & digits.str.contains(r",\d{1,2}$"))
        .then(digits.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .otherwise(digits.str.replace_all(",", "", literal=True))
    )
    number = (
        pl.when(plain.str.contains(r"^\d{1,15}(?:\.\d+)?$|^\.\d+$"))
        .then(plain)
        .cast(pl.Decimal(38, 10), strict=False)
        .round(2)
        .cast(pl.Decimal(18, 2), strict=False)
    )
    return pl.when(less).then(-number).otherwise(number)
