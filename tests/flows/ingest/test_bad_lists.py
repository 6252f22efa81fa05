"""Bad files of FollowTheMoney."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

from flows.ingest import lake
from flows.night.night import Night
from tests import landings
from tests.flows.ingest.bad_nights import LATIN_1, edition_of, night_on, place_of, rejects_of, with_each
from tests.landings import CANARY, RECORDS, text

FTM = "ftm_entities"


def _listed(number: int, **properties: object) -> bytes:
    statements = {
        "name": [f"{CANARY} {number}"],
        "birthDate": ["1970-05-01"],
        "topics": ["sanction"],
        "address": ["4 Mill Lane, Zedton ZT1 3DB"],
        **properties,
    }
    return json.dumps(
        {
            "id": f"zed-{number}",
            "schema": "Person",
            "properties": statements,
            "datasets": ["zed_lists"],
            "last_seen": "2026-05-31T04:00:00",
        }
    ).encode()


def _with_list(tmp_path: Path, contents: bytes, name: str = "entities.ftm.json") -> Night:
    landing = landings.write(tmp_path / "landing")
    (landing / name).write_bytes(contents)
    return night_on(tmp_path, landing)


FTM_BLOCKING: Mapping[str, tuple[bytes, str, str]] = {
    "empty": (b"", "entities.ftm.json", "empty_file"),
    "truncated": (text([_listed(n) for n in range(RECORDS)])[:-70], "entities.ftm.json", "truncated"),
    "operations": (b'{"op":"ADD","entity":' + _listed(0) + b"}\n", "entities.delta.json", "ftm_delta"),
    "nothing but what is ignored": (
        b'{"id":"a","schema":"Vessel","properties":{"name":["Zed Star"]}}\n',
        "zed.ftm.json",
        "gate",
    ),
    "references to nobody": (
        text([b'{"id":"r%d","schema":"Ownership","properties":{"owner":["a"]}}' % n for n in range(RECORDS)]),
        "zed.ftm.json",
        "gate",
    ),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("kind", FTM_BLOCKING)
def test_a_bad_list_blocks_itself_only(
    kind: str, tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    contents, name, code = FTM_BLOCKING[kind]
    night = _with_list(tmp_path, contents, name)
    edition = edition_of(night, FTM)
    assert (edition.status, edition.facts.blocked_code, night.exit_code) == ("blocked", code, 5)
    message = edition.facts.blocked_message or ""
    assert FTM in message and name in message
    assert ("correct the register's module" in message) == (code == "gate")
    others_load(night, "")


FTM_REJECTING: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "invalid UTF-8": (lambda row: row.replace(b"Mill", b"M" + LATIN_1 + b"ll", 1), "invalid_utf8"),
    "NUL": (lambda row: row.replace(b"Mill", b"M\x00ll", 1), "nul_byte"),
    "an escaped NUL": (lambda row: row.replace(b"Mill", b"M\\u0000ll", 1), "nul_byte"),
    "stray quote": (lambda row: row.replace(b"Mill", b'M"ll', 1), "broken_json"),
    "half a line": (lambda row: row[: len(row) // 2], "broken_json"),
    "a key twice": (lambda row: row.replace(b'"topics"', b'"name": ["x"], "topics"', 1), "broken_json"),
    "an object for a text": (
        lambda row: row.replace(b'["sanction"]', b'[{"id": "sanction"}]', 1),
        "wrong_type",
    ),
    "no id": (
        lambda row: re.sub(rb'"id": ("zed-\d+")', rb'"referents": [\1]', row, count=1),
        "missing_value",
    ),
}


@pytest.mark.nightly
def test_bad_records_of_a_list_are_rejected_and_their_neighbours_load(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    rows = [_listed(n) for n in range(RECORDS)]
    night = _with_list(tmp_path, with_each(rows, 0, [change for change, _code in FTM_REJECTING.values()]))
    facts, bad = edition_of(night, FTM).facts, len(FTM_REJECTING)
    assert (
        facts.rows_loaded,
        facts.rows_rejected,
        facts.edition_date.isoformat() if facts.edition_date else "",
    ) == (RECORDS - bad, bad, "2026-05-31")
    assert sorted(rejects_of(night)) == sorted(
        (FTM, code, place_of(number) + 1) for number, (_change, code) in enumerate(FTM_REJECTING.values())
    )
    others_load(night, "")


@pytest.mark.nightly
def test_repeats_unknown_schemas_and_topics_of_a_list_are_counted(
    tmp_path: Path, others_load: Callable[[Night, str], None]
) -> None:
    rows = [_listed(n) for n in range(RECORDS)]
    further = [
        rows[3],
        _listed(4, topics=["debarment"]),
        b'{"id":"u","schema":"Frobnication","properties":{}}',
        _listed(90, topics=["brand.new"]),
    ]
    night = _with_list(tmp_path, text([*rows, *further]))
    facts = edition_of(night, FTM).facts
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, facts.rows_ignored) == (
        RECORDS + 4,
        RECORDS + 1,
        1,
        2,
    )
    assert rejects_of(night) == [(FTM, "duplicate_key", RECORDS + 2)]
    findings = pl.read_parquet(night.table("finding")).filter(register=FTM)
    assert sorted(findings.select("field", "value", "rows_n").rows()) == [
        ("properties.topics", "brand.new", 1),
        ("schema", "schema.frobnication", 1),
    ]
    listed = pl.read_parquet(lake.table_path(night.home, "listing_statement", facts))
    assert listed.group_by("listing_class").len().sort("listing_class").rows() == [
        ("other", 1),
        ("sanction", RECORDS),
    ]
    others_load(night, "")
