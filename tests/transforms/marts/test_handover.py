"""Who left a title and who came to it: over two stands of the Dutch land register, with the deed between."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from flows.home.settings import Home
from flows.night.stages.editions import edition_frame
from tests.landings import mart, resolved_night
from tests.register_cases import CASES
from transforms.marts import fact_sql

STAND = (CASES / "nl_brk" / "stand" / "GEBKX02-20260601-1.xml").read_text(encoding="utf-8")


@pytest.mark.nightly
def test_two_stands_say_who_sold_by_a_deed(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    earlier = STAND.replace("Kadeveem", "Havenveem").replace("90010022", "90010055")
    earlier = earlier.replace("2025-06-16", "2019-03-04").replace(">2026-06-01<", ">2025-06-01<")
    now = STAND.replace(">2026-06-01<", ">2025-07-01<")
    (landing / "GEBKX02-20250601-1.xml").write_text(earlier, encoding="utf-8")
    (landing / "GEBKX02-20250701-1.xml").write_text(now, encoding="utf-8")
    night = resolved_night(Home(tmp_path / "home"), landing, date(2025, 7, 1))
    with duckdb.connect() as connection:
        for name in ("proprietorship", "transaction"):
            connection.register(name, mart(night, name).to_arrow())
        connection.register("edition_in_use", edition_frame(night.editions.all).to_arrow())
        connection.execute(f"create view handover as {fact_sql('handover')}")
        rows = connection.execute(
            "select left_name, shown_on, left_by, came_name, came_on, x.price "
            'from handover h left join "transaction" x using (transaction_id)'
        ).fetchall()
    assert rows == [
        (
            "Havenveem Opslag B.V.",
            date(2025, 6, 1),
            date(2025, 7, 1),
            "Kadeveem Opslag B.V.",
            date(2025, 6, 16),
            1_450_000,
        )
    ]
