"""Homes of versions 0.1.0 and 0.2.0 open, run and roll back under this one (tests/fixtures/homes)."""

import lzma
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home import warehouse
from flows.home.settings import Home
from flows.journal import diary, judgements
from flows.operations import doctor
from flows.operations.backup import restore
from flows.release import store, verification

HOMES = Path(__file__).parents[1] / "fixtures" / "homes"
PURPOSE = ["--purpose", "permits"]
REPORT, CHECK = ["report"], ["check", "04675149", *PURPOSE]
# What an upgrade may not change: who is who, and since when a fact has been flagged.
PARTIES = "select register, record, party_id from v_resolution order by all"
FLAGS = "select flag_id, first_seen_on, indicator from v_flag where state = 'flagged' order by all"
ALIASES = "select previous_party_id, party_id, change from v_party_alias order by all"
CASES = "select case_id from v_case order by all"
LEAD_TO = "select previous_case_id from v_case_alias"
GONE = "select case_id from v_case_change where change = 'gone'"


@pytest.fixture(params=["0.1.0", pytest.param("0.2.0", marks=pytest.mark.nightly)])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """The home of an earlier version, restored by this one from the backup that the earlier one wrote."""
    packed, kept = HOMES / f"home-{request.param}.tar.xz", tmp_path / "earlier.tar"
    kept.write_bytes(lzma.decompress(packed.read_bytes()))
    home = Home(tmp_path / "home")
    restore(kept, home)
    return home


def undertow(home: Home, *arguments: str) -> int:
    return exit_code([*arguments, "--home", str(home.root)])


def rows(home: Home, query: str) -> Sequence[tuple[object, ...]]:
    return [tuple(row.values()) for row in warehouse.query(store.current_release(home), query).to_pylist()]


def run_night(home: Home) -> None:
    assert undertow(home, "run", "--landing", str(home.landing)) == 0


def test_an_earlier_home_opens_and_says_what_is_to_be_done(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = store.releases(home)
    assert second.is_current
    for command in (REPORT, CHECK, ["export", "--format", "csv"]):
        assert undertow(home, *command) == 2
        assert "made by an earlier version. Run the night again" in capsys.readouterr().err
    assert undertow(home, "explain", str(rows(home, FLAGS)[0][0]), *PURPOSE) == 0
    assert undertow(home, "rollback") == 0 and store.current_release(home).name == first.release_id
    assert undertow(home, "rollback", "--to", second.release_id) == 0
    capsys.readouterr()
    assert undertow(home, "doctor") == 4
    output = capsys.readouterr().out
    assert (
        "7 editions (ftm_entities, gb_coh_companies" in output and "the longest night so far took" in output
    )
    moment = datetime(2026, 11, 29, tzinfo=UTC)
    diary.record(home, diary.Event("read", moment, bytes_n=100, seconds=1.0))
    assert "minutes at the rate of the night of 2026-11-29" in str(doctor.examine(home).findings)


@pytest.mark.nightly
def test_an_earlier_home_runs_and_loses_nothing(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = {query: rows(home, query) for query in (PARTIES, FLAGS, ALIASES, CASES)}
    earlier = store.current_release(home).name
    run_night(home)
    assert rows(home, PARTIES) == before[PARTIES] and rows(home, ALIASES) == before[ALIASES] != []
    # A state that is no longer raised may be gone; what is flagged as before has been so since the same day.
    raised_before = {indicator for _, _, indicator in before[FLAGS]}
    flags = {row for row in rows(home, FLAGS) if row[2] in raised_before}
    assert flags < set(before[FLAGS]) and len(flags) > len(before[FLAGS]) / 2
    known = {*rows(home, CASES), *rows(home, LEAD_TO), *rows(home, GONE)}
    assert set(before[CASES]) <= known
    assert len(judgements.every(home)) == 1
    for command in (REPORT, CHECK, ["rollback", "--to", earlier], ["audit", "verify"]):
        assert undertow(home, *command) == 0, command
    run_night(home)
    assert rows(home, PARTIES) == before[PARTIES]
    shutil.rmtree(home.root / "cache", ignore_errors=True)
    capsys.readouterr()
    assert undertow(home, "doctor") == 0, capsys.readouterr().out


@pytest.mark.nightly
def test_a_person_is_purged_from_the_releases_of_an_earlier_version_too(home: Home) -> None:
    run_night(home)
    person = str(rows(home, "select min(person_id) from v_person")[0][0])
    assert undertow(home, "purge", person, "--yes", *PURPOSE) == 0
    assert verification.verify(home).faults == ()
    assert (person,) not in rows(home, "select person_id from v_person")


@pytest.mark.nightly
def test_a_home_comes_back_from_its_backup_and_runs_as_before(home: Home, tmp_path: Path) -> None:
    run_night(home)
    content = store.releases(home)[-1].content_sha256
    assert undertow(home, "backup", "--to", str(tmp_path / "kept.tar")) == 0
    shutil.rmtree(home.root)
    assert exit_code(["restore", str(tmp_path / "kept.tar"), "--home", str(home.root)]) == 0
    run_night(home)
    assert store.releases(home)[-1].content_sha256 == content
