"""PRM-010: licences that ended, and who asked again for the same premises."""

from collections.abc import Callable
from datetime import date, timedelta

from quality.town.companies_house import BANK, charge
from quality.town.council import permit
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    at,
    person_owner,
)

SINCE, ENDED_ON, CHARGED_ON = date(2017, 5, 8), date(2024, 5, 1), date(2023, 4, 3)
LANDLORD = "HARROWMERE GROUND RENTS LIMITED"

type Between = Callable[[Draw, Company, Company], Planted]  # what joins the two applicants


def _case(
    draw: Draw,
    verdict: tuple[Expected, str],
    between: Between,
    *,
    days: int = 137,
    outcome: str = "revoked",
    landlord: str = "",
    is_landlord_named: bool = False,
) -> Planted:
    """A licence that ended, and another company's application so many days later."""
    place, old, new = draw.address(), draw.company(SINCE), draw.company(SINCE)
    rows = [
        permit(
            old,
            place,
            outcome,
            decided=ENDED_ON,
            landlord=landlord,
            is_landlord_named=is_landlord_named,
        ),
        permit(new, place, "pending", applied=ENDED_ON + timedelta(days=days), landlord=landlord),
    ]
    truth = [at(place, *verdict)]
    return Planted([old, new], permits=rows, truth=truth) + between(draw, old, new)


def _one_owner(draw: Draw, old: Company, new: Company) -> Planted:
    owner = draw.person()
    return Planted(psc=[person_owner(each, owner, ALL_SHARES, SINCE) for each in (old, new)])


def _strangers(draw: Draw, old: Company, new: Company) -> Planted:
    return Planted(psc=[draw.owned(old), draw.owned(new)])


def _one_lender(draw: Draw, old: Company, new: Company) -> Planted:
    lender = draw.company(SINCE)
    charges = [charge(each, 1, CHARGED_ON, [lender.name]) for each in (old, new)]
    return _strangers(draw, old, new) + Planted([lender], [draw.owned(lender)], charges=charges)


def _one_bank(draw: Draw, old: Company, new: Company) -> Planted:
    charges = [charge(each, 1, CHARGED_ON, [BANK]) for each in (old, new)]
    return _strangers(draw, old, new) + Planted(charges=charges)


def _one_seat(draw: Draw) -> Planted:
    place, seat = draw.address(), draw.address()
    old, new = (draw.company(SINCE, address=seat) for _ in range(2))
    rows = [
        permit(old, place, "refused", decided=ENDED_ON),
        permit(new, place, "granted", applied=ENDED_ON + timedelta(days=1)),
    ]
    truth = [at(place, "flagged", "the two have one seat elsewhere")]
    return Planted([old, new], permits=rows, truth=truth) + _strangers(draw, old, new)


def _lessor(draw: Draw) -> Planted:
    lessor = draw.company(SINCE)
    verdict: tuple[Expected, str] = ("flagged", "the lessor that the refusal named")
    case = _case(draw, verdict, _strangers, outcome="refused", landlord=lessor.name, is_landlord_named=True)
    return case + Planted([lessor], [draw.owned(lessor)])


def _somebody(draw: Draw) -> Planted:
    place = draw.address()
    old, who = draw.company(SINCE), draw.person()
    rows = [
        permit(old, place, "refused", decided=ENDED_ON),
        permit(who["name"], place, "pending", applied=ENDED_ON + timedelta(days=30)),
    ]
    truth = [at(place, "not_assessable", "a natural person applies")]
    return Planted([old], [draw.owned(old)], truth=truth, permits=rows)


PLANT = Plant(
    (
        lambda draw: _case(draw, ("flagged", "one owner, 137 days"), _one_owner),
        lambda draw: _case(draw, ("flagged", "one owner, 730 days"), _one_owner, days=730),
        lambda draw: _case(draw, ("flagged", "withdrawn; one lender"), _one_lender, outcome="withdrawn"),
        _lessor,
        _one_seat,
        lambda draw: _case(draw, ("not_flagged", "one owner, 731 days"), _one_owner, days=731),
        lambda draw: _case(draw, ("not_flagged", "strangers"), _strangers),
        lambda draw: _case(draw, ("not_flagged", "granted before, and sold"), _one_owner, outcome="granted"),
        lambda draw: _case(draw, ("not_flagged", "one landlord only"), _strangers, landlord=LANDLORD),
        lambda draw: _case(draw, ("not_flagged", "one bank"), _one_bank),
        _somebody,
    )
)
