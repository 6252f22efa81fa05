"""Ids of cases: where one of an earlier release leads, while the next release is built, and when somebody asks for it.

A case is named by its earliest flag (`graphs.cases.build`). Where that flag is cleared, or gets another id because a candidate of a watch list was confirmed, or
where cases merge, the name changes: `v_case_alias` then has the old one, made of the release before (`store.open_before`) and of the aliases that it has. A case of before leads
to the case that has its earliest flag, else to the one that has most of its flags, else to the one that has flags on most of its flagged subjects; of several
equally good ones to the first in review order. Where a case fell in two and its id stayed, that id is the case's still.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import structlog

from flows.home import warehouse
from flows.home.settings import Home
from flows.release import store
from flows.release.party_log import kept
from graphs.cases import CASE_PREFIX
from transforms.errors import UndertowError, UsageError, as_typed
from transforms.model.sql import Connection, frame
from transforms.model.views import CASE, CASE_ALIAS, FLAG, PARTY_ALIAS

log = structlog.get_logger()


# --- from release to release ----------------------------------------------------------------------------------------

# Reads `flag_before` (flag_id, subject_id, case_id) and `case_alias_before` of the release before; `flag`, `review_case` and `party_alias` of tonight.
# A subject that has another id by now is looked for under that one too.
BECAME_SQL = f"""
create or replace temp table became as
with stands as (select flag_id, subject_id, case_id from flag where case_id is not null),
by_flag as (
    select b.case_id as previous_case_id, n.case_id, count(*) as shared_n, bool_or(b.case_id = '{CASE_PREFIX}' || b.flag_id) as has_earliest
    from flag_before b join stands n using (flag_id)
    group by b.case_id, n.case_id
),
subject_before as (
    select case_id as previous_case_id, subject_id from flag_before
    union select b.case_id, a.party_id from flag_before b join party_alias a on a.previous_party_id = b.subject_id
),
by_subject as (
    select b.previous_case_id, n.case_id, count(*) as shared_n
    from subject_before b join (select distinct case_id, subject_id from stands) n using (subject_id)
    where b.previous_case_id not in (select previous_case_id from by_flag)
    group by b.previous_case_id, n.case_id
),
every as (
    select previous_case_id, case_id, shared_n, has_earliest, 'flags' as shared from by_flag
    union all select previous_case_id, case_id, shared_n, false, 'subjects' from by_subject
)
select e.*, c.position, count(*) over (partition by e.previous_case_id) as parts_n, count(*) over (partition by e.case_id) as came_n
from every e join review_case c using (case_id)
"""
# An id that came back to life is a case's own again. One whose earliest flag is in a case tonight leads there, whatever became of the case it led to.
ALIASES_SQL = f"""
with gone as (
    select *, case when parts_n > 1 then 'split' when came_n > 1 then 'merged' else 'renamed' end as reason
    from became where previous_case_id not in (select case_id from review_case)
    qualify row_number() over (partition by previous_case_id order by has_earliest desc, shared_n desc, position) = 1
),
carried as (
    select a.previous_case_id, coalesce(n.case_id, g.case_id, a.case_id) as case_id, a.reason,
           case when n.case_id is not null then 'flags' else coalesce(nullif(g.shared, 'flags'), a.shared) end as shared, a.last_release_id
    from case_alias_before a
    left join flag n on '{CASE_PREFIX}' || n.flag_id = a.previous_case_id
    left join gone g on g.previous_case_id = a.case_id
    where a.previous_case_id not in (select previous_case_id from gone)
)
select previous_case_id, case_id, reason, shared, last_release_id
from (select previous_case_id, case_id, reason, shared, $release_id as last_release_id from gone union all from carried)
where case_id in (select case_id from review_case) and previous_case_id not in (select case_id from review_case)
order by previous_case_id
"""
APART_SQL = "select previous_case_id, case_id from became where parts_n > 1 and case_id <> previous_case_id order by previous_case_id, case_id"
COUNTED_SQL = """
select (select count(*) from review_case where case_id not in (select case_id from became)) as opened,
       (select count(distinct case_id) from flag_before where case_id not in (select previous_case_id from became)) as closed
"""
REASONS = ("renamed", "merged", "split")
BEFORE = {
    "flag_before": (FLAG, ("flag_id", "subject_id", "case_id"), "case_id is not null"),
    "case_alias_before": (CASE_ALIAS, CASE_ALIAS.names, "true"),
}


def since_release(
    home: Home, work: Path, tables: Mapping[str, Path], party_aliases: pl.DataFrame, known_at: date | None
) -> tuple[pl.DataFrame, dict[str, int]]:
    """CASE_ALIAS rows, and counts of what became of the cases of the release before. No rows where there is none, or one from before there were cases.

    `tables`: Parquet of tonight's tables by name. `party_aliases`: tonight's PARTY_ALIAS rows. `known_at`: the night's, as `store.open_before` takes it.
    """
    folder = work / "before"
    try:
        release = store.open_before(home, known_at)
    except UndertowError:
        return CASE_ALIAS.empty(), {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        release_id = str(release.execute("select release_id from v_release").fetchall()[0][0])
        before = {
            name: kept(release, table, columns, folder / f"{name}.parquet", where=where)
            for name, (table, columns, where) in BEFORE.items()
        }
    finally:
        release.close()
    connection = warehouse.connect(work)
    try:
        for name, path in {**before, **{table.name: tables[table.name] for table in (FLAG, CASE)}}.items():
            warehouse.parquet_view(connection, name, [path])
        connection.register(PARTY_ALIAS.name, party_aliases.to_arrow())
        with warehouse.safe_errors("ids of cases"):
            return became(connection, release_id)
    finally:
        connection.close()


def became(connection: Connection, release_id: str) -> tuple[pl.DataFrame, dict[str, int]]:
    """CASE_ALIAS rows in key order, and counts: of the ids that went tonight by reason, of cases opened and closed. `release_id`: of the release before."""
    connection.execute(BECAME_SQL)
    aliases = CASE_ALIAS.conformed(frame(connection, ALIASES_SQL, {"release_id": release_id}))
    for case_id, part in frame(connection, APART_SQL).iter_rows():
        log.info("case", message=f"{case_id} fell apart: {part}")
    tonight = aliases.filter(pl.col("last_release_id") == release_id)["reason"].to_list()
    [others] = frame(connection, COUNTED_SQL).to_dicts()
    return aliases, {
        f"cases_{name}": n
        for name, n in {**{reason: tonight.count(reason) for reason in REASONS}, **others}.items()
    }


# --- asked for ------------------------------------------------------------------------------------------------------

# The id itself, else where it leads; a flag's id leads to its case, and so does the id of a case that this flag named.
LED_SQL = """
select given, case_id from (
    select case_id as given, case_id, 1 as place from v_case where case_id in (select unnest($ids))
    {aliases}
    union all
    select i.id, f.case_id, 3 from (select unnest($ids) as id) i join v_flag f on f.flag_id = {flag} where f.case_id is not null
)
qualify row_number() over (partition by given order by place, case_id) = 1
order by given
"""
LED_BY_ALIASES_SQL = "union all select previous_case_id, case_id, 2 from v_case_alias where previous_case_id in (select unnest($ids))"
FLAG_OF_ID_SQL = (
    f"case when starts_with(i.id, '{CASE_PREFIX}') then substring(i.id, {len(CASE_PREFIX) + 1}) else i.id end"
)


def cases_asked(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Id → the case of the release that it leads to, of those that lead to one. A release from before v_case_alias is followed by flags alone."""
    query = LED_SQL.format(aliases=LED_BY_ALIASES_SQL if has_aliases(connection) else "", flag=FLAG_OF_ID_SQL)
    return dict(frame(connection, query, {"ids": sorted(set(ids))}).iter_rows())


def case_asked(connection: Connection, case_id: str) -> str:
    """The case of the release that an id leads to. Raises UsageError where it leads to none."""
    given = case_id.strip()
    if (led := cases_asked(connection, [given]).get(given)) is None:
        raise UsageError(
            f"--case {as_typed(case_id)}: no case of the current release has that id, or had it in a release before and goes on; "
            '`undertow sql "from v_case"` lists them'
        )
    return led


def has_aliases(connection: Connection) -> bool:
    """A release of an earlier version has none."""
    return bool(
        frame(
            connection,
            "select count(*) as n from duckdb_columns() where table_name = $view",
            {"view": CASE_ALIAS.view},
        )["n"][0]
    )


EARLIER_SQL = "select count(*) as n from v_case_alias where previous_case_id = $given and case_id = $case"


def was_its_id(connection: Connection, given: str, case_id: str) -> bool:
    """Whether an id that leads to a case was that of one in an earlier release; a flag's id leads to its case too."""
    return (
        given != case_id
        and has_aliases(connection)
        and bool(frame(connection, EARLIER_SQL, {"given": given, "case": case_id})["n"][0])
    )
