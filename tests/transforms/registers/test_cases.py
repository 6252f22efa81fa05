"""Every register's golden cases: what becomes of each record, and what holds for the statements of any
register.
"""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests import register_cases
from tests.register_cases import assert_declared, edition_of, native_file, run
from transforms.model.parsing import conform
from transforms.model.register import FINDING_SCHEMA, RECORD_SCHEMA, Register, registers
from transforms.readers import read

CASES = [
    pytest.param(register, native_file(case), id=f"{register.name}-{case.name}")
    for register in registers().values()
    for case in register_cases.cases(register)
]


@pytest.mark.sample(3)
@pytest.mark.parametrize(("register", "path"), CASES)
def test_a_case_becomes_what_is_expected(register: Register, path: Path) -> None:
    assert run(register, path).readable() == json.loads(
        path.with_name(register_cases.EXPECTED).read_text(encoding="utf-8")
    )


@pytest.mark.sample(3)
@pytest.mark.parametrize(("register", "path"), CASES)
def test_every_record_is_accounted_for_in_statements_as_declared(register: Register, path: Path) -> None:
    made = run(register, path)
    assert made.records_n == made.parsed.records.height + made.rejected.height + made.ignored.height
    assert dict(made.parsed.records.schema) == dict(RECORD_SCHEMA) and dict(made.found.schema) == dict(
        FINDING_SCHEMA
    )
    assert_declared(register, made.parsed)


@pytest.mark.sample(1)
@pytest.mark.parametrize(("register", "path"), CASES)
def test_batches_of_an_edition_give_what_the_whole_gives(register: Register, path: Path) -> None:
    """Cut into a batch of one record, one of three and one of the rest: the same statements, rejections and
    ignored records.
    """
    good = conform(pl.concat([batch.frame for batch in read(register, path)]), register.fields)[0]
    edition = edition_of(register, path)
    whole = register.parse(good, edition)
    pieces = [piece for piece in (good[:1], good[1:4], good[4:]) if piece.height]
    index = (
        None
        if register.index is None
        else register.index.settled(pl.concat([register.index.kept(piece) for piece in pieces]))
    )
    parts = [register.parse(piece, replace(edition, index=index)) for piece in pieces]
    for name, table in whole.tables.items():
        assert (
            pl.concat([part.tables[name] for part in parts])
            .sort("statement_id")
            .equals(table.sort("statement_id"))
        ), name
    for name in ("records", "ignored", "rejected"):
        assert pl.concat([getattr(part, name) for part in parts]).equals(getattr(whole, name)), name
