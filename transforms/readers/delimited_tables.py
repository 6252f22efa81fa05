"""Read one table of an archive of CSV files with the reader for delimited text. Its file is `<table>.csv` or
`<table>_insert.csv`; its fields are called `<table>.<column>`.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from transforms.model.register import BATCH_COLUMNS, Delimited, Register, table_of
from transforms.readers import Batch
from transforms.readers.delimited import read as read_delimited

INSERT, DELETE = "_insert", "_delete"


def read(register: Register, path: Path, *, part_no: int, first_record_no: int) -> Iterator[Batch]:
    """Batches of one unpacked table. Raises BlockedEdition as `transforms.readers.delimited` does, but a
    table of an update may have no record.
    """
    table = path.stem.removesuffix(INSERT)
    columns = tuple(
        replace(field, name=field.name.removeprefix(f"{table}."))
        for field in register.fields
        if table_of(field.name) == table
    )
    reader = Delimited(may_be_empty=path.stem.endswith((INSERT, DELETE)))
    one_table = replace(register, fields=columns, reader=reader)
    for batch in read_delimited(one_table, path, part_no=part_no, first_record_no=first_record_no):
        yield replace(
            batch,
            frame=batch.frame.rename(lambda name: name if name in BATCH_COLUMNS else f"{table}.{name}"),
            findings=batch.findings.with_columns(pl.format(f"{table}.{{}}", "value").alias("value")),
        )
