"""The memory of the linkage: nights with one, without one and with a damaged one find the same, and a night that fails leaves none."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.ingest.linkage_memory import NAME, forget, remembered
from flows.night.night import Night
from flows.night.stages import resolve as resolve_stage
from quality.town import write_town
from tests.landings import lake_night
from transforms.errors import RunFailed

TABLES = ("resolution", "resolution_link")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night whose lake is filled."""
    folder = tmp_path_factory.mktemp("night")
    return lake_night(Home(folder / "home"), write_town(folder / "town", companies=150, seed=5).landing)


@pytest.fixture(scope="module")
def without_memory(night: Night) -> dict[str, str]:
    forget(night.home)
    return _resolved(night)


def _file(home: Home) -> Path:
    return home.cache / f"{NAME}.duckdb"


def _resolved(night: Night) -> dict[str, str]:
    """Table → SHA-256 of what the stage wrote."""
    resolve_stage.resolve_parties(night)
    return {name: hashlib.sha256(night.table(name).read_bytes()).hexdigest() for name in TABLES}


def _cut(home: Home) -> None:
    _file(home).write_bytes(_file(home).read_bytes()[:9_000])


def _spoil(home: Home) -> None:
    """Every block but the headers says something else."""
    held = bytearray(_file(home).read_bytes())
    held[12_288:] = bytes(byte ^ 0xFF for byte in held[12_288:])
    _file(home).write_bytes(held)


DAMAGES: dict[str, Callable[[Home], object]] = {
    "gone": forget,
    "folder gone": lambda home: shutil.rmtree(home.cache),
    "no database": lambda home: _file(home).write_bytes(b"a text that is no database\n" * 600),
    "empty": lambda home: _file(home).write_bytes(b""),
    "cut": _cut,
    "spoilt": _spoil,
}


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_whatever_became_of_the_memory_a_night_finds_the_same(
    night: Night, without_memory: dict[str, str], damage: str
) -> None:
    if not _file(night.home).exists():
        _resolved(night)
    DAMAGES[damage](night.home)
    night.home.prepare()
    assert _resolved(night) == without_memory
    assert _file(night.home).stat().st_size > 0


def test_a_night_with_a_memory_finds_the_same(night: Night, without_memory: dict[str, str]) -> None:
    assert [_resolved(night) for _ in range(2)] == [without_memory, without_memory]


def test_a_night_that_fails_leaves_no_memory(night: Night) -> None:
    _resolved(night)
    connection = warehouse.connect(night.work, read_paths=[night.home.cache])
    with pytest.raises(ZeroDivisionError), remembered(connection, night.home) as memory:
        connection.execute(f"create table {memory}.half as select 1 as one")
        raise ZeroDivisionError
    connection.close()
    assert list(night.home.cache.iterdir()) == []


def test_a_night_that_cannot_write_its_memory_is_a_night(
    night: Night, without_memory: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: warehouse.Connection, *, alias: str, keep: bool = True) -> None:
        if keep:
            raise RunFailed("writing linkage: No space left on device (errno 28)")
        detach(connection, alias=alias, keep=False)

    detach = warehouse.detach_cache
    monkeypatch.setattr(warehouse, "detach_cache", fails)
    assert _resolved(night) == without_memory
    assert list(night.home.cache.iterdir()) == []


def test_an_error_of_the_database_is_met_without_memory_once_and_then_raised(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = []

    def fails(connection: warehouse.Connection, *_: object) -> None:
        met.append(sorted(path.name for path in night.home.cache.iterdir()))
        connection.execute("select error('as a damaged block')")

    _resolved(night)
    monkeypatch.setattr(resolve_stage, "resolve", fails)
    with pytest.raises(warehouse.DatabaseError):
        resolve_stage.resolve_parties(night)
    assert len(met) == 2 and list(night.home.cache.iterdir()) == []


def test_nobody_else_may_read_it(night: Night) -> None:
    _resolved(night)
    assert night.home.cache.stat().st_mode & 0o077 == 0
