"""Build the cases of a run from the flags, the marts and the graph tables.

The connection holds the marts, the graph tables, `flag`, `indicator` and the statement tables.
`graphs.cases.grouping` decides which subjects form one case; this module gives cases their ids, titles,
counts and order. It treats all indicators alike.

First come cases that flags of the lanes stop and act open, then, of what is left, those that look flags of
two families on one control group open together. Where such a group has a flag of stop or act too, its look
flags join that case, unless they would join it to another. Flags of lane data open nothing and are no family.

A case is named after its earliest flag that opens a case: UT-C- and the id of that flag. Ids are therefore
stable from run to run:
- when two cases merge, the older flag names the merged case;
- when a case splits, the part with its earliest flag keeps the id;
- when the earliest flag is cleared, the next one names the case. A new flag on facts that are older than
  those of the earliest flag renames the case. Earlier ids stay valid as aliases (`v_case_alias`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from graphs.arrays.edges import Ints, marked
from graphs.cases import CASE_PREFIX
from graphs.cases.grouping import NO_CASE, Links, group_in_turn
from transforms.case_inputs import SEATS_MAX, input_sql
from transforms.flags.listings import CANDIDATE, CANDIDATE_TITLE
from transforms.language.stored import inside_sentence
from transforms.model.indicator import LANES
from transforms.model.sql import Connection, frame, read_sql
from transforms.model.statements import Table
from transforms.model.views import CASE, CASE_LINK, CASE_MEMBER
from transforms.resolution.companies.matching import UNCONFIRMED

TITLE_INDICATORS = 3  # named in a case's title; the others are counted
RARITY_DECIMALS = 6
LOOK_FAMILIES = 2  # of look flags that open a case together
LANE_RANK = {lane: rank for rank, lane in enumerate(LANES)}
# The order of flags of one case: what rests on a candidate of screening stands after what is confirmed.
GRAVEST = ("rank", "is_candidate", "first_seen_on", "flag_id")


@dataclass(frozen=True)
class Casebook:
    """Frames in the schemas of CASE, CASE_MEMBER and CASE_LINK; `case_of_flag`: flag_id, case_id of every
    flag in a case.
    """

    cases: pl.DataFrame
    members: pl.DataFrame
    links: pl.DataFrame
    case_of_flag: pl.DataFrame


def open_cases(connection: Connection, as_of: date) -> Casebook:
    """All cases of a run, in the key order of their tables. Passes on the errors of the connection."""
    connection.execute(f"create or replace temp table case_flag as {input_sql('flags')}")
    links_max = _place_subjects(connection)
    in_case = _name_cases(_opened(_placed_flags(connection)))
    anchors = in_case.select("number", "case_id").unique()
    connection.register("case_anchor", anchors.to_arrow())
    connection.execute(
        "create or replace temp table member as "
        "select a.case_id, p.subject_id from placed p join case_anchor a using (number)"
    )
    members = _members(frame(connection, input_sql("members")), in_case)
    links = frame(connection, read_sql("graphs.cases", "links"), {"unconfirmed": list(UNCONFIRMED)})
    bounds = pl.DataFrame({"number": np.arange(len(links_max)), "links_max_n": links_max})
    limits = anchors.join(bounds, on="number").select("case_id", "links_max_n")
    for table in ("case_flag", "case_candidate", "case_node", "placed", "member"):
        connection.execute(f"drop table {table}")
    cases = _in_review_order(_case_rows(in_case, members, as_of).join(limits, on="case_id"))
    return Casebook(
        _conformed(cases, CASE),
        _conformed(members, CASE_MEMBER),
        _conformed(links, CASE_LINK),
        in_case.select("flag_id", "case_id").sort("flag_id"),
    )


def _conformed(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    return table.conformed(rows).sort(table.key)


# --- which subjects form a case ---------------------------------------------------------------------------


def _place_subjects(connection: Connection) -> Ints:
    """Write `placed`: number, subject_id of every member. Returns the bound on links that each numbered case
    was grouped with.
    """
    connection.execute(
        f"create or replace temp table case_candidate as {input_sql('links')}", {"seats_max": SEATS_MAX}
    )
    connection.execute(read_sql("graphs.cases", "nodes"))
    ends, subjects = (
        frame(connection, read_sql("graphs.cases", "ends")),
        frame(connection, read_sql("graphs.cases", "flagged")),
    )
    n = int(frame(connection, "select count(*) as n from case_node")["n"][0])
    opens, joins, together = (
        marked(n, subjects.filter(column)["node"].to_numpy())
        for column in ("may_open", "may_join", "may_open_together")
    )
    flagged = marked(n, subjects["node"].to_numpy())
    links = Links(ends["src"].to_numpy(), ends["dst"].to_numpy())
    cases = group_in_turn(n, links, opens=opens, joins=joins, together=together, flagged=flagged)
    nodes = np.flatnonzero(cases.case != NO_CASE)
    connection.register("case_place", pl.DataFrame({"node": nodes, "number": cases.case[nodes]}).to_arrow())
    connection.execute(f"create or replace temp table placed as {read_sql('graphs.cases', 'placed')}")
    return cases.links_max


def _placed_flags(connection: Connection) -> pl.DataFrame:
    """The flags on members, with the number of their case, the rank of their lane, and whether they rest on a
    candidate.
    """
    query = "select f.*, p.number from case_flag f join placed p using (subject_id) order by f.flag_id"
    return frame(connection, query).with_columns(
        pl.col("lane").replace_strict(LANE_RANK, return_dtype=pl.Int64).alias("rank"),
        (pl.col("subtype") == CANDIDATE).fill_null(False).alias("is_candidate"),
    )


def _opened(flags: pl.DataFrame) -> pl.DataFrame:
    """Without look flags that the bounds on a case took apart, so that one family is left."""
    families_n = pl.col("family").filter(pl.col("lane") != "data").n_unique().over("number")
    return flags.filter(pl.col("may_open").any().over("number") | (families_n >= LOOK_FAMILIES))


def _name_cases(flags: pl.DataFrame) -> pl.DataFrame:
    """Flags with the id of their case, which is made of its earliest opening flag; of several on one day, the
    smallest id. A look flag names a case only where no flag opens one alone.
    """
    openers = (
        flags.filter(pl.col("may_open") | pl.col("may_open_together"))
        .sort("may_open", "first_seen_on", "flag_id", descending=(True, False, False))
        .group_by("number", maintain_order=True)
        .agg(pl.col("flag_id").first().alias("anchor_flag_id"))
    )
    return (
        flags.join(openers, on="number")
        .with_columns((pl.lit(CASE_PREFIX) + pl.col("anchor_flag_id")).alias("case_id"))
        .sort("case_id", "flag_id")
    )


# --- the rows of a case -----------------------------------------------------------------------------------


def _members(known: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Members with their role.

    A flagged subject has the type that its flag gives it; a control group is known from its flag only.
    """
    counted = flags.group_by("case_id", "subject_id").agg(
        pl.len().cast(pl.Int64).alias("flags_n"),
        pl.col("subject_type").min().alias("flag_type"),
        pl.col("subject_name").min().alias("flag_name"),
    )
    together = known.join(counted, on=("case_id", "subject_id"), how="full", coalesce=True)
    is_linking = pl.col("flags_n").is_null()
    return together.select(
        "case_id",
        "subject_id",
        pl.coalesce("flag_type", "subject_type").alias("subject_type"),
        pl.coalesce("flag_name", "subject_name").alias("subject_name"),
        pl.when(is_linking).then(pl.lit("linking")).otherwise(pl.lit("flagged")).alias("role"),
        pl.col("flags_n").fill_null(0),
    )


def _case_rows(flags: pl.DataFrame, members: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row for each case, without its position and its bound on links."""
    counted = (
        flags.sort("case_id", *GRAVEST)
        .group_by("case_id", maintain_order=True)
        .agg(
            pl.col("anchor_flag_id").min(),
            pl.col("lane", "rank", "is_candidate").first(),
            pl.col("flag_id").first().alias("lane_flag_id"),
            pl.col("indicator").first().alias("lane_indicator"),
            pl.when("is_candidate")
            .then(pl.lit(CANDIDATE_TITLE))
            .otherwise("indicator_title")
            .first()
            .alias("lane_title"),
            pl.len().cast(pl.Int64).alias("flags_n"),
            pl.col("subject_id").n_unique().cast(pl.Int64).alias("subjects_n"),
            pl.col("indicator").unique().sort().alias("indicators"),
            pl.col("first_seen_on").min(),
            pl.col("first_seen_on").max().alias("newest_flag_on"),
        )
    )
    sized = members.group_by("case_id").agg(pl.len().cast(pl.Int64).alias("members_n"))
    for part in (sized, _families(flags), _areas(flags), _titles(flags)):
        counted = counted.join(part, on="case_id", how="left")
    return counted.with_columns(pl.lit(as_of).alias("as_of"))


def _families(flags: pl.DataFrame) -> pl.DataFrame:
    """case_id, families, families_n, rarity (sum over families of -log10 of the rarest flag's base rate).

    Flags of lane data are no independent indication, so they form no family.
    """
    rates = {rate: abs(math.log10(rate)) for rate in flags["base_rate"].drop_nulls().unique().to_list()}
    rare = flags.filter(pl.col("lane") != "data").with_columns(
        pl.col("base_rate").replace_strict(rates, default=0.0, return_dtype=pl.Float64).alias("decades")
    )
    return (
        rare.group_by("case_id", "family")
        .agg(pl.col("decades").max())
        .sort("case_id", "family")
        .group_by("case_id", maintain_order=True)
        .agg(
            pl.col("family").alias("families"),
            pl.len().cast(pl.Int64).alias("families_n"),
            pl.col("decades").sum().round(RARITY_DECIMALS).alias("rarity"),
        )
    )


def _areas(flags: pl.DataFrame) -> pl.DataFrame:
    """case_id, area_name, area_code: the district that most flags name; of several the first by name."""
    district = ("area_name", "area_code")
    return (
        flags.filter(pl.col("area_name").is_not_null())
        .group_by("case_id", *district)
        .len()
        .sort(("case_id", "len", *district), descending=(False, True, False, False))
        .unique("case_id", keep="first", maintain_order=True)
        .select("case_id", *district)
    )


def _titles(flags: pl.DataFrame) -> pl.DataFrame:
    """case_id, title: of the gravest flag's subject, and the indicators, the gravest first.

    Subjects of flags are never natural persons, so a title contains no person's name. Where an indicator
    rests on watch-list candidates only, the title says so.
    """
    gravest = (
        flags.sort("case_id", *GRAVEST)
        .unique("case_id", keep="first", maintain_order=True)
        .select("case_id", pl.coalesce("subject_name", "subject_id").alias("name"))
    )
    others = flags.group_by("case_id").agg((pl.col("subject_id").n_unique() - 1).alias("others_n"))
    raised = flags.group_by("case_id", "indicator", "indicator_title").agg(
        pl.col("rank").min(), pl.col("is_candidate").all().alias("only_candidates")
    )
    title = pl.when("only_candidates").then(pl.lit(CANDIDATE_TITLE)).otherwise("indicator_title")
    indicator_titles = (
        raised.with_columns(title.alias("indicator_title"))
        .sort("case_id", "rank", "indicator")
        .group_by("case_id", maintain_order=True)
        .agg(pl.col("indicator_title").unique(maintain_order=True))
    )
    rows = gravest.join(others, on="case_id").join(indicator_titles, on="case_id").sort("case_id")
    titles = [_title(name, others_n, list(names)) for _, name, others_n, names in rows.iter_rows()]
    return rows.select("case_id").with_columns(pl.Series("title", titles, dtype=pl.String))


def _title(name: str, others_n: int, indicators: Sequence[str]) -> str:
    """`Name and 2 more: circular ownership, owner undisclosed and 1 more indicator`."""
    subject = f"{name} and {others_n} more" if others_n else name
    named = ", ".join(inside_sentence(title) for title in indicators[:TITLE_INDICATORS])
    more_n = len(indicators) - TITLE_INDICATORS
    more = f" and {more_n} more indicator{'s' if more_n > 1 else ''}" if more_n > 0 else ""
    return f"{subject}: {named}{more}"


# --- the order of review ----------------------------------------------------------------------------------


def _in_review_order(cases: pl.DataFrame) -> pl.DataFrame:
    """With `position` and `position_reason`: by lane, then by the number of independent families, then by
    rarity; of equal ones the confirmed first. Never by a blended score.
    """
    ordered = cases.sort(
        ("rank", "families_n", "rarity", "is_candidate", "first_seen_on", "case_id"),
        descending=(False, True, True, False, False, False),
    ).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("position"),
        pl.int_range(1, pl.len() + 1).over("lane").alias("place"),
        pl.len().over("lane").alias("lane_n"),
    )
    reasons = list(map(_position_reason, ordered.iter_rows(named=True)))
    return ordered.with_columns(pl.Series("position_reason", reasons, dtype=pl.String))


def _position_reason(case: Mapping[str, Any]) -> str:
    """`Lane act, for circular ownership (OWN-010): number 3 of 12 in this lane, by 2 families of indicators,
    then rarity 4.10`.
    """
    title = inside_sentence(case["lane_title"])
    families = f"{case['families_n']} {'family' if case['families_n'] == 1 else 'families'}"
    return (
        f"Lane {case['lane']}, for {title} ({case['lane_indicator']}): number {case['place']} of "
        f"{case['lane_n']} in this lane, by {families} of indicators, then rarity {case['rarity']:.2f}"
    )
