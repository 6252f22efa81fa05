"""GLEIF: the three forms of a record say the same, its LEI leads to the company, and real files are read."""

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from tests import register_cases
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night
from transforms.model.register import registers

CASES = register_cases.CASES
REAL = Path(__file__).resolve().parents[4] / "shared" / "registers" / "gleif" / "native"


def made(register: str, case: str) -> register_cases.Outcome:
    return register_cases.run(registers()[register], register_cases.native_file(CASES / register / case))


@pytest.mark.parametrize(
    ("register", "form", "table", "but"),
    [
        ("gleif_relationships", "xml", "group_statement", ()),
        ("gleif_relationships", "json", "group_statement", ()),
        ("gleif_lei", "xml", "entity_statement", ()),
        ("gleif_lei", "json", "entity_statement", ("former_names", "incorporated_on")),
    ],
)
def test_forms_of_a_record_say_the_same(register: str, form: str, table: str, but: tuple[str, ...]) -> None:
    here = made(register, form).parsed.tables[table].drop("dataset", "statement_id", "record_no", *but)
    columns = made(register, "columns").parsed.tables[table].select(here.columns)
    assert here.join(columns, on=here.columns, how="inner", nulls_equal=True).height == here.height > 0


def test_relations_of_identifiers_are_those_of_their_companies(tmp_path: Path) -> None:
    """Under the number that the company register holds; none is a relationship of owners."""
    company = {"CompanyName": "QUILLFEATHER TRADING LTD", "CompanyNumber": "90000001"}
    files = {file_name(COMPANIES): file_of(COMPANIES, [company_row(0, company)])}
    for register in ("gleif_lei", "gleif_relationships", "gleif_exceptions"):
        path = register_cases.native_file(CASES / register / "columns")
        files[path.name] = path.read_bytes()
    landed = land_files(tmp_path / "landing", files)
    night = resolved_night(Home(tmp_path / "home"), landed, date(2026, 6, 1))
    related = mart(night, "group_relation")
    assert related.height == 10 and mart(night, "relationship").height == 0
    named = related.filter(pl.col("party_id").is_not_null())
    assert set(named.select("subject_id", "party_id", "group_kind", "is_open").rows()) >= {
        ("GB-COH-90000001", "NL-KVK-90000017", "consolidated_directly", True),
        ("GB-COH-90000001", "BE-BCE_KBO-0200065765", "consolidated_ultimately", False),
    }
    reasons = related.filter(pl.col("party_id").is_null()).select("subject_id", "no_parent_reason")
    assert set(reasons.rows()) == {
        ("GB-COH-90000001", "natural_persons"),
        ("GB-COH-90000001", "nobody"),
        ("NL-KVK-90000017", "not_public"),
        ("BE-BCE_KBO-0200065765", "other"),
    }


@pytest.mark.skipif(not REAL.is_dir(), reason="GLEIF's real files are not here")
@pytest.mark.parametrize(
    ("register", "name", "loaded", "ignored"),
    [
        ("gleif_lei", "20240505-0000-gleif-goldencopy-lei2-intra-day.json", 549, {"natural_person": 28}),
        ("gleif_lei", "20180901-gleif-concatenated-file-lei2-Top10.xml", 10, {}),
        ("gleif_lei", "bodspipelines_fixtures/lei-data.xml", 13, {}),
        ("gleif_lei", "bodspipelines_fixtures/lei-updates-data2-new.xml", None, {}),
        ("gleif_relationships", "bodspipelines_fixtures/rr-data.xml", 10, {}),
        ("gleif_relationships", "bodspipelines_fixtures/rr-updates-data2.xml", 11, {}),
        ("gleif_exceptions", "bodspipelines_fixtures/repex-data.xml", 10, {}),
        ("gleif_exceptions", "bodspipelines_fixtures/repex-updates-data2-new.xml", None, {}),
    ],
)
def test_real_files_are_read_whole(
    register: str, name: str, loaded: int | None, ignored: dict[str, int]
) -> None:
    path = REAL / name
    with path.open("rb") as file:
        head = file.read(register_cases.HEAD_BYTES)
    claims = [each.name for each in registers().values() if each.recognise(path.name, head)]
    assert claims == [register]
    outcome = register_cases.run(registers()[register], path)
    register_cases.assert_declared(registers()[register], outcome.parsed)
    assert outcome.rejected.height == outcome.findings.height == 0
    assert Counter(outcome.ignored["reason"]) == ignored
    assert outcome.parsed.records.height == (loaded or outcome.records_n)
