"""Rows of a release's `v_*` views, and the evidence of its flags."""

from collections.abc import Mapping, Sequence

from transforms.model.sql import Connection, read_sql

Row = Mapping[str, object]


def query_rows(connection: Connection, query: str, **parameters: object) -> tuple[Row, ...]:
    """The rows of a query on the release, in the query's order."""
    return tuple(connection.sql(query, params=parameters or None).to_arrow_table().to_pylist())


def as_int(value: object) -> int:
    """A count of a row; 0 where it is null."""
    return value if isinstance(value, int) else 0


def flag_evidence(connection: Connection, flag_ids: Sequence[str], limit: int) -> dict[str, list[Row]]:
    """Flag → its first `limit` facts, with the register's `title` and `facts_n`, how many the flag has in
    all.

    A flag with more than `limit` facts shows the first of every role before the second of any.
    """
    query = read_sql(__package__, "flag_evidence")
    evidence: dict[str, list[Row]] = {}
    for row in query_rows(connection, query, flags=list(flag_ids), limit=limit):
        evidence.setdefault(str(row["flag_id"]), []).append(row)
    return evidence
