"""The editions of a run: which are in force, and the published tables about them."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date

import polars as pl
import structlog

from flows.ingest import lake
from flows.ingest.editions import EditionInUse, newest_date, put_back, select
from flows.journal import diary
from flows.night.night import Night
from flows.night.tables import write_table
from flows.release import alarms
from transforms.errors import BlockedEdition, RunFailed, UsageError
from transforms.model.register import Register, registers
from transforms.model.views import (
    EDITION_VIEW,
    FINDING_VIEW,
    GATE_VIEW,
    REGISTER_VIEW,
    REJECT_VIEW,
    UNRECOGNISED_VIEW,
)

log = structlog.get_logger()

NOT_ALLOWED = "no_purpose"  # code of a file that no purpose of the home allows
REGISTER_COLUMNS = ("title", "publisher", "territory", "licence", "cadence", "kind", "url")


def choose_editions(night: Night) -> None:
    """Set the editions and the date of the run, and write the tables about editions. A file that is in the
    landing folder has the name that it has there now; if it was put back, its manifest says that it arrived
    again, except in a run for an earlier date.

    Raises RunFailed (exit code 4) if no edition can be used, UsageError if no purpose allows any.
    """
    names = {
        lake.lake_key(edition, synthetic=night.synthetic): edition.files[0].name
        for edition in night.landing.editions
    }
    held = held_editions(night)
    landed = {(each.register.name, each.dataset, each.label, each.sha256) for each in night.landing.editions}
    again = {facts.key: facts for facts in put_back(held, landed)}
    if night.known_at is None:
        for facts in again.values():
            lake.write_manifest(night.home, facts)
    named = [
        replace(again.get(facts.key, facts), file_name=names.get(facts.key, facts.file_name))
        for facts in held
    ]
    night.editions = select(named, night.blocked, night.known_at, night.mappings)
    as_of = night.as_of_asked or newest_date(night.editions.usable)
    if as_of is None or not night.editions.with_status("in_force"):
        if night.blocked and all(facts.blocked_code == NOT_ALLOWED for facts in night.blocked):
            raise UsageError(night.blocked[0].blocked_message)
        raise RunFailed(_nothing_to_publish(night))
    night.as_of = as_of
    _write_edition_tables(night)


def _nothing_to_publish(night: Night) -> str:
    earliest = min((facts.edition_date for facts in held_editions(night) if facts.edition_date), default=None)
    if night.blocked:
        reason = f"The first reason: {night.blocked[0].blocked_message}"
    elif earliest and night.known_at and night.known_at < earliest:
        option = "a --known-at" if night.known_at_asked else "an --as-of"
        reason = f"The earliest edition held is of {earliest}; give {option} on or after it"
    else:
        reason = "No edition held is dated; give --as-of"
    return f"no register has an edition that can be used, so nothing is published. {reason}"


def held_editions(night: Night) -> tuple[lake.EditionFacts, ...]:
    """Editions in the lake that this home may use. The synthetic town and real registers never meet in one
    run.
    """
    usable = {name for name, register in registers().items() if _is_allowed(night, register)}
    return tuple(
        facts
        for facts in lake.manifests(night.home)
        if facts.synthetic == night.synthetic and facts.register in usable
    )


def check_allowed(night: Night, register: Register) -> None:
    """Raises BlockedEdition if no purpose of the home allows the register."""
    if not _is_allowed(night, register):
        raise BlockedEdition(
            NOT_ALLOWED,
            f"{register.name}: {register.allowed_by} are read only for a purpose that allows them. "
            'Where the law does: undertow purpose add CODE --title "What for" '
            f'--legal-basis "Which law allows it" --allows {register.allowed_by}',
        )


def _is_allowed(night: Night, register: Register) -> bool:
    allowed = {what for purpose in night.authority.purpose for what in purpose.allows}
    return night.synthetic or not register.allowed_by or register.allowed_by in allowed


def raise_alarms(night: Night) -> None:
    """Set and log the alarms of this run, which are published with the release."""
    night.alarms = alarms.raised(
        night.editions,
        night.as_of,
        diary.read(night.home),
        night.started_at.date(),
        registers(),
        damage=night.damage,
    )
    for alarm in night.alarms:
        log.error("alarm", register_name=alarm.register, kind=alarm.kind, message=alarm.message)


# --- published tables ---------------------------------------------------------------------------------------


def _write_edition_tables(night: Night) -> None:
    """v_edition, v_register, v_unrecognised_file, v_reject, v_finding and v_gate, as they are published."""
    files = [
        {"file_name": file.name, "reason": file.reason, "file_bytes": file.size_bytes}
        for file in night.landing.unrecognised
    ]
    write_table(night, EDITION_VIEW, edition_frame(night.editions.all))
    write_table(night, REGISTER_VIEW, _register_frame(night))
    write_table(night, UNRECOGNISED_VIEW, pl.DataFrame(files, schema=UNRECOGNISED_VIEW.schema))
    for table in (REJECT_VIEW, FINDING_VIEW, GATE_VIEW):
        blocked = sorted((night.work / "blocked").glob(f"*/{table.name}.parquet"))
        # A file written by an earlier version may lack the data set.
        held = [
            pl.read_parquet(path).with_columns(dataset=pl.lit(facts.dataset))
            for facts in night.editions.usable
            for path in lake.table_files(night.home, table.name, [facts])
        ]
        frames = [table.empty(), *held, *map(pl.read_parquet, blocked)]
        write_table(night, table, pl.concat(frames, how="diagonal").select(table.names))


def _register_frame(night: Night) -> pl.DataFrame:
    """REGISTER_VIEW rows; a register with several data sets is stale since the earliest date."""
    in_force = {facts.register: facts.label for facts in night.editions.with_status("in_force")}
    stale: dict[str, date] = {}
    for edition in night.editions.all:
        if edition.stale_since:
            name = edition.facts.register
            stale[name] = min(edition.stale_since, stale.get(name, edition.stale_since))
    rows = [
        {
            **{column: getattr(register, column) for column in REGISTER_COLUMNS},
            "register": name,
            "edition_in_force": in_force.get(name),
            "stale_since": stale.get(name),
        }
        for name, register in registers().items()
    ]
    return pl.DataFrame(rows, schema=REGISTER_VIEW.schema)


def edition_frame(editions: Iterable[EditionInUse]) -> pl.DataFrame:
    """EDITION_VIEW rows."""
    rows = [
        {
            **asdict(edition.facts),
            "edition": edition.facts.label,
            "status": edition.status,
            "stale_since": edition.stale_since,
            "earlier_parser": edition.status != "blocked" and not lake.is_read_as_today(edition.facts),
            "contains": list(edition.facts.contains),
            "ignored_reasons": list(edition.facts.ignored_reasons),
        }
        for edition in editions
    ]
    columns = [{name: row[name] for name in EDITION_VIEW.names} for row in rows]
    return pl.DataFrame(columns, schema=EDITION_VIEW.schema).sort(EDITION_VIEW.key)
