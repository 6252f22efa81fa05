"""Company officers: snapshots in several files, daily updates, and files that were cut."""

from pathlib import Path

import polars as pl
import pytest

from flows.ingest import parse
from flows.ingest.landing import LandedEdition, look
from tests.landings import company_number
from tests.native_files import OFFICERS_HEAD, appointment_line, statements
from transforms.errors import BlockedEdition
from transforms.formats.gb_coh.officers import person_number
from transforms.model.register import registers


def _file(*lines: bytes, head: bytes = OFFICERS_HEAD) -> bytes:
    return b"\n".join((head, *lines, f"99999999{len(lines):08}".encode(), b""))


def _resigned(number: int) -> bytes:
    """The director of `appointment_line` leaves, as an update has it."""
    who, variable = f"{90_000_000 + number:08}0001", f"MR<ZED<LEFT{'<' * 25}"
    line = f"{company_number(number)}21     0103{who}{who}197005  {'':24}20190301{20260602}{'':8}20260602"
    return f"{line}{len(variable):04}{variable}".encode()


def _update(run: int, *lines: bytes) -> bytes:
    return _file(*lines, head=f"DDDDUPDT{run}20260602".encode())


def _editions(folder: Path, **files: bytes) -> tuple[LandedEdition, ...]:
    folder.mkdir()
    for name, contents in files.items():
        (folder / f"{name}.dat").write_bytes(contents)
    return look(folder, registers()).editions


SNAPSHOT = {
    "Prod216_4257_ew_1": _file(appointment_line(0), appointment_line(1)),
    "Prod216_4257_ew_2": _file(appointment_line(2), appointment_line(3)),
}


def test_the_files_of_a_snapshot_are_one_edition_whose_counts_add_up(tmp_path: Path) -> None:
    (edition,) = _editions(tmp_path / "landing", **SNAPSHOT)
    facts = parse.ingest(edition, tmp_path / "work", "key").facts
    assert (facts.completeness, facts.declared_rows, facts.rows_loaded) == ("complete", 4, 4)


def test_the_files_of_scotland_and_northern_ireland_are_parts_of_the_snapshot(tmp_path: Path) -> None:
    """They have no number, and no other name."""
    rest = {
        "Prod216_4257_sc": _file(appointment_line(4)),
        "Prod216_4257_ni_01062026010001": _file(appointment_line(6)),
    }
    folder = tmp_path / "landing"
    (edition,) = _editions(folder, **SNAPSHOT, **rest)
    facts = parse.ingest(edition, tmp_path / "work", "key").facts
    assert (facts.completeness, facts.declared_rows, facts.rows_loaded) == ("complete", 6, 6)
    (folder / "again").mkdir()
    (folder / "again" / "Prod216_4257_sc.dat").write_bytes(rest["Prod216_4257_sc"])
    assert look(folder, registers()).editions == (edition,)


def test_an_update_takes_the_place_of_what_it_changes(tmp_path: Path) -> None:
    updates = {"Prod198_4258": _update(4258, _resigned(0)), "Prod198_4259": _update(4259, _resigned(3))}
    *_, newest = _editions(tmp_path / "landing", **SNAPSHOT, **updates)
    read = parse.ingest(newest, tmp_path / "work", "key")
    assert read.facts.ignored_reasons == ("superseded: 2", "trailer: 4")
    seats = statements(read)["relationship_statement"].sort("subject_id")
    assert seats["is_ceased"].to_list() == [True, False, False, True]


def test_a_first_day_from_an_annual_return_is_left_censored(tmp_path: Path) -> None:
    returned = [line[:9] + b"2" + line[10:] for line in (appointment_line(1), _resigned(3))]
    first = {**SNAPSHOT, "Prod216_4257_ew_1": _file(appointment_line(0), returned[0])}
    *_, newest = _editions(tmp_path / "landing", **first, Prod198_4258=_update(4258, returned[1]))
    seats = statements(parse.ingest(newest, tmp_path / "work", "key"))["relationship_statement"]
    assert seats.sort("subject_id")["is_left_censored"].to_list() == [False, True, False, True]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"Prod198_4259": _update(4259, _resigned(3))}, "extract 4258 is missing after the full file"),
        (
            {"Prod216_4257_ew_1": b"", "Prod198_4258": _update(4258, _resigned(3))},
            "a part of the full file of extract 4257 is missing",
        ),
    ],
    ids=["an update is missing", "a file of the snapshot is missing"],
)
def test_an_update_after_a_gap_is_refused(tmp_path: Path, files: dict[str, bytes], fault: str) -> None:
    *_, newest = _editions(tmp_path / "landing", **{**SNAPSHOT, **files})
    with pytest.raises(BlockedEdition, match=fault):
        parse.ingest(newest, tmp_path / "work", "key")


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (SNAPSHOT["Prod216_4257_ew_1"][:-20], "truncated"),
        (_file(), "empty_file"),
    ],
    ids=["cut", "no line"],
)
def test_a_file_without_its_trailer_or_without_lines_is_refused(
    tmp_path: Path, contents: bytes, code: str
) -> None:
    (edition,) = _editions(tmp_path / "landing", Prod216_4257_ew_1=contents)
    with pytest.raises(BlockedEdition) as blocked:
        parse.ingest(edition, tmp_path / "work", "key")
    assert blocked.value.code == code


def test_the_first_eight_digits_are_the_person() -> None:
    locators = pl.Series(
        [
            "/company/09000001/appointments/900000010001-01-20190301",
            "/company/OC900002/appointments/900000010002-05-",
            "/disqualified-officers/natural/zz1/900000010003",
            "/disqualified-officers/natural/zz1",
            "/company/09000001/persons-with-significant-control/individual/abc",
        ]
    )
    assert pl.select(person_number(locators)).to_series().to_list() == ["90000001"] * 3 + [None] * 2
