"""BasicCompanyData: recognition, the declaration against the native header, and real files where they are."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import run
from transforms.model.parsing import conform
from transforms.model.register import FINDING_SCHEMA, Edition, Recognised
from transforms.readers import read
from transforms.registers.gb_coh_companies import FIELDS, REGISTER, recognise

CASES = Path("tests/fixtures/registers/gb_coh_companies")
FILE = "BasicCompanyDataAsOneFile-2026-05-01.csv"
REAL = Path("../shared/registers/landing_gb") / FILE
EDITION = Edition("gb_coh_companies", "companies", "2026-05-01", "0" * 64)


@pytest.mark.sample(8)
@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ZED&#039;S ART LTD", "ZED'S ART LTD"),
        ("Z&AMP;Z DESIGN LIMITED", "Z&Z DESIGN LIMITED"),
        ("Z&amp;Z &#X27;ZED&#x27; LTD", "Z&Z 'ZED' LTD"),
        ("CAF&EACUTE; ZED LTD", "CAFÉ ZED LTD"),
        ("ZED&APOS;S LTD", "ZED'S LTD"),
        ("ZED &AMP;#039;N&AMP;#039; ZED", "ZED 'N' ZED"),
        ("Z & Z LTD", "Z & Z LTD"),
        ("Z&Z; LTD", "Z&Z; LTD"),
        ("ZED &AMP ZED", "ZED &AMP ZED"),
        ("ZED &NOTIT; LTD", "ZED &NOTIT; LTD"),
    ],
)
def test_character_references_in_names_are_decoded(written: str, name: str) -> None:
    batch = next(iter(read(REGISTER, CASES / "typical" / FILE)))
    given = batch.frame.head(2).with_columns(
        pl.lit(written).alias("CompanyName"),
        pl.Series("PreviousName_2.CompanyName", [written, None], dtype=pl.String),
    )
    entities = REGISTER.parse(conform(given, FIELDS)[0], EDITION).tables["entity_statement"]
    assert entities["name"].to_list() == [name, name] and name in entities["former_names"][0].to_list()


def test_an_empty_batch_gives_empty_statements() -> None:
    batch = next(iter(read(REGISTER, CASES / "typical" / FILE)))
    good, _, _ = conform(batch.frame.head(0), FIELDS)
    parsed = REGISTER.parse(good, EDITION)
    assert [frame.height for frame in parsed.tables.values()] == [0, 0, 0]
    assert dict(parsed.findings.schema) == FINDING_SCHEMA


@pytest.mark.parametrize("field", [field.name for field in FIELDS if field.kind == "date"])
def test_an_impossible_date_in_any_column_rejects_the_record(field: str) -> None:
    batch = next(iter(read(REGISTER, CASES / "typical" / FILE)))
    spoilt = batch.frame.with_columns(
        pl.when(pl.col("record_no") == 2).then(pl.lit("31/02/2020")).otherwise(pl.col(field)).alias(field)
    )
    good, rejected, _ = conform(spoilt, FIELDS)
    assert rejected.select("record_no", "code", "field").rows() == [(2, "impossible_date", field)]
    assert good.height == 7


def test_every_native_column_is_declared_used_or_ignored_with_a_reason() -> None:
    header = (CASES / "typical" / FILE).read_text().splitlines()[0]
    assert [column.strip() for column in header.split(",")] == [field.name for field in FIELDS]
    assert len(FIELDS) == 55
    used = {field.name for field in FIELDS if not field.ignored}
    assert {
        "CompanyName",
        "CompanyNumber",
        "DissolutionDate",
        "PreviousName_10.CompanyName",
        "ConfStmtNextDueDate",
    } <= used


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (FILE, Recognised("companies", date(2026, 5, 1))),
        ("BasicCompanyDataAsOneFile-2026-05-01.zip", Recognised("companies", date(2026, 5, 1))),
        ("BasicCompanyData-2026-05-01-part3_7.csv", Recognised("companies", date(2026, 5, 1), 3, 7)),
        ("BasicCompanyDataAsOneFile-2026-02-31.csv", Recognised("companies", None)),
        ("companies.csv", None),
    ],
)
def test_recognition_by_name(name: str, expected: Recognised | None) -> None:
    assert recognise(name, b"") == expected


def test_recognition_by_header_is_undated() -> None:
    head = (CASES / "typical" / FILE).read_bytes()
    assert recognise("extract.csv", head) == Recognised("companies", None)
    assert recognise("extract.csv", head.replace(b"CountryOfOrigin", b"Country")) is None


def test_real_file_loads_whole() -> None:
    if not REAL.exists():
        pytest.skip(f"{REAL} is not here: the registers' own files are not part of the project")
    parsed, rejected, findings, *_ = run(REGISTER, REAL)
    entities = parsed.tables["entity_statement"]
    assert (entities.height, rejected.height) == (30_232, 0)
    assert (
        entities["legal_form_class"]
        .value_counts()
        .filter(pl.col("legal_form_class") == "overseas_entity")["count"]
        .item()
        == 30_221
    )
    # Two records state no country; every country that is stated is known.
    assert entities["jurisdiction"].null_count() == 2
    assert findings.filter(pl.col("code") != "unknown_country").height == 0
    assert findings.filter(pl.col("field") == "CountryOfOrigin").height == 0
    # A town or a street alone tells no unit; where a number stands before the last piece, which may be a
    # postcode, nearly all do.
    stated = parsed.tables["address_statement"].filter(
        pl.col("address_text").str.replace(r",[^,]*$", "").str.contains("[0-9]")
    )
    assert stated.height > 24_000 and stated["unit_key"].null_count() < 0.01 * stated.height
