"""Words that fill a field in which there is nothing to say (`vocabulary/fillers.csv`): one list for names, numbers and addresses, nothing is joined on them.

`of` in the list says which fields a word fills: address, line (the lines of an address only: Street is a town), number, company, person. `is_name`: a name
too (Same, Blank), so that it says nothing only where no other word stands beside it.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.vocabulary import vocabulary


@cache
def fillers(of: str, *, is_name: bool | None = None) -> tuple[str, ...]:
    """Words in capitals without accents, several with one blank between them, the longest first. `is_name` picks those that are names too, or are not."""
    rows = vocabulary("fillers").filter(pl.col("of").str.split(" ").list.contains(of))
    chosen = rows if is_name is None else rows.filter(pl.col("is_name") == ("yes" if is_name else "no"))
    return tuple(sorted(chosen["words"], key=lambda words: (-len(words), words)))


def any_of(words: tuple[str, ...], between: str) -> str:
    """A regular expression of any of the words; `between`: what may stand for the blanks within one."""
    return "|".join(one.replace(" ", between) for one in words)
