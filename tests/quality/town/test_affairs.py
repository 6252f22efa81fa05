"""The affairs: their distances in days, who is alike and not the same, and nothing shared with the town."""

from datetime import date, datetime

import pytest

from quality.town.affairs import affairs, hotel
from quality.town.affairs._parts import FIRST_HOUSE
from quality.town.parts.places import OFFICES, PLANTED_HOUSES, PLANTED_HOUSES_N, town_map
from quality.town.plant import Company, Draw, LaterFact, Planted, title_id


@pytest.fixture(scope="module")
def told() -> Planted:
    return affairs(Draw(town_map(1), seed=1))


def _company(told: Planted, word: str) -> Company:
    [company] = [company for company in told.companies if word in company.name]
    return company


def _bought_on(told: Planted, word: str) -> date:
    [row] = [row for row in told.titles if word in row["Property Address"]]
    day, month, year = row["Date Proprietor Added"].split("-")
    return date(int(year), int(month), int(day))


def _later(told: Planted, register: str, **facts: str) -> list[LaterFact]:
    return [fact for fact in told.later if fact.register == register and facts.items() <= fact.facts.items()]


def test_the_days_lie_as_far_apart_as_the_flags_say(told: Planted) -> None:
    buyer, estates, care = (_company(told, word) for word in ("RAILWAY HOTEL", "ESTATES", "SUPPORTED"))
    assert (_bought_on(told, "Railway Hotel") - buyer.incorporated_on).days == 200
    assert (_bought_on(told, "Railway Terrace") - estates.incorporated_on).days == 137
    paid_on = [
        datetime.strptime(row["Payment Date"], "%d/%m/%Y").date()
        for row in told.spending
        if row["Supplier Name"] == care.name
    ]
    assert (min(paid_on) - care.incorporated_on).days == 53
    new, old = _company(told, "CASTLEGATE"), _company(told, "COPPERFIELD")
    [revoked] = _later(told, "permits", act="revoked", holder=old.id)
    [applied] = _later(told, "permits", act="applied", applicant=new.id)
    assert (applied.day - revoked.day).days == 137
    assert applied.facts["premises"] == revoked.facts["premises"]
    [insolvent] = _later(told, "insolvency", company=old.id)
    assert (new.incorporated_on - insolvent.day).days == -21
    [left] = _later(told, "officers", company=old.id, act="resigned")
    [moved] = _later(told, "seats", company=old.id)
    assert [(insolvent.day - fact.day).days for fact in (left, moved)] == [77, 70]
    assert moved.facts["from"] == new.address.line1


def test_the_consultant_passes_on_92_per_cent_and_the_loan_buys_the_terrace(told: Planted) -> None:
    care, consultant, lender, estates = (
        _company(told, word).id for word in ("SUPPORTED", "CONSULTING", "FINANCE", "ESTATES")
    )

    def paid(payer: str, payee: str) -> int:
        return sum(int(fact.facts["gbp"]) for fact in _later(told, "accounts", payer=payer, payee=payee))

    assert round(100 * paid(consultant, lender) / paid(care, consultant)) == 92
    [charge] = _later(told, "charges", borrower=estates)
    assert charge.facts == {"lender": lender, "borrower": estates, "title": title_id(told.titles[1])}
    assert paid(lender, estates) < int(told.titles[1]["Price Paid"])


def test_the_namesake_differs_from_the_owner_in_the_month_only(told: Planted) -> None:
    same = ("name", "birth_year")
    owner, namesake = (row for row in told.psc if row.get("name_elements.surname") == hotel.OWNER[1])
    assert [owner[key] for key in same] == [namesake[key] for key in same]
    assert owner["birth_month"] == f"{hotel.BORN.month}" != namesake["birth_month"]
    assert owner["company_number"] != namesake["company_number"]


def test_affairs_sit_where_no_plant_and_nobody_of_the_town_does(told: Planted) -> None:
    assert PLANTED_HOUSES + 2 * PLANTED_HOUSES_N <= FIRST_HOUSE < OFFICES
    assert all(company.address.house >= FIRST_HOUSE for company in told.companies)


def test_affairs_are_the_same_in_every_town(told: Planted) -> None:
    other = affairs(Draw(town_map(30_000), seed=8))
    assert [company.name for company in other.companies] == [company.name for company in told.companies]
    assert [row["Property Address"] for row in other.titles] == [
        row["Property Address"] for row in told.titles
    ]
    assert [fact.day for fact in other.later] == [fact.day for fact in told.later]
