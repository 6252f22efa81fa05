"""Licences of the borough council, in its own columns, and the mapping by which they are read. Only plants
and affairs have any.
"""

from datetime import date

from quality.town.parts.places import Address
from quality.town.plant import Company, Planted
from quality.town.spending import COUNCIL

COLUMNS = (
    "Reference",
    "Licence",
    "Outcome",
    "Applied",
    "Decided",
    "Premises",
    "Postcode",
    "Applicant",
    "Company No",
    "Financier",
    "Landlord",
    "Landlord named",
)
MAPPING = f"""\
# Licences of the synthetic town's council.
register = "permits"
authority = "{COUNCIL}"
files = "harrowmere-licences-*.csv"
country = "gb"
currency = "GBP"
dates = "DD/MM/YYYY"
decimal = "."

[columns]
permit = "Reference"
kind = "Licence"
state = "Outcome"
applied_on = "Applied"
decided_on = "Decided"
premises = "Premises"
postcode = "Postcode"
applicant_name = "Applicant"
applicant_number = "Company No"
financier_name = "Financier"
lessor_name = "Landlord"
lessor_in_refusal = "Landlord named"

[codes.state]
"pending" = "applied"
"transferred" = "granted"
"""


def permit(
    applicant: Company | str,
    place: Address,
    outcome: str,
    *,
    applied: date | None = None,
    decided: date | None = None,
    financier: str = "",
    landlord: str = "",
    is_landlord_named: bool = False,
) -> dict[str, str]:
    """One row. applicant: a company, or the name of somebody. outcome: as the council writes it."""
    name, number = (applicant, "") if isinstance(applicant, str) else (applicant.name, applicant.number)
    stated = ("Premises licence", outcome, _day(applied), _day(decided), place.line1, place.postcode)
    named = (name, number, financier, landlord, "yes" if is_landlord_named else "")
    return dict(zip(COLUMNS, ("", *stated, *named), strict=True))


def rows(planted: Planted) -> list[dict[str, str]]:
    """All rows, with the council's numbers."""
    return [{**row, "Reference": f"LN/{nth:05}"} for nth, row in enumerate(planted.permits, start=1)]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
