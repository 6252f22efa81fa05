"""Who is told of what: once, whatever happens to the receiver, and never with a name."""

import json
import logging
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import duckdb
import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.fetching import manifest
from flows.fetching.manifest import Attempt, Fetched
from flows.fetching.sources import sources
from flows.home.durable import symlink_durably
from flows.home.lock import held
from flows.home.settings import Home
from flows.home.warehouse import RELEASE_DATABASE
from flows.journal import diary
from flows.night import runner
from flows.night.night import Night, Stage
from flows.operations.telling import tell as telling
from flows.operations.telling.matters import ALARMS, CHARACTERS_MAX, End
from flows.operations.telling.receivers import notify
from flows.operations.telling.tell import TOLD_FILE, Record, tell
from flows.release.alarms import Alarm, Kind
from tests.flows.operations.message_receivers import HOST, Web, mail_receiver, web_receiver
from tests.landings import CANARY, PSC
from transforms.errors import ReleaseBlocked, UsageError
from transforms.model.statements import Column
from transforms.model.views import RELEASE_TABLES

SECRET = "pathwithasecret"
HARROWMERE = {"area_name": "Harrowmere"}
OVERDUE = Alarm("gb_coh_psc", CANARY, "overdue", date(2026, 3, 1), None, f"about {CANARY}")
BLOCKED = Alarm("gb_coh_psc", CANARY, "blocked", date(2026, 3, 1), 4, f"about {CANARY}")

Row = Mapping[str, object]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture(autouse=True)
def fetches_nothing(home: Home) -> None:
    """No key of this machine's, and no register that is fetched unasked."""
    text = "".join(f"[{name}]\nenabled = false\n" for name in sources(home))
    (home.root / "sources.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def web(home: Home) -> Iterator[Web]:
    with web_receiver() as receiver:
        address(home, "hook", f"json://{HOST}:{receiver.port}/{SECRET}")
        settings(home, to("hook"))
        yield receiver


def address(home: Home, name: str, url: str) -> None:
    (home.secrets / name).write_text(f"{url}\n", encoding="utf-8")


def to(name: str, **more: list[str]) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in more.items()]
    return "\n".join(["[[to]]", f'url_file = "{name}"', *lines, ""])


def settings(home: Home, *receivers: str, base_url: str = "https://undertow.example.org/reports") -> None:
    text = "\n".join([f'base_url = "{base_url}"', *receivers])
    (home.root / "notify.toml").write_text(text, encoding="utf-8")


def case(number: int, lane: str = "stop", **more: object) -> Row:
    row = {"case_id": f"UT-C-{number}", "lane": lane, "position": number, "indicators": ["PUB-020"]}
    return {"title": f"{CANARY} is flagged", **row, **more}


def a_night(
    home: Home,
    cases: Sequence[Row] = (),
    alarms: Sequence[Alarm] = (),
    *,
    earlier: Mapping[str, str] | None = None,
    known_at: date | None = None,
    ended_with: int = 0,
) -> str:
    """Put a release with these cases in force, and note in the diary how its night ended.

    `earlier`: ids of earlier releases and the cases that they lead to. Only what a message is made of is in
    the release.
    """
    number = len(diary.read(home)) + 1
    release_id = f"{number:06}-{'0' * 12}"
    rows: Mapping[str, Sequence[Row]] = {
        "review_case": cases,
        "case_alias": [{"previous_case_id": old, "case_id": new} for old, new in (earlier or {}).items()],
        "alarm": [asdict(alarm) for alarm in alarms],
        "indicator": [{"code": "PUB-020", "title": "Payment after dissolution"}],
        "register": [{"register": "gb_coh_psc", "title": "Persons with control"}],
        "edition": [{"register": "gb_coh_psc", "status": "blocked", "file_name": CANARY}],
        "release": [{"release_id": release_id, "known_at": known_at}],
        **dict.fromkeys(("flag", "title", "area"), ()),
    }
    folder = home.releases / release_id
    folder.mkdir()
    with duckdb.connect(str(folder / RELEASE_DATABASE)) as release:
        for name, given in rows.items():
            table = RELEASE_TABLES[name]
            filled = [
                {column.name: row.get(column.name, _plain(column)) for column in table} for row in given
            ]
            frame = pl.DataFrame(filled, schema=table.schema, strict=False)
            release.register("frame", frame)
            release.execute(f"create table {table.view} as from frame")
    symlink_durably(home.current, f"releases/{release_id}")
    diary.record(home, diary.Event("ended", datetime.now(UTC), f"run-{number}", ended_with, release_id))
    return release_id


def _plain(column: Column) -> object:
    if column.nullable:
        return None
    plain = {"text": CANARY, "texts": [CANARY], "date": date(2026, 6, 1), "boolean": False}
    return column.values[0] if column.values else plain.get(column.dtype, 0)


def states(home: Home, unrecorded: End | None = None) -> list[str]:
    return [outcome.state for outcome in tell(home, unrecorded)]


# --- once ---------------------------------------------------------------------------------------------------


def test_a_night_is_told_and_an_equal_one_only_of_its_end(home: Home, web: Web) -> None:
    release_id = a_night(home, [case(1)], [OVERDUE])
    assert states(home) == ["sent"]
    assert "night published, alarms: 1, new cases: 1" in web.last
    assert "published (exit code 0)" in web.last
    assert "Persons with control (gb_coh_psc): overdue, no edition since 2026-03-01" in web.last
    assert "UT-C-1 (stop): PUB-020 Payment after dissolution" in web.last
    assert f"https://undertow.example.org/reports/{release_id}/cases.html" in web.last
    assert states(home) == ["nothing due"]
    a_night(home, [case(1)], [OVERDUE])
    assert states(home) == ["sent"]
    assert "Night:" in web.last and "alarms" not in web.last.lower() and "case" not in web.last.split(":")[1]
    assert len(web.posted) == 2


def test_who_does_not_want_ends_is_told_nothing_of_an_equal_night(home: Home, web: Web) -> None:
    settings(home, to("hook", events=["failed", "alarm", "overdue", "case"]))
    a_night(home, [case(1)])
    assert states(home) == ["sent"] and "Night" not in web.last
    a_night(home, [case(1)])
    assert states(home) == ["nothing due"]
    a_night(home, [case(1)], ended_with=5)
    assert states(home) == ["sent"]
    assert "published, but a register was blocked: gb_coh_psc (exit code 5)" in web.last
    assert len(web.posted) == 2


def test_what_a_receiver_did_not_take_is_told_the_next_time(home: Home, web: Web) -> None:
    settings(home, to("other"), to("hook"))
    with web_receiver() as other:
        address(home, "other", f"json://{HOST}:{other.port}/")
        web.status = 500
        a_night(home, [case(1)])
        assert states(home) == ["sent", "failed"]
        assert states(home) == ["nothing due", "failed"]
        web.status = 200
        a_night(home, [case(2)])
        assert states(home) == ["sent", "sent"]
        assert "UT-C-2" in web.last and "UT-C-1" not in web.last  # it is not open any more
        assert [len(other.posted), len(web.posted)] == [2, 3]
        assert states(home) == ["nothing due", "nothing due"]


def test_ends_since_the_last_message_are_told(home: Home, web: Web) -> None:
    a_night(home)
    states(home)
    web.status = 503
    a_night(home, ended_with=5)
    diary.record(home, diary.Event("ended", datetime.now(UTC), "failed", 4))
    assert states(home) == ["failed"]
    web.status = 200
    assert states(home) == ["sent"]
    assert "exit code 5" in web.last and "exit code 4" in web.last and "night failed" in web.last


def test_ends_are_told_also_after_the_clock_was_ahead(home: Home, web: Web) -> None:
    a_night(home)
    assert states(home) == ["sent"]
    file = home.state / TOLD_FILE
    line = json.loads(file.read_text())
    file.write_text(json.dumps({**line, "at": (datetime.now(UTC) + timedelta(days=365)).isoformat()}) + "\n")
    diary.record(home, diary.Event("ended", datetime.now(UTC), "failed", 4))
    assert states(home) == ["sent"] and "exit code 4" in web.last and "exit code 0" not in web.last
    assert states(home) == ["nothing due"]


def test_a_receiver_that_took_nothing_yet_is_told_of_an_earlier_failure(home: Home, web: Web) -> None:
    settings(home, to("hook", events=["failed"]))
    now, web.status = datetime.now(UTC), 503
    for days, run in ((9, "long ago"), (1, "failed")):
        diary.record(home, diary.Event("ended", now - timedelta(days=days), run, 4))
        assert states(home) == ["failed"]
    web.status = 200
    a_night(home)
    assert states(home) == ["sent"] and web.last.count("exit code 4") == 1
    assert states(home) == ["nothing due"]


def test_a_renamed_case_is_not_new_and_one_in_a_graver_lane_is(home: Home, web: Web) -> None:
    settings(home, to("hook", lanes=["stop", "act"], events=["case"]))
    a_night(home, [case(1, "act")])
    assert states(home) == ["sent"]
    a_night(home, [case(2, "act")], earlier={"UT-C-1": "UT-C-2"})
    assert states(home) == ["nothing due"]
    a_night(home, [case(2, "stop")], earlier={"UT-C-1": "UT-C-2"})
    assert states(home) == ["sent"] and "UT-C-2 (stop)" in web.last


def test_an_alarm_is_told_once_while_its_nights_add_up(home: Home, web: Web) -> None:
    settings(home, to("hook", events=["alarm"]))
    a_night(home, alarms=[BLOCKED, OVERDUE])
    assert states(home) == ["sent"]
    assert "deliveries blocked for 4 nights, edition in force of 2026-03-01" in web.last
    assert "overdue" not in web.last
    later = Alarm("gb_coh_psc", CANARY, "blocked", date(2026, 3, 1), 5, "")
    a_night(home, alarms=[later])
    assert states(home) == ["nothing due"]


def test_every_kind_of_alarm_has_its_words() -> None:
    assert {*ALARMS, "overdue"} == set(get_args(Kind))


def test_an_imprecise_indicator_is_told_by_its_code(home: Home, web: Web) -> None:
    settings(home, to("hook", events=["alarm"]))
    a_night(home, alarms=[Alarm("PRP-040", "0123456789ab", "imprecise", None, None, CANARY)])
    assert states(home) == ["sent"]
    assert "PRP-040: reviewers confirm too few of its cases" in web.last and CANARY not in web.last


def test_what_is_wrong_with_fetching_is_told_until_it_goes_well_again(home: Home, web: Web) -> None:
    at = "2026-06-01T11:15:00+00:00"
    manifest.add_attempt(home, Attempt(PSC, at, "new"))
    manifest.add(home, Fetched(PSC, "x", "", "", 1, None, None, "2026-06-01", "", at))
    manifest.add_attempt(home, Attempt(PSC, "2026-06-03T11:15:00+00:00", "failed", CANARY))
    a_night(home, alarms=[Alarm(PSC, "x", "overdue", date(2026, 6, 1), None, "")])
    assert states(home) == ["sent"]
    assert web.last.count("(gb_coh_psc): overdue, no edition since 2026-06-01") == 1
    assert "(gb_coh_psc): could not be fetched" in web.last and CANARY not in web.last
    assert states(home) == ["nothing due"]
    manifest.add_attempt(home, Attempt(PSC, "2026-06-04T11:15:00+00:00", "failed", CANARY))
    assert states(home) == ["nothing due"]
    manifest.add_attempt(home, Attempt(PSC, "2026-06-05T11:15:00+00:00", "unchanged"))
    manifest.add_attempt(home, Attempt(PSC, "2026-06-06T11:15:00+00:00", "failed", CANARY))
    assert states(home) == ["sent"] and "could not be fetched" in web.last and "overdue" not in web.last


def test_an_upkeep_that_failed_or_stopped_coming_is_told_once(home: Home, web: Web) -> None:
    settings(home, to("hook", events=["upkeep"]))
    now = datetime.now(UTC)
    for days, code, words in ((20, 0, "no upkeep ended since"), (8, 4, "failed"), (1, 5, "undertow doctor")):
        diary.record(home, diary.Event("upkept", now - timedelta(days=days), exit_code=code))
        assert states(home) == ["sent"] and words in web.last
        assert states(home) == ["nothing due"]
    diary.record(home, diary.Event("upkept", now, exit_code=0))
    assert states(home) == ["nothing due"]


def test_that_nothing_is_fetched_for_a_wrong_file_is_told(home: Home, web: Web) -> None:
    a_night(home)
    assert states(home) == ["sent"]
    (home.root / "sources.toml").write_text("[gb_coh_pcs]\nenabled = true\n")
    assert states(home) == ["sent"] and "no register is fetched" in web.last
    assert states(home) == ["nothing due"]


def test_only_a_message_that_could_not_be_noted_is_repeated(
    home: Home, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the process is killed between the message and its note."""
    a_night(home, [case(1)])
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Record, "note", _killed)
        tell(home)
    (home.state / TOLD_FILE).write_text('{"at": "2026-06-0')
    assert len(web.posted) == 1
    assert states(home) == ["sent"] and web.posted[0]["message"] == web.posted[1]["message"]
    assert states(home) == ["nothing due"]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_release_that_cannot_be_read_keeps_no_end_of_a_night_back(home: Home, web: Web) -> None:
    release_id = a_night(home, [case(1)], ended_with=4)
    with duckdb.connect(str(home.releases / release_id / RELEASE_DATABASE)) as release:
        release.execute("drop table v_alarm; drop table v_case_alias")
    assert states(home) == ["sent"] and "exit code 4" in web.last and "UT-C-1" not in web.last
    (home.releases / release_id / RELEASE_DATABASE).write_bytes(b"damaged")
    diary.record(home, diary.Event("ended", datetime.now(UTC), "next", 4))
    assert states(home) == ["sent"] and "exit code 4" in web.last


# --- to whom ------------------------------------------------------------------------------------------------


def test_areas_and_lanes(home: Home, web: Web) -> None:
    bradford = {"area_name": "Bradford", "area_code": "E08000032"}
    a_night(home, [case(1, **HARROWMERE), case(2, **bradford), case(3, "act", **HARROWMERE), case(4)])
    for given, expected in (
        ({"areas": ["HARROWMERE"]}, {"UT-C-1 (stop, Harrowmere)"}),
        ({"areas": ["E08000032"], "lanes": ["stop", "act"]}, {"UT-C-2 (stop, Bradford)"}),
        ({"areas": ["harrowmere"], "lanes": ["act"]}, {"UT-C-3 (act, Harrowmere)"}),
        ({"areas": ["unknown"]}, {"UT-C-4 (stop)"}),
        ({"lanes": ["stop"]}, {"UT-C-1 (stop)", "UT-C-2 (stop, Bradford)", "UT-C-4 (stop)"}),
    ):
        settings(home, to("hook", events=["case"], **given))
        (home.state / TOLD_FILE).unlink(missing_ok=True)
        assert states(home) == ["sent"]
        lines = [line for line in web.last.splitlines() if line.startswith("- ")]
        assert {line[2:].split(":")[0] for line in lines} == expected


def test_an_address_in_two_entries_is_told_what_each_wants_once(home: Home, web: Web) -> None:
    settings(home, to("hook", events=["case"]), to("hook", events=["night", "case"], lanes=["act", "stop"]))
    a_night(home, [case(1), case(2, "act")])
    assert states(home) == ["sent", "sent"]
    assert "UT-C-2" in web.last and "UT-C-1" not in web.last and "published" in web.last


def test_a_release_of_an_earlier_day_tells_of_no_case(home: Home, web: Web) -> None:
    a_night(home, [case(1)], [OVERDUE], known_at=date(2026, 1, 1))
    assert states(home) == ["sent"]
    assert web.last.count("\n- ") == 1 and "published" in web.last


# --- in what words ------------------------------------------------------------------------------------------


def test_no_name_and_no_address_leaves_the_home(
    home: Home, web: Web, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    web.status = 500
    a_night(home, [case(1, area_name=CANARY)], [OVERDUE, BLOCKED], ended_with=5)
    with mail_receiver() as (port, mails):
        address(home, "mail", f"mailto://{HOST}:{port}/?from=undertow@example.org&to=desk@example.org")
        settings(home, to("mail"), to("hook"))
        assert exit_code(["notify", "--home", str(home.root)]) == 5
        telling.tell_or_warn(home)
        (mail,) = mails
    assert exit_code(["notify", "--dry-run", "--home", str(home.root)]) == 0
    texts = [json.dumps(web.posted), mail.as_string(), caplog.text, *capsys.readouterr()]
    texts.append((home.state / TOLD_FILE).read_text())
    assert [text for text in texts for part in CANARY.split() if part in text] == []
    assert [text for text in texts if SECRET in text] == []
    assert "hook: does not answer, or refused the message" in texts[-2]


def test_a_mail_is_a_plain_text(home: Home) -> None:
    with mail_receiver() as (port, mails):
        url = f"mailto://{HOST}:{port}/?from=undertow@example.org&to=desk@example.org&format=text"
        address(home, "mail-desk", url)
        settings(home, to("mail-desk"))
        a_night(home, [case(1)])
        assert states(home) == ["sent"]
    (mail,) = mails
    assert (mail["Subject"], mail["To"]) == (
        "Undertow, this authority: night published, new cases: 1",
        "desk@example.org",
    )
    body = mail.get_body(("plain",))
    assert body is not None and "- UT-C-1 (stop): PUB-020" in body.get_content()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
def test_teams_and_mattermost_take_the_words_as_they_are(home: Home, tmp_path: Path) -> None:
    """Teams by its workflows, over TLS; Mattermost's form is Slack's, whose host is fixed."""
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("openssl is not here to make a certificate")
    pem = tmp_path / "pem"
    new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=here -days 2"
    subprocess.run(
        [openssl, *new.split(), "-keyout", str(pem), "-out", str(tmp_path / "crt")],
        check=True,
        capture_output=True,
    )
    pem.write_bytes(pem.read_bytes() + (tmp_path / "crt").read_bytes())
    a_night(home, [case(1)], [OVERDUE])
    with web_receiver(pem) as teams, web_receiver() as mattermost:
        address(home, "teams", f"workflows://{HOST}:{teams.port}/{SECRET}/signature123/?verify=no")
        address(home, "chat", f"mmost://{HOST}:{mattermost.port}/{SECRET}")
        settings(home, to("teams"), to("chat"))
        assert states(home) == ["sent", "sent"]
        for posted in (teams.posted, mattermost.posted):
            text = json.dumps(posted)
            assert "gb_coh_psc" in text and "UT-C-1 (stop)" in text
            assert "github" not in text  # no picture from elsewhere
    assert "](https://undertow.example.org/" in json.dumps(teams.posted)


def test_many_cases_are_one_message_that_a_chat_takes(home: Home, web: Web) -> None:
    a_night(home, [case(number, indicators=["PUB-020"] * 9) for number in range(1, 301)])
    assert states(home) == ["sent"]
    assert len(web.last) <= CHARACTERS_MAX + 1
    assert "new cases: 300" in web.last and "UT-C-1 (stop): PUB-020" in web.last and "more" in web.last
    assert states(home) == ["nothing due"] and len(web.posted) == 1


def test_nothing_else_is_asked_of_the_net(home: Home, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    peers = []
    connect = socket.socket.connect

    def noted(self: socket.socket, peer: tuple[str, int]) -> None:
        peers.append(peer)
        connect(self, peer)

    monkeypatch.setattr(socket.socket, "connect", noted)
    a_night(home, [case(1)])
    assert states(home) == ["sent"]
    assert peers == [(HOST, web.port)]


# --- at the end of a night ----------------------------------------------------------------------------------


def _ends_with(error: Exception) -> tuple[Stage, ...]:
    def run(_night: Night) -> dict[str, int]:
        raise error

    return (Stage("landing", run),)


@pytest.mark.parametrize("status", [200, 500])
def test_a_failed_night_is_told_and_its_exit_code_stays(
    home: Home, web: Web, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(runner, "STAGES", _ends_with(ReleaseBlocked(f"a gate failed for {CANARY}")))
    web.status = status
    a_run = ["run", "--landing", str(home.landing), "--home", str(home.root)]
    assert exit_code(a_run) == 3
    assert len(web.posted) == 1 and CANARY not in web.last
    assert "blocked by a gate; the release in force stays (exit code 3)" in web.last
    warned = "hook: does not answer" in capsys.readouterr().err
    assert warned == (status == 500)
    web.status = 200
    assert exit_code(["notify", "--home", str(home.root)]) == 0
    assert len(web.posted) == (2 if status == 500 else 1)


@pytest.mark.parametrize(("holder", "messages_n"), [("purge", 1), ("run", 0)])
def test_a_run_that_finds_the_home_locked_is_told_unless_by_another_run(
    home: Home, web: Web, holder: str, messages_n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with held(home, holder):
        assert exit_code(["run", "--landing", str(home.landing), "--home", str(home.root)]) == 4
    assert len(web.posted) == messages_n
    assert all("failed or interrupted" in posted["message"] for posted in web.posted)


@pytest.mark.parametrize("text", ["[[to]]\nurl_file = 3", "not toml"])
def test_a_wrong_file_is_a_warning_and_the_exit_code_stays(
    home: Home, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(runner, "STAGES", _ends_with(ReleaseBlocked("a gate failed")))
    (home.root / "notify.toml").write_text(text)
    assert exit_code(["run", "--landing", str(home.landing), "--home", str(home.root)]) == 3
    assert "nobody was told" in capsys.readouterr().err


def test_who_breaks_off_a_message_changes_no_exit_code(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(runner, "STAGES", _ends_with(ReleaseBlocked("a gate failed")))
    monkeypatch.setattr(telling, "tell", interrupted)
    assert exit_code(["run", "--landing", str(home.landing), "--home", str(home.root)]) == 3
    assert "told the next time" in capsys.readouterr().err


# --- the command --------------------------------------------------------------------------------------------


def test_a_test_says_for_each_receiver_whether_it_went(
    home: Home, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    a_test = ["notify", "--test", "--home", str(home.root)]
    assert exit_code(a_test) == 0 and "test" in web.last
    settings(home, to("hook"), to("missing"), to("wrong"))
    address(home, "wrong", "no address")
    assert exit_code(a_test) == 5
    texts = capsys.readouterr().out
    assert "secrets/missing: is missing" in texts and "no address that Apprise knows" in texts
    settings(home, to("missing"))
    assert exit_code(a_test) == 4
    (home.root / "notify.toml").unlink()
    assert exit_code(a_test) == 2


def test_a_dry_run_sends_and_notes_nothing(home: Home, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    settings(home, to("hook", areas=["Harowmere"]), to("hook"))
    a_night(home, [case(1, **HARROWMERE)])
    assert exit_code(["notify", "--dry-run", "--home", str(home.root)]) == 0
    texts = capsys.readouterr()
    assert "UT-C-1 (stop)" in texts.out and web.posted == []
    assert "Harowmere" in texts.err and "no area of that name" in texts.err
    assert states(home) == ["sent", "sent"]  # the first has no case of that area


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[to]]\n", "to.0.url_file"),
        ('[[to]]\nurl_file = "../state/x"\n', "to.0.url_file"),
        ('[[to]]\nurl_file = "x"\nlanes = ["data"]\n', "to.0.lanes.0"),
        ('[[to]]\nurl_file = "x"\nevents = ["cases"]\n', "to.0.events.0"),
        ('[[to]]\nurl_file = "x"\nareas = [" "]\n', "to.0.areas.0"),
        ('[[to]]\nurl = "mailto://a:b@c"\n', "to.0.url"),
        ('base_url = "undertow.example.org"\n', "base_url"),
    ],
)
def test_a_wrong_key_is_named_and_its_value_is_not(home: Home, text: str, named: str) -> None:
    (home.root / "notify.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"notify\.toml: {named}") as caught:
        notify(home)
    assert "mailto" not in str(caught.value)


def test_a_home_without_the_file_tells_nobody_and_gets_no_file(home: Home) -> None:
    assert tell(home) == () and not (home.state / TOLD_FILE).exists()


@pytest.fixture(autouse=True)
def apprise_may_log() -> Iterator[None]:
    """What a message switches off is on again for the next test."""
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    yield
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.NOTSET)
