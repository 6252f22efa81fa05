"""`undertow purge`: remove a natural person from a home by rebuilding it without them, and prove it.

Nothing is deleted within a file, where the bytes would stay. The person's records become protected ones in
every edition held (`flows.ingest.suppression`). A release is built from those under the ordinary gates and
published, and releases and reports that contain the person are deleted. Then every byte and decoded value of
the home is searched, except in the landing folder and the archive, which hold the publishers' own files:
those that still name the person are listed, for the operator to replace or delete. Files kept with cases are
deleted if they name the person; those that cannot be searched (a PDF, a picture) are counted, for the
operator to look at. If a purge is killed, the list of purged persons stays: the next run applies it, and
`undertow purge` can be run again.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flows.accountability.search import (
    Proof,
    fold,
    folded,
    search,
    search_in,
)
from flows.accountability.subject import Plan, Subject
from flows.home.mappings import hashes, own_registers
from flows.home.settings import Home
from flows.ingest import lake, suppression
from flows.journal import audit, judgements, ledger
from flows.night.night import Counts, Night, Stage, new_night, run_stage
from flows.night.runner import release_stays, safe_errors, stage_steps, work_session
from flows.night.stages.editions import choose_editions, raise_alarms
from flows.night.steps import STAGES
from flows.release import manifests, party_log, recovery, store
from flows.review import attachments, retention
from transforms.errors import RunFailed, UndertowError
from transforms.model.sql import frame

# The steps after those that read files.
REBUILT = tuple(stage for stage in STAGES if stage.name not in ("landing", "lake"))
IN_WORD = r"[\w'’-]"  # of a regular expression


# --- doing it ---------------------------------------------------------------------------------------------


def purge(home: Home, planned: Plan, *, purpose: str) -> tuple[str, Proof]:
    """Carry out a plan; returns the release published and the proof.

    Raises what a night raises, and RunFailed if something of the person is left. Every error says which
    release is in force and what remains to be done. Audit log and ledger get the keyed hash of the party
    only."""
    subject, held = planned.subject, manifests.of_release(store.current_release(home))
    night = _as_in_release(home, held)
    todo = ""
    try:
        with (
            work_session(home, "purge", night.work, consequence=lambda: _in_force(night)) as damage,
            safe_errors("purge", lambda: _in_force(night)),
        ):
            night.damage = damage
            audit.record(
                home,
                "purge",
                purpose=purpose,
                terms=[subject.party_id or subject.records[0][1]],
                shown=(),
                release=str(held["release_id"]),
            )
            suppression.add(home, subject.records, subject.names)
            todo = "Older releases may still hold the person: run `undertow purge` again, which removes them"
            terms, borne = _carry_out(night, subject)
        todo = "The person is removed, but this is not proved: search the home for the name"
        with safe_errors("search", lambda: _in_force(night)):
            proof = search(home, terms, borne)
    except UndertowError as error:
        if not todo:
            raise
        raise type(error)(_with_advice(str(error), _in_force(night), todo)) from None
    if proof.hits:
        raise RunFailed(
            _with_advice(
                f"purge: traces of the person are still in {', '.join(sorted(proof.hits))}",
                _in_force(night),
                "Remove these files, or report this line",
            )
        )
    return night.release_id, proof


def _in_force(night: Night) -> str:
    return (
        f"release {night.release_id}, made without the person, is in force"
        if night.release_id
        else release_stays()
    )


def _with_advice(error: str, in_force: str, todo: str) -> str:
    return f"{error}. {todo}" if in_force.casefold() in error.casefold() else f"{error}; {in_force}. {todo}"


def _carry_out(night: Night, subject: Subject) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Everything except the proof; returns the terms to search for and those to pass over.

    Releases are removed last, because a repeated purge finds the person in them.
    """
    home = night.home
    for note in judgements.notes_naming(home, subject.records, subject.terms):
        note.unlink()
    retention.forget(home, subject.terms)
    for stage in stage_steps((Stage("lake", _suppress, share=25), *REBUILT)):
        with safe_errors(stage.name, lambda: _in_force(night)):
            run_stage(stage, night)
    party_log.forget(home, [subject.party_id])
    terms, borne = _own_terms(home, subject)
    papers = search_in(home, [home.state / attachments.FOLDER], terms, borne).hits
    retention.forget_files(home, {Path(paper).name for paper in papers})
    held = [
        folder
        for folder in store.published_folders(home)
        if folder.name != night.release_id and search_in(home, [folder], terms, borne).hits
    ]
    _remove_reports(home, night.release_id, {folder.name for folder in held}, terms, borne)
    whom = audit.keyed(audit.subject_key(home), subject.party_id or subject.records[0][1])
    ledger.add(
        home,
        {
            "kind": "purge",
            "subject": whom,
            "records_n": len(subject.records),
            "releases": [folder.name for folder in held],
        },
    )
    recovery.remove(home, held)
    return terms, borne


def _suppress(night: Night) -> Counts:
    rewritten_n = suppression.catch_up(night.home, night.work)
    night.blocked = _blocked_editions(night)
    choose_editions(night)
    raise_alarms(night)
    return {"editions": rewritten_n}


def _as_in_release(home: Home, held: Mapping[str, object]) -> Night:
    """A night for the dates and areas for which a release was made, by its manifest."""
    areas, is_limited = held.get("areas"), held.get("known_at") is not None
    as_of, known_at = (
        date.fromisoformat(str(held[name])) if is_limited else None for name in ("as_of", "known_at")
    )
    night = new_night(
        home,
        home.landing,
        as_of=as_of,
        known_at=known_at,
        areas=areas if isinstance(areas, list) else (),
        synthetic=bool(held["synthetic"]),
    )
    night.mappings = hashes(own_registers(home))
    return night


def _blocked_editions(night: Night) -> tuple[lake.EditionFacts, ...]:
    """Blocked deliveries of the release in force: a purge reads no files, so they would be forgotten until
    the next night.

    Their records are in no table of the new release, so none are counted. An extract is in the lake and is
    judged there."""
    with store.open_current(night.home) as release:
        editions = frame(release, "from v_edition where status = 'blocked' and blocked_code <> 'extract'")
    none = dict.fromkeys(("rows_in", "rows_loaded", "rows_rejected", "rows_ignored", "rows_suppressed"), 0)
    others: dict[str, Any] = {
        **none,
        "key": "",
        "ignored_reasons": (),
        "synthetic": night.synthetic,
        "declared_rows": None,
    }
    return tuple(
        lake.EditionFacts(
            **{name: row[name] for name in lake.FACTS & row.keys() - others.keys()},
            label=row["edition"],
            **others,
        )
        for row in editions.iter_rows(named=True)
    )


def _own_terms(home: Home, subject: Subject) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Terms that are this person's alone, and longer words of other records that begin or end with one of the
    names.

    A name that another record has too, alone or among other words ("John Smith Limited"), may stay there.
    "John Smithson" is not such a record: his name is passed over, and "John Smith" is searched for.
    """
    borne = {
        hits
        for facts in lake.manifests(home)
        for texts in _texts(home, facts)
        for hits in _borne(texts, subject.names)
    }
    shared = {fold(text) for text in borne}
    terms = tuple(term for term in subject.terms if term and fold(term) not in shared)
    return terms, tuple(sorted(text for text in borne if any(fold(term) in fold(text) for term in terms)))


def _borne(texts: pl.Series, names: Sequence[str]) -> Iterator[str]:
    """Passages of the texts that contain one of the names, up to whole words: as written, and folded."""
    if not names:
        return
    wanted = [fold(name) for name in names]
    patterns = [
        re.compile(rf"{IN_WORD}*{re.escape(name)}{IN_WORD}*", re.IGNORECASE)
        for name in dict.fromkeys((*names, *wanted))
    ]
    hits = texts.filter(folded(texts).str.contains_any(wanted))
    for text in (*(" ".join(text.split()) for text in hits), *folded(hits)):
        for pattern in patterns:
            yield from pattern.findall(text)


def _texts(home: Home, facts: lake.EditionFacts) -> Iterator[pl.Series]:
    for table, column in (
        ("person_statement", "full_name"),
        ("entity_statement", "name"),
        ("name_statement", "name"),
        ("address_statement", "address_text"),
    ):
        path = lake.table_path(home, table, facts)
        if path.exists():
            yield pl.scan_parquet(path).select(column).drop_nulls().unique().collect()[column]


def _remove_reports(
    home: Home, current: str, held: Set[str], terms: tuple[str, ...], borne: tuple[str, ...]
) -> None:
    """Remove reports that hold the person, and those of the releases that do."""
    for report in sorted(home.reports.iterdir()):
        if report.name != current and (report.name in held or search_in(home, [report], terms, borne).hits):
            shutil.rmtree(report) if report.is_dir() else report.unlink()
