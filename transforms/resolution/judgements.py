"""People's judgements on pairs of records in resolution: positive joins, negative separates, unsure does
nothing.

A judgement is about two records (register and the register's own locator). Every run works out its effect on
parties again, from the judgements and the records held, so that withdrawing a judgement undoes all of it. A
negative judgement always holds: a cluster that would join the two is cut at its weakest link (`clusters`). A
positive judgement is the strongest link. It joins everything linked to either record, and is refused and
reported if a limit excludes it: two numbers of one scheme, births that exclude each other, a person with an
entity, or another judgement.

If a record names several parties (an owner and the trust it acts for), the judgement is about the owner. The
locator of a title's proprietor may pass to a new owner, so there the judgement is about whoever has the
judged name, in any edition, and not about later owners. If several data sets of a register have a locator,
the judgement applies in each of them, to the newest edition there.

A party without an official number is identified by its earliest record (its anchor). Records are in order of
editions, registers, data sets, locators and statement ids, so `row_no` 0 is the earliest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.formats.bods.values import psc_link
from transforms.formats.gb_coh.officers import person_number
from transforms.model.sql import Connection, frame
from transforms.resolution.batches import write_batches
from transforms.values.names import company_name_key

ID_BYTES = 10
ANCHOR = ("edition_order", "register", "dataset", "record", "part")

type Link = tuple[int, int]
type Ints = npt.NDArray[np.integer[Any]]


def keyed_id(prefix: str, anchors: pl.Series, id_key: bytes) -> pl.Series:
    """`party_id`: `prefix` and a keyed hash (blake2b, 20 hex digits) of each anchor."""
    hashed = [
        f"{prefix}{hashlib.blake2b(anchor.encode(), key=id_key, digest_size=ID_BYTES).hexdigest()}"
        for anchor in anchors.to_list()
    ]
    return pl.Series("party_id", hashed, dtype=pl.String)


def anchor_text() -> pl.Expr:
    """The text that is hashed to a party's id."""
    return pl.concat_str(ANCHOR, separator="|").alias("anchor")


def write_ids(connection: Connection, source: str, target: str, prefix: str, id_key: bytes) -> None:
    """Write the table `target`: anchor_no and party_id of the records of `source` (row_no, ANCHOR).

    `anchor_no` is the row_no of a party's earliest record.
    """

    def ids(earliest: pl.DataFrame) -> pl.DataFrame:
        party_id = keyed_id(prefix, earliest.select(anchor_text())["anchor"], id_key)
        return earliest.select(pl.col("row_no").alias("anchor_no"), party_id)

    write_batches(connection, source, target, ids)


def registrar_numbers() -> tuple[pl.Expr, pl.Expr]:
    """link: the registrar's own record that a row is about (`psc_link`). officer_number: the registrar's
    number of the officer.
    """
    return (
        psc_link(pl.col("record")).alias("link"),
        person_number(pl.col("record")).alias("officer_number"),
    )


def smallest_reached(numbers: Ints, shared: Sequence[Ints]) -> Ints:
    """For each row, the smallest of `numbers` among all rows that it is connected to. Rows with an equal
    value in one of `shared` (arrays of small integers) are connected.

    Computed to a fixpoint, in at most as many rounds as the longest chain has links.
    """
    reached = numbers
    while True:
        before = reached
        for group in shared:
            smallest = np.full(group.max(initial=0) + 1, np.iinfo(numbers.dtype).max, numbers.dtype)
            np.minimum.at(smallest, group, reached)
            reached = smallest[group]
        if np.array_equal(reached, before):
            return before


POSITIVE, NEGATIVE, UNSURE = VERDICTS = ("positive", "negative", "unsure")
# The last judgement of each pair, oldest first (`n`). For a proprietor of a title, name_key is the key of the
# judged name ("" for no name, which then matches nobody). It is null for all other records, because their
# locators never pass to another party.
JUDGEMENT: Final[Mapping[str, pl.DataType]] = {
    "n": pl.Int64(),
    "register": pl.String(),
    "record": pl.String(),
    "other_register": pl.String(),
    "other_record": pl.String(),
    "verdict": pl.String(),
    "name_key": pl.String(),
    "other_name_key": pl.String(),
}
NEWEST_SQL = """
select register, record, max(statement_id) as statement_id
from {} semi join judged_record using (register, record)
group by register, record
order by all
"""
END = ("register", "record", "name_key")  # how a judgement identifies a record
PLACE = "proprietor"  # role of an entity whose locator may pass to another party
PERSON_PREFIX = "UT-P-"
LINK_FIRST = ("p", "e")  # parts of a record that are the owner, or the entity itself


@dataclass(frozen=True)
class Judged:
    """Links of members (row numbers or anchors), in the order in which they were judged."""

    positive: tuple[Link, ...] = ()
    negative: tuple[Link, ...] = ()

    def mapped(self, member_of: Mapping[int, int]) -> Judged:
        """The same links after mapping their members; a pair that is mapped to one member is dropped."""
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
    """`name_key` of JUDGEMENT."""
    return pl.when(role == PLACE).then(company_name_key(name).fill_null("")).alias("name_key")


def of_rows(judgements: pl.DataFrame, rows: pl.DataFrame) -> Judged:
    """Judgements (JUDGEMENT) whose records are both in `rows`, as links of the newest rows in each data set.

    `rows`: register, dataset, record, part, name_key and row_no, in order of editions.
    """
    newest = (
        rows.join(judged_records(judgements), on=["register", "record"], how="semi", maintain_order="left")
        .sort(pl.col("part").is_in(LINK_FIRST), "row_no")
        .unique([*END, "dataset"], keep="last", maintain_order=True)
        .select(*END, pl.col("row_no").cast(pl.Int64))
    )
    others = newest.select(pl.col(END).name.prefix("other_"), pl.col("row_no").alias("other"))
    both = judgements.join(newest, on=END, how="inner", nulls_equal=True)
    both = both.join(others, on=[f"other_{name}" for name in END], how="inner", nulls_equal=True)
    in_order = both.sort("n", "row_no", "other")
    return Judged(
        *(
            tuple(in_order.filter(verdict=verdict).select("row_no", "other").iter_rows())
            for verdict in (POSITIVE, NEGATIVE)
        )
    )


def judged_records(judgements: pl.DataFrame) -> pl.DataFrame:
    """register, record: both records of each judgement."""
    others = judgements.select(
        pl.col("other_register").alias("register"), pl.col("other_record").alias("record")
    )
    return pl.concat([judgements.select("register", "record"), others]).unique()


def cross_kind(connection: Connection, judgements: pl.DataFrame) -> list[tuple[str, str, str]]:
    """(statement_id, other statement_id, "kind") of positive judgements that join a natural person's record
    and an entity's.

    Reads `person_row` and `entity_row`.
    """
    positive = judgements.filter(verdict=POSITIVE)
    connection.register("judged_record", judged_records(positive).to_arrow())
    newest = [frame(connection, NEWEST_SQL.format(table)) for table in ("person_row", "entity_row")]
    refused = []
    for left, right in (newest, newest[::-1]):
        ids = (
            positive.join(left, on=["register", "record"], how="inner")
            .join(
                right.select(pl.all().name.prefix("other_")),
                on=["other_register", "other_record"],
                how="inner",
            )
            .sort("n")
            .select("statement_id", "other_statement_id")
        )
        refused += [(one, other, "kind") for one, other in ids.iter_rows()]
    return refused
