"""A town's home with users, and the app on it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from starlette.types import ASGIApp

from flows.facts.rows import query_rows
from flows.home.settings import Home
from flows.release.store import open_current
from flows.review import users
from flows.web.app import review_app
from tests.flows.demo import Demo
from tests.flows.web.browser import with_users

ROLES = {
    "anna": "reviewer",
    "ben": "reviewer",
    "dirk": "reviewer",
    "carla": "supervisor",
    "rita": "reader",
    "otto": "auditor",
    "ada": "administrator",
}


class Clock:
    """The time, moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Argon2 with the least memory: what is tested here is not how slow it is."""
    patch = pytest.MonkeyPatch()
    patch.setattr(users, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users._nobody.cache_clear()
    yield
    patch.undo()
    users._nobody.cache_clear()


@pytest.fixture(scope="module")
def home(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's home, of which the app writes only `state` and `secrets`."""
    copy = Home(tmp_path_factory.mktemp("review") / "home")
    for name in ("releases", "state", "secrets"):
        shutil.copytree(demo.home.root / name, copy.root / name, symlinks=True)
    shutil.copy(demo.home.root / "current", copy.root / "current", follow_symlinks=False)
    with_users(copy, **ROLES)
    return copy


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def app(home: Home, clock: Clock) -> ASGIApp:
    return review_app(home, secure=False, clock=clock)


@pytest.fixture(scope="module")
def case_ids(home: Home) -> list[str]:
    """Cases, each for one test: `pop` it. Those of lane stop come first."""
    with open_current(home) as connection:
        rows = query_rows(connection, "select case_id from v_case order by position")
    return [str(row["case_id"]) for row in rows]
