"""The graph stage of a run: from the interests that are open at its date to the tables of GRAPH_TABLES.

Weak components are independent of each other, so a run is solved in *buckets* of whole components, one after
another (`solve`), in this process or by another engine. `graphs.ownership.interests` turns ids into numbers,
everything after it works on arrays, and the `tables` modules of the sub-packages turn numbers back into ids.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from graphs.arrays.edges import parties
from graphs.arrays.tables import Frames
from graphs.control.control import control
from graphs.control.tables import control_group_table, control_table
from graphs.ownership.integrated import solve as integrated
from graphs.ownership.interests import SHARE_BASES, control_arcs, interests, share_arcs
from graphs.ownership.tables import contradiction_table, integrated_table
from graphs.structure import further
from graphs.structure.tables import closure_edges, mark_carriers, shape_tables
from graphs.verdicts import cascade
from graphs.witnesses.tables import owner_table

READ_AGAIN = ("graph_edge", "graph_control", "graph_control_group")  # tables that those after `build` need
type Tables = Iterator[tuple[str, Frames]]


def solve(edges: pl.DataFrame, nodes: pl.DataFrame, marks: pl.DataFrame, barred: Iterable[str]) -> Tables:
    """All tables of ownership and control for some whole weak components, one by one, as in `build`.

    edges, nodes, marks: as in `build`, the rows of these components; marks of other parties are ignored.
    barred: as in `graphs.structure.further.build`. The tables of a run are the rows of all its buckets
    together, in key order. Patterns of payments are not among them, because they cross components. Raises as
    `build` does.
    """
    read_again: dict[str, pl.DataFrame] = {}
    for name, frames in build(edges.lazy(), nodes, marks):
        if name in READ_AGAIN:
            read_again[name] = pl.concat(frames)
            yield name, iter([read_again[name]])
        else:
            yield name, frames
    closure, controlled, groups = (read_again[name] for name in READ_AGAIN)
    yield from further.build(closure.lazy(), nodes, marks, groups, barred)
    yield "graph_cascade", cascade.build(edges.lazy(), nodes, marks, closure.lazy(), controlled.lazy())


def build(edges: pl.LazyFrame, nodes: pl.DataFrame, marks: pl.DataFrame) -> Tables:
    """The tables of GRAPH_TABLES one by one: the name, and a stream of frames in the declared schema and key
    order.

    The order of the input rows does not matter, except that of several interests that prove the same, the
    first is the witness. Read each stream to its end before asking for the next table, because that drops the
    data of the table before.

    edges: the interests open on the date of the run. party_id (holder), subject_id (held), interest_id (null
    if the register states a holder but no interest), statement_id, basis, reach, joint_group (null for none),
    share_min, share_max (DECIMAL(12,9) per cent, null if not stated or if the basis has no shares),
    share_min_exclusive, share_max_exclusive, is_complete (all holders of the subject on this basis are
    declared). Parallel interests, and interests of an entity in itself, are allowed. Rows with a basis
    outside `graphs.ownership.interests.BASES` are left out.
    nodes: every party once. party_id, kind (a word of `graphs.arrays.edges.KINDS`), is_foreign,
    cannot_be_owned (a natural person of known identity, or a state), component_no (its number in graph_edge),
    and the boolean columns of `graphs.witnesses.tables.FACTS`.
    marks: mark, party_id: the parties that indicators mark. `graphs.structure.tables` adds the built-in
    marks.

    Raises RunFailed if an end of an edge is not among the nodes or a party occurs twice, DeclarationError if
    a mark has a built-in name.
    """
    nodes = nodes.sort("party_id")
    known = parties(nodes)
    network, owned_persons = interests(edges, known, nodes.get_column("cannot_be_owned").to_numpy())
    yield from shape_tables(edges, network, known, mark_carriers(marks, nodes, known))
    yield "graph_edge", closure_edges(edges, network, known, nodes["component_no"].to_numpy())
    solved = {basis: integrated(*share_arcs(network, basis)) for basis in SHARE_BASES}
    yield "graph_integrated", integrated_table(solved, known)
    yield "graph_contradiction", contradiction_table(edges, network, solved, owned_persons)
    controlled = control(*control_arcs(network))
    yield "graph_control", control_table(controlled, known)
    yield "graph_control_group", control_group_table(controlled, network.n, known)
    yield "graph_ubo", owner_table(edges, nodes, known, network, solved=solved, controlled=controlled)
