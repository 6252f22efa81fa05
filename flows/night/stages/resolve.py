"""Stage resolve: decide which records are about the same party."""

from functools import partial
from hashlib import sha256

import polars as pl
import structlog

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.journal import judgements
from flows.night.keys import id_key
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, show_own_registers
from transforms.model.views import RESOLUTION, RESOLUTION_LINK
from transforms.resolution.companies.claims import shared_numbers
from transforms.resolution.persons.linkage import Predict, predicted_here
from transforms.resolution.resolve import resolve_judged as resolve

log = structlog.get_logger()
COUNTS_SQL = """
select
    count(distinct party_id),
    count(*) filter (method = 'judgement'),
    (select count(*) from resolved_link where outcome = 'refused')
from resolved
"""


# What `resolve` reads, with the judgements.
READS = (
    "address_class_list",
    "address_statement",
    "edition_in_use",
    "entity_statement",
    "identifier_statement",
    "listing_statement",
    "name_statement",
    "person_statement",
    "proprietorship_statement",
    "relationship_statement",
)


def resolve_parties(night: Night, predict_pairs: Predict = predicted_here) -> Counts:
    """Write the resolution of every party record in every usable edition. `predict_pairs`: as
    `linkage.person_pairs`.
    """
    key = id_key(night.home, synthetic=night.synthetic)
    with open_tables(night, (), joins_as_written=True) as connection:
        judged = judgements.judged_records(connection, night.home)
        night.memory.know("judgement", judged)
        reads = show_own_registers(night, connection, READS, own_addresses=True)
        return night.memory.step(
            "resolve",
            (*reads, "judgement"),
            (RESOLUTION.name, RESOLUTION_LINK.name),
            partial(_resolved, night, connection, key, judged, predict_pairs),
            rule=sha256(key).hexdigest(),
        )


def _resolved(
    night: Night, connection: warehouse.Connection, key: bytes, judged: pl.DataFrame, predict_pairs: Predict
) -> Counts:
    resolve(connection, key, judged, predict_pairs)
    records_n, _ = (
        write_parquet(
            connection, f"select {', '.join(table.names)} from {name}", night.table(table.name), table.key
        )
        for name, table in (("resolved", RESOLUTION), ("resolved_link", RESOLUTION_LINK))
    )
    ((parties_n, judged_n, refused_n),) = connection.sql(COUNTS_SQL).fetchall()
    shared = shared_numbers(connection)
    for number in shared:
        log.warning(
            "number shared",
            message=f"{number} is stated by many records with other names, which are only candidates for it; "
            "see v_resolution",
        )
    return {
        "records": records_n,
        "parties": parties_n,
        "numbers_shared": len(shared),
        "judged": judged_n,
        "links_refused": refused_n,
    }
