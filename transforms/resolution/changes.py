"""What merged and what split since the release before, and where an id noted then leads now.

A record of one edition is the same in both releases (its `statement_id`). So a record whose party has another
id stands for a merge, a split or a new name, and a place on a title that was sold stands for nothing. Reads
on the connection: `resolution`, `resolution_link`, and of the release before `resolution_before`
(statement_id, party_id, method) and `alias_before` (PARTY_ALIAS).

A split that no limit explains is due to a judgement if a judgement held records of it and holds them no
longer: it was withdrawn, or is on a record that is gone. A record that moved has both reasons: what holds it
to its party now, and why it left the other.
"""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.model.views import PARTY_ALIAS, RESOLUTION_CHANGE


def changes(connection: Connection) -> pl.DataFrame:
    """RESOLUTION_CHANGE rows, in key order."""
    return RESOLUTION_CHANGE.conformed(frame(connection, _query("changes")))


def aliases(connection: Connection, release_id: str) -> pl.DataFrame:
    """PARTY_ALIAS rows, in key order: new ones, and those of before followed on.

    `release_id`: of the release before.
    """
    return PARTY_ALIAS.conformed(frame(connection, _query("aliases"), {"release_id": release_id}))


def _query(name: str) -> str:
    return read_sql(__package__, name, kinds=read_sql(__package__, "kinds"))
