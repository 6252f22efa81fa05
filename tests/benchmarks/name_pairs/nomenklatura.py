"""nomenklatura (`logic-v2`), run by an interpreter that has it.

It needs DuckDB below 2 and PyICU, so it is no dependency of this project.
"""

import json
import subprocess
from collections.abc import Sequence
from itertools import combinations

import polars as pl

from transforms.resolution.clusters import Clusters

THRESHOLD = 0.7  # nomenklatura's and yente's own default
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


def names_match(python: str, pairs: pl.DataFrame) -> pl.Series:
    """Whether each pair (schema, name, other) scores THRESHOLD or more."""
    sides = pairs.select("schema", "name", "other").iter_rows()
    entities: list[Entity] = [(schema, {"name": name}) for schema, *names in sides for name in names]
    return pl.Series(_match(python, entities, [(2 * n, 2 * n + 1) for n in range(pairs.height)]))


def person_clusters(python: str, people: pl.DataFrame) -> pl.Series:
    """The number of the first record of each record's person, where every pair that scores THRESHOLD is of
    one.
    """
    pairs = list(combinations(range(people.height), 2))
    matches = _match(python, [_person(row) for row in people.iter_rows(named=True)], pairs)
    clusters = Clusters()
    for pair, is_match in zip(pairs, matches, strict=True):
        if is_match:
            clusters.join(*pair)
    return pl.Series([clusters.first(number) for number in range(people.height)], dtype=pl.Int64)


def _person(row: dict[str, str | int | None]) -> Entity:
    """A row in FollowTheMoney's words: what we compare, and nothing else."""
    parts = {"firstName": row["forename"], "middleName": row["middle_names"], "lastName": row["surname"]}
    birth = [row[f"birth_{part}"] for part in ("year", "month", "day")]
    number = "passportNumber" if row["number_kind"] == "PASSPORT_NUMBER" else "idNumber"
    stated = {
        **parts,
        "name": row["full_name"] or " ".join(str(part) for part in parts.values() if part),
        "birthDate": "-".join(f"{part:02}" for part in birth if part is not None),
        "address": ", ".join(str(part) for part in (row["address"], row["postcode"]) if part),
        number: row["number"],
    }
    return "Person", {name: str(value) for name, value in stated.items() if value}


def _match(python: str, entities: Sequence[Entity], pairs: Sequence[Pair]) -> list[bool]:
    run = subprocess.run(
        [python, "-c", PROGRAM],
        input=json.dumps([entities, pairs]),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [score >= THRESHOLD for score in json.loads(run.stdout)]
