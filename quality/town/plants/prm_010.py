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
    part,
    person_owner,
)

SINCE, ENDED_ON, CHARGED_ON = date(2017, 5, 8), date(2024, 5, 1), date(2023, 4, 3)
LANDLORD = "HARROWMERE GROUND RENTS LIMITED"


@part
def _case(
    draw: Draw,
    *verdict: *tuple[Expected, str],
    between: Callable[[Draw, Company, Company], Planted],  # what joins the two applicants
    days: int = 137,
    outcome: str = "revoked",
    again: str = "pending",
    landlord: str = "",
    is_lessor_named: bool = False,
    has_one_seat: bool = False,
) -> Planted:
    """A licence that ended, and another company's application so many days later. is_lessor_named: in the
    refusal, and again.
    """
    lessors = [draw.company(SINCE)] if is_lessor_named else []
    lessor = lessors[0].name if lessors else landlord
    place, seat = draw.address(), draw.address() if has_one_seat else None
    old, new = (draw.company(SINCE, address=seat) for _ in range(2))
    ended, applied = ENDED_ON, ENDED_ON + timedelta(days=days)
    rows = [
        permit(old, place, outcome, decided=ended, landlord=lessor, is_landlord_named=is_lessor_named),
        permit(new, place, again, applied=applied, landlord=lessor),
    ]
    case = Planted([old, new], permits=rows, truth=[at(place, *verdict)]) + between(draw, old, new)
    return case + Planted(lessors, [draw.owned(company) for company in lessors])


def _one_owner(draw: Draw, old: Company, new: Company) -> Planted:
    owner = draw.person()
    return Planted(psc=[person_owner(each, owner, ALL_SHARES, SINCE) for each in (old, new)])


def _strangers(draw: Draw, old: Company, new: Company) -> Planted:
    return Planted(psc=[draw.owned(old), draw.owned(new)])


def _one_bank(draw: Draw, old: Company, new: Company, lender: str = BANK) -> Planted:
    charges = [charge(each, 1, CHARGED_ON, [lender]) for each in (old, new)]
    return _strangers(draw, old, new) + Planted(charges=charges)


def _one_lender(draw: Draw, old: Company, new: Company) -> Planted:
    lender = draw.company(SINCE)
    return _one_bank(draw, old, new, lender.name) + Planted([lender], [draw.owned(lender)])


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
        _case("flagged", "one owner, 137 days", between=_one_owner),
        _case("flagged", "one owner, 730 days", between=_one_owner, days=730),
        _case("flagged", "withdrawn; one lender", between=_one_lender, outcome="withdrawn"),
        _case(
            "flagged",
            "the lessor that the refusal named",
            between=_strangers,
            outcome="refused",
            is_lessor_named=True,
        ),
        _case(
            "flagged",
            "the two have one seat elsewhere",
            between=_strangers,
            outcome="refused",
            again="granted",
            days=1,
            has_one_seat=True,
        ),
        _case("not_flagged", "one owner, 731 days", between=_one_owner, days=731),
        _case("not_flagged", "strangers", between=_strangers),
        _case("not_flagged", "granted before, and sold", between=_one_owner, outcome="granted"),
        _case("not_flagged", "one landlord only", between=_strangers, landlord=LANDLORD),
        _case("not_flagged", "one bank", between=_one_bank),
        _somebody,
    )
)
