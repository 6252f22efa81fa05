"""The night through Prefect, on a real server: the same release and exit codes as without it, and nothing of
the data on the server.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.home.settings import Home
from flows.night.steps import STAGES
from flows.release.store import releases
from tests import landings
from tests.flows.prefect_servers import (
    HOST,
    ROOT,
    api,
    bytes_of,
    environment,
    free_port,
    running_server,
    wait_for,
)
from transforms.model.indicator import indicators

RECORDED_SECONDS_MAX = 30
SURNAME = landings.CANARY.split()[-1]

# One process: each night's exit code in order, and what the entrypoint gives.
NIGHTS = """
import json, sys
from pathlib import Path
from flows.night import runner
from flows.cli.app import exit_code
from flows.night.night import Stage
from transforms.errors import ReleaseBlocked

work, canary = Path(sys.argv[1]), sys.argv[2]

def failing(error):
    def run(night):
        raise error
    return (Stage("landing", run),)

def night(name, stages=None):
    before, runner.STAGES = runner.STAGES, stages or runner.STAGES
    try:
        return exit_code(["run", "--landing", str(work / name), "--home", str(work / f"home-{name}")])
    finally:
        runner.STAGES = before

codes = {name: night(name) for name in ("whole", "unrecognised", "broken")}
told = {"codes": codes, "prefect": "prefect" in sys.modules}
told["codes"]["gate"] = night("whole-gate", failing(ReleaseBlocked("a gate failed")))
told["codes"]["unexpected"] = night("whole-unexpected", failing(KeyError(canary)))
if told["prefect"]:
    from prefect.flows import load_flow_from_entrypoint
    from prefect.utilities.callables import parameter_schema
    flow = load_flow_from_entrypoint("flows.nightly.nightly", use_placeholder_flow=False)
    schema = parameter_schema(flow).model_dump(mode="json")
    told["flow"] = {"name": flow.name, "schema": schema, "persists": flow.persist_result}
    told["refused"] = []
    for arguments in (("landing", "/home"), ("/landing", "data"), ("/landing", "/home", "soon")):
        try:
            flow.fn(*arguments)
        except Exception as error:
            told["refused"].append([type(error).__name__, str(error)])
Path(sys.argv[3]).write_text(json.dumps(told))
"""
# Two real stages, the second with a mapped task for each edition, and a gate that fails. The lake's own gate,
# for which Great Expectations is imported, is in the nightly tier.
RUN_TO_A_GATE = """
import sys
from flows.cli.app import exit_code
from flows.night import runner
from flows.night.night import Stage
from flows.night.stages import lake
from tests.landings import no_gate
from transforms.errors import ReleaseBlocked

def blocked(night):
    raise ReleaseBlocked("a gate failed")

lake._lake_gate = no_gate
runner.STAGES = (*runner.STAGES[:2], Stage("gate", blocked))
sys.exit(exit_code(sys.argv[1:]))
"""
BLOCKED_REGISTER = "PublishedWithBlockedRegister"
EXPECTED_CODES = {"whole": 0, "unrecognised": 2, "broken": 5, "gate": 3, "unexpected": 4}

STARTED_WITH = """
import sys
from flows.cli.app import exit_code
query = ["sql", "select count(*) from v_company", "--home", sys.argv[1]]
codes = [exit_code(arguments) for arguments in (["registers"], ["explain", "OWN-010"], query)]
print("imported:", codes, sorted({"prefect", "great_expectations", "followthemoney"} & set(sys.modules)))
"""


@dataclass(frozen=True)
class Server:
    port: int
    home: Path


@dataclass(frozen=True)
class Nights:
    """What one process told, its output, and where the nights' homes are."""

    report: dict[str, object]
    output: str
    work: Path

    def content(self, name: str) -> str:
        return releases(Home(self.work / f"home-{name}"))[-1].content_sha256


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("prefect")
    with running_server(home) as port:
        yield Server(port, home)


def _nights(work: Path, **settings: str) -> Nights:
    """Five nights on five homes.

    Ids of persons depend on a home's key, so those that are compared have one key.
    """
    for name in ("whole", "whole-gate", "whole-unexpected"):
        landings.write(work / name)
    landings.write(work / "broken", {landings.TITLES: b"not,a,title\n"})
    (work / "unrecognised").mkdir()
    (work / "unrecognised" / "notes.txt").write_text("nothing to see")
    for home in (Home(work / f"home-{name}") for name in ("whole", "broken")):
        home.prepare()
        (home.secrets / "id.key").write_bytes(b"one key for all homes, no secret")
    command = [sys.executable, "-c", NIGHTS, str(work), landings.CANARY, str(work / "told.json")]
    ran = subprocess.run(
        command,
        env=environment(**settings),
        cwd=work,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    output = ran.stdout + ran.stderr
    assert (work / "told.json").is_file(), output
    return Nights(json.loads((work / "told.json").read_text()), output, work)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return _nights(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def through_prefect(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return _nights(tmp_path_factory.mktemp("through"), PREFECT_API_URL=f"http://{HOST}:{server.port}/api")


def _runs(server: Server) -> list[dict[str, Any]]:
    """The flow runs, oldest first, once all of them are reported."""

    def reported() -> list[dict[str, Any]] | None:
        flow_runs: list[dict[str, Any]] = api(server.port, "/flow_runs/filter", {"sort": "START_TIME_ASC"})
        return (
            flow_runs
            if len(flow_runs) == len(EXPECTED_CODES)
            and all(run["state_type"] in ("COMPLETED", "FAILED") for run in flow_runs)
            else None
        )

    runs = wait_for(
        reported,
        RECORDED_SECONDS_MAX,
        lambda: str([run["state_type"] for run in api(server.port, "/flow_runs/filter", {})]),
    )
    assert isinstance(runs, list)
    return runs


def _logs(server: Server, run: dict[str, object]) -> list[str]:
    return [
        entry["message"]
        for entry in api(server.port, "/logs/filter", {"logs": {"flow_run_id": {"any_": [run["id"]]}}})
    ]


@pytest.mark.nightly
def test_exit_codes_agree_with_and_without_prefect(plain: Nights, through_prefect: Nights) -> None:
    assert plain.report["codes"] == EXPECTED_CODES, plain.output
    assert through_prefect.report["codes"] == EXPECTED_CODES, through_prefect.output


@pytest.mark.nightly
def test_the_release_is_the_same_with_and_without_prefect(plain: Nights, through_prefect: Nights) -> None:
    assert {name: through_prefect.content(name) for name in ("whole", "broken")} == {
        name: plain.content(name) for name in ("whole", "broken")
    }
    assert through_prefect.content("whole") != through_prefect.content("broken")


@pytest.mark.nightly
def test_a_run_without_an_api_url_imports_no_prefect(plain: Nights, through_prefect: Nights) -> None:
    assert plain.report["prefect"] is False
    assert through_prefect.report["prefect"] is True


@pytest.mark.nightly
def test_commands_that_look_import_neither_prefect_nor_great_expectations(plain: Nights) -> None:
    command = [sys.executable, "-c", STARTED_WITH, str(plain.work / "home-whole")]
    ran = subprocess.run(
        command,
        env=environment(PREFECT_API_URL=f"http://{HOST}:9/api"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "imported: [0, 0, 0] []" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.nightly
def test_the_terminal_shows_the_same_with_and_without_prefect(plain: Nights, through_prefect: Nights) -> None:
    def shown_lines(nights: Nights) -> list[str]:
        output = nights.output.replace(str(nights.work), "")
        return [line for line in output.splitlines() if line.startswith("undertow: ")]

    assert shown_lines(through_prefect)[:2] == shown_lines(plain)[:2]
    assert len(shown_lines(through_prefect)) == 3
    assert "Traceback" not in through_prefect.output


@pytest.mark.nightly
def test_a_flow_run_has_a_task_run_for_each_stage_edition_and_indicator(
    server: Server, through_prefect: Nights
) -> None:
    assert through_prefect.report["codes"]
    run = _runs(server)[0]
    names = {*(stage.name for stage in STAGES), *indicators()}

    def recorded() -> list[dict[str, Any]] | None:
        task_runs: list[dict[str, Any]] = api(
            server.port, "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}}
        )
        is_whole = len(task_runs) == len(names) + len(landings.REGISTERS)
        return (
            task_runs if is_whole and all(task["state_type"] == "COMPLETED" for task in task_runs) else None
        )

    tasks = wait_for(recorded, RECORDED_SECONDS_MAX, lambda: f"not {len(names)} task runs and 3 editions")
    assert isinstance(tasks, list)
    assert run["state_name"] == "Completed"
    by_start = sorted(tasks, key=lambda task: str(task["start_time"]))
    mapped = [task["name"] for task in by_start if "__parents__" in task["task_inputs"]]
    assert [task["name"] for task in by_start if task["name"] not in mapped] == [
        stage.name for stage in STAGES
    ]
    assert {name.split()[0] for name in mapped} == {*landings.REGISTERS, *indicators()}
    assert run["parameters"] == {
        "landing": str(through_prefect.work / "whole"),
        "home": str(through_prefect.work / "home-whole"),
        "as_of": None,
        "known_at": None,
        "areas": [],
    }


@pytest.mark.nightly
def test_artifacts_show_what_was_read_and_flagged(server: Server, through_prefect: Nights) -> None:
    assert through_prefect.report["codes"]
    filters = {"artifacts": {"flow_run_id": {"any_": [_runs(server)[0]["id"]]}}}
    artifacts = api(server.port, "/artifacts/filter", filters)
    shown = {one["key"]: one["data"] for one in artifacts}
    assert shown.keys() == {"read", "flags", "gates", "report", "data-docs", "edition", "indicator"}
    assert (shown["edition"], shown["indicator"]) == (100.0, 100.0)
    read = json.loads(shown["read"])
    assert [row["rows_loaded"] for row in read] == [landings.RECORDS] * len(landings.REGISTERS)
    assert [row["code"] for row in json.loads(shown["flags"])] == sorted(indicators())
    gates = [json.loads(one["data"]) for one in artifacts if one["key"] == "gates"]
    assert {row["stage"] for rows in gates for row in rows} == {"lake", "graph", "release"}
    assert "night.html" in shown["report"]


@pytest.mark.nightly
def test_the_server_is_told_how_each_night_ended(server: Server, through_prefect: Nights) -> None:
    assert through_prefect.report["codes"]
    runs = _runs(server)
    assert [run["state_name"] for run in runs] == [
        "Completed",
        "Failed",
        BLOCKED_REGISTER,
        "Failed",
        "Failed",
    ]

    def is_recorded() -> bool:
        return any("exit code 5" in line for line in _logs(server, runs[2])) and any(
            "exit code 0" in line for line in _logs(server, runs[0])
        )

    assert wait_for(is_recorded, RECORDED_SECONDS_MAX, lambda: str(_logs(server, runs[2])))
    assert "UsageError" in runs[1]["state"]["message"]
    assert "unexpected KeyError" in runs[4]["state"]["message"]


@pytest.mark.nightly
def test_no_name_and_no_pickle_reach_prefect(server: Server, through_prefect: Nights) -> None:
    assert SURNAME.encode() in bytes_of(through_prefect.work / "whole"), (
        "the landing has the name, or this test proves nothing"
    )
    assert _runs(server)
    folders = [server.home, *sorted(through_prefect.work.glob("home-*/prefect"))]
    assert len(folders) == 1 + len(EXPECTED_CODES)
    kept = {name: bytes_of(folder) for folder in folders for name in [str(folder)]}
    assert b"unexpected KeyError" in kept[str(server.home)], (
        "failures are stored in the database, which is what is searched"
    )
    assert [name for name, content in kept.items() if SURNAME.lower().encode() in content.lower()] == []
    assert SURNAME.lower() not in through_prefect.output.lower()
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    stored = [path for path in files if path.parent.name == "storage"]
    assert {path.name.partition("-")[0] for path in files if path not in stored} <= {
        "prefect.db",
        "memo_store.toml",
        "profiles.toml",
    }
    # Prefect writes a failed flow run's exception whatever is asked for: as JSON, and its text is safe.
    assert {json.loads(path.read_bytes())["__exc_type__"].rpartition(".")[2] for path in stored} == {
        "UsageError",
        "ReleaseBlocked",
        "RunFailed",
    }


@pytest.mark.nightly
def test_the_entrypoint_loads_by_its_dotted_name(through_prefect: Nights) -> None:
    flow = through_prefect.report["flow"]
    assert isinstance(flow, dict)
    assert (flow["name"], flow["persists"]) == ("nightly", False)
    assert list(flow["schema"]["properties"]) == ["landing", "home", "as_of", "areas", "known_at"]
    assert flow["schema"]["required"] == ["landing", "home"]


@pytest.mark.nightly
def test_a_deployments_parameters_are_checked(through_prefect: Nights) -> None:
    refused = through_prefect.report["refused"]
    assert isinstance(refused, list)
    assert [kind for kind, _ in refused] == ["UsageError"] * 3
    assert [text.split(":")[0] for _, text in refused] == [
        "parameter landing",
        "parameter home",
        "parameter as_of",
    ]


@pytest.mark.nightly
def test_no_server_answers_then_nothing_is_done(tmp_path: Path) -> None:
    landing = landings.write(tmp_path / "landing")
    run = "import sys; from flows.cli.app import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", run, "run", "--landing", str(landing), "--home", str(tmp_path / "home")]
    url = f"http://{HOST}:{free_port()}/api"
    ran = subprocess.run(
        command,
        env=environment(PREFECT_API_URL=url),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 4, ran.stderr
    assert "PREFECT_API_URL" in ran.stderr
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["prefect"]


def test_a_night_through_prefect_is_recorded_by_stage_and_edition(server: Server, tmp_path: Path) -> None:
    """Whole nights through it are in the nightly tier."""
    landing, home = tmp_path / "landing", tmp_path / "home"
    landing.mkdir()
    rows = landings.text(landings.lines(landings.COMPANIES))
    (landing / landings.file_name(landings.COMPANIES)).write_bytes(rows)
    ran = subprocess.run(
        [sys.executable, "-c", RUN_TO_A_GATE, "run", "--landing", str(landing), "--home", str(home)],
        env=environment(PREFECT_API_URL=f"http://{HOST}:{server.port}/api"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == EXPECTED_CODES["gate"] and "a gate failed" in ran.stderr, ran.stdout + ran.stderr

    completed = dict.fromkeys(("landing", "lake", landings.COMPANIES), "COMPLETED")
    expected = {**completed, "gate": "FAILED"}

    def ended() -> list[dict[str, Any]] | None:
        tasks: list[dict[str, Any]] = api(server.port, "/task_runs/filter", {})
        are_over = all(task["state_type"] in ("COMPLETED", "FAILED") for task in tasks)
        return tasks if len(tasks) == len(expected) and are_over else None

    tasks = wait_for(ended, RECORDED_SECONDS_MAX, lambda: f"not {len(expected)} task runs that are over")
    assert isinstance(tasks, list)
    assert {task["name"].split()[0]: task["state_type"] for task in tasks} == expected
    [run] = api(server.port, "/flow_runs/filter", {})
    assert run["state_name"] == "Failed" and "ReleaseBlocked" in run["state"]["message"]


def test_prefect_yaml_names_the_entrypoints_the_time_zone_and_the_work_pool() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert {
        one["entrypoint"]: [(schedule["cron"], schedule["timezone"]) for schedule in one["schedules"]]
        for one in deployments
    } == {
        "flows.nightly.nightly": [("30 2 * * *", "Europe/Amsterdam")],
        "flows.fetch.fetch": [("15 11,23 * * *", "Europe/Amsterdam")],
        "flows.evaluate.evaluate": [("0 12 * * 6", "Europe/Amsterdam")],
        "flows.maintain.maintain": [("0 12 * * 0", "Europe/Amsterdam")],
    }
    assert {(one["concurrency_limit"], one["work_pool"]["name"]) for one in deployments} == {(1, "undertow")}
