"""Find the company that a record without a usable number may be: one with its name and country, and further
evidence that agrees. Also the methods of such matches and their scores.
"""

from collections.abc import Mapping

import polars as pl

from transforms.model.sql import Connection, frame
from transforms.resolution.companies.candidates import OTHER_BODY, Beside, addresses
from transforms.values.identifiers import can_identify

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
BY_ADDRESS, BY_NAME, TOGETHER, UNVERIFIED, VERIFIED = (
    "name_and_address",
    "name_and_jurisdiction",
    "records_agree",
    "identifier_unverified",
    "identifier_and_name",
)
# Evidence → method of a record that joins a number; BY_NAME of all other evidence.
METHODS: Mapping[str, str] = {
    "vat": UNVERIFIED,
    "number": UNVERIFIED,
    "unit": BY_ADDRESS,
    "postcode": BY_ADDRESS,
}
# Methods whose matches are likely, not certain.
UNCONFIRMED = (UNVERIFIED, BY_ADDRESS, BY_NAME, TOGETHER)
# Two statements whose parties were joined by name, or may be one, and the further evidence: a key of SCORES.
PAIR: Mapping[str, type[pl.DataType]] = {
    "statement_id": pl.String,
    "other_statement_id": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
}


NAMES_ARE_UNIQUE = "gb"  # by Companies Act 2006, section 66; and the whole register is held
NUMBER_DIGITS_MIN = 4  # (own) digits that a number of a foreign register must have to count
ENTRY_STATEMENTS_SQL = """
select distinct org_id, statement_id
from entry_name semi join wanted_company using (org_id)
order by all
"""


def matched_entries(
    connection: Connection, own: pl.DataFrame, beside: Beside, entries: pl.DataFrame
) -> pl.DataFrame:
    """`_matched` against the entries of registers (`candidates.entries`)."""
    sound = _sound_matches(own, beside, entries)
    connection.register("wanted_company", sound.select("org_id").unique().to_arrow())
    return _matched(connection, sound, beside, frame(connection, ENTRY_STATEMENTS_SQL))


def matched_companies(
    connection: Connection, own: pl.DataFrame, beside: Beside, companies: pl.DataFrame
) -> pl.DataFrame:
    """`_matched` against companies whose number other records state (`candidates.stated_companies`)."""
    sound = _sound_matches(own, beside, companies)
    wanted = companies.join(sound.select("org_id").unique(), on="org_id", how="semi")
    return _matched(connection, sound, beside, wanted.select("org_id", "statement_id").unique())


def _matched(
    connection: Connection, sound: pl.DataFrame, beside: Beside, statements: pl.DataFrame
) -> pl.DataFrame:
    """statement_id, party_id, org_id, method, score, joins, target_id (a statement of that company),
    is_entry, evidence.

    One row for each record with a match. `statements`: org_id, statement_id of the matched companies.
    """
    places = _same_places(sound, beside.places, statements, addresses(connection, statements))
    agreed = sound.join(places, on="statement_id", how="left")
    return _scored(agreed.join(_same_vat(sound, beside.vats), on="statement_id", how="left"))


def _sound_matches(own: pl.DataFrame, beside: Beside, companies: pl.DataFrame) -> pl.DataFrame:
    """Records with the one company of their name and country, if there is exactly one of the same kind."""
    pairs = _with_country(own, beside.places).join(
        companies.drop("statement_id", "is_distinct", strict=False),
        left_on=("core", "in_country"),
        right_on=("core", "country"),
        how="inner",
        suffix="_there",
    )
    alike = [(pl.col(name) == pl.col(f"{name}_there")).fill_null(True) for name in ("form", "subdivision")]
    usable = (
        pairs.filter(*alike)
        .with_columns(same_number=is_abroad() & (pl.col("number") == pl.col("number_there")).fill_null(False))
        .filter(pl.col("number").is_null() | pl.col("same_number"))
    )
    single = (
        usable.filter(pl.col("org_id").n_unique().over("statement_id") == 1)
        .group_by("statement_id")
        .agg(pl.all().exclude("target_id").sort_by("is_present").last(), pl.col("target_id").min())
    )
    return single.filter(_same_kind())


def _with_country(own: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Add in_country: the stated country, else the country of the record's addresses if there is only one."""
    single = (
        places.filter(pl.col("address_country").n_unique().over("statement_id") == 1)
        .group_by("statement_id")
        .agg(pl.col("address_country").min())
    )
    return own.join(single, on="statement_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("country", "address_country").alias("in_country")
    )


def is_abroad() -> pl.Expr:
    """Whether a usable number of a foreign register is stated. An unusable UK number does not count."""
    return ((pl.col("country") != "gb") & can_identify(pl.col("number"), NUMBER_DIGITS_MIN)).fill_null(False)


def _same_kind() -> pl.Expr:
    there = pl.col("kind_there")
    is_same = (pl.col("kind") == there) | ((pl.col("kind") == OTHER_BODY) & (there == "charter"))
    return is_same.fill_null(True) & (there != "overseas").fill_null(True)


def _contradicts() -> pl.Expr:
    founded_later = (pl.col("incorporated_on") > pl.col("spoken_on")).fill_null(False)
    return founded_later | (pl.col("dissolved_on") < pl.col("spoken_on")).fill_null(False)


def _same_places(
    sound: pl.DataFrame, places: pl.DataFrame, statements: pl.DataFrame, there: pl.DataFrame
) -> pl.DataFrame:
    """statement_id, same_unit, same_postcode: whether an address of the record and of the company agree."""
    seats = statements.join(there, on="statement_id", how="inner").select("org_id", "unit", "postcode")
    return (
        sound.select("statement_id", "org_id")
        .join(places, on="statement_id", how="inner")
        .join(seats, on="org_id", how="inner", suffix="_there")
        .group_by("statement_id")
        .agg(
            (pl.col(name) == pl.col(f"{name}_there")).any().alias(f"same_{name}")
            for name in ("unit", "postcode")
        )
    )


def _same_vat(sound: pl.DataFrame, vats: pl.DataFrame) -> pl.DataFrame:
    """statement_id, same_vat (true): records whose VAT number a record of the matched company states too."""
    return (
        sound.select("statement_id", "org_id")
        .join(vats.select("statement_id", "vat"), on="statement_id", how="inner")
        .join(vats.select("org_id", "vat"), on=("org_id", "vat"), how="semi")
        .select("statement_id")
        .unique()
        .with_columns(same_vat=True)
    )


def _scored(agreed: pl.DataFrame) -> pl.DataFrame:
    tells_apart = (
        pl.col("is_distinct")
        & (pl.col("in_country") == NAMES_ARE_UNIQUE)
        & (pl.col("role") != "proprietor")
        & pl.col("is_entry")
        & pl.col("is_present")
        & pl.col("form").is_not_null()
        & pl.col("form_there").is_not_null()
    )
    holds = {
        "number": pl.col("same_number"),
        "vat": pl.col("same_vat"),
        "unit": pl.col("same_unit"),
        "postcode": pl.col("same_postcode"),
        "distinct": tells_apart & pl.col("country").is_not_null(),
        "unstated": tells_apart,
        "candidate": pl.col("is_distinct"),
    }
    evidence = pl.coalesce(pl.when(condition).then(pl.lit(name)) for name, condition in holds.items())
    is_contradicted = _contradicts() & evidence.is_not_null()
    judged = agreed.with_columns(
        pl.when(is_contradicted).then(pl.lit("candidate")).otherwise(evidence).alias("evidence")
    )
    method = (
        pl.when(pl.col("is_entry") & (pl.col("evidence") == "number"))
        .then(pl.lit(VERIFIED))
        .otherwise(pl.col("evidence").replace_strict(METHODS, default=BY_NAME, return_dtype=pl.String))
    )
    return judged.filter(pl.col("evidence").is_not_null()).select(
        "statement_id",
        "party_id",
        "org_id",
        method.alias("method"),
        pl.col("evidence").replace_strict(SCORES, return_dtype=pl.Float64).alias("score"),
        (pl.col("evidence") != "candidate").alias("joins"),
        "target_id",
        "is_entry",
        "evidence",
    )
