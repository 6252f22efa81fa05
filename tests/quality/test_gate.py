"""The gate: rows of v_gate, what is said about a failure, and what is never said."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys

import duckdb
import polars as pl
import pytest

from quality import gate, suites
from quality.gate import Expectation
from transforms.errors import DeclarationError
from transforms.model.statements import Column, Table
from transforms.model.views import GATE_VIEW

CANARY = "Zebedee Quillfeather"
THING = Table(
    "thing",
    "Invented.",
    (
        Column("thing_id", "text", "Id.", privacy="open"),
        Column("name", "text", "Name.", null="none", privacy="personal"),
        Column("colour", "text", "Colour.", values=("red", "blue")),
        Column("share_min", "share", "Lower bound.", null="none"),
    ),
    ("thing_id",),
)
SUITE = tuple(suites.declared(THING))
OTHER = Table(
    "other",
    "Invented.",
    (
        Column("other_id", "text", "Id.", privacy="open"),
        Column("mark", "text", "With braces, which templates double.", values=("a{}",)),
    ),
    ("other_id",),
)
OTHER_SUITE = tuple(suites.declared(OTHER))


def _things(*rows: tuple[str | None, str | None, str | None, str | None]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    frame = pl.DataFrame(rows, schema=dict.fromkeys(THING.names, pl.String), orient="row").cast(
        {"share_min": THING.schema["share_min"]}
    )
    connection.register("thing", frame)
    return connection


def _rule(name: str, failing: str) -> Expectation:
    return Expectation(
        name, "thing", None, "rows", (), "blocking", f"select thing_id from {{batch}} where {failing}"
    )


def _outcomes(rows: pl.DataFrame) -> dict[str, bool]:
    return dict(rows.select("expectation", "passed").iter_rows())


def test_rows_are_exactly_those_of_v_gate() -> None:
    rows = gate.run(
        _things(("a", "n", "red", "1")),
        SUITE,
        stage="lake",
        register="xx_invented",
        dataset="things",
        edition="2024-01-01",
    )
    assert rows.schema == GATE_VIEW.schema
    assert rows.height == len(SUITE)
    assert rows.select("stage", "register", "dataset", "edition", "table_name").unique().rows() == [
        ("lake", "xx_invented", "things", "2024-01-01", "thing")
    ]
    assert rows["passed"].all()


def test_no_rows_pass_what_is_about_rows() -> None:
    rows = gate.run(_things(), SUITE, stage="lake")
    assert rows["passed"].all()


def test_a_failure_has_its_count_and_the_first_locator() -> None:
    connection = _things(
        ("c", CANARY, "green", None), ("a", CANARY, "green", None), ("b", CANARY, "red", None)
    )
    rows = gate.run(connection, SUITE, stage="lake")
    failed = rows.filter(~pl.col("passed"))
    assert failed.select("expectation", "rows_n", "example").rows() == [
        ("thing.colour in vocabulary", 2, "thing_id a")
    ]


def test_rows_that_share_a_key_are_all_counted() -> None:
    rows = gate.run(
        _things(("a", None, "red", None), ("a", "x", "blue", None), ("b", None, "red", None)),
        SUITE,
        stage="lake",
    )
    failed = rows.filter(~pl.col("passed"))
    assert failed.select("expectation", "rows_n", "example").rows() == [
        ("unique thing.thing_id", 2, "thing_id a")
    ]


def test_a_null_in_a_locator_is_said() -> None:
    rows = gate.run(_things((None, None, "red", None)), SUITE, stage="lake")
    assert rows.filter(~pl.col("passed"))["example"].to_list() == ["thing_id null"]


def test_a_missing_column_fails_all_that_needs_it_and_nothing_else() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table thing as select 'a' as thing_id, null::varchar as name, null::decimal(12, 9) as share_min"
    )
    outcomes = _outcomes(gate.run(connection, SUITE, stage="lake"))
    assert {name for name, passed in outcomes.items() if not passed} == {
        "thing.colour exists",
        "thing.colour not null",
        "thing.colour in vocabulary",
    }


def test_a_missing_table_fails_everything_about_it() -> None:
    other = Expectation("other has rows", "other", None, "has_rows", (), "blocking")
    rows = gate.run(_things(("a", None, "red", None)), [*SUITE, other], stage="lake")
    assert rows.filter(~pl.col("passed"))["expectation"].to_list() == ["other has rows"]


def test_a_wrong_type_names_the_column_and_the_type_met() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table thing as select 1 as thing_id, null::varchar as name, 'red' as colour, null::decimal(12, 9) as share_min"
    )
    rows = gate.run(connection, SUITE, stage="lake")
    assert rows.filter(~pl.col("passed"))["example"].to_list() == [
        "column_name thing_id, column_type INTEGER"
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "n", "red", "1"), ("b", None, "blue", None)],
        [("a", "n", "red", "1"), ("a", "n", "red", "1")],
        [(None, None, "red", None), (None, None, "blue", None)],
        [("a", None, "green", "101"), ("b", None, None, "-1")],
        [],
    ],
)
def test_asked_together_or_each_by_itself_the_answer_is_one(
    rows: list[tuple[str | None, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one query for all tables, in few for each table, and each expectation by itself."""
    suite = [
        *SUITE,
        *OTHER_SUITE,
        Expectation("thing has rows", "thing", None, "has_rows", (), "blocking"),
        _rule("no b", "thing_id = 'b'"),
    ]

    def outcome() -> list[tuple[object, ...]]:
        connection = _things(*rows)  # type: ignore[arg-type]  # four values each
        connection.execute("create table other as select 1::varchar as other_id, 'a{}' as mark")
        return gate.run(connection, suite, stage="lake").rows()

    in_one_query = outcome()
    monkeypatch.setattr(gate, "TOGETHER_ROWS_MAX", -1)
    by_table = outcome()
    never = gate._configured("never", "expect_table_row_count_to_be_between", {"max_value": -1})
    monkeypatch.setattr(gate, "_together", lambda _: [never])
    assert in_one_query == by_table == outcome()


def test_all_that_hold_in_small_tables_are_one_query(monkeypatch: pytest.MonkeyPatch) -> None:
    suite = [*SUITE, *OTHER_SUITE]
    connection = _things(("a", "n", "red", "1"))
    connection.execute("create table other as select 1::varchar as other_id, 'a{}' as mark")
    monkeypatch.setattr(gate, "_holding", lambda *_: [])
    assert gate.run(connection, suite, stage="lake")["passed"].all()
    connection.execute("update other set mark = 'b'")
    assert not gate.run(connection, suite, stage="lake")["passed"].any()


@pytest.mark.parametrize(
    "stored",
    [
        "'a' as thing_id, null::varchar as name, 'red' as \"Colour\"",
        "'a' as thing_id, 1 as name, 'red' as colour",
        "'a' as thing_id where false",
    ],
)
def test_a_column_or_type_that_is_not_as_declared_is_never_held_in_one_query(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = duckdb.connect()
    connection.execute(
        f"create table thing as select {stored}, null::decimal(12, 9) as share_min"
        if "where" not in stored
        else f"create table thing as select {stored}"
    )
    monkeypatch.setattr(gate, "_holding", lambda *_: [])
    assert not gate.run(connection, SUITE, stage="lake")["passed"].any()


def test_hashes_that_agree_by_chance_are_no_keys_that_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_unique_by_hash", lambda _: "select 1 as rows_n")
    assert gate.run(_things(("a", "n", "red", "1")), SUITE, stage="lake")["passed"].all()


def test_two_expectations_of_one_name_are_refused() -> None:
    with pytest.raises(DeclarationError, match="same one"):
        gate.run(_things(), [_rule("same one", "true"), _rule("same one", "false")], stage="graph")


def test_only_blocking_failures_block() -> None:
    warning = Expectation("faded", "thing", None, "rows", (), "warning", "select thing_id from {batch}")
    rows = gate.run(_things(("a", None, "red", None)), [*SUITE, warning], stage="lake")
    assert not rows["passed"].all()
    assert gate.blocking_failures(rows).is_empty()
    assert gate.failure_message(rows) == ""


def test_the_message_says_which_how_many_and_where() -> None:
    connection = _things(("a", CANARY, "green", None), ("b", CANARY, "green", "101"))
    rows = gate.run(connection, SUITE, stage="lake", register="xx_invented", edition="2024-01-01")
    assert gate.failure_message(rows) == (
        "lake gate of xx_invented 2024-01-01: expected 'thing.colour in vocabulary' but 2 rows fail (for example thing_id a); and 1 more, see v_gate"
    )


def test_the_message_without_rows_and_register() -> None:
    empty = Expectation("thing has rows", "thing", None, "has_rows", (), "blocking")
    assert (
        gate.failure_message(gate.run(_things(), [empty], stage="release"))
        == "release gate: expected 'thing has rows' and it does not hold"
    )


def test_a_locator_stays_on_one_line() -> None:
    rows = gate.run(_things(("a\nb\x1b[31m", None, "green", None)), SUITE, stage="lake")
    assert rows.filter(~pl.col("passed"))["example"].to_list() == ["thing_id a?b?[31m"]


def test_names_are_never_said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither where rows fail, nor where the database's own error quotes the value."""
    connection = _things(("a", CANARY, CANARY, "101"), ("a", CANARY, None, "-1"))
    with pytest.raises(duckdb.ConversionException, match=CANARY):  # what the database would say
        connection.execute("select thing_id from thing where name::integer = 1").fetchall()
    quoting = _rule("quoting", "name::integer = 1")
    with caplog.at_level(logging.DEBUG):
        rows = gate.run(connection, [*SUITE, quoting], stage="lake", register="xx_invented")
    failed = {name for name, passed in _outcomes(rows).items() if not passed}
    assert failed == {
        "thing.colour not null",
        "thing.colour in vocabulary",
        "unique thing.thing_id",
        "thing.share_min from 0 to 100",
        "quoting",
    }
    assert (
        rows.row(by_predicate=pl.col("expectation") == "quoting", named=True)["example"]
        == "could not be evaluated: ConversionException"
    )
    said = "".join(
        [
            str(rows.rows()),
            gate.failure_message(rows),
            gate.failure_message(rows.filter(pl.col("expectation") == "quoting")),
            caplog.text,
            *capfd.readouterr(),
        ]
    )
    assert CANARY not in said
    assert "Zebedee" not in said


def test_nothing_is_printed_logged_or_sent(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: calls.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: calls.append(address) or [])
    with caplog.at_level(logging.DEBUG):
        gate.run(_things(("a", None, "green", None)), [*SUITE, _rule("all", "true")], stage="lake")
    assert calls == []
    assert [
        record.message
        for record in caplog.records
        if record.name.startswith(("great_expectations", "sqlalchemy"))
    ] == []
    assert capfd.readouterr() == ("", "")


def test_importing_the_gate_does_not_import_great_expectations() -> None:
    code = "import sys, quality.gate, quality.suites; print(sorted({name.split('.')[0] for name in sys.modules} & {'great_expectations', 'sqlalchemy', 'pandas', 'duckdb'}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_what_no_expectation_needs_is_imported_but_never_run() -> None:
    code = (
        "import sys; from quality import gate; gate._import(); gate._import(); import scipy.stats, altair; "
        "print([name in sys.modules for name in ('great_expectations', 'scipy.stats._stats_py', 'altair.vegalite')]); "
        "print(scipy.stats.norm.cdf(0), altair.Chart.__name__, 'scipy.stats._stats_py' in sys.modules); print(hasattr(altair, 'no_such_thing'))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == ["[True, False, False]", "0.5 Chart True", "False"]


def test_a_grammar_that_nobody_needs_is_not_built_and_can_be_had_afterwards() -> None:
    code = (
        "import sys; from quality import gate; gate._import(); print([name for name in sys.modules if name.startswith('rfc3987_syntax')]); "
        "import jsonschema; print(jsonschema.FormatChecker().conforms('no date', 'date'), jsonschema.FormatChecker().conforms('2026-11-26', 'date')); "
        "import rfc3987_syntax; print(rfc3987_syntax.is_valid_syntax('iri', 'https://a.b/c'))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == ["[]", "False True", "True"]
