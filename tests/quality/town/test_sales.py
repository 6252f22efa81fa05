"""The town's sales: native form, a dwelling of its own for each but resales, prices that spread, the same
bytes for the same seed.
"""

import csv
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from quality.town import write, write_town
from quality.town.land import sales
from quality.town.parts.dates import EDITION
from quality.town.parts.places import town_map
from transforms.registers.gb_hmlr_price_paid import NATIVE_COLUMNS, recognise

REAL = Path("../shared/registers/landing_gb/pp-2019.csv")
COMPANIES, SEED = 1800, 11
LINE = re.compile(
    r'"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}","\d+","\d{4}-\d{2}-\d{2} 00:00","[A-Z0-9]+ '
    r'[0-9][A-Z]{2}","[DSTFO]","[NY]","[FLU]",("[^"]*",){7}"[AB]","[ACD]"'
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town of several blocks without any plant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "BLOCK", 700)
        patch.setattr("quality.town.plants.plants", dict)
        patch.setattr(write, "plants", dict)
        patch.setattr("quality.town.affairs.AFFAIRS", ())
        return (
            write_town(tmp_path_factory.mktemp("sales"), companies=COMPANIES, seed=SEED).landing
            / write.FILES["sales"].name
        )


@pytest.fixture(scope="module")
def rows(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, has_header=False, infer_schema=False, new_columns=list(NATIVE_COLUMNS))
    return frame.with_columns(
        pl.col("deed_date").str.to_date("%Y-%m-%d 00:00").alias("day"),
        pl.col("price_paid").cast(pl.Int64).alias("price"),
    )


def test_lines_are_in_the_native_form(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert {len(row) for row in csv.reader(lines, strict=True)} == {16}
    assert recognise(path.name, path.read_bytes()[: 1 << 16]) is not None
    if REAL.is_file():
        assert all(LINE.fullmatch(line) for line in REAL.read_text(encoding="utf-8").splitlines()[:500])


def test_three_sales_for_two_companies_each_with_its_own_id(rows: pl.DataFrame) -> None:
    assert rows.height == sales.sale_counts(COMPANIES) == 2700
    assert rows["unique_id"].n_unique() == rows.height
    assert rows["day"].max() is not None and rows["day"].max() < EDITION  # type: ignore[operator]  # a date


def test_a_dwelling_is_sold_again_after_more_than_a_year_or_not_at_all(rows: pl.DataFrame) -> None:
    sold = (
        rows.sort("day")
        .group_by("postcode", "paon", "saon", "street", maintain_order=True)
        .agg("day", "estate_type", "property_type")
    )
    again = sold.filter(pl.col("day").list.len() > 1)
    gaps = again.select(pl.col("day").list.last() - pl.col("day").list.first())["day"].dt.total_days()
    assert again["day"].list.len().max() == 2 and 100 < again.height < 225
    assert gaps.min() >= sales.AGAIN_AFTER_DAYS[0]  # type: ignore[operator]  # whole days
    assert again["estate_type"].list.n_unique().to_list() == [1] * again.height


@pytest.mark.nightly
def test_most_sales_have_twenty_peers_in_their_year(rows: pl.DataFrame) -> None:
    standard = rows.filter(transaction_category="A").with_columns(pl.col("day").dt.year().alias("year"))
    peers = standard.select(pl.len().over("district", "property_type", "estate_type", "new_build", "year"))
    assert (peers["len"] >= 20).mean() > 0.8  # type: ignore[operator]  # a share


def test_prices_spread_within_a_stratum_and_rise_over_the_years(rows: pl.DataFrame) -> None:
    one = rows.filter(
        district="HARROWMERE", property_type="T", estate_type="F", new_build="N", transaction_category="A"
    ).with_columns(pl.col("price").log().alias("x"))
    yearly = (
        one.group_by(pl.col("day").dt.year().alias("year"))
        .agg(pl.col("price").median(), pl.col("x").std(), pl.len())
        .filter(pl.col("len") >= 50)
        .sort("year")
    )
    assert yearly["x"].is_between(0.2, 0.4).all() and yearly.height >= 3
    assert yearly["price"][-1] > yearly["price"][0]


def test_dwellings_never_repeat_in_towns_of_any_size() -> None:
    for companies in (1, 40, 2_000, 60_000):
        total = sales.sale_counts(companies)
        place, street, house = sales._dwellings(np.arange(total), total, town_map(companies))
        assert len({*zip(place.tolist(), street.tolist(), house.tolist(), strict=True)}) == total


def test_same_seed_same_bytes(path: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "BLOCK", 700)
        patch.setattr("quality.town.plants.plants", dict)
        patch.setattr(write, "plants", dict)
        patch.setattr("quality.town.affairs.AFFAIRS", ())
        again = (
            write_town(tmp_path / "again", companies=COMPANIES, seed=SEED).landing / write.FILES["sales"].name
        )
    assert again.read_bytes() == path.read_bytes()
