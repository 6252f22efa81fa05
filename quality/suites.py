"""The suites of expectations for the three gates, built from the declarations of the tables.

The declaration of a column (type, null meaning, vocabulary, key, share) gives its expectations. References
between tables are declared here. All other rules are SQL files in `quality/rules/<stage>`: the first line is
the name, a second line `-- data: …` describes a rule that may fail because of the data, and the query selects
the rows that break the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise

from quality import reconciliation
from quality.expectation import Expectation, Kind
from transforms.model.register import Register
from transforms.model.statements import DUCKDB_TYPES, RELATIONSHIP_STATEMENT, Table
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
Reference = tuple[Table, str, tuple[Target, ...]]  # table, column, targets of its value
SHARES_IN_ORDER = ("share_min", "share_max_declared", "share_max")
DATA_RULE = "-- data: "

ENTITIES: tuple[Target, ...] = (("entity", "entity_id"),)
PARTIES: tuple[Target, ...] = (*ENTITIES, ("person", "person_id"))
RELATIONSHIPS: tuple[Target, ...] = (("relationship", "statement_id"),)
CASES: tuple[Target, ...] = ((CASE.name, "case_id"),)

# Statement table → column → statement tables. One of these must have the value as statement_id. Tables that a
# register does not have are left out.
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
            "permit_statement",
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
GRAPH_REFERENCES: tuple[Reference, ...] = (
    (RELATIONSHIP, "subject_id", ENTITIES),
    (RELATIONSHIP, "party_id", PARTIES),
    (INTEREST, "subject_id", ENTITIES),
    (INTEREST, "party_id", PARTIES),
    (INTEREST, "statement_id", RELATIONSHIPS),
    (INTEGRATED, "party_id", PARTIES),
    (INTEGRATED, "subject_id", ENTITIES),
    (SCC, "subject_id", ENTITIES),
    # A cycle of more than 500 steps is listed only for the scc_id of its component.
    (SCC, "scc_id", (("graph_cycle", "subject_id"),)),
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
RELEASE_REFERENCES: tuple[Reference, ...] = (
    (FLAG, "indicator", ((INDICATOR_VIEW.name, "code"),)),
    (FLAG, "case_id", CASES),
    (EVIDENCE, "flag_id", ((FLAG.name, "flag_id"),)),
    (CASE_MEMBER, "case_id", CASES),
    (CASE_LINK, "case_id", CASES),
)


def lake_suite(register: Register, *, has_last_edition: bool = False) -> tuple[Expectation, ...]:
    """Expectations on an edition of `register`: its statement tables and `edition` (see
    `quality.reconciliation`).

    `has_last_edition`: this edition replaces another, and the tables `last_…` exist for comparison.
    """
    tables = register.tables
    may_grow = register.kind == "series"
    # A single notice in a series may be of no kind that is read: a correction, a plan. An answer on request
    # may be empty: a parcel without mortgages, or the business of a natural person.
    may_be_empty = (may_grow and len(tables) > 1) or register.cadence == "on request"
    has_rows = Expectation(
        f"{tables[0].name} has rows",
        tables[0].name,
        kind="data",
        description="The file has at least one row.",
    )
    return (
        *(() if may_be_empty else (has_rows,)),
        *(expectation for table in tables for expectation in declared(table, "data")),
        *(
            _row_rule(
                table,
                f"{table.name}.register is {register.name}",
                f"register <> {_literal(register.name)}",
            )
            for table in tables
        ),
        *(reference for table in tables for reference in _statement_references(table, tables)),
        *(rule for table in tables if table is RELATIONSHIP_STATEMENT for rule in _relationship_rules()),
        *reconciliation.row_accounting(tables),
        *(reconciliation.against_last_edition(tables, may_grow=may_grow) if has_last_edition else ()),
    )


def graph_suite() -> tuple[Expectation, ...]:
    """Expectations on the graph tables, and on the marts relationship and interest. The marts entity and
    person must exist too.

    Rows of relationship and interest come from registers, so expectations on them are of kind `data`. All
    other tables are computed.
    """
    return (
        *(expectation for table in GRAPH_TABLES.values() for expectation in declared(table)),
        *_shares(INTEREST, "data"),
        *(
            _reference(*reference, "data" if reference[0] in (RELATIONSHIP, INTEREST) else "assertion")
            for reference in GRAPH_REFERENCES
        ),
        *_rules("graph"),
    )


def release_suite() -> tuple[Expectation, ...]:
    """Expectations on every table of a release except those about the release itself."""
    held = (table for name, table in RELEASE_TABLES.items() if name not in ABOUT)
    return (
        *(expectation for table in held for expectation in declared(table)),
        *(_reference(*reference) for reference in RELEASE_REFERENCES),
        *_rules("release"),
        reconciliation.rows_add_up(),
    )


def declared(table: Table, kind: Kind = "assertion") -> Iterator[Expectation]:
    """Expectations from the declaration of `table`. That on its columns and types is always an assertion."""
    yield _columns(table)
    yield _in_columns(
        table,
        f"{table.name} required columns are filled",
        {column.name: f"{column.name} is null" for column in table if not column.nullable},
        kind,
        "Every row has its required values",
    )
    vocabularies = {
        column.name: f"{column.name} not in ({', '.join(map(_literal, column.values))})"
        for column in table
        if column.values
    }
    if vocabularies:
        name = f"{table.name} values are in their vocabularies"
        yield _in_columns(table, name, vocabularies, kind, "Every value is in the vocabulary of its column")
    yield _unique(table, kind)
    yield from _shares(table, kind)


# --- one expectation --------------------------------------------------------------------------------------


def locator(table: Table) -> str:
    """Columns that identify a row: the source record, otherwise the key. Never a name or free text.

    `v_gate` is open, so a key is reduced to its open columns if it has any, otherwise to those that are not
    personal; a key that is personal is replaced by the table's open columns. A column with a vocabulary is
    left out, because a value outside the vocabulary may be anything.
    """
    if "record_no" in table and "record" in table:
        return "record_no, record"
    key = [column for name in table.key if not (column := table[name]).values]
    chosen = (
        [column for column in key if column.privacy == "open"]
        or [column for column in key if column.privacy != "personal"]
        or [column for column in table if column.privacy == "open" and not column.values]
    )
    return ", ".join(column.name for column in chosen)


def _row_rule(
    table: Table, name: str, condition: str, kind: Kind = "assertion", description: str = ""
) -> Expectation:
    """Rows of `table` that meet `condition` fail. The condition must be about a single row."""
    query = f"select {locator(table)} from {{batch}} where {condition}"
    return Expectation(name, table.name, query, condition, kind=kind, description=description)


def _in_columns(
    table: Table, name: str, conditions: Mapping[str, str], kind: Kind, description: str
) -> Expectation:
    """Rows of `table` that meet a condition fail. The locator says in which columns, never with what value.

    `conditions`: column → condition.
    """
    condition = " or ".join(conditions.values())
    columns = ", ".join(f"case when {test} then '{column}' end" for column, test in conditions.items())
    query = (
        f"select {locator(table)}, concat_ws(', ', {columns}) as in_columns from {{batch}} where {condition}"
    )
    text = f"{description}: {', '.join(conditions)}."
    return Expectation(name, table.name, query, condition, kind=kind, description=text)


def _columns(table: Table) -> Expectation:
    """Failing rows are declared columns that are missing or have another type."""
    expected = ", ".join(f"('{column.name}', '{DUCKDB_TYPES[column.dtype]}')" for column in table)
    query = (
        "select column_name, coalesce(met.column_type, 'missing') as column_type"
        f" from (values {expected}) as declared(column_name, column_type)"
        " left join (describe select * from {batch}) as met using (column_name)"
        " where met.column_type is distinct from declared.column_type"
    )
    return Expectation(f"{table.name} has its declared columns", table.name, query)


def _unique(table: Table, kind: Kind) -> Expectation:
    """Failing rows are all rows that share a key. Nulls in a key are equal, as in a struct.

    Hashes of keys are counted first, which needs a fraction of the memory and leaves few rows to compare.
    """
    columns = ", ".join(table.key)
    key, label = (columns, columns) if len(table.key) == 1 else (f"row({columns})", f"({columns})")
    query = (
        "with suspects as (select * from {batch} where hash({key}) in"
        " (select hash({key}) from {batch} group by all having count(*) > 1))"
        " select {locator} from suspects where {key} in"
        " (select {key} from suspects group by all having count(*) > 1)"
    ).format(key=key, locator=locator(table), batch="{batch}")
    name, description = f"unique {table.name}.{label}", f"No two rows have the same {columns}."
    return Expectation(name, table.name, query, kind=kind, description=description)


def _shares(table: Table, kind: Kind) -> Iterator[Expectation]:
    """Every share is from 0 to 100 per cent, and no lower bound is above an upper one."""
    outside = {
        column.name: f"{column.name} not between 0 and 100" for column in table if column.dtype == "share"
    }
    if outside:
        name = f"{table.name} shares are from 0 to 100"
        yield _in_columns(table, name, outside, kind, "Every share is from 0 to 100 per cent")
    swapped = {
        lower: f"{lower} > {upper}"
        for lower, upper in pairwise(name for name in SHARES_IN_ORDER if name in table)
    }
    if swapped:
        name = f"{table.name} lower shares are not above upper ones"
        yield _in_columns(table, name, swapped, kind, "No lower bound of a share is above its upper bound")


def _reference(table: Table, column: str, targets: Sequence[Target], kind: Kind = "assertion") -> Expectation:
    """Every non-null value of `column` is in one of `targets`."""
    label = " or ".join(f"{name}.{target}" for name, target in targets)
    held = " union all ".join(
        f"select {target} from {name} where {target} is not null" for name, target in targets
    )
    query = f"select {locator(table)} from {{batch}} where {column} is not null and {column} not in ({held})"
    name, description = f"{table.name}.{column} is in {label}", f"Every {column} is in {label}."
    return Expectation(name, table.name, query, kind=kind, description=description)


def _literal(text: str) -> str:
    """`text` as an SQL literal. Braces are doubled, because the query is a template."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


def _rules(stage: str) -> Iterator[Expectation]:
    """The rules in `quality/rules/<stage>`. The name of a rule begins with its table."""
    for file in sorted((files("quality") / "rules" / stage).iterdir(), key=lambda file: file.name):
        query = file.read_text(encoding="utf-8")
        first, second, *_ = query.splitlines()
        name = first.removeprefix("-- ")
        is_data = second.startswith(DATA_RULE)
        yield Expectation(
            name,
            name.replace(".", " ").split()[0],
            query,
            kind="data" if is_data else "assertion",
            description=second.removeprefix(DATA_RULE) if is_data else "",
        )


# --- rules of the lake ------------------------------------------------------------------------------------


def _statement_references(table: Table, tables: Sequence[Table]) -> Iterator[Expectation]:
    names = {candidate.name for candidate in tables}
    for column, targets in STATEMENT_REFERENCES.get(table.name, {}).items():
        if held := [(name, "statement_id") for name in targets if name in names]:
            yield _reference(table, column, held, "data")
        else:
            yield _row_rule(table, f"{table.name}.{column} is null", f"{column} is not null")


def _relationship_rules() -> Iterator[Expectation]:
    table = RELATIONSHIP_STATEMENT
    yield _row_rule(
        table,
        f"{table.name} has one of subject_id and subject_statement_id",
        "(subject_id is null) = (subject_statement_id is null)",
        "data",
        "Every relationship names what is held by an identifier or by a statement, but not by both.",
    )
    yield _row_rule(
        table,
        f"{table.name} names a party unless unspecified",
        "(party_statement_id is null) <> (party_kind = 'unspecified')",
        "data",
        "Every relationship names the holder, or states that the publisher does not name one.",
    )
