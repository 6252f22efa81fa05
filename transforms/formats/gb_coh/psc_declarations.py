"""Declarations without a party: statements such as "no person with significant control", and exemptions."""

import polars as pl

from transforms.formats import gb_coh
from transforms.formats.gb_coh.arrangements import PERIOD
from transforms.model.parsing import statement
from transforms.model.register import Edition
from transforms.model.statements import RELATIONSHIP_STATEMENT

# Key of an exemption in the record, and its short word in statement ids.
# Its value is {"exemption_type": code, "items": [{"exempt_from": day, "exempt_to": day}]}.
EXEMPTION_KEYS = {
    "disclosure_transparency_rules_chapter_five_applies": "dtr5",
    "psc_exempt_as_trading_on_regulated_market": "market",
    "psc_exempt_as_trading_on_uk_regulated_market": "uk",
    "psc_exempt_as_trading_on_eu_regulated_market": "eu",
    "psc_exempt_as_shares_admitted_on_market": "shares",
}


def _declared(rows: pl.DataFrame, edition: Edition, part: str | pl.Expr) -> pl.DataFrame:
    """Relationships for `declaration_code`. An unlisted code has class unknown and BODS reason unknown."""
    known = rows.join(
        gb_coh.statements().rename({"record_type": "code_type"}),
        left_on="declaration_code",
        right_on="code",
        how="left",
        maintain_order="left",
    )
    unknown = pl.col("declaration_class").is_null()
    return statement(
        known,
        RELATIONSHIP_STATEMENT,
        edition,
        part,
        subject_id=pl.col("subject_id"),
        party_kind=pl.lit("unspecified"),
        unspecified_reason=pl.when(unknown).then(pl.lit("unknown")).otherwise(pl.col("unspecified_reason")),
        declaration_code=pl.col("declaration_code"),
        declaration_class=pl.col("declaration_class").fill_null("unknown"),
        **PERIOD,
    )


def declarations(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Records of the kind statement."""
    stated = records.filter(pl.col("record_type") == "statement").with_columns(
        pl.col("data.statement").alias("declaration_code")
    )
    return _declared(stated, edition, "r")


def exemptions(records: pl.DataFrame, periods: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Every period, including ended ones, so that any past date can be looked up."""
    rows = records.join(periods, on="record_no", how="inner", maintain_order="left_right").with_columns(
        pl.col("exempt_from").alias("valid_from"),
        pl.col("exempt_to").alias("valid_to"),
        (pl.col("exempt_to").is_not_null() | pl.col("is_ceased")).alias("is_ceased"),
        (pl.col("exempt_from") == pl.col("regime_start")).fill_null(False).alias("is_left_censored"),
    )
    return _declared(rows, edition, pl.col("part"))


def exemption_periods(described: pl.DataFrame) -> pl.DataFrame:
    """One row for each period of each exemption.

    Columns: record_no, part, declaration_code, exempt_from, exempt_to, is_possible (the stated days are
    dates).
    """
    exempt = described.filter(pl.col("record_type") == "exemption")
    known = pl.concat([_periods_of(exempt, key, word) for key, word in EXEMPTION_KEYS.items()])
    # An unknown key is still a declaration. Without it the company would count as one that declares nothing.
    other = exempt.join(known, on="record_no", how="anti", maintain_order="left").select(
        "record_no",
        pl.lit("r-other").alias("part"),
        pl.col("data.kind").alias("declaration_code"),
        exempt_from=None,
        exempt_to=None,
        is_possible=True,
    )
    return pl.concat([known, other.select(pl.col(name).cast(dtype) for name, dtype in known.schema.items())])


def _periods_of(exempt: pl.DataFrame, key: str, word: str) -> pl.DataFrame:
    """Periods of one exemption: one for each item, or a single one if there are no items.

    The reader returns the days of the items as two lists.
    """
    code, first, last = (
        pl.col(f"data.exemptions.{key}.{name}")
        for name in ("exemption_type", "items.exempt_from", "items.exempt_to")
    )
    stated = exempt.filter(code.is_not_null() | first.is_not_null() | last.is_not_null())
    items_n = pl.max_horizontal(first.list.len(), last.list.len(), pl.lit(1))
    each = stated.with_columns(pl.int_ranges(0, items_n).alias("item")).explode("item")
    texts = [days.list.get(pl.col("item"), null_on_oob=True) for days in (first, last)]
    days = [text.str.to_date("%Y-%m-%d", strict=False) for text in texts]
    return each.select(
        "record_no",
        pl.format(f"r-{word}-{{}}", "item").alias("part"),
        code.fill_null(key.replace("_", "-")).alias("declaration_code"),
        days[0].alias("exempt_from"),
        days[1].alias("exempt_to"),
        pl.all_horizontal(
            text.is_null() | day.is_not_null() for text, day in zip(texts, days, strict=True)
        ).alias("is_possible"),
    )
