"""Bodies that are public or exempt by their name or their industry: the list behind the mart `exempt`.

A name counts where an Act names the body or its kind; an industry code is what the company says of itself,
and so counts only beside other facts (see `marts/exempt.sql`). Source: `vocabulary/exempt_bodies.csv`."""

from __future__ import annotations

import polars as pl

from transforms.values.vocabulary import vocabulary

COLUMNS = ("kind", "value", "exempt_class", "may_be_registered")


def exempt_list() -> pl.DataFrame:
    """kind (name: a SQL LIKE pattern of the name in capitals, without THE before it; industry_code), value,
    exempt_class, may_be_registered.

    `may_be_registered`: whether the body may have an entry of its own in a company register. Where it may
    not, a company of such a name is another."""
    return vocabulary("exempt_bodies").select(
        *COLUMNS[:3], (pl.col("may_be_registered") == "yes").alias("may_be_registered")
    )
