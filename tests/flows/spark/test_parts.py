"""What runs on the workers of a Spark cluster, without one: the same results as in this process."""

import pickle
import random
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import networkx as nx
import polars as pl
import pyarrow as pa
import pytest

from flows.home.settings import Home
from flows.ingest.lake import Ingested
from flows.night.night import new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from flows.spark import each, session
from flows.spark.flags import _rows_of
from flows.spark.ownership import OWNERSHIP_TABLES, PLACED_BY, _solver, _unpacker
from graphs.build import solve
from tests import landings
from tests.graphs.helpers import collected, drawn, frames
from transforms.errors import BlockedEdition, UsageError
from transforms.model.sql import read_sql
from transforms.model.views import GRAPH_TABLES


def sql(name: str) -> str:
    return read_sql("flows.spark", name)


def test_labels_are_the_smallest_ids_of_the_components() -> None:
    drawn_pairs = nx.gnp_random_graph(300, 0.004, seed=5)
    chain = [(f"z{n:03}", f"z{n + 1:03}") for n in range(200)]
    names = random.Random(5).sample(range(2000), 2000)
    scrambled = [(f"y{a:04}", f"y{b:04}") for a, b in pairwise(names)]
    pairs = (
        [(f"p{a:03}", f"p{b:03}") for a, b in drawn_pairs.edges] + chain + scrambled + [("alone", "alone")]
    )
    expected = {party: min(linked) for linked in nx.connected_components(nx.Graph(pairs)) for party in linked}
    with duckdb.connect() as connection:
        connection.execute("create table pair (party_id varchar, subject_id varchar)")
        connection.executemany("insert into pair values (?, ?)", pairs)
        connection.execute(f"create table neighbour as {sql('neighbours')}")
        connection.execute(f"create table label as {sql('first_labels')}")
        rounds = 0
        while connection.sql("select bool_or(is_new) from label").fetchall() == [(True,)]:
            connection.execute(f"create or replace table label as {sql('next_labels')}")
            rounds += 1
        assert dict(connection.sql("select id, label from label").fetchall()) == expected
    assert 2 < rounds < 12  # of chains of 201 and 2,000 parties, too


def test_a_worker_solves_a_bucket_as_this_process_does() -> None:
    edges, nodes, marks = frames([drawn(seed) for seed in range(700, 715)])
    inputs = dict(zip(PLACED_BY, (edges.collect().reverse(), nodes, marks), strict=True))
    rows = [rows.with_columns(input=pl.lit(name), bucket=pl.lit(3)) for name, rows in inputs.items()]
    bucket = pl.concat(rows, how="diagonal").to_arrow()
    solved = _solver(("offshore",))(bucket)
    edges = edges.collect().sort("statement_id", "interest_id")
    expected = collected(solve(edges, nodes, marks, ["offshore"]))
    assert sorted(expected) == sorted(OWNERSHIP_TABLES)
    for name, table in expected.items():
        packed = solved.filter(pa.compute.equal(solved["table_name"], name)).select(["rows"])
        unpacked = [pl.DataFrame(batch) for batch in _unpacker(GRAPH_TABLES[name])(packed.to_batches())]
        assert pl.concat([GRAPH_TABLES[name].empty(), *unpacked]).equals(table), name
    assert sum(table.height for table in expected.values()) > 300


def test_rows_of_the_workers_are_read_in_the_types_of_duckdb(tmp_path: Path) -> None:
    query = "select 'a' as subject_id, cast(1.5 as decimal(18, 2)) as value, 3 as peer_n"
    with duckdb.connect() as driver:
        assert driver.sql(_rows_of(driver, tmp_path, query)).fetchall() == []
        pl.DataFrame({"value": [2.5], "peer_n": [4], "subject_id": ["b"]}).write_parquet(
            tmp_path / "0.parquet"
        )
        rows = driver.sql(_rows_of(driver, tmp_path, query))
        assert rows.types == driver.sql(query).types
        assert [tuple(map(str, row)) for row in rows.fetchall()] == [("b", "2.50", "4")]


class Tasks:
    """A session that runs each task in this process, the last one first."""

    def range(self, begin: int, end: int, _step: int, partitions: int) -> "Tasks":
        assert end - begin == partitions
        self.batches = [pa.record_batch({"id": pa.array([place])}) for place in reversed(range(begin, end))]
        return self

    def mapInArrow(self, task: object, schema: str) -> "Tasks":
        assert schema == each.OUTCOME
        self.batches = list(pickle.loads(pickle.dumps(list(task(self.batches)))))  # type: ignore[operator]
        return self

    def toArrow(self) -> pa.Table:
        return pa.Table.from_batches(self.batches)


def test_results_come_in_order_and_errors_with_their_own_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(each, "session", Tasks)

    def work(name: str) -> str:
        if name == "bad":
            raise BlockedEdition("parser_error", "register x edition y: look at it")
        return name.upper()

    assert list(each.on_workers("edition", ["a", "b", "c"], work)) == ["A", "B", "C"]
    assert list(each.on_workers("edition", [], work)) == []
    results: Iterator[str] = each.on_workers("edition", ["a", "bad"], work)
    assert next(results) == "A"
    with pytest.raises(BlockedEdition, match="look at it") as raised:
        next(results)
    assert raised.value.code == "parser_error"


def test_an_edition_is_whole_where_a_worker_that_was_lost_goes_on_with_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    night = new_night(home, landings.write(tmp_path / "landing"))
    night.work.mkdir(parents=True)

    def read_twice[T](
        _what: str, names: Iterable[str], work: Callable[[str], T], /
    ) -> Generator[T, None, None]:
        for name in names:
            done, lost = work(name), work(name)
            assert isinstance(lost, Ingested)
            shutil.rmtree(lost.folder)
            yield done

    night.each = read_twice
    land(night)
    assert fill_lake(night)["in_force"] == len(landings.REGISTERS)


def test_without_an_address_or_the_extra_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    with pytest.raises(UsageError, match="set SPARK_REMOTE"):
        session.session()
    monkeypatch.setenv("SPARK_REMOTE", "sc://nowhere.example:15002")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(UsageError, match=r"pip install 'undertow\[spark\]'"):
        session.session()
    assert not list(tmp_path.iterdir())
