"""Bad files of titles from abroad, and of prices paid."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.night.night import Night
from quality.town.land import overseas_titles
from tests import landings
from tests.flows.ingest.bad_nights import (
    BAD,
    LATIN_1,
    edition_of,
    night_on,
    place_of,
    rejects_of,
    with_each,
    zipped,
)
from tests.landings import RECORDS, TITLES, lines, text
from tests.sale_rows import PRICES, sale_row
from transforms.registers.gb_hmlr_price_paid import REPORT_COLUMNS

OCOD, OCOD_FILE = "gb_hmlr_ocod", "OCOD_FULL_2026_06.csv"


def _overseas_lines() -> list[bytes]:
    """The lines of a valid OCOD file: CCOD's, with the country of incorporation after each category."""
    _header, *rows, trailer = lines(TITLES)
    columns = overseas_titles.COLUMNS
    category = columns.index("Proprietorship Category (1)")
    places = [n for n, column in enumerate(columns) if column.startswith("Country Incorporated")]

    def widened(row: bytes) -> bytes:
        [values] = csv.reader([row.decode()])
        for place in places:
            values.insert(place, "JERSEY" if place == category + 1 else "")
        return ",".join(f'"{value}"' if "," in value else value for value in values).encode()

    return [",".join(columns).encode(), *(widened(row) for row in rows), trailer]


def _overseas_night(tmp_path: Path, contents: bytes) -> Night:
    landing = landings.write(tmp_path / "landing")
    (landing / OCOD_FILE).write_bytes(contents)
    return night_on(tmp_path, landing)


def test_a_valid_file_of_titles_from_abroad_loads(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    night = _overseas_night(tmp_path, text(_overseas_lines()))
    facts = edition_of(night, OCOD).facts
    assert (facts.rows_loaded, facts.rows_rejected, facts.rows_ignored, facts.completeness) == (
        RECORDS,
        0,
        1,
        "complete",
    )
    assert night.exit_code == 0
    others_load(night, "")


OVERSEAS_BLOCKING: dict[str, tuple[Callable[[], bytes], str]] = {
    "without its countries": (lambda: text(lines(TITLES)), "missing_column"),
    "truncated": (lambda: text(_overseas_lines()[:-1])[:-60], "truncated"),
}


@pytest.mark.parametrize("kind", OVERSEAS_BLOCKING)
def test_a_bad_file_of_titles_from_abroad_blocks_itself_only(
    kind: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    make, code = OVERSEAS_BLOCKING[kind]
    night = _overseas_night(tmp_path, make())
    edition = edition_of(night, OCOD)
    assert (edition.status, edition.facts.blocked_code) == ("blocked", code)
    assert OCOD in (edition.facts.blocked_message or "") and OCOD_FILE in (
        edition.facts.blocked_message or ""
    )
    assert night.exit_code == 5
    others_load(night, OCOD)


# Two of 40 at a time: more would not pass the gate.
OVERSEAS_REJECTING: tuple[tuple[Callable[[bytes], bytes], str], ...] = (
    (lambda row: row.replace(b"Mill", b"M" + LATIN_1 + b"ll", 1), "invalid_utf8"),
    (lambda row: row.replace(b"ZEDTON TRADER", b'ZEDTON "TRADER', 1), "quote_in_field"),
    (lambda row: row.replace(b"Mill", b"M\x00ll", 1), "nul_byte"),
    (lambda row: row.replace(b"01-02-2018", b"31/02/2018", 1), "impossible_date"),
    (lambda row: row[: len(row) // 2], "wrong_columns"),
    (lambda row: re.sub(rb"ZEDTON TRADER [0-9]+ LIMITED", b"", row, count=1), "missing_value"),
)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "first",
    range(0, len(OVERSEAS_REJECTING), 2),
    ids=lambda n: "-".join(code for _, code in OVERSEAS_REJECTING[n : n + 2]),
)
def test_bad_titles_from_abroad_are_rejected_and_their_neighbours_load(
    first: int, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    rows, expected = _overseas_lines(), []
    for place, (make, code) in zip((BAD, BAD + 5), OVERSEAS_REJECTING[first : first + 2], strict=True):
        before, rows[1 + place] = rows[1 + place], make(rows[1 + place])
        assert rows[1 + place] != before
        expected.append((OCOD, code, place + 1))
    night = _overseas_night(tmp_path, text(rows))
    facts = edition_of(night, OCOD).facts
    assert (facts.rows_loaded, facts.rows_rejected, facts.completeness) == (RECORDS - 2, 2, "complete")
    assert sorted(rejects_of(night)) == sorted(expected)
    others_load(night, OCOD)


def test_titles_from_abroad_with_another_total_and_an_unknown_country(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    """A total that disagrees makes an extract; a country that is not on the list is loud, and shown by its
    length only.
    """
    rows = [row.replace(b"JERSEY", b"ATLANTIS") for row in _overseas_lines()[:-1]]
    night = _overseas_night(tmp_path, text([*rows, b"Row Count:,41"]))
    edition = edition_of(night, OCOD)
    assert (edition.status, edition.facts.completeness, edition.facts.declared_rows) == (
        "in_force",
        "extract",
        RECORDS + 1,
    )
    findings = pl.read_parquet(night.table("finding")).filter(register=OCOD)
    assert findings.select("code", "field", "value", "rows_n").rows() == [
        ("unknown_country", "Country Incorporated (1)", "8 characters, not shown", RECORDS)
    ]
    assert edition.facts.rows_loaded == RECORDS
    others_load(night, OCOD)


SALES = [sale_row(index, paon=str(index + 1)) for index in range(RECORDS)]
REPORT_HEADER = ",".join(REPORT_COLUMNS).encode()


def _sales_changed(change: Callable[[bytes], bytes]) -> bytes:
    return text([*SALES[:BAD], change(SALES[BAD]), *SALES[BAD + 1 :]])


# File name → its bytes, and why it is refused.
BROKEN_SALES: dict[str, tuple[str, bytes, str]] = {
    "empty": ("pp-2018.csv", b"", "empty_file"),
    "header only": ("ppd_data.csv", REPORT_HEADER + b"\n", "empty_file"),
    "column renamed": (
        "ppd_data.csv",
        REPORT_HEADER.replace(b"deed_date", b"date_of_deed") + b"\n" + SALES[0] + b"\n",
        "missing_column",
    ),
    "no sales in it": ("pp-2018.csv", b"price,day\n1,2018-01-02\n", "missing_column"),
    "cut": ("pp-2018.csv", text(SALES)[:-60], "truncated"),
    "cut zip": ("pp-2018.zip", zipped(text(SALES))[:-60], "bad_archive"),
    "half a year": ("pp-2018-part2.csv", text(SALES), "missing_part"),
}


@pytest.mark.parametrize("kind", BROKEN_SALES)
def test_a_broken_price_file_blocks_its_register_only(
    kind: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    name, contents, code = BROKEN_SALES[kind]
    landing = landings.write(tmp_path / "landing")
    (landing / name).write_bytes(contents)
    night = night_on(tmp_path, landing)
    edition = edition_of(night, PRICES)
    assert (edition.status, edition.facts.blocked_code, night.exit_code) == ("blocked", code, 5)
    assert (PRICES if code == "missing_part" else name) in (edition.facts.blocked_message or "")
    others_load(night, PRICES)


REJECTED_SALES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "invalid UTF-8": (lambda row: row.replace(b"MILL", b"M" + LATIN_1 + b"LL", 1), "invalid_utf8"),
    "stray quote": (lambda row: row.replace(b"MILL LANE", b'MILL" LANE', 1), "text_after_quote"),
    "NUL": (lambda row: row.replace(b"MILL", b"M\x00LL", 1), "nul_byte"),
    "31 February": (lambda row: row.replace(b"2018-05-04", b"2018-02-31", 1), "impossible_date"),
    "no day": (lambda row: row.replace(b"2018-05-04 00:00", b"", 1), "missing_value"),
    "no price": (lambda row: re.sub(rb'"\d{6}"', b'""', row, count=1), "missing_value"),
    "another id": (lambda row: row.replace(b"{22222222-", b"{2222-", 1), "not_an_id"),
    "broken line": (lambda row: row[: len(row) // 2] + b'"', "wrong_columns"),
}


def test_bad_sales_are_rejected_and_their_neighbours_load(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    landing = landings.write(tmp_path / "landing")
    (landing / "pp-2018.csv").write_bytes(
        with_each(SALES, 0, [change for change, _code in REJECTED_SALES.values()])
    )
    night = night_on(tmp_path, landing)
    facts, bad = edition_of(night, PRICES).facts, len(REJECTED_SALES)
    assert (facts.label, facts.rows_in, facts.rows_loaded, facts.rows_rejected) == (
        "2018-05-04",
        RECORDS,
        RECORDS - bad,
        bad,
    )
    assert sorted(rejects_of(night)) == sorted(
        (PRICES, code, place_of(number) + 1) for number, (_change, code) in enumerate(REJECTED_SALES.values())
    )
    others_load(night, PRICES)


def test_a_sale_given_twice_is_ignored_or_rejected(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    landing = landings.write(tmp_path / "landing")
    other = SALES[BAD].replace(b'"MILL LANE"', b'"HIGH STREET"')
    (landing / "pp-2018.csv").write_bytes(_sales_changed(lambda row: row + b"\n" + row + b"\n" + other))
    night = night_on(tmp_path, landing)
    facts = edition_of(night, PRICES).facts
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, facts.rows_ignored) == (
        RECORDS + 2,
        RECORDS,
        1,
        1,
    )
    assert rejects_of(night) == [(PRICES, "duplicate_key", BAD + 3)]
    others_load(night, PRICES)
