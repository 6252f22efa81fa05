"""The tables of a run under `work/<run>/tables`, and a connection that sees them beside the lake."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from pyarrow.parquet import ParquetWriter

from flows.home import disk, warehouse
from flows.ingest import lake
from flows.night.night import Night
from transforms.flags.mentions import reject_mention_sql
from transforms.marts import create_fact_views
from transforms.model.register import declaring_forms, register_roles, registers
from transforms.model.sql import create_macros
from transforms.model.statements import STATEMENT_TABLES, Table
from transforms.values.addresses import address_class_list
from transforms.values.areas import area_list, exempt_list, find_area
from transforms.values.vocabulary import vocabulary

EDITION_IN_USE = {
    **dict.fromkeys(("register", "dataset", "edition", "status", "completeness"), pl.String),
    "edition_date": pl.Date,
    "edition_order": pl.String,
    "file_sha256": pl.String,
    "stale_since": pl.Date,
}
VOCABULARIES = (
    "offshore",
    "fund_forms",
    "trust_companies",
    "purposes",
    "sanctions_regimes",
    "binding_regimes",
    "debarment_lists",
    "themes",
    "theme_indicators",
)
# A step sees these by register (`show_own_registers`), and addresses only if it asks for them.
EDITIONS, MENTIONS, ADDRESSES = "edition_in_use", lake.MENTION.name, "address_statement"
# (own) The flag queries read small tables some hundred times; below this size, opening the files takes most
# of the time.
HELD_BYTES = 1_000_000
# Always held, whatever their size: views that several queries read.
READ_OFTEN = ("owned_entity", "listable_entity", "control_period", "group_interest")


def open_tables(
    night: Night,
    tables: Iterable[str],
    *,
    held_bytes: int = 0,
    database: Path | None = None,
    joins_as_written: bool = False,
    memory_share: float = warehouse.MEMORY_SHARE,
) -> warehouse.Connection:
    """A connection to the statement tables, `edition_in_use`, the vocabularies and the named tables of the
    run.

    It sees the lake. `held_bytes`: tables whose files are no larger are read once. `database`: where its own
    tables are, if not in memory. `joins_as_written`, `memory_share` as in `connect`.
    """
    connection = warehouse.connect(
        night.work,
        database=database,
        read_paths=[night.home.lake],
        joins_as_written=joins_as_written,
        memory_share=memory_share,
    )
    usable = night.editions.usable
    for name, table in {**STATEMENT_TABLES, lake.MENTION.name: lake.MENTION}.items():
        files = lake.table_files(night.home, name, usable)
        view = "mention_as_written" if table is lake.MENTION else name
        warehouse.parquet_view(connection, view, files, table=table, held_bytes=held_bytes)
        night.memory.know(name, _keys(files))
    connection.execute(f"create view {lake.MENTION.name} as {reject_mention_sql('mention_as_written')}")
    for name, frame in small_tables(night).items():
        register_frame(connection, name, frame)
        night.memory.know(name, frame)
    _know_by_register(night)
    for name in tables:
        warehouse.parquet_view(connection, name, [night.table(name)], held_bytes=held_bytes)
    create_macros(connection)
    with warehouse.safe_errors("fact views"):
        create_fact_views(connection, list(tables), READ_OFTEN if held_bytes else ())
    return connection


def _keys(files: Iterable[Path]) -> str:
    """The keys of the files' editions."""
    return " ".join(path.name for path in files)


def _know_by_register(night: Night) -> None:
    editions, usable = _editions_in_use(night), night.editions.usable
    for register in {facts.register for facts in usable}:
        own = [facts for facts in usable if facts.register == register]
        night.memory.know(f"{EDITIONS} of {register}", editions.filter(register=register))
        for name in (MENTIONS, ADDRESSES):
            night.memory.know(f"{name} of {register}", _keys(lake.table_files(night.home, name, own)))


def show_own_registers(
    night: Night, connection: warehouse.Connection, reads: Iterable[str], *, own_addresses: bool = False
) -> list[str]:
    """Show a step the editions and mentions, and with `own_addresses` also the addresses, of only those
    registers that state something else that it reads; of all registers if it reads no statements.

    An edition of another register then changes nothing for it. `connection`: from `open_tables`, in memory.
    Returns what the step then reads.
    """
    read = set(reads)
    narrowed = {EDITIONS, MENTIONS, ADDRESSES} if own_addresses else {EDITIONS, MENTIONS}
    stating = (read & STATEMENT_TABLES.keys()) - narrowed
    own = sorted(
        {
            facts.register
            for facts in night.editions.usable
            # The manifest of an earlier version does not say which tables it has.
            if stating & set(facts.tables or stating)
        }
    )
    listed = ", ".join(map(warehouse.literal, own or [""]))
    for name in read & {EDITIONS, MENTIONS, ADDRESSES}:
        where = f"register in ({listed})" if stating and name in narrowed else "true"
        connection.execute(f"create or replace temp view {name} as from memory.main.{name} where {where}")
    if not stating:
        return sorted(read)
    return sorted((read - narrowed) | {f"{name} of {each}" for name in narrowed & read for each in own})


def small_tables(night: Night) -> dict[str, pl.DataFrame]:
    """What is known without statements: editions, vocabularies, and the home's own settings."""
    whose = night.authority
    return {
        "edition_in_use": _editions_in_use(night),
        "address_class_list": address_class_list(),
        "exempt_list": exempt_list(),
        "area_list": area_list(),
        "register_role_list": register_roles(),
        "declaring_form_list": declaring_forms(),
        **{f"{name}_list": vocabulary(name) for name in VOCABULARIES},
        "home_area_list": _home_areas(night),
        "home_regime_list": pl.DataFrame({"regime": whose.binding_regimes}, {"regime": pl.String}),
        "home_limit_list": _home_limits(night),
        "home_scheme_list": pl.DataFrame({"words": whose.exempt_schemes}, {"words": pl.String}),
    }


def _home_areas(night: Night) -> pl.DataFrame:
    """area_name, area_code of the districts that the run is for."""
    districts = [find_area(name) for name in night.areas or night.authority.areas]
    rows = [(district.name, district.code or None) for district in districts]
    return pl.DataFrame(rows, schema={"area_name": pl.String, "area_code": pl.String}, orient="row")


def _home_limits(night: Night) -> pl.DataFrame:
    """name, approval_limit of the authority; no row if it sets none."""
    whose = night.authority
    rows = [(whose.name, whose.approval_limit)] if whose.approval_limit else []
    return pl.DataFrame(rows, schema={"name": pl.String, "approval_limit": pl.Int64}, orient="row")


def _editions_in_use(night: Night) -> pl.DataFrame:
    """The editions in force and history."""
    rows = [
        {
            "register": edition.facts.register,
            "dataset": edition.facts.dataset,
            "edition": edition.facts.label,
            "status": edition.status,
            "completeness": edition.facts.completeness,
            "edition_date": edition.facts.edition_date,
            "edition_order": _edition_order(edition.facts),
            "file_sha256": edition.facts.file_sha256,
            "stale_since": edition.stale_since,
        }
        for edition in night.editions.all
        if edition.status in ("in_force", "history")
    ]
    return pl.DataFrame(rows, schema=EDITION_IN_USE)


def _edition_order(facts: lake.EditionFacts) -> str:
    """'' for undated ones, which are older than all others. With one edition a month, it is the month's first
    day: ids depend on the order of the edition that first names a party, and stay the same when the next
    edition takes its place.
    """
    day = facts.edition_date
    register = registers().get(facts.register)
    if day is not None and register is not None and register.monthly_history:
        day = day.replace(day=1)
    return str(day or "")


def register_frame(connection: warehouse.Connection, name: str, frame: pl.DataFrame) -> None:
    """Create a table, because cursors of the connection see no registered frame."""
    connection.register("frame", frame.to_arrow())
    connection.execute(f"create or replace table {warehouse.identifier(name)} as from frame")
    connection.unregister("frame")


def write_table(night: Night, table: Table, frame: pl.DataFrame) -> None:
    """Write a table of the run, as declared and in key order."""
    path = night.table(table.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with disk.naming(path):
        table.conformed(frame).sort(table.key).write_parquet(path, compression="zstd")


def write_stream(path: Path, table: Table, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames that are in the table's schema, in their order.

    For a table that may be larger than memory.
    """
    schema = table.empty().to_arrow().schema
    with disk.naming(path), ParquetWriter(path, schema, compression="zstd") as writer:
        for frame in frames:
            writer.write_table(frame.to_arrow().cast(schema))
