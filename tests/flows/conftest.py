"""Fixtures that several tests of flows share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.old_duckdb import OLD_DUCKDB, python_with_old_duckdb


@pytest.fixture(scope="session")
def old_duckdb(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the oldest DuckDB that must open a release, kept in pytest's cache folder. Skips where it cannot be installed."""
    cache = getattr(request.config, "cache", None)
    return python_with_old_duckdb(Path(cache.mkdir(f"duckdb-{OLD_DUCKDB}")) if cache else tmp_path_factory.mktemp("old"))
