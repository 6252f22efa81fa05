"""OWN-060: a trade of which most companies have one holding above them, and three have four; and one with
five holdings for two persons, on the fence.
"""

from quality.town.plant import HALF_SHARES, Company, Draw, Plant, Planted, Truth, person_owner
from quality.town.plants._records import SINCE, Rows, chain, held

TRADE = "08990"  # of a division that no company of the town is in
HOLDING = "64209"


def _companies(draw: Draw, n: int, sic: str) -> list[Company]:
    return [draw.company(sic=sic) for _ in range(n)]


def _on_the_fence(draw: Draw, company: Company, holdings: list[Company]) -> Rows:
    """Five holdings, and two persons at the top: 2.5 for each."""
    first, second, third, fourth, fifth = holdings
    one, two = draw.person(), draw.person()
    return [
        *(held(company, each, HALF_SHARES) for each in (first, second, third)),
        held(first, fourth),
        held(second, fifth),
        *(person_owner(each, one, HALF_SHARES, SINCE) for each in (fourth, fifth)),
        person_owner(third, two, HALF_SHARES, SINCE),
    ]


def _peers(draw: Draw) -> Planted:
    """Eight companies with 0.5 holdings a person, ten with 1, one with 2.5, three with 4: a fence of 2.5."""
    shared, sole = _companies(draw, 2, HOLDING)
    ladder, around = _companies(draw, 4, HOLDING), _companies(draw, 5, HOLDING)
    halves, ones, complex_, [edge] = (_companies(draw, n, TRADE) for n in (8, 10, 3, 1))
    psc = [
        *(person_owner(shared, draw.person(), HALF_SHARES, SINCE) for _ in range(2)),
        draw.owned(sole),
        draw.owned(ladder[0]),
        *chain(ladder),
        *(held(each, shared) for each in halves),
        *(held(each, sole) for each in ones),
        *(held(each, ladder[-1]) for each in complex_),
        *_on_the_fence(draw, edge, around),
    ]
    truth = [
        *(Truth(each.id, "flagged", "four holdings for one person") for each in complex_),
        Truth(edge.id, "not_flagged", "five holdings for two persons: on the fence"),
        *(Truth(each.id, "not_flagged", "one holding of two persons") for each in halves),
        *(Truth(each.id, "not_flagged", "one holding of one person") for each in ones),
    ]
    return Planted([shared, sole, *ladder, *around, *halves, *ones, *complex_, edge], psc, truth=truth)


PLANT = Plant((_peers,))
