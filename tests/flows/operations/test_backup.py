"""`undertow backup` and `restore`: a home comes back byte for byte, and a file that is not a whole backup
makes no home.
"""

import errno
import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from flows.home import durable, lock
from flows.home.settings import STAGING, Home
from flows.journal import audit, chain
from flows.operations.backup import LISTING, backup, restore
from flows.release import publish, store, verification
from tests.flows.release_tables import new_home, publish_one
from transforms.errors import LockHeld, RunFailed, UndertowError, UsageError

SECRET = b"a key of thirty-two bytes in all"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two releases, an entry in the audit log, a key, and what no backup holds."""
    made = new_home(tmp_path_factory.mktemp("made") / "home")
    durable.write_bytes_durably(made.secrets / "id.key", SECRET, mode=0o600)
    for seed in (1, 2):
        publish_one(made, f"run-{seed}", seed=seed)
    audit.record(made, "check", purpose="demo", terms=["x"], release=store.current_release(made).name)
    (made.work / "spill").write_bytes(b"under way")
    (made.prefect / "prefect.db").write_bytes(b"runs")
    (made.kept / "company.parquet").write_bytes(b"of the last night")
    return made


@pytest.fixture
def home(tmp_path: Path, made: Home) -> Home:
    shutil.copytree(made.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def facts(home: Home) -> dict[str, tuple[int, bytes | None]]:
    """Path → permissions and bytes, of all that a backup is to hold."""
    return {
        str(path.relative_to(home.root)): (
            path.stat().st_mode & 0o777,
            path.read_bytes() if path.is_file() else None,
        )
        for path in home.root.rglob("*")
        if not path.is_symlink()
        and path.relative_to(home.root).parts[0] not in ("work", "prefect", "lock", "kept")
    }


def test_a_home_comes_back_byte_for_byte(tmp_path: Path, home: Home) -> None:
    again = Home(tmp_path / "elsewhere" / "home")
    again.root.parent.mkdir()
    home.root.chmod(0o750)
    assert backup(home, tmp_path / "kept.tar") == restore(tmp_path / "kept.tar", again)
    assert facts(again) == facts(home) and (again.secrets / "id.key").read_bytes() == SECRET
    assert again.root.stat().st_mode & 0o777 == 0o750
    assert again.current.readlink() == home.current.readlink()
    assert not [*again.work.iterdir(), *again.prefect.iterdir(), *again.kept.iterdir()]
    assert (tmp_path / "kept.tar").stat().st_mode & 0o777 == 0o600
    assert publish.rollback(again) == store.releases(home)[0].release_id


def _refused_in(folder: Path, replace: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    def replaced(path: Path, target: Path) -> Path:
        if target.parent == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(target))
        return replace(path, target)

    return replaced


@pytest.mark.parametrize("is_mounted", [True, False])
def test_a_home_comes_back_into_a_folder_that_cannot_be_replaced(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch, *, is_mounted: bool
) -> None:
    """As in a container, where the folder is mounted; or as the service's user, in a folder of root's."""
    again = Home(tmp_path / "fixed" / "home")
    (again.root / "lost+found").mkdir(parents=True)
    if is_mounted:
        monkeypatch.setattr(os.path, "ismount", lambda path: path == again.root)
    else:
        monkeypatch.setattr(os, "access", lambda path, _: path != again.root.parent)
        monkeypatch.setattr(Path, "replace", _refused_in(again.root.parent, Path.replace))
    assert backup(home, tmp_path / "kept.tar") == restore(tmp_path / "kept.tar", again)
    (again.root / "lost+found").rmdir()
    assert facts(again) == facts(home)
    assert again.current.readlink() == home.current.readlink()
    with pytest.raises(UsageError, match="exists already"):
        restore(tmp_path / "kept.tar", again)


def test_a_fetch_beside_it_leaves_nothing_in_it_that_is_not_whole(tmp_path: Path, home: Home) -> None:
    staging = home.landing / STAGING / "r"
    staging.mkdir(parents=True)
    (staging / "part1.zip").write_bytes(b"half")
    (home.state / "fetched.jsonl").write_text("{}\n", encoding="utf-8")
    (home.landing / "old.zip").write_bytes(b"whole")
    names = list(backup(home, tmp_path / "kept.tar").files)
    assert not [name for name in names if STAGING in name]
    # What says which files are here is copied before them.
    assert names.index("state/fetched.jsonl") < names.index("landing/old.zip")


def test_what_a_killed_backup_or_trial_left_goes_and_that_of_another_home_stays(tmp_path: Path) -> None:
    from flows.maintain import remove_left_over  # imports Prefect

    left = (".kept-2026-02-01.tar.trial-a_b1", ".kept-2026-02-08.tar.part")
    others = (".kept-too-2026-02-01.tar.trial-a_b1", "kept-2026-02-01.tar", ".undertow-trial-old")
    for name in (*left, *others):
        (tmp_path / name).mkdir()
    remove_left_over(tmp_path / "kept.tar")
    assert {path.name for path in tmp_path.iterdir()} == set(others)


def test_a_folder_that_is_a_link_is_no_part_of_a_backup_in_silence(tmp_path: Path, home: Home) -> None:
    (tmp_path / "larger").mkdir()
    shutil.rmtree(home.landing)
    home.landing.symlink_to(tmp_path / "larger")
    with pytest.raises(UsageError, match="landing: is a symbolic link"):
        backup(home, tmp_path / "kept.tar")


def test_a_manifest_that_is_gone_is_a_fault(home: Home) -> None:
    (store.published_folders(home)[0] / "manifest.json").unlink()
    assert [fault.where for fault in verification.verify(home).faults]


@pytest.mark.parametrize("lost", ["folder", "link"])
def test_a_release_in_force_that_is_gone_is_a_fault(home: Home, lost: str) -> None:
    if lost == "folder":
        shutil.rmtree(store.current_release(home))
    else:
        home.current.unlink()
    (fault,) = verification.verify(home).faults
    assert fault.where == "current" and "is gone" in fault.what


def test_a_disk_that_takes_a_part_of_a_line_is_asked_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    durable.append_line(tmp_path / "lines.jsonl", {"n": 1})
    monkeypatch.undo()
    assert [*durable.read_lines(tmp_path / "lines.jsonl")] == [{"n": 1}]


def test_what_hard_links_share_is_kept_once_and_shared_again(tmp_path: Path, home: Home) -> None:
    content = b"an edition" * 100_000
    (home.landing / "edition.csv").write_bytes(content)
    (home.archive / "a-hash").hardlink_to(home.landing / "edition.csv")
    made = backup(home, tmp_path / "kept.tar")
    assert (tmp_path / "kept.tar").read_bytes().count(content) == 1 == len(made.links)
    again = Home(tmp_path / "again")
    restore(tmp_path / "kept.tar", again)
    assert facts(again) == facts(home)
    assert (again.archive / "a-hash").samefile(again.landing / "edition.csv")


def test_a_home_without_a_release_comes_back(tmp_path: Path) -> None:
    home, again = Home(tmp_path / "home"), Home(tmp_path / "again")
    home.prepare()
    backup(home, tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", again)
    assert facts(again) == facts(home) and store.current_target(again) is None


def test_a_home_with_fetched_files_only_is_backed_up(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.landing.mkdir(parents=True)
    (home.landing / "edition.csv").write_bytes(b"an edition")
    assert [*backup(home, tmp_path / "kept.tar").files] == ["landing/edition.csv"]


def test_no_night_runs_meanwhile(tmp_path: Path, home: Home) -> None:
    with lock.held(home, "run"), pytest.raises(LockHeld):
        backup(home, tmp_path / "kept.tar")
    assert not (tmp_path / "kept.tar").exists()


@pytest.mark.parametrize("place", ["kept.tar", "releases/kept.tar"])
def test_a_backup_is_never_in_its_own_home(home: Home, place: str) -> None:
    with pytest.raises(UsageError, match="inside the home"):
        backup(home, home.root / place)


def test_nothing_is_overwritten(tmp_path: Path, home: Home) -> None:
    backup(home, tmp_path / "kept.tar")
    before = facts(home)
    with pytest.raises(UsageError, match="exists already"):
        restore(tmp_path / "kept.tar", home)
    assert facts(home) == before


@pytest.mark.sample(7)
@pytest.mark.parametrize("at", range(10))
def test_a_cut_or_changed_backup_makes_no_home(tmp_path: Path, home: Home, at: int) -> None:
    """Cut at a tenth, two tenths…; and with one byte of the key, of a database, of the list changed."""
    file = tmp_path / "kept.tar"
    backup(home, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * at // 10])
    assert_refused(tmp_path, file)
    place = [whole.index(SECRET), whole.index(b"DUCK"), whole.index(b'"made_at"'), whole.index(b'"prev"')][
        at % 4
    ]
    file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert_refused(tmp_path, file)


def assert_refused(tmp_path: Path, file: Path) -> None:
    with pytest.raises(RunFailed, match=file.name):
        restore(file, Home(tmp_path / "again"))
    assert not (tmp_path / "again").exists() and not (tmp_path / ".again.part").exists()


def entry(name: str, data: bytes = b"x", **fields: object) -> Callable[[tarfile.TarFile], None]:
    def add(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        for field, value in fields.items():
            setattr(member, field, value)
        archive.addfile(member, io.BytesIO(data))

    return add


HOSTILE = {
    "above": entry("../outside"),
    "absolute": entry("/tmp/undertow-outside"),
    "below a name that climbs": entry("state/../../outside"),
    "a link": entry("state/link", b"", type=tarfile.SYMTYPE, linkname="../../outside"),
    "a hard link": entry("state/link", b"", type=tarfile.LNKTYPE, linkname="secrets/id.key"),
    "a device": entry("state/zero", b"", type=tarfile.CHRTYPE, devmajor=1, devminor=5),
    "a pipe": entry("state/pipe", b"", type=tarfile.FIFOTYPE),
    "a file twice": entry("secrets/id.key"),
    "a file that is not listed": entry("state/other"),
    "what no backup holds": entry("lock"),
    "a file as a folder": entry("secrets/id.key/below"),
    "a second list": entry(LISTING, b"{}"),
}


@pytest.mark.sample(9)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_writes_nothing_elsewhere(tmp_path: Path, home: Home, kind: str) -> None:
    backup(home, tmp_path / "kept.tar")
    file = tmp_path / "hostile.tar"
    with (
        tarfile.open(tmp_path / "kept.tar") as old,
        tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in old:
            if member.name == LISTING:
                HOSTILE[kind](new)
            new.addfile(member, old.extractfile(member))
    before = sorted(tmp_path.rglob("*"))
    assert_refused(tmp_path, file)
    assert sorted(tmp_path.rglob("*")) == before and not Path("/tmp/undertow-outside").exists()


@pytest.mark.parametrize("current", ["../../etc", "/etc", "releases/../..", 7, "state"])
def test_current_points_to_a_release_only(tmp_path: Path, home: Home, current: object) -> None:
    backup(home, tmp_path / "kept.tar")
    file = tmp_path / "hostile.tar"
    with (
        tarfile.open(tmp_path / "kept.tar") as old,
        tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in old:
            contents = old.extractfile(member)
            assert contents is not None
            data = contents.read()
            if member.name == LISTING:
                data = json.dumps({**json.loads(data), "current": current}).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    assert_refused(tmp_path, file)


def test_a_home_with_a_fault_is_not_restored_in_silence(tmp_path: Path, home: Home) -> None:
    """The bytes are as they were listed, and the release is not what its manifest says."""
    database = store.current_release(home) / "undertow.duckdb"
    database.chmod(0o640)
    database.write_bytes(database.read_bytes()[:-1])
    backup(home, tmp_path / "kept.tar")
    assert_refused(tmp_path, tmp_path / "kept.tar")


def test_a_gap_that_a_run_entered_is_said_and_restored(tmp_path: Path, home: Home) -> None:
    """Else a home whose audit log was once cut could never be restored from any later backup."""
    log = audit.log(home)
    for number in range(3):
        chain.append(log, {"number": number})
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:1]))
    chain.append(log, {"number": 3})
    backup(home, tmp_path / "kept.tar")
    restored = Home(tmp_path / "restored")
    with capture_logs() as logs:
        restore(tmp_path / "kept.tar", restored)
    assert any("did not hold entry 4" in str(line.get("message")) for line in logs)
    assert [fault.is_entered for fault in verification.verify(restored).faults] == [True]


def test_a_disk_that_fails_leaves_the_older_backup(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.tar"
    backup(home, file)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.operations.backup.fsync", full)
    with pytest.raises(UndertowError) as refused:
        backup(home, file)
    assert str(refused.value) == f"{file}: No space left on device (errno 28); fix this and try again"
    assert (
        file.read_bytes() == before
        and [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    )
