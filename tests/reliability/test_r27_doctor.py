"""R27: `undertow doctor` names each planted misconfiguration with its fix, and says nothing of an
installation as it comes.
"""

import base64
import fcntl
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home import disk
from flows.home.processes import SERVED_BY
from flows.home.settings import Home
from flows.ingest import lake
from flows.journal import diary as nights
from flows.journal import reviews
from flows.operations import deploy, deployments, doctor
from flows.operations.doctor import deployment, machine
from flows.release import store
from tests import landings

NOW = datetime.now(UTC) + timedelta(days=1)  # after the nights that are published here
EDITION = "2024-06-01"  # before any clock that runs this
pytestmark = [pytest.mark.reliability("R27"), pytest.mark.nightly]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in os.environ if name.startswith(("PREFECT_", "UNDERTOW_")) or name == "DO_NOT_TRACK"
    ]:
        monkeypatch.delenv(name)
    if machine.file_system_of(Path.cwd()) in machine.VOLATILE:
        pytest.skip("the tests' own folder is on a file system that doctor rightly warns of")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a published night."""
    folder = tmp_path_factory.mktemp("published")
    landing = landings.write(folder / "landing", edition=EDITION)
    home = Home(folder / "home")
    assert exit_code(["run", "--landing", str(landing), "--home", str(home.root)]) == 0
    return home


@pytest.fixture
def home(published: Home, tmp_path: Path) -> Home:
    """A copy, to be spoiled."""
    copy = tmp_path / "home"
    shutil.copytree(published.root, copy, symlinks=True)
    return Home(copy)


@dataclass
class Plant:
    home: Home
    monkeypatch: pytest.MonkeyPatch
    started: list[subprocess.Popen[bytes]]

    def env(self, **values: str) -> None:
        for name, value in values.items():
            self.monkeypatch.setenv(name, value)

    def profile(self, **values: str) -> Path:
        file = self.home.prefect / "profiles.toml"
        lines = [f'{name} = "{value}"' for name, value in values.items()]
        file.write_text("\n".join(['active = "local"', "[profiles.local]", *lines]) + "\n")
        file.chmod(0o600)
        return file

    def process(self, command: list[str], **values: str) -> None:
        self.started.append(subprocess.Popen(command, env={**os.environ, **values}))
        time.sleep(0.1)  # between fork and exec it still has this process's environment

    def release(self) -> Path:
        return store.current_release(self.home)

    def link(self, target: str) -> None:
        self.home.current.unlink()
        self.home.current.symlink_to(target)


@pytest.fixture
def plant(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plant]:
    made = Plant(home, monkeypatch, [])
    yield made
    for process in made.started:
        process.kill()
        process.wait()


# --- the plants -------------------------------------------------------------------------------------------

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def _lock_of_a_dead_pid(plant: Plant, command: str = "run") -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    plant.home.lock.write_text(
        json.dumps({"pid": ended.pid, "command": command, "since": "2026-11-25T02:30:00+00:00"})
    )


def _lock_held_for_a_dead_pid(plant: Plant) -> None:
    _lock_of_a_dead_pid(plant)
    descriptor = os.open(plant.home.lock, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    plant.started.append(subprocess.Popen(SLEEP, pass_fds=[descriptor]))
    os.close(descriptor)


def _current_is_a_folder(plant: Plant) -> None:
    release = plant.release()
    plant.home.current.unlink()
    shutil.copytree(release, plant.home.current)


def _current_points_outside(plant: Plant) -> None:
    outside = plant.home.root.parent / "elsewhere"
    shutil.copytree(plant.release(), outside)
    plant.link(str(outside))


def _another_byte(plant: Plant) -> None:
    database = plant.release() / "undertow.duckdb"
    mode = database.stat().st_mode
    database.chmod(0o640)
    with database.open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    database.chmod(mode)


def _work_is_elsewhere(plant: Plant) -> None:
    elsewhere = plant.home.root.parent / "spill"
    plant.home.work.rename(elsewhere)
    plant.home.work.symlink_to(elsewhere)


def _a_home_within(plant: Plant) -> None:
    Home(plant.home.landing / "second").prepare()
    Home(plant.home.landing / "second").lock.touch(0o600)


def _zone(plant: Plant, line: str) -> None:
    file = plant.home.root.parent / "prefect.yaml"
    file.write_text(deployments.prefect_file().read_text().replace("timezone: Europe/Amsterdam", line))
    plant.monkeypatch.setattr(deployments, "prefect_file", lambda: file)


def _mounted(plant: Plant, kind: str) -> None:
    table = plant.home.root.parent / "mountinfo"
    table.write_text(
        f"22 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n23 22 0:50 / {plant.home.root.parent} rw "
        f"shared:2 - {kind} server:/export rw\n"
    )
    plant.monkeypatch.setattr(machine, "MOUNTS", table)


def _full_disk(plant: Plant) -> None:
    usage = shutil.disk_usage(plant.home.root)
    plant.monkeypatch.setattr(machine.shutil, "disk_usage", lambda _path: usage._replace(free=10**6))


def _read_only_disk(plant: Plant) -> None:
    state = os.statvfs(plant.home.root)
    flags = [*state[:8], state.f_flag | os.ST_RDONLY, state.f_namemax]
    plant.monkeypatch.setattr(machine.os, "statvfs", lambda _path: os.statvfs_result(flags))


def _core_handler(plant: Plant) -> None:
    pattern = plant.home.root.parent / "core_pattern"
    pattern.write_text("|/usr/local/bin/keep-everything %p\n")
    plant.monkeypatch.setattr(machine, "CORE_PATTERN", pattern)


def _edition_to_come(plant: Plant) -> None:
    manifest = next(plant.home.lake.glob("manifests/*/*.json"))
    manifest.write_text(
        manifest.read_text().replace(f'"edition_date": "{EDITION}"', '"edition_date": "2031-01-01"')
    )


def _night_to_come(plant: Plant) -> None:
    started = nights.Event("started", NOW + timedelta(days=365), "20271125T020000-abcdef")
    nights.record(plant.home, started)
    nights.record(plant.home, nights.ended(started, started.at, 0, plant.release().name))


def _missed(plant: Plant) -> None:
    nights.write_schedule(plant.home, [NOW - timedelta(hours=10), NOW + timedelta(hours=14)])


def _killed(plant: Plant) -> None:
    nights.record(plant.home, nights.Event("started", NOW - timedelta(hours=10), "20261125T020000-abcdef"))


def _read_earlier(plant: Plant) -> None:
    facts = lake.manifests(plant.home)[0]
    lake.manifest_path(plant.home, facts).unlink()
    lake.write_manifest(plant.home, replace(facts, key="of-another-version"))


def _stale(plant: Plant) -> None:
    """A real night on a newer file that is blocked."""
    landing = plant.home.root.parent / "broken"
    landings.write(landing, {landings.TITLES: b"not,a,title\n"}, edition="2024-07-01")
    assert exit_code(["run", "--landing", str(landing), "--home", str(plant.home.root)]) == 5


def _orphan(plant: Plant) -> None:
    plant.process(SLEEP, UNDERTOW_HOME=str(plant.home.root), **{SERVED_BY: "1:1"})


def _pickle_in_storage(plant: Plant) -> None:
    (plant.home.prefect / "storage").mkdir(mode=0o700)
    for name, data in (
        ("raw", pickle.dumps({"a": 1})),
        ("wrapped", b'{"result": "' + base64.b64encode(pickle.dumps({"a": "b" * 20})) + b'"}'),
    ):
        (plant.home.prefect / "storage" / name).write_bytes(data)
        (plant.home.prefect / "storage" / name).chmod(0o600)


def _unit(plant: Plant, *lines: str) -> None:
    """A unit of this home, as written by `undertow deploy systemd` but for these lines."""
    folder = plant.home.root.parent / "units"
    root = plant.home.root
    deploy.write_systemd(folder, root, root.parent / "backups", "undertow")
    unit = folder / deploy.UNIT
    unit.write_text("\n".join([unit.read_text(), *lines]) + "\n")
    plant.monkeypatch.setattr(deployment, "UNITS", folder)


def _unit_of_another_home(plant: Plant) -> None:
    _unit(plant)
    unit = deployment.UNITS / deploy.UNIT
    unit.write_text(unit.read_text().replace(f"ReadWritePaths={plant.home.root} ", "ReadWritePaths=/srv "))


def _missing_credential(plant: Plant) -> None:
    _unit(plant, f"LoadCredential=kadaster:{plant.home.root.parent}/kadaster")


def _open_credential(plant: Plant) -> None:
    _missing_credential(plant)
    _written(plant.home.root.parent / "kadaster", 0o644)


def _in_a_container(plant: Plant, kind: str, uid: int) -> None:
    plant.env(UNDERTOW_CONTAINER="1")
    plant.monkeypatch.setattr(deployment.os, "getuid", lambda: uid)
    _mounted(plant, kind)


def _written(path: Path, mode: int, text: str = "x") -> None:
    path.write_text(text)
    path.chmod(mode)


def _a_purpose_without_period(plant: Plant) -> None:
    _written(reviews.path(plant.home), 0o600, "")
    purpose = '[[purpose]]\ncode = "permits"\ntitle = "t"\nlegal_basis = "l"\n'
    _written(plant.home.root / "undertow.toml", 0o600, purpose)


def _a_measure(plant: Plant) -> None:
    declared = (
        '[[measure]]\nid = "quay"\ntitle = "t"\nkind = "other"\narea = "a"\ndate = 2027-01-01\n'
        'indicators = ["ADR-010"]\ncomparison = ["b"]\n'
    )
    _written(plant.home.root / "measures.toml", 0o600, declared)


URL_WITH_PASSWORD = "postgresql+asyncpg://prefect:correct-horse@127.0.0.1/prefect"


# name → (plant, check that must name it, words of its fix)
def _write_mapping(plant: Plant, text: str) -> None:
    folder = plant.home.root / "mappings"
    folder.mkdir(exist_ok=True)
    (folder / "creditors.toml").write_text(text)


def _night_by_another_user(plant: Plant) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    os.chown(next(plant.home.reports.glob("*/night.html")), NOBODY, -1)


PLANTS: dict[str, tuple[Callable[[Plant], object], str, str]] = {
    "no night, for a wrong key": (
        lambda p: (p.home.root / "undertow.toml").write_text("naem = 'Zed'"),
        "settings_files",
        "editor",
    ),
    "no night, for a wrong mapping": (lambda p: _write_mapping(p, "sheet = 1"), "settings_files", "editor"),
    "nothing fetched, for a wrong file": (
        lambda p: (p.home.root / "sources.toml").write_text("[gb_coh_pcs]"),
        "sources_file",
        "editor",
    ),
    "nobody told, for a wrong file": (
        lambda p: (p.home.root / "notify.toml").write_text("to = 1"),
        "notify_file",
        "editor",
    ),
    "nobody told, for a missing address": (
        lambda p: (p.home.root / "notify.toml").write_text('[[to]]\nurl_file = "desk"'),
        "notify_file",
        "install -m 600",
    ),
    "nobody told of the cases of a misspelled area": (
        lambda p: _written(p.home.root / "notify.toml", 0o600, '[[to]]\nurl_file = "desk"\nareas = ["Zed"]'),
        "notify_file",
        "editor",
    ),
    "nobody told of a failed night": (
        lambda p: p.env(UNDERTOW_NOTIFY_URL="https://example.org/hook"),
        "notify_file",
        "editor",
    ),
    "analytics on": (
        lambda p: p.env(PREFECT_SERVER_ANALYTICS_ENABLED="true"),
        "analytics_on",
        "unset PREFECT_SERVER_ANALYTICS_ENABLED",
    ),
    "tracked": (lambda p: p.env(DO_NOT_TRACK="0"), "analytics_on", "unset DO_NOT_TRACK"),
    "analytics on in the profile": (
        lambda p: p.profile(PREFECT_SERVER_ANALYTICS_ENABLED="true"),
        "analytics_on",
        "sed -i",
    ),
    "no auth on a non-loopback API": (
        lambda p: p.env(PREFECT_SERVER_API_HOST="0.0.0.0"),
        "api_open",
        "PREFECT_SERVER_API_AUTH_STRING",
    ),
    "a server that listens to everybody": (
        lambda p: p.process(
            [*SLEEP, "server", "start", "--host", "0.0.0.0"], PREFECT_HOME=str(p.home.prefect)
        ),
        "api_open",
        "kill",
    ),
    "no auth for a server elsewhere": (
        lambda p: p.env(PREFECT_API_URL="http://10.1.2.3:4200/api"),
        "api_without_secret",
        "PREFECT_API_AUTH_STRING",
    ),
    "pickled results": (
        lambda p: p.env(PREFECT_RESULTS_DEFAULT_SERIALIZER="pickle"),
        "pickled_results",
        "unset",
    ),
    "pickles in storage": (_pickle_in_storage, "pickle_files", "rm "),
    "ephemeral mode": (lambda p: p.env(PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="true"), "ephemeral_on", "unset"),
    "debug logging": (
        lambda p: p.env(PREFECT_LOGGING_LEVEL="DEBUG"),
        "debug_logging",
        "unset PREFECT_LOGGING_LEVEL",
    ),
    "debug mode": (lambda p: p.env(PREFECT_DEBUG_MODE="1"), "debug_logging", "unset PREFECT_DEBUG_MODE"),
    "PREFECT_HOME elsewhere": (
        lambda p: p.env(PREFECT_HOME="/var/tmp/prefect"),
        "prefect_home_elsewhere",
        "export PREFECT_HOME=",
    ),
    "password in an open profile": (
        lambda p: p.profile(PREFECT_API_DATABASE_CONNECTION_URL=URL_WITH_PASSWORD).chmod(0o640),
        "secret_in_profile",
        "chmod 600",
    ),
    "no time zone": (lambda p: _zone(p, "# none"), "schedule_time_zone", "timezone: Europe"),
    "unknown time zone": (lambda p: _zone(p, "timezone: Europe/Amstredam"), "schedule_time_zone", "sed -i"),
    "orphaned process": (_orphan, "orphaned_processes", "kill "),
    "old DuckDB": (
        lambda p: p.monkeypatch.setattr(machine, "version", lambda _name: "1.4.4"),
        "duckdb_version",
        "uv pip install 'duckdb>=2.0.1'",
    ),
    "home on NFS": (lambda p: _mounted(p, "nfs4"), "file_system", "mv "),
    "home read-only": (_read_only_disk, "file_system", "remount,rw"),
    "home on tmpfs": (lambda p: _mounted(p, "tmpfs"), "file_system", "mv "),
    "spill outside the home": (_work_is_elsewhere, "one_disk", "mv "),
    "too little space": (_full_disk, "free_space", "du "),
    "crash dumps": (_core_handler, "crash_dumps", "sysctl -w kernel.core_pattern=core"),
    "a crash dump": (lambda p: _written(p.home.prefect / "core.123", 0o600), "crash_dumps", "rm "),
    "clock before the newest edition": (_edition_to_come, "clock", "timedatectl"),
    "clock before the last night": (_night_to_come, "clock", "undertow run"),
    "home open to all": (lambda p: p.home.root.chmod(0o777), "open_home", "chmod o-w"),
    "secrets open": (lambda p: p.home.secrets.chmod(0o755), "open_folders", "chmod 700"),
    "quarantine open": (lambda p: p.home.quarantine.chmod(0o750), "open_folders", "chmod 700"),
    "work open": (lambda p: p.home.work.chmod(0o755), "open_folders", "chmod 700"),
    "state open": (lambda p: p.home.state.chmod(0o711), "open_folders", "chmod 700"),
    "kept open": (lambda p: p.home.kept.chmod(0o750), "open_folders", "chmod 700"),
    "key of mode 0640": (lambda p: (p.home.secrets / "id.key").chmod(0o640), "open_secrets", "chmod 600"),
    "database of mode 0644": (
        lambda p: _written(p.home.prefect / "prefect.db", 0o644),
        "world_readable",
        "chmod -R o-rwx",
    ),
    "report of mode 0644": (
        lambda p: next(p.home.reports.glob("*/night.html")).chmod(0o644),
        "world_readable",
        "chmod -R o-rwx",
    ),
    "a night by another user": (_night_by_another_user, "other_owners", "chown -R "),
    "landing open to all": (lambda p: p.home.landing.chmod(0o777), "landing_folder", "chmod o-w"),
    "release can be written": (
        lambda p: (p.release() / "undertow.duckdb").chmod(0o640),
        "writable_release",
        "chmod a-w",
    ),
    "current a folder": (_current_is_a_folder, "current_link", "current && undertow releases --home "),
    "current dangling": (
        lambda p: p.link("releases/000099-0123456789ab"),
        "current_link",
        "undertow rollback",
    ),
    "current outside": (_current_points_outside, "current_link", "undertow rollback"),
    "another byte in a release": (_another_byte, "manifests", "undertow rollback"),
    "a pid file for the lock": (lambda p: p.home.lock.write_text("4711\n"), "lock_file", "truncate -s 0"),
    "a folder for the lock": (lambda p: (p.home.lock.unlink(), p.home.lock.mkdir()), "lock_file", "rm -r"),
    "lock of a dead pid": (_lock_of_a_dead_pid, "lock_file", "undertow run"),
    "lock of a killed purge": (lambda p: _lock_of_a_dead_pid(p, "purge"), "lock_file", "undertow purge ID"),
    "lock of a killed backup": (lambda p: _lock_of_a_dead_pid(p, "backup"), "lock_file", "undertow backup"),
    "lock held for a dead pid": (_lock_held_for_a_dead_pid, "lock_file", "fuser -k"),
    "root in a container": (lambda p: _in_a_container(p, "ext4", 0), "container_user", "deploy compose"),
    "home in the container": (
        lambda p: _in_a_container(p, "overlay", 10001),
        "container_home",
        "deploy compose",
    ),
    "a unit that may not write": (_unit_of_another_home, "unit_paths", "undertow deploy systemd"),
    "a unit without its key": (_missing_credential, "unit_credentials", "install -D -m 600"),
    "a unit whose key is open": (_open_credential, "unit_credentials", "chmod 600"),
    "PostgreSQL away": (
        lambda p: _written(p.home.secrets / "prefect-database", 0o600, URL_WITH_PASSWORD),
        "database",
        "systemctl restart postgresql",
    ),
    "PostgreSQL away, by a setting": (
        lambda p: p.env(PREFECT_API_DATABASE_CONNECTION_URL=URL_WITH_PASSWORD),
        "database",
        "systemctl restart postgresql",
    ),
    "a home within a home": (_a_home_within, "nested_homes", "mv "),
    "stale register": (_stale, "stale_registers", "undertow run"),
    "a night missed": (_missed, "missed_nights", "undertow serve"),
    "a night killed": (_killed, "killed_nights", "undertow run"),
    "an edition read by an earlier version": (_read_earlier, "earlier_readings", "undertow run"),
    "verdicts kept without end": (_a_purpose_without_period, "purposes_without_period", "keep_days"),
    "a measure that nobody recorded": (
        _a_measure,
        "measures_not_recorded",
        "undertow evaluate --measure quay",
    ),
    "the memory of version 0.1": (lambda p: (p.home.root / "cache").mkdir(), "left_over", "rm -r"),
}
ALSO = {
    "current a folder": {"world_readable", "writable_release"},
    "stale register": {"clock"},
    "password in an open profile": {"database"},
}  # none of these is tolerated for another plant


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_misconfiguration_is_named_with_its_fix(plant: Plant, name: str) -> None:
    put, check, fix = PLANTS[name]
    put(plant)
    findings = doctor.examine(plant.home, NOW)
    named = [finding for finding in findings.findings if finding.check == check]
    assert named and fix in named[0].fix, findings
    assert named[0].what and named[0].where
    assert {finding.check for finding in findings.findings} - ALSO.get(name, set()) == {check}


def test_every_check_has_a_plant(figure: Callable[[str], None]) -> None:
    assert {check for _, check, _ in PLANTS.values()} == {check.__name__ for check in doctor.CHECKS}
    figure(
        f"{len(PLANTS)} misconfigurations planted, each named with its fix by one of "
        f"{len(doctor.CHECKS)} checks"
    )


# --- nothing where nothing is wrong -----------------------------------------------------------------------


def test_an_installation_as_it_comes_has_no_findings(
    published: Home,
    tmp_path: Path,
    tier_is_nightly: bool,
    capsys: pytest.CaptureFixture[str],
    figure: Callable[[str], None],
) -> None:
    fresh = Home(tmp_path / "fresh")
    homes = [published, fresh]
    if tier_is_nightly:
        homes.append(Home(tmp_path / "demo"))
        assert exit_code(["demo", "--companies", "50", "--home", str(homes[-1].root)]) == 0
    capsys.readouterr()
    for home in homes:
        assert exit_code(["doctor", "--json", "--home", str(home.root)]) == 0
        assert json.loads(capsys.readouterr().out) == []
    assert not fresh.root.exists()
    fresh.prepare()
    assert doctor.examine(fresh).findings == ()
    figure(
        f"0 findings on {len(homes)} homes as they "
        f"come{'' if tier_is_nightly else ' (real, fresh; the demo at night)'}"
    )


@pytest.fixture
def tier_is_nightly(tier: object) -> bool:
    return bool(getattr(tier, "is_nightly"))  # noqa: B009  (the fixture's class is in a conftest, which cannot be imported)


def test_the_command_prints_findings_and_ends_with_4(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.secrets.chmod(0o755)
    assert exit_code(["doctor", "--home", str(home.root)]) == 4
    captured = capsys.readouterr()
    assert (
        "open_folders" in captured.out
        and f"chmod 700 {home.secrets}" in captured.out
        and "1 finding\n" in captured.err
    )
    assert exit_code(["doctor", "--json", "--home", str(home.root)]) == 4
    assert [finding["check"] for finding in json.loads(capsys.readouterr().out)] == ["open_folders"]


def test_the_fix_of_a_mode_puts_it_right(home: Home) -> None:
    """The commands are commands: those on modes are run here."""
    home.secrets.chmod(0o755)
    (home.secrets / "id.key").chmod(0o644)
    (store.current_release(home) / "manifest.json").chmod(0o666)
    findings = doctor.examine(home, NOW).findings
    assert len(findings) >= 4
    for finding in findings:
        subprocess.run(finding.fix, shell=True, check=True)
    assert doctor.examine(home, NOW).findings == ()


def test_room_is_needed_for_files_that_are_not_read_yet(
    published: Home, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the night itself reckons: what the lake holds takes no room again, and a packed file is unpacked."""
    shutil.copytree(published.root.parent / "landing", home.landing, dirs_exist_ok=True)
    for facts in lake.manifests(home):
        assert (home.landing / facts.file_name).is_file()
    usage = shutil.disk_usage(home.root)
    released = sum(path.stat().st_size for path in store.current_release(home).rglob("*"))
    free = usage._replace(free=machine.FREE_BYTES_MIN + disk.needed_bytes(2 << 20, released))
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _path: free)
    manifest = next(home.lake.glob("manifests/*/*.json"))
    facts = lake.facts_from_json(manifest.read_text())
    (home.landing / facts.file_name).write_bytes(b" " * (40 << 20))
    lake.write_manifest(home, replace(facts, file_bytes=40 << 20))
    assert doctor.examine(home, NOW).findings == ()
    with zipfile.ZipFile(home.landing / "another.zip", "w") as packed:
        packed.writestr("another.csv", os.urandom(1 << 20))
    (finding,) = doctor.examine(home, NOW).findings
    assert finding.check == "free_space"


def test_a_night_is_run_again_on_the_homes_landing_folder_only_where_something_lies_in_it(home: Home) -> None:
    nights.record(home, nights.Event("started", NOW - timedelta(hours=10), "20261125T020000-abcdef"))
    [finding] = doctor.examine(home, NOW).findings
    assert (
        finding.fix
        == f"undertow run --landing DIR --home {home.root}  # DIR: where the publishers' files are"
    )
    (home.landing / "gb").mkdir()
    (home.landing / "gb" / "BasicCompanyDataAsOneFile-2024-06-01.csv").touch()
    [finding] = doctor.examine(home, NOW).findings
    assert finding.fix == f"undertow run --landing {home.landing} --home {home.root}"


# --- a home that can only be read -------------------------------------------------------------------------

NOBODY = 65534
LOOK = "import sys; from flows.cli.app import main; main(['doctor', '--json', '--home', sys.argv[1]])"


def test_another_user_is_told_what_could_not_be_looked_at(home: Home) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    for folder in (home.root, *home.root.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    before = _stamps(home)
    root = Path(__file__).parents[2]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", LOOK, str(home.root)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if "PermissionError" in ran.stderr and "Traceback" in ran.stderr:
        pytest.skip(
            f"the checkout or its Python cannot be read by another user: {ran.stderr.splitlines()[-1]}"
        )
    assert ran.returncode in (0, 4), ran.stderr
    assert "not checked" in ran.stderr and str(home.secrets) in ran.stderr
    assert _stamps(home) == before


def _stamps(home: Home) -> list[tuple[str, int, int]]:
    return sorted(
        (str(path), path.lstat().st_mtime_ns, path.lstat().st_mode) for path in home.root.rglob("*")
    )


def test_looking_changes_nothing(home: Home) -> None:
    before = _stamps(home)
    doctor.examine(home)
    assert _stamps(home) == before


def test_a_held_lock_of_a_living_run_is_no_finding(home: Home) -> None:
    from flows.home.lock import held

    with held(home, "run"):
        nights.record(home, nights.Event("started", NOW, "20261125T120000-abcdef"))
        assert doctor.examine(home, NOW).findings == ()
    assert [finding.check for finding in doctor.examine(home, NOW).findings] == ["killed_nights"]


def test_a_missed_night_is_found_once_and_forgotten_after_a_publication(home: Home) -> None:
    expected = NOW - timedelta(hours=3)
    nights.write_schedule(home, [expected])
    assert nights.note_missed(home, NOW) == [expected]
    assert nights.note_missed(home, NOW) == []
    assert [finding.check for finding in doctor.examine(home, NOW).findings] == ["missed_nights"]
    started = nights.Event("started", NOW, "20261125T120000-abcdef")
    nights.record(home, started)
    nights.record(home, nights.ended(started, NOW, 0, "000003-0123456789ab"))
    assert doctor.examine(home, NOW).findings == ()
    assert replace(started, kind="ended").published is False
