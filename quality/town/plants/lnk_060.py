"""LNK-060: companies that are debarred, or whose owners, parents or subsidiaries are; and other lists."""

from dataclasses import replace

from quality.town.listed import record
from quality.town.plant import ALL_SHARES, HALF_SHARES, Draw, Plant, Planted, company_owner
from quality.town.plants._records import (
    LISTED_SINCE,
    Case,
    listed_case,
    listed_company,
    owned_exactly,
    screened,
)

DEBARMENT = ("debarment",)
BINDING = "Procurement Review Unit of the United Kingdom"  # of the vocabulary debarment_lists


def _debarred(draw: Draw, identifier: str) -> Case:
    """A company that the list of its own country names, on a mandatory ground."""
    case = listed_case(draw).with_owner(draw.person())
    entry = {
        "entity": [identifier],
        "authority": [BINDING],
        "program": ["Mandatory exclusion ground"],
        "startDate": ["2025-11-03"],
    }
    rows = [
        listed_company(identifier, case.company, DEBARMENT),
        record(f"{identifier}-s", "Sanction", BINDING, entry),
    ]
    return replace(case, listed=rows)


def _linked(draw: Draw) -> Planted:
    exact = owned_exactly(draw, "zed-lnk060-part", {"one": "10"}, DEBARMENT)
    below, parent = _debarred(draw, "zed-lnk060-below"), listed_case(draw).with_owner(draw.person())
    below = replace(below, psc=[company_owner(below.company, parent.company, ALL_SHARES, LISTED_SINCE)])
    return (
        exact.planted("flagged", "an owner of 10 per cent is on a list of elsewhere")
        + below.planted("flagged", "on the list itself")
        + parent.planted("flagged", "controls a company on the list")
        + screened(draw, "zed-lnk060-cand", DEBARMENT, HALF_SHARES).planted(
            "flagged", "a holder's name and month of birth are on the list"
        )
    )


def _near(draw: Draw) -> Planted:
    owned = owned_exactly(draw, "zed-lnk060-sold", {"one": "10"}, DEBARMENT, end="2023-05-04")
    other = owned_exactly(draw, "zed-lnk060-sanctioned", {"one": "10"})
    beside = listed_case(draw).with_owner(draw.person())
    return (
        owned.planted("not_flagged", "the holding ended in 2023")
        + other.planted("not_flagged", "the owner is sanctioned, not debarred")
        + beside.planted("not_flagged", "nobody of it is on a list")
    )


PLANT = Plant(
    (
        lambda draw: _debarred(draw, "zed-lnk060-listed").planted(
            "flagged", "on the list itself, which is binding"
        ),
        _linked,
        _near,
    )
)
