"""Apply people's judgements to resolved entities.

Records and parties are clustered within the limits of `clusters`: first by the judgements, then each record
with the party that it was resolved to, by its score.
"""

from collections import Counter
from collections.abc import Mapping

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.clusters import Clusters, Facts
from transforms.resolution.companies.matching import TOGETHER
from transforms.resolution.judgements import Judged, anchor_text, judged_records, keyed_id, of_rows, place_key

OWN_PREFIX = "UT-"
NO_COMPANY = ("record", TOGETHER)  # methods by which a record gets no official number


type Refused = tuple[tuple[str, str, str], ...]


HELD_SQL = """
select * from entity_row
where party_id in (select party_id from entity_row semi join judged_record using (register, record))
"""


def judge_entities(connection: Connection, judgements: pl.DataFrame, id_key: bytes) -> Refused:
    """Apply `judgements` (JUDGEMENT) to the rows of `entity_row` (RESOLUTION, of entities).

    Returns (statement_id, other statement_id, reason) for judgements that a limit refused, and for records of
    one party that a negative judgement separated.
    """
    connection.register("judged_record", judged_records(judgements).to_arrow())
    rows = frame(connection, HELD_SQL)
    if rows.is_empty():
        return ()
    connection.register("judged_row", rows.select("statement_id").to_arrow())
    condition = "s.statement_id in (select statement_id from judged_row)"
    held = (
        frame(connection, read_sql(__package__, "entity_records", condition=condition))
        .select("statement_id", "dataset", "part", place_key(pl.col("role"), pl.col("name")), anchor_text())
        .join(rows, on="statement_id", how="inner", maintain_order="left")
        .with_row_index("row_no")
    )
    of_records = of_rows(judgements, held)
    if not of_records.members:
        return ()
    unit = pl.col("row_no").min().over("register", "record", "part", "party_id").cast(pl.Int64)
    changed, refused = _rejudged(rows, held.with_columns(unit.alias("unit")), of_records, id_key)
    connection.register("changed_row", changed.to_arrow())
    connection.execute("delete from entity_row where statement_id in (select statement_id from judged_row)")
    connection.execute("insert into entity_row by name select * from changed_row")
    return refused


def _rejudged(
    rows: pl.DataFrame, held: pl.DataFrame, of_records: Judged, id_key: bytes
) -> tuple[pl.DataFrame, Refused]:
    """`rows` after clustering `held` with the judgements. A unit is the records of one locator and party."""
    judged = of_records.mapped(dict(held.select(pl.col("row_no").cast(pl.Int64), "unit").iter_rows()))
    clusters, hubs = _clustered(held, judged)
    party_of = _parties(held, clusters, hubs, id_key)
    before = dict(held.select("unit", "party_id").iter_rows())
    ways = _ways(before, judged, clusters, hubs)
    changes = held.select(
        "statement_id",
        pl.col("unit").replace_strict(party_of, return_dtype=pl.String).alias("new_party_id"),
        pl.col("unit").replace_strict(ways, return_dtype=pl.String).alias("way"),
    )
    negative = judged.negative
    both_ways = (*negative, *(pair[::-1] for pair in negative))
    enemies = {(party_of[left], party_of[right]) for left, right in both_ways}
    statement_of = dict(held.sort("row_no", descending=True).select("unit", "statement_id").iter_rows())
    # A cluster may be cut between a record and its party (a hub). Then the two judged records are reported.
    refused = [refusal for refusal in clusters.refused if refusal.left >= 0 and refusal.right >= 0]
    cut = [(left, right, "judged") for left, right in negative if before[left] == before[right]]
    reported = ((statement_of[left], statement_of[right], reason) for left, right, reason in (*refused, *cut))
    return _changed(rows, changes, enemies), tuple(reported)


def _clustered(held: pl.DataFrame, judged: Judged) -> tuple[Clusters, dict[int, str]]:
    """Units joined with each other and with their parties (hubs: negative number → party)."""
    units = held.sort("unit", "row_no").unique("unit", keep="first", maintain_order=True)
    hubs = {-1 - n: party for n, party in enumerate(units["party_id"].unique().sort().to_list())}
    hub_of = {party: hub for hub, party in hubs.items()}
    party_of = {**dict(units.select("unit", "party_id").iter_rows()), **hubs}
    facts = {member: Facts(numbers=_numbers_of(party)) for member, party in party_of.items()}
    clusters = Clusters(facts, judged.negative, size_max=len(facts) + 1)
    for left, right in judged.positive:
        clusters.join(left, right)
    strength = pl.when(pl.col("method") == "identifier").then(2.0).otherwise("score")
    strongest = units.sort(strength, "unit", descending=[True, False])
    for unit, party in strongest.select("unit", "party_id").iter_rows():
        clusters.join(unit, hub_of[party])
    return clusters, hubs


def _numbers_of(party_id: str) -> frozenset[str]:
    """The party's id if it is an official number, else nothing."""
    return frozenset() if party_id.startswith(OWN_PREFIX) else frozenset({party_id})


def _parties(
    held: pl.DataFrame, clusters: Clusters, hubs: Mapping[int, str], id_key: bytes
) -> dict[int, str]:
    """Unit → party id of its cluster: an official number, else an id made from the earliest record."""
    official: dict[int, str] = {}
    for hub, party in hubs.items():
        if _numbers_of(party):
            first = clusters.first(hub)
            official[first] = min(party, official.get(first, party))
    first_of = {unit: clusters.first(unit) for unit in held["unit"].unique().to_list()}
    earliest = held.select(pl.col("unit").replace_strict(first_of).alias("cluster"), "anchor").unique(
        "cluster", keep="first", maintain_order=True
    )
    ids = keyed_id("UT-E-", earliest["anchor"], id_key)
    party_of = dict(zip(earliest["cluster"].to_list(), ids.to_list(), strict=True)) | official
    return {unit: party_of[first] for unit, first in first_of.items()}


def _ways(
    before: Mapping[int, str], judged: Judged, clusters: Clusters, hubs: Mapping[int, str]
) -> dict[int, str]:
    """How each unit came to its cluster.

    judged: by a judgement on the unit. along: with its party, which a judgement joined to another. left: it
    was separated from its party. alone: it is the only unit left of its party. held: as before.
    """
    joined = {
        unit
        for left, right in judged.positive
        if clusters.first(left) == clusters.first(right)
        for unit in (left, right)
    }
    cluster_of_party = {party: clusters.first(hub) for hub, party in hubs.items()}
    units_n = Counter(clusters.first(unit) for unit in before)
    pairs = {(clusters.first(unit), party) for unit, party in before.items()}
    pairs |= {(cluster, party) for party, cluster in cluster_of_party.items()}
    parties_n = Counter(cluster for cluster, _ in pairs)

    def way(unit: int, party: str) -> str:
        cluster = clusters.first(unit)
        if unit in joined:
            return "judged"
        if cluster != cluster_of_party[party]:
            return "left"
        if parties_n[cluster] > 1:
            return "along"
        return "alone" if units_n[cluster] == 1 else "held"

    return {unit: way(unit, party) for unit, party in before.items()}


def _changed(rows: pl.DataFrame, changes: pl.DataFrame, enemies: set[tuple[str, str]]) -> pl.DataFrame:
    """`rows` with the new party, method, score and candidate of those that a judgement moved.

    `enemies`: (party_id, candidate_id) that were judged to be two parties, so they are not candidates.
    """
    moved = (pl.col("new_party_id") != pl.col("party_id")).fill_null(False)
    no_company = pl.col("method").is_in(NO_COMPANY)
    by_judgement = moved & ((pl.col("way") == "judged") | ((pl.col("way") == "along") & no_company))
    is_alone = (pl.col("way") == "alone") & no_company
    on_its_own = (moved & (pl.col("way") == "left")) | is_alone.fill_null(False)
    method = pl.when(by_judgement).then(pl.lit("judgement")).when(on_its_own).then(pl.lit("record"))
    score = pl.when(by_judgement).then(1.0).when(on_its_own & pl.col("candidate_id").is_null()).then(0.0)
    changed = rows.join(changes, on="statement_id", how="left", maintain_order="left").with_columns(
        method.otherwise("method").alias("method"),
        score.otherwise("score").alias("score"),
        pl.coalesce("new_party_id", "party_id").alias("party_id"),
    )
    apart = pl.DataFrame(
        sorted(enemies), schema=dict.fromkeys(("party_id", "candidate_id"), pl.String), orient="row"
    )
    known = changed.join(
        apart.with_columns(is_enemy=True), on=["party_id", "candidate_id"], how="left", maintain_order="left"
    )
    is_same = (pl.col("candidate_id") == pl.col("party_id")).fill_null(False)
    gone = pl.col("is_enemy").fill_null(False) | is_same
    return known.with_columns(
        pl.when(~gone).then("candidate_id").alias("candidate_id"),
        pl.when(gone & (pl.col("method") == "record")).then(0.0).otherwise("score").alias("score"),
    ).select(rows.columns)
