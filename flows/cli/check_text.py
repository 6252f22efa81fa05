"""The answer of `undertow check` as text blocks. The caller prints them and makes the text safe."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.check.columns import TABLES, beyond, columns, identity_pairs, summary, table_title
from flows.check.ownership import in_words, nobody_found, owners, owners_left_out
from flows.check.sheet import (
    INDICATION,
    Answer,
    Facts,
    Searched,
    Sheet,
    Subject,
    all_n,
    assessed,
    more_of_each,
)
from flows.facts.certainty import CERTAINTIES
from flows.facts.rows import Row, as_int, grouped
from transforms.language import day_text, decimals, translated, translated_n

ROWS_SHOWN = 20  # of one table; JSON and pages have up to LISTED_MAX
LIST_SHOWN = 1_000  # rows of the table of a list


@dataclass(frozen=True)
class Block:
    """A heading, lines under it, and a table (rows of the same columns)."""

    title: str
    lines: tuple[str, ...] = ()
    rows: tuple[Mapping[str, object], ...] = ()


def blocks(sheet: Sheet) -> Iterator[Block]:
    """One answer in full; several answers as one row each."""
    release, as_of = sheet.release, sheet.release["as_of"]
    synthetic = f"  —  {translated('SYNTHETIC DATA')}" if release["synthetic"] else ""
    area = f", {translated('titles in %(areas)s', areas=', '.join(sheet.areas))}" if sheet.areas else ""
    head = translated(
        "Checked on %(day)s in release %(release)s, facts as of %(as_of)s",
        day=day_text(sheet.checked_on),
        release=release["release_id"],
        as_of=day_text(as_of) if isinstance(as_of, date) else as_of,
    )
    yield Block(f"{head}{area}{synthetic}", (translated(INDICATION),))
    if len(sheet.answers) == 1:
        yield from _answer(sheet, sheet.answers[0])
    else:
        rows = tuple(row for answer in sheet.answers for row in summary(answer))
        shown = tuple({translated(name): value for name, value in row.items()} for row in rows[:LIST_SHOWN])
        yield Block(translated("Answers"), _more_rows(len(rows) - LIST_SHOWN), shown)
    yield Block(translated("What this cannot say"), sheet.cannot_be_said)
    content = translated("content hash %(hash)s", hash=release["content_sha256"])
    yield Block(translated("Editions searched"), (content,), _editions(sheet))


def _editions(sheet: Sheet) -> tuple[Mapping[str, object], ...]:
    """Merge similar editions of a register that many bodies publish into one row."""
    look = ("title", "edition", "status", "completeness")
    alike = grouped(sheet.editions, lambda edition: [edition[name] for name in look])
    return tuple(
        {
            translated("register"): row["title"],
            translated("edition"): row["edition"],
            **{translated(name): in_words(row[name]) for name in ("status", "completeness")},
            **{translated(name): row[name] for name in ("rows_loaded", "rows_rejected")},
        }
        for row in map(_together, alike.values())
    )


def _together(editions: Sequence[Row]) -> Row:
    first, n = editions[0], len(editions)
    if n == 1:
        return first
    sums = {name: sum(as_int(row[name]) for row in editions) for name in ("rows_loaded", "rows_rejected")}
    return {**first, **sums, "title": f"{first['title']} ({translated('%(n)s editions', n=n)})"}


def _more_rows(n: int) -> tuple[str, ...]:
    rows = translated_n("%(n)s more row: --json or --to DIR", "%(n)s more rows: --json or --to DIR", n)
    return (rows,) if n > 0 else ()


def _answer(sheet: Sheet, answer: Answer) -> Iterator[Block]:
    left_out = more_of_each(answer)
    yield Block(translated("Question"), (f"{answer.question.shown}: {answer.outcome}", *left_out))
    for subject in answer.subjects:
        yield from _subject(sheet, subject)
    if answer.not_searched:
        yield Block(translated("Not searched"), answer.not_searched)
    if answer.tried:
        title = "No certain match" if answer.subjects else "Nothing found"
        yield Block(translated(title), _searched(sheet, answer.tried))


def _subject(sheet: Sheet, subject: Subject) -> Iterator[Block]:
    match, facts = subject.match, subject.facts
    is_scored = match.score is not None and match.certainty != "exact_name"
    likeness = decimals(f"{match.score:.2f}") if is_scored else ""
    score = f" ({translated('similarity')} {likeness})" if is_scored else ""
    identity = (sheet.with_titles(f"{words}: {value}") for words, value in identity_pairs(subject.identity))
    yield Block(
        f"{match.name or translated('without a name')}  [{match.subject_id}]",
        (f"{translated(CERTAINTIES[match.certainty])}{score}: {match.why}", *identity),
    )
    if not facts:
        shows = translated("shows what is known of it, if it is the one meant")
        yield Block("", (f"undertow check {match.subject_id}   {shows}",))
        return
    if match.subject_type == "legal_entity":
        lines = (*_owner_lines(facts), *nobody_found(facts), *owners_left_out(facts))
        yield Block(translated("Who owns and controls it"), lines)
    for section, title in TABLES:
        if rows := facts.get(section, ()):
            yield Block(
                f"{table_title(section, title, sheet)} ({all_n(rows)})",
                (*_more_rows(len(rows) - ROWS_SHOWN), *beyond(section, facts)),
                tuple(columns(section, row) for row in rows[:ROWS_SHOWN]),
            )
    if nothing := [searched for searched in subject.searched if searched.found_n == 0]:
        title = translated("Searched and not found, %(checked_on)s", checked_on=day_text(sheet.checked_on))
        yield Block(title, (assessed(subject, sheet), *_searched(sheet, nothing)))


def _searched(sheet: Sheet, searches: Sequence[Searched]) -> tuple[str, ...]:
    return tuple(
        f"{search.words} — {translated('searched')}: {sheet.with_titles(search.where)}" for search in searches
    )


def _owner_lines(facts: Facts) -> Iterator[str]:
    for owner in owners(facts):
        kind = f", {translated(owner.kind.replace('_', ' '))}" if owner.kind else ""
        yield f"{owner.name or translated('name not stated')}  [{owner.party_id}]{kind}"
        yield from (f"    {line}" for line in owner.lines)
