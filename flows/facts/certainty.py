"""How certain a match of `undertow check` is: certainties in their order, and what is found by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Certainty = Literal[
    "identifier_and_name",
    "identifier",
    "exact_name",
    "exact_address",
    "postcode",
    "number_of_another_name",
    "name_of_another_number",
    "number_on_title",
    "same_building",
    "similar_address",
    "similar_name",
    "person_name",
    "like_person_name",
    "person_of_another_birth",
]
SubjectType = Literal["legal_entity", "title", "property", "address", "person", "postcode", "control_group"]

# In order: what is shown first.
CERTAINTIES: Mapping[Certainty, str] = {
    "identifier_and_name": "identifier and name agree",
    "identifier": "exact identifier",
    "exact_name": "exact name, no identifier compared",
    "exact_address": "exact address",
    "postcode": "postcode only",
    "number_of_another_name": "CANDIDATE: the number and the name do not go together",
    "name_of_another_number": "CANDIDATE: the name is its own, the number given is not",
    "number_on_title": "CANDIDATE: a title states the number for this party",
    "same_building": "CANDIDATE: the same building",
    "similar_address": "CANDIDATE: the street and the place agree, no postcode does",
    "similar_name": "CANDIDATE: similar name",
    "person_name": "CANDIDATE: a natural person of that name",
    "like_person_name": "CANDIDATE: a natural person of a like name",
    "person_of_another_birth": "CANDIDATE: a natural person of that name or a like one, with another birth "
    "than was given, of whom nothing is shown",
}
CANDIDATES = frozenset(name for name, words in CERTAINTIES.items() if words.startswith("CANDIDATE: "))


@dataclass(frozen=True)
class Match:
    """One party, title or address that may be meant.

    `score`: similarity of two company names, 0 to 1; a person never has one. `nearness`: an order among
    candidates of one certainty, larger first, that is not shown.
    """

    subject_id: str
    subject_type: SubjectType
    name: str | None
    certainty: Certainty
    why: str
    score: float | None = None
    nearness: int = 0

    @property
    def is_candidate(self) -> bool:
        return self.certainty in CANDIDATES


@dataclass(frozen=True)
class AddressSearch:
    """How an address was looked for, in words.

    `is_done` False: nothing of it could be looked for, which is no finding.
    """

    words: str
    is_done: bool = True


@dataclass(frozen=True)
class Matched:
    """`matches`, best first; `left_out`: certainty → how many more were found than are shown; `address`: how
    an address given was searched.
    """

    matches: tuple[Match, ...]
    left_out: Mapping[Certainty, int]
    address: AddressSearch | None = None
