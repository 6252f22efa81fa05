"""What a check looks at, what it yields, and helpers that several checks share."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.home.settings import Home

OTHERS_READ, OTHERS_WRITE, NOT_OWNER, WRITE = 0o004, 0o002, 0o077, 0o222
NAMED_MAX = 3  # files named in one finding


@dataclass(frozen=True)
class Finding:
    """`check`: name of the check; `fix`: a command line."""

    check: str
    what: str
    where: str
    fix: str


@dataclass(frozen=True)
class Setting:
    """A Prefect setting that somebody made: its value, and where it is set."""

    value: str
    where: str


@dataclass(frozen=True)
class Patient:
    """A home, the Prefect settings made for it, and the moment (UTC) of the examination."""

    home: Home
    prefect: Mapping[str, Setting]
    now: datetime

    def value_of(self, name: str) -> Setting:
        return self.prefect.get(name, Setting("", ""))


@dataclass(frozen=True)
class Examined:
    """`unseen`: name of a check → path that it may not read."""

    findings: tuple[Finding, ...]
    unseen: Mapping[str, str]


Findings = Iterator[tuple[str, str, str]]  # what, where, fix


Check = Callable[[Patient], Findings]


def unset_command(setting: Setting, name: str) -> str:
    return (
        f"unset {name}"
        if setting.where.startswith("environment")
        else f"sed -i '/^{name} /d' {setting.where}"
    )


def run_command(home: Home) -> str:
    """The command that runs a night; with the home's own landing folder if that holds files."""
    if any(names for _, _, names in os.walk(home.landing)):
        return f"undertow run --landing {home.landing} --home {home.root}"
    return f"undertow run --landing DIR --home {home.root}  # DIR: where the publishers' files are"


def folders(home: Home) -> list[Path]:
    """Folders of the home that exist."""
    all_folders = (
        home.landing,
        home.lake,
        home.releases,
        home.reports,
        home.docs,
        home.prefect,
        home.state,
        home.secrets,
        home.quarantine,
        home.work,
        home.kept,
    )
    return [folder for folder in all_folders if folder.is_dir()]


def files_below(folder: Path) -> Iterator[Path]:
    """Ordinary files below a folder, in order. Raises PermissionError if a folder cannot be read."""

    def refuse(error: OSError) -> None:
        if isinstance(error, PermissionError):
            raise error

    for path, folders, names in os.walk(folder, onerror=refuse):
        folders.sort()
        yield from (
            file for name in sorted(names) if (file := Path(path, name)).is_file() and not file.is_symlink()
        )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def named(paths: Iterable[Path]) -> str:
    listed = list(map(str, paths))
    return ", ".join(listed[:NAMED_MAX]) + (
        f" and {len(listed) - NAMED_MAX} more" if len(listed) > NAMED_MAX else ""
    )
