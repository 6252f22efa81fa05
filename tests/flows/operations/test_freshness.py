"""How fresh a home's registers are: what is due, what is overdue, and what was missed, and why."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.cli.app import exit_code
from flows.fetching import manifest
from flows.fetching.manifest import Attempt, Fetched
from flows.fetching.rounds import chosen, fetch_all
from flows.home.settings import Home
from flows.operations import freshness
from flows.operations.freshness import Freshness, Missed
from tests.flows.fetching.hostile_server import nobody
from tests.landings import COMPANIES, PSC, file_name, lake_night, land_files, lines, text
from transforms.model.register import registers


def had(home: Home, day: str, register: str = PSC, name: str = "") -> None:
    """A fetch that ended well on a day."""
    at = f"{day}T11:15:00+00:00"
    manifest.add_attempt(home, Attempt(register, at, "new"))
    manifest.add(home, Fetched(register, name or day, "", "", 1, None, None, day, "", at))


def tried(home: Home, day: str, message: str = "") -> None:
    manifest.add_attempt(
        home, Attempt(PSC, f"{day}T11:15:00+00:00", "failed" if message else "unchanged", message)
    )


def freshness_of(home: Home, register: str, today: str) -> Freshness:
    every = freshness.freshness(home, date.fromisoformat(today))
    return next(each for each in every if each.register == register)


def test_a_daily_register_that_is_fetched_daily_misses_nothing(tmp_path: Path) -> None:
    for day in ("2026-06-01", "2026-06-02", "2026-06-03"):
        had(Home(tmp_path), day)
    now = freshness_of(Home(tmp_path), PSC, "2026-06-04")
    assert (now.newest, now.next_due) == (date(2026, 6, 3), date(2026, 6, 4))
    assert now.fetched_at == "2026-06-03T11:15:00+00:00"
    assert (now.missed, now.is_overdue, now.fault) == ((), False, "")


def test_days_that_are_gone_are_missed_and_the_reason_is_given(tmp_path: Path) -> None:
    home = Home(tmp_path)
    had(home, "2026-06-01")
    tried(home, "2026-06-02", "zed: the server is busy; try later")
    had(home, "2026-06-05")
    had(home, "2026-06-09")
    tried(home, "2026-06-10")
    assert freshness_of(home, PSC, "2026-06-12").missed == (
        Missed("2026-06-02", "2026-06-02", "zed: the server is busy; try later"),
        Missed("2026-06-03", "2026-06-03", "nothing was fetched then"),
        Missed("2026-06-04", "2026-06-04", "it was not offered then"),
        Missed("2026-06-06", "2026-06-07", "nothing was fetched then"),
        Missed("2026-06-08", "2026-06-08", "it was not offered then"),
        Missed("2026-06-10", "2026-06-10", "it was not offered then"),
    )


def test_an_edition_that_was_carried_in_by_hand_is_held(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    land_files(home.landing, {file_name(COMPANIES): text(lines(COMPANIES, 2))})
    lake_night(home, home.landing)
    now = freshness_of(home, COMPANIES, "2026-06-20")
    assert (now.newest, now.next_due, now.fetched_at) == (date(2026, 6, 1), date(2026, 7, 1), None)


@pytest.mark.parametrize(("today", "names"), [("2026-06-05", []), ("2026-06-06", [PSC])])
def test_overdue_is_what_the_alarm_calls_so(tmp_path: Path, today: str, names: list[str]) -> None:
    had(Home(tmp_path), "2026-06-01")
    had(Home(tmp_path), "2026-06-01", COMPANIES)
    held = freshness.freshness(Home(tmp_path), date.fromisoformat(today))
    assert [each.register for each in held if each.is_overdue] == names


def test_a_register_without_a_limit_or_an_edition_is_not_called_in_time(tmp_path: Path) -> None:
    had(Home(tmp_path), "2026-06-01", "eu_ecb_rates")
    assert freshness_of(Home(tmp_path), "eu_ecb_rates", "2026-11-30").is_overdue is None
    assert freshness_of(Home(tmp_path), PSC, "2026-11-30").is_overdue is None


def test_numbers_that_a_publisher_counts_show_what_is_missing(tmp_path: Path) -> None:
    psc = registers()[PSC]
    assert psc.source
    counted = replace(psc, source=replace(psc.source, numbered=r"_(\d{4})_"))
    for number, day in ((7, "2026-06-01"), (8, "2026-06-03"), (11, "2026-06-04")):
        had(Home(tmp_path), day, name=f"Zed_{number:04}_Full.zip")
    with patch.object(freshness, "registers", lambda: {PSC: counted}):
        missed = freshness_of(Home(tmp_path), PSC, "2026-06-05").missed
    assert missed == (Missed("9", "10", "it was not offered then"),)


@pytest.mark.parametrize(
    ("register", "day", "due"),
    [
        (PSC, "2026-12-31", "2027-01-01"),
        (COMPANIES, "2026-01-31", "2026-02-28"),
        (COMPANIES, "2026-12-01", "2027-01-01"),
        ("nl_amsterdam_subsidies", "2026-06-01", "2026-06-08"),
        ("bods", "2026-06-01", None),
    ],
)
def test_the_next_edition_is_due_by_the_cadence(register: str, day: str, due: str | None) -> None:
    assert registers()[register].next_due(date.fromisoformat(day)) == (due and date.fromisoformat(due))


def test_a_fetch_that_failed_is_written_down_without_what_is_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path)
    with nobody() as address:
        secret = address.replace("//", "//zed:s3cret@")
        (tmp_path / "sources.toml").write_text(
            f'[eu_ecb_rates]\nurl = "{secret}/rates.zip?key=s3cret"\n', encoding="utf-8"
        )
        with patch("flows.fetching.download.ATTEMPTS", 1):
            fetch_all(home, chosen(home, ["eu_ecb_rates"]))
    assert "s3cret" not in (home.state / manifest.ATTEMPTS_FILE).read_text(encoding="utf-8")
    command = ["registers", "--freshness", "--home", str(tmp_path)]
    assert exit_code(command) == 0
    assert "eu_ecb_rates: the last fetch failed: http://127.0.0.1" in capsys.readouterr().out
    assert exit_code([*command, "--json"]) == 0
    (rates,) = [each for each in json.loads(capsys.readouterr().out) if each["register"] == "eu_ecb_rates"]
    assert rates["newest"] is None and "tried again" in rates["fault"] and rates["missed"] == []
