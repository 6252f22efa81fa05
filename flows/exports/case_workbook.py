"""A case as one workbook, for spreadsheets and for i2 Analyst's Notebook and Maltego.

These import the sheets `entities` and `links`, in which each row is one item with its own id. Natural persons
are named, as on the page of the case: the file is for the people who review the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING

import polars as pl

from flows.exports.case_graph import case_graph
from flows.exports.review_list import review_list
from flows.exports.table import workbook
from flows.release.case_ids import case_by_id
from transforms.language import translated
from transforms.model.sql import Connection, frame, read_sql

if TYPE_CHECKING:
    import networkx as nx

ENTITY_COLUMNS = ("entity_id", "kind", "label", "name", "role", "flags_n")
LINK_COLUMNS = ("link_id", "from_id", "to_id", "kind")
DETAIL_COLUMNS = ("interest_id", "statement_id", "payment_kind", "flowed_on", "currency")
# Sheet → what it contains.
SHEETS = {
    "summary": "The case in one row. Its flags are indications and not findings.",
    "flags": "A row for each flag, with what it says in words.",
    "entities": "A row for each party, title and address of the case.",
    "links": "A row for each interest, payment or other tie of two, from holder or payer to the other.",
    "evidence": "A row for each fact that a flag rests on, with the register and the record that state it.",
}
IMPORTING = (
    "i2 Analyst's Notebook and Maltego: import entities with entity_id as identity, kind as type and label "
    "as label; then links with link_id as identity, from_id and to_id as ends, and kind as type."
)


def case_workbook(connection: Connection, case_id: str) -> bytes:
    """An xlsx file of the case that an id leads to in the release. Raises UsageError if there is none."""
    case = case_by_id(connection, case_id)
    graph = case_graph(connection, case)
    tables = {
        "summary": frame(connection, "select * from v_case where case_id = $case", {"case": case}),
        "flags": pl.DataFrame(review_list(connection, case)),
        "entities": _entities(graph),
        "links": _links(graph),
        "evidence": frame(connection, read_sql(__package__, "case_evidence"), {"case": case}),
        "read me": _read_me(),
    }
    return workbook({name: table.to_arrow() for name, table in tables.items()})


def _entities(graph: nx.MultiDiGraph[str]) -> pl.DataFrame:
    """The sheet `entities`. Titles, addresses and public bodies have no kind of party, so theirs is the
    subject type. Whatever has no name is labelled with its id.
    """
    nodes = [{"entity_id": party, **graph.nodes[party]} for party in sorted(graph)]
    rows = [
        {
            **node,
            "kind": node.get("kind") or node["subject_type"],
            "label": node.get("name") or node["entity_id"],
        }
        for node in nodes
    ]
    return _in_columns(rows, ENTITY_COLUMNS)


def _links(graph: nx.MultiDiGraph[str]) -> pl.DataFrame:
    rows = [
        {"link_id": _link_id(start, end, link), "from_id": start, "to_id": end, **link}
        for start, end, link in graph.edges(data=True)
    ]
    return _in_columns(sorted(rows, key=itemgetter("link_id")), LINK_COLUMNS)


def _link_id(start: str, end: str, link: Mapping[str, object]) -> str:
    """An id from the ends and the kind of a link, and details that distinguish it from others between the
    same ends.
    """
    details = (link.get(name) for name in DETAIL_COLUMNS if link.get(name) is not None)
    return " ".join([start, str(link["kind"]), end, *map(str, details)])


def _in_columns(rows: list[dict[str, object]], first: tuple[str, ...]) -> pl.DataFrame:
    """The rows as a frame: the columns `first`, then all others that a row has, by name."""
    others = sorted({name for row in rows for name in row} - {*first})
    values = {name: [row.get(name) for row in rows] for name in (*first, *others)}
    return pl.DataFrame(values)


def _read_me() -> pl.DataFrame:
    texts = {**SHEETS, "entities, links": IMPORTING}
    rows = [(sheet, translated(text)) for sheet, text in texts.items()]
    return pl.DataFrame(rows, schema=["sheet", "text"], orient="row")
