"""The timeline of a case page: incorporations, holders, titles gained and lost, and sales.

The query is timeline.sql.
"""

from collections.abc import Sequence

from flows.facts.case.parties import Member, entity_name, person_name
from flows.facts.case.surroundings import Surroundings
from flows.facts.rows import Row, as_int, query_rows
from transforms.model.sql import Connection, read_sql

EVENTS_MAX = 150  # (own) the number of all is said
TITLES_MAX = 40  # (own) of one legal entity, newest first; titles that the case is about always count


def timeline(connection: Connection, members: Sequence[Member], near: Surroundings) -> tuple[list[Row], int]:
    """Property and ownership events of the case and of the proprietors of its titles, newest first.

    Gives the first EVENTS_MAX (day, what, about, source: the register's title), and how many more there are.
    """
    ids = [member.id for member in members if member.kind != "person"]
    rows = query_rows(
        connection,
        read_sql(__package__, "timeline"),
        ids=ids,
        entities=[*ids, *near.proprietors],
        titles=list(near.titles),
        titles_max=TITLES_MAX,
        events_max=EVENTS_MAX,
    )
    return [_event(row) for row in rows], as_int(rows[0]["events_n"]) - len(rows) if rows else 0


def _event(row: Row) -> Row:
    other = f" {_name(row, 'other')}" if row["other"] is not None else ""
    return {**row, "what": f"{row['what']}{other}", "about": _name(row, "about")}


def _name(row: Row, side: str) -> str:
    """As in the picture: the name of a party, the address of a title or property."""
    party_type, name = row[f"{side}_type"], row[f"{side}_name"]
    if party_type is None:
        return str(name or row[side])
    if str(party_type).endswith("Person"):
        return person_name(str(party_type), name)
    return entity_name(str(party_type), name, str(row[side]))
