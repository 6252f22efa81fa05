"""Practice sheets for other authorities: written to a folder, or put into a pack of indicators."""

from collections.abc import Iterable
from pathlib import Path

from flows.exports.practice import Sheet, practice_sheet
from flows.home import disk
from flows.home.authority import authority
from flows.home.settings import Home
from flows.release.lookups import require_todays_views
from flows.release.store import current_release, open_current
from transforms.errors import UsageError

FOLDER = "practice"


def write_sheets(home: Home, codes: list[str], to: Path | None, hours: int | None) -> None:
    """Write the sheets of these indicators, as Markdown and as pages, and print their paths."""
    if hours is not None and len(codes) != 1:
        raise UsageError("--hours: give it with --practice of one indicator")
    folder = to or home.reports / current_release(home).name / FOLDER
    sheets = _sheets(home, codes, hours)
    with disk.written_to(to):
        for sheet in sheets:
            for path in sheet.write(folder):
                print(path)


def sheets_for_pack(home: Home, codes: Iterable[str]) -> dict[str, str]:
    """Code → sheet in Markdown. Raises UsageError if the release in force does not assess an indicator."""
    return {sheet.code: sheet.markdown for sheet in _sheets(home, codes)}


def _sheets(home: Home, codes: Iterable[str], hours: int | None = None) -> list[Sheet]:
    settings = authority(home)
    with open_current(home) as connection:
        require_todays_views(connection)
        return [practice_sheet(connection, code.upper(), settings, hours=hours) for code in codes]
