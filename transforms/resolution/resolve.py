"""Who is who: identifiers with name agreement; persons by name, birth month and address, and by what weighs as much where records differ (`persons`).

`resolve` reads the lake's `entity_statement`, `person_statement` and `address_statement`, `edition_in_use` and
`address_class_list` (views on the connection it is given) and returns the `resolution` mart. Rules: DESIGN.md
"Vocabulary" and "Ids", INDICATORS.md "Conventions".

A party is never joined on a name alone, on a placeholder, or on first name, last name and birth month alone; an address
that many share (an agent's, a mass one) does not make up for that.

Where two registers tell of one record of the registrar's (a PSC record, and the statement that Open Ownership made of it), its party is one
party, so that its holdings count once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from transforms.formats.bods import psc_link
from transforms.marts import MASS_SEATS_N
from transforms.model.sql import Connection, frame
from transforms.model.views import RESOLUTION
from transforms.resolution.clusters import Facts, contradiction
from transforms.resolution.companies.joining import with_companies
from transforms.resolution.companies.numbers import highest_first_digit
from transforms.resolution.companies.overseas import with_overseas_candidates
from transforms.resolution.judgements import (
    PERSON_PREFIX,
    Entities,
    Judged,
    cross_kind,
    judged_entities,
    none_judged,
    of_rows,
    parted,
    place_key,
)
from transforms.resolution.links import company_links, once, person_links, refused_links
from transforms.resolution.persons.clustering import best_candidates, clustered
from transforms.resolution.persons.features import FEATURES, birth, is_whole_name, person_features
from transforms.resolution.persons.linkage import person_pairs
from transforms.values.addresses import in_unit_sql
from transforms.values.addresses.fillers import in_care_sql, only_fills_sql
from transforms.values.addresses.low_countries import NL_POSTCODE
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED
from transforms.values.identifiers import GB_COH, is_anybodys, is_beyond_gb_coh
from transforms.values.names import NAME_AGREEMENT_MIN, company_name_key, names_similarity, person_name_key

ID_BYTES = 10
PART_FROM = (
    26  # a statement id is 24 hex digits of its record, a hyphen, and the part of the record it speaks of
)
ANCHOR = (
    "edition_order",
    "register",
    "dataset",
    "record",
    "part",
)  # what the id of a party without a number is made of
# Rows in order of their anchors: `row_no` 0 is the earliest record.
IN_ORDER = "order by e.edition_order, s.register, s.dataset, s.record, s.statement_id"
SOURCE = f"s.statement_id, s.register, s.dataset, s.edition, s.record, substr(s.statement_id, {PART_FROM}) as part, e.edition_order"
BATCH_ROWS = 200_000
# (own) Names that state one number: beyond it the number is no evidence, however alike some of the names are. A large owner is written in some dozen ways.
SHARED_NAMES_MAX = 50
type Link = tuple[int, int]
INACTIVE = ("dissolved", "closed", "converted", "removed")


@dataclass(frozen=True)
class Resolved:
    """The mart `resolution`, in the schema of RESOLUTION, and the pairs weighed for it, in that of RESOLUTION_LINK."""

    rows: pl.DataFrame
    links: pl.DataFrame


def resolve(connection: Connection, id_key: bytes) -> pl.DataFrame:
    """The `resolution` mart without judgements: one row for every party record of every usable edition, in the schema of RESOLUTION.

    `id_key`: secret key (at most 64 bytes) of the ids of parties without an official number. Equal editions and key give equal ids.
    """
    return resolve_judged(connection, id_key, none_judged()).rows


def resolve_judged(connection: Connection, id_key: bytes, judgements: pl.DataFrame) -> Resolved:
    """The same with `judgements` (JUDGEMENT) on pairs of records, and the pairs weighed."""
    persons = _persons(connection)
    linked, links = _linked_persons(connection, persons, judgements)
    _forget_persons(connection)
    claims, named = with_companies(_entities_claimed(connection, id_key), connection)
    entities = pl.concat([_registry_rows(connection), claims])
    found = _entities_judged(connection, with_overseas_candidates(entities, connection), judgements, id_key)
    refused = [*found.refused, *cross_kind(judgements, persons, found.rows)]
    rows = pl.concat([found.rows, _person_rows(persons, linked, id_key)]).sort("statement_id")
    # What was judged of a pair stands above what joined it: its score is the highest.
    return Resolved(
        rows, pl.concat([links, once(pl.concat([refused_links(refused, rows), company_links(named, rows)]))])
    )


def keyed_id(prefix: str, anchors: pl.Series, id_key: bytes) -> pl.Series:
    """`party_id`: `prefix` and a keyed hash (blake2b, 20 hex digits) of each anchor."""
    hashed = [
        f"{prefix}{hashlib.blake2b(anchor.encode(), key=id_key, digest_size=ID_BYTES).hexdigest()}"
        for anchor in anchors.to_list()
    ]
    return pl.Series("party_id", hashed, dtype=pl.String)


def _anchor_ids(rows: pl.DataFrame, anchor_nos: pl.Series, prefix: str, id_key: bytes) -> pl.DataFrame:
    """anchor_no, party_id of these anchors: each is hashed once. `anchor_no` is the row_no of a party's earliest record."""
    earliest = rows.filter(pl.col("row_no").is_in(anchor_nos.unique().implode()))
    anchors = earliest.select(pl.concat_str(ANCHOR, separator="|").alias("anchor"))["anchor"]
    return earliest.select(pl.col("row_no").alias("anchor_no"), keyed_id(prefix, anchors, id_key))


# --- legal entities -------------------------------------------------------------------------------------------------

REGISTRY_SQL = """
select concat_ws('-', s.identifier_scheme, s.identifier) as party_id, s.register, s.edition, s.record, s.statement_id,
       'identifier' as method, 1.0 as score, null as candidate_id
from entity_statement s join edition_in_use e using (register, dataset, edition)
where s.is_registry_entry and s.identifier is not null
"""
CLAIMS_SQL = f"""
select {SOURCE}, s.role, s.name, case when s.identifier is not null then concat_ws('-', s.identifier_scheme, s.identifier) end as org_id
from entity_statement s join edition_in_use e using (register, dataset, edition)
where not (s.is_registry_entry and s.identifier is not null)
{IN_ORDER}
"""
# Only names of numbers that somebody states: a company register has millions that nobody does.
REGISTERED_NAMES_SQL = """
with stated as (
    select distinct s.identifier_scheme, s.identifier
    from entity_statement s join edition_in_use e using (register, dataset, edition)
    where not s.is_registry_entry and s.identifier is not null
)
select distinct concat_ws('-', s.identifier_scheme, s.identifier) as org_id, s.name, s.former_names
from entity_statement s
join edition_in_use e using (register, dataset, edition)
join stated using (identifier_scheme, identifier)
where s.is_registry_entry
order by all
"""


def _registry_rows(connection: Connection) -> pl.DataFrame:
    """A company register's own entries are their numbers. Columns as RESOLUTION."""
    return RESOLUTION.conformed(frame(connection, REGISTRY_SQL))


def _entities_claimed(connection: Connection, id_key: bytes) -> pl.DataFrame:
    """`_claim_rows` of all claims; names and keys are let go of here. Columns as RESOLUTION."""
    claims = _claims(connection)
    judged = _judged(claims, _known_names(claims, _registered_names(connection)))
    return _claim_rows(claims, judged, id_key)


def _claims(connection: Connection) -> pl.DataFrame:
    """Records that name an entity elsewhere than in its own register, in order of their anchors, with `name_key`, `is_nobodys` and `row_no`."""
    is_nobodys = _is_nobodys(highest_first_digit(connection))
    return (
        frame(connection, CLAIMS_SQL)
        .with_columns(company_name_key(pl.col("name")).alias("name_key"), is_nobodys.alias("is_nobodys"))
        .with_row_index("row_no")
    )


def _registered_names(connection: Connection) -> pl.DataFrame:
    """org_id, known_key: names that the company registers held give to the numbers stated, current and former, of every edition."""
    found = frame(connection, REGISTERED_NAMES_SQL)
    former = (
        found.select("org_id", pl.col("former_names").alias("name"))
        .explode("name", empty_as_null=True)
        .filter(pl.col("name").is_not_null())
    )
    names = pl.concat([found.select("org_id", "name"), former.select("org_id", "name")])
    return names.select("org_id", company_name_key(pl.col("name")).alias("known_key")).unique()


def _known_names(claims: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    """org_id, known_key, verified: the registers' names; for a number that none holds, the name of the earliest record that states it."""
    others = claims.filter(pl.col("org_id").is_not_null() & pl.col("name_key").is_not_null()).join(
        registered, on="org_id", how="anti", maintain_order="left"
    )
    earliest = others.unique("org_id", keep="first", maintain_order=True).select(
        "org_id", pl.col("name_key").alias("known_key")
    )
    return pl.concat([registered.with_columns(verified=True), earliest.with_columns(verified=False)]).sort(
        "org_id", "known_key"
    )


def _judged(claims: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """org_id, name_key → similarity (best over the known names) and verified, for every number and name stated together."""
    stated = claims.filter(pl.col("org_id").is_not_null()).select("org_id", "name_key", "is_nobodys").unique()
    pairs = stated.join(known, on="org_id", how="inner").sort("org_id", "name_key", "known_key")
    scored = pairs.with_columns(
        names_similarity(pairs["name_key"], pairs["known_key"]).alias("similarity")
    ).with_columns(_demoted())
    return scored.group_by("org_id", "name_key").agg(pl.col("similarity").max(), pl.col("verified").max())


def _demoted() -> pl.Expr:
    """The similarity; of a number that too many names state, 1 for the name that its register gives it and 0 for every other; of one that anybody writes and no
    register held has, such as 1 or 02345678, or that no register has come to yet, 0."""
    is_shared = pl.col("name_key").n_unique().over("org_id") > SHARED_NAMES_MAX
    is_its_own = pl.col("verified") & (pl.col("name_key") == pl.col("known_key"))
    is_unconfirmed = pl.col("is_nobodys") & ~pl.col("verified")
    return (
        pl.when((is_shared & ~is_its_own).fill_null(False) | is_unconfirmed.fill_null(False))
        .then(0.0)
        .otherwise("similarity")
        .alias("similarity")
    )


def _is_nobodys(highest_digit: str | None) -> pl.Expr:
    """Whether a number is none of the UK's unless its register holds it."""
    number = pl.col("org_id").str.extract(rf"^{GB_COH}-(.+)$", 1)
    return (is_anybodys(number) | is_beyond_gb_coh(number, highest_digit)).fill_null(False)


def shared_numbers(resolution: pl.DataFrame) -> list[str]:
    """Numbers that more than SHARED_NAMES_MAX records state without being their holder: candidates only, to be looked at. In order."""
    stated = resolution.filter(
        (pl.col("method") == "record")
        & pl.col("candidate_id").is_not_null()
        & ~pl.col("candidate_id").str.starts_with(PERSON_PREFIX)
    )
    return sorted(
        stated.group_by("candidate_id").len().filter(pl.col("len") > SHARED_NAMES_MAX)["candidate_id"]
    )


def _claim_rows(claims: pl.DataFrame, judged: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    """The number where names agree; else a party of its own, with the number's holder as a candidate; a number that anybody writes is then none. Columns as RESOLUTION."""
    agrees = pl.col("similarity").fill_null(0.0) >= NAME_AGREEMENT_MIN
    method = (
        pl.when(~agrees)
        .then(pl.lit("record"))
        .when("verified")
        .then(pl.lit("identifier_and_name"))
        .otherwise(pl.lit("identifier_unverified"))
    )
    rows = claims.join(
        judged, on=["org_id", "name_key"], how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(method.alias("method"), _same_record().alias("anchor_no"))
    on_its_own = pl.col("method") == "record"
    linked = _linked(rows, on_its_own)
    ids = _anchor_ids(linked, linked.filter(on_its_own)["anchor_no"], "UT-E-", id_key)
    return RESOLUTION.conformed(
        linked.join(ids, on="anchor_no", how="left").with_columns(
            pl.when(on_its_own)
            .then(pl.coalesce("linked_id", "party_id"))
            .otherwise("org_id")
            .alias("party_id"),
            pl.when(on_its_own)
            .then(pl.coalesce("linked_method", "method"))
            .otherwise("method")
            .alias("method"),
            pl.when(on_its_own)
            .then(pl.coalesce("linked_score", pl.lit(0.0)))
            .otherwise("similarity")
            .alias("score"),
            pl.when(on_its_own & ~pl.col("is_nobodys") & pl.col("org_id").ne_missing(pl.col("linked_id")))
            .then("org_id")
            .alias("candidate_id"),
        )
    )


def _links(rows: pl.DataFrame) -> pl.Series:
    """`psc_link` of each row's record. Null throughout where one register alone has any: there its own locator says as much."""
    links = rows.select("register", psc_link(pl.col("record")).alias("link"))
    if links.filter(pl.col("link").is_not_null())["register"].n_unique() > 1:
        return links["link"]
    return pl.Series("link", [None], dtype=pl.String).new_from_index(0, rows.height)


def _linked(rows: pl.DataFrame, on_its_own: pl.Expr) -> pl.DataFrame:
    """Add linked_id, linked_method, linked_score, and make anchor_no one, for parties that several registers tell of from one record of the registrar's
    (`psc_link`).

    linked_id: the number that agrees with the name in one of them, where there is one such number; linked_method and linked_score: how it agrees there.
    anchor_no: the earliest record of those that are on their own.
    """
    links = _links(rows)
    if links.null_count() == rows.height:
        nothing = {"linked_id": pl.String, "linked_method": pl.String, "linked_score": pl.Float64}
        return rows.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in nothing.items())
    party, is_linked = ("link", "part"), pl.col("link").is_not_null()
    number = pl.when(~on_its_own).then("org_id")
    is_known = is_linked & (number.drop_nulls().n_unique().over(party) == 1)
    earliest = pl.when(on_its_own).then("anchor_no").min().over(party)
    return rows.with_columns(links).with_columns(
        pl.when(is_known).then(number.min().over(party)).alias("linked_id"),
        pl.when(is_known).then(pl.when(~on_its_own).then("method").min().over(party)).alias("linked_method"),
        pl.when(is_known)
        .then(pl.when(~on_its_own).then("similarity").max().over(party))
        .alias("linked_score"),
        pl.when(is_linked & on_its_own).then(earliest).otherwise("anchor_no").alias("anchor_no"),
    )


def _same_record() -> pl.Expr:
    """row_no of the earliest edition's record of the same party.

    The locator of an owner or an arrangement is its own for life. That of a proprietor is a place on a title, which
    another may take: there the name must be the same too.
    """
    name = (
        pl.when(pl.col("role") == "proprietor").then(pl.col("name_key").fill_null("")).otherwise(pl.lit(""))
    )
    return pl.col("row_no").min().over("register", "dataset", "record", "part", name)


ANCHORS_SQL = f"""
select {SOURCE}, s.role, s.name from entity_statement s join edition_in_use e using (register, dataset, edition)
where s.statement_id in (select statement_id from judged_row)
{IN_ORDER}
"""


def _entities_judged(
    connection: Connection, rows: pl.DataFrame, judgements: pl.DataFrame, id_key: bytes
) -> Entities:
    """`judged_entities`, of the parties of records that a judgement names: in order of their anchors, which ids are made of."""
    named = pl.concat(
        [
            judgements.select("register", "record"),
            judgements.select(
                pl.col("other_register").alias("register"), pl.col("other_record").alias("record")
            ),
        ]
    )
    parties = rows.join(named.unique(), on=["register", "record"], how="semi")["party_id"].unique()
    about = rows.filter(pl.col("party_id").is_in(parties.implode()))
    if about.is_empty():
        return Entities(rows)
    connection.register("judged_row", about.select("statement_id").to_arrow())
    ordered = frame(connection, ANCHORS_SQL)
    anchors = dict(
        ordered.select("statement_id", pl.concat_str(ANCHOR, separator="|").alias("anchor")).iter_rows()
    )
    places = ordered.select("statement_id", "dataset", place_key(pl.col("role"), pl.col("name")))
    in_order = places.join(about, on="statement_id", how="inner", maintain_order="left")
    found = judged_entities(
        in_order,
        judgements,
        lambda statement: str(keyed_id("UT-E-", pl.Series([anchors[statement]]), id_key)[0]),
    )
    return Entities(
        pl.concat([rows.join(found.rows, on="statement_id", how="anti"), found.rows.select(rows.columns)]),
        found.refused,
    )


# --- natural persons ------------------------------------------------------------------------------------------------

# An address that many have links nobody: listed ones (agents, business centres …) with what is a part of them, those with more than MASS_SEATS_N seats,
# and somebody else's, to whose care the letters go. A postcode is evidence where few households share it, which is so of British and whole Dutch ones, and
# none of those addresses has it: who writes the agent's address in another way has the agent's postcode still.
PERSONS_SQL = f"""
with mass as (
    select a.address_id, min(a.postcode) as postcode
    from address_statement a
    join entity_statement s on s.statement_id = a.of_statement_id
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
    where a.role = 'registered' and a.address_id is not null and s.is_registry_entry and e.status = 'in_force' and s.status not in {INACTIVE}
    group by a.address_id
    having count(*) > {MASS_SEATS_N}
),
of_many as (
    select postcode from mass where postcode is not null
    union
    select split_part(unit_key, '|', 1) from address_class_list
),
linking as (
    select a.of_statement_id, min(a.address_id) as address_id, min(a.postcode) filter (a.is_of_few) as postcode
    from (select *, regexp_full_match(postcode, '{UK_POSTCODE_SPACED}|{NL_POSTCODE}') and postcode not in (select postcode from of_many) as is_of_few
          from address_statement) a
    anti join address_class_list l on {in_unit_sql("a.unit_key", "l.unit_key")}
    where a.role = 'service' and a.address_id is not null and not {only_fills_sql("a.address_text")}
        and not {in_care_sql("a.care_of", "a.address_text")}
        and not exists (select 1 from mass m where m.address_id = a.address_id)
    group by a.of_statement_id
)
select row_number() over ({IN_ORDER}) - 1 as row_no, {SOURCE}, s.full_name, s.forename, s.middle_names, s.surname, s.birth_year, s.birth_month,
       a.address_id, a.postcode, s.person_type = 'knownPerson' as is_known,
       exists (select 1 from listing_statement l where l.party_statement_id = s.statement_id) as is_listed
from person_statement s
join edition_in_use e using (register, dataset, edition)
left join linking a on a.of_statement_id = s.statement_id
order by row_no
"""


def _persons(connection: Connection) -> pl.DataFrame:
    """Person records in order of their anchors, with `row_no` and `person_key` (null where too little is stated, or the person is protected or listed).

    Names are read batch by batch and leave only their key here, and what is compared of them in the table `person_feature`: a country's persons are no
    frame to hold with all that is said of them.
    """
    connection.execute(f"create or replace temp table person_source as {PERSONS_SQL}")
    ((rows_n,),) = connection.sql("select count(*) from person_source").fetchall()
    connection.execute(FEATURE_TABLE_SQL)
    found = []
    for start in range(0, max(rows_n, 1), BATCH_ROWS):
        batch = frame(
            connection,
            f"select * from person_source where row_no >= {start} and row_no < {start + BATCH_ROWS} order by row_no",
        )
        compared = _compared(batch)
        connection.register("person_batch", compared.to_arrow())
        connection.execute("insert into person_feature select * from person_batch")
        found.append(_keyed(batch, compared))
    connection.execute("drop table person_source")
    return pl.concat(found)


FEATURE_TABLE_SQL = """
create or replace temp table person_feature
    (row_no bigint, statement_id text, address text, postcode text, forename text, middle text, surname text, forename_key text, surname_key text, words text,
     birth_year smallint, birth_month tinyint)
"""


def _compared(persons: pl.DataFrame) -> pl.DataFrame:
    """Rows of `person_feature`: what is compared of these persons. Listed ones are screened and never merged; protected ones have no name."""
    compared = persons.filter("is_known", ~pl.col("is_listed"))
    features = pl.concat(
        [
            compared.select("row_no", "statement_id", pl.col("address_id").alias("address"), "postcode"),
            person_features(compared),
        ],
        how="horizontal",
    )
    return features.filter(pl.col("surname").is_not_null()).select(
        "row_no", "statement_id", "address", "postcode", *FEATURES
    )


def _keyed(persons: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """`persons` with person_key, for those of `compared` whose name is whole: twins who are both A Smith have one home and one birthday."""
    name = person_name_key(pl.col("full_name"), pl.col("forename"), pl.col("middle_names"), pl.col("surname"))
    key = pl.concat_str(
        name, *birth(pl.col("birth_year"), pl.col("birth_month")), "address_id", separator="|"
    )
    whole = compared.filter(is_whole_name())["row_no"]
    person_key = pl.when(pl.col("row_no").is_in(whole.implode())).then(key).alias("person_key")
    return persons.select(pl.col("row_no").cast(pl.UInt32), "statement_id", "edition", *ANCHOR, person_key)


HOLDERS_MAX = 20  # (own) persons who hold one company above which holding it together says nothing
# One row for each way in which a party-to-be is written. partners: hashes of what it holds and of who holds it too. Who was born in the same month may be
# the same person again, in another spelling or at another address, and is nobody's partner.
PROFILE_SQL = f"""
create or replace temp table person_profile as
with held as (
    select distinct f.row_no, a.anchor_no, hash(coalesce(r.subject_id, r.subject_statement_id)) as subject, f.birth_year * 12 + f.birth_month as born,
           case when f.birth_month is not null then hash(f.words, f.birth_year, f.birth_month) end as who
    from person_feature f
    join person_anchor a using (row_no)
    join relationship_statement r on r.party_statement_id = f.statement_id
    where coalesce(r.subject_id, r.subject_statement_id) is not null
),
few as (select subject from held group by subject having count(distinct anchor_no) <= {HOLDERS_MAX}),
close as (select h.* from held h where h.subject in (select subject from few)),
shared as (
    select row_no, subject as partner from close
    union
    select one.row_no, other.who from close one join close other on other.subject = one.subject and other.anchor_no <> one.anchor_no
    where other.who is not null and other.born is distinct from one.born
)
select min(f.row_no) as unique_id, a.anchor_no, f.forename, f.middle, f.surname, f.forename_key, f.surname_key, f.words, f.birth_year, f.birth_month, f.address,
       min(f.postcode) as postcode, coalesce(list_sort(list(distinct s.partner) filter (s.partner is not null)), []) as partners
from person_feature f
join person_anchor a using (row_no)
left join shared s using (row_no)
group by a.anchor_no, f.forename, f.middle, f.surname, f.forename_key, f.surname_key, f.words, f.birth_year, f.birth_month, f.address
"""


def _linked_persons(
    connection: Connection, persons: pl.DataFrame, judgements: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """row_no, anchor_no (of the person's earliest record), link_score, came_by_link, came_by_judgement, other_no, other_score, in order of row_no; and
    the pairs as RESOLUTION_LINK.

    link_score: probability of the strongest pair that joined the record's party-to-be with others, null where none did. came_by_link: false of the
    party-to-be that gave its name to the person. other_no: the likeliest other person, if nobody judged that it is another.
    """
    on_rows = of_rows(judgements, persons, "row_no")
    reached, alike = _profiled(connection, persons, on_rows.negative)
    judged = on_rows.mapped(dict(reached.filter(pl.col("row_no").is_in(on_rows.members)).iter_rows()))
    pairs = person_pairs(connection)
    of_judged = reached.filter(pl.col("anchor_no").is_in(judged.members))
    statements = of_judged.join(
        persons.select(pl.col("row_no").cast(pl.Int64), "statement_id"), on="row_no", how="inner"
    )
    clusters = clustered(pairs, _facts(connection, pairs, judged, statements, alike), judged, alike)
    person_of = clusters.first_of_each()
    known = pl.DataFrame(
        {"anchor_no": list(person_of), "person_no": list(person_of.values())},
        schema={"anchor_no": pl.Int64, "person_no": pl.Int64},
    )
    others = best_candidates(_not_apart(pairs, person_of, judged), person_of).rename(
        {"anchor_no": "person_no", "probability": "other_score"}
    )
    joined = reached.join(known, on="anchor_no", how="left", maintain_order="left").join(
        _link_scores(pairs, person_of).join(_ends_of(alike), on="anchor_no", how="anti"),
        on="anchor_no",
        how="left",
        maintain_order="left",
    )
    placed = joined.with_columns(pl.coalesce("person_no", "anchor_no").alias("person_no")).join(
        others, on="person_no", how="left", maintain_order="left"
    )
    came = pl.col("anchor_no") != pl.col("person_no")
    by_judgement = [
        end for pair in judged.positive if clusters.first(pair[0]) == clusters.first(pair[1]) for end in pair
    ]
    linked = placed.select(
        "row_no",
        pl.col("person_no").alias("anchor_no"),
        "link_score",
        (came & pl.col("link_score").is_not_null()).alias("came_by_link"),
        (came & pl.col("anchor_no").is_in(by_judgement)).alias("came_by_judgement"),
        "other_no",
        "other_score",
    )
    return linked, person_links(pairs, persons, clusters, alike)


PERSON_TABLES_SQL = """
select table_name from duckdb_tables()
where (database_name = 'temp' and starts_with(table_name, 'person_')) or (database_name = current_database() and starts_with(table_name, '__splink__'))
order by table_name
"""


def _forget_persons(connection: Connection) -> None:
    """Drop what the linkage of persons left: it is as large as all that comes after."""
    for (name,) in connection.sql(PERSON_TABLES_SQL).fetchall():
        connection.execute(f'drop table if exists "{name}"')


def _not_apart(pairs: pl.DataFrame, person_of: Mapping[int, int], judged: Judged) -> pl.DataFrame:
    """Pairs but those of two persons whom a judgement keeps apart."""
    apart = {frozenset(person_of.get(end, end) for end in pair) for pair in judged.negative}
    if not apart:
        return pairs
    ends = pairs.select("left_anchor", "right_anchor").iter_rows()
    return pairs.filter(
        pl.Series(
            [frozenset(person_of.get(end, end) for end in pair) not in apart for pair in ends],
            dtype=pl.Boolean,
        )
    )


def person_profiles(connection: Connection) -> None:
    """Write `person_profile` alone: what the linkage of persons compares."""
    _profiled(connection, _persons(connection))


def _profiled(
    connection: Connection, persons: pl.DataFrame, negative: Sequence[Link] = ()
) -> tuple[pl.DataFrame, list[Link]]:
    """row_no, anchor_no of the party-to-be, by what is equal and not judged to be of two (`negative`: pairs of row_no); and `person_profile` of them. And
    parties-to-be that a whole person key joins, where others beside them contradict each other (`_torn`), the surest first."""
    reached = persons.select(
        pl.col("row_no").cast(pl.Int64), _reached(persons).cast(pl.Int64).alias("anchor_no")
    )
    if negative:
        reached = _parted(persons, reached, negative)
    reached, alike = _torn(connection, persons, reached)
    connection.register("person_anchor", reached.to_arrow())
    connection.execute(PROFILE_SQL)
    return reached, alike


ROW_FACTS_SQL = """
select row_no, birth_year::int * 12 + birth_month as month, forename, middle, words from person_feature semi join chained_row using (row_no) order by row_no
"""


def _torn(
    connection: Connection, persons: pl.DataFrame, reached: pl.DataFrame
) -> tuple[pl.DataFrame, list[Link]]:
    """`reached`, in which records that hang together through others and contradict each other are parties-to-be of their own, and the keys that joined them.

    A record whose birth or name was corrected shares its key of before with one person and its key of now with another: which of the two it is, is decided
    within the limits of `clusters`, and said.
    """
    units = _chained(persons, reached)
    if units.is_empty():
        return reached, []
    connection.register("chained_row", units.select("row_no").to_arrow())
    stated = (
        units.join(frame(connection, ROW_FACTS_SQL), on="row_no", how="inner")
        .group_by("anchor_no", "unit")
        .agg("month", "forename", "middle", "words")
    )
    groups: dict[int, list[Facts]] = {}
    for anchor, _, *said in stated.iter_rows():
        months, forenames, middles, words = map(_known, said)
        groups.setdefault(anchor, []).append(Facts(months, frozenset(), forenames, middles, _words(words)))
    torn = [
        anchor
        for anchor, of in groups.items()
        if any(contradiction(*two) for two in combinations(set(of), 2))
    ]
    cut = units.filter(pl.col("anchor_no").is_in(torn))
    made = reached.join(cut.select("row_no", "unit"), on="row_no", how="left", maintain_order="left")
    return made.select("row_no", pl.coalesce("unit", "anchor_no").alias("anchor_no")), _key_links(cut)


def _chained(persons: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """row_no, anchor_no, unit (its smallest row_no), person_key: rows of the groups in which several keys join more than two units: records of one locator, and
    the registrar's own record that several registers tell of. Two alone share a key, and cannot contradict each other."""
    keyed = pl.DataFrame({"anchor_no": reached["anchor_no"], "key": persons["person_key"].hash()}).filter(
        persons["person_key"].is_not_null()
    )
    several = keyed.unique().filter(pl.col("anchor_no").is_duplicated())["anchor_no"].unique()
    rows = persons.hstack([reached["anchor_no"]]).filter(pl.col("anchor_no").is_in(several.implode()))
    if rows.is_empty():
        return pl.DataFrame(
            schema={"row_no": pl.Int64, "anchor_no": pl.Int64, "unit": pl.Int64, "person_key": pl.String}
        )
    group = ("anchor_no", "register", "dataset", "record", "part")
    units = rows.with_columns(_links(rows), pl.col("row_no").min().over(group).cast(pl.Int64).alias("unit"))
    linked = units.with_columns(
        pl.when(pl.col("link").is_null())
        .then("unit")
        .otherwise(pl.col("unit").min().over("anchor_no", "link"))
        .alias("unit")
    )
    whole = linked.with_columns(pl.col("unit").min().over(group), pl.col("row_no").cast(pl.Int64))
    return whole.filter(pl.col("unit").n_unique().over("anchor_no") > 2).select(
        "row_no", "anchor_no", "unit", "person_key"
    )


def _key_links(units: pl.DataFrame) -> list[Link]:
    """Pairs of units that share a key, each with the next that has it; those first that state it in the newest editions."""
    last = (
        units.filter(pl.col("person_key").is_not_null())
        .group_by("anchor_no", "person_key", "unit")
        .agg(pl.col("row_no").max())
    )
    neighbours = last.sort("person_key", "row_no", "unit").with_columns(
        pl.col("unit").shift().over("anchor_no", "person_key").alias("other"),
        pl.col("row_no").shift().over("anchor_no", "person_key").alias("other_row"),
    )
    found = neighbours.filter(pl.col("other").is_not_null()).select(
        pl.min_horizontal("unit", "other").alias("left"),
        pl.max_horizontal("unit", "other").alias("right"),
        pl.min_horizontal("row_no", "other_row").alias("newest"),
    )
    return list(
        found.sort("newest", "left", "right", descending=[True, False, False])
        .select("left", "right")
        .unique(maintain_order=True)
        .iter_rows()
    )


def _ends_of(links: Sequence[Link]) -> pl.DataFrame:
    return pl.DataFrame(
        {"anchor_no": sorted({end for link in links for end in link})}, schema={"anchor_no": pl.Int64}
    )


def _parted(persons: pl.DataFrame, reached: pl.DataFrame, negative: Sequence[Link]) -> pl.DataFrame:
    """`reached` with the pairs of `negative` apart: first the record itself, then one record of the registrar's, then what is written alike holds together."""
    shared = persons.with_columns(_links(persons)).select(
        pl.col("row_no").min().over("register", "dataset", "record", "part").alias("same_record"),
        *(
            pl.when(pl.col(of).is_null()).then("row_no").otherwise(pl.col("row_no").min().over(of)).alias(of)
            for of in ("link", "person_key")
        ),
    )
    work = pl.concat([reached, shared], how="horizontal")
    return reached.with_columns(parted(work, shared.columns, negative))


# Who is on a list, or protected, is never compared, and may be judged all the same: of those judged, births are read from what was stated.
FACTS_SQL = """
with stated as (
    select anchor_no, birth_year as year, birth_month as month, forename, middle, words from person_profile semi join clustering_anchor using (anchor_no)
    union all by name
    select j.anchor_no, p.birth_year as year, p.birth_month as month from judged_person j join person_statement p using (statement_id)
    union all by name
    select anchor_no, try_cast(left(birth, 4) as int) as year, try_cast(substr(birth, 6, 2) as int) as month
    from (select j.anchor_no, unnest(p.further_births) as birth from judged_person j join person_statement p using (statement_id))
)
select anchor_no, list(distinct year * 12 + month) as months, list(distinct year) filter (month is null) as years, list(distinct forename) as forenames,
       list(distinct middle) as middles, list(distinct words) as words
from stated group by anchor_no order by anchor_no
"""


def _facts(
    connection: Connection,
    pairs: pl.DataFrame,
    judged: Judged,
    statements: pl.DataFrame,
    alike: Sequence[Link],
) -> dict[int, Facts]:
    """What is stated of the anchors that a cluster of more than two may come to hold, that were judged, or that a key joins. A pair of its own was compared already.

    `statements`: anchor_no, statement_id of those judged.
    """
    ends = ("left_anchor", "right_anchor")
    merging = pairs.filter("merges").select(*ends)
    often = (
        pl.concat([merging[end] for end in ends])
        .value_counts()
        .filter(pl.col("count") > 1)
        .select(pl.first().alias("anchor_no"))["anchor_no"]
    )
    # A judgement chains its two with whatever either merges with.
    members = pl.concat(
        [pl.Series("anchor_no", judged.members, dtype=pl.Int64), _ends_of(alike)["anchor_no"]]
    )
    linking = pl.concat([often.cast(pl.Int64), members])
    chained = merging.filter(pl.any_horizontal(pl.col(end).is_in(linking.implode()) for end in ends))
    anchors = pl.concat([*(chained[end].alias("anchor_no") for end in ends), members]).unique()
    connection.register("clustering_anchor", anchors.to_frame().to_arrow())
    connection.register("judged_person", statements.select("anchor_no", "statement_id").to_arrow())
    return {
        anchor: Facts(
            _known(months), _known(years), _known(forenames), _known(middles), _words(_known(words))
        )
        for anchor, months, years, forenames, middles, words in frame(connection, FACTS_SQL).iter_rows()
    }


def _known[T](stated: Iterable[T | None] | None) -> frozenset[T]:
    return frozenset(one for one in stated or () if one)


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in name.split())


def _link_scores(pairs: pl.DataFrame, person_of: Mapping[int, int]) -> pl.DataFrame:
    """anchor_no, link_score: of the anchors that a merging pair brought to a person. A pair that was refused brought nobody."""
    ends = ("left_anchor", "right_anchor")
    merging = pairs.filter("merges")
    persons = [merging[end].replace(person_of) for end in ends]
    held = merging.filter(persons[0] == persons[1])
    each = pl.concat([held.select(pl.col(end).alias("anchor_no"), "probability") for end in ends])
    return each.group_by("anchor_no").agg(pl.col("probability").max().alias("link_score"))


def _person_rows(persons: pl.DataFrame, linked: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    """A person is the records that share a locator (over editions), a record of the registrar's (over registers) or a whole person key, followed
    to a fixpoint, and those that `linked` found to be the same. The method is what is so of the record: a key that no other record of the person has is no match.
    Columns as RESOLUTION."""
    rows = pl.concat([persons, linked.drop("row_no")], how="horizontal")
    ids = _anchor_ids(
        rows, pl.concat([rows["anchor_no"], rows["other_no"].drop_nulls()]), "UT-P-", id_key
    ).with_columns(pl.col("anchor_no").cast(pl.Int64))
    named = rows.join(ids, on="anchor_no", how="left", maintain_order="left")
    named = named.join(
        ids.select(pl.col("anchor_no").alias("other_no"), pl.col("party_id").alias("candidate_id")),
        on="other_no",
        how="left",
        maintain_order="left",
    )
    of_key = ("anchor_no", pl.col("person_key").hash())
    party_record = pl.struct("register", "dataset", "record", "part").hash()
    is_shared = party_record.min().over(of_key) != party_record.max().over(of_key)
    keyed, linked_up = pl.col("person_key").is_not_null() & is_shared, pl.col("link_score").is_not_null()
    by_link = linked_up & (~keyed | pl.col("came_by_link"))
    return RESOLUTION.conformed(
        named.with_columns(
            pl.when("came_by_judgement")
            .then(pl.lit("judgement"))
            .when(by_link)
            .then(pl.lit("linkage"))
            .when(keyed)
            .then(pl.lit("name_birth_address"))
            .otherwise(pl.lit("record"))
            .alias("method"),
            pl.when("came_by_judgement")
            .then(1.0)
            .when(by_link)
            .then("link_score")
            .when(keyed)
            .then(1.0)
            .otherwise(pl.col("other_score").fill_null(0.0))
            .alias("score"),
        )
    )


def _reached(persons: pl.DataFrame) -> pl.Series:
    """Smallest row_no reachable through shared locators, shared records of the registrar's and shared person keys. Rounds ≤ records of one person.

    Each kind of link becomes an integer first, the smallest row_no that has it, so that no round compares texts.
    """
    links = _links(persons)
    shared = (
        {"same_key": "person_key"}
        if links.null_count() == persons.height
        else {"same_key": "person_key", "same_source": "link"}
    )
    work = persons.with_columns(links).select(
        pl.col("row_no").min().over("register", "dataset", "record", "part").alias("same_record"),
        *(
            pl.when(pl.col(of).is_null())
            .then("row_no")
            .otherwise(pl.col("row_no").min().over(of))
            .alias(name)
            for name, of in shared.items()
        ),
        reached="row_no",
    )
    while True:
        before = work["reached"]
        for link in ("same_record", *shared):
            work = work.with_columns(pl.col("reached").min().over(link))
        if work["reached"].equals(before):
            return before
