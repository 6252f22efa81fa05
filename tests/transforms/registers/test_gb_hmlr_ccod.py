"""CCOD: units of an address, recognition, trailer, and the real extract where it is."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import run
from transforms.formats.gb_hmlr import declared_totals, expand_units, listed_units
from transforms.model.parsing import conform
from transforms.model.register import Edition, Recognised
from transforms.readers import read
from transforms.registers.gb_hmlr_ccod import FIELDS, REGISTER
from transforms.values.addresses.postcodes import uk_postcode

CASE = Path("tests/fixtures/registers/gb_hmlr_ccod/typical")
FILE = CASE / "CCOD_FULL_2026_05.csv"
REAL = Path("../shared/registers/landing_gb")
EDITION = Edition("gb_hmlr_ccod", "ccod", "2026-05-01", "0" * 64)


def test_trailer_is_ignored_and_read_as_total() -> None:
    batches = list(read(REGISTER, FILE))
    assert [reason for batch in batches for reason in batch.ignored["reason"]] == ["trailer"]
    assert [declared_totals(raw) for batch in batches for raw in batch.totals] == [5]
    assert declared_totals(b'"Row Count:","3,204,117"') == 3_204_117
    assert declared_totals(b"Row Count:,") is None


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("Date Proprietor Added", "31-02-2020", "impossible_date"),
        ("Price Paid", "a lot", "not_a_number"),
        ("Proprietor Name (1)", "", "missing_value"),
        ("Title Number", "", "missing_value"),
    ],
)
def test_a_bad_field_rejects_the_record(field: str, text: str, code: str) -> None:
    frame = next(iter(read(REGISTER, FILE))).frame
    spoilt = frame.with_columns(
        pl.when(pl.col("record_no") == 1).then(pl.lit(text)).otherwise(pl.col(field)).alias(field)
    )
    good, rejected, _ = conform(spoilt, FIELDS)
    assert rejected.select("record_no", "code", "field").rows() == [(1, code, field)]
    assert good.height == 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CCOD_FULL_2024_12.csv", Recognised("ccod", date(2024, 12, 1), extract=24_300)),
        ("CCOD_FULL_2024_12.zip", Recognised("ccod", date(2024, 12, 1), extract=24_300)),
        ("CCOD_FULL_2024_13.csv", Recognised("ccod", None)),
        ("CCOD_COU_2025_01.csv", Recognised("ccod", date(2025, 1, 1), extract=24_301, is_update=True)),
        ("CCOD_COU_2024_13.csv", None),
        ("OCOD_FULL_2024_12.csv", None),
        ("titles.csv", Recognised("ccod", None)),
    ],
)
def test_recognition(name: str, expected: Recognised | None) -> None:
    assert REGISTER.recognise(name, FILE.read_bytes()) == expected


def test_a_file_with_country_incorporated_is_not_ccod() -> None:
    head = FILE.read_bytes().replace(
        b"Proprietorship Category (1)", b"Proprietorship Category (1),Country Incorporated (1)", 1
    )
    assert REGISTER.recognise("titles.csv", head) is None


@pytest.mark.parametrize(
    ("address", "postcode", "expected"),
    [
        (
            "1, 2, 3, 4 and 17 Fox Drive, Zedtown (ZT1 8GB)",
            "ZT1 8GB",
            [(f"{number} Fox Drive, Zedtown", "ZT1 8GB") for number in (1, 2, 3, 4, 17)],
        ),
        (
            "8,19 and 24 West Street, Zedtown (ZT1 8EW)",
            None,
            [(f"{number} West Street, Zedtown", "ZT1 8EW") for number in (8, 19, 24)],
        ),
        (
            "12 And, 13 College Green, Zedtown",
            None,
            [("12 College Green, Zedtown", None), ("13 College Green, Zedtown", None)],
        ),
        (
            "Units 3, 4 &, 5 Old Quay, Zedtown (ZT1 8FA)",
            None,
            [(f"Unit {number}, Old Quay, Zedtown", "ZT1 8FA") for number in (3, 4, 5)],
        ),
        (
            "Units B and C, Mock House, Zedtown (ZT1 8SB)",
            None,
            [("Unit B, Mock House, Zedtown", "ZT1 8SB"), ("Unit C, Mock House, Zedtown", "ZT1 8SB")],
        ),
        (
            "Flat 1 And 2, 16 Lower Street, Zedtown and 18 Lower Street, Zedtown (ZT1 8BG)",
            "ZT1 8BG",
            [
                ("Flat 1, 16 Lower Street, Zedtown", "ZT1 8BG"),
                ("Flat 2, 16 Lower Street, Zedtown", "ZT1 8BG"),
                ("18 Lower Street, Zedtown", "ZT1 8BG"),
            ],
        ),
        (
            "6 and 11 East Road and 1-3 (inclusive) Jacks Close",
            None,
            [("6 East Road", None), ("11 East Road", None), *((f"{n} Jacks Close", None) for n in (1, 2, 3))],
        ),
        (
            "22 to 28 (even) Truro Lane, Zedtown, (ZT1 8BW), and garages",
            "ZT1 8BW",
            [(f"{number} Truro Lane, Zedtown", "ZT1 8BW") for number in (22, 24, 26, 28)],
        ),
        # A range without a mark may be one building.
        (
            "12, 14-40 Shute Meadow, Zedtown (ZT1 8PE)",
            None,
            [("12 Shute Meadow, Zedtown", "ZT1 8PE"), ("14-40 Shute Meadow, Zedtown", "ZT1 8PE")],
        ),
        # The last number is the house's, as no `and` comes before it.
        (
            "Flats 1 to 6, 25 Mock Road, Zedtown (ZT1 1AA)",
            None,
            [("Flat 1-6, 25 Mock Road, Zedtown", "ZT1 1AA")],
        ),
        (
            "Flats 1-3 (inclusive), 10 High Street",
            None,
            [(f"Flat {number}, 10 High Street", None) for number in (1, 2, 3)],
        ),
        (
            "Flats 1 to 5 (odd), 2 to 4 (even) Mock Court",
            None,
            [(f"Flat {number}, Mock Court", None) for number in (1, 3, 5, 2, 4)],
        ),
        (
            "Flat 1 and Flat 2 and Flat 3, 10 High Street, Zedtown",
            None,
            [(f"Flat {number}, 10 High Street, Zedtown", None) for number in (1, 2, 3)],
        ),
        # One dwelling, however it is written.
        ("Flat 2, 10 High Street, Zedtown (ZT1 2AB)", None, [("Flat 2, 10 High Street, Zedtown", "ZT1 2AB")]),
        ("47 South View, Zedtown and garage (ZT1 8EA)", "ZT1 8EA", [("47 South View, Zedtown", "ZT1 8EA")]),
    ],
)
def test_units_of_a_list(address: str, postcode: str | None, expected: list[tuple[str, str | None]]) -> None:
    assert listed_units(address, postcode) == expected


@pytest.mark.parametrize(
    "address",
    [
        "land lying to the south-east of Zedtown",
        "Land at 3 Higher Market Street, Zedtown (ZT1 8ED)",
        "the airspace immediately above the area shown edged red and being the roof of 14 Mock Close",
        "all mines quarries minerals and mineral substances whatsoever under land at Zedtown",
        "Electricity Sub-Station, Commercial Road, Zedtown (ZT1 8AF)",
        "the site of an electricity sub-station lying to the west of Church Hill, Zedtown",
        "Garage lying to the north of 5 Mock Road",
        "parking space lying to the west of Mock Yard, Zedtown",
    ],
)
def test_land_has_no_unit(address: str) -> None:
    titles = pl.DataFrame(
        {"record_no": [1], "address": [address], "postcode": [None]}, schema_overrides={"postcode": pl.String}
    )
    assert expand_units(titles, "address", "postcode").height == 0


@pytest.mark.parametrize(
    "address",
    [
        "Flat 9, 60 Mock Way, Zedtown (ZT22 7FT)",
        "Apartment 12a, 3B Ash-Tree Avenue, St. Mock's, Zedtown (ZT11 7TN)",
        "Flat 2, 14 O'Mock Road, Zedtown (ZT249PG)",
        "Unit 2, 14 Mock Road with parking space, Zedtown (ZT24 9PG)",
        "Suite 1, 2 Mock Road and Garage, Zedtown (ZT24 9PG)",
        "Flat 1, 2 Mock Road, 3 Zed Road, Zedtown (ZT24 9PG)",
        "Flats 1, 2 Mock Road, Zedtown (ZT24 9PG)",
        "Flat 1, 2 to 4 Mock Road, Zedtown (ZT24 9PG)",
        "Flat 1, 2 Mock Road, Zedtown (ZT24 9PG) and 5 Mock Road (ZT24 9PH)",
        "Flat 1, 2 Mock Road, Zedtown ZT24 9PG",
        "FLAT 1, 2 MOCK ROAD, (ZT24 9PG)",
    ],
)
def test_a_flat_of_one_house_is_what_the_general_method_makes_of_it(address: str) -> None:
    titles = pl.DataFrame(
        {"record_no": [1], "address": [address], "postcode": [None]}, schema_overrides={"postcode": pl.String}
    )
    expanded = expand_units(titles, "address", "postcode")
    general = [
        (text, pl.select(uk_postcode(pl.lit(own, dtype=pl.String))).item())
        for text, own in listed_units(address, None)
    ]
    assert expanded.select("unit_text", "unit_postcode").rows() == general


@pytest.mark.parametrize(
    "address",
    [
        "Landmark House, 3 Quay Hill",
        "Mineshop Cottage, Zedtown",
        "Land's End Hotel, Zedtown",
        "The Old Garage, Zedtown",
    ],
)
def test_a_name_that_only_sounds_like_land_is_a_unit(address: str) -> None:
    titles = pl.DataFrame(
        {"record_no": [1], "address": [address], "postcode": [None]}, schema_overrides={"postcode": pl.String}
    )
    assert expand_units(titles, "address", "postcode").height == 1


def test_real_extract() -> None:
    path = REAL / "CCOD_FULL_2024_12.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here: the registers' own files are not part of the project")
    parsed, rejected, findings, *_ = run(REGISTER, path)
    titles, entities = parsed.tables["title_statement"], parsed.tables["entity_statement"]
    assert (titles.height, entities.height, rejected.height, findings.height) == (386, 389, 0, 0)
    # The publisher's indicator says N for all of them.
    assert titles["multiple_addresses"].any() is False
    assert titles.filter(pl.col("units_n") > 1).height == 20
    society = entities.filter(pl.col("identifier_native") == "7724")
    assert society.height > 0
    assert society["identifier"].null_count() == society.height
    assert entities.filter(pl.col("identifier_native") == "4753862")["identifier"].unique().to_list() == [
        "04753862"
    ]


def test_a_total_too_long_to_be_one_is_none() -> None:
    """Python refuses to read a number of more than 4,300 digits, which once took the whole file with it."""
    assert declared_totals(b"Row Count:," + b"9" * 10_000) is None
    assert declared_totals(b"Row Count:,999999999999") == 999_999_999_999
