"""DEC-010: open statements that nobody has control, in each form, and inherited ones; other statements and ended ones."""

from __future__ import annotations

from datetime import date

from quality.town.owners import ALL_IDENTIFIED, NO_OWNER, NO_OWNER_PARTNERSHIP
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, Truth, company_owner, declaration

CODE = "DEC-010"
SINCE = date(2019, 1, 14)
ENDED = date(2021, 5, 4)
GUARANTEE = "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"
UNDISCLOSED = (
    "psc-exists-but-not-identified",
    "psc-details-not-confirmed",
    "steps-to-find-psc-not-yet-completed",
    "psc-contacted-but-no-response",
    "psc-has-failed-to-confirm-changed-details",
    "restrictions-notice-issued-to-psc",
)


def _declared(draw: Draw) -> Planted:
    private = draw.company()
    club = draw.company(category=GUARANTEE, sic="93120")
    partnership = draw.company(
        date(2018, 3, 5), series="SL", category="Limited Partnership", sic="None Supplied", ending=" LP"
    )
    insolvent = draw.company(status="Liquidation")
    contradicted = draw.company()
    notes = (
        (private, "open statement"),
        (club, "open statement, limited by guarantee"),
        (partnership, "open statement of a partnership"),
        (insolvent, "open statement, in liquidation"),
        (contradicted, "open statement beside an owner"),
    )
    psc = [
        declaration(company, NO_OWNER_PARTNERSHIP if company is partnership else NO_OWNER, SINCE)
        for company, _ in notes
    ]
    return Planted(
        [company for company, _ in notes],
        [*psc, draw.owned(contradicted)],
        (),
        [Truth(CODE, company.id, "flagged", note) for company, note in notes],
    )


def _restated(draw: Draw) -> Planted:
    """One statement ended, the same was made again."""
    company = draw.company()
    psc = [declaration(company, NO_OWNER, SINCE, ENDED), declaration(company, NO_OWNER, date(2022, 2, 1))]
    return Planted(
        (company,), psc, (), [Truth(CODE, company.id, "flagged", "statement ended and made again")]
    )


def _inherited(draw: Draw) -> Planted:
    top, middle, bottom = draw.company(), draw.company(), draw.company()
    psc = [
        declaration(top, NO_OWNER, SINCE),
        company_owner(middle, top, ALL_SHARES, SINCE),
        company_owner(bottom, middle, ALL_SHARES, SINCE),
    ]
    notes = (
        (top, "open statement, holds others"),
        (middle, "inherited, 1 step"),
        (bottom, "inherited, 2 steps"),
    )
    return Planted(
        (top, middle, bottom), psc, (), [Truth(CODE, company.id, "flagged", note) for company, note in notes]
    )


def _not_inherited(draw: Draw) -> Planted:
    """Below an ended statement, after the holding ended, and where a person is in the closure too."""
    total = Planted()
    for statement_end, holding_end, note in (
        (ENDED, None, "holder's statement has ended"),
        (None, ENDED, "holding has ended"),
        (None, None, "a person is declared beside the holder"),
    ):
        holder, held = draw.company(), draw.company()
        psc = [
            declaration(holder, NO_OWNER, SINCE, statement_end),
            company_owner(held, holder, ALL_SHARES, SINCE, holding_end),
        ]
        psc += [] if statement_end or holding_end else [draw.owned(held)]
        state: Expected = "not_flagged" if statement_end else "flagged"
        truth = [
            Truth(CODE, held.id, "not_flagged", note),
            Truth(CODE, holder.id, state, "statement of the holder"),
        ]
        total = total + Planted((holder, held), psc, (), truth)
    return total


def _near_misses(draw: Draw) -> Planted:
    ended, owned, secure = (draw.company() for _ in range(3))
    overseas, identified = (draw.overseas(date(2022, 11, day)) for day in (7, 21))
    total = Planted(
        (ended, owned),
        [declaration(ended, NO_OWNER, SINCE, ENDED), draw.owned(owned)],
        (),
        [
            Truth(CODE, ended.id, "not_flagged", "statement has ended"),
            Truth(CODE, owned.id, "not_flagged", "one person owns it"),
        ],
    )
    total = total + Planted(
        (secure,),
        [
            {
                "company_number": secure.number,
                "kind": "super-secure-person-with-significant-control",
                "description": "super-secure-persons-with-significant-control",
                "ceased": "false",
            }
        ],
        (),
        [Truth(CODE, secure.id, "not_flagged", "protected person")],
    )
    for company, code in ((overseas, "no-beneficial-owner-identified"), (identified, ALL_IDENTIFIED)):
        total = total + Planted(
            (company,),
            [declaration(company, code, company.incorporated_on)],
            (),
            [Truth(CODE, company.id, "not_flagged", f"statement {code}")],
        )
    for code in UNDISCLOSED:
        company = draw.company()
        total = total + Planted(
            (company,),
            [declaration(company, code, SINCE)],
            (),
            [Truth(CODE, company.id, "not_flagged", f"statement {code}: an owner exists")],
        )
    return total


def make(draw: Draw) -> Planted:
    return _declared(draw) + _restated(draw) + _inherited(draw) + _not_inherited(draw) + _near_misses(draw)


PLANT = Plant(CODE, make)
