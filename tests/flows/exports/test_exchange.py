"""A case for other programs: FollowTheMoney entities and BODS statements."""

import json
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.exports.bods import case_bods
from flows.exports.ftm import LINKS, case_ftm
from flows.facts.rows import Row, query_rows
from flows.release.store import current_release
from tests.flows.demo import Demo
from tests.flows.old_duckdb import python_with
from transforms.model.sql import read_sql

HOTEL, CARE = "GB-COH-16685293", "GB-COH-15664525"
# Every entity through the library: known properties, values that it keeps as they are, what is required.
FTM_VALIDATES = """
import json, sys
from followthemoney import model
from followthemoney.types import registry

for line in sys.stdin:
    entity = json.loads(line)
    schema = model.get(entity["schema"])
    schema.validate(entity)
    assert registry.entity.clean(entity["id"]) == entity["id"], entity["id"]
    for name, values in entity["properties"].items():
        kind = schema.get(name).type
        assert [str(kind.clean(value)) for value in values] == values, (schema.name, name)
    assert all(entity["properties"].get(name) for name in schema.required), schema.name
"""


@pytest.fixture(scope="module")
def release(demo: Demo) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(current_release(demo.home) / "undertow.duckdb"), read_only=True)


def _case_of(release: duckdb.DuckDBPyConnection, subject_id: str) -> str:
    ((case_id,),) = release.execute(
        "select distinct case_id from v_case_member where subject_id = ?", [subject_id]
    ).fetchall()
    return str(case_id)


def _entities(release: duckdb.DuckDBPyConnection, subject_id: str) -> list[dict[str, Any]]:
    lines = case_ftm(release, _case_of(release, subject_id)).splitlines()
    return [{**(entity := json.loads(line)), **entity["properties"]} for line in lines]


def test_the_owners_of_the_hotel_and_its_title(release: duckdb.DuckDBPyConnection) -> None:
    entities = {entity["id"]: entity for entity in _entities(release, HOTEL)}
    assert entities[HOTEL]["schema"] == "Company" and entities[HOTEL]["registrationNumber"] == ["16685293"]
    held = {entity["owner"][0]: entity for entity in entities.values() if entity.get("asset") == [HOTEL]}
    assert [entity["percentage"] for entity in held.values()] == [["75-100"]]
    (owner,) = held
    assert "NIGHTJAR LEISURE GROUP" in entities[owner]["name"][0]
    assert any(
        entity["owner"] == [HOTEL] and entities[entity["asset"][0]]["schema"] == "RealEstate"
        for entity in entities.values()
        if entity["schema"] == "Ownership"
    )
    assert "sanction" in str([entity.get("topics") for entity in entities.values()])


def test_what_the_council_paid_the_care_firm(release: duckdb.DuckDBPyConnection) -> None:
    entities = _entities(release, CARE)
    known = {entity["id"]: entity["schema"] for entity in entities}
    assert all(entity[link][0] in known for entity in entities for link in LINKS if link in entity)
    assert {known[entity["asset"][0]] for entity in entities if "asset" in entity} <= {
        "Company",
        "RealEstate",
    }
    paid = [entity for entity in entities if entity["schema"] == "Payment"]
    assert len({entity["id"] for entity in paid}) == len(paid)
    assert {
        (entity["date"][0], entity["amount"][0], entity["currency"][0])
        for entity in paid
        if known[entity["payer"][0]] == "PublicBody" and entity["beneficiary"] == [CARE]
    } >= {("2024-07-05", "37450.00", "GBP")}
    personal = {name for entity in entities if entity["schema"] == "Person" for name in entity["properties"]}
    assert {"name"} <= personal <= {"name", "birthDate", "topics"}


RELATIONSHIPS = """
create table v_relationship as
select *, 'p' as party_statement_id, date '2015-01-01' as valid_from from (values
    ('held', 'UT-E-A', 'GB-COH-1', false, true, null::date),
    ('ended', 'UT-E-B', 'GB-COH-1', false, false, date '2020-07-01'),
    ('ended on an unknown day', 'UT-E-C', 'GB-COH-1', false, false, null),
    ('influence', 'UT-E-D', 'GB-COH-1', false, true, null),
    ('board', 'UT-E-E', 'GB-COH-1', false, true, null),
    ('share of a trust', 'UT-E-F', 'UT-E-A', false, true, null)
) r (statement_id, party_id, subject_id, is_office, is_open, valid_to);
create table v_interest as
select statement_id, 100 as share_min, 100 as share_max, basis,
    if(basis = 'shares', 'shareholding', basis) as interest_type
from (
    select statement_id, if(statement_id in ('influence', 'board'), statement_id, 'shares') as basis
    from v_relationship
);
create table v_entity as
select * from (values ('GB-COH-1', 'registeredEntity'), ('UT-E-A', 'arrangement')) e (entity_id, entity_type);
create table v_resolution (statement_id text, register text, record text);
create table v_register (register text, publisher text);
"""


@pytest.fixture
def interests() -> Sequence[Row]:
    connection = duckdb.connect()
    connection.execute(RELATIONSHIPS)
    ids = ["GB-COH-1", *(f"UT-E-{letter}" for letter in "ABCDEF")]
    return query_rows(connection, read_sql("flows.exports", "ftm_interests"), ids=ids)


def test_a_holding_that_ended_on_an_unknown_day_is_not_current(interests: Sequence[Row]) -> None:
    ends = {row["owner"]: row["endDate"] for row in interests if row["owner"]}
    assert ends == {"UT-E-A": None, "UT-E-B": date(2020, 7, 1)}


def test_influence_and_rights_in_a_trust_are_control(interests: Sequence[Row]) -> None:
    control = [row for row in interests if row["schema"] == "Control"]
    assert {row["controller"]: (row["controlled"], row["role"]) for row in control} == {
        "UT-E-D": ("GB-COH-1", ["influence"]),
        "UT-E-E": ("GB-COH-1", ["board"]),
        "UT-E-F": ("UT-E-A", ["shareholding"]),
    }
    assert {row["percentage"] for row in control} == {None}


def test_statements_of_the_hotels_owners(release: duckdb.DuckDBPyConnection) -> None:
    statements = json.loads(case_bods(release, _case_of(release, HOTEL)))
    records = {statement["recordId"]: statement for statement in statements}
    assert len(records) == len(statements) == len({each["statementId"] for each in statements})
    assert records[HOTEL]["recordDetails"]["identifiers"] == [{"id": "16685293", "scheme": "GB-COH"}]
    held = [
        statement["recordDetails"]
        for statement in statements
        if statement["recordType"] == "relationship" and statement["recordDetails"]["subject"] == HOTEL
    ]
    assert [records[each["interestedParty"]]["recordType"] for each in held] == ["entity"]
    shares = [each["share"] for each in held[0]["interests"] if each["type"] == "shareholding"]
    assert shares == [{"minimum": 75.0, "maximum": 100.0}]


def test_an_owner_that_the_register_does_not_name_has_the_reason(
    release: duckdb.DuckDBPyConnection,
) -> None:
    ((case_id,),) = release.execute(
        "select min(m.case_id) from v_case_member m join v_relationship r on r.subject_id = m.subject_id "
        "where r.is_open and r.unspecified_reason = 'subjectUnableToConfirmOrIdentifyBeneficialOwners'"
    ).fetchall()
    details = [statement["recordDetails"] for statement in json.loads(case_bods(release, case_id))]
    parties = [each["interestedParty"] for each in details if "interestedParty" in each]
    assert {"reason": "subjectUnableToConfirmOrIdentifyBeneficialOwner"} in parties


@pytest.mark.nightly
def test_the_standards_own_tools_accept_every_case(
    release: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """followthemoney (which needs PyICU, and so a compiler) and libcovebods."""
    cache = Path(request.config.cache.mkdir("exchange"))
    ftm = python_with(cache / "ftm", "followthemoney==4.11.2")
    bods = python_with(cache / "bods", "libcovebods==0.16.0")
    cases = [case_id for (case_id,) in release.execute("select case_id from v_case").fetchall()]
    for case_id in cases:
        lines = case_ftm(release, case_id)
        done = subprocess.run([ftm, "-c", FTM_VALIDATES], input=lines, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        path = tmp_path / f"{case_id}.json"
        path.write_bytes(case_bods(release, case_id))
        for command in ("jsonschemavalidate", "additionalfields"):
            # By its Python: a script's first line names the folder in which the packages were installed.
            finished = subprocess.run(
                [bods, bods.parent / "libcovebods", command, path], capture_output=True, check=True
            )
            assert json.loads(finished.stdout) in ([], {}), finished.stdout.decode()
    assert len(cases) > 100
