"""Companies that no number is known of: records that agree among themselves are one party."""

import polars as pl

from transforms.resolution.companies.candidates import Beside
from transforms.resolution.companies.matching import is_abroad
from transforms.resolution.companies.scores import PAIR, SCORES
from transforms.resolution.records import smallest_reached

# What is stated of a company, and keeps apart those who state several.
APART = ("form", "number", "court", "subdivision")
SINGLE = (*APART, "kind")  # of which a set of records may state one


def joined_together(alone: pl.DataFrame, beside: Beside) -> pl.DataFrame:
    """party_id, with_id and PAIR: parties that are one with an earlier one.

    Links are followed to a fixpoint. A set in which two numbers, forms, subdivisions or kinds of body stand
    is none: of it, those parties are one that state the same, or nothing. The earliest party gives its id.
    """
    records = alone.filter(pl.col("country").is_not_null())
    units = records.join(beside.places.filter(pl.col("unit").is_not_null()), on="statement_id", how="inner")
    taxed = records.join(beside.vats.select("statement_id", "vat"), on="statement_id", how="inner")
    abroad = records.filter(is_abroad())
    links = pl.concat([_linked(taxed, "vat"), _linked(units, "unit"), _linked(abroad, "number")])
    if links.is_empty():
        return pl.DataFrame(schema={"party_id": pl.String, "with_id": pl.String, **PAIR})
    first = records.group_by("party_id").agg(pl.col("seq").min())
    whole, torn = _sound(links.join(first, on="party_id", how="inner"), records)
    alike = records.group_by("party_id").agg(pl.col(SINGLE).drop_nulls().unique().sort().str.join(","))
    again = torn.join(alike, on="party_id", how="inner").with_columns(
        pl.concat_str("group", *SINGLE, separator="|").alias("group")
    )
    sound = pl.concat([whole, _sound(again.select(torn.columns), records)[0]])
    return _named(sound, records)


def _linked(rows: pl.DataFrame, evidence: str) -> pl.DataFrame:
    """party_id, group, score: groups of several parties that agree in name, country and `evidence`.

    Where two numbers are stated at one unit, only those of one number are together, and those that state none
    among themselves, as each may be either; so for forms, courts and subdivisions.
    """
    alike = ("core", "country", evidence)
    differs = {name: pl.col(name).drop_nulls().n_unique().over(alike) > 1 for name in APART}
    apart = rows.with_columns(
        pl.when(is_several).then(name).alias(f"{name}_apart") for name, is_several in differs.items()
    )
    by = (*alike, *(f"{name}_apart" for name in APART))
    group = pl.concat_str(pl.lit(f"{evidence}|"), pl.col("seq").min().over(by).cast(pl.String))
    several = apart.filter(pl.col("party_id").n_unique().over(by) > 1)
    return several.select("party_id", group.alias("group"), pl.lit(SCORES[evidence]).alias("score")).unique(
        maintain_order=True
    )


def _sound(links: pl.DataFrame, records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`links` with reached, of the sets that state one of each of SINGLE at most, and of the others."""
    work = links.drop("reached", strict=False)
    work = work.with_columns(smallest_reached(work, "seq", ("group", "party_id")).alias("reached"))
    members = work.select("party_id", "reached").unique()
    stated = records.join(members, on="party_id", how="inner").group_by("reached")
    counts = stated.agg(pl.col(SINGLE).drop_nulls().n_unique())
    sound = counts.filter(pl.all_horizontal(pl.col(SINGLE) <= 1))
    return work.join(sound, on="reached", how="semi"), work.join(sound, on="reached", how="anti")


def _named(sound: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """party_id, with_id (of the party whose record is `reached`) and PAIR."""
    names = records.select(pl.col("seq").alias("reached"), pl.col("party_id").alias("with_id"))
    best = (
        sound.join(names, on="reached", how="inner")
        .group_by("party_id", "with_id")
        .agg(pl.col("score").max(), pl.col("group").str.extract(r"^(\w+)").min().alias("evidence"))
    )
    first = records.sort("seq").unique("party_id", keep="first", maintain_order=True)
    earliest = first.select("party_id", "statement_id")
    others = earliest.select(
        pl.col("party_id").alias("with_id"), pl.col("statement_id").alias("other_statement_id")
    )
    both = best.join(earliest, on="party_id", how="left").join(others, on="with_id", how="left")
    return both.select("party_id", "with_id", *PAIR)
