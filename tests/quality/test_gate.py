"""The gate: rows of v_gate, what is said about a failure, and what is never said."""

import logging
import socket
import subprocess
import sys

import duckdb
import polars as pl
import pytest

from quality import gate, suites
from quality.expectation import Expectation
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
SUITE = tuple(suites.declared(THING, "data"))
FILLED = "thing required columns are filled"
COLOURS = "thing values are in their vocabularies"
SHARES = "thing shares are from 0 to 100"
OTHER = Table(
    "other",
    "Invented.",
    (
        Column("other_id", "text", "Id.", privacy="open"),
        Column("mark", "text", "With braces, which templates double.", values=("a{}",)),
    ),
    ("other_id",),
)
OTHER_SUITE = tuple(suites.declared(OTHER, "data"))


def _things(*rows: tuple[str | None, str | None, str | None, str | None]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    frame = pl.DataFrame(rows, schema=dict.fromkeys(THING.names, pl.String), orient="row").cast(
        {"share_min": THING.schema["share_min"]}
    )
    connection.register("thing", frame)
    return connection


def _rule(name: str, failing: str) -> Expectation:
    return Expectation(name, "thing", f"select thing_id from {{batch}} where {failing}")


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
        (COLOURS, 2, "thing_id a, in_columns colour")
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
    assert rows.filter(~pl.col("passed"))["example"].to_list() == ["thing_id null, in_columns thing_id"]


def test_a_missing_column_fails_all_that_needs_it_and_nothing_else() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table thing as select 'a' as thing_id, null::varchar as name, null::decimal(12, 9) "
        "as share_min"
    )
    outcomes = _outcomes(gate.run(connection, SUITE, stage="lake"))
    assert {name for name, passed in outcomes.items() if not passed} == {
        "thing has its declared columns",
        FILLED,
        COLOURS,
    }


def test_a_missing_table_fails_everything_about_it() -> None:
    other = Expectation("other has rows", "other", kind="data")
    rows = gate.run(_things(("a", None, "red", None)), [*SUITE, other], stage="lake")
    assert rows.filter(~pl.col("passed"))["expectation"].to_list() == ["other has rows"]


def test_a_wrong_type_names_the_column_and_the_type_met() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table thing as select 1 as thing_id, null::varchar as name, 'red' as colour, "
        "null::decimal(12, 9) as share_min"
    )
    rows = gate.run(connection, SUITE, stage="lake")
    assert rows.filter(~pl.col("passed"))["example"].to_list() == [
        "column_name thing_id, column_type INTEGER"
    ]


def test_of_conditions_asked_together_only_those_that_a_row_meets_fail() -> None:
    rows = gate.run(_things(("a", "n", "green", "101"), ("b", None, "red", None)), SUITE, stage="lake")
    assert rows.filter(~pl.col("passed"))["expectation"].to_list() == [
        COLOURS,
        SHARES,
    ]


def test_braces_in_a_vocabulary_are_no_placeholders() -> None:
    connection = duckdb.connect()
    connection.execute("create table other as select 1::varchar as other_id, 'a{}' as mark")
    assert gate.run(connection, OTHER_SUITE, stage="lake")["passed"].all()
    connection.execute("update other set mark = 'a'")
    failed = gate.run(connection, OTHER_SUITE, stage="lake").filter(~pl.col("passed"))
    assert failed.select("expectation", "rows_n", "example").rows() == [
        ("other values are in their vocabularies", 1, "other_id 1, in_columns mark")
    ]


def test_keys_that_share_a_hash_are_not_the_same() -> None:
    """With a hash that is the same for all keys, only the two equal ones are counted."""
    connection = _things(("a", None, "red", None), ("a", None, "red", None), ("b", None, "red", None))
    connection.execute("create macro hash(key) as 1")
    (unique,) = (one for one in SUITE if one.name == "unique thing.thing_id")
    rows = gate.run(connection, [unique], stage="lake")
    assert rows.select("rows_n", "example").rows() == [(2, "thing_id a")]


def test_two_expectations_of_one_name_are_refused() -> None:
    with pytest.raises(DeclarationError, match="same one"):
        gate.run(_things(), [_rule("same one", "true"), _rule("same one", "false")], stage="graph")


def test_only_blocking_failures_block() -> None:
    warning = Expectation("faded", "thing", "select thing_id from {batch}", severity="warning", kind="data")
    rows = gate.run(_things(("a", None, "red", None)), [*SUITE, warning], stage="lake")
    assert not rows["passed"].all()
    assert gate.blocking_failures(rows).is_empty()
    assert gate.failure_message(rows) == ""


def test_the_message_says_which_how_many_and_where() -> None:
    connection = _things(("a", CANARY, "green", None), ("b", CANARY, "green", "101"))
    rows = gate.run(connection, SUITE, stage="lake", register="xx_invented", edition="2024-01-01")
    assert gate.failure_message(rows) == (
        "lake gate of xx_invented 2024-01-01: expected 'thing values are in their "
        "vocabularies' but 2 rows fail (for example thing_id a, in_columns colour); and 1 more, see v_gate"
    )


def test_the_message_without_rows_and_register() -> None:
    empty = Expectation("thing has rows", "thing", kind="data")
    assert (
        gate.failure_message(gate.run(_things(), [empty], stage="release"))
        == "release gate: expected 'thing has rows' and it does not hold"
    )


def test_a_locator_stays_on_one_line() -> None:
    rows = gate.run(_things(("a\nb\x1b[31m", None, "green", None)), SUITE, stage="lake")
    assert rows.filter(~pl.col("passed"))["example"].to_list() == ["thing_id a?b?[31m, in_columns colour"]


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
        FILLED,
        COLOURS,
        "unique thing.thing_id",
        SHARES,
        "quoting",
    }
    assert (
        rows.row(by_predicate=pl.col("expectation") == "quoting", named=True)["example"]
        == "could not be evaluated: ConversionException"
    )
    text = "".join(
        [
            str(rows.rows()),
            gate.failure_message(rows),
            gate.failure_message(rows.filter(pl.col("expectation") == "quoting")),
            caplog.text,
            *capfd.readouterr(),
        ]
    )
    assert CANARY not in text
    assert "Zebedee" not in text


def test_nothing_is_printed_logged_or_sent(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    logged: list[logging.LogRecord] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: calls.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: calls.append(address) or [])
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", logged.append)
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    gate.run(_things(("a", None, "green", None)), [*SUITE, _rule("all", "true")], stage="lake")
    assert calls == []
    assert [record for record in logged if record.name.startswith(("great_expectations", "sqlalchemy"))] == []
    assert capfd.readouterr() == ("", "")


def test_importing_the_gate_does_not_import_great_expectations() -> None:
    code = (
        "import sys, quality.gate, quality.suites; print(sorted({name.split('.')[0] for name in "
        "sys.modules} & {'great_expectations', 'sqlalchemy', 'pandas', 'duckdb'}))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
