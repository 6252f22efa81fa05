"""What the borough council spends with suppliers: one file of a year's payments, in columns of the
Transparency Code. Some suppliers are natural persons or redacted, and a few payments are credited.
"""

from datetime import date

import numpy as np
import polars as pl

from quality.town.companies.block import Block
from quality.town.parts.dates import EDITION
from quality.town.plant import Company

COUNCIL = "Harrowmere Borough Council"
APPROVAL_LIMIT = 10_000  # from this sum an order needs quotations, in pounds
COLUMNS = (
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
    return dict(zip(COLUMNS, values, strict=True))


def drawn(people: Block, asleep: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """COLUMNS: payments to some of the block's companies, and to nobody who can be named. asleep: names of
    dormant companies, which are not paid.
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
    paid = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))
    return paid.filter(~pl.col("Supplier Name").is_in(asleep.implode()))
