"""Join parties-to-be to persons: weigh pairs, cluster them with the judgements, and write the result."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.batches import drop_all_but
from transforms.resolution.clusters import Clusters, Facts, Refusal
from transforms.resolution.judgements import (
    PERSON_PREFIX,
    Judged,
    Link,
    judged_records,
    of_rows,
    smallest_reached,
    write_ids,
)
from transforms.resolution.links import write_person_links
from transforms.resolution.persons.linkage import Predict, person_pairs, predicted_here
from transforms.resolution.persons.parties import write_profiles

OF_RECORDS = ("person_record", "person_shared", "person_anchor")
JUDGED_SQL = """
select row_no, register, dataset, record, part, null::varchar as name_key
from person_record
semi join judged_record using (register, record)
order by row_no
"""
JUDGED_ANCHORS_SQL = "select row_no, anchor_no from person_anchor semi join judged_row using (row_no)"


LINKS_AT_ONCE = 100_000
# A person is known by its earliest record.
EARLIEST_SQL = """
create or replace temp view person_earliest as
select r.* from person_record r join person_placed p using (row_no) where p.person_no = p.row_no
"""


def link_persons(
    connection: Connection, judgements: pl.DataFrame, id_key: bytes, predict_pairs: Predict = predicted_here
) -> None:
    """Link the records of `features.read_persons`, keeping to `judgements` (JUDGEMENT).

    Writes `person_row` (RESOLUTION), and `person_link` (RESOLUTION_LINK), the pairs weighed.
    """
    connection.register("judged_record", judged_records(judgements).to_arrow())
    judged_rows = of_rows(judgements, frame(connection, JUDGED_SQL))
    alike = write_profiles(connection, judged_rows.negative)
    drop_all_but(connection, *OF_RECORDS, "person_profile")
    _register_numbers(connection, "judged_row", "row_no", judged_rows.members)
    judged = judged_rows.mapped(dict(frame(connection, JUDGED_ANCHORS_SQL).iter_rows()))
    pairs = person_pairs(connection, predict_pairs=predict_pairs)
    person_of, refused = _clustered_in_parts(connection, pairs, judged, alike)
    write_person_links(connection, pairs, person_of, refused, alike)
    drop_all_but(connection, *OF_RECORDS, "person_link")
    _place(connection, pairs, person_of, judged, alike)
    connection.execute(EARLIEST_SQL)
    write_ids(connection, "person_earliest", "person_party", PERSON_PREFIX, id_key)
    connection.execute(read_sql(__package__, "person_row"))
    drop_all_but(connection, "person_row", "person_link")


def _register_numbers(connection: Connection, name: str, column: str, numbers: Iterable[int]) -> None:
    rows = pl.Series(column, sorted(numbers), dtype=pl.Int64).to_frame()
    connection.register(name, rows.to_arrow())


def _place(
    connection: Connection,
    pairs: pl.DataFrame,
    person_of: Mapping[int, int],
    judged: Judged,
    alike: Sequence[Link],
) -> None:
    """Write `person_placed`: the person of each record (the row_no of its earliest record) and how it was
    joined.

    Registers `person_other`: for each person the most probable other one, unless a judgement separates them.
    """
    joined = [
        (one, other)
        for one, other in judged.positive
        if person_of.get(one, one) == person_of.get(other, other)
    ]
    scores = _link_scores(pairs, person_of).filter(~pl.col("anchor_no").is_in(_ends(alike)))
    moved = (
        pl.DataFrame(
            {"anchor_no": list(person_of), "person_no": list(person_of.values())},
            schema={"anchor_no": pl.Int64, "person_no": pl.Int64},
        )
        .join(scores, on="anchor_no", how="left")
        .with_columns(pl.col("anchor_no").is_in(_ends(joined)).alias("is_judged"))
    )
    connection.register("moved_anchor", moved.to_arrow())
    connection.execute(read_sql(__package__, "person_placed"))
    others = best_candidates(_not_apart(pairs, person_of, judged), person_of)
    connection.register("person_other", others.to_arrow())


def _ends(links: Sequence[Link]) -> list[int]:
    return sorted({end for link in links for end in link})


def _not_apart(pairs: pl.DataFrame, person_of: Mapping[int, int], judged: Judged) -> pl.DataFrame:
    """The pairs without those of two persons whom a judgement keeps apart."""
    apart = {frozenset(person_of.get(end, end) for end in pair) for pair in judged.negative}
    if not apart:
        return pairs
    persons = pairs.select(pl.col(end).replace(person_of) for end in ENDS).iter_rows()
    return pairs.filter(pl.Series([frozenset(pair) not in apart for pair in persons], dtype=pl.Boolean))


def _clustered_in_parts(
    connection: Connection, pairs: pl.DataFrame, judged: Judged, alike: Sequence[Link]
) -> tuple[dict[int, int], list[Refusal]]:
    """Anchor → anchor of its person, for those that are joined; and the links refused.

    Clusters about LINKS_AT_ONCE links at a time, never splitting a chain of links, because the facts of a
    country's anchors do not fit in memory.
    """
    person_of: dict[int, int] = {}
    refused: list[Refusal] = []
    merging = pairs.filter("merges").select(*ENDS, "weight", "merges")
    others = pl.DataFrame([*judged.positive, *alike], schema=dict.fromkeys(ENDS, pl.Int64), orient="row")
    parts = _parts(pl.concat([merging.select(ENDS), others]))
    of_others = parts.filter(pl.col("anchor_no").is_in(others["left_anchor"].implode()))
    part_of = dict(of_others.iter_rows())
    merging = merging.join(parts, left_on="left_anchor", right_on="anchor_no", how="inner")
    for part in range(parts["part"].n_unique()):
        some = merging.filter(part=part)
        judged_here = Judged(
            tuple(pair for pair in judged.positive if part_of[pair[0]] == part), judged.negative
        )
        alike_here = [pair for pair in alike if part_of[pair[0]] == part]
        facts = _facts(connection, some, judged_here, alike_here)
        clusters = clustered(some, facts, judged_here, alike_here)
        person_of |= clusters.first_of_each()
        refused += clusters.refused
    return person_of, refused


def _parts(links: pl.DataFrame) -> pl.DataFrame:
    """anchor_no and part (0, 1, …) of the ends of these links. A part has about LINKS_AT_ONCE links, and a
    chain of links is always in one part.
    """
    ends = pl.concat([links.to_series(side).alias("anchor_no") for side in (0, 1)])
    anchors = ends.rank("dense").to_numpy()
    chains = smallest_reached(anchors, (np.tile(np.arange(links.height), 2), anchors))
    numbered = pl.DataFrame({"anchor_no": ends, "chain": chains})
    sizes = numbered.group_by("chain").len().sort("chain")
    part = (pl.col("len").cum_sum() // (2 * LINKS_AT_ONCE)).rank("dense") - 1
    return (
        numbered.unique()
        .join(sizes.select("chain", part.alias("part")), on="chain", how="inner")
        .select("anchor_no", "part")
    )


def _facts(
    connection: Connection, pairs: pl.DataFrame, judged: Judged, alike: Sequence[Link]
) -> dict[int, Facts]:
    """The facts of anchors that may be in a cluster of more than two, that were judged, or that share a key.

    A pair without further links was compared already.
    """
    merging = pairs.filter("merges").select(ENDS)
    ends = pl.concat([merging[end] for end in ENDS])
    # A judgement chains its two with whatever either merges with.
    members = pl.Series(sorted({*judged.members, *_ends(alike)}), dtype=pl.Int64)
    chaining = pl.concat([ends.filter(ends.is_duplicated()), members]).unique()
    chained = merging.filter(pl.any_horizontal(pl.col(end).is_in(chaining.implode()) for end in ENDS))
    anchors = pl.concat([*(chained[end] for end in ENDS), members]).unique().alias("anchor_no")
    connection.register("clustering_anchor", anchors.to_frame().to_arrow())
    _register_numbers(connection, "judged_anchor", "anchor_no", judged.members)
    stated = frame(connection, read_sql(__package__, "stated_facts"))
    return {anchor: Facts.stated(*values) for anchor, *values in stated.iter_rows()}


def _link_scores(pairs: pl.DataFrame, person_of: Mapping[int, int]) -> pl.DataFrame:
    """anchor_no, link_score: the highest probability of a merging pair that joined the anchor to its person.

    Refused pairs do not count.
    """
    merging = pairs.filter("merges")
    persons = [merging[end].replace(person_of) for end in ENDS]
    held = merging.filter(persons[0] == persons[1])
    return (
        pl.concat([held.select(pl.col(end).alias("anchor_no"), "probability") for end in ENDS])
        .group_by("anchor_no")
        .agg(pl.col("probability").max().alias("link_score"))
    )


ENDS = ("left_anchor", "right_anchor")


def clustered(
    pairs: pl.DataFrame,
    facts: Mapping[int, Facts],
    judged: Judged | None = None,
    alike: Sequence[tuple[int, int]] = (),
) -> Clusters:
    """Clusters of the anchors of `pairs` (`linkage.PAIR`), within the limits of `clusters`.

    Judgements are joined first, then anchors that share a key (`alike`), then pairs by descending weight.
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
    """anchor_no, other_no, probability: for each person, by smallest anchor, the most probable other person;
    of equally probable ones, the earliest.
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
