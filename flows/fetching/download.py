"""Download one file through obstore, which resumes by range and ETag within a call. After a kill an
incomplete file is resumed if the ETag is still the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
import stamina
from obstore.exceptions import (
    BaseError,
    NotModifiedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import HTTPStore

from flows.fetching.pages import (
    TRUST_IT,
    UNREACHED,
    WANTS_KEY,
    Missing,
    is_unreached,
    is_untrusted,
    place,
)
from transforms.errors import RunFailed

if TYPE_CHECKING:
    from obstore import GetOptions, GetResult
    from obstore.store import RetryConfig

CHUNK_BYTES = 4 << 20
STALL_SECONDS = 60.0  # (own) without a byte
WAIT_SECONDS_MAX = 30.0  # between attempts
ATTEMPTS = 4  # (own) each resumes where the one before ended
RETRIES: RetryConfig = {"max_retries": 3}  # (own) within one attempt
USER_AGENT = f"undertow/{version('undertow')} (nightly fetch of public registers)"


@dataclass(frozen=True)
class Download:
    """path: the file. etag, last_modified: as the server says."""

    path: Path
    sha256: str
    etag: str | None
    last_modified: str | None


class Refused(RunFailed):
    """The server wants a key or a login, or a newer signed address."""


def download(
    url: str, path: Path, headers: Mapping[str, str], *, known_etag: str | None = None
) -> Download | None:
    """Write the file at `url` to `path`; None if the server says that it has not changed. Raises RunFailed if
    the bytes could not be fetched; the incomplete file stays for the next attempt.
    """
    retrying = stamina.AsyncRetryingCaller(attempts=ATTEMPTS, timeout=None, wait_max=WAIT_SECONDS_MAX)
    try:
        return asyncio.run(retrying(_may_pass, _download, url, path, headers, known_etag))
    except NotModifiedError:
        return None
    except FileNotFoundError as error:
        raise Missing(f"{place(url)}: {_why(error)}; check the address") from None
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise Refused(f"{place(url)}: {_why(error)}; it is tried again at the next fetch") from None
    except (BaseError, TimeoutError, OSError) as error:
        problem = TRUST_IT if is_untrusted(error) else f"{_why(error)}; it is tried again at the next fetch"
        raise RunFailed(f"{place(url)}: {problem}") from None


def _may_pass(error: Exception) -> bool:
    final = (FileNotFoundError, NotModifiedError, PermissionDeniedError, UnauthenticatedError)
    may_pass = isinstance(error, BaseError | TimeoutError) and not isinstance(error, final)
    return may_pass and not is_untrusted(error)


async def _download(url: str, path: Path, headers: Mapping[str, str], known_etag: str | None) -> Download:
    store = HTTPStore.from_url(
        url,
        client_options={
            "allow_http": True,
            "default_headers": dict(headers),
            "user_agent": USER_AGENT,
            "timeout": "12h",
        },
        retry_config=RETRIES,
    )
    part, note = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.etag")
    start, etag = _held(part, note)
    options: GetOptions = {"if_none_match": known_etag} if known_etag and not start else {}
    if start:
        options = {"range": {"offset": start}, "if_match": etag}
    try:
        result = await asyncio.wait_for(obstore.get_async(store, "", options=options), STALL_SECONDS)
    except (PreconditionError, FileNotFoundError):
        part.unlink(missing_ok=True)  # another file is there now
        raise
    meta, start = result.meta, start if result.range[0] == start else 0
    if start and meta["e_tag"] != etag:  # it ignores the condition, and gives a part of another file
        part.unlink()
        raise TimeoutError("another file")
    if meta["e_tag"]:
        note.write_text(json.dumps([meta["e_tag"], meta["size"]]), encoding="utf-8")
    digest = await _write(result, part, start)
    if part.stat().st_size != meta["size"]:
        part.unlink()
        raise TimeoutError("another length than stated")
    part.replace(path)
    note.unlink(missing_ok=True)
    modified = meta["last_modified"].isoformat() if meta["last_modified"] else None
    return Download(path, digest, meta["e_tag"], modified)


async def _write(result: GetResult, part: Path, start: int) -> str:
    """Write incoming bytes to `part` from byte `start` on. Returns the SHA-256 of the whole file. Raises
    TimeoutError if nothing arrives.
    """
    stream = result.stream(min_chunk_size=CHUNK_BYTES).__aiter__()
    with part.open("r+b" if start else "w+b") as file:
        file.truncate(start)
        digest = hashlib.file_digest(file, "sha256")
        coming = asyncio.ensure_future(anext(stream))
        try:
            while True:
                piece = memoryview(await asyncio.wait_for(coming, STALL_SECONDS))
                coming = asyncio.ensure_future(anext(stream))  # comes while this piece is written
                file.write(piece)
                digest.update(piece)
        except StopAsyncIteration:
            return digest.hexdigest()
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


def _held(part: Path, note: Path) -> tuple[int, str | None]:
    """Bytes that an earlier attempt wrote, and their ETag. A weak ETag does not prove equal bytes, and if the
    incomplete file is no shorter than the file itself there is nothing left to request.
    """
    try:
        etag, whole = json.loads(note.read_text(encoding="utf-8"))
        size = part.stat().st_size
    except (OSError, ValueError):
        return 0, None
    return (0, None) if etag.startswith("W/") or size >= whole else (size, etag)


def _why(error: BaseException) -> str:
    match error:
        case FileNotFoundError():
            return "the server has no such file"
        case PermissionDeniedError() | UnauthenticatedError():
            return WANTS_KEY
        case TimeoutError():
            return "the server stopped in the middle"
        case OSError():
            return str(error.strerror)
        case _ if is_unreached(error):
            return UNREACHED
        case _:
            return "the server answered with an error, or did not give the whole file"
