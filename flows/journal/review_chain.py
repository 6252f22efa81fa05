"""Verify the review store: every event, every text, and what was erased."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import sqlalchemy as sa

from flows.home.settings import Home
from flows.journal.chain import Fault
from flows.journal.entries import Head, following
from flows.journal.reviews import BODY, CONTENT, ERASED, EVENT, NOTE, Log, chain_of, reading, salted

SIGNED: Final = ("at", "by", "role", "purpose", "case_id", "kind", "key", "body_hash")


@dataclass
class Verified:
    """What is wrong with the chain (`line_no`: number of the event), and the heads it went through."""

    heads: set[Head] = field(default_factory=set)
    last: Head = field(default_factory=lambda: Head(0, ""))
    faults: list[Fault] = field(default_factory=list)


def verify(home: Home) -> Verified:
    """Walk the whole chain and compare every text with its hash. Raises RunFailed if it cannot be read."""
    origin = chain_of(home).origin
    result = Verified({origin}, origin)
    with reading(home) as log:
        if log is None:
            return result
        texts = {(row.event_n, row.part): row for row in log.connection.execute(sa.select(CONTENT))}
        gone = _erased(log)
        for row in log.connection.execute(sa.select(EVENT).order_by(EVENT.c.n)):
            signed = {name: getattr(row, name) for name in SIGNED}
            made = following(result.last, signed)[0]
            if (row.n, row.prev, row.hash) != (made.n, result.last.hash, made.hash):
                what = "this event was changed, or does not follow from the one before it"
                result.faults.append(Fault(what, row.n))
            result.last = Head(row.n, row.hash)
            result.heads.add(result.last)
            result.faults += [Fault(what, row.n) for what in _text_faults(row, texts, gone)]
    known = {head.n for head in result.heads}
    extra = sorted(event_n for event_n, _ in texts if event_n not in known)
    result.faults += [Fault("a text stands here without its event", event_n) for event_n in extra]
    return result


def _erased(log: Log) -> set[tuple[int, str]]:
    """(number of an event, part) of all texts that an event says are gone."""
    return {
        (n, part)
        for event in log.events(kinds=[ERASED])
        for n in (event.body or {}).get("events", ())
        for part in (event.body or {}).get("parts", ())
    }


def _text_faults(
    row: Any, texts: Mapping[tuple[int, str], Any], gone: Collection[tuple[int, str]]
) -> Iterator[str]:
    body, note = texts.get((row.n, BODY)), texts.get((row.n, NOTE))
    if body is None:
        if (row.n, BODY) not in gone or row.kind == ERASED or note is not None:
            yield "what this event says is gone, and no event says why"
        return
    if salted(body.salt, body.text) != row.body_hash:
        yield "what this event says was changed"
        return
    stated = orjson.loads(body.text).get("note_hash")
    if note is None and stated is not None and (row.n, NOTE) not in gone:
        yield "the note of this event is gone, and no event says why"
    if note is not None and salted(note.salt, note.text) != stated:
        yield "the note of this event was changed"
