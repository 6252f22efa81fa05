"""The editions of a run: which are in force, and the published tables about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date

import polars as pl
import structlog

from flows.ingest import lake
from flows.ingest.editions import EditionInUse, newest_date, select
from flows.ingest.lake import EditionFacts
from flows.journal import diary as nights
from flows.night.night import Night
from flows.night.tables import write_table
from flows.release import alarms
from transforms.errors import RunFailed
from transforms.model.register import registers
from transforms.model.views import (
    EDITION_VIEW,
    FINDING_VIEW,
    GATE_VIEW,
    REGISTER_VIEW,
    REJECT_VIEW,
    UNRECOGNISED_VIEW,
)

log = structlog.get_logger()
COUNTRY_LETTERS = 2  # of a territory that is a country


def choose_editions(night: Night) -> None:
    """Editions, date, and the tables about editions, from what the lake holds and what tonight blocked. Raises RunFailed (4)."""
    night.editions = select(_named_as_landed(night), night.blocked, night.known_at)
    as_of = night.as_of_asked or newest_date(night.editions.usable)
    if as_of is None or not night.editions.with_status("in_force"):
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


def held_editions(night: Night) -> tuple[EditionFacts, ...]:
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
    return tuple(
        replace(facts, file_name=names.get(facts.key, facts.file_name)) for facts in held_editions(night)
    )


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
    write_table(night, EDITION_VIEW, edition_frame(night.editions.all))
    write_table(night, REGISTER_VIEW, pl.DataFrame(known, schema=REGISTER_VIEW.schema))
    write_table(night, UNRECOGNISED_VIEW, pl.DataFrame(files, schema=UNRECOGNISED_VIEW.schema))
    for table in (REJECT_VIEW, FINDING_VIEW, GATE_VIEW):
        blocked = sorted((night.work / "blocked").glob(f"*/{table.name}.parquet"))
        # What an earlier version read is without a column of today; the data set is known all the same.
        held = [
            pl.read_parquet(path).with_columns(dataset=pl.lit(facts.dataset))
            for facts in usable
            for path in lake.table_files(night.home, table.name, [facts])
        ]
        frames = [*held, *(pl.read_parquet(path) for path in blocked)]
        write_table(night, table, pl.concat([table.empty(), *frames], how="diagonal").select(table.names))


def edition_frame(editions: Iterable[EditionInUse]) -> pl.DataFrame:
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


def home_countries(night: Night) -> pl.DataFrame:
    """country: those of the registers in force that belong to one. What is incorporated elsewhere is foreign."""
    territories = {registers()[facts.register].territory for facts in night.editions.with_status("in_force")}
    return pl.DataFrame(
        {"country": sorted(territory for territory in territories if len(territory) == COUNTRY_LETTERS)},
        schema={"country": pl.String},
    )
