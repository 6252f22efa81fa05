"""`sql --format … --to` and `export`: files where asked for, one line of error where they cannot be."""

import csv
import io
import json
from pathlib import Path

import networkx as nx
import openpyxl
import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import open_release
from flows.journal import audit
from tests.flows.check_release import FORMULA, published


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return published(tmp_path_factory.mktemp("home") / "home")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


NAMES_SQL = "select company_id, name from v_company order by company_id"


def test_a_workbook_is_written_to_a_private_file(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "names.xlsx"
    assert exit_code(["sql", NAMES_SQL, "--format", "xlsx", "--to", str(path), "--home", str(home.root)]) == 0
    assert capsys.readouterr() == ("", "")
    cells = [cell for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == FORMULA] == ["s"]
    assert path.stat().st_mode & 0o007 == 0


TWICE_SQL = (
    "select 'f' as flag_id, a.area_name, b.area_name, 'z' as postcode, a.area_name, '-' as area_name_1 "
    "from (select 'x' as area_name) a, (select 'y' as area_name) b"
)
TOLD_APART = {
    "flag_id": "f",
    "area_name": "x",
    "area_name_2": "y",
    "postcode": "z",
    "area_name_3": "x",
    "area_name_1": "-",
}


def test_columns_of_one_name_are_told_apart_in_every_format(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a join gives them. No value is lost, and each stands under its own heading."""
    path = tmp_path / "rows"
    for format in ("csv", "json", "parquet", "xlsx", "spreadsheet-csv"):
        assert (
            exit_code(["sql", TWICE_SQL, "--format", format, "--to", str(path), "--home", str(home.root)])
            == 0
        )
        contents = path.read_bytes()
        match format:
            case "json":
                [row] = json.loads(contents)
            case "parquet":
                [row] = pl.read_parquet(contents).to_dicts()
            case "xlsx":
                row = dict(
                    zip(
                        *openpyxl.load_workbook(io.BytesIO(contents)).active.iter_rows(values_only=True),
                        strict=True,
                    )
                )
            case _:
                [row] = csv.DictReader(io.StringIO(contents.decode("utf-8-sig")))
        assert {name: value.lstrip("'") for name, value in row.items() if name != "_escaped"} == TOLD_APART, (
            format
        )
    assert exit_code(["sql", TWICE_SQL, "--home", str(home.root)]) == 0
    assert capsys.readouterr().out.split()[:12] == [*TOLD_APART, *TOLD_APART.values()]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sql", NAMES_SQL, "--to", "names.txt"], "--to needs a file format"),
        (
            ["sql", NAMES_SQL, "--format", "csv", "--to", "not/there.csv"],
            "No such file or directory; name a file in a folder you can write to",
        ),
        (["export", "--format", "graphml"], "--format graphml is of one case; add --case"),
        (
            ["export", "--format", "graphml", "--case", "UT-C-nobody"],
            "--case UT-C-nobody: no case of the current release has this id",
        ),
        (
            ["export", "--format", "graphml", "--case", "John Smith"],
            "--case (not repeated here: it is not an id and may be a name): no case of the "
            "current release has this id",
        ),
    ],
)
def test_what_cannot_be_written_is_one_line_and_exit_2(
    arguments: list[str], says: str, home: Home, capsys: pytest.CaptureFixture[str], empty: Path
) -> None:
    assert exit_code([*arguments, "--home", str(home.root)]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and says in captured.err and captured.err.count("\n") == 1
    assert list(empty.iterdir()) == []


def test_cases_are_a_workbook_and_one_of_them_is_audited(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    command = ["export", "--format", "xlsx", "--to", str(path), "--home", str(home.root)]
    before = len(audit.log(home).path.read_bytes()) if audit.log(home).path.exists() else 0
    assert exit_code(command) == 0
    header, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert header[:3] == ("position", "case_lane", "case_id") and {row[2] for row in rows} == {"UT-C-f1"}
    assert exit_code([*command, "--case", "UT-C-f1"]) == 0
    assert len(audit.log(home).path.read_bytes()) > before
    sheets = {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(path)}
    assert [*sheets] == ["summary", "flags", "entities", "links", "evidence", "read me"]
    assert sheets["summary"][1][0] == "UT-C-f1" and sheets["flags"][0] == header
    header, *rows = sheets["entities"]
    assert header[:3] == ("entity_id", "kind", "label") and [row[:2] for row in rows] == [
        ("GB-COH-09000001", "legal_entity")
    ]
    with open_release(home.current) as connection:
        [facts_n] = connection.execute("select count(*) from v_evidence where flag_id = 'f1'").fetchone()
    assert len(sheets["evidence"]) == 1 + facts_n


def test_a_case_is_a_graph_of_its_members_and_names_no_path_of_the_machine(
    home: Home, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "case.graphml"
    command = ["export", "--format", "graphml", "--case", "UT-C-f1", "--home", str(home.root)]
    assert exit_code([*command, "--to", str(path)]) == 0
    assert exit_code(command) == 0
    assert capsysbinary.readouterr().out == path.read_bytes()
    graph = nx.read_graphml(io.BytesIO(path.read_bytes()))
    assert list(graph) == ["GB-COH-09000001"]
    assert graph.nodes["GB-COH-09000001"]["kind"] == graph.nodes["GB-COH-09000001"]["subject_type"]
    assert graph.graph["case_id"] == "UT-C-f1" and graph.graph["synthetic"] is True
    assert str(home.root).encode() not in path.read_bytes()
