"""What the graph stage of a night gives: four tables from the interests open at its date.

One public function, `build`. Names are turned into numbers here, everything between is arrays, and numbers into names at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import polars as pl
import pyarrow as pa

from graphs.components import Bin, bins, condense
from graphs.cycles import Cycles, Sets, cyclic_sets, shortest_cycles
from graphs.edges import Bools, Floats, Ints, Parties, distinct, numbered, parties
from graphs.integrated import UNITS, Flags, solve
from graphs.reach import Reach, reach
from transforms.errors import DeclarationError
from transforms.views import GRAPH_TABLES

CLOSURE_BASES = ("shares", "votes", "surplus_assets", "board", "influence")
SHARE_BASES = ("shares", "votes")
BUILT_IN_MARKS: Mapping[str, str] = {"natural_person": "person", "protected_party": "protected", "legal_entity": "legal_entity"}
BIN_ARCS = 2_000_000  # own: some 500 MB of working arrays
ROUNDING = 1e-11  # per cent, a hundredth of the last digit: a figure this near to nine decimals is taken to be exact


def build(edges: pl.DataFrame, nodes: pl.DataFrame, marks: pl.DataFrame, *, bin_arcs: int = BIN_ARCS) -> Mapping[str, pl.DataFrame]:
    """The tables of GRAPH_TABLES by name, each with its declared schema, ordered by its key; whatever the order of the input rows.

    edges: party_id (holder), subject_id (held), statement_id, basis (text), share_min, share_max (DECIMAL(12,9) per cent, null where the basis has
    none): the interests open at the date. Parallel interests and interests in oneself occur. A basis outside CLOSURE_BASES is left out.
    nodes: party_id, kind (legal_entity, arrangement, person, protected, unspecified): every party once.
    marks: mark, party_id: parties that indicators mark. BUILT_IN_MARKS are added here. A marked party without an interest reaches nobody.
    `bin_arcs`: weak components are worked on in bins of about so many arcs.

    Raises RunFailed where an end of an edge is not among the nodes or a party stands twice, DeclarationError where a mark has the name of a built-in one.
    """
    known = parties(nodes)
    edges = edges.filter(pl.col("basis").is_in(CLOSURE_BASES))
    holder, held = numbered(edges, known, "party_id"), numbered(edges, known, "subject_id")
    names, marked = _marks(marks, known)
    closure = distinct(len(known), holder, held)
    parts = [_of_bin(part, known, marked) for part in bins(closure, bin_arcs)]
    frames = {
        "graph_integrated": _integrated(edges, holder, held, known),
        "graph_scc": _sets(_joined(Sets, (part[0] for part in parts)), known),
        "graph_cycle": _cycles(_joined(Cycles, (part[1] for part in parts)), edges, holder, held, known),
        "graph_reach": _reach(_joined(Reach, (part[2] for part in parts)), names, known),
    }
    return {name: _declared(name, frame) for name, frame in frames.items()}


def _marks(marks: pl.DataFrame, known: Parties) -> tuple[pl.Series, list[Bools]]:
    """Names of all marks in ascending order, and for each who carries it: bool[parties]."""
    if taken := sorted(set(marks.get_column("mark").unique()) & set(BUILT_IN_MARKS)):
        raise DeclarationError(f"mark {taken[0]} is built in; give the indicator's mark another name")
    declared = {mark: known.ids.is_in(group.get_column("party_id").implode()).to_numpy() for (mark,), group in marks.group_by("mark")}
    carried = {str(mark): carriers for mark, carriers in declared.items()} | {mark: known.of_kind(kind) for mark, kind in BUILT_IN_MARKS.items()}
    names = sorted(carried)
    return pl.Series(names, dtype=pl.String), [carried[name] for name in names]


def _of_bin(part: Bin, known: Parties, marked: list[Bools]) -> tuple[Sets, Cycles, Reach]:
    """Sets, cycles and reach of some weak components, with outside numbers."""
    sets = condense(part.arcs)
    legal_entity = known.of_kind("legal_entity")[part.nodes]
    cyclic = cyclic_sets(part.arcs, sets.label, legal_entity)
    subjects = np.flatnonzero(legal_entity | known.of_kind("arrangement")[part.nodes])
    reached = reach(part.arcs, sets, np.column_stack([carriers[part.nodes] for carriers in marked]), subjects)
    cycles = shortest_cycles(part.arcs, sets.label, cyclic)
    at = part.nodes
    return (
        Sets(at[cyclic.subject], at[cyclic.set_id], cyclic.size, cyclic.holds_itself),
        Cycles(at[cycles.subject], cycles.position, at[cycles.holder], at[cycles.held]),
        Reach(at[reached.subject], reached.mark, at[reached.nearest], reached.depth, reached.n, reached.all_tops),
    )


def _joined[T: (Sets, Cycles, Reach)](kind: type[T], parts: Iterable[T]) -> T:
    """The parts of all bins in one, array by array."""
    columns = [list(vars(part).values()) for part in parts]
    empty = [np.zeros(0, np.int64)] * len(kind.__dataclass_fields__)
    return kind(*(np.concatenate(arrays) for arrays in zip(empty, *columns, strict=True)))


def _sets(sets: Sets, known: Parties) -> pl.DataFrame:
    columns = (known.names(sets.subject), known.names(sets.set_id), sets.size, sets.holds_itself.astype(np.bool_))
    return _frame("graph_scc", columns)


def _cycles(cycles: Cycles, edges: pl.DataFrame, holder: Ints, held: Ints, known: Parties) -> pl.DataFrame:
    """Steps with the smallest relationship statement between the two parties of each."""
    steps = pl.DataFrame({"subject": cycles.subject, "position": cycles.position, "holder": cycles.holder, "held": cycles.held})
    pairs = steps.select("holder", "held").unique()
    proof = pl.DataFrame({"holder": holder, "held": held, "statement_id": edges.get_column("statement_id")})
    proof = proof.join(pairs, on=("holder", "held"), how="semi").group_by("holder", "held").agg(pl.col("statement_id").min())
    steps = steps.join(proof, on=("holder", "held"), how="left", maintain_order="left")
    subject, first, second = (known.names(steps.get_column(name).to_numpy()) for name in ("subject", "holder", "held"))
    return _frame("graph_cycle", (subject, steps.get_column("position"), first, second, steps.get_column("statement_id")))


def _reach(found: Reach, names: pl.Series, known: Parties) -> pl.DataFrame:
    mark = names.gather(pl.Series(values=found.mark, dtype=pl.Int64))
    return _frame("graph_reach", (known.names(found.subject), mark, known.names(found.nearest), found.depth, found.n, found.all_tops.astype(np.bool_)))


def _integrated(edges: pl.DataFrame, holder: Ints, held: Ints, known: Parties) -> pl.DataFrame:
    """One block of pairs for each basis that is a matrix of shares."""
    return pl.concat([GRAPH_TABLES["graph_integrated"].empty(), *_of_bases(edges, holder, held, known)])


def _of_bases(edges: pl.DataFrame, holder: Ints, held: Ints, known: Parties) -> Iterator[pl.DataFrame]:
    person = known.of_kind("person")
    for basis in SHARE_BASES:
        rows = np.flatnonzero((edges.get_column("basis") == basis).to_numpy())
        rows = rows[np.lexsort((held[rows], holder[rows]))]
        low, high = (_parts(edges.get_column(name).gather(pl.Series(values=rows, dtype=pl.Int64))) for name in ("share_min", "share_max"))
        flags = np.where(person[holder[rows]], int(Flags.HOLDER_IS_PERSON), 0).astype(np.uint8)
        solved = solve(holder[rows], held[rows], low, high, flags)
        bounds = (_per_cent(solved.share_min, up=False), _per_cent(solved.share_max_declared, up=True), _per_cent(solved.share_max, up=True))
        named = (known.names(solved.holder), known.names(solved.subject))
        yield _frame("graph_integrated", (*named, pl.Series([basis], dtype=pl.String).new_from_index(0, len(solved.holder)), *bounds))


def _parts(shares: pl.Series) -> Floats:
    """DECIMAL(12,9) per cent as parts of the whole; null becomes NaN."""
    units = shares.cast(pl.Decimal(12, 9)).to_physical().cast(pl.Int64)
    return units.cast(pl.Float64).fill_null(np.nan).to_numpy() / UNITS


def _per_cent(parts: Floats, *, up: bool) -> pl.Series:
    """Parts of the whole as DECIMAL(12,9) per cent, rounded up or down unless within ROUNDING of nine decimals."""
    units = parts * UNITS
    near = np.rint(units)
    rounded = np.where(np.abs(units - near) <= ROUNDING * 1e9, near, np.ceil(units) if up else np.floor(units)).astype(np.int64)
    words = np.zeros((len(rounded), 2), np.int64)  # 128-bit integers, low word first; none is negative
    words[:, 0] = rounded
    decimals = pa.Array.from_buffers(pa.decimal128(12, 9), len(rounded), [None, pa.py_buffer(words.tobytes())])
    return pl.Series(values=decimals)


def _frame(name: str, columns: Iterable[pl.Series | Ints | Bools]) -> pl.DataFrame:
    """Columns in the order of the table's declaration."""
    table = GRAPH_TABLES[name]
    return pl.DataFrame(dict(zip(table.names, columns, strict=True)), schema=table.schema)


def _declared(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(GRAPH_TABLES[name].key)
