"""The PSC register of one block: who owns its companies, or why nobody is named.

`words/owner_mix.csv` gives, for each kind of form, how often it is owned by one person, two, three, the hub,
a foreign entity, nobody, and so on; one private company in twelve belongs to another one of its block (chains
and small groups, never a ring). Corporate owners are stated as filers state them: spellings of country and
register, lost zeros, no number, a wrong number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from quality.town import native
from quality.town.companies import Block
from quality.town.dates import EDITION_DAY, OVERSEAS_REGIME, REGIME, between, iso
from quality.town.names import NOT_DRAWN, words_of
from quality.town.people import people, service_address
from quality.town.places import Map, Seats, seats
from quality.town.wordlists import Bools, Days, Ints, choose, gather, numbers, table
from transforms.values.countries import country_code
from transforms.values.vocabulary import vocabulary

NO_OWNER = "no-individual-or-entity-with-signficant-control"  # the publisher's spelling
NO_OWNER_PARTNERSHIP = NO_OWNER + "-partnership"
ALL_IDENTIFIED = "all-beneficial-owners-identified"
GROUP_SHARE = 0.12  # private companies that are in a group
GROUP_SIZES = (2, 2, 2, 3, 3, 4, 5, 7)
NO_PARENT = -1
PERSONS = {"person1": 1, "person2": 2, "person3": 3}


@dataclass(frozen=True)
class Hub:
    """The one large holder: a ground-rent company that owns many."""

    number: str
    name: str


@dataclass(frozen=True)
class Holders:
    """Companies as owners, one a row: number, name, day of incorporation."""

    number: pl.Series
    name: pl.Series
    founded: Days


@dataclass(frozen=True)
class Owners:
    """What became of a block: its records, and how many companies an indicator may flag although nothing
    was planted.
    """

    records: pl.DataFrame
    no_owner_declared: int
    background: Mapping[str, int]  # of the other indicators of declarations and chains, by code
    who: (
        pl.Series
    )  # whose each record is: a person of the town, or the id of a company; null where nobody knows


# --- roles ------------------------------------------------------------------------------------------------


def _roles(block: Block, rng: np.random.Generator) -> pl.Series:
    role = np.full(block.size, "nothing", dtype=object)
    for owners in block.owners.unique(maintain_order=True):
        rows = np.flatnonzero((block.owners == owners).to_numpy())
        mix = table("owner_mix").filter(pl.col("owners") == owners)
        role[rows] = gather(
            mix["role"], choose(rng, mix["weight"].cast(pl.Float64).to_numpy(), rows.size)
        ).to_numpy()
    return pl.Series(role, dtype=pl.String)


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


def _tops(parent: Ints) -> Ints:
    """Rows that hold others."""
    return np.unique(parent[parent != NO_PARENT])


# --- records of one shape ---------------------------------------------------------------------------------


def _all(text: str, rows: Ints) -> pl.Series:
    """The same text for every row."""
    return pl.Series([text] * rows.size, dtype=pl.String)


def _kind(overseas: Bools, uk: str, roe: str) -> pl.Series:
    return gather((uk, roe), overseas.astype(np.int64))


def _since(block: Block, rows: Ints, rng: np.random.Generator) -> Days:
    """Day notified: the start of the regime or of the company, for one in three a later day."""
    overseas = (block.owners == "overseas").to_numpy()[rows]
    first = np.maximum(block.incorporated[rows], REGIME)
    first = np.where(
        overseas,
        between(rng, np.full(rows.size, np.datetime64("2001-01-01")), np.full(rows.size, OVERSEAS_REGIME)),
        first,
    )
    later = between(rng, first, np.full(rows.size, EDITION_DAY - np.timedelta64(3, "D")))
    return np.where(rng.random(rows.size) < 0.67, first, later)


def _natures(block: Block, rows: Ints, holders: Ints, rng: np.random.Generator) -> pl.Series:
    policy = block.owners.gather(pl.Series(rows)).replace({"residents": "guarantee", "plc": "company"})
    codes = np.full(rows.size, "", dtype=object)
    key = policy + pl.Series(holders).cast(pl.String)
    for wanted in key.unique(maintain_order=True):
        here = np.flatnonzero((key == wanted).to_numpy())
        mix = table("natures").filter(pl.col("owners") + pl.col("holders") == wanted)
        codes[here] = gather(
            mix["codes"], choose(rng, mix["weight"].cast(pl.Float64).to_numpy(), here.size)
        ).to_numpy()
    return pl.Series(codes, dtype=pl.String)


def _who(pool: pl.DataFrame, place: int, block: Block) -> pl.DataFrame:
    """The pool with `who`: a name for each of its persons that no other person of the town has."""
    return pool.with_columns(
        pl.format("T{}-{}", pl.lit(place), pl.int_range(block.start, block.start + pool.height)).alias("who")
    )


def _individuals(
    block: Block, rows: Ints, holders: Ints, who: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """One record for each row, its person in `who`, as one of `holders` of the company."""
    overseas = (block.owners == "overseas").to_numpy()[rows]
    since = _since(block, rows, rng)
    unverified = overseas | (rng.random(rows.size) > 0.35)
    due = since + np.timedelta64(14, "D") + (EDITION_DAY - since)
    return who.with_columns(
        pl.Series("row", rows),
        _kind(overseas, "individual-person-with-significant-control", "individual-beneficial-owner").alias(
            "kind"
        ),
        iso(since).alias("notified_on"),
        _natures(block, rows, holders, rng).alias("natures"),
        gather(("", "false"), overseas.astype(np.int64)).replace({"": None}).alias("is_sanctioned"),
        iso(due, unverified).alias("identity_verification_details.appointment_verification_statement_due_on"),
        iso(np.maximum(since, np.datetime64("2025-11-18")), unverified).alias(
            "identity_verification_details.appointment_verification_start_on"
        ),
    )


def _people_of(block: Block, town: Map, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Four pools of one person a company: owner, second (often a spouse at the same address), third,
    former owner.
    """
    homes = seats(town, block.size, rng)
    own = rng.random(block.size) < 0.5
    home = Seats(
        *(
            np.where(own, a, b)
            for a, b in (
                (block.seat.place, homes.place),
                (block.seat.street, homes.street),
                (block.seat.house, homes.house),
                (block.seat.unit, homes.unit),
            )
        )
    )
    surname = np.where(
        block.surname == NOT_DRAWN, rng.integers(0, table("surnames").height, block.size), block.surname
    )
    spouse = rng.random(block.size) < 0.55
    other = seats(town, block.size, rng)
    second_home = Seats(
        *(
            np.where(spouse, a, b)
            for a, b in (
                (home.place, other.place),
                (home.street, other.street),
                (home.house, other.house),
                (home.unit, other.unit),
            )
        )
    )
    any_name = np.full(block.size, NOT_DRAWN)
    return [
        people(surname, home, town, rng),
        people(np.where(spouse, surname, NOT_DRAWN), second_home, town, rng),
        people(any_name, seats(town, block.size, rng), town, rng),
        people(any_name, seats(town, block.size, rng), town, rng),
    ]


def _persons(block: Block, role: pl.Series, town: Map, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Open records of one to three persons, and ceased ones of former owners. One owner in seven owns a
    neighbour too.
    """
    pools = _people_of(block, town, rng)
    count = role.replace_strict(PERSONS, default=0, return_dtype=pl.Int64).to_numpy()
    found = []
    for place in range(3):
        rows = np.flatnonzero(count > place)
        serial = rng.random(rows.size) < (0.15 if place == 0 else 0)
        who = np.where(serial, np.maximum(rows - rng.integers(1, 6, rows.size), 0), rows)
        found.append(
            _individuals(block, rows, count[rows], _who(pools[place], place, block)[pl.Series(who)], rng)
        )
    former = np.flatnonzero((count > 0) & (rng.random(block.size) < 0.16))
    ceased = _individuals(
        block, former, np.ones(former.size, dtype=np.int64), _who(pools[3], 3, block)[pl.Series(former)], rng
    )
    first = np.maximum(block.incorporated[former], REGIME)
    end = between(rng, first, np.full(former.size, EDITION_DAY - np.timedelta64(4, "D")))
    overseas = (block.owners == "overseas").to_numpy()[former]
    end = np.where(overseas, np.maximum(end, OVERSEAS_REGIME), end)
    found.append(
        ceased.with_columns(iso(first).alias("notified_on"), iso(end).alias("ceased_on")).drop("^identity.*$")
    )
    return found


def _stated(name: str, size: int, rng: np.random.Generator) -> pl.Series:
    words = table("stated").filter(pl.col("list") == name)
    return gather(words["text"], choose(rng, words["weight"].cast(pl.Float64).to_numpy(), size))


def misstated(number: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Numbers as filers state them: most right, some without leading zeros or with a blank, some wrong,
    some missing.
    """
    dice = pl.Series(rng.random(len(number)))
    wrong = pl.Series(rng.integers(20_000_000, 99_000_000, len(number))).cast(
        pl.String
    )  # higher than any number issued
    data = pl.DataFrame({"n": number, "d": dice, "w": wrong})
    return data.select(
        pl.when(pl.col("d") < 0.78)
        .then(pl.col("n"))
        .when(pl.col("d") < 0.86)
        .then(pl.col("n").str.strip_chars_start("0"))
        .when(pl.col("d") < 0.88)
        .then(pl.concat_str(pl.lit(" "), pl.col("n")))
        .when(pl.col("d") < 0.90)
        .then(pl.col("w"))
    ).to_series()


def _entities(
    block: Block, rows: Ints, holders: Holders, town: Map, rng: np.random.Generator
) -> pl.DataFrame:
    """Corporate owners on the UK register, none before it was founded. A filer who gives no number gives
    no register either.
    """
    numbers_stated = misstated(holders.number, rng)
    known = numbers_stated.is_not_null()
    stated_name = (
        holders.name.str.replace(" LTD$", " LIMITED")
        .zip_with(pl.Series(rng.random(rows.size) < 0.2), holders.name)
        .str.to_titlecase()
    )
    data = pl.DataFrame(
        {
            "row": rows,
            "kind": _all("corporate-entity-person-with-significant-control", rows),
            "name": stated_name,
            "natures": _natures(block, rows, np.ones(rows.size, dtype=np.int64), rng),
            "who": "GB-COH-" + holders.number,
            "notified_on": iso(np.maximum(_since(block, rows, rng), holders.founded)),
            "identification.registration_number": numbers_stated,
            "identification.country_registered": _stated("country", rows.size, rng).set(~known, None),
            "identification.place_registered": _stated("place", rows.size, rng).set(~known, None),
            "identification.legal_authority": _stated("authority", rows.size, rng),
            "identification.legal_form": _stated("form", rows.size, rng),
        }
    )
    return pl.concat([data, service_address(seats(town, rows.size, rng), town, rng)], how="horizontal")


def _foreign(block: Block, rows: Ints, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """Owners from abroad, with a number of their own register, which is none of this one's."""
    overseas = (block.owners == "overseas").to_numpy()[rows]
    country = choose(rng, numbers("overseas", "weight"), rows.size)
    brand = gather(table("brands")["brand"], rng.integers(0, table("brands").height, rows.size))
    ending = gather(words_of("overseas", town.places), rng.integers(0, 14, rows.size))
    land = gather(table("overseas")["country"], country).str.to_titlecase()
    line = (
        gather(table("overseas")["line1"], country)
        .str.replace(r"\{[nmk]\}", "7")
        .str.replace(r"\{[nmk]\}", "4")
        .str.to_titlecase()
    )
    town_name = gather(table("overseas")["town"], country).str.to_titlecase()
    principal = pl.Series(overseas)
    office = {"address_line_1": line, "locality": town_name, "country": land}
    return pl.DataFrame(
        {
            "row": rows,
            "kind": _kind(
                overseas,
                "corporate-entity-person-with-significant-control",
                "corporate-entity-beneficial-owner",
            ),
            "name": (
                brand + " " + ending + " " + gather(table("overseas")["suffix"], country)
            ).str.to_titlecase(),
            "natures": _natures(block, rows, np.ones(rows.size, dtype=np.int64), rng),
            "notified_on": iso(_since(block, rows, rng)),
            "is_sanctioned": gather(("", "false"), overseas.astype(np.int64)).replace({"": None}),
            "identification.registration_number": pl.Series(rng.integers(10_000, 2_000_000, rows.size)).cast(
                pl.String
            ),
            "identification.country_registered": land,
            "identification.place_registered": gather(table("overseas")["register"], country),
            "identification.legal_authority": land + " Companies Law",
            "identification.legal_form": _all("Limited Company", rows),
            **{f"address.{key}": value for key, value in office.items()},
            **{
                f"principal_office_address.{key}": value.set(~principal, None)
                for key, value in office.items()
            },
        }
    )


def _statements(block: Block, rows: Ints, code: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Open statements instead of a party; partnerships use the partnership form of the code."""
    partnership = (
        (block.owners.gather(pl.Series(rows)) == "partnership")
        if rows.size
        else pl.Series([], dtype=pl.Boolean)
    )
    return pl.DataFrame(
        {
            "row": rows,
            "kind": _all(native.STATEMENT_KIND, rows),
            "statement": (code + "-partnership").zip_with(partnership, code),
            "notified_on": iso(
                np.maximum(_since(block, rows, rng), np.maximum(block.incorporated[rows], REGIME))
            ),
        }
    )


def _ceased_statements(block: Block, rows: Ints, rng: np.random.Generator) -> pl.DataFrame:
    first = np.maximum(block.incorporated[rows], REGIME)
    end = between(rng, first, np.full(rows.size, EDITION_DAY - np.timedelta64(4, "D")))
    code = _all(NO_OWNER, rows)
    return _statements(block, rows, code, rng).with_columns(
        iso(first).alias("notified_on"), iso(end).alias("ceased_on")
    )


def _protected(block: Block, rows: Ints) -> pl.DataFrame:
    overseas = (block.owners == "overseas").to_numpy()[rows]
    return pl.DataFrame(
        {
            "row": rows,
            "kind": _kind(
                overseas, "super-secure-person-with-significant-control", "super-secure-beneficial-owner"
            ),
            "description": _kind(
                overseas, "super-secure-persons-with-significant-control", "super-secure-beneficial-owner"
            ),
            "ceased": _all("false", rows),
        }
    )


def _exempt(block: Block, rows: Ints, rng: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": rows,
            "kind": _all(native.EXEMPTIONS_KIND, rows),
            "exemption": _stated("exemption", rows.size, rng),
            "exempt_from": iso(np.maximum(block.incorporated[rows], REGIME)),
        }
    )


def _legal_persons(block: Block, rows: Ints, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """A council or minister that is no company."""
    data = pl.DataFrame(
        {
            "row": rows,
            "kind": _all("legal-person-person-with-significant-control", rows),
            "name": _all("Wendshire County Council", rows),
            "natures": _natures(block, rows, np.ones(rows.size, dtype=np.int64), rng),
            "notified_on": iso(_since(block, rows, rng)),
            "identification.legal_authority": _all("Local Government Act 1972", rows),
            "identification.legal_form": _all("Local Authority", rows),
        }
    )
    return pl.concat([data, service_address(seats(town, rows.size, rng), town, rng)], how="horizontal")


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


def _of_block(block: Block, rows: Ints) -> Holders:
    """Companies of the block as owners of others."""
    picked = pl.Series(rows)
    return Holders(
        block.core["number"].gather(picked), block.core["name"].gather(picked), block.incorporated[rows]
    )


def _of_hub(hub: Hub, rows: Ints) -> Holders:
    return Holders(_all(hub.number, rows), _all(hub.name, rows), np.full(rows.size, REGIME))


def _undisclosed(block: Block, rows: Ints, rng: np.random.Generator) -> pl.Series:
    """Codes of statements that an owner is not identified or confirmed, of the register the company
    belongs to.
    """
    uk = block.owners.gather(pl.Series(rows)) != "overseas"
    return _stated("other", rows.size, rng).zip_with(uk, _stated("other_overseas", rows.size, rng))


def _shapes(block: Block, role: pl.Series, parent: Ints, rng: np.random.Generator) -> dict[str, Ints]:
    """Rows of the block by what is recorded of them; a row may be in several."""
    rows = {
        name: np.flatnonzero((role == name).to_numpy())
        for name in ("child", "hub", "foreign", "none", "other", "legal_person", "super_secure", "exempt")
    }
    named = role.is_in(list(PERSONS)).to_numpy()
    overseas = (block.owners == "overseas").to_numpy()
    rows["identified"] = np.flatnonzero(overseas & (named | (role == "foreign").to_numpy()))
    rows["declared_before"] = np.flatnonzero(
        (block.owners == "company").to_numpy() & named & (rng.random(block.size) < 0.06)
    )
    rows["parent"] = parent[rows["child"]]
    return rows


DECLARED_AFTER = np.timedelta64(30, "D")  # DEC-040's days
LONG_CHAIN = 5  # OWN-050's layers


def _background(
    block: Block, role: pl.Series, rows: dict[str, Ints], children: pl.DataFrame, foreign: pl.DataFrame
) -> dict[str, int]:
    """Companies of the block that indicators rightly flag: unnamed owners, silent ones, owners of listed
    places, long chains.
    """
    silent = (
        (role == "nothing").to_numpy()
        & (block.owners != "none").to_numpy()
        & (EDITION_DAY - block.incorporated > DECLARED_AFTER)
    )
    offshore = vocabulary("offshore").filter(pl.col("list") == "offshore", pl.col("valid_to").is_null())[
        "code"
    ]
    of_place = foreign.select(
        country_code(pl.col("identification.country_registered")).is_in(offshore.implode())
    ).to_series()
    return {
        "DEC-020": rows["other"].size,
        "DEC-040": int(silent.sum()),
        "OWN-040": int(of_place.sum()),
        "OWN-050": _long_chains(block, rows, children),
    }


def _long_chains(block: Block, rows: dict[str, Ints], children: pl.DataFrame) -> int:
    """Companies with LONG_CHAIN or more companies above, followed as far as the number stated is the
    holder's.
    """
    stated = children["identification.registration_number"].str.strip_chars().str.zfill(8)
    linked = (stated == block.core["number"].gather(pl.Series(rows["parent"]))).fill_null(False)
    layers = np.zeros(block.size, np.int64)
    for row, parent, follows in zip(
        rows["child"].tolist(), rows["parent"].tolist(), linked.to_list(), strict=True
    ):  # a holder stands before what it holds
        layers[row] = 1 + (layers[parent] if follows else 0)
    return int((layers >= LONG_CHAIN).sum())


def owners(block: Block, town: Map, hub: Hub, rng: np.random.Generator) -> Owners:
    """The block's records, signed, in the order of company numbers."""
    parent = _parents(block, rng)
    role = (
        _roles(block, rng)
        .scatter(_tops(parent), "person1")
        .scatter(np.flatnonzero(parent != NO_PARENT), "child")
    )
    rows = _shapes(block, role, parent, rng)
    persons = _persons(block, role, town, rng)
    children = _entities(block, rows["child"], _of_block(block, rows["parent"]), town, rng)
    found = [
        *persons,
        children,
        _entities(block, rows["hub"], _of_hub(hub, rows["hub"]), town, rng),
        foreign := _foreign(block, rows["foreign"], town, rng),
        _statements(block, rows["none"], _all(NO_OWNER, rows["none"]), rng),
        _statements(block, rows["other"], _undisclosed(block, rows["other"], rng), rng),
        _statements(block, rows["identified"], _all(ALL_IDENTIFIED, rows["identified"]), rng),
        _ceased_statements(block, rows["declared_before"], rng),
        _protected(block, rows["super_secure"]),
        _exempt(block, rows["exempt"], rng),
        _legal_persons(block, rows["legal_person"], town, rng),
    ]
    records = pl.concat(found, how="diagonal_relaxed")
    numbered = records.with_columns(block.core["number"].gather(records["row"]).alias("company_number")).sort(
        "company_number", maintain_order=True
    )
    return Owners(
        signed(numbered, rng),
        int(rows["none"].size),
        _background(block, role, rows, children, foreign),
        numbered["who"],
    )
