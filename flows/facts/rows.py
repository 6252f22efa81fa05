"""Rows of a release's `v_*` views, and the evidence of its flags."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import polars as pl

from transforms.errors import RunFailed
from transforms.language import language
from transforms.model.sql import Connection, read_sql

Row = Mapping[str, object]
FETCHED_ROWS = 10_000  # (own) at once, so that a large answer is not held twice


def query_rows(connection: Connection, query: str, **parameters: object) -> tuple[Row, ...]:
    """The rows of a query on the release, in the query's order.

    A text that a row has in the language of the task too (`title`, and `title_nl`) is given in it.
    """
    answer = connection.execute(query, parameters or None)  # `sql` would plan the query twice
    names = [column[0] for column in answer.description]
    ending = f"_{language()}"
    own = {name: name.removesuffix(ending) for name in names if name.endswith(ending)}
    rows: list[dict[str, object]] = []
    while some := answer.fetchmany(FETCHED_ROWS):
        rows += (dict(zip(names, values, strict=True)) for values in some)
    if own:
        rows = [row | {name: row[key] for key, name in own.items() if row[key]} for row in rows]
    return tuple(rows)


def light_frame(connection: Connection, query: str, **parameters: object) -> pl.DataFrame:
    """As `transforms.model.sql.frame`, without pyarrow, which takes long to load, for one question. The rows
    are held first, so that an error is DuckDB's own.
    """
    return pl.DataFrame(connection.sql(query, params=parameters or None).materialize())


def release_row(connection: Connection) -> Row:
    """The row of `v_release`. Raises RunFailed where it does not have exactly one."""
    rows = query_rows(connection, "select * from v_release")
    if len(rows) != 1:
        raise RunFailed(
            f"v_release has {len(rows)} rows and needs one; open the database of a finished release"
        )
    return rows[0]


class Kept(Protocol):
    """Remembers what `make` returns, by a key, as long as the release is in force."""

    def __call__[T](self, key: object, make: Callable[[], T], /) -> T: ...


def made_anew[T](_: object, make: Callable[[], T], /) -> T:
    return make()


def rows_about(
    connection: Connection, query: str, ids: Iterable[object], *by: str, **parameters: object
) -> Sequence[Row]:
    """The rows of a query on `$ids`, in the query's order.

    For queries that can be asked for many at once: those whose rows about some ids are the rows about more
    ids of which each column of `by` holds one of the some. A connection of `AllAtOnce` does so.
    """
    wanted = dict.fromkeys(map(str, ids))
    if not wanted:
        return ()
    if isinstance(connection, AllAtOnce):
        return connection.rows_about(query, wanted, by, parameters)
    return query_rows(connection, query, ids=sorted(wanted), **parameters)


class AllAtOnce:
    """A connection on which each query of `rows_about` is asked once, about all of some ids.

    Planning a query takes longer than answering it about one case, so a page is some ten times faster this
    way, and the same. `ids`: of everything that the queries are about; those about another id are asked as
    they are.
    """

    def __init__(self, connection: Connection, ids: Iterable[str]) -> None:
        self._connection, self._ids = connection, frozenset(ids)
        self._answers: dict[object, Mapping[str, list[tuple[int, Row]]]] = {}
        self.execute, self.sql = connection.execute, connection.sql
        self.register, self.unregister = connection.register, connection.unregister
        self.cursor, self.forget = connection.cursor, self._answers.clear

    def rows_about(
        self, query: str, wanted: Mapping[str, object], by: Sequence[str], parameters: Mapping[str, object]
    ) -> Sequence[Row]:
        if not self._ids.issuperset(wanted):
            return query_rows(self._connection, query, ids=sorted(wanted), **parameters)
        key = (query, *sorted(parameters.items()))
        if key not in self._answers:
            rows = query_rows(self._connection, query, ids=sorted(self._ids), **parameters)
            self._answers[key] = grouped(enumerate(rows), lambda numbered: numbered[1][by[0]])
        numbered = [row for each in wanted for row in self._answers[key].get(each, ())]
        numbered.sort(key=lambda pair: pair[0])
        return [row for _, row in numbered if all(str(row[column]) in wanted for column in by[1:])]


def grouped[T](items: Iterable[T], key: Callable[[T], object]) -> dict[str, list[T]]:
    """The key's text → the items that have it, in their order."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(str(key(item)), []).append(item)
    return groups


def as_int(value: object) -> int:
    """A count of a row; 0 where it is null."""
    return value if isinstance(value, int) else 0


def texts(value: object) -> list[str]:
    """A list of a row, as texts; empty where it is null."""
    return [str(one) for one in value] if isinstance(value, list) else []


def flag_evidence(connection: Connection, flag_ids: Sequence[str], limit: int) -> dict[str, list[Row]]:
    """Flag → its first `limit` facts, with the register's `title` and `facts_n`, how many the flag has in
    all.

    A flag with more than `limit` facts shows the first of every role before the second of any.
    """
    query = read_sql(__package__, "flag_evidence")
    facts = rows_about(connection, query, flag_ids, "flag_id", limit=limit)
    return grouped(facts, lambda fact: fact["flag_id"])
