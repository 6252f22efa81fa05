"""Linkage of persons at the size of a country: wall and processor seconds, peak memory and pairs, by size;
plain Splink beside it on the same pairs.

    python -m tests.benchmarks.persons 100000 1000000 4000000 [--plain 1000000] [--memory 4GB] [--threads 2]

Each size runs in a process of its own, so that its peak is its own. Records are made in DuckDB from a hash of
their number, so that a size is the same every time; nobody in them exists. What they are like is own: a fifth
are second records of a person, half of these with a slip or at another home; names follow a power law; one
home holds a person and a half, one postcode fifteen homes. Timed is what a night does from profiles to pairs:
keys, blocks, weights, rules, and who is one person.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any, cast

from flows.home import warehouse
from transforms.model.sql import Connection
from transforms.resolution.persons.linkage import person_pairs, prepare
from transforms.resolution.persons.model import BLOCKS
from transforms.resolution.persons.people import merged
from transforms.values.vocabulary import vocabulary

SECOND_RECORDS = 0.2
SURNAMES_N = 60_000  # about as many as cover nine tenths of a country
FORENAME_SKEW, SURNAME_SKEW = (
    3,
    2.2,
)  # powers of a uniform number: the first name is had by some hundredths of the records

# u0 … u9: uniform numbers of the person; r: of the record.
PROFILES_SQL = """
create table person_profile as
with record as (
    select
        n as unique_id,
        case when n >= {people} then (n * 7919) % {people} else n end as person,
        n >= {people} as is_second
    from range({records}) t(n)
),
drawn as (
    select *, {uniforms}, (hash(unique_id, 77) % 1000000) / 1000000.0 as r from record
),
named as (
    select d.unique_id, f.forename, case when u3 < 0.6 then g.forename end as middle,
           {surname} as whole, is_second and r < 0.25 as slips, is_second and r > 0.75 as moved,
           u4, u5, person, unique_id as n
    from drawn d
    join forename f on f.number = floor(pow(u0, {forename_skew}) * {forenames})::bigint
    join forename g on g.number = floor(pow(u2, {forename_skew}) * {forenames})::bigint
),
written as (
    select *, case when slips then left(whole, 2) || substr(whole, 4) else whole end as surname,
           case when moved then 'M' || n else 'H' || floor(person / 1.5)::bigint end as home from named
)
select
    unique_id,
    unique_id as anchor_no,
    forename,
    middle,
    surname,
    forename as forename_key,
    surname as surname_key,
    concat_ws(' ', forename, middle, surname) as words,
    (1935 + floor(u4 * 65))::smallint as birth_year,
    (1 + floor(u5 * 12))::tinyint as birth_month,
    home as address,
    case when moved then 'M' || (n // 15) else 'P' || floor(person / 22.5)::bigint end as postcode,
    []::ubigint[] as partners
from written
"""


def fill(connection: Connection, records: int) -> None:
    """`person_profile` of `records` rows."""
    forenames = vocabulary("forenames").select("forename").with_row_index("number")
    connection.register("forename", forenames.to_arrow())
    uniforms = ", ".join(f"(hash(person, {n}) % 1000000) / 1000000.0 as u{n}" for n in range(6))
    index = f"floor(pow(u1, {SURNAME_SKEW}) * {SURNAMES_N})::bigint"
    letters = " || ".join(
        f"substr('{text}', 1 + ({index} // {step}) % {len(text)}, 1)"
        for text, step in (
            ("BCDFGHKLMNPRSTVW", 1),
            ("AEIOU", 16),
            ("BDGKLMNRSTVZ", 80),
            ("AEIOU", 960),
            ("DKLMNRST", 4800),
            ("AEIO", 38400),
        )
    )
    connection.execute(
        PROFILES_SQL.format(
            people=int(records * (1 - SECOND_RECORDS)),
            records=records,
            uniforms=uniforms,
            surname=f"({letters} || 'SEN')",
            forename_skew=FORENAME_SKEW,
            forenames=forenames.height,
        )
    )


def measured(records: int, *, threads: int, memory: str, is_plain: bool) -> dict[str, object]:
    """One size, in this process.

    With `is_plain`, plain Splink's comparisons over the same keys instead of ours.
    """
    with tempfile.TemporaryDirectory(prefix="undertow-persons-") as folder:
        connection = warehouse.connect(
            Path(folder), database=Path(folder) / "persons.duckdb", threads=threads, memory_limit=memory
        )
        fill(connection, records)
        before, start = _processor_s(), time.perf_counter()
        figures = _plain(connection) if is_plain else _ours(connection)
        wall, spent = time.perf_counter() - start, _processor_s() - before
        connection.close()
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "method": "splink" if is_plain else "undertow",
        "records_n": records,
        "wall_s": round(wall, 1),
        "processor_s": round(spent, 1),
        "peak_gib": round(peak_gib, 2),
        **figures,
    }


def _ours(connection: Connection) -> dict[str, object]:
    pairs = person_pairs(connection)
    return {
        "blocked_n": _blocked_n(connection),
        "pairs_n": pairs.height,
        "merging_n": int(pairs["merges"].sum()),
        "joined_n": len(merged(pairs)),
    }


def _plain(connection: Connection) -> dict[str, object]:
    """Splink's own name, date and postcode comparisons, untrained, over the pairs of the same keys."""
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink import comparison_library as cl

    prepare(connection)
    model = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        retain_intermediate_calculation_columns=True,
        blocking_rules_to_generate_predictions=[
            f"l.{key} = r.{key} and l.anchor_no <> r.anchor_no" for key in BLOCKS
        ],
        comparisons=[
            cl.ForenameSurnameComparison("forename", "surname"),
            cl.NameComparison("middle"),
            cl.ExactMatch("birth_year"),
            cl.ExactMatch("birth_month"),
            cl.ExactMatch("address").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode"),
        ],
    )
    api = DuckDBAPI(connection=cast("Any", connection))
    predictions = Linker(api.register("person_compared"), model, log_level=None).inference.predict(
        threshold_match_probability=0.5, warning_mode="never"
    )
    ((pairs,),) = connection.sql(f"select count(*) from {predictions.physical_name}").fetchall()
    return {"blocked_n": _blocked_n(connection), "pairs_n": pairs}


def _blocked_n(connection: Connection) -> int:
    """Pairs of at least one block, counted with each block they are in."""
    counted = " + ".join(
        "(select coalesce(sum(n * (n - 1) // 2), 0) from ("
        f"select count(*) as n from person_compared where {key} is not null group by {key}))"
        for key in BLOCKS
    )
    ((pairs,),) = connection.sql(f"select {counted}").fetchall()
    return int(pairs)


def _processor_s() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def slope(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The power of the number of records that processor seconds grow with: 1 is in proportion."""
    return log(other["processor_s"] / one["processor_s"]) / log(other["records_n"] / one["records_n"])


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", type=int, nargs="*")
    parser.add_argument("--plain", type=int, nargs="*", default=[])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument(
        "--alone", choices=["undertow", "splink"], help="measure in this process and print JSON"
    )
    given = parser.parse_args(arguments)
    if given.alone:
        print(
            json.dumps(
                measured(
                    given.sizes[0],
                    threads=given.threads,
                    memory=given.memory,
                    is_plain=given.alone == "splink",
                )
            )
        )
        return
    ours: list[dict[str, Any]] = []
    for method, size in [
        *(("undertow", size) for size in given.sizes),
        *(("splink", size) for size in given.plain),
    ]:
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.persons",
            str(size),
            "--alone",
            method,
            "--threads",
            str(given.threads),
            "--memory",
            given.memory,
        ]
        row = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        )
        print(row, flush=True)
        if method == "undertow":
            ours.append(row)
    for one, other in pairwise(ours):
        print(
            f"{one['records_n']:,} to {other['records_n']:,}: "
            f"processor seconds grow with the power {slope(one, other):.2f} of records"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
