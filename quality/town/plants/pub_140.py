"""PUB-140: companies that supply goods of many divisions, and those whose awards do not count."""

from datetime import date

from quality.town.plant import Draw, Expected, Plant, Planted, part
from quality.town.tenders import award, firm, party, process

SINCE = date(2007, 2, 5)
DIVISIONS = ("03", "15", "33", "44", "45", "72", "90")


@part
def _supplier(
    draw: Draw,
    nth: int,
    counted_n: int,
    *verdict: *tuple[Expected, str],
    others_n: int = 0,
    status: str = "active",
    is_shared: bool = False,
) -> Planted:
    """A company with an award in each of so many divisions, and others that do not count: they have another
    status or are shared with another supplier.
    """
    company = draw.company(SINCE)
    suppliers = [party(company), *([firm(20)] if is_shared else [])]
    codes = [f"{division}100000" for division in DIVISIONS]
    awards = [
        *(award(suppliers[:1], 1_000 * (place + 1), codes=[codes[place]]) for place in range(counted_n)),
        *(award(suppliers, 500, status, [code]) for code in codes[counted_n : counted_n + others_n]),
    ]
    rows = [process(f"p140{nth}{place}", (), [given], bidders_n=2) for place, given in enumerate(awards)]
    return Planted([company], [draw.owned(company)], tenders=rows).judged(*verdict)


PLANT = Plant(
    (
        _supplier(0, 7, "flagged", "seven divisions"),
        _supplier(1, 6, "flagged", "six divisions"),
        _supplier(2, 5, "flagged", "five divisions"),
        _supplier(3, 2, "not_flagged", "two divisions"),
        _supplier(
            4,
            1,
            "not_flagged",
            "the awards of six more were cancelled",
            others_n=6,
            status="cancelled",
        ),
        _supplier(5, 1, "not_flagged", "six more together with another supplier", others_n=6, is_shared=True),
    )
)
