"""PUB-100: bids after the deadline that won, in time, or did not win."""

from datetime import date

from quality.town.plant import Draw, Expected, Plant, Planted
from quality.town.tenders import DAYS, award, bid, firm, judged, party, process

# Days of the winner's and of another bid after the start; state of the winner's bid; verdict.
CASES: tuple[tuple[float, float, str, Expected, str], ...] = (
    (DAYS + 17, 20, "valid", "flagged", "17 days late"),
    (DAYS + 1, 20, "valid", "flagged", "a day late"),
    (DAYS + 0.01, 20, "valid", "flagged", "minutes late"),
    (DAYS, 20, "valid", "not_flagged", "at the deadline"),
    (DAYS - 0.01, 20, "valid", "not_flagged", "minutes before it"),
    (20, DAYS + 5, "valid", "not_flagged", "the late bid did not win"),
    (DAYS + 5, 20, "withdrawn", "not_assessable", "no valid bid of the winner"),
)


def _processes(draw: Draw) -> Planted:
    """A company of the town wins the first two, so that both belong to one case."""
    company = draw.company(date(2006, 4, 3))

    def made(nth: int, days: float, others_days: float, status: str) -> dict[str, str]:
        winner, other = firm(nth + 3) if nth > 1 else party(company), firm(nth + 15)
        bids = [bid([winner], 60_000, status, days=days), bid([other], 64_800, days=others_days)]
        return process(f"p100{nth}", bids, [award([winner], 60_000)], bidders_n=2)

    return Planted([company], [draw.owned(company)]) + judged(made, CASES)(draw)


PLANT = Plant((_processes,))
