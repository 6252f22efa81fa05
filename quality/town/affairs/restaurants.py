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

from quality.town.affairs._parts import company, house, person, premises
from quality.town.companies.insolvency import insolvency
from quality.town.companies.seats import moved
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Expected,
    LaterFact,
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
REVOKED_ON, APPLIED_ON = date(2025, 10, 2), date(2026, 2, 16)
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
    later = _later(draw, old.id, new.id, lender.id, competitor.id)
    return Planted(companies, psc, truth=truth, later=later)


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


def _later(draw: Draw, old: str, new: str, lender: str, competitor: str) -> list[LaterFact]:
    """Facts about charges, boards, seats, insolvency and permits."""
    first, second, third, fourth = (premises(house(draw, street, 1)) for street in PREMISES)
    licence = {"permit": "premises licence"}
    transferred = {**licence, "act": "transferred", "holder": new}
    return [
        LaterFact(
            "officers", date(2021, 3, 2), {"company": old, "officer": "Clive Ottley", "act": "appointed"}
        ),
        LaterFact("charges", date(2024, 6, 3), {"lender": lender, "borrower": old}),
        LaterFact(
            "officers", date(2025, 9, 15), {"company": old, "officer": "Clive Ottley", "act": "resigned"}
        ),
        LaterFact(
            "officers", date(2025, 9, 15), {"company": old, "officer": "Declan Pogson", "act": "appointed"}
        ),
        moved(old, date(2025, 9, 22), house(draw, "MARKET LANE")),
        LaterFact("permits", REVOKED_ON, {**licence, "act": "revoked", **first, "holder": old}),
        LaterFact("permits", date(2025, 11, 24), {**transferred, **second}),
        LaterFact("permits", date(2025, 11, 24), {**transferred, **third}),
        insolvency(old, LIQUIDATION_ON),
        LaterFact("charges", date(2026, 1, 12), {"lender": lender, "borrower": new}),
        LaterFact(
            "permits",
            date(2026, 2, 9),
            {**licence, "act": "applied", **fourth, "applicant": competitor, "lessor": LESSOR},
        ),
        LaterFact(
            "permits",
            APPLIED_ON,
            {
                **licence,
                "act": "applied",
                **first,
                "applicant": new,
                "financier": lender,
                "lessor": LESSOR,
            },
        ),
    ]
