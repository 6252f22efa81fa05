"""What was told to whom: `state/told.jsonl`, one line for each message that a receiver took.

A line is on the disk before the next message goes out. It holds no names: `keys` are hashes of what the
message was about. A kill between a message and its line, or an answer that got lost, is the only way to a
repeat.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO

from flows.home.durable import fsync_dir
from flows.home.settings import STATE_DIRECTORY_MODE, Home
from transforms.errors import RunFailed

TOLD_FILE = "told.jsonl"
KEY_CHARACTERS = 20  # of a hash: 80 bits


@dataclass
class Record:
    """The file while it is held, since `at`. By receiver: `keys`, and `last`, when it got its last message.

    Times are UTC.
    """

    file: IO[bytes]
    at: datetime
    keys: dict[str, set[str]] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)

    def knows(self, receiver: str, keys: Iterable[str]) -> bool:
        """Whether the receiver was told of it under any of these keys."""
        return not self.keys.get(receiver, set()).isdisjoint(map(hashed, keys))

    def note(self, receiver: str, keys: Iterable[str]) -> None:
        """Add a line, on the disk when this returns."""
        hashes = [hashed(key) for key in keys]
        line = {"at": self.at.isoformat(), "to": receiver, "keys": hashes}
        self.file.write(json.dumps(line).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self._add(receiver, hashes, self.at)

    def read(self) -> None:
        """Take in every line. One that a kill cut off is left out, and the next begins anew."""
        self.file.seek(0)
        torn = False
        for line in self.file:
            torn = not line.endswith(b"\n")
            try:
                values = json.loads(line)
                self._add(values["to"], values["keys"], datetime.fromisoformat(values["at"]))
            except (ValueError, TypeError, KeyError):
                continue
        if torn:
            self.file.write(b"\n")

    def _add(self, receiver: str, hashes: Iterable[str], at: datetime) -> None:
        self.keys.setdefault(receiver, set()).update(hashes)
        self.last[receiver] = at


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:KEY_CHARACTERS]


@contextmanager
def held(home: Home) -> Iterator[Record]:
    """What was told, held for this process: two never tell at once. Raises RunFailed."""
    path = home.state / TOLD_FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "a+b")
    except OSError as error:
        raise RunFailed(f"{path}: {error.strerror}; let this user write it, or nothing is told") from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        fsync_dir(path.parent)
        record = Record(file, datetime.now(UTC))
        record.read()
        yield record
