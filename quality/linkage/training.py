"""Training the linkage model of persons.

Done once for a version of the settings, or for a family of data, never in a night.

`trained`, the settings that are shipped: m from labelled records, u from all pairs of them.
`trained_unlabelled`, for records that state more than registers do: m by expectation maximisation within
blocks, u from pairs drawn at random (Winkler 1988; Splink's own method). No label is read.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from splink import DuckDBAPI, Linker, block_on

from transforms.model.sql import Connection
from transforms.resolution.persons.linkage import complete_settings, linker
from transforms.resolution.persons.model import untrained

ALL_PAIRS = 1e12  # more than any training set has, so that u is counted and not sampled
# (own) Bounds of what is believed of a training set: m of a level that it never shows, and u of one that only
# pairs of one person show.
M_MIN, U_MIN = 1e-3, 1e-6
DIGITS = 8
SAMPLED_PAIRS, SAMPLE_SEED = 2e6, 2
# (own) Blocks in which m is estimated: each leaves the comparisons of the others free. A block is left out
# where its column is empty.
SESSIONS: Sequence[tuple[str, ...]] = (
    ("birth_date",),
    ("forename", "surname"),
    ("postcode", "surname"),
    ("number",),
)
PAIRS_OF_A_SESSION_MIN = 200  # (own) fewer say nothing of shares
# Rules that only pairs of one person meet, and the share of those pairs that meet one of them, for the share
# of pairs that are of one person.
CERTAIN = (
    "l.number = r.number",
    "l.forename = r.forename and l.surname = r.surname and l.birth_date = r.birth_date",
    "l.birth_date = r.birth_date and l.postcode = r.postcode",
)
CERTAIN_RECALL = 0.6  # as in Splink's example of the historical figures


def trained(connection: Connection) -> dict[str, Any]:
    """The settings with m and u.

    Reads `person_compared` with a column `party`: whose a profile is, and null where nobody knows.

    m: shares of levels among pairs of one party (maximum likelihood on labels). u: the same among all pairs.
    Both bounded below. Equal input gives equal settings, to DIGITS digits.
    """
    model = _linker(connection, untrained())
    model.training.estimate_u_using_random_sampling(max_pairs=ALL_PAIRS)
    model.training.estimate_m_from_label_column("party")
    settings = model.misc.save_model_to_json()
    # Names of a run are no part of the settings.
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
    """The settings for the records of `person_compared`, with m, u and prior estimated from them alone.

    Same rows, same settings.
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
    """The settings with what is declared of m and u as a start, not as fixed."""
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
