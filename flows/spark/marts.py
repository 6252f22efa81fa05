"""Stage marts on Spark."""

from flows.night.night import Counts, Night
from flows.spark.gather import gather
from flows.spark.session import session
from flows.spark.tables import open_tables
from transforms.marts import MART_ORDER, MART_PARAMETERS, mart_sql
from transforms.model.views import MARTS


def build_marts(night: Night) -> Counts:
    """As `flows.night.stages.marts.build_marts`."""
    rows_n: dict[str, int | str] = {}
    connection = open_tables(session(), night, ["resolution"])
    for name in MART_ORDER:
        frame = connection.frame(mart_sql(name), {"as_of": night.as_of, **MART_PARAMETERS})
        rows_n[name] = gather(night, MARTS[name], frame)
        connection.release()
        connection.parquet_view(name, [night.table(name)], MARTS[name])
    return rows_n
