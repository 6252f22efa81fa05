"""From the interests of a run to arrays: the arcs that ownership and control are computed from.

Parties are numbered by `graphs.arrays.edges.Parties`. A group of two or more joint holders becomes a *group
node*, numbered after the parties; n counts both. After this module everything works on numbers, until
`graphs.arrays.tables` turns them back into ids.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Bytes,
    Floats,
    Ints,
    Parties,
    distinct,
    is_in,
    marked,
    numbered,
    ordering,
    placed,
)
from graphs.arrays.tables import column
from graphs.arrays.units import parts_of_whole
from graphs.ownership.intervals import Flags

# Interests of other bases are left out. `closure`: the register names a holder but not the right.
BASES = ("shares", "votes", "surplus_assets", "board", "influence", "closure")
SHARE_BASES = ("shares", "votes", "surplus_assets")  # each is a matrix of its own
NO_GROUP = -1


@dataclass(frozen=True, eq=False)
class Interests:
    """Interests in the order of the input rows; arrays of one length.

    `row` int64: position in the input rows. `holder`, `held` int64: party numbers. `basis` uint8: position in
    BASES. `low`, `high` float64: fractions of the whole, NaN if not stated. `flags` uint8: bits of
    `graphs.ownership.intervals.Flags`. `group` int64: group node, or NO_GROUP.
    `n` nodes, of which the first `parties` are parties and the rest group nodes. `closure`: the distinct arcs
    between parties; `component` int64[parties]: their weak components.
    """

    n: int
    parties: int
    row: Ints
    holder: Ints
    held: Ints
    basis: Bytes
    low: Floats
    high: Floats
    flags: Bytes
    group: Ints
    closure: Arcs
    component: Ints

    def of_basis(self, basis: str) -> Bools:
        """True for interests of this basis, one of BASES: bool[interests]."""
        return np.equal(self.basis, BASES.index(basis))


class ArcArrays(NamedTuple):
    """Input of `solve` and `control`: arrays of one length, sorted by (src, dst). `low`, `high` are fractions
    of the whole, NaN if unknown.
    """

    src: Ints
    dst: Ints
    low: Floats
    high: Floats
    flags: Bytes


def interests(edges: pl.LazyFrame, known: Parties, cannot_be_owned: Bools) -> tuple[Interests, Ints]:
    """The interests of `edges` (columns: see `graphs.build.build`), and the rows left out because the subject
    is a natural person, int64.

    `cannot_be_owned` bool[parties]: natural persons of known identity, and states. Columns are read one at a
    time, because the rows of a register take several times more memory as text than as numbers. Raises
    RunFailed if an end of an edge is not among the parties.
    """
    code = column(edges, "basis").replace_strict(
        BASES, range(len(BASES)), default=None, return_dtype=pl.UInt8
    )
    wanted = code.is_not_null()

    def read(name: str) -> pl.Series:
        values = column(edges, name)
        return values if wanted.all() else values.filter(wanted)

    row, basis = np.flatnonzero(wanted.to_numpy()), code.drop_nulls().to_numpy()
    held = numbered(read("subject_id").to_frame(), known, "subject_id")
    holder = numbered(read("party_id").to_frame(), known, "party_id")
    group, groups = _groups(read("joint_group"), basis, holder, held, len(known))
    low, high = parts_of_whole(read("share_min")), parts_of_whole(read("share_max"))
    flags = _flags(read, cannot_be_owned[holder])
    keep = ~(known.of_kind("person") | known.of_kind("protected"))[held]
    owned_persons = row[~keep]
    if len(owned_persons):
        row, holder, held, group = (array[keep] for array in (row, holder, held, group))
        basis, low, high, flags = basis[keep], low[keep], high[keep], flags[keep]
    closure = distinct(len(known), holder, held)
    component = weak_labels(closure.n, closure.src, closure.dst)
    return Interests(
        len(known) + groups, len(known), row, holder, held, basis, low, high, flags, group, closure, component
    ), owned_persons


def share_arcs(network: Interests, basis: str) -> ArcArrays:
    """Arcs of one basis: its intervals, the members of its joint groups, and the rest of the closure in the
    components with such arcs.
    """
    return _arcs(network, network.of_basis(basis), np.zeros(0, np.int64), np.zeros(0, np.uint8))


def control_arcs(network: Interests) -> ArcArrays:
    """Arcs that control is computed from: votes (or the shares, for subjects without known votes), board
    rights, influence, and the closure.

    Shares that stand in for votes and are held indirectly keep their maximum; their minimum counts only if it
    is the whole.
    """
    votes = voting(network)
    instead = votes & network.of_basis("shares")
    # 60 per cent held indirectly need not come from control: 100 per cent of a holder of 20 and 50 per cent
    # of a holder of 80 also make 60. Only the whole is certain to be control.
    uncertain = instead & ((network.flags & Flags.INDIRECT) != 0) & (network.low < 1)
    network = replace(
        network,
        low=np.where(uncertain, 0.0, network.low),
        flags=np.where(uncertain, network.flags & ~np.uint8(Flags.LOW_EXCLUSIVE), network.flags),
    )
    board, influence = (
        np.flatnonzero(network.of_basis("board")),
        np.flatnonzero(network.of_basis("influence")),
    )
    kind = np.concatenate(
        (
            np.full(len(board), int(Flags.BOARD), np.uint8),
            np.full(len(influence), int(Flags.INFLUENCE), np.uint8),
        )
    )
    return _arcs(network, votes, np.concatenate((board, influence)), kind)


def voting(network: Interests) -> Bools:
    """Interests that count as votes: votes, and shares of subjects without known votes."""
    votes = network.of_basis("votes")
    known = marked(network.n, network.held[votes])
    return np.asarray(votes | (network.of_basis("shares") & ~known[network.held]), np.bool_)


def within(network: Interests, components: Bools) -> Interests:
    """The interests of some weak components, bool[components], with the numbers unchanged. The results for
    these components are the same as with all interests.
    """
    at = np.flatnonzero(components[network.component[network.held]])
    closure = network.closure
    inside = components[network.component[closure.src]]
    arrays = {
        name: getattr(network, name)[at]
        for name in ("row", "holder", "held", "basis", "low", "high", "flags", "group")
    }
    return replace(network, **arrays, closure=Arcs(closure.n, closure.src[inside], closure.dst[inside]))


def _groups(joint_group: pl.Series, basis: Bytes, holder: Ints, held: Ints, parties: int) -> tuple[Ints, int]:
    """Group node of each row (NO_GROUP for none), and the number of groups. A group has one subject, one
    basis and two or more holders.
    """
    at = np.flatnonzero(joint_group.is_not_null().to_numpy())
    joint = pl.DataFrame(
        {
            "group": joint_group.gather(at),
            "held": held[at],
            "basis": basis[at],
            "holder": holder[at],
            "at": at,
        }
    )
    key = ("held", "basis", "group")
    joint = joint.filter(pl.col("holder").n_unique().over(key) > 1).sort(key)
    number = joint.select(pl.struct(key).rle_id()).to_series()
    group = placed(len(joint_group), joint.get_column("at").to_numpy(), parties + number.to_numpy())
    return group, number.n_unique()


def _flags(read: Callable[[str], pl.Series], cannot_be_owned: Bools) -> Bytes:
    reach = read("reach")
    bits = {
        Flags.LOW_EXCLUSIVE: read("share_min_exclusive"),
        Flags.HIGH_EXCLUSIVE: read("share_max_exclusive"),
        Flags.UNKNOWN_REACH: reach == "unknown",
        Flags.INDIRECT: reach == "indirect",
        Flags.SUBJECT_COMPLETE: read("is_complete"),
    }
    flags = np.where(cannot_be_owned, np.uint8(Flags.HOLDER_IS_PERSON), np.uint8(0)).astype(np.uint8)
    for bit, mask in bits.items():
        flags[mask.fill_null(False).to_numpy()] |= np.uint8(bit)
    return flags


def _arcs(network: Interests, interval: Bools, rights: Ints, kind: Bytes) -> ArcArrays:
    """The arcs of the interests with an interval, those of `rights` (numbers of interests, each with its
    `kind`), of members, and of the rest of the closure, sorted. `interval` bool[interests].
    """
    at = np.flatnonzero(interval)
    group = network.group[at]
    joint = group != NO_GROUP
    src = np.where(joint, group, network.holder[at])
    flags = np.where(joint, network.flags[at] & ~np.uint8(Flags.HOLDER_IS_PERSON), network.flags[at]).astype(
        np.uint8
    )
    person = network.flags & np.uint8(Flags.HOLDER_IS_PERSON)
    members = distinct(network.n, network.holder[at[joint]], group[joint])
    rest = _rest_of_closure(network, at, rights)
    is_person = np.zeros(network.n, np.uint8)
    is_person[network.holder] = person
    all_src = np.concatenate((src, members.src, network.holder[rights], rest.src))
    all_dst = np.concatenate((network.held[at], members.dst, network.held[rights], rest.dst))
    none = np.full(len(all_src) - len(at), np.nan)
    all_flags = np.concatenate(
        (
            flags,
            is_person[members.src] | np.uint8(Flags.MEMBER),
            person[rights] | kind,
            is_person[rest.src] | np.uint8(Flags.CLOSURE_ONLY),
        )
    ).astype(np.uint8)
    low, high = np.concatenate((network.low[at], none)), np.concatenate((network.high[at], none))
    order = ordering(all_dst, all_src)
    return ArcArrays(all_src[order], all_dst[order], low[order], high[order], all_flags[order])


def _rest_of_closure(network: Interests, at: Ints, rights: Ints) -> Arcs:
    """Arcs of the closure between parties without a chosen interest, in the weak components that have one.
    `at`, `rights`: the chosen interests.
    """
    closure = network.closure
    touched = marked(closure.n, network.component[network.held[np.concatenate((at, rights))]])
    key = closure.src * closure.n + closure.dst
    alone = at[network.group[at] == NO_GROUP]
    stood_for = distinct(
        closure.n,
        np.concatenate((network.holder[alone], network.holder[rights])),
        np.concatenate((network.held[alone], network.held[rights])),
    )
    keep = touched[network.component[closure.src]] & ~is_in(stood_for.src * closure.n + stood_for.dst, key)
    return Arcs(closure.n, closure.src[keep], closure.dst[keep])
