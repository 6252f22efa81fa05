"""What the graph stage of a night gives: the tables of GRAPH_TABLES from the interests open at its date.

One public function, `build`. Names are turned into numbers by `graphs.interests`, everything between is arrays, and `graphs.tables` turns numbers
into names at the end, a run of rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from graphs import beneficial_owners as bo
from graphs.closure_edges import closure_edges
from graphs.components import Bin, Condensation, bins, condense, levels, parts
from graphs.control import Controlled, blocks, control, ultimate
from graphs.cycles import Cycles, Sets, cyclic_sets, shortest_cycles
from graphs.edges import Bools, Bytes, Floats, Ints, Parties, parties, spread
from graphs.integrated import FLOOR, Solved, solve
from graphs.interests import SHARE_BASES, ArcArrays, Interests, control_arcs, interests, share_arcs
from graphs.intervals import UNITS, prepare
from graphs.reach import Reach, reach
from graphs.tables import Frames, control_group_ids, lists, named, per_cent, stream, words
from graphs.witness import Witness, as_declared, witness
from transforms.errors import DeclarationError
from transforms.views import CONTROL_KINDS, GRAPH_TABLES, NONE_FOUND_REASONS, OWNER_BASES, OWNER_VERDICTS, REGIMES

BUILT_IN_MARKS: Mapping[str, str] = {"natural_person": "person", "protected_party": "protected", "legal_entity": "legal_entity"}
FOREIGN_MARK = "foreign_entity"
EVERY_PARTY = "~party"  # last in order: counts the closure, and is no mark of `graph_reach`
BIN_ARCS = 2_000_000  # own: some 500 MB of working arrays
FACTS: Mapping[str, bo.Facts] = {
    "is_listed": bo.Facts.LISTED, "is_state": bo.Facts.STATE, "is_exempt": bo.Facts.EXEMPT, "is_undisclosed": bo.Facts.UNDISCLOSED,
    "is_nobody_above_threshold": bo.Facts.BELOW_THRESHOLD, "is_in_no_register": bo.Facts.NOT_HELD,
}  # fmt: skip

type Tables = Iterator[tuple[str, Frames]]
type Run = Callable[[Callable[[ArcArrays], object], Iterable[ArcArrays]], Iterable[object]]


def build(edges: pl.LazyFrame, nodes: pl.DataFrame, marks: pl.DataFrame, *, floor: float = FLOOR, bin_arcs: int = BIN_ARCS, run: Run = map) -> Tables:
    """The tables of GRAPH_TABLES, one after another: name, and a stream of frames in its declared schema, ordered by its key; whatever the order of the
    input rows (where several interests prove the same, the first row among them is the witness). Take each stream before the next table: what
    a table is made of is let go when the one after it is asked for.

    edges: party_id (holder), subject_id (held), interest_id (null where the register states a holder and no interest), statement_id, basis, reach,
    joint_group (null for none), share_min, share_max (DECIMAL(12,9) per cent, null where not stated or the basis has none), share_min_exclusive,
    share_max_exclusive, is_complete (all holders of the subject on this basis are declared): the interests open at the date. Parallel interests and
    interests in oneself occur. A basis outside `graphs.interests.BASES` is left out.
    nodes: party_id, kind (a word of `graphs.edges.KINDS`), is_foreign, cannot_be_owned (a natural person of known identity, a state), and the keys of FACTS
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
    arcs = {basis: share_arcs(found, basis) for basis in SHARE_BASES}
    solved = {basis: bins_of.over(partial(_solved, floor=floor), arcs[basis], ("holder", "subject")) for basis in SHARE_BASES}
    yield "graph_integrated", _integrated(solved, known)
    yield "graph_contradiction", _contradictions(edges, found, arcs, solved, owned_persons)
    controlled = bins_of.over(_controlled, control_arcs(found), ("controller", "subject"))
    yield "graph_control", _control(controlled, known)
    yield "graph_control_group", _control_groups(controlled, found.n, known)
    yield "graph_ubo", _owners(edges, nodes, known, _Results(found, arcs, solved, controlled))


def _shapes(edges: pl.LazyFrame, found: Interests, known: Parties, marks: tuple[pl.Series, list[Bools]], bin_arcs: int) -> Tables:
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

    def over[T: (Solved, Controlled)](self, function: Callable[[ArcArrays], T], arcs: ArcArrays, key: tuple[str, str]) -> T:
        """One result for all bins, with the numbers of `arcs`, sorted by `key`."""
        taken: list[Ints] = []

        def inside() -> Iterator[ArcArrays]:
            for nodes, rows, local in parts(self.n, arcs.src, arcs.dst, self.arcs):
                taken.append(nodes)
                yield ArcArrays(local[arcs.src[rows]], local[arcs.dst[rows]], arcs.low[rows], arcs.high[rows], arcs.flags[rows])

        results = list(self.run(function, inside()))
        if not results:
            none = np.zeros(0)
            return function(ArcArrays(none.astype(np.int64), none.astype(np.int64), none, none, none.astype(np.uint8)))
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
    order = np.lexsort((joined[key[1]], joined[key[0]]))
    return replace(first, **{name: column[order] if name in key or _is_of_pairs(name) else np.sort(column) for name, column in joined.items()})


NODE_LISTS = frozenset({"closed", "contradictory", "iterated", "tops_only"})


def _is_of_pairs(name: str) -> bool:
    return name not in NODE_LISTS


def _integrated(solved: Mapping[str, Solved], known: Parties) -> Frames:
    """Pairs of all bases in order of holder, subject, basis."""
    bases = sorted(solved)
    which = np.concatenate([np.full(len(solved[basis].holder), number, np.uint8) for number, basis in enumerate(bases)])
    at = {field: np.concatenate([getattr(solved[basis], field) for basis in bases]) for field in PAIR_FIELDS}
    order = np.argsort((at["holder"] * len(known) + at["subject"]) * len(bases) + which)

    def make(rows: slice) -> Iterable[pl.Series | Ints | Bools]:
        pick = order[rows]
        yield named(known, at["holder"][pick])
        yield named(known, at["subject"][pick])
        yield words(which[pick], tuple(bases))
        yield per_cent(at["share_min"][pick], up=False)
        yield from (per_cent(at[name][pick], up=True) for name in ("share_max_declared", "share_max"))
        yield from (at[name][pick].astype(np.bool_) for name in ("min_open", "declared_open", "as_declared"))

    return stream("graph_integrated", len(order), make)


PAIR_FIELDS = ("holder", "subject", "share_min", "share_max_declared", "share_max", "min_open", "declared_open", "as_declared")


def _control(controlled: Controlled, known: Parties) -> Frames:
    def make(rows: slice) -> Iterable[pl.Series]:
        yield named(known, controlled.controller[rows])
        yield named(known, controlled.subject[rows])
        yield words((~controlled.certain[rows]).astype(np.uint8), ("CERTAIN", "POSSIBLE"))
        yield words(controlled.kind[rows], CONTROL_KINDS)

    return stream("graph_control", len(controlled.controller), make)


def _control_groups(controlled: Controlled, n: int, known: Parties) -> Frames:
    controller, subject = ultimate(controlled, n)
    order = np.lexsort((subject, controller))  # ids of groups are in the order of their controllers'

    def make(rows: slice) -> Iterable[pl.Series]:
        controllers = named(known, controller[order[rows]])
        return control_group_ids(controllers), named(known, subject[order[rows]]), controllers

    return stream("graph_control_group", len(order), make)


def _contradictions(edges: pl.LazyFrame, found: Interests, arcs: Mapping[str, ArcArrays], solved: Mapping[str, Solved], owned_persons: Ints) -> Frames:
    """Subjects whose counted minima exceed the whole; shares that none can be; natural persons with holders."""
    over = [_over(found, arcs[basis], solved[basis].contradictory, basis, edges) for basis in SHARE_BASES]
    outside = pl.any_horizontal(pl.col("share_min") < 0, pl.col("share_max") > 100, pl.col("share_min") > pl.col("share_max"))
    impossible = edges.filter(pl.col("basis").is_in(SHARE_BASES) & outside).select(CONTRADICTED).collect().with_columns(kind=pl.lit("impossible"))
    owned = picked(edges, CONTRADICTED, owned_persons).with_columns(kind=pl.lit("holder_is_owned"))
    singles = [_counted_rows(part, pl.lit(None, pl.Float64), pl.lit(False)) for part in (impossible, owned)]
    frame = pl.concat([*over, *singles]).sort("subject_id", "basis", "kind")
    return stream("graph_contradiction", frame.height, lambda rows: [column[rows] for column in frame])


CONTRADICTED = ("subject_id", "basis", "statement_id")


def _over(found: Interests, arcs: ArcArrays, contradictory: Ints, basis: str, edges: pl.LazyFrame) -> pl.DataFrame:
    """Rows of graph_contradiction for subjects of which more than the whole is held, with the sum of the minima in per cent."""
    if not len(contradictory):
        return GRAPH_TABLES["graph_contradiction"].empty()
    holdings = prepare(arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags)
    mine = np.flatnonzero(found.of_basis(basis) & np.isin(found.held, contradictory))
    mine = mine[np.argsort(found.row[mine])]
    rows = picked(edges, CONTRADICTED, found.row[mine]).with_columns(
        sum_min=holdings.counted[found.held[mine]] / UNITS * 100, sum_min_exclusive=holdings.counted_open[found.held[mine]], kind=pl.lit("over")
    )
    return _counted_rows(rows, pl.col("sum_min").min(), pl.col("sum_min_exclusive").any())


def _counted_rows(rows: pl.DataFrame, sum_min: pl.Expr, exclusive: pl.Expr) -> pl.DataFrame:
    table = GRAPH_TABLES["graph_contradiction"]
    counted = rows.group_by("subject_id", "basis", "kind").agg(
        sum_min.alias("sum_min"), exclusive.alias("sum_min_exclusive"), pl.len().cast(pl.Int64).alias("interests_n"), pl.col("statement_id").min()
    )
    return table.conformed(counted)


def picked(edges: pl.LazyFrame, columns: Sequence[str], rows: Ints) -> pl.DataFrame:
    """These columns of the rows numbered so, which ascend and are few; nothing else of `edges` is kept in memory."""
    wanted = pl.LazyFrame({"row": rows.astype(np.uint32)})
    return edges.select(columns).with_row_index("row").join(wanted, on="row", how="semi").sort("row").drop("row").collect()


# --- beneficial owners ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Results:
    """What beneficial owners are computed from."""

    found: Interests
    arcs: Mapping[str, ArcArrays]
    solved: Mapping[str, Solved]
    controlled: Controlled


def _owners(edges: pl.LazyFrame, nodes: pl.DataFrame, known: Parties, results: _Results) -> Frames:
    """Natural persons by subject and regime, and a row without a person for each entity and regime where nobody was found."""
    found, solved, controlled = results.found, results.solved, results.controlled
    entity = _of_nodes(found.n, known.of_kind("legal_entity") | known.of_kind("arrangement"))
    person = _of_nodes(found.n, known.of_kind("person"))
    of_persons = _controlled_by(controlled, person)
    held = {basis: blocks(prepare(*_columns(results.arcs[basis])), of_persons) for basis in SHARE_BASES}
    owners = bo.owners(solved, controlled, held, person=person, subject_allowed=entity)
    nobody, regime, reason = _nobody(found, owners, _facts(nodes, known), entity[: found.parties])
    proof = witness(owners, found, solved, controlled)
    rests_on_unknown = owners.as_declared | as_declared(proof, found)
    interest_ids = edges.select("interest_id").collect().to_series()
    owners_n = len(owners.subject)
    none = np.full(len(nobody), -1, np.int64)
    subject, party = np.concatenate((owners.subject, nobody)), np.concatenate((owners.party, none))
    regimes = np.concatenate((owners.regime, regime))
    rank = np.argsort(np.argsort(REGIMES)).astype(np.uint8)[regimes]
    order = np.lexsort((party, rank, subject))

    def make(rows: slice) -> Iterable[pl.Series | Ints | Bools]:
        pick = order[rows]
        is_row = pick < owners_n
        at = np.where(is_row, pick, 0) if owners_n else np.zeros(0, np.int64)
        yield named(known, subject[pick])
        yield named(known, party[pick])
        yield words(regimes[pick], REGIMES)
        for name in ("share_min", "share_max_declared", "share_max"):
            yield per_cent(_or(getattr(owners, name), at, is_row, np.nan), up=name != "share_min")
        yield words(_or(owners.verdict, at, is_row, OWNER_VERDICTS.index("NONE_FOUND")), OWNER_VERDICTS)
        yield words(_or(owners.basis, at, is_row, len(OWNER_BASES)), OWNER_BASES)
        yield _witnesses(proof, found.row, interest_ids, at, is_row)
        yield words(np.where(is_row, bo.NO_REASON, reason[np.where(is_row, 0, pick - owners_n)] if len(reason) else bo.NO_REASON), NONE_FOUND_REASONS)
        yield _or(rests_on_unknown, at, is_row, False).astype(np.bool_)

    return stream("graph_ubo", len(order), make)


def _witnesses(proof: Witness, rows: Ints, interest_ids: pl.Series, at: Ints, is_row: Bools) -> pl.Series:
    """interest_id of the interests of each proof; `rows` is the row of `edges` of each interest. A holder without an interest has no id to give."""
    if not len(proof.interest):
        return lists(pl.Series([], dtype=pl.String), np.zeros(len(is_row) + 1, np.int64))
    begin = np.where(is_row, proof.offsets[at], 0)
    count = np.where(is_row, proof.offsets[at + 1] - begin, 0)
    run, position = spread(begin, count)
    ids = interest_ids.gather(rows[proof.interest[position]])
    known = ids.is_not_null()
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(run[known.to_numpy()], minlength=len(at)))))
    return lists(ids.filter(known), offsets.astype(np.int64))


def _columns(arcs: ArcArrays) -> tuple[Ints, Ints, Floats, Floats, Bytes]:
    return arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags


def _controlled_by(controlled: Controlled, who: Bools) -> Controlled:
    """The pairs of these controllers: a block of anybody else is of no use here, and a chain above a hub would have many."""
    rows = who[controlled.controller]
    pairs = {field.name: getattr(controlled, field.name)[rows] for field in fields(controlled) if field.name not in NODE_LISTS}
    return replace(controlled, **pairs)


def _of_nodes(n: int, parties: Bools) -> Bools:
    """Marks of parties as marks of nodes: a group node has none."""
    marks = np.zeros(n, np.bool_)
    marks[: len(parties)] = parties
    return marks


def _or[T: np.generic](values: npt.NDArray[T], at: Ints, known: Bools, other: object) -> npt.NDArray[T]:
    """`values[at]` where `known`, else `other`."""
    if not len(values):
        return np.full(len(known), other, values.dtype)
    return np.where(known, values[at], np.asarray(other, values.dtype))


def _facts(nodes: pl.DataFrame, known: Parties) -> Ints:
    """Bits of `bo.Facts` of each party."""
    of_kind = {"person": bo.Facts.PERSON, "protected": bo.Facts.PROTECTED, "unspecified": bo.Facts.UNDISCLOSED, "arrangement": bo.Facts.ARRANGEMENT}
    facts = np.zeros(len(known), np.int64)
    for kind, bit in of_kind.items():
        facts[known.of_kind(kind)] |= int(bit)
    for name, bit in FACTS.items():
        facts[nodes.get_column(name).to_numpy()] |= int(bit)
    return facts


def _nobody(found: Interests, owners: bo.Owners, facts: Ints, entity: Bools) -> tuple[Ints, Bytes, Bytes]:
    """Entities of which nobody was found, under which regime, and why: arrays of one length."""
    sets = condense(found.closure)
    strong = (owners.verdict == OWNER_VERDICTS.index("CERTAIN")) | (owners.verdict == OWNER_VERDICTS.index("POSSIBLE"))
    parts_found = []
    for regime in range(len(REGIMES)):
        has_owner = ~entity
        has_owner[owners.subject[strong & (owners.regime == regime)]] = True
        reason = bo.none_found(found.closure, sets, facts, has_owner)
        nobody = np.flatnonzero(~has_owner)
        parts_found.append((nobody, np.full(len(nobody), regime, np.uint8), reason[nobody]))
    subject, regimes, reasons = (np.concatenate([part[k] for part in parts_found]) for k in range(3))
    return subject, regimes, reasons


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
    declared = {mark: known.ids.is_in(group.get_column("party_id").implode()).to_numpy() for (mark,), group in marks.group_by("mark")}
    carried = {str(mark): carriers for mark, carriers in declared.items()} | {mark: known.of_kind(kind) for mark, kind in BUILT_IN_MARKS.items()}
    carried[FOREIGN_MARK] = known.of_kind("legal_entity") & nodes.get_column("is_foreign").to_numpy()
    carried[EVERY_PARTY] = np.ones(len(known), np.bool_)
    names = sorted(carried)
    return pl.Series(names, dtype=pl.String), [carried[name] for name in names]


def _of_bin(part: Bin, known: Parties, names: pl.Series, marked: list[Bools]) -> tuple[Sets, Cycles, Reach, Shape]:
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
            at[reached.subject[~every]], reached.mark[~every], at[reached.nearest[~every]], reached.depth[~every], reached.n[~every], reached.all_tops[~every]
        ),
        replace(shape, subject=at[shape.subject], foreign=np.where(shape.foreign < 0, -1, at[np.maximum(shape.foreign, 0)])),
    )


def _shape(reached: Reach, sets: Condensation, names: list[str]) -> Shape:
    depth = levels(sets.arcs).of_node()[sets.label]
    every, entities, foreign = (reached.mark == names.index(name) for name in (EVERY_PARTY, "legal_entity", FOREIGN_MARK))
    subject = reached.subject[every]
    entities_n, nearest, steps = (np.full(len(sets.label), none, np.int64) for none in (0, -1, -1))
    entities_n[reached.subject[entities]] = reached.n[entities]
    nearest[reached.subject[foreign]] = reached.nearest[foreign]
    steps[reached.subject[foreign]] = reached.depth[foreign]
    return Shape(subject, depth[subject], reached.n[every], entities_n[subject], nearest[subject], steps[subject])


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
        return known.names(sets.subject[pick]), known.names(sets.set_id[pick]), sets.size[pick], sets.holds_itself[pick].astype(np.bool_)

    return stream("graph_scc", len(order), make)


def _cycles(cycles: Cycles, edges: pl.LazyFrame, found: Interests, known: Parties) -> Frames:
    """Steps with the smallest relationship statement between the two parties of each."""
    steps = pl.DataFrame({"subject": cycles.subject, "position": cycles.position, "holder": cycles.holder, "held": cycles.held}).sort("subject", "position")
    pairs = steps.select("holder", "held").unique()
    proof = pl.DataFrame({"holder": found.holder, "held": found.held, "row": found.row}).join(pairs, on=("holder", "held"), how="semi").sort("row")
    proof = proof.with_columns(picked(edges, ["statement_id"], proof.get_column("row").to_numpy()))
    steps = steps.join(proof.group_by("holder", "held").agg(pl.col("statement_id").min()), on=("holder", "held"), how="left", maintain_order="left")

    def make(rows: slice) -> Iterable[pl.Series]:
        part = steps[rows]
        subject, first, second = (known.names(part.get_column(name).to_numpy()) for name in ("subject", "holder", "held"))
        return subject, part.get_column("position"), first, second, part.get_column("statement_id")

    return stream("graph_cycle", steps.height, make)


def _reach(found: Reach, names: pl.Series, known: Parties) -> Frames:
    order = np.lexsort((found.mark, found.subject))

    def make(rows: slice) -> Iterable[pl.Series | Ints | Bools]:
        pick = order[rows]
        yield known.names(found.subject[pick])
        yield names.gather(pl.Series(values=found.mark[pick], dtype=pl.Int64))
        yield known.names(found.nearest[pick])
        yield from (found.depth[pick], found.n[pick], found.all_tops[pick].astype(np.bool_))

    return stream("graph_reach", len(order), make)
