"""What every town has, however small: bodies that hold land (a ground-rent company that owns many others,
utilities, the diocese, councils, societies), and one company for each rare kind of owner record.
"""

from dataclasses import dataclass
from datetime import date

from quality.town.parts.wordlists import table
from quality.town.people.records import ALL_IDENTIFIED
from quality.town.plant import PRIVATE, Draw, Planted, declaration, record
from quality.town.plants._records import council_owner, exemption, protected_owner

SECURE = "super-secure-beneficial-owner"
ROE_SHARES = "ownership-of-shares-more-than-25-percent-registered-overseas-entity"
UTILITY = {
    "Accounts.AccountCategory": "FULL",
    "SICCode.SicText_2": "",
    "SICCode.SicText_3": "",
}  # a utility has full accounts and no other trade
SHIRE_HALL = {
    "address.address_line_1": "Castle Street",
    "address.premises": "Shire Hall",
    "address.locality": "Harrowmere",
    "address.country": "England",
}
OFFICE = {
    "premises": "4",
    "address_line_1": "Grenville Arcade",
    "locality": "St. Helier",
    "postal_code": "JE2 4PX",
    "country": "Jersey",
}


@dataclass(frozen=True)
class Institutions:
    """hub: number and name of the one large holder, a ground-rent company. numbers: name → company number of
    those that are companies. planted: their records.
    """

    hub: tuple[str, str]
    numbers: dict[str, str]
    planted: Planted


def institutions(draw: Draw) -> Institutions:
    """The companies of `words/institutions.csv` get numbers and a seat; councils and societies are in no
    company register here.
    """
    rows = table("institutions").filter(number="EW").rows(named=True)
    companies = [
        draw.company(
            date.fromisoformat(row["incorporated_on"]),
            name=row["name"],
            category="Public Limited Company" if row["name"].endswith(" PLC") else PRIVATE,
            sic=row["sic"],
            columns=UTILITY if row["role"] == "utility" else {},
        )
        for row in rows
    ]
    [hub] = (company for row, company in zip(rows, companies, strict=True) if row["role"] == "hub")
    bodies = Planted(companies, [draw.owned(company) for company in companies])
    numbers = {company.name: company.number for company in companies}
    return Institutions((hub.number, hub.name), numbers, bodies + _rare_owners(draw))


def _entity(name: str, form: str, law: str, **identification: str) -> dict[str, str]:
    """PSC columns of an entity abroad, with both its addresses."""
    stated = {"legal_form": form, "legal_authority": law, **identification}
    return {
        "name": name,
        **{f"identification.{key}": value for key, value in stated.items()},
        **{f"address.{key}": value for key, value in OFFICE.items()},
        **{f"principal_office_address.{key}": value for key, value in OFFICE.items()},
    }


def _overseas_owners(draw: Draw) -> Planted:
    """Four overseas entities, each with another kind of beneficial owner."""
    entities = [draw.overseas(date(2022, 10, day)) for day in (3, 10, 17, 24)]
    since = date(2011, 2, 1)
    stated = {"natures": ROE_SHARES, "is_sanctioned": "false"}
    trustee = _entity(
        "Seven Wells Trustees Limited",
        "Limited Company",
        "Companies (Jersey) Law 1991",
        registration_number="91144",
        country_registered="Jersey",
        place_registered="Jersey Financial Services Commission",
    )
    state = _entity("The Treasury Of The Seven Wells Islands", "Government Department", "Public Finances Law")
    owned = [
        record(entities[0], "corporate-entity-beneficial-owner", since, {**stated, **trustee}),
        record(entities[1], "legal-person-beneficial-owner", since, {**stated, **state}),
        protected_owner(entities[2]) | {"kind": SECURE, "description": SECURE},
        record(entities[3], "individual-beneficial-owner", since, {**stated, **draw.person()}),
    ]
    return Planted(
        entities,
        [*owned, *(declaration(entity, ALL_IDENTIFIED, entity.incorporated_on) for entity in entities)],
    )


def _rare_owners(draw: Draw) -> Planted:
    """A company of the county council, one of a protected person, one exempt from the register, and
    overseas entities.
    """
    county, protected, listed = (
        draw.company(date(2012, 4, 2)),
        draw.company(),
        draw.company(date(1998, 6, 1), category="Public Limited Company", ending=" PLC"),
    )
    records = [
        council_owner(county) | {"notified_on": "2016-04-06", **SHIRE_HALL},
        protected_owner(protected),
        exemption(listed, date(2021, 8, 13)),
    ]
    return Planted((county, protected, listed), records) + _overseas_owners(draw)
