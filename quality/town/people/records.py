"""PSC records of one shape each: persons, companies of the register, owners from abroad, statements,
exemptions.
"""

import numpy as np
import polars as pl

from quality.town.companies.block import Block, seat_frame
from quality.town.parts import native
from quality.town.parts.dates import EDITION_DAY, OVERSEAS_REGIME, REGIME, between, iso
from quality.town.parts.names import NOT_DRAWN, words_of
from quality.town.parts.places import COUNTY, Map, Seats, seats
from quality.town.parts.wordlists import Bools, Days, Ints, choose, gather, numbers, pick, pick_by, table

NO_OWNER = "no-individual-or-entity-with-signficant-control"  # the publisher's spelling
NO_OWNER_PARTNERSHIP = NO_OWNER + "-partnership"
ALL_IDENTIFIED = "all-beneficial-owners-identified"
PERSONS = {"person1": 1, "person2": 2, "person3": 3}
YEARS = (1938, 1998)  # of birth: nobody was under 18 when the register began, in 2016


# --- invented people: nobody here exists ------------------------------------------------------------------


def people(surname: Ints, seat: Seats, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """One person a row: PSC columns of an individual. `surname`: position in surnames.csv, NOT_DRAWN for
    any.
    """
    size, forenames = surname.size, table("forenames")
    surname = np.where(surname == NOT_DRAWN, rng.integers(0, table("surnames").height, size), surname)
    forename = rng.integers(0, forenames.height, size)
    middle = gather(forenames["forename"], _same_sex(forename, rng))
    names = {
        "forename": gather(forenames["forename"], forename),
        "middle_name": middle.set(pl.Series(rng.random(size) < 0.45), None),
        "surname": gather(table("surnames")["surname"], surname),
        "title": _titles(forename, rng),
    }
    whole = pl.concat_str("title", "forename", "middle_name", "surname", separator=" ", ignore_nulls=True)
    named = pl.DataFrame(names).select(
        whole.alias("name"),
        pl.all().name.prefix("name_elements."),
    )
    year = YEARS[0] + (rng.beta(2.2, 1.8, size) * (YEARS[1] - YEARS[0])).astype(np.int64)
    month = rng.integers(1, 13, size)
    nationality = choose(rng, numbers("nationalities", "weight"), size)
    residence = gather(table("nationalities")["residence"], nationality)
    facts = {
        "birth_month": pl.Series(month).cast(pl.String),
        "birth_year": pl.Series(year).cast(pl.String),
        "nationality": gather(table("nationalities")["nationality"], nationality),
        "country_of_residence": residence.set(pl.Series(rng.random(size) < 0.01), None),
    }
    return pl.concat([named, pl.DataFrame(facts), service_address(seat, town, rng)], how="horizontal")


def _same_sex(forename: Ints, rng: np.random.Generator) -> Ints:
    """A second forename from the same half of the list."""
    men = int((table("forenames")["title"] == "Mr").sum())
    women = table("forenames").height - men
    return np.where(
        forename < men, rng.integers(0, men, forename.size), men + rng.integers(0, women, forename.size)
    )


def _titles(forename: Ints, rng: np.random.Generator) -> pl.Series:
    women = gather(("Mrs", "Miss", "Ms"), choose(rng, (6, 2, 2), forename.size))
    title = gather(table("forenames")["title"], forename)
    return (
        women.zip_with(title == "F", title)
        .set(pl.Series(rng.random(forename.size) < 0.02), "Dr")
        .set(pl.Series(rng.random(forename.size) < 0.08), None)
    )


def service_address(seat: Seats, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """PSC columns `address.…`: title case, the house as premises, a part of the optional keys left out."""
    dice = pl.DataFrame(rng.random((seat.house.size, 3)), schema=["unit_line", "region", "country"])
    split = (pl.col("unit") != "") & (pl.col("unit_line") < 0.5)
    return (
        pl.concat([seat_frame(seat, town), dice], how="horizontal")
        .with_columns(pl.col("unit", "street", "place", "post_town").str.to_titlecase())
        .select(
            pl.when(split)
            .then("unit")
            .otherwise(pl.format("{} {}", "unit", "house").str.strip_chars())
            .alias("address.premises"),
            pl.when(split)
            .then(pl.format("{} {}", "house", "street"))
            .otherwise("street")
            .alias("address.address_line_1"),
            pl.when(pl.col("place") != pl.col("post_town")).then("place").alias("address.address_line_2"),
            pl.col("post_town").alias("address.locality"),
            pl.when(pl.col("region") < 0.2).then(pl.lit(COUNTY.title())).alias("address.region"),
            pl.when(pl.col("country") < 0.5)
            .then(pl.lit("England"))
            .when(pl.col("country") < 0.93)
            .then(pl.lit("United Kingdom"))
            .alias("address.country"),
            pl.col("postcode").alias("address.postal_code"),
        )
    )


# --- records ----------------------------------------------------------------------------------------------


def _is_sanctioned(overseas: Bools) -> pl.Series:
    """Stated of overseas entities only."""
    return gather(("", "false"), overseas.astype(np.int64)).replace({"": None})


def _since(block: Block, rows: Ints, rng: np.random.Generator) -> Days:
    """Day notified: the start of the regime or of the company, for one in three a later day."""
    abroad = between(
        rng, np.full(rows.size, np.datetime64("2001-01-01")), np.full(rows.size, OVERSEAS_REGIME)
    )
    first = np.where(block.overseas[rows], abroad, np.maximum(block.incorporated[rows], REGIME))
    later = between(rng, first, np.full(rows.size, EDITION_DAY - np.timedelta64(3, "D")))
    return np.where(rng.random(rows.size) < 0.67, first, later)


def _natures(block: Block, rows: Ints, rng: np.random.Generator, holders: Ints | int = 1) -> pl.Series:
    """Codes of the natures of control, as one of `holders` of the company."""
    policy = block.owners.gather(pl.Series(rows)).replace({"residents": "guarantee", "plc": "company"})
    mix = table("natures").with_columns(key=pl.col("owners") + pl.col("holders"))
    return pick_by(rng, policy + pl.Series(np.broadcast_to(holders, rows.size)).cast(pl.String), mix, "codes")


def _individuals(
    block: Block, rows: Ints, holders: Ints | int, who: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """One record for each row, its person in `who`, as one of `holders` of the company."""
    overseas = block.overseas[rows]
    since = _since(block, rows, rng)
    unverified = overseas | (rng.random(rows.size) > 0.35)
    kind = np.where(overseas, "individual-beneficial-owner", "individual-person-with-significant-control")
    due = iso(np.full(rows.size, EDITION_DAY + np.timedelta64(14, "D")), unverified)
    started = iso(np.maximum(since, np.datetime64("2025-11-18")), unverified)
    return who.with_columns(
        pl.Series("row", rows),
        pl.Series("kind", kind, pl.String),
        iso(since).alias("notified_on"),
        _natures(block, rows, rng, holders).alias("natures"),
        _is_sanctioned(overseas).alias("is_sanctioned"),
        due.alias("identity_verification_details.appointment_verification_statement_due_on"),
        started.alias("identity_verification_details.appointment_verification_start_on"),
    )


def _people_of(block: Block, town: Map, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Four pools of one person a company: owner, second (often a spouse at the same address), third,
    former owner.
    """
    homes = seats(town, block.size, rng)
    home = block.seat.where(rng.random(block.size) < 0.5, homes)
    any_surname = rng.integers(0, table("surnames").height, block.size)
    surname = np.where(block.surname == NOT_DRAWN, any_surname, block.surname)
    spouse = rng.random(block.size) < 0.55
    second_home = home.where(spouse, seats(town, block.size, rng))
    any_name = np.full(block.size, NOT_DRAWN)
    return [
        people(surname, home, town, rng),
        people(np.where(spouse, surname, NOT_DRAWN), second_home, town, rng),
        people(any_name, seats(town, block.size, rng), town, rng),
        people(any_name, seats(town, block.size, rng), town, rng),
    ]


def _ended(block: Block, rows: Ints, rng: np.random.Generator) -> tuple[Days, Days]:
    """First and last day of a record that has ceased."""
    first = np.maximum(block.incorporated[rows], REGIME)
    return first, between(rng, first, np.full(rows.size, EDITION_DAY - np.timedelta64(4, "D")))


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
    parts = []
    for place in range(3):
        rows = np.flatnonzero(count > place)
        serial = rng.random(rows.size) < (0.15 if place == 0 else 0)
        who = np.where(serial, np.maximum(rows - rng.integers(1, 6, rows.size), 0), rows)
        parts.append(_individuals(block, rows, count[rows], pools[place][pl.Series(who)], rng))
    former = np.flatnonzero((count > 0) & (rng.random(block.size) < 0.16))
    ceased = _individuals(block, former, 1, pools[3][pl.Series(former)], rng).drop("^identity.*$")
    first, last = _ended(block, former, rng)
    last = np.where(block.overseas[former], np.maximum(last, OVERSEAS_REGIME), last)
    return [*parts, ceased.with_columns(notified_on=iso(first), ceased_on=iso(last))]


def stated(name: str, size: int, rng: np.random.Generator) -> pl.Series:
    return pick(rng, table("stated").filter(list=name), "text", size)


def misstated(number: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Numbers as filers state them: most right, some without leading zeros or with a blank, some wrong
    (higher than any number issued), some missing.
    """
    dice = rng.random(len(number))
    data = pl.DataFrame({"n": number, "d": dice, "w": rng.integers(20_000_000, 99_000_000, len(number))})
    return data.select(
        pl.when(pl.col("d") < 0.78)
        .then("n")
        .when(pl.col("d") < 0.86)
        .then(pl.col("n").str.strip_chars_start("0"))
        .when(pl.col("d") < 0.88)
        .then(pl.format(" {}", "n"))
        .when(pl.col("d") < 0.90)
        .then(pl.col("w").cast(pl.String))
    ).to_series()


def entities(
    block: Block, rows: Ints, holders: pl.DataFrame, town: Map, rng: np.random.Generator
) -> pl.DataFrame:
    """Corporate owners on the UK register, none before it was founded; number, name and founded of `holders`.
    A filer who gives no number gives no register either.
    """
    number, name = misstated(holders["number"], rng), holders["name"]
    as_registered = pl.Series(rng.random(rows.size) < 0.2)
    data = {
        "row": rows,
        "kind": "corporate-entity-person-with-significant-control",
        "name": name.str.replace(" LTD$", " LIMITED").zip_with(as_registered, name).str.to_titlecase(),
        "natures": _natures(block, rows, rng),
        "who": "GB-COH-" + holders["number"],
        "notified_on": iso(np.maximum(_since(block, rows, rng), holders["founded"].to_numpy())),
        "identification.registration_number": number,
        "identification.country_registered": stated("country", rows.size, rng).set(number.is_null(), None),
        "identification.place_registered": stated("place", rows.size, rng).set(number.is_null(), None),
        "identification.legal_authority": stated("authority", rows.size, rng),
        "identification.legal_form": stated("form", rows.size, rng),
    }
    address = service_address(seats(town, rows.size, rng), town, rng)
    return pl.concat([pl.DataFrame(data), address], how="horizontal")


def foreign(block: Block, rows: Ints, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """Owners from abroad, with a number of their own register, which is none of this one's."""
    overseas = block.overseas[rows]
    country = table("overseas")[pl.Series(choose(rng, numbers("overseas", "weight"), rows.size))]
    brand = gather(table("brands")["brand"], rng.integers(0, table("brands").height, rows.size))
    ending = gather(words_of("overseas", town.places), rng.integers(0, 14, rows.size))
    land = country["country"].str.to_titlecase()
    line = country["line1"].str.replace(r"\{[nmk]\}", "7").str.replace(r"\{[nmk]\}", "4").str.to_titlecase()
    office = {"address_line_1": line, "locality": country["town"].str.to_titlecase(), "country": land}
    elsewhere = pl.Series(~overseas)
    kinds = "corporate-entity-beneficial-owner", "corporate-entity-person-with-significant-control"
    return pl.DataFrame(
        {
            "row": rows,
            "kind": np.where(overseas, *kinds),
            "name": (brand + " " + ending + " " + country["suffix"]).str.to_titlecase(),
            "natures": _natures(block, rows, rng),
            "notified_on": iso(_since(block, rows, rng)),
            "is_sanctioned": _is_sanctioned(overseas),
            "identification.registration_number": rng.integers(10_000, 2_000_000, rows.size).astype(str),
            "identification.country_registered": land,
            "identification.place_registered": country["register"],
            "identification.legal_authority": land + " Companies Law",
            "identification.legal_form": "Limited Company",
            **{f"address.{key}": value for key, value in office.items()},
            **{f"principal_office_address.{key}": text.set(elsewhere, None) for key, text in office.items()},
        }
    )


def undisclosed(block: Block, rows: Ints, rng: np.random.Generator) -> pl.Series:
    """Codes of statements that an owner is not identified or confirmed, of the company's own register."""
    uk = block.owners.gather(pl.Series(rows)) != "overseas"
    return stated("other", rows.size, rng).zip_with(uk, stated("other_overseas", rows.size, rng))


def statements(block: Block, rows: Ints, code: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Open statements instead of a party; partnerships use the partnership form of the code."""
    partnership = block.owners.gather(pl.Series(rows)) == "partnership"
    since = np.maximum(_since(block, rows, rng), np.maximum(block.incorporated[rows], REGIME))
    return pl.DataFrame(
        {
            "row": rows,
            "kind": native.STATEMENT_KIND,
            "statement": (code + "-partnership").zip_with(partnership, code),
            "notified_on": iso(since),
        }
    )


def nobody(block: Block, rows: Ints, rng: np.random.Generator, code: str = NO_OWNER) -> pl.DataFrame:
    """Open statements of one code, by default that nobody has control."""
    return statements(block, rows, pl.Series([code] * rows.size, dtype=pl.String), rng)


def ceased_statements(block: Block, rows: Ints, rng: np.random.Generator) -> pl.DataFrame:
    first, last = _ended(block, rows, rng)
    return nobody(block, rows, rng).with_columns(notified_on=iso(first), ceased_on=iso(last))


def protected(block: Block, rows: Ints) -> pl.DataFrame:
    owner, kind = "super-secure-beneficial-owner", "super-secure-person-with-significant-control"
    description = "super-secure-persons-with-significant-control"
    return pl.DataFrame(
        {
            "row": rows,
            "kind": np.where(block.overseas[rows], owner, kind),
            "description": np.where(block.overseas[rows], owner, description),
            "ceased": "false",
        }
    )


def exempt(block: Block, rows: Ints, rng: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": rows,
            "kind": native.EXEMPTIONS_KIND,
            "exemption": stated("exemption", rows.size, rng),
            "exempt_from": iso(np.maximum(block.incorporated[rows], REGIME)),
        }
    )


def legal_persons(block: Block, rows: Ints, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """A council or minister that is no company."""
    data = pl.DataFrame(
        {
            "row": rows,
            "kind": "legal-person-person-with-significant-control",
            "name": "Wendshire County Council",
            "natures": _natures(block, rows, rng),
            "notified_on": iso(_since(block, rows, rng)),
            "identification.legal_authority": "Local Government Act 1972",
            "identification.legal_form": "Local Authority",
        }
    )
    return pl.concat([data, service_address(seats(town, rows.size, rng), town, rng)], how="horizontal")
