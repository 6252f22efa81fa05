"""The night report, the gravest first: the stop lane, what changed since the release before, cases by lane,
family and district, what could not be assessed, and how fresh the registers are.

Only `v_*` views are read, so any DuckDB user can get the same numbers.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from flows.facts.areas import Areas, parse_areas
from flows.facts.rows import Kept, Row, made_anew, query_rows, translated_titles
from flows.home.settings import case_pages_a_night
from flows.pages.listing import Listing, cases_of, cases_with_pages, listing
from flows.pages.release import (
    NIGHT,
    Release,
    first_that_fits,
    laws,
    read_release,
    reason_words,
    write_page,
)
from transforms.language import translated
from transforms.model.sql import Connection, read_sql

PAGE_BYTES_MAX = 1_500_000  # (own)
# Cases of lane act and of lane look, and cases of each kind of change: the first that fits is taken.
SIZES = ((30, 8, 15), (15, 5, 10), (10, 0, 5))
DISTRICTS_SHOWN = 40  # (own) the rest is in v_case
LOCATORS_SHOWN = 5  # examples a reject code
ROWS_SHOWN = 30  # findings, failed gates, unrecognised files, reject codes: rows a table
REASONS_SHOWN = 3  # why an indicator was not assessable


def render_night(
    connection: Connection,
    to: Path,
    *,
    areas: Sequence[str] | Areas = (),
    data_docs: str | None = None,
    has_site: bool = False,
) -> Path:
    """Write `<to>/night.html` from the release behind `connection` and return its path.

    `areas`: names or official codes of districts, any case; they choose which cases are listed, never the
    counts of the release. `data_docs`: address of the index of the Data Docs, seen from the page. `has_site`:
    whether the pages of `flows.pages.site` stand beside it, and are linked. Equal releases and areas give
    equal bytes. Raises UsageError for a blank area, RunFailed where `v_release` does not have exactly one
    row.
    """
    given = {"data_docs": data_docs, "has_site": has_site}
    return write_page(to / NIGHT, _page(connection, read_release(connection), parse_areas(areas), given))


def night_page(
    connection: Connection,
    release: Release,
    given: Mapping[str, object],
    *,
    case_pages: Collection[str],
    kept: Kept = made_anew,
) -> str:
    """The report as text. `given`: what else the template takes. `case_pages`: cases that have a page."""
    return _page(connection, release, parse_areas(()), {**given, "case_pages": case_pages}, kept)


def _page(
    connection: Connection,
    release: Release,
    areas: Areas,
    given: Mapping[str, object],
    kept: Kept = made_anew,
) -> str:
    """The fullest page of SIZES that fits. `given`: what else the template takes."""
    facts = kept("night", lambda: _cases(connection, release, areas) | _registers(connection, release, areas))
    _, page = first_that_fits("night.html.j2", _sizes(connection, areas, {**facts, **given}), PAGE_BYTES_MAX)
    return page


def _sizes(
    connection: Connection, areas: Areas, fixed: Mapping[str, object]
) -> Iterator[Mapping[str, object]]:
    """What the template takes, in each of SIZES."""
    for act_max, look_max, changes_max in SIZES:
        shown = {"stop": None, "act": act_max, "look": look_max}
        lanes = {lane: cases_of(connection, areas, lane, most) for lane, most in shown.items()}
        changes = _changes(connection, areas, changes_max)
        yield {**fixed, "lanes": lanes, "changes": changes}


def _cases(connection: Connection, release: Release, areas: Areas) -> dict[str, object]:
    """What is said of cases and indicators on a page of any size."""
    stop_ids = [row["case_id"] for row in cases_of(connection, areas, "stop").rows]
    reasons = query_rows(connection, read_sql(__package__, "lane_flags"), ids=stop_ids)
    return {
        "stop_flags": {row["case_id"]: row for row in reasons},
        "laws": laws(release.indicators, [{**row, "lane": "stop"} for row in reasons]),
        "lane_counts": _query(connection, "lanes", areas),
        "families": _query(connection, "families", areas),
        "districts": listing(_query(connection, "districts", areas, shown=DISTRICTS_SHOWN)),
        "unplaced": _query(connection, "unplaced", areas)[0],
        "case_pages": frozenset(cases_with_pages(connection, areas)),
        "pages_max": case_pages_a_night(),
        "overview": _query(connection, "overview", areas),
        "reasons": _reasons(connection, release, areas),
        "reasons_shown": REASONS_SHOWN,
    }


def _registers(connection: Connection, release: Release, areas: Areas) -> dict[str, object]:
    """What is said of registers and their records on a page of any size."""
    rejects = _query(connection, "rejects", areas, examples=LOCATORS_SHOWN, shown=ROWS_SHOWN)
    return {
        **release.shown,
        "areas": areas.shown,
        "titles": release.titles,
        "alarms": translated_titles(_query(connection, "alarms", areas)),
        "rejects": listing(rejects),
        "locators_shown": LOCATORS_SHOWN,
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
    }


def _query(connection: Connection, name: str, areas: Areas, **parameters: object) -> tuple[Row, ...]:
    """The rows of a `.sql` file of this folder, in the chosen areas where it asks for them."""
    query = read_sql(__package__, name, in_area=areas.condition)
    chosen = areas.parameters if "$areas" in query else {}
    return query_rows(connection, query, **parameters, **chosen)


def _first_rows(connection: Connection, source: str, order: str) -> Listing:
    """`source`: a view, and which rows of it."""
    query = f"select *, count(*) over () as all_n from {source} order by {order} limit $shown"
    return listing(query_rows(connection, query, shown=ROWS_SHOWN))


def _changes(connection: Connection, areas: Areas, shown: int) -> dict[str, Listing]:
    """new, changed, gone → the first cases of that kind."""
    rows = _query(connection, "changes", areas, shown=shown)
    return {
        change: listing(tuple(row for row in rows if row["change"] == change))
        for change in ("new", "changed", "gone")
    }


def _reasons(connection: Connection, release: Release, areas: Areas) -> dict[str, list[tuple[str, object]]]:
    """Code → why subjects were not assessable in words, and how many, the commonest reason first."""
    reasons: dict[str, list[tuple[str, object]]] = {}
    for row in _query(connection, "reasons", areas):
        code, reason = str(row["indicator"]), str(row["reason"] or "")
        words = reason_words(release, code, reason) or reason.replace("_", " ")
        words = words or translated("no reason stored")
        reasons.setdefault(code, []).append((words, row["rows_n"]))
    return reasons
