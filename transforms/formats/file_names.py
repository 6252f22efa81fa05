"""Dates in file names, header columns and dataset names, for registers that recognise their files."""

import re
from datetime import date

import polars as pl

from transforms.values.names import folded

DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")
SLUG_CHARS = 60
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_. ]?(0[1-9]|1[0-2])(?!\d)")
_MONTH_BEFORE = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[-_. ](20\d{2})(?!\d)")
_NAMED = re.compile(
    rf"(?<![a-z])({'|'.join(_MONTHS)})[a-z]{{0,6}}[-_. ]*(20\d{{2}}|\d{{2}})(?!\d)", re.IGNORECASE
)


def day_in_name(file_name: str) -> date | None:
    """The first possible date in the name; a year and month mean the first day."""
    for year, month, day in DAY.findall(file_name):
        try:
            return date(int(year), int(month), int(day or 1))
        except ValueError:
            continue
    return None


def month_in_name(file_name: str) -> date | None:
    """The first day of the month in the name, in digits or in English."""
    if match := _MONTH.search(file_name):
        return date(int(match[1]), int(match[2]), 1)
    if match := _MONTH_BEFORE.search(file_name):
        return date(int(match[2]), int(match[1]), 1)
    if match := _NAMED.search(file_name):
        year = int(match[2])
        return date(year if year > 99 else 2000 + year, 1 + _MONTHS.index(match[1].lower()[:3]), 1)
    return None


def name_without_day(path: str) -> str:
    """The slug of a file's name without folders, extensions and dates, used as its dataset."""
    name = path.replace("\\", "/").rpartition("/")[2].split(".", 1)[0]
    return slug(DAY.sub("", name))


def header_columns(head: bytes) -> set[str]:
    """The column names of a delimited file's first line."""
    header = head.split(b"\n", 1)[0].decode("utf-8", "replace").lstrip("\ufeff")
    return {column.strip().strip('"').strip() for column in header.split(",")}


def slug(name: str) -> str:
    """Lower-case letters, digits and hyphens, at most SLUG_CHARS; `unnamed` if nothing is left."""
    return str(pl.select(slugs(pl.lit(name))).item())


def slugs(name: pl.Expr) -> pl.Expr:
    """`slug` of each text of a column."""
    plain = folded(name).str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")
    named = pl.when(plain != "").then(plain).otherwise(pl.lit("unnamed"))
    return named.str.slice(0, SLUG_CHARS).str.strip_chars("-")
