"""The tables of control: `graph_control` and `graph_control_group`."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from graphs.arrays.edges import Parties, ordering
from graphs.arrays.tables import Frames, named, stream, words
from graphs.control.control import Controlled, ultimate
from transforms.model.views import CONTROL_KINDS


def control_table(controlled: Controlled, known: Parties) -> Frames:
    def make(rows: slice) -> Iterable[pl.Series]:
        yield named(known, controlled.controller[rows])
        yield named(known, controlled.subject[rows])
        yield words((~controlled.certain[rows]).astype(np.uint8), ("CERTAIN", "POSSIBLE"))
        yield words(controlled.kind[rows], CONTROL_KINDS)

    return stream("graph_control", len(controlled.controller), make)


def control_group_table(controlled: Controlled, n: int, known: Parties) -> Frames:
    controller, subject = ultimate(controlled, n)
    order = ordering(subject, controller)  # ids of groups are in the order of their controllers'

    def make(rows: slice) -> Iterable[pl.Series]:
        controllers = named(known, controller[order[rows]])
        return control_group_ids(controllers), named(known, subject[order[rows]]), controllers

    return stream("graph_control_group", len(order), make)


def control_group_ids(controllers: pl.Series) -> pl.Series:
    """`CG-` and the controller's id, so a group keeps its id as long as its controller does."""
    return pl.select(pl.concat_str(pl.lit("CG-"), controllers)).to_series()
