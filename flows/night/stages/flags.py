"""Stage flags: run every indicator and write its flags and evidence."""

from contextlib import closing

import polars as pl
import structlog

from flows.home import disk, warehouse
from flows.home.local_indicators import read_local
from flows.night.night import Counts, Night
from flows.night.tables import HELD_BYTES, open_tables, write_table
from transforms.errors import DeclarationError, RunFailed
from transforms.flags.engine import raise_flags
from transforms.model.indicator import Indicator, indicators
from transforms.model.views import DWELLING, EVIDENCE, FLAG, GRAPH_TABLES, INDICATOR_VIEW, MARTS

log = structlog.get_logger()


def find_flags(night: Night) -> Counts:
    """Write flags, evidence and counts of dwellings: a file for each indicator, then one table in key order.

    Without an orchestrator, the rows of one indicator at most are in memory at a time.
    """
    own, left_out = read_local(night.home)
    off = {one.indicator: one for one in night.authority.switched_off if one.since <= night.started_at.date()}
    every = {code: one for code, one in {**indicators(), **own}.items() if code not in off}
    left_out += [f"{code}: switched off since {one.since}: {one.reason}" for code, one in off.items()]
    with open_tables(night, (*MARTS, *GRAPH_TABLES), held_bytes=HELD_BYTES) as connection:

        def counted(code: str) -> pl.DataFrame | str:
            """INDICATOR_VIEW row, or why the authority's own indicator is left out."""
            try:
                with connection.cursor() as mine:  # a connection is for one thread
                    return _write_flags(night, mine, every[code])
            except (DeclarationError, RunFailed) as error:
                if code in own:
                    return str(error)
                raise

        with closing(night.each("indicator", every, counted)) as outcomes:
            done = list(outcomes)
        for table in (FLAG, EVIDENCE, DWELLING):
            parts = sorted((night.work / "flags" / table.name).glob("*.parquet"))
            query = warehouse.parquet_source(parts)
            warehouse.write_parquet(connection, query, night.table(table.name), table.key)
    night.left_out = (*left_out, *(each for each in done if isinstance(each, str)))
    for fault in night.left_out:
        log.warning("indicator left out", message=fault)
    totals = pl.concat([INDICATOR_VIEW.empty(), *(each for each in done if not isinstance(each, str))])
    write_table(night, INDICATOR_VIEW, totals)
    return {
        "flagged": int(totals["n_flagged"].sum()),
        "not_assessable": int(totals["n_not_assessable"].sum()),
    }


def _write_flags(night: Night, connection: warehouse.Connection, indicator: Indicator) -> pl.DataFrame:
    """Write an indicator's flags, evidence and counts to files of its own; returns its INDICATOR_VIEW row."""
    with warehouse.safe_errors(indicator.code):
        raised = raise_flags(connection, [indicator], night.as_of)
    for table, rows in ((FLAG, raised.flags), (EVIDENCE, raised.evidence), (DWELLING, raised.dwellings)):
        path = night.work / "flags" / table.name / f"{indicator.code}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        with disk.naming(path):
            rows.write_parquet(path, compression="lz4")
    return raised.indicators
