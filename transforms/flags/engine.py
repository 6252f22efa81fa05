"""Run an indicator: find its states, write its sentences, and count its subjects.

The connection holds the marts, the fact views, the graph tables and the statement tables. Results for a whole
country stay in its tables; at most BATCH_ROWS flags are in memory at a time.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.errors import DeclarationError
from transforms.flags.sentences import with_sentences
from transforms.flags.states import judge, named_sql
from transforms.marts import MART_PARAMETERS, sql_behind
from transforms.model.indicator import Indicator
from transforms.model.sql import Connection, frame, read_sql
from transforms.model.subjects import SUBJECT_KINDS
from transforms.model.views import DWELLING, FLAG, INDICATOR_VIEW, NO_DISTRICT_KNOWN

SQL_COMMENT = re.compile(r"^ *--.*\n", re.MULTILINE)
FLAG_ID_BYTES = 10
BATCH_ROWS = 100_000


@dataclass(frozen=True)
class Counted:
    """Frames in the schemas of INDICATOR_VIEW (one row) and DWELLING."""

    indicator: pl.DataFrame
    dwellings: pl.DataFrame


def prepare(connection: Connection, indicator: Indicator) -> None:
    """Create the table of an indicator's subjects, unless an earlier indicator of the same kind did."""
    kind = indicator.subject_type
    connection.execute(f"create table if not exists subject_{kind} as {SUBJECT_KINDS[kind].query}")


def raise_flags(
    connection: Connection, indicator: Indicator, as_of: date
) -> tuple[Counted, Iterator[pl.DataFrame]]:
    """Counts of an indicator, and its flags in the schema of FLAG, with `first_seen_on` and `case_id` null.

    Read all flags before using the connection again. Raises DeclarationError if the indicator's query breaks
    the contract of indicators.
    """
    subjects = f"subject_{indicator.subject_type}"
    judged = judge(connection, indicator, subjects, as_of)
    states = _strongest(connection, judged, indicator.code)
    [counts] = frame(connection, read_sql(__package__, "counts", states=states)).to_dicts()
    dwellings = DWELLING.empty()
    if counts["has_private"]:
        by_area = frame(
            connection,
            read_sql(__package__, "dwellings", states=states, subjects=subjects),
            {"no_district": NO_DISTRICT_KNOWN},
        )
        dwellings = DWELLING.conformed(by_area.with_columns(indicator=pl.lit(indicator.code)))
    flags = _flags(connection, judged, subjects, indicator, as_of)
    return Counted(_counted(counts, indicator), dwellings), flags


def _strongest(connection: Connection, judged: str, code: str) -> str:
    """A table or subquery with one state for each subject: `judged`, or the strongest state of each subject
    if sub-types give some subjects several. Raises DeclarationError if a subject has a sub-type twice.
    """
    [[is_unique]] = frame(connection, f"select count(*) = count(distinct subject_id) from {judged}").rows()
    if is_unique:
        return judged
    repeated = f"select subject_id from {judged} group by subject_id, subtype having count(*) > 1 limit 1"
    if not frame(connection, repeated).is_empty():
        raise DeclarationError(
            f"{code}: its states query gives a subject twice; give one row for a subject and sub-type"
        )
    # In alphabetical order the strongest state comes first: flagged, not_assessable, not_flagged.
    return f"(select subject_id, is_private, min(state) as state from {judged} group by all)"


def _flags(
    connection: Connection, judged: str, subjects: str, indicator: Indicator, as_of: date
) -> Iterator[pl.DataFrame]:
    stored = f"(select * exclude (is_private) from {judged} where state <> 'not_flagged' and not is_private)"
    for batch in connection.sql(named_sql(stored, subjects)).to_arrow_reader(BATCH_ROWS):
        rows = with_sentences(_with_ids(pl.DataFrame(batch), indicator), indicator)
        yield FLAG.conformed(
            rows.with_columns(
                first_seen_on=pl.lit(None, dtype=pl.Date),
                indicator=pl.lit(indicator.code),
                family=pl.lit(indicator.family),
                weak=pl.col("lane") == "look",
                subject_type=pl.lit(indicator.subject_type),
                parameters=pl.lit(_parameters_json(indicator)),
                case_id=pl.lit(None, dtype=pl.String),
                as_of=pl.lit(as_of),
            )
        )
    connection.execute(f"drop table {judged}")


def flag_id(code: str, subject_id: str, subtype: str | None) -> str:
    """20 hexadecimal digits (BLAKE2b) of indicator, subject and sub-type; the same in every run."""
    text = f"{code}|{subject_id}|{subtype or ''}"
    return hashlib.blake2b(text.encode(), digest_size=FLAG_ID_BYTES).hexdigest()


def _with_ids(states: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    pairs = states.select("subject_id", "subtype").iter_rows()
    ids = [flag_id(indicator.code, subject_id, subtype) for subject_id, subtype in pairs]
    return states.with_columns(pl.Series("flag_id", ids, dtype=pl.String))


def _counted(counts: Mapping[str, int], indicator: Indicator) -> pl.DataFrame:
    """One row of INDICATOR_VIEW. Dwellings are counted in a column of their own."""
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
        "n_dwellings_flagged": counts["dwellings_flagged"],
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
    """The version of a rule: SHA-256 (hex) of its declaration and of the marts and macros that it rests on.
    Translations and SQL comments are left out, because they do not change the rule.
    """
    subjects = SUBJECT_KINDS[indicator.subject_type].query
    behind = sql_behind(indicator.states, indicator.evidence, subjects)
    queries = {"states": indicator.states, "evidence": indicator.evidence, **behind}
    plain = {name: SQL_COMMENT.sub("", sql) for name, sql in queries.items()}
    named = {name: value for name, value in MART_PARAMETERS.items() if f"${name}" in str(behind)}
    declared = indicator.model_dump(mode="json", exclude={"dutch", "steps", "states", "evidence"})
    rule = json.dumps([declared, plain, named], sort_keys=True)
    return hashlib.sha256(rule.encode()).hexdigest()
