"""A further file of the town, beside companies, owners and titles: what it is called, and how its rows are
drawn and written.

One module a file; it sets `FILE` and is named in `write.FILES`. `drawn` gives the town's own rows of one
block, a plant's rows come with `planted`. A town without a single row of it does not get the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl

from quality.town.companies.block import Block
from quality.town.parts.places import Map
from quality.town.plant import Planted


@dataclass(frozen=True)
class TownFile:
    """The declaration. Columns are text.

    drawn: (block, town, generator) → rows in `columns`, and what they add to the background of indicators
    (code → subjects).
    planted: the plants' rows. write: rows, in order, without a header. trailer: bytes after the last of n
    rows."""

    name: str
    columns: tuple[str, ...]
    header: bytes
    drawn: Callable[[Block, Map, np.random.Generator], tuple[pl.DataFrame, Mapping[str, int]]]
    planted: Callable[[Planted], Sequence[dict[str, str]]]
    write: Callable[[pl.DataFrame, BinaryIO], None]
    trailer: Callable[[int], bytes]
    sort_by: tuple[str, ...]

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String))
