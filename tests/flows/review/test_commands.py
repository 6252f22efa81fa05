"""`undertow verdict` and `undertow review user`: a case from the first reading to the next release, each
look-up in the audit log, and nothing for the second reader to see before the second verdict is in.
"""

import json
import shutil
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.journal import audit, chain, reviews
from flows.operations.doctor import examine
from flows.release import store
from flows.review import users
from tests.flows.review.world import Raised, new_home, night

FLAG = Raised("a1", "UT-C-a1")
OTHER = Raised("b1", "UT-C-b1", subject_id="GB-COH-2")
SECRET = "a sentence that only the first reader wrote"


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Copied, never changed."""
    made = new_home(tmp_path_factory.mktemp("commands") / "home")
    night(made, [FLAG, OTHER])
    return made


@pytest.fixture
def home(tmp_path: Path, one_night: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(users, "hasher", users.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made = Home(shutil.copytree(one_night.root, tmp_path / "home", symlinks=True))
    for name, role in {"ann": "reviewer", "bob": "reviewer", "sue": "supervisor", "max": "auditor"}.items():
        assert run(made, "review", "user", "add", name, "--role", role) == 0
    return made


def run(home: Home, *arguments: str) -> int:
    return exit_code([*arguments, "--home", str(home.root)])


def verdict(home: Home, command: str, *arguments: str) -> int:
    return run(home, "verdict", command, *arguments)


def listed(home: Home, capsys: pytest.CaptureFixture[str], name: str) -> str:
    """All that the commands print for a user."""
    capsys.readouterr()
    for arguments in (
        ("list", "--by", name),
        ("list", "--by", name, "--json"),
        ("list", "--by", name, "--mine"),
        ("show", "UT-C-a1", "--by", name),
        ("show", "UT-C-a1", "--by", name, "--json"),
        ("agreement",),
    ):
        assert verdict(home, *arguments) == 0
    return capsys.readouterr().out


def test_a_case_from_the_first_reading_to_the_release(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "review", "user", "add", "zoe", "--role", "reader") == 0
    assert "code to set a password" in capsys.readouterr().out
    before = listed(home, capsys, "bob")
    given = ("--outcome", "confirmed", "--reason", "other", "--note", SECRET)
    assert verdict(home, "add", "UT-C-a1", "--by", "ann", *given) == 0
    assert listed(home, capsys, "bob") == before and SECRET in listed(home, capsys, "ann")
    second = ("--outcome", "confirmed", "--reason", "unexplained", "--done", "question")
    assert verdict(home, "add", "UT-C-a1", "--by", "bob", *second) == 0
    assert "decided: confirmed" in capsys.readouterr().out
    assert verdict(home, "done", "UT-C-a1", "--by", "ann", "--done", "refused") == 0
    shown = listed(home, capsys, "sue")
    assert SECRET in shown and "ann: done: refused" in shown
    assert "bob: verdict confirmed unexplained, done: question" in shown
    night(home, [FLAG, OTHER])
    [row] = query(store.current_release(home), "from v_verdict").to_pylist()
    assert (row["case_id"], row["outcome"], row["reason"]) == ("UT-C-a1", "confirmed", "unexplained")
    assert (row["readings_n"], row["done"]) == (2, ["question", "refused"])
    assert run(home, "audit", "verify") == 0
    entries = list(chain.walk(audit.log(home), chain.Walk(audit.log(home).origin)))
    commands = [str(entry.body["command"]) for entry in entries]
    assert {"verdict add", "verdict show", "verdict list", "verdict done"} == set(commands)
    assert all(event.body["via"]["user"] for event in reviews.events(home) if event.body)


def test_supervisors_close_reopen_explain_and_erase(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(home, "assign", "UT-C-a1", "--by", "sue", "--to", "bob") == 0
    no_concern = ("--outcome", "no-concern", "--reason", "explained")
    assert verdict(home, "add", "UT-C-a1", "--by", "ann", *no_concern) == 2
    assert "with bob now" in capsys.readouterr().err
    assert verdict(home, "close", "UT-C-a1", "UT-C-b1", "--by", "bob", "--reason", "too-old") == 2
    assert verdict(home, "close", "UT-C-a1", "UT-C-b1", "--by", "sue", "--reason", "other") == 2
    note = ("--reason", "other", "--note", SECRET)
    assert verdict(home, "close", "UT-C-a1", "UT-C-b1", "--by", "sue", *note) == 0
    assert verdict(home, "reopen", "UT-C-b1", "--by", "sue", "--reason", "mistake") == 0
    capsys.readouterr()
    for case_id in ("UT-C-a1", "UT-C-b1"):
        assert verdict(home, "erase-notes", case_id, "--by", "sue") == 0
        assert capsys.readouterr().out == f"{case_id}: its notes are removed\n"  # not how many
    assert SECRET.encode() not in reviews.path(home).read_bytes()
    explanation = ("--owner", "Land desk", "--scope", "The depot", "--reason", "Let by the town")
    arguments = ("b1", "--by", "sue", *explanation, "--until", "2020-01-01")
    assert verdict(home, "explain-away", *arguments) == 2
    assert "the last day has to be from today on" in capsys.readouterr().err
    assert run(home, "audit", "verify") == 0


def test_who_may_not_is_refused(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("list", "--by", "max"),
        ("show", "UT-C-a1", "--by", "max"),
        ("list", "--by", "nobody"),
        ("sample", "--by", "max", "--unflagged", "1"),
        ("show", "UT-C-a1", "--by", "ann", "--purpose", "undeclared"),
        ("add", "UT-C-zz", "--by", "ann", "--outcome", "confirmed", "--reason", "unexplained"),
    ):
        assert verdict(home, *arguments) == 2
    assert run(home, "review", "user", "disable", "ann") == 0
    assert verdict(home, "list", "--by", "ann") == 2
    assert run(home, "review", "user", "list", "--json") == 0
    out = capsys.readouterr().out
    accounts = {one["name"]: one for one in json.loads(out[out.index("[") :])}
    assert accounts["ann"]["disabled_at"] and not accounts["bob"]["disabled_at"]


def test_doctor_names_a_purpose_without_a_period(home: Home) -> None:
    purpose = '[[purpose]]\ncode = "{}"\ntitle = "t"\nlegal_basis = "l"\n'
    text = purpose.format("permits") + purpose.format("grants") + "keep_days = 365\n"
    (home.root / "undertow.toml").write_text(text)
    checks = [one.what for one in examine(home).findings if one.check == "purposes_without_period"]
    assert len(checks) == 1 and "permits" in checks[0]
