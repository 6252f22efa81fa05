"""A release in force that is not as it was published: the night that finds it goes on, and says so wherever an operator looks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import doctor, publish
from flows.cli import exit_code
from flows.settings import Home
from flows.warehouse import query
from tests import landings


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
    found: list[dict[str, object]] = query(publish.current_release(home), "from v_alarm").to_pylist()
    return found


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (_flipped, "undertow.duckdb has other bytes than its manifest says"),
        (lambda release: (release / "undertow.duckdb").unlink(), "No such file or directory (errno 2)"),
        (lambda release: (release / "manifest.json").write_text("{"), "manifest.json is not a manifest"),
        (shutil.rmtree, "its folder is not there"),
    ],
    ids=["a byte", "no database", "no manifest", "no folder"],
)
def test_a_damaged_release_is_an_alarm_of_the_night_that_finds_it(
    sound: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None], what: str
) -> None:
    shutil.copytree(sound.root, tmp_path / "home", symlinks=True)
    home = Home(tmp_path / "home")
    first = publish.current_release(home)
    (first / "manifest.json").chmod(0o600)
    damage(first)
    capsys.readouterr()

    assert _night(home) == 0
    second, said = publish.current_release(home), capsys.readouterr()
    assert (home.reports / second.name).is_dir() and (second.name == first.name) == (damage is shutil.rmtree)  # a number whose folder is gone is free again
    [alarm] = _alarms(home)
    message = str(alarm.pop("message"))
    assert alarm == {"register": "release", "dataset": first.name, "kind": "damaged", "since": None, "nights_n": None}
    assert first.name in message and what in message and "audit verify" in message and str(home.root) not in message
    page = (home.reports / second.name / "night.html").read_text(encoding="utf-8")
    assert "The release before this one was damaged." in page and what in page and "is not renewed" not in page
    assert f"ALARM: {message}" in said.out.replace("\n", " ")
    assert "[error" in said.err and "alarm" in said.err
    [told] = [finding for finding in doctor.examine(home).findings if "ALARM" in finding.what]
    assert first.name in told.what and "undertow audit verify" in told.fix


def test_the_release_that_found_the_damage_is_sound(sound: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(sound.root, tmp_path / "home", symlinks=True)
    home = Home(tmp_path / "home")
    (publish.current_release(home) / "undertow.duckdb").unlink()
    assert _night(home) == 0 and len(_alarms(home)) == 1
    capsys.readouterr()
    assert _night(home) == 0
    assert _alarms(home) == [] and "ALARM" not in capsys.readouterr().out
