"""The stages of a night, as plain functions in one list. `flows.nightly` wraps this list; `undertow run` calls it.

A stage reads what the stages before it wrote under `work/<run>/` and writes its own Parquet there. What is small (the
editions, the date) stays on the `Night`. A stage returns counts only, fit for logs and for the orchestrator.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import polars as pl
import structlog
from pyarrow.parquet import ParquetWriter

from flows.home import disk, warehouse
from flows.home.durable import write_bytes_durably
from flows.home.settings import Home, case_pages_a_night
from flows.ingest import lake, linkage_memory, suppression
from flows.ingest.editions import EditionInUse, Editions, newest_date, select
from flows.ingest.lake import EditionFacts
from flows.ingest.landing import LandedEdition, Landing, look
from flows.journal import diary as nights
from flows.journal import judgements
from flows.pages.case import render_first_cases
from flows.pages.night import FILE_NAME as REPORT_PAGE
from flows.pages.night import render_night
from flows.release import alarms, case_ids, party_log, publish
from flows.release.alarms import Alarm, Damage
from graphs import build as graph_night
from graphs.cases import build as casework
from graphs.structure import further as graph_further
from graphs.verdicts import cascade as graph_cascade
from quality import gate, suites
from transforms.errors import BlockedEdition, ReleaseBlocked, RunFailed, UndertowError, UsageError, place
from transforms.flags.absence import mentioned
from transforms.flags.engine import raise_flags
from transforms.graph_inputs import input_sql
from transforms.marts import MART_ORDER, MART_PARAMETERS, mart_sql
from transforms.model.indicator import Indicator, indicators
from transforms.model.register import registers
from transforms.model.sql import create_macros
from transforms.model.sql import frame as query_frame
from transforms.model.statements import STATEMENT_TABLES, Table
from transforms.model.views import (
    ABOUT,
    CASE,
    CASE_LINK,
    CASE_MEMBER,
    EDITION_VIEW,
    EVIDENCE,
    FINDING_VIEW,
    FLAG,
    GATE_VIEW,
    GRAPH_TABLES,
    INDICATOR_VIEW,
    MARTS,
    REGISTER_VIEW,
    REJECT_VIEW,
    RELEASE_TABLES,
    RESOLUTION_LINK,
    UNRECOGNISED_VIEW,
)
from transforms.resolution.lists.screening import screen
from transforms.resolution.resolve import Resolved, shared_numbers
from transforms.resolution.resolve import resolve_judged as resolve
from transforms.values.addresses import address_class_list
from transforms.values.areas import area_list
from transforms.values.exempt import exempt_list

Engine = Literal["plain", "prefect"]
Counts = Mapping[str, int | str]

log = structlog.get_logger()

BLOCKED_TABLES = ("reject", "finding", "gate")
ID_KEY_BYTES = 32
PART_ROWS = 100_000  # of a file that is read in ranges of flag ids
HELD_BYTES = 1_000_000  # (own) of a table that the flags ask for some hundred times: below it, what takes time is to open its files
FLAG_ID_BOUNDS = tuple("123456789abcdef")  # ids are hex digits
GRAPH_EDGES = "graph_edges"  # of the night's work only: not published
COUNTRY_LETTERS = 2  # of a territory that is a country
DEMO_ID_KEY = b"undertow synthetic town, no secret"[:ID_KEY_BYTES]


@dataclass
class Night:
    """One run: what was asked, where it works, and the small facts that stages hand on."""

    home: Home
    landing_folder: Path
    run_id: str
    started_at: datetime
    as_of_asked: date | None = None
    known_at_asked: date | None = None
    areas: tuple[str, ...] = ()
    synthetic: bool = False
    engine: Engine = "plain"
    landing: Landing = field(default_factory=lambda: Landing((), ()))
    room_needed: int = 0
    blocked: tuple[EditionFacts, ...] = ()
    editions: Editions = field(default_factory=lambda: Editions(()))
    as_of: date = date.min
    damage: Damage | None = None
    alarms: tuple[Alarm, ...] = ()
    missed: tuple[datetime, ...] = ()
    counts: dict[str, Counts] = field(default_factory=dict)
    built: Path | None = None
    release_id: str = ""
    report: Path | None = None

    @property
    def known_at(self) -> date | None:
        """Only editions dated up to it are used: the date asked for, else the facts' date asked for. None: every edition held."""
        return self.known_at_asked or self.as_of_asked

    @property
    def work(self) -> Path:
        return self.home.work / self.run_id

    def table(self, name: str) -> Path:
        return self.work / "tables" / f"{name}.parquet"

    def found_damage(self, damage: Damage) -> None:
        self.damage = damage

    @property
    def exit_code(self) -> int:
        return 5 if self.editions.any_blocked else 0


@dataclass(frozen=True)
class Stage:
    name: str
    run: Callable[[Night], Counts]


def new_night(
    home: Home,
    landing_folder: Path,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    areas: Iterable[str] = (),
    synthetic: bool = False,
    engine: Engine = "plain",
) -> Night:
    """A night to run now. The clock is read here, once; nothing below a stage reads it."""
    case_pages_a_night()  # what was set wrongly is said now, and not after the night's work
    now = datetime.now(UTC).replace(tzinfo=None)
    run_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    return Night(
        home, landing_folder.resolve(), run_id, now, as_of, known_at, tuple(areas), synthetic, engine
    )


def run_stage(stage: Stage, night: Night) -> Counts:
    """One stage, with its counts kept and logged. Unexpected errors lose their text here: it may hold a person's data."""
    with disk.naming(night.work):
        counts = stage.run(night)
    night.counts[stage.name] = counts
    log.info("stage", stage=stage.name, **counts)
    return counts


# --- landing and lake -----------------------------------------------------------------------------------------------


def land(night: Night) -> Counts:
    """What lies in the landing folder. Raises UsageError (2) where no file belongs to a register and none is held."""
    gate.warm_up()
    # The town is of one fixed month, whatever the day it is written on.
    today = date.max if night.synthetic else night.started_at.date()
    night.landing = look(night.landing_folder, registers(), today)
    if not night.landing.editions:
        raise UsageError(
            f"--landing {night.landing_folder.name}: no register recognises a file there; `undertow registers` lists what is read"
        )
    night.room_needed = _room_needed(night)
    disk.require(night.home.root, night.room_needed)
    return {"editions": len(night.landing.editions), "not_recognised": len(night.landing.unrecognised)}


def _room_needed(night: Night) -> int:
    """Bytes that this night will take at most: by the files it will parse, and by what the last release came to."""
    held = {facts.key for facts in _held(night)}
    unread = [
        edition
        for edition in night.landing.editions
        if lake.lake_key(edition, synthetic=night.synthetic) not in held
    ]
    unread_bytes = sum(
        disk.unpacked_bytes(file.path, file.size_bytes) for edition in unread for file in edition.files
    )
    return disk.needed_bytes(unread_bytes, publish.current_bytes(night.home))


def fill_lake(night: Night) -> Counts:
    """Every edition not yet in the lake is parsed and gated; then the editions in force are chosen.

    Editions are parsed one after the other, in landing's order, and gated and admitted in that order in a thread of its own: an edition
    is compared with the one before it, which is in the lake by then, and the next one is parsed meanwhile.
    """
    if suppression.catch_up(night.home, night.work):
        linkage_memory.forget(night.home)
    held = {facts.key for facts in _held(night)}
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


def raise_alarms(night: Night) -> None:
    """What needs somebody, by the editions chosen, the diary and the release that was in force: said at once, and published with the release."""
    night.alarms = alarms.raised(
        night.editions,
        night.as_of,
        nights.read(night.home),
        night.started_at.date(),
        registers(),
        damage=night.damage,
    )
    for alarm in night.alarms:
        log.error("alarm", register_name=alarm.register, kind=alarm.kind, message=alarm.message)


def choose_editions(night: Night) -> None:
    """Editions, date, and the tables about editions, from what the lake holds and what tonight blocked. Raises RunFailed (4)."""
    night.editions = select(_named_as_landed(night), night.blocked, night.known_at)
    as_of = night.as_of_asked or newest_date(night.editions.usable)
    if as_of is None or not night.editions.with_status("in_force"):
        raise RunFailed(_nothing_to_publish(night))
    night.as_of = as_of
    _write_edition_tables(night)


def _nothing_to_publish(night: Night) -> str:
    earliest = min((facts.edition_date for facts in _held(night) if facts.edition_date), default=None)
    if night.blocked:
        reason = f"The first reason: {night.blocked[0].blocked_message}"
    elif earliest and night.known_at and night.known_at < earliest:
        option = "a --known-at" if night.known_at_asked else "an --as-of"
        reason = f"The earliest edition held is of {earliest}; give {option} on or after it"
    else:
        reason = "No edition held is dated; give --as-of"
    return f"no register has an edition that can be used, so nothing is published. {reason}"


def _held(night: Night) -> tuple[EditionFacts, ...]:
    """Editions in the lake of this kind: the synthetic town and real registers never meet in one night."""
    return tuple(
        facts
        for facts in lake.manifests(night.home)
        if facts.synthetic == night.synthetic and facts.register in registers()
    )


def _named_as_landed(night: Night) -> tuple[EditionFacts, ...]:
    """Editions held, those that lie in the landing folder under the name they have there: the same bytes may have come under another one first."""
    names = {
        lake.lake_key(edition, synthetic=night.synthetic): edition.files[0].name
        for edition in night.landing.editions
    }
    return tuple(replace(facts, file_name=names.get(facts.key, facts.file_name)) for facts in _held(night))


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
        _register_frame(connection, "edition", _edition_frame([EditionInUse(ingested.facts, "in_force")]))
        if last is not None:
            _register_frame(connection, "last_edition", _edition_frame([EditionInUse(last, "in_force")]))
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
    others = [known for known in _held(night) if known.file_sha256 != facts.file_sha256]
    same = [known for known in others if (known.register, known.dataset) == (facts.register, facts.dataset)]
    before = [known for known in same if (known.edition_date or date.min) <= (facts.edition_date or date.min)]
    complete = [known for known in before if known.completeness == "complete"]
    last = max(
        complete or before,
        key=lambda known: (known.edition_date or date.min, lake.is_read_as_today(known), known.arrival),
        default=None,
    )
    return None if registers()[facts.register].accumulates(facts.dataset) else last


def _edition_frame(editions: Iterable[EditionInUse]) -> pl.DataFrame:
    """EDITION_VIEW rows."""
    rows = [
        {
            **asdict(edition.facts),
            "edition": edition.facts.label,
            "status": edition.status,
            "stale_since": edition.stale_since,
            "earlier_parser": edition.status != "blocked" and not lake.is_read_as_today(edition.facts),
        }
        for edition in editions
    ]
    listed = [
        {name: list(value) if isinstance(value := row[name], tuple) else value for name in EDITION_VIEW.names}
        for row in rows
    ]
    return pl.DataFrame(listed, schema=EDITION_VIEW.schema).sort(EDITION_VIEW.key)


def _register_frame(connection: warehouse.Connection, name: str, frame: pl.DataFrame) -> None:
    connection.register(name, frame.to_arrow())


def _write_edition_tables(night: Night) -> None:
    """v_edition, v_register, v_reject, v_finding and v_unrecognised_file, as they will be published."""
    usable = night.editions.usable
    in_force = {facts.register: facts.label for facts in night.editions.with_status("in_force")}
    stale = {
        e.facts.register: e.stale_since
        for e in sorted(night.editions.all, key=lambda e: e.stale_since or date.max, reverse=True)
        if e.stale_since
    }
    known = [
        {
            **{
                name: getattr(unit, name)
                for name in ("title", "publisher", "territory", "licence", "cadence", "kind", "url")
            },
            "register": unit.name,
            "edition_in_force": in_force.get(unit.name),
            "stale_since": stale.get(unit.name),
        }
        for unit in registers().values()
    ]
    files = [
        {"file_name": file.name, "reason": file.reason, "file_bytes": file.size_bytes}
        for file in night.landing.unrecognised
    ]
    _write(night, EDITION_VIEW, _edition_frame(night.editions.all))
    _write(night, REGISTER_VIEW, pl.DataFrame(known, schema=REGISTER_VIEW.schema))
    _write(night, UNRECOGNISED_VIEW, pl.DataFrame(files, schema=UNRECOGNISED_VIEW.schema))
    for table in (REJECT_VIEW, FINDING_VIEW, GATE_VIEW):
        blocked = sorted((night.work / "blocked").glob(f"*/{table.name}.parquet"))
        # What an earlier version read is without a column of today; the data set is known all the same.
        held = [
            pl.read_parquet(path).with_columns(dataset=pl.lit(facts.dataset))
            for facts in usable
            for path in lake.table_files(night.home, table.name, [facts])
        ]
        frames = [*held, *(pl.read_parquet(path) for path in blocked)]
        _write(night, table, pl.concat([table.empty(), *frames], how="diagonal").select(table.names))


def _write(night: Night, table: Table, frame: pl.DataFrame) -> None:
    path = night.table(table.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with disk.naming(path):
        table.conformed(frame).sort(table.key).write_parquet(path, compression="zstd")


def _write_stream(night: Night, table: Table, frames: Iterable[pl.DataFrame]) -> None:
    """Frames in the table's schema and key order, one row group each: a table that is larger than memory as a frame."""
    path = night.table(table.name)
    schema = table.empty().to_arrow().schema
    with disk.naming(path), ParquetWriter(path, schema, compression="zstd") as writer:
        for frame in frames:
            writer.write_table(frame.to_arrow().cast(schema))


def facts_at(night: Night, *, resolution: Path | None = None) -> None:
    """The stages from lake to graph, on what the lake holds: nothing is landed. `resolution`: that of a night over the same editions, which is taken over."""
    choose_editions(night)
    if resolution is None:
        resolve_parties(night)
    else:
        shutil.copyfile(resolution, night.table("resolution"))
    build_marts(night)
    screen_lists(night)
    compute_graph(night)


# --- resolve, marts, graph, flags ------------------------------------------------------------------------------------


def _open(night: Night, tables: Iterable[str], *more: Path, held_bytes: int = 0) -> warehouse.Connection:
    """A connection with the statement tables, `edition_in_use` and the night's own tables named. It sees the lake, and the folders in `more`.

    `held_bytes`: tables whose files are no larger together are read into memory, for a stage that asks for them again and again.
    """
    connection = warehouse.connect(night.work, read_paths=[night.home.lake, *more])
    usable = night.editions.usable
    for name, table in STATEMENT_TABLES.items():
        warehouse.parquet_view(
            connection, name, lake.table_files(night.home, name, usable), table=table, held_bytes=held_bytes
        )
    warehouse.parquet_view(
        connection,
        "mention_as_written",
        lake.table_files(night.home, lake.MENTION.name, usable),
        table=lake.MENTION,
    )
    connection.execute(f"create view {lake.MENTION.name} as {mentioned('mention_as_written')}")
    _register_frame(connection, "edition_in_use", _editions_in_use(night))
    _register_frame(connection, "address_class_list", address_class_list())
    _register_frame(connection, "exempt_list", exempt_list())
    _register_frame(connection, "area_list", area_list())
    for name in tables:
        warehouse.parquet_view(connection, name, [night.table(name)], held_bytes=held_bytes)
    create_macros(connection)
    return connection


def open_lake(night: Night) -> warehouse.Connection:
    """A connection with the statement tables and `edition_in_use`, as the resolve stage has it."""
    return _open(night, ())


def _editions_in_use(night: Night) -> pl.DataFrame:
    """register, dataset, edition, status, completeness, edition_date, edition_order ('' for undated: older than all)."""
    rows = [
        (
            e.facts.register,
            e.facts.dataset,
            e.facts.label,
            e.status,
            e.facts.completeness,
            e.facts.edition_date,
            e.facts.edition_date.isoformat() if e.facts.edition_date else "",
        )
        for e in night.editions.all
        if e.status in ("in_force", "history")
    ]
    columns = ("register", "dataset", "edition", "status", "completeness", "edition_date", "edition_order")
    return pl.DataFrame(
        rows, schema=dict(zip(columns, (pl.String,) * 5 + (pl.Date, pl.String), strict=True)), orient="row"
    )


def resolve_parties(night: Night) -> Counts:
    """Who is who, over every party record of every usable edition."""
    try:
        resolved = _resolved(night)
    except (
        warehouse.DatabaseError
    ) as error:  # what is remembered may be damaged, which is seen only where it is read
        if disk.fault(error) is not None:
            raise
        log.warning(
            "linkage memory",
            message=f"{type(error).__name__} while parties were resolved with what was remembered; it was removed, and they are resolved again",
        )
        resolved = _resolved(night)
    resolution = resolved.rows
    _write(night, MARTS["resolution"], resolution)
    _write(night, RESOLUTION_LINK, resolved.links)
    shared = shared_numbers(resolution)
    for number in shared:
        log.warning(
            "number shared",
            message=f"{number} is stated by many records of other names; they are candidates of it only, see v_resolution",
        )
    outcomes = resolved.links["outcome"]
    return {
        "records": resolution.height,
        "parties": resolution["party_id"].n_unique(),
        "numbers_shared": len(shared),
        "judged": resolution.filter(method="judgement").height,
        "links_refused": int((outcomes == "refused").sum()),
    }


def _resolved(night: Night) -> Resolved:
    connection = _open(night, (), night.home.cache)
    try:
        with linkage_memory.remembered(connection, night.home) as memory:
            return resolve(connection, id_key(night), judgements.of_records(connection, night.home), memory)
    finally:
        connection.close()


def id_key(night: Night) -> bytes:
    """The demo's key is fixed so that its ids are the same everywhere; a real home has its own, made once."""
    if night.synthetic:
        return DEMO_ID_KEY
    path = night.home.secrets / "id.key"
    if not path.exists():
        _refuse_another_key(night.home, path)
        write_bytes_durably(path, secrets.token_bytes(ID_KEY_BYTES), mode=0o600)
    return path.read_bytes()


def _refuse_another_key(home: Home, path: Path) -> None:
    """A home that has published real registers has had a key: with another one every person would get another id."""
    if any(not release.synthetic for release in publish.releases(home)):
        raise RunFailed(
            f"{path}: is gone, and with another key every natural person would get another id than in the releases kept; restore it from a backup, "
            "or give a new --home"
        )


def build_marts(night: Night) -> Counts:
    """The marts, in order, each from its SQL file."""
    counts: dict[str, int] = {}
    connection = _open(night, ["resolution"])
    try:
        for name in MART_ORDER:
            sql = mart_sql(name)
            given: Mapping[str, object] = {"as_of": night.as_of, **MART_PARAMETERS}
            parameters = {key: value for key, value in given.items() if f"${key}" in sql}
            counts[name] = warehouse.write_parquet(
                connection, sql, night.table(name), MARTS[name].key, parameters
            )
            warehouse.parquet_view(connection, name, [night.table(name)])
    finally:
        connection.close()
    return counts


def screen_lists(night: Night) -> Counts:
    """Parties of the registers that may be on a watch list: candidates with score and reason, never a merge; none that was judged to be another."""
    connection = _open(night, MARTS.keys() - {"screening"})
    try:
        candidates = screen(connection, judgements.of_records(connection, night.home))
    finally:
        connection.close()
    _write(night, MARTS["screening"], candidates)
    return {"candidates": candidates.height, "strong": int(candidates["is_strong"].sum())}


def compute_graph(night: Night) -> Counts:
    """Ownership, control, beneficial owners, cycles, networks and reach; then the graph gate. Raises ReleaseBlocked (3)."""
    connection = _open(night, MARTS)
    try:
        _register_frame(connection, "home_country", _home_countries(night))
        _register_frame(connection, "complete_basis", _complete_bases(night))
        edges_n = warehouse.write_parquet(
            connection, input_sql("edges"), night.table(GRAPH_EDGES), ("statement_id", "interest_id")
        )
        nodes = query_frame(connection, input_sql("nodes"))
        marks = _marks(connection, night.as_of)
        for name, frames in graph_night.build(pl.scan_parquet(night.table(GRAPH_EDGES)), nodes, marks):
            _write_stream(night, GRAPH_TABLES[name], frames)
            warehouse.parquet_view(connection, name, [night.table(name)])
        closure, groups = (
            pl.scan_parquet(night.table("graph_edge")),
            pl.read_parquet(night.table("graph_control_group")),
        )
        for name, frames in graph_further.build(closure, nodes, marks, groups, _barred()):
            _write_stream(night, GRAPH_TABLES[name], frames)
            warehouse.parquet_view(connection, name, [night.table(name)])
        control = pl.scan_parquet(night.table("graph_control"))
        _write_stream(
            night,
            GRAPH_TABLES["graph_cascade"],
            graph_cascade.build(pl.scan_parquet(night.table(GRAPH_EDGES)), nodes, marks, closure, control),
        )
        warehouse.parquet_view(connection, "graph_cascade", [night.table("graph_cascade")])
        outcome = gate.run(connection, suites.graph_suite(), stage="graph")
    finally:
        connection.close()
    _keep_gate(night, outcome)
    counted = [pl.scan_parquet(night.table(name)).select(pl.len()).collect().item() for name in GRAPH_TABLES]
    return {"edges": edges_n, "nodes": nodes.height, **dict(zip(GRAPH_TABLES, counted, strict=True))}


def _home_countries(night: Night) -> pl.DataFrame:
    """country: those of the registers in force that belong to one. What is incorporated elsewhere is foreign."""
    territories = {registers()[facts.register].territory for facts in night.editions.with_status("in_force")}
    return pl.DataFrame(
        {"country": sorted(territory for territory in territories if len(territory) == COUNTRY_LETTERS)},
        schema={"country": pl.String},
    )


def _complete_bases(night: Night) -> pl.DataFrame:
    """register, basis: bases of which a register lists every holder, where a complete edition of it is in force."""
    complete = {
        facts.register for facts in night.editions.with_status("in_force") if facts.completeness == "complete"
    }
    rows = [(name, basis) for name in sorted(complete) for basis in registers()[name].complete_bases]
    return pl.DataFrame(rows, schema={"register": pl.String, "basis": pl.String}, orient="row")


def _barred() -> list[str]:
    """Marks that are declared with a companion whose holders bar the way (`graphs.structure.further`)."""
    return [
        mark
        for indicator in indicators().values()
        for mark in indicator.marks
        if mark + graph_further.BLOCKS in indicator.marks
    ]


def _marks(connection: warehouse.Connection, as_of: date) -> pl.DataFrame:
    """mark, party_id: every mark that an indicator declares."""
    found = [
        query_frame(connection, query, {"as_of": as_of} if "$as_of" in query else None).select(
            pl.lit(mark).alias("mark"), pl.col("subject_id").alias("party_id")
        )
        for indicator in indicators().values()
        for mark, query in indicator.marks.items()
    ]
    return pl.concat([pl.DataFrame(schema={"mark": pl.String, "party_id": pl.String}), *found])


def _keep_gate(night: Night, outcome: pl.DataFrame) -> None:
    """Add outcomes to v_gate; a blocking failure ends the night with the old release in place."""
    kept = pl.read_parquet(night.table(GATE_VIEW.name))
    _write(night, GATE_VIEW, pl.concat([kept, outcome]))
    if message := gate.failure_message(outcome):
        raise ReleaseBlocked(f"{message}. The release in force stays; correct the cause and run again")


def find_flags(night: Night) -> Counts:
    """Every indicator's states, sentences and evidence: each indicator's are written before the next is asked, then brought together by flag."""
    connection = _open(night, (*MARTS, *GRAPH_TABLES), held_bytes=HELD_BYTES)
    try:
        _register_frame(connection, "home_country", _home_countries(night))
        counted = [_raise_one(night, connection, indicator) for indicator in indicators().values()]
    finally:
        connection.close()
    totals = pl.concat([INDICATOR_VIEW.empty(), *counted])
    _write(night, INDICATOR_VIEW, totals)
    for table in (FLAG, EVIDENCE):
        _write_stream(night, table, _by_flag(_part(night, table, "*"), table))
    shutil.rmtree(night.work / "flags")
    return {
        "flagged": int(totals["n_flagged"].sum()),
        "not_assessable": int(totals["n_not_assessable"].sum()),
    }


def _raise_one(night: Night, connection: warehouse.Connection, indicator: Indicator) -> pl.DataFrame:
    """Write an indicator's flags and evidence to its own files; its counts are given back. At most one indicator's rows are held at a time."""
    raised = raise_flags(connection, [indicator], night.editions, night.as_of)
    for table, frame in ((FLAG, raised.flags), (EVIDENCE, raised.evidence)):
        path = _part(night, table, indicator.code)
        path.parent.mkdir(exist_ok=True)
        with disk.naming(path):
            frame.write_parquet(path, compression="lz4", row_group_size=PART_ROWS)
    return raised.indicators


def _part(night: Night, table: Table, code: str) -> Path:
    return night.work / "flags" / f"{table.name}-{code}.parquet"


def _by_flag(parts: Path, table: Table) -> Iterator[pl.DataFrame]:
    """Rows of files that are sorted by `flag_id` each, in the table's key order, a range of ids at a time: ids are hashes, so ranges are of one size."""
    rows = pl.scan_parquet(parts)
    bounds = () if rows.select(pl.len()).collect().item() <= PART_ROWS else FLAG_ID_BOUNDS
    for least, below in zip(("", *bounds), (*bounds, ""), strict=True):
        yield table.conformed(rows.filter(_within(least, below)).collect()).sort(table.key)


def _within(least: str, below: str) -> pl.Expr:
    """Ids from `least` on and before `below`; "" is no bound."""
    flag_id = pl.col("flag_id")
    from_least = flag_id >= least if least else pl.lit(True)
    return from_least & (flag_id < below) if below else from_least


def group_cases(night: Night) -> Counts:
    """Flagged subjects that belong together become cases, and every flag of a case gets its id."""
    connection = _open(night, (*MARTS, *GRAPH_TABLES, "flag", "indicator"))
    try:
        book = casework.open_cases(connection, night.as_of)
        for table, frame in ((CASE, book.cases), (CASE_MEMBER, book.members), (CASE_LINK, book.links)):
            _write(night, table, frame)
    finally:
        connection.close()
    named = night.table("flag_in_case")
    _write_stream(night, replace(FLAG, name=named.stem), _in_cases(night.table("flag"), book.case_of_flag))
    named.replace(night.table("flag"))
    return {"cases": book.cases.height, "flags_in_cases": book.case_of_flag.height}


def _in_cases(flags: Path, case_of_flag: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Every flag with its case, in the file's order."""
    for frame in _by_flag(flags, FLAG):
        yield FLAG.conformed(
            frame.drop("case_id").join(case_of_flag, on="flag_id", how="left", maintain_order="left")
        )


# --- gate, release, report ------------------------------------------------------------------------------------------


def _published_tables() -> tuple[str, ...]:
    return tuple(name for name in RELEASE_TABLES if name not in ABOUT)


def check_release(night: Night) -> Counts:
    """The release gate, on exactly the tables that will be published. Raises ReleaseBlocked (3)."""
    connection = warehouse.connect(night.work)
    try:
        for name in _published_tables():
            warehouse.parquet_view(connection, name, [night.table(name)])
        outcome = gate.run(connection, suites.release_suite(), stage="release")
    finally:
        connection.close()
    _keep_gate(night, outcome)
    return {"expectations": outcome.height, "failed": outcome.filter(~pl.col("passed")).height}


def build(night: Night) -> Counts:
    """The database, built aside and read back. Readers still see the release in force."""
    tables = {name: night.table(name) for name in _published_tables()}
    changes, aliases = party_log.since_release(
        night.home, night.work, night.table("resolution"), night.table(RESOLUTION_LINK.name), night.known_at
    )
    case_aliases, became = case_ids.since_release(night.home, night.work, tables, aliases, night.known_at)
    facts = publish.ReleaseFacts(
        as_of=night.as_of,
        known_at=night.known_at,
        code_version=version("undertow"),
        synthetic=night.synthetic,
        run_id=night.run_id,
        started_at=night.started_at,
        built_at=datetime.now(UTC).replace(tzinfo=None),
        engine=night.engine,
        alarms=night.alarms,
        changes=tuple(changes.iter_rows()),
        aliases=tuple(aliases.iter_rows()),
        case_aliases=tuple(case_aliases.iter_rows()),
    )
    night.built = publish.build_release(night.home, night.work, tables, facts)
    return {"bytes": sum(path.stat().st_size for path in night.built.iterdir()), **became}


def report(night: Night) -> Counts:
    """The page of the night and those of the first cases, from the release just built and nothing else: a page that fails must not follow a publication."""
    connection = warehouse.open_release(_built(night))
    try:
        page = render_night(connection, _report_folder(night), areas=night.areas)
        case_pages = render_first_cases(connection, _report_folder(night), areas=night.areas)
    finally:
        connection.close()
    return {"bytes": page.stat().st_size, "case_pages": len(case_pages)}


def release(night: Night) -> Counts:
    """Publish: the release gets its name, the pages go beside the others, `current` flips. The night has its release from then on, also where it is interrupted."""
    release_id = str(publish.manifest_of(_built(night))["release_id"])
    try:
        publish.publish(night.home, _built(night), report=_report_folder(night))
    finally:
        if publish.is_in_force(night.home, release_id):
            night.release_id, night.report = release_id, night.home.reports / release_id / REPORT_PAGE
    return {"release": night.release_id}


def _built(night: Night) -> Path:
    if night.built is None:
        raise RunFailed("the stages of a night run in their order; there is no built release yet")
    return night.built


def _report_folder(night: Night) -> Path:
    return night.work / "report"


STAGES: tuple[Stage, ...] = (
    Stage("landing", land),
    Stage("lake", fill_lake),
    Stage("resolve", resolve_parties),
    Stage("marts", build_marts),
    Stage("screening", screen_lists),
    Stage("graph", compute_graph),
    Stage("flags", find_flags),
    Stage("cases", group_cases),
    Stage("gate", check_release),
    Stage("build", build),
    Stage("report", report),
    Stage("release", release),
)
