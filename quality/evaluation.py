"""Indicators measured against a truth file: hits found and missed, near misses wrongly flagged, precision and
recall.

A truth file has the expected state of an indicator for some subjects; nothing is known about the others. So
precision and recall cover only the subjects in the truth file, and flags on other subjects are only counted
(`background_…`). A release has rows for flagged and not-assessable subjects; a subject without a row is not
flagged. Dwellings, which a release only counts, are assessed again here, and their states are not stored.
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from transforms.errors import UsageError, as_typed
from transforms.flags.states import find_states
from transforms.model.indicator import STRENGTH, indicators
from transforms.model.sql import Connection, frame, read_sql

TRUTH_COLUMNS = ("indicator", "subject_id", "expected")
FLAGGED, NOT_FLAGGED, NOT_ASSESSABLE = "flagged", "not_flagged", "not_assessable"
STATES = (FLAGGED, NOT_FLAGGED, NOT_ASSESSABLE)
BACKGROUND_PER = 10_000  # subjects
KEY = ["indicator", "subject_id"]
PRIVATE_KINDS = ("property", "transaction")  # subjects that may be a private home
# Before the id of an entity: its control group, the set of its director, and the pattern of payments that
# begins with it. Their own ids are not known before the run.
GROUP_OF, SET_OF = "CG-OF-", "DS-OF-"
PATTERN_OF = "FP-OF-"


def evaluate_release(connection: Connection, truth: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Measures of a release (see `evaluate`), and the rows of the truth file whose subjects are not in the
    release.

    Raises UsageError if the truth file cannot be used.
    """
    counts = frame(connection, read_sql(__package__, "indicator_counts"))
    flags = frame(connection, "select indicator, subject_id, state from v_flag")
    states = pl.concat([flags, _states_of_dwellings(connection)])
    groups = frame(connection, "select subject_id, control_group_id from v_control_group")
    sets = frame(connection, "select subject_id, directed_set_id as control_group_id from v_directed_set")
    patterns = frame(connection, "select indicator, party_id, pattern_id from v_flow_pattern")
    rows = with_patterns(with_groups(with_groups(read_truth(truth), groups), sets, SET_OF), patterns)
    subjects = frame(connection, read_sql(__package__, "subjects"), {"ids": rows["subject_id"].to_list()})
    types = dict(counts.select("indicator", "subject_type").iter_rows())
    present, absent = split_by_presence(rows, subjects, types)
    return evaluate(states, present, counts) if present.height else pl.DataFrame(), absent


def _states_of_dwellings(connection: Connection) -> pl.DataFrame:
    """indicator, subject_id, state of dwellings, and sales of them, that no legal entity holds or held.

    They have no row in `v_flag`, so the queries of their indicators run again on the release.
    """
    as_of = frame(connection, "select as_of from v_release").item()
    parts = [pl.DataFrame(schema=dict.fromkeys(("indicator", "subject_id", "state"), pl.String))]
    for code, indicator in indicators().items():
        if indicator.subject_type in PRIVATE_KINDS:
            states = find_states(connection, indicator, as_of)
            private = states.filter(pl.col("is_private") & (pl.col("state") != NOT_FLAGGED))
            parts.append(private.select(pl.lit(code).alias("indicator"), "subject_id", "state"))
    return pl.concat(parts)


def read_truth(path: Path) -> pl.DataFrame:
    """TRUTH_COLUMNS of a CSV file; other columns are dropped.

    Raises UsageError if the file cannot be used.
    """
    try:
        rows = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError):
        raise UsageError(
            f"{path.name} cannot be read as CSV; a truth file has the columns {', '.join(TRUTH_COLUMNS)}"
        ) from None
    return checked_truth(rows, path.name)


def checked_truth(truth: pl.DataFrame, name: str = "the truth file") -> pl.DataFrame:
    """TRUTH_COLUMNS as text.

    Raises UsageError if a column is missing, there are no rows, an expected state is unknown, a value is
    blank, or a subject occurs twice for an indicator.
    """
    if missing := [column for column in TRUTH_COLUMNS if column not in truth.columns]:
        raise UsageError(f"{name} has no column {missing[0]}; it needs {', '.join(TRUTH_COLUMNS)}")
    rows = truth.select(pl.col(column).cast(pl.String).str.strip_chars() for column in TRUTH_COLUMNS)
    if rows.is_empty():
        raise UsageError(
            f"{name} has a header but no rows; add one row for each subject with the state that an "
            "indicator must give it"
        )
    if (blank := rows.filter(pl.any_horizontal(pl.all().is_null() | (pl.all() == "")))).height:
        raise UsageError(
            f"{name}: {blank.height} rows have a blank; every row needs {', '.join(TRUTH_COLUMNS)}"
        )
    unknown = rows.filter(~pl.col("expected").is_in(STATES))["expected"].unique().sort()
    if len(unknown):
        raise UsageError(f"{name}: expected is {unknown[0]!r}; write one of {', '.join(STATES)}")
    twice = rows.filter(pl.struct(KEY).is_duplicated()).sort(KEY)
    if twice.height:
        raise UsageError(
            f"{name}: {twice['indicator'][0]} {twice['subject_id'][0]} is there twice; keep one of the rows"
        )
    return rows


def with_groups(truth: pl.DataFrame, groups: pl.DataFrame, prefix: str = GROUP_OF) -> pl.DataFrame:
    """The truth with the id of the group in place of `prefix` and a member's id.

    groups: subject_id, control_group_id; of several the smallest id counts. For a member without a group the
    placeholder remains, and it has no state.
    """
    group_ids = groups.select(subject_id=prefix + pl.col("subject_id"), found_id="control_group_id")
    return _with_ids(truth, group_ids, ["subject_id"])


def with_patterns(truth: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    """The truth with the id of the pattern in place of PATTERN_OF and the id of the party that begins it.

    patterns: indicator, party_id, pattern_id; of several the smallest id counts. For a party without a
    pattern the placeholder remains, and it has no state.
    """
    named = PATTERN_OF + pl.col("party_id")
    return _with_ids(truth, patterns.select("indicator", subject_id=named, found_id="pattern_id"), KEY)


def _with_ids(truth: pl.DataFrame, ids: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """The truth with `found_id` in place of subject_id if a row of `ids` has the same key."""
    first = ids.group_by(key).agg(pl.col("found_id").min())
    joined = truth.join(first, on=key, how="left", maintain_order="left")
    return joined.with_columns(subject_id=pl.coalesce("found_id", "subject_id")).drop("found_id")


def split_by_presence(
    truth: pl.DataFrame, subjects: pl.DataFrame, types: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of a truth that can be measured, and those whose subject is not in the release.

    An absent subject cannot be flagged, so an absent near miss would always count as correct. An absent
    subject that is expected to be flagged is still measured, and counts as missed.

    truth: as from `with_groups`. subjects: subject_id, subject_type of the release, including the
    placeholders GROUP_OF, SET_OF and PATTERN_OF. types: code of an indicator → type of its subjects.

    Raises UsageError if a code is unknown.
    """
    unknown = [code for code in truth["indicator"].unique().sort() if code not in types]
    if unknown:
        raise UsageError(
            f"{len(unknown)} codes of the truth file are not indicators, {as_typed(unknown[0])} "
            "first; `undertow indicators` lists the valid codes"
        )
    typed = truth.with_columns(
        pl.col("indicator").replace_strict(types, return_dtype=pl.String).alias("subject_type")
    )
    absent = (
        typed.filter(pl.col("expected") != FLAGGED)
        .join(subjects, on=["subject_id", "subject_type"], how="anti", maintain_order="left")
        .select(TRUTH_COLUMNS)
    )
    return truth.join(absent, on=KEY, how="anti", maintain_order="left"), absent


def evaluate(states: pl.DataFrame, truth: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """One row for each indicator in the truth, sorted by code.

    states: indicator, subject_id, state; several rows of a subject (sub-types) count once, flagged before
    not_assessable. truth: TRUTH_COLUMNS, one row per subject and indicator. counts: indicator, n_flagged,
    n_not_flagged, n_not_assessable of the release.

    Returns numbers of subjects: hits_n (expected flagged) = found_n + missed_n; near_misses_n (expected
    not_flagged); wrongly_flagged_n (flagged though not expected); not_assessable_n (expected so) and
    not_assessable_agree_n; precision = found / (found + wrongly flagged) and recall = found / hits, null
    where their denominator is 0; background_flags_n (flags on subjects outside the truth), candidates_n
    (subjects of all states), background_per_10000.

    Raises UsageError if the truth cannot be used.
    """
    rows = checked_truth(truth)
    strongest = _strongest_states(states)
    candidates = pl.sum_horizontal("n_flagged", "n_not_flagged", "n_not_assessable").cast(pl.Int64)
    table = (
        rows.join(strongest, on=KEY, how="left")
        .with_columns(pl.col("state").fill_null(NOT_FLAGGED))
        .group_by("indicator")
        .agg(_counted())
        .join(_background(strongest, rows), on="indicator", how="left")
        .join(counts.select("indicator", candidates.alias("candidates_n")), on="indicator", how="left")
    )
    return _with_rates(table).sort("indicator")


def _strongest_states(states: pl.DataFrame) -> pl.DataFrame:
    """indicator, subject_id, state: the strongest state of each subject."""
    rank = pl.col("state").replace_strict(STRENGTH, return_dtype=pl.Int8)
    rows = states.select(pl.col(*KEY, "state").cast(pl.String)).sort(*KEY, rank)
    return rows.unique(KEY, keep="first", maintain_order=True)


def _counted() -> list[pl.Expr]:
    expected, state = pl.col("expected"), pl.col("state")
    counts = {
        "hits_n": expected == FLAGGED,
        "found_n": (expected == FLAGGED) & (state == FLAGGED),
        "missed_n": (expected == FLAGGED) & (state != FLAGGED),
        "near_misses_n": expected == NOT_FLAGGED,
        "wrongly_flagged_n": (expected != FLAGGED) & (state == FLAGGED),
        "not_assessable_n": expected == NOT_ASSESSABLE,
        "not_assessable_agree_n": (expected == NOT_ASSESSABLE) & (state == NOT_ASSESSABLE),
    }
    return [condition.sum().cast(pl.Int64).alias(name) for name, condition in counts.items()]


def _background(states: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """indicator, background_flags_n: flagged subjects that are not in the truth."""
    outside = states.filter(pl.col("state") == FLAGGED).join(truth, on=KEY, how="anti")
    return outside.group_by("indicator").agg(pl.len().cast(pl.Int64).alias("background_flags_n"))


def _with_rates(table: pl.DataFrame) -> pl.DataFrame:
    flagged = pl.col("found_n") + pl.col("wrongly_flagged_n")
    background = pl.col("background_flags_n").fill_null(0)
    return table.select(
        "indicator",
        "hits_n",
        "found_n",
        "missed_n",
        "near_misses_n",
        "wrongly_flagged_n",
        "not_assessable_n",
        "not_assessable_agree_n",
        pl.when(flagged > 0).then(pl.col("found_n") / flagged).alias("precision"),
        pl.when(pl.col("hits_n") > 0).then(pl.col("found_n") / pl.col("hits_n")).alias("recall"),
        background.alias("background_flags_n"),
        "candidates_n",
        pl.when(pl.col("candidates_n") > 0)
        .then(background * BACKGROUND_PER / pl.col("candidates_n"))
        .alias("background_per_10000"),
    )
