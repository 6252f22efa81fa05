"""Releases that many tests of `undertow check` ask."""

from datetime import date

import pytest

from flows.home.settings import Home
from tests.flows.check.affairs import (
    APPLIED,
    BID,
    BORROWED,
    DIRECTED,
    DUTCH,
    ENDED,
    OF_BODIES,
    OWN_INDICATOR,
    PRICED,
    RECEIVED,
    SOLD,
)
from tests.flows.check_release import published, rows


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return published(tmp_path_factory.mktemp("check") / "home")


@pytest.fixture(scope="session")
def affairs(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One release of the parts in `affairs.py`; of ALDER, only that its title was sold."""
    given = rows() | {"flag": []}
    given["title"], given["proprietorship"][0]["ended_on"] = given["title"][1:], date(2026, 5, 1)
    for part in (
        DUTCH,
        BID,
        ENDED,
        SOLD,
        PRICED,
        OWN_INDICATOR,
        APPLIED,
        BORROWED,
        RECEIVED,
        DIRECTED,
        OF_BODIES,
    ):
        for table, more in part.items():
            given[table] = [*given.get(table, []), *more]
    given["indicator"] = [{**row, "subject_type": "legal_entity"} for row in given["indicator"]]
    return published(tmp_path_factory.mktemp("affairs") / "home", given)
