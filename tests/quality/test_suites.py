"""Every expectation of the three suites passes on valid tables and is seen to fail on its own defect."""

import datetime
import functools
import re
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from quality import assertions, gate, reconciliation, suites
from quality.expectation import Expectation
from transforms.model.parsing import parsed
from transforms.model.register import Delimited as DelimitedReader
from transforms.model.register import Edition, Parsed, Register, SourceField, registers
from transforms.model.statements import STATEMENT_TABLES, Column, Table
from transforms.model.views import ABOUT, EDITION_VIEW, RELEASE_TABLES

DAY = datetime.date(2024, 3, 1)
ROWS = 2


def _no_statements(frame: pl.DataFrame, _edition: Edition) -> Parsed:
    return parsed(frame, {})


INVENTED = Register(
    name="xx_invented_all",
    title="Invented register",
    publisher="Nobody",
    territory="XX",
    url="",
    licence="none",
    cadence="never",
    kind="snapshot",
    roles=("companies",),
    identifier_scheme="XX-INV",
    expected_rows="two",
    description="Has every statement table.",
    reader=DelimitedReader(),
    fields=(SourceField("name"),),
    tables=tuple(STATEMENT_TABLES.values()),
    recognise=lambda _name, _head: None,
    parse=_no_statements,
)
REGISTERS = {INVENTED.name: INVENTED, **registers()}


# --- valid tables, from the declarations ------------------------------------------------------------------


def _value(column: Column, row: int) -> object:
    """A valid value: distinct in each row where the type allows it."""
    by_type: dict[str, object] = {
        "text": f"{column.name}-{row}",
        "texts": [f"{column.name}-{row}"],
        "date": DAY + datetime.timedelta(days=row),
        "integer": row,
        "boolean": row % 2 == 0,
        "share": Decimal({"share_min": 25, "share_max_declared": 50}.get(column.name, 75)),
        "money": Decimal(row),
        "number": row / 4,
        "timestamp": datetime.datetime(2024, 3, row),
    }
    return column.values[0] if column.values else by_type[column.dtype]


def _valid(table: Table, given: dict[str, list[object]]) -> pl.DataFrame:
    generated = {
        column.name: given.get(column.name) or [_value(column, row + 1) for row in range(ROWS)]
        for column in table
    }
    return pl.DataFrame(generated, schema=table.schema)


KINDS = {
    "columns": r" has its declared columns$",
    "filled": r" required columns are filled$",
    "in_set": r" values are in their vocabularies$",
    "register": r"^\w+\.register is [a-z0-9_]+$",
    "unique": r"^unique ",
    "between": r" shares are from 0 to 100$",
    "has_rows": r" has rows$",
    "ordered": r" lower shares are not above upper ones$",
    "reference": r"^\w+\.(?P<column>\w+) is in \w+\.(?P<target>\w+)",
}


def named(expectation: Expectation) -> tuple[str, dict[str, str]]:
    """What kind of expectation it is, by its name, and the columns in that.

    `rule` for one with a name of its own.
    """
    if expectation.name not in DEFECTS:
        for kind, pattern in KINDS.items():
            if match := re.search(pattern, expectation.name):
                return kind, match.groupdict()
    return "rule", {}


def _references(expectations: tuple[Expectation, ...]) -> dict[str, dict[str, list[object]]]:
    """For each referring column, the generated values of the first column it may refer to."""
    given: dict[str, dict[str, list[object]]] = {}
    for expectation in expectations:
        kind, columns = named(expectation)
        if kind == "reference":
            values: list[object] = [f"{columns['target']}-{row + 1}" for row in range(ROWS)]
            given.setdefault(expectation.table, {})[columns["column"]] = values
    return given


COUNTS: dict[str, list[object]] = {
    "rows_in": [4],
    "rows_loaded": [2],
    "rows_rejected": [1],
    "rows_ignored": [1],
    "completeness": ["complete"],
}
ENTITY_IDS: list[object] = ["entity_id-1", "entity_id-2"]
# One cycle: entity 1 holds entity 2, which holds entity 1; told from each of them.
CYCLE: dict[str, list[object]] = {
    "subject_id": ["entity_id-1", "entity_id-1", "entity_id-2", "entity_id-2"],
    "position": [1, 2, 1, 2],
    "party_id": ["entity_id-1", "entity_id-2", "entity_id-2", "entity_id-1"],
    "held_id": ["entity_id-2", "entity_id-1", "entity_id-1", "entity_id-2"],
    "statement_id": ["statement_id-1", "statement_id-2", "statement_id-2", "statement_id-1"],
}
# One case, on the one flag that is flagged.
ONE_ROW = ("review_case",)
RELEASE_VALUES: dict[str, dict[str, list[object]]] = {
    "company": {"company_id": ENTITY_IDS},
    "graph_scc": {"subject_id": ENTITY_IDS, "scc_id": ["entity_id-1"] * ROWS},
    "graph_cycle": CYCLE,
    "graph_ubo": {"reason": [None, None]},
    "flag": {
        "state": ["flagged", "not_assessable"],
        "subject_type": ["legal_entity", "legal_entity"],
        "subject_id": ENTITY_IDS,
        "case_id": ["case_id-1", None],
    },
    "evidence": {"flag_id": ["flag_id-1", "flag_id-1"]},
    "review_case": {
        "case_id": ["case_id-1", "case_id-2"],
        "position": [1, 2],
        "flags_n": [1, 1],
        "families_n": [1, 1],
        "rarity": [0.5, 0.5],
    },
    "case_member": {
        "case_id": ["case_id-1", "case_id-1"],
        "subject_id": ["entity_id-1", "entity_id-2"],
        "role": ["flagged", "linking"],
        "flags_n": [1, 0],
        "subject_type": ["legal_entity", "legal_entity"],
    },
    "case_link": {"case_id": ["case_id-1"] * ROWS, "from_id": ["entity_id-1"] * ROWS, "to_id": ENTITY_IDS},
    "indicator": {
        "weak": [False, False],
        "data_quality": [False, False],
        "n_flagged": [1, 0],
        "n_not_flagged": [1, 0],
        "n_not_assessable": [0, 1],
        "base_rate": [0.5, None],
    },
    "edition": {name: values * ROWS for name, values in COUNTS.items()},
}


def lake_tables(register: Register) -> dict[str, pl.DataFrame]:
    """One edition's tables, and the same again as the last edition's."""
    given = _references(suites.lake_suite(register))
    now = {
        table.name: _valid(table, given.get(table.name, {}) | _lake_values(table, register))
        for table in register.tables
    }
    counts = _valid(
        EDITION_VIEW,
        {name: values * ROWS for name, values in COUNTS.items()} | {"register": [register.name] * ROWS},
    ).head(1)
    now[EDITION_VIEW.name] = counts
    # The last edition's statements stand there often enough to be no chance.
    last = {
        name: frame if name == EDITION_VIEW.name else pl.concat([frame] * reconciliation.EMPTIED_FROM)
        for name, frame in now.items()
    }
    return now | {reconciliation.LAST + name: frame for name, frame in last.items()}


def _lake_values(table: Table, register: Register) -> dict[str, list[object]]:
    values: dict[str, list[object]] = {
        "statement_id": [f"statement_id-{row + 1}" for row in range(ROWS)],
        "register": [register.name] * ROWS,
    }
    if table.name == "relationship_statement":
        values["subject_statement_id"] = [None] * ROWS
    return values


def release_tables() -> dict[str, pl.DataFrame]:
    given = _references((*suites.graph_suite(), *suites.release_suite()))
    held = {name: table for name, table in RELEASE_TABLES.items() if name not in ABOUT}
    tables = {
        name: _valid(table, given.get(name, {}) | RELEASE_VALUES.get(name, {}))
        for name, table in held.items()
    }
    return tables | {name: tables[name].head(1) for name in ONE_ROW}


@functools.cache
def database(register: str) -> duckdb.DuckDBPyConnection:
    """Valid tables: of a register's lake partition, or of a release.

    Never changed: defects are temporary tables over them.
    """
    connection = duckdb.connect()
    for name, frame in (
        release_tables() if register == "release" else lake_tables(REGISTERS[register])
    ).items():
        connection.register("frame", frame)
        connection.execute(f"create table {name} as from frame")
        connection.unregister("frame")
    return connection


def has_last_edition(register: Register) -> bool:
    """Whether an edition of it may replace another. In a series without whole periods all add up."""
    return register.kind != "series" or bool(register.whole_period)


def _suites() -> Iterator[tuple[str, str, tuple[Expectation, ...]]]:
    """(database, stage, suite)."""
    for name, register in REGISTERS.items():
        yield name, "lake", suites.lake_suite(register, has_last_edition=has_last_edition(register))
    yield "release", "graph", suites.graph_suite()
    yield "release", "release", suites.release_suite()


# --- defects ----------------------------------------------------------------------------------------------

Defect = tuple[str, str]  # table to replace, query that replaces it

# For the expectations whose kind does not say it: name → table, replacements of columns in every row.
DEFECTS: dict[str, Defect] = {
    "relationship_statement has one of subject_id and subject_statement_id": (
        "relationship_statement",
        "null as subject_id",
    ),
    "relationship_statement names a party unless unspecified": (
        "relationship_statement",
        "'unspecified' as party_kind",
    ),
    "rows add up": ("edition", "99 as rows_in"),
    "rejected at most 5% of records": ("edition", "1000 as rows_in, 51 as rows_rejected"),
    "loaded records have statements": ("edition", "3 as rows_loaded"),
    "volume near the last edition": ("last_edition", "100 as rows_loaded"),
    "volume not below the last edition": ("last_edition", "100 as rows_loaded"),
    "graph_cycle steps chain": ("graph_cycle", "'entity_id-1' as held_id"),
    "graph_ubo names a person or says why not": ("graph_ubo", "null as party_id"),
    "graph_ubo CERTAIN has a witness": ("graph_ubo", "[]::varchar[] as witness"),
    "graph_ubo has no owner beside NONE_FOUND": (
        "graph_ubo",
        (
            "'entity_id-1' as subject_id, 'AMLR' as regime, case when party_id = 'person_id-1' then "
            "'NONE_FOUND' else 'CERTAIN' end as verdict"
        ),
    ),
    "graph_control influence is never certain": ("graph_control", "'influence' as kind"),
    "flag.state is flagged or not_assessable": ("flag", "'not_flagged' as state"),
    "flag has evidence": ("evidence", "'flag_id-2' as flag_id"),
    "flag.subject_id is never a person": ("flag", "'person_id-1' as subject_id"),
    "flag.subject_id is in its mart": ("flag", "'transaction' as subject_type"),
    "case_link joins members": ("case_link", "'Canary' as to_id"),
    "case_member flagged is never a person": ("case_member", "'person' as subject_type"),
    "case_member.flags_n counts its flags": ("case_member", "2 as flags_n"),
    "review_case.flags_n counts its flags": ("review_case", "2 as flags_n"),
    "review_case has the gravest lane of its flags; look needs two families": ("flag", "'look' as lane"),
    "review_case.position is the review order": ("review_case", "2 as position"),
    "indicator.n_flagged counts its flags": ("indicator", "2 as n_flagged"),
    "indicator.n_not_assessable counts its flags": ("indicator", "2 as n_not_assessable"),
    "indicator.n_not_flagged not negative": ("indicator", "-1 as n_not_flagged"),
    "indicator.base_rate is flagged of assessed": ("indicator", "0.4 as base_rate"),
}


# For the others: kind → the query that replaces the table. `defects` are defects of every column checked.
KIND_DEFECTS: dict[str, str] = {
    "columns": "select * replace ([{last}] as {last}) from main.{table}",
    "filled": "select * replace ({defects}) from main.{table}",
    "in_set": "select * replace ({defects}) from main.{table}",
    "between": "select * replace ({defects}) from main.{table}",
    "ordered": "select * replace ({defects}) from main.{table}",
    "register": "select * replace ('Canary' as register) from main.{table}",
    "reference": "select * replace ('Canary' as {column}) from main.{table}",
    "unique": "from main.{table} union all from main.{table}",
    "has_rows": "from main.{table} where false",
}
ALL_TABLES = {**STATEMENT_TABLES, **RELEASE_TABLES}


def column_defects(expectation: Expectation) -> dict[str, str]:
    """Column → what it becomes, for the expectations on several columns of a table: all of them fail."""
    kind, table = named(expectation)[0], ALL_TABLES[expectation.table]
    shares = [name for name in suites.SHARES_IN_ORDER if name in table]
    defects = {
        "filled": {column.name: "null" for column in table if not column.nullable},
        "in_set": {column.name: "'Canary'" for column in table if column.values},
        "between": {column.name: "101::decimal(12, 9)" for column in table if column.dtype == "share"},
        # The last one is an upper bound only.
        "ordered": {name: str(len(shares) - place) for place, name in enumerate(shares)},
    }
    return defects.get(kind, {})


def defect(expectation: Expectation) -> Defect:
    """What must make the expectation fail. KeyError where nobody has thought of a defect for it."""
    kind, columns = named(expectation)
    table = expectation.table
    if kind == "rule":
        if expectation.name.endswith(" columns not emptied since the last edition"):
            return table, f"from main.{table} where false"
        is_warning = expectation.severity == "warning"
        table, replaced = _fill_defect(table) if is_warning else DEFECTS[expectation.name]
        return table, f"select * replace ({replaced}) from main.{table}"
    names = {
        "last": ALL_TABLES[table].names[-1],
        "defects": ", ".join(f"{to} as {name}" for name, to in column_defects(expectation).items()),
    }
    return table, KIND_DEFECTS[kind].format(table=table, **names, **columns)


def _fill_defect(table: str) -> Defect:
    nullable = next(column.name for column in STATEMENT_TABLES[table] if column.nullable)
    return table, f"null as {nullable}"


def _cases() -> Iterator[object]:
    """Every expectation of every suite, once: registers share most of theirs."""
    seen: set[Expectation] = set()
    for register, stage, suite in _suites():
        for expectation in suite:
            if expectation not in seen:
                name = f"{register}-{stage}-{expectation.name}".replace(" ", "_")
                yield pytest.param(register, stage, expectation, id=name)
        seen.update(suite)


# --- tests ------------------------------------------------------------------------------------------------


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("register", "stage", "suite"), [pytest.param(*case, id=f"{case[0]}-{case[1]}") for case in _suites()]
)
def test_valid_tables_pass_every_expectation(
    register: str, stage: gate.Stage, suite: tuple[Expectation, ...]
) -> None:
    rows = gate.run(database(register), suite, stage=stage)
    failed = rows.filter(~pl.col("passed"))
    assert failed["expectation"].to_list() == []
    assert rows["expectation"].to_list() == [expectation.name for expectation in suite]
    assert rows["rows_n"].sum() == 0
    assert rows["example"].null_count() == rows.height


@pytest.mark.sample(55)
@pytest.mark.parametrize(("register", "stage", "expectation"), list(_cases()))
def test_every_expectation_is_seen_to_fail(
    register: str, stage: gate.Stage, expectation: Expectation
) -> None:
    connection = database(register)
    table, query = defect(expectation)
    connection.execute(f"create temp table {table} as {query}")
    try:
        (result,) = gate.run(connection, [expectation], stage=stage).iter_rows(named=True)
    finally:
        connection.execute(f"drop table temp.{table}")
    assert not result["passed"]
    assert "Canary" not in str(result["example"]) or named(expectation)[0] in ("reference", "rule")
    if expectation.failing_rows:  # what Great Expectations found, our own query finds too, and evaluates
        assert result["rows_n"] > 0
        assert result["example"]
        assert assertions.NOT_EVALUATED not in result["example"]
    if columns := [*column_defects(expectation)]:
        failing = result["example"].partition("in_columns ")[2].split(", ")
        assert failing == columns[: -1 if named(expectation)[0] == "ordered" else None]


def test_no_expectation_lacks_a_defect() -> None:
    lacking = []
    for _, _, suite in _suites():
        for expectation in suite:
            try:
                defect(expectation)
            except KeyError:
                lacking.append(expectation.name)
    assert lacking == []


def test_what_is_checked_of_the_data_is_described_and_the_rest_is_not() -> None:
    for _, _, suite in _suites():
        for expectation in suite:
            assert bool(expectation.description.endswith(".")) or expectation.kind == "assertion"


def test_graph_and_release_check_of_the_data_only_what_registers_and_indicators_say() -> None:
    on_data = {
        (stage, expectation.table)
        for register, stage, suite in _suites()
        for expectation in suite
        if register == "release" and expectation.kind == "data"
    }
    assert on_data == {
        ("graph", "relationship"),
        ("graph", "interest"),
        ("release", "edition"),
        ("release", "flag"),
    }


@pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS)
def test_lake_suite_holds_every_declared_column(register: Register) -> None:
    suite = suites.lake_suite(register)
    by_name = {expectation.name: expectation for expectation in suite}
    for table in register.tables:
        columns = by_name[f"{table.name} has its declared columns"]
        filled = by_name[f"{table.name} required columns are filled"]
        in_set = by_name.get(f"{table.name} values are in their vocabularies", filled)
        for column in table:
            assert f"('{column.name}', " in columns.failing_rows
            assert (f"{column.name} is null" in filled.condition.split(" or ")) is not column.nullable
            assert not column.values or f"{column.name} not in (" in in_set.condition


def test_release_suite_holds_every_table_but_those_about_the_release() -> None:
    held = {expectation.table for expectation in suites.release_suite()}
    assert held == set(RELEASE_TABLES) - set(ABOUT)


def test_everything_blocks_but_fill_rates() -> None:
    warnings = {
        expectation.name
        for _, _, suite in _suites()
        for expectation in suite
        if expectation.severity == "warning"
    }
    assert warnings
    assert all(name.endswith(" filled as in the last edition") for name in warnings)


def test_without_a_last_edition_nothing_is_compared_with_it() -> None:
    names = [expectation.name for expectation in suites.lake_suite(INVENTED)]
    assert "volume near the last edition" not in names
    assert "rows add up" in names


def test_an_answer_that_there_is_nothing_or_only_a_natural_persons_business_is_no_empty_file() -> None:
    held = {
        register.name: any(one.name.endswith(" has rows") for one in suites.lake_suite(register))
        for register in registers().values()
    }
    assert held["gb_coh_companies"] and not held["nl_kvk_dataservice"]
    assert not held["nl_brk_bevragen"] and not held["gb_coh_charges"]


def test_columns_with_the_ids_of_natural_persons_are_personal() -> None:
    """Only a personal column is kept out of the examples in `v_gate`, which is open."""
    may_hold_persons = (
        "party_id listed_party_id previous_party_id controller_id candidate_id nearest_id from_id sources"
    )
    # Their parties are legal entities.
    of_entities = {"proprietorship", "group_relation", "flow_pattern", "flow_pattern_gap", "graph_cycle"}
    marked = {
        (table.name, column.name): column.privacy
        for table in RELEASE_TABLES.values()
        for column in table
        if column.name in may_hold_persons.split() and table.name not in of_entities
    }
    assert len(marked) > 15
    assert [name for name, privacy in marked.items() if privacy != "personal"] == []


def test_locators_are_the_record_or_open_keys() -> None:
    everything = {**STATEMENT_TABLES, **RELEASE_TABLES}
    personal = {
        (table.name, column.name)
        for table in everything.values()
        for column in table
        if column.privacy == "personal"
    }
    named = {
        (table.name, name.strip())
        for table in everything.values()
        for name in suites.locator(table).split(",")
    }
    assert not named & personal
    own_vocabulary = {("trust_company", "name")}
    assert not {name for _, name in named - own_vocabulary} & {
        "value",
        "name",
        "subject_name",
        "proprietor_name",
        "explanation",
        "address_text",
    }
    assert suites.locator(STATEMENT_TABLES["entity_statement"]) == "record_no, record"
    assert suites.locator(RELEASE_TABLES["person"]) == "statement_id"
    assert suites.locator(RELEASE_TABLES["finding"]) == "register, dataset, edition, file_sha256, code, field"


# --- bounds -----------------------------------------------------------------------------------------------


def _counted(rows_in: int, rejected: int) -> bool:
    """Whether an edition with these counts passes the bound on rejected records."""
    expectation = next(
        one for one in reconciliation.row_accounting(INVENTED.tables) if one.name.startswith("rejected")
    )
    with duckdb.connect() as connection:
        connection.execute(
            "create table edition as select 'r' as register, 'd' as dataset, 'e' as edition, "
            f"{rows_in} as rows_in, {rejected} as rows_rejected"
        )
        return bool(gate.run(connection, [expectation], stage="lake")["passed"][0])


@pytest.mark.parametrize(
    ("rows_in", "rejected", "passes"),
    [(20, 10, True), (20, 11, False), (1000, 50, True), (1000, 51, False), (0, 0, True)],
)
def test_rejected_bound(rows_in: int, rejected: int, passes: bool) -> None:
    assert _counted(rows_in, rejected) is passes


def _compared(last: int, now: int, completeness: str, last_completeness: str) -> bool:
    expectation = reconciliation.against_last_edition(())[0]
    with duckdb.connect() as connection:
        for name, loaded, state in (
            ("edition", now, completeness),
            ("last_edition", last, last_completeness),
        ):
            connection.execute(
                f"create table {name} as select 'r' as register, 'd' as dataset, 'e' as edition, "
                f"'{state}' as completeness, {loaded} as rows_loaded"
            )
        return bool(gate.run(connection, [expectation], stage="lake")["passed"][0])


@pytest.mark.parametrize(
    ("now", "passes"), [(79, False), (80, False), (81, True), (199, True), (200, False), (201, False)]
)
def test_volume_bound(now: int, passes: bool) -> None:
    assert _compared(100, now, "complete", "complete") is passes


@pytest.mark.parametrize(
    ("last", "now", "passes"), [(1, 3, True), (3, 2, True), (12, 3, True), (12, 2, False), (9, 19, False)]
)
def test_few_records_more_or_less_say_nothing(last: int, now: int, passes: bool) -> None:
    """As of the charges of a company, which are an edition of their own."""
    assert _compared(last, now, "complete", "complete") is passes


@pytest.mark.parametrize(
    ("completeness", "last_completeness"),
    [("complete", "extract"), ("extract", "complete"), ("extract", "extract")],
)
def test_volume_of_an_extract_is_not_compared(completeness: str, last_completeness: str) -> None:
    assert _compared(100, 1, completeness, last_completeness)


@pytest.mark.parametrize(("filled_now", "passes"), [(91, True), (90, False), (89, False), (100, True)])
def test_fill_rate_bound(filled_now: int, passes: bool) -> None:
    table = Table(
        "thing",
        "Invented.",
        (Column("id", "text", "Id."), Column("colour", "text", "Colour.", null="none")),
        ("id",),
    )
    expectation = next(
        one for one in reconciliation.against_last_edition([table]) if one.severity == "warning"
    )
    with duckdb.connect() as connection:
        for name in ("edition", "last_edition"):
            connection.execute(f"create table {name} as select 'complete' as completeness")
        connection.execute(
            "create table last_thing as select range::varchar as id, 'red' as colour from range(100)"
        )
        connection.execute(
            f"create table thing as select range::varchar as id, case when range < {filled_now} then "
            "'red' end as colour from range(100)"
        )
        row = gate.run(connection, [expectation], stage="lake").row(0, named=True)
    assert row["passed"] is passes
    assert row["severity"] == "warning"
    assert row["example"] == (
        None if passes else f"column_name colour, last_filled 100.0, now_filled {filled_now}.0"
    )


@pytest.mark.parametrize(
    ("last_filled", "filled_now", "passes"), [(9, 0, True), (10, 0, False), (100, 0, False), (100, 1, True)]
)
def test_a_column_that_is_empty_now_blocks_and_is_named(
    last_filled: int, filled_now: int, passes: bool
) -> None:
    table = Table(
        "thing",
        "Invented.",
        (Column("id", "text", "Id."), Column("colour", "text", "Colour.", null="none")),
        ("id",),
    )
    expectation = next(one for one in reconciliation.against_last_edition([table]) if "emptied" in one.name)
    with duckdb.connect() as connection:
        for name in ("edition", "last_edition"):
            connection.execute(f"create table {name} as select 'complete' as completeness")
        for name, filled in (("last_thing", last_filled), ("thing", filled_now)):
            connection.execute(
                f"create table {name} as select range::varchar as id, case when range < {filled} "
                "then 'red' end as colour from range(100)"
            )
        row = gate.run(connection, [expectation], stage="lake").row(0, named=True)
    assert (row["passed"], row["severity"]) == (passes, "blocking")
    assert row["example"] == (None if passes else f"column_name colour, last_n {last_filled}, now_n 0")


def test_a_year_that_goes_on_may_grow_and_not_shrink() -> None:
    expectation = reconciliation.against_last_edition((), may_grow=True)[0]
    for now, passes in ((300, True), (81, True), (80, False)):
        with duckdb.connect() as connection:
            for name, loaded in (("edition", now), ("last_edition", 100)):
                connection.execute(
                    f"create table {name} as select 'r' as register, 'd' as dataset, 'e' as edition, "
                    f"'complete' as completeness, {loaded} as rows_loaded"
                )
            assert gate.run(connection, [expectation], stage="lake")["passed"][0] is passes
