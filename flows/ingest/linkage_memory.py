"""Where the linkage of persons keeps what it compared, so that the next night compares what is new: `cache/linkage.duckdb`.

It holds hashes and counts, and nothing of it is in a release: without it a night takes longer and finds the same. So it is in no backup, and whatever is
odd about it is answered by removing it: an error while it is open, a file that is none, a purge.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from flows.home import warehouse
from flows.home.settings import Home
from flows.home.warehouse import Connection
from transforms.errors import RunFailed

log = structlog.get_logger()

NAME = "linkage"


@contextmanager
def remembered(connection: Connection, home: Home) -> Iterator[str | None]:
    """The name of the memory's database, attached to a connection that may see `home.cache`; None where none can be made.

    On the way out it is written through. Where anything fails it is removed, and only what failed within fails the caller.
    """
    memory = _attached(connection, home)
    try:
        yield memory
        if memory is not None:
            _written(connection, home)
    except BaseException:
        warehouse.detach_cache(connection, alias=NAME, keep=False)
        forget(home)
        raise


def forget(home: Home) -> None:
    """Remove it, and whatever else lies in the cache. Call with the lock held."""
    for path in sorted(home.cache.iterdir()) if home.cache.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _attached(connection: Connection, home: Home) -> str | None:
    for _ in range(2):
        try:
            warehouse.attach_cache(connection, _database(home), alias=NAME)
        except RunFailed as fault:
            log.warning(
                "linkage memory",
                message=f"{fault}; it can be made again, so it was removed, and everything is compared tonight",
            )
            forget(home)
        else:
            return NAME
    return None


def _written(connection: Connection, home: Home) -> None:
    try:
        warehouse.detach_cache(connection, alias=NAME)
    except RunFailed as fault:
        log.warning(
            "linkage memory",
            message=f"{fault}; what this night compared is not kept, and the next one compares everything",
        )
        warehouse.detach_cache(connection, alias=NAME, keep=False)
        forget(home)


def _database(home: Home) -> Path:
    return home.cache / f"{NAME}.duckdb"
