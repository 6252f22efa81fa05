"""Which party-to-be is which person: pairs are weighed, clustered with judgements, and written."""

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.model.views import RESOLUTION
from transforms.resolution.clusters import Clusters, Facts
from transforms.resolution.judgements import LOCATOR, Judged, Link, anchor_ids, of_rows
from transforms.resolution.links import person_links
from transforms.resolution.persons.linkage import person_pairs
from transforms.resolution.persons.parties import write_profiles

PERSON_TABLES_SQL = """
select table_name
from duckdb_tables()
where (database_name = 'temp' and starts_with(table_name, 'person_'))
    or (database_name = current_database() and starts_with(table_name, '__splink__'))
"""


def linked_persons(
    connection: Connection, persons: pl.DataFrame, judgements: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Link the records `persons` (`features.read_persons`), keeping to `judgements` (JUDGEMENT): of each
    record, in order of row_no, the columns below; and the pairs, as RESOLUTION_LINK.

    anchor_no: of the person's earliest record. link_score: probability of the strongest pair that joined the
    record's party-to-be with others, null where none did. came_by_link: false of the party-to-be that gave
    its name to the person; came_by_judgement: a judgement joined it. other_no, other_score: the likeliest
    other person, if nobody judged that it is another.
    """
    judged_rows = of_rows(judgements, persons, "row_no")
    anchors, alike = write_profiles(connection, persons, judged_rows.negative)
    judged_anchors = anchors.filter(pl.col("row_no").is_in(judged_rows.members))
    judged = judged_rows.mapped(dict(judged_anchors.iter_rows()))
    pairs = person_pairs(connection)
    of_judged = anchors.filter(pl.col("anchor_no").is_in(judged.members))
    numbered = persons.select(pl.col("row_no").cast(pl.Int64), "statement_id")
    connection.register("judged_person", of_judged.join(numbered, on="row_no", how="inner").to_arrow())
    clusters = clustered(pairs, _facts(connection, pairs, judged, alike), judged, alike)
    links = person_links(pairs, persons, clusters, alike)
    for (name,) in connection.sql(PERSON_TABLES_SQL).fetchall():  # as large as all that comes after
        connection.execute(f'drop table if exists "{name}"')
    person_of = clusters.first_of_each()
    others = best_candidates(_not_apart(pairs, person_of, judged), person_of)
    scores = _link_scores(pairs, person_of).filter(~pl.col("anchor_no").is_in(_ends(alike)))
    placed = (
        anchors.with_columns(pl.col("anchor_no").replace(person_of).alias("person_no"))
        .join(scores, on="anchor_no", how="left", maintain_order="left")
        .join(others, left_on="person_no", right_on="anchor_no", how="left", maintain_order="left")
    )
    came = pl.col("anchor_no") != pl.col("person_no")
    joined = [pair for pair in judged.positive if clusters.first(pair[0]) == clusters.first(pair[1])]
    rows = placed.select(
        "row_no",
        pl.col("person_no").alias("anchor_no"),
        "link_score",
        (came & pl.col("link_score").is_not_null()).alias("came_by_link"),
        (came & pl.col("anchor_no").is_in(_ends(joined))).alias("came_by_judgement"),
        "other_no",
        pl.col("probability").alias("other_score"),
    )
    return rows, links


def _ends(links: Sequence[Link]) -> list[int]:
    return sorted({end for link in links for end in link})


def _not_apart(pairs: pl.DataFrame, person_of: Mapping[int, int], judged: Judged) -> pl.DataFrame:
    """Pairs but those of two persons whom a judgement keeps apart."""
    apart = {frozenset(person_of.get(end, end) for end in pair) for pair in judged.negative}
    if not apart:
        return pairs
    persons = pairs.select(pl.col(end).replace(person_of) for end in ENDS).iter_rows()
    return pairs.filter(pl.Series([frozenset(pair) not in apart for pair in persons], dtype=pl.Boolean))


def _facts(
    connection: Connection, pairs: pl.DataFrame, judged: Judged, alike: Sequence[Link]
) -> dict[int, Facts]:
    """What is stated of the anchors that a cluster of more than two may hold, that were judged, or that a key
    joins.

    A pair alone was compared already. Reads `judged_person`: anchor_no and statement_id of those judged.
    """
    merging = pairs.filter("merges").select(ENDS)
    ends = pl.concat([merging[end] for end in ENDS])
    # A judgement chains its two with whatever either merges with.
    members = pl.Series(sorted({*judged.members, *_ends(alike)}), dtype=pl.Int64)
    chaining = pl.concat([ends.filter(ends.is_duplicated()), members]).unique()
    chained = merging.filter(pl.any_horizontal(pl.col(end).is_in(chaining.implode()) for end in ENDS))
    anchors = pl.concat([*(chained[end] for end in ENDS), members]).unique().alias("anchor_no")
    connection.register("clustering_anchor", anchors.to_frame().to_arrow())
    stated = frame(connection, read_sql(__package__, "stated_facts"))
    return {anchor: Facts.stated(*values) for anchor, *values in stated.iter_rows()}


def _link_scores(pairs: pl.DataFrame, person_of: Mapping[int, int]) -> pl.DataFrame:
    """anchor_no, link_score: of the anchors that a merging pair brought to a person.

    A refused pair brought nobody.
    """
    merging = pairs.filter("merges")
    persons = [merging[end].replace(person_of) for end in ENDS]
    held = merging.filter(persons[0] == persons[1])
    return (
        pl.concat([held.select(pl.col(end).alias("anchor_no"), "probability") for end in ENDS])
        .group_by("anchor_no")
        .agg(pl.col("probability").max().alias("link_score"))
    )


def person_rows(persons: pl.DataFrame, linked: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    """Rows as RESOLUTION of `persons`, with `Linked.rows`.

    The method says what joins the record itself to its person.

    A key that no other record of the person has is no match.
    """
    rows = persons.hstack(linked.drop("row_no"))
    anchors = pl.concat([rows["anchor_no"], rows["other_no"].drop_nulls()])
    ids = anchor_ids(rows, anchors, "UT-P-", id_key).with_columns(pl.col("anchor_no").cast(pl.Int64))
    others = ids.rename({"anchor_no": "other_no", "party_id": "candidate_id"})
    named = rows.join(ids, on="anchor_no", how="left", maintain_order="left").join(
        others, on="other_no", how="left", maintain_order="left"
    )
    of_key, record = ("anchor_no", pl.col("person_key").hash()), pl.struct(LOCATOR).hash()
    is_shared = record.min().over(of_key) != record.max().over(of_key)
    keyed, has_link = pl.col("person_key").is_not_null() & is_shared, pl.col("link_score").is_not_null()
    by_link = has_link & (~keyed | pl.col("came_by_link"))
    method = (
        pl.when("came_by_judgement")
        .then(pl.lit("judgement"))
        .when(by_link)
        .then(pl.lit("linkage"))
        .when(keyed)
        .then(pl.lit("name_birth_address"))
        .otherwise(pl.lit("record"))
    )
    score = (
        pl.when(method.is_in(["judgement", "name_birth_address"]))
        .then(1.0)
        .when(by_link)
        .then("link_score")
        .otherwise(pl.col("other_score").fill_null(0.0))
    )
    return RESOLUTION.conformed(named.with_columns(method.alias("method"), score.alias("score")))


ENDS = ("left_anchor", "right_anchor")


def clustered(
    pairs: pl.DataFrame,
    facts: Mapping[int, Facts],
    judged: Judged | None = None,
    alike: Sequence[tuple[int, int]] = (),
) -> Clusters:
    """Clusters of the anchors of `pairs` (`linkage.PAIR`), within the limits of `clusters`.

    What was judged is joined first, then the anchors that a key joins (`alike`), then the pairs that weigh
    most.
    """
    judged = judged or Judged()
    links = pairs.filter("merges").sort("weight", *ENDS, descending=[True, False, False]).select(*ENDS).rows()
    clusters = Clusters(facts, judged.negative, {(min(link), max(link)) for link in links})
    for left, right in judged.positive:
        clusters.join(left, right, is_judged=True)
    for left, right in (*alike, *links):
        clusters.join(left, right)
    return clusters


def merged(pairs: pl.DataFrame) -> dict[int, int]:
    """anchor_no → anchor_no of its person's earliest record, for the anchors that merge with another."""
    return clustered(pairs, {}).first_of_each()


def best_candidates(pairs: pl.DataFrame, person_of: Mapping[int, int]) -> pl.DataFrame:
    """anchor_no, other_no, probability: for each person the likeliest other one, by their smallest anchors.

    Of equally likely ones, the earliest.
    """
    apart = pairs.select(*(pl.col(end).replace(person_of) for end in ENDS), "probability").filter(
        pl.col(ENDS[0]) != pl.col(ENDS[1])
    )
    return (
        pl.concat(
            apart.select(pl.col(end).alias("anchor_no"), pl.col(other).alias("other_no"), "probability")
            for end, other in (ENDS, ENDS[::-1])
        )
        .sort("anchor_no", "probability", "other_no", descending=[False, True, False])
        .unique("anchor_no", keep="first", maintain_order=True)
    )
