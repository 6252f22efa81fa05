"""DEC-050: companies that declare a company from abroad as owner; and owners that may be named."""

from quality.town.plant import ALL_SHARES, Part, Plant
from quality.town.plants._records import ENDED, council_owner, foreign_owner, held, scenario


def _abroad(country: str) -> Part:
    return scenario(
        1,
        lambda draw, c: [foreign_owner(draw, c[0], country)],
        ("flagged", f"a company of {country}"),
    )


PLANT = Plant(
    (
        *map(_abroad, ("British Virgin Islands", "Germany", "Delaware, United States")),
        scenario(
            2,
            lambda draw, c: [held(c[1], c[0]), draw.owned(c[0])],
            ("not_flagged", "a person"),
            ("not_flagged", "a company of the same country"),
        ),
        scenario(
            1,
            lambda draw, c: [foreign_owner(draw, c[0], "Panama", ALL_SHARES, ENDED), draw.owned(c[0])],
            ("not_flagged", "the company from abroad has left"),
        ),
        scenario(1, lambda _, c: [council_owner(c[0])], ("not_flagged", "a council")),
    )
)
