"""Listed parties of plants: people of the register as a list writes them, companies with their numbers,
and shares that lists state exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quality.town.listed import record, sanction
from quality.town.plant import ALL_SHARES, HALF_SHARES, Company, Draw, Expected, Planted, Truth, person_owner

SINCE = date(2019, 3, 1)
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Case:
    """One company of a plant, its owners in the register, and what the lists say around it."""

    company: Company
    psc: Rows = field(default_factory=list)
    listed: Rows = field(default_factory=list)

    def with_owner(self, person: Mapping[str, str], natures: Sequence[str] = ALL_SHARES) -> Case:
        return replace(self, psc=[*self.psc, person_owner(self.company, person, natures, SINCE)])

    def planted(self, expected: Expected, note: str) -> Planted:
        return Planted(
            (self.company,), self.psc, (), [Truth(self.company.id, expected, note)], listed=self.listed
        )


def case(draw: Draw) -> Case:
    return Case(draw.company(draw.day(date(2008, 1, 7), date(2017, 6, 30))))


def listed_person(
    identifier: str,
    person: Mapping[str, str],
    topics: Sequence[str],
    *,
    name: str = "",
    born: str = "",
    **more: Sequence[str],
) -> dict[str, str]:
    """A person of the register as a list writes it: surname first, born on a full day. `born` overrides
    year and month.
    """
    written = name or f"{person['name_elements.surname'].upper()}, {person['name_elements.forename']}"
    birth = born or f"{person['birth_year']}-{int(person['birth_month']):02d}-17"
    return record(
        identifier,
        "Person",
        written,
        {"name": [written], "birthDate": [birth], "topics": list(topics), **more},
    )


def stranger(identifier: str, topics: Sequence[str]) -> dict[str, str]:
    """A listed person of whom no register speaks."""
    name = f"Zoltan Zedvary {identifier.rsplit('-', 1)[-1].title()}"
    return record(
        identifier, "Person", name, {"name": [name], "birthDate": ["1961-02-03"], "topics": list(topics)}
    )


def listed_company(identifier: str, company: Company, topics: Sequence[str] = ()) -> dict[str, str]:
    """A company of the register as a list writes it, with its number."""
    properties = {
        "name": [company.name.title()],
        "jurisdiction": ["gb"],
        "registrationNumber": [company.number],
        "topics": list(topics),
    }
    return record(identifier, "Company", company.name.title(), properties)


def holds(identifier: str, owner: str, asset: str, percentage: str = "", *, end: str = "") -> dict[str, str]:
    """An Ownership record."""
    ended = {"endDate": [end]} if end else {}
    stated = {"percentage": [percentage]} if percentage else {}
    return record(
        identifier, "Ownership", "Ownership", {"owner": [owner], "asset": [asset], **stated, **ended}
    )


def owned_exactly(
    draw: Draw,
    identifier: str,
    shares: Mapping[str, str],
    topics: Sequence[str] = ("sanction",),
    *,
    end: str = "",
) -> Case:
    """A company of which strangers on a list hold exact shares: word → percentage. Its register names
    another holder of a small band.
    """
    made = case(draw).with_owner(draw.person(), HALF_SHARES)
    rows = [listed_company(f"{identifier}-c", made.company)]
    for word, percentage in shares.items():
        owner = f"{identifier}-{word}"
        rows += [
            stranger(owner, topics),
            holds(f"{identifier}-{word}-own", owner, f"{identifier}-c", percentage, end=end),
        ]
    return replace(made, listed=rows)


def screened(
    draw: Draw,
    identifier: str,
    topics: Sequence[str] = ("sanction",),
    natures: Sequence[str] = ALL_SHARES,
    *,
    born: str = "",
) -> Case:
    """A company whose owner in the register is on the list too. `born` overrides the register's year and
    month.
    """
    person = draw.person()
    made = case(draw).with_owner(person, natures)
    return replace(made, listed=[listed_person(identifier, person, topics, born=born)])


def with_sanction(made: Case, identifier: str, *, end: str = "") -> Case:
    return replace(made, listed=[*made.listed, sanction(identifier, identifier, end=end)])
