"""Read archives from publishers: a .zip with one or more files, a .gz with one, or a .tar.gz of XML
documents, which are read as one file, one document after another. Archives within an archive are read the
same way if the register declares them, and are refused otherwise.

An archive is not trusted. Sizes are counted while the bytes are read, and files are written under our own
names, not the members'. Messages give a member's number, because its name was chosen by the sender."""

from __future__ import annotations

import errno
import gzip
import io
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from transforms.errors import BlockedEdition

STEP_BYTES = 1 << 20
# Largest ratio of unpacked to packed size, applied from RATIO_FROM_BYTES on. Deflate itself reaches 1,032.
RATIO_MAX = 200
RATIO_FROM_BYTES = 1 << 20
MEMBERS_MAX = 1_000
TAR_MEMBERS_MAX = 200_000  # (own) a month of Tenders Electronic Daily has some 70,000 notices
NESTED_BYTES_MAX = 256 << 30  # (own) of all documents in nested archives; those of the BAG have some 80 GB
TAR_SUFFIXES = (".tar.gz", ".tgz")

ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_HEAD = b"\x1f\x8b"
OTHER_HEADS = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
NESTED_HEADS = (*ZIP_HEADS, GZIP_HEAD, *OTHER_HEADS)
NESTED_SUFFIXES = frozenset({".zip", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".zst", ".tar"})
UNSAFE_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|[\x00-\x1f\x7f]|(?:^|[/\\])\.\.(?:[/\\]|$)")
ENCRYPTED_FLAG = 0x1
LOCAL_HEADER_BYTES = 30  # before the name; APPNOTE.TXT 4.3.7

# Raised by the standard library on a damaged or unsupported archive.
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    ValueError,
)


def is_archive(path: Path) -> bool:
    """Whether the first bytes or the name are those of an archive.

    An empty file named .zip counts as one, so that it is reported as damaged.
    """
    with path.open("rb") as file:
        head = file.read(4)
    return head.startswith((*ZIP_HEADS, GZIP_HEAD)) or path.suffix.lower() in (".zip", ".gz")


def peek(path: Path, bytes_n: int) -> tuple[str, bytes]:
    """Name and first bytes of a file, or of an archive's first regular member.

    Raises BlockedEdition (bad_archive).
    """
    if not is_archive(path):
        with path.open("rb") as file:
            return path.name, file.read(bytes_n)
    with _opened(path, MEMBERS_MAX) as members, members[0].open() as stream:
        return members[0].name, stream.read(bytes_n)


@contextmanager
def stream(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """A stream of a file, or of an archive's first regular member. Raises BlockedEdition (bad_archive), also
    during reading.
    """
    if not is_archive(path):
        with path.open("rb") as file:
            yield file
        return
    with _opened(path, MEMBERS_MAX) as members, members[0].open() as opened:
        yield opened


def name_of_nested(path: Path) -> str:
    """Name of the first archive within a .zip; "" if there is none or the file is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = (PurePosixPath(info.filename) for info in archive.infolist())
            return next((name.name for name in names if name.suffix.lower() in NESTED_SUFFIXES), "")
    except (*DAMAGED, OSError):
        return ""


def opened(path: Path, documents_in: Sequence[str] = ()) -> BinaryIO:
    """A file opened for reading.

    With `documents_in`, and if the file is an archive: the XML documents of the nested archives whose names
    match those patterns, in that order, one document after another, to be read forward only.
    """
    if not documents_in or not is_archive(path):
        return path.open("rb")
    return io.BufferedReader(_Pieces(_nested_documents(path, documents_in)), STEP_BYTES)


def unpack(path: Path, into: Path, *, bytes_max: int, members_max: int = MEMBERS_MAX) -> list[Path]:
    """Write every regular member to `into` as 0001, 0002 … (mode 0600; `into` is created with mode 0700).
    Returns their paths, in the archive's order.

    bytes_max: unpacked size of all members together. If the archive is refused, no file is left behind.
    Raises BlockedEdition (bad_archive): damaged, cut short, encrypted, nested, two members with one name, a
    link, an absolute name or one with `..`, no member, or over one of the limits."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    written: list[Path] = []
    try:
        with _opened(path, members_max) as members:
            left = bytes_max
            for number, member in enumerate(members, start=1):
                written.append(into / f"{number:04d}")
                size_max = min(left, max(RATIO_FROM_BYTES, member.packed_bytes * RATIO_MAX))
                left -= _write(path, number, member, written[-1], size_max)
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        raise
    return written


def unpack_tables(
    path: Path, into: Path, sets: Sequence[Sequence[str]], *, bytes_max: int, beside: str = ""
) -> list[Path]:
    """As `unpack`, but each member is written as `<table>.csv`, in the order of the set of tables that the
    archive has. `beside`: pattern of the names, in lower case, of members that are not tables.

    Also raises BlockedEdition (archive_members) if the archive does not have exactly the tables of one set.
    """
    with _opened(path, MEMBERS_MAX) as members:
        every = [PurePosixPath(member.name).name.lower() for member in members]
    names = [name for name in every if not re.fullmatch(beside, name)]
    tables = next(
        (tables for tables in sets if sorted(names) == sorted(f"{name}.csv" for name in tables)), ()
    )
    if not tables:
        nearest = min(sets, key=lambda tables: len({f"{name}.csv" for name in tables} ^ set(names)))
        missing = sorted({f"{name}.csv" for name in nearest} - set(names))
        what = f"lacks {', '.join(missing)}" if missing else "has files that are not tables of this register"
        raise BlockedEdition("archive_members", f"{path.name} {what}; fetch it again")
    unpacked = dict(zip(every, unpack(path, into, bytes_max=bytes_max), strict=True))
    return [unpacked[f"{table}.csv"].rename(into / f"{table}.csv") for table in tables]


def _write(path: Path, number: int, member: _Member, target: Path, bytes_max: int) -> int:
    """Write one member to a new file. Returns its size in bytes."""
    size = 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file, member.open() as stream:
        while block := stream.read(STEP_BYTES):
            if size == 0 and block.startswith(NESTED_HEADS):
                raise _bad(path, f"member {number} is itself an archive")
            size += len(block)
            if size > bytes_max:
                raise _bad(path, f"member {number} unpacks to more than {bytes_max:,} bytes")
            file.write(block)
    return size


def raw_record_of(file: BinaryIO, byte_offset: int, byte_length: int) -> bytes:
    """The bytes of one record, for the quarantine. file: the unpacked file, open for reading."""
    file.seek(byte_offset)
    return file.read(byte_length)


# --- members ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Member:
    """A regular member: its name, its packed size, and a function that opens it."""

    name: str
    packed_bytes: int
    open: Callable[[], IO[bytes] | gzip.GzipFile]


@contextmanager
def _opened(path: Path, members_max: int) -> Iterator[list[_Member]]:
    """The regular members, checked. Damage found while reading them is also raised as BlockedEdition."""
    with _naming_damage(path):
        with path.open("rb") as file:
            if file.read(2) == GZIP_HEAD:
                yield [_tar_member(path) if path.name.lower().endswith(TAR_SUFFIXES) else _gzip_member(path)]
                return
        with zipfile.ZipFile(path) as archive:
            yield _zip_members(path, archive, members_max)


@contextmanager
def _naming_damage(path: Path) -> Iterator[None]:
    """Raise what the standard library says about a damaged archive as BlockedEdition."""
    try:
        yield
    except (*DAMAGED, OSError) as fault:
        # A position before the file's start (EINVAL) is damage, too; other errors are the disk's.
        if not isinstance(fault, DAMAGED) and fault.errno != errno.EINVAL:
            raise
        raise _bad(path, f"is damaged or cut short ({type(fault).__name__})") from None


def _gzip_member(path: Path) -> _Member:
    name = path.name.removesuffix(".gz")
    if PurePosixPath(name).suffix.lower() in NESTED_SUFFIXES:
        raise _bad(path, "holds an archive")
    return _Member(name, path.stat().st_size, partial(gzip.GzipFile, path))


def _tar_member(path: Path) -> _Member:
    return _Member(path.stem, path.stat().st_size, lambda: io.BufferedReader(_Pieces(_tar_documents(path))))


class _Pieces(io.RawIOBase):
    """The bytes that a generator yields, as a file that can be read forward only."""

    def __init__(self, pieces: Generator[bytes]) -> None:
        self._pieces, self._rest, self._place = pieces, memoryview(b""), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET or offset < self._place:
            raise io.UnsupportedOperation("this file can be read forward only")
        while self._place < offset and self.read(min(STEP_BYTES, offset - self._place)):
            pass
        return self._place

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        self._rest = self._rest or memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        self._place += size
        return size

    def close(self) -> None:
        self._pieces.close()
        super().close()


def _nested_documents(path: Path, documents_in: Sequence[str]) -> Generator[bytes]:
    """The XML documents of the archives within a .zip. Nothing is written to disk."""
    left = NESTED_BYTES_MAX
    with _naming_damage(path), zipfile.ZipFile(path) as archive:
        members = _zip_members(path, archive, MEMBERS_MAX, may_nest=True)
        for pattern in documents_in:
            for member in _within(path, members, pattern):
                with member.open() as packed, zipfile.ZipFile(cast("IO[bytes]", packed)) as inner:
                    for block in _zip_documents(path, inner):
                        left -= len(block)
                        if left < 0:
                            raise _bad(path, f"unpacks to more than {NESTED_BYTES_MAX:,} bytes")
                        yield block


def _zip_documents(path: Path, inner: zipfile.ZipFile) -> Iterator[bytes]:
    for number, member in enumerate(_zip_members(path, inner, TAR_MEMBERS_MAX), start=1):
        if PurePosixPath(member.name).suffix.lower() != ".xml" or "/" in member.name:
            continue
        left = max(RATIO_FROM_BYTES, member.packed_bytes * RATIO_MAX)
        with member.open() as file:
            for block in _document(path, file, f"member {number} of an archive within it"):
                left -= len(block)
                if left < 0:
                    raise _bad(path, f"member {number} of an archive within it unpacks to too many bytes")
                yield block


def _document(path: Path, file: IO[bytes] | gzip.GzipFile, member: str) -> Iterator[bytes]:
    """The blocks of a member that must be an XML document, without its byte order mark, which may stand only
    at the start of a file.
    """
    for place, block in enumerate(iter(partial(file.read, STEP_BYTES), b"")):
        text = block if place else block.removeprefix(b"\xef\xbb\xbf")
        if place == 0 and not text.lstrip().startswith(b"<"):
            raise _bad(path, f"{member} is no XML document")
        yield text


def _within(path: Path, members: Sequence[_Member], pattern: str) -> list[_Member]:
    """The nested archives whose name matches. Raises BlockedEdition if there is none."""
    matching = [
        member for member in members if re.fullmatch(pattern, PurePosixPath(member.name).name, re.ASCII)
    ]
    if not matching:
        raise _bad(path, f"lacks the archive {pattern}")
    return matching


def _tar_documents(path: Path) -> Generator[bytes]:
    """The XML documents of a .tar.gz, one after another. Members are read in place and never extracted."""
    seen: set[str] = set()
    files_n = 0
    with gzip.GzipFile(path) as packed:
        with tarfile.open(fileobj=packed, mode="r|") as archive:
            for number, info in enumerate(archive, start=1):
                if fault := _tar_fault(info, seen, number):
                    raise _bad(path, f"member {number} {fault}")
                if file := archive.extractfile(info):
                    files_n += 1
                    yield from _document(path, file, f"member {number}")
        if not files_n:
            raise _bad(path, "has no member")
        while packed.read(STEP_BYTES):  # to the end, where gzip checks its checksum
            pass


def _tar_fault(info: tarfile.TarInfo, seen: set[str], number: int) -> str:
    """Why a member is refused; "" if it is accepted."""
    if number > TAR_MEMBERS_MAX:
        return f"is beyond {TAR_MEMBERS_MAX:,}"
    if UNSAFE_NAME.search(info.name):
        return "has an absolute name, or one that leaves its folder"
    if not (info.isreg() or info.isdir()):
        return "is a link or a device"
    if info.isreg() and info.name.casefold() in seen:
        return "has the name of another"
    seen.add(info.name.casefold())
    return ""


def _zip_members(
    path: Path, archive: zipfile.ZipFile, members_max: int, *, may_nest: bool = False
) -> list[_Member]:
    infos = archive.infolist()
    if len(infos) > members_max:
        raise _bad(path, f"has {len(infos):,} members, more than {members_max:,}")
    for number, info in enumerate(infos, start=1):
        if fault := _member_fault(info, may_nest=may_nest):
            raise _bad(path, f"member {number} {fault}")
    names = [info.filename.casefold() for info in infos]
    if len(set(names)) < len(names):
        raise _bad(path, "has two members with one name")
    if _overlap(infos):
        raise _bad(path, "has members that overlap")
    members = [
        _Member(info.filename, info.compress_size, partial(archive.open, info))
        for info in infos
        if not info.is_dir()
    ]
    if not members:
        raise _bad(path, "has no member")
    return members


def _overlap(infos: list[zipfile.ZipInfo]) -> bool:
    """Whether two members share bytes of the file, as in small zip bombs."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    return any(
        first.header_offset + LOCAL_HEADER_BYTES + first.compress_size > second.header_offset
        for first, second in pairwise(ordered)
    )


def _member_fault(info: zipfile.ZipInfo, *, may_nest: bool) -> str:
    """Why a member is refused; "" if it is accepted."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & ENCRYPTED_FLAG:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "uses a compression other than deflate"
    if UNSAFE_NAME.search(info.orig_filename):
        return "has an absolute name, or one that leaves its folder"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    if not may_nest and PurePosixPath(info.filename).suffix.lower() in NESTED_SUFFIXES:
        return "is itself an archive"
    return ""


def _bad(path: Path, what: str) -> BlockedEdition:
    return BlockedEdition(
        "bad_archive", f"archive {path.name}: {what}; fetch it again, or unpack and check it by hand"
    )
