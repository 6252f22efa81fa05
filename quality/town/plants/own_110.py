"""OWN-110: persons who own more than a quarter through two chains that each give less; and those whose one
chain is enough, or whose chains together are not. Another source than the register states exact shares.
"""

from collections.abc import Sequence

from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part, person_owner
from quality.town.plants._records import INFLUENCE, SINCE, holds, listed_company, stranger

type Holding = tuple[str, str, str]  # holder, held, per cent; P is the person

HALVES: Sequence[Holding] = (("P", "A", "50"), ("P", "B", "50"))


@part
def _owned(draw: Draw, word: str, holdings: Sequence[Holding], *verdict: *tuple[Expected, str]) -> Planted:
    """Companies by letters, with these holdings. The verdict is on C."""
    names = sorted({name for holder, held, _ in holdings for name in (holder, held)} - {"P"})
    companies = {name: draw.company() for name in names}
    psc = [person_owner(company, draw.person(), INFLUENCE, SINCE) for company in companies.values()]
    begin = f"own110-{word}"
    rows = [
        stranger(f"{begin}-P", ()),
        *(listed_company(f"{begin}-{name}", company) for name, company in companies.items()),
        *(
            holds(f"{begin}-{holder}-{held}", f"{begin}-{holder}", f"{begin}-{held}", share)
            for holder, held, share in holdings
        ),
    ]
    return Planted([*companies.values()], psc, truth=[Truth(companies["C"].id, *verdict)], listed=rows)


PLANT = Plant(
    (
        _owned("two", (*HALVES, ("A", "C", "30"), ("B", "C", "24")), "flagged", "15 and 12"),
        _owned(
            "three",
            (*HALVES, ("P", "D", "50"), ("A", "C", "24"), ("B", "C", "24"), ("D", "C", "24")),
            "flagged",
            "12, 12 and 12",
        ),
        _owned(
            "long",
            (*HALVES, ("A", "D", "80"), ("D", "C", "40"), ("B", "C", "20")),
            "flagged",
            "16 through three links, and 10",
        ),
        _owned("alone", (*HALVES, ("A", "C", "52"), ("B", "C", "24")), "not_flagged", "one gives 26"),
        _owned("less", (*HALVES, ("A", "C", "24"), ("B", "C", "24")), "not_flagged", "12 and 12"),
        _owned("one", (("P", "A", "50"), ("A", "C", "40")), "not_flagged", "one chain of 20"),
    )
)
