"""Publishing a release, keeping the newest, and rolling back."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from flows.home import durable, logs
from flows.home.settings import RELEASES_KEPT, Home
from flows.journal import ledger
from flows.release import manifests, publish, recovery, store
from flows.release.verification import verify
from tests.flows.demo import Demo
from tests.flows.release.published import flip_byte, rows
from tests.flows.release_tables import FACTS, build, publish_one
from transforms.errors import RunFailed, UsageError


def test_a_night_writes_its_tables_in_the_order_in_which_a_release_stores_them(demo: Demo) -> None:
    """So none is sorted again for each release."""
    steps = {
        path.parent.name: json.loads(path.read_text()) for path in demo.home.kept.glob("release-*/*.json")
    }
    contents = {name: json.loads(step["counts"]["content"]) for name, step in steps.items()}
    assert contents["release-graph_ubo"]["nulls"]["party_id"] > 0  # the hardest: its key has nulls
    assert [name for name, content in contents.items() if not content["in_order"]] == []


def test_pages_are_there_before_the_release_is_in_force(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    built, pages = build(home, "run"), home.work / "run" / "report"
    pages.mkdir()
    (pages / "night.html").write_text("a page")
    release_id = json.loads((built / "manifest.json").read_text())["release_id"]

    def flip(_home: Home, flipped: str, *_entry: object) -> None:
        assert (home.reports / flipped / "night.html").read_text() == "a page"
        raise OSError(errno.EIO, os.strerror(errno.EIO), "current")

    monkeypatch.setattr(publish, "make_current", flip)
    with pytest.raises(RunFailed, match="current"):
        publish.publish(home, built, report=pages)
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert list(home.reports.iterdir()) == []
    assert publish.publish(home, build(home, "again")) == release_id


@pytest.mark.sample(1)
@pytest.mark.parametrize("fails", ["ledger.add", "mark_published", "prune"])
def test_what_fails_after_the_flip_is_told_and_the_release_is_in_force(
    home: Home,
    two: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fails: str,
) -> None:
    def full(*arguments: object) -> None:
        if arguments != (home.releases / two[1],):  # the release before is marked once more, before the flip
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "state/ledger.jsonl")

    logs.configure(quiet=True)
    built = build(home, "run-3", seed=3)
    monkeypatch.setattr(f"flows.release.publish.{fails}", full)
    release_id = publish.publish(home, built)
    assert store.current_release(home).name == release_id
    stderr = capsys.readouterr().err
    assert (
        f"release {release_id} is in force" in stderr
        and "state/ledger.jsonl: No space left on device (errno 28)" in stderr
    )
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert (
        ledger.in_force(home) == release_id
        and (home.releases / release_id / "published").exists()
        and verify(home).faults == ()
    )


@pytest.mark.parametrize("fails", ["ledger.add", "mark_published"])
def test_what_fails_after_a_rollback_has_flipped_is_told_and_the_next_run_makes_up_for_it(
    home: Home,
    two: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fails: str,
) -> None:
    first, second = two
    logs.configure(quiet=True)

    def full(*_: object) -> None:
        if store.is_current(home, first):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "state/ledger.jsonl")

    monkeypatch.setattr(f"flows.release.publish.{fails}", full)
    assert publish.rollback(home) == first
    stderr = capsys.readouterr().err
    assert (
        f"release {first} is in force" in stderr
        and "state/ledger.jsonl: No space left on device (errno 28)" in stderr
    )
    monkeypatch.undo()
    recovery.clean_leftovers(home)
    assert (
        ledger.in_force(home) == first
        and verify(home).faults == ()
        and publish.rollback(home, second) == second
    )


def test_current_is_a_relative_link_that_survives_a_move(
    home: Home, two: tuple[str, str], tmp_path: Path
) -> None:
    assert str(home.current.readlink()) == f"releases/{two[1]}"
    home.root.rename(tmp_path / "moved")
    assert rows(store.current_release(Home(tmp_path / "moved")), "select release_id from v_release") == [
        (two[1],)
    ]


@pytest.mark.nightly
def test_seven_releases_stay_and_numbers_go_on(home: Home) -> None:
    published = []
    for n in range(RELEASES_KEPT + 3):
        published.append(publish_one(home, f"run-{n}", seed=n))
        (home.reports / published[-1]).mkdir()
    (home.reports / "notes").mkdir()
    assert [int(release_id[:6]) for release_id in published] == list(range(1, RELEASES_KEPT + 4))
    listed = store.releases(home)
    assert [release.release_id for release in listed] == published[-RELEASES_KEPT:]
    assert [release.is_current for release in listed] == [False] * (RELEASES_KEPT - 1) + [True]
    assert sorted(path.name for path in home.releases.iterdir()) == published[-RELEASES_KEPT:]
    assert sorted(path.name for path in home.reports.iterdir()) == [
        *published[-RELEASES_KEPT:],
        "notes",
    ]  # pages go with their release
    assert {(release.as_of, release.built_at, release.rows_n, release.synthetic) for release in listed} == {
        (FACTS.as_of, FACTS.built_at, 10, True)
    }


def test_manifests_are_chained(home: Home, two: tuple[str, str]) -> None:
    first, second = two
    previous = json.loads((home.releases / second / "manifest.json").read_text())["previous"]
    assert previous == {
        "release_id": first,
        "manifest_sha256": durable.file_sha256(home.releases / first / "manifest.json"),
    }


def test_rollback_goes_back_one_by_one_or_to_the_one_named(home: Home, two: tuple[str, str]) -> None:
    first, second, third = *two, publish_one(home, "run-3", seed=3)
    assert publish.rollback(home) == second
    assert rows(store.current_release(home), "select release_id from v_release") == [(second,)]
    assert publish.rollback(home) == first
    with pytest.raises(UsageError, match="no earlier release"):
        publish.rollback(home)
    assert publish.rollback(home, to=third) == third
    assert store.current_release(home).name == third
    with pytest.raises(UsageError, match="000009-aaaaaaaaaaaa is not among those kept"):
        publish.rollback(home, to="000009-aaaaaaaaaaaa")
    recovery.clean_leftovers(home)
    assert [release.release_id for release in store.releases(home)] == [first, second, third]


@pytest.mark.nightly
def test_release_after_a_rollback_gets_a_new_number_and_the_one_in_force_is_never_pruned(home: Home) -> None:
    published = [publish_one(home, f"run-{n}", seed=n) for n in range(RELEASES_KEPT)]
    publish.rollback(home, to=published[0])
    built = build(home, "next")
    assert json.loads((built / "manifest.json").read_text())["previous"]["release_id"] == published[0]
    recovery.prune(home)
    assert store.current_release(home).name == published[0]
    assert publish.publish(home, built).startswith(f"{RELEASES_KEPT + 1:06d}-")


@pytest.mark.nightly
def test_current_release_older_than_seven_is_kept(home: Home) -> None:
    published = [publish_one(home, f"run-{n}", seed=n) for n in range(RELEASES_KEPT)]
    extra = home.releases / "000008-aaaaaaaaaaaa"
    shutil.copytree(home.releases / published[-1], extra)
    publish.rollback(home, to=published[0])
    recovery.clean_leftovers(home)
    assert store.current_release(home).name == published[0]
    assert extra in [release.folder for release in store.releases(home)]


@pytest.mark.parametrize("damage", ["byte", "cut", "gone", "manifest", "no manifest"])
def test_changed_release_is_not_rolled_back_to(home: Home, two: tuple[str, str], damage: str) -> None:
    first, second = two
    database, manifest = home.releases / first / "undertow.duckdb", home.releases / first / "manifest.json"
    database.chmod(0o640)
    manifest.chmod(0o640)
    match damage:
        case "byte":
            flip_byte(20_000)(database)
        case "cut":
            os.truncate(database, database.stat().st_size - 1)
        case "gone":
            database.unlink()
        case "manifest":
            manifest.write_text("{")
        case _:
            manifest.unlink()
    with pytest.raises(RunFailed, match=first):
        manifests.verify(home.releases / first)
    with pytest.raises(RunFailed, match=first):
        publish.rollback(home)
    assert store.current_release(home).name == second


DAMAGED_MANIFESTS = {
    "empty": "",
    "half": '{"release_id": "0',
    "list": "[]",
    "no head": '{"ledger": {"n": 2}}',
    "no number": '{"ledger": {"entry": {}, "n": "x", "head": ""}}',
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("damage", DAMAGED_MANIFESTS)
@pytest.mark.parametrize("is_marked", [True, False])
def test_damaged_manifest_of_the_release_in_force_blocks_no_way_out(
    home: Home, two: tuple[str, str], damage: str, is_marked: bool
) -> None:
    """The next night and a rollback both go on, and `audit verify` names the release until it is gone."""
    first, second = two
    (home.releases / second / "manifest.json").unlink()
    (home.releases / second / "manifest.json").write_text(DAMAGED_MANIFESTS[damage])
    if not is_marked:
        (home.releases / second / "published").unlink()
    with capture_logs() as log_entries:
        recovery.clean_leftovers(home)
    assert {(line["log_level"], line["release"]) for line in log_entries} == {("warning", second)}
    third = publish_one(home, "run-3", seed=3)
    assert (
        json.loads((home.releases / third / "manifest.json").read_text())["previous"] is None
    )  # a later manifest does not vouch for it
    assert {one.where for one in verify(home).faults} == {f"releases/{second}"}
    publish.rollback(home, to=first)
    shutil.rmtree(home.releases / second)
    assert (verify(home).faults, ledger.in_force(home)) == ((), first)


@pytest.mark.parametrize("damage", DAMAGED_MANIFESTS)
def test_rollback_leaves_a_release_with_a_damaged_manifest(
    home: Home, two: tuple[str, str], damage: str
) -> None:
    first, second = two
    (home.releases / second / "manifest.json").unlink()
    (home.releases / second / "manifest.json").write_text(DAMAGED_MANIFESTS[damage])
    assert publish.rollback(home) == first
    assert ledger.in_force(home) == first


def test_a_damaged_manifest_hides_no_other_release_from_the_list(home: Home, two: tuple[str, str]) -> None:
    """`rollback --to` needs their ids."""
    first, second = two
    (home.releases / second / "manifest.json").unlink()
    (home.releases / second / "manifest.json").write_text("{")
    with capture_logs() as log_entries:
        assert [release.release_id for release in store.releases(home, readable=True)] == [first]
    assert [line["release"] for line in log_entries] == [second]
    with pytest.raises(RunFailed, match="is not a manifest"):
        store.releases(home)


def test_rollback_leaves_a_release_whose_manifest_cannot_be_read(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    read = manifests.read

    def failing(release: Path) -> dict[str, object]:
        if release.name == second:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(release))
        return read(release)

    monkeypatch.setattr(manifests, "read", failing)
    with pytest.raises(RunFailed, match=r"errno 5"):
        recovery.clean_leftovers(home)
    assert publish.rollback(home) == first


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("change", "message", "is_named"),
    [
        ("a byte", "undertow.duckdb has other bytes than its manifest says; run `undertow rollback`", True),
        ("no database", "undertow.duckdb: No such file or directory (errno 2)", True),
        ("the manifest", "manifest.json was changed after it was written; run `undertow rollback`", False),
        ("a float", "manifest.json was changed after it was written; run `undertow rollback`", False),
        ("no manifest", "manifest.json: No such file or directory (errno 2)", False),
    ],
)
def test_next_run_says_that_the_release_in_force_was_changed(
    home: Home, two: tuple[str, str], change: str, message: str, is_named: bool
) -> None:
    """And goes on; a manifest that was changed is not vouched for by the next."""
    _, second = two
    with capture_logs() as log_entries:
        recovery.clean_leftovers(home)
    assert log_entries == []
    database, manifest = home.releases / second / "undertow.duckdb", home.releases / second / "manifest.json"
    written = manifest.read_text()
    match change:
        case "a byte":
            database.chmod(0o640)
            flip_byte(20_000)(database)
        case "no database":
            database.unlink()
        case _:
            manifest.unlink()
    if change in ("the manifest", "a float"):
        manifest.write_text(written.replace('"plain"', '"other"' if change == "the manifest" else "1.5"))
    with capture_logs() as log_entries:
        recovery.clean_leftovers(home)
    assert [(line["log_level"], line["release"], message in line["message"]) for line in log_entries] == [
        ("warning", second, True)
    ]
    third = publish_one(home, "run-3", seed=3)
    assert (
        json.loads((home.releases / third / "manifest.json").read_text())["previous"] is not None
    ) == is_named


def test_build_that_changed_is_not_published(home: Home, two: tuple[str, str]) -> None:
    built = build(home, "run-3", seed=3)
    flip_byte(20_000)(built / "undertow.duckdb")
    with pytest.raises(RunFailed, match="other bytes than its manifest says"):
        publish.publish(home, built)
    assert store.current_release(home).name == two[1]


def test_home_without_a_release(home: Home) -> None:
    for ask in (store.current_release, store.open_current):
        with pytest.raises(UsageError, match="no release has been published here"):
            ask(home)
    assert store.releases(home) == ()
    recovery.clean_leftovers(home)


def test_current_that_points_nowhere(home: Home) -> None:
    release_id = publish_one(home, "run-1")
    shutil.rmtree(home.releases / release_id)
    with pytest.raises(UsageError, match=f"current points to release {release_id}, which does not exist"):
        store.open_current(home)
    assert publish_one(home, "run-2") == release_id  # and the next night is not stopped by it


def test_open_current_tries_again_where_the_release_was_pruned_meanwhile(
    home: Home, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    releases = iter([home.releases / "000000-000000000000", home.releases / second])
    monkeypatch.setattr(store, "current_release", lambda _home: next(releases))
    with store.open_current(home) as connection:
        assert connection.execute("select release_id from v_release").fetchall() == [(second,)]
    assert first != second


def test_the_release_before_is_the_newest_up_to_the_one_in_force_that_was_made_of_every_edition(
    home: Home,
) -> None:
    """A night of an earlier date in between knows of less, and is compared with by no later one."""
    every, limited = FACTS, replace(FACTS, known_at=date(2026, 5, 1))
    made = [
        publish.publish(home, build(home, f"run-{n}", seed=n, facts=facts))
        for n, facts in enumerate((every, limited, limited))
    ]

    def before(known_at: date | None) -> str:
        with store.open_before(home, known_at) as connection:
            return str(connection.execute("select release_id from v_release").fetchall()[0][0])

    assert (before(None), before(date(2026, 5, 1))) == (made[0], made[2])
    newest = publish.publish(home, build(home, "run-3", seed=3, facts=every))
    assert before(None) == newest
    publish.rollback(home, made[1])
    assert before(None) == made[0]  # what was rolled back from is not compared with
    shutil.rmtree(home.releases / made[0])
    assert before(None) == made[1]  # nor one that is gone


@pytest.mark.nightly
@pytest.mark.reliability("R4")
def test_session_stays_with_its_release_and_a_new_one_sees_the_new_one(
    home: Home, figure: Callable[[str], None]
) -> None:
    """Ten times, in one process, with all earlier sessions open; also after their release was pruned."""
    sessions = []
    for n in range(10):
        release_id = publish_one(home, f"run-{n}", rows_n=n + 1, seed=n)
        sessions.append((store.open_current(home), release_id, n + 1))
        for connection, opened, companies_n in sessions:
            assert connection.execute(
                "select release_id, (select count(*) from v_company) from v_release"
            ).fetchall() == [(opened, companies_n)]
    assert not (home.releases / sessions[0][1]).exists()
    for connection, _, _ in sessions:
        connection.close()
    figure(
        f"{len(sessions)} sessions over {len(sessions)} publishes: each kept its release, each new one saw "
        f"the new release"
    )
