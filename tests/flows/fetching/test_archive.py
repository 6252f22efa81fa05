"""What publishers delete: kept once, within a budget, and answered from on the day asked."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.fetching import archive, fetch, manifest
from flows.fetching.manifest import Fetched
from flows.home.lock import held
from flows.home.settings import Home
from tests.flows.fetching.test_publishers import fetched, home, page, publisher, zipped
from tests.landings import PSC, lake_night, psc_record, text, totals
from transforms.errors import RunFailed

FIRST, SECOND = "2026-06-01", "2026-06-02"


def snapshot(day: str, nature: str) -> dict[str, bytes]:
    """An owner of each of two companies, one in each part."""
    records = [psc_record(index, natures_of_control=[nature]) for index in range(2)]
    ends = [[], [totals(2)]]
    return {
        f"psc-snapshot-{day}_{n + 1}of2.zip": zipped(
            f"psc-snapshot-{day}_{n + 1}of2.txt", text([records[n], *ends[n]])
        )
        for n in range(2)
    }


def fetch_days(where: Path, *days: tuple[str, str]) -> Home:
    """A home that fetched these snapshots, each in the place of the one before."""
    for day, nature in days:
        files = snapshot(day, nature)
        with publisher({"/page": page(*files), **{f"/{name}": files[name] for name in files}}) as (here, _):
            made = home(where, PSC, here, "/page")
            assert fetched(made, PSC).state == "new"
    return made


def line(day: str, content: str, register: str = PSC, size: int = 10) -> Fetched:
    return Fetched(
        register, f"{day}.zip", "", content, size, None, None, day, "", datetime.now(UTC).isoformat()
    )


def kept(where: Home, tmp_path: Path, *lines: Fetched) -> None:
    for each in lines:
        source = tmp_path / "source"
        source.write_bytes(b"0123456789")
        archive.keep(where, each, source)
        source.unlink()


def natures(where: Home, landing: Path, **options: date) -> set[str]:
    night = lake_night(where, landing, **options)
    (facts,) = night.editions.with_status("in_force")
    paths = (where.lake / "interest_statement").rglob(f"edition={facts.label}/*.parquet")
    return set(pl.read_parquet(list(paths))["native_code"])


def test_what_a_register_said_on_a_day_is_answered_from_the_archive(tmp_path: Path) -> None:
    first, second = "ownership-of-shares-75-to-100-percent", "voting-rights-25-to-50-percent"
    where = fetch_days(tmp_path / "home", (FIRST, first), (SECOND, second))
    for path in (where.landing / PSC).glob(f"*{FIRST}*"):
        path.unlink()
    assert not where.lake.exists(), "nothing has been read so far"
    landing = where.landing
    assert natures(where, landing, as_of=date.fromisoformat(FIRST)) == {first}
    assert natures(where, landing, known_at=date.fromisoformat(FIRST)) == {first}
    assert natures(where, landing) == {second}
    assert natures(where, landing, as_of=date.fromisoformat(SECOND)) == {second}


def test_an_empty_landing_folder_will_do(tmp_path: Path) -> None:
    where = fetch_days(tmp_path / "home", (FIRST, "voting-rights-25-to-50-percent"))
    (tmp_path / "empty").mkdir()
    assert natures(where, tmp_path / "empty", as_of=date(2026, 6, 20)) == {"voting-rights-25-to-50-percent"}


def test_an_archive_that_was_changed_is_not_read(tmp_path: Path) -> None:
    where = fetch_days(tmp_path / "home", (FIRST, "voting-rights-25-to-50-percent"))
    shutil.rmtree(where.landing / PSC)
    content = next(path for path in where.archive.iterdir() if len(path.name) == 64)
    content.chmod(0o600)
    content.write_bytes(b"another")
    with pytest.raises(RunFailed, match="restore it from a backup"):
        archive.lay_out(where, date.fromisoformat(FIRST), tmp_path / "out", where.landing)


def test_bytes_are_on_the_disk_once(tmp_path: Path) -> None:
    where = fetch_days(tmp_path / "home", (FIRST, "voting-rights-25-to-50-percent"))
    lines = archive.archived(where)
    assert len(lines) == 2
    for each in lines:
        assert (where.archive / each.sha256).samefile(where.landing / PSC / each.name)


def test_equal_files_of_two_days_are_kept_once(tmp_path: Path) -> None:
    where = Home(tmp_path)
    kept(where, tmp_path, line(FIRST, "aa"), line(SECOND, "aa"), line(SECOND, "aa"))
    assert [each.day for each in archive.archived(where)] == [FIRST, SECOND]
    assert [path.name for path in where.archive.iterdir() if path.name == "aa"] == ["aa"]
    archive.thin(where, 10)
    assert len(archive.archived(where)) == 2, "together they take no more than one"


def test_a_register_that_its_publisher_keeps_is_not_archived(tmp_path: Path) -> None:
    with publisher({"/rates.csv": b"Date,USD,JPY,\n2026-05-29,1.1,160,\n"}) as (here, _):
        where = home(tmp_path / "home", "eu_ecb_rates", here, "/rates.csv")
        assert fetched(where, "eu_ecb_rates").state == "new"
    assert not where.archive.exists()


def test_a_full_archive_loses_days_before_months_and_never_the_newest(tmp_path: Path) -> None:
    where = Home(tmp_path)
    days = ["2026-04-28", "2026-05-01", "2026-05-02", "2026-05-03", "2026-06-01", "2026-06-02"]
    kept(
        where, tmp_path, *(line(day, f"c{n}") for n, day in enumerate(days)), line("2026-01-31", "zz", "zed")
    )
    left = {}
    for editions in (7, 5, 4, 2, 0):
        archive.thin(where, editions * 10)
        left[editions] = [each.day for each in archive.archived(where) if each.register == PSC]
    assert left == {
        7: days,
        5: ["2026-04-28", "2026-05-01", "2026-06-01", "2026-06-02"],
        4: ["2026-05-01", "2026-06-01", "2026-06-02"],
        2: ["2026-06-02"],
        0: ["2026-06-02"],
    }
    contents = {path.name for path in where.archive.iterdir() if path.suffix != ".jsonl"} - {"lock"}
    assert contents == {"c5", "zz"}
    removed = [each for each in archive._lines(where) if each.state == "removed"]
    assert len(removed) == 5 and {each.reason for each in removed} == {"budget of disk"}


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    where = Home(tmp_path)
    kept(where, tmp_path, line(FIRST, "aa"))
    (where.archive / ".bb.part").write_bytes(b"half")
    (where.archive / "cc").write_bytes(b"whole, without a line")
    archive.thin(where, 100)
    assert {path.name for path in where.archive.iterdir()} == {"aa", "editions.jsonl", "lock"}


@pytest.mark.parametrize("is_night", [False, True])
def test_an_edition_leaves_the_landing_folder_days_after_the_next_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_night: bool
) -> None:
    nature = "voting-rights-25-to-50-percent"
    where = fetch_days(tmp_path / "home", (FIRST, nature), (SECOND, nature))
    before = sorted(path.name for path in (where.landing / PSC).iterdir())
    files = snapshot(SECOND, nature)
    monkeypatch.setattr(fetch, "LANDED_DAYS", -1)
    with publisher({"/page": page(*files)}) as (here, _):
        home(where.root, PSC, here, "/page")
        if is_night:
            with held(where, "run"):
                assert fetched(where, PSC).state == "unchanged"
        else:
            assert fetched(where, PSC).state == "unchanged"
    after = sorted(path.name for path in (where.landing / PSC).iterdir())
    assert len(before) == 4 and after == (before if is_night else sorted(files))
    assert len(archive.archived(where)) == 4


def test_an_edition_waits_for_nights_to_read_it() -> None:
    now = datetime.now(UTC)
    newer = manifest.Fetched(**{**vars(line(SECOND, "bb")), "retrieved_at": now.isoformat()})
    assert not fetch._replaced([line(FIRST, "aa"), newer], now - timedelta(days=1))
    assert [each.day for each in fetch._replaced([line(FIRST, "aa"), newer], now)] == [FIRST]
