"""From profiles to what Splink compares: what a profile states, the blocks it is in, and how often its values occur.

Input is a table `person_profile` on the connection (PROFILE): one row for each way in which the records of a party-to-be (`anchor_no`) state a person.
Values and keys of blocks are handled as DuckDB's 64-bit hashes: of 12 million records, two different values agree by chance with a probability of some
four in a million, and then two names count as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from transforms.model.sql import Connection
from transforms.resolution.persons.features import is_whole_name_sql, middle_is_word_sql
from transforms.resolution.persons.model import BLOCK_MAX, BLOCKS, EXPECTED_FREQUENCY
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
# What few records state: a profile may leave these columns out. identity: of the party-to-be, the same every night, where its number is not.
STATED: Mapping[str, str] = {
    "birth_day": "tinyint",
    "street": "text",
    "number_kind": "text",
    "number": "text",
    "occupation": "text",
}
IDENTITY = "identity"
VALUES = tuple(EXPECTED_FREQUENCY)  # columns of which equal values weigh by how rare they are
# A profile's row in hashes: what is counted of it, and where it is found.
HASHED = (*(f"{name}_value" for name in VALUES), "born", *BLOCKS)

# district: the outward part of a British postcode.
STATED_SQL = """
select *, case when birth_day is not null and birth_month is not null then printf('%04d%02d%02d', birth_year, birth_month, birth_day) end as birth_date,
       case when contains(postcode, ' ') then split_part(postcode, ' ', 1) end as district
from (select {columns}, {stated} from person_profile)
"""
# A forename that many records have is a name of its own in any script, whether the list has it or not; a slip of the pen is rarer.
NAME_RECORDS_MIN, NAME_SHARE_MIN = 20, 1e-5  # (own) in a town, and in a country
# short_forms: what a forename is shortened to.
TOLD_SQL = """
select s.*, f.short_forms, coalesce(f.is_forename, false) or coalesce(hash(s.forename) in (select forename_value from {often}), false) as is_forename
from {stated} s left join person_forename f using (forename)
"""
COMPARED = (*PROFILE, *STATED, "short_forms", "is_forename", "birth_date", "district")


def state(connection: Connection) -> None:
    """The view `person_stated`, and the table `person_forename` of the two lists of forenames."""
    known = {
        name for (name,) in connection.sql("select column_name from (describe person_profile)").fetchall()
    }
    stated = [f"{name if name in known else 'null'}::{kind} as {name}" for name, kind in STATED.items()]
    identity = f"{IDENTITY if IDENTITY in known else 'anchor_no'}::ubigint as {IDENTITY}"
    connection.execute(
        f"create or replace temp view person_stated as {STATED_SQL.format(columns=', '.join(PROFILE), stated=', '.join([*stated, identity]))}"
    )
    connection.register("person_forename", forenames().to_arrow())


def forenames() -> pl.DataFrame:
    """forename, short_forms, is_forename of the two lists of forenames."""
    short = (
        vocabulary("short_forenames")
        .group_by("forename")
        .agg(pl.col("short_form").sort().alias("short_forms"))
    )
    named = vocabulary("forenames").select("forename", pl.lit(True).alias("is_forename"))
    return named.join(short, on="forename", how="full", coalesce=True).sort("forename")


# The values in hashes, and the month of birth as one number, of a row that states them.
COUNTED_SQL = ", ".join(
    [
        *(f"case when {name} is not null then hash({name}) end as {name}_value" for name in VALUES),
        "birth_year::int * 12 + birth_month as born",
    ]
)


def hashed_sql() -> str:
    """HASHED of a row of `person_stated`."""
    return ", ".join(
        [
            COUNTED_SQL,
            *(
                f"case when ({sql}) is not null then hash({sql}) end as {name}"
                for name, sql in BLOCKS.items()
            ),
        ]
    )


def each_sql(columns: Iterable[str], table: str, *kept: str) -> str:
    """place (in `columns`), value and `kept` of each row of `table` for each of `columns` that is not null in it."""
    names = list(columns)
    each = ", ".join(
        [f"unnest(range({len(names)}))::tinyint as place", f"unnest([{', '.join(names)}]) as value", *kept]
    )
    return f"select {', '.join(['place', 'value', *kept])} from (select {each} from {table}) where value is not null"


# A block is used by those who share it with another party-to-be, and by nobody where too many do.
USED_SQL = f"""
select place, value from person_member group by all having count(*) between 2 and {BLOCK_MAX} and min(anchor_no) <> max(anchor_no)
"""


def compare(connection: Connection, often: str, *, every: bool = False) -> None:
    """`person_compared`: the profiles of `person_member` (place, value, unique_id, anchor_no) that are in a used block, with the key of each.

    `often`: table of the forenames that many have. `every`: all profiles there are, in a block or not.
    """
    keys = ", ".join(f"max(value) filter (place = {place}) as {name}" for place, name in enumerate(BLOCKS))
    stated = (
        "person_stated"
        if every
        else "(select * from person_stated semi join person_blocked using (unique_id))"
    )  # few: chosen before anything is told
    for statement in (
        f"create or replace temp table person_used as {USED_SQL}",
        f"create or replace temp table person_blocked as select unique_id, {keys} from person_member semi join person_used using (place, value) group by unique_id",
        "drop table person_member",
        f"""create or replace temp table person_compared as
            select {", ".join([*COMPARED, *BLOCKS])} from ({TOLD_SQL.format(often=often, stated=stated)}) left join person_blocked using (unique_id)""",
    ):
        connection.execute(statement)


def often_sql(counts: str, records_n: int) -> str:
    """Of `counts` (forename_value, n), those that many of `records_n` records have."""
    return f"select forename_value from {counts} where n >= {max(NAME_RECORDS_MIN, NAME_SHARE_MIN * records_n)!r}"


FORENAMES_SQL = (
    "select forename_value, count(*) as n from {rows} where forename_value is not null group by all"
)
# What is counted and told of the two sides of a pair beside Splink's comparisons.
SIDE_SQL = f"""
select unique_id, {COUNTED_SQL}, {is_whole_name_sql()} as is_whole_name, {middle_is_word_sql()} as middle_is_word
from person_compared
"""
