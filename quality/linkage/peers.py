"""nomenklatura beside us, run by an interpreter that has it: it needs DuckDB below 2 and PyICU, so it is no dependency of this project."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import polars as pl

from transforms.errors import UsageError
from transforms.resolution.clusters import Clusters

THRESHOLD = 0.7  # nomenklatura's and yente's own default
SECONDS_MAX = 600
# Its algorithm remembers scores by the ids of entities, so every entity has its own.
PROGRAM = """
import json, sys
from followthemoney import model
from nomenklatura.matching import get_algorithm
matcher = get_algorithm("logic-v2")
config = matcher.default_config()
def entity(number, schema, properties):
    made = model.make_entity(schema)
    made.id = f"e{number}"
    for name, value in properties.items():
        made.add(name, value, quiet=True)
    return made
entities, pairs = json.load(sys.stdin)
made = [entity(number, *one) for number, one in enumerate(entities)]
json.dump([matcher.compare(made[one], made[other], config).score for one, other in pairs], sys.stdout)
"""
type Entity = tuple[str, dict[str, str]]  # schema, and the properties stated
type Pair = tuple[int, int]  # places of two entities
PASSPORT = "PASSPORT_NUMBER"  # a kind of number that FollowTheMoney has a property of its own for


def names_match(python: Path, pairs: pl.DataFrame) -> pl.Series:
    """Whether nomenklatura's `logic-v2` scores each pair (schema, name, other) THRESHOLD or more. Boolean.

    Raises UsageError where `python` has no nomenklatura.
    """
    sides = pairs.select("schema", "name", "other").iter_rows()
    entities: list[Entity] = [(schema, {"name": of}) for schema, *names in sides for of in names]
    return pl.Series(
        _match(python, entities, [(2 * n, 2 * n + 1) for n in range(pairs.height)]), dtype=pl.Boolean
    )


def person_clusters(python: Path, people: pl.DataFrame) -> pl.Series:
    """The number of the first record of each record's person, where every pair of `people` (`quality.linkage.public.PERSON_COLUMNS`) that scores THRESHOLD is of one.

    All pairs are compared, so few records. Raises UsageError as `names_match`.
    """
    pairs = list(combinations(range(people.height), 2))
    clusters = Clusters()
    for pair, is_one in zip(
        pairs, _match(python, [_person(row) for row in people.iter_rows(named=True)], pairs), strict=True
    ):
        if is_one:
            clusters.join(*pair)
    return pl.Series([clusters.first(number) for number in range(people.height)], dtype=pl.Int64)


def _person(row: dict[str, str | int | None]) -> Entity:
    """A row in FollowTheMoney's words: what we compare, and nothing else."""
    parts = {"firstName": row["forename"], "middleName": row["middle_names"], "lastName": row["surname"]}
    born = [
        f"{int(part):02d}"
        for part in (row["birth_year"], row["birth_month"], row["birth_day"])
        if part is not None
    ]
    stated = {
        **parts,
        "name": row["full_name"] or " ".join(str(part) for part in parts.values() if part),
        "birthDate": "-".join(born),
        "address": ", ".join(str(part) for part in (row["address"], row["postcode"]) if part),
        "passportNumber" if row["number_kind"] == PASSPORT else "idNumber": row["number"],
    }
    return "Person", {name: str(value) for name, value in stated.items() if value}


def _match(python: Path, entities: Sequence[Entity], pairs: Sequence[Pair]) -> list[bool]:
    given = json.dumps([entities, pairs])
    ran = subprocess.run(
        [str(python), "-c", PROGRAM],
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if ran.returncode != 0:
        raise UsageError(
            f"{python} could not score names with nomenklatura; give an interpreter that has nomenklatura 4 (pip install nomenklatura)"
        )
    return [score >= THRESHOLD for score in json.loads(ran.stdout)]
