"""Whether a fetched file is complete and what was requested. Each check says what is wrong and what to do."""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from transforms.errors import BlockedEdition
from transforms.model.register import Register
from transforms.model.source import Offer
from transforms.readers import archives

HEAD_BYTES = 64 << 10
STEP_BYTES = 1 << 20
PAGES = (b"<!doctype html", b"<html")

type Problem = tuple[str, str, str]  # code, what is wrong with the file, what to do


def check(
    register: Register, offer: Offer, path: Path, *, last_bytes: int | None, band: tuple[float, float]
) -> None:
    """Raises BlockedEdition: empty_file, wrong_length, wrong_checksum, html_page, broken_archive,
    twice_packed, off_size (beside the last file of this name), not_recognised.
    """
    problem = next(_problems(register, offer, path, last_bytes, band), None)
    if problem is not None:
        code, what, to_do = problem
        raise BlockedEdition(code, f"{register.name}: {offer.name} {what}; {to_do}")


def _problems(
    register: Register, offer: Offer, path: Path, last_bytes: int | None, band: tuple[float, float]
) -> Iterator[Problem]:
    """Only the first problem is reported: each check relies on those before it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if size == 0:
        yield "empty_file", "is empty", "try again later"
    if offer.size is not None and size != offer.size:
        yield "wrong_length", f"has {size} bytes and not {offer.size}", "fetch it again"
    if offer.checksum and not _has_checksum(path, offer.checksum):
        yield "wrong_checksum", "is not what its publisher's checksum says", "fetch it again"
    if head.lstrip().lower().startswith(PAGES):
        yield "html_page", "is a web page", "check the login and the address"
    if problem := _packing_problem(path, offer.name.lower(), head):
        yield problem
    if last_bytes is not None and not band[0] * last_bytes <= size <= band[1] * last_bytes:
        what = f"has {size:,} bytes and the last one {last_bytes:,}"
        yield "off_size", what, "look at it, and give --any-size if it is right"
    if not _is_recognised(register, offer, path, head):
        yield "not_recognised", "does not look like a file of this register", "check the address"


def _has_checksum(path: Path, checksum: str) -> bool:
    algorithm, _, digits = checksum.partition(":")
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest() == digits.lower()


def _packing_problem(path: Path, name: str, head: bytes) -> Problem | None:
    """Read an archive to its end, against its own checksums."""
    try:
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as packed:
                if broken := packed.testzip():
                    raise zipfile.BadZipFile(broken)
        elif name.endswith(archives.TAR_SUFFIXES):
            with archives.stream(path) as documents:
                while documents.read(STEP_BYTES):
                    pass
        elif name.endswith(".gz"):
            with gzip.open(path) as unpacked:
                start = unpacked.read(2)
                while unpacked.read(STEP_BYTES):
                    pass
            if start == b"\x1f\x8b":
                return "twice_packed", "is packed twice", "report it to its publisher"
        elif head.startswith(b"\x1f\x8b"):
            return "twice_packed", "is packed, and its name does not say so", "fetch it again"
    except (BlockedEdition, zipfile.BadZipFile, EOFError, gzip.BadGzipFile, zlib.error, NotImplementedError):
        return "broken_archive", "is a broken archive", "fetch it again"
    return None


def _is_recognised(register: Register, offer: Offer, path: Path, head: bytes) -> bool:
    """Ask the requested register whether it recognises the file."""
    name = offer.name
    if register.documents_in:
        name = archives.name_of_nested(path) or name
    elif archives.is_archive(path):
        name, head = archives.peek(path, HEAD_BYTES)
    return any(
        register.recognise(each, head) or (register.declined and register.declined(each, head))
        for each in (Path(name).name, offer.name)
    )
