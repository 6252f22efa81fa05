"""Words that fill a field in which there is nothing to say (`vocabulary/fillers.csv`): one list for names,
numbers and addresses, nothing is joined on them.

`of` in the list says which fields a word fills: address, line (the lines of an address only: Street is a
town), number, company, person. `is_name` says whether it is a name too:
| is_name | of a person | of a company |
|---|---|---|
| no | never: Unknown | never |
| beside | beside a word that is no filler: First, Sample | the same |
| two | | beside another such word, with a legal form: Corporate Nominees Limited |
| yes | beside another one too, which is not the same: Nil Same, where Same Same is nobody | alone, with a legal form: Blank Ltd |
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

LIST = "fillers.csv"


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    """The list without polars: modules ask for it as they are imported, and an import starts no pool of
    threads, which would hang in a process that is forked.
    """
    text = (resources.files("transforms.values.vocabulary") / LIST).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def fillers(of: str, *is_name: str) -> tuple[str, ...]:
    """Words in capitals without accents, several with one blank between them, the longest first. `is_name`
    picks those of these values; without any it is all.
    """
    chosen = {
        row["words"]
        for row in _rows()
        if of in row["of"].split(" ") and (not is_name or row["is_name"] in is_name)
    }
    return tuple(sorted(chosen, key=lambda words: (-len(words), words)))


def any_of(words: tuple[str, ...], between: str) -> str:
    """A regular expression of any of the words; `between`: what may stand for the blanks within one."""
    return "|".join(one.replace(" ", between) for one in words)
