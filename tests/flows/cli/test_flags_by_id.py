"""Flags and evidence are written an indicator at a time and brought together a range of ids at a time: no row is lost, and the order is the key's."""

from pathlib import Path

import polars as pl
import pytest

from flows.night.stages import flags
from transforms.model.views import EVIDENCE

IDS = (
    ["0a", "3f", "80", "ff"],
    ["", "10", "1", "f", "zz"],
    [],
)  # of three indicators; the first and last range take what is no hex digit


def _part(ids: list[str]) -> pl.DataFrame:
    rows = pl.DataFrame(
        {"flag_id": [each for each in ids for _ in (1, 2)], "position": [1, 2] * len(ids)},
        schema={"flag_id": pl.String, "position": pl.Int64},
    )
    blank = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in EVIDENCE.schema.items()
        if name not in rows.columns
    ]
    return EVIDENCE.conformed(rows.with_columns(blank)).sort(EVIDENCE.key)


@pytest.mark.parametrize(("rows_max", "frames_n"), [(1000, 1), (3, 16)])
def test_every_row_comes_once_and_in_order(
    rows_max: int, frames_n: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flags, "PART_ROWS", rows_max)
    for number, ids in enumerate(IDS):
        _part(ids).write_parquet(tmp_path / f"evidence-{number}.parquet", row_group_size=2)
    frames = list(flags.rows_by_flag(tmp_path / "evidence-*.parquet", EVIDENCE))
    expected = pl.concat([_part(ids) for ids in IDS]).sort(EVIDENCE.key)
    assert len(frames) == frames_n
    assert pl.concat(frames).equals(expected)
    assert expected.height == 2 * sum(map(len, IDS))
