"""R17: an edition that lost or doubled its records, or whose columns are filled far less, is caught; nights
as they usually are pass.

Compared are native files that were really read; the expectations are those of the lake's suite, asked of
DuckDB as they are written. That Great Expectations gives the same answers is tested for each expectation in
tests/quality/test_suites.py."""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.editions import EditionInUse
from flows.night.night import Night, new_night
from flows.night.stages.editions import edition_frame
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from quality import suites
from tests.conftest import Tier
from tests.native_files import FORMS, Form, ingested
from transforms.errors import BlockedEdition
from transforms.model.register import registers

pytestmark = pytest.mark.reliability("R17")

RECORDS = 240
SEEDED_VOLUMES = {"a fifth gone": 0.8, "half gone": 0.5, "twice as many": 2.0}
MAY_GROW = (
    "prices",
    "reported prices",
)  # a year that goes on has more sales every month, and in February twice those of January


def _outcomes(last: lake.Ingested, now: lake.Ingested) -> list[tuple[str, str, str]]:
    """(severity, expectation, first failing row) of what fails of the comparison with the last edition."""
    register = registers()[now.facts.register]
    compared = [one for one in suites.lake_suite(register, has_last_edition=True) if one.compares_editions]
    assert len(compared) >= 2
    connection = warehouse.connect(now.folder, read_paths=[last.folder])
    try:
        for table in register.tables:
            warehouse.parquet_view(connection, table.name, [now.folder / f"{table.name}.parquet"])
            warehouse.parquet_view(connection, f"last_{table.name}", [last.folder / f"{table.name}.parquet"])
        for name, read in (("edition", now), ("last_edition", last)):
            frame = edition_frame([EditionInUse(read.facts, "in_force")])
            connection.register(name, frame.to_arrow())
        failing = [(one, connection.sql(one.failing_rows_sql).fetchall()) for one in compared]
    finally:
        connection.close()
    return [(one.severity, one.name, str(rows[0])) for one, rows in failing if rows]


def _read(folder: Path, form: Form, rows: list[bytes]) -> lake.Ingested:
    """An edition of these rows. The publisher's total agrees with them, so that it says nothing of what is
    gone.
    """
    return ingested(folder, form, form.file(rows))


# --- what is filled ---------------------------------------------------------------------------------------

# Form → a value that every record of it states, and the column of a statement that holds it.
STATED: dict[str, tuple[bytes, bytes, str]] = {
    "companies": (b'"Active"', b'""', "status_native"),
    "psc": (b'"name": "', b'"linked_psc_name": "', "name"),
    "ccod": (b",ZEDSHIRE,", b",,", "county"),
    "ocod": (b",ZEDSHIRE,", b",,", "county"),
    "prices": (b'"ZEDSHIRE"', b'""', "county"),
    "reported prices": (b'"ZEDSHIRE"', b'""', "county"),
    "ftm": (b'"jurisdiction": ["cy"]', b'"jurisdiction": []', "jurisdiction"),
    "bods": (b'"directOrIndirect": "direct", ', b"", "reach"),
}


def _less_filled(name: str, rows: list[bytes], share: float, chance: random.Random) -> list[bytes]:
    """Of the rows that state the value, `share` state it no longer."""
    stated, blank, _ = STATED[name]
    has = [number for number, row in enumerate(rows) if stated in row]
    gone = set(chance.sample(has, round(share * len(has))))
    return [row.replace(stated, blank, 1) if number in gone else row for number, row in enumerate(rows)]


# --- seeded faults ----------------------------------------------------------------------------------------


@pytest.mark.nightly
@pytest.mark.parametrize("name", FORMS)
def test_volumes_that_are_off_are_caught(name: str, tmp_path: Path, figure: Callable[[str], None]) -> None:
    form, caught = FORMS[name], 0
    last = _read(tmp_path / "last", form, form.rows(RECORDS))
    for kind, ratio in SEEDED_VOLUMES.items():
        failed = _outcomes(last, _read(tmp_path / kind, form, form.rows(round(RECORDS * ratio))))
        blocking = [
            expectation
            for severity, expectation, _ in failed
            if severity == "blocking" and expectation.startswith("volume")
        ]
        assert len(blocking) == (0 if name in MAY_GROW and ratio > 1 else 1), (kind, failed)
        caught += len(blocking)
    with pytest.raises(BlockedEdition) as refused:
        _read(tmp_path / "empty", form, [])
    assert refused.value.code == "empty_file"
    figure(
        f"{name}: {caught + 1} of {len(SEEDED_VOLUMES) + 1} "
        f"caught{' (a year may double)' if name in MAY_GROW else ''}"
    )
    assert caught + 1 == len(SEEDED_VOLUMES) + (name not in MAY_GROW)


FILL_FORMS = ("companies", "ccod", "ocod", "prices", "reported prices", "ftm", "psc")


@pytest.mark.nightly
@pytest.mark.parametrize("name", FILL_FORMS)
def test_a_column_filled_ten_points_less_is_named(
    name: str, tmp_path: Path, tier: Tier, figure: Callable[[str], None]
) -> None:
    form, column, falls_n, named_n = FORMS[name], STATED[name][2], tier.pick(ci=2, nightly=20), 0
    rows = form.rows(RECORDS)
    last = _read(tmp_path / "last", form, rows)
    # Of PSC every third record is a company's, whose name is another table's column: ten points of each are
    # ten points of all.
    for number in range(falls_n):
        chance = random.Random(f"20260601 {name} {number}")
        share = 0.10 if number == 0 and name != "psc" else chance.uniform(0.15, 0.6)
        failed = _outcomes(last, _read(tmp_path / f"{number}", form, _less_filled(name, rows, share, chance)))
        named = [
            row for severity, expectation, row in failed if severity == "warning" and "filled" in expectation
        ]
        assert any(column in row or f"full_{column}" in row for row in named), (share, failed)
        assert not [expectation for severity, expectation, _ in failed if severity == "blocking"]
        named_n += any(column in row for row in named)
    figure(f"{name}: {named_n} of {falls_n} falls of ten points and more named")


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", FORMS)
def test_a_column_that_is_emptied_blocks(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    rows = form.rows(RECORDS)
    last = _read(tmp_path / "last", form, rows)
    failed = _outcomes(last, _read(tmp_path / "now", form, _less_filled(name, rows, 1.0, random.Random(1))))
    if name == "bods":  # `reach` is never null: where it is not said, it is unknown
        assert failed == []
        return
    assert any(
        severity == "blocking" and "emptied" in expectation and STATED[name][2] in row
        for severity, expectation, row in failed
    ), failed


# --- usual nights -----------------------------------------------------------------------------------------


def _nights(form: Form, chance: random.Random, nights_n: int) -> Iterator[list[bytes]]:
    """Each night a record in a hundred is new, up to one in a hundred is gone, and a few values are there
    or not.
    """
    numbers, following = list(range(RECORDS)), RECORDS
    for _ in range(nights_n):
        grown = round(chance.uniform(0, 0.01) * len(numbers)) * form.group_rows
        lost = {
            number // form.group_rows
            for number in chance.sample(numbers, round(chance.uniform(0, 0.01) * len(numbers)))
        }
        numbers = [number for number in numbers if number // form.group_rows not in lost] + list(
            range(following, following + grown)
        )
        following += grown
        yield _less_filled(form.name, form.rows_of(numbers), chance.uniform(0, 0.02), chance)


@pytest.mark.nightly
def test_usual_nights_are_not_stopped(tmp_path: Path, tier: Tier, figure: Callable[[str], None]) -> None:
    """Sixty nights in the nightly tier for each form; in the other the forms share a few."""
    stopped, nights = [], 0
    for name, form in FORMS.items():
        last = _read(tmp_path / name / "first", form, form.rows(RECORDS))
        for number, rows in enumerate(
            _nights(form, random.Random(f"20260601 {name}"), tier.pick(ci=2, nightly=60))
        ):
            now = _read(tmp_path / name / f"{number}", form, rows)
            stopped += [(name, number, one) for one in _outcomes(last, now)]
            last, nights = now, nights + 1
    assert not [one for one in stopped if one[2][0] == "blocking"], stopped
    assert len(stopped) <= max(1, nights // 60), stopped
    figure(f"{nights} usual nights of {len(FORMS)} forms: 0 stopped, {len(stopped)} warnings")


# --- the night says so ------------------------------------------------------------------------------------


def _lake(home: Home, landing: Path, name: str, contents: bytes, any_size: Iterable[str] = ()) -> Night:
    landing.mkdir(exist_ok=True)
    (landing / name).write_bytes(contents)
    night = new_night(home, landing, any_size=any_size)
    night.work.mkdir(parents=True)
    land(night)
    fill_lake(night)
    return night


@pytest.mark.nightly
def test_a_halved_file_of_the_same_day_or_a_later_one_is_blocked_and_the_last_good_one_stays(
    tmp_path: Path,
) -> None:
    """Companies House publishes no total: a download that is cut at a line's end is only told by the
    edition before it.
    """
    form, home = FORMS["companies"], Home(tmp_path / "home")
    home.prepare()
    _lake(home, tmp_path / "first", form.file_name, form.file(form.rows(40)))
    for name in (form.file_name, re.sub("2026-06", "2026-07", form.file_name)):
        night = _lake(home, tmp_path / name, name, form.file(form.rows(20)))
        blocked = [edition.facts for edition in night.editions.all if edition.status == "blocked"]
        assert [facts.blocked_code for facts in blocked] == ["gate"]
        assert "volume near the last edition" in (blocked[0].blocked_message or "") and "rows_loaded 20" in (
            blocked[0].blocked_message or ""
        )
        assert [(facts.rows_loaded, facts.label) for facts in night.editions.with_status("in_force")] == [
            (40, "2026-06-01")
        ]
        assert night.exit_code == 5


def test_a_right_file_of_another_size_is_taken_once_somebody_looked(tmp_path: Path) -> None:
    form, home = FORMS["companies"], Home(tmp_path / "home")
    home.prepare()
    _lake(home, tmp_path / "first", form.file_name, form.file(form.rows(40)))
    name, halved = re.sub("2026-06", "2026-07", form.file_name), form.file(form.rows(20))
    night = _lake(home, tmp_path / "second", name, halved)
    (refused,) = night.blocked
    assert f"`undertow run --any-size {refused.register}`" in (refused.blocked_message or "")
    night = _lake(home, tmp_path / "third", name, halved, any_size=[refused.register])
    assert (night.exit_code, night.as_of) == (0, date(2026, 7, 1))
    failed = pl.read_parquet(night.table("gate")).filter(~pl.col("passed"))
    assert set(failed["severity"]) == {"warning"} and "volume near the last edition" in set(
        failed["expectation"]
    )


@pytest.mark.nightly
def test_a_year_of_sales_delivered_again_with_fewer_is_blocked(tmp_path: Path) -> None:
    form, home = FORMS["prices"], Home(tmp_path / "home")
    home.prepare()
    _lake(home, tmp_path / "first", "pp-2018.csv", form.file(form.rows(40)))
    night = _lake(home, tmp_path / "second", "pp-2018.csv", form.file(form.rows(30)))
    assert {(edition.status, edition.facts.blocked_code) for edition in night.editions.all} == {
        ("in_force", None),
        ("blocked", "gate"),
    }
    other = _lake(home, tmp_path / "third", "pp-monthly-update-2026-06-01.csv", form.file(form.rows(5)))
    assert [(edition.facts.dataset, edition.status) for edition in other.editions.all] == [
        ("pp-2018", "in_force"),
        ("pp-monthly-update", "in_force"),
    ]


def test_what_somebody_took_is_taken_by_a_later_version_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, home = FORMS["companies"], Home(tmp_path / "home")
    home.prepare()
    _lake(home, tmp_path / "first", form.file_name, form.file(form.rows(40)))
    name, halved = re.sub("2026-06", "2026-07", form.file_name), form.file(form.rows(20))
    _lake(home, tmp_path / "second", name, halved, any_size=["gb_coh_companies"])
    for version in ("the next version", "the one after it"):
        monkeypatch.setattr(lake, "_shared_sources", lambda version=version: version)
        night = _lake(home, tmp_path / "second", name, halved)
        assert (night.exit_code, night.as_of) == (0, date(2026, 7, 1))
    later, smaller = re.sub("2026-06", "2026-08", form.file_name), form.file(form.rows(8))
    assert _lake(home, tmp_path / "third", later, smaller).exit_code == 5
