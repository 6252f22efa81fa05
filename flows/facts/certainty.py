"""How certain a match of `undertow check` is: the certainties in order, and matches."""

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

# In the order in which they are shown.
CERTAINTIES: Mapping[Certainty, str] = {
    "identifier_and_name": "identifier and name agree",
    "identifier": "exact identifier",
    "exact_name": "exact name, no identifier compared",
    "exact_address": "exact address",
    "postcode": "postcode only",
    "number_of_another_name": "CANDIDATE: the number is that of a party with another name",
    "name_of_another_number": "CANDIDATE: the name matches, the number given does not",
    "number_on_title": "CANDIDATE: a title states the number for this party",
    "same_building": "CANDIDATE: the same building",
    "similar_address": "CANDIDATE: the street and the place agree, but no postcode does",
    "similar_name": "CANDIDATE: similar name",
    "person_name": "CANDIDATE: a natural person with that name",
    "like_person_name": "CANDIDATE: a natural person with a similar name",
    "person_of_another_birth": "CANDIDATE: a natural person with that name or a similar one, born at "
    "another time than given; no details are shown",
}
CANDIDATES = frozenset(name for name, words in CERTAINTIES.items() if words.startswith("CANDIDATE: "))


@dataclass(frozen=True)
class Match:
    """A party, title or address that may be the one meant.

    `score`: similarity of two company names, 0 to 1; None for persons. `nearness`: sort key among candidates
    of the same certainty, larger first, before the score; not shown.
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
    """How an address was searched, in words.

    `is_done`: False if no part of it could be searched, which says nothing about the address.
    """

    words: str
    is_done: bool = True


@dataclass(frozen=True)
class Matched:
    """The result of a check. `matches`: best first; `left_out`: number of further matches by certainty;
    `address`: how the given address was searched.
    """

    matches: tuple[Match, ...]
    left_out: Mapping[Certainty, int]
    address: AddressSearch | None = None
