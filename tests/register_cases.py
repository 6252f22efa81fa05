"""Golden cases of registers: a few invented records in a publisher's form, and what becomes of each.

`tests/fixtures/registers/<register>/<case>/` holds one native file, with the name that the publisher would
give it (for an archive of tables a folder), and one for each update, and `expected.json`: records in, which
were loaded, ignored and rejected and why, findings, and the canonical tables (`Outcome.readable`). Whoever
writes a case reads what is made of it, and keeps it:

    uv run python -m tests.register_cases tests/fixtures/registers/<register>/<case>
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import polars as pl

from transforms.model.parsing import conform
from transforms.model.register import (
    DelimitedTables,
    Edition,
    Parsed,
    Register,
    SourceField,
    registers,
)
from transforms.model.statements import STATEMENT_TABLES
from transforms.readers import Batch, read

CASES = Path(__file__).parent / "fixtures" / "registers"
EXPECTED = "expected.json"
HEAD_BYTES = 64 << 10  # what a register is shown of a file
# Where a row comes from, which `record` in its id says; and the hash of its address, which is told in words.
NOT_SHOWN = {"register", "dataset", "edition", "file_sha256", "record", "record_no", "address_id"}

# Column → the tables that it leads to. Beside these, what a company register has under a number is led to by
# that number (`subject_id`).
LEADS_TO = {
    "of_statement_id": (
        "entity_statement",
        "person_statement",
        "title_statement",
        "transaction_statement",
        "permit_statement",
    ),
    "party_statement_id": ("entity_statement", "person_statement"),
    "subject_statement_id": ("entity_statement",),
    "relationship_statement_id": ("relationship_statement",),
    "title_statement_id": ("title_statement",),
}


class Outcome(NamedTuple):
    """What became of a file: parsed, all rejections in order, all findings, records in the file, what was
    ignored (record_no, reason) in order.
    """

    parsed: Parsed
    rejected: pl.DataFrame
    findings: pl.DataFrame
    records_n: int
    ignored: pl.DataFrame

    def readable(self) -> dict[str, object]:
        """As people read it: ids as `<record> <part>`, no provenance, and nothing that says only "no" or
        nothing.
        """
        return {
            "in": self.records_n,
            "loaded": self.parsed.records["record_no"].to_list(),
            "ignored": [[*row] for row in self.ignored.rows()],
            "rejected": [[*row] for row in self.rejected.select("record_no", "code", "field").rows()],
            "findings": sorted(
                [*row] for row in self.findings.select("code", "field", "value", "rows_n").rows()
            ),
            "tables": self.tables(),
        }

    def tables(self) -> dict[str, list[dict[str, object]]]:
        stems = {
            row["statement_id"].split("-")[0]: row["record"]
            for table in self.parsed.tables.values()
            for row in table.iter_rows(named=True)
        }
        shown = {
            name: [
                {
                    key: _plain(value, stems)
                    for key, value in row.items()
                    if key not in NOT_SHOWN and _says_something(value)
                }
                for row in table.iter_rows(named=True)
            ]
            for name, table in self.parsed.tables.items()
        }
        return {
            name: sorted(rows, key=lambda row: str(row["statement_id"]))
            for name, rows in shown.items()
            if rows
        }


def _says_something(value: object) -> bool:
    return not (value is None or value is False or value == [])


def _plain(value: object, stems: Mapping[str, str]) -> object:
    if isinstance(value, str) and value.split("-")[0] in stems:
        stem, _, part = value.partition("-")
        return f"{stems[stem]} {part}"
    return (
        value
        if isinstance(value, str | int | list)
        else float(value)
        if isinstance(value, Decimal)
        else str(value)
    )


def cases(register: Register) -> list[Path]:
    return sorted(path for path in (CASES / register.name).glob("*") if path.is_dir())


def field_of(register: Register, name: str) -> SourceField:
    """The declaration of a native field."""
    return {field.name: field for field in register.fields}[name]


def landed_files(case: Path) -> list[Path]:
    """The file and those of its updates, oldest first; of archives of tables the folders."""
    return sorted((path for path in case.iterdir() if path.name != EXPECTED), key=_in_order)


def native_file(case: Path) -> Path:
    """The file, or that of the newest update."""
    return landed_files(case)[-1]


def _in_order(path: Path) -> tuple[str, bool]:
    """By date; a month's full file of titles before its changes."""
    return re.sub("_(?:FULL|COU)_", "_", path.name), "_COU_" in path.name


def batches_of(register: Register, path: Path) -> list[Batch]:
    """Of a file; of the folder of an archive of tables, or of an update, with those before it."""
    if isinstance(register.reader, DelimitedTables):
        folders = sorted(folder for folder in path.parent.iterdir() if folder.is_dir())
        files = [
            folder / f"{table}.csv" for folder in folders for table in tables_in(register.reader, folder)
        ]
    elif register.monthly_updates and "_COU_" in path.name:
        files = sorted(path.parent.glob("*.csv"), key=_in_order)
    else:
        return list(read(register, path))
    batches: list[Batch] = []
    for part_no, file in enumerate(files, start=1):
        first = 1 + sum(batch.records_in for batch in batches)
        batches += read(register, file, part_no=part_no, first_record_no=first)
    return batches


def tables_in(reader: DelimitedTables, folder: Path) -> Sequence[str]:
    names = {path.stem for path in folder.glob("*.csv")}
    return next(tables for tables in reader.sets if set(tables) == names)


def conformed(
    register: Register, batches: Sequence[Batch]
) -> list[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """`conform` of a whole file, or of each batch of an archive of tables."""
    frames = [batch.frame for batch in batches]
    if not isinstance(register.reader, DelimitedTables) and not register.monthly_updates:
        frames = [pl.concat(frames, how="diagonal")]
    return [conform(frame, register.fields_in(frame.columns)) for frame in frames]


def parse_all(register: Register, good: Sequence[pl.DataFrame], edition: Edition) -> Parsed:
    """Batches of one edition parsed, with the index of all where there are several."""
    if len(good) > 1 and register.index is not None:
        kept = pl.concat([register.index.kept(frame) for frame in good])
        edition = replace(edition, index=register.index.settled(kept))
    each = [register.parse(frame, edition) for frame in good]
    return Parsed(
        {name: pl.concat([one.tables[name] for one in each]) for name in each[0].tables},
        *(
            pl.concat([getattr(one, name) for one in each])
            for name in ("records", "rejected", "ignored", "findings")
        ),
    )


def edition_of(register: Register, path: Path) -> Edition:
    """As the register recognises the file, of an invented day."""
    if path.is_dir():
        recognised = register.recognise(f"{path.name}.zip", b"")
    else:
        with path.open("rb") as file:
            recognised = register.recognise(path.name, file.read(HEAD_BYTES))
    assert recognised is not None, f"{register.name} does not recognise {path.name}"
    return Edition(register.name, recognised.dataset, "2026-06-01", "0" * 64)


def run(register: Register, path: Path, edition: Edition | None = None) -> Outcome:
    """A whole file through reader, conform and parse, as one batch. edition:

    `edition_of` where none is given.
    """
    batches = batches_of(register, path)
    good, misfits, unknown = zip(*conformed(register, batches), strict=True)
    parsed = parse_all(register, good, edition or edition_of(register, path))
    return Outcome(
        parsed,
        pl.concat([*(batch.rejects for batch in batches), *misfits, parsed.rejected]).sort("record_no"),
        pl.concat([*(batch.findings for batch in batches), *unknown, parsed.findings]),
        sum(batch.records_in for batch in batches),
        pl.concat([*(batch.ignored for batch in batches), parsed.ignored]).sort("record_no"),
    )


def assert_declared(register: Register, parsed: Parsed) -> None:
    """What holds for the statements of any register: tables as declared, ids that lead to statements of their
    own file, and every loaded record in a statement.
    """
    tables = parsed.tables
    assert set(tables) == {table.name for table in register.tables}
    assert pl.concat([table["statement_id"] for table in tables.values()]).is_unique().all()
    for name, table in tables.items():
        declared = STATEMENT_TABLES[name]
        assert dict(table.schema) == declared.schema, name
        assert [
            column.name for column in declared if not column.nullable and table[column.name].null_count()
        ] == []
        assert [
            column.name
            for column in declared
            if column.values and not set(table[column.name].drop_nulls()) <= set(column.values)
        ] == []
        for column, ends in LEADS_TO.items():
            if column in table.columns:
                known = {
                    one for end in ends if end in tables for one in tables[end]["statement_id"].to_list()
                }
                assert set(table[column].drop_nulls().to_list()) <= known, f"{name}.{column}"
    assert {number for table in tables.values() for number in table["record_no"].to_list()} == set(
        parsed.records["record_no"].to_list()
    )
    if "relationship_statement" in tables:
        relationships = tables["relationship_statement"]
        assert (
            relationships["party_statement_id"].is_null() == (relationships["party_kind"] == "unspecified")
        ).all()
        assert (
            relationships["subject_id"].is_null() != relationships["subject_statement_id"].is_null()
        ).all()
    if "interest_statement" in tables:
        interests = tables["interest_statement"]
        assert (interests["share_min"].is_null() == interests["share_max"].is_null()).all()


def written(shown: object, depth: int = 0) -> str:
    """As JSON with one row a line."""
    if depth < 2 and isinstance(shown, dict):
        return _lines(
            [f"{json.dumps(name)}: {written(value, depth + 1)}" for name, value in shown.items()], "{}", depth
        )
    if isinstance(shown, list) and any(isinstance(row, list | dict) for row in shown):
        return _lines([json.dumps(row, ensure_ascii=False) for row in shown], "[]", depth)
    return json.dumps(shown, ensure_ascii=False)


def _lines(parts: Sequence[str], brackets: str, depth: int) -> str:
    first, last = brackets
    return "\n".join(
        [first, ",\n".join(f"{' ' * (depth + 1)}{part}" for part in parts), f"{' ' * depth}{last}"]
    )


def main(folder: str) -> None:
    case = Path(folder).resolve()
    print(written(run(registers()[case.parent.name], native_file(case)).readable()))


if __name__ == "__main__":
    main(*sys.argv[1:])
