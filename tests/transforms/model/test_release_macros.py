"""Declarations of a release's table macros. What they answer is tested where releases are built
(tests/flows).
"""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from transforms.model import macros as release_macros
from transforms.model.macros import MACROS, Macro
from transforms.model.views import EDGE, FACT_VIEWS, RELEASE_TABLES

FOLDER = Path(release_macros.__file__).parent


def test_every_macro_has_its_file_and_every_file_its_macro() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == {macro.name for macro in MACROS}
    assert len({macro.name for macro in MACROS}) == len(MACROS)


@pytest.mark.parametrize("macro", MACROS, ids=lambda macro: macro.name)
def test_a_macro_reads_the_tables_it_names_and_nothing_else(macro: Macro) -> None:
    [tree] = sqlglot.parse(macro.sql, read="duckdb")
    assert isinstance(tree, exp.Query)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    read = {table.name for table in tree.find_all(exp.Table) if not isinstance(table.this, exp.Func)} - own
    assert read == set(macro.reads) <= {*RELEASE_TABLES, EDGE.name}
    assert all(
        not table.db and not table.catalog for table in tree.find_all(exp.Table)
    )  # unqualified: they work after USE


@pytest.mark.parametrize("macro", MACROS, ids=lambda macro: macro.name)
def test_a_macro_keeps_within_what_the_oldest_duckdb_knows(macro: Macro) -> None:
    assert not re.search(
        r"using\s+key|lambda|->|\bmaterialized\b", re.sub(r"--.*", "", macro.sql), re.IGNORECASE
    )


@pytest.mark.parametrize("macro", MACROS, ids=lambda macro: macro.name)
def test_a_macro_says_what_it_takes_and_gives(macro: Macro) -> None:
    assert macro.statement.startswith(f"create macro {macro.call} as table ")
    assert macro.meaning.startswith(f"from {macro.call}: ") and macro.meaning.endswith(".")
    for name, text in macro.arguments:
        assert text and re.search(rf"\b{name}\b", macro.sql)
    for column in macro.columns:
        assert len(column.description) >= 4 and (column.dtype != "share" or column.unit), column.name
    texts = " ".join([macro.description, *(f"{each.description} {each.null}" for each in macro.columns)])
    assert set(re.findall(r"\bv_[a-z_]+", texts)) <= {
        table.view for table in (*RELEASE_TABLES.values(), *FACT_VIEWS)
    }
    # a macro is answered in an order of its own only where its rows are few or stand in one
    assert len({column.name for column in macro.columns}) == len(macro.columns)
