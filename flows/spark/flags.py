"""Stage flags on Spark: the workers run the queries of indicators. The driver turns their rows into counts,
sentences and evidence, as without Spark.
"""

import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.night import tables
from flows.night.night import Counts, Night
from flows.night.stages import flags
from flows.spark.connection import SparkConnection, refusals
from flows.spark.gather import typed
from flows.spark.marts import open_tables
from transforms.marts import fact_sql, fact_views_of
from transforms.model.indicator import EVIDENCE_STEP, STATES_STEP, Indicator
from transforms.model.statements import Table
from transforms.model.views import FACT_VIEWS, GRAPH_TABLES, MARTS


def find_flags(night: Night) -> Counts:
    """As `flows.night.stages.flags.find_flags`. Queries that the server rejects run on the driver."""
    names = (*MARTS, *GRAPH_TABLES)
    workers = open_tables(night, names)
    for view in FACT_VIEWS:
        if view.name not in fact_views_of(names):
            continue
        if is_recursive(fact_sql(view.name)):
            workers.parquet_view(view.name, [_by_driver(night, names, view)], view)
        else:
            workers.view(view.name, fact_sql(view.name))
    return flags.find_flags(night, partial(_on_workers, night, workers))


def is_recursive(query: str) -> bool:
    return "with recursive" in query


def _by_driver(night: Night, names: Sequence[str], view: Table) -> Path:
    """A file with the rows of a fact view, computed on the driver."""
    path = night.work / "spark" / f"{view.name}.parquet"
    with tables.open_tables(night, names) as driver:
        write_parquet(driver, f"select * from {view.name}", path, view.key)
    return path


def steps_on_workers(indicator: Indicator) -> Iterator[tuple[str, str]]:
    """The queries of the indicator by name, up to the first recursive one. Spark's recursion does not stop
    when there are no new rows (UNION without ALL).
    """
    return takewhile(lambda step: not is_recursive(step[1]), indicator.steps.items())


def _on_workers(
    night: Night, workers: SparkConnection, driver: warehouse.Connection, indicator: Indicator
) -> Indicator:
    """The indicator with queries that read the rows written by the workers. The driver runs the first query
    that the workers cannot run, and all after it.
    """
    folder = night.work / "spark" / "indicator"
    shutil.rmtree(folder, ignore_errors=True)  # of the previous indicator
    whole = {STATES_STEP: indicator.states, EVIDENCE_STEP: indicator.evidence}
    read: dict[str, str] = {}
    with refusals(f"indicator {indicator.code}"):
        for name, query in steps_on_workers(indicator):
            values = indicator.bound_values(query, night.as_of)
            if name == EVIDENCE_STEP:
                flagged = workers.session.table(STATES_STEP).filter("state = 'flagged'")
                rows = workers.frame(query, values).join(flagged, "subject_id", "left_semi")
            else:
                rows = workers.hold(name, query, values)
            if name in whole:
                rows.write.parquet(str(folder / name))
                in_duckdb = indicator.with_values(whole[name], night.as_of)
                read[name] = _rows_of(driver, folder / name, in_duckdb)
    workers.release()
    return indicator.model_copy(update={"steps": whole | read}) if read else indicator


def _rows_of(driver: warehouse.Connection, folder: Path, query: str) -> str:
    """A query that reads the rows of `query` from the files in a folder, with the types it has in DuckDB."""
    files = sorted(folder.glob("*.parquet"))  # not every server writes a file if there are no rows
    rows = warehouse.parquet_source(files) if files else f"{query} limit 0"
    return f"select {typed(warehouse.column_types(driver, query))} from ({rows})"
