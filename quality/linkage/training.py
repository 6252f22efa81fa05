"""Training of the linkage model of persons.

Done once for a version of the settings, or for a family of data, never in a run.

`trained` makes the shipped settings: m from labelled records, u from all pairs of them. `trained_unlabelled`
is for records that state more than registers do: m by expectation maximisation within blocks, u from random
pairs (Winkler 1988; Splink's own method). It reads no labels.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from splink import DuckDBAPI, Linker, block_on

from transforms.model.sql import Connection
from transforms.resolution.persons.linkage import complete_settings, linker
from transforms.resolution.persons.model import untrained

ALL_PAIRS = 1e12  # more than any training set has, so that u is counted instead of sampled
# (own) Lower bounds: of m, for a level that no matching pair of the training set has, and of u, for a level
# that only matching pairs have.
M_MIN, U_MIN = 1e-3, 1e-6
DIGITS = 8
SAMPLED_PAIRS, SAMPLE_SEED = 2e6, 2
# (own) Blocking rules for the estimation of m. Each leaves the comparisons on other columns to be estimated.
# A rule is left out if its columns are empty.
SESSIONS: Sequence[tuple[str, ...]] = (
    ("birth_date",),
    ("forename", "surname"),
    ("postcode", "surname"),
    ("number",),
)
PAIRS_OF_A_SESSION_MIN = 200  # (own) fewer pairs say nothing about shares
# Rules that only matching pairs meet, and the fraction of all matching pairs that meet one of them. The prior
# is estimated from both.
CERTAIN = (
    "l.number = r.number",
    "l.forename = r.forename and l.surname = r.surname and l.birth_date = r.birth_date",
    "l.birth_date = r.birth_date and l.postcode = r.postcode",
)
CERTAIN_RECALL = 0.6  # as in Splink's example of the historical figures


def trained(connection: Connection) -> dict[str, Any]:
    """The settings with m and u.

    Reads `person_compared` with a column `party`: the person of each profile, null if unknown.

    m: shares of levels among pairs of one party (maximum likelihood on labels). u: the same among all pairs.
    Both have lower bounds. Equal input gives equal settings, to DIGITS digits.
    """
    model = _linker(connection, untrained())
    model.training.estimate_u_using_random_sampling(max_pairs=ALL_PAIRS)
    model.training.estimate_m_from_label_column("party")
    settings = model.misc.save_model_to_json()
    # These belong to a run and not to the settings.
    for unwanted in ("linker_uid", "probability_two_random_records_match"):
        settings.pop(unwanted, None)
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                _bound(level)
    return dict(settings)


def _linker(connection: Connection, model: Mapping[str, Any]) -> Linker:
    return linker(DuckDBAPI(connection=cast("Any", connection)), complete_settings(connection, model))


def _bound(level: dict[str, Any]) -> None:
    for name, least in (("m_probability", M_MIN), ("u_probability", U_MIN)):
        level[name] = round(max(level.get(name) or 0.0, least), DIGITS)


def trained_unlabelled(connection: Connection) -> dict[str, Any]:
    """The settings for the records of `person_compared`, with m, u and the prior estimated from these records
    alone.

    Equal rows give equal settings.
    """
    model = _linker(connection, _free(untrained()))
    model.training.estimate_probability_two_random_records_match(list(CERTAIN), recall=CERTAIN_RECALL)
    model.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SAMPLE_SEED)
    for columns in SESSIONS:
        if _pairs_n(connection, columns) >= PAIRS_OF_A_SESSION_MIN:
            model.training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns), estimate_without_term_frequencies=True
            )
    settings = model.misc.save_model_to_json()
    settings.pop("linker_uid", None)
    declared = untrained()
    for comparison, known in zip(settings["comparisons"], declared["comparisons"], strict=True):
        for level, fixed in zip(comparison["comparison_levels"], known["comparison_levels"], strict=True):
            if not level.get("is_null_level"):
                level.update(
                    {name: level.get(name) or fixed.get(name) for name in ("m_probability", "u_probability")}
                )
                _bound(level)
    return dict(settings)


def _free(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with declared m and u as starting values instead of fixed ones."""
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            for name in ("fix_m_probability", "fix_u_probability"):
                level.pop(name, None)
    return settings


def _pairs_n(connection: Connection, columns: Sequence[str]) -> int:
    key = ", ".join(columns)
    stated = " and ".join(f"{name} is not null" for name in columns)
    ((pairs,),) = connection.sql(
        "select coalesce(sum(n * (n - 1) // 2), 0) from ("
        f"select count(*) as n from person_compared where {stated} group by {key})"
    ).fetchall()
    return int(pairs)
