"""R10: a night is killed after each of its stages and run again. What the lake holds is not parsed a second time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.stages import STAGES
from tests.reliability import nights
from tests.reliability.nights import Ended, Stand

RERUN_SHARE_MAX = 1.2  # of one run's processor time
EDITIONS_NEW_N = 3  # that the stand's night brings


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@dataclass(frozen=True)
class Work:
    """What a night did. parsed: keys of the editions it read. cpu_s: processor time of all stages."""

    parsed: tuple[str, ...]
    cpu_s: float


def work(stand: Stand, home: Path, aside: Path, *, killed_after: str = "") -> tuple[Ended, Work]:
    """One night, killed once a stage is over ("" for a whole night), and the work it did until then."""
    told = aside / "stages"
    told.unlink(missing_ok=True)
    ended = nights.warm().run("run", "--home", home, "--landing", stand.landing, aside=aside, watched=told, killed_after_stage=killed_after)
    events = [json.loads(line) for line in told.read_text().splitlines()]
    return ended, Work(tuple(event["parsed"] for event in events if "parsed" in event), sum(event["cpu_s"] for event in events if "cpu_s" in event))


@pytest.mark.nightly
@pytest.mark.reliability("R10")
def test_killed_after_each_stage(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    (tmp_path / "aside").mkdir()
    _, whole = work(stand, stand.home(tmp_path / "home").root, tmp_path / "aside")
    assert len(set(whole.parsed)) == EDITIONS_NEW_N
    names = [stage.name for stage in STAGES]
    shares: dict[str, float] = {}
    again_n = 0
    for name in names:
        home = stand.home(tmp_path / "home")
        ended, killed = work(stand, home.root, tmp_path / "aside", killed_after=name)
        assert ended.killed
        now = nights.in_force(stand, home)
        ended, rerun = work(stand, home.root, tmp_path / "aside")
        assert ended.exit_code == 0, ended.stderr
        nights.assert_as_undisturbed(stand, home, was=now)
        assert sorted(killed.parsed + rerun.parsed) == sorted(whole.parsed), f"after {name} an edition was parsed again, or never"
        assert rerun.cpu_s <= RERUN_SHARE_MAX * whole.cpu_s
        shares[name] = (killed.cpu_s + rerun.cpu_s) / whole.cpu_s
        again_n += len(set(killed.parsed) & set(rerun.parsed))
    figure(
        f"killed after {len(names)} stages: {again_n} editions parsed twice; both runs together {min(shares.values()):.1f} to {max(shares.values()):.1f} of one (stages after the lake run again)"
    )


@pytest.mark.nightly
@pytest.mark.reliability("R10")
def test_killed_between_two_editions(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    """Inside the lake stage: an edition that was admitted stays, the others are parsed by the rerun."""
    (tmp_path / "aside").mkdir()
    _, whole = work(stand, stand.home(tmp_path / "home").root, tmp_path / "aside")
    home = stand.home(tmp_path / "home")
    ended, killed = work(stand, home.root, tmp_path / "aside", killed_after="admit")
    assert ended.killed and len(killed.parsed) == 1
    ended, rerun = work(stand, home.root, tmp_path / "aside")
    assert ended.exit_code == 0, ended.stderr
    assert sorted(killed.parsed + rerun.parsed) == sorted(whole.parsed)
    nights.assert_as_undisturbed(stand, home, was="old")
    figure(f"killed after 1 of {EDITIONS_NEW_N} editions: the rerun parsed the other {len(rerun.parsed)}")
