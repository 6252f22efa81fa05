"""Whether two names may be of one person or entity: our rules on labelled pairs of names, and nomenklatura
beside them.

    python -m tests.benchmarks.name_pairs.measure DATA [PYTHON]

DATA is the folder of the public sets. PYTHON is an interpreter that has nomenklatura 4, which is then
measured too, on the small set of persons as well. Nothing that a night does uses these rules: resolution and
screening have bars of their own, which are higher. Prints; checks nothing.
"""

import sys
from pathlib import Path

import polars as pl

from quality.linkage import public
from quality.linkage.measure import Scores, cluster_scores, f1_of, ratio
from tests.benchmarks.name_pairs import nomenklatura
from tests.benchmarks.name_pairs.entity_names import may_be_one
from tests.benchmarks.name_pairs.person_names import may_be_one_person
from tests.benchmarks.name_pairs.sets import entity_checks, name_pairs

SMALL = "senzing_persons"  # every pair of its records is scored, so few records


def main(data: Path, python: str | None = None) -> None:
    for name, pairs in {**name_pairs(data), "entity_bench": entity_checks(data)}.items():
        _print(name, "undertow", pair_scores(names_match(pairs), pairs["is_match"]))
        if python:
            theirs = nomenklatura.names_match(python, pairs)
            _print(name, "nomenklatura 4", pair_scores(theirs, pairs["is_match"]))
    if python:
        people = public.person_sets(data)[SMALL]
        clusters = nomenklatura.person_clusters(python, people)
        _print(SMALL, "nomenklatura 4", cluster_scores(clusters, people["party"]))


def names_match(pairs: pl.DataFrame) -> pl.Series:
    """Whether the names of each pair (schema, name, other) may be of one party."""
    rows = pairs.select("schema", "name", "other").iter_rows()
    matches = [
        may_be_one_person(name, other) if schema == "Person" else may_be_one(name, other)
        for schema, name, other in rows
    ]
    return pl.Series(matches, dtype=pl.Boolean)


def pair_scores(matches: pl.Series, expected: pl.Series) -> Scores:
    """Of labelled pairs: whether each is found to match, and whether it does. records_n is pairs."""
    agreed = int((matches & expected).sum())
    precision, recall = ratio(agreed, int(matches.sum())), ratio(agreed, int(expected.sum()))
    return Scores(len(matches), precision, recall, f1_of(precision, recall), None, None, None)


def _print(name: str, method: str, scores: Scores) -> None:
    print({"set": name, "method": method, **scores.as_row()}, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
