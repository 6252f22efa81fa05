"""Overseas proprietors and the UK's register of overseas entities: candidates by name and country, never a
merge.

The land registry states an overseas proprietor's name and country of incorporation, rarely a UK number. A
name is not unique in a country (sub-registries, names that are reused), so the entity on the register stays a
candidate:

| what agrees | score |
|---|---|
| normalised present or former name and country | 1 |
| name, and the country differs or is not known on one side | SCORE_BELOW_AGREEMENT |
| country, and similar names (NAME_AGREEMENT_MIN) | their similarity, at most SCORE_BELOW_AGREEMENT |

For indicator PRP-100, score 1 means that name and country agree; anything below needs a person to look at it.
A candidate or party from another register says nothing about this register, so the candidate here is added to
it.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from transforms.model.sql import Connection, frame, read_sql
from transforms.values.identifiers import DUMMY_NUMBERS
from transforms.values.names import NAME_AGREEMENT_MIN, company_name_key, names_similarity

SCORE_AGREES = 1.0
SCORE_BELOW_AGREEMENT = 0.99  # (own) highest score of a candidate that a person must look at
NAMES_AT_ONCE = 256  # names compared with a country's whole register at once, to bound memory
CUTOFF = 100 * NAME_AGREEMENT_MIN  # on rapidfuzz's scale
KEY = ("name_key", "country")
# Text that titles have after a name: the capacity in which the party holds, and its law of incorporation.
BESIDE_NAME = (
    r"(?i)[\s,(]+as (?:the |sole |a )*(?:trustees?|nominees?|general partners?)\b.*$"
    r"|\s*\((?:incorporated|registered) in [^)]*\)"
)
NAME_KEY = company_name_key(pl.col("name").str.replace_all(BESIDE_NAME, ""))
UK_NUMBERS = "GB-COH-"


def overseas_candidates(connection: Connection) -> pl.DataFrame:
    """statement_id, found_id, found_score: the best candidate of each overseas proprietor that states no UK
    number, or one that looks made up.

    Of equal scores, an entity still on the register comes before one removed from it, then the smaller
    number.
    """
    proprietors = (
        frame(connection, read_sql(__package__, "overseas_proprietors", anybodys=DUMMY_NUMBERS))
        .with_columns(NAME_KEY.alias("name_key"))
        .filter(pl.col("name_key").is_not_null())
    )
    entities = _entity_names(frame(connection, read_sql(__package__, "overseas_entities")))
    wanted = proprietors.select(KEY).unique().sort(KEY, nulls_last=True)
    chosen = (
        pl.concat([_same_name(wanted, entities), _like_name(wanted, entities)])
        .sort(
            *KEY,
            "found_score",
            "is_live",
            "candidate_id",
            descending=[False, False, True, True, False],
            nulls_last=True,
        )
        .unique(KEY, keep="first", maintain_order=True)
        .select(*KEY, pl.col("candidate_id").alias("found_id"), "found_score")
    )
    return proprietors.join(chosen, on=KEY, how="inner", nulls_equal=True).select(
        "statement_id", "found_id", "found_score"
    )


def _entity_names(entities: pl.DataFrame) -> pl.DataFrame:
    """candidate_id, known_key, country, is_live: one row for each present or former name."""
    former = entities.with_columns(pl.col("former_names").alias("name")).explode("name", empty_as_null=True)
    return (
        pl.concat([entities.drop("former_names"), former.drop("former_names")], how="diagonal")
        .filter(pl.col("name").is_not_null())
        .with_columns(NAME_KEY.alias("known_key"))
        .filter(pl.col("known_key").is_not_null())
        .group_by("candidate_id", "known_key", "country")
        .agg(pl.col("is_live").max())
    )


def _same_name(wanted: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the same normalised name: KEY, candidate_id, is_live, found_score."""
    pairs = wanted.join(
        entities.rename({"country": "known_country"}), left_on="name_key", right_on="known_key", how="inner"
    )
    agrees = (pl.col("country") == pl.col("known_country")).fill_null(False)
    score = pl.when(agrees).then(SCORE_AGREES).otherwise(SCORE_BELOW_AGREEMENT)
    return pairs.select(*KEY, "candidate_id", "is_live", score.alias("found_score"))


def _like_name(wanted: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """Pairs of one country with similar names. Columns as `_same_name`."""
    exact = entities.select(pl.col("known_key").alias("name_key"), "country").unique()
    left = wanted.join(exact, on=KEY, how="anti").filter(pl.col("country").is_not_null())
    pairs = [
        pair
        for country in left["country"].unique().sort()
        for pair in _alike(left.filter(country=country), entities.filter(country=country))
    ]
    empty = pl.DataFrame(
        schema={
            "name_key": pl.String,
            "country": pl.String,
            "candidate_id": pl.String,
            "is_live": pl.Boolean,
            "found_score": pl.Float64,
        }
    )
    return pl.concat([empty, *pairs])


def _alike(wanted: pl.DataFrame, entities: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pairs of one country with similar names, in batches.

    Method: the larger of `names_similarity` and the same measure with the words in their written order,
    because a slip in a first letter moves a word in alphabetical order, and a lost blank joins two words.
    """
    keys, known = _both_orders(wanted["name_key"]), _both_orders(entities["known_key"])
    for start in range(0, wanted.height, NAMES_AT_ONCE):
        scores = [
            process.cdist(a[start : start + NAMES_AT_ONCE], b, scorer=fuzz.ratio, score_cutoff=CUTOFF)
            for a, b in zip(keys, known, strict=True)
        ]
        query, choice = np.nonzero(np.maximum(*scores))
        pairs = pl.concat([wanted[query + start], entities.drop("country")[choice]], how="horizontal")
        alike = pairs.with_columns(_similarity(pairs).alias("found_score")).filter(
            pl.col("found_score") >= NAME_AGREEMENT_MIN
        )
        yield alike.select(
            *KEY, "candidate_id", "is_live", pl.min_horizontal("found_score", pl.lit(SCORE_BELOW_AGREEMENT))
        )


def _both_orders(keys: pl.Series) -> tuple[list[str], list[str]]:
    """The keys as they are, and with their words in alphabetical order."""
    words = keys.to_frame("key").select(pl.col("key").str.split(" ").list.sort().list.join(" "))
    return keys.to_list(), words["key"].to_list()


def _similarity(pairs: pl.DataFrame) -> pl.Series:
    """Similarity of name_key and known_key, 0 to 1; 0 if their numbers differ."""
    plain = process.cpdist(pairs["name_key"].to_list(), pairs["known_key"].to_list(), scorer=fuzz.ratio)
    return pl.DataFrame(
        {
            "words": names_similarity(pairs["name_key"], pairs["known_key"]),
            "plain": pl.Series(plain, dtype=pl.Float64) / 100,
        }
    ).select(
        pl.when(pl.col("words") > 0)
        .then(pl.max_horizontal("words", "plain"))
        .otherwise(0.0)
        .alias("similarity")
    )["similarity"]
