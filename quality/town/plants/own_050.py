"""OWN-050: chains with five and more legal entities above; with four; and persons, trusts and rings, which do not add layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Plant,
    Planted,
    Truth,
    company_owner,
    person_owner,
)
from quality.town.plants._records import SINCE, foreign_owner, truth

CODE = "OWN-050"
LAYERS = 5
TRUST = ("ownership-of-shares-75-to-100-percent-as-trust",)


def _chain(draw: Draw, n: int) -> tuple[list[Company], list[dict[str, str]]]:
    members = [draw.company() for _ in range(n)]
    return members, [company_owner(held, holder, ALL_SHARES, SINCE) for holder, held in pairwise(members)]


def _by_layers(members: Sequence[Company], above: int, note: str) -> list[Truth]:
    """`above`: legal entities above the first of them."""
    return [
        row
        for i, company in enumerate(members)
        for row in truth(
            CODE,
            (company,),
            "flagged" if i + above >= LAYERS else "not_flagged",
            f"{note}: {i + above} above",
        )
    ]


def _plain(draw: Draw, n: int) -> Planted:
    members, psc = _chain(draw, n)
    return Planted(
        members, [*psc, draw.owned(members[0])], (), _by_layers(members, 0, f"chain of {n} under a person")
    )


def _under_foreign(draw: Draw) -> Planted:
    """A company from abroad is a layer."""
    members, psc = _chain(draw, 5)
    return Planted(
        members,
        [*psc, foreign_owner(draw, members[0], "Germany")],
        (),
        _by_layers(members, 1, "chain under a German company"),
    )


def _ended(draw: Draw) -> Planted:
    members, psc = _chain(draw, 7)
    psc[3] = psc[3] | {"ceased_on": "2022-02-01"}
    owned = [draw.owned(members[0]), draw.owned(members[4])]
    notes = [
        *_by_layers(members[:4], 0, "above the break"),
        *_by_layers(members[4:], 0, "below a holding that has ceased"),
    ]
    return Planted(members, [*psc, *owned], (), notes)


def _ring(draw: Draw) -> Planted:
    """A ring of three at the top is one layer."""
    ring = [draw.company() for _ in range(3)]
    psc = [company_owner(member, ring[i - 1], HALF_SHARES, SINCE) for i, member in enumerate(ring)]
    members, held = _chain(draw, 5)
    psc += [*held, company_owner(members[0], ring[1], ALL_SHARES, SINCE)]
    return Planted(
        [*ring, *members],
        psc,
        (),
        [*truth(CODE, ring, "not_flagged", "in a ring"), *_by_layers(members, 1, "chain under a ring")],
    )


def _trust(draw: Draw) -> Planted:
    """An unnamed trust at the top is no legal entity."""
    members, psc = _chain(draw, 5)
    return Planted(
        members,
        [*psc, person_owner(members[0], draw.person(), TRUST, SINCE)],
        (),
        _by_layers(members, 0, "chain under a trust"),
    )


def _two_ways(draw: Draw) -> Planted:
    """A short and a long way up: the long one counts."""
    members, psc = _chain(draw, 6)
    short = company_owner(members[5], members[0], HALF_SHARES, SINCE)
    return Planted(
        members,
        [*psc, short, draw.owned(members[0])],
        (),
        _by_layers(members, 0, "long way beside a short one"),
    )


def make(draw: Draw) -> Planted:
    return (
        _plain(draw, 6)
        + _plain(draw, 5)
        + _plain(draw, 8)
        + _under_foreign(draw)
        + _ended(draw)
        + _ring(draw)
        + _trust(draw)
        + _two_ways(draw)
    )


PLANT = Plant(CODE, make)
