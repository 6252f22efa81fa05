"""A whole night on Spark publishes what it publishes without: in the long tier, on Apache Spark's local mode
and on Sail, where they are installed.
"""

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from flows.home.settings import Home
from flows.home.warehouse import open_release
from flows.night.night import Engine, new_night
from flows.night.runner import run_night
from flows.spark.session import session
from flows.spark.stages import run_on_spark
from quality.town import write_town
from quality.town.havermonde import write_port
from transforms.model.views import ABOUT, RELEASE_TABLES

TOWNS = {"British": write_town, "Dutch": write_port}
COMPANIES = 250  # beside those that the towns plant
# Marts and indicators that a server refuses and the driver does: as the operator's guide lists them.
SAIL = """
    role_held address transaction
    ADR-020 LIF-030 LIF-040 LIF-070 LNK-040 OWN-040 PRP-030 PRP-050 PRP-140
    PUB-070 PUB-080 PUB-100 PUB-130 PUB-150 PUB-180 PUB-190 ROL-030
"""
REFUSED = {"apache_spark": {"LIF-010", "PRP-050"}, "sail": {*SAIL.split()}}


def apache_spark() -> Iterator[str]:
    """The address of a server in local mode, which pyspark starts by itself, on two processors."""
    pyspark = importlib.util.find_spec("pyspark")
    if pyspark is None or not (Path(str(pyspark.origin)).parent / "jars").is_dir():
        pytest.skip("needs the whole of PySpark: uv pip install 'pyspark[connect]'")
    if shutil.which("java") is None:
        pytest.skip("needs Java 17")
    yield "local[2]"


def sail() -> Iterator[str]:
    """The address of a server in this process."""
    if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("pysail") is None:
        pytest.skip("needs Sail: uv pip install pysail 'pyspark[connect]==4.1.*'")
    import pyspark
    from pysail.spark import SparkConnectServer

    if pyspark.__version__ > "4.2":
        pytest.skip("Sail 0.7.2 refuses PySpark 4.3: uv pip install 'pyspark[connect]==4.1.*'")

    with TemporaryDirectory() as checkpoints, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAIL_EXECUTION__CHECKPOINT__PATH", f"file://{checkpoints}")
        server = SparkConnectServer()
        server.start(background=True)
        yield f"sc://127.0.0.1:{server.listening_address[1]}"
        server.stop()


@pytest.fixture(params=[apache_spark, sail])
def refused(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """SPARK_REMOTE, and workers that have this code; the session ends with the test. What this server
    refuses.
    """
    with contextmanager(request.param)() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_REMOTE", address)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        started = session()
        started.conf.set("spark.sql.shuffle.partitions", "4")
        yield REFUSED[request.param.__name__]
        started.stop()


def published(town: Path, home: Home, engine: Engine) -> tuple[dict[str, tuple[int, int]], str]:
    """Table -> rows and a hash of them in any order; and the hash of the whole content; of one night."""
    shutil.copytree(town / "mappings", home.root / "mappings")
    night = new_night(home, town / "landing", synthetic=True, engine=engine)
    (run_on_spark if engine == "spark" else run_night)(night)
    manifest = json.loads((home.current / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["engine"] == engine
    with open_release(home.current) as connection:
        return {
            name: connection.execute(f"select count(*), bit_xor(hash(t)) from {name} t").fetchone()
            for name in RELEASE_TABLES.keys() - ABOUT.keys()
        }, manifest["content_sha256"]


@pytest.mark.nightly
@pytest.mark.parametrize("town", TOWNS)
def test_a_night_on_spark_publishes_the_same_rows(town: str, refused: set[str], tmp_path: Path) -> None:
    TOWNS[town](tmp_path / "town", companies=COMPANIES)
    plain, content = published(tmp_path / "town", Home(tmp_path / "plain"), "plain")
    with capture_logs() as logged:
        on_spark, content_on_spark = published(tmp_path / "town", Home(tmp_path / "spark"), "spark")
    on_driver = [line["message"] for line in logged if line["event"] == "run on the driver"]
    assert {name for name, rows in plain.items() if on_spark[name] != rows} == set()
    assert content_on_spark == content
    assert {message.split(":")[0].split()[1] for message in on_driver} == refused
    assert sum(rows_n > 0 for rows_n, _ in plain.values()) > 50
