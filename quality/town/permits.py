"""Licences of the borough council, in its own columns (`mappings/licences.toml` says how they are read). Only
plants and affairs have any.
"""

from datetime import date

from quality.town.parts.places import Address
from quality.town.plant import Company, Planted

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
