"""Rows of a release's `v_*` views, and the evidence of its flags."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import polars as pl

from transforms.errors import RunFailed
from transforms.language import language, translated
from transforms.language.stored import subject_named
from transforms.model.languages import ENGLISH
from transforms.model.sql import Connection, read_sql

Row = Mapping[str, object]
NAME_COLUMNS = ("subject_name", "other_name")  # of these names, Undertow may have made some
FETCHED_ROWS = 10_000  # (own) fetched at a time, so that a large result is not in memory twice


def query_rows(connection: Connection, query: str, **parameters: object) -> tuple[Row, ...]:
    """The rows of a query on the release, in the query's order.

    If a row has a text in the current language too (`title` and `title_nl`), that text takes its place. Names
    that Undertow made are translated.
    """
    answer = connection.execute(query, parameters or None)  # `connection.sql` would plan the query twice
    names = [column[0] for column in answer.description]
    ending = f"_{language()}"
    own = {name: name.removesuffix(ending) for name in names if name.endswith(ending)}
    rows: list[dict[str, object]] = []
    while some := answer.fetchmany(FETCHED_ROWS):
        rows += (dict(zip(names, values, strict=True)) for values in some)
    if own:
        rows = [row | {name: row[key] for key, name in own.items() if row[key]} for row in rows]
    for name in set(NAME_COLUMNS).intersection(names) if language() != ENGLISH else ():
        rows = [row | {name: subject_named(str(row[name]))} if row[name] else row for row in rows]
    return tuple(rows)


def translated_titles(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, with the `title` of a register in the language of the task."""
    return tuple({**row, "title": translated(str(row["title"]))} for row in rows)


def light_frame(connection: Connection, query: str, **parameters: object) -> pl.DataFrame:
    """As `transforms.model.sql.frame`, but without pyarrow, which is slow to import. The rows are
    materialized first, so that errors are DuckDB's.
    """
    return pl.DataFrame(connection.sql(query, params=parameters or None).materialize())


def release_row(connection: Connection) -> Row:
    """The row of `v_release`. Raises RunFailed if it does not have exactly one."""
    rows = query_rows(connection, "select * from v_release")
    if len(rows) != 1:
        raise RunFailed(
            f"v_release has {len(rows)} rows and needs one; open the database of a finished release"
        )
    return rows[0]


class Kept(Protocol):
    """A cache: what `make` returns is kept under a key as long as the release is in force."""

    def __call__[T](self, key: object, make: Callable[[], T], /) -> T: ...


def made_anew[T](_: object, make: Callable[[], T], /) -> T:
    """A `Kept` that caches nothing."""
    return make()


def rows_about(
    connection: Connection, query: str, ids: Iterable[object], *by: str, **parameters: object
) -> Sequence[Row]:
    """The rows of a query on `$ids`, in the query's order.

    A connection of type `AllAtOnce` runs the query once for many more ids and then filters. So the rows for
    some ids must be those rows for more ids in which every column of `by` has one of the ids.
    """
    wanted = dict.fromkeys(map(str, ids))
    if not wanted:
        return ()
    if isinstance(connection, AllAtOnce):
        return connection.rows_about(query, wanted, by, parameters)
    return query_rows(connection, query, ids=sorted(wanted), **parameters)


class AllAtOnce:
    """A connection on which each query of `rows_about` runs once, for all of `ids`.

    Planning a query takes longer than running it for one case, so this makes a page some ten times faster,
    with the same result. `ids`: everything that the queries are about. A query about another id runs
    directly.
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
    """Items by the text of their key, in their order."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(str(key(item)), []).append(item)
    return groups


def as_int(value: object) -> int:
    """A count in a row; 0 if it is null."""
    return value if isinstance(value, int) else 0


def texts(value: object) -> list[str]:
    """A list in a row, as texts; empty if it is null."""
    return [str(one) for one in value] if isinstance(value, list) else []


def flag_evidence(connection: Connection, flag_ids: Sequence[str], limit: int) -> dict[str, list[Row]]:
    """The first `limit` facts of each flag, by flag_id, with the register's `title` and `facts_n`, the number
    of all its facts.

    If a flag has more than `limit` facts, the first of every role comes before the second of any.
    """
    query = read_sql(__package__, "flag_evidence")
    facts = rows_about(connection, query, flag_ids, "flag_id", limit=limit)
    return grouped(translated_titles(facts), lambda fact: fact["flag_id"])
