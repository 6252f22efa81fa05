"""Stage report.

Render the pages of the release just built, so that a page that fails stops the publication.
"""

from flows.home import warehouse
from flows.night.night import Counts, Night
from flows.pages.case import render_first_cases
from flows.pages.night import render_night


def report(night: Night) -> Counts:
    """Write the page of the run and those of the first cases."""
    with warehouse.open_release(night.built_folder) as connection:
        page = render_night(connection, night.report_folder, areas=night.areas)
        case_pages = render_first_cases(connection, night.report_folder, areas=night.areas)
    return {"bytes": page.stat().st_size, "case_pages": len(case_pages)}
