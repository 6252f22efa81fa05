"""Suites of expectations for the three gates, generated from the declarations that parse and store.

There is no second list of columns: what a column's declaration says (type, null meaning, vocabulary, key, share) is
what the gate holds it to. Only how tables refer to each other is stated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from quality import reconciliation
from quality.gate import Expectation, Kind, Severity
from transforms.model.register import Register
from transforms.model.statements import DUCKDB_TYPES, Column, Table
from transforms.model.views import (
    ABOUT,
    BENEFICIAL_OWNER,
    CASCADE,
    CASE,
    CASE_LINK,
    CASE_MEMBER,
    CONTRADICTION,
    CONTROL,
    CONTROL_GROUP,
    CYCLE,
    EVIDENCE,
    FLAG,
    GRAPH_TABLES,
    INDICATOR_VIEW,
    INTEGRATED,
    INTEREST,
    NETWORK,
    REACH,
    RELATIONSHIP,
    RELEASE_TABLES,
    SCC,
)

Target = tuple[str, str]  # table, column
SHARE_BOUNDS = (0, 100)  # per cent
SHARES_IN_ORDER = ("share_min", "share_max_declared", "share_max")

ENTITIES: tuple[Target, ...] = (("entity", "entity_id"),)
PARTIES: tuple[Target, ...] = (*ENTITIES, ("person", "person_id"))
RELATIONSHIPS: tuple[Target, ...] = (("relationship", "statement_id"),)

# Statement table → column → the statement tables whose statement_id it must be. Those a register does not have are left out.
STATEMENT_REFERENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "relationship_statement": {
        "party_statement_id": ("entity_statement", "person_statement"),
        "subject_statement_id": ("entity_statement",),
    },
    "interest_statement": {"relationship_statement_id": ("relationship_statement",)},
    "address_statement": {
        "of_statement_id": (
            "entity_statement",
            "person_statement",
            "relationship_statement",
            "title_statement",
            "proprietorship_statement",
            "transaction_statement",
        ),
    },
    "listing_statement": {"party_statement_id": ("entity_statement", "person_statement")},
    "name_statement": {"of_statement_id": ("entity_statement", "person_statement")},
    "identifier_statement": {"of_statement_id": ("entity_statement",)},
    "proprietorship_statement": {
        "title_statement_id": ("title_statement",),
        "party_statement_id": ("entity_statement",),
    },
}
GRAPH_REFERENCES: tuple[tuple[Table, str, tuple[Target, ...]], ...] = (
    (RELATIONSHIP, "subject_id", ENTITIES),
    (RELATIONSHIP, "party_id", PARTIES),
    (INTEREST, "subject_id", ENTITIES),
    (INTEREST, "party_id", PARTIES),
    (INTEREST, "statement_id", RELATIONSHIPS),
    (INTEGRATED, "party_id", PARTIES),
    (INTEGRATED, "subject_id", ENTITIES),
    (SCC, "subject_id", ENTITIES),
    (
        SCC,
        "scc_id",
        (("graph_cycle", "subject_id"),),
    ),  # a cycle of more than 500 steps is listed for the set's scc_id only
    (CYCLE, "subject_id", (("graph_scc", "subject_id"),)),
    (CYCLE, "party_id", ENTITIES),
    (CYCLE, "held_id", ENTITIES),
    (CYCLE, "statement_id", RELATIONSHIPS),
    (CONTROL, "party_id", PARTIES),
    (CONTROL, "subject_id", ENTITIES),
    (CONTROL_GROUP, "subject_id", ENTITIES),
    (CONTROL_GROUP, "controller_id", PARTIES),
    (BENEFICIAL_OWNER, "subject_id", ENTITIES),
    (BENEFICIAL_OWNER, "party_id", (("person", "person_id"),)),
    (NETWORK, "subject_id", ENTITIES),
    (NETWORK, "foreign_id", ENTITIES),
    (CONTRADICTION, "subject_id", PARTIES),
    (REACH, "subject_id", ENTITIES),
    (CASCADE, "subject_id", ENTITIES),
    (REACH, "nearest_id", PARTIES),
)
# Where a flag's subject must be found. A type that is not here has no mart yet, so no flag may have it.
SUBJECTS: Mapping[str, tuple[Target, ...]] = {
    "legal_entity": (("company", "company_id"), *ENTITIES),
    "title": (("title", "title_id"),),
    "address": (("address", "address_id"),),
    "property": (("property", "property_id"),),
    "transaction": (("transaction", "transaction_id"),),
    "control_group": (("graph_control_group", "control_group_id"),),
}


def lake_suite(register: Register, *, has_last_edition: bool = False) -> tuple[Expectation, ...]:
    """For one edition of `register`: its statement tables and `edition` (see `quality.reconciliation`).

    `has_last_edition`: an edition is held whose place this one takes, and `last_edition_tables` are there to compare with.
    """
    tables = register.tables
    references = (reference for table in tables for reference in _statement_references(table, tables))
    return (
        _has_rows(tables[0]),
        *(expectation for table in tables for expectation in declared(table)),
        *(_of_register(table, register) for table in tables),
        *references,
        *(
            expectation
            for table in tables
            if table.name == "relationship_statement"
            for expectation in _relationship_rules(table)
        ),
        *reconciliation.row_accounting(tables),
        *(
            reconciliation.against_last_edition(tables, may_grow=register.kind == "series")
            if has_last_edition
            else ()
        ),
    )


def graph_suite() -> tuple[Expectation, ...]:
    """For the graph tables, and the marts entity, person, relationship and interest that they are computed from."""
    return (
        *(expectation for table in GRAPH_TABLES.values() for expectation in declared(table)),
        *_shares(INTEREST),
        *(_reference(table, column, targets) for table, column, targets in GRAPH_REFERENCES),
        _cycle_steps_chain(),
        *_owner_rules(),
    )


def release_suite() -> tuple[Expectation, ...]:
    """For every table of a release but those about the release itself."""
    return (
        *(
            expectation
            for name, table in RELEASE_TABLES.items()
            if name not in ABOUT
            for expectation in declared(table)
        ),
        *_flag_rules(),
        _reference(EVIDENCE, "flag_id", ((FLAG.name, "flag_id"),)),
        *_case_rules(),
        *_indicator_rules(),
        reconciliation.rows_add_up(),
    )


def declared(table: Table) -> Iterator[Expectation]:
    """What the declaration of `table` says by itself."""
    yield from (
        _column(table, column, "column_exists", f"{table.name}.{column.name} exists") for column in table
    )
    yield _types(table)
    yield from (_not_null(table, column) for column in table if not column.nullable)
    yield from (_in_set(table, column, column.values) for column in table if column.values)
    yield _unique(table)
    yield from _shares(table)


# --- one expectation ------------------------------------------------------------------------------------------------


def locator(table: Table) -> str:
    """Columns that say which row it is: the source record, else the key. Never a name, and no value of free text.

    Of a key, its open columns where it has any, else those not personal, else statement_id: `v_gate` is open. A column
    with a vocabulary is left out, as a value outside it may be anything.
    """
    if "record_no" in table and "record" in table:
        return "record_no, record"
    key = [column for name in table.key if not (column := table[name]).values]
    chosen = [column for column in key if column.privacy == "open"] or [
        column for column in key if column.privacy != "personal"
    ]
    return ", ".join(column.name for column in chosen) or "statement_id"


def _rows(
    table: Table,
    name: str,
    failing: str,
    *,
    column: str | None = None,
    kind: Kind = "rows",
    parameters: tuple[str | int, ...] = (),
) -> Expectation:
    """A blocking expectation whose failing rows are those of `table` where `failing` is true."""
    of_one_row = "" if "select " in failing else failing
    return Expectation(
        name,
        table.name,
        column,
        kind,
        parameters,
        "blocking",
        f"select {locator(table)} from {{batch}} where {failing}",
        of_one_row,
    )


def _column(
    table: Table, column: Column, kind: Kind, name: str, severity: Severity = "blocking"
) -> Expectation:
    return Expectation(name, table.name, column.name, kind, (), severity)


def _has_rows(table: Table) -> Expectation:
    return Expectation(f"{table.name} has rows", table.name, None, "has_rows", (), "blocking")


def _types(table: Table) -> Expectation:
    """Failing rows are columns, with the DuckDB type met. A column that is not there is not among them."""
    allowed = ", ".join(f"('{column.name}', '{DUCKDB_TYPES[column.dtype]}')" for column in table)
    met = "(select column_name, column_type from (describe select * from {batch}))"
    names = ", ".join(f"'{column.name}'" for column in table)
    query = f"select column_name, column_type from {met} where column_name in ({names}) and (column_name, column_type) not in (values {allowed})"
    return Expectation(
        f"{table.name} has its declared types", table.name, None, "types", (), "blocking", query
    )


def _not_null(table: Table, column: Column) -> Expectation:
    return _rows(
        table,
        f"{table.name}.{column.name} not null",
        f"{column.name} is null",
        column=column.name,
        kind="not_null",
    )


def _in_set(table: Table, column: Column, values: Sequence[str]) -> Expectation:
    listed = ", ".join(_literal(value) for value in values)
    return _rows(
        table,
        f"{table.name}.{column.name} in vocabulary",
        f"{column.name} not in ({listed})",
        column=column.name,
        kind="in_set",
        parameters=tuple(values),
    )


def _of_register(table: Table, register: Register) -> Expectation:
    name = f"{table.name}.register is {register.name}"
    return _rows(
        table,
        name,
        f"register <> {_literal(register.name)}",
        column="register",
        kind="in_set",
        parameters=(register.name,),
    )


def _unique(table: Table) -> Expectation:
    """Failing rows are all those that share a key. Two nulls in a key are equal, as they are within a struct."""
    columns = ", ".join(table.key)
    key = columns if len(table.key) == 1 else f"row({columns})"
    name = f"unique {table.name}.{columns}" if len(table.key) == 1 else f"unique {table.name}.({columns})"
    return _rows(
        table,
        name,
        f"{key} in (select {key} from {{batch}} group by {columns} having count(*) > 1)",
        kind="unique",
        parameters=table.key,
    )


def _shares(table: Table) -> Iterator[Expectation]:
    """Every share is within SHARE_BOUNDS, and a lower bound is not above an upper one."""
    least, greatest = SHARE_BOUNDS
    for column in table:
        if column.dtype == "share":
            outside = f"{column.name} not between {least} and {greatest}"
            yield _rows(
                table,
                f"{table.name}.{column.name} from {least} to {greatest}",
                outside,
                column=column.name,
                kind="between",
                parameters=SHARE_BOUNDS,
            )
    bounds = [name for name in SHARES_IN_ORDER if name in table]
    for lower, upper in pairwise(bounds):
        yield _rows(
            table,
            f"{table.name}.{lower} not above {upper}",
            f"{lower} > {upper}",
            kind="ordered",
            parameters=(lower, upper),
        )


def _reference(table: Table, column: str, targets: Sequence[Target]) -> Expectation:
    """A value of `column` that is not null is in one of `targets`."""
    held = " union all ".join(
        f"select {target} from {name} where {target} is not null" for name, target in targets
    )
    label = f"{table.name}.{column} is in {' or '.join(f'{name}.{target}' for name, target in targets)}"
    parameters = tuple(f"{name}.{target}" for name, target in targets)
    return _rows(
        table,
        label,
        f"{column} is not null and {column} not in ({held})",
        column=column,
        kind="reference",
        parameters=parameters,
    )


def _literal(text: str) -> str:
    """`text` as an SQL literal, braces doubled as the query is a template."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


# --- rules of the lake ----------------------------------------------------------------------------------------------


def _statement_references(table: Table, tables: Sequence[Table]) -> Iterator[Expectation]:
    there = {candidate.name for candidate in tables}
    for column, targets in STATEMENT_REFERENCES.get(table.name, {}).items():
        held = [(name, "statement_id") for name in targets if name in there]
        yield (
            _reference(table, column, held)
            if held
            else _rows(table, f"{table.name}.{column} is null", f"{column} is not null", column=column)
        )


def _relationship_rules(table: Table) -> Iterator[Expectation]:
    yield _rows(
        table,
        f"{table.name} has one of subject_id and subject_statement_id",
        "(subject_id is null) = (subject_statement_id is null)",
    )
    yield _rows(
        table,
        f"{table.name} names a party unless unspecified",
        "(party_statement_id is null) <> (party_kind = 'unspecified')",
    )


# --- rules of the graph ---------------------------------------------------------------------------------------------


def _cycle_steps_chain() -> Expectation:
    """Steps count from 1; the first holder is the subject; each entity held holds next; the last one held is the subject."""
    steps = (
        "select subject_id, position, party_id, held_id, row_number() over steps as step, lead(party_id) over steps as next_party_id "
        "from {batch} window steps as (partition by subject_id order by position)"
    )
    broken = "position <> step or (step = 1 and party_id <> subject_id) or held_id <> coalesce(next_party_id, subject_id)"
    return Expectation(
        "graph_cycle steps chain",
        CYCLE.name,
        None,
        "rows",
        (),
        "blocking",
        f"select subject_id, position from ({steps}) where {broken}",
    )


def _owner_rules() -> Iterator[Expectation]:
    """A row names a natural person and what proves it, or says why nobody was found; and nobody owns more than is declared to be possible."""
    table = BENEFICIAL_OWNER
    none_found = "verdict = 'NONE_FOUND'"
    yield _rows(
        table,
        f"{table.name} names a person or says why not",
        f"(party_id is null) <> ({none_found}) or (reason is not null) <> ({none_found})",
    )
    yield _rows(
        table,
        f"{table.name} CERTAIN has a witness",
        "verdict = 'CERTAIN' and len(witness) = 0",
        column="witness",
    )
    both = f"select subject_id, regime from {table.name} where {none_found} and subject_id is not null"
    found = "verdict in ('CERTAIN', 'POSSIBLE')"
    yield _rows(
        table, f"{table.name} NONE_FOUND beside nobody found", f"{found} and (subject_id, regime) in ({both})"
    )
    influence = "kind = 'influence' and verdict = 'CERTAIN'"
    yield _rows(CONTROL, f"{CONTROL.name} influence is never certain", influence, column="kind")


# --- rules of a release ---------------------------------------------------------------------------------------------


def _flag_rules() -> Iterator[Expectation]:
    yield _reference(FLAG, "indicator", ((INDICATOR_VIEW.name, "code"),))
    yield _rows(FLAG, "flag.state is flagged or not_assessable", "state = 'not_flagged'")
    yield _rows(
        FLAG,
        "flag has evidence",
        f"state = 'flagged' and flag_id not in (select flag_id from {EVIDENCE.name} where flag_id is not null)",
    )
    yield _rows(
        FLAG,
        "flag.subject_id is never a person",
        "subject_id in (select person_id from person where person_id is not null)",
    )
    yield _rows(
        FLAG,
        "flag.subject_id is in its mart",
        f"not ({' or '.join(_subject_is_held(name) for name in SUBJECTS)})",
        column="subject_id",
    )


def _case_rules() -> Iterator[Expectation]:
    """Cases, members, links and flags speak of each other; none stands on weak or data-quality flags alone; the order is the declared one."""
    yield _reference(FLAG, "case_id", ((CASE.name, "case_id"),))
    yield _reference(CASE_MEMBER, "case_id", ((CASE.name, "case_id"),))
    yield _reference(CASE_LINK, "case_id", ((CASE.name, "case_id"),))
    members = f"select case_id, subject_id from {CASE_MEMBER.name} where case_id is not null and subject_id is not null"
    outside = f"(case_id, from_id) not in ({members}) or (case_id, to_id) not in ({members})"
    yield _rows(CASE_LINK, f"{CASE_LINK.name} joins members", outside)
    yield _rows(
        CASE_MEMBER,
        f"{CASE_MEMBER.name} flagged is never a person",
        "role = 'flagged' and subject_type = 'person'",
        column="role",
    )
    of_member = f"select case_id, subject_id, count(*) from {FLAG.name} where case_id is not null group by case_id, subject_id"
    wrong = f"(role = 'flagged') <> (flags_n > 0) or (flags_n > 0 and (case_id, subject_id, flags_n) not in ({of_member}))"
    yield _rows(CASE_MEMBER, f"{CASE_MEMBER.name}.flags_n counts its flags", wrong, column="flags_n")
    of_case = f"select case_id, count(*) from {FLAG.name} where case_id is not null group by case_id"
    yield _rows(
        CASE,
        f"{CASE.name}.flags_n counts its flags",
        f"(case_id, flags_n) not in ({of_case})",
        column="flags_n",
    )
    opening = (
        f"select f.case_id from {FLAG.name} f join {INDICATOR_VIEW.name} i on i.code = f.indicator "
        "where f.state = 'flagged' and f.case_id is not null and not i.weak and not i.data_quality"
    )
    yield _rows(CASE, f"{CASE.name} opens on a flag that may", f"case_id not in ({opening})")
    placed = "row_number() over (order by families_n desc, rarity desc, first_seen_on, case_id)"
    yield Expectation(
        f"{CASE.name}.position is the review order",
        CASE.name,
        "position",
        "rows",
        (),
        "blocking",
        f"select case_id from (select case_id, position, {placed} as place from {{batch}}) where position <> place",
    )


def _subject_is_held(subject_type: str) -> str:
    held = " union all ".join(
        f"select {column} from {table} where {column} is not null" for table, column in SUBJECTS[subject_type]
    )
    return f"(subject_type = '{subject_type}' and subject_id in ({held}))"


def _indicator_rules() -> Iterator[Expectation]:
    """The counts of `v_indicator` are those of the stored flags, and add up to the candidates that the base rate rests on."""
    stored_n = f"(select count(distinct subject_id) from {FLAG.name} where indicator = code)"
    flagged_n = (
        f"(select count(distinct subject_id) from {FLAG.name} where indicator = code and state = 'flagged')"
    )
    # A subject with several sub-types counts once, and as flagged where any of them is.
    for state, stored in (("flagged", flagged_n), ("not_assessable", f"{stored_n} - {flagged_n}")):
        yield _rows(
            INDICATOR_VIEW,
            f"indicator.n_{state} counts its flags",
            f"n_{state} <> {stored}",
            column=f"n_{state}",
        )
    yield _rows(
        INDICATOR_VIEW, "indicator.n_not_flagged not negative", "n_not_flagged < 0", column="n_not_flagged"
    )
    rate = "n_flagged / nullif(n_flagged + n_not_flagged, 0)"
    off = f"(base_rate is null) <> ({rate} is null) or abs(base_rate - {rate}) > 0.000000001"
    yield _rows(INDICATOR_VIEW, "indicator.base_rate is flagged of assessed", off, column="base_rate")
