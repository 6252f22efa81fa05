"""LNK-010: companies on a sanctions list, owned or controlled by parties on one, by exact shares and as
candidates; and all that is nearly so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from quality.town.listed import office, record, sanction
from quality.town.plant import HALF_SHARES, Company, Draw, Expected, Plant, Planted, company_owner
from quality.town.plants._records import (
    BOARD,
    LISTED_SINCE,
    Case,
    alike,
    directed,
    holds,
    listed_case,
    listed_company,
    listed_person,
    owned_exactly,
    screened,
    with_sanction,
)

MAJORITY = ("ownership-of-shares-50-to-75-percent", "voting-rights-50-to-75-percent")


def _exact(
    draw: Draw,
    word: str,
    shares: Mapping[str, str],
    expected: Expected,
    note: str,
    *,
    topics: Sequence[str] = ("sanction",),
    end: str = "",
    acts: Mapping[str, str] | None = None,
    is_declared: bool = True,
) -> Planted:
    """A company held by exact shares. end: of the holding. acts: of the first holder's listing, name → end.

    is_declared: the register has a record about another owner.
    """
    identifier = f"zed-lnk010-{word}"
    case = owned_exactly(draw, identifier, shares, topics, end=end)
    rows = [
        sanction(f"{identifier}-{act}", f"{identifier}-one", end=day) for act, day in (acts or {}).items()
    ]
    stated = replace(case, psc=case.psc if is_declared else [], listed=[*case.listed, *rows])
    return stated.planted(expected, note)


def _exact_shares(draw: Draw) -> Planted:
    exact = partial(_exact, draw)
    all_but = partial(exact, shares={"one": "70"}, expected="not_flagged")
    parts = [
        exact("fifty", {"one": "50"}, "flagged", "one sanctioned party holds 50 per cent"),
        exact("more", {"one": "50.01"}, "flagged", "one sanctioned party holds 50.01 per cent"),
        exact(
            "pair", {"one": "30", "two": "20%"}, "flagged", "two sanctioned parties hold 30 and 20 per cent"
        ),
        exact("less", {"one": "49.99"}, "not_flagged", "one sanctioned party holds 49.99 per cent"),
        exact(
            "short",
            {"one": "30", "two": "19.99"},
            "not_flagged",
            "two sanctioned parties hold 30 and 19.99 per cent",
        ),
        # The whole is held by somebody on a list that is no sanctions list.
        all_but("debarred", topics=("debarment",), note="debarment only"),
        all_but("exposed", topics=("role.pep",), note="political exposure only"),
        all_but("linked", topics=("sanction.linked",), note="linked only"),
        all_but("counter", topics=("sanction.counter",), note="counter-sanctioned only"),
        all_but("crime", topics=("crime.fin",), note="crime only"),
        all_but("warned", topics=("reg.warn",), note="a regulator's warning only"),
        all_but("sold", end="2023-05-04", note="the holding ended in 2023"),
        all_but("delisted", topics=("poi",), acts={"one": "2024-02-29"}, note="the listing ended in 2024"),
        all_but(
            "stale",
            acts={"one": "2024-02-29"},
            note="the only act of the listing ended in 2024, although the topic stands",
        ),
        exact(
            "bare",
            {"one": "100"},
            "flagged",
            "a sanction by its act alone",
            topics=(),
            acts={"one": ""},
            is_declared=False,
        ),
        exact(
            "two",
            {"one": "60"},
            "flagged",
            "one of two acts is in force",
            acts={"old": "2020-01-01", "new": ""},
        ),
    ]
    return sum(parts, Planted())


def _cascade(draw: Draw, percentage: str) -> Planted:
    """A listed party holds 50 per cent of A, and A `percentage` of B; nobody else is known of B."""
    word = f"zed-lnk010-cascade-{percentage.replace('.', '')}"
    top, below = (
        owned_exactly(draw, word, {"one": "50"}),
        listed_case(draw).with_owner(draw.person(), HALF_SHARES),
    )
    below = replace(
        below,
        listed=[
            listed_company(f"{word}-b", below.company),
            holds(f"{word}-b-own", f"{word}-c", f"{word}-b", percentage),
        ],
    )
    return top.planted("flagged", "held to 50 per cent, and holds another") + below.planted(
        "flagged" if percentage == "50" else "not_flagged",
        f"held to {percentage} per cent by a company that a sanctioned party holds to 50",
    )


def _listed_itself(draw: Draw) -> Planted:
    case, other, debarred = (listed_case(draw).with_owner(draw.person()) for _ in range(3))
    stranger_name = replace(other.company, name=draw.name())
    return (
        replace(case, listed=[listed_company("zed-lnk010-itself", case.company, ["sanction"])]).planted(
            "flagged", "on the list itself"
        )
        + replace(other, listed=[listed_company("zed-lnk010-number", stranger_name, ["sanction"])]).planted(
            "flagged", "its number is on the list beside another name: a candidate"
        )
        + replace(
            debarred, listed=[listed_company("zed-lnk010-itself-debarred", debarred.company, ["debarment"])]
        ).planted("not_flagged", "debarred itself")
    )


def _candidates(draw: Draw) -> Planted:
    """Owners in the register who may be on the list."""
    cyrillic = {
        **draw.person(),
        "name": "Mr Dmitriy Sergeevich Vorozhin",
        "name_elements.forename": "Dmitriy",
        "name_elements.middle_name": "Sergeevich",
        "name_elements.surname": "Vorozhin",
    }
    dutch = {
        **draw.person(),
        "name": "Nicolas van den Zedberg",
        "name_elements.forename": "Nicolas",
        "name_elements.surname": "van den Zedberg",
    }
    dutch.pop("name_elements.middle_name", None)
    hits = [
        with_sanction(screened(draw, "zed-lnk010-cand-whole"), "zed-lnk010-cand-whole").planted(
            "flagged", "owner of all shares: name and month agree"
        ),
        screened(draw, "zed-lnk010-cand-half", natures=HALF_SHARES).planted(
            "flagged", "25 to 50 per cent: possible at 50"
        ),
        screened(draw, "zed-lnk010-cand-board", natures=BOARD).planted(
            "flagged", "appoints the board: control"
        ),
        _named(draw, cyrillic, "zed-lnk010-cand-cyrillic", "Дмитрий Ворожин").planted(
            "flagged", "the list writes the name in Cyrillic, without patronymic"
        ),
        _named(draw, dutch, "zed-lnk010-cand-dutch", "ZEDBERG, Nicolas van den").planted(
            "flagged", "particles, another order"
        ),
    ]
    return sum(hits, Planted())


def _named(draw: Draw, person: dict[str, str], identifier: str, name: str) -> Case:
    born = f"{person['birth_year']}-{int(person['birth_month']):02d}-09"
    listed = listed_person(identifier, person, ("sanction",), name=name, born=born)
    return replace(listed_case(draw).with_owner(person, MAJORITY), listed=[listed])


def _near_candidates(draw: Draw) -> Planted:
    first, second, third = draw.person(), draw.person(), draw.person()
    month = int(first["birth_month"]) % 12 + 1
    near = "zed-lnk010-near"
    return (
        alike(draw, first, f"{near}-month", born=f"{first['birth_year']}-{month:02d}-05").planted(
            "not_flagged", "name agrees, born in another month"
        )
        + alike(draw, second, f"{near}-year", born=second["birth_year"]).planted(
            "not_flagged", "name agrees, the list has the year of birth only"
        )
        + alike(draw, third, f"{near}-part", forename="Wolfram").planted(
            "not_flagged", "surname and month agree, forename differs"
        )
        + with_sanction(
            screened(draw, f"{near}-ended", topics=("poi",)), f"{near}-ended", end="2021-11-30"
        ).planted("not_flagged", "name and month agree, the listing has ended")
        + screened(draw, f"{near}-debarred", topics=("debarment",)).planted(
            "not_flagged", "name and month agree, the list is of debarred parties"
        )
    )


def _overseas_owner(
    draw: Draw, number: str, listed: tuple[str, str], note: str, *, flagged: bool = False
) -> Planted:
    """A company of Cyprus holds all shares; the list has a company of a number and country."""
    listed_number, country = listed
    case, abroad = listed_case(draw), draw.name(" Limited").title()
    holder = Company(number, abroad, date(2010, 1, 4), draw.address())
    psc = [
        company_owner(
            case.company,
            holder,
            ("ownership-of-shares-75-to-100-percent",),
            LISTED_SINCE,
            name=abroad,
            number=number,
            country="Cyprus",
            place="Registrar of Companies, Nicosia",
        )
    ]
    identifier = f"zed-lnk010-abroad-{listed_number.lower()}-{country}"
    rows = [
        record(
            identifier,
            "Company",
            "Zedko Holdings",
            {
                "name": ["Zedko Holdings"],
                "jurisdiction": [country],
                "registrationNumber": [listed_number],
                "topics": ["sanction"],
            },
        )
    ]
    return replace(case, psc=psc, listed=rows).planted("flagged" if flagged else "not_flagged", note)


def _abroad(draw: Draw) -> Planted:
    return (
        _overseas_owner(
            draw,
            "HE412907",
            ("HE 412907", "cy"),
            "number and country of the owner are on the list",
            flagged=True,
        )
        + _overseas_owner(
            draw, "HE412915", ("HE412915", "vg"), "number of the owner is on the list, of another country"
        )
        + _overseas_owner(draw, "HE412923", ("HE412924", "cy"), "another number of the same country")
        + _overseas_owner(draw, "000000", ("000000", "cy"), "a number of zeros")
    )


def _other_holders(draw: Draw) -> Planted:
    """A listed director, a listed holder of an office, and a company that nobody listed has to do with."""
    on_board, exposed, plain = (listed_case(draw).with_owner(draw.person()) for _ in range(3))
    return (
        directed(on_board, "zed-lnk010").planted(
            "not_flagged", "a listed party sits on the board and holds nothing"
        )
        + replace(
            exposed, listed=office("zed-lnk010-office", "zed-lnk010-director", "Minister of Works of Zedland")
        ).planted("not_flagged", "has to do with nobody listed")
        + plain.planted("not_flagged", "has to do with nobody listed")
    )


PLANT = Plant(
    (
        _exact_shares,
        lambda draw: _cascade(draw, "50"),
        lambda draw: _cascade(draw, "49.99"),
        _listed_itself,
        _candidates,
        _near_candidates,
        _abroad,
        _other_holders,
    )
)
