"""Tables for spreadsheets: nothing is a formula, what is a number or date is one, and what cannot be held
says so.
"""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest

from flows.exports import table as exported
from flows.exports.table import spreadsheet_csv, workbook
from transforms.errors import UsageError

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A",
    " =1",
    "\u200b=1",
    "\ufeff=1",
    "\n=1",
)
HARMLESS = ("ALDER FARM LIMITED", "", "1=1", "'=1", "O'BRIEN", '"', "a;=1", "7724", "00007724")


def _rows(contents: bytes) -> list[list[str]]:
    assert contents.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(contents.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_could_be_a_formula_gets_an_apostrophe_and_is_named(text: str) -> None:
    [_, row] = _rows(spreadsheet_csv(pa.table({"name": [text], "other": ["x"]})))
    assert row == ["'" + text, "x", "name"]


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    [_, row] = _rows(spreadsheet_csv(pa.table({"name": [text]})))
    assert row == [text, ""]


def test_numbers_and_dates_are_bare_and_nulls_are_empty() -> None:
    table = pa.table(
        {
            "n": [-5],
            "share": [Decimal("-1.50")],
            "day": [date(2026, 6, 1)],
            "none": pa.array([None], pa.string()),
            "blank": [""],
            "many": [["=a", "b"]],
        }
    )
    assert spreadsheet_csv(table).decode("utf-8-sig").splitlines() == [
        '"n","share","day","none","blank","many","_escaped"',
        '-5,-1.50,2026-06-01,,"","\'=a; b","many"',
    ]


def test_a_struct_is_json_within_a_list_too() -> None:
    facts = {"since": date(2026, 1, 2), "name": "Café"}
    [_, row] = _rows(spreadsheet_csv(pa.table({"one": [facts], "several": [[facts, facts]]})))
    text = '{"since": "2026-01-02", "name": "Café"}'
    assert row == [text, f"{text}; {text}", ""]


def test_a_workbook_has_no_formula_and_no_link_and_typed_cells() -> None:
    table = pa.table(
        {
            "name": [*FORMULAS, "https://outside.example/", "mailto:a@b.example", "internal:A1"],
            "number": ["00007724"] * 18,
            "n": [-5] * 18,
            "price_gbp": [Decimal("12.34")] * 18,
            "day": [date(2026, 6, 1)] * 18,
            "at": [datetime(2026, 6, 1, 12)] * 18,
            "is_open": [True] * 18,
            "big": [10**15] * 18,
            "early": [date(1850, 1, 1)] * 18,
        }
    )
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"undertow": table}))).active
    assert [cell.value for cell in sheet[1]] == table.column_names
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:I19"
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells if cell.column == 1} == {"s"}
    assert [cell for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert [cell.value for cell in sheet[2]][1:] == [
        "00007724",
        -5,
        12.34,
        datetime(2026, 6, 1),
        datetime(2026, 6, 1, 12),
        True,
        str(10**15),
        "1850-01-01",
    ]


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    value = (
        openpyxl.load_workbook(
            io.BytesIO(workbook({"undertow": pa.table({"name": ["\U0001f3e0" * 40_000]})}))
        )
        .active["A2"]
        .value
    )
    assert len(value.encode("utf-16-le")) // 2 <= exported.CELL_CHARACTERS_MAX
    shown = value.count("\U0001f3e0")
    assert value.endswith(f"cut: {40_000 - shown} more characters, see --format csv")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "ROWS_MAX", 2)
    with pytest.raises(UsageError, match="3 rows"):
        workbook({"undertow": pa.table({"n": [1, 2, 3]})})


def test_equal_tables_are_equal_bytes_and_none_is_a_file_too() -> None:
    table = pa.table({"name": ["a", None]})
    assert workbook({"undertow": table}) == workbook({"undertow": table})
    assert openpyxl.load_workbook(io.BytesIO(workbook({"undertow": table.slice(0, 0)}))).active.max_row == 1
