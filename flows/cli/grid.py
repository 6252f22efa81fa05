"""Rows of text laid out for a terminal: as a table if it fits, otherwise one row below the other.

Only text between spaces is wrapped. A word, such as an id, is never cut or split, so that it can be copied
whole.
"""

import textwrap
from collections.abc import Collection, Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

GAP = 2  # columns of the terminal between two columns of the table
PROSE_MIN = 20  # (own) a column of prose is not wrapped to less


def print_rows(
    out: Console,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str = "",
    right: Collection[str] = (),
    width_max: int | None = None,
) -> None:
    """Print rows under their names. `right`: columns aligned to the right. `width_max`: if less than the
    terminal's width.
    """
    room = min(out.width, width_max or out.width)
    widths = column_widths(names, rows, room)
    if widths is None:
        _print_below_each_other(out, names, rows, room, title)
        return
    grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for name, width in zip(names, widths, strict=True):
        grid.add_column(Text(name, "bold"), justify="right" if name in right else "left", width=width)
    for row in rows:
        grid.add_row(*map(Text, row))
    out.print(grid, highlight=False)


def column_widths(names: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """The width of each column in a table of at most `room`. The longest prose columns are narrowed equally.

    None if words would have to be split, or prose wrapped to less than PROSE_MIN.
    """
    columns = [[name, *(row[place] for row in rows)] for place, name in enumerate(names)]
    longest = [_widest(line for cell in column for line in cell.splitlines()) for column in columns]
    words = [_widest(word for cell in column for word in cell.split()) for column in columns]
    gaps = GAP * (len(names) - 1)
    for limit in range(max(PROSE_MIN, min(room, max(longest, default=0))), PROSE_MIN - 1, -1):
        widths = [max(word, min(whole, limit)) for word, whole in zip(words, longest, strict=True)]
        if sum(widths) + gaps <= room:
            return widths
    return None


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width`, at least one. A longer word gets a longer line."""
    width = max(width, PROSE_MIN)
    lines = [
        textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    ]
    return [part for line in lines for part in line] or [""]


def _print_below_each_other(
    out: Console, names: Sequence[str], rows: Sequence[Sequence[str]], room: int, title: str
) -> None:
    label = _widest(names) + GAP
    if title:
        _print_line(out, title)
    for number, row in enumerate(rows, start=1):
        _print_line(out, f"{number} of {len(rows)}", "bold")
        for name, cell in zip(names, row, strict=True):
            first, *others = wrapped(cell, room - label)
            _print_line(out, set_cell_size(name, label) + first)
            for line in others:
                _print_line(out, " " * label + line)


def _print_line(out: Console, text: str, style: str = "") -> None:
    out.print(Text(text, style), highlight=False, soft_wrap=True)
