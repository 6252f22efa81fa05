"""A sheet of `undertow check` for a terminal: blocks of lines and rows. Printing, and making text safe, is the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.check.answer import (
    INDICATION,
    Answer,
    Owner,
    Sheet,
    Subject,
    all_n,
    nobody_found,
    owners,
    owners_left_out,
    titled,
)
from flows.check.columns import TABLES, beyond, columns, identity_pairs, summary, table_title
from flows.facts.certainty import CERTAINTIES
from transforms.reports import more

ROWS_SHOWN = (
    20  # of one table on a terminal; JSON and pages have up to LISTED_MAX, and say how many more there are
)
LIST_SHOWN = 1_000  # rows of a list's table


@dataclass(frozen=True)
class Block:
    """A heading, lines under it, and a table (rows of the same columns)."""

    title: str
    lines: tuple[str, ...] = ()
    rows: tuple[Mapping[str, object], ...] = ()


def blocks(sheet: Sheet) -> Iterator[Block]:
    """One answer in full; of several one row each."""
    synthetic = "  —  SYNTHETIC DATA" if sheet.release["synthetic"] else ""
    area = f", titles in {', '.join(sheet.areas)}" if sheet.areas else ""
    head = f"Checked on {sheet.checked_on} in release {sheet.release['release_id']}, facts as of {sheet.release['as_of']}{area}{synthetic}"
    yield Block(head, (INDICATION,))
    if len(sheet.answers) == 1:
        yield from _answer(sheet, sheet.answers[0])
    else:
        rows = tuple(row for answer in sheet.answers for row in summary(answer))
        rest = (
            (f"{more(len(rows) - LIST_SHOWN, 'row', 'rows')}: --json or --to DIR",)
            if len(rows) > LIST_SHOWN
            else ()
        )
        yield Block("Answers", rest, rows[:LIST_SHOWN])
    yield Block("What this cannot say", sheet.cannot_be_said)


def _answer(sheet: Sheet, answer: Answer) -> Iterator[Block]:
    lines = [f"{answer.asked.shown}: {answer.outcome}"]
    lines += [f"{n} more: {CERTAINTIES[certainty]}" for certainty, n in answer.left_out.items()]
    yield Block("Asked", tuple(lines))
    for subject in answer.subjects:
        yield from _subject(sheet, subject)
    if answer.not_searched:
        yield Block("Not searched", answer.not_searched)
    if answer.tried:
        yield Block(
            "No certain match" if answer.subjects else "Nothing found",
            tuple(
                f"{searched.words} — searched: {titled(sheet, searched.where)}" for searched in answer.tried
            ),
        )


def _subject(sheet: Sheet, subject: Subject) -> Iterator[Block]:
    match = subject.match
    score = (
        f" (similarity {match.score:.2f})"
        if match.score is not None and match.certainty != "exact_name"
        else ""
    )
    yield Block(
        f"{match.name or 'without a name'}  [{match.subject_id}]",
        (
            f"{CERTAINTIES[match.certainty]}{score}: {match.why}",
            *(titled(sheet, line) for line in identity(subject)),
        ),
    )
    if not subject.facts:
        yield Block(
            "", (f"undertow check {match.subject_id}   shows what is held of it, if it is the one meant",)
        )
        return
    if match.subject_type == "legal_entity":
        held = (line for owner in owners(subject.facts) for line in _owner_lines(owner))
        yield Block(
            "Who owns and controls it", (*held, *nobody_found(subject.facts), *owners_left_out(subject.facts))
        )
    for section, title in TABLES:
        found = subject.facts.get(section, ())
        if found:
            here = len(found) - ROWS_SHOWN
            rest = ((f"{here} more: --json or --to DIR",) if here > 0 else ()) + beyond(
                section, subject.facts
            )
            yield Block(
                f"{table_title(section, title, sheet)} ({all_n(found)})",
                rest,
                tuple(columns(section, row) for row in found[:ROWS_SHOWN]),
            )
    nothing = [
        f"{searched.words} — searched: {titled(sheet, searched.where)}"
        for searched in subject.searched
        if searched.found_n == 0
    ]
    if nothing:
        yield Block("Nothing found", tuple(nothing))


def identity(subject: Subject) -> list[str]:
    """`word: value` lines of what is known of it; what is not stated is left out."""
    return [f"{words}: {said}" for words, said in identity_pairs(subject.identity)]


def _owner_lines(owner: Owner) -> Iterator[str]:
    yield f"{owner.name or 'name not stated'}  [{owner.party_id}]{f', {owner.kind.replace("_", " ")}' if owner.kind else ''}"
    yield from (f"    {line}" for line in owner.lines)
