"""Run every indicator: find its states, write its sentences, prove its flags and count its subjects.

The connection holds the marts, the fact views, the graph tables and the statement tables.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from transforms.flags.evidence import find_evidence
from transforms.flags.sentences import with_sentences
from transforms.flags.states import find_states
from transforms.marts import MART_ORDER, MART_PARAMETERS, fact_sql, mark_sql, mart_sql
from transforms.model.indicator import STATES, STRENGTH, Indicator
from transforms.model.sql import MACROS, Connection
from transforms.model.statements import Table
from transforms.model.views import DWELLING, EVIDENCE, FACT_VIEWS, FLAG, INDICATOR_VIEW, NO_DISTRICT_KNOWN

FLAG_ID_BYTES = 10


@dataclass(frozen=True)
class Raised:
    """Result of the indicators: frames in the schemas of FLAG, EVIDENCE, INDICATOR_VIEW and DWELLING."""

    flags: pl.DataFrame
    evidence: pl.DataFrame
    indicators: pl.DataFrame
    dwellings: pl.DataFrame


def raise_flags(connection: Connection, indicators: Iterable[Indicator], as_of: date) -> Raised:
    """Flags, evidence and counts of the indicators, each in its table's total order.

    Raises DeclarationError where a query breaks the contract of indicators.
    """
    results = [_raise_one(connection, indicator, as_of) for indicator in indicators]
    return Raised(
        flags=_concatenated([result.flags for result in results], FLAG),
        evidence=_concatenated([result.evidence for result in results], EVIDENCE),
        indicators=_concatenated([result.indicators for result in results], INDICATOR_VIEW),
        dwellings=_concatenated([result.dwellings for result in results], DWELLING),
    )


def _concatenated(frames: list[pl.DataFrame], table: Table) -> pl.DataFrame:
    return pl.concat([table.empty(), *map(table.conformed, frames)]).sort(table.key)


def _raise_one(connection: Connection, indicator: Indicator, as_of: date) -> Raised:
    every = find_states(connection, indicator, as_of)
    states, private = every.filter(~pl.col("is_private")), every.filter("is_private")
    stored = _with_ids(states.filter(pl.col("state") != "not_flagged"), indicator)
    is_flagged = pl.col("state") == "flagged"
    flagged = stored.filter(is_flagged).select("flag_id", "subject_id", "subtype")
    evidence, first_seen = find_evidence(connection, indicator, flagged, as_of)
    flags = (
        with_sentences(stored, indicator)
        .join(first_seen, on="flag_id", how="left")
        .with_columns(
            pl.when(is_flagged).then(pl.col("first_seen_on").fill_null(as_of)).alias("first_seen_on"),
            indicator=pl.lit(indicator.code),
            family=pl.lit(indicator.family),
            weak=pl.col("lane") == "look",
            subject_type=pl.lit(indicator.subject_type),
            parameters=pl.lit(_parameters_json(indicator)),
            case_id=pl.lit(None, dtype=pl.String),
            as_of=pl.lit(as_of),
        )
    )
    return Raised(flags, evidence, _counted(states, indicator, private), _by_area(private, indicator))


def flag_id(code: str, subject_id: str, subtype: str | None) -> str:
    """20 hexadecimal digits over indicator, subject and sub-type; stable from night to night."""
    text = f"{code}|{subject_id}|{subtype or ''}"
    return hashlib.blake2b(text.encode(), digest_size=FLAG_ID_BYTES).hexdigest()


def _with_ids(states: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    pairs = states.select("subject_id", "subtype").iter_rows()
    ids = [flag_id(indicator.code, subject_id, subtype) for subject_id, subtype in pairs]
    return states.with_columns(pl.Series("flag_id", ids, dtype=pl.String))


def _subjects(states: pl.DataFrame) -> pl.DataFrame:
    """One row for each subject: one with several sub-types counts once, as its strongest state."""
    strength = pl.col("state").replace_strict(STRENGTH, return_dtype=pl.Int8)
    return states.sort(strength).unique("subject_id", keep="first")


def _by_area(private: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Rows of DWELLING: how many dwellings of each district have each state."""
    counts = ((pl.col("state") == state).sum().cast(pl.Int64).alias(f"{state}_n") for state in STATES)
    return (
        _subjects(private)
        .group_by(pl.col("area_name").fill_null(NO_DISTRICT_KNOWN))
        .agg(pl.col("area_code").max(), *counts)
        .with_columns(indicator=pl.lit(indicator.code))
    )


def _counted(states: pl.DataFrame, indicator: Indicator, private: pl.DataFrame) -> pl.DataFrame:
    """One row of INDICATOR_VIEW. It counts subjects, dwellings apart."""
    subjects = _subjects(states)
    counts = {state: subjects.filter(pl.col("state") == state).height for state in STATES}
    assessed_n = counts["flagged"] + counts["not_flagged"]
    dutch = indicator.dutch
    row = {
        "code": indicator.code,
        "title": indicator.title,
        "title_nl": dutch and dutch.title,
        "family": indicator.family,
        "lane": indicator.lane,
        "weak": indicator.weak,
        "data_quality": indicator.data_quality,
        "subject_type": indicator.subject_type,
        "n_flagged": counts["flagged"],
        "n_not_flagged": counts["not_flagged"],
        "n_not_assessable": counts["not_assessable"],
        "n_dwellings_flagged": _subjects(private).filter(pl.col("state") == "flagged").height,
        "base_rate": counts["flagged"] / assessed_n if assessed_n else None,
        "parameters": _parameters_json(indicator),
        "source": indicator.source,
        "law": indicator.law or None,
        "law_nl": dutch and (dutch.law or None),
        "ask_next": list(indicator.ask_next),
        "ask_next_nl": dutch and list(dutch.ask_next),
        "page": indicator.page,
        "page_nl": dutch and dutch.page,
        "rule_sha256": _rule_sha256(indicator),
    }
    return pl.DataFrame([row], schema=INDICATOR_VIEW.schema)


def _parameters_json(indicator: Indicator) -> str:
    return json.dumps(indicator.parameter_values(), sort_keys=True)


def _rule_sha256(indicator: Indicator) -> str:
    """The version of a rule: SHA-256 (hex) of the declaration, and of the marts and macros that it reads. A
    translation changes no rule.
    """
    rule = json.dumps(
        [indicator.model_dump(mode="json", exclude={"dutch"}), _marts_and_macros()], sort_keys=True
    )
    return hashlib.sha256(rule.encode()).hexdigest()


@cache
def _marts_and_macros() -> list[object]:
    return [
        [mart_sql(name) for name in MART_ORDER],
        [mark_sql(), *(fact_sql(view.name) for view in FACT_VIEWS)],
        dict(MART_PARAMETERS),
        dict(MACROS),
    ]
