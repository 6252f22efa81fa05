"""Resume an interrupted run: the next run reuses what its finished stages wrote, if the inputs are the same.

The lake keeps editions by their own key (`flows.ingest.lake`). Each later stage that ends adds a line to
`work/<run>/done.jsonl`: the files that it wrote, with their SHA-256, under a key over everything that the
stages read. The next run computes its own key once its lake is filled, and reuses the longest series of
finished stages whose files are unchanged. A run that ended, successfully or not, leaves no folder. A release
that an interrupted run built keeps that run's id and start in `v_run`.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import structlog

from flows.home import durable, local_indicators
from flows.home.settings import Home, case_pages_a_night
from flows.journal import judgements, reviews
from flows.night.keys import id_key
from flows.night.memory import code_sha256
from flows.night.night import Counts, Night, Stage
from flows.release import build

log = structlog.get_logger()

RECORD = "done.jsonl"
# The first two make the key; the last is the publication itself.
ALWAYS_RUN = ("landing", "lake", "release")
KEPT_FOLDERS = ("tables", "data_docs", "release", "report")

type Stamp = tuple[int, int]  # modification time in nanoseconds, size in bytes


@dataclass(frozen=True)
class Done:
    """A finished stage. `files`: path below the run's folder → SHA-256 of each file that it wrote."""

    stage: str
    key: str
    counts: Mapping[str, int | str]
    files: Mapping[str, str]


def interrupted_run(home: Home) -> Path | None:
    """The folder of the newest killed run that had finished a stage. Call with the lock held."""
    return max((path.parent for path in home.work.glob(f"*/{RECORD}")), default=None)


class Resumption:
    """The stages of one run, where those that an interrupted run finished are taken over.

    Run them in order.
    """

    def __init__(self, interrupted: Path | None) -> None:
        self._interrupted = interrupted
        self._key = ""
        self._done: dict[str, Done] = {}
        self._stamps: dict[Path, Stamp] = {}

    def stages(self, stages: Sequence[Stage]) -> list[Stage]:
        return [
            stage if stage.name in ALWAYS_RUN else replace(stage, run=partial(self._run, stage))
            for stage in stages
        ]

    def _run(self, stage: Stage, night: Night) -> Counts:
        if not self._key:
            self._take_over(night)
        if stage.name in self._done:
            return self._done[stage.name].counts
        counts = stage.run(night)
        self._record(stage.name, night.work, counts)
        return counts

    def _take_over(self, night: Night) -> None:
        self._key = key_of(night)
        if self._interrupted is not None:
            self._done = {done.stage: done for done in finished_stages(self._interrupted, self._key)}
            _move_files(self._interrupted, night.work, self._done.values())
            self._write_record(night.work)  # this run may be killed before a stage of its own ends
            shutil.rmtree(self._interrupted, ignore_errors=True)
        if self._done:
            log.info(
                "resumed", message=f"an interrupted run had finished {', '.join(self._done)}: taken over"
            )
        self._stamps = _stamps(night.work)

    def _record(self, stage: str, work: Path, counts: Counts) -> None:
        """Write the stage's line, once its files are on the disk."""
        stamps = _stamps(work)
        written = sorted(path for path, stamp in stamps.items() if self._stamps.get(path) != stamp)
        for path in written:
            durable.fsync(path)
        files = {str(path.relative_to(work)): durable.file_sha256(path) for path in written}
        self._done[stage] = Done(stage, self._key, dict(counts), files)
        self._stamps = stamps
        self._write_record(work)

    def _write_record(self, work: Path) -> None:
        lines = "".join(json.dumps(asdict(done)) + "\n" for done in self._done.values())
        durable.write_bytes_durably(work / RECORD, lines.encode())


def _stamps(work: Path) -> dict[Path, Stamp]:
    files = (path for name in KEPT_FOLDERS for path in (work / name).rglob("*") if path.is_file())
    return {path: (stat.st_mtime_ns, stat.st_size) for path in files for stat in [path.stat()]}


def finished_stages(interrupted: Path, key: str) -> list[Done]:
    """The longest series of stages, finished under `key`, whose files are as the last of them left them.

    A stage that was killed may have overwritten the file of an earlier one, which is then run again too.
    """
    lines = (interrupted / RECORD).read_text(encoding="utf-8").splitlines()
    done = [Done(**json.loads(line)) for line in lines]
    if any(stage.key != key for stage in done):
        return []
    paths = {path for stage in done for path in stage.files if (interrupted / path).is_file()}
    actual = {path: durable.file_sha256(interrupted / path) for path in paths}
    while done and not _files(done).items() <= actual.items():
        done.pop()
    return done


def _files(done: Iterable[Done]) -> dict[str, str]:
    """Path → SHA-256, as the last stage that wrote the file left it."""
    return {path: sha256 for stage in done for path, sha256 in stage.files.items()}


def _move_files(interrupted: Path, work: Path, done: Iterable[Done]) -> None:
    for path in _files(done):
        target = work / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # The folders of the pages are published as they are.
        shutil.copymode((interrupted / path).parent, target.parent)
        (interrupted / path).replace(target)


# --- the key ------------------------------------------------------------------------------------------------


def key_of(night: Night) -> str:
    """SHA-256 over all that the stages after the lake read.

    That is code and libraries, editions, the options of the run, own indicators, judgements, reviews, alarms,
    and the release's place.
    """
    reviewed = reviews.head(night.home)
    inputs = {
        "code": code_sha256(),
        "editions": [asdict(edition) for edition in night.editions.all],
        "as_of": night.as_of,
        "known_at": night.known_at,
        "areas": night.areas,
        "authority": night.authority.model_dump(),
        "powers": night.powers.model_dump(),
        "synthetic": night.synthetic,
        "engine": night.engine,
        "id_key": hashlib.sha256(id_key(night.home, synthetic=night.synthetic)).hexdigest(),
        "unrecognised": [asdict(file) for file in night.landing.unrecognised],
        "alarms": [asdict(alarm) for alarm in night.alarms],
        "case_pages": case_pages_a_night(),
        "own_indicators": local_indicators.content_sha256(night.home),
        "judged": [judgement.n for judgement in judgements.every(night.home)],
        "reviewed": reviewed and reviewed.hash,
        "next": build.next_place(night.home),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
