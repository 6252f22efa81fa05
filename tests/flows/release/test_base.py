"""A release that begins as a copy of the one in force is the one that is built from nothing."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.home.settings import RELEASES_KEPT, Home
from flows.ingest import suppression
from flows.night.memory import Memory
from flows.night.night import new_night
from flows.night.stages import build
from flows.night.stages.gate import published_tables
from flows.release import base, manifests, publish, store
from flows.release.build import build_release
from flows.release.content import TableContent
from flows.release.lookups import ROW_OF
from flows.release.verification import verify
from tests.flows.release_tables import FACTS, SMALL, frame, new_home, write_tables
from transforms.model import area_views
from transforms.model.statements import Table
from transforms.model.views import ABOUT, RELEASE_TABLES

# (own) Those of the lookups and of the small database, and one beside them.
NAMES = {
    *(
        "company",
        "entity",
        "other_name",
        "proprietorship",
        "person",
        "flag",
        "title",
        "gate",
        "edition",
        "role_held",
    ),
    *area_views.READS,
    *ABOUT,
}
DECLARED: Mapping[str, Table] = {name: table for name, table in RELEASE_TABLES.items() if name in NAMES}
OBJECTS = """
    select database_name, schema_name, view_name, comment from duckdb_views() where not internal
    union all
    select database_name, schema_name, table_name, '' from duckdb_tables()
    union all
    select database_name, schema_name, concat(table_name, column_name), comment from duckdb_columns()
    where not internal
    union all
    select distinct database_name, schema_name, concat(function_type, function_name, macro_definition),
        comment
    from duckdb_functions() where not internal
    order by all
"""


# For releases of which it does not matter what else they hold.
FEW: Mapping[str, Table] = {
    name: table for name, table in DECLARED.items() if name in {*SMALL, *ABOUT, "gate"}
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return write_tables(tmp_path_factory.mktemp("tables"), 200, declared=DECLARED)


def changed(
    tables: Mapping[str, Path], name: str, work: Path, *, rows_n: int = 230, seed: int = 1
) -> dict[str, Path]:
    """The same rows, but for those of a table."""
    work.mkdir(parents=True)
    frame(DECLARED[name], rows_n, seed=seed).write_parquet(work / f"{name}.parquet")
    return {**tables, name: work / f"{name}.parquet"}


@pytest.fixture(scope="module")
def before(
    tables: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, dict[str, TableContent]]:
    """A home with a release in force, and what its tables hold."""
    home, held = new_home(tmp_path_factory.mktemp("base") / "home"), dict[str, TableContent]()

    def recall(name: str, count: Callable[[], TableContent]) -> TableContent:
        held[name] = count()
        return held[name]

    publish.publish(
        home, build_release(home, home.work / "before", tables, FACTS, declared=DECLARED, recall=recall)
    )
    return home, held


def with_other_flags(
    home: Home, run: str, tables: Mapping[str, Path], known: Mapping[str, TableContent]
) -> Path:
    work = home.work / run
    return build_release(home, work, changed(tables, "flag", work), FACTS, declared=DECLARED, known=known)


@pytest.fixture(scope="module")
def copied(before: tuple[Home, dict[str, TableContent]], tables: Mapping[str, Path]) -> Path:
    """A release that begins as a copy, with other flags."""
    home, held = before
    known = {name: content for name, content in held.items() if name != "flag"}
    return with_other_flags(home, "copied", tables, known)


def contents(release: Path) -> dict[str, pl.DataFrame]:
    """Every table of a release, and what there is in it with comments."""
    with duckdb.connect(str(release / "undertow.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()]
        rows = {name: connection.sql(f'select rowid, * from "{name}"').pl() for name in names}
        return {**rows, "objects": connection.sql(OBJECTS).pl()}


def test_it_is_the_release_that_is_built_from_nothing(
    before: tuple[Home, dict[str, TableContent]], tables: Mapping[str, Path], copied: Path
) -> None:
    home, _held = before
    fresh = with_other_flags(home, "fresh", tables, {})
    one, other = contents(copied), contents(fresh)
    assert one.keys() == other.keys() >= {*DECLARED, ROW_OF, "name_of", "person_word"}
    for name, rows in one.items():
        assert rows.equals(other[name]), name
    assert one["row_of"].height > 200 and one["person_word"].height > 0
    first, second = (json.loads((each / "manifest.json").read_text()) for each in (copied, fresh))
    assert first["base"] == {**second["base"], "copy_no": 1}
    assert first["content_sha256"] == second["content_sha256"]
    assert first["area"]["content_sha256"] == second["area"]["content_sha256"]


def test_it_is_published_and_verified_and_not_copied_for_ever(
    tables: Mapping[str, Path], tmp_path: Path
) -> None:
    home, held = new_home(tmp_path / "home"), dict[str, TableContent]()

    def recall(name: str, count: Callable[[], TableContent]) -> TableContent:
        held[name] = count()
        return held[name]

    for night in range(8):
        work = home.work / f"night {night}"
        small = {name: tables[name] for name in SMALL if name not in ABOUT}
        given = changed(small, "flag", work, rows_n=100, seed=night)
        known = {name: content for name, content in held.items() if name == "company"}
        publish.publish(
            home, build_release(home, work, given, FACTS, declared=SMALL, recall=recall, known=known)
        )
    assert verify(home).findings == ()
    published = store.published_folders(home)
    sizes = [(folder / "undertow.duckdb").stat().st_size for folder in published]
    assert len(sizes) == RELEASES_KEPT and max(sizes) < 1.3 * min(sizes)
    bases = [manifests.of_release(folder)["base"] for folder in published]
    # The first of the eight is gone; the last is no copy again.
    assert [each["copy_no"] for each in bases if isinstance(each, dict)] == [1, 2, 3, 4, 5, 6, 0]


ROWS_OF_VIEWS = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
views = connection.sql("select view_name from duckdb_views() where not internal").fetchall()
print(sum(len(connection.sql(f'select * from "{name}"').fetchall()) for (name,) in views))
"""


@pytest.mark.nightly  # one that is built from nothing: test_build.py
def test_an_older_duckdb_reads_it(
    before: tuple[Home, dict[str, TableContent]], copied: Path, old_duckdb: Path
) -> None:
    _home, held = before
    counted = [
        subprocess.check_output([python, "-c", ROWS_OF_VIEWS, copied / "undertow.duckdb"])
        for python in (old_duckdb, sys.executable)
    ]
    assert int(counted[0]) == int(counted[1]) > 200 * len(held)


def copies(
    home: Home, known: Mapping[str, TableContent], to: Path, made_by: str = FACTS.made_by
) -> frozenset[str]:
    to.mkdir()
    return base.begin(store.current_target(home), to / "undertow.duckdb", known, made_by).kept


def test_what_is_kept_is_what_the_release_holds(
    before: tuple[Home, dict[str, TableContent]], tmp_path: Path
) -> None:
    home, held = before
    kept = copies(home, held, tmp_path / "whole")
    assert kept == {*held, "name_of", "person_word", "distinct_person_word"}
    few = {name: held[name] for name in ("gate", "edition")}
    assert copies(home, few, tmp_path / "few") == copies(home, {}, tmp_path / "none") == frozenset()
    assert not [*(tmp_path / "few").iterdir(), *(tmp_path / "none").iterdir()]


def test_a_release_that_is_not_what_its_manifest_says_is_not_copied(
    before: tuple[Home, dict[str, TableContent]], tables: Mapping[str, Path], tmp_path: Path
) -> None:
    _, held = before
    home = new_home(tmp_path / "home")

    def built(run: str, known: Mapping[str, TableContent]) -> Path:
        few = {name: tables[name] for name in FEW if name not in ABOUT}
        work = home.work / run
        return build_release(home, work, changed(few, "gate", work), FACTS, declared=FEW, known=known)

    assert copies(home, held, tmp_path / "none") == frozenset()  # no release yet
    publish.publish(home, built("first", {}))
    known = {name: content for name, content in held.items() if name != "gate"}
    assert copies(home, known, tmp_path / "sound") >= {"company", "flag"}
    assert copies(home, known, tmp_path / "made by other code", "other code") == frozenset()
    release = store.current_release(home)
    (release / "undertow.duckdb").chmod(0o640)
    with (release / "undertow.duckdb").open("r+b") as file:
        file.seek(-100, 2)
        file.write(b"\xff")
    assert copies(home, known, tmp_path / "damaged") == frozenset()
    assert not [*(tmp_path / "damaged").iterdir()]
    assert contents(built("second", known))["flag"].height == 200
    (release / "undertow.duckdb").unlink()
    assert copies(home, known, tmp_path / "no database") == frozenset()
    (release / "manifest.json").chmod(0o640)
    (release / "manifest.json").write_text("{")
    assert copies(home, known, tmp_path / "no manifest") == frozenset()


def test_a_night_begins_with_the_last_release_until_somebody_is_removed_from_the_home(tmp_path: Path) -> None:
    home, published = new_home(tmp_path / "home"), {name: RELEASE_TABLES[name] for name in published_tables()}

    def copy_no(removed: bool = False) -> object:
        if removed:
            suppression.add(home, [("gb_coh_psc", "1")], ["A Name"])
        night = new_night(home, home.landing)
        write_tables(night.work / "tables", 0, declared=published)
        night.memory = Memory(home.kept, night.output)
        build.build(night)
        publish.publish(home, night.built_folder)
        stated_base = manifests.of_release(store.current_release(home))["base"]
        assert isinstance(stated_base, dict)
        return stated_base["copy_no"]

    assert [copy_no(), copy_no(), copy_no(removed=True), copy_no()] == [0, 1, 0, 1]
