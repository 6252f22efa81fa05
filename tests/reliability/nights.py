"""Small nights of the real command, in which a call to the disk fails or the process is killed; and what must
hold of the home after each.

A *stand* is made once a test session: a home with a release in force over the editions of May, the landing of
a night that brings those of June, and the home as it is after that night when nothing disturbs it."""

import atexit
import errno
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.night.steps import STAGES
from flows.release import manifests, store
from flows.release.verification import verify
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_number,
    company_row,
    corporate_owner,
    file_name,
    file_of,
    psc_record,
    text,
    title_row,
    totals,
)

ROOT = Path(__file__).parents[2]
MAY, JUNE = "2026-05-01", "2026-06-01"
RECORDS_N = 12
NIGHT_SECONDS_MAX = 600  # a night that hangs; a busy machine is slow
PUBLISH_BEGINS = (
    "/release"  # the folder that the stage `build` makes; build, report and release come after it
)
PUBLISHES = "build"
# The first two tell what the inputs are; the last is the publication itself.
ALWAYS_RUN = ("landing", "lake", "release")
# Stages whose end is kept as a home, and the stage after each: a late call is reached without what is before
# it.
KEPT_ENDS = {"lake": "resolve", "graph": "flags", "gate": PUBLISHES}
ID_KEY = b"the same key in every home......"
DISK_DIFFERENCE_MAX = 0.05  # of a clean run's bytes (R23)


# --- the process that is disturbed ------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """One disturbance. mode: as in disk_faults.c. at: which call, from 1, or how many bytes. after: counting
    begins with the mkdir of a path that ends so;
    stage: as this stage begins.
    """

    mode: str
    at: int = 0
    error: int = errno.EIO
    after: str = ""
    stage: str = ""


@dataclass(frozen=True)
class Ended:
    """How a command ended. exit_code None: killed. hit: the call that was killed at or failed, "" where
    none was; in mode count all of them.
    """

    exit_code: int | None
    output: str
    stderr: str
    cpu_s: float
    hit: str

    @property
    def killed(self) -> bool:
        return self.exit_code is None


@cache
def preloaded() -> Path:
    """disk_faults.c as a library. Skips the test where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip(
            "no C compiler, or not Linux: calls to the disk cannot be counted (Debian: apt-get install "
            "gcc libc6-dev)"
        )
    folder = Path(gettempdir()) / f"undertow-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    source = Path(__file__).with_name("disk_faults.c")
    library = folder / f"disk_faults-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}.so"
    if not library.exists():
        part = library.with_suffix(f".{os.getpid()}")
        done = subprocess.run(
            [compiler, "-shared", "-fPIC", "-O2", "-o", part, source, "-ldl"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"disk_faults.c does not compile here: {done.stderr.strip().splitlines()[-1]}")
        part.replace(library)
    return library


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT", "UNDERTOW", "FAULT"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), **more}


class Warm:
    """The process of warm_night.py."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.warm_night"],
            cwd=ROOT,
            env=environment(LD_PRELOAD=str(preloaded())),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._process.kill)
        assert self._read() == "ready\n"

    def run(
        self,
        *arguments: str | Path,
        aside: Path,
        fault: Fault | None = None,
        home: Path | None = None,
        killed_at_cpu_s: float | None = None,
        watched: Path | None = None,
        killed_after_stage: str = "",
        indicators: Sequence[str] = (),
    ) -> Ended:
        """`undertow` with these arguments. aside: a folder outside the home for what it prints. fault:
        needs `home`. watched, indicators: as in warm_night.py.
        """
        aside.mkdir(exist_ok=True)
        log = aside / "calls"
        log.unlink(missing_ok=True)
        order = {
            "arguments": [str(argument) for argument in arguments],
            "stdout": str(aside / "stdout"),
            "stderr": str(aside / "stderr"),
            "killed_at_cpu_s": killed_at_cpu_s,
            "watched": str(watched or ""),
            "killed_after_stage": killed_after_stage,
            "armed_at_stage": fault.stage if fault else "",
            "indicators": list(indicators),
            "fault": None
            if fault is None
            else [str(home), fault.mode, fault.at, fault.error, fault.after, str(log)],
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._read())
        return Ended(
            answer["exit_code"],
            (aside / "stdout").read_text(),
            (aside / "stderr").read_text(),
            answer["cpu_s"],
            log.read_text() if log.exists() else "",
        )

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@cache
def warm() -> Warm:
    return Warm()


def command(
    *arguments: str | Path,
    fault: Fault | None = None,
    home: Path | None = None,
    aside: Path | None = None,
    **more: str,
) -> Ended:
    """The installed command itself, in a process of its own. `more`: variables of its environment."""
    faulty: dict[str, str] = {}
    if fault is not None and aside is not None:
        aside.mkdir(exist_ok=True)
        faulty = {
            "LD_PRELOAD": str(preloaded()),
            "FAULT_HOME": str(home),
            "FAULT_MODE": fault.mode,
            "FAULT_AT": str(fault.at),
            "FAULT_ERRNO": str(fault.error),
            "FAULT_AFTER": fault.after,
            "FAULT_LOG": str(aside / "calls"),
        }
    started = subprocess.Popen(
        [undertow(), *map(str, arguments)],
        env=environment(**faulty, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    output, stderr = started.communicate(timeout=NIGHT_SECONDS_MAX)
    code = started.returncode
    return Ended(
        None if code < 0 else code,
        output,
        stderr,
        0.0,
        (aside / "calls").read_text() if faulty and aside and (aside / "calls").exists() else "",
    )


def undertow() -> str:
    return str(Path(sys.executable).with_name("undertow"))


# --- the stand --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Undisturbed:
    """What a night that is left in peace does: calls to the disk, those of them after the build began,
    those until each stage was over, processor seconds.
    """

    calls_n: int
    publishing_n: int
    calls_until: Mapping[str, int]
    cpu_s: float


@dataclass(frozen=True)
class Stand:
    """before: a home with a release of May. after: the same, once a night over `landing` was left in peace.
    gated: once one was killed that had all but the publication behind it, with which the next night goes on.
    All are copied, never changed.

    told: what that night did, as JSON. on_the_way: stage → a home of which the next night goes on with that
    stage, `gated` the last of them."""

    before: Home
    after: Home
    on_the_way: Mapping[str, Home]
    landing: Path
    report: Path

    @property
    def gated(self) -> Home:
        return self.on_the_way[PUBLISHES]

    def home(self, folder: Path, *, gated: bool = False) -> Home:
        """A fresh copy of `before`, or of `gated`, as `folder`."""
        return copied(self.gated if gated else self.before, folder)

    @property
    def undisturbed(self) -> Undisturbed:
        return Undisturbed(**json.loads(self.report.read_text()))

    @property
    def old(self) -> Path:
        return store.current_release(self.before)

    @property
    def new(self) -> Path:
        return store.current_release(self.after)

    @property
    def content_sha256(self) -> str:
        return content_of(self.new)


def copied(home: Home, folder: Path) -> Home:
    """A fresh copy of `home` as `folder`."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(home.root, folder, symlinks=True)
    return Home(folder)


def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    """Made once a session, whichever worker comes first."""
    shared = tmp_path_factory.getbasetemp()
    folder = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "stand"
    on_the_way = {stage: Home(folder / f"goes-on-with-{stage}") for stage in KEPT_ENDS.values()}
    made = Stand(
        Home(folder / "before"),
        Home(folder / "after"),
        on_the_way,
        folder / "landing-june",
        folder / "told.json",
    )
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(folder, made)
            (folder / "made").touch()
    return made


def _make(folder: Path, made: Stand) -> None:
    write_landing(folder / "landing-may", (MAY,))
    write_landing(made.landing, (MAY, JUNE))
    keyed(made.before)
    assert (
        warm()
        .run("run", "--home", made.before.root, "--landing", folder / "landing-may", aside=folder / "aside")
        .exit_code
        == 0
    )
    shutil.copytree(made.before.root, made.after.root, symlinks=True)
    watched = folder / "aside" / "stages"
    answer = warm().run(
        "run",
        "--home",
        made.after.root,
        "--landing",
        made.landing,
        aside=folder / "aside",
        fault=Fault("count"),
        home=made.after.root,
        watched=watched,
    )
    assert answer.exit_code == 0
    calls_until = {
        event["stage"]: event["calls_n"]
        for event in map(json.loads, watched.read_text().splitlines())
        if "stage" in event
    }
    last = made.before
    for ended, next_stage in KEPT_ENDS.items():
        last = copied(last, made.on_the_way[next_stage].root)
        killed_after(made, last, ended, folder / "aside")
    calls = answer.hit.splitlines()
    begins = next(
        n for n, call in enumerate(calls) if call.split()[1] == "mkdir" and call.endswith(PUBLISH_BEGINS)
    )
    made.report.write_text(
        json.dumps(
            {
                "calls_n": len(calls),
                "publishing_n": len(calls) - begins,
                "calls_until": calls_until,
                "cpu_s": answer.cpu_s,
            }
        )
    )


def killed_after(stand: Stand, home: Home, stage: str, aside: Path) -> None:
    """A night on `home` that is killed once a stage is over. What was finished there is taken over."""
    ended = warm().run(
        "run",
        "--home",
        home.root,
        "--landing",
        stand.landing,
        aside=aside,
        watched=aside / "stages",
        killed_after_stage=stage,
    )
    assert ended.killed, ended.stderr


def going_on_with(stand: Stand, folder: Path) -> dict[str, Home]:
    """Stage → a home of which the next night goes on with that stage: one was killed when all before it
    were over. Made anew below `folder`.
    """
    homes, before = dict[str, Home](), stand.before
    for stage in (stage.name for stage in STAGES):
        homes[stage] = before
        if stage not in ALWAYS_RUN:
            before = Home(folder / f"after-{stage}")
            shutil.copytree(homes[stage].root, before.root, symlinks=True)
            killed_after(stand, before, stage, folder / "aside")
    return homes


def keyed(home: Home) -> Home:
    """A home with the key that all homes of a test share: ids of persons depend on it."""
    home.prepare()
    (home.secrets / "id.key").write_bytes(ID_KEY)
    return home


def write_landing(folder: Path, editions: Sequence[str]) -> Path:
    """Three registers; in June a company is gone, one has come, an owner and a proprietor are others, and
    two records are broken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for edition in editions:
        for register, contents in _files(edition).items():
            (folder / file_name(register, edition)).write_bytes(contents)
    return folder


def _files(edition: str) -> Mapping[str, bytes]:
    shift = 1 if edition == JUNE else 0
    companies = [company_row(n + shift) for n in range(RECORDS_N)]
    circle = [
        corporate_owner(n, f"ZEDTON TRADER {3 - n} LIMITED", company_number(3 - n), f"owner{n}")
        for n in (1, 2)
    ]
    people = [psc_record(n + shift) for n in range(3, RECORDS_N)]
    titles = [
        title_row(
            n,
            **{
                "Proprietor Name (1)": f"ZEDTON TRADER {n + shift} LIMITED",
                "Company Registration No. (1)": company_number(n + shift),
            },
        )
        for n in range(RECORDS_N)
    ]
    titles[-1] = titles[-1].replace(b"01-02-2018", b"31-02-2018") if shift else titles[-1]
    return {
        COMPANIES: file_of(COMPANIES, companies),
        PSC: text([*circle, *people, totals(RECORDS_N - 1)]),
        TITLES: file_of(TITLES, [*titles, f"Row Count:,{RECORDS_N}".encode()]),
    }


# --- what must hold ---------------------------------------------------------------------------------------


def content_of(release: Path) -> str:
    return str(json.loads((release / manifests.MANIFEST).read_text())["content_sha256"])


def in_force(stand: Stand, home: Home) -> str:
    """ "old" or "new": which release `current` is after a disturbance. Fails unless it is whole, byte for
    byte or by content.
    """
    release = store.current_release(home)
    manifests.verify(release)
    if release.name == stand.old.name:
        assert bytes_below(release, without=store.PUBLISHED) == bytes_below(
            stand.old, without=store.PUBLISHED
        )
        return "old"
    assert content_of(release) == stand.content_sha256
    with warehouse.open_release(release) as connection:
        for table, rows_n in json.loads((release / manifests.MANIFEST).read_text())["tables"].items():
            assert connection.execute(f"select count(*) from {warehouse.identifier(table)}").fetchall() == [
                (rows_n,)
            ]
        assert connection.execute("select content_sha256 from v_release").fetchall() == [
            (stand.content_sha256,)
        ]
    assert (home.reports / release.name / "night.html").is_file()
    return "new"


def bytes_below(folder: Path, *, without: str = "") -> dict[str, str]:
    """Path → SHA-256, of every file."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != without)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def digest(home: Home) -> str:
    """SHA-256 over all that the next run reads of what a disturbed night left: every path (a run's own name
    left out), where `current` points, the bytes of the lake, and those of the kept tables. Two homes with one
    digest are one kind: the run after them does the same.

    Releases are told by their names: that they are whole was looked at before. What a run left of its work is
    removed by the next one unread, so it is one kind, however much of it there is.
    """
    paths = {_kind(path.relative_to(home.root)) for path in home.root.rglob("*")}
    lines = [
        sorted(paths),
        str(home.current.readlink()),
        # Pages hold times and random ids; that they are there, the paths say.
        {name: sha256 for name, sha256 in bytes_below(home.lake).items() if not name.endswith(".html")},
        bytes_below(home.quarantine),
        {path: sha256 for path, sha256 in bytes_below(home.kept).items() if path.endswith(".parquet")},
    ]
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def _kind(path: Path) -> str:
    return "work/unread" if len(path.parts) > 1 and path.parts[0] == "work" else str(path)


def rerun_is_clean(stand: Stand, home: Home, aside: Path, *, was: str) -> None:
    """A rerun with no step between: it succeeds, its content is that of an undisturbed night, and the home
    holds what a clean one holds, no more.
    """
    ended = warm().run("run", "--home", home.root, "--landing", stand.landing, aside=aside)
    assert ended.exit_code == 0, ended.stderr
    assert_as_undisturbed(stand, home, was=was)


def assert_as_undisturbed(stand: Stand, home: Home, *, was: str) -> None:
    """No row lost or doubled (content hash), the lake byte for byte, no file too many or too few, the disk
    within 5 per cent (R23), the chains sound (R33).
    """
    release = store.current_release(home)
    manifests.verify(release)
    assert verify(home).faults == ()
    assert content_of(release) == stand.content_sha256
    assert (
        json.loads((release / manifests.MANIFEST).read_text())["tables"]
        == json.loads((stand.new / manifests.MANIFEST).read_text())["tables"]
    )
    assert _lake(home) == _lake(stand.after)
    clean = _sizes(stand.after)
    if was == "new":  # it had published before it was killed, so that the rerun is a third release
        again = {
            path.replace(stand.new.name, release.name): size
            for path, size in clean.items()
            if stand.new.name in path
        }
        clean = {**clean, **again}
    sizes = _sizes(home)
    assert sorted(sizes) == sorted(clean)
    assert abs(sum(sizes.values()) - sum(clean.values())) <= DISK_DIFFERENCE_MAX * sum(clean.values())


def _sizes(home: Home) -> dict[str, int]:
    """Path → bytes, of every file and folder of a home; the landing is not there."""
    return {
        str(path.relative_to(home.root)): path.lstat().st_size if path.is_file() else 0
        for path in sorted(home.root.rglob("*"))
    }


def _lake(home: Home) -> dict[str, str]:
    """Statements byte for byte; of a manifest everything but the order of arrival."""
    tables = {name: sha256 for name, sha256 in bytes_below(home.lake).items() if name.endswith(".parquet")}
    facts = {
        str(path.relative_to(home.lake)): json.dumps(
            {name: value for name, value in json.loads(path.read_text()).items() if name != "arrival"}
        )
        for path in sorted(home.lake.rglob("*.json"))
    }
    return {**tables, **facts}


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder that is gone afterwards: hundreds of homes would fill the disk."""
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
