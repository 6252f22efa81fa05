"""PSC records of one shape each: persons, companies of the register, owners from abroad, statements,
exemptions.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from quality.town.companies.block import Block
from quality.town.parts import native
from quality.town.parts.dates import EDITION_DAY, OVERSEAS_REGIME, REGIME, between, iso
from quality.town.parts.names import NOT_DRAWN, words_of
from quality.town.parts.places import Map, seats
from quality.town.parts.wordlists import Bools, Days, Ints, choose, gather, numbers, pick_by, pick_from, table
from quality.town.people.people import people, service_address

NO_OWNER = "no-individual-or-entity-with-signficant-control"  # the publisher's spelling
NO_OWNER_PARTNERSHIP = NO_OWNER + "-partnership"
ALL_IDENTIFIED = "all-beneficial-owners-identified"
PERSONS = {"person1": 1, "person2": 2, "person3": 3}


@dataclass(frozen=True)
class Holders:
    """Companies as owners, one a row: number, name, day of incorporation."""

    number: pl.Series
    name: pl.Series
    founded: Days


def repeated(text: str, rows: Ints) -> pl.Series:
    """The same text for every row."""
    return pl.Series([text] * rows.size, dtype=pl.String)


def _kind(overseas: Bools, uk: str, roe: str) -> pl.Series:
    return gather((uk, roe), overseas.astype(np.int64))


def _since(block: Block, rows: Ints, rng: np.random.Generator) -> Days:
    """Day notified: the start of the regime or of the company, for one in three a later day."""
    first = np.maximum(block.incorporated[rows], REGIME)
    first = np.where(
        block.overseas[rows],
        between(rng, np.full(rows.size, np.datetime64("2001-01-01")), np.full(rows.size, OVERSEAS_REGIME)),
        first,
    )
    later = between(rng, first, np.full(rows.size, EDITION_DAY - np.timedelta64(3, "D")))
    return np.where(rng.random(rows.size) < 0.67, first, later)


def _natures(block: Block, rows: Ints, holders: Ints, rng: np.random.Generator) -> pl.Series:
    policy = block.owners.gather(pl.Series(rows)).replace({"residents": "guarantee", "plc": "company"})
    mix = table("natures").with_columns(key=pl.col("owners") + pl.col("holders"))
    return pick_by(rng, policy + pl.Series(holders).cast(pl.String), mix, "codes")


def _individuals(
    block: Block, rows: Ints, holders: Ints, who: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """One record for each row, its person in `who`, as one of `holders` of the company."""
    overseas = block.overseas[rows]
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
    home = block.seat.where(rng.random(block.size) < 0.5, homes)
    surname = np.where(
        block.surname == NOT_DRAWN, rng.integers(0, table("surnames").height, block.size), block.surname
    )
    spouse = rng.random(block.size) < 0.55
    second_home = home.where(spouse, seats(town, block.size, rng))
    any_name = np.full(block.size, NOT_DRAWN)
    return [
        people(surname, home, town, rng),
        people(np.where(spouse, surname, NOT_DRAWN), second_home, town, rng),
        people(any_name, seats(town, block.size, rng), town, rng),
        people(any_name, seats(town, block.size, rng), town, rng),
    ]


def persons(block: Block, role: pl.Series, town: Map, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Open records of one to three persons, and ceased ones of former owners. One owner in seven owns a
    neighbour too.
    """
    serials = pl.int_range(block.start, block.start + block.size)
    pools = [
        pool.with_columns(pl.format("T{}-{}", pl.lit(place), serials).alias("who"))
        for place, pool in enumerate(_people_of(block, town, rng))
    ]
    count = role.replace_strict(PERSONS, default=0, return_dtype=pl.Int64).to_numpy()
    found = []
    for place in range(3):
        rows = np.flatnonzero(count > place)
        serial = rng.random(rows.size) < (0.15 if place == 0 else 0)
        who = np.where(serial, np.maximum(rows - rng.integers(1, 6, rows.size), 0), rows)
        found.append(_individuals(block, rows, count[rows], pools[place][pl.Series(who)], rng))
    former = np.flatnonzero((count > 0) & (rng.random(block.size) < 0.16))
    ceased = _individuals(
        block, former, np.ones(former.size, dtype=np.int64), pools[3][pl.Series(former)], rng
    )
    first = np.maximum(block.incorporated[former], REGIME)
    end = between(rng, first, np.full(former.size, EDITION_DAY - np.timedelta64(4, "D")))
    end = np.where(block.overseas[former], np.maximum(end, OVERSEAS_REGIME), end)
    found.append(
        ceased.with_columns(iso(first).alias("notified_on"), iso(end).alias("ceased_on")).drop("^identity.*$")
    )
    return found


def stated(name: str, size: int, rng: np.random.Generator) -> pl.Series:
    return pick_from(rng, table("stated").filter(list=name), "text", size)


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


def entities(block: Block, rows: Ints, holders: Holders, town: Map, rng: np.random.Generator) -> pl.DataFrame:
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
            "kind": repeated("corporate-entity-person-with-significant-control", rows),
            "name": stated_name,
            "natures": _natures(block, rows, np.ones(rows.size, dtype=np.int64), rng),
            "who": "GB-COH-" + holders.number,
            "notified_on": iso(np.maximum(_since(block, rows, rng), holders.founded)),
            "identification.registration_number": numbers_stated,
            "identification.country_registered": stated("country", rows.size, rng).set(~known, None),
            "identification.place_registered": stated("place", rows.size, rng).set(~known, None),
            "identification.legal_authority": stated("authority", rows.size, rng),
            "identification.legal_form": stated("form", rows.size, rng),
        }
    )
    return pl.concat([data, service_address(seats(town, rows.size, rng), town, rng)], how="horizontal")


def foreign(block: Block, rows: Ints, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """Owners from abroad, with a number of their own register, which is none of this one's."""
    overseas = block.overseas[rows]
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
            "identification.legal_form": repeated("Limited Company", rows),
            **{f"address.{key}": value for key, value in office.items()},
            **{
                f"principal_office_address.{key}": value.set(~principal, None)
                for key, value in office.items()
            },
        }
    )


def undisclosed(block: Block, rows: Ints, rng: np.random.Generator) -> pl.Series:
    """Codes of statements that an owner is not identified or confirmed, of the company's own register."""
    uk = block.owners.gather(pl.Series(rows)) != "overseas"
    return stated("other", rows.size, rng).zip_with(uk, stated("other_overseas", rows.size, rng))


def statements(block: Block, rows: Ints, code: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Open statements instead of a party; partnerships use the partnership form of the code."""
    partnership = (
        (block.owners.gather(pl.Series(rows)) == "partnership")
        if rows.size
        else pl.Series([], dtype=pl.Boolean)
    )
    return pl.DataFrame(
        {
            "row": rows,
            "kind": repeated(native.STATEMENT_KIND, rows),
            "statement": (code + "-partnership").zip_with(partnership, code),
            "notified_on": iso(
                np.maximum(_since(block, rows, rng), np.maximum(block.incorporated[rows], REGIME))
            ),
        }
    )


def ceased_statements(block: Block, rows: Ints, rng: np.random.Generator) -> pl.DataFrame:
    first = np.maximum(block.incorporated[rows], REGIME)
    end = between(rng, first, np.full(rows.size, EDITION_DAY - np.timedelta64(4, "D")))
    code = repeated(NO_OWNER, rows)
    return statements(block, rows, code, rng).with_columns(
        iso(first).alias("notified_on"), iso(end).alias("ceased_on")
    )


def protected(block: Block, rows: Ints) -> pl.DataFrame:
    overseas = block.overseas[rows]
    return pl.DataFrame(
        {
            "row": rows,
            "kind": _kind(
                overseas, "super-secure-person-with-significant-control", "super-secure-beneficial-owner"
            ),
            "description": _kind(
                overseas, "super-secure-persons-with-significant-control", "super-secure-beneficial-owner"
            ),
            "ceased": repeated("false", rows),
        }
    )


def exempt(block: Block, rows: Ints, rng: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": rows,
            "kind": repeated(native.EXEMPTIONS_KIND, rows),
            "exemption": stated("exemption", rows.size, rng),
            "exempt_from": iso(np.maximum(block.incorporated[rows], REGIME)),
        }
    )


def legal_persons(block: Block, rows: Ints, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """A council or minister that is no company."""
    data = pl.DataFrame(
        {
            "row": rows,
            "kind": repeated("legal-person-person-with-significant-control", rows),
            "name": repeated("Wendshire County Council", rows),
            "natures": _natures(block, rows, np.ones(rows.size, dtype=np.int64), rng),
            "notified_on": iso(_since(block, rows, rng)),
            "identification.legal_authority": repeated("Local Government Act 1972", rows),
            "identification.legal_form": repeated("Local Authority", rows),
        }
    )
    return pl.concat([data, service_address(seats(town, rows.size, rng), town, rng)], how="horizontal")
