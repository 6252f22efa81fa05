"""Print for people and for programs: tables, JSON, files, messages, and the exit codes.

Registers hold text from outside, so everything printed is made safe for a terminal first.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from flows.cli.grid import print_rows
from flows.exports.table import TEXT_FORMATS, Format, json_text, table_bytes
from flows.home.durable import write_bytes_durably
from flows.home.processes import keep_private
from transforms.errors import UsageError
from transforms.language import day_text, decimals, translated, translated_n
from transforms.language.stored import stored

if TYPE_CHECKING:
    import pyarrow as pa

EXIT_USAGE = 2
EXIT_FAILED = 4
EXIT_IN_PART = 5
PIPE_WIDTH = 10_000  # columns; a pipe has no width, so lines are not wrapped
LIST_WIDTH = 100  # columns of registers and releases, in a pipe too
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
ACCESS_ERRORS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

type Record = Mapping[str, object]


def begin_work() -> None:
    """For commands that read records: their files are private, and their log has warnings only."""
    from flows.home import logs

    logs.configure(quiet=True)
    keep_private()


# --- messages -----------------------------------------------------------------------------------------------


def printable(text: str) -> str:
    """The text with control characters, direction marks and broken bytes as code points. Line ends stay."""
    return "".join(char if char.isprintable() or char == "\n" else f"<U+{ord(char):04X}>" for char in text)


def complain(message: str) -> None:
    """A warning or error, on standard error."""
    print(f"undertow: {printable(message)}", file=sys.stderr)


def say(text: str, out: Console | None = None, *, style: str = "") -> None:
    """A message, on standard output by default. Nothing in it is read as markup."""
    (out or console()).print(Text(printable(text), style=style), highlight=False, soft_wrap=True)


def console() -> Console:
    """Standard output, as wide as the terminal."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)


def counted(n: int, singular: str, plural: str) -> str:
    return f"{n} {singular if n == 1 else plural}"


# --- tables -------------------------------------------------------------------------------------------------


def print_grid(
    columns: Sequence[str],
    rows: Iterable[Record],
    *,
    title: str = "",
    right: Collection[str] = (),
    width_max: int | None = None,
    out: Console | None = None,
) -> None:
    """Rows under headings, or one below the other if they are too wide (`flows.cli.grid`).

    `right`: columns aligned to the right.
    """
    texts = [[printable(_cell(row[name])) for name in columns] for row in rows]
    names = [printable(name) for name in columns]
    print_rows(out or console(), names, texts, title=title, right=right, width_max=width_max)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return translated("yes" if value else "no")
        case list():
            return "; ".join(map(str, value))
        case float() | Decimal():
            return decimals(f"{value:g}" if isinstance(value, float) else str(value))
        case date():
            if isinstance(value, datetime):
                value = value.isoformat(" ", "seconds")
            return value if isinstance(value, str) else day_text(value)
        case _:
            return str(value)


def print_table(table: pa.Table, title: str = "", out: Console | None = None) -> None:
    """A query's rows, and their number if there is no title."""
    from pyarrow import types

    numeric = (types.is_integer, types.is_floating, types.is_decimal)
    right = {field.name for field in table.schema if any(is_kind(field.type) for is_kind in numeric)}
    print_grid(table.column_names, table.to_pylist(), title=title, right=right, out=out)
    if not title:
        say(translated_n("(%(n)s row)", "(%(n)s rows)", table.num_rows), out)


def print_records(records: Sequence[Record], *, as_json: bool, columns: Sequence[str] = ()) -> None:
    """A list, for people or as JSON. `columns`: those for people if JSON has more; they fit LIST_WIDTH."""
    if as_json:
        print_json(records)
    elif records:
        names = columns or list(records[0])
        shown = [{translated(name): worded(record[name]) for name in names} for record in records]
        print_grid(list(shown[0]), shown, width_max=LIST_WIDTH if columns else None)
        say(translated_n("(%(n)s row)", "(%(n)s rows)", len(records)))


def worded(value: object) -> object:
    """Our own words in the language of the task; any other value unchanged."""
    return stored(value) if isinstance(value, str) else value


def print_json(value: object) -> None:
    print(json_text(value))


def print_as(table: pa.Table, format: Format, to: Path | None = None) -> None:
    """A table in a format, to standard output or a file. Raises UsageError for a table to a file."""
    if format is not Format.table:
        hand_over(table_bytes(table, format), to, is_text=format in TEXT_FORMATS)
    elif to is None:
        print_table(table)
    else:
        raise UsageError("--to needs a file format; add --format csv, json, parquet, xlsx or spreadsheet-csv")


# --- files --------------------------------------------------------------------------------------------------


def hand_over(contents: bytes, to: Path | None, *, is_text: bool) -> None:
    """Write a file or standard output. Raises UsageError if it cannot be written or shown, OSError if the
    disk is full or broken.
    """
    if to is not None:
        keep_private()
        try:
            write_bytes_durably(to.resolve(), contents)
        except OSError as error:
            if error.errno in DISK_ERRORS:
                raise
            raise UsageError(
                f"--to {to.resolve()}: {error.strerror}; name a file in a folder you can write to"
            ) from None
    elif not sys.stdout.isatty():
        sys.stdout.buffer.write(contents)
    elif is_text:
        sys.stdout.write(printable(contents.decode("utf-8-sig").replace("\r\n", "\n")))
    else:
        raise UsageError(
            "a terminal cannot show this format; add --to FILE, or redirect the output to a file"
        )


# --- output that cannot be written --------------------------------------------------------------------------


@contextmanager
def after_the_work() -> Iterator[None]:
    """Print a result. A closed pipe, a full disk or Ctrl-C does not change the exit code of finished work."""
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        discard_output()
    except KeyboardInterrupt:
        complain("interrupted while it printed; the work is done")
    except OSError as error:
        if not (message := output_error(error)):
            raise
        complain(message)


def output_error(error: Exception) -> str:
    """Why standard output cannot be written; "" for any other error. A file error has a file name."""
    if not isinstance(error, OSError) or error.filename is not None or error.errno not in DISK_ERRORS:
        return ""
    discard_output()
    return f"standard output: {error.strerror} (errno {error.errno}); redirect it to a place with room"


def file_error(error: Exception) -> str:
    """Which file cannot be used and what to do; "" for any other error."""
    if not isinstance(error, OSError) or error.filename is None:
        return ""
    if error.errno in DISK_ERRORS:
        todo = "make room on that disk, and try again"
    elif error.errno in ACCESS_ERRORS:
        todo = "run as a user who may do this"
    else:
        return ""
    return f"{error.filename}: {error.strerror} (errno {error.errno}); {todo}"


def discard_output() -> None:
    """Discard the rest of standard output: otherwise Python fails on it at exit, with its own code."""
    with suppress(OSError):  # standard output is no file, as in a test
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
