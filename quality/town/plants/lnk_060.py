"""LNK-060: companies that are debarred, or whose owners, parents or subsidiaries are; and other lists."""

from collections.abc import Sequence
from dataclasses import replace

from quality.town.listed import record
from quality.town.plant import ALL_SHARES, HALF_SHARES, Draw, Expected, Plant, Planted, company_owner, part
from quality.town.plants._records import LISTED_SINCE, listed_case, listed_company, owned_exactly, screened

DEBARMENT = ("debarment",)
BINDING = "Procurement Review Unit of the United Kingdom"  # of the vocabulary debarment_lists


@part
def _exact(
    draw: Draw,
    word: str,
    *verdict: *tuple[Expected, str],
    topics: Sequence[str] = DEBARMENT,
    end: str = "",
) -> Planted:
    """A company of which a stranger on a list holds 10 per cent."""
    return owned_exactly(draw, f"zed-lnk060-{word}", {"one": "10"}, topics, end=end).judged(*verdict)


def _debarred(draw: Draw, identifier: str) -> Planted:
    """A company that the list of its own country names, on a mandatory ground."""
    case = listed_case(draw)
    entry = {
        "entity": [identifier],
        "authority": [BINDING],
        "program": ["Mandatory exclusion ground"],
        "startDate": ["2025-11-03"],
    }
    rows = [
        listed_company(identifier, case.companies[0], DEBARMENT),
        record(f"{identifier}-s", "Sanction", BINDING, entry),
    ]
    return case + Planted(listed=rows)


def _parent(draw: Draw) -> Planted:
    below, parent = _debarred(draw, "zed-lnk060-below"), listed_case(draw)
    owner = company_owner(below.companies[0], parent.companies[0], ALL_SHARES, LISTED_SINCE)
    return replace(below, psc=[owner]).judged("flagged", "on the list itself") + parent.judged(
        "flagged", "controls a company on the list"
    )


PLANT = Plant(
    (
        lambda draw: _debarred(draw, "zed-lnk060-listed").judged(
            "flagged", "on the list itself, which is binding"
        ),
        _exact("part", "flagged", "an owner of 10 per cent is on a list of elsewhere"),
        _parent,
        lambda draw: screened(draw, "zed-lnk060-cand", DEBARMENT, HALF_SHARES).judged(
            "flagged", "a holder's name and month of birth are on the list"
        ),
        _exact("sold", "not_flagged", "the holding ended in 2023", end="2023-05-04"),
        _exact("sanctioned", "not_flagged", "the owner is sanctioned, not debarred", topics=("sanction",)),
        lambda draw: listed_case(draw).judged("not_flagged", "nobody of it is on a list"),
    )
)
