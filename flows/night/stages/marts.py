"""Stage marts: build the marts in their order, each from its SQL file."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, show_own_registers
from transforms.marts import MART_ORDER, MART_PARAMETERS, mart_sql
from transforms.model.sql import tables_read
from transforms.model.views import MARTS

# They read only the addresses of the records that they read.
OWN_ADDRESSES = ("company", "permit", "property", "seat_change", "seat_held", "title_address")


def build_marts(night: Night, names: Sequence[str] = MART_ORDER) -> Counts:
    """Write these marts; a later one may read an earlier one. Returns rows by mart."""
    rows_n: dict[str, int | str] = {}
    parameters: Mapping[str, object] = {"as_of": night.as_of, **MART_PARAMETERS}
    with open_tables(night, ["resolution"], joins_as_written=True) as connection:
        for name in names:
            sql, path = mart_sql(name), night.table(name)
            used = {key: value for key, value in parameters.items() if f"${key}" in sql}
            write = partial(_write, connection, sql, path, name, used)
            own_addresses = name in OWN_ADDRESSES
            reads = show_own_registers(night, connection, tables_read(sql), own_addresses=own_addresses)
            rows_n |= night.memory.step(f"mart-{name}", reads, [name], write, rule=used)
            warehouse.parquet_view(connection, name, [path])
    return rows_n


def _write(
    connection: warehouse.Connection, sql: str, path: Path, name: str, used: Mapping[str, object]
) -> Counts:
    return {name: write_parquet(connection, sql, path, MARTS[name].key, used)}
