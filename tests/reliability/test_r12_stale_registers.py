"""R12: a register whose deliveries fail is stale in the open, an alarm on the fourth night, and never
carried over in silence.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.ingest.editions import select
from flows.ingest.lake import EditionFacts
from flows.journal import diary as nights
from flows.night import night as run_module
from flows.operations import doctor
from flows.release import alarms
from flows.release.store import current_release, releases
from tests.conftest import Tier
from tests.landings import COMPANIES, PSC, TITLES, file_name, lines, text
from tests.reliability.few_indicators import few
from transforms.model.register import registers

pytestmark = pytest.mark.reliability("R12")
FIRST = datetime(2026, 6, 30, 0, 30)
STALE_SINCE = date(2026, 6, 1)
KEY = b"one key for all homes, no secret"


STALE_NAME = f"{TITLES}/ccod"
YOUNG_BUYERS = "PRP-010"  # flags rest on titles and on companies, so one stale register and one that is not


def _titles() -> bytes:
    """One of them was bought two months after its company was founded."""
    header, first, *others = lines(TITLES)
    return text([header, first.replace(b"01-02-2018", b"01-05-2015"), *others])


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let the next night start at a moment of the test's choice: the clock is read in one place only."""
    real = run_module.new_night
    monkeypatch.delenv("PREFECT_API_URL", raising=False)

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(
            run_module, "new_night", lambda *given, **named: replace(real(*given, **named), started_at=moment)
        )

    return set_clock


def _deliver(landing: Path, day: date, titles: bytes) -> None:
    """The persons' file of that day, and the titles of its month; earlier files stay."""
    landing.mkdir(parents=True, exist_ok=True)
    (landing / file_name(COMPANIES, "2026-06-01")).write_bytes(text(lines(COMPANIES)))
    (landing / file_name(PSC, day.isoformat())).write_bytes(text(lines(PSC)))
    (landing / file_name(TITLES, day.isoformat())).write_bytes(titles)


def _home(folder: Path) -> Home:
    """Ids of persons depend on a home's key, so homes that are compared have one key."""
    home = Home(folder)
    home.prepare()
    (home.secrets / "id.key").write_bytes(KEY)
    (home.secrets / "id.key").chmod(0o600)
    return home


def _run(landing: Path, home: Home) -> int:
    return exit_code(["run", "--landing", str(landing), "--home", str(home.root)])


def _rows(home: Home, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = query(current_release(home), sql).to_pylist()
    return rows


def _report(home: Home) -> str:
    return (home.reports / current_release(home).name / "night.html").read_text(encoding="utf-8")


@pytest.mark.nightly
def test_a_source_fails_for_four_nights(
    tmp_path: Path,
    on: Callable[[datetime], None],
    tier: Tier,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    figure: Callable[[str], None],
) -> None:
    """In the small tier the first two failing nights stand in the diary only, and the ones around the
    limit are run.
    """
    few(monkeypatch, tier, YOUNG_BUYERS)
    written_n = tier.pick(ci=2, nightly=0)
    landing, home = tmp_path / "landing", _home(tmp_path / "home")
    on(FIRST)
    _deliver(landing, FIRST.date(), _titles())
    assert _run(landing, home) == 0
    assert _rows(home, "select count(stale_since) as n from v_edition") == [{"n": 0}]
    capsys.readouterr()

    for number in (1, 2, 3, 4):
        moment = FIRST + timedelta(days=number)
        on(moment)
        if number <= written_n:
            nights.record(
                home,
                nights.Event(
                    "ended",
                    moment.replace(tzinfo=UTC),
                    f"r{number}",
                    5,
                    current_release(home).name,
                    (STALE_NAME,),
                ),
            )
            continue
        _deliver(landing, moment.date(), f"not,a,title of night {number}\n".encode())
        assert _run(landing, home) == 5
        captured = capsys.readouterr()
        # Others publish, and what is stale says so.
        assert _rows(home, "select as_of from v_release") == [{"as_of": moment.date()}]
        for view in ("v_edition where status = 'in_force' and", "v_register where"):
            stale = _rows(home, f"select register, stale_since from {view} stale_since is not null")
            assert stale == [{"register": TITLES, "stale_since": STALE_SINCE}], view
        facts = _rows(home, "select register, stale_since, count(*) as n from v_evidence group by all")
        assert {row["register"] for row in facts} > {TITLES}
        assert all(
            row["stale_since"] == (STALE_SINCE if row["register"] == TITLES else None) for row in facts
        )
        assert str(STALE_SINCE) in _report(home) and "stale" in _report(home)
        assert "BLOCKED" in captured.out and TITLES in captured.out
        _alarm_is(home, captured.out, captured.err, number if number >= nights.ALARM_NIGHTS else None)

    # A home that never saw the nights before gives an equal release: its content knows nothing of the count,
    # its alarms do.
    cold = _home(tmp_path / "cold")
    on(FIRST + timedelta(days=4))
    assert _run(landing, cold) == 5
    assert releases(cold)[-1].content_sha256 == releases(home)[-1].content_sha256
    assert _rows(cold, "from v_alarm") == []
    capsys.readouterr()

    moment = FIRST + timedelta(days=5)
    on(moment)
    _deliver(landing, moment.date(), _titles())
    assert _run(landing, home) == 0
    captured = capsys.readouterr()
    _alarm_is(home, captured.out, captured.err, None)
    assert doctor.examine(home, moment.replace(tzinfo=UTC)).findings == ()
    figure(
        f"4 nights of a blocked register: exit 5 and stale_since in {4 - written_n} of {4 - written_n} "
        f"that were run, alarm in summary, log, doctor, report and v_alarm on night 4 only; cold = "
        f"warm content"
    )


def _alarm_is(home: Home, out: str, err: str, nights_n: int | None) -> None:
    """In all five places, or in none."""
    there = nights_n is not None
    assert [
        (row["register"], row["kind"], row["since"], row["nights_n"]) for row in _rows(home, "from v_alarm")
    ] == ([(TITLES, "blocked", STALE_SINCE, nights_n)] if there else [])
    assert ("ALARM: " in out) == there
    assert ("[error" in err and "alarm" in err) == there
    assert any("ALARM" in finding.what for finding in doctor.examine(home).findings) == there
    assert (f"has not been updated for {nights_n} nights" in _report(home)) == there


@pytest.mark.nightly
def test_a_source_that_is_not_delivered_any_more(
    tmp_path: Path,
    on: Callable[[datetime], None],
    tier: Tier,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No file of it comes: nothing is blocked and the night ends with 0, and still it is an alarm, from
    the dates of the editions alone.
    """
    few(monkeypatch, tier, YOUNG_BUYERS)
    landing, home = tmp_path / "landing", _home(tmp_path / "home")
    on(FIRST + timedelta(days=32))
    _deliver(landing, FIRST.date(), text(lines(TITLES)))
    (landing / file_name(COMPANIES, "2026-08-01")).write_bytes(text(lines(COMPANIES)))
    (landing / file_name(TITLES, "2026-08-01")).write_bytes(text(lines(TITLES)))
    assert _run(landing, home) == 0
    assert "ALARM: gb_coh_psc (daily): no edition since 2026-06-30, 32 days" in capsys.readouterr().out
    assert _rows(home, "select register, kind, since, nights_n from v_alarm") == [
        {"register": PSC, "kind": "overdue", "since": FIRST.date(), "nights_n": None}
    ]
    assert "has not been updated.</strong>" in _report(home)
    assert [finding.check for finding in doctor.examine(home).findings] == ["stale_registers"]


# --- counting ---------------------------------------------------------------------------------------------


def _published(day: int, *stale: str, exit_code: int = 5) -> nights.Event:
    return nights.Event(
        "ended", datetime(2026, 7, day, 1, tzinfo=UTC), f"r{day}", exit_code, f"00000{day}", stale
    )


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], 1),
        ([_published(1, "a"), _published(2, "a"), _published(3, "a")], 4),
        ([_published(1, "a"), _published(2), _published(3, "a")], 2),  # it was well in between
        (
            [_published(1, "a"), _published(3, "b", "a"), _published(3, "b")],
            1,
        ),  # the last run of a day counts
        (
            [_published(3, "a"), _published(3, "a"), _published(3, "a")],
            2,
        ),  # three runs of one day are one night
        ([_published(2, "a"), _published(4, "a"), _published(4, "a")], 2),  # runs of tonight are tonight
        ([_published(2, "a"), _published(3, exit_code=4)], 2),  # a night that failed published nothing
        (
            [_published(2, "a"), _published(3, "a"), replace(_published(3), is_limited=True)],
            3,
        ),  # one of an earlier date does not know of it
    ],
)
def test_nights_in_a_row(events: list[nights.Event], expected: int) -> None:
    assert nights.stale_nights(events, "a", date(2026, 7, 4)) == expected


def _facts(register: str, day: date | None, label: str = "", **given: object) -> EditionFacts:
    whole = EditionFacts(
        register,
        register,
        label or str(day),
        day,
        f"k{label}{day}",
        "f",
        f"s{label}{day}",
        1,
        "complete",
        "",
        None,
        1,
        1,
        0,
        0,
    )
    return replace(whole, **given)  # type: ignore[arg-type]  # the fields of EditionFacts


@pytest.mark.parametrize(("days", "is_overdue"), [(45, False), (46, True)])
def test_overdue_is_beyond_the_cadence(days: int, is_overdue: bool) -> None:
    newest = date(2026, 6, 1)
    editions = select(
        [
            _facts(COMPANIES, date(2026, 5, 1)),
            _facts(COMPANIES, newest),
            _facts("ftm_entities", date(2020, 1, 1)),
        ],
        [],
        None,
    )
    alarms_raised = alarms.raised(editions, newest + timedelta(days=days), (), date(2026, 7, 1), registers())
    assert [(alarm.register, alarm.kind, alarm.since) for alarm in alarms_raised] == (
        [(COMPANIES, "overdue", newest)] if is_overdue else []
    )


def test_an_overdue_register_whose_newer_delivery_is_blocked_is_told_so() -> None:
    newest = date(2026, 6, 1)
    newer = _facts(COMPANIES, date(2026, 7, 10), blocked_code="extract", blocked_message="not whole")
    for refused, expected in (([], "find out why none comes"), ([newer], "a newer delivery was blocked")):
        editions = select([_facts(COMPANIES, newest)], refused, None)
        [alarm] = alarms.raised(editions, date(2026, 7, 20), (), date(2026, 7, 20), registers())
        assert (alarm.kind, alarm.since) == ("overdue", newest) and expected in alarm.message


def test_of_a_series_the_newest_period_counts() -> None:
    editions = select(
        [_facts("gb_hmlr_price_paid", date(year, 5, 1), dataset=f"pp-{year}") for year in (2019, 2026)],
        [],
        None,
    )
    assert alarms.raised(editions, date(2026, 6, 1), (), date(2026, 7, 1), registers()) == ()


def test_a_register_that_never_had_a_good_file_is_counted_too() -> None:
    editions = select(
        [_facts(COMPANIES, date(2026, 6, 1))],
        [_facts(TITLES, date(2026, 6, 1), blocked_code="x", blocked_message="x")],
        None,
    )
    assert alarms.stale_names(editions) == (f"{TITLES}/{TITLES}",)
    events = [_published(day, f"{TITLES}/{TITLES}") for day in (1, 2, 3)]
    (alarm,) = alarms.raised(editions, date(2026, 6, 1), events, date(2026, 7, 4), registers())
    assert (alarm.register, alarm.since, alarm.nights_n) == (TITLES, None, 4)


def test_an_older_file_that_is_blocked_makes_nothing_stale() -> None:
    editions = select(
        [_facts(TITLES, date(2026, 6, 1))],
        [_facts(TITLES, date(2026, 5, 1), blocked_code="x", blocked_message="x")],
        None,
    )
    assert alarms.stale_names(editions) == ()


def test_the_diary_survives_a_torn_line(tmp_path: Path) -> None:
    home = _home(tmp_path / "home")
    nights.record(home, _published(1, "a"))
    with nights.path(home).open("ab") as file:
        file.write(b'{"kind": "ended", "at": "2026-07-')
    nights.record(home, _published(2, "a"))
    assert [event.at.day for event in nights.read(home)] == [1, 2]
    assert nights.path(home).stat().st_mode & 0o777 == 0o600
