"""Names and industry codes of public and exempt bodies: the list behind the mart `exempt`.

A name is enough where an Act names the body or its kind. An industry code is stated by the company itself, so
it counts only with other facts (see `marts/exempt.sql`). Source: `vocabulary/exempt_bodies.csv`."""

import polars as pl

from transforms.values.vocabulary import vocabulary


def exempt_list() -> pl.DataFrame:
    """kind, value, exempt_class, may_be_registered (Boolean).

    kind: `name` (value is a SQL LIKE pattern of the name in capitals, without a leading THE) or
    `industry_code`. may_be_registered: whether the body may have its own entry in a company register. Where
    it may not, a company with such a name is a different one."""
    return vocabulary("exempt_bodies").select(
        "kind", "value", "exempt_class", (pl.col("may_be_registered") == "yes").alias("may_be_registered")
    )
