"""Companies of which a record states no usable number: joined by name, country and address, a candidate, or
left alone.

An official number goes first, and a record that states one is matched by it (`claims`). What is left is
matched here:

| step | what agrees | method | key of SCORES |
|---|---|---|---|
| cross reference | a LEI, stated beside a number under the same name | the number's own | none |
| to a register's entry | name, Netherlands or Belgium, the entry's number | identifier_and_name | number |
| | name, country, VAT number beside the entry's | identifier_unverified | vat |
| | name, country, and the unit of the address | name_and_address | unit |
| | name, country, and the postcode | name_and_address | postcode |
| | United Kingdom, a present name that tells companies apart, its form | name_and_jurisdiction | distinct |
| | the same, no country stated, an address there | name_and_jurisdiction | unstated |
| to a number that records state | name, country abroad, that number | identifier_unverified | number |
| | name, country, and VAT number, unit or postcode | as above | as above |
| records among themselves | name, country, and VAT number or unit | records_agree | vat, unit |
| | name, country abroad, and the register's number there | records_agree | number |

The score of a cross reference is the similarity of the names. Name: the core of `names`, in which both forms
must be the same, or one not stated; where two forms stand at one unit, a record without a form is of neither.
Always:

- in its country one company alone has the name, present or former, of all that is held; a name that two have
  joins nothing;
- a record that states a number that cannot be used does not go to an entry of another number, nor of none;
- two numbers that differ (as their country writes them: `numbers`) are two companies, also through a third
  record; records that state none stay one with each other where two such companies are found, and are neither
  of them; so are two subdivisions of a country (Delaware, Nevada), where a record states one;
- kinds of body are the same: a society is no company, a state no firm, what the land registry calls a
  corporate body neither; overseas entities stay candidates (`overseas`);
- the register does not contradict: not incorporated after the record speaks of it, nor dissolved before;
- an address that many share (agents, business centres, more than MASS_SEATS_N seats) is no evidence;
- a VAT number alone is no evidence: a group of companies may have one;
- a proprietor's name alone is no evidence: the land registry asks nobody for proof of it;
- a name that the register of its country has is joined to that entry, or not at all.

A name that tells companies apart and meets all but the last evidence leaves a candidate. A name with its form
is evidence in the United Kingdom because no two companies may have one name, its form left out of account
(Companies Act 2006, section 66), and its register is held whole. Two Dutch companies may both be called
Jansen Beheer B.V., and of their register only answers to requests are held.
"""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.batches import append
from transforms.resolution.companies.candidates import (
    IS_ALONE,
    Beside,
    entries,
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
from transforms.resolution.companies.overseas import UK_NUMBERS, overseas_candidates
from transforms.resolution.judgements import smallest_reached
from transforms.values.names import NAME_AGREEMENT_MIN, company_name_key, names_similarity

LEI_PREFIX = "XI-LEI-"
LEI_NAMES_SQL = f"""
select r.statement_id, r.party_id, s.name
from entity_statement s
join claim_row r using (statement_id)
where starts_with(r.party_id, '{LEI_PREFIX}')
order by r.statement_id
"""
CROSSED_SQL = """
update claim_row set party_id = c.org_id, score = c.similarity
from crossed c where c.statement_id = claim_row.statement_id
"""
MATCHED = ("party_id", "org_id", "joins", "method", "score")


def with_companies(connection: Connection) -> None:
    """Join the parties of `claim_row` (RESOLUTION) by the table above.

    Writes `matched_party` and `merged_party`, what parties without a number are or may be, and
    `company_pair`: a PAIR for each party that joined another, and for candidates of numbers that no register
    held has.
    """
    _cross_reference(connection)
    best, together = _joined(connection, open_records(connection))
    append(connection, "matched_party", best.select(MATCHED), first=True)
    append(connection, "merged_party", together.select("party_id", "with_id", "score"), first=True)
    shown = best.filter(pl.col("joins") | ~pl.col("is_entry")).rename({"target_id": "other_statement_id"})
    others = together.filter(pl.col("party_id") != pl.col("with_id"))
    append(connection, "company_pair", pl.concat([shown.select(*PAIR), others.select(*PAIR)]), first=True)


def write_entities(connection: Connection) -> None:
    """Write `entity_row` (RESOLUTION): `claim_row` with what its parties are joined with (`with_companies`)
    and with candidates of overseas proprietors, and registers' entries.
    """
    append(connection, "overseas_candidate", overseas_candidates(connection), first=True)
    parts = {"is_alone": IS_ALONE, "together": TOGETHER, "uk_numbers": UK_NUMBERS}
    connection.execute(read_sql(__package__, "entity_row", **parts))


def _joined(connection: Connection, records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The surest match of each party, and the parties that are one with another (`joined_together`).

    Of a country these frames are most of what Python holds, so each goes when it has served; the caller does
    not hold `records`.
    """
    own, stated = records.filter("is_open"), stated_companies(records)
    del records
    beside = stated_beside(connection, own)
    registered = entries(connection, own)
    held = matched_entries(connection, own, beside, registered)
    rest = own.join(registered_names(own, registered), on=("core", "country"), how="anti", nulls_equal=True)
    del own, registered
    matched = pl.concat([held, matched_companies(connection, rest, beside, stated)])
    del held, stated
    alone = rest.join(matched.filter("joins"), on="party_id", how="anti")
    del rest
    return _best(matched), joined_together(alone, beside)


def _cross_reference(connection: Connection) -> None:
    """Parties known by a LEI alone become the one company whose record states that LEI too, if the names
    agree.
    """
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
    connection.register("crossed", best.to_arrow())
    connection.execute(CROSSED_SQL)


def _best(matched: pl.DataFrame) -> pl.DataFrame:
    """The surest match of each party. One whose records lead to two companies has none."""
    single = matched.filter(pl.col("org_id").n_unique().over("party_id") == 1)
    order = ("party_id", "joins", "score", "method", "statement_id")
    return single.sort(*order, descending=[False, True, True, False, False]).unique(
        "party_id", keep="first", maintain_order=True
    )


# What is stated of a company, and keeps apart those who state several.
APART = ("form", "number", "subdivision")
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
    first = records.group_by("party_id").agg(pl.col("seq").min())
    whole, torn = _sound(links.join(first, on="party_id", how="inner"), records)
    apart = records.join(torn, on="party_id", how="semi")
    alike = apart.group_by("party_id").agg(pl.col(SINGLE).drop_nulls().unique().sort().str.join(","))
    again = torn.join(alike, on="party_id", how="inner").with_columns(
        pl.concat_str("group", *SINGLE, separator="|").alias("group")
    )
    return _named(pl.concat([whole, _sound(again.select(torn.columns), records)[0]]), records)


def _linked(rows: pl.DataFrame, evidence: str) -> pl.DataFrame:
    """party_id, group, score: groups of several parties that agree in name, country and `evidence`.

    Where two numbers are stated at one unit, only those of one number are together, and those that state none
    among themselves, as each may be either; so for forms and subdivisions.
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
        records.select("party_id", "statement_id", "seq")
        .sort("seq")
        .unique("party_id", keep="first", maintain_order=True)
        .drop("seq")
    )
    others = earliest.select(
        pl.col("party_id").alias("with_id"), pl.col("statement_id").alias("other_statement_id")
    )
    return (
        best.join(earliest, on="party_id", how="left")
        .join(others, on="with_id", how="left")
        .select("party_id", "with_id", *PAIR)
    )
