"""Graph libraries on the same arcs, one library and one step a process: what `ownership.py --peers` starts.

    python peers.py STEP LIBRARY FOLDER

needs igraph and rustworkx for LIBRARY igraph or rustworkx; pip install them, in an environment of their own
if need be. Prints one line of JSON. FOLDER holds `peer.src.npy`, `peer.dst.npy` (int64, distinct arcs of a
closure, nodes numbered from 0) and, for `ownership`, `exact.{src,dst,share}.npy`.

Steps:
- primitives: the graph from the arrays, weak components, strong components, and all that is reached from
  STARTS tops together;
- order: the condensation and a topological order of it (scipy has none);
- ownership: integrated ownership of exact shares, by networkx's strong components and topological order and
  by arithmetic in dicts. That is the same method as the project's and not path enumeration or power
  iteration, beside which anything would look fast.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

type Ints = npt.NDArray[np.int64]

STARTS = 1_000
MODULES = {"scipy": "scipy.sparse.csgraph"}  # imported before the clock starts
FLOOR = 1e-4  # as graphs.ownership.integrated.FLOOR
STATUS = Path("/proc/self/status")
CLEAR_PEAK = Path("/proc/self/clear_refs")  # Linux: writing 5 sets the peak to what is held now


def measured(work: Callable[[], Mapping[str, float]]) -> dict[str, float]:
    """What `work` returns, with wall and processor seconds, and in bytes what was held before and the peak
    within (0 where the system does not tell).
    """
    if CLEAR_PEAK.exists():
        CLEAR_PEAK.write_text("5")
    held = _resident("VmRSS:")
    start, cpu_start = time.perf_counter(), time.process_time()
    result = work()
    return {
        **result,
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu_start,
        "held": held,
        "peak": _resident("VmHWM:"),
    }


def _resident(name: str) -> int:
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


def closure(folder: Path) -> tuple[Ints, Ints, int]:
    """src, dst, nodes.

    The last node holds the first STARTS tops (who hold something and are held by nobody), so that one search
    goes down from all of them.
    """
    src, dst = (np.load(folder / f"peer.{name}.npy") for name in ("src", "dst"))
    n = int(max(src.max(), dst.max())) + 2
    top = np.zeros(n, np.bool_)
    top[src] = True
    top[dst] = False
    first = np.flatnonzero(top)[:STARTS]
    return np.concatenate((src, np.full(len(first), n - 1))), np.concatenate((dst, first)), n


# --- one library each: what `closure` gives -------------------------------------------------------


def scipy_primitives(src: Ints, dst: Ints, n: int) -> dict[str, float]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    graph = csr_array((np.ones(len(src), np.int8), (src, dst)), shape=(n, n))
    weak, _ = connected_components(graph, directed=True, connection="weak")
    strong, _ = connected_components(graph, directed=True, connection="strong")
    return {
        "weak": weak,
        "strong": strong,
        "reached": len(breadth_first_order(graph, n - 1, return_predecessors=False)) - 1,
    }


def igraph_primitives(src: Ints, dst: Ints, n: int) -> dict[str, float]:
    import igraph  # type: ignore[import-not-found,unused-ignore]

    graph = igraph.Graph(n=n, edges=np.column_stack((src, dst)), directed=True)
    weak, strong = (graph.connected_components(mode=mode) for mode in ("weak", "strong"))
    return {
        "weak": len(weak),
        "strong": len(strong),
        "reached": len(graph.subcomponent(n - 1, mode="out")) - 1,
    }


def igraph_order(src: Ints, dst: Ints, n: int) -> dict[str, float]:
    import igraph  # type: ignore[import-not-found,unused-ignore]

    graph = igraph.Graph(n=n, edges=np.column_stack((src, dst)), directed=True)
    graph.contract_vertices(graph.connected_components(mode="strong").membership)
    graph.simplify()
    return {"ordered": len(graph.topological_sorting())}


def rustworkx_primitives(src: Ints, dst: Ints, n: int) -> dict[str, float]:
    import rustworkx  # type: ignore[import-not-found,unused-ignore]

    graph = _rustworkx(src, dst, n)
    weak, strong = (
        len(rustworkx.weakly_connected_components(graph)),
        len(rustworkx.strongly_connected_components(graph)),
    )
    return {"weak": weak, "strong": strong, "reached": len(rustworkx.descendants(graph, n - 1))}


def rustworkx_order(src: Ints, dst: Ints, n: int) -> dict[str, float]:
    import rustworkx  # type: ignore[import-not-found,unused-ignore]

    return {"ordered": len(rustworkx.topological_sort(rustworkx.condensation(_rustworkx(src, dst, n))))}


def _rustworkx(src: Ints, dst: Ints, n: int) -> object:
    import rustworkx  # type: ignore[import-not-found,unused-ignore]

    graph = rustworkx.PyDiGraph(multigraph=True)
    graph.add_nodes_from(range(n))
    graph.add_edges_from_no_data(list(zip(src.tolist(), dst.tolist(), strict=True)))
    return graph


def networkx_primitives(src: Ints, dst: Ints, n: int) -> dict[str, float]:
    import networkx

    graph = _networkx(src, dst, n)
    weak, strong = (
        sum(1 for _ in find(graph))
        for find in (networkx.weakly_connected_components, networkx.strongly_connected_components)
    )
    return {"weak": weak, "strong": strong, "reached": len(networkx.descendants(graph, n - 1))}


def networkx_order(src: Ints, dst: Ints, n: int) -> dict[str, float]:
    import networkx

    return {
        "ordered": sum(1 for _ in networkx.topological_sort(networkx.condensation(_networkx(src, dst, n))))
    }


def _networkx(src: Ints, dst: Ints, n: int):  # type: ignore[no-untyped-def]
    import networkx

    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(src.tolist(), dst.tolist(), strict=True))
    return graph


# --- integrated ownership of exact shares, in networkx and dicts ----------------------------------


def networkx_ownership(src: Ints, dst: Ints, share: npt.NDArray[np.float64]) -> dict[str, float]:
    """Pairs at or above FLOOR, and the sum of their shares: from the tops down, column by column; the sets by
    dense inverses.
    """
    import networkx

    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_weighted_edges_from(zip(src.tolist(), dst.tolist(), share.tolist(), strict=True))
    sets = networkx.condensation(graph)
    column: dict[int, dict[int, float]] = {}
    diagonal: dict[int, float] = {}
    for number in networkx.topological_sort(sets):
        _solve_set(graph, sorted(sets.nodes[number]["members"]), column, diagonal)
    listed = [
        value / diagonal[p]
        for j, owned in column.items()
        for p, value in owned.items()
        if p != j and value / diagonal[p] >= FLOOR * (1 - 1e-12)
    ]
    return {"pairs": len(listed), "sum": sum(listed)}


def _solve_set(
    graph, members: list[int], column: dict[int, dict[int, float]], diagonal: dict[int, float]
) -> None:  # type: ignore[no-untyped-def]
    """Columns of N for the members of one set, from those of the holders outside it."""
    inside = {member: position for position, member in enumerate(members)}
    matrix = np.eye(len(members))
    outside: list[dict[int, float]] = []
    for j in members:
        owned = {j: 1.0}
        for k, attributes in graph.pred[j].items():
            if k in inside:
                matrix[inside[k], inside[j]] -= attributes["weight"]
                continue
            for p, value in column[k].items():
                owned[p] = owned.get(p, 0.0) + value * attributes["weight"]
        outside.append(owned)
    if len(members) == 1 and matrix[0, 0] == 1:
        column[members[0]], diagonal[members[0]] = outside[0], 1.0
        return
    inverse = np.linalg.inv(matrix)
    for j, to in inside.items():
        mixed: dict[int, float] = {}
        for at in inside.values():
            for p, value in outside[at].items():
                mixed[p] = mixed.get(p, 0.0) + value * float(inverse[at, to])
        column[j], diagonal[j] = mixed, float(inverse[to, to])


STEPS = {
    ("primitives", "scipy"): scipy_primitives,
    ("primitives", "igraph"): igraph_primitives,
    ("primitives", "rustworkx"): rustworkx_primitives,
    ("primitives", "networkx"): networkx_primitives,
    ("order", "igraph"): igraph_order,
    ("order", "rustworkx"): rustworkx_order,
    ("order", "networkx"): networkx_order,
}


def main(step: str, library: str, folder: Path) -> None:
    try:
        importlib.import_module(MODULES.get(library, library))
    except ImportError:
        print(json.dumps({"missing": library}))
        return
    if step == "ownership":
        arrays = [np.load(folder / f"exact.{name}.npy") for name in ("src", "dst", "share")]
        print(json.dumps(measured(lambda: networkx_ownership(*arrays))))
        return
    src, dst, n = closure(folder)
    print(json.dumps(measured(lambda: STEPS[step, library](src, dst, n))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
