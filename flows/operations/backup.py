"""`undertow backup` and `restore`: write a home to one file, and restore a home from it.

A backup is a tar archive of every file of the home except NOT_KEPT, with `backup.json` at its end: each
file's SHA-256, size and mode, the folders, the target of `current`, and the time. A file with several names,
such as one shared by the archive and the landing folder, is in it once. It gets its name once it is on the
disk. Restoring writes into a hidden folder beside the new home, compares every byte with that list, every
release with its manifest and the chains with their heads, and names the folder last: a restored home is
complete, or does not exist.

A backup holds whole registers, personal data and the home's keys: without the keys, persons would get other
ids.
Errors: RunFailed with the file and what to do, UsageError if the target is in the way. They contain no names
of persons.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Annotated, BinaryIO, Final, Literal, NamedTuple

import structlog
from pydantic import Field, TypeAdapter

from flows.home import disk, progress
from flows.home.durable import fsync, symlink_durably
from flows.home.lock import held
from flows.home.settings import STAGING, STATE_DIRECTORY_MODE, Home
from flows.journal import reviews
from flows.release import verification
from transforms.errors import RunFailed, UsageError

log = structlog.get_logger()

# Work in progress, the lock, Prefect's database, which is about runs on this machine, and the last night's
# tables, which the next night can compute.
NOT_KEPT: Final = frozenset({"work", "lock", "prefect", "kept"})
LISTING: Final = "backup.json"
FILE_MODE: Final = 0o600
CHUNK_BYTES: Final = 1 << 20
LISTING_BYTES_MAX: Final = 1 << 30
POINTS_TO: Final = r"^releases/[\w-]+$"
AGAIN = "make the backup again, or use another one"


type Mode = Annotated[int, Field(ge=0, le=0o777)]  # permission bits


class Kept(NamedTuple):
    """One file in a backup."""

    sha256: str
    size: int
    mode: Mode


@dataclass(frozen=True)
class Backup:
    """The contents of a backup. made_at: UTC, ISO 8601. files, folders: path within the home → facts.
    current: target of the link. links: path → that of the same file in `files`. format: 2 with such links,
    which earlier versions refuse.
    """

    made_at: str
    current: Annotated[str, Field(pattern=POINTS_TO)] | None
    files: Mapping[str, Kept]
    folders: Mapping[str, Mode]
    format: Literal[1, 2]
    mode: Mode = STATE_DIRECTORY_MODE  # the default restores backups of earlier versions
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def bytes_n(self) -> int:
        return sum(kept.size for kept in self.files.values())


# --- making -----------------------------------------------------------------------------------------------


def backup(home: Home, to: Path) -> Backup:
    """Write all of `home` to the file `to`, replacing an older one. Holds the lock, so no night changes what
    is copied; a fetch may run meanwhile. Raises UsageError if a folder of the home is a link, because its
    target would be missing.
    """
    home.must_exist()
    if linked := [path.name for path in home.root.iterdir() if path.is_symlink() and path != home.current]:
        raise UsageError(
            f"{home.root / linked[0]}: is a symbolic link, and what it leads to would be in no backup; "
            "mount that disk there instead"
        )
    target = to.resolve()
    if target.is_relative_to(home.root):
        raise UsageError(
            f"{to}: is inside the home, so the next backup would contain it; give a file elsewhere"
        )
    with _naming(to), held(home, "backup"):
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)
        try:
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE), "wb"
            ) as file:
                made = _write(home, file)
            fsync(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        fsync(target.parent)
    return made


def _write(home: Home, file: BinaryIO) -> Backup:
    files: dict[str, Kept] = {}
    folders: dict[str, int] = {}
    links: dict[str, str] = {}
    first: dict[tuple[int, int], str] = {}  # device and number of a file with several names → the first
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        # Before the papers that it names, of which there may be more by the time they are copied.
        files.update(_add_reviews(archive, home))
        paths = _paths(home)
        bytes_n = sum(path.stat().st_size for path in paths)
        for path in progress.steps("backup", paths, bytes_n, size=lambda path: path.stat().st_size):
            name, facts = path.relative_to(home.root).as_posix(), path.stat()
            if path.is_dir():
                folders[name] = facts.st_mode & 0o777
            elif facts.st_nlink > 1 and first.setdefault((facts.st_dev, facts.st_ino), name) != name:
                links[name] = first[facts.st_dev, facts.st_ino]
            else:
                files[name] = _add(archive, name, path)
        current = str(home.current.readlink()) if home.current.is_symlink() else None
        made = Backup(
            datetime.now(UTC).isoformat(timespec="seconds"),
            current,
            files,
            folders,
            2 if links else 1,
            home.root.stat().st_mode & 0o777,
            links,
        )
        listing = json.dumps(vars(made)).encode()
        member = tarfile.TarInfo(LISTING)
        member.size, member.mode = len(listing), FILE_MODE
        archive.addfile(member, BytesIO(listing))
    return made


def _paths(home: Home) -> list[Path]:
    """Files and folders. A chain's head precedes the chain, which may grow meanwhile: a newer head would look
    like a truncated chain. The list of fetched files precedes them, so that it names none that is missing.
    """
    paths = [
        path
        for path in home.root.rglob("*")
        if not path.is_symlink()
        and (path.is_dir() or path.is_file())
        and path.relative_to(home.root).parts[0] not in NOT_KEPT
        and not path.name.endswith(".part")
        and STAGING not in path.parts
        and not path.name.startswith(reviews.FILE)
    ]
    firsts = (".head", ".jsonl")

    def order(path: Path) -> tuple[bool, Path, bool, str]:
        return not path.is_relative_to(home.state), path.parent, path.suffix not in firsts, path.name

    return sorted(paths, key=order)


def _add(archive: tarfile.TarFile, name: str, path: Path) -> Kept:
    """Add the file at its present length: what is appended meanwhile belongs to the next backup."""
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = facts.st_size, facts.st_mode & 0o777, int(facts.st_mtime)
        read = _Hashed(file)
        archive.addfile(member, read)  # type: ignore[arg-type]  # only `read` is called
    return Kept(read.sha256, member.size, member.mode)


def _add_reviews(archive: tarfile.TarFile, home: Home) -> dict[str, Kept]:
    """Add a copy of the review store, which SQLite keeps consistent while reviewers write."""
    name = reviews.path(home).relative_to(home.root).as_posix()
    home.work.mkdir(mode=STATE_DIRECTORY_MODE, exist_ok=True)  # a home in which only fetches ran has none
    with tempfile.TemporaryDirectory(dir=home.work) as folder:
        copy = Path(folder) / reviews.FILE
        return {name: _add(archive, name, copy)} if reviews.copy_to(home, copy) else {}


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


# --- restoring --------------------------------------------------------------------------------------------

ASIDE = ".restore.part"


def restore(file: Path, home: Home) -> Backup:
    """Restore `home` from a backup. The home must not exist, or be an empty folder; that may be a disk or
    volume of its own, or in a folder that this user may not write to. Raises RunFailed if a byte differs.
    """
    is_fixed = home.root.is_dir() and (os.path.ismount(home.root) or not os.access(home.root.parent, os.W_OK))
    aside = Home(home.root / ASIDE if is_fixed else home.root.with_name(f".{home.root.name}.part"))
    if home.root.is_symlink() or (
        home.root.exists() and (not home.root.is_dir() or any(_present(home, aside.root)))
    ):
        raise UsageError(f"{home.root}: exists already, and nothing is overwritten; give a new folder")
    with _naming(file):
        if not file.is_file():
            raise UsageError(f"{file}: this file does not exist")
        beside = home.root if is_fixed else home.root.parent
        disk.require(beside if beside.is_dir() else Path.cwd(), file.stat().st_size, by="the restored home")
        if aside.root.exists():
            shutil.rmtree(aside.root)
        try:
            made = _unpack(file, aside)
            _check(file, aside)
            _put_in_place(aside, home)
        finally:
            shutil.rmtree(aside.root, ignore_errors=True)
        fsync(home.root.parent)
    return made


def _present(home: Home, aside: Path) -> Iterator[Path]:
    """What is in a folder to be restored into, except what a new disk has or a killed restore left."""
    return (path for path in home.root.iterdir() if path != aside and path.name != "lost+found")


def _put_in_place(aside: Home, home: Home) -> None:
    """What is in a folder that cannot be replaced is renamed, the link to the release last."""
    if aside.root.parent != home.root:
        aside.root.replace(home.root)
        return
    mode = aside.root.stat().st_mode & 0o777
    for path in sorted(aside.root.iterdir(), key=lambda path: path == aside.current):
        path.replace(home.root / path.name)
    home.root.chmod(mode)


def try_restore(file: Path) -> Backup:
    """Restore a backup into a folder beside it, and delete that again. Raises RunFailed as `restore` does,
    and if there is no room.
    """
    with TemporaryDirectory(prefix=f".{file.name}.trial-", dir=file.parent) as folder:
        return restore(file, Home(Path(folder) / "home"))


def _unpack(file: Path, home: Home) -> Backup:
    home.root.mkdir(parents=True, mode=STATE_DIRECTORY_MODE)
    unpacked: dict[str, Kept] = {}
    listing: bytes | None = None
    with tarfile.open(file, mode="r:") as archive:
        archive_bytes_n = file.stat().st_size
        for member in progress.steps("restore", archive, archive_bytes_n, size=lambda member: member.size):
            if listing is not None:
                raise RunFailed(f"{file}: has content after its list; {AGAIN}")
            contents = archive.extractfile(member) if member.isreg() and not member.issparse() else None
            if contents is None:
                raise RunFailed(f"{file}: contains an entry that is not a plain file; {AGAIN}")
            if member.name == LISTING:
                listing = contents.read(LISTING_BYTES_MAX)
            else:
                unpacked[member.name] = _written(file, home, member, contents)
    made = _from_json(file, listing)
    if wrong := sorted(
        name for name in {*unpacked, *made.files} if unpacked.get(name) != made.files.get(name)
    ):
        raise RunFailed(
            f"{file}: {len(wrong)} files are missing or differ from its list, the first is {wrong[0]}; "
            f"{AGAIN}"
        )
    home.prepare()
    for name, same in made.links.items():
        if same not in made.files:
            raise RunFailed(f"{file}: says that a file is the same as one that it does not hold; {AGAIN}")
        path = _inside(file, home, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(_inside(file, home, same), path)
    for name, mode in sorted(made.folders.items(), reverse=True):
        folder = _inside(file, home, name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    home.root.chmod(made.mode)
    if made.current is not None:
        symlink_durably(home.current, made.current)
    return made


def _written(file: Path, home: Home, member: tarfile.TarInfo, contents: IO[bytes]) -> Kept:
    path, read = _inside(file, home, member.name), _Hashed(contents)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE), "wb"
    ) as into:
        while data := read.read(CHUNK_BYTES):
            into.write(data)
        into.flush()
        os.fsync(into.fileno())
    path.chmod(member.mode & 0o777)
    return Kept(read.sha256, path.stat().st_size, member.mode & 0o777)


def _inside(file: Path, home: Home, name: str) -> Path:
    """Where an entry is written. Raises RunFailed if its name is not a plain path below a home."""
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or ".." in parts
        or "\0" in name
        or parts[0] in NOT_KEPT
        or home.root.joinpath(*parts).is_symlink()
    ):
        raise RunFailed(f"{file}: contains an entry that does not belong in a home; {AGAIN}")
    return home.root.joinpath(*parts)


def _from_json(file: Path, listing: bytes | None) -> Backup:
    if listing is None:
        raise RunFailed(f"{file}: ends before its list, so it is truncated or still being written; {AGAIN}")
    try:
        return TypeAdapter(Backup).validate_python(json.loads(listing))
    except ValueError:
        raise RunFailed(f"{file}: this version cannot read its list; {AGAIN}") from None


def _check(file: Path, home: Home) -> None:
    """Verify releases and chains as `undertow audit verify` does. A home with a fault is not restored.

    Faults that are recorded in a chain cannot be repaired and are in every later backup, so they are only
    reported."""
    faults = verification.verify(home).faults
    for known in (fault for fault in faults if fault.is_entered):
        log.warning(
            "restored",
            message=f"{known.where}, line {known.line}: {known.what}; the home is restored with this fault, "
            "and `undertow audit verify` keeps reporting it",
        )
    if fresh := [fault for fault in faults if not fault.is_entered]:
        first = fresh[0]
        raise RunFailed(
            f"{file}: its home has {len(fresh)} faults, the first is {first.where}: {first.what}; {AGAIN}"
        )


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Turn errors of the disk and of a broken archive into one line with the file."""
    try:
        yield
    except tarfile.TarError as error:
        raise RunFailed(f"{file}: is not a whole tar archive ({type(error).__name__}); {AGAIN}") from None
    except (OSError, EOFError) as error:
        failed = str(disk.fault(error, file) or type(error).__name__)
        where = "" if failed.startswith(str(file)) else f"{file}: "
        raise RunFailed(f"{where}{failed}; fix this and try again") from None
