"""Bodies that hold land in every town: a ground-rent company that owns many others, utilities, the diocese, councils, societies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quality.town.owners import Hub
from quality.town.plant import Company, Draw, Planted
from quality.town.wordlists import table


@dataclass(frozen=True)
class Institutions:
    """hub: the one large holder. numbers: name → company number of those that are companies. planted: their records."""

    hub: Hub
    numbers: dict[str, str]
    planted: Planted


def institutions(draw: Draw) -> Institutions:
    """The companies of `words/institutions.csv` get numbers and a seat; councils and societies are in no company register here."""
    found: dict[str, Company] = {}
    hub = Hub("", "")
    for row in table("institutions").filter(number="EW").iter_rows(named=True):
        founded = date.fromisoformat(row["incorporated_on"])
        category = "Public Limited Company" if row["name"].endswith(" PLC") else "Private Limited Company"
        found[row["name"]] = draw.company(founded, name=row["name"], category=category, sic=row["sic"])
        if row["role"] == "hub":
            hub = Hub(found[row["name"]].number, row["name"])
    companies = list(found.values())
    return Institutions(hub, {name: company.number for name, company in found.items()}, Planted(companies, [draw.owned(company) for company in companies]))
