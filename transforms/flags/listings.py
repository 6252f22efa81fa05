"""Words on candidates of watch-list screening.

A candidate is never merged with the listed party. It is a mark of its own, and a flag that rests on it has
sub-type `candidate` and says so.
"""

from collections.abc import Collection

# Sub-type of a flag that rests on screening alone.
CANDIDATE = "candidate"
# Title of a case that has no other flag of the indicator.
CANDIDATE_TITLE = "possible link to a listed party (not confirmed)"

# An indicator's page explains a candidate who is a person. A candidate that is a company agrees in its number
# (`transforms.resolution.lists.screening`).
PERSON_EXPLAINED = "another person of the same name, born in the same month"
ENTITY_EXPLAINED = (
    "another company: the list or the register gives a wrong number, or the number of another register of "
    "that country"
)


def explained(text: str, kinds: Collection[str]) -> str:
    """A line of an indicator's page, with its words on candidates for these kinds of party (`party_kind`)."""
    by_kind = {"person": PERSON_EXPLAINED, "entity": ENTITY_EXPLAINED}
    words = [words for kind, words in by_kind.items() if kind in kinds]
    return text.replace(PERSON_EXPLAINED, ", or ".join(words)) if words else text
