"""A release in force that is not as it was published: the night that finds it goes on, and says so wherever
an operator looks.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.operations import doctor
from flows.release import store
from tests import landings
from tests.few_indicators import assess

pytestmark = pytest.mark.nightly


@pytest.fixture(autouse=True, scope="module")
def few_indicators() -> Iterator[None]:
    """No test here looks at a flag."""
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, "DEC-010", "OWN-010")
        yield


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """After a first night. Copied, never changed."""
    home = Home(tmp_path_factory.mktemp("sound") / "home")
    landings.write(home.landing, {}, edition="2026-06-01")
    assert _night(home) == 0
    return home


def _flipped(release: Path) -> None:
    database = release / "undertow.duckdb"
    database.chmod(0o600)
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 0xFF
    database.write_bytes(content)


def _night(home: Home) -> int:
    return exit_code(["run", "--landing", str(home.landing), "--home", str(home.root)])


def _alarms(home: Home) -> list[dict[str, object]]:
    alarms: list[dict[str, object]] = query(store.current_release(home), "from v_alarm").to_pylist()
    return alarms


def _without_database(release: Path) -> None:
    (release / "undertow.duckdb").unlink()


@dataclass(frozen=True)
class NightAfterDamage:
    """A damaged home after the night that found it: the release that was damaged, and what the night
    printed.
    """

    home: Home
    first: Path
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def night_after(
    sound: Home, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Callable[[Path], None]], NightAfterDamage]:
    @cache
    def after(damage: Callable[[Path], None]) -> NightAfterDamage:
        home = _copied(sound, tmp_path_factory.mktemp("damaged"))
        first = store.current_release(home)
        (first / "manifest.json").chmod(0o600)
        damage(first)
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = _night(home)
        return NightAfterDamage(home, first, code, out.getvalue(), err.getvalue())

    return after


def _copied(home: Home, folder: Path) -> Home:
    shutil.copytree(home.root, folder / "home", symlinks=True)
    return Home(folder / "home")


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (_flipped, "undertow.duckdb has other bytes than its manifest says"),
        (_without_database, "No such file or directory (errno 2)"),
        (lambda release: (release / "manifest.json").write_text("{"), "manifest.json is not a manifest"),
        (shutil.rmtree, "its folder is missing"),
    ],
    ids=["a byte", "no database", "no manifest", "no folder"],
)
def test_a_damaged_release_is_an_alarm_of_the_night_that_finds_it(
    night_after: Callable[[Callable[[Path], None]], NightAfterDamage],
    damage: Callable[[Path], None],
    what: str,
) -> None:
    night = night_after(damage)
    home, first = night.home, night.first
    assert night.code == 0
    second = store.current_release(home)
    assert (home.reports / second.name).is_dir() and (second.name == first.name) == (
        damage is shutil.rmtree
    )  # a number whose folder is gone is free again
    [alarm] = _alarms(home)
    message = str(alarm.pop("message"))
    assert alarm == {
        "register": "release",
        "dataset": first.name,
        "kind": "damaged",
        "since": None,
        "nights_n": None,
    }
    assert (
        first.name in message
        and what in message
        and "audit verify" in message
        and str(home.root) not in message
    )
    page = (home.reports / second.name / "night.html").read_text(encoding="utf-8")
    assert (
        "The release before this one was damaged." in page
        and what in page
        and "has not been updated" not in page
    )
    assert f"ALARM: {message}" in night.out.replace("\n", " ")
    assert "[error" in night.err and "alarm" in night.err
    [alarm_finding] = [finding for finding in doctor.examine(home).findings if "ALARM" in finding.what]
    assert first.name in alarm_finding.what and "undertow audit verify" in alarm_finding.fix


def test_the_release_that_found_the_damage_is_sound(
    night_after: Callable[[Callable[[Path], None]], NightAfterDamage],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = _copied(night_after(_without_database).home, tmp_path)
    assert len(_alarms(home)) == 1
    capsys.readouterr()
    assert _night(home) == 0
    assert _alarms(home) == [] and "ALARM" not in capsys.readouterr().out
