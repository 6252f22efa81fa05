"""OWN-070: companies below a trust of which the register names the trustees only; and those below firms,
persons, and trusts that have ended.
"""

from quality.town.plant import HALF_SHARES, Plant
from quality.town.plants._records import ENDED, TRUST, chain, person, scenario

FIRM = ("ownership-of-shares-75-to-100-percent-as-firm",)
SMALL_TRUST = ("voting-rights-25-to-50-percent-as-trust",)

PLANT = Plant(
    (
        scenario(
            2,
            lambda draw, c: [person(draw, c[0], TRUST), *chain(c)],
            ("flagged", "trustees hold it"),
            ("flagged", "trustees hold its holder"),
        ),
        scenario(
            1,
            lambda draw, c: [person(draw, c[0], HALF_SHARES), person(draw, c[0], SMALL_TRUST)],
            ("flagged", "trustees have a part of the votes"),
        ),
        scenario(1, lambda draw, c: [person(draw, c[0], FIRM)], ("not_flagged", "members of a firm hold it")),
        scenario(
            2,
            lambda draw, c: [draw.owned(c[0]), *chain(c)],
            ("not_flagged", "a person"),
            ("not_flagged", "a person's company"),
        ),
        scenario(
            1,
            lambda draw, c: [person(draw, c[0], TRUST, ended_on=ENDED), draw.owned(c[0])],
            ("not_flagged", "the trust has ended"),
        ),
    )
)
