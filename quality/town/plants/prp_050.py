"""PRP-050: titles of companies whose declared owners cannot hold 75 per cent together, on the boundary and
across it, and those not assessable.
"""

from collections.abc import Sequence
from datetime import date

from quality.town.people.records import NO_OWNER
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    company_owner,
    declaration,
    part,
    record,
    title,
    title_id,
)
from quality.town.plants._records import (
    BOARD,
    GUARANTEE,
    MOST_SHARES,
    TRUST,
    exemption,
    person,
    protected_owner,
)

ADDED = date(2019, 4, 8)
SINCE = date(2016, 4, 6)
HALF_VOTES = ("voting-rights-25-to-50-percent",)
LLP_HALF = ("right-to-share-surplus-assets-25-to-50-percent-limited-liability-partnership",)
UNDISCLOSED = "psc-details-not-confirmed"


def _company(draw: Draw, **given: str) -> Company:
    return draw.company(draw.day(date(2005, 1, 10), date(2015, 12, 18)), **given)  # type: ignore[arg-type]


def _titled(
    draw: Draw,
    companies: Sequence[Company],
    psc: Sequence[dict[str, str]],
    expected: Expected,
    note: str,
    *,
    additional: str = "N",
) -> Planted:
    """A title of these companies, with the records about their owners. additional: Y for further
    proprietors.
    """
    row = title(draw, companies, ADDED)
    row["Additional Proprietor Indicator"] = additional
    return Planted(companies, psc, [row], [Truth(title_id(row), expected, note)])


@part
def _owned(
    draw: Draw, /, natures: Sequence[Sequence[str]], expected: Expected, note: str, **given: str
) -> Planted:
    """One company, and one person for each set of natures."""
    company = _company(draw, **given)
    return _titled(
        draw,
        [company],
        [person(draw, company, held, SINCE) for held in natures],
        expected,
        note,
    )


@part
def _declared(draw: Draw, code: str, note: str) -> Planted:
    company = _company(draw)
    return _titled(draw, [company], [declaration(company, code)], "flagged", note)


def _chains(draw: Draw) -> Planted:
    top, clear = _company(draw), _company(draw)
    low, half = _company(draw), _company(draw)
    clear_chain = [person(draw, top, ALL_SHARES, SINCE), company_owner(clear, top, ALL_SHARES, SINCE)]
    upper = _company(draw)
    half_chain = [person(draw, upper, ALL_SHARES, SINCE), company_owner(half, upper, HALF_SHARES, SINCE)]
    return (
        Planted([top, upper])
        + _titled(draw, [clear], clear_chain, "not_flagged", "owned through a company")
        + _titled(draw, [half], half_chain, "flagged", "at most 50 through a company")
        + _titled(
            draw,
            [low],
            [person(draw, low, ALL_SHARES, SINCE, date(2021, 3, 1))],
            "flagged",
            "the one owner has ceased",
        )
    )


def _two_proprietors(draw: Draw) -> Planted:
    clear, dark, darker = _company(draw), _company(draw), _company(draw)
    owners = [person(draw, clear, ALL_SHARES, SINCE), person(draw, dark, HALF_SHARES, SINCE)]
    return _titled(draw, [clear, dark], owners, "not_flagged", "one of two proprietors is clear") + _titled(
        draw, [darker, _company(draw)], [], "flagged", "both proprietors are unclear"
    )


ABROAD = {
    "natures": ALL_SHARES[0],
    "identification.legal_form": "Limited Company",
    "identification.legal_authority": "Companies Law",
    "identification.country_registered": "Jersey",
    "identification.place_registered": "Jersey Registry",
    "identification.registration_number": "77120",
    "address.address_line_1": "Quay Street",
    "address.premises": "3",
    "address.locality": "St. Helier",
    "address.country": "Jersey",
}


def _not_assessable(draw: Draw) -> Planted:
    foreign, protected, held, exempt, trust = (_company(draw) for _ in range(5))
    flats, club = _company(draw, sic="98000"), _company(draw, category=GUARANTEE, sic="93120")
    many, overseas = _company(draw), draw.overseas(date(2023, 1, 16))
    listed = draw.company(date(1999, 5, 4), category="Public Limited Company", ending=" PLC")
    abroad = record(
        foreign,
        "corporate-entity-person-with-significant-control",
        SINCE,
        {"name": draw.name(), **ABROAD},
    )
    unheld = company_owner(
        held, exempt, ALL_SHARES, SINCE, number=draw.number(date(2010, 1, 4)), name=draw.name().title()
    )
    return (
        Planted([exempt], [draw.owned(exempt)])
        + _titled(draw, [foreign], [abroad], "not_assessable", "owned from abroad")
        + _titled(draw, [protected], [protected_owner(protected)], "not_assessable", "its owner is protected")
        + _titled(draw, [held], [unheld], "not_assessable", "its owner's number is in no register held")
        + _titled(
            draw,
            [trust],
            [person(draw, trust, TRUST, SINCE)],
            "not_assessable",
            "held for a trust",
        )
        + _titled(draw, [flats], [], "not_assessable", "residents' company by SIC code")
        + _titled(draw, [club], [], "not_assessable", "limited by guarantee")
        + _titled(draw, [many], [], "not_assessable", "more proprietors than are named", additional="Y")
        + _titled(draw, [overseas], [], "not_assessable", "overseas registration")
        + _titled(
            draw,
            [listed],
            [exemption(listed, date(2019, 2, 4))],
            "not_assessable",
            "exempt, traded on a market",
        )
    )


PLANT = Plant(
    (
        _owned([HALF_SHARES], "flagged", "one owner at 25 to 50"),
        _owned([MOST_SHARES], "flagged", "one owner at more than 50 and less than 75"),
        _owned([HALF_SHARES, HALF_SHARES], "not_flagged", "two owners at 25 to 50 each"),
        _owned([HALF_SHARES, MOST_SHARES], "not_flagged", "25 to 50 and 50 to 75"),
        _owned([ALL_SHARES], "not_flagged", "one owner at 75 or more"),
        _owned([[*HALF_SHARES, *HALF_VOTES]], "flagged", "shares and votes of one owner are not added"),
        _owned([BOARD], "flagged", "control by a board right, no share declared"),
        _owned(
            [LLP_HALF, LLP_HALF],
            "not_flagged",
            "LLP, two members at 25 to 50 of surplus assets",
            series="OC",
            category="Limited Liability Partnership",
            ending=" LLP",
        ),
        _owned(
            [LLP_HALF],
            "flagged",
            "LLP, one member at 25 to 50 of surplus assets",
            series="OC",
            category="Limited Liability Partnership",
            ending=" LLP",
        ),
        _owned([], "flagged", "nobody declared"),
        _declared(NO_OWNER, "declared that there is nobody"),
        _declared(UNDISCLOSED, "owner exists and is not confirmed"),
        _chains,
        _two_proprietors,
        _not_assessable,
    )
)
