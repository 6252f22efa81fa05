"""ADR-020: ten companies alike at one unit within 24 months; nine, a day too late, another form, code or
kind of owner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    part,
    person_owner,
    together,
)
from quality.town.plants._records import GUARANTEE, SINCE, foreign_owner

N = 10
FIRST = date(2019, 2, 4)
LAST = date(2021, 2, 4)  # 24 months later
SIC, OTHER_SIC = "68209", "62020"
ONE_CODE = {"SICCode.SicText_2": "", "SICCode.SicText_3": ""}  # a second code is another batch


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


@part
def _batch(
    draw: Draw,
    owner: str,
    *verdict: *tuple[Expected, str],
    n: int = N,
    last: date = LAST,
    sics: Sequence[str] = (SIC,),
    categories: Sequence[str] = (PRIVATE,),
    unit: Address | None = None,
) -> Planted:
    """`n` companies at one address, the first founded on FIRST and the last on `last`; codes and categories
    in turn.

    owner: "one" person for all, "persons" (one each), "abroad" (a company from abroad each), "nobody",
    "mixed" (persons and nobody in turn), or "nothing" declared."""
    place = unit or draw.address()
    days = [FIRST, *(draw.day(FIRST, last) for _ in range(n - 2)), last]
    companies = [
        draw.company(
            day,
            address=place,
            sic=sics[i % len(sics)],
            category=categories[i % len(categories)],
            columns=ONE_CODE,
        )
        for i, day in enumerate(days)
    ]
    planting = Planted(companies, truth=[at(place, *verdict)])
    if owner == "nothing":
        return planting
    person = draw.person()
    return planting + Planted(
        psc=[_owner(draw, owner, person, i, company) for i, company in enumerate(companies)]
    )


def _two_doors(draw: Draw) -> Planted:
    here = draw.address()
    doors = (here, replace(here, house=here.house + 40))
    note = "five at each of two houses"
    return together(draw, *(_batch("persons", "not_flagged", note, n=N // 2, unit=door) for door in doors))


PLANT = Plant(
    (
        _batch("one", "flagged", "ten of one owner, first and last 24 months apart"),
        _batch("persons", "flagged", "ten, each of another person"),
        _batch("abroad", "flagged", "ten, each of a company from abroad"),
        _batch("nobody", "flagged", "ten that state that there is nobody"),
        _batch("one", "not_flagged", "nine of one owner", n=N - 1),
        _batch("one", "not_flagged", "the last a day too late", last=date(2021, 2, 5)),
        _batch("persons", "not_flagged", "two industry codes", sics=(SIC, OTHER_SIC)),
        _batch("persons", "not_flagged", "two legal forms", categories=(PRIVATE, GUARANTEE)),
        _batch("mixed", "not_flagged", "two kinds of owner"),
        _batch("nothing", "not_flagged", "nothing is declared of any"),
        _two_doors,
    )
)
