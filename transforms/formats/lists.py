"""Lists of objects in a record, as the readers give them: for each field a list with an item for each object.

Row-local.
"""

from collections.abc import Mapping, Sequence

import polars as pl


def items(
    frame: pl.DataFrame, columns: Mapping[str, str], keep: Sequence[str], place: str, at_least: int = 0
) -> pl.DataFrame:
    """One row for each item of parallel lists, and `at_least` that many for each record.

    columns: column with the lists → its name as an item. keep: columns of the record. place: name of the
    column with the item's place, from 1; `<place>_n` has the number of items.
    """
    items_n = pl.max_horizontal(pl.col(name).list.len() for name in columns).fill_null(0).cast(pl.Int64)
    nothing = pl.lit(None, dtype=pl.String).repeat_by("rows_n")
    return (
        frame.with_columns(items_n.alias(f"{place}_n"))
        .with_columns(pl.max_horizontal(f"{place}_n", pl.lit(at_least)).alias("rows_n"))
        .filter(pl.col("rows_n") > 0)
        .select(
            *keep,
            f"{place}_n",
            pl.int_ranges(1, pl.col("rows_n") + 1).alias(place),
            *(
                pl.when(pl.col(name).list.len() > 0).then(pl.col(name)).otherwise(nothing).alias(item)
                for name, item in columns.items()
            ),
        )
        .explode(place, *columns.values())
    )


def inner(column: str) -> pl.Expr:
    """The list whose JSON text stands in the column (`inner_lists`)."""
    return pl.col(column).str.json_decode(pl.List(pl.String))
