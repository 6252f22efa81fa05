"""The record of what was sent to whom: `state/told.jsonl`, one line for each message that a receiver
accepted.

A line is on the disk before the next message goes out. It holds no names: `keys` are hashes of the message's
subjects. A message is repeated only after a kill between the message and its line, or if an answer was lost.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows.home.durable import append_line, read_lines
from flows.home.lock import alone
from flows.home.settings import Home
from transforms.errors import RunFailed

TOLD_FILE = "told.jsonl"
KEY_CHARACTERS = 20  # of a hash: 80 bits


@dataclass
class Record:
    """The file while it is held, since `at`. By receiver: `keys`, and `last`, when it got its last message.

    Times are UTC.
    """

    path: Path
    at: datetime
    keys: dict[str, set[str]] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)

    def knows(self, receiver: str, keys: Iterable[str]) -> bool:
        """Whether the receiver was notified of it under any of these keys."""
        return not self.keys.get(receiver, set()).isdisjoint(map(hashed, keys))

    def note(self, receiver: str, keys: Iterable[str]) -> None:
        """Add a line, on the disk when this returns."""
        hashes = [hashed(key) for key in keys]
        append_line(self.path, {"at": self.at.isoformat(), "to": receiver, "keys": hashes})
        self._add(receiver, hashes, self.at)

    def read(self) -> None:
        """Read every line. An incomplete line left by a kill is skipped."""
        for line in read_lines(self.path):
            with suppress(ValueError, TypeError, KeyError):
                self._add(line["to"], line["keys"], datetime.fromisoformat(line["at"]))

    def _add(self, receiver: str, hashes: Iterable[str], at: datetime) -> None:
        self.keys.setdefault(receiver, set()).update(hashes)
        self.last[receiver] = at


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:KEY_CHARACTERS]


@contextmanager
def held(home: Home) -> Iterator[Record]:
    """The record, locked for this process so that two never send at once. Raises RunFailed."""
    path = home.state / TOLD_FILE
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(path))
        except OSError as error:
            raise RunFailed(f"{path}: {error.strerror}; let this user write it, or nothing is told") from None
        record = Record(path, datetime.now(UTC))
        record.read()
        yield record
