"""DEC-050: companies that declare a company from abroad as owner; and owners that may be named."""

from quality.town.plant import ALL_SHARES, Plant
from quality.town.plants._records import ENDED, Scenario, council_owner, foreign_owner, held


def _abroad(country: str) -> Scenario:
    return Scenario(
        1,
        lambda draw, c: [foreign_owner(draw, c[0], country)],
        [("flagged", f"a company of {country}")],
    )


PLANT = Plant(
    (
        *map(_abroad, ("British Virgin Islands", "Germany", "Delaware, United States")),
        Scenario(
            2,
            lambda draw, c: [held(c[1], c[0]), draw.owned(c[0])],
            [("not_flagged", "a person"), ("not_flagged", "a company of the same country")],
        ),
        Scenario(
            1,
            lambda draw, c: [foreign_owner(draw, c[0], "Panama", ALL_SHARES, ENDED), draw.owned(c[0])],
            [("not_flagged", "the company from abroad has left")],
        ),
        Scenario(1, lambda _, c: [council_owner(c[0])], [("not_flagged", "a council")]),
    )
)
