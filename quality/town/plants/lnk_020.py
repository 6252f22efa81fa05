"""LNK-020: a sanctioned party, or who may be one, somewhere above; and directors, former holders and other
lists, which are not.
"""

from quality.town.listed import record
from quality.town.plant import HALF_SHARES, Draw, Expected, Plant, Planted, company_owner, part
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


@part
def _exact(
    draw: Draw, word: str, share: str, *verdict: *tuple[Expected, str], topic: str = "sanction", end: str = ""
) -> Planted:
    """A company of which a stranger on a list holds a share."""
    return owned_exactly(draw, f"zed-lnk020-{word}", {"one": share}, (topic,), end=end).judged(*verdict)


def _two_steps(draw: Draw) -> Planted:
    """A sanctioned party holds 10 per cent of A, and A holds a part of B by the register; so does another
    company of A.
    """
    top, below = owned_exactly(draw, "zed-lnk020-steps", {"one": "10"}), listed_case(draw, ())
    _, other = listed_case(draw, ()), draw.company()  # the first one is in no register
    of_b = company_owner(below.companies[0], top.companies[0], HALF_SHARES, LISTED_SINCE)
    of_a = company_owner(top.companies[0], other, HALF_SHARES, LISTED_SINCE)
    return (
        top.judged("flagged", "10 per cent held by a sanctioned party")
        + (below + Planted(psc=[of_b])).judged("flagged", "two steps below a sanctioned party")
        + Planted([other], [of_a]).judged("not_flagged", "holds a company that a sanctioned party holds too")
    )


def _candidates(draw: Draw) -> Planted:
    person = draw.person()
    month = int(person["birth_month"]) % 12 + 1
    near = alike(draw, person, "zed-lnk020-near", born=f"{person['birth_year']}-{month:02d}-11")
    return (
        screened(draw, "zed-lnk020-cand", natures=HALF_SHARES).judged(
            "flagged", "a holder's name and month of birth are on the list"
        )
        + screened(draw, "zed-lnk020-cand-infl", natures=INFLUENCE).judged("flagged", "by influence only")
        + near.judged("not_flagged", "born in another month")
    )


def _below_and_beside(draw: Draw) -> Planted:
    directed_by, holder = directed(listed_case(draw), "zed-lnk020"), listed_case(draw)
    abroad = {"name": ["Zedko Abroad"], "jurisdiction": ["zz"], "topics": ["sanction"]}
    held = [
        listed_company("zed-lnk020-holder", holder.companies[0]),
        record("zed-lnk020-below", "Company", "Zedko Abroad", abroad),
        holds("zed-lnk020-below-own", "zed-lnk020-holder", "zed-lnk020-below", "80"),
    ]
    return directed_by.judged("not_flagged", "a sanctioned director holds nothing") + (
        holder + Planted(listed=held)
    ).judged("not_flagged", "holds a sanctioned company: below it, not above")


PLANT = Plant(
    (
        _exact("five", "5", "flagged", "a sanctioned party holds 5 per cent"),
        _exact("unknown", "", "flagged", "a sanctioned party holds a share that is not stated"),
        _exact("sold", "5", "not_flagged", "the holding ended in 2022", end="2022"),
        _exact("debarred", "5", "not_flagged", "the holder is debarred, not sanctioned", topic="debarment"),
        _exact(
            "exposed",
            "5",
            "not_flagged",
            "the holder is politically exposed, not sanctioned",
            topic="role.pep",
        ),
        _two_steps,
        _candidates,
        _below_and_beside,
    )
)
