"""Code lists, as CSV files in this folder. Each row says its `source` and the date it was `checked_on`."""

import io
from functools import cache
from importlib import resources

import polars as pl

from transforms.errors import DeclarationError

PROVENANCE_COLUMNS = ("source", "checked_on")


@cache
def vocabulary(name: str) -> pl.DataFrame:
    """The list `name`.csv in file order: every column String, blanks null.

    Raises DeclarationError if the list does not exist, or if a row lacks its source or date.
    """
    file = resources.files(__name__) / f"{name}.csv"
    if not file.is_file():
        raise DeclarationError(f"there is no vocabulary {name}: add transforms/values/vocabulary/{name}.csv")
    frame = pl.read_csv(io.BytesIO(file.read_bytes()), infer_schema=False)
    if missing := [
        column for column in PROVENANCE_COLUMNS if column not in frame.columns or frame[column].null_count()
    ]:
        raise DeclarationError(
            f"vocabulary {name}: every row needs {missing[0]}; state the source and the date it was checked"
        )
    return frame


@cache
def lookup(name: str, key: str, value: str) -> dict[str, str]:
    """The list as a dictionary from column `key` to column `value`, without rows in which either is blank.

    Raises DeclarationError if a key has two different values.
    """
    pairs = vocabulary(name).select(key, value).drop_nulls().unique(maintain_order=True)
    if pairs[key].is_duplicated().any():
        raise DeclarationError(
            f"vocabulary {name}: {key} {pairs.filter(pl.col(key).is_duplicated())[key][0]} has two "
            f"values of {value}; delete one"
        )
    return dict(pairs.iter_rows())
