"""A layered drawing of a case-sized graph: the position of each node, and the course of each arc between
layers.

The method is that of Sugiyama, Tagawa and Toda 1981. The arcs of a feedback arc set are reversed (Eades, Lin
and Smyth 1993), the layer of a node is the longest path to it from a top, and an arc that spans several
layers gets a point in each. The order inside layers is igraph's (`layout_sugiyama`, barycentre heuristic).
Positions across are the least-squares ones that keep this order and the space each node needs (pool adjacent
violators, in sweeps over the layers). Equal input gives equal output.

Shapes: `src`, `dst` int64[arcs], holder → held; `room` float64[nodes]: the space each node needs across its
layer, gap included, in CSS pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import igraph  # type: ignore[import-untyped]
import numpy as np
from scipy.optimize import isotonic_regression

from graphs.arrays.edges import Floats, Ints

SWEEPS = 12  # own: down and up in turn; positions settle in fewer
ORDER_ROUNDS = 100  # igraph's own default
BEND_ROOM = 0.35  # own: space of an arc that passes a layer, as a part of the smallest node's


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions. `layer` int64[nodes], from 0; `across` float64[nodes]: the middle of each node; the first
    edge is at 0.

    `bends`: for each arc its points (across, layer) between src and dst. `extent`: the total size across.
    """

    layer: Ints
    across: Floats
    bends: tuple[tuple[tuple[float, int], ...], ...]
    extent: float


def layered(n: int, src: Ints, dst: Ints, room: Floats) -> Layout:
    """The layout of `n` nodes. Arcs from a node to itself have no course; parallel arcs have the same."""
    ends = list(zip(src.tolist(), dst.tolist(), strict=True))
    down = _without_cycles(n, ends)
    layer = _layers(n, down)
    chains, layers = _chains(down, layer)
    steps = sorted({step for chain in chains.values() for step in pairwise(chain)})
    rooms = np.concatenate((room, np.full(len(layers) - n, BEND_ROOM * float(room.min(initial=1.0)))))
    across = _positions(_ordered(len(layers), steps, layers), steps, rooms)
    bends = tuple(
        tuple((float(across[node]), layers[node]) for node in chains.get(end, ())[1:-1]) for end in ends
    )
    return Layout(np.array(layer, np.int64), across[:n], bends, float((across + rooms / 2).max(initial=0.0)))


def _without_cycles(n: int, ends: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Each distinct arc, and the same arc pointing down in the picture: reversed if it would close a
    cycle.
    """
    distinct = sorted({end for end in ends if end[0] != end[1]})
    graph = igraph.Graph(n, distinct, directed=True)
    turned = set(graph.feedback_arc_set(method="eades"))
    return {end: (end[::-1] if place in turned else end) for place, end in enumerate(distinct)}


def _layers(n: int, down: dict[tuple[int, int], tuple[int, int]]) -> list[int]:
    """The length of the longest path from a top. A top that holds something is directly above the first node
    it holds.
    """
    graph = igraph.Graph(n, sorted(set(down.values())), directed=True)
    below, layer = graph.get_adjlist(), [0] * n
    for node in graph.topological_sorting():
        for held in below[node]:
            layer[held] = max(layer[held], layer[node] + 1)
    return [
        min(layer[held] for held in below[node]) - 1 if not above_n and below[node] else layer[node]
        for node, above_n in enumerate(graph.indegree())
    ]


def _chains(
    down: dict[tuple[int, int], tuple[int, int]], layer: Sequence[int]
) -> tuple[dict[tuple[int, int], list[int]], list[int]]:
    """For each arc its nodes from start to end, one in each layer; and the layer of every node, including
    those added.
    """
    layers, ways = list(layer), {}
    for start, end in sorted(set(down.values())):
        between = range(layer[start] + 1, layer[end])
        ways[start, end] = [start, *range(len(layers), len(layers) + len(between)), end]
        layers.extend(between)
    return {arc: ways[way] if way == arc else ways[way][::-1] for arc, way in down.items()}, layers


def _ordered(n: int, steps: Sequence[tuple[int, int]], layers: Sequence[int]) -> list[list[int]]:
    """Nodes of each layer from first to last."""
    down = [step if layers[step[0]] < layers[step[1]] else step[::-1] for step in steps]
    placed = (
        igraph.Graph(n, down, directed=True).layout_sugiyama(layers=list(layers), maxiter=ORDER_ROUNDS).coords
        if n
        else []
    )
    rows: list[list[int]] = [[] for _ in range(max(layers, default=-1) + 1)]
    for node in sorted(range(n), key=lambda node: (placed[node][0], node)):
        rows[layers[node]].append(node)
    return rows


# --- positions --------------------------------------------------------------------------------------------


def _positions(rows: Sequence[Sequence[int]], steps: Sequence[tuple[int, int]], room: Floats) -> Floats:
    """The middle of each node across, with the first edge at 0. Sweeps move the nodes of each layer as close
    as possible to the mean of their neighbours.
    """
    across = np.zeros(len(room))
    joined: list[list[int]] = [[] for _ in range(len(room))]
    for start, end in steps:
        joined[start].append(end)
        joined[end].append(start)
    layer_of = {node: place for place, row in enumerate(rows) for node in row}
    for row in rows:
        across[list(row)] = np.cumsum(room[list(row)]) - room[list(row)] / 2
    for sweep in range(SWEEPS):
        downward = sweep % 2 == 0
        for place, row in enumerate(rows) if downward else reversed(list(enumerate(rows))):
            wanted = [
                _wanted(node, joined[node], across, layer_of, place + (-1 if downward else 1)) for node in row
            ]
            across[list(row)] = _kept_apart(np.array(wanted), room[list(row)])
    return np.asarray(across - (across - room / 2).min(initial=np.inf), np.float64)


def _wanted(node: int, others: Sequence[int], across: Floats, layer_of: dict[int, int], layer: int) -> float:
    near = [across[other] for other in others if layer_of[other] == layer]
    return float(sum(near) / len(near)) if near else float(across[node])


def _kept_apart(wanted: Floats, room: Floats) -> Floats:
    """Positions closest to those wanted (least squares) that keep the space between neighbours: pool adjacent
    violators (Ayer et al. 1955).
    """
    shift = np.concatenate(([0.0], np.cumsum((room[:-1] + room[1:]) / 2)))
    return np.asarray(isotonic_regression(wanted - shift).x + shift, np.float64)
