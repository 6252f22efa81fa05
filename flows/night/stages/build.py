"""Stage build: write the release database in the work folder."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import polars as pl
import structlog

from flows.fetching import manifest
from flows.home import local_indicators
from flows.home.authority import UNNAMED
from flows.home.settings import Home
from flows.ingest import suppression
from flows.journal import judgements, reviews
from flows.night.memory import code_sha256
from flows.night.night import BUILT, Counts, Night
from flows.night.stages.gate import published_tables
from flows.release import case_ids, party_log
from flows.release.alarms import Alarm
from flows.release.build import ReleaseFacts, build_release, next_place
from flows.release.content import TableContent
from flows.review import published
from transforms.model.views import (
    CASE_ALIAS,
    CASE_CHANGE,
    FETCHED,
    INDICATOR_VIEW,
    PARTY_ALIAS,
    POWER,
    PRECISION,
    RESOLUTION,
    RESOLUTION_CHANGE,
    RESOLUTION_LINK,
    VERDICT,
)

log = structlog.get_logger()


def build(night: Night) -> Counts:
    """Build the database in a separate folder and read it back. Readers still see the release in force.

    A release that a killed run built is taken over, with that run's id and start in `v_run`.
    """
    tables = {name: night.table(name) for name in published_tables()}
    recalled = {name: night.memory.returned(_step(name), [name]) for name in tables}
    known = {name: _content(counts) for name, counts in recalled.items() if counts is not None}
    built = partial(_built, night, tables, known)
    return night.memory.step("build", tables, [BUILT], built, rule=stated(night))


def stated(night: Night) -> Mapping[str, object]:
    """What a release says beside the tables of the run."""
    reviewed = reviews.head(night.home)
    return {
        "as_of": night.as_of,
        "known_at": night.known_at,
        "areas": night.areas,
        "authority": night.authority.model_dump(),
        "powers": night.powers.model_dump(),
        "synthetic": night.synthetic,
        "engine": night.engine,
        "alarms": [asdict(alarm) for alarm in night.alarms],
        "own_indicators": local_indicators.content_sha256(night.home),
        "judged": [judgement.n for judgement in judgements.every(night.home)],
        "reviewed": reviewed and reviewed.hash,
        "fetched": fetched_rows(night.home),
        "next": next_place(night.home),
    }


def _built(night: Night, tables: Mapping[str, Path], known: Mapping[str, TableContent]) -> Counts:
    changes, aliases = party_log.since_release(
        night.home,
        night.work,
        night.table(RESOLUTION.name),
        night.table(RESOLUTION_LINK.name),
        night.known_at,
        known=known.get(RESOLUTION.name),
    )
    cases = case_ids.since_release(night.home, night.work, tables, aliases, night.known_at)
    verdicts, precision = published.published(night.home)
    night.alarms = (*night.alarms, *_imprecise(night, precision))
    codes = pl.read_parquet(night.table(INDICATOR_VIEW.name), columns=["code"])["code"]
    removed = suppression.load(night.home)
    facts = ReleaseFacts(
        as_of=night.as_of,
        known_at=night.known_at,
        code_version=version("undertow"),
        synthetic=night.synthetic,
        run_id=night.run_id,
        started_at=night.started_at,
        built_at=datetime.now(UTC).replace(tzinfo=None),
        engine=night.engine,
        areas=night.areas,
        authority=None if night.authority.name == UNNAMED else night.authority.name,
        contact=night.authority.contact,
        alarms=night.alarms,
        about={
            RESOLUTION_CHANGE.name: changes.rows(),
            PARTY_ALIAS.name: aliases.rows(),
            CASE_ALIAS.name: cases.aliases.rows(),
            CASE_CHANGE.name: cases.changes.rows(),
            VERDICT.name: verdicts.rows(),
            PRECISION.name: precision.rows(),
            POWER.name: night.powers.frame(codes).rows(),
            FETCHED.name: fetched_rows(night.home),
        },
        previous_release_id=cases.release_id,
        # A person removed from the home must not remain in the bytes of a copy.
        made_by=f"{code_sha256()} {removed.id if removed else ''}",
    )
    recall = partial(_recalled, night)
    built = build_release(night.home, night.work, tables, facts, recall=recall, known=known)
    return {"bytes": sum(path.stat().st_size for path in built.iterdir()), **cases.counts}


def fetched_rows(home: Home) -> tuple[tuple[object, ...], ...]:
    """Rows of FETCHED."""
    return tuple(
        (
            *(one.register, one.name, one.sha256, one.url, one.licence),
            datetime.fromisoformat(one.retrieved_at).astimezone(UTC).replace(tzinfo=None),
        )
        for one in manifest.read(home)
    )


def _recalled(night: Night, table: str, count: Callable[[], TableContent]) -> TableContent:
    """What a table holds, remembered from last time if its file is the same."""

    def counted() -> Counts:
        return {"content": json.dumps(asdict(count()))}

    return _content(night.memory.step(_step(table), [table], [], counted))


def _step(table: str) -> str:
    return f"release-{table}"


def _content(counts: Counts) -> TableContent:
    return TableContent(**json.loads(str(counts["content"])))


def _imprecise(night: Night, precision: pl.DataFrame) -> tuple[Alarm, ...]:
    """Alarms on the precision of this night's rules, logged like the others."""
    rules = pl.read_parquet(night.table(INDICATOR_VIEW.name), columns=["code", "rule_sha256"])
    alarms = tuple(published.imprecise(precision, dict(rules.iter_rows()), night.authority.precision_min))
    for alarm in alarms:
        log.error("alarm", register_name=alarm.register, kind=alarm.kind, message=alarm.message)
    return alarms
