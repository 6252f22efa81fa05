"""Words in addresses by kind, from `vocabulary/address_words.csv`."""

from functools import cache

import polars as pl

from transforms.values.vocabulary import vocabulary

COMPASS = ("NORTH", "SOUTH", "EAST", "WEST")


@cache
def words_of(kind: str) -> dict[str, str]:
    """Words of a kind → their canonical spelling."""
    rows = vocabulary("address_words").filter(pl.col("kind") == kind)
    return dict(rows.select("word", "canonical").iter_rows())


def alternatives(*kinds: str) -> str:
    """A regular expression that matches any word of these kinds, the longest first."""
    words = [word for kind in kinds for word in words_of(kind)]
    return "|".join(sorted(words, key=len, reverse=True))
