"""The exception tree. Every message names the register, the file, the record and what to do, and never a
person.

Exceptions carry an exit code because the contract of the command line is part of what an error means:
2 usage, 3 a gate blocked the release, 4 interrupted, failed or locked. A blocked register (5) is a result of
a night that did publish, so it is data (`BlockedEdition` is caught by the lake stage), never the end of a
run."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

PACKAGES = frozenset({"flows", "transforms", "graphs", "quality"})
UNITS = frozenset({"registers", "indicators"})  # folders of modules that are added one by one


class UndertowError(Exception):
    """Anything this project raises on purpose. The message is safe to log: ids, counts, codes and file
    names only.
    """

    exit_code: int = 4


class UsageError(UndertowError):
    """The command cannot be carried out as typed."""

    exit_code = 2


class ReleaseBlocked(UndertowError):
    """A graph or release gate failed; the release in force stays."""

    exit_code = 3


class RunFailed(UndertowError):
    """The night ended early; the release in force stays."""

    exit_code = 4


class LockHeld(RunFailed):
    """Another run, rollback or purge holds the lock of this home."""


class BlockedEdition(UndertowError):
    """One edition cannot be used; its register keeps its last good edition.

    `code` is a stable word for `v_edition.blocked_code`, `message` says where and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DeclarationError(UndertowError):
    """A register, indicator, table or plant is declared wrongly. Raised at discovery, so a test sees it
    first.
    """


# What was typed where an id belongs may be a person's name, which no message repeats.
ID_LIKE = re.compile(r"^(UT-[A-Za-z]-\S{1,60}|[\w.:/+-]{0,60}\d[\w.:/+-]{0,60})$", re.ASCII)


NOT_REPEATED = "(given, but not repeated here: it is no id and may be a name)"


def as_typed(text: str) -> str:
    """What was typed where an id was asked for, if it looks like one; else that it is not repeated."""
    return text if ID_LIKE.match(text) else NOT_REPEATED


def place(error: BaseException) -> str:
    """Innermost `file:line` of this project in a traceback: what may be said of an error whose text may hold
    a record.

    Of what calls for a register or an indicator the place in that module: what it calls is mostly right.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "an unknown place"
    ours = [
        frame
        for frame in frames
        if Path(frame.filename).parent.name in PACKAGES or PACKAGES & set(Path(frame.filename).parts[-3:-1])
    ]
    units = [frame for frame in ours if Path(frame.filename).parent.name in UNITS]
    innermost = (units or ours or frames)[-1]
    return f"{Path(innermost.filename).name}:{innermost.lineno}"
