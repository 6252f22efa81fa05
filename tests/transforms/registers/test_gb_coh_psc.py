"""The PSC register: hazards, recognition, and the real lines where they are."""

import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import CASES, Outcome, field_of, native_file, run
from transforms.formats import gb_coh
from transforms.model.parsing import conform
from transforms.model.register import BATCH_COLUMNS, Edition, Recognised, SourceField
from transforms.model.statements import (
    BASES,
    DECLARATION_CLASSES,
    ENTITY_TYPES,
    STATEMENT_TABLES,
    UNSPECIFIED_REASONS,
)
from transforms.readers import read
from transforms.registers.gb_coh_psc import FIELDS, REGISTER, declared_totals, parse, recognise

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT / "../shared/registers/landing_gb/persons-with-significant-control-snapshot-2024-12-01.txt"
EDITION = Edition("gb_coh_psc", "psc", "2026-01-05", "0" * 64)


def run_lines(tmp_path: Path, *records: object) -> Outcome:
    path = tmp_path / "persons-with-significant-control-snapshot-2026-01-05.txt"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return run(REGISTER, path, EDITION)


def a_person(
    number: str = "09990001", self: str = "/company/09990001/x/1", **data: object
) -> dict[str, object]:
    return {
        "company_number": number,
        "data": {
            "kind": "individual-person-with-significant-control",
            "links": {"self": self},
            "name": "Ottilie Quillfeather",
            **data,
        },
    }


def test_refused_attributes_leave_no_trace() -> None:
    path = native_file(CASES / "gb_coh_psc" / "individuals")
    assert "Ruritanian" in path.read_text()
    assert "Ruritan" not in json.dumps(run(REGISTER, path).readable())
    assert field_of(REGISTER, "data.nationality").ignored == "refused attribute"
    assert field_of(REGISTER, "data.country_of_residence").ignored


# --- hazards ----------------------------------------------------------------------------------------------


def test_natures_absent_empty_or_blank_keep_the_relationship_without_interests(tmp_path: Path) -> None:
    records = [
        a_person(self="/1"),
        a_person(self="/2", natures_of_control=[]),
        a_person(self="/3", natures_of_control=[" "]),
    ]
    parsed, rejected, findings, *_ = run_lines(tmp_path, *records)
    assert parsed.tables["relationship_statement"].height == 3
    assert parsed.tables["interest_statement"].height == rejected.height == findings.height == 0


def test_a_record_without_dates_has_an_open_period_of_unknown_start(tmp_path: Path) -> None:
    row = run_lines(tmp_path, a_person())[0].tables["relationship_statement"].row(0, named=True)
    assert (row["valid_from"], row["valid_to"], row["is_ceased"], row["is_left_censored"]) == (
        None,
        None,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("data", "valid_to", "is_ceased"),
    [
        ({"ceased_on": "2020-03-04"}, date(2020, 3, 4), True),
        ({"ceased": True}, None, True),
        ({"ceased": False}, None, False),
        ({"ceased": False, "ceased_on": "2020-03-04"}, date(2020, 3, 4), True),
    ],
)
def test_a_record_ends_by_day_or_by_word(
    tmp_path: Path, data: dict[str, object], valid_to: date | None, is_ceased: bool
) -> None:
    row = run_lines(tmp_path, a_person(**data))[0].tables["relationship_statement"].row(0, named=True)
    assert (row["valid_to"], row["is_ceased"]) == (valid_to, is_ceased)


@pytest.mark.parametrize(
    ("kind", "notified_on", "is_left_censored"),
    [
        ("individual-person-with-significant-control", "2016-04-06", True),
        ("individual-person-with-significant-control", "2016-04-05", True),
        ("legal-person-person-with-significant-control", "1998-02-01", True),
        ("individual-person-with-significant-control", "2016-04-07", False),
        ("individual-person-with-significant-control", "2022-08-01", False),
        ("individual-beneficial-owner", "2022-08-01", True),
        ("individual-beneficial-owner", "2016-04-06", False),
    ],
)
def test_the_first_day_of_the_regime_is_left_censored(
    tmp_path: Path, kind: str, notified_on: str, is_left_censored: bool
) -> None:
    row = (
        run_lines(tmp_path, a_person(kind=kind, notified_on=notified_on))[0]
        .tables["relationship_statement"]
        .row(0, named=True)
    )
    assert row["is_left_censored"] is is_left_censored


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        ({"notified_on": "2021-02-31"}, "impossible_date", "data.notified_on"),
        ({"ceased_on": "31/01/2021"}, "impossible_date", "data.ceased_on"),
        ({"register_entry_date": "2021-13-01"}, "impossible_date", "data.register_entry_date"),
        (
            {"identity_verification_details": {"identity_verified_on": "2025-11-31"}},
            "impossible_date",
            "data.identity_verification_details.identity_verified_on",
        ),
        ({"date_of_birth": {"month": 0, "year": 1970}}, "impossible_date", "data.date_of_birth.month"),
        ({"date_of_birth": {"month": 13, "year": 1970}}, "impossible_date", "data.date_of_birth.month"),
        ({"date_of_birth": {"month": 1, "year": 0}}, "impossible_date", "data.date_of_birth.year"),
        ({"date_of_birth": {"month": "May", "year": 1970}}, "not_a_number", "data.date_of_birth.month"),
        ({"links": {}}, "missing_value", "data.links.self"),
        ({"kind": None}, "missing_value", "data.kind"),
        ({"kind": "martian"}, "unknown_kind", "data.kind"),
        ({"kind": "persons-with-significant-control-statement"}, "missing_value", "data.statement"),
        ({"ceased": "perhaps"}, "wrong_type", "data.ceased"),
        (
            {"natures_of_control": "ownership-of-shares-25-to-50-percent"},
            "wrong_type",
            "data.natures_of_control",
        ),
    ],
)
def test_a_record_that_does_not_fit_is_rejected_and_its_neighbour_is_not(
    tmp_path: Path, data: dict[str, object], code: str, field: str
) -> None:
    parsed, rejected, _, *_ = run_lines(tmp_path, a_person(self="/1", **data), a_person(self="/2"))
    assert rejected.select("record_no", "code", "field").rows() == [(1, code, field)]
    assert parsed.records["record"].to_list() == ["/2"]
    assert parsed.tables["person_statement"].height == 1


@pytest.mark.parametrize("number", ["", "  ", "--"])
def test_a_record_without_a_subject_is_rejected(tmp_path: Path, number: str) -> None:
    _, rejected, *_ = run_lines(tmp_path, a_person(number))
    assert rejected.select("code", "field").rows() == [("missing_value", "company_number")]


def test_a_subject_that_lost_its_zeros_is_found_again(tmp_path: Path) -> None:
    parsed = run_lines(tmp_path, a_person("6452920", self="/1"), a_person("SC12345", self="/2"))[0]
    assert parsed.tables["relationship_statement"]["subject_id"].to_list() == [
        "GB-COH-06452920",
        "GB-COH-SC012345",
    ]


def test_an_unknown_key_is_reported_and_the_record_loads(tmp_path: Path) -> None:
    parsed, _, findings, *_ = run_lines(tmp_path, a_person(shoe_size=44))
    assert findings.rows() == [("unknown_field", "", "data.shoe_size", 1)]
    assert parsed.records.height == 1


def test_an_unknown_nature_is_counted_once_a_row(tmp_path: Path) -> None:
    parsed, _, findings, *_ = run_lines(
        tmp_path,
        a_person(self="/1", natures_of_control=["x-y", "voting-rights-25-to-50-percent"]),
        a_person(self="/2", natures_of_control=["x-y"]),
    )
    assert findings.rows() == [("unknown_category", "data.natures_of_control", "x-y", 2)]
    assert parsed.tables["interest_statement"]["basis"].to_list() == ["unknown", "votes", "unknown"]


def test_a_name_is_put_together_where_only_its_parts_are_given(tmp_path: Path) -> None:
    parts = {"title": "Dr", "forename": "Ines", "other_forenames": "Maud", "surname": "Marlowe"}
    row = (
        run_lines(tmp_path, a_person(name=None, name_elements=parts))[0]
        .tables["person_statement"]
        .row(0, named=True)
    )
    assert (row["full_name"], row["middle_names"]) == ("Dr Ines Maud Marlowe", "Maud")


def test_parse_takes_no_records() -> None:
    empty = pl.DataFrame(schema={**BATCH_COLUMNS, **{field.name: _untyped(field) for field in FIELDS}})
    good, _, _ = conform(empty, FIELDS)
    parsed = parse(good, EDITION)
    assert all(
        table.height == 0 and dict(table.schema) == STATEMENT_TABLES[name].schema
        for name, table in parsed.tables.items()
    )


def _untyped(field: SourceField) -> pl.DataType:
    return pl.List(pl.String()) if field.kind == "texts" else pl.String()


def test_a_batch_gives_the_same_rows_whole_or_in_pieces() -> None:
    native = native_file(CASES / "gb_coh_psc" / "arrangements")
    (batch,) = read(REGISTER, native)
    good, _, _ = conform(batch.frame, FIELDS)
    whole, pieces = parse(good, EDITION), [parse(good[n : n + 1], EDITION) for n in range(good.height)]
    for name, table in whole.tables.items():
        together = pl.concat([piece.tables[name] for piece in pieces])
        assert together.sort("statement_id").equals(table.sort("statement_id"))


# --- declaration ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("persons-with-significant-control-snapshot-2024-12-01.txt", Recognised("psc", date(2024, 12, 1))),
        ("persons-with-significant-control-snapshot-2024-12-01.zip", Recognised("psc", date(2024, 12, 1))),
        ("psc-snapshot-2024-12-01_1of30.txt", Recognised("psc", date(2024, 12, 1), 1, 30)),
        ("psc-snapshot-2024-12-01_30of30.zip", Recognised("psc", date(2024, 12, 1), 30, 30)),
        ("persons-with-significant-control-snapshot-2024-13-01.txt", Recognised("psc", None)),
        ("psc.csv", None),
        ("BasicCompanyDataAsOneFile-2026-05-01.csv", None),
        ("persons-with-significant-control-snapshot-2024-12-01.txt.part", None),
    ],
)
def test_file_names_are_recognised(file_name: str, expected: Recognised | None) -> None:
    assert recognise(file_name, b"") == expected


@pytest.mark.parametrize(
    ("head", "is_ours"),
    [
        (json.dumps(a_person()).encode() + b"\n{", True),
        (b'{"data":{"kind":"totals#persons-of-significant-control-snapshot"}}\n', True),
        (b'{"company_number":"09990001","data":{"kind":"exemptions"}}\n', True),
        (b'{"company_number":"09990001","data":{"kind":"company-profile"}}\n', False),
        (b'{"data":{"kind":"exemptions"}}\n', False),
        (b'{"data":{"kind":["exemptions"]}}\n', False),
        (b'{"data":[]}\n', False),
        (b"[1, 2]\n", False),
        (b"CompanyName, CompanyNumber\n", False),
        (b"\xff\xfe\n", False),
        (b"", False),
    ],
)
def test_a_file_of_any_name_is_recognised_by_its_first_line(head: bytes, is_ours: bool) -> None:
    assert recognise("export-2026-01.json", head) == (
        Recognised("psc", date(2026, 1, 1)) if is_ours else None
    )


@pytest.mark.parametrize(
    ("raw", "records"),
    [
        (
            b'{"data":{"kind":"totals#x","persons_of_significant_control_count":12,"statements_count":7,"exemptions_count":2}}',
            21,
        ),
        (
            b'{"data":{"kind":"totals#x","persons_of_significant_control_count":12,"statements_count":7}}',
            None,
        ),
        (
            b'{"data":{"kind":"totals#x","persons_of_significant_control_count":"12","statements_count":7,"exemptions_count":2}}',
            None,
        ),
        (b'{"data":7}', None),
        (b"{", None),
    ],
)
def test_totals_declare_all_three_counts_or_nothing(raw: bytes, records: int | None) -> None:
    assert declared_totals(raw) == records


@pytest.fixture(scope="module")
def owners() -> pl.DataFrame:
    """Conformed records of the case `owners`."""
    native = native_file(CASES / "gb_coh_psc" / "owners")
    (batch,) = read(REGISTER, native)
    return conform(batch.frame, FIELDS)[0]


@pytest.mark.sample(31)
@pytest.mark.parametrize("field", [field.name for field in FIELDS if not field.ignored])
def test_a_field_without_a_reason_to_ignore_it_is_read(owners: pl.DataFrame, field: str) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match=re.escape(field)):
        parse(owners.clear().drop(field), EDITION)


def test_ignored_fields_are_not_read(owners: pl.DataFrame) -> None:
    without = parse(owners.drop(field.name for field in FIELDS if field.ignored), EDITION)
    assert all(table.equals(without.tables[name]) for name, table in parse(owners, EDITION).tables.items())


def test_vocabularies_use_only_canonical_words() -> None:
    assert set(gb_coh.natures()["basis"]) <= set(BASES)
    assert set(gb_coh.natures()["via"].drop_nulls()) == set(gb_coh.VIAS)
    assert {via.entity_type for via in gb_coh.VIAS.values()} <= set(ENTITY_TYPES)
    assert set(gb_coh.statements()["declaration_class"]) <= set(DECLARATION_CLASSES)
    assert set(gb_coh.statements()["unspecified_reason"].drop_nulls()) <= set(UNSPECIFIED_REASONS)
    assert set(gb_coh.kinds()["entity_type"].drop_nulls()) <= set(ENTITY_TYPES)
    for column in (gb_coh.natures()["code"], gb_coh.statements()["code"], gb_coh.kinds()["kind"]):
        assert column.n_unique() == len(column)


# --- real lines -------------------------------------------------------------------------------------------


def test_the_real_lines_read_end_to_end() -> None:
    if not REAL.exists():
        pytest.skip("the real register files are not on this machine (../shared/registers)")
    (batch,) = read(REGISTER, REAL)
    parsed, rejected, findings, _, ignored = run(REGISTER, REAL)
    assert (parsed.records.height, ignored.height, rejected.height, findings.height) == (19, 16, 0, 0)
    assert {declared_totals(raw) for raw in batch.totals} == {12_799_821 + 774_422 + 77}
    assert {name: table.height for name, table in parsed.tables.items()} == {
        "entity_statement": 14,
        "person_statement": 6,
        "relationship_statement": 23,
        "interest_statement": 33,
        "address_statement": 19,
    }
    entities = parsed.tables["entity_statement"].filter(pl.col("role") == "owner")
    assert sorted(entities["identifier"].drop_nulls()) == ["00686734", "03530981"]
    assert sorted(entities["entity_type"].value_counts().rows()) == [
        ("registeredEntity", 10),
        ("state", 1),
        ("stateBody", 1),
    ]
