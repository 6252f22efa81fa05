"""How long a council's spending takes from the native file to the lake, beside DuckDB that merely reads it.

    python tests/benchmarks/spending.py [--lines 1000000] [--times 3]

An invented file in the columns of a county council. Both in this process, in turn; the middle of the
processor seconds is taken, on one thread. The goal is three times DuckDB's reading into a table. Prints;
checks nothing (the tests do)."""

import argparse
import os
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import duckdb

from flows.ingest.landing import look
from flows.ingest.parse import ingest
from transforms.model.register import registers

LINES_SQL = """
copy (
    select
        '18' as "Body",
        'Zedshire County Council' as "Name of Body",
        strftime(date '2026-01-01' + cast(n % 28 as integer), '%Y-%m-%d 00:00:00') as "Date",
        concat('CF', n) as "Transaction Number",
        case when n % 2 = 0 then 'REDACTED' else concat('INV-', n % 99991) end as "Invoice Number",
        round(exp(6 + (n % 997) / 200.0), 2) as "Amount",
        case n % 5
            when 0 then concat('ZEDTON TRADER ', n % 4001, ' LIMITED')
            when 1 then concat('Zedton Care ', n % 811, ' Ltd')
            when 2 then concat('ZEDTON PRIMARY SCHOOL ', n % 311)
            when 3 then concat('Quillfeather ', n % 9973)
            else 'REDACTED UNDER DP ACT'
        end as "Supplier Name",
        n % 90001 as "Supplier ID",
        '' as "Vat Reg No",
        'Adult Care & Health' as "Expense Area",
        'Care Spot - Private (3rd)' as "Expense Type"
    from range({lines}) t(n)
) to '{path}' (header, delimiter ',')
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "landing" / "zedshire").mkdir(parents=True)
        path = folder / "landing" / "zedshire" / "spend-2026-01.csv"
        duckdb.execute(LINES_SQL.format(lines=given.lines, path=path))
        ours: list[float] = []
        theirs: list[float] = []
        for turn in range(given.times):
            began = time.process_time()
            with duckdb.connect(config={"threads": 1}) as connection:
                connection.execute(f"create table line as select * from read_csv('{path}')")
            theirs.append(time.process_time() - began)
            [edition] = look(folder / "landing", registers()).editions
            began = time.process_time()
            made = ingest(edition, folder / f"work{turn}", "key")
            ours.append(time.process_time() - began)
        print(
            f"{given.lines:,} lines, {path.stat().st_size / 1e6:.0f} MB, {made.facts.rows_loaded:,} loaded:",
            f"lake {median(ours):.2f} s, DuckDB {median(theirs):.2f} s,",
            f"ratio {median(ours) / median(theirs):.1f}",
        )


if __name__ == "__main__":
    main()
