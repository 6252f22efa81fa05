"""Two tiers of tests, and the reliability scorecard.

Every commit runs all tests that are not marked `nightly`; of a test marked `sample(2)` it runs two of its
parameter sets, evenly spread. `pytest -m nightly` runs what is marked `nightly`, every parameter set of what
is marked `sample`, and every test marked `reliability("R1")` again, which then takes its nightly size
(`tier.pick(ci=20, nightly=200)`). A reliability test says what it measured with `figure("…")`;
`--scorecard FILE` writes outcome, figure, seconds and date of every such test as JSON.
"""

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# As .ci/run does: else each of the many processes that tests start would compile every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Workers keep every processor busy: more threads would only wait for each other. Before polars is imported.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
NIGHTLY = "nightly"
# How long an example takes says more of the machine than of the code.
settings.register_profile("ci", deadline=None, max_examples=25)
settings.register_profile(NIGHTLY, deadline=None, max_examples=200)
RELIABILITY = "reliability"
SAMPLE = "sample"
# Files of minutes, in the order in which they begin: a worker takes whole files, and the last one to end
# decides how long all of it takes.
LONGEST_FIRST = (
    "test_r01_kill.py",
    "test_r25_kills.py",
    "test_r02_whole_night.py",
    "test_r02_disk_errors.py",
    "test_r26_prefect_away.py",
    "test_r22_disk_full.py",
    "test_r10_resume.py",
    "test_r08_many_nights.py",
    "test_affairs.py",  # makes the demo, on which questions and checks of payments come later
    "test_sheet.py",
    "test_bad_bods.py",
    "test_cli.py",
    "test_nightly.py",
    "test_names.py",
    "test_r29_hostile_files.py",
    "test_ownership_oracle.py",
    "test_base.py",
    "test_cases.py",
    "test_asked_by_name.py",
    "test_case_ids.py",
    "test_release_faults.py",
    "test_build.py",
    "test_case_pages.py",
    "test_numbers.py",
    "test_transfers.py",
    "test_verdicts.py",
    "test_town.py",
    "test_oracle.py",
    "test_resolution.py",
    "test_roles.py",
    "test_r16_drift.py",
    "test_real_structures.py",
    "test_marts.py",
    "test_r33_chains.py",
    "test_bods.py",
    "test_real_joins.py",
    "test_gb_coh_psc.py",
    "test_nl_kvk.py",
    "test_commands.py",
    "test_telling.py",
    "test_own_files.py",
    "test_access.py",
    "test_r17_volume.py",
    "test_conventions.py",
    "test_ftm_entities.py",
    "test_r14_sets_of_parts.py",
    "test_gb_hmlr_price_paid.py",
    "test_person_features.py",
    "test_delimited.py",
    "test_integrated.py",
    "test_witness.py",
    "test_json_lines.py",
    "test_screening.py",
    "test_release_macros.py",
    "test_history.py",
    "test_suites.py",
    "test_plants.py",
    "test_judgements.py",
    "test_low_countries.py",
    "test_listing.py",
    "test_control.py",
    "test_resolution_companies.py",
    "test_cascade.py",
    "test_r05_blocking_checks.py",
    "test_r31_canaries.py",
    "test_r12_stale_registers.py",
    "test_r11_determinism.py",
    "test_r15_row_accounting.py",
    "test_r34_purge.py",
    "test_r28_hostile_outputs.py",
    "test_r32_secrets.py",
    "test_diff.py",
    "test_serving.py",
    "test_r30_configuration.py",
    "test_r27_doctor.py",
)
WORKERS_N = 3  # one more than CI has processors: many tests wait, for a disk, a server or another process


@dataclass(frozen=True)
class Tier:
    """Which tier runs. `pick` chooses a size by it."""

    is_nightly: bool

    def pick(self, *, ci: int, nightly: int) -> int:
        return nightly if self.is_nightly else ci


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--scorecard",
        metavar="FILE",
        type=Path,
        help="write the outcomes of the reliability tests to FILE, as JSON",
    )


def pytest_xdist_auto_num_workers() -> int:
    return WORKERS_N


class ShortBehindLong(LoadFileScheduling):
    """A worker begins the last test of a file only once another file waits behind it, which no other
    worker can take then: behind a long one, a short one waits.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        running = (
            file for file, tests in self.assigned_work.get(node, {}).items() if not all(tests.values())
        )
        if any(Path(file).name in LONGEST_FIRST for file in running):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return ShortBehindLong(config, log)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile(NIGHTLY if _is_nightly(config) else "ci")
    if not _is_nightly(config):
        os.environ.setdefault(
            "UNDERTOW_THREADS", "1"
        )  # as polars: the nightly tier has what threads change, and R11 in both
        os.environ.setdefault(
            "UNDERTOW_CASE_PAGES", "5"
        )  # a night of the town has fifty, which take a third of its time; the nightly tier has them all
    config.pluginmanager.register(Order(), "longest-first")
    config.pluginmanager.register(Sample(), "sample")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Scorecard(config), "scorecard")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Thousands of tests and modules are made, and all of them stay: Python need not look for waste among
    them, now or later.
    """
    gc.disable()
    if worker := getattr(session.config, "workerinput", None):
        _import_share(session.config, int(worker["workerid"].removeprefix("gw")), worker["workercount"])
    yield
    gc.freeze()
    gc.enable()


def _import_share(config: pytest.Config, worker: int, workers_n: int) -> None:
    """On a clean checkout every test file is compiled: by one worker, while the others compile theirs."""
    named = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    files = [
        file for path in named for file in ([path] if path.is_file() else sorted(path.rglob("test_*.py")))
    ]
    for file in files[worker::workers_n]:
        with suppress(Exception):  # which the collection meets again, and reports
            import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In the nightly tier, reliability tests of the other tier run as well, at their nightly size, and
    sampled tests whole.
    """
    if _is_nightly(config):
        for item in items:
            if item.get_closest_marker(SAMPLE):
                item.add_marker(NIGHTLY)
    for item in items:
        marker = item.get_closest_marker(RELIABILITY)
        if marker is None:
            continue
        item.user_properties.append((RELIABILITY, list(marker.args)))
        if _is_nightly(config):
            item.add_marker(NIGHTLY)


def _beyond_the_sample(items: list[pytest.Item]) -> set[str]:
    """Node ids of the parameter sets that the sample leaves out."""
    sets: dict[str, list[pytest.Item]] = {}
    for item in sorted(items, key=lambda item: item.nodeid):
        if item.get_closest_marker(SAMPLE):
            sets.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out: set[str] = set()
    for of_one in sets.values():
        marker = of_one[0].get_closest_marker(SAMPLE)
        wanted_n = min(marker.args[0], len(of_one)) if marker else 0
        kept = {index * len(of_one) // wanted_n for index in range(wanted_n)}
        left_out |= {item.nodeid for index, item in enumerate(of_one) if index not in kept}
    return left_out


class Sample:
    """Runs last: of what is left after -k and -m, a test marked `sample(n)` keeps n parameter sets."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if str(config.option.markexpr) == f"not {NIGHTLY}":
            left_out = _beyond_the_sample(items)
            config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
            items[:] = [item for item in items if item.nodeid not in left_out]


class Order:
    """Registered after the plugin that shuffles: within a file, and among the others, its order stays."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(
            key=lambda item: (
                LONGEST_FIRST.index(item.path.name) if item.path.name in LONGEST_FIRST else len(LONGEST_FIRST)
            )
        )


def _is_nightly(config: pytest.Config) -> bool:
    return str(config.option.markexpr) == NIGHTLY


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, and so does what is made once for a file: a command of a test may have set
    another language.
    """
    from transforms.language import set_language
    from transforms.model.languages import ENGLISH

    set_language(ENGLISH)
    yield
    set_language(ENGLISH)


@pytest.fixture(scope="session")
def tier(request: pytest.FixtureRequest) -> Tier:
    return Tier(_is_nightly(request.config))


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what a reliability test measured, in one short line with the numbers in it."""
    return lambda text: record_property("figure", text)


class Scorecard:
    """Collects the reports of reliability tests; lives where the session is controlled, not in its workers.

    A test that does not run this time keeps what it measured when it last did, in the same tier, with that
    date."""

    def __init__(self, config: pytest.Config) -> None:
        self._path: Path | None = config.getoption("--scorecard")
        self._tier = NIGHTLY if _is_nightly(config) else "ci"
        self._today = datetime.now(UTC).date().isoformat()
        self._rows: dict[tuple[str, str], dict[str, object]] = {}
        if (
            self._path is not None
            and self._path.exists()
            and (kept := json.loads(self._path.read_text(encoding="utf-8")))["tier"] == self._tier
        ):
            self._rows = {(row["id"], row["test"]): row for row in kept["tests"]}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        values = [value for name, value in report.user_properties if name == RELIABILITY]
        if not values or not (report.when == "call" or (report.when == "setup" and not report.passed)):
            return
        figures = [str(value) for name, value in report.user_properties if name == "figure"]
        for identifier in values[0]:
            self._rows[identifier, report.nodeid] = {
                "id": identifier,
                "test": report.nodeid,
                "date": self._today,
                "outcome": report.outcome,
                "figures": figures,
                "seconds": round(report.duration, 1),
            }
        self._write()  # each time, so that a run that is cut short leaves what it had measured

    def _write(self) -> None:
        if self._path is None:
            return
        rows = sorted(self._rows.values(), key=lambda row: (int(str(row["id"])[1:]), str(row["test"])))
        ran = {"tier": self._tier, "processors": os.cpu_count(), "tests": rows}
        self._path.write_text(json.dumps(ran, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
