"""The flag engine: indicators keep their contract, extracts clear nobody, and every fact is proved."""

from datetime import date

import duckdb
import polars as pl
import pytest

from tests.raised_flags import Raised, raise_all
from transforms.errors import DeclarationError
from transforms.flags.engine import flag_id
from transforms.marts import mart_sql
from transforms.model.indicator import Indicator, Parameter
from transforms.model.register import register_roles
from transforms.model.statements import STATEMENT_TABLES

AS_OF = date(2026, 6, 1)
STATES = """
    select
        entity_id as subject_id,
        case when statements_n > $n then 'flagged' else 'not_flagged' end as state,
        cast(null as varchar) as reason,
           cast(null as varchar) as subtype, cast(statements_n as double) as value, 'statements' as unit,
           cast($n as double) as threshold,
           cast(null as bigint) as peer_n
    from entity order by subject_id
"""
EVIDENCE = (
    "select entity_id as subject_id, 'name' as role, statement_id, 'entity_statement.name' as field from "
    "entity order by subject_id"
)
INDICATOR = Indicator(
    code="OWN-999",
    title="Spoken of often",
    lane="look",
    subject_type="legal_entity",
    negatives_need=("owners",),
    parameters=(Parameter(name="n", default=1, unit="statements", source="(test)"),),
    states=STATES,
    evidence=EVIDENCE,
    sentence="{subject_name} has {value:.0f} statements.",
    reasons={},
    ordinary_explanations=("It is a test.",),
    what_would_clear_it="Nothing.",
    source="(test)",
)


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """Two entities, of two and one statements; the record of the first is in two editions."""
    opened = duckdb.connect()
    opened.execute(
        "create table entity as select * from (values ('A', 'A Ltd', 2, 'a2'), ('B', 'B {x} Ltd', 1, "
        "'b1')) t(entity_id, name, statements_n, statement_id)"
    )
    rows = [("a1", "A", "2026-05-01"), ("a2", "A", "2026-06-01"), ("b1", "B", "2026-06-01")]
    frame = pl.DataFrame(
        [
            {
                "statement_id": s,
                "record": r,
                "edition": e,
                "name": f"{r} Ltd",
                "register": "gb_coh_psc",
                "dataset": "psc",
                "file_sha256": e,
                "record_no": 1,
            }
            for s, r, e in rows
        ]
    )
    table = STATEMENT_TABLES["entity_statement"]
    whole = frame.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in table.schema.items()
        if name not in frame.columns
    )
    opened.register("entity_statement", table.conformed(whole).to_arrow())
    opened.execute(
        """
        create table edition_in_use as
        select 'gb_coh_psc' as register, 'psc' as dataset, strftime(day, '%Y-%m-%d') as edition,
            strftime(day, '%Y-%m-%d') as file_sha256, day as edition_date, status,
            'complete' as completeness, cast(null as date) as stale_since
        from (values (date '2026-05-01', 'history'), (date '2026-06-01', 'in_force')) t(day, status)
        """
    )
    opened.register("relationship_statement", STATEMENT_TABLES["relationship_statement"].empty().to_arrow())
    opened.execute("create table graph_reach (subject_id varchar, mark varchar)")
    opened.execute(
        "create table company (company_id varchar, area_name varchar, area_code varchar, territory varchar, "
        "legal_form_class varchar)"
    )
    opened.execute("alter table entity add column jurisdiction varchar")
    opened.execute("alter table entity add column legal_form varchar")
    opened.execute("create table title (title_id varchar, area_name varchar, area_code varchar)")
    opened.execute("create table proprietorship (party_id varchar, title_id varchar, ended_on date)")
    opened.execute(
        "create table property as select * from (values ('H', '1 Low Road', 'ZEDTON', false), "
        "('I', '2 Low Road', null, false), ('J', '3 Low Road', null, true)) "
        "t(property_id, address_text, area_name, has_legal_entity_proprietor)"
    )
    opened.execute("alter table property add column area_code varchar")
    opened.execute("alter table property add column territory varchar")
    opened.execute('create table "transaction" (transaction_id varchar)')
    opened.register("register_role_list", register_roles().to_arrow())
    opened.execute(
        "create table reject_mention (register varchar, dataset varchar, edition varchar, token varchar)"
    )
    return opened


def _raise(
    connection: duckdb.DuckDBPyConnection,
    indicator: Indicator = INDICATOR,
    completeness: str | None = "complete",
) -> Raised:
    """`completeness`: that of the edition in force; None: no edition is in force."""
    if completeness is None:
        connection.execute("delete from edition_in_use where status = 'in_force'")
    else:
        connection.execute(f"update edition_in_use set completeness = '{completeness}'")
    for name in ("register_role", "home_country", "role_held", "rejected_subject"):
        connection.execute(f"create or replace table {name} as {mart_sql(name)}")
    return raise_all(connection, [indicator], AS_OF)


@pytest.mark.parametrize(
    ("territory", "form_class", "flagged_n"),
    [("nl", "partnership", 0), ("be", "partnership", 0), ("gb", "partnership", 1), ("nl", "company", 1)],
)
def test_a_partnership_that_is_its_partners_is_no_subject(
    connection: duckdb.DuckDBPyConnection, territory: str, form_class: str, flagged_n: int
) -> None:
    connection.execute("insert into company values ('A', null, null, $1, $2)", [territory, form_class])
    raised = _raise(connection)
    assert raised.flags.filter(pl.col("state") == "flagged").height == flagged_n
    assert raised.indicators["n_flagged"].to_list() == [flagged_n]


def test_a_dutch_partnership_known_from_the_land_register_only_is_no_subject(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("update entity set jurisdiction = 'nl', legal_form = 'Vennootschap Onder Firma'")
    assert _raise(connection).flags.is_empty()


def test_a_flag_has_its_sentence_numbers_and_proof(connection: duckdb.DuckDBPyConnection) -> None:
    raised = _raise(connection)
    [flag] = raised.flags.to_dicts()
    assert flag["subject_id"] == "A" and flag["explanation"] == "A Ltd has 2 statements."
    assert (flag["value"], flag["threshold"], flag["unit"], flag["parameters"]) == (
        2.0,
        1.0,
        "statements",
        '{"n": 1}',
    )
    assert flag["flag_id"] == flag_id("OWN-999", "A", "")
    [fact] = raised.evidence.to_dicts()
    assert (fact["flag_id"], fact["record"], fact["edition"], fact["value"], fact["position"]) == (
        flag["flag_id"],
        "A",
        "2026-06-01",
        "A Ltd",
        1,
    )


def test_the_steps_of_a_chain_stand_in_their_order(connection: duckdb.DuckDBPyConnection) -> None:
    steps = " union all ".join(
        f"select 'A' as subject_id, 'step {n}' as role, 'a2' as statement_id, 'entity_statement.name' "
        "as field"
        for n in (10, 2, 1, 11, 9)
    )
    proved = _raise(
        connection, INDICATOR.model_copy(update={"evidence": f"from ({steps}) order by role"})
    ).evidence
    assert proved.sort("position")["role"].to_list() == ["step 1", "step 2", "step 9", "step 10", "step 11"]


@pytest.mark.parametrize(
    ("number", "proof"),
    [
        ("GB-COH-1", ("relationship_statement.subject_id", "GB-COH-1")),
        (None, ("entity_statement.name", "B Ltd")),
    ],
)
def test_a_subject_without_a_number_is_named_by_its_own_statement(
    connection: duckdb.DuckDBPyConnection, number: str | None, proof: tuple[str, str]
) -> None:
    """The record of a list names what somebody owns, and gives it no number of a register."""
    table = STATEMENT_TABLES["relationship_statement"]
    names = {
        "statement_id": "r1",
        "record": "R",
        "edition": "2026-06-01",
        "register": "gb_coh_psc",
        "dataset": "psc",
        "file_sha256": "f",
        "record_no": 2,
    }
    row = {
        **dict.fromkeys(table.names),
        **names,
        "subject_id": number,
        "subject_statement_id": "b1" if number is None else None,
    }
    connection.register("relationship_statement", pl.DataFrame([row], schema=table.schema).to_arrow())
    evidence = (
        "select 'A' as subject_id, 'held' as role, 'r1' as statement_id, "
        "'relationship_statement.subject_id' as field order by role"
    )
    [fact] = _raise(connection, INDICATOR.model_copy(update={"evidence": evidence})).evidence.to_dicts()
    assert (fact["field"], fact["value"]) == proof


def test_first_seen_is_the_day_on_which_its_facts_first_stood(connection: duckdb.DuckDBPyConnection) -> None:
    assert _raise(connection).flags["first_seen_on"].to_list() == [date(2026, 5, 1)]


@pytest.mark.parametrize(
    ("earlier", "first_seen_on"),
    [
        ("name = 'A Ltd'", date(2026, 5, 1)),
        ("name = 'Another Ltd'", date(2026, 6, 1)),  # the record was there, and said something else
        ("name = null", date(2026, 6, 1)),
        ("statement_id = repeat('a1', 12) || '-p2'", date(2026, 6, 1)),  # of another party of the record
    ],
)
def test_a_fact_is_as_old_as_what_it_says(
    connection: duckdb.DuckDBPyConnection, earlier: str, first_seen_on: date
) -> None:
    connection.execute(
        "create table said as select * replace (repeat(statement_id, 12) || '-p' as statement_id) from "
        "entity_statement"
    )
    connection.execute(f"update said set {earlier} where edition = '2026-05-01'")
    connection.execute("update entity set statement_id = repeat(statement_id, 12) || '-p'")
    connection.unregister("entity_statement")
    connection.execute("alter table said rename to entity_statement")
    raised = _raise(connection)
    assert raised.flags.select("state", "first_seen_on").rows() == [("flagged", first_seen_on)]
    assert raised.evidence["value"].to_list() == ["A Ltd"]


def test_what_is_not_assessable_has_no_first_day(connection: duckdb.DuckDBPyConnection) -> None:
    flags = _raise(connection, completeness="extract").flags
    assert dict(flags.select("state", "first_seen_on").iter_rows()) == {
        "flagged": date(2026, 5, 1),
        "not_assessable": None,
    }


def test_three_states_are_counted(connection: duckdb.DuckDBPyConnection) -> None:
    [row] = _raise(connection).indicators.to_dicts()
    assert (row["n_flagged"], row["n_not_flagged"], row["n_not_assessable"], row["base_rate"]) == (
        1,
        1,
        0,
        0.5,
    )


def test_a_comment_does_not_change_the_version_of_a_rule(connection: duckdb.DuckDBPyConnection) -> None:
    noted = INDICATOR.model_copy(update={"states": f"-- A comment.\n{INDICATOR.states}"})
    [version, other] = [_raise(connection, each).indicators["rule_sha256"][0] for each in (INDICATOR, noted)]
    assert version == other


def test_a_subject_with_several_sub_types_counts_once(connection: duckdb.DuckDBPyConnection) -> None:
    """Else an indicator with a row for each regime is as many times as common."""
    twice = (
        f"with given as ({STATES}), again as (select * replace ('again' as subtype) from given where "
        "subject_id = 'A') from given union all by name from again"
    )
    raised = _raise(connection, INDICATOR.model_copy(update={"states": twice}))
    assert raised.flags.height == 2
    assert raised.indicators.select("n_flagged", "n_not_flagged", "n_not_assessable", "base_rate").rows() == [
        (1, 1, 0, 0.5)
    ]


@pytest.mark.parametrize(
    ("completeness", "reason"), [("extract", "extract:gb_coh_psc"), (None, "missing:gb_coh_psc")]
)
def test_absence_from_an_extract_clears_nobody_and_a_flag_stays(
    completeness: str | None, reason: str, connection: duckdb.DuckDBPyConnection
) -> None:
    flags = _raise(connection, completeness=completeness).flags
    assert dict(flags.select("subject_id", "state").iter_rows()) == {"A": "flagged", "B": "not_assessable"}
    assert flags.filter(pl.col("subject_id") == "B")["reason"].to_list() == [reason]
    assert "gb_coh_psc" in flags.filter(pl.col("subject_id") == "B")["explanation"].item()


@pytest.mark.parametrize(
    ("edition", "state"), [("2026-06-01", "not_assessable"), ("2026-05-01", "not_flagged")]
)
def test_a_rejected_record_of_the_edition_in_force_clears_nobody(
    edition: str, state: str, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute(f"insert into reject_mention values ('gb_coh_psc', 'psc', '{edition}', 'B')")
    raised = _raise(connection)
    stored = dict(raised.flags.select("subject_id", "reason").iter_rows())
    assert stored.get("B") == ("rejected:gb_coh_psc" if state == "not_assessable" else None)
    assert raised.indicators["n_flagged"].item() == 1


@pytest.mark.parametrize("reaches", [True, False])
def test_a_rejected_record_above_clears_nobody_where_the_closure_is_asked(
    reaches: bool, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute(
        "insert into graph_reach values ('B', 'owners_record_rejected'), ('A', 'owners_record_rejected')"
    )
    raised = _raise(connection, INDICATOR.model_copy(update={"negatives_reach": reaches}))
    stored = dict(raised.flags.select("subject_id", "reason").iter_rows())
    assert stored == ({"A": None, "B": "rejected:gb_coh_psc"} if reaches else {"A": None})


def test_a_flag_that_says_what_is_not_there_needs_a_complete_edition(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    absent = INDICATOR.model_copy(
        update={
            "states": STATES.replace("cast(null as varchar) as subtype", "'absent' as subtype"),
            "rests_on_absence": ("absent",),
        }
    )
    assert _raise(connection, absent, "complete").indicators["n_flagged"].item() == 1
    extract = _raise(connection, absent, "extract")
    assert extract.indicators["n_flagged"].item() == 0
    assert extract.flags["reason"].unique().to_list() == ["extract:gb_coh_psc"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"states": STATES.replace("'flagged'", "'guilty'")}, "three states"),
        ({"states": STATES.replace("end as state", "end as stated")}, "None is not one of the three states"),
        ({"states": f"select * from ({STATES}) union all select * from ({STATES})"}, "twice"),
        (
            {"evidence": EVIDENCE.replace("entity_statement.name", "entity_statement.nickname")},
            "not a column of a statement table",
        ),
        (
            {"evidence": EVIDENCE.replace("statement_id, 'ent", "'elsewhere' as statement_id, 'ent")},
            "not in the table",
        ),
    ],
    ids=["unknown state", "missing column", "subject twice", "unknown field", "unknown statement"],
)
def test_a_query_that_breaks_its_contract_is_refused(
    change: dict[str, str], message: str, connection: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(DeclarationError, match=message):
        _raise(connection, INDICATOR.model_copy(update=change))


def test_a_flag_id_is_stable_and_tells_subtypes_apart() -> None:
    assert (
        flag_id("OWN-010", "GB-COH-00000001", "ring") == "c1b3bd91783c9ba062a6"
    )  # a changed id is a breaking change
    assert (
        len(
            {
                flag_id("OWN-010", "A", ""),
                flag_id("OWN-010", "A", "ring"),
                flag_id("DEC-010", "A", ""),
                flag_id("OWN-010", "B", ""),
            }
        )
        == 4
    )


def test_a_fact_of_a_stale_edition_says_since_when(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("update edition_in_use set stale_since = edition_date where status = 'in_force'")
    assert _raise(connection).evidence["stale_since"].to_list() == [date(2026, 6, 1)]


def test_a_dwelling_that_no_legal_entity_held_is_counted_and_has_no_row(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    states = (
        STATES.replace("entity_id", "property_id").replace("statements_n", "3").replace("entity", "property")
    )
    evidence = (
        "select property_id as subject_id, 'name' as role, 'a2' as statement_id, "
        "'entity_statement.name' as field from property order by subject_id"
    )
    given = {"subject_type": "property", "states": states, "evidence": evidence, "negatives_need": ()}
    raised = _raise(connection, INDICATOR.model_copy(update=given))
    assert raised.flags["subject_id"].to_list() == ["J"]
    assert raised.dwellings.select("area_name", "flagged_n").rows() == [
        ("(no district known)", 1),
        ("ZEDTON", 1),
    ]
    assert raised.indicators.select("n_flagged", "n_dwellings_flagged", "base_rate").rows() == [(1, 2, 1.0)]
    texts = [str(row) for frame in (raised.flags, raised.evidence, raised.dwellings) for row in frame.rows()]
    assert not any("1 Low Road" in text or "2 Low Road" in text for text in texts)
