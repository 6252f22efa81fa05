"""LIF-050: companies whose board or owners were replaced before the insolvency, and whose seat moved."""

from datetime import date

from quality.town.companies_house import CREDITORS, MEMBERS, appointment, insolvency
from quality.town.gone import moved
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, Truth, part, person_owner

SINCE, INSOLVENT_ON = date(2018, 3, 6), date(2025, 11, 24)
LEFT_ON, MOVED_ON = date(2025, 9, 9), date(2025, 9, 16)  # between the editions of 1 September and 1 October
LONG_BEFORE = date(2025, 8, 19)


@part
def _case(
    draw: Draw,
    *verdict: *tuple[Expected, str],
    board_left: date | None = None,
    owner_left: date | None = None,
    is_moved: bool = True,
    kind: str | None = CREDITORS,
) -> Planted:
    """A company with one director and one owner; whoever left was followed by somebody else that day."""
    company = draw.company(SINCE, status="Liquidation")
    director, owner = draw.person(), draw.person()
    officers = [
        appointment(company, director, until=board_left),
        *([appointment(company, draw.person(), board_left)] if board_left else []),
    ]
    owners = [
        person_owner(company, owner, ALL_SHARES, SINCE, owner_left),
        *([person_owner(company, draw.person(), ALL_SHARES, owner_left)] if owner_left else []),
    ]
    return Planted(
        [company],
        owners,
        truth=[Truth(company.id, *verdict)] if kind != MEMBERS else [],
        officers=officers,
        moved=[moved(company, MOVED_ON, draw.address())] if is_moved else [],
        insolvency=[insolvency(company, INSOLVENT_ON, kind)] if kind else [],
    )


PLANT = Plant(
    (
        _case("flagged", "board and seat", board_left=LEFT_ON),
        _case("flagged", "owner and seat", owner_left=LEFT_ON),
        _case("flagged", "both, and the seat", board_left=LEFT_ON, owner_left=LEFT_ON),
        _case("not_flagged", "the board long before", board_left=LONG_BEFORE),
        _case("not_flagged", "it stayed where it was", board_left=LEFT_ON, is_moved=False),
        _case("not_flagged", "it moved, and nobody left"),
        _case("not_assessable", "no case is held", board_left=LEFT_ON, kind=None),
        _case("not_flagged", "its members wound it up", board_left=LEFT_ON, kind=MEMBERS),
    )
)
