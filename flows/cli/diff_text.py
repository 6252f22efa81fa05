"""The rows of `undertow diff` as lines for a terminal: each entity, its parties, and what changed."""

from collections.abc import Iterator

import polars as pl
from rich.text import Text

from flows.cli.grid import wrapped

WIDTH = 100  # columns, in a pipe too
SUBJECT, PARTY = ["subject_id", "subject_name"], ["party_id", "party_name"]
CHANGE = ["change", "what", "before", "after"]


def change_lines(rows: pl.DataFrame) -> Iterator[str]:
    """Rows of DIFFERENCE as lines of at most WIDTH. Names are cut to fit; ids are whole."""
    in_order = rows.sort("subject_id", "party_id", "what", "scope")
    for subject, of_subject in in_order.group_by(SUBJECT, maintain_order=True):
        yield _heading(*subject)
        for party, of_party in of_subject.group_by(PARTY, maintain_order=True):
            yield f"  {_heading(*party)}"
            for (change, what, before, after), same in of_party.group_by(CHANGE, maintain_order=True):
                scopes = f" ({', '.join(same['scope'])})" if any(same["scope"]) else ""
                unit = " %" if what == "ownership" else ""
                state = f"{before} to {after}" if before and after else before or after
                line = f"{change:7}  {str(what).replace('_', ' ')}{scopes}: {state}{unit}"
                yield from (f"    {part}" for part in wrapped(line, WIDTH - 4))


def _heading(identifier: object, name: object) -> str:
    heading = Text(f"{identifier}  {name or ''}".rstrip())
    heading.truncate(WIDTH - 2, overflow="ellipsis")
    return heading.plain
