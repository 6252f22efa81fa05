"""Errors of the disk, as each library tells them; and the room that a night asks for."""

import errno
import os
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.home import disk, settings, warehouse
from flows.night.night import new_night
from flows.night.runner import safe_errors
from transforms.errors import RunFailed, UsageError

FULL = "No space left on device"
CANARY = "Wilhelmina Canary"

# Seen on a full tmpfs and on failing calls, with these versions.
FAULTS: dict[str, tuple[Exception, disk.Fault | None]] = {
    "python": (OSError(errno.ENOSPC, FULL, "/home/a"), disk.Fault(28, "/home/a")),
    "python, on an open file": (OSError(errno.EIO, "Input/output error"), disk.Fault(5, "")),
    "polars, writing": (
        pl.exceptions.ComputeError(
            "parquet: File out of specification: underlying IO error: No space left on device (os error 28)"
        ),
        disk.Fault(28, ""),
    ),
    "polars, opening": (
        OSError("Input/output error (os error 5): /home/a b.parquet"),
        disk.Fault(5, "/home/a b.parquet"),
    ),
    "arrow": (
        OSError(28, "[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device"),
        disk.Fault(28, ""),
    ),
    "duckdb": (
        duckdb.IOException('IO Error: Could not write file "/home/a.parquet": No space left on device'),
        disk.Fault(28, "/home/a.parquet"),
    ),
    "duckdb, committing": (
        duckdb.TransactionException(
            'TransactionContext Error: Failed to commit: Could not write file "/home/x.wal": '
            "Input/output error"
        ),
        disk.Fault(5, "/home/x.wal"),
    ),
    "duckdb, asynchronous": (
        duckdb.IOException(
            'Async write failed: {"exception_message":"Could not write file \\"/home/a\\": No space '
            'left on device","errno":"28"}'
        ),
        disk.Fault(28, "/home/a"),
    ),
    "duckdb, flushing": (
        duckdb.FatalException("FATAL Error: fsync failed!"),
        disk.Fault(0, "", "fsync failed"),
    ),
    "polars, at the end": (
        pl.exceptions.ComputeError("parquet: File out of specification: Invalid thrift: transport error"),
        disk.Fault(0, "", "Invalid thrift: transport error"),
    ),
    "a record": (ValueError(f"{CANARY} is no date"), None),
    "another of duckdb": (duckdb.ConversionException(f"Could not convert string '{CANARY}' to INT32"), None),
}


@pytest.mark.parametrize("case", FAULTS)
def test_number_and_path_are_found_whoever_tells(case: str) -> None:
    error, expected = FAULTS[case]
    assert disk.fault(error) == expected


@pytest.mark.parametrize("case", [case for case, (_, fault) in FAULTS.items() if fault])
def test_a_night_tells_path_and_number_in_one_line(case: str, tmp_path: Path) -> None:
    error, fault = FAULTS[case]
    assert fault is not None
    with pytest.raises(RunFailed) as caught, safe_errors("marts"), disk.naming(tmp_path):
        raise error
    expected = (
        f"{os.strerror(fault.number)} (errno {fault.number})"
        if fault.number
        else disk.CAUSE_UNKNOWN[fault.words]
    )
    assert str(caught.value).startswith(f"stage marts: {fault.path or tmp_path}: {expected}")
    assert "\n" not in str(caught.value)


def test_what_is_no_error_of_the_disk_keeps_its_class_and_loses_its_text(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=CANARY), disk.naming(tmp_path):
        raise ValueError(CANARY)
    with pytest.raises(RunFailed) as caught, safe_errors("marts"), disk.naming(tmp_path):
        raise ValueError(CANARY)
    assert CANARY not in str(caught.value)


def test_too_little_room_is_refused_with_both_numbers(tmp_path: Path) -> None:
    free = disk.free_bytes(tmp_path)
    disk.require(tmp_path, 1)
    with pytest.raises(
        RunFailed, match=r"[\d,]+ bytes free, and this night needs about [\d,]+; make room"
    ) as caught:
        disk.require(tmp_path, free * 2)
    assert f"{free * 2:,}" in str(caught.value)


def test_a_night_needs_more_for_more_to_read_and_for_a_larger_release(tmp_path: Path) -> None:
    first = disk.needed_bytes(0, 0)
    assert first == disk.BYTES_AT_LEAST
    assert disk.needed_bytes(1_000_000, 0) - first == 1_000_000 * disk.PER_UNREAD_BYTE
    assert disk.needed_bytes(0, 1_000_000) - first == 1_000_000 * disk.PER_RELEASE_BYTE
    packed, plain = tmp_path / "a.zip", tmp_path / "a.csv"
    packed.write_bytes(b"PK\x03\x04")
    plain.write_bytes(b"a,b\n")
    assert [disk.unpacked_bytes(path, 4) for path in (packed, plain)] == [4 * disk.PACKED_RATIO, 4]


def test_room_is_told_where_the_disk_was_full_and_nowhere_else(tmp_path: Path) -> None:
    with (
        pytest.raises(RunFailed, match=r"bytes free on .*; a night needs about 1,234"),
        disk.saying_room(tmp_path, lambda: 1234),
    ):
        raise RunFailed(f"stage marts: {FULL} (errno 28)")
    for words in disk.CAUSE_UNKNOWN:
        with pytest.raises(RunFailed, match=r"bytes free on"), disk.saying_room(tmp_path, lambda: 1234):
            raise RunFailed(f"stage build: {disk.Fault(0, '', words)}")
    with pytest.raises(RunFailed, match=r"^stage marts: another$"), disk.saying_room(tmp_path, lambda: 1234):
        raise RunFailed("stage marts: another")


def test_case_pages_are_as_many_as_asked_for_and_a_wrong_number_is_refused_before_the_night(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UNDERTOW_CASE_PAGES", raising=False)
    assert settings.case_pages_a_night() is None
    for pages_n in ("0", "3", "1000"):
        monkeypatch.setenv("UNDERTOW_CASE_PAGES", pages_n)
        assert settings.case_pages_a_night() == int(pages_n)
    for wrong in ("-1", "all", "1000001", "٣"):
        monkeypatch.setenv("UNDERTOW_CASE_PAGES", wrong)
        with pytest.raises(UsageError, match="UNDERTOW_CASE_PAGES: set a whole number from 0 to 1000000"):
            new_night(settings.Home(tmp_path), tmp_path)


def test_threads_are_those_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UNDERTOW_THREADS", raising=False)
    assert settings.threads_wanted() is None
    monkeypatch.setenv("UNDERTOW_THREADS", "3")
    assert warehouse.processors() == 3
    with warehouse.connect(tmp_path) as connection:
        assert connection.execute("select current_setting('threads')").fetchall() == [(3,)]
    for wrong in ("0", "-1", "two", "9999"):
        monkeypatch.setenv("UNDERTOW_THREADS", wrong)
        with pytest.raises(UsageError, match="whole number from 1"):
            settings.threads_wanted()
