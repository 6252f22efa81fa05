"""All pages of a release's site, written into the folder of its reports."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.facts.areas import Areas, parse_areas
from flows.facts.rows import Row
from flows.pages.case import FOLDER as CASES
from flows.pages.release import read_release
from flows.pages.site import cases, figures, indicators, registers, subjects
from flows.pages.site.layout import Site, write_assets
from transforms.model.sql import Connection


def write_site(
    connection: Connection,
    to: Path,
    *,
    areas: Sequence[str] | Areas = (),
    data_docs: str | None = None,
    boundaries: Path | None = None,
) -> Mapping[str, int]:
    """Write the site of the release behind `connection` into `to`; how many pages of each kind.

    `areas`: districts whose cases and flags are listed. `data_docs`: address of the index of the Data Docs,
    seen from `to`. `boundaries`: folder of GeoJSON files with the outlines of districts. Which cases have a
    page is seen in the folder, so the case pages are written first. Equal releases, areas and boundaries
    give equal bytes.
    """
    site, subject_rows = _site(connection, to, areas, data_docs)
    write_assets(site)
    cases.write(site)
    registers.write(site)
    figures.write(site, boundaries)
    return {
        "indicator_pages": indicators.write(site),
        "subject_pages": subjects.write(site, subject_rows),
    }


def write_subjects(connection: Connection, to: Path, case_id: str, *, data_docs: str | None = None) -> None:
    """Write the pages of the subjects of one case into the site in `to`, which has the page of the case."""
    site, _ = _site(connection, to, (), data_docs)
    write_assets(site)
    subjects.write(site, subjects.subject_rows(connection, [case_id]))


def _site(
    connection: Connection, to: Path, areas: Sequence[str] | Areas, data_docs: str | None
) -> tuple[Site, tuple[Row, ...]]:
    """The site, and the subjects that have a page: those of the cases that have one."""
    case_ids = frozenset(path.stem for path in (to / CASES).glob("*.html"))
    rows = subjects.subject_rows(connection, sorted(case_ids))
    ids = frozenset(str(row["subject_id"]) for row in rows)
    release = read_release(connection)
    return Site(connection, to, release, parse_areas(areas), data_docs, case_ids, ids), rows
