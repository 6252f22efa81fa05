"""Expectations on data, run by Great Expectations: a suite for each table, a checkpoint for each gate.

Only `gate.run` imports this module, because importing Great Expectations takes seconds that other commands
should not wait for.
"""

import logging
import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from quality import data_docs
from quality.dialect import DIALECT_URL, creator
from quality.expectation import Expectation
from transforms.model.sql import Connection

# Great Expectations reads this when it is imported: it sends no usage data.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations.checkpoint.checkpoint import CheckpointResult
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource, TableAsset
from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

# Results without values of failing rows; BASIC alone would include twenty.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
SEVERITIES = {"blocking": FailureSeverity.CRITICAL, "warning": FailureSeverity.WARNING}
WHOLE_TABLE = "whole_table"
NO_ROWS = "select 1 where false /* of {batch} */"
FAILING_ROWS = "failing_rows_"  # prefix of a temporary table
TABLES_SQL = "select table_name from duckdb_tables() union all select view_name from duckdb_views()"
NUMBER = "number"  # key in the meta data of an expectation: its position in the list

# Log records about a failed query repeat its result, which must not be in the log of a run.
logging.getLogger("great_expectations").addHandler(logging.NullHandler())
logging.getLogger("great_expectations").propagate = False


def failed(
    connection: Connection,
    expectations: Sequence[Expectation],
    about: data_docs.About,
    pages: Path | None = None,
) -> list[Expectation]:
    """The expectations that fail or cannot be evaluated. `pages`: folder for Data Docs, None to write
    none.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    checkpoint = _checkpoint(context, connection, expectations, about)
    if checkpoint is None:
        return list(expectations)
    result = checkpoint.run(run_id=RunIdentifier(run_name=about.label, run_time=datetime.now(UTC)))
    for number in range(len(expectations)):
        connection.execute(f"drop table if exists {FAILING_ROWS}{number}")
    held = {
        each.expectation_config.meta[NUMBER]
        for of_table in result.run_results.values()
        for each in of_table.results
        if each.success and each.expectation_config
    }
    failures = [expectation for number, expectation in enumerate(expectations) if number not in held]
    if pages is not None:
        _write_pages(result, pages)
        tables = sorted(path.stem for path in pages.glob("*.html"))
        of_tables = [_page(table, expectations, failures) for table in tables]
        data_docs.write_results(pages, about, of_tables)
    return failures


def _checkpoint(
    context: EphemeralDataContext,
    connection: Connection,
    expectations: Sequence[Expectation],
    about: data_docs.About,
) -> gx.Checkpoint | None:
    """A checkpoint with the suites of all tables that exist; None if none does."""
    stored = {name for (name,) in connection.execute(TABLES_SQL).fetchall()}
    tables = sorted({expectation.table for expectation in expectations} & stored)
    source = _source(context, connection, tables)
    definitions = []
    for table in tables:
        numbered = [(number, each) for number, each in enumerate(expectations) if each.table == table]
        suite = gx.ExpectationSuite(
            table, expectations=[_translated(connection, each, number) for number, each in numbered]
        )
        batch = source.get_asset(table).get_batch_definition(WHOLE_TABLE)
        definition = gx.ValidationDefinition(name=table, data=batch, suite=context.suites.add(suite))
        definitions.append(context.validation_definitions.add(definition))
    if not definitions:
        return None
    checkpoint = gx.Checkpoint(
        name=about.label, validation_definitions=definitions, result_format=RESULT_FORMAT
    )
    return context.checkpoints.add(checkpoint)


def _source(context: EphemeralDataContext, connection: Connection, tables: Sequence[str]) -> SQLDatasource:
    """The tables on the received connection, added together, because each addition saves the whole
    configuration.
    """
    assets = [
        TableAsset(name=table, table_name=table, batch_definitions=[BatchDefinition(name=WHOLE_TABLE)])
        for table in tables
    ]
    engine_options = {"creator": creator(connection)}
    return context.data_sources.add_sql(
        "undertow",
        assets=assets,
        connection_string=DIALECT_URL,
        kwargs=engine_options,  # type: ignore[call-arg]  # documented, but missing in the package's types
    )


def _translated(connection: Connection, expectation: Expectation, number: int) -> BatchExpectation:
    """The expectation as one of Great Expectations. `meta` passes its number to the result."""
    meta, severity = {NUMBER: number}, SEVERITIES[expectation.severity]
    if expectation.failing_rows:
        return UnexpectedRowsExpectation(
            unexpected_rows_query=_query_of_rows(connection, expectation, f"{FAILING_ROWS}{number}"),
            description=expectation.description,
            meta=meta,
            severity=severity,
        )
    return ExpectTableRowCountToBeBetween(
        min_value=1, description=expectation.description, meta=meta, severity=severity
    )


def _query_of_rows(connection: Connection, expectation: Expectation, table: str) -> str:
    """A query for the failing rows. Great Expectations runs it twice, for the rows and for their number, so
    the failing rows are stored in a temporary table. They are counted first, which reads no locators, because
    mostly there are none.
    """
    rows = expectation.failing_rows_sql
    try:
        ((rows_n,),) = connection.execute(f"select count(*) from ({rows})").fetchall()
        if not rows_n:
            return NO_ROWS
        connection.execute(f"create or replace temp table {table} as select * from ({rows})")
    except Exception:  # Great Expectations reports what is wrong with it
        return expectation.failing_rows
    return f"select * from {table} /* of {{batch}} */"


# --- pages --------------------------------------------------------------------------------------------------


def _write_pages(result: CheckpointResult, folder: Path) -> None:
    """Write `<folder>/<table>.html` for each table of the checkpoint, complete without network."""
    renderer, view = _page_view()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for of_table in result.run_results.values():
        page = view.render(renderer.render(of_table))  # type: ignore[no-untyped-call]
        (folder / f"{of_table.suite_name}.html").write_text(data_docs.offline(page), encoding="utf-8")


@cache
def _page_view() -> tuple[ValidationResultsPageRenderer, DefaultJinjaPageView]:
    """The renderer and the view of Data Docs. Cached, because each view compiles its templates."""
    return ValidationResultsPageRenderer(), DefaultJinjaPageView()


def _page(table: str, expectations: Sequence[Expectation], failures: Sequence[Expectation]) -> data_docs.Page:
    of_table = [each for each in failures if each.table == table]
    return data_docs.Page(
        table,
        sum(each.table == table for each in expectations),
        tuple(each.name for each in of_table if each.severity == "blocking"),
        tuple(each.name for each in of_table if each.severity == "warning"),
    )
