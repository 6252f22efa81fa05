"""A whole night on Spark publishes what it publishes without: in the long tier, by Spark's local mode."""

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.home.settings import Home
from flows.home.warehouse import open_release
from flows.night.night import Engine, new_night
from flows.night.runner import run_night
from flows.spark.session import session
from flows.spark.stages import run_on_spark
from quality.town import write_town
from quality.town.havermonde import write_port
from transforms.model.views import ABOUT, RELEASE_TABLES

TOWNS: dict[str, Callable[[Path], object]] = {"British": write_town, "Dutch": write_port}


@pytest.fixture(scope="module")
def spark() -> Iterator[None]:
    """A Spark Connect server in local mode, on two processors, which ends with the tests of this file."""
    found = importlib.util.find_spec("pyspark")
    if found is None or not (Path(str(found.origin)).parent / "jars").is_dir():
        pytest.skip("needs pyspark with its jars: uv pip install 'pyspark[connect]'")
    if shutil.which("java") is None:
        pytest.skip("needs Java 17")
    settings = {
        "SPARK_REMOTE": "local[2]",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        started = session()
        started.conf.set("spark.sql.shuffle.partitions", "4")
        yield
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
@pytest.mark.usefixtures("spark")
def test_a_night_on_spark_publishes_the_same_rows(town: str, tmp_path: Path) -> None:
    TOWNS[town](tmp_path / "town")
    plain, content = published(tmp_path / "town", Home(tmp_path / "plain"), "plain")
    on_spark, content_on_spark = published(tmp_path / "town", Home(tmp_path / "spark"), "spark")
    assert {name for name, rows in plain.items() if on_spark[name] != rows} == set()
    assert content_on_spark == content
    assert sum(rows_n > 0 for rows_n, _ in plain.values()) > 50
