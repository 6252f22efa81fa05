"""LNK-050: two companies that bid for one contract, with the same people behind them or not."""

from datetime import date

from quality.town.companies_house import appointment
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    part,
    person_owner,
)
from quality.town.tenders import award, bid, party, process

SINCE = date(2017, 6, 2)
LEFT_ON = date(2025, 12, 29)  # before the bids
GBP = 88_000
STRANGER = {"id": "GB-ELSE-L050", "name": "ELSEWHERE BRIDGES GMBH"}


@part
def _case(
    draw: Draw,
    key: str,
    *verdict: *tuple[Expected, str],
    natures: tuple[str, ...] = ALL_SHARES,
    shared: str = "",
    left: date | None = None,
    with_stranger: bool = False,
) -> Planted:
    """shared: what the two have in common, owner, director or seat. left: the day on which that person left
    the second. with_stranger: a firm from elsewhere bids too. Nothing is awarded yet, so that the outliers of
    other indicators stay as they are.
    """
    one = draw.company(SINCE)
    two = draw.company(SINCE, address=one.address if shared == "seat" else None)
    person, is_owner = draw.person(), shared == "owner"
    of_one = person_owner(one, person if is_owner else draw.person(), natures, SINCE)
    of_two = [person_owner(two, person, natures, SINCE, left)] if is_owner else []
    others = [] if is_owner and left is None else [person_owner(two, draw.person(), natures, left or SINCE)]
    boards = [appointment(one, person), appointment(two, person, until=left)] if shared == "director" else []
    parties = [party(one), party(two)]
    bids = [bid([parties[0]], GBP), bid([parties[1]], GBP * 107 // 100)]
    if with_stranger:
        bids.append(bid([STRANGER], GBP * 121 // 100))
    tender = process(f"l050{key}", bids, [award(parties[:1], GBP, "pending")], bidders_n=len(bids))
    truth = [Truth(company.id, *verdict) for company in (one, two)]
    return Planted([one, two], [of_one, *of_two, *others], truth=truth, officers=boards, tenders=[tender])


PLANT = Plant(
    (
        _case("a", "flagged", "one owner", shared="owner", with_stranger=True),
        _case("b", "flagged", "a part owner", natures=HALF_SHARES, shared="owner"),
        _case("c", "flagged", "one seat", shared="seat"),
        _case("d", "flagged", "one director", shared="director"),
        _case("e", "not_flagged", "a director had left", shared="director", left=LEFT_ON),
        _case("f", "not_flagged", "an owner who had sold", shared="owner", left=LEFT_ON),
        _case("g", "not_flagged", "others own and run them"),
        _case("h", "not_assessable", "a third bidder is not known", with_stranger=True),
    )
)
