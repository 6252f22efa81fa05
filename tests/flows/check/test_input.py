"""`undertow check`: lists, refused questions and a cold start."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows.check.input import TEXT_CHARACTERS_MAX, read_list
from flows.cli.app import exit_code
from flows.facts.certainty import CERTAINTIES
from flows.home.settings import Home
from flows.release.lookups import LOOKUPS
from tests.flows.check.asking import matches_in, one, write_list
from tests.flows.check_release import ALDER, SCRIPT
from tests.flows.pages.releases import Page
from transforms.model.views import CASE

LIST_ROWS = 10_000


# What a check does without: importing each of them costs more than the check.
NEVER_IMPORTED = (
    "prefect",
    "great_expectations",
    "splink",
    "pandas",
    "scipy",
    "networkx",
    "igraph",
    "sqlalchemy",
    "lxml",
)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "text",
    [
        "name,number,address,role\nAlder Farm Ltd,09000001,,applicant\n",
        "Naam;KvK-nummer;Adres;Rol\r\nAlder Farm Ltd;09000001;;applicant\r\n\r\n",
        "\ufeffrole\tCOMPANY_NAME\tid\napplicant\tAlder Farm Ltd\tGB-COH-09000001\n",
        '"Bedrijfsnaam";"nummer";"rol";"opmerking"\n"Alder Farm Ltd";9000001;applicant;"is; quoted"\n',
        "sep=;\r\nNaam;Nummer;Adres;Rol;Geboren\r\nAlder Farm Ltd;09000001;-;applicant;-\r\n",
    ],
    ids=[
        "English",
        "Dutch, a spreadsheet's",
        "tabs, a mark first",
        "quoted, a column not used",
        "a spreadsheet's separator line, dashes for blanks",
    ],
)
def test_lists_as_a_desk_writes_them(home: Home, tmp_path: Path, text: str) -> None:
    [row] = read_list(write_list(tmp_path / "parties.csv", text))
    assert (row.name, row.role) == ("Alder Farm Ltd", "applicant")
    assert matches_in(one(home, row))[0] == (ALDER, "identifier_and_name")


def test_a_list_of_another_encoding_and_a_birth_month(tmp_path: Path) -> None:
    path = write_list(
        tmp_path / "l.csv",
        "naam;geboortedatum\nZoë Smít;31-05-1970\nJan;1970-05\nPiet;1980\n;\n".encode("cp1252"),
    )
    assert [(row.name, row.born) for row in read_list(path)] == [
        ("Zoë Smít", (1970, 5)),
        ("Jan", (1970, 5)),
        ("Piet", (1980, None)),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "it has no lines"),
        (b"\n\n", "it has no lines"),
        (b"name,number\n", "no row under it"),
        (b"foo,bar\nAlder,1\n", "has none of the columns"),
        (b"Secret Name,1\nx,2\n", "has none of the columns"),
        (b"name,naam\nA,B\n", "both mean name"),
        (b"name,number\nSecret Name,1,2\n", "line 2 has 3 cells"),
        (b'name,number\n"Secret Name,1\n', "quotes do not close"),
        (b"PK\x03\x04", "this is a spreadsheet"),
        ("name\nSecret Name\n".encode("utf-16"), "NUL bytes"),
        (b"name,born\nSecret Name,13-13-1970\n", "month of birth"),
        (b"name\n" + b"Secret Name" * 200 + b"\n", "is a quote missing?"),
    ],
    ids=[
        "empty",
        "blank lines",
        "header only",
        "unknown header",
        "no header",
        "column twice",
        "too many cells",
        "open quote",
        "spreadsheet",
        "UTF-16",
        "birth",
        "long cell",
    ],
)
def test_2_a_wrong_list_says_what_to_do_and_no_name(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, says: str
) -> None:
    path = write_list(tmp_path / "parties.csv", text)
    assert exit_code(["check", str(path), "--home", str(home.root)]) == 2
    captured = capsys.readouterr()
    assert says in captured.err and str(path) in captured.err and captured.out == ""
    assert "Secret Name" not in captured.err


@pytest.mark.nightly
def test_5_a_bad_cell_makes_its_row_say_so_and_the_others_are_checked(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "name,born,kind\nAlder Farm Ltd,,company\nSecret Name,31-31-1970,person\nOther "
        "Secret,,spaceship\nJohn Smith,1970-05,Persoon\nCedar Trading,,B.V.\n"
    )
    path = write_list(tmp_path / "parties.csv", text)
    assert exit_code(["check", str(path), "--json", "--home", str(home.root)]) == 5
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "undertow: not checked: row 2 (line 3), column born: not a month of birth; write "
        "YYYY-MM, or leave it blank",
        "undertow: not checked: row 3 (line 4), column kind: not a kind of party; write person "
        "or company, or leave it blank",
    ]
    answers = json.loads(captured.out)["answers"]
    assert [answer["outcome"].split(":")[0] for answer in answers] == [
        "exact name, no identifier compared",
        "not checked",
        "not checked",
        "candidates only",
        "2 equal matches",
    ]
    assert [("fault" in answer, answer["nothing_found"]) for answer in answers[1:3]] == [(True, [])] * 2
    assert exit_code(["check", str(path), "--to", str(tmp_path / "to"), "--home", str(home.root)]) == 5
    assert (
        "not checked: row 2 (line 3), column born"
        in Page((tmp_path / "to" / "index.html").read_text(encoding="utf-8")).text
    )


@pytest.mark.parametrize(
    "what",
    ["nowhere.csv", "tests/parties", "./", " ", "x" * (TEXT_CHARACTERS_MAX + 1)],
    ids=["no such file", "no such file in a folder", "a folder", "blank", "too long"],
)
def test_2_usage(home: Home, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["check", what, "--home", str(home.root)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_2_a_pipe_is_no_name_that_nothing_is_found_of(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "63")
    assert exit_code(["check", str(tmp_path / "63"), "--home", str(home.root)]) == 2
    assert "it is not an ordinary file" in capsys.readouterr().err


def test_2_no_release_and_a_release_of_an_earlier_version(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["check", "alder", "--home", str(tmp_path)]) == 2
    tomorrows = {"of_tomorrow": replace(CASE, shown_as="v_of_tomorrow")}
    for name, more, message in (
        ("RELEASE_TABLES", tomorrows, "v_of_tomorrow"),
        ("LOOKUPS", {"case.of_tomorrow": LOOKUPS["case_member.subject_id"]}, "lookup by case.of_tomorrow"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(f"flows.release.lookups.{name}", more)
            assert exit_code(["check", "alder", "--home", str(home.root)]) == 2
        assert f"has no {message}" in capsys.readouterr().err


@pytest.mark.nightly
def test_ten_thousand_rows_are_answered_in_their_order(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["Alder Farm", "Aldr Farm Ltd", "Cedar Trading Ltd", "John Smith", "Unknown Ltd", SCRIPT]
    given = pl.DataFrame(
        {
            "name": [f"{names[n % 6]}{n if n % 6 == 4 else ''}" for n in range(LIST_ROWS)],
            "number": ["9000001" if n % 6 == 0 else "" for n in range(LIST_ROWS)],
        }
    )
    given.write_csv(tmp_path / "many.csv")
    assert exit_code(["check", str(tmp_path / "many.csv"), "--json", "--home", str(home.root)]) == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert [answer["row"] for answer in answers] == list(range(1, LIST_ROWS + 1))
    outcomes = {name: {answer["outcome"] for answer in answers[place::6]} for place, name in enumerate(names)}
    assert outcomes == {
        "Alder Farm": {CERTAINTIES["identifier_and_name"]},
        "Aldr Farm Ltd": {"candidates only"},
        "Cedar Trading Ltd": {f"2 equal matches: {CERTAINTIES['exact_name']}"},
        "John Smith": {"candidates only"},
        "Unknown Ltd": {"nothing found"},
        SCRIPT: {CERTAINTIES["exact_name"]},
    }


@pytest.mark.nightly
def test_a_cold_start_imports_only_what_a_check_needs(home: Home) -> None:
    """Its seconds are measured in benchmarks/check.py."""
    script = (
        f"import sys; from flows.cli.app import exit_code; assert exit_code(['check', {ALDER!r}, "
        f"'--home', {str(home.root)!r}]) == 0; print(*sys.modules, file=sys.stderr)"
    )
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True
        ).stderr.split()
    )
    assert "flows.check.answer" in loaded
    assert loaded.isdisjoint(NEVER_IMPORTED)
