"""Where things are, and what a deployment may set. The only place that reads the environment.

`Home` is the folder given by `--home`: everything Undertow writes is under it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from transforms.errors import UsageError

RELEASES_KEPT = 7
THREADS_MAX = 1024  # (own) a typing error is not a request
CASE_PAGES_A_NIGHT = 50  # (own) where nothing else is asked for: the first cases in review order; a page takes some 0.1 s. The others are made when asked for
CASE_PAGES_MAX = 1000  # (own)
# What an installation must not do behind a municipality's back, and results never pickled.
PREFECT_ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_CLI_PROMPT": "false",
}
PREFECT_QUIET = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
}
STATE_DIRECTORY_MODE = 0o700
RELEASE_FILE_MODE = 0o440


@dataclass(frozen=True)
class Home:
    """The layout of the contract. Paths only; `prepare` creates the folders."""

    root: Path

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def current(self) -> Path:
        return self.root / "current"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    @property
    def prefect(self) -> Path:
        return self.root / "prefect"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def prefect_auth(self) -> Path:
        """`<user>:<secret>` of the served API."""
        return self.secrets / "prefect-auth"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def cache(self) -> Path:
        """What saves a night time and can be made again from the rest."""
        return self.root / "cache"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def prepare(self) -> None:
        """Create every folder. What only the nightly reads is 0700: whole registers, keys, quarantine, what is under way."""
        for folder in (self.root, self.landing, self.releases, self.reports, self.docs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (
            self.lake,
            self.state,
            self.secrets,
            self.quarantine,
            self.work,
            self.cache,
            self.prefect,
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
            folder.chmod(STATE_DIRECTORY_MODE)


def home(path: Path | None) -> Home:
    """The home named on the command line, else in UNDERTOW_HOME, else `data/` in the working directory. Raises UsageError where a file is in its place."""
    root = (path or Path(os.environ.get("UNDERTOW_HOME", "data"))).resolve()
    there = next(one for one in (root, *root.parents) if os.path.exists(one))  # noqa: PTH110  # Path.exists raises of a folder that may not be looked into
    if not os.path.isdir(there):  # noqa: PTH112
        raise UsageError(f"--home {root}: {there} is no folder; give a folder, or a new name in one")
    return Home(root)


def threads_asked() -> int | None:
    """How many threads DuckDB and the lake may use, from UNDERTOW_THREADS; None: as many as there are processors. polars has POLARS_MAX_THREADS.

    Raises UsageError. The result of a night does not depend on it.
    """
    return _number_asked("UNDERTOW_THREADS", 1, THREADS_MAX)


def case_pages_a_night() -> int:
    """How many cases get their page in a night's report, from UNDERTOW_CASE_PAGES. Raises UsageError."""
    asked = _number_asked("UNDERTOW_CASE_PAGES", 0, CASE_PAGES_MAX)
    return CASE_PAGES_A_NIGHT if asked is None else asked


def _number_asked(name: str, least: int, most: int) -> int | None:
    asked = os.environ.get(name, "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal() and least <= int(asked) <= most):
        raise UsageError(f"{name}: give a whole number from {least} to {most}, or leave it out")
    return int(asked)


def prepare_prefect(home: Home) -> None:
    """Before `prefect` is imported: its folder is this home's, and on the terminal a run looks as it does without Prefect (the server has its log)."""
    home.prefect.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
    home.prefect.chmod(STATE_DIRECTORY_MODE)
    secret = {"PREFECT_API_AUTH_STRING": _own_secret(home)} if _is_loopback(prefect_api_url() or "") else {}
    for name, value in {
        **PREFECT_ENVIRONMENT,
        **PREFECT_QUIET,
        **secret,
        "PREFECT_HOME": str(home.prefect),
    }.items():
        if value:
            os.environ.setdefault(name, value)


def _is_loopback(url: str) -> bool:
    """The home's secret is for the home's own server, on this machine, and never sent elsewhere."""
    return (urlsplit(url).hostname or "") in ("127.0.0.1", "localhost", "::1")


def _own_secret(home: Home) -> str:
    """What `undertow serve` asks of its callers; "" where this home was never served, or this user may not read it."""
    try:
        return home.prefect_auth.read_text().strip()
    except OSError:
        return ""


def seconds(name: str, default: float) -> float:
    """A time of `undertow serve` that a deployment may set. Raises UsageError."""
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not 0 < value < 86_400:
        raise UsageError(f"{name}: not a number of seconds between 0 and a day; correct or unset it")
    return value


def environment() -> Mapping[str, str]:
    """Prefect's settings in it, and DO_NOT_TRACK."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PREFECT_") or name == "DO_NOT_TRACK"
    }


def prefect_api_url() -> str | None:
    """Set: runs go through the Prefect flow. Unset: the stage list is called directly and Prefect is not imported."""
    return os.environ.get("PREFECT_API_URL") or None


def purpose_asked(option: str | None) -> str | None:
    """The purpose named on the command line, else in UNDERTOW_PURPOSE."""
    return option or os.environ.get("UNDERTOW_PURPOSE") or None


def sudo_uid() -> int | None:
    """Who called sudo, where the environment says so. Anybody may set that variable in a shell of their own, but then the uid is their own as well."""
    stated = os.environ.get("SUDO_UID", "")
    return int(stated) if stated.isdecimal() else None
