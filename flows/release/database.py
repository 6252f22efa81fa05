"""Tables of a release database: store them as declared, describe them, and read them back."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import polars as pl

from flows.home import warehouse
from flows.home.warehouse import Connection, identifier, literal
from flows.release.content import TableContent, table_content
from flows.release.lookups import store_lookups
from transforms.errors import ReleaseBlocked, RunFailed
from transforms.marts import create_fact_views
from transforms.model.macros import MACROS, Macro
from transforms.model.sql import INDICATOR_MACROS
from transforms.model.sql import MACROS as SCALAR_MACROS
from transforms.model.statements import DUCKDB_TYPES, Column, Table
from transforms.model.views import FACT_VIEWS

# Narrower types that a Parquet column may have: the cast loses nothing, or it fails.
WIDENED: Mapping[str, frozenset[str]] = {
    "BIGINT": frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}),
    "DOUBLE": frozenset({"FLOAT"}),
}
PRIVACY_ORDER = ("open", "entity", "personal")
# Texts that differ from row to row, such as ids. DuckDB takes as long to try a dictionary for them as to
# store them.
NO_DICTIONARY = ("record", "subject_name", "explanation", "explanation_nl")

type Row = tuple[object, ...]
# What the table of this name holds: counted by the function now, or known from last time.
type Recall = Callable[[str, Callable[[], TableContent]], TableContent]


# --- storing ------------------------------------------------------------------------------------------------


def store_rows(connection: Connection, table: Table, rows: list[Row], database: Path) -> TableContent:
    """`store_table` for rows in memory, in the table's column order."""
    connection.register("new_rows", pl.DataFrame(rows, schema=table.schema, orient="row").to_arrow())
    content = store_table(connection, table, "select * from new_rows", database)
    connection.unregister("new_rows")
    return content


def count_now(_: str, count: Callable[[], TableContent]) -> TableContent:
    return count()


def store_table(
    connection: Connection, table: Table, source: str, database: Path, recall: Recall = count_now
) -> TableContent:
    """Create a table as declared, with the rows of the query `source` in key order; returns what it holds.

    `database`: the file, for errors that do not name it. `recall`: for rows stored before, the known content
    is used; `read_back` compares it with the file. Raises RunFailed if the columns are not those declared,
    ReleaseBlocked if a column that is never null has nulls or a key is not unique.
    """
    _check_columns(table, warehouse.column_types(connection, source))
    name = identifier(table.name)
    types = {identifier(column.name): DUCKDB_TYPES[column.dtype] for column in table}
    columns = ", ".join(f"{identifier(column.name)} {_stored_as(column)}" for column in table)
    casts = ", ".join(f"cast({column} as {dtype}) as {column}" for column, dtype in types.items())
    rows = f"(select {casts} from ({source}))"

    def store(in_order: bool) -> None:
        connection.execute(f"insert into {name} from {rows}{'' if in_order else f' order by {_key(table)}'}")

    def counted() -> TableContent:
        in_order = _is_in_key_order(connection, table, rows)
        store(in_order)
        content = content_of(connection, table.name, table.schema, name)
        _check_nulls(table, content)
        if not in_order and not _is_in_key_order(connection, table, name):
            _key_repeated(connection, table)
        return replace(content, in_order=in_order)

    with warehouse.safe_errors(f"release table {table.name} in {database}"):
        connection.execute(f"create table {name} ({columns})")
        content = recall(table.name, counted)
        if content.rows_n and not connection.execute(f"select 1 from {name} limit 1").fetchall():
            store(content.in_order)  # the content is known from last time
    return content


def _stored_as(column: Column) -> str:
    """Type and compression of a column."""
    is_id = column.name.endswith("_id") and not column.nullable
    compression = " using compression fsst" if is_id or column.name in NO_DICTIONARY else ""
    return DUCKDB_TYPES[column.dtype] + compression


def _is_in_key_order(connection: Connection, table: Table, source: str) -> bool:
    """Whether each row comes strictly after the one before."""
    key = f"row({_key(table)})"
    query = (
        f"select 1 from (select {key} <= lag({key}) over () as is_late from {source}) where is_late limit 1"
    )
    return not connection.execute(query).fetchall()


def _key(table: Table) -> str:
    return ", ".join(map(identifier, table.key))


def _check_columns(table: Table, types: Mapping[str, str]) -> None:
    """`types`: column → DuckDB type. The order of columns does not matter."""
    for column in table:
        declared, actual = DUCKDB_TYPES[column.dtype], types.get(column.name, "")
        if not actual:
            raise RunFailed(
                f"release table {table.name}: the Parquet file has no column {column.name}; "
                "add it to the query that writes it"
            )
        if actual != declared and actual not in WIDENED.get(declared, ()):
            raise RunFailed(
                f"release table {table.name}: column {column.name} is {actual} and declared {declared}; "
                "cast it in the query that writes it"
            )
    if extra := [name for name in types if name not in table]:
        raise RunFailed(
            f"release table {table.name}: column {extra[0]} is not declared; "
            "declare it in transforms/model or leave it out"
        )


def _check_nulls(table: Table, content: TableContent) -> None:
    for column in table:
        if not column.nullable and content.nulls[column.name]:
            raise ReleaseBlocked(
                f"release table {table.name}: column {column.name} is null in {content.nulls[column.name]} "
                f"of {content.rows_n} rows and declares no null meaning"
            )


def _key_repeated(connection: Connection, table: Table) -> NoReturn:
    query = f"select 1 from {identifier(table.name)} group by {_key(table)} having count(*) > 1"
    ((repeated,),) = connection.execute(f"select count(*) from ({query})").fetchall()
    raise ReleaseBlocked(
        f"release table {table.name}: {repeated} values of its key ({', '.join(table.key)}) "
        "appear more than once"
    )


def content_of(
    connection: Connection, name: str, schema: Mapping[str, pl.DataType], source: str
) -> TableContent:
    """Hash these columns of `source` (the table of this name, or its view), whose rows are in key order."""
    query = f"select {', '.join(map(identifier, schema))} from {source}"
    batches = warehouse.stream(connection, query, where=f"release table {name}")
    return table_content(name, schema, batches)


# --- views, macros and their descriptions -------------------------------------------------------------------


def macros_of(declared: Mapping[str, Table]) -> list[Macro]:
    """The table macros whose tables are all declared."""
    return [macro for macro in MACROS if set(macro.reads) <= set(declared)]


def fact_views_of(declared: Mapping[str, Table]) -> list[Table]:
    """The fact views whose tables are all declared."""
    return [view for view, reads in FACT_VIEWS.items() if set(reads) <= set(declared)]


def describe(
    connection: Connection,
    declared: Mapping[str, Table],
    macros: Iterable[Macro],
    kept: Collection[str] = frozenset(),
) -> None:
    """Create the views and macros, and comment every view, column and macro. `kept` as in `store_lookups`."""
    store_lookups(connection, declared, kept)
    connection.execute("begin")
    if views := fact_views_of(declared):
        for name, meaning in INDICATOR_MACROS.items():
            connection.execute(SCALAR_MACROS[name])
            connection.execute(f"comment on macro {identifier(name)} is {literal(meaning)}")
    create_fact_views(connection, declared)
    for table in (*declared.values(), *views):
        view, columns = identifier(table.view), ", ".join(map(identifier, table.names))
        connection.execute(f"create view {view} as select {columns} from {identifier(table.name)}")
        connection.execute(f"comment on view {view} is {literal(table.description)}")
        for column in table:
            connection.execute(
                f"comment on column {view}.{identifier(column.name)} is {literal(comment(column))}"
            )
    for macro in macros:
        connection.execute(macro.statement)
        connection.execute(f"comment on macro table {identifier(macro.name)} is {literal(macro.meaning)}")
    connection.execute("commit")


def dictionary_rows(declared: Mapping[str, Table], macros: Iterable[Macro]) -> list[Row]:
    """Rows (view, column, type, unit, description, privacy) of every view and macro and their columns."""
    return [
        *(
            row
            for table in (*declared.values(), *fact_views_of(declared))
            for row in _rows(table.view, "VIEW", table.description, table)
        ),
        *(row for macro in macros for row in _rows(macro.name, "MACRO", macro.meaning, macro.columns)),
        *(
            (name, "", "MACRO", "", meaning, "open")
            for name, meaning in INDICATOR_MACROS.items()
            if fact_views_of(declared)
        ),
    ]


def _rows(name: str, kind: str, description: str, columns: Table | Sequence[Column]) -> Iterator[Row]:
    """The row of a view or macro, with the strictest privacy of its columns, and a row for each column."""
    yield (
        name,
        "",
        kind,
        "",
        description,
        max((column.privacy for column in columns), key=PRIVACY_ORDER.index),
    )
    for column in columns:
        dtype = DUCKDB_TYPES[column.dtype]
        yield name, column.name, dtype, column.unit, _meaning(column), column.privacy


def _meaning(column: Column) -> str:
    """Description, closed vocabulary, and what a null means."""
    return f"{with_values(column)} {f'Null: {column.null}.' if column.null else 'Never null.'}"


def with_values(column: Column) -> str:
    """The description of a column, with its vocabulary if it is closed."""
    return (
        f"{column.description} One of: {', '.join(column.values)}." if column.values else column.description
    )


def comment(column: Column) -> str:
    """The COMMENT of a column: its meaning and its unit."""
    return f"{_meaning(column)} Unit: {column.unit}." if column.unit else _meaning(column)


# --- reading back -------------------------------------------------------------------------------------------


def read_back(
    folder: Path, name: str, declared: Mapping[str, Table], written: Mapping[str, TableContent]
) -> None:
    """Read every column of every view from the closed file.

    Raises RunFailed if it differs from what was written.
    """
    with warehouse.open_release(folder, name=name) as connection:
        for stored, table in declared.items():
            content = content_of(connection, table.name, table.schema, identifier(table.view))
            if content != written[stored]:
                raise RunFailed(
                    f"release table {stored}: {content.rows_n} rows read back, {written[stored].rows_n} "
                    "written, or with other values; check the disk and run again"
                )
