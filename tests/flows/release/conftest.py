"""Homes with releases, for the tests of a release."""

import shutil
from pathlib import Path

import pytest

from flows.home.settings import Home
from tests.flows.release_tables import new_home, publish_one


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture(scope="session")
def home_of_two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, tuple[str, str]]:
    """A home with two releases, and their ids; for copies."""
    made = new_home(tmp_path_factory.mktemp("two") / "home")
    return made, (publish_one(made, "run-1", seed=1), publish_one(made, "run-2", seed=2))


@pytest.fixture
def two(home: Home, home_of_two: tuple[Home, tuple[str, str]]) -> tuple[str, str]:
    """Two releases in this test's home, the second in force: their ids."""
    made, ids = home_of_two
    shutil.copytree(made.root, home.root, symlinks=True, dirs_exist_ok=True)
    return ids
