"""The extract of addresses and buildings as Kadaster packs it, from landing to lake; a real one."""

import zipfile
from pathlib import Path

import polars as pl
import pytest

from flows.ingest import parse
from flows.ingest.landing import look
from tests import bag_files
from tests.bag_files import building, designation, period, street, town, unit
from tests.native_files import landed, quarantined, statements
from transforms.errors import BlockedEdition
from transforms.model.register import registers
from transforms.registers.nl_bag import declined

REAL = Path(__file__).resolve().parents[4] / "shared" / "registers" / "nl" / "bag_extract_native" / "bagv2"
NOW = period("2015-03-01")
PARTS = {
    "WPL": [[town(1, NOW, "Zeehaven")]],
    "OPR": [[street(1, NOW, "Kadestraat")]],
    "NUM": [[designation(1, NOW, house=1)], [designation(2, NOW, house=2), designation(3, NOW, house=3)]],
    "VBO": [[unit(1, NOW), unit(2, period("2015-02-30"))]],
    "LIG": [[]],
    "STA": [[]],
    "PND": [[building(1, NOW, year=1931)]],
}


def test_archives_within_an_archive_are_one_edition_of_the_day_in_their_names(tmp_path: Path) -> None:
    edition = landed(tmp_path / "landing", "lvbag-extract-nl.zip", bag_files.extract(PARTS))
    assert (edition.register.name, edition.dataset, edition.label) == ("nl_bag", "bag", "2026-06-01")
    read = parse.ingest(edition, tmp_path / "work", "key")
    facts = read.facts
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected, facts.rows_ignored) == (8, 5, 1, 2)
    tables = statements(read)
    texts = tables["designation_statement"]["address_text"].sort().to_list()
    assert texts == [f"Kadestraat {house}, Zeehaven, 1000AB" for house in (1, 2, 3)]
    [bad] = quarantined(read)  # from the middle of the stream
    assert "2015-02-30" in str(bad["raw"]) and str(bad["raw"]).startswith("<x:bagObject>")


def test_a_cut_extract_is_blocked_and_a_part_of_one_is_not_read(tmp_path: Path) -> None:
    whole = bag_files.extract(PARTS)
    edition = landed(tmp_path / "cut", "lvbag-extract-nl.zip", whole[:-9])
    with pytest.raises(BlockedEdition, match="damaged or cut short"):
        parse.ingest(edition, tmp_path / "work", "key")
    (tmp_path / "part").mkdir()
    part = bag_files.document(PARTS["VBO"][0]).encode()
    (tmp_path / "part" / "0999VBO01062026-000001.xml").write_bytes(part)
    with zipfile.ZipFile(tmp_path / "part" / "0999PND01062026.zip", "w") as archive:
        archive.writestr("0999PND01062026-000001.xml", bag_files.document(PARTS["PND"][0]))
    landing = look(tmp_path / "part", registers())
    assert [file.reason for file in landing.unrecognised] == [declined("", part)] * 2
    assert landing.editions == () and "all parts" in declined("", part)


@pytest.mark.parametrize("name", ["lv/BAGNLDL-15092020-small.zip"])
def test_a_real_extract_is_read_whole(name: str, tmp_path: Path) -> None:
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{name} is not in ../shared/registers/nl/bag_extract_native: no real extract was read")
    edition = landed(tmp_path / "landing", path.name, path.read_bytes())
    assert edition.label == "2020-09-15"
    read = parse.ingest(edition, tmp_path / "work", "key")
    facts, tables = read.facts, statements(read)
    # The file's editors added two addresses with the numbers of others.
    assert (facts.rows_in, facts.rows_loaded, facts.rows_rejected) == (231, 27, 2)
    assert [record["code"] for record in quarantined(read)] == ["duplicate_key"] * 2
    assert facts.ignored_reasons == ("used_in_addresses: 202",)
    designations = tables["designation_statement"]
    assert designations.height == 12 and designations["unit_key"].null_count() == 0
    units = tables["premises_statement"].filter(pl.col("kind") == "unit")
    assert units["uses"].list.contains("unknown").sum() == 0
    assert set(units["designation_id"]) <= set(designations["designation_id"])
