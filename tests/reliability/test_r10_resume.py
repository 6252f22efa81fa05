"""R10: a night is killed after each of its stages and run again. No edition is parsed twice, and no step that
had ended is done again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.night.steps import STAGES
from tests.reliability import nights
from tests.reliability.nights import Ended, Stand

EDITIONS_NEW_N = 3  # that the stand's night brings


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@dataclass(frozen=True)
class Work:
    """What a night did. parsed: keys of the editions it read. stages, steps: those that ran to their end; a
    step that is taken over is none of them.
    """

    parsed: tuple[str, ...]
    stages: tuple[str, ...]
    steps: tuple[str, ...]


def work(stand: Stand, home: Path, aside: Path, *, killed_after: str = "") -> tuple[Ended, Work]:
    """One night, killed once a stage is over ("" for a whole night), and the work it did until then."""
    stages_file = aside / "stages"
    stages_file.unlink(missing_ok=True)
    ended = nights.warm().run(
        "run",
        "--home",
        home,
        "--landing",
        stand.landing,
        aside=aside,
        watched=stages_file,
        killed_after_stage=killed_after,
    )
    events = [json.loads(line) for line in stages_file.read_text().splitlines()]
    return ended, Work(
        *(tuple(event[name] for event in events if name in event) for name in ("parsed", "stage", "step"))
    )


@dataclass
class Account:
    """A round for each stage. again_n: editions parsed twice. steps_again_n: finished steps done again."""

    stand: Stand
    folder: Path
    whole: Work
    again_n: int = 0
    steps_again_n: int = 0


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
        done_twice = set(rerun.steps) & set(killed.steps)
        assert not done_twice and set(killed.steps + rerun.steps) >= set(account.whole.steps)
        account.steps_again_n += len(done_twice)


@pytest.mark.nightly
@pytest.mark.reliability("R10")
def test_killed_after_each_stage(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    (tmp_path / "aside").mkdir()
    _, whole = work(stand, stand.home(tmp_path / "home").root, tmp_path / "aside")
    assert len(set(whole.parsed)) == EDITIONS_NEW_N and list(whole.stages) == [stage.name for stage in STAGES]
    account = Account(stand, tmp_path, whole)
    for stage in STAGES:
        killed_and_run_again(account, stage.name)
    figure(
        f"killed after {len(STAGES)} stages: {account.again_n} editions parsed twice, "
        f"{account.steps_again_n} of {len(whole.steps)} finished steps done again"
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
