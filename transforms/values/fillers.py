"""Fillers: words such as UNKNOWN that stand in a field with no value (`vocabulary/fillers.csv`). One list
serves names, numbers and addresses; no records are joined on a filler.

Column `of` of the list names the fields that a word fills: address, line (only the lines of an address,
because Street is also a town), number, company, person. Column `is_name` says when it is a real name:

- `no`: never (Unknown).
- `beside`: next to a word that is not a filler (First, Sample).
- `two`: of a company, next to another such word and with a legal form (Corporate Nominees Limited).
- `yes`: of a person, next to a different filler (Nil Same is a name, Same Same is not); of a company, alone
  with a legal form (Blank Ltd).
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

LIST = "fillers.csv"


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    """The rows of the list, read without polars: modules call this while they are imported, and polars'
    threads would hang a process that is forked later.
    """
    text = (resources.files("transforms.values.vocabulary") / LIST).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def fillers(of: str, *is_name: str) -> tuple[str, ...]:
    """Fillers of the field `of`, the longest first, in capitals without accents. `is_name` keeps only those
    with one of these values; without it all are returned.
    """
    chosen = {
        row["words"]
        for row in _rows()
        if of in row["of"].split(" ") and (not is_name or row["is_name"] in is_name)
    }
    return tuple(sorted(chosen, key=lambda words: (-len(words), words)))


def any_of(words: tuple[str, ...], between: str) -> str:
    """A regular expression that matches any of the words; `between` replaces the blanks within a word."""
    return "|".join(word.replace(" ", between) for word in words)
