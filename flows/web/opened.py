"""The release in force, as one request sees it, and pages of its site rendered on request."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from threading import Lock

from flows.facts.areas import parse_areas
from flows.facts.rows import Kept, Row, query_rows
from flows.home.settings import Home
from flows.home.warehouse import Connection, open_release
from flows.pages.release import Release, read_release, subject_file
from flows.pages.site.layout import Site
from flows.release import store
from flows.release.lookups import require_todays_views
from transforms.language import language
from transforms.model.languages import Language
from transforms.reports import render

KEPT_MAX = 1000  # (own) facts of cases, and answers about the whole release, kept while it is in force


class Releases:
    """Keeps the release in force open, so that a request opens it in less than a millisecond."""

    def __init__(self, home: Home) -> None:
        self.home, self._lock = home, Lock()
        self._folder: Path | None = None
        self._anchor: Connection | None = None
        self._read: dict[Language, tuple[Release, OrderedDict[object, object]]] = {}

    @contextmanager
    def open(self) -> Iterator["Opened"]:
        """Raises UsageError if there is no release."""
        with self._lock:
            folder = store.current_release(self.home)
            if folder != self._folder or self._anchor is None:
                anchor = open_release(folder)
                require_todays_views(anchor)
                if self._anchor is not None:
                    self._anchor.close()
                self._folder, self._anchor, self._read = folder, anchor, {}
            if language() not in self._read:
                self._read[language()] = (read_release(self._anchor), OrderedDict())
            opened = Opened(self._anchor.cursor(), *self._read[language()])
        with opened.connection:
            yield opened


@dataclass
class Opened:
    """A connection of one request to a release, with what does not change within the release and language."""

    connection: Connection
    release: Release
    _kept: OrderedDict[object, object] = field(repr=False)

    def kept[T](self, key: object, make: Callable[[], T]) -> T:
        """What `make` returns, cached for this release and language."""
        try:
            return self._kept[key]  # type: ignore[return-value]
        except KeyError:
            made = self._kept[key] = make()
        while len(self._kept) > KEPT_MAX:  # another thread may remove what this one has just made
            self._kept.popitem(last=False)
        return made

    @cached_property
    def case_ids(self) -> frozenset[str]:
        return self.kept("case_ids", lambda: self._ids("select case_id as id from v_case"))

    @cached_property
    def subject_ids(self) -> frozenset[str]:
        """Subjects that have a page: those of cases, except natural persons."""
        query = "select distinct subject_id as id from v_case_member where subject_type <> 'person'"
        return self.kept("subject_ids", lambda: self._ids(query))

    def _ids(self, query: str) -> frozenset[str]:
        return frozenset(str(row["id"]) for row in query_rows(self.connection, query))

    def site(self, given: Mapping[str, object]) -> "Shown":
        """The release's site. `given`: what all templates of the app take."""
        return Shown(
            self.connection,
            Path(),
            self.release,
            parse_areas(()),
            None,
            self.case_ids,
            self.subject_ids,
            given,
            self.kept,
        )


@dataclass(frozen=True)
class Shown(Site):
    """A site whose pages are kept in `pages`, by their address, and not written."""

    given: Mapping[str, object]
    kept: Kept
    pages: dict[str, str] = field(default_factory=dict)

    def query(self, name: str, **parameters: object) -> tuple[Row, ...]:
        """Cached for this release, unless it is about certain subjects: those of a country take seconds."""
        answer = partial(super().query, name, **parameters)
        return answer() if "ids" in parameters else self.kept((name, repr(parameters)), answer)

    def write(self, file: str, template: str, **values: object) -> None:
        self.pages[file] = render(
            template,
            release=self.release.row,
            areas=self.areas.names,
            data_docs=None,
            file=file,
            root="/",
            case_pages=self.cases,
            subject_pages=self.subjects,
            subject_file=subject_file,
            **self.given,
            **values,
        )
