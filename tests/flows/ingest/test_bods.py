"""BODS files in a landing: which edition they are, and that what the lake keeps of them adds up."""

import gzip
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest.lake import Ingested, lake_key
from flows.ingest.landing import LandedEdition, look
from flows.ingest.parse import ingest
from tests.flows.structures import graph_night, owners
from tests.landings import PSC, company_number, file_name, lake_night, mart, psc_record, text
from transforms.model.register import registers

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "registers" / "bods"


def landed(folder: Path) -> tuple[LandedEdition, ...]:
    return look(folder, registers()).editions


def ingested(edition: LandedEdition, tmp_path: Path) -> Ingested:
    return ingest(edition, tmp_path / "work", lake_key(edition))


def test_the_edition_is_the_newest_publication_date(tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "shares" / "zedland.json", tmp_path)
    (edition,) = landed(tmp_path)
    assert (edition.register.name, edition.dataset, edition.label, edition.edition_date) == (
        "bods",
        "register-of-zedland",
        "2026-03-02",
        date(2026, 3, 2),
    )


def test_a_date_in_the_name_comes_first_and_no_date_at_all_is_the_hash(tmp_path: Path) -> None:
    statement = {
        "statementId": "1",
        "statementDate": "2026-01-01",
        "recordId": "e",
        "recordType": "entity",
        "recordDetails": {},
    }
    (tmp_path / "undated.bods.jsonl").write_text(json.dumps(statement))
    (tmp_path / "b.bods-2025-12-31.jsonl").write_text(
        json.dumps({**statement, "publicationDetails": {"publicationDate": "2026-03-02"}})
    )
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
    (tmp_path / "gb.bods.jsonl.gz").write_bytes(
        gzip.compress((FIXTURES / "versions" / "zedland.json").read_bytes())[:200]
    )
    (edition,) = landed(tmp_path)
    assert edition.register.name == "bods" and edition.label.startswith("sha-")


@pytest.mark.nightly
def test_every_case_adds_up_in_the_lake(tmp_path: Path) -> None:
    for case in sorted(FIXTURES.iterdir()):
        (edition,) = landed(case)
        result = ingested(edition, tmp_path / case.name)
        expected = json.loads((case / "expected.json").read_text())
        facts = result.facts
        assert facts.rows_add_up and facts.completeness == "complete"
        assert (facts.rows_in, facts.rows_loaded, facts.rows_ignored) == (
            expected["in"],
            len(expected["loaded"]),
            len(expected["ignored"]),
        ), case.name
        held = pl.concat(
            [
                pl.read_parquet(result.folder / f"{table.name}.parquet", columns=["record_no"])
                for table in edition.register.tables
            ]
        )
        assert held["record_no"].n_unique() == facts.rows_loaded, case.name
        findings = pl.read_parquet(result.folder / "finding.parquet")
        assert not findings.filter(
            pl.col("value").str.contains("record-") & pl.col("value").str.contains("not shown")
        ).height


def product(prefix: str, published: str) -> bytes:
    """One of a publisher's products: an entity of which its recordId names the register."""
    publication = {"publicationDate": published, "publisher": {"name": "Register of Zedland"}}
    known = {
        "recordId": f"{prefix}-1",
        "recordType": "entity",
        "recordDetails": {"entityType": {"type": "registeredEntity"}, "name": f"Alder {prefix}"},
    }
    return json.dumps(
        {
            "statementId": f"s-{prefix}-{published}",
            "statementDate": published,
            "publicationDetails": publication,
            **known,
        }
    ).encode()


def test_two_products_of_one_publisher_are_both_in_force(tmp_path: Path) -> None:
    """As Open Ownership's statements about the United Kingdom and about legal entity identifiers.

    A newer edition of one makes an older of that one history.
    """
    for prefix, published in (("ZL-REG", "2026-03-02"), ("ZL-REG", "2026-01-02"), ("XI-LEI", "2026-02-02")):
        (tmp_path / f"{prefix}-{published}.json").write_bytes(product(prefix, published))
    night = lake_night(Home(tmp_path / "home"), tmp_path)
    in_force = sorted(
        (edition.facts.dataset, edition.facts.label, edition.status) for edition in night.editions.all
    )
    reg, lei = "register-of-zedland_zl-reg", "register-of-zedland_xi-lei"
    assert in_force == [
        (lei, "2026-02-02", "in_force"),
        (reg, "2026-01-02", "history"),
        (reg, "2026-03-02", "in_force"),
    ]
    assert mart(night, "finding").height == 0


@pytest.mark.nightly
def test_a_holding_that_two_registers_tell_of_counts_once(tmp_path: Path) -> None:
    """75 per cent or more of one person, as a PSC record and as the statement made of it: not 150, and
    nothing for OWN-100.
    """
    link, nature = "zq3Vx00aB-cD_eF1gH2iJ3kL4mN", "ownership-of-shares-75-to-100-percent"
    person = psc_record(
        0,
        links={"self": f"/company/{company_number(0)}/persons-with-significant-control/individual/{link}"},
        natures_of_control=[nature],
    )
    company, record = f"GB-COH-{company_number(0)}", f"{company_number(0)}-{link}"
    interest = {
        "type": "shareholding",
        "share": {"minimum": 75, "maximum": 100},
        "startDate": "2016-07-01",
        "details": f"Relationship Type: ['{nature}']",
    }
    related = {"subject": company, "interestedParty": f"GB-COH-PER-{record}", "interests": [interest]}
    statements = [
        (
            company,
            "entity",
            {
                "entityType": {"type": "registeredEntity"},
                "name": "ALDER LIMITED",
                "identifiers": [{"scheme": "GB-COH", "id": company_number(0)}],
            },
        ),
        (f"GB-COH-PER-{record}", "person", {"personType": "knownPerson"}),
        (f"GB-COH-REL-{record}", "relationship", related),
    ]
    published = {"publicationDetails": {"publicationDate": "2026-06-01"}}
    holdings = [
        {
            "statementId": f"s-{key}",
            "recordId": key,
            "recordType": kind,
            "recordDetails": details,
            **published,
        }
        for key, kind, details in statements
    ]
    (tmp_path / file_name(PSC)).write_bytes(text([person]))
    (tmp_path / "gb.bods.json").write_bytes(json.dumps(holdings).encode())
    night = graph_night(Home(tmp_path / "home"), sorted(tmp_path.glob("*.*")), tmp_path / "landing")
    assert mart(night, "interest").height == 2
    assert [row[2:] for row in owners(night)] == [("CERTAIN", "ownership", 75, 100, 100)]
    assert mart(night, "graph_contradiction").height == 0


def test_the_same_bytes_with_and_without_a_date_in_the_name_are_one_edition(tmp_path: Path) -> None:
    """The records give the undated one the date that the other has in its name: both would be parsed into one
    place.
    """
    contents = (FIXTURES / "shares" / "zedland.json").read_bytes()
    for name in ("zedland.bods.json", "zedland.bods-2026-03-02.json", "zedland.bods-2026-01-01.json"):
        (tmp_path / name).write_bytes(contents)
    landing = look(tmp_path, registers())
    assert [(edition.label, edition.files[0].name) for edition in landing.editions] == [
        ("2026-01-01", "zedland.bods-2026-01-01.json"),
        ("2026-03-02", "zedland.bods-2026-03-02.json"),
    ]
    assert [(file.name, file.reason) for file in landing.unrecognised] == [
        ("zedland.bods.json", "same bytes as zedland.bods-2026-03-02.json")
    ]
    assert len({lake_key(edition) for edition in landing.editions}) == 2
