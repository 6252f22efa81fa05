"""Parties-to-be: records that share a locator, a record of the registrar, or name, month of birth and
address.

Shared values are followed to a fixpoint. If that chains records that contradict each other, or that a
judgement keeps apart, the party-to-be is split.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.clusters import Clusters, Facts, contradiction
from transforms.resolution.judgements import Link, smallest_reached

# (own) If more persons than this hold a company, holding it together is no evidence.
HOLDERS_MAX = 20
ANCHORS_AT_ONCE = 2_000_000
SHARED = ("locator", "registrar", "person_key")  # the values shared, strongest first
# 32-bit integers, because they are in memory for all records of a country.
SHARED_SQL = "select columns(*)::uinteger from person_shared order by row_no"
ANCHOR_SQL = "create or replace temp table person_anchor as select columns(*)::bigint from anchor"


def write_profiles(connection: Connection, negative: Sequence[Link] = ()) -> list[Link]:
    """Write `person_anchor`, the party-to-be of each record of `features.read_persons`, and `person_profile`.

    Returns pairs of units that share a person key, in parties-to-be that were split for a contradiction
    (`_cut_contradictions`), surest first. `negative`: pairs of row_no that were judged to be of two persons.
    """
    rows = frame(connection, SHARED_SQL)
    shared = [rows[name].fill_null(rows["row_no"]).to_numpy() for name in SHARED]
    rows = rows.with_columns(pl.Series("anchor_no", smallest_reached(rows["row_no"].to_numpy(), shared)))
    if negative:
        filled = rows.with_columns(pl.col(SHARED).fill_null("row_no"))
        rows = rows.with_columns(kept_apart(filled, SHARED, negative).cast(pl.UInt32))
    anchors, alike = _cut_contradictions(connection, rows)
    connection.register("anchor", anchors.to_arrow())
    connection.execute(ANCHOR_SQL)
    connection.unregister("anchor")
    connection.execute(read_sql(__package__, "person_partner", holders_max=str(HOLDERS_MAX)))
    for start in range(0, max(rows.height, 1), ANCHORS_AT_ONCE):
        parts = {"start": str(start), "anchors_n": str(ANCHORS_AT_ONCE)}
        begin = "insert into person_profile" if start else "create or replace temp table person_profile as"
        connection.execute(f"{begin} {read_sql(__package__, 'person_profile', **parts)}")
    return alike


def kept_apart(rows: pl.DataFrame, links: Sequence[str], negative: Sequence[Link]) -> pl.Series:
    """`anchor_no` of each row, with rows that were judged to be of two persons kept apart.

    `rows`: row_no, anchor_no, and the columns `links`: integers that rows of one person share, strongest
    first (the locator of a record first, whose rows are never separated). Only groups with both rows of a
    negative pair change.
    """
    judged = rows.filter(pl.col("row_no").is_in([row for pair in negative for row in pair]))
    anchor_of = dict(judged.select("row_no", "anchor_no").iter_rows())
    torn = sorted({anchor_of[left] for left, right in negative if anchor_of[left] == anchor_of[right]})
    if not torn:
        return rows["anchor_no"]
    members = rows.filter(pl.col("anchor_no").is_in(torn)).sort("row_no")
    clusters = Clusters(apart=negative, size_max=members.height)
    for link in links:
        for group in (
            members.group_by("anchor_no", link, maintain_order=True).agg("row_no")["row_no"].to_list()
        ):
            for position, right in enumerate(group):
                # Usually one neighbour is enough; if that link is refused, the next ones are tried.
                any(clusters.join(left, right) for left in group[:position])
    first_of = {row: clusters.first(row) for row in members["row_no"].to_list()}
    first = pl.col("row_no").replace_strict(first_of, default=None, return_dtype=pl.Int64)
    return rows.select(pl.coalesce(first, "anchor_no").alias("anchor_no"))["anchor_no"]


def _cut_contradictions(connection: Connection, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Link]]:
    """row_no and anchor_no of `rows`, with parties-to-be whose records contradict each other split into
    units; and the pairs of units that share a key.

    A record whose birth or name was corrected shares its former key with one person and its present key with
    another. Which of the two it belongs to is decided by `clusters`, and reported.
    """
    units = _chained_units(rows)
    connection.register("chained_row", units.select("row_no", "anchor_no", "unit").to_arrow())
    of_units = frame(connection, read_sql(__package__, "unit_facts")).group_by("anchor_no", "unit")
    facts_of: dict[int, set[Facts]] = {}
    for anchor, _, months, *names in of_units.agg("month", "forename", "middle", "words").iter_rows():
        facts_of.setdefault(anchor, set()).add(Facts.stated(months, (), *names))
    torn = [
        anchor
        for anchor, group in facts_of.items()
        if any(contradiction(*pair) for pair in combinations(group, 2))
    ]
    cut = units.filter(pl.col("anchor_no").is_in(torn))
    # row_no is the position of a row.
    return rows.select("row_no", rows["anchor_no"].scatter(cut["row_no"], cut["unit"])), _key_links(cut)


def _chained_units(rows: pl.DataFrame) -> pl.DataFrame:
    """row_no, anchor_no, unit (its smallest row_no) and person_key, for parties-to-be in which keys join more
    than two units.

    A unit is the records of one locator, or of one record of the registrar that several registers have. Two
    units that share a key cannot contradict each other.
    """
    keyed = rows.filter(pl.col("person_key").is_not_null())
    ends = [np.full(rows.height, fill, np.uint32) for fill in (rows.height, 0)]
    for end, keep in zip(ends, (np.minimum, np.maximum), strict=True):
        keep.at(end, keyed["anchor_no"].to_numpy(), keyed["person_key"].to_numpy())
    of_several = ends[0] < ends[1]
    units = rows.filter(pl.Series(of_several[rows["anchor_no"].to_numpy()], dtype=pl.Boolean))
    by_registrar = pl.col("locator").min().over("anchor_no", "registrar")
    unit = pl.when(pl.col("registrar").is_null()).then("locator").otherwise(by_registrar)
    units = units.with_columns(unit.min().over("anchor_no", "locator").alias("unit"))
    return units.filter(pl.col("unit").n_unique().over("anchor_no") > 2).select(
        "row_no", "anchor_no", "unit", "person_key"
    )


def _key_links(units: pl.DataFrame) -> list[Link]:
    """Pairs of units that share a key, each unit with the next one; those with the newest editions first."""
    last = (
        units.filter(pl.col("person_key").is_not_null())
        .group_by("anchor_no", "person_key", "unit")
        .agg(pl.col("row_no").max())
    )
    before = [pl.col(name).shift().over("anchor_no", "person_key") for name in ("unit", "row_no")]
    neighbours = last.sort("person_key", "row_no", "unit").with_columns(
        before[0].alias("other"), before[1].alias("other_row")
    )
    newest_first = (
        neighbours.filter(pl.col("other").is_not_null())
        .select(
            pl.min_horizontal("unit", "other").alias("left"),
            pl.max_horizontal("unit", "other").alias("right"),
            pl.min_horizontal("row_no", "other_row").alias("newest"),
        )
        .sort("newest", "left", "right", descending=[True, False, False])
    )
    return list(newest_first.select("left", "right").unique(maintain_order=True).iter_rows())
