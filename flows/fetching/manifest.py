"""What was fetched, in `state/fetched.jsonl`: a JSON line for each accepted file; and the result of each
fetch of a register, in `state/fetch-attempts.jsonl`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flows.home.durable import append_line, read_lines
from flows.home.settings import Home

MANIFEST_FILE = "fetched.jsonl"
ATTEMPTS_FILE = "fetch-attempts.jsonl"


@dataclass(frozen=True)
class Fetched:
    """A file in the landing folder. `url` has no query, which may hold a secret. Times are ISO, UTC."""

    register: str
    name: str
    url: str
    sha256: str
    size_bytes: int
    etag: str | None
    last_modified: str | None
    edition: str | None
    licence: str
    retrieved_at: str

    @property
    def day(self) -> str:
        """Date of the edition if its publisher states one, otherwise the day on which it was fetched."""
        return self.edition or self.retrieved_at[:10]


@dataclass(frozen=True)
class Attempt:
    """The result of a fetch of a register. `state`: new, unchanged or failed. `message`: why it failed."""

    register: str
    at: str
    state: str
    message: str = ""


def read(home: Home) -> Sequence[Fetched]:
    """Every accepted file, oldest first."""
    return [Fetched(**line) for line in read_lines(home.state / MANIFEST_FILE)]


def add(home: Home, fetched: Fetched) -> None:
    append_line(home.state / MANIFEST_FILE, asdict(fetched))


def attempts(home: Home) -> Sequence[Attempt]:
    """The result of every fetch, oldest first."""
    return [Attempt(**line) for line in read_lines(home.state / ATTEMPTS_FILE)]


def add_attempt(home: Home, attempt: Attempt) -> None:
    append_line(home.state / ATTEMPTS_FILE, asdict(attempt))
