"""Archives: what is unpacked, and everything that is refused with nothing left behind."""

import errno
import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transforms.readers.raw import raw_record
from transforms.errors import BlockedEdition
from transforms.readers import archives

CONTENT = b"number,name\n" + b"".join(
    b"%06d,Invented %d Ltd\n" % (number, number * 7919) for number in range(2_000)
)


def zipped(*parts: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", compression) as archive:
        warnings.simplefilter("ignore")  # zipfile warns of two members with one name
        for name, content in parts:
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def _write(content: bytes, name: str = "invented.zip") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return _write


def refused(path: Path, into: Path, bytes_max: int = 1 << 24, members_max: int = 10) -> str:
    with pytest.raises(BlockedEdition) as blocked:
        archives.unpack(path, into, bytes_max=bytes_max, members_max=members_max)
    assert blocked.value.code == "bad_archive"
    assert path.name in str(blocked.value)
    assert list(into.iterdir()) == []
    return str(blocked.value)


def test_zip_members_are_written_under_our_own_names(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(zipped(("folder/", b""), ("folder/one.csv", CONTENT), ("two.csv", b"x")))
    unpacked = archives.unpack(path, tmp_path / "into", bytes_max=1 << 20, members_max=3)
    assert [(file.name, file.read_bytes()) for file in unpacked] == [("0001", CONTENT), ("0002", b"x")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in unpacked} == {0o600}
    assert stat.S_IMODE((tmp_path / "into").stat().st_mode) == 0o700
    assert archives.peek(path, 11) == ("folder/one.csv", b"number,name")


def test_gzip_is_one_member_named_after_the_file(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(
        gzip.compress(CONTENT[:9_000], mtime=0) + gzip.compress(CONTENT[9_000:], mtime=0), "invented.csv.gz"
    )
    (unpacked,) = archives.unpack(path, tmp_path / "into", bytes_max=1 << 20)
    assert unpacked.read_bytes() == CONTENT
    assert archives.peek(path, 6) == ("invented.csv", b"number")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.zip", b"", True),
        ("a.csv", zipped(("x", b"y")), True),
        ("a.dat", gzip.compress(b"x", mtime=0), True),
        ("a.csv", b"PK,x\n", False),
        ("a.csv", b"", False),
    ],
)
def test_is_archive(write: Callable[..., Path], name: str, content: bytes, expected: bool) -> None:
    assert archives.is_archive(write(content, name)) is expected


@pytest.mark.parametrize("cut", [0, 1, 10, 50, 0.5, 0.9, -1])
@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_cut_archive(write: Callable[..., Path], tmp_path: Path, kind: str, cut: float) -> None:
    whole = zipped(("one.csv", CONTENT)) if kind == "zip" else gzip.compress(CONTENT, mtime=0)
    end = int(len(whole) * cut) if isinstance(cut, float) else cut
    path = write(whole[:end], f"invented.{kind}")
    (tmp_path / "into").mkdir()
    assert "damaged or cut short" in refused(path, tmp_path / "into")
    if kind == "zip":
        with pytest.raises(BlockedEdition):
            archives.peek(path, 10)


def test_an_archive_without_its_beginning(write: Callable[..., Path], tmp_path: Path) -> None:
    """Its members begin before the file does. That the disk fails is no damage."""
    path = write(zipped(("one.csv", b"x" * 99))[10:])
    assert "damaged or cut short" in refused(path, tmp_path / "into")
    with pytest.raises(BlockedEdition):
        archives.peek(path, 10)
    with pytest.raises(BlockedEdition), archives.opened(path, [r"one\.csv"]) as file:
        file.read()
    with pytest.raises(OSError, match="full"), archives.stream(write(zipped(("one.csv", CONTENT)))):
        raise OSError(errno.ENOSPC, "full")


def test_damaged_archive(write: Callable[..., Path], tmp_path: Path) -> None:
    for whole, name in ((zipped(("one.csv", CONTENT)), "a.zip"), (gzip.compress(CONTENT, mtime=0), "a.gz")):
        middle = len(whole) // 2
        damaged = whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
        assert "damaged" in refused(write(damaged, name), tmp_path / "into")


@pytest.mark.parametrize(
    "name", ["/etc/x", "../x", "a/../../x", "..", "C:\\x", "\\\\host\\x", "a\\..\\x", "a\nb"]
)
def test_unsafe_names(write: Callable[..., Path], tmp_path: Path, name: str) -> None:
    message = refused(write(zipped(("one.csv", CONTENT), (name, b"x"))), tmp_path / "into")
    assert "member 2" in message
    assert name not in message.replace("invented.zip", "")


def test_a_nul_in_a_name(write: Callable[..., Path], tmp_path: Path) -> None:
    content = zipped(("one#.csv", b"x")).replace(b"one#.csv", b"one\0.csv")
    assert "member 1" in refused(write(content), tmp_path / "into")


def test_two_members_of_one_name(write: Callable[..., Path], tmp_path: Path) -> None:
    assert "one name" in refused(write(zipped(("one.csv", b"x"), ("One.csv", b"y"))), tmp_path / "into")


def test_links(write: Callable[..., Path], tmp_path: Path) -> None:
    info = zipfile.ZipInfo("one.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "link" in refused(write(zipped((info, b"/etc/passwd"))), tmp_path / "into")


def test_encrypted(write: Callable[..., Path], tmp_path: Path) -> None:
    content = bytearray(zipped(("one.csv", CONTENT)))
    directory = content.rindex(b"PK\x01\x02")
    for place in (6, directory + 8):
        struct.pack_into("<H", content, place, 1)
    assert "encrypted" in refused(write(bytes(content)), tmp_path / "into")


@pytest.mark.parametrize("name", ["inner.zip", "inner.tar", "inner.csv"])
def test_nested(write: Callable[..., Path], tmp_path: Path, name: str) -> None:
    assert "itself an archive" in refused(
        write(zipped((name, zipped(("one.csv", CONTENT))))), tmp_path / "into"
    )


def test_bombs(write: Callable[..., Path], tmp_path: Path) -> None:
    zeros = bytes(8 << 20)
    for content, name in ((zipped(("one.csv", zeros)), "a.zip"), (gzip.compress(zeros, mtime=0), "a.gz")):
        assert "unpacks to more than" in refused(write(content, name), tmp_path / "into")


def test_bound_holds_over_all_members(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(zipped(("one.csv", CONTENT), ("two.csv", CONTENT)))
    assert "member 2" in refused(path, tmp_path / "into", bytes_max=len(CONTENT) + 10)
    assert len(archives.unpack(path, tmp_path / "into", bytes_max=2 * len(CONTENT), members_max=2)) == 2


def test_too_many_members(write: Callable[..., Path], tmp_path: Path) -> None:
    assert "11 members" in refused(
        write(zipped(*((f"{number}.csv", b"x") for number in range(11)))), tmp_path / "into"
    )


def test_size_that_lies(write: Callable[..., Path], tmp_path: Path) -> None:
    content = bytearray(zipped(("one.csv", CONTENT)))
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, 100)
    assert "damaged" in refused(write(bytes(content)), tmp_path / "into")


def test_members_that_overlap(write: Callable[..., Path], tmp_path: Path) -> None:
    content = bytearray(zipped(("one.csv", CONTENT), ("two.csv", CONTENT)))
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 42, 0)
    assert "overlap" in refused(write(bytes(content)), tmp_path / "into")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions(write: Callable[..., Path], tmp_path: Path, compression: int) -> None:
    assert "other than deflate" in refused(
        write(zipped(("one.csv", CONTENT), compression=compression)), tmp_path / "into"
    )


def test_no_member(write: Callable[..., Path], tmp_path: Path) -> None:
    assert "no member" in refused(write(zipped(("folder/", b""))), tmp_path / "into")


def test_nothing_is_written_over(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(zipped(("one.csv", CONTENT)))
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / "0001").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        archives.unpack(path, tmp_path / "into", bytes_max=1 << 20)
    assert not (tmp_path / "elsewhere").exists()


def test_raw_record(write: Callable[..., Path]) -> None:
    assert raw_record(write(CONTENT, "a.csv"), 12, 6) == b"000000"


def tarred(*parts: tuple[str, bytes] | tarfile.TarInfo) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for part in parts:
            info = part if isinstance(part, tarfile.TarInfo) else tarfile.TarInfo(part[0])
            content = b"" if isinstance(part, tarfile.TarInfo) else part[1]
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def link(kind: bytes, name: str = "x.xml") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


XML = b"<a>" + CONTENT + b"</a>"


def test_documents_of_a_tar_are_one_file(write: Callable[..., Path], tmp_path: Path) -> None:
    marked = b"\xef\xbb\xbf<b/>"  # a byte order mark may not follow another document
    path = write(tarred(link(tarfile.DIRTYPE, "12/"), ("12/a.xml", XML), ("12/b.xml", marked)), "12.tar.gz")
    (unpacked,) = archives.unpack(path, tmp_path / "into", bytes_max=1 << 20)
    assert unpacked.read_bytes() == XML + b"<b/>"
    assert archives.peek(path, 3) == ("12.tar", b"<a>")
    assert "unpacks to more" in refused(path, tmp_path / "new", bytes_max=len(XML))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (tarred(("a.xml", XML), ("../b.xml", XML)), "member 2 has an absolute name"),
        (tarred(("a.xml", XML), ("/b.xml", XML)), "member 2 has an absolute name"),
        (tarred(("a.xml", XML), ("A.xml", XML)), "member 2 has the name of another"),
        (tarred(link(tarfile.SYMTYPE)), "member 1 is a link"),
        (tarred(link(tarfile.LNKTYPE)), "member 1 is a link"),
        (tarred(link(tarfile.FIFOTYPE)), "member 1 is a link or a device"),
        (tarred(("a.xml", XML), ("b.csv", CONTENT)), "member 2 is no XML document"),
        (tarred(("a.tar.gz", tarred(("a.xml", XML)))), "member 1 is no XML document"),
        (tarred(), "no member"),
        (tarred(("a.xml", XML))[:-9], "damaged or cut short"),
        (tarred(("a.xml", XML))[:-5] + b"\0\0\0\0\0", "damaged or cut short"),
        (gzip.compress(b"no tar at all" * 99), "damaged or cut short"),
        (tarred(("a.xml", b"<" + bytes(8 << 20))), "unpacks to more than"),
    ],
    ids=[str(n) for n in range(13)],  # the bytes hold the time
)
def test_a_tar_that_is_refused(write: Callable[..., Path], tmp_path: Path, content: bytes, why: str) -> None:
    assert why in refused(write(content, "a.tar.gz"), tmp_path / "into")
