"""Creditor ledger of the borough council, in its own columns; `mappings/creditors.toml` says how they are
read. Only plants and affairs are in it: what else the council pays is in its published spending.
"""

from datetime import date

from quality.town.plant import Company, Planted

COLUMNS = (
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

FACTOR = "CHASE INVOICE FACTORS LIMITED"  # buys invoices of many


def line(
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
    return dict(zip(COLUMNS, ("", *stated), strict=True))


def rows(planted: Planted) -> list[dict[str, str]]:
    """All rows, with the ledger's numbers."""
    return [{**row, "Line": f"CR{nth:07}"} for nth, row in enumerate(planted.ledger, start=1)]
