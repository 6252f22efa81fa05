"""LNK-030: beneficial owners who hold an office, or may be who does; and those whose office has ended,
relatives, small holders and other lists.
"""

from collections.abc import Sequence

from quality.town.listed import office
from quality.town.plant import ALL_SHARES, HALF_SHARES, Draw, Expected, Plant, Planted, part
from quality.town.plants._records import owned_exactly, screened

PEP = ("role.pep",)


@part
def _exact(
    draw: Draw, word: str, share: str, topics: Sequence[str], *verdict: *tuple[Expected, str]
) -> Planted:
    """A company of which a holder of an exact share is on a list."""
    return owned_exactly(draw, f"zed-lnk030-{word}", {"one": share}, topics).judged(*verdict)


@part
def _candidate(
    draw: Draw,
    word: str,
    topics: Sequence[str],
    *verdict: *tuple[Expected, str],
    natures: Sequence[str] = ALL_SHARES,
    born: str = "",
    left: str | None = None,
) -> Planted:
    """A company whose owner may be on a list. left: when that party left an office; empty: it has not."""
    who = f"zed-lnk030-cand-{word}"
    held = [] if left is None else office(who, who, "Minister of Works of Zedland", end=left)
    return (screened(draw, who, topics, natures, born=born) + Planted(listed=held)).judged(*verdict)


PLANT = Plant(
    (
        _exact("third", "33.4", PEP, "flagged", "33.4 per cent, exposed by topic"),
        _exact("quarter", "25", PEP, "flagged", "25 per cent: an owner by the EU's rule"),
        _exact("unknown", "", PEP, "flagged", "a share that is not stated: possible"),
        _exact("small", "24.99", PEP, "not_flagged", "24.99 per cent is below every regime"),
        _exact("relative", "40", ("role.rca",), "not_flagged", "a relative only"),
        _exact("former", "40", ("role.pep.frmr",), "not_flagged", "a former office by topic"),
        _exact("sanctioned", "40", ("sanction",), "not_flagged", "sanctioned, not exposed"),
        _candidate("topic", PEP, "flagged", "owner's name and month of birth are on the list"),
        _candidate(
            "office", (), "flagged", "by an office alone, 25 to 50 per cent", natures=HALF_SHARES, left=""
        ),
        _candidate("left", (), "not_flagged", "the office ended in 2019", left="2019-05"),
        _candidate("rca", ("role.rca",), "not_flagged", "may be a relative of an exposed person"),
        _candidate("born", PEP, "not_flagged", "name agrees, birth does not", born="1930-01"),
    )
)
