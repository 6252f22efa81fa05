"""LNK-040: companies with an owner abroad who is in a leak, or is not."""

from datetime import date

from quality.town.land.leaks import node
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    company_owner,
)
from quality.town.plants._records import ENDED, SINCE, foreign_owner

BVI = "British Virgin Islands"


def _case(
    draw: Draw,
    nth: int,
    *verdict: *tuple[Expected, str],
    natures: tuple[str, ...] = ALL_SHARES,
    ended_on: date | None = None,
    is_leaked: bool = True,
    below: Company | None = None,
) -> Planted:
    """A company with an owner abroad. nth: of its node in the leak. below: a company that it holds, which has
    the verdict in its place.
    """
    company = draw.company()
    owner = foreign_owner(draw, company, BVI, natures, ended_on)
    leaked = node(nth, owner["name"].upper(), owner["identification.registration_number"], BVI)
    owners = [owner] if below is None else [owner, company_owner(below, company, ALL_SHARES, SINCE)]
    return Planted(
        [company] if below is None else [company, below],
        owners,
        truth=[Truth((below or company).id, *verdict)],
        leaks=[leaked] if is_leaked else [],
    )


PLANT = Plant(
    (
        lambda draw: _case(draw, 1, "flagged", "its owner is in the leak"),
        lambda draw: _case(draw, 2, "flagged", "a part owner is", natures=HALF_SHARES),
        lambda draw: _case(draw, 3, "flagged", "the owner of its owner is", below=draw.company()),
        lambda draw: _case(draw, 4, "not_flagged", "an owner abroad who is not", is_leaked=False),
        lambda draw: _case(draw, 5, "not_flagged", "the owner in it has sold", ended_on=ENDED),
        lambda draw: Planted(
            [company := draw.company()],
            [draw.owned(company)],
            truth=[Truth(company.id, "not_flagged", "a person of this country owns it")],
        ),
    )
)
