"""OWN-110: persons who own more than a quarter through two chains that each give less; and those whose one
chain is enough, or whose chains together are not. Another source than the register states exact shares.
"""

from collections.abc import Callable, Sequence

from quality.town.plant import Draw, Expected, Plant, Planted, Truth, person_owner
from quality.town.plants._records import INFLUENCE, SINCE, holds, listed_company, stranger

Holding = tuple[str, str, str]  # holder, held, per cent; P is the person


def _owned(word: str, expected: Expected, note: str, *holdings: Holding) -> Callable[[Draw], Planted]:
    """Companies by letters, with these holdings. The verdict is on C."""

    def part(draw: Draw) -> Planted:
        names = sorted({name for holder, held, _ in holdings for name in (holder, held)} - {"P"})
        companies = {name: draw.company() for name in names}
        psc = [person_owner(each, draw.person(), INFLUENCE, SINCE) for each in companies.values()]
        return Planted(
            [*companies.values()],
            psc,
            truth=[Truth(companies["C"].id, expected, note)],
            listed=[
                stranger(f"{word}-P", ()),
                *(listed_company(f"{word}-{name}", each) for name, each in companies.items()),
                *_stated(word, holdings),
            ],
        )

    return part


def _stated(word: str, holdings: Sequence[Holding]) -> list[dict[str, str]]:
    return [
        holds(f"{word}-{holder}-{held}", f"{word}-{holder}", f"{word}-{held}", share)
        for holder, held, share in holdings
    ]


HALVES = (("P", "A", "50"), ("P", "B", "50"))

PLANT = Plant(
    (
        _owned("own110-two", "flagged", "15 and 12", *HALVES, ("A", "C", "30"), ("B", "C", "24")),
        _owned(
            "own110-three",
            "flagged",
            "12, 12 and 12",
            *HALVES,
            ("P", "D", "50"),
            ("A", "C", "24"),
            ("B", "C", "24"),
            ("D", "C", "24"),
        ),
        _owned(
            "own110-long",
            "flagged",
            "16 through three links, and 10",
            *HALVES,
            ("A", "D", "80"),
            ("D", "C", "40"),
            ("B", "C", "20"),
        ),
        _owned("own110-alone", "not_flagged", "one gives 26", *HALVES, ("A", "C", "52"), ("B", "C", "24")),
        _owned("own110-less", "not_flagged", "12 and 12", *HALVES, ("A", "C", "24"), ("B", "C", "24")),
        _owned("own110-one", "not_flagged", "one chain of 20", ("P", "A", "50"), ("A", "C", "40")),
    )
)
