"""Affair 2, the restaurants: closed in October, open in February. After violence the council revokes the
licence of one of three restaurants; their company is liquidated; another one opens at the same tables with a
front man, the same lender and the same hand on the board.

| day | fact | register |
|---|---|---|
| 2021-03-02 | old company; the restaurateur 75–100 %, sole director | companies, PSC, officers (later) |
| 2024-06-03 | the lender's charge on it; the lender's owner "not yet identified" | charges, PSC |
| 2025-09-15 | the restaurateur leaves its board, the front man comes | officers (later) |
| 2025-09-22 | its seat moves to a shop | companies (no edition held that is so old) |
| 2025-10-02 | licence of the first restaurant revoked | permits (later) |
| 2025-11-10 | new company at the old one's former seat; the front man 75–100 % | companies, PSC |
| 2025-11-10 | the restaurateur may appoint its board | PSC |
| 2025-12-01 | the old company: creditors' voluntary liquidation | companies, insolvency (later) |
| 2026-01-12 | the lender's charge on the new company | charges |
| 2026-02-16 | the new company applies for the first restaurant; the lender finances it | permits (later) |

Fires: DEC-020 on the lender. With permits: PRM-010 on the first restaurant (controller, financier, 137 days).
With the other registers: LIF-010 (−21 days; controller, address, industry), LIF-050 (77 and 70 days), OWN-080
on the new company. Silent: PRM-010 at the other two (licences transferred, none revoked), LIF-010 on a
competitor who rents from the same landlord.
Misleads: liquidators sell furniture and lease to whoever pays, landlords let to the same trade, the front man
is a real cook.
Clears: the restaurateur's right of appointment ended before the application, and money for the fit-out that
is not the lender's."""

from datetime import date

from quality.town.affairs._parts import company, house, person
from quality.town.plant import (
    ALL_SHARES,
    Draw,
    LaterFact,
    Planted,
    Truth,
    declaration,
    person_owner,
)

MAY_APPOINT = ("right-to-appoint-and-remove-directors",)
UNIDENTIFIED = "psc-exists-but-not-identified"
RESTAURANT = "56101"
LESSOR = "HARROWMERE GROUND RENTS LIMITED"  # lets to both
REVOKED_ON, APPLIED_ON = date(2025, 10, 2), date(2026, 2, 16)
LIQUIDATION_ON = date(2025, 12, 1)


def make(draw: Draw) -> Planted:
    restaurateur = person(draw, "Clive", "Ottley", 1971, 5)
    cook = person(draw, "Declan", "Pogson", 1988, 11)
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
            Truth(made.id, "not_flagged", f"restaurants: the {who} names its owner", "DEC-020")
            for who, made in (("old company", old), ("new company", new), ("competitor", competitor))
        ),
    ]
    later = _later(draw, old.id, new.id, lender.id, competitor.id)
    return Planted((old, new, lender, competitor), psc, truth=truth, later=later)


def _later(draw: Draw, old: str, new: str, lender: str, competitor: str) -> list[LaterFact]:
    """Facts of registers that are not read yet."""
    first, second, third, fourth = (
        house(draw, street, 1).line1
        for street in ("HIGH STREET", "WATER SQUARE", "MARKET LANE", "MILL STREET")
    )
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
        LaterFact("seats", date(2025, 9, 22), {"company": old, "from": house(draw, "MARKET LANE").line1}),
        LaterFact("permits", REVOKED_ON, {**licence, "act": "revoked", "premises": first, "holder": old}),
        LaterFact("permits", date(2025, 11, 24), {**transferred, "premises": second}),
        LaterFact("permits", date(2025, 11, 24), {**transferred, "premises": third}),
        LaterFact("insolvency", LIQUIDATION_ON, {"company": old, "kind": "creditors' voluntary liquidation"}),
        LaterFact("charges", date(2026, 1, 12), {"lender": lender, "borrower": new}),
        LaterFact(
            "permits",
            date(2026, 2, 9),
            {**licence, "act": "applied", "premises": fourth, "applicant": competitor, "lessor": LESSOR},
        ),
        LaterFact(
            "permits",
            APPLIED_ON,
            {
                **licence,
                "act": "applied",
                "premises": first,
                "applicant": new,
                "financier": lender,
                "lessor": LESSOR,
            },
        ),
    ]
