"""Legal entities without a flag, drawn by lot from those that the authority already deals with.

It deals with whom it pays and with who applied for or holds a permit. Nobody else is drawn, such as whom
another authority pays: there is no purpose for that. What their reading shows stands on its own, since a page
without a flag betrays itself; it is in no figure.
"""

from flows.facts.rows import Row, query_rows
from flows.review import rules
from flows.review.desk import Desk
from flows.review.rules import User
from transforms.model.sql import read_sql


def unflagged(desk: Desk, user: User, n: int) -> list[Row]:
    """`n` of them (entity_id, name, dealings: payee, applicant), the same ones for the same release and user,
    in the order drawn.
    """
    user.require("judge")
    lot = f"unflagged {desk.release_id} {user.name}"
    rows = query_rows(desk.connection, read_sql(__package__, "unflagged"), name=desk.settings.name)
    return sorted(rows, key=lambda row: rules.draw(desk.key, lot, str(row["entity_id"])))[:n]
