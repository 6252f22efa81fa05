"""R16: what a publisher may change about its columns or keys, tried on every register: the same result, a
warning that is recorded, or a stop.

| change | delimited | JSON lines |
|---|---|---|
| reorder | the same result | the same result |
| add | loads; finding `unknown_field` | loads; finding `unknown_field` |
| drop, rename, recase, split | `missing_column`, the column named | required: rejected; optional: a finding |
| duplicate | `duplicate_column` | `broken_json`, each record |
| retype | every record rejected, the field named | every record rejected, the field named |
| new category | loads; finding `unknown_category`; no default | the same |

Where a key that every record must have is gone, every record is rejected and the key named. Any other key is
optional by the publisher's own specification: the new key is a finding, the old one's columns are null, and
beside a last edition the gate stops the file (`columns not emptied`, R17).

The price register's native form has no header: a column there is only told by what stands in it, and its own
rows in the table below say what becomes of it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.ingest import lake
from tests.native_files import FORMS, Form, ingested, statements
from transforms.errors import BlockedEdition
from transforms.model.register import SourceField, registers
from transforms.registers.gb_hmlr_price_paid import NATIVE_COLUMNS

pytestmark = pytest.mark.reliability("R16")

RECORDS = 24
WITH_HEADER = tuple(name for name, form in FORMS.items() if form.header is not None)
OF_JSON = tuple(name for name, form in FORMS.items() if form.is_json)
# Keys that every record must have, and the records that lack it when it is renamed: those of the kind that
# has it.
MANDATORY: dict[str, tuple[str, ...]] = {
    "psc": ("company_number", "kind", "self"),
    "ftm": ("id", "schema"),
    "bods": ("recordType", "recordId"),
}
# Key → a column that it alone fills, and what the column is when the key is gone.
OPTIONAL: dict[str, tuple[tuple[str, str, str], ...]] = {
    "psc": (
        ("notified_on", "relationship_statement", "valid_from"),
        ("date_of_birth", "person_statement", "birth_year"),
    ),
    "ftm": (
        ("jurisdiction", "entity_statement", "jurisdiction"),
        ("percentage", "interest_statement", "share_min"),
    ),
    "bods": (("fullName", "person_statement", "full_name"), ("share", "interest_statement", "share_min")),
}


def _table(form: Form) -> list[list[str]]:
    """Header and records as lists of values; the publisher's total is none of them."""
    assert form.header is not None
    return list(csv.reader(line.decode() for line in (form.header, *form.rows(RECORDS))))


def _file(form: Form, table: list[list[str]]) -> bytes:
    lines = [",".join('"' + value.replace('"', '""') + '"' for value in row).encode() for row in table]
    total = [] if form.total is None else [form.total(RECORDS)]
    return b"".join(line + b"\n" for line in (*lines, *total))


def _same(before: lake.Ingested, after: lake.Ingested) -> bool:
    old, new = statements(before), statements(after)
    return all(old[name].drop("file_sha256").equals(new[name].drop("file_sha256")) for name in old)


def _findings(read: lake.Ingested) -> set[tuple[str, str | None, int]]:
    return set(pl.read_parquet(read.folder / "finding.parquet").select("code", "value", "rows_n").rows())


def _required(form: Form, table: list[list[str]]) -> list[int]:
    """Places of the columns that the declaration requires."""
    needed = {field.name for field in registers()[form.register].fields if field.required}
    return [place for place, name in enumerate(table[0]) if name.strip() in needed]


# --- delimited --------------------------------------------------------------------------------------------


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", WITH_HEADER)
def test_reordered_columns_give_the_same_and_added_ones_are_recorded(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    table = _table(form)
    sound = ingested(tmp_path / "sound", form, _file(form, table))
    assert sound.facts.rows_loaded == RECORDS
    reordered = [[*reversed(row)] for row in table]
    assert _same(sound, ingested(tmp_path / "reordered", form, _file(form, reordered)))
    added = [[*row[:3], "novel.column" if number == 0 else "x", *row[3:]] for number, row in enumerate(table)]
    read = ingested(tmp_path / "added", form, _file(form, added))
    assert _same(sound, read) and ("unknown_field", "novel.column", RECORDS) in _findings(read)


def _renamed(table: list[list[str]], place: int, name: str) -> list[list[str]]:
    return [[*table[0][:place], name, *table[0][place + 1 :]], *table[1:]]


def _dropped(table: list[list[str]], place: int) -> list[list[str]]:
    return [row[:place] + row[place + 1 :] for row in table]


def _split(table: list[list[str]], place: int) -> list[list[str]]:
    heads = [f"{table[0][place].strip()} 1", f"{table[0][place].strip()} 2"]
    return [
        [*row[:place], *(heads if number == 0 else [row[place], ""]), *row[place + 1 :]]
        for number, row in enumerate(table)
    ]


def _twice(table: list[list[str]], place: int) -> list[list[str]]:
    return [[*row, row[place]] for row in table]


STOPS: dict[str, tuple[Callable[[list[list[str]], int], list[list[str]]], str]] = {
    "dropped": (_dropped, "missing_column"),
    "renamed": (lambda table, place: _renamed(table, place, "Novelty"), "missing_column"),
    "recased": (lambda table, place: _renamed(table, place, table[0][place].swapcase()), "missing_column"),
    "split": (_split, "missing_column"),
    "twice": (_twice, "duplicate_column"),
}


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", WITH_HEADER)
def test_every_required_column_that_is_gone_or_twice_stops_the_file_and_is_named(
    name: str, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    form = FORMS[name]
    table, stopped = _table(form), 0
    required = _required(form, table)
    for place in required:
        for kind, (change, code) in STOPS.items():
            with pytest.raises(BlockedEdition) as refused:
                ingested(tmp_path / f"{place} {kind}", form, _file(form, change(table, place)))
            assert refused.value.code == code, (kind, table[0][place])
            assert repr(table[0][place].strip()) in str(refused.value)
            stopped += 1
    figure(
        f"{name}: {stopped} of {len(required) * len(STOPS)} drops, renames, recasings, splits and doublings "
        f"stopped, the column named"
    )


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if not form.is_json])
def test_every_retyped_column_rejects_its_records_and_is_named(name: str, tmp_path: Path) -> None:
    """Each column that is typed, with a text in every record."""
    form = FORMS[name]
    kinds: dict[str, SourceField] = {field.name: field for field in registers()[form.register].fields}
    rows = _headerless(form)
    for place, column in enumerate(rows[0]):
        if kinds[column.strip()].kind in ("date", "integer", "money"):
            retyped = [rows[0], *([*row[:place], "soon", *row[place + 1 :]] for row in rows[1:])]
            contents = _file(form, retyped if form.header is not None else retyped[1:])
            if form.header is None:
                # without a header such a file is not even this register's shape: see the test of columns
                # without names
                continue
            read = ingested(tmp_path / f"{place}", form, contents)
            codes = pl.read_parquet(read.folder / "reject.parquet").select("code", "field").unique().rows()
            assert (read.facts.rows_loaded, read.facts.rows_rejected) == (0, RECORDS)
            assert codes == [
                (
                    "impossible_date" if kinds[column.strip()].kind == "date" else "not_a_number",
                    column.strip(),
                )
            ]


def _headerless(form: Form) -> list[list[str]]:
    if form.header is not None:
        return _table(form)
    return [[*NATIVE_COLUMNS], *csv.reader(row.decode() for row in form.rows(RECORDS))]


@pytest.mark.nightly
def test_prices_without_a_header_are_never_read_by_wrong_columns(tmp_path: Path) -> None:
    """Dropped, doubled, split: another number of columns. The first three swapped: no such shape. Each is
    a stop, or every record is rejected.
    """
    form = FORMS["prices"]
    rows = _headerless(form)[1:]
    for place in range(len(rows[0])):
        for kind, change in (("dropped", _dropped), ("twice", _twice)):
            outcome = _outcome(tmp_path / f"{place} {kind}", form, _file(form, change(rows, place)))
            assert (
                outcome in ("wrong_header", "missing_column", "duplicate_column")
                or outcome == f"0 of {RECORDS}"
            ), (place, kind, outcome)
    for one, other in ((0, 1), (1, 2), (0, 2)):
        swapped = [
            [row[{one: other, other: one}.get(place, place)] for place in range(len(row))] for row in rows
        ]
        outcome = _outcome(tmp_path / f"{one}{other}", form, _file(form, swapped))
        assert (
            outcome in ("wrong_header", "missing_column", "duplicate_column") or outcome == f"0 of {RECORDS}"
        ), (one, other, outcome)


def _outcome(folder: Path, form: Form, contents: bytes) -> str:
    try:
        return f"{ingested(folder, form, contents).facts.rows_loaded} of {RECORDS}"
    except BlockedEdition as fault:
        return fault.code


# --- JSON -------------------------------------------------------------------------------------------------


def _records(form: Form) -> list[dict[str, object]]:
    return [json.loads(row) for row in form.rows(RECORDS)]


def _lines(form: Form, records: list[dict[str, object]]) -> bytes:
    return form.file([json.dumps(record).encode() for record in records])


def _with_keys(value: object, change: Callable[[dict[str, object]], dict[str, object]]) -> object:
    if isinstance(value, dict):
        return change({key: _with_keys(member, change) for key, member in value.items()})
    return [_with_keys(item, change) for item in value] if isinstance(value, list) else value


def _changed(form: Form, change: Callable[[dict[str, object]], dict[str, object]]) -> bytes:
    # an object stays one
    return _lines(form, [_with_keys(record, change) for record in _records(form)])  # type: ignore[misc]


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", OF_JSON)
def test_reordered_keys_give_the_same_and_added_ones_are_recorded(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    sound = ingested(tmp_path / "sound", form, form.file(form.rows(RECORDS)))
    assert _same(
        sound,
        ingested(
            tmp_path / "reordered",
            form,
            _changed(form, lambda members: dict(sorted(members.items(), reverse=True))),
        ),
    )
    read = ingested(
        tmp_path / "added", form, _lines(form, [{**record, "novel.key": 1} for record in _records(form)])
    )
    assert _same(sound, read) and ("unknown_field", "novel.key", RECORDS) in _findings(read)


def _key_gone(
    key: str, into: Callable[[object], dict[str, object]]
) -> Callable[[dict[str, object]], dict[str, object]]:
    def change(members: dict[str, object]) -> dict[str, object]:
        return (
            {**{name: value for name, value in members.items() if name != key}, **into(members[key])}
            if key in members
            else members
        )

    return change


def _goings(key: str) -> dict[str, Callable[[object], dict[str, object]]]:
    return {
        "dropped": lambda _value: {},
        "renamed": lambda value: {f"{key}.novel": value},
        "recased": lambda value: {key.swapcase(): value},
        "split": lambda value: {f"{key}.novel-1": value, f"{key}.novel-2": value},
    }


@pytest.mark.nightly
@pytest.mark.parametrize("name", OF_JSON)
def test_a_key_that_every_record_must_have_stops_them_all_and_is_named(
    name: str, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    form, changes_n, named_n = FORMS[name], 0, 0
    for key in MANDATORY[name]:
        changes_n += len(_goings(key))
        for kind, into in _goings(key).items():
            read = _read_or_refused(tmp_path / f"{key} {kind}", form, _changed(form, _key_gone(key, into)))
            if isinstance(read, str):
                assert key in read or form.register in read
            else:
                fields = pl.read_parquet(read.folder / "reject.parquet")["field"].unique().to_list()
                assert read.facts.rows_loaded == 0, (key, kind)
                assert any(key in (field or "") for field in fields), (key, kind, fields)
            named_n += 1
    figure(
        f"{name}: {named_n} of {changes_n} changes of a key that must be there left no record loaded, "
        f"the key named"
    )


def _read_or_refused(folder: Path, form: Form, contents: bytes) -> lake.Ingested | str:
    try:
        return ingested(folder, form, contents)
    except BlockedEdition as fault:
        return str(fault)


@pytest.mark.nightly
@pytest.mark.parametrize("name", OF_JSON)
def test_an_optional_key_that_is_gone_leaves_its_column_null_and_the_new_key_is_recorded(
    name: str, tmp_path: Path
) -> None:
    """Never another value: every other column of the table is as it was. Beside a last edition the gate
    stops such a file (R17).
    """
    form = FORMS[name]
    sound = statements(ingested(tmp_path / "sound", form, form.file(form.rows(RECORDS))))
    for key, table, column in OPTIONAL[name]:
        assert sound[table][column].null_count() < sound[table].height
        for kind, into in _goings(key).items():
            read = ingested(tmp_path / f"{key} {kind}", form, _changed(form, _key_gone(key, into)))
            after = statements(read)
            assert after[table][column].null_count() == after[table].height, (key, kind)
            assert kind == "dropped" or any(code == "unknown_field" for code, _, _ in _findings(read)), (
                key,
                kind,
            )
            others = [
                name
                for name in sound[table].columns
                if after[table][name].null_count() < sound[table].height
                and name not in ("file_sha256", column)
            ]
            same = [name for name in others if after[table][name].equals(sound[table][name])]
            assert len(same) >= len(others) - 3 and after[table].height == sound[table].height, (
                key,
                kind,
                set(others) - set(same),
            )


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", OF_JSON)
def test_a_key_twice_rejects_every_record(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    rows = [row.replace(b"{", b"{" + row[1 : row.index(b",")] + b", ", 1) for row in form.rows(RECORDS)]
    read = ingested(tmp_path, form, form.file(rows))
    assert (read.facts.rows_loaded, read.facts.rows_rejected) == (0, RECORDS)
    assert set(pl.read_parquet(read.folder / "reject.parquet")["code"]) == {"broken_json"}


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", OF_JSON)
def test_a_retyped_key_rejects_every_record_and_is_named(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    key = {"psc": "company_number", "ftm": "schema", "bods": "recordType"}[name]
    read = ingested(tmp_path, form, _lines(form, [{**record, key: [[1]]} for record in _records(form)]))
    assert (read.facts.rows_loaded, read.facts.rows_rejected) == (0, RECORDS)
    assert set(pl.read_parquet(read.folder / "reject.parquet").select("code", "field").rows()) == {
        ("wrong_type", key)
    }


# --- a category that nobody has seen ----------------------------------------------------------------------

# Form → field, a value of it in the rows, the table and column it becomes, and what an unknown one becomes
# there.
CATEGORIES: dict[str, tuple[tuple[str, bytes, str, str, str | None], ...]] = {
    "companies": (
        ("CompanyCategory", b'"Private Limited Company"', "entity_statement", "legal_form_class", "unknown"),
        ("CompanyStatus", b'"Active"', "entity_statement", "status", "unknown"),
    ),
    "ccod": (("Tenure", b"Freehold", "title_statement", "tenure", "unknown"),),
    "ocod": (("Tenure", b"Freehold", "title_statement", "tenure", "unknown"),),
    "prices": (("property_type", b'"T"', "transaction_statement", "property_type", "unknown"),),
    "reported prices": (("property_type", b'"T"', "transaction_statement", "property_type", "unknown"),),
    "psc": (
        (
            "data.natures_of_control",
            b"ownership-of-shares-75-to-100-percent",
            "interest_statement",
            "basis",
            "unknown",
        ),
    ),
    "ftm": (("properties.topics", b'["sanction"]', "listing_statement", "listing_class", "other"),),
    "bods": (
        (
            "recordDetails.entityType.type",
            b'"registeredEntity"',
            "entity_statement",
            "entity_type",
            "unknownEntity",
        ),
    ),
}


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", FORMS)
def test_an_unknown_category_is_recorded_and_never_taken_for_a_known_one(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    for number, (field, known, table, column, becomes) in enumerate(CATEGORIES[name]):
        novel = (
            b'["novel.category"]'
            if known.startswith(b"[")
            else b'"novel.category"'
            if known.startswith(b'"')
            else b"novel.category"
        )
        rows = [row.replace(known, novel, 1) for row in form.rows(RECORDS)]
        changed_n = sum(row != before for row, before in zip(rows, form.rows(RECORDS), strict=True))
        assert changed_n
        read = ingested(tmp_path / f"{number}", form, form.file(rows))
        findings = pl.read_parquet(read.folder / "finding.parquet").filter(
            pl.col("code") == "unknown_category"
        )
        assert (field, "novel.category", changed_n) in set(findings.select("field", "value", "rows_n").rows())
        values = statements(read)[table][column].to_list()
        assert values.count(becomes) >= changed_n, (field, set(values))
