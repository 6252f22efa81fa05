"""ROL-010: controllers of 101 active companies in unrelated groups; of 100, of one group only, with closed
ones, listed, or owned by somebody.

The subject is a control group, whose id is made of its controller's. A person's id is not known before the
night, so the truth names a member of the group."""

from collections.abc import Callable, Sequence
from datetime import date

from quality.evaluation import GROUP_OF
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    company_owner,
    part,
    person_owner,
)
from quality.town.plants._records import SINCE, exemption

N = 100  # the indicator's threshold: more than this
TOWN_MIN = 2000  # own: some 1,000 companies are planted; a smaller town would be made of them
FOUNDED = (date(2005, 1, 4), date(2017, 6, 30))

type Owner = Callable[[Company], dict[str, str]]


def _founded(draw: Draw, n: int, status: str = "Active") -> list[Company]:
    return [draw.company(draw.day(*FOUNDED), status=status) for _ in range(n)]


def _person(draw: Draw, natures: Sequence[str] = ALL_SHARES) -> Owner:
    who = draw.person()
    return lambda company: person_owner(company, who, natures, SINCE)


def _company(holder: Company) -> Owner:
    return lambda company: company_owner(company, holder, ALL_SHARES, SINCE)


def _group(
    owner: Owner, companies: Sequence[Company], expected: Expected, note: str, more: Planted | None = None
) -> Planted:
    """All held by one owner; the truth is of the group of the first."""
    truth = [Truth(f"{GROUP_OF}{companies[0].id}", expected, note)]
    return Planted(companies, [owner(company) for company in companies], (), truth) + (more or Planted())


def _with_subsidiaries(draw: Draw) -> Planted:
    """Forty groups of a company and its subsidiary, and 21 more."""
    tops, below = _founded(draw, 61), _founded(draw, 40)
    held = Planted(below, [_company(top)(company) for top, company in zip(tops, below, strict=False)])
    return _group(_person(draw), tops, "flagged", "61 companies, 40 of them with a subsidiary: 101", held)


def _one_group(draw: Draw) -> Planted:
    """A person holds a company that holds all others: one group."""
    top, *below = _founded(draw, N + 2)
    return _group(
        _person(draw),
        [top],
        "not_flagged",
        "101 subsidiaries of one company: one group",
        Planted(below, [_company(top)(company) for company in below]),
    )


def _shared_owner(draw: Draw) -> Planted:
    """Another person holds a part of each: without the controller they are related all the same."""
    companies = _founded(draw, N + 1)
    other = _person(draw, HALF_SHARES)
    return _group(
        _person(draw, ("ownership-of-shares-50-to-75-percent",)),
        companies,
        "not_flagged",
        "101 companies with one and the same second owner",
        Planted((), [other(company) for company in companies]),
    )


@part
def _legal_entity(draw: Draw, expected: Expected, note: str, *, listed: bool) -> Planted:
    top = draw.company(date(2004, 3, 1))
    return _group(
        _company(top),
        _founded(draw, N + 1),
        expected,
        note,
        Planted((top,), [exemption(top)] if listed else []),
    )


PLANT = Plant(
    (
        lambda draw: _group(_person(draw), _founded(draw, N + 1), "flagged", "101 companies of one person"),
        _with_subsidiaries,
        _legal_entity("flagged", "101 companies of one company without a declared owner", listed=False),
        lambda draw: _group(_person(draw), _founded(draw, N), "not_flagged", "100 companies of one person"),
        lambda draw: _group(
            _person(draw),
            [*_founded(draw, N), *_founded(draw, 1, "Converted / Closed")],
            "not_flagged",
            "101 companies, one of them converted",
        ),
        _one_group,
        _shared_owner,
        _legal_entity("not_flagged", "101 companies of a listed one", listed=True),
    ),
    companies_min=TOWN_MIN,
)
