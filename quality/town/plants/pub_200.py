"""PUB-200: companies that were granted more and not more than 300,000 euro over three years, alone and with
others of their owner.
"""

from datetime import date

from quality.town.council import EXEMPT, SCHEME, subsidy
from quality.town.plant import ALL_SHARES, PRIVATE, Draw, Expected, Plant, Planted, Truth, part, person_owner
from quality.town.plants._records import GUARANTEE

SINCE = date(2014, 2, 3)


# Grants of each company of one owner: euro, year; verdict on all of them.
@part
def _case(
    draw: Draw,
    grants: tuple[tuple[tuple[int, int], ...], ...],
    *verdict: *tuple[Expected, str],
    scheme: str = SCHEME,
    settled_eur: int | None = None,
    category: str = PRIVATE,
) -> Planted:
    owner = draw.person()
    companies = [draw.company(SINCE, category=category) for _ in grants]
    rows = [
        subsidy(
            f"SBA-{company.number}{place}",
            company.name,
            euro,
            year,
            scheme=scheme,
            settled_eur=settled_eur,
        )
        for company, own in zip(companies, grants, strict=True)
        for place, (euro, year) in enumerate(own)
    ]
    return Planted(
        companies,
        [person_owner(company, owner, ALL_SHARES, SINCE) for company in companies],
        truth=[Truth(company.id, *verdict) for company in companies],
        subsidies=rows,
    )


PLANT = Plant(
    (
        _case((((300_001, 2025),),), "flagged", "a euro above in one year"),
        _case((((150_000, 2023), (100_000, 2024), (60_000, 2025)),), "flagged", "310,000 in three years"),
        _case((((200_000, 2024),), ((120_000, 2025),)), "flagged", "two companies of one owner"),
        _case((((300_000, 2025),),), "not_flagged", "at the ceiling"),
        _case((((200_000, 2022), (200_000, 2025)),), "not_flagged", "in the fourth year"),
        _case((((900_000, 2023),),), "not_flagged", "before the regulation"),
        _case((((900_000, 2025),),), "not_flagged", "an exempted scheme", scheme=EXEMPT),
        _case((((900_000, 2025),),), "not_flagged", "settled at 100,000", settled_eur=100_000),
        _case((((900_000, 2025),),), "not_assessable", "may be no undertaking", category=GUARANTEE),
    )
)
