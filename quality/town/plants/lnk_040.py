"""LNK-040: companies with an owner abroad who is in a leak, or is not."""

from datetime import date

from quality.town.listed import node
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    company_owner,
    part,
)
from quality.town.plants._records import ENDED, SINCE, foreign_owner

BVI = "British Virgin Islands"


@part
def _case(
    draw: Draw,
    nth: int,
    *verdict: *tuple[Expected, str],
    natures: tuple[str, ...] = ALL_SHARES,
    ended_on: date | None = None,
    is_leaked: bool = True,
    has_subsidiary: bool = False,
) -> Planted:
    """A company with an owner abroad. nth: of its node in the leak. has_subsidiary: it holds another company,
    which has the verdict in its place.
    """
    below = [draw.company()] if has_subsidiary else []
    company = draw.company()
    owner = foreign_owner(draw, company, BVI, natures, ended_on)
    leaked = node(nth, owner["name"].upper(), owner["identification.registration_number"], BVI)
    return Planted(
        [company, *below],
        [owner, *(company_owner(held, company, ALL_SHARES, SINCE) for held in below)],
        truth=[Truth([company, *below][-1].id, *verdict)],
        leaks=[leaked] if is_leaked else [],
    )


def _owned_here(draw: Draw) -> Planted:
    company = draw.company()
    return Planted([company], [draw.owned(company)]).judged("not_flagged", "a person of this country owns it")


PLANT = Plant(
    (
        _case(1, "flagged", "its owner is in the leak"),
        _case(2, "flagged", "a part owner is", natures=HALF_SHARES),
        _case(3, "flagged", "the owner of its owner is", has_subsidiary=True),
        _case(4, "not_flagged", "an owner abroad who is not", is_leaked=False),
        _case(5, "not_flagged", "the owner in it has sold", ended_on=ENDED),
        _owned_here,
    )
)
