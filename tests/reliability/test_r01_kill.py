"""R1, R23: a night is killed (−9) at random points, and nothing is torn, lost, doubled or left over."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flows.home.settings import Home
from flows.release import store
from tests.conftest import Tier
from tests.reliability import nights
from tests.reliability.nights import KEPT_ENDS, PUBLISH_BEGINS, Ended, Fault, Stand, Undisturbed
from transforms.errors import RunFailed

SEED = 20261125
INSTALLED_KILLS_N = 4
# Kinds of kills in turn: at a call after the build began, at any call, at any moment of processor time.
KINDS = ("call", "publish", "call", "time")


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


def point(kind: str, draw: random.Random, night: Undisturbed, *, fresh: bool) -> tuple[Fault, float | None]:
    """Fault and processor seconds of one random point. fresh: this home has the lake's stage still before
    it, which is half of the calls.
    """
    match kind:
        case "publish":
            return Fault("kill", draw.randint(1, night.publishing_n), after=PUBLISH_BEGINS), None
        case "call":
            return Fault("kill", draw.randint(1, night.calls_n if fresh else night.calls_n // 2)), None
        case _:
            return Fault("count"), draw.uniform(0.0, night.cpu_s if fresh else night.cpu_s / 2)


def nearest(stand: Stand, fault: Fault) -> tuple[Home, Fault]:
    """The same call of a whole night, in one that goes on with a stage shortly before it: where to begin,
    and the fault as it is counted from there.
    """
    nearest_home = stand.before, fault
    for ends, begins in KEPT_ENDS.items():
        if fault.at > (before_n := stand.undisturbed.calls_until[ends]):
            nearest_home = stand.on_the_way[begins], replace(fault, at=fault.at - before_n, stage=begins)
    return nearest_home


@pytest.mark.nightly
@pytest.mark.reliability("R1", "R23")
def test_killed_at_random_points(
    tmp_path: Path, stand: Stand, tier: Tier, figure: Callable[[str], None]
) -> None:
    kills_n = tier.pick(ci=10, nightly=200)
    night, draw = stand.undisturbed, random.Random(SEED)
    kinds, outcomes, homes, reruns_n, publishing_n, tries = (
        Counter[str](),
        Counter[str](),
        set[str](),
        0,
        0,
        0,
    )
    home, was, fresh = stand.home(tmp_path / "home"), "old", True
    while kinds.total() < kills_n:
        tries += 1
        assert tries < 2 * kills_n, "most nights ended before they could be killed"
        kind = KINDS[tries % len(KINDS)]
        # In the small tier only nights that are killed at a moment go on with what the kill before them left:
        # the others would take long to come to their call.
        fresh |= kind != "time" and not tier.is_nightly
        if kind == "publish" and fresh:
            home, was = stand.home(tmp_path / "home", gated=True), "old"
        fault, cpu_s = point(kind, draw, night, fresh=fresh)
        if kind == "call" and not tier.is_nightly:
            begins, fault = nearest(stand, fault)
            home, was = nights.copied(begins, tmp_path / "home"), "old"
        where = f"seed {SEED}, try {tries}: {kind} {fault} {cpu_s}"
        ended = nights.warm().run(
            "run",
            "--home",
            home.root,
            "--landing",
            stand.landing,
            aside=tmp_path / "aside",
            fault=fault,
            home=home.root,
            killed_at_cpu_s=cpu_s,
        )
        print(where, "->", "killed" if ended.killed else ended.exit_code, ended.hit.splitlines()[-1:])
        assert ended.killed or ended.exit_code == 0, f"{where}: {ended.stderr}"
        now = nights.in_force(stand, home)
        assert (was, now) != ("new", "old"), where
        kinds[kind] += ended.killed
        publishing_n += ended.killed and is_publishing(kind, ended)
        outcomes[now] += ended.killed
        if not ended.killed:  # it got through: not a kill
            home, was, fresh = stand.home(tmp_path / "home"), "old", True
            continue
        digest = nights.digest(home)
        # Every kind of home that a kill leaves is run again, in the small tier those that hold the new
        # release and the last one; the nights between are reruns themselves, and killed.
        is_due = (digest not in homes and (tier.is_nightly or now == "new")) or kinds.total() == kills_n
        homes.add(digest)
        if is_due:
            nights.rerun_is_clean(stand, home, tmp_path / "aside", was=now)
            reruns_n += 1
        if is_due or now == "new":
            home, was, fresh = stand.home(tmp_path / "home"), "old", True
        else:
            was, fresh = now, False
    assert publishing_n >= kills_n / 5
    assert outcomes["old"] and outcomes["new"]
    figure(
        f"{kills_n} kills ({publishing_n} in build to release; {kinds['time']} at random moments): 0 "
        f"torn, {outcomes['old']} old, {outcomes['new']} new; {len(homes)} kinds of homes left; "
        f"{reruns_n} reruns, 0 rows lost or doubled, 0 leftovers"
    )


def is_publishing(kind: str, ended: Ended) -> bool:
    """By the call it was killed at; of a kill at a moment, by the calls it had done."""
    return (
        kind == "publish"
        or any(
            call.split()[1] == "mkdir" and call.endswith(PUBLISH_BEGINS) for call in ended.hit.splitlines()
        )
        or "/release/" in ended.hit
    )


@pytest.mark.nightly
@pytest.mark.reliability("R1")
def test_the_installed_command_is_killed(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    """The same through the command itself, in a process of its own: nothing is warmed or forked."""
    kills_n, draw = INSTALLED_KILLS_N, random.Random(SEED + 1)
    publishing = stand.undisturbed.publishing_n
    outcomes = Counter[str]()
    for _ in range(kills_n):
        home, at = stand.home(tmp_path / "home", gated=True), draw.randint(1, publishing)
        fault = Fault("kill", at, after=PUBLISH_BEGINS)
        ended = nights.command(
            "run",
            "--home",
            home.root,
            "--landing",
            stand.landing,
            fault=fault,
            home=home.root,
            aside=tmp_path / "aside",
        )
        assert ended.killed, f"seed {SEED + 1}: {fault}: {ended.stderr}"
        now = nights.in_force(stand, home)
        nights.rerun_is_clean(stand, home, tmp_path / "aside", was=now)
        outcomes[now] += 1
    assert outcomes.total() == kills_n
    figure(
        f"{kills_n} kills of the installed command while it published: {outcomes['old']} old, "
        f"{outcomes['new']} new, 0 torn"
    )


# --- the checks themselves --------------------------------------------------------------------------------


def flipped(home: Home) -> None:
    database = store.current_release(home) / "undertow.duckdb"
    database.chmod(0o640)
    with database.open("r+b") as file:
        file.seek(20_000)
        byte = file.read(1)[0]
        file.seek(20_000)
        file.write(bytes([byte ^ 0xFF]))


def lost_page(home: Home) -> None:
    (home.reports / store.current_release(home).name / "night.html").unlink()


def left(path: str) -> Callable[[Home], None]:
    return lambda home: (home.root / path).write_bytes(b"") and None


def lost_partition(home: Home) -> None:
    next(home.lake.rglob("*.parquet")).unlink()


def grown(home: Home) -> None:
    with next(home.reports.rglob("night.html")).open("ab") as file:
        file.truncate(4 << 20)


@pytest.mark.nightly
@pytest.mark.parametrize(
    "damage",
    [
        flipped,
        lost_page,
        left("work/spill"),
        left(".current.part"),
        left("releases/.x"),
        lost_partition,
        grown,
    ],
)
def test_what_a_kill_must_not_leave_is_seen(
    tmp_path: Path, stand: Stand, damage: Callable[[Home], None]
) -> None:
    """A home that is as it should be passes, and does not with one thing wrong."""
    home = Home(tmp_path / "home")
    shutil.copytree(stand.after.root, home.root, symlinks=True)
    assert nights.in_force(stand, home) == "new"
    nights.assert_as_undisturbed(stand, home, was="old")
    damage(home)
    with pytest.raises((AssertionError, RunFailed)):
        nights.in_force(stand, home)
        nights.assert_as_undisturbed(stand, home, was="old")
