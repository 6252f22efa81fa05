"""R9: two nights at once on one home. One goes on, the other says who holds the lock and ends."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home.settings import Home
from tests.conftest import Tier
from tests.flows.prefect_servers import wait_for
from tests.reliability import nights
from tests.reliability.nights import Stand

HELD_WITHIN_SECONDS = 60
POLL_S = 0.01


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


def started(stand: Stand, home: Home) -> subprocess.Popen[str]:
    arguments = [nights.undertow(), "run", "--home", str(home.root), "--landing", str(stand.landing)]
    return subprocess.Popen(
        arguments, env=nights.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def until_held(home: Home) -> None:
    """Wait for a holder's name in the lock. Fails where none comes."""
    wait_for(
        lambda: home.lock.exists() and home.lock.read_bytes(), HELD_WITHIN_SECONDS, lambda: "nobody holds it"
    )


@pytest.mark.nightly
@pytest.mark.reliability("R9")
def test_the_second_of_two_runs_ends_and_names_the_first(
    tmp_path: Path, stand: Stand, tier: Tier, figure: Callable[[str], None]
) -> None:
    pairs_n, refused_n = tier.pick(ci=1, nightly=5), 0
    for pair in range(pairs_n):
        home = stand.home(tmp_path / "home")
        home.lock.write_bytes(b"")
        first = started(stand, home)
        if pair % 2 == 0:
            until_held(home)  # every other pair starts at the same moment
        second = started(stand, home)
        runs = {run.pid: run for run in (first, second)}
        loser, winner = _which_ended_first(first, second)
        stderr = loser.communicate()[1]
        assert loser.returncode == 4, stderr
        assert winner.poll() is None
        named = re.search(
            r"held by pid (\d+) \(undertow run, since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00)\)", stderr
        )
        assert named is not None and runs[int(named[1])] is winner, stderr
        assert named[2] == json.loads(home.lock.read_text())["since"]
        assert stderr.count("\n") == 1
        refused_n += 1
        assert winner.communicate()[1] == "" and winner.returncode == 0
        nights.assert_as_undisturbed(stand, home, was="old")
        shutil.rmtree(home.root)
    figure(
        f"{pairs_n} pairs of runs: 1 of 2 proceeded each time; "
        f"{refused_n} runs ended naming the other's pid and start"
    )


def _which_ended_first(
    first: subprocess.Popen[str], second: subprocess.Popen[str]
) -> tuple[subprocess.Popen[str], subprocess.Popen[str]]:
    """(the one that ended, the other)."""
    while True:
        for run, other in ((first, second), (second, first)):
            if run.poll() is not None:
                return run, other
        time.sleep(POLL_S)
