"""Who is notified of what: `<home>/notify.toml`.

    base_url = "https://undertow.example.org/reports/"   # where the folder `reports` is served
    [[to]]
    url_file = "mail-desk"          # a file in secrets/ with one address of Apprise
    events = ["alarm", "case"]      # night, failed, alarm, overdue, fetch, upkeep, case
    areas = ["Harrowmere"]          # of cases; by name or official code; default: everywhere
    lanes = ["stop", "act"]         # of cases; default: stop

A home without the file notifies nobody.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from flows.home.settings import Home
from flows.home.toml_files import read_toml

NOTIFY_FILE = "notify.toml"
FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
WEB_ADDRESS = r"^https?://[^\s?#]+$"

Event = Literal["night", "failed", "alarm", "overdue", "fetch", "upkeep", "case"]
CaseLane = Literal["stop", "act", "look"]
Area = Annotated[str, Field(pattern=r"\S", max_length=300)]


class Receiver(BaseModel, frozen=True, extra="forbid", strict=True):
    """A `[[to]]`. `url_file` is its name in logs and in `state/told.jsonl`.

    `night`: the result of every night; `failed`: of one that published nothing or had a blocked register;
    `fetch`: a register that could not be fetched; `upkeep`: one that failed, had findings, or is overdue.
    """

    url_file: Annotated[str, Field(pattern=FILE_NAME)]
    events: list[Event] = ["night", "alarm", "overdue", "fetch", "upkeep", "case"]
    areas: list[Area] = []
    lanes: list[CaseLane] = ["stop"]


class Notify(BaseModel, frozen=True, extra="forbid", strict=True):
    """The file. `base_url`: without it a message names a page by its path in the home."""

    base_url: Annotated[str, Field(pattern=WEB_ADDRESS)] | None = None
    to: list[Receiver] = []

    def link(self, page: str) -> str:
        """The address of a page by its path in the folder `reports`."""
        return f"{self.base_url.rstrip('/')}/{page}" if self.base_url else f"reports/{page}"


def notify(home: Home) -> Notify:
    """The receivers of a home. Raises UsageError, which names the wrong key, or RunFailed."""
    return read_toml(home.root / NOTIFY_FILE, Notify)
