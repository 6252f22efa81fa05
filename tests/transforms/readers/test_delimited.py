"""The delimited reader: every code, both passes alike, chunk ends that do not matter, and records that add
up.
"""

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.readers.raw import raw_record
from transforms.errors import BlockedEdition
from transforms.model.register import BATCH_COLUMNS, Delimited, Register, SourceField
from transforms.readers import Batch, delimited, read
from transforms.readers.delimited import Split, _parsed
from transforms.readers.delimited import exact as exact_pass
from transforms.readers.delimited import fast as fast_pass
from transforms.readers.delimited_layout import Grammar, Layout

COLUMNS = ("number", "name", "town")
HEADER = b"number,name,town\n"


def register(
    *names: str, trailer: str = "", record_bytes_max: int = 1 << 20, optional: tuple[str, ...] = ()
) -> Register:
    return Register(
        name="xx_invented",
        title="Invented",
        publisher="",
        territory="",
        url="",
        licence="",
        cadence="",
        kind="snapshot",
        identifier_scheme="",
        expected_rows="",
        description="",
        reader=Delimited(trailer=trailer, record_bytes_max=record_bytes_max),
        fields=tuple(SourceField(name, required=name not in optional) for name in names or COLUMNS),
        tables=(),
        recognise=lambda _name, _head: None,
        parse=lambda _frame, _edition: pytest.fail("the reader parses nothing"),
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def _write(content: bytes) -> Path:
        path = tmp_path / "invented.csv"
        path.write_bytes(content)
        return path

    return _write


def batches(path: Path, reg: Register | None = None, chunk_bytes: int = 1 << 20) -> list[Batch]:
    read_batches = list(
        delimited.read(reg or register(), path, part_no=1, first_record_no=1, chunk_bytes=chunk_bytes)
    )
    for batch in read_batches:
        assert batch.records_in == batch.frame.height + batch.rejects.height + batch.ignored.height
    numbers = sorted(
        number
        for batch in read_batches
        for frame in (batch.frame, batch.rejects, batch.ignored)
        for number in frame["record_no"].to_list()
    )
    assert numbers == list(range(1, len(numbers) + 1))
    return read_batches


def rows(read_batches: list[Batch]) -> list[tuple[str, ...]]:
    """The native values, empty ones as ""."""
    frames = [batch.frame.select(pl.exclude(list(BATCH_COLUMNS)).fill_null("")) for batch in read_batches]
    return [row for frame in frames for row in frame.rows()]


def rejects(read_batches: list[Batch]) -> list[tuple[int, str]]:
    return [row for batch in read_batches for row in batch.rejects.select("record_no", "code").rows()]


def blocked_code(path: Path, reg: Register | None = None) -> str:
    with pytest.raises(BlockedEdition) as blocked:
        batches(path, reg)
    assert "xx_invented" in str(blocked.value)
    assert "invented.csv" in str(blocked.value)
    return blocked.value.code


# --- the header -------------------------------------------------------------------------------------------


def test_header_is_stripped_reordered_and_without_its_mark(write: Callable[[bytes], Path]) -> None:
    read_batches = batches(write(b"\xef\xbb\xbf town,number , name\nArden,1,Acorn\n"))
    assert read_batches[0].frame.select(COLUMNS).rows() == [("1", "Acorn", "Arden")]
    assert read_batches[0].frame.columns == [*BATCH_COLUMNS, "town", "number", "name"]


def test_unknown_column_is_a_finding_and_dropped(write: Callable[[bytes], Path]) -> None:
    read_batches = batches(write(b"number,name,colour,town\n1,Acorn,red,Arden\n2,Beech,,Arden\n"))
    assert rows(read_batches) == [("1", "Acorn", "Arden"), ("2", "Beech", "Arden")]
    assert read_batches[0].findings.rows() == [("unknown_field", "", "colour", 2)]


def test_optional_column_may_be_absent(write: Callable[[bytes], Path]) -> None:
    read_batches = batches(write(b"number,name\n1,Acorn\n"), register(optional=("town",)))
    assert rows(read_batches) == [("1", "Acorn")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"\r\n\n", "empty_file"),
        (HEADER, "empty_file"),
        (HEADER.strip(), "empty_file"),
        (HEADER + b"\n\r\n", "empty_file"),
        (b"number,town\n1,Arden\n", "missing_column"),
        (b"1,Acorn,Arden\n2,Beech,Arden\n", "missing_column"),
        (b"number,Name,town\n1,Acorn,Arden\n", "missing_column"),
        (b"number,name,name,town\n1,Acorn,Acorn,Arden\n", "duplicate_column"),
        (b"number,name,town,x,x\n1,Acorn,Arden,,\n", "duplicate_column"),
        (b"number,name,town\xe9\n1,Acorn,Arden\n", "not_utf8"),
        (b'number,na"me,town\n1,Acorn,Arden\n', "wrong_header"),
        (b"number,name,town\0\n1,Acorn,Arden\n", "wrong_header"),
    ],
)
def test_file_that_is_blocked(write: Callable[[bytes], Path], content: bytes, code: str) -> None:
    assert blocked_code(write(content)) == code


def test_a_missing_column_is_named_and_no_data_is(write: Callable[[bytes], Path]) -> None:
    with pytest.raises(BlockedEdition, match="'number'") as blocked:
        batches(write(b"1,Mary Invented,Arden\n"))
    assert "Mary" not in str(blocked.value)


def test_a_header_beyond_the_bound_is_refused(write: Callable[[bytes], Path]) -> None:
    assert blocked_code(write(b"x" * 200_000), register(record_bytes_max=100)) == "wrong_header"


# --- records ----------------------------------------------------------------------------------------------


def test_quotes_line_ends_and_blank_lines(write: Callable[[bytes], Path]) -> None:
    content = HEADER + b'1,"Acorn, ""Old"" & Sons",Arden\r\n\r\n\n2,"two\r\nlines",\n"","",""\n3,,Arden'
    read_batches = batches(write(content))
    assert rows(read_batches) == [
        ("1", 'Acorn, "Old" & Sons', "Arden"),
        ("2", "two\r\nlines", ""),
        ("", "", ""),
        ("3", "", "Arden"),
    ]
    assert rejects(read_batches) == []


def test_place_and_hash_of_each_record(write: Callable[[bytes], Path]) -> None:
    path = write(b"\xef\xbb\xbf" + HEADER + b'1,A,B\r\n\n1,A,B\n"1",A,B\n9,X\n2,"C\nD",E')
    (batch,) = delimited.read(register(), path, part_no=3, first_record_no=11)
    assert batch.frame["record_no"].to_list() == [11, 12, 13, 15]
    assert batch.frame["part_no"].to_list() == [3, 3, 3, 3]
    raws = [
        raw_record(path, row["byte_offset"], row["byte_length"]) for row in batch.frame.iter_rows(named=True)
    ]
    assert raws == [b"1,A,B", b"1,A,B", b'"1",A,B', b'2,"C\nD",E']
    hashes = batch.frame["content_hash"].to_list()
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3
    (reject,) = batch.rejects.iter_rows(named=True)
    assert raw_record(path, reject["byte_offset"], reject["byte_length"]) == b"9,X"
    assert reject == {
        "record_no": 14,
        "byte_offset": reject["byte_offset"],
        "byte_length": 3,
        "part_no": 3,
        "code": "wrong_columns",
        "field": "",
    }


def test_hash_does_not_depend_on_pass_or_process(write: Callable[[bytes], Path]) -> None:
    alone = batches(write(HEADER + b"1,A,B\n"))[0].frame["content_hash"][0]
    beside_a_bad_one = batches(write(HEADER + b"1\n1,A,B\n"))[0].frame["content_hash"][0]
    assert (
        alone
        == beside_a_bad_one
        == pl.Series([b"1,A,B"]).to_frame("r").select(pl.col("r").hash(20160406)).item()
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'2,"Beech"s,Arden', "text_after_quote"),
        (b'2,"Beech" ,Arden', "text_after_quote"),
        (b'2,Be"ech,Arden', "quote_in_field"),
        (b'2,Beech",Arden', "quote_in_field"),
        (b'2, "Beech",Arden', "quote_in_field"),
        (b'2,"Beech,Arden', "unclosed_quote"),
        (b"2,Beech", "wrong_columns"),
        (b"2,Beech,Arden,", "wrong_columns"),
        (b" ", "wrong_columns"),
        (b"2,Be\xe9ch,Arden", "invalid_utf8"),
        (b"2,Be\xc3,Arden", "invalid_utf8"),
        (b"2,Be\0ech,Arden", "nul_byte"),
        (b'2,"Be\0ech",Arden', "nul_byte"),
        (b"2,Be\rech,Arden", "bare_cr"),
        (b"2," + b"x" * 300 + b",Arden", "too_long"),
        (b'2,"' + b"x" * 300 + b'",Arden', "too_long"),
        (b"x" * 5_000, "too_long"),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [16, 64, 1 << 20])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_bad_line_is_rejected_and_its_neighbours_are_not(
    write: Callable[[bytes], Path], line: bytes, code: str, chunk_bytes: int, line_end: bytes
) -> None:
    path = write(
        HEADER + line_end.join((b"1,Acorn,Arden", line, b'3,"Cedar",Arden', b"4,Dogwood,Arden", b""))
    )
    read_batches = batches(path, register(record_bytes_max=256), chunk_bytes)
    assert rejects(read_batches) == [(2, code)]
    assert rows(read_batches) == [("1", "Acorn", "Arden"), ("3", "Cedar", "Arden"), ("4", "Dogwood", "Arden")]
    (place,) = [
        row for batch in read_batches for row in batch.rejects.select("byte_offset", "byte_length").rows()
    ]
    assert raw_record(path, *place) == line


def test_record_over_several_lines_beyond_the_bound(write: Callable[[bytes], Path]) -> None:
    content = HEADER + b'1,"' + b"x\n" * 100 + b'",Arden\n2,Beech,Arden\n'
    read_batches = batches(write(content), register(record_bytes_max=64))
    assert rejects(read_batches)[0] == (1, "unclosed_quote")
    assert rows(read_batches) == [("2", "Beech", "Arden")]


def test_a_line_of_many_megabytes_is_measured_and_not_kept(write: Callable[[bytes], Path]) -> None:
    path = write(HEADER + b"1,Acorn,Arden\n" + b"x" * 3_000_001 + b"\r\n2,Beech,Arden\n")
    read_batches = batches(path, register(record_bytes_max=1_000), chunk_bytes=10_000)
    assert rows(read_batches) == [("1", "Acorn", "Arden"), ("2", "Beech", "Arden")]
    (reject,) = [row for batch in read_batches for row in batch.rejects.rows(named=True)]
    assert (reject["code"], reject["byte_offset"], reject["byte_length"]) == (
        "too_long",
        len(HEADER) + 14,
        3_000_001,
    )


def test_byte_order_mark_within_the_file_is_data(write: Callable[[bytes], Path]) -> None:
    read_batches = batches(write(HEADER + b"\xef\xbb\xbf1,Acorn,Arden\n"))
    assert rows(read_batches) == [("\ufeff1", "Acorn", "Arden")]


# --- trailer and truncation -------------------------------------------------------------------------------


@pytest.mark.parametrize("trailer_line", [b"Row Count:,2", b'Row Count: "2', b"Row Count:,2,3"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("chunk_bytes", [16, 1 << 20])
def test_trailer_is_ignored_counted_and_kept_raw(
    write: Callable[[bytes], Path], trailer_line: bytes, end: bytes, chunk_bytes: int
) -> None:
    path = write(HEADER + b"1,Acorn,Arden\n2,Beech,Arden\n" + trailer_line + end)
    read_batches = batches(path, register(trailer=r"^Row Count:.*$"), chunk_bytes)
    assert rows(read_batches) == [("1", "Acorn", "Arden"), ("2", "Beech", "Arden")]
    assert [row for batch in read_batches for row in batch.ignored.rows()] == [(3, "trailer")]
    assert [raw for batch in read_batches for raw in batch.totals] == [trailer_line]


def test_a_trailer_in_the_middle_does_not_stop_reading(write: Callable[[bytes], Path]) -> None:
    read_batches = batches(
        write(HEADER + b"1,Acorn,Arden\nRow Count:,1\n2,Beech,Arden\n"), register(trailer=r"Row Count:,\d+$")
    )
    assert rows(read_batches) == [("1", "Acorn", "Arden"), ("2", "Beech", "Arden")]
    assert read_batches[0].ignored.rows() == [(2, "trailer")]


def test_trailer_alone_is_an_empty_file(write: Callable[[bytes], Path]) -> None:
    assert blocked_code(write(HEADER + b"Row Count:,0\n"), register(trailer=r"Row Count:")) == "empty_file"


@pytest.mark.parametrize("cut", [b"2,Bee", b'2,"Bee', b'2,"Beech",', b"2", b"2,Beech,Ard\xc3", b'2,"Bee\nch'])
def test_cut_within_the_last_record_is_truncated(write: Callable[[bytes], Path], cut: bytes) -> None:
    path = write(HEADER + b"1,Acorn,Arden\n" + cut)
    if cut == b'2,"Beech",':  # three columns: nothing tells that it is cut
        assert rows(batches(path)) == [("1", "Acorn", "Arden"), ("2", "Beech", "")]
    else:
        assert blocked_code(path) == "truncated"


def test_a_whole_last_record_needs_no_line_end(write: Callable[[bytes], Path]) -> None:
    assert rows(batches(write(HEADER + b'1,Acorn,"Arden"'))) == [("1", "Acorn", "Arden")]
    assert rows(batches(write(HEADER + b"1,Acorn,Arden\r"))) == [("1", "Acorn", "Arden")]


def test_a_bad_last_line_that_is_no_cut_is_rejected(write: Callable[[bytes], Path]) -> None:
    assert rejects(batches(write(HEADER + b'1,Acorn,Arden\n2,Be"ech,Arden'))) == [(2, "quote_in_field")]


# --- both passes ------------------------------------------------------------------------------------------

TEXT = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)) | st.sampled_from('",\n\r é'),
    max_size=12,
)


def layout(columns_n: int) -> Layout:
    names = tuple(f"c{number}" for number in range(columns_n))
    return Layout(
        "xx_invented",
        "invented.csv",
        names,
        names,
        (),
        b",",
        None,
        1 << 20,
        "",
        Grammar.for_columns(b",", columns_n),
    )


class Whole:
    """A window that holds a whole file."""

    def __init__(self, buffer: bytes) -> None:
        self.buffer, self.offset, self.is_end, self.is_cut = buffer, 0, True, False


def same(one: Split, other: Split, file_layout: Layout) -> bool:
    return (
        np.array_equal(one.starts, other.starts)
        and np.array_equal(one.lengths, other.lengths)
        and one.faults == other.faults == {}
        and one.consumed == other.consumed
        and _parsed(file_layout, one).equals(_parsed(file_layout, other))
    )


@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(st.tuples(*[TEXT] * n), min_size=1, max_size=8)),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.booleans(),
)
def test_fast_and_exact_pass_give_equal_records(
    table: list[tuple[str, ...]], line_end: str, quoting: int, has_blanks: bool
) -> None:
    text = io.StringIO()
    # the stub wants a literal
    csv.writer(text, lineterminator=line_end * (1 + has_blanks), quoting=quoting).writerows(table)  # type: ignore[arg-type]
    content = text.getvalue().encode()
    file_layout = layout(len(table[0]))
    # a window without a file
    fast, exact = fast_pass(file_layout, content), exact_pass(file_layout, Whole(content))  # type: ignore[arg-type]
    assert fast is not None
    assert same(fast, exact, file_layout)
    assert [tuple(row) for row in _parsed(file_layout, fast).fill_null("").rows()] == table


@settings(max_examples=500, deadline=None)
@given(st.text('a",\n\r\0', max_size=24).map(str.encode), st.integers(1, 3))
def test_fast_pass_accepts_only_what_the_exact_pass_accepts(content: bytes, columns_n: int) -> None:
    content += b"\n"
    file_layout = layout(columns_n)
    fast = fast_pass(file_layout, content)
    if fast is not None:
        # a window without a file
        exact = exact_pass(file_layout, Whole(content[: fast.consumed]))  # type: ignore[arg-type]
        assert same(fast, exact, file_layout)
    else:
        assert exact_pass(file_layout, Whole(content)).faults or not content.strip(b"\r\n")  # type: ignore[arg-type]


@pytest.mark.sample(1)
@given(
    st.lists(
        st.sampled_from(
            [
                b"1,a,b",
                b'2,"x\ny",z',
                b'3,"q""q",',
                b"4,a",
                b'5,"a"b,c',
                b'6,"open,c',
                b"7,a\0,b",
                b"",
                b"8,\xff,b",
                b"T,9",
            ]
        ),
        max_size=30,
    )
)
@pytest.mark.parametrize("chunk_bytes", [1, 7, 64])
def test_where_chunks_end_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, chunk_bytes: int, lines: list[bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"chunks-{chunk_bytes}.csv"
    path.write_bytes(HEADER + b"0,first,one\n" + b"".join(line + b"\n" for line in lines))
    reg = register(trailer=r"T,\d", record_bytes_max=48)
    whole, parts = batches(path, reg), batches(path, reg, chunk_bytes)
    assert pl.concat([batch.frame for batch in whole]).equals(pl.concat([batch.frame for batch in parts]))
    assert rejects(whole) == rejects(parts)
    assert [raw for batch in whole for raw in batch.totals] == [
        raw for batch in parts for raw in batch.totals
    ]


# --- accounting under mutation ----------------------------------------------------------------------------

STREETS = (
    "Mill Lane",
    "High Street",
    'The "Old" Forge',
    "Rue de l'Église",
    "Upper, Lower and Middle Row",
    "Quay\nSide",
)
MUTATIONS_N = 1_000


def clean_lines(rng: random.Random, count: int) -> list[bytes]:
    text = io.StringIO()
    quoting = rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
    lines = []
    for number in range(count):
        text.seek(0)
        text.truncate()
        csv.writer(text, lineterminator="", quoting=quoting).writerow(
            (f"{number:06d}", f"Invented {number} Ltd", rng.choice(STREETS))
        )
        lines.append(text.getvalue().encode())
    return lines


def mutated(rng: random.Random, line: bytes) -> bytes:
    """A line with one kind of damage; b"" where the damage is on the line end."""
    at = rng.randrange(len(line) + 1)
    kind = rng.randrange(9)
    inserted = (b'"', b"\0", b"\xef\xbb\xbf", b"\x93\xe9", b"\r", b"\n", b",", b'""')
    if kind < 8:
        return line[:at] + inserted[kind] + line[at:]
    return line[:at]


@pytest.mark.nightly
def test_thousand_mutations_add_up(write: Callable[[bytes], Path]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    for run in range(MUTATIONS_N):
        rng = random.Random(seed + run)
        lines = clean_lines(rng, rng.randint(3, 12))
        victim = rng.randrange(len(lines))
        damaged = [mutated(rng, line) if index == victim else line for index, line in enumerate(lines)]
        ends = [rng.choice([b"\n", b"\r\n"]) for _ in lines]
        if rng.random() < 0.2:
            ends[-1] = b""
        content = (
            (b"\xef\xbb\xbf" if rng.random() < 0.3 else b"")
            + HEADER
            + b"".join(a + b for a, b in zip(damaged, ends, strict=True))
        )
        _check_mutation(write(content), rng, lines, victim, f"seed {seed + run}")


def _check_mutation(path: Path, rng: random.Random, lines: list[bytes], victim: int, label: str) -> None:
    try:
        read_batches = list(
            delimited.read(
                register(), path, part_no=1, first_record_no=1, chunk_bytes=rng.choice([32, 1 << 16])
            )
        )
    except BlockedEdition as blocked:
        assert blocked.code in ("truncated", "empty_file"), label
        return
    taken = sum(batch.frame.height + batch.rejects.height + batch.ignored.height for batch in read_batches)
    assert sum(batch.records_in for batch in read_batches) == taken, label
    places = sorted(
        place
        for batch in read_batches
        for frame in (batch.frame, batch.rejects)
        for place in frame.select("byte_offset", "byte_length").rows()
    )
    _check_tiling(path.read_bytes(), places, label)
    loaded = {row[0]: row for row in rows(read_batches)}
    for index, line in enumerate(lines):
        if index != victim:
            (expected,) = (
                csv.reader([line.decode()], strict=True)
                if b"\n" not in line
                else csv.reader(io.StringIO(line.decode(), newline=""))
            )
            assert loaded.get(expected[0]) == tuple(expected), f"{label}: neighbour {index} of {victim}"


def _check_tiling(content: bytes, places: list[tuple[int, int]], label: str) -> None:
    """Between records, loaded or rejected, there are line ends and nothing else: the independent count, by
    bytes.
    """
    at = content.index(b"\n") + 1
    for offset, length in places:
        assert content[at:offset].strip(b"\r\n") == b"", label
        assert offset >= at, label
        at = offset + length
    assert content[at:].strip(b"\r\n") == b"", label


def test_read_finds_the_reader_that_is_declared(write: Callable[[bytes], Path]) -> None:
    assert rows(list(read(register(), write(HEADER + b"1,Acorn,Arden\n")))) == [("1", "Acorn", "Arden")]


def test_real_files_load_whole() -> None:
    path = Path("../shared/registers/landing_gb/BasicCompanyDataAsOneFile-2026-05-01.csv")
    if not path.exists():
        pytest.skip("the shared register files are not here")
    names = [name.strip() for name in path.open(encoding="utf-8").readline().split(",")]
    read_batches = batches(path, register(*names), chunk_bytes=1 << 20)
    with path.open(encoding="utf-8", newline="") as file:
        expected = [tuple(row) for row in csv.reader(file, strict=True)][1:]
    assert rejects(read_batches) == []
    assert rows(read_batches) == expected
