"""The districts that a report or check is limited to."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from flows.facts.rows import query_rows
from flows.home.warehouse import literal
from transforms.errors import UsageError
from transforms.language import translated
from transforms.model.sql import Connection, read_sql
from transforms.model.views import NO_DISTRICT_KNOWN
from transforms.values.areas import find_area

UNKNOWN = "unknown"  # as typed by a user: what no record gives a district
SUGGESTIONS_MAX = 3  # names suggested for an unknown one
FOLDER_CHARACTERS_MAX = 100  # (own) of a folder's name; file systems take 255 bytes


@dataclass(frozen=True)
class Areas:
    """Districts by name or official code, as typed; none means everywhere. And a theme, "" for none.

    Any spelling or former name is accepted. The name `unknown` means subjects without a known district.
    """

    names: tuple[str, ...]
    theme: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        """The names as a page shows them: its limits."""
        return (*self.names, *([translated("theme %(theme)s", theme=self.theme)] if self.theme else []))

    @property
    def spellings(self) -> tuple[str, ...]:
        """Names and codes to compare with, in lower case: those typed, and those of today's district."""
        districts = (find_area(name) for name in self.names)
        today = (text.lower() for district in districts for text in (district.name, district.code) if text)
        return tuple(dict.fromkeys([*(name.lower() for name in self.names), *today]))

    @property
    def condition(self) -> str:
        """An SQL condition on `area_name` and `area_code`, and on `case_id` with a theme. Needs
        `parameters`.
        """
        if self.theme:
            theme = f"case_id in (select case_id from v_case_theme where theme = {literal(self.theme)})"
            return f"({replace(self, theme='').condition} and {theme})"
        if not self.names:
            return "true"
        either = "lower(area_name) in (select unnest($areas)) or lower(area_code) in (select unnest($areas))"
        is_unknown_asked = {UNKNOWN, NO_DISTRICT_KNOWN} & {*self.spellings}
        return f"({either}{' or area_name is null' if is_unknown_asked else ''})"

    @property
    def parameters(self) -> dict[str, object]:
        """Parameters of the SQL in `condition`."""
        return {"areas": list(self.spellings)} if self.names else {}


def parse_areas(names: Iterable[str] | Areas) -> Areas:
    """The areas, stripped and without duplicates. Raises UsageError if a name is blank."""
    if isinstance(names, Areas):
        return names
    stripped = tuple(name.strip() for name in names)
    if "" in stripped:
        raise UsageError("an area is blank; give the name or the official code of a district")
    return Areas(tuple(dict.fromkeys(stripped)))


def known_areas(connection: Connection, names: Iterable[str]) -> Areas:
    """The areas, which the release knows. Raises UsageError if a name is blank or unknown."""
    areas = parse_areas(names)
    if not areas.names:
        return areas
    rows = query_rows(connection, read_sql(__package__, "known_areas"))
    known = {str(row["area"]).lower(): str(row["area"]) for row in rows}
    known |= {UNKNOWN: UNKNOWN, NO_DISTRICT_KNOWN: UNKNOWN}
    for name in areas.names:
        if known.keys().isdisjoint(Areas((name,)).spellings):
            nearest = [known[near] for near in get_close_matches(name.lower(), known, SUGGESTIONS_MAX)]
            hint = (
                f"did you mean {' or '.join(nearest)}?"
                if nearest
                else 'undertow sql "select distinct area_name from v_area" lists them, and '
                f"`--area {UNKNOWN}` is what no record places"
            )
            raise UsageError(f"--area {name}: the current release has no area of that name or code; {hint}")
    return areas


def unknown_areas(connection: Connection, names: Iterable[str]) -> Iterator[str]:
    """An error text for each area that the release does not know, because a misspelled area must not look
    like one without cases.
    """
    for name in names:
        try:
            known_areas(connection, [name])
        except UsageError as error:
            yield str(error)


def known_theme(connection: Connection, theme: str) -> str:
    """The theme, "" for none. Raises UsageError if the release does not have it."""
    if not theme:
        return ""
    known = [
        str(row["theme"]) for row in query_rows(connection, "select distinct theme from v_theme order by 1")
    ]
    if theme not in known:
        raise UsageError(f"--theme {theme}: it is one of {', '.join(known)}")
    return theme


def area_folder(areas: Areas) -> str:
    """The folder of a report on these areas, such as `area-harrowmere`, for any spelling and order. With a
    theme it ends in `theme-` and the theme.
    """
    if areas.theme:
        area = f"{area_folder(replace(areas, theme=''))}-" if areas.names else ""
        return f"{area}theme-{areas.theme}"
    names = {re.sub(r"[^a-z0-9]+", "-", find_area(name).name.lower()).strip("-") for name in areas.names}
    return f"area-{'+'.join(sorted(names))}"[:FOLDER_CHARACTERS_MAX]
