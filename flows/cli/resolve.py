"""What `undertow resolve` does: print uncertain pairs of records, ask about each, judge or explain two, print
changes.

Every lookup is in the audit log before anything is shown or judged.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from flows.accountability.access import Access
from flows.cli import resolve_text
from flows.cli.options import RowsFormat
from flows.cli.output import print_as, print_grid, print_json, say
from flows.exports.table import Format
from flows.home.settings import Home
from flows.journal import judgements
from flows.journal.entries import Head
from flows.journal.judgements import Locator
from flows.release import party_log
from flows.review.pairs import Pair, explained, known_parties, one_pair, plain, plain_columns, uncertain
from flows.review.records import places, records_of, stated
from transforms.errors import UsageError
from transforms.resolution.judgements import VERDICTS

type Rows = Sequence[Mapping[str, object]]

APPLIED = "The next run applies it."


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    access: Access
    home: Home
    by: str | None
    note: str | None
    limit: int
    show_scores: bool
    format: RowsFormat

    @property
    def is_text(self) -> bool:
        """Whether a person reads the output; programs get rows alone."""
        return self.format is RowsFormat.table

    @property
    def judge(self) -> str:
        if self.by is None:
            raise UsageError("--by is missing; give the role or initials of the person who judges")
        return self.by

    def record(self, records: Sequence[Locator], parties: Sequence[str]) -> None:
        """Write the lookup to the audit log."""
        self.access.record("resolve", [" ".join(locator) for locator in records], shown=parties)

    def print_rows(self, rows: Rows, values: object, columns: Sequence[str] = ()) -> None:
        """Rows for people, or `values` for programs. `columns`: the header of a CSV without rows."""
        if self.format is RowsFormat.json:
            print_json(values)
        elif self.format is RowsFormat.csv:
            records = values if isinstance(values, list) else rows
            header = pa.schema([(name, pa.string()) for name in columns])
            print_as(pa.Table.from_pylist(records) if records else header.empty_table(), Format.csv)
        elif rows:
            print_grid(list(rows[0]), rows)


def judge_one(request: Request, given: tuple[str, str, str, str, str]) -> None:
    """Record a judgement on two records of the current release. Raises UsageError."""
    register, record, other_register, other_record, verdict = given
    one, other = (register, record), (other_register, other_record)
    judgements.validate(one, other, verdict, request.judge, request.note)
    connection = request.access.connection
    request.record([one, other], known_parties(connection, one, other))
    with records_of(request.home, connection) as records:
        names = places(stated(records, connection, [one, other]))
    made = _save(request, (one, other), verdict, names)
    say(f"judgement {made.n}: {verdict}. {APPLIED}")


def print_explained(request: Request, given: tuple[str, str, str, str]) -> None:
    connection = request.access.connection
    pair = one_pair(connection, request.home, (given[0], given[1]), (given[2], given[3]))
    request.record([pair.one, pair.other], pair.parties)
    for line in resolve_text.standing(pair) if request.is_text else ():
        say(line)
    if pair.weight_bits is not None:
        request.print_rows(_with_outcome(request, pair, resolve_text.waterfall(pair)), explained(pair))
        return
    why = resolve_text.unweighed(pair)
    if request.is_text:
        say(why)
    with records_of(request.home, connection) as records:
        statements = stated(records, connection, [pair.one, pair.other])
    compared = resolve_text.side_by_side(statements[pair.one], statements[pair.other])
    request.print_rows(
        _with_outcome(request, pair, compared, why=why),
        {**explained(pair), "why": why, "agree": resolve_text.agreeing(compared)},
    )


def _with_outcome(request: Request, pair: Pair, rows: Rows, **more: str) -> Rows:
    """For programs, the outcome stands in each row; people read it above the rows."""
    if request.is_text:
        return rows
    outcome = {"outcome": pair.outcome, "reason": pair.reason, "verdict": pair.verdict, "by": pair.by}
    return [{**outcome, **more, **row} for row in rows]


def print_history(request: Request) -> None:
    """Every merge and split, newest first, also of releases that were deleted."""
    changes = party_log.history(request.home, request.access.connection)[: request.limit]
    ends = ("previous_party_id", "party_id")
    request.record([], [str(change[end]) for change in changes for end in ends])
    if not changes and request.is_text:
        say("no merges or splits")
    request.print_rows(changes, changes, party_log.CHANGED)


def print_list(request: Request) -> None:
    connection = request.access.connection
    pairs = uncertain(connection, request.home, request.limit)
    request.record([], [party for pair in pairs for party in pair.parties])
    with records_of(request.home, connection) as records:
        statements = stated(records, connection, [end for pair in pairs for end in (pair.one, pair.other)])
    if not pairs and request.is_text:
        say("no uncertain pairs")
    request.print_rows(
        resolve_text.listed(pairs, statements, scores=request.show_scores),
        [plain(pair, scores=request.show_scores) for pair in pairs],
        plain_columns(scores=request.show_scores),
    )


def judge_each(request: Request) -> None:
    """Ask about one pair after the other, until the last one, `q`, or the end of the input."""
    _ = request.judge  # refuse before anything is shown
    connection = request.access.connection
    pairs = uncertain(connection, request.home, request.limit)
    judged_n = 0
    with records_of(request.home, connection) as records:
        for position, pair in enumerate(pairs, start=1):
            request.record([pair.one, pair.other], pair.parties)
            statements = stated(records, connection, [pair.one, pair.other])
            for line in resolve_text.heading(pair, position, len(pairs), scores=request.show_scores):
                say(line)
            rows = resolve_text.side_by_side(statements[pair.one], statements[pair.other])
            print_grid(list(rows[0]), rows)
            answer = _answer()
            if answer == "quit":
                break
            if answer in VERDICTS:
                _save(request, (pair.one, pair.other), answer, places(statements))
                judged_n += 1
    say(f"{judged_n} judged, of {len(pairs)} pairs. {APPLIED if judged_n else ''}".rstrip())


def _answer() -> str:
    """A verdict, `skip` or `quit`. Anything else is asked again; the end of the input quits."""
    while True:
        say(resolve_text.QUESTION)
        if (answer := resolve_text.answered(sys.stdin.readline() or "quit")) is not None:
            return answer
        say(resolve_text.ONE_OF_THEM)


def _save(
    request: Request, pair: tuple[Locator, Locator], verdict: str, names: Mapping[Locator, str | None]
) -> Head:
    return judgements.judge(
        request.home,
        *pair,
        verdict,
        by=request.judge,
        purpose=request.access.purpose,
        note=request.note,
        names=names,
    )
