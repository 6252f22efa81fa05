"""The table of beneficial owners, `graph_ubo`, with the witness of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from graphs.arrays.components import condense
from graphs.arrays.edges import Bools, Bytes, Ints, Numbers, Parties, marked, spread, starts
from graphs.arrays.tables import Frames, Ids, lists, named, stream_by_key, words
from graphs.arrays.units import per_cent
from graphs.control.blocks import Blocks, blocks
from graphs.control.control import Controlled
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import SHARE_BASES, Interests, share_arcs
from graphs.ownership.intervals import prepare
from graphs.ownership.tables import interests_around
from graphs.verdicts.beneficial_owners import ListedRows, Owners
from graphs.verdicts.beneficial_owners import owners as all_owners
from graphs.verdicts.none_found import NO_REASON, Facts, none_found
from graphs.verdicts.regimes import BASIS_OF_ROUTE, REGIMES, Route
from graphs.witnesses.witness import Witness, as_declared, witness
from transforms.model.views import GRAPH_TABLES, NONE_FOUND_REASONS, OWNER_BASES, OWNER_VERDICTS
from transforms.model.views import REGIMES as REGIME_NAMES

FACTS: Mapping[str, Facts] = {
    "is_listed": Facts.LISTED,
    "is_state": Facts.STATE,
    "is_exempt": Facts.EXEMPT,
    "is_protected": Facts.PROTECTED,
    "is_undisclosed": Facts.UNDISCLOSED,
    "is_nobody_above_threshold": Facts.BELOW_THRESHOLD,
    "is_in_no_register": Facts.NOT_HELD,
    "is_foreign": Facts.FOREIGN,
}


def owner_table(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    known: Parties,
    network: Interests,
    *,
    solved: Mapping[str, Solved],
    controlled: Controlled,
) -> Frames:
    """Rows of `graph_ubo`: natural persons by subject and regime, and a row without a person for each entity
    and regime without a CERTAIN or POSSIBLE owner. `edges`, `nodes`: as in `graphs.build.build`.
    """
    entity = marked(network.n, np.flatnonzero(known.of_kind("legal_entity") | known.of_kind("arrangement")))
    person = marked(network.n, np.flatnonzero(known.of_kind("person")))
    held = _blocks_by_basis(network, controlled, person)
    owners = all_owners(solved, controlled, held, person=person, subject_allowed=entity)
    reason = _nobody(network, owners, _facts(nodes, known), entity[: network.parties])
    proof = witness(owners, network, solved, controlled)
    rests_on_unknown = owners.as_declared | as_declared(proof, network)
    proofs = _Proofs.from_witness(proof, network.row, edges)

    def make(first: int, last: int) -> Iterable[pl.Series]:
        pairs = slice(*np.searchsorted(owners.subject, (first, last)).tolist())
        regime, pair = np.nonzero(owners.route[:, pairs] != Route.NONE)
        rows = ListedRows.from_owners(owners, regime.astype(np.uint8), pair + pairs.start)
        regime, subject = np.nonzero(reason[:, first:last] != NO_REASON)
        every = pl.concat(
            [
                _owner_rows(owners, rows).with_columns(
                    witness=proofs.lists(proof.proof_no[rows.regime, rows.pair]),
                    is_as_declared=pl.Series(values=rests_on_unknown[rows.regime, rows.pair]),
                ),
                _none_found(subject + first, regime.astype(np.uint8), reason),
            ],
            how="diagonal",
        ).sort("subject", "rank", "party")
        ids = {
            f"{name}_id": named(known, every[name].fill_null(-1).to_numpy()) for name in ("subject", "party")
        }
        return every.with_columns(**ids).select(GRAPH_TABLES["graph_ubo"].names).get_columns()

    return stream_by_key("graph_ubo", _rows_by_subject(owners, reason, proof), make)


def _owner_rows(owners: Owners, rows: ListedRows) -> pl.DataFrame:
    """Rows of owners: the sort keys `subject`, `rank`, `party`, and columns of `graph_ubo`."""
    least, declared, most, min_open, declared_open = (
        owners.figure(name, rows.regime, rows.pair)
        for name in ("share_min", "share_max_declared", "share_max", "min_open", "declared_open")
    )
    return pl.DataFrame(
        {
            "subject": rows.subject,
            "rank": _RANK[rows.regime],
            "party": rows.party,
            "regime": words(rows.regime, REGIME_NAMES),
            "share_min": per_cent(least, up=False),
            "share_max_declared": per_cent(declared, up=True),
            "share_max": per_cent(most, up=True),
            "share_min_exclusive": pl.Series(values=min_open).fill_nan(None).cast(pl.Boolean),
            "share_max_declared_exclusive": pl.Series(values=declared_open).fill_nan(None).cast(pl.Boolean),
            "verdict": words(rows.verdict, OWNER_VERDICTS),
            "basis": words(BASIS_OF_ROUTE[rows.route], OWNER_BASES),
        }
    )


def _none_found(subject: Ints, regime: Bytes, reason: Bytes) -> pl.DataFrame:
    """Rows of subjects without an owner under a regime, as in `_owner_rows`. `reason` uint8[regimes,
    parties].
    """
    return pl.DataFrame(
        {
            "subject": subject,
            "rank": _RANK[regime],
            "regime": words(regime, REGIME_NAMES),
            "reason": words(reason[regime, subject], NONE_FOUND_REASONS),
        }
    ).with_columns(
        verdict=pl.lit("NONE_FOUND"),
        witness=pl.lit([], dtype=pl.List(pl.String)),
        is_as_declared=pl.lit(False),
    )


def _blocks_by_basis(network: Interests, controlled: Controlled, person: Bools) -> dict[str, Blocks]:
    """The blocks of natural persons (`person` bool[nodes]), computed only in the components of what they
    control.
    """
    of_persons, holds = _controlled_by(controlled, person), marked(network.n, network.closure.src)
    around = interests_around(network, of_persons.subject[holds[of_persons.subject]])
    return {basis: blocks(prepare(*share_arcs(around, basis)), of_persons) for basis in SHARE_BASES}


def _rows_by_subject(owners: Owners, reason: Bytes, proof: Witness) -> Ints:
    """Number of rows of each subject, plus the interests that prove them: int64[parties]. `reason`
    uint8[regimes, parties].
    """
    rows_n: Ints = np.asarray((reason != NO_REASON).sum(axis=0), np.int64)
    interests_n = np.diff(proof.begin)
    for route, number in zip(owners.route, proof.proof_no, strict=True):
        listed = route != Route.NONE
        np.add.at(rows_n, owners.subject[listed], 1 + interests_n[number[listed]])
    return rows_n


# Position of each regime in the order of their names.
_RANK = np.argsort(np.argsort(REGIME_NAMES)).astype(np.uint8)


READ_AT_ONCE = 2_000_000  # own: rows of `edges` whose ids are read at a time, some 150 MB


@dataclass(frozen=True, eq=False)
class _Proofs:
    """Witnesses with ids: proof k has `ids[place[begin[k]:begin[k + 1]]]`. Only the ids of interests that are
    in a proof are kept.
    """

    begin: Ints
    place: npt.NDArray[np.int32]
    ids: Ids

    @classmethod
    def from_witness(cls, proof: Witness, row: Ints, edges: pl.LazyFrame) -> _Proofs:
        """`row`: the row of `edges` of each interest, ascending."""
        used = marked(len(row), proof.interest)
        place = (np.cumsum(used, dtype=np.int32) - 1)[proof.interest]
        return cls(proof.begin, place, _interest_ids(edges, row[used]))

    def lists(self, proof: Numbers) -> pl.Series:
        """interest_id of the interests of each proof. An interest without an id is left out."""
        begin, end = self.begin[proof], self.begin[proof + 1]
        run, position = spread(begin, end - begin)
        ids = self.ids.take(self.place[position])
        if ids.null_count:
            known = np.flatnonzero(ids.is_valid().to_numpy(zero_copy_only=False))
            ids, run = ids.take(known), run[known]
        return lists(ids, starts(len(proof), run))


def _interest_ids(edges: pl.LazyFrame, rows: Ints) -> Ids:
    """interest_id of these rows, which are ascending. Read in parts, because all ids of a register are much
    larger than the result.
    """
    chunks: list[Ids] = [pa.array([], pa.large_string())]
    for begin in range(0, int(rows.max(initial=-1)) + 1, READ_AT_ONCE):
        mine = rows[slice(*np.searchsorted(rows, (begin, begin + READ_AT_ONCE)).tolist())] - begin
        column = edges.select("interest_id").slice(begin, READ_AT_ONCE).collect().to_series()
        chunks.append(column.gather(pl.Series(values=mine)).to_arrow().cast(pa.large_string()))
    return pa.concat_arrays(chunks)


def _controlled_by(controlled: Controlled, who: Bools) -> Controlled:
    """The pairs of these controllers. Blocks of others are not used, and a long chain above a hub would have
    many.
    """
    rows = who[controlled.controller]
    return Controlled(
        controlled.controller[rows],
        controlled.subject[rows],
        controlled.certain[rows],
        controlled.kind[rows],
        controlled.tops_only,
    )


def _facts(nodes: pl.DataFrame, known: Parties) -> Ints:
    """Bits of `Facts` for each party."""
    of_kind = {
        "person": Facts.PERSON,
        "protected": Facts.PROTECTED,
        "unspecified": Facts.UNDISCLOSED,
        "arrangement": Facts.ARRANGEMENT,
    }
    facts = np.zeros(len(known), np.int64)
    for kind, bit in of_kind.items():
        facts[known.of_kind(kind)] |= int(bit)
    for name, bit in FACTS.items():
        facts[nodes.get_column(name).to_numpy()] |= int(bit)
    return facts


def _nobody(network: Interests, owners: Owners, facts: Ints, entity: Bools) -> Bytes:
    """The reason why each entity has no owner under each regime: uint8[regimes, parties]; NO_REASON for
    entities with an owner and for other parties.
    """
    reason = none_found(network.closure, condense(network.closure), facts, ~entity)
    reasons = np.tile(reason, (len(REGIMES), 1))
    for regime in range(len(REGIMES)):
        reasons[regime, owners.subject[owners.verdict[regime] <= OWNER_VERDICTS.index("POSSIBLE")]] = (
            NO_REASON
        )
    return reasons
