"""The release in force is whole after kills and disk errors."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from flows.home.settings import Home
from flows.journal import chain, ledger
from flows.journal.entries import Head
from flows.release import publish, recovery, store
from flows.release.verification import verify
from tests.flows import faults
from tests.flows.release_tables import build, publish_one, write_tables
from transforms.errors import RunFailed

ROOT = Path(__file__).parents[3]


def torn_write(monkeypatch: pytest.MonkeyPatch, kept: int, *, kind: str) -> None:
    """The next entry of that kind in the ledger is cut short after so many bytes (from its end, where
    negative), as by a full disk.
    """
    write_all = chain._write_all

    def write_some(descriptor: int, data: bytes) -> None:
        if f'"kind":"{kind}"'.encode() not in data:
            return write_all(descriptor, data)
        write_all(descriptor, data[:kept])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(chain, "_write_all", write_some)


@pytest.mark.sample(1)
@pytest.mark.parametrize("kept", [1, 40, 300, -2, -1])
@pytest.mark.parametrize("is_after_purge", [False, True])
def test_ledger_line_cut_short_is_put_right_by_the_next_run(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, kept: int, is_after_purge: bool
) -> None:
    """Of a release, also where that of a purge was cut short before: sound for `audit verify`, with the head
    that the manifest states.
    """
    if is_after_purge:
        torn_write(monkeypatch, 60, kind="purge")
        with pytest.raises(RunFailed, match="No space left"):
            ledger.add(home, {"kind": "purge", "subject": "h:" + "0" * 32, "records_n": 1, "releases": 1})
        monkeypatch.undo()
    torn_write(monkeypatch, kept, kind="release")
    with capture_logs() as log_entries:
        third = publish_one(home, "run-3", seed=3)
    monkeypatch.undo()
    assert (
        ledger.in_force(home) == two[1] != third == store.current_release(home).name
        and "No space left" in log_entries[-1]["message"]
    )
    assert verify(home).faults == ()
    recovery.clean_leftovers(home)
    fourth = publish_one(home, "run-4", seed=4)
    check = verify(home)
    assert (check.faults, check.releases_n, ledger.in_force(home)) == ((), 4, fourth)
    kinds = [
        entry.body["kind"] for entry in chain.walk(ledger.log(home), chain.Walk(ledger.log(home).origin))
    ]
    assert kinds == ["release", "release", *(["torn"] if is_after_purge else []), "release", "release"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("kept", [1, 20, 60, -1])
def test_rollback_that_was_cut_short_is_entered_by_the_next_run(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    first, _ = two
    torn_write(monkeypatch, kept, kind="rollback")
    assert publish.rollback(home) == first and ledger.in_force(home) != first
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert (verify(home).findings, ledger.in_force(home)) == ((), first)


def test_release_whose_head_is_not_the_one_that_was_promised_is_told(home: Home) -> None:
    with pytest.raises(RunFailed, match="has another hash than the manifest of its release states"):
        ledger.add(home, {"kind": "release", "release_id": "1"}, Head(1, "0" * 64))


def test_leftovers_of_a_killed_run_are_removed(home: Home, two: tuple[str, str]) -> None:
    first, second = two
    publish.rollback(home)
    shutil.copytree(home.releases / first, home.releases / "000003-aaaaaaaaaaaa")
    (home.releases / "000003-aaaaaaaaaaaa" / "published").unlink()  # renamed, never current
    shutil.copytree(home.releases / first, home.releases / ".000000-bbbbbbbbbbbb")  # half pruned
    (home.root / ".current.part").symlink_to("releases/x")
    build(home, "run-3")
    (home.work / "stray").write_text("")
    for release_id in (first, "000003-aaaaaaaaaaaa"):
        (home.reports / release_id).mkdir()
    recovery.clean_leftovers(home)
    assert [path.name for path in home.reports.iterdir()] == [
        first
    ]  # pages of a release that was never in force go with it
    assert list(home.work.iterdir()) == []
    assert sorted(path.name for path in home.releases.iterdir()) == [first, second]
    assert not (home.root / ".current.part").is_symlink()
    assert store.current_release(home).name == first


@pytest.mark.parametrize(
    ("how", "every"),
    [
        ("kill", 15),
        pytest.param("full", 1, marks=pytest.mark.nightly),
        pytest.param("kill", 3, marks=pytest.mark.nightly),
        pytest.param("error", 3, marks=pytest.mark.nightly),
        *(pytest.param(how, 1, marks=pytest.mark.nightly) for how in ("kill", "error", "delay")),
    ],
)
def test_release_in_force_is_whole_after_every_fault(tmp_path: Path, how: str, every: int) -> None:
    """A process that builds and publishes is stopped at each of its calls to the disk in turn, or every third
    one, until it gets through.

    kill: kill −9 before the call. error: the call fails (no space). delay: kill −9 after a random time,
    inside DuckDB too. full: writes beyond a size fail, inside DuckDB too. Each time `current` resolves to the
    old release or the new one, its bytes are those of its manifest, and cleaning leaves nothing else (the
    checks are in faults.py).
    """
    for seed in (0, 1):
        write_tables(tmp_path / f"tables-{seed}", faults.ROWS_N, seed=seed, declared=faults.DECLARED)
    done = subprocess.run(
        [sys.executable, faults.__file__, str(tmp_path), how, str(every)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    if how in ("kill", "error"):
        assert outcomes.pop()["calls_n"] == len(outcomes) > 30 // every  # the last one got through
    assert all(outcome["problems"] == [] for outcome in outcomes), outcomes
    stopped = [outcome for outcome in outcomes if not outcome["finished"]]
    assert len(stopped) >= {"kill": 30, "error": 25, "delay": 6, "full": 3}[how] // every
    if how in ("kill", "error"):
        assert {outcome["current"] for outcome in stopped} == ({"old", "new"} if how == "kill" else {"old"})
    if how == "error":  # after the flip it is told, and no failure
        assert {outcome["current"] for outcome in outcomes if outcome["finished"]} == {"new"}
    if how in ("error", "full"):
        for outcome in stopped:
            assert outcome["exit_code"] == 4
            assert "\n" not in outcome["message"]
            assert how == "full" or (
                os.strerror(errno.ENOSPC) in outcome["message"] and str(tmp_path) in outcome["message"]
            )
