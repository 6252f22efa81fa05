"""R15: whatever is done to a file, every physical record is loaded, rejected or ignored, and its neighbours
are as they were.

Many changes go into one file: they meet each other there as they do in a file that really is broken. Counted
are changes, not files."""

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.ingest import lake
from tests.conftest import Tier
from tests.native_files import ALL_FORMS, SURNAME, Form, ingested, quarantined, statements
from tests.reliability.broken_rows import Broken, broken, spans
from transforms.errors import BlockedEdition

pytestmark = pytest.mark.reliability("R15")

ROWS = 120
CHANGES_A_FILE = 12
SEED = 20260601
OF_THE_FILE = ("file_sha256", "record_no", "dataset", "register")
QUARANTINED_MAX = 64 << 10


def _groups_untouched(form: Form, file: Broken) -> set[int]:
    touched = {place // form.group_rows for place in file.touched}
    return {number for number in range(ROWS) if number // form.group_rows not in touched}


def _of_neighbours(
    tables: dict[str, pl.DataFrame], records: set[str], *, with_ids: bool
) -> dict[str, pl.DataFrame]:
    ids = (
        ()
        if with_ids
        else tuple(
            {
                column
                for table in tables.values()
                for column in table.columns
                if column.endswith("statement_id")
            }
        )
    )
    return {
        name: table.filter(pl.col("record").is_in(records))
        .sort("record", "statement_id")
        .drop(*OF_THE_FILE, *ids, strict=False)
        for name, table in tables.items()
    }


def _check_neighbours(form: Form, file: Broken, sound: lake.Ingested, read: lake.Ingested) -> None:
    """The statements of rows that no change touched are, value by value, those of the unbroken file."""
    before, after = statements(sound), statements(read)
    neighbours = _groups_untouched(form, file)
    named = pl.concat([table.select("record", "record_no") for table in before.values()]).unique()
    records = set(named.filter(pl.col("record_no").is_in([number + 1 for number in neighbours]))["record"])
    assert len(records) >= len(neighbours) > ROWS // 3
    with_ids = (
        sound.facts.dataset == read.facts.dataset
    )  # the data set is part of every id, and a change may have hit its name
    expected = _of_neighbours(before, records, with_ids=with_ids)
    for name, table in _of_neighbours(after, records, with_ids=with_ids).items():
        assert table.equals(expected[name]), name


def _check_quarantine(read: lake.Ingested, contents: bytes, places: set[tuple[int, int]]) -> None:
    rows = quarantined(read)
    assert len(rows) == read.facts.rows_rejected
    assert read.quarantine.stat().st_mode & 0o777 == 0o600
    for row in rows:
        start, length = int(str(row["byte_offset"])), int(str(row["byte_length"]))
        assert row["code"] and (start, length) in places, row["code"]
        assert str(row["raw"]).encode("latin-1") == contents[start : start + min(length, QUARANTINED_MAX)]


def _check_words(read: lake.Ingested) -> None:
    texts = "".join(
        pl.read_parquet(read.folder / f"{name}.parquet").write_csv() for name in ("reject", "finding")
    )
    assert SURNAME.lower() not in texts.lower()


def _check(form: Form, file: Broken, sound: lake.Ingested, read: lake.Ingested) -> int:
    """How many records the file holds, each accounted for."""
    records, facts = spans(form, file.contents), read.facts
    assert facts.rows_in == len(records)
    assert facts.rows_in == facts.rows_loaded + facts.rows_rejected + facts.rows_ignored
    assert facts.rows_ignored == sum(int(reason.rpartition(": ")[2]) for reason in facts.ignored_reasons)
    in_statements = pl.concat([table.select("record_no") for table in statements(read).values()]).n_unique()
    assert facts.rows_loaded == in_statements
    _check_quarantine(read, file.contents, set(records))
    _check_words(read)
    if not file.is_cut:
        _check_neighbours(form, file, sound, read)
    return len(records)


@pytest.mark.nightly
@pytest.mark.parametrize("name", ALL_FORMS)
def test_every_record_of_a_broken_file_is_accounted_for(
    name: str, tmp_path: Path, tier: Tier, figure: Callable[[str], None]
) -> None:
    form = ALL_FORMS[name]
    rows = form.rows(ROWS)
    sound = ingested(tmp_path / "sound", form, form.file(rows))
    assert (sound.facts.rows_loaded, sound.facts.rows_rejected, sound.facts.completeness) == (
        ROWS,
        0,
        "complete",
    )
    files = tier.pick(ci=11, nightly=84)
    records, refused = 0, 0
    for number in range(files):
        seed = f"{SEED} {name} {number}"
        file = broken(form, rows, random.Random(seed), CHANGES_A_FILE)
        try:
            read = ingested(tmp_path / f"{number}", form, file.contents)
        except BlockedEdition as fault:
            assert file.is_cut and fault.code == "truncated", (seed, fault.code, file.kinds)
            assert SURNAME not in str(fault) and form.register in str(fault)
            refused += 1
            continue
        try:
            records += _check(form, file, sound, read)
        except AssertionError as error:
            raise AssertionError(f"seed {seed!r}, {file.kinds}: {error}") from error
    assert records > files * ROWS // 2
    figure(
        f"{name}: {files * CHANGES_A_FILE} changes in {files} files, {records} records, difference 0; "
        f"{refused} cut files refused whole"
    )
