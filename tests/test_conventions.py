"""Conventions held by tests: units are whole, SQL stays portable, refused attributes are not read,
start-up is light.
"""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import sqlglot
import yaml
from sqlglot import exp

from flows.ingest.lake import PARSER_SOURCES
from tests.register_cases import field_of
from transforms.marts import MART_ORDER, fact_sql, marks, mart_sql
from transforms.model.indicator import FAMILIES, Indicator, indicators
from transforms.model.layout import DelimitedTables, SourceField
from transforms.model.parsing import conform
from transforms.model.register import BATCH_COLUMNS, Edition, Register, registers
from transforms.model.statements import STATEMENT_TABLES, Table
from transforms.model.views import FACT_VIEWS, MARTS, RELEASE_TABLES

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("flows", "transforms", "graphs", "quality")
NO_NAMES = {"found", "of", "told", "asked", "said"}
FIXTURES = ROOT / "tests" / "fixtures"
TABLES = {**STATEMENT_TABLES, **RELEASE_TABLES}
VIEWS = {table.view: table for table in (*RELEASE_TABLES.values(), *FACT_VIEWS)}


# --- units ------------------------------------------------------------------------------------------------


def test_the_three_registers_and_four_indicators_are_discovered() -> None:
    assert {"gb_coh_companies", "gb_coh_psc", "gb_hmlr_ccod"} <= set(registers())
    assert {"OWN-010", "DEC-010", "PRP-010", "ADR-010"} <= set(indicators())


@pytest.mark.parametrize("register", registers().values(), ids=lambda register: register.name)
def test_a_register_is_documented_and_has_cases(register: Register) -> None:
    module = importlib.import_module(f"transforms.registers.{register.name}")
    assert module.__doc__ and len(module.__doc__.splitlines()) > 3
    for text in (
        register.title,
        register.publisher,
        register.licence,
        register.cadence,
        register.url,
        register.expected_rows,
        register.description,
        register.recognise.__doc__ or "",
    ):
        assert text.strip()
    assert any(
        case.is_dir() and any(case.iterdir()) for case in (FIXTURES / "registers" / register.name).iterdir()
    )
    assert register.roles or register.partial_roles
    assert len({field.name for field in register.fields}) == len(register.fields)
    assert all(field.date_format for field in register.fields if field.kind == "date")
    assert all(field.known for field in register.fields if field.kind == "category" and not field.ignored)


@pytest.mark.nightly
@pytest.mark.parametrize("register", registers().values(), ids=lambda register: register.name)
def test_every_native_field_is_used_or_ignored_by_name(register: Register) -> None:
    """The parser fails without a field that it reads, so one that it can do without is dropped in silence.

    The lake reads the field that dates the edition.
    """
    if register.name == "icij_offshore_leaks":
        pytest.skip("one parser reads two forms, and fills the columns that one of them has not")
    dropped = []
    for fields in _by_table(register):
        frame = conform(pl.DataFrame(schema=BATCH_COLUMNS), fields)[0]
        ignored = [field.name for field in fields if field.ignored]
        used = [field.name for field in fields if field.name not in (*ignored, register.edition_field)]
        assert not used or _is_parsed(register, frame.drop(ignored))
        dropped += [name for name in used if _is_parsed(register, frame.drop(name))]
    assert dropped == []


def _by_table(register: Register) -> list[list[SourceField]]:
    """The fields of each table, where a batch has the rows of one table; else all fields."""
    if not isinstance(register.reader, DelimitedTables):
        return [list(register.fields)]
    tables: dict[str, list[SourceField]] = {}
    for field in register.fields:
        tables.setdefault(field.name.partition(".")[0], []).append(field)
    return list(tables.values())


def _is_parsed(register: Register, frame: pl.DataFrame) -> bool:
    """Whether the parser finds the columns that it reads in a batch without records."""
    try:
        register.parse(frame, Edition(register.name, "all", "2026-06-01", "0" * 64))
    except (pl.exceptions.ColumnNotFoundError, StopIteration):  # the latter: no column of any table is left
        return False
    return True


def test_an_edition_is_parsed_again_where_anything_that_parses_it_changed() -> None:
    """The key of an edition in the lake covers every module that its register's imports lead to; `errors`
    has words only.
    """
    transforms = ROOT / "transforms"
    covered = {"registers", *PARSER_SOURCES, "errors.py"}
    parsing = _imported_from(
        [*(transforms / "registers").glob("*.py"), *(transforms / "readers").glob("*.py")]
    )
    assert {
        transforms / "values" / "addresses" / "number_words.py",
        transforms / "values" / "names.py",
        transforms / "values" / "vocabulary" / "__init__.py",
    } <= parsing
    assert sorted(str(path) for path in parsing if path.relative_to(transforms).parts[0] not in covered) == []
    assert all((transforms / name).exists() for name in PARSER_SOURCES)


def _imported_from(files: list[Path]) -> set[Path]:
    """Files of `transforms` that these import, and what those import."""
    imported = set[Path]()
    left = list(files)
    while left:
        if (path := left.pop()) in imported:
            continue
        imported.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "transforms":
                left += [
                    module
                    for name in (node.module, *(f"{node.module}.{one.name}" for one in node.names))
                    if (module := _module(name))
                ]
    return imported


def _module(name: str) -> Path | None:
    path = ROOT.joinpath(*name.split("."))
    return next(
        (
            file
            for file in (path.with_suffix(".py"), path / "__init__.py")
            if file.is_file() and name != "transforms"
        ),
        None,
    )


@pytest.mark.parametrize("indicator", indicators().values(), ids=lambda indicator: indicator.code)
def test_an_indicator_is_documented_and_planted(indicator: Indicator) -> None:
    assert indicator.family in FAMILIES and re.fullmatch(r"[A-Z]{3}-\d{3}", indicator.code)
    assert indicator.source and indicator.what_would_clear_it and indicator.ordinary_explanations
    assert indicator.ask_next and all("?" in question for question in indicator.ask_next)
    assert set(indicator.marks) <= marks().keys()
    assert indicator.page.splitlines()[0].startswith(f"# {indicator.code} ")
    for parameter in indicator.parameters:
        assert parameter.source and parameter.unit and f"${parameter.name}" in indicator.states
        assert f"`{parameter.name}` {parameter.default:g}" in indicator.page
    assert any(
        (ROOT / "quality" / "town" / plants / f"{indicator.code.lower().replace('-', '_')}.py").is_file()
        for plants in ("plants", "havermonde/plants")
    )


def test_every_mart_has_its_file_and_every_file_its_mart() -> None:
    files = {path.stem for path in (ROOT / "transforms" / "marts").glob("*.sql")}
    assert files == set(MART_ORDER) == set(MARTS) - {"resolution", "screening", "mark"}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_says_what_it_means(table: Table) -> None:
    for column in table:
        assert column.description.endswith((".", "…", ")")), column.name
        assert len(column.description) >= 4, f"{table.name}.{column.name}"
        if column.dtype in ("share", "money"):
            assert column.unit, f"{table.name}.{column.name} has no unit"
        if column.dtype == "money":
            assert column.name.endswith(("_gbp", "_eur")) or "currency" in table, column.name


@pytest.mark.parametrize("table", VIEWS.values(), ids=lambda table: table.name)
def test_texts_name_views_and_columns_that_exist(table: Table) -> None:
    texts = [table.description, *(f"{column.description} {column.null}" for column in table)]
    for text in texts:
        assert set(re.findall(r"\bv_[a-z_]+", text)) <= VIEWS.keys(), text
        for view, name in re.findall(r"\bsee (?:(v_[a-z_]+)\.)?(?!v_)([a-z]+_[a-z_]+)", text):
            assert name in (VIEWS[view] if view else table), text


# --- SQL --------------------------------------------------------------------------------------------------

QUERIES = {
    **{f"mart {name}": mart_sql(name) for name in MART_ORDER},
    **{
        f"{i.code} {kind}": sql
        for i in indicators().values()
        for kind, sql in (("states", i.states), ("evidence", i.evidence))
    },
    **{f"mark {name}": sql for name, sql in marks().items()},
    **{f"view {view.name}": fact_sql(view.name) for view in FACT_VIEWS},
}
# Differ in silence, or fail, on the distributed engine after transpiling: DESIGN, "Three kinds of step".
REFUSED_FUNCTIONS = {
    "any_value",
    "first",
    "last",
    "arg_max",
    "arg_min",
    "max_by",
    "min_by",
    "mad",
    "quantile_cont",
    "percentile_cont",
    "list",
    "array_agg",
    "string_agg",
    "format",
    "printf",
    "now",
    "current_date",
    "current_timestamp",
    "random",
    "uuid",
}
ALLOWED_NODES_OF_DATES = {"DAY"}


@cache
def _tree(sql: str) -> exp.Expr:
    [tree] = sqlglot.parse(sql, read="duckdb")
    assert tree is not None
    return tree


@pytest.mark.parametrize("name", QUERIES)
def test_sql_is_one_select_within_the_allow_list(name: str) -> None:
    tree = _tree(QUERIES[name])
    assert isinstance(tree, exp.Query)
    for function in tree.find_all(exp.Func):
        called = (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()
        assert called not in REFUSED_FUNCTIONS, f"{name}: {called}"
        if isinstance(function, exp.DateDiff):
            assert function.args["unit"].name.upper() in ALLOWED_NODES_OF_DATES, (
                f"{name}: date_diff of another unit than day"
            )
    assert not list(tree.find_all(exp.Interval)), f"{name}: interval"
    assert not list(tree.find_all(exp.WithinGroup)), f"{name}: within group"
    for window in tree.find_all(exp.Window):
        if isinstance(window.this, exp.RowNumber):
            assert window.args.get("order") is not None, f"{name}: row_number without an order"
    for division in tree.find_all(exp.Div):
        assert isinstance(division.expression, exp.Nullif | exp.Literal), f"{name}: division without nullif"


@pytest.mark.parametrize(
    "sql",
    [
        "select any_value(a) from t",
        "select date_diff('month', a, b) from t",
        "select a / b from t",
        "select a + interval 3 day from t",
    ],
)
def test_the_allow_list_refuses(sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUERIES, "bad", sql)
    with pytest.raises(AssertionError):
        test_sql_is_one_select_within_the_allow_list("bad")


# A step joins such a table whole; it has a row for one entity in ten of a country.
WALKED_WHOLE = {"graph_layers"}


@pytest.mark.parametrize("code", [code for code, i in indicators().items() if "recursive" in str(i.steps)])
def test_a_step_of_a_recursion_joins_only_what_was_looked_up_before(code: str) -> None:
    """DuckDB holds the tables that a recursion joins in memory, each of them anew at every step."""
    for sql in indicators()[code].steps.values():
        tree = _tree(sql)
        named = {each.alias for each in tree.find_all(exp.CTE)} | WALKED_WHOLE
        for each in tree.find_all(exp.CTE):
            if isinstance(each.this, exp.Union):
                step = {table.name for table in each.this.expression.find_all(exp.Table)}
                assert each.alias not in step or step <= named, f"{code}: {each.alias} joins {step - named}"


# --- refused attributes -----------------------------------------------------------------------------------

REFUSED = re.compile(
    r"nationalit|birth_?place|place_of_birth|residence|ethnic|religio|\bsex\b|gender|name_origin|benefit_status",
    re.IGNORECASE,
)
# The parser that drops them by name, and the town, whose native format has them as the real one does.
READS_PAST_THE_PARSER_ONLY = {
    "transforms/formats/bods/earlier.py",
    "transforms/registers/bods.py",
    "transforms/registers/eu_sanctions.py",
    "transforms/registers/gb_coh_disqualified.py",
    "transforms/registers/gb_coh_officers.py",
    "transforms/registers/gb_coh_psc.py",
    "transforms/registers/gb_fcdo_sanctions.py",
    "transforms/model/statements/parties.py",
}


def test_no_column_is_a_refused_attribute() -> None:
    assert [
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table
        if REFUSED.search(column.name)
    ] == []


def test_no_code_reads_a_refused_attribute_past_the_parser() -> None:
    files = [
        path
        for package in PACKAGES
        for kind in ("*.py", "*.sql", "*.j2")
        for path in (ROOT / package).rglob(kind)
    ]
    reading = {
        str(path.relative_to(ROOT)) for path in files if REFUSED.search(path.read_text(encoding="utf-8"))
    }
    assert {path for path in reading if not path.startswith("quality/town/")} <= READS_PAST_THE_PARSER_ONLY


def test_the_parser_drops_them_by_name() -> None:
    psc = registers()["gb_coh_psc"]
    assert field_of(psc, "data.nationality").ignored and field_of(psc, "data.country_of_residence").ignored
    assert field_of(registers()["eu_sanctions"], "citizenship").ignored
    listed = registers()["gb_fcdo_sanctions"]
    assert field_of(listed, "Nationality(/ies)").ignored and field_of(listed, "Gender").ignored
    statements = registers()["bods"]
    assert all(
        field_of(statements, f"recordDetails.{name}").ignored
        for name in ("nationalities", "placeOfBirth", "placeOfResidence", "taxResidencies")
    )
    refused = (
        "nationality",
        "citizenship",
        "gender",
        "ethnicity",
        "religion",
        "birthPlace",
        "birthCountry",
        "residence",
        "spokenLanguage",
    )
    assert all(
        field_of(registers()["ftm_entities"], f"properties.{name}").ignored == "refused attribute"
        for name in refused
    )


# --- entry points and start-up ----------------------------------------------------------------------------


def test_entry_points_load() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    prefect = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    entry_points = [
        *project["scripts"].values(),
        *(deployment["entrypoint"] for deployment in prefect["deployments"]),
    ]
    for entry_point in entry_points:
        module, _, name = entry_point.replace(":", ".").rpartition(".")
        assert callable(getattr(importlib.import_module(module), name)), entry_point
        assert "/" not in entry_point  # a path entrypoint would put flows/ on sys.path


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "arguments",
    [["sql", "select 1"], ["explain", "OWN-010"], ["registers"], ["check", "Anybody"]],
    ids=lambda arguments: arguments[0],
)
def test_commands_that_look_start_light(arguments: list[str], tmp_path: Path) -> None:
    heavy = ("prefect", "great_expectations", "followthemoney", "scipy", "networkx", "splink")
    code = (
        f"import sys; from flows.cli.app import exit_code; exit_code({[*arguments]!r}); print([m for "
        f"m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    environment = {"UNDERTOW_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=tmp_path,
    )
    assert result.stderr.splitlines()[-1] == "[]", result.stderr


def test_names_say_what_they_hold() -> None:
    """Names of functions, classes, parameters and variables."""
    paths = [path for folder in (*PACKAGES, "tests") for path in (ROOT / folder).rglob("*.py")]
    nameless = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in paths
        for line, name in _names_given(ast.parse(path.read_text(encoding="utf-8")))
        if name.strip("_").lower() in NO_NAMES
    ]
    assert nameless == []


def _names_given(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name


def test_import_directions_hold() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_top_level_is_the_clients() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.splitlines()
    top = {name.split("/")[0] for name in tracked}
    folders = {"flows", "transforms", "graphs", "data", "quality", "tests", "docs", ".ci"}
    files = {
        "pyproject.toml",
        "prefect.yaml",
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "uv.lock",
        "zensical.toml",
        ".gitignore",
    }
    assert top <= folders | files
    assert [name for name in tracked if name.startswith("data/")] == ["data/README.md"]


def test_importing_the_command_line_and_the_gates_starts_no_threads_of_polars() -> None:
    """Its pool hangs in a process that is forked after it has begun, as the tests of kills fork theirs."""
    program = (
        "import polars as pl\n"
        "def refused(*_, **__): raise SystemExit('a query ran while modules were imported')\n"
        "pl.LazyFrame.collect = pl.read_csv = refused\n"
        "import flows.cli.app, graphs.arrays.components, quality.gate\n"
        "from transforms import reports\n"
        "reports.environment().get_template('case.html.j2')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
