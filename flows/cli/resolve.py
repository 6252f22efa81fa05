"""The forms of `undertow resolve`: ask about each pair, list, judge one, explain one, tell what came together and apart. Each is in the audit log before anything is shown or judged."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flows.accountability.access import Access
from flows.cli import resolve_text
from flows.home.settings import Home
from flows.journal import judgements
from flows.journal.judgements import Locator
from flows.release import party_log
from flows.review.pairs import (
    Pair,
    explained,
    known_parties,
    one_pair,
    places,
    plain,
    plain_columns,
    records_of,
    stated,
    uncertain,
)
from transforms.errors import UsageError
from transforms.resolution.judgements import VERDICTS

type Rows = Sequence[Mapping[str, object]]


class Rower(Protocol):
    def __call__(self, rows: Rows, plain: object, columns: Sequence[str] = ()) -> None: ...


WHO = "say who judges with --by: a role or initials"
TAKEN_UP = "The next night takes it up."


@dataclass(frozen=True)
class Asked:
    """What was asked, and how to say it: `say` a line, `rows` rows of text or what programs are given, and the columns of a table without rows."""

    home: Home
    by: str | None
    note: str | None
    limit: int
    scores: bool
    say: Callable[[str], None]
    rows: Rower
    is_text: bool = True  # for somebody who reads; programs are given `rows` alone

    @property
    def judge(self) -> str:
        if self.by is None:
            raise UsageError(WHO)
        return self.by


def judge_one(access: Access, asked: Asked, given: tuple[str, str, str, str, str]) -> None:
    """Write down a judgement on two records of the release in force. Raises UsageError."""
    register, record, other_register, other_record, verdict = given
    one, other = (register, record), (other_register, other_record)
    judgements.validate(one, other, verdict, asked.judge, asked.note)
    parties = known_parties(access.connection, one, other)
    _record(access, [one, other], parties)
    with records_of(asked.home, access.connection) as records:
        names = places(stated(records, access.connection, [one, other]))
    made = judgements.judge(
        asked.home, one, other, verdict, by=asked.judge, purpose=access.purpose, note=asked.note, names=names
    )
    asked.say(f"judgement {made.n}: {verdict}. {TAKEN_UP}")


def print_explained(access: Access, asked: Asked, given: tuple[str, str, str, str]) -> None:
    pair = one_pair(access.connection, asked.home, (given[0], given[1]), (given[2], given[3]))
    _record(access, [pair.one, pair.other], pair.parties)
    for line in resolve_text.standing(pair) if asked.is_text else ():
        asked.say(line)
    if pair.weight_bits is not None:
        asked.rows(_told(pair, resolve_text.waterfall(pair), asked), explained(pair))
        return
    why = resolve_text.unweighed(pair)
    if asked.is_text:
        asked.say(why)
    with records_of(asked.home, access.connection) as records:
        said = stated(records, access.connection, [pair.one, pair.other])
    compared = resolve_text.side_by_side(said[pair.one], said[pair.other])
    asked.rows(
        _told(pair, compared, asked, why=why),
        {**explained(pair), "why": why, "agree": resolve_text.agreeing(compared)},
    )


def _told(pair: Pair, rows: Sequence[Mapping[str, str]], asked: Asked, **more: str) -> Rows:
    """`rows`; for programs what came of the pair stands in each, as somebody who reads has it in the lines above them."""
    if asked.is_text:
        return rows
    return [
        {
            "outcome": pair.outcome,
            "reason": pair.reason,
            "verdict": pair.verdict,
            "by": pair.by,
            **more,
            **row,
        }
        for row in rows
    ]


def print_history(access: Access, asked: Asked) -> None:
    """Every merge and split, newest first, whichever releases are still kept."""
    lines = party_log.history(asked.home, access.connection)[: asked.limit]
    _record(access, [], [str(line[end]) for line in lines for end in ("previous_party_id", "party_id")])
    if not lines and asked.is_text:
        asked.say("no merges or splits")
    asked.rows(lines, lines, party_log.CHANGED)


def print_list(access: Access, asked: Asked) -> None:
    pairs = uncertain(access.connection, asked.home, asked.limit)
    _record(access, [], [party for pair in pairs for party in pair.parties])
    with records_of(asked.home, access.connection) as records:
        said = stated(records, access.connection, [end for pair in pairs for end in (pair.one, pair.other)])
    if not pairs and asked.is_text:
        asked.say("no uncertain pairs")
    asked.rows(
        resolve_text.listed(pairs, said, scores=asked.scores),
        [plain(pair, scores=asked.scores) for pair in pairs],
        plain_columns(scores=asked.scores),
    )


def judge_each(access: Access, asked: Asked) -> None:
    """One pair after the other, until they end, or `q`, or the end of the input."""
    _ = asked.judge  # before anything is shown
    pairs = uncertain(access.connection, asked.home, asked.limit)
    judged_n = 0
    with records_of(asked.home, access.connection) as records:
        for position, pair in enumerate(pairs, start=1):
            _record(access, [pair.one, pair.other], pair.parties)
            said = stated(records, access.connection, [pair.one, pair.other])
            for line in resolve_text.heading(pair, position, len(pairs), scores=asked.scores):
                asked.say(line)
            asked.rows(
                resolve_text.side_by_side(said[pair.one], said[pair.other]), plain(pair, scores=asked.scores)
            )
            answer = _answer(asked)
            if answer == "quit":
                break
            judged_n += _judged(access, asked, pair, answer, places(said))
    asked.say(f"{judged_n} judged, of {len(pairs)} pairs. {TAKEN_UP if judged_n else ''}".rstrip())


def _answer(asked: Asked) -> str:
    """In words. What is no key and no word of them is asked again; the end of the input quits."""
    while True:
        asked.say(resolve_text.QUESTION)
        line = sys.stdin.readline()
        if not line:
            return "quit"
        if (answer := resolve_text.answered(line)) is not None:
            return answer
        asked.say(resolve_text.ONE_OF_THEM)


def _judged(
    access: Access, asked: Asked, pair: Pair, answer: str, names: Mapping[Locator, str | None]
) -> bool:
    if answer in VERDICTS:
        judgements.judge(
            asked.home,
            pair.one,
            pair.other,
            answer,
            by=asked.judge,
            purpose=access.purpose,
            note=asked.note,
            names=names,
        )
    return answer in VERDICTS


def _record(access: Access, records: Sequence[Locator], parties: Sequence[str]) -> None:
    access.record("resolve", [f"{register} {record}" for register, record in records], shown=parties)
