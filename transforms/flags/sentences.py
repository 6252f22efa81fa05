"""The sentence of each flag, and of each subject that is not assessable."""

from collections.abc import Mapping

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.indicator import Indicator


def with_sentences(states: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """`states` (flag_id, subject_id, subject_name, state, reason, and what the sentence names) with
    `explanation`.
    """
    flagged = states.filter(pl.col("state") == "flagged")
    sentences = pl.DataFrame(
        {
            "flag_id": flagged["flag_id"],
            "sentence": [_sentence(indicator, row) for row in flagged.iter_rows(named=True)],
        },
        schema={"flag_id": pl.String, "sentence": pl.String},
    )
    # As many subjects as there are companies may be not assessable, so these are worded column by column.
    words = {reason: _reason_words(indicator, reason) for reason in states["reason"].unique().to_list()}
    not_assessable = pl.format(
        "{}: not assessable, because {}.",
        pl.when(pl.col("subject_name") != "").then("subject_name").otherwise("subject_id"),
        pl.col("reason").replace_strict(words, return_dtype=pl.String),
    )
    joined = states.join(sentences, on="flag_id", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("sentence", not_assessable).alias("explanation")).drop("sentence")


def _sentence(indicator: Indicator, row: Mapping[str, object]) -> str:
    try:
        return indicator.sentence.format_map(
            {**row, "subject_name": row["subject_name"] or row["subject_id"]}
        )
    except KeyError as missing:
        raise DeclarationError(
            f"{indicator.code}: its sentence names {missing}, but its states query gives no such column"
        ) from None


def _reason_words(indicator: Indicator, reason: str | None) -> str:
    """Plain words for a reason code; those with a colon are everyone's."""
    kind, _, register = (reason or "").partition(":")
    match kind:
        case "extract":
            return f"the edition of {register} is an extract, and absence from it proves nothing"
        case "rejected":
            return f"a record of {register} that may speak of it was rejected"
        case "not_published":
            return f"no register there publishes {register}"
        case "missing":
            return f"no edition of {register} is held"
        case _:
            return indicator.reasons.get(kind, "the facts are not known")
