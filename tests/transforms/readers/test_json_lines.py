"""The JSON lines reader: shapes, every code, totals, chunk ends that do not matter, and records that add
up.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.readers.raw import raw_record
from transforms.errors import BlockedEdition, DeclarationError
from transforms.model.register import BATCH_COLUMNS, JsonLines, Register, SourceField
from transforms.readers import Batch, json_lines, read
from transforms.readers.json_exact import _has_repeated_key

FIELDS = (
    SourceField("number"),
    SourceField("data.kind", "category"),
    SourceField("data.since", "date"),
    SourceField("data.born.year", "integer"),
    SourceField("data.price", "money"),
    SourceField("data.ceased", "boolean"),
    SourceField("data.natures", "texts"),
    SourceField("data.periods.from", "texts"),
    SourceField("data.periods.to", "texts"),
    SourceField("data.etag", ignored="a checksum of the publisher's"),
)


def register(fields: tuple[SourceField, ...] = FIELDS, **reader: int | tuple[str, ...]) -> Register:
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
        # the numbers among the options
        reader=JsonLines(totals=("data.kind", "totals#"), **reader),  # type: ignore[arg-type]
        fields=fields,
        tables=(),
        recognise=lambda _name, _head: None,
        parse=lambda _frame, _edition: pytest.fail("the reader parses nothing"),
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def _write(*lines: bytes | str | dict[str, object], end: bytes = b"\n") -> Path:
        path = tmp_path / "invented.jsonl"
        raw = [
            line
            if isinstance(line, bytes)
            else (line if isinstance(line, str) else json.dumps(line)).encode()
            for line in lines
        ]
        path.write_bytes(b"\n".join(raw) + end)
        return path

    return _write


def batches(
    path: Path, reg: Register | None = None, chunk_bytes: int = 1 << 20, batch_lines: int = 50_000
) -> list[Batch]:
    read_batches = list(
        json_lines.read(
            reg or register(),
            path,
            part_no=1,
            first_record_no=1,
            chunk_bytes=chunk_bytes,
            batch_lines=batch_lines,
        )
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


def rejects(read_batches: list[Batch]) -> list[tuple[int, str, str]]:
    return [
        row for batch in read_batches for row in batch.rejects.select("record_no", "code", "field").rows()
    ]


def values(path: Path, field: str) -> list[object]:
    return [value for batch in batches(path) for value in batch.frame[field].to_list()]


# --- shapes -----------------------------------------------------------------------------------------------


def test_objects_are_flattened_to_declared_paths(write: Callable[..., Path]) -> None:
    line = {
        "number": "00000007",
        "data": {
            "kind": "x",
            "since": "2019-01-01",
            "born": {"year": 1961},
            "ceased": True,
            "natures": ["a", "b"],
            "price": 12.5,
        },
    }
    (batch,) = batches(write(line))
    assert batch.frame.columns == [*BATCH_COLUMNS, *(field.name for field in FIELDS)]
    assert batch.frame.select(pl.exclude(list(BATCH_COLUMNS))).rows() == [
        ("00000007", "x", "2019-01-01", "1961", "12.5", "true", ["a", "b"], None, None, None),
    ]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("12", "12"),
        ("-3", "-3"),
        ("0.1", "0.1"),
        ("1e3", "1000.0"),
        ("1.5e-7", "0.00000015"),
        ("18446744073709551615", "18446744073709551615"),
    ],
)
def test_numbers_become_decimal_text(write: Callable[..., Path], written: str, text: str) -> None:
    assert values(write(f'{{"number": {written}}}'), "number") == [text]


@pytest.mark.parametrize("number", ["1e9999", "-1.5E+400", " 000", "0000"])
def test_an_invalid_number_is_null_and_the_rest_of_the_record_is_read(
    write: Callable[..., Path], number: str
) -> None:
    further = '"data": {"kind": "1e9999, 000", "since": "\\u003a", "etag": 100}'
    path = write(f'{{"number": {number}, {further}}}', f'{{"number": "2", "undeclared": [{number}]}}')
    assert values(path, "number") == [None, "2"] and values(path, "data.kind") == ["1e9999, 000", None]
    assert rejects(batches(path)) == []


@pytest.mark.parametrize("number", ["0012", "000.5x", "1e9999x"])
def test_a_number_that_would_lose_digits_is_rejected(write: Callable[..., Path], number: str) -> None:
    assert rejects(batches(write(f'{{"number": {number}}}', "{}"))) == [(1, "broken_json", "")]


def test_nulls_and_empty_values_stay_apart(write: Callable[..., Path]) -> None:
    path = write({"number": None, "data": None}, {"number": "", "data": {"natures": []}}, {})
    (batch,) = batches(path)
    assert batch.frame.select("number", "data.natures").rows() == [(None, None), ("", []), (None, None)]


def test_a_list_of_objects_gives_aligned_lists(write: Callable[..., Path]) -> None:
    path = write({"data": {"periods": [{"from": "2016-04-06", "to": "2017-01-01"}, {"from": "2018-01-01"}]}})
    (batch,) = batches(path)
    assert batch.frame.select("data.periods.from", "data.periods.to").rows() == [
        (["2016-04-06", "2018-01-01"], ["2017-01-01", None])
    ]


def test_an_ignored_field_takes_any_shape(write: Callable[..., Path]) -> None:
    path = write(
        {"data": {"etag": {"deep": [1, {"x": 2}]}}}, {"data": {"etag": ["a"]}}, {"data": {"etag": "abc"}}
    )
    assert values(path, "data.etag") == [None, None, "abc"]
    assert all(batch.findings.is_empty() for batch in batches(path))


def test_unknown_paths_are_counted_where_they_leave_the_declared(write: Callable[..., Path]) -> None:
    path = write(
        {"new": 1, "data": {"more": {"deep": 1}}},
        {"data": {"more": None, "periods": [{"why": "x"}, {"why": "y"}]}},
    )
    (batch,) = batches(path)
    assert batch.findings.rows() == [
        ("unknown_field", "", "data.more", 2),
        ("unknown_field", "", "data.periods.why", 1),
        ("unknown_field", "", "new", 1),
    ]


def test_names_of_unknown_paths_are_bounded(write: Callable[..., Path]) -> None:
    (batch,) = batches(write({f"key {number}": 1 for number in range(5_000)}))
    assert batch.findings.height == 201
    assert batch.findings["rows_n"].sum() == 5_000


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"natures": "a"}, "data.natures"),
        ({"natures": ["a", 1]}, "data.natures"),
        ({"natures": [None]}, "data.natures"),
        ({"natures": {"a": "b"}}, "data.natures"),
        ({"kind": ["a"]}, "data.kind"),
        ({"kind": {"a": "b"}}, "data.kind"),
        ({"since": 2019}, "data.since"),
        ({"ceased": "true"}, "data.ceased"),
        ({"ceased": 1}, "data.ceased"),
        ({"born": {"year": 1961.5}}, "data.born.year"),
        ({"born": {"year": True}}, "data.born.year"),
        ({"born": "1961"}, "data.born"),
        ({"born": [{"year": 1961}]}, "data.born.year"),
        ({"price": 1e20}, "data.price"),
        ({"periods": ["2016"]}, "data.periods"),
        ({"periods": [{"from": ["2016"]}]}, "data.periods.from"),
        ("text", "data"),
    ],
)
def test_unexpected_shape_is_rejected_with_its_field(
    write: Callable[..., Path], data: object, field: str
) -> None:
    read_batches = batches(write({"number": "1"}, {"number": "2", "data": data}, {"number": "3"}))
    assert rejects(read_batches) == [(2, "wrong_type", field)]
    assert read_batches[0].frame["number"].to_list() == ["1", "3"]


# --- lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"number": "2"', "broken_json"),
        (b'{"number": "2"} {"number": "3"}', "broken_json"),
        (b'{"number": "2",}', "broken_json"),
        (b'{"number": NaN}', "broken_json"),
        (b"[1, 2]", "broken_json"),
        (b'"text"', "broken_json"),
        (b"2", "broken_json"),
        (b"null", "broken_json"),
        (b'{"number": "\\ud800"}', "broken_json"),
        (b'{"number": "2", "number": "2"}', "broken_json"),
        (b'{"number" :"2", "numb\\u0065r":"9"}', "broken_json"),
        (b'{"data": {"etag": {"a": 1, "a": ":"}}}', "broken_json"),
        (b'{"number": "\\u003a", "data": {"kind": "x", "kind": "y"}}', "broken_json"),
        (b'{"number": "2\xe9"}', "invalid_utf8"),
        (b'{"number": "\xed\xa0\x80"}', "invalid_utf8"),
        (b'{"number": "2\0"}', "nul_byte"),
        (b'{"number": "2\\u0000"}', "nul_byte"),
        (b'{"number": "' + b"x" * 2_000 + b'"}', "too_long"),
        (b"[" * 65 + b"]" * 65, "broken_json"),
        (b'{"x":' * 65 + b"1" + b"}" * 65, "too_deep"),
        (b'{"data": {"etag":' + b"[" * 63 + b"]" * 63 + b"}}", "too_deep"),
        (b'{"data": {"etag":' + b"[" * 400 + b"]" * 400 + b"}}", "too_deep"),
        (b'{"x":' * 499 + b"1" + b"}" * 499, "too_long"),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [64, 1 << 20])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_bad_line_is_rejected_and_its_neighbours_are_not(
    tmp_path: Path, line: bytes, code: str, chunk_bytes: int, line_end: bytes
) -> None:
    path = tmp_path / "invented.jsonl"
    path.write_bytes(
        line_end.join((b"\xef\xbb\xbf" + b'{"number": "1"}', line, b"", b'{"number": "3: x"}', b" ", b""))
    )
    read_batches = batches(path, register(record_bytes_max=1_500), chunk_bytes)
    assert [(number, met) for number, met, _ in rejects(read_batches)] == [(2, code)]
    assert [number for batch in read_batches for number in batch.frame["number"].to_list()] == ["1", "3: x"]
    (place,) = [
        row for batch in read_batches for row in batch.rejects.select("byte_offset", "byte_length").rows()
    ]
    assert raw_record(path, *place) == line


def test_depth_counts_the_record_itself(write: Callable[..., Path]) -> None:
    path = write({"x": {"y": {"z": 1}}}, {"x": {"y": {"z": {}}}}, {"data": {"born": {"year": 1}}})
    assert rejects(batches(path, register(depth_max=3))) == [(2, "too_deep", "")]


def test_brackets_within_strings_are_no_depth(write: Callable[..., Path]) -> None:
    assert values(write({"number": "[{" * 200 + '"'}), "number") == ["[{" * 200 + '"']


def test_a_nul_that_is_only_written_about_is_kept(write: Callable[..., Path]) -> None:
    assert values(write({"number": "\\u0000"}), "number") == ["\\u0000"]


def test_a_line_of_many_megabytes_is_measured_and_not_kept(write: Callable[..., Path]) -> None:
    path = write({"number": "1"}, b'{"number": "' + b"x" * 3_000_000 + b'"}\r', {"number": "3"})
    read_batches = batches(path, register(record_bytes_max=1_000), chunk_bytes=10_000)
    (reject,) = [row for batch in read_batches for row in batch.rejects.rows(named=True)]
    assert (reject["code"], reject["record_no"], reject["byte_offset"], reject["byte_length"]) == (
        "too_long",
        2,
        16,
        3_000_014,
    )
    assert pl.concat([batch.frame for batch in read_batches])["number"].to_list() == ["1", "3"]


def test_place_and_hash_of_each_record(write: Callable[..., Path]) -> None:
    path = write({"number": "1"}, b"", b'{"number":"1"}\r', {"number": "1"})
    (batch,) = json_lines.read(register(), path, part_no=2, first_record_no=5)
    assert batch.frame["record_no"].to_list() == [5, 6, 7]
    assert batch.frame["part_no"].to_list() == [2, 2, 2]
    raws = [
        raw_record(path, row["byte_offset"], row["byte_length"]) for row in batch.frame.iter_rows(named=True)
    ]
    assert raws == [b'{"number": "1"}', b'{"number":"1"}', b'{"number": "1"}']
    hashes = batch.frame["content_hash"].to_list()
    assert hashes[0] == hashes[2] != hashes[1]


def test_totals_are_ignored_counted_and_kept_raw(write: Callable[..., Path]) -> None:
    totals = {"data": {"kind": "totals#invented", "count_of_everything": 12}}
    (batch,) = batches(write({"number": "1"}, totals, {"number": "2", "data": {"kind": "total"}}))
    assert batch.ignored.rows() == [(2, "totals")]
    assert batch.totals == (json.dumps(totals).encode(),)
    assert batch.findings.is_empty()
    assert batch.frame["number"].to_list() == ["1", "2"]


# --- the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\r\n \n\n", b"\xef\xbb\xbf", b'{"data": {"kind": "totals#x"}}\n']
)
def test_a_file_without_records_is_blocked(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "invented.jsonl"
    path.write_bytes(content)
    with pytest.raises(BlockedEdition, match=r"register xx_invented: file invented\.jsonl") as blocked:
        batches(path)
    assert blocked.value.code == "empty_file"


@pytest.mark.parametrize("cut", [b'{"number": "2', b'{"number": "\xc3', b"{"])
@pytest.mark.parametrize("chunk_bytes", [16, 1 << 20])
def test_cut_within_the_last_record_is_truncated(
    write: Callable[..., Path], cut: bytes, chunk_bytes: int
) -> None:
    with pytest.raises(BlockedEdition, match="fetch it again") as blocked:
        batches(write({"number": "1"}, cut, end=b""), chunk_bytes=chunk_bytes)
    assert blocked.value.code == "truncated"


def test_a_whole_last_record_needs_no_line_end(write: Callable[..., Path]) -> None:
    assert values(write({"number": "1"}, {"number": "2"}, end=b""), "number") == ["1", "2"]


def test_a_broken_last_line_with_its_line_end_is_rejected(write: Callable[..., Path]) -> None:
    assert rejects(batches(write({"number": "1"}, b"{"))) == [(2, "broken_json", "")]


def test_a_declaration_deeper_than_the_bound_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(DeclarationError, match=r"data\.born\.year"):
        batches(write({"number": "1"}), register(depth_max=2))


def test_read_finds_the_reader_that_is_declared(write: Callable[..., Path]) -> None:
    assert [batch.frame["number"].to_list() for batch in read(register(), write({"number": "1"}))] == [["1"]]


# --- properties -------------------------------------------------------------------------------------------

LINES = (
    b'{"number": "1"}',
    b'{"number": 2, "data": {"natures": ["a"], "new": 1}}',
    b"{",
    b"",
    b'{"a": 1, "a": 2}',
    b'{"data": {"kind": "totals#"}}',
    b"\xff",
)


@pytest.mark.sample(1)
@given(st.lists(st.sampled_from(LINES), max_size=25))
@pytest.mark.parametrize(("chunk_bytes", "batch_lines"), [(16, 50), (64, 2), (1 << 20, 3)])
def test_where_chunks_end_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, chunk_bytes: int, batch_lines: int, lines: list[bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"chunks-{chunk_bytes}.jsonl"
    path.write_bytes(b'{"number": "0"}\n' + b"".join(line + b"\n" for line in lines))
    whole, parts = batches(path), batches(path, None, chunk_bytes, batch_lines)
    assert pl.concat([batch.frame for batch in whole]).equals(pl.concat([batch.frame for batch in parts]))
    assert rejects(whole) == rejects(parts)
    assert [raw for batch in whole for raw in batch.totals] == [
        raw for batch in parts for raw in batch.totals
    ]
    assert sum(batch.records_in for batch in parts) == 1 + sum(bool(line) for line in lines)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('a:"\\', max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(st.tuples(st.sampled_from("ab:"), inner), max_size=3).map(tuple)
    ),
    max_leaves=12,
)


def written(value: object) -> str:
    """JSON in which a tuple of pairs is an object, repeated keys and all."""
    if isinstance(value, tuple):
        return "{" + ", ".join(f"{json.dumps(key)}: {written(item)}" for key, item in value) + "}"
    return "[" + ",".join(map(written, value)) + "]" if isinstance(value, list) else json.dumps(value)


@given(JSON_VALUES)
def test_a_repeated_key_is_always_found(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    line = '{"data": {"etag": ' + written(value) + "}}"
    path = tmp_path_factory.getbasetemp() / "repeated.jsonl"
    path.write_text('{"number": ":"}\n' + line + "\n", encoding="utf-8")
    assert bool(rejects(batches(path))) == _has_repeated_key(line.encode())


@pytest.mark.nightly
def test_three_hundred_mutations_add_up(tmp_path: Path) -> None:
    path = tmp_path / "invented.jsonl"
    seed = random.SystemRandom().randrange(2**32)
    for run in range(300):
        rng = random.Random(seed + run)
        lines = [
            json.dumps({"number": f"{index:04d}", "data": {"natures": ["a:b"] * rng.randrange(3)}}).encode()
            for index in range(rng.randint(3, 9))
        ]
        victim = rng.randrange(len(lines))
        at = rng.randrange(len(lines[victim]) + 1)
        inserted = rng.choice(
            [b'"', b"\0", b"\xef\xbb\xbf", b"\x93\xe9", b"\r", b"\n", b",", b"{", b"\\", b""]
        )
        damaged = [*lines]
        damaged[victim] = lines[victim][:at] + inserted + (lines[victim][at:] if inserted else b"")
        content = rng.choice([b"\n", b"\r\n"]).join((*damaged, b""))
        path.write_bytes(content)
        read_batches = batches(path, chunk_bytes=rng.choice([32, 4_096]))
        counted = sum(bool(line.strip()) for line in content.split(b"\n"))
        assert sum(batch.records_in for batch in read_batches) == counted, f"seed {seed + run}"
        loaded = {number for batch in read_batches for number in batch.frame["number"].to_list()}
        assert {f"{index:04d}" for index in range(len(lines)) if index != victim} <= loaded, (
            f"seed {seed + run}"
        )


def test_real_file_adds_up() -> None:
    path = Path("../shared/registers/landing_gb/persons-with-significant-control-snapshot-2024-12-01.txt")
    if not path.exists():
        pytest.skip("the shared register files are not here")
    read_batches = batches(
        path, register((SourceField("company_number"), SourceField("data.natures_of_control", "texts")))
    )
    assert sum(batch.records_in for batch in read_batches) == 35
    assert sum(batch.frame.height for batch in read_batches) == 19
    assert sum(len(batch.totals) for batch in read_batches) == 16


# --- two passes -------------------------------------------------------------------------------------------

TEXTS = st.text('aé:"\\/,{}[] \t\u2028😀', max_size=5)
PERIODS = st.lists(
    st.dictionaries(st.sampled_from(["from", "to"]), st.none() | TEXTS, max_size=2), max_size=3
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.none() | TEXTS | st.just("totals#"),
        "since": TEXTS,
        "born": st.none()
        | st.fixed_dictionaries(
            {}, optional={"year": st.none() | st.integers(-(2**70), 2**70) | st.just("1961")}
        ),
        "price": TEXTS | st.floats(allow_nan=False, allow_infinity=False),
        "ceased": st.none() | st.booleans(),
        "natures": st.none() | st.lists(st.none() | TEXTS, max_size=3),
        "periods": st.none() | PERIODS | st.lists(st.none(), max_size=1) | st.just({"from": ["a"]}),
        "etag": TEXTS | st.just({"any": ["shape"]}),
    },
)
RECORDS = st.fixed_dictionaries(
    {}, optional={"number": TEXTS | st.integers(), "data": st.none() | DATA, "new": st.just(1)}
)


def object_lists() -> Register:
    return register(object_lists=("data.periods",))


@given(
    record=RECORDS,
    escaped=st.booleans(),
    blanks=st.booleans(),
    damage=st.none() | st.tuples(st.integers(0, 80), st.binary(max_size=2)),
)
def test_both_passes_give_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    record: dict[str, object],
    escaped: bool,
    blanks: bool,
    damage: tuple[int, bytes] | None,
) -> None:
    line = json.dumps(record, ensure_ascii=escaped, separators=None if blanks else (",", ":")).encode()
    line = line if damage is None else line[: damage[0]] + damage[1] + line[damage[0] :]
    path = tmp_path_factory.getbasetemp() / "passes.jsonl"
    path.write_bytes(b'{"number": "1"}\n' + line + b'\n{"number": "2"}\n')
    once = batches(path, object_lists(), batch_lines=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "columnar", lambda *_: None)
        exact = batches(path, object_lists())
    assert pl.concat([batch.frame for batch in once]).equals(pl.concat([batch.frame for batch in exact]))
    assert rejects(once) == rejects(exact)
    assert [raw for batch in once for raw in batch.totals] == [raw for batch in exact for raw in batch.totals]


def test_the_fast_pass_takes_what_is_as_declared(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(
        {
            "number": "1",
            "data": {
                "born": {"year": 1961},
                "ceased": False,
                "natures": ["a"],
                "periods": [{"from": "x"}, {"to": "y"}],
                "etag": None,
            },
        },
        {"data": None},
    )
    monkeypatch.setattr(json_lines, "exact", lambda *_: pytest.fail("the exact pass was taken"))
    (batch,) = batches(path, object_lists())
    assert batch.frame.select(
        "number", "data.born.year", "data.ceased", "data.periods.from", "data.periods.to"
    ).rows() == [
        ("1", "1961", "false", ["x", None], [None, "y"]),
        (None, None, None, None, None),
    ]


def test_a_list_of_objects_that_is_no_list_of_texts_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(DeclarationError, match=r"data\.born"):
        batches(write({"number": "1"}), register(object_lists=("data.born",)))
