"""Affair 3, the care firm: council money becomes a terrace of houses. The firm gives "supported living"
without a care licence. Its owner lends himself, through a company of his own, the price of seven houses.

| day | fact | register |
|---|---|---|
| 2020-10-19 | lending company; the owner 75–100 % | companies, PSC |
| 2024-05-13 | care firm; the owner 75–100 % | companies, PSC |
| 2024-07-05 → | the council pays the care firm, about 38,000 a month | payments |
| 2024-11-04 | estates company; the owner 75–100 % | companies, PSC |
| 2025-02-03, 12, 24 | it pays a consultant (owner: the owner's bookkeeper) 80,000 each | accounts |
| 2025-02-06, 14, 27 | the consultant pays the lending company 73,500 each | accounts |
| 2025-03-20 | the lending company pays the estates company 300,000 | accounts |
| 2025-03-21 | the estates company is proprietor of the terrace, 310,000 | titles, prices |
| 2025-03-28 | the lending company's charge on the estates company and the title | charges |

Fires: PRP-010 on the title (137 days), PUB-010 (53 days), PUB-160, FLW-060, PRP-110 (lender and
borrower have one owner). With the accounts: FLW-050 on the consultant and FLW-010 (92 %).
Silent: PRP-010 and FLW-060 on an old care group that bought a home; PUB-170 (the care firm sells invoices to
a factor that others use); PUB-030.
Misleads: care firms need houses, and a loan between own companies is ordinary.
Clears: a licence; invoices that show the consultant's work; a loan paid from money older than the
council's."""

from datetime import date

from quality.town.accounts import iban, transfer
from quality.town.affairs._parts import bought, company, house, person
from quality.town.companies_house import charge
from quality.town.council import ledger_line, payment
from quality.town.parts.dates import EDITION
from quality.town.plant import ALL_SHARES, Company, Draw, Planted, Truth, person_owner, title_id

FOUNDED_ON = date(2024, 5, 13)
BOUGHT_ON, PRICE_GBP, LENT_ON = date(2025, 3, 21), 310_000, date(2025, 3, 20)
PAID_GBP = (37_450, 38_120, 38_600, 37_900, 38_340)  # the council's payments, in turn
TO_CONSULTANT = (date(2025, 2, 3), date(2025, 2, 12), date(2025, 2, 24))
TO_LENDER = (date(2025, 2, 6), date(2025, 2, 14), date(2025, 2, 27))
FACTOR = "KINGFISHER INVOICE FINANCE"  # buys invoices of many
ACCOUNT, RUN_ON = iban("KINGFISH"), date(2026, 6, 5)  # the factor's, and the day of the next payment run
SUPPORT = ("Adult Care", "Supported living")


def make(draw: Draw) -> Planted:
    owner = person(draw, "Geoffrey", "Ellershaw", 1968, 2)
    bookkeeper = person(draw, "Nigel", "Thistlethwaite", 1959, 6)
    office = house(draw, "FOUNDRY LANE")
    lender = company(draw, "OSPREY FINANCE (ALDERMARSH) LIMITED", date(2020, 10, 19), "64999", office)
    care = company(
        draw, "WHITEBEAM SUPPORTED LIVING (HARROWMERE) LIMITED", FOUNDED_ON, "82990", office, charges_n=1
    )
    estates = company(
        draw, "FIELDFARE ESTATES (HARROWMERE) LIMITED", date(2024, 11, 4), "68209", office, charges_n=1
    )
    consultant = company(
        draw, "MERLIN CONSULTING (COLDERWICK) LIMITED", date(2024, 9, 16), "70229", house(draw, "CHAPEL LANE")
    )
    psc = [
        *(
            person_owner(companies, owner, ALL_SHARES, companies.incorporated_on)
            for companies in (lender, care, estates)
        ),
        person_owner(consultant, bookkeeper, ALL_SHARES, consultant.incorporated_on),
    ]
    place = house(draw, "RAILWAY TERRACE", 1)
    line = f"{place.house} to {place.house + 12} (odd), Railway Terrace"
    land = bought(draw, estates, place, line=line, day=BOUGHT_ON, gbp=PRICE_GBP, kind="T")
    terrace = title_id(land.titles[0])
    truth = [
        Truth(terrace, "flagged", "care firm: bought 137 days after the company was founded", "PRP-010"),
        Truth(terrace, "not_flagged", "care firm: the owner is clear", "PRP-050"),
        Truth(terrace, "flagged", "care firm: its owner's company lent the price", "PRP-110"),
        Truth(care.id, "flagged", "care firm: paid 53 days after it was founded", "PUB-010"),
        Truth(care.id, "flagged", "care firm: its owner's company bought a terrace", "FLW-060"),
        Truth(care.id, "flagged", "care firm: support without a code of care", "PUB-160"),
        Truth(care.id, "not_flagged", "care firm: paid into a factor's account", "PUB-170"),
    ]
    companies = Planted(
        (lender, care, estates, consultant),
        psc,
        truth=truth,
        accounts=_passed_on(care, consultant, lender, estates),
        charges=[
            charge(estates, 3, date(2025, 3, 28), [lender.name], title=land.titles[0]["Title Number"]),
            charge(care, 4, date(2025, 9, 8), [FACTOR]),
        ],
        spending=_paid(care.name),
        ledger=[
            _to_factor(care, "38600.00"),
            ledger_line(FACTOR, RUN_ON, "95.00", account=ACCOUNT, kind="Bank", is_planned=True),
        ],
    )
    return companies + land + _old_group(draw)


def _passed_on(care: Company, consultant: Company, lender: Company, estates: Company) -> list[dict[str, str]]:
    return [
        *(line for day in TO_CONSULTANT for line in transfer(care, consultant, day, "80000.00")),
        *(line for day in TO_LENDER for line in transfer(consultant, lender, day, "73500.00")),
        *transfer(lender, estates, LENT_ON, "300000.00"),
    ]


def _paid(supplier: str) -> list[dict[str, str]]:
    """What the council pays the care firm, month by month."""
    days = [date(2024 + n // 12, 1 + n % 12, 5) for n in range(6, 6 + 24)]
    return [
        payment(f"C{n:05}", day, supplier, f"{PAID_GBP[n % len(PAID_GBP)]}.00", SUPPORT)
        for n, day in enumerate(day for day in days if day <= EDITION)
    ]


def _to_factor(supplier: Company, gbp: str) -> dict[str, str]:
    """What the council is about to pay into the factor's account for a supplier."""
    return ledger_line(supplier, RUN_ON, gbp, account=ACCOUNT, is_planned=True)


def _old_group(draw: Draw) -> Planted:
    """A care group founded long ago that bought a home."""
    group = company(
        draw,
        "CURLEW CARE HOMES (WENDMOUTH) LIMITED",
        date(2009, 6, 15),
        "87300",
        house(draw, "LINDEN AVENUE"),
        charges_n=1,
    )
    place = house(draw, "LINDEN AVENUE", 1)
    land = bought(
        draw, group, place, line=f"{place.house} Linden Avenue", day=date(2025, 2, 14), gbp=465_000, kind="D"
    )
    home = title_id(land.titles[0])
    return land + Planted(
        (group,),
        [draw.owned(group)],
        truth=[
            Truth(home, "not_flagged", "care firm: a care group of sixteen years bought a home", "PRP-010"),
            Truth(group.id, "not_flagged", "care firm: paid into the same factor's account", "PUB-170"),
        ],
        ledger=[_to_factor(group, "21900.00")],
        charges=[charge(group, 5, date(2023, 5, 15), [FACTOR])],
    )
