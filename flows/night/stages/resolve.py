"""Stage resolve: decide which records are about the same party."""

import structlog

from flows.journal import judgements
from flows.night.keys import id_key
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, write_table
from transforms.model.views import (
    MARTS,
    RESOLUTION_LINK,
)
from transforms.resolution.companies.claims import shared_numbers
from transforms.resolution.resolve import resolve_judged as resolve

log = structlog.get_logger()


def resolve_parties(night: Night) -> Counts:
    """Write who is who, over every party record of every usable edition."""
    with open_tables(night, ()) as connection:
        judged = judgements.judged_records(connection, night.home)
        resolved = resolve(connection, id_key(night), judged)
    resolution = resolved.rows
    write_table(night, MARTS["resolution"], resolution)
    write_table(night, RESOLUTION_LINK, resolved.links)
    shared = shared_numbers(resolution)
    for number in shared:
        log.warning(
            "number shared",
            message=f"{number} is stated by many records with other names, which are only candidates for it; "
            "see v_resolution",
        )
    return {
        "records": resolution.height,
        "parties": resolution["party_id"].n_unique(),
        "numbers_shared": len(shared),
        "judged": resolution.filter(method="judgement").height,
        "links_refused": resolved.links.filter(outcome="refused").height,
    }
