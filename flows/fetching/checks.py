"""Whether a file that was fetched is whole and what was asked for. Each check says what is wrong and what to
do.
"""

import gzip
import hashlib
import zipfile
import zlib
from pathlib import Path

from transforms.errors import BlockedEdition
from transforms.model.register import Register
from transforms.model.source import Offer
from transforms.readers import archives

HEAD_BYTES = 64 << 10
STEP_BYTES = 1 << 20
PAGES = (b"<!doctype html", b"<html")


def check(
    register: Register, offer: Offer, path: Path, *, last_bytes: int | None, band: tuple[float, float]
) -> None:
    """Raises BlockedEdition: empty_file, wrong_length, wrong_checksum, html_page, broken_archive,
    twice_packed, off_size (beside the last file of this name), not_recognised.


    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if size == 0:
        raise _refused(register, offer, "empty_file", "is empty", "try again later")
    if offer.size is not None and size != offer.size:
        raise _refused(
            register, offer, "wrong_length", f"has {size} bytes and not {offer.size}", "fetch it again"
        )
    if offer.checksum and not _has_checksum(path, offer.checksum):
        raise _refused(
            register, offer, "wrong_checksum", "is not what its publisher's checksum says", "fetch it again"
        )
    if head.lstrip().lower().startswith(PAGES):
        raise _refused(register, offer, "html_page", "is a web page", "check the login and the address")
    _check_packing(register, offer, path, head)
    if last_bytes is not None and not band[0] * last_bytes <= size <= band[1] * last_bytes:
        what = f"has {size:,} bytes and the last one {last_bytes:,}"
        to_do = "look at it, and give --any-size if it is right"
        raise _refused(register, offer, "off_size", what, to_do)
    _check_recognised(register, offer, path, head)


def _has_checksum(path: Path, checksum: str) -> bool:
    algorithm, _, digits = checksum.partition(":")
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest() == digits.lower()


def _check_packing(register: Register, offer: Offer, path: Path, head: bytes) -> None:
    """An archive is read to its end, against its own checksums."""
    name = offer.name.lower()
    try:
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as packed:
                if broken := packed.testzip():
                    raise zipfile.BadZipFile(broken)
        elif name.endswith(archives.TAR_SUFFIXES):
            _read_tar(path)
        elif name.endswith(".gz"):
            with gzip.open(path) as unpacked:
                start = unpacked.read(2)
                while unpacked.read(STEP_BYTES):
                    pass
            if start == b"\x1f\x8b":
                raise _refused(
                    register, offer, "twice_packed", "is packed twice", "report it to its publisher"
                )
        elif head.startswith(b"\x1f\x8b"):
            raise _refused(
                register, offer, "twice_packed", "is packed, and its name does not say so", "fetch it again"
            )
    except (zipfile.BadZipFile, EOFError, gzip.BadGzipFile, zlib.error, NotImplementedError):
        raise _refused(register, offer, "broken_archive", "is a broken archive", "fetch it again") from None


def _read_tar(path: Path) -> None:
    try:
        with archives.stream(path) as documents:
            while documents.read(STEP_BYTES):
                pass
    except BlockedEdition as fault:
        raise EOFError(str(fault)) from None


def _check_recognised(register: Register, offer: Offer, path: Path, head: bytes) -> None:
    """By the register that was asked for."""
    name = offer.name
    if register.documents_in:
        name = archives.name_of_nested(path) or name
    elif archives.is_archive(path):
        name, head = archives.peek(path, HEAD_BYTES)
    names = (Path(name).name, offer.name)
    if not any(
        register.recognise(each, head) or (register.declined and register.declined(each, head))
        for each in names
    ):
        what = "does not look like a file of this register"
        raise _refused(register, offer, "not_recognised", what, "check the address")


def _refused(register: Register, offer: Offer, code: str, what: str, to_do: str) -> BlockedEdition:
    return BlockedEdition(code, f"{register.name}: {offer.name} {what}; {to_do}")
