"""The borough council's own files, in its own columns: its creditor ledger and its licences
(`mappings/creditors.toml` and `mappings/licences.toml` say how they are read). Only plants and affairs are in
them: what else the council pays is in its published spending.
"""

from datetime import date

from quality.town.parts.places import Address
from quality.town.plant import Company, Planted

LEDGER_COLUMNS = (
    "Line",
    "Status",
    "Payment Date",
    "Amount",
    "Supplier",
    "Supplier Type",
    "Company No",
    "Bank Account",
    "Bank Check",
    "Invoice",
    "Cost Centre",
)
PERMIT_COLUMNS = (
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
FACTOR = "CHASE INVOICE FACTORS LIMITED"  # buys invoices of many


def ledger_line(
    supplier: Company | str,
    day: date,
    gbp: str,
    *,
    account: str = "",
    invoice: str = "",
    centre: str = "",
    kind: str = "",
    check: str = "",
    is_planned: bool = False,
) -> dict[str, str]:
    """One row. supplier: a company, or the name of somebody. centre: its number where none is given, so that
    no two suppliers share one.
    """
    name, number = (supplier, "") if isinstance(supplier, str) else (supplier.name, supplier.number)
    status, cost_centre = "Planned" if is_planned else "Paid", centre or number
    stated = (status, f"{day:%d/%m/%Y}", gbp, name, kind, number, account, check, invoice, cost_centre)
    return dict(zip(LEDGER_COLUMNS, ("", *stated), strict=True))


def ledger_rows(planted: Planted) -> list[dict[str, str]]:
    """All rows, with the ledger's numbers."""
    return [{**row, "Line": f"CR{nth:07}"} for nth, row in enumerate(planted.ledger, start=1)]


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
    return dict(zip(PERMIT_COLUMNS, ("", *stated, *named), strict=True))


def permit_rows(planted: Planted) -> list[dict[str, str]]:
    """All rows, with the council's numbers."""
    return [{**row, "Reference": f"LN/{nth:05}"} for nth, row in enumerate(planted.permits, start=1)]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
