"""The FollowTheMoney register: hazards, recognition, vocabulary, and real files."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import Outcome, run
from transforms.errors import BlockedEdition
from transforms.formats.ftm import codes, files, values
from transforms.model.register import Edition, Parsed, Recognised, registers
from transforms.model.statements import LISTING_CLASSES
from transforms.readers.edition_dates import newest_day
from transforms.registers.ftm_entities import READ, REGISTER, declined, recognise
from transforms.values.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT / "../shared/registers"
EDITION = Edition("ftm_entities", "zed-lists", "2026-05-31", "0" * 64)


def run_records(tmp_path: Path, *records: object) -> Outcome:
    path = tmp_path / "entities.ftm.json"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return run(REGISTER, path, EDITION)


def entity(identifier: str, schema: str, **properties: object) -> dict[str, object]:
    return {
        "id": identifier,
        "schema": schema,
        "caption": identifier,
        "properties": properties,
        "datasets": ["zed_lists"],
        "last_seen": "2026-05-31T04:00:00",
    }


# --- classes stay apart -----------------------------------------------------------------------------------


def test_the_vocabulary_keeps_sanctions_offices_debarments_and_crimes_apart() -> None:
    topics = codes.topics()
    assert set(topics.values()) <= set(LISTING_CLASSES)
    assert [topic for topic, name in topics.items() if name == "sanction"] == ["sanction"]
    assert (
        topics["debarment"] == "debarment"
        and topics["role.pep"] == "pep"
        and topics["role.rca"] == "pep_linked"
    )
    assert (
        all(name == "crime" for topic, name in topics.items() if topic.startswith("crime"))
        and topics["sanction.counter"] == "other"
    )
    assert topics["sanction.linked"] == topics["sanction.control"] == "sanction_linked"
    assert (
        vocabulary("ftm_topics")["topic"].is_unique().all()
        and vocabulary("ftm_schemas")["schema"].is_unique().all()
    )


@pytest.mark.parametrize(
    ("topics", "listing_class"),
    [
        ([], "sanction"),
        (None, "sanction"),
        (["sanction", "crime.terror"], "sanction"),
        (["debarment", "poi"], "debarment"),
        (["crime.fin"], "crime"),
        (["reg.warn"], "regulatory"),
        (["sanction", "debarment"], "other"),
        (["role.pep"], "sanction"),
    ],
)
def test_a_sanction_record_is_of_the_class_that_its_partys_topics_name(
    topics: list[str] | None, listing_class: str
) -> None:
    frame = pl.DataFrame({"topics": [topics]}, schema={"topics": pl.List(pl.String)})
    assert frame.select(codes.class_of_sanction(pl.col("topics"))).to_series().to_list() == [listing_class]


def test_every_schema_is_handled_or_ignored_for_a_reason() -> None:
    schemas = vocabulary("ftm_schemas")
    assert schemas.filter((pl.col("record_type") == "ignored") & pl.col("reason").is_null()).height == 0
    assert schemas.filter((pl.col("record_type") == "entity") & pl.col("entity_type").is_null()).height == 0


# --- refused attributes -----------------------------------------------------------------------------------


def test_refused_attributes_are_in_no_table(tmp_path: Path) -> None:
    canary = "Canary Place"
    refused = {name: [canary] for name, reason in codes.ignored_properties() if reason == "refused attribute"}
    assert {"nationality", "birthPlace", "gender", "religion", "ethnicity", "citizenship"} <= set(refused)
    result, _rejected, findings, *_ = run_records(
        tmp_path, entity("a", "Person", name=["Zed Zed"], country=[canary], topics=["sanction"], **refused)
    )
    assert canary not in "".join(table.write_json() for table in (*result.tables.values(), findings))
    assert not set(refused) & set(READ)


# --- dates, births, shares --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2021", date(2021, 1, 1), date(2022, 1, 1)),
        ("2021-12", date(2021, 12, 1), date(2022, 1, 1)),
        ("2021-12-05", date(2021, 12, 5), date(2021, 12, 5)),
        ("2021-02-29", None, None),
        ("2021-12-05T03:00:00", date(2021, 12, 5), date(2021, 12, 5)),
        ("soon", None, None),
        ("2021-13", None, None),
    ],
)
def test_partial_dates(text: str, first: date | None, after: date | None) -> None:
    frame = pl.DataFrame({"text": [text]}).select(
        values.first_day(pl.col("text")).alias("first"), values.day_after(pl.col("text")).alias("after")
    )
    assert frame.row(0) == (first, after)


def test_of_several_births_the_most_supported_comes_first_and_no_other_is_lost(tmp_path: Path) -> None:
    result, *_ = run_records(
        tmp_path,
        entity("a", "Person", name=["A Zed"], birthDate=["1961-03-04", "1961-03", "1962-05-06", "1961"]),
        entity("b", "Person", name=["B Zed"], birthDate=["1970", "1971"]),
        entity("c", "Person", name=["C Zed"], birthDate=["born in spring"]),
    )
    born = result.tables["person_statement"].select("birth_year", "birth_month", "further_births").rows()
    assert born == [(1961, 3, ["1962-05"]), (1970, None, ["1971"]), (None, None, None)]


PERCENTAGES: tuple[tuple[list[str], str | None, str | None, str | None], ...] = (
    (["50"], "50", "50", None),
    (["49.99%"], "49.99", "49.99", None),
    (["33,4"], "33.4", "33.4", None),
    (["100.00"], "100", "100", None),
    ([], None, None, None),
    (["100.01"], None, None, "impossible_share"),
    (["1000"], None, None, "impossible_share"),
    (["-5"], None, None, "impossible_share"),
    (["75-110"], None, None, "impossible_share"),
    (["25-50", "130"], None, None, "impossible_share"),
    (["20", "30"], None, None, "share_conflict"),
    (["20", "20"], "20", "20", None),
    (["0"], "0", "0", None),
    (["51", "51.0", "051", "51 %"], "51", "51", None),
    ([".5"], "0.5", "0.5", None),
    (["25-50"], "25", "50", None),
    (["75–100%"], "75", "100", None),
    (["50 % – 75 %"], "50", "75", None),
    (["12,5−.5"], None, None, "share_conflict"),
    (["25–50%", "50–75%"], "25", "75", None),
    (["75–100%", "25–50%", "25-50"], "25", "100", None),
    (["5-30", "20-100"], "5", "100", None),
    (["25-50", "40"], "25", "50", None),
    (["25-50", "60"], None, None, "share_conflict"),
    (["50-50", "50"], "50", "50", None),
    (["about half"], None, None, None),
    (["about half", "50"], None, None, None),
    (["25-"], None, None, None),
    (["1e1"], None, None, None),
)


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Interests of one person in one company, one for each of PERCENTAGES."""
    entities = [
        entity(f"r{n}", "Ownership", owner=["a"], asset=["b"], percentage=percentage)
        for n, (percentage, *_) in enumerate(PERCENTAGES)
    ]
    result, *_ = run_records(
        tmp_path_factory.mktemp("owned"),
        entity("a", "Person", name=["A"]),
        entity("b", "Company", name=["B"]),
        *entities,
    )
    return result.tables["interest_statement"]


@pytest.mark.parametrize("n", range(len(PERCENTAGES)))
def test_a_percentage_is_a_number_a_band_or_unknown(n: int, owned: pl.DataFrame) -> None:
    _, low, high, fault = PERCENTAGES[n]
    [row] = owned.filter(record=f"r{n}").to_dicts()
    assert (row["share_min"], row["share_max"], row["share_fault"]) == (
        low and Decimal(low),
        high and Decimal(high),
        fault,
    )
    assert (row["basis"], row["interest_type"], row["reach"]) == ("shares", "shareholding", "unknown")


def test_what_percentages_do_not_say_is_found(tmp_path: Path) -> None:
    parties = (entity("a", "Person", name=["A Zed"]), entity("b", "Company", name=["Zed B"]))
    percentages = (["25-50", "50–75%"], ["about half"], ["20", "30"], ["about half", "101"], ["51", "51.0"])
    result, _rejected, findings, *_ = run_records(
        tmp_path,
        *parties,
        *(
            entity(f"r{n}", "Ownership", owner=["a"], asset=["b"], percentage=one)
            for n, one in enumerate(percentages)
        ),
    )
    of_shares = findings.filter(pl.col("field") == "properties.percentage").select("code", "value")
    assert sorted(of_shares.rows()) == [
        ("impossible_share", "record-6"),
        ("several_bands", "record-3"),
        ("share_conflict", "record-5"),
        ("unreadable_share", "record-4"),
    ]
    natives = result.tables["interest_statement"]["share_native"].to_list()
    assert natives == [None, None, "20 and 30", "101", None]


def test_a_directorship_is_a_seat_and_no_share(tmp_path: Path) -> None:
    seat = entity("d", "Directorship", director=["a"], organization=["b"])
    result, *_ = run_records(
        tmp_path, entity("a", "Person", name=["A"]), entity("b", "Company", name=["B"]), seat
    )
    [row] = result.tables["interest_statement"].to_dicts()
    assert (row["basis"], row["interest_type"], row["share_min"], row["share_max"]) == (
        "unknown",
        "boardMember",
        None,
        None,
    )


def test_a_status_ends_a_link_and_an_unknown_one_is_found(tmp_path: Path) -> None:
    parties = (
        entity("a", "Person", name=["A Zed"]),
        entity("b", "Company", name=["Zed B"], status=["struck-off-never-read"]),
    )
    statuses = (["Inactive"], ["active"], ["zed.word"], [])
    result, _rejected, findings, *_ = run_records(
        tmp_path,
        *parties,
        *(
            entity(f"r{n}", "Ownership", owner=["a"], asset=["b"], status=one)
            for n, one in enumerate(statuses)
        ),
    )
    assert result.tables["relationship_statement"]["is_ceased"].to_list() == [True, False, False, False]
    assert findings.filter(pl.col("field") == "properties.status").select("code", "value").rows() == [
        ("unknown_category", "zed.word")
    ]


# --- countries and numbers: lists without an order --------------------------------------------------------


GB = ("GB-COH", "08123457", "08123457", "gb")
BESIDE_OF_RU = {(None, "08123457", "ru")}


STATED: tuple[tuple[dict[str, list[str]], tuple[object, ...], set[tuple[object, ...]]], ...] = (
    ({"country": ["ru", "gb"], "registrationNumber": ["08123457"]}, GB, BESIDE_OF_RU),
    ({"jurisdiction": ["je", "gb"], "registrationNumber": ["08123457"]}, GB, {(None, "08123457", "je")}),
    (
        {"jurisdiction": ["ru"], "country": ["gb"], "registrationNumber": ["08123457"]},
        (*GB[:3], "ru"),
        {("GB-COH", "08123457", "gb")},
    ),
    ({"jurisdiction": ["gb"], "registrationNumber": ["HRB 55555", "08123457"]}, GB, set()),
    (
        {"country": ["de", "gb"], "registrationNumber": ["HRB 55555", "08123457"]},
        GB,
        {(None, "HRB55555", "de"), (None, "08123457", "de")},
    ),
    ({"country": ["gb"], "registrationNumber": ["01234567", "08123457"]}, GB, {("GB-COH", "01234567", "gb")}),
    (
        {"country": ["gb"], "registrationNumber": ["1234567"], "leiCode": ["529900T8BM49AURSDO55"]},
        ("XI-LEI", "529900T8BM49AURSDO55", "529900T8BM49AURSDO55", "gb"),
        {("GB-COH", "01234567", "gb")},
    ),
    ({"country": ["gb"], "registrationNumber": ["54021", "08123457"]}, GB, {("GB-COH", "00054021", "gb")}),
    (
        {"country": ["gb", "ru"], "registrationNumber": ["00000000", "N/A"]},
        (None, None, "00000000", "gb"),
        set(),
    ),
    (
        {"country": ["ru", "cy"], "registrationNumber": ["HE 1234"]},
        (None, None, "HE 1234", "cy"),
        {(None, "HE1234", "cy"), (None, "HE1234", "ru")},
    ),
    ({"registrationNumber": ["08123457"]}, (None, None, "08123457", None), {(None, "08123457", None)}),
    (
        {"country": ["ru", "gb"], "vatCode": ["GB 215874693"], "innCode": ["7701234567"]},
        (None, None, None, "gb"),
        {("VAT", "GB215874693", "gb"), (None, "7701234567", "ru")},
    ),
    (
        {"jurisdiction": ["us-de", "us-nv"], "leiCode": ["-", "529900T8BM49AURSDO55"]},
        ("XI-LEI", "529900T8BM49AURSDO55", "529900T8BM49AURSDO55", "us"),
        set(),
    ),
)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    """A company for each of STATED, and another that states all in the opposite order."""
    ways = ((f"zed-{n}-{way}", stated, way) for n, (stated, *_) in enumerate(STATED) for way in (1, -1))
    companies = [
        entity(key, "Company", name=["Zedco"], **{name: values[::way] for name, values in stated.items()})
        for key, stated, way in ways
    ]
    return run_records(tmp_path_factory.mktemp("numbered"), *companies)[0]


@pytest.mark.parametrize("n", range(len(STATED)))
def test_the_order_of_countries_and_numbers_does_not_matter(n: int, numbered: Parsed) -> None:
    _, known, further = STATED[n]
    for way in (1, -1):
        stated, numbers = (
            numbered.tables[name].filter(record=f"zed-{n}-{way}")
            for name in ("entity_statement", "identifier_statement")
        )
        [row] = stated.select(
            "identifier_scheme", "identifier", "identifier_native", "jurisdiction", "subdivision"
        ).rows()
        assert (row[:4], set(numbers.select("scheme", "number", "country").rows())) == (known, further)
        assert row[4] is None


# --- which file is it -------------------------------------------------------------------------------------

ONE = b'{"id":"a","schema":"Person","properties":{"name":["A"]},"datasets":["zed_lists"]}\n'
TWO = b'{"id":"a","schema":"Person","properties":{"name":["A"]},"datasets":["zed_lists","other_lists"]}\n'


ZED, BOTH = ("zed-lists",), ("other-lists", "zed-lists")


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("entities.ftm.json", ONE, Recognised("entities", None, contains=ZED)),
        ("entities.ftm.json", TWO, Recognised("entities", None, contains=BOTH)),
        ("whatever.json", ONE, Recognised("whatever", None, contains=ZED)),
        ("default-2026-05-31.ftm.jsonl", TWO, Recognised("default", date(2026, 5, 31), contains=BOTH)),
        ("default.ftm.json", b'{"id":"a","schema":"Person","properties":{}}\n', Recognised("default", None)),
        ("default.ftm.json", ONE + TWO[:40], Recognised("default", None, contains=ZED)),
        ("entities.ftm.json", b"", Recognised("entities", None)),
        (
            "entities.delta.json",
            b'{"op":"ADD","entity":{"id":"a","schema":"Person","properties":{}}}\n',
            Recognised("entities-delta", None),
        ),
        ("zed.ftm.json", b'{"company_number":"1","data":{}}\n', None),
        ("entities.json", b'{"statementId":"a","recordType":"person"}\n', None),
        ("companies.csv", b"CompanyName,CompanyNumber\n", None),
    ],
)
def test_recognition(name: str, head: bytes, expected: Recognised | None) -> None:
    assert recognise(name, head) == expected


@pytest.mark.parametrize(
    ("path", "dataset"),
    [
        ("entities.ftm.json", "entities"),
        ("20260531-entities.ftm.json.gz", "entities"),
        ("entities (1).ftm.json", "entities"),
        ("2026-05/entities.ftm.json", "entities"),
        ("sanctions/entities.ftm.json", "sanctions"),
        ("datasets/20260531/zed_peps/entities.ftm.json", "zed-peps"),
        ("zed_peps/2026-05-31/entities.ftm.json", "zed-peps"),
        ("un_zed_sanctions/20261127123045/entities.ftm.json", "un-zed-sanctions"),
        ("un_zed_sanctions/20261127123045-abc/entities.ftm.json", "un-zed-sanctions"),
        ("un_zed_sanctions/20261127T123045Z/entities.ftm.json", "un-zed-sanctions"),
        ("sanctions/2026/11/27/entities.ftm.json", "sanctions"),
        ("sanctions/2026/entities.ftm.json", "sanctions"),
        ("sanctions/2026-11-27/entities.ftm.json", "sanctions"),
        ("sanctions/2026/11/27/20261127.ftm.json", "sanctions"),
        ("20261127123045/entities.ftm.json", "entities"),
        ("sanctions/v3/entities.ftm.json", "v3"),
        ("zed_2026_lists/1/entities.ftm.json", "zed-2026-lists"),
        ("sanctions/2026-11-27T12:30:45/entities.ftm.json", "sanctions"),
        ("zed_peps.zip", "zed-peps"),
        ("lists/zed_peps-2026-05.ftm.json", "zed-peps"),
        ("latest/entities.ftm.json", "entities"),
        ("zed_2014r0269.ftm.json", "zed-2014r0269"),
    ],
)
def test_the_path_tells_the_data_set_and_no_record_does(path: str, dataset: str) -> None:
    for head in (b"", ONE, TWO):
        assert files.dataset(path, head) == dataset
    assert files.dataset(path, b'{"op":"ADD"') == f"{dataset}-delta"


def test_entities_inside_others_are_declined() -> None:
    inner = {**entity("s", "Sanction", entity=["a"]), "caption": 'a "b" [{'}
    nested = json.dumps(entity("a", "Person", name=["A Zed"], sanctions=[inner])).encode()
    for name, head in (
        ("targets.nested.json", nested),
        ("list.json", ONE + nested),
        ("list.json", nested[:-70]),
        ("targets.nested.json.gz", ONE),
    ):
        assert recognise(name, head) is None and "entities.ftm.json" in declined(name, head)
    line = json.dumps(entity("a", "Person", name=[json.dumps([inner])], topics=[{"id": "sanction"}])).encode()
    for head in (ONE, TWO, ONE.strip() + ONE, line, b'{"company_number":"1"}'):
        assert declined("entities.ftm.json", head) == ""
    assert declined("targets.nested.json", b"") == "" and recognise("entities.ftm.json", line) is not None


def test_no_other_register_claims_its_files() -> None:
    for head in (ONE, TWO):
        claims = [
            unit.name
            for unit in registers().values()
            if unit.recognise("entities.ftm.json", head) is not None
        ]
        assert claims == ["ftm_entities"]


def test_the_edition_is_the_newest_day_that_a_record_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "entities.ftm.json"
    path.write_bytes(
        b'{"id":"a","last_seen":"2026-05-30T04:00:00","last_change":"2026-06-30T04:00:00"}\n{"id":"b","last_seen":"2026-05-31T04:00:00"}\n'
    )
    with path.open("rb") as file:
        assert newest_day(REGISTER, file) == date(2026, 5, 31)


def test_operations_block_the_file(tmp_path: Path) -> None:
    record = {"op": "ADD", "entity": entity("a", "Person", name=["A"])}
    with pytest.raises(BlockedEdition, match="is a change") as blocked:
        run_records(tmp_path, record)
    assert blocked.value.code == "ftm_delta" and "entities.ftm.json" in str(blocked.value)


# --- real files -------------------------------------------------------------------------------------------

REAL_FILES = {
    "landing_gb/entities.ftm.json": (
        1565,
        {"person_statement": 561, "listing_statement": 207},
        {"broken_json": 46},
    ),
    "opensanctions/eu_authorities.ftm.json": (151, {"entity_statement": 151}, {}),
}


@pytest.mark.parametrize("name", REAL_FILES)
def test_real_files(name: str) -> None:
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{name} is not here: the shared register data is not in this checkout")
    records, tables, rejected = REAL_FILES[name]
    result, rejects, _findings, records_n, _ = run(REGISTER, path, EDITION)
    assert records_n == records == result.records.height + result.ignored.height + rejects.height
    assert {table: result.tables[table].height for table in tables} == tables
    assert dict(rejects.group_by("code").len().iter_rows()) == rejected


def test_the_real_delta_is_blocked() -> None:
    path = REAL / "opensanctions/yente_entities.delta.json"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here: the shared register data is not in this checkout")
    assert recognise(path.name, path.open("rb").read(1 << 16)) == Recognised(
        "yente-entities-delta", None, contains=()
    )
    with pytest.raises(BlockedEdition, match="is a change"):
        run(REGISTER, path, EDITION)
