"""The borough council's money and licences. Its published spending is one file of a year's payments, in
columns of the Transparency Code: some suppliers are natural persons or redacted, and a few payments are
credited. Its creditor ledger and its licences are in its own columns (`mappings/creditors.toml` and
`mappings/licences.toml` say how they are read), and only plants and affairs are in them. Subsidies that
planted companies had are of a city abroad, in its register's native form, in euro.
"""

from datetime import date

import numpy as np
import polars as pl

from quality.town.companies.block import Block
from quality.town.parts.dates import EDITION
from quality.town.parts.places import Address
from quality.town.plant import Company
from transforms.registers.nl_amsterdam_subsidies import FIELDS

COUNCIL = "Harrowmere Borough Council"
APPROVAL_LIMIT = 10_000  # from this sum an order needs quotations, in pounds
SPENDING_COLUMNS = (
    "Transaction Number",
    "Body Name",
    "Payment Date",
    "Supplier Name",
    "Company Number",
    "Net Amount",
    "Service Area",
    "Expense Type",
)
COMPANIES_PER_SUPPLIER = 25  # of the town's companies one is a supplier
PAYMENTS = 6  # of a supplier in the year, on average
NUMBERED_SHARE = 0.4  # of lines that give the company's number
CREDITED_SHARE = 0.02
OLD_ENOUGH = date(2023, 1, 1)  # suppliers were founded before, so that no one of the town itself is new
SERVICES = (
    ("Adult Care", "Equipment"),
    ("Highways", "Road repairs"),
    ("Schools", "Repairs of buildings"),
    ("Parks", "Grounds maintenance"),
    ("Digital", "Software and licences"),
)
NOBODY = ("REDACTED PERSONAL DATA", "Foster carer", "Various")
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
SUBSIDY_COLUMNS = tuple(field.name for field in FIELDS if field.required)
SCHEME, EXEMPT = "Subsidieregeling Ondernemend Zedstad", "Regeling Verduurzaming (AGVV)"


def payment(
    number: str,
    day: date,
    supplier: Company | str,
    gbp: str,
    service: tuple[str, str],
    *,
    company_number: str = "",
) -> dict[str, str]:
    """One line of the file. number: of the transaction. supplier: a company, whose number is written too, or
    the name of somebody.
    """
    name, of_company = (
        (supplier, company_number) if isinstance(supplier, str) else (supplier.name, supplier.number)
    )
    values = (number, COUNCIL, f"{day:%d/%m/%Y}", name, of_company, gbp, *service)
    return dict(zip(SPENDING_COLUMNS, values, strict=True))


def spending(people: Block, asleep: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """SPENDING_COLUMNS: payments to some of the block's companies, and to nobody who can be named. asleep:
    names of dormant companies, which are not paid.
    """
    old = people.core.filter(
        (pl.col("incorporated_on") < OLD_ENOUGH) & pl.col("status").is_in(["Active"]) & (pl.col("name") != "")
    )
    n = old.height // COMPANIES_PER_SUPPLIER
    chosen = old[rng.permutation(old.height)[:n].tolist()]
    lines: list[tuple[str, str, tuple[str, str], str]] = []
    for name, company_number in chosen.select("name", "number").iter_rows():
        service = SERVICES[int(rng.integers(len(SERVICES)))]
        for _ in range(int(rng.integers(1, 2 * PAYMENTS))):
            gbp = f"{np.round(np.exp(rng.normal(7.5, 1.0)), 2):.2f}"
            number = company_number if rng.random() < NUMBERED_SHARE else ""
            lines += [(name, gbp, service, number)]
            if rng.random() < CREDITED_SHARE:
                lines += [(name, f"-{gbp}", service, number)]
    lines += [(NOBODY[place % len(NOBODY)], "612.50", SERVICES[0], "") for place in range(n)]
    rows = [
        payment(
            f"H{people.start + nth:09}",
            date.fromordinal(EDITION.toordinal() - int(rng.integers(1, 365))),
            name,
            gbp,
            service,
            company_number=number,
        )
        for nth, (name, gbp, service, number) in enumerate(lines)
    ]
    paid = pl.DataFrame(rows, schema=dict.fromkeys(SPENDING_COLUMNS, pl.String))
    return paid.filter(~pl.col("Supplier Name").is_in(asleep.implode()))


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
    days = (f"{day:%d/%m/%Y}" if day else "" for day in (applied, decided))
    stated = ("Premises licence", outcome, *days, place.line1, place.postcode)
    named = (name, number, financier, landlord, "yes" if is_landlord_named else "")
    return dict(zip(PERMIT_COLUMNS, ("", *stated, *named), strict=True))


def subsidy(
    number: str,
    applicant: str,
    granted_eur: int,
    year: int,
    *,
    scheme: str = SCHEME,
    settled_eur: int | None = None,
) -> dict[str, str]:
    """One row: what was asked was granted."""
    values = (
        "SB_MI_SUBSIDIEREGISTER",
        number,
        applicant,
        scheme,
        "Economie",
        "Economische Zaken",
        "Zedproject",
        "Eenmalig",
        f"{granted_eur}.00",
        f"{granted_eur}.00",
        "NULL" if settled_eur is None else f"{settled_eur}.00",
        str(year),
    )
    return dict(zip(SUBSIDY_COLUMNS, values, strict=True))
