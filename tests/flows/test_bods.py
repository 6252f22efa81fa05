"""BODS files in a landing: which edition they are, and that what the lake keeps of them adds up."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import polars as pl

from flows.lake import Ingested, ingest, lake_key
from flows.landing import LandedEdition, look
from transforms.register import registers

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "registers" / "bods"


def landed(folder: Path) -> tuple[LandedEdition, ...]:
    return look(folder, registers()).editions


def ingested(edition: LandedEdition, tmp_path: Path) -> Ingested:
    return ingest(edition, tmp_path / "work", lake_key(edition))


def test_the_edition_is_the_newest_publication_date(tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "shares" / "zedland.json", tmp_path)
    (edition,) = landed(tmp_path)
    assert (edition.register.name, edition.dataset, edition.label, edition.edition_date) == ("bods", "register-of-zedland", "2026-03-02", date(2026, 3, 2))


def test_a_date_in_the_name_comes_first_and_no_date_at_all_is_the_hash(tmp_path: Path) -> None:
    statement = {"statementId": "1", "statementDate": "2026-01-01", "recordId": "e", "recordType": "entity", "recordDetails": {}}
    (tmp_path / "undated.bods.jsonl").write_text(json.dumps(statement))
    (tmp_path / "b.bods-2025-12-31.jsonl").write_text(json.dumps({**statement, "publicationDetails": {"publicationDate": "2026-03-02"}}))
    labels = {edition.dataset: edition.label for edition in landed(tmp_path)}
    assert labels["b"] == "2025-12-31" and labels["undated"].startswith("sha-")


def test_archives_are_dated_too(tmp_path: Path) -> None:
    contents = (FIXTURES / "versions" / "zedland.json").read_bytes()
    with gzip.open(tmp_path / "zedland.json.gz", "wb") as file:
        file.write(contents)
    with zipfile.ZipFile(tmp_path / "zedland.zip", "w") as archive:
        archive.writestr("statements.json", contents + b"\n")
    assert [edition.label for edition in landed(tmp_path)] == ["2026-03-02", "2026-03-02"]


def test_a_broken_archive_has_no_date_and_is_blocked_later(tmp_path: Path) -> None:
    (tmp_path / "gb.bods.jsonl.gz").write_bytes(gzip.compress((FIXTURES / "versions" / "zedland.json").read_bytes())[:200])
    (edition,) = landed(tmp_path)
    assert edition.register.name == "bods" and edition.label.startswith("sha-")


def test_every_case_adds_up_in_the_lake(tmp_path: Path) -> None:
    for case in sorted(FIXTURES.iterdir()):
        (edition,) = landed(case)
        result = ingested(edition, tmp_path / case.name)
        expected = json.loads((case / "expected.json").read_text())
        facts = result.facts
        assert facts.rows_add_up and facts.completeness == "complete"
        assert (facts.rows_in, facts.rows_loaded, facts.rows_ignored) == (expected["in"], len(expected["loaded"]), len(expected["ignored"])), case.name
        held = pl.concat([pl.read_parquet(result.folder / f"{table.name}.parquet", columns=["record_no"]) for table in edition.register.tables])
        assert held["record_no"].n_unique() == facts.rows_loaded, case.name
        findings = pl.read_parquet(result.folder / "finding.parquet")
        assert not findings.filter(pl.col("value").str.contains("record-") & pl.col("value").str.contains("not shown")).height
