"""Texts about candidates of watch-list screening.

A candidate is never merged with the listed party. A flag that rests on screening alone has the sub-type
`candidate` and says that the match is not confirmed.
"""

from collections.abc import Collection

# Sub-type of a flag that rests on screening alone.
CANDIDATE = "candidate"
# Title of a case that has no other flag of the indicator.
CANDIDATE_TITLE = "possible link to a listed party (not confirmed)"

# An indicator's page explains a candidate who is a person. A candidate that is a company matches by number
# (`transforms.resolution.lists.screening`), so it needs other words. For each language: the words on the
# page, the words for a company, and the text that joins them.
EXPLAINED = (
    (
        "another person of the same name, born in the same month",
        "another company: the list or the register gives a wrong number, or the number of another register "
        "of that country",
        ", or ",
    ),
    (
        "een andere persoon met dezelfde naam, geboren in dezelfde maand",
        "een andere vennootschap: de lijst of het register geeft een verkeerd nummer, of dat van een ander "
        "register van dat land",
        ", of ",
    ),
)


def explained(text: str, kinds: Collection[str]) -> str:
    """A line of an indicator's page, with its words about candidates adapted to these kinds of party
    (`party_kind`)."""
    for person, entity, between in EXPLAINED:
        words = [words for kind, words in (("person", person), ("entity", entity)) if kind in kinds]
        text = text.replace(person, between.join(words)) if words else text
    return text
