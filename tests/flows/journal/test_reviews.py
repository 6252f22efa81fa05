"""The store of reviews: whole or not at all, in a chain that shows every edit, whose texts can be erased."""

import os
import random
import sqlite3
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from flows.home.settings import Home
from flows.journal import review_chain, reviews
from flows.journal.reviews import BODY, NOTE, Draft, writing
from flows.operations.backup import backup, restore
from flows.release import store, verification
from flows.review import users
from flows.review.rules import User
from tests.flows.release_tables import new_home, publish_one
from transforms.errors import RunFailed, UsageError


def draft(n: int, note: str = "") -> Draft:
    return Draft(
        "ann", "reviewer", "permits", f"UT-C-{n}", "verdict", {"outcome": "confirmed"}, note, f"form-{n}"
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Three events, each with a note."""
    made = new_home(tmp_path / "home")
    for n in (1, 2, 3):
        with writing(made) as log:
            log.append(draft(n, note=f"note {n}"))
    return made


# --- the chain --------------------------------------------------------------------------------------------


def test_a_chain_as_written_is_sound(home: Home) -> None:
    verified = review_chain.verify(home)
    assert not verified.faults and verified.last == reviews.head(home) and len(verified.heads) == 4
    assert [event.case_id for event in reviews.events(home)] == ["UT-C-1", "UT-C-2", "UT-C-3"]
    assert reviews.path(home).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "edit",
    [
        "update event set by = 'bob' where n = 2",
        "update event set at = '2020-01-01' where n = 1",
        "update event set body_hash = 'x' where n = 3",
        "delete from event where n = 2",
        "delete from event where n = 1",
        "insert into event select 9, at, by, role, purpose, case_id, kind, 'k', body_hash, prev, hash "
        "from event where n = 1",
        "update content set text = '{\"outcome\":\"no-concern\"}' where event_n = 2 and part = 'body'",
        "update content set text = 'other' where event_n = 2 and part = 'note'",
        "delete from content where event_n = 2 and part = 'note'",
        "delete from content where event_n = 2 and part = 'body'",
        "insert into content values (8, 'note', x'00', 'a note of nobody')",
    ],
)
def test_an_edit_is_refused_or_found(home: Home, edit: str) -> None:
    with sqlite3.connect(reviews.path(home)) as connection:
        if edit.startswith(("update", "delete from event")):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(edit)
        # Whoever may write the file may drop the triggers.
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {name}")
        assert connection.execute(edit).rowcount == 1
    assert review_chain.verify(home).faults


def test_a_cut_end_is_found_by_the_head_in_a_manifest(home: Home) -> None:
    publish_one(home, "run-1")
    assert not verification.verify(home).faults
    with sqlite3.connect(reviews.path(home)) as connection:
        connection.execute("drop trigger event_is_not_removed")
        connection.execute("delete from event where n = 3")
        connection.execute("delete from content where event_n = 3")
    assert not review_chain.verify(home).faults
    [fault] = verification.verify(home).faults
    assert store.current_release(home).name in fault.what


def test_a_text_that_is_erased_leaves_the_chain_whole(home: Home) -> None:
    with writing(home) as log:
        assert log.erase([1], [NOTE], Draft("retention", "", "", "", "erased", {"ground": "retention"})) == 1
    with writing(home) as log:
        assert log.erase([2], [BODY, NOTE], Draft("retention", "", "", "", "erased", {})) == 2
        assert log.erase([2], [BODY, NOTE], Draft("retention", "", "", "", "erased", {})) == 0
        assert log.notes([1, 2, 3]) == {3: "note 3"}
    assert not review_chain.verify(home).faults
    assert [event.body is None for event in reviews.events(home)] == [False, True, False, False, False]


def test_a_backup_holds_a_whole_copy_while_somebody_writes(tmp_path: Path, home: Home) -> None:
    again = Home(tmp_path / "again")
    with writing(home) as log:
        log.append(draft(4))
        backup(home, tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", again)
    assert len(reviews.events(again)) == 3 and not review_chain.verify(again).faults
    assert reviews.path(again).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in again.state.glob("review*")] == [reviews.FILE]


# --- all or nothing -----------------------------------------------------------------------------------------


def test_an_error_within_leaves_nothing(home: Home) -> None:
    with pytest.raises(UsageError), writing(home) as log:
        log.append(draft(4))
        raise UsageError("refused")
    assert len(reviews.events(home)) == 3


def test_a_form_is_used_once(home: Home) -> None:
    with writing(home) as log:
        assert log.written("form-2", "ann", "UT-C-2") == 2
        assert log.written("form-9", "ann", "UT-C-2") is None
        with pytest.raises(UsageError, match="form"):
            log.written("form-2", "bob", "UT-C-2")
    with pytest.raises(RunFailed, match="UNIQUE"), writing(home) as log:
        log.append(draft(2))


def _write(home: Home, first: int, report: Connection) -> None:
    """One event after another; a dot for each that is written."""
    for n in range(first, first + 10_000):
        with writing(home) as log:
            if log.written(f"form-{n}", "ann", f"UT-C-{n}") is None:
                log.append(draft(n, note=f"note {n}"))
        os.write(report.fileno(), b".")


def _killed_while_writing(home: Home, first: int, seconds: float) -> int:
    """A process writes one event after another and is killed this long after its second report. Returns the
    number of the first event that it did not report.
    """
    # From a server without threads: what is forked beside those of DuckDB can end with a segmentation fault.
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    reports, report = context.Pipe(duplex=False)
    child = context.Process(target=_write, args=(home, first, report))
    child.start()
    report.close()
    with os.fdopen(os.dup(reports.fileno()), "rb") as written:
        assert written.read(2) == b".."
        time.sleep(seconds)
        child.kill()
        child.join()
        reports.close()
        return first + 2 + len(written.read())


def _killed_often(home: Home, kills_n: int) -> None:
    chance, n = random.Random(7), 4
    for _ in range(kills_n):
        n = _killed_while_writing(home, n, 0.02 * chance.random())
        cases = [event.case_id for event in reviews.events(home)]
        assert cases[: n - 1] == [f"UT-C-{one}" for one in range(1, n)]  # nothing that was reported is lost
        assert len(cases) <= n and len(set(cases)) == len(cases)  # at most the one that was under way, once
        assert not review_chain.verify(home).faults


def test_killed_while_writing_nothing_is_lost_and_nothing_is_there_twice(home: Home) -> None:
    _killed_often(home, 4)


@pytest.mark.nightly
def test_killed_often_while_writing(home: Home) -> None:
    _killed_often(home, 200)


# --- users --------------------------------------------------------------------------------------------------


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with few rounds: what is tested is what is hashed, not how long it takes."""
    monkeypatch.setattr(users, "hasher", users.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users._nobody.cache_clear()


@pytest.mark.usefixtures("quick_hashes")
def test_a_user_sets_a_password_with_a_code_that_works_once(home: Home) -> None:
    code = users.add(home, "ann", "reviewer", by=users.operator())
    with pytest.raises(UsageError, match="do not fit"):
        users.set_password(home, "ann", "wrong", "a long password")
    with pytest.raises(UsageError, match="from 12"):
        users.set_password(home, "ann", code, "short")
    users.set_password(home, "ann", code, "a long password")
    with pytest.raises(UsageError, match="do not fit"):
        users.set_password(home, "ann", code, "another password")
    assert users.signed_in(home, "ann", "a long password") == User("ann", "reviewer")
    for name, password in (("ann", "another password"), ("nobody", "a long password"), ("ann", "")):
        assert users.signed_in(home, name, password) is None
    assert b"a long password" not in reviews.path(home).read_bytes()


@pytest.mark.usefixtures("quick_hashes")
def test_a_disabled_user_is_nobody_and_the_name_stays_taken(home: Home) -> None:
    users.add(home, "ann", "reviewer", by=users.operator(), password="a long password")
    users.disable(home, "ann", by=User("root", "administrator"))
    assert users.signed_in(home, "ann", "a long password") is None
    with pytest.raises(UsageError, match="no such user"):
        users.user(home, "ann")
    with pytest.raises(UsageError, match="never used again"):
        users.add(home, "ann", "reader", by=users.operator())
    kinds = [event.body["what"] for event in reviews.events(home) if event.kind == "user" and event.body]
    assert kinds == ["added as reviewer", "disabled"]
