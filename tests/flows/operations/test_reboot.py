"""After everything was killed at once, as when the power fails, the same command goes on: with Prefect's own
SQLite, and with PostgreSQL, which is also restored from a dump. Server and worker as two services.

The nightly tier alone: each test starts servers. `test_sweeper.py` marks runs without a process as crashed at
every commit.
"""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.home.settings import Home
from flows.operations import doctor
from flows.release.manifests import verify
from flows.release.store import current_release
from tests import landings
from tests.flows.postgresql import Database, running
from tests.flows.prefect_servers import HOST, free_port, wait_for
from tests.flows.served import Served

pytestmark = pytest.mark.nightly


@contextmanager
def _served(folder: Path, *options: str, name: str = "home", port: int = 0) -> Iterator[Served]:
    service = Served(Home(folder / name), port or free_port(), folder / f"{name}.log", options)
    service.home.prepare()
    landings.write(service.home.landing)
    try:
        yield service
    finally:
        if service.process is not None:
            service.stop()


def _one_night(served: Served) -> str:
    night = served.night()
    assert served.ended(night) == "COMPLETED", served.last_log()
    return night


def _page(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _health(served: Served) -> tuple[int, str]:
    """Status and text; the page is there a moment after `serve` is up."""
    answer = wait_for(lambda: _page(served.port + 1, "/health"), 60, served.last_log)
    assert isinstance(answer, tuple)
    return answer


def _tasks_running(served: Served) -> object:
    running = {"task_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}}
    return served.api.post("/task_runs/filter", running)


def _power_fails_in_a_night(served: Served) -> str:
    """The run that was cut off."""
    night = served.night()
    served.at_work(night)
    wait_for(lambda: _tasks_running(served), 60, served.last_log)
    served.kill_all()
    return night


def test_after_a_reboot_the_same_command_goes_on(tmp_path: Path) -> None:
    with _served(tmp_path) as served:
        served.start()
        status, why = _health(served)
        assert (status, "no release is in force" in why) == (503, True)
        cut = _power_fails_in_a_night(served)
        served.start()
        assert served.ended(cut) == "CRASHED", served.last_log()
        wait_for(lambda: not _tasks_running(served), 60, served.last_log)
        _one_night(served)
        wait_for(lambda: _health(served) == (200, "well\n"), 120, served.last_log)
        assert "undertow_release_age_seconds" in _page(served.port + 1, "/metrics")[1]
        verify(current_release(served.home))
        assert doctor.examine(served.home).findings == ()


def _runs(database: Database, name: str) -> dict[str, str]:
    """Id and state of the nights that a database knows."""
    query = "select id, state_type from flow_run"
    lines = database.run("psql", "--no-align", "--tuples-only", "--dbname", name, "-c", query).splitlines()
    return dict(line.split("|") for line in lines)


def _use(home: Home, address: str) -> None:
    file = home.secrets / "prefect-database"
    file.write_text(address)
    file.chmod(0o600)


def test_on_postgresql_with_a_reboot_and_a_restore(tmp_path: Path) -> None:
    with running() as database, _served(tmp_path) as served:
        _use(served.home, database.address("prefect"))
        served.start()
        first = _one_night(served)
        cut = _power_fails_in_a_night(served)
        database.stop("immediate")  # its processes are cut off: the next start recovers from its journal
        database.start()
        served.start()
        assert served.ended(cut) == "CRASHED", served.last_log()
        second = _one_night(served)
        assert not (served.home.prefect / "prefect.db").exists(), "the server is not on PostgreSQL"
        assert doctor.examine(served.home).findings == ()
        served.stop()

        kept = str(database.folder / "kept.dump")
        database.run("pg_dump", "--format=custom", f"--file={kept}", "prefect")
        database.run("createdb", "restored")
        database.run("pg_restore", "--exit-on-error", "--dbname=restored", kept)
        database.run("dropdb", "prefect")
        _use(served.home, database.address("restored"))
        served.start()
        third = _one_night(served)
        nights = _runs(database, "restored")
    ends = {first: "COMPLETED", cut: "CRASHED", second: "COMPLETED", third: "COMPLETED"}
    assert {night: nights[night] for night in ends} == ends
    assert "correct-horse" not in served.last_log()


def test_server_and_worker_as_two_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the compose file: they share a secret, and the server has a home without a register."""
    credentials = tmp_path / "credentials"
    credentials.mkdir(mode=0o700)
    (credentials / "prefect-auth").write_text("undertow:shared")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    with (
        _served(tmp_path, "--server-only", name="server") as server,
        _served(tmp_path, "--server", HOST, name="worker", port=server.port) as worker,
    ):
        server.start()
        worker.start()
        for served in (server, worker):
            assert not (served.home.secrets / "prefect-auth").exists()
        _one_night(worker)
        verify(current_release(worker.home))
        assert list(server.home.releases.iterdir()) == []
        wait_for(lambda: _health(worker) == (200, "well\n"), 120, worker.last_log)
        server.stop()
        assert _health(worker) == (503, "the Prefect server does not answer\n")
