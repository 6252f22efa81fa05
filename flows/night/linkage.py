"""`undertow evaluate --linkage`: fill the lake of a synthetic town, and measure resolution on it and on
public sets.
"""

import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import polars as pl

from flows.home import disk, warehouse
from flows.home.settings import Home
from flows.night.keys import DEMO_ID_KEY
from flows.night.night import new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from flows.night.tables import open_tables
from quality.linkage import measure
from quality.town import write, write_town
from transforms.errors import UsageError

TOWN_COMPANIES, TOWN_SEED = 2000, 1
# The settings are trained on a different town from the one that is measured.
TRAINING_COMPANIES, TRAINING_SEED = 4000, 100


def linkage_table(
    data: Path | None, *, companies: int = TOWN_COMPANIES, seed: int = TOWN_SEED
) -> list[dict[str, object]]:
    """Rows of `quality.linkage.measure` for a town, and for the public sets in the folder `data`."""
    # Splink prints advice on training; the settings in its documentation do not follow it.
    logging.getLogger("splink").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="undertow-linkage-") as folder:
        with _town(Path(folder), companies, seed) as (connection, truth):
            rows = list(measure.town_rows(connection, truth, DEMO_ID_KEY))
        return rows + (list(measure.public_rows(data, partial(opened, Path(folder)))) if data else [])


def bias_table() -> list[dict[str, object]]:
    """Error rates by script, length and frequency of name."""
    with tempfile.TemporaryDirectory(prefix="undertow-linkage-") as folder:
        return measure.bias_rows(partial(opened, Path(folder)))


def train(target: Path) -> None:
    """Train the settings for persons on a town and write them to `target`. Raises UsageError."""
    if target.is_dir() or not target.parent.is_dir():  # training takes minutes
        problem = "this is a folder" if target.is_dir() else "its folder does not exist"
        raise UsageError(f"--train {target}: {problem}; name a file in a folder that exists")
    with (
        tempfile.TemporaryDirectory(prefix="undertow-linkage-") as folder,
        _town(Path(folder), TRAINING_COMPANIES, TRAINING_SEED) as (connection, truth),
    ):
        settings = measure.train(connection, truth)
    with disk.written_to(target, "--train"):
        target.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


@contextmanager
def opened(folder: Path) -> Iterator[warehouse.Connection]:
    """An empty database in memory that spills to `folder`."""
    with warehouse.connect(folder / "work") as connection:
        yield connection


@contextmanager
def _town(folder: Path, companies: int, seed: int) -> Iterator[tuple[warehouse.Connection, pl.DataFrame]]:
    """A connection to a town's lake, and the truth of who is who (WHO_COLUMNS)."""
    facts = write_town(folder / "town", companies=companies, seed=seed)
    home = Home(folder / "home")
    home.prepare()
    night = new_night(home, facts.landing, synthetic=True)
    night.work.mkdir(parents=True, exist_ok=True)
    land(night)
    fill_lake(night)
    with open_tables(night, ()) as connection:
        yield connection, pl.read_csv(facts.truth_file.with_name(write.WHO_FILE), infer_schema=False)
