"""Sections of the sheet of a checked subject: its identity, and what the release says about it.

Each section is a `.sql` file in this folder. It takes `$ids` and returns one row for each fact, with `id`
(the subject) and `row_no` (the position of the fact in the subject's list). The same queries serve one
subject or ten thousand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Literal

from flows.facts.areas import Areas
from flows.facts.rows import Row, flag_evidence, query_rows, rows_about
from transforms.model.sql import Connection, read_sql

type UnitColumn = Literal["address_id", "postcode"]
LISTED_MAX = 100  # rows of a list; the sheet gives the number of all rows, and LEFT_IN the view that has them
SECTIONS_AT_ONCE = 2  # (own) the number of processors of a small server
EVIDENCE_MAX = 10  # facts of a flag; the sheet gives the number of all facts, and `undertow explain` has them
EVIDENCE_FIELDS = (
    "position",
    "role",
    "register",
    "edition",
    "record",
    "field",
    "value",
    "file_sha256",
    "facts_n",
)
# Sections with the entities of a natural person. SCHEME is the scheme of their ids.
OF_PERSON = ("holdings", "owner_of")
SCHEME = "concat_ws('-', split_part(subject_id, '-', 1), split_part(subject_id, '-', 2))"
FORMER = ("title it formerly held", "property it formerly held", "sale of a property it formerly held")
RELATED = ("flags", "not_assessable", "cases")
# Queries on the addresses of a place, used in several sections.
THERE = ("companies_there", "sales_there", "title_units_there")
AT_A_PLACE = ("seated", "titles_at", "sales", "permits_at", *RELATED)
# Kind of subject → the sections of its sheet, in order.
SECTIONS: Mapping[str, Sequence[str]] = {
    "legal_entity": (
        "interests",
        "declarations",
        "ownership",
        "control",
        "beneficial_owners",
        "holdings",
        "titles",
        "titles_elsewhere",
        "money",
        "permits",
        "insolvency",
        "attachments",
        "identity_checks",
        "watch_list",
        *RELATED,
    ),
    "person": ("holdings", "owner_of", "watch_list"),
    "control_group": ("members", *RELATED),
    "title": ("proprietors", "attachments", *RELATED),
    "address": AT_A_PLACE,
    "property": AT_A_PLACE,
    "postcode": AT_A_PLACE,
}
# The column that has `$ids`, for kinds of subjects that are address units or consist of them.
UNIT_COLUMNS: Mapping[str, UnitColumn] = {"address": "address_id", "postcode": "postcode"}
# Strongest first, so that a list that is cut loses the weakest verdicts.
VERDICT_ORDER = "list_position(['CERTAIN', 'POSSIBLE', 'NONE_FOUND', 'UNDECLARED', 'EXCLUDED'], verdict)"
# Section → the view that has the rows beyond LISTED_MAX.
LEFT_IN: Mapping[str, str] = {
    "interests": "v_interest",
    "declarations": "v_relationship",
    "ownership": "v_integrated_ownership",
    "control": "v_control",
    "beneficial_owners": "v_beneficial_owner",
    "holdings": "v_integrated_ownership, v_control, v_interest",
    "owner_of": "v_beneficial_owner",
    "titles": "v_proprietorship",
    "proprietors": "v_proprietorship",
    "money": "v_flow",
    "permits": "v_permit",
    "permits_at": "v_permit",
    "insolvency": "v_insolvency",
    "attachments": "v_charge",
    "identity_checks": "v_relationship",
    "watch_list": "v_screening",
    "flags": "v_flag",
    "not_assessable": "v_flag",
    "cases": "v_case_member",
    "seated": "v_company",
    "members": "v_control_group",
    "titles_at": "v_title_address",
    "sales": "v_transaction",
}


def units(column: UnitColumn) -> str:
    """SQL for the distinct address units that have one of `$ids` in a column.

    Columns address_id, address_text, postcode, address_class, active_seats_n, area_name, area_code. For a
    unit known only from a sale, class and seats are null.
    """
    return read_sql(__package__, "units", column=column)


def facts(
    connection: Connection, kind: str, ids: Sequence[str], areas: Areas, withheld: Collection[str] = ()
) -> dict[str, dict[str, tuple[Row, ...]]]:
    """Rows of each section of each subject (id → section → rows), for subjects of one kind.

    `identity` is a section of one row. A section without rows is an empty tuple. At most LISTED_MAX rows are
    given, and each has `all_n`, the number of all rows of the subject. `withheld`: schemes of entities that
    are left out of the lists of natural persons.
    """
    sections = [name for name in SECTIONS[kind] if name != "titles_elsewhere" or areas.names]
    queries = {"identity": _query(f"identity_{kind}", kind, areas)}
    queries |= {
        name: _capped(_query(name, kind, areas), is_limited=kind == "person" and name in OF_PERSON)
        for name in sections
    }
    lists: dict[str, dict[str, list[Row]]] = {subject: {name: [] for name in queries} for subject in ids}
    values = {"ids": sorted(set(ids)), "withheld": sorted(withheld), **areas.parameters}

    def section(name: str, reader: Connection) -> tuple[Row, ...]:
        query = queries[name]
        parameters = {value: values[value] for value in values if f"${value}" in query}
        return query_rows(reader, query, **parameters)

    # Planning a section takes longer than reading it, and DuckDB plans each on one processor.
    with ThreadPoolExecutor(SECTIONS_AT_ONCE) as pool:
        apart = {
            name: pool.submit(copy_context().run, section, name, connection.cursor())
            for name in queries
            if name not in RELATED
        }
        if "flags" in queries:  # the sections of RELATED read this table, which other cursors do not see
            related = _query("related", kind, areas)
            connection.execute(f"create or replace temp table related as {related}", {"ids": values["ids"]})
        rows_by_section = {name: section(name, connection) for name in RELATED if name in queries}
        rows_by_section |= {name: answer.result() for name, answer in apart.items()}
    for name, rows in rows_by_section.items():
        for row in rows:
            lists[str(row["id"])][name].append(row)
    return {
        subject: {name: tuple(listed) for name, listed in by_section.items()}
        for subject, by_section in lists.items()
    }


def identities(connection: Connection, kind: str, ids: Sequence[str]) -> Mapping[str, Row]:
    """The row of the section `identity` of each subject, by id; empty for a kind without this section."""
    if kind not in SECTIONS:
        return {}
    query = _query(f"identity_{kind}", kind, Areas(()))
    return {str(row["id"]): row for row in query_rows(connection, query, ids=sorted(set(ids)))}


def money(connection: Connection, ids: Iterable[str]) -> Sequence[Row]:
    """What legal entities received, paid, borrowed and lent: rows of `money.sql`, in order of `id`."""
    return rows_about(connection, _query("money", "legal_entity", Areas(())), ids, "id")


def _query(name: str, kind: str, areas: Areas) -> str:
    """The SQL of a section, including the parts that several sections share."""
    parts = {
        "named_parties": read_sql(__package__, "named_parties"),
        "held_titles": read_sql(__package__, "held_titles"),
        "in_area": areas.condition,
        "verdict_order": VERDICT_ORDER,
    }
    if kind in UNIT_COLUMNS:
        parts["units"] = units(UNIT_COLUMNS[kind])
    is_place = SECTIONS[kind] is AT_A_PLACE
    if is_place:
        parts["place"] = read_sql(__package__, f"place_{kind}", **parts)
        parts |= {name: read_sql(__package__, name) for name in THERE}
    if name == "related":
        parts["scopes"] = read_sql(__package__, f"scopes_{'place' if is_place else kind}", **parts)
    return read_sql(__package__, name, **parts)


def _capped(query: str, *, is_limited: bool) -> str:
    """The first LISTED_MAX rows of each id, with the number of all rows. `is_limited`: without the entities
    withheld.
    """
    shown = f"where {SCHEME} not in (select unnest(cast($withheld as varchar[])))" if is_limited else ""
    return f"""
    select *, count(*) over (partition by id) as all_n from ({query}) {shown}
    qualify row_no <= {LISTED_MAX} order by id, row_no
    """


def evidence(connection: Connection, flag_ids: Sequence[str]) -> dict[str, tuple[Row, ...]]:
    """The first EVIDENCE_MAX facts of each flag, by flag_id, with `facts_n` (see `flag_evidence`)."""
    return {
        flag_id: tuple({name: fact[name] for name in EVIDENCE_FIELDS} for fact in facts)
        for flag_id, facts in flag_evidence(connection, sorted(set(flag_ids)), EVIDENCE_MAX).items()
    }
