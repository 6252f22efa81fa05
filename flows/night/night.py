"""The state of a run, and how to run one stage."""

import secrets
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, Protocol

import structlog

from flows.home import disk, progress, warehouse
from flows.home.authority import Authority, authority
from flows.home.powers import powers
from flows.home.settings import Home, case_pages_a_night
from flows.ingest.editions import Editions
from flows.ingest.lake import EditionFacts
from flows.ingest.landing import Landing
from flows.night.memory import Memory
from flows.release import store
from flows.release.alarms import Alarm, Damage
from transforms.model.powers import Powers

Counts = Mapping[str, int | str]
Engine = Literal["plain", "prefect", "spark"]
# (own) The number of editions or indicators at once, and the memory for one: each edition of a country holds
# batches of records for all processors (0.7 GB), and a hash for each record.
AT_ONCE_MAX, BYTES_OF_ONE = 4, 3 << 30
# Folders below the work folder that a step writes: the release, its Data Docs and its pages; and the pages of
# two gates.
BUILT, DOCS, PAGES = "release", f"release/{store.DATA_DOCS}", "report"
FOLDERS = (BUILT, DOCS, PAGES, "data_docs/graph", "data_docs/release")

log = structlog.get_logger()


class Each(Protocol):
    """How a stage does the same work for each edition or indicator."""

    def __call__[T](
        self, what: str, names: Iterable[str], work: Callable[[str], T], /
    ) -> Generator[T, None, None]:
        """The results of `work`, in the order of `names`. Close it if an error leaves some of them out."""
        ...


def side_by_side[T](what: str, names: Iterable[str], work: Callable[[str], T], /) -> Generator[T, None, None]:
    """In threads of this process. If one fails, wait for the running ones: they use the work folder."""
    in_order = list(names)
    pool = ThreadPoolExecutor(at_once())
    try:
        futures = [pool.submit(copy_context().run, work, name) for name in in_order]
        for future in progress.steps(what, futures, len(in_order)):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def at_once() -> int:
    """How many editions or indicators: one for each processor, as far as memory allows, up to AT_ONCE_MAX."""
    return max(1, min(warehouse.processors(), AT_ONCE_MAX, warehouse.memory_bytes() // BYTES_OF_ONE))


@dataclass
class Night:
    """One run: its options, its work folder, and small facts that stages pass on.

    A stage sets what later stages read: `landing`, `mappings` and `room_needed` (landing), `blocked`,
    `editions`, `as_of` and `alarms` (lake), `release_id` and `report` (release). `counts`: by stage. `each`:
    the orchestrator passes its own.
    """

    home: Home
    landing_folder: Path
    run_id: str
    started_at: datetime
    as_of_asked: date | None = None
    known_at_asked: date | None = None
    areas: tuple[str, ...] = ()
    any_size: tuple[str, ...] = ()  # registers
    authority: Authority = field(default_factory=Authority)
    powers: Powers = field(default_factory=lambda: Powers.model_validate({}))
    synthetic: bool = False
    engine: Engine = "plain"
    each: Each = side_by_side
    memory: Memory = field(default_factory=Memory)
    landing: Landing = field(default_factory=lambda: Landing((), ()))
    mappings: tuple[str, ...] = ()
    room_needed: int = 0
    bytes_read: int = 0  # of new editions, and how long that took
    seconds_reading: float = 0.0
    blocked: tuple[EditionFacts, ...] = ()
    editions: Editions = field(default_factory=lambda: Editions(()))
    as_of: date = date.min
    damage: Damage | None = None
    alarms: tuple[Alarm, ...] = ()
    missed: tuple[datetime, ...] = ()
    left_out: tuple[str, ...] = ()  # own indicators, and why
    counts: dict[str, Counts] = field(default_factory=dict)
    release_id: str = ""
    report: Path | None = None

    @property
    def known_at(self) -> date | None:
        """Only editions dated up to it are used. None: every edition held."""
        return self.known_at_asked or self.as_of_asked

    @property
    def work(self) -> Path:
        """The run's folder, removed when it ends."""
        return self.home.work / self.run_id

    def table(self, name: str) -> Path:
        """The Parquet file of a table that the run writes."""
        return self.work / "tables" / f"{name}.parquet"

    def output(self, name: str) -> Path:
        """What a step writes: one of FOLDERS, or a table."""
        return self.work / name if name in FOLDERS else self.table(name)

    @property
    def kept(self) -> Path:
        """Where the steps of this run are kept. A run for an earlier date leaves those of the last night."""
        return self.home.kept if self.known_at is None else self.home.kept / "earlier-date"

    def data_docs(self, stage: str) -> Path:
        """The folder with the pages of a stage's gate."""
        return self.work / "data_docs" / stage

    @property
    def built_folder(self) -> Path:
        """The release that the stage `build` writes."""
        return self.work / BUILT

    @property
    def report_folder(self) -> Path:
        return self.work / PAGES

    @property
    def exit_code(self) -> int:
        """The exit code of a run that published."""
        return 5 if self.editions.any_blocked else 0


@dataclass(frozen=True)
class Stage:
    """A named step of a run; `run` returns counts.

    `share`: about how much of a night's time it takes, in per cent, for the estimate of the time left.
    """

    name: str
    run: Callable[[Night], Counts]
    share: float = 1.0


def new_night(
    home: Home,
    landing_folder: Path,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    areas: Iterable[str] = (),
    any_size: Iterable[str] = (),
    synthetic: bool = False,
    engine: Engine = "plain",
) -> Night:
    """A run that starts now. The clock is read here, once; nothing below a stage reads it.

    `any_size`: registers whose new editions may differ from the last ones; the gate warns only.

    Raises UsageError if a setting is wrong, before work begins.
    """
    case_pages_a_night()
    now = datetime.now(UTC).replace(tzinfo=None)
    run_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    return Night(
        home,
        landing_folder.resolve(),
        run_id,
        now,
        as_of,
        known_at,
        tuple(areas),
        tuple(any_size),
        authority(home),
        powers(home),
        synthetic,
        engine,
    )


def run_stage(stage: Stage, night: Night) -> Counts:
    """Run one stage, keep its counts and log them. Errors of the disk get a path."""
    with disk.naming(night.work):
        counts = stage.run(night)
    night.counts[stage.name] = counts
    log.info("stage", stage=stage.name, **counts)
    return counts
