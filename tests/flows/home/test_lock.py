"""One writer a home: refusal names the holder; a killed holder is taken over. With real processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.home.lock import held
from flows.home.processes import command_folder
from flows.home.settings import Home
from flows.release.recovery import clean_leftovers
from tests.conftest import Tier
from transforms.errors import LockHeld, RunFailed

ROOT = Path(__file__).parents[3]
HOLD = """
import sys, time
from pathlib import Path
from flows.home.lock import held
from flows.home.processes import command_folder
from flows.home.settings import Home
from flows.release.recovery import clean_leftovers
with held(Home(Path(sys.argv[1])), "run"):
    print("held", flush=True)
    {then}
"""
WAIT = "time.sleep(60)"
SPAWN_AND_WAIT = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"


@contextmanager
def holder(home: Home, then: str = WAIT) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of `home` until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(then=then), str(home.root)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_second_is_refused_and_told_who_holds_it(home: Home) -> None:
    with holder(home) as process:
        written = json.loads(home.lock.read_text())
        with pytest.raises(LockHeld) as caught, held(home, "rollback"):
            raise AssertionError("two held the lock")
        message = str(caught.value)
        assert f"pid {process.pid}" in message
        assert f"undertow run, since {written['since']}" in message
        assert "wait for it to end" in message
        assert caught.value.exit_code == 4


@pytest.mark.reliability("R9")
def test_killed_holder_is_taken_over(home: Home, tier: Tier, figure: Callable[[str], None]) -> None:
    """kill −9, then the lock is free at once; the dead holder's name in the file decides nothing."""
    taken_n, times = 0, tier.pick(ci=3, nightly=20)
    for _ in range(times):
        with holder(home) as process:
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert json.loads(home.lock.read_text())["pid"] == process.pid
            with held(home, "run"):
                assert json.loads(home.lock.read_text())["pid"] == os.getpid()
                taken_n += 1
    figure(f"a killed holder's lock taken over {taken_n}/{times}")


def test_a_child_of_a_killed_holder_does_not_keep_the_lock(home: Home) -> None:
    with holder(home, SPAWN_AND_WAIT) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
        process.wait()
        try:
            os.kill(child, 0)
            with held(home, "run"):
                pass
        finally:
            os.kill(child, signal.SIGKILL)


def test_same_process_cannot_hold_it_twice_and_can_hold_it_again(home: Home) -> None:
    with held(home, "run"), pytest.raises(LockHeld, match=f"pid {os.getpid()}"), held(home, "purge"):
        raise AssertionError("two held the lock")
    with held(home, "purge"):
        assert json.loads(home.lock.read_text())["command"] == "purge"
    assert home.lock.read_bytes() == b""


def test_error_inside_frees_it(home: Home) -> None:
    with pytest.raises(ValueError, match="inside"), held(home, "run"):
        raise ValueError("inside")
    assert home.lock.read_bytes() == b""  # a name that stays is that of a run that was killed
    with held(home, "run"):
        assert home.lock.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": 1}', b"[]", b"\xff\xfe"])
def test_what_stands_in_the_file_decides_nothing(home: Home, content: bytes) -> None:
    home.root.mkdir()
    home.lock.write_bytes(content)
    with held(home, "run"):
        assert json.loads(home.lock.read_text())["pid"] == os.getpid()


def test_holder_without_a_name_is_still_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.home.lock.NAME_WAIT_SECONDS", 0.05)
    with holder(home):
        home.lock.write_bytes(b"")
        with pytest.raises(LockHeld, match="not written its name"), held(home, "run"):
            raise AssertionError("two held the lock")


def test_a_lock_file_that_is_taken_away_frees_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.home.lock.NAME_WAIT_SECONDS", 0.05)
    with holder(home) as process:
        for _ in range(2):
            home.lock.unlink()
            with pytest.raises(LockHeld, match="fuser"), held(home, "run"):
                raise AssertionError("two held the lock")
        process.kill()
        process.wait()
        with held(home, "run"):
            pass


def test_two_homes_have_two_locks(tmp_path: Path) -> None:
    with held(Home(tmp_path / "a"), "run"), held(Home(tmp_path / "b"), "run"):
        assert (tmp_path / "a" / "lock").exists()


def test_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(RunFailed, match="free disk space, or give --home a folder"),
        held(Home(tmp_path / "file" / "home"), "run"),
    ):
        raise AssertionError("held a lock in a file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_a_user_without_rights_is_told_so(home: Home) -> None:
    home.prepare()
    home.lock.touch(0o640)
    os.seteuid(65534)
    try:
        with pytest.raises(RunFailed, match=r"lock: .*\(uid 65534\) may not write it") as caught:
            held(home, "rollback").__enter__()
    finally:
        os.seteuid(0)
    assert "disk space" not in str(caught.value)


def test_a_night_leaves_the_folder_of_a_command_that_still_runs(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    left = home.work / "command-x-4194305"  # above the largest id of a process
    left.mkdir()
    with command_folder(home) as name:
        clean_leftovers(home)
        assert Path(name).is_dir() and not left.exists()
    assert not Path(name).exists()
