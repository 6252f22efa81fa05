"""Affair 1, the hotel: a sanctioned owner behind three layers buys the old railway hotel and asks for its
licence.

| day | fact | register |
|---|---|---|
| 2019-05-07 | partnership; the owner 75–100 % | companies, PSC |
| 2024-02-12 | group; the partnership 75–100 % | companies, PSC |
| 2025-09-08 | hotel company; the group 75–100 %; seat at a formation agent's | companies, PSC |
| 2025-11-20 | the owner listed by name and birth date, the partnership by its number | sanctions list |
| 2026-03-27 | the hotel company is proprietor of the hotel, 4,200,000, no charge | titles, prices |
| 2026-04-20 | it applies for the premises licence | permits |

Fires: LNK-010 (`listed` on the partnership, certain on group and hotel company by the rule of the United
Kingdom), LNK-020, PRP-010 (200 days), PRP-060 where 20 sales of a year are held. Silent: PRP-050, the owner
is perfectly clear; ADR-010.
Misleads: a new company for one hotel, bought without a bank, is how hotels are bought. Another person has
the owner's name and year of birth, not the month: not merged, nor in the case.
Clears: a licence of the sanctions authority, or delisting. A sale to a relative after the listing does
not."""

from datetime import date

from quality.town import listed
from quality.town.affairs._parts import AT_AN_AGENT, bought, company, house, person
from quality.town.council import permit
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Planted,
    Truth,
    company_owner,
    person_owner,
    title_id,
)
from transforms.values.addresses import address_class_list

LISTED_ON = date(2025, 11, 20)
BOUGHT_ON, PRICE_GBP = date(2026, 3, 27), 4_200_000
APPLIED_ON = date(2026, 4, 20)
OWNER = ("Maurice", "Heptonstall")
BORN = date(1964, 8, 17)
SURPLUS = (
    "voting-rights-75-to-100-percent-limited-liability-partnership",
    "right-to-share-surplus-assets-75-to-100-percent-limited-liability-partnership",
)


def make(draw: Draw) -> Planted:
    owner = person(draw, *OWNER, BORN.year, BORN.month)
    partners, group, hotel = layers = _layers(draw)
    psc = [
        person_owner(partners, owner, SURPLUS, partners.incorporated_on),
        company_owner(group, partners, ALL_SHARES, group.incorporated_on, name=_in_title_case(partners)),
        company_owner(hotel, group, ALL_SHARES, hotel.incorporated_on),
    ]
    place = house(draw, "STATION ROAD")
    line = f"Railway Hotel, {place.house} Station Road"
    land = bought(draw, hotel, place, line=line, day=BOUGHT_ON, gbp=PRICE_GBP)
    affair = Planted(
        layers,
        psc,
        truth=_truth(layers, title_id(land.titles[0])),
        listed=_listed(partners),
        permits=[permit(hotel, place, "pending", applied=APPLIED_ON)],
    )
    return affair + land + _namesake(draw)


def _layers(draw: Draw) -> tuple[Company, Company, Company]:
    """Partnership, group and hotel company."""
    office = house(draw, "FERRY STREET", 0, "MILLHAVEN")
    return (
        company(
            draw,
            "NIGHTJAR PARTNERS (MILLHAVEN) LLP",
            date(2019, 5, 7),
            "None Supplied",
            office,
            series="OC",
            category="Limited Liability Partnership",
        ),
        company(draw, "NIGHTJAR LEISURE GROUP (MILLHAVEN) LIMITED", date(2024, 2, 12), "64209", office),
        company(
            draw,
            "HARROWMERE RAILWAY HOTEL LIMITED",
            date(2025, 9, 8),
            "55100",
            house(draw, "STATION ROAD"),
            columns=AT_AN_AGENT,
        ),
    )


def _in_title_case(partners: Company) -> str:
    return partners.name.title().replace(" Llp", " LLP")


def _listed(partners: Company) -> list[dict[str, str]]:
    """The owner by name and birth date, the partnership by its number."""
    forename, surname = OWNER
    name = f"{forename} {surname}"
    who, firm = "zed-affair-hotel-owner", "zed-affair-hotel-partnership"
    properties = {
        "name": [_in_title_case(partners)],
        "jurisdiction": ["gb"],
        "registrationNumber": [partners.number],
        "topics": ["sanction"],
    }
    return [
        listed.record(
            who,
            "Person",
            name,
            {
                "name": [name],
                "alias": [f"{surname.upper()}, {forename}"],
                "birthDate": [BORN.isoformat()],
                "topics": ["sanction"],
            },
            dataset=listed.BINDING,
        ),
        listed.sanction(who, who, start=LISTED_ON.isoformat(), dataset=listed.BINDING),
        listed.record(firm, "Company", _in_title_case(partners), properties, dataset=listed.BINDING),
        listed.sanction(firm, firm, start=LISTED_ON.isoformat(), dataset=listed.BINDING),
    ]


def _truth(companies: tuple[Company, Company, Company], hotel: str) -> list[Truth]:
    partners, group, buyer = (each.id for each in companies)
    [agents_office] = [
        row["address_id"]
        for row in address_class_list().iter_rows(named=True)
        if row["unit_key"].startswith(AT_AN_AGENT["RegAddress.PostCode"])
        and row["unit_key"].endswith(AT_AN_AGENT["RegAddress.AddressLine1"])
    ]
    return [
        Truth(partners, "flagged", "hotel: the partnership, on the list by its number", "LNK-010"),
        Truth(group, "flagged", "hotel: the group, owned by the listed partnership", "LNK-010"),
        Truth(buyer, "flagged", "hotel: the buyer, two layers below the listed partnership", "LNK-010"),
        Truth(partners, "flagged", "hotel: its owner is on the list by name and birth date", "LNK-020"),
        Truth(group, "flagged", "hotel: below the listed partnership", "LNK-020"),
        Truth(buyer, "flagged", "hotel: below the listed partnership", "LNK-020"),
        Truth(hotel, "flagged", "hotel: bought 200 days after the company was founded", "PRP-010"),
        Truth(hotel, "flagged", "hotel: bought for 4.2 million without a bank", "PRP-060"),
        Truth(hotel, "not_flagged", "hotel: the owner is clear", "PRP-050"),
        Truth(agents_office, "not_flagged", "hotel: an agent's office with few seats", "ADR-010"),
    ]


def _namesake(draw: Draw) -> Planted:
    """A company of another person with the owner's name and year of birth, born in another month."""
    month = BORN.month % 12 + 1
    namesake = person(draw, *OWNER, BORN.year, month)
    seat = house(draw, "MARKET TERRACE", 0, "KELDERBY")
    cafe = company(draw, "HEPTONSTALL TEA ROOMS (KELDERBY) LIMITED", date(2017, 3, 13), "56102", seat)
    notes = [
        Truth(cafe.id, "not_flagged", "hotel: a namesake of the owner, born in another month", code)
        for code in ("LNK-010", "LNK-020")
    ]
    return Planted((cafe,), [person_owner(cafe, namesake, ALL_SHARES, cafe.incorporated_on)], truth=notes)
