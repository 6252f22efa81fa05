"""R22: the disk is full, before a night or in the midst of one."""

import errno
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from flows.home import disk
from flows.home.settings import Home
from tests.reliability import nights
from tests.reliability.nights import Ended, Fault, Stand

MIB = 1 << 20
ROOMY = 400 * MIB
POLL_S = 0.001
LAST_PART_BYTES = 64 << 10
PLACES_N = 20


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system in memory. Skips the test where it may not be mounted."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here, which takes root: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def can_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


needs_mount = pytest.mark.skipif(not can_mount(), reason="a tmpfs can be mounted by root on Linux only")


def told_room(ended: Ended) -> tuple[int, int]:
    """Bytes free and bytes needed, as the one line of an error names them. The log may add that the diary
    could not be written either.
    """
    assert ended.exit_code == 4, ended.stderr
    assert sum(line.startswith("undertow:") for line in ended.stderr.splitlines()) == 1, ended.stderr
    match = re.search(r"([\d,]+) bytes free.* needs about ([\d,]+)", ended.stderr)
    assert match is not None, ended.stderr
    free, needed = (int(number.replace(",", "")) for number in match.groups())
    return free, needed


# --- in the midst -----------------------------------------------------------------------------------------


class Neighbour(Thread):
    """Somebody else on the same disk: once the night has begun to parse, they fill it up to `left` bytes.
    Notes the least that was free.
    """

    def __init__(self, home: Home, left: int | None) -> None:
        super().__init__(daemon=True)
        self._home, self._left, self._over = home, left, Event()
        self.file = home.root.parent / "neighbour"
        self.free_at_first, self.least_free = 0, sys.maxsize

    def run(self) -> None:
        while not self._over.is_set():
            free = disk.free_bytes(self._home.root.parent)
            if not self.free_at_first and any(self._home.work.glob("*/lake")):
                self.free_at_first = free
                if self._left is not None:
                    self._comes(self._left)
            self.least_free = min(self.least_free, free)
            time.sleep(POLL_S)

    def _comes(self, left: int) -> None:
        """Half of what is too much at a time: an allocation that the night overtakes takes all there is
        for a moment, and then gives it back.
        """
        size = 0
        with self.file.open("wb") as file:
            while (more := disk.free_bytes(self._home.root.parent) - left) > 0:
                part = more if more <= LAST_PART_BYTES else more // 2
                try:
                    os.posix_fallocate(file.fileno(), size, part)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                else:
                    size += part

    def leaves(self) -> None:
        self._over.set()
        self.join()
        self.file.unlink(missing_ok=True)


@pytest.mark.nightly
@pytest.mark.reliability("R22")
@needs_mount
def test_the_disk_fills_up_during_a_night(
    tmp_path: Path, stand: Stand, figure: Callable[[str], None]
) -> None:
    """At many places, from the first table to the release: the night stops, says how much is free and
    needed, and the next one goes well.
    """
    stages, stopped, reruns_n = set[str](), [], 0
    with small_disk(tmp_path / "disk", ROOMY) as folder:
        _, used = night_on(stand, folder, tmp_path, None)
        places = [used * place // PLACES_N for place in range(PLACES_N)]
        for left in places:
            ended, _ = night_on(stand, folder, tmp_path, left)
            free, needed = told_room(ended)
            stopped.append(needed)
            assert free < used < needed, ended.stderr
            home = Home(folder / "home")
            now = nights.in_force(stand, home)
            assert now == "old"
            stages.add(re.sub(r"\d+", "", ended.stderr.split(":")[1]))
            nights.rerun_is_clean(stand, home, tmp_path / "aside", was=now)
            reruns_n += 1
    assert len(stages) >= 3, stages
    figure(
        f"tmpfs full at {len(places)} places: {len(stopped)} stopped with bytes free and needed, "
        f"`current` untouched, {reruns_n} reruns good"
    )


def night_on(stand: Stand, folder: Path, aside: Path, left: int | None) -> tuple[Ended, int]:
    """A night on a fresh home there, with a neighbour; and the most bytes that it took after it had begun
    to parse.
    """
    home = stand.home(folder / "home")
    neighbour = Neighbour(home, left)
    neighbour.start()
    try:
        ended = nights.warm().run(
            "run", "--home", home.root, "--landing", stand.landing, aside=aside / "aside"
        )
    finally:
        neighbour.leaves()
    return ended, neighbour.free_at_first - neighbour.least_free


@pytest.mark.nightly
@pytest.mark.reliability("R22")
def test_writes_fail_once_a_budget_is_spent(
    tmp_path: Path, stand: Stand, figure: Callable[[str], None]
) -> None:
    """The same without a mount: every write beyond so many bytes fails, as on a full disk."""
    budgets, stopped = [64 << 10, 1 * MIB, 9 * MIB], []
    for budget in budgets:
        home = stand.home(tmp_path / "home")
        ended = nights.warm().run(
            "run",
            "--home",
            home.root,
            "--landing",
            stand.landing,
            aside=tmp_path / "aside",
            fault=Fault("budget", budget),
            home=home.root,
        )
        stopped.append(told_room(ended))
        now = nights.in_force(stand, home)
        assert now == "old"
        nights.rerun_is_clean(stand, home, tmp_path / "aside", was=now)
    figure(f"{len(budgets)} byte budgets spent: {len(stopped)} stopped, `current` untouched, reruns good")


# --- before it begins -------------------------------------------------------------------------------------


@pytest.mark.nightly
@pytest.mark.reliability("R22")
@needs_mount
@pytest.mark.parametrize(
    "first", [pytest.param(False, id="a home in use"), pytest.param(True, id="an empty home")]
)
def test_a_night_that_has_too_little_room_is_refused_and_one_with_enough_is_not(
    tmp_path: Path, stand: Stand, first: bool, figure: Callable[[str], None]
) -> None:
    """Refused before anything is written; with the bytes that it asks for it goes through, and takes no
    more than those.
    """
    with small_disk(tmp_path / "disk", ROOMY) as folder:
        home = nights.keyed(Home(folder / "home")) if first else stand.home(folder / "home")
        before = nights.digest(home) if not first else ""
        filled(folder, left=8 * MIB)
        refused = nights.warm().run(
            "run", "--home", home.root, "--landing", stand.landing, aside=tmp_path / "aside"
        )
        free, needed = told_room(refused)
        assert abs(free - 8 * MIB) < MIB and "Nothing was changed" in refused.stderr
        assert (not home.current.exists()) if first else (nights.digest(home) == before)
        filled(folder, left=needed + MIB)
        neighbour = Neighbour(home, None)
        neighbour.start()
        ended = nights.warm().run(
            "run", "--home", home.root, "--landing", stand.landing, aside=tmp_path / "aside"
        )
        neighbour.leaves()
        assert ended.exit_code == 0, ended.stderr
        taken = needed + MIB - neighbour.least_free
    assert 0 < taken <= needed
    figure(
        f"preflight: refused with {free:,} bytes free, went through with {needed:,}, of which it took "
        f"{taken:,}"
    )


def filled(folder: Path, *, left: int) -> None:
    """Fill the disk up to `left` bytes."""
    filler = folder / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, disk.free_bytes(folder) - left)
