"""Gates: expectations on the tables of one stage, run by Great Expectations on a DuckDB connection received.

An `Expectation` is data, built from the declarations (`quality.suites`) before Great Expectations is imported, which
takes seconds. `run` gives one row of `v_gate` for each. What failed is located by a query of our own that selects key
and record columns only: the results of Great Expectations carry raw values, names among them, so none are asked for.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from math import inf
from threading import RLock, Thread
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.sql import Connection
from transforms.model.views import GATE_VIEW

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

Kind = Literal[
    "column_exists",
    "types",
    "not_null",
    "in_set",
    "unique",
    "between",
    "has_rows",
    "ordered",
    "reference",
    "rows",
]
Severity = Literal["blocking", "warning"]
Stage = Literal["lake", "graph", "release"]

SOURCE = "undertow"
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}  # BASIC alone carries 20 raw values
NOT_EVALUATED = "could not be evaluated: "
NEVER_USED = (
    "scipy.stats",
    "altair",
)  # for expectations about distributions, of which there is none here, and their charts: a quarter of the import
LEFT_OUT = (
    "rfc3987_syntax",
)  # a grammar that jsonschema builds for formats (iri) that no schema of these packages has: a fifth of the import
SWITCH_INTERVAL_S = 0.0005  # (own) Python's is ten times that, which other threads wait for again and again while the import runs
RAN = "ran"
TOGETHER_ROWS_MAX = 100_000  # (own) rows of all tables of a gate: the hash tables of one query that asks of all of them are in memory side by side
RUN_ONCE = RLock()


@dataclass(frozen=True)
class Expectation:
    """One thing that must be true of `table`.

    `parameters` by kind: in_set the values allowed; unique the columns; between the least and the greatest value;
    ordered the lower and
    the upper column; reference the `table.column`s one of which must hold the value; the other kinds none.
    `failing_rows` selects the rows that fail, key and record columns only, from `{batch}`, which stands for the table
    and may have no alias; empty where the expectation is not about rows. Literal braces are doubled.
    `failing`: the condition in it that such a row meets, where it is about one row and no other; it may be asked together with others.
    """

    name: str
    table: str
    column: str | None
    kind: Kind
    parameters: tuple[str | int, ...]
    severity: Severity
    failing_rows: str = ""
    failing: str = ""

    @property
    def failing_rows_sql(self) -> str:
        return self.failing_rows.format(batch=self.table)


def run(
    connection: Connection,
    expectations: Sequence[Expectation],
    *,
    stage: Stage,
    register: str | None = None,
    dataset: str | None = None,
    edition: str | None = None,
    file_sha256: str | None = None,
) -> pl.DataFrame:
    """GATE_VIEW rows, one for each expectation, in their order.

    `connection` has every table or view by its name, and no open transaction (a query that fails would abort it).
    What cannot be evaluated, because a table or column is missing, has failed; its example names the kind of error.
    Not for several threads at once: Great Expectations keeps a global context.
    Raises DeclarationError where two expectations of one table have one name.
    """
    _refuse_same_names(expectations)
    passed = _validate(connection, expectations)
    outcomes = [
        (expectation, (expectation.table, expectation.name) in passed) for expectation in expectations
    ]
    located = [
        (0, None) if ok or not expectation.failing_rows else _failing(connection, expectation)
        for expectation, ok in outcomes
    ]
    rows = [
        (
            stage,
            register,
            dataset,
            edition,
            file_sha256,
            expectation.table,
            expectation.name,
            expectation.severity,
            ok,
            rows_n,
            example,
        )
        for (expectation, ok), (rows_n, example) in zip(outcomes, located, strict=True)
    ]
    return pl.DataFrame(rows, schema=GATE_VIEW.schema, orient="row")


def warm_up() -> None:
    """Import Great Expectations in another thread, which takes seconds, while the files are read; nothing waits for it but a gate.

    A failure is said where the import is needed.
    """
    Thread(target=_import_quietly, name="warm-up", daemon=True).start()


def _import_quietly() -> None:
    with suppress(ImportError):
        _import()


def _import() -> None:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the package is imported
    for name in NEVER_USED:
        _import_when_used(name)
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        with _left_out():
            import_module("great_expectations")
    finally:
        sys.setswitchinterval(interval_s)


@contextmanager
def _left_out() -> Iterator[None]:
    """What tries to import LEFT_OUT meanwhile does without, as where it is not installed."""
    absent = [name for name in LEFT_OUT if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None is the import system's word for a module that is not there
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


class _WhenUsed(ModuleType):
    """A module whose code runs when something of it is asked for.

    The standard library's `LazyLoader` is of no use here: `import altair` asks for `__spec__`, and that runs the module.
    """

    def __getattr__(self, name: str) -> object:
        with RUN_ONCE:
            spec = self.__spec__
            if spec is None or spec.loader is None or spec.loader_state == RAN:
                raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
            spec.loader_state = RAN
            spec.loader.exec_module(self)
        return getattr(self, name)


def _import_when_used(name: str) -> None:
    if name in sys.modules or (spec := find_spec(name)) is None:
        return
    module = sys.modules[name] = _WhenUsed(name)
    module.__spec__, module.__loader__, module.__package__ = spec, spec.loader, name
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    if spec.origin is not None:
        module.__file__ = spec.origin


def blocking_failures(gate_rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that block: GATE_VIEW's columns, in order."""
    return gate_rows.filter((pl.col("severity") == "blocking") & ~pl.col("passed"))


def failure_message(gate_rows: pl.DataFrame) -> str:
    """One line: the first blocking failure, its rows and an example locator, and how many more. Empty where nothing blocks."""
    failures = blocking_failures(gate_rows)
    if failures.is_empty():
        return ""
    first = failures.row(0, named=True)
    about = " ".join(value for value in (first["register"], first["edition"]) if value)
    more = f"; and {failures.height - 1} more, see v_gate" if failures.height > 1 else ""
    return f"{first['stage']} gate{' of ' if about else ''}{about}: expected {first['expectation']!r}{_evidence(first['rows_n'], first['example'])}{more}"


def _evidence(rows_n: int, example: str | None) -> str:
    counted = (
        f" but {rows_n} {'row fails' if rows_n == 1 else 'rows fail'}" if rows_n else " and it does not hold"
    )
    return counted + (f" ({'for example ' if rows_n else ''}{example})" if example else "")


def _refuse_same_names(expectations: Sequence[Expectation]) -> None:
    counts = Counter((expectation.table, expectation.name) for expectation in expectations)
    if twice := [name for (_, name), n in counts.items() if n > 1]:
        raise DeclarationError(f"gate: two expectations are named {twice[0]!r}; give each its own name")


# --- through Great Expectations -------------------------------------------------------------------------------------


def _validate(connection: Connection, expectations: Sequence[Expectation]) -> set[tuple[str, str]]:
    """(table, name) of every expectation that holds.

    As a rule all hold. So those of small tables are asked all together first, in one query, and those of a larger table together, in very few.
    Where they do not all hold, or cannot be evaluated, it is asked again, of a table, and then of each by itself. Every way gives the same answer;
    a table costs Great Expectations tens of milliseconds of its own, and an expectation by itself some.
    """
    in_tables = {
        table: [expectation for expectation in expectations if expectation.table == table]
        for table in sorted({each.table for each in expectations})
    }
    with _quiet():
        source = _source(connection)
        if _rows_n(connection, list(in_tables)) <= TOGETHER_ROWS_MAX and _all_hold(source, in_tables):
            return {(expectation.table, expectation.name) for expectation in expectations}
        return {
            (table, name) for table, group in in_tables.items() for name in _holding(source, table, group)
        }


def _rows_n(connection: Connection, tables: Sequence[str]) -> float:
    """Rows of all tables; infinite where one of them is not there or cannot be read."""
    from quality.dialect import quoted

    try:
        return int(
            connection.execute(
                f"select {' + '.join(f'(select count(*) from {quoted(table)})' for table in tables) or 0}"
            ).fetchall()[0][0]
        )
    except Exception:  # of the database, whose module is not imported here
        return inf


def _all_hold(source: SQLDatasource, in_tables: Mapping[str, Sequence[Expectation]]) -> bool:
    """Whether all expectations of all tables hold, asked as one query. False may also mean that it could not be evaluated."""
    from quality.dialect import quoted

    first, *others = in_tables  # Great Expectations warns of a query that names no batch
    queries = [
        *_failing_queries(in_tables[first]),
        *(
            _of_table(quoted(table), query)
            for table in others
            for query in _failing_queries(in_tables[table])
        ),
    ]
    if not queries or (batch := _batch(source, first)) is None:
        return False
    return all(
        _results(
            batch,
            [
                _configured(
                    "all hold",
                    "unexpected_rows_expectation",
                    {"unexpected_rows_query": " union all ".join(queries)},
                )
            ],
        ).values()
    )


def _of_table(table: str, query: str) -> str:
    """The template with the table's name for `{batch}`: a template still."""
    return query.format(batch=table).replace("{", "{{").replace("}", "}}")


def _failing_queries(expectations: Sequence[Expectation]) -> Iterator[str]:
    """Templates as `failing_rows`, that together give rows where one of `expectations` fails; `unique` as in `_unique_by_hash`."""
    if columns := [
        f"'{expectation.column}'" for expectation in expectations if expectation.kind == "column_exists"
    ]:
        met = "(select column_name from (describe select * from {batch}))"
        yield f"select 1 as fails from (select unnest([{', '.join(columns)}]) as name) where name not in {met}"
    yield from (
        "select 1 as fails from (select count(*) as rows_n from {batch}) where rows_n = 0"
        for expectation in expectations
        if expectation.kind == "has_rows"
    )
    if about_rows := [expectation for expectation in expectations if expectation.failing_rows]:
        yield _failing_any(about_rows)


def _batch(source: SQLDatasource, table: str) -> Batch | None:
    """The table as Great Expectations asks it; None where it is not there."""
    from great_expectations.datasource.fluent.interfaces import TestConnectionError

    try:
        asset = (
            source.get_asset(table)
            if table in source.get_asset_names()
            else source.add_table_asset(table, table_name=table)
        )
    except TestConnectionError:
        return None
    batch: Batch = asset.get_batch(
        asset.build_batch_request()
    )  # a batch definition would be written to the context's store first
    return batch


def _holding(source: SQLDatasource, table: str, expectations: Sequence[Expectation]) -> list[str]:
    """Names of those that hold; none where the table is not there."""
    if (batch := _batch(source, table)) is None:
        return []
    if all(_results(batch, _together(expectations)).values()):
        return [expectation.name for expectation in expectations]
    return [
        name
        for name, holds in _results(batch, [_translated(expectation) for expectation in expectations]).items()
        if holds
    ]


def _results(batch: Batch, configured: list[ExpectationConfiguration]) -> dict[str, bool]:
    """Name → whether it holds. What gave no result does not."""
    from great_expectations import ExpectationSuite

    results = batch.validate(
        ExpectationSuite(name="gate", expectations=configured), result_format=RESULT_FORMAT
    ).results
    held = {
        str(result.expectation_config.meta["name"])
        for result in results
        if result.success and result.expectation_config
    }
    return {name: name in held for name in (str(one.meta["name"]) for one in configured)}


def _together(expectations: Sequence[Expectation]) -> list[ExpectationConfiguration]:
    """As few as can be that hold where, and only where, all of `expectations` hold; `unique` may also fail where it holds, by chance."""
    columns = [expectation.column for expectation in expectations if expectation.kind == "column_exists"]
    about_rows = [
        expectation
        for expectation in expectations
        if expectation.kind != "column_exists" and expectation.failing_rows
    ]
    by_themselves = [
        expectation
        for expectation in expectations
        if expectation.kind != "column_exists" and not expectation.failing_rows
    ]
    configured = [_translated(expectation) for expectation in by_themselves]
    if columns:
        configured.append(
            _configured(
                "columns exist",
                "expect_table_columns_to_match_set",
                {"column_set": columns, "exact_match": False},
            )
        )
    if about_rows:
        configured.append(
            _configured(
                "rows as expected",
                "unexpected_rows_expectation",
                {"unexpected_rows_query": _failing_any(about_rows)},
            )
        )
    return configured


def _failing_any(expectations: Sequence[Expectation]) -> str:
    """Rows, with nothing of them in it, if one of `expectations` fails: conditions on one row in one scan, the others after it."""
    conditions = [f"({expectation.failing})" for expectation in expectations if expectation.failing]
    queries = [
        _unique_by_hash(expectation) if expectation.kind == "unique" else expectation.failing_rows
        for expectation in expectations
        if not expectation.failing
    ]
    scan = [f"select 1 as fails from {{batch}} where {' or '.join(conditions)}"] if conditions else []
    return " union all ".join([*scan, *(f"select 1 as fails from ({query})" for query in queries)])


def _unique_by_hash(expectation: Expectation) -> str:
    """Keys whose hashes (64 bits) all differ all differ, and numbers are counted several times as fast as texts. Two that agree prove nothing."""
    key = ", ".join(str(column) for column in expectation.parameters)
    return f"select rows_n from (select count(*) as rows_n, count(distinct hash({key})) as hashes_n from {{batch}}) where rows_n <> hashes_n"


def _source(connection: Connection) -> SQLDatasource:
    """A data source on the connection, in a context that is never written to disk and calls nobody."""
    _import()
    import great_expectations
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    from quality import dialect

    dialect.register_dialect()
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = great_expectations.get_context(mode="ephemeral", project_config=config)
    engine = {"creator": dialect.creator(connection)}
    return context.data_sources.add_sql(SOURCE, connection_string=dialect.DIALECT_URL, kwargs=engine)  # type: ignore[call-arg]  # documented; the package's stub omits it


def _translated(expectation: Expectation) -> ExpectationConfiguration:
    """The expectation as Great Expectations configures one; `meta` carries its name back."""
    return _configured(expectation.name, *_type_and_arguments(expectation), severity=expectation.severity)


def _configured(
    name: str, type_: str, arguments: dict[str, object], severity: Severity = "blocking"
) -> ExpectationConfiguration:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    grade = FailureSeverity.CRITICAL if severity == "blocking" else FailureSeverity.WARNING
    return ExpectationConfiguration(type=type_, kwargs=arguments, meta={"name": name}, severity=grade)


def _type_and_arguments(expectation: Expectation) -> tuple[str, dict[str, object]]:
    parameters = list(expectation.parameters)
    column = {"column": expectation.column}
    match expectation.kind:
        case "column_exists":
            return "expect_column_to_exist", {**column}
        case "not_null":
            return "expect_column_values_to_not_be_null", {**column}
        case "in_set":
            return "expect_column_values_to_be_in_set", {**column, "value_set": parameters}
        case "between":
            return "expect_column_values_to_be_between", {
                **column,
                "min_value": parameters[0],
                "max_value": parameters[1],
            }
        case "has_rows":
            return "expect_table_row_count_to_be_between", {"min_value": 1}
        case _:
            return "unexpected_rows_expectation", {"unexpected_rows_query": expectation.failing_rows}


@contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations logs errors with the database's text, which quotes values: nothing of it reaches a handler.

    Some of its loggers set a level of their own, so the way up is closed instead.
    """
    logger = logging.getLogger("great_expectations")
    nowhere, propagated = logging.NullHandler(), logger.propagate
    logger.addHandler(nowhere)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = propagated
        logger.removeHandler(nowhere)


# --- locating what failed -------------------------------------------------------------------------------------------


def _failing(connection: Connection, expectation: Expectation) -> tuple[int, str | None]:
    """How many rows fail, and the locator of the first in the order of its columns."""
    query = expectation.failing_rows_sql
    try:
        rows_n = int(connection.execute(f"select count(*) from ({query})").fetchall()[0][0])
        example = connection.execute(f"select * from ({query}) order by all limit 1")
        rows = example.fetchall()
    except Exception as error:  # of the database, whose module is not imported here; its text quotes values
        return 0, NOT_EVALUATED + type(error).__name__
    names = [column[0] for column in example.description]
    return rows_n, _locator(names, rows[0]) if rows else None


def _locator(names: Sequence[str], values: Sequence[object]) -> str:
    """`record_no 12, record 01234567`, on one line whatever the record holds."""
    text = ", ".join(
        f"{name} {'null' if value is None else value}" for name, value in zip(names, values, strict=True)
    )
    return "".join(character if character.isprintable() else "?" for character in text)
