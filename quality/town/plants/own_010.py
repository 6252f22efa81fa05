"""OWN-010: rings of two, three and four, companies that hold themselves; and everything that is nearly
one.
"""

from datetime import date
from functools import partial

from quality.town.plant import ALL_SHARES, HALF_SHARES, Company, Draw, Plant
from quality.town.plants._records import BOARD, ENDED, REGISTERS, Rows, chain, held, ring, scenario

RING_NATURES = (ALL_SHARES, HALF_SHARES, BOARD, ("voting-rights-50-to-75-percent",))


def _ring_as_filers_write(_: Draw, members: list[Company]) -> Rows:
    """Numbers lost their zeros or gained a blank; names and countries are spelled otherwise."""
    a, b = members
    stated_b = {
        "number": b.number.lstrip("0"),
        "name": b.name.title().replace("Limited", "Ltd"),
        "country": "England & Wales",
        "place": "Companies House, Cardiff",
    }
    stated_a = {"number": f" {a.number}", "name": a.name, "country": "Uk", "place": "Register Of Companies"}
    return [held(a, b, ALL_SHARES, None, **stated_b), held(b, a, HALF_SHARES, None, **stated_a)]


def _until(draw: Draw, members: list[Company], ended_on: date) -> Rows:
    """A ring until the record about the first company ceased; a person owns that company now."""
    records = ring(members, ALL_SHARES)
    return [records[0] | {"ceased_on": ended_on.isoformat()}, *records[1:], draw.owned(members[0])]


_case = partial(scenario, company=lambda draw: draw.company(draw.day(date(2005, 1, 4), date(2017, 6, 30))))

PLANT = Plant(
    (
        *(_case(n, lambda _, c: ring(c, *RING_NATURES), ("flagged", f"ring of {n}")) for n in (2, 3, 4)),
        _case(
            2,
            _ring_as_filers_write,
            ("flagged", "ring of 2, numbers without zeros or with a blank, other spellings"),
        ),
        _case(
            2,
            lambda draw, c: [*ring(c, HALF_SHARES, ALL_SHARES), draw.owned(c[0])],
            ("flagged", "ring of 2 with a person beside it"),
        ),
        _case(1, lambda _, c: ring(c, HALF_SHARES), ("flagged", "holds itself")),
        _case(1, lambda _, c: ring(c, HALF_SHARES), ("flagged", "holds itself")),
        *(
            _case(
                n,
                lambda draw, c: _until(draw, c, ENDED),
                ("not_flagged", f"ring of {n} of which one record has ceased"),
            )
            for n in (2, 3)
        ),
        _case(
            1,
            lambda draw, c: _until(draw, c, date(2019, 2, 4)),
            ("not_flagged", "held itself until 2019"),
        ),
        _case(
            3,
            lambda draw, c: [draw.owned(c[0]), held(c[1], c[0]), held(c[2], c[0])],
            ("not_flagged", "A holds B and C"),
        ),
        # Two ways from A to D: a ring only for who forgets the directions.
        _case(
            4,
            lambda draw, c: [
                draw.owned(c[0]),
                *(held(c[i], c[k], HALF_SHARES) for i, k in ((1, 0), (2, 0), (3, 1), (3, 2))),
            ],
            ("not_flagged", "A holds B and C, both hold D"),
        ),
        _case(
            6,
            lambda draw, c: [draw.owned(c[0]), *chain(c)],
            ("not_flagged", "chain of 6 that does not close"),
        ),
        # The number closes the ring, the name is another company's: a candidate, never a join.
        _case(
            2,
            lambda draw, c: [held(c[1], c[0]), held(c[0], c[1], name=draw.name(" Limited").title())],
            ("not_flagged", "would be a ring by number, but the number stands beside another name"),
        ),
        # The holder's number is one of Jersey's register, by chance the same digits.
        _case(
            2,
            lambda _, c: [
                held(c[1], c[0]),
                held(c[0], c[1], country="Jersey", place=REGISTERS["Jersey"]),
            ],
            ("not_flagged", "would be a ring if a Jersey number were a UK one"),
        ),
    ),
)
