"""The exceptions of this project. A message names the register, file and record and says what to do. It never
names a person.

Each exception has the exit code of the command that it ends: 2 for a usage error, 3 when a gate blocked the
release, 4 when the run was interrupted, failed or locked. A blocked register (5) does not end a run: the lake
stage catches `BlockedEdition` and records it, and the release is published without that edition."""

import re
import traceback
from collections.abc import Iterable
from pathlib import Path

PACKAGES = frozenset({"flows", "transforms", "graphs", "quality"})
UNITS = frozenset({"registers", "indicators"})  # one module for each declaration


class UndertowError(Exception):
    """Base class. The message is safe to log: it holds ids, counts, codes and file names only."""

    exit_code: int = 4


class UsageError(UndertowError):
    """The command or its options are wrong."""

    exit_code = 2


class ReleaseBlocked(UndertowError):
    """A graph or release gate failed; the current release stays."""

    exit_code = 3


class RunFailed(UndertowError):
    """The run ended early; the current release stays."""


class LockHeld(RunFailed):
    """Another run, rollback or purge holds the lock of this home folder."""


class RunUnderWay(LockHeld):
    """The holder is a run, which continues and reports its own result."""


class BlockedEdition(UndertowError):
    """An edition cannot be used; its register keeps its last good edition.

    code: stable, stored in `v_edition.blocked_code`. message: where the fault is and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Sent between processes with its code."""
        return type(self), (self.code, str(self))


class DeclarationError(UndertowError):
    """A register, indicator or table is declared wrongly. Raised when declarations are loaded."""


def exit_code_of(failed: Iterable[bool]) -> int:
    """Of a command that does several things, each apart: 0 where all went well, 5 where some failed, 4 where
    all did.
    """
    each = list(failed)
    if not any(each):
        return 0
    return RunFailed.exit_code if all(each) else 5


# A user may type a person's name in place of an id, and no message repeats a name.
ID_LIKE = re.compile(r"^(UT-[A-Za-z]-\S{1,60}|[\w.:/+-]{0,60}\d[\w.:/+-]{0,60})$", re.ASCII)
NOT_REPEATED = "(not repeated here: it is not an id and may be a name)"


def as_typed(text: str) -> str:
    """`text` if it looks like an id; else a note that it is not repeated."""
    return text if ID_LIKE.match(text) else NOT_REPEATED


def place(error: BaseException) -> str:
    """`file:line` where an error arose, for messages: the error's own text may hold a record.

    The innermost line of a register or an indicator module, since the fault is mostly there; else the
    innermost line of this project; else the innermost line of all.
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
