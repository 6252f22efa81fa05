"""The night report: what was read, what was flagged, and the cases to review.

Only `v_*` views are read, so any DuckDB user can get the same numbers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from flows.facts.areas import Areas, parse_areas
from flows.facts.rows import Row, as_int, query_rows
from flows.home.settings import case_pages_a_night
from flows.home.warehouse import literal
from flows.pages.release import (
    Release,
    first_that_fits,
    flags_shown,
    indicator_sections,
    read_release,
    reason_words,
    write_page,
)
from transforms.model.sql import Connection, read_sql
from transforms.model.subjects import SUBJECT_KINDS
from transforms.reports import render

FILE_NAME = "night.html"
# Flags an indicator, and facts a flag: the first that fits is taken; the rest is in v_flag and v_evidence.
SIZES = ((200, 30), (100, 12), (50, 6), (20, 4), (10, 2), (5, 1))
FLAGS_OPEN = 20  # flags of an indicator shown without a click
LOCATORS_SHOWN = 5  # examples a reject code
CASES_SHOWN = 50  # cases in the list; the rest is in v_case
ROWS_SHOWN = 100  # findings, failed gates, unrecognised files, reject codes: rows a table
ALWAYS_SHOWN_SECTIONS = (
    "Condition",
    "Why it is a red flag",
    "Ordinary explanations",
    "What would clear it",
    "Source",
)


@dataclass(frozen=True)
class Listing:
    """The first rows of a table, and how many there are in all."""

    rows: tuple[Row, ...]
    rows_n: int

    @property
    def more_n(self) -> int:
        return self.rows_n - len(self.rows)


def render_night(
    connection: Connection, to: Path, *, areas: Sequence[str] = (), data_docs: str | None = None
) -> Path:
    """Write `<to>/night.html` from the release behind `connection` and return its path.

    `areas`: names or official codes of districts, any case; they choose which flags are listed, never the
    counts of the release. `data_docs`: address of the index of the Data Docs, seen from the page. Equal
    releases and areas give equal bytes. Raises UsageError for a blank area, RunFailed where
    `v_release` does not have exactly one row.
    """
    fixed = {"data_docs": data_docs}
    page = first_that_fits(_pages(connection, read_release(connection), parse_areas(areas), fixed))
    return write_page(to / FILE_NAME, page)


def _pages(
    connection: Connection, release: Release, areas: Areas, given: Mapping[str, object]
) -> Iterator[str]:
    """The page in each of SIZES, the fullest first. `given`: what else the template takes."""
    fixed, sections = {**given, **_fixed(connection, release, areas)}, _sections(connection, release, areas)
    first = _query(connection, "first_flags", areas, shown=SIZES[0][0])
    words = {kind.code: kind.words for kind in SUBJECT_KINDS.values()}
    for flags_max, facts_max in SIZES:
        rows = [row for row in first if as_int(row["place"]) <= flags_max]
        flags = flags_shown(connection, release, rows, facts_max)
        by_code = {code: tuple(group) for code, group in groupby(flags, lambda flag: flag.row["indicator"])}
        shown = [{**section, "flags": by_code.get(code, ())} for code, section in sections.items()]
        yield render("night.html.j2", **fixed, sections=shown, subject_words=words)


def _fixed(connection: Connection, release: Release, areas: Areas) -> dict[str, object]:
    """What is on the page in any size."""
    rejects = _query(connection, "rejects", areas, examples=LOCATORS_SHOWN, shown=ROWS_SHOWN)
    return {
        "release": release.row,
        "areas": areas.names,
        "titles": release.titles,
        "registers": release.registers,
        "editions": release.editions,
        "alarms": _query(connection, "alarms", areas),
        "cases": cases_listed(connection, areas),
        "unplaced": _query(connection, "unplaced", areas)[0],
        "unopened": _query(connection, "unopened", areas),
        "rejects": _listing(rejects),
        "findings": _first_rows(
            connection, "v_finding", "register, dataset, edition, code, rows_n desc, field, value nulls first"
        ),
        "failed_gates": _first_rows(
            connection,
            "v_gate where not passed",
            "severity, stage, register, edition, table_name, expectation, example",
        ),
        "gate_counts": _query(connection, "gates", areas),
        "unrecognised": _first_rows(connection, "v_unrecognised_file", "file_name, reason"),
        "limits": {"open": FLAGS_OPEN, "locators": LOCATORS_SHOWN, "case_pages": case_pages_a_night()},
    }


def _query(connection: Connection, name: str, areas: Areas, **parameters: object) -> tuple[Row, ...]:
    """The rows of a `.sql` file of this folder, in the chosen areas where it asks for them."""
    query = read_sql(__package__, name, in_area=areas.condition)
    chosen = areas.parameters if "$areas" in query else {}
    return query_rows(connection, query, **parameters, **chosen)


def _listing(rows: tuple[Row, ...]) -> Listing:
    return Listing(rows, as_int(rows[0]["all_n"]) if rows else 0)


def _first_rows(
    connection: Connection, source: str, order: str, shown: int = ROWS_SHOWN, **parameters: object
) -> Listing:
    """`source`: a view, and which rows of it."""
    query = f"select *, count(*) over () as all_n from {source} order by {order} limit $shown"
    return _listing(query_rows(connection, query, shown=shown, **parameters))


def cases_listed(connection: Connection, areas: Areas) -> Listing:
    """The first cases in review order with a flag in the chosen areas: at least those that have a page."""
    in_areas = f"select case_id from v_flag where state = 'flagged' and {areas.condition}"
    source = f"v_case where case_id in ({in_areas})" if areas.names else "v_case"
    shown = max(CASES_SHOWN, case_pages_a_night())
    return _first_rows(connection, source, "position", shown, **areas.parameters)


# --- what was flagged -------------------------------------------------------------------------------------


def _sections(connection: Connection, release: Release, areas: Areas) -> dict[str, Row]:
    """Code → section of an indicator, without its flags."""
    counts = _query(connection, "state_counts", areas)
    return {
        code: _section(release, code, areas, [count for count in counts if count["indicator"] == code])
        for code in release.indicators
    }


def _section(release: Release, code: str, areas: Areas, counts: Sequence[Row]) -> Row:
    """`flags_n` and `not_assessable` are of the chosen areas; the counts in `row` are the release's."""
    row = release.indicators[code]
    flagged = [count for count in counts if count["state"] == "flagged"]
    not_assessable = [count for count in counts if count["state"] == "not_assessable"]
    declared = release.declared.get(code)
    subtypes = declared.subtypes if declared else {}
    sections = indicator_sections(row).items()
    return {
        "row": row,
        "page": [item for item in sections if item[0] in ALWAYS_SHOWN_SECTIONS],
        "more_page": [item for item in sections if item[0] not in ALWAYS_SHOWN_SECTIONS],
        "subtypes": [
            {"code": subtype, "words": subtypes.get(subtype, "").rstrip("."), "rows_n": rows_n}
            for subtype, rows_n in _totals(flagged, "subtype")
        ],
        "flags_n": sum(as_int(count["rows_n"]) for count in flagged),
        "no_area_n": sum(as_int(count["no_area_n"]) for count in flagged),
        "not_assessable": [
            {"code": reason, "words": reason_words(release, code, reason), "rows_n": rows_n}
            for reason, rows_n in _totals(not_assessable, "reason")
        ],
        "list_sql": _list_sql(code, areas),
    }


def _totals(counts: Iterable[Row], column: str) -> list[tuple[str, int]]:
    """Rows by the codes of one column, the largest first; codes with no row in the areas are left out."""
    totals: dict[str, int] = {}
    for count in counts:
        code = str(count[column] or "")
        totals[code] = totals.get(code, 0) + as_int(count["rows_n"])
    largest_first = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return [(code, rows_n) for code, rows_n in largest_first if rows_n]


def _list_sql(code: str, areas: Areas) -> str:
    """A query for readers: every flag of an indicator."""
    return (
        f"select subject_id, subject_name, explanation from v_flag where indicator = {literal(code)} "
        f"and state = 'flagged'{areas.literal_condition} "
        "order by first_seen_on desc, subject_name, subject_id"
    )
