"""R26: Prefect's server down, killed, locked or emptied: the night publishes what a plain one publishes,
or fails before it touches anything.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.release.store import releases
from tests import landings
from tests.flows.prefect_servers import HOST, api, environment, free_port, wait_for

pytestmark = pytest.mark.reliability("R26")
RUN = (
    "import sys; from flows.cli.app import main; main(['run', '--landing', sys.argv[1], '--home', "
    "sys.argv[2]])"
)
KEY = b"one key for all homes, no secret"
HEALTHY_SECONDS_MAX = 240
NIGHT_SECONDS_MAX = 400
TOLD_SECONDS_MAX = 60


class Tier(Protocol):
    def pick(self, *, ci: int, nightly: int) -> int: ...


@dataclass
class Server:
    """A server on its own folder, that can be killed and started again on the same port."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/api"

    @property
    def database(self) -> Path:
        return self.home / "prefect.db"

    def start(self) -> None:
        settings = {
            "PREFECT_HOME": str(self.home),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        command = [
            sys.executable,
            "-m",
            "prefect",
            "server",
            "start",
            "--host",
            HOST,
            "--port",
            str(self.port),
            "--no-ui",
        ]
        with self.home.with_suffix(".log").open("ab") as output:
            self.process = subprocess.Popen(
                command,
                env=environment(**settings),
                cwd=self.home,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for(
            lambda: api(self.port, "/health"), HEALTHY_SECONDS_MAX, self.home.with_suffix(".log").read_text
        )

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("prefect"), free_port())
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return landings.write(tmp_path_factory.mktemp("landing"))


def _home(folder: Path) -> Home:
    home = Home(folder)
    home.prepare()
    (home.secrets / "id.key").write_bytes(KEY)
    return home


def _begin(landing: Path, home: Home, **settings: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, str(landing), str(home.root)]
    return subprocess.Popen(
        command,
        env=environment(**settings),
        cwd=home.root.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _end(ran: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = ran.communicate(timeout=NIGHT_SECONDS_MAX)
    return ran.returncode, out + err


@pytest.fixture(scope="module")
def plain(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Content of a night with no server anywhere, and no Prefect setting."""
    home = _home(tmp_path_factory.mktemp("plain") / "home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PREFECT_")]:
            patch.delenv(name)
        assert exit_code(["run", "--landing", str(landing), "--home", str(home.root)]) == 0
    assert "prefect" not in {path.name for path in home.prefect.iterdir()}
    return releases(home)[-1].content_sha256


def _same_or_nothing(home: Home, code: int, output: str, plain: str) -> str:
    """`published` with the plain content, or `untouched`."""
    assert "Traceback" not in output, output
    if code == 0:
        assert [release.content_sha256 for release in releases(home)] == [plain]
        return "published"
    assert code == 4 and "PREFECT_API_URL" in output, output
    assert (
        releases(home) == ()
        and not home.current.exists()
        and list(home.lake.rglob("*.parquet")) == []
        and list(home.work.iterdir()) == []
    )
    return "untouched"


@pytest.mark.nightly
def test_down_before_a_run(landing: Path, plain: str, tmp_path: Path, figure: Callable[[str], None]) -> None:
    home = _home(tmp_path / "home")
    code, output = _end(_begin(landing, home, PREFECT_API_URL=f"http://{HOST}:{free_port()}/api"))
    assert _same_or_nothing(home, code, output, plain) == "untouched"
    figure("server down: exit 4 before anything is touched; without PREFECT_API_URL the run publishes")


@pytest.mark.nightly
def test_the_database_is_locked(
    server: Server, landing: Path, plain: str, *, tmp_path: Path, tier: Tier, figure: Callable[[str], None]
) -> None:
    """An exclusive transaction of another process: no reader and no writer gets in, from before the run's
    first call on.
    """
    seconds, home = tier.pick(ci=5, nightly=60), _home(tmp_path / "home")
    lock = sqlite3.connect(server.database, isolation_level=None, timeout=30)
    lock.execute("begin exclusive")
    locked_at = time.monotonic()
    ran = _begin(landing, home, PREFECT_API_URL=server.url)
    time.sleep(seconds)
    lock.execute("rollback")
    held = time.monotonic() - locked_at
    lock.close()
    code, output = _end(ran)
    figure(
        f"prefect.db locked for {held:.0f} s from the start of a run: "
        f"{_same_or_nothing(home, code, output, plain)}, 0 data differences"
    )


@pytest.mark.nightly
def test_killed_during_a_run_and_its_database_deleted(
    server: Server, landing: Path, plain: str, *, tmp_path: Path, tier: Tier, figure: Callable[[str], None]
) -> None:
    """Each round: the server dies in the middle of a night, loses its database, and comes back empty for
    the next one.
    """
    outcomes: list[str] = []
    for number in range(tier.pick(ci=1, nightly=3)):
        home = _home(tmp_path / f"home-{number}")
        ran = _begin(landing, home, PREFECT_API_URL=server.url)
        wait_for(
            lambda home=home: any(home.work.iterdir()), NIGHT_SECONDS_MAX, lambda: "the night does not start"
        )  # type: ignore[misc]
        time.sleep(number)
        server.kill()
        code, output = _end(ran)
        outcomes.append(_same_or_nothing(home, code, output, plain))
        assert outcomes[-1] == "published", output
        for file in server.home.glob("prefect.db*"):
            file.unlink()
        server.start()
    after = _home(tmp_path / "after")
    code, output = _end(_begin(landing, after, PREFECT_API_URL=server.url))
    assert (code, _same_or_nothing(after, code, output, plain)) == (0, "published"), output
    (run,) = wait_for(
        lambda: [
            run for run in api(server.port, "/flow_runs/filter", {}) if run["state_type"] == "COMPLETED"
        ],
        TOLD_SECONDS_MAX,
        lambda: output,
    )  # type: ignore[misc, attr-defined]
    assert run["name"]
    figure(
        f"server killed in the middle of {len(outcomes)} runs: {outcomes.count('published')} published; "
        f"prefect.db deleted: the next run publishes; 0 data differences"
    )
