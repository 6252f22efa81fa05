"""What the lake asks of a register's parser: every record that is loaded is in a table, and every table is
one that a gate looks at.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest import lake, parse
from flows.ingest.landing import LandedEdition
from flows.night.night import new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from tests.landings import TITLES, file_name, first_record, lines, text
from tests.native_files import landed
from transforms.errors import BlockedEdition, RunFailed
from transforms.model.register import Edition, Parsed
from transforms.model.statements import LISTING_STATEMENT

OTHERS_N = 3
UNSAID = 2  # a record of which the parser below says nothing


def edition_parsed_by(folder: Path, change: Callable[[Parsed], Parsed]) -> LandedEdition:
    """A file of titles, whose register's parser gives something else."""
    records = lines(TITLES)[: first_record(TITLES) + OTHERS_N]
    edition = landed(folder / "landing", file_name(TITLES), text(records))
    register = edition.register

    def parse(frame: pl.DataFrame, known: Edition) -> Parsed:
        return change(register.parse(frame, known))

    return replace(edition, register=replace(register, parse=parse))


def test_a_record_of_which_the_parser_says_nothing_is_not_loaded_and_is_named_by_its_reason(
    tmp_path: Path,
) -> None:
    def silent(parsed: Parsed) -> Parsed:
        return replace(
            parsed,
            tables={
                name: frame.filter(pl.col("record_no") != UNSAID) for name, frame in parsed.tables.items()
            },
        )

    whole, cut = (
        parse.ingest(edition_parsed_by(tmp_path / name, change), tmp_path / name / "work", "key")
        for name, change in (("whole", lambda parsed: parsed), ("cut", silent))
    )
    assert (whole.facts.rows_loaded, whole.facts.ignored_reasons) == (OTHERS_N, ())
    assert (cut.facts.rows_loaded, cut.facts.ignored_reasons) == (OTHERS_N - 1, ("no_statement: 1",))
    assert cut.facts.rows_add_up


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff"])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    home = Home(tmp_path)
    manifest = home.lake / "manifests" / "gb_hmlr_ccod" / "2026-06-01-abc.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_bytes(content)
    with pytest.raises(RunFailed, match=f"{manifest}: is not the manifest of an edition; restore it"):
        lake.manifests(home)


def test_a_table_that_the_register_does_not_declare_is_refused(tmp_path: Path) -> None:
    def more(parsed: Parsed) -> Parsed:
        return replace(parsed, tables={**parsed.tables, "listing_statement": LISTING_STATEMENT.empty()})

    with pytest.raises(BlockedEdition, match="fills listing_statement, which no gate would look at"):
        parse.ingest(edition_parsed_by(tmp_path, more), tmp_path / "work", "key")


def test_the_last_answer_about_a_parcel_is_in_force_also_where_it_is_that_there_is_nothing(
    tmp_path: Path,
) -> None:
    """Each is fetched under the parcel's number, and none has a date."""
    home, landing, digest = (
        Home(tmp_path / "home"),
        tmp_path / "landing",
        "/kadastraalonroerendezaken/90000000170000",
    )
    home.prepare()
    landing.mkdir()
    (landing / file_name(TITLES)).write_bytes(text(lines(TITLES)))
    for mortgages in ([], ["901"], ["901", "902", "903"], []):
        held = [{"_links": {"self": {"href": f"{digest}/hypotheken/{each}"}}} for each in mortgages]
        answer = {"_links": {"self": {"href": f"{digest}/hypotheken"}}, "_embedded": {"hypotheken": held}}
        (landing / "90000000170000.json").write_text(json.dumps(answer))
        night = new_night(home, landing)
        night.work.mkdir()
        land(night)
        fill_lake(night)
        in_force = {facts.register: facts.rows_loaded for facts in night.editions.with_status("in_force")}
        assert (in_force["nl_brk_bevragen"], night.exit_code) == (len(mortgages), 0)
