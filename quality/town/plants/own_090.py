"""OWN-090: three holders of a quarter or a little less who share a director or an office; and two such, or
three with less or more. Another source than the register states exact shares.
"""

from collections.abc import Sequence

from quality.town.plant import Draw, Expected, Plant, Planted, part, person_owner
from quality.town.plants._records import INFLUENCE, SINCE, directorship, holds, listed_company, stranger


@part
def _held(
    draw: Draw,
    word: str,
    *verdict: *tuple[Expected, str],
    shares: Sequence[str],
    has_one_director: bool = False,
    has_one_office: bool = False,
) -> Planted:
    """A company and one holder for each share."""
    office = draw.address() if has_one_office else None
    company, *holders = [draw.company(), *(draw.company(address=office) for _ in shares)]
    ids = [f"own090-{word}-{n}" for n in range(len(holders))]
    held, director = f"own090-{word}-held", f"own090-{word}-director"
    rows = [listed_company(held, company), stranger(director, ())]
    for identifier, holder, share in zip(ids, holders, shares, strict=True):
        rows += [listed_company(identifier, holder), holds(f"{identifier}-own", identifier, held, share)]
    if has_one_director:
        rows += [directorship(f"{each}-directorship", director, each) for each in ids]
    psc = [person_owner(each, draw.person(), INFLUENCE, SINCE) for each in (company, *holders)]
    return Planted([company, *holders], psc, listed=rows).judged(*verdict)


PLANT = Plant(
    (
        _held(
            "board", "flagged", "24.5 three times, one director", shares=["24.5"] * 3, has_one_director=True
        ),
        _held("office", "flagged", "25 three times, one office", shares=["25"] * 3, has_one_office=True),
        _held(
            "both",
            "flagged",
            "between 24.1 and 25",
            shares=["24.1", "25", "24.9", "24.5"],
            has_one_director=True,
        ),
        _held(
            "two",
            "not_flagged",
            "two of them, and one of 30",
            shares=["25", "25", "30"],
            has_one_office=True,
        ),
        _held("less", "not_flagged", "24 is not above 24", shares=["24", "24", "25"], has_one_director=True),
        _held("more", "not_flagged", "26 is above 25", shares=["26", "26", "26"], has_one_office=True),
    )
)
