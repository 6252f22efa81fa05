"""Official numbers that a BODS entity states."""

from __future__ import annotations

import polars as pl

from transforms.formats.bods.values import items
from transforms.values.identifiers import (
    GB_COH,
    is_dummy_number,
    is_scheme_filler,
    lei,
    normalise_gb_coh,
    tidy_number,
)
from transforms.values.names import collapsed

LEI = "XI-LEI"
# Lists of public bodies whose codes are words or letters. Source: org-id.guide.
SCHEMES_OF_LETTERS = ("GB-GOR", "GB-GOV", "GB-LAE", "GB-LANI", "GB-LAS", "GB-NHS", "GB-PLA")
INTERNATIONAL = "XI"  # what org-id.guide begins schemes with that are of no country


def numbers(frame: pl.DataFrame, legal_form_class: pl.Expr) -> pl.DataFrame:
    """record_no, scheme, number, native: the one number that each entity is known by; no row without a usable
    one.

    `GB-COH` by its number rules comes first, then other org-id schemes by name, then `XI-LEI`, and last a UK
    number that is a common filler and not written in full. A short number of a register abroad counts, as its
    scheme says whose it is.
    `legal_form_class`: over `frame`, as `identifiers.normalise_gb_coh` takes it.
    """
    return _ranked_numbers(frame, legal_form_class).unique("record_no", keep="first", maintain_order=True)


def further_numbers(frame: pl.DataFrame, legal_form_class: pl.Expr) -> pl.DataFrame:
    """Usable numbers beside the one that the entity is known by.

    Columns of `numbers`, country (of the register; null for XI-LEI) and place (from 0).
    """
    every = _ranked_numbers(frame, legal_form_class).unique(
        ["record_no", "scheme", "number"], keep="first", maintain_order=True
    )
    placed = every.with_columns((pl.int_range(pl.len()).over("record_no") - 1).alias("place"))
    prefix = pl.col("scheme").str.head(2)
    return placed.filter(pl.col("place") >= 0).with_columns(
        pl.when(prefix != INTERNATIONAL).then(prefix.str.to_lowercase()).alias("country")
    )


def _ranked_numbers(frame: pl.DataFrame, legal_form_class: pl.Expr) -> pl.DataFrame:
    """record_no, scheme, number, native of every usable number, the best of each entity first."""
    formed = frame.with_columns(legal_form_class.alias("form_class"))
    stated = items(formed, "recordDetails.identifiers", ("scheme", "id"), ("record_no", "form_class"))
    upper = collapsed(pl.col("id").str.to_uppercase())
    # One number is written with dots, blanks or neither. Letters of other scripts are told apart, so they
    # stay.
    tidy = pl.when(upper.str.contains(r"^[ -~]*$")).then(tidy_number(pl.col("id"))).otherwise(upper)
    is_of_letters = pl.col("scheme").is_in(SCHEMES_OF_LETTERS)
    usable = (
        pl.when(pl.col("scheme") == GB_COH)
        .then(normalise_gb_coh(pl.col("id"), pl.col("form_class")))
        .when(pl.col("scheme") == LEI)
        .then(lei(pl.col("id")))
        .when(
            pl.col("scheme").str.contains(r"^[A-Z]{2}-[A-Z0-9_]+$")
            & ~is_scheme_filler(pl.col("id"), is_of_letters)
        )
        .then(tidy)
    )
    known = stated.with_columns(usable.alias("number"), tidy.alias("tidy")).filter(
        pl.col("number").is_not_null()
    )
    is_uk, is_typed = pl.col("scheme") == GB_COH, is_dummy_number(pl.col("number"))
    rank = (
        pl.when(is_uk & is_typed & (pl.col("tidy") != pl.col("number")))
        .then(4)
        .when(pl.col("scheme") == LEI)
        .then(3)
        .when(~is_uk)
        .then(2)
        .when(is_typed)
        .then(1)
        .otherwise(0)
    )
    return (
        known.with_columns(rank.alias("rank"))
        .sort("record_no", "rank", "scheme", "number", "id")
        .select("record_no", "scheme", "number", pl.col("id").alias("native"))
    )
