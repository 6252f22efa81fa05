"""Flags: run every indicator's two queries, count its three states, word its sentences, prove each flag.

The connection given holds the marts, the graph tables, the statement tables and `edition_in_use`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache

import polars as pl

from flows.home.warehouse import Connection, safe_errors
from flows.ingest.editions import Editions
from transforms.errors import DeclarationError
from transforms.flags.holdings import OWNERS
from transforms.marts import MART_ORDER, MART_PARAMETERS, mart_sql
from transforms.model.indicator import STATE_COLUMNS, STATES, STRENGTH, Indicator, State
from transforms.model.register import RECORD_ID_BYTES
from transforms.model.sql import MACROS, frame
from transforms.model.statements import STATEMENT_TABLES, Table
from transforms.model.views import EVIDENCE, FLAG, INDICATOR_VIEW

FLAG_ID_BYTES = 10
SAID = {"flag_id": pl.String(), "said": pl.String()}
CLAIMED = pl.DataFrame(
    schema=dict.fromkeys(("flag_id", "role", "statement_id", "field"), pl.String())
)  # of no flag
PART_SQL = f"substr(statement_id, {2 * RECORD_ID_BYTES + 1})"  # which statement of its record: the same in every edition
REJECTED_SQL = """
select distinct m.token
from reject_mention m join edition_in_use e using (register, dataset, edition)
where e.status = 'in_force' and m.register = $register
"""
# The mark is of DEC-010 and others, and every mark is carried up the closure for all.
REJECTED_ABOVE_SQL = "select subject_id from graph_reach where mark = 'psc_record_rejected'"
NOT_ASSESSABLE_SENTENCE = "{subject_name}: not assessable, because {reason_words}."
# Where the name shown for a subject comes from.
SUBJECT_NAMES: Mapping[str, str] = {
    "legal_entity": "select e.entity_id as subject_id, e.name as subject_name, c.area_name, c.area_code from entity e left join company c on c.company_id = e.entity_id",
    "title": "select title_id as subject_id, address_text as subject_name, area_name, area_code from title",
    "address": "select address_id as subject_id, address_text as subject_name, area_name, area_code from address",
    "property": "select property_id as subject_id, address_text as subject_name, area_name, area_code from property",
    "transaction": 'select transaction_id as subject_id, address_text as subject_name, area_name, area_code from "transaction"',
    # A group is named by its controller where that is a legal entity; a natural person is no subject, so the group's size stands for the name.
    "control_group": """
        select g.control_group_id as subject_id,
            coalesce(min(e.name), concat_ws('', 'a group of ', cast(count(*) as varchar), ' entities under one natural person')) as subject_name,
            null as area_name, null as area_code
        from graph_control_group g left join entity e on e.entity_id = g.controller_id
        group by g.control_group_id
    """,
}


@dataclass(frozen=True)
class Raised:
    """Result of all indicators: frames in the schemas of FLAG, EVIDENCE and INDICATOR_VIEW, and every state for evaluation."""

    flags: pl.DataFrame
    evidence: pl.DataFrame
    indicators: pl.DataFrame


def raise_flags(
    connection: Connection, indicators: Iterable[Indicator], editions: Editions, as_of: date
) -> Raised:
    """Frames of all indicators, each in its table's total order. Raises DeclarationError where a query breaks its contract."""
    results = [_one(connection, indicator, editions, as_of) for indicator in indicators]
    return Raised(
        flags=_together([result.flags for result in results], FLAG),
        evidence=_together([result.evidence for result in results], EVIDENCE),
        indicators=_together([result.indicators for result in results], INDICATOR_VIEW),
    )


def _together(frames: list[pl.DataFrame], table: Table) -> pl.DataFrame:
    return pl.concat([table.empty(), *map(table.conformed, frames)]).sort(table.key)


def _one(connection: Connection, indicator: Indicator, editions: Editions, as_of: date) -> Raised:
    states = _states(connection, indicator, as_of)
    assessed = _without_unfounded_negatives(connection, states, indicator, editions)
    stored = _worded(
        _identified(assessed.filter(pl.col("state") != "not_flagged"), indicator), indicator, as_of
    )
    flagged = stored.filter(pl.col("state") == "flagged").select("flag_id", "subject_id", "subtype")
    evidence, seen = _evidence(connection, indicator, as_of, _stale_editions(editions), flagged)
    dated = stored.join(seen, on="flag_id", how="left")
    flags = dated.with_columns(
        pl.when(pl.col("state") == "flagged")
        .then(pl.col("first_seen_on").fill_null(as_of))
        .alias("first_seen_on")
    )
    return Raised(flags, evidence, _counted(assessed, indicator))


# --- states ---------------------------------------------------------------------------------------------------------


def _states(connection: Connection, indicator: Indicator, as_of: date) -> pl.DataFrame:
    """Rows of the states query with the subject's name and area, checked against the contract of indicators."""
    query = f"select s.*, n.subject_name, n.area_name, n.area_code from ({indicator.states}) s left join ({SUBJECT_NAMES[indicator.subject_type]}) n using (subject_id)"
    with safe_errors(f"{indicator.code} states"):
        found = _queried(connection, query, indicator, as_of)
    if missing := [name for name in STATE_COLUMNS if name not in found.columns]:
        raise DeclarationError(f"{indicator.code}: its states query has no column {missing[0]}")
    if unknown := sorted(set(found["state"].unique().to_list()) - set(STATES)):
        raise DeclarationError(f"{indicator.code}: {unknown[0]} is not one of the three states")
    if found.select(pl.struct("subject_id", "subtype").is_duplicated().any()).item():
        raise DeclarationError(
            f"{indicator.code}: its states query gives a subject twice; one row a subject and sub-type"
        )
    return found.sort("subject_id", "subtype")


def _queried(connection: Connection, query: str, indicator: Indicator, as_of: date) -> pl.DataFrame:
    values: dict[str, object] = {**indicator.parameter_values(), "as_of": as_of}
    used = {name: value for name, value in values.items() if f"${name}" in query}
    return frame(connection, query, used)


def _without_unfounded_negatives(
    connection: Connection, states: pl.DataFrame, indicator: Indicator, editions: Editions
) -> pl.DataFrame:
    """not_flagged rests on absence: from a register that is missing, an extract, or rejected the subject's record, it is not assessable."""
    negative = (pl.col("state") == "not_flagged") | (
        (pl.col("state") == "flagged") & pl.col("subtype").is_in(indicator.rests_on_absence).fill_null(False)
    )
    unfounded = pl.lit(None, dtype=pl.String)
    for register in indicator.negatives_need:
        mentioned = frame(connection, REJECTED_SQL, {"register": register})["token"]
        number = pl.col("subject_id").str.replace(r"^[A-Z]+-[A-Z_]+-", "")
        is_mentioned = number.is_in(mentioned.implode())
        if indicator.negatives_reach and register == OWNERS:
            is_mentioned |= pl.col("subject_id").is_in(
                frame(connection, REJECTED_ABOVE_SQL)["subject_id"].implode()
            )
        rejected = pl.when(is_mentioned).then(pl.lit(f"rejected:{register}"))
        unfounded = pl.coalesce(unfounded, pl.lit(_gap(register, editions), dtype=pl.String), rejected)
    judged = states.with_columns(pl.when(negative).then(unfounded).alias("unfounded"))
    return judged.with_columns(
        pl.coalesce("unfounded", "reason").alias("reason"),
        pl.when(pl.col("unfounded").is_not_null())
        .then(pl.lit("not_assessable"))
        .otherwise("state")
        .alias("state"),
        pl.when(pl.col("unfounded").is_null()).then("subtype").alias("subtype"),
    ).drop("unfounded")


def _gap(register: str, editions: Editions) -> str | None:
    in_force = [facts for facts in editions.with_status("in_force") if facts.register == register]
    if not in_force:
        return f"missing:{register}"
    return None if all(facts.completeness == "complete" for facts in in_force) else f"extract:{register}"


# --- flags ----------------------------------------------------------------------------------------------------------


def flag_id(code: str, subject_id: str, discriminator: str) -> str:
    """20 hex digits over indicator, subject and discriminator (the sub-type); stable from night to night."""
    return hashlib.blake2b(
        f"{code}|{subject_id}|{discriminator}".encode(), digest_size=FLAG_ID_BYTES
    ).hexdigest()


def _identified(states: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    ids = [
        flag_id(indicator.code, subject, subtype or "")
        for subject, subtype in states.select("subject_id", "subtype").iter_rows()
    ]
    return states.with_columns(pl.Series("flag_id", ids, dtype=pl.String))


def reason_words(indicator: Indicator, reason: str | None) -> str:
    """Plain words for a reason code; `extract:`, `missing:` and `rejected:` are everyone's."""
    kind, _, register = (reason or "").partition(":")
    match kind:
        case "extract":
            return f"the edition of {register} is an extract, and absence from it proves nothing"
        case "rejected":
            return f"a record of {register} that may speak of it was rejected"
        case "missing":
            return f"no edition of {register} is held"
        case _:
            return indicator.reasons.get(kind, "the facts are not known")


def sentence(indicator: Indicator, row: Mapping[str, object]) -> str:
    """The sentence of one state row; the row is what the states query gave, with the subject's name."""
    state: State = "flagged" if row["state"] == "flagged" else "not_assessable"
    template = indicator.sentence if state == "flagged" else NOT_ASSESSABLE_SENTENCE
    reason = row["reason"] if isinstance(row["reason"], str) else None
    named = {
        **row,
        "subject_name": row["subject_name"] or row["subject_id"],
        "reason_words": reason_words(indicator, reason),
    }
    try:
        return template.format_map(named)
    except KeyError as missing:
        raise DeclarationError(
            f"{indicator.code}: its sentence says {missing}, a column that its states query does not give"
        ) from None


def _worded(states: pl.DataFrame, indicator: Indicator, as_of: date) -> pl.DataFrame:
    is_flagged = pl.col("state") == "flagged"
    flagged = states.filter(is_flagged)
    said = pl.DataFrame(
        {
            "flag_id": flagged["flag_id"],
            "said": [sentence(indicator, row) for row in flagged.iter_rows(named=True)],
        },
        schema=SAID,
    )
    worded = states.join(said, on="flag_id", how="left", maintain_order="left")
    return worded.with_columns(
        pl.when(is_flagged).then("said").otherwise(_not_assessable(states, indicator)).alias("explanation"),
        pl.lit(indicator.code).alias("indicator"),
        pl.lit(indicator.family).alias("family"),
        pl.lit(indicator.weak).alias("weak"),
        pl.lit(indicator.subject_type).alias("subject_type"),
        pl.lit(_parameters_json(indicator)).alias("parameters"),
        pl.lit(None, dtype=pl.String).alias("case_id"),
        pl.lit(as_of).alias("as_of"),
    )


def _not_assessable(states: pl.DataFrame, indicator: Indicator) -> pl.Expr:
    """The sentence of rows that are not assessable, of which there may be as many as companies: no row is worded by itself."""
    words = {reason: reason_words(indicator, reason) for reason in states["reason"].unique().to_list()}
    name = pl.when(pl.col("subject_name") != "").then("subject_name").otherwise("subject_id")
    before, between, after = re.split("{subject_name}|{reason_words}", NOT_ASSESSABLE_SENTENCE)
    reason = pl.col("reason").replace_strict(words, return_dtype=pl.String)
    return pl.concat_str(pl.lit(before), name, pl.lit(between), reason, pl.lit(after))


def _parameters_json(indicator: Indicator) -> str:
    return json.dumps(indicator.parameter_values(), sort_keys=True)


def rule_sha256(indicator: Indicator) -> str:
    """The version of a rule: SHA-256 over its declaration (queries, parameters, words) and the marts and macros it is evaluated on; hex."""
    return hashlib.sha256(
        json.dumps([asdict(indicator), _evaluated_on()], sort_keys=True).encode()
    ).hexdigest()


@cache
def _evaluated_on() -> list[object]:
    return [[mart_sql(name) for name in MART_ORDER], dict(MART_PARAMETERS), dict(MACROS)]


def _counted(states: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """One row of INDICATOR_VIEW. Subjects are counted and not rows: one with several sub-types counts once, as flagged where any of them is."""
    strongest = states.sort(pl.col("state").replace_strict(STRENGTH, return_dtype=pl.Int8)).unique(
        "subject_id", keep="first", maintain_order=True
    )
    counts = {state: strongest.filter(pl.col("state") == state).height for state in STATES}
    assessed = counts["flagged"] + counts["not_flagged"]
    row = {
        "code": indicator.code,
        "title": indicator.title,
        "family": indicator.family,
        "weak": indicator.weak,
        "data_quality": indicator.data_quality,
        "subject_type": indicator.subject_type,
        "n_flagged": counts["flagged"],
        "n_not_flagged": counts["not_flagged"],
        "n_not_assessable": counts["not_assessable"],
        "base_rate": counts["flagged"] / assessed if assessed else None,
        "parameters": _parameters_json(indicator),
        "source": indicator.source,
        "page": indicator.page,
        "rule_sha256": rule_sha256(indicator),
    }
    return pl.DataFrame([row], schema=INDICATOR_VIEW.schema)


# --- evidence -------------------------------------------------------------------------------------------------------

# Roles of a chain end with the number of their step, and step 10 comes after step 9.
STEPS_IN_ORDER = (
    pl.col("role").str.replace_all(r"[0-9]+", ""),
    pl.col("role").str.extract("([0-9]+)", 1).cast(pl.Int64),
)
SUBJECT = "relationship_statement.subject_id"
# A subject without an official number is named by its own statement: then that is the fact.
NAMED_SUBJECT = "coalesce(named.subject_statement_id, e.statement_id) as statement_id, case when named.statement_id is null then e.field else 'entity_statement.name' end as field"
NAMED_SUBJECTS_SQL = f"""
left join (
    select statement_id, subject_statement_id from relationship_statement where subject_id is null and subject_statement_id is not null
) named on e.field = '{SUBJECT}' and named.statement_id = e.statement_id
"""


def _stale_editions(editions: Editions) -> pl.DataFrame:
    """register, edition, file_sha256, stale_since of the stale ones."""
    rows = {
        (e.facts.register, e.facts.label, e.facts.file_sha256): e.stale_since
        for e in editions.all
        if e.stale_since is not None
    }
    schema = {"register": pl.String, "edition": pl.String, "file_sha256": pl.String, "stale_since": pl.Date}
    return pl.DataFrame([(*key, since) for key, since in rows.items()], schema=schema, orient="row")


def _evidence(
    connection: Connection, indicator: Indicator, as_of: date, stale: pl.DataFrame, flagged: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Evidence rows of the flags in `flagged` (flag_id, subject_id, subtype), and for each flag the date its facts were first all there."""
    claimed, proved = CLAIMED, list[pl.DataFrame]()
    if not flagged.is_empty():
        with safe_errors(f"{indicator.code} evidence"):
            claimed = _claimed(connection, indicator, as_of, flagged)
            connection.register("claimed_now", claimed.to_arrow())
            proved = [
                _proved(connection, table, columns)
                for table, columns in _by_table(indicator, claimed["field"].unique().to_list()).items()
            ]
            connection.unregister("claimed_now")
    rows = (
        pl.concat(proved)
        if proved
        else EVIDENCE.empty().drop("stale_since").with_columns(first_seen_on=pl.lit(None, dtype=pl.Date))
    )
    if rows.height != claimed.height:
        raise DeclarationError(
            f"{indicator.code}: {claimed.height - rows.height} facts of its evidence query name a statement that is not in the table of their field"
        )
    ordered = rows.sort("flag_id", *STEPS_IN_ORDER, "statement_id", "field").with_columns(
        pl.int_range(1, pl.len() + 1).over("flag_id").alias("position")
    )
    dated = ordered.join(stale, on=["register", "edition", "file_sha256"], how="left")
    return dated.select(EVIDENCE.names), ordered.group_by("flag_id").agg(pl.col("first_seen_on").max())


def _claimed(
    connection: Connection, indicator: Indicator, as_of: date, flagged: pl.DataFrame
) -> pl.DataFrame:
    """flag_id, role, statement_id, field: what the indicator says each flag rests on."""
    connection.register("flagged_now", flagged.to_arrow())
    of_flag = "f.subject_id = e.subject_id" + (
        " and f.subtype is not distinct from e.subtype" if indicator.evidence_by_subtype else ""
    )
    columns, named = (
        ("e.statement_id, e.field", "")
        if SUBJECT not in indicator.evidence
        else (NAMED_SUBJECT, NAMED_SUBJECTS_SQL)
    )
    query = f"select f.flag_id, e.role, {columns} from ({indicator.evidence}) e join flagged_now f on {of_flag} {named}"
    claimed = _queried(connection, query, indicator, as_of).unique()
    connection.unregister("flagged_now")
    return claimed


def _by_table(indicator: Indicator, fields: Iterable[str]) -> Mapping[str, list[str]]:
    """Statement table → the columns of it that are named. Raises DeclarationError where there is no such column."""
    columns: dict[str, list[str]] = {}
    for field in sorted(fields):
        table, _, column = field.partition(".")
        if table not in STATEMENT_TABLES or column not in STATEMENT_TABLES[table]:
            raise DeclarationError(
                f"{indicator.code}: evidence field {field} is no column of a statement table"
            )
        columns.setdefault(table, []).append(column)
    return columns


def _proved(connection: Connection, table: str, columns: Sequence[str]) -> pl.DataFrame:
    """The claimed facts of one table, with their source record and the first edition in which that record says the same."""
    said = (
        "case field "
        + " ".join(f"when '{table}.{column}' then cast(s.{column} as varchar)" for column in columns)
        + " end"
    )
    query = f"""
        with fact as materialized (
            select c.flag_id, c.role, s.register, s.edition, s.file_sha256, s.record, c.field, {said} as value, c.statement_id
            from claimed_now c join {table} s using (statement_id)
            where starts_with(c.field, '{table}.')
        ),
        asked as (
            select distinct register, record, {PART_SQL} as part, field, value from fact
        ),
        first_seen as (
            select a.*, min(e.edition_date) as first_seen_on
            from asked a
            join {table} s on s.register = a.register and s.record = a.record and {PART_SQL} = a.part
            join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
            where {said} is not distinct from a.value
            group by all
        )
        select fact.*, f.first_seen_on
        from fact
        left join first_seen f
            on f.register = fact.register and f.record = fact.record and f.part = {PART_SQL} and f.field = fact.field and f.value is not distinct from fact.value
    """
    return frame(connection, query)
