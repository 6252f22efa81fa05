"""The tables that the queries of an indicator share: they may read one another, whatever their names."""

import shutil
from pathlib import Path

import pytest

from transforms.errors import DeclarationError
from transforms.model.indicator import read_indicator

SHIPPED = Path("transforms/indicators/own_010_circular_ownership")


def with_files(folder: Path, tables: dict[str, str]) -> Path:
    place = folder / SHIPPED.name
    shutil.copytree(SHIPPED, place)
    for name, query in tables.items():
        (place / f"{name}.sql").write_text(query, encoding="utf-8")
    states = "states.sql", "evidence.sql"
    for file in states:
        query = (place / file).read_text(encoding="utf-8")
        (place / file).write_text(
            f"with early as (from first_one) select * from ({query}) where 1 in (from early)"
        )
    return place


def test_a_table_is_made_after_those_that_it_reads(tmp_path: Path) -> None:
    tables = {"first_one": "select n from second_one", "second_one": "select 1 as n -- for first_one"}
    indicator = read_indicator(with_files(tmp_path, tables))
    shared = [name for name in indicator.steps if name in tables]
    assert shared == ["second_one", "first_one"]
    assert indicator.states.index("second_one as") < indicator.states.index("first_one as")


def test_tables_that_read_each_other_are_refused(tmp_path: Path) -> None:
    tables = {"first_one": "from second_one", "second_one": "from first_one"}
    with pytest.raises(DeclarationError, match=r"read each other: .*first_one.*second_one"):
        read_indicator(with_files(tmp_path, tables))
