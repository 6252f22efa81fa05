"""Countries and official numbers of an entity."""

import polars as pl

from transforms.formats.bods.parties import LEI
from transforms.formats.bods.values import subdivision_code
from transforms.formats.ftm.values import code, native, texts
from transforms.model.parsing import statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import IDENTIFIER_STATEMENT
from transforms.values.identifiers import (
    GB_COH,
    VAT,
    is_dummy_number,
    is_placeholder,
    lei,
    normalise_gb_coh,
    tidy_number,
    vat_country,
    vat_number,
)

# Property → scheme, country (None: that of the entity).
NUMBERS: dict[str, tuple[str | None, str | None]] = {
    "registrationNumber": (None, None),
    "leiCode": (LEI, None),
    "ogrnCode": (None, "ru"),
    "innCode": (None, "ru"),
    "uscCode": (None, "cn"),
    "vatCode": (VAT, None),
}
COUNTRIES = ("jurisdiction", "mainCountry", "country")  # in order of preference
UK = "gb"
OF_PARTY = ("record_no", "record", "record_id")


def _places(entities: pl.DataFrame) -> pl.DataFrame:
    """record_no, countries (every stated one, sorted), jurisdiction, subdivision.

    Lists of the standard have no order. Of several countries in one property the jurisdiction is the United
    Kingdom, because its register can confirm it, else the first by code.
    """
    each = pl.concat(
        [
            texts(entities, native(name), ("record_no",)).select(
                "record_no",
                pl.lit(rank).alias("rank"),
                code(pl.col("text")).alias("code"),
                subdivision_code(pl.col("text")).alias("part"),
            )
            for rank, name in enumerate(COUNTRIES)
        ]
    ).filter(pl.col("code").is_not_null())
    countries = each.group_by("record_no").agg(pl.col("code").unique().sort().alias("countries"))
    first = each.filter(pl.col("rank") == pl.col("rank").min().over("record_no")).with_columns(
        (pl.col("code") != UK).alias("is_other")
    )
    best = (
        first.sort("record_no", "is_other", "code")
        .group_by("record_no", maintain_order=True)
        .agg(pl.col("code").first().alias("jurisdiction"))
    )
    known = (
        first.join(best, left_on=("record_no", "code"), right_on=("record_no", "jurisdiction"), how="semi")
        .group_by("record_no")
        .agg(pl.col("part").unique())
        .select(
            "record_no",
            pl.when(pl.col("part").list.len() == 1).then(pl.col("part").list.first()).alias("subdivision"),
        )
    )
    return countries.join(best, on="record_no", how="left").join(known, on="record_no", how="left")


def _padded_as() -> pl.Expr:
    """Legal form by which a UK company number is padded: only a company's may be."""
    is_company = pl.col("schema") == "Company"
    return pl.when(is_company).then(pl.lit("company")).otherwise(pl.lit("unknown")).alias("padded_as")


def _stated_numbers(placed: pl.DataFrame) -> pl.DataFrame:
    """record_no, uk and uk_native (the UK company number in the register's spelling and as stated), lei,
    stated.

    All numbers are tried. Of several UK numbers the preferred one is not a common filler, then needs no
    padding, then comes first in order. A padded common filler gives way to a LEI.
    """
    entities = placed.with_columns(
        _padded_as(), pl.col("countries").list.contains(UK).fill_null(False).alias("is_uk")
    )
    numbers = texts(entities, native("registrationNumber"), ("record_no", "padded_as", "is_uk")).with_columns(
        tidy_number(pl.col("text")).alias("tidy")
    )
    fitting = (
        numbers.filter("is_uk")
        .with_columns(normalise_gb_coh(pl.col("text"), pl.col("padded_as")).alias("uk"))
        .filter(pl.col("uk").is_not_null())
    )
    fitting = fitting.with_columns(
        (pl.col("tidy") != pl.col("uk")).alias("is_padded"),
        is_dummy_number(pl.col("uk")).alias("is_dummy_number"),
    )
    whole_first = fitting.sort("record_no", "is_dummy_number", "is_padded", "uk", "text")
    leis = texts(placed, native("leiCode"), ("record_no",)).with_columns(lei(pl.col("text")).alias("lei"))
    chosen = (
        whole_first.group_by("record_no", maintain_order=True).agg(
            pl.col("uk").first(),
            pl.col("text").first().alias("uk_native"),
            pl.col("is_dummy_number", "is_padded").first(),
        ),
        leis.group_by("record_no").agg(pl.col("lei").min()),
        numbers.with_columns(is_placeholder(pl.col("text")).alias("is_empty"))
        .sort("record_no", "is_empty", "tidy", "text")
        .group_by("record_no", maintain_order=True)
        .agg(pl.col("text").first().alias("stated")),
    )
    result = placed.select("record_no")
    for numbers_chosen in chosen:
        result = result.join(numbers_chosen, on="record_no", how="left", maintain_order="left")
    return result


def numbered(entities: pl.DataFrame) -> pl.DataFrame:
    """Add countries, jurisdiction, subdivision, and the identifying number: scheme, number, native.

    It is a UK company number if one of the stated countries is the United Kingdom, else a LEI, else none.
    """
    placed = entities.join(_places(entities), on="record_no", how="left", maintain_order="left")
    tried = placed.join(_stated_numbers(placed), on="record_no", how="left", maintain_order="left")
    is_lei = pl.col("lei").is_not_null()
    is_uk = pl.col("uk").is_not_null() & ~(
        is_lei & pl.col("is_dummy_number") & pl.col("is_padded")
    ).fill_null(False)
    return tried.with_columns(
        pl.when(is_uk).then(pl.lit(GB_COH)).when(is_lei).then(pl.lit(LEI)).alias("scheme"),
        pl.when(is_uk).then("uk").otherwise("lei").alias("number"),
        pl.when(is_uk).then("uk_native").when(is_lei).then("lei").otherwise("stated").alias("native"),
    )


def numbers_beside(entities: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """All numbers of the entities except the identifying one. Placeholders are left out."""
    each = _tidied(_every_number(numbered(entities).with_columns(_padded_as())))
    is_identifying = (pl.col("tidy") == pl.col("number")) & pl.col("country").eq_missing(
        pl.col("jurisdiction")
    )
    # If the entity has a UK company number, a stated UK number of another form is left out.
    is_misfit = (
        (pl.col("scheme") == GB_COH)
        & (pl.col("rank") == 0)
        & (pl.col("country") == UK)
        & pl.col("of_scheme").is_null()
    )
    is_usable = pl.col("tidy").is_not_null() & ~pl.col("tidy").str.contains("^[A-Z]*0*$")
    once = (
        each.filter(is_usable & ~is_identifying.fill_null(False) & ~is_misfit.fill_null(False))
        .sort("record_no", "rank", "tidy", "country", "text")
        .unique(["record_no", "tidy", "country"], keep="first", maintain_order=True)
    )
    return statement(
        once,
        IDENTIFIER_STATEMENT,
        edition,
        pl.lit("k") + pl.int_range(pl.len()).over("record_no").cast(pl.String),
        of_statement_id=statement_id("p"),
        scheme=pl.col("of_scheme"),
        number=pl.col("tidy"),
        number_native=pl.col("text"),
        country=pl.col("country"),
    )


def _every_number(entities: pl.DataFrame) -> pl.DataFrame:
    """One row for each number and country: `text`, `of_scheme`, `rank` (the order of NUMBERS), `country`.

    The country is the one whose register gives such numbers, else each one that the entity states.
    """
    keep = (*OF_PARTY, "padded_as", "countries", "jurisdiction", "scheme", "number")
    return pl.concat(
        [
            texts(entities, native(name), keep).with_columns(
                pl.lit(scheme, dtype=pl.String).alias("of_scheme"),
                pl.lit(rank).alias("rank"),
                pl.lit([country] if country else None, dtype=pl.List(pl.String))
                .fill_null(pl.col("countries"))
                .alias("country"),
            )
            for rank, (name, (scheme, country)) in enumerate(NUMBERS.items())
        ]
    ).explode("country")


def _tidied(each: pl.DataFrame) -> pl.DataFrame:
    """Add `tidy`: the number in the spelling of its register. A VAT number's prefix decides its country."""
    is_vat = (pl.col("of_scheme") == VAT).fill_null(False)
    is_uk = (pl.col("rank") == 0) & (pl.col("country") == UK)
    uk = pl.when(is_uk).then(normalise_gb_coh(pl.col("text"), pl.col("padded_as")))
    tidied = each.with_columns(
        pl.when(is_vat)
        .then(vat_number(pl.col("text"), pl.col("country")))
        .otherwise(pl.coalesce(uk, tidy_number(pl.col("text"))))
        .alias("tidy"),
        pl.when(uk.is_not_null()).then(pl.lit(GB_COH)).otherwise("of_scheme").alias("of_scheme"),
    )
    # A VAT number keeps its scheme, so `is_vat` still holds.
    return tidied.with_columns(
        pl.when(is_vat).then(vat_country(pl.col("tidy"))).otherwise("country").alias("country")
    )
