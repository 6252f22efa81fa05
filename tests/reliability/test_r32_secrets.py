"""R32: canary secrets are where they were put and nowhere else; no pickle, and nothing for every user of the
machine to read.
"""

import base64
import re
import secrets
import signal
import subprocess
import sys
import threading
import urllib.error
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from flows.home.settings import Home
from flows.operations import doctor
from flows.operations.doctor.patient import Patient
from flows.operations.doctor.prefect import pickle_files
from flows.operations.sweeper import Api
from flows.release.store import releases
from tests import landings
from tests.flows.prefect_servers import ROOT, api, environment, free_port, wait_for

pytestmark = [pytest.mark.reliability("R32"), pytest.mark.nightly]
SERVE = (
    "import sys; from flows.cli.app import main; main(['serve', '--home', sys.argv[1], '--port', "
    "sys.argv[2]])"
)
RUN = (
    "import sys; from flows.cli.app import main; main(['run', '--landing', sys.argv[1], '--home', "
    "sys.argv[2]])"
)
SECONDS_MAX = 300
# What a secret of somebody looks like in a text: keys, and what `serve` makes.
SECRET_TEXT = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE "
    rb"KEY-----|\bundertow:[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])|\b(?:ghp|pnu|pypi)[-_][A-Za-z0-9]{20,}"
)


class Tier(Protocol):
    is_nightly: bool


@dataclass(frozen=True)
class Night:
    """A home after a plain night and a served one, with canaries for secrets, and what was printed and seen
    meanwhile.
    """

    home: Home
    canaries: dict[str, str]
    output: bytes
    command_lines: frozenset[bytes]
    refused: int


def _command_lines() -> set[bytes]:
    lines = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            lines.add(path.read_bytes())
    return lines


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder, port = tmp_path_factory.mktemp("secret"), free_port()
    home, canaries = (
        Home(folder / "home"),
        {name: f"canary{secrets.token_hex(10)}" for name in ("id_key", "api", "database")},
    )
    home.prepare()
    landings.write(home.landing)
    for path, secret in (
        (home.secrets / "id.key", canaries["id_key"]),
        (home.prefect_auth, f"undertow:{canaries['api']}\n"),
    ):
        path.write_text(secret)
        path.chmod(0o600)
    # SQLite asks for no password; the settings are there, as they are where a deployment has PostgreSQL.
    url = f"sqlite+aiosqlite:///{home.prefect}/prefect.db?timeout=60"
    settings = environment(
        PREFECT_SERVER_DATABASE_PASSWORD=canaries["database"],
        PREFECT_API_DATABASE_PASSWORD=canaries["database"],
        PREFECT_API_DATABASE_CONNECTION_URL=url,
        PREFECT_WORKER_QUERY_SECONDS="1",
        PREFECT_SERVER_UI_ENABLED="false",
    )
    plain = subprocess.run(
        [sys.executable, "-c", RUN, str(home.landing), str(home.root)],
        env=settings,
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert plain.returncode == 0, plain.stderr.decode()
    log, seen, over = folder / "serve.log", set(), threading.Event()

    def watch() -> None:
        while not over.wait(0.3):
            seen.update(_command_lines())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with log.open("wb") as output:
        served = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(home.root), str(port)],
            env=settings,
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(
            lambda: b"is up" in log.read_bytes() or served.poll() is not None, SECONDS_MAX, log.read_text
        )
        assert served.poll() is None, log.read_text()
        refused = _refused(port)
        _one_night(Api(port, home.prefect_auth.read_text().strip()), log)
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(SECONDS_MAX)
        over.set()
        watcher.join()
    yield Night(home, canaries, plain.stdout + plain.stderr + log.read_bytes(), frozenset(seen), refused)


def _refused(port: int) -> int:
    """The status that a caller without the secret gets."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        api(port, "/deployments/name/nightly/nightly")
    return int(refused.value.code)


def _one_night(server_api: Api, log: Path) -> None:
    deployment = server_api.get("/deployments/name/nightly/nightly")["id"]
    # A busy server says 503, which counts as not yet.
    run = wait_for(
        lambda: server_api.post(
            f"/deployments/{deployment}/create_flow_run", {"state": {"type": "SCHEDULED"}}
        )["id"],
        SECONDS_MAX,
        log.read_text,
    )
    state = wait_for(
        lambda: (
            (state_type := server_api.get(f"/flow_runs/{run}")["state_type"])
            in ("COMPLETED", "FAILED", "CRASHED")
            and state_type
        ),
        SECONDS_MAX,
        log.read_text,
    )
    assert state == "COMPLETED", log.read_text()


def _forms(secret: str) -> list[bytes]:
    """As it is, in UTF-16, in hexadecimal and in base64 at each of its three alignments."""
    raw = secret.encode()
    shifted = [base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)]
    return [raw, secret.encode("utf-16-le"), raw.hex().encode(), *shifted]


def _hits(data: bytes, night: Night) -> list[str]:
    return [name for name, secret in night.canaries.items() if any(form in data for form in _forms(secret))]


def test_no_canary_leaves_its_place(night: Night, figure: Callable[[str], None]) -> None:
    assert len(releases(night.home)) == 2
    files = [
        path
        for path in night.home.root.rglob("*")
        if path.is_file() and not path.is_symlink() and path.parent != night.home.secrets
    ]
    assert any(path.name.startswith("prefect.db") for path in files) and any(
        path.suffix == ".html" for path in files
    )
    leaks = {str(path): hits for path in files if (hits := _hits(path.read_bytes(), night))}
    assert leaks == {}
    assert _hits(night.output, night) == []
    served = [line for line in night.command_lines if b"prefect" in line]
    assert any(b"server" in line for line in served) and any(b"prefect.engine" in line for line in served), (
        "a server and a night were seen"
    )
    assert [line for line in night.command_lines if _hits(line, night)] == []
    assert sorted(_hits(b"".join(path.read_bytes() for path in night.home.secrets.iterdir()), night)) == [
        "api",
        "id_key",
    ], "the search finds what is there"
    figure(
        f"3 canary secrets: 0 hits in {len(files)} files of the home, the output, and "
        f"{len(night.command_lines)} command lines"
    )


def test_the_api_refuses_who_has_no_secret(night: Night) -> None:
    assert night.refused == 401


def test_nothing_is_pickled_or_open_to_everybody(night: Night, figure: Callable[[str], None]) -> None:
    files = [
        path
        for path in night.home.root.rglob("*")
        if path.is_file() and not path.is_symlink() and not path.is_relative_to(night.home.landing)
    ]
    assert [str(path) for path in files if path.stat().st_mode & 0o007] == []
    patient = Patient(night.home, {}, datetime.now(UTC))
    assert list(pickle_files(patient)) == []
    assert [
        b"cloudpickle" in path.read_bytes()
        for path in night.home.prefect.rglob("*")
        if path.is_file() and b"cloudpickle" in path.read_bytes()
    ] == []
    assert doctor.examine(night.home).findings == ()
    figure(f"after a plain and a served night 0 of {len(files)} files are readable by every user, 0 pickles")


def test_the_repository_holds_no_secret(night: Night) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.split(b"\0")
    files = [ROOT / name.decode() for name in listed if name and (ROOT / name.decode()).is_file()]
    assert (
        SECRET_TEXT.search(night.home.prefect_auth.read_bytes()) is None
    )  # the canary is shorter, so that the pattern is not met here
    drawn = secrets.token_urlsafe(23).encode()  # 31 letters: the last one decides whether a word ends there
    assert all(SECRET_TEXT.search(b"undertow:" + drawn + last) for last in (b"a", b"7", b"-", b"_"))
    assert [str(path) for path in files if SECRET_TEXT.search(path.read_bytes())] == []


@pytest.mark.nightly
def test_the_wheel_holds_no_secret(night: Night, tmp_path: Path) -> None:
    subprocess.run(["uv", "build", "--quiet", "--wheel", "--out-dir", str(tmp_path)], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        leaks = [
            name
            for name in packed.namelist()
            if SECRET_TEXT.search(packed.read(name)) or _hits(packed.read(name), night)
        ]
        assert len(packed.namelist()) > 100 and leaks == []
