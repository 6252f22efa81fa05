"""From profiles to what Splink compares: what a profile states, and the blocks it is in.

Input is a table `person_profile` on the connection, with the columns PROFILE and those of STATED that it has:
one row for each way in which the records of a party-to-be (`anchor_no`) state a person.
"""

import polars as pl

from transforms.model.sql import Connection, read_sql
from transforms.resolution.persons.model import BLOCK_MAX, BLOCKS
from transforms.values.vocabulary import vocabulary

PROFILE = (
    "unique_id",
    "anchor_no",
    "forename",
    "middle",
    "surname",
    "forename_key",
    "surname_key",
    "words",
    "birth_year",
    "birth_month",
    "address",
    "postcode",
    "partners",
)
# Columns that a profile may leave out: few records state these.
STATED = ("birth_day", "street", "number_kind", "number", "occupation")
# (own) A forename of this many records is a name of its own in any script, whether the list has it or not: a
# slip of the pen is rarer. The first is for a town, the second for a country.
NAME_RECORDS_MIN, NAME_SHARE_MIN = 20, 1e-5


def prepare(connection: Connection) -> None:
    """Write `person_stated`, what each profile states, and `person_compared`, the same with the key of each
    block.

    A key is null where no other party-to-be has it, and where more than BLOCK_MAX profiles share it. Keys are
    64-bit hashes: two different keys of 12 million records agree by chance about four times in a million.
    """
    connection.register("person_forename", _forenames().to_arrow())
    connection.execute(read_sql(__package__, "person_stated"))
    keys = ", ".join(f"{sql} as {name}" for name, sql in BLOCKS.items())
    pivoted = ", ".join(f"max(key) filter (block = '{name}') as {name}" for name in BLOCKS)
    connection.execute(
        read_sql(__package__, "person_blocked", keys=keys, pivoted=pivoted, block_max=str(BLOCK_MAX))
    )
    is_name_min = {"records_min": str(NAME_RECORDS_MIN), "share_min": str(NAME_SHARE_MIN)}
    connection.execute(read_sql(__package__, "person_compared", **is_name_min))


def _forenames() -> pl.DataFrame:
    """forename, short_forms (what it is shortened to), is_forename: the two lists of forenames."""
    short = (
        vocabulary("short_forenames")
        .group_by("forename")
        .agg(pl.col("short_form").sort().alias("short_forms"))
    )
    named = vocabulary("forenames").select("forename", pl.lit(True).alias("is_forename"))
    return named.join(short, on="forename", how="full", coalesce=True)
