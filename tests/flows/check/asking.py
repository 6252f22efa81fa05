"""Questions to a release of a few companies, and what they find."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import batched
from pathlib import Path

from flows.check import names as companies
from flows.check.answer import Matched, check, matched
from flows.check.input import Question, read_argument
from flows.check.sheet import Answer, Sheet
from flows.home.settings import Home
from flows.pages.check import write_pages
from flows.release.store import open_current

ON = date(2026, 7, 1)


def checked(home: Home, given: Sequence[Question] | str, areas: Sequence[str] = ()) -> Sheet:
    connection = open_current(home)
    try:
        return check(
            connection, read_argument(given) if isinstance(given, str) else given, areas=areas, checked_on=ON
        )
    finally:
        connection.close()


def pages_written(home: Home, sheet: Sheet, to: Path) -> Path:
    connection = open_current(home)
    try:
        return write_pages(connection, sheet, to)
    finally:
        connection.close()


def one(home: Home, given: Question | str, areas: Sequence[str] = ()) -> Answer:
    return checked(home, given if isinstance(given, str) else [given], areas).answers[0]


def each[Given: Question | str](home: Home, given: Sequence[Given]) -> Iterator[tuple[Given, Answer]]:
    """What was asked with its answer, a few in a sheet: in that many, names are searched as one alone is."""
    for some in batched(given, companies.FEW_NAMES):
        yield from zip(some, checked(home, numbered(some)).answers, strict=True)


def numbered(given: Sequence[Question | str]) -> list[Question]:
    rows = [what if isinstance(what, Question) else read_argument(what)[0] for what in given]
    return [replace(row, row=n) for n, row in enumerate(rows, start=1)]


def matches_in(answer: Answer) -> list[tuple[str, str]]:
    return [(subject.match.subject_id, subject.match.certainty) for subject in answer.subjects]


def meant[Given: Question | str](home: Home, given: Sequence[Given]) -> Iterator[tuple[Given, Matched]]:
    """As `each`, without the facts of those who are meant, which take most of a check's time."""
    with open_current(home) as connection:
        for some in batched(given, companies.FEW_NAMES):
            yield from zip(some, matched(connection, numbered(some)).values(), strict=True)


def whom(home: Home, *given: Question | str) -> list[list[tuple[str, str]]]:
    """Of each question, who or what is meant and how surely."""
    return [ids_of(result) for _, result in meant(home, given)]


def ids_of(result: Matched) -> list[tuple[str, str]]:
    return [(match.subject_id, match.certainty) for match in result.matches]


def write_list(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
