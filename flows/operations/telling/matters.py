"""What to report: results of nights from the diary, the freshness of registers, and the alarms and cases of
the release in force; and the message about it, a title and a plain text, short enough for a chat.

Only codes, counts, dates, titles of our own declarations and districts of the area vocabulary: no name of a
subject, a file or a dataset.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import structlog

from flows.facts.areas import parse_areas, unknown_areas
from flows.facts.rows import Row, query_rows, texts
from flows.home.authority import Authority, authority
from flows.home.settings import Home
from flows.home.warehouse import Connection, safe_errors
from flows.journal import diary
from flows.operations.telling.receivers import Event, Notify, Receiver, notify
from flows.release import store
from transforms.errors import UndertowError, UsageError
from transforms.model.register import registers
from transforms.model.sql import read_sql

log = structlog.get_logger()

INDICATORS_NAMED = 4  # (own) of a case
UPKEEP_MAX = timedelta(days=15)  # (own) since the last one that ended: two Sundays
UPKEPT = {
    4: "upkeep of {day} failed, perhaps its backup: the run `maintain` in Prefect says at what",
    5: "upkeep of {day} has findings: run `undertow doctor`; if it has none, the backup is damaged",
}
NOT_UPKEPT = "no upkeep ended since {day}, so no backup was made: look for the runs of `maintain` in Prefect"
FIRST_ENDS = timedelta(days=3)  # (own) before the last end of a night, for a new receiver
ENDED = {
    0: "published",
    2: "failed: a setting, or the landing folder, is wrong; the release in force stays",
    3: "blocked by a gate; the release in force stays",
    4: "failed or interrupted; the release in force stays",
    5: "published, but a register was blocked",
}
BRIEF = {
    0: "night published",
    3: "night blocked by a gate",
    4: "night failed",
    5: "night published, a register blocked",
}
ALARMS = {
    "blocked": "{title} ({register}): deliveries blocked for {nights_n} nights, edition in force of {since}",
    "damaged": "release {dataset} was not as it was published; run `undertow audit verify`",
    "other_lists": "{title} ({register}): an edition has none of the lists of the one before",
    "imprecise": "{register}: reviewers confirm too few of its cases; `undertow indicators` has the figures",
}
OVERDUE = "{title} ({register}): overdue, no edition since {since}"
UNFETCHED = "{title} ({register}): could not be fetched; `undertow registers --freshness` says why"
NOTHING_FETCHED = "sources.toml is wrong, so no register is fetched; `undertow fetch` says what"


@dataclass(frozen=True)
class End:
    """The result of a night. `at`: UTC. `release_id`: "" if none was published."""

    run_id: str
    at: datetime
    exit_code: int
    release_id: str = ""


@dataclass(frozen=True)
class Matter:
    """One thing to report. `keys`: what it is about, first today's, then those under which it may have been
    sent.

    `brief`: for the title; "" if its section is only counted there.
    """

    keys: tuple[str, ...]
    text: str
    brief: str = ""


@dataclass(frozen=True)
class Section:
    """Matters of one kind, and the page that lists them ("" if there is none yet)."""

    heading: str
    matters: tuple[Matter, ...]
    page: str = ""

    @property
    def brief(self) -> str:
        return self.matters[-1].brief or f"{self.heading.lower()}: {len(self.matters)}"


class Matters:
    """Everything that could be reported in a home. `release`: None if none is in force."""

    def __init__(
        self, home: Home, notify: Notify, release: Connection | None, unrecorded: End | None = None
    ) -> None:
        self._home, self._notify, self._release, self._unrecorded = home, notify, release, unrecorded

    def wanted_by(self, receiver: Receiver, last_told: datetime | None) -> Sequence[Section]:
        """What a receiver wants to know, sent before or not, without empty sections."""
        events = set(receiver.events)
        ends = [end for end in self._ends(last_told) if "night" in events or end.exit_code]
        alarms = [matter for event, matter in self._alarms if event in events]
        sections = (
            self._section("Night", map(self._end, ends if events & {"night", "failed"} else ()), "night"),
            self._section("Alarms", alarms, "registers"),
            Section("Upkeep", tuple(self._upkeep() if "upkeep" in events else ())),
            self._section("New cases", self._cases(receiver) if "case" in events else (), "cases"),
        )
        return [section for section in sections if section.matters]

    @cached_property
    def release_id(self) -> str:
        return "".join(str(row["release_id"]) for row in self._rows("select release_id from v_release"))

    @cached_property
    def is_synthetic(self) -> bool:
        return any(row["synthetic"] for row in self._rows("select synthetic from v_release"))

    def _section(self, heading: str, matters: Iterable[Matter], page: str) -> Section:
        link = self._notify.link(f"{self.release_id}/{page}.html") if self.release_id else ""
        return Section(heading, tuple(matters), link)

    def _ends(self, last_told: datetime | None) -> Sequence[End]:
        """Nights that ended since the receiver's last message. A new receiver gets the last one, and those
        shortly before it, which it may have missed; so does one that was notified while the clock was ahead.
        """
        ended = [event for event in diary.read(self._home) if event.kind == "ended"]
        if last_told and last_told > datetime.now(UTC):
            last_told = None
        since = [event for event in ended if event.at > (last_told or ended[-1].at - FIRST_ENDS)]
        ends = [End(event.run_id, event.at, event.exit_code or 0, event.release_id) for event in since]
        if self._unrecorded and all(self._unrecorded.run_id != event.run_id for event in ended):
            ends.append(self._unrecorded)
        return ends

    def _end(self, end: End) -> Matter:
        words = ENDED.get(end.exit_code, ENDED[4])
        blocked = self._blocked if end.exit_code == 5 and end.release_id == self.release_id else ()
        which = f": {', '.join(blocked)}" if blocked else ""
        text = f"ended {end.at:%Y-%m-%d %H:%M} UTC: {words}{which} (exit code {end.exit_code})"
        return Matter((f"night {end.run_id}",), text, BRIEF.get(end.exit_code, BRIEF[4]))

    def _upkeep(self) -> Iterator[Matter]:
        """What is wrong with the last upkeep. A home whose upkeep never ran is left to `undertow doctor`."""
        last = [event for event in diary.read(self._home) if event.kind == "upkept"][-1:]
        for event in last:
            day = event.at.date()
            if words := UPKEPT.get(event.exit_code or 0):
                yield Matter((f"upkeep {event.at.isoformat()}",), words.format(day=day))
            if datetime.now(UTC) - event.at > UPKEEP_MAX:
                yield Matter((f"no upkeep since {event.at.isoformat()}",), NOT_UPKEPT.format(day=day))

    def _rows(self, query: str, **parameters: object) -> tuple[Row, ...]:
        """No rows from a release that lacks the requested view or column, as an earlier version's may."""
        if self._release is None:
            return ()
        try:
            with safe_errors("the release in force"):
                return query_rows(self._release, query, **parameters)
        except UndertowError as error:
            log.warning("notify", message=str(error))
            return ()

    @cached_property
    def _blocked(self) -> tuple[str, ...]:
        rows = self._rows("select distinct register from v_edition where status = 'blocked' order by 1")
        return tuple(str(row["register"]) for row in rows)

    @cached_property
    def _alarms(self) -> Sequence[tuple[Event, Matter]]:
        """Each alarm once: a register may be overdue by the date of the facts and by today's."""
        alarms = [_alarm(row) for row in self._rows(read_sql(__package__, "open_alarms"))]
        return list(
            {matter.keys: (event, matter) for event, matter in [*alarms, *self._registers()]}.values()
        )

    def _registers(self) -> Iterator[tuple[Event, Matter]]:
        """Problems of registers today."""
        from flows.operations.freshness import freshness  # slow to import, for it can fetch

        try:
            known = freshness(self._home)
        except UsageError as error:
            yield "fetch", Matter((f"sources {error}",), NOTHING_FETCHED)
            return
        for each in known:
            names = {"register": each.register, "title": registers()[each.register].title}
            if each.is_overdue:
                yield _overdue({**names, "since": each.newest})
            if each.fault:
                key = f"unfetched {each.register} {each.fetched_at}"
                yield "fetch", Matter((key,), UNFETCHED.format_map(names))

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        return {
            str(row["code"]): str(row["title"]) for row in self._rows("select code, title from v_indicator")
        }

    def _cases(self, receiver: Receiver) -> Iterator[Matter]:
        areas = parse_areas(receiver.areas)
        named = parse_areas([*receiver.areas, *whose(self._home).areas])
        query = read_sql(__package__, "new_cases", in_area=areas.condition)
        settings = {"lanes": receiver.lanes, "named": list(named.spellings), **areas.parameters}
        for row in self._rows(query, **settings):
            ids = [str(row["case_id"]), *texts(row["earlier_ids"])]
            yield Matter(tuple(f"case {case_id} {row['lane']}" for case_id in ids), self._case(row))

    def _case(self, row: Row) -> str:
        codes = texts(row["indicators"])
        named = [f"{code} {self._titles.get(code, '')}".strip() for code in codes[:INDICATORS_NAMED]]
        more = [f"{len(codes) - len(named)} more"] if len(codes) > len(named) else []
        where = f", {row['area']}" if row["area"] else ""
        page = f"{self.release_id}/cases/{row['case_id']}.html"
        link = f"\n  {self._notify.link(page)}" if (self._home.reports / page).is_file() else ""
        return f"{row['case_id']} ({row['lane']}{where}): {'; '.join([*named, *more])}{link}"


def misspelled(home: Home) -> Iterator[str]:
    """Errors in the receivers' areas, of which no case is ever reported; none before the first release.

    Raises UndertowError.
    """
    release = in_force(home)
    if release is None:
        return
    with release:
        for receiver in notify(home).to:
            yield from (f"{receiver.url_file}: {fault}" for fault in unknown_areas(release, receiver.areas))


def in_force(home: Home) -> Connection | None:
    """A connection to the release in force; None if there is none that can be opened."""
    try:
        return store.open_current(home)
    except UndertowError:
        return None


def whose(home: Home) -> Authority:
    """The settings of the home; the defaults if they are wrong, so that a night that failed for that is
    reported.
    """
    try:
        return authority(home)
    except UndertowError:
        return Authority()


def _alarm(row: Row) -> tuple[Event, Matter]:
    if row["kind"] == "overdue":
        return _overdue(row)
    key = f"alarm {row['kind']} {row['register']} {row['dataset']} {row['since']}"
    facts = {**row, "since": row["since"] or "no known date"}
    return "alarm", Matter((key,), ALARMS[str(row["kind"])].format_map(facts))


def _overdue(row: Row) -> tuple[Event, Matter]:
    return "overdue", Matter((f"overdue {row['register']} {row['since']}",), OVERDUE.format_map(row))


# --- the message --------------------------------------------------------------------------------------------

CHARACTERS_MAX = 2000  # (own) title and text: what Discord takes; others take more
# Number of matters written out under each heading: the first number that fits is used. The rest is only
# counted.
SHOWN = (20, 12, 8, 5, 3, 2, 1, 0)


@dataclass(frozen=True)
class Message:
    """`keys`: of everything that it is about, including what it only counts."""

    title: str
    text: str
    keys: tuple[str, ...]


def message_about(sender: str, sections: Sequence[Section]) -> Message:
    """The message about these sections. `sender`: name of the authority."""
    counts = ", ".join(section.brief for section in sections)
    title = f"Undertow, {sender}: {counts}"
    texts = (_text(sections, shown) for shown in SHOWN)
    text = next((text for text in texts if len(title) + len(text) <= CHARACTERS_MAX), counts)
    return Message(title, text, tuple(matter.keys[0] for section in sections for matter in section.matters))


def _text(sections: Sequence[Section], shown: int) -> str:
    parts = []
    for section in sections:
        lines = [f"- {matter.text}" for matter in section.matters[:shown]]
        left = len(section.matters) - len(lines)
        more = [f"- and {left} more" if lines else f"- {left} in all"] if left else []
        page = ["", f"All on {section.page}"] if section.page else []
        parts.append("\n".join([f"{section.heading}:", *lines, *more, *page]))
    return "\n\n".join(parts)
