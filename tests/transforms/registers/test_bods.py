"""The BODS register: natures of control as in gb_coh_psc, hazards, recognition, and real files."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import CASES, Outcome, assert_declared, field_of, native_file, run
from transforms.errors import BlockedEdition
from transforms.formats import gb_coh
from transforms.formats.bods.references import REFERENCES
from transforms.formats.bods.values import psc_link
from transforms.model.parsing import conform
from transforms.model.register import BATCH_COLUMNS, Edition, Recognised
from transforms.model.statements import BASES, DECLARATION_CLASSES, UNSPECIFIED_REASONS
from transforms.readers import read
from transforms.registers import gb_coh_psc
from transforms.registers.bods import FIELDS, REGISTER, parse, recognise
from transforms.values.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT / "../shared/registers"
EDITION = Edition("bods", "register-of-zedland", "2026-03-02", "0" * 64)


def run_records(tmp_path: Path, records: Sequence[object]) -> Outcome:
    path = tmp_path / "zedland.json"
    path.write_text(json.dumps(records))
    return run(REGISTER, path, EDITION)


def statement(kind: str, record: str, details: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "statementId": f"s-{record}",
        "statementDate": "2026-01-01",
        "recordId": record,
        "recordType": kind,
        "recordDetails": details,
        **more,
    }


def relationship(
    *interests: Mapping[str, object], record: str = "rel", party: object = "per", **more: object
) -> dict[str, object]:
    return statement(
        "relationship",
        record,
        {"subject": "ent", "interestedParty": party, "interests": list(interests)},
        **more,
    )


PARTIES = [
    statement(
        "entity",
        "ent",
        {
            "entityType": {"type": "registeredEntity"},
            "name": "Alder Works",
            "identifiers": [{"scheme": "GB-COH", "id": "09990001"}],
        },
    ),
    statement(
        "person", "per", {"personType": "knownPerson", "names": [{"fullName": "Ottilie Quillfeather"}]}
    ),
]


def test_refused_attributes_leave_no_trace() -> None:
    path = native_file(CASES / "bods" / "shares")
    assert "Ruritan" in path.read_text()
    assert "Ruritan" not in json.dumps(run(REGISTER, path).readable())
    for name in ("nationalities", "placeOfBirth", "placeOfResidence", "taxResidencies"):
        assert field_of(REGISTER, f"recordDetails.{name}").ignored == "refused attribute"


def test_the_vocabularies_cover_the_model() -> None:
    assert set(vocabulary("bods_interests")["basis"]) <= set(BASES)
    assert set(vocabulary("bods_reasons")["declaration_class"]) <= set(DECLARATION_CLASSES)
    assert set(vocabulary("bods_reasons")["unspecified_reason"]) == set(UNSPECIFIED_REASONS)
    assert vocabulary("bods_interests")["meaning"].null_count() == 0


# --- the natures of control of the United Kingdom ---------------------------------------------------------

SAME = (
    "basis",
    "interest_type",
    "native_code",
    "reach",
    "share_min",
    "share_max",
    "share_min_exclusive",
    "share_max_exclusive",
)


def test_a_nature_in_details_comes_out_as_in_the_psc_register(tmp_path: Path) -> None:
    """Every code of the registrar, once as Open Ownership writes it (inclusive bands) and once in the
    registrar's own record.
    """
    natures = list(gb_coh.natures().iter_rows(named=True))
    starts = ["2022-08-01" if nature["form"] == "overseas_entity" else "2016-04-06" for nature in natures]
    related = [
        relationship(_as_open_ownership_writes(nature, start), record=nature["code"])
        for nature, start in zip(natures, starts, strict=True)
    ]
    mine = run_records(tmp_path, [*PARTIES, *related])[0].tables
    theirs = _psc(tmp_path, natures, starts)
    for table, columns in (
        ("interest_statement", SAME),
        ("relationship_statement", ("party_kind", "is_left_censored", "valid_from", "is_ceased")),
    ):
        assert _by_part(mine[table], columns) == _by_part(theirs[table], columns)
    grouped = [
        _by_part(tables["interest_statement"].filter(pl.col("joint_group").is_not_null()), ("joint_group",))
        for tables in (mine, theirs)
    ]
    assert grouped[0] == grouped[1] and len(grouped[0]) > 10
    assert mine["interest_statement"].height > len(natures) > 80


def _as_open_ownership_writes(nature: Mapping[str, object], start: str) -> dict[str, object]:
    stated = (
        {}
        if nature["share_min"] is None
        else {
            "share": {"minimum": float(str(nature["share_min"])), "maximum": float(str(nature["share_max"]))}
        }
    )
    details = f"Relationship Type: ['{nature['code']}']"
    return {
        "type": nature["interest_type"],
        "directOrIndirect": "unknown",
        "details": details,
        "startDate": start,
        **stated,
    }


def _psc(
    tmp_path: Path, natures: Sequence[Mapping[str, object]], starts: Sequence[str]
) -> dict[str, pl.DataFrame]:
    path = tmp_path / "persons-with-significant-control-snapshot-2026-01-05.txt"
    records = []
    for nature, start in zip(natures, starts, strict=True):
        kind = (
            "individual-beneficial-owner"
            if nature["form"] == "overseas_entity"
            else "individual-person-with-significant-control"
        )
        data = {
            "kind": kind,
            "name": "Ottilie Quillfeather",
            "notified_on": start,
            "natures_of_control": [nature["code"]],
            "links": {"self": nature["code"]},
        }
        records.append(json.dumps({"company_number": "09990001", "data": data}) + "\n")
    path.write_text("".join(records))
    (batch,) = read(gb_coh_psc.REGISTER, path)
    return dict(
        gb_coh_psc.parse(
            conform(batch.frame, gb_coh_psc.FIELDS)[0], Edition("gb_coh_psc", "psc", "2026-01-05", "0" * 64)
        ).tables
    )


def _by_part(table: pl.DataFrame, columns: Sequence[str]) -> list[tuple[object, ...]]:
    """Rows by their record, and the part of it that they are."""
    return sorted(
        table.select("record", pl.col("statement_id").str.slice(25), *columns).rows(),
        key=lambda row: (str(row[0]), str(row[1])),
    )


def test_an_exact_share_beside_a_nature_stays_exact(tmp_path: Path) -> None:
    interest = {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "share": {"exact": 80},
        "details": "ownership-of-shares-75-to-100-percent",
    }
    row = (
        run_records(tmp_path, [*PARTIES, relationship(interest)])[0]
        .tables["interest_statement"]
        .row(0, named=True)
    )
    assert (float(row["share_min"]), float(row["share_max"]), row["native_code"]) == (
        80.0,
        80.0,
        "ownership-of-shares-75-to-100-percent",
    )


def test_a_nature_of_another_band_is_not_taken(tmp_path: Path) -> None:
    interest = {
        "type": "shareholding",
        "share": {"minimum": 25, "maximum": 50},
        "details": "ownership-of-shares-75-to-100-percent",
    }
    row = (
        run_records(tmp_path, [*PARTIES, relationship(interest)])[0]
        .tables["interest_statement"]
        .row(0, named=True)
    )
    assert (float(row["share_min"]), float(row["share_max"]), row["native_code"]) == (
        25.0,
        50.0,
        "shareholding",
    )


# --- shares -----------------------------------------------------------------------------------------------


def test_shares_keep_what_is_stated_or_nothing(tmp_path: Path) -> None:
    """Random numbers: an interval within 0 to 100 is kept, rounded outwards at the tenth decimal; anything
    else is named and null.
    """
    seed = 20241124
    chance = random.Random(seed)
    shares = [{"minimum": chance.uniform(-20, 120), "maximum": chance.uniform(-20, 120)} for _ in range(300)]
    result, _, findings, *_ = run_records(
        tmp_path,
        [
            *PARTIES,
            *(
                relationship({"type": "shareholding", "share": share}, record=f"r{n}")
                for n, share in enumerate(shares)
            ),
        ],
    )
    rows = {row["record"]: row for row in result.tables["interest_statement"].iter_rows(named=True)}
    bad = 0
    for n, share in enumerate(shares):
        low, high = share["minimum"], share["maximum"]
        got = rows[f"r{n}"]["share_min"], rows[f"r{n}"]["share_max"]
        if 0 <= low <= high <= 100:
            assert 0 <= low - float(got[0]) < 1.1e-9 and 0 <= float(got[1]) - high < 1.1e-9, (
                seed,
                n,
                share,
                got,
            )
        else:
            bad += 1
            assert got == (None, None), (seed, n, share)
            assert rows[f"r{n}"]["share_native"] == f"minimum {low!r}, maximum {high!r}", (seed, n)
    assert (
        bad
        and findings.filter(pl.col("code").is_in(("impossible_share", "share_conflict")))["rows_n"].sum()
        == bad
    ), seed


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("share", "fault", "stated"),
    [
        ({"exact": 101}, "impossible_share", "exact 101"),
        ({"exact": 1e12}, "impossible_share", "exact 1000000000000.0"),
        ({"exact": "sixty, held by O. Quillfeather"}, "impossible_share", "exact (no number)"),
        ({"exact": "NaN"}, "impossible_share", "exact (no number)"),
        (60, "impossible_share", "share 60"),
        ({"minimum": 60, "maximum": 40}, "share_conflict", "minimum 60, maximum 40"),
        ({"exact": 60, "minimum": 25, "maximum": 50}, "share_conflict", "exact 60, minimum 25, maximum 50"),
        ({"exclusiveMinimum": 25, "maximum": 25}, "share_conflict", "maximum 25, exclusiveMinimum 25"),
        ({"exact": 30, "minimum": 25, "maximum": 50}, None, None),
        ({"minimum": 25}, None, None),
        ({"minimum": "", "maximum": ""}, None, None),
        ({}, None, None),
    ],
)
def test_a_share_that_cannot_be_says_what_was_stated_and_no_text_that_may_be_a_name(
    share: object, fault: str | None, stated: str | None, tmp_path: Path
) -> None:
    row = (
        run_records(tmp_path, [*PARTIES, relationship({"type": "shareholding", "share": share})])[0]
        .tables["interest_statement"]
        .row(0, named=True)
    )
    assert (row["share_fault"], row["share_native"]) == (fault, stated)
    assert fault is None or (row["share_min"], row["share_max"]) == (None, None)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("interest", "party", "is_missing"),
    [
        ({"type": "shareholding"}, "per", True),
        ({"type": "votingRights", "share": {"minimum": ""}}, "per", True),
        ({"type": "shareholding", "share": {"maximum": 50}}, "per", False),
        ({"type": "shareholding", "details": "ownership-of-shares-25-to-50-percent"}, "per", False),
        ({"type": "shareholding", "share": {"exact": 130}}, "per", False),
        ({"type": "shareholding"}, {"reason": "informationUnknownToPublisher"}, False),
        ({"type": "otherInfluenceOrControl"}, "per", False),
    ],
)
def test_shares_and_votes_without_a_figure_are_named(
    interest: dict[str, object], party: object, is_missing: bool, tmp_path: Path
) -> None:
    findings = run_records(tmp_path, [*PARTIES, relationship(interest, party=party)])[2]
    assert findings.filter(pl.col("code") == "missing_share")["value"].to_list() == (
        ["record-3"] if is_missing else []
    )


def test_findings_name_records_up_to_a_bound(tmp_path: Path) -> None:
    wrong = [
        relationship({"type": "shareholding", "share": {"exact": 101}}, record=f"r{n}") for n in range(205)
    ]
    findings = run_records(tmp_path, [*PARTIES, *wrong])[2].filter(pl.col("code") == "impossible_share")
    assert findings.height == 201
    assert findings.filter(pl.col("value") == "further-records")["rows_n"].to_list() == [5]
    assert "record-3" in findings["value"].to_list()


# --- earlier versions, and which file it is ---------------------------------------------------------------


def test_a_version_before_0_4_within_a_file_of_0_4_blocks_it(tmp_path: Path) -> None:
    earlier = {"statementID": "1", "statementType": "entityStatement", "entityType": "registeredEntity"}
    with pytest.raises(BlockedEdition) as blocked:
        run_records(tmp_path, [*PARTIES, earlier])
    assert blocked.value.code == "bods_version"


OPEN_OWNERSHIP = (
    b'{"statementId": "1", "recordId": "@", "recordType": "entity", "publicationDetails": {"publisher": '
    b'{"name": "Open Ownership"}}}\n'
)
HEAD = json.dumps(
    [{**PARTIES[0], "publicationDetails": {"publisher": {"url": "http://z", "name": 'Ministère des Z. "Ø"'}}}]
).encode()


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("anything.json", HEAD, Recognised("ministere-des-z-o", None)),
        (
            "a.jsonl",
            OPEN_OWNERSHIP.replace(b"@", b"GB-COH-09990001"),
            Recognised("open-ownership_gb-coh", None),
        ),
        (
            "b.jsonl",
            OPEN_OWNERSHIP.replace(b"@", b"XI-LEI-ZZ00ZZ00ZZ00ZZ00ZZ17"),
            Recognised("open-ownership_xi-lei", None),
        ),
        (
            "c.jsonl",
            OPEN_OWNERSHIP.replace(b"@", b"GB-COH-09990001") + OPEN_OWNERSHIP.replace(b"@", b"DK-CVR-1"),
            Recognised("open-ownership", None),
        ),
        (
            "d.jsonl",
            OPEN_OWNERSHIP.replace(b"@", b"GB-COH-09990001") + OPEN_OWNERSHIP.replace(b"@", b"rec-1"),
            Recognised("open-ownership", None),
        ),
        ("e.jsonl", OPEN_OWNERSHIP.replace(b"@", b"AB-1234-5"), Recognised("open-ownership", None)),
        (
            "export-2026-03-02.jsonl",
            json.dumps(PARTIES[0]).encode(),
            Recognised("export-2026-03-02", date(2026, 3, 2)),
        ),
        ("gb.bods.jsonl", b"", Recognised("gb", None)),
        ("bods-package-1.json", b"<html>", Recognised("bods-package-1", None)),
        ("old.json", b'[{"statementID": "1", "statementType": "entityStatement"', Recognised("old", None)),
        ("other.json", b'{"a": 1}', None),
        ("x.bods.jsonl", b'{"id": "Q1", "schema": "Person", "properties": {"name": ["Z"]}}', None),
        (
            "x.bods.jsonl",
            b'{"company_number":"09990001","data":{"kind":"individual-person-with-significant-control"}}',
            None,
        ),
        ("gleif-bods.json", b'{"records":[{"LEI":{"$":"ZZ"}}]}', None),
    ],
)
def test_recognise(name: str, head: bytes, expected: Recognised | None) -> None:
    assert recognise(name, head) == expected


def test_no_other_register_claims_a_statement_and_it_claims_no_record_of_theirs() -> None:
    psc = b'{"company_number":"09990001","data":{"kind":"individual-person-with-significant-control"}}'
    assert gb_coh_psc.recognise("zedland.json", HEAD) is None
    assert recognise("persons.txt", psc) is None


# --- hazards ----------------------------------------------------------------------------------------------


def test_an_empty_frame_is_parsed() -> None:
    lists = {field.name for field in FIELDS if field.kind == "texts"}
    columns = {
        **BATCH_COLUMNS,
        **{field.name: pl.List(pl.String) if field.name in lists else pl.String() for field in FIELDS},
    }
    result = parse(pl.DataFrame(schema=columns), EDITION)
    assert all(table.height == 0 for table in result.tables.values())


@pytest.mark.sample(2)
@pytest.mark.parametrize("interests", [None, [], [{}], [{"type": None}]])
def test_a_relationship_without_interests_is_kept(interests: object, tmp_path: Path) -> None:
    record = statement(
        "relationship", "rel", {"subject": "ent", "interestedParty": "per", "interests": interests}
    )
    result = run_records(tmp_path, [*PARTIES, record])[0]
    assert_declared(REGISTER, result)
    assert result.tables["relationship_statement"].height == 1


def test_a_reference_by_statement_id_is_followed(tmp_path: Path) -> None:
    record = statement(
        "relationship",
        "rel",
        {"subject": "s-ent", "interestedParty": "s-per", "interests": [{"type": "shareholding"}]},
    )
    row = run_records(tmp_path, [*PARTIES, record])[0].tables["relationship_statement"].row(0, named=True)
    plain = (
        run_records(tmp_path, [*PARTIES, relationship({"type": "shareholding"})])[0]
        .tables["relationship_statement"]
        .row(0, named=True)
    )
    assert (row["subject_statement_id"], row["party_statement_id"]) == (
        plain["subject_statement_id"],
        plain["party_statement_id"],
    )


def test_a_missing_record_named_in_two_roles_is_one_party(tmp_path: Path) -> None:
    records = [
        statement(
            "relationship",
            "r1",
            {"subject": "gone", "interestedParty": "gone", "interests": [{"type": "shareholding"}]},
        ),
        statement("relationship", "r2", {"subject": "gone", "interestedParty": "other-gone"}),
    ]
    result = run_records(tmp_path, records)[0]
    assert_declared(REGISTER, result)
    assert sorted(result.tables["entity_statement"]["record"].to_list()) == ["gone", "other-gone"]


NUMBERED: tuple[tuple[list[tuple[str, str]], str | None, tuple[str | None, str | None]], ...] = (
    (
        [("XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17"), ("GB-COH", "9990001")],
        "Private Limited Company",
        ("GB-COH", "09990001"),
    ),
    ([("XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17"), ("DE-CR", "hrb  12"), ("DK-CVR", "1")], None, ("DE-CR", "HRB12")),
    ([("BE-BCE_KBO", "0999.870.655")], None, ("BE-BCE_KBO", "0999870655")),
    ([("GR-GEMH", "ΑΒ 3412")], None, ("GR-GEMH", "ΑΒ 3412")),
    *(
        ([(scheme, number)], None, (None, None))
        for scheme, number in (
            ("NL-KVK", "onbekend"),
            ("NL-KVK", "Geen"),
            ("BE-BCE_KBO", "See above"),
            ("NL-KVK", "12345678"),
            ("NL-KVK", "HRB"),
            ("XI-LEI", "0" * 20),
        )
    ),
    *(
        ([(scheme, number)], None, (scheme, number))
        for scheme, number in (
            ("JE-FSC", "2001"),
            ("JE-FSC", "1995"),
            ("GG-RCE", "55"),
            ("IE-CRO", "345678"),
            ("LU-RCS", "B123456"),
            ("US-DE", "2345678"),
            ("GB-NHS", "ZED"),
        )
    ),
    ([("FI-PRO", "0123456-7"), ("GB-COH", "1234567")], "Private Limited Company", ("FI-PRO", "01234567")),
    ([("GB-COH", "SC345678"), ("XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17")], None, ("GB-COH", "SC345678")),
    ([("GB-COH", "02345678"), ("GB-COH", "09990001")], None, ("GB-COH", "09990001")),
    (
        [("GB-COH", "2345678"), ("XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17")],
        "Private Limited Company",
        ("XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17"),
    ),
    ([("GB-LAE", "ZED")], None, ("GB-LAE", "ZED")),
    ([("XI-LEI", "zz00zz00zz00zz00zz17")], None, ("XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17")),
    ([("GB-COH", "7724")], "Registered Society", (None, None)),
    (
        [("GB-COH", "XE-08-A"), ("XI-LEI", "short"), ("DE-CR", "N/A"), ("Some register", "12")],
        None,
        (None, None),
    ),
)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """An entity for each of NUMBERED."""
    entities = [
        statement(
            "entity",
            f"e{n}",
            {
                "entityType": {"type": "registeredEntity", "details": details},
                "identifiers": [{"scheme": scheme, "id": number} for scheme, number in identifiers],
            },
        )
        for n, (identifiers, details, _) in enumerate(NUMBERED)
    ]
    return run_records(tmp_path_factory.mktemp("numbered"), entities)[0].tables["entity_statement"]


@pytest.mark.parametrize("n", range(len(NUMBERED)))
def test_the_number_an_entity_is_known_by(n: int, numbered: pl.DataFrame) -> None:
    [row] = numbered.filter(record=f"e{n}").to_dicts()
    assert (row["identifier_scheme"], row["identifier"]) == NUMBERED[n][-1]


def test_further_numbers_stand_beside_the_one_an_entity_is_known_by(tmp_path: Path) -> None:
    stated = [
        ("XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17"),
        ("GB-COH", "9990001"),
        ("GB-COH", "09990001"),
        ("BE-BCE_KBO", "0999.870.655"),
        ("DE-CR", "N/A"),
    ]
    entity = statement(
        "entity",
        "e",
        {
            "entityType": {"type": "registeredEntity"},
            "identifiers": [{"scheme": scheme, "id": number} for scheme, number in stated],
        },
    )
    plain = statement(
        "entity",
        "f",
        {
            "entityType": {"type": "registeredEntity"},
            "identifiers": [{"scheme": "XI-LEI", "id": "ZZ00ZZ00ZZ00ZZ00ZZ17"}],
        },
    )
    tables = run_records(tmp_path, [entity, plain])[0].tables
    assert tables["entity_statement"].select("record", "identifier").rows() == [
        ("e", "09990001"),
        ("f", "ZZ00ZZ00ZZ00ZZ00ZZ17"),
    ]
    assert tables["identifier_statement"].select(
        "record", "scheme", "number", "number_native", "country"
    ).rows() == [
        ("e", "BE-BCE_KBO", "0999870655", "0999.870.655", "be"),
        ("e", "XI-LEI", "ZZ00ZZ00ZZ00ZZ00ZZ17", "ZZ00ZZ00ZZ00ZZ00ZZ17", None),
    ]
    assert set(tables["identifier_statement"]["of_statement_id"]) == {
        tables["entity_statement"]["statement_id"][0]
    }


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        (
            {
                "hasPublicListing": True,
                "securitiesListings": [{"security": {"ticker": "ZED"}}],
                "companyFilingsURLs": ["https://z"],
            },
            True,
        ),
        ({"hasPublicListing": False}, False),
        ({}, None),
        (None, None),
    ],
)
def test_whether_it_is_listed_is_kept(listing: object, expected: bool | None, tmp_path: Path) -> None:
    result, _, findings, *_ = run_records(
        tmp_path,
        [statement("entity", "e", {"entityType": {"type": "registeredEntity"}, "publicListing": listing})],
    )
    assert result.tables["entity_statement"]["is_listed"].to_list() == [expected]
    assert findings.height == 0


@pytest.mark.parametrize(
    ("locator", "expected"),
    [
        (
            "/company/09990001/persons-with-significant-control/individual/zq3Vx00aB-cD_eF1gH2iJ3kL4mN",
            "09990001/zq3Vx00aB-cD_eF1gH2iJ3kL4mN",
        ),
        (
            "/company/OE012345/persons-with-significant-control/individual-beneficial-owner/x_-y",
            "OE012345/x_-y",
        ),
        ("GB-COH-PER-09990001-zq3Vx00aB-cD_eF1gH2iJ3kL4mN", "09990001/zq3Vx00aB-cD_eF1gH2iJ3kL4mN"),
        ("GB-COH-ENT-SC999001-zq3Vx00aB-cD_eF1gH2iJ3kL4mN", "SC999001/zq3Vx00aB-cD_eF1gH2iJ3kL4mN"),
        ("GB-COH-REL-09990001-zq3Vx00aB-cD_eF1gH2iJ3kL4mN", "09990001/zq3Vx00aB-cD_eF1gH2iJ3kL4mN"),
        ("GB-COH-PER-09990001-short", None),
        ("GB-COH-09990001", None),
        ("XI-LEI-RR-D-ZZ00ZZ00ZZ00ZZ00ZZ17-ZZ00ZZ00ZZ00ZZ00ZY20", None),
        ("/company/09990001/officers/zq3Vx00aB-cD_eF1gH2iJ3kL4mN", None),
    ],
)
def test_the_record_of_the_registrar_that_a_locator_is_of(locator: str, expected: str | None) -> None:
    assert pl.select(psc_link(pl.lit(locator))).item() == expected


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ("Relationship Type: IS_DIRECTLY_CONSOLIDATED_BY", "IS_DIRECTLY_CONSOLIDATED_BY"),
        ("Relationship Type: IS_FUND-MANAGED_BY", "IS_FUND-MANAGED_BY"),
        (
            "Exception Category: ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT",
            "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT",
        ),
        ("Relationship Type: O. QUILLFEATHER", "otherInfluenceOrControl"),
        (None, "otherInfluenceOrControl"),
    ],
)
def test_the_code_of_a_legal_entity_identifiers_relationship_is_kept(
    details: str | None, expected: str, tmp_path: Path
) -> None:
    result = run_records(
        tmp_path, [*PARTIES, relationship({"type": "otherInfluenceOrControl", "details": details})]
    )[0]
    assert result.tables["interest_statement"]["native_code"].to_list() == [expected]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("1970", (1970, None)),
        ("1970-05", (1970, 5)),
        ("1970-05-17", (1970, 5)),
        ("1970-13", (None, None)),
        ("May 1970", (None, None)),
    ],
)
def test_of_a_birth_date_year_and_month_are_kept(
    birth: str, expected: tuple[int | None, int | None], tmp_path: Path
) -> None:
    person = statement("person", "p", {"personType": "knownPerson", "birthDate": birth})
    result, _, findings, *_ = run_records(tmp_path, [person])
    row = result.tables["person_statement"].row(0, named=True)
    assert (row["birth_year"], row["birth_month"]) == expected
    assert ("impossible_date" in findings["code"].to_list()) == (expected == (None, None))


# --- real files -------------------------------------------------------------------------------------------


def _real(pattern: str) -> list[Path]:
    files = sorted(path for path in REAL.glob(pattern) if path.is_file())
    if not files:
        pytest.skip(f"no {pattern} on this machine (../shared/registers)")
    return files


@pytest.mark.nightly
@pytest.mark.parametrize(
    "pattern",
    [
        "landing_gb/*.bods.jsonl",
        "bods/data_standard_examples/*.json",
        "bods/bods_v04_fixtures/*/*.json",
        "bods/opencheck*/*/*.jsonl",
    ],
)
def test_real_files_load_whole_and_without_a_finding(pattern: str) -> None:
    for path in _real(pattern):
        assert recognise(path.name, path.read_bytes()[: 64 << 10]) is not None
        result, rejected, findings, records_n, _ = run(REGISTER, path)
        assert_declared(REGISTER, result)
        assert rejected.height == findings.height == 0, (path.name, findings)
        assert records_n == result.records.height + result.ignored.height, path.name
        assert set(result.ignored["reason"]) <= {"duplicate", "older_version"}


def test_the_validators_own_fixtures_are_accounted_for(tmp_path: Path) -> None:
    """The statements of all good and bad files of 0.4 in one file, their ids kept apart: each is loaded,
    rejected or ignored, and nothing raises.
    """
    lines = []
    for n, path in enumerate(_real("bods/lib_cove_bods_fixtures/0.4/**/*.json")):
        content = json.loads(path.read_bytes())
        lines += [
            json.dumps(_apart(one, f"{n}-")) + "\n"
            for one in (content if isinstance(content, list) else [content])
        ]
    combined = tmp_path / "all.bods.jsonl"
    combined.write_text("".join(lines))
    result, rejected, findings, records_n, _ = run(REGISTER, combined, EDITION)
    assert_declared(REGISTER, result)
    assert records_n == len(lines) == result.records.height + rejected.height + result.ignored.height
    assert set(rejected["code"]) == {"wrong_type", "missing_value", "unknown_kind", "person_as_subject"}
    assert {"impossible_share", "share_conflict", "dates_reversed", "missing_party"} <= set(findings["code"])


def _apart(statement: object, prefix: str) -> object:
    """The statement with `prefix` before every recordId it has and refers to."""
    if not isinstance(statement, dict):
        return statement
    details = statement.get("recordDetails")
    named = (
        {**details, **{k: prefix + details[k] for k in REFERENCES if isinstance(details.get(k), str)}}
        if isinstance(details, dict)
        else details
    )
    key = statement.get("recordId")
    return {**statement, "recordDetails": named, "recordId": prefix + key if isinstance(key, str) else key}


def test_the_extract_about_the_united_kingdom() -> None:
    (path,) = _real("landing_gb/*.bods.jsonl")
    result, _, _, records_n, _ = run(REGISTER, path)
    assert (records_n, result.records.height, result.ignored["reason"].to_list()) == (
        750,
        746,
        ["duplicate"] * 4,
    )
    interests = result.tables["interest_statement"]
    quarter = interests.filter((pl.col("share_min") == 25) & (pl.col("share_max") == 50))
    assert (
        quarter.height and quarter["share_min_exclusive"].all() and not quarter["share_max_exclusive"].any()
    )
    through = interests.filter(pl.col("joint_group").is_not_null())
    assert through["native_code"].str.contains("-as-(?:trust|firm)$").all()
    assert (
        through.height == 27
        and result.tables["entity_statement"].filter(pl.col("role") == "arrangement").height == 12
    )
