"""KBO Open Data: numbers, names of files, updates within an edition, and the real extract where it is."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import parse_all
from transforms.errors import BlockedEdition
from transforms.formats.be_kbo import FULL, KEPT, check_extracts, kbo_number, without_deleted
from transforms.model.parsing import conform
from transforms.model.register import Edition, Recognised
from transforms.readers import read
from transforms.registers.be_kbo import REGISTER, declined, recognise

REAL = Path("../shared/registers/be_kbo/KboOpenData_0127_2024_09_Full_red")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0199.001.042", "0199001042"),
        ("2.990.000.155", "2990000155"),
        ("0199.001.043", None),  # its check digits are those of another
        ("199.001.042", None),
        ("0199 001 042", None),
        ("0199.001.04X", None),
    ],
)
def test_a_number_is_ten_digits_whose_check_digits_are_right(written: str, number: str | None) -> None:
    assert pl.select(kbo_number(pl.lit(written))).item() == number


@pytest.mark.parametrize(
    ("file_name", "known"),
    [
        ("KboOpenData_0393_2026_07_22_Full.zip", (date(2026, 7, 22), 393, False)),
        ("KboOpenData_0393_2026_07_22_Update.zip", (date(2026, 7, 22), 393, True)),
        ("KboOpenData_0127_2024_09_Full.zip", (date(2024, 9, 1), 127, False)),
        ("KboOpenData_0393_2026_02_31_Full.zip", None),
        ("KboOpenData_0393_2026_07_22_Full.zip.part", None),
        ("enterprise.csv", None),
    ],
)
def test_an_archive_is_known_by_its_name(file_name: str, known: tuple[date, int, bool] | None) -> None:
    expected = known and Recognised("enterprises", known[0], extract=known[1], is_update=known[2])
    assert recognise(file_name, b"") == expected


def test_a_table_of_another_publisher_is_not_declined() -> None:
    assert declined("address.csv", b'"EntityNumber","TypeOfAddress"') != ""
    assert declined("address.csv", b"street,town") == ""


def _kept(*rows: tuple[str, int, int]) -> pl.DataFrame:
    """Rows of table, number and part."""
    values = {
        "table": [row[0] for row in rows],
        "number": [row[1] for row in rows],
        "part_no": [row[2] for row in rows],
    }
    return pl.DataFrame(values, schema={name: KEPT[name] for name in values})


def test_an_update_takes_away_what_is_before_it_and_not_what_it_brings() -> None:
    rows = _kept(("address", 1, 1), ("address", 1, 5), ("address", 2, 1), ("branch", 1, 1), ("address", 1, 3))
    left = without_deleted(rows, _kept(("address_delete", 1, 4)))
    assert left.select("table", "number", "part_no").rows() == [
        ("address", 1, 5),
        ("address", 2, 1),
        ("branch", 1, 1),
    ]


@pytest.mark.parametrize(
    ("numbers", "kinds", "code"),
    [
        ((393, 394, 395), ("full", "update", "update"), ""),
        ((393, 395), ("full", "update"), "extract_gap"),
        ((393, 393), ("full", "update"), "extract_gap"),
        ((393,), ("update",), "extract_type"),
        ((393, 394), ("full", "full"), "extract_type"),
    ],
)
def test_files_of_an_edition_follow_each_other(
    numbers: tuple[int, ...], kinds: tuple[str, ...], code: str
) -> None:
    variables = [
        {"part_no": part, "code": name, "text": str(value)}
        for part, pair in enumerate(zip(numbers, kinds, strict=True))
        for name, value in zip(("ExtractNumber", "ExtractType"), pair, strict=True)
    ]
    blocked_code = ""
    try:
        check_extracts(pl.DataFrame(variables))
    except BlockedEdition as blocked:
        blocked_code = blocked.code
    assert blocked_code == code


def test_the_real_extract() -> None:
    """Each table was cut by itself; a spreadsheet counted numbers of names on, and spoilt dates."""
    if not REAL.exists():
        pytest.skip(f"{REAL} is not here: the registers' own files are not part of the project")
    frames, rejected_n, records_n = [], 0, 0
    for part_no, table in enumerate(FULL, start=1):
        if table == "meta":
            continue
        for batch in read(REGISTER, REAL / f"{table}.csv", part_no=part_no, first_record_no=records_n + 1):
            records_n += batch.records_in
            good, misfits, _ = conform(batch.frame, REGISTER.fields_in(batch.frame.columns))
            rejected_n += batch.rejects.height + misfits.height
            frames.append(good)
    edition = Edition("be_kbo", "enterprises", "2024-09-01", "0" * 64)
    made = parse_all(REGISTER, frames, edition)
    rejected_n += made.rejected.height
    assert records_n == made.records.height + made.ignored.height + rejected_n
    entities = made.tables["entity_statement"]
    assert entities.height == 9999 and entities["identifier"].n_unique() == 9999
    assert entities.filter(legal_form_class="unknown").height == 0
    assert entities.filter(status="unknown").height == 0
    assert set(made.rejected["code"]) == {"invalid_number"}
    assert set(made.rejected["field"]) == {"denomination.EntityNumber"}
    assert made.tables["address_statement"].filter(role="registered")["country"].null_count() < 5
