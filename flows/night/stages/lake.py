"""Stage lake: parse and gate every new edition, admit it to the lake or block it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import structlog

from flows.home import disk, warehouse
from flows.ingest import lake, suppression
from flows.ingest.editions import EditionInUse
from flows.ingest.lake import EditionFacts
from flows.ingest.landing import LandedEdition
from flows.night.night import Counts, Night
from flows.night.stages.editions import choose_editions, edition_frame, held_editions, raise_alarms
from flows.night.tables import register_frame
from quality import gate, suites
from transforms.errors import BlockedEdition, UndertowError, place
from transforms.model.register import registers

log = structlog.get_logger()
BLOCKED_TABLES = ("reject", "finding", "gate")


def fill_lake(night: Night) -> Counts:
    """Every edition not yet in the lake is parsed and gated; then the editions in force are chosen.

    Editions are parsed one after the other, in landing's order, and gated and admitted in that order in a thread of its own: an edition
    is compared with the one before it, which is in the lake by then, and the next one is parsed meanwhile.
    """
    suppression.catch_up(night.home, night.work)
    held = {facts.key for facts in held_editions(night)}
    with ThreadPoolExecutor(1, thread_name_prefix="gate") as gates:
        try:
            outcomes: list[Future[EditionFacts | None]] = []
            for edition in night.landing.editions:
                _raise_what_failed(outcomes)
                outcomes.append(_bring_in(night, edition, held, gates))
            night.blocked = tuple(
                blocked for outcome in outcomes if (blocked := outcome.result()) is not None
            )
        finally:
            gates.shutdown(cancel_futures=True)
    choose_editions(night)
    raise_alarms(night)
    statuses = [edition.status for edition in night.editions.all]
    return {status: statuses.count(status) for status in ("in_force", "history", "superseded", "blocked")}


def _bring_in(
    night: Night, edition: LandedEdition, held: set[str], gates: Executor
) -> Future[EditionFacts | None]:
    """None where the edition is in the lake then; else its facts, with why it is blocked. It is parsed here and gated by `gates`, if at all."""
    key = lake.lake_key(edition, synthetic=night.synthetic)
    if key in held:
        return _known(None)
    work = night.work / "lake" / f"{edition.register.name}-{key}"
    try:
        ingested = suppression.applied(
            _ingested(edition, work, key, synthetic=night.synthetic), suppression.load(night.home)
        )
    except BlockedEdition as fault:
        shutil.rmtree(work, ignore_errors=True)
        return _known(_said(lake.blocked_facts(edition, key, fault, synthetic=night.synthetic)))
    return gates.submit(_judged, night, edition, ingested)


def _raise_what_failed(outcomes: Iterable[Future[EditionFacts | None]]) -> None:
    """A full disk, say: nothing more is parsed then."""
    for outcome in outcomes:
        if outcome.done():
            outcome.result()


def _known(outcome: EditionFacts | None) -> Future[EditionFacts | None]:
    future: Future[EditionFacts | None] = Future()
    future.set_result(outcome)
    return future


def _judged(night: Night, edition: LandedEdition, ingested: lake.Ingested) -> EditionFacts | None:
    """Gate an edition, and admit it or keep what the gate said."""
    try:
        outcome = _lake_gate(night, edition, ingested)
        if message := gate.failure_message(outcome):
            _keep_blocked(night, ingested.folder)
            fault = f"{message}. The file is {edition.files[0].name}; fetch it again, or correct the register's module"
            return _said(replace(ingested.facts, blocked_code="gate", blocked_message=fault))
        lake.admit(night.home, ingested)
    finally:
        shutil.rmtree(ingested.folder, ignore_errors=True)
    return None


def _ingested(edition: LandedEdition, work: Path, key: str, *, synthetic: bool) -> lake.Ingested:
    """An unexpected error while parsing blocks this register only. Its text may hold a record, so only its kind is said."""
    try:
        with disk.naming(work):
            return lake.ingest(edition, work, key, synthetic=synthetic)
    except (UndertowError, OSError, MemoryError):
        raise
    except Exception as error:
        where = f"{edition.register.name} {edition.label} ({edition.files[0].name})"
        raise BlockedEdition(
            "parser_error",
            f"{where}: unexpected {type(error).__name__} at {place(error)}; report this line, the other registers go on",
        ) from None


def _said(facts: EditionFacts) -> EditionFacts:
    log.warning(
        "edition blocked",
        register_name=facts.register,
        edition=facts.label,
        code=facts.blocked_code,
        message=facts.blocked_message,
    )
    return facts


def _keep_blocked(night: Night, work: Path) -> None:
    """What the gate said of a blocked edition, and its rejects, are published; its statements are not."""
    into = night.work / "blocked" / work.name
    into.mkdir(parents=True)
    for name in BLOCKED_TABLES:
        (work / f"{name}.parquet").rename(into / f"{name}.parquet")


def _lake_gate(night: Night, edition: LandedEdition, ingested: lake.Ingested) -> pl.DataFrame:
    """GATE_VIEW rows of the register's suite on the tables just made, kept beside them."""
    last = _last_in_force(night, ingested.facts)
    connection = warehouse.connect(ingested.folder, read_paths=[night.home.lake])
    try:
        for table in edition.register.tables:
            warehouse.parquet_view(connection, table.name, [ingested.folder / f"{table.name}.parquet"])
            if last is not None:
                warehouse.parquet_view(
                    connection,
                    f"last_{table.name}",
                    lake.table_files(night.home, table.name, [last]),
                    table=table,
                )
        register_frame(connection, "edition", edition_frame([EditionInUse(ingested.facts, "in_force")]))
        if last is not None:
            register_frame(connection, "last_edition", edition_frame([EditionInUse(last, "in_force")]))
        suite = suites.lake_suite(edition.register, has_last_edition=last is not None)
        of = edition.edition
        outcome = gate.run(
            connection,
            suite,
            stage="lake",
            register=of.register,
            dataset=of.dataset,
            edition=of.label,
            file_sha256=of.file_sha256,
        )
    finally:
        connection.close()
    outcome.write_parquet(ingested.folder / "gate.parquet")
    return outcome


def _last_in_force(night: Night, facts: EditionFacts) -> EditionFacts | None:
    """The edition of the same data set whose place this one takes: the newest up to its date, another file of its own date too; a complete one if any is.

    None where editions of the data set stand beside each other. An earlier parser's reading of the same bytes is no edition, and of another's two readings
    that of today's code counts: what parsers read otherwise is no change of the register.
    """
    others = [known for known in held_editions(night) if known.file_sha256 != facts.file_sha256]
    same = [known for known in others if (known.register, known.dataset) == (facts.register, facts.dataset)]
    before = [known for known in same if (known.edition_date or date.min) <= (facts.edition_date or date.min)]
    complete = [known for known in before if known.completeness == "complete"]
    last = max(
        complete or before,
        key=lambda known: (known.edition_date or date.min, lake.is_read_as_today(known), known.arrival),
        default=None,
    )
    return None if registers()[facts.register].accumulates(facts.dataset) else last
