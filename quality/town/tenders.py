"""What the borough council and its neighbours put out to tender: one file of compiled releases of the Open
Contracting Data Standard, one a line. Ordinary processes are won and lost by firms from elsewhere, which no
register of the town has, so that only plants are about the town's companies.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from quality.town.parts import native
from quality.town.plant import Company, Draw, Planted, Truth, part

COLUMNS = ("ocid", "line")
COUNCILS = (
    "Harrowmere Borough Council",
    *(f"{name} District Council" for name in ("Ashby", "Welford", "Tarrant")),
)
OPENS = datetime(2026, 1, 5, 9)
DAYS = 35  # for which bids are accepted
WON_AT = 200_000  # of plants that compare a price with the winner's
ORDINARY_N = 120
FIRMS_N = 30  # from elsewhere
CODES = ("45233140", "45233141", "90511000", "72210000")  # two of one division of CPV, and two others

type Party = Mapping[str, object]
type Part = tuple[Sequence[Party], dict[str, object]]  # a bid or an award: whose, and what is stated


def ocid(key: str) -> str:
    return f"ocds-hm0001-{key}"


def firm(number: int) -> Party:
    """A firm from elsewhere, 0 to FIRMS_N - 1."""
    return {"id": f"GB-ELSE-{number}", "name": f"ELSEWHERE WORKS {number} GMBH"}


def party(company: Company) -> Party:
    identifier = {"scheme": "GB-COH", "id": company.number, "legalName": company.name}
    return {"id": company.id, "name": company.name, "identifier": identifier}


def bid(who: Sequence[Party], gbp: float, status: str = "valid", *, days: float = 20) -> Part:
    """A bid, days after bids were first accepted."""
    tenderers = [{"id": each["id"], "name": each["name"]} for each in who]
    value = {"amount": gbp, "currency": "GBP"}
    return who, {"status": status, "date": _moment(days), "value": value, "tenderers": tenderers}


def award(who: Sequence[Party], gbp: float, status: str = "active", codes: Sequence[str] = ()) -> Part:
    return who, {
        "status": status,
        "date": _moment(60),
        "value": {"amount": gbp, "currency": "GBP"},
        "suppliers": [{"id": each["id"], "name": each["name"]} for each in who],
        "items": [
            {"id": str(nth), "classification": {"scheme": "CPV", "id": code}}
            for nth, code in enumerate(codes)
        ],
    }


def process(
    key: str,
    bids: Sequence[Part] = (),
    awards: Sequence[Part] = (),
    *,
    method: str = "open",
    days: float = DAYS,
    bidders_n: int | None = None,
    criteria: str = "priceOnly",
    buyer: Party | None = None,
) -> dict[str, str]:
    """One row. days: for which bids are accepted."""
    buys: Party = buyer or {"id": "GB-LAC-0", "name": COUNCILS[0]}
    named = [buys, *(party for who, _ in (*bids, *awards) for party in who)]
    line = {
        "ocid": ocid(key),
        "id": key,
        "date": _moment(61),
        "tag": ["compiled"],
        "initiationType": "tender",
        "parties": list({str(party["id"]): party for party in named}.values()),
        "buyer": {"id": buys["id"], "name": buys["name"]},
        "tender": {
            "id": key,
            "title": f"Works {key}",
            "procurementMethod": method,
            "awardCriteria": criteria,
            "tenderPeriod": {"startDate": _moment(0), "endDate": _moment(days)},
            "numberOfTenderers": bidders_n,
        },
        "bids": {"details": [{"id": str(nth), **stated} for nth, (_, stated) in enumerate(bids, start=1)]},
        "awards": [{"id": str(nth), **stated} for nth, (_, stated) in enumerate(awards, start=1)],
    }
    return {"ocid": ocid(key), **native.json_line(line)}


def _moment(days: float) -> str:
    return f"{OPENS + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


@part
def judged(_: Draw, made: Callable[..., dict[str, str]], cases: Sequence[tuple[Any, ...]]) -> Planted:
    """made: the process of a case, from its number and its facts. A case ends with its verdict."""
    rows = [made(nth, *case[:-2]) for nth, case in enumerate(cases)]
    truth = [Truth(row["ocid"], *case[-2:]) for row, case in zip(rows, cases, strict=True)]
    return Planted(tenders=rows, truth=truth)


def second_price(key: str, nth: int, gbp: int, criteria: str, status: str) -> dict[str, str]:
    """The winner's bid at WON_AT and another one. criteria: how bids are judged; status: of the other bid."""
    winner, other = firm(nth), firm(nth + 11)
    bids = [bid([winner], WON_AT), bid([other], gbp, status)]
    return process(f"{key}{nth}", bids, [award([winner], WON_AT)], bidders_n=2, criteria=criteria)


def ordinary() -> pl.DataFrame:
    """COLUMNS: three firms bid, the cheapest wins, and the next one asks 5 to 12 per cent more. Each firm
    enters 12 processes and wins 4; half of the winners supply goods of two divisions.
    """
    rows = []
    for nth in range(ORDINARY_N):
        gbp = 50_000 + 1_000 * nth
        firms = [firm((nth + step) % FIRMS_N) for step in (0, 7, 13)]
        prices = (gbp, gbp * (105 + nth % 8) // 100, gbp * (125 + nth % 5) // 100)
        codes = CODES[:2] if nth % 2 else CODES[1:3]
        rows.append(
            process(
                f"o{nth:03}",
                [bid([winner], price) for winner, price in zip(firms, prices, strict=True)],
                [award(firms[:1], gbp, codes=codes)],
                bidders_n=3,
                buyer={"id": f"GB-LAC-{nth % 4}", "name": COUNCILS[nth % 4]},
            )
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))
