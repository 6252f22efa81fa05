"""Cases of insolvency of planted companies, one company a line as Companies House's stream gives them. The
town's own companies have none: only those that somebody asked for are in such a file.
"""

from collections.abc import Mapping
from datetime import date

from quality.town.parts import native
from quality.town.plant import Company

CREDITORS, MEMBERS, COMPULSORY = (
    "creditors-voluntary-liquidation",
    "members-voluntary-liquidation",
    "compulsory-liquidation",
)
BEGINNINGS: Mapping[str, str] = {
    CREDITORS: "wound-up-on",
    MEMBERS: "wound-up-on",
    COMPULSORY: "ordered-to-wind-up-on",
}


def insolvency(company: Company, day: date, kind: str = CREDITORS) -> dict[str, str]:
    """One row: a case of a kind of BEGINNINGS."""
    case = {
        "number": "1",
        "type": kind,
        "dates": [{"type": BEGINNINGS[kind], "date": day.isoformat()}],
        "practitioners": [{"name": "Practitioner of the town", "role": "practitioner"}],
    }
    line = {
        "resource_kind": "company-insolvency",
        "resource_uri": f"/company/{company.number}/insolvency",
        "resource_id": company.number,
        "data": {"cases": [case], "status": ["liquidation"]},
    }
    return native.json_line(line)
