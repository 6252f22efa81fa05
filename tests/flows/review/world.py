"""A home of few tables, published night after night, for tests of reviewing: cases of invented flags."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from flows.home.settings import Home
from flows.journal import audit
from flows.release import build, case_ids, publish, store
from flows.review import published
from flows.review.desk import Desk
from flows.review.rules import User
from tests.flows.release_tables import known_if_empty
from transforms.model.statements import Column, Table
from transforms.model.views import (
    ABOUT,
    ADDRESS,
    CASE,
    CASE_MEMBER,
    CASE_THEME,
    ENTITY,
    EVIDENCE,
    FLAG,
    FLOW,
    INDICATOR_VIEW,
    PARTY_ALIAS,
    PERMIT,
    PROPERTY,
    SUBSIDY,
    THEME,
    TITLE,
)

DAY = date(2026, 6, 1)
DECLARED: Mapping[str, Table] = {
    table.name: table
    for table in (
        CASE,
        CASE_MEMBER,
        CASE_THEME,
        THEME,
        FLAG,
        EVIDENCE,
        INDICATOR_VIEW,
        PERMIT,
        ENTITY,
        FLOW,
        SUBSIDY,
        TITLE,
        PROPERTY,
        ADDRESS,
    )
} | dict(ABOUT)
USERS = {"ann": "reviewer", "bob": "reviewer", "cleo": "reviewer", "sue": "supervisor", "ray": "reader"}


@dataclass(frozen=True)
class Raised:
    """A flag of the world. `facts`: what it rests on, record → value."""

    flag_id: str
    case_id: str
    indicator: str = "PRP-010"
    subject_id: str = "GB-COH-1"
    lane: str = "act"
    subtype: str | None = None
    value: float | None = 1.0
    unit: str = "days"
    facts: Mapping[str, str] = field(default_factory=lambda: {"r1": "a"})


def night(
    home: Home, flags: Sequence[Raised], *, version: str = "v1", **rows: Sequence[Mapping[str, object]]
) -> None:
    """Publish a release of these flags, their cases, and other rows by table, as a night would."""
    work = home.work / f"run-{store.next_sequence(home)}"
    work.mkdir(parents=True)
    given = {**_rows(flags, version), **rows}
    tables = {
        name: _written(work, table, given.get(name, ()))
        for name, table in DECLARED.items()
        if name not in ABOUT
    }
    cases = case_ids.since_release(home, work, tables, PARTY_ALIAS.empty(), None)
    verdicts, precision = published.published(home)
    moment = datetime(2026, 6, 2, tzinfo=UTC)
    facts = build.ReleaseFacts(
        DAY,
        "0.1.0",
        True,
        "r",
        moment,
        moment,
        "plain",
        about={
            "case_alias": cases.aliases.rows(),
            "case_change": cases.changes.rows(),
            "verdict": verdicts.rows(),
            "precision": precision.rows(),
        },
        previous_release_id=cases.release_id,
    )
    known = known_if_empty(given)
    publish.publish(home, build.build_release(home, work, tables, facts, declared=DECLARED, recall=known))


def _rows(flags: Sequence[Raised], version: str) -> dict[str, list[dict[str, object]]]:
    by_case: dict[str, list[Raised]] = {}
    for flag in flags:
        by_case.setdefault(flag.case_id, []).append(flag)
    return {
        "review_case": [
            {
                "case_id": case_id,
                "lane": _gravest(raised),
                "position": place,
                "title": f"title of {case_id}",
                "newest_flag_on": DAY,
            }
            for place, (case_id, raised) in enumerate(by_case.items(), start=1)
        ],
        "case_member": [
            {"case_id": case_id, "subject_id": subject_id}
            for case_id, raised in by_case.items()
            for subject_id in sorted({flag.subject_id for flag in raised})
        ],
        "flag": [
            {
                **{name: value for name, value in vars(flag).items() if name != "facts"},
                "state": "flagged",
            }
            for flag in flags
        ],
        "evidence": [
            {
                "flag_id": flag.flag_id,
                "position": place,
                "role": "sale",
                "register": "gb_hmlr_ccod",
                "record": record,
                "field": "f",
                "value": value,
            }
            for flag in flags
            for place, (record, value) in enumerate(sorted(flag.facts.items()), start=1)
        ],
        "indicator": [
            {"code": code, "rule_sha256": f"{version}-{code}"}
            for code in sorted({flag.indicator for flag in flags})
        ],
    }


def _gravest(raised: Collection[Raised]) -> str:
    return "stop" if any(flag.lane == "stop" for flag in raised) else "act"


def _written(work: Path, table: Table, rows: Sequence[Mapping[str, object]]) -> Path:
    filled = [{column.name: row.get(column.name, _default(column)) for column in table} for row in rows]
    path = work / f"{table.name}.parquet"
    pl.DataFrame(filled, schema=table.schema, strict=False).write_parquet(path)
    return path


_DEFAULTS: Mapping[str, object] = {
    "text": "x",
    "texts": [],
    "date": DAY,
    "integer": 1,
    "boolean": False,
    "number": 0.0,
    "money": 0,
    "share": 0,
}


def _default(column: Column) -> object:
    if column.nullable:
        return None
    return column.values[0] if column.values else _DEFAULTS[column.dtype]


def new_home(folder: Path) -> Home:
    """A home without a release. Users need no account to act."""
    home = Home(folder)
    home.prepare()
    audit.subject_key(home)
    return home


def user(name: str) -> User:
    return User(name, USERS[name])


def desk(home: Home, today: date = DAY) -> Desk:
    """The release in force. Close its connection before many are open."""
    return Desk(home, store.open_current(home), today)


def with_facts(flag: Raised, **facts: str) -> Raised:
    return replace(flag, facts={**flag.facts, **facts})
