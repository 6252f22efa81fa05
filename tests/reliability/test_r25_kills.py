"""R25: after kill -9 of a night, the worker, the server or `serve` itself no run stays Running, nothing is
orphaned, and the next night starts on time.

One `serve` for the whole file, so that a server is started once. Its bounds are made short by settings, and a
"night" is one scheduled run after the other: each kill's next night is the next kill's victim.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.home.settings import Home
from flows.journal import diary as nights
from flows.operations import doctor
from flows.release.manifests import verify
from flows.release.store import current_release, releases
from tests import landings
from tests.flows.prefect_servers import environment, free_port, wait_for
from tests.flows.served import ENDED_SECONDS_MAX, FINAL, GONE_SECONDS, Served, of_home

# The nightly tier alone: servers are started and killed for a quarter of an hour.
# `tests/flows/operations/test_serving.py` has a served night at every commit.
pytestmark = [pytest.mark.nightly, pytest.mark.reliability("R25")]
SEED = 20260601
KILLS_N = 20  # of each victim
SERVE_KILLS_N = 4  # of `serve` itself, which takes server and worker with it


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    service = Served(Home(folder / "home"), free_port(), folder / "serve.log")
    landings.write(service.home.landing)
    service.start()
    yield service
    service.stop()
    assert of_home(service.home) == [], "a process outlives `serve`"


@pytest.mark.parametrize("victim", ["flow", "worker", "server"])
def test_kills(served: Served, victim: str, figure: Callable[[str], None]) -> None:
    kills, source = KILLS_N, random.Random(f"{SEED}-{victim}")
    ends: list[str] = []
    served.late_max.clear()
    served.ended_max.clear()
    night = served.night()
    for _ in range(kills):
        working = served.at_work(night)
        time.sleep(source.uniform(0, 2))
        killed = working if victim == "flow" else served.child(victim)
        os.kill(killed.pid, signal.SIGKILL)
        at = time.monotonic()
        ends.append(served.ended(night))
        served.ended_max.append(time.monotonic() - at)
        if victim != "flow":
            assert served.child(victim) != killed
        night = served.night()
        served.starts(night)
    assert served.ended(night) == "COMPLETED", served.last_log()
    assert [run for run in served.api.runs("RUNNING", "CANCELLING") if run.id != night] == []
    if victim == "worker":
        assert set(ends) == {"COMPLETED"}, "a night goes on without its worker"
    verify(current_release(served.home))
    assert doctor.examine(served.home).findings == ()
    counted = ", ".join(f"{ends.count(end)} {end}" for end in sorted(set(ends)))
    figure(
        f"{kills} kills of the {victim}: 0 runs Running after at most {max(served.ended_max):.0f} s "
        f"(bound set to {GONE_SECONDS} s gone; {counted}), "
        f"next night started {len(served.late_max)}/{kills}, at most {max(served.late_max):.1f} s late"
    )


def test_kills_of_serve_itself_and_a_missed_night(served: Served, figure: Callable[[str], None]) -> None:
    kills, before, gone_seconds = SERVE_KILLS_N, len(releases(served.home)), []
    for number in range(kills):
        night = served.night()
        working = served.at_work(night)
        server, worker = served.child("server"), served.child("worker")
        assert served.process is not None
        served.process.kill()
        served.process.wait()
        at = time.monotonic()
        wait_for(
            lambda server=server, worker=worker: not server.alive and not worker.alive, 10, served.last_log
        )  # type: ignore[misc]
        gone_seconds.append(time.monotonic() - at)
        assert {process.pid for process in of_home(served.home)} <= {working.pid, *_below(working.pid)}
        # The server was away at 02:30, and for good measure the whole morning.
        missed = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3, minutes=number)
        nights.write_schedule(served.home, [*nights.read_schedule(served.home), missed])
        served.start()
        assert served.ended(night) in FINAL
        assert _times_told(served, missed) == 1
    tonight = served.night()
    served.starts(tonight)
    assert served.ended(tonight) == "COMPLETED", served.last_log()
    missed_events = [event for event in nights.read(served.home) if event.kind == "missed"]
    assert len(missed_events) == len({event.at for event in missed_events}) == kills
    assert len(releases(served.home)) >= min(before + 1, 7)
    assert doctor.examine(served.home).findings == ()
    figure(
        f"{kills} kills of serve: 0 servers or workers left after at most {max(gone_seconds):.1f} s, "
        f"{kills} missed nights told once each, next night started"
    )


def _below(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in children.read_text().split()] if children.exists() else []


def _times_told(served: Served, moment: datetime) -> int:
    return served.log.read_text(errors="replace").count(
        f"MISSED: the night of {moment:%Y-%m-%d %H:%M:%S} UTC"
    )


RUN = (
    "import sys; from flows.cli.app import main; main(['run', '--landing', sys.argv[1], '--home', "
    "sys.argv[2]])"
)


def test_a_killed_undertow_run_on_the_served_api_does_not_stay_running(
    served: Served, figure: Callable[[str], None]
) -> None:
    """No worker watches this one: its process stands in its tags. It takes the secret of the home from its
    file.
    """
    url = f"http://127.0.0.1:{served.port}/api"
    command = [sys.executable, "-c", RUN, str(served.home.landing), str(served.home.root)]
    ran = subprocess.Popen(
        command,
        env=environment(PREFECT_API_URL=url),
        cwd=served.home.root.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def mine() -> object:
        return next(
            (run for run in served.api.runs("RUNNING") if f"process:{ran.pid}:" in " ".join(run.tags)), None
        )

    run = served.until(mine, ENDED_SECONDS_MAX)
    ran.kill()
    ran.wait()
    at = time.monotonic()
    assert served.ended(run.id) == "CRASHED"  # type: ignore[attr-defined]  # a sweeper.Run
    figure(f"1 kill of `undertow run` on the served API: Crashed after {time.monotonic() - at:.0f} s")
