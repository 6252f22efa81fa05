"""`undertow evaluate --linkage`: how well records of one person or company are found, on the synthetic town and on public sets, with plain Splink beside it."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from flows.home import disk, warehouse
from flows.home.settings import Home
from flows.night.night import new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from flows.night.stages.resolve import DEMO_ID_KEY
from flows.night.tables import open_lake
from quality.linkage import bias, plain, public
from quality.linkage import peers as linkage_peers
from quality.linkage.measures import Scores, cluster_scores, pair_scores
from quality.linkage.training import trained, trained_unlabelled
from quality.town import write, write_town
from transforms.errors import UsageError
from transforms.model.sql import Connection, frame
from transforms.resolution.companies import entity_names
from transforms.resolution.persons.blocks import STATED, prepare
from transforms.resolution.persons.clustering import merged
from transforms.resolution.persons.features import person_features
from transforms.resolution.persons.linkage import person_pairs
from transforms.resolution.persons.names import may_be_one_person
from transforms.resolution.persons.rules import FAMILY_MERGE_MIN, merges_in_families
from transforms.resolution.resolve import person_profiles, resolve

TOWN_COMPANIES, TOWN_SEED = 2000, 1
TRAINING_COMPANIES, TRAINING_SEED = 4000, 100  # another town than the one that is measured
OURS, OURS_ASKED, PLAIN, NOMENKLATURA = "undertow", "undertow, candidates too", "splink 5", "nomenklatura 4"
OURS_WEIGHED, OURS_TRAINED = "undertow, trained on it", "undertow, trained, rules too"
TRAINED_RECORDS_MIN = 500  # (own) a set of fewer is too small to train on
TOWN = "town"
PARTY_PART = "-p"  # of the statement ids of a PSC record: the party it names, and not an arrangement that the party acts for
PERSONS_OF_TOWN = """
select s.record, s.forename, s.middle_names, s.surname, s.birth_year || '-' || s.birth_month as birth, min(a.postcode) as postcode
from person_statement s join edition_in_use e using (register, dataset, edition)
left join address_statement a on a.of_statement_id = s.statement_id
where e.status = 'in_force' and s.register = 'gb_coh_psc'
group by all order by s.record
"""


def linkage_table(
    data: Path | None,
    nomenklatura: Path | None = None,
    *,
    companies: int = TOWN_COMPANIES,
    seed: int = TOWN_SEED,
) -> list[dict[str, object]]:
    """One row for each set and method: set, method, records_n, precision, recall, f1, b3_…, seconds.

    `data`: folder with the public sets. `nomenklatura`: an interpreter that has it, to be set beside on pairs of names, and on the set that is too small for
    plain Splink to train on.
    """
    logging.getLogger("splink").setLevel(
        logging.ERROR
    )  # it advises on training, which the documentation's settings leave as it is
    with tempfile.TemporaryDirectory(prefix="undertow-linkage-") as folder:
        rows = list(_town_rows(Path(folder), companies, seed))
        if data is not None:
            rows += _public_rows(data, Path(folder), nomenklatura)
    return rows


def train(into: Path, *, companies: int = TRAINING_COMPANIES, seed: int = TRAINING_SEED) -> None:
    """Train the settings on a town and write them to `into`, as they are shipped. Raises UsageError where it cannot be written."""
    if into.is_dir() or not into.parent.is_dir():  # before the work of minutes
        raise UsageError(
            f"--train {into}: {'this is a folder' if into.is_dir() else 'there is no such folder'}; give a file in a folder that is there"
        )
    with (
        tempfile.TemporaryDirectory(prefix="undertow-linkage-") as folder,
        town_connection(Path(folder), companies, seed) as (connection, who),
    ):
        person_profiles(connection)
        prepare(connection)
        connection.register("who", who.to_arrow())
        connection.execute(LABELLED)
        settings = trained(connection)
    with disk.written_to(into, "--train"):
        into.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


LABELLED = """
create or replace temp table person_compared as
select p.*, w.party from person_compared p join person_feature f on f.row_no = p.unique_id
join person_statement s on s.statement_id = f.statement_id left join who w on w.record = s.record
"""


@contextmanager
def town_connection(folder: Path, companies: int, seed: int) -> Iterator[tuple[Connection, pl.DataFrame]]:
    """A connection to a town's lake, and the truth of who is who (WHO_COLUMNS)."""
    facts = write_town(folder / "town", companies=companies, seed=seed)
    home = Home(folder / "home")
    home.prepare()
    night = new_night(home, facts.landing, synthetic=True)
    night.work.mkdir(parents=True, exist_ok=True)
    land(night)
    fill_lake(night)
    connection = open_lake(night)
    try:
        yield connection, pl.read_csv(facts.truth_file.with_name(write.WHO_FILE), infer_schema=False)
    finally:
        connection.close()


# --- the town -------------------------------------------------------------------------------------------------------


def _town_rows(folder: Path, companies: int, seed: int) -> Iterator[dict[str, object]]:
    with town_connection(folder, companies, seed) as (connection, who):
        resolution, seconds = _timed(lambda: resolve(connection, DEMO_ID_KEY))
        parties = resolution.filter(pl.col("statement_id").str.ends_with(PARTY_PART))
        said = who.join(parties.select("record", "party_id"), on="record", how="inner")
        is_company = pl.col("party").str.starts_with("GB-")
        people, entities = said.filter(~is_company), said.filter(is_company)
        hard = people.filter(pl.col("note").is_not_null())
        yield _row(f"{TOWN}_persons", OURS, cluster_scores(people["party_id"], people["party"]), seconds)
        yield _row(f"{TOWN}_hard_persons", OURS, cluster_scores(hard["party_id"], hard["party"]), seconds)
        rows = frame(connection, PERSONS_OF_TOWN)
        found, seconds = _timed(lambda: plain.plain_clusters(connection, rows, plain.register))
        beside = people.join(found, on="record", how="inner")
        hard = beside.filter(pl.col("note").is_not_null())
        yield _row(f"{TOWN}_persons", PLAIN, cluster_scores(beside["found"], beside["party"]), seconds)
        yield _row(f"{TOWN}_hard_persons", PLAIN, cluster_scores(hard["found"], hard["party"]), seconds)
        yield _row(f"{TOWN}_companies", OURS, cluster_scores(entities["party_id"], entities["party"]), None)


# --- public sets ----------------------------------------------------------------------------------------------------


def _public_rows(data: Path, folder: Path, nomenklatura: Path | None) -> list[dict[str, object]]:
    rows = []
    for name, people in public.person_sets(data).items():
        for is_trained in (False, True) if people.height >= TRAINED_RECORDS_MIN else (False,):
            found, seconds = _timed(partial(_our_clusters, folder, people, is_trained=is_trained))
            rows += [
                _row(name, method, cluster_scores(of, people["party"]), seconds)
                for method, of in found.items()
            ]
        if (beside := _plain_scores(data, folder, name)) is not None:
            rows.append(_row(name, PLAIN, *beside))
        if nomenklatura is not None and people.height < TRAINED_RECORDS_MIN:
            theirs, seconds = _timed(partial(linkage_peers.person_clusters, nomenklatura, people))
            rows.append(_row(name, NOMENKLATURA, cluster_scores(theirs, people["party"]), seconds))
    for name, pairs in {**public.name_pairs(data), "entity_bench": public.entity_checks(data)}.items():
        if pairs.height:
            rows += _name_rows(name, pairs, nomenklatura)
    return rows


def bias_table(cases_n: int = bias.CASES_N, seed: int = bias.SEED) -> list[dict[str, object]]:
    """Rates of false splits and false merges by script, length and frequency of name (`quality.linkage.bias`), with the night's settings and rules."""
    with tempfile.TemporaryDirectory(prefix="undertow-linkage-") as folder:
        given = bias.cases(cases_n, seed)
        return bias.rates(given, _our_clusters(Path(folder), given, is_trained=False)[OURS])


def _our_clusters(folder: Path, people: pl.DataFrame, *, is_trained: bool) -> dict[str, pl.Series]:
    """Method → the number of the first record of each record's person.

    With the night's settings: by its rules, and as if every candidate were the person. `is_trained`, with settings trained on the set without its labels: by
    weight alone, as plain Splink decides, and by the rules for such data.
    """
    rows = people.with_row_index("unique_id").with_columns(pl.col("unique_id").cast(pl.Int64))
    stated = [name for name in STATED if name in rows.columns]
    own = rows.select("unique_id", pl.col("unique_id").alias("anchor_no"), "address", "postcode", *stated)
    features = pl.concat([own, person_features(rows)], how="horizontal")
    connection = warehouse.connect(folder / "work")
    try:
        connection.register(
            "profile",
            features.filter(pl.any_horizontal(pl.col("forename", "surname").is_not_null())).to_arrow(),
        )
        connection.execute("create table person_profile as select *, []::ubigint[] as partners from profile")
        pairs = (
            person_pairs(connection, *_for_families(connection)) if is_trained else person_pairs(connection)
        )
    finally:
        connection.close()
    by_weight = pairs.with_columns(merges=pl.col("probability") >= FAMILY_MERGE_MIN)
    decided = (
        {OURS_WEIGHED: by_weight, OURS_TRAINED: pairs}
        if is_trained
        else {OURS: pairs, OURS_ASKED: pairs.with_columns(merges=True)}
    )
    return {method: _first_of_each(merged(given), rows.height) for method, given in decided.items()}


def _first_of_each(person_of: Mapping[int, int], rows_n: int) -> pl.Series:
    return pl.Series([person_of.get(number, number) for number in range(rows_n)], dtype=pl.Int64)


def _for_families(connection: Connection) -> tuple[dict[str, Any], pl.Expr]:
    prepare(connection)
    return trained_unlabelled(connection), merges_in_families()


def _plain_scores(data: Path, folder: Path, name: str) -> tuple[Scores, float] | None:
    """Plain Splink on a set of which its documentation gives the settings; 147 persons of the Senzing set are too few for it to train on."""
    if name == "historical50k":
        rows, recipe = public.historical(data / public.HISTORICAL), plain.historical
    elif name in public.FEBRL_FILES:
        rows, recipe = (
            public.febrl([data / public.FEBRL / file for file in public.FEBRL_FILES[name]]),
            plain.febrl4 if name == "febrl4" else plain.febrl3,
        )
    else:
        return None
    connection = warehouse.connect(folder / "work")
    try:
        found, seconds = _timed(lambda: plain.plain_clusters(connection, rows, recipe))
    finally:
        connection.close()
    beside = found.join(rows.select("record", "party"), on="record", how="inner")
    return cluster_scores(beside["found"], beside["party"]), seconds


def _name_rows(name: str, pairs: pl.DataFrame, nomenklatura: Path | None) -> Iterator[dict[str, object]]:
    said, seconds = _timed(lambda: _names_match(pairs))
    yield _row(name, OURS, pair_scores(said, pairs["is_match"]), seconds)
    if nomenklatura is not None:
        theirs, seconds = _timed(lambda: linkage_peers.names_match(nomenklatura, pairs))
        yield _row(name, NOMENKLATURA, pair_scores(theirs, pairs["is_match"]), seconds)


def _names_match(pairs: pl.DataFrame) -> pl.Series:
    """Whether the names of each pair may be of one, as candidates for a person or for an entity: lower bars than those that screening and resolution have."""
    rows = pairs.select("schema", "name", "other").iter_rows()
    said = [
        may_be_one_person(name, other) if schema == "Person" else entity_names.may_be_one(name, other)
        for schema, name, other in rows
    ]
    return pl.Series("said", said, dtype=pl.Boolean)


def _timed[T](work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _row(name: str, method: str, scores: Scores, seconds: float | None) -> dict[str, Any]:
    return {
        "set": name,
        "method": method,
        **scores.as_row(),
        "seconds": None if seconds is None else round(seconds, 1),
    }
