"""The Offshore Leaks Database: archives of both forms, what is refused, and the real tables of 2016."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from flows.ingest import lake, parse
from tests import native_files, register_cases
from transforms.errors import BlockedEdition
from transforms.formats.icij import day, is_company
from transforms.registers.icij_offshore_leaks import REGISTER, recognise

CASES = register_cases.CASES / "icij_offshore_leaks"
REAL = Path(__file__).resolve().parents[4] / "shared" / "registers" / "icij"


def archive(folder: Path, **more: bytes) -> bytes:
    """The tables of a case in an archive, with `more` in place of some."""
    tables = {path.stem: path.read_bytes() for path in folder.glob("*.csv")}
    members = {f"{stem}.csv": content for stem, content in {**tables, **more}.items()}
    return zipped(members)


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def ingested(folder: Path, name: str, content: bytes) -> lake.Ingested:
    return parse.ingest(native_files.landed(folder / "landing", name, content), folder / "work", "key")


def test_the_note_in_the_archive_dates_it(tmp_path: Path) -> None:
    case = register_cases.native_file(CASES / "today")
    note = {"GENERATED_ON_20260909.txt": b"made\n"}
    members = {**note, **{path.name: path.read_bytes() for path in case.glob("*.csv")}}
    facts = ingested(tmp_path, "full-oldb.LATEST.zip", zipped(members)).facts
    assert (facts.label, facts.rows_in, facts.rows_loaded) == ("2026-09-09", 25, 10)
    assert facts.rows_in == facts.rows_loaded + facts.rows_rejected + facts.rows_ignored
    assert recognise("full-oldb.20220503.zip", b"") and not recognise("other.zip", b"")


def test_no_name_without_a_legal_form_is_kept_of_an_officer() -> None:
    made = register_cases.run(REGISTER, register_cases.native_file(CASES / "today"))
    text = "".join(table.write_json() for table in made.parsed.tables.values())
    assert "Canary" not in text and "Home Lane" not in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zed Holdings Limited", True),
        ("ZED S.A.R.L.", True),
        ("Zed Holdings S.A.", True),
        ("ZED HOLDINGS SA (PANAMA)", True),
        ("Zed Beheer B.V.", True),
        ("Zed SpA", True),
        ("Casa de Zed SA", True),
        ("ZED HOLDINGS, S.A.", True),
        ("Zelda Sa Zedson", False),
        ("Zelda Sa", False),
        ("ZELDA AG ZEDSON", False),
        ("Zedson, A.G.", False),
        ("Zedson, N.V. (Zelda)", False),
        ("ZELDA DE SA", False),
        ("Zelda e SA", False),
        ("Zelda Zedson", False),
        (None, False),
    ],
)
def test_a_short_form_within_a_name_may_be_a_persons(name: str | None, expected: bool) -> None:
    assert pl.select(is_company(pl.lit(name, dtype=pl.String))).item() is expected


def test_nothing_leaked_counts_as_held_today() -> None:
    made = register_cases.run(REGISTER, register_cases.native_file(CASES / "today"))
    held = made.parsed.tables["relationship_statement"]
    assert held["is_ceased"].all() and (held["valid_to"].drop_nulls() <= date(2016, 1, 1)).all()


def test_an_archive_without_a_table_is_refused(tmp_path: Path) -> None:
    case = register_cases.native_file(CASES / "today")
    one = zipped({"nodes-entities.csv": (case / "nodes-entities.csv").read_bytes()})
    with pytest.raises(BlockedEdition) as fault:
        ingested(tmp_path, "full-oldb.LATEST.zip", one)
    assert fault.value.code == "archive_members"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("23-MAR-2006", date(2006, 3, 23)),
        ("3-Mar-06", date(2006, 3, 3)),
        ("23-Mar-31", date(1931, 3, 23)),
        ("23-Mar-30", date(2030, 3, 23)),
        ("2006-03-23", date(2006, 3, 23)),
        ("31-FEB-2006", None),
        ("23-XYZ-2006", None),
        ("03/04/2006", None),
        ("2006", None),
    ],
)
def test_dates_are_read_in_these_forms_only(text: str, expected: date | None) -> None:
    assert pl.select(day(pl.lit(text))).item() == expected


def _real(folder: Path, rows_max: int | None) -> lake.Ingested:
    """The two real tables of 2016 with the invented others."""
    if not REAL.is_dir():
        pytest.skip("the real tables of ICIJ are not here: registers' own files are not part of the project")
    with gzip.open(REAL / "all_edges.csv.gz") as edges:
        lines = list(islice(edges, rows_max))
    intermediaries = (REAL / "Intermediaries.csv").read_bytes()
    case = register_cases.native_file(CASES / "form_of_2016")
    content = archive(case, all_edges=b"".join(lines), intermediaries=intermediaries)
    return ingested(folder, "offshore_leaks_csvs-20160509.zip", content)


@pytest.mark.parametrize("rows_max", [3_001, pytest.param(None, marks=pytest.mark.nightly)])
def test_every_row_of_the_real_tables_is_accounted_for(tmp_path: Path, rows_max: int | None) -> None:
    read = _real(tmp_path, rows_max)
    facts = read.facts
    assert facts.rows_in == facts.rows_loaded + facts.rows_rejected + facts.rows_ignored > 26_000
    rejects = pl.read_parquet(read.folder / "reject.parquet")
    assert rejects.select("code", "field").rows() == [("missing_value", "nodes-intermediaries.name")]
