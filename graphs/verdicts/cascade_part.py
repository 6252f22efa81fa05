"""DOC"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphs.arrays.edges import Arcs, Csr, Ints, Parties, ascending, grouped, numbered, parties
from graphs.control.coalitions import CoalitionArcs, coalition_arcs
from graphs.ownership.interests import Interests, interests, share_arcs
from graphs.ownership.intervals import Holdings, prepare

OWNERSHIP_BASES = ("shares", "surplus_assets")


@dataclass(frozen=True, eq=False)
class CascadePart:
    """Weak components with a designated party. `holdings`, `of`: of each ownership basis. `into`, `held`: their arcs by subject and by holder.

    `controls`: whom each party certainly controls. `members`, `groups_of`: (group, member) and (member, group). `interests_of`: by subject, the position
    in `found` of its interests. `interest_ids` of these.
    """

    known: Parties
    found: Interests
    holdings: tuple[Holdings, ...]
    of: tuple[CoalitionArcs, ...]
    into: tuple[Csr, ...]
    held: tuple[Csr, ...]
    controls: Csr
    members: Csr
    groups_of: Csr
    interests_of: Csr
    interest_ids: pl.Series


def cascade_part(
    edges: pl.LazyFrame,
    nodes: pl.DataFrame,
    closure: pl.LazyFrame,
    control: pl.LazyFrame,
    designated: pl.Series,
) -> CascadePart:
    among = pl.any_horizontal(pl.col(end).is_in(designated.implode()) for end in ("party_id", "subject_id"))
    touched = closure.filter(among).select("component_no").unique().collect()["component_no"].sort()
    pairs = (
        closure.filter(pl.col("component_no").is_in(touched.implode()))
        .select("party_id", "subject_id")
        .collect()
    )
    ids = pl.concat([pairs["party_id"], pairs["subject_id"]]).unique().sort()
    known_nodes = nodes.filter(pl.col("party_id").is_in(ids.implode())).sort("party_id")
    known = parties(known_nodes)
    mine = (
        edges.filter(pl.col("subject_id").is_in(ids.implode()))
        .collect()
        .sort("statement_id", "interest_id", "basis")
    )
    found, _ = interests(mine.lazy(), known, known_nodes["cannot_be_owned"].to_numpy())
    holdings = tuple(_holdings(found, basis) for basis in OWNERSHIP_BASES)
    sure = control.filter(
        (pl.col("verdict") == "CERTAIN")
        & (pl.col("kind") == "control")
        & pl.col("subject_id").is_in(ids.implode())
    ).collect()
    groups = _group_members(found.n, holdings)
    order = np.argsort(found.held, kind="stable")
    return CascadePart(
        known,
        found,
        holdings,
        tuple(coalition_arcs(one) for one in holdings),
        tuple(_by_subject(found.n, one) for one in holdings),
        tuple(_by_holder(found.n, one) for one in holdings),
        _pairs(found.n, numbered(sure, known, "party_id"), numbered(sure, known, "subject_id")),
        groups.holders(),
        groups.held(),
        grouped(found.n, found.held[order], order),
        mine["interest_id"].gather(pl.Series(values=found.row)),
    )


def _holdings(found: Interests, basis: str) -> Holdings:
    arcs = share_arcs(found, basis)
    return prepare(arcs.src, arcs.dst, arcs.low, arcs.high, arcs.flags)


def _group_members(n: int, holdings: Iterable[Holdings]) -> Arcs:
    """(member, group) of all bases, distinct."""
    pairs = [(one.members.src, one.members.dst) for one in holdings]
    src, dst = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    keys = ascending(src * max(n, 1) + dst)
    return Arcs(n, keys // max(n, 1), keys % max(n, 1))


def _by_subject(n: int, holdings: Holdings) -> Csr:
    """Numbers of the interests in each subject, without those in itself."""
    arc = np.flatnonzero(holdings.src != holdings.dst)
    order = np.argsort(holdings.dst[arc], kind="stable")
    return grouped(n, holdings.dst[arc][order], arc[order])


def _by_holder(n: int, holdings: Holdings) -> Csr:
    """Subjects of each holder, without itself."""
    other = holdings.src != holdings.dst
    return grouped(n, holdings.src[other], holdings.dst[other])


def _pairs(n: int, src: Ints, dst: Ints) -> Csr:
    order = np.lexsort((dst, src))
    return grouped(n, src[order], dst[order])
