"""How companies without a usable number are joined: the methods, their scores, and what a pair is."""

from collections.abc import Mapping

import polars as pl

# (own) Key of the evidence → score.
SCORES: Mapping[str, float] = {
    "vat": 0.99,
    "unit": 0.99,
    "number": 0.99,
    "postcode": 0.97,
    "distinct": 0.95,
    "unstated": 0.92,
    "candidate": 0.5,
}
BY_ADDRESS, BY_NAME, TOGETHER, UNVERIFIED = (
    "name_and_address",
    "name_and_jurisdiction",
    "records_agree",
    "identifier_unverified",
)
# Evidence → method of a record that joins a number; BY_NAME of all other evidence.
METHODS: Mapping[str, str] = {
    "vat": UNVERIFIED,
    "number": UNVERIFIED,
    "unit": BY_ADDRESS,
    "postcode": BY_ADDRESS,
}
# Methods after which a link is possible, not certain.
UNCONFIRMED = (UNVERIFIED, BY_ADDRESS, BY_NAME, TOGETHER)
# Two statements whose parties a name joined, or might join, and what agrees beside it: a key of SCORES.
PAIR: Mapping[str, type[pl.DataType]] = {
    "statement_id": pl.String,
    "other_statement_id": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
}
