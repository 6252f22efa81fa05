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
# (`transforms.resolution.lists.screening`). Of each language: the words of its pages, those for a company,
# and what stands between the two.
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
    """A line of an indicator's page, with its words on candidates for these kinds of party (`party_kind`)."""
    for person, entity, between in EXPLAINED:
        words = [words for kind, words in (("person", person), ("entity", entity)) if kind in kinds]
        text = text.replace(person, between.join(words)) if words else text
    return text
