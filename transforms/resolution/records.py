"""What records of persons and of entities have in common: their order, the registrar's own record, and the
ids of parties.

A party without an official number is named by its earliest record (its anchor). Records come in order of
editions, registers, data sets, locators and statement ids, so that `row_no` 0 is the earliest.
"""

import hashlib
from collections.abc import Sequence

import polars as pl

from transforms.formats.bods import psc_link

ID_BYTES = 10
ANCHOR = ("edition_order", "register", "dataset", "record", "part")
LOCATOR = ANCHOR[1:]

type Link = tuple[int, int]


def keyed_id(prefix: str, anchors: pl.Series, id_key: bytes) -> pl.Series:
    """`party_id`: `prefix` and a keyed hash (blake2b, 20 hex digits) of each anchor."""
    hashed = [
        f"{prefix}{hashlib.blake2b(anchor.encode(), key=id_key, digest_size=ID_BYTES).hexdigest()}"
        for anchor in anchors.to_list()
    ]
    return pl.Series("party_id", hashed, dtype=pl.String)


def anchor_text() -> pl.Expr:
    """What the id of a party is a hash of."""
    return pl.concat_str(ANCHOR, separator="|").alias("anchor")


def anchor_ids(rows: pl.DataFrame, anchor_nos: pl.Series, prefix: str, id_key: bytes) -> pl.DataFrame:
    """anchor_no, party_id of these anchors. `anchor_no` is the row_no of a party's earliest record."""
    earliest = rows.filter(pl.col("row_no").is_in(anchor_nos.unique().implode()))
    ids = keyed_id(prefix, earliest.select(anchor_text())["anchor"], id_key)
    return earliest.select(pl.col("row_no").alias("anchor_no"), ids)


def registrar_links(rows: pl.DataFrame) -> pl.Series:
    """link: the registrar's own record that each row is about (`psc_link`).

    Null throughout where one register alone has any: there its own locator says as much.
    """
    links = rows.select("register", psc_link(pl.col("record")).alias("link"))
    if links.filter(pl.col("link").is_not_null())["register"].n_unique() > 1:
        return links["link"]
    return pl.Series("link", [None], dtype=pl.String).new_from_index(0, rows.height)


def smallest_reached(rows: pl.DataFrame, number: str, shared: Sequence[str]) -> pl.Series:
    """The smallest `number` that each row reaches through rows with an equal value of one of `shared`.

    Values are followed to a fixpoint, in as many rounds as the longest chain has links.
    """
    work = rows.select(*shared, pl.col(number).alias("reached"))
    while True:
        before = work["reached"]
        for column in shared:
            work = work.with_columns(pl.col("reached").min().over(column))
        if work["reached"].equals(before):
            return before
