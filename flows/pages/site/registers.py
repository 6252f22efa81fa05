"""The registers: which editions this release rests on, how old they are, and what they count."""

from datetime import date

from flows.facts.rows import Row, query_rows
from flows.pages.site.layout import Site, by
from transforms.model.sql import read_sql

PAGE = "registers.html"


def write(site: Site) -> None:
    editions = by(site.release.editions, "register")
    flags = {str(row["register"]): row["flags_n"] for row in site.query("register_flags")}
    gates = {str(row["register"]): row for row in site.query("register_gates")}
    as_of = site.release.row["as_of"]
    shown = [
        {
            "row": row,
            "editions": [_dated(edition, as_of) for edition in editions.get(str(row["register"]), [])],
            "flags_n": flags.get(str(row["register"]), 0),
            "gate": gates.get(str(row["register"])),
        }
        for row in site.release.registers
    ]
    stages = query_rows(site.connection, read_sql("flows.pages", "gates"))
    site.write(PAGE, "site_registers.html.j2", registers=shown, gates=stages)


def _dated(edition: Row, as_of: object) -> Row:
    """The edition with its age on the day of the facts, in days; None where the publisher dates nothing."""
    dated = edition["edition_date"]
    known = isinstance(dated, date) and isinstance(as_of, date)
    return {**edition, "age_days": (as_of - dated).days if known else None}  # type: ignore[operator]
