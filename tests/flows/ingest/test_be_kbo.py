"""KBO Open Data through landing and lake: full files, updates, gaps, and what is no archive of its tables."""

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from flows.ingest.landing import LandedEdition, Landing, look
from flows.ingest.parse import ingest
from tests.register_cases import CASES
from transforms.errors import BlockedEdition
from transforms.model.register import registers

CASE = CASES / "be_kbo" / "update"
FULL, FIRST, SECOND = sorted(folder.name for folder in CASE.iterdir() if folder.is_dir())


def archive(name: str, without: str = "", **changed: str) -> bytes:
    """The archive of a folder of the case. changed: tables with another text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path in sorted((CASE / name).iterdir()):
            if path.name != without:
                packed.writestr(path.name, changed.get(path.stem, path.read_text(encoding="utf-8")))
    return out.getvalue()


def landed(folder: Path, *names: str) -> Landing:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.zip").write_bytes(archive(name))
    return look(folder, registers())


def companies(edition: LandedEdition, work: Path) -> dict[str, str]:
    """Number → name, of the edition as it is read."""
    facts = ingest(edition, work, "key").facts
    assert facts.rows_add_up
    entities = pl.read_parquet(work / "entity_statement.parquet")
    return dict(entities.select("identifier", "name").sort("identifier").iter_rows())


def test_an_update_is_read_with_the_full_file_and_the_updates_before_it(tmp_path: Path) -> None:
    landing = landed(tmp_path / "landing", FULL, FIRST, SECOND)
    assert [(edition.label, len(edition.files)) for edition in landing.editions] == [
        ("2026-07-22", 1),
        ("2026-07-23", 2),
        ("2026-07-24", 3),
    ]
    full, first, second = (companies(edition, tmp_path / edition.label) for edition in landing.editions)
    assert full == {"0199001042": "Zedhaven", "0199001141": "Zedbouw"}
    assert first == second == {"0199001042": "Zedhaven Nieuw", "0199001240": "Zedwerf"}


def test_a_gap_is_refused_with_both_numbers_and_what_to_do(tmp_path: Path) -> None:
    (_, gap) = landed(tmp_path / "landing", FULL, SECOND).editions
    with pytest.raises(BlockedEdition) as blocked:
        ingest(gap, tmp_path / "work", "key")
    assert blocked.value.code == "extract_gap"
    for text in ("update to extract 395", "extract 394 is missing", "fetch the full file"):
        assert text in str(blocked.value)


def test_updates_without_a_full_file_are_refused(tmp_path: Path) -> None:
    (alone,) = landed(tmp_path / "landing", FIRST).editions
    with pytest.raises(BlockedEdition, match="no full file before it"):
        ingest(alone, tmp_path / "work", "key")


def test_a_full_file_of_the_same_extract_or_a_later_one_is_read_instead(tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    landed(folder, FIRST, SECOND)
    (folder / "KboOpenData_0395_2026_07_24_Full.zip").write_bytes(archive(FULL))
    landing = look(folder, registers())
    assert [edition.label for edition in landing.editions] == ["2026-07-24"]
    assert {file.name: file.reason for file in landing.unrecognised} == {
        f"{FIRST}.zip": "no full file before it is here; the full file of extract 395 is read instead",
        f"{SECOND}.zip": "the full file of extract 395 is here too, and is read instead",
    }


META = (CASE / FIRST / "meta.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (archive(FIRST, without="address_delete.csv"), "archive_members", "lacks address_delete.csv"),
        (
            archive(FIRST, meta=META.replace('"394"', '"396"')),
            "extract_gap",
            "extract 396 follows extract 393",
        ),
        (archive(FIRST, meta=META.replace("update", "full")), "extract_type", "is not of type update"),
        (archive(FIRST)[:2000], "bad_archive", "damaged"),
    ],
)
def test_an_archive_that_is_not_what_it_says_is_blocked(
    tmp_path: Path, data: bytes, code: str, message: str
) -> None:
    folder = tmp_path / "landing"
    landed(folder, FULL)
    (folder / f"{FIRST}.zip").write_bytes(data)
    edition = next(edition for edition in look(folder, registers()).editions if edition.label > "2026-07-22")
    with pytest.raises(BlockedEdition) as blocked:
        ingest(edition, tmp_path / "work", "key")
    assert blocked.value.code == code and message in str(blocked.value)


def test_a_table_beside_its_archive_is_named(tmp_path: Path) -> None:
    table = CASE / FULL / "enterprise.csv"
    (tmp_path / table.name).write_bytes(table.read_bytes())
    (file,) = look(tmp_path, registers()).unrecognised
    assert "put the publisher's archive here" in file.reason
