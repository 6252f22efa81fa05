"""R31: a person's name, in every field of every register and through a hundred kinds of errors, stands in
data tables and pages only.

Never in logs, messages, summaries, gates, rejects, findings, manifests, the audit log, Data Docs or Prefect's
database. Searched for: each part of the name, in any case, in UTF-8 and UTF-16."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.home.lock import held
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.night import runner
from flows.night.night import Counts, Night, Stage
from flows.night.stages import lake
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from flows.night.steps import STAGES
from flows.release.store import current_release
from tests import landings
from tests.conftest import Tier
from tests.flows.check_release import published
from tests.flows.prefect_servers import HOST, api, environment, free_port, wait_for
from tests.landings import CANARY, COMPANIES, PSC, REGISTERS, TITLES, file_name, lines, text
from tests.reliability.canary_files import native_files
from transforms.model.register import registers

PARTS = tuple(CANARY.split())
PATTERN = re.compile(
    b"|".join(re.escape(part.encode(code)) for part in PARTS for code in ("utf-8", "utf-16-le", "utf-16-be")),
    re.IGNORECASE,
)
SHOWN_VIEWS = (
    "v_reject",
    "v_finding",
    "v_gate",
    "v_unrecognised_file",
    "v_edition",
    "v_register",
    "v_indicator",
    "v_release",
    "v_run",
    "v_dictionary",
)


def leaks(data: bytes | str) -> list[bytes]:
    return PATTERN.findall(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))


def said_places(home: Home) -> Iterator[Path]:
    """Every file of the home that is no data: what a person's name must not be in."""
    for folder in (
        home.docs,
        home.prefect,
        home.state,
        home.lake / "manifests",
        home.lake / "reject",
        home.lake / "finding",
        home.lake / "gate",
    ):
        yield from (path for path in folder.rglob("*") if path.is_file())
    yield from home.releases.glob("*/manifest.json")
    yield from home.releases.glob("*/area.duckdb")
    yield from (path for path in home.root.iterdir() if path.is_file())


def leaked(home: Home) -> list[str]:
    places = []
    for path in said_places(home):
        decoded = (
            str(pl.read_parquet(path, hive_partitioning=False).to_dicts())
            if path.suffix == ".parquet"
            else ""
        )
        if leaks(path.read_bytes()) or leaks(decoded):
            places.append(str(path.relative_to(home.root)))
    if home.current.is_symlink():
        release = current_release(home)
        places += [
            view
            for view in SHOWN_VIEWS
            if leaks(json.dumps(query(release, f"from {view}").to_pylist(), default=str, ensure_ascii=False))
        ]
    return places


# --- the name in every field ------------------------------------------------------------------------------


@pytest.mark.nightly
@pytest.mark.reliability("R31")
@pytest.mark.parametrize(
    "gated",
    [pytest.param(True, marks=pytest.mark.nightly), False],
    ids=["with the lake's gates", "without, so that all of it is published"],
)
def test_the_name_in_every_field_of_every_register(
    tmp_path: Path,
    figure: Callable[[str], None],
    gated: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    files = native_files()
    for name, (data, fields_n) in files.items():
        assert fields_n > 0, name
        assert leaks(data) or name.endswith(".zip"), name  # packed, it does not stand there in letters
    allows = sorted({register.allowed_by for register in registers().values()} - {""})
    home = landings.home_with(tmp_path / "home", f"{landings.PURPOSE}allows = {json.dumps(allows)}\n")
    landing = home.root / "landing" / "in"
    landings.land_files(landing, {name: data for name, (data, _) in files.items()})
    if not gated:
        monkeypatch.setattr(lake, "_lake_gate", landings.no_gate)
    code = exit_code(["run", "--landing", str(landing), "--home", str(home.root)])
    captured = capfd.readouterr()
    assert code in ((4, 5) if gated else (0,)), captured.err
    assert leaks(captured.out + captured.err) == []
    assert leaked(home) == []
    if not gated:
        assert {
            row["register"]
            for row in query(
                current_release(home), "select distinct register from v_edition where status = 'in_force'"
            ).to_pylist()
        } == set(registers())
        assert leaks(
            json.dumps(query(current_release(home), "from v_person").to_pylist(), default=str)
        )  # it was read
        rejects = query(current_release(home), "select distinct register, code, field from v_reject").num_rows
        figure(
            f"the name in {sum(n for _, n in files.values())} fields of {len(files)} registers, "
            f"{rejects} kinds of rejects: 0 leaks"
        )


# --- a hundred kinds of errors ----------------------------------------------------------------------------


def crashes() -> dict[str, Exception]:
    """Errors as libraries raise them, with a record's text in the message."""
    decode = UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, f"invalid start byte in {CANARY}")
    return {
        "KeyError": KeyError(CANARY),
        "ValueError": ValueError(f"could not convert string to float: {CANARY!r}"),
        "decode": decode,
        "polars": pl.exceptions.ComputeError(f"conversion failed for value {CANARY!r}"),
        "duckdb": duckdb.ConversionException(f"Could not convert string '{CANARY}'"),
        "assertion": AssertionError(f"{CANARY} is not unique"),
        "group": ExceptionGroup(CANARY, [ValueError(CANARY)]),
        "os": OSError(5, "Input/output error"),
    }


def failing_stage(name: str, error: Exception) -> tuple[Stage, ...]:
    def run(_night: Night) -> Counts:
        try:
            raise ValueError(CANARY)  # a first error, of which Python would tell as the context of the second
        except ValueError:
            raise error  # noqa: B904

    return (Stage(name, run),)


BROKEN_FILES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "the name alone": lambda _: CANARY.encode(),
    "a header of names": lambda data: CANARY.encode() + b"," + CANARY.encode() + b"\n" + data,
    "cut within a record": lambda data: data[: len(data) * 2 // 3],
    "NUL": lambda data: data.replace(PARTS[1].encode(), b"\0" + PARTS[1].encode(), 3),
    "no UTF-8": lambda data: data.replace(PARTS[1].encode(), b"\xff\xfe" + PARTS[1].encode(), 3),
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "stray quotes": lambda data: data.replace(PARTS[0].encode(), b'"' + PARTS[0].encode()),
    "stray line ends": lambda data: data.replace(b" " + PARTS[1].encode(), b"\n" + PARTS[1].encode()),
    "carriage returns alone": lambda data: data.replace(b"\n", b"\r"),
    "every record twice": lambda data: data + data,
    "one key, two contents": lambda data: data + data.replace(b"1970", b"1971").replace(b"2015", b"2016"),
    "very long": lambda data: data.replace(CANARY.encode(), CANARY.encode() * 20_000, 1),
    "no archive": lambda data: b"PK\x03\x04" + data,
    "brackets": lambda data: data.replace(b"{", b"[").replace(b",", b";"),
}


def with_names(register: str) -> bytes:
    """A register's file in which the name stands in every record."""
    rows = lines(register)
    if register == COMPANIES:
        rows = [rows[0], *(row.replace(b"ZEDTON TRADER", CANARY.encode()) for row in rows[1:])]
    if register == TITLES:
        rows = [row.replace(b"ZEDTON TRADER", CANARY.encode()) for row in rows]
    return text(rows)


def wrong_commands(folder: Path) -> dict[str, list[str]]:
    """Commands that end with 2 or 4 although, or because, the name is in them."""
    listed = {
        "no header": f"{CANARY},1\nx,2\n",
        "cells": f"name,number\n{CANARY},1,2\n",
        "quotes": f'name,number\n"{CANARY},1\n',
        "birth": f"name,born\n{CANARY},13-13-1970\n",
        "long": f"name\n{CANARY * 200}\n",
        "zip": f"PK\x03\x04{CANARY}",
        "nul": f"name\n{CANARY}\0\n",
        "header twice": f"name,naam\n{CANARY},{CANARY}\n",
    }
    made = {}
    for name, content in listed.items():
        (folder / f"{len(made)}.csv").write_text(content)
        made[f"check a list: {name}"] = ["check", str(folder / f"{len(made)}.csv")]
    return {
        **made,
        "explain": ["explain", CANARY],
        "case": ["report", "--case", CANARY],
        "subject": ["report", "--subject", CANARY],
        "purge": ["purge", CANARY, "--yes"],
        "purge a record": ["purge", f"gb_coh_psc:{CANARY}", "--yes"],
        "release": ["rollback", "--to", CANARY],
        "purpose": ["check", "x", "--purpose", CANARY],
    }


@pytest.mark.nightly
@pytest.mark.reliability("R31")
def test_a_hundred_kinds_of_errors(
    tmp_path: Path,
    tier: Tier,
    figure: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Every stage with every kind of crash; broken files (of all three registers in the nightly tier);
    crashing parsers of all seven; the lock; wrong commands.
    """
    kinds_n = 0
    landing = landings.write(tmp_path / "landing", {register: with_names(register) for register in REGISTERS})

    def expect(kind: str, home: Home, codes: tuple[int, ...], code: int) -> None:
        nonlocal kinds_n
        captured = capfd.readouterr()
        assert code in codes, (kind, code, captured.err)
        assert leaks(captured.out + captured.err) == [], (kind, captured.err)
        assert leaked(home) == [], kind
        kinds_n += 1

    home = Home(tmp_path / "crash")
    for stage in STAGES:
        for name, error in crashes().items():
            monkeypatch.setattr(runner, "STAGES", failing_stage(stage.name, error))
            expect(
                f"{stage.name} {name}",
                home,
                (4,),
                exit_code(["run", "--landing", str(landing), "--home", str(home.root)]),
            )
            monkeypatch.undo()

    def only_lake(night: Night) -> Counts:
        land(night)
        return fill_lake(night)

    # The landing and lake stages alone: what comes after them is the same whatever the file was.
    broken = Home(tmp_path / "broken")
    for register in REGISTERS if tier.is_nightly else [PSC]:
        for name, damage in BROKEN_FILES.items():
            folder = tmp_path / f"{register}-{name}"
            landings.land_files(folder, {file_name(register): damage(with_names(register))})
            monkeypatch.setattr(
                runner, "STAGES", (Stage("lake", only_lake), *failing_stage("resolve", KeyError(CANARY)))
            )
            expect(
                f"{register} {name}",
                broken,
                (2, 4),
                exit_code(["run", "--landing", str(folder), "--home", str(broken.root)]),
            )
            monkeypatch.undo()

    for name, (data, _) in native_files().items():
        folder = landings.land_files(tmp_path / f"parser-{name}", {name: data})

        def crash(*_: object) -> None:
            raise ValueError(f"cannot parse {CANARY}")

        monkeypatch.setattr("flows.ingest.parse.conform", crash)
        monkeypatch.setattr(runner, "STAGES", (Stage("lake", only_lake),))
        expect(
            f"parser {name}",
            broken,
            (2, 4),
            exit_code(["run", "--landing", str(folder), "--home", str(broken.root)]),
        )
        monkeypatch.undo()

    with held(broken, "run"):
        expect(
            "lock", broken, (4,), exit_code(["run", "--landing", str(landing), "--home", str(broken.root)])
        )

    town = published(tmp_path / "published")
    for name, command in wrong_commands(tmp_path).items():
        expect(name, town, (2,), exit_code([*command, "--home", str(town.root)]))
    assert kinds_n >= 100
    figure(
        f"{kinds_n} kinds of errors: 0 leaks in messages, logs, gates, rejects, findings, manifests, "
        f"audit log"
    )


# --- Prefect ----------------------------------------------------------------------------------------------

THROUGH_PREFECT = """
import json, sys
from pathlib import Path
from flows.night import runner
from flows.cli.app import exit_code
from tests.reliability.test_r31_canaries import crashes, failing_stage
from flows.night.steps import STAGES

landing, work = sys.argv[1:3]
codes = [exit_code(["run", "--landing", landing, "--home", f"{work}/whole"])]
whole = runner.STAGES
for stage in STAGES[:: int(sys.argv[3])]:
    for name, error in crashes().items():
        runner.STAGES = failing_stage(stage.name, error)
        codes.append(exit_code(["run", "--landing", landing, "--home", f"{work}/crash"]))
        runner.STAGES = whole
print("codes", json.dumps(codes))
"""


@pytest.mark.nightly
@pytest.mark.reliability("R31")
def test_prefect_s_database_and_logs(tmp_path: Path, figure: Callable[[str], None]) -> None:
    """Whole and failing flow runs on a real server: the name is in nothing that it stores, and in nothing
    that was said.
    """
    landing = landings.write(tmp_path / "landing", {register: with_names(register) for register in REGISTERS})
    home, port = tmp_path / "prefect", free_port()
    home.mkdir()
    log = tmp_path / "server.log"
    settings = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "DEBUG",
    }
    with log.open("wb") as output:
        command = [
            sys.executable,
            "-m",
            "prefect",
            "server",
            "start",
            "--host",
            HOST,
            "--port",
            str(port),
            "--no-ui",
        ]
        server = subprocess.Popen(
            command,
            env=environment(**settings),
            cwd=home,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(lambda: server.poll() is None and api(port, "/health"), 120, log.read_text)
        command = [sys.executable, "-c", THROUGH_PREFECT, str(landing), str(tmp_path), "4"]
        printed = subprocess.run(
            command,
            env=environment(PREFECT_API_URL=f"http://{HOST}:{port}/api"),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        wait_for(
            lambda: all(
                run["state_type"] in ("COMPLETED", "FAILED") for run in api(port, "/flow_runs/filter", {})
            ),
            60,
            log.read_text,
        )
        runs = api(port, "/flow_runs/filter", {})
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()
        server.wait()
    codes = json.loads(printed.stdout.rpartition("codes ")[2])
    assert codes == [0, *[4] * (len(codes) - 1)], printed.stderr
    stored = b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())
    assert len(runs) == len(codes) and len(stored) > 100_000
    assert leaks(stored) == leaks(log.read_bytes()) == leaks(printed.stdout + printed.stderr) == []
    assert [leaked(Home(tmp_path / name)) for name in ("whole", "crash")] == [[], []]
    figure(
        f"{len(codes)} flow runs, {len(codes) - 1} of them failing: 0 leaks in {len(stored)} bytes of "
        f"Prefect's database and logs"
    )


def test_the_search_finds_the_name_however_it_is_written() -> None:
    first, last = PARTS
    for written in (first.upper(), last.lower(), f"x{last}y"):
        for code in ("utf-8", "utf-16-le", "utf-16-be"):
            assert leaks(b"\x01" + written.encode(code))
    assert leaks("no name here") == []
