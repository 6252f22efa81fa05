"""R10: a night is killed after each of its stages and run again. No edition is parsed twice, and no stage that had ended is done again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest

from flows.night.steps import STAGES
from tests.reliability import nights
from tests.reliability.nights import Ended, Stand

TOTAL_SHARE_MAX = 1.2  # both runs, of one run's processor time
ALWAYS = ("landing", "lake")  # these tell what the inputs are; of the lake, only what is not there is parsed
MEASURED_N = 3  # times that a whole night is measured, and a pair of nights at most
EDITIONS_NEW_N = 3  # that the stand's night brings


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@dataclass(frozen=True)
class Work:
    """What a night did. parsed: keys of the editions it read. stages: those that ran to their end. cpu_s: processor time of all of it, reading what was left included."""

    parsed: tuple[str, ...]
    stages: tuple[str, ...]
    cpu_s: float


def work(stand: Stand, home: Path, aside: Path, *, killed_after: str = "") -> tuple[Ended, Work]:
    """One night, killed once a stage is over ("" for a whole night), and the work it did until then."""
    told = aside / "stages"
    told.unlink(missing_ok=True)
    ended = nights.warm().run(
        "run",
        "--home",
        home,
        "--landing",
        stand.landing,
        aside=aside,
        watched=told,
        killed_after_stage=killed_after,
    )
    events = [json.loads(line) for line in told.read_text().splitlines()]
    parsed, stages = (tuple(event[name] for event in events if name in event) for name in ("parsed", "stage"))
    return ended, Work(parsed, stages, ended.cpu_s)


@dataclass
class Account:
    """One round for each stage. cpu_s: of both runs together, by the stage that the first was killed after."""

    stand: Stand
    folder: Path
    whole: Work
    again_n: int = 0
    cpu_s: dict[str, list[float]] = field(default_factory=dict)

    def share(self, name: str) -> float:
        """Of one run. A processor that others share is slower at times, so the middle of what was measured."""
        return median(self.cpu_s[name]) / self.whole.cpu_s


def killed_and_run_again(account: Account, name: str) -> None:
    """Nothing that had ended is done twice, and the home is as if nothing had been."""
    stand, aside, names = account.stand, account.folder / "aside", [stage.name for stage in STAGES]
    home, finished = stand.home(account.folder / "home"), names[: names.index(name) + 1]
    ended, killed = work(stand, home.root, aside, killed_after=name)
    assert ended.killed and list(killed.stages) == finished
    now = nights.in_force(stand, home)
    ended, rerun = work(stand, home.root, aside)
    assert ended.exit_code == 0, ended.stderr
    nights.assert_as_undisturbed(stand, home, was=now)
    assert sorted(killed.parsed + rerun.parsed) == sorted(account.whole.parsed), (
        f"after {name} an edition was parsed again, or never"
    )
    account.again_n += len(set(killed.parsed) & set(rerun.parsed))
    if name != names[-1]:  # else the next night is another one
        assert [stage for stage in rerun.stages if stage not in ALWAYS] == [
            stage for stage in names if stage not in (*ALWAYS, *finished)
        ]
        account.cpu_s.setdefault(name, []).append(killed.cpu_s + rerun.cpu_s)


@pytest.mark.nightly
@pytest.mark.reliability("R10")
def test_killed_after_each_stage(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    (tmp_path / "aside").mkdir()
    measured = [
        work(stand, stand.home(tmp_path / "home").root, tmp_path / "aside")[1] for _ in range(MEASURED_N)
    ]
    whole = sorted(measured, key=lambda one: one.cpu_s)[MEASURED_N // 2]
    assert len(set(whole.parsed)) == EDITIONS_NEW_N and list(whole.stages) == [stage.name for stage in STAGES]
    account = Account(stand, tmp_path, whole)
    for stage in STAGES:
        killed_and_run_again(account, stage.name)
    for name in account.cpu_s:
        while account.share(name) > TOTAL_SHARE_MAX and len(account.cpu_s[name]) < MEASURED_N:
            killed_and_run_again(account, name)
    shares = {name: account.share(name) for name in account.cpu_s}
    assert max(shares.values()) <= TOTAL_SHARE_MAX, shares
    figure(
        f"killed after {len(STAGES)} stages: {account.again_n} editions parsed twice, 0 finished stages done again; "
        f"both runs together {min(shares.values()):.2f} to {max(shares.values()):.2f} of one"
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
