"""Legal entities without a flag, drawn at random from those with which the authority already deals.

It deals with parties that it pays and parties that applied for or hold a permit. Nobody else is drawn, such
as parties that another authority pays: there is no purpose for that. The results of reading them are kept
apart and are in no figure, because a page without a flag is recognisable.
"""

from flows.facts.rows import Row, query_rows
from flows.review import rules
from flows.review.desk import Desk
from transforms.model.sql import read_sql


def unflagged(desk: Desk, user: rules.User, n: int) -> list[Row]:
    """`n` of them (entity_id, name, dealings: payee, applicant), the same for the same release and user, in
    the order drawn.
    """
    user.require("judge")
    lot = f"unflagged {desk.release_id} {user.name}"
    rows = query_rows(desk.connection, read_sql(__package__, "unflagged"), name=desk.settings.name)
    return sorted(rows, key=lambda row: rules.draw(desk.key, lot, str(row["entity_id"])))[:n]
