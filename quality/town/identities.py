"""Who is who in the town, on purpose: one person written in several ways, and several persons written nearly alike, with the truth about both.

Each group is a few persons and their records, every record the ordinary sole ownership of a company of its own, so that nothing else is planted. Kinds in
turn, so that any number of groups is a fair share of each. `same_…`: records of one person. `other_…`: records of persons who are not the same.
Not everything can be found: who moved home and states two names only (`same_moved_two_names`) cannot be told from a namesake, and must not be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from quality.town.plant import ALL_SHARES, HALF_SHARES, Company, Draw, Planted, person_owner
from quality.town.wordlists import table
from transforms.values.vocabulary import vocabulary

COMPANIES_A_GROUP = 20  # of the town for each group of records
STREAM = 2_000_003
FORENAME, MIDDLE, SURNAME, TITLE = (
    f"name_elements.{key}" for key in ("forename", "middle_name", "surname", "title")
)
WHO, NOTE = (
    "who",
    "note",
)  # keys of a planted PSC record that are not written: whose it is, and the kind of group

type Person = Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """Records of one to three persons: (whose, PSC columns of an individual) for each. `together`: records of one company each, by positions."""

    kind: str
    records: Sequence[tuple[str, Person]]
    together: Sequence[Sequence[int]] = ()


def groups(draw: Draw, size: int, seed: int) -> list[Group]:
    """`size` groups, kinds in turn. Their persons and addresses are `draw`'s and so used nowhere else."""
    rng = np.random.default_rng([seed, STREAM])
    return [KINDS[n % len(KINDS)](draw, rng) for n in range(size)]


def identities(draw: Draw, companies: int, seed: int) -> Planted:
    """What a town of `companies` gets."""
    return planted(draw, groups(draw, companies // COMPANIES_A_GROUP, seed))


def planted(draw: Draw, made: Sequence[Group]) -> Planted:
    """The groups as companies and PSC records; each record has WHO and NOTE."""
    companies: list[Company] = []
    psc: list[dict[str, str]] = []
    for number, group in enumerate(made):
        for positions in group.together or [[n] for n in range(len(group.records))]:
            companies.append(company := draw.company())
            shares = ALL_SHARES if len(positions) == 1 else HALF_SHARES
            owned = draw.owned(company)["notified_on"]
            for whose, person in (group.records[n] for n in positions):
                row = person_owner(company, person, shares, company.incorporated_on)
                psc.append({**row, "notified_on": owned, WHO: f"G{number}-{whose}", NOTE: group.kind})
    return Planted(companies, psc)


# --- a person's columns ---------------------------------------------------------------------------------------------


def _named(person: Person, **parts: str) -> dict[str, str]:
    """The person under another name. An empty part is left out."""
    keys = {"forename": FORENAME, "middle": MIDDLE, "surname": SURNAME}
    changed = {**person, **{keys[part]: value for part, value in parts.items()}}
    kept = {key: value for key, value in changed.items() if value != ""}
    return {**kept, "name": " ".join(kept[key] for key in (TITLE, FORENAME, MIDDLE, SURNAME) if key in kept)}


def _full(draw: Draw, rng: np.random.Generator) -> dict[str, str]:
    """A person with a middle name."""
    person = draw.person()
    return _named(person, middle=person.get(MIDDLE) or _forename(rng))


def _short(draw: Draw) -> dict[str, str]:
    """A person of two names."""
    return _named(draw.person(), middle="")


def _forename(rng: np.random.Generator) -> str:
    return str(table("forenames")["forename"][int(rng.integers(0, table("forenames").height))])


def _surname(rng: np.random.Generator) -> str:
    return str(table("surnames")["surname"][int(rng.integers(0, table("surnames").height))])


def _at_home_of(person: Person, other: Person) -> dict[str, str]:
    """The person at the other's address."""
    own = {key: value for key, value in person.items() if not key.startswith("address.")}
    return own | {key: value for key, value in other.items() if key.startswith("address.")}


def _born_with(person: Person, other: Person) -> dict[str, str]:
    return {**person, "birth_month": other["birth_month"], "birth_year": other["birth_year"]}


def _mistyped(word: str, rng: np.random.Generator) -> str:
    """One letter lost, doubled, or exchanged with the next; never the first."""
    at = int(rng.integers(1, max(len(word) - 1, 2)))
    return (
        word[:at] + word[at + 1 :],
        word[:at] + word[at - 1] + word[at:],
        word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    )[int(rng.integers(0, 3))]


def _pair(kind: str, first: Person, second: Person) -> Group:
    """Two records: of one person, or of two where the kind says `other_…`."""
    return Group(kind, [("a", first), ("b" if kind.startswith("other_") else "a", second)])


# --- one person -----------------------------------------------------------------------------------------------------


def _same_surname_mistyped(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    return _pair("same_surname_mistyped", person, _named(person, surname=_mistyped(person[SURNAME], rng)))


def _same_forename_mistyped(draw: Draw, rng: np.random.Generator) -> Group:
    person = _short(draw)
    return _pair("same_forename_mistyped", person, _named(person, forename=_mistyped(person[FORENAME], rng)))


def _same_spelled(draw: Draw, rng: np.random.Generator) -> Group:
    """Transliterated in two ways, or without the letters that a form does not take, at one address."""
    words = table("spellings").row(int(rng.integers(0, table("spellings").height)), named=True)
    person = _named(_short(draw), forename=words["forename"], surname=words["surname"])
    return _pair(
        "same_spelled",
        person,
        _named(person, forename=words["other_forename"], surname=words["other_surname"]),
    )


def _same_swapped(draw: Draw, _: np.random.Generator) -> Group:
    person = _short(draw)
    return _pair("same_swapped", person, _named(person, forename=person[SURNAME], surname=person[FORENAME]))


def _same_moved(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    return _pair("same_moved", person, _at_home_of(person, draw.person()))


def _same_moved_two_names(draw: Draw, _: np.random.Generator) -> Group:
    person = _short(draw)
    return _pair("same_moved_two_names", person, _at_home_of(person, draw.person()))


def _same_middle_left_out(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    return _pair("same_middle_left_out", person, _named(person, middle=""))


def _same_initial(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    return _pair("same_initial", person, _named(person, middle=person[MIDDLE][0]))


def _same_month_mistyped(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    return _pair(
        "same_month_mistyped", person, {**person, "birth_month": str(int(person["birth_month"]) % 12 + 1)}
    )


def _same_married(draw: Draw, rng: np.random.Generator) -> Group:
    """Another surname; forenames, month of birth and address stay."""
    person = _full(draw, rng)
    return _pair("same_married", person, _named(person, surname=_surname(rng)))


def _same_couple(draw: Draw, _: np.random.Generator) -> Group:
    """Two who own two companies together, and moved between."""
    one, new_home = _short(draw), draw.person()
    two = _at_home_of(_short(draw), one)
    records = [("a", one), ("b", two), ("a", _at_home_of(one, new_home)), ("b", _at_home_of(two, new_home))]
    return Group("same_couple", records, ((0, 1), (2, 3)))


def _same_thrice(draw: Draw, rng: np.random.Generator) -> Group:
    """Three records: as first written, with a slip, and at a new home."""
    person = _full(draw, rng)
    slip = _named(person, surname=_mistyped(person[SURNAME], rng))
    return Group("same_thrice", [("a", person), ("a", slip), ("a", _at_home_of(person, draw.person()))])


# --- not the same person --------------------------------------------------------------------------------------------


def _other_twins(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    other = _named(person, forename=_another(person[FORENAME], rng), middle=_another(person[MIDDLE], rng))
    return _pair("other_twins", person, other)


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
    return _pair("other_twins_alike", person, _named(person, forename=two))


def _another(forename: str, rng: np.random.Generator) -> str:
    while (other := _forename(rng)) == forename:
        pass
    return other


def _other_namesake(draw: Draw, _: np.random.Generator) -> Group:
    """First name, last name and month of birth agree, and nothing else is stated but another address."""
    person = _short(draw)
    return _pair("other_namesake", person, _at_home_of(person, draw.person()))


def _other_namesake_middle(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    return _pair(
        "other_namesake_middle",
        person,
        _at_home_of(_named(person, middle=_another(person[MIDDLE], rng)), draw.person()),
    )


def _other_namesake_at_agent(draw: Draw, _: np.random.Generator) -> Group:
    """Two namesakes of one month who both have the address of a formation agent."""
    agent = vocabulary("address_vocabulary").filter(pl.col("address_class") == "agent").row(0, named=True)
    house, _sep, street = str(agent["lines"]).partition(" ")
    columns = {
        "address.premises": house,
        "address.address_line_1": street,
        "address.locality": agent["locality"],
        "address.postal_code": agent["postcode"],
    }
    person = _at_home_of(_short(draw), {**columns, "address.country": "England"})
    return _pair("other_namesake_at_agent", person, dict(person))


def _other_father_and_son(draw: Draw, rng: np.random.Generator) -> Group:
    person = _full(draw, rng)
    return _pair(
        "other_father_and_son", person, {**person, "birth_year": str(int(person["birth_year"]) - 27)}
    )


def _other_born_nearby(draw: Draw, rng: np.random.Generator) -> Group:
    """Full name and year agree, the month does not, and they live in two places."""
    person = _full(draw, rng)
    month = (int(person["birth_month"]) + 4) % 12 + 1
    return _pair(
        "other_born_nearby", person, _at_home_of({**person, "birth_month": str(month)}, draw.person())
    )


def _other_couple(draw: Draw, rng: np.random.Generator) -> Group:
    """Husband and wife: surname and address agree."""
    person = _full(draw, rng)
    wife = _at_home_of(_named(draw.person(), surname=person[SURNAME]), person)
    return _pair("other_couple", person, wife)


KINDS: tuple[Callable[[Draw, np.random.Generator], Group], ...] = (
    _same_surname_mistyped,
    _other_twins,
    _same_moved,
    _other_namesake,
    _same_spelled,
    _other_father_and_son,
    _same_middle_left_out,
    _other_namesake_middle,
    _same_couple,
    _same_initial,
    _other_namesake_at_agent,
    _same_forename_mistyped,
    _other_twins_alike,
    _same_swapped,
    _same_month_mistyped,
    _other_born_nearby,
    _same_married,
    _same_thrice,
    _other_couple,
    _same_moved_two_names,
)
