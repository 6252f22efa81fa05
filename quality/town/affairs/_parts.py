"""What the affairs are made of: companies, houses, people, titles and sales with names of their own."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from quality.town.land.sales import sale
from quality.town.land.titles import district_of
from quality.town.parts.dates import EDITION, add_months
from quality.town.parts.places import PLANTED_HOUSES, PLANTED_HOUSES_N, Address, postcodes
from quality.town.parts.wordlists import table
from quality.town.plant import PRIVATE, Company, Draw, Planted, title
from transforms.values.vocabulary import vocabulary

FIRST_HOUSE = PLANTED_HOUSES + 2 * PLANTED_HOUSES_N  # of a street: no plant and nobody of the town sits there
# A formation agent's office that no plant uses, in native columns.
_OFFICE = vocabulary("address_vocabulary").filter(address_class="agent").fill_null("").row(1, named=True)
AT_AN_AGENT = {
    "RegAddress.AddressLine1": _OFFICE["lines"].upper(),
    "RegAddress.PostTown": _OFFICE["locality"].upper(),
    "RegAddress.PostCode": _OFFICE["postcode"],
}
FIRST_ACCOUNTS_MONTHS = 21  # after incorporation
FILED = {"Accounts.AccountCategory": "TOTAL EXEMPTION FULL", "Accounts.LastMadeUpDate": "31/05/2025"}
NOT_YET_FILED = {"Accounts.AccountCategory": "NO ACCOUNTS FILED", "Accounts.LastMadeUpDate": ""}


def house(draw: Draw, street: str, nth: int = 0, place: str = "HARROWMERE") -> Address:
    """A house of the affairs in a street of the word list; nth: which one."""
    street_at = table("streets")["street"].to_list().index(street)
    place_at = draw.town.places.to_list().index(place)
    postcode = postcodes(draw.town, np.array([place_at]), np.array([street_at])).item()
    return Address(FIRST_HOUSE + nth, street, place, str(draw.town.post_towns[place_at]), str(postcode))


def company(
    draw: Draw,
    name: str,
    day: date,
    sic: str,
    seat: Address,
    *,
    series: str = "EW",
    category: str = PRIVATE,
    status: str = "Active",
    charges_n: int = 0,
    columns: Mapping[str, str] | None = None,
) -> Company:
    """A company of one trade, with filings that are not late and so many charges, all of them open."""
    first_due = add_months(np.array([day], "datetime64[D]"), FIRST_ACCOUNTS_MONTHS)[0].item()
    filed = FILED if first_due < EDITION else NOT_YET_FILED
    facts = {
        "SICCode.SicText_2": "",
        "SICCode.SicText_3": "",
        "Mortgages.NumMortCharges": str(charges_n),
        "Mortgages.NumMortOutstanding": str(charges_n),
        "Mortgages.NumMortPartSatisfied": "0",
        "Mortgages.NumMortSatisfied": "0",
        "Accounts.AccountRefDay": "31",
        "Accounts.AccountRefMonth": "5",
        "Accounts.NextDueDate": "28/02/2027" if first_due < EDITION else first_due.strftime("%d/%m/%Y"),
        **filed,
        **(columns or {}),
    }
    return draw.company(
        day, name=name, sic=sic, address=seat, series=series, category=category, status=status, columns=facts
    )


def person(draw: Draw, forename: str, surname: str, birth_year: int, birth_month: int) -> dict[str, str]:
    """PSC columns of a person with this name and birth; the home is drawn."""
    home = {key: value for key, value in draw.person().items() if key.startswith("address.")}
    return {
        **home,
        "name": f"Mr {forename} {surname}",
        "name_elements.title": "Mr",
        "name_elements.forename": forename,
        "name_elements.surname": surname,
        "birth_year": str(birth_year),
        "birth_month": str(birth_month),
        "nationality": "British",
        "country_of_residence": "England",
    }


def bought(
    draw: Draw, buyer: Company, place: Address, *, line: str, day: date, gbp: int, kind: str = "O"
) -> Planted:
    """The title of a property bought by one company, and the sale in the price register. line: how the title
    names the property, before its town. kind: of property, as the price register writes it.
    """
    where = ", ".join(dict.fromkeys((place.place.title(), place.post_town.title())))
    row = title(draw, [buyer], day, price_gbp=gbp) | {
        "Property Address": f"{line}, {where} ({place.postcode})",
        "District": district_of(place, draw.town),
        "Postcode": place.postcode,
    }
    return Planted(titles=[row], sales=[sale(place, day, gbp, kind=kind, category="B")])
