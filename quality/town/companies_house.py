"""What Companies House's API and stream say about planted companies, one JSON object a line: charges, cases
of insolvency, disqualified directors. The town's own companies have none: only those that somebody asked for
are in such files.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from quality.town.officers import person_number
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
    secured = f"£{amount_gbp or 0:,}.00 and all other monies due or to become due"
    line = {
        "charge_number": nth,
        "created_on": created_on,
        "status": "fully-satisfied" if satisfied_on else "outstanding",
        **({"satisfied_on": satisfied_on} if satisfied_on else {}),
        "particulars": {"type": "brief-description", "description": what},
        **({"secured_details": {"type": "amount-secured", "description": secured}} if amount_gbp else {}),
        "persons_entitled": [{"name": name} for name in lenders],
        "links": {"self": f"/company/{borrower.number}/charges/zed{borrower.number}{nth}"},
    }
    return native.json_line(line)


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


def disqualified(
    person: Mapping[str, str], since: date, until: date, *, permitted: Sequence[str] = ()
) -> dict[str, str]:
    """One row: a person (PSC columns of an individual). permitted: names of companies that it may direct all
    the same.
    """
    number = person_number(person)
    names = ("title", "forename", "middle_name", "surname")
    title, forename, middle, surname = (person.get(f"name_elements.{name}", "") for name in names)
    line = {
        "kind": "natural-disqualification",
        "links": {"self": f"/disqualified-officers/natural/zed{number}"},
        "person_number": number,
        "title": title,
        "forename": forename,
        "other_forenames": middle,
        "surname": surname.upper(),
        "date_of_birth": f"{person['birth_year']}-{int(person['birth_month']):02}-11",
        "disqualifications": [{"disqualified_from": since, "disqualified_until": until}],
        "permissions_to_act": [{"company_names": permitted, "granted_on": since, "expires_on": until}],
    }
    return native.json_line({key: text for key, text in line.items() if text != ""})
