"""What the graph stage of a night gives: the tables of GRAPH_TABLES from the interests open at its date.

One public function, `build`. Names are turned into numbers by `graphs.ownership.interests`, everything between is arrays, and `graphs.arrays.tables` turns numbers
into names at the end, a run of rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from graphs.arrays.components import Bin, Condensation, bins, condense, levels, parts
from graphs.arrays.edges import Bools, Bytes, Floats, Ints, Parties, ordering, parties, spread
from graphs.arrays.reach import Reach, reach
from graphs.arrays.tables import (
    Frames,
    Ids,
    control_group_ids,
    lists,
    named,
    per_cent,
    stream,
    stream_by_key,
    words,
)
from graphs.control.control import Controlled, blocks, control, ultimate
from graphs.ownership.integrated import FLOOR, Solved, solve
from graphs.ownership.interests import (
    SHARE_BASES,
    ArcArrays,
    Interests,
    control_arcs,
    interests,
    share_arcs,
    within,
)
from graphs.ownership.intervals import UNITS, prepare
from graphs.structure.closure_edges import closure_edges
from graphs.structure.cycles import Cycles, Sets, cyclic_sets, shortest_cycles
from graphs.verdicts import beneficial_owners as bo
from graphs.verdicts.witness import Witness, as_declared, witness
from transforms.errors import DeclarationError
from transforms.model.views import (
    CONTROL_KINDS,
    GRAPH_TABLES,
    NONE_FOUND_REASONS,
    OWNER_BASES,
    OWNER_VERDICTS,
    REGIMES,
)

BUILT_IN_MARKS: Mapping[str, str] = {
    "natural_person": "person",
    "protected_party": "protected",
    "legal_entity": "legal_entity",
}
FOREIGN_MARK = "foreign_entity"
EVERY_PARTY = "~party"  # last in order: counts the closure, and is no mark of `graph_reach`
BIN_ARCS = 2_000_000  # own: some 500 MB of working arrays
FACTS: Mapping[str, bo.Facts] = {
    "is_listed": bo.Facts.LISTED,
    "is_state": bo.Facts.STATE,
    "is_exempt": bo.Facts.EXEMPT,
    "is_undisclosed": bo.Facts.UNDISCLOSED,
    "is_nobody_above_threshold": bo.Facts.BELOW_THRESHOLD,
    "is_in_no_register": bo.Facts.NOT_HELD,
}

type Tables = Iterator[tuple[str, Frames]]
type Run = Callable[[Callable[[ArcArrays], object], Iterable[ArcArrays]], Iterable[object]]


def build(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    marks: pl.DataFrame,
    *,
    floor: float = FLOOR,
    bin_arcs: int = BIN_ARCS,
    run: Run = map,
) -> Tables:
    """The tables of GRAPH_TABLES, one after another: name, and a stream of frames in its declared schema, ordered by its key; whatever the order of the
    input rows (where several interests prove the same, the first row among them is the witness). Take each stream before the next table: what
    a table is made of is let go when the one after it is asked for.

    edges: party_id (holder), subject_id (held), interest_id (null where the register states a holder and no interest), statement_id, basis, reach,
    joint_group (null for none), share_min, share_max (DECIMAL(12,9) per cent, null where not stated or the basis has none), share_min_exclusive,
    share_max_exclusive, is_complete (all holders of the subject on this basis are declared): the interests open at the date. Parallel interests and
    interests in oneself occur. A basis outside `graphs.ownership.interests.BASES` is left out.
    nodes: party_id, kind (a word of `graphs.arrays.edges.KINDS`), is_foreign, cannot_be_owned (a natural person of known identity, a state), and the keys of FACTS
    (booleans): every party once.
    marks: mark, party_id: parties that indicators mark. BUILT_IN_MARKS and FOREIGN_MARK are added here. A marked party without an interest reaches nobody.
    `floor`: integrated shares of which the declared maximum is below it are not listed, as a part of the whole. `bin_arcs`: weak components are worked on
    in bins of about so many arcs. `run`: what maps a function over the bins; a process pool's `map`, for one.

    Raises RunFailed where an end of an edge is not among the nodes or a party stands twice, DeclarationError where a mark has the name of a built-in one.
    """
    nodes = nodes.sort("party_id")
    known = parties(nodes)
    found, owned_persons = interests(edges, known, nodes.get_column("cannot_be_owned").to_numpy())
    yield from _shapes(edges, found, known, _marks(marks, nodes, known), bin_arcs)
    yield "graph_edge", closure_edges(edges, found, known)
    bins_of = _Bins(found.n, bin_arcs, run)
    solved = {
        basis: bins_of.over(partial(_solved, floor=floor), share_arcs(found, basis), ("holder", "subject"))
        for basis in SHARE_BASES
    }
    yield "graph_integrated", _integrated(solved, known)
    yield "graph_contradiction", _contradictions(edges, found, solved, owned_persons)
    controlled = bins_of.over(_controlled, control_arcs(found), ("controller", "subject"))
    yield "graph_control", _control(controlled, known)
    yield "graph_control_group", _control_groups(controlled, found.n, known)
    yield "graph_ubo", _owners(edges, nodes, known, _Results(found, solved, controlled))


def _shapes(
    edges: pl.LazyFrame, found: Interests, known: Parties, marks: tuple[pl.Series, list[Bools]], bin_arcs: int
) -> Tables:
    """The tables that need the closure only; what they are made of is let go before shares are computed."""
    names, marked = marks
    shapes = [_of_bin(part, known, names, marked) for part in bins(found.closure, bin_arcs)]
    yield "graph_network", _network(_joined(Shape, (part[3] for part in shapes)), known)
    yield "graph_scc", _sets(_joined(Sets, (part[0] for part in shapes)), known)
    yield "graph_cycle", _cycles(_joined(Cycles, (part[1] for part in shapes)), edges, found, known)
    yield "graph_reach", _reach(_joined(Reach, (part[2] for part in shapes)), names, known)


# --- ownership and control ------------------------------------------------------------------------------------------


def _solved(arcs: ArcArrays, *, floor: float) -> Solved:
    return solve(arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags, floor=floor)


def _controlled(arcs: ArcArrays) -> Controlled:
    return control(arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags)


@dataclass(frozen=True)
class _Bins:
    """How a function of arcs is mapped over bins of weak components: `n` nodes, about `arcs` arcs a bin, by `run`."""

    n: int
    arcs: int
    run: Run

    def over[T: (Solved, Controlled)](
        self, function: Callable[[ArcArrays], T], arcs: ArcArrays, key: tuple[str, str]
    ) -> T:
        """One result for all bins, with the numbers of `arcs`, sorted by `key`."""
        taken: list[Ints] = []

        def inside() -> Iterator[ArcArrays]:
            for nodes, rows, local in parts(self.n, arcs.src, arcs.dst, self.arcs):
                taken.append(nodes)
                yield ArcArrays(
                    local[arcs.src[rows]],
                    local[arcs.dst[rows]],
                    arcs.low[rows],
                    arcs.high[rows],
                    arcs.flags[rows],
                )

        results = list(self.run(function, inside()))
        if not results:
            none = np.zeros(0)
            return function(
                ArcArrays(none.astype(np.int64), none.astype(np.int64), none, none, none.astype(np.uint8))
            )
        return _placed(results, taken, key)  # type: ignore[return-value, type-var]  # `run` is typed for any result


def _placed[T: (Solved, Controlled)](results: Sequence[T], taken: Sequence[Ints], key: tuple[str, str]) -> T:
    """Results of bins with outside numbers: arrays of pairs joined and sorted by `key`, lists of nodes sorted."""
    first = results[0]
    joined: dict[str, np.ndarray] = {}
    for field in fields(first):
        columns = [getattr(result, field.name) for result in results]
        if field.name in key or not _is_of_pairs(field.name):
            columns = [nodes[column] for nodes, column in zip(taken, columns, strict=True)]
        joined[field.name] = np.concatenate(columns)
    order = ordering(joined[key[0]] * (int(joined[key[1]].max(initial=0)) + 1) + joined[key[1]])
    return replace(
        first,
        **{
            name: column[order] if name in key or _is_of_pairs(name) else np.sort(column)
            for name, column in joined.items()
        },
    )


NODE_LISTS = frozenset({"closed", "contradictory", "iterated", "tops_only"})


def _is_of_pairs(name: str) -> bool:
    return name not in NODE_LISTS


def _integrated(solved: Mapping[str, Solved], known: Parties) -> Frames:
    """Pairs of all bases in order of holder, subject, basis."""
    bases = sorted(solved)

    def make(first: int, last: int) -> Iterable[pl.Series | Ints | Bools]:
        parts = [slice(*np.searchsorted(solved[basis].holder, (first, last)).tolist()) for basis in bases]
        which = np.repeat(np.arange(len(bases), dtype=np.uint8), [part.stop - part.start for part in parts])
        at = {
            field: np.concatenate(
                [getattr(solved[basis], field)[part] for basis, part in zip(bases, parts, strict=True)]
            )
            for field in PAIR_FIELDS
        }
        pick = ordering(which, at["subject"], at["holder"])
        yield named(known, at["holder"][pick])
        yield named(known, at["subject"][pick])
        yield words(which[pick], tuple(bases))
        yield per_cent(at["share_min"][pick], up=False)
        yield from (per_cent(at[name][pick], up=True) for name in ("share_max_declared", "share_max"))
        yield from (at[name][pick].astype(np.bool_) for name in ("min_open", "declared_open", "as_declared"))

    rows_n = np.zeros(len(known), np.int64)
    for basis in bases:
        rows_n += np.bincount(solved[basis].holder, minlength=len(known))
    return stream_by_key("graph_integrated", rows_n, make)


PAIR_FIELDS = (
    "holder",
    "subject",
    "share_min",
    "share_max_declared",
    "share_max",
    "min_open",
    "declared_open",
    "as_declared",
)


def _control(controlled: Controlled, known: Parties) -> Frames:
    def make(rows: slice) -> Iterable[pl.Series]:
        yield named(known, controlled.controller[rows])
        yield named(known, controlled.subject[rows])
        yield words((~controlled.certain[rows]).astype(np.uint8), ("CERTAIN", "POSSIBLE"))
        yield words(controlled.kind[rows], CONTROL_KINDS)

    return stream("graph_control", len(controlled.controller), make)


def _control_groups(controlled: Controlled, n: int, known: Parties) -> Frames:
    controller, subject = ultimate(controlled, n)
    order = ordering(subject, controller)  # ids of groups are in the order of their controllers'

    def make(rows: slice) -> Iterable[pl.Series]:
        controllers = named(known, controller[order[rows]])
        return control_group_ids(controllers), named(known, subject[order[rows]]), controllers

    return stream("graph_control_group", len(order), make)


def _contradictions(
    edges: pl.LazyFrame, found: Interests, solved: Mapping[str, Solved], owned_persons: Ints
) -> Frames:
    """Subjects whose counted minima exceed the whole; shares that none can be; natural persons with holders."""
    over = [_over(found, solved[basis].contradictory, basis, edges) for basis in SHARE_BASES]
    outside = pl.any_horizontal(
        pl.col("share_min") < 0, pl.col("share_max") > 100, pl.col("share_min") > pl.col("share_max")
    )
    impossible = (
        edges.filter(pl.col("basis").is_in(SHARE_BASES) & outside)
        .select(CONTRADICTED)
        .collect()
        .with_columns(kind=pl.lit("impossible"))
    )
    owned = picked(edges, CONTRADICTED, owned_persons).with_columns(kind=pl.lit("holder_is_owned"))
    singles = [_counted_rows(part, pl.lit(None, pl.Float64), pl.lit(False)) for part in (impossible, owned)]
    frame = pl.concat([*over, *singles]).sort("subject_id", "basis", "kind")
    return stream("graph_contradiction", frame.height, lambda rows: [column[rows] for column in frame])


CONTRADICTED = ("subject_id", "basis", "statement_id")


def _over(found: Interests, contradictory: Ints, basis: str, edges: pl.LazyFrame) -> pl.DataFrame:
    """Rows of graph_contradiction for subjects of which more than the whole is held, with the sum of the minima in per cent."""
    if not len(contradictory):
        return GRAPH_TABLES["graph_contradiction"].empty()
    holdings = prepare(*_columns(share_arcs(_around(found, contradictory), basis)))
    mine = np.flatnonzero(found.of_basis(basis) & _of_nodes(found.n, contradictory)[found.held])
    mine = mine[np.argsort(found.row[mine])]
    rows = picked(edges, CONTRADICTED, found.row[mine]).with_columns(
        sum_min=holdings.counted[found.held[mine]] / UNITS * 100,
        sum_min_exclusive=holdings.counted_open[found.held[mine]],
        kind=pl.lit("over"),
    )
    return _counted_rows(rows, pl.col("sum_min").min(), pl.col("sum_min_exclusive").any())


def _counted_rows(rows: pl.DataFrame, sum_min: pl.Expr, exclusive: pl.Expr) -> pl.DataFrame:
    table = GRAPH_TABLES["graph_contradiction"]
    counted = rows.group_by("subject_id", "basis", "kind").agg(
        sum_min.alias("sum_min"),
        exclusive.alias("sum_min_exclusive"),
        pl.len().cast(pl.Int64).alias("interests_n"),
        pl.col("statement_id").min(),
    )
    return table.conformed(counted)


def picked(edges: pl.LazyFrame, columns: Sequence[str], rows: Ints) -> pl.DataFrame:
    """These columns of the rows numbered so, which ascend and are few; nothing else of `edges` is kept in memory."""
    wanted = pl.LazyFrame({"row": rows.astype(np.uint32)})
    return (
        edges.select(columns)
        .with_row_index("row")
        .join(wanted, on="row", how="semi")
        .sort("row")
        .drop("row")
        .collect()
    )


# --- beneficial owners ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Results:
    """What beneficial owners are computed from."""

    found: Interests
    solved: Mapping[str, Solved]
    controlled: Controlled


def _owners(edges: pl.LazyFrame, nodes: pl.DataFrame, known: Parties, results: _Results) -> Frames:
    """Natural persons by subject and regime, and a row without a person for each entity and regime where nobody was found."""
    found, solved, controlled = results.found, results.solved, results.controlled
    entity = _of_nodes(found.n, known.of_kind("legal_entity") | known.of_kind("arrangement"))
    person = _of_nodes(found.n, known.of_kind("person"))
    of_persons, holds = _controlled_by(controlled, person), _of_nodes(found.n, found.closure.src)
    around = _around(found, of_persons.subject[holds[of_persons.subject]])
    held = {basis: blocks(prepare(*_columns(share_arcs(around, basis))), of_persons) for basis in SHARE_BASES}
    del around
    owners = bo.owners(solved, controlled, held, person=person, subject_allowed=entity)
    reason = _nobody(found, owners, _facts(nodes, known), entity[: found.parties])
    proof = witness(owners, found, solved, controlled)
    rests_on_unknown = owners.as_declared | as_declared(proof, found)
    proofs = _Proofs.of(proof, found.row, edges)

    def make(first: int, last: int) -> Iterable[pl.Series | Ints | Bools]:
        rows = bo.rows_of(owners, slice(*np.searchsorted(owners.subject, (first, last)).tolist()))
        regime, nobody = np.nonzero(reason[:, first:last] != bo.NO_REASON)
        none = np.full(len(nobody), -1, np.int64)
        subject, party, regimes = (
            np.concatenate(ends)
            for ends in ((rows.subject, nobody + first), (rows.party, none), (rows.regime, regime))
        )
        pick = ordering(party, _RANK[regimes], subject)
        is_row = pick < len(rows.subject)
        at = np.where(is_row, pick, 0) if len(rows.subject) else none[:0]
        pair = _or(rows.pair, at, is_row, -1)
        yield named(known, subject[pick])
        yield named(known, party[pick])
        yield words(regimes[pick].astype(np.uint8), REGIMES)
        for name in ("share_min", "share_max_declared", "share_max"):
            yield per_cent(_or(getattr(rows, name), at, is_row, np.nan), up=name != "share_min")
        yield words(_or(rows.verdict, at, is_row, OWNER_VERDICTS.index("NONE_FOUND")), OWNER_VERDICTS)
        yield words(_or(rows.basis, at, is_row, len(OWNER_BASES)), OWNER_BASES)
        yield proofs.lists(
            np.where(is_row, proof.of[regimes[pick], pair], -1) if len(owners.subject) else pair
        )
        yield words(np.where(is_row, bo.NO_REASON, reason[regimes[pick], subject[pick]]), NONE_FOUND_REASONS)
        yield is_row & rests_on_unknown[regimes[pick], pair] if len(owners.subject) else is_row

    rows_n = np.zeros(found.parties, np.int64)
    for regime in range(len(REGIMES)):
        rows_n += reason[regime] != bo.NO_REASON
        rows_n += np.bincount(owners.subject[owners.route[regime] != bo.Route.NONE], minlength=found.parties)
    return stream_by_key("graph_ubo", rows_n, make)


_RANK = np.argsort(np.argsort(REGIMES)).astype(np.uint8)  # place of each regime in the order of their names
READ_AT_ONCE = 2_000_000  # own: rows of `edges` of which ids are read, some 150 MB


@dataclass(frozen=True, eq=False)
class _Proofs:
    """Witnesses with ids: proof k has `ids[place[begin[k]:begin[k + 1]]]`. Of the ids of all interests only those that are in a proof are kept."""

    begin: Ints
    place: npt.NDArray[np.int32]
    ids: Ids

    @classmethod
    def of(cls, proof: Witness, row: Ints, edges: pl.LazyFrame) -> _Proofs:
        """`row`: the row of `edges` of each interest, ascending."""
        used = np.zeros(len(row), np.bool_)
        used[proof.interest] = True
        place = (np.cumsum(used, dtype=np.int32) - 1)[proof.interest]
        return cls(proof.begin, place, _interest_ids(edges, row[used]))

    def lists(self, proof: Ints) -> pl.Series:
        """interest_id of the interests of each proof (-1: of none). A holder without an interest has no id to give."""
        begin, end = (
            np.where(proof >= 0, self.begin[proof], 0),
            np.where(proof >= 0, self.begin[proof + 1], 0),
        )
        run, position = spread(begin, end - begin)
        ids = self.ids.take(self.place[position])
        if ids.null_count:
            known = np.flatnonzero(ids.is_valid().to_numpy(zero_copy_only=False))
            ids, run = ids.take(known), run[known]
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(run, minlength=len(proof)))))
        return lists(ids, offsets.astype(np.int64))


def _interest_ids(edges: pl.LazyFrame, rows: Ints) -> Ids:
    """interest_id of these rows, which ascend: a run at a time, as all ids of a register are several times as large as what is made of them."""
    chunks: list[Ids] = [pa.array([], pa.large_string())]
    for begin in range(0, int(rows[-1]) + 1 if len(rows) else 0, READ_AT_ONCE):
        mine = rows[slice(*np.searchsorted(rows, (begin, begin + READ_AT_ONCE)).tolist())] - begin
        column = edges.select("interest_id").slice(begin, READ_AT_ONCE).collect().to_series()
        chunks.append(column.gather(pl.Series(values=mine)).to_arrow().cast(pa.large_string()))
    return pa.concat_arrays(chunks)


def _columns(arcs: ArcArrays) -> tuple[Ints, Ints, Floats, Floats, Bytes]:
    return arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags


def _controlled_by(controlled: Controlled, who: Bools) -> Controlled:
    """The pairs of these controllers: a block of anybody else is of no use here, and a chain above a hub would have many."""
    rows = who[controlled.controller]
    pairs = {
        field.name: getattr(controlled, field.name)[rows]
        for field in fields(controlled)
        if field.name not in NODE_LISTS
    }
    return replace(controlled, **pairs)


def _around(found: Interests, parties: Ints) -> Interests:
    """The interests of the weak components of these parties."""
    return within(found, _of_nodes(int(found.component.max(initial=-1)) + 1, found.component[parties]))


def _of_nodes(n: int, nodes: Ints | Bools) -> Bools:
    """Marks of nodes, bool[n], from their numbers or from marks of the parties: a group node has none."""
    marks = np.zeros(n, np.bool_)
    marks[np.flatnonzero(nodes) if nodes.dtype == np.bool_ else nodes] = True
    return marks


def _or[T: np.generic](values: npt.NDArray[T], at: Ints, known: Bools, other: object) -> npt.NDArray[T]:
    """`values[at]` where `known`, else `other`."""
    if not len(values):
        return np.full(len(known), other, values.dtype)
    return np.where(known, values[at], np.asarray(other, values.dtype))


def _facts(nodes: pl.DataFrame, known: Parties) -> Ints:
    """Bits of `bo.Facts` of each party."""
    of_kind = {
        "person": bo.Facts.PERSON,
        "protected": bo.Facts.PROTECTED,
        "unspecified": bo.Facts.UNDISCLOSED,
        "arrangement": bo.Facts.ARRANGEMENT,
    }
    facts = np.zeros(len(known), np.int64)
    for kind, bit in of_kind.items():
        facts[known.of_kind(kind)] |= int(bit)
    for name, bit in FACTS.items():
        facts[nodes.get_column(name).to_numpy()] |= int(bit)
    return facts


def _nobody(found: Interests, owners: bo.Owners, facts: Ints, entity: Bools) -> Bytes:
    """Why nobody was found of each entity under each regime: uint8[regimes, parties], NO_REASON where somebody was, and for all others."""
    reason = bo.none_found(found.closure, condense(found.closure), facts, ~entity)
    reasons = np.tile(reason, (len(REGIMES), 1))
    for regime in range(len(REGIMES)):
        reasons[regime, owners.subject[owners.verdict[regime] <= OWNER_VERDICTS.index("POSSIBLE")]] = (
            bo.NO_REASON
        )
    return reasons


# --- shape ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Shape:
    """The network above each legal entity and arrangement that has one: int64 arrays of one length; `foreign` and its depth -1 for none."""

    subject: Ints
    depth: Ints
    parties: Ints
    entities: Ints
    foreign: Ints
    foreign_depth: Ints


def _marks(marks: pl.DataFrame, nodes: pl.DataFrame, known: Parties) -> tuple[pl.Series, list[Bools]]:
    """Names of all marks in ascending order, and for each who carries it: bool[parties]. The last is EVERY_PARTY."""
    built_in = {*BUILT_IN_MARKS, FOREIGN_MARK}
    if taken := sorted(set(marks.get_column("mark").unique()) & built_in):
        raise DeclarationError(f"mark {taken[0]} is built in; give the indicator's mark another name")
    declared = {
        mark: known.ids.is_in(group.get_column("party_id").implode()).to_numpy()
        for (mark,), group in marks.group_by("mark")
    }
    carried = {str(mark): carriers for mark, carriers in declared.items()} | {
        mark: known.of_kind(kind) for mark, kind in BUILT_IN_MARKS.items()
    }
    carried[FOREIGN_MARK] = known.of_kind("legal_entity") & nodes.get_column("is_foreign").to_numpy()
    carried[EVERY_PARTY] = np.ones(len(known), np.bool_)
    names = sorted(carried)
    return pl.Series(names, dtype=pl.String), [carried[name] for name in names]


def _of_bin(
    part: Bin, known: Parties, names: pl.Series, marked: list[Bools]
) -> tuple[Sets, Cycles, Reach, Shape]:
    """Sets, cycles, reach and shape of some weak components, with outside numbers."""
    sets = condense(part.arcs)
    legal_entity = known.of_kind("legal_entity")[part.nodes]
    cyclic = cyclic_sets(part.arcs, sets.label, legal_entity)
    subjects = np.flatnonzero(legal_entity | known.of_kind("arrangement")[part.nodes])
    reached = reach(part.arcs, sets, np.column_stack([carriers[part.nodes] for carriers in marked]), subjects)
    cycles = shortest_cycles(part.arcs, sets.label, cyclic)
    at = part.nodes
    shape = _shape(reached, sets, names.to_list())
    every = reached.mark == len(marked) - 1
    return (
        Sets(at[cyclic.subject], at[cyclic.set_id], cyclic.size, cyclic.holds_itself),
        Cycles(at[cycles.subject], cycles.position, at[cycles.holder], at[cycles.held]),
        Reach(
            at[reached.subject[~every]],
            reached.mark[~every],
            at[reached.nearest[~every]],
            reached.depth[~every],
            reached.n[~every],
            reached.all_tops[~every],
        ),
        replace(
            shape,
            subject=at[shape.subject],
            foreign=np.where(shape.foreign < 0, -1, at[np.maximum(shape.foreign, 0)]),
        ),
    )


def _shape(reached: Reach, sets: Condensation, names: list[str]) -> Shape:
    depth = levels(sets.arcs).of_node()[sets.label]
    every, entities, foreign = (
        reached.mark == names.index(name) for name in (EVERY_PARTY, "legal_entity", FOREIGN_MARK)
    )
    subject = reached.subject[every]
    entities_n, nearest, steps = (np.full(len(sets.label), none, np.int64) for none in (0, -1, -1))
    entities_n[reached.subject[entities]] = reached.n[entities]
    nearest[reached.subject[foreign]] = reached.nearest[foreign]
    steps[reached.subject[foreign]] = reached.depth[foreign]
    return Shape(
        subject, depth[subject], reached.n[every], entities_n[subject], nearest[subject], steps[subject]
    )


def _joined[T: (Sets, Cycles, Reach, Shape)](kind: type[T], found: Iterable[T]) -> T:
    """The parts of all bins in one, array by array."""
    columns = [list(vars(part).values()) for part in found]
    empty = [np.zeros(0, np.int64)] * len(kind.__dataclass_fields__)
    return kind(*(np.concatenate(arrays) for arrays in zip(empty, *columns, strict=True)))


def _network(shape: Shape, known: Parties) -> Frames:
    order = np.argsort(shape.subject)

    def make(rows: slice) -> Iterable[pl.Series | Ints]:
        pick = order[rows]
        yield named(known, shape.subject[pick])
        yield from (shape.depth[pick], shape.parties[pick], shape.entities[pick])
        yield named(known, shape.foreign[pick])
        steps = pl.Series(values=shape.foreign_depth[pick])
        yield pl.select(pl.when(steps >= 0).then(steps)).to_series()

    return stream("graph_network", len(order), make)


def _sets(sets: Sets, known: Parties) -> Frames:
    order = np.argsort(sets.subject)

    def make(rows: slice) -> Iterable[pl.Series | Ints | Bools]:
        pick = order[rows]
        return (
            known.names(sets.subject[pick]),
            known.names(sets.set_id[pick]),
            sets.size[pick],
            sets.holds_itself[pick].astype(np.bool_),
        )

    return stream("graph_scc", len(order), make)


def _cycles(cycles: Cycles, edges: pl.LazyFrame, found: Interests, known: Parties) -> Frames:
    """Steps with the smallest relationship statement between the two parties of each."""
    steps = pl.DataFrame(
        {"subject": cycles.subject, "position": cycles.position, "holder": cycles.holder, "held": cycles.held}
    ).sort("subject", "position")
    pairs = steps.select("holder", "held").unique()
    proof = (
        pl.DataFrame({"holder": found.holder, "held": found.held, "row": found.row})
        .join(pairs, on=("holder", "held"), how="semi")
        .sort("row")
    )
    proof = proof.with_columns(picked(edges, ["statement_id"], proof.get_column("row").to_numpy()))
    steps = steps.join(
        proof.group_by("holder", "held").agg(pl.col("statement_id").min()),
        on=("holder", "held"),
        how="left",
        maintain_order="left",
    )

    def make(rows: slice) -> Iterable[pl.Series]:
        part = steps[rows]
        subject, first, second = (
            known.names(part.get_column(name).to_numpy()) for name in ("subject", "holder", "held")
        )
        return subject, part.get_column("position"), first, second, part.get_column("statement_id")

    return stream("graph_cycle", steps.height, make)


def _reach(found: Reach, names: pl.Series, known: Parties) -> Frames:
    order = ordering(found.mark, found.subject)

    def make(rows: slice) -> Iterable[pl.Series | Ints | Bools]:
        pick = order[rows]
        yield known.names(found.subject[pick])
        yield names.gather(pl.Series(values=found.mark[pick], dtype=pl.Int64))
        yield known.names(found.nearest[pick])
        yield from (found.depth[pick], found.n[pick], found.all_tops[pick].astype(np.bool_))

    return stream("graph_reach", len(order), make)
