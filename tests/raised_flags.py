"""Flags, evidence and counts of some indicators, as the stage flags writes them, in frames."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.errors import DeclarationError
from transforms.flags.engine import prepare, raise_flags
from transforms.flags.evidence import claims_sql, evidence_sql, flags_sql, prove
from transforms.model.indicator import Indicator
from transforms.model.sql import Connection, frame
from transforms.model.views import FLAG


@dataclass(frozen=True)
class Raised:
    """Rows of FLAG, EVIDENCE, INDICATOR_VIEW and DWELLING."""

    flags: pl.DataFrame
    evidence: pl.DataFrame
    indicators: pl.DataFrame
    dwellings: pl.DataFrame


def raise_all(connection: Connection, indicators: Iterable[Indicator], as_of: date) -> Raised:
    """Raises DeclarationError where a query of an indicator breaks its contract."""
    every = list(indicators)
    for indicator in every:
        connection.execute(f"drop table if exists subject_{indicator.subject_type}")  # of rows before
        prepare(connection, indicator)
    parts, claims, results = [FLAG.empty()], [], []
    for indicator in every:
        counted, flags = raise_flags(connection, indicator, as_of)
        part = pl.concat([FLAG.empty(), *flags])
        connection.register("flagged_now", part.filter(pl.col("state") == "flagged").to_arrow())
        claims.append(frame(connection, *claims_sql(indicator, as_of)))
        connection.unregister("flagged_now")
        parts.append(part)
        results.append(counted)
    connection.register("claimed", pl.concat(claims).to_arrow())
    if faults := prove(connection):
        raise DeclarationError(min(faults.values()))
    connection.register("flag_part", pl.concat(parts).to_arrow())
    return Raised(
        frame(connection, f"{flags_sql()} order by flag_id"),
        frame(connection, f"{evidence_sql()} order by flag_id, position"),
        pl.concat([each.indicator for each in results]),
        pl.concat([each.dwellings for each in results]).sort("indicator", "area_name"),
    )
