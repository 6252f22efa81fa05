"""Price paid through a whole night: years, a monthly update that changes and deletes, and files that are
broken.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.night.night import Night, new_night, run_stage
from flows.night.steps import STAGES
from tests.landings import land_files, mart, resolved_night
from tests.sale_rows import PRICES, price_file, sale_id, sale_row
from transforms.registers.gb_hmlr_price_paid import REPORT_COLUMNS

YEAR_2018 = [sale_row(n) for n in range(5)] + [sale_row(20, deed_date="2018-12-28 00:00")]
YEAR_2019 = [sale_row(n + 5, deed_date="2019-03-08 00:00", paon=str(n + 1)) for n in range(5)] + [
    sale_row(21, deed_date="2019-12-20 00:00")
]
MONTH = [
    sale_row(30, deed_date="2020-01-31 00:00", paon="90"),  # new
    sale_row(1, price_paid="333000", record_status="C"),  # of 2018, another price
    sale_row(2, record_status="D"),  # of 2018, taken out
    sale_row(6, paon="77A", record_status="C", deed_date="2019-03-08 00:00"),  # of 2019, another house
    sale_row(31, record_status="D", deed_date="2019-11-01 00:00"),  # of a year that is not held
]
FILES = {
    "pp-2018.csv": price_file(YEAR_2018),
    "pp-2019.csv": price_file(YEAR_2019),
    "pp-monthly-update-new-version.csv": price_file(MONTH),
}


def whole_night(folder: Path, files: dict[str, bytes], as_of: date | None = None) -> Night:
    home = Home(folder / "home")
    home.prepare()
    night = new_night(home, land_files(folder / "landing", files), as_of=as_of)
    night.work.mkdir(parents=True)
    for stage in STAGES:
        run_stage(stage, night)
    return night


def prices(frame: pl.DataFrame) -> dict[str, Decimal]:
    return dict(frame.select("transaction_id", "price_gbp").iter_rows())


@pytest.mark.nightly
def test_a_night_over_two_years_and_a_month(tmp_path: Path) -> None:
    night = whole_night(tmp_path, FILES)
    editions = mart(night, "edition").sort("dataset")
    assert editions.select(
        "dataset", "edition", "status", "rows_in", "rows_loaded", "rows_rejected", "rows_ignored"
    ).rows() == [
        ("pp-2018", "2018-12-28", "in_force", 6, 6, 0, 0),
        ("pp-2019", "2019-12-20", "in_force", 6, 6, 0, 0),
        ("pp-monthly-update", "2020-01-31", "in_force", 5, 5, 0, 0),
    ]
    sales = mart(night, "transaction")
    ids = [n for n in (*range(10), 20, 21, 30) if n != 2]
    assert sorted(sales["transaction_id"]) == [f"GB-PPD-{sale_id(n)}" for n in sorted(ids)]
    by_id = {row["transaction_id"].removeprefix("GB-PPD-"): row for row in sales.to_dicts()}
    assert (by_id[sale_id(1)]["price_gbp"], by_id[sale_id(1)]["edition"]) == (
        Decimal("333000.00"),
        "2020-01-31",
    )
    assert by_id[sale_id(6)]["address_text"] == "77A MILL LANE, ZEDTON, ZT1 3DB"
    assert (by_id[sale_id(0)]["price_gbp"], by_id[sale_id(0)]["edition"]) == (
        Decimal("150000.00"),
        "2018-12-28",
    )
    assert night.as_of == date(2020, 1, 31) and night.exit_code == 0
    assert (mart(night, "gate").filter(~pl.col("passed") & (pl.col("severity") == "blocking"))).is_empty()
    assert set(
        mart(night, "indicator").filter(pl.col("code").is_in(["PRP-030", "PRP-040", "PRP-070"]))["n_flagged"]
    ) == {0}


@pytest.mark.nightly
def test_a_report_that_was_saved_under_two_names_is_two_data_sets_and_no_sale_twice(tmp_path: Path) -> None:
    report = price_file(YEAR_2018)
    night = whole_night(tmp_path, {"ppd_data zedton.csv": report, "ppd_data zedton copy.csv": report})
    assert mart(night, "edition").select("dataset", "status").sort("dataset").rows() == [
        ("ppd_data zedton", "in_force"),
        ("ppd_data zedton copy", "in_force"),
    ]
    assert sorted(mart(night, "transaction")["transaction_id"]) == sorted(
        f"GB-PPD-{sale_id(n)}" for n in (*range(5), 20)
    )
    assert mart(night, "gate").filter(stage="lake")["dataset"].unique().sort().to_list() == [
        "ppd_data zedton",
        "ppd_data zedton copy",
    ]
    assert night.exit_code == 0


@pytest.mark.nightly
def test_an_earlier_night_knows_the_years_only(tmp_path: Path) -> None:
    night = resolved_night(
        Home(tmp_path / "home"), land_files(tmp_path / "landing", FILES), date(2019, 12, 31)
    )
    paid = prices(mart(night, "transaction"))
    assert (
        len(paid) == 12
        and paid[f"GB-PPD-{sale_id(1)}"] == Decimal("150500.00")
        and f"GB-PPD-{sale_id(2)}" in paid
    )


@pytest.mark.nightly
def test_a_complete_file_delivered_again_leaves_out_what_it_left_out(tmp_path: Path) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    resolved_night(home, land_files(landing, {"pp-complete.csv": price_file(YEAR_2018)}))
    night = resolved_night(
        home,
        land_files(
            landing,
            {"pp-complete.csv": price_file([YEAR_2018[0], sale_row(40, deed_date="2019-02-01 00:00")])},
        ),
    )
    assert [row["status"] for row in mart(night, "edition").sort("edition").to_dicts()] == [
        "history",
        "in_force",
    ]
    assert sorted(prices(mart(night, "transaction"))) == [f"GB-PPD-{sale_id(n)}" for n in (0, 40)]


@pytest.mark.nightly
def test_what_a_newer_complete_file_left_out_no_older_year_brings_back(tmp_path: Path) -> None:
    whole = [*YEAR_2018[2:], *YEAR_2019[:-1], sale_row(40, deed_date="2019-12-19 00:00")]
    files = {
        "pp-2018.csv": FILES["pp-2018.csv"],
        "pp-2019.csv": FILES["pp-2019.csv"],
        "pp-complete.csv": price_file(whole),
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    assert {row["status"] for row in mart(night, "edition").to_dicts()} == {"in_force"}
    # 0 and 1 of 2018 are gone; 21 is of a year that is newer than the complete file.
    assert sorted(prices(mart(night, "transaction"))) == sorted(
        f"GB-PPD-{sale_id(n)}" for n in (*range(2, 10), 20, 21, 40)
    )


@pytest.mark.nightly
def test_of_one_date_the_month_speaks_after_every_other_file(tmp_path: Path) -> None:
    report = [_report_row(n, deed_date="2020-01-31") for n in (50, 51)]
    month = [
        sale_row(50, deed_date="2020-01-31 00:00", record_status="D"),
        sale_row(51, deed_date="2020-01-31 00:00", price_paid="77000", record_status="C"),
    ]
    files = {
        "ppd_data.csv": price_file(report),
        "pp-monthly-update.csv": price_file(month),
        "pp-complete.csv": price_file([sale_row(51, deed_date="2020-01-31 00:00")]),
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    assert prices(mart(night, "transaction")) == {f"GB-PPD-{sale_id(51)}": Decimal("77000.00")}


def _report_row(index: int, **given: str) -> bytes:
    """As `sale_row`, in the report builder's form."""
    values = {
        "unique_id": sale_id(index),
        "price_paid": str(150_000 + 500 * index),
        "postcode": "ZT1 3DB",
        "property_type": "T",
        "new_build": "N",
        "estate_type": "F",
        "paon": str(index + 1),
        "street": "MILL LANE",
        "town": "ZEDTON",
        "district": "ZEDTON",
        "county": "ZEDSHIRE",
        "transaction_category": "A",
        **given,
    }
    return ",".join(f'"{values.get(name, "")}"' for name in REPORT_COLUMNS).encode()


@pytest.mark.nightly
def test_of_one_month_the_last_record_of_a_sale_holds(tmp_path: Path) -> None:
    rows = [
        sale_row(0, deed_date="2020-01-31 00:00"),
        sale_row(0, price_paid="1", record_status="C"),
        sale_row(1),
        sale_row(1, record_status="D"),
        sale_row(2),
    ]
    night = resolved_night(
        Home(tmp_path / "home"), land_files(tmp_path / "landing", {"pp-monthly-update.csv": price_file(rows)})
    )
    assert prices(mart(night, "transaction")) == {
        f"GB-PPD-{sale_id(0)}": Decimal("1.00"),
        f"GB-PPD-{sale_id(2)}": Decimal("151000.00"),
    }


def test_a_missing_half_of_a_year_blocks_it_and_the_month_stays(tmp_path: Path) -> None:
    files = {
        "pp-2019-part1.csv": FILES["pp-2019.csv"],
        "pp-monthly-update.csv": FILES["pp-monthly-update-new-version.csv"],
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    assert {
        row["dataset"]: (row["status"], row["blocked_code"]) for row in mart(night, "edition").to_dicts()
    } == {
        "pp-2019": ("blocked", "missing_part"),
        "pp-monthly-update": ("in_force", None),
    }
    assert night.exit_code == 5


@pytest.mark.nightly
def test_the_two_halves_of_a_year_are_one_edition(tmp_path: Path) -> None:
    files = {"pp-2019-part1.csv": price_file(YEAR_2019[:3]), "pp-2019-part2.csv": price_file(YEAR_2019[3:])}
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files))
    [edition] = mart(night, "edition").to_dicts()
    assert (edition["edition"], edition["rows_loaded"], mart(night, "transaction").height) == (
        "2019-12-20",
        6,
        6,
    )


@pytest.mark.nightly
@pytest.mark.parametrize("between", [b"", b"\n"])
def test_a_report_of_one_area_stands_beside_the_years(between: bytes, tmp_path: Path) -> None:
    """Its sale of 2019 is the one that the year has, told again."""
    columns = list(REPORT_COLUMNS)
    row = {
        "unique_id": sale_id(5),
        "price_paid": "152500",
        "deed_date": "2019-03-08",
        "postcode": "ZT1 3DB",
        "property_type": "T",
        "new_build": "N",
        "estate_type": "F",
    }
    row |= {
        "paon": "1",
        "street": "MILL LANE",
        "town": "ZEDTON",
        "district": "ZEDTON",
        "county": "ZEDSHIRE",
        "transaction_category": "A",
    }
    contents = (
        ",".join(columns).encode()
        + between
        + ",".join(f'"{row.get(name, "")}"' for name in columns).encode()
        + b"\n"
    )
    night = resolved_night(
        Home(tmp_path / "home"),
        land_files(tmp_path / "landing", {"pp-2019.csv": FILES["pp-2019.csv"], "ppd_data.csv": contents}),
    )
    assert mart(night, "edition").sort("dataset").select("dataset", "status", "rows_in").rows() == [
        ("pp-2019", "in_force", 6),
        ("ppd_data", "in_force", 1),
    ]
    assert (
        mart(night, "transaction").height == 6 and mart(night, "transaction")["property_id"].n_unique() == 6
    )


def test_an_exact_duplicate_is_ignored_and_another_word_on_the_same_sale_rejected(tmp_path: Path) -> None:
    rows = [*YEAR_2018, YEAR_2018[0], YEAR_2018[1].replace(b"150500", b"150501")]
    night = resolved_night(
        Home(tmp_path / "home"), land_files(tmp_path / "landing", {"pp-2018.csv": price_file(rows)})
    )
    [edition] = mart(night, "edition").to_dicts()
    assert (
        edition["rows_in"],
        edition["rows_loaded"],
        edition["rows_rejected"],
        edition["rows_ignored"],
    ) == (8, 6, 1, 1)
    assert mart(night, "reject").select("register", "code").rows() == [(PRICES, "duplicate_key")]
    assert prices(mart(night, "transaction"))[f"GB-PPD-{sale_id(1)}"] == Decimal("150500.00")
