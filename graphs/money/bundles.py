"""Bundles: what one party paid another on one day, in one kind and currency, net of its credits.

Shapes: all fields of `Flows` and `Bundles` are arrays of one length. Parties, currencies and kinds are
numbered from 0, days are whole numbers from 0, amounts are hundredths of the currency. All are int64.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from graphs.arrays.edges import Bools, Ints, Rows, ordering, run_firsts, run_starts

CREDIT_DAYS = 60  # own: a credit cancels an equal payment to the same party at most this many days before
UNKNOWN = -(10**18)  # an amount in euro for which no exchange rate is held


@dataclass(frozen=True, eq=False)
class Flows(Rows):
    """Payments line by line, in any order; a negative amount is a credit.

    The payer paid `paid` in the currency `paid_in`, and the payee received `received` in `received_in`.
    `paid_eur` and `received_eur` are the same in euro, UNKNOWN if no rate is held.
    """

    payer: Ints
    payee: Ints
    day: Ints
    kind: Ints
    paid: Ints
    paid_in: Ints
    received: Ints
    received_in: Ints
    paid_eur: Ints
    received_eur: Ints


@dataclass(frozen=True, eq=False)
class Amounts(Rows):
    """Amounts in their currencies, and in euro (UNKNOWN if no rate is held)."""

    value: Ints
    currency: Ints
    in_euro: Ints


@dataclass(frozen=True, eq=False)
class Bundles(Rows):
    """Bundles in order of day, none of them paid to the payer itself. The fields are those of `Flows`.
    Amounts are above 0; those in euro may be UNKNOWN.
    """

    payer: Ints
    payee: Ints
    day: Ints
    paid: Ints
    paid_in: Ints
    received: Ints
    received_in: Ints
    paid_eur: Ints
    received_eur: Ints

    def __len__(self) -> int:
        return len(self.payer)

    @property
    def parties_n(self) -> int:
        """The highest party number plus 1."""
        return int(max(self.payer.max(initial=-1), self.payee.max(initial=-1))) + 1

    @property
    def arrived(self) -> Amounts:
        """What the payees received."""
        return Amounts(self.received, self.received_in, self.received_eur)

    @property
    def left(self) -> Amounts:
        """What the payers paid."""
        return Amounts(self.paid, self.paid_in, self.paid_eur)

    @classmethod
    def in_euro(cls, payer: Ints, payee: Ints, day: Ints, cents: Ints) -> Self:
        """Bundles in euro, in which the amount received is the amount paid. `day` is ascending."""
        euro = np.broadcast_to(np.int64(0), cents.shape)
        return cls(payer, payee, day, cents, euro, cents, euro, cents, cents)


def bundled(flows: Flows) -> tuple[Bundles, Ints]:
    """The bundles with amounts above 0, and the bundle of each flow: int64[flows], -1 for none.

    A flow has no bundle if a credit cancels it, if it is such a credit, if the payer pays itself, or if the
    credits of the day are at least the payments. Bundles are in order of day, payer, payee, kind and
    currencies.
    """
    keys = (flows.received_in, flows.paid_in, flows.kind, flows.payee, flows.payer, flows.day)
    rows = np.flatnonzero(~cancelled(flows) & (flows.payer != flows.payee))
    rows = rows[ordering(*(key[rows] for key in keys))]
    begin = run_starts(*(key[rows] for key in keys))
    head, number = rows[begin], np.full(len(flows.payer), -1, np.int64)

    def total(column: Ints) -> Ints:
        return np.add.reduceat(column[rows], begin)

    def total_eur(column: Ints) -> Ints:
        unknown = total((column == UNKNOWN).astype(np.int64)) > 0
        return np.where(unknown, UNKNOWN, total(column))

    paid, received = total(flows.paid), total(flows.received)
    kept = (paid > 0) & (received > 0)
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    number[rows] = np.repeat(place, np.diff(begin, append=len(rows)))
    columns = {field.name: getattr(flows, field.name)[head] for field in fields(Bundles)}
    columns |= {"paid": paid, "received": received}
    columns |= {"paid_eur": total_eur(flows.paid_eur), "received_eur": total_eur(flows.received_eur)}
    return Bundles(**columns).at(kept), number


def cancelled(flows: Flows) -> Bools:
    """True for a credit that equals a payment to the same party at most CREDIT_DAYS before it, and for that
    payment: bool[flows]. Of several payments it is the latest that no other credit cancels.
    """
    size, keys = np.abs(flows.paid), (flows.paid_in, flows.kind, flows.payee, flows.payer)
    pair = np.zeros(len(size), np.bool_)
    some = np.flatnonzero(np.isin(size, size[flows.paid < 0]))  # few: only amounts of some credit
    order = some[ordering(*(key[some] for key in (flows.paid < 0, flows.day, size, *keys)))]
    first = run_firsts(size[order], *(key[order] for key in keys))
    group = np.cumsum(first) - 1
    credits_n = np.bincount(group, weights=flows.paid[order] < 0)
    open_payments: list[int] = []
    of_group = -1
    for place in np.flatnonzero(credits_n[group] > 0).tolist():
        row = int(order[place])
        if group[place] != of_group:
            open_payments, of_group = [], group[place]
        if flows.paid[row] > 0:
            open_payments.append(row)
        elif open_payments and flows.day[row] - flows.day[open_payments[-1]] <= CREDIT_DAYS:
            pair[[row, open_payments.pop()]] = True
    return pair
