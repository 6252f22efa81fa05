"""The part of the graph that sanctions are computed on: the weak components with a designated party."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from graphs.arrays.edges import Csr, Parties, distinct, grouped, numbered, ordering, parties
from graphs.control.coalitions import CoalitionArcs, coalition_arcs
from graphs.ownership.interests import Interests, interests, share_arcs
from graphs.ownership.intervals import Holdings, prepare

OWNERSHIP_BASES = ("shares", "surplus_assets")


@dataclass(frozen=True, eq=False)
class CascadePart:
    """Weak components with a designated party. `holdings`, `of`: of each ownership basis. `into`, `held`:
    their arcs by subject and by holder.

    `controls`: whom each party certainly controls. `members`, `groups_of`: (group, member) and (member,
    group). `interests_of`: by subject, the positions in `network` of its interests; `interest_ids` of these.
    """

    known: Parties
    network: Interests
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
    network, _ = interests(mine.lazy(), known, known_nodes["cannot_be_owned"].to_numpy())
    holdings = tuple(prepare(*share_arcs(network, basis)) for basis in OWNERSHIP_BASES)
    sure = control.filter(
        (pl.col("verdict") == "CERTAIN")
        & (pl.col("kind") == "control")
        & pl.col("subject_id").is_in(ids.implode())
    ).collect()
    members = [(one.members.src, one.members.dst) for one in holdings]
    groups = distinct(network.n, *(np.concatenate(ends) for ends in zip(*members, strict=True)))
    order = ordering(network.held)
    return CascadePart(
        known,
        network,
        holdings,
        tuple(coalition_arcs(one) for one in holdings),
        tuple(_by_subject(network.n, one) for one in holdings),
        tuple(_by_holder(network.n, one) for one in holdings),
        distinct(network.n, numbered(sure, known, "party_id"), numbered(sure, known, "subject_id")).held(),
        groups.holders(),
        groups.held(),
        grouped(network.n, network.held[order], order),
        mine["interest_id"].gather(pl.Series(values=network.row)),
    )


def _by_subject(n: int, holdings: Holdings) -> Csr:
    """Numbers of the interests in each subject, without those in itself."""
    arc = np.flatnonzero(holdings.src != holdings.dst)
    arc = arc[ordering(holdings.dst[arc])]
    return grouped(n, holdings.dst[arc], arc)


def _by_holder(n: int, holdings: Holdings) -> Csr:
    """Subjects of each holder, without itself."""
    other = holdings.src != holdings.dst
    return grouped(n, holdings.src[other], holdings.dst[other])
