"""What every page of the site has: its release, its links, and how it is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from flows.facts.areas import Areas
from flows.facts.rows import Row, grouped, query_rows
from flows.pages.release import Release, subject_file
from transforms.model.sql import Connection, read_sql
from transforms.reports import render

# Style sheets, one after the other; and the script of the index.
STYLES = ("night.css", "site.css")
STYLE_FILE, SCRIPT_FILE = "site.css", "site_cases.js"


@dataclass(frozen=True)
class Site:
    """A release's site while it is written. `cases`, `subjects`: the ids that have a page of their own."""

    connection: Connection
    folder: Path
    release: Release
    areas: Areas
    data_docs: str | None
    cases: frozenset[str]
    subjects: frozenset[str]

    def query(self, name: str, **parameters: object) -> tuple[Row, ...]:
        """The rows of a `.sql` file of this folder, in the chosen areas where it asks for them."""
        query = read_sql(__package__, name, in_area=self.areas.condition)
        chosen = self.areas.parameters if "$areas" in query else {}
        return query_rows(self.connection, query, **parameters, **chosen)

    @cached_property
    def indicator_districts(self) -> tuple[Row, ...]:
        """Read once for two kinds of pages: it counts every subject of the release."""
        return self.query("indicator_districts")

    def write(self, file: str, template: str, **values: object) -> None:
        """Render a page to `file`, below the folder. Not durably: a release is flushed when it is published.

        Templates get `root`, the way from the page to the folder, and `subject_file`.
        """
        page = render(
            template,
            release=self.release.row,
            areas=self.areas.shown,
            data_docs=self.data_docs,
            file=file,
            root="../" * file.count("/"),
            case_pages=self.cases,
            subject_pages=self.subjects,
            subject_file=subject_file,
            **values,
        )
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")


def write_assets(site: Site) -> None:
    """The style sheet of all pages, and the script of the index."""
    site.folder.mkdir(parents=True, exist_ok=True)
    (site.folder / STYLE_FILE).write_text("\n".join(map(render, STYLES)), encoding="utf-8")
    script = (files("transforms.reports") / SCRIPT_FILE).read_text(encoding="utf-8")
    (site.folder / SCRIPT_FILE).write_text(script, encoding="utf-8")


def by(rows: Iterable[Row], column: str) -> Mapping[str, list[Row]]:
    """The rows by their value in a column, each list in the order of the rows."""
    return grouped(rows, lambda row: row[column])
