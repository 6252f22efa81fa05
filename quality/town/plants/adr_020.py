"""ADR-020: ten companies alike at one unit within 24 months; nine, a day too late, another form, code or
kind of owner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from quality.town.parts.places import Address
from quality.town.people.records import NO_OWNER
from quality.town.plant import (
    ALL_SHARES,
    PRIVATE,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    at,
    declaration,
    person_owner,
)
from quality.town.plants._records import GUARANTEE, SINCE, foreign_owner

N = 10
FIRST = date(2019, 2, 4)
LAST = date(2021, 2, 4)  # 24 months later
SIC, OTHER_SIC = "68209", "62020"


@dataclass(frozen=True)
class Batch:
    """`n` companies at one address, the first founded on FIRST and the last on `last`; codes and categories
    in turn.

    owner: "one" person for all, "persons" (one each), "abroad" (a company from abroad each), "nobody",
    "mixed" (persons and nobody in turn), or "nothing" declared."""

    owner: str
    expected: Expected
    note: str
    n: int = N
    last: date = LAST
    sics: Sequence[str] = (SIC,)
    categories: Sequence[str] = (PRIVATE,)


BATCHES = (
    Batch("one", "flagged", "ten of one owner, first and last 24 months apart"),
    Batch("persons", "flagged", "ten, each of another person"),
    Batch("abroad", "flagged", "ten, each of a company from abroad"),
    Batch("nobody", "flagged", "ten that state that there is nobody"),
    Batch("one", "not_flagged", "nine of one owner", n=N - 1),
    Batch("one", "not_flagged", "the last a day too late", last=date(2021, 2, 5)),
    Batch("persons", "not_flagged", "two industry codes", sics=(SIC, OTHER_SIC)),
    Batch("persons", "not_flagged", "two legal forms", categories=(PRIVATE, GUARANTEE)),
    Batch("mixed", "not_flagged", "two kinds of owner"),
    Batch("nothing", "not_flagged", "nothing is declared of any"),
)
AT_EACH_DOOR = Batch("persons", "not_flagged", "five at each of two houses", n=N // 2)


def _companies(draw: Draw, unit: Address, batch: Batch) -> list[Company]:
    days = [FIRST, *(draw.day(FIRST, batch.last) for _ in range(batch.n - 2)), batch.last]
    # One code each: a second one is another batch.
    only = {"SICCode.SicText_2": "", "SICCode.SicText_3": ""}
    return [
        draw.company(
            day,
            address=unit,
            sic=batch.sics[i % len(batch.sics)],
            category=batch.categories[i % len(batch.categories)],
            columns=only,
        )
        for i, day in enumerate(days)
    ]


def _owner(draw: Draw, owner: str, person: Mapping[str, str], i: int, company: Company) -> dict[str, str]:
    """The record about the `i`-th company of a batch; `one` is the person who may hold all of them."""
    match owner:
        case "one":
            return person_owner(company, person, ALL_SHARES, company.incorporated_on)
        case "abroad":
            return foreign_owner(draw, company, "Germany")
        case "nobody":
            return declaration(company, NO_OWNER, company.incorporated_on)
        case "mixed" if i % 2 == 0:
            return declaration(company, NO_OWNER, SINCE)
        case _:
            return draw.owned(company)


def _seated(draw: Draw, unit: Address, batch: Batch) -> Planted:
    companies = _companies(draw, unit, batch)
    truth = [at(unit, batch.expected, batch.note)]
    if batch.owner == "nothing":
        return Planted(companies, truth=truth)
    person = draw.person()
    psc = [_owner(draw, batch.owner, person, i, company) for i, company in enumerate(companies)]
    return Planted(companies, psc, truth=truth)


def _two_doors(draw: Draw) -> Planted:
    here = draw.address()
    doors = (here, replace(here, house=here.house + 40))
    return sum((_seated(draw, door, AT_EACH_DOOR) for door in doors), Planted())


PLANT = Plant(
    (
        lambda draw: sum((_seated(draw, draw.address(), batch) for batch in BATCHES), Planted()),
        _two_doors,
    )
)
