"""Bins of components are solved by one function of arrays, so another executor can run it: here Spark, in the
long tier.
"""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from graphs.arrays.components import parts
from graphs.arrays.edges import parties
from graphs.control.control import control
from graphs.ownership.integrated import solve
from graphs.ownership.interests import ArcArrays, control_arcs, interests, share_arcs
from tests.graphs.helpers import drawn, frames

SEEDS = range(700, 900)
BIN_ARCS = 40


def bins() -> tuple[int, ArcArrays, ArcArrays, Iterator[tuple[np.ndarray, np.ndarray]]]:
    edges, nodes, _ = frames([drawn(seed) for seed in SEEDS])
    known = parties(nodes)
    found, _ = interests(edges, known, known.of_kind("person"))
    arcs, votes = share_arcs(found, "shares"), control_arcs(found)
    return (
        found.n,
        arcs,
        votes,
        ((nodes, rows) for nodes, rows, _ in parts(found.n, arcs.src, arcs.dst, BIN_ARCS)),
    )


def table(arcs: ArcArrays, number: np.ndarray) -> pa.Table:
    return pa.table(
        {
            "bin": number,
            "src": arcs.src,
            "dst": arcs.dst,
            "low": arcs.low,
            "high": arcs.high,
            "flags": arcs.flags.astype(np.int16),
        }
    )


def solved_bin(batch: pa.Table) -> pa.Table:
    """What an executor runs for one bin: arrays in, pairs out."""
    src, dst, low, high, flags = (
        batch.column(name).to_numpy() for name in ("src", "dst", "low", "high", "flags")
    )
    order = np.lexsort((dst, src))
    nodes = np.unique(np.concatenate((src, dst)))
    local = (np.searchsorted(nodes, src[order]), np.searchsorted(nodes, dst[order]))
    solved = solve(*local, low[order], high[order], flags[order].astype(np.uint8))
    ruled = control(*local, low[order], high[order], flags[order].astype(np.uint8))
    shares = pa.table(
        {
            "holder": nodes[solved.holder],
            "subject": nodes[solved.subject],
            "value": solved.share_min,
            "most": solved.share_max_declared,
        }
    )
    rules = pa.table(
        {
            "holder": nodes[ruled.controller],
            "subject": nodes[ruled.subject],
            "value": ruled.certain.astype(float) + 2,
            "most": ruled.kind.astype(float),
        }
    )
    return pa.concat_tables([shares, rules])


@pytest.mark.nightly
def test_spark_gives_what_one_process_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("needs the extra `spark` and Java 17")
    from pyspark.sql import SparkSession

    n, arcs, _, found = bins()
    node_bin = np.full(n, -1, np.int64)
    for number, (nodes, _) in enumerate(found):
        node_bin[nodes] = number
    numbered = table(arcs, node_bin[arcs.src])
    expected = solved_bin(numbered.drop_columns("bin")).sort_by(
        [("holder", "ascending"), ("subject", "ascending"), ("value", "ascending")]
    )
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    try:
        frame = spark.createDataFrame(numbered.to_pandas())
        result = (
            frame.groupBy("bin")
            .applyInArrow(solved_bin, "holder long, subject long, value double, most double")
            .toArrow()
        )
    finally:
        spark.stop()
    result = result.sort_by([("holder", "ascending"), ("subject", "ascending"), ("value", "ascending")])
    assert result.num_rows == expected.num_rows > 300
    for field in expected.column_names:
        assert np.array_equal(result.column(field).to_numpy(), expected.column(field).to_numpy()), field
    assert len(ArcArrays._fields) == 5
