"""Ids of cases: where the id from an earlier release leads.

A case takes its id from its earliest flag (`graphs.cases.build`). The id changes if that flag is cleared, if
the flag gets another id because a watch-list candidate was confirmed, or if cases merge. `v_case_alias` then
has the old id. An earlier case leads to the case with its earliest flag, otherwise to the one with most of
its flags, otherwise to the one with flags on most of its flagged subjects; of several equal ones to the first
in review order. If a case splits and one part keeps the id, that part is the case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from flows.home import warehouse
from flows.home.settings import Home
from flows.release.store import Part, write_before
from transforms.errors import UsageError, as_typed
from transforms.model.sql import Connection, frame, read_sql
from transforms.model.views import CASE, CASE_ALIAS, CASE_CHANGE, FLAG, PARTY_ALIAS

REASONS = ("renamed", "merged", "split")
BEFORE = {
    "flag_before": Part(FLAG, ("flag_id", "subject_id", "case_id"), "case_id is not null"),
    "case_alias_before": Part(CASE_ALIAS, CASE_ALIAS.names),
    "case_before": Part(CASE, ("case_id", "title", "lane", "area_name")),
}
SPLIT_SQL = (
    "select previous_case_id, case_id from became "
    "where parts_n > 1 and case_id <> previous_case_id order by all"
)
WAS_ID_SQL = "select count(*) from v_case_alias where previous_case_id = ? and case_id = ?"


# --- from release to release --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SinceRelease:
    """`release_id`: of the previous release, None if there is none. `aliases`, `changes`: rows of CASE_ALIAS
    and CASE_CHANGE in key order. `counts`: ids gone by reason, cases opened and closed.
    """

    release_id: str | None = None
    aliases: pl.DataFrame = field(default_factory=CASE_ALIAS.empty)
    changes: pl.DataFrame = field(default_factory=CASE_CHANGE.empty)
    counts: Mapping[str, int] = field(default_factory=dict)


def since_release(
    home: Home, work: Path, tables: Mapping[str, Path], party_aliases: pl.DataFrame, known_at: date | None
) -> SinceRelease:
    """What became of the cases of the previous release; empty if there is none.

    `tables`: Parquet files of this run by table. `party_aliases`: PARTY_ALIAS rows of this run. `known_at`:
    of this run.
    """
    before = write_before(home, known_at, work / "before", BEFORE)
    if before is None:
        return SinceRelease()
    release_id, paths = before
    with warehouse.connect(work) as connection, warehouse.safe_errors("ids of cases"):
        for name, path in {**paths, **{table.name: tables[table.name] for table in (FLAG, CASE)}}.items():
            warehouse.parquet_view(connection, name, [path])
        connection.register(PARTY_ALIAS.name, party_aliases.to_arrow())
        return became(connection, release_id)


def became(connection: Connection, release_id: str) -> SinceRelease:
    """What became of the cases of the previous release.

    `release_id`: of the previous release. The connection has the tables that `sql/became.sql` names.
    """
    import structlog  # slow to import, and a check needs none

    connection.execute(read_sql("flows.release.sql", "became"))
    aliases = CASE_ALIAS.conformed(
        frame(connection, read_sql("flows.release.sql", "case_aliases"), {"release_id": release_id})
    )
    for case_id, part in frame(connection, SPLIT_SQL).iter_rows():
        structlog.get_logger().info("case", message=f"{case_id} was split: {part}")
    gone = aliases.filter(pl.col("last_release_id") == release_id)["reason"].to_list()
    [others] = frame(connection, read_sql("flows.release.sql", "cases_opened_and_closed")).to_dicts()
    counts = {reason: gone.count(reason) for reason in REASONS} | others
    changes = CASE_CHANGE.conformed(frame(connection, read_sql("flows.release.sql", "case_changes")))
    return SinceRelease(release_id, aliases, changes, {f"cases_{name}": n for name, n in counts.items()})


# --- looking an id up ---------------------------------------------------------------------------------------


def cases_by_id(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Id → the case in the release to which it leads. Ids that lead to none are left out.

    An id of a flag leads to its case.
    """
    if not (wanted := sorted(set(ids))):
        return {}
    cases_sql = read_sql("flows.release.sql", "cases_by_id")
    return dict(frame(connection, cases_sql, {"ids": wanted}).iter_rows())


def case_by_id(connection: Connection, case_id: str) -> str:
    """The case in the release to which an id leads. Raises UsageError if it leads to none."""
    wanted = case_id.strip()
    case = cases_by_id(connection, [wanted]).get(wanted)
    if case is None:
        raise UsageError(
            f"--case {as_typed(case_id)}: no case of the current release has this id or an earlier id like "
            'it; `undertow sql "from v_case"` lists them'
        )
    return case


def was_its_id(connection: Connection, earlier_id: str, case_id: str) -> bool:
    """Whether an id is that of a case in an earlier release, rather than that of a flag, which leads to its
    case too.
    """
    if earlier_id == case_id:
        return False
    return bool(connection.execute(WAS_ID_SQL, [earlier_id, case_id]).fetchall()[0][0])
