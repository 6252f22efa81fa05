"""The gate of a run takes over what it checked on the same tables, and nothing that failed."""

from pathlib import Path

import polars as pl
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.night.memory import AS_BEFORE, Memory
from flows.night.night import Night, new_night
from flows.night.stages.gate import run_gate
from quality.expectation import Expectation
from transforms.errors import ReleaseBlocked
from transforms.model.views import GATE_VIEW

SUITE = (
    Expectation(
        "company is named",
        "company",
        condition="name is null",
        failing_rows="from company where name is null",
    ),
    Expectation(
        "title is of a company", "title", "select id from {batch} where id not in (select id from company)"
    ),
    Expectation("entity has an id", "entity", "select id from {batch} where id is null", kind="data"),
)
COMPANY, TITLE, DATA = (f"gate-release-{part}" for part in ("company", "title", "data"))


def checked(home: Home, **changed: list[str | None]) -> tuple[Night, str]:
    """A night that runs the gate on three tables, and the message that stopped it."""
    night, message = new_night(home, home.landing), ""
    night.memory = Memory(home.kept, night.output)
    night.table("gate").parent.mkdir(parents=True)
    GATE_VIEW.empty().write_parquet(night.table("gate"))
    with warehouse.connect(night.work) as connection:
        for name in ("company", "title", "entity"):
            ids = changed.get(name, ["1"])
            pl.DataFrame({"id": ids, "name": ids}).write_parquet(night.table(name))
            warehouse.parquet_view(connection, name, [night.table(name)])
        try:
            run_gate(night, connection, SUITE, "release")
        except ReleaseBlocked as blocked:
            message = str(blocked)
    return night, message


def results(night: Night) -> tuple[pl.DataFrame, dict[str, str]]:
    pages = {file.name: file.read_text() for file in night.data_docs("release").iterdir()}
    return pl.read_parquet(night.table("gate")), pages


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.prepare()
    return home


def test_the_same_tables_give_the_same_outcomes_and_pages_unchecked(home: Home) -> None:
    (first, _), (second, _) = checked(home), checked(home)
    assert second.memory.done == {COMPANY: AS_BEFORE, TITLE: AS_BEFORE, DATA: AS_BEFORE}
    outcomes, pages = results(first)
    assert outcomes.height == len(SUITE) and "entity.html" in pages
    assert outcomes.equals(results(second)[0]) and pages == results(second)[1]


def test_a_table_is_checked_again_where_one_that_its_checks_read_has_changed(home: Home) -> None:
    checked(home)
    night, message = checked(home, company=["2"])
    assert night.memory.done == {COMPANY: "changed: company", TITLE: "changed: company", DATA: AS_BEFORE}
    assert "expected 'title is of a company' but 1 row fails" in message


def test_what_failed_is_checked_again(home: Home) -> None:
    messages = [checked(home, company=[None])[1] for _ in range(2)]
    assert messages[0] == messages[1] and "company is named" in messages[0]
    assert checked(home)[0].memory.done[COMPANY] == "new"
