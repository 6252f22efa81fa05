"""LNK-020: a sanctioned party, or who may be one, somewhere above; and directors, former holders and other
lists, which are not.
"""

from dataclasses import replace

from quality.town.listed import record
from quality.town.plant import HALF_SHARES, Draw, Plant, Planted, company_owner
from quality.town.plants._records import (
    INFLUENCE,
    LISTED_SINCE,
    alike,
    directed,
    holds,
    listed_case,
    listed_company,
    owned_exactly,
    screened,
)


def _small_shares(draw: Draw) -> Planted:
    return (
        owned_exactly(draw, "zed-lnk020-five", {"one": "5"}).planted(
            "flagged", "a sanctioned party holds 5 per cent"
        )
        + owned_exactly(draw, "zed-lnk020-unknown", {"one": ""}).planted(
            "flagged", "a sanctioned party holds a share that is not stated"
        )
        + owned_exactly(draw, "zed-lnk020-sold", {"one": "5"}, end="2022").planted(
            "not_flagged", "the holding ended in 2022"
        )
        + owned_exactly(draw, "zed-lnk020-debarred", {"one": "5"}, ("debarment",)).planted(
            "not_flagged", "the holder is debarred, not sanctioned"
        )
        + owned_exactly(draw, "zed-lnk020-exposed", {"one": "5"}, ("role.pep",)).planted(
            "not_flagged", "the holder is politically exposed, not sanctioned"
        )
    )


def _two_steps(draw: Draw) -> Planted:
    """A sanctioned party holds 10 per cent of A, and A holds a part of B by the register."""
    top, below = owned_exactly(draw, "zed-lnk020-steps", {"one": "10"}), listed_case(draw)
    below = replace(below, psc=[company_owner(below.company, top.company, HALF_SHARES, LISTED_SINCE)])
    beside = replace(
        listed_case(draw),
        psc=[company_owner(top.company, (other := draw.company()), HALF_SHARES, LISTED_SINCE)],
    )
    held = top.planted("flagged", "10 per cent held by a sanctioned party") + below.planted(
        "flagged", "two steps below a sanctioned party"
    )
    above = replace(beside, company=other).planted(
        "not_flagged", "holds a company that a sanctioned party holds too"
    )
    return held + above


def _candidates(draw: Draw) -> Planted:
    person = draw.person()
    month = int(person["birth_month"]) % 12 + 1
    near = alike(draw, person, "zed-lnk020-near", born=f"{person['birth_year']}-{month:02d}-11")
    return (
        screened(draw, "zed-lnk020-cand", natures=HALF_SHARES).planted(
            "flagged", "a holder's name and month of birth are on the list"
        )
        + screened(draw, "zed-lnk020-cand-infl", natures=INFLUENCE).planted("flagged", "by influence only")
        + near.planted("not_flagged", "born in another month")
    )


def _director(draw: Draw) -> Planted:
    case = directed(listed_case(draw).with_owner(draw.person()), "zed-lnk020")
    other = listed_case(draw).with_owner(draw.person())
    held = [
        listed_company("zed-lnk020-holder", other.company),
        record(
            "zed-lnk020-below",
            "Company",
            "Zedko Abroad",
            {"name": ["Zedko Abroad"], "jurisdiction": ["zz"], "topics": ["sanction"]},
        ),
        holds("zed-lnk020-below-own", "zed-lnk020-holder", "zed-lnk020-below", "80"),
    ]
    return case.planted("not_flagged", "a sanctioned director holds nothing") + replace(
        other, listed=held
    ).planted("not_flagged", "holds a sanctioned company: below it, not above")


PLANT = Plant((_small_shares, _two_steps, _candidates, _director))
