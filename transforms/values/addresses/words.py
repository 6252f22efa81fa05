"""The words of addresses, by kind: `vocabulary/address_words.csv`."""

from __future__ import annotations

from functools import cache

import polars as pl

from transforms.values.vocabulary import vocabulary

COMPASS = ("NORTH", "SOUTH", "EAST", "WEST")


@cache
def words_of(kind: str) -> dict[str, str]:
    rows = vocabulary("address_words").filter(pl.col("kind") == kind)
    return dict(rows.select("word", "canonical").iter_rows())


def alternatives(kind: str) -> str:
    return "|".join(sorted(words_of(kind), key=len, reverse=True))
