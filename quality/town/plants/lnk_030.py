"""LNK-030: beneficial owners who hold an office, or may be who does; and those whose office has ended,
relatives, small holders and other lists.
"""

from dataclasses import replace

from quality.town.listed import office
from quality.town.plant import HALF_SHARES, Draw, Expected, Plant, Planted, each
from quality.town.plants._records import Case, owned_exactly, screened

MINISTER = "Minister of Works of Zedland"
PEP = ("role.pep",)
# Word of the case, share, topics of its holder, verdict.
EXACT: tuple[tuple[str, str, tuple[str, ...], Expected, str], ...] = (
    ("third", "33.4", PEP, "flagged", "33.4 per cent, exposed by topic"),
    ("quarter", "25", PEP, "flagged", "25 per cent: an owner by the EU's rule"),
    ("unknown", "", PEP, "flagged", "a share that is not stated: possible"),
    ("small", "24.99", PEP, "not_flagged", "24.99 per cent is below every regime"),
    ("relative", "40", ("role.rca",), "not_flagged", "a relative only"),
    ("former", "40", ("role.pep.frmr",), "not_flagged", "a former office by topic"),
    ("sanctioned", "40", ("sanction",), "not_flagged", "sanctioned, not exposed"),
)


def _in_office(case: Case, identifier: str, end: str = "") -> Case:
    return replace(case, listed=[*case.listed, *office(identifier, identifier, MINISTER, end=end)])


def _exact(
    draw: Draw, word: str, share: str, topics: tuple[str, ...], *verdict: *tuple[Expected, str]
) -> Planted:
    return owned_exactly(draw, f"zed-lnk030-{word}", {"one": share}, topics).planted(*verdict)


def _candidates(draw: Draw) -> Planted:
    office_id, left_id = "zed-lnk030-cand-office", "zed-lnk030-cand-left"
    return (
        screened(draw, "zed-lnk030-cand-topic", PEP).planted(
            "flagged", "owner's name and month of birth are on the list"
        )
        + _in_office(screened(draw, office_id, (), HALF_SHARES), office_id).planted(
            "flagged", "by an office alone, 25 to 50 per cent"
        )
        + _in_office(screened(draw, left_id, ()), left_id, end="2019-05").planted(
            "not_flagged", "the office ended in 2019"
        )
        + screened(draw, "zed-lnk030-cand-rca", ("role.rca",)).planted(
            "not_flagged", "may be a relative of an exposed person"
        )
        + screened(draw, "zed-lnk030-cand-born", PEP, born="1930-01").planted(
            "not_flagged", "name agrees, birth does not"
        )
    )


PLANT = Plant((*each(_exact, EXACT), _candidates))
