"""The tables of control: `graph_control` and `graph_control_group`."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from graphs.arrays.edges import Parties, ordering
from graphs.arrays.tables import Frames, named, stream, words
from graphs.control.control import Controlled, ultimate
from transforms.model.views import CONTROL_KINDS


def control_table(controlled: Controlled, known: Parties) -> Frames:
    """Rows of `graph_control`, in the order of `controlled`."""

    def make(rows: slice) -> Iterable[pl.Series]:
        yield named(known, controlled.controller[rows])
        yield named(known, controlled.subject[rows])
        yield words((~controlled.certain[rows]).astype(np.uint8), ("CERTAIN", "POSSIBLE"))
        yield words(controlled.kind[rows], CONTROL_KINDS)

    return stream("graph_control", len(controlled.controller), make)


def control_group_table(controlled: Controlled, n: int, known: Parties) -> Frames:
    """Rows of `graph_control_group`. The id of a group is `CG-` and its controller's id, so it is as stable
    as that.
    """
    controller, subject = ultimate(controlled, n)
    order = ordering(subject, controller)

    def make(rows: slice) -> Iterable[pl.Series]:
        controllers = named(known, controller[order[rows]])
        return "CG-" + controllers, named(known, subject[order[rows]]), controllers

    return stream("graph_control_group", len(order), make)
