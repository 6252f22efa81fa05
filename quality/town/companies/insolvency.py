"""Cases of insolvency of planted companies, one company a line as Companies House's stream gives them. The
town's own companies have none: only those that somebody asked for are in such a file.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import BinaryIO

import orjson
import polars as pl

from quality.town.plant import LaterFact

REGISTER = "insolvency"
COLUMNS = ("line",)
CREDITORS, MEMBERS, COMPULSORY = (
    "creditors-voluntary-liquidation",
    "members-voluntary-liquidation",
    "compulsory-liquidation",
)
BEGINNINGS: Mapping[str, str] = {
    CREDITORS: "wound-up-on",
    MEMBERS: "wound-up-on",
    COMPULSORY: "ordered-to-wind-up-on",
}


def insolvency(company_id: str, day: date, kind: str = CREDITORS) -> LaterFact:
    """A case of a kind of BEGINNINGS."""
    return LaterFact(REGISTER, day, {"company": company_id, "kind": kind})


def rows(later: Sequence[LaterFact]) -> list[dict[str, str]]:
    """COLUMNS of the facts about insolvency: one case each."""
    return [_line(fact) for fact in later if fact.register == REGISTER]


def _line(fact: LaterFact) -> dict[str, str]:
    number, kind = fact.facts["company"].removeprefix("GB-COH-"), fact.facts["kind"]
    case = {
        "number": "1",
        "type": kind,
        "dates": [{"type": BEGINNINGS[kind], "date": fact.day.isoformat()}],
        "practitioners": [{"name": "Practitioner of the town", "role": "practitioner"}],
    }
    line = {
        "resource_kind": "company-insolvency",
        "resource_uri": f"/company/{number}/insolvency",
        "resource_id": number,
        "data": {"cases": [case], "status": ["liquidation"]},
    }
    return {"line": orjson.dumps(line).decode()}


def write(rows: pl.DataFrame, file: BinaryIO) -> None:
    file.writelines(f"{line}\n".encode() for line in rows["line"])
