"""DEC-010: open statements that nobody has control, in each form, and inherited ones; other statements and
ended ones.
"""

from datetime import date

from quality.town.people.records import ALL_IDENTIFIED, NO_OWNER, NO_OWNER_PARTNERSHIP
from quality.town.plant import ALL_SHARES, Company, Draw, Plant, Planted, company_owner, declaration, part
from quality.town.plants._records import (
    GUARANTEE,
    UNDISCLOSED,
    Verdict,
    case,
    noted,
    partnership,
    protected_owner,
)

SINCE = date(2019, 1, 14)
ENDED = date(2021, 5, 4)


def _declared(draw: Draw) -> Planted:
    companies = {
        "open statement": draw.company(),
        "open statement, limited by guarantee": draw.company(category=GUARANTEE, sic="93120"),
        "open statement of a partnership": partnership(draw),
        "open statement, in liquidation": draw.company(status="Liquidation"),
        "open statement beside an owner": draw.company(),
    }
    psc = [
        declaration(company, NO_OWNER_PARTNERSHIP if company.series == "SL" else NO_OWNER, SINCE)
        for company in companies.values()
    ]
    owned = draw.owned(companies["open statement beside an owner"])
    return noted("flagged", companies, [*psc, owned])


def _restated(draw: Draw) -> Planted:
    company = draw.company()
    psc = [declaration(company, NO_OWNER, SINCE, ENDED), declaration(company, NO_OWNER, date(2022, 2, 1))]
    return noted("flagged", {"statement ended and made again": company}, psc)


def _inherited(draw: Draw) -> Planted:
    top, middle, bottom = draw.company(), draw.company(), draw.company()
    psc = [
        declaration(top, NO_OWNER, SINCE),
        company_owner(middle, top, ALL_SHARES, SINCE),
        company_owner(bottom, middle, ALL_SHARES, SINCE),
    ]
    notes = {
        "open statement, holds others": top,
        "inherited, 1 step": middle,
        "inherited, 2 steps": bottom,
    }
    return noted("flagged", notes, psc)


@part
def _not_inherited(
    draw: Draw, note: str, statement_end: date | None = None, holding_end: date | None = None
) -> Planted:
    """Below an ended statement, after the holding ended, or where a person is declared too."""
    holder, held = draw.company(), draw.company()
    psc = [
        declaration(holder, NO_OWNER, SINCE, statement_end),
        company_owner(held, holder, ALL_SHARES, SINCE, holding_end),
        *([] if statement_end or holding_end else [draw.owned(held)]),
    ]
    of_holder: Verdict = ("not_flagged" if statement_end else "flagged", "statement of the holder")
    return case((holder, held), psc, of_holder, ("not_flagged", note))


def _other_statement(company: Company, code: str, since: date, note: str) -> Planted:
    return case((company,), [declaration(company, code, since)], ("not_flagged", note))


def _near_misses(draw: Draw) -> Planted:
    ended, owned, secure = (draw.company() for _ in range(3))
    overseas = [draw.overseas(date(2022, 11, day)) for day in (7, 21)]
    companies = {"statement has ended": ended, "one person owns it": owned, "protected person": secure}
    psc = [declaration(ended, NO_OWNER, SINCE, ENDED), draw.owned(owned), protected_owner(secure)]
    parts = [
        noted("not_flagged", companies, psc),
        *(
            _other_statement(company, code, company.incorporated_on, f"statement {code}")
            for company, code in zip(
                overseas, ("no-beneficial-owner-identified", ALL_IDENTIFIED), strict=True
            )
        ),
        *(
            _other_statement(draw.company(), code, SINCE, f"statement {code}: an owner exists")
            for code in UNDISCLOSED
        ),
    ]
    return sum(parts, Planted())


PLANT = Plant(
    (
        _declared,
        _restated,
        _inherited,
        _not_inherited("holder's statement has ended", statement_end=ENDED),
        _not_inherited("holding has ended", holding_end=ENDED),
        _not_inherited("a person is declared beside the holder"),
        _near_misses,
    )
)
