"""What people judged of pairs of records, as resolution takes it: positive joins, negative separates, unsure changes nothing.

A judgement is about two records (register and the register's own locator); what it means for the records' parties is made anew each night from
the judgements and the records held, so that taking one back undoes it whole. A negative judgement always holds: a cluster that would join the two
is cut at its weakest link (`clusters`). A positive one is the strongest link there is; it joins what is linked to either, and is refused, and said, where
a limit excludes it: two numbers of one scheme, births that exclude each other, a person with an entity, or what another judgement keeps apart.

A record that speaks of several parties (an owner and the trust it acts for) is judged for its owner. A place on a title may be sold: there the judgement is
on whoever has the name that was judged, in whatever edition, and says nothing of who comes after. A locator that several data sets of its register have is
judged in each of them, by its newest edition there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from transforms.resolution.clusters import Clusters, Facts
from transforms.resolution.companies.joining import TOGETHER
from transforms.values.names import company_name_key

POSITIVE, NEGATIVE, UNSURE = VERDICTS = ("positive", "negative", "unsure")
# The last judgement of each pair, oldest first (`n`).
JUDGEMENT: Final[Mapping[str, pl.DataType]] = {
    "n": pl.Int64(),
    "register": pl.String(),
    "record": pl.String(),
    "other_register": pl.String(),
    "other_record": pl.String(),
    "verdict": pl.String(),
}
# And of a record that is a place on a title, the key of the name judged, "" for none; null, or left out, of any other, whose locator is its own for life. A place
# without one is judged for nobody.
NAMED: Final[Mapping[str, pl.DataType]] = {
    **JUDGEMENT,
    "name_key": pl.String(),
    "other_name_key": pl.String(),
}
END = ("register", "record", "name_key")  # what a judgement says of a record
PLACE = "proprietor"  # role of an entity whose locator is a place that another may take
PERSON_PREFIX = "UT-P-"
OWN_PREFIX = "UT-"
NO_COMPANY = ("record", TOGETHER)  # methods of records that lead to no number
LINK_FIRST = ("p", "e")  # parts of a record that are its owner, or the entity itself

type Pair = tuple[int, int]


@dataclass(frozen=True)
class Judged:
    """Pairs of members (row numbers or anchors), in the order in which they were judged."""

    positive: tuple[Pair, ...] = ()
    negative: tuple[Pair, ...] = ()

    def mapped(self, member_of: Mapping[int, int]) -> Judged:
        """The same of what the members have become; a pair that is one already says nothing more."""
        return Judged(
            *(
                tuple((member_of[a], member_of[b]) for a, b in pairs if member_of[a] != member_of[b])
                for pairs in (self.positive, self.negative)
            )
        )

    @property
    def members(self) -> list[int]:
        return sorted({member for pair in (*self.positive, *self.negative) for member in pair})


def none_judged() -> pl.DataFrame:
    return pl.DataFrame(schema=JUDGEMENT)


def place_key(role: pl.Expr, name: pl.Expr) -> pl.Expr:
    """`name_key` of NAMED."""
    return pl.when(role == PLACE).then(company_name_key(name).fill_null("")).alias("name_key")


def of_rows(judgements: pl.DataFrame, rows: pl.DataFrame, number: str) -> Judged:
    """Judgements (JUDGEMENT or NAMED) of which both records are in `rows` (register, dataset, record, part and `number`, in order of editions; of entities name_key
    too), by the newest row of each in each data set."""
    owner_first = pl.col("part").is_in(LINK_FIRST)
    others = {f"other_{of}": of for of in END}
    wanted = pl.concat(
        [
            judgements.select("register", "record"),
            judgements.select(
                pl.col("other_register").alias("register"), pl.col("other_record").alias("record")
            ),
        ]
    )
    named = rows.join(wanted.unique(), on=["register", "record"], how="semi", maintain_order="left")
    judgements, named = (_filled(judgements, "name_key", "other_name_key"), _filled(named, "name_key"))
    newest = (
        named.sort(owner_first, number)
        .unique([*END, "dataset"], keep="last", maintain_order=True)
        .select(*END, pl.col(number).cast(pl.Int64))
    )
    theirs = newest.rename({**{of: other for other, of in others.items()}, number: "other"})
    both = judgements.join(newest, on=END, how="inner", nulls_equal=True).join(
        theirs, on=list(others), how="inner", nulls_equal=True
    )
    pairs = {
        verdict: tuple(
            both.filter(verdict=verdict).sort("n", number, "other").select(number, "other").iter_rows()
        )
        for verdict in (POSITIVE, NEGATIVE)
    }
    return Judged(pairs[POSITIVE], pairs[NEGATIVE])


def _filled(frame: pl.DataFrame, *texts: str) -> pl.DataFrame:
    """`frame` with these columns, null where it has none."""
    return frame.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in texts if name not in frame.columns
    )


# --- persons --------------------------------------------------------------------------------------------------------


def parted(reached: pl.DataFrame, links: Sequence[str], negative: Sequence[Pair]) -> pl.Series:
    """`anchor_no` of each row, where rows judged to be of two persons are kept apart.

    `reached`: row_no, anchor_no, and `links`: columns of integers that rows of one person share, strongest first (the locator of a record, which is never
    cut, then others). Only groups that hold both rows of a negative pair are made anew.
    """
    anchor_of = dict(
        reached.filter(pl.col("row_no").is_in([row for pair in negative for row in pair]))
        .select("row_no", "anchor_no")
        .iter_rows()
    )
    torn = sorted({anchor_of[left] for left, right in negative if anchor_of[left] == anchor_of[right]})
    if not torn:
        return reached["anchor_no"]
    members = reached.filter(pl.col("anchor_no").is_in(torn)).sort("row_no")
    clusters = Clusters(apart=negative, size_max=members.height)
    for link in links:
        # Neighbours of one value suffice while nothing is refused; where something is, every pair of them is a way to go.
        for rows in (
            members.group_by("anchor_no", link, maintain_order=True).agg("row_no")["row_no"].to_list()
        ):
            for position, right in enumerate(rows):
                for left in rows[:position]:
                    if clusters.join(left, right):
                        break
    made = pl.DataFrame(
        [(row, clusters.first(row)) for row in members["row_no"].to_list()],
        schema={"row_no": pl.Int64, "made": pl.Int64},
        orient="row",
    )
    return reached.join(made, on="row_no", how="left", maintain_order="left").select(
        pl.coalesce("made", "anchor_no").alias("anchor_no")
    )["anchor_no"]


# --- entities -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entities:
    """`rows` in the columns given, with what was judged of them; `refused`: (statement_id, other statement_id, reason); what a negative one parts too."""

    rows: pl.DataFrame
    refused: tuple[tuple[str, str, str], ...] = ()


def judged_entities(rows: pl.DataFrame, judgements: pl.DataFrame, own_id: Callable[[str], str]) -> Entities:
    """Entities' rows of the mart `resolution` with the judgements on them.

    `rows`: columns of RESOLUTION, dataset and name_key (`of_rows`), in order of their anchors. A record is held to its party by the score it was resolved with; a register's own entry is its
    number. `own_id`: statement_id of the earliest record of a party without a number → its id.
    """
    if judgements.is_empty():
        return Entities(rows)
    numbered = rows.with_columns(
        pl.col("statement_id").str.split("-").list.last().alias("part")
    ).with_row_index("row_no")
    of_records = of_rows(judgements, numbered, "row_no")
    if not of_records.members:
        return Entities(rows)
    parties = numbered.filter(pl.col("row_no").is_in(of_records.members))["party_id"]
    held = numbered.filter(pl.col("party_id").is_in(parties.unique().implode()))
    unit = ("register", "record", "part", "party_id")
    held = held.with_columns(pl.col("row_no").min().over(unit).cast(pl.Int64).alias("unit"))
    judged = of_records.mapped(dict(held.select(pl.col("row_no").cast(pl.Int64), "unit").iter_rows()))
    clusters, hubs = _clustered(held, judged)
    party_of = _parties(held, clusters, hubs, own_id)
    before = dict(held.select("unit", "party_id").iter_rows())
    news = held.select(
        "statement_id",
        pl.col("unit").replace_strict(party_of, return_dtype=pl.String).alias("made"),
        pl.col("unit")
        .replace_strict(_ways(before, judged, clusters, hubs), return_dtype=pl.String)
        .alias("way"),
    )
    statement_of = dict(held.sort("row_no", descending=True).select("unit", "statement_id").iter_rows())
    refused = [
        (one.left, one.right, one.reason) for one in clusters.refused if one.left >= 0 and one.right >= 0
    ]
    # Clusters cut between a record and its party; what is told is which two records were judged.
    cut = [(left, right, "judged") for left, right in judged.negative if before[left] == before[right]]
    enemies = {
        (party_of[left], party_of[right])
        for left, right in (*judged.negative, *(pair[::-1] for pair in judged.negative))
    }
    told = tuple(
        (statement_of[left], statement_of[right], reason) for left, right, reason in (*refused, *cut)
    )
    return Entities(_with_news(rows, news, enemies), told)


def _ways(
    before: Mapping[int, str], judged: Judged, clusters: Clusters, hubs: Mapping[int, str]
) -> dict[int, str]:
    """How each unit comes to be of its cluster. judged: by a judgement of its own. along: with its party, which a judgement joined with another.
    left: its party left it, or it its party. alone: it is all that its party is now. held: as before.
    """
    joined = {
        unit
        for left, right in judged.positive
        if clusters.first(left) == clusters.first(right)
        for unit in (left, right)
    }
    hub_of = {party: hub for hub, party in hubs.items()}
    parties: dict[int, set[str]] = {}
    units_n: dict[int, int] = {}
    for unit, party in before.items():
        parties.setdefault(clusters.first(unit), set()).add(party)
        units_n[clusters.first(unit)] = units_n.get(clusters.first(unit), 0) + 1
    for hub, party in hubs.items():
        parties.setdefault(clusters.first(hub), set()).add(party)

    def way(unit: int, party: str) -> str:
        cluster = clusters.first(unit)
        if unit in joined:
            return "judged"
        if cluster != clusters.first(hub_of[party]):
            return "left"
        if len(parties[cluster]) > 1:
            return "along"
        return "alone" if units_n[cluster] == 1 else "held"

    return {unit: way(unit, party) for unit, party in before.items()}


def _clustered(held: pl.DataFrame, judged: Judged) -> tuple[Clusters, dict[int, str]]:
    """Units joined with each other and with their parties (hubs: negative number → party)."""
    units = held.sort("unit", "row_no").unique("unit", keep="first", maintain_order=True)
    hubs = {-1 - n: party for n, party in enumerate(units["party_id"].unique().sort().to_list())}
    hub_of = {party: hub for hub, party in hubs.items()}
    facts = {
        unit: Facts(numbers=numbers_of(party)) for unit, party in units.select("unit", "party_id").iter_rows()
    }
    facts |= {hub: Facts(numbers=numbers_of(party)) for hub, party in hubs.items()}
    clusters = Clusters(facts, judged.negative, size_max=units.height + len(hubs) + 1)
    for left, right in judged.positive:
        clusters.join(left, right)
    strength = pl.when(pl.col("method") == "identifier").then(2.0).otherwise("score")
    for unit, party in (
        units.sort(strength, "unit", descending=[True, False]).select("unit", "party_id").iter_rows()
    ):
        clusters.join(unit, hub_of[party])
    return clusters, hubs


def numbers_of(party_id: str) -> frozenset[str]:
    """The official number that a party's id is, where it is one."""
    return frozenset() if party_id.startswith(OWN_PREFIX) else frozenset({party_id})


def _parties(
    held: pl.DataFrame, clusters: Clusters, hubs: Mapping[int, str], own_id: Callable[[str], str]
) -> dict[int, str]:
    """Unit → id of the party that its cluster is: its official number, else an id of its earliest record."""
    official = {first: min(of) for first, of in _official(clusters, hubs).items()}
    earliest: dict[int, str] = {}
    for unit, statement_id in held.sort("row_no").select("unit", "statement_id").iter_rows():
        earliest.setdefault(clusters.first(unit), statement_id)
    party_of = {
        first: official.get(first) or own_id(statement_id) for first, statement_id in earliest.items()
    }
    return {unit: party_of[clusters.first(unit)] for unit in held["unit"].unique().to_list()}


def _official(clusters: Clusters, hubs: Mapping[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for hub, party in hubs.items():
        if numbers_of(party):
            found.setdefault(clusters.first(hub), []).append(party)
    return found


def _with_news(rows: pl.DataFrame, news: pl.DataFrame, enemies: set[tuple[str, str]]) -> pl.DataFrame:
    """Party, method, score and candidate of the rows that a judgement moved; candidates that were judged to be another are none."""
    moved = (pl.col("made") != pl.col("party_id")).fill_null(False)
    no_company = pl.col("method").is_in(NO_COMPANY)
    by_judgement = moved & ((pl.col("way") == "judged") | ((pl.col("way") == "along") & no_company))
    on_its_own = (moved & (pl.col("way") == "left")) | ((pl.col("way") == "alone") & no_company).fill_null(
        False
    )
    joined = rows.join(news, on="statement_id", how="left", maintain_order="left")
    changed = joined.with_columns(
        pl.when(by_judgement)
        .then(pl.lit("judgement"))
        .when(on_its_own)
        .then(pl.lit("record"))
        .otherwise("method")
        .alias("method"),
        pl.when(by_judgement)
        .then(1.0)
        .when(on_its_own & pl.col("candidate_id").is_null())
        .then(0.0)
        .otherwise("score")
        .alias("score"),
        pl.coalesce("made", "party_id").alias("party_id"),
    )
    pairs = pl.DataFrame(
        sorted(enemies), schema={"party_id": pl.String, "candidate_id": pl.String}, orient="row"
    ).with_columns(pl.lit(True).alias("is_enemy"))
    known = changed.join(pairs, on=["party_id", "candidate_id"], how="left", maintain_order="left")
    gone = pl.col("is_enemy").fill_null(False) | (pl.col("candidate_id") == pl.col("party_id")).fill_null(
        False
    )
    return known.with_columns(
        pl.when(~gone).then("candidate_id").alias("candidate_id"),
        pl.when(gone & (pl.col("method") == "record")).then(0.0).otherwise("score").alias("score"),
    ).select(rows.columns)


def cross_kind(
    judgements: pl.DataFrame, persons: pl.DataFrame, entities: pl.DataFrame
) -> list[tuple[str, str, str]]:
    """(statement_id, other statement_id, "kind") of positive judgements between a natural person's record and an entity's."""
    newest = [
        rows.unique(["register", "record"], keep="last", maintain_order=True).select(
            "register", "record", "statement_id"
        )
        for rows in (persons, entities)
    ]
    found = []
    for left, right in (newest, newest[::-1]):
        both = (
            judgements.filter(verdict=POSITIVE)
            .join(left, on=["register", "record"], how="inner")
            .join(
                right.rename(
                    {"register": "other_register", "record": "other_record", "statement_id": "other"}
                ),
                on=["other_register", "other_record"],
                how="inner",
            )
        )
        found += [
            (one, other, "kind") for one, other in both.sort("n").select("statement_id", "other").iter_rows()
        ]
    return found
