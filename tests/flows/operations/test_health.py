"""/health and /metrics: what they say of a home, and of a server that is away."""

import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from prometheus_client.parser import text_string_to_metric_families

from flows.cli.app import exit_code
from flows.fetching import manifest
from flows.home.lock import held
from flows.home.settings import HEALTH_HOURS, Home
from flows.journal import diary
from flows.operations import health, metrics
from flows.operations.sweeper import HOST, Api
from flows.release import store
from flows.release.alarms import Alarm
from flows.release.publish import publish
from tests.flows.release_tables import FACTS, SMALL, build, new_home
from transforms.model.views import RELEASE_TABLES

TABLES = {**SMALL, **{name: RELEASE_TABLES[name] for name in ("flag", "gate", "edition", "alarm")}}


@dataclass(frozen=True)
class Server(Api):
    """A Prefect server that is up or away, and the states of its workers."""

    is_up: bool = True
    workers: tuple[str, ...] = ("OFFLINE", "ONLINE")

    def is_healthy(self) -> bool:
        return self.is_up

    def post(self, path: str, body: object) -> Any:
        assert (path, body) == ("/work_pools/undertow/workers/filter", {})
        if not self.is_up:
            raise ConnectionRefusedError
        return [{"status": status} for status in self.workers]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """With a release of five rows a table, a night that was missed, and two fetches."""
    home = new_home(tmp_path_factory.mktemp("health") / "home")
    alarm = Alarm("eu_ecb_rates", "", "overdue", None, None, "Zebedee has sent nothing")
    facts = replace(FACTS, built_at=datetime.now(UTC).replace(microsecond=0), alarms=(alarm,))
    publish(home, build(home, "one", declared=TABLES, facts=facts))
    built = _built(home)
    diary.record(home, diary.Event("ended", built, "one", 5))
    diary.record(home, diary.Event("missed", built + timedelta(hours=20)))
    for hours, state in ((1, "new"), (2, "unchanged"), (3, "failed")):
        at = (built + timedelta(hours=hours)).isoformat()
        manifest.add_attempt(home, manifest.Attempt("eu_ecb_rates", at, state, "no such page: Zebedee"))
    return home


def _built(home: Home) -> datetime:
    return store.releases(home)[-1].built_at


def _values(home: Home, now: datetime) -> dict[str, float]:
    """Value by name and labels."""
    return {
        sample.name + "".join(f" {key}={value}" for key, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.text(home, now).decode())
        for sample in family.samples
    }


def test_metrics_say_how_a_home_is(home: Home) -> None:
    values = _values(home, _built(home) + timedelta(hours=24))
    figures = {name: value for name, value in values.items() if not name.startswith("undertow_home")}
    assert figures["undertow_release_age_seconds"] == 24 * 3600
    assert figures["undertow_release_rows table=flag"] == 5
    assert figures["undertow_alarms kind=overdue"] == 1
    for name in ("gates", "editions", "flags"):
        assert sum(value for key, value in figures.items() if key.startswith(f"undertow_{name} ")) == 5, name
    assert figures["undertow_fetch_age_seconds register=eu_ecb_rates"] == 22 * 3600
    assert figures["undertow_fetch_failed register=eu_ecb_rates"] == 1
    assert (figures["undertow_night_exit_code"], figures["undertow_night_running"]) == (5, 0)
    assert (figures["undertow_night_ended_age_seconds"], figures["undertow_nights_missed"]) == (24 * 3600, 1)
    assert values["undertow_home_used_bytes"] == sum(
        path.stat().st_size for path in home.root.rglob("*") if path.is_file() and not path.is_symlink()
    )
    assert values["undertow_home_free_bytes"] > 0


def test_a_file_with_two_names_is_counted_once(home: Home) -> None:
    before = _values(home, _built(home))["undertow_home_used_bytes"]
    (home.state / "again").hardlink_to(diary.path(home))
    try:
        assert _values(home, _built(home))["undertow_home_used_bytes"] == before
    finally:
        (home.state / "again").unlink()


def test_labels_are_names_of_ours_and_no_text_of_a_row(home: Home) -> None:
    """Invented texts of the release's rows end in `é`, and messages name things."""
    text = metrics.text(home).decode()
    labels = set(re.findall(r'(\w+)="', text))
    assert labels == {"version", "table", "severity", "result", "kind", "register", "status", "lane"}
    assert "Zebedee" not in text


def test_a_night_that_runs_is_seen(home: Home) -> None:
    with held(home, "backup"):
        assert _values(home, _built(home))["undertow_night_running"] == 0
    with held(home, "run"):
        assert _values(home, _built(home))["undertow_night_running"] == 1


def test_metrics_of_a_home_without_a_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["metrics", "--home", str(tmp_path / "none")]) == 0
    printed = capsys.readouterr()
    assert "undertow_build_info{version=" in printed.out and "undertow_release" not in printed.out
    assert "nothing has been published here" in printed.err
    assert not (tmp_path / "none").exists()
    assert (
        exit_code(["metrics", "--home", str(tmp_path / "none"), "--to", str(tmp_path / "undertow.prom")]) == 0
    )
    assert (tmp_path / "undertow.prom").read_text().startswith("# HELP undertow_build_info")


@pytest.mark.parametrize(
    ("hours", "server", "why"),
    [
        (HEALTH_HOURS, Server(1), []),
        (HEALTH_HOURS + 2, Server(1), ["38 hours old, and 36 are allowed"]),
        (1, Server(1, is_up=False), ["the Prefect server does not answer"]),
        (1, Server(1, workers=("OFFLINE",)), ["no worker is online"]),
        (40, Server(1, workers=()), ["40 hours old", "no worker is online"]),
    ],
)
def test_what_is_wrong_is_said(home: Home, hours: int, server: Server, why: list[str]) -> None:
    problems = health.problems(home, server, _built(home) + timedelta(hours=hours))
    assert len(problems) == len(why)
    assert all(words in line for words, line in zip(why, problems, strict=True)), problems


def test_how_old_a_release_may_be_is_a_setting(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERTOW_HEALTH_HOURS", "100")
    assert health.problems(home, Server(1), _built(home) + timedelta(hours=99)) == []


def test_a_home_without_a_release_is_not_well(tmp_path: Path) -> None:
    now = datetime.now().astimezone()
    assert health.problems(Home(tmp_path), Server(1), now) == ["no release is in force"]


@contextmanager
def _pages(home: Home, server: Server) -> Iterator[str]:
    with socket.create_server((HOST, 0)) as listening:
        pages = uvicorn.Server(uvicorn.Config(health.pages(home, server), log_level="warning"))
        thread = threading.Thread(target=pages.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            pages.should_exit = True
            thread.join()


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_pages(home: Home) -> None:
    with _pages(home, Server(1)) as here:
        assert _get(f"{here}/health?now") == (200, "well\n")
        status, text = _get(f"{here}/metrics")
        assert status == 200 and 'undertow_release_rows{table="flag"} 5.0' in text
        assert _get(f"{here}/etc/passwd")[0] == 404
    with _pages(home, Server(1, is_up=False)) as here:
        assert _get(f"{here}/health") == (503, "the Prefect server does not answer\n")
