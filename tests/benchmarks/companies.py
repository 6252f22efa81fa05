"""Time and memory of joining companies without a number to a register of a million entries.

    python tests/benchmarks/companies.py [--sizes 100000,1000000] [--share 0.1]

DuckDB may hold 3 GB and reads the register from disk. For each size: that many entries, and `share` of it as
records without a number, of which a half are in the register under their name, a quarter of those at its
address, and of the others every second names one company twice at one unit. Each size is a process of its
own. Prints; checks nothing (the tests do).
"""

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
from transforms.model.sql import Connection  # noqa: E402
from transforms.model.statements import DUCKDB_TYPES, STATEMENT_TABLES  # noqa: E402
from transforms.resolution.companies.joining import with_companies, write_entities  # noqa: E402
from transforms.values.addresses import address_class_list  # noqa: E402

MIB = 2**20
# An invented word of five syllables, another for each number, and a trade.
SYLLABLES = "BACODIFUGAHEJIKOLUMANEPIQORUSATEVIWOXUYAZE"
TRADES = "['BAKERY', 'TIMBER', 'HAULAGE', 'LETTINGS', 'GLASS', 'ROPES', 'PLANT HIRE', 'CLEANING']"
NAME = f"""
(
    select string_agg(substr('{SYLLABLES}', (n // pow(20, k)::bigint % 20 * 2 + 1)::bigint, 2), '' order by k)
    from range(5) t(k)
) || ' ' || {TRADES}[n % 8 + 1] || ' LIMITED'
"""
EDITIONS_SQL = """
create table edition_in_use as
select
    unnest(['entries', 'claims']) as register,
    '' as dataset,
    '2026-06-01' as edition,
    'in_force' as status,
    'complete' as completeness,
    date '2026-06-01' as edition_date,
    '2026-06-01' as edition_order
"""
ENTRIES_SQL = f"""
insert into entity_statement by name
select
    'entries' as register,
    '' as dataset,
    '2026-06-01' as edition,
    'e' || n as record,
    'e' || n as statement_id,
    'subject' as role,
    true as is_registry_entry,
    'registeredEntity' as entity_type,
    {NAME} as name,
    [] as former_names,
    'gb' as jurisdiction,
    'company' as legal_form_class,
    'active' as status,
    'GB-COH' as identifier_scheme,
    lpad(n::varchar, 8, '0') as identifier,
    date '2010-01-01' as incorporated_on
from range({{entries}}) t(n)
"""
# Half of the records have the name of an entry; of the others every two have one.
CLAIMS_SQL = f"""
insert into entity_statement by name
select
    'claims' as register,
    '' as dataset,
    '2026-06-01' as edition,
    'c' || m as record,
    'c' || m as statement_id,
    'owner' as role,
    false as is_registry_entry,
    'registeredEntity' as entity_type,
    {NAME} as name,
    [] as former_names,
    'gb' as jurisdiction,
    'company' as legal_form_class,
    'unknown' as status
from (
    select m, case when m % 2 = 0 then m * {{entries}} // {{claims}} else {{entries}} + m // 4 end as n
    from range({{claims}}) t(m)
)
"""
ADDRESSES_SQL = """
insert into address_statement by name
select
    '{register}' as register,
    '' as dataset,
    '2026-06-01' as edition,
    '{register}-a' || m as statement_id,
    '{prefix}' || m as of_statement_id,
    '{role}' as role,
    'U' || n as address_id,
    'Z' || n // 40 || ' ' || n % 9 || 'ZZ' as postcode,
    'gb' as country
from ({numbers})
"""
OF_ENTRIES = "select n as m, n from range({entries}) t(n)"
OF_CLAIMS = """
select m, case when m % 8 = 0 then m * {entries} // {claims} else {entries} + m // 4 end as n
from range({claims}) t(m)
"""
ALONE_SQL = """
select
    'UT-E-' || statement_id as party_id,
    register,
    edition,
    record,
    statement_id,
    'record' as method,
    0.0::double as score,
    null::varchar as candidate_id
from entity_statement
where not is_registry_entry
order by statement_id
"""
METHODS_SQL = """
select method, count(*) from entity_row where method <> 'identifier' group by method order by method
"""


def fill(connection: Connection, entries: int, claims: int) -> None:
    for name, table in STATEMENT_TABLES.items():
        columns = ", ".join(f"{column.name} {DUCKDB_TYPES[column.dtype]}" for column in table.columns)
        connection.execute(f"create table {name} ({columns})")
    connection.register("address_class_list", address_class_list().to_arrow())
    connection.execute(EDITIONS_SQL)
    sizes = {"entries": entries, "claims": claims}
    for statement in (ENTRIES_SQL, CLAIMS_SQL):
        connection.execute(statement.format(**sizes))
    for register, prefix, role, numbers in (
        ("entries", "e", "registered", OF_ENTRIES),
        ("claims", "c", "service", OF_CLAIMS),
    ):
        parts = {"register": register, "prefix": prefix, "role": role}
        connection.execute(ADDRESSES_SQL.format(**parts, numbers=numbers.format(**sizes)))


def measure(entries: int, share: float) -> str:
    with TemporaryDirectory() as folder:
        connection = warehouse.connect(
            Path(folder), database=Path(folder) / "register.duckdb", memory_limit="3GB"
        )
        claims = int(entries * share)
        fill(connection, entries, claims)
        connection.execute(f"create or replace temp table claim_row as {ALONE_SQL}")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        start, cpu = time.perf_counter(), time.process_time()
        with_companies(connection)
        write_entities(connection)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        methods = ", ".join(f"{method} {count:,}" for method, count in connection.sql(METHODS_SQL).fetchall())
        connection.close()
    sizes = f"{entries:>10,} entries, {claims:>9,} records"
    times = f"{seconds:6.1f} s, {cpu_seconds:6.1f} CPU s"
    return f"{sizes}: {times}, peak {peak / MIB:6,.0f} MiB (before {before / MIB:,.0f}); {methods}"


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
