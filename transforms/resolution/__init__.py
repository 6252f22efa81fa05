"""Who is who, the first form: identifiers with name agreement; persons by name parts, birth month and address.

`resolve` reads the lake's `entity_statement`, `person_statement` and `address_statement` (views on the connection it is
given, with `edition_in_use`) and returns the `resolution` mart. Rules: DESIGN.md "Vocabulary" and "Ids".

A party is never joined on a name alone, on a placeholder, or on first name, last name and birth month alone.
"""

from __future__ import annotations

import hashlib

import polars as pl

from transforms.names import NAME_AGREEMENT_MIN, company_name_key, names_similarity, person_name_key
from transforms.sql import Connection, frame
from transforms.views import RESOLUTION

ID_BYTES = 10
PART_FROM = 26  # a statement id is 24 hex digits of its record, a hyphen, and the part of the record it speaks of


def resolve(connection: Connection, id_key: bytes) -> pl.DataFrame:
    """The `resolution` mart: one row for every party record of every usable edition, in the schema of RESOLUTION.

    `id_key`: secret key of the ids of parties without an official number. Equal editions and key give equal ids.
    """
    entities = _entities(connection)
    claims = _judged_claims(entities)
    persons = _persons(connection)
    rows = pl.concat([_entity_rows(entities, claims, id_key), _person_rows(persons, id_key)])
    return RESOLUTION.conformed(rows).sort("statement_id")


def keyed_id(prefix: str, anchors: pl.Series, id_key: bytes) -> pl.Series:
    """`prefix` and a keyed hash of each anchor record (edition date, register, locator)."""
    hashed = [f"{prefix}{hashlib.blake2b(anchor.encode(), key=id_key, digest_size=ID_BYTES).hexdigest()}" for anchor in anchors.to_list()]
    return pl.Series("party_id", hashed, dtype=pl.String)


# --- legal entities -------------------------------------------------------------------------------------------------

ENTITIES_SQL = f"""
select s.statement_id, s.register, s.edition, s.record, s.is_registry_entry, s.identifier_scheme, s.identifier, s.name, s.former_names,
       e.edition_order,
       substr(s.statement_id, {PART_FROM}) as part, concat_ws('|', e.edition_order, s.register, s.record, substr(s.statement_id, {PART_FROM})) as anchor
from entity_statement s join edition_in_use e using (register, dataset, edition)
order by e.edition_order, s.register, s.record, s.statement_id
"""


def _entities(connection: Connection) -> pl.DataFrame:
    """Entity statements in order of their anchors, with `org_id` and `name_key`."""
    return frame(connection, ENTITIES_SQL).with_columns(
        pl.when(pl.col("identifier").is_not_null()).then(pl.concat_str("identifier_scheme", pl.lit("-"), "identifier")).alias("org_id"),
        company_name_key(pl.col("name")).alias("name_key"),
    )


def _known_names(entities: pl.DataFrame) -> pl.DataFrame:
    """org_id, known_key, verified: the register's own names, current and former; else those of the earliest record."""
    entries = entities.filter("is_registry_entry")
    current = entries.select("org_id", pl.col("name_key").alias("known_key"))
    former = entries.select("org_id", "former_names").explode("former_names", empty_as_null=True).filter(pl.col("former_names").is_not_null())
    registered = pl.concat([current, former.select("org_id", company_name_key(pl.col("former_names")).alias("known_key"))]).unique()
    others = entities.filter(pl.col("org_id").is_not_null() & pl.col("name_key").is_not_null()).join(registered, on="org_id", how="anti")
    earliest = others.unique("org_id", keep="first", maintain_order=True).select("org_id", pl.col("name_key").alias("known_key"))
    return pl.concat([registered.with_columns(verified=True), earliest.with_columns(verified=False)]).sort("org_id", "known_key")


def _judged_claims(entities: pl.DataFrame) -> pl.DataFrame:
    """org_id, name_key → similarity (best over known names) and verified, for every number that a record states."""
    stated = entities.filter(~pl.col("is_registry_entry") & pl.col("org_id").is_not_null()).select("org_id", "name_key").unique()
    pairs = stated.join(_known_names(entities), on="org_id", how="inner").sort("org_id", "name_key", "known_key")
    scored = pairs.with_columns(names_similarity(pairs["name_key"], pairs["known_key"]).alias("similarity"))
    return scored.group_by("org_id", "name_key").agg(pl.col("similarity").max(), pl.col("verified").max()).sort("org_id", "name_key")


def _entity_rows(entities: pl.DataFrame, claims: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    judged = entities.join(claims, on=["org_id", "name_key"], how="left", nulls_equal=True, maintain_order="left")
    agrees = pl.col("similarity").fill_null(0.0) >= NAME_AGREEMENT_MIN
    method = (
        pl.when("is_registry_entry").then(pl.lit("identifier"))
        .when(agrees & pl.col("verified")).then(pl.lit("identifier_and_name"))
        .when(agrees).then(pl.lit("identifier_unverified"))
        .otherwise(pl.lit("record"))
    )  # fmt: skip
    marked = judged.with_columns(method.alias("method"))
    # The same part of the same record, of the same name, in a later edition is the same party: it keeps the earliest edition's anchor.
    anchors = pl.col("anchor").first().over("register", "record", "part", pl.col("name_key").fill_null(""))
    by_record = marked.with_columns(anchors)
    return by_record.with_columns(
        pl.when(pl.col("method") == "record").then(keyed_id("UT-E-", by_record["anchor"], id_key)).otherwise("org_id").alias("party_id"),
        pl.when(pl.col("method") == "identifier").then(1.0).when(pl.col("method") == "record").then(0.0).otherwise("similarity").alias("score"),
        pl.when(pl.col("method") == "record").then("org_id").alias("candidate_id"),
    ).select(RESOLUTION.names)


# --- natural persons ------------------------------------------------------------------------------------------------

PERSONS_SQL = """
select s.statement_id, s.register, s.edition, s.record, s.person_type, s.full_name, s.forename, s.middle_names, s.surname, s.birth_year, s.birth_month,
       a.address_id, e.edition_order, concat_ws('|', e.edition_order, s.register, s.record) as anchor
from person_statement s
join edition_in_use e using (register, dataset, edition)
left join address_statement a on a.of_statement_id = s.statement_id and a.role = 'service'
order by e.edition_order, s.register, s.record, s.statement_id
"""


def _persons(connection: Connection) -> pl.DataFrame:
    key = person_name_key(pl.col("full_name"), pl.col("forename"), pl.col("middle_names"), pl.col("surname"))
    return frame(connection, PERSONS_SQL).with_columns(pl.concat_str(key, "birth_year", "birth_month", "address_id", separator="|").alias("person_key"))


def _person_rows(persons: pl.DataFrame, id_key: bytes) -> pl.DataFrame:
    """A person is the records that share a locator (over editions) or a whole person key, followed to a fixpoint."""
    grouped = persons.with_columns(_group_anchors(persons))
    return grouped.with_columns(
        keyed_id("UT-P-", grouped["anchor"], id_key),
        pl.when(pl.col("person_key").is_not_null()).then(pl.lit("name_birth_address")).otherwise(pl.lit("record")).alias("method"),
        pl.when(pl.col("person_key").is_not_null()).then(1.0).otherwise(0.0).alias("score"),
        pl.lit(None, dtype=pl.String).alias("candidate_id"),
    ).select(RESOLUTION.names)


def _group_anchors(persons: pl.DataFrame) -> pl.Series:
    """Smallest anchor reachable through shared locators and shared person keys. Rounds ≤ records of one person."""
    work = persons.select("anchor", record_key=pl.concat_str("register", "record", separator="|"), person_key=pl.col("person_key"))
    while True:
        by_record = work.with_columns(pl.col("anchor").min().over("record_key"))
        shared = pl.col("anchor").min().over("person_key")
        merged = by_record.with_columns(pl.when(pl.col("person_key").is_not_null()).then(shared).otherwise("anchor").alias("anchor"))
        if merged["anchor"].equals(work["anchor"]):
            return merged["anchor"]
        work = merged
