"""Cases: flagged subjects that belong together, in the order in which a person should look at them.

The connection given holds the marts, the graph tables, `flag` and `indicator`, and the statement tables. Which subjects are one case is
decided on numbers in `graphs.cases.grouping`; here they get their ids, words, counts and order. No indicator is known by its code.

A case is named by its earliest flag that opens one: UT-C- and that flag's id. So ids stand from night to night. Where two cases merge, the older flag names
both; where a case falls in two, the part with its earliest flag keeps the id; where the earliest flag is gone, the next one names the case. A flag raised
later on facts that were held earlier takes the name over. Ids that no case has any more lead on (`flows.release.case_ids`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from flows.home.warehouse import Connection, safe_errors
from flows.release.case_ids import CASE_PREFIX
from graphs.arrays.edges import Bools, Ints
from graphs.cases import grouping as case_graph
from transforms.case_inputs import SEATS_MAX, input_sql
from transforms.flags.listings import CANDIDATE, CANDIDATE_TITLE
from transforms.model.sql import frame
from transforms.model.statements import Table
from transforms.model.views import CASE, CASE_LINK, CASE_MEMBER
from transforms.resolution.companies.joining import UNCONFIRMED

TITLE_INDICATORS = 3  # named in a case's title; the others are counted
RARITY_DECIMALS = 6
ORDER = ("families_n", "rarity", "first_seen_on", "case_id")
ORDER_DESCENDING = (True, True, False, False)
CANDIDATES_SQL = "create or replace temp table case_candidate as {links}"
NODES_SQL = """
create or replace temp table case_node as
select subject_id, row_number() over (order by subject_id) - 1 as node
from (
    select from_id as subject_id from case_candidate union select to_id from case_candidate
    union select subject_id from case_flag
)
"""
ENDS_SQL = """
select a.node as src, b.node as dst
from case_candidate c join case_node a on a.subject_id = c.from_id join case_node b on b.subject_id = c.to_id
order by src, dst
"""
SUBJECTS_SQL = "select n.node, bool_or(f.may_open) as may_open from case_flag f join case_node n using (subject_id) group by n.node order by n.node"
PLACED_SQL = "select p.number, n.subject_id from case_place p join case_node n using (node) order by p.number, n.subject_id"
# A resolution that a register held could not confirm makes a link possible only.
LINKS_SQL = """
select a.case_id, c.from_id, c.to_id, c.kind, c.certainty, c.statement_id, r.method
from case_candidate c
join member a on a.subject_id = c.from_id
join member b on b.subject_id = c.to_id and b.case_id = a.case_id
left join relationship s on s.statement_id = c.statement_id
left join resolution r on r.statement_id = s.party_statement_id
order by a.case_id, c.from_id, c.to_id, c.kind, c.certainty, c.statement_id
"""


@dataclass(frozen=True)
class Casebook:
    """Frames in the schemas of CASE, CASE_MEMBER and CASE_LINK; `case_of_flag`: flag_id, case_id of every flag in a case."""

    cases: pl.DataFrame
    members: pl.DataFrame
    links: pl.DataFrame
    case_of_flag: pl.DataFrame


def open_cases(
    connection: Connection,
    as_of: date,
    *,
    members_max: int = case_graph.MEMBERS_MAX,
    links_max: Sequence[int] = case_graph.LINKS_MAX,
) -> Casebook:
    """Every case of a night, in total order. Raises RunFailed (`safe_errors`)."""
    with safe_errors("cases"):
        flags = frame(connection, input_sql("flags"))
        if not flags["may_open"].any():
            return _none()
        placed, bounds = _placed(connection, flags, members_max, links_max)
    in_case = _named(flags.join(placed, on="subject_id"))
    anchors = in_case.select("number", "case_id").unique()
    member = placed.join(anchors, on="number").select("case_id", "subject_id")
    connection.register("member", member.to_arrow())
    with safe_errors("members of cases"):
        members = _members(frame(connection, input_sql("members")), in_case)
        links = _links(frame(connection, LINKS_SQL))
    connection.unregister("member")
    limits = anchors.join(
        pl.DataFrame({"number": np.arange(len(bounds)), "links_max_n": bounds}), on="number"
    ).select("case_id", "links_max_n")
    cases = _cases(in_case, members, as_of).join(limits, on="case_id")
    return Casebook(
        _whole(_ordered(cases), CASE),
        _whole(members, CASE_MEMBER),
        _whole(links, CASE_LINK),
        in_case.select("flag_id", "case_id").sort("flag_id"),
    )


def _none() -> Casebook:
    return Casebook(
        CASE.empty(),
        CASE_MEMBER.empty(),
        CASE_LINK.empty(),
        pl.DataFrame(schema={"flag_id": pl.String, "case_id": pl.String}),
    )


def _whole(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    return table.conformed(rows).sort(table.key)


# --- who is with whom -----------------------------------------------------------------------------------------------


def _placed(
    connection: Connection, flags: pl.DataFrame, members_max: int, links_max: Sequence[int]
) -> tuple[pl.DataFrame, Ints]:
    """(number, subject_id) of every member, and the bound on links of each numbered case."""
    connection.register("case_flag", flags.select("subject_id", "may_open").to_arrow())
    connection.execute(CANDIDATES_SQL.format(links=input_sql("links")), {"seats_max": SEATS_MAX})
    connection.execute(NODES_SQL)
    ends, subjects = frame(connection, ENDS_SQL), frame(connection, SUBJECTS_SQL)
    n = int(frame(connection, "select count(*) as n from case_node")["n"][0])
    src, dst = _numbers(ends, "src", "dst")
    opens, flagged = _marked(subjects, n)
    found = case_graph.joined(n, src, dst, opens, flagged, members_max=members_max, links_max=links_max)
    nodes = np.flatnonzero(found.case != case_graph.NO_CASE)
    connection.register("case_place", pl.DataFrame({"node": nodes, "number": found.case[nodes]}).to_arrow())
    placed = frame(connection, PLACED_SQL)
    for name in ("case_place", "case_flag"):
        connection.unregister(name)
    return placed, found.links_max


def _numbers(rows: pl.DataFrame, *columns: str) -> tuple[Ints, ...]:
    return tuple(rows[column].to_numpy().astype(np.int64) for column in columns)


def _marked(subjects: pl.DataFrame, n: int) -> tuple[Bools, Bools]:
    """(opens, flagged), bool[n]."""
    opens, flagged = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    (node,) = _numbers(subjects, "node")
    flagged[node] = True
    opens[node[subjects["may_open"].to_numpy()]] = True
    return opens, flagged


def _named(flags: pl.DataFrame) -> pl.DataFrame:
    """Flags with their case's id: of the flags that open one the earliest, of equals the smallest id."""
    openers = (
        flags.filter("may_open")
        .sort("first_seen_on", "flag_id")
        .group_by("number", maintain_order=True)
        .agg(pl.col("flag_id").first().alias("anchor_flag_id"))
    )
    return (
        flags.join(openers, on="number")
        .with_columns((pl.lit(CASE_PREFIX) + pl.col("anchor_flag_id")).alias("case_id"))
        .sort("case_id", "flag_id")
    )


# --- what is said of a case -----------------------------------------------------------------------------------------


def _members(known: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Members with their role. What a flag is about is of the flag's kind, and a group of companies is known from its flag only."""
    counted = flags.group_by("case_id", "subject_id").agg(
        pl.len().cast(pl.Int64).alias("flags_n"),
        pl.col("subject_type").min().alias("flag_type"),
        pl.col("subject_name").min().alias("flag_name"),
    )
    together = known.join(counted, on=("case_id", "subject_id"), how="full", coalesce=True)
    return together.select(
        "case_id",
        "subject_id",
        pl.coalesce("flag_type", "subject_type").alias("subject_type"),
        pl.coalesce("flag_name", "subject_name").alias("subject_name"),
        pl.when(pl.col("flags_n").is_null())
        .then(pl.lit("linking"))
        .otherwise(pl.lit("flagged"))
        .alias("role"),
        pl.col("flags_n").fill_null(0),
    )


def _links(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each two members and kind: the most certain statement, of equals the first."""
    unconfirmed = pl.col("method").is_in(UNCONFIRMED)
    judged = rows.with_columns(
        pl.when(unconfirmed).then(pl.lit("possible")).otherwise("certainty").alias("certainty")
    )
    ordered = judged.sort("case_id", "from_id", "to_id", "kind", "certainty", "statement_id")
    return ordered.unique(("case_id", "from_id", "to_id", "kind"), keep="first", maintain_order=True)


def _cases(flags: pl.DataFrame, members: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row for each case, without its position and its bound on links."""
    counted = flags.group_by("case_id").agg(
        pl.col("anchor_flag_id").min(),
        pl.len().cast(pl.Int64).alias("flags_n"),
        pl.col("subject_id").n_unique().cast(pl.Int64).alias("subjects_n"),
        pl.col("indicator").unique().sort().alias("indicators"),
        pl.col("first_seen_on").min(),
        pl.col("first_seen_on").max().alias("newest_flag_on"),
    )
    sized = members.group_by("case_id").agg(pl.len().cast(pl.Int64).alias("members_n"))
    parts = (sized, _families(flags), _areas(flags), _titles(flags))
    for part in parts:
        counted = counted.join(part, on="case_id", how="left")
    return counted.with_columns(pl.lit(as_of).alias("as_of"))


def _families(flags: pl.DataFrame) -> pl.DataFrame:
    """case_id, families, families_n, rarity. A fault of a register's own records is no independent indication, so it is no family."""
    rates = {rate: -math.log10(rate) for rate in flags["base_rate"].drop_nulls().unique().to_list()}
    rare = flags.filter(~pl.col("data_quality")).with_columns(
        pl.col("base_rate").replace_strict(rates, default=0.0, return_dtype=pl.Float64).alias("decades")
    )
    once = rare.group_by("case_id", "family").agg(pl.col("decades").max()).sort("case_id", "family")
    return once.group_by("case_id", maintain_order=True).agg(
        pl.col("family").alias("families"),
        pl.len().cast(pl.Int64).alias("families_n"),
        pl.col("decades").sum().round(RARITY_DECIMALS).alias("rarity"),
    )


def _areas(flags: pl.DataFrame) -> pl.DataFrame:
    """case_id, area_name, area_code: the district that most flags name; of equals the first by name."""
    known = (
        flags.filter(pl.col("area_name").is_not_null()).group_by("case_id", "area_name", "area_code").len()
    )
    ordered = known.sort(("case_id", "len", "area_name", "area_code"), descending=(False, True, False, False))
    return ordered.unique("case_id", keep="first", maintain_order=True).select(
        "case_id", "area_name", "area_code"
    )


def _titles(flags: pl.DataFrame) -> pl.DataFrame:
    """case_id, title. Subjects of flags are never natural persons, so no person's name gets in. What only candidates of screening give is said to be no more."""
    anchors = flags.filter(pl.col("flag_id") == pl.col("anchor_flag_id")).select(
        "case_id", pl.coalesce("subject_name", "subject_id").alias("name")
    )
    others = flags.group_by("case_id").agg((pl.col("subject_id").n_unique() - 1).alias("others_n"))
    said = flags.group_by("case_id", "weak", "data_quality", "indicator", "indicator_title").agg(
        (pl.col("subtype") == CANDIDATE).fill_null(False).all().alias("only")
    )
    worded = said.with_columns(
        pl.when("only").then(pl.lit(CANDIDATE_TITLE)).otherwise("indicator_title").alias("indicator_title")
    )
    words = (
        worded.sort("case_id", "data_quality", "weak", "indicator")
        .group_by("case_id", maintain_order=True)
        .agg(pl.col("indicator_title").unique(maintain_order=True))
    )
    rows = anchors.join(others, on="case_id").join(words, on="case_id").sort("case_id")
    titles = [_title(name, others_n, list(told)) for _, name, others_n, told in rows.iter_rows()]
    return rows.select("case_id").with_columns(pl.Series("title", titles, dtype=pl.String))


def _title(name: str, others_n: int, indicators: Sequence[str]) -> str:
    """`Name and 2 more: circular ownership, owner undisclosed and 1 more indicator`."""
    subject = f"{name} and {others_n} more" if others_n else name
    named = ", ".join(_inside(title) for title in indicators[:TITLE_INDICATORS])
    more_n = len(indicators) - TITLE_INDICATORS
    return f"{subject}: {named}" + (
        f" and {more_n} more indicator{'s' if more_n > 1 else ''}" if more_n > 0 else ""
    )


def _inside(title: str) -> str:
    """An indicator's title inside a sentence; a first word of capitals stays as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _ordered(cases: pl.DataFrame) -> pl.DataFrame:
    """With `position`: number of independent families, then rarity; never a blended score."""
    return cases.sort(ORDER, descending=ORDER_DESCENDING).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("position")
    )
