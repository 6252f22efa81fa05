"""Who is who in the town, on purpose: one person written in several ways, and several persons written nearly
alike, with the truth about both.

Each group is a few persons and their records, every record the ordinary sole ownership of a company of its
own, so that nothing else is planted. Kinds in turn, so that any number of groups is a fair share of each.
`same_…`: records of one person. `other_…`: records of persons who are not the same.
Not everything can be found: who moved home and states two names only (`same_moved_two_names`) cannot be told
from a namesake, and must not be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from quality.town.parts.wordlists import table
from quality.town.plant import ALL_SHARES, HALF_SHARES, Company, Draw, Planted, person_owner
from transforms.values.vocabulary import vocabulary

FOUNDED = (date(2003, 1, 6), date(2022, 12, 30))
COMPANIES_A_GROUP = 20  # of the town for each group of records
STREAM = 2_000_003
FORENAME, MIDDLE, SURNAME, TITLE = (
    f"name_elements.{key}" for key in ("forename", "middle_name", "surname", "title")
)
# Keys of a planted PSC record that are not written: whose it is, and the kind of group.
WHO, NOTE = "who", "note"

type Person = Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """Records of one to three persons: (whose, PSC columns of an individual) for each. `together`: records
    of one company each, by positions.
    """

    kind: str
    records: Sequence[tuple[str, Person]]
    together: Sequence[Sequence[int]] = ()


type MakeGroup = Callable[[Draw, np.random.Generator], Group]


def groups(draw: Draw, size: int, seed: int) -> list[Group]:
    """`size` groups, kinds in turn. Their persons and addresses are `draw`'s and so used nowhere else."""
    rng = np.random.default_rng([seed, STREAM])
    return [KINDS[n % len(KINDS)](draw, rng) for n in range(size)]


def identities(draw: Draw, companies: int, seed: int) -> Planted:
    """What a town of `companies` gets."""
    return planted(draw, groups(draw, companies // COMPANIES_A_GROUP, seed))


def planted(draw: Draw, groups: Sequence[Group]) -> Planted:
    """The groups as companies and PSC records; each record has WHO and NOTE."""
    companies: list[Company] = []
    psc: list[dict[str, str]] = []
    for number, group in enumerate(groups):
        for positions in group.together or [[n] for n in range(len(group.records))]:
            companies.append(company := draw.company(draw.day(*FOUNDED)))
            shares = ALL_SHARES if len(positions) == 1 else HALF_SHARES
            owned = draw.owned(company)["notified_on"]
            for whose, person in (group.records[n] for n in positions):
                row = person_owner(company, person, shares, company.incorporated_on)
                psc.append({**row, "notified_on": owned, WHO: f"G{number}-{whose}", NOTE: group.kind})
    return Planted(companies, psc)


# --- a person's columns -----------------------------------------------------------------------------------


def _named(person: Person, **parts: str) -> dict[str, str]:
    """The person under another name. An empty part is left out."""
    changed = {**person, **{f"name_elements.{part}": value for part, value in parts.items()}}
    kept = {key: value for key, value in changed.items() if value != ""}
    return {**kept, "name": " ".join(kept[key] for key in (TITLE, FORENAME, MIDDLE, SURNAME) if key in kept)}


def _full(draw: Draw, rng: np.random.Generator) -> dict[str, str]:
    """A person with a middle name."""
    person = draw.person()
    return _named(person, middle_name=person.get(MIDDLE) or _word(rng, "forenames", "forename"))


def _short(draw: Draw, *_: np.random.Generator) -> dict[str, str]:
    """A person of two names."""
    return _named(draw.person(), middle_name="")


def _word(rng: np.random.Generator, name: str, column: str) -> str:
    """Any word of a list."""
    words = table(name)[column]
    return str(words[int(rng.integers(0, len(words)))])


def _another(forename: str, rng: np.random.Generator) -> str:
    """Any other forename."""
    other = _word(rng, "forenames", "forename")
    return other if other != forename else _another(forename, rng)


def _at_home_of(person: Person, other: Person) -> dict[str, str]:
    """The person at the other's address."""
    own = {key: value for key, value in person.items() if not key.startswith("address.")}
    return own | {key: value for key, value in other.items() if key.startswith("address.")}


def _moved(person: Person, draw: Draw) -> dict[str, str]:
    """The person at a new home."""
    return _at_home_of(person, draw.person())


def _later(person: Person, months: int) -> dict[str, str]:
    """The person born so many months later in the year."""
    return {**person, "birth_month": str((int(person["birth_month"]) + months - 1) % 12 + 1)}


def _of_another_generation(person: Person) -> dict[str, str]:
    """The person as 27 years older, or younger where that would be very old."""
    year = int(person["birth_year"])
    return {**person, "birth_year": str(year - 27 if year >= 1965 else year + 27)}


def mistyped(word: str, rng: np.random.Generator) -> str:
    """One letter lost, doubled, or exchanged with the next; never the first."""
    at = int(rng.integers(1, max(len(word) - 1, 2)))
    return (
        word[:at] + word[at + 1 :],
        word[:at] + word[at - 1] + word[at:],
        word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    )[int(rng.integers(0, 3))]


# --- kinds of groups --------------------------------------------------------------------------------------


def _pair(
    kind: str,
    first: Callable[[Draw, np.random.Generator], Person],
    second: Callable[[Person, Draw, np.random.Generator], Person],
) -> MakeGroup:
    """Two records, the second made from the first: of one person, or of two where the kind says `other_…`."""

    whose = "b" if kind.startswith("other_") else "a"

    def make(draw: Draw, rng: np.random.Generator) -> Group:
        person = first(draw, rng)
        return Group(kind, [("a", person), (whose, second(person, draw, rng))])

    return make


def _same_spelled(draw: Draw, rng: np.random.Generator) -> Group:
    """Transliterated in two ways, or without the letters that a form does not take, at one address."""
    words = table("spellings").row(int(rng.integers(0, table("spellings").height)), named=True)
    person = _named(_short(draw), forename=words["forename"], surname=words["surname"])
    other = _named(person, forename=words["other_forename"], surname=words["other_surname"])
    return Group("same_spelled", [("a", person), ("a", other)])


def _same_couple(draw: Draw, _: np.random.Generator) -> Group:
    """Two who own two companies together, and moved between."""
    one, new_home = _short(draw), draw.person()
    two = _at_home_of(_short(draw), one)
    records = [("a", one), ("b", two), ("a", _at_home_of(one, new_home)), ("b", _at_home_of(two, new_home))]
    return Group("same_couple", records, ((0, 1), (2, 3)))


def _same_thrice(draw: Draw, rng: np.random.Generator) -> Group:
    """Three records: as first written, with a slip, and at a new home."""
    person = _full(draw, rng)
    slip = _named(person, surname=mistyped(person[SURNAME], rng))
    return Group("same_thrice", [("a", person), ("a", slip), ("a", _moved(person, draw))])


TWINS = (
    ("Daniel", "Daniela"),
    ("Jean", "Joan"),
    ("Alan", "Alana"),
    ("Jan", "Jana"),
    ("Erin", "Erica"),
    ("Martin", "Martina"),
    ("Karl", "Karla"),
    ("Karen", "Karin"),
    ("Marian", "Marion"),
)


def _other_twins_alike(draw: Draw, rng: np.random.Generator) -> Group:
    """Twins whose names differ in a letter or two."""
    one, two = TWINS[int(rng.integers(0, len(TWINS)))]
    person = _named(_short(draw), forename=one)
    return Group("other_twins_alike", [("a", person), ("b", _named(person, forename=two))])


def _at_an_agent(draw: Draw, _: np.random.Generator) -> Person:
    """A person who has the address of a formation agent."""
    agent = vocabulary("address_vocabulary").filter(pl.col("address_class") == "agent").row(0, named=True)
    house, _sep, street = str(agent["lines"]).partition(" ")
    columns = {
        "address.premises": house,
        "address.address_line_1": street,
        "address.locality": agent["locality"],
        "address.postal_code": agent["postcode"],
    }
    return _at_home_of(_short(draw), {**columns, "address.country": "England"})


KINDS: tuple[MakeGroup, ...] = (
    _pair(
        "same_surname_mistyped",
        _full,
        lambda person, _, rng: _named(person, surname=mistyped(person[SURNAME], rng)),
    ),
    _pair(
        "other_twins",
        _full,
        lambda person, _, rng: _named(
            person, forename=_another(person[FORENAME], rng), middle_name=_another(person[MIDDLE], rng)
        ),
    ),
    _pair("same_moved", _full, lambda person, draw, _: _moved(person, draw)),
    # First name, last name and month of birth agree, and nothing else is stated but another address.
    _pair("other_namesake", _short, lambda person, draw, _: _moved(person, draw)),
    _same_spelled,
    _pair(
        "other_father_and_son",
        _full,
        lambda person, *_: _of_another_generation(person),
    ),
    _pair("same_middle_left_out", _full, lambda person, *_: _named(person, middle_name="")),
    _pair(
        "other_namesake_middle",
        _full,
        lambda person, draw, rng: _moved(_named(person, middle_name=_another(person[MIDDLE], rng)), draw),
    ),
    _same_couple,
    _pair("same_initial", _full, lambda person, *_: _named(person, middle_name=person[MIDDLE][0])),
    # Two namesakes of one month who both have the address of a formation agent.
    _pair("other_namesake_at_agent", _at_an_agent, lambda person, *_: dict(person)),
    _pair(
        "same_forename_mistyped",
        _short,
        lambda person, _, rng: _named(person, forename=mistyped(person[FORENAME], rng)),
    ),
    _other_twins_alike,
    _pair(
        "same_swapped",
        _short,
        lambda person, *_: _named(person, forename=person[SURNAME], surname=person[FORENAME]),
    ),
    _pair("same_month_mistyped", _full, lambda person, *_: _later(person, 1)),
    # Full name and year agree, the month does not, and they live in two places.
    _pair("other_born_nearby", _full, lambda person, draw, _: _moved(_later(person, 5), draw)),
    # Another surname; forenames, month of birth and address stay.
    _pair(
        "same_married",
        _full,
        lambda person, _, rng: _named(person, surname=_word(rng, "surnames", "surname")),
    ),
    _same_thrice,
    # Husband and wife: surname and address agree.
    _pair(
        "other_couple",
        _full,
        lambda person, draw, _: _at_home_of(_named(draw.person(), surname=person[SURNAME]), person),
    ),
    _pair("same_moved_two_names", _short, lambda person, draw, _: _moved(person, draw)),
)
