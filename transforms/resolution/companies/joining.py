"""Companies of which a record states no usable number: joined by name, country and address, a candidate, or
left alone.

An official number goes first, and a record that states one is matched by it (`claims`). What is left is
matched here:

| step | what agrees | method | key of SCORES |
|---|---|---|---|
| cross reference | a LEI, stated beside a number under the same name | the number's own | none |
| to a register's entry | name, country, VAT number beside the entry's | identifier_unverified | vat |
| | name, country, and the unit of the address | name_and_address | unit |
| | name, country, and the postcode | name_and_address | postcode |
| | country, and a present name that tells companies apart, with its form | name_and_jurisdiction | distinct |
| | the same, no country stated, an address in that country | name_and_jurisdiction | unstated |
| to a number that records state | name, country abroad, that number | identifier_unverified | number |
| | name, country, and VAT number, unit or postcode | as above | as above |
| records among themselves | name, country, and VAT number or unit | records_agree | vat, unit |
| | name, country abroad, and the register's number there | records_agree | number |

The score of a cross reference is the similarity of the names. Name: the core of `names`, in which both forms
must be the same, or one not stated; where two forms stand at one unit, a record without a form is of neither.
Always:

- in its country one company alone has the name, present or former, of all that is held; a name that two have
  joins nothing;
- a record that states a number that cannot be used does not go to a register's entry, nor to another number;
- two numbers that differ (as their country writes them: `numbers`) are two companies, also through a third
  record; records that state none stay one with each other where two such companies are found, and are neither
  of them; so are two subdivisions of a country (Delaware, Nevada), where a record states one; courts number
  for themselves;
- kinds of body are the same: a society is no company, a state no firm, what the land registry calls a
  corporate body neither; overseas entities stay candidates (`overseas`);
- the register does not contradict: not incorporated after the record speaks of it, nor dissolved before;
- an address that many share (agents, business centres, more than MASS_SEATS_N seats) is no evidence;
- a VAT number alone is no evidence: a group of companies may have one;
- a proprietor's name alone is no evidence: the land registry asks nobody for proof of it;
- a name that the register of its country has is joined to that entry, or not at all.

A name that tells companies apart and meets all but the last evidence leaves a candidate. A name with its form
is evidence in the United Kingdom because no two companies may have one name, its form left out of account
(Companies Act 2006, section 66).
"""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.model.views import RESOLUTION
from transforms.resolution.companies.candidates import (
    Beside,
    entries,
    is_alone,
    open_records,
    registered_names,
    stated_beside,
    stated_companies,
)
from transforms.resolution.companies.matching import (
    PAIR,
    SCORES,
    TOGETHER,
    is_abroad,
    matched_companies,
    matched_entries,
)
from transforms.resolution.judgements import smallest_reached
from transforms.values.names import NAME_AGREEMENT_MIN, company_name_key, names_similarity

LEI_PREFIX = "XI-LEI-"
LEI_NAMES_SQL = """
select r.statement_id, r.party_id, s.name
from lei_row r join entity_statement s using (statement_id)
order by r.statement_id
"""


def with_companies(claims: pl.DataFrame, connection: Connection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`claims` (RESOLUTION) joined by the table above, no row added or lost; and the PAIRs that did it.

    A PAIR for each party that joined another, and for candidates of numbers that no register held has.
    """
    crossed = _cross_referenced(claims, connection)
    records = open_records(crossed, connection)
    if records.is_empty():
        return crossed, pl.DataFrame(schema=PAIR)
    own = records.filter("is_open")
    beside = stated_beside(connection, own)
    registered = entries(connection, own)
    held = matched_entries(connection, own, beside, registered)
    rest = own.join(registered_names(own, registered), on=("core", "country"), how="anti", nulls_equal=True)
    matched = pl.concat([held, matched_companies(connection, rest, beside, stated_companies(records))])
    alone = rest.join(matched.filter("joins"), on="party_id", how="anti")
    best, together = _best(matched), joined_together(alone, beside)
    shown = best.filter(pl.col("joins") | ~pl.col("is_entry")).rename({"target_id": "other_statement_id"})
    merged = together.filter(pl.col("party_id") != pl.col("with_id"))
    return _with_matches(crossed, best, together), pl.concat([shown.select(*PAIR), merged.select(*PAIR)])


def _cross_referenced(claims: pl.DataFrame, connection: Connection) -> pl.DataFrame:
    """Parties known by a LEI alone become the one company whose record states that LEI too, if the names
    agree.
    """
    by_lei = claims.filter(pl.col("party_id").str.starts_with(LEI_PREFIX)).select("statement_id", "party_id")
    if by_lei.is_empty():
        return claims
    numbered = claims.filter(pl.col("method") != "record").select("statement_id", "party_id")
    connection.register("numbered", numbered.to_arrow())
    connection.register("lei_row", by_lei.to_arrow())
    single = (
        frame(connection, read_sql(__package__, "lei_cross_references"))
        .filter(pl.col("org_id").n_unique().over("lei") == 1)
        .select(
            (LEI_PREFIX + pl.col("lei")).alias("party_id"),
            "org_id",
            company_name_key(pl.col("name")).alias("key"),
        )
    )
    both = (
        frame(connection, LEI_NAMES_SQL)
        .with_columns(company_name_key(pl.col("name")).alias("name_key"))
        .join(single, on="party_id", how="inner")
    )
    similarity = names_similarity(both["name_key"], both["key"]).alias("similarity")
    best = (
        both.with_columns(similarity)
        .filter(pl.col("similarity") >= NAME_AGREEMENT_MIN)
        .group_by("statement_id")
        .agg(pl.col("org_id").min(), pl.col("similarity").max())
    )
    crossed = claims.join(best, on="statement_id", how="left", maintain_order="left")
    return RESOLUTION.conformed(
        crossed.with_columns(
            pl.coalesce("org_id", "party_id").alias("party_id"),
            pl.coalesce("similarity", "score").alias("score"),
        )
    )


def _best(matched: pl.DataFrame) -> pl.DataFrame:
    """The surest match of each party. One whose records lead to two companies has none."""
    single = matched.filter(pl.col("org_id").n_unique().over("party_id") == 1)
    order = ("party_id", "joins", "score", "method", "statement_id")
    return single.sort(*order, descending=[False, True, True, False, False]).unique(
        "party_id", keep="first", maintain_order=True
    )


def _with_matches(claims: pl.DataFrame, best: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """The claims with the matches of their parties."""
    matches = best.select(
        "party_id",
        "org_id",
        "joins",
        pl.col("method").alias("match_method"),
        pl.col("score").alias("match_score"),
    )
    merged = together.select("party_id", "with_id", pl.col("score").alias("set_score"))
    rows = claims.join(matches, on="party_id", how="left", maintain_order="left").join(
        merged, on="party_id", how="left", maintain_order="left"
    )
    joins = is_alone() & pl.col("joins").fill_null(False)
    is_candidate = is_alone() & ~pl.col("joins").fill_null(True)
    merges = is_alone() & ~joins & pl.col("with_id").is_not_null()
    party = pl.when(joins).then("org_id").when(merges).then("with_id")
    method = pl.when(joins).then("match_method").when(merges).then(pl.lit(TOGETHER))
    score = pl.when(joins | is_candidate).then("match_score").when(merges).then("set_score")
    candidate = pl.when(is_candidate).then("org_id")
    return RESOLUTION.conformed(
        rows.with_columns(
            party.otherwise("party_id").alias("party_id"),
            method.otherwise("method").alias("method"),
            score.otherwise("score").alias("score"),
            candidate.otherwise("candidate_id").alias("candidate_id"),
        )
    )


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
    return _named(pl.concat([whole, _sound(again.select(torn.columns), records)[0]]), records)


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
    return (
        apart.filter(pl.col("party_id").n_unique().over(by) > 1)
        .select("party_id", group.alias("group"), pl.lit(SCORES[evidence]).alias("score"))
        .unique(maintain_order=True)
    )


def _sound(links: pl.DataFrame, records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`links` with reached, of the sets that state one of each of SINGLE at most, and of the others."""
    work = links.drop("reached", strict=False)
    shared = [work[name].rank("dense").to_numpy() for name in ("group", "party_id")]
    work = work.with_columns(pl.Series("reached", smallest_reached(work["seq"].to_numpy(), shared)))
    members = work.select("party_id", "reached").unique()
    sound = (
        records.join(members, on="party_id", how="inner")
        .group_by("reached")
        .agg(pl.col(SINGLE).drop_nulls().n_unique())
        .filter(pl.all_horizontal(pl.col(SINGLE) <= 1))
    )
    return work.join(sound, on="reached", how="semi"), work.join(sound, on="reached", how="anti")


def _named(sound: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """party_id, with_id (of the party whose record is `reached`) and PAIR."""
    names = records.select(pl.col("seq").alias("reached"), pl.col("party_id").alias("with_id"))
    best = (
        sound.join(names, on="reached", how="inner")
        .group_by("party_id", "with_id")
        .agg(pl.col("score").max(), pl.col("group").str.extract(r"^(\w+)").min().alias("evidence"))
    )
    earliest = (
        records.sort("seq")
        .unique("party_id", keep="first", maintain_order=True)
        .select("party_id", "statement_id")
    )
    others = earliest.select(
        pl.col("party_id").alias("with_id"), pl.col("statement_id").alias("other_statement_id")
    )
    return (
        best.join(earliest, on="party_id", how="left")
        .join(others, on="with_id", how="left")
        .select("party_id", "with_id", *PAIR)
    )
