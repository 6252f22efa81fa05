"""OWN-090: three holders of a quarter or a little less who share a director or an office; and two such, or
three with less or more. Another source than the register states exact shares.
"""

from collections.abc import Callable, Sequence

from quality.town.plant import Draw, Expected, Plant, Planted, Truth, person_owner
from quality.town.plants._records import INFLUENCE, SINCE, directorship, holds, listed_company, stranger


def _held(
    word: str,
    expected: Expected,
    note: str,
    shares: Sequence[str],
    *,
    one_director: bool = False,
    one_office: bool = False,
) -> Callable[[Draw], Planted]:
    """A company and one holder for each share."""

    def part(draw: Draw) -> Planted:
        office = draw.address() if one_office else None
        company, *holders = [draw.company(), *(draw.company(address=office) for _ in shares)]
        ids = [f"{word}-{n}" for n in range(len(holders))]
        rows = [listed_company(f"{word}-held", company), stranger(f"{word}-director", ())]
        for identifier, holder, share in zip(ids, holders, shares, strict=True):
            rows += [
                listed_company(identifier, holder),
                holds(f"{identifier}-own", identifier, f"{word}-held", share),
            ]
        if one_director:
            rows += [directorship(f"{each}-directorship", f"{word}-director", each) for each in ids]
        psc = [person_owner(each, draw.person(), INFLUENCE, SINCE) for each in (company, *holders)]
        return Planted([company, *holders], psc, truth=[Truth(company.id, expected, note)], listed=rows)

    return part


PLANT = Plant(
    (
        _held("own090-board", "flagged", "24.5 three times, one director", ["24.5"] * 3, one_director=True),
        _held("own090-office", "flagged", "25 three times, one office", ["25"] * 3, one_office=True),
        _held(
            "own090-both", "flagged", "between 24.1 and 25", ["24.1", "25", "24.9", "24.5"], one_director=True
        ),
        _held("own090-two", "not_flagged", "two of them, and one of 30", ["25", "25", "30"], one_office=True),
        _held("own090-less", "not_flagged", "24 is not above 24", ["24", "24", "25"], one_director=True),
        _held("own090-more", "not_flagged", "26 is above 25", ["26", "26", "26"], one_office=True),
    )
)
