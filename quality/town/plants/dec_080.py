"""DEC-080: owners of new companies for whom no verified identity is stated, and the day has passed; and those
who stated it, have time left, or are in the transition.
"""

from datetime import date, timedelta

from quality.town.parts.dates import EDITION
from quality.town.plant import ALL_SHARES, Draw, Plant, Planted, part, person_owner
from quality.town.plants._records import ENDED, SINCE, case

BLOCK = "identity_verification_details.appointment_verification"
FOUNDED = date(2025, 12, 1)
YESTERDAY = EDITION - timedelta(days=1)


@part
def _owner(
    draw: Draw, since: date, due_on: date, verified_on: date | None = None, ended_on: date | None = None
) -> Planted:
    """A company whose one owner must state a verified identity by a day."""
    company = draw.company(FOUNDED if since >= FOUNDED else None)
    stated = {f"{BLOCK}_start_on": verified_on.isoformat()} if verified_on else {}
    row = person_owner(company, draw.person(), ALL_SHARES, since, ended_on)
    psc = [{**row, f"{BLOCK}_statement_due_on": due_on.isoformat(), **stated}]
    if ended_on:
        psc.append({**draw.owned(company), f"{BLOCK}_start_on": "2025-11-20"})
    is_hit = not verified_on and not ended_on and since >= FOUNDED and due_on < EDITION
    return case([company], psc, ("flagged" if is_hit else "not_flagged", f"{since}, due {due_on}"))


PLANT = Plant(
    (
        _owner(FOUNDED, date(2025, 12, 15)),
        _owner(date(2026, 1, 12), date(2026, 1, 26)),
        _owner(YESTERDAY - timedelta(days=14), YESTERDAY),
        _owner(date(2026, 1, 12), date(2026, 1, 26), date(2026, 2, 9)),
        _owner(EDITION - timedelta(days=14), EDITION),
        _owner(SINCE, date(2026, 2, 14)),
        _owner(SINCE, date(2026, 2, 14), ended_on=ENDED),
    )
)
