"""OWN-080: somebody who decides over a company by votes or its board, and owns none of its shares; and those
who own, have influence only, or decide over forms without shares.
"""

from collections.abc import Sequence

from quality.town.plant import ALL_SHARES, HALF_SHARES, Part, Plant, person_owner
from quality.town.plants._records import BOARD, GUARANTEE, INFLUENCE, SINCE, held, person, scenario

ALL_VOTES = ("voting-rights-75-to-100-percent",)


def _beside_the_owner(natures: Sequence[str]) -> Part:
    """One person owns the shares; another has these rights."""
    return scenario(
        1,
        lambda draw, c: [person(draw, c[0]), person(draw, c[0], natures)],
        ("flagged", f"another than the owner has {natures[0]}"),
    )


def _one(natures: Sequence[str], note: str, category: str = "") -> Part:
    """One person with these rights."""
    return scenario(
        1,
        lambda draw, c: [person_owner(c[0], draw.person(), natures, SINCE)],
        ("not_flagged", note),
        company=lambda draw: draw.company(category=category) if category else draw.company(),
    )


PLANT = Plant(
    (
        _beside_the_owner(BOARD),
        _beside_the_owner(ALL_VOTES),
        scenario(
            2,
            lambda draw, c: [draw.owned(c[0]), person(draw, c[1]), held(c[1], c[0], BOARD)],
            ("not_flagged", "owned"),
            ("flagged", "a company may appoint the board"),
        ),
        _one((*ALL_SHARES, *BOARD), "the owner may appoint the board"),
        _one((*HALF_SHARES, *ALL_VOTES), "most votes and a quarter of the shares"),
        _one(INFLUENCE, "influence only"),
        _one(BOARD, "no share capital", GUARANTEE),
    )
)
