"""What one release says around a case: its parties and ties, how sure each link is, and its timeline.

May import `flows.facts.rows`, `graphs` and `transforms`. Persons' names are read here; they go on case pages,
which are for the people who review the case, and into no message and no log.
"""

from flows.facts.case.links import CONFIDENCE, candidates, case_links, timeline
from flows.facts.case.nearby import only_nearby_rows
from flows.facts.case.parties import KIND_WORDS, NAMELESS, UNSPECIFIED_WORDS, Member
from flows.facts.case.surroundings import Surroundings, find_surroundings

__all__ = [
    "CONFIDENCE",
    "KIND_WORDS",
    "NAMELESS",
    "UNSPECIFIED_WORDS",
    "Member",
    "Surroundings",
    "candidates",
    "case_links",
    "find_surroundings",
    "only_nearby_rows",
    "timeline",
]
