"""Releases of the Open Contracting Data Standard: every shape of file, of real publishers and invented."""

import json
import tracemalloc
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import run
from transforms.errors import BlockedEdition
from transforms.formats.procurement import day_of, moment_of, with_party
from transforms.readers import read
from transforms.registers.ocds_releases import REGISTER, recognise

REAL = Path("../shared/registers/ocds")
AWARD = {"id": "a", "suppliers": [{"id": "s1", "name": "Zed Ltd"}, {"id": "s2"}], "value": {"amount": 5}}


def _release(number: int, **further: object) -> dict[str, object]:
    return {
        "ocid": f"ocds-zed-{number}",
        "id": "r",
        "date": "2026-03-01",
        "tag": ["award"],
        "awards": [AWARD],
        **further,
    }


def _package(*releases: dict[str, object]) -> dict[str, object]:
    before = {
        "uri": "https://example.org",
        "extensions": ["https://example.org/e"],
        "publisher": {"name": "Zed"},
    }
    return {**before, "releases": list(releases), "license": None, "links": {"next": "2"}}


@pytest.mark.parametrize(
    "shape", ["package", "pretty", "packages", "lines_of_packages", "lines", "records", "record_lines"]
)
def test_every_shape_gives_the_same_awards(shape: str, tmp_path: Path) -> None:
    releases = [_release(1), _release(2)]
    records = [{"ocid": one["ocid"], "releases": [{"url": "u"}], "compiledRelease": one} for one in releases]
    text = {
        "package": json.dumps(_package(*releases)),
        "pretty": json.dumps(_package(*releases), indent=2),
        "packages": json.dumps([_package(one) for one in releases]),
        "lines_of_packages": "\n".join(json.dumps(_package(one)) for one in releases),
        "lines": "\n".join(map(json.dumps, releases)),
        "records": json.dumps({"packages": ["https://example.org/1"], "records": records}),
        "record_lines": "\n".join(map(json.dumps, records)),
    }[shape]
    path = tmp_path / "zed.json"
    path.write_text(text + "\n")
    assert recognise(path.name, text.encode()) is not None
    made = run(REGISTER, path)
    awards = made.parsed.tables["award_statement"]
    assert awards.select("process_id", "position", "supplier_ref").rows() == [
        (f"ocds-zed-{number}", place, f"s{place}") for number in (1, 2) for place in (1, 2)
    ]
    assert made.rejected.height == made.ignored.height == 0


def test_a_list_within_a_list_keeps_its_order_and_its_gaps(tmp_path: Path) -> None:
    path = tmp_path / "zed.jsonl"
    odd = _release(2, awards=[{"id": "a", "suppliers": [{"name": {"en": "Zed"}}]}])
    further = _release(3, awards=[{"id": "a"}, {"suppliers": [{"id": 7, "size": {"employees": 3}}, {}]}])
    path.write_text("\n".join(map(json.dumps, (_release(1), odd, further))) + "\n")
    (batch,) = read(REGISTER, path)
    assert batch.frame["awards.suppliers.name"].to_list() == [['["Zed Ltd",null]'], [None, "[null,null]"]]
    assert batch.frame["awards.suppliers.id"].to_list() == [['["s1","s2"]'], [None, '["7",null]']]
    assert batch.rejects.select("code", "field").rows() == [("wrong_type", "awards.suppliers.name")]
    assert batch.findings["value"].to_list() == ["awards.suppliers.size"]


def test_an_award_without_items_has_no_codes(tmp_path: Path) -> None:
    path = tmp_path / "zed.jsonl"
    coded = {"id": "b", "items": [{"classification": {"id": "45"}}, {"id": "x"}]}
    awards = [{"id": "a"}, coded, {"id": "c", "items": []}]
    path.write_text(json.dumps(_release(1, awards=[{**one, "status": "active"} for one in awards])) + "\n")
    awards = run(REGISTER, path).parsed.tables["award_statement"]
    assert awards.select("award_no", "item_codes").rows() == [("a", []), ("b", ["45"]), ("c", [])]


@pytest.mark.parametrize(
    ("identifier", "further", "expected"),
    [
        (
            {"scheme": "GB-PPON", "id": "PZZZ"},
            [{"scheme": "GB-VAT", "id": "1"}, {"scheme": "GB-COH", "id": "09000001"}],
            "GB-COH",
        ),
        (None, [{"scheme": "NL-KVK", "id": "90000001", "legalName": "Zed B.V."}], "NL-KVK"),
        ({"scheme": "GB-COH", "id": "09000001"}, [{"scheme": "NL-KVK", "id": "90000001"}], "GB-COH"),
        ({"scheme": "GB-PPON", "id": "PZZZ"}, [{"id": "09000001"}, {}], None),
        ({"scheme": "GB-PPON", "id": "PZZZ"}, None, None),
    ],
)
def test_a_party_is_known_by_the_first_identifier_of_a_known_register(
    tmp_path: Path, identifier: object, further: object, expected: str | None
) -> None:
    path = tmp_path / "zed.jsonl"
    party = {"id": "s1", "name": "Zed Ltd", "identifier": identifier, "additionalIdentifiers": further}
    parties = [{"id": "buyer", "name": "Zed Council"}, party]
    path.write_text(json.dumps(_release(1, parties=parties)) + "\n")
    made = run(REGISTER, path)
    assert made.findings.is_empty() and made.rejected.is_empty()
    assert made.parsed.tables["award_statement"]["supplier_scheme"].to_list() == [expected, None]


def test_a_partial_release_of_an_award_says_nothing_about_it(tmp_path: Path) -> None:
    path = tmp_path / "zed.jsonl"
    partial = [{"id": "a", "amendments": [{"description": "longer"}]}]
    releases = [_release(1), _release(1, id="r2", tag=["awardUpdate"], awards=partial), _release(2, id="r3")]
    path.write_text("\n".join(map(json.dumps, releases)) + "\n")
    made = run(REGISTER, path)
    assert made.parsed.tables["award_statement"]["record_no"].unique().sort().to_list() == [1, 3]
    assert made.ignored.rows() == [(2, "no_tender_or_award")]


def _contract(award: str, day: str | None = None, **further: object) -> dict[str, object]:
    return {"id": "c", "awardID": award, "dateSigned": day, "status": "active", **further}


def _pounds(amount: float, currency: str = "GBP") -> dict[str, object]:
    return {"value": {"amount": amount, "currency": currency}}


@pytest.mark.parametrize(
    ("award", "contracts", "expected"),
    [
        ({}, [_contract("a", "2026-02-03T10:00:00Z", **_pounds(9.5))], (9.5, "GBP", "2026-02-03")),
        (
            {"date": "2026-01-09", "value": {"amount": 7, "currency": "EUR"}},
            [_contract("a", "2026-02-03", **_pounds(9))],
            (7, "EUR", "2026-01-09"),
        ),
        (
            {},
            [
                _contract("a", "2026-02-03", **_pounds(9)),
                _contract("a", "2026-02-01", **_pounds(1)),
                _contract("other", "2025-01-01", **_pounds(100)),
                _contract("a", "2025-01-01", **{**_pounds(100), "status": "cancelled"}),
            ],
            (10, "GBP", "2026-02-01"),
        ),
        ({}, [_contract("a", **_pounds(9)), _contract("a", **_pounds(1, "EUR"))], (None, None, None)),
        ({}, [_contract("a", **_pounds(9)), _contract("a")], (None, None, None)),
        ({"value": {"amountGross": 12, "currency": "GBP"}}, [], (12, "GBP", None)),
        ({"value": {"amount": 10, "amountGross": 12, "currency": "GBP"}}, [], (10, "GBP", None)),
        ({}, [_contract("a", value={"amountGross": 12, "currency": "GBP"})], (12, "GBP", None)),
    ],
)
def test_an_award_without_a_value_or_a_day_has_those_of_its_contracts(
    tmp_path: Path, award: dict[str, object], contracts: list[dict[str, object]], expected: tuple[object, ...]
) -> None:
    path = tmp_path / "zed.jsonl"
    awards = [{"id": "a", "suppliers": [{"name": "Zed Ltd"}], **award}, {"id": "b", "status": "active"}]
    path.write_text(json.dumps(_release(1, awards=awards, contracts=contracts)) + "\n")
    made = run(REGISTER, path)
    assert made.rejected.is_empty() and made.findings.is_empty()
    rows = made.parsed.tables["award_statement"].select(
        "award_no", pl.col("amount").cast(pl.Float64), "currency", pl.col("awarded_on").cast(pl.String)
    )
    assert rows.rows() == [("a", *expected), ("b", None, None, None)]


@pytest.mark.parametrize(
    ("tenderers_n", "statistics", "bidders_n"),
    [
        (None, [{"id": "1", "measure": "bids", "value": 2}, {"measure": "smeBids", "value": 1}], 2),
        (3, [{"measure": "bids", "value": 2}], 3),
        (None, [{"measure": "bids", "value": 2, "relatedLot": lot} for lot in "12"], None),
        (None, [{"measure": "bids", "value": 2, "relatedLot": "1"}] * 2, 2),  # one for each award
        (None, [{"measure": "bids", "value": number} for number in (2, 2, 1)], None),
        (None, [{"measure": "bids"}], None),
        (None, [], None),
    ],
)
def test_the_number_of_bids_counts_where_there_is_one(
    tmp_path: Path, tenderers_n: int | None, statistics: list[dict[str, object]], bidders_n: int | None
) -> None:
    path = tmp_path / "zed.jsonl"
    tender = {"id": "t", "numberOfTenderers": tenderers_n}
    path.write_text(json.dumps(_release(1, tender=tender, bids={"statistics": statistics})) + "\n")
    made = run(REGISTER, path)
    assert made.parsed.tables["tender_statement"]["bidders_n"].to_list() == [bidders_n]
    assert made.findings.is_empty() and made.rejected.is_empty()


@pytest.mark.parametrize("frameworks", [(False, True), (False, False)])
def test_a_framework_of_any_lot_is_a_framework(tmp_path: Path, frameworks: tuple[bool, ...]) -> None:
    path = tmp_path / "zed.jsonl"
    lots: list[dict[str, object]] = [
        {"id": str(nth), "techniques": {"hasFrameworkAgreement": one}} for nth, one in enumerate(frameworks)
    ]
    tender = {"id": "t", "lots": [*lots, {"id": "none", "status": "active"}]}
    path.write_text(json.dumps(_release(1, tender=tender)) + "\n")
    made = run(REGISTER, path)
    assert made.parsed.tables["award_statement"]["is_framework"].unique().to_list() == [any(frameworks)]
    assert made.findings.is_empty()


@pytest.mark.nightly
def test_a_package_of_one_line_takes_no_more_memory_when_it_is_larger(tmp_path: Path) -> None:
    path = tmp_path / "zed.json"
    release = json.dumps(_release(1, tender={"id": "t", "description": "x" * 20_000}))
    peaks = []
    for releases_n in (600, 2_400):
        path.write_text('{"uri":"u","releases":[' + ",".join([release] * releases_n) + "]}")
        tracemalloc.start()
        assert sum(batch.records_in for batch in read(REGISTER, path)) == releases_n
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_a_package_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zed.json"
    path.write_text(json.dumps(_package(_release(1), _release(2)))[:-150])
    with pytest.raises(BlockedEdition, match="fetch it again"):
        list(read(REGISTER, path))


def test_moments_are_in_utc_and_days_as_written() -> None:
    texts = {
        "2026-03-01T09:00:00+01:00": ("2026-03-01 08:00:00", "2026-03-01"),
        "2026-03-01T23:30:00-0600": ("2026-03-02 05:30:00", "2026-03-01"),
        "2026-03-01T09:00Z": ("2026-03-01 09:00:00", "2026-03-01"),
        "2026-03-01T09:00:00.123Z": ("2026-03-01 09:00:00", "2026-03-01"),
        "2026-03-01+02:00": ("2026-02-28 22:00:00", "2026-03-01"),
        "2026-13-01": (None, None),
        "soon": (None, None),
    }
    frame = pl.DataFrame({"text": list(texts)}).select(
        moment_of(pl.col("text")).dt.to_string("%Y-%m-%d %H:%M:%S"),
        day_of(pl.col("text")).dt.to_string("%Y-%m-%d").alias("day"),
    )
    assert frame.rows() == list(texts.values())


@pytest.mark.parametrize("path", sorted(REAL.rglob("*.json*")), ids=lambda path: path.name)
def test_real_files_are_read(path: Path) -> None:
    """Cut releases and records of publishers in Mexico, Paraguay, Portugal and the United Kingdom."""
    recognised = recognise(path.name, path.read_bytes()[: 64 << 10])
    assert (recognised is None) == path.name.startswith("versioned-release")
    if recognised:
        made = run(REGISTER, path)
        assert made.records_n == made.parsed.records.height + made.rejected.height + made.ignored.height
        assert made.rejected.height == 0
        assert set(made.ignored["reason"]) <= {"no_tender_or_award"}


def test_real_files_are_there() -> None:
    if not REAL.exists():
        pytest.skip("../shared/registers/ocds is not there: no real file was read")
    assert sorted(REAL.rglob("*.json*"))


@pytest.mark.parametrize("number", ["00000000", "12345678", "not available", "N/A"])
def test_suppliers_with_a_filler_for_a_number_are_not_one(number: str) -> None:
    stated = {"ref": [None, None], "name": ["Zed B.V.", "Ypsilon B.V."], "scheme": ["NL-KVK"] * 2}
    schema = dict.fromkeys(("ref", "name", "scheme", "number"), pl.String)
    parties = with_party(pl.DataFrame({**stated, "number": [number] * 2}, schema=schema))
    assert parties["official"].to_list() == [None, None]
    assert parties["kept_ref"].to_list() == ["Zed B.V.", "Ypsilon B.V."]
