"""A night that was killed is gone on with: what its finished stages wrote is taken over by the next run, if that has the same inputs.

The lake keeps editions by their own key (`flows.ingest.lake`). Of the stages after it, each that ends writes down in `work/<run>/done.jsonl`
which files it wrote, with their SHA-256, under a key over everything that it reads. The next run works its own key out once its lake is
filled, and takes over the longest row of finished stages whose files are all there, byte for byte. Nothing is taken over from a run that
ended, well or not: it leaves no folder. What was built by a killed run keeps that run's id and start in `v_run`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

import structlog

from flows.home import durable
from flows.home.settings import Home, case_pages_a_night
from flows.journal import judgements
from flows.night.night import Counts, Night, Stage
from flows.night.stages.resolve import id_key
from flows.release import build, manifests

log = structlog.get_logger()

RECORD = "done.jsonl"
NEVER_TAKEN_OVER = (
    "landing",
    "lake",
    "release",
)  # the first two make the key; the last one is publication itself
KEPT_FOLDERS = ("tables", "release", "report")
SOURCES = ("flows", "transforms", "graphs", "quality")
LIBRARIES = ("polars", "duckdb", "pyarrow", "splink", "great-expectations")
CHUNK_BYTES = 1 << 20

type Stamp = tuple[int, int]  # modification time in nanoseconds, bytes


@dataclass(frozen=True)
class Done:
    """A finished stage: `files` that it wrote, by their path below the run's folder, with the SHA-256 of each."""

    stage: str
    key: str
    counts: Mapping[str, int | str]
    files: Mapping[str, str]


def left(home: Home) -> Path | None:
    """The folder of the newest killed run that had finished a stage. Call with the lock held."""
    return max((path.parent for path in home.work.glob(f"*/{RECORD}")), default=None)


class Resumption:
    """The stages of one night, those that a killed run had finished replaced by what it left. `stages` are to be run in their order."""

    def __init__(self, killed: Path | None) -> None:
        self._killed = killed
        self._key = ""
        self._done: dict[str, Done] = {}
        self._seen: dict[Path, Stamp] = {}

    def stages(self, stages: Sequence[Stage]) -> list[Stage]:
        return [
            stage if stage.name in NEVER_TAKEN_OVER else Stage(stage.name, partial(self._run, stage))
            for stage in stages
        ]

    def _run(self, stage: Stage, night: Night) -> Counts:
        if not self._key:
            self._begin(night)
        if stage.name in self._done:
            return self._done[stage.name].counts
        counts = stage.run(night)
        self._record(stage.name, night.work, counts)
        return counts

    def _begin(self, night: Night) -> None:
        self._key = key_of(night)
        if self._killed is not None:
            self._done = {done.stage: done for done in usable(self._killed, self._key)}
            _move(self._killed, night.work, self._done.values())
            shutil.rmtree(self._killed, ignore_errors=True)
        if self._done:
            log.info("resumed", message=f"a killed run had finished {', '.join(self._done)}: taken over")
        if (night.work / "release" / manifests.MANIFEST).exists():
            night.built = night.work / "release"
        self._seen = _stamps(night.work)

    def _record(self, stage: str, work: Path, counts: Counts) -> None:
        """Its files are on the disk before the line that says so."""
        now = _stamps(work)
        written = sorted(path for path, stamp in now.items() if self._seen.get(path) != stamp)
        for path in written:
            durable.fsync_file(path)
        done = Done(
            stage, self._key, dict(counts), {str(path.relative_to(work)): _sha256(path) for path in written}
        )
        self._done[stage], self._seen = done, now
        durable.write_bytes_durably(
            work / RECORD, "".join(json.dumps(asdict(one)) + "\n" for one in self._done.values()).encode()
        )


def _stamps(work: Path) -> dict[Path, Stamp]:
    files = (path for name in KEPT_FOLDERS for path in (work / name).rglob("*") if path.is_file())
    return {path: (stat.st_mtime_ns, stat.st_size) for path in files for stat in [path.stat()]}


def usable(killed: Path, key: str) -> list[Done]:
    """What `killed` left under `key`: the longest row of finished stages whose files are as the last of them left them. A killed stage may have written over an earlier one's."""
    lines = [json.loads(line) for line in (killed / RECORD).read_text(encoding="utf-8").splitlines()]
    if any(line["key"] != key for line in lines):
        return []
    done = [Done(**line) for line in lines]
    stated = {path: sha256 for one in done for path, sha256 in one.files.items()}
    found = {path: _sha256(killed / path) if (killed / path).is_file() else "" for path in stated}
    return next((done[:n] for n in range(len(done), 0, -1) if _as_left(done[:n], found)), [])


def _as_left(done: Iterable[Done], found: Mapping[str, str]) -> bool:
    return all(
        found[path] == sha256
        for path, sha256 in {path: sha256 for one in done for path, sha256 in one.files.items()}.items()
    )


def _move(killed: Path, work: Path, done: Iterable[Done]) -> None:
    for path in {path: None for one in done for path in one.files}:
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copymode(
            (killed / path).parent, (work / path).parent
        )  # the pages' folders are published as they are
        (killed / path).replace(work / path)


# --- the key --------------------------------------------------------------------------------------------------------


def key_of(night: Night) -> str:
    """SHA-256 over all that the stages after the lake read: code, libraries, editions, what was asked, what people judged, tonight's alarms, the release's place."""
    read = {
        "code": _code_sha256(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "editions": [asdict(edition) for edition in night.editions.all],
        "as_of": night.as_of,
        "known_at": night.known_at,
        "areas": night.areas,
        "synthetic": night.synthetic,
        "engine": night.engine,
        "id_key": hashlib.sha256(id_key(night)).hexdigest(),
        "unrecognised": [asdict(file) for file in night.landing.unrecognised],
        "alarms": [asdict(alarm) for alarm in night.alarms],
        "case_pages": case_pages_a_night(),
        "judged": [one.n for one in judgements.every(night.home)],
        "next": build.next_place(night.home),
    }
    return hashlib.sha256(json.dumps(read, sort_keys=True, default=str).encode()).hexdigest()


@cache
def _code_sha256() -> str:
    """Over every source, query, code list, setting and template of the packages: a version is not changed with each line."""
    root = Path(__file__).parents[2]
    files = sorted(
        path
        for name in SOURCES
        for path in (root / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
    return hashlib.sha256(
        "".join(f"{path.relative_to(root)} {_sha256(path)}\n" for path in files).encode()
    ).hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
