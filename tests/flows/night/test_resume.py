"""What a killed run had finished is taken over if nothing that it read has changed; nothing else is left."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.fetching import manifest
from flows.fetching.manifest import Fetched
from flows.home import disk
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.night.memory import AS_BEFORE, Memory
from flows.night.night import BUILT, DOCS, PAGES, Counts, Night, Stage, new_night
from flows.night.runner import run_night, work_session
from flows.night.stages.build import stated
from flows.night.stages.land import land
from flows.night.stages.report import parameters
from flows.night.steps import STAGES
from flows.release.store import current_release, releases
from tests import landings
from tests.few_indicators import assess
from transforms.errors import UsageError

EARLIER = date(2020, 1, 1)


class Killed(BaseException):
    """As far as a test can go within one process: nothing cleans up after it."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def stages(ran: list[str], *, killed: bool = False) -> list[Stage]:
    """A stage that builds a release, one that draws its pages, and one that may be killed."""

    def build(night: Night) -> Counts:
        def work() -> Counts:
            ran.append("build")
            night.built_folder.mkdir()
            (night.built_folder / "undertow.duckdb").write_text("built")
            return {"bytes": 5}

        return night.memory.step("build", [], [BUILT], work)

    def draw(night: Night) -> Counts:
        def work() -> Counts:
            ran.append("report")
            for folder, mode in ((night.output(DOCS), 0o755), (night.report_folder / "cases", 0o750)):
                folder.mkdir(parents=True)
                folder.chmod(mode)
                (folder / "page.html").write_text("a page")
            return {"case_pages": 1}

        return night.memory.step("report", [BUILT], [DOCS, PAGES], work)

    def last(night: Night) -> Counts:
        ran.append("last")
        if killed:
            raise Killed
        files = [path for name in (BUILT, PAGES) for path in night.output(name).rglob("*")]
        return {str(path.relative_to(night.work)): path.stat().st_mode & 0o777 for path in sorted(files)}

    return [Stage("build", build), Stage("report", draw), Stage("last", last)]


def run(home: Home, *, killed: bool = False, as_of: date | None = None) -> tuple[list[str], Counts]:
    """What a night ran, and the files with their modes that its last stage saw."""
    ran: list[str] = []
    night = new_night(home, home.landing, as_of=as_of)
    if killed:
        night.memory = Memory(night.kept, night.output)
        night.work.mkdir()
        with pytest.raises(Killed):
            for stage in stages(ran, killed=True):
                stage.run(night)
    else:
        run_night(night, stages=stages(ran))
    return ran, night.counts.get("last", {})


@pytest.mark.parametrize("as_of", [None, EARLIER])
def test_a_release_and_its_pages_are_taken_over(home: Home, tmp_path: Path, as_of: date | None) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    undisturbed.prepare()
    whole = run(undisturbed, as_of=as_of)
    assert whole[0] == ["build", "report", "last"] and len(whole[1]) == 5
    run(home, killed=True, as_of=as_of)
    assert run(home, as_of=as_of) == (["last"], whole[1])
    assert list(home.work.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "again"),
    [
        (lambda kept: (kept / "build" / BUILT / "undertow.duckdb").write_text("other"), ["build", "last"]),
        (lambda kept: (kept / "report" / PAGES / "cases" / "page.html").unlink(), ["report", "last"]),
        (lambda kept: (kept / "report" / PAGES / "more.html").write_text("one"), ["report", "last"]),
        (lambda kept: (kept / "build" / "step.json").unlink(), ["build", "last"]),
    ],
    ids=["other bytes", "page gone", "page more", "no record"],
)
def test_what_is_not_as_it_was_left_is_made_again(
    home: Home, damage: Callable[[Path], object], again: list[str]
) -> None:
    run(home, killed=True)
    damage(home.kept)
    assert run(home)[0] == again


def test_a_run_for_an_earlier_date_leaves_the_steps_of_the_last_night(home: Home) -> None:
    run(home)
    assert run(home, as_of=EARLIER)[0] == ["build", "report", "last"]
    assert sorted(path.name for path in home.kept.iterdir()) == ["build", "report"]
    assert run(home)[0] == ["last"]


def test_a_run_on_a_wrong_folder_leaves_what_an_interrupted_night_finished(
    home: Home, tmp_path: Path
) -> None:
    run(home, killed=True)
    (tmp_path / "wrong").mkdir()
    with pytest.raises(UsageError, match="no register recognises"):
        run_night(new_night(home, tmp_path / "wrong"))
    assert list(home.work.iterdir()) == []
    assert run(home)[0] == ["last"]


def test_a_night_that_failed_leaves_no_folder(home: Home) -> None:
    run(home, killed=True)
    with pytest.raises(ValueError, match="gate"), work_session(home, "run", home.work / "next"):
        raise ValueError("gate")
    assert list(home.work.iterdir()) == []


def test_what_an_interrupted_night_holds_counts_as_room(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = new_night(home, landings.write(tmp_path / "landing"))
    monkeypatch.setattr(disk, "require", lambda _folder, needed: requests.append(needed))
    requests: list[int] = []
    land(night)
    run(home, killed=True)
    land(night)
    records = [home.kept / step / "step.json" for step in ("build", "report")]
    held = len("built") + 2 * len("a page") + sum(path.stat().st_size for path in records)
    assert requests == [night.room_needed, night.room_needed - held]


def test_a_release_is_another_for_all_that_is_asked(home: Home) -> None:
    night = new_night(home, home.landing, synthetic=True)
    others = [
        replace(night, known_at_asked=date(2026, 1, 1)),
        replace(night, areas=("Harrowmere",)),
        replace(night, synthetic=False),
        replace(night, engine="prefect"),
        replace(night, as_of=date(2026, 1, 1)),
    ]
    rules = [stated(one) for one in (night, *others)]
    assert all(one not in rules[:place] for place, one in enumerate(rules))
    assert stated(replace(night, run_id="another")) == rules[0]


def test_a_release_is_another_after_a_fetch(home: Home) -> None:
    night = new_night(home, home.landing)
    before = stated(night)
    assert stated(night) == before
    address, at = "https://example.org/zed", "2026-12-01T01:00:00+00:00"
    manifest.add(home, Fetched("zed", "zed.csv", address, "a1", 9, None, None, None, "OGL", at))
    assert stated(night) != before


def test_pages_are_others_for_every_change_of_the_outlines(home: Home) -> None:
    night = new_night(home, home.landing)
    rules = [parameters(night)]
    home.areas.mkdir(exist_ok=True)
    for outlines in ("{}", "{ }"):
        (home.areas / "districts.geojson").write_text(outlines)
        rules.append(parameters(night))
    (home.areas / "folder.geojson").mkdir()  # cannot be read as a file
    rules.append(parameters(night))
    assert all(one not in rules[:place] for place, one in enumerate(rules))
    assert parameters(night) == rules[-1]


@pytest.mark.nightly
def test_a_real_night_goes_on_and_publishes_what_an_undisturbed_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assess(monkeypatch, "DEC-010", "OWN-010")
    landing = landings.write(tmp_path / "landing")
    whole, *homes = (Home(tmp_path / name) for name in ("whole", "cases", "report"))
    for made in (whole, *homes):
        made.prepare()
        (made.secrets / "id.key").write_bytes(b"one key for all homes, no secret")
    assert exit_code(["run", "--landing", str(landing), "--home", str(whole.root)]) == 0
    for home in homes:
        night, again = new_night(home, landing), new_night(home, landing)
        night.memory = Memory(night.kept, night.output)
        night.work.mkdir()
        for stage in STAGES:
            stage.run(night)
            if stage.name == home.root.name:  # killed after it
                break
        run_night(again)
        reused = {step for step, why in again.memory.done.items() if why == AS_BEFORE}
        assert again.exit_code == 0 and reused == set(night.memory.done)
        assert [release.content_sha256 for release in releases(home)] == [
            release.content_sha256 for release in releases(whole)
        ]
        built_by = night if "report" in reused else again
        run_ids = query(current_release(home), "select run_id from v_run").to_pylist()
        assert run_ids == [{"run_id": built_by.run_id}]
        assert list(home.work.iterdir()) == [] and below(home.kept) == below(whole.kept)


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
