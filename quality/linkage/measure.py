"""How well records of one person or company are linked: rows for the synthetic town and for public sets.

Each row has the columns set, method, records_n, precision, recall, f1, b3_precision, b3_recall, b3_f1 and
seconds. Precision, recall and F1 compare the clusters with the true ones over pairs of records; the B-cubed
measures average over records (Bagga and Baldwin, 1998). A measure whose denominator is 0 is null.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import polars as pl

from quality.linkage import bias, plain, public
from quality.linkage.training import trained, trained_unlabelled
from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.persons.features import person_features, read_persons
from transforms.resolution.persons.linkage import (
    FAMILY_MERGE_MIN,
    STATED,
    merges_in_families,
    person_pairs,
    prepare,
)
from transforms.resolution.persons.parties import write_profiles
from transforms.resolution.persons.people import merged
from transforms.resolution.resolve import resolve

OURS, OURS_CANDIDATES, PLAIN = "undertow", "undertow, candidates too", "splink 5"
OURS_WEIGHED, OURS_TRAINED = "undertow, trained on it", "undertow, trained, rules too"
TRAINED_RECORDS_MIN = 500  # (own) a smaller set is too small to train on
# Suffix of the statement id of the party in a PSC record, in contrast to an arrangement it acts for.
PARTY_PART = "-p"
DIGITS = 4

type Rows = Iterator[dict[str, object]]
# Opens an empty connection, and closes it.
type Opener = Callable[[], AbstractContextManager[Connection]]


# --- scores ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scores:
    """Measures over `records_n` records: by pairs of records, then B-cubed. Fractions from 0 to 1; None if
    the denominator is 0.

    """

    records_n: int
    precision: float | None
    recall: float | None
    f1: float | None
    b3_precision: float | None
    b3_recall: float | None
    b3_f1: float | None

    def as_row(self) -> dict[str, object]:
        return {
            name: round(value, DIGITS) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def cluster_scores(clusters: pl.Series, truth: pl.Series) -> Scores:
    """Measures of a clustering: the cluster found and the true cluster of each record, without nulls."""
    cells = (
        pl.DataFrame({"found": clusters, "truth": truth})
        .group_by("found", "truth")
        .agg(pl.len().cast(pl.Int64).alias("n"))
    )
    both, of_found, of_truth = (
        _pairs_n(cells.group_by(by).agg(pl.col("n").sum())["n"])
        for by in (["found", "truth"], ["found"], ["truth"])
    )
    shares = cells.with_columns(
        pl.col("n").sum().over("found").alias("found_n"), pl.col("n").sum().over("truth").alias("truth_n")
    )
    total = int(cells["n"].sum())
    precise, complete = (
        float((shares["n"] ** 2 / shares[size]).sum()) / total if total else None
        for size in ("found_n", "truth_n")
    )
    precision, recall = ratio(both, of_found), ratio(both, of_truth)
    return Scores(
        total, precision, recall, f1_of(precision, recall), precise, complete, f1_of(precise, complete)
    )


def f1_of(precision: float | None, recall: float | None) -> float | None:
    """The harmonic mean of precision and recall; None if it is undefined."""
    if precision is None or recall is None or precision + recall == 0:
        return None
    return 2 * precision * recall / (precision + recall)


def _pairs_n(sizes: pl.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def ratio(part: int, whole: int) -> float | None:
    """part / whole; None if `whole` is 0."""
    return part / whole if whole else None


# --- rows ---------------------------------------------------------------------------------------------


def town_rows(connection: Connection, truth: pl.DataFrame, id_key: bytes) -> Rows:
    """Rows of a town whose lake `connection` has. `truth`: record, party and note of each record
    (WHO_COLUMNS).
    """
    resolution, seconds = _timed(lambda: resolve(connection, id_key))
    parties = resolution.filter(pl.col("statement_id").str.ends_with(PARTY_PART))
    ours = truth.join(parties.select("record", found="party_id"), on="record", how="inner")
    is_company = pl.col("party").str.starts_with("GB-")
    people = ours.filter(~is_company)
    yield from _person_rows(OURS, people, seconds)
    rows = frame(connection, read_sql(__package__, "persons_of_town"))
    plain_found, seconds = _timed(lambda: plain.plain_clusters(connection, rows, plain.register()))
    yield from _person_rows(PLAIN, people.drop("found").join(plain_found, on="record", how="inner"), seconds)
    companies = ours.filter(is_company)
    yield _row("town_companies", OURS, cluster_scores(companies["found"], companies["party"]), None)


def _person_rows(method: str, people: pl.DataFrame, seconds: float) -> Rows:
    """All persons of the town, and those of its hard groups."""
    hard = people.filter(pl.col("note").is_not_null())
    for name, rows in (("town_persons", people), ("town_hard_persons", hard)):
        yield _row(name, method, cluster_scores(rows["found"], rows["party"]), seconds)


def public_rows(data: Path, opener: Opener) -> Rows:
    """Rows of the public sets in the folder `data`."""
    for name, people in public.person_sets(data).items():
        for is_trained in (False, True) if people.height >= TRAINED_RECORDS_MIN else (False,):
            clusters, seconds = _timed(partial(our_clusters, opener, people, is_trained=is_trained))
            for method, cluster in clusters.items():
                yield _row(name, method, cluster_scores(cluster, people["party"]), seconds)
        yield from _plain_rows(data, opener, name)


def bias_rows(opener: Opener, cases_n: int = bias.CASES_N, seed: int = bias.SEED) -> list[dict[str, object]]:
    """Error rates by script, length and frequency of name (`bias`), with the rules of a run."""
    cases = bias.cases(cases_n, seed)
    return bias.rates(cases, our_clusters(opener, cases, is_trained=False)[OURS])


def train(connection: Connection, truth: pl.DataFrame) -> dict[str, object]:
    """The settings trained on a town whose lake `connection` has, in Splink's form. `truth`: as in
    `town_rows`.
    """
    read_persons(connection)
    write_profiles(connection)
    prepare(connection)
    connection.register("truth", truth.to_arrow())
    connection.execute(read_sql(__package__, "labelled_persons"))
    return trained(connection)


def our_clusters(opener: Opener, people: pl.DataFrame, *, is_trained: bool) -> dict[str, pl.Series]:
    """By method, the cluster of each record: the number of the first record of the same person.

    With the settings of a run: by its rules, and as if every candidate were a match. With settings trained on
    the set without its labels (`is_trained`): by weight alone, as plain Splink decides, and by the rules for
    such data.
    """
    with opener() as connection:
        _write_profiles(connection, people)
        if is_trained:
            prepare(connection)
            pairs = person_pairs(connection, trained_unlabelled(connection), merges_in_families())
            by_weight = pairs.with_columns(merges=pl.col("probability") >= FAMILY_MERGE_MIN)
            pairs_of = {OURS_WEIGHED: by_weight, OURS_TRAINED: pairs}
        else:
            pairs = person_pairs(connection)
            pairs_of = {OURS: pairs, OURS_CANDIDATES: pairs.with_columns(merges=True)}
    numbers = range(people.height)
    person_of = {method: merged(each) for method, each in pairs_of.items()}
    return {
        method: pl.Series([first.get(number, number) for number in numbers], dtype=pl.Int64)
        for method, first in person_of.items()
    }


def _write_profiles(connection: Connection, people: pl.DataFrame) -> None:
    rows = people.with_row_index("unique_id").with_columns(pl.col("unique_id").cast(pl.Int64))
    stated = [name for name in STATED if name in rows.columns]
    own = rows.select("unique_id", pl.col("unique_id").alias("anchor_no"), "address", "postcode", *stated)
    features = pl.concat([own, person_features(rows)], how="horizontal")
    is_named = pl.any_horizontal(pl.col("forename", "surname").is_not_null())
    connection.register("profile", features.filter(is_named).to_arrow())
    connection.execute("create table person_profile as select *, []::ubigint[] as partners from profile")


def _plain_rows(data: Path, opener: Opener, name: str) -> Rows:
    """Rows of plain Splink, for the sets whose settings are in its documentation.

    The Senzing set, with 147 persons, is too small to train on.
    """
    if name == "historical50k":
        rows, recipe = public.historical(data / public.HISTORICAL), plain.historical()
    elif name in public.FEBRL_FILES:
        rows = public.febrl([data / public.FEBRL / file for file in public.FEBRL_FILES[name]])
        recipe = plain.febrl4() if name == "febrl4" else plain.febrl3()
    else:
        return
    with opener() as connection:
        clustered, seconds = _timed(lambda: plain.plain_clusters(connection, rows, recipe))
    both = clustered.join(rows.select("record", "party"), on="record", how="inner")
    yield _row(name, PLAIN, cluster_scores(both["found"], both["party"]), seconds)


def _timed[T](work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def _row(name: str, method: str, scores: Scores, seconds: float | None) -> dict[str, object]:
    rounded = None if seconds is None else round(seconds, 1)
    return {"set": name, "method": method, **scores.as_row(), "seconds": rounded}
