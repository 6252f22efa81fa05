"""Offshore entities of planted owners, as ICIJ's archive has them; the town's own owners are in none."""

from collections.abc import Sequence
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

import polars as pl

from transforms.formats import icij

COLUMNS = ("node_id", "name", "ibcRUC", "jurisdiction_description")
SOURCE = "Papers of the town"


def node(nth: int, name: str, number: str, country: str) -> dict[str, str]:
    """An offshore entity with its registration number."""
    return dict(zip(COLUMNS, (str(90_000_000 + nth), name, number, country), strict=True))


def write(rows: pl.DataFrame, file: BinaryIO) -> None:
    """The whole archive, of the block that has planted entities."""
    if rows.is_empty():
        return
    with ZipFile(file, "w") as archive:
        for table in icij.FULL:
            archive.writestr(ZipInfo(f"{table}.csv"), _table(table, rows if table == icij.ENTITIES else None))


def _table(table: str, rows: pl.DataFrame | None) -> str:
    """A table has one row at least, of nobody of the town."""
    columns = icij.COLUMNS[table]
    names: Sequence[str] = list(columns)
    filler = {name: "1" for name in names if name.startswith("node_id")} | {"name": "Nobody of the town"}
    filler |= {"rel_type": "same_name_as", "sourceID": SOURCE, "node_id_end": "2"}
    stated = rows.to_dicts() if rows is not None else [filler]
    each = [{name: row.get(name, "") for name in names} for row in stated]
    return pl.DataFrame(each, schema=dict.fromkeys(names, pl.String)).write_csv()
