"""Stage marts on Spark."""

from flows.home import warehouse
from flows.night import tables as on_driver
from flows.night.night import Counts, Night
from flows.spark.connection import refusals
from flows.spark.gather import gather
from flows.spark.session import session
from flows.spark.tables import open_tables
from transforms.marts import MART_ORDER, MART_PARAMETERS, mart_sql
from transforms.model.views import MARTS


def build_marts(night: Night) -> Counts:
    """As `flows.night.stages.marts.build_marts`. What the server refuses is made on the driver."""
    rows_n: dict[str, int | str] = {}
    workers = open_tables(session(), night, ["resolution"])
    with on_driver.open_tables(night, ["resolution"]) as driver:
        for name in MART_ORDER:
            sql, table, path = mart_sql(name), MARTS[name], night.table(name)
            values = {"as_of": night.as_of, **MART_PARAMETERS}
            with refusals(f"mart {name}") as refused:
                rows_n[name] = gather(night, table, workers.frame(sql, values))
            if refused:
                used = {key: value for key, value in values.items() if f"${key}" in sql}
                rows_n[name] = warehouse.write_parquet(driver, sql, path, table.key, used)
            workers.release()
            workers.parquet_view(name, [path], table)
            warehouse.parquet_view(driver, name, [path])
    return rows_n
