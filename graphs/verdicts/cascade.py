"""Entities owned or controlled by designated parties, by the rule of each financial sanctions regime:
`graph_cascade`.

A *designated set* S starts with the parties on a list. An entity is added to it
- under regimes that aggregate all designated parties (OFAC, EU): if S has at least half of its shares,
  counted once, without those that it holds itself. An entity that is added counts with its whole holding: a
  cascade, not a product;
- under the regime that counts each designated party alone (UK): if one of them, with everything in its own
  *chain*, has more than half;
- under regimes in which control counts (EU, UK): if a member of the set (in the UK: of the same chain)
  certainly controls it, or all who certainly control it jointly are members.

CERTAIN rests on minima, POSSIBLE on declared maxima. Shares and rights to surplus assets are counted
separately, and each decides by itself; votes decide through control. Overlapping interests count once, as in
`graphs.control.coalitions`. Joint holders are certainly in a set if all of them are, and possibly if one is.
Under the UK rule each of them holds what they hold jointly.

Example under OFAC: designated P holds 50 % of A, and A holds 50 % of B. Both are added, although P's
integrated share of B is 25 %.

Sources: OFAC, Revised Guidance on Entities Owned by Persons Whose Property and Interests in Property Are
Blocked (2014), and FAQ 401; Council of the EU, best practices on restrictive measures, "ownership" and
"control"; OFSI, UK Financial Sanctions Guidance, "ownership and control"; the Russia (Sanctions) (EU Exit)
Regulations 2019, Schedule 1, paragraph 2, "joint interests". Method: a least fixpoint from
the designated parties outwards, on the weak components with a designated party (`cascade_sets`).
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from graphs.arrays.edges import Bools, Floats, Ints, run_starts
from graphs.arrays.tables import Frames, named, words
from graphs.arrays.units import per_cent
from graphs.ownership.interests import BASES
from graphs.verdicts.cascade_sets import (
    OWNERSHIP_BASES,
    SANCTION_REGIMES,
    CascadePart,
    Members,
    SanctionRegime,
    cascade_part,
    controlled,
    designated_set,
    is_enough,
    share_of_chain,
)
from transforms.model.views import (
    CASCADE_REGIMES,
    CASCADE_SETS,
    CASCADE_WAYS,
    CONTROL_VERDICTS,
    GRAPH_TABLES,
)

# Suffix of a set that also has the candidates for a list. The set without them is the one before it.
CANDIDATES = "_candidate"
WITNESS_INTERESTS = 100  # own: interests listed of a proof, those nearest to the subject first
BY_OWNERSHIP, BY_CONTROL = range(2)  # positions in CASCADE_WAYS
CERTAIN, POSSIBLE = range(2)  # positions in CONTROL_VERDICTS

# Rows before numbers become names. `regime`, `set`, `verdict`, `way` are positions; `share` is a fraction of
# the whole, NaN if only control decides; `sources` are party numbers, `witness` positions of interests.
ROWS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "subject": pl.Int64,
    "regime": pl.UInt8,
    "set": pl.UInt8,
    "verdict": pl.UInt8,
    "way": pl.UInt8,
    "share": pl.Float64,
    "depth": pl.Int64,
    "sources": pl.List(pl.Int64),
    "witness": pl.List(pl.Int64),
}


def build(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    marks: pl.DataFrame,
    closure: pl.LazyFrame,
    control: pl.LazyFrame,
) -> Frames:
    """`graph_cascade` as one frame in its declared schema and key order.

    edges, nodes: as in `graphs.build.build`. marks: mark, party_id; only the marks of CASCADE_SETS are used.
    closure, control: `graph_edge` and `graph_control` of the same run. In a set with candidates, a subject is
    listed under a regime only if the verdict is stronger than in the set without them.
    """
    sets = _designated(marks)
    part = cascade_part(edges, nodes, closure, control, pl.concat(sets.values()).unique())
    rows = [_rows_of_set(part, sets[name], number) for number, name in enumerate(CASCADE_SETS)]
    yield _table(part, _stronger(pl.concat(rows)))


def _designated(marks: pl.DataFrame) -> dict[str, pl.Series]:
    """Ids of the parties of each designated set."""
    marks_of = {name: (name, name.removesuffix(CANDIDATES)) for name in CASCADE_SETS}
    return {name: marks.filter(pl.col("mark").is_in(own))["party_id"] for name, own in marks_of.items()}


# --- rows -------------------------------------------------------------------------------------------------


def _rows_of_set(part: CascadePart, ids: pl.Series, set_no: int) -> pl.DataFrame:
    """Rows of one designated set under every regime: CERTAIN if any chain certainly has the entity, otherwise
    POSSIBLE.
    """
    designated = np.flatnonzero(part.known.ids.is_in(ids.implode()).to_numpy()).astype(np.int64)
    frames = [pl.DataFrame(schema=ROWS)]
    for regime_no, regime in enumerate(SANCTION_REGIMES if len(designated) else ()):
        listed = np.zeros(part.network.n, np.bool_)
        for verdict in (CERTAIN, POSSIBLE):
            members = designated_set(part, regime, designated, certain=verdict == CERTAIN)
            entities = _added_entities(part, members, designated)
            new = entities.at(~listed[entities.key % part.network.n])
            listed[new.key % part.network.n] = True
            rows = _rows(part, regime, members, new, designated, certain=verdict == CERTAIN)
            columns = {"regime": regime_no, "set": set_no, "verdict": verdict}
            frames.append(
                pl.DataFrame({**rows, **{name: [k] * len(rows["way"]) for name, k in columns.items()}}, ROWS)
            )
    return pl.concat(frames)


def _added_entities(part: CascadePart, members: Members, designated: Ints) -> Members:
    """The legal entities and arrangements added, once for each chain that has them, by entity and chain."""
    n, entity = part.network.n, np.zeros(part.network.n, np.bool_)
    entity[: part.network.parties] = part.known.of_kind("legal_entity") | part.known.of_kind("arrangement")
    entity[designated] = False
    added = members.at(entity[members.key % n])
    return added.at(np.lexsort((added.key // n, added.key % n)))


def _rows(
    part: CascadePart,
    regime: SanctionRegime,
    members: Members,
    new: Members,
    designated: Ints,
    *,
    certain: bool,
) -> dict[str, Ints | Floats | list[list[int]]]:
    """Columns of ROWS except those that are the same in all rows. `new`: entities, once for each chain that
    has them. The first chain gives the share, and the witness proves all of them.
    """
    n = part.network.n
    _, is_owned = _best_share(part, regime, members, members.key, certain=certain)
    owned = frozenset(members.key[is_owned].tolist())
    below = owned | frozenset(controlled(part, regime, members).tolist())
    starts = designated.tolist()
    ends = [frozenset(starts)] if regime.joint else [frozenset([start]) for start in starts]
    first = run_starts(new.key % n)
    proved = [
        _proofs(part, members, ends, keys.tolist(), owned=owned, below=below)
        for keys in np.split(new.key, first[1:])
        if len(keys)
    ]
    share, enough = _best_share(part, regime, members, new.key[first], certain=certain)
    return {
        "subject": new.key[first] % n,
        "way": np.where(enough, BY_OWNERSHIP, BY_CONTROL),
        "share": np.where(enough, share, np.nan),
        "depth": new.round[first],
        "sources": [sources for sources, _ in proved],
        "witness": [witness for _, witness in proved],
    }


def _best_share(
    part: CascadePart, regime: SanctionRegime, members: Members, key: Ints, *, certain: bool
) -> tuple[Floats, Bools]:
    """The largest share of all bases as a fraction of the whole, and whether one basis is enough:
    float64[keys], bool[keys].
    """
    best, enough = np.zeros(len(key)), np.zeros(len(key), np.bool_)
    for basis in range(len(OWNERSHIP_BASES)):
        at, share, whole, is_open = share_of_chain(part, basis, members, key, certain=certain)
        best[at] = np.maximum(best[at], share / whole)
        enough[at] |= is_enough(regime, share, whole, is_open, certain=certain)
    return best, enough


def _proofs(
    part: CascadePart,
    members: Members,
    ends: list[frozenset[int]],
    keys: list[int],
    *,
    owned: frozenset[int],
    below: frozenset[int],
) -> tuple[list[int], list[int]]:
    """Sources and interests of the proofs of one entity, for all chains that have it. `ends`: the designated
    parties of each chain.
    """
    sources, witness = set[int](), dict[int, None]()
    for key in keys:
        ends_of = ends[key // part.network.n]
        new_sources, interests = _proof(part, members, ends_of, key, owned=owned, below=below)
        if not new_sources:  # entities that own each other prove nothing without a controller of one of them
            new_sources, interests = _proof(part, members, ends_of, key, owned=frozenset(), below=below)
        sources.update(new_sources)
        witness |= dict.fromkeys(interests)
    return sorted(sources), [*witness][:WITNESS_INTERESTS]


def _proof(
    part: CascadePart,
    members: Members,
    ends: frozenset[int],
    key: int,
    *,
    owned: frozenset[int],
    below: frozenset[int],
) -> tuple[list[int], list[int]]:
    """The designated parties of `ends` that the proof reaches, and its interests, those nearest to the
    subject first: about WITNESS_INTERESTS.

    `owned`: keys of the nodes of which the chain owns enough; all other nodes are proved by all its interests
    in them. `below`: keys of the nodes that the chain would have even if they were not designated. The proof
    goes on above these, because their owners may be on another list.
    """
    chain, subject = divmod(key, part.network.n)
    seen, waiting = {subject}, [subject]
    sources: list[int] = []
    witness: list[int] = []
    while waiting and len(witness) < WITNESS_INTERESTS:
        above: list[int] = []
        for node in waiting:
            is_owned = chain * part.network.n + node in owned
            for interest, holder in _into(part, members, chain, node, by_control=not is_owned):
                witness.append(interest)
                if holder not in seen:
                    seen.add(holder)
                    sources += [holder] * (holder in ends)
                    above += [holder] * (holder not in ends or chain * part.network.n + holder in below)
        waiting = sorted(above)
    return sources, witness


def _into(
    part: CascadePart, members: Members, chain: int, node: int, *, by_control: bool
) -> list[tuple[int, int]]:
    """(interest, holder) of the chain's interests in the node. If ownership decides, only interests of
    ownership.
    """
    network, of_subject = part.network, part.interests_of
    rows = of_subject.indices[of_subject.indptr[node] : of_subject.indptr[node + 1]]
    rows = rows[members.has(chain * network.n + network.holder[rows]) & (network.holder[rows] != node)]
    owned = rows[np.isin(network.basis[rows], [BASES.index(basis) for basis in OWNERSHIP_BASES])]
    chosen = np.sort(rows if by_control or not len(owned) else owned)
    return list(zip(chosen.tolist(), network.holder[chosen].tolist(), strict=True))


def _stronger(rows: pl.DataFrame) -> pl.DataFrame:
    """All rows of the sets without candidates, and those rows of sets with candidates that the set without
    them lacks or has with a weaker verdict.
    """
    key = ("subject", "regime", "set")
    without = rows.with_columns(pl.col("set") + 1).select(*key, without="verdict")
    is_stronger = pl.col("verdict") < pl.col("without").fill_null(len(CONTROL_VERDICTS))
    has_candidates = pl.Series([name.endswith(CANDIDATES) for name in CASCADE_SETS])
    is_listed = ~has_candidates.gather(rows["set"])
    return (
        rows.join(without, on=key, how="left", maintain_order="left")
        .filter(is_listed | is_stronger)
        .sort(key)
    )


def _table(part: CascadePart, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with names instead of numbers, in the schema of `graph_cascade`."""
    table = GRAPH_TABLES["graph_cascade"]
    column = {name: rows[name].to_numpy() for name in ("subject", "regime", "set", "verdict", "way", "share")}
    certain = column["verdict"] == CERTAIN
    witness = [
        [id_ for place in places if (id_ := part.interest_ids[place]) is not None]
        for places in rows["witness"]
    ]
    columns = (
        named(part.known, column["subject"]),
        words(column["regime"], CASCADE_REGIMES),
        words(column["set"], CASCADE_SETS),
        words(column["verdict"], CONTROL_VERDICTS),
        words(column["way"], CASCADE_WAYS),
        per_cent(np.where(certain, column["share"], np.nan), up=False),
        per_cent(np.where(certain, np.nan, column["share"]), up=True),
        rows["depth"],
        [[part.known.ids[party] for party in parties] for parties in rows["sources"]],
        witness,
    )
    return pl.DataFrame(dict(zip(table.names, columns, strict=True)), schema=table.schema)
