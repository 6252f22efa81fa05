"""LNK-010: companies on a sanctions list, owned or controlled by parties on one, by exact shares and as
candidates; and all that is nearly so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from quality.town.listed import office, record, sanction
from quality.town.plant import HALF_SHARES, Company, Draw, Plant, Planted, company_owner
from quality.town.plants._listed import (
    SINCE,
    Case,
    case,
    holds,
    listed_company,
    owned_exactly,
    screened,
    stranger,
    with_sanction,
)

CODE = "LNK-010"
MAJORITY = ("ownership-of-shares-50-to-75-percent", "voting-rights-50-to-75-percent")
BOARD = ("right-to-appoint-and-remove-directors",)


def _exact_shares(draw: Draw) -> Planted:
    cases = (
        ("fifty", {"one": "50"}, "flagged", "one sanctioned party holds 50 per cent"),
        ("more", {"one": "50.01"}, "flagged", "one sanctioned party holds 50.01 per cent"),
        ("pair", {"one": "30", "two": "20%"}, "flagged", "two sanctioned parties hold 30 and 20 per cent"),
        ("less", {"one": "49.99"}, "not_flagged", "one sanctioned party holds 49.99 per cent"),
        (
            "short",
            {"one": "30", "two": "19.99"},
            "not_flagged",
            "two sanctioned parties hold 30 and 19.99 per cent",
        ),
    )
    return sum(
        (
            owned_exactly(draw, f"zed-lnk010-{word}", shares).told(CODE, expected, note)  # type: ignore[arg-type]
            for word, shares, expected, note in cases
        ),
        Planted(),
    )


def _other_lists(draw: Draw) -> Planted:
    """The whole is held by somebody on a list that is no sanctions list."""
    cases = (
        ("debarred", ("debarment",), "debarment only"),
        ("exposed", ("role.pep",), "political exposure only"),
        ("linked", ("sanction.linked",), "linked only"),
        ("counter", ("sanction.counter",), "counter-sanctioned only"),
        ("crime", ("crime.fin",), "crime only"),
        ("warned", ("reg.warn",), "a regulator's warning only"),
    )
    return sum(
        (
            owned_exactly(draw, f"zed-lnk010-{word}", {"one": "70"}, topics).told(CODE, "not_flagged", note)
            for word, topics, note in cases
        ),
        Planted(),
    )


def _over(draw: Draw) -> Planted:
    """The listing has ended; the holding has ended; the topic stands and its only act has ended."""
    sold = owned_exactly(draw, "zed-lnk010-sold", {"one": "70"}, end="2023-05-04").told(
        CODE, "not_flagged", "the holding ended in 2023"
    )
    delisted = owned_exactly(draw, "zed-lnk010-delisted", {"one": "70"}, ("poi",))
    ended = replace(
        delisted,
        listed=[
            *delisted.listed,
            sanction("zed-lnk010-delisted-one", "zed-lnk010-delisted-one", end="2024-02-29"),
        ],
    )
    stale = owned_exactly(draw, "zed-lnk010-stale", {"one": "70"})
    stale = replace(
        stale,
        listed=[*stale.listed, sanction("zed-lnk010-stale-one", "zed-lnk010-stale-one", end="2024-02-29")],
    )
    return (
        sold
        + ended.told(CODE, "not_flagged", "the listing ended in 2024")
        + stale.told(
            CODE, "not_flagged", "the only act of the listing ended in 2024, although the topic stands"
        )
    )


def _acts(draw: Draw) -> Planted:
    """A Sanction record without topics is a sanction; one of two acts that is still in force is enough."""
    bare = owned_exactly(draw, "zed-lnk010-bare", {"one": "100"}, ())
    bare = replace(
        bare, psc=[], listed=[*bare.listed, sanction("zed-lnk010-bare-one", "zed-lnk010-bare-one")]
    )
    two = owned_exactly(draw, "zed-lnk010-two", {"one": "60"})
    acts = [
        sanction("zed-lnk010-two-old", "zed-lnk010-two-one", end="2020-01-01"),
        sanction("zed-lnk010-two-new", "zed-lnk010-two-one"),
    ]
    return bare.told(CODE, "flagged", "a sanction by its act alone") + replace(
        two, listed=[*two.listed, *acts]
    ).told(CODE, "flagged", "one of two acts is in force")


def _cascade(draw: Draw, percentage: str) -> Planted:
    """A listed party holds 50 per cent of A, and A `percentage` of B; nobody else is known of B."""
    word = f"zed-lnk010-cascade-{percentage.replace('.', '')}"
    top, below = owned_exactly(draw, word, {"one": "50"}), case(draw).with_owner(draw.person(), HALF_SHARES)
    below = replace(
        below,
        listed=[
            listed_company(f"{word}-b", below.company),
            holds(f"{word}-b-own", f"{word}-c", f"{word}-b", percentage),
        ],
    )
    flagged = percentage == "50"
    return top.told(CODE, "flagged", "held to 50 per cent, and holds another") + below.told(
        CODE,
        "flagged" if flagged else "not_flagged",
        f"held to {percentage} per cent by a company that a sanctioned party holds to 50",
    )


def _listed_itself(draw: Draw) -> Planted:
    made, other, debarred = (case(draw).with_owner(draw.person()) for _ in range(3))
    stranger_name = replace(other.company, name=draw.name())
    return (
        replace(made, listed=[listed_company("zed-lnk010-itself", made.company, ["sanction"])]).told(
            CODE, "flagged", "on the list itself"
        )
        + replace(other, listed=[listed_company("zed-lnk010-number", stranger_name, ["sanction"])]).told(
            CODE, "flagged", "its number is on the list beside another name: a candidate"
        )
        + replace(
            debarred, listed=[listed_company("zed-lnk010-itself-debarred", debarred.company, ["debarment"])]
        ).told(CODE, "not_flagged", "debarred itself")
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
        with_sanction(screened(draw, "zed-lnk010-cand-whole"), "zed-lnk010-cand-whole").told(
            CODE, "flagged", "owner of all shares: name and month agree"
        ),
        screened(draw, "zed-lnk010-cand-half", natures=HALF_SHARES).told(
            CODE, "flagged", "25 to 50 per cent: possible at 50"
        ),
        screened(draw, "zed-lnk010-cand-board", natures=BOARD).told(
            CODE, "flagged", "appoints the board: control"
        ),
        _named(draw, cyrillic, "zed-lnk010-cand-cyrillic", "Дмитрий Ворожин").told(
            CODE, "flagged", "the list writes the name in Cyrillic, without patronymic"
        ),
        _named(draw, dutch, "zed-lnk010-cand-dutch", "ZEDBERG, Nicolas van den").told(
            CODE, "flagged", "particles, another order"
        ),
    ]
    return sum(hits, Planted())


def _named(draw: Draw, person: dict[str, str], identifier: str, name: str) -> Case:
    born = f"{person['birth_year']}-{int(person['birth_month']):02d}-09"
    listed = record(identifier, "Person", name, {"name": [name], "birthDate": [born], "topics": ["sanction"]})
    return replace(case(draw).with_owner(person, MAJORITY), listed=[listed])


def _near_candidates(draw: Draw) -> Planted:
    first, second, third = draw.person(), draw.person(), draw.person()
    month = int(first["birth_month"]) % 12 + 1
    other_month = replace(
        case(draw).with_owner(first),
        listed=[_like(first, "zed-lnk010-near-month", born=f"{first['birth_year']}-{month:02d}-05")],
    )
    only_year = replace(
        case(draw).with_owner(second),
        listed=[_like(second, "zed-lnk010-near-year", born=second["birth_year"])],
    )
    other_part = replace(
        case(draw).with_owner(third), listed=[_like(third, "zed-lnk010-near-part", forename="Wolfram")]
    )
    ended = screened(draw, "zed-lnk010-near-ended", topics=("poi",))
    ended = with_sanction(ended, "zed-lnk010-near-ended", end="2021-11-30")
    below = screened(draw, "zed-lnk010-near-debarred", topics=("debarment",))
    return (
        other_month.told(CODE, "not_flagged", "name agrees, born in another month")
        + only_year.told(CODE, "not_flagged", "name agrees, the list has the year of birth only")
        + other_part.told(CODE, "not_flagged", "surname and month agree, forename differs")
        + ended.told(CODE, "not_flagged", "name and month agree, the listing has ended")
        + below.told(CODE, "not_flagged", "name and month agree, the list is of debarred parties")
    )


def _like(person: dict[str, str], identifier: str, *, born: str = "", forename: str = "") -> dict[str, str]:
    name = f"{forename or person['name_elements.forename']} {person['name_elements.surname']}"
    birth = born or f"{person['birth_year']}-{int(person['birth_month']):02d}-17"
    return record(identifier, "Person", name, {"name": [name], "birthDate": [birth], "topics": ["sanction"]})


def _overseas_owner(
    draw: Draw, number: str, listed: tuple[str, str], note: str, *, flagged: bool = False
) -> Planted:
    """A company of Cyprus holds all shares; the list has a company of a number and country."""
    listed_number, country = listed
    made, abroad = case(draw), draw.name(" Limited").title()
    holder = Company(number, abroad, date(2010, 1, 4), draw.address())
    psc = [
        company_owner(
            made.company,
            holder,
            ("ownership-of-shares-75-to-100-percent",),
            SINCE,
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
    return replace(made, psc=psc, listed=rows).told(CODE, "flagged" if flagged else "not_flagged", note)


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
    directed, exposed, plain = (case(draw).with_owner(draw.person()) for _ in range(3))
    director = [
        stranger("zed-lnk010-director", ["sanction"]),
        listed_company("zed-lnk010-directed", directed.company),
        record(
            "zed-lnk010-directorship",
            "Directorship",
            "Director",
            {"director": ["zed-lnk010-director"], "organization": ["zed-lnk010-directed"]},
        ),
    ]
    return (
        replace(directed, listed=director).told(
            CODE, "not_flagged", "a listed party sits on the board and holds nothing"
        )
        + replace(
            exposed, listed=office("zed-lnk010-office", "zed-lnk010-director", "Minister of Works of Zedland")
        ).told(CODE, "not_flagged", "has to do with nobody listed")
        + plain.told(CODE, "not_flagged", "has to do with nobody listed")
    )


def make(draw: Draw) -> Planted:
    parts = [
        _exact_shares(draw),
        _other_lists(draw),
        _over(draw),
        _acts(draw),
        _cascade(draw, "50"),
        _cascade(draw, "49.99"),
        _listed_itself(draw),
        _candidates(draw),
        _near_candidates(draw),
        _abroad(draw),
        _other_holders(draw),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
