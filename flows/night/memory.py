"""Reuse last night's results; compute again only what depends on changed inputs.

A *step* writes tables of the run from others, or a folder, such as the release. Its key is a hash over its
rule (the code, the libraries, its parameters) and over the content of each table that it reads. If the key is
the same as last time and the step's files are unchanged, the step is reused: its files are linked into the
run. A night therefore resumes where a killed one ended, and a night with few changes does little. A table
that is computed again with the same content changes nothing for the steps that read it.

`kept/<step>/` holds the tables of a step, which are links to the run's own files, and its `step.json`,
written last. A run for an earlier date (`--as-of`, `--known-at`) has a folder of its own, only to be resumed.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import polars as pl

from flows.home import durable

type Returned = Mapping[str, int | str]

SOURCES = ("flows", "transforms", "graphs", "quality")
LIBRARIES = ("polars", "duckdb", "pyarrow", "numpy", "scipy", "igraph", "splink", "great-expectations")
RECORD = "step.json"
AS_BEFORE = ""


@dataclass(frozen=True)
class Step:
    """A finished step. `reads`, `writes`: table → SHA-256 of its content; `counts`: what it returned."""

    rule: str
    reads: Mapping[str, str]
    writes: Mapping[str, str]
    counts: Returned


class Memory:
    """The steps of one run. `folder`: where they are kept; None keeps nothing and reuses nothing.

    `table`: name of a table of the run → its file or folder. `done`: step → why it was run, or AS_BEFORE.
    """

    def __init__(self, folder: Path | None = None, table: Callable[[str], Path] = Path) -> None:
        self._folder, self._table = folder, table
        self._digests: dict[str, str] = {}
        self.done: dict[str, str] = {}

    def know(self, table: str, content: pl.DataFrame | Path | str) -> None:
        """Describe an input that is not a table of the run: its rows, its file, or a text for them."""
        if self._folder is None:
            return
        if isinstance(content, Path):
            self._digests[table] = durable.file_sha256(content)
        else:
            self._digests[table] = _sha256(content if isinstance(content, str) else content.write_json())

    def step(
        self,
        name: str,
        reads: Iterable[str] | Callable[[], Iterable[str]],
        writes: Iterable[str],
        work: Callable[[], Returned],
        *,
        rule: object = None,
    ) -> Returned:
        """What `work` returns, now or last time.

        It writes the tables `writes` of the run from `reads`, which are tables of the run or known inputs,
        and from `rule`: its parameters, as JSON. `reads` may be a function of the rule only; it is then not
        called if the rule is the same as last time.
        """
        if self._folder is None:
            return work()
        rule_sha256 = _rule_sha256(rule)
        folder, files = self._folder / name, {table: self._table(table) for table in writes}
        last = _recorded(folder)
        if callable(reads):
            reads = last.reads if last is not None and last.rule == rule_sha256 else reads()
        reading = {table: self._digest(table) for table in sorted(set(reads))}
        why = _why(last, rule_sha256, reading)
        if last is not None and why == AS_BEFORE and _is_taken_over(folder, last, files):
            step = last
        else:
            if folder.exists():
                shutil.rmtree(folder)  # an error of the disk is said here, with its own words
            counts = work()
            step = Step(rule_sha256, reading, _digests(files), counts)
            _keep(folder, step, files)
            why = why or "its files had changed"
        self.done[name] = why
        self._digests |= step.writes
        return step.counts

    def returned(self, name: str, reads: Iterable[str]) -> Returned | None:
        """What a step without parameters and tables returned last time; None if it has to be run."""
        last = _recorded(self._folder / name) if self._folder is not None else None
        if last is None or last.rule != _rule_sha256(None):
            return None
        reading = {table: self._digest(table) for table in sorted(set(reads))}
        if _why(last, last.rule, reading) != AS_BEFORE:
            return None
        self.done[name] = AS_BEFORE
        return last.counts

    def _digest(self, table: str) -> str:
        if table not in self._digests:  # no step wrote it
            self._digests |= _digests({table: self._table(table)})
        return self._digests[table]

    @property
    def reuse_message(self) -> str:
        """How many steps were reused, as text; "" if none was."""
        before_n = sum(why == AS_BEFORE for why in self.done.values())
        return f"{before_n} of {len(self.done)} steps are as the last run left them" if before_n else ""

    def forget(self, step: str) -> None:
        """Run a step again next time, whatever it reads."""
        if self._folder is not None:
            shutil.rmtree(self._folder / step, ignore_errors=True)

    def forget_others(self) -> None:
        """Remove the steps that this run does not have."""
        for folder in self._folder.iterdir() if self._folder and self._folder.is_dir() else ():
            if folder.name not in self.done:
                shutil.rmtree(folder, ignore_errors=True)


def _why(last: Step | None, rule: str, reads: Mapping[str, str]) -> str:
    if last is None:
        return "new"
    if last.rule != rule:
        return "code or parameters changed"
    changed = [table for table in reads if last.reads.get(table) != reads[table]]
    return f"changed: {', '.join(changed)}" if changed or last.reads != reads else AS_BEFORE


def _recorded(folder: Path) -> Step | None:
    """None if there is no step, or one of an earlier version."""
    try:
        return Step(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _is_taken_over(folder: Path, step: Step, files: Mapping[str, Path]) -> bool:
    """Link the step's tables into the run. If one of them changed, return False and link nothing."""
    kept = {table: folder / path.name for table, path in files.items()}
    if not all(path.exists() for path in kept.values()) or _digests(kept) != step.writes:
        return False
    for table, path in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        _link(kept[table], path)
    return True


def _keep(folder: Path, step: Step, files: Mapping[str, Path]) -> None:
    folder.mkdir(parents=True, mode=0o700)
    for path in files.values():
        durable.fsync_below(path)
        _link(path, folder / path.name)
    durable.write_bytes_durably(folder / RECORD, json.dumps(asdict(step)).encode(), mode=0o600)


def _link(source: Path, target: Path) -> None:
    """Of a folder, every file below it; folders keep their modes."""
    if not source.is_dir():
        os.link(source, target)
        return
    target.mkdir()
    shutil.copymode(source, target)
    for path in source.iterdir():
        _link(path, target / path.name)


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Table → SHA-256 of its file, or of the names and files below its folder."""
    return {table: _content_sha256(path) for table, path in files.items()}


def _content_sha256(path: Path) -> str:
    if not path.is_dir():
        return durable.file_sha256(path)
    files = sorted(below for below in path.rglob("*") if below.is_file())
    return _sha256("".join(f"{below.relative_to(path)} {durable.file_sha256(below)}\n" for below in files))


def _rule_sha256(rule: object) -> str:
    return _sha256(json.dumps([code_sha256(), rule], sort_keys=True, default=str))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_sha256() -> str:
    """Over the libraries and every file of the packages: the version does not change with every line."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256(json.dumps({name: version(name) for name in LIBRARIES}).encode())
    for path in sorted(path for name in SOURCES for path in (root / name).rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(root)} {durable.file_sha256(path)}\n".encode())
    return digest.hexdigest()
