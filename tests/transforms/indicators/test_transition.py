"""DEC-080: owners from before the duty to verify an identity have until the end of the transition."""

from datetime import date
from pathlib import Path

import pytest

from tests.indicator_cases import CASES, load
from transforms.model.indicator import indicators

CASE = CASES / "DEC-080" / "near_miss_verified_not_due_in_transition.txt"
EDITIONS = """# edition_in_use
register,dataset,edition,status,completeness,edition_date,edition_order
gb_coh_psc,gb_coh_psc,{day},in_force,complete,{day},{day}
gb_coh_companies,gb_coh_companies,{day},in_force,complete,{day},{day}

"""


@pytest.mark.parametrize(
    ("edition_on", "flagged"),
    [(date(2026, 11, 17), {"B"}), (date(2026, 11, 18), {"B", "C"})],
    ids=["the day before", "the day"],
)
def test_older_roles_are_flagged_from_the_end_of_the_transition(
    tmp_path: Path, edition_on: date, flagged: set[str]
) -> None:
    """B began after the duty did, C before."""
    case = tmp_path / "case.txt"
    case.write_text(EDITIONS.format(day=edition_on) + CASE.read_text(encoding="utf-8"), encoding="utf-8")
    indicator = indicators()["DEC-080"]
    with load(case) as connection:
        values = indicator.bound_values(indicator.states, date(2026, 12, 1))
        rows = connection.execute(indicator.states, values).fetchall()
    assert {row[0] for row in rows if row[1] == "flagged"} == flagged
