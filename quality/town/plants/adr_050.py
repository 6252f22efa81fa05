"""ADR-050: seats at the registrar's default address as the register writes it; and addresses that only
look like it.
"""

from dataclasses import replace
from datetime import date

from quality.town.plant import Company, Draw, Plant, Planted
from quality.town.plants._records import noted

MARK = "COMPANIES HOUSE DEFAULT ADDRESS"


def _seated(
    draw: Draw, line1: str, line2: str, town: str, postcode: str, *, status: str = "Active"
) -> Company:
    company = draw.company(status=status)
    lines = {
        "AddressLine1": line1.replace("{number}", company.number),
        "AddressLine2": line2.replace("{number}", company.number),
        "POBox": "",
        "PostTown": town,
        "PostCode": postcode,
    }
    return replace(company, columns={f"RegAddress.{name}": text for name, text in lines.items()})


def make(draw: Draw) -> Planted:
    hits = {
        "as the register writes it": _seated(
            draw, "PO BOX 4385", f"{{number}} - {MARK}", "CARDIFF", "CF14 8LH"
        ),
        "number first": _seated(draw, f"{{number}} - {MARK}", "PO BOX 4385", "CARDIFF", "CF14 8LH"),
        "other spelling": _seated(
            draw, "P.O. Box 4385", f"{{number}} - {MARK.title()}", "Cardiff", "CF148LH"
        ),
        "in liquidation": _seated(
            draw, "PO BOX 4385", f"{{number}} - {MARK}", "CARDIFF", "CF14 8LH", status="Liquidation"
        ),
    }
    misses = {
        "another box of the same town": _seated(draw, "PO BOX 4386", "", "CARDIFF", "CF14 8LH"),
        "a house of that number": _seated(draw, "4385 HIGH STREET", "", "CARDIFF", "CF14 8LH"),
        "the registrar's own house": _seated(draw, "COMPANIES HOUSE", "CROWN WAY", "CARDIFF", "CF14 3UZ"),
        "an ordinary seat": draw.company(),
        "moved and converted": _seated(
            draw, "PO BOX 4385", f"{{number}} - {MARK}", "CARDIFF", "CF14 8LH", status="Converted / Closed"
        ),
    }
    bare = draw.company(
        date(2014, 7, 7),
        series="CE",
        category="Charitable Incorporated Organisation",
        ending="",
        columns={f"RegAddress.{name}": "" for name in ("AddressLine1", "PostTown", "PostCode")},
    )
    seated = [draw.owned(company) for company in (*hits.values(), *misses.values())]
    return (
        noted("flagged", hits, seated)
        + noted("not_flagged", misses)
        + noted("not_assessable", {"no address": replace(bare, country="")})
    )


PLANT = Plant((make,))
