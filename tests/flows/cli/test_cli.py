"""Commands: exit codes, equal nights, looking into a release, kills and the demo."""

import csv
import errno
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from flows.cli import summary
from flows.cli.app import exit_code
from flows.cli.output import printable
from flows.home.lock import held
from flows.home.settings import Home
from flows.home.warehouse import RELEASE_DATABASE, query
from flows.night.night import Night
from flows.night.stages import flags as flags_stage
from flows.night.stages import marts as marts_stage
from flows.release import store
from flows.release.store import current_release, releases
from tests import landings
from tests.conftest import Tier
from tests.flows.demo import Demo
from tests.flows.release_tables import publish_one
from tests.indicator_cases import WITHOUT_DEEDS
from tests.landings import CANARY, COMPANIES, PSC, RECORDS, TITLES, file_name, lines, text
from tests.reliability.few_indicators import few
from transforms.language import in_language
from transforms.model.sql import Connection


@dataclass(frozen=True)
class Published:
    """A night: where it was published, how it ended, and what it said."""

    home: Home
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory, tier: Tier) -> Published:
    """One company bought a title on the day of its own foundation: a flag."""
    folder = tmp_path_factory.mktemp("night")
    rows = lines(TITLES)
    rows[1] = rows[1].replace(b"01-02-2018", b"01-03-2015")
    landings.write(folder / "landing", {TITLES: text(rows)})
    with (
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as err,
        pytest.MonkeyPatch.context() as patch,
    ):
        few(patch, tier, "PRP-010", "OWN-010")
        code = _run(folder / "landing", Home(folder / "home"))
    return Published(Home(folder / "home"), code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def first(first_night: Published) -> Home:
    """Its home, which no test changes."""
    return first_night.home


@pytest.fixture(scope="module")
def home(first: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same, in which further nights run."""
    return _copied(first, tmp_path_factory.mktemp("home"))


def _copied(home: Home, folder: Path) -> Home:
    """A home and its landing folder, in another folder."""
    for path in (home.root, home.root.parent / "landing"):
        shutil.copytree(path, folder / path.name, symlinks=True)
    return Home(folder / home.root.name)


def _run(landing: Path, home: Home) -> int:
    return exit_code(["run", "--landing", str(landing), "--home", str(home.root)])


ROOT = Path(__file__).resolve().parents[3]


def test_0_published(first_night: Published) -> None:
    out = first_night.out
    assert first_night.code == 0
    for register in (COMPANIES, PSC, TITLES):
        assert register in out
    assert RELEASE_DATABASE in out and "night.html" in out and str(RECORDS) in out
    assert CANARY not in out + first_night.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "--landing", "nowhere"],
        ["run", "--landing", ".", "--as-of", "31/02/2026"],
        ["nonsense"],
        ["explain", "XYZ-999"],
        ["rollback", "--to", "000099-aaaaaaaaaaaa"],
    ],
    ids=["no landing", "no such folder", "no date", "no such command", "no such code", "no such release"],
)
def test_2_usage(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(
        "UNDERTOW_HOME", str(home.root if arguments[0] in ("explain", "rollback") else tmp_path / "home")
    )
    assert exit_code(arguments) == 2


def test_a_wrong_day_is_told_how_to_write_it(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("31/02/2026", "20260601", "2026-13-01", "yesterday"):
        assert exit_code(["diff", "--from", wrong, "--to", "2026-06-01"]) == 2
        assert "'--from': this is not a day; write it as 2026-06-01" in capsys.readouterr().err


def test_the_version_is_that_of_the_releases(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert exit_code(["--version"]) == 0
    [release] = query(current_release(home), "select code_version from v_release").to_pylist()
    assert capsys.readouterr().out == f"undertow {release['code_version']}\n"
    assert (
        exit_code(["--version", "releases", "--home", "/nowhere"]) == 0
        and "published" not in capsys.readouterr().err
    )


@pytest.mark.parametrize("command", [["releases"], ["releases", "--json"], ["doctor"]])
def test_a_home_where_nothing_was_published_is_not_called_well_in_silence(
    command: list[str], tmp_path: Path, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    mistyped, empty = tmp_path / "hoem", Home(tmp_path / "home")
    empty.prepare()
    for where, message in (
        (mistyped, "there is no such folder"),
        (empty.root, "no release has been published here yet"),
        (home.root, None),
    ):
        exit_code([*command, "--home", str(where)])
        stderr = capsys.readouterr().err
        assert (
            (message in stderr and "undertow run --landing" in stderr)
            if message
            else "published here" not in stderr
        )
    assert not mistyped.exists()


@pytest.mark.parametrize("command", ["releases", "doctor", "sql 'select 1'"])
def test_a_home_that_lost_the_link_to_its_release_is_told_which_one_to_go_back_to(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    release_id = publish_one(home, "run-1")
    home.current.unlink()
    exit_code([*shlex.split(command), "--home", str(home.root)])
    stderr = " ".join(capsys.readouterr().err.split())
    assert f"is missing; run `undertow rollback --to {release_id}`" in stderr
    assert exit_code(["rollback", "--to", release_id, "--home", str(home.root)]) == 0
    assert current_release(home).name == release_id


@pytest.mark.parametrize("command", ["audit verify", "backup --to kept.tar", "rollback"])
def test_2_a_home_that_is_not_there(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code([*command.split(), "--home", "hoem"]) == 2
    output = capsys.readouterr()
    assert "hoem: this home does not exist" in output.err and "intact" not in output.out
    assert list(tmp_path.iterdir()) == []


def test_2_a_landing_folder_that_is_not_there_makes_no_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"--landing {tmp_path / 'ladning'}: there is no such folder"
    assert _run(tmp_path / "ladning", Home(tmp_path / "home")) == 2
    assert where in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "home").mkdir()
    assert _run(tmp_path / "ladning", Home(tmp_path / "home")) == 2
    assert where in capsys.readouterr().err


def test_2_the_home_is_no_landing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(tmp_path / "home")
    landings.write(home.landing, {})
    assert _run(home.root, home) == 2
    assert "is the home itself; name the folder" in capsys.readouterr().err


def test_2_no_recognised_register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "holiday.csv").write_text("a,b\n1,2\n")
    assert _run(tmp_path / "landing", Home(tmp_path / "home")) == 2
    assert "undertow registers" in capsys.readouterr().err


@pytest.mark.nightly
def test_3_a_gate_blocks_the_release_and_the_old_one_stays(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = str(home.current.readlink())
    real = flags_stage.prove

    def without_evidence(connection: Connection) -> Mapping[str, str]:
        faults = real(connection)
        connection.execute("delete from fact")
        return faults

    monkeypatch.setattr(flags_stage, "prove", without_evidence)
    landing = str(home.root.parent / "landing")
    another_day = ["--as-of", "2026-06-02"]  # so that no step is taken over from the night before
    assert exit_code(["run", "--landing", landing, "--home", str(home.root), *another_day]) == 3
    assert str(home.current.readlink()) == before
    assert "release gate" in capsys.readouterr().err
    assert list(home.work.iterdir()) == []


def test_4_another_run_holds_the_lock(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = str(home.current.readlink())
    with held(home, "run"):
        assert _run(home.root.parent / "landing", home) == 4
    assert str(os.getpid()) in capsys.readouterr().err
    assert str(home.current.readlink()) == before


@pytest.mark.parametrize("kind", [ValueError, SystemExit])
def test_4_an_unexpected_error_names_its_kind_and_never_its_text(
    kind: type[BaseException], home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_arguments: object) -> None:
        raise kind(f"cannot convert {CANARY!r}")

    monkeypatch.setattr(marts_stage, "mart_sql", broken)
    assert _run(home.root.parent / "landing", home) == 4
    stderr = capsys.readouterr().err
    assert kind.__name__ in stderr and "marts" in stderr and CANARY not in stderr


@pytest.mark.parametrize(
    ("number", "todo"), [(errno.EACCES, "run as a user"), (errno.ENOSPC, "make room on that disk")]
)
def test_4_a_file_that_cannot_be_used_is_named_with_what_to_do(
    number: int,
    todo: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "current"

    def refused(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number), str(file))

    monkeypatch.setattr(store, "releases", refused)
    assert exit_code(["releases", "--home", str(tmp_path)]) == 4
    stderr = capsys.readouterr().err
    assert f"{file}: {os.strerror(number)} (errno {number}); {todo}" in stderr


def test_4_nothing_can_be_used_on_a_first_night(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / file_name(COMPANIES)).write_bytes(b"")
    assert _run(landing, Home(tmp_path / "home")) == 4
    assert COMPANIES in capsys.readouterr().err


@pytest.mark.nightly
def test_5_published_and_a_register_blocked_on_a_first_night(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    landing = landings.write(tmp_path / "landing", {TITLES: b""})
    place = Home(tmp_path / "home")
    assert _run(landing, place) == 5
    assert "BLOCKED" in capsys.readouterr().out
    statuses = dict(
        query(current_release(place), "select register, status from v_edition")
        .to_pandas()
        .itertuples(index=False)
    )
    assert statuses == {COMPANIES: "in_force", PSC: "in_force", TITLES: "blocked"}


@pytest.mark.nightly
def test_5_the_last_good_edition_stays_in_force_and_says_since_when(first: Home, tmp_path: Path) -> None:
    home, landing = _copied(first, tmp_path), tmp_path / "second"
    landing.mkdir()
    (landing / file_name(PSC, "2026-06-02")).write_bytes(text(lines(PSC))[:-80])
    (landing / file_name(COMPANIES, "2026-06-02")).write_bytes(text(lines(COMPANIES)))
    assert _run(landing, home) == 5
    rows = query(
        current_release(home),
        f"select edition, status, stale_since from v_edition where register = '{PSC}' order by edition",
    ).to_pylist()
    assert [(row["edition"], row["status"], str(row["stale_since"])) for row in rows] == [
        ("2026-06-01", "in_force", "2026-06-01"),
        ("2026-06-02", "blocked", "None"),
    ]
    titles = query(
        current_release(home),
        f"select edition from v_edition where register = '{TITLES}' and status = 'in_force'",
    ).to_pylist()
    assert titles == [
        {"edition": "2026-06-01"}
    ]  # a release covers every edition of the home, not the folder's only


NIGHT = """
from flows.cli import app, output, summary
from flows.night import night as run_module, runner
runner.run_night = lambda night: night
run_module.Night.exit_code = property(lambda night: 5)
summary.print_summary = lambda night: {says}
app.main()
"""
MUCH = "'x' * 200_000"  # more than a pipe holds
PRINTS, RICH = f"print({MUCH})", f"output.say({MUCH})"
MAIN = "from flows.cli.app import main; main()"
RUN = ["run", "--landing", ".", "--home", "home"]


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("code", "arguments", "into", "exit_code", "says"),
    [
        (NIGHT.format(says=PRINTS), RUN, "pipe", 5, ""),
        (NIGHT.format(says=RICH), RUN, "pipe", 5, ""),
        (
            NIGHT.format(says=PRINTS),
            RUN,
            "/dev/full",
            5,
            "standard output: No space left on device (errno 28)",
        ),
        (
            NIGHT.format(says="print('x')"),
            RUN,
            "/dev/full",
            5,
            "standard output: No space left on device (errno 28)",
        ),
        (
            NIGHT.format(says="(_ for _ in ()).throw(KeyboardInterrupt)"),
            RUN,
            "/dev/full",
            5,
            "interrupted while it printed; the work is done",
        ),
        (MAIN, ["explain", "PRP-010"], "pipe", 0, ""),
        (MAIN, ["indicators"], "pipe", 0, ""),
        (MAIN, ["indicators"], "/dev/full", 4, "standard output: No space left on device (errno 28)"),
        (MAIN, ["doctor", "--home", "nowhere", "--json"], "pipe", 4, "finding"),
    ],
)
def test_output_that_nobody_takes_changes_no_exit_code_of_what_is_done(
    code: str, arguments: list[str], into: str, *, exit_code: int, says: str, tmp_path: Path
) -> None:
    with Path("/dev/full" if into == "/dev/full" else os.devnull).open("w") as full:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdout=full if into == "/dev/full" else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PREFECT_RESULTS_DEFAULT_SERIALIZER": "pickle",
            },  # a finding for the doctor
        )
    if process.stdout is not None:
        process.stdout.close()
    _out, stderr = process.communicate(timeout=300)
    assert (process.returncode, says in stderr, "Exception" in stderr or "Traceback" in stderr) == (
        exit_code,
        True,
        False,
    ), stderr


@pytest.mark.nightly  # on every commit test_memory.py tries its steps
def test_the_same_editions_give_the_same_release_warm_and_cold(first: Home, tmp_path: Path) -> None:
    home = _copied(first, tmp_path)
    assert _run(tmp_path / "landing", home) == 0
    cold, warm = releases(home)
    assert cold.content_sha256 == warm.content_sha256 and cold.release_id != warm.release_id


def test_a_real_home_without_its_key_stops_the_night(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With another one every natural person would get another id."""
    lost = Home(tmp_path / "home")
    shutil.copytree(home.root, lost.root, symlinks=True)
    (lost.secrets / "id.key").unlink()
    assert _run(home.root.parent / "landing", lost) == 4
    assert "id.key: is missing" in capsys.readouterr().err and not (lost.secrets / "id.key").exists()


@pytest.mark.nightly
def test_an_old_date_leaves_later_editions_out(first: Home, tmp_path: Path) -> None:
    home = _copied(first, tmp_path)
    landing = landings.write(home.root.parent / "landing", edition="2026-07-01")
    arguments = ["run", "--landing", str(landing), "--home", str(home.root), "--as-of", "2026-06-01"]
    assert exit_code(arguments) == 0
    assert query(current_release(home), "select max(edition_date) as newest from v_edition").to_pylist() == [
        {"newest": date(2026, 6, 1)}
    ]


def test_sql_prints_every_format(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "sql",
        "select company_id, incorporated_on from v_company order by 1 limit 2",
        "--home",
        str(home.root),
    ]
    assert exit_code([*command, "--format", "json"]) == 0
    assert [row["company_id"] for row in json.loads(capsys.readouterr().out)] == [
        "GB-COH-09000001",
        "GB-COH-09000002",
    ]
    assert exit_code([*command, "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "company_id,incorporated_on",
        "GB-COH-09000001,2015-03-01",
        "GB-COH-09000002,2015-03-01",
    ]
    assert exit_code(command) == 0
    assert "(2 rows)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("['a', null, 'b']", "a; b"),
        ("[1, null, 2]", "1; 2"),
        ("[true]", "true"),
        ("[1, 2]::int[2]", "1; 2"),
        ("[[1], [2]]", "[1]; [2]"),
        ("null::int[]", ""),
        ("{'a': 1, 'on': date '2026-06-01'}", '{"a": 1, "on": "2026-06-01"}'),
        ("map {'a': 1}", '{"a": 1}'),
        ("[{'a': 1}, {'a': 2}]", '{"a": 1}; {"a": 2}'),
        ("interval 1 day", "1 day"),
        ("'\\x00a'::blob", "b'\\x00a'"),
    ],
)
def test_sql_writes_csv_of_values_that_have_parts(
    home: Home, value: str, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        exit_code(["sql", f"select 7 as n, {value} as value", "--format", "csv", "--home", str(home.root)])
        == 0
    )
    assert list(csv.DictReader(io.StringIO(capsys.readouterr().out))) == [{"n": "7", "value": written}]


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_sql_loses_no_column_to_another_of_its_name(
    home: Home, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        exit_code(
            ["sql", "select 1 as a_1, 2 as a, 3 as a, 4 as a", "--format", form, "--home", str(home.root)]
        )
        == 0
    )
    out = capsys.readouterr().out
    if form == "json":
        assert json.loads(out) == [{"a_1": 1, "a": 2, "a_2": 3, "a_3": 4}]
    else:
        assert [line.replace(",", " ").split() for line in out.splitlines()[:2]] == [
            ["a_1", "a", "a_2", "a_3"],
            ["1", "2", "3", "4"],
        ]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from company",
        "copy (select 1) to 'x.csv'",
        "attach 'x.duckdb'",
        "select 1; select 2",
        "install httpfs",
    ],
)
def test_sql_writes_nothing(
    statement: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(["sql", statement, "--home", str(home.root)]) == 2
    assert list(tmp_path.iterdir()) == []


def test_explain_shows_a_page_and_a_flag_with_its_evidence(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["explain", "prp-010"]) == 0
    assert "Ordinary explanations" in capsys.readouterr().out
    [flag] = query(
        current_release(home),
        "select flag_id, explanation from v_flag where state = 'flagged' and indicator = 'PRP-010'",
    ).to_pylist()
    assert (
        exit_code(
            [
                "purpose",
                "add",
                "permits",
                "--title",
                "Permits",
                "--legal-basis",
                "An invented act",
                "--home",
                str(home.root),
            ]
        )
        == 0
    )
    assert exit_code(["explain", flag["flag_id"], "--home", str(home.root), "--purpose", "permits"]) == 0
    output = capsys.readouterr().out
    assert flag["explanation"] in output and "0 days later" in output
    assert "proprietorship_statement.added_on" in output and "ZT100000" in output and "2015-03-01" in output
    place = ("--home", str(home.root), "--language", "nl")
    assert exit_code(["explain", "prp-010", *place]) == 0
    assert "## Gewone verklaringen" in capsys.readouterr().out
    assert exit_code(["explain", flag["flag_id"], *place, "--purpose", "permits"]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "op 1 maart 2015 als rechthebbende" in output and "0 dagen later" in output
    assert re.search(r"waarde 0,0 .* peildatum \d\d-\d\d-\d{4} eerst gezien \d\d-\d\d-\d{4}", output)


def test_why_a_register_is_an_extract_is_said_in_dutch() -> None:
    facts = SimpleNamespace(
        register="nl_woz",
        label="2026-06-01",
        completeness="extract",
        completeness_reason="it holds what was asked for",
    )
    editions = SimpleNamespace(all=[SimpleNamespace(status="in_force", facts=facts)])
    night = SimpleNamespace(editions=editions, missed=(), alarms=(), left_out=(), counts={})
    with in_language("nl"):
        assert list(summary._notices(cast(Night, night))) == [
            "UITTREKSEL: nl_woz: alleen wat is opgevraagd, staat erin"
        ]


def test_registers_and_indicators_list_what_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["registers", "--json"]) == 0
    assert {row["register"] for row in json.loads(capsys.readouterr().out)} >= {COMPANIES, PSC, TITLES}
    assert exit_code(["indicators"]) == 0
    assert "PRP-010" in capsys.readouterr().out


def test_registers_and_releases_fit_100_columns_and_a_release_is_named_whole(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["registers"], ["releases", "--home", str(home.root)]):
        assert exit_code(command) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 100
    assert all(release.release_id in out for release in releases(home))


def test_the_help_has_its_commands_in_panels(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["--help"]) == 0
    out = capsys.readouterr().out
    panels = [out.index(f"─ {panel} ─") for panel in ("Night", "Ask", "Decide", "Data", "Operate")]
    assert panels == sorted(panels) and panels[0] < out.index(" demo ") < panels[1]


def test_rollback_goes_back_one(first: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = _copied(first, tmp_path)
    publish_one(home, "second")
    before = [release.release_id for release in releases(home)]
    assert exit_code(["rollback", "--home", str(home.root)]) == 0
    assert current_release(home).name == before[-2]
    assert before[-2] in capsys.readouterr().out


def test_a_terminal_gets_no_control_characters() -> None:
    assert printable("a\x1b[31mb\u202ec") == "a<U+001B>[31mb<U+202E>c"
    assert printable("[bold]Ltd[/bold]\udcff") == "[bold]Ltd[/bold]<U+DCFF>"


def _start(landing: Path, home: Home) -> subprocess.Popen[str]:
    code = "from flows.cli.app import main; main()"
    arguments = [sys.executable, "-c", code, "run", "--landing", str(landing), "--home", str(home.root)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def _wait_for(path: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not path.exists() or not any(path.iterdir()):
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)


@pytest.mark.nightly
def test_kill_9_leaves_the_release_whole_and_the_next_run_completes(home: Home) -> None:
    before = current_release(home)
    digest = (before / "manifest.json").read_bytes()
    process = _start(home.root.parent / "landing", home)
    _wait_for(home.work)
    time.sleep(1.5)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert current_release(home) == before and (before / "manifest.json").read_bytes() == digest
    assert query(before, "select count(*) as n from v_company").to_pylist()[0]["n"] > 0
    assert _run(home.root.parent / "landing", home) in (0, 5)
    assert current_release(home) != before and list(home.work.iterdir()) == []


@pytest.mark.nightly
def test_sigterm_ends_a_run_with_4(home: Home) -> None:
    before = current_release(home)
    process = _start(home.root.parent / "landing", home)
    _wait_for(home.work)
    process.send_signal(signal.SIGTERM)
    _out, stderr = process.communicate(timeout=60)
    assert process.returncode == 4 and "interrupted" in stderr
    assert current_release(home) == before and list(home.work.iterdir()) == []


@pytest.mark.nightly
def test_the_demo_is_synthetic_finds_its_plants_and_refuses_a_real_home(
    home: Home, demo: Demo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Home(tmp_path / "home")
    shutil.copytree(demo.home.root, place.root, symlinks=True)
    assert "SYNTHETIC" in demo.output
    assert query(current_release(place), "select synthetic from v_release").to_pylist() == [
        {"synthetic": True}
    ]
    assert exit_code(["evaluate", "--json", "--home", str(place.root)]) == 0
    table = json.loads(capsys.readouterr().out)
    assert len(table) >= 4 and all(
        (row["precision"] == row["recall"] == 1.0)
        if row["hits_n"]
        else (row["indicator"] in WITHOUT_DEEDS and row["wrongly_flagged_n"] == 0)
        for row in table
    )
    assert "SYNTHETIC" in next(place.reports.glob("*/night.html")).read_text(encoding="utf-8")
    assert exit_code(["demo", "--home", str(home.root)]) == 2
    # A real night in the demo's home reads no edition of the town.
    assert _run(home.root.parent / "landing", place) == 0
    assert query(current_release(place), "select count(*) as n from v_company").to_pylist() == [
        {"n": RECORDS}
    ]
