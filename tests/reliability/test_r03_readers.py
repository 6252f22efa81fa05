"""Four readers look while a hundred releases are published: no error, no mixture, never backwards
(RELIABILITY R3).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows.release import build, publish
from tests.conftest import Tier
from tests.flows.release_tables import FACTS, frame, new_home
from transforms.model.views import GATE_VIEW, RELEASE_VIEW, RUN_VIEW

ROOT = Path(__file__).parents[2]
READERS_N = 4
SECONDS = 15
RELEASES_MAX = 1000
TABLES = {table.name: table for table in (GATE_VIEW, RELEASE_VIEW, RUN_VIEW)}

# Every release n has run_id "run-n" in v_run and in each row of v_gate, and n rows there.
READER = """
import json, sys, time, traceback
from pathlib import Path
from flows.release import store
from flows.home.settings import Home
home, stop = Home(Path(sys.argv[1])), Path(sys.argv[2])
told = {"reads": 0, "errors": [], "mixed": [], "backwards": [], "releases": 0}
latest = ""
print("ready", flush=True)
while True:
    last_look = stop.exists()
    try:
        with store.open_current(home) as connection:
            (release_id, content, run_id), = connection.execute(
                "select release_id, content_sha256, run_id from v_release, v_run"
            ).fetchall()
            rows = connection.execute("select example, count(*) from v_gate group by example").fetchall()
            (again,), = connection.execute("select release_id from v_release").fetchall()
    except Exception:
        told["errors"].append(traceback.format_exc())
        continue
    told["reads"] += 1
    number = int(release_id[:6])
    whole = rows == [(run_id, number)] and run_id == f"run-{number}" and release_id.endswith(content[:12])
    if not whole or again != release_id:
        told["mixed"].append([release_id, run_id, rows])
    if release_id < latest:
        told["backwards"].append([latest, release_id])
    told["releases"] += release_id != latest
    latest = release_id
    if last_look:
        break
    time.sleep(0.1)
told["latest"] = latest
print(json.dumps(told), flush=True)
"""


@pytest.mark.nightly
@pytest.mark.reliability("R3")
def test_four_readers_through_many_publishes(
    tmp_path: Path, tier: Tier, figure: Callable[[str], None]
) -> None:
    """Nightly for at least 15 seconds and 100 releases."""
    publishes_n, seconds = tier.pick(ci=30, nightly=100), tier.pick(ci=0, nightly=SECONDS)
    home, stop = new_home(tmp_path / "home"), tmp_path / "stop"
    rows = frame(GATE_VIEW, RELEASES_MAX)

    def publish_number(n: int) -> str:
        work = home.work / f"run-{n}"
        work.mkdir()
        rows.head(n).with_columns(example=pl.lit(f"run-{n}")).write_parquet(work / "gate.parquet")
        return publish.publish(
            home,
            build.build_release(
                home,
                work,
                {"gate": work / "gate.parquet"},
                replace(FACTS, run_id=f"run-{n}"),
                declared=TABLES,
            ),
        )

    publish_number(1)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(home.root), str(stop)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(READERS_N)
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        began, n, last = time.monotonic(), 1, ""
        while n <= publishes_n or (time.monotonic() - began < seconds and n < RELEASES_MAX):
            n += 1
            last = publish_number(n)
        stop.touch()
        reports = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]
    finally:
        for reader in readers:
            reader.kill()
    for seen in reports:
        assert seen["errors"] == []
        assert seen["mixed"] == []
        assert seen["backwards"] == []
        assert seen["latest"] == last
        assert seen["releases"] >= 10  # it did look while they were published
    figure(
        f"{READERS_N} readers, {sum(seen['reads'] for seen in reports)} reads while {n - 1} releases were "
        f"published: 0 errors, 0 mixed, 0 backwards"
    )
