"""Stage lake: parse and gate every new edition, then admit it to the lake or block it."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

import polars as pl
import structlog

from flows.home import disk, warehouse
from flows.ingest import lake, parse, suppression
from flows.ingest.editions import EditionInUse
from flows.ingest.landing import LandedEdition
from flows.night.keys import id_key
from flows.night.night import Counts, Night
from flows.night.stages.editions import (
    check_allowed,
    choose_editions,
    edition_frame,
    held_editions,
    raise_alarms,
)
from flows.night.tables import register_frame
from quality import gate, suites
from transforms.errors import BlockedEdition, UndertowError, place
from transforms.model.register import Register, registers
from transforms.model.views import GATE_VIEW

log = structlog.get_logger()

STATUSES = ("in_force", "history", "superseded", "blocked")
# Published for a blocked edition too; its statements are not.
BLOCKED_TABLES = ("reject", "finding", "gate")
AHEAD_MAX = timedelta(days=31)  # (own) a month's edition may be dated on the month's last day
KEY_DIGITS = 8  # of a lake key, where it is shown

type Read = lake.Ingested | lake.EditionFacts  # the facts of an edition whose file as a whole is blocked


def fill_lake(night: Night) -> Counts:
    """Parse and gate every edition that is not yet in the lake, in landing order; then choose the editions in
    force.

    A gate compares an edition with the one before it, so each is admitted before the next is gated. Gates run
    in this thread, because Great Expectations is single-threaded.
    """
    suppression.catch_up(night.home, night.work)
    suppressed = suppression.load(night.home)
    new = _new_editions(night)
    # Created here, before editions are read in parallel.
    account_key = id_key(night.home, synthetic=night.synthetic)

    def read(name: str) -> Read:
        return _read_edition(night, new[name], suppressed, account_key)

    began, arrivals = monotonic(), lake.arrivals(night.home)
    with closing(night.each("edition", new, read)) as done:
        outcomes = [
            _admit_or_block(night, edition, each, arrivals)
            for edition, each in zip(new.values(), done, strict=True)
        ]
    night.bytes_read, night.seconds_reading = sum(one.size_bytes for one in new.values()), monotonic() - began
    night.blocked = tuple(facts for facts in outcomes if facts is not None)
    choose_editions(night)
    raise_alarms(night)
    statuses = [edition.status for edition in night.editions.all]
    return {status: statuses.count(status) for status in STATUSES}


def _new_editions(night: Night) -> dict[str, LandedEdition]:
    """The landed editions that are not in the lake, by register, label and the first digits of their key."""
    held = {facts.key for facts in held_editions(night)}
    keys = ((lake.lake_key(each, synthetic=night.synthetic), each) for each in night.landing.editions)
    return {
        f"{edition.register.name} {edition.label} {key[:KEY_DIGITS]}": edition
        for key, edition in keys
        if key not in held
    }


def _read_edition(
    night: Night, edition: LandedEdition, suppressed: suppression.Suppression | None, account_key: bytes
) -> Read:
    """Parse an edition into a new work folder, because a lost worker may still write to its own. Returns the
    facts if the file is blocked.
    """
    key = lake.lake_key(edition, synthetic=night.synthetic)
    (night.work / "lake").mkdir(exist_ok=True)
    work = Path(mkdtemp(prefix=f"{edition.register.name}-{key}-", dir=night.work / "lake"))
    try:
        check_allowed(night, edition.register)
        _check_day(night, edition)
        parsed = parse_edition(edition, work, key, synthetic=night.synthetic, account_key=account_key)
        return suppression.applied(parsed, suppressed)
    except BlockedEdition as fault:
        shutil.rmtree(work, ignore_errors=True)
        return parse.blocked_facts(edition, key, fault, synthetic=night.synthetic)


def _check_day(night: Night, edition: LandedEdition) -> None:
    """Raises BlockedEdition for an edition dated in the future: all later ones would be older than it."""
    day, today = edition.edition_date, night.started_at.date()
    if day is not None and day > today + AHEAD_MAX and not night.synthetic:
        raise BlockedEdition(
            "future_date",
            f"{edition.register.name}: {edition.files[0].name} is dated {day}, and today is {today}; "
            "correct its name, or the clock of this machine, and run again",
        )


def _admit_or_block(
    night: Night, edition: LandedEdition, read: Read, arrivals: Iterator[int]
) -> lake.EditionFacts | None:
    """Gate an edition and admit it. If it is blocked instead, returns its facts with the reason."""
    facts = _gated(night, edition, read, arrivals) if isinstance(read, lake.Ingested) else read
    if facts is not None:
        log.warning(
            "edition blocked",
            register_name=facts.register,
            edition=facts.label,
            code=facts.blocked_code,
            message=facts.blocked_message,
        )
    return facts


def _gated(
    night: Night, edition: LandedEdition, ingested: lake.Ingested, arrivals: Iterator[int]
) -> lake.EditionFacts | None:
    try:
        outcome = _lake_gate(night, edition, ingested)
        message = gate.failure_message(outcome)
        if not message:
            lake.admit(night.home, ingested, next(arrivals))
            return None
        _keep_blocked_tables(night, ingested.folder)
    finally:
        shutil.rmtree(ingested.folder, ignore_errors=True)
    remedy = f"fetch it again, or {_other_way(edition.register, outcome)}"
    message = f"{message}. The file is {edition.files[0].name}; {remedy}"
    return replace(ingested.facts, blocked_code="gate", blocked_message=message)


def _other_way(register: Register, outcome: pl.DataFrame) -> str:
    """What else to do about an edition that its gate blocked. outcome: rows of the gate."""
    suite = suites.lake_suite(register, has_last_edition=True)
    compared = {each.name for each in suite if each.compares_editions}
    if compared.issuperset(gate.blocking_failures(outcome)["expectation"]):
        return f"look at it, and where it is right take it with `undertow run --any-size {register.name}`"
    return "correct the register's module"


def parse_edition(
    edition: LandedEdition, work: Path, key: str, *, synthetic: bool, account_key: bytes = b""
) -> lake.Ingested:
    """`lake.ingest`; an unexpected error blocks only this register.

    The error's text may hold a record, so the message has only its kind and place. Raises BlockedEdition,
    OSError.
    """
    try:
        with disk.naming(work):
            return parse.ingest(edition, work, key, synthetic=synthetic, account_key=account_key)
    except (UndertowError, OSError, MemoryError):
        raise
    except (Exception, pl.exceptions.PanicException) as error:  # a panic of polars is no Exception
        where = f"{edition.register.name} {edition.label} ({edition.files[0].name})"
        raise BlockedEdition(
            "parser_error",
            f"{where}: unexpected {type(error).__name__} at {place(error)}; report this line. "
            "The other registers are not affected",
        ) from None


def _keep_blocked_tables(night: Night, work: Path) -> None:
    target = night.work / "blocked" / work.name
    target.mkdir(parents=True)
    for name in (*(f"{table}.parquet" for table in BLOCKED_TABLES), lake.DATA_DOCS):
        if (work / name).exists():
            (work / name).rename(target / name)


def _lake_gate(night: Night, edition: LandedEdition, ingested: lake.Ingested) -> pl.DataFrame:
    """Run the register's suite on the tables just made. GATE_VIEW rows, also written beside the tables."""
    last = _last_edition(night, ingested.facts)
    suite = suites.lake_suite(edition.register, has_last_edition=last is not None)
    if last is not None:
        is_any_size, taken = edition.register.name in night.any_size, _taken_before(night, ingested.facts)
        suite = tuple(
            replace(one, severity="warning")
            if one.compares_editions and (is_any_size or one.name in taken)
            else one
            for one in suite
        )
    with warehouse.connect(ingested.folder, read_paths=[night.home.lake]) as connection:
        register_frame(connection, "edition", edition_frame([EditionInUse(ingested.facts, "in_force")]))
        for table in edition.register.tables:
            warehouse.parquet_view(connection, table.name, [ingested.folder / f"{table.name}.parquet"])
        if last is not None:
            register_frame(connection, "last_edition", edition_frame([EditionInUse(last, "in_force")]))
            for table in edition.register.tables:
                files = lake.table_files(night.home, table.name, [last])
                warehouse.parquet_view(connection, f"last_{table.name}", files, table=table)
        outcome = gate.run(
            connection,
            suite,
            stage="lake",
            register=edition.register.name,
            dataset=edition.dataset,
            edition=edition.label,
            file_sha256=edition.sha256,
            pages=ingested.folder / lake.DATA_DOCS,
        )
    outcome.write_parquet(ingested.folder / "gate.parquet")
    return outcome


def _taken_before(night: Night, facts: lake.EditionFacts) -> set[str]:
    """Expectations that only warned when the file was read before: somebody had looked and accepted it."""
    same = [
        known
        for known in held_editions(night)
        if (known.register, known.dataset, known.label, known.file_sha256)
        == (facts.register, facts.dataset, facts.label, facts.file_sha256)
    ]
    gates = [pl.read_parquet(path) for path in lake.table_files(night.home, GATE_VIEW.name, same)]
    warned = (outcome.filter(~pl.col("passed"), severity="warning") for outcome in gates)
    return {name for rows in warned for name in rows["expectation"]}


def _last_edition(night: Night, facts: lake.EditionFacts) -> lake.EditionFacts | None:
    """The edition of the same dataset that this one follows: the newest up to its date, a complete one if
    there is any.

    None if editions of the dataset are in force beside each other. The same bytes read by an earlier parser
    do not count as an edition; of two readings of other bytes the one by the current code counts.
    """
    if registers()[facts.register].accumulates(facts.dataset):
        return None
    before = [
        known
        for known in held_editions(night)
        if known.file_sha256 != facts.file_sha256
        and (known.register, known.dataset) == (facts.register, facts.dataset)
        and (known.edition_date or date.min) <= (facts.edition_date or date.min)
    ]
    complete = [known for known in before if known.completeness == "complete"]
    return max(
        complete or before,
        key=lambda known: (known.edition_date or date.min, lake.is_read_as_today(known), known.arrival),
        default=None,
    )
