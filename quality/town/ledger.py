"""Creditor ledger of the borough council, in its own columns, with the mapping by which it is read. Only
plants and affairs are in it: what else the council pays is in its published spending.
"""

from datetime import date

from quality.town.plant import Company, Planted
from quality.town.spending import COUNCIL

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
MAPPING = f"""\
# Creditor ledger of the synthetic town's council, with what it is about to pay.
register = "ledger"
authority = "{COUNCIL}"
files = "harrowmere-creditors-*.csv"
country = "gb"
currency = "GBP"
dates = "DD/MM/YYYY"
decimal = "."

[columns]
line = "Line"
status = "Status"
paid_on = "Payment Date"
amount = "Amount"
payee_name = "Supplier"
payee_class = "Supplier Type"
payee_number = "Company No"
account = "Bank Account"
account_note = "Bank Check"
invoice = "Invoice"
category = "Cost Centre"

[codes.payee_class]
"Bank" = "conduit"
"Individual" = "person"

[codes.account_note]
"Called back" = "confirmed"
"""


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
