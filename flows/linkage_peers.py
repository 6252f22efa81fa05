"""nomenklatura beside us on pairs of names, run by an interpreter that has it: it needs DuckDB below 2 and PyICU, so it is no dependency of this project."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import polars as pl

from transforms.errors import UsageError

THRESHOLD = 0.7  # nomenklatura's and yente's own default
SECONDS_MAX = 600
# Its algorithm remembers scores by the ids of entities, so every entity has its own.
PROGRAM = """
import json, sys
from followthemoney import model
from nomenklatura.matching import get_algorithm
matcher = get_algorithm("logic-v2")
config = matcher.default_config()
def entity(number, schema, name):
    made = model.make_entity(schema)
    made.id = f"e{number}"
    made.add("name", name, quiet=True)
    return made
pairs = json.load(sys.stdin)
scores = [matcher.compare(entity(2 * n, *one), entity(2 * n + 1, *other), config).score for n, (one, other) in enumerate(pairs)]
json.dump(scores, sys.stdout)
"""


def names_match(python: Path, pairs: pl.DataFrame) -> pl.Series:
    """Whether nomenklatura's `logic-v2` scores each pair (schema, name, other) THRESHOLD or more. Boolean.

    Raises UsageError where `python` has no nomenklatura.
    """
    rows = [[[schema, name], [schema, other]] for schema, name, other in pairs.select("schema", "name", "other").iter_rows()]
    ran = subprocess.run([str(python), "-c", PROGRAM], input=json.dumps(rows), capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if ran.returncode != 0:
        raise UsageError(f"{python} could not score names with nomenklatura; give an interpreter that has nomenklatura 4 (pip install nomenklatura)")
    return pl.Series([score >= THRESHOLD for score in json.loads(ran.stdout)], dtype=pl.Boolean)
