"""PUB-190: invoices that were paid twice, and what only looks so."""

from datetime import date, timedelta

from quality.town.council import ledger_line
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part

SINCE, FIRST_ON = date(2012, 3, 5), date(2026, 3, 2)

# Days after the first, pounds, invoice and cost centre of each line.
type Lines = tuple[tuple[int, str, str, str], ...]


@part
def _case(draw: Draw, lines: Lines, verdict: tuple[Expected, str], *, planned_from: int = 1_000) -> Planted:
    supplier = draw.company(SINCE)
    ledger = [
        ledger_line(
            supplier,
            FIRST_ON + timedelta(days=days),
            gbp,
            invoice=invoice,
            centre=f"{supplier.number}{centre}",
            is_planned=days >= planned_from,
        )
        for days, gbp, invoice, centre in lines
    ]
    truth = [Truth(supplier.id, *verdict)]
    return Planted([supplier], [draw.owned(supplier)], truth=truth, ledger=ledger)


PLANT = Plant(
    (
        _case(
            ((0, "1215.40", "2026-17", ""), (30, "1215.40", "2026/17", "")),
            ("flagged", "a hyphen and a slash"),
        ),
        _case(
            ((0, "640.00", "INV-00482", ""), (0, "640.00", "482", "")),
            ("flagged", "letters and zeros before the number, on one day"),
        ),
        _case(
            ((0, "3300.00", "9114", ""), (98, "3300.00", "9114", "")),
            ("flagged", "the second is about to be paid"),
            planned_from=98,
        ),
        _case(
            ((0, "75.00", "K31", ""), (0, "75.00", "K31", "")),
            ("flagged", "two lines that are equal but for their number"),
        ),
        _case(
            ((0, "1215.40", "2026-17", ""), (1, "1215.40", "2026-17", ""), (61, "-1215.40", "C4", "")),
            ("not_flagged", "credited 60 days after the second"),
        ),
        _case(
            ((0, "410.00", "K77", "-A"), (0, "410.00", "K77", "-B")),
            ("not_flagged", "one invoice, two cost centres"),
        ),
        _case(
            ((0, "1215.40", "2026-17", ""), (30, "1215.40", "2026-18", "")),
            ("not_flagged", "another invoice"),
        ),
        _case(
            ((0, "1215.40", "2026-17", ""), (30, "1215.41", "2026-17", "")),
            ("not_flagged", "a cent more"),
        ),
    )
)
