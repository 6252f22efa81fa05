"""Matching of company records that state no usable number. Each is joined to a company by name, country and
address, gets a candidate, or is left alone.

Records that state an official number are matched by it first (`claims`). The rest is matched here:

| step | what agrees | method | key of SCORES |
|---|---|---|---|
| cross reference | a LEI, stated beside a number under the same name | the number's own | none |
| to a register's entry | name, Netherlands or Belgium, the entry's number | identifier_and_name | number |
| | name, country, the entry's VAT number | identifier_unverified | vat |
| | name, country, and the unit of the address | name_and_address | unit |
| | name, country, and the postcode | name_and_address | postcode |
| | United Kingdom, a distinctive present name with its form | name_and_jurisdiction | distinct |
| | the same, no country stated, an address there | name_and_jurisdiction | unstated |
| to a number that records state | name, country abroad, that number | identifier_unverified | number |
| | name, country, and VAT number, unit or postcode | as above | as above |
| records among themselves | name, country, and VAT number or unit | records_agree | vat, unit |
| | name, country abroad, and the register's number there | records_agree | number |

The score of a cross reference is the similarity of the names. "Name" is the core of the name (`names`). The
legal forms must be equal, unless one is not stated; if two forms occur at one unit, a record without a form
belongs to neither. The following always applies:

- Among all companies held, only one in that country has the name, present or former. A name that two have
  joins nothing.
- A record that states an unusable number is not joined to an entry with another number or without one.
- Two different numbers (as their country writes them: `numbers`) are two companies, also if a third record
  links them. Records without a number are then joined with each other, but not with either company. The same
  applies to subdivisions of a country (Delaware, Nevada), if a record states one.
- The kinds of body are the same: a society is not a company, a state is not a firm, and what the land
  registry calls a corporate body is neither. Overseas entities stay candidates (`overseas`).
- The register does not contradict the match: the company was not incorporated after the date of the record,
  nor dissolved before.
- An address that many share (agents, business centres, more than MASS_SEATS_N seats) is no evidence.
- A VAT number alone is no evidence, because a group of companies may share one.
- A proprietor's name alone is no evidence, because the land registry does not ask for proof of it.
- If the register of its country has the name, the record is joined to that entry or not at all.

A distinctive name without enough evidence gives a candidate. In the United Kingdom, a name with its form is
evidence, because two companies may not have the same name, whatever their forms (Companies Act 2006, section
66), and the whole register is held. Two Dutch companies may both be called Jansen Beheer B.V., and only
answers to single requests are held of their register.
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
    """Match the parties of `claim_row` (RESOLUTION) by the table above.

    Writes `matched_party` (the company that a party without a number is or may be), `merged_party` (parties
    that are one with another party), and `company_pair`: a PAIR for each party that was joined, and for each
    candidate that is not a register's entry.
    """
    _cross_reference(connection)
    best, together = _joined(connection, open_records(connection))
    append(connection, "matched_party", best.select(MATCHED), first=True)
    append(connection, "merged_party", together.select("party_id", "with_id", "score"), first=True)
    shown = best.filter(pl.col("joins") | ~pl.col("is_entry")).rename({"target_id": "other_statement_id"})
    others = together.filter(pl.col("party_id") != pl.col("with_id"))
    append(connection, "company_pair", pl.concat([shown.select(*PAIR), others.select(*PAIR)]), first=True)


def write_entities(connection: Connection) -> None:
    """Write `entity_row` (RESOLUTION): registers' entries, and `claim_row` with the matches of
    `with_companies` and the candidates of overseas proprietors.
    """
    append(connection, "overseas_candidate", overseas_candidates(connection), first=True)
    parts = {"is_alone": IS_ALONE, "together": TOGETHER, "uk_numbers": UK_NUMBERS}
    connection.execute(read_sql(__package__, "entity_row", **parts))


def _joined(connection: Connection, records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The surest match of each party, and the parties that are one with another (`joined_together`).

    For a country, these frames take most of Python's memory, so each is deleted after its last use, and the
    caller keeps no reference to `records`.
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
    """Join a party known only by its LEI to the one company whose record states that LEI, if names agree."""
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
    """The surest match of each party. A party whose records match two companies has none."""
    single = matched.filter(pl.col("org_id").n_unique().over("party_id") == 1)
    order = ("party_id", "joins", "score", "method", "statement_id")
    return single.sort(*order, descending=[False, True, True, False, False]).unique(
        "party_id", keep="first", maintain_order=True
    )


# Records with different values in one of these are not joined.
APART = ("form", "number", "subdivision")
SINGLE = (*APART, "kind")  # a set of joined records has at most one value of each


def joined_together(alone: pl.DataFrame, beside: Beside) -> pl.DataFrame:
    """party_id, with_id and PAIR: parties that are one with an earlier party.

    Links are followed to a fixpoint. A set with two numbers, forms, subdivisions or kinds of body is split
    into parties that state the same values, or none. with_id is the earliest party of its set.
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

    If such a group has two numbers, it is split by number. Parties without a number form a group of their
    own, because each may be either company. The same applies to forms and subdivisions.
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
    """`links` with the column reached (the smallest seq of the set), in two frames: sets with at most one
    value of each of SINGLE, and the others.
    """
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
    """party_id, with_id (the party of the record `reached`) and PAIR."""
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
