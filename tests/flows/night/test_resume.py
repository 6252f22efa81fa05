"""What a killed run had finished is taken over if nothing that it read has changed, and byte for byte or not
at all.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home import disk
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.night import resume
from flows.night.night import Counts, Night, Stage, new_night
from flows.night.resume import RECORD, Done, Resumption, interrupted_run, key_of
from flows.night.runner import run_night, work_session
from flows.night.stages.land import land
from flows.night.steps import STAGES
from flows.release.store import current_release, releases
from tests import landings
from transforms.errors import UsageError

NAMES = ("resolve", "marts", "flags", "cases")


class Killed(BaseException):
    """As far as a test can go within one process: nothing cleans up after it."""


def writing(name: str, ran: list[str], *files: str) -> Stage:
    """A stage that writes its name into files of the night's tables."""

    def run(night: Night) -> Counts:
        ran.append(name)
        for file in files:
            path = night.table(file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name} wrote {file}")
        return {"files": len(files)}

    return Stage(name, run)


def killing(name: str, *files: str) -> Stage:
    """A stage that is killed once it has written its files."""

    def run(night: Night) -> Counts:
        writing(name, [], *files).run(night)
        raise Killed

    return Stage(name, run)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Nights of this home have one key."""
    monkeypatch.setattr(resume, "key_of", lambda _night: "one key")
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def night_of(home: Home) -> Night:
    night = new_night(home, home.landing)
    night.work.mkdir(parents=True)
    return night


def stages(ran: list[str], *killed: Stage) -> list[Stage]:
    """Four stages, of which the last writes over what the one before it wrote; `killed` stand for those of
    their names.
    """
    instead = {stage.name: stage for stage in killed}
    usual = [
        writing("resolve", ran, "resolution"),
        writing("marts", ran, "entity", "interest"),
        writing("flags", ran, "flag"),
        writing("cases", ran, "flag", "case"),
    ]
    return [instead.get(stage.name, stage) for stage in usual]


def killed_night(home: Home, *killed: Stage) -> Path:
    night = night_of(home)
    with pytest.raises(Killed):
        for stage in Resumption(None).stages(stages([], *killed)):
            stage.run(night)
    return night.work


def gone_on(home: Home) -> tuple[list[str], dict[str, str], dict[str, Counts]]:
    """What the next night ran, its tables, and what its stages told."""
    ran: list[str] = []
    killed, night = interrupted_run(home), night_of(home)
    counts = {stage.name: stage.run(night) for stage in Resumption(killed).stages(stages(ran))}
    assert killed is None or not killed.exists()
    return ran, {path.stem: path.read_text() for path in (night.work / "tables").iterdir()}, counts


def test_finished_stages_are_taken_over_and_the_others_run(home: Home) -> None:
    whole = gone_on(home)
    assert whole[0] == list(NAMES)
    home = Home(home.root.parent / "another")
    home.prepare()
    killed_night(home, killing("flags", "half"))
    ran, tables, counts = gone_on(home)
    assert ran == ["flags", "cases"]
    assert (tables, counts) == whole[1:]


@pytest.mark.parametrize(
    ("killed_in", "left"), [("cases", ["cases"]), ("marts", ["marts", "flags", "cases"])]
)
def test_a_night_that_goes_on_can_be_gone_on_with(home: Home, killed_in: str, left: list[str]) -> None:
    """Also where it was killed before a stage of its own had ended."""
    killed_night(home, killing("marts"))
    killed, night = interrupted_run(home), night_of(home)
    with pytest.raises(Killed):
        for stage in Resumption(killed).stages(stages([], killing(killed_in))):
            stage.run(night)
    assert gone_on(home)[0] == left


def test_killed_before_its_first_stage_ends_nothing_is_left(home: Home) -> None:
    killed_night(home, killing("resolve", "resolution"))
    assert interrupted_run(home) is None
    assert gone_on(home)[0] == list(NAMES)


def test_another_key_takes_nothing_over(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    killed_night(home, killing("cases"))
    monkeypatch.setattr(resume, "key_of", lambda _night: "another key")
    assert gone_on(home)[0] == list(NAMES)


def test_a_folder_taken_over_stays_open_to_who_may_read_it(home: Home) -> None:
    """Those of the pages are published as they are."""
    killed, work = home.work / "killed", home.work / "next"
    (killed / "report" / "cases").mkdir(parents=True)
    for folder, mode in ((killed / "report", 0o755), (killed / "report" / "cases", 0o750)):
        folder.chmod(mode)
        (folder / "page.html").write_text("a page")
    resume._move_files(
        killed, work, [Done("report", "one key", {}, {"report/page.html": "", "report/cases/page.html": ""})]
    )
    assert [(work / name).stat().st_mode & 0o777 for name in ("report", "report/cases")] == [0o755, 0o750]


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage", [Path.unlink, _emptied, lambda path: path.write_text("marts wrote Entity")]
)
def test_a_file_that_is_not_as_it_was_left_is_made_again_with_all_that_follows(
    home: Home, damage: Callable[[Path], None]
) -> None:
    damage(killed_night(home, killing("cases")) / "tables" / "entity.parquet")
    assert gone_on(home)[0] == ["marts", "flags", "cases"]


def test_a_stage_that_was_killed_while_it_wrote_over_another_s_file_takes_that_one_with_it(
    home: Home,
) -> None:
    killed_night(home, killing("cases", "flag"))
    assert gone_on(home)[0] == ["flags", "cases"]


def test_other_commands_take_the_folder_away(home: Home) -> None:
    work = killed_night(home, killing("cases"))
    with work_session(home, "purge", home.work / "a-purge") as session:
        assert session.interrupted is None and not work.exists()


def test_a_night_that_failed_leaves_nothing(home: Home) -> None:
    work = killed_night(home, killing("cases"))
    with (
        pytest.raises(ValueError, match="gate"),
        work_session(home, "run", home.work / "next", interrupted="resumed") as session,
    ):
        assert session.interrupted == work
        raise ValueError("gate")
    assert list(home.work.iterdir()) == []


def test_a_run_on_a_wrong_folder_leaves_what_an_interrupted_night_finished(
    home: Home, tmp_path: Path
) -> None:
    work = killed_night(home, killing("cases"))
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    with pytest.raises(UsageError, match="no register recognises"):
        run_night(new_night(home, wrong))
    assert list(home.work.iterdir()) == [work]
    assert gone_on(home)[0] == ["cases"]


def test_what_an_interrupted_night_holds_counts_as_room(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = new_night(home, landings.write(tmp_path / "landing"))
    monkeypatch.setattr(disk, "require", lambda _folder, needed: requests.append(needed))
    requests: list[int] = []
    land(night)
    work = killed_night(home, killing("cases"))
    files = [path for path in work.rglob("*") if path.is_file()]
    land(night)
    os.link(files[0], home.kept / "kept_for_later_nights")
    land(night)
    held = sum(path.stat().st_size for path in files)
    assert requests == [
        night.room_needed,
        night.room_needed - held,
        night.room_needed - held + files[0].stat().st_size,
    ]


def test_the_key_is_over_all_that_is_asked(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    night = new_night(home, home.landing, synthetic=True)
    others = [
        replace(night, as_of_asked=date(2025, 1, 1)),
        replace(night, known_at_asked=date(2026, 1, 1)),
        replace(night, areas=("Harrowmere",)),
        replace(night, synthetic=False),
        replace(night, engine="prefect"),
        replace(night, as_of=date(2026, 1, 1)),
    ]
    keys = [key_of(one) for one in (night, *others)]
    assert len(set(keys)) == len(keys)
    assert key_of(replace(night, run_id="another")) == keys[0]


@pytest.mark.nightly
def test_a_real_night_goes_on_and_publishes_what_an_undisturbed_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    landing = landings.write(tmp_path / "landing")
    whole, home = Home(tmp_path / "whole"), Home(tmp_path / "home")
    for made in (whole, home):
        made.prepare()
        (made.secrets / "id.key").write_bytes(b"one key for all homes, no secret")
    assert exit_code(["run", "--landing", str(landing), "--home", str(whole.root)]) == 0
    night = new_night(home, landing)
    night.work.mkdir()
    for stage in Resumption(None).stages(STAGES[:-1]):
        stage.run(night)
    assert (night.work / RECORD).exists()
    monkeypatch.setattr(
        "flows.night.stages.resolve.resolve", lambda *_given: pytest.fail("resolved a second time")
    )
    assert exit_code(["run", "--landing", str(landing), "--home", str(home.root)]) == 0
    assert [release.content_sha256 for release in releases(home)] == [
        release.content_sha256 for release in releases(whole)
    ]
    assert query(current_release(home), "select run_id from v_run").to_pylist() == [{"run_id": night.run_id}]
    assert list(home.work.iterdir()) == []
