"""A release says where its files came from, and when."""

from datetime import datetime
from pathlib import Path

import polars as pl

from flows.fetching import manifest
from flows.fetching.manifest import Fetched
from flows.home.settings import Home
from flows.night.stages.build import fetched_rows
from transforms.model.views import FETCHED


def test_each_file_that_was_fetched_is_a_row_with_its_time_in_utc(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    address = "https://example.org/list.csv"
    one = Fetched(
        "gb_ccod", "a.csv", address, "0" * 64, 5, None, None, None, "OGL", "2026-06-01T01:30:00+02:00"
    )
    manifest.add(home, one)
    rows = pl.DataFrame(fetched_rows(home), schema=FETCHED.schema, orient="row")
    assert rows.rows() == [
        ("gb_ccod", "a.csv", "0" * 64, address, "OGL", datetime(2026, 5, 31, 23, 30)),
    ]
