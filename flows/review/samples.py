"""Legal entities without a flag, drawn by lot from those that the authority already deals with.

It deals with whom it pays and with who applied for or holds a permit. Nobody else is drawn: there is no
purpose for that. What their reading shows stands on its own, since a page without a flag betrays itself; it
is in no figure.
"""

from dataclasses import dataclass

from flows.facts.rows import query_rows
from flows.review import rules
from flows.review.desk import Desk
from flows.review.rules import User
from transforms.model.sql import read_sql


@dataclass(frozen=True)
class Unflagged:
    """A legal entity without a flag. `dealings`: payee, applicant."""

    entity_id: str
    name: str | None
    dealings: str


def unflagged(desk: Desk, user: User, n: int) -> list[Unflagged]:
    """`n` of them, the same ones for the same release and user, in the order drawn."""
    user.require("judge")
    lot = f"unflagged {desk.release_id} {user.name}"
    rows = [
        Unflagged(
            str(row["entity_id"]), None if row["name"] is None else str(row["name"]), str(row["dealings"])
        )
        for row in query_rows(desk.connection, read_sql(__package__, "unflagged"))
    ]
    return sorted(rows, key=lambda row: rules.draw(desk.key, lot, row.entity_id))[:n]
