"""Paths of a home, and the settings of a deployment. The only module that reads the environment.

`Home` is the folder given by `--home`. Undertow writes below it and nowhere else.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from transforms.errors import UsageError

STAGING = ".fetching"  # in the landing folder: incomplete fetches
RELEASES_KEPT = 7
THREADS_MAX = 1024  # own bound: more is a typing error
CASE_PAGES_MAX = 1_000_000  # own bound: more is a typing error
HEALTH_HOURS = 36  # own rule: a night a day, and half a day for a late one
HEALTH_HOURS_MAX = 24 * 366  # own bound: more is a typing error
# No usage statistics, no temporary server, and results are never pickled.
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
LOOPBACK = ("127.0.0.1", "localhost", "::1")
STATE_DIRECTORY_MODE = 0o700
RELEASE_FILE_MODE = 0o440


class Home:
    """The layout of a home. Paths only; `prepare` creates the folders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.landing = root / "landing"
        self.lake = root / "lake"
        self.archive = root / "archive"  # what publishers keep for a time only; see flows.fetching.archive
        self.releases = root / "releases"
        self.current = root / "current"
        self.reports = root / "reports"
        # Outlines of districts as GeoJSON, for the map of the report. An operator may put some there.
        self.areas = root / "areas"
        self.indicators = root / "indicators"  # the authority's own; see flows.home.local_indicators
        self.docs = root / "docs"
        self.prefect = root / "prefect"
        self.state = root / "state"
        self.secrets = root / "secrets"
        self.quarantine = root / "quarantine"
        self.work = root / "work"
        self.kept = root / "kept"  # tables of the last night, for the next one; see flows.night.memory
        self.lock = root / "lock"

    def credential(self, name: str) -> Path:
        """File of a key or login: in systemd's folder of credentials if it is there, else in `secrets/`."""
        given = Path(os.environ.get("CREDENTIALS_DIRECTORY") or self.secrets, name)
        # os.path, because Path.is_file raises for a folder that this user may not enter.
        return given if os.path.isfile(given) else self.secrets / name  # noqa: PTH113

    @property
    def prefect_auth(self) -> Path:
        """File with `<user>:<secret>` of the server that `undertow serve` starts."""
        return self.credential("prefect-auth")

    @property
    def prefect_database(self) -> Path:
        """File with the address of the server's PostgreSQL; without it the server has its own SQLite."""
        return self.credential("prefect-database")

    def must_exist(self) -> None:
        """Raises UsageError if there is no such folder, for example because its name is misspelled."""
        if not self.root.is_dir():
            raise UsageError(f"{self.root}: this home does not exist; check --home, or UNDERTOW_HOME")

    @property
    def private(self) -> tuple[Path, ...]:
        """Folders that only the nightly run reads."""
        return (
            self.lake,
            self.archive,
            self.state,
            self.secrets,
            self.quarantine,
            self.work,
            self.kept,
            self.prefect,
        )

    def prepare(self) -> None:
        """Create every folder. The private ones have mode 0700."""
        for folder in (self.root, self.landing, self.releases, self.reports, self.docs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in self.private:
            folder.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
            folder.chmod(STATE_DIRECTORY_MODE)


def home(path: Path | None) -> Home:
    """The home of the command line, else of UNDERTOW_HOME, else `data/`. Raises UsageError if a file is
    there.
    """
    root = (path or Path(os.environ.get("UNDERTOW_HOME", "data"))).resolve()
    # os.path, because Path.exists raises for a folder that this user may not enter.
    nearest = next(path for path in (root, *root.parents) if os.path.exists(path))  # noqa: PTH110
    if not os.path.isdir(nearest):  # noqa: PTH112
        raise UsageError(f"--home {root}: {nearest} is not a folder; give a folder, or a new name in one")
    return Home(root)


def secret(home: Home, name: str, *holds: str) -> Sequence[str]:
    """The lines of a file in `secrets/`, or in the folder of systemd's credentials. Raises UsageError.

    holds: what each line is, such as the key.
    """
    path = home.credential(name)
    wanted = f"put {' and '.join(holds)} there, {'each in a line' if len(holds) > 1 else 'in one line'}"
    if not path.is_file():
        raise UsageError(f"{path}: is missing; {wanted}, mode 0600")
    try:  # Windows' Notepad may put a byte order mark at the beginning, or write UTF-16
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8; {wanted}") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; let this user read it, and nobody else") from None
    if len(lines) != len(holds):
        raise UsageError(f"{path}: has {len(lines) or 'no'} line{'s' * (len(lines) != 1)}; {wanted}")
    return lines


def threads_wanted() -> int | None:
    """UNDERTOW_THREADS: threads of DuckDB and the lake; None means all processors. Raises UsageError.

    Results do not depend on it. polars has its own setting, POLARS_MAX_THREADS.
    """
    return _whole_number("UNDERTOW_THREADS", 1, THREADS_MAX)


def case_pages_a_night() -> int | None:
    """UNDERTOW_CASE_PAGES: the maximum number of cases that get a page in a night's report; None means all of
    the lanes stop and act. Raises UsageError.
    """
    return _whole_number("UNDERTOW_CASE_PAGES", 0, CASE_PAGES_MAX)


def health_hours() -> int:
    """UNDERTOW_HEALTH_HOURS: how old a release may be, by the page /health. Raises UsageError."""
    return _whole_number("UNDERTOW_HEALTH_HOURS", 1, HEALTH_HOURS_MAX) or HEALTH_HOURS


def _whole_number(name: str, least: int, most: int) -> int | None:
    text = os.environ.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise UsageError(f"{name}: set a whole number from {least} to {most}, or unset it")
    return int(text)


def spark_remote() -> str:
    """SPARK_REMOTE: address of a Spark Connect server, for `undertow run --engine spark`; "" where unset."""
    return os.environ.get("SPARK_REMOTE", "")


def set_prefect_environment() -> None:
    """Call before `prefect` is imported, which reads its settings then. A deployment's own values win."""
    for name, value in PREFECT_ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def without_proxy(host: str) -> Mapping[str, str]:
    """The environment with which this host, and this machine, are reached directly: an authority's proxy for
    the internet does not lead there.
    """
    there = os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")
    hosts = ",".join(dict.fromkeys(filter(None, [*there.split(","), *LOOPBACK, host])))
    return {"no_proxy": hosts, "NO_PROXY": hosts}


def prepare_prefect(home: Home) -> None:
    """Call before `prefect` is imported: its folder is this home's, and its log stays off the terminal."""
    home.prefect.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
    home.prefect.chmod(STATE_DIRECTORY_MODE)
    # The home's secret is for its own server on this machine and is never sent elsewhere.
    host = urlsplit(prefect_api_url() or "").hostname or ""
    secret = {"PREFECT_API_AUTH_STRING": _server_secret(home)} if host in LOOPBACK else {}
    values = {**PREFECT_ENVIRONMENT, **PREFECT_QUIET, **secret, "PREFECT_HOME": str(home.prefect)}
    for name, value in values.items():
        if value:
            os.environ.setdefault(name, value)
    if host in LOOPBACK:
        os.environ.update(without_proxy(host))


def _server_secret(home: Home) -> str:
    """The secret of the home's server; "" if it was never served or this user may not read it."""
    try:
        return home.prefect_auth.read_text().strip()
    except OSError:
        return ""


def seconds(name: str, default: float) -> float:
    """A duration of `undertow serve` that a deployment may set. Raises UsageError."""
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not 0 < value < 86_400:
        raise UsageError(f"{name}: set a number of seconds between 0 and 86400, or unset it")
    return value


def prefect_environment() -> Mapping[str, str]:
    """Prefect's variables in the environment, and DO_NOT_TRACK."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PREFECT_") or name == "DO_NOT_TRACK"
    }


def prefect_api_url() -> str | None:
    """If set, runs go through the Prefect flow; if not, the steps are called directly without importing
    Prefect.
    """
    return os.environ.get("PREFECT_API_URL") or None


def is_container() -> bool:
    """UNDERTOW_CONTAINER: set in the image of `undertow deploy compose`."""
    return bool(os.environ.get("UNDERTOW_CONTAINER"))


def notify_url() -> str | None:
    """Address that gets a message about a night that is late, or whose process is gone."""
    return os.environ.get("UNDERTOW_NOTIFY_URL") or None


def purpose_code(option: str | None) -> str | None:
    """The purpose of the command line, else of UNDERTOW_PURPOSE."""
    return option or os.environ.get("UNDERTOW_PURPOSE") or None


def sudo_uid() -> int | None:
    """User id of the user who called sudo. Anybody may set this variable, but then the process runs under
    their own id.
    """
    stated = os.environ.get("SUDO_UID", "")
    return int(stated) if stated.isdecimal() else None
