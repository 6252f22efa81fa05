"""The PSC register of one block: who owns its companies, or why nobody is named.

`words/owner_mix.csv` gives, for each kind of form, how often it is owned by one person, two, three, the hub,
a foreign entity, nobody, and so on; one private company in twelve belongs to another one of its block (chains
and small groups, never a ring). Corporate owners are stated as filers state them: spellings of country and
register, lost zeros, no number, a wrong number."""

import numpy as np
import polars as pl
import pyarrow as pa

from quality.town.companies.block import Block
from quality.town.parts import native
from quality.town.parts.dates import REGIME
from quality.town.parts.places import Map
from quality.town.parts.wordlists import Ints, pick_by, table
from quality.town.people import records

GROUP_SHARE = 0.12  # private companies that are in a group
GROUP_SIZES = (2, 2, 2, 3, 3, 4, 5, 7)
NO_PARENT = -1
HOLDER = {"number": pl.String, "name": pl.String, "founded": pl.Date}


# --- roles ------------------------------------------------------------------------------------------------


def _parents(block: Block, rng: np.random.Generator) -> Ints:
    """Row of each company's holder, NO_PARENT for most. The first of a group holds; the others hang below
    earlier ones.
    """
    private = np.flatnonzero((block.owners == "company").to_numpy())
    members = private[: int(private.size * GROUP_SHARE)]
    sizes = np.array(GROUP_SIZES)[rng.integers(0, len(GROUP_SIZES), members.size + 1)]
    group = np.repeat(np.arange(sizes.size), sizes)[: members.size]
    first = np.searchsorted(group, group)
    position = np.arange(members.size) - first
    above = np.where(
        rng.random(members.size) < 0.5, position - 1, (rng.random(members.size) * position).astype(np.int64)
    )
    parent = np.full(block.size, NO_PARENT)
    held = position > 0
    parent[members[held]] = members[(first + above)[held]]
    return parent


# --- one block --------------------------------------------------------------------------------------------


def signed(records: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """`records` in PSC_COLUMNS with `etag` (40 hex digits) and `link` (27 characters), both drawn."""
    size = records.height
    etag, link = _random_bytes(size, rng).bin.encode("hex"), _random_bytes(size, rng).bin.encode("base64")
    link = (
        link.str.replace_all("+", "-", literal=True)
        .str.replace_all("/", "_", literal=True)
        .str.strip_chars_end("=")
    )
    return native.aligned(records, native.PSC_COLUMNS).with_columns(link.alias("link"), etag.alias("etag"))


def _random_bytes(size: int, rng: np.random.Generator) -> pl.Series:
    buffer = pa.py_buffer(rng.bytes(20 * size))
    return pl.Series(pa.FixedSizeBinaryArray.from_buffers(pa.binary(20), size, [None, buffer])).cast(
        pl.Binary
    )


def _shapes(block: Block, role: pl.Series, parent: Ints, rng: np.random.Generator) -> dict[str, Ints]:
    """Rows of the block by what is recorded of them; a row may be in several."""
    rows = {
        name: np.flatnonzero((role == name).to_numpy())
        for name in ("child", "hub", "foreign", "none", "other", "legal_person", "super_secure", "exempt")
    }
    named = role.is_in(list(records.PERSONS)).to_numpy()
    rows["identified"] = np.flatnonzero(block.overseas & (named | (role == "foreign").to_numpy()))
    rows["declared_before"] = np.flatnonzero(
        (block.owners == "company").to_numpy() & named & (rng.random(block.size) < 0.06)
    )
    rows["parent"] = parent[rows["child"]]
    return rows


def owners(
    block: Block, town: Map, hub: tuple[str, str], rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.Series]:
    """The block's records, signed, in the order of company numbers; and whose each is: a person of the town,
    or the id of a company, null where nobody knows.
    """
    parent = _parents(block, rng)
    mix = table("owner_mix").with_columns(key="owners")
    role = (
        pick_by(rng, block.owners, mix, "role")
        .scatter(np.unique(parent[parent != NO_PARENT]), "person1")  # those that hold others
        .scatter(np.flatnonzero(parent != NO_PARENT), "child")
    )
    rows = _shapes(block, role, parent, rng)
    persons = records.persons(block, role, town, rng)
    parents = block.core[pl.Series(rows["parent"])].with_columns(founded="incorporated_on")
    of_hub = pl.DataFrame([(*hub, REGIME.item())] * rows["hub"].size, HOLDER, orient="row")
    parts = [
        *persons,
        records.entities(block, rows["child"], parents, town, rng),
        records.entities(block, rows["hub"], of_hub, town, rng),
        records.foreign(block, rows["foreign"], town, rng),
        records.nobody(block, rows["none"], rng),
        records.statements(block, rows["other"], records.undisclosed(block, rows["other"], rng), rng),
        records.nobody(block, rows["identified"], rng, records.ALL_IDENTIFIED),
        records.ceased_statements(block, rows["declared_before"], rng),
        records.protected(block, rows["super_secure"]),
        records.exempt(block, rows["exempt"], rng),
        records.legal_persons(block, rows["legal_person"], town, rng),
    ]
    whole = pl.concat(parts, how="diagonal_relaxed")
    numbered = whole.with_columns(block.core["number"].gather(whole["row"]).alias("company_number")).sort(
        "company_number", maintain_order=True
    )
    return signed(numbered, rng), numbered["who"]
