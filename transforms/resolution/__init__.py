"""Who is who, the first form: identifiers with name agreement; persons by name parts, birth month and address.

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

import polars as pl

from transforms.formats.bods import psc_link
from transforms.marts import MASS_SEATS_N
from transforms.names import NAME_AGREEMENT_MIN, company_name_key, names_similarity, person_name_key
from transforms.resolution.overseas import with_overseas_candidates
from transforms.sql import Connection, frame
from transforms.views import RESOLUTION

ID_BYTES = 10
PART_FROM = 26  # a statement id is 24 hex digits of its record, a hyphen, and the part of the record it speaks of
ANCHOR = ("edition_order", "register", "dataset", "record", "part")  # what the id of a party without a number is made of
# Rows in order of their anchors: `row_no` 0 is the earliest record.
IN_ORDER = "order by e.edition_order, s.register, s.dataset, s.record, s.statement_id"
SOURCE = f"s.statement_id, s.register, s.dataset, s.edition, s.record, substr(s.statement_id, {PART_FROM}) as part, e.edition_order"
BATCH_ROWS = 200_000
INACTIVE = ("dissolved", "closed", "converted", "removed")


def resolve(connection: Connection, id_key: bytes) -> pl.DataFrame:
    """The `resolution` mart: one row for every party record of every usable edition, in the schema of RESOLUTION.

    `id_key`: secret key (at most 64 bytes) of the ids of parties without an official number. Equal editions and key give equal ids.
    """
    claims = _claims(connection)
    judged = _judged(claims, _known_names(claims, _registered_names(connection)))
    rows = pl.concat([_registry_rows(connection), _claim_rows(claims, judged, id_key), _person_rows(_persons(connection), id_key)])
    return with_overseas_candidates(rows, connection).sort("statement_id")


def keyed_id(prefix: str, anchors: pl.Series, id_key: bytes) -> pl.Series:
    """`party_id`: `prefix` and a keyed hash (blake2b, 20 hex digits) of each anchor."""
    hashed = [f"{prefix}{hashlib.blake2b(anchor.encode(), key=id_key, digest_size=ID_BYTES).hexdigest()}" for anchor in anchors.to_list()]
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


def _claims(connection: Connection) -> pl.DataFrame:
    """Records that name an entity elsewhere than in its own register, in order of their anchors, with `name_key` and `row_no`."""
    return frame(connection, CLAIMS_SQL).with_columns(company_name_key(pl.col("name")).alias("name_key")).with_row_index("row_no")


def _registered_names(connection: Connection) -> pl.DataFrame:
    """org_id, known_key: names that the company registers held give to the numbers stated, current and former, of every edition."""
    found = frame(connection, REGISTERED_NAMES_SQL)
    former = found.select("org_id", pl.col("former_names").alias("name")).explode("name", empty_as_null=True).filter(pl.col("name").is_not_null())
    names = pl.concat([found.select("org_id", "name"), former.select("org_id", "name")])
    return names.select("org_id", company_name_key(pl.col("name")).alias("known_key")).unique()


def _known_names(claims: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    """org_id, known_key, verified: the registers' names; for a number that none holds, the name of the earliest record that states it."""
    others = claims.filter(pl.col("org_id").is_not_null() & pl.col("name_key").is_not_null()).join(registered, on="org_id", how="anti", maintain_order="left")
    earliest = others.unique("org_id", keep="first", maintain_order=True).select("org_id", pl.col("name_key").alias("known_key"))
    return pl.concat([registered.with_columns(verified=True), earliest.with_columns(verified=False)]).sort("org_id", "known_key")


def _judged(claims: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """org_id, name_key → similarity (best over the known names) and verified, for every number and name stated together."""
    stated = claims.filter(pl.col("org_id").is_not_null()).select("org_id", "name_key").unique()
    pairs = stated.join(known, on="org_id", how="inner").sort("org_id", "name_key", "known_key")
    scored = pairs.with_columns(names_similarity(pairs["name_key"], pairs["known_key"]).alias("similarity"))
    return scored.group_by("org_id", "name_key").agg(pl.col("similarity").max(), pl.col("verified").max())


def _claim_rows(claims: pl.DataFrame, judged: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    """The number where names agree; else a party of its own, with the number's holder as a candidate. Columns as RESOLUTION."""
    agrees = pl.col("similarity").fill_null(0.0) >= NAME_AGREEMENT_MIN
    method = pl.when(~agrees).then(pl.lit("record")).when("verified").then(pl.lit("identifier_and_name")).otherwise(pl.lit("identifier_unverified"))
    rows = claims.join(judged, on=["org_id", "name_key"], how="left", nulls_equal=True, maintain_order="left").with_columns(
        method.alias("method"), _same_record().alias("anchor_no")
    )
    on_its_own = pl.col("method") == "record"
    linked = _linked(rows, on_its_own)
    ids = _anchor_ids(linked, linked.filter(on_its_own)["anchor_no"], "UT-E-", id_key)
    return RESOLUTION.conformed(
        linked.join(ids, on="anchor_no", how="left").with_columns(
            pl.when(on_its_own).then(pl.coalesce("linked_id", "party_id")).otherwise("org_id").alias("party_id"),
            pl.when(on_its_own).then(0.0).otherwise("similarity").alias("score"),
            pl.when(on_its_own & pl.col("org_id").ne_missing(pl.col("linked_id"))).then("org_id").alias("candidate_id"),
        )
    )


def _links(rows: pl.DataFrame) -> pl.Series:
    """`psc_link` of each row's record. Null throughout where one register alone has any: there its own locator says as much."""
    links = rows.select("register", psc_link(pl.col("record")).alias("link"))
    if links.filter(pl.col("link").is_not_null())["register"].n_unique() > 1:
        return links["link"]
    return pl.Series("link", [None], dtype=pl.String).new_from_index(0, rows.height)


def _linked(rows: pl.DataFrame, on_its_own: pl.Expr) -> pl.DataFrame:
    """Add linked_id, and make anchor_no one, for parties that several registers tell of from one record of the registrar's (`psc_link`).

    linked_id: the number that agrees with the name in one of them, where there is one such number. anchor_no: the earliest record of those
    that are on their own.
    """
    links = _links(rows)
    if links.null_count() == rows.height:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias("linked_id"))
    party, is_linked = ("link", "part"), pl.col("link").is_not_null()
    number = pl.when(~on_its_own).then("org_id")
    is_known = is_linked & (number.drop_nulls().n_unique().over(party) == 1)
    earliest = pl.when(on_its_own).then("anchor_no").min().over(party)
    return rows.with_columns(links).with_columns(
        pl.when(is_known).then(number.min().over(party)).alias("linked_id"),
        pl.when(is_linked & on_its_own).then(earliest).otherwise("anchor_no").alias("anchor_no"),
    )


def _same_record() -> pl.Expr:
    """row_no of the earliest edition's record of the same party.

    The locator of an owner or an arrangement is its own for life. That of a proprietor is a place on a title, which
    another may take: there the name must be the same too.
    """
    name = pl.when(pl.col("role") == "proprietor").then(pl.col("name_key").fill_null("")).otherwise(pl.lit(""))
    return pl.col("row_no").min().over("register", "dataset", "record", "part", name)


# --- natural persons ------------------------------------------------------------------------------------------------

# An address that many have links nobody: listed ones (agents, business centres …) and those with more than MASS_SEATS_N seats.
PERSONS_SQL = f"""
with mass as (
    select a.address_id
    from address_statement a
    join entity_statement s on s.statement_id = a.of_statement_id
    join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
    where a.role = 'registered' and a.address_id is not null and s.is_registry_entry and e.status = 'in_force' and s.status not in {INACTIVE}
    group by a.address_id
    having count(*) > {MASS_SEATS_N}
),
linking as (
    select a.of_statement_id, min(a.address_id) as address_id
    from address_statement a
    where a.role = 'service' and a.address_id is not null
        and not exists (select 1 from address_class_list l where l.address_id = a.address_id)
        and not exists (select 1 from mass m where m.address_id = a.address_id)
    group by a.of_statement_id
)
select {SOURCE}, s.person_type, s.full_name, s.forename, s.middle_names, s.surname, s.birth_year, s.birth_month, a.address_id
from person_statement s
join edition_in_use e using (register, dataset, edition)
left join linking a on a.of_statement_id = s.statement_id
{IN_ORDER}
"""


def _persons(connection: Connection) -> pl.DataFrame:
    """Person records in order of their anchors, with `row_no` and `person_key` (null where too little is stated, or the person is protected).

    Names are read batch by batch and leave only their key: a country's persons are no frame to hold with all that is said of them.
    """
    batches = connection.sql(PERSONS_SQL).to_arrow_reader(BATCH_ROWS)
    return pl.concat([_keyed(pl.DataFrame(batch)) for batch in batches] or [_keyed(frame(connection, PERSONS_SQL))]).with_row_index("row_no")


def _keyed(persons: pl.DataFrame) -> pl.DataFrame:
    name = person_name_key(pl.col("full_name"), pl.col("forename"), pl.col("middle_names"), pl.col("surname"))
    key = pl.concat_str(name, "birth_year", "birth_month", "address_id", separator="|")
    return persons.select("statement_id", "edition", *ANCHOR, pl.when(pl.col("person_type") == "knownPerson").then(key).alias("person_key"))


def _person_rows(persons: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    """A person is the records that share a locator (over editions), a record of the registrar's (over registers) or a whole person key, followed
    to a fixpoint. Columns as RESOLUTION."""
    rows = persons.with_columns(_reached(persons).alias("anchor_no"))
    keyed = pl.col("person_key").is_not_null()
    return RESOLUTION.conformed(
        rows.join(_anchor_ids(rows, rows["anchor_no"], "UT-P-", id_key), on="anchor_no", how="left").with_columns(
            pl.when(keyed).then(pl.lit("name_birth_address")).otherwise(pl.lit("record")).alias("method"),
            pl.when(keyed).then(1.0).otherwise(0.0).alias("score"),
            pl.lit(None, dtype=pl.String).alias("candidate_id"),
        )
    )


def _reached(persons: pl.DataFrame) -> pl.Series:
    """Smallest row_no reachable through shared locators, shared records of the registrar's and shared person keys. Rounds ≤ records of one person.

    Each kind of link becomes an integer first, the smallest row_no that has it, so that no round compares texts.
    """
    links = _links(persons)
    shared = {"same_key": "person_key"} if links.null_count() == persons.height else {"same_key": "person_key", "same_source": "link"}
    work = persons.with_columns(links).select(
        pl.col("row_no").min().over("register", "dataset", "record", "part").alias("same_record"),
        *(pl.when(pl.col(of).is_null()).then("row_no").otherwise(pl.col("row_no").min().over(of)).alias(name) for name, of in shared.items()),
        reached="row_no",
    )
    while True:
        before = work["reached"]
        for link in ("same_record", *shared):
            work = work.with_columns(pl.col("reached").min().over(link))
        if work["reached"].equals(before):
            return before
