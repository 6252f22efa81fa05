"""Affair 2, the restaurants: closed in October, open in February. After violence the council revokes the
licence of one of three restaurants; their company is liquidated; another one opens at the same tables with a
front man, the same lender and the same hand on the board.

| day | fact | register |
|---|---|---|
| 2021-03-02 | old company; the restaurateur 75–100 %, sole director | companies, PSC, officers |
| 2024-06-03 | the lender's charge on it; the lender's owner "not yet identified" | charges, PSC |
| 2025-09-15 | the restaurateur leaves its board, the front man comes | officers |
| 2025-09-22 | its seat moves to a shop | companies (editions of 1 September and 1 October) |
| 2025-10-02 | licence of the first restaurant revoked | permits |
| 2025-11-10 | new company at the old one's former seat; the front man 75–100 % | companies, PSC |
| 2025-11-10 | the restaurateur may appoint its board | PSC |
| 2025-12-01 | the old company: creditors' voluntary liquidation | companies, insolvency |
| 2026-01-12 | the lender's charge on the new company | charges |
| 2026-02-16 | the new company applies for the first restaurant; the lender finances it | permits |

Fires: DEC-020 on the lender; PRM-010 on the first restaurant (controller, financier, 137 days); OWN-080 on
the new company (the restaurateur decides and owns nothing); LIF-010 on it (−21 days; controller, address,
industry); LIF-050 on the old one (the board 77 days before; the seat 61 to 90, since editions are monthly).
Silent: PRM-010 at the other two (licences transferred, none revoked), LIF-010 on a competitor who rents from
the same landlord.
Misleads: liquidators sell furniture and lease to whoever pays, landlords let to the same trade, the front man
is a real cook.
Clears: the restaurateur's right of appointment ended before the application, and money for the fit-out that
is not the lender's."""

from collections.abc import Mapping
from datetime import date

from quality.town.affairs._parts import company, house, person
from quality.town.companies_house import appointment, charge, insolvency
from quality.town.council import permit
from quality.town.gone import moved
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Expected,
    Planted,
    Truth,
    at,
    declaration,
    person_owner,
)

MAY_APPOINT = ("right-to-appoint-and-remove-directors",)
UNIDENTIFIED = "psc-exists-but-not-identified"
RESTAURANT = "56101"
# Street of the premises → what PRM-010 says of them.
PREMISES: Mapping[str, tuple[Expected, str]] = {
    "HIGH STREET": ("flagged", "restaurants: controller and lender are the same, 137 days later"),
    "WATER SQUARE": ("not_flagged", "restaurants: a licence transferred, none revoked"),
    "MARKET LANE": ("not_flagged", "restaurants: another licence transferred, none revoked"),
    "MILL STREET": ("not_flagged", "restaurants: a competitor asks, and nobody before it"),
}
LESSOR = "HARROWMERE GROUND RENTS LIMITED"  # lets to both
REVOKED_ON, TRANSFERRED_ON, APPLIED_ON = date(2025, 10, 2), date(2025, 11, 24), date(2026, 2, 16)
BOARD_LEFT_ON = date(2025, 9, 15)
LIQUIDATION_ON = date(2025, 12, 1)


def make(draw: Draw) -> Planted:
    restaurateur = person(draw, "Clive", "Ottley", 1971, 5)
    cook = person(draw, "Declan", "Pogson", 1988, 11)
    old, new, lender, competitor = companies = _companies(draw)
    psc = [
        person_owner(old, restaurateur, ALL_SHARES, old.incorporated_on),
        person_owner(new, cook, ALL_SHARES, new.incorporated_on),
        person_owner(new, restaurateur, MAY_APPOINT, new.incorporated_on),
        declaration(lender, UNIDENTIFIED, lender.incorporated_on),
        draw.owned(competitor),
    ]
    truth = [
        Truth(lender.id, "flagged", "restaurants: the lender's owner is not identified", "DEC-020"),
        *(
            Truth(each.id, "not_flagged", f"restaurants: the {who} names its owner", "DEC-020")
            for who, each in (("old company", old), ("new company", new), ("competitor", competitor))
        ),
        Truth(new.id, "flagged", "restaurants: the restaurateur appoints the cook's board", "OWN-080"),
        Truth(old.id, "not_flagged", "restaurants: whoever decided owned it all", "OWN-080"),
        Truth(new.id, "flagged", "restaurants: 21 days before, same hand, address, industry", "LIF-010"),
        Truth(competitor.id, "not_flagged", "restaurants: a competitor shares nobody", "LIF-010"),
        Truth(old.id, "flagged", "restaurants: the board 77 days before, the seat 61 to 90", "LIF-050"),
        *(at(house(draw, street, 1), *verdict, "PRM-010") for street, verdict in PREMISES.items()),
    ]
    return Planted(
        companies,
        psc,
        truth=truth,
        permits=_permits(draw, *companies),
        charges=[
            charge(old, 1, date(2024, 6, 3), [lender.name]),
            charge(new, 2, date(2026, 1, 12), [lender.name]),
        ],
        officers=[
            appointment(old, restaurateur, until=BOARD_LEFT_ON),
            appointment(old, cook, BOARD_LEFT_ON),
        ],
        moved=[moved(old, date(2025, 9, 22), new.address)],
        insolvency=[insolvency(old, LIQUIDATION_ON)],
    )


def _companies(draw: Draw) -> tuple[Company, Company, Company, Company]:
    """The old and the new company, the lender and the competitor."""
    office, shop = house(draw, "MARKET LANE"), house(draw, "BRIDGE STREET")
    old = company(
        draw,
        "COPPERFIELD RESTAURANTS (HARROWMERE) LIMITED",
        date(2021, 3, 2),
        RESTAURANT,
        shop,
        status="Liquidation",
        charges_n=1,
    )
    new = company(
        draw,
        "CASTLEGATE DINING (HARROWMERE) LIMITED",
        date(2025, 11, 10),
        RESTAURANT,
        office,
        charges_n=1,
    )
    lender = company(
        draw, "LANTERN CAPITAL (WENDMOUTH) LIMITED", date(2023, 10, 9), "64999", house(draw, "BANK ROAD")
    )
    competitor = company(
        draw,
        "TEAL RESTAURANT (ELMERSDALE) LIMITED",
        date(2026, 1, 19),
        RESTAURANT,
        house(draw, "MILL STREET"),
    )
    return old, new, lender, competitor


def _permits(
    draw: Draw, old: Company, new: Company, lender: Company, competitor: Company
) -> list[dict[str, str]]:
    first, second, third, fourth = (house(draw, street, 1) for street in PREMISES)
    return [
        permit(old, first, "revoked", decided=REVOKED_ON),
        permit(new, second, "transferred", decided=TRANSFERRED_ON),
        permit(new, third, "transferred", decided=TRANSFERRED_ON),
        permit(competitor, fourth, "pending", applied=date(2026, 2, 9), landlord=LESSOR),
        permit(new, first, "pending", applied=APPLIED_ON, financier=lender.name, landlord=LESSOR),
    ]
