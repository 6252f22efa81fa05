"""ADR-020: ten companies alike at one unit within 24 months; nine, a day too late, another form, code or kind of owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from quality.town.owners import NO_OWNER
from quality.town.places import Address
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    address_id,
    declaration,
    person_owner,
)
from quality.town.plants._records import SINCE, foreign_owner

CODE = "ADR-020"
N = 10
FIRST = date(2019, 2, 4)
LAST = date(2021, 2, 4)  # 24 months later
SIC, OTHER_SIC = "68209", "62020"
GUARANTEE = "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"


def _companies(
    draw: Draw,
    address: Address,
    n: int,
    *,
    last: date = LAST,
    sics: Sequence[str] = (SIC,),
    categories: Sequence[str] = (),
) -> list[Company]:
    """`n` at the address: the first founded on FIRST, the last on `last`, the others between; codes and categories in turn."""
    days = [FIRST, *(draw.day(FIRST, last) for _ in range(n - 2)), last]
    made = [draw.company(day, address=address, sic=sics[i % len(sics)]) for i, day in enumerate(days)]
    # One code each: a second one is another batch.
    only = {"SICCode.SicText_2": "", "SICCode.SicText_3": ""}
    return [
        replace(
            company,
            columns=only,
            category=categories[i % len(categories)] if categories else company.category,
        )
        for i, company in enumerate(made)
    ]


def _owned(draw: Draw, companies: Sequence[Company], owner: str) -> list[dict[str, str]]:
    """One record a company: of one person for all, a person each, a company from abroad each, nobody, or persons and nobody in turn."""
    one = draw.person()

    def of(i: int, company: Company) -> dict[str, str]:
        match owner:
            case "one":
                return person_owner(company, one, ALL_SHARES, company.incorporated_on)
            case "abroad":
                return foreign_owner(draw, company, "Germany")
            case "nobody":
                return declaration(company, NO_OWNER, company.incorporated_on)
            case "mixed" if i % 2 == 0:
                return declaration(company, NO_OWNER, SINCE)
            case _:
                return draw.owned(company)

    return [of(i, company) for i, company in enumerate(companies)]


def _case(
    draw: Draw,
    n: int,
    owner: str,
    expected: Expected,
    note: str,
    *,
    last: date = LAST,
    sics: Sequence[str] = (SIC,),
    categories: Sequence[str] = (),
) -> Planted:
    unit = draw.address()
    companies = _companies(draw, unit, n, last=last, sics=sics, categories=categories)
    psc = [] if owner == "nothing" else _owned(draw, companies, owner)
    return Planted(companies, psc, (), [Truth(CODE, address_id(unit), expected, note)])


def _two_doors(draw: Draw) -> Planted:
    """Five at each of two neighbouring houses."""
    here = draw.address()
    doors = (here, replace(here, house=here.house + 40))
    total = Planted()
    for door in doors:
        companies = _companies(draw, door, N // 2)
        total = total + Planted(
            companies,
            _owned(draw, companies, "persons"),
            (),
            [Truth(CODE, address_id(door), "not_flagged", "five at each of two houses")],
        )
    return total


def make(draw: Draw) -> Planted:
    parts = [
        _case(draw, N, "one", "flagged", "ten of one owner, first and last 24 months apart"),
        _case(draw, N, "persons", "flagged", "ten, each of another person"),
        _case(draw, N, "abroad", "flagged", "ten, each of a company from abroad"),
        _case(draw, N, "nobody", "flagged", "ten that state that there is nobody"),
        _case(draw, N - 1, "one", "not_flagged", "nine of one owner"),
        _case(draw, N, "one", "not_flagged", "the last a day too late", last=date(2021, 2, 5)),
        _case(draw, N, "persons", "not_flagged", "two industry codes", sics=(SIC, OTHER_SIC)),
        _case(
            draw,
            N,
            "persons",
            "not_flagged",
            "two legal forms",
            categories=("Private Limited Company", GUARANTEE),
        ),
        _case(draw, N, "mixed", "not_flagged", "two kinds of owner"),
        _case(draw, N, "nothing", "not_flagged", "nothing is declared of any"),
        _two_doors(draw),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
