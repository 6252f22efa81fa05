"""OCOD: whose number a number is, recognition beside CCOD, files that are named and not read, and the real
extract.
"""

import json
from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from flows.ingest.landing import look
from tests.register_cases import run
from transforms.formats.gb_hmlr_titles import ownership_fields
from transforms.model.parsing import conform
from transforms.model.register import Edition, Recognised, registers
from transforms.readers import read
from transforms.registers import gb_hmlr_ccod
from transforms.registers.gb_hmlr_ocod import FIELDS, REGISTER, declined

CASE = Path("tests/fixtures/registers/gb_hmlr_ocod/typical")
FILE = CASE / "OCOD_FULL_2026_05.csv"
CCOD_FILE = Path("tests/fixtures/registers/gb_hmlr_ccod/typical/CCOD_FULL_2026_05.csv")
REAL = Path("../shared/registers")
EDITION = Edition("gb_hmlr_ocod", "ocod", "2026-05-01", "0" * 64)
COUNTRIES = tuple(f"Country Incorporated ({n})" for n in range(1, 5))


def test_it_has_ccods_columns_and_four_countries() -> None:
    names = [field.name for field in FIELDS]
    assert len(names) == 39 + 2  # and those of a file of changes
    assert [name for name in names if name not in COUNTRIES] == [field.name for field in gb_hmlr_ccod.FIELDS]
    assert [names[names.index(country) - 1] for country in COUNTRIES] == [
        f"Proprietorship Category ({n})" for n in range(1, 5)
    ]
    assert ownership_fields(with_country=True) == FIELDS


def test_a_number_belongs_to_the_country_of_incorporation() -> None:
    """Any number with any country but the United Kingdom: none becomes a UK company number, save one that
    begins with OE. All in one batch, as titles of their own.
    """
    frame = next(iter(read(REGISTER, FILE))).frame
    numbers = (
        "00123987",
        "123987",
        "SC090002",
        "OC300020",
        "FC012345",
        "IP12345R",
        "OE12345",
        "XOE012345",
        "50122",
    )
    cases = list(product(("GUERNSEY", "JERSEY", "NETHERLANDS", "U.S.A.", "ATLANTIS", ""), numbers))
    stated = pl.concat(
        frame.with_columns(
            pl.lit(number).alias("Company Registration No. (1)"),
            pl.lit(country).alias("Country Incorporated (1)"),
            pl.concat_str("Title Number", pl.lit(f"-{n}")),
            pl.col("record_no") + n * frame.height,
        )
        for n, (country, number) in enumerate(cases)
    )
    good, _, _ = conform(stated, FIELDS)
    entities = REGISTER.parse(good, EDITION).tables["entity_statement"]
    for n, (country, number) in enumerate(cases):
        first = entities.filter(pl.col("record").str.ends_with(f"-{n} proprietor 1"))
        assert first["identifier"].null_count() == first.height == 5, (country, number)
        assert first["identifier_native"].unique().to_list() == [number]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("23-12-2008", date(2008, 12, 23)),
        ("23/12/2008", date(2008, 12, 23)),
        ("29/02/2024", date(2024, 2, 29)),
        ("", None),
    ],
)
@pytest.mark.parametrize("register", ["gb_hmlr_ocod", "gb_hmlr_ccod"])
def test_dates_with_dashes_and_with_slashes(register: str, written: str, expected: date | None) -> None:
    held = registers()[register]
    frame = next(iter(read(held, FILE if register == "gb_hmlr_ocod" else CCOD_FILE))).frame
    good, rejected, _ = conform(
        frame.with_columns(pl.lit(written).alias("Date Proprietor Added")), held.fields
    )
    assert rejected.is_empty()
    assert good["Date Proprietor Added"].unique().to_list() == [expected]


@pytest.mark.parametrize("register", ["gb_hmlr_ocod", "gb_hmlr_ccod"])
@pytest.mark.parametrize(
    "written", ["31/02/2020", "31-02-2020", "2020-01-31", "12/31/2020", "1/2", "31-02/2020"]
)
def test_no_other_date_is_accepted(register: str, written: str) -> None:
    held = registers()[register]
    frame = next(iter(read(held, FILE if register == "gb_hmlr_ocod" else CCOD_FILE))).frame
    _, rejected, _ = conform(frame.with_columns(pl.lit(written).alias("Date Proprietor Added")), held.fields)
    assert rejected["code"].to_list() == ["impossible_date"] * frame.height


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OCOD_FULL_2024_12.csv", Recognised("ocod", date(2024, 12, 1), extract=24_300)),
        ("ocod_full_2024_12.ZIP", Recognised("ocod", date(2024, 12, 1), extract=24_300)),
        ("OCOD_FULL_2024_13.csv", Recognised("ocod", None)),
        ("OCOD_COU_2024_12.csv", Recognised("ocod", date(2024, 12, 1), extract=24_300, is_update=True)),
        ("CCOD_FULL_2024_12.csv", None),
        ("titles.csv", Recognised("ocod", None)),
        ("OCOD_ZEDTOWN.csv", Recognised("ocod", None)),
    ],
)
def test_recognition(name: str, expected: Recognised | None) -> None:
    assert REGISTER.recognise(name, FILE.read_bytes()) == expected


def test_neither_file_is_taken_for_the_other() -> None:
    for name in ("titles.csv", "CCOD_ZEDTOWN.csv", "OCOD_ZEDTOWN.csv", "CCOD_COU_changes.csv"):
        claims = [held.name for held in registers().values() if held.recognise(name, FILE.read_bytes())]
        assert claims == ([] if name.startswith("CCOD") else ["gb_hmlr_ocod"]), name
        claims = [held.name for held in registers().values() if held.recognise(name, CCOD_FILE.read_bytes())]
        assert claims == ([] if name.startswith("OCOD") or "COU" in name else ["gb_hmlr_ccod"]), name


def _changes(path: Path) -> bytes:
    """The file as a change-only product: two columns more."""
    header, *rows, _trailer = path.read_bytes().splitlines()
    return (
        b"\r\n".join([header + b",Change Indicator,Change Date", *(row + b",A,16-09-2019" for row in rows)])
        + b"\r\n"
    )


def test_files_that_are_known_and_not_read_say_why(tmp_path: Path) -> None:
    files = {
        "CCOD_COU_may.csv": (_changes(CCOD_FILE), "CCOD file of changes without its month"),
        "OCOD_COU_may.csv": (_changes(FILE), "OCOD file of changes without its month"),
        "changes.csv": (_changes(FILE), "name it as its publisher does, OCOD_COU_"),
        "uk changes.csv": (_changes(CCOD_FILE), "name it as its publisher does, CCOD_COU_"),
        "OCOD_ZEDTOWN_no_country.csv": (
            CCOD_FILE.read_bytes(),
            "without the columns Country Incorporated (1)",
        ),
        "notes.csv": (b"a,b\r\n1,2\r\n", "no register recognises it"),
    }
    for name, (contents, _) in files.items():
        (tmp_path / name).write_bytes(contents)
    landing = look(tmp_path, registers())
    assert landing.editions == ()
    reasons = {file.name: file.reason for file in landing.unrecognised}
    assert set(reasons) == set(files)
    for name, (_, words) in files.items():
        assert words in reasons[name], reasons[name]


def test_a_whole_edition_is_not_declined() -> None:
    assert declined("OCOD_COU_2026_05.csv", b"") != ""
    assert declined("titles.csv", CCOD_FILE.read_bytes()) == ""
    assert gb_hmlr_ccod.REGISTER.declined("CCOD_FULL_2026_05.csv", CCOD_FILE.read_bytes()) == ""


def test_real_extract() -> None:
    path = REAL / "landing_gb" / "OCOD_FULL_2024_12.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here: the registers' own files are not part of the project")
    parsed, rejected, findings, *_ = run(REGISTER, path)
    entities = parsed.tables["entity_statement"]
    assert (parsed.tables["title_statement"].height, entities.height, rejected.height, findings.height) == (
        2,
        2,
        0,
        0,
    )
    assert entities["jurisdiction"].to_list() == ["gg", "gg"]
    assert entities["identifier"].null_count() == 2
    assert sorted(entities["identifier_native"].drop_nulls()) == ["50122"]


def test_real_extract_without_countries_is_named_and_not_read() -> None:
    path = REAL / "gb_hmlr" / "OCOD_PENRYN_extract_no_country.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here: the registers' own files are not part of the project")
    head = path.read_bytes()[: 1 << 16]
    assert [held.name for held in registers().values() if held.recognise(path.name, head)] == []
    assert "Country Incorporated" in declined(path.name, head)


def test_the_publishers_own_column_list_is_covered() -> None:
    path = REAL / "gb_hmlr" / "ocod_sample.json"
    if not path.exists():
        pytest.skip(f"{path} is not here: the registers' own files are not part of the project")
    ours = " ".join(field.name.lower().replace("no.", "number") for field in FIELDS).replace(" (1)", "")
    for row in json.loads(path.read_text(encoding="utf-8"))["example_data"]:
        name = row["data"].lower().split(" (")[0].strip()
        assert name in ours or name.startswith("change "), (
            name
        )  # the two change columns belong to the change-only product
