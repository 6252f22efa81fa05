"""LNK-010: companies on a sanctions list, owned or controlled by parties on one, by exact shares and as
candidates; and all that is nearly so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from quality.town.listed import office, record, sanction
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    company_owner,
    part,
)
from quality.town.plants._records import (
    BOARD,
    LISTED_SINCE,
    alike,
    directed,
    holds,
    listed_case,
    listed_company,
    owned_exactly,
    screened,
)

MAJORITY = ("ownership-of-shares-50-to-75-percent", "voting-rights-50-to-75-percent")
MOST = {"one": "70"}  # of the shares, held by somebody who is on no sanctions list today


@part
def _exact(
    draw: Draw,
    word: str,
    shares: Mapping[str, str],
    *verdict: *tuple[Expected, str],
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
    stated = case if is_declared else replace(case, psc=[])
    return (stated + Planted(listed=rows)).judged(*verdict)


@part
def _cascade(draw: Draw, percentage: str, expected: Expected) -> Planted:
    """A listed party holds 50 per cent of A, and A `percentage` of B; nobody else is known of B."""
    word = f"zed-lnk010-cascade-{percentage.replace('.', '')}"
    top, below = owned_exactly(draw, word, {"one": "50"}), listed_case(draw, HALF_SHARES)
    rows = [
        listed_company(f"{word}-b", below.companies[0]),
        holds(f"{word}-b-own", f"{word}-c", f"{word}-b", percentage),
    ]
    return top.judged("flagged", "held to 50 per cent, and holds another") + (
        below + Planted(listed=rows)
    ).judged(expected, f"held to {percentage} per cent by a company that a sanctioned party holds to 50")


def _listed_itself(draw: Draw) -> Planted:
    case, other, debarred = (listed_case(draw) for _ in range(3))
    companies = {
        "itself": (case.companies[0], "sanction"),
        "number": (replace(other.companies[0], name=draw.name()), "sanction"),
        "itself-debarred": (debarred.companies[0], "debarment"),
    }
    rows = [
        listed_company(f"zed-lnk010-{word}", company, [topic]) for word, (company, topic) in companies.items()
    ]
    return (
        case.judged("flagged", "on the list itself")
        + other.judged("flagged", "its number is on the list beside another name: a candidate")
        + debarred.judged("not_flagged", "debarred itself")
        + Planted(listed=rows)
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
    whole, near = "zed-lnk010-cand-whole", "zed-lnk010-cand"
    listed = Planted(listed=[sanction(whole, whole)])
    return (
        (screened(draw, whole) + listed).judged("flagged", "owner of all shares: name and month agree")
        + screened(draw, f"{near}-half", natures=HALF_SHARES).judged(
            "flagged", "25 to 50 per cent: possible at 50"
        )
        + screened(draw, f"{near}-board", natures=BOARD).judged("flagged", "appoints the board: control")
        + _named(draw, cyrillic, f"{near}-cyrillic", "Дмитрий Ворожин").judged(
            "flagged", "the list writes the name in Cyrillic, without patronymic"
        )
        + _named(draw, dutch, f"{near}-dutch", "ZEDBERG, Nicolas van den").judged(
            "flagged", "particles, another order"
        )
    )


def _named(draw: Draw, person: Mapping[str, str], identifier: str, name: str) -> Planted:
    born = f"{person['birth_year']}-{int(person['birth_month']):02d}-09"
    return screened(draw, identifier, natures=MAJORITY, person=person, name=name, born=born)


def _near_candidates(draw: Draw) -> Planted:
    first, second, third = draw.person(), draw.person(), draw.person()
    month = int(first["birth_month"]) % 12 + 1
    near = "zed-lnk010-near"
    delisted = Planted(listed=[sanction(f"{near}-ended", f"{near}-ended", end="2021-11-30")])
    return (
        alike(draw, first, f"{near}-month", born=f"{first['birth_year']}-{month:02d}-05").judged(
            "not_flagged", "name agrees, born in another month"
        )
        + alike(draw, second, f"{near}-year", born=second["birth_year"]).judged(
            "not_flagged", "name agrees, the list has the year of birth only"
        )
        + alike(draw, third, f"{near}-part", forename="Wolfram").judged(
            "not_flagged", "surname and month agree, forename differs"
        )
        + (screened(draw, f"{near}-ended", ("poi",)) + delisted).judged(
            "not_flagged", "name and month agree, the listing has ended"
        )
        + screened(draw, f"{near}-debarred", ("debarment",)).judged(
            "not_flagged", "name and month agree, the list is of debarred parties"
        )
    )


@part
def _abroad(
    draw: Draw, number: str, listed_number: str, country: str, *verdict: *tuple[Expected, str]
) -> Planted:
    """A company of Cyprus holds all shares; the list has a company of a number and country."""
    case, abroad = listed_case(draw, ()), draw.name(" Limited").title()
    holder = Company(number, abroad, date(2010, 1, 4), draw.address())
    owner = company_owner(
        case.companies[0],
        holder,
        ALL_SHARES,
        LISTED_SINCE,
        name=abroad,
        country="Cyprus",
        place="Registrar of Companies, Nicosia",
    )
    properties = {
        "name": ["Zedko Holdings"],
        "jurisdiction": [country],
        "registrationNumber": [listed_number],
        "topics": ["sanction"],
    }
    identifier = f"zed-lnk010-abroad-{listed_number.lower()}-{country}"
    row = record(identifier, "Company", "Zedko Holdings", properties)
    return (case + Planted(psc=[owner], listed=[row])).judged(*verdict)


def _other_holders(draw: Draw) -> Planted:
    """A listed director, a listed holder of an office, and a company that nobody listed has to do with."""
    on_board, exposed, plain = (listed_case(draw) for _ in range(3))
    minister = office("zed-lnk010-office", "zed-lnk010-director", "Minister of Works of Zedland")
    return (
        directed(on_board, "zed-lnk010").judged(
            "not_flagged", "a listed party sits on the board and holds nothing"
        )
        + (exposed + Planted(listed=minister)).judged("not_flagged", "has to do with nobody listed")
        + plain.judged("not_flagged", "has to do with nobody listed")
    )


PLANT = Plant(
    (
        _exact("fifty", {"one": "50"}, "flagged", "one sanctioned party holds 50 per cent"),
        _exact("more", {"one": "50.01"}, "flagged", "one sanctioned party holds 50.01 per cent"),
        _exact(
            "pair", {"one": "30", "two": "20%"}, "flagged", "two sanctioned parties hold 30 and 20 per cent"
        ),
        _exact("less", {"one": "49.99"}, "not_flagged", "one sanctioned party holds 49.99 per cent"),
        _exact(
            "short",
            {"one": "30", "two": "19.99"},
            "not_flagged",
            "two sanctioned parties hold 30 and 19.99 per cent",
        ),
        _exact("debarred", MOST, "not_flagged", "debarment only", topics=("debarment",)),
        _exact("exposed", MOST, "not_flagged", "political exposure only", topics=("role.pep",)),
        _exact("linked", MOST, "not_flagged", "linked only", topics=("sanction.linked",)),
        _exact("counter", MOST, "not_flagged", "counter-sanctioned only", topics=("sanction.counter",)),
        _exact("crime", MOST, "not_flagged", "crime only", topics=("crime.fin",)),
        _exact("warned", MOST, "not_flagged", "a regulator's warning only", topics=("reg.warn",)),
        _exact("sold", MOST, "not_flagged", "the holding ended in 2023", end="2023-05-04"),
        _exact(
            "delisted",
            MOST,
            "not_flagged",
            "the listing ended in 2024",
            topics=("poi",),
            acts={"one": "2024-02-29"},
        ),
        _exact(
            "stale",
            MOST,
            "not_flagged",
            "the only act of the listing ended in 2024, although the topic stands",
            acts={"one": "2024-02-29"},
        ),
        _exact(
            "bare",
            {"one": "100"},
            "flagged",
            "a sanction by its act alone",
            topics=(),
            acts={"one": ""},
            is_declared=False,
        ),
        _exact(
            "two",
            {"one": "60"},
            "flagged",
            "one of two acts is in force",
            acts={"old": "2020-01-01", "new": ""},
        ),
        _cascade("50", "flagged"),
        _cascade("49.99", "not_flagged"),
        _listed_itself,
        _candidates,
        _near_candidates,
        _abroad("HE412907", "HE 412907", "cy", "flagged", "number and country of the owner are on the list"),
        _abroad(
            "HE412915",
            "HE412915",
            "vg",
            "not_flagged",
            "number of the owner is on the list, of another country",
        ),
        _abroad("HE412923", "HE412924", "cy", "not_flagged", "another number of the same country"),
        _abroad("000000", "000000", "cy", "not_flagged", "a number of zeros"),
        _other_holders,
    )
)
