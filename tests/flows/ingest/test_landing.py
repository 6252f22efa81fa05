"""What lies in the landing folder, whose it is, and which edition it is."""

import gzip
import hashlib
import io
import json
import os
import socket
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.ingest.edition_checks import check_set
from flows.ingest.landing import Landing, look
from flows.ingest.parse import ingest
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_row,
    file_of,
    land_files,
    psc_record,
    text,
    title_row,
)
from transforms.errors import BlockedEdition, UsageError
from transforms.model.register import Register, registers

COMPANY_FILE = file_of(COMPANIES, [company_row(0)])
OTHER_COMPANY_FILE = file_of(COMPANIES, [company_row(1)])
PSC_FILE = text([psc_record(0)])
TITLE_FILE = file_of(TITLES, [title_row(0)])
WHOLE = "BasicCompanyDataAsOneFile-2026-06-01.csv"


def part(number: int, parts: int) -> str:
    return f"BasicCompanyData-2026-06-01-part{number}_{parts}.csv"


def contents(number: int) -> bytes:
    return file_of(COMPANIES, [company_row(number)])


def packed(inner: str, data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo(inner), data)
    return target.getvalue()


def landing_of(folder: Path, files: Mapping[str, bytes]) -> Landing:
    return look(land_files(folder, files), registers())


def labels(landing: Landing) -> list[tuple[str, str]]:
    return [(edition.register.name, edition.label) for edition in landing.editions]


def reasons(landing: Landing) -> dict[str, str]:
    return {file.name: file.reason for file in landing.unrecognised}


# --- which data set, where the path tells it ----------------------------------------------------------------


def listed(*names: str, seen: str = "2026-05-31") -> bytes:
    """A list of one person for each name of a data set."""
    rows = [
        {
            "id": name,
            "schema": "Person",
            "properties": {"name": ["A Zed"]},
            "datasets": [name],
            "last_seen": f"{seen}T04:00:00",
        }
        for name in names
    ]
    return text([json.dumps(row).encode() for row in rows])


def test_lists_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    landing = landing_of(
        tmp_path,
        {
            "zed_peps/entities.ftm.json": listed("a", "b"),
            "zed_acts/entities.ftm.json": listed("c", "d"),
            "copy/entities.ftm.json": listed("a", "b"),
        },
    )
    assert [(edition.dataset, edition.contains) for edition in landing.editions] == [
        ("copy", ("a", "b")),
        ("zed-acts", ("c", "d")),
    ]
    assert reasons(landing) == {"zed_peps/entities.ftm.json": "same bytes as copy/entities.ftm.json"}


def test_two_files_of_one_list_and_date_are_blocked_both_and_say_why(tmp_path: Path) -> None:
    files = {
        "a/zed_peps.ftm.json": listed("a"),
        "b/zed_peps.ftm.json": listed("b"),
        "zed_peps/2026-05-30/entities.ftm.json": listed("a", seen="2026-05-30"),
    }
    editions = landing_of(tmp_path, files).editions
    assert [(edition.dataset, edition.label) for edition in editions] == [
        ("zed-peps", "2026-05-30"),
        ("zed-peps", "2026-05-31"),
        ("zed-peps", "2026-05-31"),
    ]
    check_set(editions[0])
    for edition in editions[1:]:
        with pytest.raises(BlockedEdition, match="data set zed-peps of 2026-05-31; keep one") as blocked:
            check_set(edition)
        assert blocked.value.code == "same_data_set" and "a/zed_peps.ftm.json and b/zed_peps.ftm.json" in str(
            blocked.value
        )


# --- which edition ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "register", "dated"),
    [
        (WHOLE, COMPANY_FILE, COMPANIES, date(2026, 6, 1)),
        ("persons-with-significant-control-snapshot-2026-06-17.txt", PSC_FILE, PSC, date(2026, 6, 17)),
        ("CCOD_FULL_2026_06.csv", TITLE_FILE, TITLES, date(2026, 6, 1)),  # a year and month is its first day
        ("psc 2026-06.txt", PSC_FILE, PSC, date(2026, 6, 1)),
        ("psc 2026.txt", PSC_FILE, PSC, None),  # a year alone is no date
        ("psc.txt", PSC_FILE, PSC, None),
        ("titles.csv", TITLE_FILE, TITLES, None),
        (
            "BasicCompanyDataAsOneFile-2026-02-31.csv",
            COMPANY_FILE,
            COMPANIES,
            None,
        ),  # an impossible date is none
        ("CCOD_FULL_2026_13.csv", TITLE_FILE, TITLES, None),
    ],
)
def test_the_date_of_an_edition_is_in_its_name(
    name: str, data: bytes, register: str, dated: date | None, tmp_path: Path
) -> None:
    [edition] = landing_of(tmp_path, {name: data}).editions
    undated = f"sha-{hashlib.sha256(data).hexdigest()[:12]}"
    assert (edition.register.name, edition.edition_date, edition.label) == (
        register,
        dated,
        dated.isoformat() if dated else undated,
    )


def test_no_date_is_taken_from_the_content_or_the_file_system(tmp_path: Path) -> None:
    """The record says 2016, the file is from today."""
    [edition] = landing_of(tmp_path, {"control.txt": PSC_FILE}).editions
    assert b"2016-07-01" in PSC_FILE and edition.edition_date is None


def test_files_of_all_depths_are_read_in_one_order(tmp_path: Path) -> None:
    files = {
        "b/deep/CCOD_FULL_2026_06.csv": TITLE_FILE,
        WHOLE: COMPANY_FILE,
        "a/psc-snapshot-2026-06-02.txt": PSC_FILE,
    }
    forward = landing_of(tmp_path / "one", files)
    backward = landing_of(tmp_path / "two", dict(reversed(files.items())))
    assert labels(forward) == [(COMPANIES, "2026-06-01"), (PSC, "2026-06-02"), (TITLES, "2026-06-01")]
    assert [(e.label, e.sha256, e.files[0].name) for e in forward.editions] == [
        (e.label, e.sha256, e.files[0].name) for e in backward.editions
    ]


# --- what is not read, and why ------------------------------------------------------------------------------


def test_hidden_unfinished_and_linked_files_are_named_and_skipped(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    land_files(
        landing,
        {
            WHOLE: COMPANY_FILE,
            f".{WHOLE}": COMPANY_FILE,
            f".old/{WHOLE}": COMPANY_FILE,
            f"{WHOLE}.part": COMPANY_FILE,
            "x.PART": PSC_FILE,
        },
    )
    land_files(tmp_path / "elsewhere", {"CCOD_FULL_2026_06.csv": TITLE_FILE})
    (landing / "CCOD_FULL_2026_06.csv").symlink_to(tmp_path / "elsewhere" / "CCOD_FULL_2026_06.csv")
    (landing / "linked").symlink_to(tmp_path / "elsewhere")
    (landing / "dangling.csv").symlink_to(tmp_path / "nowhere")
    result = look(landing, registers())
    assert labels(result) == [(COMPANIES, "2026-06-01")]
    first_words = {name: reason.split(maxsplit=2)[:2] for name, reason in reasons(result).items()}
    assert first_words == {
        f".{WHOLE}": ["hidden", "file,"],
        f".old/{WHOLE}": ["hidden", "file,"],
        f"{WHOLE}.part": ["download", "not"],
        "x.PART": ["download", "not"],
        "CCOD_FULL_2026_06.csv": ["a", "symbolic"],
        "linked": ["a", "symbolic"],
        "dangling.csv": ["a", "symbolic"],
    }


def test_a_pipe_and_a_socket_are_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / WHOLE)  # to open it would wait for a writer for ever
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        result = landing_of(tmp_path, {"control.txt": PSC_FILE})
    assert labels(result) == [(PSC, f"sha-{hashlib.sha256(PSC_FILE).hexdigest()[:12]}")]
    assert {name: reason.split(" (")[0] for name, reason in reasons(result).items()} == {
        WHOLE: "no regular file",
        "s": "no regular file",
    }


def test_a_file_that_two_registers_claim_is_no_edition_of_either(tmp_path: Path) -> None:
    twin = replace(registers()[COMPANIES], name="xx_twin")
    both: dict[str, Register] = {**registers(), twin.name: twin}
    result = look(land_files(tmp_path, {WHOLE: COMPANY_FILE, "CCOD_FULL_2026_06.csv": TITLE_FILE}), both)
    assert labels(result) == [(TITLES, "2026-06-01")]
    assert COMPANIES in reasons(result)[WHOLE] and "xx_twin" in reasons(result)[WHOLE]


def test_a_file_of_no_register_is_named(tmp_path: Path) -> None:
    result = landing_of(
        tmp_path,
        {
            "notes.txt": b"nothing",
            "broken.zip": packed("x", b"y" * 500)[:200],
            "CCOD_COU_june.csv": TITLE_FILE,
        },
    )
    assert result.editions == ()
    assert set(reasons(result)) == {"notes.txt", "broken.zip", "CCOD_COU_june.csv"}
    assert "without its month" in reasons(result)["CCOD_COU_june.csv"]
    assert "damaged" in reasons(result)["broken.zip"] and "damaged" not in reasons(result)["notes.txt"]


SPENDING = b"Body Name,Payment Date,Transaction Number,Net Amount,Supplier Name,Expense Type\n"


def test_a_file_of_which_a_column_was_renamed_blocks_its_register(tmp_path: Path) -> None:
    renamed = SPENDING.replace(b"Supplier Name", b"Trader")
    row = b"Harrowmere,01/05/2026,1,600.00,Invented Limited,Care\n"
    land_files(tmp_path, {"spend-2026-05.csv": renamed + row, "other.csv": b"Payment Date,Net Amount\n1,2\n"})
    result = look(tmp_path, registers())
    assert [file.name for file in result.unrecognised] == ["other.csv"]
    (edition,) = result.editions
    assert (edition.register.name, edition.label) == ("gb_council_spend", "2026-05-01")
    with pytest.raises(BlockedEdition, match="supplier name") as fault:
        ingest(edition, tmp_path / "work", "key")
    assert fault.value.code == "missing_column"


def test_a_list_is_known_by_its_columns_in_any_order(tmp_path: Path) -> None:
    columns = (
        b"schema,id,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,dataset"
    )
    content = (
        columns + b",first_seen,last_seen,last_change\nCompany,a,Invented Holding,,,,,,,,,d,,2026-05-31,\n"
    )
    result = look(land_files(tmp_path, {"list/targets.simple.csv": content}), registers())
    assert labels(result) == [("opensanctions_targets", "2026-05-31")]


@pytest.mark.parametrize(
    ("name", "content"),
    [("charges-2026-06-01.jsonl", b""), ("subsidies-2026-06-01.csv.gz", gzip.compress(b"", mtime=0))],
)
def test_an_empty_file_is_called_empty(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (file,) = look(tmp_path, registers()).unrecognised
    assert file.reason == "it is empty; fetch it again"


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        look(tmp_path / "nowhere", registers())


# --- the same file again ------------------------------------------------------------------------------------


def test_the_same_bytes_of_one_edition_are_read_once(tmp_path: Path) -> None:
    result = landing_of(tmp_path, {f"a/{WHOLE}": COMPANY_FILE, f"b/{WHOLE}": COMPANY_FILE})
    assert [edition.files[0].name for edition in result.editions] == [f"a/{WHOLE}"]
    assert reasons(result) == {f"b/{WHOLE}": f"same bytes as a/{WHOLE}"}


def test_the_same_bytes_under_another_date_are_another_edition(tmp_path: Path) -> None:
    """A publisher that changes nothing in a month has still said so."""
    result = landing_of(tmp_path, {"CCOD_FULL_2026_05.csv": TITLE_FILE, "CCOD_FULL_2026_06.csv": TITLE_FILE})
    assert labels(result) == [(TITLES, "2026-05-01"), (TITLES, "2026-06-01")]
    assert result.unrecognised == ()


def test_other_bytes_of_one_edition_are_two_files_of_it_in_path_order(tmp_path: Path) -> None:
    result = landing_of(tmp_path, {f"b/{WHOLE}": COMPANY_FILE, f"a/{WHOLE}": OTHER_COMPANY_FILE})
    assert labels(result) == [(COMPANIES, "2026-06-01")] * 2
    assert [edition.files[0].name[0] for edition in result.editions] == ["a", "b"]


# --- numbered parts -----------------------------------------------------------------------------------------


def test_all_parts_make_one_edition_in_order(tmp_path: Path) -> None:
    result = landing_of(tmp_path, {f"z{13 - n}/{part(n, 12)}": contents(n) for n in range(1, 13)})
    [edition] = result.editions
    assert [file.recognised.part for file in edition.files] == list(range(1, 13))  # as numbers: 2 before 12
    assert (
        edition.sha256
        == hashlib.sha256(
            "".join(hashlib.sha256(contents(n)).hexdigest() for n in range(1, 13)).encode()
        ).hexdigest()
    )
    check_set(edition)


@pytest.mark.parametrize(
    ("files", "code", "message"),
    [
        ({part(1, 3): contents(1), part(3, 3): contents(3)}, "missing_part", "part 2 of 3"),
        (
            {part(1, 999_999_999): contents(1)},
            "missing_part",
            "part 2, 3, 4, 5, 6 and 999999993 more of 999999999",
        ),
        (
            {part(1, 2): contents(1), part(2, 2): contents(2), f"again/{part(2, 2)}": contents(3)},
            "repeated_part",
            "twice",
        ),
        ({part(1, 2): contents(1), part(2, 2): contents(1)}, "repeated_part", "same bytes"),
        ({part(1, 2): contents(1), part(2, 3): contents(2)}, "part_count", "1 of 2, 2 of 3"),
        ({part(1, 2): contents(1), part(2, 2): contents(2), part(3, 2): contents(3)}, "part_count", "3 of 2"),
        ({part(0, 2): contents(0), part(1, 2): contents(1), part(2, 2): contents(2)}, "part_count", "0 of 2"),
        ({part(1, 0): contents(1)}, "part_count", "1 of 0"),
    ],
)
def test_a_set_that_is_not_whole_blocks(
    files: Mapping[str, bytes], code: str, message: str, tmp_path: Path
) -> None:
    [edition] = landing_of(tmp_path, files).editions
    with pytest.raises(BlockedEdition, match=message) as blocked:
        check_set(edition)
    assert blocked.value.code == code
    assert COMPANIES in str(blocked.value) and "2026-06-01" in str(blocked.value)


def test_a_second_copy_of_a_part_is_named_and_the_set_is_whole(tmp_path: Path) -> None:
    result = landing_of(
        tmp_path, {part(1, 2): contents(1), part(2, 2): contents(2), f"copy/{part(2, 2)}": contents(2)}
    )
    [edition] = result.editions
    check_set(edition)
    assert reasons(result) == {f"copy/{part(2, 2)}": f"same bytes as {part(2, 2)}"}


def test_a_set_and_a_whole_file_of_one_date_are_two_files_of_the_edition(tmp_path: Path) -> None:
    result = landing_of(tmp_path, {WHOLE: COMPANY_FILE, part(1, 2): contents(1), part(2, 2): contents(2)})
    assert [(edition.label, len(edition.files)) for edition in result.editions] == [
        ("2026-06-01", 1),
        ("2026-06-01", 2),
    ]


def test_undated_parts_are_one_undated_edition(tmp_path: Path) -> None:
    names = [f"psc-snapshot-2026-02-31_{n}of2.txt" for n in (1, 2)]
    [edition] = landing_of(tmp_path, {name: text([psc_record(n)]) for n, name in enumerate(names)}).editions
    check_set(edition)
    assert edition.label == f"sha-{edition.sha256[:12]}" and len(edition.files) == 2


# --- archives -----------------------------------------------------------------------------------------------


def test_an_archive_is_what_is_inside_it(tmp_path: Path) -> None:
    [edition] = landing_of(tmp_path, {"download.zip": packed(part(1, 1), COMPANY_FILE)}).editions
    assert (edition.label, edition.files[0].name) == ("2026-06-01", "download.zip")
    assert edition.sha256 == hashlib.sha256(packed(part(1, 1), COMPANY_FILE)).hexdigest()


@pytest.mark.parametrize("inner", ["CCOD.csv", "data/titles.csv"])
def test_an_archive_dates_what_has_no_date_inside(inner: str, tmp_path: Path) -> None:
    [edition] = landing_of(tmp_path, {"CCOD_FULL_2026_06.zip": packed(inner, TITLE_FILE)}).editions
    assert edition.label == "2026-06-01"


def test_the_name_inside_counts_before_the_archives(tmp_path: Path) -> None:
    [edition] = landing_of(
        tmp_path, {"CCOD_FULL_2026_06.zip": packed("CCOD_FULL_2026_05.csv", TITLE_FILE)}
    ).editions
    assert edition.label == "2026-05-01"


def test_a_gzip_file_is_opened_too(tmp_path: Path) -> None:
    [edition] = landing_of(tmp_path, {"psc.txt.gz": gzip.compress(PSC_FILE, mtime=0)}).editions
    assert edition.register.name == PSC


def test_a_damaged_archive_with_a_registers_name_blocks_that_edition(tmp_path: Path) -> None:
    broken = packed("CCOD_FULL_2026_06.csv", TITLE_FILE)[:-60]
    [edition] = landing_of(tmp_path, {"CCOD_FULL_2026_06.zip": broken}).editions
    assert (edition.register.name, edition.label) == (TITLES, "2026-06-01")
    with pytest.raises(BlockedEdition) as blocked:
        check_set(edition)
    assert blocked.value.code == "bad_archive"
