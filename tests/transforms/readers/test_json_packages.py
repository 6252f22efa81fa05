"""Packages: objects are cut where `json` cuts them, whatever the chunk; what is no array of objects is
refused.
"""

import json
import random
from dataclasses import replace
from io import FileIO
from pathlib import Path

import pytest

from tests.transforms.readers.raw import raw_record
from transforms.errors import BlockedEdition
from transforms.model.register import Delimited, JsonLines
from transforms.readers import read
from transforms.readers._records import Window
from transforms.readers.edition_dates import newest_day
from transforms.readers.json_packages import cuts, is_package
from transforms.registers.bods import REGISTER

SEED = 20260302
TEXTS = ("x", "\\", '"', "{", "}]", '\\"{', "é", "[", ",", "\n")


def _random_objects(chance: random.Random) -> list[dict[str, object]]:
    return [
        {chance.choice(TEXTS): [{"c": [1, chance.choice(TEXTS)]}] * chance.randint(0, 3)}
        for _ in range(chance.randint(0, 9))
    ]


def _records(
    path: Path, chunk_bytes: int = 1 << 20, record_bytes_max: int = 10_000, batch_records: int = 3
) -> list[bytes]:
    raw = path.read_bytes()
    records = []
    with FileIO(path) as file:
        for buffer, starts, lengths, offset in cuts(
            Window(file, chunk_bytes), "r", path.name, record_bytes_max, batch_records
        ):
            assert len(starts) <= batch_records
            for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
                assert raw[offset + start : offset + start + length] == buffer[start : start + length]
                records.append(buffer[start : start + length])
    return records


def test_objects_are_cut_as_json_reads_them(tmp_path: Path) -> None:
    """Oracle: the standard library's parser, on 300 random packages, as an array or as objects one after
    the other.
    """
    chance = random.Random(SEED)
    for trial in range(300):
        objects = _random_objects(chance)
        if chance.random() < 0.6:
            text = json.dumps(objects, indent=chance.choice([None, 1]), ensure_ascii=chance.random() < 0.5)
        else:
            text = "\n".join(json.dumps(one, indent=2) for one in objects)
        path = tmp_path / "package.json"
        path.write_bytes((b"\xef\xbb\xbf" if chance.random() < 0.2 else b"") + text.encode())
        cut_objects = [json.loads(one) for one in _records(path, chance.choice([1, 7, 64, 4096]))]
        assert cut_objects == objects, (SEED, trial)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[{"a":1}', "truncated"),
        ('[{"a":1},', "truncated"),
        ('[{"a":1}, {"b":', "truncated"),
        ("[", "truncated"),
        ('{"a":\n1', "truncated"),
        ('[{"a":1} {"b":1}]', "broken_package"),
        ('[{"a":1}] x', "broken_package"),
        ("[1,2]", "broken_package"),
        ('[{"a":1},[2]]', "broken_package"),
        ('[{"a":1}}]', "broken_package"),
        ('[{"a":1},]', "broken_package"),
        ('[{"a":1}][{"b":1}]', "broken_package"),
        ('["{}"]', "broken_package"),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1, 5, 1 << 20])
def test_what_is_no_array_of_objects_is_refused(
    text: str, code: str, chunk_bytes: int, tmp_path: Path
) -> None:
    path = tmp_path / "package.json"
    path.write_text(text)
    with pytest.raises(BlockedEdition) as blocked:
        _records(path, chunk_bytes)
    assert blocked.value.code == code and "package.json" in str(blocked.value)


def test_an_object_beyond_the_bound_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text('[{"a":"' + "x" * 50_000 + '"}]')
    with pytest.raises(BlockedEdition) as blocked:
        _records(path, chunk_bytes=512, record_bytes_max=4_000)
    assert blocked.value.code == "broken_package"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b' [{"a":1}]', True),
        (b"\xef\xbb\xbf[", True),
        (b'{\n "a": 1\n}', True),
        (b'{"a":1}\n{"a":2}\n', False),
        (b'{"a":1}', False),
        (b'{"a":\n{"a":2}\n', False),
        (b"", False),
        (b"<html>", False),
    ],
)
def test_a_package_is_told_from_lines(head: bytes, expected: bool) -> None:
    assert is_package(head) is expected


STATEMENT = {"statementId": "1", "recordId": "e", "recordType": "entity", "recordDetails": {"name": "Zedton"}}


@pytest.mark.parametrize("written", ["lines", "array", "pretty", "object"])
def test_the_reader_takes_every_shape(written: str, tmp_path: Path) -> None:
    other = {**STATEMENT, "recordId": "f", "unheard": {"of": 1}}
    path = tmp_path / "zedland.json"
    text = {
        "lines": "".join(json.dumps(one) + "\n" for one in (STATEMENT, other)),
        "array": json.dumps([STATEMENT, other]),
        "pretty": "\n".join(json.dumps(one, indent=1) for one in (STATEMENT, other)),
        "object": json.dumps(STATEMENT, indent=1),
    }[written]
    path.write_text(text)
    (batch,) = read(REGISTER, path)
    assert batch.frame["recordId"].to_list() == (["e"] if written == "object" else ["e", "f"])
    assert batch.records_in == batch.frame.height and batch.rejects.height == 0
    for row in batch.frame.iter_rows(named=True):
        raw = raw_record(path, row["byte_offset"], row["byte_length"])
        assert json.loads(raw)["recordId"] == row["recordId"]
    assert batch.findings["value"].to_list() == ([] if written == "object" else ["unheard"])


def test_one_broken_object_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "zedland.json"
    path.write_text(
        f'[{json.dumps(STATEMENT)}, {{"recordId": }}, {json.dumps({**STATEMENT, "recordId": "f"})}]'
    )
    (batch,) = read(REGISTER, path)
    assert batch.frame["recordId"].to_list() == ["e", "f"]
    assert batch.rejects.select("record_no", "code").rows() == [(2, "broken_json")]


def test_a_list_may_mix_scalars_and_objects_where_both_are_declared(tmp_path: Path) -> None:
    path = tmp_path / "zedland.json"
    path.write_text(
        json.dumps(
            [
                {
                    **STATEMENT,
                    "recordDetails": {"addresses": [{"country": "GB"}, {"country": {"code": "FR"}}, {}]},
                }
            ]
        )
    )
    (batch,) = read(REGISTER, path)
    row = batch.frame.row(0, named=True)
    assert row["recordDetails.addresses.country"] == ["GB", None, None]
    assert row["recordDetails.addresses.country.code"] == [None, "FR", None]


def test_an_empty_array_is_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "zedland.json"
    path.write_text("[]")
    with pytest.raises(BlockedEdition) as blocked:
        list(read(REGISTER, path))
    assert blocked.value.code == "empty_file"


def test_a_register_without_packages_reads_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "zedland.json"
    path.write_text(json.dumps([STATEMENT]) + "\n")
    (batch,) = read(replace(REGISTER, reader=JsonLines()), path)
    assert batch.rejects["code"].to_list() == ["broken_json"]


# --- answers of an API ------------------------------------------------------------------------------------

ANSWERS = [
    {"_links": {"self": {"href": "/1"}}, "_embedded": {"loans": []}},
    {"_links": {"self": {"href": "/2"}}, "_embedded": {"loans": [{"id": 1, "by": [{"a": "}]"}]}, {"id": 2}]}},
    {"_links": {"self": {"href": "/3"}}},
    {"_embedded": {"seizures": [{"id": 3, "_links": {"self": {"href": "/3/3"}}}]}, "total": 1},
    {"_embedded": {"loans": []}},
]
PATHS = ("_embedded.loans", "_embedded.seizures")


def _objects_of(path: Path, text: str, chunk_bytes: int) -> list[object]:
    path.write_text(text)
    assert is_package(text.encode(), PATHS)
    with FileIO(path) as file:
        window = Window(file, chunk_bytes)
        return [
            json.loads(buffer[start : start + length])
            for buffer, starts, lengths, _ in cuts(window, "r", path.name, 10_000, 2, array_at=PATHS)
            for start, length in zip(starts.tolist(), lengths.tolist(), strict=True)
        ]


@pytest.mark.parametrize("chunk_bytes", [300, 333, 1 << 20])
@pytest.mark.parametrize("indent", [None, 1])
def test_answers_one_after_another_are_cut_into_their_objects(
    indent: int | None, chunk_bytes: int, tmp_path: Path
) -> None:
    text = "\n".join(json.dumps(answer, indent=indent) for answer in ANSWERS * 3)
    objects = _objects_of(tmp_path / "answers.json", text, chunk_bytes)
    assert [one["id"] for one in objects if isinstance(one, dict)] == [1, 2, 3] * 3


@pytest.mark.parametrize(
    "further",
    [
        {"_embedded": {"others": [{"id": 4}]}},
        {"id": 4, "by": [{"a": 1}]},
        {"_embedded": {"others": [4]}},
    ],
)
def test_an_answer_of_another_kind_is_refused(further: object, tmp_path: Path) -> None:
    """No object between or after the arrays is left out in silence."""
    for answers in ([ANSWERS[1], further, ANSWERS[3]], [ANSWERS[1], further]):
        with pytest.raises(BlockedEdition):
            _objects_of(tmp_path / "answers.json", "\n".join(map(json.dumps, answers)), 1 << 20)


def test_an_answer_without_objects_is_a_line() -> None:
    assert not is_package(json.dumps(ANSWERS[0]).encode(), PATHS)


# --- the date of an edition -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"publicationDate": "2026-03-02"} {"publicationDate" :\n "2026-03-05T10:00:00Z"}', "2026-03-05"),
        ('{"publicationDate": "2026-13-45", "statementDate": "2027-01-01"}', None),
        ('{"publicationDate": "2026-03"} {"publicationDate": "2025-03-02-x"}', None),
        (
            '{"details": "\\"publicationDate\\": \\"2030-01-01\\"", "publicationDate": "2020-02-02"}',
            "2020-02-02",
        ),
        ("", None),
    ],
)
@pytest.mark.parametrize("step", [7, 1 << 20])
def test_newest_day_of_the_declared_field(
    text: str, expected: str | None, step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.readers.edition_dates.STEP_BYTES", step)
    path = tmp_path / "zedland.json"
    path.write_text(text)
    with path.open("rb") as file:
        objects = newest_day(REGISTER, file)
    assert (objects.isoformat() if objects else None) == expected


def test_no_field_no_date(tmp_path: Path) -> None:
    path = tmp_path / "zedland.json"
    path.write_text('{"publicationDate": "2026-03-02"}')
    with path.open("rb") as file:
        assert newest_day(replace(REGISTER, edition_field=""), file) is None
        assert newest_day(replace(REGISTER, edition_field="", reader=Delimited()), file) is None
