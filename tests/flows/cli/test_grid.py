"""Rows on a terminal: as a table where it fits, else one below the other; ids are whole in both."""

import io
from collections.abc import Sequence

import pytest
from rich.console import Console

from flows.cli.grid import column_widths, print_rows

CASE_ID = "UT-C-3393c9645033eeb69ec8"
TITLE = "Woodside Fabrications Ltd and 2 more: nothing declared, dormant with assets, unclear owner"


def printed(
    names: Sequence[str], rows: Sequence[Sequence[str]], width: int, width_max: int | None = None
) -> list[str]:
    out = io.StringIO()
    print_rows(Console(file=out, width=width), names, rows, width_max=width_max)
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("width", [30, 46, 60, 80, 100, 200])
def test_no_line_is_too_wide_and_no_word_is_cut(width: int) -> None:
    lines = printed(("case_id", "title"), [(CASE_ID, TITLE)] * 2, width)
    assert max(map(len, lines)) <= max(width, len("case_id  ") + len(CASE_ID))
    assert sum(CASE_ID in line for line in lines) == 2
    assert " ".join(lines).split().count("Fabrications") == 2


def test_rows_too_wide_for_a_table_stand_one_below_the_other() -> None:
    sha256 = "6b1ffd75" * 8
    lines = printed(("flag", "file_sha256", "note"), [("F1", sha256, ""), ("F2", sha256, TITLE)], 80)
    assert lines[:5] == ["1 of 2", "flag         F1", f"file_sha256  {sha256}", "note", "2 of 2"]
    first, second = lines[7:]
    assert first.startswith("note         Woodside") and second.startswith(" " * 13) and len(first) <= 80


def test_a_width_of_its_own_holds_where_there_is_no_terminal() -> None:
    assert max(map(len, printed(("a", "b"), [(TITLE, TITLE)], 10_000, width_max=100))) <= 100


def test_the_longest_column_of_prose_is_narrowed_first() -> None:
    rows = [(CASE_ID, "short text", TITLE)]
    assert column_widths(("id", "note", "title"), rows, 80) == [len(CASE_ID), len("short text"), 41]
    assert column_widths(("id", "note", "title"), rows, 50) is None
