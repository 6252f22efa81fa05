"""Dates in file names, header columns and dataset names, for registers that recognise their files."""

import re
from datetime import date

import polars as pl

from transforms.values.names import folded

DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")
SLUG_CHARS = 60


def day_in_name(file_name: str) -> date | None:
    """The first possible date in the name; a year and month mean the first day."""
    for year, month, day in DAY.findall(file_name):
        try:
            return date(int(year), int(month), int(day or 1))
        except ValueError:
            continue
    return None


def header_columns(head: bytes) -> set[str]:
    """The column names of a delimited file's first line."""
    header = head.split(b"\n", 1)[0].decode("utf-8", "replace").lstrip("\ufeff")
    return {column.strip().strip('"').strip() for column in header.split(",")}


def slug(name: str) -> str:
    """Lower-case letters, digits and hyphens, at most SLUG_CHARS; `unnamed` if nothing is left."""
    plain: str | None = pl.select(
        folded(pl.lit(name)).str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")
    ).item()
    return (plain or "unnamed")[:SLUG_CHARS].strip("-")
