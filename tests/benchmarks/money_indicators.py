"""How long the indicators of money take on a country's payments.

    python -m tests.benchmarks.money_indicators [--payments 10000000] [--companies 6000000]

Invented rows straight in the marts: a company in twenty is a supplier of one of 200 bodies, each with one
account, one owner, and one in ten in a group of two. Prints seconds of the clock and of the processors for
each indicator (states and evidence), and the peak of memory. Patterns (FLW-010 to 050) are searched by
`tests/benchmarks/money.py`; here only their flags are written. Checks nothing (the tests do).
"""

import argparse
import resource
import time
from datetime import date

import duckdb
import polars as pl

from flows.night.tables import VOCABULARIES
from tests.indicator_cases import DERIVED, NO_AREAS, NO_LIMITS, NO_MENTIONS, NO_SCHEMES, UK_EDITIONS
from transforms.flags.mentions import reject_mention_sql
from transforms.flags.states import find_states
from transforms.marts import MART_ORDER, create_fact_views, mart_sql
from transforms.model.indicator import indicators
from transforms.model.register import declaring_forms, register_roles
from transforms.model.sql import create_macros
from transforms.model.statements import DUCKDB_TYPES, Table
from transforms.model.views import GRAPH_TABLES, MARTS
from transforms.values.vocabulary import vocabulary

AS_OF = date(2026, 6, 1)
COMPANIES = """
insert into company by name
select
    'GB-COH-' || lpad(cast(n as varchar), 8, '0') as company_id,
    'ZEDTON TRADER ' || n || ' LIMITED' as name,
    'private_limited' as legal_form_class,
    date '1990-01-01' + cast(n % 13000 as integer) as incorporated_on,
    true as is_active, [] as former_names, 'gb' as territory,
    'gb_coh_companies' as register, '2026-06-01' as edition, 'c' || n as statement_id
from range({companies}) t(n)
"""
FLOWS = """
insert into flow by name
select
    'f' || n as flow_id, 'f' || n as statement_id, '' || n as record,
    'payment' as kind, 'paid' as status,
    'body:zed' || (n % 200) as payer_id, 'public' as payer_kind,
    case when n % 20 > 0
        then 'GB-COH-' || lpad(cast((n * 7919) % {suppliers} * 20 as varchar), 8, '0')
    end as payee_id,
    'company' as payee_kind,
    'account:gb:zedb:' || ((n * 7919) % {suppliers}) as payee_account,
    cast(round(exp(5 + (n % 997) / 150.0), 2) as decimal(18, 2)) as amount, 'GBP' as currency,
    date '2024-06-01' + cast((n * 31) % 730 as integer) as flowed_on,
    'INV-' || (n % 9999991) as invoice, 'Care Spot' as purpose, 'Adult Care' as category,
    'number' as method, 'gb' as territory, 'gb_council_spend' as register, 'zed' as dataset,
    '2026-06-01' as edition
from range({payments}) t(n)
"""
GROUPS = """
insert into graph_control_group by name
select 'CG-' || n as control_group_id, id as subject_id, 'P' || n as controller_id
from (
    select n, 'GB-COH-' || lpad(cast(n * 200 + 20 * k as varchar), 8, '0') as id
    from range({companies} // 200) t(n), range(2) u(k)
)
"""
OWNERS = """
insert into graph_ubo by name
select company_id as subject_id, 'P' || (rowid % 4000000) as party_id, 'amlr' as regime, 'CERTAIN' as verdict,
    [] as witness
from company
"""


def _empty(table: Table) -> str:
    columns = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.dtype]}' for column in table)
    return f'create table "{table.name}" ({columns})'


def filled(companies: int, payments: int) -> duckdb.DuckDBPyConnection:
    """A database with every mart and graph table, those of money filled."""
    connection = duckdb.connect()
    for table in (*(MARTS[name] for name in MARTS.keys() - {*DERIVED}), *GRAPH_TABLES.values()):
        connection.execute(_empty(table))
    lists = {
        "register_role_list": register_roles(),
        "declaring_form_list": declaring_forms(),
        "home_regime_list": pl.DataFrame(schema={"regime": pl.String}),
        "home_area_list": NO_AREAS,
        "home_limit_list": NO_LIMITS.with_columns(pl.col("approval_limit").cast(pl.Int64)),
        "home_scheme_list": NO_SCHEMES,
        "edition_in_use": UK_EDITIONS.with_columns(pl.col("edition_date").str.to_date()),
        "frame_reject_mention": NO_MENTIONS,
        **{f"{name}_list": vocabulary(name) for name in VOCABULARIES},
    }
    for name, rows in lists.items():
        connection.register(name, rows.to_arrow())
    create_macros(connection)
    connection.execute("create table complete_basis as select '' as register, '' as basis where false")
    connection.execute(
        "create table relationship_statement as select statement_id, '' as register from relationship"
    )
    connection.execute(f"create table reject_mention as {reject_mention_sql('frame_reject_mention')}")
    for query in (COMPANIES, FLOWS, GROUPS, OWNERS):
        connection.execute(query.format(companies=companies, payments=payments, suppliers=companies // 20))
    for name in (name for name in MART_ORDER if name in DERIVED):
        sql = mart_sql(name)
        connection.execute(f"create table {name} as {sql}", {"as_of": AS_OF} if "$as_of" in sql else None)
    connection.execute(_empty(MARTS["mark"]))
    create_fact_views(connection, MARTS.keys())
    return connection


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--payments", type=int, default=10_000_000)
    parser.add_argument("--companies", type=int, default=6_000_000)
    given = parser.parse_args()
    connection = filled(given.companies, given.payments)
    all_wall = all_used = 0.0
    for code, indicator in indicators().items():
        if not code.startswith(("FLW-", "PUB-")):
            continue
        wall, used = time.perf_counter(), time.process_time()
        states = find_states(connection, indicator, AS_OF)
        evidence = connection.sql(
            f"select count(*) from ({indicator.evidence})",
            params=indicator.bound_values(indicator.evidence, AS_OF) or None,
        ).fetchall()
        wall, used = time.perf_counter() - wall, time.process_time() - used
        all_wall, all_used = all_wall + wall, all_used + used
        print(
            f"{code}: {wall:6.1f} s, {used:6.1f} s of processors, "
            f"{states.height:,} states, {evidence[0][0]:,} facts",
            flush=True,
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"all: {all_wall:.0f} s, {all_used:.0f} s of processors, peak {peak:.1f} GiB")


if __name__ == "__main__":
    main()
