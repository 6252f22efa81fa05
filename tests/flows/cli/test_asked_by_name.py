"""Reports of an area, what is asked of a release by name, and queries."""

import errno
import io
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.release.store import current_release
from tests.flows.check_release import JOHN, published


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small release with titles in HARROWMERE (E07000001) and PENWITH."""
    return published(tmp_path_factory.mktemp("released") / "home")


def test_a_home_copied_without_its_links(
    released: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`current` is a folder then, and no command knows which release is in force."""
    home = tmp_path / "home"
    shutil.copytree(released.root, home, symlinks=False)
    for command in (["releases"], ["sql", "from v_release"], ["audit", "verify"]):
        assert exit_code([*command, "--home", str(home)]) == 4
        assert f"{home / 'current'}: is a folder or a file and not the link" in capsys.readouterr().err
    assert exit_code(["doctor", "--home", str(home)]) == 4
    assert re.search(r"undertow rollback --home \S+ --to ID", capsys.readouterr().out)


def test_a_full_disk_below_to_is_no_wrong_usage(
    released: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "flags.csv"

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))

    monkeypatch.setattr("flows.cli.output.write_bytes_durably", full)
    query = ["sql", "from v_release", "--format", "csv", "--to", str(file), "--home", str(released.root)]
    assert exit_code(query) == 4
    assert f"{file}: No space left on device (errno 28); make room" in capsys.readouterr().err


def test_a_macro_without_rows_says_how_an_id_is_written(
    released: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    for written, is_said in (("from ubo('98254')", True), ("select 1 where false", False)):
        assert exit_code(["sql", written, "--format", "csv", "--home", str(released.root)]) == 0
        assert ("write ids in full, such as GB-COH-" in capsys.readouterr().err) is is_said


def test_an_areas_report_leaves_the_nights_alone(
    released: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = released.reports / current_release(released).name
    assert exit_code(["report", "--home", str(released.root)]) == 0
    night = (folder / "night.html").read_bytes()
    for area in ("harrowmere", " HARROWMERE "):
        assert exit_code(["report", "--area", area, "--home", str(released.root)]) == 0
    assert (
        exit_code(["report", "--area", "Penwith", "--area", "harrowmere", "--home", str(released.root)]) == 0
    )
    assert (folder / "night.html").read_bytes() == night
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == [
        "area-harrowmere",
        "area-harrowmere+penwith",
        "cases",
        "indicators",
        "subjects",
    ]
    assert "Chosen areas" in (folder / "area-harrowmere" / "night.html").read_text(encoding="utf-8")
    assert str(folder / "area-harrowmere" / "night.html") in capsys.readouterr().out
    assert (
        exit_code(["report", "--area", "harrowmere", "--to", str(tmp_path), "--home", str(released.root)])
        == 0
    )
    assert (tmp_path / "night.html").exists()


def test_2_a_report_of_an_unknown_area_names_the_nearest_and_writes_nothing(
    released: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        exit_code(["report", "--area", "Harowmere", "--to", str(tmp_path), "--home", str(released.root)]) == 2
    )
    assert (
        "--area Harowmere: the current release has no area" in (stderr := capsys.readouterr().err)
        and "did you mean HARROWMERE?" in stderr
    )
    assert (
        exit_code(["report", "--area", "Zedzedzed", "--to", str(tmp_path), "--home", str(released.root)]) == 2
    )
    assert "select distinct area_name" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--case", "--subject"])
def test_2_a_blank_case_or_subject_is_no_wish_for_every_page(
    released: Home, tmp_path: Path, option: str
) -> None:
    for blank in ("", " "):
        assert (
            exit_code(["report", option, blank, "--to", str(tmp_path / "to"), "--home", str(released.root)])
            == 2
        )
    assert not (tmp_path / "to" / "night.html").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["report", "--case", "nope"],
        ["report", "--subject", "Zed Nobody"],
        ["export", "--format", "graphml", "--case", "nope"],
        ["explain", "nope"],
    ],
)
def test_2_what_is_no_id_is_said_to_be_none_and_a_name_is_not_repeated(
    released: Home, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code([*command, "--home", str(released.root)]) == 2
    stderr = capsys.readouterr().err
    assert (
        "it is not an id and may be a name" in stderr
        and command[-1] not in stderr
        and "what was given" not in stderr
    )
    assert exit_code([*command[:-1], "UT-C-123", "--home", str(released.root)]) == 2
    assert "UT-C-123" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [["report"], ["report", "--area", "harrowmere"], ["report", "--subject", f"CG-{JOHN}"]],
    ids=["all", "area", "subject"],
)
def test_2_a_folder_that_is_a_file_is_said_to_be_one(
    released: Home, tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "file").write_text("x")
    for to, reason in ((file, "File exists"), (file / "x", "Not a directory")):
        assert exit_code([*command, "--to", str(to), "--home", str(released.root)]) == 2
        assert f"--to {to}: {reason}; give a folder" in capsys.readouterr().err
    assert file.read_text() == "x"


@pytest.mark.parametrize(
    "command",
    [
        ["sql", "select 1"],
        ["resolve", "--list"],
        ["demo"],
        ["report"],
        ["releases"],
        ["doctor"],
        ["run", "--landing", "."],
        ["audit", "verify"],
    ],
    ids=lambda command: command[0],
)
def test_2_a_home_that_is_a_file_is_said_to_be_one(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "file").write_text("x")
    for home in (file, file / "home"):
        assert exit_code([*command, "--home", str(home)]) == 2
        assert f"--home {home}: {file} is not a folder" in capsys.readouterr().err


def test_a_truth_of_what_is_not_there_is_not_believed(
    released: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def evaluated(*rows: str) -> int:
        (tmp_path / "t.csv").write_text("\n".join(["indicator,subject_id,expected", *rows]))
        return exit_code(
            ["evaluate", "--json", "--truth", str(tmp_path / "t.csv"), "--home", str(released.root)]
        )

    assert (
        evaluated(
            "ADR-010,UT-A-nowhere1,not_flagged",
            "ADR-010,Zed Nobody,not_flagged",
            "ADR-010,UT-A-nowhere2,flagged",
        )
        == 0
    )
    captured = capsys.readouterr()
    [row] = json.loads(captured.out)
    assert (row["near_misses_n"], row["hits_n"], row["missed_n"]) == (0, 1, 1)
    assert (
        "2 rows are about subjects that are not in this release" in captured.err
        and "ADR-010 UT-A-nowhere1" in captured.err
        and "Zed Nobody" not in captured.err
    )
    assert evaluated("ADR-010,UT-A-nowhere2,flagged", "ZZZ-010,UT-A-nowhere2,flagged") == 2
    assert "ZZZ-010" in capsys.readouterr().err
    assert evaluated() == 2
    assert "has a header but no rows" in capsys.readouterr().err


def test_a_group_under_a_natural_person_has_a_page_of_its_entities_and_no_name(
    released: Home, tmp_path: Path
) -> None:
    assert (
        exit_code(["report", "--subject", f"CG-{JOHN}", "--to", str(tmp_path), "--home", str(released.root)])
        == 0
    )
    [page] = tmp_path.glob("CG-*.html")
    text = page.read_text(encoding="utf-8")
    assert "a group under one natural person" in text
    assert "John Paul Smith" not in text.split("<body", 1)[1].split("<h2", 1)[0]


def test_a_flag_is_explained_with_its_case_threshold_and_base_rate(
    released: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["explain", "f1", "--home", str(released.root)]) == 0
    fields = dict(
        line.split(None, 1) for line in capsys.readouterr().out.splitlines() if re.match(r"\w+ +\S", line)
    )
    assert fields["case_id"] == "UT-C-f1" and fields["threshold"].startswith("none") and "base_rate" in fields
    assert exit_code(["explain", "f2", "--home", str(released.root)]) == 0
    assert "in no case" in capsys.readouterr().out


def test_explain_gives_programs_a_page_and_a_flag_with_its_evidence(
    released: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["explain", "own-010", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert (page["code"], page["title"]) == (
        "OWN-010",
        "Circular ownership",
    ) and "Ordinary explanations" in page["page"]
    assert exit_code(["explain", "f1", "--json", "--home", str(released.root)]) == 0
    flag = json.loads(capsys.readouterr().out)
    [stored] = query(
        current_release(released),
        "select subject_id, explanation, base_rate from v_flag join v_indicator on code = "
        "indicator where flag_id = 'f1'",
    ).to_pylist()
    assert (flag["flag_id"], flag["case_id"], flag["threshold"]) == (
        "f1",
        "UT-C-f1",
        None,
    ) and flag.items() >= stored.items()
    facts = query(
        current_release(released),
        "select role, register, edition, record, field, value, file_sha256 from v_evidence "
        "where flag_id = 'f1' order by position",
    )
    assert flag["evidence"] == facts.to_pylist() != []
    assert exit_code(["explain", "nope", "--json", "--home", str(released.root)]) == 2
    assert capsys.readouterr().out == ""


QUERY = (
    "-- 1. A company by its number.\nselect company_id from v_company where company_id = 'GB-COH-09000001';"
)


def test_a_query_may_begin_with_a_comment_or_come_from_standard_input(
    released: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for written in (QUERY, QUERY.replace("-- 1.", "--1."), f"  {QUERY}"):
        assert exit_code(["sql", written, "--format", "csv", "--home", str(released.root)]) == 0
        assert capsys.readouterr().out.splitlines() == ["company_id", "GB-COH-09000001"]
    monkeypatch.setattr("sys.stdin", io.StringIO(QUERY))
    assert exit_code(["sql", "-", "--format", "csv", "--home", str(released.root)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "GB-COH-09000001"
    for wrong in (["sql", "--fromat", "csv", "from v_company"], ["sql", "--format", "csv"], ["sql", "--frm"]):
        assert exit_code([*wrong, "--home", str(released.root)]) == 2


@pytest.mark.parametrize(
    "given",
    [None, io.TextIOWrapper(io.BytesIO(b"select \xff"), encoding="utf-8"), io.StringIO("select '\udcff'")],
    ids=["closed", "no text", "bytes"],
)
def test_standard_input_that_is_no_text_is_refused(
    given: io.TextIOBase | None,
    released: Home,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", given)
    assert exit_code(["sql", "-", "--home", str(released.root)]) == 2
    assert "UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("resolutions", "v_resolution"),
        ("companies", "v_company"),
        ("v_resolutions", "v_resolution"),
        ("v_flags", "v_flag"),
        ("person_statement", "v_person"),
    ],
)
def test_2_an_unknown_table_is_told_the_view_that_may_be_meant(
    released: Home, written: str, offered: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["sql", f"from {written}", "--home", str(released.root)]) == 2
    stderr = capsys.readouterr().err
    assert f"Table with name {written} does not exist" in stderr
    assert stderr.split("did you mean ")[1].startswith(offered) and '"' not in stderr


def test_2_an_unknown_table_like_none_is_told_where_the_views_are(
    released: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["sql", "from zzyzx", "--home", str(released.root)]) == 2
    assert "from v_dictionary" in capsys.readouterr().err
