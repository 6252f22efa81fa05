"""`undertow evaluate --measure ID`: the change in an area's flags after a measure, by the rules that the
measure declared beforehand (`flows.home.measures`); and pooled results of several towns.

The first call records the declaration (`flows.journal.measures`), and gives the smallest effect that the
earlier counts could show. The effect is computed once the period after the measure has passed.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from flows.facts.areas import Areas
from flows.facts.rows import Row, as_int, query_rows
from flows.home.authority import authority
from flows.home.local_indicators import known_indicators
from flows.home.measures import MEASURES_FILE, Measure, measure
from flows.home.settings import Home
from flows.home.toml_files import fault
from flows.journal import measures as journal
from flows.journal.measures import Recorded
from flows.release.store import open_current
from quality.effect import (
    BEFORE_MIN,
    HIDDEN,
    Effect,
    Numbers,
    Smallest,
    Town,
    Verdict,
    before_extra_variance,
    effect,
    entering,
    shown,
    smallest,
    verdict,
)
from transforms.errors import UsageError
from transforms.model.area_views import CELL_MIN
from transforms.model.sql import Connection, frame, read_sql

Shown = Annotated[int, Field(ge=CELL_MIN, le=10_000_000)] | None  # None: under CELL_MIN
Pair = tuple[Shown, Shown]  # before, after


class Result(BaseModel, frozen=True, extra="forbid"):
    """The result of a measure, as it is printed and shared. No count in it is under CELL_MIN, and comparison
    areas have no names.

    `counts`, `neighbours` (all of them together), `comparison`: before and after. `recorded_on`: of the
    present declaration. `changed_n`: number of earlier declarations. `reaches_back`: the time before begins
    no later than the first edition held, so its counts do not show what happened. `too_few_n`: comparison
    areas that are left out, because they had under BEFORE_MIN flags before. `effect`: null if the time after
    has not passed, if it reaches back, or if the area itself or all comparison areas had too few flags.
    """

    format: Literal["undertow-effect-1"] = "undertow-effect-1"
    authority: Annotated[str, Field(max_length=300)]
    synthetic: bool
    measure: Annotated[str, Field(max_length=300)]
    title: Annotated[str, Field(max_length=300)]
    kind: Annotated[str, Field(max_length=300)]
    began_on: date
    until: date
    as_of: date
    indicators: tuple[str, ...]
    months_before: Annotated[int, Field(ge=1, le=120)]
    months_after: Annotated[int, Field(ge=1, le=120)]
    recorded_on: date
    changed_n: int
    reaches_back: bool
    too_few_n: int
    counts: Pair
    comparison: Annotated[tuple[Pair, ...], Field(max_length=2000)]
    neighbours: Pair | None
    extra_variance: Annotated[float, Field(ge=0, le=10)]
    smallest: Smallest
    effect: Effect | None
    neighbours_effect: Effect | None
    verdict: Verdict

    @property
    def is_over(self) -> bool:
        return self.as_of >= self.until

    @property
    def recorded_before(self) -> bool:
        return self.recorded_on < self.began_on

    def town(self) -> Town:
        numbers = [[HIDDEN if n is None else n for n in pair] for pair in (self.counts, *self.comparison)]
        return Town(
            np.array(numbers, dtype=float), self.months_after / self.months_before, self.extra_variance
        )


@dataclass(frozen=True)
class Pooled:
    """Pooled results of several towns. `recorded_before_n`: declared before their own date."""

    towns_n: int
    recorded_before_n: int
    synthetic: bool
    smallest: Smallest
    effect: Effect
    verdict: Verdict


# --- one measure --------------------------------------------------------------------------------------------


def evaluate_measure(home: Home, measure_id: str) -> Result:
    """Record the declaration if it is new, and evaluate the measure on the release in force.

    Raises UsageError for an unknown id, district or indicator, RunFailed if the declaration cannot be
    recorded.
    """
    declared = measure(home, measure_id)
    if unknown := [code for code in declared.indicators if code not in known_indicators(home)]:
        raise UsageError(f"{MEASURES_FILE}: {measure_id}: there is no indicator {unknown[0]}")
    with open_current(home) as connection:
        as_of, synthetic = frame(connection, "select as_of, synthetic from v_release").row(0)
        counts = _counts(connection, declared)
    could = _could_show(declared, counts, as_of)
    recorded = _recorded(home, declared, could)
    if recorded.fall is not None or recorded.rise is not None:
        could = Smallest(recorded.fall, recorded.rise)
    return _result(
        declared,
        counts,
        recorded,
        could,
        as_of=as_of,
        synthetic=synthetic,
        by=authority(home).name,
    )


@dataclass(frozen=True)
class _Counts:
    """(areas, 3): early, late and after; the first row is the area of the measure. `neighbours`: (3,)."""

    areas: Numbers
    neighbours: Numbers
    reaches_back: bool

    @property
    def before(self) -> Numbers:
        before: Numbers = self.areas[:, 0] + self.areas[:, 1]
        return before

    def compared(self) -> "_Counts | None":
        """The areas with enough flags before; None if the measure's own area, or every other one, had too
        few.
        """
        enough = self.before >= BEFORE_MIN
        return replace(self, areas=self.areas[enough]) if enough[0] and enough.sum() > 1 else None

    @property
    def pairs(self) -> Numbers:
        """(areas, 2): before and after, as they enter."""
        return entering(np.stack([self.before, self.areas[:, 2]], axis=1))

    @property
    def extra_variance(self) -> float:
        return round(before_extra_variance(shown(self.areas[:, 0]), shown(self.areas[:, 1])), 4)


def _counts(connection: Connection, declared: Measure) -> _Counts:
    start = months_later(declared.date, -declared.months_before)
    days = {
        "start": start,
        "half": start + (declared.date - start) / 2,
        "date": declared.date,
        "until": months_later(declared.date, declared.months_after),
    }
    query = read_sql(__package__, "area_counts")
    rows = frame(connection, query, {"indicators": declared.indicators, **days}).to_dicts()
    _check_areas(connection, declared)
    areas = [_of_area(rows, name) for name in (declared.area, *declared.comparison)]
    neighbours = [_of_area(rows, name) for name in declared.neighbours]
    return _Counts(
        np.array(areas, dtype=float),
        np.array(neighbours, dtype=float).reshape(-1, 3).sum(axis=0),
        bool(rows) and start <= rows[0]["first_on"],
    )


def _check_areas(connection: Connection, declared: Measure) -> None:
    """Raises UsageError if the release lacks a district, or one is declared twice under two names."""
    rows = query_rows(connection, read_sql("flows.facts", "known_areas"))
    left = {str(row["area"]).lower() for row in rows}
    for name in (declared.area, *declared.comparison, *declared.neighbours):
        spellings = set(Areas((name,)).spellings)
        if left.isdisjoint(spellings):
            raise UsageError(
                f"{MEASURES_FILE}: {declared.id}: the release in force has no district {name}, or it stands "
                "there under another name too"
            )
        left -= spellings


def _of_area(rows: Sequence[Row], name: str) -> list[int]:
    spellings = Areas((name,)).spellings
    mine = [
        row
        for row in rows
        if str(row["area_name"]).lower() in spellings or str(row["area_code"]).lower() in spellings
    ]
    return [sum(as_int(row[column]) for row in mine) for column in ("early_n", "late_n", "after_n")]


def _could_show(declared: Measure, counts: _Counts, as_of: date) -> Smallest:
    """From the counts before; an incomplete period is extrapolated."""
    start = months_later(declared.date, -declared.months_before)
    passed = (min(as_of, declared.date) - start) / (declared.date - start)
    compared = counts.compared() if passed > 0 and not counts.reaches_back else None
    if compared is None:
        return Smallest(None, None)
    before = shown(compared.before) / passed
    ratio = declared.months_after / declared.months_before
    return smallest([Town(np.stack([before, before], axis=1), ratio, compared.extra_variance)])


def _recorded(home: Home, declared: Measure, could: Smallest) -> Recorded:
    declaration = declared.declaration()
    recorded = journal.recorded(home, declaration)
    if recorded is None:
        journal.record(home, declaration, datetime.now(UTC).date(), could.fall, could.rise)
        recorded = journal.recorded(home, declaration)
    assert recorded is not None
    return recorded


def _result(
    declared: Measure,
    counts: _Counts,
    recorded: Recorded,
    could: Smallest,
    *,
    as_of: date,
    synthetic: bool,
    by: str,
) -> Result:
    until = months_later(declared.date, declared.months_after)
    is_over, compared = as_of >= until, counts.compared()
    is_seen = is_over and not counts.reaches_back and compared is not None
    areas = (compared or counts).areas
    town = Town((compared or counts).pairs, declared.months_after / declared.months_before)
    others = [_pair(early + late, after, is_over) for early, late, after in areas[1:]] if compared else []
    seen = effect([town]) if is_seen else None
    before, after = counts.neighbours[:2].sum(), counts.neighbours[2]
    moved = entering(np.vstack([[before, after], town.counts[1:]]))
    is_moved = is_seen and bool(declared.neighbours) and before >= BEFORE_MIN
    return Result(
        authority=by,
        synthetic=synthetic,
        measure=declared.id,
        **declared.model_dump(include={"title", "kind", "months_before", "months_after"}),
        began_on=declared.date,
        until=until,
        as_of=as_of,
        indicators=tuple(sorted(declared.indicators)),
        recorded_on=recorded.on,
        changed_n=recorded.earlier_n,
        reaches_back=counts.reaches_back,
        too_few_n=len(counts.areas) - 1 - len(others),
        counts=_pair(counts.before[0], counts.areas[0, 2], is_over),
        comparison=tuple(sorted(others, key=lambda pair: (pair[0] or 0, pair[1] or 0))),
        neighbours=_pair(before, after, is_over) if declared.neighbours else None,
        extra_variance=compared.extra_variance if compared else 0.0,
        smallest=could,
        effect=seen and _rounded(seen),
        neighbours_effect=_rounded(effect([Town(moved, town.length_ratio)])) if is_moved else None,
        verdict=verdict(seen, could) if seen is not None else "none",
    )


def _pair(before: float, after: float, is_over: bool) -> Pair:
    """Counts as they are shared: None for a hidden count, or for a period that has not passed."""
    return int(before) if before >= CELL_MIN else None, int(after) if is_over and after >= CELL_MIN else None


def _rounded(seen: Effect) -> Effect:
    low, high = (None if bound is None else round(bound, 3) for bound in (seen.low, seen.high))
    return Effect(round(seen.ratio, 3), low, high)


def months_later(day: date, months: int) -> date:
    """The same day that many months later; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# --- several towns ------------------------------------------------------------------------------------------


def pooled(files: Sequence[Path]) -> Pooled:
    """Pool results of `evaluate --measure ID --json` from several towns. Raises UsageError."""
    results = [_read(file) for file in files]
    if len({(one.authority, one.measure) for one in results}) < len(results):
        raise UsageError("--pool: the same measure of the same authority is in it twice; give it once")
    if len({(one.kind, one.indicators) for one in results}) > 1:
        raise UsageError("--pool: the measures differ in kind or indicators; pool those that have the same")
    towns = [one.town() for one in results]
    could, seen = smallest(towns), effect(towns)
    return Pooled(
        towns_n=len(towns),
        recorded_before_n=sum(one.recorded_before for one in results),
        synthetic=any(one.synthetic for one in results),
        smallest=could,
        effect=_rounded(seen),
        verdict=verdict(seen, could),
    )


def _read(file: Path) -> Result:
    try:
        result = Result.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"--pool {file}: {error.strerror}") from None
    except ValidationError as error:
        raise UsageError(
            f"--pool {file}: not a result of `undertow evaluate --measure ID --json` ({fault(error)})"
        ) from None
    if result.effect is None or not result.comparison:
        raise UsageError(
            f"--pool {file}: it has no effect: its time has not passed, or it has too few flags; leave it out"
        )
    return result
