"""Stage marts on Spark."""

from collections.abc import Iterable

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.ingest import lake
from flows.night import tables
from flows.night.night import Counts, Night
from flows.spark.connection import SparkConnection, refusals
from flows.spark.gather import gather
from flows.spark.session import session
from transforms.flags.mentions import reject_mention_sql
from transforms.marts import MART_ORDER, MART_PARAMETERS, mart_sql
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import MARTS, RELEASE_TABLES


def build_marts(night: Night) -> Counts:
    """As `flows.night.stages.marts.build_marts`. Marts that the server rejects are built on the driver."""
    rows_n: dict[str, int | str] = {}
    workers = open_tables(night, ["resolution"])
    with tables.open_tables(night, ["resolution"], joins_as_written=True) as driver:
        for name in MART_ORDER:
            sql, table, path = mart_sql(name), MARTS[name], night.table(name)
            values = {"as_of": night.as_of, **MART_PARAMETERS}
            with refusals(f"mart {name}") as refused:
                rows_n[name] = gather(night, table, workers.frame(sql, values))
            if refused:
                used = {key: value for key, value in values.items() if f"${key}" in sql}
                rows_n[name] = write_parquet(driver, sql, path, table.key, used)
            workers.release()
            workers.parquet_view(name, [path], table)
            warehouse.parquet_view(driver, name, [path])
    return rows_n


def open_tables(night: Night, names: Iterable[str]) -> SparkConnection:
    """The views that `flows.night.tables.open_tables` makes in DuckDB, on Spark."""
    workers = SparkConnection(session())
    for name, table in {**STATEMENT_TABLES, "mention_as_written": lake.MENTION}.items():
        workers.parquet_view(name, lake.table_files(night.home, table.name, night.editions.usable), table)
    workers.view(lake.MENTION.name, reject_mention_sql("mention_as_written"))
    small = night.work / "spark" / "small"
    small.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.small_tables(night).items():
        rows.write_parquet(small / f"{name}.parquet")
        workers.parquet_view(name, [small / f"{name}.parquet"])
    for name in names:
        workers.parquet_view(name, [night.table(name)], RELEASE_TABLES[name])
    return workers
