"""Stage resolve: decide which records are about the same party."""

from __future__ import annotations

import secrets
from pathlib import Path

import structlog

from flows.home.durable import write_bytes_durably
from flows.home.settings import Home
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
from transforms.resolution.resolve import Resolved
from transforms.resolution.resolve import resolve_judged as resolve

log = structlog.get_logger()
ID_KEY_BYTES = 32
DEMO_ID_KEY = b"undertow synthetic town, no secret"[:ID_KEY_BYTES]


def resolve_parties(night: Night) -> Counts:
    """Who is who, over every party record of every usable edition."""
    resolved = _resolved(night)
    resolution = resolved.rows
    write_table(night, MARTS["resolution"], resolution)
    write_table(night, RESOLUTION_LINK, resolved.links)
    shared = shared_numbers(resolution)
    for number in shared:
        log.warning(
            "number shared",
            message=f"{number} is stated by many records of other names; they are candidates of it only, see v_resolution",
        )
    outcomes = resolved.links["outcome"]
    return {
        "records": resolution.height,
        "parties": resolution["party_id"].n_unique(),
        "numbers_shared": len(shared),
        "judged": resolution.filter(method="judgement").height,
        "links_refused": int((outcomes == "refused").sum()),
    }


def _resolved(night: Night) -> Resolved:
    connection = open_tables(night, ())
    try:
        return resolve(connection, id_key(night), judgements.judged_records(connection, night.home))
    finally:
        connection.close()


def id_key(night: Night) -> bytes:
    """The demo's key is fixed so that its ids are the same everywhere; a real home has its own, made once."""
    if night.synthetic:
        return DEMO_ID_KEY
    path = night.home.secrets / "id.key"
    if not path.exists():
        _refuse_another_key(night.home, path)
        write_bytes_durably(path, secrets.token_bytes(ID_KEY_BYTES), mode=0o600)
    return path.read_bytes()


def _refuse_another_key(home: Home, path: Path) -> None:
    """A home that has published real registers has had a key: with another one every person would get another id."""
    if any(not release.synthetic for release in store.releases(home)):
        raise RunFailed(
            f"{path}: is gone, and with another key every natural person would get another id than in the releases kept; restore it from a backup, "
            "or give a new --home"
        )
