"""Archives within an archive: one level, for the register that declares them, and nothing else."""

from pathlib import Path

import pytest

from tests.transforms.readers.test_archives import zipped
from transforms.errors import BlockedEdition
from transforms.readers import archives

ONE, TWO = b"<a>" + bytes(range(65, 91)) * 9 + b"</a>", b"<b/>"
WANTED = (r"B\d\.zip", r"A\d\.zip")


def nested(**archives_within: bytes) -> bytes:
    return zipped(
        ("note.txt", b"not read"), *((f"{name}.zip", held) for name, held in archives_within.items())
    )


def read(folder: Path, content: bytes) -> bytes:
    path = folder / "outer.zip"
    path.write_bytes(content)
    with archives.opened(path, WANTED) as file:
        return file.read()


def test_documents_are_one_file_in_the_order_declared(tmp_path: Path) -> None:
    inner = zipped(
        ("1.xml", ONE), ("2.xml", b"\xef\xbb\xbf" + TWO), ("__MACOSX/._1.xml", b"\0"), ("note.txt", b"x")
    )
    whole = nested(A1=inner, C1=b"not read", B1=zipped(("b.xml", TWO)))
    assert read(tmp_path, whole) == TWO + ONE + TWO
    with archives.opened(tmp_path / "outer.zip", WANTED) as file:
        assert archives.raw_record_of(file, len(TWO) + 3, 5) == b"ABCDE"
        assert archives.raw_record_of(file, len(TWO + ONE), 4) == TWO
    assert archives.name_of_nested(tmp_path / "outer.zip") == "A1.zip"


GOOD = zipped(("b.xml", TWO))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (nested(A1=GOOD), r"lacks the archive B\d\.zip"),
        (nested(A1=b"PK\x03\x04 no archive", B1=GOOD), "damaged or cut short"),
        (nested(A1=zipped(("x.zip", GOOD)), B1=GOOD), "is itself an archive"),
        (nested(A1=zipped(("x.xml", GOOD)), B1=GOOD), "is no XML document"),
        (nested(A1=zipped(("../x.xml", ONE)), B1=GOOD), "leaves its folder"),
        (nested(A1=zipped(("x.xml", b"<a>" + bytes(8 << 20))), B1=GOOD), "unpacks to too many bytes"),
        (nested(A1=zipped(("x.xml", ONE))[:-30], B1=GOOD), "damaged or cut short"),
        (nested(A1=GOOD, B1=GOOD)[:-40], "damaged or cut short"),
    ],
)
def test_what_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(BlockedEdition, match=r"outer\.zip") as blocked:
        read(tmp_path, content)
    assert blocked.value.code == "bad_archive" and why in str(blocked.value)


def test_an_encrypted_archive_within_is_refused(tmp_path: Path) -> None:
    inner = bytearray(zipped(("x.xml", ONE)))
    for head in (b"PK\x03\x04", b"PK\x01\x02"):
        inner[inner.index(head) + (6 if head[2] == 3 else 8)] |= 1
    with pytest.raises(BlockedEdition, match="encrypted"):
        read(tmp_path, nested(A1=bytes(inner), B1=GOOD))


def test_no_other_register_reads_one(tmp_path: Path) -> None:
    path = tmp_path / "outer.zip"
    path.write_bytes(nested(A1=GOOD))
    with pytest.raises(BlockedEdition, match="is itself an archive"):
        archives.unpack(path, tmp_path / "into", bytes_max=1 << 20)
