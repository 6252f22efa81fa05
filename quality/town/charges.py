"""Charges of planted companies, one JSON object a line as Companies House's API gives them. The town's own
companies have none: only those that somebody asked for are in such a file.
"""

from collections.abc import Sequence
from datetime import date

from quality.town.parts import native
from quality.town.plant import Company

BANK = "NORTHERN COUNTIES BANK PLC"  # lends to many


def charge(
    borrower: Company,
    nth: int,
    created_on: date,
    lenders: Sequence[str],
    *,
    title: str = "",
    satisfied_on: str = "",
    amount_gbp: int | None = None,
) -> dict[str, str]:
    """One row. title: number of the title charged, or several joined by "and".
    amount_gbp: what it secures, which real records state only before April 2013.
    """
    what = f"title number {title}." if title else "All the property and undertaking of the company."
    line = {
        "charge_number": nth,
        "created_on": created_on,
        "status": "fully-satisfied" if satisfied_on else "outstanding",
        **({"satisfied_on": satisfied_on} if satisfied_on else {}),
        "particulars": {"type": "brief-description", "description": what},
        **({"secured_details": _secured(amount_gbp)} if amount_gbp else {}),
        "persons_entitled": [{"name": name} for name in lenders],
        "links": {"self": f"/company/{borrower.number}/charges/zed{borrower.number}{nth}"},
    }
    return native.json_line(line)


def _secured(amount_gbp: int) -> dict[str, str]:
    text = f"£{amount_gbp:,}.00 and all other monies due or to become due"
    return {"type": "amount-secured", "description": text}
