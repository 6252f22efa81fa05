"""Rows of a night as arrays: the same from a file of many row groups as from memory, column by column."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from graphs.arrays.edges import Arcs, parties
from graphs.ownership.interests import BASES, interests
from graphs.ownership.intervals import Flags
from tests.graphs.helpers import nodes_of

ROWS = 400_000
GROUP_ROWS = 20_000


def rows(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Interests of random holders, bases, reaches and exclusivity; some of a basis that is left out."""
    draw = np.random.default_rng(seed)
    parties_n = 50_000
    ids = [f"A{k:06d}" for k in range(parties_n)]
    pick = np.array(ids)
    numbers = np.arange(ROWS)
    edges = pl.DataFrame(
        {
            "party_id": pick[draw.integers(0, parties_n, ROWS)],
            "subject_id": pick[draw.integers(0, parties_n, ROWS)],
            "interest_id": [f"i{k}" for k in numbers],
            "statement_id": [f"s{k}" for k in numbers],
            "basis": np.array([*BASES, "unknown"])[draw.integers(0, len(BASES) + 1, ROWS)],
            "reach": np.array(["direct", "indirect", "unknown"])[draw.integers(0, 3, ROWS)],
            "joint_group": pl.Series([None] * ROWS, dtype=pl.String),
            "share_min": pl.Series(draw.integers(0, 50, ROWS)).cast(pl.Decimal(12, 9)),
            "share_max": pl.Series(draw.integers(50, 100, ROWS)).cast(pl.Decimal(12, 9)),
            **{
                name: draw.random(ROWS) < 0.5
                for name in ("share_min_exclusive", "share_max_exclusive", "is_complete")
            },
        }
    )
    return edges, nodes_of(pl.DataFrame({"party_id": ids, "kind": ["legal_entity"] * parties_n}))


@pytest.mark.nightly
def test_a_file_of_many_row_groups_gives_what_memory_gives(tmp_path: Path) -> None:
    seed = 7
    edges, nodes = rows(seed)
    edges.write_parquet(tmp_path / "edges.parquet", row_group_size=GROUP_ROWS)
    known, nobody = parties(nodes), np.zeros(len(nodes), np.bool_)
    expected, _ = interests(edges.lazy(), known, nobody)
    network, _ = interests(pl.scan_parquet(tmp_path / "edges.parquet"), known, nobody)
    for field in fields(expected):
        first, second = getattr(expected, field.name), getattr(network, field.name)
        if not isinstance(first, Arcs | int):
            assert np.array_equal(first, second, equal_nan=first.dtype.kind == "f"), (
                f"{field.name}, seed {seed}"
            )


def test_flags_are_those_of_the_rows() -> None:
    seed = 8
    edges, nodes = rows(seed)
    network, _ = interests(edges.lazy(), parties(nodes), np.zeros(len(nodes), np.bool_))
    kept = edges[network.row]
    bits = {
        Flags.LOW_EXCLUSIVE: kept["share_min_exclusive"],
        Flags.HIGH_EXCLUSIVE: kept["share_max_exclusive"],
        Flags.SUBJECT_COMPLETE: kept["is_complete"],
        Flags.UNKNOWN_REACH: kept["reach"] == "unknown",
        Flags.INDIRECT: kept["reach"] == "indirect",
    }
    for bit, expected in bits.items():
        assert np.array_equal((network.flags & bit) != 0, expected.to_numpy()), f"{bit.name}, seed {seed}"
