"""The affairs: their distances in days, who is alike and not the same, and nothing shared with the town."""

from collections.abc import Mapping
from datetime import date, datetime

import orjson
import pytest

from quality.town.affairs import affairs, hotel, restaurants
from quality.town.affairs._parts import FIRST_HOUSE
from quality.town.parts.places import OFFICES, PLANTED_HOUSES, PLANTED_HOUSES_N, town_map
from quality.town.plant import Company, Draw, Planted


@pytest.fixture(scope="module")
def planted() -> Planted:
    return affairs(Draw(town_map(1), seed=1))


def _company(planted: Planted, word: str) -> Company:
    [company] = [company for company in planted.companies if word in company.name]
    return company


def _bought_on(planted: Planted, word: str) -> date:
    [row] = [row for row in planted.titles if word in row["Property Address"]]
    day, month, year = row["Date Proprietor Added"].split("-")
    return date(int(year), int(month), int(day))


def _licence(planted: Planted, company: Company, outcome: str) -> Mapping[str, str]:
    [row] = [
        row for row in planted.permits if (row["Company No"], row["Outcome"]) == (company.number, outcome)
    ]
    return row


def _day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


def test_the_days_lie_as_far_apart_as_the_flags_say(planted: Planted) -> None:
    buyer, estates, care = (_company(planted, word) for word in ("RAILWAY HOTEL", "ESTATES", "SUPPORTED"))
    assert (_bought_on(planted, "Railway Hotel") - buyer.incorporated_on).days == 200
    assert (_bought_on(planted, "Railway Terrace") - estates.incorporated_on).days == 137
    paid_on = [_day(row["Payment Date"]) for row in planted.spending if row["Supplier Name"] == care.name]
    assert (min(paid_on) - care.incorporated_on).days == 53
    new, old = _company(planted, "CASTLEGATE"), _company(planted, "COPPERFIELD")
    revoked, applied = _licence(planted, old, "revoked"), _licence(planted, new, "pending")
    assert (_day(applied["Applied"]) - _day(revoked["Decided"])).days == 137
    assert applied["Premises"] == revoked["Premises"]
    [case] = [orjson.loads(row["line"]) for row in planted.insolvency]
    insolvent = date.fromisoformat(case["data"]["cases"][0]["dates"][0]["date"])
    assert case["resource_id"] == old.number
    assert (new.incorporated_on - insolvent).days == -21
    [(before, moved_on)] = planted.moved
    assert (insolvent - moved_on).days == 70
    assert before.columns["RegAddress.AddressLine1"] == new.address.line1
    assert (insolvent - restaurants.BOARD_LEFT_ON).days == 77
    assert sum(f"{restaurants.BOARD_LEFT_ON:%Y%m%d}" in row["line"] for row in planted.officers) == 2


def test_the_consultant_passes_on_92_per_cent_and_the_loan_buys_the_terrace(planted: Planted) -> None:
    care, consultant, lender, estates = (
        _company(planted, word) for word in ("SUPPORTED", "CONSULTING", "FINANCE", "ESTATES")
    )

    def paid(payer: Company, payee: Company) -> float:
        own = [row for row in planted.accounts if row["is_out"] and row["holder_name"] == payer.name]
        return sum(float(row["gbp"]) for row in own if row["other_name"] == payee.name)

    assert round(100 * paid(consultant, lender) / paid(care, consultant)) == 92
    [charge] = [row["line"] for row in planted.charges if f"/company/{estates.number}/" in row["line"]]
    assert lender.name in charge and planted.titles[1]["Title Number"] in charge
    assert paid(lender, estates) < int(planted.titles[1]["Price Paid"])


def test_the_namesake_differs_from_the_owner_in_the_month_only(planted: Planted) -> None:
    same = ("name", "birth_year")
    owner, namesake = (row for row in planted.psc if row.get("name_elements.surname") == hotel.OWNER[1])
    assert [owner[key] for key in same] == [namesake[key] for key in same]
    assert owner["birth_month"] == f"{hotel.BORN.month}" != namesake["birth_month"]
    assert owner["company_number"] != namesake["company_number"]


def test_affairs_sit_where_no_plant_and_nobody_of_the_town_does(planted: Planted) -> None:
    assert PLANTED_HOUSES + 2 * PLANTED_HOUSES_N <= FIRST_HOUSE < OFFICES
    assert all(company.address.house >= FIRST_HOUSE for company in planted.companies)


def test_affairs_are_the_same_in_every_town(planted: Planted) -> None:
    other = affairs(Draw(town_map(30_000), seed=8))
    assert [company.name for company in other.companies] == [company.name for company in planted.companies]
    assert [row["Property Address"] for row in other.titles] == [
        row["Property Address"] for row in planted.titles
    ]
    assert [row["Applied"] for row in other.permits] == [row["Applied"] for row in planted.permits]
    assert [day for _, day in other.moved] == [day for _, day in planted.moved]
