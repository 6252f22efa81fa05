"""Stage resolve: decide which records are about the same party."""

import structlog

from flows.home import warehouse
from flows.journal import judgements
from flows.night.keys import id_key
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, write_table
from transforms.model.views import MARTS, RESOLUTION_LINK
from transforms.resolution.companies.claims import shared_numbers
from transforms.resolution.resolve import resolve_judged as resolve

log = structlog.get_logger()
COUNTS_SQL = "select count(distinct party_id), count(*) filter (method = 'judgement') from resolved"


def resolve_parties(night: Night) -> Counts:
    """Write who is who, over every party record of every usable edition."""
    table = MARTS["resolution"]
    with open_tables(night, ()) as connection:
        judged = judgements.judged_records(connection, night.home)
        links = resolve(connection, id_key(night), judged)
        write_table(night, RESOLUTION_LINK, links)
        sql = f"select {', '.join(table.names)} from resolved"
        records_n = warehouse.write_parquet(connection, sql, night.table(table.name), table.key)
        ((parties_n, judged_n),) = connection.sql(COUNTS_SQL).fetchall()
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
        "links_refused": links.filter(outcome="refused").height,
    }
