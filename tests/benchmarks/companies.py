"""Time and memory of joining companies without a number to a register of a million entries.

    python tests/benchmarks/companies.py [--sizes 100000,1000000] [--share 0.1]

DuckDB may hold 3 GB and reads the register from disk. For each size: that many entries, and `share` of it as
records without a number, of which a half are in the register under their name, a quarter of those at its
address, and of the others every second names one company twice at one unit. Each size is a process of its
own. Prints; checks nothing (the tests do).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2]))  # run by path, Python looks into this folder only

from flows.home import warehouse  # noqa: E402
from transforms.model.sql import Connection, frame  # noqa: E402
from transforms.model.statements import DUCKDB_TYPES, STATEMENT_TABLES  # noqa: E402
from transforms.model.views import RESOLUTION  # noqa: E402
from transforms.resolution.companies.joining import with_companies  # noqa: E402
from transforms.values.addresses import address_class_list  # noqa: E402

MIB = 2**20
# An invented word of five syllables, another for each number, and a trade.
NAME = """(select string_agg(substr('BACODIFUGAHEJIKOLUMANEPIQORUSATEVIWOXUYAZE', (n // pow(20, k)::bigint % 20 * 2 + 1)::bigint, 2), '' order by k) from range(5) t(k))
    || ' ' || ['BAKERY', 'TIMBER', 'HAULAGE', 'LETTINGS', 'GLASS', 'ROPES', 'PLANT HIRE', 'CLEANING'][n % 8 + 1] || ' LIMITED'"""


def fill(connection: Connection, entries: int, claims: int) -> None:
    for name, table in STATEMENT_TABLES.items():
        columns = ", ".join(f"{column.name} {DUCKDB_TYPES[column.dtype]}" for column in table.columns)
        connection.execute(f"create table {name} ({columns})")
    connection.execute(
        "create table edition_in_use as select 'entries' as register, '' as dataset, '2026-06-01' as edition, 'in_force' as status, 'complete' as completeness,"
        " date '2026-06-01' as edition_date, '2026-06-01' as edition_order union all select 'claims', '', '2026-06-01', 'in_force', 'complete', date '2026-06-01', '2026-06-01'"
    )
    connection.register("address_class_list", address_class_list().to_arrow())
    statement = "register, dataset, edition, record, statement_id, role, is_registry_entry, entity_type, name, former_names, jurisdiction, legal_form_class, status"
    connection.execute(
        f"insert into entity_statement ({statement}, identifier_scheme, identifier, incorporated_on) select 'entries', '', '2026-06-01', 'e' || n, 'e' || n, 'subject', true,"
        f" 'registeredEntity', {NAME}, [], 'gb', 'company', 'active', 'GB-COH', lpad(n::varchar, 8, '0'), date '2010-01-01' from range({entries}) t(n)"
    )
    connection.execute(
        f"insert into entity_statement ({statement}) select 'claims', '', '2026-06-01', 'c' || m, 'c' || m, 'owner', false, 'registeredEntity', {NAME}, [], 'gb', 'company',"
        f" 'unknown' from (select m, case when m % 2 = 0 then m * {entries} // {claims} else {entries} + m // 4 end as n from range({claims}) t(m))"
    )
    address = "register, dataset, edition, statement_id, of_statement_id, role, address_id, postcode, country"
    place = "'Z' || n // 40 || ' ' || n % 9 || 'ZZ', 'gb'"
    connection.execute(
        f"insert into address_statement ({address}) select 'entries', '', '2026-06-01', 'ea' || n, 'e' || n, 'registered', 'U' || n, {place} from range({entries}) t(n)"
    )
    connection.execute(
        f"insert into address_statement ({address}) select 'claims', '', '2026-06-01', 'ca' || m, 'c' || m, 'service', 'U' || n, {place}"
        f" from (select m, case when m % 8 = 0 then m * {entries} // {claims} else {entries} + m // 4 end as n from range({claims}) t(m))"
    )


def measure(entries: int, share: float) -> str:
    with TemporaryDirectory() as folder:
        connection = warehouse.connect(
            Path(folder), database=Path(folder) / "register.duckdb", memory_limit="3GB"
        )
        claims = int(entries * share)
        fill(connection, entries, claims)
        alone = frame(
            connection,
            "select 'UT-E-' || statement_id as party_id, register, edition, record, statement_id, 'record' as method, 0.0 as score, null as candidate_id"
            " from entity_statement where not is_registry_entry order by statement_id",
        )
        rows = RESOLUTION.conformed(alone)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        start, cpu = time.perf_counter(), time.process_time()
        found, _ = with_companies(rows, connection)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        methods = ", ".join(
            f"{method} {count:,}" for method, count in sorted(found["method"].value_counts().iter_rows())
        )
        connection.close()
    return f"{entries:>10,} entries, {claims:>9,} records: {seconds:6.1f} s, {cpu_seconds:6.1f} CPU s, peak {peak / MIB:6,.0f} MiB (before {before / MIB:,.0f}); {methods}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="100000,1000000", help="entries, with commas between")
    parser.add_argument("--share", type=float, default=0.1, help="records without a number for each entry")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(measure(given.one, given.share))
        return
    for size in given.sizes.split(","):
        subprocess.run([sys.executable, str(HERE), "--one", size, "--share", str(given.share)], check=True)


if __name__ == "__main__":
    main()
