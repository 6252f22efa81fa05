"""ROL-020: directors of more than a hundred active companies, and of a hundred. They have most of them in
common, so that the town stays small; a set is named by a company that its director has alone.
"""

from datetime import date

from quality.evaluation import SET_OF
from quality.town.companies_house import appointment
from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, part, together

SHARED_N = 98  # (own) companies that all of these directors have
TOWN_MIN = 500  # a smaller town would be mostly these companies
FOUNDED = (date(2005, 1, 4), date(2017, 6, 30))


@part
def _director(
    draw: Draw,
    shared: list[Company],
    *verdict: *tuple[Expected, str],
    own_n: int,
    gone_n: int = 0,
    left_n: int = 0,
) -> Planted:
    """One more director of `shared`, and alone of `own_n` active companies and `gone_n` converted ones. It
    has left `left_n` more.
    """
    person = draw.person()
    own = [draw.company(draw.day(*FOUNDED)) for _ in range(own_n + left_n)]
    gone = [draw.company(draw.day(*FOUNDED), status="Converted / Closed") for _ in range(gone_n)]
    seats = [appointment(company, person) for company in (*shared, *own[:own_n], *gone)]
    left = [appointment(company, person, until=date(2024, 5, 1)) for company in own[own_n:]]
    return Planted(
        [*own, *gone],
        [draw.owned(company) for company in (*own, *gone)],
        officers=[*seats, *left],
        truth=[Truth(f"{SET_OF}{own[0].id}", *verdict)],
    )


def _sets(draw: Draw) -> Planted:
    shared = [draw.company(draw.day(*FOUNDED)) for _ in range(SHARED_N)]
    return Planted(shared, [draw.owned(company) for company in shared]) + together(
        draw,
        _director(shared, "flagged", "101 companies", own_n=3),
        _director(shared, "flagged", "101 companies, and one left", own_n=3, left_n=1),
        _director(shared, "flagged", "102 companies", own_n=4),
        _director(shared, "not_flagged", "100 companies", own_n=2),
        _director(shared, "not_flagged", "101 companies, one of them converted", own_n=2, gone_n=1),
        _director(shared, "not_flagged", "101 companies, one of them left", own_n=2, left_n=1),
    )


PLANT = Plant((_sets,), companies_min=TOWN_MIN)
