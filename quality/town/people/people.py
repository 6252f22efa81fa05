"""Invented people: names, months of birth, service addresses. Nobody here exists."""

import numpy as np
import polars as pl

from quality.town.companies.offices import seat_frame
from quality.town.parts.names import NOT_DRAWN
from quality.town.parts.places import COUNTY, Map, Seats
from quality.town.parts.wordlists import Ints, choose, gather, numbers, table

YEARS = (1938, 2006)


def people(surname: Ints, seat: Seats, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """One person a row: PSC columns of an individual. `surname`: position in surnames.csv, NOT_DRAWN for
    any.
    """
    size = surname.size
    drawn = np.where(surname == NOT_DRAWN, _surnames(size, rng), surname)
    forename = rng.integers(0, table("forenames").height, size)
    middle = gather(table("forenames")["forename"], _same_sex(forename, rng))
    data = pl.DataFrame(
        {
            "forename": gather(table("forenames")["forename"], forename),
            "middle": middle.set(pl.Series(rng.random(size) < 0.45), None),
            "surname": gather(table("surnames")["surname"], drawn),
            "title": _titles(forename, rng),
        }
    )
    names = data.select(
        pl.concat_str(["title", "forename", "middle", "surname"], separator=" ", ignore_nulls=True).alias(
            "name"
        ),
        pl.col("forename").alias("name_elements.forename"),
        pl.col("middle").alias("name_elements.middle_name"),
        pl.col("surname").alias("name_elements.surname"),
        pl.col("title").alias("name_elements.title"),
    )
    return pl.concat(
        [names, _birth(size, rng), _nationality(size, rng), service_address(seat, town, rng)],
        how="horizontal",
    )


def _surnames(size: int, rng: np.random.Generator) -> Ints:
    """Any surname, the first ones of the list no oftener than the last."""
    return rng.integers(0, table("surnames").height, size)


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
    title = women.zip_with(title == "F", title)
    return title.set(pl.Series(rng.random(forename.size) < 0.02), "Dr").set(
        pl.Series(rng.random(forename.size) < 0.08), None
    )


def _birth(size: int, rng: np.random.Generator) -> pl.DataFrame:
    year = YEARS[0] + (rng.beta(2.2, 1.8, size) * (YEARS[1] - YEARS[0])).astype(np.int64)
    return pl.DataFrame(
        {
            "birth_month": pl.Series(rng.integers(1, 13, size)).cast(pl.String),
            "birth_year": pl.Series(year).cast(pl.String),
        }
    )


def _nationality(size: int, rng: np.random.Generator) -> pl.DataFrame:
    drawn = choose(rng, numbers("nationalities", "weight"), size)
    residence = gather(table("nationalities")["residence"], drawn).set(
        pl.Series(rng.random(size) < 0.01), None
    )
    return pl.DataFrame(
        {
            "nationality": gather(table("nationalities")["nationality"], drawn),
            "country_of_residence": residence,
        }
    )


def service_address(seat: Seats, town: Map, rng: np.random.Generator, group: str = "address") -> pl.DataFrame:
    """PSC columns `address.…`: title case, the house as premises, a part of the optional keys left out."""
    dice = pl.DataFrame(rng.random((seat.house.size, 3)), schema=["unit_line", "region", "country"])
    parts = pl.concat([seat_frame(seat, town), dice], how="horizontal").with_columns(
        pl.col("unit", "street", "place", "post_town").str.to_titlecase()
    )
    split = (pl.col("unit") != "") & (pl.col("unit_line") < 0.5)
    house = pl.concat_str(pl.col("unit"), pl.lit(" "), pl.col("house")).str.strip_chars()
    country = (
        pl.when(pl.col("country") < 0.5)
        .then(pl.lit("England"))
        .when(pl.col("country") < 0.93)
        .then(pl.lit("United Kingdom"))
    )
    return parts.select(
        pl.when(split).then(pl.col("unit")).otherwise(house).alias(f"{group}.premises"),
        pl.when(split)
        .then(pl.concat_str(pl.col("house"), pl.lit(" "), pl.col("street")))
        .otherwise(pl.col("street"))
        .alias(f"{group}.address_line_1"),
        pl.when(pl.col("place") != pl.col("post_town"))
        .then(pl.col("place"))
        .alias(f"{group}.address_line_2"),
        pl.col("post_town").alias(f"{group}.locality"),
        pl.when(pl.col("region") < 0.2).then(pl.lit(COUNTY.title())).alias(f"{group}.region"),
        country.alias(f"{group}.country"),
        pl.col("postcode").alias(f"{group}.postal_code"),
    )
