"""Entity resolution: one row for each record of a party, and the pairs that were compared.

Entities are joined by identifiers whose names agree, else by name, country and address. Persons are joined by
equal name, month of birth and address, and by Splink's weights if records differ. A party is never joined on
a name alone, on a placeholder, or on first name, last name and month of birth alone; an address that many
share (an agent's, a mass one) is no further evidence. If two registers have the same record of the registrar
(a PSC record, and the statement that Open Ownership made from it), they have one party, so that its holdings
count once.

Also finds what merged and split since the previous release, and what a former id became. Both releases know a
record of one edition by the same `statement_id`, so a record whose party has another id shows a merge, a
split or a new id; a title that was sold has a new record and shows nothing. A split that no limit explains is
due to a judgement if a judgement joined its records before and no longer does: it was withdrawn, or its
record is gone. A record that moved has two reasons: why it is in its new party, and why it left the former.
"""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.model.views import PARTY_ALIAS, RESOLUTION, RESOLUTION_CHANGE
from transforms.resolution.batches import drop_all_but
from transforms.resolution.companies.claims import write_claims
from transforms.resolution.companies.joining import with_companies, write_entities
from transforms.resolution.companies.judged import judge_entities
from transforms.resolution.judgements import cross_kind, none_judged
from transforms.resolution.links import write_entity_links
from transforms.resolution.persons.features import read_persons
from transforms.resolution.persons.linkage import Predict, predicted_here
from transforms.resolution.persons.people import link_persons

RESOLVED_SQL = """
create or replace temp view resolved as
select * from entity_row union all by name select * from person_row
"""
LINKS_SQL = """
create or replace temp view resolved_link as
select * from entity_link union all by name select * from person_link
"""


def resolve(connection: Connection, id_key: bytes) -> pl.DataFrame:
    """The mart `resolution` without judgements."""
    resolve_judged(connection, id_key, none_judged())
    return RESOLUTION.conformed(frame(connection, "select * from resolved order by statement_id"))


def resolve_judged(
    connection: Connection, id_key: bytes, judgements: pl.DataFrame, predict_pairs: Predict = predicted_here
) -> None:
    """Write `resolved`, one row (RESOLUTION) for every party record of every usable edition, and
    `resolved_link`, the pairs compared (RESOLUTION_LINK).

    Reads the statement tables, `edition_in_use` and `address_class_list` on the connection. In a run, DuckDB
    joins in the written order and holds the second table in memory, so the smaller one comes second.
    `id_key`: secret key (at most 64 bytes) of the ids of parties without an official number; equal editions
    and key give equal ids. `judgements` (JUDGEMENT): on pairs of records. `predict_pairs`: as
    `linkage.person_pairs`.
    """
    read_persons(connection)
    link_persons(connection, judgements, id_key, predict_pairs)
    write_claims(connection, id_key)
    with_companies(connection)
    write_entities(connection)
    drop_all_but(connection, "entity_row", "company_pair", "person_row", "person_link")
    parted = judge_entities(connection, judgements, id_key)
    connection.execute(RESOLVED_SQL)
    write_entity_links(connection, [*parted, *cross_kind(connection, judgements)])
    connection.execute(LINKS_SQL)


def changes_and_aliases(connection: Connection, release_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RESOLUTION_CHANGE rows; and PARTY_ALIAS rows: new ones, and former ones updated. In key order.

    Reads `resolution`, `resolution_link`, and from the previous release `release_id`, `resolution_before`
    (statement_id, party_id, method) and `alias_before` (PARTY_ALIAS). Writes `shared`.
    """
    # Both queries need it.
    connection.execute(f"create or replace temp table shared as {read_sql(__package__, 'shared')}")
    changes = frame(connection, _query("changes"))
    aliases = frame(connection, _query("aliases"), {"release_id": release_id})
    return RESOLUTION_CHANGE.conformed(changes), PARTY_ALIAS.conformed(aliases)


def _query(name: str) -> str:
    return read_sql(__package__, name, kinds=read_sql(__package__, "kinds"))
