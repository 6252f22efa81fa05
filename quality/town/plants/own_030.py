"""OWN-030: chains that end in companies; and those that end in persons, public bodies, or elsewhere."""

from collections.abc import Callable
from datetime import date

from quality.town.people.records import NO_OWNER
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Part,
    Plant,
    Planted,
    declaration,
    together,
)
from quality.town.plants._records import (
    ENDED,
    SINCE,
    Verdict,
    chain,
    council_owner,
    exemption,
    foreign_owner,
    held,
    protected_owner,
    ring,
    scenario,
)

IN_A_RING: Verdict = ("flagged", "a ring holds each of its members")


def _below(
    n: int,
    expected: Expected,
    note: str,
    *more: Callable[[Draw, list[Company]], dict[str, str]],
    first: Callable[[Draw], Company] | None = None,
    country: str = "England",
) -> Part:
    """A chain of `n`, with more records. The verdict is on the companies below the top; the top itself is
    not flagged. country: of each holder.
    """
    return scenario(
        n,
        lambda draw, c: [*chain(c, country), *(record(draw, c) for record in more)],
        ("not_flagged", f"the top: {note}"),
        *[(expected, note)] * (n - 1),
        first=first,
    )


def _stated(code: str) -> Part:
    return _below(2, "flagged", f"the top states {code}", lambda _, c: declaration(c[0], code, SINCE))


def _elsewhere(country: str) -> Part:
    return scenario(
        2,
        lambda draw, c: [*chain(c), foreign_owner(draw, c[0], country)],
        ("not_assessable", f"a company of {country} at the top"),
    )


def _without_number(company: Company, holder: Company) -> dict[str, str]:
    stated = held(company, holder)
    return {key: value for key, value in stated.items() if key != "identification.registration_number"}


CHAINS = (
    _below(2, "flagged", "chain of 2, nothing is declared of the top"),
    _below(4, "flagged", "chain of 4, nothing is declared of the top"),
    _stated(NO_OWNER),
    _stated("psc-exists-but-not-identified"),
    scenario(
        3,
        lambda _, c: [*ring(c[:2], ALL_SHARES), held(c[2], c[1])],
        IN_A_RING,
        IN_A_RING,
        ("flagged", "below a ring"),
    ),
    _below(
        2,
        "flagged",
        "an overseas entity without a declared owner at the top",
        first=lambda draw: draw.overseas(date(2022, 12, 5)),
        country="United Kingdom",
    ),
    _below(3, "not_flagged", "a person at the top", lambda draw, c: draw.owned(c[0])),
    scenario(
        3,
        lambda draw, c: [*chain(c), draw.owned(c[1])],
        ("not_flagged", "a person beside the company in the middle, or the top itself"),
    ),
    _below(2, "not_flagged", "a protected person at the top", lambda _, c: protected_owner(c[0])),
    _below(3, "not_flagged", "the top is listed", lambda _, c: exemption(c[0])),
    scenario(
        2,
        lambda _, c: [*chain(c), council_owner(c[0])],
        ("not_flagged", "a council at the top"),
    ),
    # Nobody is above: nothing declared, a holder that has left, and one that holds itself.
    scenario(
        4,
        lambda draw, c: [
            held(c[1], c[3], ended_on=ENDED),
            held(c[2], c[2], HALF_SHARES),
            draw.owned(c[3]),
        ],
        ("not_flagged", "nothing is declared"),
        ("not_flagged", "the holder has left"),
        ("not_flagged", "holds itself only"),
        None,
    ),
    _elsewhere("Jersey"),
    _elsewhere("Delaware, United States"),
    _below(
        2,
        "not_assessable",
        "two tops, one of them of Germany",
        lambda draw, c: foreign_owner(draw, c[1], "Germany", HALF_SHARES),
    ),
    scenario(
        1,
        lambda draw, c: [_without_number(c[0], draw.company())],
        ("not_assessable", "the holder states no number, and no register held has its name"),
    ),
    scenario(
        2,
        lambda draw, c: [_without_number(*c), draw.owned(c[1])],
        (
            "not_flagged",
            "the holder states no number; its name and address are those of an entry that a person owns",
        ),
        None,
    ),
)


def _no_duty(draw: Draw) -> Planted:
    """Tops of forms that need not declare."""
    form, day = "Limited Partnership", date(2012, 3, 5)
    partnership = draw.company(day, series="LP", category=form, sic="None Supplied", ending=" LP")
    overseas = draw.company(day, series="FC", category="Other company type", sic="None Supplied")
    return together(
        draw,
        _below(2, "not_assessable", "an English limited partnership at the top", first=lambda _: partnership),
        _below(2, "not_assessable", "an overseas company at the top", first=lambda _: overseas),
    )


PLANT = Plant((*CHAINS, _no_duty))
