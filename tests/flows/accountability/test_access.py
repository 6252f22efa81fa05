"""Purposes and the audit log, as commands on named subjects meet them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from flows.accountability import access
from flows.cli.app import exit_code
from flows.home.authority import SETTINGS_FILE, Purpose
from flows.home.settings import Home
from flows.journal import audit, chain
from flows.release.store import current_release
from flows.release.verification import verify
from tests.flows.check_release import ALDER, ALDER_TITLE, JOHN, entity, published, rows
from transforms.errors import UsageError

PERSON = "Mr John Paul Smith"
ZEEDIJK = "NL-KVK-90012304"
NAMED = [["check", ALDER], ["explain", "f1"], ["report", "--case", "UT-C-f1"], ["report", "--subject", ALDER]]
DECLARED = (
    '[[purpose]]\ncode = "permits"\ntitle = "Permits"\nlegal_basis = "Article 3 of an invented '
    'act"\narea = "Harrowmere"\n'
)


@pytest.fixture(autouse=True)
def no_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNDERTOW_PURPOSE", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of real registers. A person has a British company, and a seat on the board of a Dutch one."""
    given = rows()
    seat = {"interest_id": "seat", "statement_id": "r-seat", "subject_id": ZEEDIJK, "party_id": JOHN}
    given["interest"].append({**seat, "interest_type": "boardMember", "basis": "unknown", "is_open": True})
    given["entity"].append(entity(ZEEDIJK, "ZEEDIJK OPSLAG B.V."))
    register = {"register": "nl_kvk_dataservice", "title": "Dutch registrations", "territory": "nl"}
    given["register"].append({**register, "edition_in_force": "2026-06-01"})
    return published(tmp_path_factory.mktemp("access") / "home", given, synthetic=False)


@pytest.fixture
def real(made: Home) -> Home:
    """A home of real registers whose settings file declares one purpose."""
    (made.root / SETTINGS_FILE).write_text(DECLARED)
    return made


def entries(home: Home) -> list[dict[str, object]]:
    walk = chain.Walk(audit.log(home).origin)
    bodies = [dict(entry.body) for entry in chain.walk(audit.log(home), walk)]
    assert walk.faults == []
    return bodies


@pytest.mark.sample(1)
@pytest.mark.parametrize("command", NAMED, ids=lambda command: " ".join(command[:2]))
def test_named_subjects_need_a_purpose(
    real: Home, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(entries(real))
    assert exit_code([*command, "--home", str(real.root)]) == 2
    captured = capsys.readouterr()
    assert "UNDERTOW_PURPOSE" in captured.err and "permits" in captured.err and captured.out == ""
    assert exit_code([*command, "--home", str(real.root), "--purpose", "curiosity"]) == 2
    assert "'curiosity' is not declared" in capsys.readouterr().err
    assert len(entries(real)) == before
    assert exit_code([*command, "--home", str(real.root), "--purpose", "permits"]) == 0
    monkeypatch.setenv("UNDERTOW_PURPOSE", "permits")
    assert exit_code([*command, "--home", str(real.root)]) == 0
    assert [(one["command"], one["purpose"], one["release"]) for one in entries(real)[before:]] == [
        (command[0], "permits", current_release(real).name)
    ] * 2


def test_without_a_declared_purpose_it_says_how_to_declare_one(
    made: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    (made.root / SETTINGS_FILE).unlink(missing_ok=True)
    assert exit_code(["check", ALDER, "--home", str(made.root)]) == 2
    assert "undertow purpose add CODE --title" in capsys.readouterr().err
    assert (
        exit_code(
            [
                "purpose",
                "add",
                "tenders",
                "--title",
                'Tenders "above" the line',
                "--legal-basis",
                "Ünïcode § 5",
                "--desk",
                "Procurement",
                "--home",
                str(made.root),
            ]
        )
        == 0
    )
    assert (
        exit_code(
            ["purpose", "add", "tenders", "--title", "again", "--legal-basis", "x", "--home", str(made.root)]
        )
        == 2
    )
    assert exit_code(["check", ALDER, "--home", str(made.root), "--purpose", "tenders"]) == 0
    assert access.declared(made) == (
        Purpose(
            code="tenders", title='Tenders "above" the line', legal_basis="Ünïcode § 5", desk="Procurement"
        ),
    )


@pytest.mark.nightly
def test_a_synthetic_home_has_demo(tmp_path: Path) -> None:
    home = published(tmp_path / "home")
    assert exit_code(["check", ALDER, "--home", str(home.root)]) == 0
    assert exit_code(["check", ALDER, "--home", str(home.root), "--purpose", "demo"]) == 0
    assert exit_code(["check", ALDER, "--home", str(home.root), "--purpose", "permits"]) == 2
    assert [one["purpose"] for one in entries(home)] == ["demo", "demo"]


def test_a_real_home_has_no_demo(real: Home) -> None:
    assert exit_code(["check", ALDER, "--home", str(real.root), "--purpose", "demo"]) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[purpose]]\ncode = "Permits"\ntitle = "x"\nlegal_basis = "y"\n', "purpose.0.code"),
        ('[[purpose]]\ncode = "permits"\ntitle = ""\nlegal_basis = "y"\n', "purpose.0.title"),
        ('[[purpose]]\ncode = "permits"\ntitle = "a\\nb"\nlegal_basis = "y"\n', "purpose.0.title"),
        ('[[purpose]]\ncode = "permits"\ntitle = "x"\n', "purpose.0.legal_basis"),
        ('[[purpose]]\ncode = "permits"\ntitle = "x"\nlegal_basis = "y"\nlaw = "z"\n', "purpose.0.law"),
        ("purposes = []\n", "purposes"),
        ("[[purpose]\n", "not TOML"),
        (DECLARED * 2, "is declared twice"),
        (DECLARED.replace("permits", "demo"), "reserved for synthetic homes"),
    ],
)
def test_a_wrong_settings_file_is_refused_and_says_where(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text)
    with pytest.raises(UsageError, match=r"undertow\.toml") as refused:
        access.declared(Home(tmp_path))
    assert fault in str(refused.value)


@pytest.mark.nightly
def test_entities_stand_by_id_and_persons_and_typed_text_by_keyed_hash(real: Home) -> None:
    for what in (PERSON, JOHN, ALDER, "alder farm", ALDER_TITLE):
        assert exit_code(["check", what, "--home", str(real.root), "--purpose", "permits", "--json"]) == 0
    person, by_id, entity, typed, title = entries(real)[-5:]
    key = (real.secrets / audit.KEY_FILE).read_bytes()
    assert person["asked"] == [audit.keyed(key, PERSON)] == [audit.keyed(key, "mr  JOHN paul smith")]
    assert audit.keyed(key, JOHN) in person["shown"] and JOHN not in json.dumps([person, by_id])  # type: ignore[operator]
    assert entity["asked"] == [ALDER] and ALDER in entity["shown"]  # type: ignore[operator]
    assert typed["asked"] == [audit.keyed(key, "alder farm")] and ALDER in typed["shown"]  # type: ignore[operator]
    assert title["asked"] == [ALDER_TITLE]
    assert (person["uid"], person["command"]) == (os.getuid(), "check")
    written = audit.log(real).path.read_bytes().lower() + audit.log(real).head_path.read_bytes()
    assert not [word for word in ("john", "smith", "alder farm") if word.encode() in written]
    assert verify(real).faults == ()


SCREENING = """
[[purpose]]
code = "integrity"
title = "Integrity screening"
legal_basis = "Article 28"
allows = ["functions"]
"""


@pytest.mark.parametrize(("purpose", "lists_functions"), [("permits", False), ("integrity", True)])
def test_a_persons_functions_are_listed_for_a_purpose_that_allows_them(
    made: Home, purpose: str, lists_functions: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those in the Dutch trade register."""
    (made.root / SETTINGS_FILE).write_text(DECLARED + SCREENING)
    assert exit_code(["check", JOHN, "--home", str(made.root), "--purpose", purpose, "--json"]) == 0
    output = capsys.readouterr().out
    [subject] = json.loads(output)["answers"][0]["subjects"]
    listed = {row["subject_id"] for row in subject["holdings"]}
    assert (ALDER in listed, ZEEDIJK in listed) == (True, lists_functions)
    assert (ZEEDIJK in output) == lists_functions
    words = {each["what"] for each in subject["searched"]}
    assert any("--allows functions" in word for word in words) != lists_functions


def test_the_board_of_a_company_is_listed_for_any_purpose(
    real: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["check", ZEEDIJK, "--home", str(real.root), "--purpose", "permits", "--json"]) == 0
    [subject] = json.loads(capsys.readouterr().out)["answers"][0]["subjects"]
    assert [row["party_id"] for row in subject["interests"]] == [JOHN]


def test_a_key_that_is_gone_is_not_made_anew(real: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """What the audit log holds is found by the old one alone."""
    audit.record(real, "check", purpose="permits", terms=["x"], release="r")
    key = real.secrets / audit.KEY_FILE
    kept = key.rename(key.with_suffix(".kept"))
    try:
        assert exit_code(["check", ALDER, "--home", str(real.root), "--purpose", "permits"]) == 4
        assert "subjects.key: missing" in capsys.readouterr().err and not key.exists()
    finally:
        kept.rename(key)


@pytest.mark.nightly
def test_the_log_is_written_before_the_answer_and_without_it_there_is_none(
    real: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert exit_code(["check", ALDER, "--home", str(real.root), "--purpose", "permits"]) == 0
    capsys.readouterr()
    log = audit.log(real).path
    kept = log.rename(log.with_suffix(".kept"))
    log.mkdir()  # cannot be opened for writing, not even by root
    try:
        for command in (
            *NAMED[:2],
            ["report", "--case", "UT-C-f1", "--to", str(tmp_path / "pages")],
            ["check", ALDER, "--to", str(tmp_path / "pages")],
        ):
            assert exit_code([*command, "--home", str(real.root), "--purpose", "permits"]) == 4
            captured = capsys.readouterr()
            assert captured.out == "" and str(log) in captured.err and "ALDER" not in captured.err
        assert not (tmp_path / "pages").exists()
    finally:
        log.rmdir()
        kept.rename(log)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_who_may_not_write_the_log_gets_no_answer(real: Home) -> None:
    """An analyst who may read the release: the database by itself is open to the group, this command is
    not.
    """
    # Not under pytest's own folder, which every session that starts closes to others.
    with tempfile.TemporaryDirectory() as outside:
        home = Home(Path(outside) / "home")
        shutil.copytree(real.root, home.root, symlinks=True)
        Path(outside).chmod(0o711)
        home.root.chmod(0o750)
        code = (
            f"import os, sys; os.setgid({home.root.stat().st_gid}); os.setgroups([]); "
            f"os.setuid(65534); from flows.cli.app import exit_code; sys.exit(exit_code(['check', "
            f"'{ALDER}', '--purpose', 'permits', '--home', '{home.root}']))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[3],
        )
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "as the user of the nightly run" in done.stderr


def test_sudo_is_kept(real: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_UID", "65534")
    assert exit_code(["check", ALDER, "--home", str(real.root), "--purpose", "permits"]) == 0
    assert (entries(real)[-1]["uid"], entries(real)[-1]["sudo_uid"]) == (os.getuid(), 65534)


def test_audit_verify_says_what_and_where(real: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["check", ALDER, "--home", str(real.root), "--purpose", "permits"]) == 0
    capsys.readouterr()
    assert exit_code(["audit", "verify", "--home", str(real.root)]) == 0
    assert capsys.readouterr().out.startswith("intact: 1 release; ledger 1 entry, head ")
    log = audit.log(real).path
    before = log.read_bytes()
    log.write_bytes(before.replace(b'"purpose":"permits"', b'"purpose":"tenders"', 1))
    assert exit_code(["audit", "verify", "--home", str(real.root)]) == 3
    assert "FAULT: state/audit.jsonl, line " in capsys.readouterr().out
    assert exit_code(["audit", "verify", "--json", "--home", str(real.root)]) == 3
    printed = json.loads(capsys.readouterr().out)
    assert (
        printed["exit_code"] == 3
        and printed["findings"][0]["kind"] == "fault"
        and printed["findings"][0]["line"] >= 1
    )
    log.write_bytes(before)
