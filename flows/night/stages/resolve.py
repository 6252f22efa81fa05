"""Stage resolve: decide which records are about the same party."""

import secrets

import structlog

from flows.home.durable import write_bytes_durably
from flows.journal import judgements
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, write_table
from flows.release import store
from transforms.errors import RunFailed
from transforms.model.views import (
    MARTS,
    RESOLUTION_LINK,
)
from transforms.resolution.companies.claims import shared_numbers
from transforms.resolution.resolve import resolve_judged as resolve

log = structlog.get_logger()
ID_KEY_BYTES = 32
DEMO_ID_KEY = b"undertow synthetic town, no secret"[:ID_KEY_BYTES]


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


def id_key(night: Night) -> bytes:
    """The key for ids of natural persons: made once for a home, and fixed for the demo.

    Raises RunFailed where a home that has published real registers has lost its key: every person would get a
    new id.
    """
    if night.synthetic:
        return DEMO_ID_KEY
    path = night.home.secrets / "id.key"
    if not path.exists():
        if store.is_real(night.home):
            raise RunFailed(
                f"{path}: is missing, and with another key every natural person would get another id than in "
                f"the "
                "releases kept; restore it from a backup, or give a new --home"
            )
        write_bytes_durably(path, secrets.token_bytes(ID_KEY_BYTES), mode=0o600)
    return path.read_bytes()
