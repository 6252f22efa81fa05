"""A company that a flag on a payment pattern, contracting process, or premises names meets this flag."""

from collections.abc import Iterator

import duckdb
import pytest

from flows.facts.areas import Areas
from flows.facts.party import facts
from flows.facts.rows import query_rows
from flows.release.store import open_current
from tests.flows.demo import Demo

# Of flags on other subjects than companies: the companies in the records of the evidence.
NAMED_SQL = """
with record as (
    select statement_id, unnest([payer_id, payee_id]) as party_id from v_flow
    union
    select statement_id, bidder_id from v_bid
    union
    select statement_id, supplier_id from v_award
    union
    select statement_id, unnest([applicant_id, financier_id, lessor_id, manager_id]) from v_permit
)
select distinct f.flag_id, f.case_id, r.party_id
from v_flag f
join v_evidence e using (flag_id)
join record r using (statement_id)
join v_entity n on n.entity_id = r.party_id
where f.indicator = $indicator and f.state = 'flagged'
order by all
"""


@pytest.fixture
def release(demo: Demo) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_current(demo.home)
    yield connection
    connection.close()


@pytest.mark.parametrize("indicator", ["FLW-010", "FLW-020", "FLW-030", "FLW-050", "PRM-010", "PUB-100"])
def test_a_company_that_a_flag_names_meets_it_and_its_case(
    release: duckdb.DuckDBPyConnection, indicator: str
) -> None:
    named = query_rows(release, NAMED_SQL, indicator=indicator)
    met = facts(release, "legal_entity", sorted({str(row["party_id"]) for row in named}), Areas(()))
    assert met
    for row in named:
        sections = met[str(row["party_id"])]
        assert row["flag_id"] in {flag["flag_id"] for flag in sections["flags"]}, row
        assert row["case_id"] in {None, *(case["case_id"] for case in sections["cases"])}, row
