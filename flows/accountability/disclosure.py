"""`undertow disclose`: what a home holds about one natural person, for their right of access (GDPR article
15; in the United Kingdom, Data Protection Act 2018, section 45).

It covers rows of the release in force that contain the person's id or rest on their records: statements,
resolution, flags, cases, verdicts. It adds what no release has: their statements in every edition held,
decided verdicts with their notes, what was done about their cases and what else names them in the review
store, notes of judgements, lookups in the audit log, and the files that name them. It leaves out undecided
rounds of verdicts, so that a second reader stays blind.
"""

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from flows.accountability.search import search_in
from flows.accountability.subject import Plan, Subject, person_statements
from flows.home.authority import authority
from flows.home.settings import Home
from flows.journal import audit, chain, judgements, reviews
from flows.release.case_ids import cases_by_id
from flows.review import attachments
from flows.review.fold import CLOSE, DONE, EXPLAIN, REOPEN, walk
from flows.review.retention import folded_words
from transforms.model.sql import Connection, frame, read_sql

COLUMNS = ("view", "row", "register", "edition", "file", "record")
# Rows that rest on a person's records without having their id.
_OF_PERSON = "in (select id from of_person where kind = '{}')"
BESIDE = {
    "v_evidence": f"statement_id {_OF_PERSON.format('statement')}",
    "v_flag": f"flag_id {_OF_PERSON.format('flag')}",
    "v_case": f"case_id {_OF_PERSON.format('case')}",
    "v_verdict": f"case_id {_OF_PERSON.format('case')}",
    "v_resolution_link": "exists (from v_resolution r where r.party_id = $person and (r.register, r.record) "
    "in ((v.register, v.record), (v.other_register, v.other_record)))",
}
# Acts around a verdict, and what they say.
ACTS = (DONE, CLOSE, REOPEN, EXPLAIN, attachments.FILE, attachments.REFERENCE)
CONTENTS = ("done", "reason", "owner", "scope", "indicator", "subject_id", "until", "name", "reference")
SECRET = "kept for a purpose with a secrecy of its own, and not shown for this one"

type Row = Mapping[str, object]


def disclosure(home: Home, connection: Connection, planned: Plan, *, purpose: str) -> pl.DataFrame:
    """COLUMNS, all texts: a row for each row of a view, statement, text and file. `row`: its values, one a
    line. `view`: the view, or what else it is.

    The caller writes the lookup to the audit log first.
    """
    subject, person = planned.subject, {"person": planned.subject.party_id}
    of_person = frame(connection, read_sql(__package__, "facts_of_person"), person)
    connection.register("of_person", of_person.to_arrow())
    cases = of_person.filter(kind="case")["id"].to_list()
    sources = {
        hash_: source
        for hash_, *source in frame(
            connection, read_sql(__package__, "sources_of_person"), person
        ).iter_rows()
    }
    rows = [
        *_rows_of_views(connection, person),
        *(("statement", row) for row in person_statements(home, subject.records).iter_rows(named=True)),
        *(("verdict", row) for row in _verdicts(home, cases, purpose)),
        *(("review", row) for row in _acts(home, connection, cases, subject.terms, purpose)),
        *(("lookup", row) for row in _lookups(home, subject)),
        *(
            ("note of a judgement", {"note": path.read_text(encoding="utf-8")})
            for path in judgements.notes_naming(home, subject.records, subject.terms)
        ),
        *(("publisher's file that names the person", {"file": name}) for name in planned.landed),
        *(
            ("file of a case that names the person", {"file": name})
            for name in search_in(home, [home.state / attachments.FOLDER], subject.terms).hits
        ),
    ]
    text_rows = [(view, _text(row), *_source(row, sources)) for view, row in rows]
    return pl.DataFrame(text_rows, dict.fromkeys(COLUMNS, pl.String), orient="row")


def _rows_of_views(connection: Connection, person: Mapping[str, str]) -> Iterator[tuple[str, Row]]:
    for view, holds in frame(connection, read_sql(__package__, "columns_of_text")).iter_rows():
        condition = f"{holds} or {BESIDE[view]}" if view in BESIDE else holds
        for row in frame(connection, f"from {view} v where {condition} order by all", person).to_dicts():
            yield view, row


def _verdicts(home: Home, cases: Collection[str], purpose: str) -> Iterator[Row]:
    """Decided verdicts on these cases, each with its note, where this purpose may see it."""
    open_to = {*authority(home).purposes_open, purpose}
    with reviews.reading(home) as log:
        if log is None:
            return
        for round_ in walk(log.events()).rounds.values():
            for verdict in round_.verdicts if round_.decided else ():
                if verdict.case_id in cases:
                    note = log.notes([verdict.n]).get(verdict.n)
                    yield {
                        **{name: getattr(verdict, name) for name in ("at", "purpose", "case_id", "outcome")},
                        "reason": verdict.reason,
                        "done": list(verdict.done),
                        "note": note if note is None or verdict.purpose in open_to else SECRET,
                    }


def _acts(
    home: Home, connection: Connection, cases: Collection[str], terms: Collection[str], purpose: str
) -> Iterator[Row]:
    """What was done about these cases or was filed with them, and what else of the kind names the person;
    where this purpose may see it, and not by whom.
    """
    open_to = {*authority(home).purposes_open, purpose}
    with reviews.reading(home) as log:
        events = log.events(kinds=ACTS) if log is not None else []
        notes = log.notes(event.n for event in events) if log is not None else {}
    led = cases_by_id(connection, {event.case_id for event in events})
    folded = [folded_words(term) for term in terms]
    for event in events:
        body = event.body or {}
        contents = {**{name: body[name] for name in CONTENTS if name in body}, "note": notes.get(event.n)}
        words = folded_words(_text(contents))
        if led.get(event.case_id, event.case_id) in cases or any(term in words for term in folded):
            facts = {name: getattr(event, name) for name in ("kind", "at", "purpose", "case_id")}
            yield {**facts, **(contents if event.purpose in open_to else {"note": SECRET})}


def _lookups(home: Home, subject: Subject) -> Iterator[Row]:
    """When the person was looked up, by which command and for what; not by whom."""
    key = audit.subject_key(home)
    hashes = {audit.keyed(key, text) for text in (subject.party_id, *subject.names)}
    for entry in chain.walk(audit.log(home)):
        named = [entry.body.get(name) for name in ("asked", "shown")]
        if any(isinstance(texts, list) and not hashes.isdisjoint(texts) for texts in named):
            yield {name: entry.body[name] for name in ("at", "command", "purpose")}


def _text(row: Row) -> str:
    return "\n".join(
        f"{name}: {'; '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in row.items()
        if value is not None and value != []
    )


def _source(row: Row, sources: Mapping[str, list[str]]) -> list[object]:
    """Where the record stands that the row is about; empty where it follows from several."""
    hashes = [value.split("-")[0] for value in row.values() if isinstance(value, str)]
    of_row = [row.get(name) for name in ("register", "edition", "file", "record")]
    return next((list(sources[hash_]) for hash_ in hashes if hash_ in sources), of_row)
