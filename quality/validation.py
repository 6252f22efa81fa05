"""Runs expectations with Great Expectations: a suite for each table, a checkpoint for each stage.

Only `gate.run` imports this module, because importing Great Expectations takes seconds that other commands
should not wait for.
"""

import logging
import os
from collections.abc import Iterator, Sequence

from quality.dialect import DIALECT_URL, creator
from quality.expectation import Expectation
from transforms.model.sql import Connection

# Read when the package is imported: no usage data is sent.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metadata_types import FailureSeverity

# A result without values of failing rows; BASIC alone includes twenty.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
SEVERITIES = {"blocking": FailureSeverity.CRITICAL, "warning": FailureSeverity.WARNING}
Check = tuple[Expectation, ...]  # the expectations in one query of Great Expectations

# Log records about a failed query repeat the result, and do not belong in the log of a run.
logging.getLogger("great_expectations").addHandler(logging.NullHandler())
logging.getLogger("great_expectations").propagate = False


def failed_checks(connection: Connection, expectations: Sequence[Expectation], stage: str) -> list[Check]:
    """The checks that fail or cannot be evaluated.

    All conditions on single rows of a table form one check, so that the table is scanned once; the caller
    determines which of them fail. Every other expectation is a separate check.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    engine_options = {"creator": creator(connection)}
    source = context.data_sources.add_sql(
        "undertow",
        connection_string=DIALECT_URL,
        kwargs=engine_options,  # type: ignore[call-arg]  # documented; the package's stub omits it
    )
    stored = {name for (name,) in connection.execute("select table_name from duckdb_columns()").fetchall()}
    checks = [*_checks(expectations)]
    definitions = []
    for table in sorted({expectation.table for expectation in expectations} & stored):
        own = [(number, check) for number, check in enumerate(checks) if check[0].table == table]
        suite = gx.ExpectationSuite(table, expectations=[_translated(check, number) for number, check in own])
        batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all")
        definition = gx.ValidationDefinition(name=table, data=batch, suite=context.suites.add(suite))
        definitions.append(context.validation_definitions.add(definition))
    if not definitions:
        return checks
    checkpoint = gx.Checkpoint(name=stage, validation_definitions=definitions, result_format=RESULT_FORMAT)
    results = context.checkpoints.add(checkpoint).run().run_results.values()
    held = {
        result.expectation_config.meta["check"]
        for table_result in results
        for result in table_result.results
        if result.success and result.expectation_config
    }
    return [check for number, check in enumerate(checks) if number not in held]


def _checks(expectations: Sequence[Expectation]) -> Iterator[Check]:
    yield from ((expectation,) for expectation in expectations if not expectation.condition)
    for table in sorted({expectation.table for expectation in expectations}):
        if scan := tuple(each for each in expectations if each.table == table and each.condition):
            yield scan


def _translated(check: Check, number: int) -> BatchExpectation:
    """The check as an expectation of Great Expectations; `meta` passes its number to the result."""
    first, meta = check[0], {"check": number, "names": [expectation.name for expectation in check]}
    severity = SEVERITIES[first.severity]
    if first.condition:
        conditions = " or ".join(f"({expectation.condition})" for expectation in check)
        query = f"select 1 as fails from {{batch}} where {conditions}"
        return UnexpectedRowsExpectation(unexpected_rows_query=query, meta=meta, severity=severity)
    if first.failing_rows:
        return UnexpectedRowsExpectation(
            unexpected_rows_query=first.failing_rows, meta=meta, severity=severity
        )
    return ExpectTableRowCountToBeBetween(min_value=1, meta=meta, severity=severity)
