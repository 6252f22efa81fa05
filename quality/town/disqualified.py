"""Disqualified directors of the town, one JSON object a line as Companies House's API gives them. Only plants
have any.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from quality.town.officers import person_number
from quality.town.parts import native


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
