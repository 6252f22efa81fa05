"""Words that fill a field in which there is nothing to say (`vocabulary/fillers.csv`): one list for names, numbers and addresses, nothing is joined on them.

`of` in the list says which fields a word fills: address, line (the lines of an address only: Street is a town), number, company, person. `is_name`: a name
too (Same, Blank), so that it says nothing only where no other word stands beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

LIST = "fillers.csv"


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    """The list without polars: modules ask for it as they are imported, and an import starts no pool of threads, which would hang in a process that is forked."""
    text = (resources.files("transforms.vocabulary") / LIST).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def fillers(of: str, *, is_name: bool | None = None) -> tuple[str, ...]:
    """Words in capitals without accents, several with one blank between them, the longest first. `is_name` picks those that are names too, or are not."""
    wanted = {None: ("yes", "no"), True: ("yes",), False: ("no",)}[is_name]
    chosen = {row["words"] for row in _rows() if of in row["of"].split(" ") and row["is_name"] in wanted}
    return tuple(sorted(chosen, key=lambda words: (-len(words), words)))


def any_of(words: tuple[str, ...], between: str) -> str:
    """A regular expression of any of the words; `between`: what may stand for the blanks within one."""
    return "|".join(one.replace(" ", between) for one in words)
