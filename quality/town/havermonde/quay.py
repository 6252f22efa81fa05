"""Affair 4, the quay: shed, lender, beds. A holding has, through sole shareholdings, a logistics firm at the
port, a lender and housing of temporary workers, which opens again after a refused permit.

| day | fact | register |
|---|---|---|
| 2018-04-11 | the holding; one director | trade register |
| 2021-02-01 | the lender; sole shareholder the holding | trade register |
| 2023-05-08 | housing firm; sole shareholder the same; a second director to 2025-10-20 | trade register |
| 2025-02-10 | the logistics firm; sole shareholder the holding | trade register |
| 2025-04-01 | the shed on the quay, from a stranger to a dealer, 980,000 | land register |
| 2025-06-16 | to the logistics firm, 1,450,000; mortgage to the lender, 2,300,000 | land register |
| 2025-09-03 | permit for 48 beds at Dokstraat 8 refused to the housing firm | permits |
| 2025-11-24 | new firm of the second director; seat in a unit for industry only | trade register, BAG |
| 2026-01-19 | the new firm applies for the same beds | permits |

Fires: PRP-030 (76 days, 48 per cent before the index), PRP-110 (shed and lender in one control group),
PRP-010 (126 days), PRP-130 (159 per cent), PRM-010 (former officer), ADR-040 on the new firm. What rests on
shareholders beyond a sole one is not published.
Silent: PRP-130 on a second parcel whose mortgage covers two parcels worth more; PRM-010 on a tenant who
shares only the landlord.
Misleads: families lend through their own company; port firms start one for each shed.
Clears: a bank's money behind the lender; the second director gone from both firms before the refusal.
"""

from dataclasses import replace
from datetime import date

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import HOME, INDUSTRY, Business, Office, Parcel, Permit, Person, Port
from quality.town.plant import Truth

FOUNDED_ON, LEFT_ON = date(2023, 5, 8), date(2025, 10, 20)
APPLIED_ON, REFUSED_ON, AGAIN_ON = date(2025, 5, 12), date(2025, 9, 3), date(2026, 1, 19)


def quay(draw: PortDraw) -> Port:
    director, second = draw.person(), draw.person()
    holding = draw.business(
        date(2018, 4, 11), name="Breeuwershoofd Beheer B.V.", trade=("Beheer", "64200"), directors=[director]
    )
    lender = draw.business(
        date(2021, 2, 1),
        name="Noorderhoofd Krediet B.V.",
        trade=("Krediet", "64929"),
        directors=[director],
        owner=holding,
    )
    logistics = draw.business(
        date(2025, 2, 10),
        name="Kolenkade Logistiek B.V.",
        trade=("Logistiek", "52291"),
        directors=[director],
        owner=holding,
    )
    housing = _housing(draw, director, second, holding)
    again = draw.business(
        date(2025, 11, 24),
        name="Dokzicht Logies B.V.",
        trade=("Logies", "55209"),
        place=draw.place("port", (INDUSTRY,)),
        directors=[second],
    )
    companies = Port([holding, lender, logistics, housing, again])
    truth = [
        Truth(again.id, "flagged", "quay: a seat in a unit for industry only", "ADR-040"),
        Truth(logistics.id, "not_flagged", "quay: a seat in an office", "ADR-040"),
    ]
    return (
        companies
        + _shed(draw, logistics, lender)
        + _two_parcels(draw, holding, lender)
        + _beds(draw, housing, again)
        + Port(truth=truth)
    )


def _housing(draw: PortDraw, director: Person, second: Person, holding: Business) -> Business:
    firm = draw.business(
        FOUNDED_ON,
        name="Zeemanshuis Logies B.V.",
        trade=("Logies", "55209"),
        directors=[director],
        owner=holding,
    )
    left = Office("02", FOUNDED_ON, person=second, until=LEFT_ON)
    return replace(firm, board=(*firm.board, left))


def _shed(draw: PortDraw, logistics: Business, lender: Business) -> Port:
    dealer = draw.business(date(2012, 9, 3), name="Wantij Vastgoed B.V.", trade=("Vastgoed", "68101"))
    shed = draw.parcel(
        draw.place_in("Kolenkade", (INDUSTRY,), floor_m2=2400),
        draw.holding(None, date(1999, 6, 14), None),
        draw.holding(dealer, date(2025, 4, 1), 980_000),
        draw.holding(logistics, date(2025, 6, 16), 1_450_000),
    )
    truth = [
        Truth(shed.sale_id(), "flagged", "quay: 76 days, 48 per cent", "PRP-030"),
        Truth(
            shed.sale_id(1), "not_assessable", "quay: the first sale, before which nothing is seen", "PRP-030"
        ),
        Truth(shed.id, "flagged", "quay: founded 126 days before", "PRP-010"),
        Truth(shed.id, "flagged", "quay: lender and owner in one control group", "PRP-110"),
        Truth(shed.id, "flagged", "quay: 159 per cent", "PRP-130"),
    ]
    loan = draw.mortgage(lender, 2_300_000, shed)
    return Port([dealer], [shed], [loan], values=[(shed.place, 1_380_000)], truth=truth)


def _two_parcels(draw: PortDraw, holding: Business, lender: Business) -> Port:
    """One mortgage over two parcels that are worth more together."""

    def bought(eur: int) -> Parcel:
        return draw.parcel(
            draw.place_in("Houtkade", (INDUSTRY,)), draw.holding(holding, date(2021, 5, 17), eur)
        )

    both = bought(600_000), bought(700_000)
    loan = draw.mortgage(lender, 1_000_000, *both)
    truth = [Truth(each.id, "not_flagged", "quay: one mortgage over two parcels", "PRP-130") for each in both]
    truth += [Truth(each.id, "flagged", "quay: the lender is the owner's own", "PRP-110") for each in both]
    values = [(each.place, each.holdings[0].sum_eur or 0) for each in both]
    return Port(parcels=both, mortgages=[loan], values=values, truth=truth)


def _beds(draw: PortDraw, housing: Business, again: Business) -> Port:
    beds, next_door = draw.place_in("Dokstraat", (HOME,), 8), draw.place_in("Dokstraat", (HOME,))
    landlord, tenant, old_tenant = (draw.business() for _ in range(3))
    permits = [
        Permit(housing, beds, "geweigerd", APPLIED_ON, REFUSED_ON),
        Permit(again, beds, "in behandeling", AGAIN_ON),
        Permit(old_tenant, next_door, "geweigerd", APPLIED_ON, REFUSED_ON, lessor=landlord),
        Permit(tenant, next_door, "in behandeling", AGAIN_ON, lessor=landlord),
    ]
    truth = [
        Truth(beds.address_id, "flagged", "quay: a former officer asks again, 138 days later", "PRM-010"),
        Truth(next_door.address_id, "not_assessable", "quay: only the landlord is shared", "PRM-010"),
    ]
    return Port([landlord, tenant, old_tenant], permits=permits, truth=truth)
