"""Fixtures that several tests of flows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.flows.demo import Demo, made_once
from tests.flows.old_duckdb import OLD_DUCKDB, python_with_old_duckdb


@pytest.fixture(scope="session")
def old_duckdb(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the oldest DuckDB that must open a release, kept in pytest's cache folder.

    Skips where it cannot be installed.
    """
    cache = getattr(request.config, "cache", None)
    return python_with_old_duckdb(
        Path(cache.mkdir(f"duckdb-{OLD_DUCKDB}")) if cache else tmp_path_factory.mktemp("old")
    )


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A worker's folder of temporary folders lies in one of the whole session."""
    base = tmp_path_factory.getbasetemp()
    return made_once((base.parent if hasattr(request.config, "workerinput") else base) / "demo")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command that a test runs in this process sets up its logs on that test's captured output, which the
    next test finds closed.
    """
    yield
    structlog.reset_defaults()
