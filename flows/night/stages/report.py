"""Stage report: render the pages of the release just built."""

from __future__ import annotations

from flows.home import warehouse
from flows.night.night import Counts, Night
from flows.pages.case import render_first_cases
from flows.pages.night import render_night


def report(night: Night) -> Counts:
    """The page of the night and those of the first cases, from the release just built and nothing else: a page that fails must not follow a publication."""
    connection = warehouse.open_release(night.built_folder)
    try:
        page = render_night(connection, night.report_folder, areas=night.areas)
        case_pages = render_first_cases(connection, night.report_folder, areas=night.areas)
    finally:
        connection.close()
    return {"bytes": page.stat().st_size, "case_pages": len(case_pages)}
