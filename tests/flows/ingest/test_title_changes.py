"""Files of changes of titles through landing, lake and marts: the titles as they are, and who left when."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest.landing import LandedEdition, Landing, look
from flows.ingest.parse import ingest
from tests.landings import mart, resolved_night
from tests.register_cases import CASES
from transforms.errors import BlockedEdition
from transforms.model.register import registers

CASE = CASES / "gb_hmlr_ccod" / "changes"
FULL, JUNE, JULY = "CCOD_FULL_2026_05.csv", "CCOD_COU_2026_06.csv", "CCOD_COU_2026_07.csv"


def folder_of(folder: Path, files: dict[str, str]) -> Path:
    """files: name in the landing folder → file of the case."""
    folder.mkdir(parents=True)
    for name, of_case in files.items():
        (folder / name).write_bytes((CASE / of_case).read_bytes())
    return folder


def landed(folder: Path, *names: str) -> Landing:
    return look(folder_of(folder, {name: name for name in names}), registers())


def prices(edition: LandedEdition, work: Path) -> dict[str, object]:
    """Title → price paid, of the titles as the edition has them."""
    facts = ingest(edition, work, "key").facts
    assert facts.rows_add_up and facts.completeness == "complete"
    titles = pl.read_parquet(work / "title_statement.parquet").filter(pl.col("removed_on").is_null())
    return dict(titles.select("title_id", pl.col("price_paid_gbp").cast(pl.Float64)).iter_rows())


def test_changes_are_read_with_the_full_file_and_the_changes_before_them(tmp_path: Path) -> None:
    landing = landed(tmp_path / "landing", FULL, JUNE, JULY)
    assert [(edition.label, len(edition.files)) for edition in landing.editions] == [
        ("2026-05-01", 1),
        ("2026-06-01", 2),
        ("2026-07-01", 3),
    ]
    full, june, july = (prices(edition, tmp_path / edition.label) for edition in landing.editions)
    assert full == {"GB-HMLR-ZZ100001": 296_000, "GB-HMLR-ZZ100002": None, "GB-HMLR-ZZ100003": None}
    kept = {"GB-HMLR-ZZ100003": None, "GB-HMLR-ZZ100004": 410_000}
    assert june == {"GB-HMLR-ZZ100001": 300_000, **kept}
    del kept["GB-HMLR-ZZ100003"]  # taken away without a day: the record is rejected, and the title not kept
    assert july == {"GB-HMLR-ZZ100001": 305_000, **kept}


def test_a_missing_month_is_refused_and_named(tmp_path: Path) -> None:
    (_, gap) = landed(tmp_path / "landing", FULL, JULY).editions
    with pytest.raises(
        BlockedEdition, match="extract 2026-06 is missing after the full file of extract 2026-05"
    ):
        ingest(gap, tmp_path / "work", "key")


def test_a_file_of_changes_that_lost_a_line_makes_an_extract(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "landing", {FULL: FULL, JUNE: JUNE})
    header, _, *rest = (folder / JUNE).read_bytes().splitlines(keepends=True)
    (folder / JUNE).write_bytes(b"".join((header, *rest)))
    *_, june = look(folder, registers()).editions
    facts = ingest(june, tmp_path / "work", "key").facts
    assert (facts.completeness, facts.declared_rows, facts.rows_in) == ("extract", 8, 9)


def test_who_left_a_title_is_kept_with_the_day(tmp_path: Path) -> None:
    """Also where the full file of the month is read: nothing else held has the earlier proprietors."""
    now = {"CCOD_FULL_2026_06.csv": FULL, "CCOD_COU_2026_06.csv": JUNE}
    landing = folder_of(tmp_path / "landing", now)
    assert [edition.label for edition in look(landing, registers()).editions] == ["2026-06-01"]
    night = resolved_night(Home(tmp_path / "home"), landing, date(2026, 6, 1))
    holdings = mart(night, "proprietorship").sort("title_id", "added_on")
    assert holdings.select("proprietor_name", "ended_on").rows() == [
        ("QUILLFEATHER TRADING LIMITED", date(2026, 5, 21)),
        ("THISTLEBANK ESTATES LIMITED", None),
        ("MARLOW LLP", date(2026, 5, 22)),
        ("ZEDSHIRE COUNCIL", None),
        ("GREEN KETTLE HOMES LIMITED", None),
    ]
    assert mart(night, "title")["title_id"].n_unique() == 3
    assert "GB-HMLR-ZZ100002" in mart(night, "title_address")["title_id"].to_list()


@pytest.mark.nightly
def test_who_is_on_the_title_still_has_not_left(tmp_path: Path) -> None:
    landing = folder_of(tmp_path / "landing", {FULL: FULL, JUNE: JUNE, JULY: JULY})
    night = resolved_night(Home(tmp_path / "home"), landing, date(2026, 7, 1))
    of_title = mart(night, "proprietorship").filter(pl.col("title_id") == "GB-HMLR-ZZ100001").sort("added_on")
    assert of_title.select("proprietor_name", "ended_on").rows() == [
        ("QUILLFEATHER TRADING LIMITED", date(2026, 5, 21)),
        ("THISTLEBANK ESTATES LIMITED", None),
    ]
