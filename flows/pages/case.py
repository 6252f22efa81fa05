"""Case pages: one page for a case, or for one subject.

A page names natural persons: it is for the people who review the case. What it says of parties is in
`flows.facts.case`, its picture in `graphs.drawing.picture`. A page that would be too large to mail has less
evidence, and says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from flows.facts.areas import parse_areas
from flows.facts.case import (
    KIND_WORDS,
    Member,
    candidates,
    case_links,
    find_surroundings,
    only_nearby_rows,
    timeline,
)
from flows.facts.rows import Row, as_int, query_rows
from flows.home.settings import case_pages_a_night
from flows.pages.flags import flags_shown, for_candidates, indicator_sections, reason_words
from flows.pages.night import cases_listed
from flows.pages.release import Release, read_release
from flows.pages.subject import Subject, read_case, read_subject
from flows.pages.tie_words import picture_in_words
from flows.pages.writing import first_that_fits, write_page
from flows.release.case_ids import case_asked, was_its_id
from graphs.drawing.picture import draw
from transforms.flags.listings import CANDIDATE
from transforms.model.sql import Connection, read_sql
from transforms.reports import render, token

FOLDER = "cases"
GAPS_MAX = 60  # rows on what was not assessable
# Flags, facts a flag, and sentences on a page: the first that fits is taken.
SIZES = ((100, 12, 2000), (100, 5, 2000), (100, 2, 2000), (40, 1, 2000), (15, 0, 2000), (15, 0, 200))
SENTENCES_OPEN = 12  # (own) on why a case is shown, seen without a click; the others fold, and print open


# Why a flag opens no case; of several reasons the first counts.
NO_CASE: Sequence[tuple[str, str]] = (
    ("data_quality", "about the register's own faults"),
    ("weak", "weak, which never opens a case alone"),
    ("", "about a price record or dwelling that, as far as is known here, no legal entity holds or held"),
)


def render_first_cases(connection: Connection, to: Path, *, areas: Sequence[str] = ()) -> tuple[Path, ...]:
    """Write `<to>/cases/<case_id>.html` for the first cases of these areas; the paths, in review order."""
    rows = cases_listed(connection, parse_areas(areas)).rows[: case_pages_a_night()]
    case_ids = [str(row["case_id"]) for row in rows]
    release = read_release(connection)
    with only_nearby_rows(connection, case_ids):
        return tuple(
            _write(connection, to / FOLDER, release, read_case(connection, case_id)) for case_id in case_ids
        )


def render_case(connection: Connection, to: Path, case_id: str) -> Path:
    """Write the page of the case that an id leads to; an id of an earlier release is named on it.

    Raises UsageError where it leads to no case.
    """
    current_id = case_asked(connection, case_id)
    earlier_id = case_id.strip() if was_its_id(connection, case_id.strip(), current_id) else ""
    return _write(connection, to, read_release(connection), read_case(connection, current_id), earlier_id)


def render_subject(connection: Connection, to: Path, subject_id: str) -> Path:
    """Write the page of the case that a subject is in, or else of the subject by itself.

    Raises UsageError for an unknown subject, and for a natural person.
    """
    return render_subjects(connection, to, [subject_id.strip()])[subject_id.strip()]


def render_subjects(connection: Connection, to: Path, subject_ids: Sequence[str]) -> Mapping[str, Path]:
    """The same for several subjects: subject → its page. Those of one case have one page."""
    release = read_release(connection)
    return {
        subject_id: _write(connection, to, release, read_subject(connection, subject_id))
        for subject_id in subject_ids
    }


def _write(
    connection: Connection, to: Path, release: Release, subject: Subject, earlier_id: str = ""
) -> Path:
    """The file is named for the case, or for the subject with nothing in it that a file system minds."""
    name = str(subject.case["case_id"]) if subject.case else subject.members[0].id
    safe = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)[:100]
    page = first_that_fits(_pages(connection, release, subject, earlier_id))
    return write_page(to / f"{token(name) or safe}.html", page)


def _pages(connection: Connection, release: Release, subject: Subject, earlier_id: str) -> Iterator[str]:
    """The page in each of SIZES, the fullest first."""
    fixed = _fixed(connection, release, subject)
    for flags_max, facts_max, sentences_max in SIZES:
        flags = flags_shown(connection, release, subject.flags[:flags_max], facts_max)
        yield render(
            "case.html.j2",
            **fixed,
            earlier_id=earlier_id,
            flags=flags,
            facts_max=facts_max,
            sentences=subject.flags[:sentences_max],
        )


def _fixed(connection: Connection, release: Release, subject: Subject) -> dict[str, object]:
    """What is on the page in any size."""
    near = find_surroundings(connection, subject.members, subject.links)
    names = {**near.names, **{member.id: member.name for member in near.members if member.name}}
    link_rows, ends = subject.links, subject.members
    if not subject.case:
        link_rows = near.links
        ends = tuple(Member(party.id, party.kind, party.name) for party in near.parties)
    events, more_events_n = timeline(connection, subject.members, near)
    listed = candidates(connection, near)
    gaps, more_gaps_n = _gaps(connection, release, subject.members)
    return {
        "release": release.row,
        "editions": release.editions,
        "registers": release.registers,
        "cases_n": query_rows(connection, "select count(*) as cases_n from v_case")[0]["cases_n"],
        "case": subject.case,
        "heading": subject.heading,
        "members": near.members,
        "kind_words": KIND_WORDS,
        "sentences_open": SENTENCES_OPEN,
        "flags_n": len(subject.flags),
        "indicators": _indicators(release, subject.flags, listed),
        "picture": draw(near.drawn_parties, near.drawn_ties),
        "in_words": picture_in_words(near),
        "not_drawn_n": near.not_drawn_n,
        "omitted_n": near.omitted_n,
        "names": names,
        "parties_n": len(near.parties),
        "unopened": _unopened(subject.flags),
        "links": case_links(connection, link_rows, ends, names, near),
        "candidates": listed,
        "unconfirmed_n": sum(row["subtype"] == CANDIDATE for row in subject.flags),
        "events": events,
        "more_events_n": more_events_n,
        "gaps": gaps,
        "more_gaps_n": more_gaps_n,
    }


def _unopened(flags: Iterable[Row]) -> list[tuple[str, int]]:
    """Why flags of a subject in no case open none, and how many for each reason."""
    counts = Counter(next(why for column, why in NO_CASE if not column or row[column]) for row in flags)
    return [(why, counts[why]) for _, why in NO_CASE if counts[why]]


def _indicators(release: Release, flags: Sequence[Row], listed: Iterable[Row]) -> list[Row]:
    """Indicators of the flags, each once: strong ones first.

    What explains a candidate of screening is said of a person or of a company, as these candidates are.
    """
    measured = {flag["indicator"] for flag in flags if flag["threshold"] is not None}
    kinds = {str(candidate["party_kind"]) for candidate in listed}
    shown: list[Row] = []
    for code in dict.fromkeys(str(flag["indicator"]) for flag in flags):
        row = release.indicators[code]
        sections = indicator_sections(row)
        explanations, clearing = (
            for_candidates(sections.get(name, ()), kinds)
            for name in ("Ordinary explanations", "What would clear it")
        )
        words = {"explanations": explanations, "clearing": clearing}
        shown.append({"row": row, **words, "has_threshold": code in measured})
    return shown


def _gaps(connection: Connection, release: Release, members: Sequence[Member]) -> tuple[list[Row], int]:
    """What could not be assessed about members, by indicator and reason, and how many more such rows there
    are.
    """
    ids = [member.id for member in members]
    rows = query_rows(connection, read_sql(__package__, "gaps"), ids=ids, shown=GAPS_MAX)
    gaps: list[Row] = []
    for row in rows:
        code, reason = str(row["indicator"]), str(row["reason"] or "")
        words = reason_words(release, code, reason) or reason or "no reason stored"
        names = dict.fromkeys(str(row[end]) for end in ("first_name", "last_name") if row[end] is not None)
        title = release.indicators[code]["title"]
        gaps.append({**row, "code": code, "title": title, "reason": words, "subjects": list(names)})
    return gaps, as_int(rows[0]["kinds_n"]) - len(rows) if rows else 0
