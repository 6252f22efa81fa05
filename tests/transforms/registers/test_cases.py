"""Every register's golden cases: what becomes of each record, and what holds for the statements of any
register.
"""

import json
from pathlib import Path

import pytest

from tests import register_cases
from tests.register_cases import (
    assert_declared,
    batches_of,
    conformed,
    edition_of,
    native_file,
    parse_all,
    run,
)
from transforms.model.register import FINDING_SCHEMA, RECORD_SCHEMA, Register, registers

CASES = [
    pytest.param(register, native_file(case), id=f"{register.name}-{case.name}")
    for register in registers().values()
    for case in register_cases.cases(register)
]


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
    assert dict(made.parsed.records.schema) == dict(RECORD_SCHEMA) and dict(made.findings.schema) == dict(
        FINDING_SCHEMA
    )
    assert_declared(register, made.parsed)


@pytest.mark.sample(1)
@pytest.mark.parametrize(("register", "path"), CASES)
def test_batches_of_an_edition_give_what_the_whole_gives(register: Register, path: Path) -> None:
    """Cut into a batch of one record, one of three and one of the rest: the same statements, rejections and
    ignored records.
    """
    good = [frame for frame, _, _ in conformed(register, batches_of(register, path))]
    edition = edition_of(register, path)
    whole = parse_all(register, good, edition)
    cut = [piece for frame in good for piece in (frame[:1], frame[1:4], frame[4:]) if piece.height]
    parts = parse_all(register, cut, edition)
    for name, table in whole.tables.items():
        assert parts.tables[name].sort("statement_id").equals(table.sort("statement_id")), name
    for name in ("records", "ignored", "rejected"):
        assert getattr(parts, name).equals(getattr(whole, name)), name
