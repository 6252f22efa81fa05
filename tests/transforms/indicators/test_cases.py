"""Every indicator against its golden cases, and the rules that make an indicator complete."""

import re
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tests.indicator_cases import AS_OF, EXPECTED_COLUMNS, case_tables, cases, kind, load
from transforms.flags.sentences import DutchFormatter
from transforms.flags.states import given_sql
from transforms.model.indicator import STATE_COLUMNS, STATES, Indicator, indicators
from transforms.model.translation import Translation

ALL = [(indicator, case) for indicator in indicators().values() for case in cases(indicator)]
EVIDENCE_COLUMNS = ("subject_id", "role", "statement_id", "field")

# One of something in the plural, and a sum of money without thousands.
NO_PLAIN_ENGLISH = re.compile(
    r"\b(?<![\d.,])1 (?:full )?(?:days|steps|titles)\b|\b\d{5,}(?:\.\d+)? [A-Z]{3}\b"
)
NATIVE = {"category", "legal_form", "purpose", "what"}  # columns with words of a register or a ledger


class _Overheard(DutchFormatter):
    """Keeps what it leaves as it is, where that has a word without a capital: names here have them."""

    def __init__(self, texts: Translation) -> None:
        super().__init__(texts)
        self.english: list[tuple[str, str]] = []

    def translated(self, name: str, value: str) -> str:
        dutch = super().translated(name, value)
        if dutch == value and name not in NATIVE and re.search(r"\b[a-z]{2,}\b", value):
            self.english.append((name, value))
        return dutch


type Rows = tuple[list[str], list[tuple[object, ...]]]


@cache
def _states_and_evidence(code: str, case: Path) -> tuple[Rows, Rows]:
    """States and evidence, each as names of columns and rows; a case is loaded once for all tests."""
    indicator = indicators()[code]
    with load(case) as connection:
        queries = given_sql(indicator.states), indicator.evidence
        states, evidence = (_run(connection, indicator, query) for query in queries)
        return states, evidence


def _run(connection: duckdb.DuckDBPyConnection, indicator: Indicator, query: str) -> Rows:
    result = connection.execute(query, indicator.bound_values(query, AS_OF))
    return [column[0] for column in result.description], result.fetchall()


SHARING = [indicator for indicator in indicators().values() if len(indicator.steps) > 2]


@pytest.mark.sample(6)
@pytest.mark.parametrize("indicator", SHARING, ids=lambda indicator: indicator.code)
def test_the_steps_of_a_night_give_the_same_rows(indicator: Indicator) -> None:
    with load(cases(indicator)[0]) as connection:
        queries = given_sql(indicator.states), indicator.evidence
        plain = [_run(connection, indicator, query) for query in queries]
        *shared, (_, states), (_, evidence) = indicator.steps.items()
        for name, query in shared:
            connection.execute(f"create temp table {name} as {query}", indicator.bound_values(query, AS_OF))
        results = [_run(connection, indicator, query) for query in (given_sql(states), evidence)]
    for (columns, rows), (same_columns, same_rows) in zip(results, plain, strict=True):
        assert columns == same_columns and sorted(map(repr, rows)) == sorted(map(repr, same_rows))
    assert results[0][1]


def _expected(case: Path) -> list[tuple[str, ...]]:
    return sorted(case_tables(case)["expected"].select(EXPECTED_COLUMNS).fill_null("").rows())


def _text(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.sample(8)  # the same cases as of the next test, which are loaded once
@pytest.mark.parametrize(
    ("indicator", "case"), ALL, ids=lambda value: value.stem if isinstance(value, Path) else value.code
)
def test_states_are_those_expected(indicator: Indicator, case: Path) -> None:
    (names, rows), _ = _states_and_evidence(indicator.code, case)
    assert set(names) >= {*STATE_COLUMNS, "lane"}
    states = sorted(tuple(_text(row[names.index(name)]) for name in EXPECTED_COLUMNS) for row in rows)
    assert states == _expected(case)
    expected = case_tables(case)["expected"]
    if "lane" in expected.columns:  # blank: the indicator's
        key = ("subject_id", "subtype", "lane")
        lanes = {tuple(_text(row[names.index(name)]) for name in key) for row in rows}
        assert lanes == set(expected.select(key).fill_null("").rows())
    assert {row[names.index("state")] for row in rows} <= set(STATES)
    reasons = {str(row[names.index("reason")] or "") for row in rows} - {""}
    own = {
        reason
        for reason in reasons
        if not reason.startswith(("extract:", "missing:", "rejected:", "not_published:"))
    }  # which are everyone's
    assert own <= set(indicator.reasons), f"{indicator.code}: add what these reasons mean to its reasons="


def _is_said(value: float | None, words: str, before: str) -> bool:
    """Whether the number stands in the words; one below zero with its sign, or as so many days before."""
    if value is None or f"{value:.0f}" in words:
        return True
    return value < 0 and re.search(rf"\b{-value:.0f} {before} ", words) is not None


@pytest.mark.sample(8)
@pytest.mark.parametrize(
    ("indicator", "case"), ALL, ids=lambda value: value.stem if isinstance(value, Path) else value.code
)
def test_every_flag_has_evidence_and_a_sentence_with_its_numbers(indicator: Indicator, case: Path) -> None:
    (names, rows), (evidence_names, evidence) = _states_and_evidence(indicator.code, case)
    columns = (*EVIDENCE_COLUMNS, "subtype") if indicator.evidence_by_subtype else EVIDENCE_COLUMNS
    assert tuple(evidence_names) == columns
    # A holder of whom no interest is stated is no interest.
    facts = (dict(zip(evidence_names, row, strict=True)) for row in evidence)
    assert all(fact["statement_id"] for fact in facts if fact["field"].startswith("interest_statement."))
    proved = {(row[0], row[-1] if indicator.evidence_by_subtype else None) for row in evidence}
    for row in rows:
        state = dict(zip(names, row, strict=True))
        if state["state"] != "flagged":
            continue
        assert (state["subject_id"], state["subtype"] if indicator.evidence_by_subtype else None) in proved
        words = indicator.sentence.format_map({**state, "subject_name": "Somebody Ltd"})
        assert _is_said(state["value"], words.replace(",", ""), "days? before")
        assert not NO_PLAIN_ENGLISH.search(words), words
        if indicator.dutch is not None:
            dutch = _Overheard(indicator.dutch)
            words = dutch.vformat(indicator.dutch.sentence, (), {**state, "subject_name": "X"})
            assert _is_said(state["value"], words.replace(".", ""), "dag(en)? vóór")
            assert not dutch.english, f"{indicator.code}: nl.toml lacks [words] for these"


@pytest.mark.sample(7)
@pytest.mark.parametrize(
    ("indicator", "case"),
    [(indicator, case) for indicator, case in ALL if "\n# evidence\n" in case.read_text("utf-8")],
    ids=lambda value: value.stem if isinstance(value, Path) else value.code,
)
def test_evidence_is_that_expected(indicator: Indicator, case: Path) -> None:
    """All of it: a fact too many is as wrong as one too few. A flag without a sub-type of its own has none in
    the file.
    """
    (names, rows), (evidence_names, evidence) = _states_and_evidence(indicator.code, case)
    flagged = {row[names.index("subject_id")] for row in rows if row[names.index("state")] == "flagged"}
    expected = sorted(case_tables(case)["evidence"].select(evidence_names).fill_null("").rows())
    assert sorted({tuple(_text(value) for value in row) for row in evidence if row[0] in flagged}) == expected


@pytest.mark.parametrize("indicator", indicators().values(), ids=lambda indicator: indicator.code)
def test_an_indicator_has_a_hit_and_a_near_miss(indicator: Indicator) -> None:
    kinds = [kind(case) for case in cases(indicator)]
    assert "hit" in kinds and "near_miss" in kinds and "" not in kinds
    for case in cases(indicator):
        states = {row[1] for row in _expected(case)}
        assert ("flagged" in states) == (kind(case) == "hit"), case.name
