"""Companies of which a record states no usable number: joined by name, country of incorporation and address, or a candidate, or left alone.

An official number goes first, and a record that states one is judged by it (`resolution`). What is left is judged here:
| step | what agrees | method | score |
|---|---|---|---|
| cross reference | a LEI, and a record that states that LEI and a company number under the same name | the number's own | the names' similarity |
| to a register's entry | name, country, and a VAT number that another record states beside the entry's | identifier_unverified | SCORES["vat"] |
| | name, country, and the unit of the address | name_and_address | SCORES["unit"] |
| | name, country, and the postcode | name_and_address | SCORES["postcode"] |
| | a present name that tells companies apart, with its legal form, and the country | name_and_jurisdiction | SCORES["distinct"] |
| | the same, no country stated, an address in that country, by its postcode too | name_and_jurisdiction | SCORES["unstated"] |
| to a number that only other records state | name, country abroad, and that number, which no scheme has read | identifier_unverified | SCORES["number"] |
| | name, country, and VAT number, unit or postcode | as above | as above |
| records among themselves | name, country, and VAT number or unit; or name, country abroad and the register's number there | records_agree | SCORES["vat"], SCORES["unit"], SCORES["number"] |

Name: the core of `company_names`, in which the form of one and of the other must be the same, or one of them not stated; where two forms stand at one unit,
what states none is of neither. Always:
- in its country one company alone has the name, present or former, of all that is held; a name that two have joins nothing;
- a record that states a number that cannot be used is no record without one: it does not go to a register's entry, nor to another number;
- two numbers that differ (as their country writes them: `company_numbers`) are two companies, also through a third record; records that
  state none stay one with each other where two such companies are found, and are neither of them; so are two parts of a country (Delaware,
  Nevada), where a record states one; a number of a court's register is another court's no more than any other number;
- kinds of body are the same: a society is no company, a state no firm, what the land registry calls a corporate body neither; overseas entities
  stay candidates (`resolution.overseas`);
- the register does not contradict: not incorporated after the record speaks of it, nor dissolved before;
- an address that many share (agents, business centres, more than MASS_SEATS_N seats) is no evidence;
- a VAT number alone is no evidence: a group of companies may have one;
- a proprietor's name alone is no evidence: the land registry asks nobody for proof of it;
- a name that the register of its country has is joined to that entry, or not at all.
A name that tells companies apart and meets all but the last evidence leaves a candidate with SCORES["candidate"]. Where that is legally a safe guess: in the
United Kingdom no two companies may have one name, its form left out of account (Companies Act 2006, section 66).

Set operations on polars frames; the register is asked only for names that begin as one of the records' names does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.marts import MASS_SEATS_N
from transforms.model.sql import Connection, frame
from transforms.model.views import RESOLUTION
from transforms.resolution.companies.names import beginnings, with_company_name
from transforms.resolution.companies.numbers import highest_first_digit, national_number, register_court
from transforms.values.addresses import in_unit_sql
from transforms.values.addresses.fillers import in_care_sql, only_fills_sql
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED
from transforms.values.identifiers import VAT, says_number
from transforms.values.names import NAME_AGREEMENT_MIN, ONE_SPELLING, company_name_key, names_similarity

SCORES: Mapping[str, float] = {
    "vat": 0.99,
    "unit": 0.99,
    "number": 0.99,
    "postcode": 0.97,
    "distinct": 0.95,
    "unstated": 0.92,
    "candidate": 0.5,
}  # (own)
BY_ADDRESS, BY_NAME, TOGETHER, UNVERIFIED = (
    "name_and_address",
    "name_and_jurisdiction",
    "records_agree",
    "identifier_unverified",
)
METHODS: Mapping[str, str] = {
    "vat": UNVERIFIED,
    "number": UNVERIFIED,
    "unit": BY_ADDRESS,
    "postcode": BY_ADDRESS,
}  # of a record that joins a number; else BY_NAME
UNCONFIRMED = (
    UNVERIFIED,
    BY_ADDRESS,
    BY_NAME,
    TOGETHER,
)  # methods after which a link is possible, not certain
SINGLE = ("form", "number", "court", "kind", "subdivision")  # of which a set of records may state one
APART = (
    "form",
    "number",
    "court",
    "subdivision",
)  # what is stated of a company, and keeps apart those who state several
LEI_PREFIX = "XI-LEI-"
NUMBER_DIGITS_MIN = 4  # (own) of a number of a register abroad that is taken for one
# Classes that may be one body. Others are one with nothing but a record that does not say, or says what no list has.
KIND_OF_CLASS: Mapping[str, str] = {
    "company": "company",
    "guarantee_company": "company",
    "plc": "company",
    "llp": "llp",
    "limited_partnership": "partnership",
    "society": "society",
    "cio": "cio",
    "royal_charter": "charter",
    "european_form": "company",
    "overseas_entity": "overseas",
    "overseas_company": "overseas",
}
PUBLIC = ("state", "stateBody")
# A proprietor that the land registry calls a corporate body is none of the companies, partnerships and societies, for which it has words of their own.
OTHER_BODY = "body"
# How the core of a name begins, to ask a register for few of its names: its first letters and blanks, or all of a shorter core and a blank, so that what
# follows it is another word (`ACME ` of Acme, which ACME LIMITED begins with too). `name_beginning` has those of the records without a number.
BEGINNING_CHARS = 6


def _one_spelling_sql(words: str) -> str:
    """As `company_name_key` writes legal forms: `words` has two blanks around each of its words, so that neighbours share none."""
    for form in sorted(ONE_SPELLING, key=len, reverse=True):
        words = f"replace({words}, ' {form.replace(' ', '  ')} ', ' {ONE_SPELLING[form]} ')"
    return words


_LETTERS = "regexp_replace(upper(strip_accents(replace({name}, '&', ' AND '))), '[.''`]', '', 'g')"
_SPACED = f"'  ' || regexp_replace(trim(regexp_replace({_LETTERS}, '[^A-Z0-9]+', ' ', 'g')), ' ', '  ', 'g') || '  '"
PLAIN = f"regexp_replace(replace({_one_spelling_sql(f'({_SPACED})')}, '  ', ' '), '^ (?:THE ([^ ]))?', '\\1')"
# What is no ASCII without its accents (ß, Ø, Cyrillic) is written in several ways: these few names are all read.
IS_PLAIN = "regexp_full_match(strip_accents({name}), '[ -~]*')"
BEGINS = " or ".join(
    f"left({{plain}}, {length}) in (select beginning from name_beginning)"
    for length in range(2, BEGINNING_CHARS + 1)
)

# Nations of the United Kingdom are no parts here: no two companies of it may have one name.
# When a record first speaks of the party: the day it was put on a title, or got its interest; else the edition's.
# Of records whose party is known by a number, only those are read whose name begins as that of one without: most of a register's are neither.
OPEN_SQL = f"""
with own as (select statement_id from unresolved where is_open),
spoken as (
    select party_statement_id as statement_id, min(added_on) as spoken_on from proprietorship_statement
    where party_statement_id in (select statement_id from own) group by all
    union all
    select party_statement_id, min(valid_from) from relationship_statement where party_statement_id in (select statement_id from own) group by all
),
told as (
    select o.party_id, o.is_open, s.*, case when not o.is_open and {IS_PLAIN.format(name="s.name")} then {PLAIN.format(name="s.name")} end as plain
    from unresolved o join entity_statement s using (statement_id)
    where s.role <> 'arrangement' and s.entity_type not in ('arrangement', 'anonymousEntity') and s.name is not null
)
select s.statement_id, s.party_id, s.is_open, s.role, s.entity_type, s.name, split_part(s.jurisdiction, '-', 1) as country,
       case when not starts_with(s.subdivision, 'gb-') then s.subdivision end as subdivision, s.legal_form_class, s.identifier_native, s.identifier_register, s.register,
       s.dataset, s.record, e.edition_order, coalesce(k.spoken_on, e.edition_date) as spoken_on
from told s
join edition_in_use e using (register, dataset, edition)
left join (select statement_id, min(spoken_on) as spoken_on from spoken group by all) k using (statement_id)
where s.plain is null or {BEGINS.format(plain="s.plain")}
order by e.edition_order, s.register, s.dataset, s.record, s.statement_id
"""
OWN_NAMES_SQL = """
select distinct s.name, split_part(s.jurisdiction, '-', 1) as country
from unresolved o join entity_statement s using (statement_id) where o.is_open and s.name is not null order by all
"""
ENTRIES_SQL = f"""
create or replace temp table entry_name as
with named as (
    select concat_ws('-', s.identifier_scheme, s.identifier) as org_id, unnest(list_concat([s.name], coalesce(s.former_names, []))) as name,
           s.name as present_name, e.edition_order, split_part(s.jurisdiction, '-', 1) as country, s.legal_form_class, s.incorporated_on, s.dissolved_on,
           s.statement_id
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    where s.is_registry_entry and s.identifier is not null
),
plain as (select *, case when {IS_PLAIN.format(name="name")} then {PLAIN.format(name="name")} end as plain from named)
select * exclude (plain) from plain where plain is null or {BEGINS.format(plain="plain")}
"""
ENTRY_NAMES_SQL = """
select org_id, name, country, max(legal_form_class) as legal_form_class, max(name = present_name) as is_present, min(incorporated_on) as incorporated_on,
       max(dissolved_on) as dissolved_on, arg_max(statement_id, (edition_order, statement_id)) as target_id
from entry_name
group by org_id, name, country
order by org_id, name, country
"""
# A postcode of the Royal Mail's says the country of an address that does not; those of the islands, which it serves too, are none of the United Kingdom.
IS_BRITISH = (
    f"regexp_full_match(postcode, '{UK_POSTCODE_SPACED}') and left(postcode, 2) not in ('JE', 'GY', 'IM')"
)
# Addresses that link: of these statements, neither listed nor a part of what is, nor the seat of many, nor somebody else's to whose care the letters go.
ADDRESSES_SQL = f"""
with mine as (
    select a.of_statement_id as statement_id, a.address_id, a.unit_key, a.postcode, a.country,
           {in_care_sql("a.care_of", "a.address_text")} as is_in_care
    from address_statement a
    where a.role <> 'property' and not {only_fills_sql("a.address_text")} and a.of_statement_id in (select statement_id from address_wanted)
),
of_many as (
    select a.address_id
    from address_statement a
    join entity_statement s on s.statement_id = a.of_statement_id
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
    where a.role = 'registered' and s.is_registry_entry and e.status = 'in_force' and a.address_id in (select address_id from mine)
    group by a.address_id
    having count(*) > {MASS_SEATS_N}
    union
    select m.address_id from (select distinct address_id, unit_key from mine) m join address_class_list l on {in_unit_sql("m.unit_key", "l.unit_key")}
)
select distinct statement_id, coalesce(country, case when {IS_BRITISH} then 'gb' end) as address_country, case when links then address_id end as unit, case when links then postcode end as postcode
from (select *, not is_in_care and coalesce(address_id not in (select address_id from of_many where address_id is not null), true) as links from mine)
order by all
"""
# VAT numbers of these records, with the number that the record is known by beside it; null where it is on its own.
VAT_SQL = f"""
select distinct i.of_statement_id as statement_id, i.number as vat, case when not o.is_open then o.party_id end as org_id
from identifier_statement i
join unresolved o on o.statement_id = i.of_statement_id
join entity_statement s on s.statement_id = i.of_statement_id
where i.scheme = '{VAT}' and s.name is not null and s.role <> 'arrangement' and s.entity_type not in ('arrangement', 'anonymousEntity')
order by all
"""
CROSS_SQL = """
select distinct i.number as lei, r.party_id as org_id, s.name
from identifier_statement i
join entity_statement s on s.statement_id = i.of_statement_id
join numbered r on r.statement_id = s.statement_id
where i.scheme = 'XI-LEI' and r.party_id not like 'XI-LEI-%'
order by all
"""


# Two statements whose parties a name joined, or might join, and what agrees beside it: a key of SCORES.
PAIR: Mapping[str, type[pl.DataType]] = {
    "statement_id": pl.String,
    "other_statement_id": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
}


@dataclass(frozen=True)
class _Beside:
    """What records state beside a name. places: statement_id, address_country, unit, postcode. vats: statement_id, vat, org_id (null for a record on its own)."""

    places: pl.DataFrame
    vats: pl.DataFrame


def with_companies(claims: pl.DataFrame, connection: Connection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`claims` (RESOLUTION, of legal entities named elsewhere than in their own register), joined by the table above: no row is added or lost. And the
    PAIRs that did it, one for each party that joined another, and candidates of numbers that no register held has."""
    crossed = _cross_referenced(claims, connection)
    records = _open_records(crossed, connection)
    if records.is_empty():
        return crossed, pl.DataFrame(schema=PAIR)
    own = records.filter("is_open")
    beside = _Beside(_addresses(connection, own), frame(connection, VAT_SQL))
    entries = _entries(connection, own)
    held = _judged(own, beside, entries, connection, "entry_name")
    others = _others(records)
    known = _known_names(own, entries)
    rest = own.join(known, on=("core", "country"), how="anti", nulls_equal=True)
    stated = _judged(rest, beside, others, connection, "stated_record")
    found = pl.concat([held, stated])
    alone = rest.join(found.filter("joins"), on="party_id", how="anti")
    best, together = _best(found), _among_themselves(alone, beside)
    shown = best.filter(pl.col("joins") | ~pl.col("is_entry")).rename({"target_id": "other_statement_id"})
    pairs = pl.concat(
        [shown.select(*PAIR), together.filter(pl.col("party_id") != pl.col("with_id")).select(*PAIR)]
    )
    return _written(crossed, best, together), pairs


# --- cross references of numbers ----------------------------------------------------------------------------------------


def _cross_referenced(claims: pl.DataFrame, connection: Connection) -> pl.DataFrame:
    """Parties known by a LEI alone become the company whose record states that LEI too, where there is one such company and the names agree."""
    by_lei = claims.filter(pl.col("party_id").str.starts_with(LEI_PREFIX))
    if by_lei.is_empty():
        return claims
    connection.register(
        "numbered", claims.filter(pl.col("method") != "record").select("statement_id", "party_id").to_arrow()
    )
    pairs = frame(connection, CROSS_SQL).with_columns(
        (LEI_PREFIX + pl.col("lei")).alias("lei_id"), company_name_key(pl.col("name")).alias("key")
    )
    single = pairs.filter(pl.col("org_id").n_unique().over("lei_id") == 1)
    names = _names_of(connection, by_lei).join(
        single.select("lei_id", "org_id", "key"), left_on="party_id", right_on="lei_id", how="inner"
    )
    agreed = names.with_columns(names_similarity(names["name_key"], names["key"]).alias("similarity")).filter(
        pl.col("similarity") >= NAME_AGREEMENT_MIN
    )
    best = agreed.group_by("statement_id").agg(pl.col("org_id").min(), pl.col("similarity").max())
    crossed = claims.join(best, on="statement_id", how="left", maintain_order="left")
    is_crossed = pl.col("org_id").is_not_null()
    return RESOLUTION.conformed(
        crossed.with_columns(
            pl.coalesce("org_id", "party_id").alias("party_id"),
            pl.when(is_crossed).then("similarity").otherwise("score").alias("score"),
        )
    )


def _names_of(connection: Connection, rows: pl.DataFrame) -> pl.DataFrame:
    connection.register("lei_row", rows.select("statement_id", "party_id").to_arrow())
    named = frame(
        connection,
        "select r.statement_id, r.party_id, s.name from lei_row r join entity_statement s using (statement_id) order by r.statement_id",
    )
    return named.select("statement_id", "party_id", company_name_key(pl.col("name")).alias("name_key"))


# --- records and what they may be ---------------------------------------------------------------------------------------


def _open_records(claims: pl.DataFrame, connection: Connection) -> pl.DataFrame:
    """Records of parties on their own without a candidate (`is_open`), and of parties known by a number whose name begins alike, in order of their anchors;
    named ones only.

    Adds core, form, is_distinct, kind, number and court (`company_numbers`), seq.
    """
    is_open = _is_alone() & pl.col("candidate_id").is_null()
    told = claims.filter(is_open | (pl.col("method") != "record")).with_columns(is_open.alias("is_open"))
    connection.register("unresolved", told.select("statement_id", "party_id", "is_open").to_arrow())
    own = with_company_name(frame(connection, OWN_NAMES_SQL), in_front=True)
    connection.register("name_beginning", beginnings(own, BEGINNING_CHARS).to_frame().to_arrow())
    rows = with_company_name(frame(connection, OPEN_SQL), in_front=True).filter(pl.col("core").is_not_null())
    is_other_body = (pl.col("role") == "proprietor") & (pl.col("legal_form_class") == "other")
    kind = (
        pl.when(pl.col("entity_type").is_in(PUBLIC))
        .then(pl.lit("public"))
        .when(is_other_body)
        .then(pl.lit(OTHER_BODY))
        .otherwise(_kind())
        .alias("kind")
    )
    number = national_number(
        pl.col("identifier_native"), pl.col("country"), highest_first_digit(connection)
    ).alias("number")
    court = register_court(
        pl.col("identifier_register"), pl.col("identifier_native"), pl.col("country")
    ).alias("court")
    return rows.with_columns(kind, number, court).with_row_index("seq")


def _is_alone() -> pl.Expr:
    """Whether the record's party is known by no number."""
    return (pl.col("method") == "record") & pl.col("party_id").str.starts_with("UT-E-")


def _kind() -> pl.Expr:
    return (
        pl.col("legal_form_class")
        .replace_strict(KIND_OF_CLASS, default=None, return_dtype=pl.String)
        .alias("kind")
    )


def _addresses(connection: Connection, rows: pl.DataFrame) -> pl.DataFrame:
    """statement_id, address_country, unit, postcode: of these rows' statements."""
    connection.register(
        "address_wanted", rows.select("statement_id").unique().sort("statement_id").to_arrow()
    )
    return frame(connection, ADDRESSES_SQL)


def _entries(connection: Connection, own: pl.DataFrame) -> pl.DataFrame:
    """org_id, target_id, core, form, country, subdivision, kind, number, court, is_present, incorporated_on, dissolved_on: names of registers' entries that begin as one of the records' does."""
    connection.execute(ENTRIES_SQL)
    wanted = own.select("core").unique()
    named = with_company_name(frame(connection, ENTRY_NAMES_SQL), in_front=True).join(
        wanted, on="core", how="semi"
    )
    return named.with_columns(
        _kind(),
        pl.lit(True).alias("is_entry"),
        *(pl.lit(None, dtype=pl.String).alias(of) for of in ("subdivision", "number", "court")),
    )


def _others(records: pl.DataFrame) -> pl.DataFrame:
    """The same, of numbers that records state."""
    stated = records.filter(~pl.col("is_open") & pl.col("country").is_not_null())
    return stated.select(
        pl.col("party_id").alias("org_id"),
        "statement_id",
        pl.col("statement_id").alias("target_id"),
        "core",
        "form",
        "country",
        "subdivision",
        "kind",
        "number",
        "court",
        pl.lit(False).alias("is_present"),
        pl.lit(None, dtype=pl.Date).alias("incorporated_on"),
        pl.lit(None, dtype=pl.Date).alias("dissolved_on"),
        pl.lit(False).alias("is_entry"),
    )


def _known_names(own: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """core, country of names that a register of the country has; a record without a country counts for every one."""
    known = entries.select("core", "country").unique()
    unstated = (
        own.filter(pl.col("country").is_null())
        .join(known.select("core").unique(), on="core", how="semi")
        .select("core", "country")
    )
    return pl.concat([known, unstated.unique()])


# --- records to a number ------------------------------------------------------------------------------------------------


def _judged(
    own: pl.DataFrame, beside: _Beside, targets: pl.DataFrame, connection: Connection, source: str
) -> pl.DataFrame:
    """statement_id, party_id, org_id, method, score, joins, target_id (a statement of that company), is_entry, evidence: the one company of the record's name and country, where there is one and nothing contradicts."""
    placed = _with_place(own, beside.places)
    pairs = placed.join(
        targets.drop("statement_id", "is_distinct", "name", strict=False),
        left_on=("core", "in_country"),
        right_on=("core", "country"),
        how="inner",
        suffix="_there",
    )
    formed = pairs.filter(
        *((pl.col(of) == pl.col(f"{of}_there")).fill_null(True) for of in ("form", "subdivision"))
    )
    numbered = formed.with_columns(_same_number().alias("same_number")).filter(
        pl.col("number").is_null() | pl.col("same_number")
    )
    single = (
        numbered.filter(pl.col("org_id").n_unique().over("statement_id") == 1)
        .group_by("statement_id")
        .agg(pl.all().exclude("target_id").sort_by("is_present").last(), pl.col("target_id").min())
    )
    sound = single.filter(_same_kind()).with_columns(_contradicts().alias("contradicts"))
    agreed = sound.join(
        _agreement(sound, beside.places, targets, connection, source), on="statement_id", how="left"
    )
    return _scored(agreed.join(_same_vat(sound, beside.vats), on="statement_id", how="left"))


def _with_place(own: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Add in_country: as stated, else the one country of the record's addresses."""
    single = (
        places.filter(pl.col("address_country").n_unique().over("statement_id") == 1)
        .group_by("statement_id")
        .agg(pl.col("address_country").min())
    )
    return own.join(single, on="statement_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("country", "address_country").alias("in_country")
    )


def _is_abroad() -> pl.Expr:
    """Whether a number of the country's register is stated. One of the United Kingdom that cannot be used is none."""
    return ((pl.col("country") != "gb") & says_number(pl.col("number"), NUMBER_DIGITS_MIN)).fill_null(False)


def _same_number() -> pl.Expr:
    same_court = (pl.col("court") == pl.col("court_there")).fill_null(True)
    return _is_abroad() & (pl.col("number") == pl.col("number_there")).fill_null(False) & same_court


def _same_kind() -> pl.Expr:
    there = pl.col("kind_there")
    is_same = (pl.col("kind") == there) | ((pl.col("kind") == OTHER_BODY) & (there == "charter"))
    return is_same.fill_null(True) & (there != "overseas").fill_null(True)


def _contradicts() -> pl.Expr:
    founded_later = (pl.col("incorporated_on") > pl.col("spoken_on")).fill_null(False)
    return founded_later | (pl.col("dissolved_on") < pl.col("spoken_on")).fill_null(False)


def _agreement(
    sound: pl.DataFrame, places: pl.DataFrame, targets: pl.DataFrame, connection: Connection, source: str
) -> pl.DataFrame:
    """statement_id, same_unit, same_postcode: of the record's addresses and those of the company it may be."""
    wanted = sound.select("org_id").unique()
    if source == "entry_name":
        connection.register("wanted_company", wanted.to_arrow())
        of = frame(
            connection,
            "select distinct org_id, statement_id from entry_name semi join wanted_company using (org_id) order by all",
        )
    else:
        of = targets.join(wanted, on="org_id", how="semi").select("org_id", "statement_id").unique()
    seats = of.join(_addresses(connection, of), on="statement_id", how="inner").select(
        "org_id", "unit", "postcode"
    )
    both = (
        sound.select("statement_id", "org_id")
        .join(places, on="statement_id", how="inner")
        .join(seats, on="org_id", how="inner", suffix="_there")
    )
    return both.group_by("statement_id").agg(
        (pl.col("unit") == pl.col("unit_there")).any().alias("same_unit"),
        (pl.col("postcode") == pl.col("postcode_there")).any().alias("same_postcode"),
    )


def _same_vat(sound: pl.DataFrame, vats: pl.DataFrame) -> pl.DataFrame:
    """statement_id, same_vat (true): records with a VAT number that a record of the company they may be has too."""
    both = sound.select("statement_id", "org_id").join(
        vats.select("statement_id", "vat"), on="statement_id", how="inner"
    )
    return (
        both.join(vats.select("org_id", "vat"), on=("org_id", "vat"), how="semi")
        .select("statement_id")
        .unique()
        .with_columns(same_vat=True)
    )


def _scored(agreed: pl.DataFrame) -> pl.DataFrame:
    vat, unit, postcode = (
        pl.col("same_vat").fill_null(False),
        pl.col("same_unit").fill_null(False),
        pl.col("same_postcode").fill_null(False),
    )
    is_told = (
        pl.col("is_distinct")
        & (pl.col("role") != "proprietor")
        & pl.col("is_entry")
        & pl.col("is_present")
        & pl.col("form").is_not_null()
        & pl.col("form_there").is_not_null()
    )
    evidence = (
        pl.when("same_number")
        .then(pl.lit("number"))
        .when(vat)
        .then(pl.lit("vat"))
        .when(unit)
        .then(pl.lit("unit"))
        .when(postcode)
        .then(pl.lit("postcode"))
        .when(is_told & pl.col("country").is_not_null())
        .then(pl.lit("distinct"))
        .when(is_told)
        .then(pl.lit("unstated"))
        .when(pl.col("is_distinct"))
        .then(pl.lit("candidate"))
    )
    judged = agreed.with_columns(
        pl.when(pl.col("contradicts") & evidence.is_not_null())
        .then(pl.lit("candidate"))
        .otherwise(evidence)
        .alias("evidence")
    )
    named = judged.filter(pl.col("evidence").is_not_null()).with_columns(
        pl.col("evidence").replace_strict(SCORES, return_dtype=pl.Float64).alias("score"),
        pl.col("evidence").replace_strict(METHODS, default=BY_NAME, return_dtype=pl.String).alias("method"),
        (pl.col("evidence") != "candidate").alias("joins"),
    )
    return named.select(
        "statement_id", "party_id", "org_id", "method", "score", "joins", "target_id", "is_entry", "evidence"
    )


# --- records among themselves -------------------------------------------------------------------------------------------


def _among_themselves(alone: pl.DataFrame, beside: _Beside) -> pl.DataFrame:
    """party_id, with_id, PAIR: parties that are one with an earlier one (`_sets`)."""
    told = alone.filter(pl.col("country").is_not_null())
    units = told.join(beside.places.filter(pl.col("unit").is_not_null()), on="statement_id", how="inner")
    taxed = told.join(beside.vats.select("statement_id", "vat"), on="statement_id", how="inner")
    abroad = told.filter(_is_abroad())
    links = pl.concat([_linked(taxed, "vat"), _linked(units, "unit"), _linked(abroad, "number")])
    if links.is_empty():
        return pl.DataFrame(schema={"party_id": pl.String, "with_id": pl.String, **PAIR})
    return _sets(links, told)


def _linked(rows: pl.DataFrame, evidence: str) -> pl.DataFrame:
    """party_id, group, score: groups of several parties that agree in name, country and `evidence`.

    Where two numbers are stated at one unit, only those of one number are together, and those that state none among themselves, as each may be either; so
    for forms, courts and parts of a country.
    """
    alike = ("core", "country", evidence)
    differs = {of: pl.col(of).drop_nulls().n_unique().over(alike) > 1 for of in APART}
    apart = rows.with_columns(
        pl.when(is_several).then(of).alias(f"{of}_apart") for of, is_several in differs.items()
    )
    by = (*alike, *(f"{of}_apart" for of in APART))
    grouped = apart.with_columns(
        pl.col("seq").min().over(by).alias("group"), pl.col("party_id").n_unique().over(by).alias("parties_n")
    )
    several = grouped.filter(pl.col("parties_n") > 1)
    group = pl.concat_str(pl.lit(f"{evidence}|"), pl.col("group").cast(pl.String))
    return several.select("party_id", group.alias("group"), pl.lit(SCORES[evidence]).alias("score")).unique(
        maintain_order=True
    )


def _sets(links: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Links followed to a fixpoint. A set in which two numbers, forms, parts of a country or kinds of body stand is none: of it, those parties are one that state
    the same, or nothing. The earliest party gives its id."""
    first = told.group_by("party_id").agg(pl.col("seq").min())
    whole, torn = _sound(_followed(links.join(first, on="party_id", how="inner")), told)
    stated = told.group_by("party_id").agg(
        pl.col(of).drop_nulls().unique().sort().str.join(",") for of in SINGLE
    )
    alike = stated.select("party_id", pl.concat_str(*SINGLE, separator="|").alias("alike"))
    again = (
        torn.join(alike, on="party_id", how="inner")
        .with_columns(pl.concat_str("group", "alike", separator="|").alias("group"))
        .drop("alike", "reached")
    )
    sound = pl.concat([whole, _sound(_followed(again), told)[0]])
    names = told.select(pl.col("seq").alias("reached"), pl.col("party_id").alias("with_id"))
    named = sound.join(names, on="reached", how="inner")
    best = named.group_by("party_id", "with_id").agg(
        pl.col("score").max(), pl.col("group").str.extract(r"^(\w+)").min().alias("evidence")
    )
    earliest = (
        told.sort("seq")
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


def _followed(work: pl.DataFrame) -> pl.DataFrame:
    """`work` (party_id, group, seq) with reached: the smallest seq that groups lead to."""
    work = work.with_columns(pl.col("seq").alias("reached"))
    while True:
        before = work["reached"]
        for of in ("group", "party_id"):
            work = work.with_columns(pl.col("reached").min().over(of))
        if work["reached"].equals(before):
            return work


def _sound(work: pl.DataFrame, told: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`work` of the sets that state one of each of SINGLE at most, and of the others."""
    members = work.select("party_id", "reached").unique()
    stated = (
        told.join(members, on="party_id", how="inner")
        .group_by("reached")
        .agg(pl.col(*SINGLE).drop_nulls().n_unique())
    )
    sound = stated.filter(pl.all_horizontal(pl.col(*SINGLE) <= 1))
    return work.join(sound, on="reached", how="semi"), work.join(sound, on="reached", how="anti")


# --- what was found, written --------------------------------------------------------------------------------------------


def _best(found: pl.DataFrame) -> pl.DataFrame:
    """What is surest of each party. One whose records lead to two companies leads to none."""
    single = found.filter(pl.col("org_id").n_unique().over("party_id") == 1)
    ordered = single.sort(
        "party_id", "joins", "score", "method", "statement_id", descending=[False, True, True, False, False]
    )
    return ordered.unique("party_id", keep="first", maintain_order=True)


def _written(claims: pl.DataFrame, best: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """The claims with what was found of their parties."""
    of_company = best.select(
        "party_id",
        "org_id",
        "joins",
        pl.col("method").alias("found_method"),
        pl.col("score").alias("found_score"),
    )
    merged = together.select("party_id", "with_id", pl.col("score").alias("set_score"))
    rows = claims.join(of_company, on="party_id", how="left", maintain_order="left").join(
        merged, on="party_id", how="left", maintain_order="left"
    )
    is_open = _is_alone()
    joins, asked = is_open & pl.col("joins").fill_null(False), is_open & ~pl.col("joins").fill_null(True)
    with_others = is_open & ~joins & pl.col("with_id").is_not_null()
    return RESOLUTION.conformed(
        rows.with_columns(
            pl.when(joins)
            .then("org_id")
            .when(with_others)
            .then("with_id")
            .otherwise("party_id")
            .alias("party_id"),
            pl.when(joins)
            .then("found_method")
            .when(with_others)
            .then(pl.lit(TOGETHER))
            .otherwise("method")
            .alias("method"),
            pl.when(joins | asked)
            .then("found_score")
            .when(with_others)
            .then("set_score")
            .otherwise("score")
            .alias("score"),
            pl.when(asked).then("org_id").otherwise("candidate_id").alias("candidate_id"),
        )
    )
