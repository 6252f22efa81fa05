"""The units of a majority: a prepared interest of a holder or of joint holders, a right over the board, or
influence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graphs.arrays.edges import Bools, Csr, Ints, grouped_by, marked, ordering, placed
from graphs.arrays.units import UNITS
from graphs.ownership.interests import control_arcs, voting
from graphs.witnesses.excerpt import Entries, Excerpt, StatedArcs, chosen

RIGHT = UNITS + 1  # a right over the board or influence: enough by itself, and taken before any interval


@dataclass(frozen=True, eq=False)
class VotingUnits:
    """Units of votes. Those of rights and influence come after the intervals.

    Per unit: `held` int64; `low`, `high` int64 in UNITS, RIGHT for rights; `low_open` bool; `plain` int64:
    the minimum as stated; `holders_n` int64; `influence` bool; `cluster` int64, -1 for none.
    Per entry (unit, holder), sorted by (held, holder): `entries`, `unit`, `interest_low`, `interest_high`
    (numbers of interests; of parallel ones the one that sets the bound), `also_high` (of joint holders who
    state different shares, the interest with the largest).
    Per node, in UNITS: `own_low`, `own_high`: what it certainly and possibly holds in itself; `own_plain`:
    the same minimum as stated; `own_open` bool: it certainly holds more; `clustered` bool: some interests in
    it may be part of each other.
    """

    columns: StatedArcs
    held: Ints
    low: Ints
    high: Ints
    low_open: Bools
    plain: Ints
    holders_n: Ints
    influence: Bools
    entries: Entries
    unit: Ints
    interest_low: Ints
    interest_high: Ints
    also_high: Ints
    own_low: Ints
    own_high: Ints
    own_plain: Ints
    own_open: Bools
    cluster: Ints
    clustered: Bools

    @classmethod
    def from_votes(cls, part: Excerpt) -> VotingUnits:
        """The units of votes, rights over the board and influence in the excerpt."""
        network = part.network
        columns = StatedArcs.from_excerpt(part, np.flatnonzero(voting(network)), control_arcs)
        board, influence = (
            np.flatnonzero(network.of_basis("board")),
            np.flatnonzero(network.of_basis("influence")),
        )
        return cls.from_columns(part, columns, np.concatenate((board, influence)), len(board))

    @classmethod
    def from_columns(cls, part: Excerpt, columns: StatedArcs, rights: Ints, board_n: int) -> VotingUnits:
        """Units of the interests `columns` and of `rights`. The first `board_n` rights are over boards, the
        others influence.
        """
        network, holdings, n = part.network, columns.holdings, part.network.n
        intervals_n, none = len(holdings.src), np.zeros(len(rights), np.int64)
        holder = network.holder[columns.mine]
        by_low, by_high = (
            chosen(columns, np.zeros(len(holder), np.int64), (columns.arc, holder), least=least)
            for least in (True, False)
        )
        unit = np.concatenate((columns.arc[by_low], intervals_n + np.arange(len(rights))))
        held = np.concatenate((holdings.dst, network.held[rights]))
        of_entry = np.concatenate((holder[by_low], network.holder[rights]))
        order = ordering(unit, of_entry, held[unit])
        own = _own(columns, n)
        low_choices, high_choices = holdings.low_choices, holdings.high_choices
        cluster = placed(len(held), low_choices.arc, low_choices.cluster)
        clustered = marked(n, holdings.dst[np.concatenate((low_choices.arc, high_choices.arc))])
        return cls(
            columns,
            held,
            np.concatenate((holdings.low, none + RIGHT)),
            np.concatenate((holdings.high, none + RIGHT)),
            np.concatenate((holdings.low_open, none > 0)),
            np.concatenate((columns.low, none + RIGHT)),
            np.bincount(unit, minlength=len(held)),
            np.arange(len(held)) >= intervals_n + board_n,
            Entries.sorted(n, held[unit[order]], of_entry[order]),
            unit[order],
            np.concatenate((columns.mine[by_low], rights))[order],
            np.concatenate((columns.mine[by_high], rights))[order],
            np.concatenate((columns.of_high[by_high], rights))[order],
            *own,
            cluster,
            clustered,
        )

    @cached_property
    def holder(self) -> Ints:
        return np.asarray(self.entries.key % self.entries.n, np.int64)

    @cached_property
    def by_unit(self) -> Csr:
        return grouped_by(len(self.held), self.unit, np.arange(len(self.unit)))

    def held_by(self, entry: Ints) -> Ints:
        """The holder of each entry's interval, a party or a group; -1 for rights."""
        return np.append(self.columns.holdings.src, -1)[np.minimum(self.unit[entry], self.intervals_n)]

    @property
    def intervals_n(self) -> int:
        return len(self.columns.holdings.src)


def _own(columns: StatedArcs, n: int) -> tuple[Ints, Ints, Ints, Bools]:
    """What each node holds in itself, in UNITS: its direct minimum, its maximum, and its direct minimum as
    stated; and whether it certainly holds more than the minimum.
    """
    holdings = columns.holdings
    mine = np.flatnonzero(holdings.src == holdings.dst)
    direct = mine[~holdings.unknown_reach[mine] & ~holdings.indirect[mine]]
    low, high, plain = (np.zeros(n, np.int64) for _ in range(3))
    low[holdings.dst[direct]], plain[holdings.dst[direct]] = holdings.low[direct], columns.low[direct]
    np.maximum.at(high, holdings.dst[mine], holdings.high[mine])
    return low, high, plain, marked(n, holdings.dst[direct[holdings.low_open[direct]]])
